/* Whether a deal is kept: patience, what a breach gains, and the best deal that keeps itself. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

static const double NOTHING = 1e-7;  /* a gain in percent that is none */
static const double ENOUGH = 1e-10;  /* a rise in percent for which no breach is looked at again */
static const double ROUNDING = 1e-6; /* of a discount factor */
static const double SHARP = 1e-5;    /* as sharply as the best deals are found, in percent */

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

bool pl_game_keeps(const pl_game *g, double patience) {
    return patience <= g->discount + ROUNDING;
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

pl_status pl_breach_find(pl_board *board, const pl_breach *breach, const pl_stand *stand, size_t player,
                         pl_best *best, pl_error *error) {
    const pl_game *g = board->game;
    pl_response r = {0};
    pl_stand *moved = pl_stand_new(g, stand->variant);
    pl_status status =
        moved ? pl_response_init(&r, g, board, player, error) : pl_fail_memory(error, g->instruments);
    if (!status) {
        pl_stand_copy(g, stand, moved);
        start_breach(g, player, breach->hint, moved);
        r.climb.tolerance = 1e-4; /* what a breach gains is flat at its top: this is 1e-8 of it */
        r.climb.enough = ENOUGH;
        status = pl_response_search(&r, moved, breach->starts, breach->seed + player, &best->payoff, error);
    }
    best->converged = r.climb.converged;
    pl_response_clear(&r);
    pl_stand_free(moved);
    return status;
}

void pl_breach_judge(const pl_game *g, const pl_breach *breach, size_t player, const pl_best *best,
                     pl_deal *deal) {
    double stays = deal->payoff[player]; /* standing still is always possible */
    deal->deviation[player] = fmax(best->payoff, stays);
    deal->patience[player] =
        pl_patience(stays, deal->deviation[player], breach->punished[player], breach->lag, g->punishment);
    deal->keeps[player] = pl_game_keeps(g, deal->patience[player]);
    deal->converged = deal->converged && best->converged;
}

pl_status pl_deal_test(pl_board *board, const pl_breach *breach, const pl_stand *stand, pl_deal *deal,
                       pl_error *error) {
    pl_status status = PL_OK;
    for (size_t p = 0; p < board->game->players && !status; p++) {
        pl_best best = {NAN, false};
        status = pl_breach_find(board, breach, stand, p, &best, error);
        pl_breach_judge(board->game, breach, p, &best, deal);
    }
    return status;
}

/* ---- the verb ---- */

/* The three deals that are looked for: the Nash bargain, and the best that is kept, with the lag as it is and halved. */
enum { PLAIN, KEPT, VERIFIED, LOOKED_FOR };

typedef struct {
    pl_session *session;
    pl_deal *deal;   /* [LOOKED_FOR] */
    pl_stand *plain; /* the Nash bargain */
} hunt;

static double lag_of(const pl_game *g, size_t index) {
    return index == VERIFIED ? g->lag / 2 : g->lag;
}

/* From where nobody gains by a breach, if that is known. */
static void place(const pl_session *s, pl_stand *stand) {
    const pl_game *g = s->game;
    pl_board_start(g, g->today, stand->setting);
    for (size_t i = 0; i < g->instruments; i++)
        stand->setting[i] = isnan(s->punish->setting[i]) ? stand->setting[i] : s->punish->setting[i];
}

static pl_status test_deal(const hunt *h, size_t index, const pl_stand *stand, const pl_program *program,
                           pl_board *board, pl_error *error) {
    const pl_session *s = h->session;
    pl_breach breach = {s->punished, NULL, lag_of(s->game, index), s->options->starts, s->options->seed};
    pl_status status = pl_deal_fill(board, stand, &h->deal[index], error);
    if (!status)
        status = pl_deal_test(board, &breach, stand, &h->deal[index], error);
    return status ? status
                  : pl_deal_end(&h->deal[index], program->converged, program->evaluations, program->outcome,
                                error);
}

/* The Nash bargain, whether it is kept or not. */
static pl_status find_plain(hunt *h) {
    pl_session *s = h->session;
    pl_program program = {.game = s->game, .floor = s->floor};
    pl_pace_begin(s->game, 3 * pl_pace_of(s, PL_WORK_PROGRAM), 0);
    pl_status status = pl_bargain_begin(&program, s->options, s->board, h->plain, s->error);
    if (!status && program.value > NOTHING)
        status = pl_bargain_find(&program, PL_BARGAIN_NASH, s->board, h->plain, s->error);
    return status ? status : test_deal(h, PLAIN, h->plain, &program, s->board, s->error);
}

/* A bargain that keeps itself is the best deal that is kept. */
static bool keeps_itself(const hunt *h, size_t index) {
    const pl_session *s = h->session;
    const pl_deal *d = &h->deal[PLAIN];
    bool keeps = true;
    for (size_t p = 0; p < s->game->players; p++)
        keeps = keeps && pl_game_keeps(s->game, pl_patience(d->payoff[p], d->deviation[p], s->punished[p],
                                                            lag_of(s->game, index), s->game->punishment));
    return keeps && d->converged;
}

static pl_status find_kept(void *data, size_t job, pl_board *board, pl_error *error) {
    const hunt *h = data;
    const pl_session *s = h->session;
    const pl_game *g = s->game;
    size_t index = KEPT + job;
    pl_program program = {.game = g,
                          .floor = s->floor,
                          .keep = true,
                          .discount = g->discount,
                          .lag = lag_of(g, index),
                          .punishment = g->punishment,
                          .punished = s->punished,
                          .converged = true,
                          .outcome = "found"};
    if (keeps_itself(h, index))
        return test_deal(h, index, h->plain, &program, board, error);
    pl_stand *stand = pl_stand_new(g, g->today);
    if (!stand)
        return pl_fail_memory(error, g->instruments);
    place(s, stand);
    pl_status status = pl_bargain_find(&program, PL_BARGAIN_EGALITARIAN, board, stand, error);
    if (!status && program.allowed && program.value > NOTHING)
        status = pl_bargain_find(&program, PL_BARGAIN_NASH, board, stand, error);
    if (!status)
        status = test_deal(h, index, stand, &program, board, error);
    pl_stand_free(stand);
    return status;
}

static pl_status test_packages(pl_session *s, pl_deal *deal) {
    const pl_game *g = s->game;
    pl_stand *stand = pl_alloc(g->packages + 1, sizeof *stand);
    if (!stand)
        return pl_fail_memory(s->error, g->packages * sizeof *stand);
    for (size_t k = 0; k < g->packages; k++)
        stand[k] = (pl_stand){g->package[k].variant, g->package[k].setting, g->package[k].transfer};
    pl_status status = g->packages ? pl_session_test(s, stand, deal, g->packages, true) : PL_OK;
    free(stand);
    return status;
}

/* What it is worth to see a breach in half the time: what the best deal that is kept gains, or how much less patience it
 * takes. */
static pl_status value_verification(pl_session *s, const pl_deal *slow, const pl_deal *fast) {
    const pl_game *g = s->game;
    for (size_t p = 0; p < g->players; p++) {
        double gain = fast->payoff[p] - slow->payoff[p];
        bool noted =
            fabs(gain) < SHARP
                ? pl_talks_note(s->talks,
                                "Verification that finds a breach after %g instead of %g %ss gains %s "
                                "nothing: the best deal "
                                "that is kept is as good without it. It lowers the patience that deal needs "
                                "from %.3f to %.3f.",
                                g->lag / 2, g->lag, g->period, g->player[p].name, slow->patience[p],
                                fast->patience[p])
                : pl_talks_note(
                      s->talks,
                      "Verification that finds a breach after %g instead of %g %ss is worth %+.4f %% of its "
                      "income to %s.",
                      g->lag / 2, g->lag, g->period, gain, g->player[p].name);
        if (!noted)
            return pl_fail_memory(s->error, 1);
    }
    return PL_OK;
}

static pl_status add_deals(pl_session *s) {
    static const char *const names[][2] = {
        {"nash-bargain", "Nash bargain, whether it is kept or not"},
        {"best-kept", "the best deal that is kept"},
        {"best-kept-verified", "the best deal that is kept when breaches show in half the time"}};
    const pl_game *g = s->game;
    bool made = true;
    for (size_t k = 0; k < g->packages && made; k++)
        made = pl_talks_add(s->talks, g->package[k].name, g->package[k].title) != NULL;
    for (size_t k = 0; k < LOOKED_FOR && made; k++)
        made = pl_talks_add(s->talks, names[k][0], names[k][1]) != NULL;
    return made ? PL_OK : pl_fail_memory(s->error, sizeof(pl_deal));
}

pl_status pl_verb_sustain(pl_session *s) {
    size_t first = s->talks->deals;
    pl_status status = pl_session_punish(s);
    if (!status)
        status = add_deals(s);
    if (status)
        return status;
    hunt h = {s, s->talks->deal + first + s->game->packages, pl_stand_new(s->game, s->game->today)};
    status = h.plain ? test_packages(s, s->talks->deal + first) : pl_fail_memory(s->error, 1);
    if (!status)
        status = find_plain(&h);
    if (!status)
        status = pl_crew_run(s, 2, 2 * pl_pace_of(s, PL_WORK_KEPT_PROGRAM), true, find_kept, &h);
    pl_stand_free(h.plain);
    return status ? status : value_verification(s, &h.deal[KEPT], &h.deal[VERIFIED]);
}
