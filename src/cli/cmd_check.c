/* parley check: known answers and laws, each number with its deviation. */
#include "cli/cli.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_LIST = 256 };

typedef struct {
    bool list;
    size_t count;
    char **argument; /* names or files as given, borrowed */
} request;

/* The cases chosen and what they said. */
typedef struct {
    size_t count, room, done;
    char **path;
    pl_case_report **report;
} chosen;

static const struct argp_option own_options[] = {
    {"list", KEY_LIST, 0, 0, "list the cases with their titles and run none", 1}, {0}};

static const char doc[] =
    "Runs cases: scenarios with published or independently computed numbers, and laws that hold on every "
    "world. "
    "Prints each number expected, the number computed and the difference."
    "\vA NAME is a case of the cases folder or a part of its name, so that 'parley check "
    "caliendo-parro-2015' "
    "prints that published table beside the computed one. Without names all cases run. The folder is that of "
    "PARLEY_CASES, else the one that came with the program.\n\nExit codes: 0 all hold, 1 a case failed, 2 "
    "bad "
    "input, 130 interrupted.";

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case KEY_LIST:
        r->list = true;
        return 0;
    case ARGP_KEY_ARG:
        r->argument[r->count++] = text;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- which cases ---- */

static bool is_folder(const char *path) {
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* PARLEY_CASES, the source tree, or beside the program. */
static bool find_folder(char *folder, size_t size) {
    const char *given = getenv("PARLEY_CASES");
    if (given && *given) {
        snprintf(folder, size, "%s", given);
        return true;
    }
    snprintf(folder, size, "%s", PL_CASE_FOLDER);
    if (is_folder(folder))
        return true;
    char program[3072];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = 0;
    char *slash = strrchr(program, '/');
    if (!slash)
        return false;
    *slash = 0;
    snprintf(folder, size, "%s/../cases", program);
    if (is_folder(folder))
        return true;
    snprintf(folder, size, "%s/../share/parley/cases", program);
    return is_folder(folder);
}

static bool choose(chosen *c, const char *path) {
    for (size_t k = 0; k < c->count; k++)
        if (!strcmp(c->path[k], path))
            return true;
    char *copy = strdup(path);
    char **longer = realloc(c->path, (c->count + 1) * sizeof *longer);
    c->path = longer ? longer : c->path;
    if (!copy || !longer) {
        free(copy);
        return false;
    }
    c->path[c->count++] = copy;
    return true;
}

static bool is_file(const char *text) {
    size_t length = strlen(text);
    return strchr(text, '/') || (length > 5 && !strcmp(text + length - 5, ".yaml"));
}

/* The case of that name, or else every case whose name has it as a part. Returns how many, SIZE_MAX without
 * memory. */
static size_t choose_named(chosen *c, const pl_names *all, const char *name) {
    size_t found = 0;
    for (int part = 0; part < 2 && !found; part++)
        for (size_t k = 0; k < all->count; k++)
            if (part ? strstr(all->names[k], name) != NULL : !strcmp(all->names[k], name)) {
                if (!choose(c, all->paths[k]))
                    return SIZE_MAX;
                found++;
            }
    return found;
}

static int refuse_name(const pl_names *all, const char *folder, const char *name) {
    const char *near = pl_suggest(name, (const char *const *)all->names, all->count);
    if (near)
        return cli_refuse("unknown case '%s' (did you mean '%s'?); see 'parley check --list'", name, near);
    return cli_refuse("unknown case '%s'; %s holds %zu cases, see 'parley check --list'", name, folder,
                      all->count);
}

static int choose_all(chosen *c, const request *r, const pl_names *all, const char *folder) {
    bool kept = true;
    for (size_t k = 0; k < r->count && kept; k++) {
        size_t found = 1;
        if (is_file(r->argument[k]))
            kept = choose(c, r->argument[k]);
        else
            found = choose_named(c, all, r->argument[k]);
        if (!found)
            return refuse_name(all, folder, r->argument[k]);
        kept = kept && found != SIZE_MAX;
    }
    for (size_t k = 0; k < all->count && kept && !r->count; k++)
        kept = choose(c, all->paths[k]);
    return kept ? CLI_DONE : cli_refuse("out of memory");
}

static int find_cases(chosen *c, const request *r) {
    char folder[4096] = "";
    pl_names all = {0};
    pl_error error = {PL_OK, ""};
    bool needed = r->count == 0;
    for (size_t k = 0; k < r->count; k++)
        needed = needed || !is_file(r->argument[k]);
    if (needed && !find_folder(folder, sizeof folder))
        return cli_refuse("no cases folder was found; set PARLEY_CASES to it");
    pl_status status = needed ? pl_case_list(folder, &all, &error) : PL_OK;
    int code = status ? cli_fail(status, &error) : choose_all(c, r, &all, folder);
    if (!code && !c->count)
        code = cli_refuse("there are no cases in %s", folder);
    pl_names_free(&all);
    return code;
}

void cli_check_each(void *data, void (*each)(void *data, const char *name, const char *text)) {
    char folder[4096] = "";
    pl_names all = {0};
    if (find_folder(folder, sizeof folder) && !pl_case_list(folder, &all, NULL))
        for (size_t k = 0; k < all.count; k++)
            each(data, all.names[k], "");
    pl_names_free(&all);
}

/* ---- what is printed ---- */

/* The table of a case; with `failed_only` the rows that do not hold. */
static bool print_case(const pl_case_report *report, bool failed_only) {
    const cli_column columns[] = {{"", CLI_LABEL, 0, 6},
                                  {failed_only ? "" : "expected", CLI_RIGHT, 0, 0},
                                  {failed_only ? "" : "computed", CLI_RIGHT, 0, 0},
                                  {failed_only ? "" : "deviation", CLI_RIGHT, 2, 0},
                                  {failed_only ? "" : "allowed", CLI_RIGHT, 1, 0},
                                  {"", CLI_VERDICT, 0, 0}};
    cli_table t;
    if (!failed_only) {
        char lead[160];
        snprintf(lead, sizeof lead, "%.150s: ", report->name);
        cli_wrap(lead, "%s", report->title);
        if (*report->source)
            cli_wrap("  source: ", "%s", report->source);
    }
    cli_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t k = 0; k < report->count; k++) {
        const pl_deviation *row = &report->row[k];
        if (failed_only && row->passed)
            continue;
        cli_table_row(&t);
        cli_table_put(&t, "  %s", row->what);
        cli_table_put(&t, "%.7g", row->expected);
        cli_table_put(&t, "%.7g", row->computed);
        cli_table_put(&t, "%+.1e", row->computed - row->expected);
        cli_table_put(&t, "%.1e", row->tolerance);
        cli_table_put(&t, "%s", row->passed ? "ok" : "FAILED");
    }
    bool made = cli_table_print(&t);
    printf("%s %s: %zu of %zu hold\n", report->failed ? "FAILED" : "ok", report->name,
           report->count - report->failed, report->count);
    if (!failed_only)
        printf("\n");
    return made;
}

static int list_cases(const chosen *c, const cli_common *common) {
    static const cli_column columns[] = {{"", CLI_LEFT, 0, 0}, {"", CLI_LEFT, 0, 10}};
    json_t *list = common->json ? json_array() : NULL;
    int code = CLI_DONE;
    cli_table t;
    cli_table_init(&t, columns, 2);
    for (size_t k = 0; k < c->count; k++) {
        pl_case_report *report = NULL;
        pl_error error = {PL_OK, ""};
        pl_status status = pl_case_describe(c->path[k], &report, &error);
        if (status)
            code = cli_fail(status, &error);
        else if (common->json && list)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", report->name, "title",
                                                  report->title, "source", report->source));
        else {
            cli_table_row(&t);
            cli_table_put(&t, "%s", report->name);
            cli_table_put(&t, "%s", report->title);
        }
        pl_case_report_free(report);
    }
    if (common->json)
        code = cli_print_json(list) ? CLI_BAD_INPUT : code;
    else if (!cli_table_print(&t))
        code = cli_refuse("out of memory");
    return cli_end_output(code);
}

/* ---- running ---- */

typedef struct {
    const char *path;
    pl_case_report *report;
    pl_error error;
    pl_status status;
} errand;

static void run_case(void *data) {
    errand *e = data;
    e->status = pl_case_run(e->path, &e->report, &e->error);
}

/* A case and how it stands among the others: the bar goes on while it runs, and makes way for its table. */
typedef struct {
    errand e;
    cli_progress *bar;
    size_t at, count;
} watched;

static void run_watched(void *data) {
    watched *w = data;
    run_case(&w->e);
}

static void look_at_case(void *data, cli_progress *p) {
    const watched *w = data;
    (void)p;
    cli_progress_tell(w->bar, cli_base_name(w->e.path), w->at, w->count);
}

/* Runs every case chosen; one that cannot be read is said and does not stop the others. */
static int run_cases(chosen *c, const cli_common *common) {
    int code = CLI_DONE;
    cli_progress bar;
    cli_progress_begin(&bar, common);
    for (size_t k = 0; k < c->count && !cli_stop; k++) {
        watched w = {{.path = c->path[k]}, &bar, k, c->count};
        cli_progress_during(common, run_watched, look_at_case, &w);
        cli_progress_end(&bar);
        if (w.e.status && cli_stop)
            break;
        if (w.e.status) {
            int failed = cli_fail(w.e.status, &w.e.error);
            code = failed > code ? failed : code;
            continue;
        }
        c->report[c->done++] = w.e.report;
        if (w.e.report->failed && code == CLI_DONE)
            code = CLI_NOT_CONVERGED;
        if (!common->json && !print_case(w.e.report, common->quiet))
            code = cli_refuse("out of memory");
        fflush(stdout);
    }
    return cli_stop ? cli_fail(PL_CANCELLED, NULL) : code;
}

static void print_total(const chosen *c) {
    size_t numbers = 0, wrong = 0, failed = 0;
    for (size_t k = 0; k < c->done; k++) {
        numbers += c->report[k]->count;
        wrong += c->report[k]->failed;
        failed += c->report[k]->failed > 0;
    }
    char rest[64] = "";
    if (c->done < c->count)
        snprintf(rest, sizeof rest, "; %zu cases could not be run", c->count - c->done);
    cli_wrap("", "%zu cases, %zu numbers: %zu cases failed, %zu numbers outside their tolerance%s", c->count,
             numbers, failed, wrong, rest);
}

static int check(chosen *c, const cli_common *common) {
    pl_error error = {PL_OK, ""};
    c->report = calloc(c->count, sizeof *c->report);
    if (!c->report)
        return cli_refuse("out of memory");
    int code = run_cases(c, common);
    const pl_case_report *const *reports = (const pl_case_report *const *)c->report;
    pl_status status = PL_OK;
    if (common->output && code != CLI_INTERRUPTED && strcmp(common->output, "-"))
        status = pl_report_cases_write(common->output, reports, c->done, &error);
    if (!status && common->json)
        status = pl_report_cases_json(stdout, reports, c->done, &error);
    else if (!status)
        print_total(c);
    if (status)
        return cli_fail(status, &error);
    return cli_end_output(code);
}

int cli_check(int argc, char **argv) {
    request r = {.argument = calloc((size_t)argc + 1, sizeof *r.argument)};
    cli_common common;
    chosen c = {0};
    if (!r.argument)
        return cli_refuse("out of memory");
    cli_syntax syntax = {"[NAME|FILE...]", doc, own_options, take, CLI_JSON | CLI_OUTPUT | CLI_QUIET};
    cli_parse(&syntax, argc, argv, &common, &r);
    int code = find_cases(&c, &r);
    if (!code)
        code = r.list ? list_cases(&c, &common) : check(&c, &common);
    for (size_t k = 0; k < c.done; k++)
        pl_case_report_free(c.report[k]);
    for (size_t k = 0; k < c.count; k++)
        free(c.path[k]);
    free(c.report);
    free(c.path);
    free(r.argument);
    return code;
}
