/* Small worlds for tests: uneven numbers, every identity kept, made by plain iteration. */
#ifndef SMALL_WORLD_H
#define SMALL_WORLD_H

#include "parley.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_MOST = 8 };

typedef struct {
    size_t N, J;
    double flow[SMALL_MOST * SMALL_MOST * SMALL_MOST], tariff[SMALL_MOST * SMALL_MOST * SMALL_MOST];
    double export_tax[SMALL_MOST * SMALL_MOST * SMALL_MOST], input[SMALL_MOST * SMALL_MOST * SMALL_MOST];
    double beta[SMALL_MOST * SMALL_MOST], profit[SMALL_MOST * SMALL_MOST], theta[SMALL_MOST];
    bool taxed, profitable;
} small_tables;

static inline double small_uniform(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 11) * 0x1p-53;
}

/* Random shares, then spending and output that fit them. */
static inline small_tables small_random(size_t N, size_t J, uint64_t seed, bool taxed, bool profitable) {
    small_tables s = {.N = N, .J = J, .taxed = taxed, .profitable = profitable};
    static double pi[SMALL_MOST * SMALL_MOST * SMALL_MOST], alpha[SMALL_MOST * SMALL_MOST];
    double size[SMALL_MOST], Y[SMALL_MOST * SMALL_MOST] = {0}, E[SMALL_MOST * SMALL_MOST];
    for (size_t n = 0; n < N; n++)
        size[n] = 50 + 400 * small_uniform(&seed);
    for (size_t j = 0; j < J; j++) {
        s.theta[j] = 1.5 + 6 * small_uniform(&seed);
        for (size_t n = 0; n < N; n++) {
            double sum = 0, *row = pi + (j * N + n) * N;
            for (size_t i = 0; i < N; i++) {
                size_t at = (j * N + n) * N + i;
                s.tariff[at] = i == n ? 0 : 0.3 * small_uniform(&seed);
                s.export_tax[at] = taxed && i != n ? 0.2 * small_uniform(&seed) : 0;
                sum += row[i] = (i == n ? 3 : 0.2) + small_uniform(&seed);
            }
            for (size_t i = 0; i < N; i++)
                row[i] /= sum;
        }
    }
    for (size_t n = 0; n < N; n++) {
        double all = 0;
        for (size_t j = 0; j < J; j++) {
            double rest = 1;
            for (size_t k = 0; k < J; k++)
                rest -= s.input[(n * J + j) * J + k] = (0.2 + 0.6 * small_uniform(&seed)) / (double)J;
            s.beta[n * J + j] = rest;
            s.profit[n * J + j] = profitable ? 0.4 * small_uniform(&seed) : 0;
            all += alpha[n * J + j] = 0.2 + small_uniform(&seed);
        }
        for (size_t j = 0; j < J; j++)
            alpha[n * J + j] /= all;
    }
    for (int round = 0; round < 300; round++) {
        for (size_t n = 0; n < N; n++)
            for (size_t k = 0; k < J; k++) {
                double want = alpha[n * J + k] * size[n];
                for (size_t j = 0; j < J; j++)
                    want += s.input[(n * J + j) * J + k] * Y[n * J + j];
                E[n * J + k] = want;
            }
        memset(Y, 0, sizeof Y);
        for (size_t j = 0; j < J; j++)
            for (size_t n = 0; n < N; n++)
                for (size_t i = 0; i < N; i++) {
                    size_t at = (j * N + n) * N + i;
                    s.flow[at] = pi[at] * E[n * J + j] / (1 + s.tariff[at]);
                    Y[i * J + j] += s.flow[at] / (1 + s.export_tax[at]);
                }
    }
    return s;
}

static inline pl_world *small_world(const small_tables *s) {
    static const char *const countries[] = {"AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH"};
    static const char *const sectors[] = {"C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08"};
    pl_world_tables t = {.countries = s->N,
                         .sectors = s->J,
                         .country_codes = countries,
                         .sector_codes = sectors,
                         .flow = s->flow,
                         .tariff = s->tariff,
                         .export_tax = s->taxed ? s->export_tax : NULL,
                         .input_share = s->input,
                         .value_added_share = s->beta,
                         .profit_share = s->profitable ? s->profit : NULL,
                         .theta = s->theta};
    pl_world *world = NULL;
    return pl_world_new(&t, &world, NULL) ? NULL : world;
}

/* The tables of known answers K2: two countries, one sector, no inputs, no tariffs. */
static inline small_tables small_two(double size1, double home1, double size2, double home2) {
    small_tables s = {.N = 2, .J = 1, .theta = {4}, .beta = {1, 1}};
    s.flow[0] = size1 * home1;
    s.flow[1] = size1 * (1 - home1);
    s.flow[2] = size2 * (1 - home2);
    s.flow[3] = size2 * home2;
    return s;
}

#endif
