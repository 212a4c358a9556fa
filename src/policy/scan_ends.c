/* Where in a sweep a variable is highest and lowest, and how it goes along one of the things varied. */
#include "policy/scan_plan.h"

#include <math.h>
#include <string.h>

/* The top of the parabola through three points; NaN when it has none between the outer two. */
static double top(const double *x, const double *y) {
    double left = x[1] - x[0], right = x[2] - x[1], up = (y[1] - y[0]) / left, down = (y[2] - y[1]) / right;
    double bend = (down - up) / (left + right);
    double at = 0.5 * (x[0] + x[1]) - up / (2 * bend);
    return at > x[0] && at < x[2] ? at : NAN;
}

/* Where one thing is varied, in numbers that rise, the highest value lies between the values tried. */
static double find_peak(const pl_scan *s, pl_variable variable, size_t country, size_t high) {
    const pl_vary *v = &s->vary[0];
    double y[3];
    if (s->dims != 1 || s->sampled || !v->numeric || high == 0 || high + 1 >= s->members)
        return NAN;
    for (size_t k = 0; k < 3; k++) {
        if (!s->member[high - 1 + k].converged || (k && !(v->value[high - 1 + k] > v->value[high - 2 + k])))
            return NAN;
        y[k] = pl_scan_get(s, variable, high - 1 + k)[country];
    }
    return top(&v->value[high - 1], y);
}

pl_scan_ends pl_scan_extremes(const pl_scan *s, pl_variable variable, size_t country) {
    pl_scan_ends ends = {.low = SIZE_MAX, .high = SIZE_MAX, .lowest = NAN, .highest = NAN, .peak = NAN};
    for (size_t m = 0; m < s->members; m++) {
        const double *value = pl_scan_get(s, variable, m);
        if (!s->member[m].converged || !value)
            continue;
        if (!(value[country] >= ends.lowest)) {
            ends.low = m;
            ends.lowest = value[country];
        }
        if (!(value[country] <= ends.highest)) {
            ends.high = m;
            ends.highest = value[country];
        }
    }
    if (ends.high != SIZE_MAX)
        ends.peak = find_peak(s, variable, country, ends.high);
    return ends;
}

/* The part of `parts` that a member belongs to along a dimension: by its position, or in a sample by its value. */
static size_t part_of(const pl_scan *s, size_t member, size_t dim, size_t parts) {
    const pl_vary *v = &s->vary[dim];
    size_t at = pl_scan_position(s, member, dim);
    double share = (double)at / (double)v->count;
    if (s->sampled && v->open)
        share = (v->value[at] - v->low) / (v->high - v->low);
    else if (s->sampled)
        for (size_t k = 0; k < v->choice.count; k++)
            share =
                strcmp(v->choice.item[k], v->shown.item[at]) ? share : (double)k / (double)v->choice.count;
    size_t part = (size_t)(share * (double)parts * (1 + 1e-15));
    return part < parts ? part : parts - 1;
}

size_t pl_scan_parts(const pl_scan *s, size_t dim) {
    return s->sampled && !s->vary[dim].open ? s->vary[dim].choice.count : s->vary[dim].count;
}

bool pl_scan_along(const pl_scan *s, pl_variable variable, size_t country, size_t dim, size_t parts,
                   double *mean) {
    size_t *members = pl_alloc(parts, sizeof *members);
    if (!members)
        return false;
    for (size_t k = 0; k < parts; k++)
        mean[k] = 0;
    for (size_t m = 0; m < s->members; m++) {
        const double *value = pl_scan_get(s, variable, m);
        size_t part = part_of(s, m, dim, parts);
        if (!s->member[m].converged || !value)
            continue;
        mean[part] += value[country];
        members[part]++;
    }
    for (size_t k = 0; k < parts; k++)
        mean[k] = members[k] ? mean[k] / (double)members[k] : NAN;
    free(members);
    return true;
}
