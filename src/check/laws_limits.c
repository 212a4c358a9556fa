/* Laws at limits: no trade response, one sector without inputs, and nests near one. */
#include "check/check.h"

#include <math.h>
#include <string.h>

static pl_settings plain_nests(pl_settings settings) {
    settings.sigma_value_added = settings.sigma_inputs = settings.sigma_final = 1;
    settings.kappa = INFINITY;
    return settings;
}

static pl_status put(const pl_trial *t, double worst, const char *what, pl_error *error) {
    return pl_findings_add(t->report, 0, worst, t->tolerance, "%s: %s", t->world_name, what)
               ? PL_OK
               : pl_fail_memory(error, 0);
}

/* ---- theta to zero ---- */

/*
 * As theta goes to zero (1 + theta, the elasticity of quantities, to one) expenditure shares at user prices
 * no longer respond. Then spending, revenue and income solve linear equations with the shares of the
 * baseline, and log prices are weighted sums of log wages and wedges. This is that world, by plain loops.
 */
typedef struct {
    const pl_model *m;
    const pl_world *w;
    double rise;                                      /* factor on one plus every foreign duty */
    double *spending, *output, *log_cost, *log_price; /* [N][J] */
    double *wage, *income, *next;                     /* [N], [N], [N][J] */
    double *memory;
} linear;

static bool linear_init(linear *l, const pl_model *m, double rise) {
    size_t N = m->N, J = m->J;
    *l = (linear){.m = m, .w = m->world, .rise = rise, .memory = pl_alloc(5 * N * J + 2 * N, sizeof(double))};
    if (!l->memory)
        return false;
    double **part[] = {&l->spending, &l->output, &l->log_cost, &l->log_price, &l->next};
    for (size_t k = 0; k < 5; k++)
        *part[k] = l->memory + k * N * J;
    l->wage = l->memory + 5 * N * J;
    l->income = l->wage + N;
    for (size_t n = 0; n < N; n++)
        for (size_t j = 0; j < J; j++)
            l->spending[n * J + j] = m->spending[j * m->S + n];
    return true;
}

/* Revenue, duties and export taxes at shares that stay: user value over one plus each rate. */
static void linear_trade(linear *l) {
    size_t N = l->m->N, J = l->m->J;
    memset(l->output, 0, N * J * sizeof(double));
    memset(l->income, 0, N * sizeof(double));
    for (size_t j = 0; j < J; j++) {
        for (size_t n = 0; n < N; n++) {
            double before = l->m->spending[j * l->m->S + n];
            for (size_t i = 0; i < N && before > 0; i++) {
                size_t at = (j * N + n) * N + i;
                double t0 = l->w->tariff[at], e = l->w->export_tax ? l->w->export_tax[at] : 0;
                double t1 = n == i ? t0 : (1 + t0) * l->rise - 1;
                double paid = (1 + t0) * l->w->flow[at] / before * l->spending[n * J + j];
                double customs = paid / (1 + t1), received = customs / (1 + e);
                l->output[i * J + j] += received;
                l->income[n] += paid - customs;
                l->income[i] += customs - received;
            }
        }
    }
}

/* Wages from payrolls, brought to the unit; income; and the spending they make. Returns the largest change.
 */
static double linear_close(linear *l) {
    const pl_model *m = l->m;
    size_t N = m->N, J = m->J, S = m->S;
    double world = 0, unit = 0, worst = 0;
    for (size_t n = 0; n < N; n++) {
        double paid = 0;
        for (size_t j = 0; j < J; j++) {
            double added = m->beta[j * S + n] * l->output[n * J + j];
            paid += (1 - m->profit[j * S + n]) * added;
            l->income[n] += added;
        }
        l->wage[n] = paid / m->payroll[n];
        world += m->value_added[n];
        unit += l->wage[n] * m->value_added[n];
    }
    unit = world / unit;
    for (size_t n = 0; n < N; n++) {
        l->wage[n] *= unit;
        l->income[n] = unit * l->income[n] + m->deficit[n];
        for (size_t k = 0; k < J; k++) {
            double sum = m->alpha[k * S + n] * l->income[n];
            for (size_t j = 0; j < J; j++)
                sum += m->gamma[(j * J + k) * S + n] * unit * l->output[n * J + j];
            double before = l->spending[n * J + k];
            worst = before > 0 ? pl_worse(worst, fabs(sum / before - 1)) : worst;
            l->spending[n * J + k] = sum;
        }
    }
    return worst;
}

/* Log unit costs and prices as weighted sums. Returns the largest change. */
static double linear_prices(linear *l) {
    const pl_model *m = l->m;
    size_t N = m->N, J = m->J, S = m->S;
    double worst = 0;
    for (size_t n = 0; n < N; n++) {
        for (size_t j = 0; j < J; j++) {
            double sum = m->beta[j * S + n] * log(l->wage[n]);
            for (size_t k = 0; k < J; k++)
                sum += m->gamma[(j * J + k) * S + n] * l->log_price[n * J + k];
            l->log_cost[n * J + j] = sum;
        }
    }
    for (size_t j = 0; j < J; j++) {
        for (size_t n = 0; n < N; n++) {
            double sum = 0, before = m->spending[j * S + n];
            for (size_t i = 0; i < N && before > 0; i++) {
                size_t at = (j * N + n) * N + i;
                double share = (1 + l->w->tariff[at]) * l->w->flow[at] / before;
                sum += share * (l->log_cost[i * J + j] + (n == i ? 0 : log(l->rise)));
            }
            worst = pl_worse(worst, fabs(sum - l->log_price[n * J + j]));
            l->log_price[n * J + j] = sum;
        }
    }
    return worst;
}

/* Real income over its baseline, as a fraction of change, in `real` [N]; false when the sums do not settle.
 */
static bool linear_solve(linear *l, double *real) {
    enum { MOST = 20000 };
    size_t steps = 0;
    double change;
    do {
        linear_trade(l);
        change = linear_close(l);
    } while (change > 1e-13 && ++steps < MOST);
    while (linear_prices(l) > 1e-14 && steps < MOST)
        steps++;
    for (size_t n = 0; n < l->m->N; n++) {
        double index = 0;
        for (size_t j = 0; j < l->m->J; j++)
            index += l->m->alpha[j * l->m->S + n] * l->log_price[n * l->m->J + j];
        real[n] = l->income[n] / l->m->income[n] * exp(-index) - 1;
    }
    return steps < MOST;
}

static pl_status write_rise(pl_policy *policy, const void *data, pl_error *error) {
    double rise = *(const double *)data;
    (void)error;
    for (size_t at = 0; at < policy->N * policy->N * policy->J; at++)
        if (at % policy->N != at / policy->N % policy->N)
            policy->tariff[at] = (1 + policy->tariff[at]) * rise - 1;
    return PL_OK;
}

/* Real incomes at a small theta, and how far expenditure shares move (largest, at user prices). */
static pl_status near_zero(const pl_trial *t, double theta, double rise, double *real, double *moved,
                           pl_error *error) {
    size_t N = t->world->countries, J = t->world->sectors;
    pl_settings settings = plain_nests(t->settings);
    settings.closure = PL_FIXED;
    double *thetas = pl_alloc(J, sizeof *thetas), *trade = pl_alloc(N * N * J, sizeof *trade);
    pl_solved s = {0};
    pl_status status = thetas && trade ? PL_OK : pl_fail_memory(error, N * N * J * sizeof *trade);
    for (size_t j = 0; !status && j < J; j++)
        thetas[j] = theta;
    const pl_sector_values values = {.theta = thetas};
    if (!status)
        status = pl_trial_solve(t, t->world, &settings, &values, write_rise, &rise, &s, error);
    if (!status)
        status = pl_result_trade(s.result, s.policy, trade, error);
    *moved = 0;
    for (size_t at = 0; !status && at < N * N * J; at++) {
        size_t row = at / N, j = row / N, n = row % N;
        double after = pl_result_get(s.result, PL_VAR_spending)[row],
               before = s.model->spending[j * s.model->S + n];
        if (before > 0)
            *moved = pl_worse(*moved, fabs((1 + s.policy->tariff[at]) * trade[at] / after -
                                           (1 + t->world->tariff[at]) * t->world->flow[at] / before));
    }
    for (size_t n = 0; !status && n < N; n++)
        real[n] = pl_result_get(s.result, PL_VAR_real_income)[n] / 100;
    pl_solved_clear(&s);
    free(thetas);
    free(trade);
    return status;
}

/* The linear world's real incomes. */
static pl_status at_zero(const pl_trial *t, double rise, double *real, pl_error *error) {
    pl_settings settings = plain_nests(t->settings);
    settings.closure = PL_FIXED;
    pl_model *model = NULL;
    linear l = {0};
    pl_status status = pl_model_new(t->world, &settings, NULL, &model, error);
    if (!status && !linear_init(&l, model, rise))
        status = pl_fail_memory(error, 0);
    if (!status && !linear_solve(&l, real))
        status = pl_fail(error, PL_FAILED, "%s: the linear sums of the law theta-zero do not settle",
                         t->world_name);
    free(l.memory);
    pl_model_free(model);
    return status;
}

/* Solved at three small values of theta and carried on to zero along a parabola: what is left is of third
 * order. */
static double at_origin(double at_one, double at_two, double at_three) {
    return 3 * at_one - 3 * at_two + at_three;
}

pl_status pl_law_theta_zero(const pl_trial *t, pl_error *error) {
    const double small = 3e-4, rise = 1.1;
    size_t N = t->world->countries;
    double *real = pl_alloc(4 * N, sizeof *real), moved[3], worst = 0, largest = 0;
    pl_status status = real ? PL_OK : pl_fail_memory(error, 4 * N * sizeof *real);
    for (size_t k = 0; k < 3 && !status; k++)
        status = near_zero(t, (double)(k + 1) * small, rise, real + k * N, &moved[k], error);
    if (!status)
        status = at_zero(t, rise, real + 3 * N, error);
    for (size_t n = 0; !status && n < N; n++) {
        const double *x = real + n;
        worst = pl_worse(worst, fabs(at_origin(x[0], x[N], x[2 * N]) - x[3 * N]));
        largest = pl_worse(largest, fabs(x[3 * N]));
    }
    if (!status &&
        !pl_findings_add(t->report, 0, worst, t->tolerance,
                         "%s: real incomes at theta = 0 against linear sums (changes up to %.3g %%)",
                         t->world_name, 100 * largest))
        status = pl_fail_memory(error, 0);
    if (!status)
        status = put(t, fabs(at_origin(moved[0], moved[1], moved[2])),
                     "largest move of an expenditure share at theta = 0", error);
    free(real);
    return status;
}

/* ---- home share ---- */

/* The world as one sector without inputs, duties or taxes. */
static pl_status one_sector(const pl_trial *t, double theta, pl_world **out, pl_error *error) {
    const pl_world *w = t->world;
    size_t N = w->countries;
    double *flow = pl_alloc(N * N, sizeof *flow);
    if (!flow)
        return pl_fail_memory(error, N * N * sizeof *flow);
    for (size_t j = 0; j < w->sectors; j++)
        for (size_t at = 0; at < N * N; at++)
            flow[at] += w->flow[j * N * N + at];
    const char *sector = "ALL";
    pl_world_tables tables = {.countries = N,
                              .sectors = 1,
                              .country_codes = (const char *const *)w->country_code,
                              .sector_codes = &sector,
                              .flow = flow,
                              .theta = &theta};
    pl_status status = pl_world_new(&tables, out, error);
    free(flow);
    return status;
}

/* `data` is the factor on foreign trade costs; they differ by pair unless it is infinite. */
static pl_status write_costs(pl_policy *policy, const void *data, pl_error *error) {
    double factor = *(const double *)data;
    size_t N = policy->N;
    double *iceberg = pl_policy_iceberg(policy);
    if (!iceberg)
        return pl_fail_memory(error, N * N * sizeof(double));
    for (size_t at = 0; at < N * N; at++)
        if (at % N != at / N)
            iceberg[at] = isinf(factor) ? factor : factor * (0.9 + 0.3 * pl_uneven(at / N, at % N, 1));
    return PL_OK;
}

static pl_status compare_home(const pl_trial *t, const pl_world *one, double theta, double factor,
                              const char *what, pl_error *error) {
    size_t N = one->countries;
    pl_settings settings = t->settings;
    settings.closure = PL_BALANCED;
    settings.elasticities[0] = 0;
    pl_solved s = {0};
    double *trade = pl_alloc(N * N, sizeof *trade), worst = 0;
    pl_status status = trade ? PL_OK : pl_fail_memory(error, N * N * sizeof *trade);
    if (!status)
        status = pl_trial_solve(t, one, &settings, NULL, write_costs, &factor, &s, error);
    if (!status)
        status = pl_result_trade(s.result, s.policy, trade, error);
    for (size_t n = 0; !status && n < N; n++) {
        double before = s.model->world->flow[n * N + n] / s.model->spending[n];
        double after = trade[n * N + n] / pl_result_get(s.result, PL_VAR_spending)[n];
        double real = pl_result_get(s.result, PL_VAR_real_income)[n] / 100;
        worst = pl_worse(worst, fabs(pow(after / before, -1 / theta) - 1 - real));
    }
    if (!status)
        status = put(t, worst, what, error);
    pl_solved_clear(&s);
    free(trade);
    return status;
}

pl_status pl_law_home_share(const pl_trial *t, pl_error *error) {
    const double theta = 4.3;
    pl_world *one = NULL;
    pl_status status = one_sector(t, theta, &one, error);
    if (!status)
        status = compare_home(t, one, theta, 1.2,
                              "real income against home shares, trade costs up by a fifth", error);
    if (!status)
        status = compare_home(t, one, theta, 0.7,
                              "real income against home shares, trade costs down by a third", error);
    if (!status)
        status = compare_home(t, one, theta, INFINITY, "real income against home shares, autarky", error);
    pl_world_free(one);
    return status;
}

/* ---- nests near one ---- */

static double *nest(pl_settings *settings, size_t which) {
    double *all[] = {&settings->sigma_value_added, &settings->sigma_inputs, &settings->sigma_final};
    return all[which];
}

/* On either side of one, close to it the result is the Cobb-Douglas one; further away the mean of both sides
 * is, to second order, while the two sides differ. */
pl_status pl_law_ces_continuity(const pl_trial *t, pl_error *error) {
    static const char *const word[] = {"sigma_value_added", "sigma_inputs", "sigma_final"};
    static const double step[] = {1e-7, -1e-7, 1e-4, -1e-4};
    pl_settings settings = plain_nests(t->settings);
    pl_solved one = {0}, near[4] = {{0}};
    pl_status status = pl_trial_solve(t, t->world, &settings, NULL, pl_write_uneven, NULL, &one, error);
    for (size_t which = 0; which < 3 && !status; which++) {
        for (size_t k = 0; k < 4 && !status; k++) {
            pl_settings other = settings;
            *nest(&other, which) = 1 + step[k];
            status = pl_trial_solve(t, t->world, &other, NULL, pl_write_uneven, NULL, &near[k], error);
        }
        double close = 0, mean = 0;
        for (size_t n = 0; !status && n < t->world->countries; n++) {
            double real[5];
            for (size_t k = 0; k < 5; k++)
                real[k] = pl_result_get(k < 4 ? near[k].result : one.result, PL_VAR_real_income)[n] / 100;
            close = pl_worse(close, pl_worse(fabs(real[0] - real[4]), fabs(real[1] - real[4])));
            mean = pl_worse(mean, fabs((real[2] + real[3]) / 2 - real[4]));
        }
        if (!status &&
            (!pl_findings_add(t->report, 0, close, t->tolerance, "%s: %s at 1 +- 1e-7 against 1, real income",
                              t->world_name, word[which]) ||
             !pl_findings_add(t->report, 0, mean, t->tolerance,
                              "%s: mean of %s at 1 +- 1e-4 against 1, real income", t->world_name,
                              word[which])))
            status = pl_fail_memory(error, 0);
        for (size_t k = 0; k < 4; k++)
            pl_solved_clear(&near[k]);
    }
    pl_solved_clear(&one);
    return status;
}
