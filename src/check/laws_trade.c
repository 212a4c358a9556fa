/* Laws of trade and accounting: Walras, Lerner, and the certificate over policies small and large. */
#include "check/check.h"

#include <math.h>
#include <string.h>

/* ---- world income is world spending ---- */

typedef struct {
    double spending, receipts, imports, exports, deficit, trade;
} sums;

/* World totals from the result's own variables: what is spent is inputs and income; income has four sources.
 */
static sums add_up(const pl_solved *s, double *country_gap) {
    size_t N = s->model->N, J = s->model->J;
    const pl_result *r = s->result;
    sums all = {0};
    *country_gap = 0;
    for (size_t n = 0; n < N; n++) {
        double income = pl_result_get(r, PL_VAR_income)[n], deficit = pl_result_get(r, PL_VAR_deficit)[n];
        double parts = pl_result_get(r, PL_VAR_value_added)[n] + pl_result_get(r, PL_VAR_duties)[n] +
                       pl_result_get(r, PL_VAR_export_taxes)[n] + pl_result_get(r, PL_VAR_rents)[n] + deficit;
        double imports = pl_result_get(r, PL_VAR_imports)[n], exports = pl_result_get(r, PL_VAR_exports)[n];
        double spent = 0, paid = income;
        for (size_t j = 0; j < J; j++) {
            size_t at = j * N + n;
            spent += pl_result_get(r, PL_VAR_spending)[at];
            paid += pl_result_get(r, PL_VAR_output)[at] - pl_result_get(r, PL_VAR_sector_value_added)[at];
        }
        *country_gap = pl_worse(*country_gap, fabs(spent - paid) / paid);
        *country_gap = pl_worse(*country_gap, fabs(parts - income) / income);
        *country_gap = pl_worse(*country_gap, fabs(imports - exports - deficit) / income);
        all.spending += spent;
        all.receipts += paid;
        all.imports += imports;
        all.exports += exports;
        all.deficit += fabs(deficit);
    }
    return all;
}

static double sum_deficits(const pl_solved *s) {
    double sum = 0;
    for (size_t n = 0; n < s->model->N; n++)
        sum += pl_result_get(s->result, PL_VAR_deficit)[n];
    return sum;
}

pl_status pl_law_walras(const pl_trial *t, pl_error *error) {
    static const char *const closure[] = {"fixed", "gdp", "balanced"};
    pl_status status = PL_OK;
    for (int k = 0; k < 3 && !status; k++) {
        pl_settings settings = t->settings;
        settings.closure = (pl_closure)k;
        pl_solved s;
        status = pl_trial_solve(t, t->world, &settings, NULL, pl_write_uneven, NULL, &s, error);
        if (!status) {
            double worst;
            sums all = add_up(&s, &worst);
            bool added =
                pl_findings_add(t->report, 1, all.spending / all.receipts, t->tolerance,
                                "%s, %s: world spending over world receipts", t->world_name, closure[k]) &&
                pl_findings_add(t->report, 1, all.imports / all.exports, t->tolerance,
                                "%s, %s: world imports over world exports", t->world_name, closure[k]) &&
                pl_findings_add(t->report, 0, sum_deficits(&s) / all.imports, t->tolerance,
                                "%s, %s: sum of deficits over world trade", t->world_name, closure[k]) &&
                pl_findings_add(t->report, 0, worst, t->tolerance,
                                "%s, %s: largest gap in a country's accounts", t->world_name, closure[k]);
            status = added ? PL_OK : pl_fail_memory(error, 0);
        }
        pl_solved_clear(&s);
    }
    return status;
}

/* ---- Lerner symmetry ---- */

typedef struct {
    size_t country;
    double rate;
    bool on_exports;
} uniform;

/* One more tax of the same rate on all a country buys abroad, or on all it sells abroad, on top of what
 * stands. */
static pl_status write_uniform(pl_policy *policy, const void *data, pl_error *error) {
    const uniform *u = data;
    size_t N = policy->N, c = u->country;
    double *rate = u->on_exports ? pl_policy_export_tax(policy) : pl_policy_tariff(policy);
    if (!rate)
        return pl_fail_memory(error, N * N * policy->J * sizeof(double));
    for (size_t j = 0; j < policy->J; j++) {
        for (size_t k = 0; k < N; k++) {
            size_t at = u->on_exports ? (j * N + k) * N + c : (j * N + c) * N + k;
            if (k != c)
                rate[at] = (1 + rate[at]) * (1 + u->rate) - 1;
        }
    }
    return PL_OK;
}

static pl_status lerner_of(const pl_trial *t, const pl_settings *settings, size_t country, pl_error *error) {
    uniform import = {country, 0.25, false}, export = {country, 0.25, true};
    pl_solved a = {0}, b = {0};
    pl_status status = pl_trial_solve(t, t->world, settings, NULL, write_uniform, &import, &a, error);
    if (!status)
        status = pl_trial_solve(t, t->world, settings, NULL, write_uniform, &export, &b, error);
    if (!status) {
        const char *where;
        double worst = pl_variable_distance(a.result, b.result, PL_VAR_real_income, &where);
        if (!pl_findings_add(
                t->report, 0, worst, t->tolerance,
                "%s: 25 %% on all imports of %s against 25 %% on all its exports, real income of %s",
                t->world_name, t->world->country_code[country], where))
            status = pl_fail_memory(error, 0);
    }
    pl_solved_clear(&a);
    pl_solved_clear(&b);
    return status;
}

/* The country with the largest (or smallest) home sales of all. */
static size_t by_size(const pl_world *w, double sign) {
    size_t best = 0;
    double most = -INFINITY;
    for (size_t n = 0; n < w->countries; n++) {
        double home = 0;
        for (size_t j = 0; j < w->sectors; j++)
            home += w->flow[(j * w->countries + n) * w->countries + n];
        if (sign * home > most) {
            most = sign * home;
            best = n;
        }
    }
    return best;
}

/* Holds where trade is in balance: every deficit is removed first. */
pl_status pl_law_lerner(const pl_trial *t, pl_error *error) {
    pl_settings settings = t->settings;
    settings.closure = PL_BALANCED;
    size_t large = by_size(t->world, 1), small = by_size(t->world, -1);
    pl_status status = lerner_of(t, &settings, large, error);
    if (!status && small != large)
        status = lerner_of(t, &settings, small, error);
    settings.kappa = 1.7;
    settings.sigma_inputs = 0.3;
    return status ? status : lerner_of(t, &settings, large, error);
}

/* ---- the certificate, over policies small and large ---- */

typedef struct {
    double rate;
    size_t buyer, seller; /* SIZE_MAX: all */
} tariffs;

static pl_status write_tariffs(pl_policy *policy, const void *data, pl_error *error) {
    const tariffs *t = data;
    size_t N = policy->N;
    (void)error;
    for (size_t at = 0; at < N * N * policy->J; at++) {
        size_t i = at % N, n = at / N % N;
        bool pair = (t->buyer == SIZE_MAX || n == t->buyer) && (t->seller == SIZE_MAX || i == t->seller);
        bool reverse = t->seller != SIZE_MAX && n == t->seller && i == t->buyer;
        if (n != i && (pair || reverse))
            policy->tariff[at] += t->rate;
    }
    return PL_OK;
}

static pl_status certify(const pl_trial *t, const pl_settings *settings, pl_policy_writer writer,
                         const void *data, const char *what, pl_error *error) {
    pl_solved s;
    pl_certificate certificate;
    pl_status status = pl_trial_solve(t, t->world, settings, NULL, writer, data, &s, error);
    if (!status)
        status = pl_result_certify(s.result, s.policy, &certificate, error);
    if (!status && !pl_findings_add(t->report, 0, certificate.worst, t->tolerance, "%s: worst residual, %s",
                                    t->world_name, what))
        status = pl_fail_memory(error, 0);
    pl_solved_clear(&s);
    return status;
}

pl_status pl_law_certificate(const pl_trial *t, pl_error *error) {
    size_t large = by_size(t->world, 1), small = by_size(t->world, -1);
    const struct {
        const char *what;
        pl_policy_writer writer;
        tariffs data;
    } trial[] = {{"uneven tariffs, export taxes and trade costs", pl_write_uneven, {0, 0, 0}},
                 {"145 points both ways between the largest and the smallest country",
                  write_tariffs,
                  {1.45, large, small}},
                 {"50 points on all world trade", write_tariffs, {0.5, SIZE_MAX, SIZE_MAX}},
                 {"a thousandfold tariff of the largest country", write_tariffs, {999, large, SIZE_MAX}}};
    /* A deficit fixed in money can rule out an equilibrium where a country all but stops trading: not for the last. */
    static const pl_closure closure[] = {PL_FIXED, PL_GDP, PL_BALANCED, PL_GDP, PL_FIXED, PL_BALANCED};
    pl_status status = PL_OK;
    for (size_t k = 0; k < 6 && !status; k++) {
        pl_settings settings = t->settings;
        settings.closure = closure[k];
        if (k >= 4) { /* the first two policies once more, with nests and labour that moves imperfectly */
            settings.sigma_value_added = 0.5;
            settings.sigma_inputs = 0.2;
            settings.sigma_final = 1.3;
            settings.kappa = 1.6;
        }
        size_t p = k % 4;
        status = certify(t, &settings, trial[p].writer,
                         trial[p].writer == write_tariffs ? &trial[p].data : NULL, trial[p].what, error);
    }
    return status;
}
