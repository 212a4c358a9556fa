/* The solver: accelerated fixed point first, Newton-Krylov behind it, and a homotopy in the policy behind
 * that, one iteration a call so that a solve can be watched and cancelled. */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

enum { PATIENCE = 120, NEWTON_STEPS = 40, NEWTON_AT_ONCE = 4 };
static const double SHORTEST = 1.0 / 128; /* homotopy step at which we give up */

struct pl_solver {
    const pl_model *model;
    pl_gmap map;
    pl_anderson anderson;
    pl_arena arena;
    /* [length]: state, its image, the state before, the best so far, the last point of the homotopy */
    double *y, *g, *spare, *best, *anchor;
    const pl_policy *policy;
    pl_progress progress;
    pl_method method;
    size_t iterations, since, newton_steps;
    double residual, least, share, reached, step, started, tolerance;
};

/* Lays out the state and its history for the map's present length; memory grows only when a policy has more
 * controls than any before. */
static pl_status lay_out(pl_solver *s, pl_error *error) {
    size_t length = s->map.at.length, depth = s->model->settings.anderson_depth;
    size_t need = 5 * pl_arena_need(length, sizeof(double)) + pl_anderson_need(length, depth);
    if (need > s->arena.size) {
        pl_arena_clear(&s->arena);
        if (!pl_arena_init(&s->arena, need))
            return pl_fail_memory(error, need);
    }
    memset(s->arena.block, 0,
           need); /* nothing of the run before, so that the order of runs does not matter */
    s->arena.used = 0;
    double **state[] = {&s->y, &s->g, &s->spare, &s->best, &s->anchor};
    for (size_t i = 0; i < 5; i++)
        *state[i] = pl_arena_take(&s->arena, length, sizeof(double));
    pl_anderson_init(&s->anderson, &s->arena, length, depth);
    return PL_OK;
}

pl_status pl_solver_new(const pl_model *model, pl_solver **solver, pl_error *error) {
    *solver = NULL;
    pl_solver *s = pl_alloc(1, sizeof *s);
    if (!s)
        return pl_fail_memory(error, sizeof *s);
    s->model = model;
    pl_status status = pl_gmap_init(&s->map, model, error);
    if (!status)
        status = lay_out(s, error);
    if (status) {
        pl_solver_free(s);
        return status;
    }
    *solver = s;
    return PL_OK;
}

void pl_solver_free(pl_solver *s) {
    if (!s)
        return;
    pl_gmap_clear(&s->map);
    pl_arena_clear(&s->arena);
    free(s);
}

static size_t state_bytes(const pl_solver *s) {
    return s->map.at.length * sizeof(double);
}

/* Begins a round of the accelerated fixed point at the present y. */
static void begin_round(pl_solver *s) {
    pl_anderson_restart(&s->anderson);
    s->since = 0;
    s->least = INFINITY;
}

/* Enters the policy; what the solve before left behind is kept when it fits and `resume`. */
static pl_status open_run(pl_solver *s, const pl_policy *policy, bool resume, pl_error *error) {
    size_t length = s->map.at.length;
    s->started = pl_seconds();
    s->map.sweeps = 0;
    s->map.damping = s->model->settings.damping;
    s->policy = policy;
    s->tolerance = s->model->settings.tolerance;
    s->progress = PL_NOT_CONVERGED;
    pl_status status = pl_gmap_policy(&s->map, policy, 1, error);
    if (!status && !(resume && s->map.at.length == length))
        status = lay_out(s, error);
    if (status)
        return status;
    s->method = PL_ANDERSON;
    s->progress = PL_RUNNING;
    s->iterations = s->newton_steps = 0;
    s->residual = s->least = INFINITY;
    s->share = s->reached = 1;
    s->since = 0;
    pl_anderson_resume(&s->anderson);
    return PL_OK;
}

pl_status pl_solver_start(pl_solver *s, const pl_policy *policy, const pl_result *warm, pl_error *error) {
    pl_status status = open_run(s, policy, false, error);
    if (status)
        return status;
    if (warm && warm->model == s->model)
        memcpy(s->y, warm->y, s->map.at.premium * sizeof(double));
    for (size_t k = 0; warm && warm->caps == policy->caps && k < policy->caps; k++)
        s->y[s->map.at.premium + k] = log1p(warm->cap[k].premium);
    return PL_OK;
}

pl_status pl_solver_start_at(pl_solver *s, const pl_policy *policy, const double *state, bool resume,
                             double tolerance, pl_error *error) {
    pl_status status = open_run(s, policy, resume && state, error);
    if (status)
        return status;
    s->tolerance = tolerance;
    if (state)
        memcpy(s->y, state, state_bytes(s));
    return PL_OK;
}

void pl_solver_set_tolerance(pl_solver *s, double tolerance) {
    s->tolerance = tolerance;
}

/* Enters a share of the policy; it was checked at the start, so it cannot fail now. */
static void enter_share(pl_solver *s, double share) {
    s->share = share;
    (void)pl_gmap_policy(&s->map, s->policy, share, NULL);
    begin_round(s);
}

static void begin_newton(pl_solver *s) {
    s->method = PL_NEWTON_KRYLOV;
    s->map.damping = 1;
    s->newton_steps = 0;
    if (s->least < 1)
        memcpy(s->y, s->best, state_bytes(s));
    else
        memset(s->y, 0, state_bytes(s));
}

static void begin_homotopy(pl_solver *s) {
    s->method = PL_HOMOTOPY;
    s->map.damping = s->model->settings.damping;
    memset(s->y, 0, state_bytes(s));
    memset(s->anchor, 0, state_bytes(s));
    s->reached = 0;
    s->step = 0.25;
    enter_share(s, s->step);
}

/* The next step of the homotopy after a share was solved, or was not. */
static void continue_homotopy(pl_solver *s, bool solved) {
    if (solved && s->share >= 1) {
        s->progress = PL_CONVERGED;
        return;
    }
    if (solved) {
        memcpy(s->anchor, s->y, state_bytes(s));
        s->reached = s->share;
        s->step = fmin(2 * s->step, 1 - s->reached);
    } else {
        memcpy(s->y, s->anchor, state_bytes(s));
        s->step /= 2;
    }
    if (s->step < SHORTEST) {
        s->progress = PL_NOT_CONVERGED;
        enter_share(s, 1);
        pl_gmap_apply(&s->map, s->y, s->g);
        return;
    }
    enter_share(s, fmin(1, s->reached + s->step));
}

/* One accelerated step. Returns true while there is hope: the residual is finite and still falls. */
static bool step_anderson(pl_solver *s) {
    pl_gmap_apply(&s->map, s->y, s->g);
    double before = s->least;
    memcpy(s->spare, s->y, state_bytes(s));
    s->residual = pl_anderson_step(&s->anderson, s->y, s->g, s->tolerance);
    if (s->residual < s->least) {
        s->least = s->residual;
        double *swap = s->best;
        s->best = s->spare;
        s->spare = swap;
    }
    s->since = s->least < 0.5 * before ? 0 : s->since + 1;
    return isfinite(s->residual) && s->since < PATIENCE;
}

static void step_newton(pl_solver *s) {
    size_t calls = pl_newton_run(&s->map, s->y, s->g, s->tolerance, NEWTON_AT_ONCE, &s->residual);
    s->iterations += calls;
    s->newton_steps += NEWTON_AT_ONCE;
    if (s->residual <= s->tolerance)
        s->progress = PL_CONVERGED;
    else if (!isfinite(s->residual) || s->newton_steps >= NEWTON_STEPS)
        begin_homotopy(s);
}

pl_progress pl_solver_step(pl_solver *s) {
    if (s->progress != PL_RUNNING)
        return s->progress;
    if (s->method == PL_NEWTON_KRYLOV) {
        step_newton(s);
        return s->progress;
    }
    bool hope = step_anderson(s), solved = s->residual <= s->tolerance;
    s->iterations++;
    hope = hope && (s->method != PL_ANDERSON || s->iterations < s->model->settings.max_iterations);
    if (s->method == PL_HOMOTOPY && (solved || !hope))
        continue_homotopy(s, solved);
    else if (solved)
        s->progress = PL_CONVERGED;
    else if (!hope)
        begin_newton(s);
    return s->progress;
}

pl_status pl_solver_skip_to(pl_solver *s, const pl_policy *policy, pl_method method, pl_error *error) {
    pl_status status = pl_solver_start(s, policy, NULL, error);
    if (!status && method == PL_NEWTON_KRYLOV)
        begin_newton(s);
    else if (!status && method == PL_HOMOTOPY)
        begin_homotopy(s);
    return status;
}

size_t pl_solver_iterations(const pl_solver *s) {
    return s->iterations;
}

double pl_solver_residual(const pl_solver *s) {
    return s->residual;
}

const double *pl_solver_state(const pl_solver *s) {
    return s->y;
}

double *pl_solver_place(pl_solver *s) {
    return s->y;
}

const double *pl_solver_image(const pl_solver *s) {
    return s->g;
}

pl_gmap *pl_solver_map(pl_solver *s) {
    return &s->map;
}

static pl_status finish(pl_solver *s, pl_result *result, bool trade, pl_error *error) {
    if (result->model != s->model)
        return pl_fail(error, PL_INVALID, "the result was made for another model");
    result->seconds = pl_seconds() - s->started;
    result->converged = s->progress == PL_CONVERGED;
    result->iterations = s->iterations;
    result->sweeps = s->map.sweeps;
    result->method = s->method;
    result->residual = s->residual;
    memcpy(result->y, s->y, s->map.at.premium * sizeof(double));
    return pl_outcome_fill(result, &s->map, trade, error);
}

pl_status pl_solver_finish(pl_solver *s, pl_result *result, pl_error *error) {
    return finish(s, result, true, error);
}

pl_status pl_solver_finish_briefly(pl_solver *s, pl_result *result, pl_error *error) {
    return finish(s, result, false, error);
}

pl_status pl_solver_run(pl_solver *s, const pl_policy *policy, const pl_result *warm, pl_result *result,
                        pl_error *error) {
    pl_status status = pl_solver_start(s, policy, warm, error);
    if (status)
        return status;
    while (pl_solver_step(s) == PL_RUNNING)
        continue;
    return pl_solver_finish(s, result, error);
}
