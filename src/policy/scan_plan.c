/* The members of a sweep: every combination of what is varied, or a sample of them; and in which order they are solved. */
#include "policy/scan_plan.h"

#include <math.h>
#include <string.h>

enum { MOST_MEMBERS = 100000, MOST_DIMS = 16, CHAIN = 16, MOST_TRIED = 64 };
static const double MOST_BYTES = 2147483648.0;

size_t pl_scan_position(const pl_scan *s, size_t member, size_t dim) {
    if (s->sampled)
        return member;
    for (size_t d = s->dims; d-- > dim + 1;)
        member /= s->vary[d].count;
    return member % s->vary[dim].count;
}

static size_t stride_of(const pl_scan *s, size_t dim) {
    size_t stride = 1;
    for (size_t d = dim + 1; d < s->dims; d++)
        stride *= s->vary[d].count;
    return stride;
}

/* ---- what is varied ---- */

/* Two dimensions of one name in a file are told apart by a number; the same thing twice is a mistake. */
static pl_status check_name(pl_scan *s, size_t dim, pl_error *error) {
    size_t same = 1;
    for (size_t d = 0; d < dim; d++) {
        if (!strcmp(s->vary[d].label, s->vary[dim].label))
            return pl_fail(error, PL_INVALID, "--vary: %s is varied twice", s->vary[dim].label);
        same += !strncmp(s->vary[d].name, s->vary[dim].name, strlen(s->vary[dim].name));
    }
    if (same == 1)
        return PL_OK;
    char *name = pl_format("%s_%zu", s->vary[dim].name, same);
    if (!name)
        return pl_fail_memory(error, 64);
    free(s->vary[dim].name);
    s->vary[dim].name = name;
    return PL_OK;
}

static pl_status read_dims(pl_scan *s, pl_scenario *scenario, const char *const *vary, size_t count,
                           const pl_scan_options *options, pl_error *error) {
    uint64_t seed = options->seed;
    if (!count)
        return pl_fail(error, PL_INVALID,
                       "what is varied? An example: --vary 'tariff USA<-CHN=0%%..145%%:30'");
    if (count > MOST_DIMS)
        return pl_fail(error, PL_INVALID, "%zu things are varied; at most %d", count, MOST_DIMS);
    if (scenario->scopes != 1)
        return pl_fail(error, PL_INVALID, "a sweep is of one scenario");
    for (size_t d = 0; d < count; d++) {
        pl_status status = pl_vary_read(scenario, s->world, vary[d], s->sampled, &s->vary[d], error);
        s->dims = d + 1;
        if (!status)
            status = check_name(s, d, error);
        if (!status && s->sampled)
            status = pl_vary_sample(&s->vary[d], options->samples, &seed, error);
        if (status)
            return status;
    }
    return PL_OK;
}

static pl_status find_variant(pl_scan *s, const char *name, pl_error *error) {
    const char *names[256];
    char near[160];
    size_t count = pl_scenario_variants(s->scenario);
    for (size_t v = 0; v < count; v++) {
        if (v < 256)
            names[v] = pl_scenario_variant_name(s->scenario, v);
        if (name && !strcmp(name, pl_scenario_variant_name(s->scenario, v))) {
            s->variant = v;
            return PL_OK;
        }
    }
    if (!name)
        return PL_OK;
    return pl_fail(error, PL_INVALID, "no variant '%.100s' in this scenario%s", name,
                   pl_suggest_text(near, sizeof near, name, names, count < 256 ? count : 256));
}

static bool has_measure(const pl_variant *variant, const pl_measure *measure) {
    for (size_t m = 0; m < variant->measures; m++)
        if (variant->measure[m] == measure)
            return true;
    return false;
}

/* A measure that no variant of the sweep has would be varied without effect. */
static pl_status check_measures(const pl_scan *s, pl_error *error) {
    const pl_variant *variant = s->scenario->variant;
    for (size_t d = 0; d < s->dims; d++) {
        bool varied = false, found = s->vary[d].kind != PL_VARY_MEASURE;
        for (size_t o = 0; o < s->dims && !found; o++) {
            varied = varied || s->vary[o].kind == PL_VARY_VARIANT;
            for (size_t k = 0; s->vary[o].kind == PL_VARY_VARIANT && k < s->vary[o].count; k++)
                found = found || has_measure(&variant[(size_t)s->vary[o].value[k]], s->vary[d].measure);
        }
        if (!found && !(!varied && has_measure(&variant[s->variant], s->vary[d].measure)))
            return pl_fail(error, PL_INVALID,
                           "--vary: %s is not in variant '%s'; choose another with --variant",
                           s->vary[d].label, variant[s->variant].name);
    }
    return PL_OK;
}

static pl_status count_members(pl_scan *s, size_t samples, pl_error *error) {
    double product = 1;
    char *shape = pl_strdup("");
    for (size_t d = 0; d < s->dims && shape; d++) {
        char *longer = pl_format("%s%s%zu", shape, d ? " x " : "", s->vary[d].count);
        product *= (double)s->vary[d].count;
        free(shape);
        shape = longer;
    }
    pl_status status = shape ? PL_OK : pl_fail_memory(error, 1);
    if (s->sampled)
        product = (double)samples;
    if (!status && product > MOST_MEMBERS)
        status = pl_fail(error, PL_INVALID,
                         "%s%s%.0f members are too many, at most %d; take fewer values, or --samples N",
                         s->sampled ? "" : shape, s->sampled ? "" : " = ", product, MOST_MEMBERS);
    free(shape);
    s->members = (size_t)product;
    return status;
}

/* ---- what is kept ---- */

static pl_status choose_variables(pl_scan *s, const pl_scan_options *options, pl_error *error) {
    size_t N = pl_world_size(s->world, PL_COUNTRY), J = pl_world_size(s->world, PL_SECTOR);
    s->variable = pl_alloc(PL_RESULT_COUNT, sizeof *s->variable);
    s->offset = pl_alloc(PL_RESULT_COUNT, sizeof *s->offset);
    if (!s->variable || !s->offset)
        return pl_fail_memory(error, PL_RESULT_COUNT * sizeof *s->variable);
    for (size_t k = 0; k < options->variables && k < PL_RESULT_COUNT; k++)
        s->variable[s->variables++] = options->variable[k];
    for (int k = 0; k < PL_RESULT_COUNT && !options->variables; k++)
        if (!pl_variable_by_sector((pl_variable)k))
            s->variable[s->variables++] = (pl_variable)k;
    for (size_t k = 0; k < s->variables; k++) {
        s->offset[k] = s->record;
        s->record += pl_variable_by_sector(s->variable[k]) ? J * N : N;
    }
    double bytes = (double)s->members * (double)s->record * sizeof(double);
    if (bytes > MOST_BYTES)
        return pl_fail(
            error, PL_INVALID,
            "%zu members of %zu numbers would need %.1f GB, at most %.1f; take fewer values or --variables",
            s->members, s->record, bytes / 1e9, MOST_BYTES / 1e9);
    s->value = pl_alloc(s->members * s->record, sizeof *s->value);
    s->member = pl_alloc(s->members, sizeof *s->member);
    if (!s->value || !s->member)
        return pl_fail_memory(error, s->members * s->record * sizeof *s->value);
    for (size_t k = 0; k < s->members * s->record; k++)
        s->value[k] = NAN;
    for (size_t m = 0; m < s->members; m++)
        s->member[m].residual = NAN;
    return PL_OK;
}

/* ---- the order ---- */

/* The dimension along which neighbours are alike: the rate with most values. `dims` when there is none. */
static size_t chain_dim(const pl_scan *s) {
    size_t best = s->dims;
    for (size_t d = 0; d < s->dims && !s->sampled && !s->cold; d++)
        if (s->vary[d].kind == PL_VARY_MEASURE && s->vary[d].numeric &&
            (best == s->dims || s->vary[d].count > s->vary[best].count))
            best = d;
    return best;
}

static void add_chains(pl_scan *s, size_t first, size_t step, size_t count) {
    for (size_t k = 0; k < count; k += CHAIN)
        s->chain[s->chains++] =
            (pl_chain){first + k * step, step, count - k < CHAIN ? count - k : (size_t)CHAIN};
}

/*
 * Chains of neighbours, each begun cold, so that which thread solves which changes nothing. Dimensions that need a model of
 * their own turn slowest: a thread that goes from chain to chain keeps its model as long as it can.
 */
static pl_status lay_chains(pl_scan *s, pl_error *error) {
    s->along = chain_dim(s);
    size_t along = s->along, order[MOST_DIMS], dims = 0, at[MOST_DIMS] = {0};
    s->chain = pl_alloc(s->members, sizeof *s->chain);
    if (!s->chain)
        return pl_fail_memory(error, s->members * sizeof *s->chain);
    for (int own_model = 1; own_model >= 0; own_model--)
        for (size_t d = 0; d < s->dims && !s->sampled; d++)
            if (d != along && (s->vary[d].kind == PL_VARY_SETTING) == own_model)
                order[dims++] = d;
    size_t length = along < s->dims ? s->vary[along].count : 1;
    size_t step = along < s->dims ? stride_of(s, along) : 1, groups = s->members / length;
    for (size_t g = 0; g < groups; g++) {
        size_t first = s->sampled ? g : 0;
        for (size_t k = 0; k < dims; k++)
            first += at[k] * stride_of(s, order[k]);
        add_chains(s, first, step, length);
        for (size_t k = dims; k-- > 0;) {
            if (++at[k] < s->vary[order[k]].count)
                break;
            at[k] = 0;
        }
    }
    return PL_OK;
}

/* ---- making one ---- */

/* The lowest and the highest value of each dimension, so that a rate that cannot be is found out before the work. */
static pl_status try_ends(const pl_scan *s, pl_error *error) {
    pl_status status = PL_OK;
    for (size_t d = 0; d < s->dims && !status; d++) {
        const pl_vary *v = &s->vary[d];
        size_t low = 0, high = 0, step = s->sampled ? 1 : stride_of(s, d);
        for (size_t k = 1; k < v->count; k++) {
            low = v->value[k] < v->value[low] ? k : low;
            high = v->value[k] > v->value[high] ? k : high;
        }
        bool listed = !v->numeric && !s->sampled && v->count <= MOST_TRIED;
        for (size_t k = 0; listed && k < v->count && !status; k++)
            status = pl_scan_try(s, k * step, error);
        if (!listed)
            status = pl_scan_try(s, low * step, error);
        if (!listed && !status)
            status = pl_scan_try(s, high * step, error);
    }
    return status;
}

static pl_status make(pl_scan *s, pl_scenario *scenario, const char *const *vary, size_t count,
                      const pl_scan_options *options, pl_error *error) {
    s->vary = pl_alloc(MOST_DIMS, sizeof *s->vary);
    if (!s->vary)
        return pl_fail_memory(error, MOST_DIMS * sizeof *s->vary);
    pl_status status = find_variant(s, options->variant, error);
    if (!status && options->samples > MOST_MEMBERS)
        status = pl_fail(error, PL_INVALID, "%zu samples are too many, at most %d", options->samples,
                         MOST_MEMBERS);
    if (!status)
        status = read_dims(s, scenario, vary, count, options, error);
    if (!status)
        status = check_measures(s, error);
    if (!status)
        status = count_members(s, options->samples, error);
    if (!status)
        status = choose_variables(s, options, error);
    if (!status)
        status = try_ends(s, error);
    return status ? status : lay_chains(s, error);
}

pl_status pl_scan_new(pl_scenario *scenario, const pl_world *world, const char *const *vary, size_t count,
                      const pl_scan_options *options, pl_scan **scan, pl_error *error) {
    *scan = NULL;
    pl_scan *s = pl_alloc(1, sizeof *s);
    if (!s)
        return pl_fail_memory(error, sizeof *s);
    s->scenario = scenario;
    s->world = world;
    s->sampled = options->samples > 0;
    s->cold = options->cold;
    s->threads = scenario->settings.threads;
    pl_status status = make(s, scenario, vary, count, options, error);
    if (status)
        pl_scan_free(s);
    else
        *scan = s;
    return status;
}

void pl_scan_free(pl_scan *s) {
    if (!s)
        return;
    for (size_t d = 0; d < s->dims; d++)
        pl_vary_clear(&s->vary[d]);
    free(s->vary);
    free(s->variable);
    free(s->offset);
    free(s->value);
    free(s->member);
    free(s->chain);
    free(s);
}

/* ---- asking it ---- */

const pl_scenario *pl_scan_scenario(const pl_scan *s) {
    return s->scenario;
}

const pl_world *pl_scan_world(const pl_scan *s) {
    return s->world;
}

const char *pl_scan_variant(const pl_scan *s) {
    return pl_scenario_variant_name(s->scenario, s->variant);
}

bool pl_scan_is_sampled(const pl_scan *s) {
    return s->sampled;
}

size_t pl_scan_dimensions(const pl_scan *s) {
    return s->dims;
}

pl_scan_dimension pl_scan_get_dimension(const pl_scan *s, size_t dim) {
    const pl_vary *v = &s->vary[dim];
    return (pl_scan_dimension){v->name,  v->label,   v->percent ? "percent" : v->numeric ? "1" : "",
                               v->count, v->numeric, (const char *const *)v->shown.item,
                               v->value};
}

size_t pl_scan_members(const pl_scan *s) {
    return s->members;
}

size_t pl_scan_done(const pl_scan *s) {
    return __atomic_load_n(&s->done, __ATOMIC_RELAXED);
}

pl_scan_member pl_scan_get_member(const pl_scan *s, size_t member) {
    return s->member[member];
}

size_t pl_scan_variables(const pl_scan *s) {
    return s->variables;
}

pl_variable pl_scan_variable(const pl_scan *s, size_t index) {
    return s->variable[index];
}

const double *pl_scan_get(const pl_scan *s, pl_variable variable, size_t member) {
    for (size_t k = 0; k < s->variables; k++)
        if (s->variable[k] == variable)
            return s->value + member * s->record + s->offset[k];
    return NULL;
}

pl_scan_quality pl_scan_judge(const pl_scan *s) {
    pl_scan_quality q = {.worst_member = SIZE_MAX};
    for (size_t m = 0; m < s->members; m++) {
        const pl_scan_member *one = &s->member[m];
        q.solved += one->solved;
        q.converged += one->converged;
        q.iterations += one->iterations;
        if (one->converged && !(one->residual <= q.worst)) {
            q.worst = one->residual;
            q.worst_member = m;
        }
    }
    return q;
}
