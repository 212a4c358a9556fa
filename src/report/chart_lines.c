/* Lines over months, with points for what was observed, or over the values of something varied. */
#include "report/chart.h"

#include <math.h>
#include <string.h>

enum { LEFT = 62, PLOT = 190, LETTERS = 12 };

typedef struct {
    const pl_chart *chart;
    pl_ticks ticks;
    double top, bottom, left, right, names; /* names: room beside the lines */
} frame;

static double across(const frame *f, size_t row) {
    const pl_chart *c = f->chart;
    double first = c->at ? c->at[0] : 0, last = c->at ? c->at[c->rows - 1] : (double)(c->rows - 1);
    double place = c->at ? c->at[row] : (double)row;
    return f->left + (f->right - f->left) * (last > first ? (place - first) / (last - first) : 0);
}

static double up(const frame *f, double value) {
    return f->bottom - (value - f->ticks.low) / (f->ticks.high - f->ticks.low) * (f->bottom - f->top);
}

static pl_ticks ticks_of(const pl_chart *c) {
    double low = INFINITY, high = -INFINITY;
    for (size_t k = 0; k < c->rows * c->columns; k++) {
        low = c->value[k] < low ? c->value[k] : low;
        high = c->value[k] > high ? c->value[k] : high;
    }
    /* Changes have zero on the axis; levels where it costs less than half of the height. */
    bool zero = low <= 0 || low < 0.5 * high;
    return zero ? pl_ticks_with_zero(low, high, 5) : pl_ticks_of(low, high, 5);
}

/* Round numbers under places of their own. */
static void draw_places(FILE *out, const frame *f) {
    const pl_chart *c = f->chart;
    double first = c->at[0], last = c->at[c->rows - 1];
    pl_ticks ticks = pl_ticks_of(first, last, (size_t)((f->right - f->left) / 60));
    char text[64];
    for (size_t k = 0; k < pl_ticks_count(&ticks) && last > first; k++) {
        double at = pl_tick_at(&ticks, k), x = f->left + (f->right - f->left) * (at - first) / (last - first);
        if (x < f->left - 0.5 || x > f->right + 0.5)
            continue;
        pl_svg_line(out, x, f->bottom, x, f->bottom + 4, pl_paint_ink(PL_INK_ZERO), 1, NULL);
        pl_tick_text(text, sizeof text, &ticks, k, false);
        pl_svg_text(out, x, f->bottom + 18, PL_MIDDLE, 11, pl_paint_ink(PL_INK_MUTED), false, text);
    }
}

static void draw_months(FILE *out, const frame *f) {
    const pl_chart *c = f->chart;
    char text[64];
    size_t each = 1;
    while ((f->right - f->left) * (double)each < 52 * (double)c->rows)
        each += each < 3 ? 1 : 3;
    for (size_t r = 0; r < c->rows; r += each) {
        double x = across(f, r);
        pl_svg_line(out, x, f->bottom, x, f->bottom + 4, pl_paint_ink(PL_INK_ZERO), 1, NULL);
        snprintf(text, sizeof text, "%.16s", c->label[r]);
        pl_svg_text(out, x, f->bottom + 18, PL_MIDDLE, 11, pl_paint_ink(PL_INK_MUTED), false, text);
    }
}

static void draw_axes(FILE *out, const frame *f) {
    const pl_chart *c = f->chart;
    char text[64];
    bool sign = f->ticks.low < 0;
    for (size_t k = 0; k < pl_ticks_count(&f->ticks); k++) {
        double y = up(f, pl_tick_at(&f->ticks, k));
        bool zero = pl_tick_at(&f->ticks, k) == 0;
        pl_svg_line(out, f->left, y, f->right, y, pl_paint_ink(zero ? PL_INK_ZERO : PL_INK_GRID), 1, NULL);
        pl_tick_text(text, sizeof text, &f->ticks, k, sign);
        pl_svg_text(out, f->left - 8, y + 4, PL_END, 11, pl_paint_ink(PL_INK_MUTED), false, text);
    }
    if (f->ticks.low > 0) /* a reader takes the foot of a picture for zero */
        pl_svg_text(out, f->right + 14, f->bottom + 22, PL_START, 10, pl_paint_ink(PL_INK_MUTED), false,
                    "axis not from zero");
    c->at ? draw_places(out, f) : draw_months(out, f);
    if (c->axis)
        pl_svg_text(out, (f->left + f->right) / 2, f->bottom + 36, PL_MIDDLE, 11.5,
                    pl_paint_ink(PL_INK_MUTED), false, c->axis);
}

static void draw_points(FILE *out, const frame *f, size_t column) {
    const pl_chart *c = f->chart;
    char number[64], tip[300];
    for (size_t r = 0; r < c->rows; r++) {
        double value = pl_chart_get(c, r, column);
        if (isnan(value))
            continue;
        pl_chart_number(number, sizeof number, value, pl_chart_largest(c, 0), false);
        snprintf(tip, sizeof tip, "%.120s, %.20s: %s %.60s", c->column[column], c->label[r], number, c->unit);
        pl_svg_dot(out, across(f, r), up(f, value), 4, pl_paint_series(c->ink[column]), true, tip);
    }
}

static void draw_series(FILE *out, const frame *f, size_t column, double *x, double *y) {
    const pl_chart *c = f->chart;
    if (c->style[column] == PL_LINE_POINTS) {
        draw_points(out, f, column);
        return;
    }
    for (size_t r = 0; r < c->rows; r++) {
        x[r] = across(f, r);
        y[r] = up(f, pl_chart_get(c, r, column));
    }
    pl_svg_polyline(out, x, y, c->rows, pl_paint_series(c->ink[column]), 2,
                    c->style[column] == PL_LINE_DASHED ? "6 4" : NULL);
}

/* The last number of a series, where its name stands. */
static double end_of(const frame *f, size_t column) {
    for (size_t r = f->chart->rows; r-- > 0;)
        if (!isnan(pl_chart_get(f->chart, r, column)))
            return up(f, pl_chart_get(f->chart, r, column));
    return f->bottom;
}

/* Names beside the ends of their lines, in the order of the ends and pushed apart. */
static void draw_names(FILE *out, const frame *f, double *y, size_t *order) {
    const pl_chart *c = f->chart;
    for (size_t k = 0; k < c->columns; k++) {
        size_t at = k;
        y[k] = end_of(f, k);
        for (; at > 0 && y[order[at - 1]] > y[k]; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
    double before = -INFINITY, most = f->bottom - f->top + 12;
    double apart =
        c->columns > 1 && most / (double)(c->columns - 1) < 16 ? most / (double)(c->columns - 1) : 16;
    for (size_t k = 0; k < c->columns; k++) {
        double low = f->bottom + 6 - apart * (double)(c->columns - 1 - k);
        double wanted = fmin(y[order[k]], low);
        y[order[k]] = fmax(fmax(wanted, before + apart), f->top - 6);
        before = y[order[k]];
    }
    for (size_t k = 0; k < c->columns; k++) {
        char text[160];
        pl_paint paint = pl_paint_series(c->ink[k]);
        bool points = c->style[k] == PL_LINE_POINTS;
        if (points)
            pl_svg_dot(out, f->right + 24, y[k], 4, paint, true, NULL);
        else
            pl_svg_line(out, f->right + 14, y[k], f->right + 32, y[k], paint, 2,
                        c->style[k] == PL_LINE_DASHED ? "6 4" : NULL);
        pl_svg_cut(text, sizeof text, c->column[k], f->names - 44, LETTERS);
        pl_svg_text(out, f->right + 38, y[k] + 4, PL_START, LETTERS, pl_paint_ink(PL_INK_TEXT), false, text);
    }
}

void pl_draw_lines(FILE *out, const pl_chart *c) {
    bool narrow = c->width < PL_CHART_WIDTH;
    double top = (narrow ? PL_CHART_NARROW_TOP : PL_CHART_TOP) + 6, names = narrow ? 150 : 190;
    frame f = {c, ticks_of(c), top, top + PLOT, LEFT, c->width - names, names};
    double *x = c->scratch, *y = x + c->rows, *end = y + c->rows;
    pl_draw_head(out, c, f.bottom + (c->axis ? 46 : 32));
    draw_axes(out, &f);
    for (size_t k = 0; k < c->columns; k++)
        draw_series(out, &f, k, x, y);
    draw_names(out, &f, end, c->places);
    pl_svg_close(out);
}
