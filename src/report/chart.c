/* Charts: the numbers behind a picture, as a table and as JSON. */
#include "report/chart.h"

#include <math.h>
#include <string.h>

static void chart_free(pl_chart *c) {
    if (!c)
        return;
    char *texts[] = {c->name, c->title, c->unit, c->basis, c->text, c->note, c->mark_text, c->axis};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        free(texts[k]);
    for (size_t r = 0; r < c->rows; r++) {
        if (c->key)
            free(c->key[r]);
        if (c->label)
            free(c->label[r]);
        if (c->more)
            free(c->more[r]);
    }
    for (size_t k = 0; k < c->columns && c->column; k++)
        free(c->column[k]);
    free(c->key);
    free(c->label);
    free(c->more);
    free(c->at);
    free(c->column);
    free(c->value);
    free(c->style);
    free(c->ink);
    free(c->scratch);
    free(c->places);
    free(c);
}

void pl_charts_clear(pl_charts *charts) {
    for (size_t k = 0; k < charts->count; k++)
        chart_free(charts->item[k]);
    free(charts->item);
    memset(charts, 0, sizeof *charts);
}

static bool keep(pl_charts *charts, pl_chart *chart) {
    if (!pl_grow(&charts->item, &charts->room, charts->count, sizeof *charts->item))
        return false;
    charts->item[charts->count++] = chart;
    return true;
}

/* The arrays of a chart, its numbers not there yet. */
static bool make_room(pl_chart *c, size_t rows, size_t columns) {
    c->key = pl_alloc(rows + 1, sizeof *c->key);
    c->label = pl_alloc(rows + 1, sizeof *c->label);
    c->more = pl_alloc(rows + 1, sizeof *c->more);
    c->column = pl_alloc(columns + 1, sizeof *c->column);
    c->value = pl_alloc(rows * columns + 1, sizeof *c->value);
    c->style = pl_alloc(columns + 1, sizeof *c->style);
    c->ink = pl_alloc(columns + 1, sizeof *c->ink);
    c->scratch = pl_alloc(PL_CHART_SCRATCH * rows + columns + 8, sizeof *c->scratch);
    c->places = pl_alloc(rows + columns + 2, sizeof *c->places);
    if (!c->scratch || !c->places)
        return false;
    if (!c->key || !c->label || !c->more || !c->column || !c->value || !c->style || !c->ink)
        return false;
    c->rows = rows;
    c->columns = columns;
    c->mark = NAN;
    c->width = PL_CHART_WIDTH;
    for (size_t k = 0; k < rows * columns; k++)
        c->value[k] = NAN;
    for (size_t k = 0; k < columns; k++)
        c->ink[k] = k;
    return true;
}

pl_chart *pl_charts_add(pl_charts *charts, pl_chart_kind kind, size_t rows, size_t columns, const char *name,
                        ...) {
    char text[256];
    va_list args;
    va_start(args, name);
    vsnprintf(text, sizeof text, name, args);
    va_end(args);
    pl_chart *c = charts->failed ? NULL : pl_alloc(1, sizeof *c);
    if (c) {
        c->kind = kind;
        c->name = pl_strdup(text);
    }
    if (!c || !c->name || !make_room(c, rows, columns) || !keep(charts, c)) {
        chart_free(c);
        charts->failed = true;
        return NULL;
    }
    return c;
}

void pl_charts_drop(pl_charts *charts) {
    chart_free(charts->item[--charts->count]);
}

void pl_chart_say(pl_charts *charts, char **text, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *made = length < 0 ? NULL : malloc((size_t)length + 1);
    if (made)
        vsnprintf(made, (size_t)length + 1, format, again);
    else
        charts->failed = true;
    va_end(again);
    va_end(args);
    free(*text);
    *text = made;
}

void pl_chart_label(pl_charts *charts, pl_chart *chart, size_t row, const char *key, const char *label) {
    pl_chart_say(charts, &chart->key[row], "%s", key);
    pl_chart_say(charts, &chart->label[row], "%s", label);
}

double *pl_chart_places(pl_charts *charts, pl_chart *chart) {
    chart->at = pl_alloc(chart->rows + 1, sizeof *chart->at);
    charts->failed = charts->failed || !chart->at;
    return chart->at;
}

double pl_chart_get(const pl_chart *chart, size_t row, size_t column) {
    return chart->value[row * chart->columns + column];
}

void pl_chart_set(pl_chart *chart, size_t row, size_t column, double value) {
    chart->value[row * chart->columns + column] = value;
}

const pl_chart *pl_charts_find(const pl_charts *charts, const char *name) {
    for (size_t k = 0; k < charts->count; k++)
        if (!strcmp(charts->item[k]->name, name))
            return charts->item[k];
    return NULL;
}

const char *pl_chart_kind_text(pl_chart_kind kind) {
    static const char *const names[PL_CHART_KINDS] = {"map",   "bars",  "shift",    "heat",
                                                      "lines", "plane", "timeline", "range"};
    return names[kind];
}

double pl_chart_largest(const pl_chart *chart, size_t first) {
    double largest = 0;
    for (size_t r = 0; r < chart->rows; r++)
        for (size_t c = first; c < chart->columns; c++)
            if (fabs(pl_chart_get(chart, r, c)) > largest)
                largest = fabs(pl_chart_get(chart, r, c));
    return largest;
}

void pl_chart_draw(FILE *out, const pl_chart *chart) {
    static void (*const draw[PL_CHART_KINDS])(FILE *, const pl_chart *) = {
        pl_draw_map,   pl_draw_bars,  pl_draw_shift,    pl_draw_heat,
        pl_draw_lines, pl_draw_plane, pl_draw_timeline, pl_draw_range};
    draw[chart->kind](out, chart);
}

/* ---- the table beside ---- */

static const char *row_title(const pl_chart *c) {
    static const char *const titles[PL_CHART_KINDS] = {"country", "row",  "flow",    "sector",
                                                       "month",   "deal", "measure", "row"};
    return c->axis ? c->axis : titles[c->kind];
}

static void put_cell(FILE *out, const pl_chart *c, size_t row, size_t column, double largest) {
    char text[64];
    if (c->kind == PL_CHART_TIMELINE)
        pl_day_text(text, sizeof text, pl_chart_get(c, row, column));
    else if (isnan(pl_chart_get(c, row, column)))
        snprintf(text, sizeof text, "%s", "");
    else
        pl_text_number(text, sizeof text, pl_chart_get(c, row, column), pl_text_decimals(largest), false);
    fputs("<td>", out);
    pl_xml_text(out, text);
    fputs("</td>", out);
}

void pl_chart_table(FILE *out, const pl_chart *c) {
    double largest = pl_chart_largest(c, 0);
    fputs("<table><caption>", out);
    pl_xml_text(out, c->title);
    fputs(", ", out);
    pl_xml_text(out, c->unit);
    fputs("</caption>\n<thead><tr><th scope=\"col\">", out);
    pl_xml_text(out, row_title(c));
    fputs("</th>", out);
    for (size_t k = 0; k < c->columns; k++) {
        fputs("<th scope=\"col\">", out);
        pl_xml_text(out, c->column[k] ? c->column[k] : "");
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t r = 0; r < c->rows; r++) {
        fputs("<tr><th scope=\"row\">", out);
        pl_xml_text(out, c->label[r]);
        if (c->more[r]) {
            fputs(": ", out);
            pl_xml_text(out, c->more[r]);
        }
        fputs("</th>", out);
        for (size_t k = 0; k < c->columns; k++)
            put_cell(out, c, r, k, largest);
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

/* ---- JSON ---- */

static json_t *row_json(const pl_chart *c, size_t row) {
    json_t *o = json_object(), *values = json_array();
    bool made = pl_json_put(o, "key", json_string(c->key[row])) &&
                pl_json_put(o, "label", json_string(c->label[row]));
    made = made && (!c->more[row] || pl_json_put(o, "more", json_string(c->more[row])));
    for (size_t k = 0; k < c->columns; k++)
        made = values && json_array_append_new(values, pl_json_number(pl_chart_get(c, row, k))) == 0 && made;
    if (pl_json_put(o, "values", values) && made)
        return o;
    json_decref(o);
    return NULL;
}

json_t *pl_chart_json(const pl_chart *c) {
    json_t *o = json_object(), *columns = json_array(), *rows = json_array();
    bool made = columns && rows;
    for (size_t k = 0; k < c->columns && made; k++)
        made = json_array_append_new(columns, json_string(c->column[k] ? c->column[k] : "")) == 0;
    for (size_t r = 0; r < c->rows && made; r++)
        made = json_array_append_new(rows, row_json(c, r)) == 0;
    made = pl_json_put(o, "columns", columns) && made;
    made = pl_json_put(o, "rows", rows) && made;
    made = made && pl_json_put(o, "name", json_string(c->name)) &&
           pl_json_put(o, "title", json_string(c->title)) && pl_json_put(o, "unit", json_string(c->unit)) &&
           pl_json_put(o, "basis", json_string(c->basis)) && pl_json_put(o, "text", json_string(c->text)) &&
           pl_json_put(o, "kind", json_string(pl_chart_kind_text(c->kind)));
    if (made)
        return o;
    json_decref(o);
    return NULL;
}
