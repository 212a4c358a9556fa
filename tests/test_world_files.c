/* Worlds in files: NetCDF, JSON, CSV and YAML there and back, the places they are looked for, and files that are wrong. */
#include "test_world_fixture.h"

#include <netcdf.h>
#include <signal.h>
#include <sys/resource.h>

/* ---- there and back ---- */

static void test_round_trips(void **state) {
    (void)state;
    pl_world *w = fix_world(), *back = NULL;
    char *folder = fix_folder();
    pl_error error = {0};
    /* Numbers that need all 17 digits, very small and very large ones. */
    w->flow[3] = 1.0 / 3;
    w->flow[4] = 1e-300;
    w->flow[6] = 123456789012345678.0;
    w->tariff[3] = 0.1 + 0.2;
    w->flow_origin = pl_alloc(FIX_NN, 1);
    assert_non_null(w->flow_origin);
    for (size_t at = 0; at < FIX_NN; at++)
        w->flow_origin[at] = (unsigned char)(at % 4);
    w->flow[7] = w->tariff[7] = w->export_tax[7] = 0; /* a cell that is known to be nothing */
    for (char key[] = "z_note"; key[0] >= 'a'; key[0]--)
        assert_int_equal(pl_world_set_note(w, key, "notes stay in order", &error), PL_OK);
    assert_int_equal(pl_world_save(w, fix_path(folder, "a.nc"), &error), PL_OK);
    assert_int_equal(pl_world_open(fix_path(folder, "a.nc"), &back, &error), PL_OK);
    fix_same_world(w, back);
    pl_world_free(back);
    assert_int_equal(pl_world_export_json(w, fix_path(folder, "a.json"), &error), PL_OK);
    assert_int_equal(pl_world_import_json(fix_path(folder, "a.json"), &back, &error), PL_OK);
    fix_same_world(w, back);
    pl_world_free(back);
    assert_int_equal(pl_world_export_csv(w, fix_path(folder, "deep/tables"), &error), PL_OK);
    assert_int_equal(pl_world_open(fix_path(folder, "deep/tables"), &back, &error), PL_OK);
    fix_same_world(w, back);
    pl_world_free(back);
    pl_world_free(w);
    fix_remove(folder);
}

/* The same world gives the same bytes, and a world without sets, taxes or profits leaves them out. */
static void test_same_bytes(void **state) {
    (void)state;
    const char *const code[1] = {"A"}, *const sector[1] = {"one"};
    const double flow[1] = {7};
    pl_world_tables t = {
        .countries = 1, .sectors = 1, .country_codes = code, .sector_codes = sector, .flow = flow};
    pl_world *w = NULL, *back = NULL;
    char *folder = fix_folder();
    assert_int_equal(pl_world_new(&t, &w, NULL), PL_OK);
    assert_int_equal(pl_world_save(w, fix_path(folder, "a.nc"), NULL), PL_OK);
    assert_int_equal(pl_world_load(fix_path(folder, "a.nc"), &back, NULL), PL_OK);
    fix_same_world(w, back);
    assert_int_equal(pl_world_save(back, fix_path(folder, "b.nc"), NULL), PL_OK);
    fix_shell("cmp -s '%s' '%s'", fix_path(folder, "a.nc"), fix_path(folder, "b.nc"));
    pl_world_free(back);
    assert_int_equal(pl_world_export_csv(w, fix_path(folder, "csv"), NULL), PL_OK);
    assert_int_equal(pl_world_load(fix_path(folder, "csv"), &back, NULL), PL_OK);
    fix_same_world(w, back);
    pl_world_free(back);
    pl_world_free(w);
    fix_remove(folder);
}

/* An earlier world's tables do not show through in a folder written again. */
static void test_export_over_older(void **state) {
    (void)state;
    pl_world *rich = fix_world(), *plain = fix_world(), *back = NULL;
    char *folder = fix_folder();
    memset(plain->profit_share, 0, FIX_N * FIX_J * sizeof(double));
    memset(plain->export_tax, 0, FIX_NN * sizeof(double));
    pl_world_tidy(plain);
    assert_null(plain->profit_share);
    assert_int_equal(pl_world_export_csv(rich, folder, NULL), PL_OK);
    assert_int_equal(pl_world_export_csv(plain, folder, NULL), PL_OK);
    assert_int_equal(pl_world_open(folder, &back, NULL), PL_OK);
    fix_same_world(plain, back);
    pl_world_free(back);
    pl_world_free(plain);
    pl_world_free(rich);
    fix_remove(folder);
}

static const char INLINE[] = "world:\n"
                             "  countries: [A, B]\n"
                             "  sectors: [one, two]\n"
                             "  goods: [one]\n"
                             "  rows: seller\n"
                             "  flow: {one: [[80, 25], [20, 85]], two: [[50, 5], [6, 51]]}\n"
                             "  tariff: {one: [[0, 0.05], [0.03, 0]]}\n"
                             "  export_tax: {two: [[0, 0.01], [0, 0]]}\n"
                             "  theta: {one: 4, two: 2.5}\n"
                             "  input_share: {A: {one: {two: 0.2}}, B: {two: {one: 0.1, two: 0.15}}}\n"
                             "  profit_share: {B: {one: 0.1}}\n"
                             "  country_names: {A: Aland}\n"
                             "  notes: {title: two of each}\n";

static void test_yaml(void **state) {
    (void)state;
    char *folder = fix_folder();
    pl_world *w = NULL;
    pl_error error = {0};
    fix_write(fix_path(folder, "w.yaml"), INLINE);
    if (pl_world_load(fix_path(folder, "w.yaml"), &w, &error))
        fail_msg("%s", error.text);
    /* rows: seller, so that A sells 25 to B. */
    assert_true(w->flow[(0 * 2 + 1) * 2 + 0] == 25);
    assert_true(w->flow[(1 * 2 + 0) * 2 + 1] == 6);
    assert_true(w->tariff[(0 * 2 + 1) * 2 + 0] == 0.05);
    assert_true(w->tariff[(0 * 2 + 0) * 2 + 1] == 0.03);
    assert_true(w->export_tax[(1 * 2 + 1) * 2 + 0] == 0.01);
    assert_true(w->input_share[(0 * 2 + 0) * 2 + 1] == 0.2);
    assert_true(w->input_share[(1 * 2 + 1) * 2 + 0] == 0.1);
    assert_true(w->value_added_share[0] == 0.8 && w->value_added_share[1] == 1);
    assert_true(fabs(w->value_added_share[3] - 0.75) < 1e-15);
    assert_true(w->profit_share[2] == 0.1 && w->profit_share[0] == 0);
    assert_true(w->goods[0] && !w->goods[1]);
    assert_true(w->set[0].theta[1] == 2.5);
    assert_string_equal(pl_world_name(w, PL_COUNTRY, 0), "Aland");
    assert_string_equal(pl_world_note(w, "title"), "two of each");
    pl_world_free(w);
    fix_remove(folder);
}

/* Each change to the world in YAML, and what its message must say. */
static const struct {
    const char *from, *to, *a, *b;
} bad_yaml[] = {
    {"tariff:", "tarif:", "w.yaml:7", "did you mean 'tariff'?"},
    {"{one: [[80, 25], [20, 85]], ", "{", "w.yaml:6", "flow has no entry for one"},
    {"[20, 85]", "[20]", "w.yaml:6", "2"},
    {"[20, 85]", "[20, nan]", "w.yaml:6", NULL},
    {"[20, 85]", "[20, -85]", "B (buyer) from B (seller)", "not negative"},
    {"[0, 0.05]", "[0, 8]", "w.yaml:7", "tariff of sector one is 8, which would be 800 %"},
    {"two: 2.5", "two: -1", "sector two", "positive"},
    {", two: 2.5", "", "w.yaml:9", "theta has no entry for two"},
    {"one: 4", "one: 4, One: 5", "w.yaml:9", "given twice"},
    {"{A: {one: {two: 0.2}}", "{C: {one: {two: 0.2}}", "w.yaml:10", "unknown country 'C'"},
    {"two: 0.2}", "three: 0.2}", "w.yaml:10", "unknown sector 'three'"},
    {"goods: [one]", "goods: [on]", "w.yaml:4", "did you mean 'one'?"},
    {"rows: seller", "rows: sellers", "w.yaml:5", "did you mean 'seller'?"},
    {"[A, B]", "[A, A]", "w.yaml:2", "'A' appears twice in countries"},
    {"[A, B]", "[]", "countries", NULL},
    {"[A, B]", "A", "w.yaml:2", "list"},
    {"B: {one: 0.1}", "B: {one: 1}", "profit share", "below 1"},
    {"one: {two: 0.2}", "one: {two: 1.2}", "A, sector one", "input shares are between"},
    {"one: {two: 0.2}", "one: {two: 0.9}", "A, sector two", "final demand"},
};

static void test_bad_yaml(void **state) {
    (void)state;
    char *folder = fix_folder();
    for (size_t i = 0; i < sizeof bad_yaml / sizeof *bad_yaml; i++) {
        char *text = fix_replaced(INLINE, bad_yaml[i].from, bad_yaml[i].to);
        pl_world *w = NULL;
        pl_error error = {0};
        fix_write(fix_path(folder, "w.yaml"), text);
        if (pl_world_load(fix_path(folder, "w.yaml"), &w, &error) != PL_INVALID)
            fail_msg("'%s' for '%s' was let through: %s", bad_yaml[i].to, bad_yaml[i].from, error.text);
        assert_null(w);
        fix_says(&error, bad_yaml[i].a, bad_yaml[i].b, "w.yaml");
        free(text);
    }
    fix_remove(folder);
}

/* ---- NetCDF files that are wrong ---- */

/* Saves the small world, opens it for writing with NetCDF's own calls, and lets `spoil` change it. */
static void spoil_file(const char *path, void (*spoil)(int file)) {
    pl_world *w = fix_world();
    int file;
    assert_int_equal(pl_world_save(w, path, NULL), PL_OK);
    assert_int_equal(nc_open(path, NC_WRITE, &file), NC_NOERR);
    spoil(file);
    assert_int_equal(nc_close(file), NC_NOERR);
    pl_world_free(w);
}

static void set_number(int file, const char *variable, size_t index, double value) {
    int id, dims, dim[3];
    size_t start[3] = {0}, size[3] = {1, 1, 1};
    assert_int_equal(nc_inq_varid(file, variable, &id), NC_NOERR);
    assert_int_equal(nc_inq_varndims(file, id, &dims), NC_NOERR);
    assert_int_equal(nc_inq_vardimid(file, id, dim), NC_NOERR);
    for (int d = 0; d < dims; d++)
        assert_int_equal(nc_inq_dimlen(file, dim[d], &size[d]), NC_NOERR);
    for (int d = dims; d-- > 0; index /= size[d])
        start[d] = index % size[d];
    assert_int_equal(nc_put_var1_double(file, id, start, &value), NC_NOERR);
}

static void rename_variable(int file, const char *from, const char *to) {
    int id;
    assert_int_equal(nc_inq_varid(file, from, &id), NC_NOERR);
    assert_int_equal(nc_rename_var(file, id, to), NC_NOERR);
}

/* Puts a variable of another shape or type in the place of one. */
static void replace_variable(int file, const char *name, nc_type type, const char *d0, const char *d1,
                             const char *d2) {
    const char *const names[3] = {d0, d1, d2};
    int dim[3], id, dims = d2 ? 3 : d1 ? 2 : 1;
    rename_variable(file, name, "was");
    for (int d = 0; d < dims; d++)
        assert_int_equal(nc_inq_dimid(file, names[d], &dim[d]), NC_NOERR);
    assert_int_equal(nc_redef(file), NC_NOERR);
    assert_int_equal(nc_def_var(file, name, type, dims, dim, &id), NC_NOERR);
}

static void nan_flow(int file) {
    set_number(file, "flow", (1 * FIX_N + 2) * FIX_N + 3, NAN);
}
static void negative_flow(int file) {
    set_number(file, "flow", (1 * FIX_N + 2) * FIX_N + 3, -5);
}
static void tariff_of_minus_one(int file) {
    set_number(file, "tariff", (1 * FIX_N + 2) * FIX_N + 3, -1);
}
static void infinite_share(int file) {
    set_number(file, "input_share", (3 * FIX_J + 1) * FIX_J + 2, INFINITY);
}
static void shares_off(int file) {
    set_number(file, "value_added_share", 3 * FIX_J + 1, 0.25);
}
static void no_value_added(int file) {
    for (size_t j = 0; j < FIX_J; j++) {
        set_number(file, "value_added_share", 1 * FIX_J + j, 0);
        for (size_t k = 0; k < FIX_J; k++)
            set_number(file, "input_share", (1 * FIX_J + j) * FIX_J + k, k == j ? 1 : 0);
    }
}
static void negative_value_added(int file) {
    set_number(file, "value_added_share", 1 * FIX_J, -0.25);
    for (size_t k = 0; k < FIX_J; k++)
        set_number(file, "input_share", (1 * FIX_J) * FIX_J + k, k < 2 ? 0.625 : 0);
}
static void theta_of_zero(int file) {
    set_number(file, "theta", 1, 0);
}
static void profit_of_one(int file) {
    set_number(file, "profit_share", 2, 1);
}
static void no_flow(int file) {
    rename_variable(file, "flow", "flows");
}
static void no_value_added_share(int file) {
    rename_variable(file, "value_added_share", "beta");
}
static void no_sellers(int file) {
    rename_variable(file, "seller", "sellers");
}
static void no_theta(int file) {
    rename_variable(file, "theta", "sigma");
}
static void turned_flow(int file) {
    replace_variable(file, "flow", NC_DOUBLE, "sector", "seller", "country");
}
static void flat_share(int file) {
    replace_variable(file, "input_share", NC_DOUBLE, "sector", "input", NULL);
}
static void flow_of_text(int file) {
    replace_variable(file, "flow", NC_STRING, "sector", "country", "seller");
}
static void codes_of_numbers(int file) {
    replace_variable(file, "country", NC_INT, "country", NULL, NULL);
}
static void sellers_in_another_order(int file) {
    int id;
    size_t first = 0;
    const char *other = "ZZZ";
    assert_int_equal(nc_inq_varid(file, "seller", &id), NC_NOERR);
    assert_int_equal(nc_put_var1_string(file, id, &first, &other), NC_NOERR);
}
static void country_twice(int file) {
    int id;
    size_t third = 2;
    const char *other = "USA";
    for (int v = 0; v < 2; v++) {
        assert_int_equal(nc_inq_varid(file, v ? "seller" : "country", &id), NC_NOERR);
        assert_int_equal(nc_put_var1_string(file, id, &third, &other), NC_NOERR);
    }
}
static void newer_format(int file) {
    int two = 2;
    assert_int_equal(nc_put_att_int(file, NC_GLOBAL, "parley_format", NC_INT, 1, &two), NC_NOERR);
}
static void two_formats(int file) {
    int both[2] = {1, 2};
    assert_int_equal(nc_put_att_int(file, NC_GLOBAL, "parley_format", NC_INT, 2, both), NC_NOERR);
}
static void no_format(int file) {
    assert_int_equal(nc_redef(file), NC_NOERR);
    assert_int_equal(nc_del_att(file, NC_GLOBAL, "parley_format"), NC_NOERR);
}
static void note_of_many_numbers(int file) {
    int two[2] = {1, 2};
    assert_int_equal(nc_put_att_int(file, NC_GLOBAL, "years", NC_INT, 2, two), NC_NOERR);
}

static const struct {
    void (*spoil)(int);
    const char *a, *b;
} bad_netcdf[] = {
    {nan_flow, "flow of DEU (buyer) from ROW (seller), sector C26, is", "nan"},
    {negative_flow, "flow of DEU (buyer) from ROW (seller), sector C26, is -5", "not negative"},
    {tariff_of_minus_one, "tariff of DEU (buyer) from ROW (seller), sector C26, is -1", "above -1"},
    {infinite_share, "share of input P85 in the output of ROW, sector C26, is inf", NULL},
    {shares_off, "ROW, sector C26", "add up to one"},
    {no_value_added, "CHN", "value added of a country is positive"},
    {negative_value_added, "CHN, sector A01: the rule that value-added shares", "-0.25"},
    {theta_of_zero, "sector C26 in set world is 0", "positive"},
    {profit_of_one, "profit share of USA, sector P85, is 1", "below 1"},
    {no_flow, "variable 'flow' (sector, country, seller) is missing", NULL},
    {no_value_added_share, "variable 'value_added_share' (country, sector) is missing", NULL},
    {no_sellers, "variable 'seller' (seller) is missing", NULL},
    {no_theta, "'theta'", NULL},
    {turned_flow, "variable 'flow' has the wrong shape; it must be (sector, country, seller)", NULL},
    {flat_share, "variable 'input_share' has the wrong shape; it must be (country, sector, input)", NULL},
    {flow_of_text, "variable 'flow' has the wrong type; it must be numbers", NULL},
    {codes_of_numbers, "variable 'country' has the wrong type; it must be strings", NULL},
    {sellers_in_another_order, "'country' is 'USA' but of 'seller' it is 'ZZZ'", NULL},
    {country_twice, "country 'USA' appears twice", NULL},
    {newer_format, "format 2", "format 1"},
    {no_format, "parley_format", NULL},
    {two_formats, "format 0", "format 1"},
    {note_of_many_numbers, "'years'", NULL},
};

static void test_bad_netcdf(void **state) {
    (void)state;
    char *folder = fix_folder();
    for (size_t i = 0; i < sizeof bad_netcdf / sizeof *bad_netcdf; i++) {
        pl_world *w = NULL;
        pl_error error = {0};
        spoil_file(fix_path(folder, "bad.nc"), bad_netcdf[i].spoil);
        if (pl_world_load(fix_path(folder, "bad.nc"), &w, &error) != PL_INVALID)
            fail_msg("number %zu was let through or blamed on the disk: %s", i, error.text);
        assert_null(w);
        fix_says(&error, bad_netcdf[i].a, bad_netcdf[i].b, "bad.nc");
    }
    fix_remove(folder);
}

/* What breaks an identity only can be opened, to be checked and balanced. */
static void test_open_unbalanced(void **state) {
    (void)state;
    char *folder = fix_folder();
    void (*const spoil[])(int) = {shares_off, no_value_added, negative_value_added};
    for (size_t i = 0; i < sizeof spoil / sizeof *spoil; i++) {
        pl_world *w = NULL;
        pl_world_report report;
        spoil_file(fix_path(folder, "raw.nc"), spoil[i]);
        assert_int_equal(pl_world_open(fix_path(folder, "raw.nc"), &w, NULL), PL_OK);
        assert_int_equal(pl_world_check(w, &report, NULL), PL_OK);
        assert_false(report.holds);
        pl_world_free(w);
    }
    fix_remove(folder);
}

static void test_no_world_at_all(void **state) {
    (void)state;
    char *folder = fix_folder();
    pl_world *w = fix_world(), *back = NULL;
    pl_error error = {0};
    assert_int_equal(pl_world_save(w, fix_path(folder, "a.nc"), NULL), PL_OK);
    pl_world_free(w);
    fix_write(fix_path(folder, "text.nc"), "this is no NetCDF file\n");
    fix_write(fix_path(folder, "empty.nc"), "");
    fix_cut(fix_path(folder, "a.nc"), fix_path(folder, "half.nc"), 9000);
    fix_cut(fix_path(folder, "a.nc"), fix_path(folder, "head.nc"), 100);
    fix_cut(fix_path(folder, "a.nc"), fix_path(folder, "tail.nc"), -1);
    static const char *const names[] = {"text.nc", "empty.nc", "half.nc", "head.nc", "tail.nc", "missing.nc"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(pl_world_load(fix_path(folder, names[i]), &back, &error), PL_IO);
        assert_null(back);
        fix_says(&error, names[i], i < 5 ? "NetCDF" : "No such file", NULL);
    }
    assert_int_equal(pl_world_load(folder, &back, &error), PL_IO);
    fix_says(&error, "flows.csv is missing", NULL, NULL);
    fix_remove(folder);
}

/* ---- where worlds are looked for ---- */

static void test_search(void **state) {
    (void)state;
    char *first = fix_folder(), *second = fix_folder(), list[300];
    pl_world *w = fix_world(), *back = NULL;
    pl_names names;
    pl_error error = {0};
    assert_int_equal(pl_world_save(w, fix_path(second, "zeta-1.nc"), NULL), PL_OK);
    assert_int_equal(pl_world_save(w, fix_path(second, "alpha.nc"), NULL), PL_OK);
    assert_int_equal(pl_world_set_note(w, "title", "the first one", NULL), PL_OK);
    assert_int_equal(pl_world_save(w, fix_path(first, "alpha.nc"), NULL), PL_OK);
    fix_write(fix_path(first, "other.txt"), "no world\n");
    snprintf(list, sizeof list, "%s:/nowhere/at-all::%s", first, second);
    assert_int_equal(setenv("PARLEY_WORLDS", list, 1), 0);
    assert_int_equal(pl_world_list(&names, &error), PL_OK);
    size_t alphas = 0, zetas = 0;
    for (size_t i = 0; i < names.count; i++) {
        alphas += !strcmp(names.names[i], "alpha");
        zetas += !strcmp(names.names[i], "zeta-1");
        assert_true(i == 0 || strcmp(names.names[i - 1], names.names[i]) < 0);
        assert_string_not_equal(names.names[i], "other");
    }
    assert_true(alphas == 1 && zetas == 1);
    pl_names_free(&names);
    assert_int_equal(names.count, 0);
    assert_int_equal(pl_world_load("alpha", &back, &error), PL_OK);
    assert_string_equal(pl_world_note(back, "title"), "the first one");
    pl_world_free(back);
    assert_int_equal(pl_world_load("zeta-1", &back, &error), PL_OK);
    pl_world_free(back);
    assert_int_equal(pl_world_load("zeta-2", &back, &error), PL_INVALID);
    fix_says(&error, "unknown world 'zeta-2'", "did you mean 'zeta-1'?", "alpha");
    assert_int_equal(pl_world_load("", &back, &error), PL_INVALID);
    unsetenv("PARLEY_WORLDS");
    pl_world_free(w);
    fix_remove(first);
    fix_remove(second);
}

/* ---- places that cannot be written ---- */

static void test_unwritable(void **state) {
    (void)state;
    char *folder = fix_folder();
    pl_world *w = fix_world();
    pl_error error = {0};
    fix_write(fix_path(folder, "file"), "x");
    const char *inside_file = fix_path(folder, "file/a.nc");
    assert_int_equal(pl_world_save(w, inside_file, &error), PL_IO);
    fix_says(&error, "file/a.nc", NULL, NULL);
    assert_int_equal(pl_world_save(w, fix_path(folder, "no/such/folder/a.nc"), &error), PL_IO);
    assert_int_equal(pl_world_save(w, fix_path(folder, "no/such/folder/a.nc"), NULL), PL_IO);
    assert_int_equal(pl_world_export_json(w, inside_file, &error), PL_IO);
    assert_int_equal(pl_world_export_csv(w, fix_path(folder, "file/tables"), &error), PL_IO);
    assert_int_equal(fix_count(folder), 1);
    pl_world_free(w);
    fix_remove(folder);
}

/* A limit on the size of files stands for a full disk: nothing may be left, and what was there stays. */
static void test_disk_full(void **state) {
    (void)state;
    char *folder = fix_folder(), text[32] = "";
    pl_world *w = fix_world();
    pl_error error[3] = {{0}};
    struct rlimit before, small;
    fix_write(fix_path(folder, "a.nc"), "what was there");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 200;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    pl_status status[3] = {pl_world_save(w, fix_path(folder, "a.nc"), &error[0]),
                           pl_world_export_json(w, fix_path(folder, "a.json"), &error[1]),
                           pl_world_export_csv(w, fix_path(folder, "tables"), &error[2])};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    static const char *const name[3] = {"a.nc", "a.json", "tables/"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(status[i], PL_IO);
        fix_says(&error[i], name[i], "cannot write", NULL);
    }
    assert_int_equal(fix_count(folder), 2); /* a.nc and the empty folder of tables */
    assert_int_equal(fix_count(fix_path(folder, "tables")), 0);
    FILE *in = fopen(fix_path(folder, "a.nc"), "rb");
    assert_non_null(in);
    assert_non_null(fgets(text, sizeof text, in));
    fclose(in);
    assert_string_equal(text, "what was there");
    pl_world_free(w);
    fix_remove(folder);
}

/* ---- JSON files that are wrong ---- */

static const char JSON[] = "{\"parley_world\": 1, \"countries\": [{\"code\": \"A\"}, {\"code\": \"B\"}],\n"
                           "\"sectors\": [{\"code\": \"one\", \"goods\": true}],\n"
                           "\"elasticities\": [{\"name\": \"own\", \"theta\": [4]}],\n"
                           "\"notes\": {\"title\": \"t\"},\n"
                           "\"flow\": [[[80, 20.5], [20, 80]]]}\n";

static const struct {
    const char *from, *to, *a, *b;
} bad_json[] = {
    {"\"parley_world\": 1, ", "", "parley_world", NULL},
    {"\"parley_world\": 1", "\"parley_world\": 7", "format 7", NULL},
    {"\"flow\"", "\"flows\"", "unknown key 'flows'", "did you mean 'flow'?"},
    {",\n\"flow\": [[[80, 20.5], [20, 80]]]", "", "'flow' is missing", NULL},
    {"[20, 80]", "[20]", "'flow'", "2 entries"},
    {"[20, 80]", "[20, \"x\"]", "'flow'", "numbers"},
    {"[20, 80]", "[20, -80]", "B (buyer) from B (seller)", "not negative"},
    {"[20, 80]", "[20, NaN]", "not valid JSON", ":5"},
    {"[20, 80]]]}", "[20, 80]]]", "not valid JSON", NULL},
    {"\"theta\": [4]", "\"theta\": [0]", "set own", "positive"},
    {"\"theta\": [4]", "\"theta\": []", "'theta'", NULL},
    {"{\"code\": \"B\"}", "{\"code\": \"A\"}", "'A' appears twice", NULL},
    {"{\"code\": \"B\"}", "{\"name\": \"B\"}", "'countries'", "'code'"},
    {"\"goods\": true", "\"goods\": 1", "true or false", NULL},
    {"\"title\": \"t\"", "\"title\": 5", "'notes'", NULL},
    {"\"flow\"", "\"flow_origin\": [[[0, 4], [0, 0]]], \"flow\"", "'flow_origin'", "0 to 3"},
    {"\"title\": \"t\"", "\"title\": \"t\", \"title\": \"u\"", "not valid JSON", NULL},
    {"[{\"code\": \"one\", \"goods\": true}]", "[]", "'sectors'", "not empty"},
};

static void test_bad_json(void **state) {
    (void)state;
    char *folder = fix_folder();
    pl_world *w = NULL;
    pl_error error = {0};
    fix_write(fix_path(folder, "w.json"), JSON);
    if (pl_world_load(fix_path(folder, "w.json"), &w, &error))
        fail_msg("%s", error.text);
    assert_true(w->flow[1] == 20.5 && w->value_added_share[0] == 1);
    pl_world_free(w);
    for (size_t i = 0; i < sizeof bad_json / sizeof *bad_json; i++) {
        char *text = fix_replaced(JSON, bad_json[i].from, bad_json[i].to);
        fix_write(fix_path(folder, "w.json"), text);
        if (pl_world_load(fix_path(folder, "w.json"), &w, &error) != PL_INVALID)
            fail_msg("'%s' was let through: %s", bad_json[i].to, error.text);
        fix_says(&error, bad_json[i].a, bad_json[i].b, "w.json");
        free(text);
    }
    fix_shell("gzip -c '%s' > '%s'", fix_path(folder, "w.json"), fix_path(folder, "z.json"));
    fix_write(fix_path(folder, "w.json"), JSON);
    fix_shell("gzip -c '%s' > '%s'", fix_path(folder, "w.json"), fix_path(folder, "z.json"));
    assert_int_equal(pl_world_load(fix_path(folder, "z.json"), &w, &error), PL_OK);
    pl_world_free(w);
    fix_cut(fix_path(folder, "z.json"), fix_path(folder, "cut.json"), 60);
    assert_int_equal(pl_world_load(fix_path(folder, "cut.json"), &w, &error), PL_IO);
    fix_says(&error, "cut.json", "cut short", NULL);
    fix_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_export_over_older),
        cmocka_unit_test(test_yaml),
        cmocka_unit_test(test_bad_yaml),
        cmocka_unit_test(test_bad_netcdf),
        cmocka_unit_test(test_open_unbalanced),
        cmocka_unit_test(test_no_world_at_all),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_unwritable),
        cmocka_unit_test(test_disk_full),
        cmocka_unit_test(test_bad_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
