/* parley facts: each number of the reports of 9 June 2025, its basis, and what the model has for it. */
#include "cli/cli.h"

#include <jansson.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { KEY_ALL = 300 };

typedef struct {
    cli_ground ground;
    bool all;
} request;

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    if (key != KEY_ALL)
        return cli_take_one(key, text, &r->ground.file, "one scenario", NULL, state);
    r->all = true;
    return 0;
}

/* ---- what facts and backtest start from ---- */

pl_status cli_ground_load(cli_ground *g, const cli_common *common, pl_error *error) {
    static const char usual[] = PL_SCENARIO_FOLDER "/london-2025.yaml",
                      installed[] = PL_SCENARIO_INSTALLED "/london-2025.yaml";
    const char *file = g->file ? g->file : access(usual, R_OK) ? installed : usual;
    pl_status status = pl_series_load(common->series, &g->series, error);
    if (!status)
        status = pl_scenario_load(file, &g->scenario, error);
    return status ? status : pl_scenario_load_world(g->scenario, common->world, &g->world, error);
}

void cli_ground_clear(cli_ground *g) {
    pl_series_free(g->series);
    pl_world_free(g->world);
    pl_scenario_free(g->scenario);
}

/* ---- the table ---- */

static void put_number(cli_table *t, double x) {
    if (isnan(x))
        cli_table_put(t, "-");
    else
        cli_table_put(t, "%.1f", x);
}

static bool print_table(const pl_fact_table *table, bool all) {
    static const cli_column columns[] = {{"Fact", CLI_LEFT, 0, 0},       {"What", CLI_LEFT, 0, 14},
                                         {"Period", CLI_LEFT, 4, 0},     {"Basis and unit", CLI_LEFT, 2, 16},
                                         {"reported", CLI_RIGHT, 0, 0},  {"model", CLI_RIGHT, 0, 0},
                                         {"difference", CLI_RIGHT, 3, 0}};
    cli_table t;
    cli_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < pl_facts_rows(table); i++) {
        pl_fact_row r = pl_facts_get(table, i);
        if (!*r.observation)
            continue;
        cli_table_row(&t);
        cli_table_put(&t, "%s", r.fact);
        cli_table_put(&t, "%s", r.what);
        cli_table_put(&t, "%s", r.period);
        cli_table_put(&t, "%s, %s", r.basis, r.unit);
        put_number(&t, r.value);
        put_number(&t, r.model);
        put_number(&t, r.model - r.value);
        cli_table_note(&t, "%s", r.why);
    }
    if (!cli_table_print(&t))
        return false;
    putchar('\n');
    for (size_t i = 0; i < pl_facts_rows(table) && all; i++) {
        pl_fact_row r = pl_facts_get(table, i);
        char lead[16];
        snprintf(lead, sizeof lead, "%-4s ", r.fact);
        if (*r.observation)
            continue;
        cli_wrap(lead, "%s", r.text);
        cli_wrap("     ", "%s%s%s", r.why, *r.note ? "; " : "", r.note);
    }
    if (!all)
        cli_wrap("", "Facts without a number are left out; --all lists them.");
    cli_wrap(
        "",
        "Month on month and year on year are different questions about the same exports; no row mixes them.");
    return true;
}

static json_t *table_json(const pl_fact_table *table) {
    json_t *rows = json_array();
    for (size_t i = 0; i < pl_facts_rows(table); i++) {
        pl_fact_row r = pl_facts_get(table, i);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s}",
                                              "fact", r.fact, "text", r.text, "note", r.note, "observation",
                                              r.observation, "what", r.what, "unit", r.unit, "basis", r.basis,
                                              "period", r.period, "reported", cli_json_real(r.value), "model",
                                              cli_json_real(r.model), "why", r.why));
    }
    return rows;
}

typedef struct {
    const cli_ground *ground;
    pl_fact_table *table;
    pl_error *error;
    pl_status status;
} errand;

static void make_table(void *data) {
    errand *e = data;
    const cli_ground *g = e->ground;
    e->status = pl_facts_new(g->scenario, g->world, g->series, &cli_stop, &e->table, e->error);
}

int cli_facts(int argc, char **argv) {
    static const struct argp_option options[] = {
        {"all", KEY_ALL, NULL, 0, "facts without a number as well, with what carries them", 1}, {0}};
    static const cli_syntax syntax = {
        .arguments = "[SCENARIO]",
        .doc = "Prints each number of the reports, its basis, the model's number on the same basis, and the "
               "difference.\vWithout a scenario it is london-2025. Each row says how the model's number is "
               "made.",
        .options = options,
        .take = take,
        .common = CLI_JSON | CLI_QUIET | CLI_WORLD | CLI_SERIES};
    request r = {0};
    cli_common common;
    pl_error error;
    cli_parse(&syntax, argc, argv, &common, &r);
    errand e = {&r.ground, NULL, &error, cli_ground_load(&r.ground, &common, &error)};
    if (!e.status)
        cli_progress_plain(&common, "following the path", make_table, &e);
    int code = e.status ? cli_fail(e.status, &error) : CLI_DONE;
    if (!e.status && common.json)
        code = cli_print_json(table_json(e.table));
    else if (!e.status && !print_table(e.table, r.all))
        code = cli_refuse("out of memory");
    pl_facts_free(e.table);
    cli_ground_clear(&r.ground);
    return cli_end_output(code);
}
