/* parley run: scenarios and questions of one line, solved, summed up and written. */
#include "cli/cli.h"

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
    KEY_CERTIFICATE
};

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
    {0, 0, 0, 0, "Settings, instead of those of the scenario:", CLI_SETTING_GROUP},
    {0}};

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

/* The names of pl_question_new are those of the command line. */
static error_t take(int key, char *text, struct argp_state *state) {
    const char *name = key == ARGP_KEY_ARG ? "scenario" : cli_option(own_options, key);
    return name ? cli_ask(state->input, name, text ? text : "") : ARGP_ERR_UNKNOWN;
}

static void read_command_line(cli_asked *asked, cli_common *common, int argc, char **argv) {
    static const cli_syntax syntax = {"[SCENARIO.yaml...]", doc, own_options, take,
                                      CLI_JSON | CLI_OUTPUT | CLI_WORLD | CLI_QUIET | CLI_THREADS |
                                          CLI_TIMING | CLI_PATH_SETTINGS};
    cli_parse(&syntax, argc, argv, common, asked);
    if ((common->world && cli_ask(asked, "world", common->world)) ||
        (common->threads && cli_ask(asked, "threads", common->threads)))
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
    bool json;
    char *folder;
    double loaded, solved, written; /* seconds each part took */
} work;

static pl_status write_result(FILE *out, const work *w, pl_error *error) {
    pl_layout layout = cli_layout();
    layout.rows = w->asked.rows;
    if (w->json)
        return pl_report_json_view(out, w->run, &w->view, error);
    pl_status status = pl_report_summary(out, w->run, &layout, error);
    return status ? status : pl_report_countries(out, w->run, &w->view, &layout, error);
}

/* Of the first variant: the others have the same measures, or --variant chooses. */
static pl_status write_timeline(FILE *out, const work *w, pl_error *error) {
    pl_timeline *timeline = NULL;
    pl_layout layout = cli_layout();
    pl_status status =
        pl_timeline_new(w->scenario, w->world, 0, w->asked.pair, w->asked.pairs, &timeline, error);
    if (!status)
        status = w->json        ? pl_report_timeline_json(out, timeline, error)
                 : w->asked.csv ? pl_report_timeline_csv(out, timeline, error)
                                : pl_report_timeline(out, timeline, &layout, error);
    pl_timeline_free(timeline);
    return status;
}

static pl_status write(FILE *out, const void *data, pl_error *error) {
    const work *w = data;
    return w->asked.timeline ? write_timeline(out, w, error) : write_result(out, w, error);
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
static pl_status load(const cli_asked *asked, work *w, pl_error *error) {
    pl_status status = pl_question_new(asked->item, asked->count, &w->question, error);
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

static pl_status do_work(const cli_asked *asked, const cli_common *common, work *w, pl_error *error) {
    double start = cli_now();
    pl_status status = load(asked, w, error);
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
        status = cli_choose_folder(common, w->asked.scenarios ? pl_scenario_name(w->scenario) : NULL, "",
                                   &w->folder);
    if (w->folder)
        status = pl_report_write_view(w->folder, w->run, &w->view, pl_question_command(w->question), error);
    w->loaded = loaded - start;
    w->solved = solved - loaded;
    w->written = cli_now() - solved;
    return status;
}

static int show(const cli_common *common, const work *w, pl_error *error) {
    pl_status status = cli_print(write, w, !w->json && !w->asked.csv, error);
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
    cli_asked asked = {0};
    cli_common common;
    work w = {0};
    pl_error error = {PL_OK, ""};
    read_command_line(&asked, &common, argc, argv);
    w.json = common.json;
    pl_status status = do_work(&asked, &common, &w, &error);
    int code = status ? cli_fail(status, &error) : show(&common, &w, &error);
    free(w.folder);
    pl_view_clear(&w.view);
    pl_run_free(w.run);
    pl_world_free(w.world);
    pl_scenario_free(w.scenario);
    pl_question_free(w.question);
    free(asked.item);
    return code;
}
