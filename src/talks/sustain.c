/* Whether a deal is kept: patience, what a breach gains, and the best deal that keeps itself. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

static const double NOTHING = 1e-7; /* a gain in percent that is none */

double pl_patience(double deal, double deviation, double punished, double lag, double punishment) {
    double gain = deviation - deal, loss = deal - punished;
    if (!(gain > NOTHING))
        return 0;
    if (!(loss > 0))
        return INFINITY;
    if (isinf(punishment))
        return pow(gain / (gain + loss), 1 / lag);
    if (!(loss * punishment > gain * lag)) /* as the discount factor goes to one */
        return INFINITY;
    double low = 0, high = 1;
    for (int step = 0; step < 200; step++) {
        double d = 0.5 * (low + high), breach = gain * -expm1(lag * log(d));
        double later = loss * pow(d, lag) * -expm1(punishment * log(d));
        if (later >= breach)
            high = d;
        else
            low = d;
    }
    return high;
}

double pl_talks_patience(const pl_talks *t, size_t deal, size_t player, double lag) {
    const pl_deal *d = &t->deal[deal];
    if (!t->punished || isnan(d->deviation[player]) || !(lag > 0))
        return NAN;
    return pl_patience(d->payoff[player], d->deviation[player], t->punished[player], lag,
                       t->game->punishment);
}

/* The settings of a player's own instruments are taken from the hint. */
static void start_breach(const pl_game *g, size_t player, const double *hint, pl_stand *stand) {
    for (size_t i = 0; hint && i < g->instruments; i++)
        if (g->instrument[i].player == player)
            stand->setting[i] = hint[i];
}

pl_status pl_deal_test_player(pl_board *board, const pl_breach *breach, const pl_stand *stand, size_t player,
                              pl_deal *deal, bool *found, pl_error *error) {
    const pl_game *g = board->game;
    pl_response r = {0};
    pl_stand *moved = pl_stand_new(g, stand->variant);
    pl_status status =
        moved ? pl_response_init(&r, g, board, player, error) : pl_fail_memory(error, g->instruments);
    if (!status) {
        pl_stand_copy(g, stand, moved);
        start_breach(g, player, breach->hint, moved);
        r.climb.tolerance = 1e-5; /* what a breach gains is flat at its top: this is 1e-9 of it */
        status = pl_response_search(&r, moved, breach->starts, breach->seed + player,
                                    &deal->deviation[player], error);
    }
    if (!status) { /* standing still is always possible */
        deal->deviation[player] = fmax(deal->deviation[player], deal->payoff[player]);
        deal->patience[player] = pl_patience(deal->payoff[player], deal->deviation[player],
                                             breach->punished[player], breach->lag, g->punishment);
        deal->keeps[player] = deal->patience[player] <= g->discount;
    }
    *found = r.climb.converged;
    pl_response_clear(&r);
    pl_stand_free(moved);
    return status;
}

pl_status pl_deal_test(pl_board *board, const pl_breach *breach, const pl_stand *stand, pl_deal *deal,
                       pl_error *error) {
    pl_status status = PL_OK;
    for (size_t p = 0; p < board->game->players && !status; p++) {
        bool found = false;
        status = pl_deal_test_player(board, breach, stand, p, deal, &found, error);
        deal->converged = deal->converged && found;
    }
    return status;
}

/* ---- the verb ---- */

static pl_status add_tested(pl_session *s, const pl_stand *stand, double lag, const char *name,
                            const char *title, pl_deal **deal) {
    pl_status status = pl_session_add(s, stand, name, title, deal);
    pl_breach breach = {s->punished, NULL, lag, s->options->starts, s->options->seed};
    return status ? status : pl_deal_test(s->board, &breach, stand, *deal, s->error);
}

static pl_status test_packages(pl_session *s) {
    const pl_game *g = s->game;
    pl_status status = PL_OK;
    for (size_t k = 0; k < g->packages && !status; k++) {
        const pl_package *package = &g->package[k];
        pl_stand stand = {package->variant, package->setting, package->transfer};
        pl_deal *deal = NULL;
        status = add_tested(s, &stand, g->lag, package->name, package->title, &deal);
    }
    return status;
}

/* The Nash bargain without a thought to breaches. */
static pl_status test_bargain(pl_session *s, pl_stand *stand) {
    const pl_game *g = s->game;
    pl_program program = {.game = g, .floor = s->floor};
    pl_deal *deal = NULL;
    pl_board_start(g, g->today, stand->setting);
    pl_status status = pl_bargain_find(&program, PL_BARGAIN_EGALITARIAN, s->board, stand, s->error);
    if (!status && program.value > NOTHING)
        status = pl_bargain_find(&program, PL_BARGAIN_NASH, s->board, stand, s->error);
    if (!status)
        status =
            add_tested(s, stand, g->lag, "nash-bargain", "Nash bargain, whether it is kept or not", &deal);
    return status ? status
                  : pl_deal_end(deal, program.converged, program.evaluations, program.outcome, s->error);
}

/* The Nash bargain among deals that are kept, from mutual best responses on, where nobody gains by a breach. */
static pl_status find_kept(pl_session *s, double lag, const char *name, const char *title, pl_stand *stand) {
    const pl_game *g = s->game;
    pl_program program = {.game = g,
                          .floor = s->floor,
                          .keep = true,
                          .discount = g->discount,
                          .lag = lag,
                          .punishment = g->punishment,
                          .punished = s->punished};
    pl_deal *deal = NULL;
    pl_board_start(g, g->today, stand->setting);
    for (size_t i = 0; i < g->instruments; i++) /* where nobody gains by a breach, if that is known */
        stand->setting[i] = isnan(s->punish->setting[i]) ? stand->setting[i] : s->punish->setting[i];
    pl_status status = pl_bargain_find(&program, PL_BARGAIN_EGALITARIAN, s->board, stand, s->error);
    if (!status && program.converged && program.value > NOTHING)
        status = pl_bargain_find(&program, PL_BARGAIN_NASH, s->board, stand, s->error);
    if (!status)
        status = add_tested(s, stand, lag, name, title, &deal);
    return status ? status
                  : pl_deal_end(deal, program.converged, program.evaluations, program.outcome, s->error);
}

/* What it is worth to see a breach in half the time. */
static pl_status value_verification(pl_session *s) {
    const pl_game *g = s->game;
    const pl_deal *slow = &s->talks->deal[s->talks->deals - 2], *fast = slow + 1;
    for (size_t p = 0; p < g->players; p++)
        if (!pl_talks_note(
                s->talks,
                "Verification that finds a breach after %g instead of %g %ss is worth %+.4f %% of its "
                "income to %s.",
                g->lag / 2, g->lag, g->period, fast->payoff[p] - slow->payoff[p], g->player[p].name))
            return pl_fail_memory(s->error, 1);
    return PL_OK;
}

pl_status pl_verb_sustain(pl_session *s) {
    const pl_game *g = s->game;
    pl_stand *stand = pl_stand_new(g, g->today);
    pl_status status = stand ? pl_session_punish(s) : pl_fail_memory(s->error, g->instruments);
    if (!status)
        status = test_packages(s);
    if (!status)
        status = test_bargain(s, stand);
    if (!status)
        status = find_kept(s, g->lag, "best-kept", "the best deal that is kept", stand);
    if (!status)
        status = find_kept(s, g->lag / 2, "best-kept-verified",
                           "the best deal that is kept when breaches show in half the time", stand);
    pl_stand_free(stand);
    return status ? status : value_verification(s);
}
