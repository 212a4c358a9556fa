/*
 * The reverse of the map G of gmap.c, statement by statement from last to first: from the adjoint of g (and
 * of what a payoff looks at) to the adjoint of y, and to the derivatives by every wedge. It reads what the
 * last pl_gmap_apply left behind, so it must follow one at the same y. Letters with a bar in docs/model.md
 * are `_bar` here.
 */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

pl_status pl_reverse_init(pl_reverse *r, pl_gmap *map, pl_error *error) {
    const pl_model *m = map->model;
    size_t js = m->J * m->S, real = sizeof(double);
    memset(r, 0, sizeof *r);
    r->map = map;
    double **by_both[] = {&r->spend,    &r->spend_bar,  &r->output_bar, &r->cost_bar, &r->beta_bar,
                          &r->wage_bar, &r->bundle_bar, &r->price_bar,  &r->sum_bar,  &r->spending_bar,
                          &r->alpha,    &r->power_bar,  &r->cap_x_bar};
    double **by_country[] = {&r->payroll_bar, &r->sectors_bar, &r->base_bar,
                             &r->income_bar,  &r->work,        &r->value};
    enum { BOTH = sizeof by_both / sizeof *by_both, COUNTRY = sizeof by_country / sizeof *by_country };
    size_t need = BOTH * pl_arena_need(js, real) + COUNTRY * pl_arena_need(m->S, real) +
                  pl_arena_need(js + 4 * m->S, real) + pl_arena_need(map->caps.flows, real) +
                  2 * pl_arena_need(map->caps.caps, real);
    if (!pl_arena_init(&r->arena, need))
        return pl_fail_memory(error, need);
    for (size_t i = 0; i < BOTH; i++)
        *by_both[i] = pl_arena_take(&r->arena, js, real);
    for (size_t i = 0; i < COUNTRY; i++)
        *by_country[i] = pl_arena_take(&r->arena, m->S, real);
    r->seen = pl_arena_take(&r->arena, js + 4 * m->S, real);
    r->flow_bar = pl_arena_take(&r->arena, map->caps.flows, real);
    r->z_bar = pl_arena_take(&r->arena, map->caps.caps, real);
    r->quantity_bar = pl_arena_take(&r->arena, map->caps.caps, real);
    return PL_OK;
}

void pl_reverse_clear(pl_reverse *r) {
    pl_arena_clear(&r->arena);
}

/* P_k^(1-sigma_m) of the group of sector j, or NULL when it is one. */
static const double *powered_of(const pl_gmap *map, size_t j) {
    const pl_model *m = map->model;
    bool plain = !map->nested || m->sigma_m[j] == 1;
    return plain ? NULL : map->powered + map->group[j] * m->J * m->S;
}

void pl_reverse_prepare(pl_reverse *r, const double *y, const double *g) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    size_t S = m->S, js = m->J * S;
    double sigma = m->settings.sigma_final;
    const double *price = y + map->at.price;
    pl_vexp(g + map->at.spending, r->spend, js);
    for (size_t at = 0; at < js; at++)
        r->spend[at] *= m->spending[at];
    for (size_t j = 0; j < m->J; j++)
        for (size_t n = 0; n < S; n++) {
            size_t at = j * S + n;
            r->alpha[at] =
                m->alpha[at] * (sigma == 1 ? 1 : exp((1 - sigma) * (price[at] - map->consumer_price[n])));
        }
}

/* log spending out of the map: demand by final buyers and by users of inputs. */
PL_WIDE static void reverse_demand(pl_reverse *r, const double *g_bar) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    size_t S = m->S, js = m->J * S;
    double final = 1 - m->settings.sigma_final;
    for (size_t at = 0; at < js; at++)
        r->spend_bar[at] = map->active[at] != 0 ? g_bar[map->at.spending + at] / r->spend[at] : 0;
    pl_gather_inputs(r->alpha, r->spend_bar, r->work, m->J, S); /* sum of alpha' spend_bar */
    for (size_t n = 0; n < S; n++)
        r->income_bar[n] += r->work[n];
    for (size_t j = 0; final != 0 && j < m->J; j++)
        for (size_t n = 0; n < S; n++) {
            size_t at = j * S + n;
            r->price_bar[at] += final * map->income[n] * r->alpha[at] * (r->spend_bar[at] - r->work[n]);
        }
    for (size_t j = 0; j < m->J; j++) {
        const double *powered = powered_of(map, j), *seen = r->spend_bar, *share = m->gamma + j * js;
        if (powered) {
            for (size_t at = 0; at < js; at++)
                r->seen[at] = (1 + powered[at]) * r->spend_bar[at];
            seen = r->seen;
        }
        pl_gather_inputs(share, seen, r->work, m->J, S);
        for (size_t n = 0; n < S; n++) {
            size_t at = j * S + n;
            double scale = map->nested ? map->input_scale[at] : 1;
            double scale_bar = map->output[at] * r->work[n] * scale; /* by the log of the scale */
            r->output_bar[at] += scale * r->work[n];
            if (map->nested) {
                r->bundle_bar[at] += scale_bar * (m->sigma_m[j] - m->sigma_v[j]);
                r->cost_bar[at] -= scale_bar * (1 - m->sigma_v[j]);
            }
            r->value[n] = powered ? (1 - m->sigma_m[j]) * scale * map->output[at] : 0;
        }
        for (size_t k = 0; powered && k < m->J; k++)
            for (size_t n = 0; n < S; n++)
                r->price_bar[k * S + n] += share[k * S + n] * r->seen[k * S + n] * r->value[n];
    }
}

/* Wages and labour shares out of the map. */
static void reverse_wages(pl_reverse *r, const double *g, const double *g_bar, double *y_bar) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    size_t N = m->N, S = m->S;
    double sum = 0, world = 0;
    for (size_t n = 0; n < N; n++) {
        r->value[n] = exp(g[n]) * m->value_added[n]; /* up to the common shift, which cancels */
        world += r->value[n];
        sum += g_bar[n];
    }
    for (size_t n = 0; n < N; n++) {
        double moved = g_bar[n] - sum * r->value[n] / world;
        y_bar[n] += (1 - map->damping) * moved;
        r->payroll_bar[n] += map->damping * moved / map->payroll[n];
    }
    for (size_t j = 0; !map->mobile && j < m->J; j++) {
        double damping = map->damping == 1 ? 1 : 1 / (1 + fabs(map->theta[j]) / m->settings.kappa);
        for (size_t n = 0; n < S; n++) {
            size_t at = j * S + n, to = map->at.labour + at;
            y_bar[to] += (1 - damping) * g_bar[to];
            if (!(m->labour[at] > 0))
                continue;
            r->beta_bar[at] += damping * g_bar[to] / map->beta[at]; /* by log of beta' Y' */
            r->output_bar[at] += damping * g_bar[to] / map->output[at];
            r->sectors_bar[n] -= damping * g_bar[to] / (map->payroll[n] - map->cap_labour[n]);
        }
    }
}

/* Income out of its parts under the deficit closure. */
static void reverse_income(pl_reverse *r) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    double spread = 0, weight = 0, mean = 0;
    memcpy(r->base_bar, r->income_bar, m->S * sizeof(double));
    if (m->settings.closure != PL_GDP)
        return;
    /* D' = (D/I - r) I' with one r for all: I' = base / (1 - d). */
    for (size_t n = 0; n < m->N; n++) {
        double d = (map->deficit[n] - map->transfer[n]) / map->income[n], base = map->income[n] * (1 - d);
        spread += r->income_bar[n] * base / ((1 - d) * (1 - d));
        weight += base / ((1 - d) * (1 - d));
    }
    mean = spread / weight;
    for (size_t n = 0; n < m->N; n++) {
        double d = (map->deficit[n] - map->transfer[n]) / map->income[n];
        r->base_bar[n] = (r->income_bar[n] - mean * d) / (1 - d);
    }
}

/* Value added to labour and profits. */
PL_WIDE static void reverse_payments(pl_reverse *r) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    for (size_t j = 0; j < m->J; j++)
        for (size_t n = 0; n < m->S; n++) {
            size_t at = j * m->S + n;
            double by = (1 - m->profit[at]) * (r->payroll_bar[n] + r->sectors_bar[n]) +
                        m->profit[at] * r->base_bar[n];
            r->beta_bar[at] += by * map->output[at];
            r->output_bar[at] += by * map->beta[at];
        }
}

/* The sweep, sector by sector. */
static void reverse_sweep(pl_reverse *r, const double *g_bar) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    size_t N = m->N, S = m->S;
    bool taxed = map->net != map->border;
    double *net_bar = r->seen, *net_seen = net_bar + S, *border_seen = net_seen + S,
           *price_bar = border_seen + S;
    for (size_t j = 0; j < m->J; j++) {
        const double *output_bar = r->output_bar + j * S, *by_price = g_bar + map->at.price + j * S;
        for (size_t i = 0; i < S; i++) {
            net_bar[i] = output_bar[i] - (taxed ? r->base_bar[i] : 0);
            price_bar[i] = -by_price[i] / map->theta[j];
        }
        pl_unsweep pass = {.user = map->user + j * N * S,
                           .border = (map->plain[j] ? map->user : map->border) + j * N * S,
                           .net = (map->plain[j] ? map->user : map->net) + j * N * S,
                           .power = map->cost_power + j * S,
                           .spending = map->spending + j * S,
                           .price_sum = map->price_sum + j * S,
                           .price_bar = price_bar,
                           .base_bar = r->base_bar,
                           .extra = r->cap_x_bar + j * S,
                           .net_bar = net_bar,
                           .border_bar = r->base_bar,
                           .net_seen = net_seen,
                           .border_seen = border_seen,
                           .sum_bar = r->sum_bar + j * S,
                           .spending_bar = r->spending_bar + j * S,
                           .power_bar = r->power_bar + j * S};
        pl_unsweep_sector(&pass, N, S);
    }
}

/* Unit costs to wages and prices, through the nests. */
PL_WIDE static void reverse_costs(pl_reverse *r, double *y_bar) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    size_t S = m->S, js = m->J * S;
    for (size_t j = 0; j < m->J; j++) {
        double outer = 1 - m->sigma_v[j];
        const double *powered = powered_of(map, j);
        for (size_t n = 0; n < S; n++) {
            size_t at = j * S + n;
            double by_log = outer * map->beta[at] * r->beta_bar[at]; /* beta' = beta (w/c)^(1-sigma_v) */
            double cost = r->cost_bar[at] - by_log - map->theta[j] * map->cost_power[at] * r->power_bar[at];
            r->wage_bar[at] = by_log + map->beta[at] * cost;
            r->bundle_bar[at] += (1 - map->beta[at]) * cost;
            double inputs = fmax(1 - m->beta[at], 1e-300);
            r->value[n] = r->bundle_bar[at] / inputs;
            if (powered)
                r->value[n] *= exp(-(1 - m->sigma_m[j]) * map->bundle[at]);
        }
        if (!powered)
            pl_spread_inputs(m->gamma + j * js, r->value, r->price_bar, m->J, S);
        for (size_t k = 0; powered && k < m->J; k++)
            for (size_t n = 0; n < S; n++) {
                size_t at = k * S + n;
                r->price_bar[at] += m->gamma[j * js + at] * (1 + powered[at]) * r->value[n];
            }
        for (size_t n = 0; n < S; n++) {
            y_bar[map->at.wage + n] += r->wage_bar[j * S + n];
            if (!map->mobile)
                y_bar[map->at.labour + j * S + n] += r->wage_bar[j * S + n] / m->settings.kappa;
        }
    }
}

/* What the payoff sees directly: income, the consumer price index, value added by sector. */
PL_WIDE static void seed(pl_reverse *r, const pl_seeds *seeds) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    for (size_t n = 0; n < m->N; n++)
        r->income_bar[n] = seeds->income[n];
    for (size_t j = 0; j < m->J; j++)
        for (size_t n = 0; n < m->N; n++) {
            size_t at = j * m->S + n;
            r->price_bar[at] = seeds->log_index[n] * r->alpha[at];
            double added = seeds->value_added ? seeds->value_added[at] : 0;
            r->beta_bar[at] = added * map->output[at];
            r->output_bar[at] = added * map->beta[at];
        }
}

void pl_reverse_apply(pl_reverse *r, const double *y, const double *g, const double *g_bar,
                      const pl_seeds *seeds, double *y_bar) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    size_t S = m->S, js = m->J * S, real = sizeof(double);
    double *cleared[] = {r->output_bar, r->cost_bar, r->beta_bar, r->bundle_bar, r->price_bar, r->power_bar};
    for (size_t i = 0; i < sizeof cleared / sizeof *cleared; i++)
        memset(cleared[i], 0, js * real);
    memset(r->income_bar, 0, S * real);
    memset(r->payroll_bar, 0, S * real);
    memset(r->sectors_bar, 0, S * real);
    memset(y_bar, 0, map->at.length * real);
    seed(r, seeds);
    reverse_wages(r, g, g_bar, y_bar);
    reverse_demand(r, g_bar);
    reverse_income(r);
    reverse_payments(r);
    for (size_t n = 0; n < m->N; n++) /* labour income in (7) is w V */
        y_bar[map->at.wage + n] += r->base_bar[n] * exp(y[map->at.wage + n]) * m->payroll[n];
    pl_caps_reverse_rents(r, g_bar);
    reverse_sweep(r, g_bar);
    pl_caps_reverse_sums(r, y, y_bar);
    reverse_costs(r, y_bar);
    for (size_t at = 0; at < js; at++) {
        y_bar[map->at.price + at] += r->price_bar[at];
        y_bar[map->at.spending + at] += map->spending[at] * r->spending_bar[at];
    }
}

/* The derivative of everything upstream by the log of one plus the duty (and the export tax, and of the
 * iceberg factor) of each flow, after a pl_reverse_apply with the final adjoint. */
PL_WIDE void pl_reverse_wedges(const pl_reverse *r, const bool *rows, pl_wedge_gradient *out) {
    const pl_gmap *map = r->map;
    const pl_model *m = map->model;
    size_t N = m->N, S = m->S;
    bool taxed = map->net != map->border;
    for (size_t j = 0; j < m->J; j++)
        for (size_t n = 0; n < N; n++) {
            if (rows && !rows[j * N + n])
                continue;
            bool duty = map->border != map->user && !map->plain[j];
            size_t row = (j * N + n) * S, at = j * S + n, to = (j * N + n) * N;
            double theta = map->theta[j], sum = map->price_sum[at], x = sum > 0 ? map->spending[at] / sum : 0;
            for (size_t i = 0; i < N; i++) {
                size_t own = j * S + i;
                double power = map->cost_power[own];
                double user = power * map->user[row + i] * r->sum_bar[at];
                double border = power * map->border[row + i] * x, net = power * map->net[row + i] * x;
                double from_duty = border * (-r->base_bar[n]); /* purchases net of duty, taken from income */
                double from_tax = r->base_bar[i] * (border - net);
                double revenue = net * r->output_bar[own];
                /* duty: user ~ -theta, border and net ~ -(theta + 1); duty income itself counts only where
                 * there is any */
                if (!duty)
                    from_duty = 0;
                double all = user + from_duty + revenue + from_tax;
                if (out->tariff)
                    out->tariff[to + i] =
                        -theta * all - (duty ? from_duty : -border * r->base_bar[n]) - revenue - from_tax;
                if (out->export_tax)
                    out->export_tax[to + i] =
                        -theta * all - revenue + (taxed ? r->base_bar[i] * net : r->base_bar[i] * border);
                if (out->iceberg)
                    out->iceberg[to + i] = -theta * all;
            }
        }
}
