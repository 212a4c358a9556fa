/* parley path: a dated scenario month by month. */
#include "cli/cli.h"

#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>

enum { KEY_FROM = 300, KEY_MONTHS, KEY_VARIANT, KEY_OPTION, KEY_COUNTRY, KEY_MOVE, KEY_SECTOR, KEY_VARIABLE };
enum { MOST = 64, TABLE = 8, DEFAULT_MONTHS = 36 };

typedef struct {
    const char *file, *from, *months, *variant, *countries, *sectors, *variables;
    cli_asked asked; /* file, world, options, moves and settings: what makes the scenario */
    char *command;
    size_t command_length;
    FILE *stream;
} request;

static const struct argp_option own_options[] = {
    {0, 0, 0, 0, "The path:", 1},
    {"from", KEY_FROM, "MONTH", 0,
     "first month, as 2025-01 (default: the month before the first date of a measure)", 1},
    {"months", KEY_MONTHS, "N", 0, "how many months (default 36)", 1},
    {"variant", KEY_VARIANT, "NAME", 0, "the variant (default: the first)", 1},
    {"option", KEY_OPTION, "NAME[=off]", 0, "switch an option of the scenario on or off", 1},
    {"move", KEY_MOVE, "MEASURE=DATE", 0,
     "another date for a measure: us-truce.until=2025-11-10 (or never), .announced, .effective (may be "
     "repeated)",
     1},
    {0, 0, 0, 0, "What is shown:", 2},
    {"countries", KEY_COUNTRY, "A,B", 0,
     "countries of the table and of the JSON (default: those with most trade under measures; in JSON, all)",
     2},
    {"sectors", KEY_SECTOR, "A,B", 0, "with --json: these sectors of the countries named", 2},
    {"variables", KEY_VARIABLE, "A,B", 0, "with --json: only these variables", 2},
    {0, 0, 0, 0, "Settings, instead of those of the scenario:", CLI_SETTING_GROUP},
    {0}};

static const char doc[] = "Follows a dated scenario month by month: who buys ahead of a tariff, what customs "
                          "sees and what is used, how prices, "
                          "licences and stocks move, and how trade finds new suppliers on the way to the "
                          "long run.\n\vThe scenario's measures "
                          "have dates (announced, effective, until). Results go to the folder "
                          "results/NAME-path, or to -o.\n\nExample:\n"
                          "  parley path scenarios/london-2025.yaml --from 2025-01 --months 60";

static error_t take_option(request *r, int key, const char *name, const char *text) {
    cli_record(r->stream, name, text);
    switch (key) {
    case KEY_FROM:
        r->from = text;
        return 0;
    case KEY_MONTHS:
        r->months = text;
        return 0;
    case KEY_VARIANT:
        r->variant = text;
        return 0;
    case KEY_COUNTRY:
        r->countries = text;
        return 0;
    case KEY_SECTOR:
        r->sectors = text;
        return 0;
    case KEY_VARIABLE:
        r->variables = text;
        return 0;
    default:
        return cli_ask(&r->asked, name, text);
    }
}

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    const char *name = cli_option(own_options, key);
    if (name)
        return take_option(r, key, name, text);
    if (key == ARGP_KEY_ARG && r->file)
        argp_error(state, "one scenario at a time: '%s' and '%s'", r->file, text);
    if (key == ARGP_KEY_END && !r->file)
        argp_error(state, "which scenario? Name a file with dated measures");
    if (key != ARGP_KEY_ARG)
        return key == ARGP_KEY_END ? 0 : ARGP_ERR_UNKNOWN;
    r->file = text;
    cli_record(r->stream, NULL, text);
    return cli_ask(&r->asked, "scenario", text);
}

static void read_command_line(request *r, cli_common *common, int argc, char **argv) {
    static const cli_syntax syntax = {"SCENARIO.yaml", doc, own_options, take,
                                      CLI_JSON | CLI_OUTPUT | CLI_WORLD | CLI_QUIET | CLI_TIMING |
                                          CLI_PATH_SETTINGS};
    r->stream = open_memstream(&r->command, &r->command_length);
    if (!r->stream)
        exit(cli_refuse("out of memory"));
    fputs("parley path", r->stream);
    cli_parse(&syntax, argc, argv, common, r);
    if (common->world)
        cli_record(r->stream, "world", common->world);
    if (fclose(r->stream) || (common->world && cli_ask(&r->asked, "world", common->world)))
        exit(cli_refuse("out of memory"));
}

/* ---- the question ---- */

typedef struct {
    pl_scenario *scenario;
    pl_world *world;
    pl_path *path;
    pl_date from;
    size_t months, variant, country[MOST], countries, sector[MOST], sectors, variables;
    char variable[MOST][64];
    const char *wanted[MOST];
    pl_series *series;
    pl_comparison *observed;
    char *folder;
} work;

static pl_status refuse(pl_error *error, const char *format, const char *text) {
    snprintf(error->text, sizeof error->text, format, text);
    return PL_INVALID;
}

static pl_status load(const request *r, work *w, pl_error *error) {
    pl_question *question = NULL;
    pl_status status = pl_question_new(r->asked.item, r->asked.count, &question, error);
    if (!status)
        status = pl_question_scenario(question, &w->scenario, error);
    pl_question_free(question);
    return status;
}

static pl_status choose_variant(const request *r, work *w, pl_error *error) {
    const char *name[MOST];
    size_t count = pl_scenario_variants(w->scenario);
    for (size_t v = 0; v < count; v++) {
        if (v < MOST)
            name[v] = pl_scenario_variant_name(w->scenario, v);
        if (r->variant && !strcmp(r->variant, pl_scenario_variant_name(w->scenario, v))) {
            w->variant = v;
            return PL_OK;
        }
    }
    if (!r->variant)
        return PL_OK;
    char near[160];
    snprintf(error->text, sizeof error->text, "no variant '%.100s' in this scenario%s", r->variant,
             cli_near(near, sizeof near, r->variant, name, count < MOST ? count : MOST));
    return PL_INVALID;
}

/* The first month and how many. */
static pl_status choose_months(const request *r, work *w, pl_error *error) {
    char day[32], *end = NULL;
    w->months = DEFAULT_MONTHS;
    if (r->months) {
        errno = 0;
        unsigned long months = strtoul(r->months, &end, 10);
        if (*r->months < '0' || *r->months > '9' || *end || errno || months < 1 || months > 1200)
            return refuse(error, "--months: '%.60s' is not a whole number from 1 to 1200", r->months);
        w->months = months;
    }
    if (!r->from) {
        if (!pl_path_first(w->scenario, w->variant, &w->from))
            return refuse(error,
                          "%.200s: no measure has a date; say where the path starts with --from 2025-01",
                          r->file);
        return PL_OK;
    }
    snprintf(day, sizeof day, "%.20s%s", r->from, strlen(r->from) == 7 ? "-01" : "");
    if (pl_date_read(day, &w->from, error))
        return refuse(error, "--from: '%.60s' is not a month, such as 2025-01", r->from);
    return PL_OK;
}

static pl_status choose_axis(const work *w, pl_axis axis, const char *list, size_t most, size_t *chosen,
                             size_t *count, pl_error *error) {
    char name[64];
    pl_status status = PL_OK;
    const char *next = list;
    while (!status && cli_next_name(&next, name, sizeof name)) {
        if (*count == most)
            return refuse(error,
                          axis == PL_SECTOR ? "--sectors: %.100s: at most 64 are shown"
                          : most == TABLE   ? "--countries: %.100s: at most eight fit a table"
                                            : "--countries: %.100s: at most 64 are shown",
                          list);
        status = pl_world_find(w->world, axis, name, &chosen[(*count)++], error);
    }
    return status;
}

/* What the JSON is to hold. */
static pl_status choose_shown(const request *r, const cli_common *common, work *w, pl_error *error) {
    pl_status status = choose_axis(w, PL_COUNTRY, r->countries, common->json ? MOST : TABLE, w->country,
                                   &w->countries, error);
    if (!status)
        status = choose_axis(w, PL_SECTOR, r->sectors, MOST, w->sector, &w->sectors, error);
    if (!status && w->sectors && !w->countries)
        return refuse(error, "--sectors %.100s: name the countries too, with --countries", r->sectors);
    const char *next = r->variables;
    while (!status && w->variables < MOST && cli_next_name(&next, w->variable[w->variables], 64)) {
        pl_error inner = {PL_OK, ""};
        w->wanted[w->variables] = w->variable[w->variables];
        status = pl_path_variable_check(w->wanted[w->variables++], &inner);
        if (status)
            refuse(error, "--variables: %.1000s", inner.text);
    }
    return status;
}

/* Observed series stand beside a path where they are installed; a table that cannot be read is refused. */
static pl_status load_series(work *w, pl_error *error) {
    pl_status status = pl_series_load(NULL, &w->series, error);
    return status == PL_IO ? PL_OK : status;
}

/* ---- the work ---- */

/* Month after month. */
static pl_status follow(const cli_common *common, work *w, pl_error *error) {
    cli_progress progress;
    pl_status status = PL_OK;
    cli_progress_begin(&progress, common);
    while (!status && pl_path_done(w->path) < w->months) {
        cli_progress_tell(&progress, "months", pl_path_done(w->path), w->months);
        status = cli_stop ? PL_CANCELLED : pl_path_step(w->path, error);
    }
    cli_progress_end(&progress);
    return !status && w->series ? pl_comparison_new(w->path, w->series, &w->observed, error) : status;
}

static pl_status do_work(const request *r, const cli_common *common, work *w, pl_error *error) {
    pl_status status = load(r, w, error);
    if (!status)
        status = choose_variant(r, w, error);
    if (!status)
        status = choose_months(r, w, error);
    if (!status)
        status = pl_scenario_load_world(w->scenario, NULL, &w->world, error);
    if (!status)
        status = choose_shown(r, common, w, error);
    if (!status)
        status = load_series(w, error);
    if (!status && cli_stop)
        status = PL_CANCELLED;
    if (!status)
        status = pl_path_new(w->scenario, w->world, w->variant, w->from, w->months, &w->path, error);
    return status ? status : follow(common, w, error);
}

/* A path and how it is printed. */
typedef struct {
    const pl_path_view *view;
    bool json;
} shown;

static pl_status write(FILE *out, const void *data, pl_error *error) {
    const shown *s = data;
    pl_layout layout = cli_layout();
    return s->json ? pl_report_path_json(out, s->view, error) : pl_report_path(out, s->view, &layout, error);
}

/* Files are written before anything is printed. */
static int show(const request *r, const cli_common *common, work *w, double solved, pl_error *error) {
    pl_path_view view = {.scenario = w->scenario,
                         .variant = w->variant,
                         .path = w->path,
                         .command = r->command,
                         .country = w->country,
                         .countries = w->countries,
                         .sector = w->sector,
                         .sectors = w->sectors,
                         .variable = w->wanted,
                         .variables = w->variables,
                         .observed = w->observed};
    double start = cli_now();
    pl_status status = cli_choose_folder(common, pl_scenario_name(w->scenario), "-path", &w->folder);
    if (!status && w->folder)
        status = pl_report_path_write(w->folder, &view, error);
    if (!status)
        status = cli_print(write, &(shown){&view, common->json}, !common->json, error);
    if (status)
        return cli_fail(status, error);
    bool whole = pl_path_quality(w->path).converged;
    int code = cli_end_output(whole ? CLI_DONE : CLI_NOT_CONVERGED);
    if (!whole)
        fputs("parley: some months did not converge; they are marked and are no equilibrium\n", stderr);
    if (!common->quiet && !r->variant && pl_scenario_variants(w->scenario) > 1)
        fprintf(stderr, "variant %s; choose another with --variant\n",
                pl_scenario_variant_name(w->scenario, w->variant));
    if (!common->quiet && common->timing)
        fprintf(stderr, "timing: load and solve %.3f s, write %.3f s\n", solved, cli_now() - start);
    if (!common->quiet && w->folder)
        fprintf(stderr, "wrote %s/\n", w->folder);
    return code;
}

/* Policies of the months come and go, some megabytes each: memory that is kept need not be asked of the system and cleared
 * again every time. */
static void keep_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

int cli_path(int argc, char **argv) {
    request r = {0};
    cli_common common;
    work w = {0};
    pl_error error = {PL_OK, ""};
    keep_memory();
    read_command_line(&r, &common, argc, argv);
    double start = cli_now();
    pl_status status = do_work(&r, &common, &w, &error);
    int code = status ? cli_fail(status, &error) : show(&r, &common, &w, cli_now() - start, &error);
    free(w.folder);
    free(r.command);
    free(r.asked.item);
    pl_comparison_free(w.observed);
    pl_series_free(w.series);
    pl_path_free(w.path);
    pl_world_free(w.world);
    pl_scenario_free(w.scenario);
    return code;
}
