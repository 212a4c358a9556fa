/* Talks on worlds small enough to know the answers: known answers K2, laws of bargains, and patience. */
#include "talks/talks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* Two countries of known answers K2; `more` is the rest of the game. */
static void write_game(const char *path, bool symmetric, const char *low, const char *more) {
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fprintf(out,
            "parley: 1\nname: two\n"
            "scenario:\n"
            "  world: {countries: [A, B], sectors: [one], goods: [one], flow: {one: %s}, theta: {one: 4}}\n"
            "  settings: {closure: balanced}\n"
            "  variants:\n"
            "    free: {title: free trade}\n"
            "    war: {measures: [{kind: tariff, by: A, on: B, rate: 25%%}, {kind: tariff, by: B, on: A, "
            "rate: 25%%}]}\n"
            "players: {One: {members: A}, Two: {members: B}}\n"
            "instruments:\n"
            "  t1: {player: One, kind: tariff, on: B, low: %s, high: 200%%}\n"
            "  t2: {player: Two, kind: tariff, on: A, low: %s, high: 200%%}\n"
            "packages: {free: {set: {t1: 0%%, t2: 0%%}}}\n%s",
            symmetric ? "[[80, 20], [20, 80]]" : "[[180, 20], [20, 80]]", low, low, more);
    assert_int_equal(fclose(out), 0);
}

typedef struct {
    char folder[32], path[64];
    pl_game *game;
    pl_talks *talks;
} rig;

static rig open_rig(bool symmetric, const char *low, const char *more) {
    rig r = {.folder = "/tmp/parley-talks-XXXXXX"};
    pl_error error;
    assert_non_null(mkdtemp(r.folder));
    snprintf(r.path, sizeof r.path, "%s/game.yaml", r.folder);
    write_game(r.path, symmetric, low, more);
    if (pl_game_load(r.path, NULL, NULL, &r.game, &error))
        fail_msg("%s", error.text);
    return r;
}

static void ask(rig *r, pl_verb verb, const pl_talks_options *asked) {
    pl_talks_options options;
    pl_error error;
    pl_talks_options_init(&options);
    pl_talks_free(r->talks);
    if (pl_talks_new(r->game, verb, asked ? asked : &options, &r->talks, &error))
        fail_msg("%s", error.text);
}

static void close_rig(rig *r) {
    pl_talks_free(r->talks);
    pl_game_free(r->game);
    unlink(r->path);
    rmdir(r->folder);
}

static const pl_deal *find(const rig *r, const char *name) {
    for (size_t d = 0; d < r->talks->deals; d++)
        if (!strcmp(r->talks->deal[d].name, name))
            return &r->talks->deal[d];
    fail_msg("no deal is called %s", name);
    return NULL;
}

static void near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.9f is not %.9f within %g", value, expected, tolerance);
}

/* K2: both worlds, from the known answers. */
static const struct {
    double optimum, own, other, nash[2], at_nash[2], patience[2];
} known[2] = {{.285143, .626541, -2.264344, {.268744, .258910}, {-.605947, -1.522336}, {.508355, .412395}},
              {.286029, 1.198879, -2.188517, {.268993, .268993}, {-1.386500, -1.386500}, {.463715, .463715}}};

static void test_known_answers(void **state) {
    (void)state;
    for (int symmetric = 0; symmetric < 2; symmetric++) {
        rig r = open_rig(symmetric, "0%", "disagreement: nash\ndiscount: 0.5\n");
        ask(&r, PL_BEST_RESPONSE, NULL);
        ask(&r, PL_NASH, NULL);
        const pl_deal *nash = find(&r, "nash");
        assert_int_equal(r.talks->deals, 2);
        assert_true(pl_talks_converged(r.talks));
        near(r.talks->largest_gain, 0, 1e-9);
        for (size_t p = 0; p < 2; p++) {
            near(nash->setting[p], known[symmetric].nash[p], 1e-6);
            near(nash->payoff[p], known[symmetric].at_nash[p], 1e-6);
        }
        ask(&r, PL_TABLE, NULL);
        const pl_deal *open = find(&r, "free");
        for (size_t p = 0; p < 2; p++) {
            near(open->payoff[p], 0, 1e-9);
            near(open->patience[p], known[symmetric].patience[p], 1e-6);
            assert_true(open->signs[p]);
            assert_int_equal(open->keeps[p], known[symmetric].patience[p] <= 0.5);
        }
        near(open->deviation[0], known[symmetric].own, 1e-6);
        close_rig(&r);
    }
}

static void test_optimum(void **state) {
    (void)state;
    for (int symmetric = 0; symmetric < 2; symmetric++) {
        rig r = open_rig(symmetric, "0%", "disagreement: free\n");
        pl_talks_options options;
        pl_talks_options_init(&options);
        options.player = 0;
        options.starts = 4;
        ask(&r, PL_BEST_RESPONSE, &options);
        assert_int_equal(r.talks->deals, 2);
        const pl_deal *alone = find(&r, "One");
        near(alone->setting[0], known[symmetric].optimum, 1e-6);
        near(alone->payoff[0], known[symmetric].own, 1e-6);
        near(alone->payoff[1], known[symmetric].other, 2e-6);
        assert_true(alone->converged);
        assert_true(alone->residual < 1e-9);
        close_rig(&r);
    }
}

/* An export tax does what the tariff does (Lerner), so the best one is the best tariff. */
static void test_lerner(void **state) {
    (void)state;
    rig r = open_rig(true, "0%", "");
    pl_board *board = NULL;
    pl_error error;
    r.game->instrument[0].kind = r.game->family[0].kind = PL_INSTRUMENT_EXPORT_TAX;
    r.game->instrument[0].flow[0] = 2; /* B buys from A */
    assert_int_equal(pl_board_new(r.game, r.game->model, r.game->policy, &board, &error), PL_OK);
    pl_stand *stand = pl_stand_new(r.game, 0);
    pl_response response;
    double payoff = 0;
    assert_int_equal(pl_response_init(&response, r.game, board, 0, &error), PL_OK);
    assert_int_equal(pl_response_search(&response, stand, 2, 1, &payoff, &error), PL_OK);
    near(stand->setting[0], known[1].optimum, 1e-6);
    near(payoff, known[1].own, 1e-6);
    pl_response_clear(&response);
    pl_stand_free(stand);
    pl_board_free(board);
    close_rig(&r);
}

/* The slope of a payoff by the search's variable, against differences. */
static void test_slope(void **state) {
    (void)state;
    rig r = open_rig(false, "-20%", "");
    pl_board *board = NULL;
    pl_error error;
    assert_int_equal(pl_board_new(r.game, r.game->model, r.game->policy, &board, &error), PL_OK);
    double setting[2] = {0.17, 0.31}, transfer[2] = {2, -2}, slope[2], by_transfer[2], step = 1e-4;
    for (size_t p = 0; p < 2; p++) {
        assert_int_equal(pl_board_solve(board, 0, setting, transfer, &error), PL_OK);
        assert_int_equal(pl_board_gradient(board, p, slope, by_transfer, &error), PL_OK);
        for (size_t i = 0; i < 2; i++) {
            double kept = setting[i], value[2];
            for (int side = 0; side < 2; side++) {
                setting[i] = expm1(log1p(kept) + (side ? step : -step));
                assert_int_equal(pl_board_solve(board, 0, setting, transfer, &error), PL_OK);
                value[side] = board->payoff[p];
            }
            setting[i] = kept;
            near(slope[i], (value[1] - value[0]) / (2 * step), 1e-5 * (1 + fabs(slope[i])));
        }
        double value[2];
        for (int side = 0; side < 2; side++) {
            double moved[2] = {2 + (side ? 0.01 : -0.01), -2 - (side ? 0.01 : -0.01)};
            assert_int_equal(pl_board_solve(board, 0, setting, moved, &error), PL_OK);
            value[side] = board->payoff[p];
        }
        near(by_transfer[0] - by_transfer[1], (value[1] - value[0]) / 0.02, 1e-5);
    }
    pl_board_free(board);
    close_rig(&r);
}

/* The product of gains at tariffs of One and Two, for a plain search. */
static double product(pl_board *board, double t1, double t2, const double *floor) {
    double setting[2] = {t1, t2};
    pl_error error;
    assert_int_equal(pl_board_solve(board, 0, setting, NULL, &error), PL_OK);
    return fmax(board->payoff[0] - floor[0], 0) * fmax(board->payoff[1] - floor[1], 0);
}

/* No neighbour of the Nash bargain has a larger product; of the egalitarian one, equal gains; of Kalai-Smorodinsky's,
 * gains in the proportion of the corners of the frontier. */
static void test_bargains(void **state) {
    (void)state;
    rig r = open_rig(false, "-40%", "disagreement: war\n");
    pl_board *board = NULL;
    pl_error error;
    ask(&r, PL_BARGAIN, NULL);
    assert_true(pl_talks_converged(r.talks));
    double floor[2] = {-.576751, -1.395359};
    near(r.talks->deal[0].payoff[0], floor[0], 1e-6);
    near(r.talks->deal[0].payoff[1], floor[1], 1e-6);
    assert_int_equal(pl_board_new(r.game, r.game->model, r.game->policy, &board, &error), PL_OK);
    const pl_deal *nash = find(&r, "nash-bargain");
    double best = product(board, nash->setting[0], nash->setting[1], floor);
    for (int turn = 0; turn < 16; turn++) {
        double angle = 0.39269908 * turn, step = 0.01;
        assert_true(product(board, nash->setting[0] + step * cos(angle), nash->setting[1] + step * sin(angle),
                            floor) < best);
    }
    pl_board_free(board);
    const pl_deal *fair = find(&r, "egalitarian");
    near(fair->against[0], fair->against[1], 1e-6);
    const pl_deal *kalai = find(&r, "kalai-smorodinsky"), *money = find(&r, "utilitarian");
    double ratio = kalai->against[0] / kalai->against[1],
           total = 200 * money->payoff[0] + 100 * money->payoff[1];
    for (size_t d = 1; d < r.talks->deals; d++) {
        const pl_deal *deal = &r.talks->deal[d];
        assert_true(200 * deal->payoff[0] + 100 * deal->payoff[1] <= total + 1e-5);
    }
    pl_talks_options options;
    pl_talks_options_init(&options);
    options.points = 5;
    ask(&r, PL_FRONTIER, &options);
    assert_int_equal(r.talks->deals, 6);
    const pl_deal *first = find(&r, "corner-1"), *last = find(&r, "corner-2");
    near(first->against[1], 0, 1e-6);
    near(last->against[0], 0, 1e-6);
    near(ratio, first->against[0] / last->against[1], 1e-4);
    for (size_t d = 2; d < 6; d++) { /* falling, and bent outwards */
        const pl_deal *one = &r.talks->deal[d - 1], *two = &r.talks->deal[d];
        assert_true(two->converged && two->payoff[0] < one->payoff[0] && two->payoff[1] > one->payoff[1]);
    }
    pl_talks_point point[8]; /* told as they were found, both ends first */
    assert_int_equal(pl_game_found(r.game, 0, point, 8), 5);
    assert_int_equal(pl_game_found(r.game, 3, point + 3, 1), 1);
    assert_int_equal(pl_game_found(r.game, 5, point, 8), 0);
    assert_string_equal(point[0].name, "corner-1");
    assert_string_equal(point[1].name, "corner-2");
    for (size_t k = 0; k < 5; k++)
        for (size_t p = 0; p < 2; p++)
            near(point[k].payoff[p], find(&r, point[k].name)->payoff[p], 1e-6);
    ask(&r, PL_TABLE, NULL);
    assert_int_equal(pl_game_found(r.game, 0, point, 8), 0);
    close_rig(&r);
}

/* With money to change hands, the sum is at its largest whatever the split, and no smaller than without. */
static void test_transfers(void **state) {
    (void)state;
    rig r = open_rig(false, "0%", "disagreement: war\ntransfers: true\n");
    ask(&r, PL_BARGAIN, NULL);
    assert_true(pl_talks_converged(r.talks));
    const pl_deal *without = find(&r, "nash-bargain"), *with = find(&r, "nash-bargain+transfers");
    double before = log(without->against[0]) + log(without->against[1]);
    double after = log(with->against[0]) + log(with->against[1]);
    assert_true(after >= before - 1e-9);
    near(with->transfer[0] + with->transfer[1], 0, 1e-9);
    assert_true(fabs(with->transfer[0]) > 0.01);
    /* Nash, money changing hands one for one: equal gains in million USD (incomes 200 and 100). */
    near(2 * with->against[0] / with->against[1], 1, 0.02);
    close_rig(&r);
}

/* Patience by its definition: at the factor found a breach is worth nothing, a little below it pays. */
static void test_patience(void **state) {
    (void)state;
    near(pl_patience(0, 1, -1, 1, INFINITY), 0.5, 1e-12);
    near(pl_patience(0, 1, -1, 2, INFINITY), sqrt(0.5), 1e-12);
    near(pl_patience(1, 1, 0, 1, INFINITY), 0, 0);
    assert_true(isinf(pl_patience(0, 1, 0, 1, INFINITY)));
    assert_true(isinf(pl_patience(0, 1, 0.5, 1, INFINITY)));
    assert_true(isinf(pl_patience(0, 1, -1, 5, 4))); /* five periods of gain against four of loss */
    double lag = 3, length = 11, gain = 0.7, loss = 0.4, d = pl_patience(2, 2 + gain, 2 - loss, lag, length);
    double net = 0;
    for (int period = 0; period < 14; period++) /* the payments one by one */
        net += pow(d, period) * (period < 3 ? gain : -loss);
    near(net, 0, 1e-9);
}

/* The best deal that is kept is the bargain when patience suffices, and keeps itself when it does not. */
static void test_kept(void **state) {
    (void)state;
    rig r = open_rig(true, "0%", "disagreement: war\ndiscount: 0.4\n");
    ask(&r, PL_SUSTAIN, NULL);
    const pl_deal *kept = find(&r, "best-kept"), *fast = find(&r, "best-kept-verified"),
                  *free_trade = find(&r, "free");
    for (size_t p = 0; p < 2; p++) {
        near(kept->patience[p], 0.4, 1e-4);
        assert_true(kept->payoff[p] < free_trade->payoff[p] - 0.01);
        assert_false(free_trade->keeps[p]);
        near(fast->payoff[p], 0, 1e-5); /* found out in half the time: 0.46 squared is below 0.4 */
        near(fast->patience[p], .463715 * .463715, 1e-5);
    }
    assert_true(r.talks->notes >= 2);
    close_rig(&r);
    r = open_rig(true, "0%", "disagreement: war\ndiscount: 0.9\n");
    ask(&r, PL_SUSTAIN, NULL);
    kept = find(&r, "best-kept");
    near(kept->payoff[0], 0, 1e-6);
    assert_true(kept->keeps[0] && kept->keeps[1]);
    close_rig(&r);
}

/* A weight on the sector a tariff protects changes nothing in a world of one sector but the scale. */
static void test_weights(void **state) {
    (void)state;
    rig r = open_rig(true, "0%", "");
    pl_player *one = &r.game->player[0];
    one->value_added = pl_alloc(2, sizeof *one->value_added);
    one->value_added[0] = 0.5;
    pl_board *board = NULL;
    pl_error error;
    assert_int_equal(pl_board_new(r.game, r.game->model, r.game->policy, &board, &error), PL_OK);
    near(board->baseline[0], 1.5, 1e-12);
    double setting[2] = {0, 0}, slope[2];
    assert_int_equal(pl_board_solve(board, 0, setting, NULL, &error), PL_OK);
    near(board->payoff[0], 0, 1e-9);
    assert_int_equal(pl_board_gradient(board, 0, slope, NULL, &error), PL_OK);
    double weighted = slope[0];
    free(one->value_added);
    one->value_added = NULL;
    assert_int_equal(pl_board_gradient(board, 0, slope, NULL, &error), PL_OK);
    /* At free trade all income is value added, but a tariff's revenue is not: the weight counts for less than half. */
    assert_true(weighted > slope[0] * 1.01 || weighted < slope[0] * 0.99);
    pl_board_free(board);
    close_rig(&r);
}

/* A search that may only look a few times says so. */
static void test_early_stop(void **state) {
    (void)state;
    rig r = open_rig(true, "0%", "");
    pl_board *board = NULL;
    pl_error error;
    pl_response response;
    double payoff = 0;
    assert_int_equal(pl_board_new(r.game, r.game->model, r.game->policy, &board, &error), PL_OK);
    pl_stand *stand = pl_stand_new(r.game, 0);
    assert_int_equal(pl_response_init(&response, r.game, board, 0, &error), PL_OK);
    response.climb.most = 2;
    assert_int_equal(pl_response_search(&response, stand, 1, 1, &payoff, &error), PL_OK);
    assert_false(response.climb.converged);
    assert_non_null(strstr(response.climb.outcome, "stopped early"));
    pl_response_clear(&response);
    pl_stand_free(stand);
    pl_board_free(board);
    close_rig(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers), cmocka_unit_test(test_optimum),
        cmocka_unit_test(test_lerner),        cmocka_unit_test(test_slope),
        cmocka_unit_test(test_bargains),      cmocka_unit_test(test_transfers),
        cmocka_unit_test(test_patience),      cmocka_unit_test(test_kept),
        cmocka_unit_test(test_weights),       cmocka_unit_test(test_early_stop)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
