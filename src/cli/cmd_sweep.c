/* parley sweep: one question over ranges, every member solved and certified. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_VARY = 300,
    KEY_SAMPLES,
    KEY_SEED,
    KEY_COLD,
    KEY_COUNTRIES,
    KEY_VARIABLES,
    KEY_VARIABLE,
    KEY_ASK = 350, /* options handed on to the question, in the order of `asks` */
    KEY_SETTING = 400
};
enum { MOST_COUNTRIES = 4096 };

/* Options that `parley run` has too. */
static const struct {
    const char *name, *value, *help;
} asks[] = {{"tariff", "'USA<-CHN=145%'", "a tariff that all members have, the buyer first"},
            {"export-tax", "'CHN->USA=10%'", "an export tax that all have, the seller first"},
            {"iceberg", "'USA<-CHN+=10%'", "a trade cost that all have, the buyer first"},
            {"option", "NAME[=off]", "switch an option of the scenario on or off"},
            {"variant", "NAME", "the variant (default: the first)"},
            {"on", "DATE", "the policy of a day"}};
enum { ASKS = sizeof asks / sizeof *asks, MEASURES = 3 };

typedef struct {
    size_t count, room;
    const char **vary;
    size_t asked, asked_room;
    pl_asked *ask;
    const char *countries, *variables, *variable;
    pl_scan_options options;
    pl_variable kept[PL_RESULT_COUNT];
    char *command;
    size_t command_length;
    FILE *stream;
    bool named, whole; /* a scenario file was named; it or a measure was */
} request;

static const char doc[] = "Solves a question for every value in a range, or for every combination of "
                          "several, and says where each country does best.\v"
                          "What is varied:\n"
                          "  tariff 'BUYER<-SELLER[:SECTORS]=RANGE'   also export-tax and iceberg\n"
                          "  measure ID=RANGE         the rate or level of a measure of the scenario\n"
                          "  setting NAME=RANGE       kappa, closure, sigma_inputs, ...\n"
                          "  elasticities A,B         or * for all of the world\n"
                          "  option NAME              off and on\n"
                          "  variant A,B              or * for all of the scenario\n"
                          "A RANGE is LOW..HIGH:COUNT, LOW..HIGH by STEP, or a list A,B,C.\n\nExample:\n"
                          "  parley sweep --vary 'tariff USA<-CHN=0%..145%:30' --vary 'elasticities *'";

/* ---- reading the command line ---- */

/* Quotes for a shell, so that the command can be pasted. */
static void record(request *r, const char *option, const char *text) {
    fprintf(r->stream, " %s%s%s'", option ? "--" : "", option ? option : "", option ? " " : "");
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", r->stream);
        else
            fputc(*text, r->stream);
    fputc('\'', r->stream);
}

/* Hands an option on to the question. */
static error_t pass(request *r, const char *name, const char *value) {
    if (r->asked == r->asked_room) {
        size_t room = r->asked_room ? 2 * r->asked_room : 16;
        pl_asked *grown = realloc(r->ask, room * sizeof *grown);
        if (!grown)
            return ENOMEM;
        r->ask = grown;
        r->asked_room = room;
    }
    r->ask[r->asked++] = (pl_asked){name, value};
    return 0;
}

static error_t ask(request *r, const char *name, const char *value) {
    record(r, strcmp(name, "scenario") ? name : NULL, value);
    return pass(r, name, value);
}

static error_t vary(request *r, const char *text) {
    if (r->count == r->room) {
        size_t room = r->room ? 2 * r->room : 8;
        const char **grown = realloc(r->vary, room * sizeof *grown);
        if (!grown)
            return ENOMEM;
        r->vary = grown;
        r->room = room;
    }
    r->vary[r->count++] = text;
    record(r, "vary", text);
    return 0;
}

static size_t take_whole(const char *name, const char *text, size_t low, size_t high,
                         struct argp_state *state) {
    char *end = NULL;
    errno = 0;
    unsigned long read = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || read < low || read > high)
        argp_error(state, "--%s: '%s' is not a whole number from %zu to %zu", name, text, low, high);
    return read;
}

static error_t take_own(request *r, int key, const char *text, struct argp_state *state) {
    switch (key) {
    case KEY_SAMPLES:
        r->options.samples = take_whole("samples", text, 2, 100000, state);
        record(r, "samples", text);
        return 0;
    case KEY_SEED:
        r->options.seed = take_whole("seed", text, 0, 1000000000, state);
        record(r, "seed", text);
        return 0;
    case KEY_COLD:
        r->options.cold = true;
        fputs(" --cold", r->stream);
        return 0;
    case KEY_COUNTRIES:
        r->countries = text;
        record(r, "countries", text);
        return 0;
    case KEY_VARIABLES:
        r->variables = text;
        record(r, "variables", text);
        return 0;
    case KEY_VARIABLE:
        r->variable = text;
        record(r, "variable", text);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    const char *name = NULL, *type = NULL, *def = NULL, *help = NULL;
    if (key == KEY_VARY)
        return vary(r, text);
    if (key >= KEY_SAMPLES && key <= KEY_VARIABLE)
        return take_own(r, key, text, state);
    r->whole = r->whole || key == ARGP_KEY_ARG || (key >= KEY_ASK && key < KEY_ASK + MEASURES);
    if (key >= KEY_ASK && key < KEY_ASK + ASKS)
        return ask(r, asks[key - KEY_ASK].name, text);
    if (key >= KEY_SETTING && key < KEY_SETTING + 100 &&
        pl_settings_describe((size_t)(key - KEY_SETTING), &name, &type, &def, &help))
        return ask(r, name, text);
    if (key == ARGP_KEY_ARG && r->named)
        argp_error(state, "one scenario at a time; '%s' is one too many", text);
    if (key == ARGP_KEY_ARG) {
        r->named = true;
        return ask(r, "scenario", text);
    }
    if (key == ARGP_KEY_END && !r->count)
        argp_error(state, "what is varied? Say so with --vary 'tariff USA<-CHN=0%%..145%%:30'");
    return key == ARGP_KEY_END ? 0 : ARGP_ERR_UNKNOWN;
}

static const struct argp_option own_options[] = {
    {0, 0, 0, 0, "The sweep:", 1},
    {"vary", KEY_VARY, "WHAT=RANGE", 0, "what is varied, see below; several make every combination", 1},
    {"samples", KEY_SAMPLES, "N", 0, "N members at random, one in each part of every range, instead of all",
     1},
    {"seed", KEY_SEED, "N", 0, "seed of the sample (default 1)", 1},
    {"cold", KEY_COLD, 0, 0, "start every member afresh: the very bits of 'parley run'", 1},
    {"countries", KEY_COUNTRIES, "A,B|all", 0, "countries shown (default: those for which most changes)", 1},
    {"variable", KEY_VARIABLE, "NAME", 0, "what the tables show (default real_income)", 1},
    {"variables", KEY_VARIABLES, "A,B", 0, "what the files hold (default: all that are by country)", 1},
    {0, 0, 0, 0, "What all members have:", 2},
};
enum { OWN = sizeof own_options / sizeof *own_options };

/* Those of `asks`, and one for each row of the settings table that changes a long-run result. */
static void add_options(struct argp_option *options, char (*names)[2][256], size_t room) {
    const char *name = NULL, *type = NULL, *def = NULL, *help = NULL;
    for (size_t k = 0; k < ASKS; k++)
        *options++ = (struct argp_option){asks[k].name, KEY_ASK + (int)k, asks[k].value, 0, asks[k].help, 2};
    *options++ = (struct argp_option){0, 0, 0, 0, "Settings, instead of those of the scenario:", 3};
    for (size_t i = 0; i < room && pl_settings_describe(i, &name, &type, &def, &help); i++) {
        if (!strcmp(name, "threads") || !strncmp(help, "path:", 5))
            continue;
        snprintf(names[i][0], sizeof names[i][0], "%s", name);
        for (char *c = names[i][0]; *c; c++)
            *c = *c == '_' ? '-' : *c;
        snprintf(names[i][1], sizeof names[i][1], *def ? "%s (default %s)" : "%s", help, def);
        *options++ = (struct argp_option){names[i][0], KEY_SETTING + (int)i, "VALUE", 0, names[i][1], 3};
    }
}

static void read_command_line(request *r, cli_common *common, int argc, char **argv) {
    enum { ROOM = 100 };
    struct argp_option *options = calloc(OWN + ASKS + 1 + ROOM + 1, sizeof *options);
    char(*names)[2][256] = calloc(ROOM, sizeof *names);
    r->stream = open_memstream(&r->command, &r->command_length);
    if (!options || !names || !r->stream)
        exit(cli_refuse("out of memory"));
    memcpy(options, own_options, sizeof own_options);
    add_options(options + OWN, names, ROOM);
    fputs("parley sweep", r->stream);
    r->options.seed = 1;
    cli_syntax syntax = {"[SCENARIO.yaml]", doc, options, take,
                         CLI_JSON | CLI_OUTPUT | CLI_WORLD | CLI_QUIET | CLI_THREADS | CLI_TIMING};
    cli_parse(&syntax, argc, argv, common, r);
    if ((common->world && ask(r, "world", common->world)) ||
        (common->threads && pass(r, "threads", common->threads)))
        exit(cli_refuse("out of memory"));
    fclose(r->stream);
    r->stream = NULL;
    free(options);
    free(names);
}

static void clear_request(request *r) {
    free(r->vary);
    free(r->ask);
    free(r->command);
}

/* ---- the question ---- */

typedef struct {
    pl_question *question;
    pl_scenario *scenario;
    pl_world *world;
    pl_scan *scan;
    pl_scan_view view;
    size_t *country;
    char *folder;
    pl_status status;
    pl_error *error;
} work;

static pl_status find_variable(const char *name, pl_variable *variable, pl_error *error) {
    const char *names[PL_RESULT_COUNT];
    for (int k = 0; k < PL_RESULT_COUNT; k++) {
        names[k] = pl_variable_name((pl_variable)k);
        if (!strcmp(names[k], name)) {
            *variable = (pl_variable)k;
            return PL_OK;
        }
    }
    const char *near = pl_suggest(name, names, PL_RESULT_COUNT);
    snprintf(error->text, sizeof error->text,
             "'%.100s' is not a variable%s%.100s%s; docs/results.md lists them", name,
             near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    return PL_INVALID;
}

/* What the tables show, and what is kept. */
static pl_status choose_variables(request *r, work *w, pl_error *error) {
    pl_status status = find_variable(r->variable ? r->variable : "real_income", &w->view.variable, error);
    bool shown = !r->variables;
    for (const char *next = r->variables; next && *next && !status;) {
        char name[64];
        size_t length = strcspn(next, ",");
        snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), next);
        if (r->options.variables == PL_RESULT_COUNT)
            break;
        pl_variable *kept = &r->kept[r->options.variables];
        status = find_variable(name, kept, error);
        for (size_t k = 0; k < r->options.variables && !status; k++)
            if (r->kept[k] == *kept)
                status = PL_INVALID;
        if (status == PL_INVALID && !*error->text)
            snprintf(error->text, sizeof error->text, "--variables: '%s' stands there twice", name);
        shown = shown || (!status && *kept == w->view.variable);
        r->options.variables++;
        next += length + (next[length] == ',');
    }
    if (!status && !shown) /* the variable of the tables is kept too */
        r->kept[r->options.variables++] = w->view.variable;
    r->options.variable = r->kept;
    if (!status && pl_variable_by_sector(w->view.variable)) {
        snprintf(error->text, sizeof error->text,
                 "--variable: %s is by sector; the tables show one by country, files hold both",
                 pl_variable_name(w->view.variable));
        return PL_INVALID;
    }
    return status;
}

static pl_status choose_countries(const request *r, work *w, pl_error *error) {
    size_t count = pl_world_size(w->world, PL_COUNTRY);
    w->country = calloc(count < MOST_COUNTRIES ? count : MOST_COUNTRIES, sizeof *w->country);
    if (!w->country)
        return PL_NO_MEMORY;
    bool all = r->countries && !strcmp(r->countries, "all");
    for (; all && w->view.countries < count && w->view.countries < MOST_COUNTRIES; w->view.countries++)
        w->country[w->view.countries] = w->view.countries;
    for (const char *next = r->countries; !all && next && *next;) {
        char code[64];
        size_t length = strcspn(next, ","), found = 0;
        snprintf(code, sizeof code, "%.*s", (int)(length < 63 ? length : 63), next);
        pl_status status = pl_world_find(w->world, PL_COUNTRY, code, &found, error);
        if (status)
            return status;
        if (w->view.countries < count)
            w->country[w->view.countries++] = found;
        next += length + (next[length] == ',');
    }
    w->view.country = w->country;
    return PL_OK;
}

static pl_status take_question(const request *r, work *w, pl_error *error) {
    pl_status status = pl_question_new(r->ask, r->asked, &w->question, error);
    return status ? status : pl_question_scenario(w->question, &w->scenario, error);
}

/* Nothing but what is varied: the world and settings alone are no question yet. */
static pl_status empty_question(const request *r, work *w, pl_error *error) {
    pl_status status = pl_scenario_new(&w->scenario, error);
    const char *world = PL_DEFAULT_WORLD;
    for (size_t k = 0; k < r->asked && !status; k++) {
        if (!strcmp(r->ask[k].name, "world"))
            world = r->ask[k].value;
        else if (!strcmp(r->ask[k].name, "option"))
            status = pl_scenario_set_option(w->scenario, r->ask[k].value, true, error);
        else if (!strcmp(r->ask[k].name, "variant"))
            status = pl_scenario_pick(w->scenario, &r->ask[k].value, 1, error);
        else if (strcmp(r->ask[k].name, "on"))
            status =
                pl_settings_set(pl_scenario_settings(w->scenario), r->ask[k].name, r->ask[k].value, error);
    }
    return status ? status : pl_scenario_set_world(w->scenario, world, error);
}

static pl_status prepare(request *r, work *w, pl_error *error) {
    pl_status status = choose_variables(r, w, error);
    if (!status)
        status = r->whole ? take_question(r, w, error) : empty_question(r, w, error);
    if (!status)
        status = pl_scenario_load_world(w->scenario, NULL, &w->world, error);
    if (!status)
        status = choose_countries(r, w, error);
    if (!status && cli_stop)
        status = PL_CANCELLED;
    if (!status)
        status = pl_scan_new(w->scenario, w->world, r->vary, r->count, &r->options, &w->scan, error);
    w->view.scan = w->scan;
    w->view.command = r->command;
    return status;
}

/* ---- the work ---- */

static void run_scan(void *data) {
    work *w = data;
    w->status = pl_scan_run(w->scan, &cli_stop, w->error);
}

static void look_at_scan(void *data, cli_progress *p) {
    const work *w = data;
    cli_progress_tell(p, "sweep", pl_scan_done(w->scan), pl_scan_members(w->scan));
}

/* The folder results go to: -o, or results/NAME-sweep for a scenario file; NULL when none is written. */
static char *choose_folder(const request *r, const cli_common *common, const pl_scenario *scenario) {
    if (common->output)
        return strcmp(common->output, "-") ? strdup(common->output) : NULL;
    if (!r->named)
        return NULL;
    size_t size = strlen("results/-sweep") + strlen(pl_scenario_name(scenario)) + 1;
    char *folder = malloc(size);
    if (folder)
        snprintf(folder, size, "results/%s-sweep", pl_scenario_name(scenario));
    return folder;
}

/* Laid out in memory first, so that stdout gets all of it or nothing. */
static pl_status print_result(const cli_common *common, const work *w, pl_error *error) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    pl_layout layout = cli_layout();
    if (!out)
        return PL_NO_MEMORY;
    pl_status status = common->json ? pl_report_sweep_json(out, &w->view, error)
                                    : pl_report_sweep(out, &w->view, &layout, error);
    if (fclose(out) && !status)
        status = PL_NO_MEMORY;
    if (!status)
        fwrite(text, 1, length, stdout);
    free(text);
    return status;
}

/* What a reader of the exit code should know. */
static int judge(const work *w, bool stopped) {
    pl_scan_quality q = pl_scan_judge(w->scan);
    size_t members = pl_scan_members(w->scan);
    if (stopped) {
        fprintf(stderr, "parley: interrupted; %zu of %zu members were solved and are kept\n", q.solved,
                members);
        return CLI_INTERRUPTED;
    }
    if (q.converged == members)
        return CLI_DONE;
    fprintf(stderr, "parley: %zu of %zu members did not converge; they are marked and are no equilibrium\n",
            members - q.converged, members);
    return CLI_NOT_CONVERGED;
}

static int finish(const request *r, const cli_common *common, work *w, double solved, pl_error *error) {
    bool stopped = w->status == PL_CANCELLED;
    pl_status status = w->status;
    if (stopped && pl_scan_done(w->scan))
        status = PL_OK;
    double start = cli_now();
    if (!status)
        w->folder = choose_folder(r, common, w->scenario);
    if (!status && w->folder)
        status = pl_report_sweep_write(w->folder, &w->view, error);
    if (!status)
        status = print_result(common, w, error);
    if (status)
        return cli_fail(status, error);
    int code = cli_end_output(judge(w, stopped));
    if (common->quiet)
        return code;
    fprintf(stderr, "solved %zu members in %.1f s\n", pl_scan_done(w->scan), solved);
    if (common->timing)
        fprintf(stderr, "timing: solve and certify %.3f s, write %.3f s\n", solved, cli_now() - start);
    if (w->folder)
        fprintf(stderr, "wrote %s/\n", w->folder);
    return code;
}

int cli_sweep(int argc, char **argv) {
    request r = {0};
    cli_common common;
    pl_error error = {PL_OK, ""};
    work w = {.error = &error};
    read_command_line(&r, &common, argc, argv);
    pl_status status = prepare(&r, &w, &error);
    int code = status ? cli_fail(status, &error) : CLI_DONE;
    if (!status) {
        double start = cli_now();
        cli_progress_during(&common, run_scan, look_at_scan, &w);
        code = finish(&r, &common, &w, cli_now() - start, &error);
    }
    free(w.folder);
    free(w.country);
    pl_scan_free(w.scan);
    pl_world_free(w.world);
    pl_scenario_free(w.scenario);
    pl_question_free(w.question);
    clear_request(&r);
    return code;
}
