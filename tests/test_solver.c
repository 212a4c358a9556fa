/* The solver against known answers, against its certificate in every corner of the model, and against itself.
 */
#include "solve_rig.h"

static pl_settings defaults(void) {
    pl_settings settings;
    pl_settings_init(&settings);
    return settings;
}

static double solve(solve_rig *b) {
    pl_certificate c;
    pl_error error;
    assert_int_equal(pl_solver_run(b->solver, b->policy, NULL, b->result, &error), PL_OK);
    assert_int_equal(pl_result_certify(b->result, b->policy, &c, &error), PL_OK);
    return c.worst;
}

static double get(const solve_rig *b, pl_variable v, size_t at) {
    return pl_result_get(b->result, v)[at];
}

static void set_all(double *rates, size_t N, size_t J, size_t buyer, size_t seller, double rate) {
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N; n++)
            for (size_t i = 0; i < N; i++)
                if (n != i && (buyer == SIZE_MAX || n == buyer) && (seller == SIZE_MAX || i == seller))
                    rates[(j * N + n) * N + i] = rate;
}

/* Known answers K2. */
static void check_two(small_tables tables, double war1, double war2, double lerner1, double lerner2) {
    pl_settings settings = defaults();
    solve_rig b = solve_rig_open(&tables, &settings);
    set_all(pl_policy_tariff(b.policy), 2, 1, SIZE_MAX, SIZE_MAX, 0.25);
    assert_true(solve(&b) < 1e-10);
    assert_true(fabs(get(&b, PL_VAR_real_income, 0) - war1) < 1e-6);
    assert_true(fabs(get(&b, PL_VAR_real_income, 1) - war2) < 1e-6);
    set_all(pl_policy_tariff(b.policy), 2, 1, 1, 0, 0.0);
    assert_true(solve(&b) < 1e-10);
    assert_true(fabs(get(&b, PL_VAR_real_income, 0) - lerner1) < 1e-6);
    assert_true(fabs(get(&b, PL_VAR_real_income, 1) - lerner2) < 1e-6);
    set_all(pl_policy_tariff(b.policy), 2, 1, 0, 1, 0.0);
    set_all(pl_policy_export_tax(b.policy), 2, 1, 1, 0, 0.25);
    assert_true(solve(&b) < 1e-10);
    assert_true(fabs(get(&b, PL_VAR_real_income, 0) - lerner1) < 1e-6);
    assert_true(fabs(get(&b, PL_VAR_real_income, 1) - lerner2) < 1e-6);
    set_all(pl_policy_export_tax(b.policy), 2, 1, 1, 0, 0.0);
    set_all(pl_policy_iceberg(b.policy), 2, 1, SIZE_MAX, SIZE_MAX, INFINITY);
    assert_true(solve(&b) < 1e-10);
    for (size_t n = 0; n < 2; n++) {
        double home = tables.flow[3 * n] / (tables.flow[2 * n] + tables.flow[2 * n + 1]);
        assert_true(fabs(get(&b, PL_VAR_real_income, n) - 100 * (pow(home, 0.25) - 1)) < 1e-6);
    }
    solve_rig_close(&b);
}

static void test_two_countries(void **state) {
    (void)state;
    check_two(small_two(1, 0.8, 1, 0.8), -1.258129, -1.258129, 1.187013, -1.989666);
    check_two(small_two(2, 0.9, 1, 0.8), -0.576751, -1.395359, 0.620781, -2.068059);
}

static void mixed_policy(solve_rig *b, bool taxed, bool costly) {
    size_t N = b->model->N, J = b->model->J;
    set_all(pl_policy_tariff(b->policy), N, J, 0, 1, 0.45);
    set_all(pl_policy_tariff(b->policy), N, J, 1, 0, 0.25);
    if (taxed)
        set_all(pl_policy_export_tax(b->policy), N, J, SIZE_MAX, 2, 0.17);
    if (costly) {
        double *d = pl_policy_iceberg(b->policy);
        set_all(d, N, J, 2, 1, 1.3);
        d[1] = INFINITY; /* buyer 0 loses seller 1 in the first sector */
    }
}

/* Every corner of the model: the certificate, which shares no code, must agree. */
static void test_corners(void **state) {
    (void)state;
    const double kappas[] = {INFINITY, 1.5}, sigmas[] = {1, 0, 0.4, 2.5};
    const pl_closure closures[] = {PL_FIXED, PL_GDP, PL_BALANCED};
    for (size_t corner = 0; corner < 2 * 4 * 4 * 4 * 3; corner++) {
        pl_settings settings = defaults();
        settings.kappa = kappas[corner % 2];
        settings.sigma_value_added = sigmas[corner / 2 % 4];
        settings.sigma_inputs = sigmas[corner / 8 % 4];
        settings.sigma_final = sigmas[corner / 32 % 4];
        settings.closure = closures[corner / 128 % 3];
        bool taxed = corner % 3 == 0, profitable = corner % 5 < 2;
        small_tables tables = small_random(3 + corner % 4, 1 + corner % 5, corner + 7, taxed, profitable);
        solve_rig b = solve_rig_open(&tables, &settings);
        double before = solve(&b);
        assert_true(before < 1e-11);
        for (size_t n = 0; n < b.model->N; n++)
            assert_true(fabs(get(&b, PL_VAR_real_income, n)) < 1e-10);
        mixed_policy(&b, corner % 2 == 0, corner % 4 == 1);
        double after = solve(&b);
        if (!(after < 1e-10) || !pl_result_converged(b.result))
            fail_msg("corner %zu: residual %g", corner, after);
        solve_rig_close(&b);
    }
}

/* Trade recomputed from the result adds up to the countries' imports and exports. */
static void test_trade(void **state) {
    (void)state;
    small_tables tables = small_random(5, 3, 99, true, false);
    pl_settings settings = defaults();
    solve_rig b = solve_rig_open(&tables, &settings);
    double trade[5 * 5 * 3], imports[5] = {0}, exports[5] = {0};
    mixed_policy(&b, true, true);
    solve(&b);
    assert_int_equal(pl_result_trade(b.result, b.policy, trade, NULL), PL_OK);
    for (size_t j = 0; j < 3; j++)
        for (size_t n = 0; n < 5; n++)
            for (size_t i = 0; i < 5; i++)
                if (i != n) {
                    imports[n] += trade[(j * 5 + n) * 5 + i];
                    exports[i] += trade[(j * 5 + n) * 5 + i];
                }
    for (size_t n = 0; n < 5; n++) {
        assert_true(fabs(imports[n] / get(&b, PL_VAR_imports, n) - 1) < 1e-10);
        assert_true(fabs(exports[n] / get(&b, PL_VAR_exports, n) - 1) < 1e-10);
        assert_true(fabs(imports[n] - exports[n] - get(&b, PL_VAR_deficit, n)) < 1e-9 * imports[n]);
    }
    assert_true(trade[1] == 0); /* the variety that was removed */
    solve_rig_close(&b);
}

/* Terms and volume of trade are the first-order parts: for a small change their sum is the exact real income
 * change. */
static void test_first_order(void **state) {
    (void)state;
    small_tables tables = small_random(4, 3, 5, false, false);
    pl_settings settings = defaults();
    settings.closure = PL_BALANCED;
    settings.tolerance = 1e-13;
    solve_rig b = solve_rig_open(&tables, &settings);
    double gap[2];
    for (int round = 0; round < 2; round++) {
        double step = round ? 1e-4 : 2e-4, worst = 0;
        const double *t0 = pl_world_tariff(pl_model_world(b.model));
        for (size_t at = 0; at < 4 * 4 * 3; at++)
            pl_policy_tariff(b.policy)[at] = t0[at] + (at / 4 % 4 == 1 && at % 4 != 1 ? step : 0);
        solve(&b);
        for (size_t n = 0; n < 4; n++)
            worst =
                fmax(worst, fabs(get(&b, PL_VAR_first_order_welfare, n) - get(&b, PL_VAR_real_income, n)));
        gap[round] = worst;
    }
    assert_true(gap[0] < 1e-4);
    assert_true(gap[0] / gap[1] > 3.5 && gap[0] / gap[1] < 4.5); /* the error is of second order */
    solve_rig_close(&b);
}

static void test_warm_start(void **state) {
    (void)state;
    small_tables tables = small_random(6, 4, 3, false, false);
    pl_settings settings = defaults();
    solve_rig b = solve_rig_open(&tables, &settings);
    mixed_policy(&b, false, false);
    solve(&b);
    size_t cold = pl_result_iterations(b.result);
    pl_result *again = NULL;
    assert_int_equal(pl_result_new(b.model, &again, NULL), PL_OK);
    assert_int_equal(pl_solver_run(b.solver, b.policy, b.result, again, NULL), PL_OK);
    assert_true(pl_result_iterations(again) <= 2 && cold > 5);
    assert_true(fabs(pl_result_get(again, PL_VAR_real_income)[2] - get(&b, PL_VAR_real_income, 2)) < 1e-9);
    pl_result_free(again);
    solve_rig_close(&b);
}

/* Newton-Krylov and the homotopy, made to work by forbidding what comes before them, agree with the first
 * method. */
static void test_fallbacks(void **state) {
    (void)state;
    small_tables tables = small_random(5, 3, 21, false, false);
    pl_settings settings = defaults();
    solve_rig b = solve_rig_open(&tables, &settings);
    mixed_policy(&b, false, false);
    solve(&b);
    double expected = get(&b, PL_VAR_real_income, 1);
    settings.max_iterations = 1;
    solve_rig c = solve_rig_open(&tables, &settings);
    mixed_policy(&c, false, false);
    assert_true(solve(&c) < 1e-10);
    assert_true(pl_result_converged(c.result));
    assert_int_equal(pl_result_method(c.result), PL_NEWTON_KRYLOV);
    assert_true(fabs(get(&c, PL_VAR_real_income, 1) - expected) < 1e-8);
    assert_int_equal(pl_solver_skip_to(c.solver, c.policy, PL_HOMOTOPY, NULL), PL_OK);
    while (pl_solver_step(c.solver) == PL_RUNNING)
        continue;
    assert_int_equal(pl_solver_finish(c.solver, c.result, NULL), PL_OK);
    assert_true(pl_result_converged(c.result));
    assert_int_equal(pl_result_method(c.result), PL_HOMOTOPY);
    assert_true(fabs(get(&c, PL_VAR_real_income, 1) - expected) < 1e-8);
    solve_rig_close(&b);
    solve_rig_close(&c);
}

static void test_threads(void **state) {
    (void)state;
    enum { COUNT = 9 };
    small_tables tables = small_random(6, 5, 77, false, false);
    pl_settings settings = defaults();
    solve_rig b = solve_rig_open(&tables, &settings);
    pl_policy *policy[COUNT];
    pl_result *one[COUNT], *three[COUNT];
    for (size_t k = 0; k < COUNT; k++) {
        assert_int_equal(pl_policy_new(b.world, &policy[k], NULL), PL_OK);
        set_all(pl_policy_tariff(policy[k]), 6, 5, k % 6, SIZE_MAX, 0.1 * (double)(k + 1));
        assert_int_equal(pl_result_new(b.model, &one[k], NULL), PL_OK);
        assert_int_equal(pl_result_new(b.model, &three[k], NULL), PL_OK);
    }
    assert_int_equal(pl_solve_many(b.model, (const pl_policy *const *)policy, COUNT, 1, one, NULL, NULL),
                     PL_OK);
    assert_int_equal(pl_solve_many(b.model, (const pl_policy *const *)policy, COUNT, 3, three, NULL, NULL),
                     PL_OK);
    for (size_t k = 0; k < COUNT; k++) {
        assert_memory_equal(one[k]->y, three[k]->y, pl_y_layout(b.model, 0).length * sizeof(double));
        pl_policy_free(policy[k]);
        pl_result_free(one[k]);
        pl_result_free(three[k]);
    }
    solve_rig_close(&b);
}

static void test_stop(void **state) {
    (void)state;
    small_tables tables = small_random(4, 2, 1, false, false);
    pl_settings settings = defaults();
    solve_rig b = solve_rig_open(&tables, &settings);
    volatile int stop = 1;
    pl_error error;
    const pl_policy *policies[] = {b.policy};
    set_all(pl_policy_tariff(b.policy), 4, 2, 0, SIZE_MAX, 0.5);
    assert_int_equal(pl_solve_many(b.model, policies, 1, 1, &b.result, &stop, &error), PL_CANCELLED);
    solve_rig_close(&b);
}

/* Deficits are removed where one accelerated step after another overshoots; where no trade could balance, that is said. */
static void test_balanced(void **state) {
    (void)state;
    small_tables tables = {
        .N = 3, .J = 1, .flow = {300, 40, 20, 10, 200, 30, 30, 25, 400}, .beta = {1, 1, 1}, .theta = {60}};
    pl_settings settings = defaults();
    settings.closure = PL_BALANCED;
    solve_rig b = solve_rig_open(&tables, &settings);
    assert_true(solve(&b) < 1e-9);
    for (size_t n = 0; n < 3; n++)
        assert_true(fabs(get(&b, PL_VAR_imports_before, n) - get(&b, PL_VAR_exports_before, n)) < 1e-7);
    solve_rig_close(&b);
    tables.theta[0] = 4;
    tables.flow[1] = tables.flow[2] = 0; /* A sells to the others and buys from none */
    pl_world *world = small_world(&tables);
    pl_model *model = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_model_new(world, &settings, NULL, &model, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "closure balanced: BBB buys from AAA"));
    settings.closure = PL_GDP;
    assert_int_equal(pl_model_new(world, &settings, NULL, &model, &error), PL_OK);
    pl_model_free(model);
    pl_world_free(world);
}

static void refused(solve_rig *b, const char *words) {
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_solver_run(b->solver, b->policy, NULL, b->result, &error), PL_INVALID);
    assert_non_null(strstr(error.text, words));
}

static void test_refusals(void **state) {
    (void)state;
    small_tables tables = small_random(4, 2, 1, false, false);
    pl_settings settings = defaults();
    solve_rig b = solve_rig_open(&tables, &settings);
    double *tariff = pl_policy_tariff(b.policy), kept = tariff[6];
    tariff[6] = -1.2;
    refused(&b, "import duty of BBB on CCC, sector C01: -1.2");
    tariff[6] = NAN;
    refused(&b, "import duty of BBB on CCC");
    tariff[6] = kept;
    pl_policy_export_tax(b.policy)[9] = INFINITY;
    refused(&b, "export tax of CCC on BBB");
    pl_policy_export_tax(b.policy)[9] = 0;
    pl_policy_iceberg(b.policy)[16] = 0;
    refused(&b, "iceberg factor of AAA on AAA, sector C02");
    for (size_t i = 0; i < 4; i++)
        pl_policy_iceberg(b.policy)[16 + i] = INFINITY;
    refused(&b, "AAA, sector C02: the measures remove every seller");
    solve_rig_close(&b);
    pl_error error;
    pl_model *model = NULL;
    pl_world *world = small_world(&tables);
    settings.closure = PL_BALANCED;
    b = solve_rig_open(&tables, &settings);
    pl_policy_free(b.policy);
    assert_int_equal(pl_policy_new(world, &b.policy, NULL), PL_OK);
    refused(&b, "another world");
    solve_rig_close(&b);
    double theta[2] = {3, 0};
    pl_sector_values values = {.theta = theta};
    assert_int_equal(pl_model_new(world, &settings, &values, &model, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "C02"));
    assert_int_equal(pl_settings_set(&settings, "elasticities", "FGP", NULL), PL_OK);
    assert_int_equal(pl_model_new(world, &settings, NULL, &model, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "did you mean 'FGO'"));
    pl_world_free(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_countries), cmocka_unit_test(test_corners),
        cmocka_unit_test(test_trade),         cmocka_unit_test(test_first_order),
        cmocka_unit_test(test_warm_start),    cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_threads),       cmocka_unit_test(test_stop),
        cmocka_unit_test(test_balanced),      cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
