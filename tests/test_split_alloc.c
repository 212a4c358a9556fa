/*
 * Every allocation of ours fails in turn while a sector is split and while observed series are read: each time the answer
 * is "out of memory" and nothing leaks (the address sanitizer watches).
 */
#include "test_world_fixture.h"
#include "failing_alloc.h"

static void expect(pl_status status, const pl_error *error, size_t at) {
    if (calls <= at)
        assert_int_equal(status, PL_OK);
    else if (status != PL_NO_MEMORY || !strstr(error->text, "out of memory"))
        fail_msg("allocation %zu: status %d, %s", at, (int)status, error->text);
}

static void test_split(void **state) {
    char *folder = fix_folder();
    pl_world *w = fix_world();
    (void)state;
    fix_write(
        fix_path(folder, "map.yaml"),
        "product: CHIP\nname: Chips\nparent: C26\noutput: {value: 900, shares: {CHN: 0.35}}\n"
        "home_share: {CHN: 0.8}\nimports: {USA: {value: 21, shares: {CHN: 0.62}}}\ntariff: {USA: {CHN: 1%}}\n"
        "users: {C26: 0.3}\ncountry_users: {DEU: {P85: 0.2}}\ninputs: {A01: 0.1}\ntheta: 3\n"
        "assumed: [users]\nsource: a test\nnote: none\n");
    for (size_t at = 0;; at++) {
        pl_world *out = NULL;
        pl_error error = {0};
        calls = 0;
        fail_at = at;
        armed = true;
        pl_status status = pl_world_split(w, fix_path(folder, "map.yaml"), &out, NULL, &error);
        armed = false;
        expect(status, &error, at);
        assert_int_equal(out == NULL, status != PL_OK);
        pl_world_free(out);
        if (!status)
            break;
    }
    assert_true(calls > 50);
    pl_world_free(w);
    fix_remove(folder);
}

static void test_series(void **state) {
    char *folder = fix_folder();
    (void)state;
    fix_write(fix_path(folder, "a.csv"), "series,month,value,unit,basis,source\n"
                                         "magnet-exports-usa,2025-05,46,tonnes,level,x\n"
                                         "magnet-exports-usa,2025-06,353,tonnes,level,y\n");
    fix_write(fix_path(folder, "b.csv"), "series,month,value,unit,basis,source\n"
                                         "china-exports-usa,2025-05,-34.5,percent,year on year,z\n");
    for (size_t at = 0;; at++) {
        pl_series *series = NULL;
        pl_error error = {0};
        calls = 0;
        fail_at = at;
        armed = true;
        pl_status status = pl_series_load(folder, &series, &error);
        armed = false;
        expect(status, &error, at);
        if (status)
            assert_null(series);
        if (!status) {
            assert_int_equal(pl_series_count(series), 3);
            pl_series_free(series);
            break;
        }
    }
    assert_true(calls > 10);
    fix_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_split), cmocka_unit_test(test_series)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
