/* The summary on a terminal: it fits, names who acts, shows the result's own numbers, and says when one is no
 * result. */
#include "report/report.h"
#include "scenario_rig.h"

#include <math.h>

enum { COUNTRIES = 30 };

/* Thirty countries in a ring of trade, one with a long accented name; the acting ones are small. */
static char *scenario_text(void) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    fputs("parley: 1\nname: ring\ntitle: A ring\nworld:\n  countries: [", out);
    for (size_t n = 0; n < COUNTRIES; n++)
        fprintf(out, "%sK%02zu", n ? ", " : "", n);
    fputs("]\n  country_names: {K01: Cura\xc3\xa7"
          "ao and the Territories of the Far Western Ocean, K02: \xe4\xb8\xad\xe5\x9b\xbd}\n"
          "  sectors: [g]\n  goods: [g]\n  theta: {g: 4}\n  flow:\n    g:\n",
          out);
    for (size_t n = 0; n < COUNTRIES; n++) {
        fputs("      - [", out);
        for (size_t i = 0; i < COUNTRIES; i++)
            fprintf(out, "%s%g", i ? ", " : "",
                    n == i ? 1000.0 * (double)(n + 2) : 3.0 + (double)((7 * n * i + n + i) % 11));
        fputs("]\n", out);
    }
    fputs("variants:\n"
          "  a-rather-long-name-of-a-variant: {measures: [{kind: tariff, by: K01, on: all, "
          "except: [K05, K06, K07], rate: 80%}]}\n"
          "  back: {measures: [{kind: tariff, by: K02, on: K01, rate: 60%, source: An answer}]}\n"
          "  both: {measures: [{kind: tariff, by: [K01, K02], on: [K01, K02], rate: 70%, source: A law}, "
          "{kind: tariff, by: K03, "
          "on: K04, rate: 1%, source: An answer}]}\n",
          out);
    fclose(out);
    return text;
}

typedef struct {
    char *text;
    scenario_rig rig;
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    f->text = scenario_text();
    f->rig = scenario_rig_run(f->text);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    scenario_rig_close(&f->rig);
    free(f->text);
    free(f);
    return 0;
}

static char *summary(const pl_run *run, pl_layout layout) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    pl_error error = {PL_OK, ""};
    if (pl_report_summary(out, run, &layout, &error))
        fail_msg("%s", error.text);
    fclose(out);
    return text;
}

static void test_fits(void **state) {
    const fixture *f = *state;
    for (size_t width = 50; width <= 200; width += 7) {
        char *text = summary(f->rig.run, (pl_layout){.width = width}), *rest = text;
        for (char *line; (line = strsep(&rest, "\n")) != NULL;)
            if (pl_text_width(line) > width)
                fail_msg("%zu columns of %zu: %s", pl_text_width(line), width, line);
        free(text);
    }
}

/* The line of the first table that starts with a label. */
static const char *row_of(const char *text, const char *label) {
    const char *row = strstr(text, label);
    assert_non_null(row);
    return row;
}

static void test_who_acts(void **state) {
    const fixture *f = *state;
    char *text = summary(f->rig.run, (pl_layout){.width = 140, .rows = 2});
    const char *acting = strstr(text, "In the measures"), *gains = strstr(text, "Largest gains");
    const char *losses = strstr(text, "Largest losses"), *world = strstr(text, "\nWorld ");
    assert_non_null(acting);
    assert_true(acting < gains && gains < losses && losses < world);
    assert_true(row_of(acting, "\n  K01 ") < gains && row_of(acting, "\n  K02 ") < gains);
    size_t lines = 0, winners = 0, losers = 0;
    for (const char *c = gains; c <= world; c++)
        lines += *c == '\n';
    for (size_t n = 0; n < COUNTRIES; n++) {
        double real = pl_result_get(f->rig.run->result[0], PL_VAR_real_income)[n];
        winners += n != 1 && n != 2 && real > 0;
        losers += n != 1 && n != 2 && real < 0;
    }
    assert_true(winners > 2 && losers > 2);
    assert_int_equal(lines, 1 + 2 + 1 + 2); /* two headings and two rows each way */
    free(text);
}

static void test_numbers(void **state) {
    const fixture *f = *state;
    char *text = summary(f->rig.run, (pl_layout){.width = 140}), expected[24];
    const double *real = pl_result_get(f->rig.run->result[0], PL_VAR_real_income);
    double largest = 0, sum = 0;
    for (size_t v = 0; v < 3; v++)
        for (size_t n = 1; n < 3; n++)
            largest = fmax(largest, fabs(pl_result_get(f->rig.run->result[v], PL_VAR_real_income)[n]));
    pl_text_number(expected, sizeof expected, real[1], pl_text_decimals(largest), true);
    const char *row = row_of(text, "\n  K01 "), *end = strchr(row + 1, '\n'), *found = strstr(row, expected);
    assert_true(found && found < end);
    for (size_t n = 0; n < COUNTRIES; n++)
        sum += pl_result_get(f->rig.run->result[1], PL_VAR_equivalent_variation)[n];
    assert_true(fabs(pl_run_world_change(f->rig.run, 1).equivalent_variation - sum) < 1e-9 * fabs(sum));
    free(text);
}

/* A source is listed once, at the end, and measures refer to it by number. */
static void test_sources(void **state) {
    const fixture *f = *state;
    char *text = summary(f->rig.run, (pl_layout){.width = 140});
    const char *first = strstr(text, "set to 60% [1]"), *second = strstr(text, "set to 70% [2]");
    const char *again = strstr(text, "set to 1% [1]"), *list = strstr(text, "Sources of the measures");
    assert_non_null(list);
    assert_true(first && first < second && second < again && again < list);
    assert_string_equal(strchr(list, '\n'), "\n  [1] An answer\n  [2] A law\n");
    free(text);
}

static void test_not_converged(void **state) {
    const fixture *f = *state;
    char *text = summary(f->rig.run, (pl_layout){.width = 90});
    assert_null(strstr(text, "NOT CONVERGED"));
    assert_non_null(strstr(text, "worst residual"));
    free(text);
    f->rig.run->result[1]->converged = false;
    text = summary(f->rig.run, (pl_layout){.width = 90});
    const char *first = strstr(text, "NOT CONVERGED");
    assert_non_null(first);
    assert_non_null(strstr(first, "'back'"));
    assert_true(first < strstr(text, "Who gains"));
    assert_non_null(strstr(strstr(text, "Solution"), "NOT CONVERGED"));
    free(text);
}

static void test_colour(void **state) {
    const fixture *f = *state;
    char *plain = summary(f->rig.run, (pl_layout){.width = 100});
    char *colour = summary(f->rig.run, (pl_layout){.width = 100, .colour = true});
    assert_null(strchr(plain, '\033'));
    assert_non_null(strstr(colour, "\033[38;5;33m+"));
    assert_non_null(strstr(colour, "\033[38;5;208m-"));
    char *to = colour;
    for (const char *from = colour; *from;) {
        if (*from == '\033')
            from = strchr(from, 'm') + 1;
        else
            *to++ = *from++;
    }
    *to = 0;
    assert_string_equal(plain, colour);
    free(plain);
    free(colour);
}

/* ---- text ---- */

static void test_width(void **state) {
    (void)state;
    char out[64];
    assert_int_equal(pl_text_width("Cura\xc3\xa7"
                                   "ao"),
                     7);
    assert_int_equal(pl_text_width("\xe4\xb8\xad\xe5\x9b\xbd"), 4);
    assert_int_equal(pl_text_width("a\xff"), 2);
    assert_int_equal(pl_text_cut(out, sizeof out, "United States", 6), 6);
    assert_string_equal(out, "Unite\xe2\x80\xa6");
    assert_int_equal(pl_text_cut(out, sizeof out, "\xe4\xb8\xad\xe5\x9b\xbd", 2), 1);
    assert_string_equal(out, "\xe2\x80\xa6");
    assert_int_equal(pl_text_cut(out, sizeof out, "whole", 5), 5);
    assert_string_equal(out, "whole");
}

static void test_wrap(void **state) {
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    pl_text_wrap(out, "  - ", "one two  three\nfour unbreakableword", 12);
    fclose(out);
    assert_string_equal(text, "  - one two\n    three\n    four\n    unbreakableword\n");
    free(text);
}

static void expect_wrap(const char *lead, const char *words, size_t width, const char *expected) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    pl_text_wrap(out, lead, words, width);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

/* A lead that leaves no room is a line of its own, and a word too long for its place starts further left. */
static void test_wrap_narrow(void **state) {
    (void)state;
    expect_wrap("history    ", "tools/world.py again", 20, "history\n    tools/world.py\n    again\n");
    expect_wrap("  lead ", "one unbreakable two", 16, "  lead one\n    unbreakable\n       two\n");
    expect_wrap("", "a unbreakableword", 12, "a\nunbreakableword\n");
    expect_wrap("", "unbreakableword b", 12, "unbreakableword\nb\n");
    expect_wrap("lead: ", "", 12, "lead:\n");
}

static void expect_fold(const char *text, const char *expected) {
    char folded[80];
    snprintf(folded, sizeof folded, "%s", text);
    pl_text_fold(folded);
    assert_string_equal(folded, expected);
}

static void test_fold(void **state) {
    (void)state;
    expect_fold("plain", "plain");
    expect_fold("", "");
    expect_fold("T\xc3\xbcrkiye \xe2\x86\x92 C\xc3\xb4te", "Turkiye > Cote");
    expect_fold("2018\xe2\x80\x93"
                "19, 5\xe2\x80\xaf%\xe2\x80\xa6",
                "2018-19, 5 %.");
    expect_fold("e\xcc\x81t\xc3\xa9", "ete"); /* an accent of its own */
    expect_fold("\xe4\xb8\xad\xe5\x9b\xbd \xff",
                "\xe4\xb8\xad\xe5\x9b\xbd \xff"); /* letters of other scripts */
}

static void expect_number(double value, int decimals, bool sign, const char *expected) {
    char out[24];
    pl_text_number(out, sizeof out, value, decimals, sign);
    assert_string_equal(out, expected);
}

static void test_number(void **state) {
    (void)state;
    expect_number(1234567.891, 1, true, "+1,234,567.9");
    expect_number(-0.00731, 4, true, "-0.0073");
    expect_number(-0.00003, 4, true, "0");
    expect_number(999.96, 1, false, "1,000.0");
    expect_number(12, 0, false, "12");
    expect_number(NAN, 2, true, "n/a");
    expect_number(-INFINITY, 2, true, "-inf");
    assert_int_equal(pl_text_decimals(0.0073), 6);
    assert_int_equal(pl_text_decimals(1.2), 3);
    assert_int_equal(pl_text_decimals(12345), 0);
    assert_int_equal(pl_text_decimals(0), 2);
}

static void test_exact(void **state) {
    (void)state;
    static const double value[] = {0.1, 1.0 / 3, -1e-300, 123456789.125, 5e-324, 0};
    char out[40];
    for (size_t k = 0; k < sizeof value / sizeof *value; k++) {
        pl_text_exact(out, sizeof out, value[k]);
        assert_true(strtod(out, NULL) == value[k]);
    }
    pl_text_exact(out, sizeof out, 0.1);
    assert_string_equal(out, "0.1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_acts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sources, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_converged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_colour, set_up, tear_down),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_wrap_narrow),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
