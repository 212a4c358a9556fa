/* The desk's parts: the shelf of what is kept, the points solutions start from, and trunks of questions. */
#ifndef PL_DESK_H
#define PL_DESK_H

#include "report/report.h"

#include <pthread.h>

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
} pl_maker;

void pl_shelf_init(pl_shelf *shelf, size_t limit);
/* Nobody may use anything any more. */
void pl_shelf_clear(pl_shelf *shelf);
/* Finds a thing, or makes it while others who want it wait. Give it back with pl_shelf_give. */
pl_status pl_shelf_take(pl_shelf *shelf, const char *key, const pl_maker *maker, pl_held **held,
                        pl_error *error);
void pl_shelf_give(pl_shelf *shelf, pl_held *held);
/* It is not found any more, and goes when its last user gives it back. */
void pl_shelf_forget(pl_shelf *shelf, pl_held *held);
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

/* ---- trunks (src/report/desk_trunk.c) ---- */

/* A file as it was when it was read. */
typedef struct {
    char *path;
    unsigned long long device, inode, size;
    long long seconds, nanoseconds;
} pl_stamp;

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
    size_t stamps, stamp_room;
    pl_stamp *stamp;
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

/* A solver of the bench, and back. */
pl_status pl_bench_take(pl_trunk *trunk, pl_solver **solver, pl_error *error);
void pl_bench_give(pl_trunk *trunk, pl_solver *solver);

#endif
