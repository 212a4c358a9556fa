/*
 * The largest value in a box: projected L-BFGS with a diagonal start, own because the memory of one search serves the
 * next (mutual best responses move little) and because a search that ends near rounding must say so and not fail.
 */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

enum { PAIRS = 12, HALVINGS = 12 };
static const double NOISE = 2e-10;  /* of a payoff in percent: what the solver's tolerance leaves */
static const double FARTHEST = 0.7; /* a variable moves at most so far at once */

pl_status pl_climb_init(pl_climb *c, size_t n, pl_error *error) {
    double **vectors[] = {&c->v,     &c->low,   &c->high,        &c->scale,
                          &c->slope, &c->trial, &c->trial_slope, &c->direction};
    enum { VECTORS = sizeof vectors / sizeof *vectors };
    memset(c, 0, sizeof *c);
    size_t real = sizeof(double);
    size_t need = VECTORS * pl_arena_need(n, real) + 2 * pl_arena_need(PAIRS * n, real) +
                  2 * pl_arena_need(PAIRS, real);
    if (!pl_arena_init(&c->arena, need))
        return pl_fail_memory(error, need);
    for (size_t k = 0; k < VECTORS; k++)
        *vectors[k] = pl_arena_take(&c->arena, n, real);
    c->step = pl_arena_take(&c->arena, PAIRS * n, real);
    c->change = pl_arena_take(&c->arena, PAIRS * n, real);
    c->rho = pl_arena_take(&c->arena, PAIRS, real);
    c->alpha = pl_arena_take(&c->arena, PAIRS, real);
    c->n = n;
    c->tolerance = 1e-8;
    c->most = 500;
    c->outcome = "";
    for (size_t k = 0; k < n; k++)
        c->scale[k] = 1;
    return PL_OK;
}

void pl_climb_clear(pl_climb *c) {
    pl_arena_clear(&c->arena);
}

void pl_climb_forget(pl_climb *c) {
    c->used = c->next = 0;
}

/* At a bound, with the slope pointing out of the box. */
static bool held(const pl_climb *c, size_t k) {
    return (c->v[k] <= c->low[k] && c->slope[k] <= 0) || (c->v[k] >= c->high[k] && c->slope[k] >= 0);
}

static double free_dot(const pl_climb *c, const double *a, const double *b) {
    double sum = 0;
    for (size_t k = 0; k < c->n; k++)
        sum += held(c, k) ? 0 : a[k] * b[k];
    return sum;
}

/* The two loops over the pairs kept, on the variables that are free to move. */
static void find_direction(pl_climb *c) {
    double *d = c->direction;
    size_t n = c->n;
    for (size_t k = 0; k < n; k++)
        d[k] = held(c, k) ? 0 : c->slope[k];
    for (size_t back = 0; back < c->used; back++) {
        size_t at = (c->next + PAIRS - 1 - back) % PAIRS;
        double bent = free_dot(c, c->step + at * n, c->change + at * n);
        c->rho[at] = bent > 0 ? 1 / bent : 0;
        c->alpha[at] = c->rho[at] * free_dot(c, c->step + at * n, d);
        for (size_t k = 0; k < n; k++)
            d[k] -= held(c, k) ? 0 : c->alpha[at] * c->change[at * n + k];
    }
    double gain = 1;
    if (c->used) {
        size_t at = (c->next + PAIRS - 1) % PAIRS;
        double bent = 0, size = 0;
        for (size_t k = 0; k < n; k++) {
            double y = held(c, k) ? 0 : c->change[at * n + k];
            bent += y * c->step[at * n + k];
            size += y * y * c->scale[k];
        }
        gain = size > 0 && bent > 0 ? bent / size : 1;
    }
    for (size_t k = 0; k < n; k++)
        d[k] *= gain * c->scale[k];
    for (size_t back = c->used; back > 0; back--) {
        size_t at = (c->next + PAIRS - back) % PAIRS;
        double beta = c->rho[at] * free_dot(c, c->change + at * n, d);
        for (size_t k = 0; k < n; k++)
            d[k] += held(c, k) ? 0 : (c->alpha[at] - beta) * c->step[at * n + k];
    }
}

/* Keeps the last move when the slope fell along it. */
static void remember(pl_climb *c) {
    double bent = 0, size = 0, *s = c->step + c->next * c->n, *y = c->change + c->next * c->n;
    for (size_t k = 0; k < c->n; k++) {
        s[k] = c->trial[k] - c->v[k];
        y[k] = c->slope[k] - c->trial_slope[k];
        bent += s[k] * y[k];
        size += y[k] * y[k] * c->scale[k];
    }
    if (!(bent > 1e-10 * size))
        return;
    c->next = (c->next + 1) % PAIRS;
    c->used = c->used < PAIRS ? c->used + 1 : PAIRS;
}

static double project(pl_climb *c, double share) {
    double move = 0;
    for (size_t k = 0; k < c->n; k++) {
        c->trial[k] = fmin(fmax(c->v[k] + share * c->direction[k], c->low[k]), c->high[k]);
        move = fmax(move, fabs(c->trial[k] - c->v[k]));
    }
    return move;
}

/* What the slope promises of the move to `trial`. */
static double promise(const pl_climb *c) {
    double sum = 0;
    for (size_t k = 0; k < c->n; k++)
        sum += c->slope[k] * (c->trial[k] - c->v[k]);
    return sum;
}

static bool promises_little(const pl_climb *c) {
    double promised = promise(c);
    return promised >= 0 && promised < c->enough;
}

static double length(const double *x, size_t n) {
    double most = 0;
    for (size_t k = 0; k < n; k++)
        most = fmax(most, fabs(x[k]));
    return most;
}

/* Back-tracks along the projected direction until the value rises; `move` is 0 when it never does. */
static pl_status search_line(pl_climb *c, pl_ascent ascent, void *data, double *move, pl_error *error) {
    double share = fmin(1, FARTHEST / fmax(length(c->direction, c->n), 1e-300)), value = 0;
    for (int halving = 0; halving < HALVINGS; halving++) {
        *move = project(c, share);
        pl_status status = ascent(data, c->trial, &value, c->trial_slope, error);
        c->evaluations++;
        if (status)
            return status;
        double promised = promise(c), after = 0;
        for (size_t k = 0; k < c->n; k++)
            after += c->trial_slope[k] * (c->trial[k] - c->v[k]);
        bool rises = value >= c->value + 1e-4 * promised;
        bool flat = value >= c->value - NOISE * (1 + fabs(c->value)) && fabs(after) <= 0.9 * promised;
        if (isfinite(value) && (rises || flat)) {
            remember(c);
            c->value = value;
            memcpy(c->v, c->trial, c->n * sizeof(double));
            memcpy(c->slope, c->trial_slope, c->n * sizeof(double));
            return PL_OK;
        }
        if (c->enough > 0 && promised < c->enough)
            break;
        /* Where a parabola through what is known peaks, within reason. */
        double drop = c->value + promised - value;
        double peak = isfinite(drop) && drop > 0 ? promised / (2 * drop) : 0.1;
        share *= fmin(0.5, fmax(0.1, peak));
    }
    *move = 0;
    return PL_OK;
}

pl_status pl_climb_run(pl_climb *c, pl_ascent ascent, void *data, pl_error *error) {
    c->converged = false;
    c->evaluations = 1;
    c->outcome = "stopped early: too many evaluations";
    for (size_t k = 0; k < c->n; k++)
        c->v[k] = fmin(fmax(c->v[k], c->low[k]), c->high[k]);
    pl_status status = ascent(data, c->v, &c->value, c->slope, error);
    while (!status && c->evaluations < c->most) {
        double move = 0;
        find_direction(c);
        if (free_dot(c, c->direction, c->slope) <= 0 && c->used) {
            pl_climb_forget(c);
            find_direction(c);
        }
        bool fresh = c->used == 0;
        if (project(c, 1) <= c->tolerance || promises_little(c)) {
            c->converged = true;
            c->outcome = "found";
            break;
        }
        status = search_line(c, ascent, data, &move, error);
        if (status || move > 0)
            continue;
        if (fresh) {
            /* No way up from a plain start: the peak, as sharp as payoffs are computed, or a kink. */
            c->converged = project(c, 1) <= 1e-3;
            c->outcome =
                c->converged ? "found" : "stopped early: no further rise, though the slope is not level";
            break;
        }
        pl_climb_forget(c);
    }
    return status;
}
