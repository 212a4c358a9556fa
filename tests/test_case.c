/* Case files: what is compared, what is refused with its line, and laws on small worlds. */
#include "check/check.h"
#include "small_world.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define SCENARIO                                                                                             \
    "parley: 1\n"                                                                                            \
    "name: try\n"                                                                                            \
    "scenario:\n"                                                                                            \
    "  world: {countries: [A, B], sectors: [one], goods: [one], flow: {one: [[80, 20], [20, 80]]}, theta: "  \
    "{one: 4}}\n"                                                                                            \
    "  variants:\n"                                                                                          \
    "    war: {measures: [{kind: tariff, by: [A, B], on: [A, B], rate: 25%}]}\n"                             \
    "    peace: {measures: []}\n"

static char folder[] = "/tmp/parley-test-case-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

static char *put_file(const char *name, const char *text) {
    char *path = pl_format("%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    return path;
}

static pl_status run_text(const char *text, pl_case_report **report, pl_error *error) {
    char *path = put_file("try.yaml", text);
    pl_status status = pl_case_run(path, report, error);
    unlink(path);
    free(path);
    return status;
}

/* ---- numbers ---- */

static const pl_deviation *row_named(const pl_case_report *report, const char *what) {
    for (size_t k = 0; k < report->count; k++)
        if (!strcmp(report->row[k].what, what))
            return &report->row[k];
    fail_msg("no row '%s'", what);
    return NULL;
}

static void test_numbers(void **state) {
    (void)state;
    pl_case_report *report = NULL;
    pl_error error = {PL_OK, ""};
    pl_status status = run_text(
        SCENARIO
        "expect:\n"
        "  - {variant: war, variable: real_income, country: A, value: -1.258129, tolerance: 1e-6}\n"
        "  - {variant: war, variable: real_income, country: B, value: -1.258, tolerance: 1e-6}\n"
        "  - {variant: war, variable: real_income, country: B, value: -1.258, tolerance: 1.1e-4, relative: "
        "true}\n"
        "  - {variant: peace, variable: output, country: A, sector: one, value: 100, tolerance: 1e-9}\n"
        "  - {variant: peace, variable: trade, country: A, seller: B, sector: one, value: 20, tolerance: "
        "1e-9}\n"
        "table: {variant: war, tolerance: {real_income: 1e-6, real_wage: 9}, columns: [real_income, "
        "real_wage], rows: {B: [-1.258129, -], A: [-1.258129, 0]}}\n",
        &report, &error);
    if (status)
        fail_msg("%s", error.text);
    assert_string_equal(report->name, "try");
    assert_int_equal(report->count, 5 + 3 + 4); /* and whether each variant converged, and its residual */
    assert_int_equal(report->failed, 1);
    assert_false(report->row[4].passed);
    assert_true(fabs(report->row[4].computed - -1.2581287222171444) < 1e-9);
    assert_true(row_named(report, "peace: trade from B to A, sector one")->passed);
    assert_true(row_named(report, "war: converged")->passed);
    assert_true(row_named(report, "peace: worst residual")->tolerance == 1e-9);
    pl_case_report_free(report);
}

/* A solve that ends early is no result: its case fails even when its numbers would do. */
static void test_not_converged(void **state) {
    (void)state;
    pl_case_report *report = NULL;
    pl_error error = {PL_OK, ""};
    const char *text =
        "parley: 1\nname: try\nscenario:\n"
        "  world: {countries: [A, B], sectors: [one], goods: [one], flow: {one: [[80, 20], [20, "
        "80]]}, theta: {one: 4}}\n"
        "  measures: [{kind: tariff, by: A, on: B, rate: 25%}]\n"
        "expect: [{variable: real_income, country: A, value: nothing, tolerance: 1}]\n";
    assert_int_equal(run_text(text, &report, &error), PL_INVALID);
    assert_null(report);
    pl_findings_add((report = pl_findings_new("a", NULL, NULL)), 1, NAN, INFINITY, "not a number");
    assert_int_equal(report->failed, 1);
    pl_case_report_free(report);
}

static void test_scenario_beside(void **state) {
    (void)state;
    pl_case_report *report = NULL;
    pl_error error = {PL_OK, ""};
    char *scenario =
        put_file("war.yaml", "parley: 1\nworld: {countries: [A, B], sectors: [one], goods: [one], flow: "
                             "{one: [[80, 20], [20, 80]]}, theta: {one: 4}}\n"
                             "measures: [{kind: tariff, by: [A, B], on: [A, B], rate: 25%}]\n");
    if (run_text("parley: 1\nscenario: war.yaml\ntable: {tolerance: 1e-6, columns: [real_income], rows: {A: "
                 "[-1.258129]}}\n",
                 &report, &error))
        fail_msg("%s", error.text);
    assert_string_equal(report->name, "try"); /* after the file */
    assert_int_equal(report->failed, 0);
    pl_case_report_free(report);
    unlink(scenario);
    free(scenario);
}

/* ---- what is refused ---- */

static void refuse(const char *text, const char *place, const char *part) {
    pl_case_report *report = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(run_text(text, &report, &error), PL_INVALID);
    assert_null(report);
    if (!strstr(error.text, part) || !strstr(error.text, place))
        fail_msg("'%s' does not hold '%s' and '%s'", error.text, place, part);
}

#define WAR "variant: war, country: A, value: 1, tolerance: 1"

static void test_refused(void **state) {
    (void)state;
    refuse("parley: 2\nscenario: x\n", "try.yaml:1:", "2");
    refuse("name: a\n", "try.yaml:1:", "parley");
    refuse("parley: 1\nname: a\n", "try.yaml:", "scenario");
    refuse("parley: 1\nscenari: x\n", "try.yaml:2:", "'scenario'");
    refuse(SCENARIO, "try.yaml:", "expect");
    refuse(SCENARIO "expect: [{" WAR "}]\n", "try.yaml:8:", "variable");
    refuse(SCENARIO "expect: [{" WAR ", variable: real_incme}]\n", "try.yaml:8:", "real_income");
    refuse(SCENARIO "expect: [{" WAR ", variable: output}]\n", "try.yaml:8:", "sector");
    refuse(SCENARIO "expect: [{" WAR ", variable: real_income, sector: one}]\n", "try.yaml:8:", "sector");
    refuse(SCENARIO "expect: [{" WAR ", variable: trade, sector: one}]\n", "try.yaml:8:", "seller");
    refuse(SCENARIO "expect: [{" WAR ", variable: real_income, seller: B}]\n", "try.yaml:8:", "seller");
    refuse(SCENARIO "expect: [{" WAR ", variable: trade, sector: two, seller: B}]\n", "try.yaml:8:", "two");
    refuse(SCENARIO "expect: [{variable: wage, country: A, value: 1, tolerance: 1}]\n",
           "try.yaml:8:", "variant");
    refuse(SCENARIO "expect: [{variant: wr, variable: wage, country: A, value: 1, tolerance: 1}]\n",
           "try.yaml:8:", "'wr'");
    refuse(SCENARIO "expect: [{variant: war, variable: wage, country: C, value: 1, tolerance: 1}]\n",
           "try.yaml:8:", "C");
    refuse(SCENARIO "expect: [{variant: war, variable: wage, country: A, value: 1}]\n",
           "try.yaml:8:", "tolerance");
    refuse(SCENARIO "expect: [{variant: war, variable: wage, country: A, value: 1, tolerance: -1}]\n",
           "try.yaml:8:", "-1");
    refuse(SCENARIO "expect: [{variant: war, variable: wage, country: A, value: .nan, tolerance: 1}]\n",
           "try.yaml:8:", "nan");
    refuse(SCENARIO "expect: {}\n", "try.yaml:8:", "list");
}

#define TABLE SCENARIO "table: {variant: war, "

static void test_table_refused(void **state) {
    (void)state;
    refuse(TABLE "columns: [wage], rows: {A: [1]}}\n", "try.yaml:8:", "tolerance");
    refuse(TABLE "tolerance: 1, columns: [wage], rows: {A: [1, 2]}}\n", "try.yaml:8:", "A");
    refuse(TABLE "tolerance: 1, columns: [wage], rows: {D: [1]}}\n", "try.yaml:8:", "D");
    refuse(TABLE "tolerance: 1, columns: [output], rows: {A: [1]}}\n", "try.yaml:8:", "output");
    refuse(TABLE "tolerance: 1, sector: one, columns: [wage], rows: {A: [1]}}\n", "try.yaml:8:", "wage");
    refuse(TABLE "tolerance: {real_wage: 1}, columns: [wage], rows: {A: [1]}}\n", "try.yaml:8:", "wage");
    refuse(TABLE "tolerance: 1, columns: [wage], rows: [A]}\n", "try.yaml:8:", "rows");
    refuse(TABLE "tolerance: 1, columns: [wage], rows: {A: [x]}}\n", "try.yaml:8:", "x");
}

static void test_law_refused(void **state) {
    (void)state;
    refuse("parley: 1\nlaw: {name: lernr, worlds: [x]}\n", "try.yaml:2:", "lerner");
    refuse("parley: 1\nlaw: {name: lerner}\n", "try.yaml:2:", "worlds");
    refuse("parley: 1\nlaw: {name: lerner, worlds: []}\n", "try.yaml:2:", "worlds");
    refuse("parley: 1\nlaw: {name: lerner, worlds: [x], settings: {kapa: 2}}\n", "try.yaml:2:", "kappa");
    refuse("parley: 1\nlaw: {name: lerner, worlds: [x], settings: {kappa: 0.5}}\n", "try.yaml:2:", "0.5");
    refuse("parley: 1\nlaw: {name: lerner}\nscenario: x\n", "try.yaml:", "either");
}

#define PLANT(changed)                                                                                       \
    "parley: 1\nbottleneck:\n  sectors: [R, M]\n  inputs: {R: {M: 0.1}}\n  final: {M: 50}\n  stock_days: "   \
    "{R: 30}\n"                                                                                              \
    "  restocking: 30\n  hiring: 30\n  firing: 15\n" changed

/* One user of a capped input: it makes all until the stock is used, then what the cap lets through. */
static void test_bottleneck(void **state) {
    (void)state;
    pl_case_report *report = NULL;
    pl_error error = {PL_OK, ""};
    if (run_text(PLANT("  days: 50\n  caps: [{sector: R, level: 0.25}]\n"
                       "expect:\n  - {variable: output, sector: M, day: 38, value: 1, tolerance: 1e-9}\n"
                       "  - {variable: output, sector: M, day: 40, value: 0.25, tolerance: 1e-9}\n"
                       "  - {variable: final_served, sector: M, day: 41, value: 0.25, tolerance: 1e-9}\n"
                       "  - {variable: lost_final, value: 7.75, tolerance: 1e-6}\n"),
                 &report, &error))
        fail_msg("%s", error.text);
    assert_int_equal(report->count, 4);
    for (size_t k = 0; k < 4; k++)
        if (!report->row[k].passed)
            fail_msg("%s is %.12g", report->row[k].what, report->row[k].computed);
    pl_case_report_free(report);
}

static void test_bottleneck_refused(void **state) {
    (void)state;
    refuse(PLANT("  days: 5\n"), "try.yaml:", "expect");
    refuse(PLANT("  days: 0\nexpect: []\n"), "try.yaml:10:", "days is 0");
    refuse(PLANT("  days: 5\n  rule: halb\nexpect: []\n"), "try.yaml:11:", "half");
    refuse(PLANT("  days: 5\n  caps: [{sector: X, level: 1}]\nexpect: []\n"), "try.yaml:11:", "'X'");
    refuse(PLANT("  days: 5\n  caps: [{sector: R, level: 1, from: 3, until: 2}]\nexpect: []\n"),
           "try.yaml:11:", "from 3 to 5");
    refuse(PLANT("  days: 5\n  criticality: {R: {M: 0.3}}\nexpect: []\n"), "try.yaml:11:", "R for M is 0.3");
    refuse(PLANT("  days: 5\nexpect: [{variable: output, sector: R, day: 5, value: 1, tolerance: 1}]\n"),
           "try.yaml:11:", "from 0 to 4");
    refuse("parley: 1\nbottleneck: {sectors: [R, R], days: 1}\nexpect: []\n",
           "try.yaml:2:", "'R' appears twice");
    refuse("parley: 1\nbottleneck: {sectors: [R], days: 1, final: {R: -5}}\nexpect: []\n",
           "try.yaml:2:", "final of R is -5");
    refuse("parley: 1\nbottleneck: {sectors: [R], days: 1, inputs: {R: {R: 1}}, final: {R: 1}, restocking: "
           "1, hiring: 1, "
           "firing: 1}\nexpect: []\n",
           "try.yaml:2:", "outside 0 to 1");
}

static void test_missing(void **state) {
    (void)state;
    pl_case_report *report = NULL;
    pl_names list;
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_case_run("/nowhere/x.yaml", &report, &error), PL_IO);
    assert_non_null(strstr(error.text, "/nowhere/x.yaml"));
    assert_int_equal(pl_case_list("/nowhere", &list, &error), PL_IO);
    assert_int_equal(list.count, 0);
    assert_int_equal(pl_case_run("/nowhere/x.yaml", &report, NULL), PL_IO);
}

static void test_list(void **state) {
    (void)state;
    static const char *const names[] = {"b.yaml", "a.yaml", ".c.yaml", "d.txt"};
    char *path[4];
    pl_names list;
    for (size_t k = 0; k < 4; k++)
        path[k] = put_file(names[k], "parley: 1\nname: called\ntitle: A title\nlaw: {}\n");
    assert_int_equal(pl_case_list(folder, &list, NULL), PL_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.names[0], "a");
    assert_string_equal(list.paths[1], path[0]);
    pl_case_report *report = NULL;
    assert_int_equal(pl_case_describe(list.paths[0], &report, NULL), PL_OK);
    assert_string_equal(report->name, "called");
    assert_string_equal(report->title, "A title");
    assert_int_equal(report->count, 0);
    pl_case_report_free(report);
    pl_names_free(&list);
    for (size_t k = 0; k < 4; k++) {
        unlink(path[k]);
        free(path[k]);
    }
}

/* ---- laws ---- */

static void hold_law(const pl_world *world, const char *name, pl_settings settings) {
    pl_error error = {PL_OK, ""};
    pl_trial trial = {.world = world, .world_name = "small", .settings = settings};
    pl_law law = pl_law_find(name, &trial.tolerance);
    assert_non_null(law);
    trial.report = pl_findings_new(name, NULL, NULL);
    if (law(&trial, &error))
        fail_msg("%s: %s", name, error.text);
    assert_true(trial.report->count > 0);
    for (size_t k = 0; k < trial.report->count; k++)
        if (!trial.report->row[k].passed)
            fail_msg("%s: %s is %g, allowed %g", name, trial.report->row[k].what,
                     trial.report->row[k].computed, trial.report->row[k].tolerance);
    pl_case_report_free(trial.report);
}

/* Every law on worlds with and without export taxes and profits, and with one country and one sector more or less. */
static void test_laws(void **state) {
    (void)state;
    static const struct {
        size_t N, J;
        bool taxed, profitable;
    } shape[] = {{3, 2, false, false}, {5, 3, true, true}, {2, 1, true, false}, {8, 8, false, true}};
    size_t count;
    const char *const *names = pl_law_names(&count);
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
        small_tables tables =
            small_random(shape[s].N, shape[s].J, 11 + s, shape[s].taxed, shape[s].profitable);
        pl_world *world = small_world(&tables);
        pl_settings settings;
        pl_settings_init(&settings);
        for (size_t k = 0; k < count; k++)
            hold_law(world, names[k], settings);
        pl_world_free(world);
    }
}

static void test_law_case(void **state) {
    (void)state;
    pl_case_report *report = NULL;
    pl_error error = {PL_OK, ""};
    const char *text =
        "parley: 1\nname: laws\nlaw:\n  name: lerner\n  tolerance: 1e-9\n  settings: {sigma_final: "
        "0.7}\n  worlds:\n    - {countries: [A, B], sectors: [one], goods: [one], flow: {one: [[80, "
        "20], [20, 80]]}, theta: {one: 4}}\n";
    if (run_text(text, &report, &error))
        fail_msg("%s", error.text);
    assert_true(report->count >= 2);
    assert_int_equal(report->failed, 0);
    pl_case_report_free(report);
}

/* Laws can fail: without a tolerance, rounding breaks those that hold only up to it. */
static void test_laws_can_fail(void **state) {
    (void)state;
    static const char *const names[] = {"relabelling", "there-and-back", "lerner", "theta-zero",
                                        "home-share",  "ces-continuity", "walras", "certificate"};
    small_tables tables = small_random(5, 3, 4, true, true);
    pl_world *world = small_world(&tables);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        double tolerance;
        pl_trial trial = {.world = world, .world_name = "small"};
        pl_settings_init(&trial.settings);
        trial.report = pl_findings_new(names[k], NULL, NULL);
        assert_int_equal(pl_law_find(names[k], &tolerance)(&trial, NULL), PL_OK);
        if (!trial.report->failed)
            fail_msg("%s holds to the last bit", names[k]);
        pl_case_report_free(trial.report);
    }
    pl_world_free(world);
}

/* Every law is in docs/cases.md with its tolerance. */
static void test_documented(void **state) {
    (void)state;
    static char page[100000];
    FILE *in = fopen(PL_SOURCE_DIR "/docs/cases.md", "rb");
    assert_non_null(in);
    page[fread(page, 1, sizeof page - 1, in)] = 0;
    fclose(in);
    size_t count;
    const char *const *names = pl_law_names(&count);
    for (size_t k = 0; k < count; k++) {
        double tolerance;
        assert_non_null(pl_law_find(names[k], &tolerance));
        char *quoted = pl_format("\n| `%s` |", names[k]);
        char *allowed = pl_format("| 1e-%.0f |", -log10(tolerance));
        const char *row = strstr(page, quoted), *end = row ? strchr(row + 1, '\n') : NULL;
        const char *found = row ? strstr(row, allowed) : NULL;
        if (!found || found > end)
            fail_msg("docs/cases.md has no row with %s and %s", quoted, allowed);
        free(quoted);
        free(allowed);
    }
}

/* ---- what laws stand on ---- */

static void test_uneven(void **state) {
    (void)state;
    double low = 1, high = 0;
    for (size_t a = 0; a < 20; a++) {
        for (size_t b = 0; b < 20; b++) {
            double x = pl_uneven(a, b, 3);
            assert_true(x >= 0 && x < 1 && x != pl_uneven(b, a, 4) && (a == b || x != pl_uneven(b, a, 3)));
            low = fmin(low, x);
            high = fmax(high, x);
        }
    }
    assert_true(low < 0.02 && high > 0.98);
}

static void test_distance(void **state) {
    (void)state;
    small_tables tables = small_random(4, 3, 9, false, false);
    pl_world *world = small_world(&tables);
    pl_trial trial = {.world = world, .world_name = "small", .report = pl_findings_new("a", NULL, NULL)};
    pl_solved a = {0}, b = {0};
    const char *variable, *country;
    pl_settings_init(&trial.settings);
    assert_int_equal(pl_trial_solve(&trial, world, &trial.settings, NULL, pl_write_uneven, NULL, &a, NULL),
                     PL_OK);
    assert_int_equal(pl_trial_solve(&trial, world, &trial.settings, NULL, pl_write_uneven, NULL, &b, NULL),
                     PL_OK);
    assert_true(pl_results_distance(a.result, b.result, 1, NULL, &variable, &country) == 0);
    b.result->value[PL_VAR_user_price][7] += 3;
    assert_true(fabs(pl_results_distance(a.result, b.result, 1, NULL, &variable, &country) - 0.03) < 1e-12);
    assert_string_equal(variable, "user_price");
    assert_string_equal(country, pl_world_code(world, PL_COUNTRY, 3));
    b.result->value[PL_VAR_income][1] = NAN;
    assert_true(isinf(pl_results_distance(a.result, b.result, 1, NULL, &variable, &country)));
    pl_solved_clear(&a);
    pl_solved_clear(&b);
    pl_case_report_free(trial.report);
    pl_world_free(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_not_converged),
        cmocka_unit_test(test_scenario_beside),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_table_refused),
        cmocka_unit_test(test_law_refused),
        cmocka_unit_test(test_bottleneck),
        cmocka_unit_test(test_bottleneck_refused),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_laws),
        cmocka_unit_test(test_law_case),
        cmocka_unit_test(test_laws_can_fail),
        cmocka_unit_test(test_uneven),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_documented),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
