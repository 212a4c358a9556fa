/* The page of a run, or of two: sentences, pictures, tables, and what they stand on. */
#include "report/page.h"

#include <math.h>
#include <string.h>

static const pl_run_reading *base(const pl_page *page) {
    return &page->first->run;
}

static double value_of(const pl_page *page, size_t view, pl_read_country variable, size_t n) {
    return pl_view_country(&page->view[view], variable, n);
}

/* ---- sentences ---- */

/* The countries with the largest amounts of money gained or lost; returns how many, at most `most`. */
static size_t largest(const pl_page *page, size_t view, size_t *found, size_t most) {
    size_t N = base(page)->countries, count = 0;
    for (size_t n = 0; n < N; n++) {
        double size = fabs(value_of(page, view, PL_READ_equivalent_variation, n));
        if (isnan(size))
            size = fabs(value_of(page, view, PL_READ_real_income, n));
        size_t at = count < most ? count : most;
        for (; at > 0; at--) {
            double before = fabs(value_of(page, view, PL_READ_equivalent_variation, found[at - 1]));
            if (isnan(before))
                before = fabs(value_of(page, view, PL_READ_real_income, found[at - 1]));
            if (before >= size)
                break;
            if (at < most)
                found[at] = found[at - 1];
        }
        if (at < most && !isnan(size)) {
            found[at] = n;
            count += count < most;
        }
    }
    return count;
}

static void say_country(FILE *out, const pl_page *page, size_t view, size_t n) {
    double money = value_of(page, view, PL_READ_equivalent_variation, n);
    pl_html_moves(out, value_of(page, view, PL_READ_real_income, n));
    fputs(" in ", out);
    pl_html_country(out, page->first, base(page)->country[n]);
    if (!isnan(money)) {
        fprintf(out, " (%s worth ", money < 0 ? "a loss" : "a gain");
        pl_html_money(out, page, money);
        fputs(" a year)", out);
    }
}

static void say_ends(FILE *out, const pl_page *page, size_t view) {
    size_t best = SIZE_MAX, worst = SIZE_MAX;
    for (size_t n = 0; n < base(page)->countries; n++) {
        double value = value_of(page, view, PL_READ_real_income, n);
        if (value > (best == SIZE_MAX ? 0 : value_of(page, view, PL_READ_real_income, best)))
            best = n;
        if (value < (worst == SIZE_MAX ? 0 : value_of(page, view, PL_READ_real_income, worst)))
            worst = n;
    }
    if (best == SIZE_MAX && worst == SIZE_MAX)
        return;
    fputs(" In proportion to its income, ", out);
    for (size_t k = 0; k < 2; k++) {
        size_t n = k ? worst : best;
        char text[64];
        if (n == SIZE_MAX)
            continue;
        pl_chart_number(text, sizeof text, value_of(page, view, PL_READ_real_income, n), 1, true);
        fputs(k && best != SIZE_MAX ? ", and " : "", out);
        pl_html_country(out, page->first, base(page)->country[n]);
        fprintf(out, " %s most (%s\xc2\xa0%%)", k ? "loses" : "gains", text);
    }
    fputs(".", out);
}

static void say_world(FILE *out, const pl_page *page, size_t view) {
    const pl_read_totals *t = &pl_view_variant(&page->view[view])->total;
    if (!isnan(t->equivalent_variation) && t->income_before > 0) {
        fputs(" World real income ", out);
        pl_html_moves(out, 100 * t->equivalent_variation / t->income_before);
        fputs(" (", out);
        pl_html_money(out, page, t->equivalent_variation);
        fputs(" a year)", out);
    }
    if (t->trade_before > 0) {
        fputs("; trade between countries ", out);
        pl_html_moves(out, 100 * (t->trade / t->trade_before - 1));
    }
    if (!isnan(t->duties)) {
        fputs(", and import duties go from ", out);
        pl_html_money(out, page, t->duties_before);
        fputs(" to ", out);
        pl_html_money(out, page, t->duties);
        fputs(" a year", out);
    }
    fputs(".", out);
}

static void say_view(FILE *out, const pl_page *page, size_t view) {
    const pl_read_variant *v = pl_view_variant(&page->view[view]);
    size_t found[2], count = largest(page, view, found, 2);
    fputs("<p class=\"lead\"><strong>", out);
    if (page->second) {
        pl_xml_text(out, page->view[view].label);
        fputs(*v->title ? ":</strong> " : ".</strong> ", out);
        pl_xml_text(out, v->title);
    } else {
        pl_xml_text(out, *v->title ? v->title : v->name);
        fputs(".</strong>", out);
    }
    if (page->second)
        fputs(*v->title ? "." : "", out);
    fputs(v->converged ? "" : " <em>Not converged: no equilibrium.</em>", out);
    fputs(" Real income ", out);
    for (size_t k = 0; k < count; k++) {
        fputs(k ? " and " : "", out);
        say_country(out, page, view, found[k]);
    }
    fputs(".", out);
    say_ends(out, page, view);
    say_world(out, page, view);
    fputs("</p>\n", out);
}

static size_t only_in(const json_t *measures, const json_t *others) {
    const json_t *measure;
    size_t k, count = 0;
    json_array_foreach(measures, k, measure) count += !pl_html_has_measure(others, measure);
    return count;
}

static void say_measures(FILE *out, const pl_page *page) {
    const json_t *first = pl_view_variant(&page->view[0])->measures,
                 *second = pl_view_variant(&page->view[1])->measures;
    size_t a = only_in(first, second), b = only_in(second, first);
    if (a + b)
        fprintf(out, "<p>Of the measures %zu are only in the first and %zu only in the second.</p>\n", a, b);
    else
        fputs("<p>The measures are the same in both.</p>\n", out);
}

static void say_difference(FILE *out, const pl_page *page) {
    size_t N = base(page)->countries, best = SIZE_MAX, worst = SIZE_MAX;
    double high = 0, low = 0;
    for (size_t n = 0; n < N; n++) {
        double change = value_of(page, 1, PL_READ_real_income, n) - value_of(page, 0, PL_READ_real_income, n);
        if (change > high) {
            high = change;
            best = n;
        }
        if (change < low) {
            low = change;
            worst = n;
        }
    }
    fputs("<p class=\"lead\"><strong>The second less the first.</strong> ", out);
    if (best == SIZE_MAX && worst == SIZE_MAX)
        fputs("Real income is the same in both, in every country that both have.", out);
    if (best != SIZE_MAX) {
        fputs("The difference is best for ", out);
        pl_html_country(out, page->first, base(page)->country[best]);
        fprintf(out, ", %.2f percentage points of real income. ", high);
    }
    if (worst != SIZE_MAX) {
        fputs("It is worst for ", out);
        pl_html_country(out, page->first, base(page)->country[worst]);
        fprintf(out, ", \xe2\x88\x92%.2f percentage points. ", -low);
    }
    fputs("</p>\n", out);
    pl_html_differences(out, page);
    say_measures(out, page);
}

/* ---- tables ---- */

/* A column for each view, headed by `text` (may be "") and what the view is called. */
static void head_cells(FILE *out, const pl_page *page, const char *text, const char *unit) {
    for (size_t v = 0; v < page->views; v++) {
        char head[300];
        snprintf(head, sizeof head, "%.120s%s%.150s", text, *text && page->views > 1 ? ", " : "",
                 page->views > 1 || !*text ? page->view[v].label : "");
        pl_html_head_cell(out, head, unit);
    }
    if (page->second)
        pl_html_head_cell(out, "second less first", unit);
}

static void cells(FILE *out, const pl_page *page, pl_read_country variable, size_t n, double scale,
                  int decimals) {
    for (size_t v = 0; v < page->views; v++)
        pl_html_cell(out, scale * value_of(page, v, variable, n), decimals, true);
    if (page->second)
        pl_html_cell(out, scale * (value_of(page, 1, variable, n) - value_of(page, 0, variable, n)), decimals,
                     true);
}

static bool has(const pl_page *page, pl_read_country variable) {
    return pl_view_variant(&page->view[0])->by_country[variable] != NULL;
}

/* Imports and exports by value, percent, of one variant: a page with more has no room for them. */
static void trade_cells(FILE *out, const pl_page *page, size_t n) {
    static const pl_read_country pairs[][2] = {{PL_READ_imports_before, PL_READ_imports},
                                               {PL_READ_exports_before, PL_READ_exports}};
    for (size_t k = 0; k < 2; k++) {
        double before = value_of(page, 0, pairs[k][0], n), after = value_of(page, 0, pairs[k][1], n);
        pl_html_cell(out, before > 0 ? 100 * (after / before - 1) : NAN, 2, true);
    }
}

static void country_table(FILE *out, const pl_page *page) {
    static const struct {
        pl_read_country variable;
        const char *text;
    } more[] = {{PL_READ_real_wage, "real wage"},
                {PL_READ_terms_of_trade, "terms of trade"},
                {PL_READ_consumer_price, "consumer prices"}};
    int digits = page->money < 1 ? 2 : 1;
    bool one = page->views == 1;
    char yearly[80];
    snprintf(yearly, sizeof yearly, "%s a year", page->money_name);
    pl_html_heading(out, "countries", "Every country");
    pl_html_table(out, "names", "Long-run change by country, in falling order of real income");
    pl_html_head_cell(out, "country", NULL);
    head_cells(out, page, "real income", "%");
    if (has(page, PL_READ_equivalent_variation))
        head_cells(out, page, "equivalent variation", yearly);
    for (size_t k = 0; k < 3 && one; k++)
        if (has(page, more[k].variable))
            pl_html_head_cell(out, more[k].text, "%");
    bool trade = one && has(page, PL_READ_imports) && has(page, PL_READ_exports);
    if (trade) {
        pl_html_head_cell(out, "imports by value", "%");
        pl_html_head_cell(out, "exports by value", "%");
    }
    pl_html_body(out);
    for (size_t r = 0; r < base(page)->countries; r++) {
        size_t n = page->order[r];
        pl_html_row(out, base(page)->country_name[n]);
        cells(out, page, PL_READ_real_income, n, 1, 4);
        if (has(page, PL_READ_equivalent_variation))
            cells(out, page, PL_READ_equivalent_variation, n, page->money, digits);
        for (size_t k = 0; k < 3 && one; k++)
            if (has(page, more[k].variable))
                pl_html_cell(out, value_of(page, 0, more[k].variable, n), 3, true);
        if (trade)
            trade_cells(out, page, n);
        pl_html_end_row(out);
    }
    pl_html_end_table(out);
}

static void totals_row(FILE *out, const pl_page *page, const char *text,
                       double (*get)(const pl_read_totals *), double scale, int decimals) {
    pl_html_row(out, text);
    for (size_t v = 0; v < page->views; v++)
        pl_html_cell(out, scale * get(&pl_view_variant(&page->view[v])->total), decimals, false);
    if (page->second)
        pl_html_cell(out,
                     scale * (get(&pl_view_variant(&page->view[1])->total) -
                              get(&pl_view_variant(&page->view[0])->total)),
                     decimals, true);
    pl_html_end_row(out);
}

static double total_variation(const pl_read_totals *t) {
    return t->equivalent_variation;
}

static double total_share(const pl_read_totals *t) {
    return 100 * t->equivalent_variation / t->income_before;
}

static double total_trade(const pl_read_totals *t) {
    return 100 * (t->trade / t->trade_before - 1);
}

static double total_duties_before(const pl_read_totals *t) {
    return t->duties_before;
}

static double total_duties(const pl_read_totals *t) {
    return t->duties;
}

static void world_table(FILE *out, const pl_page *page) {
    char text[120];
    int digits = page->money < 1 ? 1 : 2;
    pl_html_table(out, NULL, "The world in all");
    pl_html_head_cell(out, "in all", NULL);
    head_cells(out, page, "", NULL);
    pl_html_body(out);
    snprintf(text, sizeof text, "equivalent variation, %s a year", page->money_name);
    totals_row(out, page, text, total_variation, page->money, digits);
    totals_row(out, page, "the same, % of world income", total_share, 1, 4);
    totals_row(out, page, "trade between countries, % change", total_trade, 1, 2);
    snprintf(text, sizeof text, "import duties before, %s a year", page->money_name);
    totals_row(out, page, text, total_duties_before, page->money, digits);
    snprintf(text, sizeof text, "import duties after, %s a year", page->money_name);
    totals_row(out, page, text, total_duties, page->money, digits);
    pl_html_end_table(out);
    fputs("<p class=\"small\">Equivalent variation is what the change is worth: the money a year that would "
          "have done "
          "as much at the prices before it.</p>\n",
          out);
}

/* ---- the certificate ---- */

static const struct {
    const char *name, *text;
} RESIDUAL[] = {{"market_clearing", "spending covers what producers and final users ask for"},
                {"income", "income is value added, duties, taxes, rents and the deficit"},
                {"labour", "wages are what employers pay"},
                {"price_index", "prices are unit costs and wedges"},
                {"walras", "the equations left out: the world's spending is its receipts"},
                {"rent", "rents paid are rents received"},
                {"shares", "expenditure shares add up to one"},
                {"complementarity", "quotas bind, or have no premium"},
                {"worst", "the largest of these"}};

static void certificate(FILE *out, const pl_page *page) {
    pl_html_heading(out, "certificate", "How well this was solved");
    fputs("<p>Every equation is checked again on the answer, by plain loops that share no code with the "
          "solver. Each "
          "number is the largest relative error of its equation over all countries and sectors; a converged "
          "solve has "
          "errors near 1e-12.</p>\n",
          out);
    pl_html_table(out, "words", "Largest relative errors");
    pl_html_head_cell(out, "equation", NULL);
    head_cells(out, page, "", NULL);
    pl_html_body(out);
    for (size_t k = 0; k < sizeof RESIDUAL / sizeof *RESIDUAL; k++) {
        pl_html_row(out, RESIDUAL[k].text);
        for (size_t v = 0; v < page->views; v++) {
            double value = pl_read_value(pl_view_variant(&page->view[v])->certificate, RESIDUAL[k].name);
            isnan(value) ? fputs("<td></td>", out) : fprintf(out, "<td>%.1e</td>", value);
        }
        if (page->second)
            fputs("<td></td>", out);
        pl_html_end_row(out);
    }
    pl_html_row(out, "converged");
    for (size_t v = 0; v < page->views; v++) {
        const pl_read_variant *one = pl_view_variant(&page->view[v]);
        fprintf(out, "<td>%s, %lld iterations</td>", one->converged ? "yes" : "NO", one->iterations);
    }
    pl_html_end_row(out);
    pl_html_end_table(out);
}

/* ---- measures and controls ---- */

/* What every view has first, then what each has besides. */
static bool measures(FILE *out, const pl_page *page, pl_strings *sources) {
    pl_html_heading(out, "measures", "The measures");
    const json_t *first = pl_view_variant(&page->view[0])->measures;
    json_t *common = json_array();
    const json_t *measure;
    size_t k;
    json_array_foreach(first, k, measure) {
        bool every = page->views > 1;
        for (size_t v = 1; v < page->views; v++)
            every = every && pl_html_has_measure(pl_view_variant(&page->view[v])->measures, measure);
        if (every)
            json_array_append(common, (json_t *)measure);
    }
    const json_t **lists = pl_alloc(page->views, sizeof *lists);
    bool made = common != NULL && lists != NULL;
    for (size_t v = 0; v < page->views; v++)
        made = pl_html_collect(pl_view_variant(&page->view[v])->measures, sources) && made;
    if (json_array_size(common)) {
        pl_html_text(out, "h3", "In all of them");
        pl_html_measures(out, common, NULL, sources);
    }
    for (size_t v = 0; v < page->views; v++) {
        const pl_read_variant *one = pl_view_variant(&page->view[v]);
        fputs("<h3>", out);
        pl_xml_text(out, page->views > 1 ? page->view[v].label : one->name);
        if (*one->title) {
            fputs(": ", out);
            pl_xml_text(out, one->title);
        }
        fputs("</h3>\n", out);
        pl_html_measures(out, one->measures, common, sources);
    }
    for (size_t v = 0; lists && v < page->views; v++)
        lists[v] = pl_view_variant(&page->view[v])->measures;
    pl_html_codes(out, page->first, lists, lists ? page->views : 0);
    free(lists);
    json_decref(common);
    return made;
}

static void options(FILE *out, const pl_page *page) {
    const json_t *list = json_object_get(page->first->root, "options"), *option;
    size_t k;
    if (!json_array_size(list))
        return;
    fputs("<h3>Options of the scenario</h3>\n<ul class=\"measures\">\n", out);
    json_array_foreach(list, k, option) {
        fputs("<li>", out);
        pl_xml_text(out, pl_read_text(option, "title", pl_read_text(option, "name", "")));
        fputs(json_is_true(json_object_get(option, "on")) ? ": on</li>\n" : ": off</li>\n", out);
    }
    fputs("</ul>\n", out);
}

/* A cap of a measure that has one for each flow is named "MEASURE SELLER->BUYER SECTOR": the length of the first part. */
static size_t family_length(const char *name) {
    const char *arrow = strstr(name, "->"), *at = arrow;
    while (at && at > name && at[-1] != ' ')
        at--;
    return at && at > name ? (size_t)(at - name) - 1 : strlen(name);
}

static bool same_family(const char *a, const char *b) {
    size_t length = family_length(a);
    return length == family_length(b) && !strncmp(a, b, length);
}

static void control_row(FILE *out, const pl_page *page, const json_t *list, size_t first, size_t view) {
    const char *name = pl_read_text(json_array_get(list, first), "name", "");
    double rent = 0, flows = 0, left = 0, premium = 0, quantity = 0;
    size_t k, count = 0;
    const json_t *control;
    char text[200];
    json_array_foreach(list, k, control) {
        const char *other = pl_read_text(control, "name", "");
        if (!same_family(name, other))
            continue;
        if (k < first)
            return;
        rent += pl_read_value(control, "rent");
        flows += pl_read_value(control, "flows");
        left += pl_read_value(control, "flows_left_out");
        premium =
            count ? fmax(premium, pl_read_value(control, "premium")) : pl_read_value(control, "premium");
        quantity =
            count ? fmin(quantity, pl_read_value(control, "quantity")) : pl_read_value(control, "quantity");
        count++;
    }
    snprintf(text, sizeof text, "%.*s", (int)(family_length(name) < 150 ? family_length(name) : 150), name);
    pl_html_row(out, text);
    if (page->views > 1)
        pl_html_text(out, "td", page->view[view].label);
    pl_html_cell(out, (double)count, 0, false);
    pl_html_cell(out, premium, 1, true);
    pl_html_cell(out, 100 * quantity, 1, false);
    pl_html_cell(out, page->money * rent, page->money < 1 ? 3 : 1, false);
    pl_html_end_row(out);
    (void)flows;
    (void)left;
}

static void controls(FILE *out, const pl_page *page) {
    size_t count = 0;
    for (size_t v = 0; v < page->views; v++)
        count += json_array_size(pl_view_variant(&page->view[v])->controls);
    if (!count)
        return;
    pl_html_heading(out, "controls", "Quotas, licences and export controls");
    pl_html_table(out, "names", "By measure, over all its flows");
    pl_html_head_cell(out, "measure", NULL);
    if (page->views > 1)
        pl_html_head_cell(out, "variant", NULL);
    pl_html_head_cell(out, "caps", NULL);
    pl_html_head_cell(out, "highest premium", "%");
    pl_html_head_cell(out, "least quantity", "% of today");
    pl_html_head_cell(out, "rent", page->money_name);
    pl_html_body(out);
    for (size_t v = 0; v < page->views; v++) {
        const json_t *list = pl_view_variant(&page->view[v])->controls;
        for (size_t k = 0; k < json_array_size(list); k++)
            control_row(out, page, list, k, v);
    }
    pl_html_end_table(out);
    fputs("<p class=\"small\">A cap is a limit on one flow or on many together. Its premium is what users "
          "pay above the "
          "price at which sellers would sell, 0 where it does not bind; the rent is that premium in "
          "money.</p>\n",
          out);
}

/* ---- the page ---- */

static void figures(FILE *out, const pl_page *page, const char *start) {
    for (size_t k = 0; k < page->charts.count; k++) {
        const char *name = page->charts.item[k]->name;
        if (!strcmp(name, start) || (!strncmp(name, start, strlen(start)) && name[strlen(start)] == '-'))
            pl_html_figure(out, page, name);
    }
}

/* Countries and sectors that only one of two results has. */
static void say_unmatched(FILE *out, const pl_page *page) {
    size_t missing = 0, other = page->second->run.countries;
    for (size_t n = 0; n < base(page)->countries; n++)
        missing += page->view[1].country[n] == SIZE_MAX;
    other -= base(page)->countries - missing;
    if (missing || other)
        fprintf(out,
                "<p>The results are of worlds with different countries: %zu of the first are not in the "
                "second, %zu of "
                "the second not in the first; only those that both have are compared.</p>\n",
                missing, other);
}

bool pl_html_run(FILE *out, const pl_page *page) {
    pl_strings sources = {0};
    fputs(
        "<nav aria-label=\"Parts of this page\"><a href=\"#who\">Who gains</a><a href=\"#trade\">Trade</a><a "
        "href=\"#sectors\">Sectors</a><a href=\"#countries\">Every country</a><a "
        "href=\"#measures\">Measures</a><a "
        "href=\"#certificate\">Certificate</a><a href=\"#sources\">Sources</a><a "
        "href=\"#again\">Again</a></nav>\n",
        out);
    for (size_t v = 0; v < page->views; v++)
        say_view(out, page, v);
    if (page->second) {
        say_difference(out, page);
        say_unmatched(out, page);
    }
    pl_html_against(out, page->first);
    pl_html_heading(out, "who", "Who gains and who loses");
    figures(out, page, "winners");
    figures(out, page, "money");
    figures(out, page, "map");
    world_table(out, page);
    pl_html_heading(out, "trade", "Trade");
    figures(out, page, "trade");
    if (*base(page)->trade_note)
        pl_html_text(out, "p class=\"small\"", base(page)->trade_note);
    pl_html_heading(out, "sectors", "Sectors");
    figures(out, page, "sectors");
    country_table(out, page);
    controls(out, page);
    bool made = measures(out, page, &sources);
    options(out, page);
    certificate(out, page);
    pl_html_settings(out, page);
    pl_html_sources(out, page, &sources);
    pl_strings_clear(&sources);
    return made;
}
