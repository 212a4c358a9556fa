/* Stocks in the map: on a path buyers hold some of what they buy (docs/model.md (14)). */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

static int compare_positions(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

void pl_stocks_enter(pl_gmap *map) {
    pl_stocks *s = map->stocks;
    pl_caps *c = &map->caps;
    memset(s->capped, 0, s->count * sizeof *s->capped);
    for (size_t f = 0; f < c->flows; f++) {
        const size_t *found =
            s->count ? bsearch(&c->flow[f], s->flow, s->count, sizeof *s->flow, compare_positions) : NULL;
        c->stock[f] = found ? (size_t)(found - s->flow) : SIZE_MAX;
        if (found)
            s->capped[c->stock[f]] = true;
    }
}

double pl_stocks_bought(const pl_stocks *s, size_t k, double use) {
    return fmax(0, fmin(use + s->wanted[k] - s->opening[k], s->most[k]));
}

/* Flows under a control are settled with it. A flow that is not sold this month has no use and no purchase. */
void pl_stocks_after(pl_gmap *map) {
    const pl_model *m = map->model;
    pl_stocks *s = map->stocks;
    size_t N = m->N, S = m->S;
    for (size_t k = 0; k < s->count; k++) {
        if (s->capped[k])
            continue;
        size_t row = s->flow[k] / N, i = s->flow[k] % N, n = row % N, j = row / N, at = row * S + i;
        double sum = map->price_sum[j * S + n], power = map->cost_power[j * S + i];
        double x = sum > 0 ? map->spending[j * S + n] / sum * power : 0;
        double keep = map->limits ? map->limits->keep[j * S + i] : 1, sold = keep * map->net[at] * x;
        s->use[k] = sold * exp(-map->cost[j * S + i]) / s->iceberg[k];
        s->bought[k] = s->use[k] > 0 ? pl_stocks_bought(s, k, s->use[k]) : 0;
        double more = s->use[k] > 0 ? s->bought[k] / s->use[k] - 1 : 0;
        map->output[j * S + i] += more * sold;
        map->export_taxes[i] += more * keep * (map->border[at] - map->net[at]) * x;
        map->limit_rent[i] += more * (1 - keep) * map->border[at] * x;
        map->border_value[n] += more * map->border[at] * x;
        s->value[n] += more * map->user[at] * x;
    }
}

void pl_limits_before(pl_gmap *map, const double *y) {
    pl_output_limits *l = map->limits;
    size_t js = map->model->J * map->model->S;
    memset(l->log_premium, 0, js * sizeof(double));
    for (size_t at = 0; at < js; at++)
        l->keep[at] = 1;
    for (size_t k = 0; k < l->count; k++) {
        double z = fmax(0, y[map->at.premium + map->caps.caps + k]);
        l->log_premium[l->at[k]] = z;
        l->keep[l->at[k]] = exp(-z);
        map->cost_power[l->at[k]] -= map->theta[l->at[k] / map->model->S] * z;
    }
}

/* Before flows under a control and stocks are added, which take the premium out themselves. */
static void take_premium(pl_gmap *map, size_t at) {
    size_t i = at % map->model->S;
    double keep = map->limits->keep[at], power = map->cost_power[at];
    bool taxed = map->net != map->border;
    double net = power * map->net_sum[at], border = taxed ? power * map->border_sum[at] : net;
    map->output[at] -= (1 - keep) * net;
    map->export_taxes[i] -= taxed ? (1 - keep) * (border - net) : 0;
    map->limit_rent[i] += (1 - keep) * border;
}

void pl_limits_revenue(pl_gmap *map) {
    for (size_t k = 0; k < map->limits->count; k++)
        take_premium(map, map->limits->at[k]);
}

void pl_limits_after(pl_gmap *map, double *g) {
    pl_output_limits *l = map->limits;
    for (size_t k = 0; k < l->count; k++) {
        size_t at = l->at[k];
        double z = l->log_premium[at], base = map->model->output[at], theta = map->theta[at / map->model->S];
        l->volume[k] = base > 0 ? map->output[at] / base * exp(-map->cost[at]) : 0;
        /* Half of what is sold stands against others: near enough for a step. */
        g[map->at.premium + map->caps.caps + k] = z + log(l->volume[k] / l->level[k]) / (1 + 0.5 * theta);
    }
}
