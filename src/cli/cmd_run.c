/* parley run: scenarios and questions of one line, solved, summed up and written. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    KEY_TARIFF = 300,
    KEY_EXPORT_TAX,
    KEY_ICEBERG,
    KEY_OPTION,
    KEY_VARIANT,
    KEY_ROWS,
    KEY_ON,
    KEY_DATES,
    KEY_TIMELINE,
    KEY_PAIR,
    KEY_CSV,
    KEY_SETTING = 400
};

/* Texts in the order given, borrowed from the command line. */
typedef struct {
    size_t count;
    const char **first, **second;
} pairs;

typedef struct {
    pairs files, measures, options, variants, settings, days, pairs;
    const char *dates;
    bool timeline, csv;
    size_t rows;
    char *command; /* how to do it again, without what does not change results */
    size_t command_length;
    FILE *command_stream;
} request;

static const struct argp_option own_options[] = {
    {0, 0, 0, 0, "The question:", 1},
    {"tariff", KEY_TARIFF, "BUYER<-SELLER=RATE", 0,
     "set a tariff: 'USA<-CHN=145%', with sectors 'USA<-CHN:C26,C27=25%'; += adds, *= multiplies", 1},
    {"export-tax", KEY_EXPORT_TAX, "SELLER->BUYER=RATE", 0, "set an export tax: 'CHN->USA:C26=10%'", 1},
    {"iceberg", KEY_ICEBERG, "BUYER<-SELLER=RATE", 0, "raise trade costs: 'USA<-CHN+=10%'", 1},
    {"option", KEY_OPTION, "NAME[=off]", 0, "switch an option of the scenario on or off", 1},
    {"variant", KEY_VARIANT, "NAME", 0, "solve only this variant (may be repeated)", 1},
    {"on", KEY_ON, "DATE", 0, "solve the policy of that day, as 2025-05-20 (may be repeated)", 1},
    {"dates", KEY_DATES, "SOURCE", 0, "the dates of this source, where measures have several", 1},
    {0, 0, 0, 0, "What is shown:", 2},
    {"timeline", KEY_TIMELINE, 0, 0, "print the schedule of a dated scenario and its tariffs; solve nothing",
     2},
    {"pair", KEY_PAIR, "BUYER<-SELLER", 0, "countries or groups of the timeline (may be repeated)", 2},
    {"csv", KEY_CSV, 0, 0, "with --timeline: print CSV", 2},
    {"rows", KEY_ROWS, "N", 0, "countries listed each way in the summary", 2},
    {0, 0, 0, 0, "Settings, instead of those of the scenario:", 3},
};
enum { OWN = sizeof own_options / sizeof *own_options };

static const char doc[] = "Solves a scenario (several are compared side by side), or a question asked on the "
                          "command line, and says who "
                          "wins and who loses.\n\vA country is a code, a name or a group: EU, ASEAN, USMCA, "
                          "G7, G20, BRICS, euro-area, EFTA, "
                          "Mercosur, CPTPP, RCEP, all (or *). Without sectors, all goods are meant. A "
                          "scenario's results go to the folder "
                          "results/NAME, those of a question only where -o says.\n\nExamples:\n"
                          "  parley run --tariff 'USA<-CHN=145%' --tariff 'CHN<-USA=125%'\n"
                          "  parley run scenarios/london-2025.yaml --variant war -o out";

/* ---- reading the command line ---- */

static bool add_pair(pairs *list, const char *first, const char *second) {
    const char **a = realloc(list->first, (list->count + 1) * sizeof *a);
    list->first = a ? a : list->first;
    const char **b = realloc(list->second, (list->count + 1) * sizeof *b);
    list->second = b ? b : list->second;
    if (!a || !b)
        return false;
    list->first[list->count] = first;
    list->second[list->count++] = second;
    return true;
}

/* Adds a word to the recorded command, quoted for a shell when it must be. */
static void record(request *r, const char *option, const char *text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+,:%@";
    FILE *out = r->command_stream;
    fputc(' ', out);
    if (option)
        fprintf(out, "--%s ", option);
    if (*text && text[strspn(text, plain)] == 0) {
        fputs(text, out);
        return;
    }
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fputc(*text, out);
    }
    fputc('\'', out);
}

static error_t keep(request *r, pairs *list, const char *first, const char *second, const char *option,
                    const char *text) {
    record(r, option, text);
    return add_pair(list, first, second) ? 0 : ENOMEM;
}

static error_t take_rows(request *r, const char *text, struct argp_state *state) {
    char *end = NULL;
    errno = 0;
    unsigned long rows = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || rows < 1 || rows > 10000)
        argp_error(state, "--rows: '%s' is not a whole number from 1 to 10000", text);
    r->rows = rows;
    return 0;
}

static error_t take_setting(request *r, size_t index, const char *text) {
    const char *name = NULL, *type = NULL, *def = NULL, *help = NULL;
    if (!pl_settings_describe(index, &name, &type, &def, &help))
        return ARGP_ERR_UNKNOWN;
    return keep(r, &r->settings, name, text, name, text);
}

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case KEY_TARIFF:
        return keep(r, &r->measures, "tariff", text, "tariff", text);
    case KEY_EXPORT_TAX:
        return keep(r, &r->measures, "export-tax", text, "export-tax", text);
    case KEY_ICEBERG:
        return keep(r, &r->measures, "iceberg", text, "iceberg", text);
    case KEY_OPTION:
        return keep(r, &r->options, text, NULL, "option", text);
    case KEY_VARIANT:
        return keep(r, &r->variants, text, NULL, "variant", text);
    case KEY_ON:
        return keep(r, &r->days, text, NULL, "on", text);
    case KEY_DATES:
        r->dates = text;
        record(r, "dates", text);
        return 0;
    case KEY_TIMELINE:
        r->timeline = true;
        return 0;
    case KEY_PAIR:
        return add_pair(&r->pairs, text, NULL) ? 0 : ENOMEM;
    case KEY_CSV:
        r->csv = true;
        return 0;
    case KEY_ROWS:
        return take_rows(r, text, state);
    case ARGP_KEY_ARG:
        return keep(r, &r->files, text, NULL, NULL, text);
    case ARGP_KEY_END:
        if (!r->files.count && !r->measures.count)
            argp_error(state,
                       "what is the question? Name a scenario file, or ask with --tariff 'USA<-CHN=145%%'");
        if ((r->pairs.count || r->csv) && !r->timeline)
            argp_error(state, "--pair and --csv go with --timeline");
        return 0;
    default:
        return key >= KEY_SETTING && key < KEY_SETTING + 100
                   ? take_setting(r, (size_t)(key - KEY_SETTING), text)
                   : ARGP_ERR_UNKNOWN;
    }
}

/* One option for each row of the settings table; --threads is shared by all commands. */
static size_t add_setting_options(struct argp_option *options, char (*names)[2][256], size_t room) {
    const char *name = NULL, *type = NULL, *def = NULL, *help = NULL;
    size_t count = 0;
    for (size_t i = 0; i < room && pl_settings_describe(i, &name, &type, &def, &help); i++) {
        if (!strcmp(name, "threads"))
            continue;
        snprintf(names[i][0], sizeof names[i][0], "%s", name);
        for (char *c = names[i][0]; *c; c++)
            *c = *c == '_' ? '-' : *c;
        snprintf(names[i][1], sizeof names[i][1], *def ? "%s (default %s)" : "%s", help, def);
        options[count++] = (struct argp_option){
            names[i][0], KEY_SETTING + (int)i, !strcmp(type, "text") ? "NAME" : "VALUE", 0, names[i][1], 3};
        if (strchr(name, '_'))
            options[count++] = (struct argp_option){name, 0, 0, OPTION_ALIAS | OPTION_HIDDEN, 0, 3};
    }
    return count;
}

static size_t count_settings(void) {
    const char *name = NULL, *type = NULL, *def = NULL, *help = NULL;
    size_t count = 0;
    while (pl_settings_describe(count, &name, &type, &def, &help))
        count++;
    return count;
}

static void read_command_line(request *r, cli_common *common, int argc, char **argv) {
    size_t settings = count_settings();
    struct argp_option *options = calloc(OWN + 2 * settings + 1, sizeof *options);
    char(*names)[2][256] = calloc(settings + 1, sizeof *names);
    r->command_stream = open_memstream(&r->command, &r->command_length);
    if (!options || !names || !r->command_stream)
        exit(cli_refuse("out of memory"));
    memcpy(options, own_options, sizeof own_options);
    add_setting_options(options + OWN, names, settings);
    fputs("parley run", r->command_stream);
    cli_syntax syntax = {"[SCENARIO.yaml...]", doc, options, take,
                         CLI_JSON | CLI_OUTPUT | CLI_WORLD | CLI_QUIET | CLI_THREADS | CLI_TIMING};
    cli_parse(&syntax, argc, argv, common, r);
    if (common->world)
        record(r, "world", common->world);
    fclose(r->command_stream);
    r->command_stream = NULL;
    free(options);
    free(names);
}

static void clear_request(request *r) {
    pairs *lists[] = {&r->files, &r->measures, &r->options, &r->variants, &r->settings, &r->days, &r->pairs};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        free(lists[i]->first);
        free(lists[i]->second);
    }
    free(r->command);
}

/* ---- the scenario ---- */

/* What the command line says about every scenario: world and settings. */
static pl_status override(const request *r, const cli_common *common, pl_scenario *scenario,
                          pl_error *error) {
    const char *world = common->world                  ? common->world
                        : *pl_scenario_world(scenario) ? NULL
                                                       : PL_DEFAULT_WORLD;
    pl_status status = world ? pl_scenario_set_world(scenario, world, error) : PL_OK;
    pl_settings *settings = pl_scenario_settings(scenario);
    if (!status && common->threads)
        status = pl_settings_set(settings, "threads", common->threads, error);
    for (size_t i = 0; i < r->settings.count && !status; i++)
        status = pl_settings_set(settings, r->settings.first[i], r->settings.second[i], error);
    return status;
}

static pl_status load_one(const request *r, const cli_common *common, const char *file,
                          pl_scenario **scenario, pl_error *error) {
    pl_status status = file ? pl_scenario_load(file, scenario, error) : pl_scenario_new(scenario, error);
    if (!status)
        status = override(r, common, *scenario, error);
    if (status) {
        pl_scenario_free(*scenario);
        *scenario = NULL;
    }
    return status;
}

static pl_status load_all(const request *r, const cli_common *common, pl_scenario **scenario,
                          pl_error *error) {
    pl_status status = load_one(r, common, r->files.count ? r->files.first[0] : NULL, scenario, error);
    for (size_t f = 1; f < r->files.count && !status; f++) {
        pl_scenario *other = NULL;
        status = load_one(r, common, r->files.first[f], &other, error);
        if (!status)
            status = pl_scenario_append(*scenario, other, error);
        if (status)
            pl_scenario_free(other);
    }
    return status;
}

static pl_status switch_option(pl_scenario *scenario, const char *text, pl_error *error) {
    const char *equals = strchr(text, '=');
    char name[128];
    bool on = true;
    if (equals) {
        on = !strcmp(equals + 1, "on");
        if (!on && strcmp(equals + 1, "off")) {
            snprintf(error->text, sizeof error->text, "--option %.200s: '%.80s' is neither on nor off", text,
                     equals + 1);
            return PL_INVALID;
        }
    }
    snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - text) : (int)strlen(text), text);
    return pl_scenario_set_option(scenario, name, on, error);
}

static pl_status choose_days(const request *r, pl_scenario *scenario, pl_error *error) {
    pl_date *day = calloc(r->days.count, sizeof *day);
    pl_status status = day ? PL_OK : PL_NO_MEMORY;
    for (size_t i = 0; i < r->days.count && !status; i++) {
        pl_error inner = {PL_OK, ""};
        status = pl_date_read(r->days.first[i], &day[i], &inner);
        if (status)
            snprintf(error->text, sizeof error->text, "--on: %.900s", inner.text);
    }
    if (!status)
        status = pl_scenario_set_days(scenario, day, r->days.count, error);
    free(day);
    return status;
}

static pl_status build_scenario(const request *r, const cli_common *common, pl_scenario **scenario,
                                pl_error *error) {
    pl_status status = load_all(r, common, scenario, error);
    for (size_t i = 0; i < r->options.count && !status; i++)
        status = switch_option(*scenario, r->options.first[i], error);
    if (!status && r->variants.count)
        status = pl_scenario_pick(*scenario, r->variants.first, r->variants.count, error);
    if (!status && r->dates)
        status = pl_scenario_set_dates(*scenario, r->dates, error);
    if (!status && r->days.count)
        status = choose_days(r, *scenario, error);
    for (size_t i = 0; i < r->measures.count && !status; i++)
        status = pl_scenario_add(*scenario, r->measures.first[i], r->measures.second[i], error);
    return status;
}

/* ---- results ---- */

/* The folder results go to: -o, or results/NAME for a scenario file; NULL when none is written. Caller frees.
 */
static char *choose_folder(const request *r, const cli_common *common, const pl_scenario *scenario) {
    if (common->output)
        return strcmp(common->output, "-") ? strdup(common->output) : NULL;
    if (!r->files.count)
        return NULL;
    const char *name = pl_scenario_name(scenario);
    size_t size = strlen("results/") + strlen(name) + 1;
    char *folder = malloc(size);
    if (folder)
        snprintf(folder, size, "results/%s", name);
    return folder;
}

/* Laid out in memory first, so that stdout gets all of it or nothing. */
static pl_status print_result(const request *r, const cli_common *common, const pl_run *run,
                              pl_error *error) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    pl_layout layout = cli_layout();
    layout.rows = r->rows;
    if (!out)
        return PL_NO_MEMORY;
    pl_status status =
        common->json ? pl_report_json(out, run, error) : pl_report_summary(out, run, &layout, error);
    if (fclose(out) && !status)
        status = PL_NO_MEMORY;
    if (!status)
        fwrite(text, 1, length, stdout);
    free(text);
    return status;
}

static void say_status(const pl_run *run, double seconds) {
    size_t iterations = 0;
    for (size_t v = 0; v < run->variants; v++)
        iterations += pl_result_iterations(run->result[v]);
    fprintf(stderr, "solved %zu variant%s in %.1f %s, %zu iterations\n", run->variants,
            run->variants == 1 ? "" : "s", seconds < 1 ? 1e3 * seconds : seconds, seconds < 1 ? "ms" : "s",
            iterations);
}

static int say_convergence(const pl_run *run) {
    if (pl_run_converged(run))
        return CLI_DONE;
    for (size_t v = 0; v < run->variants; v++)
        if (!pl_result_converged(run->result[v]))
            fprintf(stderr,
                    "parley: variant '%s' did not converge; its numbers are no equilibrium (largest residual "
                    "%.2g)\n",
                    pl_scenario_variant_name(run->scenario, v), run->certificate[v].worst);
    return CLI_NOT_CONVERGED;
}

typedef struct {
    pl_scenario *scenario;
    pl_world *world;
    pl_run *run;
    char *folder;
    double loaded, solved, written; /* seconds each part took */
} work;

static pl_status do_work(const request *r, const cli_common *common, work *w, pl_error *error) {
    double start = cli_now();
    pl_status status = build_scenario(r, common, &w->scenario, error);
    if (!status)
        status = pl_scenario_load_world(w->scenario, NULL, &w->world, error);
    double loaded = cli_now();
    if (!status)
        status = pl_run_new(w->scenario, w->world, &cli_stop, &w->run, error);
    double solved = cli_now();
    if (!status && cli_stop)
        status = PL_CANCELLED;
    if (!status)
        w->folder = choose_folder(r, common, w->scenario);
    if (w->folder)
        status = pl_report_write(w->folder, w->run, r->command, error);
    w->loaded = loaded - start;
    w->solved = solved - loaded;
    w->written = cli_now() - solved;
    return status;
}

static int show(const request *r, const cli_common *common, const work *w, pl_error *error) {
    pl_status status = print_result(r, common, w->run, error);
    if (status)
        return cli_fail(status, error);
    int code = cli_end_output(say_convergence(w->run));
    if (common->quiet)
        return code;
    say_status(w->run, w->solved);
    if (common->timing)
        fprintf(stderr, "timing: load %.3f s, solve and certify %.3f s, write %.3f s\n", w->loaded, w->solved,
                w->written);
    if (w->folder)
        fprintf(stderr, "wrote %s/\n", w->folder);
    return code;
}

/* ---- the timeline ---- */

/* Of the first variant: the others have the same measures, or --variant chooses. */
static pl_status print_timeline(const request *r, const cli_common *common, const work *w, pl_error *error) {
    pl_timeline *timeline = NULL;
    char *text = NULL;
    size_t length = 0;
    pl_layout layout = cli_layout();
    pl_status status =
        pl_timeline_new(w->scenario, w->world, 0, r->pairs.first, r->pairs.count, &timeline, error);
    FILE *out = status ? NULL : open_memstream(&text, &length);
    if (!status && !out)
        status = PL_NO_MEMORY;
    if (!status)
        status = common->json ? pl_report_timeline_json(out, timeline, error)
                 : r->csv     ? pl_report_timeline_csv(out, timeline, error)
                              : pl_report_timeline(out, timeline, &layout, error);
    if (out && fclose(out) && !status)
        status = PL_NO_MEMORY;
    if (!status)
        fwrite(text, 1, length, stdout);
    free(text);
    pl_timeline_free(timeline);
    return status;
}

static int show_timeline(const request *r, const cli_common *common, work *w, pl_error *error) {
    pl_status status = build_scenario(r, common, &w->scenario, error);
    if (!status)
        status = pl_scenario_load_world(w->scenario, NULL, &w->world, error);
    if (!status)
        status = print_timeline(r, common, w, error);
    return status ? cli_fail(status, error) : cli_end_output(CLI_DONE);
}

int cli_run(int argc, char **argv) {
    request r = {0};
    cli_common common;
    work w = {0};
    pl_error error = {PL_OK, ""};
    read_command_line(&r, &common, argc, argv);
    int code = 0;
    if (r.timeline) {
        code = show_timeline(&r, &common, &w, &error);
    } else {
        pl_status status = do_work(&r, &common, &w, &error);
        code = status ? cli_fail(status, &error) : show(&r, &common, &w, &error);
    }
    free(w.folder);
    pl_run_free(w.run);
    pl_world_free(w.world);
    pl_scenario_free(w.scenario);
    clear_request(&r);
    return code;
}
