/* What a game says of itself: for whoever shows an answer with its units, bounds and sources. */
#include "talks/game.h"

#include <math.h>
#include <string.h>

const pl_scenario *pl_game_scenario(const pl_game *g) {
    return g->scenario;
}

size_t pl_game_today(const pl_game *g) {
    return g->today;
}

const char *pl_game_disagreement(const pl_game *g, size_t *variant) {
    static const char *const words[] = {"variant", "nash", "closed"};
    *variant = g->without;
    return words[g->disagreement];
}

double pl_game_income(const pl_game *g, size_t player) {
    return g->player[player].income;
}

double pl_game_weight(const pl_game *g, size_t player) {
    return g->player[player].weight;
}

bool pl_game_is_real_income(const pl_game *g, size_t player) {
    const pl_player *p = &g->player[player];
    double sum = 0;
    for (size_t n = 0; n < g->N; n++)
        sum += p->real_income[n];
    return !p->value_added && fabs(sum - 1) < 1e-9;
}

bool pl_game_transfers(const pl_game *g, double *limit) {
    *limit = g->transfer_limit;
    return g->transfers;
}

const char *pl_game_said(const pl_game *g, const char *section, const char *name, const char *key) {
    const pl_node *node = g->doc->root;
    const char *const path[] = {section, name, key};
    for (size_t k = 0; k < sizeof path / sizeof *path; k++)
        if (path[k])
            node = node && node->kind == PL_NODE_MAP ? pl_node_get(node, path[k]) : NULL;
    return node && node->kind == PL_NODE_TEXT ? node->text : "";
}

size_t pl_game_packages(const pl_game *g) {
    return g->packages;
}

pl_package_facts pl_game_package(const pl_game *g, size_t package) {
    const pl_package *p = &g->package[package];
    return (pl_package_facts){.name = p->name,
                              .title = p->title,
                              .variant = p->variant,
                              .setting = p->setting,
                              .transfer = p->transfer};
}

/* ---- where an instrument stands today ---- */

/* The tightest quantity the variant sets on each flow of an instrument, averaged over base trade. */
static double level_today(const pl_game *g, const pl_instrument *i) {
    const pl_policy *base = g->policy[g->today];
    const double *flow = pl_world_flow(g->on);
    double sum = 0;
    for (size_t k = 0; k < i->count; k++) {
        double level = 1;
        for (size_t c = 0; c < base->caps; c++)
            for (size_t f = 0; f < base->cap[c].count && base->cap[c].kind == PL_CAP_QUOTA; f++)
                if (base->cap[c].flows[f] == i->flow[k])
                    level = fmin(level, base->cap[c].level);
        sum += flow[i->flow[k]] * level;
    }
    double share = g->family[i->family].share;
    return (sum / i->value - (1 - share)) / share;
}

static double rate_today(const pl_game *g, const pl_instrument *i) {
    const pl_policy *base = g->policy[g->today];
    const double *flow = pl_world_flow(g->on);
    double sum = 0;
    for (size_t k = 0; k < i->count; k++)
        sum +=
            flow[i->flow[k]] * (i->kind == PL_INSTRUMENT_TARIFF ? base->tariff[i->flow[k]]
                                                                : pl_policy_export_tax_at(base, i->flow[k]));
    return sum / i->value;
}

pl_instrument_basis pl_game_instrument_basis(const pl_game *g, size_t instrument) {
    const pl_instrument *i = &g->instrument[instrument];
    const pl_family *f = &g->family[i->family];
    bool level = pl_instrument_is_level(i->kind);
    double stands = level ? level_today(g, i) : rate_today(g, i);
    return (pl_instrument_basis){.adds = f->add,
                                 .stands = stands,
                                 .today = f->add && !level ? 0 : stands,
                                 .share = f->share,
                                 .trade = i->value};
}
