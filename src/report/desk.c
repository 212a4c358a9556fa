/* The desk: questions answered in JSON again and again, by many callers at once. */
#include "report/desk.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* Somebody who waits for a turn. */
typedef struct waiter {
    struct waiter *next;
} waiter;

struct pl_desk {
    pl_shelf shelf;
    pthread_mutex_t lock, loading;
    pthread_cond_t turn;
    size_t threads, busy;
    waiter *first; /* who came first */
    unsigned long long serial;
};

enum { MEBIBYTE = 1 << 20, DEFAULT_MEMORY = 512, LOOK_MS = 20 };

pl_status pl_desk_new(const pl_desk_options *options, pl_desk **desk, pl_error *error) {
    pl_desk *made = pl_alloc(1, sizeof *made);
    *desk = NULL;
    if (!made)
        return pl_fail_memory(error, sizeof *made);
    made->threads = options && options->threads ? options->threads : pl_processors();
    size_t memory = options && options->memory ? options->memory : (size_t)DEFAULT_MEMORY * MEBIBYTE;
    pl_shelf_init(&made->shelf, memory);
    pthread_mutex_init(&made->lock, NULL);
    pthread_mutex_init(&made->loading, NULL);
    pthread_cond_init(&made->turn, NULL);
    *desk = made;
    return PL_OK;
}

void pl_desk_free(pl_desk *desk) {
    if (!desk)
        return;
    pl_shelf_clear(&desk->shelf);
    pthread_cond_destroy(&desk->turn);
    pthread_mutex_destroy(&desk->loading);
    pthread_mutex_destroy(&desk->lock);
    free(desk);
}

/* One answer being worked out. */
typedef struct {
    pl_desk *desk;
    const pl_asked *item; /* [count] as they came */
    size_t count;
    pl_question *question;
    pl_question_facts asked;
    bool warm, found; /* asked for a quick answer; a state to start from was found */
    bool has_turn;
    unsigned long long serial;
    volatile int *stop;
    pl_held *held;
    pl_trunk *trunk;
    pl_scenario *branch;
    pl_error *error;
} answer;

/* ---- turns ---- */

static bool is_stopped(volatile int *stop) {
    return stop && __atomic_load_n(stop, __ATOMIC_RELAXED);
}

/* Waits until something changes, or long enough to look whether the caller has given up. */
static void wait_a_little(pl_desk *desk) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&desk->turn, &desk->lock, &until);
}

static void remove_waiter(pl_desk *desk, const waiter *me) {
    waiter **at = &desk->first;
    while (*at != me)
        at = &(*at)->next;
    *at = me->next;
}

/* In the order callers came, so that nobody waits for ever. */
static pl_status enter(answer *a) {
    pl_desk *desk = a->desk;
    waiter me = {NULL};
    pthread_mutex_lock(&desk->lock);
    waiter **last = &desk->first;
    while (*last)
        last = &(*last)->next;
    *last = &me;
    while (!is_stopped(a->stop) && (desk->first != &me || desk->busy >= desk->threads))
        wait_a_little(desk);
    remove_waiter(desk, &me);
    a->has_turn = !is_stopped(a->stop);
    desk->busy += a->has_turn;
    a->serial = ++desk->serial;
    pthread_cond_broadcast(&desk->turn);
    pthread_mutex_unlock(&desk->lock);
    return a->has_turn ? PL_OK : pl_fail(a->error, PL_CANCELLED, "interrupted");
}

static void leave(answer *a) {
    pthread_mutex_lock(&a->desk->lock);
    a->desk->busy -= a->has_turn;
    a->has_turn = false;
    pthread_cond_broadcast(&a->desk->turn);
    pthread_mutex_unlock(&a->desk->lock);
}

/* Between the variants of a question others go first, so that many variants do not hold up a slider. */
static pl_status let_others(answer *a) {
    leave(a);
    return enter(a);
}

/* ---- one answer ---- */

/* Where a variant stands: its lines without their rates, and the rates in logs. With more lines than a place has room
 * for, each question stands alone. */
static bool find_place(const pl_variant *v, pl_place *place) {
    char *text = NULL;
    size_t length = 0, lines = 0;
    for (size_t m = 0; m < v->measures; m++)
        lines += v->measure[m]->on_top;
    FILE *out = open_memstream(&text, &length);
    memset(place, 0, sizeof *place);
    if (!out)
        return false;
    for (size_t m = 0; m < v->measures; m++) {
        const pl_measure *line = v->measure[m];
        const char *equals = line->on_top ? strrchr(line->label, '=') : NULL;
        if (!equals)
            continue;
        bool whole = lines > PL_DIMS;
        fprintf(out, "%.*s %zu\n", whole ? (int)strlen(line->label) : (int)(equals - line->label),
                line->label, line->basis);
        if (!whole)
            place->x[place->dims++] = line->basis == PL_MULTIPLY ? line->rate : log1p(line->rate);
    }
    if (fclose(out)) {
        free(text);
        return false;
    }
    place->key = text;
    return true;
}

static pl_status step_through(const answer *a, pl_solver *solver) {
    while (pl_solver_step(solver) == PL_RUNNING)
        if (is_stopped(a->stop))
            return pl_fail(a->error, PL_CANCELLED, "interrupted");
    return PL_OK;
}

/* Solves from the state foretold for a place when asked to be quick, from nothing otherwise, or when that leads nowhere. */
static pl_status solve(answer *a, pl_solver *solver, pl_points *points, const pl_place *place,
                       const pl_policy *policy, pl_result *result) {
    for (int cold = !a->warm;; cold = 1) {
        pl_status status = pl_solver_start(solver, policy, NULL, a->error);
        size_t length = pl_solver_map(solver)->at.length;
        if (status)
            return status;
        if (!cold && !pl_points_guess(points, place, pl_solver_place(solver), length))
            cold = 1;
        a->found = a->found || !cold;
        status = step_through(a, solver);
        if (!status)
            status = pl_solver_finish(solver, result, a->error);
        if (status)
            return status;
        if (pl_result_converged(result)) {
            size_t bytes = pl_points_keep(points, place, pl_solver_state(solver), length);
            pl_shelf_grow(&a->desk->shelf, a->held, bytes);
            return PL_OK;
        }
        if (cold)
            return PL_OK;
    }
}

static bool has_lines(const pl_variant *v) {
    for (size_t m = 0; m < v->measures; m++)
        if (v->measure[m]->on_top)
            return true;
    return false;
}

static pl_status solve_variant(answer *a, size_t v, pl_run *run) {
    const pl_variant *variant = &a->branch->variant[v];
    const pl_policy *policy = a->trunk->policy[v];
    pl_place place;
    pl_solver *solver = NULL;
    pl_status status = pl_result_new(run->model, &run->result[v], a->error);
    if (!status && has_lines(variant))
        status =
            pl_branch_policy(a->branch, pl_model_world(run->model), v, policy, &run->policy[v], a->error);
    else
        run->policy[v] = (pl_policy *)policy;
    if (status)
        return status;
    if (!find_place(variant, &place))
        return pl_fail_memory(a->error, 1);
    status = pl_bench_take(a->trunk, &solver, a->error);
    if (!status)
        status = solve(a, solver, a->trunk->points[v], &place, run->policy[v], run->result[v]);
    pl_bench_give(a->trunk, solver);
    free(place.key);
    if (!status && run->certified)
        status = pl_result_certify(run->result[v], run->policy[v], &run->certificate[v], a->error);
    return status;
}

/* The run's arrays are its own; scenario, world and model are the trunk's, and so are policies without lines. */
static void clear_run(const answer *a, pl_run *run) {
    for (size_t v = 0; v < run->variants; v++) {
        if (run->policy && run->policy[v] != a->trunk->policy[v])
            pl_policy_free(run->policy[v]);
        if (run->result)
            pl_result_free(run->result[v]);
    }
    free(run->policy);
    free(run->result);
    free(run->certificate);
}

static pl_status run_question(answer *a, FILE *out) {
    pl_run run = {.scenario = a->branch,
                  .world = pl_trunk_world(a->trunk),
                  .model = pl_trunk_bench(a->trunk)->model,
                  .variants = a->trunk->variants,
                  .certified = a->asked.certificate && (!a->warm || a->asked.certificate_said)};
    pl_view view;
    pl_status status = pl_question_view(a->question, run.world, &view, a->error);
    if (status)
        return status;
    run.policy = pl_alloc(run.variants + 1, sizeof *run.policy);
    run.result = pl_alloc(run.variants + 1, sizeof *run.result);
    run.certificate = pl_alloc(run.variants + 1, sizeof *run.certificate);
    if (!run.policy || !run.result || !run.certificate)
        status = pl_fail_memory(a->error, run.variants);
    for (size_t v = 0; v < run.variants && !status; v++) {
        status = v ? let_others(a) : PL_OK;
        if (!status)
            status = solve_variant(a, v, &run);
    }
    run.warm = a->found;
    if (!status)
        status = pl_report_json_view(out, &run, &view, a->error);
    clear_run(a, &run);
    pl_view_clear(&view);
    return status;
}

static pl_status show_timeline(const answer *a, FILE *out) {
    pl_timeline *timeline = NULL;
    pl_status status = pl_timeline_new(a->branch, pl_trunk_world(a->trunk), 0, a->asked.pair, a->asked.pairs,
                                       &timeline, a->error);
    if (!status)
        status = pl_report_timeline_json(out, timeline, a->error);
    pl_timeline_free(timeline);
    return status;
}

static pl_status work_out(answer *a, FILE *out) {
    const pl_trunk_order order = {&a->desk->shelf, &a->desk->loading, a->question, a->serial};
    pl_status status = pl_trunk_take(&order, &a->held, a->error);
    if (status)
        return status;
    a->trunk = a->held->thing;
    status = pl_scenario_branch(a->trunk->scenario, &a->branch, a->error);
    if (!status)
        status = pl_question_add(a->question, a->branch, a->error);
    if (!status)
        status = a->asked.timeline ? show_timeline(a, out) : run_question(a, out);
    pl_scenario_free(a->branch);
    pl_shelf_give(&a->desk->shelf, a->held);
    return status;
}

/* Worked out in memory first, so that `out` gets all of it or nothing. */
static pl_status answer_in_turn(answer *a, pl_status (*work)(answer *a, FILE *out), FILE *out) {
    char *text = NULL;
    size_t length = 0;
    FILE *laid_out = open_memstream(&text, &length);
    if (!laid_out)
        return pl_fail_memory(a->error, 1);
    pl_status status = enter(a);
    if (!status)
        status = work(a, laid_out);
    leave(a);
    if (fclose(laid_out) && !status)
        status = pl_fail_memory(a->error, length);
    if (!status && fwrite(text, 1, length, out) != length)
        status = pl_fail(a->error, PL_IO, "the answer could not be written");
    free(text);
    return status;
}

pl_status pl_desk_answer(pl_desk *desk, const pl_asked *asked, size_t count, bool warm, volatile int *stop,
                         FILE *out, pl_error *error) {
    answer a = {.desk = desk, .item = asked, .count = count, .warm = warm, .stop = stop, .error = error};
    pl_status status = pl_question_new(asked, count, &a.question, error);
    if (status)
        return status;
    a.asked = pl_question_get(a.question);
    status = answer_in_turn(&a, work_out, out);
    pl_question_free(a.question);
    return status;
}

/* ---- a package of a game ---- */

static pl_status value(answer *a, FILE *out) {
    pl_room_order order = {.shelf = &a->desk->shelf, .loading = &a->desk->loading, .stop = a->stop};
    for (size_t k = 0; k < a->count; k++) {
        if (!strcmp(a->item[k].name, "scenario"))
            order.path = a->item[k].value;
        if (!strcmp(a->item[k].name, "world"))
            order.world = a->item[k].value;
    }
    pl_status status = pl_room_take(&order, &a->held, a->error);
    if (status)
        return status;
    status = pl_room_value(&order, a->held, a->item, a->count, out, a->error);
    pl_shelf_give(&a->desk->shelf, a->held);
    return status;
}

/* One game, at most one world, and settings. */
static pl_status check_value(const pl_asked *asked, size_t count, pl_error *error) {
    static const char *const names[] = {"scenario", "world", "set"};
    size_t times[] = {0, 0, 0};
    for (size_t k = 0; k < count; k++) {
        size_t n = 0;
        while (n < 3 && strcmp(names[n], asked[k].name))
            n++;
        if (n == 3)
            return pl_fail(error, PL_INVALID,
                           "the desk values a package by scenario, world and set, not by '%s'",
                           asked[k].name);
        times[n]++;
    }
    if (times[0] != 1)
        return pl_fail(error, PL_INVALID, "which game? One has to be named, not %zu", times[0]);
    return PL_OK;
}

pl_status pl_desk_value(pl_desk *desk, const pl_asked *asked, size_t count, volatile int *stop, FILE *out,
                        pl_error *error) {
    answer a = {.desk = desk, .item = asked, .count = count, .stop = stop, .error = error};
    pl_status status = check_value(asked, count, error);
    return status ? status : answer_in_turn(&a, value, out);
}
