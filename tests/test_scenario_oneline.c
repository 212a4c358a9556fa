/* Measures of one line: what they mean, and what is refused. */
#include "policy/policy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { A, B, C, N, X = 0, Y, Z, J };

static pl_world *make_world(void) {
    static const char *const countries[] = {"A", "B", "C"}, *const names[] = {"Alpha", "Beta land", "Gamma"};
    static const char *const sectors[] = {"x", "y", "z"};
    static const bool goods[] = {true, true, false};
    double flow[J * N * N], tariff[J * N * N], theta[J] = {4, 3, 5};
    for (size_t c = 0; c < J * N * N; c++) {
        bool home = c % (N * N) % (N + 1) == 0;
        flow[c] = home ? 90 + (double)c : 5;
        tariff[c] = home || c >= 2 * N * N ? 0 : 0.01 * (double)(c + 1);
    }
    for (size_t j = 0; j < J; j++) /* symmetric flows keep trade balanced */
        for (size_t n = 0; n < N; n++)
            for (size_t i = 0; i < n; i++)
                flow[(j * N + n) * N + i] = flow[(j * N + i) * N + n];
    pl_world_tables tables = {.countries = N,
                              .sectors = J,
                              .country_codes = countries,
                              .country_names = names,
                              .sector_codes = sectors,
                              .goods = goods,
                              .flow = flow,
                              .tariff = tariff,
                              .theta = theta};
    pl_world *world = NULL;
    pl_error error = {PL_OK, ""};
    if (pl_world_new(&tables, &world, &error))
        fail_msg("%s", error.text);
    return world;
}

/* What one cell becomes after a line. */
static double cell_after(const pl_world *world, const char *kind, const char *text, size_t j, size_t n,
                         size_t i) {
    pl_scenario *scenario = NULL;
    pl_policy *policy = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_scenario_new(&scenario, &error), PL_OK);
    if (pl_scenario_add(scenario, kind, text, &error) ||
        pl_scenario_policy(scenario, world, 0, &policy, &error))
        fail_msg("%s", error.text);
    const double *cells = !strcmp(kind, "tariff")       ? pl_policy_tariff(policy)
                          : !strcmp(kind, "export-tax") ? pl_policy_export_tax(policy)
                                                        : pl_policy_iceberg(policy);
    double value = cells[(j * N + n) * N + i];
    pl_policy_free(policy);
    pl_scenario_free(scenario);
    return value;
}

#define SAME(kind, text, j, n, i, value)                                                                     \
    assert_true(fabs(cell_after(world, kind, text, j, n, i) - (value)) < 1e-15)

static void test_meaning(void **state) {
    (void)state;
    pl_world *world = make_world();
    const double *t = pl_world_tariff(world);
    double ab_x = t[(X * N + A) * N + B], ab_y = t[(Y * N + A) * N + B], bc_y = t[(Y * N + B) * N + C];
    assert_true(ab_x > 0 && ab_y > ab_x && bc_y > ab_y);
    SAME("tariff", "A<-B=145%", X, A, B, 1.45);
    SAME("tariff", "A<-B=145%", Y, A, B, 1.45);
    SAME("tariff", "A<-B=145%", Z, A, B, 0);
    SAME("tariff", "A<-B=145%", X, B, A, t[(X * N + B) * N + A]);
    SAME("tariff", "A<-B=145%", X, A, C, t[(X * N + A) * N + C]);
    SAME("tariff", "A<-B+=25%", Y, A, B, ab_y + 0.25);
    SAME("tariff", "A<-B=+25%", Y, A, B, ab_y + 0.25);
    SAME("tariff", "A<-B+=-1%", Y, A, B, ab_y - 0.01);
    SAME("tariff", "A<-B*=0.5", Y, A, B, ab_y * 0.5);
    SAME("tariff", "A<-B=*0.5", Y, A, B, ab_y * 0.5);
    SAME("tariff", "A<-*=*0.5", Y, A, B, ab_y * 0.5);
    SAME("tariff", "A<-**=0.5", Y, A, B, ab_y * 0.5);
    SAME("tariff", "A<-*=10%", X, A, B, 0.1);
    SAME("tariff", "A<-*+=10%", X, A, B, ab_x + 0.1);
    SAME("tariff", "*<-*:y=30%", Y, B, C, 0.3);
    SAME("tariff", "*<-*:y=30%", X, A, B, ab_x);
    SAME("tariff", "A<-B:x,z=25%", Z, A, B, 0.25);
    SAME("tariff", "A<-B:x,z=25%", Y, A, B, ab_y);
    SAME("tariff", "A<-B:*=25%", Z, A, B, 0.25);
    SAME("tariff", "A<-B:services+=25%", Z, A, B, 0.25);
    SAME("tariff", " alpha , Gamma <- Beta land : all = 25% ", Z, C, B, 0.25);
    SAME("tariff", "A,C<-B,A=25%", X, C, A, 0.25);
    SAME("export-tax", "B->A:x=10%", X, A, B, 0.1);
    SAME("export-tax", "B->A:x=10%", X, B, A, 0);
    SAME("iceberg", "A<-B+=10%", X, A, B, 1.1);
    SAME("iceberg", "A<-B=20%", X, A, B, 1.2);
    SAME("iceberg", "A<-B*=1.5", X, A, B, 1.5);
    pl_world_free(world);
}

static void refuse(const char *kind, const char *text, const char *part) {
    pl_scenario *scenario = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_scenario_new(&scenario, &error), PL_OK);
    assert_int_equal(pl_scenario_add(scenario, kind, text, &error), PL_INVALID);
    if (!strstr(error.text, part))
        fail_msg("'%s' does not hold '%s'", error.text, part);
    pl_scenario_free(scenario);
}

static void test_refused(void **state) {
    (void)state;
    refuse("tariff", "A<-B=145", "--tariff 'A<-B=145': 145 would be 14500 %; did you mean 145%?");
    refuse("tariff", "A<-B=-120%", "-120% is below -100%");
    refuse("tariff", "A<-B=nan", "'nan' is not a rate");
    refuse("tariff", "A<-B=", "'' is not a rate");
    refuse("tariff", "A<-B*=x", "'x' is not a factor");
    refuse("tariff", "A<-B", "there is no '=' before a rate");
    refuse("tariff", "A B=1%", "there is no arrow");
    refuse("tariff", "A->B=1%",
           "write BUYER<-SELLER, the arrow the other way; an example: --tariff 'USA<-CHN=145%'");
    refuse("export-tax", "A<-B=1%", "write SELLER->BUYER, the arrow the other way");
    refuse("tariff", "<-B=1%", "a name is missing in front of the arrow");
    refuse("tariff", "A<-=1%", "a name is missing in what follows the arrow");
    refuse("tariff", "A<-B,,C=1%", "a name is missing in what follows the arrow");
    refuse("tariff", "A<-B:=1%", "a name is missing in the sectors");
    refuse("tarif", "A<-B=1%", "'tarif' is not a kind of measure");
}

static void test_questions(void **state) {
    (void)state;
    pl_world *world = make_world();
    pl_scenario *s = NULL;
    pl_policy *policy = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_scenario_new(&s, &error), PL_OK);
    assert_string_equal(pl_scenario_name(s), "question");
    assert_int_equal(pl_scenario_add(s, "tariff", "A<-B=145%", &error), PL_OK);
    assert_int_equal(pl_scenario_add(s, "export-tax", "C->*:x=5%", &error), PL_OK);
    assert_string_equal(pl_scenario_measure_text(s, 0, 0), "A: tariff on goods from B set to 145%");
    assert_string_equal(pl_scenario_title(s),
                        "A: tariff on goods from B set to 145%; C: export tax on x to all set to 5%");
    assert_int_equal(pl_scenario_policy(s, world, 0, &policy, &error), PL_OK);
    pl_policy_free(policy);
    assert_int_equal(pl_scenario_add(s, "tariff", "A<-B=10%", &error), PL_OK);
    assert_int_equal(pl_scenario_policy(s, world, 0, &policy, &error), PL_INVALID);
    assert_non_null(strstr(error.text,
                           "contradictory measures: --tariff 'A<-B=10%' sets the tariff of A on B in x to "
                           "10%, but --tariff 'A<-B=145%' has set it to 145%"));
    pl_scenario_free(s);
    assert_int_equal(pl_scenario_new(&s, &error), PL_OK);
    assert_int_equal(pl_scenario_add(s, "tariff", "A<-Betaland=10%", &error), PL_OK);
    assert_int_equal(pl_scenario_policy(s, world, 0, &policy, &error), PL_INVALID);
    assert_string_equal(error.text,
                        "--tariff 'A<-Betaland=10%': 'on': unknown country or group 'Betaland' (did you mean "
                        "'Beta land'?)");
    pl_scenario_free(s);
    pl_world_free(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_meaning), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_questions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
