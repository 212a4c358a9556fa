/* Several callers drag packages at one desk at once, others ask for runs, and the game's file changes: every answer is
 * whole. Built with the thread sanitizer, this looks for races. */
#include "asked_game.h"
#include "desk_callers.h"

static pl_status ask(pl_desk *desk, const desk_call *call, volatile int *stop, FILE *out, pl_error *error) {
    bool run = call->number == 0;
    char line[48];
    snprintf(line, sizeof line, run ? "USA<-CHN=%zu%%" : "us-tariff=%zu%%", 3 * call->round + call->number);
    const pl_asked asked[] = {{"scenario", run ? asked_path : asked_game_path},
                              {run ? "tariff" : "set", line},
                              {"set", "cn-chips=60%"}};
    return run ? pl_desk_answer(desk, asked, 2, true, stop, out, error)
               : pl_desk_value(desk, asked, 2 + (call->round + call->number) % 2, stop, out, error);
}

static bool is_whole(const desk_call *call, const char *text) {
    (void)call;
    return strstr(text, "\"start\"") && text[strlen(text) - 2] == '}';
}

static void run_callers(size_t threads, size_t memory) {
    const desk_script script = {ask, is_whole, NULL, asked_game_path, asked_game};
    desk_run_callers(&script, threads, memory);
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
