/*
 * Every allocation of ours fails in turn while a sweep is read, solved and shown: each time the answer is "out of memory" and
 * nothing leaks (the address sanitizer watches).
 */
#include "parley.h"
#include "failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static pl_world *make_world(void) {
    static const char *const countries[] = {"A", "B", "C"}, *const sectors[] = {"one"};
    static const double flow[] = {80, 20, 7, 15, 90, 9, 6, 11, 70}, theta[] = {4};
    const pl_world_tables tables = {.countries = 3,
                                    .sectors = 1,
                                    .country_codes = countries,
                                    .sector_codes = sectors,
                                    .flow = flow,
                                    .theta = theta};
    pl_world *world = NULL;
    assert_int_equal(pl_world_new(&tables, &world, NULL), PL_OK);
    return world;
}

static void expect(pl_status status, const pl_error *error, size_t at) {
    if (calls <= at)
        assert_int_equal(status, PL_OK);
    else if (status != PL_NO_MEMORY || !strstr(error->text, "out of memory"))
        fail_msg("allocation %zu: status %d, %s", at, (int)status, error->text);
}

/* Reads, solves and shows a sweep; what is written goes nowhere. */
static pl_status sweep(const pl_world *world, size_t samples, pl_error *error) {
    static const char *const grid[] = {"tariff A<-B=0%..20%:3", "setting kappa=2,inf", "elasticities *"};
    static const char *const sample[] = {"tariff A<-B=0%..20%", "setting kappa=2..9"};
    const pl_scan_options options = {.samples = samples, .seed = 3};
    pl_scenario *scenario = NULL;
    pl_scan *scan = NULL;
    FILE *out = fopen("/dev/null", "w");
    assert_non_null(out);
    assert_int_equal(pl_scenario_new(&scenario, NULL), PL_OK);
    assert_int_equal(pl_settings_set(pl_scenario_settings(scenario), "threads", "1", NULL), PL_OK);
    armed = true;
    pl_status status =
        pl_scan_new(scenario, world, samples ? sample : grid, samples ? 2 : 3, &options, &scan, error);
    if (status)
        assert_null(scan);
    if (!status)
        status = pl_scan_run(scan, NULL, error);
    const pl_layout layout = {.width = 80};
    const pl_scan_view view = {.scan = scan, .variable = PL_VAR_real_income};
    if (!status)
        status = pl_report_sweep(out, &view, &layout, error);
    if (!status)
        status = pl_report_sweep_json(out, &view, error);
    armed = false;
    pl_scan_free(scan);
    pl_scenario_free(scenario);
    fclose(out);
    return status;
}

static void try_all(size_t samples) {
    pl_world *world = make_world();
    for (size_t at = 0;; at++) {
        pl_error error = {PL_OK, ""};
        calls = 0;
        fail_at = at;
        pl_status status = sweep(world, samples, &error);
        expect(status, &error, at);
        if (!status)
            break;
    }
    assert_true(calls > 100);
    pl_world_free(world);
}

static void test_grid(void **state) {
    (void)state;
    try_all(0);
}

static void test_sample(void **state) {
    (void)state;
    try_all(4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_grid), cmocka_unit_test(test_sample)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
