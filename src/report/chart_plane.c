/* The plane of two payoffs: points of several kinds, those that coincide drawn and named once. */
#include "report/chart.h"

#include <math.h>
#include <string.h>

enum { LEFT = 84, PLOT_WIDTH = 640, PLOT = 400, LETTERS = 12, NEAR = 7, SAMPLES = 4 };

/* A box taken by a point, a name or a piece of a line: 2 + SAMPLES of them for each row fit the chart's scratch. */
typedef struct {
    double x, y, width, height;
} box;

typedef struct {
    const pl_chart *chart;
    pl_ticks across, up;
    double top, bottom;
    box *taken;
    size_t boxes;
    size_t *named; /* [rows] drawn with another */
} plane;

static double place_x(const plane *p, double value) {
    return LEFT + (value - p->across.low) / (p->across.high - p->across.low) * PLOT_WIDTH;
}

static double place_y(const plane *p, double value) {
    return p->bottom - (value - p->up.low) / (p->up.high - p->up.low) * (p->bottom - p->top);
}

static pl_ticks ticks_of(const pl_chart *c, size_t column, size_t wanted) {
    double low = INFINITY, high = -INFINITY;
    for (size_t r = 0; r < c->rows; r++) {
        double value = pl_chart_get(c, r, column);
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    double room = 0.04 * (high - low);
    return pl_ticks_of(low - room, high + room, wanted);
}

static void draw_axes(FILE *out, const plane *p) {
    char text[64];
    double right = LEFT + PLOT_WIDTH;
    for (size_t k = 0; k < pl_ticks_count(&p->across); k++) {
        double value = pl_tick_at(&p->across, k), x = place_x(p, value);
        pl_svg_line(out, x, p->top, x, p->bottom, pl_paint_ink(value == 0 ? PL_INK_ZERO : PL_INK_GRID), 1,
                    NULL);
        pl_tick_text(text, sizeof text, &p->across, k, true);
        pl_svg_text(out, x, p->bottom + 16, PL_MIDDLE, 11, pl_paint_ink(PL_INK_MUTED), false, text);
    }
    for (size_t k = 0; k < pl_ticks_count(&p->up); k++) {
        double value = pl_tick_at(&p->up, k), y = place_y(p, value);
        pl_svg_line(out, LEFT, y, right, y, pl_paint_ink(value == 0 ? PL_INK_ZERO : PL_INK_GRID), 1, NULL);
        pl_tick_text(text, sizeof text, &p->up, k, true);
        pl_svg_text(out, LEFT - 8, y + 4, PL_END, 11, pl_paint_ink(PL_INK_MUTED), false, text);
    }
    pl_svg_text(out, right, p->bottom + 34, PL_END, LETTERS, pl_paint_ink(PL_INK_TEXT), false,
                p->chart->column[0]);
    pl_svg_text(out, LEFT, p->top - 8, PL_START, LETTERS, pl_paint_ink(PL_INK_TEXT), false,
                p->chart->column[1]);
}

static const struct {
    const char *key, *text;
    size_t ink;
    bool hollow;
} KIND[] = {{"none", "no deal", 1, false},
            {"frontier", "the frontier", 0, true},
            {"bargain", "bargains", 3, false},
            {"deal", "packages and answers", 2, false},
            {"first", "of the first result", 0, false},
            {"second", "of the second result", 1, true}};
enum { KINDS = sizeof KIND / sizeof *KIND };

static size_t kind_of(const pl_chart *c, size_t row) {
    size_t k = 0;
    while (k + 1 < KINDS && strcmp(KIND[k].key, c->key[row]))
        k++;
    return k;
}

static void draw_frontier(FILE *out, plane *p) {
    const pl_chart *c = p->chart;
    double *x = c->scratch + (PL_CHART_SCRATCH - 2) * c->rows, *y = x + c->rows; /* behind the boxes */
    size_t points = 0;
    for (size_t r = 0; r < c->rows; r++)
        if (!strcmp(c->key[r], "frontier")) {
            size_t at = points++;
            double across = place_x(p, pl_chart_get(c, r, 0)), up = place_y(p, pl_chart_get(c, r, 1));
            for (; at > 0 && x[at - 1] > across; at--) {
                x[at] = x[at - 1];
                y[at] = y[at - 1];
            }
            x[at] = across;
            y[at] = up;
        }
    if (points > 1)
        pl_svg_polyline(out, x, y, points, pl_paint_series(0), 1.5, NULL);
    for (size_t k = 1; k < points; k++)
        for (size_t s = 1; s <= SAMPLES; s++) { /* no name stands on the line */
            double share = (double)s / (SAMPLES + 1);
            p->taken[p->boxes++] = (box){x[k - 1] + share * (x[k] - x[k - 1]) - 2,
                                         y[k - 1] + share * (y[k] - y[k - 1]) - 2, 4, 4};
        }
}

static bool overlap(const box *a, const box *b) {
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

static bool is_free(const plane *p, const box *b) {
    for (size_t k = 0; k < p->boxes; k++)
        if (overlap(&p->taken[k], b))
            return false;
    return b->x >= LEFT - 4 && b->x + b->width <= LEFT + PLOT_WIDTH + 4 && b->y >= p->top - 4 &&
           b->y + b->height <= p->bottom + 2;
}

/* A name right of its point, left, above, below, or a step further away; nowhere when all is taken. */
static void draw_name(FILE *out, plane *p, double x, double y, const char *text) {
    double width = pl_svg_width(text, LETTERS);
    for (size_t far = 0; far < 6; far++) {
        double off = 16.0 * (double)far;
        const box choice[] = {
            {x + 9, y - 8 + off, width, 15},         {x + 9, y - 8 - off, width, 15},
            {x - 9 - width, y - 8 + off, width, 15}, {x - 9 - width, y - 8 - off, width, 15},
            {x - width / 2, y + 8 + off, width, 15}, {x - width / 2, y - 23 - off, width, 15}};
        for (size_t k = 0; k < sizeof choice / sizeof *choice; k++)
            if (is_free(p, &choice[k])) {
                if (far)
                    pl_svg_line(out, x, y,
                                k < 2   ? choice[k].x - 2
                                : k < 4 ? choice[k].x + width + 2
                                        : x,
                                k < 4    ? choice[k].y + 8
                                : k == 4 ? choice[k].y
                                         : choice[k].y + 15,
                                pl_paint_ink(PL_INK_EMPTY), 1, NULL);
                pl_svg_rect(out, choice[k].x - 1, choice[k].y + 1, width + 2, 14, pl_paint_ink(PL_INK_GROUND),
                            NULL);
                pl_svg_text(out, choice[k].x, choice[k].y + 12, PL_START, LETTERS, pl_paint_ink(PL_INK_TEXT),
                            false, text);
                p->taken[p->boxes++] = choice[k];
                return;
            }
    }
}

/* The name of a point, and how many others stand on it. */
static void name_of(plane *p, size_t row, char *out, size_t size) {
    const pl_chart *c = p->chart;
    size_t others = 0;
    double x = place_x(p, pl_chart_get(c, row, 0)), y = place_y(p, pl_chart_get(c, row, 1));
    for (size_t r = row + 1; r < c->rows; r++) {
        bool near = !strcmp(c->key[r], c->key[row]) && hypot(place_x(p, pl_chart_get(c, r, 0)) - x,
                                                             place_y(p, pl_chart_get(c, r, 1)) - y) < NEAR;
        if (near && !p->named[r]) {
            p->named[r] = true;
            others++;
        }
    }
    if (others)
        snprintf(out, size, "%.80s and %zu near it", c->label[row], others);
    else
        snprintf(out, size, "%.80s", c->label[row]);
}

static void draw_points(FILE *out, plane *p) {
    const pl_chart *c = p->chart;
    char a[64], b[64], tip[400];
    for (size_t r = 0; r < c->rows; r++) {
        double x = place_x(p, pl_chart_get(c, r, 0)), y = place_y(p, pl_chart_get(c, r, 1));
        size_t kind = kind_of(c, r);
        if (isnan(x) || isnan(y))
            continue;
        bool small = !strcmp(KIND[kind].key, "frontier");
        pl_chart_number(a, sizeof a, pl_chart_get(c, r, 0), pl_chart_largest(c, 0), true);
        pl_chart_number(b, sizeof b, pl_chart_get(c, r, 1), pl_chart_largest(c, 0), true);
        snprintf(tip, sizeof tip, "%.120s: %s %.60s, %s %.60s", c->label[r], a, c->column[0], b,
                 c->column[1]);
        pl_svg_dot(out, x, y, small ? 3 : 5.5, pl_paint_series(KIND[kind].ink), KIND[kind].hollow, tip);
        p->taken[p->boxes++] = (box){x - 6, y - 6, 12, 12};
    }
}

/* Points of a frontier have no names of interest but its corners'. */
static void draw_names(FILE *out, plane *p) {
    const pl_chart *c = p->chart;
    char text[160];
    for (size_t r = 0; r < c->rows; r++) {
        double x = place_x(p, pl_chart_get(c, r, 0)), y = place_y(p, pl_chart_get(c, r, 1));
        if (p->named[r] || isnan(x) || isnan(y) || !strncmp(c->label[r], "point-", 6))
            continue;
        name_of(p, r, text, sizeof text);
        draw_name(out, p, x, y, text);
    }
}

static void draw_legend(FILE *out, const plane *p) {
    double x = LEFT + PLOT_WIDTH + 24, y = p->top + 8;
    for (size_t k = 0; k < KINDS; k++) {
        bool used = false;
        for (size_t r = 0; r < p->chart->rows; r++)
            used = used || kind_of(p->chart, r) == k;
        if (!used)
            continue;
        char text[80];
        pl_svg_dot(out, x, y, 5, pl_paint_series(KIND[k].ink), KIND[k].hollow, NULL);
        pl_svg_cut(text, sizeof text, KIND[k].text, PL_CHART_WIDTH - x - 14, LETTERS - 1);
        pl_svg_text(out, x + 12, y + 4, PL_START, LETTERS - 1, pl_paint_ink(PL_INK_TEXT), false, text);
        y += 20;
    }
}

void pl_draw_plane(FILE *out, const pl_chart *c) {
    plane p = {
        c, ticks_of(c, 0, 7), ticks_of(c, 1, 6), PL_CHART_TOP + 26, PL_CHART_TOP + 26 + PLOT, NULL, 0, NULL};
    p.taken = (box *)(void *)c->scratch;
    p.named = c->places;
    for (size_t r = 0; r < c->rows; r++)
        p.named[r] = false;
    pl_draw_head(out, c, p.bottom + 48);
    draw_axes(out, &p);
    draw_legend(out, &p);
    draw_frontier(out, &p);
    draw_points(out, &p);
    draw_names(out, &p);
    pl_svg_close(out);
}
