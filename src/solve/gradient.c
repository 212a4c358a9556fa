/* Derivatives of a payoff by every wedge: the adjoint of the fixed point by the same accelerated iteration
 * (section 4). */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

enum { MOST = 2000, DEPTH = 20 }; /* what is learnt of the map serves many adjoints, so more of it is kept */

/* The derivative of the payoff by the log of a country's income and by the log of its price index. */
static void seed_payoff(pl_seeds *seeds, const pl_gmap *map, const pl_payoff *payoff, double *work) {
    const pl_model *m = map->model;
    memset(work, 0, (2 * m->S + m->J * m->S) * sizeof(double));
    seeds->income = work;
    seeds->log_index = work + m->S;
    seeds->value_added = payoff->value_added ? work + 2 * m->S : NULL;
    for (size_t n = 0; n < m->N; n++) {
        double weight = payoff->real_income ? payoff->real_income[n] : 0, index = exp(map->consumer_price[n]);
        double real = map->income[n] / (m->income[n] * index);
        work[n] = weight / (m->income[n] * index);
        work[m->S + n] = -weight * real;
        for (size_t j = 0; payoff->value_added && j < m->J; j++) {
            double by = payoff->value_added[j * m->N + n] / (m->income[n] * index);
            size_t at = j * m->S + n;
            work[2 * m->S + at] = by;
            work[m->S + n] -= by * map->beta[at] * map->output[at];
        }
    }
}

double pl_payoff_value(const pl_result *result, const pl_payoff *payoff) {
    const pl_model *m = result->model;
    double value = 0;
    for (size_t n = 0; n < m->N; n++) {
        double index = 1 + result->value[PL_VAR_consumer_price][n] / 100;
        if (payoff->real_income)
            value += payoff->real_income[n] * (1 + result->value[PL_VAR_real_income][n] / 100);
        for (size_t j = 0; payoff->value_added && j < m->J; j++)
            value += payoff->value_added[j * m->N + n] *
                     result->value[PL_VAR_sector_value_added][j * m->N + n] / (m->income[n] * index);
    }
    return value;
}

struct pl_adjoint {
    pl_solver *solver;
    pl_reverse reverse;
    pl_anderson anderson;
    pl_arena arena;
    size_t length, caps, flows;
    double *next, *seeds;
};

pl_status pl_adjoint_new(pl_solver *solver, pl_adjoint **adjoint, pl_error *error) {
    pl_gmap *map = pl_solver_map(solver);
    const pl_model *m = map->model;
    size_t length = map->at.length, depth = DEPTH, real = sizeof(double);
    size_t seeds = 2 * m->S + m->J * m->S;
    size_t need = pl_arena_need(length, real) + pl_arena_need(seeds, real) + pl_anderson_need(length, depth);
    pl_adjoint *a = pl_alloc(1, sizeof *a);
    *adjoint = NULL;
    if (!a)
        return pl_fail_memory(error, sizeof *a);
    *a = (pl_adjoint){.solver = solver, .length = length, .caps = map->caps.caps, .flows = map->caps.flows};
    pl_status status = pl_reverse_init(&a->reverse, map, error);
    if (!status && !pl_arena_init(&a->arena, need))
        status = pl_fail_memory(error, need);
    if (status) {
        pl_adjoint_free(a);
        return status;
    }
    a->next = pl_arena_take(&a->arena, length, real);
    a->seeds = pl_arena_take(&a->arena, seeds, real);
    pl_anderson_init(&a->anderson, &a->arena, length, depth);
    *adjoint = a;
    return PL_OK;
}

void pl_adjoint_free(pl_adjoint *a) {
    if (!a)
        return;
    pl_arena_clear(&a->arena);
    pl_reverse_clear(&a->reverse);
    free(a);
}

bool pl_adjoint_fits(const pl_adjoint *a) {
    const pl_gmap *map = pl_solver_map(a->solver);
    return a->length == map->at.length && a->caps == map->caps.caps && a->flows == map->caps.flows;
}

void pl_adjoint_forget(pl_adjoint *a) {
    pl_anderson_restart(&a->anderson);
}

void pl_adjoint_enter(pl_adjoint *a) {
    pl_reverse_prepare(&a->reverse, pl_solver_state(a->solver), pl_solver_image(a->solver));
}

static double largest(const double *x, size_t count) {
    double most = 0;
    for (size_t k = 0; k < count; k++)
        most = fabs(x[k]) > most ? fabs(x[k]) : most;
    return most;
}

/* lambda = W_y + G_y' lambda, relative to the size of lambda. */
static bool solve_adjoint(pl_adjoint *a, const pl_seeds *seeds, double *lambda, double tolerance) {
    const double *y = pl_solver_state(a->solver), *g = pl_solver_image(a->solver);
    pl_anderson_resume(&a->anderson);
    for (int step = 0; step < MOST; step++) {
        pl_reverse_apply(&a->reverse, y, g, lambda, seeds, a->next);
        double enough = tolerance * fmax(largest(a->next, a->length), 1e-30);
        double residual = pl_anderson_step(&a->anderson, lambda, a->next, enough);
        if (!isfinite(residual))
            return false;
        if (residual <= enough)
            return true;
    }
    return false;
}

void pl_adjoint_run(pl_adjoint *a, const pl_payoff *payoff, double *lambda, double tolerance,
                    const bool *rows, pl_gradient *gradient) {
    const pl_gmap *map = pl_solver_map(a->solver);
    pl_seeds seeds;
    seed_payoff(&seeds, map, payoff, a->seeds);
    gradient->converged = solve_adjoint(a, &seeds, lambda, tolerance);
    pl_wedge_gradient wedges = {gradient->tariff, gradient->export_tax, gradient->iceberg};
    pl_reverse_wedges(&a->reverse, rows, &wedges);
    pl_caps_reverse_wedges(&a->reverse, pl_solver_state(a->solver), lambda, &wedges);
    if (gradient->transfer)
        memcpy(gradient->transfer, a->reverse.base_bar, map->model->N * sizeof(double));
    if (gradient->level && map->caps.caps > 0)
        pl_caps_reverse_levels(&a->reverse, lambda, gradient->level);
}

double pl_adjoint_remainder(const pl_adjoint *a, const double *lambda) {
    const double *y = pl_solver_state(a->solver), *g = pl_solver_image(a->solver);
    double sum = 0;
    for (size_t k = 0; k < a->length; k++)
        sum += lambda[k] * (g[k] - y[k]);
    return sum;
}

pl_status pl_solver_gradient(pl_solver *solver, const pl_payoff *payoff, pl_gradient *gradient,
                             pl_error *error) {
    pl_gmap *map = pl_solver_map(solver);
    pl_adjoint *a = NULL;
    double *lambda = pl_alloc(map->at.length, sizeof *lambda);
    pl_status status = lambda ? PL_OK : pl_fail_memory(error, map->at.length * sizeof *lambda);
    if (!status && map->wage_anchor)
        status =
            pl_fail(error, PL_INVALID, "gradients are of the long-run equilibrium, not of a month of a path");
    if (!status)
        status = pl_adjoint_new(solver, &a, error);
    if (!status) {
        pl_adjoint_enter(a);
        pl_adjoint_run(a, payoff, lambda, 1e-11, NULL, gradient);
    }
    pl_adjoint_free(a);
    free(lambda);
    return status;
}
