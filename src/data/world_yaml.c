/* Worlds written in YAML, for cases and teaching: small tables by country and sector names. */
#include "data/data.h"
#include "core/yaml.h"

#include <string.h>

static const char *const KEYS[] = {
    "countries",    "sectors",    "goods",         "rows",         "flow",
    "tariff",       "export_tax", "theta",         "input_share",  "value_added_share",
    "profit_share", "notes",      "country_names", "sector_names", "theta_se"};
enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

/* Labels of one axis, in order. */
static pl_status read_labels(const pl_node *map, const char *key, pl_strings *labels, pl_error *error) {
    const pl_node *node = NULL;
    pl_status status = pl_node_need(map, key, "world", &node, error);
    if (!status && node->kind != PL_NODE_LIST)
        return pl_node_fail(node, error, "%s of a world must be a list of codes, such as [A, B]", key);
    if (!status)
        status = pl_node_texts(node, key, labels, error);
    if (!status && !labels->count)
        return pl_node_fail(node, error, "%s of a world is empty; it needs at least one", key);
    pl_lookup seen = {0};
    for (size_t i = 0; i < labels->count && !status; i++) {
        size_t at = pl_lookup_add(&seen, labels->item[i]);
        if (at == SIZE_MAX)
            status = pl_fail_memory(error, strlen(labels->item[i]));
        else if (at < i)
            status = pl_node_fail(node->item[i], error, "'%s' appears twice in %s", labels->item[i], key);
    }
    pl_lookup_clear(&seen);
    return status;
}

/* The index of the label a key names; PL_INVALID at the key with a suggestion. */
static pl_status find_label(const pl_world *w, pl_axis axis, const pl_node *key, size_t *index,
                            pl_error *error) {
    pl_error inner;
    if (!pl_world_find(w, axis, key->text, index, &inner))
        return PL_OK;
    return pl_node_fail(key, error, "%s", inner.text);
}

/* Marks a label as met; one met twice, by code and by name, is refused. */
static pl_status claim(bool *seen, size_t index, const pl_node *key, pl_error *error) {
    if (seen[index])
        return pl_node_fail(key, error, "'%s' is given twice, by its code and by its name", key->text);
    seen[index] = true;
    return PL_OK;
}

/* Refuses a map with fewer entries than there are labels, naming the first one left out. */
static pl_status need_all(const pl_node *map, const char *what, const bool *seen, const pl_world *w,
                          pl_axis axis, pl_error *error) {
    for (size_t i = 0; i < pl_world_size(w, axis); i++)
        if (!seen[i])
            return pl_node_fail(map, error, "%s has no entry for %s", what, pl_world_code(w, axis, i));
    return PL_OK;
}

/* One matrix of a bilateral table; `transposed` when its rows are sellers. */
static pl_status read_matrix(const pl_world *w, const pl_node *node, const char *what, bool transposed,
                             double *matrix, pl_error *error) {
    size_t N = w->countries;
    if (node->kind != PL_NODE_LIST || node->count != N)
        return pl_node_fail(node, error,
                            "%s must be a list of %zu rows of %zu numbers, one row for each country", what, N,
                            N);
    double *row = pl_alloc(N, sizeof *row);
    if (!row)
        return pl_fail_memory(error, N * sizeof *row);
    pl_status status = PL_OK;
    for (size_t a = 0; a < N && !status; a++) {
        status = pl_node_numbers(node->item[a], what, N, row, error);
        for (size_t b = 0; b < N && !status; b++)
            matrix[transposed ? b * N + a : a * N + b] = row[b];
    }
    free(row);
    return status;
}

/* What reads the value of one entry of a map from labels; `index` is that of the label. */
typedef struct {
    const pl_world *world;
    const char *what;
    double *table;
    bool whole, transposed;
    pl_error *error;
} table_reader;
typedef pl_status (*entry_reader)(const table_reader *r, const pl_node *node, size_t index);

/* A map from countries or sectors, each at most once; all of them are needed when `whole`. */
static pl_status read_entries(const table_reader *r, const pl_node *map, pl_axis axis, const char *to,
                              entry_reader take) {
    if (map->kind != PL_NODE_MAP)
        return pl_node_fail(map, r->error, "%s must be a map from %s to %s", r->what,
                            axis == PL_COUNTRY ? "country" : "sector", to);
    bool *seen = pl_alloc(pl_world_size(r->world, axis), sizeof *seen);
    if (!seen)
        return pl_fail_memory(r->error, pl_world_size(r->world, axis));
    pl_status status = PL_OK;
    for (size_t e = 0; e < map->count && !status; e++) {
        size_t index = 0;
        status = find_label(r->world, axis, map->key[e], &index, r->error);
        if (!status)
            status = claim(seen, index, map->key[e], r->error);
        if (!status)
            status = take(r, map->item[e], index);
    }
    if (!status && r->whole)
        status = need_all(map, r->what, seen, r->world, axis, r->error);
    free(seen);
    return status;
}

static pl_status take_matrix(const table_reader *r, const pl_node *node, size_t j) {
    size_t cells = r->world->countries * r->world->countries;
    const double *to = r->table + j * cells;
    pl_status status = read_matrix(r->world, node, r->what, r->transposed, r->table + j * cells, r->error);
    for (size_t at = 0; at < cells && !status && strcmp(r->what, "flow") != 0; at++)
        if (to[at] > PL_MOST_RATE)
            status =
                pl_node_fail(node, r->error,
                             "%s of sector %s is %g, which would be %g %%; rates are fractions: %g is %g %%",
                             r->what, r->world->sector_code[j], to[at], 100 * to[at], to[at] / 100, to[at]);
    return status;
}

static pl_status take_number(const table_reader *r, const pl_node *node, size_t j) {
    return pl_node_number(node, r->what, &r->table[j], r->error);
}

static pl_status take_country(const table_reader *r, const pl_node *node, size_t n) {
    table_reader row = *r;
    row.table += n * r->world->sectors;
    return read_entries(&row, node, PL_SECTOR, "number", take_number);
}

/* A bilateral table: {one: [[80, 20], [20, 80]]}. */
static pl_status read_bilateral(const pl_world *w, const pl_node *map, const char *what, bool whole,
                                bool transposed, double *table, pl_error *error) {
    const table_reader r = {w, what, table, whole, transposed, error};
    return read_entries(&r, map, PL_SECTOR, "matrix", take_matrix);
}

/* Values by sector: {one: 4, two: 5}. */
static pl_status read_by_sector(const pl_world *w, const pl_node *map, const char *what, bool whole,
                                double *values, pl_error *error) {
    const table_reader r = {w, what, values, whole, false, error};
    return read_entries(&r, map, PL_SECTOR, "number", take_number);
}

/* Values by country and sector: {A: {one: 0.6}}. */
static pl_status read_by_country(const pl_world *w, const pl_node *map, const char *what, bool whole,
                                 double *table, pl_error *error) {
    const table_reader r = {w, what, table, whole, false, error};
    return read_entries(&r, map, PL_COUNTRY, "sectors", take_country);
}

/* Input shares: {A: {user: {input: 0.2}}}; what is not named is zero. */
static pl_status read_inputs(pl_world *w, const pl_node *map, pl_error *error) {
    size_t J = w->sectors;
    if (map->kind != PL_NODE_MAP)
        return pl_node_fail(map, error, "input_share must be a map from country to user to input");
    pl_status status = PL_OK;
    for (size_t c = 0; c < map->count && !status; c++) {
        const pl_node *users = map->item[c];
        size_t n = 0, j = 0;
        status = find_label(w, PL_COUNTRY, map->key[c], &n, error);
        if (!status && users->kind != PL_NODE_MAP)
            return pl_node_fail(users, error, "input_share of %s must be a map from user to input",
                                map->key[c]->text);
        for (size_t u = 0; u < users->count && !status; u++) {
            status = find_label(w, PL_SECTOR, users->key[u], &j, error);
            if (!status)
                status = read_by_sector(w, users->item[u], "input_share", false,
                                        w->input_share + (n * J + j) * J, error);
        }
    }
    return status;
}

/* ---- the parts of a world ---- */

static pl_status read_goods(pl_world *w, const pl_node *node, pl_error *error) {
    pl_strings names = {0};
    pl_status status = pl_node_texts(node, "goods", &names, error);
    if (!status)
        memset(w->goods, 0, w->sectors * sizeof *w->goods);
    for (size_t i = 0; i < names.count && !status; i++) {
        size_t j = 0;
        pl_error inner;
        if (pl_world_find(w, PL_SECTOR, names.item[i], &j, &inner))
            status = pl_node_fail(node, error, "goods: %s", inner.text);
        else
            w->goods[j] = true;
    }
    pl_strings_clear(&names);
    return status;
}

static pl_status read_names(pl_world *w, pl_axis axis, const pl_node *map, pl_error *error) {
    if (!map)
        return PL_OK;
    if (map->kind != PL_NODE_MAP)
        return pl_node_fail(map, error, "names must be a map from code to name");
    pl_status status = PL_OK;
    for (size_t e = 0; e < map->count && !status; e++) {
        size_t i = 0;
        const char *name = NULL;
        status = find_label(w, axis, map->key[e], &i, error);
        if (!status)
            status = pl_node_text(map->item[e], "a name", &name, error);
        char *code = status ? NULL : pl_strdup(pl_world_code(w, axis, i));
        if (!status && (!code || !pl_world_label(w, axis, i, code, name)))
            status = pl_fail_memory(error, strlen(name));
        free(code);
    }
    return status;
}

static pl_status read_notes(pl_world *w, const pl_node *map, pl_error *error) {
    if (!map)
        return PL_OK;
    if (map->kind != PL_NODE_MAP)
        return pl_node_fail(map, error, "notes of a world must be a map, such as {title: ..., source: ...}");
    pl_status status = PL_OK;
    for (size_t e = 0; e < map->count && !status; e++) {
        const char *text = NULL;
        status = pl_node_text(map->item[e], "a note", &text, error);
        if (!status)
            status = pl_world_set_note(w, map->key[e]->text, text, error);
    }
    return status;
}

static pl_status read_theta(pl_world *w, const pl_node *map, const pl_node *errors, pl_error *error) {
    if (!map)
        return PL_OK;
    double *theta = pl_alloc(2 * w->sectors, sizeof *theta), *sharp = theta + w->sectors;
    if (!theta)
        return pl_fail_memory(error, 2 * w->sectors * sizeof *theta);
    pl_status status = read_by_sector(w, map, "theta", true, theta, error);
    if (!status && errors)
        status = read_by_sector(w, errors, "theta_se", true, sharp, error);
    if (!status && !pl_world_add_set(w, "world", theta, errors ? sharp : NULL))
        status = pl_fail_memory(error, w->sectors * sizeof *theta);
    free(theta);
    return status;
}

static pl_status read_bilaterals(pl_world *w, const pl_node *map, pl_error *error) {
    static const char *const sides[] = {"buyer", "seller"};
    const pl_node *rows = pl_node_get(map, "rows"), *flow = NULL;
    const pl_node *tariff = pl_node_get(map, "tariff"), *tax = pl_node_get(map, "export_tax");
    size_t side = 0;
    pl_status status = rows ? pl_node_choice(rows, "rows", sides, 2, &side, error) : PL_OK;
    if (!status)
        status = pl_node_need(map, "flow", "world", &flow, error);
    if (!status)
        status = read_bilateral(w, flow, "flow", true, side == 1, w->flow, error);
    if (!status && tariff)
        status = read_bilateral(w, tariff, "tariff", false, side == 1, w->tariff, error);
    if (status || !tax)
        return status;
    w->export_tax = pl_alloc(w->sectors * w->countries * w->countries, sizeof(double));
    if (!w->export_tax)
        return pl_fail_memory(error, w->sectors * w->countries * w->countries * sizeof(double));
    return read_bilateral(w, tax, "export_tax", false, side == 1, w->export_tax, error);
}

static pl_status read_shares(pl_world *w, const pl_node *map, pl_error *error) {
    const pl_node *inputs = pl_node_get(map, "input_share"), *profits = pl_node_get(map, "profit_share");
    const pl_node *value_added = pl_node_get(map, "value_added_share");
    pl_status status = inputs ? read_inputs(w, inputs, error) : PL_OK;
    if (!status && value_added)
        status = read_by_country(w, value_added, "value_added_share", true, w->value_added_share, error);
    else if (!status)
        pl_world_close_value_added(w);
    if (status || !profits)
        return status;
    w->profit_share = pl_alloc(w->countries * w->sectors, sizeof(double));
    if (!w->profit_share)
        return pl_fail_memory(error, w->countries * w->sectors * sizeof(double));
    return read_by_country(w, profits, "profit_share", false, w->profit_share, error);
}

/* Makes the world and its labels. */
static pl_status make_world(const pl_node *map, pl_world **world, pl_error *error) {
    pl_strings countries = {0}, sectors = {0};
    pl_status status = read_labels(map, "countries", &countries, error);
    if (!status)
        status = read_labels(map, "sectors", &sectors, error);
    if (!status)
        status = pl_world_refuse_size(map->file, countries.count, sectors.count, error);
    *world = status ? NULL : pl_world_blank(countries.count, sectors.count);
    if (!status && !*world)
        status = pl_fail_memory(error, countries.count * countries.count * sectors.count * sizeof(double));
    for (size_t i = 0; i < countries.count && !status; i++)
        if (!pl_world_label(*world, PL_COUNTRY, i, countries.item[i], NULL))
            status = pl_fail_memory(error, strlen(countries.item[i]));
    for (size_t j = 0; j < sectors.count && !status; j++)
        if (!pl_world_label(*world, PL_SECTOR, j, sectors.item[j], NULL))
            status = pl_fail_memory(error, strlen(sectors.item[j]));
    pl_strings_clear(&countries);
    pl_strings_clear(&sectors);
    return status;
}

/* Reads a world and checks its form. */
static pl_status read_world(const pl_node *node, pl_world **world, pl_error *error) {
    pl_world *w = NULL;
    *world = NULL;
    pl_status status = pl_node_check_keys(node, KEYS, KEY_COUNT, "a world", error);
    if (!status)
        status = make_world(node, &w, error);
    if (!status)
        status = read_names(w, PL_COUNTRY, pl_node_get(node, "country_names"), error);
    if (!status)
        status = read_names(w, PL_SECTOR, pl_node_get(node, "sector_names"), error);
    if (!status)
        pl_world_default_goods(w);
    if (!status && pl_node_get(node, "goods"))
        status = read_goods(w, pl_node_get(node, "goods"), error);
    if (!status)
        status = read_bilaterals(w, node, error);
    if (!status)
        status = read_shares(w, node, error);
    if (!status)
        status = read_theta(w, pl_node_get(node, "theta"), pl_node_get(node, "theta_se"), error);
    if (!status)
        status = read_notes(w, pl_node_get(node, "notes"), error);
    if (!status) {
        pl_world_tidy(w);
        status = pl_world_form(w, node->file, error);
    }
    if (status) {
        pl_world_free(w);
        return status;
    }
    *world = w;
    return PL_OK;
}

pl_status pl_world_from_yaml(const pl_node *node, pl_world **world, pl_error *error) {
    pl_status status = read_world(node, world, error);
    if (!status)
        status = pl_world_refuse(*world, node->file, error);
    if (status) {
        pl_world_free(*world);
        *world = NULL;
    }
    return status;
}

pl_status pl_world_import_yaml(const char *path, pl_world **world, pl_error *error) {
    pl_yaml *doc = NULL;
    *world = NULL;
    pl_status status = pl_yaml_load(path, &doc, error);
    if (status)
        return status;
    const pl_node *inner = pl_node_get(doc->root, "world");
    status = read_world(inner ? inner : doc->root, world, error);
    pl_yaml_free(doc);
    return status;
}
