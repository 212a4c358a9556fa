/*
 * Every allocation of ours fails in turn while the desk answers, the first time and again: each time the answer is "out of
 * memory", or whole where what failed was only kept for the next question, and nothing leaks (the address sanitizer
 * watches).
 */
#include "asked.h"
#include "failing_alloc.h"

static char *written;
static size_t length;

static pl_status answer(pl_desk *desk, bool warm, pl_error *error) {
    const pl_asked asked[] = {{"scenario", asked_path},      {"variant", "war"}, {"option", "exempt"},
                              {"move", "ch=2025-04-15"},     {"kappa", "2"},     {"tariff", "USA<-CHN=60%"},
                              {"export-tax", "CHN->USA=1%"}, {"country", "USA"}, {"variables", "wage"}};
    FILE *out = open_memstream(&written, &length);
    armed = true;
    pl_status status = pl_desk_answer(desk, asked, sizeof asked / sizeof *asked, warm, NULL, out, error);
    armed = false;
    fclose(out);
    return status;
}

/* True when it was the last. */
static bool check(pl_status status, const pl_error *error, const char *expected) {
    if (status && (status != PL_NO_MEMORY || !strstr(error->text, "out of memory") || length))
        fail_msg("allocation %zu: status %d, %zu bytes, %s", fail_at, (int)status, length, error->text);
    if (!status)
        assert_string_equal(written, expected);
    free(written);
    return calls <= fail_at;
}

static char *expected_answer(bool warm) {
    pl_desk *desk = NULL;
    pl_error error;
    fail_at = SIZE_MAX;
    assert_int_equal(pl_desk_new(NULL, &desk, &error), PL_OK);
    assert_int_equal(answer(desk, false, &error), PL_OK);
    if (warm) {
        free(written);
        assert_int_equal(answer(desk, true, &error), PL_OK);
    }
    pl_desk_free(desk);
    return written;
}

static void test_first(void **state) {
    char *expected = expected_answer(false);
    bool last = false;
    (void)state;
    for (size_t at = 0; !last; at++) {
        pl_desk *desk = NULL;
        pl_error error = {PL_OK, ""};
        calls = 0;
        fail_at = at;
        armed = true;
        pl_status status = pl_desk_new(NULL, &desk, &error);
        armed = false;
        if (status) {
            assert_int_equal(status, PL_NO_MEMORY);
            continue;
        }
        status = answer(desk, false, &error);
        last = check(status, &error, expected);
        pl_desk_free(desk);
    }
    assert_true(calls > 200);
    free(expected);
}

/* A desk that failed before answers as if nothing had been. */
static void test_again(void **state) {
    char *expected = expected_answer(true);
    pl_desk *desk = NULL;
    pl_error error = {PL_OK, ""};
    bool last = false;
    (void)state;
    fail_at = SIZE_MAX;
    assert_int_equal(pl_desk_new(NULL, &desk, &error), PL_OK);
    assert_int_equal(answer(desk, false, &error), PL_OK);
    free(written);
    for (size_t at = 0; !last; at++) {
        calls = 0;
        fail_at = at;
        pl_status status = answer(desk, true, &error);
        last = check(status, &error, expected);
    }
    assert_true(calls > 50);
    pl_desk_free(desk);
    free(expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_first), cmocka_unit_test(test_again)};
    return cmocka_run_group_tests(tests, asked_open, asked_close);
}
