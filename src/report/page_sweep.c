/* Charts of a sweep, or of two that vary the same. */
#include "report/page.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum {
    RANGES = 24,       /* countries of a picture of ranges */
    SERIES = 6,        /* countries of a picture of lines */
    SQUARES = 4,       /* countries with a picture of two things varied */
    MATTERS = 6,       /* countries with a picture of what matters */
    OTHERS = 5,        /* variables besides the one asked about; with more, money alone */
    MOST_PLACES = 400, /* places of a line */
    MOST_ROWS = 40,
    MOST_COLUMNS = 48
};

static const pl_sweep_reading *sweep_of(const pl_page *page, size_t result) {
    return &pl_page_result(page, result)->sweep;
}

static const char *country_name(const pl_page *page, size_t country) {
    return pl_saved_country(page->first, page->first->sweep.country[country]);
}

/* Where a country and a variable of the first sweep are in a sweep; SIZE_MAX: nowhere. */
static size_t country_in(const pl_page *page, size_t result, size_t country) {
    const pl_sweep_reading *s = sweep_of(page, result);
    return pl_read_find(s->country, s->countries, page->first->sweep.country[country]);
}

static const pl_read_range *range_in(const pl_page *page, size_t result, size_t variable, size_t country) {
    const pl_sweep_reading *s = sweep_of(page, result);
    size_t v = pl_sweep_variable(s, page->first->sweep.variable[variable].name),
           c = country_in(page, result, country);
    return v == SIZE_MAX || c == SIZE_MAX ? NULL : &s->variable[v].range[c];
}

/* "real_income" as "Real income". */
static void title_of(char *out, size_t size, const pl_read_scanned *v) {
    snprintf(out, size, "%.100s", v->name);
    for (char *c = out; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    *out = (char)toupper((unsigned char)*out);
}

/* What all pictures of a variable say alike. */
static void say(pl_page *page, pl_chart *c, size_t variable, const char *title, const char *basis) {
    const pl_read_scanned *v = &page->first->sweep.variable[variable];
    char name[120];
    title_of(name, sizeof name, v);
    pl_chart_say(&page->charts, &c->title, "%s%s", name, title);
    pl_chart_say(&page->charts, &c->unit, "%s", v->unit);
    pl_chart_say(&page->charts, &c->basis, "long run, against the world as it was; %s", basis);
}

/* A name that says which: "range", "range-imports". */
static void name_of(const pl_page *page, char *out, size_t size, const char *start, size_t variable) {
    snprintf(out, size, variable ? "%s-%.100s" : "%s", start, page->first->sweep.variable[variable].name);
}

/* ---- ranges over all members ---- */

static void add_range(pl_page *page, size_t variable) {
    const pl_sweep_reading *s = &page->first->sweep;
    size_t countries = s->countries < RANGES ? s->countries : RANGES, results = pl_page_results(page);
    char name[160];
    name_of(page, name, sizeof name, "range", variable);
    pl_chart *c = pl_charts_add(&page->charts, PL_CHART_RANGE, countries * results, 3, "%s", name);
    static const char *const columns[] = {"lowest", "highest", "middle"};
    for (size_t k = 0; c && k < 3; k++)
        pl_chart_say(&page->charts, &c->column[k], "%s", columns[k]);
    for (size_t r = 0; c && r < countries * results; r++) {
        const pl_read_range *range = range_in(page, r % results, variable, r / results);
        pl_chart_say(&page->charts, &c->key[r], "%s", s->country[r / results]);
        pl_chart_say(&page->charts, &c->label[r], "%s%s", country_name(page, r / results),
                     !page->second ? ""
                     : r % results ? ", second"
                                   : ", first");
        pl_chart_set(c, r, 0, range ? range->lowest : NAN);
        pl_chart_set(c, r, 1, range ? range->highest : NAN);
        pl_chart_set(c, r, 2, range ? range->middle : NAN);
    }
    if (!c)
        return;
    say(page, c, variable, " from the lowest to the highest", "all members that converged");
    pl_chart_say(&page->charts, &c->note,
                 "The line across a bar is the middle: half of the members are below it.");
    pl_chart_say(&page->charts, &c->text,
                 "A bar for each country from the lowest to the highest number of any member, and a line at "
                 "the middle one. The table beside it holds the numbers.");
}

/* ---- one thing varied ---- */

/* The value of a member at a position of the only dimension. */
static double value_at(const pl_sweep_reading *s, size_t variable, size_t country, size_t position) {
    for (size_t m = 0; m < s->members && variable != SIZE_MAX && country != SIZE_MAX; m++)
        if (s->at[m * s->dimensions] == position)
            return s->variable[variable].value[country * s->members + m];
    return NAN;
}

/* A position of the same words in another dimension. */
static size_t same_text(const pl_read_dimension *dim, const char *text) {
    return pl_read_find(dim->text, dim->count, text);
}

static double other_at(const pl_page *page, size_t result, size_t variable, size_t country, size_t position) {
    const pl_sweep_reading *s = sweep_of(page, result), *first = &page->first->sweep;
    size_t there = result ? same_text(&s->dimension[0], first->dimension[0].text[position]) : position;
    return value_at(s, pl_sweep_variable(s, first->variable[variable].name),
                    country_in(page, result, country), there);
}

static void add_lines(pl_page *page, size_t variable) {
    const pl_sweep_reading *s = &page->first->sweep;
    const pl_read_dimension *dim = &s->dimension[0];
    size_t results = pl_page_results(page), most = page->second ? SERIES / 2 : SERIES;
    size_t series = s->countries < most ? s->countries : most,
           each = (dim->count + MOST_PLACES - 1) / MOST_PLACES;
    size_t rows = (dim->count + each - 1) / each;
    char name[160], text[120];
    name_of(page, name, sizeof name, "along", variable);
    pl_chart *c = pl_charts_add(&page->charts, PL_CHART_LINES, rows, series * results, "%s", name);
    double *place = c ? pl_chart_places(&page->charts, c) : NULL;
    for (size_t k = 0; place && k < c->columns; k++) {
        pl_chart_say(&page->charts, &c->column[k], "%s%s", country_name(page, k / results),
                     !page->second ? ""
                     : k % 2       ? ", second"
                                   : ", first");
        c->style[k] = s->sampled ? PL_LINE_POINTS : k % results ? PL_LINE_DASHED : PL_LINE_WHOLE;
        c->ink[k] = k / results;
    }
    for (size_t r = 0; place && r < rows; r++) {
        size_t position = dim->rising[r * each];
        pl_sweep_value_text(dim, position, text, sizeof text);
        pl_chart_label(&page->charts, c, r, dim->text[position], text);
        place[r] = dim->value[position];
        for (size_t k = 0; k < c->columns; k++)
            pl_chart_set(c, r, k, other_at(page, k % results, variable, k / results, position));
    }
    if (!place)
        return;
    snprintf(text, sizeof text, " by %.100s", dim->label);
    say(page, c, variable, text, "everything else as it is");
    pl_chart_say(&page->charts, &c->axis, "%s%s%s", dim->label,
                 strcmp(dim->unit, "1") && *dim->unit ? ", " : "", strcmp(dim->unit, "1") ? dim->unit : "");
    if (each > 1)
        pl_chart_say(&page->charts, &c->note, "One value in %zu is shown; the result's files hold all.",
                     each);
    pl_chart_say(&page->charts, &c->text,
                 "A line for each country over the values of what is varied; a gap where a member did not "
                 "converge. The table beside it holds the numbers.");
}

/* Words have no distance from one another: a row for each, countries across. */
static void add_words(pl_page *page, size_t variable) {
    const pl_sweep_reading *s = &page->first->sweep;
    const pl_read_dimension *dim = &s->dimension[0];
    size_t rows = dim->count < MOST_ROWS ? dim->count : MOST_ROWS;
    size_t columns = s->countries < 2 * SERIES ? s->countries : 2 * SERIES;
    char name[160], text[120];
    name_of(page, name, sizeof name, "along", variable);
    pl_chart *c = pl_charts_add(&page->charts, PL_CHART_HEAT, rows, columns, "%s", name);
    for (size_t k = 0; c && k < columns; k++)
        pl_chart_say(&page->charts, &c->column[k], "%s", country_name(page, k));
    for (size_t r = 0; c && r < rows; r++) {
        pl_sweep_value_text(dim, r, text, sizeof text);
        pl_chart_label(&page->charts, c, r, dim->text[r], text);
        for (size_t k = 0; k < columns; k++)
            pl_chart_set(c, r, k,
                         other_at(page, pl_page_results(page) - 1, variable, k, r) -
                             (page->second ? other_at(page, 0, variable, k, r) : 0));
    }
    if (!c)
        return;
    snprintf(text, sizeof text, " by %.60s%s", dim->label, page->second ? ": the second less the first" : "");
    say(page, c, variable, text, "everything else as it is");
    pl_chart_say(&page->charts, &c->axis, "%s", dim->label);
    pl_chart_say(
        &page->charts, &c->text,
        "A heat map, what is varied down and countries across. The table beside it holds the numbers.");
}

/* ---- two things varied ---- */

/* Whether two sweeps tried the same values of everything, in the same order. */
static bool same_grid(const pl_page *page) {
    const pl_sweep_reading *a = &page->first->sweep, *b = &page->second->sweep;
    bool same = a->members == b->members && !a->sampled && !b->sampled;
    for (size_t d = 0; d < a->dimensions && same; d++) {
        same = a->dimension[d].count == b->dimension[d].count;
        for (size_t k = 0; k < a->dimension[d].count && same; k++)
            same = !strcmp(a->dimension[d].text[k], b->dimension[d].text[k]);
    }
    return same && !memcmp(a->at, b->at, a->members * a->dimensions * sizeof *a->at);
}

static size_t shown_of(size_t count, size_t most, size_t *each) {
    *each = (count + most - 1) / most;
    return (count + *each - 1) / *each;
}

/* Fills the cells whose values are shown. */
static void fill_square(const pl_page *page, pl_chart *c, size_t country, size_t down, size_t across) {
    const pl_sweep_reading *s = &page->first->sweep;
    size_t other = page->second ? country_in(page, 1, country) : SIZE_MAX;
    for (size_t m = 0; m < s->members; m++) {
        size_t r = s->at[2 * m], k = s->at[2 * m + 1];
        double value = s->variable[0].value[country * s->members + m];
        if (r % down || k % across)
            continue;
        if (page->second) {
            const pl_sweep_reading *b = &page->second->sweep;
            size_t v = pl_sweep_variable(b, s->variable[0].name);
            value = other == SIZE_MAX ? NAN : b->variable[v].value[other * b->members + m] - value;
        }
        pl_chart_set(c, r / down, k / across, value);
    }
}

static void add_square(pl_page *page, size_t country) {
    const pl_sweep_reading *s = &page->first->sweep;
    const pl_read_dimension *a = &s->dimension[0], *b = &s->dimension[1];
    size_t down, across, rows = shown_of(a->count, MOST_ROWS, &down),
                         columns = shown_of(b->count, MOST_COLUMNS, &across);
    char text[400], title[400];
    pl_chart *c =
        pl_charts_add(&page->charts, PL_CHART_HEAT, rows, columns, "square-%.60s", s->country[country]);
    for (size_t k = 0; c && k < columns; k++) {
        pl_sweep_value_text(b, k * across, text, sizeof text);
        pl_chart_say(&page->charts, &c->column[k], "%s", text);
    }
    for (size_t r = 0; c && r < rows; r++) {
        pl_sweep_value_text(a, r * down, text, sizeof text);
        pl_chart_label(&page->charts, c, r, a->text[r * down], text);
    }
    if (!c)
        return;
    fill_square(page, c, country, down, across);
    snprintf(title, sizeof title, ", %.100s%s", country_name(page, country),
             page->second ? ": the second less the first" : "");
    snprintf(text, sizeof text, "down %.100s, across %.100s", a->label, b->label);
    say(page, c, 0, title, text);
    pl_chart_say(&page->charts, &c->axis, "%s", a->label);
    if (down > 1 || across > 1)
        pl_chart_say(&page->charts, &c->note,
                     "One value in %zu down and one in %zu across is shown; the result's files hold all.",
                     down, across);
    pl_chart_say(
        &page->charts, &c->text,
        "A heat map with a cell for each combination of two things varied, white where a member did not "
        "converge. The table beside it holds the numbers.");
}

/* ---- what matters ---- */

static double swing_of(const pl_sweep_reading *s, size_t country, size_t d) {
    const pl_read_effect *e = &s->effect[country * s->dimensions + d];
    return e->highest - e->lowest;
}

static void add_matters(pl_page *page, size_t country) {
    const pl_sweep_reading *s = &page->first->sweep;
    size_t results = pl_page_results(page), order[16];
    double swing[16];
    char low[200], high[200], title[160];
    for (size_t d = 0; d < s->dimensions; d++)
        swing[d] = swing_of(s, country, d);
    pl_page_order(order, swing, s->dimensions);
    pl_chart *c = pl_charts_add(&page->charts, PL_CHART_RANGE, s->dimensions * results, 2, "matters-%.60s",
                                s->country[country]);
    for (size_t k = 0; c && k < 2; k++)
        pl_chart_say(&page->charts, &c->column[k], k ? "highest mean" : "lowest mean");
    for (size_t r = 0; c && r < c->rows; r++) {
        size_t d = order[r / results], result = r % results, there = country_in(page, result, country);
        const pl_sweep_reading *one = sweep_of(page, result);
        const pl_read_dimension *dim = &one->dimension[d];
        pl_chart_say(&page->charts, &c->key[r], "%s", dim->name);
        pl_chart_say(&page->charts, &c->label[r], "%s%s", dim->label,
                     !page->second ? ""
                     : result      ? ", second"
                                   : ", first");
        const pl_read_effect *e = there == SIZE_MAX ? NULL : &one->effect[there * one->dimensions + d];
        if (!e || e->low == SIZE_MAX)
            continue;
        pl_sweep_group_text(dim, e->low, low, sizeof low);
        pl_sweep_group_text(dim, e->high, high, sizeof high);
        pl_chart_say(&page->charts, &c->more[r], "lowest at %s, highest at %s", low, high);
        pl_chart_set(c, r, 0, e->lowest);
        pl_chart_set(c, r, 1, e->highest);
    }
    if (!c)
        return;
    snprintf(title, sizeof title, ": what matters to %s%.100s", pl_saved_article(s->country[country]),
             country_name(page, country));
    say(page, c, 0, title,
        s->sampled ? "each thing varied, as fitted to the sample"
                   : "each thing varied, averaged over everything else");
    pl_chart_say(
        &page->charts, &c->text,
        "A bar for each thing varied, the one that matters most on top: from the lowest to the highest "
        "average of its values over everything else varied. The table beside it holds the numbers.");
}

/* ---- the page ---- */

static pl_status check_pair(const pl_page *page, pl_error *error) {
    const pl_sweep_reading *a = &page->first->sweep, *b = &page->second->sweep;
    bool same = a->dimensions == b->dimensions;
    for (size_t d = 0; d < a->dimensions && same; d++)
        same = !strcmp(a->dimension[d].name, b->dimension[d].name);
    if (!same)
        return pl_fail(error, PL_INVALID,
                       "%s varies %s, and %s varies %s; two sweeps are compared when they vary the same in "
                       "the same order",
                       page->first->file, a->varied, page->second->file, b->varied);
    if (pl_sweep_variable(b, a->variable[0].name) == SIZE_MAX)
        return pl_fail(error, PL_INVALID, "%s is about %.80s, which %s does not hold", page->first->file,
                       a->variable[0].name, page->second->file);
    return PL_OK;
}

/* The variables that have pictures: all of a few, else the one asked about, real income and money. */
static bool is_shown(const pl_sweep_reading *s, size_t variable) {
    const char *name = s->variable[variable].name;
    return !variable || s->variables <= OTHERS + 1 || !strcmp(name, "real_income") ||
           !strcmp(name, "equivalent_variation");
}

static void add_along(pl_page *page, size_t variable) {
    const pl_read_dimension *dim = &page->first->sweep.dimension[0];
    if (dim->numeric && dim->count > 1)
        add_lines(page, variable);
    else
        add_words(page, variable);
}

pl_status pl_page_sweep(pl_page *page, pl_error *error) {
    const pl_sweep_reading *s = &page->first->sweep;
    pl_status status = page->second ? check_pair(page, error) : PL_OK;
    if (status)
        return status;
    for (size_t v = 0; v < s->variables; v++) {
        if (!is_shown(s, v))
            continue;
        add_range(page, v);
        if (s->dimensions == 1)
            add_along(page, v);
    }
    if (s->dimensions == 2 && !s->sampled && (!page->second || same_grid(page)))
        for (size_t c = 0; c < s->countries && c < SQUARES; c++)
            add_square(page, c);
    if (s->dimensions > 1)
        for (size_t c = 0; c < s->countries && c < MATTERS; c++)
            add_matters(page, c);
    return PL_OK;
}
