/* A path: month after month, each an equilibrium of the short run that starts from the month before. */
#include "time/time.h"

#include <math.h>
#include <string.h>

enum { MOST = 600, NEWTON_STEPS = 40 };

static pl_status reserve(pl_path *path, pl_error *error) {
    const pl_model *m = path->model;
    size_t js = path->J * path->S, cells = path->J * path->N * path->N, real = sizeof(double);
    size_t need = pl_weights_need(m) + pl_arena_need(pl_y_layout(m, 0).premium, real) +
                  3 * pl_arena_need(path->S, real) + 6 * pl_arena_need(js, real) +
                  2 * pl_arena_need(cells, real);
    if (!pl_arena_init(&path->arena, need))
        return pl_fail_memory(error, need);
    path->before = pl_arena_take(&path->arena, pl_y_layout(m, 0).premium, real);
    path->anchor = pl_arena_take(&path->arena, path->S, real);
    path->spent = pl_arena_take(&path->arena, path->S, real);
    memcpy(path->spent, m->income, path->S * real);
    path->retail = pl_arena_take(&path->arena, path->S, real);
    path->normal_output = pl_arena_take(&path->arena, js, real);
    path->cost_power = pl_arena_take(&path->arena, js, real);
    path->shortage = pl_arena_take(&path->arena, js, real);
    path->limit_state = pl_arena_take(&path->arena, js, real);
    path->entered.log_premium = pl_arena_take(&path->arena, js, real);
    path->entered.keep = pl_arena_take(&path->arena, js, real);
    path->trade = pl_arena_take(&path->arena, cells, real);
    path->volume = pl_arena_take(&path->arena, cells, real);
    for (size_t at = 0; at < js; at++)
        path->normal_output[at] = 1;
    return PL_OK;
}

/* The state and its history for the map's present length; what both layouts share of the state is kept. */
static pl_status lay_out(pl_path *path, pl_error *error) {
    size_t length = path->map.at.length, depth = path->model->settings.anderson_depth, real = sizeof(double);
    size_t need = 3 * pl_arena_need(length, real) + pl_anderson_need(length, depth);
    pl_arena arena;
    if (!pl_arena_init(&arena, need))
        return pl_fail_memory(error, need);
    double *y = pl_arena_take(&arena, length, real);
    if (path->y)
        memcpy(y, path->y, path->map.at.premium * real);
    pl_arena_clear(&path->state_arena);
    path->state_arena = arena;
    path->y = y;
    path->g = pl_arena_take(&path->state_arena, length, real);
    path->spare = pl_arena_take(&path->state_arena, length, real);
    pl_anderson_init(&path->anderson, &path->state_arena, length, depth);
    return PL_OK;
}

/* The map with no measure, from which weights start; then everything that lasts. */
static pl_status prepare(pl_path *path, pl_error *error) {
    pl_policy *none = NULL;
    pl_status status = pl_gmap_init(&path->map, path->model, error);
    if (!status)
        status = pl_policy_new(path->model->world, &none, error);
    if (!status)
        status = pl_gmap_policy(&path->map, none, 1, error);
    pl_policy_free(none);
    if (!status)
        status = reserve(path, error);
    if (!status)
        status = pl_weights_init(&path->weights, &path->arena, &path->map, error);
    if (!status)
        status = pl_holdings_init(path, error);
    if (!status)
        status = pl_queues_init(path, error);
    if (!status)
        status = pl_history_init(path, error);
    if (status)
        return status;
    path->map.theta = path->weights.theta;
    path->map.base_share = path->weights.now;
    path->map.wage_anchor = path->anchor;
    path->map.wage_share = path->model->settings.wage_share;
    path->map.spend_anchor = path->spent;
    path->map.spend_share = path->model->settings.spending_share;
    path->map.stocks = path->holdings.count ? &path->holdings.map : NULL;
    return PL_OK;
}

pl_status pl_path_open(const pl_path_input *input, pl_path **path, pl_error *error) {
    *path = NULL;
    if (input->months == 0 || input->months > 12000)
        return pl_fail(error, PL_INVALID, "a path of %zu months; it must have 1 to 12000", input->months);
    pl_path *p = pl_alloc(1, sizeof *p);
    if (!p)
        return pl_fail_memory(error, sizeof *p);
    p->input = *input;
    p->model = input->model;
    p->N = p->model->N;
    p->J = p->model->J;
    p->S = p->model->S;
    p->months = input->months;
    pl_status status = prepare(p, error);
    if (status) {
        p->input.source.release = NULL; /* on failure the context stays the caller's */
        pl_path_free(p);
    } else {
        *path = p;
    }
    return status;
}

void pl_path_free(pl_path *p) {
    if (!p)
        return;
    pl_policy_free(p->policy);
    pl_gmap_clear(&p->map);
    pl_weights_clear(&p->weights);
    pl_arena *arenas[] = {&p->arena, &p->state_arena, &p->holding_arena, &p->queue_arena, &p->record_arena};
    for (size_t k = 0; k < sizeof arenas / sizeof *arenas; k++)
        pl_arena_clear(arenas[k]);
    pl_strings_clear(&p->cap_name);
    free(p->cap_state);
    free(p->queue);
    free(p->limit);
    free(p->limit_at);
    free(p->limit_level);
    free(p->limit_volume);
    if (p->input.source.release)
        p->input.source.release(p->input.source.context);
    free(p);
}

/* Premia start where a control of the same name stood last month. */
static void recall_premia(pl_path *path) {
    const pl_policy *p = path->policy;
    size_t next = 0;
    for (size_t k = 0; k < path->limits; k++)
        path->y[path->map.at.premium + p->caps + k] = path->limit_state[path->limit_at[k]];
    for (size_t k = 0; k < p->caps; k++) {
        path->y[path->map.at.premium + k] = 0;
        for (size_t tried = 0; tried < path->cap_name.count; tried++, next++) {
            size_t old = next % path->cap_name.count;
            if (strcmp(path->cap_name.item[old], p->cap[k].name))
                continue;
            path->y[path->map.at.premium + k] = path->cap_state[old];
            next++;
            break;
        }
    }
}

static pl_status remember_premia(pl_path *path, pl_error *error) {
    const pl_policy *p = path->policy;
    pl_strings_clear(&path->cap_name);
    free(path->cap_state);
    path->cap_state = pl_alloc(p->caps + 1, sizeof *path->cap_state);
    bool kept = path->cap_state != NULL;
    for (size_t k = 0; kept && k < p->caps; k++) {
        path->cap_state[k] = path->y[path->map.at.premium + k];
        kept = pl_strings_add(&path->cap_name, p->cap[k].name);
    }
    return kept ? PL_OK : pl_fail_memory(error, p->caps * sizeof *path->cap_state);
}

/* While nothing starts or ends, a month moves about as far as the one before; the solve starts from there. */
static void lean_forward(pl_path *path) {
    const pl_path_source *s = &path->input.source;
    bool smooth = path->done > 1 && s->quiet && s->quiet(s->context, path->done - 2, path->done);
    for (size_t at = 0; at < path->map.at.premium; at++) {
        double last = path->y[at];
        path->y[at] += smooth ? last - path->before[at] : 0;
        path->before[at] = last;
    }
}

/* This month's policy with its controls, weights and stocks, entered into the map. */
static pl_status enter_month(pl_path *path, pl_error *error) {
    const pl_path_source *source = &path->input.source;
    pl_status status = PL_OK;
    if (path->policy && path->plain_caps == 0 && source->quiet &&
        source->quiet(source->context, path->done - 1, path->done)) {
        pl_policy_drop_caps(path->policy); /* last month's own are gone, and it had no others */
    } else {
        pl_policy_free(path->policy);
        path->policy = NULL;
        status = source->policy(source->context, path->done, path->done, &path->policy, error);
        path->plain_caps = status ? 0 : path->policy->caps;
    }
    if (!status)
        status = pl_holdings_plan(path, error);
    pl_weights_begin(path);
    if (!status)
        status = pl_holdings_controls(path, error);
    if (!status)
        status = pl_queues_decide(path, error);
    if (!status)
        status = pl_limits_enter(path, error);
    if (status)
        return status;
    pl_weights_wedge(path);
    pl_weights_fill(path);
    status = pl_gmap_policy(&path->map, path->policy, 1, error);
    return status ? status : lay_out(path, error);
}

/* The accelerated fixed point, Newton-Krylov behind it. */
static void solve_month(pl_path *path, pl_month *month) {
    double tolerance = path->model->settings.tolerance, residual = INFINITY;
    size_t length = path->map.at.length, last = 0;
    /* Wages that move little in a month need no damping. */
    path->map.damping = fmax(path->model->settings.damping, 1 - path->model->settings.wage_share);
    pl_anderson_restart(&path->anderson);
    memcpy(path->g, path->y, length * sizeof(double)); /* where Newton starts, should the first stall */
    memcpy(path->spare, path->y, length * sizeof(double));
    for (; last < MOST && !(residual <= tolerance) && !(last > 0 && !isfinite(residual)); last++) {
        pl_gmap_apply(&path->map, path->y, path->g);
        residual = pl_anderson_step(&path->anderson, path->y, path->g, tolerance);
    }
    if (!(residual <= tolerance)) {
        memcpy(path->y, path->spare, length * sizeof(double));
        path->map.damping = 1;
        last += pl_newton_run(&path->map, path->y, path->g, tolerance, NEWTON_STEPS, &residual);
        pl_gmap_apply(&path->map, path->y, path->g);
    }
    month->iterations = last;
    month->converged = residual <= tolerance;
}

/* Shop prices follow users' prices; wages and spending of this month are where the next
 * start. */
static void carry_over(pl_path *path) {
    double pass = path->model->settings.price_pass_through;
    for (size_t n = 0; n < path->N; n++) {
        path->retail[n] += pass * (path->map.consumer_price[n] - path->retail[n]);
        path->spent[n] = path->map.final_value[n];
        path->anchor[n] = path->y[path->map.at.wage + n];
    }
}

pl_status pl_path_step(pl_path *path, pl_error *error) {
    if (path->done >= path->months)
        return pl_fail(error, PL_INVALID, "the path has %zu months, and all are solved", path->months);
    pl_month *month = &path->history.month[path->done];
    pl_status status = enter_month(path, error);
    if (status)
        return status;
    recall_premia(path);
    lean_forward(path);
    solve_month(path, month);
    status = remember_premia(path, error);
    pl_queues_use(path);
    pl_holdings_close(path);
    if (!status)
        status = pl_month_certify(path, month, error);
    if (status)
        return status;
    carry_over(path);
    pl_history_fill(path);
    pl_limits_close(path);
    pl_weights_move(path);
    path->done++;
    return PL_OK;
}
