/* Quantity controls applied: the caps of a variant, flow by flow. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

typedef struct {
    const pl_variant *variant;
    const pl_world *world;
    const pl_moment *moment;
    pl_policy *policy;
    size_t N, J;
    pl_coverage covered, lifted; /* of the control at hand, and of one that lifts it */
    bool *green;                 /* [N] countries its green channel serves */
    bool *off;                   /* [J][N][N] flows on which another control stands in its place */
    bool any_off;
    bool each_seller, each_buyer, each_sector; /* of the control at hand: one cap for each of them */
    uint16_t *held;                            /* [J][N][N] 1 + position of the dated control on the flow */
    size_t *flow;                              /* [J*N*N] of the cap at hand */
    pl_error *error;
} capper;

/* One cap being gathered: flows and the level that the parts covered come to. */
typedef struct {
    size_t count, skipped;
    double base, kept; /* sums of base value, and of what may still be sold */
} gathering;

static pl_status fail(const capper *c, const pl_measure *measure, const char *text, const char *more) {
    return pl_measure_fail(c->variant->scope, measure->line, c->error, "%s: %s%s", measure->label, text,
                           more);
}

static bool in_force(const capper *c, const pl_measure *measure) {
    return pl_kind_is_control(measure->kind) && pl_measure_in_force(c->variant->scope, measure, c->moment);
}

/* ---- who a control meets ---- */

static pl_status find_green(const capper *c, const pl_measure *measure) {
    const pl_control *k = &measure->control;
    bool open = k->green_from == PL_NO_DAY || !c->moment->dated || c->moment->day >= k->green_from;
    char what[160];
    memset(c->green, 0, c->N * sizeof *c->green);
    snprintf(what, sizeof what, "green channel of %.100s", measure->label);
    bool *marked = pl_alloc(c->N, sizeof *marked);
    if (!marked)
        return pl_fail_memory(c->error, c->N);
    pl_status status =
        pl_resolve_countries(c->variant->scope, c->world, &k->green, what, false, marked, c->error);
    for (size_t n = 0; !status && open && n < c->N; n++)
        c->green[n] = marked[n];
    free(marked);
    return status;
}

static bool names(const pl_measure *measure, const pl_measure *other) {
    for (size_t k = 0; other->id && k < measure->stack_on.count; k++)
        if (!strcmp(measure->stack_on.item[k].text, other->id))
            return true;
    return false;
}

/* Marks the flows on which a later measure replaces or lifts this one. */
static pl_status find_lifted(capper *c, const pl_measure *measure) {
    if (c->any_off)
        memset(c->off, 0, c->J * c->N * c->N * sizeof *c->off);
    c->any_off = false;
    for (size_t m = 0; m < c->variant->measures; m++) {
        const pl_measure *other = c->variant->measure[m];
        if (other == measure || !in_force(c, other) || !names(other, measure))
            continue;
        pl_status status = pl_coverage_find(&c->lifted, c->variant->scope, c->world, other, c->error);
        if (status)
            return status;
        c->any_off = true;
        for (size_t j = 0; j < c->J; j++)
            for (size_t n = 0; n < c->N; n++)
                for (size_t i = 0; i < c->N; i++)
                    if (pl_coverage_has(&c->lifted, j, n, i))
                        c->off[(j * c->N + n) * c->N + i] = true;
    }
    return PL_OK;
}

static pl_status check_overlap(capper *c, size_t m, size_t at) {
    const pl_measure *measure = c->variant->measure[m];
    if (!c->moment->dated || !pl_measure_dated(measure))
        return PL_OK;
    if (!c->held[at] || measure->stacks != PL_STACKS_UNSAID) {
        c->held[at] = (uint16_t)(m + 1);
        return PL_OK;
    }
    const pl_world *w = c->world;
    return pl_measure_fail(
        c->variant->scope, measure->line, c->error,
        "%s and %s overlap in time on %s of %s to %s; say with 'stacks' how the later one goes with "
        "the earlier (adds, replaces or exempt)",
        measure->label, c->variant->measure[c->held[at] - 1]->label,
        pl_world_code(w, PL_SECTOR, at / (c->N * c->N)), pl_world_code(w, PL_COUNTRY, at % c->N),
        pl_world_code(w, PL_COUNTRY, at / c->N % c->N));
}

/* ---- one cap ---- */

/* How much of its base a flow may still sell: what the measure does not cover is free. A green channel lets its
 * share through. */
static double level_of(const capper *c, const pl_measure *measure, size_t j, size_t n) {
    const pl_control *k = &measure->control;
    double level = k->level, part = c->covered.part[j];
    if (measure->kind == PL_MEASURE_LICENCE)
        level = c->green[n] ? k->green_share + (1 - k->green_share) * k->approval : k->approval;
    return part * level + (1 - part);
}

static pl_status gather(capper *c, size_t m, size_t j, size_t n, size_t i, gathering *g) {
    const pl_measure *measure = c->variant->measure[m];
    size_t at = (j * c->N + n) * c->N + i;
    const double *tax = pl_world_export_tax(c->world);
    double base =
        pl_world_flow(c->world)[at] / (1 + (tax ? tax[at] : 0)); /* quantities are at producers' prices */
    if (!pl_coverage_has(&c->covered, j, n, i) || c->off[at])
        return PL_OK;
    if (!(base > 0)) {
        g->skipped++;
        return PL_OK;
    }
    pl_status status = check_overlap(c, m, at);
    double level = level_of(c, measure, j, n);
    if (status || (measure->kind == PL_MEASURE_LICENCE && level >= 1))
        return status; /* free: its licences are all given */
    c->flow[g->count++] = at;
    g->base += base;
    g->kept += level * base;
    return PL_OK;
}

/* The country rent goes to, as an index. */
static pl_status find_holder(const capper *c, const pl_measure *measure, const pl_name *name, size_t *index) {
    pl_error inner = {PL_OK, ""};
    *index = 0;
    if (!name->text || !pl_world_find(c->world, PL_COUNTRY, name->text, index, &inner))
        return PL_OK;
    return pl_measure_fail(c->variant->scope, name->line, c->error, "rent of %s: %s", measure->label,
                           inner.text);
}

/* The duty inside must be one, and below the one beyond. */
static pl_status check_rate_quota(const capper *c, const pl_measure *measure, const pl_cap *cap) {
    const double *duty = pl_policy_tariff(c->policy);
    for (size_t f = 0; f < cap->count; f++) {
        if (duty[cap->flows[f]] != duty[cap->flows[0]])
            return fail(c, measure, "the duty inside the quota differs between its flows; write 'each: true'",
                        "");
        if (!(cap->out_of_quota >= duty[cap->flows[f]]))
            return fail(c, measure, "the duty beyond the quota is below the one inside it", "");
    }
    return PL_OK;
}

static pl_status add_cap(capper *c, const pl_measure *measure, const char *name, const gathering *g) {
    const pl_control *k = &measure->control;
    pl_cap cap = {.name = name,
                  .kind = measure->kind == PL_MEASURE_MINIMUM_PRICE ? PL_CAP_MINIMUM_PRICE
                          : measure->kind == PL_MEASURE_RATE_QUOTA  ? PL_CAP_TARIFF_RATE_QUOTA
                                                                    : PL_CAP_QUOTA,
                  .flows = c->flow,
                  .count = g->count,
                  .skipped = g->skipped,
                  .level = g->kept / g->base,
                  .out_of_quota = measure->kind == PL_MEASURE_RATE_QUOTA ? k->beyond : 0,
                  .to_seller = k->rent[PL_TO_SELLER],
                  .to_buyer = k->rent[PL_TO_BUYER],
                  .to_third = k->rent[PL_TO_THIRD],
                  .wasted = k->rent[PL_WASTED]};
    pl_error inner = {PL_OK, ""};
    pl_status status = find_holder(c, measure, &k->third, &cap.third);
    if (!status)
        status = find_holder(c, measure, &k->waste, &cap.waste_country);
    if (!status && cap.kind == PL_CAP_TARIFF_RATE_QUOTA)
        status = check_rate_quota(c, measure, &cap);
    if (status)
        return status;
    status = pl_policy_add_cap(c->policy, &cap, &inner);
    if (status == PL_NO_MEMORY)
        return pl_fail(c->error, status, "%s", inner.text);
    return status ? pl_measure_fail(c->variant->scope, measure->line, c->error, "%s", inner.text) : PL_OK;
}

/* ---- the caps of one control ---- */

/* "id", with seller, buyer and sector where each has its own: "magnets CHN->USA MAG". */
static char *name_cap(const capper *c, const pl_measure *measure, size_t j, size_t n, size_t i) {
    const char *seller = c->each_seller ? pl_world_code(c->world, PL_COUNTRY, i) : "";
    const char *buyer = c->each_buyer ? pl_world_code(c->world, PL_COUNTRY, n) : "";
    const char *sector = c->each_sector ? pl_world_code(c->world, PL_SECTOR, j) : "";
    bool pair = *seller || *buyer;
    return pl_format("%s%s%s%s%s%s%s", measure->id ? measure->id : measure->label, pair ? " " : "", seller,
                     pair ? "->" : "", buyer, *sector ? " " : "", sector);
}

/* Gathers the cap that contains sector j, buyer n and seller i: all of those it does not keep apart. */
static pl_status one_cap(capper *c, size_t m, size_t j, size_t n, size_t i, size_t *made) {
    const pl_measure *measure = c->variant->measure[m];
    gathering g = {0, 0, 0, 0};
    size_t j_end = c->each_sector ? j + 1 : c->J, n_end = c->each_buyer ? n + 1 : c->N;
    size_t i_end = c->each_seller ? i + 1 : c->N;
    pl_status status = PL_OK;
    if ((c->each_sector && !(c->covered.part[j] > 0)) || (c->each_buyer && !c->covered.buyer[n]) ||
        (c->each_seller && !c->covered.seller[i]))
        return PL_OK;
    for (size_t jj = j; jj < j_end; jj++)
        for (size_t nn = n; nn < n_end && c->covered.part[jj] > 0; nn++)
            for (size_t ii = i; ii < i_end && c->covered.buyer[nn] && !status; ii++)
                status = gather(c, m, jj, nn, ii, &g);
    if (status || !g.count)
        return status;
    char *name = name_cap(c, measure, j, n, i);
    status = name ? add_cap(c, measure, name, &g) : pl_fail_memory(c->error, 1);
    free(name);
    *made += 1;
    return status;
}

/* Whether any flow it covers is traded in the base year: if none is, the control is a mistake. */
static bool any_traded(const capper *c) {
    for (size_t j = 0; j < c->J; j++)
        for (size_t n = 0; n < c->N && c->covered.part[j] > 0; n++)
            for (size_t i = 0; i < c->N && c->covered.buyer[n]; i++)
                if (pl_coverage_has(&c->covered, j, n, i) &&
                    pl_world_flow(c->world)[(j * c->N + n) * c->N + i] > 0)
                    return true;
    return false;
}

/* Which flows have a cap of their own. Where nothing of a part may be sold, no flow may sell the part of another. */
static void keep_apart(capper *c, const pl_measure *measure) {
    const pl_control *k = &measure->control;
    bool part = false;
    for (size_t j = 0; j < c->J; j++)
        part = part || (c->covered.part[j] > 0 && c->covered.part[j] < 1);
    bool all = part && k->level == 0;
    c->each_seller = k->each_seller || all;
    c->each_buyer = k->each_buyer || all;
    c->each_sector = k->each_sector || all;
}

static pl_status apply_control(capper *c, size_t m) {
    const pl_measure *measure = c->variant->measure[m];
    size_t made = 0;
    pl_status status = pl_variant_check_ids(c->variant, measure, &measure->stack_on, "stacks", c->error);
    if (!status)
        status = pl_coverage_find(&c->covered, c->variant->scope, c->world, measure, c->error);
    if (!status)
        status = find_green(c, measure);
    if (!status)
        status = find_lifted(c, measure);
    if (!status && !any_traded(c))
        return fail(c, measure, "none of the flows it covers is traded in the base year of this world", "");
    if (status || measure->stacks == PL_EXEMPT)
        return status;
    keep_apart(c, measure);
    for (size_t j = 0; j < (c->each_sector ? c->J : 1) && !status; j++)
        for (size_t n = 0; n < (c->each_buyer ? c->N : 1) && !status; n++)
            for (size_t i = 0; i < (c->each_seller ? c->N : 1) && !status; i++)
                status = one_cap(c, m, j, n, i, &made);
    return status;
}

/* In the order of their days, so that an overlap is told of the later one. */
static size_t next_in_order(const capper *c, size_t from) {
    size_t best = SIZE_MAX;
    for (size_t m = 0; m < c->variant->measures; m++) {
        const pl_measure *x = c->variant->measure[m];
        if (m == from || !in_force(c, x))
            continue;
        long day = pl_measure_start(x),
             last = from == SIZE_MAX ? 0 : pl_measure_start(c->variant->measure[from]);
        bool after = from == SIZE_MAX || day > last || (day == last && m > from);
        if (after && (best == SIZE_MAX || day < pl_measure_start(c->variant->measure[best])))
            best = m;
    }
    return best;
}

static bool make_room(capper *c) {
    size_t cells = c->J * c->N * c->N;
    bool got = pl_coverage_init(&c->covered, c->world);
    got = pl_coverage_init(&c->lifted, c->world) && got;
    c->green = pl_alloc(c->N, sizeof *c->green);
    c->off = pl_alloc(cells, sizeof *c->off);
    c->held = pl_alloc(cells, sizeof *c->held);
    c->flow = pl_alloc(cells, sizeof *c->flow);
    return got && c->green && c->off && c->held && c->flow;
}

pl_status pl_variant_add_caps(const pl_variant *variant, const pl_world *world, const pl_moment *moment,
                              pl_policy *policy, pl_error *error) {
    capper c = {.variant = variant,
                .world = world,
                .moment = moment,
                .policy = policy,
                .N = pl_world_size(world, PL_COUNTRY),
                .J = pl_world_size(world, PL_SECTOR),
                .error = error};
    if (next_in_order(&c, SIZE_MAX) == SIZE_MAX)
        return PL_OK;
    pl_status status = make_room(&c) ? PL_OK : pl_fail_memory(error, c.J * c.N * c.N * sizeof(size_t));
    for (size_t m = next_in_order(&c, SIZE_MAX); m != SIZE_MAX && !status; m = next_in_order(&c, m))
        status = apply_control(&c, m);
    pl_coverage_clear(&c.covered);
    pl_coverage_clear(&c.lifted);
    free(c.green);
    free(c.off);
    free(c.held);
    free(c.flow);
    return status;
}
