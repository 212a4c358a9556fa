/* parley world import, aggregate, balance and export: worlds out of tables and other worlds. */
#include "cli/cli.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_FORMAT = 300, KEY_MAP, KEY_VALUE_ADDED, KEY_NOTE };

typedef struct {
    const char *source, *format, *map, *value_added;
    const char **notes;
    size_t note_count;
} request;

static error_t add_note(request *r, const char *text, struct argp_state *state) {
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        argp_error(state, "--note: '%s' is not KEY=TEXT", text);
    const char **grown = realloc(r->notes, (r->note_count + 1) * sizeof *grown);
    if (!grown)
        return ENOMEM;
    r->notes = grown;
    r->notes[r->note_count++] = text;
    return 0;
}

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case KEY_FORMAT:
        r->format = text;
        return 0;
    case KEY_MAP:
        r->map = text;
        return 0;
    case KEY_VALUE_ADDED:
        r->value_added = text;
        return 0;
    case KEY_NOTE:
        return add_note(r, text, state);
    default:
        return cli_take_one(key, text, &r->source, "one", "what from? Name a world, a file or a folder",
                            state);
    }
}

static const struct argp_option output_option = {"output", 'o', "FILE", 0, "where the world goes", 1};
static const struct argp_option note_option = {
    "note", KEY_NOTE, "KEY=TEXT", 0, "keep a note in the world: title, source, license ... (may be repeated)",
    1};

/* The index of the format asked for; -1 after a message. */
static int choose_format(const request *r, const char *const *formats, size_t count) {
    char known[64] = "", near[160];
    for (size_t f = 0, used = 0; f < count; f++) {
        if (r->format && !strcmp(r->format, formats[f]))
            return (int)f;
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", f ? ", " : "", formats[f]);
    }
    if (!r->format) {
        cli_refuse("--format is missing; it is one of %s", known);
        return -1;
    }
    cli_refuse("unknown format '%s'%s; known are %s", r->format,
               cli_near(near, sizeof near, r->format, formats, count), known);
    return -1;
}

static pl_status set_notes(pl_world *world, const request *r, pl_error *error) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < r->note_count && !status; i++) {
        size_t length = strcspn(r->notes[i], "=");
        char key[128];
        if (length >= sizeof key) {
            snprintf(error->text, sizeof error->text, "--note: the key of '%.40s...' is too long",
                     r->notes[i]);
            return PL_INVALID;
        }
        snprintf(key, sizeof key, "%.*s", (int)length, r->notes[i]);
        status = pl_world_set_note(world, key, r->notes[i] + length + 1, error);
    }
    return status;
}

/* ---- what moved ---- */

static void say_import(const pl_world *w, const pl_change_report *c) {
    if (c->rows)
        fprintf(stderr, "%zu rows read\n", c->rows);
    fprintf(stderr, "%zu economies x %zu sectors\n", pl_world_size(w, PL_COUNTRY),
            pl_world_size(w, PL_SECTOR));
    if (c->negative_cells)
        fprintf(stderr, "%zu negative flows (inventories), %.6g million USD in all, were set to zero\n",
                c->negative_cells, c->negative_value);
    if (c->output_gap > 0)
        fprintf(stderr, "stated and added-up gross output differ by %.6g million USD at most (%s %s)\n",
                c->output_gap, pl_world_code(w, PL_COUNTRY, c->gap_country),
                pl_world_code(w, PL_SECTOR, c->gap_sector));
}

static const char *input_code(const pl_world *w, size_t input) {
    return input < pl_world_size(w, PL_SECTOR) ? pl_world_code(w, PL_SECTOR, input) : "value added";
}

static void say_balance(const pl_world *w, const pl_change_report *c) {
    if (!c->moved_cells) {
        fputs("nothing had to move: every identity held\n", stderr);
        return;
    }
    fprintf(stderr, "%zu shares moved, by %.6g million USD in all, %.3g %% of gross output\n", c->moved_cells,
            c->total_move, 100 * c->mean_move);
    fprintf(stderr, "the largest move is %.3g of gross output: %s, sector %s, %s\n", c->largest_move,
            pl_world_code(w, PL_COUNTRY, c->largest_country), pl_world_code(w, PL_SECTOR, c->largest_user),
            input_code(w, c->largest_input));
    if (c->missed_target > 1e-9)
        fprintf(stderr, "value added of %s stays %.2g %% from its target: its table allows no more\n",
                pl_world_code(w, PL_COUNTRY, c->missed_country), 100 * c->missed_target);
    fprintf(stderr, "largest relative error left %.2g, after %zu steps\n", c->residual, c->iterations);
}

static json_t *change_json(const pl_world *w, const pl_change_report *c) {
    json_t *root = json_pack("{s:i, s:i, s:i, s:f}", "countries", (int)pl_world_size(w, PL_COUNTRY),
                             "sectors", (int)pl_world_size(w, PL_SECTOR), "negative_cells",
                             (int)c->negative_cells, "negative_value", c->negative_value);
    json_object_set_new(root, "rows", json_integer((json_int_t)c->rows));
    json_object_set_new(root, "output_gap", json_real(c->output_gap));
    json_object_set_new(root, "moved_cells", json_integer((json_int_t)c->moved_cells));
    json_object_set_new(root, "largest_move", json_real(c->largest_move));
    json_object_set_new(root, "mean_move", json_real(c->mean_move));
    json_object_set_new(root, "total_move", json_real(c->total_move));
    json_object_set_new(root, "residual", json_real(c->residual));
    json_object_set_new(root, "missed_target", json_real(c->missed_target));
    if (c->moved_cells) {
        json_object_set_new(root, "largest_country",
                            json_string(pl_world_code(w, PL_COUNTRY, c->largest_country)));
        json_object_set_new(root, "largest_user", json_string(pl_world_code(w, PL_SECTOR, c->largest_user)));
        json_object_set_new(root, "largest_input", json_string(input_code(w, c->largest_input)));
    }
    return root;
}

/* ---- the verbs ---- */

/* What a verb does between reading the command line and writing the world. */
typedef pl_status (*maker)(const request *r, pl_world **world, pl_change_report *change, pl_error *error);

/* Notes, provenance, the file; then what moved. Takes the world over. */
static int keep(const char *verb, const request *r, const cli_common *common, pl_world *world,
                const pl_change_report *change, void (*say)(const pl_world *, const pl_change_report *)) {
    pl_error error = {PL_OK, ""};
    pl_status status = set_notes(world, r, &error);
    if (!status)
        status = cli_world_keep(world, common, &error, "parley world %s%s%s %s%s%s%s%s", verb,
                                r->format ? " --format " : "", r->format ? r->format : "",
                                cli_base_name(r->source), r->map ? " --map " : "",
                                r->map ? cli_base_name(r->map) : "", r->value_added ? " --value-added " : "",
                                r->value_added ? cli_base_name(r->value_added) : "");
    int code = status ? cli_fail(status, &error) : CLI_DONE;
    if (!status && common->json)
        code = cli_print_json(change_json(world, change));
    else if (!status && !common->quiet && say)
        say(world, change);
    pl_world_free(world);
    return code;
}

typedef struct {
    const request *r;
    maker run;
    pl_world *world;
    pl_change_report *change;
    pl_error *error;
    pl_status status;
} errand;

static void run_errand(void *data) {
    errand *e = data;
    e->status = e->run(e->r, &e->world, e->change, e->error);
}

static int make(const cli_syntax *syntax, int argc, char **argv, const char *verb, maker run,
                void (*say)(const pl_world *, const pl_change_report *)) {
    request r = {0};
    cli_common common;
    pl_world *world = NULL;
    pl_change_report change;
    pl_error error = {PL_OK, ""};
    memset(&change, 0, sizeof change);
    cli_parse(syntax, argc, argv, &common, &r);
    int code = CLI_BAD_INPUT;
    if (!common.output) {
        cli_refuse("-o FILE is missing: it says where the world goes");
    } else {
        errand e = {&r, run, NULL, &change, &error, PL_OK};
        cli_progress_plain(&common, verb, run_errand, &e);
        pl_status status = e.status;
        world = e.world;
        if (cli_stop) {
            pl_world_free(world);
            status = PL_CANCELLED;
        }
        /* A maker that has told its mistake already returns PL_INVALID with no text. */
        if (status)
            code = *error.text || status == PL_CANCELLED ? cli_fail(status, &error) : CLI_BAD_INPUT;
        else
            code = keep(verb, &r, &common, world, &change, say);
    }
    free(r.notes);
    return code;
}

static pl_status run_import(const request *r, pl_world **world, pl_change_report *change, pl_error *error) {
    static const char *const formats[] = {"icio", "flows", "json", "yaml"};
    error->text[0] = 0;
    switch (choose_format(r, formats, 4)) {
    case 0:
        return pl_world_import_icio(r->source, world, change, error);
    case 1:
        return pl_world_import_flows(r->source, world, change, error);
    case 2:
        return pl_world_import_json(r->source, world, error);
    case 3:
        return pl_world_open(r->source, world, error);
    default:
        return PL_INVALID;
    }
}

int cli_world_import(int argc, char **argv) {
    static const struct argp_option format = {"format",
                                              KEY_FORMAT,
                                              "icio|flows|json|yaml",
                                              0,
                                              "icio: the csv of OECD inter-country input-output tables; "
                                              "flows: a folder of CSV tables; json, yaml: one file",
                                              1};
    const struct argp_option options[] = {format, output_option, note_option, {0}};
    const cli_syntax syntax = {
        .arguments = "SOURCE",
        .doc = "Makes a world from tables; each may be plain, .gz or .zst.\vThe world is not refused when an "
               "identity does "
               "not hold yet: see 'parley world check' and 'parley world balance'.\n\nExample:\n"
               "  parley world import --format icio table.csv.gz -o raw.nc",
        .options = options,
        .take = take,
        .common = CLI_JSON | CLI_QUIET};
    return make(&syntax, argc, argv, "import", run_import, say_import);
}

static pl_status run_aggregate(const request *r, pl_world **world, pl_change_report *change,
                               pl_error *error) {
    pl_world *from = NULL;
    (void)change;
    error->text[0] = 0;
    if (!r->map) {
        cli_refuse("--map FILE is missing: it says what becomes one (docs/data.md)");
        return PL_INVALID;
    }
    pl_status status = pl_world_open(r->source, &from, error);
    if (!status)
        status = pl_world_aggregate(from, r->map, world, error);
    pl_world_free(from);
    return status;
}

int cli_world_aggregate(int argc, char **argv) {
    static const struct argp_option map = {
        "map", KEY_MAP, "FILE", 0, "which countries and sectors become one, in YAML", 1};
    const struct argp_option options[] = {map, output_option, note_option, {0}};
    const cli_syntax syntax = {.arguments = "WORLD",
                               .doc = "Merges countries and sectors. Flows and duties add up, shares are "
                                      "weighted by output, elasticities by world "
                                      "trade.\vA map is a small YAML file:\n"
                                      "  countries: {EU: [DEU, FRA, ITA], USA: [USA], ROW: rest}\n"
                                      "  sectors: {goods: [A01, B, C26], services: rest}",
                               .options = options,
                               .take = take,
                               .common = CLI_JSON | CLI_QUIET};
    return make(&syntax, argc, argv, "aggregate", run_aggregate, NULL);
}

static pl_status run_balance(const request *r, pl_world **world, pl_change_report *change, pl_error *error) {
    pl_world *from = NULL;
    double *target = NULL;
    error->text[0] = 0;
    pl_status status = pl_world_open(r->source, &from, error);
    if (!status && r->value_added) {
        target = calloc(pl_world_size(from, PL_COUNTRY), sizeof *target);
        if (target)
            status = pl_world_read_values(from, r->value_added, target, error);
        else
            status = PL_NO_MEMORY;
    }
    if (!status)
        status = pl_world_balance(from, target, world, change, error);
    free(target);
    pl_world_free(from);
    return status;
}

int cli_world_balance(int argc, char **argv) {
    static const struct argp_option value_added = {"value-added",
                                                   KEY_VALUE_ADDED,
                                                   "FILE",
                                                   0,
                                                   "csv with country,value_musd: what value added of "
                                                   "countries is brought to, as far as their tables allow",
                                                   1};
    const struct argp_option options[] = {value_added, output_option, note_option, {0}};
    const cli_syntax syntax = {.arguments = "WORLD",
                               .doc = "Restores the identities: scales each country's input table until "
                                      "shares add up to one and no final demand is "
                                      "negative. Flows stay as they are.",
                               .options = options,
                               .take = take,
                               .common = CLI_JSON | CLI_QUIET};
    return make(&syntax, argc, argv, "balance", run_balance, say_balance);
}

int cli_world_export(int argc, char **argv) {
    static const char *const formats[] = {"csv", "json"};
    static const struct argp_option options[] = {
        {"format", KEY_FORMAT, "csv|json", 0, "csv: a folder of tables; json: one file", 1},
        {"output", 'o', "PATH", 0, "the folder or file", 1},
        {0}};
    static const cli_syntax syntax = {
        .arguments = "WORLD",
        .doc = "Writes a world as CSV tables or as JSON, with 17 digits: importing it again "
               "gives the same world.",
        .options = options,
        .take = take,
        .common = CLI_JSON | CLI_QUIET};
    request r = {0};
    cli_common common;
    pl_world *world = NULL;
    pl_error error = {PL_OK, ""};
    cli_parse(&syntax, argc, argv, &common, &r);
    if (!common.output)
        return cli_refuse("-o PATH is missing: it says where the world goes");
    int format = choose_format(&r, formats, 2);
    if (format < 0)
        return CLI_BAD_INPUT;
    pl_status status = pl_world_open(r.source, &world, &error);
    if (!status && cli_stop)
        status = PL_CANCELLED;
    if (!status)
        status = format == 0 ? pl_world_export_csv(world, common.output, &error)
                             : pl_world_export_json(world, common.output, &error);
    int code = status ? cli_fail(status, &error) : CLI_DONE;
    if (!status && common.json)
        code =
            cli_print_json(json_pack("{s:s, s:s, s:I, s:I}", "path", common.output, "format", formats[format],
                                     "countries", (json_int_t)pl_world_size(world, PL_COUNTRY), "sectors",
                                     (json_int_t)pl_world_size(world, PL_SECTOR)));
    pl_world_free(world);
    return code;
}
