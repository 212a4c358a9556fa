/*
 * The equations of docs/model.md once more, on purpose, by plain loops over the world's own arrays: what the certificate of
 * an equilibrium and that of a month have in common. Nothing here is shared with the map G.
 */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

double pl_plain_largest(double a, double b) {
    return a >= b || isnan(a) ? a : b; /* a NaN stays */
}

double pl_plain_relative(double a, double b) {
    double scale = fabs(a) > fabs(b) ? fabs(a) : fabs(b);
    return scale > 0 ? fabs(a - b) / scale : 0;
}

/* One CES step: share * (new/total)^(1-sigma), and its Cobb-Douglas limit. */
static double mean_term(double share, double x, double sigma) {
    return sigma == 1 ? share * log(x) : share * expm1((1 - sigma) * log(x));
}

static double mean_close(double sum, double sigma) {
    return sigma == 1 ? exp(sum) : exp(log1p(sum) / (1 - sigma));
}

static bool make_room(pl_plain *p) {
    size_t N = p->N, J = p->J, cells = N * N * J, caps = p->policy->caps;
    double **by_country[] = {&p->wage,  &p->duty,    &p->tax,     &p->imports, &p->exports,
                             &p->rent,  &p->waste,   &p->index,   &p->paid,    &p->earned_rent,
                             &p->final, &p->stocked, &p->deficit, &p->cap_duty};
    double **by_both[] = {&p->price,  &p->spending, &p->labour, &p->own_wage, &p->cost,
                          &p->bundle, &p->output,   &p->added,  &p->wanted,   &p->limit};
    double **by_flow[] = {&p->premium, &p->share, &p->ratio};
    size_t countries = sizeof by_country / sizeof *by_country, both = sizeof by_both / sizeof *by_both;
    p->memory = pl_alloc(countries * N + both * N * J + 3 * cells + 2 * caps, sizeof(double));
    if (!p->memory)
        return false;
    double *next = p->memory;
    for (size_t k = 0; k < countries; k++, next += N)
        *by_country[k] = next;
    for (size_t k = 0; k < both; k++, next += N * J)
        *by_both[k] = next;
    for (size_t k = 0; k < 3; k++, next += cells)
        *by_flow[k] = next;
    p->charged = next;
    p->quantity = next + caps;
    return true;
}

static void read_state(pl_plain *p, const double *y) {
    const pl_model *m = p->model;
    pl_layout_y at = pl_y_layout(m, 0);
    for (size_t n = 0; n < p->N; n++) {
        p->wage[n] = exp(y[at.wage + n]);
        for (size_t j = 0; j < p->J; j++) {
            size_t to = n * p->J + j, from = j * m->S + n;
            p->price[to] = exp(y[at.price + from]);
            p->spending[to] = m->spending[from] * exp(y[at.spending + from]);
            p->labour[to] = at.labour < at.premium ? exp(y[at.labour + from]) : 1;
            p->own_wage[to] =
                at.labour < at.premium ? p->wage[n] * pow(p->labour[to], 1 / m->settings.kappa) : p->wage[n];
        }
    }
}

/* The world's input and value-added shares, made to add up to one as the calibration does. */
static double share_sum(const pl_plain *p, size_t n, size_t j) {
    const pl_world *w = p->world;
    double sum = w->value_added_share[n * p->J + j];
    for (size_t k = 0; k < p->J; k++)
        sum += w->input_share[(n * p->J + j) * p->J + k];
    return sum > 0 ? sum : 1;
}

/* (1)-(2) */
static void take_costs(pl_plain *p) {
    const pl_world *w = p->world;
    for (size_t n = 0; n < p->N; n++) {
        for (size_t j = 0; j < p->J; j++) {
            size_t at = n * p->J + j;
            double sum = share_sum(p, n, j), beta = w->value_added_share[at] / sum, inputs = 1 - beta,
                   bundle = 0;
            double sigma = p->model->sigma_m[j], outer = p->model->sigma_v[j];
            for (size_t k = 0; k < p->J; k++) {
                double gamma = w->input_share[at * p->J + k] / sum;
                if (gamma != 0)
                    bundle += mean_term(gamma / inputs, p->price[n * p->J + k], sigma);
            }
            p->bundle[at] = mean_close(bundle, sigma);
            p->cost[at] = mean_close(
                mean_term(beta, p->own_wage[at], outer) + mean_term(inputs, p->bundle[at], outer), outer);
        }
    }
}

/* One plus the premium on every flow: the product over the controls it is under; infinite under a ban. */
static void take_premia(pl_plain *p) {
    for (size_t k = 0; k < p->policy->caps; k++)
        for (size_t f = 0; f < p->policy->cap[k].count; f++)
            p->premium[p->policy->cap[k].flows[f]] *=
                p->policy->cap[k].level > 0 ? 1 + p->cap[k].premium : INFINITY;
}

pl_status pl_plain_init(pl_plain *p, const pl_model *model, const pl_policy *policy, const double *y,
                        const pl_cap_result *cap, pl_error *error) {
    *p = (pl_plain){
        .model = model, .world = model->world, .policy = policy, .cap = cap, .N = model->N, .J = model->J};
    if (!make_room(p))
        return pl_fail_memory(error, 3 * p->N * p->N * p->J * sizeof(double));
    for (size_t at = 0; at < p->N * p->N * p->J; at++)
        p->premium[at] = p->ratio[at] = 1;
    for (size_t at = 0; at < p->N * p->J; at++)
        p->limit[at] = 1;
    read_state(p, y);
    take_costs(p);
    take_premia(p);
    return PL_OK;
}

void pl_plain_clear(pl_plain *p) {
    free(p->memory);
}

double pl_plain_wedge(const pl_plain *p, size_t at) {
    const pl_world *w = p->world;
    double e0 = w->export_tax ? w->export_tax[at] : 0, e1 = pl_policy_export_tax_at(p->policy, at),
           iceberg = p->policy->iceberg ? p->policy->iceberg[at] : 1;
    return iceberg * p->premium[at] * (1 + p->policy->tariff[at]) / (1 + w->tariff[at]) * (1 + e1) / (1 + e0);
}

double pl_plain_received(const pl_plain *p, size_t at) {
    size_t i = at % p->N, n = at / p->N % p->N, j = at / (p->N * p->N);
    double customs = p->share[at] * p->spending[n * p->J + j] / (1 + p->policy->tariff[at]);
    return customs / p->premium[at] / p->limit[i * p->J + j] / (1 + pl_policy_export_tax_at(p->policy, at));
}

/* One flow's share of spending, as money: duties and revenues are of what is bought. */
static void take_flow(pl_plain *p, size_t j, size_t n, size_t i) {
    size_t at = (j * p->N + n) * p->N + i;
    double used = p->share[at] * p->spending[n * p->J + j], paid = used * p->ratio[at];
    double customs = paid / (1 + p->policy->tariff[at]);
    double charged = customs / p->premium[at], kept = charged / p->limit[i * p->J + j];
    double received = kept / (1 + pl_policy_export_tax_at(p->policy, at));
    p->stocked[n] += paid - used;
    p->earned_rent[i] += customs - kept;
    p->rent[i] += charged - kept; /* a limit's premium is the seller's */
    p->duty[n] += paid - customs;
    p->tax[i] += kept - received;
    p->output[i * p->J + j] += received;
    if (i != n) {
        p->imports[n] += customs;
        p->exports[i] += customs;
    }
}

/* One flow of one control: rent charged on what is bought, split by how much of the flow's premium is this control's; and
 * the quantity used, at base prices. */
static void take_charge(const pl_plain *p, size_t k, size_t at, double *rent, double *quantity,
                        double *base) {
    const pl_world *w = p->world;
    size_t i = at % p->N, n = at / p->N % p->N, j = at / (p->N * p->N);
    double customs = p->share[at] * p->spending[n * p->J + j] / (1 + p->policy->tariff[at]);
    double all = log(p->premium[at]), mine = log(1 + p->cap[k].premium);
    double iceberg = p->policy->iceberg ? p->policy->iceberg[at] : 1;
    bool banned = isinf(p->premium[at]);
    *rent = banned || all == 0 ? 0 : p->ratio[at] * mine / all * customs * (1 - 1 / p->premium[at]);
    *quantity = banned ? 0 : pl_plain_received(p, at) / p->cost[i * p->J + j] / iceberg;
    *base = w->flow[at] / (1 + (w->export_tax ? w->export_tax[at] : 0));
}

/* (9): a control's rent to its holders; beyond a tariff-rate quota it is duty. */
static void take_rents(pl_plain *p, size_t k) {
    const pl_cap *cap = &p->policy->cap[k];
    double base = 0, rent, quantity, before;
    for (size_t f = 0; f < cap->count; f++) {
        take_charge(p, k, cap->flows[f], &rent, &quantity, &before);
        p->charged[k] += rent;
        p->quantity[k] += quantity;
        base += before;
    }
    if (!(base > 0))
        return;
    p->quantity[k] /= base;
    bool beyond = cap->kind == PL_CAP_TARIFF_RATE_QUOTA && p->quantity[k] > cap->level;
    double held = beyond ? cap->level / p->quantity[k] : 1;
    for (size_t f = 0; f < cap->count; f++) {
        size_t i = cap->flows[f] % p->N, n = cap->flows[f] / p->N % p->N;
        take_charge(p, k, cap->flows[f], &rent, &quantity, &before);
        p->rent[i] += cap->to_seller * held * rent;
        p->rent[n] += cap->to_buyer * held * rent;
        p->duty[n] += (1 - held) * rent;
        p->cap_duty[n] += (1 - held) * rent;
        if (cap->to_third > 0)
            p->rent[cap->third] += cap->to_third * held * rent;
        if (cap->wasted > 0)
            p->waste[cap->waste_country] += cap->wasted * held * rent;
    }
}

/* The price index that costs imply is P (sum of shares)^(-1/theta). */
void pl_plain_trade(pl_plain *p, const double *theta, pl_certificate *c) {
    for (size_t j = 0; j < p->J; j++) {
        for (size_t n = 0; n < p->N; n++) {
            double total = 0;
            for (size_t i = 0; i < p->N; i++) {
                double share = p->share[(j * p->N + n) * p->N + i];
                total += share;
                if (share != 0)
                    take_flow(p, j, n, i);
            }
            if (p->spending[n * p->J + j] > 0) {
                c->shares = pl_plain_largest(c->shares, fabs(total - 1));
                c->price_index =
                    pl_plain_largest(c->price_index, pl_plain_relative(1, pow(total, -1 / theta[j])));
            }
        }
    }
    for (size_t k = 0; k < p->policy->caps; k++)
        if (p->policy->cap[k].level > 0)
            take_rents(p, k);
}

void pl_plain_deficit(pl_plain *p, const double *income) {
    const pl_model *m = p->model;
    double spread = 0, world = 0;
    for (size_t n = 0; n < p->N; n++) {
        spread += m->deficit[n] / m->income[n] * income[n];
        world += income[n];
    }
    for (size_t n = 0; n < p->N; n++)
        p->deficit[n] = m->settings.closure == PL_GDP
                            ? (m->deficit[n] / m->income[n] - spread / world) * income[n]
                            : m->deficit[n];
}

/* Value added in a sector's output, and what it and its inputs ask for. */
static void take_inputs(pl_plain *p, size_t n, size_t j) {
    const pl_world *w = p->world;
    size_t at = n * p->J + j;
    double sum = share_sum(p, n, j), outer = p->model->sigma_v[j], inner = p->model->sigma_m[j];
    p->added[at] =
        w->value_added_share[at] / sum * pow(p->own_wage[at] / p->cost[at], 1 - outer) * p->output[at];
    for (size_t k = 0; k < p->J; k++) {
        double gamma = w->input_share[at * p->J + k] / sum;
        if (gamma != 0)
            p->wanted[n * p->J + k] += gamma * pow(p->bundle[at] / p->cost[at], 1 - outer) *
                                       pow(p->price[n * p->J + k] / p->bundle[at], 1 - inner) * p->output[at];
    }
}

void pl_plain_demand(pl_plain *p) {
    const pl_model *m = p->model;
    for (size_t n = 0; n < p->N; n++) {
        double sum_index = 0, sigma = m->settings.sigma_final;
        for (size_t j = 0; j < p->J; j++)
            sum_index += mean_term(m->final[j * m->S + n] / m->income[n], p->price[n * p->J + j], sigma);
        p->index[n] = mean_close(sum_index, sigma);
        for (size_t j = 0; j < p->J; j++) {
            size_t at = n * p->J + j;
            p->wanted[at] += m->final[j * m->S + n] / m->income[n] *
                             pow(p->price[at] / p->index[n], 1 - sigma) * p->final[n];
            take_inputs(p, n, j);
        }
    }
}

/* (6) and (10) in one country: spending, and shares of labour. */
static void compare_sectors(pl_plain *p, size_t n, pl_certificate *c) {
    const pl_model *m = p->model;
    for (size_t j = 0; j < p->J; j++) {
        size_t at = n * p->J + j;
        if (p->spending[at] > 0)
            c->market_clearing =
                pl_plain_largest(c->market_clearing, pl_plain_relative(p->spending[at], p->wanted[at]));
        p->paid[n] += (1 - m->profit[j * m->S + n]) * p->added[at];
    }
    p->paid[n] += p->waste[n];
    for (size_t j = 0; j < p->J && !isinf(m->settings.kappa); j++) {
        size_t at = n * p->J + j;
        double before = m->labour[j * m->S + n], works = (1 - m->profit[j * m->S + n]) * p->added[at];
        if (before > 0)
            c->labour = pl_plain_largest(
                c->labour, pl_plain_relative(works / (p->paid[n] - p->waste[n]), before * p->labour[at]));
    }
}

/* The lowest export price under a control, all premia and the export tax included, over the baseline's. */
static double lowest_price(const pl_plain *p, const pl_cap *cap) {
    double lowest = INFINITY;
    for (size_t f = 0; f < cap->count; f++) {
        size_t at = cap->flows[f], i = at % p->N, j = at / (p->N * p->N);
        double e0 = p->world->export_tax ? p->world->export_tax[at] : 0;
        double tax = (1 + pl_policy_export_tax_at(p->policy, at)) / (1 + e0);
        lowest = fmin(lowest, p->cost[i * p->J + j] * tax * p->premium[at]);
    }
    return lowest;
}

/* How far a control is from complementarity, and its rent from what is said to be paid out. */
static void compare_control(const pl_plain *p, size_t k, pl_certificate *c) {
    const pl_cap *cap = &p->policy->cap[k];
    const pl_cap_result *r = &p->cap[k];
    double z = log1p(r->premium), slack = (cap->level - p->quantity[k]) / cap->level, most = INFINITY;
    if (cap->kind == PL_CAP_MINIMUM_PRICE)
        slack = lowest_price(p, cap) / cap->level - 1;
    if (cap->kind == PL_CAP_TARIFF_RATE_QUOTA)
        most = fmax(0, log((1 + cap->out_of_quota) / (1 + p->policy->tariff[cap->flows[0]])));
    double miss = slack >= 0 ? fmin(z, slack) : fmin(most - z, -slack);
    c->complementarity = pl_plain_largest(c->complementarity, fabs(miss));
    double paid = r->to_sellers + r->to_buyers + r->to_third + r->wasted + r->duty;
    double least = fmax(1e-9, 1e-12 * p->model->income[0]); /* below it a rent is rounding */
    bool seen = p->charged[k] > least || paid > least;
    c->rent = pl_plain_largest(c->rent, seen ? pl_plain_relative(paid, p->charged[k]) : 0);
}

void pl_plain_compare(pl_plain *p, const double *income, pl_certificate *c) {
    double spent = 0, earned = 0;
    for (size_t n = 0; n < p->N; n++) {
        double added = 0, deficit = p->deficit[n];
        compare_sectors(p, n, c);
        for (size_t at = n * p->J; at < (n + 1) * p->J; at++) {
            added += p->added[at];
            spent += p->spending[at];
            earned += p->output[at];
        }
        double parts = added + p->waste[n] + p->duty[n] + p->tax[n] + p->rent[n] + deficit;
        c->income = pl_plain_largest(c->income, pl_plain_relative(income[n], parts));
        /* Rents on own exports are in their customs value; rents received come on top of what trade pays. */
        double transfer = p->rent[n] + p->waste[n] - p->earned_rent[n] + p->cap_duty[n];
        c->walras =
            pl_plain_largest(c->walras, fabs(p->imports[n] - p->exports[n] - deficit - transfer) / income[n]);
        earned += p->duty[n] + p->tax[n] + p->rent[n] + p->waste[n];
        spent += p->stocked[n];
    }
    c->walras = pl_plain_largest(c->walras, pl_plain_relative(spent, earned));
    for (size_t k = 0; k < p->policy->caps; k++)
        if (p->policy->cap[k].level != 0 && p->policy->cap[k].count > 0)
            compare_control(p, k, c);
}

void pl_plain_worst(pl_certificate *c) {
    const double each[] = {c->market_clearing, c->income, c->labour, c->price_index,
                           c->walras,          c->rent,   c->shares, c->complementarity};
    for (size_t k = 0; k < sizeof each / sizeof *each; k++)
        c->worst = pl_plain_largest(c->worst, each[k]);
}
