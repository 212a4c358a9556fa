/* Tariffs cell by cell from a CSV file: importer, exporter, sector, rate. */
#include "policy/policy.h"

#include <math.h>

enum { IMPORTER, EXPORTER, SECTOR, RATE, COLUMNS };

typedef struct {
    pl_csv *csv;
    const pl_world *world;
    pl_rate_basis basis;
    pl_csv_column column[COLUMNS];
    double *rate; /* [J][N][N] */
    pl_error *error;
} table;

static pl_status find(table *t, const pl_csv_row *row, int column, pl_axis axis, size_t *index) {
    pl_error inner = {PL_OK, ""};
    if (pl_world_find(t->world, axis, row->field[t->column[column].at], index, &inner))
        return pl_csv_fail(t->csv, row->line, t->error, "%s: %s", t->column[column].name, inner.text);
    return PL_OK;
}

static pl_status take_row(table *t, const pl_csv_row *row) {
    size_t n = 0, i = 0, j = 0, N = pl_world_size(t->world, PL_COUNTRY);
    pl_status status = find(t, row, IMPORTER, PL_COUNTRY, &n);
    if (!status)
        status = find(t, row, EXPORTER, PL_COUNTRY, &i);
    if (!status)
        status = find(t, row, SECTOR, PL_SECTOR, &j);
    if (status)
        return status;
    pl_error inner = {PL_OK, ""};
    double rate = 0, *cell = &t->rate[(j * N + n) * N + i];
    if (pl_basis_rate(row->field[t->column[RATE].at], "rate", t->basis, &rate, &inner))
        return pl_csv_fail(t->csv, row->line, t->error, "%s", inner.text);
    if (n == i)
        return pl_csv_fail(t->csv, row->line, t->error, "importer and exporter are both %s",
                           pl_world_code(t->world, PL_COUNTRY, n));
    if (!isnan(*cell))
        return pl_csv_fail(t->csv, row->line, t->error, "a second row for %s, %s and %s",
                           pl_world_code(t->world, PL_COUNTRY, n), pl_world_code(t->world, PL_COUNTRY, i),
                           pl_world_code(t->world, PL_SECTOR, j));
    *cell = rate;
    return PL_OK;
}

static pl_status read_rows(table *t) {
    pl_status status = pl_csv_header(t->csv, t->column, COLUMNS, NULL, NULL, t->error);
    while (!status) {
        pl_csv_row row;
        status = pl_csv_body(t->csv, &row, t->error);
        if (!status && !row.count)
            break;
        if (!status)
            status = take_row(t, &row);
    }
    return status;
}

pl_status pl_tariff_table_read(const char *path, pl_rate_basis basis, const pl_world *world, double **rate,
                               pl_error *error) {
    size_t N = pl_world_size(world, PL_COUNTRY), cells = N * N * pl_world_size(world, PL_SECTOR);
    table t = {
        .world = world,
        .basis = basis,
        .column = {{"importer", true, 0}, {"exporter", true, 0}, {"sector", true, 0}, {"rate", true, 0}},
        .error = error};
    *rate = NULL;
    t.rate = pl_alloc(cells, sizeof *t.rate);
    if (!t.rate)
        return pl_fail_memory(error, cells * sizeof *t.rate);
    for (size_t c = 0; c < cells; c++)
        t.rate[c] = NAN;
    pl_status status = pl_csv_open(path, &t.csv, error);
    if (!status)
        status = read_rows(&t);
    pl_csv_free(t.csv);
    if (status)
        free(t.rate);
    else
        *rate = t.rate;
    return status;
}
