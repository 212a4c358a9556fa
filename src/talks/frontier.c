/* The Pareto frontier of two players: both corners, and points between them. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

enum { STRETCH = 5 };

typedef struct {
    const pl_game *game;
    const double *floor;
    size_t points;
    const pl_stand *corner[2]; /* where the first player gets the most, and the second */
    double least[2];           /* the second player's payoff there */
    pl_stand **stand;          /* [points] */
    pl_program *program;       /* [points] answers */
} frontier;

static pl_status find_corner(pl_session *s, size_t player, pl_stand *stand, pl_program *program) {
    *program = (pl_program){.game = s->game, .floor = s->floor, .aim = PL_AIM_PLAYER, .player = player};
    return pl_program_run(program, s->board, stand, s->error);
}

/* Between the corners, in the search's variables. */
static void interpolate(const frontier *f, double part, pl_stand *stand) {
    for (size_t i = 0; i < f->game->instruments; i++) {
        const pl_instrument *it = &f->game->instrument[i];
        double from = pl_instrument_inner(it, f->corner[0]->setting[i]);
        double to = pl_instrument_inner(it, f->corner[1]->setting[i]);
        stand->setting[i] = pl_instrument_outer(it, (1 - part) * from + part * to);
    }
}

static bool is_end(const frontier *f, size_t k) {
    return k == 0 || k + 1 == f->points;
}

static void put_name(const frontier *f, size_t k, char *name, size_t size) {
    snprintf(name, size, is_end(f, k) ? "corner-%zu" : "point-%zu", is_end(f, k) ? 1 + (k > 0) : k);
}

/* Says that a point was found where the board stands; its neighbour may still take its place. */
static void tell(const frontier *f, size_t k, const pl_board *board) {
    pl_talks_point point = {.converged = f->program[k].converged,
                            .payoff = {board->payoff[0], board->payoff[1]}};
    put_name(f, k, point.name, sizeof point.name);
    pl_pace_found(f->game, &point);
}

/* One point: the most the first player can get when the second gets its part of the way between the corners. */
static pl_status find_point(frontier *f, size_t point, pl_board *board, pl_error *error) {
    double part = (double)point / (double)(f->points - 1), least[2] = {-1e6, 0};
    pl_program program = {
        .game = f->game, .floor = f->floor, .aim = PL_AIM_PLAYER, .least = least, .near = true};
    least[1] = (1 - part) * f->least[0] + part * f->least[1];
    pl_status status = pl_program_run(&program, board, f->stand[point], error);
    f->program[point] = program;
    f->program[point].least = NULL;
    if (!status)
        tell(f, point, board);
    return status;
}

/* A stretch of points, each from the one before; which points make one does not depend on the threads. */
static pl_status find_stretch(void *data, size_t index, pl_board *board, pl_error *error) {
    frontier *f = data;
    size_t first = 1 + index * STRETCH, last = first + STRETCH;
    pl_status status = PL_OK;
    for (size_t k = first; k < last && k + 1 < f->points && !status; k++) {
        if (k == first)
            interpolate(f, (double)k / (double)(f->points - 1), f->stand[k]);
        else
            pl_stand_copy(f->game, f->stand[k - 1], f->stand[k]);
        status = find_point(f, k, board, error);
    }
    return status;
}

/* What its neighbour has is better for both: a search that ended on a hill of its own. The neighbour's is taken. */
static void drop_dominated(frontier *f) {
    for (size_t k = f->points - 1; k > 0; k--)
        if (f->program[k].converged &&
            !(f->program[k - 1].converged && f->program[k - 1].value > f->program[k].value)) {
            size_t evaluations = f->program[k - 1].evaluations;
            pl_stand_copy(f->game, f->stand[k], f->stand[k - 1]);
            f->program[k - 1] = f->program[k];
            f->program[k - 1].evaluations = evaluations;
        }
}

static pl_status keep_points(pl_session *s, const frontier *f) {
    pl_status status = PL_OK;
    for (size_t k = 0; k < f->points && !status; k++) {
        char name[32], title[256];
        pl_deal *deal = NULL;
        size_t side = k > 0;
        put_name(f, k, name, sizeof name);
        if (is_end(f, k))
            snprintf(title, sizeof title, "the most for %s while %s loses nothing",
                     s->game->player[side].name, s->game->player[1 - side].name);
        else
            snprintf(title, sizeof title, "point %zu between the corners", k);
        status = pl_session_add(s, f->stand[k], name, title, &deal);
        if (!status)
            status = pl_deal_end(deal, f->program[k].converged, f->program[k].evaluations,
                                 f->program[k].outcome, s->error);
    }
    return status;
}

static pl_status make_room(pl_session *s, frontier *f) {
    f->stand = pl_alloc(f->points, sizeof *f->stand);
    f->program = pl_alloc(f->points, sizeof *f->program);
    if (!f->stand || !f->program)
        return pl_fail_memory(s->error, f->points);
    for (size_t k = 0; k < f->points; k++) {
        f->stand[k] = pl_stand_new(s->game, s->game->today);
        if (!f->stand[k])
            return pl_fail_memory(s->error, s->game->instruments);
    }
    return PL_OK;
}

static pl_status find_corners(pl_session *s, frontier *f, const pl_stand *fair) {
    size_t ends[2] = {0, f->points - 1};
    pl_status status = PL_OK;
    for (size_t side = 0; side < 2 && !status; side++) {
        pl_stand_copy(s->game, fair, f->stand[ends[side]]);
        status = find_corner(s, side, f->stand[ends[side]], &f->program[ends[side]]);
        f->corner[side] = f->stand[ends[side]];
        if (!status)
            status = pl_board_solve(s->board, s->game->today, f->corner[side]->setting, NULL, s->error);
        f->least[side] = s->board->payoff[1];
        f->program[ends[side]].value = s->board->payoff[0];
        if (!status)
            tell(f, ends[side], s->board);
    }
    return status;
}

static void clear(frontier *f) {
    for (size_t k = 0; f->stand && k < f->points; k++)
        pl_stand_free(f->stand[k]);
    free(f->stand);
    free(f->program);
}

pl_status pl_verb_frontier(pl_session *s) {
    const pl_game *g = s->game;
    frontier f = {.game = g, .floor = s->floor, .points = s->options->points};
    pl_program fair = {.game = g, .floor = s->floor};
    pl_stand *start = pl_stand_new(g, g->today);
    pl_status status = start ? make_room(s, &f) : pl_fail_memory(s->error, g->instruments);
    if (!status) {
        pl_pace_begin(g, 3 * pl_pace_of(s, PL_WORK_PROGRAM), 0);
        status = pl_bargain_begin(&fair, s->options, s->board, start, s->error);
    }
    bool zone = fair.allowed && fair.value > 0;
    if (!status && !zone &&
        !pl_talks_note(
            s->talks,
            "There is no zone of agreement: no setting of the instruments leaves both players better "
            "off than without a deal, and so there is no frontier to draw."))
        status = pl_fail_memory(s->error, 1);
    if (!status && zone)
        status = find_corners(s, &f, start);
    if (!status && zone)
        status = pl_crew_run(s, (f.points - 2 + STRETCH - 1) / STRETCH,
                             (f.points - 2) * pl_pace_of(s, PL_WORK_PROGRAM), true, find_stretch, &f);
    if (!status && zone) {
        drop_dominated(&f);
        status = keep_points(s, &f);
    }
    pl_stand_free(start);
    clear(&f);
    return status;
}
