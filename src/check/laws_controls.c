/* Laws of quantity controls. */
#include "check/check.h"

#include <math.h>
#include <string.h>

/* Quotas at uneven levels on some flows, fewer where there are many, with the rent to sellers: what auctions of licences
 * do. Capping every flow of a small world could leave no way to pay for a fixed deficit. */
static pl_status write_quotas(pl_policy *policy, const void *data, pl_error *error) {
    size_t N = policy->N;
    const double *flow = pl_world_flow(policy->world);
    pl_status status = PL_OK;
    (void)data;
    for (size_t at = 0; at < policy->J * N * N && !status; at++) {
        size_t i = at % N, n = at / N % N, j = at / (N * N);
        double draw = pl_uneven(n, i, j);
        if (n == i || !(flow[at] > 0) || draw > (policy->J * N > 12 ? 0.15 : 0.48) ||
            pl_policy_caps(policy) >= 40)
            continue;
        const pl_cap cap = {.name = "auctioned",
                            .kind = PL_CAP_QUOTA,
                            .flows = &at,
                            .count = 1,
                            .level = 0.3 + 0.5 * pl_uneven(j, n, i),
                            .to_seller = 1};
        status = pl_policy_add_cap(policy, &cap, error);
    }
    return status;
}

/* The export taxes that take the place of the quotas of a solve. */
static pl_status write_taxes(pl_policy *policy, const void *data, pl_error *error) {
    const pl_solved *quotas = data;
    double *tax = pl_policy_export_tax(policy);
    if (!tax)
        return pl_fail_memory(error, 1);
    for (size_t k = 0; k < pl_policy_caps(quotas->policy); k++) {
        const pl_cap *cap = pl_policy_cap(quotas->policy, k);
        double premium = pl_result_cap(quotas->result, k).premium;
        for (size_t f = 0; f < cap->count; f++)
            tax[cap->flows[f]] = (1 + tax[cap->flows[f]]) * (1 + premium) - 1;
    }
    return PL_OK;
}

/* Revenue is booked as rent in one and as tax in the other; everything else has to agree. */
static double distance_but_revenue(const pl_solved *a, const pl_solved *b, const char **variable,
                                   const char **country) {
    double worst = 0;
    *variable = *country = "";
    for (int v = 0; v < PL_RESULT_COUNT; v++) {
        const char *where;
        if (pl_variable_by_sector((pl_variable)v) || v == PL_VAR_export_taxes || v == PL_VAR_rents)
            continue;
        double gap = pl_variable_distance(a->result, b->result, (pl_variable)v, &where);
        if (gap > worst) {
            worst = gap;
            *variable = pl_variable_name((pl_variable)v);
            *country = where;
        }
    }
    return worst;
}

pl_status pl_law_quota_tax(const pl_trial *t, pl_error *error) {
    pl_solved quotas = {0}, taxes = {0};
    pl_status status = pl_trial_solve(t, t->world, &t->settings, NULL, write_quotas, NULL, &quotas, error);
    if (!status)
        status = pl_trial_solve(t, t->world, &t->settings, NULL, write_taxes, &quotas, &taxes, error);
    if (!status) {
        const char *variable, *country;
        double worst = distance_but_revenue(&quotas, &taxes, &variable, &country);
        if (!pl_findings_add(t->report, 0, worst, t->tolerance,
                             "%s: %zu auctioned quotas against export taxes at their premiums, %s of %s",
                             t->world_name, pl_policy_caps(quotas.policy), variable, country))
            status = pl_fail_memory(error, 0);
    }
    pl_solved_clear(&quotas);
    pl_solved_clear(&taxes);
    return status;
}
