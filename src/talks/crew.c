/* Jobs handed out in order to threads that each have a board of their own. */
#include "talks/talks.h"

#include <pthread.h>

typedef struct {
    const pl_game *game;
    pl_job job;
    void *data;
    size_t count, next, failed_at;
    bool boards;
    pthread_mutex_t lock;
    pl_status status;
    pl_error error;
} crew;

static size_t take_next(crew *c) {
    pthread_mutex_lock(&c->lock);
    size_t taken = c->status == PL_OK && c->next < c->count ? c->next++ : c->count;
    pthread_mutex_unlock(&c->lock);
    return taken;
}

/* The failure of the earliest job, so that the message does not depend on the threads. */
static void keep_failure(crew *c, size_t at, pl_status status, const pl_error *error) {
    pthread_mutex_lock(&c->lock);
    if (c->status == PL_OK || at < c->failed_at) {
        c->status = status;
        c->error = *error;
        c->failed_at = at;
    }
    pthread_mutex_unlock(&c->lock);
}

static void *work(void *data) {
    crew *c = data;
    pl_board *board = NULL;
    pl_error error = {PL_OK, ""};
    pl_status status =
        c->boards ? pl_board_new(c->game, c->game->model, c->game->policy, &board, &error) : PL_OK;
    if (status) {
        keep_failure(c, c->count, status, &error);
        return NULL;
    }
    for (size_t at = take_next(c); at < c->count; at = take_next(c)) {
        if (board)
            pl_board_forget(board);
        status = c->job(c->data, at, board, &error);
        __atomic_fetch_add(&c->game->progress->done, 1, __ATOMIC_RELAXED);
        if (status)
            keep_failure(c, at, status, &error);
    }
    pl_board_free(board);
    return NULL;
}

pl_status pl_crew_run(const pl_game *game, size_t count, size_t threads, bool boards, pl_job job, void *data,
                      pl_error *error) {
    enum { MOST = 256 };
    pthread_t thread[MOST];
    size_t started = 0, wanted = threads < count ? threads : count;
    crew c = {.game = game, .job = job, .data = data, .count = count, .boards = boards};
    __atomic_store_n(&game->progress->done, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&game->progress->wanted, count, __ATOMIC_RELAXED);
    pthread_mutex_init(&c.lock, NULL);
    for (; started + 1 < wanted && started < MOST; started++)
        if (pthread_create(&thread[started], NULL, work, &c))
            break; /* fewer threads do the same work */
    work(&c);
    for (size_t t = 0; t < started; t++)
        pthread_join(thread[t], NULL);
    __atomic_store_n(&game->progress->wanted, 0, __ATOMIC_RELAXED);
    pthread_mutex_destroy(&c.lock);
    if (c.status && error)
        *error = c.error;
    return c.status;
}
