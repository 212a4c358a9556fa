/* Questions: each option's mistakes, lines on top of a scenario, and branches that give the same policy as a scenario. */
#include "asked.h"

static pl_status ask(const pl_asked *asked, size_t count, pl_scenario **scenario, pl_error *error) {
    pl_question *q = NULL;
    *scenario = NULL;
    pl_status status = pl_question_new(asked, count, &q, error);
    if (!status)
        status = pl_question_scenario(q, scenario, error);
    pl_question_free(q);
    return status;
}

/* Everything up to the view and the policies of all variants. */
static pl_status ask_whole(const pl_asked *asked, size_t count, pl_error *error) {
    pl_question *q = NULL;
    pl_scenario *scenario = NULL;
    pl_world *world = NULL;
    pl_view view = {0};
    pl_status status = pl_question_new(asked, count, &q, error);
    if (!status)
        status = pl_question_scenario(q, &scenario, error);
    if (!status)
        status = pl_scenario_load_world(scenario, NULL, &world, error);
    if (!status)
        status = pl_question_view(q, world, &view, error);
    for (size_t v = 0; !status && v < pl_scenario_variants(scenario); v++) {
        pl_policy *policy = NULL;
        status = pl_scenario_policy(scenario, world, v, &policy, error);
        pl_policy_free(policy);
    }
    pl_view_clear(&view);
    pl_world_free(world);
    pl_scenario_free(scenario);
    pl_question_free(q);
    return status;
}

static void test_bad_options(void **state) {
    static const struct {
        const char *name, *value, *part;
    } bad[] = {
        {"tarif", "USA<-CHN=10%", "unknown option 'tarif' (did you mean 'tariff'?)"},
        {"sigma-input", "1", "unknown option 'sigma-input' (did you mean 'sigma_inputs'?)"},
        {NULL, "1", "an option without a name"},
        {"scenario", "nowhere.yaml", "nowhere.yaml"},
        {"world", "nowhere", "unknown world 'nowhere'"},
        {"tariff", "USA=10%", "there is no arrow"},
        {"export-tax", "CHN<-USA=1%", "the arrow the other way"},
        {"iceberg", "USA<-CHN=-100%", "cannot fall to nothing"},
        {"option", "exempt=maybe", "'maybe' is neither on nor off"},
        {"option", "exemt", "did you mean 'exempt'?"},
        {"variant", "wur", "did you mean 'war'?"},
        {"on", "2025-02-30", "--on: the date 2025-02-30 does not exist"},
        {"dates", "nobody", "no measure of scenario 'asked' has dates by 'nobody'"},
        {"move", "uss=2025-05-01", "did you mean 'us'?"},
        {"variables", "real_incom", "did you mean 'real_income'?"},
        {"variables", "wage,,", "unknown variable ''"},
        {"country", "USB", "--country: unknown country 'USB' (did you mean 'USA'?)"},
        {"certificate", "perhaps", "'perhaps' is neither yes nor no"},
        {"rows", "0", "'0' is not a whole number from 1 to 10000"},
        {"pair", "USA<-CHN", "--pair and --csv go with --timeline"},
        {"csv", "", "--pair and --csv go with --timeline"},
        {"timeline", "1", "--timeline takes no value; it was given '1'"},
        {"kappa", "0.5", "setting kappa: 0.5 is outside 1 to inf"},
        {"threads", "257", "setting threads: 257 is outside 0 to 256"},
        {"closure", "none", "'none' is not one of fixed, gdp, balanced"},
    };
    (void)state;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        pl_error error = {PL_OK, ""};
        const pl_asked asked[] = {{"scenario", asked_path}, {bad[k].name, bad[k].value}};
        pl_status status = ask_whole(asked, 2, &error);
        if ((status != PL_INVALID && status != PL_IO) || !strstr(error.text, bad[k].part))
            fail_msg("%s=%s: status %d, %s", bad[k].name, bad[k].value, (int)status, error.text);
    }
}

static void test_no_question(void **state) {
    pl_error error = {PL_OK, ""};
    pl_question *q = NULL;
    const pl_asked asked[] = {{"kappa", "2"}};
    (void)state;
    assert_int_equal(pl_question_new(asked, 1, &q, &error), PL_INVALID);
    assert_null(q);
    assert_non_null(strstr(error.text, "what is the question?"));
    assert_int_equal(pl_question_new(NULL, 0, &q, NULL), PL_INVALID);
}

/* The policy of the variant `war` with lines on top. */
static pl_policy *policy_of(const pl_asked *lines, size_t count, pl_world **world) {
    pl_asked asked[8] = {{"scenario", asked_path}, {"variant", "war"}};
    pl_scenario *scenario = NULL;
    pl_policy *policy = NULL;
    pl_error error = {PL_OK, ""};
    memcpy(asked + 2, lines, count * sizeof *lines);
    if (ask(asked, 2 + count, &scenario, &error) || pl_scenario_load_world(scenario, NULL, world, &error) ||
        pl_scenario_policy(scenario, *world, 0, &policy, &error))
        fail_msg("%s", error.text);
    pl_scenario_free(scenario);
    return policy;
}

static void check_duty(const char *line, double farm, double chips) {
    pl_world *world = NULL;
    const pl_asked lines[] = {{"tariff", line}};
    pl_policy *policy = policy_of(lines, line ? 1 : 0, &world);
    const double *duty = pl_policy_tariff(policy);
    check_near(duty[1], farm, 1e-15); /* USA on CHN: sector 0, then sector 1 */
    check_near(duty[9 + 1], chips, 1e-15);
    check_near(duty[18 + 1], 0, 0);
    pl_policy_free(policy);
    pl_world_free(world);
}

/* A line comes after measures with dates, which come after those without. */
static void test_lines_on_top(void **state) {
    (void)state;
    check_duty(NULL, 0.33, 0.31);
    check_duty("USA<-CHN=60%", 0.60, 0.60);
    check_duty("USA<-CHN:C26=60%", 0.33, 0.60);
    check_duty("USA<-CHN+=10%", 0.43, 0.41);
    check_duty("USA<-CHN*=0.5", 0.165, 0.155);
}

static void test_several_lines(void **state) {
    pl_world *world = NULL;
    const pl_asked lines[] = {{"tariff", "USA<-CHN=60%"},
                              {"tariff", "USA<-CHN:A01+=5%"},
                              {"export-tax", "CHN->USA=7%"},
                              {"iceberg", "USA<-CHN=9%"}};
    pl_policy *policy = policy_of(lines, 4, &world);
    (void)state;
    check_near(pl_policy_tariff(policy)[1], 0.65, 1e-15);
    check_near(pl_policy_tariff(policy)[10], 0.60, 1e-15);
    check_near(pl_policy_export_tax(policy)[10], 0.07, 1e-15);
    check_near(pl_policy_iceberg(policy)[10], 1.09, 1e-15);
    assert_int_equal(pl_policy_caps(policy), 1);
    pl_policy_free(policy);
    pl_world_free(world);
    pl_error error = {PL_OK, ""};
    const pl_asked twice[] = {
        {"scenario", asked_path}, {"tariff", "USA<-CHN=60%"}, {"tariff", "USA<-CHN=50%"}};
    assert_int_equal(ask_whole(twice, 3, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "contradictory measures: --tariff 'USA<-CHN=50%'"));
}

/* ---- branches ---- */

static void check_same(const pl_policy *a, const pl_policy *b) {
    size_t bytes = a->J * a->N * a->N * sizeof(double);
    assert_memory_equal(a->tariff, b->tariff, bytes);
    assert_int_equal(!a->export_tax, !b->export_tax);
    assert_int_equal(!a->iceberg, !b->iceberg);
    if (a->export_tax)
        assert_memory_equal(a->export_tax, b->export_tax, bytes);
    if (a->iceberg)
        assert_memory_equal(a->iceberg, b->iceberg, bytes);
    assert_int_equal(a->caps, b->caps);
    for (size_t k = 0; k < a->caps; k++) {
        assert_string_equal(a->cap[k].name, b->cap[k].name);
        assert_int_equal(a->cap[k].count, b->cap[k].count);
        assert_memory_equal(a->cap[k].flows, b->cap[k].flows, a->cap[k].count * sizeof(size_t));
        check_near(a->cap[k].level, b->cap[k].level, 0);
        check_near(a->cap[k].out_of_quota, b->cap[k].out_of_quota, 0);
        check_near(a->cap[k].to_seller, b->cap[k].to_seller, 0);
    }
}

static void test_branch(void **state) {
    static const char *const lines[] = {"USA<-CHN=60%", "USA<-*+=3%", "DEU<-USA:A01*=0.25"};
    pl_error error = {PL_OK, ""};
    pl_question *q = NULL;
    pl_scenario *trunk = NULL, *branch = NULL, *whole = NULL;
    pl_world *world = NULL;
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        const pl_asked asked[] = {{"scenario", asked_path},
                                  {"option", "exempt"},
                                  {"tariff", lines[k]},
                                  {"export-tax", "DEU->CHN:A01+=2%"},
                                  {"iceberg", "CHN<-DEU=5%"}};
        assert_int_equal(pl_question_new(asked, 5, &q, &error), PL_OK);
        assert_int_equal(pl_question_trunk(q, &trunk, &error), PL_OK);
        assert_int_equal(pl_question_scenario(q, &whole, &error), PL_OK);
        assert_int_equal(pl_scenario_load_world(trunk, NULL, &world, &error), PL_OK);
        assert_int_equal(pl_scenario_branch(trunk, &branch, &error), PL_OK);
        assert_int_equal(pl_question_add(q, branch, &error), PL_OK);
        for (size_t v = 0; v < 2; v++) {
            pl_policy *base = NULL, *quick = NULL, *plain = NULL;
            assert_int_equal(pl_scenario_policy(trunk, world, v, &base, &error), PL_OK);
            assert_int_equal(pl_branch_policy(branch, world, v, base, &quick, &error), PL_OK);
            assert_int_equal(pl_scenario_policy(whole, world, v, &plain, &error), PL_OK);
            check_same(quick, plain);
            pl_policy_free(base);
            pl_policy_free(quick);
            pl_policy_free(plain);
        }
        assert_int_equal(pl_scenario_measures(branch, 0), pl_scenario_measures(whole, 0));
        pl_scenario_free(branch);
        pl_scenario_free(trunk);
        pl_scenario_free(whole);
        pl_world_free(world);
        pl_question_free(q);
    }
}

/* A duty above the one beyond a quota is refused by a branch as by a scenario. */
static void test_branch_checks_quotas(void **state) {
    const pl_asked asked[] = {{"scenario", asked_path}, {"tariff", "USA<-DEU=50%"}};
    pl_error error = {PL_OK, ""};
    pl_question *q = NULL;
    pl_scenario *trunk = NULL, *branch = NULL;
    pl_world *world = NULL;
    pl_policy *base = NULL, *quick = NULL;
    (void)state;
    assert_int_equal(pl_question_new(asked, 2, &q, &error), PL_OK);
    assert_int_equal(pl_question_trunk(q, &trunk, &error), PL_OK);
    assert_int_equal(pl_scenario_load_world(trunk, NULL, &world, &error), PL_OK);
    assert_int_equal(pl_scenario_branch(trunk, &branch, &error), PL_OK);
    assert_int_equal(pl_question_add(q, branch, &error), PL_OK);
    assert_int_equal(pl_scenario_policy(trunk, world, 1, &base, &error), PL_OK);
    assert_int_equal(pl_branch_policy(branch, world, 1, base, &quick, &error), PL_INVALID);
    assert_null(quick);
    assert_non_null(strstr(error.text, "the duty beyond the quota is below the one inside it"));
    pl_policy_free(base);
    pl_scenario_free(branch);
    pl_scenario_free(trunk);
    pl_world_free(world);
    pl_question_free(q);
}

/* ---- words ---- */

static void test_command(void **state) {
    const pl_asked asked[] = {{"scenario", "a b.yaml"}, {"world", "w.nc"},  {"tariff", "USA<-CHN=1%"},
                              {"sigma-inputs", "0.5"},  {"threads", "4"},   {"rows", "7"},
                              {"variables", "wage"},    {"country", "USA"}, {"certificate", "no"},
                              {"option", "it's=on"}};
    pl_error error = {PL_OK, ""};
    pl_question *q = NULL;
    (void)state;
    assert_int_equal(pl_question_new(asked, 10, &q, &error), PL_OK);
    assert_string_equal(pl_question_command(q),
                        "parley run 'a b.yaml' --tariff 'USA<-CHN=1%' --sigma_inputs 0.5 "
                        "--country USA --option 'it'\\''s=on' --world w.nc");
    pl_question_facts facts = pl_question_get(q);
    assert_int_equal(facts.rows, 7);
    assert_int_equal(facts.scenarios, 1);
    assert_false(facts.certificate);
    assert_true(facts.certificate_said);
    pl_question_free(q);
}

static char *key_of(const char *name, const char *value) {
    const pl_asked asked[] = {{"tariff", "USA<-CHN=1%"}, {name, value}};
    pl_question *q = NULL;
    assert_int_equal(pl_question_new(asked, 2, &q, NULL), PL_OK);
    char *key = strdup(pl_question_key(q));
    pl_question_free(q);
    return key;
}

/* Questions have one trunk when they differ only in lines and in what is shown. */
static void test_key(void **state) {
    static const struct {
        const char *name, *value;
        bool same;
    } with[] = {{"tariff", "CHN<-USA=2%", true}, {"variables", "wage", true}, {"threads", "2", true},
                {"certificate", "no", true},     {"kappa", "2", false},       {"on", "2025-01-01", false},
                {"world", "x", false},           {"option", "a", false}};
    char *plain = key_of("rows", "3");
    (void)state;
    for (size_t k = 0; k < sizeof with / sizeof *with; k++) {
        char *key = key_of(with[k].name, with[k].value);
        if (!strcmp(key, plain) != with[k].same)
            fail_msg("%s: the key is '%s'", with[k].name, key);
        free(key);
    }
    free(plain);
}

static void test_view(void **state) {
    const pl_asked asked[] = {{"scenario", asked_path}, {"variables", "wage,real_income,wage"},
                              {"variables", "income"},  {"country", "DEU"},
                              {"country", "USA"},       {"country", "DEU"}};
    pl_error error = {PL_OK, ""};
    pl_question *q = NULL;
    pl_scenario *scenario = NULL;
    pl_world *world = NULL;
    pl_view view;
    (void)state;
    assert_int_equal(pl_question_new(asked, 6, &q, &error), PL_OK);
    assert_int_equal(pl_question_scenario(q, &scenario, &error), PL_OK);
    assert_int_equal(pl_scenario_load_world(scenario, NULL, &world, &error), PL_OK);
    assert_int_equal(pl_question_view(q, world, &view, &error), PL_OK);
    assert_int_equal(view.variables, 3);
    assert_int_equal(view.variable[0], PL_VAR_wage);
    assert_int_equal(view.variable[2], PL_VAR_income);
    assert_int_equal(view.countries, 2);
    assert_int_equal(view.country[0], 2);
    pl_view_clear(&view);
    pl_world_free(world);
    pl_scenario_free(scenario);
    pl_question_free(q);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_options),  cmocka_unit_test(test_no_question),
        cmocka_unit_test(test_lines_on_top), cmocka_unit_test(test_several_lines),
        cmocka_unit_test(test_branch),       cmocka_unit_test(test_branch_checks_quotas),
        cmocka_unit_test(test_command),      cmocka_unit_test(test_key),
        cmocka_unit_test(test_view)};
    return cmocka_run_group_tests(tests, asked_open, asked_close);
}
