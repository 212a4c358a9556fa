/* A table on a terminal: a column of labels, groups of columns of numbers, in blocks that fit the width. */
#include "report/report.h"

#include <string.h>

enum { GAP = 2, NARROWEST = 7, LEVELS = 3 };

bool pl_grid_init(pl_grid *grid, size_t rows, size_t columns) {
    memset(grid, 0, sizeof *grid);
    grid->rows = rows;
    grid->columns = columns;
    grid->label = pl_alloc(rows + 1, sizeof *grid->label);
    grid->heading = pl_alloc(rows + 1, sizeof *grid->heading);
    grid->column = pl_alloc(columns + 1, sizeof *grid->column);
    grid->cell = pl_alloc(rows * columns + 1, sizeof *grid->cell);
    if (grid->label && grid->heading && grid->column && grid->cell)
        return true;
    pl_grid_clear(grid);
    return false;
}

void pl_grid_clear(pl_grid *grid) {
    free(grid->label);
    free(grid->heading);
    free(grid->column);
    free(grid->cell);
    memset(grid, 0, sizeof *grid);
}

/* Blue and orange can be told apart by every common form of colour blindness; signs say the same without
 * colour. */
const char *pl_tone_on(pl_tone tone, bool colour) {
    static const char *const code[] = {"", "\033[38;5;33m", "\033[38;5;208m", "\033[1m"};
    return colour ? code[tone] : "";
}

const char *pl_tone_off(pl_tone tone, bool colour) {
    return colour && tone != PL_PLAIN ? "\033[0m" : "";
}

static bool same_group(const pl_column *a, const pl_column *b) {
    for (size_t level = 0; level < LEVELS; level++)
        if (strcmp(a->group[level], b->group[level]))
            return false;
    return true;
}

/* One past the last column of the group that starts at `column`. */
static size_t group_end(const pl_grid *grid, size_t column) {
    size_t end = column + 1;
    while (end < grid->columns && same_group(&grid->column[column], &grid->column[end]))
        end++;
    return end;
}

static size_t span(const size_t *width, size_t from, size_t to) {
    size_t sum = 0;
    for (size_t c = from; c < to; c++)
        sum += width[c] + GAP;
    return sum;
}

static void column_widths(const pl_grid *grid, size_t *width) {
    for (size_t c = 0; c < grid->columns; c++) {
        size_t head = pl_text_width(grid->column[c].head);
        width[c] = head > NARROWEST ? head : NARROWEST;
        for (size_t r = 0; r < grid->rows; r++) {
            size_t cell = pl_text_width(grid->cell[r * grid->columns + c].text);
            width[c] = cell > width[c] ? cell : width[c];
        }
    }
    for (size_t c = 0, end; c < grid->columns; c = end) {
        end = group_end(grid, c);
        for (size_t level = 0; level < LEVELS; level++) {
            size_t need = pl_text_width(grid->column[c].group[level]) + GAP, have = span(width, c, end);
            width[c] += need > have ? need - have : 0;
        }
    }
}

static size_t label_width(const pl_grid *grid, size_t screen) {
    size_t widest = 0, most = screen / 3 > 12 ? screen / 3 : 12;
    for (size_t r = 0; r < grid->rows; r++) {
        size_t width = pl_text_width(grid->label[r]);
        if (!grid->heading[r] && width > widest)
            widest = width;
    }
    return widest < most ? widest : most;
}

/* One past the last column of the block that starts at `from`: whole groups where they fit. */
static size_t block_end(const pl_grid *grid, const size_t *width, size_t from, size_t room) {
    size_t end = from;
    while (end < grid->columns) {
        size_t next = group_end(grid, end);
        if (span(width, from, next) > room)
            break;
        end = next;
    }
    if (end > from)
        return end;
    /* A group wider than the screen is broken inside. */
    for (end = from + 1; end < grid->columns && span(width, from, end + 1) <= room;)
        end++;
    return end;
}

static void print_right(FILE *out, const char *text, size_t width) {
    size_t columns = pl_text_width(text);
    fprintf(out, "%*s%s", (int)(width > columns ? width - columns : 0), "", text);
}

static void print_heads(FILE *out, const pl_grid *grid, const size_t *width, size_t label, size_t from,
                        size_t to) {
    for (size_t level = 0; level <= LEVELS; level++) {
        bool any = false;
        for (size_t c = from; c < to; c++)
            any = any || (level < LEVELS ? grid->column[c].group[level][0] : grid->column[c].head[0]);
        if (!any)
            continue;
        fprintf(out, "%*s", (int)label, "");
        for (size_t c = from, end; c < to; c = end) {
            end = level < LEVELS ? group_end(grid, c) : c + 1;
            end = end < to ? end : to;
            print_right(out, level < LEVELS ? grid->column[c].group[level] : grid->column[c].head,
                        span(width, c, end));
        }
        fputc('\n', out);
    }
}

static void print_row(FILE *out, const pl_grid *grid, const size_t *width, size_t label, size_t from,
                      size_t to, size_t row, bool colour) {
    if (grid->heading[row]) {
        fprintf(out, "%s%s%s\n", pl_tone_on(PL_STRONG, colour), grid->label[row],
                pl_tone_off(PL_STRONG, colour));
        return;
    }
    char text[PL_LABEL];
    size_t used = pl_text_cut(text, sizeof text, grid->label[row], label);
    fprintf(out, "%s%*s", text, (int)(label - used), "");
    for (size_t c = from; c < to; c++) {
        const pl_cell *cell = &grid->cell[row * grid->columns + c];
        size_t columns = pl_text_width(cell->text), room = width[c] + GAP;
        fprintf(out, "%*s%s%s%s", (int)(room > columns ? room - columns : 0), "",
                pl_tone_on(cell->tone, colour), cell->text, pl_tone_off(cell->tone, colour));
    }
    fputc('\n', out);
}

bool pl_grid_print(FILE *out, const pl_grid *grid, const pl_layout *layout) {
    size_t *width = pl_alloc(grid->columns + 1, sizeof *width);
    if (!width)
        return false;
    column_widths(grid, width);
    size_t label = label_width(grid, layout->width);
    size_t room = layout->width > label ? layout->width - label : 0;
    for (size_t from = 0, to; from < grid->columns; from = to) {
        to = block_end(grid, width, from, room);
        if (from)
            fputc('\n', out);
        print_heads(out, grid, width, label, from, to);
        for (size_t r = 0; r < grid->rows; r++)
            print_row(out, grid, width, label, from, to, r, layout->colour);
    }
    free(width);
    return true;
}
