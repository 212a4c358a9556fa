/*
 * Every allocation of ours fails in turn while a game is read and while each verb answers: each time the answer is "out of
 * memory" and nothing leaks (the address sanitizer watches).
 */
#include "talks/game.h"
#include "failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void expect(const char *what, pl_status status, const pl_error *error, size_t at) {
    if (calls <= at)
        assert_int_equal(status, PL_OK);
    else if (status != PL_NO_MEMORY || !strstr(error->text, "out of memory"))
        fail_msg("%s, allocation %zu: status %d, %s", what, at, (int)status, error->text);
}

static const char text[] =
    "parley: 1\nname: two\nscenario:\n"
    "  world: {countries: [A, B], sectors: [one], goods: [one], flow: {one: [[180, 20], [20, 80]]}, theta: "
    "{one: 4},\n"
    "    theta_se: {one: 1}}\n"
    "  variants: {free: {title: free}, war: {measures: [{kind: tariff, by: A, on: B, rate: 25%}]}}\n"
    "players: {One: {members: A, payoff: {political: {one: 1.1}}}, Two: {members: B}}\n"
    "instruments: {t1: {player: One, kind: tariff, on: B, high: 200%}, t2: {player: Two, kind: tariff, on: "
    "A, high: 200%}}\n"
    "disagreement: war\ntransfers: true\ntables: [[One, Two]]\npunish_by: no-deal\npunishment: 5\n"
    "packages: {free: {set: {t1: 0%, t2: 0%}, transfer: {One: 1, Two: -1}}}\n"
    "assumed: {discount: a guess}\n";

static pl_status load(pl_game **game, pl_error *error) {
    pl_yaml *doc = NULL;
    *game = NULL;
    pl_status status = pl_yaml_parse(text, sizeof text - 1, "two.yaml", &doc, error);
    return status ? status : pl_game_from_doc(doc, "two.yaml", NULL, NULL, game, error);
}

static void test_reading(void **state) {
    (void)state;
    for (size_t at = 0;; at++) {
        pl_game *game = NULL;
        pl_error error = {0};
        calls = 0;
        fail_at = at;
        armed = true;
        pl_status status = load(&game, &error);
        armed = false;
        expect("reading", status, &error, at);
        assert_int_equal(game == NULL, status != PL_OK);
        pl_game_free(game);
        if (!status)
            break;
    }
    assert_true(calls > 100);
}

/* All of the first allocations; further on, where searches repeat themselves, ever fewer. */
static void test_verb(const pl_game *game, pl_verb verb) {
    double setting[2] = {0.1, 0.2};
    pl_talks_options options;
    pl_talks_options_init(&options);
    options.threads = 1; /* so that the same allocation fails each time */
    options.points = 3;
    options.starts = 1;
    options.draws = 2;
    options.setting = setting;
    options.kept = true;
    for (size_t at = 0;; at += 1 + at / 100) {
        pl_talks *talks = NULL;
        pl_error error = {0};
        calls = 0;
        fail_at = at;
        armed = true;
        pl_status status = pl_talks_new(game, verb, &options, &talks, &error);
        armed = false;
        expect(pl_verb_text(verb), status, &error, at);
        assert_int_equal(talks == NULL, status != PL_OK);
        pl_talks_free(talks);
        if (!status)
            break;
    }
    assert_true(calls > 50);
    pl_talks_progress progress = pl_game_progress(game);
    assert_true(progress.solves > 0 && progress.done > 0 && progress.done <= progress.wanted);
}

static void test_verbs(void **state) {
    pl_game *game = NULL;
    pl_error error;
    (void)state;
    assert_int_equal(load(&game, &error), PL_OK);
    for (int v = 0; v < PL_VERBS; v++)
        test_verb(game, (pl_verb)v);
    pl_game_free(game);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_reading), cmocka_unit_test(test_verbs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
