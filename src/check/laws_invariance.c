/* Laws of invariance: what may not change a result, and how results must hang together. */
#include "check/check.h"

#include <math.h>
#include <string.h>

static pl_status kept(bool added, pl_error *error) {
    return added ? PL_OK : pl_fail_memory(error, 0);
}

/* Settings that take every branch of the model: nests away from one, labour that moves imperfectly. */
static pl_settings nested(pl_settings settings) {
    settings.sigma_value_added = 0.6;
    settings.sigma_inputs = 0.4;
    settings.sigma_final = 1.4;
    settings.kappa = 1.9;
    return settings;
}

static const char *const closure_words[] = {"fixed", "gdp", "balanced"};

/* ---- no change ---- */

/* The largest change in a result of no policy: percentages, and pairs of before and after. */
static double largest_change(const pl_result *r, const char **variable) {
    static const pl_variable pair[][2] = {{PL_VAR_income_before, PL_VAR_income},
                                          {PL_VAR_duties_before, PL_VAR_duties},
                                          {PL_VAR_exports_before, PL_VAR_exports},
                                          {PL_VAR_imports_before, PL_VAR_imports}};
    size_t N = r->model->N, J = r->model->J;
    double worst = 0;
    *variable = "anything";
    for (int v = 0; v < PL_RESULT_COUNT; v++) {
        const double *x = pl_result_get(r, (pl_variable)v);
        size_t count = pl_variable_by_sector((pl_variable)v) ? N * J : N;
        for (size_t at = 0; at < count && strcmp(pl_variable_unit((pl_variable)v), "percent") == 0; at++) {
            if (!(fabs(x[at]) / 100 <= worst)) {
                worst = isnan(x[at]) ? INFINITY : fabs(x[at]) / 100;
                *variable = pl_variable_name((pl_variable)v);
            }
        }
    }
    const double *income = pl_result_get(r, PL_VAR_income_before);
    for (size_t p = 0; p < sizeof pair / sizeof *pair; p++) {
        const double *a = pl_result_get(r, pair[p][0]), *b = pl_result_get(r, pair[p][1]);
        for (size_t n = 0; n < N; n++) {
            double gap = fabs(a[n] - b[n]) / income[n];
            if (!(gap <= worst)) {
                worst = isnan(gap) ? INFINITY : gap;
                *variable = pl_variable_name(pair[p][1]);
            }
        }
    }
    return worst;
}

pl_status pl_law_no_change(const pl_trial *t, pl_error *error) {
    pl_status status = PL_OK;
    for (int k = 0; !status && k < 6; k++) {
        pl_settings settings = k < 3 ? t->settings : nested(t->settings);
        settings.closure = (pl_closure)(k % 3);
        pl_solved s;
        status = pl_trial_solve(t, t->world, &settings, NULL, NULL, NULL, &s, error);
        if (!status) {
            const char *variable;
            double worst = largest_change(s.result, &variable);
            status = kept(pl_findings_add(t->report, 0, worst, t->tolerance,
                                          "%s, %s%s: largest change without a policy, in %s", t->world_name,
                                          closure_words[k % 3], k < 3 ? "" : ", nested", variable),
                          error);
        }
        pl_solved_clear(&s);
    }
    return status;
}

/* ---- scaling and relabelling ---- */

/* Solves an uneven policy on the world and on a copy of it, and compares. */
static pl_status compare_copy(const pl_trial *t, const pl_settings *settings, double scale,
                              const pl_relabel *relabel, const char *what, pl_error *error) {
    pl_solved a = {0}, b = {0};
    pl_world *copy = NULL;
    pl_settings own = *settings;
    pl_status status = pl_trial_solve(t, t->world, settings, NULL, pl_write_uneven, NULL, &a, error);
    if (!status)
        status =
            pl_world_rebuild(t->world, scale, relabel, NULL, NULL, pl_model_theta(a.model), &copy, error);
    own.elasticities[0] = 0;
    if (!status)
        status = pl_trial_solve(t, copy, &own, NULL, pl_write_uneven, relabel, &b, error);
    if (!status) {
        const char *variable, *country;
        double worst = pl_results_distance(a.result, b.result, scale, relabel, &variable, &country);
        status = kept(pl_findings_add(t->report, 0, worst, t->tolerance,
                                      "%s, %s: %s; largest difference, in %s of %s", t->world_name,
                                      closure_words[settings->closure], what, variable, country),
                      error);
    }
    pl_solved_clear(&b);
    pl_solved_clear(&a);
    pl_world_free(copy);
    return status;
}

pl_status pl_law_scaling(const pl_trial *t, pl_error *error) {
    pl_settings settings = nested(t->settings);
    pl_status status = compare_copy(t, &t->settings, 0.0371, NULL, "all values times 0.0371", error);
    return status ? status : compare_copy(t, &settings, 29.3, NULL, "nested, all values times 29.3", error);
}

static size_t common_divisor(size_t a, size_t b) {
    return b ? common_divisor(b, a % b) : a;
}

/* A permutation of 0 .. count-1 by a stride without common divisor, about two fifths of the way round. */
static void shuffle(size_t *order, size_t count) {
    size_t stride = 2 * count / 5 + 1;
    while (common_divisor(stride, count) != 1)
        stride++;
    for (size_t k = 0; k < count; k++)
        order[k] = (k * stride + count / 2) % count;
}

pl_status pl_law_relabelling(const pl_trial *t, pl_error *error) {
    size_t N = t->world->countries, J = t->world->sectors;
    size_t *order = pl_alloc(N + J, sizeof *order);
    if (!order)
        return pl_fail_memory(error, (N + J) * sizeof *order);
    shuffle(order, N);
    shuffle(order + N, J);
    const pl_relabel relabel = {order, order + N};
    pl_settings settings = nested(t->settings);
    pl_status status = compare_copy(t, &t->settings, 1, &relabel, "countries and sectors shuffled", error);
    if (!status)
        status = compare_copy(t, &settings, 1, &relabel, "nested, countries and sectors shuffled", error);
    free(order);
    return status;
}

/* ---- there and back ---- */

/* The policy that undoes `data`, a pl_solved: the first world's rates, and trade costs turned round. */
static pl_status write_return(pl_policy *policy, const void *data, pl_error *error) {
    const pl_solved *there = data;
    const pl_world *first = there->model->world;
    size_t cells = policy->N * policy->N * policy->J;
    double *tax = pl_policy_export_tax(policy), *iceberg = pl_policy_iceberg(policy);
    if (!tax || !iceberg)
        return pl_fail_memory(error, cells * sizeof(double));
    for (size_t at = 0; at < cells; at++) {
        policy->tariff[at] = first->tariff[at];
        tax[at] = first->export_tax ? first->export_tax[at] : 0;
        iceberg[at] = there->policy->iceberg ? 1 / there->policy->iceberg[at] : 1;
    }
    return PL_OK;
}

static pl_status compare_return(const pl_trial *t, const pl_solved *there, const pl_solved *back,
                                pl_error *error) {
    static const pl_variable both[] = {PL_VAR_real_income, PL_VAR_real_wage};
    for (size_t k = 0; k < 2; k++) {
        const double *x = pl_result_get(there->result, both[k]), *y = pl_result_get(back->result, both[k]);
        double worst = 0;
        for (size_t n = 0; n < t->world->countries; n++) {
            double gap = fabs((1 + x[n] / 100) * (1 + y[n] / 100) - 1);
            worst = pl_worse(worst, gap);
        }
        if (!pl_findings_add(t->report, 0, worst, t->tolerance,
                             "%s: there and back, %s returns to where it was", t->world_name,
                             pl_variable_name(both[k])))
            return pl_fail_memory(error, 0);
    }
    return PL_OK;
}

/* The shares of the world after a policy are those before it only where every nest is Cobb-Douglas, and the
 * unit is the same only where deficits do not depend on it: so nests are one and deficits are balanced here.
 */
pl_status pl_law_there_and_back(const pl_trial *t, pl_error *error) {
    pl_settings settings = t->settings;
    settings.sigma_value_added = settings.sigma_inputs = settings.sigma_final = 1;
    settings.closure = PL_BALANCED;
    size_t cells = t->world->countries * t->world->countries * t->world->sectors;
    pl_solved there = {0}, back = {0};
    pl_world *after = NULL;
    double *trade = pl_alloc(cells, sizeof *trade);
    pl_status status = trade ? PL_OK : pl_fail_memory(error, cells * sizeof *trade);
    if (!status)
        status = pl_trial_solve(t, t->world, &settings, NULL, pl_write_uneven, NULL, &there, error);
    if (!status)
        status = pl_result_trade(there.result, there.policy, trade, error);
    if (!status)
        status = pl_world_rebuild(pl_model_world(there.model), 1, NULL, trade, there.policy,
                                  pl_model_theta(there.model), &after, error);
    settings.elasticities[0] = 0;
    if (!status)
        status = pl_trial_solve(t, after, &settings, NULL, write_return, &there, &back, error);
    if (!status)
        status = compare_return(t, &there, &back, error);
    pl_solved_clear(&back);
    pl_solved_clear(&there);
    pl_world_free(after);
    free(trade);
    return status;
}

/* ---- the unit ---- */

pl_status pl_law_numeraire(const pl_trial *t, pl_error *error) {
    pl_solved s;
    pl_status status = pl_trial_solve(t, t->world, &t->settings, NULL, pl_write_uneven, NULL, &s, error);
    if (status) {
        pl_solved_clear(&s);
        return status;
    }
    const double *wage = pl_result_get(s.result, PL_VAR_wage),
                 *price = pl_result_get(s.result, PL_VAR_consumer_price);
    const double *before = pl_result_get(s.result, PL_VAR_income_before),
                 *income = pl_result_get(s.result, PL_VAR_income);
    const double *real = pl_result_get(s.result, PL_VAR_real_income),
                 *paid = pl_result_get(s.result, PL_VAR_real_wage);
    double now = 0, then = 0, worst_income = 0, worst_wage = 0;
    for (size_t n = 0; n < s.model->N; n++) {
        now += (1 + wage[n] / 100) * s.model->value_added[n];
        then += s.model->value_added[n];
        double index = 1 + price[n] / 100;
        worst_income = pl_worse(worst_income, fabs(income[n] / before[n] / index - 1 - real[n] / 100));
        worst_wage = pl_worse(worst_wage, fabs((1 + wage[n] / 100) / index - 1 - paid[n] / 100));
    }
    bool added = pl_findings_add(t->report, 1, now / then, t->tolerance,
                                 "%s: world value added at new wages over old", t->world_name) &&
                 pl_findings_add(t->report, 0, worst_income, t->tolerance,
                                 "%s: real income is income over consumer prices", t->world_name) &&
                 pl_findings_add(t->report, 0, worst_wage, t->tolerance,
                                 "%s: real wage is wage over consumer prices", t->world_name);
    pl_solved_clear(&s);
    return kept(added, error);
}

/* ---- closures ---- */

pl_status pl_law_closures(const pl_trial *t, pl_error *error) {
    pl_settings settings = t->settings;
    pl_solved first = {0}, other = {0};
    settings.closure = PL_BALANCED;
    pl_status status = pl_trial_solve(t, t->world, &settings, NULL, pl_write_uneven, NULL, &first, error);
    double imbalance = 0;
    for (size_t n = 0; !status && n < first.model->N; n++)
        imbalance = pl_worse(imbalance, fabs(pl_result_get(first.result, PL_VAR_deficit)[n]) /
                                            pl_result_get(first.result, PL_VAR_income_before)[n]);
    if (!status)
        status = kept(pl_findings_add(t->report, 0, imbalance, t->tolerance,
                                      "%s: largest deficit over income in the balanced world", t->world_name),
                      error);
    for (int k = 0; k < 2 && !status; k++) {
        const char *variable, *country;
        settings.closure = (pl_closure)k;
        status = pl_trial_solve(t, pl_model_world(first.model), &settings, NULL, pl_write_uneven, NULL,
                                &other, error);
        double worst =
            status ? 0 : pl_results_distance(first.result, other.result, 1, NULL, &variable, &country);
        if (!status)
            status = kept(
                pl_findings_add(t->report, 0, worst, t->tolerance,
                                "%s: %s against balanced on the balanced world; largest difference, in %s",
                                t->world_name, closure_words[k], variable),
                error);
        pl_solved_clear(&other);
    }
    pl_solved_clear(&first);
    return status;
}
