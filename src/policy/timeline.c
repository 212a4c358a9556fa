/* The schedule of a scenario: what starts and ends when, and the tariffs between countries by date. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

enum { MOST_PAIRS = 6 };

typedef struct {
    const pl_variant *variant;
    const pl_world *world;
    pl_timeline *made;
    bool *buyer, *seller; /* [pairs][N] */
    pl_error *error;
} drawing;

/* ---- pairs ---- */

static bool add_pair(pl_strings *list, const char *text) {
    for (size_t k = 0; k < list->count; k++)
        if (!strcmp(list->item[k], text))
            return true;
    return pl_strings_add(list, text);
}

/* Names of a list joined by commas; NULL when out of memory. */
static char *join(const pl_name_list *list) {
    char *text = pl_strdup(list->item[0].text);
    for (size_t k = 1; text && k < list->count; k++) {
        char *longer = pl_format("%s,%s", text, list->item[k].text);
        free(text);
        text = longer;
    }
    return text;
}

/* Who is named in the duties of the variant, in their order. */
static pl_status default_pairs(drawing *d, pl_strings *list) {
    for (size_t m = 0; m < d->variant->measures && list->count < MOST_PAIRS; m++) {
        const pl_measure *measure = d->variant->measure[m];
        if (measure->kind != PL_MEASURE_TARIFF || !pl_measure_active(d->variant->scope, measure))
            continue;
        char *by = join(&measure->by), *on = join(&measure->on);
        char *pair = by && on ? pl_format("%s<-%s", by, on) : NULL;
        bool added = pair && add_pair(list, pair);
        free(by);
        free(on);
        free(pair);
        if (!added)
            return pl_fail_memory(d->error, 1);
    }
    return PL_OK;
}

static pl_status read_side(drawing *d, const char *from, size_t length, const char *pair, bool *marked) {
    pl_name_list names = {0};
    char what[160];
    bool added = true;
    snprintf(what, sizeof what, "pair '%.120s'", pair);
    for (const char *end = from + length; from < end && added;) {
        const char *comma = memchr(from, ',', (size_t)(end - from)), *stop = comma ? comma : end;
        char *name = pl_format("%.*s", (int)(stop - from), from);
        added = name && pl_name_list_add(&names, name, 0);
        free(name);
        from = stop + 1;
    }
    pl_status status =
        added ? pl_resolve_countries(d->variant->scope, d->world, &names, what, false, marked, d->error)
              : pl_fail_memory(d->error, 1);
    pl_name_list_clear(&names);
    return status;
}

static pl_status read_pair(drawing *d, size_t p) {
    const char *pair = d->made->pair[p], *arrow = strstr(pair, "<-");
    size_t N = pl_world_size(d->world, PL_COUNTRY);
    if (!arrow || arrow == pair || !arrow[2])
        return pl_fail(d->error, PL_INVALID, "pair '%s': write BUYER<-SELLER, as in 'USA<-CHN'", pair);
    pl_status status = read_side(d, pair, (size_t)(arrow - pair), pair, d->buyer + p * N);
    return status ? status : read_side(d, arrow + 2, strlen(arrow + 2), pair, d->seller + p * N);
}

/* ---- averages ---- */

static void average(const drawing *d, size_t p, const double *tariff, double *simple, double *weighted) {
    size_t N = pl_world_size(d->world, PL_COUNTRY), J = pl_world_size(d->world, PL_SECTOR), cells = 0;
    const double *flow = pl_world_flow(d->world);
    double sum = 0, duty = 0, trade = 0;
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N && pl_world_is_goods(d->world, j); n++)
            for (size_t i = 0; i < N; i++) {
                size_t at = (j * N + n) * N + i;
                if (n == i || !d->buyer[p * N + n] || !d->seller[p * N + i])
                    continue;
                cells++;
                sum += tariff[at];
                duty += tariff[at] * flow[at];
                trade += flow[at];
            }
    *simple = cells ? sum / (double)cells : NAN;
    *weighted = trade > 0 ? duty / trade : NAN;
}

/* ---- events ---- */

static char *add_line(char *lines, const char *what, const char *verb) {
    char *longer = lines ? pl_format("%s%s%s %s", lines, *lines ? "\n" : "", what, verb) : NULL;
    free(lines);
    return longer;
}

static char *events_of(const pl_variant *v, long day) {
    char *lines = pl_strdup("");
    for (size_t m = 0; m < v->measures; m++) {
        const pl_measure *measure = v->measure[m];
        const char *what = measure->id ? measure->id : measure->text;
        bool green = measure->kind == PL_MEASURE_LICENCE && measure->control.green.count;
        if (!pl_measure_active(v->scope, measure))
            continue;
        if (pl_measure_start(measure) == day)
            lines = add_line(lines, what, "starts");
        if (pl_measure_end(measure) == day)
            lines = add_line(lines, what, "ends");
        if (green && measure->control.green_from == day)
            lines = add_line(lines, what, "opens its green channel");
    }
    return lines;
}

/* ---- the whole ---- */

static pl_status fill_date(drawing *d, size_t t, long day) {
    pl_timeline *made = d->made;
    const pl_moment moment = {.dated = true, .day = day, .known = LONG_MAX, .licences = true};
    pl_policy *policy = NULL;
    pl_error inner = {PL_OK, ""};
    made->date[t] = pl_date_of(day);
    made->events[t] = events_of(d->variant, day);
    pl_status status =
        made->events[t] ? pl_policy_new(d->world, &policy, d->error) : pl_fail_memory(d->error, 1);
    if (!status && pl_variant_apply(d->variant, d->world, &moment, policy, &inner)) {
        pl_date date = pl_date_of(day);
        status = pl_fail(d->error, inner.status, "%s (on %04d-%02d-%02d)", inner.text, date.year, date.month,
                         date.day);
    }
    for (size_t p = 0; p < made->pairs && !status; p++)
        average(d, p, pl_policy_tariff(policy), &made->simple[t * made->pairs + p],
                &made->weighted[t * made->pairs + p]);
    if (!status)
        made->controls[t] = pl_policy_caps(policy);
    pl_policy_free(policy);
    return status;
}

static bool make_room(drawing *d, size_t dates, pl_strings *pairs) {
    pl_timeline *made = d->made;
    size_t N = pl_world_size(d->world, PL_COUNTRY);
    made->dates = dates;
    made->pairs = pairs->count;
    made->pair = pairs->item;
    *pairs = (pl_strings){0};
    made->date = pl_alloc(dates, sizeof *made->date);
    made->events = pl_alloc(dates, sizeof *made->events);
    made->controls = pl_alloc(dates, sizeof *made->controls);
    made->simple = pl_alloc(dates * made->pairs + 1, sizeof *made->simple);
    made->weighted = pl_alloc(dates * made->pairs + 1, sizeof *made->weighted);
    d->buyer = pl_alloc(made->pairs * N + 1, sizeof *d->buyer);
    d->seller = pl_alloc(made->pairs * N + 1, sizeof *d->seller);
    return made->date && made->events && made->controls && made->simple && made->weighted && d->buyer &&
           d->seller;
}

static pl_status draw(drawing *d, pl_strings *pairs) {
    size_t count = d->variant->measures;
    long *day = pl_alloc(3 * count + 2, sizeof *day);
    if (!day)
        return pl_fail_memory(d->error, count * sizeof *day);
    size_t turns = pl_variant_turns(d->variant, day + 1);
    pl_status status = PL_OK;
    day[0] = day[1] - 1;
    if (!turns)
        status = pl_fail(d->error, PL_INVALID,
                         "variant '%s' has no dated measure: there is no timeline to show", d->variant->name);
    else if (!make_room(d, turns + 1, pairs))
        status = pl_fail_memory(d->error, turns * sizeof *day);
    for (size_t p = 0; !status && p < d->made->pairs; p++)
        status = read_pair(d, p);
    for (size_t t = 0; !status && t < turns + 1; t++)
        status = fill_date(d, t, day[t]);
    free(day);
    return status;
}

pl_status pl_timeline_new(const pl_scenario *scenario, const pl_world *world, size_t variant,
                          const char *const *pair, size_t pairs, pl_timeline **timeline, pl_error *error) {
    pl_timeline *made = pl_alloc(1, sizeof *made);
    drawing d = {&scenario->variant[variant], world, made, NULL, NULL, error};
    pl_strings list = {0};
    *timeline = NULL;
    if (!made)
        return pl_fail_memory(error, sizeof *made);
    made->scenario = scenario;
    made->variant = variant;
    pl_status status = PL_OK;
    for (size_t p = 0; p < pairs && !status; p++)
        status = add_pair(&list, pair[p]) ? PL_OK : pl_fail_memory(error, 1);
    if (!status && !pairs)
        status = default_pairs(&d, &list);
    if (!status)
        status = draw(&d, &list);
    pl_strings_clear(&list);
    free(d.buyer);
    free(d.seller);
    if (status)
        pl_timeline_free(made);
    else
        *timeline = made;
    return status;
}

void pl_timeline_free(pl_timeline *timeline) {
    if (!timeline)
        return;
    for (size_t p = 0; p < timeline->pairs; p++)
        free(timeline->pair[p]);
    for (size_t t = 0; timeline->events && t < timeline->dates; t++)
        free(timeline->events[t]);
    free(timeline->pair);
    free(timeline->date);
    free(timeline->events);
    free(timeline->controls);
    free(timeline->simple);
    free(timeline->weighted);
    free(timeline);
}
