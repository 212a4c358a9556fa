/* Many solves of one model: a thread for each solver, work handed out in order. Every solve starts cold, so
 * which thread does it changes nothing. */
#include "solve/solve.h"

#include <pthread.h>

typedef struct {
    const pl_model *model;
    const pl_policy *const *policies;
    pl_result *const *results;
    size_t count, next, failed_at;
    volatile int *stop;
    pthread_mutex_t lock;
    pl_status status;
    pl_error error;
} crew;

/* The next piece of work, or count when there is none left or something failed. */
static size_t take_next(crew *c) {
    pthread_mutex_lock(&c->lock);
    size_t taken = c->status == PL_OK && c->next < c->count ? c->next++ : c->count;
    pthread_mutex_unlock(&c->lock);
    return taken;
}

/* Keeps the failure of the earliest policy, so that the message does not depend on the threads. */
static void keep_failure(crew *c, size_t at, pl_status status, const pl_error *error) {
    pthread_mutex_lock(&c->lock);
    if (c->status == PL_OK || at < c->failed_at) {
        c->status = status;
        c->error = *error;
        c->failed_at = at;
    }
    pthread_mutex_unlock(&c->lock);
}

/* `stop` may be set by a signal while other threads read it, hence the atomic load. */
static pl_status solve_one(crew *c, pl_solver *solver, size_t at, pl_error *error) {
    pl_status status = pl_solver_start(solver, c->policies[at], NULL, error);
    if (status)
        return status;
    while (pl_solver_step(solver) == PL_RUNNING)
        if (c->stop && __atomic_load_n(c->stop, __ATOMIC_RELAXED))
            return pl_fail(error, PL_CANCELLED, "interrupted");
    return pl_solver_finish(solver, c->results[at], error);
}

static void *work(void *data) {
    crew *c = data;
    pl_solver *solver = NULL;
    pl_error error = {PL_OK, ""};
    pl_status status = pl_solver_new(c->model, &solver, &error);
    if (status) {
        keep_failure(c, c->count, status, &error);
        return NULL;
    }
    for (size_t at = take_next(c); at < c->count; at = take_next(c)) {
        status = solve_one(c, solver, at, &error);
        if (status)
            keep_failure(c, at, status, &error);
    }
    pl_solver_free(solver);
    return NULL;
}

pl_status pl_solve_many(const pl_model *model, const pl_policy *const *policies, size_t count, size_t threads,
                        pl_result *const *results, volatile int *stop, pl_error *error) {
    enum { MOST = 256 };
    pthread_t thread[MOST];
    size_t started = 0, wanted = threads < count ? threads : count;
    crew c = {.model = model, .policies = policies, .results = results, .count = count, .stop = stop};
    pthread_mutex_init(&c.lock, NULL);
    for (; started + 1 < wanted && started < MOST; started++)
        if (pthread_create(&thread[started], NULL, work, &c))
            break; /* fewer threads do the same work */
    work(&c);
    for (size_t t = 0; t < started; t++)
        pthread_join(thread[t], NULL);
    pthread_mutex_destroy(&c.lock);
    if (c.status && error)
        *error = c.error;
    return c.status;
}
