/* Importing the OECD layout of inter-country tables, on a table small enough to add up by hand. */
#include "test_world_fixture.h"

/* China comes in two parts; final demand of China is one; sector codes hold an underscore; stocks are negative. */
static const char TABLE[] =
    "V1,CN1_A01_02,CN1_C26,CN2_A01_02,CN2_C26,USA_A01_02,USA_C26,CHN_HFCE,CHN_INVNT,USA_HFCE,USA_GFCF,OUT\n"
    "CN1_A01_02,10,5,1,2,0,3,40,-1,4,0,64\n"
    "CN1_C26,2,20,3,4,1,6,30,0,7,8,81\n"
    "CN2_A01_02,1,1,1,1,0,1,5,0,2,0,12\n"
    "CN2_C26,0,3,0,10,2,9,1,0,20,5,50\n"
    "USA_A01_02,0,2,0,1,12,4,3,-9,50,2,65\n"
    "USA_C26,1,6,0,5,3,30,8,2,60,40,155\n"
    "TLS,1,2,0,1,1,2,,,,,\n"
    "VA,49,42,7,26,46,100,,,,,270\n"
    "OUT,64,81,12,50,65,155,0,0,0,0,427\n";

static pl_status import(const char *text, pl_world **world, pl_change_report *report, pl_error *error) {
    char *folder = fix_folder();
    fix_write(fix_path(folder, "table.csv"), text);
    pl_status status = pl_world_import_icio(fix_path(folder, "table.csv"), world, report, error);
    fix_remove(folder);
    return status;
}

static void near(double a, double b) {
    if (!(fabs(a - b) <= 1e-13 * fmax(1, fabs(b))))
        fail_msg("%.17g is not %.17g", a, b);
}

static void test_sums(void **state) {
    (void)state;
    pl_world *w = NULL;
    pl_change_report report;
    pl_error error = {0};
    if (import(TABLE, &w, &report, &error))
        fail_msg("%s", error.text);
    assert_int_equal(report.rows, 9);
    assert_int_equal(w->countries, 2);
    assert_int_equal(w->sectors, 2);
    assert_string_equal(w->country_code[0], "CHN");
    assert_string_equal(pl_world_name(w, PL_COUNTRY, 1), "United States");
    assert_string_equal(w->sector_code[0], "A01_02");
    assert_true(w->goods[0] && w->goods[1]);
    /* [sector][buyer][seller]: China buys agriculture from its own two parts. */
    near(w->flow[0], 10 + 5 + 1 + 2 + 40 - 1 + 1 + 1 + 1 + 1 + 5);
    near(w->flow[1], 0); /* from the USA 2 + 1 + 3 - 9 = -3, which is set to zero */
    near(w->flow[2], 0 + 3 + 4 + 0 + 0 + 1 + 2 + 0);
    near(w->flow[3], 12 + 4 + 50 + 2);
    near(w->flow[4], 2 + 20 + 3 + 4 + 30 + 0 + 0 + 3 + 0 + 10 + 1 + 0);
    near(w->flow[6], 1 + 6 + 7 + 8 + 2 + 9 + 20 + 5);
    assert_int_equal(report.negative_cells, 1);
    near(report.negative_value, -3);
    /* Output is what is sold: agriculture of China 76, electronics of the USA 155. */
    near(w->input_share[(0 * 2 + 0) * 2 + 0], (10 + 1 + 1 + 1) / 76.0);
    near(w->input_share[(0 * 2 + 0) * 2 + 1], (2 + 3 + 0 + 0 + 1 + 0) / 76.0);
    near(w->input_share[(1 * 2 + 1) * 2 + 0], (3 + 1 + 4) / 155.0);
    /* American agriculture sells 68 once the negative flow is gone. */
    near(w->input_share[(1 * 2 + 0) * 2 + 0], 12 / 68.0);
    near(w->value_added_share[1 * 2 + 0], 1 - (12 + 1 + 2 + 3) / 68.0);
    /* What the table states agrees with its rows, before anything is set to zero. */
    near(report.output_gap, 0);
    for (size_t at = 0; at < 8; at++)
        assert_true(w->tariff[at] == 0);
    pl_world_free(w);
}

static void test_stated_output(void **state) {
    (void)state;
    char *text = fix_replaced(TABLE, "OUT,64,81,12,50,65,", "OUT,64,81,12,50,60,");
    pl_world *w = NULL;
    pl_change_report report;
    assert_int_equal(import(text, &w, &report, NULL), PL_OK);
    free(text);
    near(report.output_gap, 5);
    assert_int_equal(report.gap_country, 1);
    assert_int_equal(report.gap_sector, 0);
    pl_world_free(w);
}

/* A sector that sells nothing has no technology: value added only. */
static void test_idle_sector(void **state) {
    (void)state;
    pl_world *w = NULL;
    assert_int_equal(
        import("V1,A_x,A_y,A_HFCE,OUT\nA_x,0,0,0,0\nA_y,1,2,7,10\nVA,0,8,,\nOUT,0,10,,\n", &w, NULL, NULL),
        PL_OK);
    near(w->value_added_share[0], 1);
    near(w->input_share[0] + w->input_share[1], 0);
    near(w->value_added_share[1], 0.8);
    pl_world_free(w);
}

static const struct {
    const char *from, *to, *a, *b;
} bad_tables[] = {
    {TABLE, "", "name the columns", NULL},
    {"CN1_C26,CN2_A01_02", "CN1_C26,CN1_C26", "table.csv:1", "'CN1_C26' appears twice"},
    {"USA_GFCF,OUT\n", "SUM,OUT\n", "table.csv:1", "'SUM'"},
    {"USA_GFCF,OUT\n", "USA_,OUT\n", "table.csv:1", "'USA_'"},
    {"USA_GFCF,OUT\n", "USA_XYZ,OUT\n", "without a row for USA_XYZ", "category of final demand"},
    {"\nCN1_C26,2,20,", "\nCN1_C27,2,20,", "table.csv:3", "did you mean 'CN1_C26'?"},
    {"\nCN1_C26,2,20,", "\nCN1_A01_02,2,20,", "table.csv:3", "duplicate row"},
    {"CN1_C26,2,20,3", "CN1_C26,2,20,x", "table.csv:3", "row CN1_C26, column CN2_A01_02 is 'x'"},
    {"CN1_C26,2,20,3", "CN1_C26,2,20,nan", "table.csv:3", "finite"},
    {"CN1_C26,2,20,3", "CN1_C26,2,20,", "table.csv:3", "''"},
    {"CN1_C26,2,20,3,4", "CN1_C26,2,20,3", "table.csv:3", "11 fields, the header has 12"},
    {"USA_C26,1,6,0,5,3,30,8,2,60,40,155\n", "", "table.csv:9", "without a row for USA_C26"},
    {"OUT,64,81,12,50,65,155,0,0,0,0,427\n", "", "table.csv:9", "without a row OUT"},
    {"OUT,64,81", "VA,1,1,1,1,1,1,1,1,1,1,1\nOUT,x,81", "table.csv:11", "'x'"},
    {"TLS,1,2,", "TAX,1,2,", "table.csv:8", "'TAX'"},
};

static void test_bad_tables(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_tables / sizeof *bad_tables; i++) {
        char *text = fix_replaced(TABLE, bad_tables[i].from, bad_tables[i].to);
        pl_world *w = NULL;
        pl_error error = {0};
        if (import(text, &w, NULL, &error) != PL_INVALID)
            fail_msg("'%s' was let through: %s", bad_tables[i].to, error.text);
        assert_null(w);
        fix_says(&error, bad_tables[i].a, bad_tables[i].b, "table.csv");
        free(text);
    }
}

/* Cut anywhere, plain or compressed, the table is refused with the file's name; plain, with the line as well. */
static void test_cut_anywhere(void **state) {
    (void)state;
    char *folder = fix_folder();
    pl_world *w = NULL;
    pl_error error = {0};
    long last_row = (long)(strstr(TABLE, "OUT,64") - TABLE);
    fix_write(fix_path(folder, "table.csv"), TABLE);
    for (long cut = 1; cut < last_row; cut += 7) {
        fix_cut(fix_path(folder, "table.csv"), fix_path(folder, "cut.csv"), cut);
        if (pl_world_import_icio(fix_path(folder, "cut.csv"), &w, NULL, &error) != PL_INVALID)
            fail_msg("cut at %ld was let through", cut);
        fix_says(&error, "cut.csv:", NULL, NULL);
    }
    fix_shell("gzip -c '%s' > '%s'", fix_path(folder, "table.csv"), fix_path(folder, "table.csv.gz"));
    for (int cut = 20; cut < 150; cut += 13) {
        fix_cut(fix_path(folder, "table.csv.gz"), fix_path(folder, "cut.csv.gz"), cut);
        assert_int_equal(pl_world_import_icio(fix_path(folder, "cut.csv.gz"), &w, NULL, &error), PL_IO);
        fix_says(&error, "cut.csv.gz", "cut short", NULL);
    }
    assert_int_equal(pl_world_import_icio(fix_path(folder, "table.csv.gz"), &w, NULL, &error), PL_OK);
    pl_world_free(w);
    fix_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),         cmocka_unit_test(test_stated_output),
        cmocka_unit_test(test_idle_sector),  cmocka_unit_test(test_bad_tables),
        cmocka_unit_test(test_cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
