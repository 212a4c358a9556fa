/*
 * Bottlenecks in quantities alone (docs/model.md (16)): the daily input-output model with stocks of Pichler, Pangallo, del
 * Rio-Chanona, Lafond and Farmer (2022, Journal of Economic Dynamics and Control 144).
 */
#include "time/time.h"

#include <math.h>
#include <string.h>

typedef struct {
    const pl_bottleneck *b;
    size_t J;
    double *base;                   /* [J] output that the coefficients and final demand ask for */
    double *stock, *target, *order; /* [J][J] [input][user] */
    double *demand, *capacity, *labour, *limit, *output; /* [J] */
    double *memory;
} rig;

static pl_status check(const pl_bottleneck *b, pl_error *error) {
    size_t J = b->sectors;
    if (J == 0 || J > 10000)
        return pl_fail(error, PL_INVALID, "a bottleneck of %zu sectors; it must have 1 to 10000", J);
    for (size_t j = 0; j < J; j++) {
        if (!(b->final[j] >= 0 && b->final[j] < INFINITY))
            return pl_fail(error, PL_INVALID, "sector %zu: final demand %g is not a positive number or zero",
                           j + 1, b->final[j]);
        if (!(b->stock_days[j] >= 0 && b->stock_days[j] < INFINITY))
            return pl_fail(error, PL_INVALID, "input %zu: %g days of stock; it must be zero or positive",
                           j + 1, b->stock_days[j]);
        for (size_t i = 0; i < J; i++)
            if (!(b->coefficient[j * J + i] >= 0 && b->coefficient[j * J + i] < 1))
                return pl_fail(error, PL_INVALID, "input %zu of user %zu: coefficient %g is outside 0 to 1",
                               j + 1, i + 1, b->coefficient[j * J + i]);
    }
    const double days[] = {b->restocking, b->hiring, b->firing};
    static const char *const what[] = {"restocking", "hiring", "firing"};
    for (size_t k = 0; k < 3; k++)
        if (!(days[k] >= 1 && days[k] < INFINITY))
            return pl_fail(error, PL_INVALID, "%s takes %g days; it must be one or more", what[k], days[k]);
    return PL_OK;
}

static bool make_room(rig *r) {
    size_t J = r->J;
    r->memory = pl_alloc(3 * J * J + 6 * J, sizeof(double));
    if (!r->memory)
        return false;
    double **each[] = {&r->base, &r->demand, &r->capacity, &r->labour, &r->limit, &r->output};
    for (size_t k = 0; k < 6; k++)
        *each[k] = r->memory + k * J;
    r->stock = r->memory + 6 * J;
    r->target = r->stock + J * J;
    r->order = r->target + J * J;
    return true;
}

/* Output that meets final demand and the inputs it needs: x = A x + f, by iteration. */
static pl_status find_base(rig *r, pl_error *error) {
    const pl_bottleneck *b = r->b;
    double moved = INFINITY;
    for (int round = 0; round < 100000 && moved > 0; round++) {
        moved = 0;
        for (size_t j = 0; j < r->J; j++) {
            double x = b->final[j] + pl_dot(b->coefficient + j * r->J, r->base, r->J);
            moved = fmax(moved, fabs(x - r->base[j]) - 1e-15 * x);
            r->base[j] = x;
        }
        if (!(moved < 1e100))
            break;
    }
    if (!(moved <= 0))
        return pl_fail(error, PL_INVALID, "the input coefficients leave no output for final demand");
    return PL_OK;
}

/* What stocks allow a user to make. Half a critical input's lack is half the output that its lack would cost. */
static double input_limit(const rig *r, size_t i) {
    const pl_bottleneck *b = r->b;
    double limit = INFINITY, stock = 0, needed = 0;
    for (size_t j = 0; j < r->J; j++) {
        double a = b->coefficient[j * r->J + i], has = r->stock[j * r->J + i];
        double critical = b->rule == PL_INPUTS_ESSENTIAL ? 1 : b->criticality[j * r->J + i];
        if (!(a > 0))
            continue;
        stock += has;
        needed += a;
        if (b->rule == PL_INPUTS_LINEAR)
            continue;
        if (critical >= 1)
            limit = fmin(limit, has / a);
        else if (critical > 0 && b->rule == PL_INPUTS_HALF)
            limit = fmin(limit, 0.5 * (has / a + r->base[i]));
    }
    return b->rule == PL_INPUTS_LINEAR && needed > 0 ? stock / needed : limit;
}

/* Orders are for yesterday's demand and to bring stocks back in `restocking` days. */
static void place_orders(rig *r) {
    const pl_bottleneck *b = r->b;
    size_t J = r->J;
    for (size_t at = 0; at < J * J; at++)
        r->order[at] =
            fmax(0, b->coefficient[at] * r->demand[at % J] + (r->target[at] - r->stock[at]) / b->restocking);
    for (size_t j = 0; j < J; j++)
        r->demand[j] = b->final[j] + pl_sum(r->order + j * J, J);
}

static void one_day(rig *r, const double *cap) {
    const pl_bottleneck *b = r->b;
    size_t J = r->J;
    place_orders(r);
    for (size_t i = 0; i < J; i++) {
        r->capacity[i] = fmin(r->labour[i], cap[i] * r->base[i]);
        r->limit[i] = input_limit(r, i);
        r->output[i] = fmin(fmin(r->capacity[i], r->limit[i]), r->demand[i]);
    }
    for (size_t j = 0; j < J; j++) {
        double served = r->demand[j] > 0 ? r->output[j] / r->demand[j] : 1;
        for (size_t i = 0; i < J; i++) {
            double *stock = &r->stock[j * J + i];
            *stock =
                fmax(0, *stock + served * r->order[j * J + i] - b->coefficient[j * J + i] * r->output[i]);
        }
    }
    for (size_t i = 0; i < J; i++) {
        double gap = fmin(r->limit[i], r->demand[i]) - r->capacity[i];
        r->labour[i] = fmin(r->base[i], r->labour[i] + gap / (gap > 0 ? b->hiring : b->firing));
    }
}

pl_status pl_bottleneck_run(const pl_bottleneck *b, size_t days, const double *cap, double *output,
                            double *final, pl_error *error) {
    rig r = {.b = b, .J = b->sectors};
    size_t J = r.J;
    pl_status status = check(b, error);
    if (status)
        return status;
    for (size_t at = 0; at < days * J; at++)
        if (!(cap[at] >= 0))
            return pl_fail(error, PL_INVALID, "day %zu, sector %zu: a cap of %g; it must be zero or positive",
                           at / J, at % J + 1, cap[at]);
    if (!make_room(&r))
        return pl_fail_memory(error, (3 * J * J + 6 * J) * sizeof(double));
    status = find_base(&r, error);
    memcpy(r.demand, r.base, J * sizeof(double));
    memcpy(r.labour, r.base, J * sizeof(double));
    for (size_t at = 0; at < J * J; at++)
        r.stock[at] = r.target[at] = b->stock_days[at / J] * b->coefficient[at] * r.base[at % J];
    for (size_t day = 0; day < days && !status; day++) {
        one_day(&r, cap + day * J);
        for (size_t j = 0; j < J; j++) {
            output[day * J + j] = r.base[j] > 0 ? r.output[j] / r.base[j] : 1;
            if (final)
                final[day * J + j] = r.demand[j] > 0 ? r.output[j] / r.demand[j] : 1;
        }
    }
    free(r.memory);
    return status;
}
