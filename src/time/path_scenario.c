/* The path of a scenario: its model, its policy of each month, its licences. */
#include "policy/policy.h"
#include "time/time.h"

#include <limits.h>

typedef struct {
    const pl_scenario *scenario;
    size_t variant;
    pl_date from;
    pl_model *model;
    pl_licence *licence;
    size_t licences;
    long *turn; /* [turns] days on which something is announced, starts or ends */
    size_t turns;
} calendar;

static pl_date month_of(pl_date from, size_t month) {
    size_t at = (size_t)(from.month - 1) + month;
    return (pl_date){from.year + (int)(at / 12), (int)(at % 12) + 1, 1};
}

/* Known at the end of a month: on the day before the next begins. */
static pl_status policy_of(void *context, size_t month, size_t known, pl_policy **policy, pl_error *error) {
    const calendar *c = context;
    pl_date day = pl_date_of(pl_date_day(month_of(c->from, known + 1)) - 1);
    return pl_scenario_policy_month(c->scenario, pl_model_world(c->model), c->variant,
                                    month_of(c->from, month), day, policy, error);
}

/* Whether nothing is announced, starts or ends in months `from` to `to`. */
static bool quiet(void *context, size_t from, size_t to) {
    const calendar *c = context;
    long first = pl_date_day(month_of(c->from, from)), last = pl_date_day(month_of(c->from, to + 1));
    for (size_t k = 0; k < c->turns; k++)
        if (c->turn[k] >= first && c->turn[k] < last)
            return false;
    return true;
}

static void release(void *context) {
    calendar *c = context;
    pl_licences_free(c->licence, c->licences);
    pl_model_free(c->model);
    free(c->turn);
    free(c);
}

/* Room for pl_variant_turns, and one more a measure. */
static long *days_of(const pl_scenario *scenario, size_t variant, size_t *count) {
    const pl_variant *v = &scenario->variant[variant];
    long *day = pl_alloc(4 * v->measures + 1, sizeof *day);
    *count = day ? pl_variant_turns(v, day) : 0;
    for (size_t m = 0; day && m < v->measures; m++)
        if (pl_measure_announced(v->measure[m]) != PL_NO_DAY)
            day[(*count)++] = pl_measure_announced(v->measure[m]);
    return day;
}

bool pl_path_first(const pl_scenario *scenario, size_t variant, pl_date *month) {
    size_t count = 0;
    long *day = days_of(scenario, variant, &count), first = LONG_MAX;
    for (size_t k = 0; k < count; k++)
        first = day[k] < first ? day[k] : first;
    free(day);
    if (count == 0 || first == LONG_MAX)
        return false;
    pl_date date = pl_date_of(first);
    *month = (pl_date){date.month == 1 ? date.year - 1 : date.year, date.month == 1 ? 12 : date.month - 1, 1};
    return true;
}

/* What a licence regime must be for the queue to make sense. */
static pl_status check_licences(const calendar *c, pl_error *error) {
    for (size_t r = 0; r < c->licences; r++) {
        const pl_licence *l = &c->licence[r];
        if (!(l->approval >= 0 && l->approval <= 1))
            return pl_fail(error, PL_INVALID, "licence '%s': approval share %g is outside 0 to 1", l->name,
                           l->approval);
        if (!(l->lag >= 0 && l->lag <= 120))
            return pl_fail(error, PL_INVALID, "licence '%s': a lag of %g months; it must be 0 to 120",
                           l->name, l->lag);
        if (!(l->validity >= 0))
            return pl_fail(error, PL_INVALID, "licence '%s': validity %g months; it must be positive",
                           l->name, l->validity);
    }
    return PL_OK;
}

pl_status pl_path_new(const pl_scenario *scenario, const pl_world *world, size_t variant, pl_date from,
                      size_t months, pl_path **path, pl_error *error) {
    *path = NULL;
    if (variant >= pl_scenario_variants(scenario))
        return pl_fail(error, PL_INVALID, "variant %zu; the scenario has %zu", variant,
                       pl_scenario_variants(scenario));
    if (!(from.month >= 1 && from.month <= 12 && from.year >= 1 && from.year <= 9000))
        return pl_fail(error, PL_INVALID, "a path from month %d of year %d; there is no such month",
                       from.month, from.year);
    calendar *c = pl_alloc(1, sizeof *c);
    if (!c)
        return pl_fail_memory(error, sizeof *c);
    *c = (calendar){.scenario = scenario, .variant = variant, .from = {from.year, from.month, 1}};
    c->turn = days_of(scenario, variant, &c->turns);
    pl_status status =
        c->turn ? pl_scenario_model(scenario, world, &c->model, error) : pl_fail_memory(error, 1);
    if (!status)
        status = pl_scenario_licences(scenario, pl_model_world(c->model), variant, &c->licence, &c->licences,
                                      error);
    if (!status)
        status = check_licences(c, error);
    if (!status) {
        pl_path_input input = {.model = c->model,
                               .source = {c, policy_of, quiet, release},
                               .licence = c->licence,
                               .licences = c->licences,
                               .from = c->from,
                               .months = months};
        status = pl_path_open(&input, path, error);
    }
    if (status)
        release(c);
    return status;
}
