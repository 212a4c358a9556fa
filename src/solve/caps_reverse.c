/* The reverse of caps.c: rents, revenue and quantities of flows under a control back to premia, price sums
 * and costs. */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

typedef struct {
    size_t row, own, i, n, j;         /* rows [J][S] of buyer and of seller; seller, buyer, sector */
    double x, power, paid, keep, net; /* E'/sum; c^-theta (1+mu)^-theta; purchases; 1/(1+mu); 1/(1+e) */
} flow;

static flow read_flow(const pl_gmap *map, size_t f) {
    const pl_model *m = map->model;
    const pl_caps *c = &map->caps;
    size_t N = m->N, position = c->flow[f];
    flow it = {.i = position % N, .n = position / N % N, .j = position / (N * N)};
    it.row = it.j * m->S + it.n;
    it.own = it.j * m->S + it.i;
    it.x = map->price_sum[it.row] > 0 ? map->spending[it.row] / map->price_sum[it.row] : 0;
    it.power = map->cost_power[it.own] * exp(-map->theta[it.j] * c->log_premium[f]);
    it.paid = c->value[f];
    it.keep = exp(-c->log_premium[f]);
    it.net = c->border[f] > 0 ? c->net[f] / c->border[f] : 0;
    return it;
}

/* The adjoint of one unit of a control's rent from a flow, by who gets it. */
static double holder_bar(const pl_reverse *r, const pl_cap *cap, const flow *it) {
    double bar = cap->to_seller * r->base_bar[it->i] + cap->to_buyer * r->base_bar[it->n];
    if (cap->to_third > 0)
        bar += cap->to_third * r->base_bar[cap->third];
    if (cap->wasted > 0)
        bar += cap->wasted * r->payroll_bar[cap->waste_country];
    return bar;
}

/* How much of a control's rent is rent, and how that answers the quantity (tariff-rate quotas beyond their
 * level). */
static double held_share(const pl_caps *c, size_t k, double *slope) {
    bool beyond = c->cap[k].kind == PL_CAP_TARIFF_RATE_QUOTA && c->z[k] >= c->most[k] &&
                  c->quantity[k] > c->cap[k].level;
    *slope = beyond ? -c->cap[k].level / (c->quantity[k] * c->quantity[k]) : 0;
    return beyond ? c->cap[k].level / c->quantity[k] : 1;
}

static double part_of(const pl_caps *c, size_t f, size_t k) {
    return c->log_premium[f] > 0 ? c->z[k] / c->log_premium[f] : 0;
}

/* The adjoint of rent of control k on a flow, holders and duty together. */
static double rent_bar(const pl_reverse *r, size_t k, const flow *it) {
    double slope, held = held_share(&r->map->caps, k, &slope);
    return held * holder_bar(r, &r->map->caps.cap[k], it) + (1 - held) * r->base_bar[it->n];
}

/* The adjoint of the next u, before its bounds. A solve that stopped early may leave u a little above 0 where the control is slack
 * already, and only what is asked for says so. */
static double asked_bar(const pl_gmap *map, size_t k, const double *g_bar) {
    const pl_caps *c = &map->caps;
    return c->asked[k] > 0 && c->asked[k] < c->most[k] ? g_bar[map->at.premium + k] : 0;
}

/* Adjoints of the quantities: from the next u, and from the share of a tariff-rate quota's rent that is rent.
 */
static void quantity_bars(pl_reverse *r, const double *g_bar) {
    const pl_gmap *map = r->map;
    const pl_caps *c = &map->caps;
    for (size_t k = 0; k < c->caps; k++) {
        double slope, u_bar = asked_bar(map, k, g_bar);
        bool met =
            c->cap[k].kind != PL_CAP_MINIMUM_PRICE && c->start[k] < c->start[k + 1] && c->quantity[k] > 0;
        r->quantity_bar[k] = met ? u_bar / c->slope[k] : 0; /* (q/slope) dlog q = dq / slope */
        r->z_bar[k] = c->cap[k].kind == PL_CAP_MINIMUM_PRICE ? 0 : u_bar;
        held_share(c, k, &slope);
        for (size_t at = c->start[k]; slope != 0 && at < c->start[k + 1]; at++) {
            size_t f = c->member[at];
            flow it = read_flow(map, f);
            double rent = part_of(c, f, k) * it.paid * (1 - it.keep);
            r->quantity_bar[k] += slope * rent * (holder_bar(r, &c->cap[k], &it) - r->base_bar[it.n]);
        }
    }
}

void pl_caps_reverse_rents(pl_reverse *r, const double *g_bar) {
    const pl_gmap *map = r->map;
    const pl_caps *c = &map->caps;
    if (c->caps == 0)
        return;
    memset(r->cap_x_bar, 0, map->model->J * map->model->S * sizeof(double));
    quantity_bars(r, g_bar);
    for (size_t f = 0; f < c->flows; f++) {
        flow it = read_flow(map, f);
        double duty_bar = map->border != map->user ? -r->base_bar[it.n] : 0, quantity = 0, rents = 0, own = 0;
        double received = it.net * r->output_bar[it.own] + (1 - it.net) * r->base_bar[it.i];
        for (size_t o = c->first[f]; o < c->first[f + 1]; o++) {
            size_t k = c->owner[o];
            quantity += r->quantity_bar[k] / c->base[k];
            rents += part_of(c, f, k) * rent_bar(r, k, &it);
        }
        double volume = it.net * exp(-map->cost[it.own]) / c->iceberg[f]; /* quantity of one kept dollar */
        r->flow_bar[f] = duty_bar + it.keep * (received + volume * quantity) + rents * (1 - it.keep);
        r->cap_x_bar[it.row] += r->flow_bar[f] * c->border[f] * it.power;
        r->cost_bar[it.own] -= it.paid * it.keep * volume * quantity;
        own = -it.paid * it.keep * (received + volume * quantity - rents); /* by the log premium, directly */
        for (size_t o = c->first[f]; o < c->first[f + 1]; o++) {
            size_t k = c->owner[o];
            double share_bar = c->log_premium[f] > 0 ? it.paid * (1 - it.keep) / c->log_premium[f] *
                                                           (rent_bar(r, k, &it) - rents)
                                                     : 0; /* its part of the rent */
            r->z_bar[k] += own + share_bar - map->theta[it.j] * r->flow_bar[f] * it.paid;
        }
    }
    for (size_t k = 0; k < c->caps; k++) {
        double asked, u_bar = asked_bar(map, k, g_bar);
        size_t f = c->cap[k].kind == PL_CAP_MINIMUM_PRICE ? pl_caps_floor(map, k, &asked) : SIZE_MAX;
        if (f == SIZE_MAX)
            continue;
        r->cost_bar[read_flow(map, f).own] -= u_bar;
        for (size_t o = c->first[f]; o < c->first[f + 1]; o++)
            r->z_bar[c->owner[o]] -= c->owner[o] != k ? u_bar : 0;
    }
}

void pl_caps_reverse_sums(pl_reverse *r, const double *y, double *y_bar) {
    const pl_gmap *map = r->map;
    const pl_caps *c = &map->caps;
    for (size_t f = 0; f < c->flows; f++) {
        flow it = read_flow(map, f);
        double premium = exp(-map->theta[it.j] * c->log_premium[f]), sum_bar = r->sum_bar[it.row];
        r->power_bar[it.own] += premium * (r->flow_bar[f] * c->border[f] * it.x + sum_bar * c->user[f]);
        for (size_t o = c->first[f]; o < c->first[f + 1]; o++)
            r->z_bar[c->owner[o]] -= map->theta[it.j] * c->term[f] * sum_bar;
    }
    for (size_t k = 0; k < c->caps; k++) {
        double u = y[map->at.premium + k];
        y_bar[map->at.premium + k] = u > 0 && u < c->most[k] ? r->z_bar[k] : 0;
    }
}

void pl_caps_reverse_levels(const pl_reverse *r, const double *g_bar, double *level) {
    const pl_gmap *map = r->map;
    const pl_caps *c = &map->caps;
    for (size_t k = 0; k < c->caps; k++) {
        double u_bar = asked_bar(map, k, g_bar), slope, held = held_share(c, k, &slope);
        level[k] = 0;
        if (c->start[k] == c->start[k + 1])
            continue;
        if (c->cap[k].kind == PL_CAP_MINIMUM_PRICE)
            level[k] = c->z[k] > 0 ? u_bar / c->cap[k].level : 0;
        else if (c->z[k] > 0 && c->z[k] < c->most[k])
            level[k] = -u_bar * c->quantity[k] / (c->slope[k] * c->cap[k].level);
        for (size_t at = c->start[k]; held < 1 && at < c->start[k + 1]; at++) {
            flow it = read_flow(map, c->member[at]);
            double rent = part_of(c, c->member[at], k) * it.paid * (1 - it.keep);
            level[k] += rent * (holder_bar(r, &c->cap[k], &it) - r->base_bar[it.n]) / c->quantity[k];
        }
    }
}

/* What a lasting change of a flow's wedge does to the premium of its controls, apart from its quantity: the floor of a
 * minimum price moves with the export tax of the flow that asks for most, the bound of a tariff-rate quota with the duty inside it. */
static void wedge_to_bounds(const pl_reverse *r, const double *y, const double *g_bar,
                            pl_wedge_gradient *out) {
    const pl_gmap *map = r->map;
    const pl_caps *c = &map->caps;
    for (size_t k = 0; k < c->caps; k++) {
        if (c->start[k] == c->start[k + 1])
            continue;
        double asked;
        size_t f = c->cap[k].kind == PL_CAP_MINIMUM_PRICE ? pl_caps_floor(map, k, &asked) : SIZE_MAX;
        bool bounded = c->most[k] > 0 && y[map->at.premium + k] >= c->most[k];
        if (f != SIZE_MAX && out->export_tax)
            out->export_tax[c->flow[f]] -= g_bar[map->at.premium + k];
        if (c->cap[k].kind == PL_CAP_TARIFF_RATE_QUOTA && bounded && out->tariff)
            out->tariff[c->cap[k].flows[0]] -= r->z_bar[k];
    }
}

void pl_caps_reverse_wedges(const pl_reverse *r, const double *y, const double *g_bar,
                            pl_wedge_gradient *out) {
    const pl_gmap *map = r->map;
    const pl_caps *c = &map->caps;
    bool duty = map->border != map->user;
    for (size_t f = 0; f < c->flows; f++) {
        flow it = read_flow(map, f);
        double quantity = 0, volume = it.net * exp(-map->cost[it.own]) / c->iceberg[f];
        for (size_t o = c->first[f]; o < c->first[f + 1]; o++)
            quantity += r->quantity_bar[c->owner[o]] / c->base[c->owner[o]];
        double all = -map->theta[it.j] * (r->sum_bar[it.row] * c->term[f] + r->flow_bar[f] * it.paid);
        double kept = it.paid * it.keep, by_volume = volume * quantity;
        if (out->tariff)
            out->tariff[c->flow[f]] =
                all - r->flow_bar[f] * it.paid + (duty ? 0 : r->base_bar[it.n] * it.paid);
        if (out->export_tax)
            out->export_tax[c->flow[f]] =
                all + kept * (it.net * (r->base_bar[it.i] - r->output_bar[it.own]) - by_volume);
        if (out->iceberg)
            out->iceberg[c->flow[f]] = all - kept * by_volume;
    }
    wedge_to_bounds(r, y, g_bar, out);
}
