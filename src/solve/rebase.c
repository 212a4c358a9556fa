/* The balanced closure: the world as it would be with every deficit removed and no other change. */
#include "solve/solve.h"

#include <math.h>
#include <string.h>

typedef struct {
    pl_gmap map;
    pl_anderson anderson;
    pl_arena arena;
    double *y, *g, *anchor; /* [length] state, its image, where the step before ended */
} rebase;

/* Deficits go in equal rounds, each of which may be halved to a 64th. */
enum { ROUNDS = 5, PARTS = 64, MOST = 3000, PATIENCE = 400, NEWTON_STEPS = 40 };

/* Accelerated steps until one of them is within the tolerance, or the residual has not halved for long. */
static bool settle_by_anderson(rebase *b, double tolerance) {
    double residual = INFINITY, least = INFINITY;
    int since = 0;
    pl_anderson_restart(&b->anderson);
    for (int step = 0; step < MOST && since < PATIENCE; step++) {
        pl_gmap_apply(&b->map, b->y, b->g);
        residual = pl_anderson_step(&b->anderson, b->y, b->g, tolerance);
        if (!isfinite(residual) || residual <= tolerance)
            break;
        since = residual < 0.5 * least ? 0 : since + 1;
        least = fmin(least, residual);
    }
    return residual <= tolerance;
}

static bool settle(rebase *b, double tolerance) {
    size_t bytes = b->map.at.length * sizeof(double);
    double residual = INFINITY, damping = b->map.damping;
    if (settle_by_anderson(b, tolerance))
        return true;
    memcpy(b->y, b->anchor, bytes);
    b->map.damping = 1;
    pl_newton_run(&b->map, b->y, b->g, tolerance, NEWTON_STEPS, &residual);
    b->map.damping = damping;
    return residual <= tolerance;
}

/* Removes the deficits in a few steps, each solved from the last. */
static bool remove_deficits(rebase *b, double tolerance) {
    size_t bytes = b->map.at.length * sizeof(double);
    for (int reached = 0, step = PARTS; reached < ROUNDS * PARTS;) {
        b->map.deficit_weight = 1 - (double)(reached + step) / (ROUNDS * PARTS);
        if (settle(b, tolerance)) {
            memcpy(b->anchor, b->y, bytes);
            reached += step;
            continue;
        }
        memcpy(b->y, b->anchor, bytes);
        step /= 2;
        if (step == 0)
            return false;
    }
    return true;
}

/* Money that a buyer pays must be able to come back to it, or no prices balance its trade: every purchase must
 * lie on a circle of trade. */
static pl_status check_circles(const pl_world *w, pl_error *error) {
    size_t N = w->countries, J = w->sectors;
    bool *buys = pl_alloc(2 * N * N, sizeof *buys),
         *reaches = buys ? buys + N * N : NULL; /* [buyer][seller] */
    if (!buys)
        return pl_fail_memory(error, 2 * N * N);
    for (size_t at = 0; at < J * N * N; at++)
        if (w->flow[at] > 0)
            buys[at % (N * N)] = true;
    memcpy(reaches, buys, N * N * sizeof *buys);
    for (size_t k = 0; k < N; k++)
        for (size_t n = 0; n < N; n++)
            for (size_t i = 0; reaches[n * N + k] && i < N; i++)
                reaches[n * N + i] |= reaches[k * N + i];
    pl_status status = PL_OK;
    for (size_t n = 0; n < N && !status; n++)
        for (size_t i = 0; i < N && !status; i++)
            if (n != i && buys[n * N + i] && !reaches[i * N + n])
                status =
                    pl_fail(error, PL_INVALID,
                            "closure balanced: %s buys from %s, and by no way sells anything back, so that "
                            "no prices balance its trade; the closures fixed and gdp keep deficits",
                            w->country_code[n], w->country_code[i]);
    free(buys);
    return status;
}

/* The new world's arrays from the map's last evaluation: flows, and the input and value-added shares in
 * force. */
static void fill_world(pl_world *to, const rebase *b) {
    const pl_gmap *map = &b->map;
    const pl_model *m = map->model;
    size_t N = m->N, J = m->J, S = m->S;
    for (size_t j = 0; j < J; j++) {
        for (size_t n = 0; n < N; n++) {
            const double *border = map->border + (j * N + n) * S;
            double sum = map->price_sum[j * S + n], x = sum > 0 ? map->spending[j * S + n] / sum : 0;
            for (size_t i = 0; i < N; i++)
                to->flow[(j * N + n) * N + i] = border[i] * x * map->cost_power[j * S + i];
        }
    }
    for (size_t n = 0; n < N; n++) {
        for (size_t j = 0; j < J; j++) {
            size_t at = j * S + n;
            to->value_added_share[n * J + j] = map->beta[at];
            for (size_t k = 0; k < J; k++) {
                double share = m->gamma[(j * J + k) * S + n];
                if (map->nested)
                    share *= map->input_scale[at] * (1 + map->powered[map->group[j] * J * S + k * S + n]);
                to->input_share[(n * J + j) * J + k] = share;
            }
        }
    }
}

static pl_status copy_world(const pl_world *w, pl_world **copy, pl_error *error) {
    pl_world_tables tables = {.countries = w->countries,
                              .sectors = w->sectors,
                              .country_codes = (const char *const *)w->country_code,
                              .country_names = (const char *const *)w->country_name,
                              .sector_codes = (const char *const *)w->sector_code,
                              .sector_names = (const char *const *)w->sector_name,
                              .goods = w->goods,
                              .flow = w->flow,
                              .tariff = w->tariff,
                              .export_tax = w->export_tax,
                              .input_share = w->input_share,
                              .value_added_share = w->value_added_share,
                              .profit_share = w->profit_share};
    pl_status status = pl_world_new(&tables, copy, error);
    for (size_t s = 0; !status && s < w->sets; s++)
        if (!pl_world_add_set(*copy, w->set[s].name, w->set[s].theta, w->set[s].error))
            status = pl_fail_memory(error, w->sectors * sizeof(double));
    for (size_t k = 0; !status && k < w->notes.count; k++)
        status = pl_world_set_note(*copy, w->note_keys.item[k], w->notes.item[k], error);
    if (status) {
        pl_world_free(*copy);
        *copy = NULL;
    }
    return status;
}

static pl_status rebase_init(rebase *b, const pl_model *m, pl_error *error) {
    size_t length = pl_y_layout(m, 0).length, depth = m->settings.anderson_depth;
    size_t need = 3 * pl_arena_need(length, sizeof(double)) + pl_anderson_need(length, depth);
    pl_policy *none = NULL;
    memset(b, 0, sizeof *b);
    pl_status status = pl_gmap_init(&b->map, m, error);
    if (!status && !pl_arena_init(&b->arena, need))
        status = pl_fail_memory(error, need);
    if (!status)
        status = pl_policy_new(m->world, &none, error);
    if (!status)
        status = pl_gmap_policy(&b->map, none, 1, error);
    pl_policy_free(none);
    if (status)
        return status;
    b->y = pl_arena_take(&b->arena, length, sizeof(double));
    b->g = pl_arena_take(&b->arena, length, sizeof(double));
    b->anchor = pl_arena_take(&b->arena, length, sizeof(double));
    pl_anderson_init(&b->anderson, &b->arena, length, depth);
    return PL_OK;
}

static pl_status balanced_world(const pl_model *m, pl_world **world, pl_error *error) {
    rebase b;
    pl_status status = check_circles(m->world, error);
    if (status)
        return status;
    status = rebase_init(&b, m, error);
    if (!status && !remove_deficits(&b, fmin(m->settings.tolerance, 1e-12)))
        status = pl_fail(error, PL_FAILED, "closure balanced: removing the deficits did not converge");
    if (!status)
        status = copy_world(m->world, world, error);
    if (!status)
        fill_world(*world, &b);
    pl_arena_clear(&b.arena);
    pl_gmap_clear(&b.map);
    return status;
}

pl_status pl_model_new(const pl_world *world, const pl_settings *settings, const pl_sector_values *sectors,
                       pl_model **model, pl_error *error) {
    pl_model *given = NULL;
    pl_world *balanced = NULL;
    *model = NULL;
    pl_status status = pl_model_calibrate(world, settings, sectors, &given, error);
    if (status || settings->closure != PL_BALANCED) {
        *model = given;
        return status;
    }
    status = balanced_world(given, &balanced, error);
    pl_model_free(given);
    if (!status)
        status = pl_model_calibrate(balanced, settings, sectors, model, error);
    if (status)
        pl_world_free(balanced);
    else
        (*model)->own = balanced;
    return status;
}
