/* An answer: the deals it compares, what each is worth, and what a reader must know. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

void pl_talks_options_init(pl_talks_options *options) {
    *options = (pl_talks_options){.points = 21, .starts = 2, .seed = 1, .player = SIZE_MAX};
}

static const char *const verb_words[PL_VERBS] = {"best-response", "nash",  "frontier", "bargain",
                                                 "sustain",       "table", "value"};

const char *pl_verb_text(pl_verb verb) {
    return verb_words[verb];
}

/* ---- deals ---- */

static void free_deal(pl_deal *d) {
    free(d->name);
    free(d->title);
    free(d->outcome);
    free(d->setting);
    free(d->signs);
}

/* One block of numbers behind every deal. */
enum { BY_PLAYER = 11 };

static size_t count_numbers(const pl_game *g) {
    return g->instruments + BY_PLAYER * g->players + 2 * g->N;
}

static bool make_room(const pl_game *g, pl_deal *d) {
    size_t count = count_numbers(g);
    double *next = pl_alloc(count, sizeof *next);
    d->signs = pl_alloc(2 * g->players, sizeof *d->signs);
    d->setting = next;
    if (!next || !d->signs)
        return false;
    for (size_t k = 0; k < count; k++)
        next[k] = NAN;
    next += g->instruments;
    double **by_player[BY_PLAYER] = {&d->payoff,
                                     &d->against,
                                     &d->low,
                                     &d->high,
                                     &d->deviation,
                                     &d->patience,
                                     &d->patience_otherwise,
                                     &d->transfer,
                                     &d->gain_low,
                                     &d->gain_high,
                                     &d->signs_share};
    for (size_t k = 0; k < BY_PLAYER; k++, next += g->players)
        *by_player[k] = next;
    d->real_income = next;
    d->money = next + g->N;
    d->keeps = d->signs + g->players;
    d->rank = d->residual = NAN;
    return true;
}

pl_deal *pl_talks_add(pl_talks *t, const char *name, const char *title) {
    pl_deal *grown = realloc(t->deal, (t->deals + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    t->deal = grown;
    pl_deal *d = &grown[t->deals];
    *d = (pl_deal){.name = pl_strdup(name), .title = pl_strdup(title), .outcome = pl_strdup("")};
    if (!make_room(t->game, d) || !d->name || !d->title || !d->outcome) {
        free_deal(d);
        return NULL;
    }
    t->deals++;
    return d;
}

bool pl_talks_copy(pl_talks *t, const pl_deal *from) {
    pl_deal *d = pl_talks_add(t, from->name, from->title);
    if (!d)
        return false;
    memcpy(d->setting, from->setting, count_numbers(t->game) * sizeof *d->setting);
    memcpy(d->signs, from->signs, 2 * t->game->players * sizeof *d->signs);
    d->converged = from->converged;
    d->evaluations = from->evaluations;
    d->variant = from->variant;
    d->residual = from->residual;
    d->rank = from->rank;
    return !pl_deal_end(d, d->converged, d->evaluations, from->outcome, NULL);
}

bool pl_talks_note(pl_talks *t, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char **grown = realloc(t->note, (t->notes + 1) * sizeof *grown);
    if (!grown)
        return false;
    t->note = grown;
    char *copy = pl_strdup(text);
    if (copy)
        grown[t->notes++] = copy;
    return copy != NULL;
}

void pl_talks_free(pl_talks *t) {
    if (!t)
        return;
    for (size_t d = 0; d < t->deals; d++)
        free_deal(&t->deal[d]);
    for (size_t n = 0; n < t->notes; n++)
        free(t->note[n]);
    free(t->deal);
    free(t->note);
    free(t->drawn_from);
    free(t->punished);
    free(t->worth);
    free(t);
}

bool pl_talks_converged(const pl_talks *t) {
    for (size_t d = 0; d < t->deals; d++)
        if (!t->deal[d].converged)
            return false;
    return !t->punish_lost;
}

pl_status pl_deal_end(pl_deal *d, bool converged, size_t evaluations, const char *outcome, pl_error *error) {
    char *copy = pl_strdup(outcome);
    if (!copy)
        return pl_fail_memory(error, strlen(outcome));
    free(d->outcome);
    d->outcome = copy;
    d->converged = d->converged && converged;
    d->evaluations = evaluations;
    return PL_OK;
}

void pl_deal_note(const pl_board *b, const pl_stand *stand, pl_deal *d) {
    const pl_game *g = b->game;
    d->converged = b->converged;
    d->variant = stand->variant;
    for (size_t i = 0; i < g->instruments; i++)
        d->setting[i] = stand->setting[i];
    for (size_t p = 0; p < g->players; p++) {
        d->payoff[p] = b->payoff[p];
        d->transfer[p] = b->transfer[p];
    }
    memcpy(d->real_income, pl_result_get(b->result, PL_VAR_real_income), g->N * sizeof(double));
    memcpy(d->money, pl_result_get(b->result, PL_VAR_equivalent_variation), g->N * sizeof(double));
}

pl_status pl_deal_fill(pl_board *b, const pl_stand *stand, pl_deal *d, pl_error *error) {
    pl_certificate certificate;
    pl_status status = pl_board_solve(b, stand->variant, stand->setting, stand->transfer, error);
    if (!status)
        status = pl_result_certify(b->result, b->policy, &certificate, error);
    if (status)
        return status;
    pl_deal_note(b, stand, d);
    d->residual = certificate.worst;
    return PL_OK;
}

pl_status pl_session_add(pl_session *s, const pl_stand *stand, const char *name, const char *title,
                         pl_deal **deal) {
    *deal = pl_talks_add(s->talks, name, title);
    if (!*deal)
        return pl_fail_memory(s->error, sizeof **deal);
    return pl_deal_fill(s->board, stand, *deal, s->error);
}

/* ---- a session ---- */

void pl_stand_copy(const pl_game *g, const pl_stand *from, pl_stand *to) {
    to->variant = from->variant;
    memcpy(to->setting, from->setting, g->instruments * sizeof *to->setting);
    memcpy(to->transfer, from->transfer, g->players * sizeof *to->transfer);
}

/* Every instrument at the end that stops most trade. */
static void close_all(const pl_game *g, pl_stand *stand) {
    for (size_t i = 0; i < g->instruments; i++)
        stand->setting[i] =
            pl_instrument_is_level(g->instrument[i].kind) ? g->instrument[i].low : g->instrument[i].high;
}

/* Whether they are mutual best responses indeed, and what a reader must know when they are not. */
static pl_status check_nash(pl_session *s, const pl_nash_report *report) {
    double gain = 0;
    bool noted = true;
    pl_status status = PL_OK;
    s->punish_outcome = report->converged ? "found" : "stopped early";
    if (!report->converged) {
        noted = pl_talks_note(s->talks,
                              "The search for mutual best responses stopped early "
                              "after %zu rounds, the last of which still moved by %.2g.",
                              report->rounds, report->move);
    } else {
        status = pl_nash_verify(s->board, s->punish, s->options->starts, s->options->seed, &gain, s->error);
        s->punish_converged = gain <= PL_NO_GAIN;
        if (!status && !s->punish_converged) {
            s->punish_outcome = "no equilibrium here: somebody gains by deviating";
            noted =
                pl_talks_note(s->talks,
                              "What stands here for mutual best responses is none: where each answers the "
                              "others step by step, somebody gains %.2g %% by a leap.",
                              gain);
        }
    }
    return status || noted ? status : pl_fail_memory(s->error, 1);
}

/* Mutual best responses, looked for once a session. */
static pl_status find_nash(pl_session *s) {
    const pl_game *g = s->game;
    pl_nash_report report;
    if (s->punish)
        return PL_OK;
    s->punish = pl_stand_new(g, g->today);
    s->punished = pl_alloc(g->players, sizeof *s->punished);
    if (!s->punish || !s->punished)
        return pl_fail_memory(s->error, g->instruments);
    pl_board_start(g, g->today, s->punish->setting);
    pl_pace_begin(g, pl_pace_of(s, PL_WORK_NASH), 0);
    pl_status status = pl_nash_find(s->board, s->punish, PL_STILL, &report, s->error);
    if (!status)
        status = pl_board_solve(s->board, g->today, s->punish->setting, s->punish->transfer, s->error);
    memcpy(s->punished, s->board->payoff, g->players * sizeof *s->punished);
    s->talks->punish_lost = !report.converged || !s->board->converged;
    return status ? status : check_nash(s, &report);
}

/* What a breach is punished with. */
pl_status pl_session_punish(pl_session *s) {
    const pl_game *g = s->game;
    if (g->punish_by_nash || s->punish)
        return find_nash(s);
    s->punish = pl_stand_new(g, g->without);
    s->punished = pl_alloc(g->players, sizeof *s->punished);
    if (!s->punish || !s->punished)
        return pl_fail_memory(s->error, g->instruments);
    pl_stand_copy(g, s->without, s->punish);
    memcpy(s->punished, s->floor, g->players * sizeof *s->punished);
    return PL_OK;
}

static const char *const without_titles[] = {"no deal: what stands", "no deal: mutual best responses",
                                             "no deal: every instrument at its closing end"};

/* The disagreement is the first deal of every answer. */
static pl_status disagree(pl_session *s) {
    const pl_game *g = s->game;
    char title[256];
    s->without = pl_stand_new(g, g->without);
    s->floor = pl_alloc(g->players, sizeof *s->floor);
    if (!s->without || !s->floor)
        return pl_fail_memory(s->error, g->instruments);
    pl_status status = g->disagreement == PL_DISAGREE_NASH ? find_nash(s) : PL_OK;
    if (status)
        return status;
    if (g->disagreement == PL_DISAGREE_NASH)
        pl_stand_copy(g, s->punish, s->without);
    if (g->disagreement == PL_DISAGREE_CLOSED)
        close_all(g, s->without);
    snprintf(title, sizeof title, "%s%s%s", without_titles[g->disagreement],
             g->disagreement == PL_DISAGREE_VARIANT ? ", " : "",
             g->disagreement == PL_DISAGREE_VARIANT ? pl_scenario_variant_title(g->scenario, g->without)
                                                    : "");
    pl_deal *d = pl_talks_add(s->talks, "no-deal", title);
    if (!d)
        return pl_fail_memory(s->error, sizeof *d);
    status = pl_deal_fill(s->board, s->without, d, s->error);
    memcpy(s->floor, d->payoff, g->players * sizeof *s->floor);
    if (!status && g->disagreement == PL_DISAGREE_NASH)
        status = pl_deal_end(d, s->punish_converged, 0, s->punish_outcome, s->error);
    return status;
}

static pl_status (*const verbs[PL_VERBS])(pl_session *) = {
    pl_verb_best_response, pl_verb_nash,  pl_verb_frontier, pl_verb_bargain,
    pl_verb_sustain,       pl_verb_table, pl_verb_value};

void pl_talks_compare(pl_talks *t) {
    for (size_t d = 0; d < t->deals; d++)
        for (size_t p = 0; p < t->game->players; p++) {
            t->deal[d].against[p] = t->deal[d].payoff[p] - t->deal[0].payoff[p];
            t->deal[d].signs[p] = d > 0 && t->deal[d].against[p] >= -1e-9;
        }
}

static pl_status check_options(const pl_game *g, const pl_talks_options *o, pl_verb verb, pl_error *error) {
    if (o->player != SIZE_MAX && o->player >= g->players)
        return pl_fail(error, PL_INVALID, "player %zu is not in the game; it has %zu", o->player, g->players);
    if (verb == PL_FRONTIER && !(o->points >= 2 && o->points <= 10000))
        return pl_fail(error, PL_INVALID, "a frontier of %zu points is not possible; 2 to 10000 are",
                       o->points);
    if (verb == PL_TABLE && !g->packages)
        return pl_fail(error, PL_INVALID, "%s: the game has no packages to compare", g->file);
    if (verb > PL_NASH && g->players < 2)
        return pl_fail(error, PL_INVALID, "%s: talks need two players, the game has %zu", g->file,
                       g->players);
    if (verb == PL_FRONTIER && g->players != 2)
        return pl_fail(error, PL_INVALID, "%s: a frontier is drawn between two players, the game has %zu",
                       g->file, g->players);
    return PL_OK;
}

/* What stands today is solved once, and whatever else is solved begins there. */
static pl_status open_with_today(pl_session *s) {
    const pl_game *g = s->game;
    pl_stand *today = pl_stand_new(g, g->today);
    pl_status status = today ? pl_board_solve(s->board, g->today, today->setting, NULL, s->error)
                             : pl_fail_memory(s->error, g->instruments);
    if (!status)
        status = pl_result_new(g->model, &s->opening, s->error);
    if (!status)
        status = pl_solver_finish(s->board->solver, s->opening, s->error);
    s->board->opening = s->board->converged ? s->opening : NULL;
    pl_stand_free(today);
    return status;
}

pl_status pl_session_open(pl_session *s, pl_verb verb) {
    pl_status status = pl_board_new(s->game, s->game->model, s->game->policy, &s->board, s->error);
    pl_pace_plan(s, verb);
    if (!status)
        status = open_with_today(s);
    return status ? status : disagree(s);
}

void pl_session_close(pl_session *s) {
    pl_board_free(s->board);
    pl_result_free(s->opening);
    pl_stand_free(s->without);
    pl_stand_free(s->punish);
    free(s->floor);
    s->talks->punished = s->punished;
}

static pl_status answer(pl_session *s, pl_verb verb) {
    pl_status status = pl_session_open(s, verb);
    if (!status)
        status = verbs[verb](s);
    pl_talks_compare(s->talks);
    if (!status && s->options->draws)
        status = pl_talks_draw(s);
    pl_session_close(s);
    return status;
}

pl_status pl_talks_new(const pl_game *game, pl_verb verb, const pl_talks_options *options, pl_talks **talks,
                       pl_error *error) {
    *talks = NULL;
    pl_status status = check_options(game, options, verb, error);
    if (status)
        return status;
    pl_talks *t = pl_alloc(1, sizeof *t);
    if (!t)
        return pl_fail_memory(error, sizeof *t);
    *t = (pl_talks){.game = game, .verb = verb, .largest_gain = NAN};
    pl_session session = {.game = game, .options = options, .talks = t, .error = error};
    status = answer(&session, verb);
    if (status)
        pl_talks_free(t);
    else
        *talks = t;
    return status;
}
