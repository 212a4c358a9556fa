/* The path of a scenario: its model, its policy of each month, its licences. */
#include "time/time.h"

#include <math.h>

typedef struct {
    const pl_scenario *scenario;
    size_t variant;
    pl_date from;
    pl_model *model;
    pl_licence *licence;
    size_t licences;
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

static void release(void *context) {
    calendar *c = context;
    pl_licences_free(c->licence, c->licences);
    pl_model_free(c->model);
    free(c);
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
    pl_status status = pl_scenario_model(scenario, world, &c->model, error);
    if (!status)
        status = pl_scenario_licences(scenario, pl_model_world(c->model), variant, &c->licence, &c->licences,
                                      error);
    if (!status)
        status = check_licences(c, error);
    if (!status) {
        pl_path_input input = {.model = c->model,
                               .source = {c, policy_of, release},
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
