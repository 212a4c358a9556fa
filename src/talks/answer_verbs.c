/* The verbs without a bargain: best responses and Nash. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

/* One player answers what stands without a deal. */
static pl_status respond(pl_session *s, size_t player) {
    const pl_game *g = s->game;
    pl_response r = {0};
    pl_stand *stand = pl_stand_new(g, s->without->variant);
    double payoff = 0;
    char name[160], title[256], outcome[256];
    pl_deal *deal = NULL;
    pl_status status =
        stand ? pl_response_init(&r, g, s->board, player, s->error) : pl_fail_memory(s->error, 1);
    if (!status) {
        memcpy(stand->setting, s->without->setting, g->instruments * sizeof *stand->setting);
        status = pl_response_search(&r, stand, s->options->starts, s->options->seed, &payoff, s->error);
    }
    snprintf(name, sizeof name, "%.150s", g->player[player].name);
    snprintf(title, sizeof title, "%s does what is best for it, the others stand still",
             g->player[player].name);
    if (!status)
        status = pl_session_add(s, stand, name, title, &deal);
    snprintf(outcome, sizeof outcome, "%s; of %zu instruments %zu at their low bound, %zu at their high",
             r.climb.outcome, r.count, r.at_low, r.at_high);
    if (!status)
        status = pl_deal_end(deal, r.climb.converged, r.climb.evaluations, outcome, s->error);
    pl_response_clear(&r);
    pl_stand_free(stand);
    return status;
}

pl_status pl_verb_best_response(pl_session *s) {
    pl_status status = PL_OK;
    for (size_t p = 0; p < s->game->players && !status; p++)
        if (s->options->player == SIZE_MAX || s->options->player == p) {
            pl_pace_begin(s->game, pl_pace_of(s, PL_WORK_SEARCH), 0);
            status = respond(s, p);
        }
    return status;
}

/* ---- Nash ---- */

/* Where a search for an equilibrium starts: what stands, everything open, everything nearly closed, anywhere. */
static void place(const pl_game *g, size_t start, uint64_t *seed, pl_stand *stand) {
    pl_board_start(g, stand->variant, stand->setting);
    for (size_t i = 0; i < g->instruments && start; i++) {
        const pl_instrument *it = &g->instrument[i];
        double low = pl_instrument_inner(it, it->low), high = pl_instrument_inner(it, it->high);
        double share = start == 1 ? 0.02 : start == 2 ? 0.6 : pl_uniform(seed);
        share = pl_instrument_is_level(it->kind) && start < 3 ? 1 - share : share;
        stand->setting[i] = pl_instrument_outer(it, low + share * (high - low));
    }
}

static double distance(const pl_game *g, const double *a, const double *b) {
    double most = 0;
    for (size_t i = 0; i < g->instruments; i++)
        most = fmax(most, fabs(a[i] - b[i]));
    return most;
}

/* An equilibrium that is not among the answers yet. */
static bool is_new(const pl_session *s, const pl_stand *stand) {
    for (size_t d = 1; d < s->talks->deals; d++)
        if (distance(s->game, s->talks->deal[d].setting, stand->setting) < 1e-4)
            return false;
    return true;
}

static pl_status keep_equilibrium(pl_session *s, pl_stand *stand, const pl_nash_report *report,
                                  size_t solves) {
    char name[32], outcome[160];
    double gain = 0;
    pl_deal *deal = NULL;
    size_t found = s->talks->deals;
    snprintf(name, sizeof name, found == 1 ? "nash" : "nash-%zu", found);
    pl_status status = pl_session_add(s, stand, name, "mutual best responses", &deal);
    if (!status)
        status = pl_nash_verify(s->board, stand, s->options->starts, s->options->seed, &gain, s->error);
    if (status)
        return status;
    bool verified = gain <= PL_NO_GAIN;
    snprintf(outcome, sizeof outcome, "%s after %zu rounds; deviating gains nobody more than %.2g %%",
             report->converged && verified ? "found"
             : report->converged           ? "no equilibrium here: somebody gains by deviating"
                                           : "stopped early",
             report->rounds, gain);
    s->talks->largest_gain = isnan(s->talks->largest_gain) ? gain : fmax(gain, s->talks->largest_gain);
    return pl_deal_end(deal, report->converged && verified, s->board->solves - solves, outcome, s->error);
}

pl_status pl_verb_nash(pl_session *s) {
    const pl_game *g = s->game;
    uint64_t seed = s->options->seed;
    size_t starts = s->options->starts ? s->options->starts : 1;
    pl_stand *stand = pl_stand_new(g, g->today);
    pl_status status = stand ? PL_OK : pl_fail_memory(s->error, 1);
    for (size_t start = 0; start < starts && !status; start++) {
        pl_nash_report report;
        size_t solves = s->board->solves;
        place(g, start, &seed, stand);
        pl_pace_begin(g, pl_pace_of(s, PL_WORK_NASH) + g->players * pl_pace_of(s, PL_WORK_SEARCH), 0);
        status = pl_nash_find(s->board, stand, PL_STILL, &report, s->error);
        if (!status && (start == 0 || (report.converged && is_new(s, stand))))
            status = keep_equilibrium(s, stand, &report, solves);
    }
    size_t found = s->talks->deals - 1;
    if (!status && !pl_talks_note(s->talks,
                                  found > 1 ? "%zu different equilibria were found from %zu starts."
                                            : "%zu equilibrium was found from %zu starts.",
                                  found, starts))
        status = pl_fail_memory(s->error, 1);
    pl_stand_free(stand);
    return status;
}
