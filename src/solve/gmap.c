/* The map y -> G(y): equations (1)-(11) of docs/model.md, the only place where they are written for solving.
 */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

pl_layout_y pl_y_layout(const pl_model *m, size_t caps) {
    size_t js = m->J * m->S;
    pl_layout_y at = {.wage = 0, .price = m->S, .spending = m->S + js, .labour = m->S + 2 * js};
    at.premium = at.labour + (isinf(m->settings.kappa) ? 0 : js);
    at.length = at.premium + (caps + 7) / 8 * 8;
    return at;
}

/* Sectors by the value of sigma_inputs, so that a power of prices is taken once for each value. */
static void group_sectors(pl_gmap *map) {
    const pl_model *m = map->model;
    for (size_t j = 0; j < m->J; j++) {
        size_t g = 0;
        while (g < map->distinct && map->group_sigma[g] != m->sigma_m[j])
            g++;
        map->group[j] = g;
        map->group_sigma[g] = m->sigma_m[j];
        map->distinct += g == map->distinct;
        map->nested = map->nested || m->sigma_m[j] != 1 || m->sigma_v[j] != 1;
    }
}

static size_t count_distinct(const pl_model *m) {
    size_t distinct = 0;
    for (size_t j = 0; j < m->J; j++) {
        size_t k = 0;
        while (k < j && m->sigma_m[k] != m->sigma_m[j])
            k++;
        distinct += k == j;
    }
    return distinct;
}

pl_status pl_gmap_init(pl_gmap *map, const pl_model *m, pl_error *error) {
    memset(map, 0, sizeof *map);
    size_t js = m->J * m->S, real = sizeof(double), distinct = count_distinct(m);
    double **plain[] = {&map->cost,        &map->cost_power,  &map->spending, &map->output,     &map->active,
                        &map->price_sum,   &map->net_sum,     &map->beta,     &map->border_sum, &map->bundle,
                        &map->input_scale, &map->sector_wage, &map->cap_sum};
    double **by_country[] = {&map->border_value, &map->export_taxes, &map->payroll,        &map->profits,
                             &map->income,       &map->deficit,      &map->consumer_price, &map->base,
                             &map->cap_rent,     &map->cap_duty,     &map->cap_labour,     &map->transfer,
                             &map->final_value,  &map->borrowed,     &map->limit_rent};
    enum { PLAIN = sizeof plain / sizeof *plain, BY_COUNTRY = sizeof by_country / sizeof *by_country };
    size_t need = PLAIN * pl_arena_need(js, real) + BY_COUNTRY * pl_arena_need(m->S, real) +
                  pl_arena_need(distinct * js, real) + pl_arena_need(js + m->S, real) +
                  pl_arena_need(m->J, sizeof(size_t)) + pl_arena_need(distinct, real) +
                  pl_arena_need(m->J, sizeof(bool));
    if (!pl_arena_init(&map->arena, need))
        return pl_fail_memory(error, need);
    map->model = m;
    map->at = pl_y_layout(m, 0);
    map->theta = m->theta;
    map->mobile = map->at.labour == map->at.premium;
    map->deficit_weight = 1;
    map->damping = m->settings.damping;
    for (size_t i = 0; i < PLAIN; i++)
        *plain[i] = pl_arena_take(&map->arena, js, real);
    for (size_t i = 0; i < BY_COUNTRY; i++)
        *by_country[i] = pl_arena_take(&map->arena, m->S, real);
    map->work = pl_arena_take(&map->arena, js + m->S, real);
    map->powered = pl_arena_take(&map->arena, distinct * js, real);
    map->group = pl_arena_take(&map->arena, m->J, sizeof(size_t));
    map->group_sigma = pl_arena_take(&map->arena, distinct, real);
    map->plain = pl_arena_take(&map->arena, m->J, sizeof(bool));
    group_sectors(map);
    for (size_t at = 0; at < js; at++)
        map->active[at] = m->spending[at] > 0;
    memcpy(map->beta, m->beta, js * real);
    return PL_OK;
}

void pl_gmap_clear(pl_gmap *map) {
    for (size_t i = 0; i < 3; i++)
        free(map->store[i]);
    memset(map->store, 0, sizeof map->store);
    pl_caps_clear(&map->caps);
    pl_arena_clear(&map->arena);
}

/* log of ( share a^(1-sigma) + ... )^(1/(1-sigma)) from the share-weighted sum of a^(1-sigma) - 1; continuous
 * at 1. */
static void log_of_mean(double *sum, double sigma, size_t S) {
    pl_vlog1p(sum, sum, S);
    for (size_t n = 0; n < S; n++)
        sum[n] /= 1 - sigma;
}

/* out = x^(1-sigma) - 1 from log x. */
static void power_less_one(const double *log_x, double sigma, double *out, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = (1 - sigma) * log_x[i];
    pl_vexpm1(out, out, count);
}

/* (1): the log price of sector j's bundle of inputs. */
static void input_bundle(pl_gmap *map, const double *log_price, size_t j) {
    const pl_model *m = map->model;
    size_t S = m->S;
    double sigma = m->sigma_m[j], *bundle = map->bundle + j * S;
    const double *price = sigma == 1 ? log_price : map->powered + map->group[j] * m->J * S;
    pl_gather_inputs(m->gamma + j * m->J * S, price, bundle, m->J, S);
    for (size_t n = 0; n < S; n++)
        bundle[n] /= fmax(1 - m->beta[j * S + n], 1e-300);
    if (sigma != 1)
        log_of_mean(bundle, sigma, S);
}

/* (2) when some nest is not Cobb-Douglas, with the shares that follow from it. */
static void nested_cost(pl_gmap *map, const double *wage, size_t j) {
    const pl_model *m = map->model;
    size_t S = m->S;
    const double *beta = m->beta + j * S, *bundle = map->bundle + j * S;
    double *cost = map->cost + j * S, *scale = map->input_scale + j * S, *now = map->beta + j * S;
    double sigma = m->sigma_v[j], *work = map->work;
    if (sigma == 1) {
        for (size_t n = 0; n < S; n++)
            cost[n] = beta[n] * wage[n] + (1 - beta[n]) * bundle[n];
    } else {
        power_less_one(wage, sigma, work, S);
        power_less_one(bundle, sigma, work + S, S);
        for (size_t n = 0; n < S; n++)
            cost[n] = beta[n] * work[n] + (1 - beta[n]) * work[S + n];
        log_of_mean(cost, sigma, S);
    }
    for (size_t n = 0; n < S; n++) {
        work[n] = (1 - sigma) * (wage[n] - cost[n]);
        work[S + n] = (1 - sigma) * (bundle[n] - cost[n]) - (1 - m->sigma_m[j]) * bundle[n];
    }
    pl_vexp(work, work, 2 * S);
    for (size_t n = 0; n < S; n++) {
        now[n] = beta[n] * work[n];
        scale[n] = work[S + n];
    }
}

/* Wages by sector under (10): w_nj = w_n (l'_nj / l_nj)^(1/kappa). */
static const double *sector_wage(pl_gmap *map, const double *y, size_t j) {
    const pl_model *m = map->model;
    const double *wage = y + map->at.wage;
    if (map->mobile)
        return wage;
    double *own = map->sector_wage + j * m->S;
    for (size_t n = 0; n < m->S; n++)
        own[n] = wage[n] + y[map->at.labour + j * m->S + n] / m->settings.kappa;
    return own;
}

/* (1)-(2): log unit costs, and c^-theta. */
PL_WIDE static void unit_costs(pl_gmap *map, const double *y) {
    const pl_model *m = map->model;
    size_t S = m->S;
    const double *price = y + map->at.price;
    for (size_t g = 0; map->nested && g < map->distinct; g++)
        power_less_one(price, map->group_sigma[g], map->powered + g * m->J * S, m->J * S);
    for (size_t j = 0; j < m->J; j++) {
        const double *wage = sector_wage(map, y, j);
        double *cost = map->cost + j * S;
        if (map->nested) {
            input_bundle(map, price, j);
            nested_cost(map, wage, j);
        } else {
            pl_gather_inputs(m->gamma + j * m->J * S, price, cost, m->J, S);
            pl_add_product(m->beta + j * S, wage, cost, S);
        }
        for (size_t n = 0; n < S; n++)
            map->cost_power[j * S + n] = -map->theta[j] * cost[n];
    }
    if (map->limits)
        pl_limits_before(map, y);
    pl_vexp(map->cost_power, map->cost_power, m->J * S);
}

/* (3)-(5), (8): prices into g, producer revenue, duty and export tax bases. */
PL_WIDE static void sweep(pl_gmap *map, const double *y, double *g) {
    const pl_model *m = map->model;
    size_t N = m->N, S = m->S, js = m->J * S;
    pl_vexp(y + map->at.spending, map->spending, js);
    for (size_t at = 0; at < js; at++)
        map->spending[at] *= m->spending[at];
    memset(map->border_value, 0, S * sizeof(double));
    memset(map->export_taxes, 0, S * sizeof(double));
    memset(map->net_sum, 0, js * sizeof(double));
    memset(map->border_sum, 0, js * sizeof(double));
    memset(map->cap_sum, 0, js * sizeof(double));
    memset(map->limit_rent, 0, S * sizeof(double));
    if (map->caps.caps > 0)
        pl_caps_before(map, y);
    for (size_t j = 0; j < m->J; j++) {
        pl_sweep pass = {.user = map->user + j * N * S,
                         .border = (map->plain[j] ? map->user : map->border) + j * N * S,
                         .net = (map->plain[j] ? map->user : map->net) + j * N * S,
                         .power = map->cost_power + j * S,
                         .spending = map->spending + j * S,
                         .price_sum = map->price_sum + j * S,
                         .border_value = map->border_value,
                         .net_sum = map->net_sum + j * S,
                         .border_sum = map->border_sum + j * S,
                         .extra = map->cap_sum + j * S};
        pl_sweep_sector(&pass, N, S);
    }
    map->sweeps += 1 + (map->border != map->user) + (map->net != map->border);
    for (size_t at = 0; at < js; at++) {
        map->output[at] = map->cost_power[at] * map->net_sum[at];
        map->work[at] = map->price_sum[at] + (1 - map->active[at]);
    }
    if (map->net != map->border)
        for (size_t j = 0; j < m->J; j++)
            for (size_t n = 0; n < S; n++)
                map->export_taxes[n] +=
                    map->cost_power[j * S + n] * (map->border_sum[j * S + n] - map->net_sum[j * S + n]);
    if (map->stocks)
        memset(map->stocks->value, 0, S * sizeof(double));
    if (map->caps.caps > 0)
        pl_caps_after(map, g);
    if (map->limits)
        pl_limits_revenue(map);
    if (map->stocks)
        pl_stocks_after(map);
    if (map->limits)
        pl_limits_after(map, g);
    for (size_t n = N; n < S; n++) /* padding keeps a price of one */
        for (size_t j = 0; j < m->J; j++)
            map->work[j * S + n] = 1;
    pl_vlog(map->work, map->work, js);
    for (size_t j = 0; j < m->J; j++)
        for (size_t n = 0; n < S; n++)
            g[map->at.price + j * S + n] = -map->work[j * S + n] / map->theta[j];
}

/* (10), (10p): labour demand and profits by country. */
PL_WIDE static void factor_payments(pl_gmap *map) {
    const pl_model *m = map->model;
    memset(map->payroll, 0, m->S * sizeof(double));
    memset(map->profits, 0, m->S * sizeof(double));
    for (size_t j = 0; j < m->J; j++) {
        for (size_t n = 0; n < m->S; n++) {
            size_t at = j * m->S + n;
            double v = map->beta[at] * map->output[at];
            map->payroll[n] += (1 - m->profit[at]) * v;
            map->profits[n] += m->profit[at] * v;
        }
    }
    for (size_t n = 0; n < m->S; n++)
        map->payroll[n] += map->cap_labour[n];
}

/* D' under the gdp closure: D_n / I_n of own income, less the share r of everyone's income that makes it add
 * up to zero. Newton on r, which is tiny. */
static void deficits_of_income(pl_gmap *map) {
    const pl_model *m = map->model;
    double r = 0;
    for (int step = 0; step < 30; step++) {
        double sum = 0, slope = 0;
        for (size_t n = 0; n < m->N; n++) {
            double d = m->deficit[n] / m->income[n] - r;
            sum += map->base[n] * d / (1 - d);
            slope -= map->base[n] / ((1 - d) * (1 - d));
        }
        double move = sum / slope;
        r -= move;
        if (fabs(move) < 1e-17)
            break;
    }
    for (size_t n = 0; n < m->N; n++) {
        double d = m->deficit[n] / m->income[n] - r;
        map->deficit[n] = map->base[n] * d / (1 - d);
    }
}

/* On a path, what stocks cost and final spending that lags behind income (14), (17): lending between countries
 * makes up the difference, and over the world spending is what stocks leave of income. */
static void lend(pl_gmap *map) {
    const pl_model *m = map->model;
    const double *stocks = map->stocks ? map->stocks->value : NULL;
    double earned = 0, wanted = 0;
    for (size_t n = 0; n < m->N; n++) {
        double own = map->base[n] + map->deficit[n];
        map->final_value[n] = map->spend_share * own + (1 - map->spend_share) * map->spend_anchor[n];
        earned += own - (stocks ? stocks[n] : 0);
        wanted += map->final_value[n];
    }
    for (size_t n = 0; n < m->N; n++) {
        map->final_value[n] *= earned / wanted;
        map->borrowed[n] = map->final_value[n] + (stocks ? stocks[n] : 0) - map->base[n] - map->deficit[n];
        map->deficit[n] += map->borrowed[n];
    }
}

/* (7)-(8): income by country. Labour income is the wage times labour, which is labour demand at the fixed
 * point; on a path, where wages lag, it is labour demand. */
PL_WIDE static void incomes(pl_gmap *map, const double *y) {
    const pl_model *m = map->model;
    size_t S = m->S;
    pl_vexp(y + map->at.wage, map->base, S);
    for (size_t n = 0; n < S; n++) {
        double labour = map->wage_anchor ? map->payroll[n] : map->base[n] * m->payroll[n];
        map->base[n] = labour + map->profits[n] + map->export_taxes[n] + map->cap_rent[n] + map->cap_duty[n] +
                       map->limit_rent[n];
    }
    if (map->border != map->user) {
        for (size_t j = 0; j < m->J; j++)
            for (size_t n = 0; n < S; n++)
                map->base[n] += map->spending[j * S + n];
        for (size_t n = 0; n < S; n++)
            map->base[n] += (map->stocks ? map->stocks->value[n] : 0) - map->border_value[n];
    }
    for (size_t n = 0; n < S; n++)
        map->base[n] += map->transfer[n];
    if (m->settings.closure == PL_GDP)
        deficits_of_income(map);
    else
        for (size_t n = 0; n < S; n++)
            map->deficit[n] = map->deficit_weight * m->deficit[n];
    if (map->spend_anchor)
        lend(map);
    for (size_t n = 0; n < S; n++)
        map->income[n] = map->base[n] + map->deficit[n];
    for (size_t n = 0; n < S; n++)
        map->deficit[n] += map->transfer[n];
}

/* Final demand of (6) into `spending`; also the consumer price index. */
PL_WIDE static void final_demand(pl_gmap *map, const double *log_price, double *spending) {
    const pl_model *m = map->model;
    size_t S = m->S, js = m->J * S;
    double sigma = m->settings.sigma_final, *index = map->consumer_price, *powered = map->work;
    if (sigma == 1) {
        pl_gather_inputs(m->alpha, log_price, index, m->J, S);
        for (size_t at = 0; at < js; at++)
            spending[at] = m->alpha[at];
    } else {
        power_less_one(log_price, sigma, powered, js);
        pl_gather_inputs(m->alpha, powered, index, m->J, S);
        for (size_t j = 0; j < m->J; j++)
            for (size_t n = 0; n < S; n++)
                spending[j * S + n] = m->alpha[j * S + n] * (1 + powered[j * S + n]) / (1 + index[n]);
        log_of_mean(index, sigma, S);
    }
    for (size_t j = 0; j < m->J; j++)
        for (size_t n = 0; n < S; n++)
            spending[j * S + n] *= map->spend_anchor ? map->final_value[n] : map->income[n];
}

/* Input demand of (6), added to `spending`. */
static void input_demand(pl_gmap *map, double *spending) {
    const pl_model *m = map->model;
    size_t S = m->S, js = m->J * S;
    if (!map->nested) {
        for (size_t j = 0; j < m->J; j++)
            pl_spread_inputs(m->gamma + j * js, map->output + j * S, spending, m->J, S);
        return;
    }
    for (size_t g = 0; g < map->distinct; g++) {
        double *sum = map->net_sum, *user = map->border_sum;
        memset(sum, 0, js * sizeof(double));
        for (size_t j = 0; j < m->J; j++) {
            if (map->group[j] != g)
                continue;
            for (size_t n = 0; n < S; n++)
                user[n] = map->output[j * S + n] * map->input_scale[j * S + n];
            pl_spread_inputs(m->gamma + j * js, user, sum, m->J, S);
        }
        for (size_t at = 0; at < js; at++)
            spending[at] += sum[at] * (1 + map->powered[g * js + at]);
    }
}

/* (11): the log by which wages `value` miss the numeraire. */
static double numeraire_gap(const pl_model *m, const double *value) {
    double world = 0, target = 0;
    for (size_t n = 0; n < m->N; n++) {
        world += value[n] * m->value_added[n];
        target += m->value_added[n];
    }
    return log(world / target);
}

/* (10)-(11): wages move `damping` of the way in logs and are scaled to the numeraire. On a path they lag
 * behind labour demand (17), and spending is scaled instead. */
static void wages(pl_gmap *map, const double *y, double *g) {
    const pl_model *m = map->model;
    size_t N = m->N, js = m->J * m->S;
    double *demand = map->base, *value = map->work;
    for (size_t n = 0; n < m->S; n++)
        demand[n] = n < N ? map->payroll[n] / m->payroll[n] : 1;
    double gap = map->wage_anchor ? numeraire_gap(m, demand) : 0;
    pl_vlog(demand, demand, m->S);
    for (size_t n = 0; n < N; n++) {
        double lag = map->wage_anchor ? (1 - map->wage_share) * (map->wage_anchor[n] - demand[n]) : 0;
        g[n] = y[n] + map->damping * (demand[n] + lag - y[n]);
    }
    for (size_t n = N; n < m->S; n++)
        g[n] = 0;
    if (map->wage_anchor) {
        for (size_t at = 0; at < js; at++)
            g[map->at.spending + at] *= exp(-gap);
        return;
    }
    pl_vexp(g, value, m->S);
    gap = numeraire_gap(m, value);
    for (size_t n = 0; n < N; n++)
        g[n] -= gap;
}

/* (10) with finite kappa: labour shares, damped by how strongly a sector's demand answers its own wage. */
static void labour_shares(pl_gmap *map, const double *y, double *g) {
    const pl_model *m = map->model;
    size_t S = m->S;
    const double *now = y + map->at.labour;
    double *next = g + map->at.labour, *work = map->work;
    for (size_t j = 0; j < m->J; j++) {
        double damping = map->damping == 1 ? 1 : 1 / (1 + fabs(map->theta[j]) / m->settings.kappa);
        for (size_t n = 0; n < S; n++) {
            size_t at = j * S + n;
            double paid = (1 - m->profit[at]) * map->beta[at] * map->output[at];
            bool works = m->labour[at] > 0;
            work[n] = works ? paid / ((map->payroll[n] - map->cap_labour[n]) * m->labour[at]) : 1;
        }
        pl_vlog(work, work, S);
        for (size_t n = 0; n < S; n++)
            next[j * S + n] = now[j * S + n] + damping * (work[n] - now[j * S + n]);
    }
}

PL_WIDE void pl_gmap_apply(pl_gmap *map, const double *y, double *g) {
    const pl_model *m = map->model;
    size_t js = m->J * m->S;
    double *spending = g + map->at.spending;
    unit_costs(map, y);
    sweep(map, y, g);
    factor_payments(map);
    incomes(map, y);
    final_demand(map, y + map->at.price, spending);
    input_demand(map, spending);
    wages(map, y, g);
    if (!map->mobile)
        labour_shares(map, y, g);
    for (size_t at = 0; at < js; at++)
        spending[at] = map->active[at] != 0 ? spending[at] / m->spending[at] : 1;
    pl_vlog(spending, spending, js);
}
