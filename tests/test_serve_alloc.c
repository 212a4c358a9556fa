/*
 * Every allocation of ours fails in turn while a request is read, refused, turned into a question and its answer kept, and while
 * a server starts: each time the outcome is "out of memory", a refusal or less kept, and nothing leaks (the address sanitizer watches).
 */
#include "serve/serve.h"
#include "failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void arm(size_t at) {
    calls = 0;
    fail_at = at;
    __atomic_store_n(&armed, true, __ATOMIC_RELAXED);
}

static size_t disarm(void) {
    __atomic_store_n(&armed, false, __ATOMIC_RELAXED);
    return calls;
}

/* A folder with one scenario; removed by the caller. */
static void make_folder(char *path, char *file, size_t size) {
    strcpy(path, "/tmp/parley-serve-XXXXXX");
    assert_non_null(mkdtemp(path));
    snprintf(file, size, "%s/a.yaml", path);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs("parley: 1\ntitle: one\nvariants: {v: {measures: []}}\n", out);
    fclose(out);
}

/* From the address to a kept answer; everything is given back. */
static pl_status whole_request(const pl_folder *folder, const char *uri, pl_memory *memory) {
    pl_target target;
    pl_ask ask;
    pl_error error = {PL_OK, ""};
    pl_status status = pl_target_read(uri, &target, &error);
    if (status)
        return status;
    status = pl_ask_new(folder, "run", &target, false, &ask, &error);
    if (!status) {
        pl_answer *answer = pl_answer_new(200, strdup("{}"), 2);
        if (answer)
            pl_memory_keep(memory, ask.key, "body", 4, answer);
        pl_answer_drop(answer);
        pl_ask_clear(&ask);
    }
    pl_target_clear(&target);
    return status;
}

static void try_request(const pl_folder *folder, const char *uri, pl_status wanted) {
    size_t count = 1;
    for (size_t at = 0; at < count; at++) {
        pl_memory memory = {.most = 10000};
        arm(at);
        pl_status status = whole_request(folder, uri, &memory);
        count = disarm();
        if (count <= at)
            assert_int_equal(status, wanted);
        else
            assert_true(status == PL_NO_MEMORY || status == PL_INVALID || status == wanted);
        pl_memory_clear(&memory);
        count = count <= at ? 0 : count + 1;
    }
}

static void test_requests(void **state) {
    char path[64], file[96];
    pl_folder folder;
    pl_error error;
    (void)state;
    make_folder(path, file, sizeof file);
    assert_int_equal(pl_folder_open(path, &folder, &error), PL_OK);
    try_request(
        &folder,
        "/?scenario=a&tariff=x&sigma_final=2&world=wiod-2014&timeline=&on=1&on=2&on=3&on=4&on=5&on=6&on=7",
        PL_OK);
    try_request(&folder, "/?scenario=b", PL_INVALID);
    try_request(&folder, "/?tarif=b", PL_INVALID);
    pl_folder_close(&folder);
    unlink(file);
    rmdir(path);
}

static void test_folder(void **state) {
    char path[64], file[96];
    pl_error error;
    size_t count = 1;
    (void)state;
    make_folder(path, file, sizeof file);
    for (size_t at = 0; at < count; at++) {
        pl_folder folder;
        arm(at);
        pl_status status = pl_folder_open(path, &folder, &error);
        char *about = status ? NULL : pl_folder_about(&folder);
        count = disarm();
        if (count <= at) {
            assert_int_equal(status, PL_OK);
            assert_non_null(about);
        } else
            assert_true(status == PL_OK || status == PL_NO_MEMORY);
        count = count <= at ? 0 : count + 1;
        free(about);
        if (!status)
            pl_folder_close(&folder);
    }
    unlink(file);
    rmdir(path);
}

static void test_server(void **state) {
    char path[64], file[96];
    (void)state;
    make_folder(path, file, sizeof file);
    unlink(file);
    for (size_t at = 0; at < 60; at++) {
        pl_serve_options options = {.scenarios = path};
        pl_serve *serve = NULL;
        pl_error error;
        arm(at);
        pl_status status = pl_serve_new(&options, &serve, &error);
        disarm();
        assert_int_equal(serve == NULL, status != PL_OK);
        if (serve)
            pl_serve_step(serve, 1);
        pl_serve_free(serve);
    }
    rmdir(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
