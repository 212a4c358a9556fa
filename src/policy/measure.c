/* Measures applied: each cell they cover is set, added to or multiplied, in order, into a pl_policy. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

/* Which measure last set a cell, and to what, for finding contradictions: one per kind of wedge. */
typedef struct {
    uint16_t *owner; /* [J][N][N]: 1 + position in the variant; 0 when no measure has set the cell */
    double *rate;
} claim;

typedef struct {
    const pl_variant *variant;
    const pl_world *world;
    pl_policy *policy;
    claim claims[PL_MEASURE_KIND_COUNT];
    bool *by, *on, *except, *sectors, *less; /* what the measure at hand covers: [N], [J] */
    pl_error *error;
} applier;

/* A table is a tariff: the two share cells. */
static size_t wedge_of(const pl_measure *measure) {
    return measure->kind == PL_MEASURE_TARIFF_TABLE ? PL_MEASURE_TARIFF : measure->kind;
}

static const char *const wedge_words[] = {"tariff", "export tax", "trade cost"};

static double *wedge_array(applier *a, const pl_measure *measure) {
    switch (wedge_of(measure)) {
    case PL_MEASURE_TARIFF:
        return pl_policy_tariff(a->policy);
    case PL_MEASURE_EXPORT_TAX:
        return pl_policy_export_tax(a->policy);
    default:
        return pl_policy_iceberg(a->policy);
    }
}

/* ---- what a measure covers ---- */

static pl_status fail(applier *a, const pl_measure *measure, const char *text, const char *more) {
    return pl_measure_fail(a->variant->scope, measure->line, a->error, "%s: %s%s", measure->label, text,
                           more);
}

/* Takes `out` away from `from`; an exception that excepts nothing is a mistake, unless this world tells none
 * of it apart. */
static pl_status take_away(applier *a, const pl_measure *measure, const pl_name_list *list, const char *key,
                           bool *from, const bool *out, size_t count) {
    bool any = false, asked = false;
    for (size_t i = 0; i < count; i++) {
        asked = asked || out[i];
        any = any || (from[i] && out[i]);
        from[i] = from[i] && !out[i];
    }
    if (any || !asked)
        return PL_OK;
    return pl_measure_fail(a->variant->scope, list->item[0].line, a->error,
                           "%s: '%s' takes nothing away: '%s' is not covered anyway", measure->label, key,
                           list->item[0].text);
}

static pl_status resolve(applier *a, const pl_measure *measure) {
    const pl_scope *scope = a->variant->scope;
    size_t N = pl_world_size(a->world, PL_COUNTRY), J = pl_world_size(a->world, PL_SECTOR);
    static const char *const names[] = {"by", "on", "except", "sectors", "except_sectors"};
    const pl_name_list *lists[] = {&measure->by, &measure->on, &measure->except, &measure->sectors,
                                   &measure->except_sectors};
    bool *marks[] = {a->by, a->on, a->except, a->sectors, a->less};
    for (size_t k = 0; k < 5; k++) {
        char what[160];
        snprintf(what, sizeof what, "%.100s: '%s'", measure->label, names[k]);
        pl_status status =
            k < 3 ? pl_resolve_countries(scope, a->world, lists[k], what, k == 2, marks[k], a->error)
                  : pl_resolve_sectors(scope, a->world, lists[k], what, marks[k], a->error);
        if (status)
            return status;
    }
    pl_status status = take_away(a, measure, &measure->except, "except", a->on, a->except, N);
    if (!status)
        status = take_away(a, measure, &measure->except_sectors, "except_sectors", a->sectors, a->less, J);
    return status;
}

/* ---- contradictions ---- */

static const pl_measure *find_measure(const pl_variant *variant, const char *id) {
    for (size_t m = 0; m < variant->measures; m++)
        if (variant->measure[m]->id && !strcmp(variant->measure[m]->id, id))
            return variant->measure[m];
    return NULL;
}

static pl_status check_replaces(applier *a, const pl_measure *measure) {
    const pl_variant *v = a->variant;
    for (size_t r = 0; r < measure->replaces.count; r++) {
        const pl_name *name = &measure->replaces.item[r];
        if (find_measure(v, name->text))
            continue;
        const char **known = pl_alloc(v->measures + 1, sizeof *known);
        char near[160];
        size_t count = 0;
        if (!known)
            return pl_fail_memory(a->error, v->measures);
        for (size_t m = 0; m < v->measures; m++)
            if (v->measure[m]->id)
                known[count++] = v->measure[m]->id;
        pl_suggest_text(near, sizeof near, name->text, known, count);
        free(known);
        return pl_measure_fail(v->scope, name->line, a->error,
                               "%s: 'replaces' names '%s', which is no measure of variant '%s'%s",
                               measure->label, name->text, v->name, near);
    }
    return PL_OK;
}

static bool may_replace(const pl_measure *measure, const pl_measure *earlier) {
    for (size_t r = 0; earlier->id && r < measure->replaces.count; r++)
        if (!strcmp(measure->replaces.item[r].text, earlier->id))
            return true;
    return false;
}

static pl_status contradict(applier *a, size_t m, double rate, const claim *held, size_t at,
                            const char *cell) {
    const pl_measure *now = a->variant->measure[m], *earlier = a->variant->measure[held->owner[at] - 1];
    const char *advice = now->line ? "; 'replaces' says that the later one counts" : "; use += to add to it";
    return pl_measure_fail(
        a->variant->scope, now->line, a->error,
        "contradictory measures: %s sets the %s of %s to %.6g%%, but %s has set it to %.6g%%%s", now->label,
        wedge_words[wedge_of(now)], cell, 100 * rate, earlier->label, 100 * held->rate[at], advice);
}

/* ---- cells ---- */

/* What stands after a measure with this rate, given what stood. An iceberg factor counts as factor - 1. */
static double combine(const pl_measure *measure, double rate, double old) {
    double s = measure->share;
    bool iceberg = measure->kind == PL_MEASURE_ICEBERG;
    switch (measure->basis) {
    case PL_ADD:
        return old + s * rate;
    case PL_SET:
        return s * (iceberg ? 1 + rate : rate) + (1 - s) * old;
    default:
        return old * (s * rate + 1 - s);
    }
}

static void say_cell(const applier *a, const pl_measure *measure, size_t j, size_t n, size_t i, char *out,
                     size_t size) {
    bool tax = measure->kind == PL_MEASURE_EXPORT_TAX;
    snprintf(out, size, "%.40s on %.40s in %.40s", pl_world_code(a->world, PL_COUNTRY, tax ? i : n),
             pl_world_code(a->world, PL_COUNTRY, tax ? n : i), pl_world_code(a->world, PL_SECTOR, j));
}

static pl_status apply_cell(applier *a, size_t m, double rate, double *cell, size_t j, size_t n, size_t i) {
    const pl_measure *measure = a->variant->measure[m];
    size_t N = pl_world_size(a->world, PL_COUNTRY), at = (j * N + n) * N + i;
    claim *held = &a->claims[wedge_of(measure)];
    char where[160];
    if (measure->basis == PL_SET) {
        const pl_measure *earlier = held->owner[at] ? a->variant->measure[held->owner[at] - 1] : NULL;
        bool same = earlier && held->rate[at] == rate && earlier->share == measure->share;
        if (earlier && !same && !may_replace(measure, earlier)) {
            say_cell(a, measure, j, n, i, where, sizeof where);
            return contradict(a, m, rate, held, at, where);
        }
        held->owner[at] = (uint16_t)(m + 1);
        held->rate[at] = rate;
    }
    double value = combine(measure, rate, *cell), lowest = measure->kind == PL_MEASURE_ICEBERG ? 0 : -1;
    if (!(value > lowest && value < INFINITY)) {
        say_cell(a, measure, j, n, i, where, sizeof where);
        return pl_measure_fail(a->variant->scope, measure->line, a->error,
                               "%s: the %s of %s would become %.6g%%, but it must stay above %g%%",
                               measure->label, wedge_words[wedge_of(measure)], where, 100 * value,
                               100 * lowest);
    }
    *cell = value;
    return PL_OK;
}

/* `rate` is the measure's own, or [J][N][N] of a table with NaN where it says nothing. */
static pl_status apply_cells(applier *a, size_t m, const double *table) {
    const pl_measure *measure = a->variant->measure[m];
    size_t N = pl_world_size(a->world, PL_COUNTRY), J = pl_world_size(a->world, PL_SECTOR), covered = 0;
    double *cells = wedge_array(a, measure);
    if (!cells)
        return pl_fail_memory(a->error, N * N * J * sizeof *cells);
    bool tax = measure->kind == PL_MEASURE_EXPORT_TAX;
    const bool *buyers = tax ? a->on : a->by, *sellers = tax ? a->by : a->on;
    for (size_t j = 0; j < J; j++) {
        for (size_t n = 0; n < N && a->sectors[j]; n++) {
            for (size_t i = 0; i < N && buyers[n]; i++) {
                size_t at = (j * N + n) * N + i;
                double rate = table ? table[at] : measure->rate;
                if (n == i || !sellers[i] || isnan(rate))
                    continue;
                pl_status status = apply_cell(a, m, rate, &cells[at], j, n, i);
                if (status)
                    return status;
                covered++;
            }
        }
    }
    if (!covered)
        return fail(a, measure, "covers no flow between two countries of this world", "");
    return PL_OK;
}

static pl_status apply_measure(applier *a, size_t m) {
    const pl_measure *measure = a->variant->measure[m];
    pl_status status = check_replaces(a, measure);
    if (!status)
        status = resolve(a, measure);
    if (status || measure->kind != PL_MEASURE_TARIFF_TABLE)
        return status ? status : apply_cells(a, m, NULL);
    double *table = NULL;
    char *path = pl_scope_path(a->variant->scope, measure->file);
    status = path ? pl_tariff_table_read(path, (pl_basis)measure->basis, a->world, &table, a->error)
                  : pl_fail_memory(a->error, 1);
    if (!status)
        status = apply_cells(a, m, table);
    free(table);
    free(path);
    return status;
}

/* ---- a variant ---- */

static bool make_room(applier *a, size_t cells) {
    size_t N = pl_world_size(a->world, PL_COUNTRY), J = pl_world_size(a->world, PL_SECTOR);
    a->by = pl_alloc(3 * N + 2 * J, sizeof *a->by);
    bool claimed[PL_MEASURE_KIND_COUNT] = {false};
    for (size_t m = 0; m < a->variant->measures; m++)
        if (a->variant->measure[m]->basis == PL_SET)
            claimed[wedge_of(a->variant->measure[m])] = true;
    bool got = a->by != NULL;
    for (size_t k = 0; k < PL_MEASURE_KIND_COUNT; k++) {
        if (!claimed[k])
            continue;
        a->claims[k].owner = pl_alloc(cells, sizeof *a->claims[k].owner);
        a->claims[k].rate = pl_alloc(cells, sizeof *a->claims[k].rate);
        got = got && a->claims[k].owner && a->claims[k].rate;
    }
    if (got) {
        a->on = a->by + N;
        a->except = a->on + N;
        a->sectors = a->except + N;
        a->less = a->sectors + J;
    }
    return got;
}

pl_status pl_variant_apply(const pl_variant *variant, const pl_world *world, pl_policy *policy,
                           pl_error *error) {
    size_t N = pl_world_size(world, PL_COUNTRY), cells = N * N * pl_world_size(world, PL_SECTOR);
    applier a = {.variant = variant, .world = world, .policy = policy, .error = error};
    if (variant->measures >= UINT16_MAX)
        return pl_fail(error, PL_INVALID, "variant '%s' has %zu measures; at most %d are possible",
                       variant->name, variant->measures, UINT16_MAX - 1);
    pl_status status = make_room(&a, cells) ? PL_OK : pl_fail_memory(error, cells * sizeof(double));
    for (size_t m = 0; m < variant->measures && !status; m++)
        if (pl_measure_active(variant->scope, variant->measure[m]))
            status = apply_measure(&a, m);
    for (size_t k = 0; k < PL_MEASURE_KIND_COUNT; k++) {
        free(a.claims[k].owner);
        free(a.claims[k].rate);
    }
    free(a.by);
    return status;
}
