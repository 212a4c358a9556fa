/* Dates, what is in force on a day, how measures stack, months as they were known, and what is refused. */
#include "dated_world.h"

#include <math.h>

static void near(double a, double b) {
    if (!(fabs(a - b) < 1e-12))
        fail_msg("%.17g is not %.17g", a, b);
}

/* ---- dates ---- */

static void test_dates(void **state) {
    (void)state;
    assert_int_equal(pl_date_day((pl_date){1970, 1, 1}), 0);
    assert_int_equal(pl_date_day((pl_date){2025, 6, 9}), 20248);
    assert_int_equal(pl_date_day((pl_date){2000, 2, 29}), 11016);
    for (long d = -800000; d < 900000; d += 37)
        assert_int_equal(pl_date_day(pl_date_of(d)), d);
    for (int year = 1600; year < 2401; year++) { /* the first of March follows the last of February */
        long march = pl_date_day((pl_date){year, 3, 1});
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        assert_int_equal(march - pl_date_day((pl_date){year, 2, 1}), leap ? 29 : 28);
        assert_int_equal(pl_date_of(march - 1).day, leap ? 29 : 28);
    }
    assert_int_equal(pl_date_of(pl_date_day((pl_date){9999, 12, 31})).year, 9999);
    assert_int_equal(pl_date_of(pl_date_day((pl_date){0, 1, 1})).month, 1);
}

static void test_dates_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"2025-02-30", "2025-13-01", "2025-00-10",  "2023-02-29",
                                      "2025-4-05",  "2025-04-5",  "20250405",    "2025/04/05",
                                      "",           "soon",       "2025-04-050", "-025-04-05"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        pl_date date = {1, 2, 3};
        pl_error error = {PL_OK, ""};
        assert_int_equal(pl_date_read(bad[k], &date, &error), PL_INVALID);
        assert_int_equal(date.year, 1);
        assert_true(strlen(error.text) > 10);
    }
}

/* ---- a day ---- */

static const char steps[] =
    "measures:\n"
    "  - {id: base, kind: tariff, by: USA, on: DEU, rate: 5%, basis: add}\n"
    "  - {id: one, kind: tariff, by: USA, on: CHN, rate: 34%, stacks: adds, announced: 2025-04-02, "
    "effective: 2025-04-09}\n"
    "  - {id: two, kind: tariff, by: USA, on: CHN, rate: 84%, stacks: {replaces: [one]}, announced: "
    "2025-04-08, effective: 2025-04-12}\n"
    "  - {id: spared, kind: tariff, by: USA, on: CHN, sectors: [C26], share: 0.75, stacks: {exempt: [one, "
    "two, truce]}, announced: 2025-04-11, effective: 2025-04-05}\n"
    "  - {id: truce, kind: tariff, by: USA, on: CHN, rate: 10%, stacks: {replaces: [one, two]}, announced: "
    "2025-05-12, effective: 2025-05-14, until: 2025-08-12, extended: 0.6}\n"
    "  - {id: talk, kind: tariff, by: USA, on: FRA, rate: 99%, stacks: adds, announced: 2025-01-05}\n"
    "  - {id: law, kind: tariff, by: CHN, on: USA, sectors: [A01], rate: 7%, stacks: adds, announced: "
    "2025-01-05, legal: 2025-05-20}\n";

static double rate_on(scenario_rig *f, const char *when, size_t j, size_t n, size_t i) {
    pl_policy *policy = policy_on(f, when);
    double rate = pl_policy_tariff(policy)[at(j, n, i)];
    pl_policy_free(policy);
    return rate;
}

static void test_in_force(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    const struct {
        const char *day;
        double a01, c26;
    } row[] = {{"2025-04-08", .10, .11},  {"2025-04-09", .44, .11 + .25 * .34},
               {"2025-04-11", .44, .195}, {"2025-04-12", .94, .11 + .25 * .84},
               {"2025-05-13", .94, .32},  {"2025-05-14", .20, .11 + .25 * .10},
               {"2025-08-11", .20, .135}, {"2025-08-12", .94, .32},
               {"2030-01-01", .94, .32}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        near(rate_on(&f, row[k].day, A01, USA, CHN), row[k].a01);
        near(rate_on(&f, row[k].day, C26, USA, CHN), row[k].c26);
        near(rate_on(&f, row[k].day, A01, USA, DEU), .07); /* without dates: always */
        near(rate_on(&f, row[k].day, A01, USA, FRA), .03); /* announced only: never */
        near(rate_on(&f, row[k].day, G45, USA, CHN), 0);
    }
    near(rate_on(&f, "2025-05-19", A01, CHN, USA),
         .2); /* legal counts where nothing says when it is collected */
    near(rate_on(&f, "2025-05-20", A01, CHN, USA), .27);
    scenario_rig_close(&f);
}

/* Without a day, a scenario is as of the day its last measure takes effect. */
static void test_default_day(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    pl_date date;
    pl_policy *policy = NULL;
    assert_true(pl_scenario_variant_day(f.scenario, 0, &date));
    assert_int_equal(pl_date_day(date), pl_date_day(day("2025-05-20")));
    assert_int_equal(pl_scenario_policy(f.scenario, f.world, 0, &policy, NULL), PL_OK);
    near(pl_policy_tariff(policy)[at(A01, USA, CHN)], .20);
    pl_policy_free(policy);
    scenario_rig_close(&f);
    f = need_text("measures: [{kind: tariff, by: USA, on: CHN, rate: 5%}]\n");
    assert_false(pl_scenario_variant_day(f.scenario, 0, &date));
    scenario_rig_close(&f);
}

static void test_capped(void **state) {
    (void)state;
    scenario_rig f =
        need_text("measures:\n"
                  "  - {id: fentanyl, kind: tariff, by: USA, on: CHN, sectors: [A01], rate: 20%, "
                  "stacks: adds, effective: 2025-03-04}\n"
                  "  - {id: steel, kind: tariff, by: USA, on: all, rate: 25%, share: 0.5, stacks: "
                  "{capped: 25%, with: [fentanyl]}, effective: 2025-03-12}\n");
    near(rate_on(&f, "2025-03-12", A01, USA, CHN), .10 + .20 + .5 * .05);
    near(rate_on(&f, "2025-03-12", C26, USA, CHN), .11 + .5 * .25);
    near(rate_on(&f, "2025-03-12", A01, USA, DEU), .02 + .5 * .25);
    scenario_rig_close(&f);
}

/* What stands on a day does not hang on the order of the file. */
static void test_order(void **state) {
    (void)state;
    scenario_rig a = need_text(
        "measures:\n"
        "  - {id: one, kind: tariff, by: USA, on: CHN, rate: 34%, stacks: adds, effective: 2025-04-09}\n"
        "  - {id: two, kind: tariff, by: USA, on: CHN, rate: 84%, stacks: {replaces: [one]}, effective: "
        "2025-04-10}\n"
        "  - {id: less, kind: tariff, by: USA, on: CHN, share: 0.5, stacks: {exempt: [one, two]}, effective: "
        "2025-04-05}\n");
    scenario_rig b = need_text(
        "measures:\n"
        "  - {id: less, kind: tariff, by: USA, on: CHN, share: 0.5, stacks: {exempt: [one, two]}, effective: "
        "2025-04-05}\n"
        "  - {id: two, kind: tariff, by: USA, on: CHN, rate: 84%, stacks: {replaces: [one]}, effective: "
        "2025-04-10}\n"
        "  - {id: one, kind: tariff, by: USA, on: CHN, rate: 34%, stacks: adds, effective: 2025-04-09}\n");
    near(rate_on(&a, "2025-04-20", A01, USA, CHN), .10 + .42);
    near(rate_on(&b, "2025-04-20", A01, USA, CHN), .10 + .42);
    scenario_rig_close(&a);
    scenario_rig_close(&b);
}

/* ---- sources and days chosen from outside ---- */

static const char sources[] =
    "measures:\n"
    "  - id: x\n"
    "    kind: tariff\n"
    "    by: USA\n"
    "    on: CHN\n"
    "    rate: 10%\n"
    "    stacks: adds\n"
    "    dates: {law: {announced: 2025-05-12, effective: 2025-05-14}, tracker: {effective: 2025-05-12}}\n"
    "    use: law\n";

static void test_sources(void **state) {
    (void)state;
    pl_error error = {PL_OK, ""};
    scenario_rig f = need_text(sources);
    near(rate_on(&f, "2025-05-13", A01, USA, CHN), .10);
    assert_int_equal(pl_scenario_set_dates(f.scenario, "tracker", &error), PL_OK);
    near(rate_on(&f, "2025-05-13", A01, USA, CHN), .20);
    assert_int_equal(pl_scenario_set_dates(f.scenario, "trakcer", &error), PL_INVALID);
    assert_non_null(strstr(error.text, "did you mean 'tracker'?"));
    scenario_rig_close(&f);
}

static void test_days(void **state) {
    (void)state;
    char text[4096];
    snprintf(text, sizeof text,
             "%svariants: {war: {on: 2025-04-20}, truce: {on: 2025-06-09}, more: {measures: [{kind: tariff, "
             "by: DEU, on: CHN, rate: 50%%, basis: add}]}}\n",
             steps);
    scenario_rig f = need_text(text);
    pl_date date, days[2] = {day("2025-04-09"), day("2025-05-14")};
    assert_true(pl_scenario_variant_day(f.scenario, 1, &date));
    assert_int_equal(date.month, 6);
    /* war and truce have the same measures: one variant a day of the two, and one of the third. */
    assert_int_equal(pl_scenario_set_days(f.scenario, days, 2, NULL), PL_OK);
    assert_int_equal(pl_scenario_variants(f.scenario), 4);
    assert_string_equal(pl_scenario_variant_name(f.scenario, 0), "war/2025-04-09");
    assert_string_equal(pl_scenario_variant_name(f.scenario, 3), "more/2025-05-14");
    const double expected[] = {.44, .44, .20, .20};
    for (size_t v = 0; v < 4; v++) {
        pl_policy *policy = NULL;
        assert_int_equal(pl_scenario_policy(f.scenario, f.world, v, &policy, NULL), PL_OK);
        near(pl_policy_tariff(policy)[at(A01, USA, CHN)], expected[v]);
        near(pl_policy_tariff(policy)[at(A01, DEU, CHN)], v % 2 ? .56 : .06);
        pl_policy_free(policy);
    }
    scenario_rig_close(&f);
}

/* A measure that another takes the whole place of is not listed. */
static void test_listed(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    pl_date when = day("2025-04-20");
    assert_int_equal(pl_scenario_set_days(f.scenario, &when, 1, NULL), PL_OK);
    assert_string_equal(pl_scenario_variant_name(f.scenario, 0), "2025-04-20");
    assert_int_equal(pl_scenario_measures(f.scenario, 0), 3); /* base, two, spared */
    assert_non_null(strstr(pl_scenario_measure_text(f.scenario, 0, 1), "instead of 'one'"));
    scenario_rig_close(&f);
}

/* ---- months ---- */

static double month_rate(scenario_rig *f, const char *month, const char *known, size_t j, size_t n,
                         size_t i) {
    pl_error error = {PL_OK, ""};
    pl_policy *policy = NULL;
    if (pl_scenario_policy_month(f->scenario, f->world, 0, day(month), day(known), &policy, &error))
        fail_msg("%s", error.text);
    double rate = pl_policy_tariff(policy)[at(j, n, i)];
    pl_policy_free(policy);
    return rate;
}

static void test_months(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    /* April: 8 days of .10, 3 of .44, 19 of .94. */
    near(month_rate(&f, "2025-04-01", "2025-12-31", A01, USA, CHN), (8 * .10 + 3 * .44 + 19 * .94) / 30);
    /* As known on the 3rd: 34 % from the 9th; on the 1st, nothing. */
    near(month_rate(&f, "2025-04-15", "2025-04-03", A01, USA, CHN), (8 * .10 + 22 * .44) / 30);
    near(month_rate(&f, "2025-04-15", "2025-04-01", A01, USA, CHN), .10);
    near(month_rate(&f, "2025-04-01", "2025-04-10", C26, USA, CHN), (8 * .11 + 3 * .45 + 19 * .95) / 30);
    /* May, known in April: the truce is not expected. */
    near(month_rate(&f, "2025-06-01", "2025-04-30", A01, USA, CHN), .94);
    near(month_rate(&f, "2025-06-01", "2025-05-12", A01, USA, CHN), .20);
    /* After its end the truce goes on with chance .6, as known before; as it happened, it ended. */
    near(month_rate(&f, "2025-09-01", "2025-06-01", A01, USA, CHN), .6 * .20 + .4 * .94);
    near(month_rate(&f, "2025-09-01", "2025-12-01", A01, USA, CHN), .94);
    near(month_rate(&f, "2025-08-01", "2025-06-01", A01, USA, CHN),
         (11 * .20 + 20 * (.6 * .20 + .4 * .94)) / 31);
    near(month_rate(&f, "2025-12-01", "2026-12-01", A01, USA, CHN), .94); /* the year's last month */
    scenario_rig_close(&f);
}

/* Two truces are one event: with chances .3 and .7, both go on with .3, one with .4, none with .3. */
static void test_one_event(void **state) {
    (void)state;
    scenario_rig f = need_text(
        "measures:\n"
        "  - {id: a, kind: tariff, by: USA, on: CHN, rate: 30%, stacks: adds, effective: 2025-01-01}\n"
        "  - {id: b, kind: tariff, by: USA, on: CHN, rate: 10%, stacks: {replaces: [a]}, effective: "
        "2025-05-01, until: 2025-07-01, extended: 30%}\n"
        "  - {id: c, kind: iceberg, by: USA, on: CHN, rate: 10%, stacks: adds, effective: 2025-05-01, until: "
        "2025-07-01, extended: 0.7}\n");
    pl_policy *policy = NULL;
    assert_int_equal(
        pl_scenario_policy_month(f.scenario, f.world, 0, day("2025-07-01"), day("2025-05-01"), &policy, NULL),
        PL_OK);
    near(pl_policy_tariff(policy)[at(A01, USA, CHN)], .10 + .3 * .10 + .7 * .30);
    near(pl_policy_iceberg(policy)[at(A01, USA, CHN)], 1 + .7 * .10);
    near(pl_policy_iceberg(policy)[at(A01, CHN, USA)], 1);
    pl_policy_free(policy);
    scenario_rig_close(&f);
}

/* A month without a turn is the day's policy to the bit; no measure is the world's own. */
static void test_still_month(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    pl_policy *month = NULL, *one = policy_on(&f, "2025-06-09");
    assert_int_equal(
        pl_scenario_policy_month(f.scenario, f.world, 0, day("2025-06-01"), day("2025-12-01"), &month, NULL),
        PL_OK);
    assert_memory_equal(pl_policy_tariff(month), pl_policy_tariff(one), J * N * N * sizeof(double));
    pl_policy_free(month);
    pl_policy_free(one);
    scenario_rig_close(&f);
    f = need_text("measures: []\n");
    assert_int_equal(
        pl_scenario_policy_month(f.scenario, f.world, 0, day("2025-06-01"), day("2025-12-01"), &month, NULL),
        PL_OK);
    assert_memory_equal(pl_policy_tariff(month), pl_world_tariff(f.world), J * N * N * sizeof(double));
    pl_policy_free(month);
    scenario_rig_close(&f);
}

/* A ban of ten days in a month of thirty leaves two thirds of the quantity. */
static void test_month_of_caps(void **state) {
    (void)state;
    scenario_rig f =
        need_text("measures:\n"
                  "  - {id: b, kind: ban, by: CHN, to: USA, sectors: [MAG], effective: 2025-04-21}\n"
                  "  - {id: l, kind: licence, by: CHN, to: USA, sectors: [C26], approval: 0.5, "
                  "effective: 2025-04-01}\n");
    pl_policy *policy = NULL;
    assert_int_equal(
        pl_scenario_policy_month(f.scenario, f.world, 0, day("2025-04-01"), day("2025-12-01"), &policy, NULL),
        PL_OK);
    assert_int_equal(pl_policy_caps(policy), 1); /* licences are not in it */
    near(pl_policy_cap(policy, 0)->level, 2.0 / 3);
    pl_policy_free(policy);
    scenario_rig_close(&f);
}

/* ---- bad input ---- */

static void refuse(const char *keys, const char *when, const char *part) {
    char text[2048];
    snprintf(text, sizeof text, "measures:\n  - {id: x, kind: tariff, by: USA, on: CHN, rate: 10%%, %s}\n",
             keys);
    refuse_on(text, when, part);
}

static void test_refused(void **state) {
    (void)state;
    refuse("effective: 2025-05-14, until: 2025-05-13", NULL,
           "case.yaml:2: measure 'x' ends before it starts");
    refuse("effective: 2025-05-14, until: 2025-05-14", NULL, "ends before it starts");
    refuse("legal: 2025-05-14, until: 2025-02-01", NULL, "ends before it starts");
    refuse("effective: 2025-02-30", NULL, "the date 2025-02-30 does not exist: that month has 28 days");
    refuse("announced: 2025-13-01", NULL, "there is no month 13");
    refuse("until: tomorrow", NULL, "'tomorrow' is not a date");
    refuse("effective: 2025-05-14, until: 2025-08-12, extended: 1.5", NULL, "a chance is from 0 to 1");
    refuse("effective: 2025-05-14, extended: 0.5", NULL, "'extended' goes only with 'until'");
    refuse("use: law", NULL, "'use' goes only with 'dates'");
    refuse("effective: 2025-05-14, dates: {law: {effective: 2025-05-14}}", NULL, "either as keys of its own");
    refuse("dates: {law: {effective: 2025-05-14}}, use: lwa", NULL, "did you mean 'law'?");
    refuse("dates: {law: {note: nothing}}", NULL, "hold no date");
    refuse("dates: {}", NULL, "must be a mapping of sources to dates");
    refuse("dates: {law: {efective: 2025-05-14}}", NULL, "did you mean 'effective'?");
    refuse("stacks: maybe", NULL, "'stacks' is one of");
    refuse("stacks: {replaces: [a], exempt: [b]}", NULL, "'stacks' is one of");
    refuse("stacks: {capped: 25%}", NULL, "'stacks' is one of");
    refuse("stacks: {replaces: [nobody]}", NULL, "'stacks' names 'nobody', which is no measure of variant");
    refuse("stacks: adds, basis: multiply", NULL, "leave 'basis' out");
    refuse("stacks: {exempt: [x]}", NULL, "what is exempt has no rate");
}

static void test_overlap(void **state) {
    (void)state;
    static const char overlap[] =
        "measures:\n"
        "  - {id: a, kind: tariff, by: USA, on: CHN, rate: 10%, stacks: adds, effective: 2025-05-01}\n"
        "  - {id: b, kind: tariff, by: USA, on: all, sectors: [C26], rate: 10%, effective: 2025-06-01}\n";
    refuse_on(overlap, "2025-06-01",
              "measure 'b' and measure 'a' overlap in time on the tariff of USA on CHN in C26");
    scenario_rig f = need_text(overlap);
    near(rate_on(&f, "2025-05-31", C26, USA, CHN), .21);
    scenario_rig_close(&f);
    refuse_on(
        "measures:\n"
        "  - {id: a, kind: quota, by: CHN, to: USA, sectors: [MAG], level: 0.5, effective: 2025-05-01}\n"
        "  - {id: b, kind: ban, by: CHN, to: all, sectors: [MAG], effective: 2025-06-01}\n",
        "2025-06-01", "measure 'b' and measure 'a' overlap in time on MAG of CHN to USA");
    refuse_on("measures:\n"
              "  - {id: a, kind: tariff, by: USA, on: CHN, rate: 10%, stacks: adds, effective: 2025-05-01}\n"
              "  - {id: b, kind: export-tax, by: USA, on: CHN, rate: 10%, stacks: {replaces: [a]}, "
              "effective: 2025-06-01}\n",
              "2025-06-01", "it can only stack on measures of its own kind");
    refuse_on("on: 2025-06-31\nmeasures: []\n", NULL, "does not exist");
}

/* ---- facts and observations ---- */

static void test_facts(void **state) {
    (void)state;
    scenario_rig f = need_text(
        "measures: [{id: x, kind: tariff, by: USA, on: CHN, rate: 5%}]\n"
        "observations: {o: {text: exports, value: -34.5, unit: percent, basis: year on year, period: "
        "2025-05}}\n"
        "facts: {F1: {text: a, measures: [x], observations: [o]}, F2: {text: b, note: none can}}\n");
    assert_int_equal(pl_scenario_facts(f.scenario), 2);
    pl_fact fact = pl_scenario_fact(f.scenario, 0);
    assert_string_equal(fact.measure[0], "x");
    assert_string_equal(fact.observation[0], "o");
    assert_string_equal(pl_scenario_fact(f.scenario, 1).note, "none can");
    pl_observation o = pl_scenario_observation(f.scenario, 0);
    near(o.value, -34.5);
    assert_string_equal(o.basis, "year on year");
    scenario_rig_close(&f);
    refuse_on("measures: []\nfacts: {F1: {text: a, measures: [y]}}\n", NULL,
              "fact 'F1' names the measure 'y'");
    refuse_on("measures: []\nfacts: {F1: {text: a, observations: [y]}}\n", NULL, "names the observation 'y'");
    refuse_on("measures: []\nfacts: {F1: {text: a}}\n", NULL, "is carried by nothing");
    refuse_on("measures: []\nobservations: {o: {text: a, value: 1, unit: percent, period: 2025-05}}\n", NULL,
              "its 'basis' is not named");
}

/* ---- a timeline ---- */

static void test_timeline(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    pl_timeline *t = NULL;
    pl_error error = {PL_OK, ""};
    static const char *const pairs[] = {"USA<-CHN", "CHN<-USA,DEU"};
    if (pl_timeline_new(f.scenario, f.world, 0, pairs, 2, &t, &error))
        fail_msg("%s", error.text);
    assert_int_equal(t->dates, 7);
    assert_int_equal(t->date[0].day, 4); /* the day before 5 April */
    assert_string_equal(t->events[0], "");
    assert_string_equal(t->events[2], "one starts");
    assert_string_equal(t->events[6], "truce ends");
    /* By hand on 9 April: A01 .44, C26 .195, MAG .34; flows 3, 9, 2. */
    near(t->simple[2 * 2], (.44 + .195 + .34) / 3);
    near(t->weighted[2 * 2], (3 * .44 + 9 * .195 + 2 * .34) / 14);
    near(t->simple[1], (.2 + .05 + .13 + .07) / 6);
    near(t->weighted[1], (2 * .2 + 4 * .05 + 6 * .13 + 3 * .07) / 17);
    pl_timeline_free(t);
    static const char *const bad[] = {"USA->CHN"}, *const unknown[] = {"USA<-CHM"};
    assert_int_equal(pl_timeline_new(f.scenario, f.world, 0, bad, 1, &t, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "write BUYER<-SELLER"));
    assert_int_equal(pl_timeline_new(f.scenario, f.world, 0, unknown, 1, &t, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "did you mean 'CHN'?"));
    scenario_rig_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),         cmocka_unit_test(test_dates_refused),
        cmocka_unit_test(test_in_force),      cmocka_unit_test(test_default_day),
        cmocka_unit_test(test_capped),        cmocka_unit_test(test_order),
        cmocka_unit_test(test_sources),       cmocka_unit_test(test_days),
        cmocka_unit_test(test_listed),        cmocka_unit_test(test_months),
        cmocka_unit_test(test_one_event),     cmocka_unit_test(test_still_month),
        cmocka_unit_test(test_month_of_caps), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_overlap),       cmocka_unit_test(test_facts),
        cmocka_unit_test(test_timeline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
