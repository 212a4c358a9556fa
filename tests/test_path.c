/* The months engine: its laws. */
#include "path_rig.h"

static void near(double computed, double expected, double tolerance) {
    if (!(fabs(computed - expected) <= tolerance))
        fail_msg("%.12g is not %.12g within %g", computed, expected, tolerance);
}

/* With no measure every month is the baseline, whatever the settings. */
static void test_no_measure(void **state) {
    (void)state;
    for (size_t corner = 0; corner < 6; corner++) {
        pl_settings settings;
        pl_settings_init(&settings);
        settings.sigma_short = corner == 1 ? 1 : corner == 2 ? 3 : 0.76;
        settings.kappa = corner == 3 ? 1.6 : INFINITY;
        settings.sigma_inputs = corner == 4 ? 0.4 : 1;
        settings.closure = corner == 5 ? PL_GDP : PL_FIXED;
        small_tables tables = small_random(5, 4, corner + 7, corner % 2, corner == 3);
        path_rig r;
        rig_open(&r, &tables, &settings);
        /* A measure that is announced, expected by nobody in time, and of no size. */
        r.measure[r.measures++] = (rig_measure){RIG_TARIFF, 7, 0, 0, -1, 5, 9};
        rig_start(&r, 60, NULL, 0);
        rig_run(&r);
        for (size_t t = 0; t < 60; t++)
            for (size_t v = 0; v < PL_PATH_COUNT; v++) {
                if (strcmp(pl_path_unit((pl_path_variable)v), "percent"))
                    continue;
                size_t count = pl_path_by_sector((pl_path_variable)v) ? 20 : 5;
                for (size_t at = 0; at < count; at++)
                    near(pl_path_get(r.path, (pl_path_variable)v, t)[at], 0, 1e-8); /* percent: 1e-10 */
            }
        rig_close(&r);
    }
}

/* Tables hold slightly negative inputs, where what a sector buys was corrected by more than it bought; the certificate counts
 * them as the map does. */
static void test_negative_input(void **state) {
    (void)state;
    for (size_t corner = 0; corner < 2; corner++) {
        pl_settings settings;
        pl_settings_init(&settings);
        settings.sigma_inputs = corner ? 0.4 : 1;
        small_tables tables = small_random(5, 4, corner + 31, false, false);
        size_t at = 2 * 4 + 1;
        tables.beta[at] += tables.input[at * 4 + 3] + 0.0009;
        tables.input[at * 4 + 3] = -0.0009;
        path_rig r;
        rig_open(&r, &tables, &settings);
        r.measure[r.measures++] = (rig_measure){RIG_TARIFF, SIZE_MAX, 2, 0.3, -1, 1, 100};
        rig_start(&r, 6, NULL, 0);
        rig_run(&r);
        rig_close(&r);
    }
}

/* The last month of a path against the static result; `slow`: the weights have one part in 1e5 left to adjust. */
static void compare(const path_rig *r, const pl_result *result, bool slow) {
    static const struct {
        pl_path_variable path;
        pl_variable result;
        double slow; /* tolerance in percent */
    } same[] = {{PL_PATH_real_income, PL_VAR_real_income, 1e-4},
                {PL_PATH_wage, PL_VAR_wage, 3e-4},
                {PL_PATH_consumer_price, PL_VAR_consumer_price, 3e-4},
                {PL_PATH_retail_price, PL_VAR_consumer_price, 3e-4},
                {PL_PATH_user_price, PL_VAR_user_price, 3e-4},
                {PL_PATH_producer_price, PL_VAR_producer_price, 3e-4},
                {PL_PATH_sector_volume, PL_VAR_output_volume, 3e-3}};
    for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
        size_t count = pl_path_by_sector(same[k].path) ? 20 : 5;
        for (size_t at = 0; at < count; at++)
            near(pl_path_get(r->path, same[k].path, 479)[at], pl_result_get(result, same[k].result)[at],
                 slow ? same[k].slow : 1e-6);
    }
    double left = slow ? 1e-5 : 1e-9;
    for (size_t n = 0; n < 5; n++) {
        double duties = pl_result_get(result, PL_VAR_duties)[n],
               imports = pl_result_get(result, PL_VAR_imports)[n];
        near(12 * pl_path_get(r->path, PL_PATH_duties, 479)[n], duties, left * duties);
        near(12 * pl_path_get(r->path, PL_PATH_imports, 479)[n], imports, left * imports);
    }
}

/* Under a policy that lasts, forty years on, the path is at the static equilibrium. */
static void test_meets_equilibrium(void **state) {
    (void)state;
    for (size_t corner = 0; corner < 11; corner++) {
        pl_settings settings;
        pl_settings_init(&settings);
        settings.adjust_months = corner == 0 ? 96 : 48; /* at 48 months, one part in 1e10 is left */
        if (corner >= 8) {                              /* quick suppliers and wages do not overshoot */
            settings.adjust_months = corner == 8 ? 1 : corner == 9 ? 6 : 24;
            settings.wage_share = settings.spending_share = 1;
            settings.months_of_cover = settings.front_running =
                0; /* or a stock of what few want lasts for ages */
        }
        settings.sigma_short = corner == 1 ? 2 : 0.76;
        settings.kappa = corner == 3 ? 1.6 : INFINITY;
        settings.sigma_inputs = corner == 4 ? 0.4 : 1;
        settings.closure = corner == 5 ? PL_GDP : PL_FIXED;
        small_tables tables = small_random(5, 4, corner + 70, corner % 2, corner == 3);
        path_rig r;
        rig_open(&r, &tables, &settings);
        size_t us_china = (1 * 5 + 2) * 5 + 3;
        r.measure[r.measures++] = (rig_measure){RIG_TARIFF, us_china, 0, 1.25, -1, 2, 100000};
        r.measure[r.measures++] =
            (rig_measure){RIG_TARIFF, SIZE_MAX, 3, corner == 0 ? 0.1 : 0.4, -1, 3, 100000};
        r.measure[r.measures++] = (rig_measure){RIG_EXPORT_TAX, (2 * 5 + 0) * 5 + 1, 0, 0.2, -1, 3, 100000};
        r.measure[r.measures++] = (rig_measure){RIG_TARIFF, SIZE_MAX, 0, 0.4, -1, 1, 4};
        if (corner >= 6)
            r.measure[r.measures++] = (rig_measure){RIG_QUOTA, (3 * 5 + 0) * 5 + 1, 0, 0.5, -1, 3, 100000};
        rig_start(&r, 480, NULL, 0);
        rig_run(&r);
        pl_policy *policy = NULL;
        pl_solver *solver = NULL;
        pl_result *result = NULL;
        assert_int_equal(rig_policy(&r, 479, 479, &policy, NULL), PL_OK);
        assert_int_equal(pl_solver_new(r.model, &solver, NULL), PL_OK);
        assert_int_equal(pl_result_new(r.model, &result, NULL), PL_OK);
        assert_int_equal(pl_solver_run(solver, policy, NULL, result, NULL), PL_OK);
        compare(&r, result, corner == 0);
        /* And it is not there at once. */
        assert_true(corner == 8 || fabs(pl_path_get(r.path, PL_PATH_duties, 4)[0] * 12 -
                                        pl_result_get(result, PL_VAR_duties)[0]) > 0.01);
        pl_policy_free(policy);
        pl_result_free(result);
        pl_solver_free(solver);
        rig_close(&r);
    }
}

/* (13) by plain loops: within a row, weights move by (pi* / pi^s)^lambda and a common factor, which takes the price at this
 * month's costs lambda of the way to the long run's. */
static void test_weights(void **state) {
    (void)state;
    pl_settings settings;
    pl_settings_init(&settings);
    small_tables tables = small_random(5, 4, 21, true, false);
    path_rig r;
    rig_open(&r, &tables, &settings);
    size_t S = r.model->S;
    r.measure[r.measures++] = (rig_measure){RIG_TARIFF, SIZE_MAX, 1, 0.6, -1, 2, 7};
    r.measure[r.measures++] = (rig_measure){RIG_EXPORT_TAX, (2 * 5 + 0) * 5 + 1, 0, 0.3, -1, 3, 100};
    rig_start(&r, 10, NULL, 0);
    double lambda = 1 - pow(0.1, 1 / settings.adjust_months), theta_s = settings.sigma_short - 1;
    for (size_t t = 0; t < 9; t++) {
        double a[100], cost[20], price[20], wedge[100];
        assert_int_equal(pl_path_step(r.path, NULL), PL_OK);
        for (size_t at = 0; at < 100; at++) {
            a[at] = r.path->weights.now[at / 5 * S + at % 5];
            wedge[at] = pl_flow_wedge(r.path->policy, at);
        }
        for (size_t at = 0; at < 20; at++) {
            cost[at] = log1p(pl_path_get(r.path, PL_PATH_producer_price, t)[at] / 100);
            price[at] = log1p(pl_path_get(r.path, PL_PATH_user_price, t)[at] / 100);
        }
        pl_weights_begin(r.path);
        pl_weights_fill(r.path); /* the weights of the month to come */
        for (size_t row = 0; row < 20; row++) {
            size_t j = row / 5;
            double theta = r.model->theta[j], sum = 0, next = 0, low = INFINITY, high = -INFINITY;
            for (size_t i = 0; i < 5; i++)
                sum += r.path->weights.before[row * S + i] *
                       exp(-theta * (wedge[row * 5 + i] + cost[j * 5 + i]));
            double lasting = -log(sum) / theta;
            for (size_t i = 0; i < 5; i++) {
                double landed = wedge[row * 5 + i] + cost[j * 5 + i], now = r.path->weights.now[row * S + i];
                double shares = r.path->weights.before[row * S + i] * exp(-theta * (landed - lasting)) /
                                (a[row * 5 + i] * exp(-theta_s * (landed - price[row])));
                double factor = log(now / a[row * 5 + i]) - lambda * log(shares);
                low = fmin(low, factor);
                high = fmax(high, factor);
                next += now * exp(-theta_s * landed);
            }
            near(high - low, 0, 1e-9);
            near(-log(next) / theta_s, (1 - lambda) * price[row] + lambda * lasting, 1e-9);
        }
    }
    rig_close(&r);
}

/* After a tariff is announced buyers buy ahead; when it comes they live on their stock. Use is smoother. */
static void test_front_running(void **state) {
    (void)state;
    pl_settings settings;
    pl_settings_init(&settings);
    small_tables tables = small_random(5, 4, 11, false, false);
    path_rig r;
    rig_open(&r, &tables, &settings);
    size_t flow = (1 * 5 + 2) * 5 + 3;
    r.measure[r.measures++] = (rig_measure){RIG_TARIFF, flow, 0, 0.5, 3, 6, 100000};
    rig_start(&r, 24, NULL, 0);
    rig_run(&r);
    const size_t *positions = NULL;
    assert_int_equal(pl_path_flows(r.path, &positions), 1);
    assert_int_equal(positions[0], flow);
    double bought[24], used[24], stock[24], spread_bought = 0, spread_used = 0;
    for (size_t t = 0; t < 24; t++) {
        bought[t] = *pl_path_flow(r.path, PL_FLOW_purchase_volume, t);
        used[t] = *pl_path_flow(r.path, PL_FLOW_use_volume, t);
        stock[t] = *pl_path_flow(r.path, PL_FLOW_stock, t);
    }
    near(bought[2], bought[0], 1e-9 * bought[0]);
    assert_true(bought[3] > 1.05 * bought[2]); /* announced by the end of month 3, collected from month 6 */
    assert_true(bought[5] > 1.05 * used[5]);
    assert_true(bought[6] < 0.95 * used[6]);
    assert_true(bought[7] < used[7]);
    assert_true(stock[5] > 1.3 && stock[20] < 1.05);
    for (size_t t = 1; t < 24; t++) {
        spread_bought = fmax(spread_bought, fabs(bought[t] - bought[t - 1]));
        spread_used = fmax(spread_used, fabs(used[t] - used[t - 1]));
    }
    assert_true(spread_used < 0.7 * spread_bought);
    /* Accounts: income is final demand and what went to stock; over the world nobody borrows from nobody. */
    for (size_t t = 0; t < 24; t++) {
        double deficits = 0;
        for (size_t n = 0; n < 5; n++) {
            near(pl_path_get(r.path, PL_PATH_income, t)[n],
                 pl_path_get(r.path, PL_PATH_final_demand, t)[n] +
                     pl_path_get(r.path, PL_PATH_inventory_investment, t)[n],
                 1e-9);
            near(pl_path_get(r.path, PL_PATH_imports, t)[n] - pl_path_get(r.path, PL_PATH_exports, t)[n],
                 pl_path_get(r.path, PL_PATH_deficit, t)[n], 1e-9);
            deficits += pl_path_get(r.path, PL_PATH_deficit, t)[n];
        }
        near(deficits, 0, 1e-9);
    }
    assert_true(pl_path_get(r.path, PL_PATH_inventory_investment, 4)[2] > 0);
    assert_true(pl_path_get(r.path, PL_PATH_inventory_investment, 6)[2] < 0);
    rig_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_measure),        cmocka_unit_test(test_negative_input),
        cmocka_unit_test(test_meets_equilibrium), cmocka_unit_test(test_weights),
        cmocka_unit_test(test_front_running),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
