/* A country of a run in detail: its partners and its sectors, before and after. */
#include "report/report.h"

#include <math.h>
#include <string.h>

typedef struct {
    const char *name, *unit, *text;
} row;

static const row partner_rows[] = {
#define PARTNER_ROW(name, unit, text) {#name, unit, text},
    PL_PARTNER_VARIABLES(PARTNER_ROW)
#undef PARTNER_ROW
};

static const row sector_rows[] = {
#define SECTOR_ROW(name, unit, text) {#name, unit, text},
    PL_HOME_VARIABLES(SECTOR_ROW)
#undef SECTOR_ROW
};

bool pl_detail_describe(bool sectors, size_t index, const char **name, const char **unit, const char **text) {
    size_t count = sectors ? (size_t)PL_HOME_COUNT : (size_t)PL_PARTNER_COUNT;
    if (index >= count)
        return false;
    const row *r = sectors ? &sector_rows[index] : &partner_rows[index];
    *name = r->name;
    *unit = r->unit;
    *text = r->text;
    return true;
}

/* The work of filling a detail; arrays [J][N] by partner. */
typedef struct {
    const pl_run *run;
    const pl_world *world;
    const pl_policy *policy;
    const pl_result *result;
    pl_detail *out;
    size_t N, J, n;
    double *bought, *sold; /* after, at customs value */
    double *log_premium;   /* [2][J][N] premia of all controls on what is bought, and sold */
} filling;

static double rate_before(const filling *f, size_t at) {
    return pl_world_tariff(f->world)[at];
}

static size_t position(const filling *f, size_t j, size_t buyer, size_t seller) {
    return (j * f->N + buyer) * f->N + seller;
}

/* ---- controls ---- */

/* Where a flow stands in the arrays of what is bought (side 0) or sold (side 1); false when it is neither. */
static bool place_of(const filling *f, size_t at, size_t *side, size_t *where) {
    size_t i = at % f->N, n = at / f->N % f->N, j = at / (f->N * f->N);
    if (n == i || (n != f->n && i != f->n))
        return false;
    *side = n != f->n;
    *where = j * f->N + (*side ? n : i);
    return true;
}

static void add_premia(filling *f) {
    size_t side = 0, where = 0;
    for (size_t k = 0; k < pl_policy_caps(f->policy); k++) {
        const pl_cap *cap = pl_policy_cap(f->policy, k);
        double z = log1p(pl_result_cap(f->result, k).premium);
        for (size_t c = 0; c < cap->count && z > 0; c++)
            if (place_of(f, cap->flows[c], &side, &where))
                f->log_premium[side * f->J * f->N + where] += z;
    }
}

/* The premium paid on each flow, divided among its controls: rent, and duty beyond a tariff-rate quota. */
static void add_rents(filling *f) {
    size_t side = 0, where = 0;
    for (size_t k = 0; k < pl_policy_caps(f->policy); k++) {
        const pl_cap *cap = pl_policy_cap(f->policy, k);
        pl_cap_result r = pl_result_cap(f->result, k);
        double z = log1p(r.premium), both = r.rent + r.duty, beyond = both > 0 ? r.duty / both : 0;
        for (size_t c = 0; c < cap->count && z > 0; c++) {
            if (!place_of(f, cap->flows[c], &side, &where))
                continue;
            double all = f->log_premium[side * f->J * f->N + where];
            double paid = (side ? f->sold : f->bought)[where] * -expm1(-all) * (z / all);
            size_t partner = where % f->N;
            f->out->partner[side ? PL_PARTNER_rents_on_exports : PL_PARTNER_rents_on_imports][partner] +=
                (1 - beyond) * paid;
            if (!side)
                f->out->partner[PL_PARTNER_duties][partner] += beyond * paid;
            f->out->partner[side ? PL_PARTNER_exports : PL_PARTNER_imports][partner] -= beyond * paid;
            f->out->sector[side ? PL_HOME_exports : PL_HOME_imports][where / f->N] -= beyond * paid;
        }
    }
}

/* ---- partners ---- */

/* Sums over sectors; a rate is that on goods, weighted by trade before, so that it moves only with the policy. */
static void fill_partner(filling *f, size_t i) {
    const double *flow = pl_world_flow(f->world), *tariff = f->policy->tariff;
    double in = 0, out = 0, goods[2] = {0}, rate[4] = {0}, duties[2] = {0}, after[2] = {0};
    for (size_t j = 0; j < f->J; j++) {
        double weight = pl_world_is_goods(f->world, j);
        size_t buying = position(f, j, f->n, i), selling = position(f, j, i, f->n);
        in += flow[buying];
        out += flow[selling];
        goods[0] += weight * flow[buying];
        goods[1] += weight * flow[selling];
        rate[0] += weight * flow[buying] * rate_before(f, buying);
        rate[1] += weight * flow[buying] * tariff[buying];
        rate[2] += weight * flow[selling] * rate_before(f, selling);
        rate[3] += weight * flow[selling] * tariff[selling];
        after[0] += f->bought[j * f->N + i];
        after[1] += f->sold[j * f->N + i];
        duties[0] += flow[buying] * rate_before(f, buying);
        duties[1] += f->bought[j * f->N + i] * tariff[buying];
    }
    double *const *v = f->out->partner;
    v[PL_PARTNER_imports_before][i] = in;
    v[PL_PARTNER_imports][i] = after[0];
    v[PL_PARTNER_exports_before][i] = out;
    v[PL_PARTNER_exports][i] = after[1];
    v[PL_PARTNER_tariff_before][i] = goods[0] > 0 ? 100 * rate[0] / goods[0] : NAN;
    v[PL_PARTNER_tariff][i] = goods[0] > 0 ? 100 * rate[1] / goods[0] : NAN;
    v[PL_PARTNER_tariff_met_before][i] = goods[1] > 0 ? 100 * rate[2] / goods[1] : NAN;
    v[PL_PARTNER_tariff_met][i] = goods[1] > 0 ? 100 * rate[3] / goods[1] : NAN;
    v[PL_PARTNER_duties_before][i] = duties[0];
    v[PL_PARTNER_duties][i] = duties[1];
}

/* ---- sectors ---- */

static void fill_sector_trade(filling *f, size_t j) {
    const double *flow = pl_world_flow(f->world), *tariff = f->policy->tariff;
    double *const *v = f->out->sector;
    double in = 0, out = 0, rate[2] = {0}, after[2] = {0};
    for (size_t i = 0; i < f->N; i++) {
        size_t buying = position(f, j, f->n, i);
        if (i == f->n)
            continue;
        in += flow[buying];
        out += flow[position(f, j, i, f->n)];
        rate[0] += flow[buying] * rate_before(f, buying);
        rate[1] += flow[buying] * tariff[buying];
        after[0] += f->bought[j * f->N + i];
        after[1] += f->sold[j * f->N + i];
    }
    v[PL_HOME_imports_before][j] = in;
    v[PL_HOME_imports][j] = after[0];
    v[PL_HOME_exports_before][j] = out;
    v[PL_HOME_exports][j] = after[1];
    v[PL_HOME_tariff_before][j] = in > 0 ? 100 * rate[0] / in : NAN;
    v[PL_HOME_tariff][j] = in > 0 ? 100 * rate[1] / in : NAN;
}

static void fill_sector(filling *f, size_t j) {
    static const struct {
        pl_home home;
        pl_variable variable;
    } same[] = {{PL_HOME_output_before, PL_VAR_output_before},
                {PL_HOME_output, PL_VAR_output},
                {PL_HOME_output_volume, PL_VAR_output_volume},
                {PL_HOME_employment, PL_VAR_employment},
                {PL_HOME_wage, PL_VAR_sector_wage},
                {PL_HOME_value_added, PL_VAR_sector_value_added},
                {PL_HOME_producer_price, PL_VAR_producer_price},
                {PL_HOME_user_price, PL_VAR_user_price}};
    const pl_model *m = f->run->model;
    for (size_t k = 0; k < sizeof same / sizeof *same; k++)
        f->out->sector[same[k].home][j] = pl_result_get(f->result, same[k].variable)[j * f->N + f->n];
    size_t at = j * m->S + f->n;
    f->out->sector[PL_HOME_value_added_before][j] = m->beta[at] * m->output[at];
    fill_sector_trade(f, j);
}

/* ---- all of it ---- */

static bool make_room(pl_detail *d, size_t N, size_t J) {
    d->N = N;
    d->J = J;
    d->store = pl_alloc(PL_PARTNER_COUNT * N + PL_HOME_COUNT * J, sizeof *d->store);
    for (size_t k = 0; d->store && k < PL_PARTNER_COUNT; k++)
        d->partner[k] = d->store + k * N;
    for (size_t k = 0; d->store && k < PL_HOME_COUNT; k++)
        d->sector[k] = d->store + PL_PARTNER_COUNT * N + k * J;
    return d->store != NULL;
}

pl_status pl_detail_init(pl_detail *detail, const pl_run *run, size_t variant, size_t country,
                         pl_error *error) {
    const pl_world *w = pl_model_world(run->model);
    filling f = {.run = run,
                 .world = w,
                 .policy = run->policy[variant],
                 .result = run->result[variant],
                 .out = detail,
                 .N = pl_world_size(w, PL_COUNTRY),
                 .J = pl_world_size(w, PL_SECTOR),
                 .n = country};
    memset(detail, 0, sizeof *detail);
    size_t cells = f.N * f.J;
    double *work = pl_alloc(4 * cells, sizeof *work);
    pl_status status = work && make_room(detail, f.N, f.J) ? PL_OK : pl_fail_memory(error, 4 * cells);
    if (!status) {
        f.bought = work;
        f.sold = work + cells;
        f.log_premium = work + 2 * cells;
        status = pl_result_trade_of(f.result, f.policy, country, f.bought, f.sold, error);
    }
    for (size_t i = 0; i < f.N && !status; i++)
        if (i != country)
            fill_partner(&f, i);
    for (size_t j = 0; j < f.J && !status; j++)
        fill_sector(&f, j);
    if (!status) {
        add_premia(&f);
        add_rents(&f);
    }
    for (size_t k = 0; k < PL_PARTNER_COUNT && !status; k++)
        detail->partner[k][country] = NAN; /* a country is no partner of its own */
    free(work);
    if (status)
        pl_detail_clear(detail);
    return status;
}

void pl_detail_clear(pl_detail *detail) {
    free(detail->store);
    memset(detail, 0, sizeof *detail);
}
