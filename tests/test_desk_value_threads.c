/* Several callers drag packages at one desk at once, others ask for runs, and the game's file changes: every answer is
 * whole. Built with the thread sanitizer, this looks for races. */
#include "asked_game.h"

#include <pthread.h>

enum { CALLERS = 6, ROUNDS = 12 };

typedef struct {
    pl_desk *desk;
    size_t number, wrong;
} caller;

static char *ask(const caller *c, size_t round, volatile int *stop, pl_status *status) {
    char *text = NULL, line[48];
    size_t length = 0;
    pl_error error;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    bool run = c->number == 0;
    snprintf(line, sizeof line, run ? "USA<-CHN=%zu%%" : "us-tariff=%zu%%", 3 * round + c->number);
    const pl_asked asked[] = {{"scenario", run ? asked_path : asked_game_path},
                              {run ? "tariff" : "set", line},
                              {"set", "cn-chips=60%"}};
    *status = run ? pl_desk_answer(c->desk, asked, 2, true, stop, out, &error)
                  : pl_desk_value(c->desk, asked, 2 + (round + c->number) % 2, stop, out, &error);
    fclose(out);
    return text;
}

static void *call(void *data) {
    caller *c = data;
    for (size_t round = 0; round < ROUNDS; round++) {
        pl_status status = PL_FAILED;
        volatile int stop = round == 5;
        char *text = ask(c, round, &stop, &status);
        bool whole = stop ? status == PL_CANCELLED && !*text
                          : !status && strstr(text, "\"start\"") && text[strlen(text) - 2] == '}';
        c->wrong += !whole;
        free(text);
    }
    return NULL;
}

/* The same text again: another file, and so another reading, but the same game. */
static void touch(void) {
    char path[200];
    snprintf(path, sizeof path, "%s.new", asked_game_path);
    FILE *out = fopen(path, "w");
    if (!out || fputs(asked_game, out) < 0 || fclose(out) || rename(path, asked_game_path))
        fail_msg("%s cannot be written", path);
}

static void run_callers(size_t threads, size_t memory) {
    const pl_desk_options options = {threads, memory};
    pl_desk *desk = NULL;
    pthread_t thread[CALLERS];
    caller c[CALLERS];
    assert_int_equal(pl_desk_new(&options, &desk, NULL), PL_OK);
    for (size_t k = 0; k < CALLERS; k++) {
        c[k] = (caller){desk, k, 0};
        assert_int_equal(pthread_create(&thread[k], NULL, call, &c[k]), 0);
    }
    for (int k = 0; k < 5; k++) {
        usleep(3000);
        touch();
    }
    for (size_t k = 0; k < CALLERS; k++) {
        pthread_join(thread[k], NULL);
        assert_int_equal(c[k].wrong, 0);
    }
    pl_desk_free(desk);
}

static void test_roomy(void **state) {
    (void)state;
    run_callers(4, 0);
}

static void test_one_at_a_time(void **state) {
    (void)state;
    run_callers(1, 0);
}

static void test_short_of_memory(void **state) {
    (void)state;
    run_callers(3, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_roomy), cmocka_unit_test(test_one_at_a_time),
                                       cmocka_unit_test(test_short_of_memory)};
    return cmocka_run_group_tests(tests, asked_open_game, asked_close_game);
}
