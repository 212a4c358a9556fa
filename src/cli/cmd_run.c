/* parley run: scenarios and questions of one line, solved, summed up and written. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_TARIFF = 300,
    KEY_EXPORT_TAX,
    KEY_ICEBERG,
    KEY_OPTION,
    KEY_VARIANT,
    KEY_ROWS,
    KEY_ON,
    KEY_DATES,
    KEY_MOVE,
    KEY_TIMELINE,
    KEY_PAIR,
    KEY_CSV,
    KEY_VARIABLES,
    KEY_COUNTRY,
    KEY_CERTIFICATE,
    KEY_SETTING = 400
};

/* What is asked, as pl_question_new takes it; texts are borrowed from the command line and from `names`. */
typedef struct {
    size_t count;
    pl_asked *item;
    char (*names)[2][256]; /* [settings] option and help */
} request;

static const struct argp_option own_options[] = {
    {0, 0, 0, 0, "The question:", 1},
    {"tariff", KEY_TARIFF, "BUYER<-SELLER=RATE", 0,
     "set a tariff on top of all else: 'USA<-CHN=145%', 'USA<-CHN:C26,C27=25%'; += adds, *= multiplies", 1},
    {"export-tax", KEY_EXPORT_TAX, "SELLER->BUYER=RATE", 0, "set an export tax: 'CHN->USA:C26=10%'", 1},
    {"iceberg", KEY_ICEBERG, "BUYER<-SELLER=RATE", 0, "raise trade costs: 'USA<-CHN+=10%'", 1},
    {"option", KEY_OPTION, "NAME[=off]", 0, "switch an option of the scenario on or off", 1},
    {"variant", KEY_VARIANT, "NAME", 0, "solve only this variant (may be repeated)", 1},
    {"on", KEY_ON, "DATE", 0, "solve the policy of that day, as 2025-05-20 (may be repeated)", 1},
    {"dates", KEY_DATES, "SOURCE", 0, "the dates of this source, where measures have several", 1},
    {"move", KEY_MOVE, "MEASURE[.DATE]=DAY", 0,
     "another date for a measure, as us-truce.until=2025-11-10 (may be repeated)", 1},
    {0, 0, 0, 0, "What is shown:", 2},
    {"country", KEY_COUNTRY, "CODE", 0,
     "partners and sectors of a country before and after (may be repeated)", 2},
    {"variables", KEY_VARIABLES, "A,B,...", 0, "with --json: only these variables", 2},
    {"certificate", KEY_CERTIFICATE, "yes|no", 0, "no: do not recompute the residuals (default yes)", 2},
    {"timeline", KEY_TIMELINE, 0, 0, "print the schedule of a dated scenario and its tariffs; solve nothing",
     2},
    {"pair", KEY_PAIR, "BUYER<-SELLER", 0, "countries or groups of the timeline (may be repeated)", 2},
    {"csv", KEY_CSV, 0, 0, "with --timeline: print CSV", 2},
    {"rows", KEY_ROWS, "N", 0, "rows of the summary's tables: countries each way, partners, sectors", 2},
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

static error_t keep(request *r, const char *name, const char *value) {
    pl_asked *item = realloc(r->item, (r->count + 1) * sizeof *item);
    if (!item)
        return ENOMEM;
    r->item = item;
    r->item[r->count++] = (pl_asked){name, value};
    return 0;
}

/* The option of a key; the names of pl_question_new are those of the command line. */
static const char *name_of(int key) {
    for (size_t k = 0; k < OWN; k++)
        if (own_options[k].key == key && own_options[k].name)
            return own_options[k].name;
    return NULL;
}

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    if (key == ARGP_KEY_ARG)
        return keep(r, "scenario", text);
    if (key >= KEY_SETTING && key < KEY_SETTING + 100)
        return keep(r, r->names[key - KEY_SETTING][0], text);
    const char *name = key >= KEY_TARIFF && key < KEY_SETTING ? name_of(key) : NULL;
    return name ? keep(r, name, text ? text : "") : ARGP_ERR_UNKNOWN;
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
    r->names = calloc(settings + 1, sizeof *r->names);
    if (!options || !r->names)
        exit(cli_refuse("out of memory"));
    memcpy(options, own_options, sizeof own_options);
    add_setting_options(options + OWN, r->names, settings);
    cli_syntax syntax = {"[SCENARIO.yaml...]", doc, options, take,
                         CLI_JSON | CLI_OUTPUT | CLI_WORLD | CLI_QUIET | CLI_THREADS | CLI_TIMING};
    cli_parse(&syntax, argc, argv, common, r);
    free(options);
    if ((common->world && keep(r, "world", common->world)) ||
        (common->threads && keep(r, "threads", common->threads)))
        exit(cli_refuse("out of memory"));
}

/* ---- results ---- */

typedef struct {
    pl_question *question;
    pl_question_facts asked;
    pl_scenario *scenario;
    pl_world *world;
    pl_run *run;
    pl_view view;
    char *folder;
    double loaded, solved, written; /* seconds each part took */
} work;

/* The folder results go to: -o, or results/NAME for a scenario file; NULL when none is written. Caller frees.
 */
static char *choose_folder(const work *w, const cli_common *common) {
    if (common->output)
        return strcmp(common->output, "-") ? strdup(common->output) : NULL;
    if (!w->asked.scenarios)
        return NULL;
    const char *name = pl_scenario_name(w->scenario);
    size_t size = strlen("results/") + strlen(name) + 1;
    char *folder = malloc(size);
    if (folder)
        snprintf(folder, size, "results/%s", name);
    return folder;
}

static pl_status write_result(FILE *out, const cli_common *common, const work *w, pl_error *error) {
    pl_layout layout = cli_layout();
    layout.rows = w->asked.rows;
    if (common->json)
        return pl_report_json_view(out, w->run, &w->view, error);
    pl_status status = pl_report_summary(out, w->run, &layout, error);
    return status ? status : pl_report_countries(out, w->run, &w->view, &layout, error);
}

/* Of the first variant: the others have the same measures, or --variant chooses. */
static pl_status write_timeline(FILE *out, const cli_common *common, const work *w, pl_error *error) {
    pl_timeline *timeline = NULL;
    pl_layout layout = cli_layout();
    pl_status status =
        pl_timeline_new(w->scenario, w->world, 0, w->asked.pair, w->asked.pairs, &timeline, error);
    if (!status)
        status = common->json   ? pl_report_timeline_json(out, timeline, error)
                 : w->asked.csv ? pl_report_timeline_csv(out, timeline, error)
                                : pl_report_timeline(out, timeline, &layout, error);
    pl_timeline_free(timeline);
    return status;
}

/* Laid out in memory first, so that stdout gets all of it or nothing. */
static pl_status print(const cli_common *common, const work *w, pl_error *error) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return PL_NO_MEMORY;
    pl_status status =
        w->asked.timeline ? write_timeline(out, common, w, error) : write_result(out, common, w, error);
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
                    pl_scenario_variant_name(run->scenario, v),
                    run->certified ? run->certificate[v].worst : pl_result_residual(run->result[v]));
    return CLI_NOT_CONVERGED;
}

/* The question with its files and its world. */
static pl_status load(const request *r, work *w, pl_error *error) {
    pl_status status = pl_question_new(r->item, r->count, &w->question, error);
    if (status)
        return status;
    w->asked = pl_question_get(w->question);
    status = pl_question_scenario(w->question, &w->scenario, error);
    if (!status)
        status = pl_scenario_load_world(w->scenario, NULL, &w->world, error);
    return status ? status : pl_question_view(w->question, w->world, &w->view, error);
}

typedef struct {
    work *w;
    pl_error *error;
    pl_status status;
} errand;

static void solve(void *data) {
    errand *e = data;
    e->status =
        pl_run_solve(e->w->scenario, e->w->world, e->w->asked.certificate, &cli_stop, &e->w->run, e->error);
}

static pl_status do_work(const request *r, const cli_common *common, work *w, pl_error *error) {
    double start = cli_now();
    pl_status status = load(r, w, error);
    if (!status && w->view.variables && !common->json) {
        snprintf(error->text, sizeof error->text, "--variables goes with --json");
        status = PL_INVALID;
    }
    if (status || w->asked.timeline)
        return status;
    double loaded = cli_now();
    errand e = {w, error, PL_OK};
    cli_progress_plain(common, "solving", solve, &e);
    status = e.status;
    double solved = cli_now();
    if (!status && cli_stop)
        status = PL_CANCELLED;
    if (!status)
        w->folder = choose_folder(w, common);
    if (w->folder)
        status = pl_report_write_view(w->folder, w->run, &w->view, pl_question_command(w->question), error);
    w->loaded = loaded - start;
    w->solved = solved - loaded;
    w->written = cli_now() - solved;
    return status;
}

static int show(const cli_common *common, const work *w, pl_error *error) {
    pl_status status = print(common, w, error);
    if (status)
        return cli_fail(status, error);
    if (w->asked.timeline)
        return cli_end_output(CLI_DONE);
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

int cli_run(int argc, char **argv) {
    request r = {0};
    cli_common common;
    work w = {0};
    pl_error error = {PL_OK, ""};
    read_command_line(&r, &common, argc, argv);
    pl_status status = do_work(&r, &common, &w, &error);
    int code = status ? cli_fail(status, &error) : show(&common, &w, &error);
    free(w.folder);
    pl_view_clear(&w.view);
    pl_run_free(w.run);
    pl_world_free(w.world);
    pl_scenario_free(w.scenario);
    pl_question_free(w.question);
    free(r.item);
    free(r.names);
    return code;
}
