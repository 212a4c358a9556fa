/* A page about one result or two: what is compared with what, and the charts of it. */
#ifndef PL_PAGE_H
#define PL_PAGE_H

#include "report/chart.h"
#include "report/reading.h"

/* A variant of a run beside others. Rows are the countries of the first reading. */
typedef struct {
    const pl_saved *reading;
    size_t variant;
    char *label;     /* what a column of it is headed */
    size_t *country; /* [countries of the first] SIZE_MAX: not in this one */
    size_t *sector;  /* [sectors of the first] */
} pl_page_view;

struct pl_page {
    pl_page_asked asked;
    const pl_saved *first, *second; /* second: NULL for one result */
    pl_page_view *view;             /* of runs */
    size_t views;
    size_t *order;          /* [countries of the first] in falling order of real income */
    double money;           /* of a million USD */
    const char *money_name; /* what money is shown in */
    pl_charts charts;
};

/* How many results a page is about, and the one at a place. */
size_t pl_page_results(const pl_page *page);
const pl_saved *pl_page_result(const pl_page *page, size_t result);

/* Views of runs, and charts by kind. */
pl_status pl_page_views(pl_page *page, pl_error *error);
void pl_page_run(pl_page *page);
void pl_page_path(pl_page *page);
void pl_page_talks(pl_page *page);
/* PL_INVALID for two sweeps that do not vary the same, or are not about the same. */
pl_status pl_page_sweep(pl_page *page, pl_error *error);

const pl_run_reading *pl_view_run(const pl_page_view *view);
const pl_read_variant *pl_view_variant(const pl_page_view *view);
/* A variable of a country of the first reading; NaN where a view has none. */
double pl_view_country(const pl_page_view *view, pl_read_country variable, size_t country);
double pl_view_sector(const pl_page_view *view, pl_read_sector variable, size_t sector, size_t country);
/* Rows in order of `key`, the largest first; what is not a number comes last. `order` is [count]. */
void pl_page_order(size_t *order, const double *key, size_t count);

/* ---- HTML (src/report/html*.c) ---- */

/* False when out of memory. */
bool pl_html_run(FILE *out, const pl_page *page);
bool pl_html_path(FILE *out, const pl_page *page);
bool pl_html_talks(FILE *out, const pl_page *page);
bool pl_html_sweep(FILE *out, const pl_page *page);

/* The parts pages share (src/report/html.c, html_basis.c). */
void pl_html_text(FILE *out, const char *element, const char *text);
void pl_html_figure(FILE *out, const pl_page *page, const char *name);
void pl_html_cell(FILE *out, double value, int decimals, bool sign);
void pl_html_heading(FILE *out, const char *id, const char *text);
/* Opens a table with a caption; heads follow as <th>, then pl_html_body. */
void pl_html_table(FILE *out, const char *kind, const char *caption);
void pl_html_head_cell(FILE *out, const char *text, const char *unit);
void pl_html_body(FILE *out);
void pl_html_row(FILE *out, const char *label);
void pl_html_end_row(FILE *out);
void pl_html_end_table(FILE *out);
/* "falls by 0.41 %", "rises by 0.2 %", "does not change". */
void pl_html_moves(FILE *out, double percent);
/* "110.5 bn USD". */
void pl_html_money(FILE *out, const pl_page *page, double million);
/* The name of a country in a sentence: "the United States". */
void pl_html_country(FILE *out, const pl_saved *reading, const char *code);
/* What a setting is; "" for what is none. */
const char *pl_html_help(const char *setting);
/* What everything stands on: settings, certificate, sources, assumptions, how to get it again. */
void pl_html_settings(FILE *out, const pl_page *page);
/* Of two results, which settings differ. */
void pl_html_differences(FILE *out, const pl_page *page);
void pl_html_sources(FILE *out, const pl_page *page, const pl_strings *measures);
void pl_html_again(FILE *out, const pl_page *page);
/* The different sources of measures of a list of {text, source}. */
bool pl_html_collect(const json_t *measures, pl_strings *sources);
void pl_html_measures(FILE *out, const json_t *measures, const json_t *without, const pl_strings *sources);
/* The names of the sectors whose codes are in the texts of measures. */
void pl_html_codes(FILE *out, const pl_saved *reading, const json_t *const *measures, size_t lists);
/* What changes of the long run are against. */
void pl_html_against(FILE *out, const pl_saved *reading);
/* Whether a measure of the same text is in a list. */
bool pl_html_has_measure(const json_t *measures, const json_t *measure);

#endif
