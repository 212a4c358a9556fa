/*
 * Every allocation of ours fails in turn while the desk values a package, the first time and again: each time the answer is
 * "out of memory", or whole, the desk goes on, and nothing leaks (the address sanitizer watches).
 */
#include "asked_game.h"

#include "failing_alloc.h"

static char *written;
static size_t length;

static pl_status value(pl_desk *desk, const char *set, pl_error *error) {
    const pl_asked asked[] = {{"scenario", asked_game_path}, {"set", set}, {"set", "cn-chips=45%"}};
    FILE *out = open_memstream(&written, &length);
    armed = true;
    pl_status status = pl_desk_value(desk, asked, set ? 3 : 1, NULL, out, error);
    armed = false;
    fclose(out);
    return status;
}

/* Everything but the package, whose last bits depend on what was solved before. */
static bool is_whole(const char *text) {
    return strstr(text, "\"start\": \"warm\"") && strstr(text, "\"name\": \"package\"") &&
           strstr(text, "\"converged\": true") && text[strlen(text) - 2] == '}';
}

/* True when it was the last. */
static bool check(pl_status status, const pl_error *error) {
    if (status && (status != PL_NO_MEMORY || !strstr(error->text, "out of memory") || length))
        fail_msg("allocation %zu: status %d, %zu bytes, %s", fail_at, (int)status, length, error->text);
    if (!status)
        assert_true(is_whole(written));
    free(written);
    return calls <= fail_at;
}

static void test_first(void **state) {
    bool last = false;
    (void)state;
    for (size_t at = 0; !last; at++) {
        pl_desk *desk = NULL;
        pl_error error = {PL_OK, ""};
        calls = 0;
        fail_at = SIZE_MAX;
        assert_int_equal(pl_desk_new(NULL, &desk, &error), PL_OK);
        fail_at = at;
        last = check(value(desk, "us-tariff=5%", &error), &error);
        pl_desk_free(desk);
    }
    assert_true(calls > 200);
}

/* A desk that failed before answers as if nothing had been; every other question sets other instruments, for which a hand
 * lays out its policy anew. */
static void test_again(void **state) {
    pl_desk *desk = NULL;
    pl_error error = {PL_OK, ""};
    bool last = false;
    (void)state;
    fail_at = SIZE_MAX;
    assert_int_equal(pl_desk_new(NULL, &desk, &error), PL_OK);
    check(value(desk, "us-tariff=5%", &error), &error);
    for (size_t at = 0; !last; at++) {
        fail_at = SIZE_MAX;
        assert_int_equal(value(desk, NULL, &error), PL_OK);
        free(written);
        calls = 0;
        fail_at = at;
        last = check(value(desk, "us-goods=5%", &error), &error);
    }
    assert_true(calls > 10);
    pl_desk_free(desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_first), cmocka_unit_test(test_again)};
    return cmocka_run_group_tests(tests, asked_open_game, asked_close_game);
}
