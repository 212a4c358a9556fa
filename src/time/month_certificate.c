/*
 * The certificate of a month: its equations once more, on purpose, by plain loops over the world's own arrays. Taken from
 * the path are the month's weights, wages, prices, spending, premia, income, and stocks before and after.
 */
#include "time/time.h"

#include <math.h>
#include <string.h>

typedef struct {
    const pl_path *path;
    const pl_model *model;
    const pl_world *world;
    const pl_policy *policy;
    size_t N, J;
    double *wage, *price, *spending, *labour, *own_wage, *cost, *bundle, *output, *added, *wanted;
    double *limit, *seller_power, *buyer_power;
    double *duty, *tax, *imports, *exports, *rent, *earned_rent, *waste, *cap_duty, *stocked, *index, *final;
    double *premium;            /* [J][N][N] one plus mu; infinite under a ban */
    double *ratio;              /* [J][N][N] purchases over use */
    double *charged, *quantity; /* [caps] */
    double *memory;
} plain;

static double largest(double a, double b) {
    return a >= b || isnan(a) ? a : b; /* a NaN stays */
}

static double relative(double a, double b) {
    double scale = fabs(a) > fabs(b) ? fabs(a) : fabs(b);
    return scale > 0 ? fabs(a - b) / scale : 0;
}

static double mean_term(double share, double x, double sigma) {
    return sigma == 1 ? share * log(x) : share * expm1((1 - sigma) * log(x));
}

static double mean_close(double sum, double sigma) {
    return sigma == 1 ? exp(sum) : exp(log1p(sum) / (1 - sigma));
}

static bool plain_init(plain *p, const pl_path *path) {
    size_t N = path->N, J = path->J, caps = path->policy->caps, cells = N * N * J;
    *p = (plain){.path = path,
                 .model = path->model,
                 .world = path->model->world,
                 .policy = path->policy,
                 .N = N,
                 .J = J};
    p->memory = pl_alloc(12 * N + 12 * N * J + 2 * cells + 2 * caps, sizeof(double));
    if (!p->memory)
        return false;
    double *next = p->memory;
    double **by_country[] = {&p->wage, &p->duty,        &p->tax,   &p->imports,  &p->exports, &p->index,
                             &p->rent, &p->earned_rent, &p->waste, &p->cap_duty, &p->stocked, &p->final};
    double **by_both[] = {&p->price,  &p->spending, &p->labour,       &p->own_wage,
                          &p->cost,   &p->bundle,   &p->output,       &p->added,
                          &p->wanted, &p->limit,    &p->seller_power, &p->buyer_power};
    for (size_t k = 0; k < 12; k++, next += N)
        *by_country[k] = next;
    for (size_t k = 0; k < 12; k++, next += N * J)
        *by_both[k] = next;
    p->premium = next;
    p->ratio = next + cells;
    p->charged = next + 2 * cells;
    p->quantity = p->charged + caps;
    return true;
}

static void read_state(plain *p) {
    const pl_model *m = p->model;
    pl_layout_y at = pl_y_layout(m, 0);
    const double *y = p->path->y;
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

static double share_sum(const plain *p, size_t n, size_t j) {
    const pl_world *w = p->world;
    double sum = w->value_added_share[n * p->J + j];
    for (size_t k = 0; k < p->J; k++)
        sum += w->input_share[(n * p->J + j) * p->J + k];
    return sum > 0 ? sum : 1;
}

/* (1)-(2) */
static void plain_costs(plain *p) {
    const pl_world *w = p->world;
    for (size_t n = 0; n < p->N; n++) {
        for (size_t j = 0; j < p->J; j++) {
            size_t at = n * p->J + j;
            double sum = share_sum(p, n, j), beta = w->value_added_share[at] / sum, inputs = 1 - beta,
                   bundle = 0;
            double sigma = p->model->sigma_m[j], outer = p->model->sigma_v[j];
            for (size_t k = 0; k < p->J; k++) {
                double gamma = w->input_share[at * p->J + k] / sum;
                if (gamma > 0)
                    bundle += mean_term(gamma / inputs, p->price[n * p->J + k], sigma);
            }
            p->bundle[at] = mean_close(bundle, sigma);
            p->cost[at] = mean_close(
                mean_term(beta, p->own_wage[at], outer) + mean_term(inputs, p->bundle[at], outer), outer);
        }
    }
}

/* Premia by flow, and purchases over use where there is a stock. */
static double cap_premium(const plain *p, size_t k) {
    return p->policy->cap[k].level > 0 ? 1 + p->path->map.caps.result[k].premium : INFINITY;
}

static void read_flows(plain *p) {
    const pl_holdings *h = &p->path->holdings;
    for (size_t at = 0; at < p->N * p->N * p->J; at++)
        p->premium[at] = p->ratio[at] = 1;
    for (size_t k = 0; k < p->policy->caps; k++)
        for (size_t f = 0; f < p->policy->cap[k].count; f++)
            p->premium[p->policy->cap[k].flows[f]] *= cap_premium(p, k);
    for (size_t k = 0; k < h->count; k++)
        p->ratio[h->flow[k]] = h->use[k] > 0 ? h->bought[k] / h->use[k] : 1;
}

/* One plus the premium on all that a seller whose output is limited sells. */
static double limit_premium(const plain *p, size_t j, size_t i) {
    return p->limit[i * p->J + j];
}

static void take_powers(plain *p) {
    for (size_t n = 0; n < p->N; n++)
        for (size_t j = 0; j < p->J; j++) {
            size_t at = n * p->J + j;
            double theta = p->path->weights.theta[j];
            p->limit[at] = exp(p->path->entered.log_premium[j * p->model->S + n]);
            p->seller_power[at] = pow(p->limit[at] * p->cost[at], -theta);
            p->buyer_power[at] = pow(p->price[at], theta);
        }
}

/* (13): the share of a supplier at this month's weights and prices. */
static double plain_share(const plain *p, size_t j, size_t n, size_t i) {
    const pl_world *w = p->world;
    size_t at = (j * p->N + n) * p->N + i;
    double weight = p->path->weights.now[(j * p->N + n) * p->model->S + i];
    double e0 = w->export_tax ? w->export_tax[at] : 0,
           iceberg = p->policy->iceberg ? p->policy->iceberg[at] : 1;
    double wedge = iceberg * p->premium[at] * (1 + p->policy->tariff[at]) / (1 + w->tariff[at]) *
                   (1 + pl_policy_export_tax_at(p->policy, at)) / (1 + e0);
    if (weight == 0 || isinf(wedge))
        return 0;
    /* Powers are taken once a seller and once a buyer, and again only where there is a wedge. */
    double power = p->seller_power[i * p->J + j] * p->buyer_power[n * p->J + j];
    return weight * power * (wedge == 1 ? 1 : pow(wedge, -p->path->weights.theta[j]));
}

static void plain_flow(plain *p, size_t j, size_t n, size_t i, double share) {
    size_t at = (j * p->N + n) * p->N + i;
    double used = share * p->spending[n * p->J + j], paid = used * p->ratio[at];
    double customs = paid / (1 + p->policy->tariff[at]);
    double charged = isinf(p->premium[at]) ? 0 : customs / p->premium[at];
    double kept = charged / limit_premium(p, j, i);
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

/* (3)-(5), (8), (13): shares add up to one; duties and revenues are of what is bought. */
static void plain_trade(plain *p, pl_certificate *c) {
    for (size_t j = 0; j < p->J; j++) {
        for (size_t n = 0; n < p->N; n++) {
            double total = 0;
            for (size_t i = 0; i < p->N; i++) {
                double share = plain_share(p, j, n, i);
                total += share;
                if (share > 0)
                    plain_flow(p, j, n, i, share);
            }
            if (p->spending[n * p->J + j] > 0) {
                c->shares = largest(c->shares, fabs(total - 1));
                c->price_index =
                    largest(c->price_index, relative(1, pow(total, -1 / p->path->weights.theta[j])));
            }
        }
    }
}

/* One flow of one control: the rent charged on what is bought, and the quantity used at base prices. */
static void plain_charge(plain *p, size_t k, size_t at, double *rent, double *quantity, double *base) {
    const pl_world *w = p->world;
    size_t i = at % p->N, n = at / p->N % p->N, j = at / (p->N * p->N);
    bool banned = isinf(p->premium[at]);
    double customs =
        banned ? 0 : plain_share(p, j, n, i) * p->spending[n * p->J + j] / (1 + p->policy->tariff[at]);
    double all = log(p->premium[at]), mine = log(cap_premium(p, k));
    double iceberg = p->policy->iceberg ? p->policy->iceberg[at] : 1;
    double received =
        customs / p->premium[at] / limit_premium(p, j, i) / (1 + pl_policy_export_tax_at(p->policy, at));
    *rent = banned || all == 0 ? 0 : p->ratio[at] * mine / all * customs * (1 - 1 / p->premium[at]);
    *quantity = banned ? 0 : received / p->cost[i * p->J + j] / iceberg;
    *base = w->flow[at] / (1 + (w->export_tax ? w->export_tax[at] : 0));
}

/* (9) */
static void plain_rents(plain *p) {
    for (size_t k = 0; k < p->policy->caps; k++) {
        const pl_cap *cap = &p->policy->cap[k];
        double base = 0, rent, quantity, before;
        for (size_t f = 0; f < cap->count && cap->level > 0; f++) {
            plain_charge(p, k, cap->flows[f], &rent, &quantity, &before);
            p->charged[k] += rent;
            p->quantity[k] += quantity;
            base += before;
        }
        if (!(base > 0))
            continue;
        p->quantity[k] /= base;
        bool beyond = cap->kind == PL_CAP_TARIFF_RATE_QUOTA && p->quantity[k] > cap->level;
        double held = beyond ? cap->level / p->quantity[k] : 1;
        for (size_t f = 0; f < cap->count; f++) {
            size_t i = cap->flows[f] % p->N, n = cap->flows[f] / p->N % p->N;
            plain_charge(p, k, cap->flows[f], &rent, &quantity, &before);
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
}

/* Section 3: use within the control, or a premium of the size that makes it so. */
static void compare_caps(const plain *p, pl_certificate *c) {
    for (size_t k = 0; k < p->policy->caps; k++) {
        const pl_cap *cap = &p->policy->cap[k];
        const pl_cap_result *r = &p->path->map.caps.result[k];
        double z = log1p(r->premium), slack = (cap->level - p->quantity[k]) / cap->level, most = INFINITY;
        if (cap->level == 0 || cap->count == 0)
            continue;
        size_t at = cap->flows[0], i = at % p->N, j = at / (p->N * p->N);
        if (cap->kind == PL_CAP_MINIMUM_PRICE) {
            double e0 = p->world->export_tax ? p->world->export_tax[at] : 0;
            double tax = (1 + pl_policy_export_tax_at(p->policy, at)) / (1 + e0);
            slack = p->cost[i * p->J + j] * tax * (1 + r->premium) / cap->level - 1;
        }
        if (cap->kind == PL_CAP_TARIFF_RATE_QUOTA)
            most = fmax(0, log((1 + cap->out_of_quota) / (1 + p->policy->tariff[at])));
        double miss = slack >= 0 ? fmin(z, slack) : fmin(most - z, -slack);
        c->complementarity = largest(c->complementarity, fabs(miss));
        double paid = r->to_sellers + r->to_buyers + r->to_third + r->wasted + r->duty;
        double scale = fmax(1e-9, 1e-12 * p->model->income[0]);
        c->rent = largest(c->rent, p->charged[k] > scale || paid > scale ? relative(paid, p->charged[k]) : 0);
    }
}

/* (16): output within its limit, or a premium of the size that makes it so. */
static void compare_limits(const plain *p, pl_certificate *c) {
    for (size_t k = 0; k < p->path->limits; k++) {
        const pl_limit *limit = &p->path->limit[k];
        size_t n = limit->country, j = limit->sector, at = j * p->model->S + n;
        double level = limit->limit * p->path->normal_output[at];
        double volume = p->output[n * p->J + j] / p->cost[n * p->J + j] / p->model->output[at];
        double z = p->path->entered.log_premium[at], slack = (level - volume) / level;
        c->complementarity = largest(c->complementarity, fabs(slack >= 0 ? fmin(z, slack) : -slack));
    }
}

/* (6): what inputs and final users, who pay for stocks first, demand. */
static void plain_demand(plain *p) {
    const pl_model *m = p->model;
    const pl_world *w = p->world;
    for (size_t n = 0; n < p->N; n++) {
        double final = p->final[n], sum_index = 0, sigma = m->settings.sigma_final;
        for (size_t j = 0; j < p->J; j++)
            sum_index += mean_term(m->final[j * m->S + n] / m->income[n], p->price[n * p->J + j], sigma);
        p->index[n] = mean_close(sum_index, sigma);
        for (size_t j = 0; j < p->J; j++) {
            size_t at = n * p->J + j;
            double sum = share_sum(p, n, j), outer = m->sigma_v[j], inner = m->sigma_m[j];
            p->added[at] = w->value_added_share[at] / sum * pow(p->own_wage[at] / p->cost[at], 1 - outer) *
                           p->output[at];
            p->wanted[at] +=
                m->final[j * m->S + n] / m->income[n] * pow(p->price[at] / p->index[n], 1 - sigma) * final;
            for (size_t k = 0; k < p->J; k++) {
                double gamma = w->input_share[at * p->J + k] / sum;
                if (gamma > 0)
                    p->wanted[n * p->J + k] += gamma * pow(p->bundle[at] / p->cost[at], 1 - outer) *
                                               pow(p->price[n * p->J + k] / p->bundle[at], 1 - inner) *
                                               p->output[at];
            }
        }
    }
}

/* Income before borrowing: the path's income less what its borrowing is said to be. */
static double own_income(const plain *p, size_t n) {
    return p->path->map.income[n] - p->path->map.borrowed[n];
}

/* D' of the closure. */
static double plain_deficit(const plain *p, size_t n) {
    const pl_model *m = p->model;
    double spread = 0, world = 0;
    if (m->settings.closure != PL_GDP)
        return m->deficit[n];
    for (size_t k = 0; k < p->N; k++) {
        spread += m->deficit[k] / m->income[k] * own_income(p, k);
        world += own_income(p, k);
    }
    return (m->deficit[n] / m->income[n] - spread / world) * own_income(p, n);
}

/* (14), (17): final spending is the stated part of the way from last month's to income, and over the world what stocks
 * leave of income. */
static void plain_spending(plain *p) {
    double share = p->model->settings.spending_share, earned = 0, wanted = 0;
    for (size_t n = 0; n < p->N; n++) {
        p->final[n] = share * own_income(p, n) + (1 - share) * p->path->spent[n];
        earned += own_income(p, n) - p->stocked[n];
        wanted += p->final[n];
    }
    for (size_t n = 0; n < p->N; n++)
        p->final[n] *= earned / wanted;
}

/* (17): the wage is the stated part of the way from last month's to the one that clears the labour market. */
static double wage_miss(const plain *p, size_t n, double paid, double anchor) {
    double share = p->model->settings.wage_share, cleared = log(paid / p->model->payroll[n]);
    return fabs(log(p->wage[n]) - (share * cleared + (1 - share) * anchor));
}

static void compare(const plain *p, pl_certificate *c) {
    const pl_model *m = p->model;
    double nominal = 0, target = 0, spent = 0, earned = 0;
    for (size_t n = 0; n < p->N; n++) {
        double paid = 0, added = 0, income = p->path->map.income[n];
        double borrowed = p->final[n] + p->stocked[n] - own_income(p, n),
               deficit = plain_deficit(p, n) + borrowed;
        for (size_t j = 0; j < p->J; j++) {
            size_t at = n * p->J + j;
            paid += (1 - m->profit[j * m->S + n]) * p->added[at];
            added += p->added[at];
            spent += p->spending[at];
            earned += p->output[at];
            if (p->spending[at] > 0)
                c->market_clearing = largest(c->market_clearing, relative(p->spending[at], p->wanted[at]));
        }
        paid += p->waste[n];
        for (size_t j = 0; j < p->J && !isinf(m->settings.kappa); j++) {
            size_t at = n * p->J + j;
            double before = m->labour[j * m->S + n], works = (1 - m->profit[j * m->S + n]) * p->added[at];
            if (before > 0)
                c->labour = largest(c->labour, relative(works / paid, before * p->labour[at]));
        }
        c->labour = largest(c->labour, wage_miss(p, n, paid, p->path->anchor[n]));
        double parts = added + p->waste[n] + p->duty[n] + p->tax[n] + p->rent[n] + deficit;
        c->income = largest(c->income, relative(income, parts));
        double transfer = p->rent[n] + p->waste[n] - p->earned_rent[n] + p->cap_duty[n];
        c->walras = largest(c->walras, fabs(p->imports[n] - p->exports[n] - deficit - transfer) / income);
        nominal += paid / m->payroll[n] * m->value_added[n];
        target += m->value_added[n];
        earned += p->duty[n] + p->tax[n] + p->rent[n] + p->waste[n];
        spent += p->stocked[n];
    }
    c->labour = largest(c->labour, relative(nominal, target));
    c->walras = largest(c->walras, relative(spent, earned));
}

/* (14): what is used was bought or in stock, and what is bought is what stocks and the month's use ask for. */
static double compare_stocks(const plain *p) {
    const pl_holdings *h = &p->path->holdings;
    double worst = 0;
    for (size_t k = 0; k < h->count; k++) {
        size_t at = h->flow[k], i = at % p->N, n = at / p->N % p->N, j = at / (p->N * p->N);
        double customs = plain_share(p, j, n, i) * p->spending[n * p->J + j] / (1 + p->policy->tariff[at]);
        double kept = isinf(p->premium[at]) ? 0 : customs / p->premium[at] / limit_premium(p, j, i);
        double use =
            kept / (1 + pl_policy_export_tax_at(p->policy, at)) / p->cost[i * p->J + j] / h->iceberg[k];
        double asked = use > 0 ? fmax(0, fmin(use + h->wanted[k] - h->opening[k], h->most[k])) : 0;
        double left = h->opening[k] + h->bought[k] - h->use[k];
        worst = largest(worst, fabs(use - h->use[k]) / h->base[k]);
        worst = largest(worst, fabs(asked - h->bought[k]) / h->base[k]);
        worst = largest(worst, fabs(left - h->closing[k]) / h->base[k]);
    }
    return worst;
}

pl_status pl_month_certify(const pl_path *path, pl_month *month, pl_error *error) {
    plain p;
    pl_certificate *c = &month->residual;
    memset(c, 0, sizeof *c);
    if (!plain_init(&p, path))
        return pl_fail_memory(error, (2 * path->N * path->N + 9 * path->N) * path->J * sizeof(double));
    read_state(&p);
    plain_costs(&p);
    take_powers(&p);
    read_flows(&p);
    plain_trade(&p, c);
    plain_rents(&p);
    plain_spending(&p);
    plain_demand(&p);
    compare(&p, c);
    compare_caps(&p, c);
    compare_limits(&p, c);
    month->stocks = compare_stocks(&p);
    const double each[] = {c->market_clearing, c->income, c->labour, c->price_index,
                           c->walras,          c->rent,   c->shares, c->complementarity};
    for (size_t k = 0; k < sizeof each / sizeof *each; k++)
        c->worst = largest(c->worst, each[k]);
    month->worst = largest(c->worst, month->stocks);
    free(p.memory);
    return PL_OK;
}
