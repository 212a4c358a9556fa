/* The page of talks, or of two answers. */
#include "report/page.h"

#include <math.h>
#include <string.h>

/* Points between the corners of a frontier are in the picture, not in the tables. */
static bool is_shown(const pl_read_deal *d) {
    return strncmp(d->name, "point-", 6) != 0;
}

/* ---- sentences ---- */

/* One text, or a list of them, as paragraphs. */
static bool say_texts(FILE *out, const json_t *texts, const char *element) {
    if (json_is_string(texts))
        pl_html_text(out, element, json_string_value(texts));
    for (size_t k = 0; k < json_array_size(texts); k++)
        if (json_is_string(json_array_get(texts, k)))
            pl_html_text(out, element, json_string_value(json_array_get(texts, k)));
    return json_is_string(texts) || json_array_size(texts);
}

/* Whether everybody signs a deal, and keeps it. */
static bool is_good(const pl_talks_reading *t, size_t deal, bool keep) {
    bool all = is_shown(&t->deal[deal]);
    for (size_t p = 0; p < t->players; p++) {
        const pl_read_side *side = &t->deal[deal].side[p];
        all = all && side->signs && (!keep || (side->asked && side->keeps));
    }
    return all;
}

static void say_names(FILE *out, const pl_talks_reading *t, bool keep, const char *head) {
    size_t count = 0;
    fprintf(out, "<p>%s: ", head);
    for (size_t d = 1; d < t->deals; d++)
        if (is_good(t, d, keep)) {
            fputs(count++ ? ", " : "", out);
            pl_xml_text(out, t->deal[d].name);
        }
    fputs(count ? ".</p>\n" : "none.</p>\n", out);
}

/* In the file's own sentences, or what can be said without them. */
static void say_answer(FILE *out, const pl_saved *r) {
    const pl_talks_reading *t = &r->talks;
    bool asked = false;
    if (say_texts(out, json_object_get(r->root, "answer"), "p class=\"lead\""))
        return;
    fputs("<p class=\"lead\">Without a deal", out);
    for (size_t p = 0; p < t->players; p++) {
        fputs(p ? p + 1 == t->players ? " and " : ", " : ", real income ", out);
        pl_html_moves(out, t->deal[0].side[p].payoff);
        fputs(" for ", out);
        pl_xml_text(out, t->player[p]);
    }
    fputs(", against the world as it was.</p>\n", out);
    say_names(out, t, false, "Everybody would sign");
    for (size_t d = 1; d < t->deals; d++)
        asked = asked || t->deal[d].side[0].asked;
    if (asked)
        say_names(out, t, true, "Everybody would sign and keep");
}

/* "2 months", "1 month". */
static void put_periods(FILE *out, double count, const char *period) {
    fprintf(out, "%g\xc2\xa0", count);
    pl_xml_text(out, period);
    fputs(count == 1 ? "" : "s", out);
}

static void say_terms(FILE *out, const pl_saved *r) {
    double discount = pl_read_value(r->root, "discount"), lag = pl_read_value(r->root, "lag"),
           punishment = pl_read_value(r->root, "punishment");
    const char *period = pl_read_text(r->root, "period", "period");
    fputs("<p class=\"small\">Payoffs are changes of real income in percent of a side's baseline income a "
          "year, against "
          "the world as it was; gains are over having no deal. A side signs what is no loss to it.",
          out);
    if (!isnan(discount)) {
        fprintf(out, " It keeps a deal when its discount factor, %g a ", discount);
        pl_xml_text(out, period);
        fputs(", is at least the patience shown; a breach shows after ", out);
        put_periods(out, lag, period);
        fputs(", and is punished for ", out);
        isnan(punishment) ? fputs("ever", out) : put_periods(out, punishment, period);
        fputs(".", out);
    }
    fputs("</p>\n", out);
}

/* ---- tables ---- */

static void patience_cell(FILE *out, const pl_read_side *side) {
    if (isinf(side->patience))
        fputs("<td>never</td>", out);
    else
        pl_html_cell(out, side->patience, 3, false);
}

static void deals_table(FILE *out, const pl_saved *r, bool two) {
    const pl_talks_reading *t = &r->talks;
    char caption[300];
    bool spread = false;
    char unit[80];
    snprintf(unit, sizeof unit, "a %.60s", pl_read_text(r->root, "period", "period"));
    for (size_t d = 0; d < t->deals; d++)
        spread = spread || !isnan(t->deal[d].side[0].low);
    snprintf(caption, sizeof caption, "Who signs and who keeps%s%.200s", two ? ": " : "",
             two ? r->label : "");
    pl_html_table(out, "keep", caption);
    static const struct {
        const char *text, *unit;
    } heads[] = {{"deal", NULL},     {"side", NULL},       {"payoff", "%"},
                 {"gain", "%"},      {"5th to 95th", "%"}, {"breach pays", "%"},
                 {"patience", NULL}, {"signs", NULL},      {"keeps", NULL}};
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++)
        if (k != 4 || spread)
            pl_html_head_cell(out, heads[k].text, k == 6 ? unit : heads[k].unit);
    pl_html_body(out);
    for (size_t d = 0; d < t->deals; d++) {
        const pl_read_deal *deal = &t->deal[d];
        for (size_t p = 0; p < t->players && is_shown(deal); p++) {
            const pl_read_side *side = &deal->side[p];
            pl_html_row(out, deal->name);
            pl_html_text(out, "td", t->player[p]);
            pl_html_cell(out, side->payoff, 4, true);
            pl_html_cell(out, d ? side->gain : NAN, 4, true);
            if (spread) {
                char low[32], high[32];
                pl_text_number(low, sizeof low, side->low, 3, true);
                pl_text_number(high, sizeof high, side->high, 3, true);
                fprintf(out, "<td>%s to %s</td>", isnan(side->low) ? "" : low, isnan(side->high) ? "" : high);
            }
            pl_html_cell(out, side->breach - side->payoff, 4, true);
            patience_cell(out, side);
            fprintf(out, "<td>%s</td><td>%s</td>",
                    !d            ? ""
                    : side->signs ? "yes"
                                  : "no",
                    !side->asked  ? ""
                    : side->keeps ? "yes"
                                  : "no");
            pl_html_end_row(out);
        }
    }
    pl_html_end_table(out);
}

/* What a level of an instrument is in: a duty on top of what stands is in points. */
static const char *instrument_unit(const pl_saved *r, const char *name) {
    const json_t *entry;
    size_t k;
    json_array_foreach(json_object_get(r->root, "instruments"), k, entry) {
        if (!strcmp(pl_read_text(entry, "name", ""), name))
            return strstr(pl_read_text(entry, "unit", ""), "on top of") ? ", points" : ", %";
    }
    return "";
}

/* Levels in percent: a rate, or a share of what is traded today. */
static void instruments_table(FILE *out, const pl_saved *r, bool two) {
    const pl_talks_reading *t = &r->talks;
    const char *name;
    char caption[300];
    json_t *value;
    double number;
    size_t shown = 0;
    if (!json_object_size(t->deal[0].settings))
        return;
    snprintf(caption, sizeof caption,
             "What the instruments are set to, percent or points; empty: as it stands%s%.200s",
             two ? ": " : "", two ? r->label : "");
    pl_html_table(out, "keep", caption);
    pl_html_head_cell(out, "instrument", NULL);
    for (size_t d = 1; d < t->deals && shown < 10; d++)
        if (is_shown(&t->deal[d])) {
            pl_html_head_cell(out, t->deal[d].name, NULL);
            shown++;
        }
    pl_html_body(out);
    json_object_foreach((json_t *)t->deal[0].settings, name, value) {
        snprintf(caption, sizeof caption, "%.120s%s", name, instrument_unit(r, name));
        pl_html_row(out, caption);
        shown = 0;
        for (size_t d = 1; d < t->deals && shown < 10; d++) {
            if (!is_shown(&t->deal[d]))
                continue;
            shown++;
            if (!pl_read_json_number(json_object_get(t->deal[d].settings, name), &number))
                number = NAN;
            pl_html_cell(out, 100 * number, 1, false);
        }
        pl_html_end_row(out);
    }
    pl_html_end_table(out);
}

/* What the names of instruments stand for, and where they are today. */
static void instruments_in_words(FILE *out, const pl_saved *r) {
    const json_t *entry;
    size_t k;
    double low, high;
    if (!json_array_size(json_object_get(r->root, "instruments")))
        return;
    fputs("<ul class=\"small\">\n", out);
    json_array_foreach(json_object_get(r->root, "instruments"), k, entry) {
        fputs("<li>", out);
        pl_xml_text(out, pl_read_text(entry, "name", ""));
        fputs(": ", out);
        pl_xml_text(out, pl_read_text(entry, "title", ""));
        low = 100 * pl_read_value(entry, "low");
        high = 100 * pl_read_value(entry, "high");
        if (!isnan(low) && !isnan(high))
            fprintf(out, ", from %g to %g%s", low, high,
                    strcmp(instrument_unit(r, pl_read_text(entry, "name", "")), ", points") ? " %"
                                                                                            : " points");
        fputs(json_is_true(json_object_get(entry, "assumed")) ? " (bounds assumed)</li>\n" : "</li>\n", out);
    }
    fputs("</ul>\n", out);
}

static void deals_in_words(FILE *out, const pl_saved *r) {
    const pl_talks_reading *t = &r->talks;
    fputs("<dl>\n", out);
    for (size_t d = 0; d < t->deals; d++) {
        const json_t *entry = json_array_get(json_object_get(r->root, "deals"), d);
        if (!is_shown(&t->deal[d]))
            continue;
        pl_html_text(out, "dt class=\"yes\"", t->deal[d].name);
        if (*t->deal[d].title)
            pl_html_text(out, "dd", t->deal[d].title);
        say_texts(out, json_object_get(entry, "meaning"), "dd class=\"small\"");
        if (!t->deal[d].converged) {
            fputs("<dd class=\"warning\">The search for it did not end where it should: ", out);
            pl_xml_text(out, t->deal[d].outcome);
            fputs("</dd>\n", out);
        }
    }
    fputs("</dl>\n", out);
}

static void compare_table(FILE *out, const pl_page *page) {
    const pl_talks_reading *a = &page->first->talks, *b = &page->second->talks;
    pl_html_table(out, "keep", "Deals that both answers have: payoffs, percent of baseline income a year");
    pl_html_head_cell(out, "deal", NULL);
    pl_html_head_cell(out, "side", NULL);
    pl_html_head_cell(out, "first", "%");
    pl_html_head_cell(out, "second", "%");
    pl_html_head_cell(out, "second less first", "%");
    pl_html_body(out);
    for (size_t d = 0; d < a->deals; d++)
        for (size_t e = 0; e < b->deals; e++)
            for (size_t p = 0; p < a->players && !strcmp(a->deal[d].name, b->deal[e].name); p++) {
                size_t q = pl_read_find(b->player, b->players, a->player[p]);
                double second = q == SIZE_MAX ? NAN : b->deal[e].side[q].payoff;
                pl_html_row(out, a->deal[d].name);
                pl_html_text(out, "td", a->player[p]);
                pl_html_cell(out, a->deal[d].side[p].payoff, 4, true);
                pl_html_cell(out, second, 4, true);
                pl_html_cell(out, second - a->deal[d].side[p].payoff, 4, true);
                pl_html_end_row(out);
            }
    pl_html_end_table(out);
}

static void certificate(FILE *out, const pl_page *page) {
    double worst = 0;
    pl_html_heading(out, "certificate", "How well this was solved");
    for (size_t k = 0; k < pl_page_results(page); k++)
        for (size_t d = 0; d < pl_page_result(page, k)->talks.deals; d++)
            worst = fmax(worst, pl_page_result(page, k)->talks.deal[d].residual);
    fprintf(out,
            "<p>Behind every deal is an equilibrium whose equations are checked again by plain loops that "
            "share no code "
            "with the solver. The largest relative error of any of them is %.1e. A search for a bargain, a "
            "best answer "
            "or a point of the frontier says how it ended; one that stopped early is marked.</p>\n",
            worst);
}

bool pl_html_talks(FILE *out, const pl_page *page) {
    static const char *const figures[] = {"plane", "plane-close", "gains", "patience"};
    pl_strings none = {0};
    fputs(
        "<nav aria-label=\"Parts of this page\"><a href=\"#deals\">Deals</a><a href=\"#keep\">Who signs and "
        "keeps</a><a href=\"#others\">Everybody else</a><a href=\"#certificate\">Certificate</a><a "
        "href=\"#sources\">Sources</a><a href=\"#again\">Again</a></nav>\n",
        out);
    for (size_t k = 0; k < pl_page_results(page); k++) {
        if (page->second)
            pl_html_text(out, "h3", pl_page_result(page, k)->label);
        say_answer(out, pl_page_result(page, k));
    }
    say_terms(out, page->first);
    pl_html_heading(out, "deals", "What each deal is worth");
    for (size_t k = 0; k < sizeof figures / sizeof *figures; k++)
        pl_html_figure(out, page, figures[k]);
    pl_html_heading(out, "keep", "Who signs and who keeps");
    if (page->second)
        compare_table(out, page);
    for (size_t k = 0; k < pl_page_results(page); k++) {
        deals_table(out, pl_page_result(page, k), page->second != NULL);
        instruments_table(out, pl_page_result(page, k), page->second != NULL);
    }
    instruments_in_words(out, page->first);
    deals_in_words(out, page->first);
    if (json_array_size(page->first->talks.notes)) {
        pl_html_text(out, "h3", "What to know besides");
        say_texts(out, page->first->talks.notes, "p class=\"small\"");
    }
    pl_html_heading(out, "others", "Everybody else");
    pl_html_figure(out, page, "others");
    pl_html_figure(out, page, "map");
    certificate(out, page);
    pl_html_settings(out, page);
    pl_html_sources(out, page, &none);
    return true;
}
