/* Observed series: tables of what customs and statistics reported, each value with its basis. */
#include "check/check.h"

#include <dirent.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#ifndef PL_SERIES_FOLDER
#define PL_SERIES_FOLDER "series"
#define PL_SERIES_INSTALLED "series"
#endif

typedef struct {
    pl_quantity quantity;
    const char *unit;
    size_t basis; /* of BASES */
    long month;
    double value;
    size_t source; /* of the strings */
    size_t file, line;
} entry;

struct pl_series {
    entry *item;
    size_t count, room;
    pl_strings sources, files;
};

static const char *const BASES[] = {"level", "collected", "year on year", "month on month"};
enum { LEVEL, COLLECTED, YEAR, MONTH, BASIS_COUNT };

typedef struct {
    const char *name, *unit; /* of its levels */
    unsigned bases;
} kind;

static const kind KINDS[PL_QUANTITIES] = {
    [PL_Q_US_CHINA] = {"us-imports-china", "million USD", 1u << LEVEL},
    [PL_Q_US_OTHERS] = {"us-imports-others", "million USD", 1u << LEVEL},
    [PL_Q_RATE_CHINA] = {"us-rate-china", "percent", 1u << COLLECTED},
    [PL_Q_RATE_OTHERS] = {"us-rate-others", "percent", 1u << COLLECTED},
    [PL_Q_CHINA_USA] = {"china-exports-usa", "million USD", 1u << LEVEL | 1u << YEAR | 1u << MONTH},
    [PL_Q_CHINA_WORLD] = {"china-exports-world", "million USD", 1u << LEVEL | 1u << YEAR | 1u << MONTH},
    [PL_Q_MAGNET_WORLD] = {"magnet-exports-world", "tonnes", 1u << LEVEL | 1u << YEAR | 1u << MONTH},
    [PL_Q_MAGNET_USA] = {"magnet-exports-usa", "tonnes", 1u << LEVEL | 1u << YEAR | 1u << MONTH},
    [PL_Q_CONSUMER] = {"china-consumer-prices", "percent", 1u << YEAR},
    [PL_Q_PRODUCER] = {"china-producer-prices", "percent", 1u << YEAR},
};

pl_quantity pl_series_quantity(const char *name) {
    for (int q = 0; q < PL_QUANTITIES; q++)
        if (!strcmp(KINDS[q].name, name))
            return (pl_quantity)q;
    return PL_QUANTITIES;
}

const char *pl_quantity_series(pl_quantity quantity) {
    return KINDS[quantity].name;
}

/* ---- reading ---- */

enum { C_SERIES, C_MONTH, C_VALUE, C_UNIT, C_BASIS, C_SOURCE, COLUMNS };

typedef struct {
    pl_series *series;
    pl_csv *csv;
    pl_csv_row row;
    pl_csv_column column[COLUMNS];
    pl_error *error;
} reading;

static const char *field(const reading *r, int column) {
    return r->row.field[r->column[column].at];
}

static pl_status read_name(const reading *r, entry *e) {
    const char *names[PL_QUANTITIES];
    char near[160];
    for (int q = 0; q < PL_QUANTITIES; q++)
        names[q] = KINDS[q].name;
    e->quantity = pl_series_quantity(field(r, C_SERIES));
    if (e->quantity < PL_QUANTITIES)
        return PL_OK;
    return pl_csv_fail(r->csv, r->row.line, r->error, "unknown series '%s'%s", field(r, C_SERIES),
                       pl_suggest_text(near, sizeof near, field(r, C_SERIES), names, PL_QUANTITIES));
}

static pl_status read_basis(const reading *r, entry *e) {
    const char *text = field(r, C_BASIS), *name = KINDS[e->quantity].name;
    char near[160];
    if (!*text)
        return pl_csv_fail(
            r->csv, r->row.line, r->error,
            "the basis of %s is not named; it is level, collected, year on year or month on month", name);
    for (e->basis = 0; e->basis < BASIS_COUNT && strcmp(BASES[e->basis], text);)
        e->basis++;
    if (e->basis == BASIS_COUNT)
        return pl_csv_fail(r->csv, r->row.line, r->error,
                           "unknown basis '%s'%s; it is level, collected, year on year or month on month",
                           text, pl_suggest_text(near, sizeof near, text, BASES, BASIS_COUNT));
    if (!(KINDS[e->quantity].bases >> e->basis & 1))
        return pl_csv_fail(r->csv, r->row.line, r->error, "%s has no basis '%s'", name, text);
    e->unit = e->basis == LEVEL ? KINDS[e->quantity].unit : "percent";
    if (strcmp(field(r, C_UNIT), e->unit))
        return pl_csv_fail(r->csv, r->row.line, r->error, "%s (%s) is in %s, not in '%s'", name, text,
                           e->unit, field(r, C_UNIT));
    return PL_OK;
}

/* "2025-04" as year * 12 + month - 1. */
static pl_status read_month(const reading *r, entry *e) {
    const char *text = field(r, C_MONTH);
    int year = 0, month = 0, used = 0;
    if (strlen(text) != 7 || sscanf(text, "%4d-%2d%n", &year, &month, &used) != 2 || used != 7 || month < 1 ||
        month > 12 || year < 1900)
        return pl_csv_fail(r->csv, r->row.line, r->error, "'%s' is not a month such as 2025-04", text);
    e->month = 12L * year + month - 1;
    return PL_OK;
}

static pl_status read_entry(const reading *r, entry *e) {
    pl_status status = read_name(r, e);
    if (!status)
        status = read_basis(r, e);
    if (!status)
        status = read_month(r, e);
    if (!status)
        status = pl_csv_number(r->csv, &r->row, r->column[C_VALUE].at, "value", &e->value, r->error);
    if (!status && e->basis == LEVEL && !(e->value > 0))
        status = pl_csv_fail(r->csv, r->row.line, r->error, "the level of %s is %g; it must be above 0",
                             KINDS[e->quantity].name, e->value);
    if (!status && !*field(r, C_SOURCE))
        status = pl_csv_fail(r->csv, r->row.line, r->error, "%s has no source", KINDS[e->quantity].name);
    return status;
}

static const entry *find(const pl_series *s, pl_quantity quantity, size_t basis, long month) {
    for (size_t i = 0; i < s->count; i++)
        if (s->item[i].quantity == quantity && s->item[i].basis == basis && s->item[i].month == month)
            return &s->item[i];
    return NULL;
}

static pl_status add(const reading *r, entry e) {
    pl_series *s = r->series;
    const entry *before = find(s, e.quantity, e.basis, e.month);
    if (before)
        return pl_csv_fail(r->csv, r->row.line, r->error,
                           "%s has two values for %ld-%02ld (%s): here and in %s:%zu", KINDS[e.quantity].name,
                           e.month / 12, e.month % 12 + 1, BASES[e.basis], s->files.item[before->file],
                           before->line);
    if (!pl_grow(&s->item, &s->room, s->count, sizeof *s->item))
        return pl_fail_memory(r->error, (s->count + 1) * sizeof *s->item);
    const char *source = field(r, C_SOURCE);
    if (!s->sources.count || strcmp(s->sources.item[s->sources.count - 1], source))
        if (!pl_strings_add(&s->sources, source))
            return pl_fail_memory(r->error, strlen(source));
    e.source = s->sources.count - 1;
    e.file = s->files.count - 1;
    e.line = r->row.line;
    s->item[s->count++] = e;
    return PL_OK;
}

static pl_status read_file(pl_series *series, const char *path, pl_error *error) {
    reading r = {.series = series,
                 .column = {{"series", true, 0},
                            {"month", true, 0},
                            {"value", true, 0},
                            {"unit", true, 0},
                            {"basis", true, 0},
                            {"source", true, 0}},
                 .error = error};
    pl_status status = pl_csv_open(path, &r.csv, error);
    if (status)
        return status;
    if (!pl_strings_add(&series->files, path))
        status = pl_fail_memory(error, strlen(path));
    if (!status)
        status = pl_csv_header(r.csv, r.column, COLUMNS, NULL, NULL, error);
    while (!status) {
        entry e = {0};
        status = pl_csv_body(r.csv, &r.row, error);
        if (status || !r.row.count)
            break;
        status = read_entry(&r, &e);
        if (!status)
            status = add(&r, e);
    }
    pl_csv_free(r.csv);
    return status;
}

/* Tables of rates, which lie in the same folder, begin with another heading. */
static bool is_series_table(const char *path) {
    char head[8] = "";
    FILE *file = fopen(path, "rb");
    size_t got = file ? fread(head, 1, sizeof head - 1, file) : 0;
    if (file)
        fclose(file);
    return got != 7 || strcmp(head, "importe") != 0;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static pl_status list_tables(const char *folder, pl_strings *paths, pl_error *error) {
    DIR *open = opendir(folder);
    if (!open)
        return pl_fail_errno(error, "cannot read", folder);
    bool fits = true;
    for (struct dirent *entry_of; fits && (entry_of = readdir(open));) {
        const char *dot = strrchr(entry_of->d_name, '.');
        if (!dot || strcmp(dot, ".csv") != 0 || entry_of->d_name[0] == '.')
            continue;
        char *path = pl_format("%s/%s", folder, entry_of->d_name);
        fits = path && pl_strings_add(paths, path);
        free(path);
    }
    closedir(open);
    if (!fits)
        return pl_fail_memory(error, strlen(folder));
    if (paths->count)
        qsort(paths->item, paths->count, sizeof *paths->item, by_name);
    return PL_OK;
}

const char *pl_series_folder(void) {
    const char *folder = getenv("PARLEY_SERIES");
    struct stat info;
    if (folder && *folder)
        return folder;
    return stat(PL_SERIES_FOLDER, &info) ? PL_SERIES_INSTALLED : PL_SERIES_FOLDER;
}

pl_status pl_series_load(const char *folder, pl_series **series, pl_error *error) {
    const char *from = folder ? folder : pl_series_folder();
    pl_strings paths = {0};
    *series = NULL;
    pl_series *s = pl_alloc(1, sizeof *s);
    if (!s)
        return pl_fail_memory(error, sizeof *s);
    pl_status status = list_tables(from, &paths, error);
    for (size_t i = 0; i < paths.count && !status; i++)
        if (is_series_table(paths.item[i]))
            status = read_file(s, paths.item[i], error);
    pl_strings_clear(&paths);
    if (!status && !s->count)
        status = pl_fail(error, PL_INVALID, "%s: no table of observed series in this folder", from);
    if (status) {
        pl_series_free(s);
        return status;
    }
    *series = s;
    return PL_OK;
}

void pl_series_free(pl_series *s) {
    if (!s)
        return;
    free(s->item);
    pl_strings_clear(&s->sources);
    pl_strings_clear(&s->files);
    free(s);
}

size_t pl_series_count(const pl_series *s) {
    return s->count;
}

pl_series_point pl_series_get(const pl_series *s, size_t index) {
    const entry *e = &s->item[index];
    return (pl_series_point){.series = KINDS[e->quantity].name,
                             .unit = e->unit,
                             .basis = BASES[e->basis],
                             .source = s->sources.item[e->source],
                             .year = (int)(e->month / 12),
                             .month = (int)(e->month % 12) + 1,
                             .value = e->value};
}

double pl_series_value(const pl_series *s, pl_quantity quantity, const char *basis, long month) {
    size_t b = 0;
    while (b < BASIS_COUNT && strcmp(BASES[b], basis))
        b++;
    const entry *e = find(s, quantity, b, month);
    return e ? e->value : NAN;
}
