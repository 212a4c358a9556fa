/* What a run says in sentences, for those who read no table. */
#include "report/report.h"

#include <math.h>
#include <string.h>

/* ---- what the tariffs of the command line come to ---- */

/* Duties on the flows a measure covers, percent; the mean is weighted by trade before. */
typedef struct {
    double before, after, lowest, highest;
    bool any;
} tariff_range;

static void add_flow(tariff_range *range, double duty, double weight, double before, double *total) {
    range->lowest = range->any ? fmin(range->lowest, 100 * duty) : 100 * duty;
    range->highest = range->any ? fmax(range->highest, 100 * duty) : 100 * duty;
    range->any = true;
    range->before += 100 * before * weight;
    range->after += 100 * duty * weight;
    *total += weight;
}

/* False when out of memory; the names were checked when the policy was made. */
static bool find_range(const pl_run *run, size_t variant, const pl_measure *measure, tariff_range *range) {
    const pl_world *w = pl_model_world(run->model);
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    const double *flow = pl_world_flow(w), *before = pl_world_tariff(w), *duty = run->policy[variant]->tariff;
    pl_coverage covered;
    double total = 0;
    memset(range, 0, sizeof *range);
    bool found = pl_coverage_init(&covered, w) &&
                 !pl_coverage_find(&covered, run->scenario->variant[variant].scope, w, measure, NULL);
    for (size_t j = 0; j < J && found; j++)
        for (size_t n = 0; n < N && covered.part[j] > 0; n++)
            for (size_t i = 0; i < N && covered.buyer[n]; i++) {
                size_t at = (j * N + n) * N + i;
                if (pl_coverage_has(&covered, j, n, i) && flow[at] > 0)
                    add_flow(range, duty[at], flow[at], before[at], &total);
            }
    pl_coverage_clear(&covered);
    range->before /= total > 0 ? total : 1;
    range->after /= total > 0 ? total : 1;
    return found;
}

/* Whether the lines of the command line say everything there is: each sets a rate, and nothing else is in force. */
static bool says_itself(const pl_variant *v) {
    for (size_t m = 0; m < v->measures; m++)
        if (!v->measure[m]->on_top || v->measure[m]->basis != PL_SET)
            return false;
    return true;
}

/* The tariffs on top of a variant in turn; NULL at the end. */
static const pl_measure *next_top(const pl_run *run, size_t variant, size_t *at) {
    const pl_variant *v = &run->scenario->variant[variant];
    while (*at < v->measures) {
        const pl_measure *measure = v->measure[(*at)++];
        if (measure->on_top && measure->kind == PL_MEASURE_TARIFF)
            return measure;
    }
    return NULL;
}

json_t *pl_json_top_tariffs(const pl_run *run, size_t variant) {
    json_t *list = json_array();
    const pl_measure *measure = NULL;
    for (size_t at = 0; list && (measure = next_top(run, variant, &at)) != NULL;) {
        tariff_range range;
        json_t *entry = NULL;
        if (find_range(run, variant, measure, &range))
            entry = json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "measure", measure->text, "written",
                              measure->label, "before", range.before, "after", range.after, "lowest",
                              range.lowest, "highest", range.highest);
        if (!entry || json_array_append_new(list, entry)) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

/* ---- sentences ---- */

static bool say(pl_strings *sentences, char *text) {
    bool added = text && pl_strings_add(sentences, text);
    free(text);
    return added;
}

/* Two or three digits that matter. */
static const char *number(char *out, size_t size, double value) {
    double x = fabs(value);
    pl_text_number(out, size, x, x >= 100 ? 0 : x >= 1 ? 1 : x >= 0.1 ? 2 : x >= 0.01 ? 3 : 4, false);
    return out;
}

/* The country with the most of something, or SIZE_MAX; `sign` chooses gains, losses or (0) either, `but` is left out. */
static size_t extreme(const double *value, size_t N, int sign, size_t but) {
    size_t best = SIZE_MAX;
    double most = 0;
    for (size_t n = 0; n < N; n++) {
        double x = sign ? sign * value[n] : fabs(value[n]);
        if (n != but && x > most) {
            most = x;
            best = n;
        }
    }
    return best;
}

/* "China loses 0.35 % (61.7 bn USD a year)". */
static char *say_country(const pl_run *run, size_t variant, size_t n, bool first) {
    pl_money money = pl_run_money(run);
    double percent = pl_result_get(run->result[variant], PL_VAR_real_income)[n];
    double usd = pl_result_get(run->result[variant], PL_VAR_equivalent_variation)[n];
    char share[40], sum[40];
    return pl_format("%s %s %s %%%s (%s %s a year)", pl_world_name(run->world, PL_COUNTRY, n),
                     percent < 0 ? "loses" : "gains", number(share, sizeof share, percent),
                     first ? " of its real income" : "", number(sum, sizeof sum, money.scale * usd),
                     money.name);
}

/* The two with most money at stake: the first sentence of a page. */
static bool say_money(const pl_run *run, size_t variant, pl_strings *sentences) {
    const double *money = pl_result_get(run->result[variant], PL_VAR_equivalent_variation);
    size_t N = pl_world_size(run->world, PL_COUNTRY), first = extreme(money, N, 0, SIZE_MAX);
    if (first == SIZE_MAX)
        return pl_strings_add(sentences, "Nobody's real income changes.");
    size_t second = extreme(money, N, 0, first);
    char *a = say_country(run, variant, first, true);
    char *b = second == SIZE_MAX ? NULL : say_country(run, variant, second, false);
    bool got = a && (b || second == SIZE_MAX);
    bool said = got && say(sentences, b ? pl_format("%s; %s.", a, b) : pl_format("%s.", a));
    free(a);
    free(b);
    return said;
}

static bool say_extremes(const pl_run *run, size_t variant, pl_strings *sentences) {
    const double *income = pl_result_get(run->result[variant], PL_VAR_real_income);
    size_t N = pl_world_size(run->world, PL_COUNTRY);
    size_t best = extreme(income, N, 1, SIZE_MAX), worst = extreme(income, N, -1, SIZE_MAX);
    char up[40], down[40];
    if (best == SIZE_MAX && worst == SIZE_MAX)
        return true;
    if (best == SIZE_MAX)
        return say(sentences, pl_format("In proportion %s loses most (%s %%); nobody gains.",
                                        pl_world_name(run->world, PL_COUNTRY, worst),
                                        number(down, sizeof down, income[worst])));
    if (worst == SIZE_MAX)
        return say(sentences, pl_format("In proportion %s gains most (%s %%); nobody loses.",
                                        pl_world_name(run->world, PL_COUNTRY, best),
                                        number(up, sizeof up, income[best])));
    return say(sentences,
               pl_format("In proportion %s gains most (%s %%) and %s loses most (%s %%).",
                         pl_world_name(run->world, PL_COUNTRY, best), number(up, sizeof up, income[best]),
                         pl_world_name(run->world, PL_COUNTRY, worst),
                         number(down, sizeof down, income[worst])));
}

static bool say_world(const pl_run *run, size_t variant, pl_strings *sentences) {
    pl_world_change sum = pl_run_world_change(run, variant);
    pl_money money = pl_run_money(run);
    double income = sum.income_before > 0 ? 100 * sum.equivalent_variation / sum.income_before : 0;
    double trade = sum.trade_before > 0 ? 100 * (sum.trade / sum.trade_before - 1) : 0;
    char share[40], usd[40], change[40];
    return say(
        sentences,
        pl_format("The world together %s %s %% (%s %s a year), and trade between countries %s by %s %%.",
                  income < 0 ? "loses" : "gains", number(share, sizeof share, income),
                  number(usd, sizeof usd, money.scale * sum.equivalent_variation), money.name,
                  trade < 0 ? "falls" : "rises", number(change, sizeof change, trade)));
}

static bool say_tariffs(const pl_run *run, size_t variant, pl_strings *sentences) {
    const pl_measure *measure = NULL;
    for (size_t at = 0; (measure = next_top(run, variant, &at)) != NULL;) {
        tariff_range range;
        if (!find_range(run, variant, measure, &range))
            return false;
        bool even = range.highest - range.lowest < 1e-9 * fmax(1, fabs(range.highest));
        char *spread = even ? pl_format(", on every flow")
                            : pl_format(" on average, from %.4g %% to %.4g %%", range.lowest, range.highest);
        bool said = spread && say(sentences, pl_format("After %s the duty is %.4g %%%s (%.3g %% before).",
                                                       measure->label, range.after, spread, range.before));
        free(spread);
        if (!said)
            return false;
    }
    return true;
}

bool pl_run_top_sentences(const pl_run *run, size_t variant, pl_strings *sentences) {
    return says_itself(&run->scenario->variant[variant]) || say_tariffs(run, variant, sentences);
}

bool pl_run_sentences(const pl_run *run, size_t variant, pl_strings *sentences) {
    bool said = pl_result_converged(run->result[variant]) ||
                pl_strings_add(sentences, "This variant did not converge: its numbers are no equilibrium.");
    return said && say_money(run, variant, sentences) && say_extremes(run, variant, sentences) &&
           say_world(run, variant, sentences) && say_tariffs(run, variant, sentences);
}
