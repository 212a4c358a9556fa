/* The YAML tree: what it reads, what it refuses, and its bounds. */
#include "core/yaml.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static pl_status parse(const char *text, pl_yaml **doc, pl_error *error) {
    return pl_yaml_parse(text, strlen(text), "case.yaml", doc, error);
}

/* Parsing must fail with a message that holds `part`. */
static void refuse(const char *text, size_t length, const char *part) {
    pl_yaml *doc = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_yaml_parse(text, length, "case.yaml", &doc, &error), PL_INVALID);
    assert_null(doc);
    if (!strstr(error.text, part))
        fail_msg("'%s' does not hold '%s'", error.text, part);
}

static void test_tree(void **state) {
    (void)state;
    pl_yaml *doc = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(parse("# note\na: 1.5\nb: [x, 'y z', \"145%\"]\nc:\n  d: on\n  e:\n", &doc, &error),
                     PL_OK);
    const pl_node *root = doc->root;
    assert_int_equal(root->kind, PL_NODE_MAP);
    assert_int_equal(root->count, 3);
    assert_string_equal(root->key[1]->text, "b");
    assert_int_equal(root->key[1]->line, 3);
    double x = 0;
    assert_int_equal(pl_node_number(pl_node_get(root, "a"), "a", &x, &error), PL_OK);
    assert_true(x == 1.5);
    const pl_node *b = pl_node_get(root, "b");
    assert_int_equal(b->count, 3);
    assert_false(b->item[0]->quoted);
    assert_true(b->item[1]->quoted);
    assert_int_equal(pl_node_rate(b->item[2], "rate", &x, &error), PL_OK);
    assert_true(fabs(x - 1.45) < 1e-15);
    pl_strings list = {0};
    assert_int_equal(pl_node_texts(b, "b", &list, &error), PL_OK);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.item[1], "y z");
    pl_strings_clear(&list);
    bool on = false;
    assert_int_equal(pl_node_bool(pl_node_get(pl_node_get(root, "c"), "d"), "d", &on, &error), PL_OK);
    assert_true(on);
    assert_null(pl_node_get(root, "z"));
    const char *text = NULL;
    assert_int_equal(pl_node_text(pl_node_get(pl_node_get(root, "c"), "e"), "e", &text, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "case.yaml:6: e must be a text, but it is empty"));
    pl_yaml_free(doc);
}

static void test_aliases(void **state) {
    (void)state;
    pl_yaml *doc = NULL;
    assert_int_equal(parse("a: &x [1, 2]\nb: *x\nc: [*x, *x]\n", &doc, NULL), PL_OK);
    assert_ptr_equal(pl_node_get(doc->root, "a"), pl_node_get(doc->root, "b"));
    assert_int_equal(doc->root->size, 1 + 3 + 3 + 7);
    assert_int_equal(doc->root->depth, 4);
    pl_yaml_free(doc);
}

static void test_same(void **state) {
    (void)state;
    static const char *const texts[] = {"{a: 1, b: [x, {c: d}]}",
                                        "a: &y 1\nb:\n  - x\n  - c: 'd'\n",
                                        "{a: 1, b: [x, {c: e}]}",
                                        "{a: 1, b: [x, {e: d}]}",
                                        "{b: [x, {c: d}], a: 1}",
                                        "{a: 1, b: [x, y]}",
                                        "[a, b]",
                                        "a"};
    pl_yaml *first = NULL, *other = NULL;
    assert_int_equal(parse(texts[0], &first, NULL), PL_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(parse(texts[i], &other, NULL), PL_OK);
        assert_int_equal(pl_node_same(first->root, other->root), i < 2);
        pl_yaml_free(other);
    }
    pl_yaml_free(first);
}

static void test_refused(void **state) {
    (void)state;
#define REFUSE(text, part) refuse(text, sizeof(text) - 1, part)
    REFUSE("a: 1\nb: 2\na: 3\n", "case.yaml:3: key 'a' is given twice (first on line 1)");
    REFUSE("a: 1\n\0b: 2\n", "NUL bytes");
    REFUSE("a: \"x\\0y\"\n", "case.yaml:1: a text holds a NUL");
    REFUSE("", "the file is empty");
    REFUSE("# only a note\n", "the file is empty");
    REFUSE("a: 1\n---\nb: 2\n", "case.yaml:2: a second document");
    REFUSE("a: [1, 2\nb: 3\n", "case.yaml:2: not valid YAML");
    REFUSE("a: {b: 1}}\n", "case.yaml:1: not valid YAML");
    REFUSE("[1, 2]: 3\n", "case.yaml:1: a key must be plain text");
    REFUSE("{a: 1}: 3\n", "case.yaml:1: a key must be plain text");
    REFUSE("a: *b\n", "case.yaml:1: alias *b");
    REFUSE("a: &b [1, *b]\n", "case.yaml:1: alias *b");
    REFUSE("a: \xff\xfe\n", "case.yaml: byte 3");
#undef REFUSE
}

static void test_bounds(void **state) {
    (void)state;
    char text[4096] = "";
    for (size_t i = 0; i < 65; i++)
        strcat(text, "[");
    refuse(text, strlen(text), "nested more than 64 levels");
    char *deep = text;
    deep += sprintf(deep, "a0: &a0 [0]\n");
    for (int i = 1; i < 40; i++)
        deep += sprintf(deep, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    sprintf(deep, "b: [[[[[[[[[[[[[[[[[[[[[[[[[*a39]]]]]]]]]]]]]]]]]]]]]]]]]\n");
    refuse(text, strlen(text), "case.yaml:41: nested more than 64 levels");
    /* Ten lines of ten aliases each stand for ten thousand million values. */
    char *laugh = text;
    laugh += sprintf(laugh, "a0: &a0 [0,0,0,0,0,0,0,0,0,0]\n");
    for (int i = 1; i < 10; i++) {
        laugh += sprintf(laugh, "a%d: &a%d [*a%d", i, i, i - 1);
        for (int k = 1; k < 10; k++)
            laugh += sprintf(laugh, ",*a%d", i - 1);
        laugh += sprintf(laugh, "]\n");
    }
    refuse(text, strlen(text), "aliases expand to too many values");
    size_t bytes = (16 << 20) + 1;
    char *large = malloc(bytes);
    assert_non_null(large);
    memset(large, ' ', bytes);
    refuse(large, bytes, "larger than 16 MB");
    free(large);
    char *anchors = malloc(1 << 16);
    assert_non_null(anchors);
    char *end = anchors;
    for (int i = 0; i <= 1000; i++)
        end += sprintf(end, "- &a%d x\n", i);
    refuse(anchors, strlen(anchors), "case.yaml:1001: more than 1000 anchors");
    free(anchors);
}

static void test_keys(void **state) {
    (void)state;
    static const char *const allowed[] = {"kind", "rate", "sectors"};
    pl_yaml *doc = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(parse("kind: tariff\nsecors: all\n", &doc, &error), PL_OK);
    assert_int_equal(pl_node_check_keys(doc->root, allowed, 3, "a measure", &error), PL_INVALID);
    assert_string_equal(error.text,
                        "case.yaml:2: unknown key 'secors' in a measure (did you mean 'sectors'?); "
                        "allowed: kind, rate, sectors");
    const pl_node *value = NULL;
    assert_int_equal(pl_node_need(doc->root, "rate", "measure", &value, &error), PL_INVALID);
    assert_string_equal(error.text, "case.yaml:1: measure: key 'rate' is missing");
    size_t index = 9;
    static const char *const kinds[] = {"iceberg", "tariff"};
    assert_int_equal(pl_node_choice(pl_node_get(doc->root, "kind"), "kind", kinds, 2, &index, &error), PL_OK);
    assert_int_equal(index, 1);
    assert_int_equal(pl_node_choice(pl_node_get(doc->root, "kind"), "kind", allowed, 3, &index, &error),
                     PL_INVALID);
    assert_non_null(strstr(error.text, "kind: 'tariff' is not one of kind, rate, sectors"));
    pl_yaml_free(doc);
    assert_int_equal(parse("just text", &doc, &error), PL_OK);
    assert_int_equal(pl_node_check_keys(doc->root, allowed, 3, "a measure", &error), PL_INVALID);
    assert_non_null(strstr(error.text, "a measure must be a mapping (key: value), but it is a single value"));
    pl_yaml_free(doc);
}

static pl_status read_rate(const char *text, double *value, pl_error *error) {
    return pl_text_rate(text, "rate", value, error);
}

static void test_rates(void **state) {
    (void)state;
    pl_error error = {PL_OK, ""};
    double x = 0;
    assert_int_equal(read_rate("145%", &x, &error), PL_OK);
    assert_true(fabs(x - 1.45) < 1e-15);
    assert_int_equal(read_rate("0.25", &x, &error), PL_OK);
    assert_true(x == 0.25);
    assert_int_equal(read_rate("-100%", &x, &error), PL_OK);
    assert_true(x == -1);
    assert_int_equal(read_rate("1000%", &x, &error), PL_OK);
    assert_int_equal(read_rate("145", &x, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "did you mean 145%?"));
    assert_int_equal(read_rate("-120%", &x, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "-120% is below -100%"));
    static const char *const bad[] = {"nan", "NaN%", "inf", "", "%", "ten", "1 2", "25 % x", "1e999%", "5%%"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_rate(bad[i], &x, &error), PL_INVALID);
}

static void test_numbers(void **state) {
    (void)state;
    pl_yaml *doc = NULL;
    pl_error error = {PL_OK, ""};
    double row[3] = {0, 0, 0};
    assert_int_equal(parse("a: [1, -2.5, 1e3]\nb: [1, 2]\nc: [1, .nan, 3]\nd: 4\n", &doc, &error), PL_OK);
    assert_int_equal(pl_node_numbers(pl_node_get(doc->root, "a"), "row", 3, row, &error), PL_OK);
    assert_true(row[0] == 1 && row[1] == -2.5 && row[2] == 1000);
    assert_int_equal(pl_node_numbers(pl_node_get(doc->root, "b"), "row", 3, row, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "case.yaml:2: row must have 3 numbers, but it has 2"));
    assert_int_equal(pl_node_numbers(pl_node_get(doc->root, "c"), "row", 3, row, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "'.nan' is not a finite number"));
    assert_int_equal(pl_node_numbers(pl_node_get(doc->root, "d"), "row", 3, row, &error), PL_INVALID);
    bool flag = false;
    assert_int_equal(pl_node_bool(pl_node_get(doc->root, "d"), "flag", &flag, &error), PL_INVALID);
    pl_yaml_free(doc);
}

static void test_files(void **state) {
    (void)state;
    pl_yaml *doc = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_yaml_load("/nowhere/at/all.yaml", &doc, &error), PL_IO);
    assert_non_null(strstr(error.text, "cannot read /nowhere/at/all.yaml"));
    assert_int_equal(pl_yaml_load("/", &doc, &error), PL_IO);
    char path[] = "/tmp/test_yaml.XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    /* Longer than one block of the reader. */
    FILE *out = fdopen(file, "w");
    for (int i = 0; i < 20000; i++)
        fprintf(out, "key%d: %d\n", i, i);
    fclose(out);
    assert_int_equal(pl_yaml_load(path, &doc, &error), PL_OK);
    assert_int_equal(doc->root->count, 20000);
    assert_string_equal(pl_node_get(doc->root, "key19999")->text, "19999");
    pl_yaml_free(doc);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),    cmocka_unit_test(test_aliases), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bounds),  cmocka_unit_test(test_keys),    cmocka_unit_test(test_rates),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_files),   cmocka_unit_test(test_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
