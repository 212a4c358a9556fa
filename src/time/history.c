/* What became of each month: every variable of a path, from the map's last evaluation. */
#include "time/time.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name, *unit, *text;
    char axes;
} variables[PL_PATH_COUNT] = {
#define VARIABLE_ROW(name, axes, unit, text) {#name, unit, text, #axes[0]},
    PL_PATH_VARIABLES(VARIABLE_ROW)
#undef VARIABLE_ROW
};

static const double MONTHS = 12; /* of a year */

const char *pl_path_name(pl_path_variable v) {
    return variables[v].name;
}

const char *pl_path_unit(pl_path_variable v) {
    return variables[v].unit;
}

const char *pl_path_text(pl_path_variable v) {
    return variables[v].text;
}

bool pl_path_by_sector(pl_path_variable v) {
    return variables[v].axes == 'S';
}

static size_t size_of(const pl_path *path, pl_path_variable v) {
    return pl_path_by_sector(v) ? path->J * path->N : path->N;
}

pl_status pl_history_init(pl_path *path, pl_error *error) {
    pl_history *h = &path->history;
    size_t T = path->months, real = sizeof(double), pairs = path->N * path->N;
    size_t need = pl_arena_need(T, sizeof(pl_month)) + PL_PAIR_COUNT * pl_arena_need(T * pairs, real) +
                  pl_arena_need(pairs, real) + PL_FLOW_COUNT * pl_arena_need(T * path->holdings.count, real) +
                  PL_QUEUE_COUNT * pl_arena_need(T * path->queues, real);
    for (size_t v = 0; v < PL_PATH_COUNT; v++)
        need += pl_arena_need(T * size_of(path, (pl_path_variable)v), real);
    if (!pl_arena_init(&path->record_arena, need))
        return pl_fail_memory(error, need);
    h->month = pl_arena_take(&path->record_arena, T, sizeof(pl_month));
    for (size_t v = 0; v < PL_PATH_COUNT; v++)
        h->value[v] = pl_arena_take(&path->record_arena, T * size_of(path, (pl_path_variable)v), real);
    for (size_t v = 0; v < PL_PAIR_COUNT; v++)
        h->pair[v] = pl_arena_take(&path->record_arena, T * pairs, real);
    h->held = pl_arena_take(&path->record_arena, pairs, real);
    for (size_t k = 0; k < path->holdings.count; k++)
        h->held[path->holdings.flow[k] % pairs] += path->holdings.base[k];
    for (size_t v = 0; v < PL_FLOW_COUNT; v++)
        h->flow[v] = pl_arena_take(&path->record_arena, T * path->holdings.count, real);
    for (size_t v = 0; v < PL_QUEUE_COUNT; v++)
        h->queue[v] = pl_arena_take(&path->record_arena, T * path->queues, real);
    return PL_OK;
}

static double *values(const pl_path *path, pl_path_variable v) {
    return path->history.value[v] + path->done * size_of(path, v);
}

/* Base customs value of a unit of quantity: quantities are net of the base export tax. */
static double at_base(const pl_world *w, size_t flow) {
    return 1 + (w->export_tax ? w->export_tax[flow] : 0);
}

/* Purchases of every flow at customs value and at base prices, a year's rate. */
static void fill_trade(pl_path *path) {
    const pl_gmap *map = &path->map;
    const pl_world *w = path->model->world;
    const double *iceberg = path->policy->iceberg;
    size_t N = path->N, S = path->S;
    for (size_t j = 0; j < path->J; j++) {
        const double *power = map->cost_power + j * S;
        double *cheaper = path->spare;
        for (size_t i = 0; i < S; i++)
            cheaper[i] = -map->cost[j * S + i] - path->entered.log_premium[j * S + i];
        pl_vexp(cheaper, cheaper, S);
        for (size_t n = 0; n < N; n++) {
            size_t from = (j * N + n) * S, to = (j * N + n) * N;
            double sum = map->price_sum[j * S + n], x = sum > 0 ? map->spending[j * S + n] / sum : 0;
            for (size_t i = 0; i < N; i++) {
                path->trade[to + i] = map->border[from + i] * power[i] * x;
                path->volume[to + i] = map->net[from + i] * power[i] * x * cheaper[i];
            }
            for (size_t i = 0; i < N && w->export_tax; i++)
                path->volume[to + i] *= at_base(w, to + i);
            for (size_t i = 0; i < N && iceberg; i++)
                path->volume[to + i] /= isinf(iceberg[to + i]) ? 1 : iceberg[to + i];
        }
    }
    const pl_caps *c = &map->caps;
    for (size_t f = 0; f < c->flows; f++) {
        size_t at = c->flow[f], j = at / (N * N), i = at % N;
        double received =
            c->border[f] > 0 ? c->value[f] * exp(-c->log_premium[f]) * (c->net[f] / c->border[f]) : 0;
        path->trade[at] = c->value[f] - c->beyond[f];
        path->volume[at] = received * exp(-map->cost[j * S + i] - path->entered.log_premium[j * S + i]) /
                           c->iceberg[f] * at_base(w, at);
    }
    const pl_holdings *h = &path->holdings;
    for (size_t k = 0; k < h->count; k++) {
        if (h->capped[k])
            continue;
        double ratio = h->use[k] > 0 ? h->bought[k] / h->use[k] : 0;
        path->trade[h->flow[k]] *= ratio;
        path->volume[h->flow[k]] *= ratio;
    }
}

/* In months of base use; missing where no flow of a pair has a stock. */
static void fill_pair_stocks(pl_path *path, double *stock) {
    const pl_holdings *h = &path->holdings;
    const double *held = path->history.held;
    size_t pairs = path->N * path->N;
    for (size_t k = 0; k < h->count; k++)
        stock[h->flow[k] % pairs] += h->closing[k];
    for (size_t at = 0; at < pairs; at++)
        stock[at] = held[at] > 0 ? stock[at] / held[at] : NAN;
}

static void fill_pairs(pl_path *path) {
    size_t N = path->N, from = path->done * N * N;
    double *bought = path->history.pair[PL_PAIR_purchases] + from;
    double *volume = path->history.pair[PL_PAIR_purchase_volume] + from,
           *use = path->history.pair[PL_PAIR_use] + from;
    double *goods = path->history.pair[PL_PAIR_goods] + from,
           *duties = path->history.pair[PL_PAIR_duties] + from;
    for (size_t j = 0; j < path->J; j++) {
        const double *trade = path->trade + j * N * N, *tariff = path->policy->tariff + j * N * N;
        bool counts = pl_world_is_goods(path->model->world, j);
        for (size_t at = 0; at < N * N; at++) {
            bought[at] += trade[at] / MONTHS;
            volume[at] += path->volume[j * N * N + at] / MONTHS;
            goods[at] += counts ? trade[at] / MONTHS : 0;
            duties[at] += tariff[at] * trade[at] / MONTHS;
        }
    }
    memcpy(use, bought, N * N * sizeof(double));
    const pl_holdings *h = &path->holdings;
    fill_pair_stocks(path, path->history.pair[PL_PAIR_stock] + from);
    for (size_t k = 0; k < h->count; k++) {
        size_t at = h->flow[k], i = at % N, j = at / (N * N);
        double tax = at_base(path->model->world, at);
        if (path->policy->export_tax)
            tax = 1 + path->policy->export_tax[at];
        double price = exp(path->map.cost[j * path->S + i] + path->entered.log_premium[j * path->S + i] +
                           h->premium[k]) *
                       h->iceberg[k] * tax;
        use[at % (N * N)] += (h->use[k] - h->bought[k]) * price / MONTHS;
    }
}

static void fill_flows(pl_path *path) {
    const pl_holdings *h = &path->holdings;
    double *flow[PL_FLOW_COUNT];
    for (size_t v = 0; v < PL_FLOW_COUNT; v++)
        flow[v] = path->history.flow[v] + path->done * h->count;
    for (size_t k = 0; k < h->count; k++) {
        size_t at = h->flow[k], j = at / (path->N * path->N), i = at % path->N;
        double tax = at_base(path->model->world, at);
        double wedge = pl_flow_wedge(path->policy, at);
        flow[PL_FLOW_purchases][k] = path->trade[at] / MONTHS;
        flow[PL_FLOW_purchase_volume][k] = h->bought[k] * tax / MONTHS;
        flow[PL_FLOW_use_volume][k] = h->use[k] * tax / MONTHS;
        flow[PL_FLOW_stock][k] = h->closing[k] / h->base[k];
        flow[PL_FLOW_landed_price][k] =
            isinf(wedge) ? NAN
                         : 100 * expm1(wedge + h->premium[k] + path->map.cost[j * path->S + i] +
                                       path->entered.log_premium[j * path->S + i]);
        flow[PL_FLOW_premium][k] = 100 * expm1(h->premium[k]);
    }
    for (size_t r = 0; r < path->queues; r++) {
        const pl_queue *q = &path->queue[r];
        double tax = at_base(path->model->world, h->flow[q->holding]) / MONTHS;
        size_t to = path->done * path->queues + r;
        path->history.queue[PL_QUEUE_orders][to] = q->orders * tax;
        path->history.queue[PL_QUEUE_backlog][to] = q->pending * tax;
        path->history.queue[PL_QUEUE_decided][to] = q->decided * tax;
        path->history.queue[PL_QUEUE_approved][to] = q->approved * tax;
        path->history.queue[PL_QUEUE_licensed][to] = pl_sum(q->lot, path->months) * tax;
        path->history.queue[PL_QUEUE_exports][to] = h->bought[q->holding] * tax;
    }
}

static void fill_export_volumes(pl_path *path) {
    const pl_world *w = path->model->world;
    size_t N = path->N;
    for (size_t j = 0; j < path->J; j++)
        for (size_t i = 0; i < N; i++) {
            double sold = 0, before = 0;
            for (size_t n = 0; n < N; n++) {
                sold += n == i ? 0 : path->volume[(j * N + n) * N + i];
                before += n == i ? 0 : w->flow[(j * N + n) * N + i];
            }
            values(path, PL_PATH_sector_export_volume)[j * N + i] =
                before > 0 ? 100 * (sold / before - 1) : 0;
        }
}

/* Imports and exports by sector and country, and their prices and volumes by country. */
static void fill_borders(pl_path *path) {
    const pl_world *w = path->model->world;
    size_t N = path->N;
    double *imports = values(path, PL_PATH_imports), *exports = values(path, PL_PATH_exports);
    double *bought = values(path, PL_PATH_import_volume), *sold = values(path, PL_PATH_export_volume);
    double *in = values(path, PL_PATH_sector_imports), *out = values(path, PL_PATH_sector_exports);
    double *before_in = path->spare, *before_out = path->spare + path->S;
    memset(path->spare, 0, 2 * path->S * sizeof(double));
    fill_export_volumes(path);
    for (size_t j = 0; j < path->J; j++)
        for (size_t n = 0; n < N; n++)
            for (size_t i = 0; i < N; i++) {
                size_t at = (j * N + n) * N + i;
                if (i == n)
                    continue;
                in[j * N + n] += path->trade[at] / MONTHS;
                out[j * N + i] += path->trade[at] / MONTHS;
                bought[n] += path->volume[at];
                sold[i] += path->volume[at];
                before_in[n] += w->flow[at];
                before_out[i] += w->flow[at];
            }
    for (size_t j = 0; j < path->J; j++)
        for (size_t n = 0; n < N; n++) {
            imports[n] += in[j * N + n];
            exports[n] += out[j * N + n];
        }
    for (size_t n = 0; n < N; n++) {
        values(path, PL_PATH_import_price)[n] =
            bought[n] > 0 ? 100 * (MONTHS * imports[n] / bought[n] - 1) : 0;
        values(path, PL_PATH_export_price)[n] = sold[n] > 0 ? 100 * (MONTHS * exports[n] / sold[n] - 1) : 0;
        bought[n] = before_in[n] > 0 ? 100 * (bought[n] / before_in[n] - 1) : 0;
        sold[n] = before_out[n] > 0 ? 100 * (sold[n] / before_out[n] - 1) : 0;
    }
}

static double duties_of(const pl_path *path, size_t n) {
    const pl_gmap *map = &path->map;
    double duties = map->cap_duty[n];
    if (map->border == map->user)
        return duties;
    for (size_t j = 0; j < path->J; j++)
        duties += map->spending[j * path->S + n];
    return duties + (map->stocks ? map->stocks->value[n] : 0) - map->border_value[n];
}

static void fill_countries(pl_path *path) {
    const pl_gmap *map = &path->map;
    const pl_model *m = path->model;
    for (size_t n = 0; n < path->N; n++) {
        double stocked = map->stocks ? map->stocks->value[n] : 0, wage = exp(path->y[map->at.wage + n]);
        double earned = map->income[n] - map->borrowed[n];
        values(path, PL_PATH_real_income)[n] =
            100 * (earned / m->income[n] * exp(-map->consumer_price[n]) - 1);
        values(path, PL_PATH_employment)[n] = 100 * (map->payroll[n] / (wage * m->payroll[n]) - 1);
        values(path, PL_PATH_wage)[n] = 100 * (wage - 1);
        values(path, PL_PATH_consumer_price)[n] = 100 * expm1(map->consumer_price[n]);
        values(path, PL_PATH_retail_price)[n] = 100 * expm1(path->retail[n]);
        values(path, PL_PATH_value_added)[n] = (map->payroll[n] + map->profits[n]) / MONTHS;
        values(path, PL_PATH_income)[n] = map->income[n] / MONTHS;
        values(path, PL_PATH_final_demand)[n] = map->final_value[n] / MONTHS;
        values(path, PL_PATH_inventory_investment)[n] = stocked / MONTHS;
        values(path, PL_PATH_duties)[n] = duties_of(path, n) / MONTHS;
        values(path, PL_PATH_export_taxes)[n] = map->export_taxes[n] / MONTHS;
        values(path, PL_PATH_rents)[n] = (map->cap_rent[n] + map->limit_rent[n]) / MONTHS;
        values(path, PL_PATH_deficit)[n] = map->deficit[n] / MONTHS;
    }
    for (size_t k = 0; k < path->limits; k++)
        values(path, PL_PATH_users_stopped)[path->limit[k].country] += 1;
}

static void fill_sectors(pl_path *path) {
    const pl_gmap *map = &path->map;
    const pl_model *m = path->model;
    size_t N = path->N, S = path->S;
    double *total = values(path, PL_PATH_output_volume), *base = path->spare;
    memset(base, 0, S * sizeof(double));
    for (size_t j = 0; j < path->J; j++)
        for (size_t n = 0; n < N; n++) {
            size_t from = j * S + n, to = j * N + n;
            double volume = map->output[from] * exp(-map->cost[from]);
            values(path, PL_PATH_user_price)[to] = 100 * expm1(path->y[map->at.price + from]);
            values(path, PL_PATH_producer_price)[to] = 100 * expm1(map->cost[from]);
            values(path, PL_PATH_sector_output)[to] = map->output[from] / MONTHS;
            values(path, PL_PATH_sector_volume)[to] =
                m->output[from] > 0 ? 100 * (volume / m->output[from] - 1) : 0;
            values(path, PL_PATH_output_limit)[to] = 1;
            total[n] += volume;
            base[n] += m->output[from];
        }
    for (size_t n = 0; n < N; n++)
        total[n] = base[n] > 0 ? 100 * (total[n] / base[n] - 1) : 0;
    for (size_t k = 0; k < path->limits; k++) {
        size_t from = path->limit[k].sector * S + path->limit[k].country,
               to = path->limit[k].sector * N + path->limit[k].country;
        values(path, PL_PATH_output_limit)[to] = path->limit[k].limit;
        values(path, PL_PATH_output_lost)[to] =
            (1 - path->limit[k].limit) * path->normal_output[from] * m->output[from] / MONTHS;
    }
    pl_limits_days(path, values(path, PL_PATH_days_of_stock));
}

void pl_history_fill(pl_path *path) {
    fill_trade(path);
    fill_pairs(path);
    fill_flows(path);
    fill_borders(path);
    fill_countries(path);
    fill_sectors(path);
}

/* ---- reading ---- */

size_t pl_path_months(const pl_path *path) {
    return path->months;
}

size_t pl_path_done(const pl_path *path) {
    return path->done;
}

pl_date pl_path_date(const pl_path *path, size_t month) {
    size_t at = (size_t)(path->input.from.month - 1) + month;
    return (pl_date){path->input.from.year + (int)(at / 12), (int)(at % 12) + 1, 1};
}

const pl_model *pl_path_model(const pl_path *path) {
    return path->model;
}

const pl_month *pl_path_month(const pl_path *path, size_t month) {
    return &path->history.month[month];
}

pl_month pl_path_quality(const pl_path *path) {
    pl_month all = {.converged = true};
    for (size_t t = 0; t < path->done; t++) {
        const pl_month *m = &path->history.month[t];
        if (!(all.worst >= m->worst) && !isnan(all.worst)) {
            all.worst = m->worst;
            all.residual = m->residual;
            all.stocks = m->stocks;
        }
        all.converged = all.converged && m->converged;
        all.iterations += m->iterations;
    }
    return all;
}

const double *pl_path_get(const pl_path *path, pl_path_variable v, size_t month) {
    return path->history.value[v] + month * size_of(path, v);
}

const double *pl_path_pair(const pl_path *path, pl_pair_variable v, size_t month) {
    return path->history.pair[v] + month * path->N * path->N;
}

size_t pl_path_flows(const pl_path *path, const size_t **positions) {
    if (positions)
        *positions = path->holdings.flow;
    return path->holdings.count;
}

const double *pl_path_flow(const pl_path *path, pl_flow_variable v, size_t month) {
    return path->history.flow[v] + month * path->holdings.count;
}

size_t pl_path_queues(const pl_path *path) {
    return path->queues;
}

const char *pl_path_queue_name(const pl_path *path, size_t queue) {
    return path->input.licence[path->queue[queue].regime].name;
}

size_t pl_path_queue_flow(const pl_path *path, size_t queue) {
    return path->holdings.flow[path->queue[queue].holding];
}

const double *pl_path_queue(const pl_path *path, pl_queue_variable v, size_t month) {
    return path->history.queue[v] + month * path->queues;
}

void pl_path_trade(const pl_path *path, double *value, double *volume) {
    for (size_t at = 0; at < path->J * path->N * path->N; at++) {
        if (value)
            value[at] = path->trade[at] / MONTHS;
        if (volume)
            volume[at] = path->volume[at] / MONTHS;
    }
}
