/* Results out: each file read back and compared with the result itself, and what happens when a disk is full.
 */
#include "report/report.h"
#include "scenario_rig.h"

#include <dirent.h>
#include <math.h>
#include <netcdf.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char text[] =
    "parley: 1\n"
    "name: two-wars\n"
    "title: Two wars, \"compared\"\n"
    "world:\n"
    "  countries: [A, B, C]\n"
    "  sectors: [g, s]\n"
    "  goods: [g]\n"
    "  flow:\n"
    "    g: [[412.7, 38.1, 0], [52.3, 633.2, 47.5], [17.6, 71.8, 958.4]]\n"
    "    s: [[823.1, 6.7, 14.2], [11.9, 1207.6, 22.8], [31.4, 9.3, 1715.9]]\n"
    "  theta: {g: 3.7, s: 5.3}\n"
    "  notes: {title: A small world, source: made for a test, year: 1999}\n"
    "settings: {closure: gdp, kappa: 2.5}\n"
    "options: {late: {title: Comes late, default: true}}\n"
    "measures:\n"
    "  - {kind: tariff, by: C, on: A, rate: 7%, source: a law}\n"
    "variants:\n"
    "  mild: {title: A mild one, measures: [{kind: tariff, by: A, on: B, rate: 5%}]}\n"
    "  sharp: {measures: [{kind: tariff, by: A, on: B, rate: 95%}, {kind: export-tax, by: B, on: A, "
    "rate: 15%}]}\n";

typedef struct {
    char folder[64];
    scenario_rig rig;
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/parley-test-report-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->rig = scenario_rig_run(text);
    *state = f;
    return 0;
}

static void remove_tree(const char *path) {
    DIR *open = opendir(path);
    for (struct dirent *entry; open && (entry = readdir(open)) != NULL;) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        char *inner = pl_format("%s/%s", path, entry->d_name);
        if (unlink(inner))
            remove_tree(inner);
        free(inner);
    }
    if (open)
        closedir(open);
    rmdir(path);
}

static int tear_down(void **state) {
    fixture *f = *state;
    scenario_rig_close(&f->rig);
    remove_tree(f->folder);
    free(f);
    return 0;
}

static char *read_file(const char *folder, const char *name, size_t *length) {
    char *path = pl_format("%s/%s", folder, name);
    FILE *in = fopen(path, "rb");
    free(path);
    assert_non_null(in);
    fseek(in, 0, SEEK_END);
    *length = (size_t)ftell(in);
    rewind(in);
    char *bytes = calloc(*length + 1, 1);
    assert_int_equal(fread(bytes, 1, *length, in), *length);
    fclose(in);
    return bytes;
}

static size_t count_files(const char *folder) {
    size_t count = 0;
    DIR *open = opendir(folder);
    for (struct dirent *entry; open && (entry = readdir(open)) != NULL;)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    if (open)
        closedir(open);
    return count;
}

static char *write_all(const fixture *f, const char *name) {
    pl_error error = {PL_OK, ""};
    char *folder = pl_format("%s/%s", f->folder, name);
    if (pl_report_write(folder, f->rig.run, "parley run two-wars.yaml", &error))
        fail_msg("%s", error.text);
    return folder;
}

/* ---- JSON ---- */

static void check_values(const fixture *f, const json_t *values, size_t v) {
    for (int k = 0; k < PL_RESULT_COUNT; k++) {
        const json_t *list = json_object_get(values, pl_variable_name((pl_variable)k));
        const double *value = pl_result_get(f->rig.run->result[v], (pl_variable)k);
        size_t rows = pl_variable_by_sector((pl_variable)k) ? 2 : 1;
        for (size_t j = 0; j < rows; j++) {
            const json_t *row = rows > 1 ? json_array_get(list, j) : list;
            assert_int_equal(json_array_size(row), 3);
            for (size_t n = 0; n < 3; n++)
                assert_true(json_number_value(json_array_get(row, n)) == value[j * 3 + n]);
        }
    }
}

static const char *member(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    assert_non_null(value);
    return value;
}

static void test_json(void **state) {
    const fixture *f = *state;
    size_t length;
    char *folder = write_all(f, "json"), *bytes = read_file(folder, "results.json", &length);
    json_error_t problem;
    json_t *root = json_loads(bytes, JSON_REJECT_DUPLICATES, &problem);
    assert_non_null(root);
    assert_string_equal(member(root, "title"), "Two wars, \"compared\"");
    assert_string_equal(member(root, "command"), "parley run two-wars.yaml");
    assert_string_equal(member(root, "parley"), PL_VERSION);
    assert_string_equal(member(json_object_get(root, "settings"), "closure"), "gdp");
    assert_true(json_real_value(json_object_get(json_object_get(root, "settings"), "kappa")) == 2.5);
    assert_string_equal(member(json_object_get(json_object_get(root, "world"), "notes"), "year"), "1999");
    const json_t *variants = json_object_get(root, "variants");
    assert_int_equal(json_array_size(variants), 2);
    assert_string_equal(member(json_array_get(variants, 1), "name"), "sharp");
    const json_t *measures = json_object_get(json_array_get(variants, 1), "measures");
    assert_int_equal(json_array_size(measures), 3);
    assert_string_equal(member(json_array_get(measures, 0), "source"), "a law");
    for (size_t v = 0; v < 2; v++) {
        const json_t *variant = json_array_get(variants, v);
        check_values(f, json_object_get(variant, "values"), v);
        assert_true(json_real_value(json_object_get(json_object_get(variant, "certificate"), "worst")) ==
                    f->rig.run->certificate[v].worst);
        assert_true(json_is_true(json_object_get(variant, "converged")));
    }
    const json_t *unit = json_object_get(json_object_get(root, "variables"), "user_price");
    assert_string_equal(member(unit, "unit"), "percent");
    assert_int_equal(json_array_size(json_object_get(unit, "axes")), 2);
    json_decref(root);
    free(bytes);
    free(folder);
}

static void test_json_of_no_number(void **state) {
    (void)state;
    json_t *a = pl_json_number(NAN), *b = pl_json_number(-INFINITY), *c = pl_json_number(0.1);
    assert_true(json_is_null(a) && json_is_null(b) && json_real_value(c) == 0.1);
    json_decref(a);
    json_decref(b);
    json_decref(c);
}

/* ---- CSV ---- */

static double number_at(const char *line, size_t column) {
    for (size_t c = 0; c < column; c++)
        line = strchr(line, ',') + 1;
    return strtod(line, NULL);
}

static const char *line_at(const char *bytes, size_t index) {
    for (size_t k = 0; k < index; k++)
        bytes = strchr(bytes, '\n') + 1;
    return bytes;
}

static size_t count_lines(const char *bytes) {
    size_t count = 0;
    for (; *bytes; bytes++)
        count += *bytes == '\n';
    return count;
}

static void test_csv(void **state) {
    const fixture *f = *state;
    size_t length;
    char *folder = write_all(f, "csv"), *countries = read_file(folder, "countries.csv", &length);
    assert_int_equal(count_lines(countries), 1 + 2 * 3);
    assert_ptr_equal(strstr(countries, "variant,country,real_income_percent,"), countries);
    assert_non_null(strstr(line_at(countries, 0), ",equivalent_variation_million_usd,"));
    assert_ptr_equal(strstr(countries, "\nsharp,B,"), line_at(countries, 5) - 1);
    for (size_t v = 0; v < 2; v++)
        for (size_t n = 0; n < 3; n++)
            assert_true(number_at(line_at(countries, 1 + v * 3 + n), 2) ==
                        pl_result_get(f->rig.run->result[v], PL_VAR_real_income)[n]);
    char *sectors = read_file(folder, "sectors.csv", &length);
    assert_int_equal(count_lines(sectors), 1 + 2 * 3 * 2);
    assert_true(number_at(line_at(sectors, 1 + 6 + 2 * 2 + 1), 3) ==
                pl_result_get(f->rig.run->result[1], PL_VAR_user_price)[3 + 2]);
    free(countries);
    free(sectors);
    free(folder);
}

static void test_csv_quotes(void **state) {
    (void)state;
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    pl_csv_field(out, "plain");
    fputc('|', out);
    pl_csv_field(out, "a, b");
    fputc('|', out);
    pl_csv_field(out, "say \"so\"");
    fclose(out);
    assert_string_equal(bytes, "plain|\"a, b\"|\"say \"\"so\"\"\"");
    free(bytes);
}

static void test_trade_csv(void **state) {
    const fixture *f = *state;
    size_t length;
    char *folder = write_all(f, "trade"), *trade = read_file(folder, "trade.csv", &length);
    double value[18];
    assert_int_equal(count_lines(trade), 1 + 2 * 17); /* A buys no g from C */
    assert_null(strstr(trade, "mild,A,C,g,"));
    const char *line = strstr(trade, "\nmild,C,A,g,");
    assert_non_null(line);
    assert_int_equal(pl_result_trade(f->rig.run->result[0], f->rig.run->policy[0], value, NULL), PL_OK);
    assert_true(fabs(number_at(line + 1, 4) - 17.6) < 1e-8);
    assert_true(fabs(number_at(line + 1, 5) / value[6] - 1) < 1e-8);
    free(trade);
    free(folder);
}

/* ---- reports of cases ---- */

static void test_cases(void **state) {
    const fixture *f = *state;
    pl_deviation rows[] = {{"a, b", 0.1, 0.30000000000000004, 1e-3, false}, {"c", 1, NAN, 1, false}};
    const pl_case_report report = {"one", "A title", "A \"source\"", 2, 2, rows}, *list[] = {&report};
    size_t length;
    char *bytes = NULL, *folder = pl_format("%s/cases", f->folder);
    FILE *out = open_memstream(&bytes, &length);
    assert_int_equal(pl_report_cases_json(out, list, 1, NULL), PL_OK);
    fclose(out);
    json_t *root = json_loads(bytes, JSON_REJECT_DUPLICATES, NULL);
    const json_t *first = json_array_get(json_object_get(root, "cases"), 0);
    const json_t *row = json_array_get(json_object_get(first, "rows"), 0);
    assert_string_equal(member(first, "source"), "A \"source\"");
    assert_true(json_real_value(json_object_get(row, "computed")) == 0.30000000000000004);
    assert_true(json_real_value(json_object_get(row, "deviation")) == 0.30000000000000004 - 0.1);
    assert_true(json_is_false(json_object_get(row, "passed")));
    assert_true(json_is_null(json_object_get(json_array_get(json_object_get(first, "rows"), 1), "computed")));
    json_decref(root);
    free(bytes);
    assert_int_equal(pl_report_cases_write(folder, list, 1, NULL), PL_OK);
    bytes = read_file(folder, "cases.csv", &length);
    assert_int_equal(count_lines(bytes), 3);
    assert_non_null(strstr(bytes, "\none,\"a, b\",0.10000000000000001,0.30000000000000004,"));
    assert_int_equal(count_files(folder), 2);
    free(bytes);
    free(folder);
}

/* ---- NetCDF ---- */

static void read_text_attribute(int file, int variable, const char *name, char *out, size_t size) {
    size_t length = 0;
    assert_int_equal(nc_inq_attlen(file, variable, name, &length), NC_NOERR);
    assert_true(length < size);
    assert_int_equal(nc_get_att_text(file, variable, name, out), NC_NOERR);
    out[length] = 0;
}

static void check_netcdf(const fixture *f, int file) {
    int id;
    double value[2 * 18], trade[18], worst[2];
    char unit[64], *label[2];
    for (int k = 0; k < PL_RESULT_COUNT; k++) {
        size_t size = pl_variable_by_sector((pl_variable)k) ? 6 : 3;
        assert_int_equal(nc_inq_varid(file, pl_variable_name((pl_variable)k), &id), NC_NOERR);
        assert_int_equal(nc_get_var_double(file, id, value), NC_NOERR);
        for (size_t v = 0; v < 2; v++)
            assert_memory_equal(value + v * size, pl_result_get(f->rig.run->result[v], (pl_variable)k),
                                size * sizeof(double));
        read_text_attribute(file, id, "units", unit, sizeof unit);
        assert_string_equal(unit, pl_variable_unit((pl_variable)k));
    }
    assert_int_equal(nc_inq_varid(file, "trade", &id), NC_NOERR);
    assert_int_equal(nc_get_var_double(file, id, value), NC_NOERR);
    assert_int_equal(pl_result_trade(f->rig.run->result[1], f->rig.run->policy[1], trade, NULL), PL_OK);
    assert_memory_equal(value + 18, trade, sizeof trade);
    assert_int_equal(nc_inq_varid(file, "trade_before", &id), NC_NOERR);
    assert_int_equal(nc_get_var_double(file, id, value), NC_NOERR);
    assert_memory_equal(value, pl_world_flow(f->rig.world), sizeof trade);
    assert_int_equal(nc_inq_varid(file, "certificate_worst", &id), NC_NOERR);
    assert_int_equal(nc_get_var_double(file, id, worst), NC_NOERR);
    assert_true(worst[0] == f->rig.run->certificate[0].worst && worst[1] == f->rig.run->certificate[1].worst);
    assert_int_equal(nc_inq_varid(file, "variant", &id), NC_NOERR);
    assert_int_equal(nc_get_var_string(file, id, label), NC_NOERR);
    assert_string_equal(label[1], "sharp");
    nc_free_string(2, label);
}

static void test_netcdf(void **state) {
    const fixture *f = *state;
    char *folder = write_all(f, "netcdf"), *path = pl_format("%s/results.nc", folder), note[128];
    int file;
    assert_int_equal(nc_open(path, NC_NOWRITE, &file), NC_NOERR);
    check_netcdf(f, file);
    read_text_attribute(file, NC_GLOBAL, "history", note, sizeof note);
    assert_string_equal(note, "parley run two-wars.yaml");
    read_text_attribute(file, NC_GLOBAL, "Conventions", note, sizeof note);
    assert_string_equal(note, "CF-1.10");
    read_text_attribute(file, NC_GLOBAL, "world_source", note, sizeof note);
    assert_string_equal(note, "made for a test");
    nc_close(file);
    free(path);
    free(folder);
}

/* ---- the documents ---- */

/* Every variable is in docs/results.md in a row with its unit. */
static void test_documented(void **state) {
    (void)state;
    size_t length;
    char *page = read_file(PL_SOURCE_DIR, "docs/results.md", &length);
    for (int k = 0; k < PL_RESULT_COUNT; k++) {
        char *quoted = pl_format("`%s`", pl_variable_name((pl_variable)k));
        char *unit = pl_format("| %s |", pl_variable_unit((pl_variable)k));
        const char *row = strstr(page, quoted), *end = row ? strchr(row, '\n') : NULL;
        const char *found = row ? strstr(row, unit) : NULL;
        if (!found || found > end)
            fail_msg("docs/results.md has no row with %s and %s", quoted, unit);
        free(quoted);
        free(unit);
    }
    free(page);
}

/* ---- all or nothing ---- */

static const char *const names[] = {"results.nc", "results.json", "countries.csv", "sectors.csv",
                                    "trade.csv"};

/* Written twice, a second apart: no file holds the time. */
static void test_same_bytes(void **state) {
    const fixture *f = *state;
    char *first = write_all(f, "first");
    sleep(1);
    char *second = write_all(f, "second");
    for (size_t k = 0; k < 5; k++) {
        size_t a, b;
        char *one = read_file(first, names[k], &a), *two = read_file(second, names[k], &b);
        assert_int_equal(a, b);
        assert_memory_equal(one, two, a);
        free(one);
        free(two);
    }
    assert_int_equal(count_files(first), 5);
    free(first);
    free(second);
}

/* A limit on the size of a file stands for a full disk, at many sizes so that every file meets it. */
static void test_full_disk(void **state) {
    const fixture *f = *state;
    size_t refused = 0;
    struct rlimit before, limit;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t size = 0; size < 400000; size = size * 5 / 4 + 100) {
        pl_error error = {PL_OK, ""};
        char *folder = pl_format("%s/full-%lu", f->folder, (unsigned long)size);
        limit = before;
        limit.rlim_cur = size;
        setrlimit(RLIMIT_FSIZE, &limit);
        pl_status status = pl_report_write(folder, f->rig.run, NULL, &error);
        setrlimit(RLIMIT_FSIZE, &before);
        if (status) {
            refused++;
            assert_int_equal(status, PL_IO);
            assert_non_null(strstr(error.text, folder));
            assert_int_equal(access(folder, F_OK), -1);
        } else {
            assert_int_equal(count_files(folder), 5);
        }
        free(folder);
    }
    assert_true(refused > 10);
}

/* Results that stand are not touched by a write that fails. */
static void test_failure_keeps_old(void **state) {
    const fixture *f = *state;
    pl_error error = {PL_OK, ""};
    size_t before, after;
    struct rlimit old, limit;
    char *folder = write_all(f, "old"), *one = read_file(folder, "results.json", &before);
    getrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_IGN);
    limit = old;
    limit.rlim_cur = 3000;
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(pl_report_write(folder, f->rig.run, "another", &error), PL_IO);
    setrlimit(RLIMIT_FSIZE, &old);
    char *two = read_file(folder, "results.json", &after);
    assert_int_equal(before, after);
    assert_memory_equal(one, two, before);
    assert_int_equal(count_files(folder), 5);
    free(one);
    free(two);
    free(folder);
}

static void test_folder_not_writable(void **state) {
    const fixture *f = *state;
    pl_error error = {PL_OK, ""};
    char *file = pl_format("%s/plain", f->folder), *folder = pl_format("%s/plain/results", f->folder);
    fclose(fopen(file, "wb"));
    assert_int_equal(pl_report_write(folder, f->rig.run, NULL, &error), PL_IO);
    assert_non_null(strstr(error.text, file));
    free(file);
    free(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_json, set_up, tear_down),
        cmocka_unit_test(test_json_of_no_number),
        cmocka_unit_test_setup_teardown(test_csv, set_up, tear_down),
        cmocka_unit_test(test_csv_quotes),
        cmocka_unit_test_setup_teardown(test_trade_csv, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cases, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_netcdf, set_up, tear_down),
        cmocka_unit_test(test_documented),
        cmocka_unit_test_setup_teardown(test_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failure_keeps_old, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folder_not_writable, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
