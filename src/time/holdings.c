/* Stocks of what is imported under a policy that changes (docs/model.md (14)): who buys ahead, who waits. */
#include "time/time.h"

#include <math.h>
#include <string.h>

enum { MOST_FLOWS = 20000 };
static const double MEMORY = 1.0 / 3; /* of normal use: the weight of the newest month */
static const double NOTHING = 1e-4;   /* of normal use: less is none */

static pl_status mark_policy(pl_path *path, size_t month, size_t known, bool *touched, pl_error *error) {
    pl_policy *p = NULL;
    const pl_world *w = path->model->world;
    size_t N = path->N;
    pl_status status = path->input.source.policy(path->input.source.context, month, known, &p, error);
    if (status)
        return status;
    for (size_t row = 0; row < path->J * N; row++) {
        if (!p->export_tax && !p->iceberg &&
            !memcmp(p->tariff + row * N, w->tariff + row * N, N * sizeof(double)))
            continue;
        for (size_t at = row * N; at < (row + 1) * N; at++)
            touched[at] = touched[at] || pl_flow_wedge(p, at) != 0;
    }
    for (size_t k = 0; k < p->caps; k++)
        for (size_t f = 0; f < p->cap[k].count; f++)
            touched[p->cap[k].flows[f]] = true;
    pl_policy_free(p);
    return PL_OK;
}

static int descending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Keeps the largest flows when very many are touched: stocks of the others would not show. */
static pl_status keep_largest(const pl_path *path, bool *touched, size_t *count, pl_error *error) {
    const double *flow = path->model->world->flow;
    size_t cells = path->J * path->N * path->N, kept = 0;
    *count = 0;
    for (size_t at = 0; at < cells; at++) {
        touched[at] = touched[at] && flow[at] > 0 && at % path->N != at / path->N % path->N;
        *count += touched[at];
    }
    if (*count <= MOST_FLOWS)
        return PL_OK;
    double *value = pl_alloc(*count, sizeof *value);
    if (!value)
        return pl_fail_memory(error, *count * sizeof *value);
    for (size_t at = 0; at < cells; at++)
        if (touched[at])
            value[kept++] = flow[at];
    qsort(value, kept, sizeof *value, descending);
    double least = value[MOST_FLOWS - 1];
    free(value);
    for (size_t at = *count = 0; at < cells; at++) {
        touched[at] = touched[at] && flow[at] >= least;
        *count += touched[at];
    }
    return PL_OK;
}

static void take_arrays(pl_path *path, pl_arena *arena, size_t count) {
    pl_holdings *h = &path->holdings;
    double **each[] = {&h->opening, &h->wanted,   &h->most,      &h->iceberg, &h->use,    &h->bought,
                       &h->closing, &h->normal,   &h->base,      &h->premium, &h->gain,   &h->loss,
                       &h->needed,  &h->licensed, &h->log_wedge, &h->free,    &h->covered};
    h->count = count;
    h->flow = pl_arena_take(arena, count, sizeof *h->flow);
    h->ahead = pl_arena_take(arena, count * path->model->settings.look_ahead, sizeof(double));
    h->known = pl_arena_take(arena, path->model->settings.look_ahead, sizeof(bool));
    h->regime = pl_arena_take(arena, count, sizeof *h->regime);
    h->capped = pl_arena_take(arena, count, sizeof *h->capped);
    for (size_t k = 0; k < sizeof each / sizeof *each; k++)
        *each[k] = pl_arena_take(arena, count, sizeof(double));
    h->value = pl_arena_take(arena, path->S, sizeof(double));
    h->map = (pl_stocks){.count = count,
                         .flow = h->flow,
                         .opening = h->opening,
                         .wanted = h->wanted,
                         .most = h->most,
                         .iceberg = h->iceberg,
                         .use = h->use,
                         .bought = h->bought,
                         .value = h->value,
                         .capped = h->capped};
}

static void start_stocks(pl_path *path, const bool *touched) {
    pl_holdings *h = &path->holdings;
    const pl_model *m = path->model;
    size_t next = 0, cells = path->J * path->N * path->N;
    for (size_t at = 0; at < cells; at++) {
        if (!touched[at])
            continue;
        h->flow[next] = at;
        h->base[next] = m->world->flow[at] / (1 + (m->world->export_tax ? m->world->export_tax[at] : 0));
        h->normal[next] = h->base[next];
        h->closing[next] = fmin(m->settings.months_of_cover, m->settings.stock_limit) * h->base[next];
        next++;
    }
}

pl_status pl_holdings_init(pl_path *path, pl_error *error) {
    size_t cells = path->J * path->N * path->N, count = 0;
    bool *touched = pl_alloc(cells, sizeof *touched);
    if (!touched)
        return pl_fail_memory(error, cells);
    const pl_path_source *source = &path->input.source;
    pl_status status = mark_policy(path, 0, 0, touched, error);
    for (size_t t = 0; t + 1 < path->months && !status; t++) {
        if (source->quiet && source->quiet(source->context, t, t + 1))
            continue; /* both are the policy of month t, which is marked */
        status = mark_policy(path, t + 1, t + 1, touched, error);
        if (!status)
            status = mark_policy(path, t + 1, t, touched, error);
    }
    /* What buyers see beyond the last month, so that a path does not depend on where it ends. */
    for (size_t ahead = 1; ahead <= path->model->settings.look_ahead && !status; ahead++)
        status = mark_policy(path, path->months - 1 + ahead, path->months - 1, touched, error);
    for (size_t r = 0; r < path->input.licences; r++)
        for (size_t f = 0; f < path->input.licence[r].count; f++)
            touched[path->input.licence[r].flows[f]] = true;
    if (!status)
        status = keep_largest(path, touched, &count, error);
    size_t need = 17 * pl_arena_need(count, sizeof(double)) + 2 * pl_arena_need(count, sizeof(size_t)) +
                  pl_arena_need(count, sizeof(bool)) +
                  pl_arena_need(count * path->model->settings.look_ahead, sizeof(double)) +
                  pl_arena_need(path->model->settings.look_ahead, sizeof(bool)) +
                  pl_arena_need(path->S, sizeof(double));
    if (!status && !pl_arena_init(&path->holding_arena, need))
        status = pl_fail_memory(error, need);
    if (!status) {
        take_arrays(path, &path->holding_arena, count);
        start_stocks(path, touched);
    }
    free(touched);
    return status;
}

static int compare_positions(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

size_t pl_holdings_find(const pl_holdings *h, size_t flow) {
    const size_t *found =
        h->count ? bsearch(&flow, h->flow, h->count, sizeof *h->flow, compare_positions) : NULL;
    return found ? (size_t)(found - h->flow) : SIZE_MAX;
}

/* What a control is expected to add to the log price: the premium at which short-run demand fits it, at most the
 * premium limit. */
static double expected_premium(const pl_path *path, const pl_cap *cap) {
    const pl_holdings *h = &path->holdings;
    double allowed = 0, normal = 0, most = log1p(path->model->settings.premium_limit);
    if (cap->kind != PL_CAP_QUOTA)
        return cap->kind == PL_CAP_MINIMUM_PRICE ? fmax(0, log(cap->level)) : 0;
    for (size_t f = 0; f < cap->count; f++) {
        size_t k = pl_holdings_find(h, cap->flows[f]);
        allowed += k < SIZE_MAX ? cap->level * h->base[k] : 0;
        normal += k < SIZE_MAX ? h->normal[k] : 0;
    }
    return allowed >= normal
               ? 0
               : fmin(most, log(normal / fmax(allowed, 1e-12 * normal)) / pl_path_sigma(path, cap->flows[0]));
}

/* Log landed cost of every holding under a policy, at unchanged producer prices. */
static void landed(const pl_path *path, const pl_policy *p, double *out) {
    const pl_holdings *h = &path->holdings;
    double most = log1p(path->model->settings.premium_limit);
    for (size_t k = 0; k < h->count; k++) {
        double wedge = pl_flow_wedge(p, h->flow[k]);
        out[k] = isinf(wedge) ? most : wedge;
    }
    for (size_t c = 0; c < p->caps; c++) {
        double premium = expected_premium(path, &p->cap[c]);
        for (size_t f = 0; premium > 0 && f < p->cap[c].count; f++) {
            size_t k = pl_holdings_find(h, p->cap[c].flows[f]);
            if (k < SIZE_MAX)
                out[k] += premium;
        }
    }
}

static bool quiet(const pl_path *path, size_t from, size_t to) {
    const pl_path_source *s = &path->input.source;
    return s->quiet && s->quiet(s->context, from, to);
}

/* Landed costs expected for a month ahead. While nothing is announced, what was expected last month is still; while
 * nothing starts or ends, a month is like the one before. Controls are expected anew: what they cost depends on use. */
static pl_status expect(pl_path *path, size_t ahead, const double **out, pl_error *error) {
    pl_holdings *h = &path->holdings;
    const pl_path_source *source = &path->input.source;
    size_t rows = path->model->settings.look_ahead, month = path->done + ahead;
    double *row = h->ahead + month % rows * h->count;
    bool *known = &h->known[month % rows];
    *out = row;
    if (ahead == 1 && !quiet(path, path->done, path->done))
        memset(h->known, 0, rows * sizeof *h->known);
    if (ahead == rows)
        *known = false; /* the month that was in this row is now the present */
    if (*known)
        return PL_OK;
    if (quiet(path, month - 1, month) && (ahead == 1 || h->known[(month - 1) % rows])) {
        memcpy(row, ahead == 1 ? h->log_wedge : h->ahead + (month - 1) % rows * h->count,
               h->count * sizeof *row);
        *known = ahead > 1 || path->plain_caps == 0;
        return PL_OK;
    }
    pl_policy *p = NULL;
    pl_status status = source->policy(source->context, month, path->done, &p, error);
    if (status)
        return status;
    landed(path, p, row);
    *known = p->caps == 0;
    pl_policy_free(p);
    return PL_OK;
}

/* The best gain from buying a month's use now for a later month, and the best from waiting. */
static pl_status look_ahead(pl_path *path, pl_error *error) {
    pl_holdings *h = &path->holdings;
    const pl_settings *s = &path->model->settings;
    memset(h->gain, 0, h->count * sizeof(double));
    memset(h->loss, 0, h->count * sizeof(double));
    for (size_t ahead = 1; ahead <= s->look_ahead && s->front_running > 0 && h->count > 0; ahead++) {
        const double *expected = NULL;
        pl_status status = expect(path, ahead, &expected, error);
        if (status)
            return status;
        double keep = pow(1 + s->storage_cost, (double)ahead);
        for (size_t k = 0; k < h->count; k++) {
            double ratio = expected[k] == h->log_wedge[k] ? 1 : exp(expected[k] - h->log_wedge[k]);
            h->gain[k] = fmax(h->gain[k], ratio / keep - 1);
            h->loss[k] = fmax(h->loss[k], 1 - ratio * keep);
        }
    }
    return PL_OK;
}

/* A plain ban stops purchases; what is in stock may still be used, under a control of its own. */
static pl_status use_up_banned(pl_path *path, pl_error *error) {
    pl_holdings *h = &path->holdings;
    pl_policy *p = path->policy;
    size_t caps = p->caps;
    for (size_t c = 0; c < caps; c++) {
        if (p->cap[c].kind != PL_CAP_QUOTA || p->cap[c].level > 0)
            continue;
        size_t kept = 0, count = p->cap[c].count, *flows = (size_t *)p->cap[c].flows;
        for (size_t f = 0; f < count; f++) {
            size_t flow = flows[f], k = pl_holdings_find(h, flow);
            if (k == SIZE_MAX || !(h->opening[k] > NOTHING * h->normal[k])) {
                flows[kept++] = flow;
                continue;
            }
            pl_cap stock = p->cap[c];
            stock.flows = &flow;
            stock.count = 1;
            stock.level = h->opening[k] / h->base[k];
            h->most[k] = 0;
            pl_status status = pl_policy_add_cap(p, &stock, error);
            double keep = fmin(1, h->opening[k] / h->normal[k] * pl_path_reach(path, flow));
            if (!status && keep < 1 && !pl_weights_cut(path, flow, keep))
                status = pl_fail_memory(error, sizeof(pl_cut));
            if (status)
                return status;
        }
        p->cap[c].count = kept;
    }
    return PL_OK;
}

/* Under a quota that binds, holders release part of their stock, and that much more may be used. */
static pl_status release(pl_path *path, pl_error *error) {
    pl_holdings *h = &path->holdings;
    for (size_t c = 0; c < path->policy->caps; c++) {
        pl_cap *cap = &path->policy->cap[c];
        double base = 0, normal = 0, released = 0, stock = path->model->settings.stock_adjustment;
        if (cap->kind != PL_CAP_QUOTA || cap->level == 0)
            continue;
        for (size_t f = 0; f < cap->count; f++) {
            size_t k = pl_holdings_find(h, cap->flows[f]);
            base += k < SIZE_MAX ? h->base[k] : 0;
            normal += k < SIZE_MAX ? h->normal[k] : 0;
        }
        if (!(base > 0) || cap->level * base >= normal)
            continue;
        for (size_t f = 0; f < cap->count; f++) {
            size_t k = pl_holdings_find(h, cap->flows[f]);
            if (k == SIZE_MAX || h->most[k] == 0)
                continue;
            h->wanted[k] = (1 - stock) * h->opening[k];
            released += stock * h->opening[k];
        }
        double keep = (cap->level * base + released) / normal;
        cap->level += released / base;
        for (size_t f = 0; f < cap->count; f++) {
            double stays = fmin(1, keep * pl_path_reach(path, cap->flows[f]));
            if (stays < 1 && !pl_weights_cut(path, cap->flows[f], stays))
                return pl_fail_memory(error, sizeof(pl_cut));
        }
    }
    return PL_OK;
}

pl_status pl_holdings_plan(pl_path *path, pl_error *error) {
    pl_holdings *h = &path->holdings;
    const pl_settings *s = &path->model->settings;
    memcpy(h->opening, h->closing, h->count * sizeof(double));
    landed(path, path->policy, h->log_wedge);
    pl_status status = look_ahead(path, error);
    if (status)
        return status;
    for (size_t k = 0; k < h->count; k++) {
        double months = s->months_of_cover + s->front_running * (h->gain[k] - h->loss[k]);
        double wanted = fmax(0, fmin(months, s->stock_limit)) * h->normal[k];
        h->wanted[k] = h->opening[k] + s->stock_adjustment * (wanted - h->opening[k]);
        h->most[k] = INFINITY;
        double iceberg = path->policy->iceberg ? path->policy->iceberg[h->flow[k]] : 1;
        h->iceberg[k] = isinf(iceberg) ? 1 : iceberg;
        h->use[k] = h->bought[k] = h->premium[k] = 0;
    }
    return PL_OK;
}

pl_status pl_holdings_controls(pl_path *path, pl_error *error) {
    pl_status status = release(path, error);
    return status ? status : use_up_banned(path, error);
}

void pl_holdings_close(pl_path *path) {
    pl_holdings *h = &path->holdings;
    const pl_caps *c = &path->map.caps;
    const pl_weights *w = &path->weights;
    for (size_t f = 0; f < c->flows; f++)
        if (c->stock[f] < SIZE_MAX)
            h->premium[c->stock[f]] = c->log_premium[f];
    for (size_t k = 0; k < h->count; k++)
        h->closing[k] = fmax(0, h->opening[k] + h->bought[k] - h->use[k]);
    for (size_t k = 0; k < h->count; k++)
        h->gain[k] = 1; /* scratch: the part of the weight that stayed */
    for (size_t k = 0; k < w->cuts; k++) {
        size_t at = pl_holdings_find(h, w->cut_flow[k].flow);
        if (at < SIZE_MAX)
            h->gain[at] = fmin(h->gain[at], w->cut_flow[k].keep);
    }
    for (size_t k = 0; k < h->count; k++) {
        double sigma = 1 + w->theta[h->flow[k] / (path->N * path->N)];
        double free = h->use[k] * exp(sigma * h->premium[k]) / fmax(h->gain[k], 1e-6);
        if (h->use[k] > 0)
            h->normal[k] += MEMORY * (free - h->normal[k]);
    }
}
