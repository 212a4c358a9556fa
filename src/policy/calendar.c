/* Dates of measures: read, checked, and asked whether a measure is in force on a day, as known on another. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

/* ---- reading ---- */

pl_status pl_node_day(const pl_node *node, const char *what, long *day, pl_error *error) {
    const char *text = NULL;
    pl_error inner = {PL_OK, ""};
    pl_date date;
    pl_status status = pl_node_text(node, what, &text, error);
    if (status)
        return status;
    if (pl_date_read(text, &date, &inner))
        return pl_node_fail(node, error, "%s: %s", what, inner.text);
    *day = pl_date_day(date);
    return PL_OK;
}

static pl_status say_order(const pl_node *node, const pl_measure *measure, const pl_dates *dates,
                           pl_error *error) {
    long start = dates->effective != PL_NO_DAY ? dates->effective : dates->legal;
    if (dates->until == PL_NO_DAY || start == PL_NO_DAY || dates->until > start)
        return PL_OK;
    pl_date from = pl_date_of(start), to = pl_date_of(dates->until);
    return pl_node_fail(node, error,
                        "%s ends before it starts: it takes effect on %04d-%02d-%02d and 'until' is "
                        "%04d-%02d-%02d, the first day without it",
                        measure->label, from.year, from.month, from.day, to.year, to.month, to.day);
}

/* Reads the keys of one set that are there; `node` may hold other keys too. */
static pl_status read_set(const pl_node *node, const pl_measure *measure, pl_dates *dates, bool *any,
                          pl_error *error) {
    const struct {
        const char *key;
        long *day;
    } part[] = {{"announced", &dates->announced},
                {"legal", &dates->legal},
                {"effective", &dates->effective},
                {"until", &dates->until}};
    for (size_t k = 0; k < 4; k++) {
        const pl_node *value = pl_node_get(node, part[k].key);
        char what[160];
        if (!value)
            continue;
        *any = true;
        snprintf(what, sizeof what, "'%s' of %.100s", part[k].key, measure->label);
        pl_status status = pl_node_day(value, what, part[k].day, error);
        if (status)
            return status;
    }
    return say_order(node, measure, dates, error);
}

static pl_dates *add_set(pl_measure *measure, const char *source) {
    char *copy = pl_strdup(source);
    if (!copy ||
        !pl_grow(&measure->date_set, &measure->date_room, measure->date_sets, sizeof *measure->date_set)) {
        free(copy);
        return NULL;
    }
    pl_dates *made = &measure->date_set[measure->date_sets++];
    *made = (pl_dates){copy, PL_NO_DAY, PL_NO_DAY, PL_NO_DAY, PL_NO_DAY};
    return made;
}

static pl_status read_own(const pl_node *node, pl_measure *measure, bool *any, pl_error *error) {
    pl_dates own = {NULL, PL_NO_DAY, PL_NO_DAY, PL_NO_DAY, PL_NO_DAY};
    pl_status status = read_set(node, measure, &own, any, error);
    if (status || !*any)
        return status;
    pl_dates *set = add_set(measure, "");
    if (!set)
        return pl_fail_memory(error, sizeof *set);
    own.source = set->source;
    *set = own;
    return PL_OK;
}

static pl_status read_sources(const pl_node *node, pl_measure *measure, pl_error *error) {
    static const char *const keys[] = {"announced", "legal", "effective", "until", "note"};
    if (node->kind != PL_NODE_MAP || !node->count)
        return pl_node_fail(node, error, "%s: 'dates' must be a mapping of sources to dates", measure->label);
    for (size_t s = 0; s < node->count; s++) {
        char what[160];
        bool any = false;
        snprintf(what, sizeof what, "dates '%.60s'", node->key[s]->text);
        pl_status status = pl_node_check_keys(node->item[s], keys, 5, what, error);
        if (status)
            return status;
        pl_dates *set = add_set(measure, node->key[s]->text);
        if (!set)
            return pl_fail_memory(error, sizeof *set);
        status = read_set(node->item[s], measure, set, &any, error);
        if (!status && !any)
            status = pl_node_fail(node->item[s], error, "%s: %s hold no date", measure->label, what);
        if (status)
            return status;
    }
    return PL_OK;
}

static pl_status read_use(const pl_node *node, pl_measure *measure, pl_error *error) {
    const char *text = NULL;
    char near[160];
    const char *names[16];
    size_t count = 0;
    pl_status status = pl_node_text(node, "use", &text, error);
    if (status)
        return status;
    for (size_t s = 0; s < measure->date_sets; s++) {
        if (!strcmp(measure->date_set[s].source, text)) {
            measure->dates = s;
            return PL_OK;
        }
        if (count < 16)
            names[count++] = measure->date_set[s].source;
    }
    return pl_node_fail(node, error, "%s: 'use' names '%s', which is no source of its dates%s",
                        measure->label, text, pl_suggest_text(near, sizeof near, text, names, count));
}

static pl_status read_extended(const pl_node *node, pl_measure *measure, pl_error *error) {
    pl_status status = pl_node_rate(node, "extended", &measure->extended, error);
    if (!status && !(measure->extended >= 0 && measure->extended <= 1))
        return pl_node_fail(node, error, "%s: 'extended' is %s; a chance is from 0 to 1", measure->label,
                            node->text);
    bool ends = false;
    for (size_t s = 0; s < measure->date_sets; s++)
        ends = ends || measure->date_set[s].until != PL_NO_DAY;
    if (!status && !ends)
        return pl_node_fail(node, error, "%s: 'extended' goes only with 'until'", measure->label);
    return status;
}

pl_status pl_measure_read_dates(const pl_node *node, pl_measure *measure, pl_error *error) {
    const pl_node *sources = pl_node_get(node, "dates"), *use = pl_node_get(node, "use");
    const pl_node *extended = pl_node_get(node, "extended");
    bool own = false;
    pl_status status = read_own(node, measure, &own, error);
    if (!status && own && sources)
        return pl_node_fail(sources, error, "%s: give its dates either as keys of its own or under 'dates'",
                            measure->label);
    if (!status && use && !sources)
        return pl_node_fail(use, error, "%s: 'use' goes only with 'dates'", measure->label);
    if (!status && sources)
        status = read_sources(sources, measure, error);
    if (!status && use)
        status = read_use(use, measure, error);
    return status || !extended ? status : read_extended(extended, measure, error);
}

/* ---- how a measure stacks ---- */

static const char stack_forms[] = "'adds', {replaces: [ids]}, {exempt: [ids]} or {capped: RATE, with: [ids]}";

static pl_status read_stack_map(const pl_node *node, pl_measure *measure, pl_error *error) {
    static const char *const keys[] = {"replaces", "exempt", "capped", "with"};
    const pl_node *replaces = pl_node_get(node, "replaces"), *exempt = pl_node_get(node, "exempt");
    const pl_node *capped = pl_node_get(node, "capped"), *with = pl_node_get(node, "with");
    pl_status status = pl_node_check_keys(node, keys, 4, "'stacks'", error);
    if (status)
        return status;
    if (!replaces + !exempt + !capped != 2 || !with != !capped)
        return pl_node_fail(node, error, "%s: 'stacks' is one of %s", measure->label, stack_forms);
    measure->stacks = replaces ? PL_REPLACES : exempt ? PL_EXEMPT : PL_CAPPED;
    if (capped)
        status = pl_node_rate(capped, "capped", &measure->cap, error);
    const pl_node *ids = replaces ? replaces : exempt ? exempt : with;
    return status ? status : pl_names_read(ids, "'stacks'", &measure->stack_on, error);
}

pl_status pl_measure_read_stacks(const pl_node *node, pl_measure *measure, pl_error *error) {
    const pl_node *stacks = pl_node_get(node, "stacks");
    measure->basis_said = pl_node_get(node, "basis") != NULL;
    if (!stacks)
        return PL_OK;
    pl_status status = PL_OK;
    if (stacks->kind == PL_NODE_MAP)
        status = read_stack_map(stacks, measure, error);
    else if (stacks->kind == PL_NODE_TEXT && !strcmp(stacks->text, "adds"))
        measure->stacks = PL_ADDS;
    else
        return pl_node_fail(stacks, error, "%s: 'stacks' is one of %s", measure->label, stack_forms);
    bool control = pl_kind_is_control(measure->kind);
    if (!status && control && measure->stacks == PL_CAPPED)
        return pl_node_fail(stacks, error, "%s: 'capped' is for duties, not for quantity controls",
                            measure->label);
    if (!status && measure->basis_said && measure->basis != PL_ADD)
        return pl_node_fail(stacks, error,
                            "%s: with 'stacks' the rate is added; leave 'basis' out or write add",
                            measure->label);
    if (!control)
        measure->basis = PL_ADD;
    return status;
}

/* ---- asking ---- */

bool pl_measure_dated(const pl_measure *measure) {
    return measure->date_sets > 0;
}

static const pl_dates *dates_of(const pl_measure *measure) {
    return &measure->date_set[measure->dates];
}

long pl_measure_start(const pl_measure *measure) {
    if (!pl_measure_dated(measure))
        return PL_NO_DAY;
    const pl_dates *dates = dates_of(measure);
    return dates->effective != PL_NO_DAY ? dates->effective : dates->legal;
}

long pl_measure_end(const pl_measure *measure) {
    return pl_measure_dated(measure) ? dates_of(measure)->until : PL_NO_DAY;
}

long pl_measure_announced(const pl_measure *measure) {
    if (!pl_measure_dated(measure))
        return PL_NO_DAY;
    const pl_dates *dates = dates_of(measure);
    if (dates->announced != PL_NO_DAY)
        return dates->announced;
    return dates->legal != PL_NO_DAY ? dates->legal : dates->effective;
}

bool pl_measure_in_force(const pl_scope *scope, const pl_measure *measure, const pl_moment *moment) {
    if (!pl_measure_active(scope, measure))
        return false;
    if (measure->kind == PL_MEASURE_LICENCE && !moment->licences)
        return false;
    if (!moment->dated || !pl_measure_dated(measure))
        return true;
    long announced = pl_measure_announced(measure), start = pl_measure_start(measure);
    long end = pl_measure_end(measure);
    if (announced != PL_NO_DAY && announced > moment->known)
        return false;
    if (start == PL_NO_DAY && end == PL_NO_DAY)
        return false; /* announced, and nothing came of it yet */
    if (start != PL_NO_DAY && moment->day < start)
        return false;
    if (end == PL_NO_DAY || moment->day < end)
        return true;
    return moment->known < end && measure->extended > moment->chance;
}

pl_moment pl_variant_moment(const pl_variant *variant) {
    pl_moment moment = {
        .dated = variant->day != PL_NO_DAY, .day = variant->day, .known = LONG_MAX, .licences = true};
    for (size_t m = 0; m < variant->measures && variant->day == PL_NO_DAY; m++) {
        const pl_measure *measure = variant->measure[m];
        if (!pl_measure_active(variant->scope, measure) || !pl_measure_dated(measure))
            continue;
        long start = pl_measure_start(measure);
        moment.dated = true;
        moment.day = start > moment.day ? start : moment.day;
    }
    return moment;
}

static int by_day(const void *a, const void *b) {
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

size_t pl_variant_turns(const pl_variant *variant, long *day) {
    size_t count = 0, kept = 0;
    for (size_t m = 0; m < variant->measures; m++) {
        const pl_measure *measure = variant->measure[m];
        long start = pl_measure_start(measure), end = pl_measure_end(measure);
        if (!pl_measure_active(variant->scope, measure))
            continue;
        if (start != PL_NO_DAY)
            day[count++] = start;
        if (end != PL_NO_DAY)
            day[count++] = end;
        if (measure->kind == PL_MEASURE_LICENCE && measure->control.green.count &&
            measure->control.green_from != PL_NO_DAY)
            day[count++] = measure->control.green_from;
    }
    qsort(day, count, sizeof *day, by_day);
    for (size_t d = 0; d < count; d++)
        if (!d || day[d] != day[d - 1])
            day[kept++] = day[d];
    return kept;
}
