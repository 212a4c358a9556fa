/* The page of a path, or of two. */
#include "report/page.h"

#include <math.h>
#include <string.h>

/* The first chart whose name starts so, or NULL. */
static const pl_chart *chart_starting(const pl_page *page, const char *start) {
    for (size_t k = 0; k < page->charts.count; k++)
        if (!strncmp(page->charts.item[k]->name, start, strlen(start)))
            return page->charts.item[k];
    return NULL;
}

static bool starts_with_any(const char *name, const char *const *starts, size_t count) {
    for (size_t k = 0; k < count && starts[k]; k++)
        if (!strncmp(name, starts[k], strlen(starts[k])))
            return true;
    return false;
}

/* Charts of a part, in their order: two beside each other where there is room. */
static void figures(FILE *out, const pl_page *page, const char *const *starts, size_t count) {
    fputs("<div class=\"pair\">\n", out);
    for (size_t k = 0; k < page->charts.count; k++)
        if (starts_with_any(page->charts.item[k]->name, starts, count))
            pl_html_figure(out, page, page->charts.item[k]->name);
    fputs("</div>\n", out);
}

static size_t lowest_row(const pl_chart *c, size_t column) {
    size_t low = SIZE_MAX;
    for (size_t r = 0; r < c->rows; r++)
        if (pl_chart_get(c, r, column) < (low == SIZE_MAX ? INFINITY : pl_chart_get(c, low, column)))
            low = r;
    return low;
}

/* "What A buys from B starts at .., is lowest in .., and ends at ..". */
static void say_trade(FILE *out, const pl_page *page, const pl_chart *c) {
    size_t low = lowest_row(c, 0), last = c->rows - 1;
    double first = pl_chart_get(c, 0, 0), end = pl_chart_get(c, last, 0);
    if (low == SIZE_MAX || isnan(first) || isnan(end))
        return;
    fputs("<p class=\"lead\"><strong>", out);
    pl_xml_text(out, c->title);
    fputs("</strong> starts at ", out);
    pl_html_money(out, page, first / page->money);
    fputs(" a month in ", out);
    pl_xml_text(out, c->label[0]);
    if (low < last) {
        fputs(", is lowest in ", out);
        pl_xml_text(out, c->label[low]);
        fputs(" (", out);
        pl_html_money(out, page, pl_chart_get(c, low, 0) / page->money);
        fputs(")", out);
    }
    fputs(" and ends at ", out);
    pl_html_money(out, page, end / page->money);
    fputs(" in ", out);
    pl_xml_text(out, c->label[last]);
    fputs(".</p>\n", out);
}

static void say_incomes(FILE *out, const pl_page *page, const pl_chart *c) {
    size_t most = c->columns < 4 ? c->columns : 4, last = c->rows - 1;
    fputs("<p class=\"lead\">At the end of the path, in ", out);
    pl_xml_text(out, c->label[last]);
    fputs(", real income against the base year ", out);
    for (size_t k = 0; k < most; k++) {
        fputs(k ? k + 1 == most ? " and " : ", " : "", out);
        pl_html_moves(out, pl_chart_get(c, last, k));
        fputs(" (", out);
        pl_xml_text(out, c->column[k]);
        fputs(")", out);
    }
    fputs(".</p>\n", out);
    (void)page;
}

/* A table of a chart's months: those of the first year, then every third. */
static void months_table(FILE *out, const pl_chart *c) {
    double largest = pl_chart_largest(c, 0);
    char caption[500];
    snprintf(caption, sizeof caption, "%.300s, %.100s", c->title, c->unit);
    pl_html_table(out, NULL, caption);
    pl_html_head_cell(out, "month", NULL);
    for (size_t k = 0; k < c->columns; k++)
        pl_html_head_cell(out, c->column[k], NULL);
    pl_html_body(out);
    for (size_t r = 0; r < c->rows; r += r < 12 ? 1 : 3) {
        pl_html_row(out, c->label[r]);
        for (size_t k = 0; k < c->columns; k++)
            pl_html_cell(out, pl_chart_get(c, r, k),
                         pl_text_decimals(largest) - 1 > 0 ? pl_text_decimals(largest) - 1 : 0, false);
        pl_html_end_row(out);
    }
    pl_html_end_table(out);
}

/* ---- the certificate ---- */

static void certificate(FILE *out, const pl_page *page) {
    pl_html_heading(out, "certificate", "How well this was solved");
    fputs("<p>Every month's equations are checked again on the answer, by plain loops that share no code "
          "with the "
          "solver; the largest relative error of any equation in any month is the certificate.</p>\n",
          out);
    pl_html_table(out, "words", "Largest relative errors");
    pl_html_head_cell(out, "result", NULL);
    pl_html_head_cell(out, "months", NULL);
    pl_html_head_cell(out, "converged", NULL);
    pl_html_head_cell(out, "largest error", NULL);
    pl_html_body(out);
    for (size_t k = 0; k < pl_page_results(page); k++) {
        const pl_saved *r = pl_page_result(page, k);
        double worst = pl_read_value(r->root, "largest_residual");
        pl_html_row(out, r->label);
        fprintf(out, "<td>%zu</td><td>%s</td>", r->path.months, pl_saved_converged(r) ? "yes" : "NO");
        isnan(worst) ? fputs("<td></td>", out) : fprintf(out, "<td>%.1e</td>", worst);
        pl_html_end_row(out);
    }
    pl_html_end_table(out);
    const json_t *part,
        *parts = json_object_get(json_object_get(page->first->root, "certificate"), "residuals");
    size_t k;
    if (!json_array_size(parts))
        return;
    fputs("<ul class=\"small\">\n", out);
    json_array_foreach(parts, k, part) {
        fputs("<li>", out);
        pl_xml_text(out, pl_read_text(part, "text", ""));
        fprintf(out, ": %.1e</li>\n", pl_read_value(part, "residual"));
    }
    fputs("</ul>\n", out);
}

static void moves(FILE *out, const pl_page *page) {
    for (size_t r = 0; r < pl_page_results(page); r++) {
        const json_t *list = json_object_get(pl_page_result(page, r)->root, "moved"), *move;
        size_t k;
        if (!json_array_size(list))
            continue;
        fputs("<h3>Dates moved from what the scenario says", out);
        if (page->second) {
            fputs(": ", out);
            pl_xml_text(out, pl_page_result(page, r)->label);
        }
        fputs("</h3>\n<ul>\n", out);
        json_array_foreach(list, k, move) {
            fputs("<li>", out);
            pl_xml_text(out, pl_read_text(move, "measure", ""));
            fputs(", ", out);
            pl_xml_text(out, pl_read_text(move, "date", ""));
            fputs(": from ", out);
            pl_xml_text(out, pl_read_text(move, "from", "no date"));
            fputs(" to ", out);
            pl_xml_text(out, pl_read_text(move, "to", "no date"));
            fputs("</li>\n", out);
        }
        fputs("</ul>\n", out);
    }
}

/* Of what is bought: the month in which two results differ most, and what the difference adds up to. */
static void say_gap(FILE *out, const pl_page *page, const pl_chart *c) {
    size_t most = SIZE_MAX;
    double sum = 0, widest = 0;
    for (size_t r = 0; r < c->rows; r++) {
        double gap = pl_chart_get(c, r, 2) - pl_chart_get(c, r, 0);
        if (isnan(gap))
            continue;
        sum += gap;
        if (most == SIZE_MAX || fabs(gap) > fabs(widest)) {
            most = r;
            widest = gap;
        }
    }
    if (most == SIZE_MAX)
        return;
    fputs("<p class=\"lead\"><strong>", out);
    pl_xml_text(out, c->title);
    if (widest == 0) {
        fputs("</strong> is the same in both.</p>\n", out);
        return;
    }
    fputs("</strong>: the second differs most from the first in ", out);
    pl_xml_text(out, c->label[most]);
    fputs(", by ", out);
    pl_html_money(out, page, fabs(widest) / page->money);
    fprintf(out, " %s; over all months together it is ", widest < 0 ? "less" : "more");
    pl_html_money(out, page, fabs(sum) / page->money);
    fprintf(out, " %s.</p>\n", sum < 0 ? "less" : "more");
}

static void say_all(FILE *out, const pl_page *page) {
    const pl_chart *income = chart_starting(page, "income");
    size_t said = 0;
    for (size_t k = 0; k < page->charts.count && said < 2; k++)
        if (!strncmp(page->charts.item[k]->name, "trade-", 6)) {
            if (page->second)
                say_gap(out, page, page->charts.item[k]);
            else
                say_trade(out, page, page->charts.item[k]);
            said++;
        }
    if (income)
        say_incomes(out, page, income);
    if (page->second) {
        fputs("<p>In every picture the first result (", out);
        pl_xml_text(out, page->first->label);
        fputs(") has whole lines, the second (", out);
        pl_xml_text(out, page->second->label);
        fputs(") broken ones.</p>\n", out);
        pl_html_differences(out, page);
    }
    fputs("<p class=\"small\">What a model with stocks, licences and slow adjustment says of each month, "
          "with everything "
          "else as it was: not a forecast. What it stands on is at the end of this page.</p>\n",
          out);
}

static const struct {
    const char *id, *head, *charts[4];
} PART[] = {{"measures", "The measures", {"timeline"}},
            {"months", "Trade month by month", {"trade-", "change-"}},
            {"observed", "Beside what was observed", {"observed-"}},
            {"economy", "Income, output, prices and duties", {"income", "output", "prices", "duties"}},
            {"licences", "Licences, stocks and what waits for them", {"licences-", "stocks", "stopped"}}};

/* Whom the observed points are from. */
static bool say_observers(FILE *out, const pl_saved *r) {
    const json_t *series;
    pl_strings sources = {0};
    size_t k;
    bool made = true;
    json_array_foreach(json_object_get(r->root, "observed"), k, series) made =
        made && pl_html_collect(json_object_get(series, "points"), &sources);
    if (sources.count)
        fputs("<p class=\"small\">What was observed is from:</p>\n<ul class=\"measures\">\n", out);
    for (k = 0; k < sources.count; k++)
        if (strcmp(sources.item[k], "derived") != 0) /* from what stands beside it */
            pl_html_text(out, "li", sources.item[k]);
    fputs(sources.count ? "</ul>\n" : "", out);
    pl_strings_clear(&sources);
    return made;
}

static bool parts(FILE *out, const pl_page *page) {
    bool made = true;
    for (size_t p = 0; p < sizeof PART / sizeof *PART; p++) {
        bool any = false;
        for (size_t k = 0; k < 4 && PART[p].charts[k]; k++)
            any = any || chart_starting(page, PART[p].charts[k]);
        if (!any)
            continue;
        pl_html_heading(out, PART[p].id, PART[p].head);
        if (!strcmp(PART[p].id, "observed"))
            fputs("<p class=\"small\">Some of what was observed is worked out from the levels of two months; "
                  "the result's "
                  "file says which.</p>\n",
                  out);
        figures(out, page, PART[p].charts, 4);
        if (!strcmp(PART[p].id, "observed"))
            made = say_observers(out, page->first);
    }
    return made;
}

bool pl_html_path(FILE *out, const pl_page *page) {
    pl_strings sources = {0};
    const json_t *measures = json_object_get(page->first->root, "measures");
    const pl_chart *trade = chart_starting(page, "trade-"), *income = chart_starting(page, "income");
    fputs(
        "<nav aria-label=\"Parts of this page\"><a href=\"#months\">Trade</a><a href=\"#economy\">Income and "
        "prices</a><a href=\"#tables\">Tables</a><a href=\"#certificate\">Certificate</a><a "
        "href=\"#sources\">Sources</a><a href=\"#again\">Again</a></nav>\n",
        out);
    say_all(out, page);
    bool made = parts(out, page);
    moves(out, page);
    pl_html_heading(out, "tables", "Tables");
    if (trade)
        months_table(out, trade);
    if (income)
        months_table(out, income);
    if (json_array_size(measures)) {
        made = pl_html_collect(measures, &sources) && made;
        pl_html_heading(out, "list", "The measures, with their sources");
        pl_html_measures(out, measures, NULL, &sources);
        pl_html_codes(out, page->first, &measures, 1);
    }
    certificate(out, page);
    pl_html_settings(out, page);
    pl_html_sources(out, page, &sources);
    pl_strings_clear(&sources);
    return made;
}
