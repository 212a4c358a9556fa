/*
 * Pages and their charts: scales, the geometry of pictures recomputed, texts that mean harm, and results that are not what
 * they should be.
 */
#include "report/page.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "page_rig.h"

/* ---- small results ---- */

#define CERTIFICATE "\"certificate\": {\"worst\": 1.5e-12, \"income\": 1e-13}"
#define WORLD                                                                                                \
    "\"world\": {\"name\": \"toy\", \"baseline\": \"as given\", \"notes\": {\"source\": \"made up\"}, "      \
    "\"countries\": ["                                                                                       \
    "{\"code\": \"USA\", \"name\": \"United States\"}, {\"code\": \"CHN\", \"name\": \"China\"}, "           \
    "{\"code\": \"DEU\", "                                                                                   \
    "\"name\": \"Germany\"}], \"sectors\": [{\"code\": \"A01\", \"name\": \"Crops\", \"goods\": true}, "     \
    "{\"code\": "                                                                                            \
    "\"C26\", \"name\": \"Chips\", \"goods\": true}]}"
#define VARIANT(name, a, b, c)                                                                               \
    "{\"name\": \"" name                                                                                     \
    "\", \"title\": \"The war\", \"converged\": true, \"iterations\": 7, \"method\": \"plain\", "            \
    "\"measures\": [{\"text\": \"USA: tariff\", \"source\": \"a law\"}], \"controls\": [], " CERTIFICATE     \
    ", \"world_total\": {\"equivalent_variation\": -3, \"income_before\": 1000, \"duties_before\": 1, "      \
    "\"duties\": 2, "                                                                                        \
    "\"trade_before\": 100, \"trade\": 90}, \"values\": {\"real_income\": [" a ", " b ", " c "], "           \
    "\"equivalent_variation\": [-4, 1.5, -0.5], \"income_before\": [500, 300, 200], \"output_volume\": "     \
    "[[1, -2, 3], "                                                                                          \
    "[0.5, null, -10]], \"output_before\": [[10, 20, 30], [5, 6, 7]]}}"
#define RUN(title, variants)                                                                                 \
    "{\"parley\": \"0.1.0\", \"format\": 1, \"name\": \"toy\", \"title\": \"" title                          \
    "\", \"command\": \"parley run toy.yaml\", "                                                             \
    "\"converged\": true, " WORLD                                                                            \
    ", \"settings\": {\"closure\": \"fixed\", \"theta_by_sector\": [4, 5]}, \"options\": "                   \
    "[], \"variables\": {}, \"variants\": [" variants "]}"
static const char run_text[] = RUN("A toy", VARIANT("war", "-0.5", "0.25", "1"));
static const char other_text[] = RUN("A toy", VARIANT("war", "-1", "0.5", "0.75"));
static const char path_text[] = "{\"parley\": \"0.1.0\", \"format\": 1, \"name\": \"toy\", \"title\": "
                                "\"Months\", \"variant\": \"war\", \"converged\": "
                                "true, \"largest_residual\": 2e-12, \"settings\": {}, \"variables\": {}, "
                                "\"months\": [{\"month\": \"2025-01\"}, "
                                "{\"month\": \"2025-02\"}, {\"month\": \"2025-03\"}], \"countries\": "
                                "{\"USA\": {\"real_income\": [0, -0.5, -1], "
                                "\"income\": [10, 11, 12]}, \"CHN\": {\"real_income\": [0, 1, 0.5], "
                                "\"income\": [10, 10, 12]}}, \"pairs\": "
                                "[{\"importer\": \"USA\", \"exporter\": \"CHN\", \"purchases\": [40000, "
                                "30000, 20000], \"use\": [40000, 35000, "
                                "25000], \"month_on_month\": [0, -25, -33], \"year_on_year\": [0, -25, "
                                "-50]}], \"licences\": [], \"measures\": "
                                "[{\"id\": \"one\", \"text\": \"USA: a tariff\", \"source\": \"a law\", "
                                "\"announced\": \"2025-01-05\", \"effective\": "
                                "\"2025-02-01\", \"until\": null}, {\"id\": \"two\", \"text\": \"CHN: an "
                                "answer\", \"effective\": \"2025-02-10\", "
                                "\"until\": \"2025-03-15\"}], \"observed\": [{\"series\": \"imports\", "
                                "\"text\": \"what is bought\", \"change_unit\": "
                                "\"percent\", \"model\": {\"month_on_month\": [0, -25, -33], "
                                "\"year_on_year\": [0, -25, -50]}, \"points\": "
                                "[{\"month\": \"2025-02\", \"basis\": \"year on year\", \"value\": -20}]}]}";
#define SIDE(name, payoff, gain, patience)                                                                   \
    "{\"player\": \"" name "\", \"payoff\": " payoff ", \"gain\": " gain                                     \
    ", \"low\": null, \"high\": null, \"breach\": null, "                                                    \
    "\"patience\": " patience ", \"signs\": true, \"keeps\": false, \"transfer\": 0}"
#define DEAL(name, a, b)                                                                                     \
    "{\"name\": \"" name                                                                                     \
    "\", \"title\": \"t\", \"outcome\": \"\", \"converged\": true, \"residual\": 1e-12, \"settings\": "      \
    "{\"tariff\": 0.3}, \"real_income\": {\"USA\": 0.1, \"DEU\": -0.2}, \"equivalent_variation\": {}, "      \
    "\"players\": [" SIDE("US", a, a, "0.5") ", " SIDE("China", b, b, "\"never\"") "]}"
static const char talks_text[] =
    "{\"parley\": \"0.1.0\", \"format\": 1, \"game\": \"toy\", \"title\": \"Talks\", \"question\": "
    "\"table\", \"world\": \"toy\", "
    "\"elasticities\": \"x\", \"converged\": true, \"discount\": 0.98, \"period\": \"month\", \"lag\": 2, "
    "\"punishment\": "
    "24, \"notes\": [\"mind this\"], \"deals\": [" DEAL("no-deal", "-1", "-1") ", " DEAL(
        "peace", "0.5", "0.25") ", " DEAL("point-1", "0.6", "0.1") "]}";

/* ---- scales ---- */

static void test_ticks(void **state) {
    (void)state;
    double seed = 0.37;
    for (size_t k = 0; k < 4000; k++) {
        seed = fmod(seed * 997.13 + 0.1234, 1);
        double size = pow(10, 20 * seed - 8), low = size * (fmod(seed * 31, 2) - 1),
               high = low + size * fmod(seed * 77, 1);
        pl_ticks t = pl_ticks_of(low, high, 6);
        double power = pow(10, floor(log10(t.step) + 1e-9)), lead = t.step / power;
        assert_true(fabs(lead - 1) < 1e-6 || fabs(lead - 2) < 1e-6 || fabs(lead - 5) < 1e-6);
        assert_true(t.low <= low + 1e-6 * t.step && t.high >= high - 1e-6 * t.step);
        size_t count = pl_ticks_count(&t);
        assert_true(count >= 2 && count <= 8);
        for (size_t i = 1; i < count; i++)
            assert_true(pl_tick_at(&t, i) > pl_tick_at(&t, i - 1));
        t = pl_ticks_with_zero(low, high, 6);
        assert_true(t.low <= 0 && t.high >= 0);
    }
    pl_ticks t = pl_ticks_of(NAN, 1, 5);
    assert_true(t.high > t.low);
    t = pl_ticks_of(3, 3, 5);
    assert_true(t.low < 3 && t.high > 3);
    t = pl_ticks_of(-1.7e308, 1.7e308, 5);
    assert_true(isfinite(t.low) && t.high > t.low);
}

static void test_classes(void **state) {
    (void)state;
    pl_classes c = pl_classes_of(0.81);
    const double expected[] = {0.02, 0.05, 0.1, 0.2, 0.5};
    for (size_t k = 0; k < PL_THRESHOLDS; k++)
        assert_true(fabs(c.threshold[k] - expected[k]) < 1e-12);
    assert_int_equal(pl_class_of(&c, 0), PL_DIVERGING / 2);
    assert_int_equal(pl_class_of(&c, 0.019), PL_DIVERGING / 2);
    assert_int_equal(pl_class_of(&c, 0.021), PL_DIVERGING / 2 + 1);
    assert_int_equal(pl_class_of(&c, 0.81), PL_DIVERGING - 1);
    assert_int_equal(pl_class_of(&c, -INFINITY), 0);
    assert_true(pl_class_of(&c, NAN) == SIZE_MAX);
    for (double v = 1e-4; v < 10; v *= 1.07)
        assert_int_equal(pl_class_of(&c, v) + pl_class_of(&c, -v), PL_DIVERGING - 1);
    for (double m = 1e-9; m < 1e9; m *= 1.3) {
        c = pl_classes_of(m);
        assert_true(c.threshold[PL_THRESHOLDS - 1] <= m * (1 + 1e-9) &&
                    c.threshold[PL_THRESHOLDS - 1] > 0.39 * m);
    }
}

/* ---- pictures ---- */

/* The mark whose tip starts with `tip`. */
static const char *mark_of(const char *svg, const char *tip) {
    for (const char *at = svg; (at = strstr(at, "<title>")); at++) {
        if (strncmp(at + 7, tip, strlen(tip)))
            continue;
        while (at > svg && strncmp(at, "\n<", 2))
            at--;
        return at + 1;
    }
    fail_msg("no mark says %s", tip);
    return svg;
}

static double attribute_of(const char *svg, const char *tip, const char *name) {
    char text[80];
    int length = snprintf(text, sizeof text, " %s=\"", name);
    const char *at = strstr(mark_of(svg, tip), text);
    assert_non_null(at);
    return strtod(at + length, NULL);
}

static void test_bars_are_proportional(void **state) {
    (void)state;
    pl_saved *saved = parsed(run_text);
    pl_page *page = page_of(saved, NULL);
    char *svg = drawn(page, "winners");
    double usa = attribute_of(svg, "United States", "width"), chn = attribute_of(svg, "China", "width"),
           deu = attribute_of(svg, "Germany", "width");
    assert_true(deu > 100);
    assert_true(fabs(usa / deu - 0.5) < 1e-3 && fabs(chn / deu - 0.25) < 1e-3);
    /* A loss ends where gains begin: at zero. */
    double zero = attribute_of(svg, "Germany", "x");
    assert_true(fabs(attribute_of(svg, "United States", "x") + usa - zero) < 0.02);
    assert_true(fabs(attribute_of(svg, "China", "x") - zero) < 0.02);
    free(svg);
    pl_page_free(page);
    pl_saved_free(saved);
}

static void test_points_stand_where_they_should(void **state) {
    (void)state;
    pl_saved *saved = parsed(talks_text);
    pl_page *page = page_of(saved, NULL);
    char *svg = drawn(page, "plane");
    double none_x = attribute_of(svg, "no-deal", "cx"), none_y = attribute_of(svg, "no-deal", "cy"),
           peace_x = attribute_of(svg, "peace", "cx"), peace_y = attribute_of(svg, "peace", "cy"),
           point_x = attribute_of(svg, "point-1", "cx"), point_y = attribute_of(svg, "point-1", "cy");
    assert_true(fabs((point_x - none_x) / (peace_x - none_x) - 1.6 / 1.5) < 1e-3);
    assert_true(fabs((point_y - none_y) / (peace_y - none_y) - 1.1 / 1.25) < 1e-3);
    assert_true(peace_y < none_y); /* up is better */
    free(svg);
    pl_page_free(page);
    pl_saved_free(saved);
}

static void test_lines_follow_their_numbers(void **state) {
    (void)state;
    pl_saved *saved = parsed(path_text);
    pl_page *page = page_of(saved, NULL);
    char *svg = drawn(page, "trade-CHN-USA");
    const char *path = strstr(svg, " d=\"M");
    double x[3], y[3];
    assert_non_null(path);
    assert_int_equal(sscanf(path, " d=\"M%lf %lfL%lf %lfL%lf %lf", &x[0], &y[0], &x[1], &y[1], &x[2], &y[2]),
                     6);
    assert_true(fabs((x[1] - x[0]) - (x[2] - x[1])) < 0.02 && x[1] > x[0]);
    assert_true(fabs((y[1] - y[0]) - (y[2] - y[1])) < 0.02 && y[1] > y[0]); /* 40, 30, 20: down by the same */
    free(svg);
    svg = drawn(page, "timeline");
    double from = attribute_of(svg, "CHN: an answer", "x"),
           width = attribute_of(svg, "CHN: an answer", "width"),
           other = attribute_of(svg, "USA: a tariff", "x");
    assert_true(fabs(width / (from - other) - 33.0 / 9) <
                0.01); /* days: 10 February to 15 March, 1 to 10 February */
    free(svg);
    svg = drawn(page, "observed-imports-year_on_year");
    assert_non_null(strstr(svg, "observed, 2025-02: \xe2\x88\x92"
                                "20"));
    free(svg);
    pl_page_free(page);
    pl_saved_free(saved);
}

static void test_map_has_the_class_of_each_country(void **state) {
    (void)state;
    pl_saved *saved = parsed(run_text);
    pl_page *page = page_of(saved, NULL);
    char *svg = drawn(page, "map"), text[200];
    pl_classes classes = pl_classes_of(1);
    static const struct {
        const char *name;
        double value;
    } rows[] = {{"United States", -0.5}, {"China", 0.25}, {"Germany", 1}};
    for (size_t k = 0; k < 3; k++) {
        snprintf(text, sizeof text, "<path class=\"fd%zu\" ", pl_class_of(&classes, rows[k].value));
        assert_int_equal(strncmp(mark_of(svg, rows[k].name), text, strlen(text)), 0);
    }
    size_t paths = 0;
    for (const char *at = svg; (at = strstr(at, "<path")); at++)
        paths++;
    assert_true(paths > 150);
    free(svg);
    pl_page_free(page);
    pl_saved_free(saved);
}

/* Boxes of the names in a plane of points that crowd. */
static void test_names_do_not_overlap(void **state) {
    (void)state;
    char text[16000];
    size_t length =
        (size_t)snprintf(text, sizeof text,
                         "{\"parley\": \"0.1.0\", \"format\": 1, \"converged\": true, \"deals\": [" DEAL(
                             "no-deal", "-1", "-1"));
    for (int k = 0; k < 9; k++)
        length += (size_t)snprintf(
            text + length, sizeof text - length,
            ", {\"name\": \"a-deal-with-a-name-%d\", \"players\": [{\"player\": \"US\", \"payoff\": "
            "%g}, {\"player\": \"China\", \"payoff\": %g}]}",
            k, 0.02 * k, 0.03 * (k % 4));
    snprintf(text + length, sizeof text - length, "]}");
    pl_saved *saved = parsed(text);
    pl_page *page = page_of(saved, NULL);
    char *svg = drawn(page, "plane");
    double x[16], y[16];
    size_t names = 0;
    for (const char *at = svg; (at = strstr(at, ">a-deal-with")) && names < 16; at++) {
        const char *start = at;
        while (*start != '<')
            start--;
        if (strncmp(start, "<text", 5)) /* what a point says when pointed at */
            continue;
        assert_int_equal(sscanf(start, "<text x=\"%lf\" y=\"%lf\"", &x[names], &y[names]), 2);
        names++;
    }
    assert_true(names >= 5);
    double width = pl_svg_width("a-deal-with-a-name-0", 12);
    for (size_t a = 0; a < names; a++)
        for (size_t b = 0; b < a; b++)
            if (fabs(x[a] - x[b]) < width - 0.1 && fabs(y[a] - y[b]) < 14.9)
                fail_msg("names at %g, %g and %g, %g overlap", x[a], y[a], x[b], y[b]);
    free(svg);
    pl_page_free(page);
    pl_saved_free(saved);
}

/* ---- texts that mean harm ---- */

static void test_text_is_escaped(void **state) {
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    pl_xml_text(out, "<script>&\"'\x01\xff\xef\xbf\xbf ok \xc3\xa9\x1b]");
    fclose(out);
    assert_string_equal(
        text, "&lt;script&gt;&amp;&quot;&#39;\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd ok \xc3\xa9\xef\xbf\xbd]");
    free(text);
}

static void test_hostile_names_stay_text(void **state) {
    (void)state;
    pl_saved *saved =
        parsed(RUN("<script>alert(1)</script>", VARIANT("</svg><img onerror='x'>", "1", "2", "3")));
    pl_page *page = page_of(saved, NULL);
    char *html = drawn(page, NULL);
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<img"));
    assert_non_null(strstr(html, "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>"));
    free(html);
    pl_page_free(page);
    pl_saved_free(saved);
}

/* ---- the numbers ---- */

static void test_page_says_the_numbers(void **state) {
    (void)state;
    pl_saved *saved = parsed(run_text);
    pl_page *page = page_of(saved, NULL);
    char *html = drawn(page, NULL);
    assert_non_null(strstr(html, "<tr><th scope=\"row\">Germany</th><td>+1.0000</td><td>-0.5</td>"));
    assert_non_null(strstr(html, "<tr><th scope=\"row\">United States</th><td>-0.5000</td><td>-4.0</td>"));
    assert_non_null(strstr(
        html, "falls by 0.50\xc2\xa0% in the United States (a loss worth 4.0\xc2\xa0million USD a year)"));
    assert_non_null(strstr(html, "trade between countries falls by 10.00\xc2\xa0%"));
    assert_non_null(strstr(html, "<td>1.5e-12</td>"));
    assert_non_null(strstr(html, "parley run toy.yaml\nparley report toy</pre>"));
    free(html);
    pl_page_free(page);
    pl_saved_free(saved);
}

/* A path in which more is bought in its last month, beside the one without. */
static void test_paths_are_compared(void **state) {
    (void)state;
    char changed[4000];
    const char *from = "\"purchases\": [40000, 30000, 20000]", *at = strstr(path_text, from);
    assert_non_null(at);
    snprintf(changed, sizeof changed, "%.*s\"purchases\": [40000, 29000, 26000]%s", (int)(at - path_text),
             path_text, at + strlen(from));
    pl_saved *first = parsed(path_text), *second = parsed(changed);
    pl_page *page = page_of(first, second);
    char *html = drawn(page, NULL);
    assert_non_null(strstr(html, "differs most from the first in 2025-03, by 6.0\xc2\xa0"
                                 "bn USD more; over all months "
                                 "together it is 5.0\xc2\xa0"
                                 "bn USD more."));
    free(html);
    pl_page_free(page);
    pl_saved_free(first);
    pl_saved_free(second);
}

static void test_two_are_compared(void **state) {
    (void)state;
    pl_saved *first = parsed(run_text), *second = parsed(other_text);
    pl_page *page = page_of(first, second);
    const pl_chart *bars = pl_charts_find(&page->charts, "winners"),
                   *map = pl_charts_find(&page->charts, "map-difference");
    const pl_chart *a = pl_charts_find(&page->charts, "map-first"),
                   *b = pl_charts_find(&page->charts, "map-second");
    assert_true(bars && map && a && b);
    assert_true(a->limit == 1 && b->limit == 1); /* one scale for both */
    for (size_t r = 0; r < bars->rows; r++)
        assert_true(pl_chart_get(bars, r, 2) == pl_chart_get(bars, r, 1) - pl_chart_get(bars, r, 0));
    assert_true(pl_chart_get(map, 0, 0) == -0.5 && pl_chart_get(map, 1, 0) == 0.25 &&
                pl_chart_get(map, 2, 0) == -0.25);
    char *html = drawn(page, NULL);
    assert_non_null(
        strstr(html, "<th scope=\"row\">United States</th><td>-0.5000</td><td>-1.0000</td><td>-0.5000</td>"));
    free(html);
    pl_page_free(page);
    pl_page_free(page_of(first, first));
    pl_saved_free(first);
    pl_saved_free(second);
    const char *const texts[] = {path_text, talks_text};
    for (size_t k = 0; k < 2; k++) {
        first = parsed(texts[k]);
        page = page_of(first, first);
        html = drawn(page, NULL);
        assert_true(pl_page_charts(page) > 2);
        free(html);
        pl_page_free(page);
        pl_saved_free(first);
    }
}

/* ---- what is refused ---- */

static void test_wrong_documents(void **state) {
    (void)state;
    refuse("[]", 2, "not a result");
    refuse("{}", 2, "not a result");
    const char *world = "{\"parley\": \"0.1.0\", \"format\": 1, \"countries\": []}";
    refuse(world, strlen(world), "not a result");
    refuse_changed(run_text, "\"format\": 1", "\"format\": 2", "format");
    refuse_changed(run_text, "[1, -2, 3]", "[1, -2]",
                   "output_volume of variant war, sector A01 holds 2 numbers; 3");
    refuse_changed(run_text, "[1, -2, 3]", "[1, \"x\", 3]", "number 2");
    refuse_changed(run_text, "[1, -2, 3]", "[1, 1e300, 3]", "1e18");
    refuse_changed(run_text, "[-4, 1.5, -0.5]", "7", "equivalent_variation of variant war is not a list");
    refuse_changed(run_text, "\"real_income\"", "\"real_outcome\"", "no real_income");
    refuse_changed(run_text, "\"values\"", "\"value\"", "no values");
    refuse_changed(run_text, "\"code\": \"CHN\"", "\"codes\": \"CHN\"", "entry 2 has no code");
    refuse_changed(run_text, "\"sectors\": [", "\"sectors\": [{\"code\": \"X\"}, ",
                   "2 sectors; the world has 3");
    refuse_changed(path_text, "[0, -0.5, -1]", "[0, -0.5]",
                   "real_income holds 2 numbers; there are 3 months");
    refuse_changed(path_text, "[0, -0.5, -1]", "[0, -0.5, 1e19]", "2025-03");
    refuse_changed(path_text, "{\"month\": \"2025-02\"}", "{}", "entry 2 of months");
    refuse_changed(path_text, "\"importer\": \"USA\"", "\"importer\": 7", "pair 1");
    refuse_changed(talks_text, "\"players\": [", "\"players\": [{}, ",
                   "player 1 of the first deal has no name");
    refuse_changed(talks_text, "\"patience\": 0.5", "\"patience\": \"soon\"", "patience of US");
    refuse_changed(talks_text, "\"payoff\": -1", "\"payoff\": []", "payoff of US");
    refuse_changed(talks_text, "{\"tariff\": 0.3}", "{\"tariff\": \"x\"}", "setting of tariff");
}

static void test_cut_short(void **state) {
    (void)state;
    const char *const texts[] = {run_text, path_text, talks_text};
    for (size_t k = 0; k < 3; k++)
        for (size_t length = 0; length < strlen(texts[k]); length += 3)
            refuse(texts[k], length, NULL);
}

static void test_mixed_kinds(void **state) {
    (void)state;
    pl_saved *run = parsed(run_text), *talks = parsed(talks_text);
    pl_page *page = NULL;
    pl_error error;
    pl_page_asked asked = {{run, talks}, NULL, NULL};
    assert_int_equal(pl_page_new(&asked, &page, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "one kind"));
    asked = (pl_page_asked){{run, NULL}, "wat", NULL};
    assert_int_equal(pl_page_new(&asked, &page, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "(did you mean 'war'?)"));
    asked = (pl_page_asked){{talks, NULL}, "war", NULL};
    assert_int_equal(pl_page_new(&asked, &page, &error), PL_INVALID);
    assert_null(page);
    pl_saved_free(run);
    pl_saved_free(talks);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ticks),
                                       cmocka_unit_test(test_classes),
                                       cmocka_unit_test(test_bars_are_proportional),
                                       cmocka_unit_test(test_points_stand_where_they_should),
                                       cmocka_unit_test(test_lines_follow_their_numbers),
                                       cmocka_unit_test(test_map_has_the_class_of_each_country),
                                       cmocka_unit_test(test_names_do_not_overlap),
                                       cmocka_unit_test(test_text_is_escaped),
                                       cmocka_unit_test(test_hostile_names_stay_text),
                                       cmocka_unit_test(test_page_says_the_numbers),
                                       cmocka_unit_test(test_two_are_compared),
                                       cmocka_unit_test(test_paths_are_compared),
                                       cmocka_unit_test(test_wrong_documents),
                                       cmocka_unit_test(test_cut_short),
                                       cmocka_unit_test(test_mixed_kinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
