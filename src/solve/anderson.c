/* Anderson acceleration of y = G(y) with a regularised least-squares problem over the last steps. Histories
 * become rank deficient when countries are alike or the solution is near, so the normal equations are scaled
 * and damped slightly; a residual that grows discards the history. */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

static const double REGULAR = 1e-13; /* relative to scaled columns of length one */
static const double GROWTH = 4.0;    /* residual growth over the best that discards the history */

size_t pl_anderson_need(size_t length, size_t depth) {
    size_t real = sizeof(double);
    return 2 * pl_arena_need(depth * length, real) + 2 * pl_arena_need(length, real) +
           2 * pl_arena_need(depth * depth, real) + 3 * pl_arena_need(depth, real);
}

void pl_anderson_init(pl_anderson *a, pl_arena *arena, size_t length, size_t depth) {
    size_t real = sizeof(double);
    memset(a, 0, sizeof *a);
    a->length = length;
    a->depth = depth;
    a->d_residual = pl_arena_take(arena, depth * length, real);
    a->d_value = pl_arena_take(arena, depth * length, real);
    a->residual = pl_arena_take(arena, length, real);
    a->value = pl_arena_take(arena, length, real);
    a->gram = pl_arena_take(arena, depth * depth, real);
    a->factor = pl_arena_take(arena, depth * depth, real);
    a->right = pl_arena_take(arena, depth, real);
    a->weight = pl_arena_take(arena, depth, real);
    a->scale = pl_arena_take(arena, depth, real);
    pl_anderson_restart(a);
}

void pl_anderson_restart(pl_anderson *a) {
    a->used = a->next = 0;
    a->has_last = false;
    a->best = INFINITY;
}

void pl_anderson_resume(pl_anderson *a) {
    a->has_last = false;
    a->best = INFINITY;
}

/* Largest |g - y|, and the sum of squares. */
PL_WIDE static double measure(const double *y, const double *g, size_t count, double *squares) {
    double worst[8] = {0}, s[8] = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t k = 0; k < 8; k++) {
            double f = g[i + k] - y[i + k], size = fabs(f);
            s[k] += f * f;
            worst[k] = size > worst[k] ? size : worst[k];
        }
    double most = 0, sum = 0;
    for (size_t k = 0; k < 8; k++) {
        most = worst[k] > most ? worst[k] : most;
        sum += s[k];
    }
    *squares = sum;
    return sum == sum ? most : NAN;
}

/* Puts f - f_last and g - g_last into a column, and f, g into the last ones. */
PL_WIDE static void remember(double *restrict d_residual, double *restrict d_value, double *restrict residual,
                             double *restrict value, const double *restrict y, const double *restrict g,
                             size_t count) {
    for (size_t i = 0; i < count; i++) {
        double f = g[i] - y[i];
        d_residual[i] = f - residual[i];
        d_value[i] = g[i] - value[i];
        residual[i] = f;
        value[i] = g[i];
    }
}

/* The same of a first step, which has no differences. */
static void begin(double *residual, double *value, const double *y, const double *g, size_t count) {
    for (size_t i = 0; i < count; i++) {
        residual[i] = g[i] - y[i];
        value[i] = g[i];
    }
}

/* y -= the weighted columns, four at a time. */
PL_WIDE static void subtract(double *restrict y, const double *restrict columns, const double *weight,
                             size_t used, size_t count) {
    size_t r = 0;
    for (; r + 4 <= used; r += 4) {
        const double *c = columns + r * count, *w = weight + r;
        for (size_t i = 0; i < count; i++)
            y[i] -= (w[0] * c[i] + w[1] * c[count + i]) + (w[2] * c[2 * count + i] + w[3] * c[3 * count + i]);
    }
    for (; r < used; r++)
        for (size_t i = 0; i < count; i++)
            y[i] -= weight[r] * columns[r * count + i];
}

/* Solves the scaled, regularised normal equations by Cholesky; false when they are not positive definite. */
static bool solve_weights(pl_anderson *a) {
    size_t m = a->used, d = a->depth;
    for (size_t r = 0; r < m; r++) {
        if (!(a->gram[r * d + r] > 0))
            return false;
        a->scale[r] = 1 / sqrt(a->gram[r * d + r]);
    }
    for (size_t r = 0; r < m; r++) {
        for (size_t c = 0; c <= r; c++) {
            double sum = a->gram[r * d + c] * a->scale[r] * a->scale[c] + (r == c ? REGULAR : 0);
            for (size_t k = 0; k < c; k++)
                sum -= a->factor[r * d + k] * a->factor[c * d + k];
            if (r == c && !(sum > 1e-15))
                return false;
            a->factor[r * d + c] = r == c ? sqrt(sum) : sum / a->factor[c * d + c];
        }
    }
    for (size_t r = 0; r < m; r++) {
        double sum = a->right[r] * a->scale[r];
        for (size_t k = 0; k < r; k++)
            sum -= a->factor[r * d + k] * a->weight[k];
        a->weight[r] = sum / a->factor[r * d + r];
    }
    for (size_t r = m; r-- > 0;) {
        double sum = a->weight[r];
        for (size_t k = r + 1; k < m; k++)
            sum -= a->factor[k * d + r] * a->weight[k];
        a->weight[r] = sum / a->factor[r * d + r];
    }
    for (size_t r = 0; r < m; r++)
        a->weight[r] *= a->scale[r];
    return true;
}

/* Renews the right-hand side, and with it the Gram matrix: d_r . (f - f_last) is the right-hand side less
 * what it was a step before, so that only the newest column's own length costs another pass. */
static void update_gram(pl_anderson *a, size_t newest) {
    const double *added = a->d_residual + newest * a->length;
    for (size_t r = 0; r < a->used; r++) {
        double dot = pl_dot(a->d_residual + r * a->length, a->residual, a->length);
        double both = r == newest ? pl_dot(added, added, a->length) : dot - a->right[r];
        a->right[r] = dot;
        a->gram[newest * a->depth + r] = a->gram[r * a->depth + newest] = both;
    }
}

/* The right-hand side of a history that another problem left behind. */
static void renew_right(pl_anderson *a) {
    for (size_t r = 0; r < a->used; r++)
        a->right[r] = pl_dot(a->d_residual + r * a->length, a->residual, a->length);
}

double pl_anderson_step(pl_anderson *a, double *y, const double *g, double tolerance) {
    double squares = 0, worst = measure(y, g, a->length, &squares), size = sqrt(squares);
    if (worst <= tolerance)
        return worst;
    if (!(size < GROWTH * a->best))
        pl_anderson_restart(a);
    a->best = size < a->best ? size : a->best;
    size_t column = a->next;
    if (a->depth > 0 && a->has_last) {
        remember(a->d_residual + column * a->length, a->d_value + column * a->length, a->residual, a->value,
                 y, g, a->length);
        a->next = (column + 1) % a->depth;
        a->used += a->used < a->depth;
        update_gram(a, column);
    } else if (a->depth > 0) {
        begin(a->residual, a->value, y, g, a->length);
        renew_right(a);
    }
    memcpy(y, g, a->length * sizeof *y);
    if (a->used > 0) {
        if (solve_weights(a)) {
            subtract(y, a->d_value, a->weight, a->used, a->length);
        } else {
            pl_anderson_restart(a);
        }
    }
    a->has_last = a->depth > 0;
    return worst;
}
