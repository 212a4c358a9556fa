/* Observed series beside what a path says of them, month by month, each on its own basis. */
#include "check/check.h"

#include <math.h>
#include <string.h>

enum { LEVEL, MONTH, YEAR, BASES };

/* How a series is read off a path, and how its changes are counted. */
typedef enum { MONEY, VOLUME, RATE, PRICE } kind;

static const struct {
    const char *text, *importer, *exporter, *model_unit, *model_basis;
    kind kind;
} about[PL_QUANTITIES] = {
    [PL_Q_US_CHINA] = {"goods the United States buys from China", "USA", "CHN", "million USD a month",
                       "goods at customs value", MONEY},
    [PL_Q_US_OTHERS] = {"goods the United States buys from all but China", "USA", "others",
                        "million USD a month", "goods at customs value", MONEY},
    [PL_Q_RATE_CHINA] = {"duty of the United States on China over its purchases", "USA", "CHN", "percent",
                         "duty by law over purchases of goods", RATE},
    [PL_Q_RATE_OTHERS] = {"duty of the United States on all but China over its purchases", "USA", "others",
                          "percent", "duty by law over purchases of goods", RATE},
    [PL_Q_CHINA_USA] = {"goods China sells to the United States", "USA", "CHN", "million USD a month",
                        "goods at customs value", MONEY},
    [PL_Q_CHINA_WORLD] = {"goods China sells to the world", "all", "CHN", "million USD a month",
                          "goods at customs value", MONEY},
    [PL_Q_MAGNET_WORLD] = {"magnets China sells to the world", "all", "CHN",
                           "million USD a month at base prices", "volume of the sector MAG", VOLUME},
    [PL_Q_MAGNET_USA] = {"magnets China sells to the United States", "USA", "CHN",
                         "million USD a month at base prices", "volume of the sector MAG", VOLUME},
    [PL_Q_CONSUMER] = {"consumer prices in China", "CHN", "", "percent", "shop prices, against the base year",
                       PRICE},
    [PL_Q_PRODUCER] = {"producer prices in China", "CHN", "", "percent",
                       "gate prices of goods by output, against the base year", PRICE},
};

static const char *const basis_names[BASES] = {"level", "month on month", "year on year"};

struct pl_comparison {
    size_t count, months;
    pl_observed row[PL_QUANTITIES];
    double *value;            /* [count][BASES][months] */
    pl_observed_point *point; /* [count][room] */
    size_t room;
};

typedef struct {
    const pl_path *path;
    const pl_world *world;
    const pl_series *series;
    size_t N, J, usa, china, magnets; /* SIZE_MAX where the world has none */
    long first;                       /* month of the path's first */
} view;

static bool find_places(view *v) {
    v->N = pl_world_size(v->world, PL_COUNTRY);
    v->J = pl_world_size(v->world, PL_SECTOR);
    if (pl_world_find(v->world, PL_SECTOR, "MAG", &v->magnets, NULL))
        v->magnets = SIZE_MAX;
    return !pl_world_find(v->world, PL_COUNTRY, "USA", &v->usa, NULL) &&
           !pl_world_find(v->world, PL_COUNTRY, "CHN", &v->china, NULL);
}

/* ---- what the path says ---- */

/* Which sellers, and which buyers, a series is about. */
static bool sells(const view *v, int q, size_t n, size_t i) {
    bool others = q == PL_Q_US_OTHERS || q == PL_Q_RATE_OTHERS, world = !strcmp(about[q].importer, "all");
    return n != i && (world || n == v->usa) && (others ? i != v->china : i == v->china);
}

static double sum_pairs(const view *v, int q, const double *pair) {
    double sum = 0;
    for (size_t n = 0; n < v->N; n++)
        for (size_t i = 0; i < v->N; i++)
            sum += sells(v, q, n, i) ? pair[n * v->N + i] : 0;
    return sum;
}

/* The base year's, a month: of goods, or of magnets; times their rates where `rate` is given. */
static double sum_base(const view *v, int q, const double *rate) {
    const double *flow = pl_world_flow(v->world);
    bool magnets = about[q].kind == VOLUME;
    double sum = 0;
    for (size_t j = 0; j < v->J; j++)
        for (size_t n = 0; n < v->N && (magnets ? j == v->magnets : pl_world_is_goods(v->world, j)); n++)
            for (size_t i = 0; i < v->N; i++) {
                size_t at = (j * v->N + n) * v->N + i;
                sum += sells(v, q, n, i) ? flow[at] * (rate ? rate[at] : 1) / 12 : 0;
            }
    return sum;
}

static double base_of(const view *v, int q) {
    switch (about[q].kind) {
    case MONEY:
        return sum_base(v, q, NULL);
    case RATE:
        return 100 * sum_base(v, q, pl_world_tariff(v->world)) / sum_base(v, q, NULL);
    case VOLUME:
        return v->magnets < SIZE_MAX ? sum_base(v, q, NULL) : NAN;
    default:
        return 0;
    }
}

/* Gate prices of a country's goods, by what it makes of each in the first month. */
static double gate_price(const view *v, size_t month) {
    const double *price = pl_path_get(v->path, PL_PATH_producer_price, month);
    const double *made = pl_path_get(v->path, PL_PATH_sector_output, 0);
    double sum = 0, weight = 0;
    for (size_t j = 0; j < v->J; j++) {
        size_t at = j * v->N + v->china;
        sum += pl_world_is_goods(v->world, j) ? price[at] * made[at] : 0;
        weight += pl_world_is_goods(v->world, j) ? made[at] : 0;
    }
    return weight > 0 ? sum / weight : NAN;
}

static double magnets_of(const view *v, int q, double base, size_t month) {
    const size_t *flow = NULL;
    size_t count = pl_path_flows(v->path, &flow);
    if (q == PL_Q_MAGNET_WORLD && v->magnets < SIZE_MAX)
        return base *
               (1 + pl_path_get(v->path, PL_PATH_sector_export_volume, month)[v->magnets * v->N + v->china] /
                        100);
    for (size_t k = 0; k < count; k++)
        if (flow[k] == (v->magnets * v->N + v->usa) * v->N + v->china)
            return pl_path_flow(v->path, PL_FLOW_purchase_volume, month)[k];
    return NAN; /* only flows whose policy changes are told apart */
}

static double level_of(const view *v, int q, double base, size_t month) {
    double goods = sum_pairs(v, q, pl_path_pair(v->path, PL_PAIR_goods, month));
    switch (about[q].kind) {
    case MONEY:
        return goods;
    case RATE:
        return 100 * sum_pairs(v, q, pl_path_pair(v->path, PL_PAIR_duties, month)) / goods;
    case VOLUME:
        return magnets_of(v, q, base, month);
    default:
        return q == PL_Q_CONSUMER ? pl_path_get(v->path, PL_PATH_retail_price, month)[v->china]
                                  : gate_price(v, month);
    }
}

/* Percent of what is counted; points of rates. Prices are changes from the base year themselves. */
static double change(int q, double now, double before) {
    switch (about[q].kind) {
    case RATE:
        return now - before;
    case PRICE:
        return 100 * ((1 + now / 100) / (1 + before / 100) - 1);
    default:
        return before > 0 ? 100 * (now / before - 1) : NAN;
    }
}

static void fill_model(const view *v, int q, pl_observed *row, double *value, size_t months) {
    double *level = value, *month = value + months, *year = value + 2 * months;
    row->base = base_of(v, q);
    for (size_t t = 0; t < months; t++) {
        level[t] = level_of(v, q, row->base, t);
        month[t] = change(q, level[t], t >= 1 ? level[t - 1] : row->base);
        year[t] = change(q, level[t], t >= 12 ? level[t - 12] : row->base);
    }
    row->level = level;
    row->month_on_month = month;
    row->year_on_year = year;
}

/* ---- what was observed ---- */

static const char *level_name(int q) {
    return about[q].kind == RATE ? "collected" : "level";
}

static const char *source_of(const view *v, int q, const char *basis, long month) {
    for (size_t k = 0; k < pl_series_count(v->series); k++) {
        pl_series_point p = pl_series_get(v->series, k);
        if (12L * p.year + p.month - 1 == month && !strcmp(p.basis, basis) &&
            !strcmp(p.series, pl_quantity_series((pl_quantity)q)))
            return p.source;
    }
    return "";
}

/* The value of a month on a basis: as it was reported, else from the levels of two months. */
static bool observe(const view *v, int q, int basis, size_t t, pl_observed_point *point) {
    const char *level = level_name(q), *name = basis == LEVEL ? level : basis_names[basis];
    long month = v->first + (long)t, before = month - (basis == YEAR ? 12 : 1);
    double value = pl_series_value(v->series, (pl_quantity)q, name, month);
    *point = (pl_observed_point){t, name, source_of(v, q, name, month), value, false};
    if (!isnan(value) || basis == LEVEL)
        return !isnan(value);
    double now = pl_series_value(v->series, (pl_quantity)q, level, month);
    double then = pl_series_value(v->series, (pl_quantity)q, level, before);
    point->value = change(q, now, then);
    point->source = source_of(v, q, level, month);
    point->derived = true;
    return !isnan(now) && !isnan(then) && isfinite(point->value);
}

static void fill_observed(const view *v, int q, pl_observed *row, pl_observed_point *point, size_t months) {
    double sum = 0;
    row->point = point;
    for (int basis = 0; basis < BASES; basis++)
        for (size_t t = 0; t < months; t++)
            row->points += observe(v, q, basis, t, &point[row->points]);
    for (long m = v->first - 12; m < v->first; m++) {
        double value = pl_series_value(v->series, (pl_quantity)q, level_name(q), m);
        sum += isnan(value) ? 0 : value;
        row->base_months += !isnan(value);
    }
    row->observed_base = row->base_months ? sum / (double)row->base_months : NAN;
}

/* ---- the whole ---- */

static void fill(const view *v, pl_comparison *c) {
    for (int q = 0; q < PL_QUANTITIES; q++) {
        pl_observed *row = &c->row[c->count];
        size_t at = c->count;
        *row = (pl_observed){.series = pl_quantity_series((pl_quantity)q),
                             .text = about[q].text,
                             .importer = about[q].importer,
                             .exporter = about[q].exporter,
                             .unit = about[q].kind == VOLUME                           ? "tonnes"
                                     : about[q].kind == RATE || about[q].kind == PRICE ? "percent"
                                                                                       : "million USD",
                             .model_unit = about[q].model_unit,
                             .model_basis = about[q].model_basis,
                             .change_unit = about[q].kind == RATE ? "points" : "percent"};
        fill_observed(v, q, row, c->point + at * c->room, c->months);
        if (!row->points)
            continue; /* nothing was observed in these months */
        fill_model(v, q, row, c->value + at * BASES * c->months, c->months);
        c->count++;
    }
}

pl_status pl_comparison_new(const pl_path *path, const pl_series *series, pl_comparison **comparison,
                            pl_error *error) {
    size_t months = pl_path_done(path);
    view v = {.path = path, .world = pl_model_world(pl_path_model(path)), .series = series};
    pl_comparison *c = pl_alloc(1, sizeof *c);
    *comparison = NULL;
    if (!c)
        return pl_fail_memory(error, sizeof *c);
    c->months = months;
    c->room = BASES * months;
    c->value = pl_alloc(PL_QUANTITIES * c->room + 1, sizeof *c->value);
    c->point = pl_alloc(PL_QUANTITIES * c->room + 1, sizeof *c->point);
    if (!c->value || !c->point) {
        pl_comparison_free(c);
        return pl_fail_memory(error, PL_QUANTITIES * BASES * months * sizeof(pl_observed_point));
    }
    if (months && find_places(&v)) {
        v.first = 12L * pl_path_date(path, 0).year + pl_path_date(path, 0).month - 1;
        fill(&v, c);
    }
    *comparison = c;
    return PL_OK;
}

void pl_comparison_free(pl_comparison *c) {
    if (!c)
        return;
    free(c->value);
    free(c->point);
    free(c);
}

size_t pl_comparison_rows(const pl_comparison *c) {
    return c->count;
}

const pl_observed *pl_comparison_row(const pl_comparison *c, size_t row) {
    return &c->row[row];
}
