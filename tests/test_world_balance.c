/* Balancing: the identities hold afterwards, flows stay, and nothing moves that need not. */
#include "test_world_fixture.h"

static void expect_balanced(const pl_world *before, const pl_world *w) {
    pl_error error = {0};
    double Y[FIX_N * FIX_J], E[FIX_N * FIX_J], F[FIX_N * FIX_J];
    if (pl_world_refuse(w, "", &error))
        fail_msg("%s", error.text);
    fix_same_array(before->flow, w->flow, FIX_NN);
    fix_same_array(before->tariff, w->tariff, FIX_NN);
    fix_same_array(before->export_tax, w->export_tax, FIX_NN);
    pl_world_output(w, Y);
    pl_world_spending(w, E);
    pl_world_final_demand(w, Y, E, F);
    for (size_t nj = 0; nj < FIX_N * FIX_J; nj++) {
        double sum = w->value_added_share[nj];
        for (size_t k = 0; k < FIX_J; k++)
            sum += w->input_share[nj * FIX_J + k];
        assert_true(fabs(sum - 1) < 1e-14);
        assert_true(F[nj] >= 0);
    }
}

static void test_right_world_keeps_its_bits(void **state) {
    (void)state;
    pl_world *w = fix_world(), *out = NULL;
    pl_change_report report;
    assert_int_equal(pl_world_balance(w, NULL, &out, &report, NULL), PL_OK);
    fix_same_world(w, out);
    assert_int_equal(report.moved_cells, 0);
    assert_true(report.total_move == 0 && report.largest_move == 0 && report.iterations == 0);
    pl_world_free(out);
    pl_world_free(w);
}

/* Shares that do not sum in one country: only that country moves, and the report says so. */
static void test_shares_that_do_not_sum(void **state) {
    (void)state;
    pl_world *w = fix_world(), *out = NULL;
    pl_change_report report;
    pl_error error = {0};
    size_t n = 2, j = 1;
    w->value_added_share[n * FIX_J + j] += 0.07;
    if (pl_world_balance(w, NULL, &out, &report, &error))
        fail_msg("%s", error.text);
    expect_balanced(w, out);
    assert_true(report.residual < 1e-12);
    for (size_t at = 0; at < FIX_N * FIX_J * FIX_J; at++)
        if (at / (FIX_J * FIX_J) != n)
            assert_true(w->input_share[at] == out->input_share[at]);
    /* The report against a plain count. */
    double Y[FIX_N * FIX_J], total = 0, largest = 0;
    size_t moved = 0;
    pl_world_output(w, Y);
    for (size_t nj = 0; nj < FIX_N * FIX_J; nj++) {
        for (size_t k = 0; k <= FIX_J; k++) {
            double a = k < FIX_J ? w->input_share[nj * FIX_J + k] : w->value_added_share[nj];
            double b = k < FIX_J ? out->input_share[nj * FIX_J + k] : out->value_added_share[nj];
            moved += fabs(a - b) > 1e-9;
            largest = fmax(largest, fabs(a - b));
            total += fabs(a - b) * Y[nj];
        }
    }
    assert_int_equal(report.moved_cells, moved);
    assert_true(report.largest_move == largest);
    assert_true(fabs(report.total_move / total - 1) < 1e-12);
    assert_true(fabs(report.mean_move * pl_sum(Y, FIX_N * FIX_J) / total - 1) < 1e-12);
    assert_int_equal(report.largest_country, n);
    assert_int_equal(report.largest_user, j);
    assert_int_equal(report.largest_input, FIX_J);
    pl_world_free(out);
    pl_world_free(w);
}

/* Final demand below zero (stocks), value added below zero, and no shares at all. */
static void test_negative_parts(void **state) {
    (void)state;
    pl_world *w = fix_world(), *out = NULL;
    pl_change_report report;
    pl_error error = {0};
    w->flow[(2 * FIX_N + 0) * FIX_N + 0] = 150; /* the USA buys too little education for its users' inputs */
    double *share = w->input_share + (1 * FIX_J + 0) * FIX_J;
    share[0] = 0.6, share[1] = 0.3, share[2] = 0.2; /* inputs of Chinese crops exceed output */
    w->value_added_share[1 * FIX_J + 0] = -0.1;
    memset(w->input_share + (3 * FIX_J + 2) * FIX_J, 0, FIX_J * sizeof(double));
    w->value_added_share[3 * FIX_J + 2] = 0;
    pl_world_report check;
    assert_int_equal(pl_world_check(w, &check, &error), PL_OK);
    assert_false(check.holds);
    if (pl_world_balance(w, NULL, &out, &report, &error))
        fail_msg("%s", error.text);
    expect_balanced(w, out);
    assert_true(out->value_added_share[1 * FIX_J + 0] > 0);
    assert_true(out->value_added_share[3 * FIX_J + 2] == 1);
    /* Germany was right and stays. */
    for (size_t at = 2 * FIX_J * FIX_J; at < 3 * FIX_J * FIX_J; at++)
        assert_true(w->input_share[at] == out->input_share[at]);
    pl_world_free(out);
    pl_world_free(w);
}

/* The table found is the nearest in relative entropy: inside a 2 x 2 block of a country, cross ratios are kept. */
static void test_cross_ratios(void **state) {
    (void)state;
    pl_world *w = fix_world(), *out = NULL;
    w->value_added_share[5] += 0.05;
    w->value_added_share[4] -= 0.02;
    assert_int_equal(pl_world_balance(w, NULL, &out, NULL, NULL), PL_OK);
    const double *a = w->input_share + FIX_J * FIX_J, *b = out->input_share + FIX_J * FIX_J;
    for (size_t j = 1; j < FIX_J; j++) {
        for (size_t k = 1; k < FIX_J; k++) {
            double before = a[0] * a[j * FIX_J + k] / (a[k] * a[j * FIX_J]);
            double after = b[0] * b[j * FIX_J + k] / (b[k] * b[j * FIX_J]);
            assert_true(fabs(after / before - 1) < 1e-12);
        }
    }
    pl_world_free(out);
    pl_world_free(w);
}

static double value_added(const pl_world *w, size_t n) {
    double Y[FIX_N * FIX_J], sum = 0;
    pl_world_output(w, Y);
    for (size_t j = 0; j < FIX_J; j++)
        sum += w->value_added_share[n * FIX_J + j] * Y[n * FIX_J + j];
    return sum;
}

static void test_targets(void **state) {
    (void)state;
    pl_world *w = fix_world(), *out = NULL;
    pl_change_report report;
    pl_error error = {0};
    double target[FIX_N] = {value_added(w, 0) * 1.1, 0, value_added(w, 2) * 0.8, 0};
    if (pl_world_balance(w, target, &out, &report, &error))
        fail_msg("%s", error.text);
    expect_balanced(w, out);
    assert_true(fabs(value_added(out, 0) / target[0] - 1) < 1e-12);
    assert_true(fabs(value_added(out, 2) / target[2] - 1) < 1e-12);
    assert_true(value_added(out, 1) == value_added(w, 1));
    assert_true(report.missed_target < 1e-12);
    pl_world_free(out);
    /* More value added than output cannot be: as far as it goes, and said. */
    target[0] = 10 * value_added(w, 0);
    if (pl_world_balance(w, target, &out, &report, &error))
        fail_msg("%s", error.text);
    expect_balanced(w, out);
    assert_true(value_added(out, 0) > value_added(w, 0));
    assert_int_equal(report.missed_country, 0);
    assert_true(fabs(report.missed_target - (1 - value_added(out, 0) / target[0])) < 1e-12);
    pl_world_free(out);
    target[0] = -1;
    assert_int_equal(pl_world_balance(w, target, &out, &report, &error), PL_INVALID);
    fix_says(&error, "USA", "-1", NULL);
    assert_null(out);
    target[0] = NAN;
    assert_int_equal(pl_world_balance(w, target, &out, &report, &error), PL_INVALID);
    pl_world_free(w);
}

/* A world without output in a sector: its shares are made to add up, and nothing divides by zero. */
static void test_idle_sector(void **state) {
    (void)state;
    pl_world *w = fix_world(), *out = NULL;
    for (size_t n = 0; n < FIX_N; n++)
        w->flow[(1 * FIX_N + n) * FIX_N + 3] = 0; /* the rest of the world makes no electronics */
    w->value_added_share[3 * FIX_J + 1] = 0.5;
    assert_int_equal(pl_world_balance(w, NULL, &out, NULL, NULL), PL_OK);
    expect_balanced(w, out);
    pl_world_free(out);
    pl_world_free(w);
}

/* A sector made of one input alone, of which its country does not buy enough: no scaling of that table helps. */
static void test_what_cannot_be(void **state) {
    (void)state;
    pl_world *w = fix_world(), *out = NULL;
    pl_change_report report;
    pl_error error = {0};
    double *share = w->input_share + (1 * FIX_J + 0) * FIX_J;
    share[0] = share[2] = 0;
    share[1] = 1;
    w->value_added_share[1 * FIX_J + 0] = 0;
    for (size_t i = 0; i < FIX_N; i++)
        w->flow[(1 * FIX_N + 1) * FIX_N + i] *= 0.1;
    assert_int_equal(pl_world_balance(w, NULL, &out, &report, &error), PL_INVALID);
    fix_says(&error, "CHN cannot be balanced", "sector C26", "off by");
    assert_null(out);
    w->flow[0] = NAN;
    assert_int_equal(pl_world_balance(w, NULL, &out, NULL, &error), PL_INVALID);
    fix_says(&error, "USA (buyer) from USA (seller)", NULL, NULL);
    assert_null(out);
    pl_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_world_keeps_its_bits),
        cmocka_unit_test(test_shares_that_do_not_sum),
        cmocka_unit_test(test_negative_parts),
        cmocka_unit_test(test_cross_ratios),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_idle_sector),
        cmocka_unit_test(test_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
