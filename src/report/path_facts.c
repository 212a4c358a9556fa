/* What every output says of a path: which countries, and changes on earlier months. */
#include "report/report.h"

#include <math.h>
#include <string.h>

/* Base trade under measures that change, by country, as buyer and as seller. */
static bool weigh(const pl_path *path, double *weight) {
    const pl_world *w = pl_model_world(pl_path_model(path));
    const size_t *at = NULL;
    size_t N = pl_world_size(w, PL_COUNTRY), count = pl_path_flows(path, &at);
    const double *flow = pl_world_flow(w);
    memset(weight, 0, N * sizeof *weight);
    for (size_t k = 0; k < count; k++) {
        weight[at[k] / N % N] += flow[at[k]];
        weight[at[k] % N] += flow[at[k]];
    }
    return count > 0;
}

size_t pl_path_shown(const pl_path_view *view, size_t *country, size_t most) {
    size_t shown = 0, N = pl_world_size(pl_model_world(pl_path_model(view->path)), PL_COUNTRY);
    for (; shown < view->countries && shown < most; shown++)
        country[shown] = view->country[shown];
    if (shown)
        return shown;
    double *weight = pl_alloc(N, sizeof *weight);
    if (!weight || !weigh(view->path, weight)) {
        free(weight);
        return 0;
    }
    for (size_t k = 0; k < most && k < 2; k++) {
        size_t best = 0;
        for (size_t n = 1; n < N; n++)
            best = weight[n] > weight[best] ? n : best;
        if (weight[best] > 0)
            country[shown++] = best;
        weight[best] = 0;
    }
    free(weight);
    return shown;
}

static double percent(double now, double before) {
    return before > 0 ? 100 * (now / before - 1) : NAN;
}

static double pair_before(const pl_path *path, size_t buyer, size_t seller) {
    const pl_world *w = pl_model_world(pl_path_model(path));
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    double sum = 0;
    for (size_t j = 0; j < J; j++)
        sum += pl_world_flow(w)[(j * N + buyer) * N + seller];
    return sum / 12;
}

double pl_path_pair_change(const pl_path *path, pl_pair_variable variable, size_t month, size_t back,
                           size_t buyer, size_t seller) {
    size_t at = buyer * pl_world_size(pl_model_world(pl_path_model(path)), PL_COUNTRY) + seller;
    double before =
        month >= back ? pl_path_pair(path, variable, month - back)[at] : pair_before(path, buyer, seller);
    return percent(pl_path_pair(path, variable, month)[at], before);
}

double pl_path_trade_change(const pl_path *path, pl_path_variable variable, size_t month, size_t back,
                            size_t country) {
    const pl_model *m = pl_path_model(path);
    double base = (variable == PL_PATH_imports ? m->imports_before : m->exports_before)[country] / 12;
    double before = month >= back ? pl_path_get(path, variable, month - back)[country] : base;
    return percent(pl_path_get(path, variable, month)[country], before);
}

bool pl_path_pair_touched(const pl_path *path, size_t buyer, size_t seller) {
    const size_t *at = NULL;
    size_t N = pl_world_size(pl_model_world(pl_path_model(path)), PL_COUNTRY),
           count = pl_path_flows(path, &at);
    for (size_t k = 0; k < count; k++)
        if (at[k] / N % N == buyer && at[k] % N == seller)
            return true;
    return false;
}
