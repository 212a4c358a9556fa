/* Charts of talks, or of two answers side by side. */
#include "report/page.h"

#include <math.h>
#include <string.h>

enum { MOST_DEALS = 24, MOST_PLAYERS = 4, ROWS = 16, MOST_SHOWN = 3 };

static bool is_frontier(const pl_read_deal *d) {
    return !strncmp(d->name, "point-", 6) || !strncmp(d->name, "corner-", 7);
}

static bool is_bargain(const pl_read_deal *d) {
    static const char *const parts[] = {"bargain", "nash", "kalai", "egalitarian", "utilitarian", "best-"};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        if (strstr(d->name, parts[k]))
            return true;
    return false;
}

/* ---- the plane ---- */

typedef struct {
    const pl_saved *reading;
    size_t deal;
    const char *key;
} point;

static size_t points_of(const pl_page *page, point *out) {
    size_t count = 0;
    for (size_t r = 0; r < pl_page_results(page); r++) {
        const pl_saved *reading = pl_page_result(page, r);
        for (size_t d = 0; d < reading->talks.deals; d++) {
            const pl_read_deal *deal = &reading->talks.deal[d];
            if (isnan(deal->side[0].payoff) || isnan(deal->side[1].payoff))
                continue;
            out[count++] = (point){reading, d,
                                   d == 0              ? "none"
                                   : is_frontier(deal) ? (r ? "second" : "frontier")
                                   : page->second      ? (r ? "second" : "first")
                                   : is_bargain(deal)  ? "bargain"
                                                       : "deal"};
        }
    }
    return count;
}

static double payoff_of(const point *p, size_t player) {
    return p->reading->talks.deal[p->deal].side[player].payoff;
}

static void add_plane(pl_page *page, const char *name, const point *points, size_t count, const char *title) {
    pl_chart *c = count ? pl_charts_add(&page->charts, PL_CHART_PLANE, count, 2, "%s", name) : NULL;
    if (!c)
        return;
    for (size_t p = 0; p < 2; p++)
        pl_chart_say(&page->charts, &c->column[p], "%s: real income, percent", page->first->talks.player[p]);
    for (size_t r = 0; r < count; r++) {
        const char *deal = points[r].reading->talks.deal[points[r].deal].name;
        pl_chart_label(&page->charts, c, r, points[r].key, deal);
        pl_chart_set(c, r, 0, payoff_of(&points[r], 0));
        pl_chart_set(c, r, 1, payoff_of(&points[r], 1));
    }
    pl_chart_say(&page->charts, &c->title, "%s", title);
    pl_chart_say(&page->charts, &c->unit, "percent of a side's baseline income a year");
    pl_chart_say(&page->charts, &c->basis,
                 "against the world as it was; up and to the right is better for both");
    pl_chart_say(
        &page->charts, &c->text,
        "Every deal as a point: across what it is worth to %s, up what it is worth to %s. The table beside "
        "the picture holds the numbers.",
        page->first->talks.player[0], page->first->talks.player[1]);
}

/* The points near the best of both, when they are a small part of the plane. */
static size_t close_points(const point *all, size_t count, point *near) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    size_t found = 0;
    for (size_t k = 0; k < count; k++)
        for (size_t p = 0; p < 2; p++) {
            low[p] = fmin(low[p], payoff_of(&all[k], p));
            high[p] = fmax(high[p], payoff_of(&all[k], p));
        }
    for (size_t k = 0; k < count; k++)
        if (payoff_of(&all[k], 0) >= high[0] - 0.15 * (high[0] - low[0]) &&
            payoff_of(&all[k], 1) >= high[1] - 0.15 * (high[1] - low[1]))
            near[found++] = all[k];
    return found > 1 && found < count ? found : 0;
}

static void add_planes(pl_page *page) {
    size_t most = page->first->talks.deals + (page->second ? page->second->talks.deals : 0);
    if (page->first->talks.players < 2 || (page->second && page->second->talks.players < 2) || most > 2000)
        return;
    point *points = pl_alloc(most, sizeof *points), *near = pl_alloc(most, sizeof *near);
    page->charts.failed = page->charts.failed || !points || !near;
    if (points && near) {
        size_t count = points_of(page, points);
        add_plane(page, "plane", points, count, "What each deal is worth to both sides");
        count = close_points(points, count, near);
        add_plane(page, "plane-close", near, count, "What deals are worth, close to the best for both");
    }
    free(points);
    free(near);
}

/* ---- bars by deal ---- */

/* Deals that are neither the disagreement nor a point between corners of a frontier. */
static size_t named_deals(const pl_saved *r, size_t *chosen) {
    size_t count = 0;
    for (size_t d = 1; d < r->talks.deals && count < MOST_DEALS; d++)
        if (strncmp(r->talks.deal[d].name, "point-", 6))
            chosen[count++] = d;
    return count;
}

static const pl_read_deal *deal_called(const pl_saved *r, const char *name) {
    for (size_t d = 0; d < r->talks.deals; d++)
        if (!strcmp(r->talks.deal[d].name, name))
            return &r->talks.deal[d];
    return NULL;
}

static double gain_of(const pl_read_side *side) {
    return side->gain;
}

static double patience_of(const pl_read_side *side) {
    return isinf(side->patience) ? NAN : side->patience;
}

static pl_chart *add_bars(pl_page *page, const char *name, double (*get)(const pl_read_side *)) {
    size_t chosen[MOST_DEALS], rows = named_deals(page->first, chosen), results = pl_page_results(page);
    size_t players = page->first->talks.players < MOST_PLAYERS ? page->first->talks.players : MOST_PLAYERS;
    if (page->second && page->second->talks.players < players)
        players = page->second->talks.players;
    if (page->second && players > 2)
        players = 2;
    pl_chart *c =
        rows ? pl_charts_add(&page->charts, PL_CHART_BARS, rows, players * results, "%s", name) : NULL;
    bool any = false;
    for (size_t k = 0; c && k < players * results; k++)
        pl_chart_say(&page->charts, &c->column[k], "%s%s%s", page->first->talks.player[k / results],
                     page->second ? ", " : "", page->second ? (k % 2 ? "second" : "first") : "");
    for (size_t r = 0; c && r < rows; r++) {
        const pl_read_deal *deal = &page->first->talks.deal[chosen[r]];
        pl_chart_label(&page->charts, c, r, deal->name, deal->name);
        for (size_t k = 0; k < players * results; k++) {
            const pl_read_deal *same = k % results ? deal_called(page->second, deal->name) : deal;
            double value = same ? get(&same->side[k / results]) : NAN;
            pl_chart_set(c, r, k, value);
            any = any || !isnan(value);
        }
    }
    if (c && !any) {
        pl_charts_drop(&page->charts);
        return NULL;
    }
    return c;
}

static void add_gains(pl_page *page) {
    pl_chart *c = add_bars(page, "gains", gain_of);
    if (!c)
        return;
    pl_chart_say(&page->charts, &c->title, "What each deal gains each side");
    pl_chart_say(&page->charts, &c->unit, "percent of the side's baseline income a year");
    pl_chart_say(&page->charts, &c->basis, "against no deal");
    pl_chart_say(&page->charts, &c->text, "Bars by deal, a panel for each side: gains to the right of zero.");
}

static void add_patience(pl_page *page) {
    pl_chart *c = add_bars(page, "patience", patience_of);
    if (!c)
        return;
    c->mark = pl_read_value(page->first->root, "discount");
    if (isnan(c->mark))
        c->mark = 1;
    pl_chart_say(&page->charts, &c->mark_text, "what they have: %g", c->mark);
    pl_chart_say(&page->charts, &c->title, "The patience it takes to keep each deal");
    pl_chart_say(&page->charts, &c->unit, "discount factor a %s",
                 pl_read_text(page->first->root, "period", "period"));
    pl_chart_say(&page->charts, &c->basis,
                 "a deal is kept where the bar ends before the line; no bar: never, or not "
                 "asked");
    pl_chart_say(
        &page->charts, &c->text,
        "Bars by deal, a panel for each side: the smallest discount factor at which the side keeps the deal, "
        "and a line for the discount factor it has.");
}

/* ---- everybody else ---- */

static bool is_member(const pl_saved *r, const char *code) {
    const json_t *player, *member;
    size_t p, m;
    json_array_foreach(json_object_get(r->root, "players"), p, player) {
        json_array_foreach(json_object_get(player, "members"), m, member) {
            const char *text =
                json_is_object(member) ? pl_read_text(member, "code", "") : json_string_value(member);
            if (text && !strcmp(text, code))
                return true;
        }
    }
    return false;
}

static double income_against_none(const pl_saved *r, size_t deal, const char *code) {
    return pl_read_value(r->talks.deal[deal].real_income, code) -
           pl_read_value(r->talks.deal[0].real_income, code);
}

static void say_map(pl_page *page, pl_chart *c, const char *deal) {
    pl_chart_say(&page->charts, &c->column[0], "real income");
    pl_chart_say(&page->charts, &c->title, "Real income under %s, against no deal", deal);
    pl_chart_say(&page->charts, &c->unit, "percent");
    pl_chart_say(&page->charts, &c->basis, "long run, the deal less what stands without one");
    pl_chart_say(
        &page->charts, &c->text,
        "A map of the world in classes of colour, blue for gains and orange for losses. The table beside it "
        "holds the numbers.");
}

static void add_map(pl_page *page, size_t deal) {
    const pl_saved *r = page->first;
    const json_t *countries = r->talks.deal[deal].real_income;
    pl_chart *c = pl_charts_add(&page->charts, PL_CHART_MAP, json_object_size(countries), 1, "map");
    const char *code;
    json_t *value;
    size_t row = 0;
    if (!c)
        return;
    json_object_foreach((json_t *)countries, code, value) {
        pl_chart_label(&page->charts, c, row, code, pl_saved_country(r, code));
        pl_chart_set(c, row++, 0, income_against_none(r, deal, code));
    }
    say_map(page, c, r->talks.deal[deal].name);
}

static void add_others(pl_page *page, const size_t *deals, size_t count) {
    const pl_saved *r = page->first;
    const json_t *countries = r->talks.deal[deals[0]].real_income;
    size_t most = json_object_size(countries), outside = 0;
    const char **codes = pl_alloc(most, sizeof *codes), *code;
    double *key = pl_alloc(most, sizeof *key);
    size_t *order = pl_alloc(most, sizeof *order);
    json_t *value;
    json_object_foreach((json_t *)countries, code, value) {
        if (!codes || !key || is_member(r, code))
            continue;
        codes[outside] = code;
        key[outside++] = fabs(income_against_none(r, deals[0], code));
    }
    page->charts.failed = page->charts.failed || !codes || !key || !order;
    size_t rows = outside < ROWS ? outside : ROWS;
    if (codes && key && order)
        pl_page_order(order, key, outside);
    pl_chart *c = rows && order ? pl_charts_add(&page->charts, PL_CHART_BARS, rows, count, "others") : NULL;
    for (size_t k = 0; c && k < count; k++)
        pl_chart_say(&page->charts, &c->column[k], "%s", r->talks.deal[deals[k]].name);
    for (size_t row = 0; c && row < rows; row++) {
        pl_chart_label(&page->charts, c, row, codes[order[row]], pl_saved_country(r, codes[order[row]]));
        for (size_t k = 0; k < count; k++)
            pl_chart_set(c, row, k, income_against_none(r, deals[k], codes[order[row]]));
    }
    if (c) {
        pl_chart_say(&page->charts, &c->title, "Everybody else");
        pl_chart_say(&page->charts, &c->unit, "percent change of real income");
        pl_chart_say(&page->charts, &c->basis, "against no deal, the countries outside that move most");
        pl_chart_say(&page->charts, &c->text, "Bars by country outside the talks, a panel for each deal.");
    }
    free(codes);
    free(key);
    free(order);
}

void pl_page_talks(pl_page *page) {
    size_t chosen[MOST_DEALS], count = named_deals(page->first, chosen);
    add_planes(page);
    add_gains(page);
    add_patience(page);
    if (count && json_object_size(page->first->talks.deal[chosen[0]].real_income)) {
        add_others(page, chosen, count < MOST_SHOWN ? count : MOST_SHOWN);
        add_map(page, chosen[0]);
    }
}
