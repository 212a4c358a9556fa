/* Intervals: every deal valued again under trade elasticities drawn, sector by sector: from their published standard errors
 * where the set in use has any, else from the sets there are. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

typedef struct {
    pl_talks *talks;
    uint64_t seed;
    size_t sets;
    const double **theta; /* [sets] [J] */
    double *made;         /* sets looked up by sector code */
    double *error;        /* [J] standard errors of the set in use, 0 for none; NULL when sets are drawn */
    double *payoff;       /* [draws][deals][players] */
} lottery;

/* The sets the world carries, or those published for its sectors' codes. */
static pl_status gather_sets(const pl_game *g, lottery *l, pl_error *error) {
    size_t named = 0, carried = pl_world_elasticity_sets(g->world);
    const char *const *names = pl_elasticity_names(&named);
    l->theta = pl_alloc(carried + named, sizeof *l->theta);
    l->made = pl_alloc(named * g->J, sizeof *l->made);
    if (!l->theta || !l->made)
        return pl_fail_memory(error, (carried + named) * g->J);
    for (size_t k = 0; k < carried; k++)
        l->theta[l->sets++] = pl_world_elasticity(g->world, k);
    for (size_t k = 0; k < named && carried < 2; k++) {
        double *theta = l->made + k * g->J;
        bool whole = true;
        for (size_t j = 0; j < g->J; j++)
            whole = whole && pl_elasticity_lookup(names[k], pl_world_code(g->world, PL_SECTOR, j), &theta[j]);
        if (whole)
            l->theta[l->sets++] = theta;
    }
    if (l->sets < 2)
        return pl_fail(error, PL_INVALID,
                       "draws need two sets of trade elasticities or more; this world has %zu, and none is "
                       "published for "
                       "its sectors",
                       l->sets);
    return PL_OK;
}

/* Standard errors of the set in use: the world's own, or those published for its sectors' codes. */
static pl_status gather_errors(const pl_game *g, lottery *l, pl_error *error) {
    const char *name = pl_model_elasticities(g->model);
    const double *carried = NULL;
    bool any = false;
    for (size_t k = 0; k < pl_world_elasticity_sets(g->world); k++)
        if (!strcmp(pl_world_elasticity_name(g->world, k), name))
            carried = pl_world_elasticity_error(g->world, k);
    l->error = pl_alloc(g->J, sizeof *l->error);
    if (!l->error)
        return pl_fail_memory(error, g->J * sizeof *l->error);
    for (size_t j = 0; j < g->J; j++) {
        l->error[j] = carried ? carried[j] : pl_elasticity_error(name, pl_world_code(g->world, PL_SECTOR, j));
        any = any || l->error[j] > 0;
    }
    if (!any) {
        free(l->error);
        l->error = NULL;
    }
    return PL_OK;
}

/* A positive number of that mean and that standard deviation: log-normal, since an elasticity is never negative. */
static double draw_positive(double mean, double deviation, uint64_t *seed) {
    double spread = log1p(deviation / mean * (deviation / mean));
    double normal = sqrt(-2 * log(pl_uniform(seed))) * cos(2 * 3.14159265358979323846 * pl_uniform(seed));
    return mean * exp(sqrt(spread) * normal - 0.5 * spread);
}

static void draw_theta(const lottery *l, const pl_model *m, uint64_t *seed, double *theta) {
    for (size_t j = 0; j < m->J; j++)
        if (!l->error)
            theta[j] = l->theta[(size_t)(pl_uniform(seed) * (double)l->sets)][j];
        else
            theta[j] = l->error[j] > 0 ? draw_positive(m->theta[j], l->error[j], seed) : m->theta[j];
}

/* Policies of the variants on a drawn model's world; the game's own where that is the same one. */
static pl_status lay_policies(const pl_game *g, const pl_model *model, pl_policy **policy, pl_error *error) {
    pl_status status = PL_OK;
    for (size_t v = 0; v < g->variants && !status; v++)
        if (pl_model_world(model) == g->on)
            policy[v] = g->policy[v];
        else
            status = pl_scenario_policy(g->scenario, pl_model_world(model), v, &policy[v], error);
    return status;
}

static pl_status value_deals(const lottery *l, const pl_model *model, double *payoff, pl_error *error) {
    const pl_talks *t = l->talks;
    const pl_game *g = t->game;
    pl_policy **policy = pl_alloc(g->variants, sizeof *policy);
    pl_board *board = NULL;
    pl_status status = policy ? lay_policies(g, model, policy, error) : pl_fail_memory(error, g->variants);
    if (!status)
        status = pl_board_new(g, model, policy, &board, error);
    for (size_t d = 0; d < t->deals && !status; d++) {
        status = pl_board_solve(board, t->deal[d].variant, t->deal[d].setting, t->deal[d].transfer, error);
        for (size_t p = 0; p < g->players && !status; p++)
            payoff[d * g->players + p] = board->converged ? board->payoff[p] : NAN;
    }
    pl_board_free(board);
    for (size_t v = 0; policy && v < g->variants; v++)
        if (policy[v] != g->policy[v])
            pl_policy_free(policy[v]);
    free(policy);
    return status;
}

/* Each draw has a seed of its own, so that it does not matter who makes it. */
static pl_status draw(void *data, size_t index, pl_board *board, pl_error *error) {
    const lottery *l = data;
    const pl_game *g = l->talks->game;
    uint64_t seed = l->seed * 0xd1342543de82ef95u + index * 0xaf251af3b0f025b5u;
    double *theta = pl_alloc(g->J, sizeof *theta);
    pl_model *model = NULL;
    (void)board;
    if (!theta)
        return pl_fail_memory(error, g->J);
    draw_theta(l, g->model, &seed, theta);
    pl_sector_values by_sector = {
        .theta = theta, .sigma_value_added = g->model->sigma_v, .sigma_inputs = g->model->sigma_m};
    pl_status status = pl_model_new(g->world, &g->model->settings, &by_sector, &model, error);
    if (!status)
        status = value_deals(l, model, l->payoff + index * l->talks->deals * g->players, error);
    pl_model_free(model);
    free(theta);
    return status;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The value below which a share of `count` sorted ones lies. */
static double percentile(const double *sorted, size_t count, double share) {
    double at = share * (double)(count - 1);
    size_t below = (size_t)at, above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (at - (double)below) * (sorted[above] - sorted[below]);
}

/* What a player has in one draw of a deal, over what it has without one where `over` says so. */
static double drawn(const lottery *l, size_t draw, size_t deal, size_t player, bool over) {
    const double *payoff = l->payoff + draw * l->talks->deals * l->talks->game->players;
    double value = payoff[deal * l->talks->game->players + player];
    return over ? value - payoff[player] : value;
}

/* The 5th and the 95th percentile over draws that were solved; `column` is scratch. Returns how many those are. */
static size_t find_interval(const lottery *l, size_t draws, size_t deal, size_t player, bool over,
                            double *column, double *low, double *high) {
    size_t count = 0;
    for (size_t k = 0; k < draws; k++) {
        double value = drawn(l, k, deal, player, over);
        if (isfinite(value))
            column[count++] = value;
    }
    qsort(column, count, sizeof *column, compare_numbers);
    *low = count ? percentile(column, count, 0.05) : NAN;
    *high = count ? percentile(column, count, 0.95) : NAN;
    return count;
}

static pl_status fill_intervals(const lottery *l, size_t draws, pl_error *error) {
    const pl_talks *t = l->talks;
    double *column = pl_alloc(draws, sizeof *column);
    if (!column)
        return pl_fail_memory(error, draws);
    for (size_t k = 0; k < t->deals; k++)
        for (size_t p = 0; p < t->game->players; p++) {
            pl_deal *d = &t->deal[k];
            find_interval(l, draws, k, p, false, column, &d->low[p], &d->high[p]);
            size_t count = find_interval(l, draws, k, p, true, column, &d->gain_low[p], &d->gain_high[p]);
            size_t signs = 0;
            for (size_t c = 0; c < count; c++)
                signs += column[c] >= -1e-9;
            d->signs_share[p] = k && count ? (double)signs / (double)count : NAN;
        }
    free(column);
    return PL_OK;
}

static pl_status say_source(pl_talks *talks, const lottery *l, size_t draws, pl_error *error) {
    talks->draws = draws;
    talks->drawn_from = l->error ? pl_format("the published standard errors of set %s, log-normal",
                                             pl_model_elasticities(talks->game->model))
                                 : pl_format("the %zu sets published, each alike", l->sets);
    return talks->drawn_from ? PL_OK : pl_fail_memory(error, 64);
}

pl_status pl_talks_draw(pl_session *session) {
    pl_talks *talks = session->talks;
    const pl_talks_options *options = session->options;
    const pl_game *g = talks->game;
    lottery l = {.talks = talks, .seed = options->seed};
    l.payoff = pl_alloc(options->draws * talks->deals * g->players, sizeof *l.payoff);
    pl_status status =
        l.payoff ? gather_errors(g, &l, session->error) : pl_fail_memory(session->error, options->draws);
    if (!status && !l.error)
        status = gather_sets(g, &l, session->error);
    if (!status)
        status = pl_crew_run(session, options->draws, options->draws * talks->deals, false, draw, &l);
    if (!status)
        status = fill_intervals(&l, options->draws, session->error);
    if (!status)
        status = say_source(talks, &l, options->draws, session->error);
    free(l.error);
    free(l.payoff);
    free(l.theta);
    free(l.made);
    return status;
}
