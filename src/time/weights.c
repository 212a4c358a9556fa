/*
 * Staggered choice of suppliers (docs/model.md (13)). Within a month suppliers compete with the short-run elasticity at
 * weights a; the weights move lambda of the way, in logs, to those at which the short run gives the long-run shares. That
 * rule is linear in logs, so that a weight is the baseline's times exp of a mean of past wedges and a mean of past costs:
 * means are kept of wedges for the rows that have some, and of costs by seller. One factor a row sets the level: prices
 * move lambda of the way to the long-run price at this month's costs.
 */
#include "time/time.h"

#include <math.h>
#include <string.h>

static const double LARGEST_FALL = 14; /* of the log of a weight under a ban: one part in a million */
static const double NEARLY_ALL = 0.999999;
static const double STEADY_MONTHS = 40; /* to 90 % of the long run: no faster does a path of months settle */

size_t pl_weights_need(const pl_model *m) {
    size_t rows = m->J * m->N, real = sizeof(double);
    return 4 * pl_arena_need(rows * m->S, real) + 2 * pl_arena_need(m->J * m->S, real) +
           3 * pl_arena_need(rows, sizeof(bool)) + pl_arena_need(m->J, real) + 2 * pl_arena_need(m->S, real);
}

pl_status pl_weights_init(pl_weights *w, pl_arena *arena, const pl_gmap *baseline, pl_error *error) {
    const pl_model *m = baseline->model;
    size_t rows = m->J * m->N, real = sizeof(double);
    double **large[] = {&w->before, &w->now, &w->lasting, &w->wedge}, **small[] = {&w->cost, &w->level};
    bool **flags[] = {&w->wedged, &w->moved, &w->cut};
    for (size_t k = 0; k < 4; k++)
        *large[k] = pl_arena_take(arena, rows * m->S, real);
    for (size_t k = 0; k < 2; k++)
        *small[k] = pl_arena_take(arena, m->J * m->S, real);
    for (size_t k = 0; k < 3; k++)
        *flags[k] = pl_arena_take(arena, rows, sizeof(bool));
    w->theta = pl_arena_take(arena, m->J, real);
    w->row = pl_arena_take(arena, m->S, real);
    w->power = pl_arena_take(arena, m->S, real);
    memcpy(w->before, baseline->user, rows * m->S * real);
    w->share = 1 - pow(0.1, 1 / m->settings.adjust_months);
    /* What changes faster than weights can follow without overshooting is done within the month. */
    double impact = m->settings.sigma_short - 1, steady = 1 - pow(0.1, 1 / STEADY_MONTHS);
    w->within = fmax(0, w->share - steady) / (1 - steady);
    for (size_t j = 0; j < m->J; j++) {
        double theta = impact + w->within * (m->theta[j] - impact);
        /* At one exactly the price index is a power of infinity; a hair beside it is as good. */
        w->theta[j] = fabs(theta) < 1e-3 ? 1e-3 : theta;
    }
    w->cut_room = 64;
    w->cut_flow = pl_alloc(w->cut_room, sizeof *w->cut_flow);
    return w->cut_flow ? PL_OK : pl_fail_memory(error, w->cut_room * sizeof *w->cut_flow);
}

double pl_path_reach(const pl_path *path, size_t flow) {
    return exp(pl_path_sigma(path, flow) * log1p(path->model->settings.premium_limit));
}

double pl_path_sigma(const pl_path *path, size_t flow) {
    const pl_model *m = path->model;
    double impact = m->settings.sigma_short;
    return impact + path->weights.within * (1 + m->theta[flow / (m->N * m->N)] - impact);
}

void pl_weights_clear(pl_weights *w) {
    free(w->cut_flow);
}

size_t pl_flow_padded(const pl_model *m, size_t flow) {
    return flow / m->N * m->S + flow % m->N;
}

size_t pl_flow_row(const pl_model *m, size_t flow) {
    return flow / (m->N * m->N) * m->S + flow / m->N % m->N;
}

double pl_flow_wedge(const pl_policy *p, size_t at) {
    const pl_world *w = p->world;
    double e0 = w->export_tax ? w->export_tax[at] : 0, iceberg = p->iceberg ? p->iceberg[at] : 1;
    double wedge =
        (1 + p->tariff[at]) / (1 + w->tariff[at]) * ((1 + pl_policy_export_tax_at(p, at)) / (1 + e0));
    double all = wedge * iceberg; /* rates that are averages over days may miss the world's own by rounding */
    return fabs(all - 1) < 1e-13 ? 0 : isinf(iceberg) ? INFINITY : log(all);
}

static bool row_differs(const pl_policy *p, size_t from, size_t N) {
    const pl_world *w = p->world;
    if (memcmp(p->tariff + from, w->tariff + from, N * sizeof(double)))
        return true;
    for (size_t at = from; at < from + N && (p->export_tax || p->iceberg); at++)
        if ((p->iceberg && p->iceberg[at] != 1) ||
            pl_policy_export_tax_at(p, at) != (w->export_tax ? w->export_tax[at] : 0))
            return true;
    return false;
}

static void mark(pl_path *path, size_t row) {
    pl_weights *w = &path->weights;
    if (!w->wedged[row])
        memset(w->wedge + row * path->S, 0, path->S * sizeof(double));
    w->wedged[row] = w->moved[row] = true;
}

void pl_weights_begin(pl_path *path) {
    size_t rows = path->J * path->N;
    memset(path->weights.wedged, 0, rows * sizeof(bool));
    memset(path->weights.cut, 0, rows * sizeof(bool));
    path->weights.cuts = 0;
}

void pl_weights_wedge(pl_path *path) {
    pl_weights *w = &path->weights;
    const pl_policy *p = path->policy;
    size_t N = path->N, rows = path->J * N;
    for (size_t row = 0; row < rows; row++) {
        if (!row_differs(p, row * N, N))
            continue;
        for (size_t i = 0; i < N; i++) {
            double wedge = pl_flow_wedge(p, row * N + i);
            if (wedge == 0)
                continue;
            mark(path, row);
            w->wedge[row * path->S + i] = wedge;
            w->cut[row] = w->cut[row] || isinf(wedge);
        }
    }
    for (size_t k = 0; k < p->caps; k++)
        for (size_t f = 0; p->cap[k].kind == PL_CAP_QUOTA && p->cap[k].level == 0 && f < p->cap[k].count;
             f++) {
            size_t row = p->cap[k].flows[f] / N;
            mark(path, row);
            w->cut[row] = true;
            w->wedge[row * path->S + p->cap[k].flows[f] % N] = INFINITY;
        }
}

bool pl_weights_cut(pl_path *path, size_t flow, double keep) {
    pl_weights *w = &path->weights;
    if (w->cuts == w->cut_room) {
        pl_cut *grown = realloc(w->cut_flow, 2 * w->cut_room * sizeof *grown);
        if (!grown)
            return false;
        w->cut_flow = grown;
        w->cut_room *= 2;
    }
    w->cut_flow[w->cuts++] = (pl_cut){flow, keep};
    mark(path, flow / path->N);
    w->cut[flow / path->N] = true;
    return true;
}

/* Weights of a row before its level: pi exp(-gap (lasting + cost)), from exp(-gap cost) by seller. */
static void raw_row(const pl_path *path, size_t j, size_t n, const double *by_seller, double *out) {
    const pl_weights *w = &path->weights;
    size_t S = path->S, row = j * path->N + n;
    const double *before = w->before + row * S, *lasting = w->lasting + row * S;
    if (w->moved[row]) {
        double gap = path->model->theta[j] - w->theta[j];
        for (size_t i = 0; i < S; i++)
            out[i] = -gap * lasting[i];
        pl_vexp(out, out, S);
        for (size_t i = 0; i < S; i++)
            out[i] *= before[i] * by_seller[i];
        return;
    }
    for (size_t i = 0; i < S; i++)
        out[i] = before[i] * by_seller[i];
}

static int compare_cuts(const void *a, const void *b) {
    size_t x = ((const pl_cut *)a)->flow, y = ((const pl_cut *)b)->flow;
    return x < y ? -1 : x > y;
}

/* The first cut of a row or a later one. */
static size_t first_cut(const pl_weights *w, size_t flow) {
    size_t low = 0, high = w->cuts;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (w->cut_flow[middle].flow < flow)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Buyers who are cut off from a supplier choose anew at once, with the long-run elasticity: the price index rises as it
 * would in the long run. Returns the factor on the whole row. */
static double cut_row(const pl_path *path, size_t j, size_t n, double *row) {
    const pl_weights *w = &path->weights;
    size_t N = path->N, at = j * N + n;
    double all = pl_sum(row, path->S), lost = 0;
    if (!w->cut[at] || !(all > 0))
        return 1;
    for (size_t i = 0; i < N; i++)
        if (isinf(w->wedge[at * path->S + i]))
            lost += row[i];
    for (size_t k = first_cut(w, at * N); k < w->cuts && w->cut_flow[k].flow / N == at; k++) {
        size_t i = w->cut_flow[k].flow % N;
        if (isinf(w->wedge[at * path->S + i]))
            continue;
        lost += row[i] * (1 - w->cut_flow[k].keep);
        row[i] *= w->cut_flow[k].keep;
    }
    return pow(1 - fmin(lost / all, NEARLY_ALL), w->theta[j] / path->model->theta[j] - 1);
}

/* exp(-gap cost) of a sector's sellers. */
static void seller_factors(const pl_path *path, size_t j, double *out) {
    const pl_weights *w = &path->weights;
    double gap = path->model->theta[j] - w->theta[j];
    for (size_t i = 0; i < path->S; i++)
        out[i] = -gap * w->cost[j * path->S + i];
    pl_vexp(out, out, path->S);
}

void pl_weights_fill(pl_path *path) {
    pl_weights *w = &path->weights;
    size_t S = path->S;
    qsort(w->cut_flow, w->cuts, sizeof *w->cut_flow, compare_cuts);
    for (size_t j = 0; j < path->J; j++) {
        seller_factors(path, j, w->power);
        for (size_t n = 0; n < path->N; n++) {
            double *row = w->now + (j * path->N + n) * S;
            raw_row(path, j, n, w->power, row);
            double factor = cut_row(path, j, n, row) * exp(w->level[j * S + n]);
            for (size_t i = 0; i < S; i++)
                row[i] *= factor;
        }
    }
}

double pl_weights_share(pl_path *path, size_t flow) {
    pl_weights *w = &path->weights;
    size_t row = flow / path->N, j = row / path->N;
    seller_factors(path, j, w->power);
    raw_row(path, j, row % path->N, w->power, w->row);
    double all = pl_sum(w->row, path->S);
    return all > 0 ? w->row[flow % path->N] / all : 0;
}

/* sum over sellers of weight exp(-theta (wedge + cost)); a banned variety is left out. */
static double price_sum(const pl_path *path, size_t j, size_t n, const double *weight, double theta,
                        const double *power, double *work) {
    const pl_weights *w = &path->weights;
    size_t S = path->S, row = j * path->N + n;
    if (!w->wedged[row])
        return pl_dot(weight, power, S);
    const double *wedge = w->wedge + row * S;
    for (size_t i = 0; i < S; i++)
        work[i] = isinf(wedge[i]) ? 0 : -theta * wedge[i];
    pl_vexp(work, work, S);
    for (size_t i = 0; i < S; i++)
        work[i] = isinf(wedge[i]) ? 0 : work[i] * power[i];
    return pl_dot(weight, work, S);
}

/* Premia of this month's controls are part of the wedge. */
static void add_premia(pl_path *path) {
    const pl_caps *c = &path->map.caps;
    for (size_t f = 0; f < c->flows; f++) {
        if (c->log_premium[f] == 0)
            continue;
        mark(path, c->flow[f] / path->N);
        path->weights.wedge[pl_flow_padded(path->model, c->flow[f])] += c->log_premium[f];
    }
}

/* The mean of wedges takes this month's in. Of buyers of a banned variety the share lambda leaves for good. */
static void move_row(pl_path *path, size_t j, size_t n) {
    pl_weights *w = &path->weights;
    size_t from = (j * path->N + n) * path->S;
    double gap = path->model->theta[j] - w->theta[j], *lasting = w->lasting + from;
    const double *wedge = w->wedge + from;
    bool wedged = w->wedged[j * path->N + n];
    for (size_t i = 0; i < path->S; i++) {
        double now = wedged ? wedge[i] : 0;
        if (isinf(now))
            lasting[i] -= gap * lasting[i] < LARGEST_FALL && gap != 0 ? log1p(-w->share) / gap : 0;
        else
            lasting[i] += w->share * (now - lasting[i]);
    }
}

void pl_weights_move(pl_path *path) {
    pl_weights *w = &path->weights;
    const pl_model *m = path->model;
    const pl_gmap *map = &path->map;
    size_t S = path->S;
    add_premia(path);
    for (size_t j = 0; j < path->J; j++) {
        double theta = m->theta[j], *long_power = path->cost_power + j * S;
        for (size_t i = 0; i < S; i++) {
            double price = map->cost[j * S + i] + path->entered.log_premium[j * S + i];
            long_power[i] = -theta * price;
            w->cost[j * S + i] += w->share * (price - w->cost[j * S + i]);
        }
        pl_vexp(long_power, long_power, S);
        seller_factors(path, j, w->power);
        for (size_t n = 0; n < path->N; n++) {
            size_t at = j * S + n, row = j * path->N + n;
            if (map->active[at] == 0)
                continue;
            double lasting =
                -log(price_sum(path, j, n, w->before + row * S, theta, long_power, path->spare)) / theta;
            double price = (1 - w->share) * path->y[path->map.at.price + at] + w->share * lasting;
            if (w->moved[row])
                move_row(path, j, n);
            raw_row(path, j, n, w->power, w->row);
            double factor = cut_row(path, j, n, w->row);
            double sum =
                factor * price_sum(path, j, n, w->row, w->theta[j], map->cost_power + j * S, path->spare);
            w->level[at] = -w->theta[j] * price - log(sum);
        }
    }
}
