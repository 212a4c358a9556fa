/* What a path, and the long run, say of each observed series. */
#include "check/check.h"

#include <math.h>
#include <string.h>

typedef struct {
    const pl_scenario *scenario;
    const pl_world *world;
    size_t N, J, usa, china, magnets; /* SIZE_MAX where the world has none */
    double *value, *volume;           /* [J][N][N] of a month, times twelve */
} view;

static pl_status view_init(view *v, const pl_scenario *scenario, const pl_world *world, pl_error *error) {
    memset(v, 0, sizeof *v);
    v->scenario = scenario;
    v->world = world;
    v->N = pl_world_size(world, PL_COUNTRY);
    v->J = pl_world_size(world, PL_SECTOR);
    pl_status status = pl_world_find(world, PL_COUNTRY, "USA", &v->usa, error);
    if (!status)
        status = pl_world_find(world, PL_COUNTRY, "CHN", &v->china, error);
    if (status)
        return status;
    if (pl_world_find(world, PL_SECTOR, "MAG", &v->magnets, NULL))
        v->magnets = SIZE_MAX;
    v->value = pl_alloc(2 * v->J * v->N * v->N, sizeof(double));
    if (!v->value)
        return pl_fail_memory(error, 2 * v->J * v->N * v->N * sizeof(double));
    v->volume = v->value + v->J * v->N * v->N;
    return PL_OK;
}

/* Trade in goods of a buyer and a seller, SIZE_MAX for all others; the home market is left out. `rate` weights it. */
typedef struct {
    size_t buyer, seller, except, sector;
} pair;

static double trade(const view *v, const double *table, const double *rate, pair p) {
    double sum = 0;
    for (size_t j = 0; j < v->J; j++) {
        if (p.sector == SIZE_MAX ? !pl_world_is_goods(v->world, j) : j != p.sector)
            continue;
        for (size_t n = 0; n < v->N; n++) {
            for (size_t i = 0; i < v->N; i++) {
                size_t at = (j * v->N + n) * v->N + i;
                bool counts = n != i && i != p.except && (p.buyer == SIZE_MAX || p.buyer == n) &&
                              (p.seller == SIZE_MAX || p.seller == i);
                sum += counts ? table[at] * (rate ? rate[at] : 1) : 0;
            }
        }
    }
    return sum;
}

static pair pair_of(const view *v, pl_quantity q) {
    const size_t any = SIZE_MAX;
    switch (q) {
    case PL_Q_US_CHINA:
    case PL_Q_RATE_CHINA:
    case PL_Q_CHINA_USA:
        return (pair){v->usa, v->china, any, any};
    case PL_Q_US_OTHERS:
    case PL_Q_RATE_OTHERS:
        return (pair){v->usa, any, v->china, any};
    case PL_Q_MAGNET_WORLD:
        return (pair){any, v->china, any, v->magnets};
    case PL_Q_MAGNET_USA:
        return (pair){v->usa, v->china, any, v->magnets};
    default:
        return (pair){any, v->china, any, any};
    }
}

static double index_of(const view *v, const double *table, pl_quantity q) {
    double base = trade(v, pl_world_flow(v->world), NULL, pair_of(v, q));
    return base > 0 ? trade(v, table, NULL, pair_of(v, q)) / base : NAN;
}

/* Trade of a year's size into indices; prices and rates stay as they are. */
static void fill_trade(const view *v, double *value) {
    static const pl_quantity by_value[] = {PL_Q_US_CHINA, PL_Q_US_OTHERS, PL_Q_CHINA_USA, PL_Q_CHINA_WORLD};
    for (size_t k = 0; k < sizeof by_value / sizeof *by_value; k++)
        value[by_value[k]] = index_of(v, v->value, by_value[k]);
    bool known = v->magnets != SIZE_MAX;
    value[PL_Q_MAGNET_WORLD] = known ? index_of(v, v->volume, PL_Q_MAGNET_WORLD) : NAN;
    value[PL_Q_MAGNET_USA] = known ? index_of(v, v->volume, PL_Q_MAGNET_USA) : NAN;
}

/* Average duties by what is bought, beyond those of the base year, points. */
static void fill_rates(const view *v, const double *tariff, double *value) {
    for (pl_quantity q = PL_Q_RATE_CHINA; q <= PL_Q_RATE_OTHERS; q++) {
        pair p = pair_of(v, q);
        const double *flow = pl_world_flow(v->world);
        double before = trade(v, flow, pl_world_tariff(v->world), p) / trade(v, flow, NULL, p);
        double bought = trade(v, v->value, NULL, p);
        value[q] = bought > 0 ? 100 * (trade(v, v->value, tariff, p) / bought - before) : NAN;
    }
}

/* Average change of prices of Chinese goods at the gate, weighted by what was made; `price` and `made` are [J][N]. */
static double gate_price(const view *v, const double *price, const double *made) {
    double sum = 0, weight = 0;
    for (size_t j = 0; j < v->J; j++) {
        if (!pl_world_is_goods(v->world, j))
            continue;
        sum += price[j * v->N + v->china] * made[j * v->N + v->china];
        weight += made[j * v->N + v->china];
    }
    return weight > 0 ? sum / weight : NAN;
}

static pl_date month_date(long month) {
    return (pl_date){.year = (int)(month / 12), .month = (int)(month % 12) + 1, .day = 1};
}

static pl_status month_rates(const view *v, long month, double *value, pl_error *error) {
    pl_policy *policy = NULL;
    const pl_date later = {.year = 9998, .month = 1, .day = 1};
    pl_status status =
        pl_scenario_policy_month(v->scenario, v->world, 0, month_date(month), later, &policy, error);
    if (!status)
        fill_rates(v, pl_policy_tariff(policy), value);
    pl_policy_free(policy);
    return status;
}

/* The month the path solved last. */
static pl_status fill_month(view *v, const pl_path *path, size_t m, const double *made, bool rates,
                            double *value, pl_error *error) {
    long month = 12L * pl_path_date(path, m).year + pl_path_date(path, m).month - 1;
    pl_path_trade(path, v->value, v->volume);
    for (size_t at = 0; at < 2 * v->J * v->N * v->N; at++)
        v->value[at] *= 12;
    fill_trade(v, value);
    value[PL_Q_CONSUMER] = pl_path_get(path, PL_PATH_retail_price, m)[v->china];
    value[PL_Q_PRODUCER] = gate_price(v, pl_path_get(path, PL_PATH_producer_price, m), made);
    return rates ? month_rates(v, month, value, error) : PL_OK;
}

static pl_status run(view *v, pl_path *path, bool rates, volatile int *stop, pl_indices *out,
                     pl_error *error) {
    double value[PL_QUANTITIES];
    pl_status status = PL_OK;
    for (size_t m = 0; m < out->months && !status; m++) {
        if (stop && *stop)
            return pl_fail(error, PL_CANCELLED, "interrupted");
        status = pl_path_step(path, error);
        if (!status && !pl_path_month(path, m)->converged)
            status = pl_fail(error, PL_FAILED, "month %zu of the path did not converge", m + 1);
        for (int q = 0; q < PL_QUANTITIES; q++)
            value[q] = NAN;
        if (!status)
            status = fill_month(v, path, m, pl_path_get(path, PL_PATH_sector_output, 0), rates, value, error);
        for (int q = 0; q < PL_QUANTITIES; q++)
            out->value[(size_t)q * out->months + m] = value[q];
    }
    return status;
}

pl_status pl_indices_of_path(const pl_scenario *scenario, const pl_world *world, long first, size_t months,
                             bool rates, volatile int *stop, pl_indices *out, pl_error *error) {
    view v;
    pl_path *path = NULL;
    *out = (pl_indices){
        .first = first, .months = months, .value = pl_alloc(PL_QUANTITIES * months, sizeof(double))};
    pl_status status = out->value ? view_init(&v, scenario, world, error)
                                  : pl_fail_memory(error, PL_QUANTITIES * months * 8);
    if (!out->value)
        return status;
    if (!status)
        status = pl_path_new(scenario, world, 0, month_date(first), months, &path, error);
    if (!status)
        status = run(&v, path, rates, stop, out, error);
    pl_path_free(path);
    free(v.value);
    if (status) {
        free(out->value);
        out->value = NULL;
    }
    return status;
}

double pl_indices_at(const pl_indices *x, pl_quantity quantity, long month) {
    if (month < x->first || month >= x->first + (long)x->months)
        return NAN;
    return x->value[(size_t)quantity * x->months + (size_t)(month - x->first)];
}

double pl_indices_arrive(const pl_indices *x, pl_quantity quantity, long month, double transit) {
    bool rate = quantity == PL_Q_RATE_CHINA || quantity == PL_Q_RATE_OTHERS;
    pl_quantity trade_of = quantity == PL_Q_RATE_CHINA    ? PL_Q_US_CHINA
                           : quantity == PL_Q_RATE_OTHERS ? PL_Q_US_OTHERS
                                                          : quantity;
    if (trade_of != PL_Q_US_CHINA && trade_of != PL_Q_US_OTHERS)
        return pl_indices_at(x, quantity, month);
    long before = month > x->first ? month - 1 : month;
    double now = (1 - transit) * pl_indices_at(x, trade_of, month),
           then = transit * pl_indices_at(x, trade_of, before);
    if (!rate)
        return now + then;
    return (now * pl_indices_at(x, quantity, month) + then * pl_indices_at(x, quantity, before)) /
           (now + then);
}

/* ---- the long run ---- */

static pl_status solve_long_run(view *v, const pl_model *model, const pl_policy *policy, double *value,
                                pl_error *error) {
    pl_solver *solver = NULL;
    pl_result *result = NULL;
    pl_status status = pl_result_new(model, &result, error);
    if (!status)
        status = pl_solver_new(model, &solver, error);
    if (!status)
        status = pl_solver_run(solver, policy, NULL, result, error);
    if (!status && !pl_result_converged(result))
        status = pl_fail(error, PL_FAILED, "the long-run equilibrium did not converge");
    if (!status)
        status = pl_result_trade(result, policy, v->value, error);
    if (!status) {
        fill_trade(v, value);
        value[PL_Q_MAGNET_WORLD] = value[PL_Q_MAGNET_USA] = NAN; /* values are known, volumes are not */
        fill_rates(v, pl_policy_tariff((pl_policy *)(uintptr_t)policy), value);
        value[PL_Q_CONSUMER] = pl_result_get(result, PL_VAR_consumer_price)[v->china];
        value[PL_Q_PRODUCER] = gate_price(v, pl_result_get(result, PL_VAR_producer_price),
                                          pl_result_get(result, PL_VAR_output_before));
    }
    pl_solver_free(solver);
    pl_result_free(result);
    return status;
}

pl_status pl_indices_long_run(const pl_scenario *scenario, const pl_world *world, long month, double *value,
                              pl_error *error) {
    view v;
    pl_model *model = NULL;
    pl_policy *policy = NULL;
    pl_date middle = month_date(month);
    middle.day = 15;
    for (int q = 0; q < PL_QUANTITIES; q++)
        value[q] = NAN;
    pl_status status = view_init(&v, scenario, world, error);
    if (!status)
        status = pl_scenario_model(scenario, world, &model, error);
    if (!status)
        status = pl_scenario_policy_on(scenario, world, 0, middle, &policy, error);
    if (!status)
        status = solve_long_run(&v, model, policy, value, error);
    pl_policy_free(policy);
    pl_model_free(model);
    free(v.value);
    return status;
}
