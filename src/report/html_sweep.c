/* The page of a sweep, or of two. */
#include "report/page.h"

#include <math.h>
#include <string.h>

enum { SAID = 3, MOST_MEMBERS = 200, FAILED_SHOWN = 12 };

/* ---- words ---- */

/* "real income" of "real_income". */
static void put_name(FILE *out, const pl_read_scanned *v) {
    char name[120];
    snprintf(name, sizeof name, "%.100s", v->name);
    for (char *c = name; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    pl_xml_text(out, name);
}

/* "-0.49 %" with as many digits as the largest number needs. */
static void put_value(FILE *out, const pl_read_scanned *v, double value, double largest) {
    char text[64];
    pl_chart_number(text, sizeof text, value, largest, true);
    fputs(text, out);
    fputs("\xc2\xa0", out);
    pl_xml_text(out, !strcmp(v->unit, "percent") ? "%" : v->unit);
}

static double largest_of(const pl_read_range *r) {
    return fmax(fabs(r->lowest), fabs(r->highest));
}

static void put_place(FILE *out, const pl_sweep_reading *s, size_t member) {
    char text[600];
    pl_sweep_place(s, member, text, sizeof text);
    pl_xml_text(out, text);
}

/* "tariff USA<-CHN from 0 % to 145 % (30 values)", or the words of a short list. */
static void put_dimension(FILE *out, const pl_read_dimension *dim, bool sampled) {
    char low[96], high[96];
    pl_sweep_value_text(dim, dim->rising[0], low, sizeof low);
    pl_sweep_value_text(dim, dim->rising[dim->count - 1], high, sizeof high);
    pl_xml_text(out, dim->label);
    if (dim->numeric && dim->count > 4) {
        fputs(" from ", out);
        pl_xml_text(out, low);
        fputs(" to ", out);
        pl_xml_text(out, high);
        if (!sampled)
            fprintf(out, " (%zu values)", dim->count);
        return;
    }
    for (size_t g = 0; g < dim->groups && g < 12; g++) {
        pl_sweep_value_text(dim, dim->first[g], low, sizeof low);
        fputs(!g ? " (" : ", ", out);
        pl_xml_text(out, low);
    }
    fputs(dim->groups > 12 ? ", \xe2\x80\xa6)" : ")", out);
}

/* "tariff A<-B" for those who do not write it so: both ends as countries that are known, or false. */
static bool explain_tariff(FILE *out, const pl_saved *r, const char *label) {
    const char *arrow = strstr(label, "<-"), *end = arrow ? arrow + 2 + strcspn(arrow + 2, ": ") : NULL;
    char buyer[16], seller[16];
    if (strncmp(label, "tariff ", 7) || !arrow || arrow - label > 20 || end - arrow > 16)
        return false;
    snprintf(buyer, sizeof buyer, "%.*s", (int)(arrow - label - 7), label + 7);
    snprintf(seller, sizeof seller, "%.*s", (int)(end - arrow - 2), arrow + 2);
    if (!strcmp(pl_saved_country(r, buyer), buyer) || !strcmp(pl_saved_country(r, seller), seller))
        return false;
    fputs("the duty that ", out);
    pl_html_country(out, r, buyer);
    fputs(" takes on what it buys from ", out);
    pl_html_country(out, r, seller);
    if (*end == ':') {
        fputs(", of the sectors ", out);
        pl_xml_text(out, end + 1);
    }
    return true;
}

static void explain(FILE *out, const pl_saved *r, const pl_read_dimension *dim) {
    fputs("<li><strong>", out);
    pl_xml_text(out, dim->label);
    fputs("</strong>: ", out);
    if (!strcmp(dim->name, "variant"))
        fputs("a variant of the scenario, each with its own measures", out);
    else if (!strcmp(dim->name, "elasticities"))
        fputs("a set of trade elasticities by sector", out);
    else if (*pl_html_help(dim->name))
        pl_xml_text(out, pl_html_help(dim->name));
    else if (!explain_tariff(out, r, dim->label))
        fputs("as it is written on the command line, at the end of this page", out);
    fputs("</li>\n", out);
}

static void say_varied(FILE *out, const pl_page *page) {
    const pl_sweep_reading *s = &page->first->sweep;
    fprintf(out, "<p class=\"lead\">%zu questions, the members of this sweep, that differ in ", s->members);
    for (size_t d = 0; d < s->dimensions; d++) {
        fputs(!d ? "" : d + 1 == s->dimensions ? " and in " : ", ", out);
        put_dimension(out, &s->dimension[d], s->sampled);
    }
    fputs(s->sampled          ? ", drawn at random with one in each part of every range"
          : s->dimensions > 1 ? ", in every combination"
                              : "",
          out);
    fputs("; each is solved for itself.", out);
    if (s->converged < s->members)
        fprintf(out, " <strong>Only the %zu that converged are in the numbers of this page.</strong>",
                s->converged);
    fputs("</p>\n<ul class=\"small\">\n", out);
    for (size_t d = 0; d < s->dimensions; d++)
        explain(out, page->first, &s->dimension[d]);
    fputs("</ul>\n", out);
}

/* "Real income of the United States is between .. (at ..) and .. (at ..)". */
static void say_range(FILE *out, const pl_saved *r, size_t country) {
    const pl_sweep_reading *s = &r->sweep;
    const pl_read_scanned *v = &s->variable[0];
    const pl_read_range *range = &v->range[country];
    fputs("<p class=\"lead\"><strong>", out);
    pl_xml_text(out, pl_saved_country(r, s->country[country]));
    fputs("</strong>: ", out);
    put_name(out, v);
    if (!range->count) {
        fputs(" is not known: no member converged.</p>\n", out);
        return;
    }
    fputs(" is lowest, ", out);
    put_value(out, v, range->lowest, largest_of(range));
    fputs(", at ", out);
    put_place(out, s, range->low);
    fputs(" and highest, ", out);
    put_value(out, v, range->highest, largest_of(range));
    fputs(", at ", out);
    put_place(out, s, range->high);
    fputs(".", out);
    if (range->above == range->count || range->below == range->count)
        fprintf(out, " It is %s zero in all %zu members.", range->above ? "above" : "below", range->count);
    else
        fprintf(out, " It is above zero in %zu of %zu members and below in %zu.", range->above, range->count,
                range->below);
    fputs("</p>\n", out);
}

static size_t most_important(const pl_sweep_reading *s, size_t country) {
    size_t most = SIZE_MAX;
    for (size_t d = 0; d < s->dimensions; d++) {
        const pl_read_effect *e = &s->effect[country * s->dimensions + d],
                             *best = &s->effect[country * s->dimensions + (most == SIZE_MAX ? 0 : most)];
        if (e->low != SIZE_MAX && (most == SIZE_MAX || e->highest - e->lowest > best->highest - best->lowest))
            most = d;
    }
    return most;
}

static void say_what_matters(FILE *out, const pl_saved *r, size_t country) {
    const pl_sweep_reading *s = &r->sweep;
    const pl_read_scanned *v = &s->variable[0];
    size_t d = s->dimensions > 1 ? most_important(s, country) : SIZE_MAX;
    char low[200], high[200];
    if (d == SIZE_MAX)
        return;
    const pl_read_effect *e = &s->effect[country * s->dimensions + d];
    double largest = fmax(fabs(e->lowest), fabs(e->highest));
    pl_sweep_group_text(&s->dimension[d], e->low, low, sizeof low);
    pl_sweep_group_text(&s->dimension[d], e->high, high, sizeof high);
    fputs("<p>What matters most to ", out);
    pl_html_country(out, r, s->country[country]);
    fputs(" is <strong>", out);
    pl_xml_text(out, s->dimension[d].label);
    fputs("</strong>: averaged over everything else varied, ", out);
    put_name(out, v);
    fputs(" is ", out);
    put_value(out, v, e->lowest, largest);
    fputs(" at ", out);
    pl_xml_text(out, low);
    fputs(" and ", out);
    put_value(out, v, e->highest, largest);
    fputs(" at ", out);
    pl_xml_text(out, high);
    fputs(".</p>\n", out);
}

static void say_all(FILE *out, const pl_page *page) {
    say_varied(out, page);
    for (size_t k = 0; k < pl_page_results(page); k++) {
        const pl_saved *r = pl_page_result(page, k);
        if (page->second)
            pl_html_text(out, "h3", r->label);
        for (size_t c = 0; c < r->sweep.countries && c < SAID; c++) {
            say_range(out, r, c);
            say_what_matters(out, r, c);
        }
    }
    if (page->second) {
        fputs("<p>The first result is ", out);
        pl_xml_text(out, page->first->label);
        fputs(", the second ", out);
        pl_xml_text(out, page->second->label);
        fputs(".</p>\n", out);
        pl_html_differences(out, page);
    }
    fputs(
        "<p class=\"small\">Changes in the long run with everything else as it was, not a forecast; and no "
        "probabilities: every member counts as much as every other. What they stand on is at the end of this "
        "page.</p>\n",
        out);
}

/* ---- tables ---- */

static void place_cell(FILE *out, const pl_sweep_reading *s, size_t member) {
    fputs("<td>", out);
    if (member != SIZE_MAX)
        put_place(out, s, member);
    fputs("</td>", out);
}

static void range_table(FILE *out, const pl_saved *r, const char *head) {
    const pl_sweep_reading *s = &r->sweep;
    const pl_read_scanned *v = &s->variable[0];
    char caption[400];
    double largest = 0;
    snprintf(caption, sizeof caption, "%.110sFrom the lowest to the highest of all members: %.190s, %.50s",
             head, v->text, v->unit);
    for (size_t c = 0; c < s->countries; c++)
        largest = v->range[c].count ? fmax(largest, largest_of(&v->range[c])) : largest;
    int decimals = pl_text_decimals(largest);
    pl_html_table(out, "names", caption);
    static const char *const heads[] = {"country", "lowest", "at", "middle", "highest", "at", "above zero"};
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++)
        pl_html_head_cell(out, heads[k], k == 6 ? "members" : NULL);
    pl_html_body(out);
    for (size_t c = 0; c < s->countries; c++) {
        const pl_read_range *range = &v->range[c];
        pl_html_row(out, pl_saved_country(r, s->country[c]));
        pl_html_cell(out, range->lowest, decimals, true);
        place_cell(out, s, range->low);
        pl_html_cell(out, range->middle, decimals, true);
        pl_html_cell(out, range->highest, decimals, true);
        place_cell(out, s, range->high);
        fprintf(out, "<td>%zu of %zu</td>", range->above, range->count);
        pl_html_end_row(out);
    }
    pl_html_end_table(out);
}

static void effects_table(FILE *out, const pl_saved *r, const char *head) {
    const pl_sweep_reading *s = &r->sweep;
    char caption[400], text[200];
    double largest = 0;
    for (size_t k = 0; k < s->countries * s->dimensions; k++)
        if (s->effect[k].low != SIZE_MAX)
            largest = fmax(largest, fmax(fabs(s->effect[k].lowest), fabs(s->effect[k].highest)));
    int decimals = pl_text_decimals(largest);
    snprintf(caption, sizeof caption, "%.110sAveraged over everything else varied, %.60s", head,
             s->variable[0].unit);
    pl_html_table(out, "names", caption);
    static const char *const heads[] = {"country", "what is varied", "lowest", "at", "highest",
                                        "at",      "apart"};
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++)
        pl_html_head_cell(out, heads[k], NULL);
    pl_html_body(out);
    for (size_t k = 0; k < s->countries * s->dimensions; k++) {
        const pl_read_effect *e = &s->effect[k];
        const pl_read_dimension *dim = &s->dimension[k % s->dimensions];
        pl_html_row(out, pl_saved_country(r, s->country[k / s->dimensions]));
        pl_html_text(out, "td", dim->label);
        for (size_t end = 0; end < 2; end++) {
            size_t group = end ? e->high : e->low;
            *text = 0;
            pl_html_cell(out, end ? e->highest : e->lowest, decimals, true);
            if (group != SIZE_MAX)
                pl_sweep_group_text(dim, group, text, sizeof text);
            pl_html_text(out, "td", text);
        }
        pl_html_cell(out, e->highest - e->lowest, decimals, false);
        pl_html_end_row(out);
    }
    pl_html_end_table(out);
}

static void members_table(FILE *out, const pl_saved *r, const char *head) {
    const pl_sweep_reading *s = &r->sweep;
    const pl_read_scanned *v = &s->variable[0];
    char caption[400], text[96];
    double largest = 0;
    size_t columns = s->countries < 8 ? s->countries : 8;
    for (size_t c = 0; c < columns; c++)
        largest = v->range[c].count ? fmax(largest, largest_of(&v->range[c])) : largest;
    snprintf(caption, sizeof caption, "%.110sEvery member: %.200s, %.60s", head, v->text, v->unit);
    pl_html_table(out, "names", caption);
    for (size_t d = 0; d < s->dimensions; d++)
        pl_html_head_cell(out, s->dimension[d].label, NULL);
    for (size_t c = 0; c < columns; c++)
        pl_html_head_cell(out, pl_saved_country(r, s->country[c]), NULL);
    pl_html_body(out);
    for (size_t m = 0; m < s->members && m < MOST_MEMBERS; m++) {
        for (size_t d = 0; d < s->dimensions; d++) {
            pl_sweep_value_text(&s->dimension[d], s->at[m * s->dimensions + d], text, sizeof text);
            d ? pl_html_text(out, "td", text) : pl_html_row(out, text);
        }
        for (size_t c = 0; c < columns; c++)
            pl_html_cell(out, v->value[c * s->members + m], pl_text_decimals(largest), true);
        pl_html_end_row(out);
    }
    pl_html_end_table(out);
    if (s->members > MOST_MEMBERS || s->countries > columns)
        fprintf(out,
                "<p class=\"small\">The first %zu of %zu members and %zu of %zu countries; sweep.csv beside "
                "the result holds all.</p>\n",
                s->members < MOST_MEMBERS ? s->members : (size_t)MOST_MEMBERS, s->members, columns,
                s->countries);
}

static void tables(FILE *out, const pl_page *page) {
    char head[120];
    pl_html_heading(out, "tables", "Tables");
    for (size_t k = 0; k < pl_page_results(page); k++) {
        const pl_saved *r = pl_page_result(page, k);
        snprintf(head, sizeof head, "%.100s%s", page->second ? r->label : "", page->second ? ": " : "");
        range_table(out, r, head);
        if (r->sweep.dimensions > 1)
            effects_table(out, r, head);
        members_table(out, r, head);
    }
}

/* ---- the certificate ---- */

static void say_failed(FILE *out, const pl_sweep_reading *s) {
    size_t shown = 0;
    if (s->solved < s->members)
        fprintf(out, "<p class=\"warning\">%zu members were not solved: the work was interrupted.</p>\n",
                s->members - s->solved);
    if (s->converged >= s->solved)
        return;
    fprintf(out,
            "<p class=\"warning\">%zu of %zu members did not converge. They are no equilibrium, and are left "
            "out of every number on this page:</p>\n<ul class=\"small\">\n",
            s->solved - s->converged, s->members);
    for (size_t m = 0; m < s->members && shown < FAILED_SHOWN; m++) {
        if (s->good[m])
            continue;
        fputs("<li>", out);
        put_place(out, s, m);
        fputs("</li>\n", out);
        shown++;
    }
    fputs("</ul>\n", out);
    if (s->solved - s->converged > shown)
        fprintf(out, "<p class=\"small\">And %zu more.</p>\n", s->solved - s->converged - shown);
}

static void certificate(FILE *out, const pl_page *page) {
    pl_html_heading(out, "certificate", "How well this was solved");
    fputs("<p>Every member's equations are checked again on the answer, by plain loops that share no code "
          "with the "
          "solver; the largest relative error of any equation in any member that converged is the "
          "certificate. A "
          "converged solve has errors near 1e-12.</p>\n",
          out);
    pl_html_table(out, "words", "Largest relative errors");
    static const char *const heads[] = {"result", "members", "converged", "largest error", "at"};
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++)
        pl_html_head_cell(out, heads[k], NULL);
    pl_html_body(out);
    for (size_t k = 0; k < pl_page_results(page); k++) {
        const pl_sweep_reading *s = &pl_page_result(page, k)->sweep;
        pl_html_row(out, pl_page_result(page, k)->label);
        fprintf(out, "<td>%zu</td><td>%zu</td>", s->members, s->converged);
        isnan(s->worst) || s->worst_member == SIZE_MAX ? fputs("<td></td>", out)
                                                       : fprintf(out, "<td>%.1e</td>", s->worst);
        place_cell(out, s, s->worst_member);
        pl_html_end_row(out);
    }
    pl_html_end_table(out);
    for (size_t k = 0; k < pl_page_results(page); k++)
        say_failed(out, &pl_page_result(page, k)->sweep);
}

/* ---- the page ---- */

/* Whether a measure is of a variant; NULL: of all there are. */
static bool is_of(const json_t *measure, const char *variant, size_t variants) {
    const json_t *list = json_object_get(measure, "variants"), *name;
    size_t k;
    bool every = json_array_size(list) >= variants;
    if (!variant || every)
        return every && !variant;
    json_array_foreach(list, k, name) {
        if (json_is_string(name) && !strcmp(json_string_value(name), variant))
            return true;
    }
    return false;
}

/* Those of one variant alone, or of all, that are not varied themselves. */
static bool measures_of(FILE *out, const pl_page *page, const char *variant, size_t variants,
                        const char *head, pl_strings *sources) {
    const json_t *measure;
    json_t *chosen = json_array();
    size_t k;
    bool made = chosen != NULL;
    json_array_foreach(json_object_get(page->first->root, "measures"), k, measure) {
        if (!json_is_true(json_object_get(measure, "varied")) && is_of(measure, variant, variants))
            made = made && !json_array_append(chosen, (json_t *)measure);
    }
    made = made && pl_html_collect(chosen, sources);
    if (json_array_size(chosen)) {
        pl_html_text(out, "h3", head);
        pl_html_measures(out, chosen, NULL, sources);
    }
    json_decref(chosen);
    return made;
}

static bool measures(FILE *out, const pl_page *page, pl_strings *sources) {
    const pl_sweep_reading *s = &page->first->sweep;
    const pl_read_dimension *varied = NULL;
    char head[120];
    for (size_t d = 0; d < s->dimensions; d++)
        if (!strcmp(s->dimension[d].name, "variant"))
            varied = &s->dimension[d];
    if (!json_array_size(json_object_get(page->first->root, "measures")))
        return true;
    pl_html_heading(out, "measures", "The measures");
    fputs("<p class=\"small\">Besides what is varied.</p>\n", out);
    bool made = measures_of(out, page, NULL, varied ? varied->groups : 1, "In every member", sources);
    for (size_t g = 0; made && varied && g < varied->groups; g++) {
        snprintf(head, sizeof head, "Variant %.100s", varied->text[varied->first[g]]);
        made = measures_of(out, page, varied->text[varied->first[g]], varied->groups, head, sources);
    }
    const json_t *list = json_object_get(page->first->root, "measures");
    pl_html_codes(out, page->first, &list, 1);
    return made;
}

static bool starts_with(const char *name, const char *start) {
    size_t length = strlen(start);
    return !strncmp(name, start, length) && (!name[length] || name[length] == '-');
}

static const struct {
    const char *start, *head;
} PART[] = {{"along", "How it goes"},
            {"matters", "What matters most"},
            {"square", "Every combination"},
            {"range", "From the lowest to the highest"}};
enum { PARTS = sizeof PART / sizeof *PART };

static void navigate(FILE *out, const pl_page *page) {
    fputs("<nav aria-label=\"Parts of this page\">", out);
    for (size_t p = 0; p < PARTS; p++) {
        bool any = false;
        for (size_t k = 0; k < page->charts.count; k++)
            any = any || starts_with(page->charts.item[k]->name, PART[p].start);
        if (any)
            fprintf(out, "<a href=\"#%s\">%s</a>", PART[p].start, PART[p].head);
    }
    fputs("<a href=\"#tables\">Tables</a><a href=\"#certificate\">Certificate</a><a "
          "href=\"#sources\">Sources</a><a href=\"#again\">Again</a></nav>\n",
          out);
}

static void figures(FILE *out, const pl_page *page, size_t part) {
    const char *start = PART[part].start;
    size_t shown = 0;
    for (size_t k = 0; k < page->charts.count; k++) {
        const char *name = page->charts.item[k]->name;
        if (!starts_with(name, start))
            continue;
        if (!shown++)
            pl_html_heading(out, start, PART[part].head);
        if (shown == 1 && !strcmp(start, "matters") && page->first->sweep.sampled)
            fputs("<p class=\"small\">In a sample everything differs at once. Shown is the sum of one part "
                  "for each "
                  "thing varied that comes nearest to all members (least squares), numbers in groups of an "
                  "eighth of "
                  "the members.</p>\n",
                  out);
        pl_html_figure(out, page, name);
    }
    if (shown && !strcmp(start, "square") && shown < page->first->sweep.countries)
        fprintf(out,
                "<p class=\"small\">Pictures of the first %zu of %zu countries; the tables hold all.</p>\n",
                shown, page->first->sweep.countries);
}

bool pl_html_sweep(FILE *out, const pl_page *page) {
    pl_strings sources = {0};
    navigate(out, page);
    say_all(out, page);
    for (size_t p = 0; p < PARTS; p++)
        figures(out, page, p);
    tables(out, page);
    bool made = measures(out, page, &sources);
    certificate(out, page);
    pl_html_settings(out, page);
    pl_html_sources(out, page, &sources);
    pl_strings_clear(&sources);
    return made;
}
