/* A world from a folder of plain CSV tables (docs/data.md). Only flows is required. */
#include "data/data.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    size_t sector, buyer, seller, line;
    double value, tariff, tax;
    unsigned char origin; /* pl_flow_origin */
} cell;

typedef struct {
    const char *folder;
    pl_error *error;
    pl_lookup label[2]; /* by axis */
    bool fixed[2];      /* the labels are all known: a new one is a mistake */
    cell *cell;
    size_t cells, room;
    char *flows; /* path of the flows */
    size_t rows;
    pl_world *world;
    bool *seen; /* cells of the table being read */
} importing;

/* ---- tables ---- */

/* The path of a table of the folder, plain or compressed, on the heap; NULL when there is none. */
static pl_status find_table(const importing *m, const char *table, char **path) {
    static const char *const ending[] = {"csv", "csv.gz", "csv.zst"};
    struct stat info;
    *path = NULL;
    for (size_t e = 0; e < 3; e++) {
        char *candidate = pl_format("%s/%s.%s", m->folder, table, ending[e]);
        if (!candidate) {
            free(*path);
            *path = NULL;
            return pl_fail_memory(m->error, strlen(m->folder));
        }
        if (stat(candidate, &info)) {
            free(candidate);
        } else if (*path) {
            pl_fail(m->error, PL_INVALID, "both %s and %s exist; keep one", *path, candidate);
            free(candidate);
            free(*path);
            *path = NULL;
            return PL_INVALID;
        } else {
            *path = candidate;
        }
    }
    return PL_OK;
}

/* What reads one row; `columns` say where its fields are. */
typedef pl_status (*row_reader)(importing *m, const pl_csv *csv, const pl_csv_row *row,
                                const pl_csv_column *columns, void *context);

typedef struct {
    const char *name;
    size_t columns;
    pl_csv_column column[7];
    pl_header_extra extra;
    row_reader take;
    void *context;
} table;

static pl_status read_open_table(importing *m, pl_csv *csv, table *t) {
    pl_csv_row row;
    pl_status status = pl_csv_header(csv, t->column, t->columns, t->extra, t->context, m->error);
    while (!status) {
        status = pl_csv_body(csv, &row, m->error);
        if (status || !row.count)
            break;
        m->rows++;
        status = t->take(m, csv, &row, t->column, t->context);
    }
    return status;
}

/* Reads a table when the folder has it; `*there` says so. */
static pl_status read_table(importing *m, table *t, bool *there) {
    char *path = NULL;
    pl_csv *csv = NULL;
    pl_status status = find_table(m, t->name, &path);
    *there = path != NULL;
    if (!status && path)
        status = pl_csv_open(path, &csv, m->error);
    if (!status && path)
        status = read_open_table(m, csv, t);
    pl_csv_free(csv);
    free(path);
    return status;
}

/* ---- fields ---- */

/* The index of the label in a column; a new one is added while labels are being gathered. */
static pl_status take_label(importing *m, const pl_csv *csv, const pl_csv_row *row,
                            const pl_csv_column *column, pl_axis axis, size_t *index) {
    const char *text = row->field[column->at];
    pl_lookup *l = &m->label[axis];
    if (!*text)
        return pl_csv_fail(csv, row->line, m->error, "%s is empty", column->name);
    *index = m->fixed[axis] ? pl_lookup_find(l, text) : pl_lookup_add(l, text);
    if (*index != SIZE_MAX)
        return PL_OK;
    if (!m->fixed[axis])
        return pl_fail_memory(m->error, strlen(text));
    char near[160];
    pl_suggest_text(near, sizeof near, text, (const char *const *)l->labels.item, l->labels.count);
    return pl_csv_fail(csv, row->line, m->error, "unknown %s '%.60s'%s in column %s",
                       axis == PL_COUNTRY ? "country" : "sector", text, near, column->name);
}

static pl_status take_number(importing *m, const pl_csv *csv, const pl_csv_row *row,
                             const pl_csv_column *column, double *value) {
    return column->at == SIZE_MAX ? PL_OK
                                  : pl_csv_number(csv, row, column->at, column->name, value, m->error);
}

static pl_status take_rate(importing *m, const pl_csv *csv, const pl_csv_row *row,
                           const pl_csv_column *column, double *value) {
    pl_status status = take_number(m, csv, row, column, value);
    return status ? status : pl_csv_check_rate(csv, row->line, column->name, *value, m->error);
}

/* Marks a cell as met; a second row for it is refused. */
static pl_status claim(importing *m, const pl_csv *csv, const pl_csv_row *row, size_t at, const char *what) {
    if (m->seen[at])
        return pl_csv_fail(csv, row->line, m->error, "duplicate row: %s appears a second time", what);
    m->seen[at] = true;
    return PL_OK;
}

/* ---- labels and flows ---- */

static pl_status take_code(importing *m, const pl_csv *csv, const pl_csv_row *row,
                           const pl_csv_column *columns, void *context) {
    pl_axis axis = *(pl_axis *)context;
    size_t index = 0, before = m->label[axis].labels.count;
    pl_status status = take_label(m, csv, row, &columns[0], axis, &index);
    if (!status && index < before)
        return pl_csv_fail(csv, row->line, m->error, "duplicate row: %s '%s' appears a second time",
                           columns[0].name, row->field[columns[0].at]);
    return status;
}

/* Takes every heading: the first pass over a table of labels looks at codes only. */
static bool any_heading(void *context, const char *heading, size_t field, pl_status *status,
                        pl_error *error) {
    (void)context, (void)heading, (void)field, (void)status, (void)error;
    return true;
}

/* Labels in the order of countries.csv or sectors.csv, when there is one. */
static pl_status read_codes(importing *m, pl_axis axis, const char *name, const char *column) {
    table t = {name, 1, {{column, true, 0}}, any_heading, take_code, &axis};
    bool there;
    pl_status status = read_table(m, &t, &there);
    if (!status && there && !m->label[axis].labels.count)
        return pl_fail(m->error, PL_INVALID, "%s/%s.csv has no rows", m->folder, name);
    m->fixed[axis] = there;
    return status;
}

static bool more_cells(importing *m) {
    if (m->cells < m->room)
        return true;
    size_t room = m->room ? 2 * m->room : 1024;
    cell *grown = room <= SIZE_MAX / sizeof *grown ? realloc(m->cell, room * sizeof *grown) : NULL;
    if (!grown)
        return false;
    m->cell = grown;
    m->room = room;
    return true;
}

/* Where the flow of a split sector comes from; without the column, or empty, the sector was not split. */
static pl_status take_origin(importing *m, const pl_csv *csv, const pl_csv_row *row,
                             const pl_csv_column *column, unsigned char *origin) {
    const char *text = column->at == SIZE_MAX ? "" : row->field[column->at];
    for (unsigned char o = PL_ORIGIN_WHOLE; o <= PL_ORIGIN_REST; o++) {
        if (strcmp(text, *text ? pl_origin_word[o] : ""))
            continue;
        *origin = o;
        return PL_OK;
    }
    return pl_csv_fail(csv, row->line, m->error, "origin is '%.60s'; it must be whole, known, filled or rest",
                       text);
}

static pl_status take_flow(importing *m, const pl_csv *csv, const pl_csv_row *row, const pl_csv_column *c,
                           void *context) {
    cell x = {.line = row->line};
    (void)context;
    pl_status status = take_label(m, csv, row, &c[0], PL_COUNTRY, &x.buyer);
    if (!status)
        status = take_label(m, csv, row, &c[1], PL_COUNTRY, &x.seller);
    if (!status)
        status = take_label(m, csv, row, &c[2], PL_SECTOR, &x.sector);
    if (!status)
        status = take_number(m, csv, row, &c[3], &x.value);
    if (!status)
        status = take_rate(m, csv, row, &c[4], &x.tariff);
    if (!status)
        status = take_rate(m, csv, row, &c[5], &x.tax);
    if (!status)
        status = take_origin(m, csv, row, &c[6], &x.origin);
    if (status)
        return status;
    if (!(x.value >= 0))
        return pl_csv_fail(csv, row->line, m->error, "value_musd is %g; a flow may not be negative", x.value);
    if (!more_cells(m))
        return pl_fail_memory(m->error, 2 * m->room * sizeof x);
    m->cell[m->cells++] = x;
    return PL_OK;
}

static pl_status read_flows(importing *m) {
    table t = {"flows",
               7,
               {{"importer", true, 0},
                {"exporter", true, 0},
                {"sector", true, 0},
                {"value_musd", true, 0},
                {"tariff", false, 0},
                {"export_tax", false, 0},
                {"origin", false, 0}},
               NULL,
               take_flow,
               NULL};
    bool there;
    pl_status status = find_table(m, t.name, &m->flows);
    if (!status)
        status = read_table(m, &t, &there);
    if (!status && !there)
        return pl_fail(m->error, PL_IO,
                       "%s/flows.csv is missing (nor is there flows.csv.gz or flows.csv.zst)", m->folder);
    if (!status && !m->cells)
        return pl_fail_at(m->error, PL_INVALID, m->flows, 0, "there are no rows below the header");
    return status;
}

static pl_status make_world(importing *m) {
    size_t N = m->label[PL_COUNTRY].labels.count, J = m->label[PL_SECTOR].labels.count;
    pl_status status = pl_world_refuse_size(m->flows, N, J, m->error);
    if (status)
        return status;
    m->world = pl_world_blank(N, J);
    m->seen = pl_alloc(J * (N > J ? N * N : N * J), sizeof(bool));
    if (!m->world || !m->seen)
        return pl_fail_memory(m->error, N * N * J * sizeof(double));
    for (int axis = 0; axis < 2; axis++) {
        m->fixed[axis] = true;
        for (size_t i = 0; i < m->label[axis].labels.count; i++)
            if (!pl_world_label(m->world, (pl_axis)axis, i, m->label[axis].labels.item[i], NULL))
                return pl_fail_memory(m->error, N + J);
    }
    pl_world_default_goods(m->world);
    return PL_OK;
}

static pl_status place_cells(importing *m) {
    pl_world *w = m->world;
    size_t N = w->countries, size = N * N * w->sectors;
    w->export_tax = pl_alloc(size, sizeof(double));
    w->flow_origin = pl_alloc(size, 1);
    if (!w->export_tax || !w->flow_origin)
        return pl_fail_memory(m->error, size * sizeof(double));
    for (size_t c = 0; c < m->cells; c++) {
        const cell *x = &m->cell[c];
        size_t at = (x->sector * N + x->buyer) * N + x->seller;
        if (m->seen[at])
            return pl_fail_at(m->error, PL_INVALID, m->flows, x->line,
                              "duplicate row: importer %s, exporter %s, sector %s appears a second time",
                              w->country_code[x->buyer], w->country_code[x->seller],
                              w->sector_code[x->sector]);
        m->seen[at] = true;
        w->flow[at] = x->value;
        w->tariff[at] = x->tariff;
        w->export_tax[at] = x->tax;
        w->flow_origin[at] = x->origin;
    }
    free(m->cell);
    m->cell = NULL;
    return PL_OK;
}

/* ---- shares ---- */

static pl_status take_input(importing *m, const pl_csv *csv, const pl_csv_row *row, const pl_csv_column *c,
                            void *context) {
    size_t n, j, k, J = m->world->sectors;
    double share = 0;
    (void)context;
    pl_status status = take_label(m, csv, row, &c[0], PL_COUNTRY, &n);
    if (!status)
        status = take_label(m, csv, row, &c[1], PL_SECTOR, &k);
    if (!status)
        status = take_label(m, csv, row, &c[2], PL_SECTOR, &j);
    if (!status)
        status = take_number(m, csv, row, &c[3], &share);
    if (status)
        return status;
    if (!(share >= PL_LEAST_INPUT))
        return pl_csv_fail(csv, row->line, m->error, "%s is %g; an input share may not be below %g",
                           c[3].name, share, PL_LEAST_INPUT);
    m->world->input_share[(n * J + j) * J + k] = share;
    return claim(m, csv, row, (n * J + j) * J + k, "this country, input and user");
}

/* A table by country and sector; the context is the array. */
static pl_status take_share(importing *m, const pl_csv *csv, const pl_csv_row *row, const pl_csv_column *c,
                            void *context) {
    size_t n, j, J = m->world->sectors;
    double *array = context;
    pl_status status = take_label(m, csv, row, &c[0], PL_COUNTRY, &n);
    if (!status)
        status = take_label(m, csv, row, &c[1], PL_SECTOR, &j);
    if (!status)
        status = take_number(m, csv, row, &c[2], &array[n * J + j]);
    return status ? status : claim(m, csv, row, n * J + j, "this country and sector");
}

static void unmark(importing *m) {
    size_t N = m->world->countries, J = m->world->sectors;
    memset(m->seen, 0, J * (N > J ? N * N : N * J) * sizeof(bool));
}

static pl_status read_shares(importing *m) {
    pl_world *w = m->world;
    bool there;
    table inputs = {
        "input_shares",
        4,
        {{"country", true, 0}, {"input", true, 0}, {"user", true, 0}, {"share_of_gross_output", true, 0}},
        NULL,
        take_input,
        NULL};
    table value_added = {"value_added_shares",
                         3,
                         {{"country", true, 0}, {"sector", true, 0}, {"share_of_gross_output", true, 0}},
                         NULL,
                         take_share,
                         w->value_added_share};
    w->profit_share = pl_alloc(w->countries * w->sectors, sizeof(double));
    if (!w->profit_share)
        return pl_fail_memory(m->error, w->countries * w->sectors * sizeof(double));
    table profits = {"profit_shares",
                     3,
                     {{"country", true, 0}, {"sector", true, 0}, {"share_of_value_added", true, 0}},
                     NULL,
                     take_share,
                     w->profit_share};
    unmark(m);
    pl_status status = read_table(m, &inputs, &there);
    if (status)
        return status;
    pl_world_close_value_added(w);
    unmark(m);
    status = read_table(m, &value_added, &there);
    if (status)
        return status;
    unmark(m);
    return read_table(m, &profits, &there);
}

/* ---- names, goods, elasticities, notes ---- */

static pl_status set_name(importing *m, pl_axis axis, size_t index, const char *name) {
    return pl_world_label(m->world, axis, index, m->label[axis].labels.item[index], name)
               ? PL_OK
               : pl_fail_memory(m->error, strlen(name));
}

static pl_status take_country(importing *m, const pl_csv *csv, const pl_csv_row *row, const pl_csv_column *c,
                              void *context) {
    size_t n;
    (void)context;
    pl_status status = take_label(m, csv, row, &c[0], PL_COUNTRY, &n);
    return status || c[1].at == SIZE_MAX ? status : set_name(m, PL_COUNTRY, n, row->field[c[1].at]);
}

/* Elasticity sets being gathered: the columns of their values, and the values, not a number where not given.
 */
typedef struct {
    const char *prefix;
    size_t sectors, count;
    struct {
        size_t field;
        char *name;
        double *theta;
    } set[64];
} set_columns;

static bool set_heading(void *context, const char *heading, size_t field, pl_status *status,
                        pl_error *error) {
    set_columns *s = context;
    size_t skip = strlen(s->prefix);
    if (strncmp(heading, s->prefix, skip) || !heading[skip])
        return false;
    if (s->count == sizeof s->set / sizeof *s->set) {
        *status = pl_fail(error, PL_INVALID, "more than %zu elasticity sets in one table", s->count);
        return true;
    }
    char *name = pl_strdup(heading + skip);
    double *theta = pl_alloc(s->sectors, sizeof *theta);
    s->set[s->count].field = field;
    s->set[s->count].name = name;
    s->set[s->count++].theta = theta;
    if (!name || !theta)
        *status = pl_fail_memory(error, s->sectors * sizeof *theta);
    for (size_t j = 0; theta && j < s->sectors; j++)
        theta[j] = NAN;
    return true;
}

static void free_sets(set_columns *s) {
    for (size_t k = 0; k < s->count; k++) {
        free(s->set[k].name);
        free(s->set[k].theta);
    }
}

/* Whether a column holds the standard errors of the set whose name stands before "_se". */
static bool is_error(const char *name) {
    size_t length = strlen(name);
    return length > 3 && !strcmp(name + length - 3, "_se");
}

/* The errors of a set, NULL when the table has none. */
static const double *errors_of(const set_columns *s, const char *name) {
    for (size_t k = 0; k < s->count; k++)
        if (is_error(s->set[k].name) && strlen(s->set[k].name) == strlen(name) + 3 &&
            !strncmp(s->set[k].name, name, strlen(name)))
            return s->set[k].theta;
    return NULL;
}

static pl_status take_elasticities(importing *m, const pl_csv *csv, const pl_csv_row *row, size_t j,
                                   set_columns *s) {
    for (size_t k = 0; k < s->count; k++) {
        double theta = 0;
        const char *text = row->field[s->set[k].field];
        if (is_error(s->set[k].name) && (!*text || (pl_csv_read(text, &theta) && theta >= 0))) {
            s->set[k].theta[j] = theta;
            continue;
        }
        if (is_error(s->set[k].name))
            return pl_csv_fail(csv, row->line, m->error,
                               "standard error %s of sector %s is '%.60s'; it must be 0 or more, or left out",
                               s->set[k].name, m->world->sector_code[j], text);
        if (!pl_csv_read(row->field[s->set[k].field], &theta) || !(theta > 0))
            return pl_csv_fail(csv, row->line, m->error,
                               "trade elasticity %s of sector %s is '%.60s'; it must be positive",
                               s->set[k].name, m->world->sector_code[j], row->field[s->set[k].field]);
        s->set[k].theta[j] = theta;
    }
    return PL_OK;
}

static pl_status take_sector(importing *m, const pl_csv *csv, const pl_csv_row *row, const pl_csv_column *c,
                             void *context) {
    size_t j;
    pl_status status = take_label(m, csv, row, &c[0], PL_SECTOR, &j);
    if (!status && c[1].at != SIZE_MAX)
        status = set_name(m, PL_SECTOR, j, row->field[c[1].at]);
    if (!status && c[2].at != SIZE_MAX) {
        const char *flag = row->field[c[2].at];
        bool yes = pl_same_word(flag, "1") || pl_same_word(flag, "true") || pl_same_word(flag, "yes");
        if (!yes && !pl_same_word(flag, "0") && !pl_same_word(flag, "false") && !pl_same_word(flag, "no"))
            return pl_csv_fail(csv, row->line, m->error, "goods is '%.60s'; it must be 1 or 0", flag);
        m->world->goods[j] = yes;
    }
    return status ? status : take_elasticities(m, csv, row, j, context);
}

static pl_status take_set_row(importing *m, const pl_csv *csv, const pl_csv_row *row, const pl_csv_column *c,
                              void *context) {
    size_t j;
    pl_status status = take_label(m, csv, row, &c[0], PL_SECTOR, &j);
    if (!status)
        status = claim(m, csv, row, j, "this sector");
    return status ? status : take_elasticities(m, csv, row, j, context);
}

/* Adds the sets gathered, when every sector has a value and no set of that name is there. */
static pl_status keep_sets(importing *m, const char *name, const set_columns *s) {
    for (size_t k = 0; k < s->count; k++) {
        if (is_error(s->set[k].name))
            continue;
        for (size_t j = 0; j < s->sectors; j++)
            if (isnan(s->set[k].theta[j]))
                return pl_fail(m->error, PL_INVALID,
                               "%s/%s.csv: elasticity set %s has no value for sector %s", m->folder, name,
                               s->set[k].name, m->world->sector_code[j]);
        for (size_t e = 0; e < m->world->sets; e++)
            if (pl_same_word(m->world->set[e].name, s->set[k].name))
                return pl_fail(m->error, PL_INVALID, "%s/%s.csv: elasticity set %s is given twice", m->folder,
                               name, s->set[k].name);
        if (!pl_world_add_set(m->world, s->set[k].name, s->set[k].theta, errors_of(s, s->set[k].name)))
            return pl_fail_memory(m->error, s->sectors * sizeof(double));
    }
    return PL_OK;
}

static pl_status read_elasticities(importing *m) {
    set_columns sets = {.prefix = "", .sectors = m->world->sectors};
    table t = {"elasticities", 1, {{"sector", true, 0}}, set_heading, take_set_row, &sets};
    bool there;
    unmark(m);
    pl_status status = read_table(m, &t, &there);
    if (!status)
        status = keep_sets(m, t.name, &sets);
    free_sets(&sets);
    return status;
}

static pl_status read_sectors(importing *m) {
    set_columns sets = {.prefix = "theta_", .sectors = m->world->sectors};
    table t = {"sectors",   3,           {{"sector", true, 0}, {"name", false, 0}, {"goods", false, 0}},
               set_heading, take_sector, &sets};
    bool there;
    pl_status status = read_table(m, &t, &there);
    if (!status)
        status = keep_sets(m, t.name, &sets);
    free_sets(&sets);
    return status;
}

static pl_status take_note(importing *m, const pl_csv *csv, const pl_csv_row *row, const pl_csv_column *c,
                           void *context) {
    const char *key = row->field[c[0].at];
    (void)context;
    if (!*key)
        return pl_csv_fail(csv, row->line, m->error, "key is empty");
    if (pl_world_note(m->world, key))
        return pl_csv_fail(csv, row->line, m->error, "duplicate row: note '%.60s' appears a second time",
                           key);
    return pl_world_set_note(m->world, key, row->field[c[1].at], m->error);
}

static pl_status read_rest(importing *m) {
    table countries = {"countries", 2, {{"country", true, 0}, {"name", false, 0}}, NULL, take_country, NULL};
    table notes = {"notes", 2, {{"key", true, 0}, {"text", true, 0}}, NULL, take_note, NULL};
    bool there;
    pl_status status = read_table(m, &countries, &there);
    if (!status)
        status = read_elasticities(m);
    if (!status)
        status = read_sectors(m);
    return status ? status : read_table(m, &notes, &there);
}

static pl_status import_folder(importing *m) {
    pl_status status = read_codes(m, PL_COUNTRY, "countries", "country");
    if (!status)
        status = read_codes(m, PL_SECTOR, "sectors", "sector");
    if (!status)
        status = read_flows(m);
    m->rows = m->cells; /* labels are read once more below, and counted there */
    if (!status)
        status = make_world(m);
    if (!status)
        status = place_cells(m);
    if (!status)
        status = read_shares(m);
    if (!status)
        status = read_rest(m);
    if (status)
        return status;
    if (!pl_world_default_names(m->world))
        return pl_fail_memory(m->error, m->world->sectors);
    pl_world_tidy(m->world);
    return pl_world_form(m->world, m->folder, m->error);
}

pl_status pl_world_import_flows(const char *folder, pl_world **world, pl_change_report *report,
                                pl_error *error) {
    importing m = {.folder = folder, .error = error};
    struct stat info;
    *world = NULL;
    if (report)
        memset(report, 0, sizeof *report);
    if (stat(folder, &info))
        return pl_fail_errno(error, "cannot read", folder);
    if (!S_ISDIR(info.st_mode))
        return pl_fail(error, PL_IO, "%s is not a folder of CSV tables", folder);
    pl_status status = import_folder(&m);
    if (status)
        pl_world_free(m.world);
    else
        *world = m.world;
    if (report && !status)
        report->rows = m.rows;
    pl_lookup_clear(&m.label[PL_COUNTRY]);
    pl_lookup_clear(&m.label[PL_SECTOR]);
    free(m.cell);
    free(m.flows);
    free(m.seen);
    return status;
}
