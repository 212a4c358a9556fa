/* Charts of a path, or of two side by side: lines over months. */
#include "report/page.h"

#include <math.h>
#include <string.h>

enum { MOST_LINES = 14, PAIRS = 3, COUNTRIES = 6, COMPARED = 4, REGIMES = 4, OBSERVED = 6, MEASURES = 60 };

/* A line of a chart: a variable of a country, pair or licence; or numbers of its own, by month of the reading. */
typedef struct {
    const pl_saved *reading;
    const json_t *values;
    const char *variable;
    double scale;
    pl_line_style style;
    size_t ink;
    char label[160];
} line;

typedef struct {
    line item[MOST_LINES];
    size_t count;
    const char *last; /* month after which nothing is shown; NULL: all */
} lines;

static line *add_line(lines *all, const pl_saved *reading, const json_t *values, const char *variable) {
    if (all->count == MOST_LINES)
        return &all->item[MOST_LINES - 1];
    line *one = &all->item[all->count++];
    *one = (line){.reading = reading, .values = values, .variable = variable, .scale = 1};
    return one;
}

/* ---- months ---- */

/* The months of both results in order. */
static size_t months_of(const pl_page *page, const char **month) {
    const pl_path_reading *a = &page->first->path, *b = page->second ? &page->second->path : NULL;
    size_t i = 0, j = 0, count = 0, most = b ? b->months : 0;
    while (i < a->months || j < most) {
        int order = i == a->months ? 1 : j == most ? -1 : strcmp(a->month[i], b->month[j]);
        month[count++] = order <= 0 ? a->month[i] : b->month[j];
        i += order <= 0;
        j += order >= 0;
    }
    return count;
}

static bool is_empty(const pl_chart *c) {
    for (size_t k = 0; k < c->rows * c->columns; k++)
        if (!isnan(c->value[k]))
            return false;
    return true;
}

static void fill_line(pl_chart *c, size_t column, const line *l, double *store) {
    const pl_path_reading *p = &l->reading->path;
    pl_path_series(l->reading, l->values, l->variable, store);
    for (size_t r = 0; r < c->rows; r++) {
        size_t at = pl_read_find(p->month, p->months, c->key[r]);
        if (at != SIZE_MAX)
            pl_chart_set(c, r, column, l->scale * store[at]);
    }
}

static pl_chart *empty_lines(pl_page *page, const lines *all, const char *name) {
    size_t most = page->first->path.months + (page->second ? page->second->path.months : 0);
    const char **month = pl_alloc(most, sizeof *month);
    size_t rows = month ? months_of(page, month) : 0;
    while (rows && all->last && strcmp(month[rows - 1], all->last) > 0)
        rows--;
    pl_chart *c = month ? pl_charts_add(&page->charts, PL_CHART_LINES, rows, all->count, "%s", name) : NULL;
    for (size_t r = 0; c && r < rows; r++)
        pl_chart_label(&page->charts, c, r, month[r], month[r]);
    for (size_t k = 0; c && k < all->count; k++) {
        pl_chart_say(&page->charts, &c->column[k], "%s", all->item[k].label);
        c->style[k] = all->item[k].style;
        c->ink[k] = all->item[k].ink;
    }
    page->charts.failed = page->charts.failed || !c;
    free(month);
    return c;
}

/* A chart of lines; left out when none of them has a number. */
static pl_chart *draw(pl_page *page, const lines *all, const char *name, const char *unit,
                      const char *basis) {
    size_t most = page->first->path.months + (page->second ? page->second->path.months : 0);
    double *store = pl_alloc(most, sizeof *store);
    pl_chart *c = store && all->count ? empty_lines(page, all, name) : NULL;
    page->charts.failed = page->charts.failed || !store;
    if (page->charts.failed)
        c = NULL; /* its labels may be missing; the list keeps it */
    for (size_t k = 0; c && k < all->count; k++)
        fill_line(c, k, &all->item[k], store);
    free(store);
    if (c && is_empty(c)) {
        pl_charts_drop(&page->charts);
        return NULL;
    }
    if (c) {
        c->width = PL_CHART_NARROW;
        pl_chart_say(&page->charts, &c->unit, "%s", unit);
        pl_chart_say(&page->charts, &c->basis, "%s", basis);
        pl_chart_say(&page->charts, &c->title, "%s", name);
        pl_chart_say(&page->charts, &c->text,
                     "Lines over %zu months. The table beside the picture holds the numbers.", c->rows);
    }
    return c;
}

/* ---- who is shown ---- */

static const json_t *pair_of(const pl_saved *r, const char *importer, const char *exporter) {
    for (size_t k = 0; k < r->path.pairs; k++)
        if (!strcmp(r->path.pair[k].importer, importer) && !strcmp(r->path.pair[k].exporter, exporter))
            return r->path.pair[k].values;
    return NULL;
}

static const json_t *country_of(const pl_saved *r, const char *code) {
    size_t at = pl_read_find(r->path.country, r->path.countries, code);
    return at == SIZE_MAX ? NULL : r->path.values[at];
}

/* How far a variable moves from its first month, at most. */
static double swing_of(const pl_saved *r, const json_t *values, const char *variable) {
    const json_t *list = json_object_get(values, variable);
    double first = json_number_value(json_array_get(list, 0)), most = 0;
    for (size_t t = 0; t < json_array_size(list) && t < r->path.months; t++)
        most = fmax(most, fabs(json_number_value(json_array_get(list, t)) - first));
    return most;
}

static size_t choose_pairs(pl_page *page, size_t *chosen) {
    const pl_path_reading *p = &page->first->path;
    double *key = pl_alloc(p->pairs + 1, sizeof *key);
    size_t *order = pl_alloc(p->pairs + 1, sizeof *order), count = p->pairs < PAIRS ? p->pairs : PAIRS;
    for (size_t k = 0; key && order && k < p->pairs; k++)
        key[k] = swing_of(page->first, p->pair[k].values, "purchases");
    if (key && order)
        pl_page_order(order, key, p->pairs);
    for (size_t k = 0; key && order && k < count; k++)
        chosen[k] = order[k];
    bool room = key && order;
    page->charts.failed = page->charts.failed || !room;
    free(key);
    free(order);
    return room ? count : 0;
}

/* Countries whose money moves most: those whose income in percent moves most are often the smallest. */
static size_t choose_countries(pl_page *page, const char *variable, size_t *chosen) {
    const pl_path_reading *p = &page->first->path;
    double *key = pl_alloc(p->countries, sizeof *key);
    size_t *order = pl_alloc(p->countries, sizeof *order),
           count = p->countries < COUNTRIES ? p->countries : COUNTRIES;
    bool room = key && order;
    page->charts.failed = page->charts.failed || !room;
    for (size_t k = 0; room && k < p->countries; k++)
        key[k] = swing_of(page->first, p->values[k], variable);
    if (room)
        pl_page_order(order, key, p->countries);
    for (size_t k = 0; room && k < count; k++)
        chosen[k] = order[k];
    free(key);
    free(order);
    return room ? count : 0;
}

/* ---- charts ---- */

static void label_line(const pl_page *page, line *l, size_t result, const char *text) {
    snprintf(l->label, sizeof l->label, "%.100s%s%.50s", text, page->second ? ", " : "",
             page->second
                 ? (strcmp(page->first->label, page->second->label) ? pl_page_result(page, result)->label
                    : result                                        ? "second"
                                                                    : "first")
                 : "");
}

static void add_pair(pl_page *page, const pl_read_pair *pair) {
    const char *buyer = pl_saved_country(page->first, pair->importer),
               *seller = pl_saved_country(page->first, pair->exporter);
    static const struct {
        const char *variable, *text;
    } level[] = {{"purchases", "bought"}, {"use", "used"}},
      change[] = {{"month_on_month", "on the month"}, {"year_on_year", "on the year"}};
    lines levels = {.count = 0}, changes = {.count = 0};
    char name[160], unit[60];
    for (size_t k = 0; k < pl_page_results(page); k++) {
        const json_t *values = pair_of(pl_page_result(page, k), pair->importer, pair->exporter);
        for (size_t v = 0; v < 2; v++) {
            line *l = add_line(&levels, pl_page_result(page, k), values, level[v].variable);
            l->scale = page->money;
            l->ink = v;
            l->style = k ? PL_LINE_DASHED : PL_LINE_WHOLE;
            label_line(page, l, k, level[v].text);
            l = add_line(&changes, pl_page_result(page, k), values, change[v].variable);
            l->ink = 2 + v;
            l->style = k ? PL_LINE_DASHED : PL_LINE_WHOLE;
            label_line(page, l, k, change[v].text);
        }
    }
    snprintf(name, sizeof name, "trade-%.40s-%.40s", pair->exporter, pair->importer);
    snprintf(unit, sizeof unit, "%s a month", page->money_name);
    pl_chart *c =
        draw(page, &levels, name, unit,
             "customs value, before duty; bought is what customs sees, used is without what goes to stock");
    if (c)
        pl_chart_say(&page->charts, &c->title, "What %s%s buys from %s%s", pl_saved_article(pair->importer),
                     buyer, pl_saved_article(pair->exporter), seller);
    snprintf(name, sizeof name, "change-%.40s-%.40s", pair->exporter, pair->importer);
    c = draw(page, &changes, name, "percent",
             "change of what is bought; months before the path are the base year's");
    if (c)
        pl_chart_say(&page->charts, &c->title,
                     "What %s%s buys from %s%s: changes on the month and on the year",
                     pl_saved_article(pair->importer), buyer, pl_saved_article(pair->exporter), seller);
}

static void add_countries(pl_page *page, const char *name, const char *variable, const char *by, double scale,
                          const char *unit, const char *basis, const char *title) {
    size_t chosen[COUNTRIES], count = choose_countries(page, by, chosen);
    lines all = {.count = 0};
    count = page->second && count > COMPARED ? COMPARED : count;
    for (size_t c = 0; c < count; c++)
        for (size_t k = 0; k < pl_page_results(page); k++) {
            const char *code = page->first->path.country[chosen[c]];
            line *l =
                add_line(&all, pl_page_result(page, k), country_of(pl_page_result(page, k), code), variable);
            l->scale = scale;
            l->ink = c;
            l->style = k ? PL_LINE_DASHED : PL_LINE_WHOLE;
            label_line(page, l, k, pl_saved_country(page->first, code));
        }
    pl_chart *c = draw(page, &all, name, unit, basis);
    if (c)
        pl_chart_say(&page->charts, &c->title, "%s", title);
}

/* A regime over all its flows: as the file adds them up. */
static void add_regimes(pl_page *page) {
    static const char *const variable[] = {"exports", "backlog", "licensed"}, *const text[] = {
                                                                                  "exports",
                                                                                  "waiting for a decision",
                                                                                  "licensed and not used"};
    const json_t *list = json_object_get(page->first->root, "regimes"), *entry;
    size_t k;
    json_array_foreach(list, k, entry) {
        lines all = {.count = 0};
        char name[160], unit[80];
        const char *regime = pl_read_text(entry, "regime", NULL);
        if (k == REGIMES || !regime)
            break;
        for (size_t r = 0; r < pl_page_results(page); r++) {
            const json_t *other, *same = NULL;
            size_t at;
            json_array_foreach(json_object_get(pl_page_result(page, r)->root, "regimes"), at, other) {
                if (!strcmp(pl_read_text(other, "regime", ""), regime))
                    same = other;
            }
            for (size_t v = 0; v < 3; v++) {
                line *l = add_line(&all, pl_page_result(page, r), same, variable[v]);
                l->ink = v;
                l->style = r ? PL_LINE_DASHED : PL_LINE_WHOLE;
                label_line(page, l, r, text[v]);
            }
        }
        snprintf(name, sizeof name, "licences-%.120s", regime);
        snprintf(unit, sizeof unit, "million USD a month");
        pl_chart *c = draw(page, &all, name, unit, "at base prices, over all flows of the regime");
        if (c)
            pl_chart_say(&page->charts, &c->title, "Licences: %s", regime);
    }
}

/* Lists of {country, sector, VARIABLE: [by month]}, the six that move most. */
static void add_stocks(pl_page *page) {
    const json_t *list = json_object_get(page->first->root, "days_of_stock"), *entry;
    const json_t *chosen[COUNTRIES];
    double key[COUNTRIES];
    size_t count = 0, k;
    lines all = {.count = 0};
    json_array_foreach(list, k, entry) {
        double swing = swing_of(page->first, entry, "days_of_stock");
        if (!(swing > 0) || (count == COUNTRIES && swing <= key[COUNTRIES - 1]))
            continue;
        size_t at = count < COUNTRIES ? count++ : COUNTRIES - 1;
        for (; at > 0 && key[at - 1] < swing; at--) {
            key[at] = key[at - 1];
            chosen[at] = chosen[at - 1];
        }
        key[at] = swing;
        chosen[at] = entry;
    }
    for (size_t c = 0; c < count; c++) {
        char text[120];
        line *l = add_line(&all, page->first, chosen[c], "days_of_stock");
        l->ink = c;
        snprintf(text, sizeof text, "%.60s, %.30s",
                 pl_saved_country(page->first, pl_read_text(chosen[c], "country", "")),
                 pl_saved_sector(page->first, pl_read_text(chosen[c], "sector", "")));
        label_line(page, l, 0, text);
    }
    pl_chart *c =
        draw(page, &all, "stocks", "days of use", "stock of a licensed input at the end of the month");
    if (c)
        pl_chart_say(&page->charts, &c->title, "Stocks of licensed inputs");
}

static void add_stopped(pl_page *page) {
    lines all = {.count = 0};
    for (size_t k = 0; k < pl_page_results(page); k++) {
        line *l = add_line(&all, pl_page_result(page, k),
                           json_object_get(pl_page_result(page, k)->root, "stopped"), "users_stopped");
        l->ink = 1;
        l->style = k ? PL_LINE_DASHED : PL_LINE_WHOLE;
        label_line(page, l, k, "sectors held up");
    }
    pl_chart *c = draw(page, &all, "stopped", "sectors of all countries",
                       "whose output is held down by want of a licensed input");
    if (c)
        pl_chart_say(&page->charts, &c->title, "Factories that wait for an input");
}

/* ---- what was observed ---- */

/* Points of one basis into a column. Returns how many. */
static size_t fill_points(const pl_page *page, pl_chart *c, size_t column, const json_t *points,
                          const char *basis) {
    const json_t *point;
    size_t k, count = 0;
    double value;
    (void)page;
    json_array_foreach(points, k, point) {
        size_t row = pl_read_find((const char *const *)c->key, c->rows, pl_read_text(point, "month", ""));
        if (row == SIZE_MAX || strcmp(pl_read_text(point, "basis", ""), basis) ||
            !pl_read_json_number(json_object_get(point, "value"), &value))
            continue;
        pl_chart_set(c, row, column, value);
        count++;
    }
    return count;
}

/* The last month that was observed. */
static const char *last_observed(const json_t *points) {
    const char *last = "";
    const json_t *point;
    size_t k;
    json_array_foreach(points, k, point) {
        const char *month = pl_read_text(point, "month", "");
        last = strcmp(month, last) > 0 ? month : last;
    }
    return last;
}

static void add_observed_basis(pl_page *page, const json_t *series, const char *key, const char *basis) {
    lines all = {.count = 0};
    char name[160];
    const json_t *model = json_object_get(series, "model");
    all.last = last_observed(json_object_get(series, "points"));
    for (size_t k = 0; k < pl_page_results(page); k++) {
        const json_t *entry, *same = k ? NULL : model;
        size_t at;
        json_array_foreach(json_object_get(pl_page_result(page, k)->root, "observed"), at, entry) {
            if (k && !strcmp(pl_read_text(entry, "series", ""), pl_read_text(series, "series", "")))
                same = json_object_get(entry, "model");
        }
        line *l = add_line(&all, pl_page_result(page, k), same, key);
        l->style = k ? PL_LINE_DASHED : PL_LINE_WHOLE;
        label_line(page, l, k, "the path");
    }
    line *l = add_line(&all, page->first, NULL, "");
    l->ink = 1;
    l->style = PL_LINE_POINTS;
    snprintf(l->label, sizeof l->label, "observed");
    snprintf(name, sizeof name, "observed-%.100s-%.20s", pl_read_text(series, "series", "series"), key);
    pl_chart *c = draw(page, &all, name, pl_read_text(series, "change_unit", "percent"),
                       "the path beside what was observed");
    if (!c)
        return;
    pl_chart_say(&page->charts, &c->title, "%s, %s", pl_read_text(series, "text", ""), basis);
    if (c->title && *c->title >= 'a' && *c->title <= 'z')
        *c->title = (char)(*c->title - 'a' + 'A');
    if (!fill_points(page, c, all.count - 1, json_object_get(series, "points"), basis))
        pl_charts_drop(&page->charts);
}

static void add_observed(pl_page *page) {
    const json_t *list = json_object_get(page->first->root, "observed"), *series;
    size_t k;
    json_array_foreach(list, k, series) {
        if (k == OBSERVED)
            break;
        add_observed_basis(page, series, "year_on_year", "year on year");
        add_observed_basis(page, series, "month_on_month", "month on month");
    }
}

/* ---- measures ---- */

static double day_of(const json_t *measure, const char *key) {
    const char *text = pl_read_text(measure, key, NULL);
    pl_date date;
    return text && !pl_date_read(text, &date, NULL) ? (double)pl_date_day(date) : NAN;
}

/* Whose a measure is: what stands before the first colon of its text. */
static void owner_of(char *out, size_t size, const char *text) {
    const char *colon = strchr(text, ':');
    snprintf(out, size, "%.*s", colon && colon - text < 60 ? (int)(colon - text) : 0, text);
}

/* Measures that an option switches off, and those that never took effect, are left out. */
static bool is_shown(const json_t *measure) {
    return !isnan(day_of(measure, "effective")) && !json_is_false(json_object_get(measure, "active"));
}

/* The first measure of the same owner and the same dates; itself when there is none before. */
static size_t like_of(const json_t *list, size_t at) {
    const json_t *one = json_array_get(list, at);
    char owner[64], other[64];
    owner_of(owner, sizeof owner, pl_read_text(one, "text", ""));
    for (size_t k = 0; k < at; k++) {
        const json_t *before = json_array_get(list, k);
        owner_of(other, sizeof other, pl_read_text(before, "text", ""));
        bool same = is_shown(before) && !strcmp(owner, other);
        static const char *const days[] = {"announced", "effective", "until"};
        for (size_t d = 0; d < 3; d++)
            same = same && !strcmp(pl_read_text(before, days[d], ""), pl_read_text(one, days[d], ""));
        if (same)
            return k;
    }
    return at;
}

/* "percentage points" are points in a picture's label. */
static void shorten(char *out, size_t size, const char *text, size_t columns) {
    static const char word[] = "percentage points";
    const char *at = strstr(text, word);
    char said[400];
    snprintf(said, sizeof said, at ? "%.*spoints%s" : "%.*s%s", at ? (int)(at - text) : 0, text,
             at ? at + sizeof word - 1 : text);
    pl_text_cut(out, size, said, columns);
}

/* A row is a measure, and how many others have its owner and its dates. */
static void add_measure(pl_page *page, pl_chart *c, const json_t *list, size_t at, size_t row) {
    const json_t *measure = json_array_get(list, at);
    char owner[64], text[400];
    size_t others = 0;
    for (size_t k = at + 1; k < json_array_size(list); k++)
        others += is_shown(json_array_get(list, k)) && like_of(list, k) == at;
    owner_of(owner, sizeof owner, pl_read_text(measure, "text", ""));
    shorten(text, sizeof text, pl_read_text(measure, "text", ""), others ? 46 : 62);
    pl_chart_label(&page->charts, c, row, owner, text);
    if (others)
        pl_chart_say(&page->charts, &c->label[row], "%s, %zu more", text, others);
    pl_chart_set(c, row, 0, day_of(measure, "announced"));
    pl_chart_set(c, row, 1, day_of(measure, "effective"));
    pl_chart_set(c, row, 2, day_of(measure, "until"));
}

static void add_timeline(pl_page *page) {
    const json_t *list = json_object_get(page->first->root, "measures");
    size_t rows = 0, row = 0, most = json_array_size(list) < 1000 ? json_array_size(list) : 1000;
    for (size_t k = 0; k < most; k++)
        rows += is_shown(json_array_get(list, k)) && like_of(list, k) == k;
    bool cut = rows > MEASURES;
    rows = cut ? MEASURES : rows;
    pl_chart *c = rows ? pl_charts_add(&page->charts, PL_CHART_TIMELINE, rows, 3, "timeline") : NULL;
    for (size_t k = 0; c && k < most && row < rows; k++)
        if (is_shown(json_array_get(list, k)) && like_of(list, k) == k)
            add_measure(page, c, list, k, row++);
    if (!c)
        return;
    pl_chart_say(&page->charts, &c->column[0], "announced");
    pl_chart_say(&page->charts, &c->column[1], "in force from");
    pl_chart_say(&page->charts, &c->column[2], "until");
    pl_chart_say(&page->charts, &c->title, "The measures in time");
    pl_chart_say(&page->charts, &c->unit, "days");
    pl_chart_say(&page->charts, &c->basis, "in force from the day customs began to collect%s",
                 cut ? "; the first sixty rows of more" : "");
    pl_chart_say(
        &page->charts, &c->text,
        "A bar for each measure from the day it takes effect to its end; measures of the same owner and "
        "dates share a bar. The table beside the picture holds the dates.");
}

void pl_page_path(pl_page *page) {
    size_t pairs[PAIRS], count = choose_pairs(page, pairs);
    char unit[60];
    snprintf(unit, sizeof unit, "%s a month", page->money_name);
    add_timeline(page);
    for (size_t k = 0; k < count; k++)
        add_pair(page, &page->first->path.pair[pairs[k]]);
    add_observed(page);
    add_countries(page, "income", "real_income", "income", 1, "percent",
                  "against the base year, borrowing apart",
                  "Real income, in the countries where most money moves");
    add_countries(page, "output", "output_volume", "income", 1, "percent",
                  "gross output at constant prices, against the base year", "Output");
    add_countries(page, "prices", "retail_price", "income", 1, "percent",
                  "consumer prices in shops, against the base year", "Prices in shops");
    add_countries(page, "duties", "duties", "duties", page->money, unit, "import duties collected",
                  "Import duties collected");
    add_regimes(page);
    add_stocks(page);
    add_stopped(page);
}
