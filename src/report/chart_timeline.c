/* Measures in time: announced, in force, and until when. */
#include "report/chart.h"

#include <math.h>
#include <string.h>

enum { LABELS = 420, ROW = 17, LETTERS = 10 };
enum { ANNOUNCED, FROM, UNTIL }; /* columns */

void pl_day_text(char *out, size_t size, double day) {
    *out = 0;
    if (!(fabs(day) < 3e6))
        return;
    pl_date date = pl_date_of((long)day);
    snprintf(out, size, "%04d-%02d-%02d", date.year, date.month, date.day);
}

typedef struct {
    double first, last, left, width;
} span;

static double place(const span *s, double day) {
    return s->left + (day - s->first) / (s->last - s->first) * s->width;
}

static span span_of(const pl_chart *c) {
    span s = {INFINITY, -INFINITY, LABELS, PL_CHART_WIDTH - LABELS - 24};
    for (size_t k = 0; k < c->rows * c->columns; k++) {
        s.first = c->value[k] < s.first ? c->value[k] : s.first;
        s.last = c->value[k] > s.last ? c->value[k] : s.last;
    }
    if (!(s.last > s.first))
        s.last = (s.first = isfinite(s.first) ? s.first : 0) + 30;
    s.first -= 3;
    s.last += 0.06 * (s.last - s.first) + 3; /* room for what does not end */
    return s;
}

/* First days of months, as many as there is room for. */
static void draw_months(FILE *out, const span *s, double top, double bottom) {
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    pl_date date = pl_date_of((long)s->first);
    double months = (s->last - s->first) / 30.4, each = 1;
    while (s->width / months * each < 46 && each < 1200)
        each = each < 3 ? each + 1 : each * 2;
    date.day = 1;
    bool first = true; /* a picture says of which year it is */
    for (size_t k = 0; k < 1000; k++) {
        date.year += date.month == 12;
        date.month = date.month % 12 + 1;
        double at = (double)pl_date_day(date);
        if (at > s->last)
            break;
        if ((date.month - 1) % (int)fmin(each, 12) || (each > 12 && date.year % (int)(each / 12)))
            continue;
        char text[32];
        snprintf(text, sizeof text, first || date.month == 1 || each >= 12 ? "%s %d" : "%s",
                 names[date.month - 1], date.year);
        first = false;
        pl_svg_line(out, place(s, at), top, place(s, at), bottom, pl_paint_ink(PL_INK_GRID), 1, NULL);
        pl_svg_text(out, place(s, at) + 3, top - 5, PL_START, 11, pl_paint_ink(PL_INK_MUTED), false, text);
    }
}

static size_t group_of(const pl_chart *c, size_t row) {
    size_t group = 0;
    for (size_t r = 0; r < row; r++) {
        size_t before = 0;
        while (before < r && strcmp(c->key[before], c->key[r]))
            before++;
        if (!strcmp(c->key[r], c->key[row]))
            return group_of(c, r);
        group += before == r;
    }
    return group;
}

static void draw_measure(FILE *out, const pl_chart *c, const span *s, size_t r, double y) {
    double announced = pl_chart_get(c, r, ANNOUNCED), from = pl_chart_get(c, r, FROM),
           until = pl_chart_get(c, r, UNTIL);
    char text[240], a[32], b[32], tip[500];
    pl_paint paint = pl_paint_series(group_of(c, r));
    pl_svg_cut(text, sizeof text, c->label[r], LABELS - 16, LETTERS);
    pl_svg_text(out, LABELS - 8, y + 4, PL_END, LETTERS, pl_paint_ink(PL_INK_TEXT), false, text);
    pl_day_text(a, sizeof a, from);
    pl_day_text(b, sizeof b, until);
    snprintf(tip, sizeof tip, "%.300s: from %s%s%s", c->label[r], a, *b ? " until " : ", no end set", b);
    double start = place(s, isnan(from) ? s->first : from), end = place(s, isnan(until) ? s->last : until);
    if (!isnan(announced) && place(s, announced) < start)
        pl_svg_line(out, place(s, announced), y, start, y, paint, 1, "2 2");
    if (!isnan(announced))
        pl_svg_dot(out, place(s, announced), y, 3, paint, true, NULL);
    pl_svg_rect(out, start, y - 5, fmax(end - start, 1.5), 10, paint, tip);
    if (isnan(until)) {
        fprintf(out, "<g transform=\"translate(");
        pl_svg_number(out, end);
        fputc(' ', out);
        pl_svg_number(out, y);
        fputs(")\">", out);
        pl_svg_path(out, "M0-5l8 5-8 5z", paint, NULL);
        fputs("</g>\n", out);
    }
}

void pl_draw_timeline(FILE *out, const pl_chart *c) {
    span s = span_of(c);
    double top = PL_CHART_TOP + 20, bottom = top + ROW * (double)c->rows;
    pl_draw_head(out, c, bottom + 30);
    draw_months(out, &s, top, bottom);
    for (size_t r = 0; r < c->rows; r++)
        draw_measure(out, c, &s, r, top + ROW * ((double)r + 0.5));
    pl_svg_dot(out, LABELS + 6, bottom + 14, 3, pl_paint_ink(PL_INK_MUTED), true, NULL);
    pl_svg_text(out, LABELS + 16, bottom + 18, PL_START, 11, pl_paint_ink(PL_INK_MUTED), false,
                "announced; the bar is when it is in force, an arrow has no end set");
    pl_svg_close(out);
}
