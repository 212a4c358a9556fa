/* parley world: its verbs, and the two that only look: list and check. */
#include "cli/cli.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name, *text;
    int (*run)(int argc, char **argv);
} verb;

static int list(int argc, char **argv);
static int check(int argc, char **argv);

static const verb verbs[] = {
    {"list", "the built-in worlds", list},
    {"info", "what a world holds: totals, sectors, a country's partners", cli_world_info},
    {"check", "recompute every identity; name the worst country and sector", check},
    {"import", "make a world from other tables", cli_world_import},
    {"aggregate", "merge countries and sectors", cli_world_aggregate},
    {"split", "make a product a sector of its own", cli_world_split},
    {"balance", "restore the identities, and say what moved", cli_world_balance},
    {"export", "write a world as CSV tables or JSON", cli_world_export},
};
enum { VERBS = sizeof verbs / sizeof *verbs };

const char *cli_world_verb(size_t index, const char **text) {
    *text = index < VERBS ? verbs[index].text : NULL;
    return index < VERBS ? verbs[index].name : NULL;
}

static int run_verb(size_t index, int argc, char **argv) {
    return cli_end_output(verbs[index].run(argc, argv));
}

int cli_world(int argc, char **argv) {
    static const cli_group group = {"world",
                                    "VERB [OPTION...]",
                                    "Lists, describes, checks, makes and changes worlds.",
                                    "'parley world VERB --help' explains a verb. A world is a built-in name, "
                                    "a .nc, .json or .yaml file, or a folder of CSV tables.",
                                    "",
                                    cli_world_verb,
                                    run_verb};
    return cli_run_verb(&group, argc, argv);
}

const char *cli_base_name(const char *path) {
    size_t length = strlen(path);
    while (length && path[length - 1] != '/')
        length--;
    return *path && !path[length] ? path : path + length;
}

/* Adds a line to the note `history`. */
static pl_status record(pl_world *world, const char *format, va_list args, pl_error *error) {
    const char *before = pl_world_note(world, "history");
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return PL_NO_MEMORY;
    fprintf(out, "%s%s", before ? before : "", before ? "\n" : "");
    vfprintf(out, format, args);
    pl_status status = fclose(out) ? PL_NO_MEMORY : pl_world_set_note(world, "history", text, error);
    free(text);
    return status;
}

pl_status cli_world_keep(pl_world *world, const cli_common *common, pl_error *error, const char *format,
                         ...) {
    va_list args;
    va_start(args, format);
    pl_status status = record(world, format, args, error);
    va_end(args);
    if (!status && cli_stop)
        status = PL_CANCELLED;
    return status ? status : pl_world_save(world, common->output, error);
}

/* ---- list ---- */

static int print_list(const pl_names *names) {
    static const cli_column columns[] = {{"", CLI_LEFT, 0, 0}, {"", CLI_LEFT, 1, 0}, {"", CLI_LEFT, 0, 10}};
    cli_table t;
    cli_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < names->count; i++) {
        pl_world *world = NULL;
        pl_error error;
        cli_table_row(&t);
        cli_table_put(&t, "%s", names->names[i]);
        if (pl_world_open(names->paths[i], &world, &error)) {
            cli_table_note(&t, "cannot be opened: %s", error.text);
            continue;
        }
        const char *title = pl_world_note(world, "title");
        cli_table_put(&t, "%zu economies x %zu sectors", pl_world_size(world, PL_COUNTRY),
                      pl_world_size(world, PL_SECTOR));
        cli_table_put(&t, "%s", title ? title : "");
        pl_world_free(world);
    }
    return cli_table_print(&t) ? CLI_DONE : cli_refuse("out of memory");
}

static int print_list_json(const pl_names *names) {
    json_t *root = json_array();
    for (size_t i = 0; i < names->count; i++) {
        pl_world *world = NULL;
        json_t *row = json_pack("{s:s, s:s}", "name", names->names[i], "path", names->paths[i]);
        if (!pl_world_open(names->paths[i], &world, NULL)) {
            const char *title = pl_world_note(world, "title");
            json_object_set_new(row, "title", json_string(title ? title : ""));
            json_object_set_new(row, "countries", json_integer((json_int_t)pl_world_size(world, PL_COUNTRY)));
            json_object_set_new(row, "sectors", json_integer((json_int_t)pl_world_size(world, PL_SECTOR)));
            pl_world_free(world);
        }
        json_array_append_new(root, row);
    }
    return cli_print_json(root);
}

static int list(int argc, char **argv) {
    static const cli_syntax syntax = {
        .doc = "Lists the built-in worlds.\vThey are looked for in the folders of "
               "PARLEY_WORLDS (separated by colons), then where Parley is installed.",
        .common = CLI_JSON | CLI_QUIET};
    cli_common common;
    pl_names names;
    pl_error error;
    cli_parse(&syntax, argc, argv, &common, NULL);
    pl_status status = pl_world_list(&names, &error);
    if (status)
        return cli_fail(status, &error);
    if (!names.count && !common.quiet && !common.json)
        fputs("parley: no built-in worlds were found; PARLEY_WORLDS may name a folder that has some\n",
              stderr);
    int code = common.json ? print_list_json(&names) : print_list(&names);
    pl_names_free(&names);
    return code;
}

/* ---- check ---- */

typedef struct {
    const char **worlds;
    size_t count;
} check_request;

static error_t take_worlds(int key, char *text, struct argp_state *state) {
    check_request *r = state->input;
    if (key == ARGP_KEY_END && !r->count)
        argp_error(state, "which world? 'parley world list' shows the built-in ones");
    if (key == ARGP_KEY_END)
        return 0;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    const char **grown = realloc(r->worlds, (r->count + 1) * sizeof *grown);
    if (!grown)
        return ENOMEM;
    r->worlds = grown;
    r->worlds[r->count++] = text;
    return 0;
}

static void place(const pl_world *world, const pl_identity *row, char *out, size_t size) {
    const char *country = row->country == SIZE_MAX ? "" : pl_world_code(world, PL_COUNTRY, row->country);
    const char *sector = row->sector == SIZE_MAX ? "" : pl_world_code(world, PL_SECTOR, row->sector);
    snprintf(out, size, "%s%s%s", country, *country && *sector ? " " : "", sector);
}

static void print_report(const char *name, const pl_world *world, const pl_world_report *report) {
    char where[128];
    printf("%s: %zu economies x %zu sectors\n", name, pl_world_size(world, PL_COUNTRY),
           pl_world_size(world, PL_SECTOR));
    for (size_t i = 0; i < report->count; i++) {
        const pl_identity *row = &report->row[i];
        char off[200] = "";
        place(world, row, where, sizeof where);
        if (row->worst > 0)
            snprintf(off, sizeof off, ": off by %.2g (allowed %.0e)%s%s, where it is %.9g", row->worst,
                     row->limit, *where ? " at " : "", where, row->value);
        cli_wrap(row->worst <= row->limit ? "  holds  " : "  BROKEN ", "%s%s", row->identity, off);
    }
    cli_wrap("  ", "%s",
             report->holds
                 ? "Every identity holds."
                 : "Not every identity holds; 'parley world balance' mends shares and final demand.");
}

static json_t *report_json(const char *name, const pl_world *world, const pl_world_report *report) {
    json_t *rows = json_array();
    for (size_t i = 0; i < report->count; i++) {
        const pl_identity *row = &report->row[i];
        json_t *entry = json_pack("{s:s, s:b, s:f}", "identity", row->identity, "holds",
                                  row->worst <= row->limit, "limit", row->limit);
        json_object_set_new(entry, "worst", cli_json_real(row->worst));
        json_object_set_new(entry, "value", cli_json_real(row->value));
        if (row->country != SIZE_MAX)
            json_object_set_new(entry, "country",
                                json_string(pl_world_code(world, PL_COUNTRY, row->country)));
        if (row->sector != SIZE_MAX)
            json_object_set_new(entry, "sector", json_string(pl_world_code(world, PL_SECTOR, row->sector)));
        json_array_append_new(rows, entry);
    }
    return json_pack("{s:s, s:b, s:o}", "world", name, "holds", report->holds, "identities", rows);
}

/* Checks one world; prints it, or adds it to `json`. */
static int check_one(const char *name, bool quiet, json_t *json) {
    pl_world *world = NULL;
    pl_world_report report;
    pl_error error;
    pl_status status = pl_world_open(name, &world, &error);
    if (!status)
        status = pl_world_check(world, &report, &error);
    if (!status && json)
        json_array_append_new(json, report_json(name, world, &report));
    else if (!status && !quiet)
        print_report(name, world, &report);
    pl_world_free(world);
    if (status)
        return cli_fail(status, &error);
    return report.holds ? CLI_DONE : CLI_NOT_CONVERGED;
}

static int check(int argc, char **argv) {
    static const cli_syntax syntax = {.arguments = "WORLD...",
                                      .doc = "Recomputes every identity of the accounts and names the worst "
                                             "country and sector of each.\vExit code 1 "
                                             "when one is broken, 2 when the world cannot be read.",
                                      .take = take_worlds,
                                      .common = CLI_JSON | CLI_QUIET};
    check_request request = {0};
    cli_common common;
    cli_parse(&syntax, argc, argv, &common, &request);
    json_t *json = common.json ? json_array() : NULL;
    int code = CLI_DONE;
    for (size_t i = 0; i < request.count && !cli_stop; i++) {
        int one = check_one(request.worlds[i], common.quiet, json);
        code = one > code ? one : code;
    }
    if (common.json)
        code = cli_print_json(json) ? CLI_BAD_INPUT : code;
    free(request.worlds);
    return cli_stop ? CLI_INTERRUPTED : code;
}
