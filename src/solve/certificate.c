/*
 * The certificate of an equilibrium: the plain loops of plain_loops.c, with the shares, the deficits and the wages of the
 * long run. From the result only wages, prices, spending, labour shares, premia and income are taken, and
 * everything else is recomputed from them.
 */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

/* pi' of (4) at the result's own prices. */
static void take_shares(pl_plain *p) {
    const pl_world *w = p->world;
    for (size_t at = 0; at < p->N * p->N * p->J; at++) {
        size_t i = at % p->N, n = at / p->N % p->N, j = at / (p->N * p->N);
        double before = p->model->spending[j * p->model->S + n];
        if (w->flow[at] != 0)
            p->share[at] = (1 + w->tariff[at]) * w->flow[at] / before *
                           pow(pl_plain_wedge(p, at) * p->cost[i * p->J + j] / p->price[n * p->J + j],
                               -p->model->theta[j]);
    }
}

/* (10) and (11): wages are what employers pay, in the unit. */
static void compare_wages(const pl_plain *p, pl_certificate *c) {
    const pl_model *m = p->model;
    double numeraire = 0, target = 0;
    for (size_t n = 0; n < p->N; n++) {
        c->labour = pl_plain_largest(c->labour, pl_plain_relative(p->wage[n] * m->payroll[n], p->paid[n]));
        numeraire += p->wage[n] * m->value_added[n];
        target += m->value_added[n];
    }
    c->labour = pl_plain_largest(c->labour, pl_plain_relative(numeraire, target));
}

pl_status pl_result_certify(const pl_result *result, const pl_policy *policy, pl_certificate *certificate,
                            pl_error *error) {
    const pl_model *m = result->model;
    const double *income = result->value[PL_VAR_income];
    pl_plain p;
    memset(certificate, 0, sizeof *certificate);
    if (policy->N != m->N || policy->J != m->J)
        return pl_fail(error, PL_INVALID, "the policy is for another world");
    if (policy->caps != result->caps)
        return pl_fail(error, PL_INVALID, "the result is of a policy with %zu controls, this one has %zu",
                       result->caps, policy->caps);
    pl_status status = pl_plain_init(&p, m, policy, result->y, result->cap, error);
    if (status)
        return status;
    take_shares(&p);
    pl_plain_trade(&p, m->theta, certificate);
    pl_plain_deficit(&p, income);
    for (size_t n = 0; n < p.N; n++) {
        p.final[n] = income[n];
        p.deficit[n] += policy->transfer ? policy->transfer[n] : 0;
    }
    pl_plain_demand(&p);
    pl_plain_compare(&p, income, certificate);
    compare_wages(&p, certificate);
    pl_plain_worst(certificate);
    pl_plain_clear(&p);
    return PL_OK;
}
