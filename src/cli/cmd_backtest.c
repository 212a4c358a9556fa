/* parley backtest: free parameters fitted on the past, a quarter predicted, and naive forecasts beside it. */
#include "cli/cli.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_HISTORY = 300, KEY_NO_FIT };

typedef struct {
    cli_ground ground;
    const char *history;
    bool no_fit;
} request;

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case KEY_HISTORY:
        r->history = text;
        return 0;
    case KEY_NO_FIT:
        r->no_fit = true;
        return 0;
    default:
        return cli_take_one(key, text, &r->ground.file, "one scenario", NULL, state);
    }
}

/* ---- text ---- */

static const char *number(double x, const char *basis, char *out, size_t size) {
    bool level = !strcmp(basis, "level");
    if (isnan(x))
        snprintf(out, size, "-");
    else
        snprintf(out, size, level ? "%.0f" : "%+.1f", x);
    return out;
}

static void print_parameters(const pl_backtest *b) {
    puts("Free parameters");
    for (size_t k = 0; k < pl_backtest_parameters(b); k++) {
        pl_backtest_parameter p = pl_backtest_get_parameter(b, k);
        char lead[64];
        snprintf(lead, sizeof lead, "  %-14s %8.4g  ", p.name, p.value);
        if (p.fitted)
            cli_wrap(lead, "%s; sought between %g and %g from %.4g", p.text, p.low, p.high, p.start);
        else
            cli_wrap(lead, "%s", p.text);
    }
    if (pl_backtest_evaluations(b))
        cli_wrap("  ",
                 "Fitted on July 2018 to December 2019 and January to March 2025: purchases of the United "
                 "States from China "
                 "over those from all others, month by month; %zu paths, root mean square error %.1f %%. Not "
                 "fitted, for "
                 "want of data before April 2025: pass-through of prices, shares of licences approved.",
                 pl_backtest_evaluations(b), pl_backtest_fit(b));
    else
        puts("  Not fitted: as the scenario sets them.");
}

static bool print_rows(const pl_backtest *b) {
    static const cli_column columns[] = {{"", CLI_LEFT, 0, 0},           {"", CLI_LEFT, 0, 12},
                                         {"observed", CLI_RIGHT, 0, 0},  {"path", CLI_RIGHT, 0, 0},
                                         {"error", CLI_RIGHT, 4, 0},     {"March", CLI_RIGHT, 3, 0},
                                         {"last year", CLI_RIGHT, 2, 0}, {"long run", CLI_RIGHT, 1, 0}};
    cli_table t;
    char cell[40];
    putchar('\n');
    cli_wrap("", "April to June 2025, predicted with the policy that came and nothing else after March");
    cli_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < pl_backtest_rows(b); i++) {
        pl_backtest_row row = pl_backtest_get_row(b, i);
        const pl_series_point *o = &row.observed;
        bool level = !strcmp(o->basis, "level");
        double error = level ? 100 * (row.predicted / o->value - 1) : row.predicted - o->value;
        const double value[] = {row.last_month, row.last_year, row.long_run};
        cli_table_row(&t);
        cli_table_put(&t, "%d-%02d", o->year, o->month);
        cli_table_put(&t, "%s, %s", o->series, level ? o->unit : o->basis);
        cli_table_put(&t, "%s", number(o->value, o->basis, cell, sizeof cell));
        cli_table_put(&t, "%s", number(row.predicted, o->basis, cell, sizeof cell));
        if (isnan(error))
            cli_table_put(&t, "-");
        else
            cli_table_put(&t, level ? "%+.1f %%" : "%+.1f pt", error);
        for (size_t c = 0; c < 3; c++)
            cli_table_put(&t, "%s", number(value[c], o->basis, cell, sizeof cell));
    }
    return cli_table_print(&t);
}

/* 1 better than both no change (March) and the long run, 0 not, -1 when one of them is missing. */
static int beats(const pl_backtest_score *s) {
    if (isnan(s->predicted) || isnan(s->last_month) || isnan(s->long_run))
        return -1;
    return s->predicted < s->last_month && s->predicted < s->long_run;
}

/* Months the path can be asked for: November 2024 to June 2025. */
enum { MONTHS = 8 };

/* What was observed and what the path says, on one scale, with a blank between them. */
static void put_trend(cli_table *t, const pl_backtest *b, const pl_series *series,
                      const pl_backtest_score *s) {
    double both[2 * MONTHS + 1];
    char text[8 * MONTHS + 4];
    for (size_t k = 0; k < 2 * MONTHS + 1; k++)
        both[k] = NAN;
    for (int k = 0; k < MONTHS; k++) {
        int year = 2024 + (10 + k) / 12, month = (10 + k) % 12 + 1;
        both[MONTHS + 1 + k] = pl_backtest_predict(b, s->series, s->basis, year, month);
        for (size_t i = 0; i < pl_series_count(series); i++) {
            pl_series_point p = pl_series_get(series, i);
            if (p.year == year && p.month == month && !strcmp(p.series, s->series) &&
                !strcmp(p.basis, s->basis))
                both[k] = p.value;
        }
    }
    pl_report_spark(text, sizeof text, both, 2 * MONTHS + 1, !cli_utf8());
    cli_table_put(t, "%s", text);
}

static bool print_scores(const pl_backtest *b, const pl_series *series) {
    static const cli_column columns[] = {
        {"", CLI_LEFT, 0, 12},         {"months", CLI_RIGHT, 5, 0}, {"observed path", CLI_LEFT, 4, 0},
        {"path", CLI_RIGHT, 0, 0},     {"March", CLI_RIGHT, 2, 0},  {"last year", CLI_RIGHT, 3, 0},
        {"long run", CLI_RIGHT, 1, 0}, {"", CLI_VERDICT, 0, 0}};
    size_t better = 0, compared = 0, year_better = 0, years = 0;
    cli_table t;
    putchar('\n');
    cli_wrap("", "Root mean square errors (percent of levels, points of the rest)");
    cli_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t k = 0; k < pl_backtest_scores(b); k++) {
        pl_backtest_score s = pl_backtest_get_score(b, k);
        const double value[4] = {s.predicted, s.last_month, s.last_year, s.long_run};
        int verdict = beats(&s);
        cli_table_row(&t);
        cli_table_put(&t, "%s, %s", s.series, s.basis);
        cli_table_put(&t, "%zu", s.months);
        put_trend(&t, b, series, &s);
        for (int c = 0; c < 4; c++)
            cli_table_put(&t, isnan(value[c]) ? "-" : "%.1f", value[c]);
        cli_table_put(&t, "%s", verdict < 0 ? "" : verdict ? "better" : "NOT better");
        better += verdict == 1;
        compared += verdict >= 0;
        years += !isnan(s.predicted) && !isnan(s.last_year);
        year_better += s.last_year < s.predicted;
    }
    if (!cli_table_print(&t))
        return false;
    putchar('\n');
    cli_wrap("", "The pictures are of November 2024 to June 2025, blank where there is no number.");
    cli_wrap("",
             "The path beats both no change (March again) and the long run on %zu of %zu series that have "
             "all three.",
             better, compared);
    cli_wrap("", "The same month a year before again would have been nearer on %zu of %zu.", year_better,
             years);
    if (better < compared)
        cli_wrap("", "Where it does not, what is missing is in docs/backtest.md.");
    return true;
}

/* ---- JSON ---- */

static json_t *backtest_json(const pl_backtest *b) {
    json_t *parameters = json_array(), *rows = json_array(), *scores = json_array();
    for (size_t k = 0; k < pl_backtest_parameters(b); k++) {
        pl_backtest_parameter p = pl_backtest_get_parameter(b, k);
        json_array_append_new(parameters, json_pack("{s:s, s:f, s:f, s:f, s:f, s:b}", "name", p.name, "value",
                                                    p.value, "start", p.start, "low", p.low, "high", p.high,
                                                    "fitted", (int)p.fitted));
    }
    for (size_t i = 0; i < pl_backtest_rows(b); i++) {
        pl_backtest_row r = pl_backtest_get_row(b, i);
        char month[16];
        snprintf(month, sizeof month, "%d-%02d", r.observed.year, r.observed.month);
        json_array_append_new(
            rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:f, s:o, s:o, s:o, s:o}", "series", r.observed.series,
                            "month", month, "unit", r.observed.unit, "basis", r.observed.basis, "source",
                            r.observed.source, "observed", r.observed.value, "path",
                            cli_json_real(r.predicted), "last_month", cli_json_real(r.last_month),
                            "last_year", cli_json_real(r.last_year), "long_run", cli_json_real(r.long_run)));
    }
    for (size_t k = 0; k < pl_backtest_scores(b); k++) {
        pl_backtest_score s = pl_backtest_get_score(b, k);
        int verdict = beats(&s);
        json_array_append_new(
            scores, json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "series", s.series, "basis",
                              s.basis, "months", (json_int_t)s.months, "path", cli_json_real(s.predicted),
                              "last_month", cli_json_real(s.last_month), "last_year",
                              cli_json_real(s.last_year), "long_run", cli_json_real(s.long_run), "better",
                              verdict < 0 ? json_null() : json_boolean(verdict)));
    }
    return json_pack("{s:o, s:I, s:o, s:o, s:o}", "parameters", parameters, "evaluations",
                     (json_int_t)pl_backtest_evaluations(b), "fit_error", cli_json_real(pl_backtest_fit(b)),
                     "rows", rows, "scores", scores);
}

/* ---- command ---- */

typedef struct {
    pl_backtest *backtest;
    pl_error *error;
    pl_status status;
    size_t paths; /* written by the work and read beside it, as is the error in hundredths of a percent */
    size_t hundredths;
} errand;

static void run_backtest(void *data) {
    errand *e = data;
    bool done = false;
    while (!done && !e->status) {
        e->status = pl_backtest_step(e->backtest, &cli_stop, &done, e->error);
        double fit = pl_backtest_fit(e->backtest);
        __atomic_store_n(&e->hundredths, isfinite(fit) ? (size_t)(100 * fit + 0.5) : 0, __ATOMIC_RELAXED);
        __atomic_store_n(&e->paths, pl_backtest_evaluations(e->backtest), __ATOMIC_RELAXED);
    }
}

static void look_at_backtest(void *data, cli_progress *p) {
    errand *e = data;
    size_t paths = __atomic_load_n(&e->paths, __ATOMIC_RELAXED);
    char text[64] = "following the path";
    if (paths)
        snprintf(text, sizeof text, "%zu paths, error %.2f %%", paths,
                 (double)__atomic_load_n(&e->hundredths, __ATOMIC_RELAXED) / 100);
    cli_progress_tell(p, text, 0, 0);
}

static pl_status work(pl_backtest *b, const cli_common *common, pl_error *error) {
    errand e = {.backtest = b, .error = error};
    cli_progress_during(common, run_backtest, look_at_backtest, &e);
    return e.status;
}

int cli_backtest(int argc, char **argv) {
    static const struct argp_option options[] = {
        {"history", KEY_HISTORY, "FILE", 0, "scenario of 2018-19 (default: the built-in one)", 1},
        {"no-fit", KEY_NO_FIT, NULL, 0, "leave the free parameters as the scenario sets them", 1},
        {0}};
    static const cli_syntax syntax = {
        .arguments = "[SCENARIO]",
        .doc = "Fits the free parameters of the path on 2018-19 and on January to March 2025, predicts April "
               "to June 2025, "
               "and prints prediction, observation, error, and naive forecasts beside it.\vWithout a "
               "scenario it is "
               "london-2025. What is observed, and on which basis, is in docs/backtest.md.",
        .options = options,
        .take = take,
        .common = CLI_JSON | CLI_QUIET | CLI_WORLD | CLI_SERIES};
    request r = {0};
    cli_common common;
    cli_ground *g = &r.ground;
    pl_backtest *backtest = NULL;
    pl_error error;
    cli_parse(&syntax, argc, argv, &common, &r);
    if (r.history && r.no_fit)
        return cli_refuse("--history is what the fit reads; it does not go with --no-fit");
    pl_status status = cli_ground_load(g, &common, &error);
    if (!status)
        status = pl_backtest_new(g->scenario, g->world, g->series, r.history, !r.no_fit, &backtest, &error);
    if (!status)
        status = work(backtest, &common, &error);
    int code = CLI_DONE;
    if (status) {
        code = cli_fail(status, &error);
    } else if (common.json) {
        code = cli_print_json(backtest_json(backtest));
    } else {
        print_parameters(backtest);
        if (!print_rows(backtest) || !print_scores(backtest, g->series))
            code = cli_refuse("out of memory");
    }
    pl_backtest_free(backtest);
    cli_ground_clear(g);
    return cli_end_output(code);
}
