/* The desk: cold answers are the bytes of a run, warm ones agree to 1e-9, changed files are read again, memory has a
 * bound, and what fails writes nothing. */
#include "asked.h"
#include "report/desk.h"

static pl_status answer(pl_desk *desk, const pl_asked *asked, size_t count, bool warm, char **text,
                        pl_error *error) {
    static char *written;
    static size_t length;
    FILE *out = open_memstream(&written, &length);
    pl_status status = pl_desk_answer(desk, asked, count, warm, NULL, out, error);
    fclose(out);
    *text = written;
    return status;
}

static char *must(pl_desk *desk, const pl_asked *asked, size_t count, bool warm) {
    pl_error error = {PL_OK, ""};
    char *text = NULL;
    if (answer(desk, asked, count, warm, &text, &error))
        fail_msg("%s", error.text);
    return text;
}

static pl_desk *open_desk(size_t threads, size_t memory) {
    const pl_desk_options options = {threads, memory};
    pl_desk *desk = NULL;
    assert_int_equal(pl_desk_new(&options, &desk, NULL), PL_OK);
    return desk;
}

/* Questions of every kind; the scenario's path is filled in by the test. */
enum { KINDS = 7, MOST = 5 };
static pl_asked questions[KINDS][MOST] = {
    {{"scenario", asked_path}},
    {{"scenario", asked_path},
     {"variant", "war"},
     {"tariff", "USA<-CHN=60%"},
     {"variables", "real_income,output"}},
    {{"scenario", asked_path}, {"option", "exempt"}, {"iceberg", "USA<-DEU+=5%"}, {"country", "DEU"}},
    {{"scenario", asked_path}, {"closure", "balanced"}, {"kappa", "2"}, {"export-tax", "CHN->USA=5%"}},
    {{"scenario", asked_path}, {"variant", "war"}, {"on", "2025-04-09"}, {"on", "2025-04-11"}},
    {{"scenario", asked_path}, {"variant", "war"}, {"move", "us=2025-06-01"}, {"threads", "2"}},
    {{"scenario", asked_path},
     {"variant", "quotas"},
     {"tariff", "USA<-DEU*=0.5"},
     {"tariff", "USA<-DEU:A01+=1%"}},
};

static size_t count_of(const pl_asked *asked) {
    size_t count = 0;
    while (count < MOST && asked[count].name)
        count++;
    return count;
}

static void test_same_bytes(void **state) {
    pl_desk *desk = open_desk(0, 0);
    (void)state;
    for (int round = 0; round < 2; round++)
        for (size_t k = 0; k < KINDS; k++) {
            char *cold = must(desk, questions[k], count_of(questions[k]), false);
            char *run = asked_run(questions[k], count_of(questions[k]));
            assert_string_equal(cold, run);
            free(cold);
            free(run);
            free(must(desk, questions[k], count_of(questions[k]),
                      true)); /* leaves points, which change nothing */
        }
    pl_desk_free(desk);
}

/* All numbers of a document, in order; texts are passed over. */
static size_t read_numbers(const char *text, double *value, size_t most) {
    size_t count = 0;
    bool quoted = false;
    for (; *text && count < most; text++) {
        quoted = quoted != (*text == '"');
        if (quoted || (*text != '-' && (*text < '0' || *text > '9')))
            continue;
        char *end = NULL;
        value[count++] = strtod(text, &end);
        text = end - 1;
    }
    return count;
}

static char *slide(pl_desk *desk, double rate, bool warm) {
    char line[64];
    snprintf(line, sizeof line, "USA<-CHN=%.6f%%", 100 * rate);
    const pl_asked asked[] = {
        {"scenario", asked_path}, {"tariff", line}, {"variables", "real_income,income"}};
    return must(desk, asked, 3, warm);
}

/* The lists of the values of both variants; what says how the solve went is elsewhere. */
static void check_agree(const char *warm, const char *cold) {
    for (int variant = 0; variant < 2; variant++) {
        double a[64], b[64];
        warm = strstr(warm, "\"values\"");
        cold = strstr(cold, "\"values\"");
        assert_true(warm && cold);
        const char *end = strstr(warm, "\"world_total\""), *other = strstr(cold, "\"world_total\"");
        char *x = strndup(warm, (size_t)(end - warm)), *y = strndup(cold, (size_t)(other - cold));
        size_t count = read_numbers(x, a, 64);
        assert_int_equal(count, read_numbers(y, b, 64));
        assert_int_equal(count, 6);
        for (size_t k = 0; k < count; k++)
            check_near(a[k], b[k], 1e-9 * (1 + fabs(b[k])));
        free(x);
        free(y);
        warm = end;
        cold = other;
    }
}

static void test_warm(void **state) {
    pl_desk *desk = open_desk(1, 0);
    (void)state;
    free(slide(desk, 0.3, false));
    for (int k = 0; k < 60; k++) { /* up, down and across, past the point where the quota stops to bind */
        double rate = k < 30 ? 0.3 + 0.04 * k : 1.46 - 0.043 * (k - 29) + 0.5 * (k % 7 == 0);
        char *warm = slide(desk, rate, true), *cold = slide(desk, rate, false);
        assert_non_null(strstr(warm, "\"start\": \"warm\""));
        assert_non_null(strstr(warm, "\"certificate\": \"not computed\""));
        assert_non_null(strstr(warm, "\"residual\": "));
        assert_non_null(strstr(cold, "\"start\": \"cold\""));
        check_agree(warm, cold);
        free(warm);
        free(cold);
    }
    const pl_asked asked[] = {{"scenario", asked_path}, {"tariff", "USA<-CHN=31%"}, {"certificate", "yes"}};
    char *text = must(desk, asked, 3, true);
    assert_non_null(strstr(text, "\"worst\": "));
    free(text);
    pl_desk_free(desk);
}

/* The slider's work shrinks once there are solutions to start from. */
static void test_fewer_iterations(void **state) {
    pl_desk *desk = open_desk(1, 0);
    double first = 0, last = 0;
    (void)state;
    for (int k = 0; k < 8; k++) {
        char *text = slide(desk, 0.80 + 0.01 * k, true);
        const char *at = strstr(text, "\"iterations\": ");
        assert_non_null(at);
        double now = atof(at + 14);
        first = k == 0 ? now : first;
        last = now;
        free(text);
    }
    assert_true(first > 10);
    assert_true(last < 0.6 * first);
    pl_desk_free(desk);
}

static void rewrite(const char *from, const char *to) {
    char text[4096];
    const char *at = strstr(asked_scenario, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - asked_scenario), asked_scenario, to,
             at + strlen(from));
    FILE *out = fopen(asked_path, "w");
    assert_true(out && fputs(text, out) >= 0 && fclose(out) == 0);
}

static void test_changed_file(void **state) {
    pl_desk *desk = open_desk(2, 0);
    const size_t count = count_of(questions[1]);
    (void)state;
    char *before = must(desk, questions[1], count, false);
    rewrite("rate: 20%", "rate: 50%");
    char *after = must(desk, questions[1], count, false), *run = asked_run(questions[1], count);
    assert_string_equal(after, run);
    assert_string_not_equal(after, before);
    rewrite("rate: 20%", "rate: twenty");
    pl_error error = {PL_OK, ""};
    char *text = NULL;
    assert_int_equal(answer(desk, questions[1], count, true, &text, &error), PL_INVALID);
    assert_string_equal(text, "");
    assert_non_null(strstr(error.text, "'twenty' is not a rate"));
    free(text);
    rewrite("rate: 20%", "rate: 20%");
    text = must(desk, questions[1], count, false);
    assert_string_equal(text, before);
    free(text);
    free(before);
    free(after);
    free(run);
    pl_desk_free(desk);
}

/* With room for nothing, everything is made anew and answers stay the same. */
static void test_little_memory(void **state) {
    pl_desk *desk = open_desk(1, 1);
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        char *small = must(desk, questions[k], count_of(questions[k]), false);
        char *run = asked_run(questions[k], count_of(questions[k]));
        assert_string_equal(small, run);
        free(small);
        free(run);
    }
    pl_desk_free(desk);
}

static void test_refusals(void **state) {
    pl_desk *desk = open_desk(1, 0);
    const pl_asked wrong[] = {{"scenario", asked_path}, {"tariff", "USA<-CHM=1%"}};
    const pl_asked absent[] = {{"scenario", "nowhere.yaml"}};
    pl_error error = {PL_OK, ""};
    char *text = NULL;
    volatile int stop = 1;
    (void)state;
    for (int warm = 0; warm < 2; warm++) {
        assert_int_equal(answer(desk, wrong, 2, warm, &text, &error), PL_INVALID);
        assert_non_null(strstr(error.text, "did you mean 'CHN'?"));
        assert_string_equal(text, "");
        free(text);
        assert_int_equal(answer(desk, absent, 1, warm, &text, &error), PL_IO);
        assert_string_equal(text, "");
        free(text);
    }
    assert_int_equal(pl_desk_answer(desk, questions[0], 1, true, &stop, stderr, &error), PL_CANCELLED);
    FILE *full = fopen("/dev/full", "w");
    if (full) {
        setvbuf(full, NULL, _IONBF, 0);
        assert_int_equal(pl_desk_answer(desk, questions[0], 1, false, NULL, full, &error), PL_IO);
        fclose(full);
    }
    pl_desk_free(desk);
}

static void test_timeline(void **state) {
    pl_desk *desk = open_desk(1, 0);
    const pl_asked asked[] = {
        {"scenario", asked_path}, {"variant", "war"}, {"timeline", ""}, {"pair", "USA<-CHN"}};
    char *text = must(desk, asked, 4, true);
    (void)state;
    assert_non_null(strstr(text, "2025-04-10"));
    free(text);
    pl_desk_free(desk);
}

/* A smooth curve is foretold through its points; places that differ in more than one rate take the nearest. */
static void test_points(void **state) {
    pl_points *points = pl_points_new();
    pl_place place = {.key = (char *)"line", .dims = 2};
    double y[8], guess[8];
    (void)state;
    assert_false(pl_points_guess(points, &place, guess, 8));
    for (int k = 0; k < 6; k++) {
        place.x[0] = 0.1 * k;
        place.x[1] = 0.5;
        for (int i = 0; i < 8; i++)
            y[i] = exp(place.x[0] * (i + 1) * 0.3);
        pl_points_keep(points, &place, y, 8);
    }
    place.x[0] = 0.27;
    assert_true(pl_points_guess(points, &place, guess, 8));
    for (int i = 0; i < 8; i++)
        check_near(guess[i], exp(0.27 * (i + 1) * 0.3), 1e-4);
    place.x[0] = 0.32;
    place.x[1] = 0.6;
    assert_true(pl_points_guess(points, &place, guess, 8));
    check_near(guess[7], exp(0.3 * 8 * 0.3), 1e-12);
    assert_false(pl_points_guess(points, &place, guess, 7));
    for (int k = 0; k < 100; k++) { /* more than there is room for */
        place.x[0] = k;
        pl_points_keep(points, &place, y, 8);
    }
    assert_true(pl_points_guess(points, &place, guess, 8));
    pl_points_free(points);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes),       cmocka_unit_test(test_warm),
        cmocka_unit_test(test_fewer_iterations), cmocka_unit_test(test_changed_file),
        cmocka_unit_test(test_little_memory),    cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_timeline),         cmocka_unit_test(test_points)};
    return cmocka_run_group_tests(tests, asked_open, asked_close);
}
