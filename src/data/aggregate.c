/*
 * Merging countries and sectors so that accounts are kept: flows and duties add up, producers keep their
 * revenue net of export tax, and shares are weighted by output, so that inputs, value added and profits add
 * up as well. Only the elasticities are averages in the proper sense.
 */
#include "data/data.h"

#include <math.h>
#include <string.h>

typedef struct {
    const pl_world *from;
    const pl_grouping *country, *sector;
    pl_world *to;
    double *output; /* [N][J] of the world merged */
} merging;

/* Calls for every cell of the bilateral tables with its place before and after. */
static void merge_flows(const merging *m, double *producer) {
    const pl_world *w = m->from;
    size_t N = w->countries, M = m->to->countries;
    for (size_t j = 0; j < w->sectors; j++) {
        for (size_t n = 0; n < N; n++) {
            for (size_t i = 0; i < N; i++) {
                size_t at = (j * N + n) * N + i;
                size_t into = (m->sector->to[j] * M + m->country->to[n]) * M + m->country->to[i];
                double x = w->flow[at];
                m->to->flow[into] += x;
                m->to->tariff[into] += w->tariff[at] * x; /* duty, for now */
                if (producer)
                    producer[into] += x / (1 + w->export_tax[at]);
            }
        }
    }
}

/* Where nothing is traded, rates are plain averages of the members'. */
static void average_idle(const merging *m, double *tariff, double *tax, size_t *count) {
    const pl_world *w = m->from;
    size_t N = w->countries, M = m->to->countries, cells = m->to->sectors * M * M;
    for (size_t at = 0; at < w->sectors * N * N; at++) {
        size_t into =
            (m->sector->to[at / (N * N)] * M + m->country->to[at / N % N]) * M + m->country->to[at % N];
        if (m->to->flow[into] > 0)
            continue;
        count[into]++;
        tariff[into] += w->tariff[at];
        if (tax)
            tax[into] += w->export_tax[at];
    }
    for (size_t into = 0; into < cells; into++) {
        if (!count[into])
            continue;
        tariff[into] /= (double)count[into];
        if (tax)
            tax[into] /= (double)count[into];
    }
}

static bool merge_bilateral(const merging *m) {
    pl_world *to = m->to;
    size_t cells = to->sectors * to->countries * to->countries;
    bool taxed = m->from->export_tax != NULL;
    double *producer = taxed ? pl_alloc(cells, sizeof(double)) : NULL;
    size_t *count = pl_alloc(cells, sizeof *count);
    if (taxed)
        to->export_tax = pl_alloc(cells, sizeof(double));
    bool made = count && (!taxed || (producer && to->export_tax));
    if (made) {
        merge_flows(m, producer);
        for (size_t at = 0; at < cells; at++) {
            to->tariff[at] = to->flow[at] > 0 ? to->tariff[at] / to->flow[at] : 0;
            if (taxed)
                to->export_tax[at] = producer[at] > 0 ? to->flow[at] / producer[at] - 1 : 0;
        }
        average_idle(m, to->tariff, to->export_tax, count);
    }
    free(producer);
    free(count);
    return made;
}

/* Weighted sums of input, value-added and profit shares, then over their weights. A sector without output in
 * any member gets the plain average. */
static void add_shares(const merging *m, double *weight, double *profit_weight) {
    const pl_world *w = m->from;
    size_t J = w->sectors, K = m->to->sectors;
    for (size_t n = 0; n < w->countries; n++) {
        for (size_t j = 0; j < J; j++) {
            size_t nj = n * J + j, into = m->country->to[n] * K + m->sector->to[j];
            double y = m->output[nj], v = y * w->value_added_share[nj];
            weight[into] += y;
            profit_weight[into] += v;
            m->to->value_added_share[into] += v;
            if (w->profit_share)
                m->to->profit_share[into] += v * w->profit_share[nj];
            for (size_t k = 0; k < J; k++)
                m->to->input_share[into * K + m->sector->to[k]] += y * w->input_share[nj * J + k];
        }
    }
}

static void add_idle_shares(const merging *m, const double *weight, size_t *count) {
    const pl_world *w = m->from;
    size_t J = w->sectors, K = m->to->sectors;
    for (size_t nj = 0; nj < w->countries * J; nj++) {
        size_t into = m->country->to[nj / J] * K + m->sector->to[nj % J];
        if (weight[into] > 0)
            continue;
        count[into]++;
        m->to->value_added_share[into] += w->value_added_share[nj];
        if (w->profit_share)
            m->to->profit_share[into] += w->profit_share[nj];
        for (size_t k = 0; k < J; k++)
            m->to->input_share[into * K + m->sector->to[k]] += w->input_share[nj * J + k];
    }
}

static bool merge_shares(const merging *m) {
    pl_world *to = m->to;
    size_t K = to->sectors, cells = to->countries * K;
    double *weight = pl_alloc(2 * cells, sizeof(double));
    size_t *count = pl_alloc(cells, sizeof *count);
    if (m->from->profit_share)
        to->profit_share = pl_alloc(cells, sizeof(double));
    bool made = weight && count && (to->profit_share || !m->from->profit_share);
    if (made) {
        add_shares(m, weight, weight + cells);
        add_idle_shares(m, weight, count);
        for (size_t at = 0; at < cells; at++) {
            double by = weight[at] > 0 ? weight[at] : (double)count[at];
            double v = weight[at] > 0 ? weight[cells + at] : (double)count[at];
            to->value_added_share[at] /= by;
            for (size_t k = 0; k < K; k++)
                to->input_share[at * K + k] /= by;
            if (to->profit_share)
                to->profit_share[at] = v > 0 ? to->profit_share[at] / v : 0;
        }
    }
    free(weight);
    free(count);
    return made;
}

/* Weight of each sector for averages: what is traded between countries, or, in a group that trades nothing,
 * output. */
static void sector_weights(const merging *m, double *weight, double *group) {
    const pl_world *w = m->from;
    size_t N = w->countries, J = w->sectors;
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N; n++)
            for (size_t i = 0; i < N; i++)
                weight[j] += i == n ? 0 : w->flow[(j * N + n) * N + i];
    for (size_t j = 0; j < J; j++)
        group[m->sector->to[j]] += weight[j];
    for (size_t j = 0; j < J; j++) {
        if (group[m->sector->to[j]] > 0)
            continue;
        for (size_t n = 0; n < N; n++)
            weight[j] += m->output[n * J + j];
    }
    memset(group, 0, m->to->sectors * sizeof *group);
    for (size_t j = 0; j < J; j++)
        group[m->sector->to[j]] += weight[j];
    for (size_t j = 0; j < J; j++) {
        if (group[m->sector->to[j]] > 0)
            continue;
        for (size_t k = j; k < J; k++)
            weight[k] = m->sector->to[k] == m->sector->to[j] ? 1 : weight[k];
        for (size_t k = j; k < J; k++)
            group[m->sector->to[j]] += m->sector->to[k] == m->sector->to[j];
    }
}

/* Standard errors of the average, the parts' errors taken as independent. */
static void merge_errors(const merging *m, const pl_elasticity_set *set, const double *weight,
                         const double *group, double *error) {
    size_t J = m->from->sectors, K = m->to->sectors;
    memset(error, 0, K * sizeof *error);
    for (size_t j = 0; set->error && j < J; j++) {
        double part = weight[j] / group[m->sector->to[j]] * set->error[j];
        error[m->sector->to[j]] += part * part;
    }
    for (size_t k = 0; k < K; k++)
        error[k] = sqrt(error[k]);
}

static bool merge_sectors(const merging *m) {
    const pl_world *w = m->from;
    size_t J = w->sectors, K = m->to->sectors;
    double *weight = pl_alloc(J + 3 * K, sizeof(double)), *group = weight + J, *theta = group + K,
           *error = theta + K;
    bool made = weight != NULL;
    if (made)
        sector_weights(m, weight, group);
    for (size_t s = 0; s < w->sets && made; s++) {
        memset(theta, 0, K * sizeof *theta);
        for (size_t j = 0; j < J; j++)
            theta[m->sector->to[j]] += weight[j] / group[m->sector->to[j]] * w->set[s].theta[j];
        merge_errors(m, &w->set[s], weight, group, error);
        made = pl_world_add_set(m->to, w->set[s].name, theta, error);
    }
    /* A group is goods when goods are the larger part of it. */
    if (made)
        memset(theta, 0, K * sizeof *theta);
    for (size_t j = 0; j < J && made; j++)
        theta[m->sector->to[j]] += w->goods[j] ? weight[j] : -weight[j];
    for (size_t k = 0; k < K && made; k++)
        m->to->goods[k] = theta[k] > 0;
    free(weight);
    return made;
}

static bool label_groups(pl_world *to, pl_axis axis, const pl_grouping *g) {
    for (size_t i = 0; i < g->count; i++)
        if (!pl_world_label(to, axis, i, g->code.item[i], g->name.item[i]))
            return false;
    return true;
}

pl_status pl_world_merge(const pl_world *w, const pl_grouping *country, const pl_grouping *sector,
                         pl_world **out, pl_error *error) {
    merging m = {.from = w, .country = country, .sector = sector};
    *out = NULL;
    m.to = pl_world_blank(country->count, sector->count);
    m.output = pl_alloc(w->countries * w->sectors, sizeof(double));
    bool made = m.to && m.output;
    if (made)
        pl_world_output(w, m.output);
    made = made && label_groups(m.to, PL_COUNTRY, country) && label_groups(m.to, PL_SECTOR, sector) &&
           merge_bilateral(&m) && merge_shares(&m) && merge_sectors(&m) && pl_world_copy_notes(m.to, w);
    free(m.output);
    if (!made) {
        pl_world_free(m.to);
        return pl_fail_memory(error, w->countries * w->countries * w->sectors * sizeof(double));
    }
    pl_world_tidy(m.to);
    *out = m.to;
    return PL_OK;
}
