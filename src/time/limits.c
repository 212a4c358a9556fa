/* Bottlenecks (docs/model.md (16)): a user whose licensed input is short cannot make more than its input allows. */
#include "time/time.h"

#include <math.h>
#include <string.h>

static const double USES = 1e-3; /* of output: an input below this share does not hold a user up */
static const double MEMORY = 1.0 / 3;
static const double LEAST = 1e-3; /* of normal output: no user stops altogether */

/* By licensed input and buyer, the part of normal use that stocks and licences do not cover. */
static void find_shortages(pl_path *path) {
    const pl_holdings *h = &path->holdings;
    memset(path->shortage, 0, path->J * path->S * sizeof(double));
    for (size_t k = 0; k < h->count; k++)
        if (h->covered[k] < 1)
            path->shortage[pl_flow_row(path->model, h->flow[k])] +=
                (1 - h->covered[k]) * pl_weights_share(path, h->flow[k]);
}

/* What is left of a user's output when an input is short: all but the short part for an essential one. */
static double user_limit(const pl_path *path, size_t j, size_t n) {
    const pl_model *m = path->model;
    double limit = 1;
    for (size_t k = 0; k < path->J; k++) {
        double missing = path->shortage[k * path->S + n];
        double tied =
            path->input.criticality ? path->input.criticality[k * path->J + j] : m->settings.criticality;
        if (missing > 0 && k != j && m->gamma[(j * path->J + k) * path->S + n] >= USES)
            limit = fmin(limit, 1 - tied * missing);
    }
    return limit;
}

static bool add_limit(pl_path *path, size_t n, size_t j, double limit) {
    if (!pl_grow(&path->limit, &path->limit_room, path->limits, sizeof *path->limit))
        return false;
    path->limit[path->limits++] = (pl_limit){n, j, limit};
    return true;
}

/* The limits as the map sees them. */
static bool enter(pl_path *path) {
    pl_output_limits *e = &path->entered;
    free(path->limit_at);
    free(path->limit_level);
    free(path->limit_volume);
    path->limit_at = pl_alloc(path->limits + 1, sizeof *path->limit_at);
    path->limit_level = pl_alloc(path->limits + 1, sizeof(double));
    path->limit_volume = pl_alloc(path->limits + 1, sizeof(double));
    if (!path->limit_at || !path->limit_level || !path->limit_volume)
        return false;
    for (size_t k = 0; k < path->limits; k++) {
        path->limit_at[k] = path->limit[k].sector * path->S + path->limit[k].country;
        path->limit_level[k] = path->limit[k].limit * path->normal_output[path->limit_at[k]];
    }
    e->count = path->limits;
    e->at = path->limit_at;
    e->level = path->limit_level;
    e->volume = path->limit_volume;
    path->map.limits = path->limits ? e : NULL;
    memset(e->log_premium, 0, path->J * path->S * sizeof(double));
    for (size_t at = 0; at < path->J * path->S; at++)
        e->keep[at] = 1;
    return true;
}

pl_status pl_limits_enter(pl_path *path, pl_error *error) {
    path->limits = 0;
    find_shortages(path);
    size_t short_inputs = 0;
    for (size_t at = 0; at < path->J * path->S; at++)
        short_inputs += path->shortage[at] > 0;
    for (size_t n = 0; n < path->N && short_inputs; n++)
        for (size_t j = 0; j < path->J; j++) {
            double limit = fmax(LEAST, user_limit(path, j, n));
            if (limit < 1 && path->model->output[j * path->S + n] > 0 && !add_limit(path, n, j, limit))
                return pl_fail_memory(error, sizeof *path->limit);
        }
    return enter(path) ? PL_OK : pl_fail_memory(error, path->limits * sizeof(double));
}

/* Normal output follows what a sector makes, or under a limit what it would make at least without the premium: sales fall by
 * the short-run elasticity where others can be bought, by one where all are limited. While a limit stands normal output
 * does not fall: buyers leave for want of the input, and a limit that followed them down would bind anew whenever it
 * stopped to. */
void pl_limits_close(pl_path *path) {
    const pl_model *m = path->model;
    const pl_gmap *map = &path->map;
    double *limited = path->spare;
    memset(limited, 0, path->J * path->S * sizeof *limited);
    for (size_t k = 0; k < path->limits; k++)
        limited[path->limit_at[k]] = 1;
    for (size_t j = 0; j < path->J; j++)
        for (size_t n = 0; n < path->N; n++) {
            size_t at = j * path->S + n;
            double volume = m->output[at] > 0 ? map->output[at] / m->output[at] * exp(-map->cost[at]) : 1;
            double z = path->entered.log_premium[at], answer = fmin(1, 1 + map->theta[j]);
            double gap = volume * exp(answer * z) - path->normal_output[at];
            if (limited[at] == 0 || gap > 0)
                path->normal_output[at] += MEMORY * gap;
            path->limit_state[at] = z;
        }
}

void pl_limits_days(const pl_path *path, double *days) {
    const pl_holdings *h = &path->holdings;
    size_t N = path->N;
    double *normal = path->spare;
    memset(normal, 0, path->J * path->S * sizeof(double));
    for (size_t at = 0; at < path->J * N; at++)
        days[at] = 0;
    for (size_t k = 0; k < h->count; k++)
        if (h->needed[k] > 1e-12) {
            days[h->flow[k] / N] += h->closing[k];
            normal[h->flow[k] / N] += h->normal[k];
        }
    for (size_t at = 0; at < path->J * N; at++)
        days[at] = normal[at] > 0 ? 365.0 / 12 * days[at] / normal[at] : NAN;
}
