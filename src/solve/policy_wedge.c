/* Plain wedges, and how they enter the map: once, as A = pi kappa^-theta. */
#include "solve/solve.h"

#include <float.h>
#include <math.h>
#include <string.h>

static double *copy_array(const double *from, double otherwise, size_t count) {
    double *to = pl_alloc(count, sizeof *to);
    if (!to)
        return NULL;
    for (size_t at = 0; at < count; at++)
        to[at] = from ? from[at] : otherwise;
    return to;
}

pl_status pl_policy_new(const pl_world *world, pl_policy **policy, pl_error *error) {
    size_t N = world->countries, J = world->sectors;
    pl_policy *p = pl_alloc(1, sizeof *p);
    *policy = NULL;
    if (!p)
        return pl_fail_memory(error, sizeof *p);
    p->world = world;
    p->N = N;
    p->J = J;
    p->tariff = copy_array(world->tariff, 0, J * N * N);
    if (!p->tariff) {
        pl_policy_free(p);
        return pl_fail_memory(error, J * N * N * sizeof(double));
    }
    *policy = p;
    return PL_OK;
}

void pl_policy_drop_caps(pl_policy *p) {
    for (size_t k = 0; k < p->caps; k++) {
        free((char *)p->cap[k].name);
        free((size_t *)p->cap[k].flows);
    }
    p->caps = 0;
}

void pl_policy_free(pl_policy *p) {
    if (!p)
        return;
    free(p->tariff);
    free(p->export_tax);
    free(p->iceberg);
    free(p->transfer);
    pl_policy_drop_caps(p);
    free(p->cap);
    free(p);
}

double *pl_policy_tariff(pl_policy *p) {
    return p->tariff;
}

double *pl_policy_export_tax(pl_policy *p) {
    if (!p->export_tax)
        p->export_tax = copy_array(p->world->export_tax, 0, p->J * p->N * p->N);
    return p->export_tax;
}

double *pl_policy_iceberg(pl_policy *p) {
    if (!p->iceberg)
        p->iceberg = copy_array(NULL, 1, p->J * p->N * p->N);
    return p->iceberg;
}

double *pl_policy_transfer(pl_policy *p) {
    if (!p->transfer)
        p->transfer = pl_alloc(p->N, sizeof *p->transfer);
    return p->transfer;
}

double pl_policy_export_tax_at(const pl_policy *p, size_t at) {
    return p->export_tax ? p->export_tax[at] : p->world->export_tax ? p->world->export_tax[at] : 0;
}

static pl_status check_cap(const pl_policy *p, const pl_cap *cap, pl_error *error) {
    const pl_world *w = p->world;
    double shares = cap->to_seller + cap->to_buyer + cap->to_third + cap->wasted;
    double each[] = {cap->to_seller, cap->to_buyer, cap->to_third, cap->wasted};
    if (cap->count == 0)
        return pl_fail(error, PL_INVALID, "control '%s' covers no flow", cap->name);
    if (!(cap->level >= 0 && cap->level < INFINITY) || (cap->kind != PL_CAP_QUOTA && cap->level == 0))
        return pl_fail(error, PL_INVALID, "control '%s': level %g is not allowed; it must be %s", cap->name,
                       cap->level, cap->kind == PL_CAP_QUOTA ? "zero (a ban) or positive" : "positive");
    for (size_t k = 0; k < 4; k++)
        if (!(each[k] >= 0 && each[k] <= 1))
            return pl_fail(error, PL_INVALID, "control '%s': rent share %g is outside 0 to 1", cap->name,
                           each[k]);
    if (!(fabs(shares - 1) < 1e-9))
        return pl_fail(error, PL_INVALID,
                       "control '%s': the rent shares add up to %g; they must add up to one", cap->name,
                       shares);
    if ((cap->to_third > 0 && cap->third >= p->N) || (cap->wasted > 0 && cap->waste_country >= p->N))
        return pl_fail(error, PL_INVALID, "control '%s': the rent goes to a country that is not in the world",
                       cap->name);
    if (cap->kind == PL_CAP_TARIFF_RATE_QUOTA && !(cap->out_of_quota > -1 && cap->out_of_quota < INFINITY))
        return pl_fail(error, PL_INVALID, "control '%s': out-of-quota duty %g is not a rate above -100 %%",
                       cap->name, cap->out_of_quota);
    for (size_t f = 0; f < cap->count; f++) {
        size_t at = cap->flows[f], i = at % p->N, n = at / p->N % p->N, j = at / (p->N * p->N);
        if (at >= p->J * p->N * p->N)
            return pl_fail(error, PL_INVALID, "control '%s': flow %zu is not in the world", cap->name, at);
        if (!(w->flow[at] > 0))
            return pl_fail(error, PL_INVALID, "control '%s': %s buys no %s from %s in the base year",
                           cap->name, w->country_code[n], w->sector_code[j], w->country_code[i]);
        if (cap->kind == PL_CAP_MINIMUM_PRICE &&
            at % p->N + at / (p->N * p->N) * p->N !=
                cap->flows[0] % p->N + cap->flows[0] / (p->N * p->N) * p->N)
            return pl_fail(error, PL_INVALID,
                           "control '%s': a minimum price covers one seller and one sector", cap->name);
    }
    return PL_OK;
}

static int compare_flows(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* Copies the flows of a cap in order, each once. */
static size_t copy_flows(const pl_cap *cap, size_t *flows) {
    size_t kept = 0;
    memcpy(flows, cap->flows, cap->count * sizeof *flows);
    qsort(flows, cap->count, sizeof *flows, compare_flows);
    for (size_t f = 0; f < cap->count; f++)
        if (f == 0 || flows[f] != flows[f - 1])
            flows[kept++] = flows[f];
    return kept;
}

pl_status pl_policy_add_cap(pl_policy *p, const pl_cap *cap, pl_error *error) {
    pl_status status = check_cap(p, cap, error);
    if (status)
        return status;
    if (!pl_grow(&p->cap, &p->cap_room, p->caps, sizeof *p->cap))
        return pl_fail_memory(error, (p->caps + 1) * sizeof *p->cap);
    pl_cap *added = &p->cap[p->caps];
    size_t *flows = pl_alloc(cap->count, sizeof *flows);
    char *name = pl_strdup(cap->name);
    if (!flows || !name) {
        free(flows);
        free(name);
        return pl_fail_memory(error, cap->count * sizeof *flows);
    }
    *added = *cap;
    added->name = name;
    added->count = copy_flows(cap, flows);
    added->flows = flows;
    p->caps++;
    return PL_OK;
}

size_t pl_policy_caps(const pl_policy *p) {
    return p->caps;
}

const pl_cap *pl_policy_cap(const pl_policy *p, size_t index) {
    return &p->cap[index];
}

static pl_status refuse(const pl_policy *p, size_t at, const char *what, double value, const char *allowed,
                        pl_error *error) {
    const pl_world *w = p->world;
    size_t i = at % p->N, n = at / p->N % p->N, j = at / (p->N * p->N);
    return pl_fail(error, PL_INVALID, "%s of %s on %s, sector %s: %g is not allowed; it must be %s", what,
                   w->country_code[n], w->country_code[i], w->sector_code[j], value, allowed);
}

/* How many values are not above `low` and at most `high`, NaN counting. */
PL_WIDE static size_t count_outside(const double *x, double low, double high, size_t count) {
    size_t outside = 0;
    for (size_t at = 0; at < count; at++)
        outside += !(x[at] > low && x[at] <= high);
    return outside;
}

static pl_status check_array(const pl_policy *p, const double *x, const char *what, double low, double high,
                             const char *allowed, pl_error *error) {
    size_t at = 0;
    if (!x || count_outside(x, low, high, p->J * p->N * p->N) == 0)
        return PL_OK;
    while (x[at] > low && x[at] <= high)
        at++;
    return refuse(p, at, what, x[at], allowed, error);
}

/* Lump sums are paid by somebody. */
static pl_status check_transfer(const pl_policy *p, pl_error *error) {
    double sum = 0, size = 1;
    for (size_t n = 0; p->transfer && n < p->N; n++) {
        sum += p->transfer[n];
        size = fmax(size, fabs(p->transfer[n]));
    }
    if (!(fabs(sum) <= 1e-9 * size))
        return pl_fail(error, PL_INVALID, "transfers add up to %g million USD; they must add up to zero",
                       sum);
    return PL_OK;
}

static pl_status check_policy(const pl_policy *p, pl_error *error) {
    const char *rate = "a rate above -100 %";
    pl_status status = check_array(p, p->tariff, "import duty", -1, DBL_MAX, rate, error);
    if (!status)
        status = check_array(p, p->export_tax, "export tax", -1, DBL_MAX, rate, error);
    if (!status)
        status = check_array(p, p->iceberg, "iceberg factor", 0, INFINITY, "positive", error);
    return status ? status : check_transfer(p, error);
}

/* The arrays of one row (a sector and a buyer), [N] by seller; NULL where there are none. */
typedef struct {
    const double *flow, *t0, *t1, *e0, *e1, *iceberg;
    size_t N;
} row;

/* Whether anything changes on a row. */
PL_WIDE static bool row_moves(const row *r) {
    size_t moved = 0;
    for (size_t i = 0; i < r->N; i++)
        moved += r->t1[i] != r->t0[i];
    for (size_t i = 0; r->e1 && i < r->N; i++)
        moved += r->e1[i] != (r->e0 ? r->e0[i] : 0);
    for (size_t i = 0; r->iceberg && i < r->N; i++)
        moved += r->iceberg[i] != 1;
    return moved > 0;
}

/* One row of the wedge, new over old. */
PL_WIDE static void row_wedge(const row *r, double *restrict out) {
    for (size_t i = 0; i < r->N; i++)
        out[i] = (1 + r->t1[i]) / (1 + r->t0[i]);
    for (size_t i = 0; r->e1 && i < r->N; i++)
        out[i] *= (1 + r->e1[i]) / (1 + (r->e0 ? r->e0[i] : 0));
    for (size_t i = 0; r->iceberg && i < r->N; i++)
        out[i] *= r->iceberg[i] < INFINITY ? r->iceberg[i] : 1;
}

/* pi of the baseline at user prices. */
PL_WIDE static void row_shares(const row *r, double spending, double *restrict user) {
    double scale = spending > 0 ? 1 / spending : 0;
    for (size_t i = 0; i < r->N; i++)
        user[i] = (1 + r->t0[i]) * r->flow[i] * scale;
}

/* out = in / (1 + rate), the rate being `share` of the way from before to after in the log of one plus it. */
PL_WIDE static void row_net(const double *restrict in, const double *before, const double *after,
                            double share, double *restrict out, size_t N) {
    if (share == 1) {
        for (size_t i = 0; i < N; i++)
            out[i] = in[i] / (1 + after[i]);
        return;
    }
    for (size_t i = 0; i < N; i++) {
        double b = 1 + (before ? before[i] : 0), a = 1 + after[i];
        out[i] = in[i] / (b * pow(a / b, share));
    }
}

static void fill_row(pl_gmap *map, const pl_policy *p, double share, size_t j, size_t n) {
    const pl_world *w = p->world;
    const pl_model *m = map->model;
    size_t N = p->N, S = m->S, from = (j * N + n) * N, to = (j * N + n) * S;
    double *power = map->work, *user = map->user + to;
    row r = {.flow = w->flow + from, .t0 = w->tariff + from, .t1 = p->tariff + from, .N = N};
    r.e0 = w->export_tax ? w->export_tax + from : NULL;
    r.e1 = p->export_tax ? p->export_tax + from : r.e0;
    r.iceberg = p->iceberg ? p->iceberg + from : NULL;
    if (map->base_share)
        memcpy(user, map->base_share + to, S * sizeof(double));
    else
        row_shares(&r, m->spending[j * S + n], user);
    if (row_moves(&r)) {
        row_wedge(&r, power);
        pl_vlog(power, power, N);
        for (size_t i = 0; i < N; i++)
            power[i] *= -map->theta[j] * share;
        pl_vexp(power, power, N);
        for (size_t i = 0; i < N; i++)
            user[i] *= r.iceberg && r.iceberg[i] == INFINITY ? 0 : power[i];
    }
    if (map->border != map->user)
        row_net(user, r.t0, r.t1, share, map->border + to, N);
    if (map->net != map->border)
        row_net(map->border + to, r.e0, r.e1, share, map->net + to, N);
}

static bool any_nonzero(const double *x, size_t count) {
    for (size_t at = 0; x && at < count; at++)
        if (x[at] != 0)
            return true;
    return false;
}

/* An array of the map's own, made when first needed; NULL when out of memory. */
static double *take_store(pl_gmap *map, size_t which) {
    const pl_model *m = map->model;
    if (!map->store[which])
        map->store[which] = pl_alloc(m->J * m->N * m->S, sizeof(double));
    return map->store[which];
}

static pl_status check_supply(pl_gmap *map, pl_error *error) {
    const pl_model *m = map->model;
    memset(map->cap_sum, 0, m->J * m->S * sizeof(double));
    for (size_t f = 0; f < map->caps.flows; f++)
        map->cap_sum[map->caps.flow[f] / (m->N * m->N) * m->S + map->caps.flow[f] / m->N % m->N] +=
            map->caps.user[f];
    for (size_t at = 0; at < m->J * m->N; at++) {
        size_t j = at / m->N, n = at % m->N;
        if (map->active[j * m->S + n] == 0)
            continue;
        const double *user = map->user + at * m->S;
        size_t i = 0;
        while (i < m->N && !(user[i] > 0))
            i++;
        if (i == m->N && !(map->cap_sum[j * m->S + n] > 0))
            return pl_fail(error, PL_INVALID,
                           "%s, sector %s: the measures remove every seller; at least one must stay",
                           m->world->country_code[n], m->world->sector_code[j]);
    }
    return PL_OK;
}

/* Sectors whose flows bear no duty, no export tax and no control need one pass over one array. */
static void find_plain(pl_gmap *map, const pl_policy *p) {
    const pl_model *m = map->model;
    size_t cells = m->N * m->N;
    for (size_t j = 0; j < m->J; j++)
        map->plain[j] = map->net == map->border && !any_nonzero(p->tariff + j * cells, cells) &&
                        !any_nonzero(p->world->tariff + j * cells, cells);
    for (size_t f = 0; f < map->caps.flows; f++)
        map->plain[map->caps.flow[f] / cells] = false;
}

pl_status pl_gmap_policy(pl_gmap *map, const pl_policy *p, double share, pl_error *error) {
    const pl_model *m = map->model;
    size_t count = m->J * m->N * m->N;
    if (p->N != m->N || p->J != m->J)
        return pl_fail(error, PL_INVALID,
                       "the policy is for %zu countries and %zu sectors, the model has %zu and %zu", p->N,
                       p->J, m->N, m->J);
    if (p->world != m->world)
        return pl_fail(
            error, PL_INVALID,
            "the policy was made for another world than the model's (pl_model_world); with closure "
            "balanced they differ");
    pl_status status = check_policy(p, error);
    if (status)
        return status;
    bool duty = any_nonzero(p->tariff, count) || any_nonzero(p->world->tariff, count);
    bool taxed = any_nonzero(p->export_tax, count) || p->world->export_tax;
    map->user = take_store(map, 0);
    map->border = duty ? take_store(map, 1) : map->user;
    map->net = taxed ? take_store(map, 2) : map->border;
    if (!map->user || !map->border || !map->net)
        return pl_fail_memory(error, count * sizeof(double));
    for (size_t j = 0; j < m->J; j++)
        for (size_t n = 0; n < m->N; n++)
            fill_row(map, p, share, j, n);
    for (size_t n = 0; n < m->N; n++)
        map->transfer[n] = p->transfer ? share * p->transfer[n] : 0;
    map->at = pl_y_layout(m, p->caps + (map->limits ? map->limits->count : 0));
    double *const cleared[] = {map->cap_rent, map->cap_duty, map->cap_labour};
    for (size_t k = 0; k < 3; k++)
        memset(cleared[k], 0, m->S * sizeof(double));
    status = pl_caps_enter(map, p, error);
    find_plain(map, p);
    if (!status && map->stocks)
        pl_stocks_enter(map);
    return status ? status : check_supply(map, error);
}
