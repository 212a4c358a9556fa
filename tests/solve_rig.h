/* Solves over small worlds for tests: a world, its model, a solver, a result, and a policy to be written by hand. */
#ifndef SOLVE_RIG_H
#define SOLVE_RIG_H

#include "small_world.h"
#include "solve/solve.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

typedef struct {
    pl_world *world;
    pl_model *model;
    pl_solver *solver;
    pl_result *result;
    pl_policy *policy;
} solve_rig;

static inline solve_rig solve_rig_open(const small_tables *tables, const pl_settings *settings) {
    solve_rig r = {.world = small_world(tables)};
    assert_non_null(r.world);
    assert_int_equal(pl_model_new(r.world, settings, NULL, &r.model, NULL), PL_OK);
    assert_int_equal(pl_solver_new(r.model, &r.solver, NULL), PL_OK);
    assert_int_equal(pl_result_new(r.model, &r.result, NULL), PL_OK);
    assert_int_equal(pl_policy_new(pl_model_world(r.model), &r.policy, NULL), PL_OK);
    return r;
}

static inline void solve_rig_close(solve_rig *r) {
    pl_policy_free(r->policy);
    pl_result_free(r->result);
    pl_solver_free(r->solver);
    pl_model_free(r->model);
    pl_world_free(r->world);
}

#endif
