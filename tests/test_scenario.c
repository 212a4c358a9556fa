/* The form of a scenario: what is read, what is refused with its line, picking variants and comparing
 * scenarios. */
#include "policy/policy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define WORLD                                                                                                \
    "world: {countries: [A, B], sectors: [x, y], theta: {x: 4, y: 4},"                                       \
    " flow: {x: [[5, 1], [1, 5]], y: [[5, 1], [1, 5]]}}\n"

static pl_status read_text(const char *text, pl_yaml **doc, pl_scenario **scenario, pl_error *error) {
    *scenario = NULL;
    pl_status status = pl_yaml_parse(text, strlen(text), "case.yaml", doc, error);
    return status ? status : pl_scenario_from_node((*doc)->root, "case", scenario, error);
}

static void refuse(const char *text, const char *part) {
    pl_yaml *doc = NULL;
    pl_scenario *scenario = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(read_text(text, &doc, &scenario, &error), PL_INVALID);
    assert_null(scenario);
    if (!strstr(error.text, part))
        fail_msg("'%s' does not hold '%s'", error.text, part);
    pl_yaml_free(doc);
}

static void test_form(void **state) {
    (void)state;
    static const char text[] = "parley: 1\n"
                               "name: first-try\n"
                               "title: A first try\n"
                               "source: nowhere\n"
                               "world: some-world\n"
                               "settings: {closure: gdp, kappa: 1.5, elasticities: FGO, max_iterations: 7}\n"
                               "options: {late: {title: Later, default: yes}, early: no}\n"
                               "variants: {one: {title: The first}, two: {}}\n";
    pl_yaml *doc = NULL;
    pl_scenario *s = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(read_text(text, &doc, &s, &error), PL_OK);
    assert_string_equal(pl_scenario_name(s), "first-try");
    assert_string_equal(pl_scenario_title(s), "A first try");
    assert_string_equal(pl_scenario_source(s), "nowhere");
    assert_string_equal(pl_scenario_world(s), "some-world");
    const pl_settings *settings = pl_scenario_settings(s);
    assert_true(settings->closure == PL_GDP && settings->kappa == 1.5 && settings->max_iterations == 7);
    assert_string_equal(settings->elasticities, "FGO");
    assert_int_equal(pl_scenario_variants(s), 2);
    assert_string_equal(pl_scenario_variant_name(s, 1), "two");
    assert_string_equal(pl_scenario_variant_title(s, 0), "The first");
    assert_string_equal(pl_scenario_variant_title(s, 1), "two");
    assert_int_equal(pl_scenario_options(s), 2);
    assert_string_equal(pl_scenario_option_name(s, 1), "early");
    assert_string_equal(pl_scenario_option_title(s, 0), "Later");
    assert_true(pl_scenario_option_on(s, 0) && !pl_scenario_option_on(s, 1));
    pl_scenario_free(s);
    pl_yaml_free(doc);
    assert_int_equal(read_text("title: Only a title\n", &doc, &s, &error), PL_OK);
    assert_string_equal(pl_scenario_name(s), "case");
    assert_string_equal(pl_scenario_variant_name(s, 0), "case");
    assert_string_equal(pl_scenario_variant_title(s, 0), "Only a title");
    assert_string_equal(pl_scenario_world(s), "");
    pl_scenario_free(s);
    pl_yaml_free(doc);
}

static void test_refused(void **state) {
    (void)state;
    refuse("parley: 2\n", "case.yaml:1: format 2 is not known; this program reads format 1");
    refuse("parley: 1\nvariant: {}\n",
           "case.yaml:2: unknown key 'variant' in a scenario (did you mean 'variants'?)");
    refuse("- 1\n", "a scenario must be a mapping (key: value), but it is a list");
    refuse("name: a/b\n", "case.yaml:1: name 'a/b' may hold only letters");
    refuse("name: ../up\n", "name '../up' may hold only letters");
    refuse("settings: {kapa: 2}\n", "case.yaml:1: unknown setting 'kapa' (did you mean 'kappa'?)");
    refuse("settings:\n  kappa: 0.5\n", "case.yaml:2: setting kappa: 0.5 is outside 1 to inf");
    refuse("settings:\n  kappa: .nan\n", "case.yaml:2: setting kappa: '.nan' is not a number");
    refuse("settings:\n  closure: fixd\n", "did you mean 'fixed'?");
    refuse("settings: [1]\n", "'settings' must be a mapping");
    refuse("sectors: {x: {teta: 2}}\n", "unknown key 'teta' in sector 'x' (did you mean 'theta'?)");
    refuse("sectors:\n  x: {theta: 0}\n", "case.yaml:2: theta of sector 'x': 0 is not above 0");
    refuse("sectors:\n  x: {theta: -3}\n", "theta of sector 'x': -3 is not above 0");
    refuse("sectors:\n  x: {theta: nan}\n", "'nan' is not a finite number");
    refuse("sectors:\n  x: {sigma_inputs: -1}\n", "-1 is outside 0 to 100");
    refuse("options: {a b: on}\n", "option 'a b' may hold only letters");
    refuse("options: {a: perhaps}\n", "'perhaps' is neither true nor false");
    refuse("options: {a: {defualt: on}}\n", "did you mean 'default'?");
    refuse("groups: {a: {member: [B]}}\n", "did you mean 'members'?");
    refuse("groups: {a: []}\n", "a group must be a name or a list of names");
    refuse("measures: {kind: tariff}\n", "'measures' must be a list");
    refuse("measures: [tariff]\n", "a measure must be a mapping (key: value), but it is a single value");
    refuse("variants: {}\n", "'variants' is empty");
    refuse("variants: {a: {measure: []}}\n", "did you mean 'measures'?");
    refuse("variants: [a]\n", "'variants' must be a mapping");
    refuse("world: [a]\n", "world must be a text");
}

static void test_sector_values(void **state) {
    (void)state;
    pl_yaml *doc = NULL;
    pl_scenario *s = NULL;
    pl_world *world = NULL;
    pl_model *model = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(
        read_text(WORLD "sectors: {all: {theta: 6}, y: {theta: 2.5, sigma_inputs: 0.5}}\n", &doc, &s, &error),
        PL_OK);
    assert_int_equal(pl_scenario_load_world(s, NULL, &world, &error), PL_OK);
    assert_int_equal(pl_scenario_model(s, world, &model, &error), PL_OK);
    assert_true(pl_model_theta(model)[0] == 6 && pl_model_theta(model)[1] == 2.5);
    pl_model_free(model);
    pl_scenario_free(s);
    pl_yaml_free(doc);
    assert_int_equal(read_text(WORLD "sectors: {z: {theta: 2.5}}\n", &doc, &s, &error), PL_OK);
    assert_int_equal(pl_scenario_model(s, world, &model, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "case.yaml:2: 'sectors': unknown sector 'z'"));
    pl_world_free(world);
    pl_scenario_free(s);
    pl_yaml_free(doc);
}

static void test_pick(void **state) {
    (void)state;
    pl_yaml *doc = NULL;
    pl_scenario *s = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(read_text("variants: {war: {}, peace: {}, truce: {}}\n", &doc, &s, &error), PL_OK);
    const char *wrong[] = {"war", "trce"}, *right[] = {"truce", "war"};
    assert_int_equal(pl_scenario_pick(s, wrong, 2, &error), PL_INVALID);
    assert_non_null(
        strstr(error.text, "'trce' is not in scenario 'case' (did you mean 'truce'?); it has: war, peace"));
    assert_int_equal(pl_scenario_variants(s), 3);
    assert_int_equal(pl_scenario_pick(s, right, 2, &error), PL_OK);
    assert_int_equal(pl_scenario_variants(s), 2);
    assert_string_equal(pl_scenario_variant_name(s, 0), "war");
    assert_string_equal(pl_scenario_variant_name(s, 1), "truce");
    pl_scenario_free(s);
    pl_yaml_free(doc);
}

/* Two scenarios joined; returns the message when they cannot be. */
static pl_status join(const char *first, const char *second, pl_scenario **made, pl_yaml *docs[2],
                      pl_error *error) {
    pl_scenario *a = NULL, *b = NULL;
    assert_int_equal(read_text(first, &docs[0], &a, error), PL_OK);
    assert_int_equal(read_text(second, &docs[1], &b, error), PL_OK);
    pl_status status = pl_scenario_append(a, b, error);
    if (status)
        pl_scenario_free(b);
    *made = a;
    return status;
}

static void test_append(void **state) {
    (void)state;
    pl_yaml *docs[2] = {NULL, NULL};
    pl_scenario *s = NULL;
    pl_error error = {PL_OK, ""};
    /* Each keeps its own groups and ids; an option both have is one switch. */
    assert_int_equal(
        join("name: a\nworld: w\ngroups: {g: [A]}\noptions: {o: on, p: on}\n"
             "measures: [{id: m, kind: tariff, by: g, on: all, rate: 1%, when: o}]\n",
             "name: b\nworld: w\ngroups: {g: [B]}\noptions: {o: on}\n"
             "variants: {v: {measures: [{id: m, kind: tariff, by: g, on: all, rate: 2%, when: o}]}}\n",
             &s, docs, &error),
        PL_OK);
    assert_string_equal(pl_scenario_name(s), "a+b");
    assert_int_equal(pl_scenario_variants(s), 2);
    assert_string_equal(pl_scenario_variant_name(s, 0), "a");
    assert_string_equal(pl_scenario_variant_name(s, 1), "b/v");
    assert_int_equal(pl_scenario_options(s), 2);
    pl_yaml *world_doc = NULL;
    pl_scenario *world_scenario = NULL;
    pl_world *world = NULL;
    assert_int_equal(read_text(WORLD, &world_doc, &world_scenario, &error), PL_OK);
    assert_int_equal(pl_scenario_load_world(world_scenario, NULL, &world, &error), PL_OK);
    pl_policy *policy = NULL;
    assert_int_equal(pl_scenario_policy(s, world, 1, &policy, &error), PL_OK);
    assert_true(pl_policy_tariff(policy)[2] == 0.02 && pl_policy_tariff(policy)[1] == 0);
    pl_policy_free(policy);
    assert_int_equal(pl_scenario_set_option(s, "o", false, &error), PL_OK);
    assert_int_equal(pl_scenario_measures(s, 0) + pl_scenario_measures(s, 1), 0);
    pl_world_free(world);
    pl_scenario_free(world_scenario);
    pl_yaml_free(world_doc);
    pl_scenario_free(s);
    pl_yaml_free(docs[0]);
    pl_yaml_free(docs[1]);
    static const struct {
        const char *first, *second, *part;
    } bad[] = {
        {"name: a\nworld: w\n", "name: b\nworld: v\n", "they name the worlds 'w' and 'v'"},
        {"name: a\nsettings: {kappa: 2}\n", "name: b\n", "setting kappa differs"},
        {"name: a\nsettings: {elasticities: CP}\n", "name: b\n", "setting elasticities differs"},
        {"name: a\nsectors: {x: {theta: 2}}\n", "name: b\nsectors: {x: {theta: 3}}\n",
         "values under 'sectors' differ"},
        {"name: a\nworld: {countries: [A]}\n", "name: b\nworld: {countries: [B]}\n", "inline worlds differ"},
        {"name: a\nworld: {countries: [A]}\n", "name: b\nworld: w\n",
         "they name the worlds 'inline' and 'w'"},
        {"name: a\n", "name: a\n", "variant 'a' comes from two scenarios"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(join(bad[i].first, bad[i].second, &s, docs, &error), PL_INVALID);
        if (!strstr(error.text, bad[i].part))
            fail_msg("'%s' does not hold '%s'", error.text, bad[i].part);
        pl_scenario_free(s);
        pl_yaml_free(docs[0]);
        pl_yaml_free(docs[1]);
    }
}

static void test_files(void **state) {
    (void)state;
    char folder[] = "/tmp/test_scenario.XXXXXX", path[256];
    assert_non_null(mkdtemp(folder));
    pl_scenario *s = NULL;
    pl_world *world = NULL;
    pl_error error = {PL_OK, ""};
    snprintf(path, sizeof path, "%s/my case.yaml", folder);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("title: no version\n", out);
    fclose(out);
    assert_int_equal(pl_scenario_load(path, &s, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "the key 'parley' is missing"));
    /* A world beside the scenario, named relative to it. */
    out = fopen(path, "w");
    fputs("parley: 1\nworld: ./w.yaml\n", out);
    fclose(out);
    assert_int_equal(pl_scenario_load(path, &s, &error), PL_OK);
    assert_string_equal(pl_scenario_name(s), "my-case");
    assert_int_not_equal(pl_scenario_load_world(s, NULL, &world, &error), PL_OK);
    assert_non_null(strstr(error.text, "w.yaml"));
    assert_non_null(strstr(error.text, folder));
    char world_path[256];
    snprintf(world_path, sizeof world_path, "%s/w.yaml", folder);
    out = fopen(world_path, "w");
    fputs(WORLD, out);
    fclose(out);
    assert_int_equal(pl_scenario_load_world(s, NULL, &world, &error), PL_OK);
    assert_int_equal(pl_world_size(world, PL_SECTOR), 2);
    pl_world_free(world);
    /* What set_world names is seen from the working folder. */
    assert_int_equal(pl_scenario_set_world(s, world_path, &error), PL_OK);
    assert_int_equal(pl_scenario_load_world(s, NULL, &world, &error), PL_OK);
    pl_world_free(world);
    pl_scenario_free(s);
    unlink(world_path);
    unlink(path);
    rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_form),          cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_sector_values), cmocka_unit_test(test_pick),
                                       cmocka_unit_test(test_append),        cmocka_unit_test(test_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
