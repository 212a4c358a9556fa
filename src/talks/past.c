/*
 * What was solved before near here, and a first guess from it. An equilibrium (or an adjoint) is a smooth function of
 * what is set, so that a few of them say to first order what another will be: the guess is the affine combination whose
 * settings come closest, weighted so that points far away, whose error is of second order, count little.
 */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

enum { MOST = PL_PAST_MOST };
static const double BEND = 2; /* second-order error of a point against first-order error of the combination */

pl_status pl_past_init(pl_past *p, size_t kept, size_t keys, size_t length, pl_error *error) {
    kept = kept < MOST ? kept : MOST;
    size_t need = pl_arena_need(kept * keys, sizeof(double)) + pl_arena_need(kept * length, sizeof(double));
    memset(p, 0, sizeof *p);
    if (!pl_arena_init(&p->arena, need))
        return pl_fail_memory(error, need);
    p->kept = kept;
    p->keys = keys;
    p->length = length;
    p->key = pl_arena_take(&p->arena, kept * keys, sizeof(double));
    p->value = pl_arena_take(&p->arena, kept * length, sizeof(double));
    return PL_OK;
}

void pl_past_clear(pl_past *p) {
    pl_arena_clear(&p->arena);
    memset(p, 0, sizeof *p);
}

void pl_past_forget(pl_past *p) {
    p->used = p->next = 0;
}

void pl_past_add(pl_past *p, const double *key, const double *value) {
    memcpy(p->key + p->next * p->keys, key, p->keys * sizeof *key);
    memcpy(p->value + p->next * p->length, value, p->length * sizeof *value);
    p->next = (p->next + 1) % p->kept;
    p->used += p->used < p->kept;
}

/* Products of the points' distances from `key`, and on the diagonal what their bend may cost. */
static void lay_products(const pl_past *p, const double *key, double product[MOST][MOST]) {
    double most = 0;
    for (size_t r = 0; r < p->used; r++)
        for (size_t c = 0; c <= r; c++) {
            const double *a = p->key + r * p->keys, *b = p->key + c * p->keys;
            double sum = 0;
            for (size_t k = 0; k < p->keys; k++)
                sum += (a[k] - key[k]) * (b[k] - key[k]);
            product[r][c] = product[c][r] = sum;
            most = r == c && sum > most ? sum : most;
        }
    for (size_t r = 0; r < p->used; r++)
        product[r][r] += BEND * BEND * product[r][r] * product[r][r] + 1e-13 * most + 1e-300;
}

/* Weights that minimise the products and add up to one: by Cholesky. */
static bool find_weights(size_t count, double m[MOST][MOST], double weight[MOST]) {
    double sum = 0;
    for (size_t r = 0; r < count; r++)
        for (size_t c = 0; c <= r; c++) {
            double left = m[r][c];
            for (size_t k = 0; k < c; k++)
                left -= m[r][k] * m[c][k];
            if (r == c && !(left > 0))
                return false;
            m[r][c] = r == c ? sqrt(left) : left / m[c][c];
        }
    for (size_t r = 0; r < count; r++) {
        weight[r] = 1;
        for (size_t k = 0; k < r; k++)
            weight[r] -= m[r][k] * weight[k];
        weight[r] /= m[r][r];
    }
    for (size_t r = count; r-- > 0;) {
        for (size_t k = r + 1; k < count; k++)
            weight[r] -= m[k][r] * weight[k];
        weight[r] /= m[r][r];
        sum += weight[r];
    }
    for (size_t r = 0; r < count; r++)
        weight[r] /= sum;
    return isfinite(sum) && sum != 0;
}

bool pl_past_guess(const pl_past *p, const double *key, double *guess) {
    double product[MOST][MOST], weight[MOST];
    if (!p->used)
        return false;
    lay_products(p, key, product);
    if (!find_weights(p->used, product, weight))
        return false;
    memset(guess, 0, p->length * sizeof *guess);
    for (size_t r = 0; r < p->used; r++) {
        const double *value = p->value + r * p->length;
        for (size_t k = 0; k < p->length; k++)
            guess[k] += weight[r] * value[k];
    }
    return true;
}
