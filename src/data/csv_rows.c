/* Rows of a CSV file, one at a time, with the line each starts on. Quoting is read by libcsv. */
#include "data/data.h"

#include <csv.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { CHUNK = 1 << 16, MOST_FIELDS = 1 << 20, LONGEST_LINE = 1 << 26 };

struct pl_csv {
    pl_reader *reader;
    struct csv_parser parser;
    size_t line;  /* lines handed to the parser */
    bool ended;   /* no more bytes in the reader */
    char *buffer; /* bytes waiting, [start, end) */
    size_t start, end, room;
    char *text; /* the fields of the row being made, each ended by a zero */
    size_t text_used, text_room;
    size_t *offset;     /* where each field starts in `text` */
    const char **field; /* made from offset when the row is whole */
    size_t fields, field_room;
    size_t columns;                         /* of the header */
    bool whole, no_memory, has_zero, mixed; /* mixed: a row ended in the middle of a line */
};

/* ---- fields, called by libcsv ---- */

static bool make_room(pl_csv *c, size_t length) {
    if (c->text_used + length + 1 > c->text_room) {
        size_t room = 2 * (c->text_used + length + 1);
        char *grown = realloc(c->text, room);
        if (!grown)
            return false;
        c->text = grown;
        c->text_room = room;
    }
    if (c->fields < c->field_room)
        return true;
    size_t room = c->field_room ? 2 * c->field_room : 16;
    size_t *offset = realloc(c->offset, room * sizeof *offset);
    c->offset = offset ? offset : c->offset;
    const char **field = realloc(c->field, room * sizeof *field);
    c->field = field ? field : c->field;
    if (!offset || !field)
        return false;
    c->field_room = room;
    return true;
}

static void take_field(void *bytes, size_t length, void *context) {
    pl_csv *c = context;
    c->mixed = c->mixed || c->whole;
    if (c->no_memory || c->mixed || c->fields >= MOST_FIELDS)
        return;
    if (!make_room(c, length)) {
        c->no_memory = true;
        return;
    }
    c->offset[c->fields++] = c->text_used;
    if (length)
        memcpy(c->text + c->text_used, bytes, length);
    c->has_zero = c->has_zero || memchr(c->text + c->text_used, 0, length);
    c->text[c->text_used + length] = 0;
    c->text_used += length + 1;
}

static void take_row(int ending, void *context) {
    pl_csv *c = context;
    (void)ending;
    c->whole = true;
}

/* ---- lines ---- */

/* Reads more bytes behind those waiting. */
static pl_status read_more(pl_csv *c, pl_error *error) {
    if (c->end > c->start)
        memmove(c->buffer, c->buffer + c->start, c->end - c->start);
    c->end -= c->start;
    c->start = 0;
    if (c->end + CHUNK > c->room) {
        size_t room = 2 * (c->end + CHUNK);
        char *grown = room <= LONGEST_LINE ? realloc(c->buffer, room) : NULL;
        if (!grown && room > LONGEST_LINE)
            return pl_fail_at(error, PL_INVALID, pl_reader_name(c->reader), c->line + 1,
                              "the line is longer than %d bytes; this is no CSV file", LONGEST_LINE / 2);
        if (!grown)
            return pl_fail_memory(error, room);
        c->buffer = grown;
        c->room = room;
    }
    size_t got = 0;
    pl_status status = pl_reader_read(c->reader, c->buffer + c->end, CHUNK, &got, error);
    if (status && error && status != PL_NO_MEMORY && c->line) {
        pl_error at = *error;
        pl_fail(error, status, "%s, after line %zu", at.text, c->line);
    }
    c->end += got;
    c->ended = got == 0;
    return status;
}

/* Finds the next whole line, its newline included; *length is 0 at the end of the file. */
static pl_status next_line(pl_csv *c, size_t *length, pl_error *error) {
    size_t looked = 0;
    for (;;) {
        const char *from = c->buffer + c->start;
        size_t waiting = c->end - c->start;
        const char *newline = waiting > looked ? memchr(from + looked, '\n', waiting - looked) : NULL;
        if (newline || c->ended) {
            *length = newline ? (size_t)(newline - from) + 1 : waiting;
            return PL_OK;
        }
        looked = waiting;
        pl_status status = read_more(c, error);
        if (status)
            return status;
    }
}

static pl_status check_parse(const pl_csv *c, bool parsed, pl_error *error) {
    const char *name = pl_reader_name(c->reader);
    if (c->no_memory || (!parsed && csv_error((struct csv_parser *)&c->parser) == CSV_ENOMEM))
        return pl_fail_memory(error, c->text_room);
    if (!parsed)
        return pl_fail_at(error, PL_INVALID, name, c->line, "a quotation mark is out of place");
    if (c->has_zero)
        return pl_fail_at(error, PL_INVALID, name, c->line, "there is a zero byte; this is no text file");
    if (c->mixed)
        return pl_fail_at(
            error, PL_INVALID, name, c->line,
            "there is a carriage return in the middle of the line; lines must end in LF or CR LF");
    if (c->fields >= MOST_FIELDS)
        return pl_fail_at(error, PL_INVALID, name, c->line, "there are more than %d fields", MOST_FIELDS - 1);
    return PL_OK;
}

/* Some programs write a byte-order mark before the first field. */
static void skip_mark(pl_csv *c, size_t *length) {
    if (!c->line && *length >= 3 && !memcmp(c->buffer + c->start, "\xef\xbb\xbf", 3)) {
        c->start += 3;
        *length -= 3;
    }
}

static bool is_blank(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (!isspace((unsigned char)text[i]))
            return false;
    return true;
}

pl_status pl_csv_next(pl_csv *c, pl_csv_row *row, pl_error *error) {
    *row = (pl_csv_row){0};
    c->fields = c->text_used = 0;
    c->whole = c->has_zero = c->mixed = false;
    for (bool last = false; !c->whole && !last;) {
        size_t length = 0;
        pl_status status = next_line(c, &length, error);
        if (status)
            return status;
        last = length == 0;
        skip_mark(c, &length);
        const char *line = c->buffer + c->start;
        c->line += !last;
        c->start += length;
        if (!row->line && !last && !is_blank(line, length))
            row->line = c->line;
        bool parsed = last ? !csv_fini(&c->parser, take_field, take_row, c)
                           : csv_parse(&c->parser, line, length, take_field, take_row, c) == length;
        status = check_parse(c, parsed, error);
        if (status)
            return status;
    }
    for (size_t i = 0; i < c->fields; i++)
        c->field[i] = c->text + c->offset[i];
    row->count = c->fields;
    row->field = c->field;
    return PL_OK;
}

/* ---- opening ---- */

static pl_status start(pl_reader *reader, pl_csv **csv, pl_error *error) {
    pl_csv *c = pl_alloc(1, sizeof *c);
    if (!c) {
        pl_reader_free(reader);
        return pl_fail_memory(error, sizeof *c);
    }
    c->reader = reader;
    csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI);
    c->room = 2 * CHUNK;
    c->buffer = pl_alloc(c->room, 1);
    if (!c->buffer) {
        pl_csv_free(c);
        return pl_fail_memory(error, 2 * CHUNK);
    }
    *csv = c;
    return PL_OK;
}

pl_status pl_csv_open(const char *path, pl_csv **csv, pl_error *error) {
    pl_reader *reader = NULL;
    *csv = NULL;
    pl_status status = pl_reader_open(path, &reader, error);
    return status ? status : start(reader, csv, error);
}

pl_status pl_csv_from(FILE *file, const char *name, pl_csv **csv, pl_error *error) {
    pl_reader *reader = NULL;
    *csv = NULL;
    pl_status status = pl_reader_from(file, name, &reader, error);
    return status ? status : start(reader, csv, error);
}

void pl_csv_free(pl_csv *c) {
    if (!c)
        return;
    pl_reader_free(c->reader);
    csv_free(&c->parser);
    free(c->buffer);
    free(c->text);
    free(c->offset);
    free(c->field);
    free(c);
}

pl_status pl_csv_fail(const pl_csv *c, size_t line, pl_error *error, const char *format, ...) {
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return pl_fail_at(error, PL_INVALID, pl_reader_name(c->reader), line, "%s", text);
}

size_t pl_csv_line(const pl_csv *c) {
    return c->line;
}

/* ---- columns and numbers ---- */

/* Which of the columns a heading is; `count` when it is none. */
static size_t find_column(const pl_csv_column *columns, size_t count, const char *heading) {
    size_t k = 0;
    while (k < count && !pl_same_word(columns[k].name, heading))
        k++;
    return k;
}

static pl_status unknown_column(const pl_csv *c, const pl_csv_row *row, const char *heading,
                                const pl_csv_column *columns, size_t count, pl_error *error) {
    char near[160] = "", known[400] = "";
    const char **names = pl_alloc(count, sizeof *names);
    for (size_t k = 0, used = 0; k < count && used < sizeof known; k++) {
        int length = snprintf(known + used, sizeof known - used, "%s%s", k ? ", " : "", columns[k].name);
        used += length > 0 ? (size_t)length : 0;
        if (names)
            names[k] = columns[k].name;
    }
    if (names)
        pl_suggest_text(near, sizeof near, heading, names, count);
    free(names);
    return pl_csv_fail(c, row->line, error, "unknown column '%s'%s; known are %s", heading, near, known);
}

pl_status pl_csv_header(pl_csv *c, pl_csv_column *columns, size_t count, pl_header_extra extra, void *context,
                        pl_error *error) {
    pl_csv_row row;
    pl_status status = pl_csv_next(c, &row, error);
    if (status)
        return status;
    if (!row.count)
        return pl_csv_fail(c, 0, error, "the file is empty; its first line must name the columns");
    for (size_t k = 0; k < count; k++)
        columns[k].at = SIZE_MAX;
    for (size_t f = 0; f < row.count && !status; f++) {
        size_t k = find_column(columns, count, row.field[f]);
        if (k == count && extra && extra(context, row.field[f], f, &status, error))
            continue;
        if (k == count)
            return unknown_column(c, &row, row.field[f], columns, count, error);
        if (columns[k].at != SIZE_MAX)
            return pl_csv_fail(c, row.line, error, "column '%s' appears twice", columns[k].name);
        columns[k].at = f;
    }
    for (size_t k = 0; k < count && !status; k++)
        if (columns[k].required && columns[k].at == SIZE_MAX)
            return pl_csv_fail(c, row.line, error, "column '%s' is missing", columns[k].name);
    c->columns = row.count;
    return status;
}

pl_status pl_csv_body(pl_csv *c, pl_csv_row *row, pl_error *error) {
    pl_status status = pl_csv_next(c, row, error);
    if (!status && row->count && row->count != c->columns)
        return pl_csv_fail(c, row->line, error, "the row has %zu fields, the header has %zu%s", row->count,
                           c->columns, row->count < c->columns ? "; is the file cut short?" : "");
    return status;
}

/* Decimal digits that fit a double exactly, over a power of ten that does: the quotient is correctly rounded.
 */
static bool read_plain_decimal(const char *text, double *value) {
    static const double power[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *p = text + (*text == '-');
    uint64_t digits = 0;
    size_t count = 0, decimals = 0;
    bool point = false;
    for (; *p && count <= 15; p++) {
        if (*p == '.' && !point) {
            point = true;
            continue;
        }
        if (*p < '0' || *p > '9')
            return false;
        digits = 10 * digits + (uint64_t)(*p - '0');
        count++;
        decimals += point;
    }
    if (*p || !count || count > 15)
        return false;
    *value = (double)digits / power[decimals];
    if (*text == '-')
        *value = -*value;
    return true;
}

bool pl_csv_read(const char *text, double *value) {
    return read_plain_decimal(text, value) || pl_read_number(text, value);
}

pl_status pl_csv_number(const pl_csv *c, const pl_csv_row *row, size_t field, const char *what, double *value,
                        pl_error *error) {
    if (pl_csv_read(row->field[field], value))
        return PL_OK;
    return pl_csv_fail(c, row->line, error, "%s is '%.60s'; it must be a finite number", what,
                       row->field[field]);
}

pl_status pl_csv_check_rate(const pl_csv *csv, size_t line, const char *what, double rate, pl_error *error) {
    if (!(rate > -1))
        return pl_csv_fail(csv, line, error, "%s is %g; it must be above -1 (-100 %%)", what, rate);
    if (!(rate <= PL_MOST_RATE))
        return pl_csv_fail(csv, line, error,
                           "%s is %g, which would be %g %%; rates are fractions: %g is %g %%", what, rate,
                           100 * rate, rate / 100, rate);
    return PL_OK;
}
