/* parley sweep: one question over ranges, every member solved and certified. */
#include "cli/cli.h"

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
    KEY_TARIFF, /* from here on options of the question, as `parley run` has them */
    KEY_EXPORT_TAX,
    KEY_ICEBERG,
    KEY_OPTION,
    KEY_VARIANT,
    KEY_ON
};
enum { MOST_COUNTRIES = 4096 };

typedef struct {
    size_t count;
    const char **vary; /* [count]; room for every argument */
    cli_asked asked;
    const char *countries, *variables, *variable;
    pl_scan_options options;
    pl_variable kept[PL_RESULT_COUNT];
    char *command;
    size_t command_length;
    FILE *stream;
    const char *file;
    bool whole; /* a scenario or a measure was named */
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
    {"tariff", KEY_TARIFF, "'USA<-CHN=145%'", 0, "a tariff that all members have, the buyer first", 2},
    {"export-tax", KEY_EXPORT_TAX, "'CHN->USA=10%'", 0, "an export tax that all have, the seller first", 2},
    {"iceberg", KEY_ICEBERG, "'USA<-CHN+=10%'", 0, "a trade cost that all have, the buyer first", 2},
    {"option", KEY_OPTION, "NAME[=off]", 0, "switch an option of the scenario on or off", 2},
    {"variant", KEY_VARIANT, "NAME", 0, "the variant (default: the first)", 2},
    {"on", KEY_ON, "DATE", 0, "the policy of a day", 2},
    {0, 0, 0, 0, "Settings, instead of those of the scenario:", CLI_SETTING_GROUP},
    {0}};

/* An option of the sweep itself, or one that is handed on to the question. */
static error_t take_option(request *r, int key, const char *name, const char *text,
                           struct argp_state *state) {
    r->whole = r->whole || (key >= KEY_TARIFF && key <= KEY_ICEBERG);
    cli_record(r->stream, name, text);
    switch (key) {
    case KEY_VARY:
        r->vary[r->count++] = text;
        return 0;
    case KEY_SAMPLES:
        r->options.samples = cli_take_whole(name, text, 2, 100000, state);
        return 0;
    case KEY_SEED:
        r->options.seed = cli_take_whole(name, text, 0, 1000000000, state);
        return 0;
    case KEY_COLD:
        r->options.cold = true;
        return 0;
    case KEY_COUNTRIES:
        r->countries = text;
        return 0;
    case KEY_VARIABLES:
        r->variables = text;
        return 0;
    case KEY_VARIABLE:
        r->variable = text;
        return 0;
    default:
        return cli_ask(&r->asked, name, text);
    }
}

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    const char *name = cli_option(own_options, key);
    if (name)
        return take_option(r, key, name, text, state);
    if (key == ARGP_KEY_END && !r->count)
        argp_error(state, "what is varied? Say so with --vary 'tariff USA<-CHN=0%%..145%%:30'");
    error_t code = cli_take_one(key, text, &r->file, "one scenario", NULL, state);
    if (code || key != ARGP_KEY_ARG)
        return code;
    r->whole = true;
    cli_record(r->stream, NULL, text);
    return cli_ask(&r->asked, "scenario", text);
}

static void read_command_line(request *r, cli_common *common, int argc, char **argv) {
    static const cli_syntax syntax = {"[SCENARIO.yaml]", doc, own_options, take,
                                      CLI_JSON | CLI_OUTPUT | CLI_WORLD | CLI_QUIET | CLI_THREADS |
                                          CLI_TIMING | CLI_SETTINGS};
    r->stream = open_memstream(&r->command, &r->command_length);
    r->vary = calloc((size_t)argc + 1, sizeof *r->vary);
    r->options.seed = 1;
    if (!r->stream || !r->vary)
        exit(cli_refuse("out of memory"));
    fputs("parley sweep", r->stream);
    cli_parse(&syntax, argc, argv, common, r);
    if (common->world)
        cli_record(r->stream, "world", common->world);
    if (fclose(r->stream) || (common->world && cli_ask(&r->asked, "world", common->world)) ||
        (common->threads && cli_ask(&r->asked, "threads", common->threads)))
        exit(cli_refuse("out of memory"));
}

static void clear_request(request *r) {
    free(r->vary);
    free(r->asked.item);
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
    bool json;
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
    char near[160];
    snprintf(error->text, sizeof error->text, "'%.100s' is not a variable%s; docs/results.md lists them",
             name, cli_near(near, sizeof near, name, names, PL_RESULT_COUNT));
    return PL_INVALID;
}

/* What the tables show, and what is kept. */
static pl_status choose_variables(request *r, work *w, pl_error *error) {
    pl_status status = find_variable(r->variable ? r->variable : "real_income", &w->view.variable, error);
    const char *next = r->variables;
    bool shown = !next;
    char name[64];
    while (!status && r->options.variables < PL_RESULT_COUNT && cli_next_name(&next, name, sizeof name)) {
        pl_variable *kept = &r->kept[r->options.variables];
        status = find_variable(name, kept, error);
        for (size_t k = 0; k < r->options.variables && !status; k++)
            if (r->kept[k] == *kept)
                status = PL_INVALID;
        if (status == PL_INVALID && !*error->text)
            snprintf(error->text, sizeof error->text, "--variables: '%s' stands there twice", name);
        shown = shown || (!status && *kept == w->view.variable);
        r->options.variables++;
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
    const char *next = all ? NULL : r->countries;
    char code[64];
    while (cli_next_name(&next, code, sizeof code)) {
        size_t found = 0;
        pl_status status = pl_world_find(w->world, PL_COUNTRY, code, &found, error);
        if (status)
            return status;
        if (w->view.countries < count)
            w->country[w->view.countries++] = found;
    }
    w->view.country = w->country;
    return PL_OK;
}

static pl_status take_question(const request *r, work *w, pl_error *error) {
    pl_status status = pl_question_new(r->asked.item, r->asked.count, &w->question, error);
    return status ? status : pl_question_scenario(w->question, &w->scenario, error);
}

/* Nothing but what is varied: the world and settings alone are no question yet. */
static pl_status empty_question(const request *r, work *w, pl_error *error) {
    pl_status status = pl_scenario_new(&w->scenario, error);
    const char *world = PL_DEFAULT_WORLD;
    for (size_t k = 0; k < r->asked.count && !status; k++) {
        const pl_asked *a = &r->asked.item[k];
        if (!strcmp(a->name, "world"))
            world = a->value;
        else if (!strcmp(a->name, "option"))
            status = pl_scenario_set_option(w->scenario, a->value, true, error);
        else if (!strcmp(a->name, "variant"))
            status = pl_scenario_pick(w->scenario, &a->value, 1, error);
        else if (strcmp(a->name, "on"))
            status = pl_settings_set(pl_scenario_settings(w->scenario), a->name, a->value, error);
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

static pl_status write(FILE *out, const void *data, pl_error *error) {
    const work *w = data;
    pl_layout layout = cli_layout();
    return w->json ? pl_report_sweep_json(out, &w->view, error)
                   : pl_report_sweep(out, &w->view, &layout, error);
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
        status =
            cli_choose_folder(common, r->file ? pl_scenario_name(w->scenario) : NULL, "-sweep", &w->folder);
    if (!status && w->folder)
        status = pl_report_sweep_write(w->folder, &w->view, error);
    if (!status)
        status = cli_print(write, w, !w->json, error);
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
    w.json = common.json;
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
