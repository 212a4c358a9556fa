/* What laws share: uneven policies, copies of worlds, solves and distances between results. */
#include "check/check.h"

#include <math.h>
#include <string.h>

void pl_solved_clear(pl_solved *s) {
    pl_result_free(s->result);
    pl_policy_free(s->policy);
    pl_model_free(s->model);
    memset(s, 0, sizeof *s);
}

static pl_status solve(pl_solved *s, pl_error *error) {
    pl_solver *solver = NULL;
    pl_status status = pl_result_new(s->model, &s->result, error);
    if (!status)
        status = pl_solver_new(s->model, &solver, error);
    if (!status)
        status = pl_solver_run(solver, s->policy, NULL, s->result, error);
    pl_solver_free(solver);
    return status;
}

pl_status pl_trial_solve(const pl_trial *trial, const pl_world *world, const pl_settings *settings,
                         const pl_sector_values *sectors, pl_policy_writer writer, const void *data,
                         pl_solved *s, pl_error *error) {
    memset(s, 0, sizeof *s);
    pl_status status = pl_model_new(world, settings, sectors, &s->model, error);
    if (!status)
        status = pl_policy_new(pl_model_world(s->model), &s->policy, error);
    if (!status && writer)
        status = writer(s->policy, data, error);
    if (!status)
        status = solve(s, error);
    if (!status && !pl_result_converged(s->result) &&
        !pl_findings_add(trial->report, 1, 0, 0, "%s: a solve converges", trial->world_name))
        status = pl_fail_memory(error, 0);
    return status;
}

double pl_worse(double worst, double gap) {
    return isnan(gap) ? INFINITY : gap > worst ? gap : worst;
}

/* Multiples of irrational numbers modulo one. */
double pl_uneven(size_t a, size_t b, size_t c) {
    double x = 0.6180339887498949 * (double)(a + 1) + 0.7548776662466927 * (double)(b + 1) +
               0.8191725133961645 * (double)(c + 1) + 0.1732050807568877 * (double)((a + 1) * (b + 2));
    return x - floor(x);
}

static size_t moved(const size_t *order, size_t at) {
    return order ? order[at] : at;
}

pl_status pl_write_uneven(pl_policy *policy, const void *data, pl_error *error) {
    const pl_relabel none = {NULL, NULL}, *to = data ? data : &none;
    size_t N = policy->N, J = policy->J;
    double *tariff = pl_policy_tariff(policy), *tax = pl_policy_export_tax(policy);
    double *iceberg = pl_policy_iceberg(policy);
    if (!tax || !iceberg)
        return pl_fail_memory(error, N * N * J * sizeof(double));
    for (size_t j = 0; j < J; j++) {
        for (size_t n = 0; n < N; n++) {
            for (size_t i = 0; i < N; i++) {
                size_t at = (j * N + n) * N + i;
                size_t a = moved(to->country, n), b = moved(to->country, i), c = moved(to->sector, j);
                double draw = pl_uneven(a, b, c);
                if (n == i)
                    continue;
                tariff[at] += draw < 0.4 ? 0.31 * draw : 0;
                tax[at] += draw > 0.8 ? 0.23 * (draw - 0.8) : 0;
                iceberg[at] = draw > 0.5 && draw < 0.7 ? 1.08 - 0.17 * (draw - 0.5) : 1;
            }
        }
    }
    return PL_OK;
}

/* ---- copies of worlds ---- */

typedef struct {
    double *flow, *tariff, *tax, *input, *added, *profit, *theta;
    const char **country, **sector;
    bool *goods;
} copies;

static void free_copies(copies *c) {
    free(c->flow);
    free(c->tariff);
    free(c->tax);
    free(c->input);
    free(c->added);
    free(c->profit);
    free(c->theta);
    free(c->country);
    free(c->sector);
    free(c->goods);
}

static bool take_copies(copies *c, size_t N, size_t J) {
    memset(c, 0, sizeof *c);
    size_t cells = N * N * J;
    c->flow = pl_alloc(cells, sizeof(double));
    c->tariff = pl_alloc(cells, sizeof(double));
    c->tax = pl_alloc(cells, sizeof(double));
    c->input = pl_alloc(N * J * J, sizeof(double));
    c->added = pl_alloc(N * J, sizeof(double));
    c->profit = pl_alloc(N * J, sizeof(double));
    c->theta = pl_alloc(J, sizeof(double));
    c->country = pl_alloc(N, sizeof(char *));
    c->sector = pl_alloc(J, sizeof(char *));
    c->goods = pl_alloc(J, sizeof(bool));
    return c->flow && c->tariff && c->tax && c->input && c->added && c->profit && c->theta && c->country &&
           c->sector && c->goods;
}

static void fill_pairs(copies *c, const pl_world *w, double scale, const pl_relabel *to, const double *flow,
                       const pl_policy *policy) {
    size_t N = w->countries, J = w->sectors;
    for (size_t j = 0; j < J; j++) {
        for (size_t n = 0; n < N; n++) {
            for (size_t i = 0; i < N; i++) {
                size_t at = (j * N + n) * N + i;
                size_t from = (moved(to->sector, j) * N + moved(to->country, n)) * N + moved(to->country, i);
                c->flow[at] = scale * (flow ? flow : w->flow)[from];
                c->tariff[at] = policy ? policy->tariff[from] : w->tariff[from];
                c->tax[at] = policy          ? pl_policy_export_tax_at(policy, from)
                             : w->export_tax ? w->export_tax[from]
                                             : 0;
            }
        }
    }
}

static void fill_technology(copies *c, const pl_world *w, const pl_relabel *to, const double *theta) {
    size_t N = w->countries, J = w->sectors;
    for (size_t n = 0; n < N; n++) {
        size_t a = moved(to->country, n);
        c->country[n] = w->country_code[a];
        for (size_t j = 0; j < J; j++) {
            size_t b = moved(to->sector, j);
            c->added[n * J + j] = w->value_added_share[a * J + b];
            c->profit[n * J + j] = w->profit_share ? w->profit_share[a * J + b] : 0;
            for (size_t k = 0; k < J; k++)
                c->input[(n * J + j) * J + k] = w->input_share[(a * J + b) * J + moved(to->sector, k)];
        }
    }
    for (size_t j = 0; j < J; j++) {
        size_t b = moved(to->sector, j);
        c->sector[j] = w->sector_code[b];
        c->goods[j] = w->goods[b];
        c->theta[j] = theta[b];
    }
}

pl_status pl_world_rebuild(const pl_world *world, double scale, const pl_relabel *relabel, const double *flow,
                           const pl_policy *policy, const double *theta, pl_world **out, pl_error *error) {
    const pl_relabel none = {NULL, NULL}, *to = relabel ? relabel : &none;
    size_t N = world->countries, J = world->sectors;
    copies c;
    *out = NULL;
    if (!take_copies(&c, N, J)) {
        free_copies(&c);
        return pl_fail_memory(error, N * N * J * sizeof(double));
    }
    fill_pairs(&c, world, scale, to, flow, policy);
    fill_technology(&c, world, to, theta);
    pl_world_tables tables = {.countries = N,
                              .sectors = J,
                              .country_codes = c.country,
                              .sector_codes = c.sector,
                              .goods = c.goods,
                              .flow = c.flow,
                              .tariff = c.tariff,
                              .export_tax = c.tax,
                              .input_share = c.input,
                              .value_added_share = c.added,
                              .profit_share = c.profit,
                              .theta = c.theta};
    pl_status status = pl_world_new(&tables, out, error);
    free_copies(&c);
    return status;
}

/* ---- distances ---- */

static bool is_percent(pl_variable variable) {
    return strcmp(pl_variable_unit(variable), "percent") == 0;
}

/* How far b's value at (j, n) is from a's at its place, as a fraction. NaN is infinitely far. */
static double distance(const pl_result *a, const pl_result *b, pl_variable variable, double scale,
                       const pl_relabel *to, size_t j, size_t n) {
    size_t N = b->model->N, m = moved(to->country, n), k = moved(to->sector, j);
    double before = pl_result_get(a, PL_VAR_income_before)[m];
    double x = pl_result_get(a, variable)[k * N + m], y = pl_result_get(b, variable)[j * N + n];
    double gap = is_percent(variable) ? fabs(x - y) / 100 : fabs(x - y / scale) / before;
    return isnan(gap) ? INFINITY : gap;
}

double pl_results_distance(const pl_result *a, const pl_result *b, double scale, const pl_relabel *relabel,
                           const char **variable, const char **country) {
    const pl_relabel none = {NULL, NULL}, *to = relabel ? relabel : &none;
    double worst = 0;
    *variable = *country = "";
    for (int v = 0; v < PL_RESULT_COUNT; v++) {
        size_t J = pl_variable_by_sector((pl_variable)v) ? b->model->J : 1;
        const pl_relabel place = {to->country, J > 1 ? to->sector : NULL};
        for (size_t j = 0; j < J; j++) {
            for (size_t n = 0; n < b->model->N; n++) {
                double gap = distance(a, b, (pl_variable)v, scale, &place, j, n);
                if (!(gap > worst))
                    continue;
                worst = gap;
                *variable = pl_variable_name((pl_variable)v);
                *country = b->model->world->country_code[n];
            }
        }
    }
    return worst;
}

double pl_variable_distance(const pl_result *a, const pl_result *b, pl_variable variable,
                            const char **country) {
    const pl_relabel none = {NULL, NULL};
    double worst = 0;
    *country = "";
    for (size_t n = 0; n < b->model->N; n++) {
        double gap = distance(a, b, variable, 1, &none, 0, n);
        if (gap > worst) {
            worst = gap;
            *country = b->model->world->country_code[n];
        }
    }
    return worst;
}
