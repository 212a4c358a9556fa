/* Importing a folder of CSV tables: what is read, and each way a table can be wrong, with its line. */
#include "test_world_fixture.h"

#include <zstd.h>

/* One file of a folder. */
typedef struct {
    const char *name, *text;
} file;

static const char FLOWS[] = "exporter,importer,sector,value_musd,tariff\n"
                            "A,A,one,80,0\n"
                            "B,A,one,20.5,0.05\n"
                            "A,B,one,25,1e-2\n"
                            "B,B,one,85,0\n"
                            "A,A,two,50,0\n"
                            "B,B,two,60,0\n";
static const char INPUTS[] = "country,input,user,share_of_gross_output\n"
                             "A,two,one,0.2\n"
                             "B,one,two,0.1\n";

static pl_status import(const file *files, size_t count, pl_world **world, pl_change_report *report,
                        pl_error *error) {
    char *folder = fix_folder();
    for (size_t i = 0; i < count; i++)
        if (files[i].text)
            fix_write(fix_path(folder, files[i].name), files[i].text);
    pl_status status = pl_world_import_flows(folder, world, report, error);
    fix_remove(folder);
    return status;
}

static void test_flows_alone(void **state) {
    (void)state;
    const file files[] = {{"flows.csv", FLOWS}};
    pl_world *w = NULL;
    pl_change_report report;
    pl_error error = {0};
    if (import(files, 1, &w, &report, &error))
        fail_msg("%s", error.text);
    assert_int_equal(report.rows, 6);
    assert_int_equal(w->countries, 2);
    assert_int_equal(w->sectors, 2);
    assert_string_equal(w->country_code[0], "A");
    assert_string_equal(w->sector_code[1], "two");
    assert_true(w->flow[(0 * 2 + 0) * 2 + 1] == 20.5); /* A buys from B */
    assert_true(w->flow[(0 * 2 + 1) * 2 + 0] == 25);
    assert_true(w->tariff[(0 * 2 + 1) * 2 + 0] == 0.01);
    assert_true(w->flow[(1 * 2 + 0) * 2 + 1] == 0);
    assert_true(w->value_added_share[3] == 1);
    assert_null(w->export_tax);
    assert_null(w->profit_share);
    assert_int_equal(w->sets, 0);
    pl_world_free(w);
}

static void test_every_table(void **state) {
    (void)state;
    const file files[] = {
        {"flows.csv", FLOWS},
        {"input_shares.csv", INPUTS},
        {"value_added_shares.csv",
         "country,sector,share_of_gross_output\r\nA,one,0.8\r\nA,two,1\r\n\r\nB,one,1\r\nB,two,0.9\r\n"},
        {"profit_shares.csv", "country,sector,share_of_value_added\nB,two,0.25\n"},
        {"countries.csv", "\xef\xbb\xbf"
                          "country,name\nB,\"Beta, the \"\"second\"\"\"\nA,\n"},
        {"sectors.csv", "sector,theta_own,name,goods\none,4,First,yes\ntwo,5.5,\"Line\nbreak\",0\n"},
        {"elasticities.csv", "sector,FGO,CP\ntwo,8.35,4\none,2.91,9.11\n"},
        {"notes.csv", "key,text\ntitle,small\nsource,\"a, b\"\n"},
    };
    pl_world *w = NULL;
    pl_change_report report;
    pl_error error = {0};
    if (import(files, sizeof files / sizeof *files, &w, &report, &error))
        fail_msg("%s", error.text);
    /* The order is that of countries.csv. */
    assert_string_equal(w->country_code[0], "B");
    assert_string_equal(pl_world_name(w, PL_COUNTRY, 0), "Beta, the \"second\"");
    assert_string_equal(pl_world_name(w, PL_COUNTRY, 1), "A");
    assert_string_equal(pl_world_name(w, PL_SECTOR, 1), "Line\nbreak");
    assert_true(w->flow[(0 * 2 + 1) * 2 + 0] == 20.5); /* A, now second, buys from B */
    assert_true(w->input_share[(1 * 2 + 0) * 2 + 1] == 0.2);
    assert_true(w->input_share[(0 * 2 + 1) * 2 + 0] == 0.1);
    assert_true(w->value_added_share[1 * 2 + 0] == 0.8 && w->value_added_share[0 * 2 + 1] == 0.9);
    assert_true(w->profit_share[0 * 2 + 1] == 0.25 && w->profit_share[1 * 2 + 1] == 0);
    assert_true(w->goods[0] && !w->goods[1]);
    assert_int_equal(w->sets, 3);
    assert_string_equal(w->set[0].name, "FGO");
    assert_true(w->set[0].theta[0] == 2.91 && w->set[1].theta[1] == 4);
    assert_string_equal(w->set[2].name, "own");
    assert_true(w->set[2].theta[1] == 5.5);
    assert_string_equal(pl_world_note(w, "source"), "a, b");
    pl_world_free(w);
}

/* A table that is wrong in place of the right one, and what the message must say. */
static const struct {
    file file;
    const char *a, *b;
} bad_tables[] = {
    {{"flows.csv", ""}, "flows.csv", "empty"},
    {{"flows.csv", "importer,exporter,sector,value_musd\n"}, "flows.csv", "no rows"},
    {{"flows.csv", "importer,exporter,sector\nA,B,one\n"}, "flows.csv:1", "'value_musd' is missing"},
    {{"flows.csv", "importer,exporter,sector,value_musd,tarif\nA,B,one,1,0\n"},
     "flows.csv:1",
     "did you mean 'tariff'?"},
    {{"flows.csv", "importer,exporter,sector,value_musd,importer\nA,B,one,1,A\n"},
     "flows.csv:1",
     "appears twice"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,one,1\nA,B,one\n"}, "flows.csv:3", "cut short"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,one,1,2\n"}, "flows.csv:2", "5 fields"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,one,1\n\nA,A,one,x1\n"}, "flows.csv:4", "'x1'"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,one,nan\n"}, "flows.csv:2", "finite number"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,one,inf\n"}, "flows.csv:2", "finite number"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,one,\n"}, "flows.csv:2", "finite number"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,one,-5\n"}, "flows.csv:2", "negative"},
    {{"flows.csv", "importer,exporter,sector,value_musd,tariff\nA,B,one,5,10\n"},
     "flows.csv:2",
     "tariff is 10, which would be 1000 %"},
    {{"flows.csv", "importer,exporter,sector,value_musd,export_tax\nA,B,one,5,7.5\n"},
     "flows.csv:2",
     "0.075 is 7.5 %"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,,one,5\n"}, "flows.csv:2", "exporter is empty"},
    {{"flows.csv", "importer,exporter,sector,value_musd,tariff\nA,B,one,5,-1\n"}, "flows.csv:2", "above -1"},
    {{"flows.csv", "importer,exporter,sector,value_musd,export_tax\nA,B,one,5,-2\n"},
     "flows.csv:2",
     "export_tax is -2"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,one,5\nA,A,one,5\nA,B,one,5\n"},
     "flows.csv:4",
     "duplicate row: importer A, exporter B, sector one"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,\"one,5\n"}, "flows.csv", "quotation mark"},
    {{"flows.csv", "importer,exporter,sector,value_musd\nA,B,o\"ne,5\n"}, "flows.csv:2", "quotation mark"},
    {{"flows.csv", "importer,exporter,sector,value_musd\rA,B,one,5\r"}, "flows.csv:1", "carriage return"},
    {{"input_shares.csv", "country,input,user,share_of_gross_output\nC,one,two,0.1\n"},
     "input_shares.csv:2",
     "unknown country 'C'"},
    {{"input_shares.csv", "country,input,user,share_of_gross_output\nA,one,tow,0.1\n"},
     "input_shares.csv:2",
     "did you mean 'two'?"},
    {{"input_shares.csv", "country,input,user,share_of_gross_output\nA,one,two,-0.1\n"},
     "input_shares.csv:2",
     "-0.1"},
    {{"input_shares.csv", "country,input,user,share_of_gross_output\nA,one,two,.1\nA,one,two,.1\n"},
     "input_shares.csv:3",
     "duplicate row"},
    {{"input_shares.csv", "country,input,user,share\nA,one,two,.1\n"},
     "input_shares.csv:1",
     "unknown column 'share'"},
    {{"value_added_shares.csv", "country,sector,share_of_gross_output\nA,one,.8\nA,one,.8\n"},
     "value_added_shares.csv:3",
     "duplicate row"},
    {{"value_added_shares.csv", "country,sector,share_of_gross_output\nA,one,-\n"},
     "value_added_shares.csv:2",
     "'-'"},
    {{"profit_shares.csv", "country,sector,share_of_value_added\nA,one,1\n"},
     "profit share of A, sector one, is 1",
     NULL},
    {{"countries.csv", "country\nA\nA\nB\n"}, "countries.csv:3", "duplicate row"},
    {{"countries.csv", "country\nA\n"}, "flows.csv:3", "unknown country 'B'"},
    {{"countries.csv", "country\n"}, "countries.csv", "no rows"},
    {{"sectors.csv", "sector,goods\none,maybe\ntwo,0\n"}, "sectors.csv:2", "goods is 'maybe'"},
    {{"sectors.csv", "sector,theta_own\none,0\ntwo,1\n"},
     "sectors.csv:2",
     "trade elasticity own of sector one is '0'"},
    {{"sectors.csv", "sector,theta_own\none,x\ntwo,1\n"}, "sectors.csv:2", "'x'"},
    {{"sectors.csv", "sector,titel\none,x\ntwo,1\n"}, "sectors.csv:1", "unknown column 'titel'"},
    {{"elasticities.csv", "sector,FGO\none,4\n"}, "elasticities", "no value for sector two"},
    {{"elasticities.csv", "sector,FGO,FGO_se\none,4,-1\ntwo,3,\n"},
     "elasticities.csv:2",
     "standard error FGO_se of sector one is '-1'"},
    {{"elasticities.csv", "sector,FGO,fgo\none,4,4\ntwo,3,3\n"}, "elasticities", "given twice"},
    {{"elasticities.csv", "sector,FGO\none,4\none,4\n"}, "elasticities.csv:3", "duplicate row"},
    {{"notes.csv", "key,text\ntitle,a\ntitle,b\n"}, "notes.csv:3", "duplicate row"},
    {{"notes.csv", "key,text\n,a\n"}, "notes.csv:2", "key is empty"},
    {{"flows.csv.gz", "importer,exporter,sector,value_musd\nA,B,one,1\n"}, "both", "keep one"},
};

static void test_bad_tables(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_tables / sizeof *bad_tables; i++) {
        bool flows = !strcmp(bad_tables[i].file.name, "flows.csv"),
             inputs = !strcmp(bad_tables[i].file.name, "input_shares.csv");
        const file files[] = {{"flows.csv", flows ? NULL : FLOWS},
                              {"input_shares.csv", inputs ? NULL : INPUTS},
                              bad_tables[i].file};
        pl_world *w = NULL;
        pl_error error = {0};
        if (import(files, 3, &w, NULL, &error) != PL_INVALID)
            fail_msg("number %zu (%s) was let through: %s", i, bad_tables[i].file.name, error.text);
        assert_null(w);
        fix_says(&error, bad_tables[i].a, bad_tables[i].b, NULL);
    }
}

static void test_origin(void **state) {
    (void)state;
    file files[] = {
        {"flows.csv",
         "importer,exporter,sector,value_musd,origin\nA,A,one,1,known\nA,B,one,2,\nB,B,one,3,rest\n"}};
    pl_world *w = NULL;
    pl_error error = {0};
    assert_int_equal(import(files, 1, &w, NULL, &error), PL_OK);
    assert_non_null(w->flow_origin);
    assert_int_equal(w->flow_origin[0], PL_ORIGIN_KNOWN);
    assert_int_equal(w->flow_origin[1], PL_ORIGIN_WHOLE);
    assert_int_equal(w->flow_origin[3], PL_ORIGIN_REST);
    pl_world_free(w);
    files[0].text = "importer,exporter,sector,value_musd,origin\nA,A,one,1,unknown\n";
    assert_int_equal(import(files, 1, &w, NULL, &error), PL_INVALID);
    fix_says(&error, "flows.csv:2", "origin is 'unknown'", NULL);
}

static void test_zero_byte(void **state) {
    (void)state;
    static const char bytes[] = "importer,exporter,sector,value_musd\nA,B,o\0ne,5\n";
    char *folder = fix_folder();
    pl_world *w = NULL;
    pl_error error = {0};
    fix_write_bytes(fix_path(folder, "flows.csv"), bytes, sizeof bytes - 1);
    assert_int_equal(pl_world_import_flows(folder, &w, NULL, &error), PL_INVALID);
    fix_says(&error, "flows.csv:2", "zero byte", NULL);
    fix_remove(folder);
}

/* Writes FLOWS into FOLDER/NAME through a shell command on the file x, or by libzstd. */
static void compress(const char *folder, const char *name, const char *command) {
    char line[2048], packed[4096];
    if (!strcmp(command, "zstd")) {
        size_t size = ZSTD_compress(packed, sizeof packed, FLOWS, strlen(FLOWS), 3);
        assert_false(ZSTD_isError(size));
        fix_write_bytes(fix_path(folder, name), packed, size);
        return;
    }
    fix_write(fix_path(folder, "x"), FLOWS);
    snprintf(line, sizeof line, "cd '%s' && (%s) > %s", folder, command, name);
    assert_int_equal(system(line), 0);
}

/* gzip and zstd, told by content, whatever the name; parts glued together; and cut short. */
static void test_compressed(void **state) {
    (void)state;
    static const struct {
        const char *command, *name;
    } way[] = {{"gzip -c x", "flows.csv.gz"},
               {"zstd", "flows.csv.zst"},
               {"gzip -c x", "flows.csv"},
               {"zstd", "flows.csv.gz"},
               {"head -3 x | gzip -c; tail -n +4 x | gzip -c", "flows.csv.gz"}};
    char *folder = fix_folder();
    pl_world *plain = NULL, *w = NULL;
    pl_error error = {0};
    compress(folder, "flows.csv", "cat x");
    assert_int_equal(pl_world_import_flows(folder, &plain, NULL, &error), PL_OK);
    unlink(fix_path(folder, "flows.csv"));
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, way[i].name);
        compress(folder, way[i].name, way[i].command);
        if (pl_world_import_flows(folder, &w, NULL, &error))
            fail_msg("%s: %s", way[i].name, error.text);
        fix_same_world(plain, w);
        pl_world_free(w);
        for (int cut = 5; cut < 60; cut += 17) {
            compress(folder, way[i].name, way[i].command);
            fix_cut(path, path, cut);
            assert_int_equal(pl_world_import_flows(folder, &w, NULL, &error), PL_IO);
            fix_says(&error, way[i].name, "cut short", NULL);
        }
        unlink(path);
    }
    pl_world_free(plain);
    fix_remove(folder);
}

/* A damaged byte in the middle of the compressed data. */
static void test_damaged(void **state) {
    (void)state;
    char *folder = fix_folder(), text[20000];
    pl_world *w = NULL;
    pl_error error = {0};
    size_t used = (size_t)snprintf(text, sizeof text, "importer,exporter,sector,value_musd\n");
    for (int i = 0; i < 600; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "A,B,s%d,%d\n", i, i * i % 977);
    fix_write(fix_path(folder, "x"), text);
    fix_shell("gzip -c '%s' > '%s'", fix_path(folder, "x"), fix_path(folder, "flows.csv.gz"));
    FILE *f = fopen(fix_path(folder, "flows.csv.gz"), "r+b");
    assert_non_null(f);
    fseek(f, 1500, SEEK_SET);
    fwrite("\xff\xff\xff\xff\xff\xff", 1, 6, f);
    fclose(f);
    assert_int_equal(pl_world_import_flows(folder, &w, NULL, &error), PL_IO);
    fix_says(&error, "flows.csv.gz", "damaged", NULL);
    fix_remove(folder);
}

static void test_no_folder(void **state) {
    (void)state;
    pl_world *w = NULL;
    pl_error error = {0};
    assert_int_equal(pl_world_import_flows("/nowhere/at/all", &w, NULL, &error), PL_IO);
    fix_says(&error, "/nowhere/at/all", "No such file", NULL);
    assert_int_equal(pl_world_import_flows("/dev/null", &w, NULL, &error), PL_IO);
    fix_says(&error, "not a folder", NULL, NULL);
}

/* The short way to read a decimal gives the same double as the C library. */
static void test_numbers(void **state) {
    (void)state;
    static const char *const text[] = {"0",
                                       "1",
                                       "-1",
                                       "0.1",
                                       "123456.789",
                                       "999999999999999",
                                       "9999999999999999",
                                       "0.30000000000000004",
                                       "1e-300",
                                       "-0.000001",
                                       "5.",
                                       ".5",
                                       "100000000000000.5",
                                       "0.000000000000001",
                                       "+7"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        double x = NAN;
        assert_true(pl_csv_read(text[i], &x));
        assert_true(x == strtod(text[i], NULL));
    }
    static const char *const wrong[] = {"",    " ",   "-",   ".",   "1,5",   "1.2.3",
                                        "1-2", "abc", "nan", "inf", "1e999", "1 "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double x = NAN;
        if (pl_csv_read(wrong[i], &x))
            fail_msg("'%s' was read as %g", wrong[i], x);
    }
}

static void test_values_by_country(void **state) {
    (void)state;
    char *folder = fix_folder();
    pl_world *w = fix_world();
    double value[FIX_N];
    pl_error error = {0};
    const char *path = fix_path(folder, "gdp.csv");
    fix_write(path, "country,value_musd\nGermany,5\nUSA,1e3\n");
    assert_int_equal(pl_world_read_values(w, path, value, &error), PL_OK);
    assert_true(value[0] == 1000 && value[1] == 0 && value[2] == 5 && value[3] == 0);
    fix_write(path, "country,value_added\nUSA,7\n");
    assert_int_equal(pl_world_read_values(w, path, value, &error), PL_OK);
    assert_true(value[0] == 7);
    static const struct {
        const char *text, *a, *b;
    } wrong[] = {{"country,value_musd\nUSB,5\n", "gdp.csv:2", "did you mean 'USA'?"},
                 {"country,value_musd\nUSA,5\nUnited States,6\n", "gdp.csv:3", "duplicate row"},
                 {"country,value_musd\nUSA,-5\n", "gdp.csv:2", "negative"},
                 {"country,value_musd\nUSA,x\n", "gdp.csv:2", "'x'"},
                 {"country,value_musd,value_added\nUSA,5,5\n", "gdp.csv:1", "not both"},
                 {"country\nUSA\n", "gdp.csv:1", "value_musd"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fix_write(path, wrong[i].text);
        assert_int_equal(pl_world_read_values(w, path, value, &error), PL_INVALID);
        fix_says(&error, wrong[i].a, wrong[i].b, NULL);
    }
    assert_int_equal(pl_world_read_values(w, fix_path(folder, "none.csv"), value, &error), PL_IO);
    pl_world_free(w);
    fix_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flows_alone), cmocka_unit_test(test_every_table),
        cmocka_unit_test(test_bad_tables),  cmocka_unit_test(test_origin),
        cmocka_unit_test(test_zero_byte),   cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_damaged),     cmocka_unit_test(test_no_folder),
        cmocka_unit_test(test_numbers),     cmocka_unit_test(test_values_by_country),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
