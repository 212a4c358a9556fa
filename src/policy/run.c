/* A scenario solved: calibrate once, solve every variant, certify each. */
#include "policy/policy.h"

#include <string.h>

static bool make_room(pl_run *run) {
    run->policy = pl_alloc(run->variants, sizeof *run->policy);
    run->result = pl_alloc(run->variants, sizeof *run->result);
    run->certificate = pl_alloc(run->variants, sizeof *run->certificate);
    return run->policy && run->result && run->certificate;
}

/* Policies are made on the world the model stands on, which is another one under closure: balanced. */
static pl_status prepare(pl_run *run, volatile int *stop, pl_error *error) {
    pl_status status = PL_OK;
    for (size_t v = 0; v < run->variants && !status; v++) {
        if (stop && *stop)
            return pl_fail(error, PL_CANCELLED, "interrupted");
        status = pl_scenario_policy(run->scenario, pl_model_world(run->model), v, &run->policy[v], error);
        if (!status)
            status = pl_result_new(run->model, &run->result[v], error);
    }
    return status;
}

static pl_status certify(pl_run *run, volatile int *stop, pl_error *error) {
    for (size_t v = 0; v < run->variants; v++) {
        if (stop && *stop)
            return pl_fail(error, PL_CANCELLED, "interrupted");
        pl_status status = pl_result_certify(run->result[v], run->policy[v], &run->certificate[v], error);
        if (status)
            return status;
    }
    return PL_OK;
}

static pl_status make(pl_run *run, volatile int *stop, pl_error *error) {
    if (stop && *stop)
        return pl_fail(error, PL_CANCELLED, "interrupted");
    pl_status status = pl_scenario_model(run->scenario, run->world, &run->model, error);
    if (!status)
        status = prepare(run, stop, error);
    if (!status)
        status = pl_solve_many(run->model, (const pl_policy *const *)run->policy, run->variants,
                               run->scenario->settings.threads, run->result, stop, error);
    return status || !run->certified ? status : certify(run, stop, error);
}

pl_status pl_run_solve(const pl_scenario *scenario, const pl_world *world, bool certified, volatile int *stop,
                       pl_run **run, pl_error *error) {
    *run = NULL;
    pl_run *made = pl_alloc(1, sizeof *made);
    if (!made)
        return pl_fail_memory(error, sizeof *made);
    made->scenario = scenario;
    made->world = world;
    made->certified = certified;
    made->variants = pl_scenario_variants(scenario);
    pl_status status = make_room(made) ? make(made, stop, error) : pl_fail_memory(error, made->variants);
    if (status)
        pl_run_free(made);
    else
        *run = made;
    return status;
}

pl_status pl_run_new(const pl_scenario *scenario, const pl_world *world, volatile int *stop, pl_run **run,
                     pl_error *error) {
    return pl_run_solve(scenario, world, true, stop, run, error);
}

bool pl_run_converged(const pl_run *run) {
    for (size_t v = 0; v < run->variants; v++)
        if (!pl_result_converged(run->result[v]))
            return false;
    return true;
}

void pl_run_free(pl_run *run) {
    if (!run)
        return;
    for (size_t v = 0; v < run->variants; v++) {
        if (run->policy)
            pl_policy_free(run->policy[v]);
        if (run->result)
            pl_result_free(run->result[v]);
    }
    free(run->policy);
    free(run->result);
    free(run->certificate);
    pl_model_free(run->model);
    free(run);
}
