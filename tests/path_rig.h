/* Paths over small worlds for tests: the policy of each month written by hand. */
#ifndef PATH_RIG_H
#define PATH_RIG_H

#include "small_world.h"
#include "time/time.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* A tariff, export tax or ban on one flow (or on all imports of a buyer when `flow` is SIZE_MAX), in force in months
 * [from, until) and known from the end of month `announced` on (-1: always). */
typedef struct {
    enum { RIG_TARIFF, RIG_EXPORT_TAX, RIG_ICEBERG, RIG_QUOTA } kind;
    size_t flow, buyer;
    double rate;
    long announced, from, until;
} rig_measure;

typedef struct {
    pl_world *world;
    pl_model *model;
    pl_path *path;
    rig_measure measure[8];
    size_t measures;
} path_rig;

static inline void rig_apply(const path_rig *r, const rig_measure *m, pl_policy *p) {
    size_t N = r->model->N;
    if (m->kind == RIG_TARIFF && m->flow == SIZE_MAX) {
        for (size_t j = 0; j < r->model->J; j++)
            for (size_t i = 0; i < N; i++)
                if (i != m->buyer)
                    pl_policy_tariff(p)[(j * N + m->buyer) * N + i] += m->rate;
    } else if (m->kind == RIG_TARIFF) {
        pl_policy_tariff(p)[m->flow] += m->rate;
    } else if (m->kind == RIG_EXPORT_TAX) {
        pl_policy_export_tax(p)[m->flow] += m->rate;
    } else if (m->kind == RIG_ICEBERG) {
        pl_policy_iceberg(p)[m->flow] *= m->rate;
    } else {
        pl_cap cap = {.name = "quota", .flows = &m->flow, .count = 1, .level = m->rate, .to_seller = 1};
        assert_int_equal(pl_policy_add_cap(p, &cap, NULL), PL_OK);
    }
}

static inline pl_status rig_policy(void *context, size_t month, size_t known, pl_policy **policy,
                                   pl_error *error) {
    const path_rig *r = context;
    pl_status status = pl_policy_new(r->model->world, policy, error);
    for (size_t k = 0; k < r->measures && !status; k++) {
        const rig_measure *m = &r->measure[k];
        if ((long)month >= m->from && (long)month < m->until && m->announced <= (long)known)
            rig_apply(r, m, *policy);
    }
    return status;
}

static inline void rig_open(path_rig *r, const small_tables *tables, const pl_settings *settings) {
    memset(r, 0, sizeof *r);
    r->world = small_world(tables);
    assert_non_null(r->world);
    assert_int_equal(pl_model_new(r->world, settings, NULL, &r->model, NULL), PL_OK);
}

static inline void rig_start(path_rig *r, size_t months, const pl_licence *licence, size_t licences) {
    pl_error error = {PL_OK, ""};
    pl_path_input input = {.model = r->model,
                           .source = {.context = r, .policy = rig_policy},
                           .licence = licence,
                           .licences = licences,
                           .from = {2025, 1, 1},
                           .months = months};
    pl_path_free(r->path);
    if (pl_path_open(&input, &r->path, &error))
        fail_msg("%s", error.text);
}

/* Solves every month; each must be right to 1e-9. */
static inline void rig_run(path_rig *r) {
    pl_error error = {PL_OK, ""};
    while (pl_path_done(r->path) < pl_path_months(r->path)) {
        if (pl_path_step(r->path, &error))
            fail_msg("%s", error.text);
        const pl_month *m = pl_path_month(r->path, pl_path_done(r->path) - 1);
        if (!m->converged || !(m->worst < 1e-9))
            fail_msg("month %zu: converged %d after %zu, worst %g: clearing %g income %g labour %g price %g "
                     "walras %g rent %g shares %g caps %g stocks %g",
                     pl_path_done(r->path) - 1, m->converged, m->iterations, m->worst,
                     m->residual.market_clearing, m->residual.income, m->residual.labour,
                     m->residual.price_index, m->residual.walras, m->residual.rent, m->residual.shares,
                     m->residual.complementarity, m->stocks);
    }
}

static inline void rig_close(path_rig *r) {
    pl_path_free(r->path);
    pl_model_free(r->model);
    pl_world_free(r->world);
}

#endif
