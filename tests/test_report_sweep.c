/* Sweeps read back and put on a page: ranges, what matters, members left out, and sweeps that are not what they should be. */
#include "report/page.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "page_rig.h"

/* A sweep of one thing, and one of two whose last member did not converge. */
#define MEMBER(a, b, good)                                                                                   \
    "{\"at\": [" a ", " b "], \"solved\": true, \"converged\": " good ", \"residual\": 3e-12}"
#define SWEEP(dimensions, members, usa, chn)                                                                 \
    "{\"parley\": \"0.1.0\", \"format\": 1, \"name\": \"question\", \"title\": \"T\", \"variant\": "         \
    "\"question\", \"variable\": \"real_income\", \"command\": \"parley sweep toy\", \"converged\": false, " \
    "\"world\": \"toy\", \"settings\": {}, \"measures\": [{\"text\": \"USA: a tariff\", \"source\": \"a "    \
    "law\", "                                                                                                \
    "\"variants\": [\"question\"], \"varied\": false}, {\"text\": \"the one varied\", \"variants\": "        \
    "[\"question\"], \"varied\": true}], \"dimensions\": [" dimensions "], \"members\": [" members           \
    "], \"countries\": [{\"code\": \"USA\", \"name\": \"United States\"}, {\"code\": \"CHN\", \"name\": "    \
    "\"China\"}], \"variables\": {\"real_income\": {\"unit\": \"percent\", \"long_name\": \"real income\", " \
    "\"axes\": [\"country\", \"member\"]}, \"output\": {\"unit\": \"percent\", \"axes\": [\"country\", "     \
    "\"sector\", \"member\"]}}, \"values\": {\"real_income\": {\"USA\": [" usa "], \"CHN\": [" chn "]}}}"
#define TARIFF                                                                                               \
    "{\"name\": \"tariff_USA_CHN\", \"label\": \"tariff USA<-CHN\", \"unit\": \"percent\", \"numeric\": "    \
    "true, "                                                                                                 \
    "\"values\": [0, 10, 40], \"text\": [\"0%\", \"10%\", \"40%\"]}"
#define KAPPA                                                                                                \
    "{\"name\": \"kappa\", \"label\": \"kappa\", \"unit\": \"1\", \"numeric\": true, \"values\": [2, "       \
    "null], "                                                                                                \
    "\"text\": [\"2\", \"inf\"]}"
static const char line_text[] = SWEEP(
    TARIFF,
    "{\"at\": [0], \"solved\": true, \"converged\": true, \"residual\": 1e-12}, {\"at\": [1], \"solved\": "
    "true, \"converged\": true, \"residual\": 2e-12}, {\"at\": [2], \"solved\": true, \"converged\": true}",
    "0.5, 0.25, -1", "0, 1, 2");
static const char sweep_text[] =
    SWEEP(TARIFF ", " KAPPA,
          MEMBER("0", "0", "true") ", " MEMBER("0", "1", "true") ", " MEMBER("1", "0", "true") ", " MEMBER(
              "1", "1", "true") ", " MEMBER("2", "0", "true") ", " MEMBER("2", "1", "false"),
          "0.5, 0.6, 0.25, 0.35, -1, 77", "0, 1, 0, 1, 0, -77");

static void test_sweep_is_summed(void **state) {
    (void)state;
    pl_saved *saved = parsed(sweep_text);
    const pl_sweep_reading *s = &saved->sweep;
    assert_int_equal(s->converged, 5);
    assert_int_equal(s->variables, 1); /* the one by sector is left out */
    const pl_read_range *usa = &s->variable[0].range[0];
    assert_true(usa->lowest == -1 && usa->highest == 0.6 && usa->middle == 0.35);
    assert_int_equal(usa->low, 4);
    assert_int_equal(usa->high, 1);
    assert_true(usa->above == 4 && usa->below == 1 && usa->count == 5);
    /* What is a sum of two parts is found out exactly, although a cell is missing: 0.55, 0.3, -0.95 and 0.1 apart. */
    const pl_read_effect *tariff = &s->effect[0], *kappa = &s->effect[1];
    assert_int_equal(tariff->low, 2);
    assert_int_equal(tariff->high, 0);
    assert_true(fabs(tariff->highest - tariff->lowest - 1.5) < 1e-9);
    assert_true(fabs(kappa->highest - kappa->lowest - 0.1) < 1e-9);
    assert_int_equal(kappa->low, 0);
    assert_false(s->dimension[1].numeric); /* infinity has no place on an axis */
    pl_saved_free(saved);
}

/* Members drawn at random, income the sum of a large and a small part that are mixed up in the sample. */
static void test_sample_is_taken_apart(void **state) {
    (void)state;
    enum { MEMBERS = 64 };
    static double value[2][MEMBERS], income[MEMBERS], scratch[MEMBERS];
    static char words[2][MEMBERS][24];
    static const char *text[2][MEMBERS];
    static size_t at[2 * MEMBERS];
    pl_read_range range;
    pl_read_dimension dim[2] = {{.name = "a"}, {.name = "b"}};
    pl_read_scanned variable = {.name = "x", .unit = "percent", .value = income, .range = &range};
    pl_sweep_reading s = {.dimensions = 2,
                          .members = MEMBERS,
                          .countries = 1,
                          .variables = 1,
                          .sampled = true,
                          .dimension = dim,
                          .at = at,
                          .variable = &variable,
                          .scratch = scratch};
    for (size_t m = 0; m < MEMBERS; m++) {
        size_t place[2] = {m * 37 % MEMBERS, m * 11 % MEMBERS};
        for (size_t d = 0; d < 2; d++) {
            value[d][m] = (double)place[d];
            snprintf(words[d][m], sizeof words[d][m], "%zu%%", place[d]);
            text[d][m] = words[d][m];
            at[2 * m + d] = m;
        }
        income[m] = 3 * (double)(place[0] / 8) - 0.1 * (double)(place[1] / 8);
    }
    for (size_t d = 0; d < 2; d++) {
        dim[d].count = MEMBERS;
        dim[d].numeric = true;
        dim[d].value = value[d];
        dim[d].text = text[d];
    }
    assert_true(pl_sweep_sum(&s));
    assert_int_equal(dim[0].groups, 8);
    assert_true(fabs(s.effect[0].highest - s.effect[0].lowest - 21) < 1e-6);
    assert_true(fabs(s.effect[1].highest - s.effect[1].lowest - 0.7) < 1e-6);
    assert_true(s.effect[0].high == 7 && s.effect[1].high == 0);
    char group[64];
    pl_sweep_group_text(&dim[0], 7, group, sizeof group);
    assert_string_equal(group, "56 to 63 %");
    for (size_t d = 0; d < 2; d++) {
        free(dim[d].group);
        free(dim[d].rising);
        free(dim[d].first);
        free(dim[d].last);
    }
    free(s.effect);
}

static void test_sweep_page_says_the_numbers(void **state) {
    (void)state;
    pl_saved *saved = parsed(sweep_text);
    pl_page *page = page_of(saved, NULL);
    char *html = drawn(page, NULL);
    assert_non_null(strstr(html, "<h1>What if: tariff USA&lt;-CHN, kappa</h1>"));
    assert_non_null(
        strstr(html, "real income is lowest, \xe2\x88\x92"
                     "1.00\xc2\xa0%, at tariff USA&lt;-CHN 40 %, kappa 2 and highest, +0.60\xc2\xa0%, at "
                     "tariff USA&lt;-CHN 0 %, kappa inf. It is above zero in 4 of 5 members and below in "
                     "1."));
    assert_non_null(
        strstr(html, "What matters most to the United States is <strong>tariff USA&lt;-CHN</strong>"));
    assert_non_null(strstr(html, "<p class=\"warning\">1 of 6 members did not converge."));
    assert_non_null(strstr(html, "Only the 5 that converged are in the numbers of this page."));
    assert_non_null(strstr(html, "<li>tariff USA&lt;-CHN 40 %, kappa inf</li>"));
    assert_non_null(strstr(html, "the duty that the United States takes on what it buys from China"));
    assert_non_null(strstr(html, "<li>USA: a tariff"));
    assert_null(strstr(html, "the one varied"));
    assert_null(strstr(html, "+77"));
    assert_non_null(strstr(html, "parley sweep toy\nparley report toy</pre>"));
    const pl_chart *square = pl_charts_find(&page->charts, "square-USA");
    assert_true(square && square->rows == 3 && square->columns == 2);
    assert_true(pl_chart_get(square, 1, 1) == 0.35 && isnan(pl_chart_get(square, 2, 1)));
    free(html);
    pl_page_free(page);
    pl_saved_free(saved);
}

/* A value stands where it belongs on its axis, not as the how-manieth it is. */
static void test_line_stands_by_value(void **state) {
    (void)state;
    pl_saved *saved = parsed(line_text);
    pl_page *page = page_of(saved, NULL);
    char *svg = drawn(page, "along");
    const char *path = strstr(svg, " d=\"M");
    double x[3], y[3];
    assert_non_null(path);
    assert_int_equal(sscanf(path, " d=\"M%lf %lfL%lf %lfL%lf %lf", &x[0], &y[0], &x[1], &y[1], &x[2], &y[2]),
                     6);
    assert_true(fabs((x[1] - x[0]) / (x[2] - x[0]) - 0.25) < 1e-3);
    assert_true(fabs((y[1] - y[0]) / (y[2] - y[0]) - 0.25 / 1.5) < 1e-3);
    free(svg);
    pl_page_free(page);
    pl_saved_free(saved);
}

/* A sweep beside itself: every picture there, one line over the other, and no difference. */
static void test_two_sweeps(void **state) {
    (void)state;
    const char *const texts[] = {line_text, sweep_text};
    for (size_t k = 0; k < 2; k++) {
        pl_saved *saved = parsed(texts[k]);
        pl_page *page = page_of(saved, saved);
        char *html = drawn(page, NULL);
        const pl_chart *c = pl_charts_find(&page->charts, k ? "square-USA" : "along");
        assert_non_null(c);
        for (size_t r = 0; r < c->rows; r++)
            assert_true(k ? !(pl_chart_get(c, r, 0) != 0) : pl_chart_get(c, r, 0) == pl_chart_get(c, r, 1));
        free(html);
        pl_page_free(page);
        pl_saved_free(saved);
    }
}

static void test_wrong_sweeps(void **state) {
    (void)state;
    refuse_changed(sweep_text, "\"at\": [1, 1]", "\"at\": [1]", "member 3 does not say where it is");
    refuse_changed(sweep_text, "\"at\": [1, 1]", "\"at\": [1, 2]", "member 3 is at no value of kappa");
    refuse_changed(sweep_text, "\"at\": [1, 1]", "\"at\": [1, -1]", "member 3 is at no value of kappa");
    refuse_changed(sweep_text, "\"at\": [1, 1]", "\"at\": [1, 0.5]", "member 3 is at no value of kappa");
    refuse_changed(sweep_text, "0.5, 0.6, 0.25", "0.5, 0.6",
                   "real_income of USA holds 5 numbers; there are 6 members");
    refuse_changed(sweep_text, "0.5, 0.6, 0.25", "0.5, \"x\", 0.25", "real_income of USA: number 2");
    refuse_changed(sweep_text, "\"variable\": \"real_income\"", "\"variable\": \"output\"",
                   "no variable 'output' by country");
    refuse_changed(sweep_text, "[2, null]", "[2]", "dimension 2 has no name, or not as many texts as values");
    refuse_changed(sweep_text, "[2, null]", "[2, 1e19]", "dimension kappa: value 2");
    refuse_changed(sweep_text, "[\"2\", \"inf\"]", "[\"2\", 3]", "dimension kappa: text 2");
    refuse_changed(sweep_text, "{\"code\": \"USA\",", "{", "country 1 has no code");
    refuse_changed(sweep_text, "\"dimensions\": [", "\"dimensions\": [], \"others\": [", "nothing varied");
    for (size_t length = 0; length < strlen(sweep_text); length += 3)
        refuse(sweep_text, length, NULL);
}

static void test_other_kinds(void **state) {
    (void)state;
    static const char run_text[] = "{\"parley\": \"0.1.0\", \"format\": 1, \"converged\": true, \"world\": "
                                   "{\"countries\": [{\"code\": \"USA\"}], "
                                   "\"sectors\": [{\"code\": \"A01\"}]}, \"variables\": {}, \"variants\": "
                                   "[{\"name\": \"war\", \"values\": "
                                   "{\"real_income\": [1]}}]}";
    pl_saved *run = parsed(run_text);
    pl_page *page = NULL;
    pl_error error;
    pl_page_asked asked;
    pl_saved *sweep = parsed(sweep_text), *line = parsed(line_text);
    asked = (pl_page_asked){{sweep, run}, NULL, NULL};
    assert_int_equal(pl_page_new(&asked, &page, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "is a result of parley sweep and"));
    asked = (pl_page_asked){{sweep, line}, NULL, NULL};
    assert_int_equal(pl_page_new(&asked, &page, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "toy.json varies tariff USA<-CHN, kappa, and toy.json varies tariff "
                                       "USA<-CHN; two sweeps are compared when they vary the same"));
    asked = (pl_page_asked){{sweep, NULL}, "war", NULL};
    assert_int_equal(pl_page_new(&asked, &page, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "only runs have variants"));
    assert_null(page);
    pl_saved_free(run);
    pl_saved_free(sweep);
    pl_saved_free(line);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sweep_is_summed),
                                       cmocka_unit_test(test_sample_is_taken_apart),
                                       cmocka_unit_test(test_sweep_page_says_the_numbers),
                                       cmocka_unit_test(test_line_stands_by_value),
                                       cmocka_unit_test(test_two_sweeps),
                                       cmocka_unit_test(test_wrong_sweeps),
                                       cmocka_unit_test(test_other_kinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
