/* Quantity controls (docs/model.md section 3): 0 <= mu complementary to level - q >= 0, with the rent booked
 * to whoever holds the licence. */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

void pl_caps_clear(pl_caps *c) {
    pl_arena_clear(&c->arena);
    memset(c, 0, sizeof *c);
}

static int compare_positions(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

static size_t count_members(const pl_policy *p) {
    size_t members = 0;
    for (size_t k = 0; k < p->caps; k++)
        members += p->cap[k].level > 0 ? p->cap[k].count : 0;
    return members;
}

static bool reserve(pl_caps *c, size_t caps, size_t members) {
    size_t real = sizeof(double), index = sizeof(size_t);
    size_t need = 3 * pl_arena_need(members + 1, index) + 2 * pl_arena_need(members, index) +
                  pl_arena_need(caps + 1, index) + 9 * pl_arena_need(members, real) +
                  6 * pl_arena_need(caps, real) + pl_arena_need(caps, sizeof(pl_cap_result));
    if (!pl_arena_init(&c->arena, need))
        return false;
    c->flow = pl_arena_take(&c->arena, members + 1, index);
    c->first = pl_arena_take(&c->arena, members + 1, index);
    c->owner = pl_arena_take(&c->arena, members + 1, index);
    c->member = pl_arena_take(&c->arena, members, index);
    c->stock = pl_arena_take(&c->arena, members, index);
    c->start = pl_arena_take(&c->arena, caps + 1, index);
    double **by_flow[] = {&c->user,        &c->border, &c->net,   &c->weight, &c->iceberg,
                          &c->log_premium, &c->term,   &c->value, &c->beyond};
    double **by_cap[] = {&c->z, &c->most, &c->quantity, &c->slope, &c->base, &c->asked};
    for (size_t i = 0; i < 9; i++)
        *by_flow[i] = pl_arena_take(&c->arena, members, real);
    for (size_t i = 0; i < 6; i++)
        *by_cap[i] = pl_arena_take(&c->arena, caps, real);
    c->result = pl_arena_take(&c->arena, caps, sizeof(pl_cap_result));
    return true;
}

static size_t find_flow(const pl_caps *c, size_t position) {
    const size_t *found = bsearch(&position, c->flow, c->flows, sizeof *c->flow, compare_positions);
    return (size_t)(found - c->flow);
}

/* Each flow once, in order; then which flows a control has, and which controls a flow has. */
static void index_flows(pl_caps *c, const pl_policy *p) {
    size_t members = 0;
    for (size_t k = 0; k < p->caps; k++)
        for (size_t f = 0; p->cap[k].level > 0 && f < p->cap[k].count; f++)
            c->flow[members++] = p->cap[k].flows[f];
    qsort(c->flow, members, sizeof *c->flow, compare_positions);
    for (size_t f = 0; f < members; f++)
        if (f == 0 || c->flow[f] != c->flow[f - 1])
            c->flow[c->flows++] = c->flow[f];
    size_t next = 0;
    for (size_t k = 0; k < p->caps; k++) {
        c->start[k] = next;
        for (size_t f = 0; p->cap[k].level > 0 && f < p->cap[k].count; f++) {
            c->member[next] = find_flow(c, p->cap[k].flows[f]);
            c->first[c->member[next++] + 1]++;
        }
    }
    c->start[p->caps] = next;
    for (size_t f = 0; f < c->flows; f++)
        c->first[f + 1] += c->first[f];
    for (size_t k = 0; k < p->caps; k++)
        for (size_t at = c->start[k]; at < c->start[k + 1]; at++)
            c->owner[c->first[c->member[at]]++] = k;
    for (size_t f = c->flows; f > 0; f--)
        c->first[f] = c->first[f - 1];
    c->first[0] = 0;
}

static size_t seller_of(const pl_gmap *map, size_t position) {
    return position % map->model->N;
}

/* Where a flow stands in a padded array of the map, and its row [J][S]. */
static size_t padded(const pl_gmap *map, size_t position) {
    return position / map->model->N * map->model->S + position % map->model->N;
}

static size_t row_of(const pl_gmap *map, size_t position) {
    size_t N = map->model->N, j = position / (N * N), n = position / N % N;
    return j * map->model->S + n;
}

/* Moves the flows under a control from the arrays into the list; a ban just removes them. */
static void take_out(pl_gmap *map, const pl_policy *p) {
    pl_caps *c = &map->caps;
    const pl_world *w = p->world;
    double *arrays[] = {map->user, map->border, map->net};
    for (size_t f = 0; f < c->flows; f++) {
        size_t position = c->flow[f], at = padded(map, position);
        c->user[f] = map->user[at];
        c->border[f] = map->border[at];
        c->net[f] = map->net[at];
        c->weight[f] = w->flow[position] / (1 + (w->export_tax ? w->export_tax[position] : 0));
        c->iceberg[f] = p->iceberg ? p->iceberg[position] : 1;
        for (size_t i = 0; i < 3; i++)
            arrays[i][at] = 0;
    }
    for (size_t k = 0; k < p->caps; k++)
        for (size_t f = 0; p->cap[k].level == 0 && p->cap[k].kind == PL_CAP_QUOTA && f < p->cap[k].count;
             f++) {
            size_t at = padded(map, p->cap[k].flows[f]);
            for (size_t i = 0; i < 3; i++)
                arrays[i][at] = 0;
        }
    for (size_t k = 0; k < p->caps; k++) /* a flow banned by one control and capped by another is banned */
        for (size_t f = 0; p->cap[k].level == 0 && p->cap[k].kind == PL_CAP_QUOTA && f < p->cap[k].count;
             f++) {
            size_t *listed =
                bsearch(&p->cap[k].flows[f], c->flow, c->flows, sizeof *c->flow, compare_positions);
            if (listed)
                c->user[listed - c->flow] = c->border[listed - c->flow] = c->net[listed - c->flow] = 0;
        }
}

static void set_bounds(pl_caps *c, const pl_policy *p) {
    for (size_t k = 0; k < c->caps; k++) {
        c->most[k] = INFINITY;
        c->base[k] = 0;
        for (size_t at = c->start[k]; at < c->start[k + 1]; at++)
            c->base[k] += c->weight[c->member[at]];
        if (p->cap[k].kind == PL_CAP_TARIFF_RATE_QUOTA && p->cap[k].count > 0) {
            double inside = p->tariff[p->cap[k].flows[0]];
            c->most[k] = fmax(0, log((1 + p->cap[k].out_of_quota) / (1 + inside)));
        }
    }
}

pl_status pl_caps_enter(pl_gmap *map, const pl_policy *p, pl_error *error) {
    pl_caps *c = &map->caps;
    pl_caps_clear(c);
    if (p->caps == 0)
        return PL_OK;
    size_t members = count_members(p);
    if (!reserve(c, p->caps, members))
        return pl_fail_memory(error, members * 12 * sizeof(double));
    c->caps = p->caps;
    c->cap = p->cap;
    index_flows(c, p);
    take_out(map, p);
    set_bounds(c, p);
    return PL_OK;
}

void pl_caps_before(pl_gmap *map, const double *y) {
    const pl_model *m = map->model;
    pl_caps *c = &map->caps;
    for (size_t k = 0; k < c->caps; k++)
        c->z[k] = fmin(fmax(0, y[map->at.premium + k]), c->most[k]);
    for (size_t f = 0; f < c->flows; f++) {
        size_t position = c->flow[f], row = row_of(map, position), j = row / m->S;
        c->log_premium[f] = 0;
        for (size_t o = c->first[f]; o < c->first[f + 1]; o++)
            c->log_premium[f] += c->z[c->owner[o]];
        double power =
            exp(-map->theta[j] * c->log_premium[f]) * map->cost_power[j * m->S + seller_of(map, position)];
        c->term[f] = c->user[f] * power;
        c->value[f] = c->border[f] * power;
        map->cap_sum[row] += c->term[f];
    }
}

/* Purchases over use of a flow whose buyer holds a stock: one where there is none. The control is on what
 * may be used; what is bought beyond it, or less, is the stock's. */
static double stock_purchases(pl_gmap *map, size_t f, double use, double user_value) {
    size_t k = map->caps.stock[f];
    if (!map->stocks || k == SIZE_MAX || !(use > 0))
        return 1;
    pl_stocks *s = map->stocks;
    s->use[k] = use;
    s->bought[k] = pl_stocks_bought(s, k, use);
    double ratio = s->bought[k] / use;
    s->value[row_of(map, map->caps.flow[f]) % map->model->S] += (ratio - 1) * user_value;
    return ratio;
}

/* One flow after the sweep: what its sellers, the treasury and the licence holders get. Adds to its controls.
 */
static void settle_flow(pl_gmap *map, size_t f) {
    const pl_model *m = map->model;
    pl_caps *c = &map->caps;
    size_t position = c->flow[f], row = row_of(map, position), j = row / m->S, n = row % m->S;
    size_t i = seller_of(map, position);
    double x = map->price_sum[row] > 0 ? map->spending[row] / map->price_sum[row] : 0;
    double share = map->price_sum[row] > 0 ? c->term[f] / map->price_sum[row] : 0;
    double paid = c->value[f] * x, charged = paid * exp(-c->log_premium[f]);
    double kept = map->limits ? charged * map->limits->keep[j * m->S + i] : charged;
    double received = c->border[f] > 0 ? kept * (c->net[f] / c->border[f]) : 0;
    double quantity = received * exp(-map->cost[j * m->S + i]) / c->iceberg[f];
    double bought = stock_purchases(map, f, quantity, share * map->spending[row]);
    c->value[f] = bought * paid;
    map->border_value[n] += bought * paid;
    map->export_taxes[i] += bought * (kept - received);
    map->output[j * m->S + i] += bought * received;
    double rent = bought * (paid - charged);
    map->limit_rent[i] += bought * (charged - kept);
    for (size_t o = c->first[f]; o < c->first[f + 1]; o++) {
        size_t k = c->owner[o];
        double part = c->log_premium[f] > 0 ? c->z[k] / c->log_premium[f] : 0;
        c->quantity[k] += quantity / c->base[k];
        c->slope[k] += quantity / c->base[k] * (1 + map->theta[j] * (1 - share));
        c->result[k].rent += part * rent;
    }
}

/* The part of a control's rent that is rent: beyond a tariff-rate quota the rest is duty. */
static double inside_share(const pl_caps *c, size_t k) {
    bool beyond = c->cap[k].kind == PL_CAP_TARIFF_RATE_QUOTA && c->z[k] >= c->most[k] &&
                  c->quantity[k] > c->cap[k].level;
    return beyond ? c->cap[k].level / c->quantity[k] : 1;
}

/* Books one control's rent, flow by flow because sellers and buyers differ. */
static void book_rent(pl_gmap *map, size_t k) {
    pl_caps *c = &map->caps;
    const pl_cap *cap = &c->cap[k];
    double inside = inside_share(c, k), total = 0;
    for (size_t at = c->start[k]; at < c->start[k + 1]; at++) {
        size_t f = c->member[at], n = row_of(map, c->flow[f]) % map->model->S, i = seller_of(map, c->flow[f]);
        double part = c->log_premium[f] > 0 ? c->z[k] / c->log_premium[f] : 0;
        double rent = part * c->value[f] * -expm1(-c->log_premium[f]), held = inside * rent;
        map->cap_rent[i] += cap->to_seller * held;
        map->cap_rent[n] += cap->to_buyer * held;
        map->cap_duty[n] += rent - held;
        c->beyond[f] += rent - held;
        c->result[k].duty += rent - held;
        total += held;
    }
    if (cap->to_third > 0)
        map->cap_rent[cap->third] += cap->to_third * total;
    if (cap->wasted > 0)
        map->cap_labour[cap->waste_country] += cap->wasted * total;
    c->result[k].premium = expm1(c->z[k]);
    c->result[k].quantity = c->quantity[k];
    c->result[k].rent = total;
    c->result[k].to_sellers = cap->to_seller * total;
    c->result[k].to_buyers = cap->to_buyer * total;
    c->result[k].to_third = cap->to_third * total;
    c->result[k].wasted = cap->wasted * total;
}

size_t pl_caps_floor(const pl_gmap *map, size_t k, double *asked) {
    const pl_caps *c = &map->caps;
    size_t found = SIZE_MAX;
    for (size_t at = c->start[k]; at < c->start[k + 1]; at++) {
        size_t f = c->member[at], j = row_of(map, c->flow[f]) / map->model->S;
        if (!(c->border[f] > 0))
            continue; /* banned by another control */
        double tax = (c->border[f] / c->net[f]) / (map->model->world->flow[c->flow[f]] / c->weight[f]);
        double others = c->log_premium[f] - c->z[k];
        double u = log(c->cap[k].level / tax) - map->cost[j * map->model->S + seller_of(map, c->flow[f])];
        if (found == SIZE_MAX || u - others > *asked) {
            found = f;
            *asked = u - others;
        }
    }
    return found;
}

/* The next u: where the control would be met, by the answer of its quantity to its premium; for a minimum
 * price, the premium that lifts the lowest export price to the floor. */
static double next_u(const pl_gmap *map, size_t k) {
    const pl_caps *c = &map->caps;
    double asked = 0;
    if (c->cap[k].kind != PL_CAP_MINIMUM_PRICE)
        return c->z[k] + log(c->quantity[k] / c->cap[k].level) * c->quantity[k] / c->slope[k];
    (void)pl_caps_floor(map, k, &asked);
    return asked;
}

void pl_caps_after(pl_gmap *map, double *g) {
    pl_caps *c = &map->caps;
    memset(map->cap_rent, 0, map->model->S * sizeof(double));
    memset(map->cap_labour, 0, map->model->S * sizeof(double));
    memset(map->cap_duty, 0, map->model->S * sizeof(double));
    memset(c->quantity, 0, c->caps * sizeof(double));
    memset(c->slope, 0, c->caps * sizeof(double));
    memset(c->beyond, 0, c->flows * sizeof(double));
    memset(c->result, 0, c->caps * sizeof *c->result);
    for (size_t f = 0; f < c->flows; f++)
        settle_flow(map, f);
    for (size_t k = 0; k < c->caps; k++) {
        g[map->at.premium + k] = c->asked[k] = 0;
        if (c->start[k] == c->start[k + 1])
            continue; /* a ban: its flows are gone */
        book_rent(map, k);
        if (!(c->quantity[k] > 0))
            continue;
        c->asked[k] = next_u(map, k);
        g[map->at.premium + k] = fmin(fmax(0, c->asked[k]), c->most[k]);
    }
}
