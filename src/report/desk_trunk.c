/* Trunks of questions: scenario, world, model and policies, made once, and made again when a file has changed. */
#include "report/desk.h"

#include <string.h>

/* ---- worlds ---- */

typedef struct {
    const pl_scenario *scenario;
    pthread_mutex_t *loading;
} world_order;

size_t pl_world_bytes(const pl_world *w) {
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    return (3 * N * N * J + N * J * J) * sizeof(double);
}

static pl_status make_world(void *data, void **thing, size_t *bytes, pl_error *error) {
    const world_order *order = data;
    pl_world *world = NULL;
    pthread_mutex_lock(order->loading);
    pl_status status = pl_scenario_load_world(order->scenario, NULL, &world, error);
    pthread_mutex_unlock(order->loading);
    *thing = world;
    *bytes = world ? pl_world_bytes(world) : 0;
    return status;
}

static void discard_world(void *thing) {
    pl_world_free(thing);
}

static pl_status take_world(pl_trunk *t, const pl_trunk_order *order, pl_error *error) {
    char *path = NULL, *stamp = NULL, *key = NULL;
    world_order wanted = {t->scenario, order->loading};
    const pl_maker maker = {make_world, discard_world, &wanted, NULL};
    pl_status status = pl_world_file(t->scenario, &path, error);
    if (!status && path)
        status = pl_stamps_note(&t->stamps, path, error);
    if (status) {
        free(path);
        return status;
    }
    if (path)
        stamp = pl_stamp_text(path);
    key = stamp  ? pl_format("world %s %s %s", t->scenario->world_beside ? "beside" : "named", path, stamp)
          : path ? NULL
                 : pl_format("world inside %llu", order->serial);
    status = key ? pl_shelf_take(t->shelf, key, &maker, &t->world, error) : pl_fail_memory(error, 1);
    free(path);
    free(stamp);
    free(key);
    return status;
}

pl_world *pl_trunk_world(const pl_trunk *t) {
    return t->world->thing;
}

/* ---- models and their solvers ---- */

typedef struct {
    const pl_trunk *trunk;
} bench_order;

size_t pl_model_bytes(const pl_model *m) {
    return (m->N * m->J * m->J + 12 * m->J * m->S) * sizeof(double) + (m->own ? pl_world_bytes(m->own) : 0);
}

size_t pl_solver_bytes(const pl_model *m) {
    return (2 * m->N * m->J * m->S + 30 * pl_y_layout(m, 0).length) * sizeof(double);
}

static void discard_bench(void *thing) {
    pl_bench *b = thing;
    for (size_t k = 0; k < b->idle; k++)
        pl_solver_free(b->solver[k]);
    free(b->solver);
    pl_model_free(b->model);
    pl_shelf_give(b->shelf, b->world);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

/* The model stands on a world that must not go before it: the bench holds the world too. */
static pl_status make_bench(void *data, void **thing, size_t *bytes, pl_error *error) {
    const pl_trunk *t = ((const bench_order *)data)->trunk;
    pl_bench *b = pl_alloc(1, sizeof *b);
    if (!b)
        return pl_fail_memory(error, sizeof *b);
    pl_status status = pl_scenario_model(t->scenario, pl_trunk_world(t), &b->model, error);
    if (status) {
        free(b);
        return status;
    }
    pthread_mutex_init(&b->lock, NULL);
    b->shelf = t->shelf;
    b->world = t->world;
    pthread_mutex_lock(&t->shelf->lock);
    t->world->users++;
    pthread_mutex_unlock(&t->shelf->lock);
    *thing = b;
    *bytes = pl_model_bytes(b->model);
    return PL_OK;
}

static void put_settings(FILE *out, const pl_settings *s) {
#define PUT_real(name) fprintf(out, "%.17g ", s->name)
#define PUT_count(name) fprintf(out, "%zu ", s->name)
#define PUT_choice(name) fprintf(out, "%d ", (int)s->name)
#define PUT_text(name) fprintf(out, "%zu %s ", strlen(s->name), s->name)
#define PUT_SETTING(type, name, def, low, high, help) PUT_##type(name);
    PL_SETTINGS(PUT_SETTING)
#undef PUT_SETTING
#undef PUT_real
#undef PUT_count
#undef PUT_choice
#undef PUT_text
}

/* Two trunks have one model when they stand on one world with the same settings and values by sector. */
static char *bench_key(const pl_trunk *t) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    fprintf(out, "model %p ", (const void *)pl_trunk_world(t));
    put_settings(out, &t->scenario->settings);
    for (size_t o = 0; o < t->scenario->overrides; o++) {
        const pl_sector_override *given = &t->scenario->override[o];
        fprintf(out, "%zu %s", strlen(given->sector.text), given->sector.text);
        for (size_t k = 0; k < PL_SECTOR_VALUES; k++)
            fprintf(out, " %.17g", given->value[k]);
    }
    if (!fclose(out))
        return text;
    free(text);
    return NULL;
}

static pl_status take_bench(pl_trunk *t, pl_error *error) {
    bench_order order = {t};
    const pl_maker maker = {make_bench, discard_bench, &order, NULL};
    char *key = bench_key(t);
    pl_status status =
        key ? pl_shelf_take(t->shelf, key, &maker, &t->bench, error) : pl_fail_memory(error, 1);
    free(key);
    return status;
}

pl_bench *pl_trunk_bench(const pl_trunk *t) {
    return t->bench->thing;
}

pl_status pl_bench_take(pl_trunk *t, pl_solver **solver, pl_error *error) {
    pl_bench *b = pl_trunk_bench(t);
    const pl_model *m = b->model;
    *solver = NULL;
    pthread_mutex_lock(&b->lock);
    if (b->idle)
        *solver = b->solver[--b->idle];
    pthread_mutex_unlock(&b->lock);
    if (*solver)
        return PL_OK;
    pl_status status = pl_solver_new(m, solver, error);
    if (!status)
        pl_shelf_grow(t->shelf, t->bench, pl_solver_bytes(m));
    return status;
}

void pl_bench_give(pl_trunk *t, pl_solver *solver) {
    pl_bench *b = pl_trunk_bench(t);
    if (!solver)
        return;
    pthread_mutex_lock(&b->lock);
    bool kept = pl_grow(&b->solver, &b->room, b->idle, sizeof(*b->solver));
    if (kept)
        b->solver[b->idle++] = solver;
    pthread_mutex_unlock(&b->lock);
    if (!kept)
        pl_solver_free(solver);
}

/* ---- trunks ---- */

static void discard_trunk(void *thing) {
    pl_trunk *t = thing;
    for (size_t v = 0; v < t->variants; v++) {
        if (t->policy)
            pl_policy_free(t->policy[v]);
        if (t->points)
            pl_points_free(t->points[v]);
    }
    free(t->policy);
    free(t->points);
    pl_scenario_free(t->scenario);
    pl_shelf_give(t->shelf, t->bench);
    pl_shelf_give(t->shelf, t->world);
    pl_stamps_clear(&t->stamps);
    free(t);
}

static pl_status make_policies(pl_trunk *t, size_t *bytes, pl_error *error) {
    const pl_world *w = pl_model_world(pl_trunk_bench(t)->model);
    size_t cells = pl_world_size(w, PL_COUNTRY) * pl_world_size(w, PL_COUNTRY) * pl_world_size(w, PL_SECTOR);
    t->variants = pl_scenario_variants(t->scenario);
    t->policy = pl_alloc(t->variants + 1, sizeof(*t->policy));
    t->points = pl_alloc(t->variants + 1, sizeof(*t->points));
    if (!t->policy || !t->points)
        return pl_fail_memory(error, t->variants);
    for (size_t v = 0; v < t->variants; v++) {
        pl_status status = pl_scenario_policy(t->scenario, w, v, &t->policy[v], error);
        t->points[v] = status ? NULL : pl_points_new();
        if (!status && !t->points[v])
            status = pl_fail_memory(error, 1);
        if (status)
            return status;
        *bytes += cells * sizeof(double) * (size_t)(1 + !!t->policy[v]->export_tax + !!t->policy[v]->iceberg);
    }
    return PL_OK;
}

static pl_status fill_trunk(pl_trunk *t, const pl_trunk_order *order, size_t *bytes, pl_error *error) {
    const pl_strings *files = pl_question_files(order->question);
    pl_status status = PL_OK;
    pl_stamps_begin(&t->stamps);
    for (size_t f = 0; f < files->count && !status; f++)
        status = pl_stamps_note(&t->stamps, files->item[f], error);
    if (!status)
        status = pl_question_trunk(order->question, &t->scenario, error);
    if (!status)
        status = pl_stamps_note_tables(&t->stamps, t->scenario, error);
    if (status)
        return status;
    t->scenario->settings.threads = 1; /* how many work at once is the desk's affair */
    status = take_world(t, order, error);
    if (!status)
        status = take_bench(t, error);
    return status ? status : make_policies(t, bytes, error);
}

static pl_status make_trunk(void *data, void **thing, size_t *bytes, pl_error *error) {
    const pl_trunk_order *order = data;
    pl_trunk *t = pl_alloc(1, sizeof *t);
    if (!t)
        return pl_fail_memory(error, sizeof *t);
    t->shelf = order->shelf;
    *bytes = 1 << 16; /* the scenario itself */
    pl_status status = fill_trunk(t, order, bytes, error);
    if (status)
        discard_trunk(t);
    else
        *thing = t;
    return status;
}

static bool trunk_changed(const void *thing) {
    return pl_stamps_changed(&((const pl_trunk *)thing)->stamps);
}

pl_status pl_trunk_take(const pl_trunk_order *order, pl_held **held, pl_error *error) {
    const pl_maker maker = {make_trunk, discard_trunk, (void *)order, trunk_changed};
    char *key = pl_format("trunk %s", pl_question_key(order->question));
    if (!key)
        return pl_fail_memory(error, 1);
    pl_status status = pl_shelf_take(order->shelf, key, &maker, held, error);
    free(key);
    return status;
}
