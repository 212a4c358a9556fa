/* Quantity controls of a scenario: which caps they become, who holds the rent, licences, products a world lacks, and what
 * is refused. */
#include "dated_world.h"

#include <math.h>

static void near(double a, double b) {
    if (!(fabs(a - b) < 1e-12))
        fail_msg("%.17g is not %.17g", a, b);
}

static pl_policy *policy_of(scenario_rig *f) {
    pl_error error = {PL_OK, ""};
    pl_policy *policy = NULL;
    if (pl_scenario_policy(f->scenario, f->world, 0, &policy, &error))
        fail_msg("%s", error.text);
    return policy;
}

/* One measure on one line, and its policy; both are freed by drop. */
static pl_policy *one(scenario_rig *f, const char *keys) {
    char text[2048];
    snprintf(text, sizeof text, "measures:\n  - {id: x, %s}\n", keys);
    *f = need_text(text);
    return policy_of(f);
}

static void drop(scenario_rig *f, pl_policy *policy) {
    pl_policy_free(policy);
    scenario_rig_close(f);
}

static const pl_cap *only_cap(const pl_policy *policy) {
    assert_int_equal(pl_policy_caps(policy), 1);
    return pl_policy_cap(policy, 0);
}

/* ---- kinds ---- */

static void test_quota(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *p = one(&f, "kind: quota, by: CHN, on: USA, sectors: [MAG], level: 40%");
    const pl_cap *cap = only_cap(p);
    assert_string_equal(cap->name, "x");
    assert_int_equal(cap->kind, PL_CAP_QUOTA);
    assert_int_equal(cap->count, 1);
    assert_int_equal(cap->flows[0], at(MAG, USA, CHN));
    near(cap->level, .4);
    near(cap->to_seller, 1);
    drop(&f, p);
    p = one(&f, "kind: import-quota, by: USA, on: [CHN, DEU], sectors: [C26], level: 0");
    cap = only_cap(p);
    assert_int_equal(cap->count, 2);
    assert_int_equal(cap->flows[1], at(C26, USA, DEU));
    near(cap->level, 0);
    near(cap->to_buyer, 1);
    near(cap->to_seller, 0);
    drop(&f, p);
    p = one(&f, "kind: ban, by: CHN, to: USA, sectors: [A01, MAG]");
    cap = only_cap(p);
    assert_int_equal(cap->count, 2);
    near(cap->level, 0);
    drop(&f, p);
}

/* Where a part of what is sold is banned, no buyer may have the part of another. */
static void test_part_banned(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *p = one(&f, "kind: ban, by: CHN, to: [USA, DEU], sectors: [C26], share: 0.4");
    assert_int_equal(pl_policy_caps(p), 2);
    for (size_t k = 0; k < 2; k++) {
        assert_int_equal(pl_policy_cap(p, k)->count, 1);
        near(pl_policy_cap(p, k)->level, 0.6);
    }
    drop(&f, p);
}

/* All buyers under one cap, or each under its own; a flow that is not traded is left out and counted. */
static void test_together_or_each(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *p = one(&f, "kind: quota, by: CHN, to: all, sectors: [MAG], level: 0.5");
    assert_int_equal(only_cap(p)->count, 2);
    assert_int_equal(only_cap(p)->skipped, 1);
    drop(&f, p);
    p = one(&f, "kind: quota, by: CHN, to: all, sectors: [MAG, C26], level: 0.5, each: true");
    assert_int_equal(pl_policy_caps(p), 5);
    assert_string_equal(pl_policy_cap(p, 0)->name, "x CHN->USA C26");
    assert_int_equal(pl_policy_cap(p, 0)->count, 1);
    drop(&f, p);
    p = one(&f,
            "kind: quota, by: [CHN, DEU], to: all, sectors: [MAG, C26], level: 0.5, each: [seller, sector]");
    assert_int_equal(pl_policy_caps(p), 4);
    assert_string_equal(pl_policy_cap(p, 1)->name, "x DEU-> C26");
    assert_int_equal(pl_policy_cap(p, 1)->count, 3);
    drop(&f, p);
}

static void test_prices_and_rates(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *p = one(&f, "kind: minimum-price, by: CHN, to: all, sectors: [MAG, C26], level: 120%");
    assert_int_equal(pl_policy_caps(p), 2); /* one for each sector of a seller */
    assert_int_equal(pl_policy_cap(p, 0)->kind, PL_CAP_MINIMUM_PRICE);
    near(pl_policy_cap(p, 0)->level, 1.2);
    drop(&f, p);
    p = one(&f, "kind: tariff-rate-quota, by: USA, on: CHN, sectors: [C26], level: 0.8, beyond: 50%");
    const pl_cap *cap = only_cap(p);
    assert_int_equal(cap->kind, PL_CAP_TARIFF_RATE_QUOTA);
    near(cap->level, .8);
    near(cap->out_of_quota, .5);
    near(cap->to_buyer, 1);
    drop(&f, p);
    refuse_on("measures: [{id: x, kind: tariff-rate-quota, by: USA, on: all, sectors: [C26], level: 0.8, "
              "beyond: 50%}]\n",
              NULL, "the duty inside the quota differs between its flows; write 'each: true'");
    refuse_on("measures: [{id: x, kind: tariff-rate-quota, by: USA, on: CHN, sectors: [C26], level: 0.8, "
              "beyond: 5%}]\n",
              NULL, "the duty beyond the quota is below the one inside it");
    p = one(&f,
            "kind: tariff-rate-quota, by: USA, on: all, sectors: [C26], level: 0.8, beyond: 50%, each: true");
    assert_int_equal(pl_policy_caps(p), 3);
    drop(&f, p);
}

static void test_rent(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *p =
        one(&f, "kind: quota, by: CHN, on: USA, sectors: [MAG], level: 0.4, "
                "rent: {seller: 0.2, buyer: 30%, third: {country: DEU, share: 0.1}, wasted: {country: FRA}}");
    const pl_cap *cap = only_cap(p);
    near(cap->to_seller, .2);
    near(cap->to_buyer, .3);
    near(cap->to_third, .1);
    near(cap->wasted, .4);
    assert_int_equal(cap->third, DEU);
    assert_int_equal(cap->waste_country, FRA);
    drop(&f, p);
    p = one(&f, "kind: quota, by: CHN, on: USA, sectors: [MAG], level: 0.4, rent: {wasted: CHN}");
    near(only_cap(p)->wasted, 1);
    assert_int_equal(only_cap(p)->waste_country, CHN);
    drop(&f, p);
    p = one(&f, "kind: quota, by: CHN, on: USA, sectors: [MAG], level: 0.4, rent: buyer");
    near(only_cap(p)->to_buyer, 1);
    drop(&f, p);
}

/* The part of a flow that is not covered stays free; sectors with different parts count by value. */
static void test_share(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *p = one(&f, "kind: quota, by: CHN, on: USA, sectors: [MAG], level: 0.4, share: 0.5");
    near(only_cap(p)->level, .7);
    drop(&f, p);
    p = one(&f, "kind: quota, by: CHN, on: USA, sectors: [C26, chips], fallback: {chips: {sector: A01, "
                "share: 0.5}}, level: 0.4");
    near(only_cap(p)->level, (9 * .4 + 3 * .7) / 12);
    drop(&f, p);
}

/* ---- products a world lacks ---- */

static void test_fallback(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *p =
        one(&f, "kind: ban, by: CHN, on: USA, sectors: [LENS], fallback: {sector: C26, share: 0.02}");
    near(only_cap(p)->level, .98);
    assert_int_equal(only_cap(p)->flows[0], at(C26, USA, CHN));
    drop(&f, p);
    /* The world's own product goes before. */
    p = one(&f, "kind: ban, by: CHN, on: USA, sectors: [MAG], fallback: {sector: C26, share: 0.02}");
    near(only_cap(p)->level, 0);
    assert_int_equal(only_cap(p)->flows[0], at(MAG, USA, CHN));
    drop(&f, p);
    f = need_text("products: {CHIP: {within: C26, share: 0.3, title: chips}}\n"
                  "measures:\n"
                  "  - {kind: tariff, by: USA, on: CHN, sectors: [CHIP], rate: 10%, basis: add}\n"
                  "  - {kind: tariff, by: DEU, on: CHN, sectors: [C26, CHIP], rate: 10%, basis: add}\n"
                  "  - {kind: tariff, by: FRA, on: CHN, sectors: goods, except_sectors: [CHIP], rate: 10%, "
                  "basis: add}\n");
    p = policy_of(&f);
    near(pl_policy_tariff(p)[at(C26, USA, CHN)], .11 + .03);
    near(pl_policy_tariff(p)[at(C26, DEU, CHN)], .08 + .10); /* a sector and a product of it are the sector */
    near(pl_policy_tariff(p)[at(C26, FRA, CHN)], .08 + .10); /* what is not told apart cannot be left out */
    drop(&f, p);
    refuse_on("measures: [{id: x, kind: licence, by: CHN, on: all, sectors: [LENS], approval: 0.5}]\n", NULL,
              "unknown sector 'LENS'");
    refuse_on("products: {LENS: {within: C62, share: 0.1}}\nmeasures: [{id: x, kind: ban, by: CHN, on: all, "
              "sectors: [LENS]}]\n",
              NULL, "unknown sector 'C62' (did you mean 'C26'?)");
    refuse_on("products: {LENS: {within: C26, share: 0}}\nmeasures: []\n", NULL,
              "is not above 0 and at most 1");
}

/* ---- licences ---- */

static const char licence[] = "measures:\n"
                              "  - id: lic\n"
                              "    kind: licence\n"
                              "    by: CHN\n"
                              "    to: all\n"
                              "    sectors: [MAG, C26]\n"
                              "    share: 0.5\n"
                              "    approval: 25%\n"
                              "    lag: 2\n"
                              "    validity: 6\n"
                              "    green: {to: [USA], from: 2025-06-06, share: 0.4}\n"
                              "    rent: {seller: 0.6, wasted: {country: CHN}}\n"
                              "    effective: 2025-04-04\n";

static void test_licence_static(void **state) {
    (void)state;
    scenario_rig f = need_text(licence);
    pl_policy *p = policy_on(&f, "2025-04-03");
    assert_int_equal(pl_policy_caps(p), 0);
    pl_policy_free(p);
    p = policy_on(&f, "2025-06-05");
    assert_int_equal(pl_policy_caps(p), 5); /* each flow its own; FRA buys no magnets from CHN */
    for (size_t k = 0; k < 5; k++)
        near(pl_policy_cap(p, k)->level, .5 + .5 * .25);
    pl_policy_free(p);
    p = policy_on(&f, "2025-06-06");
    near(pl_policy_cap(p, 0)->level, .5 + .5 * (.4 + .6 * .25)); /* USA */
    near(pl_policy_cap(p, 1)->level, .5 + .5 * .25);
    near(pl_policy_cap(p, 1)->wasted, .4);
    pl_policy_free(p);
    scenario_rig_close(&f);
}

static void test_licence_regime(void **state) {
    (void)state;
    scenario_rig f = need_text(licence);
    pl_licence *l = NULL;
    size_t count = 0;
    assert_int_equal(pl_scenario_licences(f.scenario, f.world, 0, &l, &count, NULL), PL_OK);
    assert_int_equal(count, 1);
    assert_string_equal(l->name, "lic");
    assert_int_equal(l->count, 5);
    for (size_t k = 0; k < 5; k++) {
        size_t n = l->flows[k] / N % N;
        assert_int_equal(l->flows[k] % N, CHN);
        assert_int_equal(l->green[k], n == USA);
        near(l->part[k], .5);
    }
    near(l->approval, .25);
    near(l->lag, 2);
    near(l->validity, 6);
    near(l->green_share, .4);
    near(l->to_seller, .6);
    near(l->wasted, .4);
    assert_int_equal(l->waste_country, CHN);
    assert_int_equal(pl_date_day(l->from), pl_date_day(day("2025-04-04")));
    assert_int_equal(l->until.year, 9999);
    assert_int_equal(l->green_from.month, 6);
    pl_licences_free(l, count);
    scenario_rig_close(&f);
    f = need_text(
        "options: {o: false}\nmeasures:\n"
        "  - {kind: licence, by: CHN, to: USA, sectors: [MAG], approval: 0.5}\n"
        "  - {kind: licence, by: CHN, to: USA, sectors: [C26], approval: 0.5, when: o}\n"
        "  - {kind: licence, by: DEU, to: USA, sectors: [C26], approval: 0.5, announced: 2025-01-01}\n");
    assert_int_equal(pl_scenario_licences(f.scenario, f.world, 0, &l, &count, NULL), PL_OK);
    assert_int_equal(count, 1); /* neither what is switched off nor what is only announced */
    assert_int_equal(l->from.year, 0);
    assert_int_equal(l->green_from.year, 0);
    pl_licences_free(l, count);
    scenario_rig_close(&f);
}

/* ---- stacking ---- */

static void test_stacking(void **state) {
    (void)state;
    scenario_rig f =
        need_text("measures:\n"
                  "  - {id: a, kind: quota, by: CHN, to: all, sectors: [MAG], level: 0.5, each: "
                  "true, effective: 2025-04-04}\n"
                  "  - {id: b, kind: ban, by: CHN, to: USA, sectors: [MAG], stacks: {replaces: [a]}, "
                  "effective: 2025-05-01}\n"
                  "  - {id: c, kind: quota, by: CHN, to: DEU, sectors: [MAG], stacks: {exempt: [a]}, "
                  "effective: 2025-06-01}\n"
                  "  - {id: d, kind: quota, by: CHN, to: USA, sectors: [MAG], level: 0.9, stacks: "
                  "adds, effective: 2025-04-05}\n");
    const struct {
        const char *day;
        size_t caps;
    } row[] = {{"2025-04-04", 2}, {"2025-04-05", 3}, {"2025-05-01", 3}, {"2025-06-01", 2}};
    for (size_t k = 0; k < 4; k++) {
        pl_policy *p = policy_on(&f, row[k].day);
        assert_int_equal(pl_policy_caps(p), row[k].caps);
        pl_policy_free(p);
    }
    scenario_rig_close(&f);
}

/* ---- bad input ---- */

static void refuse(const char *keys, const char *part) {
    char text[1024];
    snprintf(text, sizeof text, "measures:\n  - {id: x, by: CHN, on: USA, sectors: [MAG], %s}\n", keys);
    refuse_on(text, NULL, part);
}

static void test_refused(void **state) {
    (void)state;
    refuse("kind: quota, level: -0.1", "level of measure 'x': -0.1 is below zero; 0 is a ban");
    refuse("kind: quota, level: nan", "is not a number");
    refuse("kind: quota, level: 40", "did you mean 40%?");
    refuse("kind: quota", "key 'level' is missing");
    refuse("kind: minimum-price, level: 0", "it must be above 0");
    refuse("kind: minimum-price, level: -1", "a price is a share of today's");
    refuse("kind: ban, level: 0.5", "key 'level' does not go with kind: ban");
    refuse("kind: quota, level: 0.5, rate: 10%", "key 'rate' does not go with kind: quota");
    refuse("kind: tariff-rate-quota, level: 0.5", "key 'beyond' is missing");
    refuse("kind: quota, level: 0.5, rent: {seller: 0.5, buyer: 0.4}",
           "rent of measure 'x': the shares add up to 0.9");
    refuse("kind: quota, level: 0.5, rent: {seller: 0.7, buyer: 0.7}", "the shares add up to 1.4");
    refuse("kind: quota, level: 0.5, rent: {seller: 1.5, buyer: -0.5}", "outside 0 to 1");
    refuse("kind: quota, level: 0.5, rent: {third: {country: DEU}, wasted: {country: CHN}}",
           "give a share of the third country");
    refuse("kind: quota, level: 0.5, rent: {third: {country: XXX}}", "rent of measure 'x'");
    refuse("kind: quota, level: 0.5, rent: {selers: 1}", "did you mean 'seller'?");
    refuse("kind: quota, level: 0.5, each: [month]", "none of seller, buyer, sector");
    refuse("kind: licence, approval: 1.2", "approval of measure 'x': 1.2 is outside 0 to 1");
    refuse("kind: licence, approval: -5%", "outside 0 to 1");
    refuse("kind: licence", "key 'approval' is missing");
    refuse("kind: licence, approval: 0.5, lag: -1", "outside 0 to 1200");
    refuse("kind: licence, approval: 0.5, validity: 0", "more than 0 months");
    refuse("kind: licence, approval: 0.5, green: {to: [UAS], from: 2025-06-06}",
           "green channel of measure 'x': unknown country or group 'UAS' (did you mean 'USA'?)");
    refuse("kind: licence, approval: 0.5, green: {to: USA, share: 2}", "outside 0 to 1");
    refuse("kind: licence, approval: 0.5, green: {to: USA, from: 2025-06-31}", "does not exist");
    refuse("kind: quota, level: 0.5, to: DEU", "needs 'on' (or 'to')");
    refuse("kind: quota, level: 0.5, stacks: {capped: 10%, with: [y]}", "'capped' is for duties");
    refuse("kind: quota, share: 0.5, stacks: {exempt: [x]}", "exempt from a quantity control as a whole");
    refuse_on("measures: [{id: x, kind: ban, by: CHN, on: FRA, sectors: [MAG]}]\n", NULL,
              "measure 'x': none of the flows it covers is traded in the base year");
    refuse_on("measures: [{id: x, kind: licence, by: CHN, on: FRA, sectors: [MAG], approval: 0.5}]\n", NULL,
              "none of the flows it covers is traded");
}

/* A buyer that makes none of it and may buy from nobody. */
static void test_infeasible(void **state) {
    (void)state;
    static const char text[] =
        "world:\n"
        "  countries: [AAA, BBB, CCC]\n"
        "  sectors: [one, two]\n"
        "  goods: [one, two]\n"
        "  flow: {one: [[0,6,5],[8,30,2],[7,4,20]], two: [[30,1,2],[3,10,1],[4,1,20]]}\n"
        "  theta: {one: 4, two: 4}\n"
        "measures: [{id: siege, kind: ban, by: [BBB, CCC], to: AAA, sectors: [one]}]\n";
    scenario_rig r = scenario_rig_open(text);
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_run_new(r.scenario, r.world, NULL, &r.run, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "AAA, sector one: the measures remove every seller"));
    assert_null(r.run);
    scenario_rig_close(&r);
}

/* ---- words ---- */

static void test_words(void **state) {
    (void)state;
    const struct {
        const char *keys, *text;
    } row[] = {
        {"kind: quota, by: CHN, on: USA, sectors: [MAG], level: 40%",
         "CHN: exports of MAG to USA together at most 40% of today's; rent to sellers"},
        {"kind: ban, by: CHN, on: USA, sectors: [MAG]", "CHN: no export of MAG to USA"},
        {"kind: import-quota, by: USA, on: CHN, sectors: [MAG], level: 0.4, rent: {seller: 0.5, wasted: "
         "{country: USA}}",
         "USA: imports of MAG from CHN together at most 40% of today's; rent to sellers (50%), waste in USA "
         "(50%)"},
        {"kind: minimum-price, by: CHN, on: USA, sectors: [MAG], level: 1.2",
         "CHN: export price of MAG to USA at least 120% of today's; rent to sellers"},
        {"kind: tariff-rate-quota, by: USA, on: CHN, sectors: [MAG], level: 0.8, beyond: 50%, each: true",
         "USA: duty of 50% on MAG from CHN beyond 80% of today's quantity; rent to buyers"},
        {"kind: licence, by: CHN, on: USA, sectors: [MAG], approval: 0.25, green: {to: USA, share: 0.5}",
         "CHN: exports of MAG to USA need a licence, 25% approved, a green channel for USA; rent to sellers"},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        scenario_rig f;
        pl_policy *p = one(&f, row[k].keys);
        assert_string_equal(pl_scenario_measure_text(f.scenario, 0, 0), row[k].text);
        drop(&f, p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quota),
        cmocka_unit_test(test_part_banned),
        cmocka_unit_test(test_together_or_each),
        cmocka_unit_test(test_prices_and_rates),
        cmocka_unit_test(test_rent),
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_fallback),
        cmocka_unit_test(test_licence_static),
        cmocka_unit_test(test_licence_regime),
        cmocka_unit_test(test_stacking),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_infeasible),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
