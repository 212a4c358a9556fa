/* The best a player can do with its own instruments while everything else stands. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

/* Steele, Lea and Flood (2014): SplitMix64, good from any seed. */
double pl_uniform(uint64_t *seed) {
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

pl_stand *pl_stand_new(const pl_game *g, size_t variant) {
    pl_stand *stand = pl_alloc(1, sizeof *stand);
    double *memory = pl_alloc(g->instruments + g->players, sizeof *memory);
    if (!stand || !memory) {
        free(stand);
        free(memory);
        return NULL;
    }
    *stand = (pl_stand){.variant = variant, .setting = memory, .transfer = memory + g->instruments};
    for (size_t i = 0; i < g->instruments; i++)
        stand->setting[i] = NAN;
    return stand;
}

void pl_stand_free(pl_stand *stand) {
    if (stand)
        free(stand->setting);
    free(stand);
}

pl_status pl_response_init(pl_response *r, const pl_game *g, pl_board *board, size_t player,
                           pl_error *error) {
    size_t count = 0;
    for (size_t i = 0; i < g->instruments; i++)
        count += g->instrument[i].player == player;
    memset(r, 0, sizeof *r);
    r->game = g;
    r->board = board;
    r->player = player;
    r->own = pl_alloc(count, sizeof *r->own);
    r->slope = pl_alloc(2 * g->instruments, sizeof *r->slope);
    if (!r->own || !r->slope)
        return pl_fail_memory(error, count);
    r->stand.setting = r->slope + g->instruments;
    pl_status status = pl_climb_init(&r->climb, count, error);
    for (size_t i = 0; i < g->instruments && !status; i++) {
        const pl_instrument *it = &g->instrument[i];
        if (it->player != player)
            continue;
        r->climb.low[r->count] = pl_instrument_inner(it, it->low);
        r->climb.high[r->count] = pl_instrument_inner(it, it->high);
        r->climb.scale[r->count] = 1 / it->curvature;
        r->own[r->count++] = i;
    }
    return status;
}

void pl_response_clear(pl_response *r) {
    free(r->own);
    free(r->slope);
    pl_climb_clear(&r->climb);
}

static pl_status value_at(void *data, const double *v, double *value, double *slope, pl_error *error) {
    pl_response *r = data;
    for (size_t k = 0; k < r->count; k++)
        r->stand.setting[r->own[k]] = pl_instrument_outer(&r->game->instrument[r->own[k]], v[k]);
    pl_status status = pl_board_seek(r->board, r->stand.variant, r->stand.setting, r->stand.transfer, error);
    if (status)
        return status;
    status = pl_board_gradient(r->board, r->player, r->slope, NULL, error);
    *value = r->board->converged ? r->board->payoff[r->player] : NAN;
    for (size_t k = 0; k < r->count; k++)
        slope[k] = r->slope[r->own[k]];
    return status;
}

/* How many instruments end at a bound. */
static void count_bounds(pl_response *r) {
    r->at_low = r->at_high = 0;
    for (size_t k = 0; k < r->count; k++) {
        const pl_climb *c = &r->climb;
        r->at_low += c->v[k] <= c->low[k] && c->slope[k] <= 0;
        r->at_high += c->v[k] >= c->high[k] && c->slope[k] >= 0;
    }
}

/* A quantity that does not bind says nothing about which way is up: the search starts where it just binds. */
static pl_status wake_levels(pl_response *r, pl_error *error) {
    bool any = false;
    for (size_t k = 0; k < r->count; k++) {
        const pl_instrument *it = &r->game->instrument[r->own[k]];
        r->stand.setting[r->own[k]] = pl_instrument_outer(it, r->climb.v[k]);
        any = any || pl_instrument_is_level(it->kind);
    }
    if (!any)
        return PL_OK;
    pl_status status = pl_board_seek(r->board, r->stand.variant, r->stand.setting, r->stand.transfer, error);
    for (size_t k = 0; k < r->count && !status; k++) {
        double kink = pl_board_kink(r->board, r->own[k]);
        if (!isnan(kink))
            r->climb.v[k] = fmax(r->climb.low[k], log(0.98 * kink));
    }
    return status;
}

/* One that does not bind where the search ends is reported as open: there are many such settings and one outcome. */
static pl_status rest_levels(pl_response *r, pl_error *error) {
    bool any = false;
    for (size_t k = 0; k < r->count; k++)
        any = any || pl_instrument_is_level(r->game->instrument[r->own[k]].kind);
    if (!any)
        return PL_OK;
    for (size_t k = 0; k < r->count; k++)
        r->stand.setting[r->own[k]] = pl_instrument_outer(&r->game->instrument[r->own[k]], r->climb.v[k]);
    pl_status status = pl_board_seek(r->board, r->stand.variant, r->stand.setting, r->stand.transfer, error);
    for (size_t k = 0; k < r->count && !status; k++)
        if (!isnan(pl_board_kink(r->board, r->own[k])))
            r->climb.v[k] = r->climb.high[k];
    return status;
}

/* A search that ended on the kink where a quantity just binds sees a slope it cannot climb. With what does not bind left open
 * the rest may be at its peak all the same. */
static pl_status settle(pl_response *r, pl_error *error) {
    pl_climb *c = &r->climb;
    double before = c->value;
    size_t evaluations = c->evaluations, opened = 0;
    double *low = pl_alloc(c->n, sizeof *low);
    if (!low)
        return pl_fail_memory(error, c->n * sizeof *low);
    memcpy(low, c->low, c->n * sizeof *low);
    for (size_t k = 0; k < r->count; k++)
        if (pl_instrument_is_level(r->game->instrument[r->own[k]].kind) && c->v[k] >= c->high[k]) {
            c->low[k] = c->high[k];
            opened++;
        }
    pl_status status = PL_OK;
    if (opened) {
        pl_climb_forget(c);
        status = pl_climb_run(c, value_at, r, error);
        c->evaluations += evaluations;
        c->converged = c->converged && c->value >= before - PL_NO_GAIN;
    }
    memcpy(c->low, low, c->n * sizeof *low);
    free(low);
    return status;
}

static pl_status climb(pl_response *r, pl_error *error) {
    pl_board_sharpen(r->board, r->climb.tolerance);
    pl_status status = wake_levels(r, error);
    if (!status)
        status = pl_climb_run(&r->climb, value_at, r, error);
    if (!status && !r->climb.converged) { /* near a kink payoffs are only as exact as the solves */
        size_t before = r->climb.evaluations;
        pl_board_sharpen(r->board, 0);
        pl_climb_forget(&r->climb);
        status = pl_climb_run(&r->climb, value_at, r, error);
        r->climb.evaluations += before;
    }
    if (!status)
        status = rest_levels(r, error);
    if (!status && !r->climb.converged)
        status = settle(r, error);
    count_bounds(r);
    return status;
}

static void begin(pl_response *r, const pl_stand *stand) {
    double *own = r->stand.setting;
    r->stand = *stand;
    r->stand.setting = own;
    memcpy(own, stand->setting, r->game->instruments * sizeof *own);
    for (size_t k = 0; k < r->count; k++)
        r->climb.low[k] = pl_instrument_inner(&r->game->instrument[r->own[k]],
                                              pl_game_lowest(r->game, stand->variant, r->own[k]));
}

static void write_back(const pl_response *r, const double *v, pl_stand *stand) {
    for (size_t k = 0; k < r->count; k++)
        stand->setting[r->own[k]] = pl_instrument_outer(&r->game->instrument[r->own[k]], v[k]);
}

pl_status pl_response_run(pl_response *r, pl_stand *stand, double *payoff, pl_error *error) {
    begin(r, stand);
    for (size_t k = 0; k < r->count; k++) {
        double setting = stand->setting[r->own[k]];
        r->climb.v[k] = pl_instrument_inner(&r->game->instrument[r->own[k]], isnan(setting) ? 0 : setting);
    }
    pl_status status = climb(r, error);
    *payoff = r->climb.value;
    write_back(r, r->climb.v, stand);
    return status;
}

/* The first start is what stands, the second the top of the box, others anywhere in it. */
static void place(pl_response *r, const double *today, size_t start, uint64_t *seed) {
    for (size_t k = 0; k < r->count; k++) {
        const pl_instrument *it = &r->game->instrument[r->own[k]];
        double low = r->climb.low[k], high = r->climb.high[k];
        if (start == 0)
            r->climb.v[k] = pl_instrument_inner(it, today[r->own[k]]);
        else
            r->climb.v[k] = low + (high - low) * (start == 1 ? 0.8 : pl_uniform(seed));
    }
}

pl_status pl_response_search(pl_response *r, pl_stand *stand, size_t starts, uint64_t seed, double *payoff,
                             pl_error *error) {
    size_t evaluations = 0, at_low = 0, at_high = 0;
    double *today = pl_alloc(r->game->instruments + r->count, sizeof *today),
           *best = today + r->game->instruments;
    const char *outcome = "";
    bool converged = false;
    if (!today)
        return pl_fail_memory(error, r->game->instruments);
    pl_status status = PL_OK;
    pl_board_start(r->game, stand->variant, today);
    for (size_t k = 0; k < r->count; k++)
        if (!isnan(stand->setting[r->own[k]]))
            today[r->own[k]] = stand->setting[r->own[k]];
    *payoff = -INFINITY;
    for (size_t start = 0; start < (starts ? starts : 1) && !status; start++) {
        begin(r, stand);
        pl_climb_forget(&r->climb);
        place(r, today, start, &seed);
        status = climb(r, error);
        evaluations += r->climb.evaluations;
        if (status || !(r->climb.value > *payoff))
            continue;
        *payoff = r->climb.value;
        memcpy(best, r->climb.v, r->count * sizeof *best);
        outcome = r->climb.outcome;
        converged = r->climb.converged;
        at_low = r->at_low;
        at_high = r->at_high;
    }
    write_back(r, best, stand);
    free(today);
    r->climb.evaluations = evaluations;
    r->climb.outcome = outcome;
    r->climb.converged = converged;
    r->at_low = at_low;
    r->at_high = at_high;
    return status;
}
