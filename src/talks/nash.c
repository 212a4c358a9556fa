/* Mutual best responses: player after player, each from where it stood, until nobody moves. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

enum { MOST_ROUNDS = 60 };

static pl_status init_all(pl_board *board, pl_response *response, pl_error *error) {
    pl_status status = PL_OK;
    for (size_t p = 0; p < board->game->players && !status; p++)
        status = pl_response_init(&response[p], board->game, board, p, error);
    return status;
}

static void clear_all(pl_response *response, size_t players) {
    for (size_t p = 0; p < players; p++)
        pl_response_clear(&response[p]);
    free(response);
}

/* One player answers; returns how far its instruments moved. */
static pl_status answer(pl_response *r, pl_stand *stand, double tolerance, double *move, pl_error *error) {
    const pl_game *g = r->game;
    double payoff = 0;
    double *kept = pl_alloc(r->count, sizeof *kept);
    if (!kept)
        return pl_fail_memory(error, r->count * sizeof *kept);
    for (size_t k = 0; k < r->count; k++)
        kept[k] = pl_instrument_inner(&g->instrument[r->own[k]], stand->setting[r->own[k]]);
    r->climb.tolerance = tolerance;
    pl_status status = pl_response_run(r, stand, &payoff, error);
    *move = 0;
    for (size_t k = 0; k < r->count; k++)
        *move = fmax(*move, fabs(r->climb.v[k] - kept[k]));
    free(kept);
    return status;
}

pl_status pl_nash_find(pl_board *board, pl_stand *stand, double still, pl_nash_report *report,
                       pl_error *error) {
    const pl_game *g = board->game;
    pl_response *response = pl_alloc(g->players, sizeof *response);
    pl_status status = response ? init_all(board, response, error) : pl_fail_memory(error, g->players);
    double tolerance = 1e-3;
    *report = (pl_nash_report){0};
    while (!status && !report->converged && report->rounds < MOST_ROUNDS) {
        bool found = true;
        report->move = 0;
        for (size_t p = 0; p < g->players && !status; p++) {
            double move = 0;
            status = answer(&response[p], stand, tolerance, &move, error);
            report->move = fmax(report->move, move);
            found = found && response[p].climb.converged;
        }
        report->rounds++;
        report->converged = found && tolerance <= still && report->move <= 10 * still;
        /* No use in knowing an answer better than the question. */
        tolerance = fmax(still, fmin(tolerance, 0.03 * report->move));
    }
    if (response)
        clear_all(response, g->players);
    return status;
}

pl_status pl_nash_verify(pl_board *board, const pl_stand *stand, size_t starts, uint64_t seed, double *gain,
                         pl_error *error) {
    const pl_game *g = board->game;
    pl_response *response = pl_alloc(g->players, sizeof *response);
    pl_stand *moved = pl_stand_new(g, stand->variant);
    double *payoff = pl_alloc(g->players, sizeof *payoff);
    pl_status status =
        response && moved && payoff ? init_all(board, response, error) : pl_fail_memory(error, g->players);
    if (!status)
        status = pl_board_solve(board, stand->variant, stand->setting, stand->transfer, error);
    if (!status)
        memcpy(payoff, board->payoff, g->players * sizeof *payoff);
    *gain = 0;
    for (size_t p = 0; p < g->players && !status; p++) {
        double best = 0;
        memcpy(moved->setting, stand->setting, g->instruments * sizeof *moved->setting);
        memcpy(moved->transfer, stand->transfer, g->players * sizeof *moved->transfer);
        status = pl_response_search(&response[p], moved, starts, seed + p, &best, error);
        *gain = fmax(*gain, best - payoff[p]);
    }
    if (response)
        clear_all(response, g->players);
    pl_stand_free(moved);
    free(payoff);
    return status;
}
