/* Several callers put questions to one desk at once, cold and warm, while memory is short and a file changes: every cold
 * answer is the bytes of a run, every warm one is whole. Built with the thread sanitizer, this looks for races. */
#include "desk_callers.h"

enum { KINDS = 4 };

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

static size_t kind_of(const desk_call *call) {
    return (call->number + call->round) % KINDS;
}

static bool is_warm(const desk_call *call) {
    return (call->number + call->round / 2) % 2;
}

static pl_status ask(pl_desk *desk, const desk_call *call, volatile int *stop, FILE *out, pl_error *error) {
    pl_asked asked[4];
    size_t count = make_question(kind_of(call), asked);
    return pl_desk_answer(desk, asked, count, is_warm(call), stop, out, error);
}

static bool is_whole(const desk_call *call, const char *text) {
    char *const *expected = call->data;
    return is_warm(call) ? strstr(text, "\"variants\"") && text[strlen(text) - 2] == '}'
                         : !strcmp(text, expected[kind_of(call)]);
}

static void run_callers(size_t threads, size_t memory) {
    char *expected[KINDS];
    for (size_t k = 0; k < KINDS; k++) {
        pl_asked asked[4];
        expected[k] = asked_run(asked, make_question(k, asked));
    }
    const desk_script script = {ask, is_whole, expected, asked_path, asked_scenario};
    desk_run_callers(&script, threads, memory);
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
