/* What a measure covers in a world: its countries, and the part of each sector. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

bool pl_kind_is_control(size_t kind) {
    return kind >= PL_MEASURE_QUOTA;
}

bool pl_kind_is_export(size_t kind) {
    return kind == PL_MEASURE_EXPORT_TAX || kind == PL_MEASURE_QUOTA || kind == PL_MEASURE_BAN ||
           kind == PL_MEASURE_MINIMUM_PRICE || kind == PL_MEASURE_LICENCE;
}

bool pl_coverage_init(pl_coverage *c, const pl_world *world) {
    size_t N = pl_world_size(world, PL_COUNTRY), J = pl_world_size(world, PL_SECTOR);
    size_t most = N > J ? N : J;
    memset(c, 0, sizeof *c);
    c->by = pl_alloc(2 * N + J + most, sizeof *c->by);
    c->part = pl_alloc(J, sizeof *c->part);
    if (!c->by || !c->part)
        return false;
    c->on = c->by + N;
    c->less = c->on + N;
    c->other = c->less + J;
    return true;
}

void pl_coverage_clear(pl_coverage *c) {
    free(c->by);
    free(c->part);
    memset(c, 0, sizeof *c);
}

bool pl_coverage_has(const pl_coverage *c, size_t j, size_t n, size_t i) {
    return n != i && c->part[j] > 0 && c->buyer[n] && c->seller[i];
}

/* The search for what a measure covers. */
typedef struct {
    pl_coverage *c;
    const pl_scope *scope;
    const pl_world *world;
    const pl_measure *measure;
    pl_error *error;
} search;

static void say_key(const search *s, const char *key, char *out, size_t size) {
    snprintf(out, size, "%.100s: '%s'", s->measure->label, key);
}

/* An exception that excepts nothing is a mistake, unless this world tells none of it apart. */
static pl_status nothing_taken(const search *s, const pl_name_list *list, const char *key) {
    return pl_measure_fail(s->scope, list->item[0].line, s->error,
                           "%s: '%s' takes nothing away: '%s' is not covered anyway", s->measure->label, key,
                           list->item[0].text);
}

static pl_status find_countries(const search *s) {
    const pl_measure *measure = s->measure;
    char what[160];
    bool any = false, asked = false;
    say_key(s, "by", what, sizeof what);
    pl_status status =
        pl_resolve_countries(s->scope, s->world, &measure->by, what, false, s->c->by, s->error);
    say_key(s, "on", what, sizeof what);
    if (!status)
        status = pl_resolve_countries(s->scope, s->world, &measure->on, what, false, s->c->on, s->error);
    say_key(s, "except", what, sizeof what);
    if (!status)
        status =
            pl_resolve_countries(s->scope, s->world, &measure->except, what, true, s->c->other, s->error);
    for (size_t n = 0; !status && n < pl_world_size(s->world, PL_COUNTRY); n++) {
        asked = asked || s->c->other[n];
        any = any || (s->c->other[n] && s->c->on[n]);
        s->c->on[n] = s->c->on[n] && !s->c->other[n];
    }
    return status || any || !asked ? status : nothing_taken(s, &measure->except, "except");
}

static const pl_fallback *find_in(const pl_fallback_list *list, const char *name) {
    for (size_t f = 0; f < list->count; f++)
        if (!*list->item[f].product || pl_same_word(list->item[f].product, name))
            return &list->item[f];
    return NULL;
}

/* What stands for a product that the world lacks: the measure's own word goes before the scenario's. */
static const pl_fallback *find_fallback(const search *s, const pl_name *name) {
    if (pl_world_look_up(s->world, PL_SECTOR, name->text) != SIZE_MAX)
        return NULL;
    const pl_fallback *own = find_in(&s->measure->fallback, name->text);
    return own ? own : find_in(&s->scope->products, name->text);
}

/* Adds the sectors one name stands for, with the part of their flows that it means. */
static pl_status add_sectors(const search *s, const pl_name *name, const char *what) {
    const pl_fallback *fallback = find_fallback(s, name);
    const pl_name_list one = {1, 1, (pl_name *)(fallback ? &fallback->within : name)};
    double part = s->measure->share * (fallback ? fallback->share : 1);
    pl_status status = pl_resolve_sectors(s->scope, s->world, &one, what, s->c->other, s->error);
    for (size_t j = 0; !status && j < pl_world_size(s->world, PL_SECTOR); j++) {
        if (!s->c->other[j])
            continue;
        s->c->part[j] = fallback ? fmin(s->measure->share, s->c->part[j] + part) : part;
    }
    return status;
}

static pl_status find_sectors(const search *s) {
    const pl_measure *measure = s->measure;
    size_t J = pl_world_size(s->world, PL_SECTOR);
    char what[160];
    bool any = false, asked = false;
    pl_status status = PL_OK;
    memset(s->c->part, 0, J * sizeof *s->c->part);
    memset(s->c->less, 0, J * sizeof *s->c->less);
    say_key(s, "sectors", what, sizeof what);
    for (size_t pass = 0; pass < 2; pass++) /* whole sectors first, so that a product only adds to them */
        for (size_t k = 0; k < measure->sectors.count && !status; k++)
            if ((find_fallback(s, &measure->sectors.item[k]) != NULL) == (pass == 1))
                status = add_sectors(s, &measure->sectors.item[k], what);
    say_key(s, "except_sectors", what, sizeof what);
    for (size_t k = 0; k < measure->except_sectors.count && !status; k++) {
        const pl_name *name = &measure->except_sectors.item[k];
        const pl_name_list one = {1, 1, (pl_name *)name};
        if (find_fallback(s, name))
            continue; /* a product that the world does not tell apart cannot be left out of its sector */
        status = pl_resolve_sectors(s->scope, s->world, &one, what, s->c->other, s->error);
        for (size_t j = 0; !status && j < J; j++)
            s->c->less[j] = s->c->less[j] || s->c->other[j];
    }
    for (size_t j = 0; !status && j < J; j++) {
        asked = asked || s->c->less[j];
        any = any || (s->c->less[j] && s->c->part[j] > 0);
        s->c->part[j] = s->c->less[j] ? 0 : s->c->part[j];
    }
    return status || any || !asked ? status : nothing_taken(s, &measure->except_sectors, "except_sectors");
}

pl_status pl_coverage_find(pl_coverage *c, const pl_scope *scope, const pl_world *world,
                           const pl_measure *measure, pl_error *error) {
    const search s = {c, scope, world, measure, error};
    bool exports = pl_kind_is_export(measure->kind);
    pl_status status = find_countries(&s);
    c->buyer = exports ? c->on : c->by;
    c->seller = exports ? c->by : c->on;
    return status ? status : find_sectors(&s);
}

/* ---- products a world may lack ---- */

static pl_status read_fallback(const pl_node *node, const char *product, const char *what,
                               pl_fallback_list *list, pl_error *error) {
    static const char *const keys[] = {"sector", "within", "share", "title", "source", "note"};
    const pl_node *share = NULL, *sector = pl_node_get(node, "sector");
    const char *text = NULL;
    pl_status status = pl_node_check_keys(node, keys, 6, what, error);
    if (!status && !sector)
        status = pl_node_need(node, "within", what, &sector, error);
    if (!status)
        status = pl_node_need(node, "share", what, &share, error);
    if (!status)
        status = pl_node_text(sector, what, &text, error);
    if (status)
        return status;
    char *name = pl_strdup(product), *within = pl_strdup(text);
    if (!name || !within || !pl_grow(&list->item, &list->room, list->count, sizeof *list->item)) {
        free(name);
        free(within);
        return pl_fail_memory(error, sizeof *list->item);
    }
    pl_fallback *made = &list->item[list->count++];
    *made = (pl_fallback){name, {within, sector->line}, 0};
    status = pl_node_rate(share, what, &made->share, error);
    if (!status && !(made->share > 0 && made->share <= 1))
        return pl_node_fail(share, error, "%s: share %s is not above 0 and at most 1", what, share->text);
    return status;
}

pl_status pl_fallbacks_read(const pl_node *node, const char *what, pl_fallback_list *list, bool short_form,
                            pl_error *error) {
    if (node->kind != PL_NODE_MAP)
        return pl_node_fail(node, error, "%s must be a mapping", what);
    if (short_form && (pl_node_get(node, "sector") || pl_node_get(node, "within")))
        return read_fallback(node, "", what, list, error);
    for (size_t k = 0; k < node->count; k++) {
        pl_status status = read_fallback(node->item[k], node->key[k]->text, what, list, error);
        if (status)
            return status;
    }
    return PL_OK;
}

void pl_fallbacks_clear(pl_fallback_list *list) {
    for (size_t f = 0; f < list->count; f++) {
        free(list->item[f].product);
        free(list->item[f].within.text);
    }
    free(list->item);
    memset(list, 0, sizeof *list);
}
