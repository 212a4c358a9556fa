/* Another date for a measure: what if the truce ended later, or the duty came in May. */
#include "policy/policy.h"

#include <fnmatch.h>
#include <string.h>

enum { ANNOUNCED, LEGAL, EFFECTIVE, UNTIL, KEYS };
static const char *const keys[KEYS] = {"announced", "legal", "effective", "until"};

/* A move taken apart: which measures, which of their dates, and the day. */
typedef struct {
    const char *text; /* as it was written */
    char who[128];
    size_t key;
    long day; /* PL_NO_DAY: never */
    pl_error *error;
} change;

static long *place(pl_dates *dates, size_t key) {
    long *const of[KEYS] = {&dates->announced, &dates->legal, &dates->effective, &dates->until};
    return of[key];
}

static void say_day(char *out, size_t size, long day) {
    pl_date date = day == PL_NO_DAY ? (pl_date){0, 0, 0} : pl_date_of(day);
    if (day == PL_NO_DAY)
        snprintf(out, size, "never");
    else
        snprintf(out, size, "%04d-%02d-%02d", date.year, date.month, date.day);
}

/* ---- reading ---- */

static bool is_measure(const pl_scenario *scenario, const char *id) {
    for (size_t s = 0; s < scenario->scopes; s++)
        for (size_t m = 0; m < scenario->scope[s]->measures; m++)
            if (scenario->scope[s]->measure[m]->id && !strcmp(scenario->scope[s]->measure[m]->id, id))
                return true;
    return false;
}

/* "us-truce.until": the last dot parts a measure from its date, unless the whole is a measure's id. */
static pl_status read_key(const pl_scenario *scenario, change *c) {
    char *dot = strrchr(c->who, '.'), near[160];
    c->key = EFFECTIVE;
    if (!dot || is_measure(scenario, c->who))
        return PL_OK;
    for (size_t k = 0; k < KEYS; k++)
        if (!strcmp(dot + 1, keys[k])) {
            c->key = k;
            *dot = 0;
            return PL_OK;
        }
    return pl_fail(c->error, PL_INVALID,
                   "%.200s: '%.60s' is no date of a measure%s; it is announced, legal, effective or until",
                   c->text, dot + 1, pl_suggest_text(near, sizeof near, dot + 1, keys, KEYS));
}

static pl_status read_change(const pl_scenario *scenario, change *c) {
    const char *equals = strchr(c->text, '=');
    pl_error inner = {PL_OK, ""};
    pl_date date;
    if (!equals || equals == c->text || (size_t)(equals - c->text) >= sizeof c->who)
        return pl_fail(c->error, PL_INVALID,
                       "'%.200s' moves no date; write MEASURE.until=2025-11-10, or announced or effective",
                       c->text);
    snprintf(c->who, sizeof c->who, "%.*s", (int)(equals - c->text), c->text);
    pl_status status = read_key(scenario, c);
    if (status)
        return status;
    c->day = PL_NO_DAY;
    if (!strcmp(equals + 1, "never")) {
        if (c->key == UNTIL)
            return PL_OK;
        return pl_fail(c->error, PL_INVALID,
                       "%.200s: only 'until' can be never; switch the measure off "
                       "with an option to be without it",
                       c->text);
    }
    if (pl_date_read(equals + 1, &date, &inner))
        return pl_fail(c->error, PL_INVALID, "%.200s: %.600s", c->text, inner.text);
    c->day = pl_date_day(date);
    return PL_OK;
}

/* ---- what a moved date may not do ---- */

static long start_of(const pl_dates *dates) {
    return dates->effective != PL_NO_DAY ? dates->effective : dates->legal;
}

static pl_status check_order(const change *c, const pl_measure *measure, const pl_dates *dates) {
    char from[32], to[32], by[80] = "";
    long start = start_of(dates);
    if (dates->until == PL_NO_DAY || start == PL_NO_DAY || dates->until > start)
        return PL_OK;
    say_day(from, sizeof from, start);
    say_day(to, sizeof to, dates->until);
    if (*dates->source)
        snprintf(by, sizeof by, " (dates '%.60s')", dates->source);
    return pl_fail(c->error, PL_INVALID,
                   "%.200s: %.100s would end before it starts: it takes effect on %s%s and 'until' would be "
                   "%s, the first day without it",
                   c->text, measure->label, from, by, to);
}

static bool replaces(const pl_measure *later, const pl_measure *earlier) {
    for (size_t k = 0; earlier->id && later->stacks == PL_REPLACES && k < later->stack_on.count; k++)
        if (!strcmp(later->stack_on.item[k].text, earlier->id))
            return true;
    return false;
}

/* A rate that takes the place of another must not come before it: the other would come on top. `before` is when the
 * moved measure started. */
static pl_status check_places(const change *c, const pl_scope *scope, const pl_measure *moved, long before) {
    long now = pl_measure_start(moved);
    for (size_t m = 0; m < scope->measures; m++) {
        const pl_measure *other = scope->measure[m];
        long start = pl_measure_start(other);
        const pl_measure *first = replaces(moved, other) ? other : moved,
                         *second = first == moved ? other : moved;
        bool bad = first == moved ? now > start : start > now,
             was = first == moved ? before > start : start > before;
        char day[2][32];
        if (!replaces(second, first) || start == PL_NO_DAY || now == PL_NO_DAY || !bad ||
            (was && before != PL_NO_DAY))
            continue;
        say_day(day[0], sizeof day[0], pl_measure_start(second));
        say_day(day[1], sizeof day[1], pl_measure_start(first));
        return pl_fail(c->error, PL_INVALID,
                       "%.200s: %.100s, from %s, takes the place of %.100s, which would begin only on %s and "
                       "come on top; move that one first",
                       c->text, second->label, day[0], first->label, day[1]);
    }
    return PL_OK;
}

/* ---- moving ---- */

static pl_status give_dates(pl_measure *measure, pl_error *error) {
    if (measure->date_sets)
        return PL_OK;
    char *source = pl_strdup("");
    if (!source ||
        !pl_grow(&measure->date_set, &measure->date_room, measure->date_sets, sizeof *measure->date_set)) {
        free(source);
        return pl_fail_memory(error, sizeof *measure->date_set);
    }
    measure->date_set[measure->date_sets++] = (pl_dates){source, PL_NO_DAY, PL_NO_DAY, PL_NO_DAY, PL_NO_DAY};
    return PL_OK;
}

static pl_status note_move(pl_scenario *scenario, const change *c, const pl_measure *measure, long from) {
    for (size_t k = 0; k < scenario->moves; k++)
        if (!strcmp(scenario->move[k].measure, measure->id) && scenario->move[k].key == c->key) {
            scenario->move[k].to = c->day;
            return PL_OK;
        }
    if (!pl_grow(&scenario->move, &scenario->move_room, scenario->moves, sizeof *scenario->move))
        return pl_fail_memory(c->error, sizeof *scenario->move);
    scenario->move[scenario->moves++] = (pl_scenario_moved){measure->id, c->key, from, c->day};
    return PL_OK;
}

/* The day is the same whatever source the dates are taken from: all sets get it. */
static pl_status move_one(pl_scenario *scenario, const pl_scope *scope, const change *c,
                          pl_measure *measure) {
    pl_status status = give_dates(measure, c->error);
    if (status)
        return status;
    long start = pl_measure_start(measure), from = *place(&measure->date_set[measure->dates], c->key);
    for (size_t d = 0; d < measure->date_sets && !status; d++) {
        *place(&measure->date_set[d], c->key) = c->day;
        status = check_order(c, measure, &measure->date_set[d]);
    }
    if (!status && (c->key == EFFECTIVE || c->key == LEGAL))
        status = check_places(c, scope, measure, start);
    return status ? status : note_move(scenario, c, measure, from);
}

static pl_status fail_unknown(const pl_scenario *scenario, const change *c) {
    const char **known = NULL;
    char near[160];
    size_t count = 0, all = 0;
    for (size_t s = 0; s < scenario->scopes; s++)
        all += scenario->scope[s]->measures;
    known = pl_alloc(all + 1, sizeof *known);
    if (!known)
        return pl_fail_memory(c->error, all * sizeof *known);
    for (size_t s = 0; s < scenario->scopes; s++)
        for (size_t m = 0; m < scenario->scope[s]->measures; m++)
            if (scenario->scope[s]->measure[m]->id)
                known[count++] = scenario->scope[s]->measure[m]->id;
    pl_suggest_text(near, sizeof near, c->who, known, count);
    free(known);
    return pl_fail(c->error, PL_INVALID, "%.200s: no measure of scenario '%.100s' is called '%.100s'%s",
                   c->text, scenario->name, c->who, near);
}

pl_status pl_scenario_move(pl_scenario *scenario, const char *text, pl_error *error) {
    change c = {.text = text, .error = error};
    bool found = false;
    pl_status status = read_change(scenario, &c);
    for (size_t s = 0; s < scenario->scopes && !status; s++) {
        pl_scope *scope = scenario->scope[s];
        for (size_t m = 0; m < scope->measures && !status; m++) {
            pl_measure *measure = scope->measure[m];
            if (!measure->id || fnmatch(c.who, measure->id, 0) != 0)
                continue;
            found = true;
            status = move_one(scenario, scope, &c, measure);
        }
    }
    return status || found ? status : fail_unknown(scenario, &c);
}

size_t pl_scenario_moves(const pl_scenario *scenario) {
    return scenario->moves;
}

pl_moved_date pl_scenario_get_move(const pl_scenario *scenario, size_t index) {
    const pl_scenario_moved *m = &scenario->move[index];
    const pl_date none = {0, 0, 0};
    return (pl_moved_date){m->measure, keys[m->key], m->from == PL_NO_DAY ? none : pl_date_of(m->from),
                           m->to == PL_NO_DAY ? none : pl_date_of(m->to)};
}
