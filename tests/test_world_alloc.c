/*
 * Every allocation of ours fails in turn, while a world is read, made, changed and written: each time the answer is
 * "out of memory", nothing is made, and nothing leaks (the address sanitizer watches).
 */
#include "test_world_fixture.h"
#include "failing_alloc.h"

/* What is tried, on files made beforehand in a folder; gives back a world or NULL. */
typedef pl_status (*action)(const char *folder, const pl_world *from, pl_world **out, pl_error *error);

static pl_status load_netcdf(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    (void)from;
    return pl_world_load(fix_path(folder, "a.nc"), out, error);
}

static pl_status load_by_name(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    (void)folder, (void)from;
    return pl_world_load("a", out, error);
}

static pl_status load_json(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    (void)from;
    return pl_world_load(fix_path(folder, "a.json"), out, error);
}

static pl_status load_tables(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    (void)from;
    return pl_world_load(fix_path(folder, "tables"), out, error);
}

static pl_status load_yaml(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    (void)from;
    return pl_world_load(fix_path(folder, "a.yaml"), out, error);
}

static pl_status import_icio(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    (void)from;
    return pl_world_import_icio(fix_path(folder, "icio.csv"), out, NULL, error);
}

static pl_status merge(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    return pl_world_aggregate(from, fix_path(folder, "map.yaml"), out, error);
}

static pl_status balance(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    const double target[FIX_N] = {2000, 0, 0, 0};
    (void)folder;
    return pl_world_balance(from, target, out, NULL, error);
}

static pl_status save(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    *out = NULL;
    return pl_world_save(from, fix_path(folder, "out/b.nc"), error);
}

static pl_status export_json(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    *out = NULL;
    return pl_world_export_json(from, fix_path(folder, "out/b.json"), error);
}

static pl_status export_csv(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    *out = NULL;
    return pl_world_export_csv(from, fix_path(folder, "out"), error);
}

static pl_status list_names(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    pl_names names;
    (void)folder, (void)from;
    *out = NULL;
    pl_status status = pl_world_list(&names, error);
    pl_names_free(&names);
    return status;
}

static pl_status read_values(const char *folder, const pl_world *from, pl_world **out, pl_error *error) {
    double value[FIX_N];
    *out = NULL;
    return pl_world_read_values(from, fix_path(folder, "gdp.csv"), value, error);
}

static const struct {
    const char *name;
    action run;
    bool writes;
} ACTION[] = {{"load NetCDF", load_netcdf, false},
              {"load by name", load_by_name, false},
              {"load JSON", load_json, false},
              {"load tables", load_tables, false},
              {"load YAML", load_yaml, false},
              {"import ICIO", import_icio, false},
              {"aggregate", merge, false},
              {"balance", balance, false},
              {"save", save, true},
              {"export JSON", export_json, true},
              {"export CSV", export_csv, true},
              {"list", list_names, false},
              {"read values", read_values, false}};

static void write_files(const char *folder, const pl_world *w) {
    assert_int_equal(pl_make_folder(fix_path(folder, "out"), NULL), PL_OK);
    assert_int_equal(pl_world_save(w, fix_path(folder, "a.nc"), NULL), PL_OK);
    assert_int_equal(pl_world_export_json(w, fix_path(folder, "a.json"), NULL), PL_OK);
    assert_int_equal(pl_world_export_csv(w, fix_path(folder, "tables"), NULL), PL_OK);
    fix_write(fix_path(folder, "a.yaml"),
              "{countries: [A, B], sectors: [one], flow: {one: [[80, 20], [20, 80]]}, theta: {one: 4},"
              "goods: [one], export_tax: {one: [[0, 0.1], [0, 0]]}, notes: {title: t},"
              "profit_share: {A: {one: 0.1}}, country_names: {A: Aland}}\n");
    fix_write(fix_path(folder, "icio.csv"),
              "V1,A_x,A_y,B_x,A_HFCE,B_HFCE,OUT\nA_x,1,2,1,5,1,10\nA_y,1,2,0,7,1,11\n"
              "B_x,0,1,2,1,9,13\nVA,8,6,10,,,\nOUT,10,11,13,,,\n");
    fix_write(fix_path(folder, "map.yaml"),
              "countries: {WEST: [USA, DEU], EAST: [CHN], R: rest}\nsectors: {s: rest}\n"
              "country_names: {WEST: The West}\n");
    fix_write(fix_path(folder, "gdp.csv"), "country,value_musd\nUSA,5\n");
}

/* Fails one allocation of an action; false when the action makes no more than that. */
static bool fail_once(size_t a, size_t at, const char *folder, const pl_world *w) {
    pl_world *out = NULL;
    pl_error error = {0};
    fail_at = at;
    calls = 0;
    armed = true;
    pl_status status = ACTION[a].run(folder, w, &out, &error);
    armed = false;
    if (calls <= at) {
        assert_int_equal(status, PL_OK);
        pl_world_free(out);
        fix_shell("rm -rf '%s' && mkdir '%s'", fix_path(folder, "out"), fix_path(folder, "out"));
        return false;
    }
    if (status != PL_NO_MEMORY)
        fail_msg("%s, allocation %zu: status %d, %s", ACTION[a].name, at, status, error.text);
    assert_null(out);
    assert_non_null(strstr(error.text, "out of memory"));
    if (ACTION[a].writes)
        assert_int_equal(fix_count(fix_path(folder, "out")), 0);
    return true;
}

static void test_each_allocation(void **state) {
    (void)state;
    char *folder = fix_folder();
    pl_world *w = fix_world();
    w->value_added_share[1] += 0.05; /* so that balance has something to do; loading would refuse it */
    pl_world *right = fix_world();
    write_files(folder, right);
    assert_int_equal(setenv("PARLEY_WORLDS", folder, 1), 0);
    for (size_t a = 0; a < sizeof ACTION / sizeof *ACTION; a++) {
        size_t at = 0;
        while (fail_once(a, at, folder, w))
            at++;
        if (!at)
            fail_msg("%s makes no allocation that could be made to fail", ACTION[a].name);
    }
    unsetenv("PARLEY_WORLDS");
    pl_world_free(right);
    pl_world_free(w);
    fix_remove(folder);
}

static void test_new_and_copy(void **state) {
    (void)state;
    const char *const code[2] = {"A", "B"}, *const sector[1] = {"one"};
    const double flow[4] = {80, 20, 20, 80}, tax[4] = {0, 0.1, 0, 0}, share[2] = {0.1, 0.2}, theta[1] = {4};
    pl_world_tables t = {.countries = 2,
                         .sectors = 1,
                         .country_codes = code,
                         .sector_codes = sector,
                         .flow = flow,
                         .export_tax = tax,
                         .profit_share = share,
                         .theta = theta};
    pl_world *w = NULL, *from = fix_world();
    pl_status status = PL_NO_MEMORY;
    for (fail_at = 0; status; fail_at++) {
        calls = 0;
        armed = true;
        status = pl_world_new(&t, &w, NULL);
        armed = false;
        assert_true(status == PL_NO_MEMORY || (status == PL_OK && calls <= fail_at));
    }
    pl_world_free(w);
    w = NULL;
    for (fail_at = 0; !w; fail_at++) {
        calls = 0;
        armed = true;
        w = pl_world_copy(from);
        armed = false;
        assert_true(!w || calls <= fail_at);
    }
    fix_same_world(from, w);
    pl_world_free(w);
    pl_world_free(from);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation),
                                       cmocka_unit_test(test_new_and_copy)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
