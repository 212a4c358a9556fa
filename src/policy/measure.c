/* Measures applied: each cell they cover is set, added to or multiplied, in order, into a pl_policy. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

/* Which measure last set a cell, and to what, for finding contradictions: one per kind of wedge. */
typedef struct {
    uint16_t *owner; /* [J][N][N]: 1 + position in the variant; 0 when no measure has set the cell */
    double *rate;
} claim;

/* What one measure has put on the cells it covers, for the measures that stack on it. */
typedef struct {
    size_t count, room;
    struct contribution {
        size_t at;
        double delta;
    } * item;
} ledger;

enum { WEDGES = 3 }; /* tariff, export tax, iceberg */

typedef struct {
    const pl_variant *variant;
    const pl_world *world;
    const pl_moment *moment;
    bool on_top; /* which measures are at work */
    pl_policy *policy;
    claim claims[WEDGES];
    uint16_t *dated[WEDGES]; /* [J][N][N]: 1 + position of the last dated measure on the cell */
    ledger *ledgers;         /* [measures]; NULL when nothing stacks */
    double *standing;        /* [J][N][N]: what the measures a cap counts have put on a cell */
    pl_coverage covered;
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

static pl_status fail(applier *a, const pl_measure *measure, const char *text, const char *more) {
    return pl_measure_fail(a->variant->scope, measure->line, a->error, "%s: %s%s", measure->label, text,
                           more);
}

/* ---- contradictions ---- */

const pl_measure *pl_variant_find(const pl_variant *variant, const char *id) {
    for (size_t m = 0; m < variant->measures; m++)
        if (variant->measure[m]->id && !strcmp(variant->measure[m]->id, id))
            return variant->measure[m];
    return NULL;
}

pl_status pl_variant_check_ids(const pl_variant *v, const pl_measure *measure, const pl_name_list *list,
                               const char *key, pl_error *error) {
    for (size_t r = 0; r < list->count; r++) {
        const pl_name *name = &list->item[r];
        if (pl_variant_find(v, name->text))
            continue;
        const char **known = pl_alloc(v->measures + 1, sizeof *known);
        char near[160];
        size_t count = 0;
        if (!known)
            return pl_fail_memory(error, v->measures);
        for (size_t m = 0; m < v->measures; m++)
            if (v->measure[m]->id)
                known[count++] = v->measure[m]->id;
        pl_suggest_text(near, sizeof near, name->text, known, count);
        free(known);
        return pl_measure_fail(v->scope, name->line, error,
                               "%s: '%s' names '%s', which is no measure of variant '%s'%s", measure->label,
                               key, name->text, v->name, near);
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
static double combine(const pl_measure *measure, double rate, double s, double old) {
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

/* A dated measure that does not say how it stacks may not meet another dated one. */
static pl_status check_overlap(applier *a, size_t m, size_t j, size_t n, size_t i) {
    const pl_measure *measure = a->variant->measure[m];
    size_t N = pl_world_size(a->world, PL_COUNTRY), at = (j * N + n) * N + i;
    uint16_t *last = a->dated[wedge_of(measure)];
    if (!last || !pl_measure_dated(measure))
        return PL_OK;
    if (last[at] && measure->stacks == PL_STACKS_UNSAID && !measure->basis_said) {
        char where[160];
        say_cell(a, measure, j, n, i, where, sizeof where);
        return pl_measure_fail(
            a->variant->scope, measure->line, a->error,
            "%s and %s overlap in time on the %s of %s; say with 'stacks' how the later one "
            "goes with the earlier (adds, replaces, capped or exempt)",
            measure->label, a->variant->measure[last[at] - 1]->label, wedge_words[wedge_of(measure)], where);
    }
    last[at] = (uint16_t)(m + 1);
    return PL_OK;
}

static bool note_contribution(applier *a, size_t m, size_t at, double delta) {
    ledger *l = a->ledgers ? &a->ledgers[m] : NULL;
    if (!l)
        return true;
    if (!pl_grow(&l->item, &l->room, l->count, sizeof *l->item))
        return false;
    l->item[l->count++] = (struct contribution){at, delta};
    return true;
}

static pl_status claim_cell(applier *a, size_t m, double rate, double part, size_t j, size_t n, size_t i) {
    const pl_measure *measure = a->variant->measure[m];
    size_t N = pl_world_size(a->world, PL_COUNTRY), at = (j * N + n) * N + i;
    claim *held = &a->claims[wedge_of(measure)];
    const pl_measure *earlier = held->owner[at] ? a->variant->measure[held->owner[at] - 1] : NULL;
    bool same = earlier && held->rate[at] == rate && earlier->share == part;
    if (earlier && !same && !may_replace(measure, earlier)) {
        char where[160];
        say_cell(a, measure, j, n, i, where, sizeof where);
        return contradict(a, m, rate, held, at, where);
    }
    held->owner[at] = (uint16_t)(m + 1);
    held->rate[at] = rate;
    return PL_OK;
}

static pl_status apply_cell(applier *a, size_t m, double rate, double *cell, size_t j, size_t n, size_t i) {
    const pl_measure *measure = a->variant->measure[m];
    size_t N = pl_world_size(a->world, PL_COUNTRY), at = (j * N + n) * N + i;
    double part = a->covered.part[j];
    pl_status status = check_overlap(a, m, j, n, i);
    if (!status && measure->basis == PL_SET)
        status = claim_cell(a, m, rate, part, j, n, i);
    if (status)
        return status;
    double value = combine(measure, rate, part, *cell), lowest = measure->kind == PL_MEASURE_ICEBERG ? 0 : -1;
    if (measure->stacks == PL_CAPPED)
        value = *cell + fmin(part * rate, part * fmax(0, measure->cap - a->standing[at]));
    if (!(value > lowest && value < INFINITY)) {
        char where[160];
        say_cell(a, measure, j, n, i, where, sizeof where);
        return pl_measure_fail(a->variant->scope, measure->line, a->error,
                               "%s: the %s of %s would become %.6g%%, but it must stay above %g%%",
                               measure->label, wedge_words[wedge_of(measure)], where, 100 * value,
                               100 * lowest);
    }
    if (!note_contribution(a, m, at, value - *cell))
        return pl_fail_memory(a->error, 1);
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
    for (size_t j = 0; j < J; j++) {
        for (size_t n = 0; n < N && a->covered.part[j] > 0; n++) {
            for (size_t i = 0; i < N && a->covered.buyer[n]; i++) {
                size_t at = (j * N + n) * N + i;
                double rate = table ? table[at] : measure->rate;
                if (n == i || !a->covered.seller[i] || isnan(rate))
                    continue;
                covered++;
                if (measure->stacks == PL_EXEMPT)
                    continue;
                pl_status status = apply_cell(a, m, rate, &cells[at], j, n, i);
                if (status)
                    return status;
            }
        }
    }
    if (!covered)
        return fail(a, measure, "covers no flow between two countries of this world", "");
    return PL_OK;
}

/* ---- stacking ---- */

static size_t position_of(const pl_variant *variant, const char *id) {
    for (size_t m = 0; m < variant->measures; m++)
        if (variant->measure[m]->id && !strcmp(variant->measure[m]->id, id))
            return m;
    return SIZE_MAX;
}

/* What a measure does to those it stacks on, in the cells it covers: takes them off (replaces), takes its part
 * of them off (exempt), or counts them (capped). */
static void meet(applier *a, const pl_measure *measure, size_t other, double *cells) {
    size_t N = pl_world_size(a->world, PL_COUNTRY);
    ledger *l = &a->ledgers[other];
    for (size_t k = 0; k < l->count; k++) {
        size_t at = l->item[k].at, i = at % N, n = at / N % N, j = at / (N * N);
        if (!pl_coverage_has(&a->covered, j, n, i))
            continue;
        if (measure->stacks == PL_CAPPED) {
            a->standing[at] += l->item[k].delta;
            continue;
        }
        double off = (measure->stacks == PL_EXEMPT ? a->covered.part[j] : 1) * l->item[k].delta;
        cells[at] -= off;
        l->item[k].delta -= off;
    }
}

static pl_status stack(applier *a, const pl_measure *measure) {
    const pl_variant *v = a->variant;
    size_t cells = pl_world_size(a->world, PL_COUNTRY) * pl_world_size(a->world, PL_COUNTRY) *
                   pl_world_size(a->world, PL_SECTOR);
    pl_status status = pl_variant_check_ids(v, measure, &measure->stack_on, "stacks", a->error);
    double *wedge = status || !measure->stack_on.count ? NULL : wedge_array(a, measure);
    if (status || !measure->stack_on.count)
        return status;
    if (measure->stacks == PL_CAPPED && !a->standing)
        a->standing = pl_alloc(cells, sizeof *a->standing);
    if (!wedge || (measure->stacks == PL_CAPPED && !a->standing))
        return pl_fail_memory(a->error, cells * sizeof(double));
    if (measure->stacks == PL_CAPPED)
        memset(a->standing, 0, cells * sizeof *a->standing);
    for (size_t k = 0; k < measure->stack_on.count; k++) {
        size_t other = position_of(v, measure->stack_on.item[k].text);
        if (wedge_of(v->measure[other]) != wedge_of(measure))
            return fail(a, measure, "it can only stack on measures of its own kind, unlike ",
                        v->measure[other]->label);
        meet(a, measure, other, wedge);
    }
    return PL_OK;
}

static pl_status apply_measure(applier *a, size_t m) {
    const pl_measure *measure = a->variant->measure[m];
    pl_status status = pl_variant_check_ids(a->variant, measure, &measure->replaces, "replaces", a->error);
    if (!status)
        status = pl_coverage_find(&a->covered, a->variant->scope, a->world, measure, a->error);
    if (!status)
        status = stack(a, measure);
    if (status || measure->kind != PL_MEASURE_TARIFF_TABLE)
        return status ? status : apply_cells(a, m, NULL);
    double *table = NULL;
    char *path = pl_scope_path(a->variant->scope, measure->file);
    status = path ? pl_tariff_table_read(path, (pl_rate_basis)measure->basis, a->world, &table, a->error)
                  : pl_fail_memory(a->error, 1);
    if (!status)
        status = apply_cells(a, m, table);
    free(table);
    free(path);
    return status;
}

/* ---- a variant ---- */

static bool wedge_in_force(const applier *a, size_t m) {
    const pl_measure *measure = a->variant->measure[m];
    return measure->on_top == a->on_top && !pl_kind_is_control(measure->kind) &&
           pl_measure_in_force(a->variant->scope, measure, a->moment);
}

static bool make_room(applier *a, size_t cells) {
    bool claimed[WEDGES] = {false}, dated[WEDGES] = {false}, stacks = false;
    for (size_t m = 0; m < a->variant->measures; m++) {
        const pl_measure *measure = a->variant->measure[m];
        if (!wedge_in_force(a, m))
            continue;
        claimed[wedge_of(measure)] = claimed[wedge_of(measure)] || measure->basis == PL_SET;
        dated[wedge_of(measure)] =
            dated[wedge_of(measure)] || (a->moment->dated && pl_measure_dated(measure));
        stacks = stacks || measure->stack_on.count > 0;
    }
    bool got = pl_coverage_init(&a->covered, a->world);
    if (stacks)
        got = (a->ledgers = pl_alloc(a->variant->measures, sizeof *a->ledgers)) != NULL && got;
    for (size_t k = 0; k < WEDGES; k++) {
        if (claimed[k]) {
            a->claims[k].owner = pl_alloc(cells, sizeof *a->claims[k].owner);
            a->claims[k].rate = pl_alloc(cells, sizeof *a->claims[k].rate);
            got = got && a->claims[k].owner && a->claims[k].rate;
        }
        if (dated[k])
            got = (a->dated[k] = pl_alloc(cells, sizeof *a->dated[k])) != NULL && got;
    }
    return got;
}

static void clear(applier *a) {
    for (size_t k = 0; k < WEDGES; k++) {
        free(a->claims[k].owner);
        free(a->claims[k].rate);
        free(a->dated[k]);
    }
    for (size_t m = 0; a->ledgers && m < a->variant->measures; m++)
        free(a->ledgers[m].item);
    free(a->ledgers);
    free(a->standing);
    pl_coverage_clear(&a->covered);
}

/* Rates first, then what is exempt from them, then what only fills up to a cap: the outcome does not hang on
 * which of two measures of one day stands first. */
static int phase_of(const pl_measure *measure) {
    return measure->stacks == PL_CAPPED ? 2 : measure->stacks == PL_EXEMPT;
}

/* The next measure in force after position `from` in order of phase, day of effect and file. Undated ones come
 * first. SIZE_MAX at the end. */
static size_t next_in_order(const applier *a, size_t from) {
    const pl_variant *v = a->variant;
    size_t best = SIZE_MAX;
    for (size_t m = 0; m < v->measures; m++) {
        if (!wedge_in_force(a, m) || m == from)
            continue;
        const pl_measure *x = v->measure[m], *f = from == SIZE_MAX ? NULL : v->measure[from];
        const pl_measure *b = best == SIZE_MAX ? NULL : v->measure[best];
        long day = a->moment->dated ? pl_measure_start(x) : PL_NO_DAY;
        long f_day = f && a->moment->dated ? pl_measure_start(f) : PL_NO_DAY;
        long b_day = b && a->moment->dated ? pl_measure_start(b) : PL_NO_DAY;
        int phase = phase_of(x);
        bool after = !f || phase > phase_of(f) ||
                     (phase == phase_of(f) && (day > f_day || (day == f_day && m > from)));
        bool before = !b || phase < phase_of(b) || (phase == phase_of(b) && day < b_day);
        if (after && before)
            best = m;
    }
    return best;
}

pl_status pl_variant_apply_wedges(const pl_variant *variant, const pl_world *world, const pl_moment *moment,
                                  bool on_top, pl_policy *policy, pl_error *error) {
    size_t N = pl_world_size(world, PL_COUNTRY), cells = N * N * pl_world_size(world, PL_SECTOR);
    applier a = {.variant = variant,
                 .world = world,
                 .moment = moment,
                 .on_top = on_top,
                 .policy = policy,
                 .error = error};
    if (variant->measures >= UINT16_MAX)
        return pl_fail(error, PL_INVALID, "variant '%s' has %zu measures; at most %d are possible",
                       variant->name, variant->measures, UINT16_MAX - 1);
    if (next_in_order(&a, SIZE_MAX) == SIZE_MAX)
        return PL_OK;
    pl_status status = make_room(&a, cells) ? PL_OK : pl_fail_memory(error, cells * sizeof(double));
    for (size_t m = next_in_order(&a, SIZE_MAX); m != SIZE_MAX && !status; m = next_in_order(&a, m))
        status = apply_measure(&a, m);
    clear(&a);
    return status;
}

pl_status pl_variant_apply(const pl_variant *variant, const pl_world *world, const pl_moment *moment,
                           pl_policy *policy, pl_error *error) {
    pl_status status = pl_variant_apply_wedges(variant, world, moment, false, policy, error);
    if (!status)
        status = pl_variant_apply_wedges(variant, world, moment, true, policy, error);
    return status ? status : pl_variant_add_caps(variant, world, moment, policy, error);
}
