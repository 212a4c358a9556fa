/* Where a solve starts: questions that differ only in a rate have solutions on a smooth curve, so that the state at
 * one more rate is foretold from those solved near by. */
#include "report/desk.h"

#include <math.h>
#include <string.h>

enum { MOST_POINTS = 24, MOST_FAMILIES = 8, MOST_NEAR = 6 };
static const double LARGEST_WEIGHT = 25; /* beyond it, a fit through fewer points is safer */

typedef struct {
    double x[PL_DIMS], *y;
    unsigned long long used;
} point;

/* Points that differ only in rates. */
typedef struct {
    char *key;
    size_t dims, count;
    unsigned long long used;
    point point[MOST_POINTS];
} family;

struct pl_points {
    pthread_mutex_t lock;
    unsigned long long clock;
    size_t length; /* of every state kept */
    size_t families;
    family *family[MOST_FAMILIES];
};

pl_points *pl_points_new(void) {
    pl_points *points = pl_alloc(1, sizeof *points);
    if (points)
        pthread_mutex_init(&points->lock, NULL);
    return points;
}

static void free_family(family *f) {
    for (size_t p = 0; p < f->count; p++)
        free(f->point[p].y);
    free(f->key);
    free(f);
}

void pl_points_free(pl_points *points) {
    if (!points)
        return;
    for (size_t f = 0; f < points->families; f++)
        free_family(points->family[f]);
    pthread_mutex_destroy(&points->lock);
    free(points);
}

static family *find_family(const pl_points *points, const pl_place *place) {
    for (size_t f = 0; f < points->families; f++)
        if (points->family[f]->dims == place->dims && !strcmp(points->family[f]->key, place->key))
            return points->family[f];
    return NULL;
}

/* ---- a guess ---- */

/* Points chosen to be fitted through, with their coordinate and weight. */
typedef struct {
    size_t count;
    point *point[MOST_NEAR];
    double x[MOST_NEAR], weight[MOST_NEAR];
} fit;

static bool on_line(const point *p, const pl_place *place, size_t dim) {
    for (size_t d = 0; d < place->dims; d++)
        if (d != dim && p->x[d] != place->x[d])
            return false;
    return true;
}

static bool has_coordinate(const fit *f, double x) {
    for (size_t k = 0; k < f->count; k++)
        if (fabs(f->x[k] - x) < 1e-9)
            return true;
    return false;
}

/* The points nearest along one rate, the others being equal, nearest first. */
static void choose_near(family *f, const pl_place *place, size_t dim, fit *out) {
    out->count = 0;
    while (out->count < MOST_NEAR) {
        point *best = NULL;
        for (size_t p = 0; p < f->count; p++) {
            point *here = &f->point[p];
            double away = fabs(here->x[dim] - place->x[dim]);
            bool nearer = !best || away < fabs(best->x[dim] - place->x[dim]);
            if (nearer && on_line(here, place, dim) && !has_coordinate(out, here->x[dim]))
                best = here;
        }
        if (!best)
            return;
        out->x[out->count] = best->x[dim];
        out->point[out->count++] = best;
    }
}

/* Lagrange's weights at x for the first `count` points; the largest of them. */
static double weigh(fit *f, double x) {
    double largest = 0;
    for (size_t a = 0; a < f->count; a++) {
        f->weight[a] = 1;
        for (size_t b = 0; b < f->count; b++)
            if (b != a)
                f->weight[a] *= (x - f->x[b]) / (f->x[a] - f->x[b]);
        largest = fmax(largest, fabs(f->weight[a]));
    }
    return largest;
}

static point *nearest(family *f, const pl_place *place) {
    point *best = NULL;
    double least = INFINITY;
    for (size_t p = 0; p < f->count; p++) {
        double away = 0;
        for (size_t d = 0; d < f->dims; d++)
            away += (f->point[p].x[d] - place->x[d]) * (f->point[p].x[d] - place->x[d]);
        if (!best || away < least) {
            least = away;
            best = &f->point[p];
        }
    }
    return best;
}

/* The rate along which most points lie; then as many of them as weights allow. */
static fit fit_family(family *f, const pl_place *place) {
    fit best = {0};
    for (size_t d = 0; d < f->dims; d++) {
        fit along = {0};
        choose_near(f, place, d, &along);
        while (along.count > 1 && weigh(&along, place->x[d]) > LARGEST_WEIGHT)
            along.count--;
        if (along.count > best.count)
            best = along;
    }
    if (best.count <= 1 && f->count) {
        best.count = 1;
        best.point[0] = nearest(f, place);
        best.weight[0] = 1;
    }
    return best;
}

/* Where there is no point of the same kind, the one solved last: the variant's own as a rule. */
static family *any_family(const pl_points *points) {
    family *latest = NULL;
    for (size_t f = 0; f < points->families; f++)
        if (points->family[f]->count && (!latest || points->family[f]->used > latest->used))
            latest = points->family[f];
    return latest;
}

bool pl_points_guess(pl_points *points, const pl_place *place, double *y, size_t length) {
    pthread_mutex_lock(&points->lock);
    family *same = find_family(points, place), *from = same && same->count ? same : any_family(points);
    fit f = {0};
    if (from == same && from) {
        f = fit_family(from, place);
    } else if (from) {
        f.count = 1;
        f.weight[0] = 1;
        f.point[0] = &from->point[from->count - 1];
    }
    bool found = f.count > 0 && points->length == length;
    if (found)
        memset(y, 0, length * sizeof *y);
    for (size_t k = 0; found && k < f.count; k++) {
        f.point[k]->used = from->used = ++points->clock;
        for (size_t i = 0; i < length; i++)
            y[i] += f.weight[k] * f.point[k]->y[i];
    }
    pthread_mutex_unlock(&points->lock);
    return found;
}

/* ---- keeping ---- */

/* Room for one more family: a free place, or that of the one used longest ago. `bytes` is what went. */
static family *new_family(pl_points *points, const pl_place *place, size_t *bytes) {
    family *made = pl_alloc(1, sizeof *made);
    char *key = pl_strdup(place->key);
    if (!made || !key) {
        free(made);
        free(key);
        return NULL;
    }
    made->key = key;
    made->dims = place->dims;
    if (points->families < MOST_FAMILIES) {
        points->family[points->families++] = made;
        return made;
    }
    size_t oldest = 0;
    for (size_t f = 1; f < points->families; f++)
        oldest = points->family[f]->used < points->family[oldest]->used ? f : oldest;
    *bytes = points->family[oldest]->count * points->length * sizeof(double);
    free_family(points->family[oldest]);
    points->family[oldest] = made;
    return made;
}

/* The point at this very place, or a new one, or the one used longest ago. */
static point *choose_point(family *f, const pl_place *place) {
    point *oldest = &f->point[0];
    for (size_t p = 0; p < f->count; p++) {
        if (!memcmp(f->point[p].x, place->x, place->dims * sizeof *place->x))
            return &f->point[p];
        oldest = f->point[p].used < oldest->used ? &f->point[p] : oldest;
    }
    return f->count < MOST_POINTS ? &f->point[f->count] : oldest;
}

/* States of another length are of no use any more. */
static size_t forget_all(pl_points *points) {
    size_t bytes = 0;
    for (size_t f = 0; f < points->families; f++) {
        bytes += points->family[f]->count * points->length * sizeof(double);
        free_family(points->family[f]);
    }
    points->families = 0;
    return bytes;
}

size_t pl_points_keep(pl_points *points, const pl_place *place, const double *y, size_t length) {
    size_t gone = 0, added = 0;
    pthread_mutex_lock(&points->lock);
    if (points->length != length)
        gone = forget_all(points);
    points->length = length;
    family *f = find_family(points, place);
    f = f ? f : new_family(points, place, &gone);
    point *p = f ? choose_point(f, place) : NULL;
    if (p && !p->y) {
        p->y = pl_alloc(length, sizeof *p->y);
        f->count += p->y != NULL;
        added = p->y ? length * sizeof *p->y : 0;
    }
    if (p && p->y) {
        memcpy(p->y, y, length * sizeof *y);
        memcpy(p->x, place->x, sizeof p->x);
        p->used = f->used = ++points->clock;
    }
    pthread_mutex_unlock(&points->lock);
    return added > gone ? added - gone : 0;
}
