/* Maps of countries in classes of colour. */
#include "report/chart.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *code;
    int x, y;
    const char *path; /* NULL: a point */
} OUTLINE[] = {
#include "report/outlines.inc"
};
enum { OUTLINES = sizeof OUTLINE / sizeof *OUTLINE };
#define OUTLINE_SIZE(width, height) enum { OUTLINE_WIDTH = (width), OUTLINE_HEIGHT = (height) };
#include "report/outlines.inc"
#undef OUTLINE_SIZE

/* The row of a country: its own, or that of the rest of the world (ROW), or SIZE_MAX. */
static size_t row_of(const pl_chart *c, const char *code) {
    size_t rest = SIZE_MAX;
    for (size_t r = 0; r < c->rows; r++) {
        if (!strcmp(c->key[r], code))
            return r;
        if (!strcmp(c->key[r], "ROW"))
            rest = r;
    }
    return rest;
}

static void tip_of(char *out, size_t size, const pl_chart *c, const char *code, size_t row, double largest) {
    char number[64];
    double value = pl_chart_get(c, row, 0);
    pl_chart_number(number, sizeof number, value, largest, true);
    bool own = !strcmp(c->key[row], code);
    snprintf(out, size, "%.80s: %s %s%s%s%s", c->label[row], isnan(value) ? "no number" : number,
             isnan(value) ? "" : c->unit, own ? "" : " (", own ? "" : code,
             own ? "" : " has no number of its own)");
}

static void draw_country(FILE *out, const pl_chart *c, size_t k, const pl_classes *classes, double largest) {
    char tip[320] = "";
    size_t row = row_of(c, OUTLINE[k].code);
    bool own = row != SIZE_MAX && !strcmp(c->key[row], OUTLINE[k].code);
    size_t step = row == SIZE_MAX ? SIZE_MAX : pl_class_of(classes, pl_chart_get(c, row, 0));
    if (row != SIZE_MAX)
        tip_of(tip, sizeof tip, c, OUTLINE[k].code, row, largest);
    pl_paint fill = step == SIZE_MAX ? pl_paint_ink(PL_INK_EMPTY) : pl_paint_step(step);
    if (OUTLINE[k].path)
        pl_svg_path(out, OUTLINE[k].path, fill, tip);
    else if (own) /* a point is worth drawing where the world knows the country */
        pl_svg_dot(out, OUTLINE[k].x, OUTLINE[k].y, 5, fill, false, tip);
}

void pl_draw_map(FILE *out, const pl_chart *c) {
    double scale = (PL_CHART_WIDTH - 16.0) / OUTLINE_WIDTH, largest = pl_chart_largest(c, 0);
    double bottom = PL_CHART_TOP + scale * OUTLINE_HEIGHT + 12;
    pl_classes classes = pl_classes_of(c->limit > 0 ? c->limit : largest);
    pl_draw_head(out, c, bottom + 44);
    fprintf(out, "<g transform=\"translate(8 %d) scale(", PL_CHART_TOP);
    fprintf(out, "%.5f", scale);
    fprintf(out, ")\" class=\"kib\" stroke=\"%s\" stroke-width=\"1\">\n", pl_ink_colour[PL_INK_ZERO].light);
    for (size_t k = 0; k < OUTLINES; k++)
        if (OUTLINE[k].path)
            draw_country(out, c, k, &classes, largest);
    for (size_t k = 0; k < OUTLINES; k++)
        if (!OUTLINE[k].path)
            draw_country(out, c, k, &classes, largest);
    fputs("</g>\n", out);
    pl_classes_legend(out, &classes, 8, bottom, c->unit);
    if (row_of(c, "") == SIZE_MAX) { /* no rest of the world to stand for the others */
        pl_svg_rect(out, PL_CHART_WIDTH - 150, bottom, 43, 10, pl_paint_ink(PL_INK_EMPTY), NULL);
        pl_svg_text(out, PL_CHART_WIDTH - 100, bottom + 10, PL_START, 11, pl_paint_ink(PL_INK_MUTED), false,
                    "not in the world");
    }
    pl_svg_close(out);
}
