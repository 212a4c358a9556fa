/* What a page stands on: settings, certificate, sources, what is assumed, and how to get it again. */
#include "report/page.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- settings ---- */

const char *pl_html_help(const char *setting) {
    const char *name, *type, *otherwise, *help;
    for (size_t k = 0; pl_settings_describe(k, &name, &type, &otherwise, &help); k++)
        if (!strcmp(name, setting))
            return !strncmp(help, "path: ", 6) ? help + 6 : help;
    return "";
}

static void value_text(char *out, size_t size, const json_t *value) {
    if (json_is_string(value))
        snprintf(out, size, "%.100s", json_string_value(value));
    else if (json_is_number(value))
        pl_text_exact(out, size, json_number_value(value));
    else
        snprintf(out, size, "%s", json_is_null(value) ? "unlimited" : "");
}

/* The settings, and the world, in which two results differ. */
void pl_html_differences(FILE *out, const pl_page *page) {
    const json_t *first = json_object_get(page->first->root, "settings"),
                 *second = json_object_get(page->second->root, "settings");
    const char *key;
    json_t *value;
    char a[128], b[128];
    size_t count = 0;
    if (strcmp(pl_saved_world(page->first), pl_saved_world(page->second)))
        fputs("<p class=\"warning\">The results are of different worlds.</p>\n", out);
    json_object_foreach((json_t *)first, key, value) {
        const json_t *other = json_object_get(second, key);
        if (json_equal(value, other) || json_is_array(value))
            continue;
        value_text(a, sizeof a, value);
        value_text(b, sizeof b, other);
        fputs(count++ ? "; " : "<p>Settings that differ: ", out);
        pl_xml_text(out, key);
        fputs(" (", out);
        pl_xml_text(out, a);
        fputs(" in the first, ", out);
        pl_xml_text(out, b);
        fputs(" in the second)", out);
    }
    fputs(count ? ".</p>\n" : "<p>The settings are the same in both.</p>\n", out);
}

static void settings_table(FILE *out, const pl_page *page) {
    const json_t *settings = json_object_get(page->first->root, "settings"), *other = NULL;
    const char *key;
    json_t *value;
    char text[128];
    if (page->second)
        other = json_object_get(page->second->root, "settings");
    pl_html_table(out, "words", "Settings");
    pl_html_head_cell(out, "setting", NULL);
    pl_html_head_cell(out, page->second ? "first" : "value", NULL);
    if (page->second)
        pl_html_head_cell(out, "second", NULL);
    pl_html_head_cell(out, "what it is", NULL);
    pl_html_body(out);
    json_object_foreach((json_t *)settings, key, value) {
        if (json_is_array(value) || json_is_object(value))
            continue;
        pl_html_row(out, key);
        value_text(text, sizeof text, value);
        pl_html_text(out, "td", text);
        if (page->second) {
            const json_t *same = json_object_get(other, key);
            value_text(text, sizeof text, same);
            pl_html_text(out, json_equal(value, same) ? "td" : "td class=\"yes\"", text);
        }
        pl_html_text(out, "td", pl_html_help(key));
        pl_html_end_row(out);
    }
    pl_html_end_table(out);
}

/* Trade elasticities by sector, where the file has them. */
static void elasticities(FILE *out, const pl_page *page) {
    const pl_run_reading *run = &page->first->run;
    const json_t *list = json_object_get(json_object_get(page->first->root, "settings"), "theta_by_sector");
    double theta;
    char text[64];
    if (page->first->kind != PL_SAVED_RUN || json_array_size(list) != run->sectors)
        return;
    pl_html_text(out, "h3", "Trade elasticities by sector");
    fputs("<ul class=\"columns\">\n", out);
    for (size_t j = 0; j < run->sectors; j++) {
        if (!pl_read_json_number(json_array_get(list, j), &theta))
            continue;
        snprintf(text, sizeof text, "%.4g", theta);
        fprintf(out, "<li><b>%s</b>", text);
        pl_xml_text(out, run->sector_name[j]);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n<p class=\"small\">Imports from one seller against another fall by this many percent when "
          "they become "
          "one percent dearer to users, in the long run.</p>\n",
          out);
}

void pl_html_settings(FILE *out, const pl_page *page) {
    pl_html_heading(out, "settings", "Settings and elasticities");
    if (json_object_size(json_object_get(page->first->root, "settings")))
        settings_table(out, page);
    const char *set = pl_read_text(page->first->root, "elasticities", NULL);
    if (set) {
        fputs("<p>Trade elasticities: set ", out);
        pl_xml_text(out, set);
        fputs(", long run.</p>\n", out);
    }
    elasticities(out, page);
}

/* ---- measures ---- */

bool pl_html_collect(const json_t *measures, pl_strings *sources) {
    const json_t *measure;
    size_t k;
    json_array_foreach(measures, k, measure) {
        const char *source = pl_read_text(measure, "source", "");
        if (*source && pl_read_find((const char *const *)sources->item, sources->count, source) == SIZE_MAX &&
            !pl_strings_add(sources, source))
            return false;
    }
    return true;
}

bool pl_html_has_measure(const json_t *measures, const json_t *measure) {
    const json_t *other;
    size_t k;
    json_array_foreach(measures, k, other) {
        if (!strcmp(pl_read_text(other, "text", ""), pl_read_text(measure, "text", "")))
            return true;
    }
    return false;
}

void pl_html_measures(FILE *out, const json_t *measures, const json_t *without, const pl_strings *sources) {
    const json_t *measure;
    size_t k;
    fputs("<ul class=\"measures\">\n", out);
    json_array_foreach(measures, k, measure) {
        const char *source = pl_read_text(measure, "source", "");
        if (without && pl_html_has_measure(without, measure))
            continue;
        size_t at = pl_read_find((const char *const *)sources->item, sources->count, source);
        fputs("<li>", out);
        pl_xml_text(out, pl_read_text(measure, "text", ""));
        if (at != SIZE_MAX)
            fprintf(out, " <a href=\"#source-%zu\">[%zu]</a>", at + 1, at + 1);
        if (json_is_true(json_object_get(measure, "assumed"))) {
            fputs(" <em>(partly assumed: ", out);
            pl_xml_text(out, pl_read_text(measure, "note", ""));
            fputs(")</em>", out);
        }
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

/* Whether a code is a word of its own in a text. */
static bool is_word_of(const char *text, const char *code) {
    size_t length = strlen(code);
    for (const char *at = text; length && (at = strstr(at, code)); at++) {
        bool starts = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        if (starts && !isalnum((unsigned char)at[length]) && at[length] != '_')
            return true;
    }
    return false;
}

static bool is_mentioned(const json_t *const *measures, size_t lists, const char *code) {
    const json_t *measure;
    size_t k;
    for (size_t list = 0; list < lists; list++)
        json_array_foreach(measures[list], k, measure) {
            if (is_word_of(pl_read_text(measure, "text", ""), code))
                return true;
        }
    return false;
}

/* Code and name of a sector of the result, or of the world it was given; false past the last. */
static bool sector_at(const pl_saved *r, size_t k, const char **code, const char **name) {
    if (r->kind == PL_SAVED_RUN && k < r->run.sectors) {
        *code = r->run.sector[k];
        *name = r->run.sector_name[k];
        return true;
    }
    if (r->kind == PL_SAVED_RUN || !r->world || k >= pl_world_size(r->world, PL_SECTOR))
        return false;
    *code = pl_world_code(r->world, PL_SECTOR, k);
    *name = pl_world_name(r->world, PL_SECTOR, k);
    return true;
}

void pl_html_codes(FILE *out, const pl_saved *r, const json_t *const *measures, size_t lists) {
    const char *code, *name;
    size_t said = 0;
    for (size_t k = 0; sector_at(r, k, &code, &name); k++) {
        if (!strcmp(code, name) || !is_mentioned(measures, lists, code))
            continue;
        fputs(said++ ? "; " : "<p class=\"small\">Sectors by their codes: ", out);
        pl_xml_text(out, code);
        fputs(" ", out);
        pl_xml_text(out, name);
    }
    fputs(said ? ".</p>\n" : "", out);
}

void pl_html_against(FILE *out, const pl_saved *r) {
    const char *year = pl_saved_note(r, "year");
    fputs("<p class=\"small\">Changes in the long run against the world as it was", out);
    if (year) {
        fputs(" in ", out);
        pl_xml_text(out, year);
    }
    fputs(", with everything else unchanged: not a forecast. What they stand on is at the end of this "
          "page.</p>\n",
          out);
}

/* ---- sources and assumptions ---- */

static void note_line(FILE *out, const pl_saved *r, const char *key, const char *head) {
    const char *note = pl_saved_note(r, key);
    if (!note)
        return;
    fprintf(out, "<li>%s: ", head);
    pl_xml_text(out, note);
    fputs("</li>\n", out);
}

static void world_lines(FILE *out, const pl_page *page, const pl_saved *r) {
    fputs("<h3>The world</h3>\n<ul>\n<li>", out);
    pl_xml_text(out, *pl_saved_world(r) ? pl_saved_world(r) : "a world without a name");
    const char *title = pl_saved_note(r, "title"), *year = pl_saved_note(r, "year");
    if (title) {
        fputs(": ", out);
        pl_xml_text(out, title);
    }
    if (year) {
        fputs(", year ", out);
        pl_xml_text(out, year);
    }
    if (r->kind == PL_SAVED_RUN)
        fprintf(out, "; %zu countries, %zu sectors", r->run.countries, r->run.sectors);
    fputs("</li>\n", out);
    note_line(out, r, "source", "source");
    note_line(out, r, "references", "references");
    note_line(out, r, "license", "terms");
    fputs("</ul>\n", out);
    (void)page;
}

/* Notes that say of a part of the world how it was filled in: those of parley world split. */
static void split_lines(FILE *out, const pl_saved *r) {
    const json_t *notes = json_object_get(json_object_get(r->root, "world"), "notes"), *entry;
    const char *key;
    json_t *value;
    size_t k, said = 0;
    json_object_foreach((json_t *)notes, key, value) {
        if (!strncmp(key, "split_", 6) && json_is_string(value) && ++said)
            pl_html_text(out, "li", json_string_value(value));
    }
    json_array_foreach(json_object_get(r->root, "sources"), k, entry) {
        if (!strncmp(pl_read_text(entry, "what", ""), "world, split_", 13) && ++said)
            pl_html_text(out, "li", pl_read_text(entry, "text", ""));
    }
    for (k = 0; !said && r->world && (key = pl_world_note_key(r->world, k)); k++)
        if (!strncmp(key, "split_", 6))
            pl_html_text(out, "li", pl_world_note(r->world, key));
}

static void named_entries(FILE *out, const json_t *list, const char *head, const char *text,
                          const char *why) {
    const json_t *entry;
    size_t k;
    json_array_foreach(list, k, entry) {
        if (!strncmp(pl_read_text(entry, head, ""), "world, ", 7)) /* said under the world */
            continue;
        fputs("<li>", out);
        pl_xml_text(out, pl_read_text(entry, head, ""));
        fputs(": ", out);
        pl_xml_text(out, pl_read_text(entry, text, ""));
        if (why && *pl_read_text(entry, why, "")) {
            fputs(" (", out);
            pl_xml_text(out, pl_read_text(entry, why, ""));
            fputs(")", out);
        }
        fputs("</li>\n", out);
    }
}

static const char *const ASSUMED_RUN[] = {
    "The long run after trade and wages have adjusted, compared with the world as it was: not a forecast, "
    "and not what "
    "happens on the way.",
    "Cost shares are constant where an elasticity of substitution is one (Cobb-Douglas).",
    "Money is in the unit in which world value added does not change; percent changes of real income do not "
    "depend on "
    "it.",
    "Real income and equivalent variation are exact. Terms of trade, where shown, are a first-order part of "
    "it.",
    NULL};
static const char *const ASSUMED_PATH[] = {
    "A month is a twelfth of the base year, without seasons.",
    "Within a month suppliers compete with the short-run elasticity; the long run is reached by degrees.",
    "Bought is what customs sees; used is without what goes to stock.",
    "Stocks, pass-through and the pace of wages follow the settings, which are calibrated, not observed.",
    NULL};
static const char *const ASSUMED_SWEEP[] = {
    "The long run after trade and wages have adjusted, compared with the world as it was: not a forecast, "
    "and not what happens on the way.",
    "Cost shares are constant where an elasticity of substitution is one (Cobb-Douglas).",
    "What is varied is varied in the ranges that were asked for. Averages and middles give every member the "
    "same "
    "weight; they are no probabilities.",
    "Values of a range are taken to stand for those between them.", NULL};
static const char *const ASSUMED_TALKS[] = {"Payoffs are changes of real income in the long run; security, "
                                            "prestige and elections are in them only through "
                                            "weights the game gives.",
                                            "Shortages and stocks of the first months are not in payoffs.",
                                            "Governments know each other's payoffs.", NULL};

static void assumed(FILE *out, const pl_page *page, const pl_saved *r) {
    static const char *const *const by_kind[] = {[PL_SAVED_RUN] = ASSUMED_RUN,
                                                 [PL_SAVED_PATH] = ASSUMED_PATH,
                                                 [PL_SAVED_TALKS] = ASSUMED_TALKS,
                                                 [PL_SAVED_SWEEP] = ASSUMED_SWEEP};
    const char *const *lines = by_kind[r->kind];
    const char *closure = pl_read_text(json_object_get(r->root, "settings"), "closure", NULL);
    pl_html_heading(out, "assumed", "What is assumed or approximated");
    fputs("<ul>\n", out);
    for (size_t k = 0; lines[k]; k++)
        pl_html_text(out, "li", lines[k]);
    if (closure) {
        fputs("<li>Trade deficits: closure ", out);
        pl_xml_text(out, closure);
        fputs(!strcmp(closure, "fixed") ? ", each stays as it is in units of world value added." : ".", out);
        fputs("</li>\n", out);
    }
    if (pl_saved_note(r, "comment"))
        pl_html_text(out, "li", pl_saved_note(r, "comment"));
    split_lines(out, r);
    named_entries(out, json_object_get(r->root, "assumed"), "what", "value", "why");
    if (pl_charts_find(&page->charts, "map") || r->kind == PL_SAVED_RUN)
        pl_html_text(
            out, "li",
            "Maps: outlines of Natural Earth at 1:110 million in the Equal Earth projection; they imply no "
            "judgement on any border. Countries without numbers of their own have the colour of the rest of "
            "the world where the result has one.");
    fputs("</ul>\n", out);
}

void pl_html_sources(FILE *out, const pl_page *page, const pl_strings *measures) {
    for (size_t k = 0; k < pl_page_results(page); k++) {
        const pl_saved *r = pl_page_result(page, k);
        if (k && !strcmp(pl_saved_world(page->first), pl_saved_world(page->second)))
            break;
        if (!k)
            pl_html_heading(out, "sources", "Sources");
        world_lines(out, page, r);
    }
    if (measures->count || *pl_read_text(page->first->root, "source", "") ||
        json_array_size(json_object_get(page->first->root, "sources")))
        fputs("<h3>The measures and the scenario</h3>\n", out);
    if (*pl_read_text(page->first->root, "source", ""))
        pl_html_text(out, "p", pl_read_text(page->first->root, "source", ""));
    if (json_array_size(json_object_get(page->first->root, "sources"))) {
        fputs("<ul>\n", out);
        named_entries(out, json_object_get(page->first->root, "sources"), "what", "text", NULL);
        fputs("</ul>\n", out);
    }
    if (measures->count) {
        fputs("<ol class=\"measures\">\n", out);
        for (size_t k = 0; k < measures->count; k++) {
            fprintf(out, "<li id=\"source-%zu\">", k + 1);
            pl_xml_text(out, measures->item[k]);
            fputs("</li>\n", out);
        }
        fputs("</ol>\n", out);
    }
    assumed(out, page, page->first);
}

/* ---- again ---- */

void pl_html_again(FILE *out, const pl_page *page) {
    bool known = false;
    pl_html_heading(out, "again", "How to get this again");
    for (size_t k = 0; k < pl_page_results(page); k++)
        known = known || *pl_read_text(pl_page_result(page, k)->root, "command", "");
    fprintf(out, "<p>Made by Parley %s", pl_version());
    if (strcmp(pl_read_text(page->first->root, "parley", ""), pl_version())) {
        fputs(" from a result of Parley ", out);
        pl_xml_text(out, pl_read_text(page->first->root, "parley", ""));
    }
    fputs(". The same commands give the same page, with any number of threads.", out);
    if (!known && *pl_read_text(page->first->root, "question", "")) {
        fputs(" The question was <code>parley talks ", out);
        pl_xml_text(out, pl_read_text(page->first->root, "question", ""));
        fputs("</code>, of the game ", out);
        pl_xml_text(out, pl_read_text(page->first->root, "game", ""));
        fputs(".", out);
    } else if (!known) {
        fputs(" The result does not say which command it was made with.", out);
    }
    fputs("</p>\n<pre>", out);
    for (size_t k = 0; k < pl_page_results(page); k++) {
        const char *command = pl_read_text(pl_page_result(page, k)->root, "command", "");
        if (*command) {
            pl_xml_text(out, command);
            fputs("\n", out);
        }
    }
    if (page->asked.command)
        pl_xml_text(out, page->asked.command);
    fputs("</pre>\n<p class=\"small\">Parley is free software under the Apache License 2.0. Every chart of "
          "this page is "
          "available alone: <code>parley report --list-charts</code> names them.</p>\n",
          out);
}
