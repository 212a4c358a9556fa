/* The packages of a game, read from YAML. */
#include "talks/game.h"

#include <math.h>
#include <string.h>

static pl_status read_set(pl_reading *r, const pl_node *node, pl_package *package) {
    pl_game *g = r->game;
    pl_status status =
        node->kind == PL_NODE_MAP ? PL_OK : pl_node_fail(node, r->error, "'set' must be a mapping");
    const char **names = pl_alloc(g->families, sizeof *names);
    if (!names)
        return pl_fail_memory(r->error, g->families);
    for (size_t f = 0; f < g->families; f++)
        names[f] = g->family[f].name;
    for (size_t k = 0; k < node->count && !status; k++) {
        size_t at = 0;
        double value = 0;
        status = pl_reading_find(r, node->key[k], node->key[k]->text, "instrument", names, g->families, &at);
        if (!status)
            status = pl_node_rate(node->item[k], node->key[k]->text, &value, r->error);
        if (status)
            break;
        const pl_family *f = &g->family[at];
        if (!(value >= f->low && value <= f->high))
            status = pl_node_fail(node->item[k], r->error,
                                  "package '%s': %s at %g%% is outside its box of %g%% to %g%%",
                                  package->name, f->name, 100 * value, 100 * f->low, 100 * f->high);
        for (size_t i = f->first; i < f->first + f->count; i++)
            package->setting[i] = value;
    }
    free(names);
    return status;
}

static pl_status read_transfer(pl_reading *r, const pl_node *node, pl_package *package) {
    double sum = 0, size = 1;
    pl_status status =
        node->kind == PL_NODE_MAP ? PL_OK : pl_node_fail(node, r->error, "'transfer' must be a mapping");
    for (size_t k = 0; k < node->count && !status; k++) {
        size_t player = 0;
        double value = 0;
        status = pl_reading_owner(r, node->key[k], &player);
        if (!status)
            status = pl_node_number(node->item[k], "a transfer", &value, r->error);
        if (status)
            break;
        package->transfer[player] = value;
        sum += value;
        size = fmax(size, fabs(value));
    }
    if (!status && !(fabs(sum) <= 1e-9 * size))
        status = pl_node_fail(node, r->error,
                              "package '%s': what the players receive adds up to %g million USD, not to zero",
                              package->name, sum);
    return status;
}

/* Names of deals that answers make themselves. */
static pl_status check_name(const pl_reading *r, const pl_node *key) {
    static const char *const taken[] = {"no-deal", "nash-bargain", "best-kept", "best-kept-verified"};
    for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
        if (!strcmp(key->text, taken[k]))
            return pl_node_fail(key, r->error, "package '%s': answers have a deal of that name; take another",
                                key->text);
    return PL_OK;
}

static pl_status read_package(pl_reading *r, const pl_node *key, const pl_node *node) {
    static const char *const keys[] = {"title", "variant", "set", "transfer", "note", "source", "assumed"};
    pl_game *g = r->game;
    pl_package *p = &g->package[g->packages++];
    p->line = key->line;
    p->variant = g->today;
    p->name = pl_strdup(key->text);
    p->title = pl_strdup(key->text);
    p->setting = pl_alloc(g->instruments, sizeof *p->setting);
    p->transfer = pl_alloc(g->players, sizeof *p->transfer);
    if (!p->name || !p->title || !p->setting || !p->transfer)
        return pl_fail_memory(r->error, g->instruments);
    for (size_t i = 0; i < g->instruments; i++)
        p->setting[i] = NAN;
    const pl_node *set = pl_node_get(node, "set"), *transfer = pl_node_get(node, "transfer");
    pl_status status = check_name(r, key);
    if (!status)
        status = pl_node_check_keys(node, keys, 7, "a package", r->error);
    if (!status)
        status = pl_reading_text(r, node, "title", &p->title);
    if (!status)
        status = pl_reading_variant(r, pl_node_get(node, "variant"), "variant", &p->variant);
    if (!status && set)
        status = read_set(r, set, p);
    return status || !transfer ? status : read_transfer(r, transfer, p);
}

pl_status pl_reading_packages(pl_reading *r, const pl_node *root) {
    pl_game *g = r->game;
    const pl_node *node = pl_node_get(root, "packages");
    if (!node)
        return PL_OK;
    pl_status status = pl_reading_need_map(r, node, "packages");
    if (status)
        return status;
    g->package = pl_alloc(node->count, sizeof *g->package);
    if (!g->package)
        return pl_fail_memory(r->error, node->count);
    for (size_t k = 0; k < node->count && !status; k++)
        status = read_package(r, node->key[k], node->item[k]);
    return status;
}
