/* Numbers of reports against the model: each observation that a fact names, on its own basis. */
#include "check/check.h"

#include <math.h>
#include <string.h>

struct pl_fact_table {
    pl_fact_row *row;
    size_t rows, room;
};

/* Observations of a scenario by what they say, and the series they belong to. */
static const struct {
    const char *text;
    pl_quantity quantity;
    double unit; /* of the series in one of the observation */
} SERIES[] = {
    {"Chinese exports to the United States", PL_Q_CHINA_USA, 1e3},
    {"Chinese exports to the world", PL_Q_CHINA_WORLD, 1e3},
    {"Chinese consumer prices", PL_Q_CONSUMER, 1},
    {"Chinese producer prices", PL_Q_PRODUCER, 1},
    {"Chinese exports of magnets to the world", PL_Q_MAGNET_WORLD, 1},
    {"Chinese exports of magnets to the United States", PL_Q_MAGNET_USA, 1},
};

typedef struct {
    const pl_scenario *scenario;
    const pl_world *world;
    const pl_backtest *backtest;
    volatile int *stop;
    pl_error *error;
} source;

static const char LEVEL_WHY[] =
    "the path, on the same month a year before grown as imports from China grew to October 2024";
static const char CHANGE_WHY[] = "the path over the level expected without measures";
static const char PRICE_WHY[] = "March 2025 and the path's change since then; prices are in the world's unit";
static const char MAGNET_WHY[] = "the path's volume, on what is known of the same month of 2024";

static void from_series(const source *s, const pl_observation *o, pl_fact_row *row) {
    int year = 0, month = 0;
    for (size_t k = 0; k < sizeof SERIES / sizeof *SERIES; k++) {
        if (strcmp(SERIES[k].text, o->text) != 0 || sscanf(o->period, "%d-%d", &year, &month) != 2)
            continue;
        bool level = !strcmp(o->basis, "level"), money = !strcmp(o->unit, "billion USD");
        row->model =
            pl_backtest_predict(s->backtest, pl_quantity_series(SERIES[k].quantity), o->basis, year, month) /
            (level && money ? SERIES[k].unit : 1);
        bool magnets = SERIES[k].quantity == PL_Q_MAGNET_USA || SERIES[k].quantity == PL_Q_MAGNET_WORLD;
        bool prices = SERIES[k].quantity == PL_Q_CONSUMER || SERIES[k].quantity == PL_Q_PRODUCER;
        row->why = magnets ? MAGNET_WHY : prices ? PRICE_WHY : level ? LEVEL_WHY : CHANGE_WHY;
        if (isnan(row->model))
            row->why = "no base to start from, or the world does not hold the product";
    }
}

typedef struct {
    double rate, trade;
} step;

static int by_rate(const void *a, const void *b) {
    const step *x = a, *y = b;
    return (x->rate > y->rate) - (x->rate < y->rate);
}

/* The duty added to the world's on a day that half of the trade in goods bears or exceeds, percent. */
static pl_status middle_on(const source *s, size_t buyer, size_t seller, long day, step *list, double *rate) {
    size_t N = pl_world_size(s->world, PL_COUNTRY), count = 0;
    double all = 0, sum = 0;
    pl_policy *policy = NULL;
    pl_status status = pl_scenario_policy_on(s->scenario, s->world, 0, pl_date_of(day), &policy, s->error);
    for (size_t j = 0; j < pl_world_size(s->world, PL_SECTOR) && !status; j++) {
        size_t at = (j * N + buyer) * N + seller;
        if (!pl_world_is_goods(s->world, j))
            continue;
        list[count].rate = 100 * (pl_policy_tariff(policy)[at] - pl_world_tariff(s->world)[at]);
        all += list[count++].trade = pl_world_flow(s->world)[at];
    }
    pl_policy_free(policy);
    if (status)
        return status;
    qsort(list, count, sizeof *list, by_rate);
    for (size_t k = 0; k < count && sum < all / 2; k++) {
        sum += list[k].trade;
        *rate = list[k].rate;
    }
    return PL_OK;
}

/* A statutory rate is the highest of the month, that of the truce the one of the month's end. */
static pl_status statutory(const source *s, const pl_observation *o, pl_fact_row *row) {
    bool by_china = strstr(o->text, "duty of China") != NULL, truce = strstr(o->text, "truce") != NULL;
    size_t usa = 0, china = 0;
    int year = 0, month = 0;
    if (sscanf(o->period, "%d-%d", &year, &month) != 2)
        return PL_OK;
    pl_status status = pl_world_find(s->world, PL_COUNTRY, "USA", &usa, s->error);
    if (!status)
        status = pl_world_find(s->world, PL_COUNTRY, "CHN", &china, s->error);
    step *list = pl_alloc(pl_world_size(s->world, PL_SECTOR), sizeof *list);
    if (!status && !list)
        status = pl_fail_memory(s->error, pl_world_size(s->world, PL_SECTOR) * sizeof *list);
    long first = pl_date_day((pl_date){year, month, 1}), last = first + 27;
    double highest = 0, rate = 0;
    for (long day = truce ? last : first; day <= last && !status; day++) {
        if (s->stop && *s->stop)
            status = pl_fail(s->error, PL_CANCELLED, "interrupted");
        else
            status = middle_on(s, by_china ? china : usa, by_china ? usa : china, day, list, &rate);
        highest = fmax(highest, rate);
    }
    free(list);
    row->model = status ? NAN : highest;
    row->why = truce ? "added to the world's rate on the sector in the middle of trade, once the truce began"
                     : "added to the world's rate on the sector in the middle of trade, on the highest day";
    return status;
}

/* China's part of the rare earths made in the world of the scenario. */
static void refining(const source *s, pl_fact_row *row) {
    size_t product = 0, china = 0, N = pl_world_size(s->world, PL_COUNTRY);
    double mine = 0, all = 0;
    if (pl_world_find(s->world, PL_SECTOR, "REE", &product, NULL) ||
        pl_world_find(s->world, PL_COUNTRY, "CHN", &china, NULL)) {
        row->why = "the world does not hold the product";
        return;
    }
    for (size_t at = 0; at < N * N; at++) {
        all += pl_world_flow(s->world)[product * N * N + at];
        mine += at % N == china ? pl_world_flow(s->world)[product * N * N + at] : 0;
    }
    row->model = 100 * mine / all;
    row->why = "share of the value of rare earths mined and refined together (worlds/SOURCES.md)";
}

static pl_status fill_row(const source *s, const pl_observation *o, pl_fact_row *row) {
    row->observation = o->id;
    row->what = o->text;
    row->unit = o->unit;
    row->basis = o->basis;
    row->period = o->period;
    row->value = o->value;
    row->why = "nothing in the model has this number";
    if (!strcmp(o->basis, "statutory"))
        return statutory(s, o, row);
    if (!strcmp(o->id, "refining-share"))
        refining(s, row);
    else
        from_series(s, o, row);
    return PL_OK;
}

static pl_fact_row *new_row(pl_fact_table *table, pl_fact fact, pl_error *error) {
    if (!pl_grow(&table->row, &table->room, table->rows, sizeof *table->row)) {
        pl_fail_memory(error, (table->rows + 1) * sizeof *table->row);
        return NULL;
    }
    pl_fact_row *row = &table->row[table->rows++];
    *row = (pl_fact_row){.fact = fact.id,
                         .text = fact.text,
                         .note = fact.note,
                         .observation = "",
                         .what = "",
                         .unit = "",
                         .basis = "",
                         .period = "",
                         .value = NAN,
                         .model = NAN,
                         .why = ""};
    return row;
}

static pl_status find_observation(const source *s, const char *id, pl_fact_row *row) {
    for (size_t k = 0; k < pl_scenario_observations(s->scenario); k++) {
        pl_observation o = pl_scenario_observation(s->scenario, k);
        if (!strcmp(o.id, id))
            return fill_row(s, &o, row);
    }
    return PL_OK;
}

static pl_status fill(const source *s, pl_fact_table *table) {
    pl_status status = PL_OK;
    for (size_t k = 0; k < pl_scenario_facts(s->scenario) && !status; k++) {
        pl_fact fact = pl_scenario_fact(s->scenario, k);
        size_t first = table->rows;
        for (size_t o = 0; (o < fact.observations || !o) && !status; o++) {
            pl_fact_row *row = new_row(table, fact, s->error);
            if (!row)
                return PL_NO_MEMORY;
            if (fact.observations)
                status = find_observation(s, fact.observation[o], row);
        }
        if (!fact.observations)
            table->row[first].why = fact.measures ? "no number; carried by measures of the scenario"
                                                  : "no number, and no model carries it";
    }
    return status;
}

pl_status pl_facts_new(pl_scenario *scenario, const pl_world *world, const pl_series *series,
                       volatile int *stop, pl_fact_table **table, pl_error *error) {
    pl_backtest *backtest = NULL;
    bool done = false;
    *table = NULL;
    if (!pl_scenario_facts(scenario))
        return pl_fail(error, PL_INVALID, "scenario '%s' lists no facts", pl_scenario_name(scenario));
    pl_status status = pl_backtest_new(scenario, world, series, NULL, false, &backtest, error);
    while (!status && !done)
        status = pl_backtest_step(backtest, stop, &done, error);
    pl_fact_table *t = pl_alloc(1, sizeof *t);
    if (!status && !t)
        status = pl_fail_memory(error, sizeof *t);
    const source s = {scenario, world, backtest, stop, error};
    if (!status)
        status = fill(&s, t);
    pl_backtest_free(backtest);
    if (status) {
        pl_facts_free(t);
        return status;
    }
    *table = t;
    return PL_OK;
}

void pl_facts_free(pl_fact_table *t) {
    if (!t)
        return;
    free(t->row);
    free(t);
}

size_t pl_facts_rows(const pl_fact_table *t) {
    return t->rows;
}

pl_fact_row pl_facts_get(const pl_fact_table *t, size_t index) {
    return t->row[index];
}
