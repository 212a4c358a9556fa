/*
 * How far an answer is, in equilibria: each verb plans how many it will need, stage by stage, from what such searches take.
 * An estimate, but one that only grows, so that the time left can be told.
 */
#include "talks/talks.h"

/* Equilibria a search takes, about. */
enum { CLIMB = 25, NASH = 120, PROGRAM = 45, BREACHED_PROGRAM = 2500 };

size_t pl_pace_of(const pl_session *s, pl_pace_work work) {
    size_t players = s->game->players, starts = s->options->starts ? s->options->starts : 1;
    switch (work) {
    case PL_WORK_CLIMB:
        return CLIMB;
    case PL_WORK_SEARCH:
        return CLIMB * starts;
    case PL_WORK_NASH:
        return NASH / 2 * players;
    case PL_WORK_PROGRAM:
        return PROGRAM;
    case PL_WORK_KEPT_PROGRAM:
        return BREACHED_PROGRAM / 2 * players;
    default:
        return 1;
    }
}

/* What looking at packages takes: the other punishment, best responses, values, breaches. */
static size_t plan_packages(const pl_session *s) {
    const pl_game *g = s->game;
    return pl_pace_of(s, PL_WORK_NASH) + g->players * pl_pace_of(s, PL_WORK_SEARCH) + g->packages +
           g->packages * g->players * CLIMB;
}

static size_t plan_verb(const pl_session *s, pl_verb verb) {
    const pl_game *g = s->game;
    size_t starts = s->options->starts ? s->options->starts : 1, rounds = g->transfers ? 2 : 1;
    size_t search = g->players * pl_pace_of(s, PL_WORK_SEARCH), nash = pl_pace_of(s, PL_WORK_NASH);
    switch (verb) {
    case PL_BEST_RESPONSE:
        return s->options->player == SIZE_MAX ? search : search / g->players;
    case PL_NASH:
        return starts * (nash + search);
    case PL_FRONTIER:
        return (s->options->points + 1) * PROGRAM;
    case PL_BARGAIN:
        return rounds * (4 + g->players) * PROGRAM + g->tables * 20 * PROGRAM;
    case PL_SUSTAIN:
        return plan_packages(s) + 3 * PROGRAM + 2 * pl_pace_of(s, PL_WORK_KEPT_PROGRAM);
    case PL_TABLE:
        return plan_packages(s) + 2 * g->families;
    default:
        return s->options->kept ? search + g->players * CLIMB : 2;
    }
}

static void set(size_t *place, size_t value) {
    __atomic_store_n(place, value, __ATOMIC_RELAXED);
}

static size_t get(const size_t *place) {
    return __atomic_load_n(place, __ATOMIC_RELAXED);
}

void pl_pace_plan(const pl_session *s, pl_verb verb) {
    pl_pace *p = s->game->pace;
    bool nash = s->game->disagreement == PL_DISAGREE_NASH || s->game->punish_by_nash;
    size_t draws = s->options->draws * (s->game->packages + 2);
    set(&p->shown, 0);
    set(&p->solves, 0);
    set(&p->base, 0);
    set(&p->expected, 0);
    set(&p->parts, 0);
    pthread_mutex_lock(&p->lock);
    p->points = 0;
    pthread_mutex_unlock(&p->lock);
    set(&p->wanted, 2 + (nash ? pl_pace_of(s, PL_WORK_NASH) : 0) + plan_verb(s, verb) + draws);
}

void pl_pace_begin(const pl_game *g, size_t expected, size_t parts) {
    pl_pace *p = g->pace;
    set(&p->base, get(&p->base) + get(&p->expected));
    set(&p->parts_done, 0);
    set(&p->begun, get(&p->solves));
    set(&p->parts, parts);
    set(&p->expected, expected);
}

void pl_pace_part(const pl_game *g) {
    __atomic_fetch_add(&g->pace->parts_done, 1, __ATOMIC_RELAXED);
}

void pl_pace_solve(const pl_game *g) {
    __atomic_fetch_add(&g->pace->solves, 1, __ATOMIC_RELAXED);
}

/* Without memory a point is only in the answer. */
void pl_pace_found(const pl_game *g, const pl_talks_point *point) {
    pl_pace *p = g->pace;
    pthread_mutex_lock(&p->lock);
    if (pl_grow(&p->point, &p->room, p->points, sizeof *p->point))
        p->point[p->points++] = *point;
    pthread_mutex_unlock(&p->lock);
}

size_t pl_game_found(const pl_game *g, size_t from, pl_talks_point *point, size_t most) {
    pl_pace *p = g->pace;
    size_t count = 0;
    pthread_mutex_lock(&p->lock);
    for (; count < most && from + count < p->points; count++)
        point[count] = p->point[from + count];
    pthread_mutex_unlock(&p->lock);
    return count;
}

/* Within a stage by the parts that are done, or by the equilibria solved where these say more, but never to its end. */
pl_talks_progress pl_game_progress(const pl_game *g) {
    pl_pace *p = g->pace;
    size_t wanted = get(&p->wanted), expected = get(&p->expected), parts = get(&p->parts),
           solves = get(&p->solves), most = expected - expected / 20;
    size_t since = solves - get(&p->begun), by_parts = parts ? get(&p->parts_done) * expected / parts : 0;
    size_t by_solves = since < most ? since : most, done = get(&p->base);
    done += by_parts > by_solves ? by_parts : by_solves;
    done = done < wanted ? done : wanted;
    size_t shown = get(&p->shown);
    while (done > shown &&
           !__atomic_compare_exchange_n(&p->shown, &shown, done, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
    return (pl_talks_progress){.solves = solves, .done = done > shown ? done : shown, .wanted = wanted};
}
