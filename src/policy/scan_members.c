/* Solving the members of a sweep: chains of neighbours handed out to threads, each with a model and a solver of its own. */
#include "policy/scan_plan.h"

#include <math.h>
#include <string.h>

enum { PAST = 5 };

/* What a thread works with. The scenario is a shallow copy whose options, settings and varied measures are the member's, so
 * that threads share the rest without touching it. */
typedef struct {
    const pl_scan *scan;
    pl_scenario scenario;
    pl_scope scope;
    pl_variant variant;
    pl_measure *measure;         /* [dims] copies of what is varied */
    const pl_measure **measures; /* of the variant */
    pl_option *options;
    /* States of the members before in the chain, newest first, and the values they belong to. */
    double *past[PAST], *guess, at[PAST];
    size_t pasts, length;
    size_t key; /* which model it is; SIZE_MAX for none */
    pl_model *model;
    pl_solver *solver;
    pl_result *result;
} bench;

static void close_bench(void *tool) {
    bench *b = tool;
    if (!b)
        return;
    pl_result_free(b->result);
    pl_solver_free(b->solver);
    pl_model_free(b->model);
    free(b->guess);
    free(b->measure);
    free(b->measures);
    free(b->options);
    free(b);
}

static pl_status open_bench(const pl_scan *s, bench **out, pl_error *error) {
    const pl_scope *scope = s->scenario->scope[0];
    size_t most = 0;
    for (size_t v = 0; v < s->scenario->variants; v++)
        most = s->scenario->variant[v].measures > most ? s->scenario->variant[v].measures : most;
    bench *b = *out = pl_alloc(1, sizeof *b);
    if (!b)
        return pl_fail_memory(error, sizeof *b);
    b->scan = s;
    b->key = SIZE_MAX;
    b->measure = pl_alloc(s->dims, sizeof *b->measure);
    b->measures = pl_alloc(most + 1, sizeof *b->measures);
    b->options = pl_alloc(scope->options + 1, sizeof *b->options);
    if (b->measure && b->measures && b->options)
        return PL_OK;
    close_bench(b);
    *out = NULL;
    return pl_fail_memory(error, most * sizeof *b->measures);
}

/* ---- a member's scenario ---- */

static void put_option(bench *b, const char *name, bool on) {
    for (size_t o = 0; o < b->scope.options; o++)
        if (!strcmp(b->options[o].name, name))
            b->options[o].on = on;
}

static pl_status put_measure(bench *b, size_t dim, const char *shown, pl_error *error) {
    const pl_vary *v = &b->scan->vary[dim];
    pl_measure *copy = &b->measure[dim];
    *copy = *v->measure;
    double *place = pl_kind_is_control(copy->kind) ? &copy->control.level : &copy->rate;
    for (size_t m = 0; m < b->variant.measures; m++)
        if (b->measures[m] == v->measure)
            b->measures[m] = copy;
    return pl_vary_rate(v, shown, place, error);
}

/* Lays the member's values into the copy. */
static pl_status lay_out(bench *b, size_t member, pl_error *error) {
    const pl_scan *s = b->scan;
    size_t variant = s->variant;
    for (size_t d = 0; d < s->dims; d++)
        if (s->vary[d].kind == PL_VARY_VARIANT)
            variant = (size_t)s->vary[d].value[pl_scan_position(s, member, d)];
    b->scenario = *s->scenario;
    b->scope = *s->scenario->scope[0];
    b->variant = s->scenario->variant[variant];
    if (b->scope.options)
        memcpy(b->options, b->scope.option, b->scope.options * sizeof *b->options);
    if (b->variant.measures)
        memcpy(b->measures, b->variant.measure, b->variant.measures * sizeof *b->measures);
    b->scope.option = b->options;
    b->variant.measure = b->measures;
    b->variant.scope = &b->scope;
    b->scenario.variant = &b->variant;
    b->scenario.variants = 1;
    pl_status status = PL_OK;
    for (size_t d = 0; d < s->dims && !status; d++) {
        const pl_vary *v = &s->vary[d];
        size_t at = pl_scan_position(s, member, d);
        if (v->kind == PL_VARY_OPTION)
            put_option(b, v->key, v->value[at] != 0);
        else if (v->kind == PL_VARY_SETTING)
            status = pl_settings_set(&b->scenario.settings, v->key, v->shown.item[at], error);
        else if (v->kind == PL_VARY_MEASURE)
            status = put_measure(b, d, v->shown.item[at], error);
    }
    return status;
}

/* Members with the same key stand on one model. */
static size_t key_of(const pl_scan *s, size_t member) {
    size_t key = 0;
    bool own = false;
    for (size_t d = 0; d < s->dims; d++) {
        if (s->vary[d].kind != PL_VARY_SETTING)
            continue;
        own = true;
        key = key * s->vary[d].count + pl_scan_position(s, member, d);
    }
    return s->sampled && own ? member : s->sampled ? 0 : key;
}

static pl_status take_model(bench *b, size_t member, pl_error *error) {
    size_t key = key_of(b->scan, member);
    if (b->model && key == b->key)
        return PL_OK;
    pl_result_free(b->result);
    pl_solver_free(b->solver);
    pl_model_free(b->model);
    b->result = NULL;
    b->solver = NULL;
    b->model = NULL;
    b->key = key;
    pl_status status = pl_scenario_model(&b->scenario, b->scan->world, &b->model, error);
    if (!status)
        status = pl_solver_new(b->model, &b->solver, error);
    return status ? status : pl_result_new(b->model, &b->result, error);
}

pl_status pl_scan_try(const pl_scan *s, size_t member, pl_error *error) {
    bench *b = NULL;
    pl_policy *policy = NULL;
    pl_model *model = NULL;
    pl_status status = open_bench(s, &b, error);
    if (!status)
        status = lay_out(b, member, error);
    if (!status)
        status = pl_scenario_policy(&b->scenario, s->world, 0, &policy, error);
    if (!status && b->scenario.settings.closure != PL_BALANCED)
        status = pl_scenario_model(&b->scenario, s->world, &model, error);
    pl_policy_free(policy);
    pl_model_free(model);
    close_bench(b);
    return status;
}

/* ---- solving ---- */

typedef struct {
    pl_scan *scan;
    volatile int *stop;
} errand;

/* `stop` may be set by a signal while other threads read it, hence the atomic load. */
static bool is_stopped(const errand *e) {
    return e->stop && __atomic_load_n(e->stop, __ATOMIC_RELAXED);
}

static void keep(pl_scan *s, size_t member, const pl_result *result) {
    size_t N = pl_world_size(s->world, PL_COUNTRY), J = pl_world_size(s->world, PL_SECTOR);
    for (size_t k = 0; k < s->variables; k++)
        memcpy(s->value + member * s->record + s->offset[k], pl_result_get(result, s->variable[k]),
               (pl_variable_by_sector(s->variable[k]) ? J * N : N) * sizeof(double));
}

/* Room for states of another length, one block; what is kept is forgotten. */
static bool make_room(bench *b, size_t length) {
    if (length == b->length && b->guess)
        return true;
    free(b->guess);
    b->pasts = 0;
    b->length = length;
    b->guess = pl_alloc((PAST + 1) * length, sizeof *b->guess);
    for (size_t k = 0; b->guess && k < PAST; k++)
        b->past[k] = b->guess + (k + 1) * length;
    return b->guess != NULL;
}

/* The state to be expected at `at`: the polynomial through the states before. */
static void extrapolate(bench *b, double at) {
    for (size_t i = 0; i < b->length; i++)
        b->guess[i] = 0;
    for (size_t k = 0; k < b->pasts; k++) {
        double weight = 1;
        for (size_t o = 0; o < b->pasts; o++)
            weight *= o == k ? 1 : (at - b->at[o]) / (b->at[k] - b->at[o]);
        for (size_t i = 0; i < b->length; i++)
            b->guess[i] += weight * b->past[k][i];
    }
}

static void remember(bench *b, double at) {
    double *oldest = b->past[PAST - 1];
    for (size_t k = PAST - 1; k > 0; k--) {
        b->past[k] = b->past[k - 1];
        b->at[k] = b->at[k - 1];
    }
    b->past[0] = oldest;
    b->at[0] = at;
    memcpy(oldest, pl_solver_state(b->solver), b->length * sizeof *oldest);
    b->pasts = b->pasts < PAST ? b->pasts + 1 : (size_t)PAST;
}

/* Starts where the members before in the chain point to, or cold. */
static pl_status start(bench *b, const pl_policy *policy, double at, pl_error *error) {
    if (b->pasts) {
        extrapolate(b, at);
        return pl_solver_start_at(b->solver, policy, b->guess, true, b->scenario.settings.tolerance, error);
    }
    pl_status status = pl_solver_start(b->solver, policy, NULL, error);
    if (!status && !make_room(b, pl_solver_map(b->solver)->at.length))
        status = pl_fail_memory(error, (PAST + 1) * b->length * sizeof *b->guess);
    return status;
}

/* One member. `at` is its value along the chain. */
static pl_status solve(const errand *e, bench *b, size_t member, double at, const pl_policy *policy,
                       pl_error *error) {
    pl_scan_member *one = &e->scan->member[member];
    pl_certificate certificate;
    pl_status status = start(b, policy, at, error);
    if (status)
        return status;
    while (pl_solver_step(b->solver) == PL_RUNNING)
        if (is_stopped(e))
            return pl_fail(error, PL_CANCELLED, "interrupted");
    status = pl_solver_finish(b->solver, b->result, error);
    if (!status)
        status = pl_result_certify(b->result, policy, &certificate, error);
    if (status)
        return status;
    if (pl_result_converged(b->result))
        remember(b, at);
    else
        b->pasts = 0;
    keep(e->scan, member, b->result);
    *one = (pl_scan_member){true, pl_result_converged(b->result), pl_result_iterations(b->result),
                            certificate.worst};
    return PL_OK;
}

/* A model that cannot be solved for, as closure balanced may be, is a member that did not converge. */
static pl_status solve_member(const errand *e, bench *b, size_t member, double at, pl_error *error) {
    pl_policy *policy = NULL;
    pl_status status = lay_out(b, member, error);
    if (!status)
        status = take_model(b, member, error);
    if (status == PL_FAILED) {
        e->scan->member[member].solved = true;
        status = PL_OK;
    } else {
        if (!status)
            status = pl_scenario_policy(&b->scenario, pl_model_world(b->model), 0, &policy, error);
        if (!status)
            status = solve(e, b, member, at, policy, error);
        pl_policy_free(policy);
    }
    if (!status)
        __atomic_add_fetch(&e->scan->done, 1, __ATOMIC_RELAXED);
    return status;
}

static pl_status open_one(void *data, void **tool, pl_error *error) {
    const errand *e = data;
    bench *b = NULL;
    pl_status status = open_bench(e->scan, &b, error);
    *tool = b;
    return status;
}

static pl_status run_chain(void *data, void *tool, size_t at, pl_error *error) {
    const errand *e = data;
    const pl_scan *s = e->scan;
    const pl_chain *chain = &s->chain[at];
    bench *b = tool;
    b->pasts = 0;
    for (size_t k = 0; k < chain->count; k++) {
        size_t member = chain->first + k * chain->step;
        double value =
            s->along < s->dims ? s->vary[s->along].value[pl_scan_position(s, member, s->along)] : 0;
        if (is_stopped(e))
            return pl_fail(error, PL_CANCELLED, "interrupted");
        pl_status status = solve_member(e, b, member, value, error);
        if (status)
            return status;
    }
    return PL_OK;
}

pl_status pl_scan_run(pl_scan *scan, volatile int *stop, pl_error *error) {
    errand e = {scan, stop};
    const pl_jobs jobs = {
        .count = scan->chains, .data = &e, .open = open_one, .run = run_chain, .close = close_bench};
    return pl_jobs_run(&jobs, scan->threads, error);
}
