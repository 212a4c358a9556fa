/* What holds for the whole table, read from YAML: the disagreement, patience, transfers, who talks to whom. */
#include "talks/game.h"

#include <string.h>

static pl_status read_disagreement(pl_reading *r, const pl_node *root) {
    pl_game *g = r->game;
    const pl_node *node = pl_node_get(root, "disagreement");
    const char *text = NULL, *near = NULL;
    g->without = g->today;
    pl_status status = node ? pl_node_text(node, "disagreement", &text, r->error) : PL_OK;
    if (status || !node || !strcmp(text, "today"))
        return status;
    if (!strcmp(text, "nash") || !strcmp(text, "closed")) {
        g->disagreement = *text == 'n' ? PL_DISAGREE_NASH : PL_DISAGREE_CLOSED;
        return PL_OK;
    }
    for (size_t v = 0; v < g->variants; v++)
        if (!strcmp(text, pl_scenario_variant_name(g->scenario, v))) {
            g->without = v;
            return PL_OK;
        }
    const char **names = pl_alloc(g->variants + 3, sizeof *names);
    if (!names)
        return pl_fail_memory(r->error, g->variants);
    names[0] = "today";
    names[1] = "nash";
    names[2] = "closed";
    for (size_t v = 0; v < g->variants; v++)
        names[v + 3] = pl_scenario_variant_name(g->scenario, v);
    near = pl_suggest(text, names, g->variants + 3);
    free(names);
    return pl_node_fail(
        node, r->error,
        "disagreement '%s' does not exist%s%s%s; it is today, nash, closed or a variant of the scenario",
        text, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

/* A number in [low, high] that may be left out. */
static pl_status read_number(pl_reading *r, const pl_node *root, const char *key, double low, double high,
                             const char *allowed, double *value) {
    const pl_node *node = pl_node_get(root, key);
    pl_status status = node ? pl_node_number(node, key, value, r->error) : PL_OK;
    if (!status && node && !(*value >= low && *value <= high))
        status = pl_node_fail(node, r->error, "%s %g is not allowed; it must be %s", key, *value, allowed);
    return status;
}

static pl_status read_discount(pl_reading *r, const pl_node *root) {
    double *value = &r->game->discount;
    const pl_node *node = pl_node_get(root, "discount");
    pl_status status = node ? pl_node_number(node, "discount", value, r->error) : PL_OK;
    if (!status && node && !(*value > 0 && *value < 1))
        status = pl_node_fail(node, r->error, "discount %g is not allowed; it must be above 0 and below 1",
                              *value);
    return status;
}

static pl_status read_transfers(pl_reading *r, const pl_node *root) {
    pl_game *g = r->game;
    const pl_node *transfers = pl_node_get(root, "transfers"), *limit = pl_node_get(root, "transfer_limit");
    pl_status status = transfers ? pl_node_bool(transfers, "transfers", &g->transfers, r->error) : PL_OK;
    if (!status && limit)
        status = pl_node_rate(limit, "transfer_limit", &g->transfer_limit, r->error);
    if (!status && !(g->transfer_limit >= 0 && g->transfer_limit <= 1))
        status = pl_node_fail(limit, r->error,
                              "transfer_limit %g is not allowed; it must be a share of the smallest player's "
                              "income from 0 to 1",
                              g->transfer_limit);
    return status;
}

static pl_status read_patience(pl_reading *r, const pl_node *root) {
    pl_game *g = r->game;
    static const char *const ways[] = {"nash", "no-deal"};
    const pl_node *ever = pl_node_get(root, "punishment"), *by = pl_node_get(root, "punish_by");
    size_t way = 0;
    pl_status status = read_discount(r, root);
    if (!status)
        status =
            read_number(r, root, "lag", 1e-3, 1e4, "a number of periods above 0, 0.001 to 10000", &g->lag);
    if (!status && !(ever && ever->kind == PL_NODE_TEXT && !strcmp(ever->text, "forever")))
        status = read_number(r, root, "punishment", 1e-3, 1e6,
                             "a number of periods above 0, 0.001 to 1000000, or forever", &g->punishment);
    if (!status && by)
        status = pl_node_choice(by, "punish_by", ways, 2, &way, r->error);
    g->punish_by_nash = way == 0;
    if (!status)
        status = read_transfers(r, root);
    return status ? status : pl_reading_text(r, root, "period", &g->period);
}

static pl_status read_tables(pl_reading *r, const pl_node *root) {
    pl_game *g = r->game;
    const pl_node *node = pl_node_get(root, "tables");
    if (!node)
        return PL_OK;
    if (node->kind != PL_NODE_LIST || node->count == 0)
        return pl_node_fail(node, r->error, "'tables' must be a list of pairs of players");
    g->table = pl_alloc(node->count, sizeof *g->table);
    if (!g->table)
        return pl_fail_memory(r->error, node->count);
    for (size_t k = 0; k < node->count; k++) {
        const pl_node *pair = node->item[k];
        if (pair->kind != PL_NODE_LIST || pair->count != 2)
            return pl_node_fail(pair, r->error, "a table is a pair of players, as in [US, China]");
        for (size_t side = 0; side < 2; side++) {
            pl_status status = pl_reading_owner(r, pair->item[side], &g->table[k][side]);
            if (status)
                return status;
        }
        if (g->table[k][0] == g->table[k][1])
            return pl_node_fail(pair, r->error, "player '%s' sits on both sides of a table",
                                pair->item[0]->text);
        for (size_t t = 0; t < k; t++)
            if ((g->table[t][0] == g->table[k][0] && g->table[t][1] == g->table[k][1]) ||
                (g->table[t][0] == g->table[k][1] && g->table[t][1] == g->table[k][0]))
                return pl_node_fail(pair, r->error, "the table of '%s' and '%s' is listed twice",
                                    pair->item[0]->text, pair->item[1]->text);
        g->tables++;
    }
    return PL_OK;
}

/* Which of the values that hold for the whole table are assumed, and why: shown with them. */
static pl_status check_assumed(pl_reading *r, const pl_node *root) {
    static const char *const keys[] = {"today", "disagreement", "transfers", "transfer_limit", "discount",
                                       "lag",   "punishment",   "punish_by", "payoffs"};
    const pl_node *node = pl_node_get(root, "assumed");
    if (!node)
        return PL_OK;
    const char *text = NULL;
    pl_status status = pl_reading_need_map(r, node, "assumed");
    if (!status)
        status = pl_node_check_keys(node, keys, sizeof keys / sizeof *keys, "what is assumed", r->error);
    for (size_t k = 0; k < node->count && !status; k++)
        status = pl_node_text(node->item[k], node->key[k]->text, &text, r->error);
    return status;
}

pl_status pl_reading_terms(pl_reading *r, const pl_node *root) {
    pl_status status = read_disagreement(r, root);
    if (!status)
        status = read_patience(r, root);
    if (!status)
        status = check_assumed(r, root);
    return status ? status : read_tables(r, root);
}
