/* Packages a person wrote, valued for everybody and ranked; and what each instrument is worth. */
#include "talks/talks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const pl_session *session;
    double *worth; /* [families][2][players] payoffs over today's with one entry opened, and closed */
} valuation;

/* ---- what packages are worth, and whether they are kept ---- */

static const double ROUGHLY = 1e-7; /* a rise in percent for which a hint is not looked at again */

typedef struct {
    const pl_session *session;
    const pl_stand *stand; /* [count] */
    pl_deal *deal;         /* [count] */
    double *hint;          /* [instruments] everybody's best response to what stands */
    pl_best *best;         /* [count][players] breaches, of deals that are the first of their kind */
    bool both;             /* whether the other punishment is asked for as well */
    pl_punishment otherwise;
} trial;

/* One player's best response to what stands today, from all starts; its breaches of packages are not far from there. */
static pl_status find_hint(void *data, size_t player, pl_board *board, pl_error *error) {
    const trial *t = data;
    const pl_game *g = board->game;
    const pl_talks_options *o = t->session->options;
    pl_response r = {0};
    pl_stand *stand = pl_stand_new(g, g->today);
    double payoff = 0;
    pl_status status =
        stand ? pl_response_init(&r, g, board, player, error) : pl_fail_memory(error, g->instruments);
    r.climb.tolerance = 1e-4;
    r.climb.enough = ROUGHLY;
    if (!status)
        status = pl_response_search(&r, stand, o->starts, o->seed, &payoff, error);
    for (size_t k = 0; k < r.count && !status; k++)
        t->hint[r.own[k]] = stand->setting[r.own[k]];
    pl_response_clear(&r);
    pl_stand_free(stand);
    return status;
}

/* The first deal that leaves the others where this one leaves them: whoever breaks either does the same. */
static size_t first_alike(const trial *t, size_t deal, size_t player) {
    const pl_game *g = t->session->game;
    for (size_t k = 0; k < deal; k++) {
        const pl_stand *a = &t->stand[k], *b = &t->stand[deal];
        bool alike = a->variant == b->variant;
        for (size_t i = 0; alike && i < g->instruments; i++)
            alike = g->instrument[i].player == player || a->setting[i] == b->setting[i] ||
                    (isnan(a->setting[i]) && isnan(b->setting[i]));
        for (size_t p = 0; alike && p < g->players; p++)
            alike = a->transfer[p] == b->transfer[p];
        if (alike)
            return k;
    }
    return deal;
}

static pl_breach breach_of(const trial *t) {
    const pl_session *s = t->session;
    return (pl_breach){s->punished, t->hint, s->game->lag, 1, s->options->seed};
}

/* The other punishment first, since it takes longest; then every player's breach of every deal. */
static pl_status test_one(void *data, size_t index, pl_board *board, pl_error *error) {
    trial *t = data;
    size_t players = board->game->players, at = index - t->both, k = at / players;
    if (t->both && index == 0)
        return pl_punish_otherwise(t->session, board, t->hint, &t->otherwise, error);
    pl_breach breach = breach_of(t);
    if (first_alike(t, k, at % players) < k)
        return PL_OK;
    return pl_breach_find(board, &breach, &t->stand[k], at % players, &t->best[at], error);
}

static void judge_all(const trial *t, size_t count) {
    const pl_game *g = t->session->game;
    pl_breach breach = breach_of(t);
    for (size_t k = 0; k < count; k++)
        for (size_t p = 0; p < g->players; p++)
            pl_breach_judge(g, &breach, p, &t->best[first_alike(t, k, p) * g->players + p], &t->deal[k]);
}

/* What can be worked out side by side before breaches are: every player's best response to what stands, what each deal
 * is worth. */
static pl_status prepare(void *data, size_t index, pl_board *board, pl_error *error) {
    const trial *t = data;
    size_t players = board->game->players;
    if (index < players)
        return find_hint(data, index, board, error);
    return pl_deal_fill(board, &t->stand[index - players], &t->deal[index - players], error);
}

static pl_status test_all(pl_session *s, trial *t, size_t count) {
    const pl_game *g = s->game;
    size_t jobs = count * g->players;
    pl_status status = pl_crew_run(s, g->players + count, g->players * pl_pace_of(s, PL_WORK_SEARCH) + count,
                                   true, prepare, t);
    if (!status)
        status =
            pl_crew_run(s, t->both + jobs,
                        (t->both ? pl_pace_of(s, PL_WORK_NASH) : 0) + jobs * pl_pace_of(s, PL_WORK_CLIMB),
                        true, test_one, t);
    if (!status)
        judge_all(t, count);
    if (!status && t->both)
        status = pl_punish_compare(s, &t->otherwise, t->deal, count);
    return status;
}

pl_status pl_session_test(pl_session *s, const pl_stand *stand, pl_deal *deal, size_t count, bool both) {
    const pl_game *g = s->game;
    trial t = {.session = s, .stand = stand, .deal = deal, .both = both};
    t.hint = pl_alloc(g->instruments, sizeof *t.hint);
    t.best = pl_alloc(count * g->players, sizeof *t.best);
    t.otherwise.payoff = pl_alloc(g->players, sizeof *t.otherwise.payoff);
    pl_status status = t.hint && t.best && t.otherwise.payoff ? test_all(s, &t, count)
                                                              : pl_fail_memory(s->error, g->instruments);
    free(t.hint);
    free(t.best);
    free(t.otherwise.payoff);
    return status;
}

/* ---- what each instrument is worth ---- */

/* Today with one entry of the file at the end that opens most, or closes most. */
static pl_status value_family(void *data, size_t index, pl_board *board, pl_error *error) {
    const valuation *v = data;
    const pl_game *g = board->game;
    const pl_family *f = &g->family[index / 2];
    bool level = pl_instrument_is_level(f->kind), open = index % 2 == 0;
    pl_stand *stand = pl_stand_new(g, g->today);
    if (!stand)
        return pl_fail_memory(error, g->instruments);
    for (size_t i = f->first; i < f->first + f->count; i++)
        stand->setting[i] = level == open ? f->high : f->low;
    pl_status status = pl_board_solve(board, stand->variant, stand->setting, NULL, error);
    memcpy(v->worth + index * g->players, board->payoff, g->players * sizeof *v->worth);
    pl_stand_free(stand);
    return status;
}

/* "+1234 to US, -56 to China" in million USD a year. */
static void say_worth(const pl_session *s, const double *worth, char *out, size_t size) {
    size_t used = 0;
    for (size_t p = 0; p < s->game->players && used < size; p++) {
        double money = round(worth[p] / 100 * s->game->player[p].income);
        char text[40] = "0"; /* without a sign where nothing is left of it */
        if (money != 0)
            snprintf(text, sizeof text, "%+.0f", money);
        used += (size_t)snprintf(out + used, size - used, "%s%s to %s", p ? ", " : "", text,
                                 s->game->player[p].name);
    }
}

/* Leverage: what closing costs the others for each dollar it costs its owner. */
static void say_leverage(const pl_session *s, const pl_family *family, const double *closed, char *out,
                         size_t size) {
    const pl_game *g = s->game;
    double own = 0, others = 0;
    for (size_t p = 0; p < g->players; p++) {
        double worth = closed[p] / 100 * g->player[p].income;
        *(p == family->player ? &own : &others) += worth;
    }
    *out = 0;
    if (own >= 1 && others <= -1)
        snprintf(out, size, " Closing it pays %s and costs the others: a threat that is meant.",
                 g->player[family->player].name);
    else if (own <= -1 && others <= -1)
        snprintf(out, size, " Closing it costs the others %.2f dollars for each dollar it costs %s.",
                 others / own, g->player[family->player].name);
}

static pl_status note_worth(const pl_session *s, const valuation *v) {
    const pl_game *g = s->game;
    for (size_t f = 0; f < g->families; f++) {
        char open[256], closed[256], leverage[256];
        const double *at = v->worth + 2 * f * g->players;
        const pl_family *family = &g->family[f];
        bool level = pl_instrument_is_level(family->kind);
        say_worth(s, at, open, sizeof open);
        say_worth(s, at + g->players, closed, sizeof closed);
        say_leverage(s, family, at + g->players, leverage, sizeof leverage);
        if (!pl_talks_note(
                s->talks, "Worth of %s alone, against today, million USD a year: at %g %% %s; at %g %% %s.%s",
                family->name, 100 * (level ? family->high : family->low), open,
                100 * (level ? family->low : family->high), closed, leverage))
            return pl_fail_memory(s->error, 1);
    }
    return PL_OK;
}

static pl_status value_instruments(pl_session *s, valuation *v) {
    const pl_game *g = s->game;
    double *today = pl_alloc(g->players, sizeof *today);
    pl_stand *stand = pl_stand_new(g, g->today);
    pl_status status = today && stand ? pl_board_solve(s->board, g->today, stand->setting, NULL, s->error)
                                      : pl_fail_memory(s->error, g->players);
    if (!status) {
        memcpy(today, s->board->payoff, g->players * sizeof *today);
        status = pl_crew_run(s, 2 * g->families, 2 * g->families, true, value_family, v);
    }
    for (size_t k = 0; k < 2 * g->families * g->players && !status; k++)
        v->worth[k] -= today[k % g->players];
    if (!status)
        status = note_worth(s, v);
    pl_stand_free(stand);
    free(today);
    return status;
}

/* ---- the table ---- */

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

static pl_status fill_table(pl_session *s, pl_stand *stand) {
    const pl_game *g = s->game;
    pl_deal *deal = s->talks->deal + s->talks->deals - g->packages;
    for (size_t k = 0; k < g->packages; k++)
        stand[k] = (pl_stand){g->package[k].variant, g->package[k].setting, g->package[k].transfer};
    pl_status status = pl_session_test(s, stand, deal, g->packages, true);
    for (size_t k = 0; k < g->packages && !status; k++)
        deal[k].rank = rank_of(s, &deal[k]);
    if (!status)
        qsort(deal, g->packages, sizeof *deal, compare_ranks);
    return status;
}

pl_status pl_verb_table(pl_session *s) {
    const pl_game *g = s->game;
    pl_status status = pl_session_punish(s);
    for (size_t k = 0; k < g->packages && !status; k++)
        if (!pl_talks_add(s->talks, g->package[k].name, g->package[k].title))
            status = pl_fail_memory(s->error, sizeof(pl_deal));
    if (status)
        return status;
    pl_stand *stand = pl_alloc(g->packages, sizeof *stand);
    valuation v = {s, pl_alloc(2 * g->families * g->players, sizeof *v.worth)};
    status = stand && v.worth ? fill_table(s, stand) : pl_fail_memory(s->error, g->instruments);
    if (!status)
        status = value_instruments(s, &v);
    free(stand);
    s->talks->worth = v.worth;
    return status;
}
