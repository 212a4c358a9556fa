/* Another date for a measure: what moves, what becomes of the policy, and what is refused. */
#include "dated_world.h"

#include <math.h>

static const char steps[] =
    "measures:\n"
    "  - {id: one, kind: tariff, by: USA, on: CHN, rate: 34%, stacks: adds, announced: 2025-04-02, "
    "effective: 2025-04-09}\n"
    "  - {id: two, kind: tariff, by: USA, on: CHN, rate: 84%, stacks: {replaces: [one]}, announced: "
    "2025-04-08, effective: 2025-04-12}\n"
    "  - id: us-truce\n"
    "    kind: tariff\n"
    "    by: USA\n"
    "    on: CHN\n"
    "    rate: 10%\n"
    "    stacks: {replaces: [two]}\n"
    "    dates: {law: {announced: 2025-05-12, effective: 2025-05-14, until: 2025-08-12}, tracker: "
    "{effective: "
    "2025-05-12, until: 2025-08-12}}\n"
    "    use: law\n"
    "  - {id: cn-truce, kind: tariff, by: CHN, on: USA, rate: 10%, stacks: adds, announced: 2025-05-12, "
    "effective: 2025-05-14, until: 2025-08-12, extended: 0.6}\n"
    "  - {id: bare, kind: tariff, by: USA, on: FRA, rate: 5%, stacks: adds}\n"
    "  - {id: dot.until, kind: tariff, by: USA, on: DEU, rate: 7%, stacks: adds, effective: 2025-04-01}\n";

static void near(double a, double b) {
    if (!(fabs(a - b) < 1e-12))
        fail_msg("%.17g is not %.17g", a, b);
}

static void move(scenario_rig *f, const char *text) {
    pl_error error = {PL_OK, ""};
    if (pl_scenario_move(f->scenario, text, &error))
        fail_msg("%s", error.text);
}

static double rate_on(scenario_rig *f, const char *when, size_t n, size_t i) {
    pl_policy *policy = policy_on(f, when);
    double rate = pl_policy_tariff(policy)[at(A01, n, i)];
    pl_policy_free(policy);
    return rate;
}

static void test_end_moves(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    near(rate_on(&f, "2025-08-11", USA, CHN), .20);
    near(rate_on(&f, "2025-08-12", USA, CHN), .94);
    move(&f, "us-truce.until=2025-11-10");
    near(rate_on(&f, "2025-11-09", USA, CHN), .20);
    near(rate_on(&f, "2025-11-10", USA, CHN), .94);
    near(rate_on(&f, "2025-08-12", CHN, USA), .20); /* the other side's has ended */
    move(&f, "us-truce.until=never");
    near(rate_on(&f, "2099-01-01", USA, CHN), .20);
    scenario_rig_close(&f);
}

/* One end for both sides, and for every source of the dates. */
static void test_pattern(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    move(&f, "*-truce.until=2025-07-01");
    near(rate_on(&f, "2025-07-01", USA, CHN), .94);
    near(rate_on(&f, "2025-07-01", CHN, USA), .20);
    near(rate_on(&f, "2025-06-30", CHN, USA), .30);
    assert_int_equal(pl_scenario_set_dates(f.scenario, "tracker", NULL), PL_OK);
    near(rate_on(&f, "2025-05-12", USA, CHN), .20);
    near(rate_on(&f, "2025-07-01", USA, CHN), .94);
    scenario_rig_close(&f);
}

static void test_starts_move(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    move(&f, "one.effective=2025-04-05");
    near(rate_on(&f, "2025-04-05", USA, CHN), .44);
    move(&f, "two=2025-05-01"); /* without a key: when it takes effect */
    near(rate_on(&f, "2025-04-30", USA, CHN), .44);
    near(rate_on(&f, "2025-05-01", USA, CHN), .94);
    near(rate_on(&f, "2025-05-14", USA, CHN), .20);
    scenario_rig_close(&f);
}

/* A date moved twice is one move, from what the file says. */
static void test_moves_are_listed(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    assert_int_equal(pl_scenario_moves(f.scenario), 0);
    move(&f, "us-truce.until=2025-11-10");
    move(&f, "bare.effective=2025-03-01");
    move(&f, "us-truce.until=never");
    move(&f, "dot.until=2025-04-02");
    assert_int_equal(pl_scenario_moves(f.scenario), 3);
    pl_moved_date first = pl_scenario_get_move(f.scenario, 0), second = pl_scenario_get_move(f.scenario, 1);
    assert_string_equal(first.measure, "us-truce");
    assert_string_equal(first.date, "until");
    assert_int_equal(first.from.month, 8);
    assert_int_equal(first.to.year, 0);
    assert_string_equal(second.date, "effective");
    assert_int_equal(second.from.year, 0);
    assert_int_equal(second.to.month, 3);
    assert_string_equal(pl_scenario_get_move(f.scenario, 2).date, "effective"); /* the id holds the dot */
    near(rate_on(&f, "2025-02-28", USA, FRA), .03); /* it had no dates, and has one now */
    near(rate_on(&f, "2025-03-01", USA, FRA), .08);
    scenario_rig_close(&f);
}

/* What is known of the end is known from the announcement on. */
static void test_known_from_announcement(void **state) {
    (void)state;
    scenario_rig f = need_text(steps);
    double rate[2];
    move(&f, "us-truce.until=2025-10-01");
    for (int k = 0; k < 2; k++) {
        pl_policy *policy = NULL;
        assert_int_equal(pl_scenario_policy_month(f.scenario, f.world, 0, day("2025-09-01"),
                                                  day(k ? "2025-05-12" : "2025-05-11"), &policy, NULL),
                         PL_OK);
        rate[k] = pl_policy_tariff(policy)[at(A01, USA, CHN)];
        pl_policy_free(policy);
    }
    near(rate[0], .94);
    near(rate[1], .20);
    scenario_rig_close(&f);
}

static void test_refused(void **state) {
    (void)state;
    const struct {
        const char *text, *part;
    } bad[] = {{"us-truse.until=2025-11-10", "did you mean 'us-truce'?"},
               {"us-truce.untill=2025-11-10", "did you mean 'until'?"},
               {"us-truce.until=2025-02-30", "month has 28 days"},
               {"us-truce.until=2025-05-14", "takes effect on 2025-05-14"},
               {"us-truce.until=2025-05-13", "dates 'law'"},
               {"us-truce.effective=2025-09-01", "end before it starts"},
               {"us-truce.effective=never", "only 'until' can be never"},
               {"us-truce.until", "moves no date"},
               {"=2025-05-14", "moves no date"},
               {"us-truce.effective=2025-04-01", "takes the place of measure 'two'"},
               {"two.effective=2025-06-01", "takes the place of measure 'two'"},
               {"nothing-*=2025-05-01", "is called 'nothing-*'"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        scenario_rig f = need_text(steps);
        pl_error error = {PL_OK, ""};
        if (pl_scenario_move(f.scenario, bad[k].text, &error) != PL_INVALID)
            fail_msg("'%s' was not refused", bad[k].text);
        if (!strstr(error.text, bad[k].part) || !strstr(error.text, bad[k].text))
            fail_msg("'%s' does not hold '%s'", error.text, bad[k].part);
        scenario_rig_close(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_end_moves),
                                       cmocka_unit_test(test_pattern),
                                       cmocka_unit_test(test_starts_move),
                                       cmocka_unit_test(test_moves_are_listed),
                                       cmocka_unit_test(test_known_from_announcement),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
