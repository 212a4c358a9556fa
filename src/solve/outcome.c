/* From the state of a finished solve to every result variable. */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name, *unit, *text;
    char axes;
} variables[PL_RESULT_COUNT] = {
#define VARIABLE_ROW(name, axes, unit, text) {#name, unit, text, #axes[0]},
    PL_RESULT_VARIABLES(VARIABLE_ROW)
#undef VARIABLE_ROW
};

const char *pl_variable_name(pl_variable v) {
    return variables[v].name;
}

const char *pl_variable_unit(pl_variable v) {
    return variables[v].unit;
}

const char *pl_variable_text(pl_variable v) {
    return variables[v].text;
}

bool pl_variable_by_sector(pl_variable v) {
    return variables[v].axes == 'S';
}

const char *pl_method_text(pl_method method) {
    static const char *const text[] = {"Anderson acceleration", "Newton-Krylov", "homotopy in the policy"};
    return text[method];
}

pl_status pl_result_new(const pl_model *m, pl_result **result, pl_error *error) {
    pl_result *r = pl_alloc(1, sizeof *r);
    *result = NULL;
    if (!r)
        return pl_fail_memory(error, sizeof *r);
    size_t need = pl_arena_need(pl_y_layout(m, 0).length, sizeof(double));
    for (size_t v = 0; v < PL_RESULT_COUNT; v++)
        need += pl_arena_need(pl_variable_by_sector((pl_variable)v) ? m->J * m->N : m->N, sizeof(double));
    if (!pl_arena_init(&r->arena, need)) {
        pl_result_free(r);
        return pl_fail_memory(error, need);
    }
    r->model = m;
    r->y = pl_arena_take(&r->arena, pl_y_layout(m, 0).length, sizeof(double));
    for (size_t v = 0; v < PL_RESULT_COUNT; v++)
        r->value[v] = pl_arena_take(&r->arena, pl_variable_by_sector((pl_variable)v) ? m->J * m->N : m->N,
                                    sizeof(double));
    *result = r;
    return PL_OK;
}

void pl_result_free(pl_result *r) {
    if (!r)
        return;
    pl_arena_clear(&r->arena);
    free(r->cap);
    free(r);
}

bool pl_result_converged(const pl_result *r) {
    return r->converged;
}

size_t pl_result_iterations(const pl_result *r) {
    return r->iterations;
}

size_t pl_result_sweeps(const pl_result *r) {
    return r->sweeps;
}

double pl_result_seconds(const pl_result *r) {
    return r->seconds;
}

double pl_result_residual(const pl_result *r) {
    return r->residual;
}

pl_method pl_result_method(const pl_result *r) {
    return r->method;
}

const double *pl_result_get(const pl_result *r, pl_variable v) {
    return r->value[v];
}

static inline double fold(const double *s) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

typedef struct {
    double value, terms, volume;
} row_sums;

/* Sellers from `first` to before `last` of one row: imports, their cost at baseline weights, and the
 * duty-weighted change of volume; exports are added up by seller. */
PL_WIDE static row_sums trade_row(const double *restrict border, const double *restrict power, double x,
                                  const double *restrict base, const double *restrict duty,
                                  const double *restrict rise, double *restrict exports, size_t first,
                                  size_t last) {
    double value[8] = {0}, terms[8] = {0}, volume[8] = {0};
    size_t i = first;
    for (; i + 8 <= last; i += 8)
        for (size_t k = 0; k < 8; k++) {
            double now = border[i + k] * x * power[i + k], dearer = base[i + k] * rise[i + k];
            exports[i + k] += now;
            value[k] += now;
            terms[k] += dearer;
            volume[k] += duty[i + k] * (now - base[i + k] - dearer);
        }
    for (; i < last; i++) {
        double now = border[i] * x * power[i], dearer = base[i] * rise[i];
        exports[i] += now;
        value[0] += now;
        terms[0] += dearer;
        volume[0] += duty[i] * (now - base[i] - dearer);
    }
    return (row_sums){fold(value), fold(terms), fold(volume)};
}

/* Trade after, and the two parts of first-order welfare as Caliendo and Parro (2015) print them: baseline
 * weights, changes as new/old - 1, own purchases left out. */
static void fill_trade(pl_result *r, const pl_gmap *map) {
    const pl_model *m = map->model;
    const pl_world *w = m->world;
    size_t N = m->N, S = m->S;
    double *terms = r->value[PL_VAR_terms_of_trade], *volume = r->value[PL_VAR_volume_of_trade];
    double *imports = r->value[PL_VAR_imports], *exports = r->value[PL_VAR_exports];
    double *rise = map->work; /* c - 1 by seller */
    double *const cleared[] = {terms, volume, imports, exports};
    for (size_t v = 0; v < sizeof cleared / sizeof *cleared; v++)
        memset(cleared[v], 0, N * sizeof(double));
    for (size_t j = 0; j < m->J; j++) {
        pl_vexpm1(map->cost + j * S, rise, S);
        for (size_t n = 0; n < N; n++) {
            size_t row = j * S + n, at = (j * N + n) * N;
            double x = map->price_sum[row] > 0 ? map->spending[row] / map->price_sum[row] : 0;
            for (int side = 0; side < 2; side++) { /* sellers before and after the buyer itself */
                row_sums s =
                    trade_row(map->border + (j * N + n) * S, map->cost_power + j * S, x, w->flow + at,
                              w->tariff + at, rise, exports, side ? n + 1 : 0, side ? N : n);
                imports[n] += s.value;
                terms[n] -= s.terms;
                volume[n] += s.volume;
            }
            terms[n] += m->exports[row] * rise[n];
        }
    }
    for (size_t f = 0; f < map->caps.flows; f++) { /* flows under a control are not in the arrays */
        size_t i = map->caps.flow[f] % N, n = map->caps.flow[f] / N % N;
        double value = n == i ? 0 : map->caps.value[f] - map->caps.beyond[f];
        imports[n] += value;
        exports[i] += value;
        volume[n] += w->tariff[map->caps.flow[f]] * value;
    }
    for (size_t n = 0; n < N; n++) {
        terms[n] *= 100 / m->income[n];
        volume[n] *= 100 / m->income[n];
        r->value[PL_VAR_first_order_welfare][n] = terms[n] + volume[n];
        r->value[PL_VAR_imports_before][n] = m->imports_before[n];
        r->value[PL_VAR_exports_before][n] = m->exports_before[n];
        r->value[PL_VAR_duties_before][n] = m->duties_before[n];
    }
}

static void fill_countries(pl_result *r, const pl_gmap *map) {
    const pl_model *m = map->model;
    const double *wage = r->y + map->at.wage;
    for (size_t n = 0; n < m->N; n++) {
        double before = m->income[n], price = map->consumer_price[n];
        double real = (map->income[n] / before) * exp(-price) - 1;
        r->value[PL_VAR_real_income][n] = 100 * real;
        r->value[PL_VAR_real_wage][n] = 100 * expm1(wage[n] - price);
        r->value[PL_VAR_equivalent_variation][n] = before * real;
        r->value[PL_VAR_wage][n] = 100 * expm1(wage[n]);
        r->value[PL_VAR_consumer_price][n] = 100 * expm1(price);
        r->value[PL_VAR_income_before][n] = before;
        r->value[PL_VAR_income][n] = map->income[n];
        r->value[PL_VAR_value_added][n] = map->payroll[n] + map->profits[n];
        r->value[PL_VAR_export_taxes][n] = map->export_taxes[n];
        r->value[PL_VAR_rents][n] = map->cap_rent[n];
        r->value[PL_VAR_deficit][n] = map->deficit[n];
        double duties = 0;
        if (map->border != map->user) {
            for (size_t j = 0; j < m->J; j++)
                duties += map->spending[j * m->S + n];
            duties -= map->border_value[n];
        }
        r->value[PL_VAR_duties][n] = duties + map->cap_duty[n];
    }
}

static double change(double after, double before) {
    return before > 0 ? 100 * (after / before - 1) : 0;
}

static void fill_sectors(pl_result *r, const pl_gmap *map) {
    const pl_model *m = map->model;
    for (size_t j = 0; j < m->J; j++) {
        for (size_t n = 0; n < m->N; n++) {
            size_t from = j * m->S + n, to = j * m->N + n;
            double wage = map->mobile ? r->y[map->at.wage + n] : map->sector_wage[from];
            double added = map->beta[from] * map->output[from];
            double paid = (1 - m->profit[from]) * added;
            r->value[PL_VAR_user_price][to] = 100 * expm1(r->y[map->at.price + from]);
            r->value[PL_VAR_producer_price][to] = 100 * expm1(map->cost[from]);
            r->value[PL_VAR_sector_wage][to] = 100 * expm1(wage);
            r->value[PL_VAR_output_before][to] = m->output[from];
            r->value[PL_VAR_output][to] = map->output[from];
            r->value[PL_VAR_output_volume][to] =
                change(map->output[from] * exp(-map->cost[from]), m->output[from]);
            r->value[PL_VAR_spending][to] = map->spending[from];
            r->value[PL_VAR_sector_value_added][to] = added;
            r->value[PL_VAR_employment][to] = change(paid / map->payroll[n], m->labour[from]);
        }
    }
}

/* What the controls did; grown when a policy has more of them than any before. */
static pl_status fill_caps(pl_result *r, const pl_gmap *map, pl_error *error) {
    size_t caps = map->caps.caps;
    if (caps > r->cap_room) {
        pl_cap_result *grown = realloc(r->cap, caps * sizeof *grown);
        if (!grown)
            return pl_fail_memory(error, caps * sizeof *grown);
        r->cap = grown;
        r->cap_room = caps;
    }
    r->caps = caps;
    for (size_t k = 0; k < caps; k++)
        r->cap[k] = map->caps.result[k];
    return PL_OK;
}

pl_status pl_outcome_fill(pl_result *r, const pl_gmap *map, bool trade, pl_error *error) {
    pl_status status = fill_caps(r, map, error);
    if (status)
        return status;
    fill_countries(r, map);
    fill_sectors(r, map);
    if (trade)
        fill_trade(r, map);
    return PL_OK;
}

size_t pl_result_caps(const pl_result *r) {
    return r->caps;
}

pl_cap_result pl_result_cap(const pl_result *r, size_t index) {
    return r->cap[index];
}

/* What a result's flows are worked out from. */
typedef struct {
    const pl_result *r;
    const pl_policy *p; /* NULL: the world's own */
    pl_layout_y at;
} trade;

/* What the flows of one sector to one buyer have in common. */
typedef struct {
    double spending, deflator;
} market;

static market trade_market(const trade *t, size_t j, size_t n) {
    size_t row = j * t->r->model->S + n;
    return (market){exp(t->r->y[t->at.spending + row]), exp(-t->r->y[t->at.price + row])};
}

/* One flow at customs value, as it is without the premia of controls. */
static double trade_flow(const trade *t, market in, size_t j, size_t n, size_t i) {
    const pl_model *m = t->r->model;
    const pl_world *w = m->world;
    const pl_policy *p = t->p;
    size_t at = (j * m->N + n) * m->N + i;
    double wedge = 1, t0 = w->tariff[at], t1 = p ? p->tariff[at] : t0;
    if (!(w->flow[at] > 0 && m->spending[j * m->S + n] > 0))
        return 0;
    if (p) {
        double e0 = w->export_tax ? w->export_tax[at] : 0;
        wedge = (p->iceberg ? p->iceberg[at] : 1) * (1 + t1) / (1 + t0) *
                (1 + pl_policy_export_tax_at(p, at)) / (1 + e0);
    }
    double cost = t->r->value[PL_VAR_producer_price][j * m->N + i];
    double relative = wedge * (1 + cost / 100) * in.deflator;
    return w->flow[at] * (1 + t0) / (1 + t1) * in.spending * pow(relative, -m->theta[j]);
}

/* What a control does to one of its flows. */
static double cap_factor(const trade *t, size_t k, size_t at) {
    const pl_model *m = t->r->model;
    return t->p->cap[k].level == 0 ? 0 : pow(1 + t->r->cap[k].premium, -m->theta[at / (m->N * m->N)]);
}

/* The log of the premia of all controls on a flow. */
static double log_premium(const trade *t, size_t at) {
    double sum = 0;
    for (size_t k = 0; k < t->p->caps; k++)
        for (size_t f = 0; f < t->p->cap[k].count; f++)
            sum += t->p->cap[k].flows[f] == at ? log1p(t->r->cap[k].premium) : 0;
    return sum;
}

/* The part of a flow's value that is duty beyond a tariff-rate quota, and so no customs value. */
static double part_beyond(const trade *t, size_t k, size_t at) {
    const pl_cap_result *c = &t->r->cap[k];
    double all = log_premium(t, at), level = t->p->cap[k].level;
    return all > 0 ? (1 - level / c->quantity) * (log1p(c->premium) / all) * -expm1(-all) : 0;
}

/* Takes the duty beyond tariff-rate quotas out of flows with their premia. */
static pl_status take_duty_out(const trade *t, double *value, pl_error *error) {
    size_t cells = t->r->model->J * t->r->model->N * t->r->model->N, found = 0;
    for (size_t k = 0; k < t->p->caps; k++)
        found += t->r->cap[k].duty > 0;
    double *part = found ? pl_alloc(cells, sizeof *part) : NULL;
    if (found && !part)
        return pl_fail_memory(error, cells * sizeof *part);
    for (size_t k = 0; found && k < t->p->caps; k++)
        for (size_t f = 0; t->r->cap[k].duty > 0 && f < t->p->cap[k].count; f++)
            part[t->p->cap[k].flows[f]] += part_beyond(t, k, t->p->cap[k].flows[f]);
    for (size_t at = 0; found && at < cells; at++)
        value[at] *= 1 - part[at];
    free(part);
    return PL_OK;
}

static pl_status check_world(const pl_result *r, const pl_policy *p, pl_error *error) {
    if (p && (p->N != r->model->N || p->J != r->model->J))
        return pl_fail(error, PL_INVALID, "the policy is for another world");
    return PL_OK;
}

pl_status pl_result_trade(const pl_result *r, const pl_policy *p, double *value, pl_error *error) {
    const pl_model *m = r->model;
    const trade t = {r, p, pl_y_layout(m, 0)};
    pl_status status = check_world(r, p, error);
    for (size_t j = 0; j < m->J && !status; j++)
        for (size_t n = 0; n < m->N; n++) {
            market in = trade_market(&t, j, n);
            for (size_t i = 0; i < m->N; i++)
                value[(j * m->N + n) * m->N + i] = trade_flow(&t, in, j, n, i);
        }
    for (size_t k = 0; p && k < p->caps && k < r->caps && !status; k++)
        for (size_t f = 0; f < p->cap[k].count; f++)
            value[p->cap[k].flows[f]] *= cap_factor(&t, k, p->cap[k].flows[f]);
    return !status && p && p->caps == r->caps ? take_duty_out(&t, value, error) : status;
}

pl_status pl_result_trade_of(const pl_result *r, const pl_policy *p, size_t country, double *bought,
                             double *sold, pl_error *error) {
    const pl_model *m = r->model;
    const trade t = {r, p, pl_y_layout(m, 0)};
    size_t N = m->N;
    pl_status status = check_world(r, p, error);
    for (size_t j = 0; j < m->J && !status; j++)
        for (size_t k = 0; k < N; k++) {
            bought[j * N + k] = trade_flow(&t, trade_market(&t, j, country), j, country, k);
            sold[j * N + k] = trade_flow(&t, trade_market(&t, j, k), j, k, country);
        }
    for (size_t k = 0; p && k < p->caps && k < r->caps && !status; k++)
        for (size_t f = 0; f < p->cap[k].count; f++) {
            size_t at = p->cap[k].flows[f], i = at % N, n = at / N % N, j = at / (N * N);
            if (n == country)
                bought[j * N + i] *= cap_factor(&t, k, at);
            if (i == country)
                sold[j * N + n] *= cap_factor(&t, k, at);
        }
    return status;
}
