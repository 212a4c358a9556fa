/* Charts of a run, or of two side by side. */
#include "report/page.h"

#include <math.h>
#include <string.h>

enum { MOST_VIEWS = 4, ROWS = 14, PAIRS = 12, HEAT_ROWS = 18, HEAT_COLUMNS = 9 };

static size_t shown_views(const pl_page *page) {
    return page->views < MOST_VIEWS ? page->views : MOST_VIEWS;
}

static const char *basis_of(const pl_page *page) {
    return !strcmp(pl_read_text(json_object_get(page->first->root, "world"), "baseline", ""), "balanced")
               ? "long run, against the same world in balanced trade"
               : "long run, against the world as it was";
}

static const pl_run_reading *base(const pl_page *page) {
    return &page->first->run;
}

/* ---- maps ---- */

static void add_map(pl_page *page, const char *name, const char *title, double limit,
                    double (*get)(const pl_page *, size_t view, size_t country), size_t view,
                    const char *unit) {
    pl_chart *c = pl_charts_add(&page->charts, PL_CHART_MAP, base(page)->countries, 1, "%s", name);
    if (!c)
        return;
    size_t best = SIZE_MAX, worst = SIZE_MAX;
    for (size_t n = 0; n < c->rows; n++) {
        double value = get(page, view, n);
        pl_chart_label(&page->charts, c, n, base(page)->country[n], base(page)->country_name[n]);
        pl_chart_set(c, n, 0, value);
        best = value > (best == SIZE_MAX ? 0 : c->value[best]) ? n : best;
        worst = value < (worst == SIZE_MAX ? 0 : c->value[worst]) ? n : worst;
    }
    c->limit = limit;
    pl_chart_say(&page->charts, &c->column[0], "%s", "real income");
    pl_chart_say(&page->charts, &c->title, "%s", title);
    pl_chart_say(&page->charts, &c->unit, "%s", unit);
    pl_chart_say(&page->charts, &c->basis, "change of real income, %s", basis_of(page));
    pl_chart_say(
        &page->charts, &c->text,
        "A map of the world in classes of colour, blue for gains and orange for losses. Most is gained in %s "
        "(%+.2f), most is lost in %s (%+.2f).",
        best == SIZE_MAX ? "no country" : base(page)->country_name[best],
        best == SIZE_MAX ? 0.0 : c->value[best],
        worst == SIZE_MAX ? "no country" : base(page)->country_name[worst],
        worst == SIZE_MAX ? 0.0 : c->value[worst]);
}

static double income_of(const pl_page *page, size_t view, size_t country) {
    return pl_view_country(&page->view[view], PL_READ_real_income, country);
}

static double income_difference(const pl_page *page, size_t view, size_t country) {
    return income_of(page, view, country) - income_of(page, 0, country);
}

/* A variant by its title, or its name where it has none. */
static const char *said(const pl_page *page, size_t view) {
    const pl_read_variant *v = pl_view_variant(&page->view[view]);
    return page->second ? page->view[view].label : *v->title ? v->title : v->name;
}

static void add_maps(pl_page *page) {
    double limit = 0;
    char name[160], title[600];
    for (size_t v = 0; v < shown_views(page); v++)
        for (size_t n = 0; n < base(page)->countries; n++)
            limit = fabs(income_of(page, v, n)) > limit ? fabs(income_of(page, v, n)) : limit;
    for (size_t v = 0; v < shown_views(page); v++) {
        if (page->second)
            snprintf(name, sizeof name, "map-%s", v ? "second" : "first");
        else if (page->views == 1)
            snprintf(name, sizeof name, "map");
        else
            snprintf(name, sizeof name, "map-%.120s", page->view[v].label);
        snprintf(title, sizeof title, "Real income: %.500s", said(page, v));
        add_map(page, name, title, limit, income_of, v, "percent");
    }
    if (page->second)
        add_map(page, "map-difference", "Real income: the second result less the first", 0, income_difference,
                1, "percentage points");
}

/* ---- bars ---- */

/* The rows that any of the views moves most, in falling order of the first. */
static void choose_rows(pl_page *page, pl_read_country variable, size_t *order, size_t *count) {
    size_t N = base(page)->countries;
    double *size = pl_alloc(N, sizeof *size), *key = pl_alloc(N, sizeof *key);
    size_t *largest = pl_alloc(N, sizeof *largest);
    *count = 0;
    page->charts.failed = page->charts.failed || !size || !key || !largest;
    for (size_t n = 0; size && key && largest && n < N; n++) {
        size[n] = NAN;
        for (size_t v = 0; v < shown_views(page); v++) {
            double value = fabs(pl_view_country(&page->view[v], variable, n));
            size[n] = !(size[n] >= value) && !isnan(value) ? value : size[n];
        }
    }
    if (size && key && largest) {
        pl_page_order(largest, size, N);
        *count = N < ROWS ? N : ROWS;
        for (size_t r = 0; r < *count; r++)
            key[r] = pl_view_country(&page->view[0], variable, largest[r]);
        pl_page_order(order, key, *count);
        for (size_t r = 0; r < *count; r++)
            order[r] = largest[order[r]];
    }
    free(size);
    free(key);
    free(largest);
}

static void add_bars(pl_page *page, const char *name, pl_read_country variable, double scale,
                     const char *title, const char *unit, const char *text) {
    size_t N = base(page)->countries, rows, views = shown_views(page);
    size_t *order = pl_alloc(N, sizeof *order);
    page->charts.failed = page->charts.failed || !order;
    if (!order || !pl_view_variant(&page->view[0])->by_country[variable]) {
        free(order);
        return;
    }
    choose_rows(page, variable, order, &rows);
    pl_chart *c =
        pl_charts_add(&page->charts, PL_CHART_BARS, rows, views + (page->second != NULL), "%s", name);
    for (size_t k = 0; c && k < c->columns; k++)
        pl_chart_say(&page->charts, &c->column[k], "%s",
                     k < views ? page->view[k].label : "second less first");
    for (size_t r = 0; c && r < rows; r++) {
        size_t n = order[r];
        pl_chart_label(&page->charts, c, r, base(page)->country[n], base(page)->country_name[n]);
        for (size_t v = 0; v < views; v++)
            pl_chart_set(c, r, v, scale * pl_view_country(&page->view[v], variable, n));
        if (page->second)
            pl_chart_set(c, r, 2, pl_chart_get(c, r, 1) - pl_chart_get(c, r, 0));
    }
    free(order);
    if (!c)
        return;
    pl_chart_say(&page->charts, &c->title, "%s", title);
    pl_chart_say(&page->charts, &c->unit, "%s", unit);
    pl_chart_say(&page->charts, &c->basis, "the %zu countries that change most, %s", rows, basis_of(page));
    pl_chart_say(&page->charts, &c->text, "%s", text);
}

/* ---- sectors ---- */

typedef struct {
    size_t sector[HEAT_ROWS], country[HEAT_COLUMNS], sectors, countries;
} cells;

/* How much a sector's output changes in money, or in percent where the file has no output. */
static double weight_of(const pl_page *page, size_t view, size_t j, size_t n) {
    double change = fabs(pl_view_sector(&page->view[view], PL_READ_output_volume, j, n));
    double before = pl_view_sector(&page->view[view], PL_READ_output_before, j, n);
    return isnan(change) ? 0 : change * (isnan(before) ? 1 : before);
}

/* Countries by the largest change of money, sectors by that of their output. */
static bool choose_cells(const pl_page *page, cells *chosen) {
    size_t N = base(page)->countries, J = base(page)->sectors, most = N > J ? N : J;
    double *key = pl_alloc(most, sizeof *key);
    size_t *order = pl_alloc(most, sizeof *order);
    bool room = key && order;
    pl_read_country by = pl_view_variant(&page->view[0])->by_country[PL_READ_equivalent_variation]
                             ? PL_READ_equivalent_variation
                             : PL_READ_real_income;
    for (size_t n = 0; room && n < N; n++)
        for (size_t v = 0; v < shown_views(page); v++)
            key[n] = fmax(key[n], fabs(pl_view_country(&page->view[v], by, n)));
    chosen->countries = N < HEAT_COLUMNS ? N : HEAT_COLUMNS;
    chosen->sectors = J < HEAT_ROWS ? J : HEAT_ROWS;
    if (room)
        pl_page_order(order, key, N);
    for (size_t k = 0; room && k < chosen->countries; k++)
        chosen->country[k] = order[k];
    for (size_t j = 0; room && j < J; j++) {
        key[j] = 0;
        for (size_t v = 0; v < shown_views(page); v++)
            for (size_t k = 0; k < chosen->countries; k++)
                key[j] += weight_of(page, v, j, chosen->country[k]);
    }
    if (room)
        pl_page_order(order, key, J);
    for (size_t k = 0; room && k < chosen->sectors; k++) {
        size_t at = k;
        for (; at > 0 && chosen->sector[at - 1] > order[k]; at--) /* in the world's order */
            chosen->sector[at] = chosen->sector[at - 1];
        chosen->sector[at] = order[k];
    }
    free(key);
    free(order);
    return room;
}

static double volume_of(const pl_page *page, size_t view, size_t j, size_t n) {
    return pl_view_sector(&page->view[view], PL_READ_output_volume, j, n);
}

static double volume_difference(const pl_page *page, size_t view, size_t j, size_t n) {
    return volume_of(page, view, j, n) - volume_of(page, 0, j, n);
}

static pl_chart *add_heat(pl_page *page, const cells *chosen, const char *name, size_t view,
                          double (*get)(const pl_page *, size_t, size_t, size_t)) {
    const pl_run_reading *run = base(page);
    pl_chart *c = pl_charts_add(&page->charts, PL_CHART_HEAT, chosen->sectors, chosen->countries, "%s", name);
    for (size_t k = 0; c && k < c->columns; k++)
        pl_chart_say(&page->charts, &c->column[k], "%s", run->country_name[chosen->country[k]]);
    for (size_t r = 0; c && r < c->rows; r++) {
        size_t j = chosen->sector[r];
        pl_chart_label(&page->charts, c, r, run->sector[j], run->sector_name[j]);
        for (size_t k = 0; k < c->columns; k++)
            pl_chart_set(c, r, k, get(page, view, j, chosen->country[k]));
    }
    if (c) {
        pl_chart_say(&page->charts, &c->basis, "change of gross output at constant prices, %s",
                     basis_of(page));
        pl_chart_say(
            &page->charts, &c->text,
            "A heat map, sectors down and countries across: the sectors whose output changes most in the "
            "countries with the largest gains and losses. The table beside it holds the numbers.");
    }
    return c;
}

static void add_heats(pl_page *page) {
    cells chosen;
    char name[160];
    double limit = 0;
    size_t first = page->charts.count;
    if (!pl_view_variant(&page->view[0])->by_sector[PL_READ_output_volume])
        return;
    if (!choose_cells(page, &chosen)) {
        page->charts.failed = true;
        return;
    }
    for (size_t v = 0; v < shown_views(page) && !page->second; v++) {
        snprintf(name, sizeof name, page->views == 1 ? "sectors" : "sectors-%.120s", page->view[v].label);
        pl_chart *c = add_heat(page, &chosen, name, v, volume_of);
        if (!c)
            return;
        pl_chart_say(&page->charts, &c->unit, "percent");
        pl_chart_say(&page->charts, &c->title, "Output by sector: %s", said(page, v));
        limit = fmax(limit, pl_chart_largest(c, 0));
    }
    for (size_t k = first; k < page->charts.count; k++)
        page->charts.item[k]->limit = limit;
    if (!page->second)
        return;
    pl_chart *c = add_heat(page, &chosen, "sectors-difference", 1, volume_difference);
    if (c) {
        pl_chart_say(&page->charts, &c->unit, "percentage points");
        pl_chart_say(&page->charts, &c->title, "Output by sector: the second result less the first");
    }
}

/* ---- trade between pairs ---- */

static double trade_of(const pl_page *page, size_t view, size_t n, size_t i) {
    const pl_page_view *v = &page->view[view];
    const double *trade = pl_view_variant(v)->trade;
    if (!trade || v->country[n] == SIZE_MAX || v->country[i] == SIZE_MAX)
        return NAN;
    return trade[v->country[n] * pl_view_run(v)->countries + v->country[i]];
}

/* The pairs whose trade changes most in any view; returns how many. */
static size_t choose_pairs(const pl_page *page, size_t *buyer, size_t *seller) {
    size_t N = base(page)->countries, count = 0;
    double size[PAIRS];
    for (size_t n = 0; n < N; n++)
        for (size_t i = 0; i < N; i++) {
            double change = 0;
            for (size_t v = 0; v < shown_views(page) && n != i; v++)
                change = fmax(change, fabs(trade_of(page, v, n, i) - base(page)->trade_before[n * N + i]));
            if (!(change > 0) || (count == PAIRS && change <= size[PAIRS - 1]))
                continue;
            size_t at = count < PAIRS ? count++ : PAIRS - 1;
            for (; at > 0 && size[at - 1] < change; at--) {
                size[at] = size[at - 1];
                buyer[at] = buyer[at - 1];
                seller[at] = seller[at - 1];
            }
            size[at] = change;
            buyer[at] = n;
            seller[at] = i;
        }
    return count;
}

static void add_trade(pl_page *page) {
    size_t buyer[PAIRS], seller[PAIRS], views = shown_views(page), N = base(page)->countries;
    char label[300], key[100];
    if (!base(page)->trade_before)
        return;
    size_t rows = choose_pairs(page, buyer, seller);
    pl_chart *c = rows ? pl_charts_add(&page->charts, PL_CHART_SHIFT, rows, 1 + views, "trade") : NULL;
    if (!c)
        return;
    pl_chart_say(&page->charts, &c->column[0], "before");
    for (size_t v = 0; v < views; v++)
        pl_chart_say(&page->charts, &c->column[v + 1], "%s", page->view[v].label);
    for (size_t r = 0; r < rows; r++) {
        size_t n = buyer[r], i = seller[r];
        snprintf(key, sizeof key, "%.40s->%.40s", base(page)->country[i], base(page)->country[n]);
        snprintf(label, sizeof label, "%.80s \xe2\x86\x92 %.80s", base(page)->country_name[i],
                 base(page)->country_name[n]);
        pl_chart_label(&page->charts, c, r, key, label);
        pl_chart_set(c, r, 0, page->money * base(page)->trade_before[n * N + i]);
        for (size_t v = 0; v < views; v++)
            pl_chart_set(c, r, v + 1, page->money * trade_of(page, v, n, i));
    }
    pl_chart_say(&page->charts, &c->title, "Trade that changes most, seller \xe2\x86\x92 buyer");
    pl_chart_say(&page->charts, &c->unit, "%s a year", page->money_name);
    pl_chart_say(&page->charts, &c->basis, "all sectors, at customs value, %s", basis_of(page));
    pl_chart_say(
        &page->charts, &c->text,
        "A row for each pair of countries: a hollow point for trade before, a full one for trade after. The "
        "table beside it holds the numbers.");
}

void pl_page_run(pl_page *page) {
    char unit[60];
    snprintf(unit, sizeof unit, "%s a year", page->money_name);
    add_maps(page);
    add_bars(
        page, "winners", PL_READ_real_income, 1, "Who gains and who loses", "percent change of real income",
        "Bars by country and variant, gains to the right and losses to the left of zero. The table beside it "
        "holds the numbers.");
    add_bars(page, "money", PL_READ_equivalent_variation, page->money, "What it is worth", unit,
             "Bars by country and variant: the equivalent variation, the money that would have done as much "
             "at old "
             "prices. The table beside it holds the numbers.");
    add_trade(page);
    add_heats(page);
}
