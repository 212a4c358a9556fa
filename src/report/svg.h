/* A small writer of SVG and of the text of HTML (docs/decisions/0013-the-face.md). Every mark carries its colour for paper as
 * an attribute, and a class by which a page shown in the dark may choose another. */
#ifndef PL_SVG_H
#define PL_SVG_H

#include "report/report.h"

/* Text with what XML gives a meaning to replaced; characters XML does not know become U+FFFD. */
void pl_xml_text(FILE *out, const char *text);
/* "1.5" and not "1.50": a coordinate or size, two digits after the point at most. */
void pl_svg_number(FILE *out, double value);

/* Inks by role; the page's style has the same names for the dark. */
typedef enum {
    PL_INK_TEXT,   /* words */
    PL_INK_MUTED,  /* units, tick labels */
    PL_INK_GRID,   /* lines of a grid */
    PL_INK_ZERO,   /* the zero line */
    PL_INK_GROUND, /* what is behind everything */
    PL_INK_EMPTY,  /* no number */
    PL_INKS
} pl_ink;
/* Colours of series, the first ones first; `class` is what the page calls it. */
enum { PL_SERIES_INKS = 8 };
/* Steps of the diverging scale: 0 is the largest loss, PL_DIVERGING / 2 nothing. */
enum { PL_DIVERGING = 11 };

typedef struct {
    const char *light, *dark;
} pl_colour;
extern const pl_colour pl_ink_colour[PL_INKS], pl_series_colour[PL_SERIES_INKS],
    pl_diverging_colour[PL_DIVERGING];
/* Whether white is read better than black on a step of the scale, on paper and in the dark. */
bool pl_diverging_is_dark(size_t step);
/* The rules of a style sheet that put the dark colours in the place of those on paper. */
void pl_svg_dark_rules(FILE *out);

/* How a mark is filled or drawn: an ink, a series or a step. */
typedef struct {
    enum { PL_PAINT_INK, PL_PAINT_SERIES, PL_PAINT_STEP } from;
    size_t index;
} pl_paint;
pl_paint pl_paint_ink(pl_ink ink);
pl_paint pl_paint_series(size_t series);
pl_paint pl_paint_step(size_t step);

typedef enum { PL_START, PL_MIDDLE, PL_END } pl_anchor;

/* A picture: role, title and description for those who do not see it. `id` makes its parts' names unique on a page. */
void pl_svg_open(FILE *out, const char *id, double width, double height, const char *title, const char *text);
void pl_svg_close(FILE *out);
/* A mark that says something when pointed at: `tip` may be NULL. */
void pl_svg_rect(FILE *out, double x, double y, double width, double height, pl_paint fill, const char *tip);
void pl_svg_line(FILE *out, double x1, double y1, double x2, double y2, pl_paint stroke, double width,
                 const char *dash);
void pl_svg_dot(FILE *out, double x, double y, double radius, pl_paint fill, bool hollow, const char *tip);
void pl_svg_path(FILE *out, const char *path, pl_paint fill, const char *tip);
void pl_svg_text(FILE *out, double x, double y, pl_anchor anchor, double size, pl_paint ink, bool strong,
                 const char *text);
/* A text in the middle of a step of the scale, in whichever of black and white is read better. */
void pl_svg_text_on(FILE *out, double x, double y, double size, size_t step, const char *text);
/* A line through points; a point that is not a number breaks it. */
void pl_svg_polyline(FILE *out, const double *x, const double *y, size_t count, pl_paint stroke, double width,
                     const char *dash);
/* About how wide a text is at a size. */
double pl_svg_width(const char *text, double size);
/* The text cut to a width, with an ellipsis. */
void pl_svg_cut(char *out, size_t size, const char *text, double width, double letters);

#endif
