/* Quantity controls: known answers K3, the laws that tie them to taxes, overlapping controls, and refusals.
 */
#include "solve_rig.h"

static void renew_policy(solve_rig *r) {
    pl_policy_free(r->policy);
    assert_int_equal(pl_policy_new(pl_model_world(r->model), &r->policy, NULL), PL_OK);
}

static pl_certificate solve(solve_rig *r) {
    pl_certificate c;
    pl_error error = {PL_OK, ""};
    if (pl_solver_run(r->solver, r->policy, NULL, r->result, &error))
        fail_msg("%s", error.text);
    assert_int_equal(pl_result_certify(r->result, r->policy, &c, &error), PL_OK);
    return c;
}

static void solved(solve_rig *r) {
    pl_certificate c = solve(r);
    if (!pl_result_converged(r->result) || !(c.worst < 1e-10))
        fail_msg("converged %d, residual %g (rent %g, complementarity %g, income %g, walras %g, labour %g)",
                 pl_result_converged(r->result), c.worst, c.rent, c.complementarity, c.income, c.walras,
                 c.labour);
}

static double income(const solve_rig *r, size_t n) {
    return pl_result_get(r->result, PL_VAR_real_income)[n];
}

static void near(double computed, double expected, double tolerance) {
    if (!(fabs(computed - expected) <= tolerance))
        fail_msg("%.9g is not %.9g", computed, expected);
}

/* Known answers K3: three countries, two sectors; the tables have the exporter as row. */
static small_tables three_countries(void) {
    static const double sales[2][3][3] = {{{60, 10, 10}, {10, 60, 10}, {10, 10, 60}},
                                          {{10, 6, 4}, {4, 12, 4}, {6, 2, 12}}};
    small_tables s = {.N = 3, .J = 2, .theta = {3, 2}, .beta = {1, 1, 1, 1, 1, 1}};
    for (size_t j = 0; j < 2; j++)
        for (size_t n = 0; n < 3; n++)
            for (size_t i = 0; i < 3; i++)
                s.flow[(j * 3 + n) * 3 + i] = sales[j][i][n];
    return s;
}

enum { A_TO_B = (1 * 3 + 1) * 3 + 0 }; /* sector 2, buyer B, seller A */

static pl_cap quota(const size_t *flows, size_t count, double level) {
    return (pl_cap){.name = "quota",
                    .kind = PL_CAP_QUOTA,
                    .flows = flows,
                    .count = count,
                    .level = level,
                    .to_seller = 1};
}

static void test_known(void **state) {
    (void)state;
    const size_t flow[] = {A_TO_B};
    const struct {
        double level, seller, buyer, wasted, mu, rent, income[3];
    } rows[] = {{3, 1, 0, 0, .344415, 1.021909, {.5497, -1.0592, .0830}},
                {3, 0, 1, 0, .357691, 1.058115, {-.6039, .0668, .0788}},
                {3, .5, .5, 0, .350933, 1.039713, {-.0168, -.5056, .0808}},
                {3, 0, 0, 1, .341647, 1.015106, {-.4184, -1.0802, .0525}},
                {1.5, 1, 0, 0, .762802, 1.123979, {.3726, -1.6836, .1266}},
                {.6, 1, 0, 0, 1.466464, .859864, {-.1023, -2.1470, .1546}}};
    small_tables tables = three_countries();
    pl_settings settings;
    pl_settings_init(&settings);
    solve_rig r = solve_rig_open(&tables, &settings);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        renew_policy(&r);
        pl_cap cap = quota(flow, 1, rows[k].level / 6);
        cap.to_seller = rows[k].seller;
        cap.to_buyer = rows[k].buyer;
        cap.wasted = rows[k].wasted;
        cap.waste_country = 0;
        assert_int_equal(pl_policy_add_cap(r.policy, &cap, NULL), PL_OK);
        solved(&r);
        pl_cap_result got = pl_result_cap(r.result, 0);
        near(got.premium, rows[k].mu, 1e-6);
        near(got.rent, rows[k].rent, 1e-6);
        near(got.quantity, rows[k].level / 6, 1e-10);
        for (size_t n = 0; n < 3; n++)
            near(income(&r, n), rows[k].income[n], 5.1e-5);
    }
    pl_policy *taxed = r.policy;
    assert_int_equal(pl_policy_new(r.world, &r.policy, NULL), PL_OK);
    pl_policy_free(taxed);
    pl_policy_export_tax(r.policy)[A_TO_B] = .344415;
    solved(&r);
    near(income(&r, 0), .5497, 5.1e-5);
    near(income(&r, 1), -1.0592, 5.1e-5);
    solve_rig_close(&r);
}

/* An auctioned quota is an export tax at its premium, in every corner: nests, kappa, profits, gdp closure. */
static void test_quota_is_tax(void **state) {
    (void)state;
    for (size_t corner = 0; corner < 24; corner++) {
        pl_settings settings;
        pl_settings_init(&settings);
        settings.kappa = corner % 2 ? 1.7 : INFINITY;
        settings.sigma_inputs = corner % 3 == 0 ? 0.3 : 1;
        settings.closure = corner % 4 == 3 ? PL_GDP : PL_FIXED;
        small_tables tables = small_random(5, 4, corner + 100, false, corner % 5 == 0);
        solve_rig r = solve_rig_open(&tables, &settings);
        size_t flows[4], count = 0;
        for (size_t n = 0; n < 5; n++) /* country 2's sales of sector 1 to everyone else, under one cap */
            if (n != 2)
                flows[count++] = (1 * 5 + n) * 5 + 2;
        pl_cap cap = quota(flows, count, 0.4);
        assert_int_equal(pl_policy_add_cap(r.policy, &cap, NULL), PL_OK);
        solved(&r);
        double mu = pl_result_cap(r.result, 0).premium, held[5];
        assert_true(mu > 0.01);
        memcpy(held, pl_result_get(r.result, PL_VAR_real_income), sizeof held);
        renew_policy(&r);
        for (size_t f = 0; f < count; f++)
            pl_policy_export_tax(r.policy)[flows[f]] = mu;
        solved(&r);
        for (size_t n = 0; n < 5; n++)
            near(income(&r, n), held[n], 1e-7);
        solve_rig_close(&r);
    }
}

/* Many controls at once, some binding and some not, overlapping, of every kind, with duties and export taxes.
 */
static void test_many(void **state) {
    (void)state;
    for (size_t corner = 0; corner < 40; corner++) {
        pl_settings settings;
        pl_settings_init(&settings);
        uint64_t seed = corner + 900;
        settings.kappa = corner % 3 == 1 ? 2.2 : INFINITY;
        small_tables tables = small_random(6, 5, corner, corner % 2, corner % 4 == 0);
        solve_rig r = solve_rig_open(&tables, &settings);
        for (size_t k = 0; k < 36; k++) { /* the last six are on flows of the first six */
            size_t j = k % 5, i = (k * 7 + corner) % 6, flows[5], count = 0;
            for (size_t n = 0; n < 6; n++)
                if (n != i && (k % 3 == 0 || k >= 30 || n == (i + 1 + k % 5) % 6))
                    flows[count++] = (j * 6 + n) * 6 + i;
            double share = small_uniform(&seed);
            pl_cap cap = quota(flows, count, 0.15 + 1.3 * small_uniform(&seed));
            cap.kind = k % 7 == 3   ? PL_CAP_MINIMUM_PRICE
                       : k % 7 == 5 ? PL_CAP_TARIFF_RATE_QUOTA
                                    : PL_CAP_QUOTA;
            if (cap.kind == PL_CAP_MINIMUM_PRICE)
                cap.level = 0.8 + 0.6 * small_uniform(&seed);
            cap.out_of_quota = 0.6;
            cap.to_seller = share;
            cap.to_buyer = 0.6 * (1 - share);
            cap.to_third = 0.3 * (1 - share);
            cap.wasted = 1 - cap.to_seller - cap.to_buyer - cap.to_third;
            cap.third = (i + 2) % 6;
            cap.waste_country = i;
            assert_int_equal(pl_policy_add_cap(r.policy, &cap, NULL), PL_OK);
        }
        for (size_t at = 0; at < 6 * 6 * 5; at++)
            if (at % 6 != at / 6 % 6 && at % 11 == 0)
                pl_policy_tariff(r.policy)[at] += 0.2;
        solved(&r);
        size_t binding = 0;
        for (size_t k = 0; k < pl_result_caps(r.result); k++)
            binding += pl_result_cap(r.result, k).premium > 0;
        assert_true(binding > 3 && binding < 36);
        solve_rig_close(&r);
    }
}

/* A ban removes the variety as an infinite trade cost does; a loose cap changes nothing. */
static void test_ban_and_loose(void **state) {
    (void)state;
    small_tables tables = small_random(4, 3, 12, true, false);
    pl_settings settings;
    pl_settings_init(&settings);
    solve_rig r = solve_rig_open(&tables, &settings);
    const size_t flow[] = {(2 * 4 + 1) * 4 + 3};
    pl_cap cap = quota(flow, 1, 0);
    assert_int_equal(pl_policy_add_cap(r.policy, &cap, NULL), PL_OK);
    solved(&r);
    double banned = income(&r, 1), trade[4 * 4 * 3];
    assert_int_equal(pl_result_trade(r.result, r.policy, trade, NULL), PL_OK);
    assert_true(trade[flow[0]] == 0);
    renew_policy(&r);
    pl_policy_iceberg(r.policy)[flow[0]] = INFINITY;
    solved(&r);
    near(income(&r, 1), banned, 1e-9);
    renew_policy(&r);
    cap.level = 1.01;
    assert_int_equal(pl_policy_add_cap(r.policy, &cap, NULL), PL_OK);
    solved(&r);
    near(income(&r, 1), 0, 1e-10);
    assert_true(pl_result_cap(r.result, 0).premium == 0);
    solve_rig_close(&r);
}

/* What is sold beyond a tariff-rate quota bears a duty, and customs value is without it. */
static void test_value_beyond(void **state) {
    (void)state;
    small_tables tables = small_random(4, 3, 31, false, false);
    pl_settings settings;
    pl_settings_init(&settings);
    solve_rig r = solve_rig_open(&tables, &settings);
    const size_t flow[] = {(0 * 4 + 2) * 4 + 1};
    double outside = pl_policy_tariff(r.policy)[flow[0]] + 0.5, trade[4 * 4 * 3], again[4 * 4 * 3];
    pl_policy_tariff(r.policy)[flow[0]] = outside;
    solved(&r);
    double imports = pl_result_get(r.result, PL_VAR_imports)[2],
           exports = pl_result_get(r.result, PL_VAR_exports)[1];
    assert_int_equal(pl_result_trade(r.result, r.policy, trade, NULL), PL_OK);
    renew_policy(&r);
    pl_cap cap = quota(flow, 1, 1e-9);
    cap.kind = PL_CAP_TARIFF_RATE_QUOTA;
    cap.out_of_quota = outside;
    assert_int_equal(pl_policy_add_cap(r.policy, &cap, NULL), PL_OK);
    solved(&r);
    near(pl_result_get(r.result, PL_VAR_imports)[2], imports, 1e-6);
    near(pl_result_get(r.result, PL_VAR_exports)[1], exports, 1e-6);
    assert_int_equal(pl_result_trade(r.result, r.policy, again, NULL), PL_OK);
    for (size_t at = 0; at < 4 * 4 * 3; at++)
        near(again[at], trade[at], 1e-6);
    solve_rig_close(&r);
}

/* A tariff-rate quota is the inner duty when loose, the outer duty when far exceeded, and between them when
 * met. */
static void test_tariff_rate_quota(void **state) {
    (void)state;
    small_tables tables = small_random(4, 3, 31, false, false);
    pl_settings settings;
    pl_settings_init(&settings);
    solve_rig r = solve_rig_open(&tables, &settings);
    const size_t flow[] = {(0 * 4 + 2) * 4 + 1};
    double inside = pl_policy_tariff(r.policy)[flow[0]], outside = inside + 0.5;
    pl_policy_tariff(r.policy)[flow[0]] = outside;
    solved(&r);
    double duties = pl_result_get(r.result, PL_VAR_duties)[2], outer = income(&r, 2);
    const double levels[] = {1.5, 0.05, 0.7};
    for (size_t k = 0; k < 3; k++) {
        renew_policy(&r);
        pl_cap cap = quota(flow, 1, levels[k]);
        cap.kind = PL_CAP_TARIFF_RATE_QUOTA;
        cap.out_of_quota = outside;
        cap.to_seller = 0;
        cap.to_buyer = 1;
        assert_int_equal(pl_policy_add_cap(r.policy, &cap, NULL), PL_OK);
        solved(&r);
        pl_cap_result got = pl_result_cap(r.result, 0);
        if (k == 0) {
            near(got.premium, 0, 0);
            near(income(&r, 2), 0, 1e-10);
        } else if (k == 1) { /* rent to the buyer is as good as duty to the buyer */
            near(got.premium, (1 + outside) / (1 + inside) - 1, 1e-9);
            near(income(&r, 2), outer, 1e-9);
            near(pl_result_get(r.result, PL_VAR_duties)[2] + got.rent, duties, 1e-7 * duties);
        } else {
            assert_true(got.premium > 0 && got.premium < (1 + outside) / (1 + inside) - 1);
            near(got.quantity, levels[k], 1e-9);
        }
    }
    solve_rig_close(&r);
}

static void test_minimum_price(void **state) {
    (void)state;
    small_tables tables = three_countries();
    pl_settings settings;
    pl_settings_init(&settings);
    solve_rig r = solve_rig_open(&tables, &settings);
    const size_t flow[] = {A_TO_B};
    pl_cap cap = quota(flow, 1, 1.3);
    cap.kind = PL_CAP_MINIMUM_PRICE;
    assert_int_equal(pl_policy_add_cap(r.policy, &cap, NULL), PL_OK);
    solved(&r);
    double cost = 1 + pl_result_get(r.result, PL_VAR_producer_price)[1 * 3 + 0] / 100;
    near(cost * (1 + pl_result_cap(r.result, 0).premium), 1.3, 1e-9);
    solve_rig_close(&r);
}

/* The premia of other controls count into a price, and the lowest price of a set is lifted to the floor. */
static void test_minimum_of_many(void **state) {
    (void)state;
    small_tables tables = three_countries();
    pl_settings settings;
    pl_settings_init(&settings);
    solve_rig r = solve_rig_open(&tables, &settings);
    const size_t flows[] = {A_TO_B, A_TO_B + 3}; /* and A to C */
    pl_cap few = quota(flows, 1, 0.2), floor = quota(flows, 1, 1.3);
    floor.kind = PL_CAP_MINIMUM_PRICE;
    assert_int_equal(pl_policy_add_cap(r.policy, &few, NULL), PL_OK);
    assert_int_equal(pl_policy_add_cap(r.policy, &floor, NULL), PL_OK);
    solved(&r);
    near(pl_result_cap(r.result, 1).premium, 0, 1e-12); /* the quota makes it dear enough */
    renew_policy(&r);
    floor.count = 2;
    assert_int_equal(pl_policy_add_cap(r.policy, &few, NULL), PL_OK);
    assert_int_equal(pl_policy_add_cap(r.policy, &floor, NULL), PL_OK);
    solved(&r);
    double cost = 1 + pl_result_get(r.result, PL_VAR_producer_price)[1 * 3 + 0] / 100;
    near(cost * (1 + pl_result_cap(r.result, 1).premium), 1.3, 1e-9); /* that of A to C */
    near(pl_result_cap(r.result, 0).quantity, 0.2, 1e-9);
    renew_policy(&r);
    pl_policy_export_tax(r.policy)[flows[0]] = 0.5;
    assert_int_equal(pl_policy_add_cap(r.policy, &floor, NULL), PL_OK);
    solved(&r);
    cost = 1 + pl_result_get(r.result, PL_VAR_producer_price)[1 * 3 + 0] / 100;
    near(cost * (1 + pl_result_cap(r.result, 0).premium), 1.3, 1e-9);
    solve_rig_close(&r);
}

static void refused(solve_rig *r, pl_cap cap, const char *words) {
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_policy_add_cap(r->policy, &cap, &error), PL_INVALID);
    if (!strstr(error.text, words))
        fail_msg("'%s' does not say '%s'", error.text, words);
}

static void test_refusals(void **state) {
    (void)state;
    small_tables tables = three_countries();
    pl_settings settings;
    pl_settings_init(&settings);
    solve_rig r = solve_rig_open(&tables, &settings);
    const size_t flow[] = {A_TO_B}, two[] = {A_TO_B, A_TO_B + 1}, outside[] = {400};
    pl_cap good = quota(flow, 1, 0.5), bad = good;
    bad.level = -0.1;
    refused(&r, bad, "level -0.1");
    bad.level = NAN;
    refused(&r, bad, "level nan");
    bad = good;
    bad.to_seller = 0.7;
    refused(&r, bad, "add up to 0.7");
    bad.to_buyer = 0.5;
    bad.to_seller = NAN;
    refused(&r, bad, "rent share");
    bad = good;
    bad.count = 0;
    refused(&r, bad, "covers no flow");
    bad = good;
    bad.flows = outside;
    refused(&r, bad, "flow 400");
    bad = good;
    bad.flows = two;
    bad.count = 2;
    bad.kind = PL_CAP_MINIMUM_PRICE;
    refused(&r, bad, "one seller and one sector");
    bad = good;
    bad.to_seller = 0;
    bad.to_third = 1;
    bad.third = 3;
    refused(&r, bad, "not in the world");
    size_t all[3] = {9 + 3, 9 + 4, 9 + 5};
    pl_cap everyone = quota(all, 3, 0);
    assert_int_equal(pl_policy_add_cap(r.policy, &everyone, NULL), PL_OK);
    pl_error error;
    assert_int_equal(pl_solver_run(r.solver, r.policy, NULL, r.result, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "BBB, sector C02: the measures remove every seller"));
    solve_rig_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),         cmocka_unit_test(test_quota_is_tax),
        cmocka_unit_test(test_many),          cmocka_unit_test(test_ban_and_loose),
        cmocka_unit_test(test_value_beyond),  cmocka_unit_test(test_tariff_rate_quota),
        cmocka_unit_test(test_minimum_price), cmocka_unit_test(test_minimum_of_many),
        cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
