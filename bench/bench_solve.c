/*
 * Speed of one counterfactual, as ratios to a floor measured in the same run: one sweep (a pass of dot
 * products over the N*N*J share array). Prints CSV: name,value,unit. Usage: bench_solve [countries sectors]
 */
#include "bench.h"
#include "parley.h"

#include <inttypes.h>
#include <malloc.h>
#include <math.h>
#include <string.h>

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

static void *need(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory)
        stop("out of memory");
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
static double one_sweep(size_t N, size_t J, const double *array, int rounds) {
    double best = INFINITY, *c = need(N, sizeof *c);
    for (size_t i = 0; i < N; i++)
        c[i] = 1 + 1e-3 * (double)i;
    for (int round = 0; round < rounds; round++) {
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

typedef struct {
    const pl_world *world;
    pl_model *model;
    pl_solver *solver;
    pl_result *result;
    double sweep;
} rig;

static void report(const char *name, const rig *r, const pl_policy *policy, double seconds) {
    pl_certificate c;
    pl_error error;
    if (pl_result_certify(r->result, policy, &c, &error))
        stop(error.text);
    double sweeps = (double)pl_result_sweeps(r->result);
    printf("%s_converged,%d,yes=1\n", name, pl_result_converged(r->result));
    printf("%s_method,%s,\n", name, pl_method_text(pl_result_method(r->result)));
    printf("%s_iterations,%zu,iterations\n", name, pl_result_iterations(r->result));
    printf("%s_sweeps,%.0f,sweeps\n", name, sweeps);
    printf("%s_time,%.3f,ms\n", name, 1e3 * seconds);
    printf("%s_time_over_floor,%.3f,ratio\n", name, seconds / (sweeps * r->sweep));
    printf("%s_residual,%.2e,largest relative\n", name, c.worst);
}

/* The fastest of several solves, and of the sweeps between them: noise only ever adds, and the two meet the same noise. */
static double measure(const char *name, rig *r, const pl_policy *policy, const pl_result *warm) {
    pl_error error;
    double best = INFINITY;
    r->sweep = INFINITY;
    for (int round = 0; round < 30; round++) {
        double sweep = one_sweep(pl_world_size(r->world, PL_COUNTRY), pl_world_size(r->world, PL_SECTOR),
                                 pl_world_flow(r->world), 20);
        double start = now();
        if (pl_solver_run(r->solver, policy, warm, r->result, &error))
            stop(error.text);
        double spent = now() - start;
        best = spent < best ? spent : best;
        r->sweep = sweep < r->sweep ? sweep : r->sweep;
    }
    report(name, r, policy, best);
    return best;
}

/* Bytes in use on the heap. */
static double heap(void) {
    struct mallinfo2 m = mallinfo2();
    return (double)m.uordblks + (double)m.hblkhd;
}

static rig make_rig(const pl_world *world, const pl_settings *settings) {
    rig r;
    pl_error error;
    r.world = world;
    if (pl_model_new(world, settings, NULL, &r.model, &error) || pl_solver_new(r.model, &r.solver, &error) ||
        pl_result_new(r.model, &r.result, &error))
        stop(error.text);
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
        stop(error.text);
    return p;
}

/* Rates go up on goods only: services are not taxed at a border. */
static void raise_goods(const pl_world *world, pl_policy *p, size_t buyer, size_t seller, double by) {
    size_t N = pl_world_size(world, PL_COUNTRY), J = pl_world_size(world, PL_SECTOR);
    double *t = pl_policy_tariff(p);
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N && pl_world_is_goods(world, j); n++)
            for (size_t i = 0; i < N; i++)
                if (i != n && (buyer == SIZE_MAX || n == buyer) && (seller == SIZE_MAX || i == seller))
                    t[(j * N + n) * N + i] += by;
}

typedef struct {
    const char *what;
    double rate[2];
    bool everyone; /* rate[0] between all countries; else rate[0] of the first on the second and rate[1] back
                    */
    bool all_sellers; /* rate[0] of the first on everyone */
} shock;

static const shock shocks[] = {{"war_145_125", {1.45, 1.25}, false, false},
                               {"uniform_50", {0.5, 0}, true, false},
                               {"thousandfold", {1000, 0}, false, true},
                               {"plus_10_points", {0.1, 0}, false, true}};

static void apply(const shock *s, const pl_world *world, pl_policy *p, size_t first, size_t second) {
    if (s->everyone) {
        raise_goods(world, p, SIZE_MAX, SIZE_MAX, s->rate[0]);
    } else {
        raise_goods(world, p, first, s->all_sellers ? SIZE_MAX : second, s->rate[0]);
        if (s->rate[1] != 0)
            raise_goods(world, p, second, first, s->rate[1]);
    }
}

/* Caps on the first country's largest purchases, at half of today's: the time against the same solve without
 * them. */
static void run_caps(const pl_world *world, rig *r, size_t first, const char *prefix, pl_policy *plain,
                     double seconds) {
    size_t N = pl_world_size(world, PL_COUNTRY), J = pl_world_size(world, PL_SECTOR), caps = 0, binding = 0;
    pl_error error;
    double best = INFINITY;
    for (size_t j = 0; j < J; j++)
        for (size_t i = 0; i < N && caps < 400; i++) {
            size_t flow[] = {(j * N + first) * N + i};
            pl_cap cap = {
                .name = "half", .flows = flow, .count = 1, .level = 0.5 + 0.7 * uniform(), .to_seller = 1};
            if (i == first || !(pl_world_flow(world)[flow[0]] > 1))
                continue;
            if (pl_policy_add_cap(plain, &cap, &error))
                stop(error.text);
            caps++;
        }
    for (int round = 0; round < 7; round++) {
        double start = now();
        if (pl_solver_run(r->solver, plain, NULL, r->result, &error))
            stop(error.text);
        double spent = now() - start;
        best = spent < best ? spent : best;
    }
    for (size_t k = 0; k < pl_result_caps(r->result); k++)
        binding += pl_result_cap(r->result, k).premium > 0;
    char name[96];
    snprintf(name, sizeof name, "%s_caps", prefix);
    printf("%s_count,%zu,caps\n%s_binding,%zu,caps\n", name, caps, name, binding);
    printf("%s_time_over_no_caps,%.2f,ratio\n", name, best / seconds);
    report(name, r, plain, best);
}

static void run_all(const pl_world *world, const char *prefix, size_t first, size_t second, double before) {
    pl_settings settings;
    pl_settings_init(&settings);
    double flow_bytes = (double)(pl_world_size(world, PL_COUNTRY) * pl_world_size(world, PL_COUNTRY) *
                                 pl_world_size(world, PL_SECTOR) * sizeof(double));
    pl_policy *held = new_policy(world);
    rig r = make_rig(world, &settings);
    char name[96];
    for (size_t k = 0; k < sizeof shocks / sizeof *shocks; k++) {
        pl_policy *p = k == 0 ? held : new_policy(world);
        apply(&shocks[k], world, p, first, second);
        snprintf(name, sizeof name, "%s_%s", prefix, shocks[k].what);
        double cold = measure(name, &r, p, NULL);
        if (k == 0)
            printf("%s_memory_over_flows,%.2f,ratio\n", prefix, (heap() - before) / flow_bytes);
        if (!strcmp(shocks[k].what, "plus_10_points")) {
            pl_result *warm = NULL;
            pl_error error;
            if (pl_result_new(r.model, &warm, &error) || pl_solver_run(r.solver, held, NULL, warm, &error))
                stop(error.text);
            snprintf(name, sizeof name, "%s_%s_warm", prefix, shocks[k].what);
            measure(name, &r, p, warm);
            pl_result_free(warm);
            run_caps(world, &r, first, prefix, p, cold);
        }
        if (k > 0)
            pl_policy_free(p);
    }
    printf("%s_one_sweep,%.1f,microseconds\n", prefix, 1e6 * r.sweep);
    pl_policy_free(held);
    clear_rig(&r);
}

static void run_world(const char *name) {
    pl_world *world = NULL;
    pl_error error;
    size_t us = 0, china = 0;
    double before = heap(), start = now();
    if (pl_world_load(name, &world, &error) || pl_world_find(world, PL_COUNTRY, "USA", &us, &error) ||
        pl_world_find(world, PL_COUNTRY, "CHN", &china, &error))
        stop(error.text);
    printf("%s_load,%.1f,ms\n", name, 1e3 * (now() - start));
    run_all(world, name, us, china, before);
    pl_world_free(world);
}

static void free_labels(char **label, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(label[i]);
    free(label);
}

static void clear(synthetic *s) {
    free(s->flow);
    free(s->tariff);
    free(s->input);
    free(s->beta);
    free(s->theta);
    free_labels(s->country, s->N);
    free_labels(s->sector, s->J);
}

static void run_synthetic(size_t N, size_t J) {
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
    double before = heap();
    if (pl_world_new(&tables, &world, &error))
        stop(error.text);
    run_all(world, "synthetic", 0, 1, before);
    pl_world_free(world);
    clear(&s);
}

int main(int argc, char **argv) {
    puts("name,value,unit");
    run_synthetic(77, 45);
    for (int k = 1; k < argc; k++)
        run_world(argv[k]);
    return 0;
}
