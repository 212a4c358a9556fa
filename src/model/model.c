/* Calibration: from a world and elasticities to the shares of docs/model.md section 0. */
#include "model/model.h"

#include <math.h>
#include <string.h>

static bool reserve(pl_model *m) {
    size_t js = m->J * m->S, real = sizeof(double);
    size_t need = 3 * pl_arena_need(m->J, real) + pl_arena_need(m->J * js, real) +
                  8 * pl_arena_need(js, real) + 7 * pl_arena_need(m->S, real);
    if (!pl_arena_init(&m->arena, need))
        return false;
    double **by_sector[] = {&m->theta, &m->sigma_v, &m->sigma_m};
    double **by_both[] = {&m->beta,  &m->profit, &m->output, &m->spending,
                          &m->final, &m->alpha,  &m->labour, &m->exports};
    double **by_country[] = {&m->value_added,    &m->payroll,        &m->deficit,      &m->income,
                             &m->imports_before, &m->exports_before, &m->duties_before};
    for (size_t i = 0; i < 3; i++)
        *by_sector[i] = pl_arena_take(&m->arena, m->J, real);
    for (size_t i = 0; i < 8; i++)
        *by_both[i] = pl_arena_take(&m->arena, js, real);
    for (size_t i = 0; i < 7; i++)
        *by_country[i] = pl_arena_take(&m->arena, m->S, real);
    m->gamma = pl_arena_take(&m->arena, m->J * js, real);
    return true;
}

/* Copies a [N][J] array of the world into a [J][S] one. */
static void turn(const pl_model *m, const double *from, double *to) {
    for (size_t n = 0; n < m->N; n++)
        for (size_t j = 0; j < m->J; j++)
            to[j * m->S + n] = from[n * m->J + j];
}

static void take_input_shares(pl_model *m) {
    const pl_world *w = m->world;
    for (size_t n = 0; n < m->N; n++)
        for (size_t j = 0; j < m->J; j++)
            for (size_t k = 0; k < m->J; k++)
                m->gamma[(j * m->J + k) * m->S + n] = w->input_share[(n * m->J + j) * m->J + k];
}

/* Shares that add up to one to within the data's rounding are made to do so exactly. */
static void close_shares(pl_model *m) {
    for (size_t j = 0; j < m->J; j++) {
        for (size_t n = 0; n < m->N; n++) {
            double sum = m->beta[j * m->S + n];
            for (size_t k = 0; k < m->J; k++)
                sum += m->gamma[(j * m->J + k) * m->S + n];
            if (!(sum > 0))
                continue;
            m->beta[j * m->S + n] /= sum;
            for (size_t k = 0; k < m->J; k++)
                m->gamma[(j * m->J + k) * m->S + n] /= sum;
        }
    }
}

/* Output and spending of section 0 from the flows. */
static void take_flows(pl_model *m) {
    const pl_world *w = m->world;
    for (size_t j = 0; j < m->J; j++) {
        for (size_t n = 0; n < m->N; n++) {
            for (size_t i = 0; i < m->N; i++) {
                size_t at = (j * m->N + n) * m->N + i;
                double x = w->flow[at], paid = w->export_tax ? x / (1 + w->export_tax[at]) : x;
                m->output[j * m->S + i] += paid;
                m->spending[j * m->S + n] += (1 + w->tariff[at]) * x;
                m->duties_before[n] += w->tariff[at] * x;
                if (i == n)
                    continue;
                m->deficit[n] += x;
                m->deficit[i] -= x;
                m->imports_before[n] += x;
                m->exports_before[i] += x;
                m->exports[j * m->S + i] += x;
            }
        }
    }
}

/* Final demand is what spending leaves after inputs. A shortfall within rounding is kept, so that every
 * identity holds to the last bit; check_demand refuses a larger one. */
static void take_demand(pl_model *m) {
    for (size_t j = 0; j < m->J; j++)
        for (size_t n = 0; n < m->N; n++)
            m->final[j * m->S + n] = m->spending[j * m->S + n];
    for (size_t j = 0; j < m->J; j++)
        for (size_t k = 0; k < m->J; k++)
            for (size_t n = 0; n < m->N; n++)
                m->final[k * m->S + n] -= m->gamma[(j * m->J + k) * m->S + n] * m->output[j * m->S + n];
    for (size_t j = 0; j < m->J; j++) {
        for (size_t n = 0; n < m->N; n++) {
            size_t at = j * m->S + n;
            double v = m->beta[at] * m->output[at];
            m->value_added[n] += v;
            m->payroll[n] += (1 - m->profit[at]) * v;
            m->income[n] += m->final[at];
        }
    }
}

static pl_status check_demand(const pl_model *m, pl_error *error) {
    const pl_world *w = m->world;
    for (size_t n = 0; n < m->N; n++) {
        if (!(m->payroll[n] > 0))
            return pl_fail(error, PL_INVALID,
                           "%s: value added paid to labour is %g million USD; it must be positive",
                           w->country_code[n], m->payroll[n]);
        for (size_t j = 0; j < m->J; j++)
            if (!(m->final[j * m->S + n] >= -1e-9 * m->spending[j * m->S + n]))
                return pl_fail(error, PL_INVALID,
                               "%s, sector %s: final demand is %g million USD; it may not be negative "
                               "('parley world balance' mends it)",
                               w->country_code[n], w->sector_code[j], m->final[j * m->S + n]);
        if (!(m->income[n] > 0))
            return pl_fail(error, PL_INVALID, "%s: income is %g million USD; it must be positive",
                           w->country_code[n], m->income[n]);
    }
    return PL_OK;
}

static void take_shares(pl_model *m) {
    for (size_t j = 0; j < m->J; j++) {
        for (size_t n = 0; n < m->N; n++) {
            size_t at = j * m->S + n;
            m->alpha[at] = m->final[at] / m->income[n];
            m->labour[at] = (1 - m->profit[at]) * m->beta[at] * m->output[at] / m->payroll[n];
        }
    }
}

/* One elasticity set, from the world or from the published ones. */
static pl_status take_theta(pl_model *m, const char *name, pl_error *error) {
    const pl_world *w = m->world;
    size_t published = 0;
    const char *const *names = pl_elasticity_names(&published);
    for (size_t s = 0; s < w->sets; s++) {
        if (!*name || pl_same_word(name, w->set[s].name)) {
            memcpy(m->theta, w->set[s].theta, m->J * sizeof(double));
            snprintf(m->elasticities, sizeof m->elasticities, "%s", w->set[s].name);
            return PL_OK;
        }
    }
    const char *wanted = *name ? name : names[0];
    bool known = false;
    for (size_t s = 0; s < published; s++)
        known = known || pl_same_word(wanted, names[s]);
    if (!known) {
        char near[96];
        return pl_fail(error, PL_INVALID,
                       "unknown elasticity set '%s'%s; this world has %zu of its own, and %s, %s, "
                       "%s, %s, %s and %s are published ones",
                       wanted, pl_suggest_text(near, sizeof near, wanted, names, published), w->sets,
                       names[0], names[1], names[2], names[3], names[4], names[5]);
    }
    snprintf(m->elasticities, sizeof m->elasticities, "%s", wanted);
    for (size_t j = 0; j < m->J; j++)
        if (!pl_elasticity_lookup(wanted, w->sector_code[j], &m->theta[j]))
            m->theta[j] = NAN; /* refused below unless the sector has a value of its own */
    return PL_OK;
}

static double pick(const double *values, size_t j, double otherwise) {
    return values && !isnan(values[j]) ? values[j] : otherwise;
}

static pl_status take_sectors(pl_model *m, const pl_sector_values *sectors, pl_error *error) {
    const pl_world *w = m->world;
    for (size_t j = 0; j < m->J; j++) {
        m->theta[j] = pick(sectors ? sectors->theta : NULL, j, m->theta[j]);
        m->sigma_v[j] = pick(sectors ? sectors->sigma_value_added : NULL, j, m->settings.sigma_value_added);
        m->sigma_m[j] = pick(sectors ? sectors->sigma_inputs : NULL, j, m->settings.sigma_inputs);
        if (isnan(m->theta[j]))
            return pl_fail(error, PL_INVALID,
                           "sector %s: neither the world nor set %s has a trade elasticity for it; give "
                           "'sectors: {%s: {theta: ...}}'",
                           w->sector_code[j], m->elasticities, w->sector_code[j]);
        if (!(m->theta[j] > 0) || !isfinite(m->theta[j]))
            return pl_fail(error, PL_INVALID, "sector %s: trade elasticity theta is %g; it must be positive",
                           w->sector_code[j], m->theta[j]);
        if (!(m->sigma_v[j] >= 0 && m->sigma_v[j] <= 100) || !(m->sigma_m[j] >= 0 && m->sigma_m[j] <= 100))
            return pl_fail(error, PL_INVALID, "sector %s: elasticity of substitution %g is outside 0 to 100",
                           w->sector_code[j],
                           m->sigma_v[j] >= 0 && m->sigma_v[j] <= 100 ? m->sigma_m[j] : m->sigma_v[j]);
    }
    return PL_OK;
}

pl_status pl_model_calibrate(const pl_world *world, const pl_settings *settings,
                             const pl_sector_values *sectors, pl_model **model, pl_error *error) {
    *model = NULL;
    pl_model *m = pl_alloc(1, sizeof *m);
    if (!m)
        return pl_fail_memory(error, sizeof *m);
    m->world = world;
    m->settings = *settings;
    m->N = world->countries;
    m->J = world->sectors;
    m->S = (m->N + 7) / 8 * 8;
    if (!reserve(m)) {
        pl_model_free(m);
        return pl_fail_memory(error, world->sectors * world->sectors * world->countries * sizeof(double));
    }
    turn(m, world->value_added_share, m->beta);
    if (world->profit_share)
        turn(m, world->profit_share, m->profit);
    take_input_shares(m);
    close_shares(m);
    take_flows(m);
    take_demand(m);
    pl_status status = take_theta(m, settings->elasticities, error);
    if (!status)
        status = take_sectors(m, sectors, error);
    if (!status)
        status = check_demand(m, error);
    if (status) {
        pl_model_free(m);
        return status;
    }
    take_shares(m);
    *model = m;
    return PL_OK;
}

void pl_model_free(pl_model *m) {
    if (!m)
        return;
    pl_world_free(m->own);
    pl_arena_clear(&m->arena);
    free(m);
}

const pl_world *pl_model_world(const pl_model *m) {
    return m->world;
}

const double *pl_model_theta(const pl_model *m) {
    return m->theta;
}

const char *pl_model_elasticities(const pl_model *m) {
    return m->elasticities;
}

const pl_settings *pl_model_settings(const pl_model *m) {
    return &m->settings;
}
