/* Several callers at one desk while a file changes: what each asks is the test's. */
#ifndef TEST_DESK_CALLERS_H
#define TEST_DESK_CALLERS_H

#include "asked.h"
#include "report/desk.h"

#include <pthread.h>

enum { CALLERS = 6, ROUNDS = 12 };

typedef struct {
    size_t number, round;
    const void *data; /* the test's */
} desk_call;

/* How callers ask, and the file that is written again while they do. */
typedef struct {
    pl_status (*ask)(pl_desk *desk, const desk_call *call, volatile int *stop, FILE *out, pl_error *error);
    bool (*is_whole)(const desk_call *call, const char *text);
    const void *data;
    const char *path, *text;
} desk_script;

typedef struct {
    const desk_script *script;
    pl_desk *desk;
    size_t number, wrong;
} desk_caller;

/* One round of each caller is stopped before it begins. */
static inline void *desk_caller_run(void *data) {
    desk_caller *c = data;
    for (size_t round = 0; round < ROUNDS; round++) {
        const desk_call call = {c->number, round, c->script->data};
        char *text = NULL;
        size_t length = 0;
        volatile int stop = round == 5;
        pl_error error;
        FILE *out = open_memstream(&text, &length);
        pl_status status = out ? c->script->ask(c->desk, &call, &stop, out, &error) : PL_FAILED;
        if (out)
            fclose(out);
        bool good =
            out && (stop ? status == PL_CANCELLED && !*text : !status && c->script->is_whole(&call, text));
        c->wrong += !good;
        free(text);
    }
    return NULL;
}

/* The same text again: another file, and so another reading, but the same answers. */
static inline void desk_touch(const char *path, const char *text) {
    char fresh[200];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *out = fopen(fresh, "w");
    if (!out || fputs(text, out) < 0 || fclose(out) || rename(fresh, path))
        fail_msg("%s cannot be written", fresh);
}

static inline void desk_run_callers(const desk_script *script, size_t threads, size_t memory) {
    const pl_desk_options options = {threads, memory};
    pl_desk *desk = NULL;
    pthread_t thread[CALLERS];
    desk_caller c[CALLERS];
    assert_int_equal(pl_desk_new(&options, &desk, NULL), PL_OK);
    for (size_t k = 0; k < CALLERS; k++) {
        c[k] = (desk_caller){script, desk, k, 0};
        assert_int_equal(pthread_create(&thread[k], NULL, desk_caller_run, &c[k]), 0);
    }
    for (int k = 0; k < 5; k++) {
        usleep(3000);
        desk_touch(script->path, script->text);
    }
    for (size_t k = 0; k < CALLERS; k++) {
        pthread_join(thread[k], NULL);
        assert_int_equal(c[k].wrong, 0);
    }
    pl_desk_free(desk);
}

#endif
