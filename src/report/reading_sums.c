/* What the members of a sweep come to: the range of each country, how much each thing varied matters, and values in words. */
#include "report/reading.h"

#include <math.h>
#include <string.h>

enum { OF_THEIR_OWN = 12, GROUPS = 8, MOST_WORDS = 64, MOST_TURNS = 200 };

/* ---- groups ---- */

/* Where a value comes in the order of a dimension: by number, or as it is listed. */
static double rank_of(const pl_read_dimension *dim, size_t k) {
    return dim->numeric ? dim->value[k] : (double)k;
}

typedef struct {
    double rank;
    size_t position;
} ranked;

static int compare_ranked(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

static bool sort_values(pl_read_dimension *dim) {
    ranked *all = pl_alloc(dim->count, sizeof *all);
    for (size_t k = 0; all && k < dim->count; k++)
        all[k] = (ranked){rank_of(dim, k), k};
    if (all)
        qsort(all, dim->count, sizeof *all, compare_ranked);
    for (size_t k = 0; all && k < dim->count; k++)
        dim->rising[k] = all[k].position;
    free(all);
    return all != NULL;
}

static bool same_value(const pl_read_dimension *dim, size_t a, size_t b) {
    return dim->numeric ? dim->value[a] == dim->value[b] : !strcmp(dim->text[a], dim->text[b]);
}

/* A sample lists the value of each member, so that one of a few words is there many times. */
static size_t find_same(const pl_read_dimension *dim, size_t upto, size_t position) {
    for (size_t g = 0; g < upto; g++)
        if (same_value(dim, dim->first[g], position))
            return g;
    return upto < MOST_WORDS ? upto : MOST_WORDS - 1;
}

static void group_by_value(pl_read_dimension *dim) {
    for (size_t k = 0; k < dim->count; k++) {
        size_t position = dim->rising[k], g = find_same(dim, dim->groups, position);
        if (g == dim->groups) {
            dim->first[g] = position;
            dim->groups++;
        }
        dim->last[g] = position;
        dim->group[position] = g;
    }
}

static void group_by_size(pl_read_dimension *dim) {
    dim->groups = GROUPS;
    for (size_t k = 0; k < dim->count; k++) {
        size_t g = k * GROUPS / dim->count, position = dim->rising[k];
        if (!k || (k - 1) * GROUPS / dim->count != g)
            dim->first[g] = position;
        dim->last[g] = position;
        dim->group[position] = g;
    }
}

static bool make_groups(pl_read_dimension *dim, bool sampled) {
    dim->group = pl_alloc(dim->count, sizeof *dim->group);
    dim->rising = pl_alloc(dim->count, sizeof *dim->rising);
    dim->first = pl_alloc(dim->count + GROUPS, sizeof *dim->first);
    dim->last = pl_alloc(dim->count + GROUPS, sizeof *dim->last);
    if (!dim->group || !dim->rising || !dim->first || !dim->last || !sort_values(dim))
        return false;
    if (sampled && dim->numeric && dim->count > OF_THEIR_OWN) {
        group_by_size(dim);
    } else if (sampled) {
        group_by_value(dim);
    } else {
        dim->groups = dim->count;
        for (size_t k = 0; k < dim->count; k++)
            dim->group[k] = dim->first[k] = dim->last[k] = k;
    }
    return true;
}

/* ---- ranges and effects ---- */

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static pl_read_range range_of(const double *value, size_t members, double *sorted) {
    pl_read_range r = {.low = SIZE_MAX, .high = SIZE_MAX, .lowest = NAN, .highest = NAN, .middle = NAN};
    for (size_t m = 0; m < members; m++) {
        if (isnan(value[m]))
            continue;
        sorted[r.count++] = value[m];
        r.above += value[m] > 0;
        r.below += value[m] < 0;
        if (r.low == SIZE_MAX || value[m] < r.lowest) {
            r.low = m;
            r.lowest = value[m];
        }
        if (r.high == SIZE_MAX || value[m] > r.highest) {
            r.high = m;
            r.highest = value[m];
        }
    }
    if (!r.count)
        return r;
    qsort(sorted, r.count, sizeof *sorted, compare_numbers);
    r.middle = r.count % 2 ? sorted[r.count / 2] : (sorted[r.count / 2 - 1] + sorted[r.count / 2]) / 2;
    return r;
}

/* Least squares of a sum of parts, one for each thing varied: each part in turn is the mean of what the others leave, until
 * nothing changes. Of a whole grid these are the plain means; in a sample, what else happens to differ is taken out. */
typedef struct {
    const pl_sweep_reading *sweep;
    const double *value;
    double mean;
    double *part, *sum; /* [parts] the groups of all dimensions, one dimension after the other */
    size_t *count, parts, start[16];
} fit;

static double rest_of(const fit *f, size_t m, size_t without) {
    const pl_sweep_reading *s = f->sweep;
    double rest = f->value[m] - f->mean;
    for (size_t d = 0; d < s->dimensions; d++)
        if (d != without)
            rest -= f->part[f->start[d] + s->dimension[d].group[s->at[m * s->dimensions + d]]];
    return rest;
}

/* Returns the largest change of a part. */
static double fit_part(fit *f, size_t d) {
    const pl_sweep_reading *s = f->sweep;
    const pl_read_dimension *dim = &s->dimension[d];
    double *sum = f->sum + f->start[d], *part = f->part + f->start[d], change = 0;
    size_t *count = f->count + f->start[d];
    memset(sum, 0, dim->groups * sizeof *sum);
    memset(count, 0, dim->groups * sizeof *count);
    for (size_t m = 0; m < s->members; m++) {
        size_t g = dim->group[s->at[m * s->dimensions + d]];
        if (isnan(f->value[m]))
            continue;
        sum[g] += rest_of(f, m, d);
        count[g]++;
    }
    for (size_t g = 0; g < dim->groups; g++) {
        double mean = count[g] ? sum[g] / (double)count[g] : 0;
        change = fmax(change, fabs(mean - part[g]));
        part[g] = mean;
    }
    return change;
}

static void fit_all(fit *f) {
    const pl_sweep_reading *s = f->sweep;
    double sum = 0, size = 0;
    size_t known = 0;
    for (size_t m = 0; m < s->members; m++) {
        sum += isnan(f->value[m]) ? 0 : f->value[m];
        size = fmax(size, isnan(f->value[m]) ? 0 : fabs(f->value[m]));
        known += !isnan(f->value[m]);
    }
    f->mean = known ? sum / (double)known : NAN;
    memset(f->part, 0, f->parts * sizeof *f->part);
    for (size_t turn = 0; turn < MOST_TURNS && known; turn++) {
        double change = 0;
        for (size_t d = 0; d < s->dimensions; d++)
            change = fmax(change, fit_part(f, d));
        if (!(change > 1e-12 * size))
            break;
    }
}

static pl_read_effect effect_of(const fit *f, size_t d) {
    pl_read_effect e = {SIZE_MAX, SIZE_MAX, NAN, NAN};
    for (size_t g = 0; g < f->sweep->dimension[d].groups; g++) {
        double mean = f->mean + f->part[f->start[d] + g];
        if (!f->count[f->start[d] + g])
            continue;
        if (e.low == SIZE_MAX || mean < e.lowest) {
            e.low = g;
            e.lowest = mean;
        }
        if (e.high == SIZE_MAX || mean > e.highest) {
            e.high = g;
            e.highest = mean;
        }
    }
    return e;
}

static bool find_effects(pl_sweep_reading *s) {
    fit f = {.sweep = s};
    for (size_t d = 0; d < s->dimensions; d++) {
        f.start[d] = f.parts;
        f.parts += s->dimension[d].groups;
    }
    f.part = pl_alloc(f.parts, sizeof *f.part);
    f.sum = pl_alloc(f.parts, sizeof *f.sum);
    f.count = pl_alloc(f.parts, sizeof *f.count);
    s->effect = pl_alloc(s->countries * s->dimensions, sizeof *s->effect);
    bool made = f.part && f.sum && f.count && s->effect;
    for (size_t c = 0; c < s->countries && made; c++) {
        f.value = s->variable[0].value + c * s->members;
        fit_all(&f);
        for (size_t d = 0; d < s->dimensions; d++)
            s->effect[c * s->dimensions + d] = effect_of(&f, d);
    }
    free(f.part);
    free(f.sum);
    free(f.count);
    return made;
}

/* Thousand millions where the numbers are large enough for them. */
static void choose_money(pl_sweep_reading *s, pl_read_scanned *v) {
    double largest = 0;
    if (strcmp(v->unit, "million USD") != 0)
        return;
    v->unit = "million USD a year";
    for (size_t k = 0; k < s->countries * s->members; k++)
        largest = fmax(largest, isnan(v->value[k]) ? 0 : fabs(v->value[k]));
    if (!(largest >= 1e4))
        return;
    v->unit = "bn USD a year";
    for (size_t k = 0; k < s->countries * s->members; k++)
        v->value[k] *= 1e-3;
}

bool pl_sweep_sum(pl_sweep_reading *s) {
    bool made = true;
    for (size_t d = 0; d < s->dimensions && made; d++)
        made = make_groups(&s->dimension[d], s->sampled);
    for (size_t v = 0; v < s->variables && made; v++) {
        choose_money(s, &s->variable[v]);
        for (size_t c = 0; c < s->countries; c++)
            s->variable[v].range[c] = range_of(s->variable[v].value + c * s->members, s->members, s->scratch);
    }
    return made && find_effects(s);
}

/* ---- words ---- */

/* A number to so many figures with what follows it; words stay as they are. */
static void value_text(const pl_read_dimension *dim, size_t position, int figures, bool unit, char *out,
                       size_t size) {
    const char *text = dim->text[position];
    char *end = NULL;
    double number = strtod(text, &end);
    if (end == text || !isfinite(number) || !dim->numeric)
        snprintf(out, size, "%.60s", text);
    else
        snprintf(out, size, "%.*g%s%.20s", figures, number, unit && *end == '%' ? " " : "", unit ? end : "");
}

void pl_sweep_value_text(const pl_read_dimension *dim, size_t position, char *out, size_t size) {
    value_text(dim, position, 4, true, out, size);
}

void pl_sweep_group_text(const pl_read_dimension *dim, size_t group, char *out, size_t size) {
    char low[96], high[96];
    if (dim->first[group] == dim->last[group] ||
        !strcmp(dim->text[dim->first[group]], dim->text[dim->last[group]])) {
        pl_sweep_value_text(dim, dim->first[group], out, size);
        return;
    }
    value_text(dim, dim->first[group], 3, false, low, sizeof low);
    value_text(dim, dim->last[group], 3, true, high, sizeof high);
    snprintf(out, size, "%s to %s", low, high);
}

void pl_sweep_place(const pl_sweep_reading *s, size_t member, char *out, size_t size) {
    size_t length = 0;
    *out = 0;
    for (size_t d = 0; d < s->dimensions && length + 1 < size; d++) {
        char value[96];
        pl_sweep_value_text(&s->dimension[d], s->at[member * s->dimensions + d], value, sizeof value);
        int put =
            snprintf(out + length, size - length, "%s%.80s %s", d ? ", " : "", s->dimension[d].label, value);
        length += put > 0 ? (size_t)put : 0;
    }
}

size_t pl_sweep_variable(const pl_sweep_reading *s, const char *name) {
    for (size_t v = 0; v < s->variables; v++)
        if (!strcmp(s->variable[v].name, name))
            return v;
    return SIZE_MAX;
}
