/* parley report: a result, or two side by side, on one page; its charts alone. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KEY_CHART = 300, KEY_LIST, KEY_VARIANT };

typedef struct {
    const char *result[2];
    size_t results;
    const char *chart, *variant;
    bool list;
} request;

typedef struct {
    pl_saved *reading[2];
    pl_world *world;
    pl_page *page;
    const char *chart; /* alone, or NULL */
    bool json;
    char *folder, *file, *command;
} work;

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case KEY_CHART:
        r->chart = text;
        return 0;
    case KEY_LIST:
        r->list = true;
        return 0;
    case KEY_VARIANT:
        r->variant = text;
        return 0;
    case ARGP_KEY_ARG:
        if (r->results == 2)
            argp_error(state, "at most two results are put side by side; '%s' would be a third", text);
        else
            r->result[r->results++] = text;
        return 0;
    case ARGP_KEY_END:
        if (!r->results)
            argp_error(
                state,
                "which result? A folder that run, path, talks or sweep wrote, such as results/london-2025");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- reading ---- */

/* A built-in world of the name a result gives: for names and sources that its file does not hold. */
static bool is_built_in(const char *name) {
    pl_names list = {0};
    bool found = false;
    if (!*name || pl_world_list(&list, NULL))
        return false;
    for (size_t k = 0; k < list.count; k++)
        found = found || !strcmp(list.names[k], name);
    pl_names_free(&list);
    return found;
}

static pl_status give_world(const cli_common *common, work *w, pl_error *error) {
    const char *name = common->world;
    bool wanted = name != NULL;
    if (!name && pl_saved_kind_of(w->reading[0]) != PL_SAVED_RUN)
        name = pl_saved_world(w->reading[0]);
    if (!name || (!wanted && !is_built_in(name)))
        return PL_OK;
    pl_status status = pl_world_load(name, &w->world, error);
    if (status && !wanted)
        return PL_OK; /* the page does without */
    for (size_t k = 0; k < 2 && !status; k++)
        if (w->reading[k])
            pl_saved_use_world(w->reading[k], w->world);
    return status;
}

static pl_status load(const request *r, const cli_common *common, work *w, pl_error *error) {
    pl_status status = PL_OK;
    for (size_t k = 0; k < r->results && !status; k++)
        status = pl_saved_load(r->result[k], &w->reading[k], error);
    if (!status)
        status = give_world(common, w, error);
    const pl_page_asked asked = {{w->reading[0], w->reading[1]}, r->variant, w->command};
    return status ? status : pl_page_new(&asked, &w->page, error);
}

/* ---- where it goes ---- */

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && !strcmp(text + length - tail, end);
}

static char *joined(const char *a, const char *b) {
    size_t size = strlen(a) + strlen(b) + 1;
    char *text = malloc(size);
    if (text)
        snprintf(text, size, "%s%s", a, b);
    return text;
}

/* Splits a path into folder and file. */
static bool split_path(const char *path, work *w) {
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    w->folder = slash ? strndup(path, length ? length : 1) : strdup(".");
    w->file = strdup(slash ? slash + 1 : path);
    return w->folder && w->file;
}

static const char *own_name(const request *r) {
    return r->results == 2 ? "comparison.html" : "report.html";
}

/* -o DIR, -o FILE.html (or FILE.svg for a chart), or beside the last result. */
static bool choose_place(const request *r, const cli_common *common, work *w) {
    char *chart = r->chart ? joined(r->chart, ".svg") : NULL;
    const char *name = r->chart ? chart : own_name(r), *end = r->chart ? ".svg" : ".html";
    bool made = name != NULL;
    if (made && common->output && ends_with(common->output, end)) {
        made = split_path(common->output, w);
    } else if (made && common->output) {
        w->folder = strdup(common->output);
        w->file = strdup(name);
    } else if (made) {
        made = split_path(pl_saved_file(w->reading[r->results - 1]), w);
        free(w->file);
        w->file = strdup(name);
    }
    free(chart);
    return made && w->folder && w->file;
}

static pl_status write_page(const request *r, const cli_common *common, work *w, pl_error *error) {
    if (!choose_place(r, common, w))
        return PL_NO_MEMORY;
    pl_status status = pl_report_page_write(w->folder, w->file, w->page, r->chart, error);
    if (!status && !common->quiet)
        fprintf(stderr, "wrote %s%s%s\n", strcmp(w->folder, ".") ? w->folder : "",
                strcmp(w->folder, ".") ? "/" : "", w->file);
    return status;
}

static pl_status write(FILE *out, const void *data, pl_error *error) {
    const work *w = data;
    return w->json    ? pl_report_page_json(out, w->page, error)
           : w->chart ? pl_report_page_chart(out, w->page, w->chart, error)
                      : pl_report_page(out, w->page, error);
}

static pl_status print_list(const work *w) {
    static const cli_column columns[] = {{"", CLI_LEFT, 0, 0}, {"", CLI_LEFT, 0, 10}};
    cli_table t;
    cli_table_init(&t, columns, 2);
    for (size_t k = 0; k < pl_page_charts(w->page); k++) {
        cli_table_row(&t);
        cli_table_put(&t, "%s", pl_page_chart_name(w->page, k));
        cli_table_put(&t, "%s", pl_page_chart_title(w->page, k));
    }
    return cli_table_print(&t) ? PL_OK : PL_NO_MEMORY;
}

static pl_status answer(const request *r, const cli_common *common, work *w, pl_error *error) {
    bool to_stdout = common->output && !strcmp(common->output, "-");
    pl_status status = PL_OK;
    if (r->list)
        status = print_list(w);
    else if (common->json || to_stdout)
        status = cli_print(write, w, false, error);
    if (!status && !to_stdout && !r->list && (!common->json || common->output))
        status = write_page(r, common, w, error);
    return status;
}

/* How the page was asked for, to be read on it. */
static char *command_of(const request *r, const cli_common *common) {
    size_t size = 64;
    for (size_t k = 0; k < r->results; k++)
        size += strlen(r->result[k]) + 1;
    size += r->variant ? strlen(r->variant) : 0;
    size += common->world ? strlen(common->world) : 0;
    char *text = malloc(size);
    if (!text)
        return NULL;
    int at = snprintf(text, size, "parley report");
    for (size_t k = 0; k < r->results; k++)
        at += snprintf(text + at, size - (size_t)at, " %s", r->result[k]);
    if (r->variant)
        at += snprintf(text + at, size - (size_t)at, " --variant %s", r->variant);
    if (common->world)
        snprintf(text + at, size - (size_t)at, " --world %s", common->world);
    return text;
}

int cli_report(int argc, char **argv) {
    static const struct argp_option options[] = {
        {"chart", KEY_CHART, "NAME", 0, "one chart alone, as NAME.svg or as -o FILE.svg says", 1},
        {"list-charts", KEY_LIST, NULL, 0, "name the charts, and write nothing", 1},
        {"variant", KEY_VARIANT, "NAME", 0, "only this variant of a run", 1},
        {0}};
    static const cli_syntax syntax = {
        .arguments = "RESULT [RESULT]",
        .doc = "Puts a result of run, path, talks or sweep on one page to read, print "
               "or pass on: one HTML file with sentences, "
               "charts, a map, tables, the certificate and every source. Two "
               "results of one kind are compared.\vA "
               "RESULT is a folder those commands wrote, or the results.json, "
               "path.json, talks.json or sweep.json in it. The page "
               "goes beside it as report.html, or where -o says: a folder, a "
               "FILE.html, or - for standard output.",
        .options = options,
        .take = take,
        .common = CLI_JSON | CLI_OUTPUT | CLI_WORLD | CLI_QUIET};
    request r = {0};
    cli_common common;
    work w = {0};
    pl_error error = {PL_OK, ""};
    cli_parse(&syntax, argc, argv, &common, &r);
    w.chart = r.chart;
    w.json = common.json;
    w.command = command_of(&r, &common);
    pl_status status = load(&r, &common, &w, &error);
    if (!status)
        status = answer(&r, &common, &w, &error);
    int code = status ? cli_fail(status, &error) : cli_end_output(CLI_DONE);
    pl_page_free(w.page);
    pl_saved_free(w.reading[0]);
    pl_saved_free(w.reading[1]);
    pl_world_free(w.world);
    free(w.folder);
    free(w.file);
    free(w.command);
    return code;
}
