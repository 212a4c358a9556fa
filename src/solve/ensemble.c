/* Many solves of one model: a thread for each solver, work handed out in order. Every solve starts cold, so
 * which thread does it changes nothing. */
#include "solve/solve.h"

typedef struct {
    const pl_model *model;
    const pl_policy *const *policies;
    pl_result *const *results;
    volatile int *stop;
} ensemble;

static pl_status open_solver(void *data, void **tool, pl_error *error) {
    const ensemble *e = data;
    pl_solver *solver = NULL;
    pl_status status = pl_solver_new(e->model, &solver, error);
    *tool = solver;
    return status;
}

/* `stop` may be set by a signal while other threads read it, hence the atomic load. */
static pl_status solve_one(void *data, void *tool, size_t at, pl_error *error) {
    const ensemble *e = data;
    pl_solver *solver = tool;
    pl_status status = pl_solver_start(solver, e->policies[at], NULL, error);
    if (status)
        return status;
    while (pl_solver_step(solver) == PL_RUNNING)
        if (e->stop && __atomic_load_n(e->stop, __ATOMIC_RELAXED))
            return pl_fail(error, PL_CANCELLED, "interrupted");
    return pl_solver_finish(solver, e->results[at], error);
}

static void close_solver(void *tool) {
    pl_solver_free(tool);
}

pl_status pl_solve_many(const pl_model *model, const pl_policy *const *policies, size_t count, size_t threads,
                        pl_result *const *results, volatile int *stop, pl_error *error) {
    ensemble e = {.model = model, .policies = policies, .results = results, .stop = stop};
    const pl_jobs jobs = {
        .count = count, .data = &e, .open = open_solver, .run = solve_one, .close = close_solver};
    return pl_jobs_run(&jobs, threads, error);
}
