/*
 * Speed of one counterfactual, as ratios to a floor measured in the same run: one sweep (a pass of dot
 * products over the N*N*J share array). Prints CSV: name,value,unit. Usage: bench_solve [countries sectors]
 */
#include "parley.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    size_t N, J;
    double *flow, *tariff, *input, *beta, *theta;
    char **country, **sector;
} synthetic;

static uint64_t seed = 88172645463325252u;

static double uniform(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (double)(seed >> 11) * 0x1p-53;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *need(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory) {
        fputs("bench: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

static char **labels(size_t count, char letter) {
    char **label = need(count, sizeof *label);
    for (size_t i = 0; i < count; i++) {
        label[i] = need(32, 1);
        snprintf(label[i], 32, "%c%02zu", letter, i);
    }
    return label;
}

/* Dense shares: gravity with home bias, inputs from every sector, sizes spread over a factor of several
 * hundred. */
static double *make_shares(const synthetic *s, const double *size) {
    size_t N = s->N, J = s->J;
    double *pi = need(J * N * N, sizeof *pi);
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N; n++) {
            double *row = pi + (j * N + n) * N, sum = 0;
            for (size_t i = 0; i < N; i++) {
                double fit = size[i] * exp(2 * uniform());
                row[i] = i == n ? fit * 12 + 40 * uniform() : fit * exp(-2 * uniform());
                sum += row[i];
            }
            for (size_t i = 0; i < N; i++)
                row[i] /= sum;
        }
    return pi;
}

static void make_technology(const synthetic *s, double *alpha) {
    size_t N = s->N, J = s->J;
    for (size_t n = 0; n < N; n++) {
        double all = 0;
        for (size_t j = 0; j < J; j++) {
            double inputs = 0.3 + 0.4 * uniform(), sum = 0, *row = s->input + (n * J + j) * J;
            for (size_t k = 0; k < J; k++)
                sum += row[k] = pow(uniform(), 3);
            for (size_t k = 0; k < J; k++)
                row[k] *= inputs / sum;
            s->beta[n * J + j] = 1 - inputs;
            all += alpha[n * J + j] = 0.1 + uniform();
        }
        for (size_t j = 0; j < J; j++)
            alpha[n * J + j] /= all;
    }
}

/* Spending and output that fit the shares: E = inputs + alpha I, Y = sum of pi E / (1 + t), by iteration. */
static void make_flows(const synthetic *s, const double *pi, const double *alpha, const double *size) {
    size_t N = s->N, J = s->J;
    double *Y = need(N * J, sizeof *Y), *E = need(N * J, sizeof *E);
    for (int round = 0; round < 400; round++) {
        for (size_t n = 0; n < N; n++)
            for (size_t j = 0; j < J; j++)
                E[n * J + j] = alpha[n * J + j] * size[n] * 1e5;
        for (size_t n = 0; n < N; n++)
            for (size_t j = 0; j < J; j++)
                for (size_t k = 0; k < J; k++)
                    E[n * J + k] += s->input[(n * J + j) * J + k] * Y[n * J + j];
        memset(Y, 0, N * J * sizeof *Y);
        for (size_t j = 0; j < J; j++)
            for (size_t n = 0; n < N; n++)
                for (size_t i = 0; i < N; i++) {
                    size_t at = (j * N + n) * N + i;
                    s->flow[at] = pi[at] * E[n * J + j] / (1 + s->tariff[at]);
                    Y[i * J + j] += s->flow[at];
                }
    }
    free(Y);
    free(E);
}

static synthetic make(size_t N, size_t J) {
    synthetic s = {.N = N, .J = J};
    double *size = need(N, sizeof *size), *alpha = need(N * J, sizeof *alpha);
    s.flow = need(J * N * N, sizeof(double));
    s.tariff = need(J * N * N, sizeof(double));
    s.input = need(N * J * J, sizeof(double));
    s.beta = need(N * J, sizeof(double));
    s.theta = need(J, sizeof(double));
    s.country = labels(N, 'N');
    s.sector = labels(J, 'S');
    for (size_t n = 0; n < N; n++)
        size[n] = exp(6 * uniform());
    size[0] = size[1] = exp(6.0); /* two large ones for the war */
    for (size_t j = 0; j < J; j++)
        s.theta[j] = 3 + 7 * uniform();
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N; n++)
            for (size_t i = 0; i < N; i++)
                s.tariff[(j * N + n) * N + i] = i == n ? 0 : 0.1 * uniform();
    make_technology(&s, alpha);
    double *pi = make_shares(&s, size);
    make_flows(&s, pi, alpha, size);
    free(pi);
    free(alpha);
    free(size);
    return s;
}

static volatile double sink;

/* The floor: the fastest of many passes of dot products over N*N*J doubles, the way any solver must read its
 * shares. */
static double one_sweep(size_t N, size_t J, const double *array) {
    double best = INFINITY, *c = need(N, sizeof *c);
    for (size_t i = 0; i < N; i++)
        c[i] = 1 + 1e-3 * (double)i;
    for (int round = 0; round < 200; round++) {
        double start = now(), total = 0;
        for (size_t row = 0; row < N * J; row++) {
            const double *a = array + row * N;
            double s[8] = {0};
            size_t i = 0;
            for (; i + 8 <= N; i += 8)
                for (size_t k = 0; k < 8; k++)
                    s[k] += a[i + k] * c[i + k];
            for (; i < N; i++)
                s[0] += a[i] * c[i];
            total += s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7];
        }
        sink = total;
        double spent = now() - start;
        best = spent < best ? spent : best;
    }
    free(c);
    return best;
}

static void die(const pl_error *error) {
    fprintf(stderr, "bench: %s\n", error->text);
    exit(2);
}

typedef struct {
    pl_model *model;
    pl_solver *solver;
    pl_result *result;
    double sweep;
} rig;

static void report(const char *name, const rig *r, const pl_policy *policy, double seconds) {
    pl_certificate c;
    pl_error error;
    if (pl_result_certify(r->result, policy, &c, &error))
        die(&error);
    double sweeps = (double)pl_result_sweeps(r->result);
    printf("%s_converged,%d,yes=1\n", name, pl_result_converged(r->result));
    printf("%s_method,%s,\n", name, pl_method_text(pl_result_method(r->result)));
    printf("%s_iterations,%zu,iterations\n", name, pl_result_iterations(r->result));
    printf("%s_sweeps,%.0f,sweeps\n", name, sweeps);
    printf("%s_time,%.3f,ms\n", name, 1e3 * seconds);
    printf("%s_time_over_floor,%.3f,ratio\n", name, seconds / (sweeps * r->sweep));
    printf("%s_residual,%.2e,largest relative\n", name, c.worst);
}

/* The fastest of several cold solves: noise only ever adds. */
static void measure(const char *name, rig *r, const pl_policy *policy, const pl_result *warm) {
    pl_error error;
    double best = INFINITY;
    for (int round = 0; round < 15; round++) {
        double start = now();
        if (pl_solver_run(r->solver, policy, warm, r->result, &error))
            die(&error);
        double spent = now() - start;
        best = spent < best ? spent : best;
    }
    report(name, r, policy, best);
}

static void raise(pl_policy *p, size_t N, size_t J, size_t buyer, size_t seller, double by) {
    double *t = pl_policy_tariff(p);
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N; n++)
            for (size_t i = 0; i < N; i++)
                if (i != n && (buyer == SIZE_MAX || n == buyer) && (seller == SIZE_MAX || i == seller))
                    t[(j * N + n) * N + i] += by;
}

static rig make_rig(const pl_world *world, const pl_settings *settings) {
    rig r;
    pl_error error;
    if (pl_model_new(world, settings, NULL, &r.model, &error) || pl_solver_new(r.model, &r.solver, &error) ||
        pl_result_new(r.model, &r.result, &error))
        die(&error);
    r.sweep =
        one_sweep(pl_world_size(world, PL_COUNTRY), pl_world_size(world, PL_SECTOR), pl_world_flow(world));
    return r;
}

static void clear_rig(rig *r) {
    pl_result_free(r->result);
    pl_solver_free(r->solver);
    pl_model_free(r->model);
}

static pl_policy *new_policy(const pl_world *world) {
    pl_policy *p = NULL;
    pl_error error;
    if (pl_policy_new(world, &p, &error))
        die(&error);
    return p;
}

static void run_all(const pl_world *world, const char *prefix) {
    size_t N = pl_world_size(world, PL_COUNTRY), J = pl_world_size(world, PL_SECTOR);
    pl_settings settings;
    pl_settings_init(&settings);
    rig r = make_rig(world, &settings);
    char name[96];
    printf("%s_one_sweep,%.1f,microseconds\n", prefix, 1e6 * r.sweep);
    const struct {
        const char *what;
        size_t buyer[2], seller[2];
        double rate[2];
    } shocks[] = {{"war_145_125", {0, 1}, {1, 0}, {1.45, 1.25}},
                  {"uniform_50", {SIZE_MAX, 0}, {SIZE_MAX, 0}, {0.5, 0}},
                  {"thousandfold", {0, 0}, {SIZE_MAX, 0}, {1000, 0}},
                  {"plus_10_points", {0, 0}, {SIZE_MAX, 0}, {0.1, 0}}};
    for (size_t k = 0; k < sizeof shocks / sizeof *shocks; k++) {
        pl_policy *p = new_policy(world);
        for (int side = 0; side < 2; side++)
            if (shocks[k].rate[side] != 0)
                raise(p, N, J, shocks[k].buyer[side], shocks[k].seller[side], shocks[k].rate[side]);
        snprintf(name, sizeof name, "%s_%s", prefix, shocks[k].what);
        measure(name, &r, p, NULL);
        pl_policy_free(p);
    }
    clear_rig(&r);
}

int main(int argc, char **argv) {
    size_t N = argc > 2 ? (size_t)atoi(argv[1]) : 77, J = argc > 2 ? (size_t)atoi(argv[2]) : 45;
    synthetic s = make(N, J);
    pl_world_tables tables = {.countries = N,
                              .sectors = J,
                              .country_codes = (const char *const *)s.country,
                              .sector_codes = (const char *const *)s.sector,
                              .flow = s.flow,
                              .tariff = s.tariff,
                              .input_share = s.input,
                              .value_added_share = s.beta,
                              .theta = s.theta};
    pl_world *world = NULL;
    pl_error error;
    if (pl_world_new(&tables, &world, &error))
        die(&error);
    puts("name,value,unit");
    run_all(world, "synthetic");
    pl_world_free(world);
    return 0;
}
