/* Case files: a scenario with expected numbers, or a law on worlds (docs/cases.md). */
#include "check/check.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <string.h>

enum { FORMAT = 1 };

/* Every case holds its solves to this, whatever else it expects. */
static const double WORST_RESIDUAL = 1e-9;

/* A case being run. */
typedef struct {
    const char *path;
    const pl_node *root;
    pl_case_report *report;
    pl_scenario *scenario;
    pl_world *world;
    pl_run *run;
    double *trade; /* [J][N][N] of one variant, made when first asked for */
    size_t trade_variant;
    pl_error *error;
} reading;

/* One number to look up: place in the result, and what is expected there. */
typedef struct {
    const pl_node *node; /* for messages */
    size_t variant, country, seller, sector;
    int variable; /* pl_variable, or TRADE */
    double value, tolerance;
    bool by_sector;
} expectation;

enum { TRADE = PL_RESULT_COUNT };

static pl_status out_of_memory(const reading *r) {
    return pl_fail_memory(r->error, 0);
}

/* ---- finding what is named ---- */

static pl_status find_variable(const reading *r, const pl_node *node, int *variable) {
    const char *text, *names[PL_RESULT_COUNT + 1];
    char near[96];
    pl_status status = pl_node_text(node, "variable", &text, r->error);
    if (status)
        return status;
    for (int v = 0; v < PL_RESULT_COUNT; v++)
        names[v] = pl_variable_name((pl_variable)v);
    names[TRADE] = "trade";
    for (*variable = 0; *variable <= TRADE; ++*variable)
        if (!strcmp(names[*variable], text))
            return PL_OK;
    return pl_node_fail(node, r->error,
                        "unknown variable '%s'%s; the variables are those of docs/results.md, and trade",
                        text, pl_suggest_text(near, sizeof near, text, names, TRADE + 1));
}

static pl_status find_variant(const reading *r, const pl_node *map, size_t *variant) {
    size_t count = pl_scenario_variants(r->scenario);
    const pl_node *node = pl_node_get(map, "variant");
    const char *text;
    *variant = 0;
    if (!node && count == 1)
        return PL_OK;
    if (!node)
        return pl_node_fail(map, r->error, "key 'variant' is missing; the scenario has %zu variants", count);
    pl_status status = pl_node_text(node, "variant", &text, r->error);
    if (status)
        return status;
    for (*variant = 0; *variant < count; ++*variant)
        if (!strcmp(pl_scenario_variant_name(r->scenario, *variant), text))
            return PL_OK;
    return pl_node_fail(node, r->error, "unknown variant '%s'; the first one is '%s'", text,
                        pl_scenario_variant_name(r->scenario, 0));
}

static pl_status find_place(const reading *r, const pl_node *node, pl_axis axis, const char *what,
                            size_t *index) {
    const char *text;
    pl_error inner;
    pl_status status = pl_node_text(node, what, &text, r->error);
    if (!status && pl_world_find(r->world, axis, text, index, &inner))
        status = pl_node_fail(node, r->error, "%s", inner.text);
    return status;
}

/* ---- looking numbers up ---- */

static pl_status trade_value(reading *r, const expectation *e, double *value) {
    size_t N = r->run->model->N, cells = N * N * r->run->model->J;
    if (!r->trade || r->trade_variant != e->variant) {
        if (!r->trade)
            r->trade = pl_alloc(cells, sizeof *r->trade);
        if (!r->trade)
            return out_of_memory(r);
        pl_status status =
            pl_result_trade(r->run->result[e->variant], r->run->policy[e->variant], r->trade, r->error);
        if (status)
            return status;
        r->trade_variant = e->variant;
    }
    *value = r->trade[(e->sector * N + e->country) * N + e->seller];
    return PL_OK;
}

/* "war: real_income of USA", with sector and seller where they apply. */
static bool add_finding(const reading *r, const expectation *e, double computed) {
    size_t variants = pl_scenario_variants(r->scenario);
    const char *country = pl_world_code(r->world, PL_COUNTRY, e->country);
    char what[256], sector[96] = "";
    if (e->by_sector)
        snprintf(sector, sizeof sector, ", sector %.64s", pl_world_code(r->world, PL_SECTOR, e->sector));
    if (e->variable == TRADE)
        snprintf(what, sizeof what, "trade from %.48s to %.48s",
                 pl_world_code(r->world, PL_COUNTRY, e->seller), country);
    else
        snprintf(what, sizeof what, "%s of %.48s", pl_variable_name((pl_variable)e->variable), country);
    return pl_findings_add(r->report, e->value, computed, e->tolerance, "%s%s%s%s",
                           variants > 1 ? pl_scenario_variant_name(r->scenario, e->variant) : "",
                           variants > 1 ? ": " : "", what, sector);
}

static pl_status compare(reading *r, const expectation *e) {
    double computed = 0;
    if (e->variable == TRADE) {
        pl_status status = trade_value(r, e, &computed);
        if (status)
            return status;
    } else {
        const double *value = pl_result_get(r->run->result[e->variant], (pl_variable)e->variable);
        computed = value[e->by_sector ? e->sector * r->run->model->N + e->country : e->country];
    }
    return add_finding(r, e, computed) ? PL_OK : out_of_memory(r);
}

/* ---- expect: a list of single numbers ---- */

static pl_status read_tolerance(const reading *r, const pl_node *node, double *tolerance) {
    pl_status status = pl_node_number(node, "tolerance", tolerance, r->error);
    if (!status && !(*tolerance >= 0))
        return pl_node_fail(node, r->error, "tolerance is %g; it may not be negative", *tolerance);
    return status;
}

/* Sector, and seller of trade: there when the variable has them, and only then. */
static pl_status read_axes(const reading *r, const pl_node *map, expectation *e) {
    const pl_node *sector = pl_node_get(map, "sector"), *seller = pl_node_get(map, "seller");
    pl_status status = PL_OK;
    e->by_sector = e->variable == TRADE || pl_variable_by_sector((pl_variable)e->variable);
    if (!sector != !e->by_sector)
        return pl_node_fail(map, r->error,
                            e->by_sector ? "key 'sector' is missing; this variable is by sector"
                                         : "key 'sector' is not allowed; this variable is by country");
    if (!seller != (e->variable != TRADE))
        return pl_node_fail(map, r->error,
                            seller ? "key 'seller' is allowed for trade only"
                                   : "key 'seller' is missing; 'country' is the buyer");
    if (sector)
        status = find_place(r, sector, PL_SECTOR, "sector", &e->sector);
    if (!status && seller)
        status = find_place(r, seller, PL_COUNTRY, "seller", &e->seller);
    return status;
}

static pl_status read_expectation(const reading *r, const pl_node *map, expectation *e) {
    static const char *const keys[] = {"variant", "variable",  "country",  "sector", "seller",
                                       "value",   "tolerance", "relative", "note"};
    const pl_node *variable, *country, *value, *tolerance, *relative = pl_node_get(map, "relative");
    bool scaled = false;
    memset(e, 0, sizeof *e);
    e->node = map;
    pl_status status =
        pl_node_check_keys(map, keys, sizeof keys / sizeof *keys, "an expected number", r->error);
    if (!status)
        status = pl_node_need(map, "variable", "an expected number", &variable, r->error);
    if (!status)
        status = pl_node_need(map, "country", "an expected number", &country, r->error);
    if (!status)
        status = pl_node_need(map, "value", "an expected number", &value, r->error);
    if (!status)
        status = pl_node_need(map, "tolerance", "an expected number", &tolerance, r->error);
    if (!status)
        status = find_variant(r, map, &e->variant);
    if (!status)
        status = find_variable(r, variable, &e->variable);
    if (!status)
        status = find_place(r, country, PL_COUNTRY, "country", &e->country);
    if (!status)
        status = read_axes(r, map, e);
    if (!status)
        status = pl_node_number(value, "value", &e->value, r->error);
    if (!status)
        status = read_tolerance(r, tolerance, &e->tolerance);
    if (!status && relative)
        status = pl_node_bool(relative, "relative", &scaled, r->error);
    if (scaled)
        e->tolerance *= fabs(e->value);
    return status;
}

static pl_status run_expect(reading *r, const pl_node *list) {
    if (list->kind != PL_NODE_LIST)
        return pl_node_fail(list, r->error, "'expect' must be a list of expected numbers");
    pl_status status = PL_OK;
    for (size_t i = 0; i < list->count && !status; i++) {
        expectation e;
        if (pl_node_get(list->item[i], "control")) {
            status = find_variant(r, list->item[i], &e.variant);
            if (!status)
                status = pl_expect_control(list->item[i], r->run, e.variant, r->report, r->error);
            continue;
        }
        status = read_expectation(r, list->item[i], &e);
        if (!status)
            status = compare(r, &e);
    }
    return status;
}

/* ---- table: countries down, variables across ---- */

/* The tolerance of a column: one number for all, or a mapping by variable. */
static pl_status column_tolerance(const reading *r, const pl_node *node, int variable, double *tolerance) {
    const char *name = pl_variable_name((pl_variable)variable);
    const pl_node *own = node->kind == PL_NODE_MAP ? pl_node_get(node, name) : node;
    if (!own)
        return pl_node_fail(node, r->error, "no tolerance is given for column %s", name);
    return read_tolerance(r, own, tolerance);
}

/* One row; a cell that holds "-" was not published. */
static pl_status run_row(reading *r, const pl_node *key, const pl_node *row, const int *variable,
                         size_t columns, const expectation *start, const pl_node *tolerance) {
    expectation e = *start;
    pl_status status = find_place(r, key, PL_COUNTRY, "country", &e.country);
    if (status)
        return status;
    if (row->kind != PL_NODE_LIST || row->count != columns)
        return pl_node_fail(row, r->error, "row %s must be a list of %zu numbers, one for each column",
                            key->text, columns);
    for (size_t c = 0; c < columns && !status; c++) {
        const pl_node *cell = row->item[c];
        if (cell->kind == PL_NODE_TEXT && !strcmp(cell->text, "-"))
            continue;
        e.node = cell;
        e.variable = variable[c];
        status = pl_node_number(cell, "a number of the table", &e.value, r->error);
        if (!status)
            status = column_tolerance(r, tolerance, variable[c], &e.tolerance);
        if (!status)
            status = compare(r, &e);
    }
    return status;
}

static pl_status read_columns(const reading *r, const pl_node *node, int *variable, bool by_sector) {
    for (size_t c = 0; c < node->count; c++) {
        pl_status status = find_variable(r, node->item[c], &variable[c]);
        if (status)
            return status;
        if (variable[c] == TRADE || pl_variable_by_sector((pl_variable)variable[c]) != by_sector)
            return pl_node_fail(node->item[c], r->error,
                                "column %s does not fit: with the key 'sector' columns are "
                                "variables by sector, without it variables by country",
                                node->item[c]->text);
    }
    return PL_OK;
}

static pl_status run_table(reading *r, const pl_node *map) {
    static const char *const keys[] = {"variant", "sector", "tolerance", "columns", "rows", "note"};
    const pl_node *columns, *rows, *tolerance, *sector = pl_node_get(map, "sector");
    expectation start = {.node = map, .by_sector = sector != NULL};
    pl_status status = pl_node_check_keys(map, keys, sizeof keys / sizeof *keys, "a table", r->error);
    if (!status)
        status = pl_node_need(map, "columns", "a table", &columns, r->error);
    if (!status)
        status = pl_node_need(map, "rows", "a table", &rows, r->error);
    if (!status)
        status = pl_node_need(map, "tolerance", "a table", &tolerance, r->error);
    if (!status)
        status = find_variant(r, map, &start.variant);
    if (!status && sector)
        status = find_place(r, sector, PL_SECTOR, "sector", &start.sector);
    if (status)
        return status;
    if (columns->kind != PL_NODE_LIST || !columns->count || rows->kind != PL_NODE_MAP)
        return pl_node_fail(map, r->error,
                            "a table has 'columns', a list of variables, and 'rows', a mapping of "
                            "countries to lists of numbers");
    int *variable = pl_alloc(columns->count, sizeof *variable);
    if (!variable)
        return out_of_memory(r);
    status = read_columns(r, columns, variable, sector != NULL);
    for (size_t k = 0; k < rows->count && !status; k++)
        status = run_row(r, rows->key[k], rows->item[k], variable, columns->count, &start, tolerance);
    free(variable);
    return status;
}

static pl_status run_tables(reading *r, const pl_node *node) {
    if (node->kind != PL_NODE_LIST)
        return run_table(r, node);
    pl_status status = PL_OK;
    for (size_t k = 0; k < node->count && !status; k++)
        status = run_table(r, node->item[k]);
    return status;
}

/* ---- the scenario of a case ---- */

/* `path` as it is when absolute, else beside the case. */
static char *beside(const reading *r, const char *path) {
    const char *slash = strrchr(r->path, '/');
    if (path[0] == '/' || !slash)
        return pl_strdup(path);
    return pl_format("%.*s/%s", (int)(slash - r->path), r->path, path);
}

static pl_status load_scenario(reading *r, const pl_node *node) {
    if (node->kind == PL_NODE_MAP)
        return pl_scenario_from_node(node, r->report->name, &r->scenario, r->error);
    const char *text;
    pl_status status = pl_node_text(node, "scenario", &text, r->error);
    if (status)
        return status;
    char *path = beside(r, text);
    if (!path)
        return out_of_memory(r);
    status = pl_scenario_load(path, &r->scenario, r->error);
    free(path);
    return status;
}

/* Whatever is expected of a result, it has to be one. */
static pl_status add_certificates(const reading *r) {
    for (size_t v = 0; v < r->run->variants; v++) {
        const char *name = pl_scenario_variant_name(r->scenario, v);
        const char *lead = r->run->variants > 1 ? name : "", *colon = r->run->variants > 1 ? ": " : "";
        if (!pl_findings_add(r->report, 1, pl_result_converged(r->run->result[v]), 0, "%s%sconverged", lead,
                             colon) ||
            !pl_findings_add(r->report, 0, r->run->certificate[v].worst, WORST_RESIDUAL, "%s%sworst residual",
                             lead, colon))
            return out_of_memory(r);
    }
    return PL_OK;
}

static pl_status run_scenario(reading *r, const pl_node *scenario) {
    const pl_node *expect = pl_node_get(r->root, "expect"), *table = pl_node_get(r->root, "table");
    if (!expect && !table)
        return pl_node_fail(r->root, r->error, "a case with a scenario needs 'expect' or 'table'");
    pl_status status = load_scenario(r, scenario);
    if (!status)
        status = pl_scenario_load_world(r->scenario, NULL, &r->world, r->error);
    if (!status)
        status = pl_run_new(r->scenario, r->world, NULL, &r->run, r->error);
    if (!status && table)
        status = run_tables(r, table);
    if (!status && expect)
        status = run_expect(r, expect);
    return status ? status : add_certificates(r);
}

/* ---- laws ---- */

static pl_status read_law_settings(const reading *r, const pl_node *node, pl_settings *settings) {
    pl_settings_init(settings);
    if (!node)
        return PL_OK;
    if (node->kind != PL_NODE_MAP)
        return pl_node_fail(node, r->error, "'settings' must be a mapping");
    for (size_t k = 0; k < node->count; k++) {
        pl_error inner;
        const char *text;
        pl_status status = pl_node_text(node->item[k], node->key[k]->text, &text, r->error);
        if (status)
            return status;
        if (pl_settings_set(settings, node->key[k]->text, text, &inner))
            return pl_node_fail(node->item[k], r->error, "%s", inner.text);
    }
    return PL_OK;
}

/* A world by name, by path beside the case, or written out. */
static pl_status load_world(const reading *r, const pl_node *node, pl_world **world, const char **name) {
    *name = "inline world";
    if (node->kind == PL_NODE_MAP)
        return pl_world_from_yaml(node, world, r->error);
    pl_status status = pl_node_text(node, "a world", name, r->error);
    if (status)
        return status;
    char *path = strchr(*name, '/') ? beside(r, *name) : pl_strdup(*name);
    if (!path)
        return out_of_memory(r);
    status = pl_world_load(path, world, r->error);
    free(path);
    return status;
}

static pl_status run_law_on(const reading *r, pl_law law, const pl_node *node, pl_trial *trial) {
    pl_world *world = NULL;
    pl_status status = load_world(r, node, &world, &trial->world_name);
    trial->world = world;
    if (!status)
        status = law(trial, r->error);
    pl_world_free(world);
    return status;
}

static pl_status find_law(const reading *r, const pl_node *map, pl_law *law, double *tolerance) {
    const pl_node *node, *own = pl_node_get(map, "tolerance");
    const char *name;
    char near[96];
    size_t count;
    pl_status status = pl_node_need(map, "name", "a law", &node, r->error);
    if (!status)
        status = pl_node_text(node, "name", &name, r->error);
    if (status)
        return status;
    const char *const *names = pl_law_names(&count);
    *law = pl_law_find(name, tolerance);
    if (!*law)
        return pl_node_fail(node, r->error, "unknown law '%s'%s; the laws are listed in docs/cases.md", name,
                            pl_suggest_text(near, sizeof near, name, names, count));
    return own ? read_tolerance(r, own, tolerance) : PL_OK;
}

static pl_status run_law(reading *r, const pl_node *map) {
    static const char *const keys[] = {"name", "worlds", "tolerance", "settings"};
    const pl_node *worlds;
    pl_law law = NULL;
    pl_trial trial = {.report = r->report};
    pl_status status = pl_node_check_keys(map, keys, sizeof keys / sizeof *keys, "a law", r->error);
    if (!status)
        status = find_law(r, map, &law, &trial.tolerance);
    if (!status)
        status = pl_node_need(map, "worlds", "a law", &worlds, r->error);
    if (!status)
        status = read_law_settings(r, pl_node_get(map, "settings"), &trial.settings);
    if (!status && (worlds->kind != PL_NODE_LIST || !worlds->count))
        return pl_node_fail(worlds, r->error, "'worlds' must be a list of worlds");
    for (size_t k = 0; !status && k < worlds->count; k++)
        status = run_law_on(r, law, worlds->item[k], &trial);
    return status;
}

/* ---- a case file ---- */

static pl_status check_format(const reading *r) {
    static const char *const keys[] = {"parley",   "name",   "title", "source", "note",
                                       "scenario", "expect", "table", "law",    "bottleneck"};
    const pl_node *format;
    double number;
    pl_status status = pl_node_check_keys(r->root, keys, sizeof keys / sizeof *keys, "a case", r->error);
    if (!status)
        status = pl_node_need(r->root, "parley", "a case", &format, r->error);
    if (!status)
        status = pl_node_number(format, "parley", &number, r->error);
    if (!status && number != FORMAT)
        return pl_node_fail(format, r->error, "parley: %g is not a format this version reads; it is %d",
                            number, (int)FORMAT);
    size_t kinds = 0;
    static const char *const kind[] = {"scenario", "law", "bottleneck"};
    for (size_t k = 0; k < 3; k++)
        kinds += pl_node_get(r->root, kind[k]) != NULL;
    if (!status && kinds != 1)
        return pl_node_fail(r->root, r->error,
                            "a case has either 'scenario' or 'bottleneck' with numbers expected, or 'law'");
    return status;
}

static pl_status optional_text(const reading *r, const char *key, const char **text) {
    const pl_node *node = pl_node_get(r->root, key);
    *text = NULL;
    return node ? pl_node_text(node, key, text, r->error) : PL_OK;
}

static pl_status make_report(reading *r) {
    const char *name, *title, *source, *slash = strrchr(r->path, '/');
    pl_status status = optional_text(r, "name", &name);
    if (!status)
        status = optional_text(r, "title", &title);
    if (!status)
        status = optional_text(r, "source", &source);
    if (status)
        return status;
    char *file = pl_strdup(slash ? slash + 1 : r->path), *ending = file ? strrchr(file, '.') : NULL;
    if (ending && ending != file)
        *ending = 0;
    r->report = file ? pl_findings_new(name ? name : file, title, source) : NULL;
    free(file);
    return r->report ? PL_OK : out_of_memory(r);
}

static pl_status open_case(reading *r, const char *path, pl_yaml **doc, pl_error *error) {
    pl_status status = pl_yaml_load(path, doc, error);
    if (status)
        return status;
    *r = (reading){.path = path, .root = (*doc)->root, .error = error};
    status = check_format(r);
    return status ? status : make_report(r);
}

pl_status pl_case_describe(const char *path, pl_case_report **report, pl_error *error) {
    pl_yaml *doc = NULL;
    reading r = {0};
    pl_status status = open_case(&r, path, &doc, error);
    pl_yaml_free(doc);
    *report = r.report;
    return status;
}

pl_status pl_case_run(const char *path, pl_case_report **report, pl_error *error) {
    pl_yaml *doc = NULL;
    reading r = {0};
    pl_status status = open_case(&r, path, &doc, error);
    const pl_node *law = status ? NULL : pl_node_get(r.root, "law");
    const pl_node *plant = status ? NULL : pl_node_get(r.root, "bottleneck");
    if (!status)
        status = law     ? run_law(&r, law)
                 : plant ? pl_case_bottleneck(plant, pl_node_get(r.root, "expect"), r.report, error)
                         : run_scenario(&r, pl_node_get(r.root, "scenario"));
    pl_run_free(r.run);
    pl_world_free(r.world);
    pl_scenario_free(r.scenario);
    free(r.trade);
    pl_yaml_free(doc);
    if (status)
        pl_case_report_free(r.report);
    *report = status ? NULL : r.report;
    return status;
}

/* ---- the cases of a folder ---- */

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static pl_status read_folder(const char *folder, pl_strings *names, pl_error *error) {
    DIR *open = opendir(folder);
    if (!open)
        return pl_fail_errno(error, "cannot read folder", folder);
    bool kept = true;
    for (struct dirent *entry; kept && (entry = readdir(open)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length > 5 && entry->d_name[0] != '.' && !strcmp(entry->d_name + length - 5, ".yaml")) {
            entry->d_name[length - 5] = 0;
            kept = pl_strings_add(names, entry->d_name);
        }
    }
    closedir(open);
    return kept ? PL_OK : pl_fail_memory(error, 0);
}

pl_status pl_case_list(const char *folder, pl_names *list, pl_error *error) {
    pl_strings names = {0};
    memset(list, 0, sizeof *list);
    pl_status status = read_folder(folder, &names, error);
    if (!status && names.count) {
        qsort(names.item, names.count, sizeof *names.item, by_text);
        list->names = pl_alloc(names.count, sizeof(char *));
        list->paths = pl_alloc(names.count, sizeof(char *));
        for (size_t k = 0; list->names && list->paths && k < names.count; k++) {
            list->names[k] = pl_strdup(names.item[k]);
            list->paths[k] = pl_format("%s/%s.yaml", folder, names.item[k]);
            list->count = k + 1;
            if (!list->names[k] || !list->paths[k])
                status = pl_fail_memory(error, 0);
        }
        if (!list->names || !list->paths)
            status = pl_fail_memory(error, 0);
    }
    pl_strings_clear(&names);
    if (status)
        pl_names_free(list);
    return status;
}
