/* Licence regimes as the months engine takes them: flows, green channel, approval and time. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

typedef struct {
    const pl_variant *variant;
    const pl_world *world;
    pl_coverage covered;
    bool *green; /* [N] */
    size_t N, J;
    pl_error *error;
} regime;

static pl_status find_country(const regime *r, const pl_measure *measure, const pl_name *name,
                              size_t *index) {
    pl_error inner = {PL_OK, ""};
    *index = 0;
    if (!name->text || !pl_world_find(r->world, PL_COUNTRY, name->text, index, &inner))
        return PL_OK;
    return pl_measure_fail(r->variant->scope, name->line, r->error, "rent of %s: %s", measure->label,
                           inner.text);
}

/* Fills in the flows that are traded, and which of them the green channel serves. */
static pl_status fill_flows(const regime *r, const pl_measure *measure, pl_licence *l) {
    size_t cells = r->J * r->N * r->N;
    size_t *flows = pl_alloc(cells, sizeof *flows);
    bool *green = pl_alloc(cells, sizeof *green);
    double *part = pl_alloc(cells, sizeof *part);
    l->flows = flows;
    l->green = green;
    l->part = part;
    if (!flows || !green || !part)
        return pl_fail_memory(r->error, cells * sizeof *flows);
    for (size_t j = 0; j < r->J; j++)
        for (size_t n = 0; n < r->N; n++)
            for (size_t i = 0; i < r->N; i++) {
                size_t at = (j * r->N + n) * r->N + i;
                if (!pl_coverage_has(&r->covered, j, n, i) || !(pl_world_flow(r->world)[at] > 0))
                    continue;
                flows[l->count] = at;
                green[l->count] = r->green[n];
                part[l->count++] = r->covered.part[j];
            }
    if (l->count)
        return PL_OK;
    return pl_measure_fail(r->variant->scope, measure->line, r->error,
                           "%s: none of the flows it covers is traded in the base year of this world",
                           measure->label);
}

static pl_date date_or(long day, int year) {
    return day != PL_NO_DAY ? pl_date_of(day) : (pl_date){year, 1, 1};
}

static pl_status make(regime *r, const pl_measure *measure, pl_licence *l) {
    const pl_control *k = &measure->control;
    char what[160];
    snprintf(what, sizeof what, "green channel of %.100s", measure->label);
    pl_status status = pl_coverage_find(&r->covered, r->variant->scope, r->world, measure, r->error);
    if (!status)
        status =
            pl_resolve_countries(r->variant->scope, r->world, &k->green, what, false, r->green, r->error);
    if (!status)
        status = find_country(r, measure, &k->third, &l->third);
    if (!status)
        status = find_country(r, measure, &k->waste, &l->waste_country);
    if (status)
        return status;
    l->name = pl_strdup(measure->id ? measure->id : measure->label);
    if (!l->name)
        return pl_fail_memory(r->error, 1);
    long start = pl_measure_start(measure);
    l->from = date_or(start, 0);
    l->until = date_or(pl_measure_end(measure), 9999);
    l->green_from =
        !k->green.count ? (pl_date){0, 1, 1} : date_or(k->green_from != PL_NO_DAY ? k->green_from : start, 1);
    l->green_share = k->green_share;
    l->approval = k->approval;
    l->lag = k->lag;
    l->validity = k->validity;
    l->to_seller = k->rent[PL_TO_SELLER];
    l->to_buyer = k->rent[PL_TO_BUYER];
    l->to_third = k->rent[PL_TO_THIRD];
    l->wasted = k->rent[PL_WASTED];
    return fill_flows(r, measure, l);
}

/* Announced only, or switched off: no regime. */
static bool counts(const pl_variant *v, const pl_measure *measure) {
    bool dated = pl_measure_dated(measure);
    bool begins = !dated || pl_measure_start(measure) != PL_NO_DAY || pl_measure_end(measure) != PL_NO_DAY;
    return measure->kind == PL_MEASURE_LICENCE && measure->stacks != PL_EXEMPT && begins &&
           pl_measure_active(v->scope, measure);
}

pl_status pl_scenario_licences(const pl_scenario *scenario, const pl_world *world, size_t variant,
                               pl_licence **licence, size_t *count, pl_error *error) {
    const pl_variant *v = &scenario->variant[variant];
    regime r = {.variant = v,
                .world = world,
                .N = pl_world_size(world, PL_COUNTRY),
                .J = pl_world_size(world, PL_SECTOR),
                .error = error};
    *count = 0;
    *licence = pl_alloc(v->measures + 1, sizeof **licence);
    r.green = pl_alloc(r.N, sizeof *r.green);
    bool got = pl_coverage_init(&r.covered, world);
    pl_status status = *licence && r.green && got ? PL_OK : pl_fail_memory(error, r.N);
    for (size_t m = 0; m < v->measures && !status; m++)
        if (counts(v, v->measure[m]))
            status = make(&r, v->measure[m], &(*licence)[(*count)++]);
    pl_coverage_clear(&r.covered);
    free(r.green);
    if (status) {
        pl_licences_free(*licence, *count);
        *licence = NULL;
        *count = 0;
    }
    return status;
}

void pl_licences_free(pl_licence *licence, size_t count) {
    for (size_t k = 0; licence && k < count; k++) {
        free((char *)licence[k].name);
        free((size_t *)licence[k].flows);
        free((bool *)licence[k].green);
        free((double *)licence[k].part);
    }
    free(licence);
}
