/*
 * The backtest: free parameters of the path are sought on 2018-19 and on January to March 2025, then April to June 2025 is
 * predicted and held against what was observed and against naive forecasts. What is compared of the search windows is
 * purchases of the United States from China over those from all others, so that common demand drops out.
 */
#include "check/check.h"

#include <math.h>
#include <string.h>

enum {
    WAR_START = 12 * 2018,      /* January 2018 */
    WAR_FROM = 12 * 2018 + 6,   /* July 2018, when the first list was in force */
    WAR_MONTHS = 24,            /* to December 2019 */
    LEAD = 12 * 2024 + 10,      /* November 2024 */
    QUARTER = 12 * 2025,        /* January 2025 */
    LAST_KNOWN = 12 * 2025 + 2, /* March 2025 */
    FIRST_PREDICTED = LAST_KNOWN + 1,
    PREDICTED = 3,
    FREE = 3,              /* sought by paths; the fourth, transit, needs none */
    PARAMETERS = FREE + 2, /* ... and part of the law's rise that is collected */
    TRANSIT_STEPS = 20,
    MOST_EVALUATIONS = 60
};
static const double FIRST_STEP = 0.2, LAST_STEP = 0.03; /* of the range of a parameter */

typedef struct {
    const char *name, *text;
    double low, high;
    bool logarithmic;
} free_parameter;

static const free_parameter PARAMETER[PARAMETERS] = {
    {"sigma_short", "substitution between suppliers within a month", 0.2, 4, true},
    {"adjust_months", "months after which 90 % of the long run is reached", 6, 240, true},
    {"front_running", "months of use bought ahead of a price expected to double", 0, 12, false},
    {"transit", "share of what is bought in a month that arrives in the next", 0, 1, false},
    {"collected", "share of a rise in the law's average duty that is collected", 0, 1, false},
};

struct pl_backtest {
    pl_scenario *scenario, *history; /* the second is owned */
    const pl_world *world;
    pl_world *history_world;
    const pl_series *series;
    bool fit, done;
    double start[PARAMETERS]; /* as the scenario sets them */
    double best[PARAMETERS];  /* positions from 0 to 1 */
    double loss, step;
    size_t evaluations, turn;
    bool improved;
    pl_indices path;
    double long_run[PREDICTED + 1][PL_QUANTITIES]; /* March to June */
    pl_backtest_row *row;
    size_t rows, row_room;
    pl_backtest_score *score;
    size_t scores;
};

/* ---- parameters ---- */

static double value_of(size_t k, double position) {
    const free_parameter *p = &PARAMETER[k];
    if (p->logarithmic)
        return p->low * pow(p->high / p->low, position);
    return p->low + position * (p->high - p->low);
}

static double position_of(size_t k, double value) {
    const free_parameter *p = &PARAMETER[k];
    double x =
        p->logarithmic ? log(value / p->low) / log(p->high / p->low) : (value - p->low) / (p->high - p->low);
    return fmin(fmax(x, 0), 1);
}

static pl_status set_parameters(pl_scenario *scenario, const double *position, pl_error *error) {
    pl_status status = PL_OK;
    char text[40];
    for (size_t k = 0; k < FREE && !status; k++) {
        /* Whole months, as the setting wants them. */
        double value = value_of(k, position[k]);
        snprintf(text, sizeof text, k == 1 ? "%.0f" : "%.17g", value);
        status = pl_settings_set(pl_scenario_settings(scenario), PARAMETER[k].name, text, error);
    }
    return status;
}

/* ---- what was observed ---- */

/* Growth from one year to the next: twelve months that end with `last` over the twelve before. */
static double growth(const pl_backtest *b, pl_quantity q, long last) {
    double now = 0, before = 0;
    for (long m = last - 11; m <= last; m++) {
        now += pl_series_value(b->series, q, "level", m);
        before += pl_series_value(b->series, q, "level", m - 12);
    }
    return now / before;
}

/* The level over what the same month of the base year and the growth before it lead one to expect. */
static double observed_index(const pl_backtest *b, pl_quantity q, long month, long base_end) {
    long years = (month - base_end + 11) / 12;
    double base = pl_series_value(b->series, q, "level", month - 12 * years);
    return pl_series_value(b->series, q, "level", month) /
           (base * pow(growth(b, q, base_end), (double)years));
}

/* China over all others. In 2025 the base year ends in October 2024, before the election; its months of January to June lie
 * in 2024 either way. */
static double observed_relative(const pl_backtest *b, long month) {
    bool war = month < QUARTER;
    long base_end = war ? WAR_START - 1 : QUARTER - 1;
    if (war)
        return observed_index(b, PL_Q_US_CHINA, month, base_end) /
               observed_index(b, PL_Q_US_OTHERS, month, base_end);
    double china = pl_series_value(b->series, PL_Q_US_CHINA, "level", month) /
                   pl_series_value(b->series, PL_Q_US_CHINA, "level", month - 12);
    double others = pl_series_value(b->series, PL_Q_US_OTHERS, "level", month) /
                    pl_series_value(b->series, PL_Q_US_OTHERS, "level", month - 12);
    return china / others / (growth(b, PL_Q_US_CHINA, LEAD - 1) / growth(b, PL_Q_US_OTHERS, LEAD - 1));
}

/* Average rate collected in the twelve months before one. */
static double rate_before(const pl_backtest *b, pl_quantity q, long month) {
    double sum = 0;
    for (long m = month - 12; m < month; m++)
        sum += pl_series_value(b->series, q, "collected", m);
    return sum / 12;
}

/* ---- the search ---- */

static void add_errors(const pl_backtest *b, const pl_indices *x, long from, long to, double transit,
                       double *sum, size_t *count) {
    for (long m = from; m <= to; m++) {
        double model = pl_indices_arrive(x, PL_Q_US_CHINA, m, transit) /
                       pl_indices_arrive(x, PL_Q_US_OTHERS, m, transit);
        double error = log(model) - log(observed_relative(b, m));
        *sum += error * error;
        (*count)++;
    }
}

/* Root mean square error at the best transit, which is left in position[FREE]. */
static double fitted_error(const pl_backtest *b, const pl_indices *war, const pl_indices *quarter,
                           double *position) {
    double least = INFINITY;
    for (int k = 0; k <= TRANSIT_STEPS; k++) {
        double transit = (double)k / TRANSIT_STEPS, sum = 0;
        size_t count = 0;
        add_errors(b, war, WAR_FROM, WAR_START + WAR_MONTHS - 1, transit, &sum, &count);
        add_errors(b, quarter, QUARTER, LAST_KNOWN, transit, &sum, &count);
        double error = sqrt(sum / (double)count);
        if (error < least) {
            least = error;
            position[FREE] = transit;
        }
    }
    return least;
}

static pl_status evaluate(pl_backtest *b, double *position, volatile int *stop, double *loss,
                          pl_error *error) {
    pl_indices war = {0}, quarter = {0};
    pl_status status = set_parameters(b->history, position, error);
    if (!status)
        status = set_parameters(b->scenario, position, error);
    if (!status)
        status =
            pl_indices_of_path(b->history, b->history_world, WAR_START, WAR_MONTHS, false, stop, &war, error);
    if (!status)
        status = pl_indices_of_path(b->scenario, b->world, LEAD, (size_t)(LAST_KNOWN - LEAD + 1), false, stop,
                                    &quarter, error);
    if (!status)
        *loss = fitted_error(b, &war, &quarter, position);
    free(war.value);
    free(quarter.value);
    if (status == PL_FAILED) { /* a corner where the path does not converge is no candidate */
        *loss = INFINITY;
        status = PL_OK;
    }
    b->evaluations++;
    return status;
}

/* The next candidate of the round: one parameter moved by the step, up or down; false when it stays where it is. */
static bool candidate(const pl_backtest *b, double *position) {
    size_t k = b->turn / 2;
    double sign = b->turn % 2 ? -1 : 1;
    memcpy(position, b->best, sizeof b->best);
    position[k] = fmin(fmax(position[k] + sign * b->step, 0), 1);
    return position[k] != b->best[k];
}

/* After each candidate: the next turn, or a round with a smaller step when none was better. False at the end. */
static bool go_on(pl_backtest *b) {
    if (++b->turn == 2 * FREE) {
        b->turn = 0;
        b->step *= b->improved ? 1 : 0.5;
        b->improved = false;
    }
    return b->step >= LAST_STEP && b->evaluations < MOST_EVALUATIONS;
}

/* One evaluation; *more is false when the search has ended. */
static pl_status search(pl_backtest *b, volatile int *stop, bool *more, pl_error *error) {
    double position[PARAMETERS], loss = INFINITY;
    bool first = b->evaluations == 0;
    memcpy(position, b->best, sizeof position);
    *more = true;
    while (!first && !candidate(b, position))
        if (!(*more = go_on(b)))
            return PL_OK;
    pl_status status = evaluate(b, position, stop, &loss, error);
    if (status)
        return status;
    if (loss < b->loss) {
        b->loss = loss;
        b->improved = !first;
        memcpy(b->best, position, sizeof b->best);
    }
    if (!first)
        *more = go_on(b);
    return PL_OK;
}

/* Sums for the share of the law's rise that is collected from China, by least squares. */
static void add_rates(const pl_backtest *b, const pl_indices *x, long from, long to, long base,
                      double *product, double *square) {
    double transit = value_of(FREE, b->best[FREE]), before = rate_before(b, PL_Q_RATE_CHINA, base);
    for (long m = from; m <= to; m++) {
        double law = pl_indices_arrive(x, PL_Q_RATE_CHINA, m, transit);
        *product += law * (pl_series_value(b->series, PL_Q_RATE_CHINA, "collected", m) - before);
        *square += law * law;
    }
}

/* The last parameter moves no path: once the others are found, it follows from the duties of the same windows. */
static pl_status fit_collected(pl_backtest *b, volatile int *stop, pl_error *error) {
    pl_indices war = {0}, quarter = {0};
    double product = 0, square = 0;
    pl_status status = set_parameters(b->history, b->best, error);
    if (!status)
        status =
            pl_indices_of_path(b->history, b->history_world, WAR_START, WAR_MONTHS, true, stop, &war, error);
    if (!status)
        status = pl_indices_of_path(b->scenario, b->world, LEAD, (size_t)(LAST_KNOWN - LEAD + 1), true, stop,
                                    &quarter, error);
    if (!status) {
        add_rates(b, &war, WAR_FROM, WAR_START + WAR_MONTHS - 1, WAR_FROM, &product, &square);
        add_rates(b, &quarter, QUARTER, LAST_KNOWN, QUARTER, &product, &square);
        b->best[FREE + 1] = square > 0 ? fmin(fmax(product / square, 0), 1) : 1;
    }
    free(war.value);
    free(quarter.value);
    return status;
}

/* ---- predictions ---- */

/* The index of a month: of the path, or of the long run. */
static double index_at(const pl_backtest *b, pl_quantity q, long month, bool long_run) {
    if (!long_run)
        return pl_indices_arrive(&b->path, q, month, value_of(FREE, b->best[FREE]));
    long k = month - LAST_KNOWN;
    return k >= 0 && k <= PREDICTED ? b->long_run[k][q] : NAN;
}

/* What the level would be without any measure: a year earlier, grown as it grew in the year to October 2024. Magnets are known
 * in few months of 2024 and taken without growth; where the month is missing their average stands in. */
static double base_level(const pl_backtest *b, pl_quantity q, long month) {
    double before = pl_series_value(b->series, q, "level", month - 12), sum = 0;
    size_t count = 0;
    if (q == PL_Q_US_CHINA || q == PL_Q_US_OTHERS)
        return before * growth(b, q, LEAD - 1);
    if (q == PL_Q_CHINA_USA)
        return before * growth(b, PL_Q_US_CHINA, LEAD - 1);
    if ((q != PL_Q_MAGNET_USA && q != PL_Q_MAGNET_WORLD) || !isnan(before))
        return before;
    for (long m = 12 * 2024; m < 12 * 2025; m++) {
        double x = pl_series_value(b->series, q, "level", m);
        sum += isnan(x) ? 0 : x;
        count += !isnan(x);
    }
    return count ? sum / (double)count : NAN;
}

static double year_on_year(const pl_backtest *b, pl_quantity q, long month, bool long_run) {
    double last = pl_series_value(b->series, q, "year on year", LAST_KNOWN);
    double now = index_at(b, q, month, long_run), then = index_at(b, q, LAST_KNOWN, long_run);
    if (q == PL_Q_CONSUMER || q == PL_Q_PRODUCER)
        return last + now - then;
    if (q == PL_Q_CHINA_USA)
        return 100 * (growth(b, PL_Q_US_CHINA, LEAD - 1) * now - 1);
    if (q == PL_Q_CHINA_WORLD)
        return 100 * ((1 + last / 100) * now / then - 1);
    return 100 * (now - 1);
}

static double predict(const pl_backtest *b, pl_quantity q, const char *basis, long month, bool long_run) {
    if (!strcmp(basis, "level"))
        return base_level(b, q, month) * index_at(b, q, month, long_run);
    if (!strcmp(basis, "collected"))
        return rate_before(b, q, 12 * 2025) +
               (long_run ? 1 : value_of(FREE + 1, b->best[FREE + 1])) * index_at(b, q, month, long_run);
    if (!strcmp(basis, "year on year"))
        return year_on_year(b, q, month, long_run);
    return 100 * (predict(b, q, "level", month, long_run) / predict(b, q, "level", month - 1, long_run) - 1);
}

static double last_month(const pl_backtest *b, pl_quantity q, const char *basis) {
    return !strcmp(basis, "month on month") ? 0 : pl_series_value(b->series, q, basis, LAST_KNOWN);
}

static double last_year(const pl_backtest *b, pl_quantity q, const char *basis, long month) {
    if (!strcmp(basis, "month on month"))
        return 100 * (pl_series_value(b->series, q, "level", month - 12) /
                          pl_series_value(b->series, q, "level", month - 13) -
                      1);
    if (!strcmp(basis, "year on year"))
        return q == PL_Q_CONSUMER || q == PL_Q_PRODUCER ? NAN : 0;
    return pl_series_value(b->series, q, basis, month - 12);
}

static pl_status add_row(pl_backtest *b, pl_series_point point, long month, pl_error *error) {
    pl_quantity q = pl_series_quantity(point.series);
    if (!pl_grow(&b->row, &b->row_room, b->rows, sizeof *b->row))
        return pl_fail_memory(error, (b->rows + 1) * sizeof *b->row);
    b->row[b->rows++] = (pl_backtest_row){.observed = point,
                                          .predicted = predict(b, q, point.basis, month, false),
                                          .last_month = last_month(b, q, point.basis),
                                          .last_year = last_year(b, q, point.basis, month),
                                          .long_run = predict(b, q, point.basis, month, true)};
    return PL_OK;
}

static pl_status make_rows(pl_backtest *b, pl_error *error) {
    pl_status status = PL_OK;
    for (int q = 0; q < PL_QUANTITIES && !status; q++) {
        for (size_t i = 0; i < pl_series_count(b->series) && !status; i++) {
            pl_series_point point = pl_series_get(b->series, i);
            long month = 12L * point.year + point.month - 1;
            if (pl_series_quantity(point.series) != (pl_quantity)q || month < FIRST_PREDICTED ||
                month >= FIRST_PREDICTED + PREDICTED)
                continue;
            status = add_row(b, point, month, error);
        }
    }
    return status;
}

/* ---- scores ---- */

/* Error in percent of a level, in points of the rest. */
static double error_of(const pl_backtest_row *row, double forecast) {
    return strcmp(row->observed.basis, "level") ? forecast - row->observed.value
                                                : 100 * log(forecast / row->observed.value);
}

static double forecast_of(const pl_backtest_row *row, int which) {
    const double value[4] = {row->predicted, row->last_month, row->last_year, row->long_run};
    return value[which];
}

/* Over the months that the path predicts; NaN as soon as a forecast is missing in one of them, so that only like is compared
 * with like. */
static double score_of(const pl_backtest *b, const pl_backtest_score *s, int which) {
    double sum = 0;
    for (size_t i = 0; i < b->rows; i++) {
        const pl_backtest_row *row = &b->row[i];
        if (strcmp(row->observed.series, s->series) != 0 || strcmp(row->observed.basis, s->basis) != 0 ||
            isnan(row->predicted))
            continue;
        double error = error_of(row, forecast_of(row, which));
        sum += error * error;
    }
    return sqrt(sum / (double)s->months);
}

static pl_status make_scores(pl_backtest *b, pl_error *error) {
    b->score = pl_alloc(b->rows + 1, sizeof *b->score);
    if (!b->score)
        return pl_fail_memory(error, b->rows * sizeof *b->score);
    for (size_t i = 0; i < b->rows; i++) {
        const pl_series_point *point = &b->row[i].observed;
        size_t k = 0;
        if (isnan(b->row[i].predicted))
            continue;
        while (k < b->scores && (strcmp(b->score[k].series, point->series) != 0 ||
                                 strcmp(b->score[k].basis, point->basis) != 0))
            k++;
        if (k == b->scores)
            b->score[b->scores++] = (pl_backtest_score){.series = point->series, .basis = point->basis};
        b->score[k].months++;
    }
    for (size_t k = 0; k < b->scores; k++) {
        pl_backtest_score *s = &b->score[k];
        s->predicted = score_of(b, s, 0);
        s->last_month = score_of(b, s, 1);
        s->last_year = score_of(b, s, 2);
        s->long_run = score_of(b, s, 3);
    }
    return PL_OK;
}

static pl_status finish(pl_backtest *b, volatile int *stop, pl_error *error) {
    size_t months = FIRST_PREDICTED + PREDICTED - LEAD;
    pl_status status = b->fit ? set_parameters(b->scenario, b->best, error) : PL_OK;
    if (!status && b->fit)
        status = fit_collected(b, stop, error);
    if (!status)
        status = pl_indices_of_path(b->scenario, b->world, LEAD, months, true, stop, &b->path, error);
    for (long k = 0; k <= PREDICTED && !status; k++)
        status = pl_indices_long_run(b->scenario, b->world, LAST_KNOWN + k, b->long_run[k], error);
    if (!status)
        status = make_rows(b, error);
    if (!status)
        status = make_scores(b, error);
    b->done = !status;
    return status;
}

/* ---- the object ---- */

/* Months without which nothing can be fitted or predicted. */
static pl_status check_series(const pl_backtest *b, pl_error *error) {
    static const struct {
        long from, to;
    } needed[] = {{12 * 2016, WAR_START + WAR_MONTHS - 1}, {12 * 2022 + 10, LAST_KNOWN}};
    for (size_t k = b->fit ? 0 : 1; k < 2; k++)
        for (long m = needed[k].from; m <= needed[k].to; m++)
            for (pl_quantity q = PL_Q_US_CHINA; q <= PL_Q_US_OTHERS; q++)
                if (isnan(pl_series_value(b->series, q, "level", m)))
                    return pl_fail(error, PL_INVALID,
                                   "the backtest needs %s (level) of %ld-%02ld, which is not there",
                                   pl_quantity_series(q), m / 12, m % 12 + 1);
    return PL_OK;
}

static pl_status load_history(pl_backtest *b, const char *history, pl_error *error) {
    char *path = history ? pl_strdup(history) : pl_format("%s/war-2018.yaml", pl_series_folder());
    if (!path)
        return pl_fail_memory(error, 64);
    pl_status status = pl_scenario_load(path, &b->history, error);
    free(path);
    return status ? status : pl_scenario_load_world(b->history, NULL, &b->history_world, error);
}

pl_status pl_backtest_new(pl_scenario *scenario, const pl_world *world, const pl_series *series,
                          const char *history, bool fit, pl_backtest **backtest, pl_error *error) {
    *backtest = NULL;
    pl_backtest *b = pl_alloc(1, sizeof *b);
    if (!b)
        return pl_fail_memory(error, sizeof *b);
    *b = (pl_backtest){.scenario = scenario,
                       .world = world,
                       .series = series,
                       .fit = fit,
                       .loss = INFINITY,
                       .step = FIRST_STEP};
    const pl_settings *s = pl_scenario_settings(scenario);
    const double start[PARAMETERS] = {s->sigma_short, (double)s->adjust_months, s->front_running, 0, 1};
    memcpy(b->start, start, sizeof b->start);
    for (size_t k = 0; k < PARAMETERS; k++)
        b->best[k] = position_of(k, start[k]);
    pl_status status = check_series(b, error);
    if (!status && fit)
        status = load_history(b, history, error);
    if (status) {
        pl_backtest_free(b);
        return status;
    }
    *backtest = b;
    return PL_OK;
}

pl_status pl_backtest_step(pl_backtest *b, volatile int *stop, bool *done, pl_error *error) {
    bool more = b->fit && b->step >= LAST_STEP && b->evaluations < MOST_EVALUATIONS;
    pl_status status = PL_OK;
    *done = b->done;
    if (b->done)
        return PL_OK;
    if (more)
        status = search(b, stop, &more, error);
    else
        status = finish(b, stop, error);
    if (!status && b->evaluations && !isfinite(b->loss))
        status = pl_fail(error, PL_FAILED, "the path does not converge where the search starts");
    *done = b->done;
    return status;
}

void pl_backtest_free(pl_backtest *b) {
    if (!b)
        return;
    pl_scenario_free(b->history);
    pl_world_free(b->history_world);
    free(b->path.value);
    free(b->row);
    free(b->score);
    free(b);
}

size_t pl_backtest_evaluations(const pl_backtest *b) {
    return b->evaluations;
}

double pl_backtest_fit(const pl_backtest *b) {
    return b->evaluations ? 100 * b->loss : NAN;
}

size_t pl_backtest_parameters(const pl_backtest *b) {
    (void)b;
    return PARAMETERS;
}

pl_backtest_parameter pl_backtest_get_parameter(const pl_backtest *b, size_t k) {
    double found = value_of(k, b->best[k]);
    return (pl_backtest_parameter){.name = PARAMETER[k].name,
                                   .text = PARAMETER[k].text,
                                   .value = !b->fit  ? b->start[k]
                                            : k == 1 ? round(found)
                                                     : found,
                                   .start = b->start[k],
                                   .low = PARAMETER[k].low,
                                   .high = PARAMETER[k].high,
                                   .fitted = b->fit};
}

size_t pl_backtest_rows(const pl_backtest *b) {
    return b->rows;
}

pl_backtest_row pl_backtest_get_row(const pl_backtest *b, size_t index) {
    return b->row[index];
}

size_t pl_backtest_scores(const pl_backtest *b) {
    return b->scores;
}

pl_backtest_score pl_backtest_get_score(const pl_backtest *b, size_t index) {
    return b->score[index];
}

double pl_backtest_predict(const pl_backtest *b, const char *series, const char *basis, int year, int month) {
    pl_quantity q = pl_series_quantity(series);
    return b->done && q < PL_QUANTITIES ? predict(b, q, basis, 12L * year + month - 1, false) : NAN;
}
