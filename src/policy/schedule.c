/* The policy of a variant: as it stands, on one day, or averaged over a month as it was known on another. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

static pl_status make(const pl_variant *variant, const pl_world *world, const pl_moment *moment,
                      pl_policy **policy, pl_error *error) {
    pl_status status = pl_policy_new(world, policy, error);
    if (status)
        return status;
    status = pl_variant_apply(variant, world, moment, *policy, error);
    if (status) {
        pl_policy_free(*policy);
        *policy = NULL;
    }
    return status;
}

pl_status pl_scenario_policy(const pl_scenario *scenario, const pl_world *world, size_t variant,
                             pl_policy **policy, pl_error *error) {
    const pl_moment moment = pl_variant_moment(&scenario->variant[variant]);
    return make(&scenario->variant[variant], world, &moment, policy, error);
}

pl_status pl_scenario_policy_on(const pl_scenario *scenario, const pl_world *world, size_t variant,
                                pl_date day, pl_policy **policy, pl_error *error) {
    const pl_moment moment = {.dated = true, .day = pl_date_day(day), .known = LONG_MAX, .licences = true};
    return make(&scenario->variant[variant], world, &moment, policy, error);
}

/* ---- a month ---- */

/* A part of a month's days, or of its chances, in which the policy is one. */
typedef struct {
    pl_moment moment;
    double weight;
    pl_policy *policy;
} piece;

typedef struct {
    size_t count, room;
    piece *item;
} pieces;

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The chances at which what goes on past its end changes, in order from 0: one event decides, so that the two
 * halves of a truce go on together. */
static size_t find_chances(const pl_variant *v, long day, long known, double *chance) {
    size_t count = 0, kept = 0;
    chance[count++] = 0;
    for (size_t m = 0; m < v->measures; m++) {
        long end = pl_measure_end(v->measure[m]);
        double p = v->measure[m]->extended;
        if (end != PL_NO_DAY && day >= end && known < end && p > 0 && p < 1)
            chance[count++] = p;
    }
    qsort(chance, count, sizeof *chance, by_value);
    for (size_t k = 0; k < count; k++)
        if (!k || chance[k] != chance[k - 1])
            chance[kept++] = chance[k];
    return kept;
}

/* Adds the pieces of the days from `day` on, `share` of the month. */
static pl_status add_pieces(const pl_variant *v, pl_moment moment, double share, double *chance, pieces *all,
                            pl_error *error) {
    size_t count = find_chances(v, moment.day, moment.known, chance);
    for (size_t k = 0; k < count; k++) {
        if (!pl_grow(&all->item, &all->room, all->count, sizeof *all->item))
            return pl_fail_memory(error, sizeof *all->item);
        moment.chance = chance[k];
        double width = (k + 1 < count ? chance[k + 1] : 1) - chance[k];
        all->item[all->count++] = (piece){moment, share * width, NULL};
    }
    return PL_OK;
}

static pl_status cut_month(const pl_variant *v, pl_date month, long known, pieces *all, pl_error *error) {
    long first = pl_date_day((pl_date){month.year, month.month, 1});
    long last =
        pl_date_day((pl_date){month.year + (month.month == 12), month.month == 12 ? 1 : month.month + 1, 1});
    long *turn = pl_alloc(3 * v->measures + 1, sizeof *turn);
    double *chance = pl_alloc(v->measures + 1, sizeof *chance);
    pl_status status = turn && chance ? PL_OK : pl_fail_memory(error, v->measures * sizeof *turn);
    size_t turns = status ? 0 : pl_variant_turns(v, turn);
    for (long from = first; from < last && !status;) {
        long to = last;
        for (size_t t = 0; t < turns; t++)
            if (turn[t] > from && turn[t] < to)
                to = turn[t];
        const pl_moment moment = {.dated = true, .day = from, .known = known};
        status = add_pieces(v, moment, (double)(to - from) / (double)(last - first), chance, all, error);
        from = to;
    }
    free(turn);
    free(chance);
    return status;
}

/* ---- averages ---- */

/* sum = sum of weight * array; the array of a piece that has none of its own is the world's. */
static void average(const pieces *all, double *(*array)(pl_policy *), size_t cells, double *sum) {
    for (size_t at = 0; at < cells; at++)
        sum[at] = 0;
    for (size_t k = 0; k < all->count; k++) {
        const double *one = array(all->item[k].policy);
        for (size_t at = 0; at < cells; at++)
            sum[at] += all->item[k].weight * one[at];
    }
}

static pl_status average_wedges(const pieces *all, const pl_world *world, pl_policy *out, pl_error *error) {
    size_t N = pl_world_size(world, PL_COUNTRY), cells = N * N * pl_world_size(world, PL_SECTOR);
    bool taxed = false, iced = false;
    for (size_t k = 0; k < all->count; k++) {
        taxed = taxed || all->item[k].policy->export_tax;
        iced = iced || all->item[k].policy->iceberg;
    }
    for (size_t k = 0; k <= all->count; k++) {
        pl_policy *p = k < all->count ? all->item[k].policy : out;
        if ((taxed && !pl_policy_export_tax(p)) || (iced && !pl_policy_iceberg(p)))
            return pl_fail_memory(error, cells * sizeof(double));
    }
    average(all, pl_policy_tariff, cells, out->tariff);
    if (taxed)
        average(all, pl_policy_export_tax, cells, out->export_tax);
    if (iced)
        average(all, pl_policy_iceberg, cells, out->iceberg);
    return PL_OK;
}

static bool same_cap(const pl_cap *a, const pl_cap *b) {
    return a->kind == b->kind && a->count == b->count && !strcmp(a->name, b->name) &&
           !memcmp(a->flows, b->flows, a->count * sizeof *a->flows);
}

static bool is_first(const pieces *all, size_t piece_at, size_t cap_at) {
    const pl_cap *cap = pl_policy_cap(all->item[piece_at].policy, cap_at);
    for (size_t k = 0; k < piece_at; k++)
        for (size_t c = 0; c < pl_policy_caps(all->item[k].policy); c++)
            if (same_cap(cap, pl_policy_cap(all->item[k].policy, c)))
                return false;
    return true;
}

/* The cap over the whole month: where it is not in force, the quantity is today's, or the duty the one inside. */
static pl_cap average_cap(const pieces *all, const pl_cap *cap, const pl_policy *out) {
    pl_cap mean = *cap;
    double weight = 0, level = 0, beyond = 0;
    for (size_t k = 0; k < all->count; k++)
        for (size_t c = 0; c < pl_policy_caps(all->item[k].policy); c++) {
            const pl_cap *one = pl_policy_cap(all->item[k].policy, c);
            if (!same_cap(cap, one))
                continue;
            weight += all->item[k].weight;
            level += all->item[k].weight * one->level;
            beyond += all->item[k].weight * one->out_of_quota;
        }
    double rest = fmax(0, 1 - weight);
    if (cap->kind == PL_CAP_TARIFF_RATE_QUOTA) {
        mean.level = level / weight;
        mean.out_of_quota = beyond + rest * out->tariff[cap->flows[0]];
    } else {
        mean.level = level + rest;
    }
    return mean;
}

static pl_status average_caps(const pieces *all, pl_policy *out, pl_error *error) {
    for (size_t k = 0; k < all->count; k++)
        for (size_t c = 0; c < pl_policy_caps(all->item[k].policy); c++) {
            if (!is_first(all, k, c))
                continue;
            pl_cap mean = average_cap(all, pl_policy_cap(all->item[k].policy, c), out);
            pl_status status = pl_policy_add_cap(out, &mean, error);
            if (status)
                return status;
        }
    return PL_OK;
}

pl_status pl_scenario_policy_month(const pl_scenario *scenario, const pl_world *world, size_t variant,
                                   pl_date month, pl_date known, pl_policy **policy, pl_error *error) {
    const pl_variant *v = &scenario->variant[variant];
    pieces all = {0};
    *policy = NULL;
    pl_status status = cut_month(v, month, pl_date_day(known), &all, error);
    for (size_t k = 0; k < all.count && !status; k++)
        status = make(v, world, &all.item[k].moment, &all.item[k].policy, error);
    if (!status && all.count == 1) {
        *policy = all.item[0].policy;
        all.item[0].policy = NULL;
    } else if (!status) {
        status = pl_policy_new(world, policy, error);
        if (!status)
            status = average_wedges(&all, world, *policy, error);
        if (!status)
            status = average_caps(&all, *policy, error);
        if (status) {
            pl_policy_free(*policy);
            *policy = NULL;
        }
    }
    for (size_t k = 0; k < all.count; k++)
        pl_policy_free(all.item[k].policy);
    free(all.item);
    return status;
}

/* ---- days and sources chosen from outside ---- */

bool pl_scenario_variant_day(const pl_scenario *scenario, size_t variant, pl_date *day) {
    const pl_moment moment = pl_variant_moment(&scenario->variant[variant]);
    if (!moment.dated || moment.day == PL_NO_DAY)
        return false;
    *day = pl_date_of(moment.day);
    return true;
}

static bool same_measures(const pl_variant *a, const pl_variant *b) {
    return a->scope == b->scope && a->measures == b->measures &&
           (!a->measures || !memcmp(a->measure, b->measure, a->measures * sizeof(*a->measure)));
}

/* A copy of a variant that is the policy of a day. `only` drops the variant's own name. */
static pl_status copy_on(pl_scenario *to, const pl_variant *from, pl_date day, bool only, pl_error *error) {
    char *name = only ? pl_format("%04d-%02d-%02d", day.year, day.month, day.day)
                      : pl_format("%s/%04d-%02d-%02d", from->name, day.year, day.month, day.day);
    char *title = only ? pl_format("policy of %04d-%02d-%02d", day.year, day.month, day.day)
                       : pl_format("%s, on %04d-%02d-%02d", from->title, day.year, day.month, day.day);
    pl_variant *made = name && title ? pl_scenario_add_variant(to, from->scope, name) : NULL;
    free(name);
    if (!made) {
        free(title);
        return pl_fail_memory(error, sizeof *made);
    }
    free(made->title);
    made->title = title;
    made->day = pl_date_day(day);
    for (size_t m = 0; m < from->measures; m++)
        if (!pl_variant_add(made, from->measure[m]))
            return pl_fail_memory(error, sizeof *made);
    return PL_OK;
}

pl_status pl_scenario_set_days(pl_scenario *scenario, const pl_date *day, size_t count, pl_error *error) {
    size_t different = 0;
    bool *kept = pl_alloc(scenario->variants + 1, sizeof *kept);
    pl_scenario fresh = {.name = scenario->name};
    if (!kept)
        return pl_fail_memory(error, scenario->variants);
    for (size_t v = 0; v < scenario->variants; v++) {
        kept[v] = true;
        for (size_t w = 0; w < v && kept[v]; w++)
            kept[v] = !same_measures(&scenario->variant[v], &scenario->variant[w]);
        different += kept[v];
    }
    pl_status status = PL_OK;
    for (size_t d = 0; d < count && !status; d++)
        for (size_t v = 0; v < scenario->variants && !status; v++)
            if (kept[v])
                status = copy_on(&fresh, &scenario->variant[v], day[d], different == 1, error);
    pl_scenario *dropped = status ? &fresh : scenario;
    for (size_t v = 0; v < dropped->variants; v++)
        pl_variant_clear(&dropped->variant[v]);
    free(dropped->variant);
    if (!status) {
        scenario->variant = fresh.variant;
        scenario->variants = fresh.variants;
        scenario->variant_room = fresh.variant_room;
    }
    free(kept);
    return status;
}

pl_status pl_scenario_set_dates(pl_scenario *scenario, const char *source, pl_error *error) {
    bool found = false, any = false;
    const char *known[32];
    size_t count = 0;
    for (size_t s = 0; s < scenario->scopes; s++)
        for (size_t m = 0; m < scenario->scope[s]->measures; m++) {
            pl_measure *measure = scenario->scope[s]->measure[m];
            for (size_t d = 0; d < measure->date_sets; d++) {
                const char *name = measure->date_set[d].source;
                any = any || *name;
                if (*name && count < 32)
                    known[count++] = name;
                if (*name && !strcmp(name, source)) {
                    measure->dates = d;
                    found = true;
                }
            }
        }
    char near[160];
    if (found)
        return PL_OK;
    return pl_fail(error, PL_INVALID, "no measure of scenario '%s' has dates by '%s'%s%s", scenario->name,
                   source, pl_suggest_text(near, sizeof near, source, known, count),
                   any ? "" : "; none has more than one set of dates");
}
