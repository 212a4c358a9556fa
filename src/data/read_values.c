/* Values by country from a small CSV file, such as the value added a balance aims at. */
#include "data/data.h"

#include <string.h>

enum { COUNTRY, VALUE, VALUE_ADDED, COLUMNS };

/* The column of values: value_musd, or value_added, but not both. */
static pl_status value_column(const pl_csv *csv, const pl_csv_column *column, size_t *at, pl_error *error) {
    bool plain = column[VALUE].at != SIZE_MAX, named = column[VALUE_ADDED].at != SIZE_MAX;
    if (plain == named)
        return pl_csv_fail(csv, 1, error, "there must be a column 'value_musd'%s",
                           plain ? " or 'value_added', not both" : "");
    *at = plain ? column[VALUE].at : column[VALUE_ADDED].at;
    return PL_OK;
}

static pl_status take_row(const pl_world *w, const pl_csv *csv, const pl_csv_row *row, size_t country,
                          size_t value, double *values, bool *seen, pl_error *error) {
    size_t n = 0;
    pl_error inner;
    if (pl_world_find(w, PL_COUNTRY, row->field[country], &n, &inner))
        return pl_csv_fail(csv, row->line, error, "%s", inner.text);
    if (seen[n])
        return pl_csv_fail(csv, row->line, error, "duplicate row: country %s appears a second time",
                           w->country_code[n]);
    seen[n] = true;
    pl_status status = pl_csv_number(csv, row, value, "the value", &values[n], error);
    if (!status && !(values[n] >= 0))
        return pl_csv_fail(csv, row->line, error, "the value of %s is %g; it may not be negative",
                           w->country_code[n], values[n]);
    return status;
}

pl_status pl_world_read_values(const pl_world *w, const char *path, double *values, pl_error *error) {
    pl_csv_column column[COLUMNS] = {
        {"country", true, 0}, {"value_musd", false, 0}, {"value_added", false, 0}};
    pl_csv *csv = NULL;
    pl_csv_row row;
    size_t at = 0;
    bool *seen = pl_alloc(w->countries, sizeof *seen);
    pl_status status = seen ? pl_csv_open(path, &csv, error) : pl_fail_memory(error, w->countries);
    memset(values, 0, w->countries * sizeof *values);
    if (!status)
        status = pl_csv_header(csv, column, COLUMNS, NULL, NULL, error);
    if (!status)
        status = value_column(csv, column, &at, error);
    while (!status) {
        status = pl_csv_body(csv, &row, error);
        if (status || !row.count)
            break;
        status = take_row(w, csv, &row, column[COUNTRY].at, at, values, seen, error);
    }
    pl_csv_free(csv);
    free(seen);
    return status;
}
