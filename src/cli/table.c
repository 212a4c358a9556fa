/* Tables of the program's own that fit the width: what matters least is cut or left out, no line wraps. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, CELL = 1024 };

void cli_wrap(const char *lead, const char *format, ...) {
    char text[4096], first[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(first, sizeof first, "%s", lead);
    cli_fold(text);
    cli_fold(first);
    pl_text_wrap(stdout, first, text, cli_layout().width);
}

/* ---- filling ---- */

void cli_table_init(cli_table *t, const cli_column *column, size_t columns) {
    *t = (cli_table){.column = column, .columns = columns, .next = columns};
}

void cli_table_row(cli_table *t) {
    if (t->rows == t->room) {
        size_t room = t->room ? 2 * t->room : 64;
        char **cell = realloc(t->cell, room * (t->columns + 1) * sizeof *cell);
        t->cell = cell ? cell : t->cell;
        t->no_memory = t->no_memory || !cell;
        t->room = cell ? room : t->room;
    }
    if (t->no_memory)
        return;
    for (size_t c = 0; c <= t->columns; c++)
        t->cell[t->rows * (t->columns + 1) + c] = NULL;
    t->rows++;
    t->next = 0;
}

static void keep(cli_table *t, size_t column, const char *format, va_list args) {
    char text[CELL];
    vsnprintf(text, sizeof text, format, args);
    cli_fold(text);
    if (t->no_memory || !t->rows || column > t->columns)
        return;
    char **cell = &t->cell[(t->rows - 1) * (t->columns + 1) + column];
    free(*cell);
    *cell = strdup(text);
    t->no_memory = !*cell;
}

void cli_table_put(cli_table *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (t->next < t->columns)
        keep(t, t->next++, format, args);
    va_end(args);
}

void cli_table_note(cli_table *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    keep(t, t->columns, format, args);
    va_end(args);
}

/* ---- printing ---- */

static const char *cell_at(const cli_table *t, size_t row, size_t column) {
    const char *text = t->cell[row * (t->columns + 1) + column];
    return text ? text : "";
}

static size_t total_of(const size_t *width, size_t columns) {
    size_t total = 0;
    for (size_t c = 0; c < columns; c++)
        total += width[c] ? width[c] + GAP : 0;
    return total > GAP ? total - GAP : 0;
}

/* Cuts what may be cut, the widest first; then leaves out what matters least; until the rest fits. */
static void fit(const cli_table *t, size_t *width, size_t screen) {
    while (total_of(width, t->columns) > screen) {
        size_t over = total_of(width, t->columns) - screen, cut = t->columns, drop = t->columns;
        for (size_t c = 0; c < t->columns; c++) {
            const cli_column *k = &t->column[c];
            if (k->least && width[c] > k->least && (cut == t->columns || width[c] > width[cut]))
                cut = c;
            if (k->rank && width[c] && (drop == t->columns || k->rank > t->column[drop].rank))
                drop = c;
        }
        size_t slack = cut < t->columns ? width[cut] - t->column[cut].least : 0;
        bool enough = slack >= over || drop == t->columns;
        if (!slack && drop == t->columns)
            return;
        if (slack && enough)
            width[cut] -= slack < over ? slack : over;
        else
            width[drop] = 0;
    }
}

/* At most `width` columns of a cell. */
static void print_cut(const char *text, size_t width) {
    char cut[CELL + 8];
    pl_text_cut(cut, sizeof cut, text, width);
    cli_fold(cut);
    fputs(cut, stdout);
}

static void print_line(const cli_table *t, const size_t *width, size_t row, bool head,
                       const pl_layout *layout) {
    size_t behind = 0; /* blanks owed: none at the end of a line */
    bool first = true;
    for (size_t c = 0; c < t->columns; c++) {
        const cli_column *k = &t->column[c];
        const char *text = head ? k->head : cell_at(t, row, c);
        size_t columns = pl_text_width(text);
        if (!width[c])
            continue;
        if (k->kind == CLI_LABEL && columns > width[c]) { /* too long for its column: a line of its own */
            cli_wrap("", "%*s%s", (int)behind, "", text);
            text = "";
            columns = 0;
        }
        columns = columns < width[c] ? columns : width[c];
        bool right = k->kind == CLI_RIGHT,
             loud = !head && k->kind == CLI_VERDICT && strchr("FBN", *text) && *text;
        behind += (first ? 0 : GAP) + (right ? width[c] - columns : 0);
        if (*text) {
            printf("%*s%s", (int)behind, "", layout->colour && (loud || head) ? "\033[1m" : "");
            print_cut(text, width[c]);
            fputs(layout->colour && (loud || head) ? "\033[0m" : "", stdout);
            behind = 0;
        }
        behind += right ? (*text ? 0 : columns) : width[c] - columns;
        first = false;
    }
    putchar('\n');
}

bool cli_table_print(cli_table *t) {
    pl_layout layout = cli_layout();
    size_t *width = calloc(t->columns + 1, sizeof *width);
    bool headed = false, made = width && !t->no_memory;
    for (size_t c = 0; made && c < t->columns; c++) {
        width[c] = pl_text_width(t->column[c].head);
        headed = headed || *t->column[c].head;
        for (size_t r = 0; r < t->rows; r++) {
            size_t columns = pl_text_width(cell_at(t, r, c));
            width[c] = columns > width[c] ? columns : width[c];
        }
    }
    if (made)
        fit(t, width, layout.width);
    if (made && headed)
        print_line(t, width, 0, true, &layout);
    for (size_t r = 0; made && r < t->rows; r++) {
        print_line(t, width, r, false, &layout);
        if (*cell_at(t, r, t->columns))
            cli_wrap("    ", "%s", cell_at(t, r, t->columns));
    }
    for (size_t k = 0; k < t->rows * (t->columns + 1); k++)
        free(t->cell[k]);
    free(t->cell);
    free(width);
    return made;
}
