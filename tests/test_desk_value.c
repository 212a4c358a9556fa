/* Packages valued at the desk: no deal and today are those of the command to the bit, the package agrees to 1e-9, changed
 * files are read again, and what fails writes nothing. */
#include "asked_game.h"

#include <jansson.h>

static pl_desk *open_desk(size_t memory) {
    const pl_desk_options options = {2, memory};
    pl_desk *desk = NULL;
    assert_int_equal(pl_desk_new(&options, &desk, NULL), PL_OK);
    return desk;
}

static char *written;

static pl_status value(pl_desk *desk, const pl_asked *asked, size_t count, volatile int *stop,
                       pl_error *error) {
    size_t length = 0;
    FILE *out = open_memstream(&written, &length);
    pl_status status = pl_desk_value(desk, asked, count, stop, out, error);
    fclose(out);
    return status;
}

static json_t *must(pl_desk *desk, const pl_asked *asked, size_t count) {
    pl_error error = {PL_OK, ""};
    if (value(desk, asked, count, NULL, &error))
        fail_msg("%s", error.text);
    json_t *root = json_loads(written, 0, NULL);
    assert_non_null(root);
    free(written);
    return root;
}

static void check_number(const json_t *object, const char *key, double expected, double tolerance) {
    const json_t *number = json_object_get(object, key);
    if (!json_is_number(number))
        fail_msg("%s is no number", key);
    check_near(json_number_value(number), expected, tolerance * (1 + fabs(expected)));
}

/* A deal of the desk beside one of the command. */
static void check_deal(const pl_game *g, const json_t *deal, const pl_deal *d, double tolerance) {
    const json_t *players = json_object_get(deal, "players"), *income = json_object_get(deal, "real_income");
    assert_string_equal(json_string_value(json_object_get(deal, "name")), d->name);
    assert_string_equal(json_string_value(json_object_get(deal, "title")), d->title);
    assert_true(json_is_true(json_object_get(deal, "converged")) == d->converged);
    for (size_t p = 0; p < pl_game_players(g); p++) {
        const json_t *player = json_array_get(players, p);
        check_number(player, "payoff", d->payoff[p], tolerance);
        check_near(json_number_value(json_object_get(player, "gain")), d->against[p], 2 * tolerance);
        assert_true(json_is_true(json_object_get(player, "signs")) == d->signs[p]);
    }
    for (size_t n = 0; n < pl_world_size(pl_game_world(g), PL_COUNTRY); n++)
        check_number(income, pl_world_code(pl_game_world(g), PL_COUNTRY, n), d->real_income[n], tolerance);
}

static void check_answer(const json_t *root, const pl_asked *asked, size_t count) {
    pl_game *game = NULL;
    pl_talks *talks = asked_value(asked, count, &game);
    const json_t *deals = json_object_get(root, "deals");
    assert_string_equal(json_string_value(json_object_get(root, "start")), "warm");
    assert_int_equal(json_array_size(deals), 3);
    for (size_t d = 0; d < 3; d++) {
        const json_t *deal = json_array_get(deals, d);
        check_deal(game, deal, &talks->deal[d], d < 2 ? 0 : 1e-9);
        if (d < 2)
            check_number(deal, "residual", talks->deal[d].residual, 0);
        else
            assert_true(json_is_null(json_object_get(deal, "residual")));
    }
    pl_talks_free(talks);
    pl_game_free(game);
}

/* A drag, a licence set and taken away again, parts of an instrument; then all on a desk without memory. */
static void drag(size_t memory) {
    pl_desk *desk = open_desk(memory);
    for (int k = 0; k < 24; k++) {
        char us[32], cn[32];
        snprintf(us, sizeof us, "us-tariff=%.1f%%", -10 + 3.5 * k);
        snprintf(cn, sizeof cn, "cn-tariff=%.1f%%", 40 - 2 * k + 0.1 * k * k);
        const pl_asked asked[] = {{"scenario", asked_game_path},
                                  {"set", us},
                                  {"set", cn},
                                  {"set", k % 8 < 4 ? "cn-chips=45%" : "us-goods/A01=20%"}};
        const size_t count = k % 8 < 6 ? 4 : 1;
        json_t *root = must(desk, asked, count);
        check_answer(root, asked, count);
        json_decref(root);
    }
    pl_desk_free(desk);
}

static void test_drag(void **state) {
    (void)state;
    drag(0);
}

static void test_little_memory(void **state) {
    (void)state;
    drag(1);
}

/* What there is without a deal follows the game's file, and the rates of its scenario's. */
static void test_changed_file(void **state) {
    const pl_asked asked[] = {{"scenario", asked_game_path}, {"set", "us-tariff=5%"}};
    pl_desk *desk = open_desk(0);
    pl_error error = {PL_OK, ""};
    (void)state;
    json_t *before = must(desk, asked, 2);
    asked_write_game("disagreement: over\n");
    json_t *after = must(desk, asked, 2);
    check_answer(after, asked, 2);
    assert_false(json_equal(json_object_get(before, "deals"), json_object_get(after, "deals")));
    json_decref(after);
    asked_write_game("disagreement: peace\n");
    assert_int_equal(value(desk, asked, 2, NULL, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "'peace' does not exist"));
    assert_string_equal(written, "");
    free(written);
    asked_write_game("disagreement: war");
    after = must(desk, asked, 2);
    assert_true(json_equal(json_object_get(before, "deals"), json_object_get(after, "deals")));
    json_decref(after);
    const char *rate = strstr(asked_scenario, "rate: 30%");
    FILE *out = fopen(asked_path, "w");
    assert_true(out && fprintf(out, "%.*srate: 50%%%s", (int)(rate - asked_scenario), asked_scenario,
                               rate + strlen("rate: 30%")) > 0);
    assert_int_equal(fclose(out), 0);
    after = must(desk, asked, 2);
    check_answer(after, asked, 2);
    assert_false(json_equal(json_object_get(before, "deals"), json_object_get(after, "deals")));
    json_decref(before);
    json_decref(after);
    pl_desk_free(desk);
}

static void check_refused(pl_desk *desk, const pl_asked *asked, size_t count, pl_status expected,
                          const char *part) {
    pl_error error = {PL_OK, ""};
    assert_int_equal(value(desk, asked, count, NULL, &error), expected);
    if (!strstr(error.text, part))
        fail_msg("'%s' does not say '%s'", error.text, part);
    assert_string_equal(written, "");
    free(written);
}

static void test_refusals(void **state) {
    pl_desk *desk = open_desk(0);
    const pl_asked misspelt[] = {{"scenario", asked_game_path}, {"set", "us-tarif=5%"}};
    const pl_asked outside[] = {{"scenario", asked_game_path}, {"set", "us-tariff=500%"}};
    const pl_asked other[] = {{"scenario", asked_game_path}, {"kept", ""}};
    const pl_asked none[] = {{"set", "us-tariff=5%"}};
    const pl_asked absent[] = {{"scenario", "/nowhere.yaml"}};
    const pl_asked world[] = {{"scenario", asked_game_path}, {"world", "wiod-2041"}};
    pl_error error = {PL_OK, ""};
    volatile int stop = 1;
    (void)state;
    check_refused(desk, misspelt, 2, PL_INVALID, "did you mean 'us-tariff'?");
    check_refused(desk, outside, 2, PL_INVALID, "outside its box of -10% to 80%");
    check_refused(desk, other, 2, PL_INVALID, "not by 'kept'");
    check_refused(desk, none, 1, PL_INVALID, "which game?");
    check_refused(desk, absent, 1, PL_IO, "nowhere.yaml");
    check_refused(desk, world, 2, PL_INVALID, "wiod-2041");
    assert_int_equal(value(desk, outside, 1, &stop, &error), PL_CANCELLED);
    free(written);
    asked_write_game("disagreement: nash");
    check_refused(desk, outside, 1, PL_FAILED, "searched for");
    asked_write_game("disagreement: war");
    json_decref(must(desk, outside, 1));
    pl_desk_free(desk);
}

/* Warm solves take fewer steps: otherwise nothing is gained by the desk. */
static void test_fewer_iterations(void **state) {
    pl_game *game = NULL;
    pl_sitting *sitting = NULL;
    pl_hand *hand = NULL;
    pl_error error;
    double setting[16];
    size_t first = 0, last = 0;
    (void)state;
    assert_int_equal(pl_game_load(asked_game_path, NULL, NULL, &game, &error), PL_OK);
    assert_int_equal(pl_sitting_new(game, NULL, &sitting, &error), PL_OK);
    assert_int_equal(pl_hand_new(sitting, &hand, &error), PL_OK);
    for (size_t i = 0; i < pl_game_instruments(game); i++)
        setting[i] = NAN;
    for (int k = 0; k < 10; k++) {
        setting[0] = 0.40 + 0.005 * k;
        assert_int_equal(pl_hand_value(hand, setting, NULL, &error), PL_OK);
        last = pl_result_iterations(hand->board->result);
        first = k == 0 ? last : first;
    }
    assert_true(first > 10);
    assert_true(10 * last < 8 * first);
    pl_hand_free(hand);
    pl_sitting_free(sitting);
    pl_game_free(game);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drag), cmocka_unit_test(test_little_memory), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_fewer_iterations), cmocka_unit_test(test_changed_file)};
    return cmocka_run_group_tests(tests, asked_open_game, asked_close_game);
}
