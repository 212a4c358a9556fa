/* Games with what every package is measured against, solved once, and hands that value packages in them. */
#include "report/desk.h"
#include "talks/talks.h"

#include <math.h>
#include <string.h>

struct pl_room {
    pl_game *game;
    pl_sitting *sitting; /* NULL where no deal has to be searched for */
    pl_stamps stamps;
    pthread_mutex_t lock;
    size_t idle, places;
    pl_hand **hand; /* [idle] */
};

/* ---- made ---- */

static void discard_room(void *thing) {
    pl_room *r = thing;
    for (size_t k = 0; k < r->idle; k++)
        pl_hand_free(r->hand[k]);
    free(r->hand);
    pl_sitting_free(r->sitting);
    pl_game_free(r->game);
    pl_stamps_clear(&r->stamps);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* The game's file, which a scenario may have named, those of its scenario, its tables and its world. */
static pl_status note_files(pl_room *r, const char *path, pl_error *error) {
    const pl_scenario *s = r->game->scenario;
    char *world = NULL;
    pl_status status = pl_stamps_note(&r->stamps, path, error);
    if (!status)
        status = pl_stamps_note(&r->stamps, r->game->file, error);
    for (size_t k = 0; k < s->scopes && !status; k++)
        status = pl_stamps_note(&r->stamps, s->scope[k]->file, error);
    if (!status)
        status = pl_stamps_note_tables(&r->stamps, s, error);
    if (!status)
        status = pl_world_file(s, &world, error);
    if (!status && world)
        status = pl_stamps_note(&r->stamps, world, error);
    free(world);
    return status;
}

static size_t policy_bytes(const pl_game *g) {
    return 3 * g->N * g->N * g->J * sizeof(double);
}

static pl_status fill_room(pl_room *r, const pl_room_order *order, pl_error *error) {
    pl_stamps_begin(&r->stamps);
    pthread_mutex_lock(order->loading);
    pl_status status = pl_game_load(order->path, order->world, NULL, &r->game, error);
    pthread_mutex_unlock(order->loading);
    if (!status)
        status = note_files(r, order->path, error);
    if (!status && r->game->disagreement != PL_DISAGREE_NASH)
        status = pl_sitting_new(r->game, order->stop, &r->sitting, error);
    return status;
}

static pl_status make_room(void *data, void **thing, size_t *bytes, pl_error *error) {
    pl_room *r = pl_alloc(1, sizeof *r);
    if (!r)
        return pl_fail_memory(error, sizeof *r);
    pthread_mutex_init(&r->lock, NULL);
    pl_status status = fill_room(r, data, error);
    if (status) {
        discard_room(r);
        return status;
    }
    const pl_game *g = r->game;
    *bytes = pl_world_bytes(g->world) + pl_model_bytes(g->model) + g->variants * policy_bytes(g);
    *thing = r;
    return PL_OK;
}

static bool room_changed(const void *thing) {
    return pl_stamps_changed(&((const pl_room *)thing)->stamps);
}

pl_status pl_room_take(const pl_room_order *order, pl_held **held, pl_error *error) {
    const pl_maker maker = {make_room, discard_room, (void *)order, room_changed};
    char *key =
        pl_format("game %zu %s %s", strlen(order->path), order->path, order->world ? order->world : "");
    if (!key)
        return pl_fail_memory(error, 1);
    pl_status status = pl_shelf_take(order->shelf, key, &maker, held, error);
    free(key);
    return status;
}

/* ---- used ---- */

static pl_status take_hand(pl_room *r, pl_shelf *shelf, pl_held *held, pl_hand **hand, pl_error *error) {
    const pl_game *g = r->game;
    *hand = NULL;
    pthread_mutex_lock(&r->lock);
    if (r->idle)
        *hand = r->hand[--r->idle];
    pthread_mutex_unlock(&r->lock);
    if (*hand)
        return PL_OK;
    pl_status status = pl_hand_new(r->sitting, hand, error);
    if (!status)
        pl_shelf_grow(shelf, held,
                      2 * policy_bytes(g) + pl_solver_bytes(g->model) +
                          PL_PAST_MOST * pl_y_layout(g->model, 0).length * sizeof(double));
    return status;
}

static void give_hand(pl_room *r, pl_hand *hand) {
    pthread_mutex_lock(&r->lock);
    bool kept = pl_grow(&r->hand, &r->places, r->idle, sizeof *r->hand);
    if (kept)
        r->hand[r->idle++] = hand;
    pthread_mutex_unlock(&r->lock);
    if (!kept)
        pl_hand_free(hand);
}

static pl_status read_settings(const pl_game *g, const pl_asked *asked, size_t count, double *setting,
                               pl_error *error) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < g->instruments; i++)
        setting[i] = NAN;
    for (size_t k = 0; k < count && !status; k++)
        if (!strcmp(asked[k].name, "set"))
            status = pl_game_set(g, asked[k].value, setting, error);
    return status;
}

pl_status pl_room_value(const pl_room_order *order, pl_held *held, const pl_asked *asked, size_t count,
                        FILE *out, pl_error *error) {
    pl_room *r = held->thing;
    pl_hand *hand = NULL;
    if (!r->sitting)
        return pl_fail(error, PL_FAILED,
                       "no deal has to be searched for in this game, which is no work for the desk");
    double *setting = pl_alloc(r->game->instruments + 1, sizeof *setting);
    pl_status status = setting ? read_settings(r->game, asked, count, setting, error)
                               : pl_fail_memory(error, r->game->instruments);
    if (!status)
        status = take_hand(r, order->shelf, held, &hand, error);
    if (!status) {
        const pl_talks_view view = {hand->talks, NULL};
        status = pl_hand_value(hand, setting, order->stop, error);
        if (!status)
            status = pl_report_talks_json(out, &view, error);
        give_hand(r, hand);
    }
    free(setting);
    return status;
}
