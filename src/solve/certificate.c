/*
 * The certificate: the equations of docs/model.md once more, on purpose, by plain loops over the world's own
 * arrays. Nothing here is shared with the map G; from the result only wages, prices, spending, labour shares
 * and income are taken, and everything else is recomputed from them.
 */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

typedef struct {
    const pl_model *model;
    const pl_world *world;
    const pl_policy *policy;
    const pl_result *result;
    size_t N, J;
    double *wage;                                    /* [N] w */
    double *price, *spending, *labour;               /* [N][J] P, E', l'/l */
    double *cost, *bundle, *own_wage;                /* [N][J] c, M, w_nj */
    double *index;                                   /* [N] P^C */
    double *output;                                  /* [N][J] Y' */
    double *added;                                   /* [N][J] value added */
    double *duty, *tax, *imports, *exports, *wanted; /* [N], and [N][J] the demand that spending must meet */
    double *rent, *earned_rent, *waste,
        *cap_duty;              /* [N] received, charged on own exports, paid to labour, duty */
    double *premium;            /* [J][N][N] one plus mu, NULL without controls */
    double *charged, *quantity; /* [caps] rent paid, and quantity new over base */
    double *memory;
} plain;

static double largest(double a, double b) {
    return a >= b || isnan(a) ? a : b; /* a NaN stays */
}

static double relative(double a, double b) {
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

static bool plain_init(plain *p, const pl_result *result, const pl_policy *policy) {
    const pl_model *m = result->model;
    size_t N = m->N, J = m->J;
    memset(p, 0, sizeof *p);
    *p = (plain){.model = m, .world = m->world, .policy = policy, .result = result, .N = N, .J = J};
    size_t caps = policy->caps;
    p->memory = pl_alloc(10 * N + 9 * N * J + 2 * caps, sizeof(double));
    p->premium = caps ? pl_alloc(N * N * J, sizeof(double)) : NULL;
    if (!p->memory || (caps && !p->premium))
        return false;
    double *next = p->memory;
    double **by_country[] = {&p->wage,    &p->index, &p->duty,        &p->tax,   &p->imports,
                             &p->exports, &p->rent,  &p->earned_rent, &p->waste, &p->cap_duty};
    double **by_both[] = {&p->price,    &p->spending, &p->labour, &p->cost,  &p->bundle,
                          &p->own_wage, &p->output,   &p->added,  &p->wanted};
    for (size_t k = 0; k < 10; k++, next += N)
        *by_country[k] = next;
    for (size_t k = 0; k < 9; k++, next += N * J)
        *by_both[k] = next;
    p->charged = next;
    p->quantity = next + caps;
    return true;
}

static void plain_clear(plain *p) {
    free(p->memory);
    free(p->premium);
}

static void read_state(plain *p) {
    const pl_model *m = p->model;
    pl_layout_y at = pl_y_layout(m, 0);
    const double *y = p->result->y;
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
static void read_premia(plain *p) {
    for (size_t at = 0; p->premium && at < p->N * p->N * p->J; at++)
        p->premium[at] = 1;
    for (size_t k = 0; k < p->policy->caps; k++)
        for (size_t f = 0; f < p->policy->cap[k].count; f++)
            p->premium[p->policy->cap[k].flows[f]] *=
                p->policy->cap[k].level > 0 ? 1 + p->result->cap[k].premium : INFINITY;
}

/* pi' of (4) at the result's own prices. */
static double plain_share(const plain *p, size_t j, size_t n, size_t i) {
    const pl_world *w = p->world;
    size_t at = (j * p->N + n) * p->N + i;
    double flow = w->flow[at];
    if (flow == 0)
        return 0;
    double e0 = w->export_tax ? w->export_tax[at] : 0,
           e1 = p->policy->export_tax ? p->policy->export_tax[at] : e0;
    double iceberg = p->policy->iceberg ? p->policy->iceberg[at] : 1;
    if (p->premium)
        iceberg *= p->premium[at];
    double wedge = iceberg * (1 + p->policy->tariff[at]) / (1 + w->tariff[at]) * (1 + e1) / (1 + e0);
    double before = p->model->spending[j * p->model->S + n];
    return (1 + w->tariff[at]) * flow / before *
           pow(wedge * p->cost[i * p->J + j] / p->price[n * p->J + j], -p->model->theta[j]);
}

/* (3)-(5), (8). The price index that costs imply is P (sum of shares)^(-1/theta). */
static void plain_trade(plain *p, pl_certificate *c) {
    for (size_t j = 0; j < p->J; j++) {
        for (size_t n = 0; n < p->N; n++) {
            double total = 0;
            for (size_t i = 0; i < p->N; i++) {
                size_t at = (j * p->N + n) * p->N + i;
                double share = plain_share(p, j, n, i), paid = share * p->spending[n * p->J + j];
                double customs = paid / (1 + p->policy->tariff[at]);
                double kept = p->premium ? customs / p->premium[at] : customs;
                double received = kept / (1 + pl_policy_export_tax_at(p->policy, at));
                p->earned_rent[i] += customs - kept;
                total += share;
                p->duty[n] += paid - customs;
                p->tax[i] += kept - received;
                p->output[i * p->J + j] += received;
                if (i != n) {
                    p->imports[n] += customs;
                    p->exports[i] += customs;
                }
            }
            if (p->spending[n * p->J + j] > 0) {
                c->shares = largest(c->shares, fabs(total - 1));
                c->price_index = largest(c->price_index, relative(1, pow(total, -1 / p->model->theta[j])));
            }
        }
    }
}

/* One flow of one control: rent charged, split by how much of the flow's premium is this control's; and its
 * quantity at base prices. */
static void plain_charge(plain *p, size_t k, size_t at, double *rent, double *quantity, double *base) {
    const pl_world *w = p->world;
    size_t i = at % p->N, n = at / p->N % p->N, j = at / (p->N * p->N);
    double customs = plain_share(p, j, n, i) * p->spending[n * p->J + j] / (1 + p->policy->tariff[at]);
    double all = log(p->premium[at]), mine = log(1 + p->result->cap[k].premium);
    double before = w->flow[at] / (1 + (w->export_tax ? w->export_tax[at] : 0));
    double received = customs / p->premium[at] / (1 + pl_policy_export_tax_at(p->policy, at));
    bool banned = isinf(p->premium[at]);
    *rent = banned || all == 0 ? 0 : mine / all * customs * (1 - 1 / p->premium[at]);
    *quantity =
        banned ? 0 : received / p->cost[i * p->J + j] / (p->policy->iceberg ? p->policy->iceberg[at] : 1);
    *base = before;
}

/* (9): every control's rent to its holders; beyond a tariff-rate quota it is duty. */
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
        if (cap->level == 0)
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

/* How far a control is from complementarity, and its rent from what the result says was paid out. */
static void compare_caps(const plain *p, pl_certificate *c) {
    for (size_t k = 0; k < p->policy->caps; k++) {
        const pl_cap *cap = &p->policy->cap[k];
        const pl_cap_result *r = &p->result->cap[k];
        double z = log1p(r->premium), slack = (cap->level - p->quantity[k]) / cap->level, most = INFINITY;
        if (cap->level == 0)
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
        c->rent = largest(c->rent, p->charged[k] > 1e-9 || paid > 1e-9 ? relative(paid, p->charged[k]) : 0);
    }
}

/* The shares of value added, inputs and final goods that follow from prices, and the demand they make. */
static void plain_demand(plain *p) {
    const pl_model *m = p->model;
    const pl_world *w = p->world;
    for (size_t n = 0; n < p->N; n++) {
        double income = p->result->value[PL_VAR_income][n], sum_index = 0, sigma = m->settings.sigma_final;
        for (size_t j = 0; j < p->J; j++)
            sum_index += mean_term(m->final[j * m->S + n] / m->income[n], p->price[n * p->J + j], sigma);
        p->index[n] = mean_close(sum_index, sigma);
        for (size_t j = 0; j < p->J; j++) {
            size_t at = n * p->J + j;
            double sum = share_sum(p, n, j), outer = m->sigma_v[j], inner = m->sigma_m[j];
            double beta = w->value_added_share[at] / sum;
            p->added[at] = beta * pow(p->own_wage[at] / p->cost[at], 1 - outer) * p->output[at];
            p->wanted[at] +=
                m->final[j * m->S + n] / m->income[n] * pow(p->price[at] / p->index[n], 1 - sigma) * income;
            for (size_t k = 0; k < p->J; k++) {
                double gamma = w->input_share[at * p->J + k] / sum;
                if (gamma != 0)
                    p->wanted[n * p->J + k] += gamma * pow(p->bundle[at] / p->cost[at], 1 - outer) *
                                               pow(p->price[n * p->J + k] / p->bundle[at], 1 - inner) *
                                               p->output[at];
            }
        }
    }
}

/* D' of the closure, given everyone's income. */
static double plain_deficit(const plain *p, size_t n) {
    const pl_model *m = p->model;
    const double *income = p->result->value[PL_VAR_income];
    if (m->settings.closure != PL_GDP)
        return m->deficit[n];
    double spread = 0, world = 0;
    for (size_t k = 0; k < p->N; k++) {
        spread += m->deficit[k] / m->income[k] * income[k];
        world += income[k];
    }
    return (m->deficit[n] / m->income[n] - spread / world) * income[n];
}

static void compare(const plain *p, pl_certificate *c) {
    const pl_model *m = p->model;
    double numeraire = 0, target = 0, spent = 0, earned = 0;
    for (size_t n = 0; n < p->N; n++) {
        double paid = 0, added = 0, income = p->result->value[PL_VAR_income][n],
               deficit = plain_deficit(p, n) + (p->policy->transfer ? p->policy->transfer[n] : 0);
        for (size_t j = 0; j < p->J; j++) {
            size_t at = n * p->J + j;
            double works = (1 - m->profit[j * m->S + n]) * p->added[at];
            paid += works;
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
        c->labour = largest(c->labour, relative(p->wage[n] * m->payroll[n], paid));
        double parts = added + p->waste[n] + p->duty[n] + p->tax[n] + p->rent[n] + deficit;
        c->income = largest(c->income, relative(income, parts));
        /* Rents on own exports are in their customs value; rents received come on top of what trade pays. */
        double transfer = p->rent[n] + p->waste[n] - p->earned_rent[n] + p->cap_duty[n];
        c->walras = largest(c->walras, fabs(p->imports[n] - p->exports[n] - deficit - transfer) / income);
        numeraire += p->wage[n] * m->value_added[n];
        target += m->value_added[n];
        earned += p->duty[n] + p->tax[n] + p->rent[n] + p->waste[n];
    }
    c->labour = largest(c->labour, relative(numeraire, target));
    c->walras = largest(c->walras, relative(spent, earned));
}

pl_status pl_result_certify(const pl_result *result, const pl_policy *policy, pl_certificate *certificate,
                            pl_error *error) {
    plain p;
    memset(certificate, 0, sizeof *certificate);
    if (policy->N != result->model->N || policy->J != result->model->J)
        return pl_fail(error, PL_INVALID, "the policy is for another world");
    if (policy->caps != result->caps)
        return pl_fail(error, PL_INVALID, "the result is of a policy with %zu controls, this one has %zu",
                       result->caps, policy->caps);
    if (!plain_init(&p, result, policy)) {
        plain_clear(&p);
        return pl_fail_memory(error, 9 * result->model->N * result->model->J * sizeof(double));
    }
    read_state(&p);
    plain_costs(&p);
    read_premia(&p);
    plain_trade(&p, certificate);
    plain_rents(&p);
    plain_demand(&p);
    compare(&p, certificate);
    compare_caps(&p, certificate);
    const double each[] = {certificate->market_clearing, certificate->income,         certificate->labour,
                           certificate->price_index,     certificate->walras,         certificate->rent,
                           certificate->shares,          certificate->complementarity};
    for (size_t k = 0; k < sizeof each / sizeof *each; k++)
        certificate->worst = largest(certificate->worst, each[k]);
    plain_clear(&p);
    return PL_OK;
}
