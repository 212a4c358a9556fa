/* Jobs of talks: each thread has a board of its own, and the game counts what is done. */
#include "talks/talks.h"

typedef struct {
    const pl_session *session;
    pl_job job;
    void *data;
    bool boards;
} crew;

static pl_status open_board(void *data, void **tool, pl_error *error) {
    const crew *c = data;
    const pl_game *g = c->session->game;
    pl_board *board = NULL;
    pl_status status = c->boards ? pl_board_new(g, g->model, g->policy, &board, error) : PL_OK;
    if (board)
        board->opening = c->session->opening;
    *tool = board;
    return status;
}

static pl_status do_job(void *data, void *tool, size_t at, pl_error *error) {
    const crew *c = data;
    if (tool)
        pl_board_forget(tool);
    pl_status status = c->job(c->data, at, tool, error);
    pl_pace_part(c->session->game);
    return status;
}

static void close_board(void *tool) {
    pl_board_free(tool);
}

pl_status pl_crew_run(const pl_session *session, size_t count, size_t expected, bool boards, pl_job job,
                      void *data) {
    crew c = {.session = session, .job = job, .data = data, .boards = boards};
    const pl_jobs jobs = {
        .count = count, .data = &c, .open = open_board, .run = do_job, .close = close_board};
    pl_pace_begin(session->game, expected, count);
    return pl_jobs_run(&jobs, session->options->threads, session->error);
}
