/* What a path says of pairs, exports by sector, decisions on licences and lost output: recomputed from other variables. */
#include "path_rig.h"

static void near(double computed, double expected, double tolerance) {
    if (!(fabs(computed - expected) <= tolerance))
        fail_msg("%.12g is not %.12g within %g", computed, expected, tolerance);
}

enum { C = 5, S = 4, BUYER = 2, SELLER = 3, INPUT = 1, FLOW = (INPUT * C + BUYER) * C + SELLER };

static const size_t the_flow[] = {FLOW};

static pl_licence regime(double lag) {
    return (pl_licence){.name = "rare earths",
                        .flows = the_flow,
                        .count = 1,
                        .from = {2025, 4, 1},
                        .until = {9999, 1, 1},
                        .approval = 0.25,
                        .lag = lag,
                        .validity = 6,
                        .to_seller = 1};
}

/* A path of some months under a licence. */
static void licensed_path(path_rig *r, const pl_licence *licence, uint64_t seed, size_t months) {
    pl_settings settings;
    pl_settings_init(&settings);
    small_tables tables = small_random(C, S, seed, false, false);
    rig_open(r, &tables, &settings);
    rig_start(r, months, licence, 1);
    rig_run(r);
}

/* Duties of pairs add up to the buyer's; goods are a part of purchases; volumes of exports are those of pairs. */
static void test_pairs(void **state) {
    (void)state;
    pl_settings settings;
    pl_settings_init(&settings);
    small_tables tables = small_random(C, S, 7, true, false);
    path_rig r;
    rig_open(&r, &tables, &settings);
    r.measure[r.measures++] =
        (rig_measure){.kind = RIG_TARIFF, .flow = FLOW, .rate = 0.4, .announced = 1, .from = 3, .until = 9};
    rig_start(&r, 8, NULL, 0);
    rig_run(&r);
    double *value = pl_alloc(2 * S * C * C, sizeof *value), *volume = value + S * C * C;
    pl_path_trade(r.path, value, volume);
    for (size_t t = 0; t < 8; t++) {
        const double *duties = pl_path_pair(r.path, PL_PAIR_duties, t),
                     *goods = pl_path_pair(r.path, PL_PAIR_goods, t);
        const double *bought = pl_path_pair(r.path, PL_PAIR_purchases, t);
        for (size_t n = 0; n < C; n++) {
            near(pl_sum(duties + n * C, C), pl_path_get(r.path, PL_PATH_duties, t)[n],
                 1e-9 * bought[n * C + n]);
            for (size_t i = 0; i < C; i++)
                assert_true(goods[n * C + i] >= 0 && goods[n * C + i] <= bought[n * C + i] * (1 + 1e-12));
        }
    }
    for (size_t j = 0; j < S; j++) {
        double sold = 0, before = 0;
        for (size_t n = 0; n < C; n++) {
            sold += n == SELLER ? 0 : 12 * volume[(j * C + n) * C + SELLER];
            before += n == SELLER ? 0 : pl_world_flow(r.world)[(j * C + n) * C + SELLER];
        }
        near(pl_path_get(r.path, PL_PATH_sector_export_volume, 7)[j * C + SELLER], 100 * (sold / before - 1),
             1e-9);
    }
    free(value);
    rig_close(&r);
}

/* Where a limit binds, output is the limit's share of normal: what is lost follows from both. Where it does not, less is made. */
static void test_lost_output(void **state) {
    (void)state;
    pl_licence licence = regime(1);
    path_rig r;
    licensed_path(&r, &licence, 8, 12);
    size_t held = 0;
    for (size_t t = 0; t < 12; t++)
        for (size_t at = 0; at < S * C; at++) {
            double lost = pl_path_get(r.path, PL_PATH_output_lost, t)[at],
                   limit = pl_path_get(r.path, PL_PATH_output_limit, t)[at];
            double volume = pl_path_get(r.path, PL_PATH_sector_output, 0)[at] *
                            (1 + pl_path_get(r.path, PL_PATH_sector_volume, t)[at] / 100) /
                            (1 + pl_path_get(r.path, PL_PATH_sector_volume, 0)[at] / 100) /
                            (1 + pl_path_get(r.path, PL_PATH_producer_price, 0)[at] / 100);
            assert_true(lost >= 0);
            if (t < 3 || limit == 1)
                near(lost, 0, 0);
            if (!(lost > 0))
                continue;
            double least = volume * (1 / limit - 1);
            assert_true(lost > least - 1e-6 * volume);
            held += lost < least + 1e-6 * volume;
        }
    assert_true(held > 3);
    rig_close(&r);
}

/* What is decided is what was applied for a lag before; a share of it is approved. */
static void test_decided(void **state) {
    (void)state;
    pl_licence licence = regime(1.5);
    path_rig r;
    licensed_path(&r, &licence, 5, 12);
    for (size_t t = 5; t < 12; t++) {
        double decided = *pl_path_queue(r.path, PL_QUEUE_decided, t);
        near(decided,
             (*pl_path_queue(r.path, PL_QUEUE_orders, t - 1) +
              *pl_path_queue(r.path, PL_QUEUE_orders, t - 2)) /
                 2,
             1e-9);
        near(*pl_path_queue(r.path, PL_QUEUE_approved, t), 0.25 * decided, 1e-9);
    }
    near(*pl_path_queue(r.path, PL_QUEUE_decided, 3), 0, 0);
    rig_close(&r);
}

/* The quality of a path is that of its worst month; a month that is not a number is the worst there is. */
static void test_quality(void **state) {
    (void)state;
    pl_licence licence = regime(1);
    path_rig r;
    licensed_path(&r, &licence, 5, 6);
    pl_month *month = r.path->history.month;
    month[2].worst = 0.25;
    near(pl_path_quality(r.path).worst, 0.25, 0);
    month[3].worst = NAN;
    assert_true(isnan(pl_path_quality(r.path).worst));
    month[5].worst = INFINITY;
    assert_true(!(pl_path_quality(r.path).worst < INFINITY));
    rig_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs), cmocka_unit_test(test_lost_output),
                                       cmocka_unit_test(test_quality), cmocka_unit_test(test_decided)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
