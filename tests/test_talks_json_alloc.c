/*
 * Every allocation fails in turn while an answer about talks is told, in JSON and in words: jansson's as well, which takes its
 * memory from the same place. Each time the answer is "out of memory" and nothing leaks (the address sanitizer watches); told
 * whole, it reads back.
 */
#include "report/report.h"
#include "talks/game.h"
#include "failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char text[] =
    "parley: 1\nname: two\nsource: made up\nnote: for a test\nscenario:\n"
    "  world: {countries: [A, B, C], sectors: [one], goods: [one], flow: {one: [[180, 20, 5], [20, 80, 9], "
    "[3, "
    "4, 50]]}, theta: {one: 4}}\n"
    "  variants: {free: {title: free}, war: {measures: [{kind: tariff, by: A, on: B, rate: 25%}]}}\n"
    "players: {One: {members: A, payoff: {political: {one: 1.1}}}, Two: {members: B}}\n"
    "instruments: {t1: {player: One, kind: tariff, on: B, high: 200%}, t2: {player: Two, kind: tariff, on: "
    "A, high: 200%}}\n"
    "disagreement: war\ntransfers: true\npunish_by: no-deal\npunishment: 5\n"
    "packages: {free: {set: {t1: 0%, t2: 0%}, transfer: {One: 1, Two: -1}}, harsh: {set: {t2: 200%}}}\n";

typedef pl_status (*telling)(FILE *out, const pl_talks *talks, pl_error *error);

static pl_status tell_in_json(FILE *out, const pl_talks *talks, pl_error *error) {
    const pl_talks_view view = {talks, "parley talks value two.yaml"};
    return pl_report_talks_json(out, &view, error);
}

static pl_status tell_in_words(FILE *out, const pl_talks *talks, pl_error *error) {
    const pl_layout layout = {.width = 80};
    return pl_report_talks(out, talks, &layout, error);
}

/* Tells it into memory with one allocation failing; returns what was told, for the caller to free. */
static char *tell(telling how, const pl_talks *talks, size_t at, pl_status *status, pl_error *error) {
    char *told = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&told, &length);
    assert_non_null(out);
    calls = 0;
    fail_at = at;
    armed = true;
    *status = how(out, talks, error);
    armed = false;
    assert_int_equal(fclose(out), 0);
    return told;
}

static char *fail_in_turn(telling how, const pl_talks *talks) {
    for (size_t at = 0;; at++) {
        pl_error error = {0};
        pl_status status;
        char *told = tell(how, talks, at, &status, &error);
        if (!status && calls <= at)
            return told;
        free(told);
        if (status != PL_NO_MEMORY)
            fail_msg("allocation %zu: status %d, %s", at, (int)status, error.text);
    }
}

static void test_telling(void **state) {
    static const pl_verb verbs[] = {PL_TABLE, PL_VALUE, PL_BARGAIN, PL_BEST_RESPONSE};
    pl_yaml *doc = NULL;
    pl_game *game = NULL;
    pl_error error = {0};
    (void)state;
    json_set_alloc_funcs(__wrap_malloc, free);
    assert_int_equal(pl_yaml_parse(text, sizeof text - 1, "two.yaml", &doc, &error), PL_OK);
    assert_int_equal(pl_game_from_doc(doc, "two.yaml", NULL, NULL, &game, &error), PL_OK);
    for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++) {
        pl_talks_options options;
        pl_talks *talks = NULL;
        pl_talks_options_init(&options);
        options.threads = 1;
        options.starts = 1;
        assert_int_equal(pl_talks_new(game, verbs[v], &options, &talks, &error), PL_OK);
        char *words = fail_in_turn(tell_in_words, talks);
        assert_non_null(strstr(words, "Certificate"));
        free(words);
        char *told = fail_in_turn(tell_in_json, talks);
        assert_true(calls > 500);
        json_t *root = json_loads(told, 0, NULL);
        assert_non_null(root);
        assert_int_equal(json_array_size(json_object_get(root, "deals")), talks->deals);
        assert_int_equal(json_array_size(json_object_get(root, "countries")), 3);
        assert_string_equal(json_string_value(json_object_get(root, "command")),
                            "parley talks value two.yaml");
        json_decref(root);
        free(told);
        pl_talks_free(talks);
    }
    pl_game_free(game);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_telling)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
