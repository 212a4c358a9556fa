/* Worlds: making and reading them, finding countries and sectors, accounts, identities. */
#include "test_world_fixture.h"

static void test_new_and_read(void **state) {
    (void)state;
    pl_world *w = fix_world();
    assert_int_equal(pl_world_size(w, PL_COUNTRY), FIX_N);
    assert_int_equal(pl_world_size(w, PL_SECTOR), FIX_J);
    assert_string_equal(pl_world_code(w, PL_COUNTRY, 2), "DEU");
    assert_string_equal(pl_world_name(w, PL_SECTOR, 1), "Electronics");
    assert_true(pl_world_is_goods(w, 0) && pl_world_is_goods(w, 1) && !pl_world_is_goods(w, 2));
    assert_non_null(pl_world_export_tax(w));
    assert_non_null(pl_world_profit_share(w));
    assert_int_equal(pl_world_elasticity_sets(w), 1);
    assert_string_equal(pl_world_elasticity_name(w, 0), "world");
    assert_true(pl_world_elasticity(w, 0)[1] == 5.14);
    assert_null(pl_world_elasticity(w, 1));
    assert_null(pl_world_elasticity_name(w, 1));
    /* Value added was not given: what the inputs leave. */
    double inputs = 0;
    for (size_t k = 0; k < FIX_J; k++)
        inputs += pl_world_input_share(w)[(2 * FIX_J + 1) * FIX_J + k];
    assert_true(fabs(pl_world_value_added_share(w)[2 * FIX_J + 1] - (1 - inputs)) < 1e-15);
    pl_world_free(w);
    pl_world_free(NULL);
}

static void test_new_drops_zero_tables_and_refuses(void **state) {
    (void)state;
    const char *const code[2] = {"A", "B"}, *const sector[1] = {"one"}, *const same[2] = {"A", "A"};
    const double zero[4] = {0}, flow[4] = {80, 20, 20, 80}, wrong[4] = {80, 20, NAN, 80};
    pl_world_tables t = {.countries = 2,
                         .sectors = 1,
                         .country_codes = code,
                         .sector_codes = sector,
                         .flow = flow,
                         .export_tax = zero};
    pl_world *w = NULL;
    pl_error error = {0};
    assert_int_equal(pl_world_new(&t, &w, &error), PL_OK);
    assert_null(pl_world_export_tax(w));
    assert_true(pl_world_value_added_share(w)[1] == 1);
    assert_true(pl_world_is_goods(w, 0));
    assert_string_equal(pl_world_name(w, PL_COUNTRY, 0), "A");
    assert_int_equal(pl_world_elasticity_sets(w), 0);
    pl_world_free(w);
    t.country_codes = same;
    assert_int_equal(pl_world_new(&t, &w, &error), PL_INVALID);
    fix_says(&error, "'A' appears twice", NULL, NULL);
    assert_null(w);
    t.country_codes = code;
    t.flow = wrong;
    assert_int_equal(pl_world_new(&t, &w, &error), PL_INVALID);
    fix_says(&error, "B (buyer) from A (seller), sector one", "nan", NULL);
    t.flow = NULL;
    assert_int_equal(pl_world_new(&t, &w, &error), PL_INVALID);
    t.flow = flow;
    t.country_codes = NULL;
    assert_int_equal(pl_world_new(&t, &w, &error), PL_INVALID);
    t.country_codes = code;
    t.countries = 0;
    assert_int_equal(pl_world_new(&t, &w, &error), PL_INVALID);
    t.countries = 1000000;
    assert_int_equal(pl_world_new(&t, &w, NULL), PL_INVALID);
}

static void test_find(void **state) {
    (void)state;
    pl_world *w = fix_world();
    size_t at = 9;
    pl_error error = {0};
    assert_int_equal(pl_world_find(w, PL_COUNTRY, "CHN", &at, &error), PL_OK);
    assert_int_equal(at, 1);
    assert_int_equal(pl_world_find(w, PL_COUNTRY, "deu", &at, &error), PL_OK);
    assert_int_equal(at, 2);
    assert_int_equal(pl_world_find(w, PL_COUNTRY, "cn", &at, &error), PL_OK);
    assert_string_equal(pl_world_code(w, PL_COUNTRY, at), "CHN");
    assert_int_equal(pl_world_find(w, PL_COUNTRY, "FR", &at, &error), PL_INVALID);
    assert_int_equal(pl_world_find(w, PL_COUNTRY, "united states", &at, &error), PL_OK);
    assert_int_equal(at, 0);
    assert_int_equal(pl_world_find(w, PL_SECTOR, "education", &at, &error), PL_OK);
    assert_int_equal(at, 2);
    assert_int_equal(pl_world_find(w, PL_COUNTRY, "Germny", &at, &error), PL_INVALID);
    fix_says(&error, "unknown country 'Germny'", "did you mean 'Germany'?", NULL);
    assert_int_equal(pl_world_find(w, PL_SECTOR, "C62", &at, &error), PL_INVALID);
    fix_says(&error, "unknown sector 'C62'", "did you mean 'C26'?", NULL);
    assert_int_equal(pl_world_find(w, PL_COUNTRY, "Atlantis", &at, &error), PL_INVALID);
    assert_null(strstr(error.text, "did you mean"));
    pl_world_free(w);
}

static void test_notes(void **state) {
    (void)state;
    pl_world *w = fix_world();
    assert_string_equal(pl_world_note_key(w, 0), "title");
    assert_string_equal(pl_world_note_key(w, 1), "source");
    assert_null(pl_world_note_key(w, 2));
    assert_null(pl_world_note(w, "license"));
    assert_int_equal(pl_world_set_note(w, "title", "another", NULL), PL_OK);
    assert_string_equal(pl_world_note(w, "title"), "another");
    assert_null(pl_world_note_key(w, 2));
    assert_int_equal(pl_world_set_note(w, "", "text", NULL), PL_INVALID);
    pl_world *copy = pl_world_copy(w);
    assert_non_null(copy);
    fix_same_world(w, copy);
    pl_world_free(copy);
    pl_world_free(w);
}

/* ISIC divisions, the old D-prefixed ones, the sectors of WIOD 2013, and names of one's own. */
static void test_default_goods(void **state) {
    (void)state;
    static const struct {
        const char *code;
        bool goods;
    } isic[] = {{"A01", true},    {"B", true},
                {"C10T12", true}, {"C31-C32", true},
                {"B05_06", true}, {"C302T309", true},
                {"01T02", true},  {"D10T12", true},
                {"D35", false},   {"D", false},
                {"P85", false},   {"R_S", false},
                {"45T47", false}, {"Services (aggregate)", false},
                {"wheat", true},  {"one", true},
                {"C33", true}};
    for (size_t i = 0; i < sizeof isic / sizeof *isic; i++) {
        pl_world *w = pl_world_blank(1, 1);
        assert_non_null(w);
        assert_true(pl_world_label(w, PL_SECTOR, 0, isic[i].code, NULL));
        pl_world_default_goods(w);
        if (w->goods[0] != isic[i].goods)
            fail_msg("%s is taken for %s", isic[i].code, w->goods[0] ? "goods" : "services");
        pl_world_free(w);
    }
    pl_world *w = pl_world_blank(1, 3);
    assert_non_null(w);
    assert_true(pl_world_label(w, PL_COUNTRY, 0, "CHN", NULL));
    assert_true(pl_world_label(w, PL_SECTOR, 0, "C1", NULL) && pl_world_label(w, PL_SECTOR, 1, "C16", NULL) &&
                pl_world_label(w, PL_SECTOR, 2, "C17", NULL));
    pl_world_default_goods(w);
    assert_true(w->goods[0] && w->goods[1] && !w->goods[2]);
    assert_true(pl_world_default_names(w));
    assert_string_equal(pl_world_name(w, PL_COUNTRY, 0), "China");
    assert_string_equal(pl_world_name(w, PL_SECTOR, 0), "Agriculture");
    assert_string_equal(pl_world_name(w, PL_SECTOR, 2), "Utilities");
    pl_world_free(w);
}

/* Plain recomputation, cell by cell, from the definitions of section 0. */
static void test_accounts(void **state) {
    (void)state;
    pl_world *w = fix_world();
    double Y[FIX_N * FIX_J], E[FIX_N * FIX_J], F[FIX_N * FIX_J], trade = 0, duties = 0, taxes = 0, income = 0;
    pl_world_output(w, Y);
    pl_world_spending(w, E);
    pl_world_final_demand(w, Y, E, F);
    for (size_t n = 0; n < FIX_N; n++) {
        for (size_t j = 0; j < FIX_J; j++) {
            double sold = 0, spent = 0;
            for (size_t m = 0; m < FIX_N; m++) {
                size_t buys = (j * FIX_N + n) * FIX_N + m, sells = (j * FIX_N + m) * FIX_N + n;
                sold += w->flow[sells] / (1 + w->export_tax[sells]);
                spent += w->flow[buys] + w->tariff[buys] * w->flow[buys];
                trade += m == n ? 0 : w->flow[buys];
                duties += w->tariff[buys] * w->flow[buys];
                taxes += w->flow[sells] - w->flow[sells] / (1 + w->export_tax[sells]);
            }
            double left = spent;
            for (size_t user = 0; user < FIX_J; user++)
                left -= w->input_share[(n * FIX_J + user) * FIX_J + j] * Y[n * FIX_J + user];
            assert_true(fabs(Y[n * FIX_J + j] / sold - 1) < 1e-14);
            assert_true(fabs(E[n * FIX_J + j] / spent - 1) < 1e-14);
            assert_true(fabs(F[n * FIX_J + j] / left - 1) < 1e-12);
            income += left;
        }
    }
    pl_world_totals t = pl_world_total(w);
    assert_true(fabs(t.gross_output / pl_sum(Y, FIX_N * FIX_J) - 1) < 1e-14);
    assert_true(fabs(t.trade / trade - 1) < 1e-13);
    assert_true(fabs(t.duties / duties - 1) < 1e-13);
    assert_true(fabs(t.export_taxes / taxes - 1) < 1e-12);
    assert_true(fabs(t.final_demand / income - 1) < 1e-12);
    assert_true(fabs(t.value_added + t.duties + t.export_taxes - income) < 1e-9 * income);
    pl_world_free(w);
}

/* ---- identities ---- */

/* The row of the report that starts with these words. */
static const pl_identity *find_row(const pl_world_report *report, const char *words) {
    for (size_t r = 0; r < report->count; r++)
        if (strstr(report->row[r].identity, words))
            return &report->row[r];
    fail_msg("no identity '%s'", words);
    return NULL;
}

/* Only the rows named may be broken; where the first is broken must be the country and sector given. */
static void expect_broken(const pl_world *w, const char *words, const char *also, size_t country,
                          size_t sector) {
    pl_world_report report;
    assert_int_equal(pl_world_check(w, &report, NULL), PL_OK);
    const pl_identity *row = find_row(&report, words);
    assert_true(row->worst > row->limit);
    assert_int_equal(row->country, country);
    assert_int_equal(row->sector, sector);
    for (size_t r = 0; r < report.count; r++)
        if (&report.row[r] != row && report.row[r].worst > report.row[r].limit &&
            !(also && strstr(also, report.row[r].identity)))
            fail_msg("'%s' is broken too: %g", report.row[r].identity, report.row[r].worst);
    assert_false(report.holds);
}

static void test_identities_hold(void **state) {
    (void)state;
    pl_world *w = fix_world();
    pl_world_report report;
    pl_error error = {0};
    assert_int_equal(pl_world_check(w, &report, &error), PL_OK);
    assert_true(report.holds);
    assert_int_equal(report.count, PL_IDENTITIES);
    assert_int_equal(pl_world_refuse(w, "", &error), PL_OK);
    pl_world_free(w);
}

static const char FINAL[] = "final demand, spending less inputs, is not negative";

static void test_each_identity_breaks(void **state) {
    (void)state;
    pl_world *w = fix_world();
    pl_error error = {0};
    double keep;
    size_t at = (1 * FIX_N + 2) * FIX_N + 3, nj = 3 * FIX_J + 1; /* DEU buys C26 from ROW; ROW, C26 */

    keep = w->tariff[at];
    w->tariff[at] = -1;
    expect_broken(w, "tariffs are above", NULL, 2, 1);
    assert_int_equal(pl_world_refuse(w, "f.nc", &error), PL_INVALID);
    fix_says(&error, "f.nc: tariff of DEU (buyer) from ROW (seller), sector C26, is -1", "above -1", NULL);
    w->tariff[at] = keep;

    keep = w->value_added_share[nj];
    w->value_added_share[nj] = keep + 2e-6;
    expect_broken(w, "add up to one",
                  "final demand of a country is its value added, duties, export taxes and deficit", 3, 1);
    assert_int_equal(pl_world_refuse(w, "", &error), PL_INVALID);
    fix_says(&error, "ROW, sector C26", "add up to one", "1e-06");
    w->value_added_share[nj] = keep + 5e-7; /* rounding of published shares is allowed */
    assert_int_equal(pl_world_refuse(w, "", &error), PL_OK);
    w->value_added_share[nj] = keep;

    keep = w->profit_share[nj];
    w->profit_share[nj] = 1;
    expect_broken(w, "profit shares", NULL, 3, 1);
    assert_int_equal(pl_world_refuse(w, "", &error), PL_INVALID);
    fix_says(&error, "profit share of ROW, sector C26, is 1", NULL, NULL);
    w->profit_share[nj] = keep;

    keep = w->set[0].theta[2];
    w->set[0].theta[2] = 0;
    expect_broken(w, "theta", NULL, SIZE_MAX, 2);
    assert_int_equal(pl_world_refuse(w, "", &error), PL_INVALID);
    fix_says(&error, "P85", "is 0; it must be positive", NULL);
    w->set[0].theta[2] = keep;

    /* Education is hardly bought abroad; taking away home purchases leaves less than what users need. */
    keep = w->flow[(2 * FIX_N + 0) * FIX_N + 0];
    w->flow[(2 * FIX_N + 0) * FIX_N + 0] = 1;
    expect_broken(w, FINAL, NULL, 0, 2);
    assert_int_equal(pl_world_refuse(w, "", &error), PL_INVALID);
    fix_says(&error, "USA, sector P85", FINAL, "balance");
    w->flow[(2 * FIX_N + 0) * FIX_N + 0] = keep;
    pl_world_free(w);
}

static void test_wrong_numbers(void **state) {
    (void)state;
    pl_world *w = fix_world();
    pl_error error = {0};
    const double wrong[3] = {NAN, INFINITY, -1e-9};
    double *const cell[3] = {&w->flow[5], &w->input_share[7], &w->tariff[3]};
    for (size_t c = 0; c < 3; c++) {
        for (size_t i = 0; i < (c == 2 ? 2u : 3u); i++) {
            double keep = *cell[c];
            pl_world_report report;
            *cell[c] = wrong[i];
            assert_int_equal(pl_world_refuse(w, "", &error), PL_INVALID);
            assert_int_equal(pl_world_check(w, &report, &error), PL_OK);
            assert_false(report.holds);
            *cell[c] = keep;
        }
    }
    assert_int_equal(pl_world_refuse(w, "", &error), PL_OK);
    pl_world_free(w);
}

/* No value added in a country: every sector of it uses inputs only. */
static void test_no_value_added(void **state) {
    (void)state;
    pl_world *w = fix_world();
    pl_world_report report;
    pl_error error = {0};
    for (size_t j = 0; j < FIX_J; j++) {
        double *share = w->input_share + (1 * FIX_J + j) * FIX_J, sum = pl_sum(share, FIX_J);
        w->value_added_share[1 * FIX_J + j] = 0;
        for (size_t k = 0; k < FIX_J; k++)
            share[k] /= sum;
    }
    assert_int_equal(pl_world_check(w, &report, &error), PL_OK);
    const pl_identity *row = find_row(&report, "value added of a country is positive");
    assert_true(row->worst > row->limit);
    assert_int_equal(row->country, 1);
    assert_int_equal(pl_world_refuse(w, "", &error), PL_INVALID);
    fix_says(&error, "CHN", NULL, NULL);
    w->value_added_share[1 * FIX_J] = -0.25;
    assert_int_equal(pl_world_check(w, &report, &error), PL_OK);
    row = find_row(&report, "value-added shares are between");
    assert_int_equal(row->country, 1);
    assert_true(row->value == -0.25);
    pl_world_free(w);
}

static void test_lookup(void **state) {
    (void)state;
    pl_lookup l = {0};
    char text[16];
    assert_int_equal(pl_lookup_find(&l, "x"), SIZE_MAX);
    for (size_t i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "label%zu", i);
        assert_int_equal(pl_lookup_add(&l, text), i);
    }
    for (size_t i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "label%zu", i);
        assert_int_equal(pl_lookup_find(&l, text), i);
        assert_int_equal(pl_lookup_add(&l, text), i);
    }
    assert_int_equal(l.labels.count, 1000);
    assert_int_equal(pl_lookup_find(&l, "label1000"), SIZE_MAX);
    pl_lookup_clear(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_and_read),
        cmocka_unit_test(test_new_drops_zero_tables_and_refuses),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_default_goods),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_identities_hold),
        cmocka_unit_test(test_each_identity_breaks),
        cmocka_unit_test(test_wrong_numbers),
        cmocka_unit_test(test_no_value_added),
        cmocka_unit_test(test_lookup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
