/* The desk's parts: the shelf of what is kept, the points solutions start from, and trunks of questions. */
#ifndef PL_DESK_H
#define PL_DESK_H

#include "report/report.h"

#include <pthread.h>
#include <time.h>

/* ---- the shelf (src/report/desk_shelf.c) ---- */

/* Things made once and used by many at once, found by a key. What nobody uses goes when memory is short, the one used
 * longest ago first. */
typedef struct pl_held pl_held;
struct pl_held {
    pl_held *next; /* used before this one */
    char *key;
    void *thing;
    void (*discard)(void *thing);
    size_t bytes, users;
    bool ready, listed;
};

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t made;
    pl_held *first;
    size_t bytes, limit;
} pl_shelf;

/* How a thing is made; `bytes` is about what it takes. */
typedef struct {
    pl_status (*make)(void *data, void **thing, size_t *bytes, pl_error *error);
    void (*discard)(void *thing);
    void *data;
    bool (*changed)(const void *thing); /* what it was made from; NULL: never */
} pl_maker;

void pl_shelf_init(pl_shelf *shelf, size_t limit);
/* Nobody may use anything any more. */
void pl_shelf_clear(pl_shelf *shelf);
/* Finds a thing, or makes it while others who want it wait, and again when what it was made from has changed. Give it back
 * with pl_shelf_give. */
pl_status pl_shelf_take(pl_shelf *shelf, const char *key, const pl_maker *maker, pl_held **held,
                        pl_error *error);
void pl_shelf_give(pl_shelf *shelf, pl_held *held);
/* A thing in use has become larger. */
void pl_shelf_grow(pl_shelf *shelf, pl_held *held, size_t bytes);

/* ---- where a solve starts (src/report/desk_points.c) ---- */

enum { PL_DIMS = 8 };

/* Where a question stands among those that differ only in rates: `key` says what they have in common, x the rates. */
typedef struct {
    char *key;
    size_t dims;
    double x[PL_DIMS];
} pl_place;

/* Solved points of one variant, by place. */
typedef struct pl_points pl_points;
pl_points *pl_points_new(void);
void pl_points_free(pl_points *points);
/* Fills y [length] with the state expected at a place, from solved points near by; false when there are none. */
bool pl_points_guess(pl_points *points, const pl_place *place, double *y, size_t length);
/* Keeps a solved point; returns the bytes this takes more than before. Out of memory, nothing is kept. */
size_t pl_points_keep(pl_points *points, const pl_place *place, const double *y, size_t length);

/* ---- files as they were when they were read (src/report/desk_stamps.c) ---- */

typedef struct {
    char *path;
    unsigned long long device, inode, size;
    long long seconds, nanoseconds;
} pl_stamp;

typedef struct {
    size_t count, room;
    pl_stamp *item;
    struct timespec begun;
} pl_stamps;

/* Before anything is read. */
void pl_stamps_begin(pl_stamps *stamps);
void pl_stamps_clear(pl_stamps *stamps);
/* Notes how a file looks. What has been written since shortly before the beginning counts as changed next time, so that a file may be
 * noted after it is read. */
pl_status pl_stamps_note(pl_stamps *stamps, const char *path, pl_error *error);
/* The tables a scenario's measures are read from. */
pl_status pl_stamps_note_tables(pl_stamps *stamps, const pl_scenario *scenario, pl_error *error);
bool pl_stamps_changed(const pl_stamps *stamps);

/* The file a scenario's world comes from; NULL path when it is in the scenario itself. */
pl_status pl_world_file(const pl_scenario *scenario, char **path, pl_error *error);
/* What a file looks like, as text on the heap. */
char *pl_stamp_text(const char *path);

/* ---- trunks (src/report/desk_trunk.c) ---- */

/* A model with solvers that wait for work. */
typedef struct {
    pl_model *model;
    pl_shelf *shelf;
    pl_held *world;
    pthread_mutex_t lock;
    size_t idle, room;
    pl_solver **solver;
} pl_bench;

/* A question without its lines and its view, ready to be asked: scenario, world, model, policies, solved points. */
typedef struct {
    pl_shelf *shelf;
    pl_stamps stamps;
    pl_held *world, *bench;
    pl_scenario *scenario;
    size_t variants;
    pl_policy **policy;
    pl_points **points;
} pl_trunk;

/* What trunks are made with; `loading` is held while a world is read, for NetCDF is not safe for threads. */
typedef struct {
    pl_shelf *shelf;
    pthread_mutex_t *loading;
    const pl_question *question;
    unsigned long long serial; /* a number of its own */
} pl_trunk_order;

/* The trunk of a question, read again when one of its files has changed. Give it back with pl_shelf_give. */
pl_status pl_trunk_take(const pl_trunk_order *order, pl_held **held, pl_error *error);
pl_world *pl_trunk_world(const pl_trunk *trunk);
pl_bench *pl_trunk_bench(const pl_trunk *trunk);

/* About what they take, in bytes; a solver has two bilateral arrays and the states its acceleration remembers. */
size_t pl_world_bytes(const pl_world *world);
size_t pl_model_bytes(const pl_model *model);
size_t pl_solver_bytes(const pl_model *model);

/* A solver of the bench, and back. */
pl_status pl_bench_take(pl_trunk *trunk, pl_solver **solver, pl_error *error);
void pl_bench_give(pl_trunk *trunk, pl_solver *solver);

/* ---- games (src/report/desk_game.c) ---- */

/* A game whose no deal and today are solved, with hands that wait for work. */
typedef struct pl_room pl_room;

typedef struct {
    pl_shelf *shelf;
    pthread_mutex_t *loading;
    const char *path, *world; /* world: NULL for the game's own */
    volatile int *stop;
} pl_room_order;

/* The room of a game, made again when one of its files has changed. Give it back with pl_shelf_give. */
pl_status pl_room_take(const pl_room_order *order, pl_held **held, pl_error *error);
/* Writes what the package of all "set" is worth. PL_FAILED where no deal has to be searched for. */
pl_status pl_room_value(const pl_room_order *order, pl_held *held, const pl_asked *asked, size_t count,
                        FILE *out, pl_error *error);

#endif
