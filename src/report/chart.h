/* A chart: what it shows as a table of numbers, from which the picture, the table beside it and the JSON are made. */
#ifndef PL_CHART_H
#define PL_CHART_H

#include "report/svg.h"

typedef enum {
    PL_CHART_MAP,      /* a row a country (key: its code), one column */
    PL_CHART_BARS,     /* a row a bar, a column a panel */
    PL_CHART_SHIFT,    /* a row a line from the first column's point to the others' */
    PL_CHART_HEAT,     /* a cell a number */
    PL_CHART_LINES,    /* a row a month (label: 2025-04) or a place across, a column a series */
    PL_CHART_PLANE,    /* a row a point: across, up; key: what kind of point */
    PL_CHART_TIMELINE, /* a row a measure: from, to (days); key: a group of measures */
    PL_CHART_RANGE,    /* a row from the first column to the second; the third between them */
    PL_CHART_KINDS
} pl_chart_kind;

enum { PL_CHART_SCRATCH = 30 };

/* How a series of a line chart is drawn. */
typedef enum { PL_LINE_WHOLE, PL_LINE_DASHED, PL_LINE_POINTS } pl_line_style;

typedef struct {
    pl_chart_kind kind;
    char *name, *title, *unit, *basis, *text; /* text: what there is to see, in sentences */
    char *note;                               /* of the picture; may be NULL */
    size_t rows, columns;
    char **key, **label;  /* [rows] */
    char **more;          /* [rows] a second line under a label; NULL: none */
    char **column;        /* [columns] */
    double *value;        /* [rows][columns] NaN: none */
    pl_line_style *style; /* [columns] */
    double *at;           /* lines: [rows] where each row stands, rising; NULL: evenly */
    char *axis;           /* what the rows are, said under lines; may be NULL */
    size_t *ink;          /* [columns] of a series */
    double
        *scratch; /* [PL_CHART_SCRATCH * rows + columns + 8] for whoever draws it: drawing takes no memory */
    size_t *places; /* [rows + columns + 2] likewise */
    double limit;   /* scale of colours or bars shared with other charts; 0: its own */
    double width;   /* of the picture; lines may be half as wide as a page */
    double mark;    /* bars: where a line stands, NaN: nowhere */
    char *mark_text;
} pl_chart;

/* Charts in order; `failed` when memory ran out while they were made. */
typedef struct {
    size_t count, room;
    pl_chart **item;
    bool failed;
} pl_charts;

void pl_charts_clear(pl_charts *charts);
/* A chart of empty numbers and labels, or NULL (and `failed`) when out of memory. */
pl_chart *pl_charts_add(pl_charts *charts, pl_chart_kind kind, size_t rows, size_t columns, const char *name,
                        ...) PL_PRINTF(5, 6);
/* Takes the last chart back. */
void pl_charts_drop(pl_charts *charts);
/* Sets a text of a chart. */
void pl_chart_say(pl_charts *charts, char **text, const char *format, ...) PL_PRINTF(3, 4);
/* Gives the rows of lines places of their own, [rows] numbers to be filled; NULL when out of memory. */
double *pl_chart_places(pl_charts *charts, pl_chart *chart);
void pl_chart_label(pl_charts *charts, pl_chart *chart, size_t row, const char *key, const char *label);
double pl_chart_get(const pl_chart *chart, size_t row, size_t column);
void pl_chart_set(pl_chart *chart, size_t row, size_t column, double value);
const pl_chart *pl_charts_find(const pl_charts *charts, const char *name);
const char *pl_chart_kind_text(pl_chart_kind kind);

/* The picture, as an SVG element that stands alone. */
void pl_chart_draw(FILE *out, const pl_chart *chart);
/* Its numbers as an HTML table. */
void pl_chart_table(FILE *out, const pl_chart *chart);
json_t *pl_chart_json(const pl_chart *chart);

/* ---- scales (src/report/chart_scale.c) ---- */

/* Round numbers about evenly between two: 1, 2 or 5 times a power of ten apart, the ends included by widening. */
typedef struct {
    double low, high, step;
    int decimals;
} pl_ticks;
pl_ticks pl_ticks_of(double low, double high, size_t wanted);
/* The same with zero inside. */
pl_ticks pl_ticks_with_zero(double low, double high, size_t wanted);
size_t pl_ticks_count(const pl_ticks *ticks);
double pl_tick_at(const pl_ticks *ticks, size_t index);
void pl_tick_text(char *out, size_t size, const pl_ticks *ticks, size_t index, bool sign);

/* Five thresholds that rise by 1, 2, 5, 10 ... up to the largest number or near it; the step of a number: gains above the
 * middle, losses below it. SIZE_MAX for what is not a number. */
enum { PL_THRESHOLDS = PL_DIVERGING / 2 };
typedef struct {
    double threshold[PL_THRESHOLDS];
} pl_classes;
pl_classes pl_classes_of(double largest);
size_t pl_class_of(const pl_classes *classes, double value);
/* The legend of a diverging scale, from x on; returns its width. */
double pl_classes_legend(FILE *out, const pl_classes *classes, double x, double y, const char *unit);

/* The largest absolute number of a chart's columns from `first` on; 0 when there is none. */
double pl_chart_largest(const pl_chart *chart, size_t first);
/* A number as a picture shows it: a true minus, as many digits as `largest` needs. */
void pl_chart_number(char *out, size_t size, double value, double largest, bool sign);

/* ---- pictures by kind (src/report/chart_*.c) ---- */

enum { PL_CHART_WIDTH = 960, PL_CHART_NARROW = 472, PL_CHART_TOP = 56, PL_CHART_NARROW_TOP = 92 };
void pl_draw_map(FILE *out, const pl_chart *chart);
void pl_draw_bars(FILE *out, const pl_chart *chart);
void pl_draw_shift(FILE *out, const pl_chart *chart);
void pl_draw_heat(FILE *out, const pl_chart *chart);
void pl_draw_lines(FILE *out, const pl_chart *chart);
void pl_draw_plane(FILE *out, const pl_chart *chart);
void pl_draw_timeline(FILE *out, const pl_chart *chart);
void pl_draw_range(FILE *out, const pl_chart *chart);
/* A day as 2025-06-09; empty for what is none. */
void pl_day_text(char *out, size_t size, double day);
/* Opens the picture and writes title, unit and basis: one line each, two where the picture is narrow. */
void pl_draw_head(FILE *out, const pl_chart *chart, double height);

#endif
