/* Derivatives of a payoff by every wedge: the adjoint of the fixed point by the same accelerated iteration
 * (section 4). */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

enum { MOST = 2000 };

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

typedef struct {
    pl_reverse reverse;
    pl_anderson anderson;
    pl_arena arena;
    double *y, *g, *adjoint, *next, *seeds;
} adjoint;

static pl_status adjoint_init(adjoint *a, pl_gmap *map, pl_error *error) {
    const pl_model *m = map->model;
    size_t length = map->at.length, depth = m->settings.anderson_depth, real = sizeof(double);
    size_t seeds = 2 * m->S + m->J * m->S;
    size_t need =
        4 * pl_arena_need(length, real) + pl_arena_need(seeds, real) + pl_anderson_need(length, depth);
    memset(a, 0, sizeof *a);
    pl_status status = pl_reverse_init(&a->reverse, map, error);
    if (!status && !pl_arena_init(&a->arena, need))
        status = pl_fail_memory(error, need);
    if (status)
        return status;
    double **vectors[] = {&a->y, &a->g, &a->adjoint, &a->next};
    for (size_t i = 0; i < 4; i++)
        *vectors[i] = pl_arena_take(&a->arena, length, real);
    a->seeds = pl_arena_take(&a->arena, seeds, real);
    pl_anderson_init(&a->anderson, &a->arena, length, depth);
    return PL_OK;
}

static void adjoint_clear(adjoint *a) {
    pl_arena_clear(&a->arena);
    pl_reverse_clear(&a->reverse);
}

/* lambda = W_y + G_y' lambda, relative to the size of lambda. */
static bool solve_adjoint(adjoint *a, const pl_seeds *seeds, double tolerance) {
    size_t length = a->reverse.map->at.length;
    for (int step = 0; step < MOST; step++) {
        double size = 0;
        pl_reverse_apply(&a->reverse, a->y, a->g, a->adjoint, seeds, a->next);
        for (size_t k = 0; k < length; k++)
            size = fmax(size, fabs(a->next[k]));
        double residual = pl_anderson_step(&a->anderson, a->adjoint, a->next, tolerance * fmax(size, 1e-30));
        if (!isfinite(residual))
            return false;
        if (residual <= tolerance * fmax(size, 1e-30))
            return true;
    }
    return false;
}

pl_status pl_solver_gradient(pl_solver *solver, const pl_payoff *payoff, pl_gradient *gradient,
                             pl_error *error) {
    return pl_solver_gradient_from(solver, payoff, NULL, 1e-11, gradient, error);
}

pl_status pl_solver_gradient_from(pl_solver *solver, const pl_payoff *payoff, double *start, double tolerance,
                                  pl_gradient *gradient, pl_error *error) {
    pl_gmap *map = pl_solver_map(solver);
    const pl_model *m = map->model;
    adjoint a;
    pl_seeds seeds;
    pl_status status = adjoint_init(&a, map, error);
    if (!status && map->wage_anchor)
        status =
            pl_fail(error, PL_INVALID, "gradients are of the long-run equilibrium, not of a month of a path");
    if (!status) {
        memcpy(a.y, pl_solver_state(solver), map->at.length * sizeof(double));
        pl_gmap_apply(map, a.y, a.g);
        seed_payoff(&seeds, map, payoff, a.seeds);
        pl_reverse_prepare(&a.reverse, a.y, a.g);
        if (start)
            memcpy(a.adjoint, start, map->at.length * sizeof(double));
        gradient->converged = solve_adjoint(&a, &seeds, tolerance);
        if (start)
            memcpy(start, a.adjoint, map->at.length * sizeof(double));
        pl_wedge_gradient wedges = {gradient->tariff, gradient->export_tax, gradient->iceberg};
        pl_reverse_wedges(&a.reverse, &wedges);
        pl_caps_reverse_wedges(&a.reverse, a.y, a.adjoint, &wedges);
        if (gradient->transfer)
            memcpy(gradient->transfer, a.reverse.base_bar, m->N * sizeof(double));
        if (gradient->level && map->caps.caps > 0)
            pl_caps_reverse_levels(&a.reverse, a.adjoint, gradient->level);
    }
    adjoint_clear(&a);
    return status;
}
