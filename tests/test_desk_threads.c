/* Several callers put questions to one desk at once, cold and warm, while memory is short and a file changes: every cold
 * answer is the bytes of a run, every warm one is whole. Built with the thread sanitizer, this looks for races. */
#include "asked.h"

#include <pthread.h>

enum { CALLERS = 6, ROUNDS = 12, KINDS = 4 };

static const char *const lines[KINDS] = {"USA<-CHN=60%", "USA<-CHN=61%", "CHN<-USA+=5%", "USA<-*=*0.5"};

static size_t make_question(size_t kind, pl_asked *asked) {
    size_t count = 0;
    asked[count++] = (pl_asked){"scenario", asked_path};
    asked[count++] = (pl_asked){"tariff", lines[kind]};
    if (kind % 2)
        asked[count++] = (pl_asked){"option", "exempt"};
    if (kind == 2)
        asked[count++] = (pl_asked){"country", "CHN"};
    return count;
}

typedef struct {
    pl_desk *desk;
    size_t number, wrong;
    char *const *expected; /* [KINDS] */
} caller;

static char *ask(pl_desk *desk, const pl_asked *asked, size_t count, bool warm, volatile int *stop,
                 pl_status *status) {
    char *text = NULL;
    size_t length = 0;
    pl_error error;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    *status = pl_desk_answer(desk, asked, count, warm, stop, out, &error);
    fclose(out);
    return text;
}

static void *call(void *data) {
    caller *c = data;
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t kind = (c->number + round) % KINDS;
        bool warm = (c->number + round / 2) % 2;
        pl_asked asked[4];
        pl_status status = PL_FAILED;
        volatile int stop = round == 5;
        char *text = ask(c->desk, asked, make_question(kind, asked), warm, &stop, &status);
        bool good = stop   ? status == PL_CANCELLED && !*text
                    : warm ? !status && strstr(text, "\"variants\"") && text[strlen(text) - 2] == '}'
                           : !status && !strcmp(text, c->expected[kind]);
        c->wrong += !good;
        free(text);
    }
    return NULL;
}

/* The same text again: another time stamp, and so another reading, but the same answers. */
static void touch(void) {
    char path[160];
    snprintf(path, sizeof path, "%s.new", asked_path);
    FILE *out = fopen(path, "w");
    if (!out || fputs(asked_scenario, out) < 0 || fclose(out) || rename(path, asked_path))
        fail_msg("%s cannot be written", path);
}

static void run_callers(size_t threads, size_t memory) {
    const pl_desk_options options = {threads, memory};
    pl_desk *desk = NULL;
    pthread_t thread[CALLERS];
    caller c[CALLERS];
    char *expected[KINDS];
    for (size_t k = 0; k < KINDS; k++) {
        pl_asked asked[4];
        expected[k] = asked_run(asked, make_question(k, asked));
    }
    assert_int_equal(pl_desk_new(&options, &desk, NULL), PL_OK);
    for (size_t k = 0; k < CALLERS; k++) {
        c[k] = (caller){desk, k, 0, expected};
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
    for (size_t k = 0; k < KINDS; k++)
        free(expected[k]);
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
    return cmocka_run_group_tests(tests, asked_open, asked_close);
}
