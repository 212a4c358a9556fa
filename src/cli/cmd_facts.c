/* parley facts: each number of the reports of 9 June 2025, its basis, and what the model has for it. */
#include "cli/cli.h"

#include <jansson.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { KEY_SERIES = 300, KEY_ALL };

typedef struct {
    const char *scenario, *series;
    bool all;
} request;

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case KEY_SERIES:
        r->series = text;
        return 0;
    case KEY_ALL:
        r->all = true;
        return 0;
    case ARGP_KEY_ARG:
        if (r->scenario)
            argp_error(state, "one scenario at a time; '%s' is one too many", text);
        r->scenario = text;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const char *cli_scenario(const char *name) {
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s", PL_SCENARIO_FOLDER, name);
    if (access(path, R_OK))
        snprintf(path, sizeof path, "%s/%s", PL_SCENARIO_INSTALLED, name);
    return path;
}

static void print_number(double x) {
    if (isnan(x))
        printf(" %10s", "-");
    else
        printf(" %10.1f", x);
}

static void print_table(const pl_fact_table *table, bool all) {
    printf("%-4s %-52s %-8s %-24s %10s %10s %10s\n", "Fact", "What", "Period", "Basis and unit", "reported",
           "model", "difference");
    for (size_t i = 0; i < pl_facts_rows(table); i++) {
        pl_fact_row r = pl_facts_get(table, i);
        char basis[80];
        if (!*r.observation && !all)
            continue;
        if (!*r.observation) {
            printf("%-4s %s\n     %s%s%s\n", r.fact, r.text, r.why, *r.note ? "; " : "", r.note);
            continue;
        }
        snprintf(basis, sizeof basis, "%s, %s", r.basis, r.unit);
        printf("%-4s %-52.52s %-8s %-24.24s", r.fact, r.what, r.period, basis);
        print_number(r.value);
        print_number(r.model);
        print_number(r.model - r.value);
        printf("\n     %s\n", r.why);
    }
    if (!all)
        puts("\nFacts without a number are left out; --all lists them.");
    puts(
        "Month on month and year on year are different questions about the same exports; no row mixes them.");
}

static json_t *real(double x) {
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *table_json(const pl_fact_table *table) {
    json_t *rows = json_array();
    for (size_t i = 0; i < pl_facts_rows(table); i++) {
        pl_fact_row r = pl_facts_get(table, i);
        json_array_append_new(rows,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s}", "fact",
                                        r.fact, "text", r.text, "note", r.note, "observation", r.observation,
                                        "what", r.what, "unit", r.unit, "basis", r.basis, "period", r.period,
                                        "reported", real(r.value), "model", real(r.model), "why", r.why));
    }
    return rows;
}

typedef struct {
    pl_scenario *scenario;
    const pl_world *world;
    const pl_series *series;
    pl_fact_table *table;
    pl_error *error;
    pl_status status;
} errand;

static void make_table(void *data) {
    errand *e = data;
    e->status = pl_facts_new(e->scenario, e->world, e->series, &cli_stop, &e->table, e->error);
}

int cli_facts(int argc, char **argv) {
    static const struct argp_option options[] = {
        {"series", KEY_SERIES, "FOLDER", 0, "tables of observed series (default: the built-in ones)", 1},
        {"all", KEY_ALL, NULL, 0, "facts without a number as well, with what carries them", 1},
        {0}};
    static const cli_syntax syntax = {
        .arguments = "[SCENARIO]",
        .doc = "Prints each number of the reports, its basis, the model's number on the same basis, and the "
               "difference.\vWithout a scenario it is london-2025. Each row says how the model's number is "
               "made.",
        .options = options,
        .take = take,
        .common = CLI_JSON | CLI_QUIET | CLI_WORLD};
    request r = {0};
    cli_common common;
    pl_scenario *scenario = NULL;
    pl_world *world = NULL;
    pl_series *series = NULL;
    pl_fact_table *table = NULL;
    pl_error error;
    cli_parse(&syntax, argc, argv, &common, &r);
    pl_status status = pl_series_load(r.series, &series, &error);
    if (!status)
        status =
            pl_scenario_load(r.scenario ? r.scenario : cli_scenario("london-2025.yaml"), &scenario, &error);
    if (!status)
        status = pl_scenario_load_world(scenario, common.world, &world, &error);
    if (!status) {
        errand e = {scenario, world, series, NULL, &error, PL_OK};
        cli_progress_plain(&common, "following the path", make_table, &e);
        status = e.status;
        table = e.table;
    }
    int code = status ? cli_fail(status, &error) : CLI_DONE;
    if (!status && common.json)
        code = cli_print_json(table_json(table));
    else if (!status)
        print_table(table, r.all);
    pl_facts_free(table);
    pl_series_free(series);
    pl_world_free(world);
    pl_scenario_free(scenario);
    return cli_end_output(code);
}
