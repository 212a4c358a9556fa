/*
 * A world from the csv layout of the OECD inter-country input-output tables, row by row. A row is a seller's
 * sector; its columns are users, COUNTRY_SECTOR, and final demand, COUNTRY_CATEGORY. Memory is that of the
 * world; the table itself, far larger, is never held.
 *
 * Flows are what all users and final demand of a country buy. Gross output is what flows add up to, so that
 * the identities hold; what the table states as output is compared with it. Value added is what inputs leave
 * of output: taxes less subsidies on inputs are in it.
 */
#include "data/data.h"

#include <math.h>
#include <string.h>

/* Parts of a country that the tables keep apart for processing trade. */
static const char *const PART[][2] = {{"CN1", "CHN"}, {"CN2", "CHN"}, {"MX1", "MEX"}, {"MX2", "MEX"}};
static const char *const FINAL[] = {"HFCE", "HC",   "NPISH",    "GGFC",        "GFCF",   "INVNT", "DPABR",
                                    "P33",  "DIRP", "CONS_ABR", "CONS_NONRES", "NONRES", "FD"};
static const char *const OUTPUT[] = {"OUT", "OUTPUT", "TOTAL"};
static const char *const OTHER[] = {"VA", "VALU", "VALUE_ADDED", "TLS", "TAXSUB", "TXS", "DISC"};
enum { PARTS = sizeof PART / sizeof *PART, FINALS = sizeof FINAL / sizeof *FINAL, OUTPUTS = 3, OTHERS = 7 };

typedef enum { USER, FINAL_DEMAND, TOTAL, IGNORED } kind;

typedef struct {
    kind kind;
    size_t country, sector;
    bool met; /* USER: the row of this sector has been read */
} column;

typedef struct {
    pl_csv *csv;
    pl_error *error;
    pl_lookup label, country, sector; /* label: all columns but the first, in order */
    column *column;
    size_t columns;
    pl_world *world;
    double *input;    /* [N][J][J] million USD, in the place of the input shares */
    double *by_buyer; /* [N] one row */
    double *stated;   /* [N][J] output as the table states it */
    bool has_output;
    pl_change_report report;
} importing;

static bool is_one_of(const char *text, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (pl_same_word(text, list[i]))
            return true;
    return false;
}

/* ---- header ---- */

static pl_status add_label(const importing *m, pl_lookup *lookup, const char *text, size_t *index) {
    *index = pl_lookup_add(lookup, text);
    return *index == SIZE_MAX ? pl_fail_memory(m->error, strlen(text)) : PL_OK;
}

/* Splits "CN1_C26" into the country CHN and the sector C26. */
static pl_status split_label(importing *m, const char *label, const char *underscore, column *c) {
    char *country = pl_format("%.*s", (int)(underscore - label), label);
    if (!country)
        return pl_fail_memory(m->error, strlen(label));
    const char *whole = country;
    for (size_t p = 0; p < PARTS; p++)
        if (!strcmp(country, PART[p][0]))
            whole = PART[p][1];
    pl_status status = add_label(m, &m->country, whole, &c->country);
    c->kind = is_one_of(underscore + 1, FINAL, FINALS) ? FINAL_DEMAND : USER;
    if (!status && c->kind == USER)
        status = add_label(m, &m->sector, underscore + 1, &c->sector);
    free(country);
    return status;
}

static pl_status read_column(importing *m, size_t line, size_t number, const char *label, column *c) {
    const char *underscore = strchr(label, '_');
    if (pl_lookup_find(&m->label, label) != SIZE_MAX)
        return pl_csv_fail(m->csv, line, m->error, "column '%.60s' appears twice", label);
    size_t index;
    pl_status status = add_label(m, &m->label, label, &index);
    if (status)
        return status;
    if (is_one_of(label, OUTPUT, OUTPUTS))
        c->kind = TOTAL;
    else if (is_one_of(label, OTHER, OTHERS))
        c->kind = IGNORED;
    else if (underscore && underscore != label && underscore[1])
        return split_label(m, label, underscore, c);
    else
        return pl_csv_fail(m->csv, line, m->error,
                           "column %zu is '%.60s'; it must be COUNTRY_SECTOR, COUNTRY_FINALDEMAND or OUT",
                           number, label);
    return PL_OK;
}

static pl_status read_header(importing *m) {
    pl_csv_row row;
    pl_status status = pl_csv_next(m->csv, &row, m->error);
    if (status)
        return status;
    if (row.count < 3)
        return pl_csv_fail(m->csv, row.line, m->error,
                           "the first line must name the columns: a label, COUNTRY_SECTOR ..., "
                           "COUNTRY_FINALDEMAND ..., OUT");
    m->columns = row.count - 1;
    m->column = pl_alloc(m->columns, sizeof *m->column);
    if (!m->column)
        return pl_fail_memory(m->error, m->columns * sizeof *m->column);
    for (size_t f = 0; f < m->columns && !status; f++)
        status = read_column(m, row.line, f + 2, row.field[f + 1], &m->column[f]);
    if (!status && (!m->country.labels.count || !m->sector.labels.count))
        status = pl_csv_fail(m->csv, row.line, m->error, "no column is of the form COUNTRY_SECTOR");
    return status;
}

static pl_status make_world(importing *m, const char *path) {
    size_t N = m->country.labels.count, J = m->sector.labels.count;
    pl_status status = pl_world_refuse_size(path, N, J, m->error);
    if (status)
        return status;
    m->world = pl_world_blank(N, J);
    m->by_buyer = pl_alloc(N, sizeof(double));
    m->stated = pl_alloc(N * J, sizeof(double));
    bool made = m->world && m->by_buyer && m->stated;
    for (size_t n = 0; n < N && made; n++)
        made = pl_world_label(m->world, PL_COUNTRY, n, m->country.labels.item[n], NULL);
    for (size_t j = 0; j < J && made; j++)
        made = pl_world_label(m->world, PL_SECTOR, j, m->sector.labels.item[j], NULL);
    if (!made)
        return pl_fail_memory(m->error, N * N * J * sizeof(double));
    m->input = m->world->input_share;
    return PL_OK;
}

/* ---- rows ---- */

static pl_status read_value(const importing *m, const pl_csv_row *row, size_t f, double *value) {
    if (pl_csv_read(row->field[f + 1], value))
        return PL_OK;
    return pl_csv_fail(m->csv, row->line, m->error,
                       "row %.60s, column %.60s is '%.60s'; it must be a finite number", row->field[0],
                       m->label.labels.item[f], row->field[f + 1]);
}

/* The sales of one sector of one country. */
static pl_status take_seller(importing *m, const pl_csv_row *row, column *seller) {
    size_t N = m->world->countries, J = m->world->sectors, j = seller->sector, i = seller->country;
    if (seller->met)
        return pl_csv_fail(m->csv, row->line, m->error, "duplicate row: %.60s appears a second time",
                           row->field[0]);
    seller->met = true;
    memset(m->by_buyer, 0, N * sizeof(double));
    for (size_t f = 0; f < m->columns; f++) {
        const column *c = &m->column[f];
        double value = 0;
        if (c->kind > FINAL_DEMAND)
            continue;
        pl_status status = read_value(m, row, f, &value);
        if (status)
            return status;
        m->by_buyer[c->country] += value;
        if (c->kind == USER)
            m->input[(c->country * J + c->sector) * J + j] += value;
    }
    for (size_t n = 0; n < N; n++)
        m->world->flow[(j * N + n) * N + i] += m->by_buyer[n];
    return PL_OK;
}

/* Output of every sector as the table states it. */
static pl_status take_output(importing *m, const pl_csv_row *row) {
    pl_status status = PL_OK;
    if (m->has_output)
        return pl_csv_fail(m->csv, row->line, m->error, "duplicate row: %.60s appears a second time",
                           row->field[0]);
    m->has_output = true;
    for (size_t f = 0; f < m->columns && !status; f++) {
        const column *c = &m->column[f];
        double value = 0;
        if (c->kind != USER)
            continue;
        status = read_value(m, row, f, &value);
        m->stated[c->country * m->world->sectors + c->sector] += value;
    }
    return status;
}

static pl_status take_row(importing *m, const pl_csv_row *row) {
    const char *label = row->field[0];
    if (row->count != m->columns + 1)
        return pl_csv_fail(m->csv, row->line, m->error, "the row has %zu fields, the header has %zu%s",
                           row->count, m->columns + 1,
                           row->count <= m->columns ? "; is the file cut short?" : "");
    m->report.rows++;
    size_t f = pl_lookup_find(&m->label, label);
    if (f != SIZE_MAX && m->column[f].kind == USER)
        return take_seller(m, row, &m->column[f]);
    if (is_one_of(label, OUTPUT, OUTPUTS))
        return take_output(m, row);
    size_t length = strlen(label);
    bool taxes = length > 7 && pl_same_word(label + length - 7, "_TAXSUB");
    if (is_one_of(label, OTHER, OTHERS) || taxes || !strncmp(label, "TXS_", 4))
        return PL_OK;
    char near[160];
    return pl_csv_fail(
        m->csv, row->line, m->error, "row '%.60s' is neither a column of the header%s nor VA, TLS or OUT",
        label,
        pl_suggest_text(near, sizeof near, label, (const char *const *)m->label.labels.item, m->columns));
}

static pl_status check_end(const importing *m) {
    for (size_t f = 0; f < m->columns; f++)
        if (m->column[f].kind == USER && !m->column[f].met)
            return pl_csv_fail(
                m->csv, pl_csv_line(m->csv), m->error,
                "the file ends without a row for %s; is it cut short, or is that a category of final demand "
                "unknown here?",
                m->label.labels.item[f]);
    return m->has_output ? PL_OK
                         : pl_csv_fail(m->csv, pl_csv_line(m->csv), m->error,
                                       "the file ends without a row OUT for gross output; is it cut short?");
}

/* ---- shares ---- */

/* Sales to a country that stocks made negative are set to zero. */
static void clip(importing *m) {
    pl_world *w = m->world;
    for (size_t at = 0; at < w->sectors * w->countries * w->countries; at++) {
        if (w->flow[at] >= 0)
            continue;
        m->report.negative_cells++;
        m->report.negative_value += w->flow[at];
        w->flow[at] = 0;
    }
}

static void compare_output(importing *m, const double *output) {
    for (size_t nj = 0; nj < m->world->countries * m->world->sectors; nj++) {
        double gap = fabs(m->stated[nj] - output[nj]);
        if (gap > m->report.output_gap) {
            m->report.output_gap = gap;
            m->report.gap_country = nj / m->world->sectors;
            m->report.gap_sector = nj % m->world->sectors;
        }
    }
}

/* Inputs in money become shares of output. A sector that sells nothing has no technology to tell: labour
 * only. */
static void divide_inputs(importing *m, const double *output) {
    size_t J = m->world->sectors;
    for (size_t nj = 0; nj < m->world->countries * J; nj++) {
        double *input = m->input + nj * J;
        for (size_t k = 0; k < J; k++) {
            double value = output[nj] > 0 ? input[k] / output[nj] : 0;
            if (value < 0) {
                m->report.negative_cells++;
                m->report.negative_value += input[k];
            }
            input[k] = value > 0 ? value : 0;
        }
    }
    pl_world_close_value_added(m->world);
}

static pl_status finish(importing *m, const char *path) {
    pl_world *w = m->world;
    double *output = pl_alloc(w->countries * w->sectors, sizeof *output);
    if (!output)
        return pl_fail_memory(m->error, w->countries * w->sectors * sizeof *output);
    pl_world_output(w, output);
    compare_output(m, output);
    clip(m);
    pl_world_output(w, output);
    divide_inputs(m, output);
    free(output);
    pl_world_default_goods(w);
    if (!pl_world_default_names(w))
        return pl_fail_memory(m->error, w->sectors);
    return pl_world_form(w, path, m->error);
}

static pl_status read_table(importing *m, const char *path) {
    pl_csv_row row;
    pl_status status = read_header(m);
    if (!status)
        status = make_world(m, path);
    while (!status) {
        status = pl_csv_next(m->csv, &row, m->error);
        if (status || !row.count)
            break;
        status = take_row(m, &row);
    }
    if (!status)
        status = check_end(m);
    return status ? status : finish(m, path);
}

pl_status pl_world_read_icio(pl_csv *csv, const char *path, pl_world **world, pl_change_report *report,
                             pl_error *error) {
    importing m = {.csv = csv, .error = error};
    *world = NULL;
    pl_status status = read_table(&m, path);
    if (status)
        pl_world_free(m.world);
    else
        *world = m.world;
    if (report)
        *report = m.report;
    pl_lookup_clear(&m.label);
    pl_lookup_clear(&m.country);
    pl_lookup_clear(&m.sector);
    free(m.column);
    free(m.by_buyer);
    free(m.stated);
    return status;
}

pl_status pl_world_import_icio(const char *path, pl_world **world, pl_change_report *report,
                               pl_error *error) {
    pl_csv *csv = NULL;
    *world = NULL;
    if (report)
        memset(report, 0, sizeof *report);
    pl_status status = pl_csv_open(path, &csv, error);
    if (!status)
        status = pl_world_read_icio(csv, path, world, report, error);
    pl_csv_free(csv);
    return status;
}
