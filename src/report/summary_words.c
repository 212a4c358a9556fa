/* The words of a summary: what is asked, how well it is solved, and what the numbers stand on. */
#include "report/report.h"

#include <math.h>
#include <string.h>

enum { MOST_MEASURES = 12 };

static void strong(FILE *out, const pl_layout *layout, const char *text) {
    fprintf(out, "%s%s%s\n", pl_tone_on(PL_STRONG, layout->colour), text,
            pl_tone_off(PL_STRONG, layout->colour));
}

/* A paragraph "lead  text" whose parts are formatted first. */
static void say(FILE *out, const pl_layout *layout, const char *lead, const char *format, ...)
    PL_PRINTF(4, 5);
static void say(FILE *out, const pl_layout *layout, const char *lead, const char *format, ...) {
    char text[2048];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    pl_text_wrap(out, lead, text, layout->width);
}

/* ---- the question ---- */

static bool same_measure(const pl_scenario *s, size_t a, size_t b, size_t measure) {
    return strcmp(pl_scenario_measure_text(s, a, measure), pl_scenario_measure_text(s, b, measure)) == 0;
}

/* How many measures, from the first, all variants have in common. */
static size_t shared_measures(const pl_scenario *s) {
    size_t variants = pl_scenario_variants(s), count = pl_scenario_measures(s, 0);
    for (size_t v = 1; v < variants; v++) {
        size_t same = 0, most = pl_scenario_measures(s, v);
        while (same < count && same < most && same_measure(s, 0, v, same))
            same++;
        count = same;
    }
    return variants > 1 ? count : 0;
}

/* Whether a title says every measure of the only variant already, as that of a question of one line does. */
static bool says_measures(const pl_scenario *s, const char *title) {
    size_t count = pl_scenario_measures(s, 0);
    for (size_t m = 0; m < count; m++)
        if (!title || !strstr(title, pl_scenario_measure_text(s, 0, m)))
            return false;
    return count > 0;
}

static size_t find_text(const pl_strings *list, const char *text) {
    size_t k = 0;
    while (k < list->count && strcmp(list->item[k], text))
        k++;
    return k;
}

bool pl_summary_collect(const pl_scenario *s, pl_strings *sources) {
    for (size_t v = 0; v < pl_scenario_variants(s); v++) {
        for (size_t m = 0; m < pl_scenario_measures(s, v); m++) {
            const char *source = pl_scenario_measure_source(s, v, m);
            bool fresh = source && source[0] && find_text(sources, source) == sources->count;
            if (fresh && !pl_strings_add(sources, source))
                return false;
        }
    }
    return true;
}

/* Measures from..to of a variant, each with the number of its source. */
static void list_measures(FILE *out, const pl_layout *layout, const pl_scenario *s, const pl_strings *sources,
                          size_t variant, size_t from, size_t to) {
    for (size_t m = from; m < to && m < from + MOST_MEASURES; m++) {
        const char *source = pl_scenario_measure_source(s, variant, m);
        char number[32] = "";
        if (source && source[0])
            snprintf(number, sizeof number, " [%zu]", find_text(sources, source) + 1);
        say(out, layout, "    - ", "%s%s%s", pl_scenario_measure_text(s, variant, m), number,
            pl_scenario_measure_assumed(s, variant, m) ? " (partly assumed)" : "");
    }
    if (to > from + MOST_MEASURES)
        fprintf(out, "    - and %zu more\n", to - from - MOST_MEASURES);
    if (to == from)
        fputs("    - no further measure\n", out);
}

/* How far a result is from solving its equations: the certificate's worst, or what the solve was stopped by. */
static double worst_residual(const pl_run *run, size_t v) {
    return run->certified ? run->certificate[v].worst : pl_result_residual(run->result[v]);
}

/* What the lines of the command line come to, which may stand behind many measures of the file. */
static void list_top(FILE *out, const pl_run *run, const pl_layout *layout, size_t v) {
    pl_strings sentences = {0};
    if (pl_run_top_sentences(run, v, &sentences))
        for (size_t k = 0; k < sentences.count; k++)
            say(out, layout, "    = ", "%s", sentences.item[k]);
    pl_strings_clear(&sentences);
}

static void warn_unsolved(FILE *out, const pl_run *run, const pl_layout *layout) {
    for (size_t v = 0; v < run->variants; v++) {
        if (pl_result_converged(run->result[v]))
            continue;
        fputs(pl_tone_on(PL_LOSS, layout->colour), out);
        say(out, layout, "*** ",
            "NOT CONVERGED: variant '%s' is not an equilibrium. Its numbers are the best point found, with a "
            "worst "
            "residual of %.2g; do not use them as a result. ***",
            pl_scenario_variant_name(run->scenario, v), worst_residual(run, v));
        fputs(pl_tone_off(PL_LOSS, layout->colour), out);
    }
}

void pl_summary_question(FILE *out, const pl_run *run, const pl_strings *sources, const pl_layout *layout) {
    const pl_scenario *s = run->scenario;
    const char *title = pl_scenario_title(s), *name = pl_scenario_name(s);
    char *heading = pl_format("%s", title && title[0] ? title : name && name[0] ? name : "A question");
    if (heading) {
        fputs(pl_tone_on(PL_STRONG, layout->colour), out);
        pl_text_wrap(out, "", heading, layout->width);
        fputs(pl_tone_off(PL_STRONG, layout->colour), out);
    }
    free(heading);
    warn_unsolved(out, run, layout);
    size_t shared = shared_measures(s);
    if (shared) {
        fputs("  in every variant\n", out);
        list_measures(out, layout, s, sources, 0, 0, shared);
    }
    for (size_t v = 0; v < run->variants; v++) {
        const char *what = pl_scenario_variant_title(s, v);
        bool titled = what && what[0] && strcmp(what, pl_scenario_variant_name(s, v)) != 0;
        if (run->variants > 1)
            say(out, layout, "  ", "%s%s%s", pl_scenario_variant_name(s, v), titled ? ": " : "",
                titled ? what : "");
        if (run->variants > 1 || !says_measures(s, title))
            list_measures(out, layout, s, sources, v, shared, pl_scenario_measures(s, v));
        list_top(out, run, layout, v);
    }
    for (size_t o = 0; o < pl_scenario_options(s); o++)
        say(out, layout, "  ", "option %s is %s: %s", pl_scenario_option_name(s, o),
            pl_scenario_option_on(s, o) ? "on" : "off", pl_scenario_option_title(s, o));
    fputc('\n', out);
}

/* ---- how well it is solved ---- */

static const char *worst_part(const pl_certificate *certificate) {
    const char *name, *text, *worst = "";
    double value;
    for (size_t k = 0; pl_certificate_part(certificate, k, &name, &text, &value); k++) {
        if (strcmp(name, "worst") && value == certificate->worst)
            return text;
        worst = text;
    }
    return worst;
}

/* Lead of a line on a variant, "  war: ", without the name when there is one only. */
static void variant_lead(const pl_run *run, size_t v, char lead[64]) {
    if (run->variants > 1)
        snprintf(lead, 64, "  %.40s: ", pl_scenario_variant_name(run->scenario, v));
    else
        snprintf(lead, 64, "  ");
}

static void say_world(FILE *out, const pl_run *run, const pl_layout *layout, size_t v) {
    pl_world_change sum = pl_run_world_change(run, v);
    pl_money money = pl_run_money(run);
    double before = money.scale * sum.duties_before, after = money.scale * sum.duties;
    double welfare = money.scale * sum.equivalent_variation,
           share = 100 * sum.equivalent_variation / sum.income_before;
    int decimals = pl_text_decimals(fmax(before, after));
    char lead[64], text[5][24];
    variant_lead(run, v, lead);
    pl_text_number(text[0], 24, 100 * (sum.trade / sum.trade_before - 1), 2, true);
    pl_text_number(text[1], 24, before, decimals, false);
    pl_text_number(text[2], 24, after, decimals, false);
    pl_text_number(text[3], 24, welfare, pl_text_decimals(fabs(welfare)), true);
    pl_text_number(text[4], 24, share, pl_text_decimals(fabs(share)), true);
    say(out, layout, lead,
        "trade between countries %s %%; import duties %s to %s %s; equivalent variations add up to %s %s (%s "
        "%% of "
        "world income)",
        text[0], text[1], text[2], money.name, text[3], money.name, text[4]);
}

void pl_summary_certificate(FILE *out, const pl_run *run, const pl_layout *layout) {
    fputc('\n', out);
    strong(out, layout, "World");
    for (size_t v = 0; v < run->variants; v++)
        say_world(out, run, layout, v);
    fputc('\n', out);
    strong(out, layout, "Solution");
    for (size_t v = 0; v < run->variants; v++) {
        const pl_result *r = run->result[v];
        char lead[64];
        variant_lead(run, v, lead);
        say(out, layout, lead, "%s, %s, %zu iterations; worst residual %.1e (%s)",
            pl_result_converged(r) ? "converged" : "NOT CONVERGED", pl_method_text(pl_result_method(r)),
            pl_result_iterations(r), worst_residual(run, v),
            run->certified ? worst_part(&run->certificate[v])
                           : "of the iteration; the certificate was not computed");
    }
}

/* ---- what the numbers stand on ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void say_elasticities(FILE *out, const pl_run *run, const pl_layout *layout) {
    size_t J = pl_world_size(run->world, PL_SECTOR);
    double *theta = pl_alloc(J, sizeof *theta);
    if (!theta)
        return;
    memcpy(theta, pl_model_theta(run->model), J * sizeof *theta);
    qsort(theta, J, sizeof *theta, by_size);
    if (theta[0] == theta[J - 1])
        say(out, layout, "  elasticities  ", "set %s: trade elasticity %g", pl_model_elasticities(run->model),
            theta[0]);
    else
        say(out, layout, "  elasticities  ",
            "set %s: trade elasticity %.3g to %.3g by sector, median %.3g; long run",
            pl_model_elasticities(run->model), theta[0], theta[J - 1], theta[J / 2]);
    free(theta);
}

static void say_nests(FILE *out, const pl_run *run, const pl_layout *layout) {
    const pl_settings *set = pl_model_settings(run->model);
    bool plain = set->sigma_final == 1, mobile = isinf(set->kappa);
    for (size_t j = 0; j < run->model->J; j++)
        plain = plain && run->model->sigma_v[j] == 1 && run->model->sigma_m[j] == 1;
    char labour[80];
    snprintf(labour, sizeof labour, mobile ? "one wage a country" : "moves between sectors with kappa %g",
             set->kappa);
    if (plain)
        say(out, layout, "  technology    ", "constant cost shares (Cobb-Douglas); labour: %s", labour);
    else
        say(out, layout, "  technology    ",
            "substitution %g between value added and inputs, %g among inputs, %g among final goods (values "
            "by "
            "sector may differ); labour: %s",
            set->sigma_value_added, set->sigma_inputs, set->sigma_final, labour);
}

static const char *closure_words(pl_closure closure) {
    static const char *const words[] = {
        "trade deficits stay fixed in units of world value added",
        "trade deficits stay in proportion to each country's income",
        "trade deficits are first removed; changes are against that balanced world",
    };
    return words[closure];
}

/* Notes of the world that say what a number may be used for. */
static void say_notes(FILE *out, const pl_run *run, const pl_layout *layout) {
    static const struct {
        const char *key, *lead;
    } shown[] = {{"source", "  source        "},
                 {"approximated", "  approximated  "},
                 {"comment", "  mind          "}};
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
        const char *text = pl_world_note(run->world, shown[k].key);
        if (text && text[0])
            pl_text_wrap(out, shown[k].lead, text, layout->width);
    }
}

void pl_summary_basis(FILE *out, const pl_run *run, const pl_layout *layout) {
    const pl_world *w = run->world;
    const char *title = pl_world_note(w, "title"), *year = pl_world_note(w, "year");
    fputc('\n', out);
    strong(out, layout, "Basis");
    say(out, layout, "  world         ", "%s%s%.400s%s%.40s: %zu countries, %zu sectors",
        pl_run_world_name(run), title ? ", " : "", title ? title : "", year ? ", year " : "",
        year ? year : "", pl_world_size(w, PL_COUNTRY), pl_world_size(w, PL_SECTOR));
    say(out, layout, "  compared      ",
        "the long run after trade and wages have adjusted, against the world as it was; real income and "
        "equivalent "
        "variation are exact, terms of trade is a first-order part");
    say(out, layout, "  units         ", "%s (%s)%s%.40s; numeraire: world value added stays as it was",
        pl_run_money(run).name, pl_run_money(run).scale == 1 ? "million USD" : "thousand million USD",
        year ? " of " : "", year ? year : "");
    say(out, layout, "  closure       ", "%s: %s", pl_closure_text(pl_model_settings(run->model)->closure),
        closure_words(pl_model_settings(run->model)->closure));
    say_elasticities(out, run, layout);
    say_nests(out, run, layout);
    say_notes(out, run, layout);
}

void pl_summary_sources(FILE *out, const pl_strings *sources, const pl_layout *layout) {
    if (!sources->count)
        return;
    fputc('\n', out);
    strong(out, layout, "Sources of the measures");
    for (size_t k = 0; k < sources->count; k++) {
        char lead[32];
        snprintf(lead, sizeof lead, "  [%zu] ", k + 1);
        pl_text_wrap(out, lead, sources->item[k], layout->width);
    }
}
