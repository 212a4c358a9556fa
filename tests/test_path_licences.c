/* Licences, bans and bottlenecks on a path. */
#include "path_rig.h"

static void near(double computed, double expected, double tolerance) {
    if (!(fabs(computed - expected) <= tolerance))
        fail_msg("%.12g is not %.12g within %g", computed, expected, tolerance);
}

enum { BUYER = 2, SELLER = 3, SECTOR = 1, FLOW = (SECTOR * 5 + BUYER) * 5 + SELLER };

static const size_t the_flow[] = {FLOW};

static pl_licence regime(double approval, double lag, double validity) {
    return (pl_licence){.name = "rare earths",
                        .flows = the_flow,
                        .count = 1,
                        .from = {2025, 4, 1},
                        .until = {9999, 1, 1},
                        .approval = approval,
                        .lag = lag,
                        .validity = validity,
                        .to_seller = 1};
}

static double of_flow(const path_rig *r, pl_flow_variable v, size_t month) {
    return *pl_path_flow(r->path, v, month);
}

static double of_queue(const path_rig *r, pl_queue_variable v, size_t month) {
    return *pl_path_queue(r->path, v, month);
}

/* Orders wait for the lag, a share of them is approved, and no more is exported than is licensed. */
static void test_queue(void **state) {
    (void)state;
    pl_settings settings;
    pl_settings_init(&settings);
    small_tables tables = small_random(5, 4, 5, false, false);
    path_rig r;
    rig_open(&r, &tables, &settings);
    pl_licence licence = regime(0.25, 2, 6);
    rig_start(&r, 30, &licence, 1);
    rig_run(&r);
    assert_int_equal(pl_path_queues(r.path), 1);
    assert_int_equal(pl_path_queue_flow(r.path, 0), FLOW);
    double before = of_flow(&r, PL_FLOW_purchase_volume, 2), left = 0;
    for (size_t t = 3; t < 30; t++) {
        near(of_queue(&r, PL_QUEUE_backlog, t),
             of_queue(&r, PL_QUEUE_orders, t) + (t > 3 ? of_queue(&r, PL_QUEUE_orders, t - 1) : 0), 1e-12);
        near(of_queue(&r, PL_QUEUE_approved, t), t < 5 ? 0 : 0.25 * of_queue(&r, PL_QUEUE_orders, t - 2),
             1e-12);
        left += of_queue(&r, PL_QUEUE_approved, t) - of_queue(&r, PL_QUEUE_exports, t);
        near(of_queue(&r, PL_QUEUE_licensed, t), left, 1e-9 * before); /* all are used before they expire */
        assert_true(of_queue(&r, PL_QUEUE_exports, t) <= of_queue(&r, PL_QUEUE_approved, t) + 1e-9 * before);
        assert_true(of_flow(&r, PL_FLOW_stock, t) >= 0);
    }
    near(of_flow(&r, PL_FLOW_purchases, 3), 0, 1e-9 * before);
    assert_true(of_flow(&r, PL_FLOW_use_volume, 3) > 0.9 * before); /* from stock */
    assert_true(of_flow(&r, PL_FLOW_premium, 6) > 50);
    assert_true(pl_path_get(r.path, PL_PATH_rents, 8)[SELLER] > 0);
    assert_true(pl_path_get(r.path, PL_PATH_users_stopped, 6)[BUYER] == 3);
    assert_true(isnan(pl_path_get(r.path, PL_PATH_days_of_stock, 6)[0]));
    rig_close(&r);
}

/* With stocks for n months and supply cut to a share a, the first bite comes after n/(1-a) months. */
static void test_first_bite(void **state) {
    (void)state;
    const struct {
        double stock, share;
    } cuts[] = {{1.5, 0.4}, {1.5, 0}, {2.3, 0.6}, {0.7, 0.8}, {3.1, 0.25}};
    for (size_t k = 0; k < 5; k++) {
        double n = cuts[k].stock, a = cuts[k].share, bite = n / (1 - a);
        pl_settings settings;
        pl_settings_init(&settings);
        settings.months_of_cover = n;
        settings.stock_adjustment = 0.01; /* nobody hurries to refill */
        small_tables tables = small_random(5, 4, 6, false, false);
        path_rig r;
        rig_open(&r, &tables, &settings);
        pl_licence licence = regime(a, 0, 6);
        rig_start(&r, 14, &licence, 1);
        rig_run(&r);
        for (size_t t = 0; t < 14; t++) {
            double limit = pl_path_get(r.path, PL_PATH_output_limit, t)[0 * 5 + BUYER];
            if ((double)t - 3 + 1 < bite) {
                near(of_flow(&r, PL_FLOW_premium, t), 0, 1e-9);
                near(limit, 1, 1e-12);
                near(of_flow(&r, PL_FLOW_use_volume, t), of_flow(&r, PL_FLOW_use_volume, 0),
                     0.02 * of_flow(&r, PL_FLOW_use_volume, 0)); /* but for what incomes do */
            } else if ((double)t - 3 < bite) {
                assert_true(of_flow(&r, PL_FLOW_premium, t) > 1 && limit < 1);
                double days = pl_path_get(r.path, PL_PATH_days_of_stock, t - 1)[SECTOR * 5 + BUYER];
                near(days / (365.0 / 12), n - (1 - a) * ((double)t - 3), 0.05);
                near(of_flow(&r, PL_FLOW_use_volume, t) / of_flow(&r, PL_FLOW_use_volume, 0),
                     a + n - (1 - a) * ((double)t - 3), 0.05);
            }
        }
        rig_close(&r);
    }
}

/* How far a bottleneck reaches is the criticality's to say. */
static void test_criticality(void **state) {
    (void)state;
    double limit[3];
    for (int c = 0; c < 3; c++) {
        pl_settings settings;
        pl_settings_init(&settings);
        settings.criticality = 0.5 * c;
        small_tables tables = small_random(5, 4, 8, false, false);
        path_rig r;
        rig_open(&r, &tables, &settings);
        pl_licence licence = regime(0.1, 1, 6);
        rig_start(&r, 12, &licence, 1);
        rig_run(&r);
        limit[c] = pl_path_get(r.path, PL_PATH_output_limit, 6)[2 * 5 + BUYER];
        near(pl_path_get(r.path, PL_PATH_users_stopped, 6)[BUYER], c ? 3 : 0, 0);
        double volume = pl_path_get(r.path, PL_PATH_sector_volume, 6)[2 * 5 + BUYER];
        assert_true(1 + volume / 100 <= limit[c] * 1.02);
        rig_close(&r);
    }
    near(limit[0], 1, 1e-12);
    near(1 - limit[2], 2 * (1 - limit[1]), 0.1 * (1 - limit[2]));
}

/* While an input is short, what a sector normally makes does not fall: buyers leave for want of the input. The limit loosens
 * month by month, no sector is held down anew once it was let go, and what is lost changes with the limit alone. */
static void test_let_go(void **state) {
    (void)state;
    pl_settings settings;
    pl_settings_init(&settings);
    settings.adjust_months = 30;
    small_tables tables = small_random(5, 4, 8, false, false);
    path_rig r;
    rig_open(&r, &tables, &settings);
    pl_licence licence = regime(0.3, 1, 6);
    rig_start(&r, 60, &licence, 1);
    double last[4] = {0}, bound[4] = {0};
    size_t let_go = 0;
    for (size_t t = 0; t < 60; t++) {
        assert_int_equal(pl_path_step(r.path, NULL), PL_OK);
        for (size_t j = 0; j < 4; j++) {
            double limit = pl_path_get(r.path, PL_PATH_output_limit, t)[j * 5 + BUYER];
            double normal = pl_path_get(r.path, PL_PATH_output_lost, t)[j * 5 + BUYER] / (1 - limit);
            double premium = r.path->entered.log_premium[j * r.path->S + BUYER];
            if (!(limit < 1))
                continue;
            assert_true(normal > 0 && normal > last[j] * (1 - 1e-12));
            if (t > 10)
                assert_true(premium <= bound[j]);
            let_go += bound[j] > 0 && premium == 0;
            last[j] = normal;
            bound[j] = premium;
        }
    }
    assert_true(let_go > 0);
    rig_close(&r);
}

/* A sector that tariffs make grow is not held at what it made when an input fell short. */
static void test_growth(void **state) {
    (void)state;
    pl_settings settings;
    pl_settings_init(&settings);
    settings.adjust_months = 30;
    small_tables tables = small_random(5, 4, 8, false, false);
    path_rig r;
    rig_open(&r, &tables, &settings);
    for (size_t n = 0; n < 5; n++)
        if (n != BUYER) /* of the third sector */
            r.measure[r.measures++] = (rig_measure){RIG_TARIFF, (2 * 5 + BUYER) * 5 + n, 0, 2, -1, 6, 1000};
    pl_licence licence = regime(0.7, 1, 6);
    rig_start(&r, 120, &licence, 1);
    rig_run(&r);
    double limit = pl_path_get(r.path, PL_PATH_output_limit, 119)[2 * 5 + BUYER];
    double before = pl_path_get(r.path, PL_PATH_sector_volume, 4)[2 * 5 + BUYER],
           after = pl_path_get(r.path, PL_PATH_sector_volume, 119)[2 * 5 + BUYER];
    double premium = r.path->entered.log_premium[2 * r.path->S + BUYER];
    assert_true(limit > 0.8 && limit < 1 && after > before + 3);
    assert_true(premium < 1.01 * -log(limit) / settings.sigma_short + 1e-3);
    rig_close(&r);
}

/* A green channel keeps trade as it was; a regime for part of a flow binds that part. */
static void test_green(void **state) {
    (void)state;
    const bool green[] = {true};
    const double half[] = {0.5};
    pl_settings settings;
    pl_settings_init(&settings);
    small_tables tables = small_random(5, 4, 5, true, false);
    path_rig r;
    rig_open(&r, &tables, &settings);
    pl_licence licence = regime(0.1, 3, 6);
    licence.green = green;
    licence.green_share = 1;
    licence.green_from = (pl_date){2025, 4, 1};
    rig_start(&r, 12, &licence, 1);
    rig_run(&r);
    for (size_t t = 0; t < 12; t++)
        near(pl_path_get(r.path, PL_PATH_real_income, t)[BUYER], 0, 1e-8);
    licence.green = NULL;
    licence.part = half;
    rig_start(&r, 12, &licence, 1);
    rig_run(&r);
    double base = of_flow(&r, PL_FLOW_purchase_volume, 0);
    near(of_flow(&r, PL_FLOW_purchase_volume, 3), 0.5 * base, 0.3 * base);
    assert_true(of_flow(&r, PL_FLOW_purchase_volume, 3) < 0.6 * base);
    rig_close(&r);
}

/* After a ban of some months trade comes back; weights are not lost. Stocks are used up under it. */
static void test_ban_ends(void **state) {
    (void)state;
    for (int quota = 0; quota < 2; quota++) {
        pl_settings settings;
        pl_settings_init(&settings);
        small_tables tables = small_random(5, 4, 9, false, false);
        path_rig r;
        rig_open(&r, &tables, &settings);
        r.measure[r.measures++] = quota ? (rig_measure){RIG_QUOTA, FLOW, 0, 0, -1, 4, 10}
                                        : (rig_measure){RIG_ICEBERG, FLOW, 0, INFINITY, -1, 4, 10};
        rig_start(&r, 60, NULL, 0);
        rig_run(&r);
        double base = of_flow(&r, PL_FLOW_purchase_volume, 0);
        near(of_flow(&r, PL_FLOW_purchase_volume, 6), 0, 1e-9 * base);
        if (quota)
            assert_true(of_flow(&r, PL_FLOW_use_volume, 4) > 0.4 * base);
        near(of_flow(&r, PL_FLOW_use_volume, 9), 0, 1e-9 * base);
        assert_true(of_flow(&r, PL_FLOW_use_volume, 10) > 0.75 * base);
        assert_true(of_flow(&r, PL_FLOW_use_volume, 59) > 0.88 * base);
        /* Prices rise under the ban, by no more than a few times what they do in the long run. */
        double rise = pl_path_get(r.path, PL_PATH_user_price, 9)[SECTOR * 5 + BUYER];
        assert_true(rise > 0.5 && rise < 25);
        rig_close(&r);
    }
}

/* A ban that lasts ends at the static equilibrium without the variety. */
static void test_ban_lasts(void **state) {
    (void)state;
    pl_settings settings;
    pl_settings_init(&settings);
    settings.adjust_months = 36;
    small_tables tables = small_random(5, 4, 9, false, false);
    path_rig r;
    rig_open(&r, &tables, &settings);
    r.measure[r.measures++] = (rig_measure){RIG_QUOTA, FLOW, 0, 0, -1, 4, 100000};
    rig_start(&r, 480, NULL, 0);
    rig_run(&r);
    pl_policy *policy = NULL;
    pl_solver *solver = NULL;
    pl_result *result = NULL;
    assert_int_equal(rig_policy(&r, 479, 479, &policy, NULL), PL_OK);
    assert_int_equal(pl_solver_new(r.model, &solver, NULL), PL_OK);
    assert_int_equal(pl_result_new(r.model, &result, NULL), PL_OK);
    assert_int_equal(pl_solver_run(solver, policy, NULL, result, NULL), PL_OK);
    for (size_t n = 0; n < 5; n++)
        near(pl_path_get(r.path, PL_PATH_real_income, 479)[n], pl_result_get(result, PL_VAR_real_income)[n],
             1e-4);
    pl_policy_free(policy);
    pl_result_free(result);
    pl_solver_free(solver);
    rig_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue),       cmocka_unit_test(test_first_bite),
        cmocka_unit_test(test_criticality), cmocka_unit_test(test_let_go),
        cmocka_unit_test(test_growth),      cmocka_unit_test(test_green),
        cmocka_unit_test(test_ban_ends),    cmocka_unit_test(test_ban_lasts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
