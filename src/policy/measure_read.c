/* One measure: read by a table of keys, checked as far as that goes without a world, and put into words. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

static const char *const kind_words[] = {
#define KIND_WORD(name, word) word,
    PL_MEASURE_KINDS(KIND_WORD)
#undef KIND_WORD
};
static const char *const basis_words[PL_BASIS_COUNT] = {"set", "add", "multiply"};

/* ---- readers: one per shape of value ---- */

typedef pl_status reader(const pl_node *node, const char *what, pl_measure *measure, void *place,
                         pl_error *error);

static pl_status read_text(const pl_node *node, const char *what, pl_measure *measure, void *place,
                           pl_error *error) {
    (void)measure;
    const char *text = NULL;
    pl_status status = pl_node_text(node, what, &text, error);
    if (status)
        return status;
    char *copy = pl_strdup(text);
    if (!copy)
        return pl_fail_memory(error, strlen(text));
    *(char **)place = copy;
    return PL_OK;
}

/* Several texts become one, so that a measure may give a list of sources. */
static pl_status read_joined(const pl_node *node, const char *what, pl_measure *measure, void *place,
                             pl_error *error) {
    (void)measure;
    pl_strings list = {0};
    pl_status status = pl_node_texts(node, what, &list, error);
    char *joined = status ? NULL : pl_strdup(list.count ? list.item[0] : "");
    for (size_t i = 1; joined && i < list.count; i++) {
        char *longer = pl_format("%s; %s", joined, list.item[i]);
        free(joined);
        joined = longer;
    }
    pl_strings_clear(&list);
    if (status)
        return status;
    if (!joined)
        return pl_fail_memory(error, 1);
    *(char **)place = joined;
    return PL_OK;
}

static pl_status read_names(const pl_node *node, const char *what, pl_measure *measure, void *place,
                            pl_error *error) {
    (void)measure;
    return pl_names_read(node, what, place, error);
}

static pl_status read_kind(const pl_node *node, const char *what, pl_measure *measure, void *place,
                           pl_error *error) {
    (void)measure;
    return pl_node_choice(node, what, kind_words, PL_MEASURE_KIND_COUNT, place, error);
}

static pl_status read_basis(const pl_node *node, const char *what, pl_measure *measure, void *place,
                            pl_error *error) {
    (void)measure;
    return pl_node_choice(node, what, basis_words, PL_BASIS_COUNT, place, error);
}

static pl_status read_rate(const pl_node *node, const char *what, pl_measure *measure, void *place,
                           pl_error *error) {
    const char *text = NULL;
    pl_error inner = {PL_OK, ""};
    pl_status status = pl_node_text(node, what, &text, error);
    if (status)
        return status;
    if (pl_basis_rate(text, what, (pl_rate_basis)measure->basis, place, &inner))
        return pl_node_fail(node, error, "%s", inner.text);
    return PL_OK;
}

static pl_status read_share(const pl_node *node, const char *what, pl_measure *measure, void *place,
                            pl_error *error) {
    (void)measure;
    double share = 0;
    pl_status status = pl_node_rate(node, what, &share, error);
    if (status)
        return status;
    if (!(share > 0 && share <= 1))
        return pl_node_fail(node, error,
                            "%s: %s is not a share of the flow; it must be above 0 and at most 1", what,
                            node->text);
    *(double *)place = share;
    return PL_OK;
}

static pl_status read_fallback(const pl_node *node, const char *what, pl_measure *measure, void *place,
                               pl_error *error) {
    (void)measure;
    return pl_fallbacks_read(node, what, place, true, error);
}

/* ---- the table of keys ---- */

enum {
    ON_TARIFF = 1 << PL_MEASURE_TARIFF,
    ON_EXPORT_TAX = 1 << PL_MEASURE_EXPORT_TAX,
    ON_ICEBERG = 1 << PL_MEASURE_ICEBERG,
    ON_TABLE = 1 << PL_MEASURE_TARIFF_TABLE,
    ON_RATE = ON_TARIFF | ON_EXPORT_TAX | ON_ICEBERG,
    ON_WEDGE = ON_RATE | ON_TABLE,
    ON_QUOTA = 1 << PL_MEASURE_QUOTA | 1 << PL_MEASURE_IMPORT_QUOTA,
    ON_BAN = 1 << PL_MEASURE_BAN,
    ON_PRICE = 1 << PL_MEASURE_MINIMUM_PRICE,
    ON_RATE_QUOTA = 1 << PL_MEASURE_RATE_QUOTA,
    ON_LICENCE = 1 << PL_MEASURE_LICENCE,
    ON_CONTROL = ON_QUOTA | ON_BAN | ON_PRICE | ON_RATE_QUOTA | ON_LICENCE,
    ON_ALL = ON_WEDGE | ON_CONTROL
};

static const struct {
    const char *key;
    reader *read;
    size_t place;
    unsigned allowed, needed; /* kinds of measure */
} keys[] = {
    /* The first three are read first: the others depend on them. */
    {"id", read_text, offsetof(pl_measure, id), ON_ALL, 0},
    {"kind", read_kind, offsetof(pl_measure, kind), ON_ALL, ON_ALL},
    {"basis", read_basis, offsetof(pl_measure, basis), ON_WEDGE, 0},
    {"by", read_names, offsetof(pl_measure, by), ON_ALL, ON_RATE | ON_CONTROL},
    {"on", read_names, offsetof(pl_measure, on), ON_ALL, ON_RATE},
    {"to", read_names, offsetof(pl_measure, on), ON_CONTROL, 0},
    {"except", read_names, offsetof(pl_measure, except), ON_ALL, 0},
    {"sectors", read_names, offsetof(pl_measure, sectors), ON_ALL, 0},
    {"except_sectors", read_names, offsetof(pl_measure, except_sectors), ON_ALL, 0},
    {"rate", read_rate, offsetof(pl_measure, rate), ON_RATE, 0},
    {"share", read_share, offsetof(pl_measure, share), ON_ALL, 0},
    {"file", read_text, offsetof(pl_measure, file), ON_TABLE, ON_TABLE},
    {"replaces", read_names, offsetof(pl_measure, replaces), ON_WEDGE, 0},
    {"when", read_text, offsetof(pl_measure, when), ON_ALL, 0},
    {"unless", read_text, offsetof(pl_measure, unless), ON_ALL, 0},
    {"source", read_joined, offsetof(pl_measure, source), ON_ALL, 0},
    {"note", read_text, offsetof(pl_measure, note), ON_ALL, 0},
    {"fallback", read_fallback, offsetof(pl_measure, fallback), ON_ALL, 0},
    /* Read together: pl_measure_read_dates, pl_measure_read_stacks and pl_control_read. */
    {"announced", NULL, 0, ON_ALL, 0},
    {"legal", NULL, 0, ON_ALL, 0},
    {"effective", NULL, 0, ON_ALL, 0},
    {"until", NULL, 0, ON_ALL, 0},
    {"extended", NULL, 0, ON_ALL, 0},
    {"dates", NULL, 0, ON_ALL, 0},
    {"use", NULL, 0, ON_ALL, 0},
    {"stacks", NULL, 0, ON_ALL, 0},
    {"level", NULL, 0, ON_QUOTA | ON_PRICE | ON_RATE_QUOTA, 0},
    {"beyond", NULL, 0, ON_RATE_QUOTA, 0},
    {"each", NULL, 0, ON_CONTROL, 0},
    {"rent", NULL, 0, ON_QUOTA | ON_PRICE | ON_RATE_QUOTA | ON_LICENCE, 0},
    {"approval", NULL, 0, ON_LICENCE, 0},
    {"lag", NULL, 0, ON_LICENCE, 0},
    {"validity", NULL, 0, ON_LICENCE, 0},
    {"green", NULL, 0, ON_LICENCE, 0},
};
enum { KEYS = sizeof keys / sizeof *keys };

static pl_status read_key(size_t k, const pl_node *node, pl_measure *measure, pl_error *error) {
    char what[160];
    const pl_node *value = pl_node_get(node, keys[k].key);
    if (!value || !keys[k].read)
        return PL_OK;
    snprintf(what, sizeof what, "%s of %.100s", keys[k].key, measure->label ? measure->label : "a measure");
    return keys[k].read(value, what, measure, (char *)measure + keys[k].place, error);
}

static pl_status check_kind_keys(const pl_node *node, const pl_measure *measure, pl_error *error) {
    unsigned kind = 1u << measure->kind;
    for (size_t k = 0; k < KEYS; k++) {
        const pl_node *value = pl_node_get(node, keys[k].key);
        if (!value && (keys[k].needed & kind))
            return pl_node_fail(node, error, "%s: key '%s' is missing; a %s needs it", measure->label,
                                keys[k].key, kind_words[measure->kind]);
        if (value && !(keys[k].allowed & kind))
            return pl_node_fail(value, error, "%s: key '%s' does not go with kind: %s", measure->label,
                                keys[k].key, kind_words[measure->kind]);
    }
    return PL_OK;
}

static pl_status check_new_id(const pl_scope *scope, const pl_measure *measure, pl_error *error) {
    for (size_t m = 0; measure->id && m < scope->measures; m++) {
        const pl_measure *other = scope->measure[m];
        if (other != measure && other->id && !strcmp(other->id, measure->id))
            return pl_measure_fail(scope, measure->line, error,
                                   "id '%s' is given twice: the first is the measure on line %zu",
                                   measure->id, other->line);
    }
    return PL_OK;
}

/* Keys that make sense only with one another. */
static pl_status read_together(const pl_node *node, pl_measure *measure, pl_error *error) {
    const pl_node *rate = pl_node_get(node, "rate"), *on = pl_node_get(node, "on");
    const pl_node *to = pl_node_get(node, "to");
    bool control = pl_kind_is_control(measure->kind);
    pl_status status = pl_measure_read_dates(node, measure, error);
    if (!status)
        status = pl_measure_read_stacks(node, measure, error);
    if (!status && control)
        status = pl_control_read(node, measure, error);
    if (status)
        return status;
    bool exempt = measure->stacks == PL_EXEMPT, needs = (ON_RATE & 1u << measure->kind) != 0;
    if (needs && !rate != exempt)
        return pl_node_fail(rate ? rate : node, error,
                            exempt ? "%s: what is exempt has no rate; a %s is lifted as a whole or by 'share'"
                                   : "%s: key 'rate' is missing; a %s needs it",
                            measure->label, kind_words[measure->kind]);
    if (control && !on == !to)
        return pl_node_fail(node, error, "%s: a %s needs 'on' (or 'to'), the countries it meets",
                            measure->label, kind_words[measure->kind]);
    return PL_OK;
}

pl_status pl_measure_read(pl_scope *scope, const pl_node *node, const pl_measure **made, pl_error *error) {
    const char *names[KEYS];
    for (size_t k = 0; k < KEYS; k++)
        names[k] = keys[k].key;
    pl_status status = pl_node_check_keys(node, names, KEYS, "a measure", error);
    if (status)
        return status;
    pl_measure *measure = pl_scope_add_measure(scope);
    if (!measure)
        return pl_fail_memory(error, sizeof *measure);
    measure->line = node->line;
    status = read_key(0, node, measure, error);
    if (status)
        return status;
    measure->label = measure->id ? pl_format("measure '%s'", measure->id)
                                 : pl_format("the measure on line %zu", measure->line);
    if (!measure->label)
        return pl_fail_memory(error, 1);
    for (size_t k = 1; k < KEYS && !status; k++) {
        status = read_key(k, node, measure, error);
        if (!status && k == 2)
            status = check_kind_keys(node, measure, error);
    }
    if (!status)
        status = check_new_id(scope, measure, error);
    if (!status)
        status = read_together(node, measure, error);
    if (!status)
        status = pl_measure_finish(scope, measure, error);
    *made = measure;
    return status;
}

/* ---- checks and words ---- */

pl_status pl_basis_rate(const char *text, const char *what, pl_rate_basis basis, double *rate,
                        pl_error *error) {
    bool percent = false;
    if (basis != PL_MULTIPLY)
        return pl_text_rate(text, what, rate, error);
    if (!pl_read_rate(text, rate, &percent) || !(*rate >= 0))
        return pl_fail(error, PL_INVALID, "%s: '%s' is not a factor; write 0.5 or 50%% to halve", what, text);
    return PL_OK;
}

static pl_status check_option(const pl_scope *scope, const pl_measure *measure, const char *name,
                              pl_error *error) {
    if (!name || pl_scope_option(scope, name))
        return PL_OK;
    const char **known = pl_alloc(scope->options + 1, sizeof *known);
    char near[160];
    if (!known)
        return pl_fail_memory(error, scope->options);
    for (size_t i = 0; i < scope->options; i++)
        known[i] = scope->option[i].name;
    pl_suggest_text(near, sizeof near, name, known, scope->options);
    free(known);
    return pl_measure_fail(scope, measure->line, error, "%s: option '%s' is not declared under 'options'%s",
                           measure->label, name, near);
}

static pl_status fill_list(pl_name_list *list, const char *word, size_t line, pl_error *error) {
    if (list->count || pl_name_list_add(list, word, line))
        return PL_OK;
    return pl_fail_memory(error, strlen(word));
}

/* Names joined for people: the first few, then how many more. */
static void say_names(char *out, size_t size, const pl_name_list *list) {
    enum { SHOWN = 8 };
    size_t used = 0;
    *out = 0;
    for (size_t i = 0; i < list->count && i < SHOWN && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%.40s", i ? ", " : "",
                                 strcmp(list->item[i].text, "*") ? list->item[i].text : "all");
    if (list->count > SHOWN && used < size)
        snprintf(out + used, size - used, " and %zu more", list->count - SHOWN);
}

/* "goods except C26 from CHN" and the rest of what a measure covers. */
static void say_scope(const pl_measure *measure, char *out, size_t size, const char *direction) {
    char sectors[400], less[400], on[400], except[400];
    say_names(sectors, sizeof sectors, &measure->sectors);
    say_names(less, sizeof less, &measure->except_sectors);
    say_names(on, sizeof on, &measure->on);
    say_names(except, sizeof except, &measure->except);
    bool everything = !strcmp(sectors, "all");
    snprintf(out, size, "%s%s%s %s %s%s%s", everything ? "all sectors" : sectors, *less ? " except " : "",
             less, direction, on, *except ? " except " : "", except);
}

static char *say_rate(const pl_measure *measure, const char *by, const char *noun, const char *scope) {
    double percent = 100 * measure->rate;
    bool iceberg = measure->kind == PL_MEASURE_ICEBERG;
    if (measure->basis == PL_MULTIPLY)
        return pl_format("%s: %s on %s times %.6g", by, iceberg ? "trade cost" : noun, scope, measure->rate);
    if (measure->basis == PL_ADD)
        return pl_format("%s: %s on %s %s by %.6g%s", by, noun, scope, percent < 0 ? "down" : "up",
                         fabs(percent), iceberg ? "% of the cost of today" : " percentage points");
    return pl_format("%s: %s on %s set to %.6g%s", by, noun, scope, percent,
                     iceberg ? "% of the cost of today" : "%");
}

/* What a duty, tax or cost does to those it stacks on. */
static char *say_stack(const pl_measure *measure, const char *by, const char *noun, const char *scope) {
    const char *first = measure->stack_on.item[0].text;
    const char *more = measure->stack_on.count > 1 ? " and others" : "";
    double percent = 100 * measure->rate;
    if (measure->stacks == PL_EXEMPT)
        return pl_format("%s: %s on %s exempt from '%s'%s", by, noun, scope, first, more);
    if (measure->stacks == PL_CAPPED)
        return pl_format("%s: %s on %s up by %.6g percentage points, with '%s'%s at most %.6g", by, noun,
                         scope, percent, first, more, 100 * measure->cap);
    return pl_format("%s: %s on %s up by %.6g percentage points instead of '%s'%s", by, noun, scope, percent,
                     first, more);
}

static pl_status say(pl_measure *measure, pl_error *error) {
    static const char *const nouns[] = {"tariff", "export tax", "extra trade cost", "tariff"};
    static const char *const table_verbs[] = {"set to", "raised by", "multiplied by"};
    char scope[1700], by[400], covered[64] = "";
    say_names(by, sizeof by, &measure->by);
    say_scope(measure, scope, sizeof scope, pl_kind_is_export(measure->kind) ? "to" : "from");
    char *text = pl_kind_is_control(measure->kind) ? pl_control_text(measure, by, scope)
                 : measure->stack_on.count         ? say_stack(measure, by, nouns[measure->kind], scope)
                 : measure->kind == PL_MEASURE_TARIFF_TABLE
                     ? pl_format("%s: tariff on %s %s the table %s", by, scope, table_verbs[measure->basis],
                                 measure->file)
                     : say_rate(measure, by, nouns[measure->kind], scope);
    if (measure->share < 1)
        snprintf(covered, sizeof covered, ", on %.6g%% of the flow", 100 * measure->share);
    measure->text = text ? pl_format("%s%s", text, covered) : NULL;
    free(text);
    return measure->text ? PL_OK : pl_fail_memory(error, 1);
}

pl_status pl_measure_finish(const pl_scope *scope, pl_measure *measure, pl_error *error) {
    bool table = measure->kind == PL_MEASURE_TARIFF_TABLE;
    if (table && measure->file && !pl_may_read(scope->file, measure->file))
        return pl_measure_fail(scope, measure->line, error,
                               "file '%.200s' lies outside the folder that may be read", measure->file);
    if (measure->replaces.count && measure->basis != PL_SET)
        return pl_measure_fail(scope, measure->line, error, "%s: 'replaces' goes only with basis: set",
                               measure->label);
    double least = measure->basis == PL_MULTIPLY ? 0 : -1;
    if (measure->kind == PL_MEASURE_ICEBERG && measure->basis != PL_ADD && !(measure->rate > least))
        return pl_measure_fail(scope, measure->line, error,
                               "%s: a trade cost cannot fall to nothing; the rate must be above %g%%",
                               measure->label, 100 * least);
    pl_status status = pl_kind_is_control(measure->kind) ? pl_control_finish(scope, measure, error) : PL_OK;
    if (!status)
        status = check_option(scope, measure, measure->when, error);
    if (!status)
        status = check_option(scope, measure, measure->unless, error);
    if (!status)
        status = fill_list(&measure->by, "all", measure->line, error);
    if (!status)
        status = fill_list(&measure->on, "all", measure->line, error);
    if (!status)
        status = fill_list(&measure->sectors, table ? "all" : "goods", measure->line, error);
    return status ? status : say(measure, error);
}
