/* Heat maps: a number in every cell, on its class of colour. */
#include "report/chart.h"

#include <math.h>
#include <string.h>

enum { LABELS = 246, ROW = 20, HEADS = 34, NARROWEST = 40 };

/* A heading in one line, or in two where it is longer than its column. */
static void draw_heading(FILE *out, double x, double y, double width, const char *text) {
    char first[120], rest[120], cut[120];
    const char *space = pl_svg_width(text, 11) > width ? strchr(text, ' ') : NULL;
    snprintf(first, sizeof first, "%.*s", space ? (int)(space - text) : (int)strlen(text), text);
    snprintf(rest, sizeof rest, "%.100s", space ? space + 1 : "");
    pl_svg_cut(cut, sizeof cut, first, width, 11);
    pl_svg_text(out, x, y - (*rest ? 18 : 5), PL_MIDDLE, 11, pl_paint_ink(PL_INK_TEXT), false, cut);
    pl_svg_cut(cut, sizeof cut, rest, width, 11);
    if (*rest)
        pl_svg_text(out, x, y - 5, PL_MIDDLE, 11, pl_paint_ink(PL_INK_TEXT), false, cut);
}

static void draw_cell(FILE *out, const pl_chart *c, size_t r, size_t k, double x, double y, double width,
                      const pl_classes *classes) {
    double value = pl_chart_get(c, r, k), largest = pl_chart_largest(c, 0);
    size_t step = pl_class_of(classes, value);
    char number[64], tip[400];
    pl_chart_number(number, sizeof number, value, largest >= 10 ? 10000 : largest >= 1 ? 500 : largest, true);
    snprintf(tip, sizeof tip, "%.120s, %.120s: %s %.60s", c->label[r], c->column[k],
             step == SIZE_MAX ? "no number" : number, step == SIZE_MAX ? "" : c->unit);
    pl_svg_rect(out, x, y, width - 1, ROW - 1,
                step == SIZE_MAX ? pl_paint_ink(PL_INK_EMPTY) : pl_paint_step(step), tip);
    if (step != SIZE_MAX && pl_svg_width(number, 10.5) < width - 2)
        pl_svg_text_on(out, x + (width - 1) / 2, y + ROW / 2.0 + 3.5, 10.5, step, number);
}

void pl_draw_heat(FILE *out, const pl_chart *c) {
    double top = PL_CHART_TOP + HEADS, bottom = top + ROW * (double)c->rows;
    double width = (PL_CHART_WIDTH - LABELS - 8.0) / (c->columns ? (double)c->columns : 1);
    pl_classes classes = pl_classes_of(c->limit > 0 ? c->limit : pl_chart_largest(c, 0));
    pl_draw_head(out, c, bottom + 48);
    size_t each = width < NARROWEST ? (size_t)ceil(NARROWEST / width) : 1; /* every so many have a name */
    for (size_t k = 0; k < c->columns; k += each)
        draw_heading(out, LABELS + width * ((double)k + 0.5), top, width * (double)each - 4, c->column[k]);
    for (size_t r = 0; r < c->rows; r++) {
        char text[200];
        double y = top + ROW * (double)r;
        pl_svg_cut(text, sizeof text, c->label[r], LABELS - 16, 12);
        pl_svg_text(out, LABELS - 8, y + ROW / 2.0 + 4, PL_END, 12, pl_paint_ink(PL_INK_TEXT), false, text);
        for (size_t k = 0; k < c->columns; k++)
            draw_cell(out, c, r, k, LABELS + width * (double)k, y, width, &classes);
    }
    pl_classes_legend(out, &classes, LABELS, bottom + 12, c->unit);
    pl_svg_close(out);
}
