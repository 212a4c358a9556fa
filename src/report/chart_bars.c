/* Bars in panels side by side, shifts from one point to others, and ranges from a lowest number to a highest. */
#include "report/chart.h"

#include <math.h>
#include <string.h>

enum { LABELS = 168, PAIRS = 250, ROW = 20, GAP = 14, LETTERS = 12 };

/* A panel of bars: where it stands, what its ends are, and the ticks between them. */
typedef struct {
    double left, width, low, high;
    pl_ticks ticks;
} panel;

static double place(const panel *p, double value) {
    return p->left + (value - p->low) / (p->high - p->low) * p->width;
}

static void range_of(const pl_chart *c, double *low, double *high) {
    *low = *high = 0;
    for (size_t k = 0; k < c->rows * c->columns; k++) {
        if (c->value[k] < *low)
            *low = c->value[k];
        if (c->value[k] > *high)
            *high = c->value[k];
    }
    if (c->mark > *high)
        *high = c->mark;
    if (c->limit > 0) {
        *high = *high > 0 ? c->limit : 0;
        *low = *low < 0 ? -c->limit : 0;
    }
}

static void draw_axis(FILE *out, const panel *p, double top, double bottom, bool sign, double room) {
    size_t count = pl_ticks_count(&p->ticks);
    size_t each = 1;
    char text[64];
    pl_tick_text(text, sizeof text, &p->ticks, 0, sign);
    while (p->width / (double)count * (double)each < pl_svg_width(text, 11) + room)
        each++;
    size_t zero = (size_t)llround(-p->ticks.low / p->ticks.step);
    for (size_t k = 0; k < count; k++) {
        double x = place(p, pl_tick_at(&p->ticks, k));
        if (x < p->left - 0.5 || x > p->left + p->width + 0.5)
            continue;
        bool is_zero = pl_tick_at(&p->ticks, k) == 0;
        pl_svg_line(out, x, top, x, bottom, pl_paint_ink(is_zero ? PL_INK_ZERO : PL_INK_GRID), 1, NULL);
        pl_tick_text(text, sizeof text, &p->ticks, k, sign);
        if ((k > zero ? k - zero : zero - k) % each == 0)
            pl_svg_text(out, x, bottom + 15, PL_MIDDLE, 11, pl_paint_ink(PL_INK_MUTED), false, text);
    }
}

static void draw_labels(FILE *out, const pl_chart *c, double top, double room) {
    char text[200];
    for (size_t r = 0; r < c->rows; r++) {
        pl_svg_cut(text, sizeof text, c->label[r], room - 16, LETTERS + 0.5);
        pl_svg_text(out, room - 8, top + ROW * ((double)r + 0.5) + 4, PL_END, LETTERS + 0.5,
                    pl_paint_ink(PL_INK_TEXT), false, text);
    }
}

static void draw_bar(FILE *out, const pl_chart *c, const panel *p, size_t r, size_t k, double top) {
    double value = pl_chart_get(c, r, k), zero = place(p, 0), end = place(p, value);
    double y = top + ROW * (double)r;
    char number[64], tip[400];
    pl_chart_number(number, sizeof number, value, pl_chart_largest(c, 0), isnan(c->mark));
    if (isnan(value))
        snprintf(number, sizeof number, "%s", "\xe2\x80\x93");
    snprintf(tip, sizeof tip, "%.100s, %.120s: %s %.60s", c->label[r], c->column[k], number, c->unit);
    bool loss = value < 0;
    if (!isnan(value))
        pl_svg_rect(out, loss ? end : zero, y + 4, fabs(end - zero), ROW - 8,
                    isnan(c->mark) ? pl_paint_step(loss ? 2 : 8) : pl_paint_series(0), tip);
    pl_svg_text(out, (isnan(value) ? zero : end) + (loss ? -5 : 5), y + ROW / 2.0 + 4,
                loss ? PL_END : PL_START, LETTERS - 1, pl_paint_ink(PL_INK_TEXT), false, number);
}

/* Room for the widest number beside a bar. */
static double widest_number(const pl_chart *c) {
    double widest = 0;
    char number[64];
    for (size_t k = 0; k < c->rows * c->columns; k++) {
        pl_chart_number(number, sizeof number, c->value[k], pl_chart_largest(c, 0), isnan(c->mark));
        widest = fmax(widest, pl_svg_width(number, LETTERS - 1));
    }
    return widest + 8;
}

static void draw_mark(FILE *out, const pl_chart *c, const panel *p, double top, double bottom) {
    if (isnan(c->mark))
        return;
    double x = place(p, c->mark);
    pl_svg_line(out, x, top - 2, x, bottom, pl_paint_series(1), 2, "5 3");
    pl_svg_text(out, x + 4, bottom + 30, PL_END, 11, pl_paint_series(1), false,
                c->mark_text ? c->mark_text : "");
}

void pl_draw_bars(FILE *out, const pl_chart *c) {
    double low, high, columns = c->columns ? (double)c->columns : 1;
    double top = PL_CHART_TOP + (c->columns > 1 ? 24 : 4), bottom = top + ROW * (double)c->rows;
    range_of(c, &low, &high);
    panel p = {.width = (PL_CHART_WIDTH - LABELS - 8 - GAP * (columns - 1)) / columns};
    double full = p.width, numbers = widest_number(c);
    /* Numbers stand beyond the ends of bars: the bars take what is left. */
    double before = low < 0 || high <= 0 ? numbers : 0, after = high > 0 || low >= 0 ? numbers : 0;
    p.width = fmax(p.width - before - after, 20);
    size_t wanted = (size_t)(p.width / 64);
    p.ticks = pl_ticks_with_zero(low, high, wanted > 2 ? wanted : 2);
    p.low = high > low ? low : p.ticks.low;
    p.high = high > low ? high : p.ticks.high;
    pl_draw_head(out, c, bottom + (isnan(c->mark) ? 28 : 42));
    draw_labels(out, c, top, LABELS);
    for (size_t k = 0; k < c->columns; k++) {
        char text[200];
        double left = LABELS + (full + GAP) * (double)k;
        p.left = left + before;
        if (c->columns > 1) {
            pl_svg_cut(text, sizeof text, c->column[k], full, LETTERS);
            pl_svg_text(out, left + full / 2, top - 10, PL_MIDDLE, LETTERS, pl_paint_ink(PL_INK_TEXT), true,
                        text);
        }
        draw_axis(out, &p, top, bottom, isnan(c->mark), 10);
        for (size_t r = 0; r < c->rows; r++)
            draw_bar(out, c, &p, r, k, top);
        draw_mark(out, c, &p, top, bottom);
    }
    pl_svg_close(out);
}

/* ---- shifts ---- */

static void legend_of_points(FILE *out, const pl_chart *c, double y) {
    double x = PAIRS;
    char text[120];
    for (size_t k = 0; k < c->columns; k++) {
        pl_svg_dot(out, x + 5, y - 4, 5, k ? pl_paint_series(k - 1) : pl_paint_ink(PL_INK_MUTED), !k, NULL);
        pl_svg_cut(text, sizeof text, c->column[k], (PL_CHART_WIDTH - PAIRS) / (double)c->columns - 30, 12);
        pl_svg_text(out, x + 15, y, PL_START, 12, pl_paint_ink(PL_INK_TEXT), false, text);
        x += 34 + pl_svg_width(text, 12);
    }
}

static void draw_row(FILE *out, const pl_chart *c, const panel *p, size_t r, double y) {
    double low = INFINITY, high = -INFINITY;
    char number[64], tip[400];
    for (size_t k = 0; k < c->columns; k++) {
        double value = pl_chart_get(c, r, k);
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    if (low < high)
        pl_svg_line(out, place(p, low), y, place(p, high), y, pl_paint_ink(PL_INK_EMPTY), 2, NULL);
    for (size_t k = 0; k < c->columns; k++) {
        double value = pl_chart_get(c, r, k);
        pl_chart_number(number, sizeof number, value, pl_chart_largest(c, 0), false);
        snprintf(tip, sizeof tip, "%.100s, %.120s: %s %.60s", c->label[r], c->column[k], number, c->unit);
        if (!isnan(value))
            pl_svg_dot(out, place(p, value), y, 5, k ? pl_paint_series(k - 1) : pl_paint_ink(PL_INK_MUTED),
                       !k, tip);
    }
}

/* The change from the first point to the second, beside the row. */
static void draw_change(FILE *out, const pl_chart *c, size_t r, double y) {
    double before = pl_chart_get(c, r, 0), after = pl_chart_get(c, r, 1), change = 100 * (after / before - 1);
    char number[64], text[80];
    if (!isfinite(change))
        return;
    pl_chart_number(number, sizeof number, change, 10, true);
    snprintf(text, sizeof text, "%s %%", number);
    pl_svg_text(out, PL_CHART_WIDTH - 8, y + 4, PL_END, LETTERS, pl_paint_ink(PL_INK_TEXT), false, text);
}

void pl_draw_shift(FILE *out, const pl_chart *c) {
    double low, high, top = PL_CHART_TOP + 30, bottom = top + ROW * (double)c->rows;
    range_of(c, &low, &high);
    bool two = c->columns == 2;
    panel p = {.left = PAIRS, .width = PL_CHART_WIDTH - PAIRS - (two ? 90 : 24)};
    p.ticks = pl_ticks_with_zero(low, high, 9);
    p.low = p.ticks.low;
    p.high = p.ticks.high;
    pl_draw_head(out, c, bottom + 28);
    legend_of_points(out, c, PL_CHART_TOP + 10);
    draw_labels(out, c, top, PAIRS);
    draw_axis(out, &p, top, bottom, false, 10);
    for (size_t r = 0; r < c->rows; r++) {
        double y = top + ROW * ((double)r + 0.5);
        draw_row(out, c, &p, r, y);
        if (two)
            draw_change(out, c, r, y);
    }
    pl_svg_close(out);
}

/* ---- ranges ---- */

enum { TALL = 34 };

static double range_row(const pl_chart *c) {
    for (size_t r = 0; r < c->rows; r++)
        if (c->more[r])
            return TALL;
    return ROW;
}

/* From the lowest to the highest, losses and gains in their colours, a line for what is between. */
static void draw_range_bar(FILE *out, const pl_chart *c, const panel *p, size_t r, double y) {
    double low = pl_chart_get(c, r, 0), high = pl_chart_get(c, r, 1),
           middle = c->columns > 2 ? pl_chart_get(c, r, 2) : NAN;
    char text[64], tip[400];
    if (isnan(low) || isnan(high)) {
        pl_svg_text(out, place(p, 0), y + 4, PL_MIDDLE, LETTERS - 1, pl_paint_ink(PL_INK_TEXT), false,
                    "\xe2\x80\x93");
        return;
    }
    pl_chart_number(text, sizeof text, low, pl_chart_largest(c, 0), true);
    snprintf(tip, sizeof tip, "%.100s: %s to ", c->label[r], text);
    pl_svg_text(out, place(p, low) - 5, y + 4, PL_END, LETTERS - 1, pl_paint_ink(PL_INK_TEXT), false, text);
    pl_chart_number(text, sizeof text, high, pl_chart_largest(c, 0), true);
    snprintf(tip + strlen(tip), sizeof tip - strlen(tip), "%s %.60s", text, c->unit);
    pl_svg_text(out, place(p, high) + 5, y + 4, PL_START, LETTERS - 1, pl_paint_ink(PL_INK_TEXT), false,
                text);
    if (low < 0)
        pl_svg_rect(out, place(p, low), y - 6, place(p, fmin(high, 0)) - place(p, low), 12, pl_paint_step(2),
                    tip);
    if (high > 0)
        pl_svg_rect(out, place(p, fmax(low, 0)), y - 6, place(p, high) - place(p, fmax(low, 0)), 12,
                    pl_paint_step(8), tip);
    if (!isnan(middle))
        pl_svg_line(out, place(p, middle), y - 9, place(p, middle), y + 9, pl_paint_ink(PL_INK_TEXT), 2,
                    NULL);
}

static void draw_range_label(FILE *out, const pl_chart *c, size_t r, double y, double room) {
    char text[240];
    pl_svg_cut(text, sizeof text, c->label[r], room - 16, LETTERS + 0.5);
    pl_svg_text(out, room - 8, y + (c->more[r] ? -2 : 4), PL_END, LETTERS + 0.5, pl_paint_ink(PL_INK_TEXT),
                false, text);
    if (!c->more[r])
        return;
    pl_svg_cut(text, sizeof text, c->more[r], room - 16, LETTERS - 1.5);
    pl_svg_text(out, room - 8, y + 12, PL_END, LETTERS - 1.5, pl_paint_ink(PL_INK_MUTED), false, text);
}

void pl_draw_range(FILE *out, const pl_chart *c) {
    double low, high, row = range_row(c), room = row > ROW ? PAIRS + 40 : LABELS;
    double top = PL_CHART_TOP + 4, bottom = top + row * (double)c->rows, numbers = widest_number(c);
    range_of(c, &low, &high);
    panel p = {.left = room + numbers, .width = PL_CHART_WIDTH - room - 8 - 2 * numbers};
    p.ticks = pl_ticks_with_zero(low, high, 7);
    p.low = high > low ? low : p.ticks.low;
    p.high = high > low ? high : p.ticks.high;
    pl_draw_head(out, c, bottom + 28);
    draw_axis(out, &p, top, bottom, true, 10);
    for (size_t r = 0; r < c->rows; r++) {
        double y = top + row * ((double)r + 0.5);
        draw_range_label(out, c, r, y, room);
        draw_range_bar(out, c, &p, r, y);
    }
    pl_svg_close(out);
}
