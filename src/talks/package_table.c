/* Packages a person wrote, valued for everybody and ranked. */
#include "talks/talks.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    pl_session *session;
    pl_deal *deal; /* [packages] */
} valuation;

static pl_status value_package(void *data, size_t index, pl_board *board, pl_error *error) {
    const valuation *v = data;
    const pl_session *s = v->session;
    const pl_package *package = &s->game->package[index];
    pl_stand stand = {package->variant, package->setting, package->transfer};
    pl_status status = pl_deal_fill(board, &stand, &v->deal[index], error);
    return status ? status
                  : pl_deal_test(board, s->punished, s->game->lag, &stand, s->options->starts,
                                 s->options->seed, &v->deal[index], error);
}

/* Packages that everybody signs by the Nash product of gains, then the rest by how little the worst off loses. */
static double rank_of(const pl_session *s, const pl_deal *deal) {
    double product = 0, worst = INFINITY;
    for (size_t p = 0; p < s->game->players; p++) {
        double gain = deal->payoff[p] - s->floor[p];
        worst = fmin(worst, gain);
        product += s->game->player[p].weight * log(fmax(gain, 1e-12));
    }
    return worst > 0 ? exp(product) : worst;
}

static int compare_ranks(const void *a, const void *b) {
    double x = ((const pl_deal *)a)->rank, y = ((const pl_deal *)b)->rank;
    return x > y ? -1 : x < y;
}

pl_status pl_verb_table(pl_session *s) {
    const pl_game *g = s->game;
    pl_status status = pl_session_punish(s);
    for (size_t k = 0; k < g->packages && !status; k++)
        if (!pl_talks_add(s->talks, g->package[k].name, g->package[k].title))
            status = pl_fail_memory(s->error, sizeof(pl_deal));
    if (status)
        return status;
    valuation v = {s, s->talks->deal + s->talks->deals - g->packages};
    status = pl_crew_run(g, g->packages, s->options->threads, true, value_package, &v, s->error);
    for (size_t k = 0; k < g->packages && !status; k++)
        v.deal[k].rank = rank_of(s, &v.deal[k]);
    if (!status)
        qsort(v.deal, g->packages, sizeof *v.deal, compare_ranks);
    return status;
}
