/* Licences (docs/model.md (15)): applications arrive, are decided some months later, and are valid for a time. */
#include "time/time.h"

#include <math.h>
#include <string.h>

static const double NOTHING = 1e-4; /* of normal use: less is none */
static const double PLENTY = 3;     /* times normal use: more needs no control */

static int days_of(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Days of a month before a date, from none to all. */
static int days_before(pl_date first, pl_date date) {
    int all = days_of(first.year, first.month),
        months = 12 * (date.year - first.year) + date.month - first.month;
    return months < 0 ? 0 : months > 0 ? all : date.day - 1;
}

/* Shares of the month in which the regime is in force, and in which a green channel is open in it. */
static void shares_of(const pl_licence *licence, pl_date first, bool green, double *active, double *open) {
    int all = days_of(first.year, first.month), from = days_before(first, licence->from);
    int until = days_before(first, licence->until), opened = all;
    if (green && licence->green_from.year > 0)
        opened = days_before(first, licence->green_from);
    opened = opened > from ? opened : from;
    *active = until > from ? (double)(until - from) / all : 0;
    *open = until > opened ? (double)(until - opened) / all : 0;
}

pl_status pl_queues_init(pl_path *path, pl_error *error) {
    const pl_path_input *in = &path->input;
    size_t rows = 0;
    for (size_t r = 0; r < in->licences; r++)
        for (size_t f = 0; f < in->licence[r].count; f++)
            rows += pl_holdings_find(&path->holdings, in->licence[r].flows[f]) < SIZE_MAX;
    path->queue = pl_alloc(rows, sizeof *path->queue);
    size_t need = 2 * rows * pl_arena_need(path->months, sizeof(double));
    if (!path->queue || !pl_arena_init(&path->queue_arena, need))
        return pl_fail_memory(error, need);
    for (size_t r = 0; r < in->licences; r++) {
        const pl_licence *licence = &in->licence[r];
        for (size_t f = 0; f < licence->count; f++) {
            size_t holding = pl_holdings_find(&path->holdings, licence->flows[f]);
            if (holding == SIZE_MAX)
                continue;
            pl_queue *q = &path->queue[path->queues++];
            *q = (pl_queue){.regime = r,
                            .holding = holding,
                            .green = licence->green && licence->green[f],
                            .part = licence->part ? licence->part[f] : 1};
            q->applied = pl_arena_take(&path->queue_arena, path->months, sizeof(double));
            q->lot = pl_arena_take(&path->queue_arena, path->months, sizeof(double));
        }
    }
    return PL_OK;
}

/* Applications of a month are decided `lag` months later; part of them a month after that when the lag is not whole. */
static double decided(const pl_queue *q, double lag, size_t month) {
    size_t whole = (size_t)floor(lag);
    double late = lag - floor(lag), sum = 0;
    if (month >= whole)
        sum += (1 - late) * q->applied[month - whole];
    if (late > 0 && month >= whole + 1)
        sum += late * q->applied[month - whole - 1];
    return sum;
}

/* Applications that are not decided by the end of a month. */
static double undecided(const pl_queue *q, double lag, size_t month) {
    size_t whole = (size_t)floor(lag);
    double late = lag - floor(lag), sum = 0;
    for (size_t back = 0; back < whole && back <= month; back++)
        sum += q->applied[month - back];
    if (late > 0 && month >= whole)
        sum += late * q->applied[month - whole];
    return sum;
}

/* A licence of the last `validity` months can still be used. */
static void expire(pl_queue *q, double validity, size_t month) {
    size_t months = validity > 0 && validity < 1e6 ? (size_t)ceil(validity) : SIZE_MAX;
    if (month >= months)
        q->lot[month - months] = 0;
}

static void decide_one(pl_path *path, pl_queue *q) {
    const pl_licence *licence = &path->input.licence[q->regime];
    pl_holdings *h = &path->holdings;
    size_t t = path->done, k = q->holding;
    double active = 0, green = 0;
    shares_of(licence, pl_path_date(path, t), q->green, &active, &green);
    q->needed = q->part * (active - licence->green_share * green);
    expire(q, licence->validity, t);
    double held = pl_sum(q->lot, path->months);
    double approval = fmin(1, path->model->settings.approval_scale * licence->approval);
    double waiting = t > 0 ? undecided(q, licence->lag, t - 1) : 0;
    /* Orders are for what is used, and for stocks as far as earlier orders do not cover them. */
    double refill = fmax(0, h->wanted[k] - h->opening[k] - held - waiting * approval);
    q->orders = q->applied[t] = q->needed * (h->normal[k] + refill);
    q->decided = decided(q, licence->lag, t);
    q->approved = approval * q->decided;
    q->lot[t] = q->approved;
    q->pending = undecided(q, licence->lag, t);
    h->needed[k] += q->needed;
    h->licensed[k] += pl_sum(q->lot, path->months);
    h->regime[k] = q->regime;
}

/* The control of a flow: what may be used is what may be bought and what is in stock. */
static pl_status add_control(pl_path *path, size_t k, pl_error *error) {
    pl_holdings *h = &path->holdings;
    const pl_licence *licence = &path->input.licence[h->regime[k]];
    double want = fmax(0, h->normal[k] + h->wanted[k] - h->opening[k]), needed = fmin(1, h->needed[k]);
    h->free[k] = (1 - needed) * want;
    double allowed = h->free[k] + fmin(h->licensed[k], needed * want);
    double usable = (allowed + h->opening[k]) / h->normal[k];
    h->most[k] = fmin(h->most[k], allowed);
    h->covered[k] = usable;
    if (!(usable < PLENTY))
        return PL_OK;
    pl_cap cap = {.name = licence->name,
                  .kind = PL_CAP_QUOTA,
                  .flows = &h->flow[k],
                  .count = 1,
                  .level = usable < NOTHING ? 0 : usable * h->normal[k] / h->base[k],
                  .to_seller = licence->to_seller,
                  .to_buyer = licence->to_buyer,
                  .to_third = licence->to_third,
                  .wasted = licence->wasted,
                  .third = licence->third,
                  .waste_country = licence->waste_country};
    pl_status status = pl_policy_add_cap(path->policy, &cap, error);
    double keep = fmin(1, usable * pl_path_reach(path, h->flow[k]));
    if (!status && cap.level > 0 && keep < 1 && !pl_weights_cut(path, h->flow[k], keep))
        status = pl_fail_memory(error, sizeof(pl_cut));
    return status;
}

pl_status pl_queues_decide(pl_path *path, pl_error *error) {
    pl_holdings *h = &path->holdings;
    pl_status status = PL_OK;
    memset(h->needed, 0, h->count * sizeof(double));
    memset(h->licensed, 0, h->count * sizeof(double));
    for (size_t k = 0; k < h->count; k++)
        h->covered[k] = INFINITY;
    for (size_t r = 0; r < path->queues; r++)
        decide_one(path, &path->queue[r]);
    for (size_t k = 0; k < h->count && path->queues > 0 && !status; k++)
        if (h->needed[k] > 1e-12)
            status = add_control(path, k, error);
    return status;
}

/* Takes `used` from a queue's licences, the oldest first. */
static void take_licences(pl_queue *q, double used, size_t month) {
    for (size_t t = 0; t <= month && used > 0; t++) {
        double part = fmin(used, q->lot[t]);
        q->lot[t] -= part;
        used -= part;
    }
}

/* What is bought beyond the free part uses licences, of several regimes in proportion to what they have. */
void pl_queues_use(pl_path *path) {
    const pl_holdings *h = &path->holdings;
    for (size_t r = 0; r < path->queues; r++) {
        pl_queue *q = &path->queue[r];
        size_t k = q->holding;
        double used = h->needed[k] > 1e-12 ? fmax(0, h->bought[k] - h->free[k]) : 0;
        if (used > 0 && h->licensed[k] > 0)
            take_licences(q, used * pl_sum(q->lot, path->months) / h->licensed[k], path->done);
    }
}
