/*
 * The certificate of a month: the plain loops of src/solve/plain_loops.c, with the month's own shares, stocks, limits, spending
 * and wages. Taken from the path are the month's weights, wages, prices, spending, premia, income, and stocks before and
 * after.
 */
#include "time/time.h"

#include <math.h>
#include <string.h>

typedef struct {
    pl_plain plain;
    const pl_path *path;
    double *own;                        /* [N] income before borrowing, as the path has it */
    double *seller_power, *buyer_power; /* [N][J] */
    double *memory;
} checked;

static pl_status checked_init(checked *p, const pl_path *path, pl_error *error) {
    size_t N = path->N, cells = path->N * path->J;
    *p = (checked){.path = path, .memory = pl_alloc(N + 2 * cells, sizeof(double))};
    if (!p->memory)
        return pl_fail_memory(error, (N + 2 * cells) * sizeof(double));
    p->own = p->memory;
    p->seller_power = p->own + N;
    p->buyer_power = p->seller_power + cells;
    for (size_t n = 0; n < N; n++)
        p->own[n] = path->map.income[n] - path->map.borrowed[n];
    return pl_plain_init(&p->plain, path->model, path->policy, path->y, path->map.caps.result, error);
}

static void checked_clear(checked *p) {
    pl_plain_clear(&p->plain);
    free(p->memory);
}

/* Purchases over use where there is a stock; and one plus the premium on all that a seller whose output is limited sells. */
static void read_path(checked *p) {
    const pl_holdings *h = &p->path->holdings;
    pl_plain *q = &p->plain;
    for (size_t k = 0; k < h->count; k++)
        q->ratio[h->flow[k]] = h->use[k] > 0 ? h->bought[k] / h->use[k] : 1;
    for (size_t at = 0; at < q->N * q->J; at++) {
        size_t n = at / q->J, j = at % q->J;
        double theta = p->path->weights.theta[j];
        q->limit[at] = exp(p->path->entered.log_premium[j * q->model->S + n]);
        p->seller_power[at] = pow(q->limit[at] * q->cost[at], -theta);
        p->buyer_power[at] = pow(q->price[at], theta);
    }
}

/* (13): the shares of suppliers at this month's weights and prices. */
static void take_shares(checked *p) {
    pl_plain *q = &p->plain;
    for (size_t at = 0; at < q->N * q->N * q->J; at++) {
        size_t i = at % q->N, n = at / q->N % q->N, j = at / (q->N * q->N);
        double weight = p->path->weights.now[(j * q->N + n) * q->model->S + i], wedge = pl_plain_wedge(q, at);
        if (weight == 0 || isinf(wedge))
            continue;
        /* Powers are taken once a seller and once a buyer, and again only where there is a wedge. */
        double power = p->seller_power[i * q->J + j] * p->buyer_power[n * q->J + j];
        q->share[at] = weight * power * (wedge == 1 ? 1 : pow(wedge, -p->path->weights.theta[j]));
    }
}

/* (14), (17): final spending is the stated part of the way from last month's to income, and over the world what stocks
 * leave of income. What is borrowed for it and for stocks is part of the deficit. */
static void take_spending(checked *p) {
    pl_plain *q = &p->plain;
    double share = q->model->settings.spending_share, earned = 0, wanted = 0;
    for (size_t n = 0; n < q->N; n++) {
        q->final[n] = share * p->own[n] + (1 - share) * p->path->spent[n];
        earned += p->own[n] - q->stocked[n];
        wanted += q->final[n];
    }
    pl_plain_deficit(q, p->own);
    for (size_t n = 0; n < q->N; n++) {
        q->final[n] *= earned / wanted;
        q->deficit[n] += q->final[n] + q->stocked[n] - p->own[n];
    }
}

/* (17): the wage is the stated part of the way from last month's to the one that clears the labour market; the unit. */
static void compare_wages(const checked *p, pl_certificate *c) {
    const pl_plain *q = &p->plain;
    const pl_model *m = q->model;
    double share = m->settings.wage_share, nominal = 0, target = 0;
    for (size_t n = 0; n < q->N; n++) {
        double cleared = q->paid[n] / m->payroll[n];
        double wage = share * log(cleared) + (1 - share) * p->path->anchor[n];
        c->labour = pl_plain_largest(c->labour, fabs(log(q->wage[n]) - wage));
        nominal += cleared * m->value_added[n];
        target += m->value_added[n];
    }
    c->labour = pl_plain_largest(c->labour, pl_plain_relative(nominal, target));
}

/* (16): output within its limit, or a premium of the size that makes it so. */
static void compare_limits(const checked *p, pl_certificate *c) {
    const pl_plain *q = &p->plain;
    for (size_t k = 0; k < p->path->limits; k++) {
        const pl_limit *limit = &p->path->limit[k];
        size_t n = limit->country, j = limit->sector, at = j * q->model->S + n;
        double level = limit->limit * p->path->normal_output[at];
        double volume = q->output[n * q->J + j] / q->cost[n * q->J + j] / q->model->output[at];
        double z = p->path->entered.log_premium[at], slack = (level - volume) / level;
        c->complementarity = pl_plain_largest(c->complementarity, fabs(slack >= 0 ? fmin(z, slack) : -slack));
    }
}

/* (14): what is used was bought or in stock, and what is bought is what stocks and the month's use ask for. */
static double compare_stocks(const checked *p) {
    const pl_holdings *h = &p->path->holdings;
    const pl_plain *q = &p->plain;
    double worst = 0;
    for (size_t k = 0; k < h->count; k++) {
        size_t at = h->flow[k], i = at % q->N, j = at / (q->N * q->N);
        double use = pl_plain_received(q, at) / q->cost[i * q->J + j] / h->iceberg[k];
        double asked = use > 0 ? fmax(0, fmin(use + h->wanted[k] - h->opening[k], h->most[k])) : 0;
        double left = h->opening[k] + h->bought[k] - h->use[k];
        worst = pl_plain_largest(worst, fabs(use - h->use[k]) / h->base[k]);
        worst = pl_plain_largest(worst, fabs(asked - h->bought[k]) / h->base[k]);
        worst = pl_plain_largest(worst, fabs(left - h->closing[k]) / h->base[k]);
    }
    return worst;
}

pl_status pl_month_certify(const pl_path *path, pl_month *month, pl_error *error) {
    checked p;
    pl_certificate *c = &month->residual;
    memset(c, 0, sizeof *c);
    pl_status status = checked_init(&p, path, error);
    if (!status) {
        read_path(&p);
        take_shares(&p);
        pl_plain_trade(&p.plain, path->weights.theta, c);
        take_spending(&p);
        pl_plain_demand(&p.plain);
        pl_plain_compare(&p.plain, path->map.income, c);
        compare_wages(&p, c);
        compare_limits(&p, c);
        month->stocks = compare_stocks(&p);
        pl_plain_worst(c);
        month->worst = pl_plain_largest(c->worst, month->stocks);
    }
    checked_clear(&p);
    return status;
}
