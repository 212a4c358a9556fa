/* The certificates of an equilibrium and of a month: right where the solver is, and each falsified number is seen by the
 * residual of its equation. */
#include "path_rig.h"
#include "solve_rig.h"

#include <stddef.h>

static double of(const pl_certificate *c, size_t residual) {
    double value;
    memcpy(&value, (const char *)c + residual, sizeof value);
    return value;
}

#define RESIDUAL(name) offsetof(pl_certificate, name)

/* A number somewhere, what it is multiplied by and moved by, and the residual that must see it. */
typedef struct {
    const char *what;
    double *number, by, plus;
    size_t residual;
} fault;

static void expect_seen(const fault *f, const pl_certificate *c, double worst) {
    if (!(of(c, f->residual) > 1e-5) || !(worst >= of(c, f->residual)))
        fail_msg("%s: residual %g, worst %g", f->what, of(c, f->residual), worst);
}

/* ---- an equilibrium ---- */

enum { N = 4, J = 3 };

static size_t at(size_t j, size_t n, size_t i) {
    return (j * N + n) * N + i;
}

/* Controls of every kind, two on one flow that trade costs and export taxes weigh on too, and lump sums. */
static void control(pl_policy *p) {
    const size_t wide[] = {at(0, 1, 2), at(0, 3, 2)}, floor[] = {at(1, 0, 3)}, rate[] = {at(2, 2, 0)},
                 ban[] = {at(1, 2, 1)};
    const pl_cap caps[] = {{.name = "wide", .flows = wide, .count = 2, .level = 0.2, .to_seller = 1},
                           {.name = "narrow",
                            .flows = wide,
                            .count = 1,
                            .level = 0.06,
                            .to_third = 0.6,
                            .wasted = 0.4,
                            .third = 3},
                           {.name = "floor",
                            .kind = PL_CAP_MINIMUM_PRICE,
                            .flows = floor,
                            .count = 1,
                            .level = 1.6,
                            .to_buyer = 1},
                           {.name = "rate",
                            .kind = PL_CAP_TARIFF_RATE_QUOTA,
                            .flows = rate,
                            .count = 1,
                            .level = 0.3,
                            .out_of_quota = 0.5,
                            .to_buyer = 1},
                           {.name = "ban", .flows = ban, .count = 1, .level = 0, .to_seller = 1}};
    for (size_t k = 0; k < sizeof caps / sizeof *caps; k++)
        assert_int_equal(pl_policy_add_cap(p, &caps[k], NULL), PL_OK);
    pl_policy_iceberg(p)[wide[0]] = 1.3;
    pl_policy_export_tax(p)[wide[0]] += 0.2;
    pl_policy_export_tax(p)[floor[0]] += 0.15;
    pl_policy_tariff(p)[at(0, 0, 1)] += 0.5;
    pl_policy_transfer(p)[1] = 3;
    pl_policy_transfer(p)[2] = -3;
}

static solve_rig open_rig(double kappa, pl_closure closure) {
    small_tables tables = small_random(N, J, 17, true, true);
    pl_settings settings;
    pl_settings_init(&settings);
    settings.kappa = kappa;
    settings.closure = closure;
    settings.sigma_inputs = 0.6;
    solve_rig r = solve_rig_open(&tables, &settings);
    control(r.policy);
    assert_int_equal(pl_solver_run(r.solver, r.policy, NULL, r.result, NULL), PL_OK);
    return r;
}

static pl_certificate certify(const solve_rig *r) {
    pl_certificate c;
    assert_int_equal(pl_result_certify(r->result, r->policy, &c, NULL), PL_OK);
    return c;
}

static void test_equilibrium(void **state) {
    (void)state;
    solve_rig r = open_rig(1.6, PL_GDP);
    pl_layout_y y = pl_y_layout(r.model, 0);
    double *wage = r.result->y + y.wage, *price = r.result->y + y.price;
    double *spending = r.result->y + y.spending, *labour = r.result->y + y.labour;
    pl_cap_result *cap = r.result->cap;
    const fault faults[] = {
        {"wage", wage + 2, 1, 1e-3, RESIDUAL(labour)},
        {"price", price + r.model->S + 1, 1, 1e-3, RESIDUAL(price_index)},
        {"price and shares", price + 3, 1, 1e-3, RESIDUAL(shares)},
        {"spending", spending + 2 * r.model->S, 1, 1e-3, RESIDUAL(market_clearing)},
        {"labour", labour + r.model->S + 1, 1, 1e-3, RESIDUAL(labour)},
        {"income", r.result->value[PL_VAR_income] + 1, 1.001, 0, RESIDUAL(income)},
        {"premium of one of two", &cap[1].premium, 1.01, 0, RESIDUAL(complementarity)},
        {"premium of a floor", &cap[2].premium, 1.01, 0, RESIDUAL(complementarity)},
        {"premium beyond a rate quota", &cap[3].premium, 1.01, 0, RESIDUAL(complementarity)},
        {"rent of sellers", &cap[0].to_sellers, 1.001, 0, RESIDUAL(rent)},
        {"rent of another country", &cap[1].to_third, 1.001, 0, RESIDUAL(rent)},
        {"wasted", &cap[1].wasted, 1.001, 0, RESIDUAL(rent)},
        {"duty beyond", &cap[3].duty, 1.001, 0, RESIDUAL(rent)},
        {"tariff", pl_policy_tariff(r.policy) + at(0, 0, 1), 1.01, 0, RESIDUAL(shares)},
        {"export tax", pl_policy_export_tax(r.policy) + at(0, 1, 2), 1.01, 0, RESIDUAL(walras)},
        {"trade cost", pl_policy_iceberg(r.policy) + at(0, 1, 2), 1.01, 0, RESIDUAL(complementarity)},
        {"lump sum", pl_policy_transfer(r.policy) + 1, 1, 0.1, RESIDUAL(income)},
        {"lump sum and trade", pl_policy_transfer(r.policy) + 2, 1, 0.1, RESIDUAL(walras)}};
    for (size_t k = 0; k + 1 < r.result->caps; k++) /* all but the ban */
        assert_true(cap[k].premium > 0.01);
    assert_true(certify(&r).worst < 1e-10);
    for (size_t k = 0; k < sizeof faults / sizeof *faults; k++) {
        double right = *faults[k].number;
        *faults[k].number = right * faults[k].by + faults[k].plus;
        pl_certificate c = certify(&r);
        expect_seen(&faults[k], &c, c.worst);
        *faults[k].number = NAN;
        assert_true(isnan(certify(&r).worst));
        *faults[k].number = right;
    }
    assert_true(certify(&r).worst < 1e-10);
    solve_rig_close(&r);
}

/* Where labour moves freely and deficits are fixed: one wage too high and another as much too low leave the unit as it is. */
static void test_wages(void **state) {
    (void)state;
    solve_rig r = open_rig(INFINITY, PL_FIXED);
    double *wage = r.result->y + pl_y_layout(r.model, 0).wage, *added = r.model->value_added;
    assert_true(certify(&r).worst < 1e-10);
    wage[1] = log(exp(wage[1]) + 1e-2 / added[1]);
    wage[2] = log(exp(wage[2]) - 1e-2 / added[2]);
    assert_true(certify(&r).labour > 1e-5);
    solve_rig_close(&r);
}

/* All money in another unit: what is paid agrees, and is not in the unit of (11). */
static void test_unit(void **state) {
    (void)state;
    solve_rig r = open_rig(1.6, PL_GDP);
    pl_layout_y y = pl_y_layout(r.model, 0);
    for (size_t k = 0; k < y.labour; k++)
        r.result->y[k] += 1e-3;
    for (size_t n = 0; n < N; n++)
        r.result->value[PL_VAR_income][n] *= exp(1e-3);
    pl_certificate c = certify(&r);
    assert_true(c.labour > 0.9e-3 && c.price_index < 1e-10 && c.market_clearing < 1e-10);
    solve_rig_close(&r);
}

/* ---- a month ---- */

/* One more month; what the month moves on at its end is put back, so that it can be certified again. */
static void step(path_rig *r) {
    pl_path *p = r->path;
    size_t S = p->S, sectors = p->J * S;
    double normal[SMALL_MOST * SMALL_MOST], spent[SMALL_MOST], anchor[SMALL_MOST];
    memcpy(normal, p->normal_output, sectors * sizeof *normal);
    memcpy(spent, p->spent, S * sizeof *spent);
    memcpy(anchor, p->anchor, S * sizeof *anchor);
    assert_int_equal(pl_path_step(p, NULL), PL_OK);
    memcpy(p->normal_output, normal, sectors * sizeof *normal);
    memcpy(p->spent, spent, S * sizeof *spent);
    memcpy(p->anchor, anchor, S * sizeof *anchor);
}

static pl_month certify_month(const path_rig *r) {
    pl_month month = {.iterations = 0};
    assert_int_equal(pl_month_certify(r->path, &month, NULL), PL_OK);
    return month;
}

static void falsify_month(path_rig *r, const fault *faults, size_t count) {
    for (size_t k = 0; k < count; k++) {
        double right = *faults[k].number;
        *faults[k].number = right * faults[k].by + faults[k].plus;
        pl_month month = certify_month(r);
        expect_seen(&faults[k], &month.residual, month.worst);
        *faults[k].number = NAN;
        assert_true(isnan(certify_month(r).worst));
        *faults[k].number = right;
    }
}

static void falsify_stocks(path_rig *r) {
    pl_holdings *h = &r->path->holdings;
    double *const numbers[] = {h->opening, h->use, h->bought, h->closing, h->wanted};
    assert_true(h->count > 1 && h->bought[1] > 0);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        double right = numbers[k][1];
        numbers[k][1] += 1e-3 * h->base[1];
        pl_month month = certify_month(r);
        assert_true(month.stocks > 1e-5 && month.worst >= month.stocks);
        numbers[k][1] = right;
    }
    h->use[1] += 1e-3 * h->base[1]; /* what is left agrees, and is not what prices imply */
    h->closing[1] -= 1e-3 * h->base[1];
    assert_true(certify_month(r).stocks > 1e-5);
    h->use[1] -= 1e-3 * h->base[1];
    h->closing[1] += 1e-3 * h->base[1];
}

/* A licence that binds, users it holds down, a quota, an announced tariff and stocks. */
static void test_month(void **state) {
    (void)state;
    const size_t licensed = (1 * 5 + 2) * 5 + 3, bound = (2 * 5 + 4) * 5 + 1;
    pl_settings settings;
    pl_settings_init(&settings);
    settings.kappa = 1.6;
    settings.criticality = 1;
    small_tables tables = small_random(5, 4, 5, true, true);
    path_rig r;
    rig_open(&r, &tables, &settings);
    r.measure[r.measures++] = (rig_measure){RIG_QUOTA, bound, 0, 0.5, -1, 2, 100};
    r.measure[r.measures++] = (rig_measure){RIG_TARIFF, SIZE_MAX, 0, 0.3, 5, 7, 100};
    pl_licence licence = {.name = "licence",
                          .flows = &licensed,
                          .count = 1,
                          .from = {2025, 3, 1},
                          .until = {9999, 1, 1},
                          .approval = 0.2,
                          .lag = 1,
                          .validity = 6,
                          .to_seller = 1};
    rig_start(&r, 9, &licence, 1);
    for (size_t t = 0; t < 6; t++)
        step(&r);
    pl_path *p = r.path;
    assert_true(p->limits > 0 && p->policy->caps > 1);
    size_t limited = p->limit[0].sector * p->S + p->limit[0].country;
    assert_true(p->entered.log_premium[limited] > 0.01);
    pl_month month = certify_month(&r);
    assert_true(month.worst < 1e-9);
    assert_memory_equal(&month.residual, &pl_path_month(p, 5)->residual, sizeof month.residual);
    pl_cap_result *cap = p->map.caps.result;
    assert_true(cap[0].premium > 0.01 && cap[0].to_sellers > 0);
    const fault faults[] = {
        {"wage", p->y + p->map.at.wage + 2, 1, 1e-3, RESIDUAL(labour)},
        {"price", p->y + p->map.at.price + p->S + 1, 1, 1e-2, RESIDUAL(price_index)},
        {"spending", p->y + p->map.at.spending + 2 * p->S, 1, 1e-3, RESIDUAL(market_clearing)},
        {"labour", p->y + p->map.at.labour + p->S + 1, 1, 1e-3, RESIDUAL(labour)},
        {"income", p->map.income + 1, 1.001, 0, RESIDUAL(income)},
        {"borrowing", p->map.borrowed + 1, 1, 1, RESIDUAL(market_clearing)},
        {"weight", p->weights.now + (2 * 5 + 3) * p->S + 3, 1.001, 0, RESIDUAL(shares)},
        {"last month's wage", p->anchor + 1, 1, 1e-3, RESIDUAL(labour)},
        {"last month's spending", p->spent + 1, 1.001, 0, RESIDUAL(income)},
        {"premium", &cap[0].premium, 1.01, 0, RESIDUAL(complementarity)},
        {"rent", &cap[0].to_sellers, 1.001, 0, RESIDUAL(rent)},
        {"premium of a limit", p->entered.log_premium + limited, 1, 0.01, RESIDUAL(income)},
        {"limit", &p->limit[0].limit, 1.001, 0, RESIDUAL(complementarity)},
        {"normal output", p->normal_output + limited, 0.999, 0, RESIDUAL(complementarity)}};
    falsify_month(&r, faults, sizeof faults / sizeof *faults);
    falsify_stocks(&r);
    assert_true(certify_month(&r).worst < 1e-9);
    rig_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equilibrium),
        cmocka_unit_test(test_wages),
        cmocka_unit_test(test_unit),
        cmocka_unit_test(test_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
