/* Measures written on one line: `USA<-CHN=145%`, `CHN->USA:C26=10%`, `EU<-*=*0.5`. */
#include "policy/policy.h"

#include <string.h>

typedef struct {
    const char *kind, *arrow, *other, *example;
    pl_measure_kind measure;
} form;

/* The arrow points from seller to buyer; who imposes the measure stands first. */
static const form forms[] = {
    {"tariff", "<-", "->", "USA<-CHN=145%, the buyer first", PL_MEASURE_TARIFF},
    {"export-tax", "->", "<-", "CHN->USA:C26=10%, the seller first", PL_MEASURE_EXPORT_TAX},
    {"iceberg", "<-", "->", "USA<-CHN+=10%, the buyer first", PL_MEASURE_ICEBERG},
};

typedef struct {
    const form *form;
    const char *text;
    pl_error *error;
} line;

static pl_status refuse(const line *l, const char *problem) {
    return pl_fail(l->error, PL_INVALID, "--%s '%s': %s; an example: --%s '%.*s'", l->form->kind, l->text,
                   problem, l->form->kind, (int)strcspn(l->form->example, ","), l->form->example);
}

/* Comma-separated names, blanks around them dropped. */
static pl_status split_names(const line *l, const char *from, const char *end, const char *what,
                             pl_name_list *list) {
    char problem[96];
    while (from <= end) {
        const char *comma = memchr(from, ',', (size_t)(end - from));
        const char *stop = comma ? comma : end;
        const char *first = from, *last = stop;
        while (first < last && *first == ' ')
            first++;
        while (last > first && last[-1] == ' ')
            last--;
        if (first == last) {
            snprintf(problem, sizeof problem, "a name is missing in %s", what);
            return refuse(l, problem);
        }
        char *name = pl_format("%.*s", (int)(last - first), first);
        bool added = name && pl_name_list_add(list, name, 0);
        free(name);
        if (!added)
            return pl_fail_memory(l->error, 1);
        from = stop + 1;
    }
    return PL_OK;
}

/* Finds where the names end: "+=" and "*=" are operators unless the star is itself the last name, as in
 * `EU<-*=10%`. */
static const char *take_basis(const char *equals, const char *names, pl_measure *measure, const char **rate) {
    const char *end = equals;
    *rate = equals + 1;
    measure->basis = PL_SET;
    bool star_is_name = end > names && end[-1] == '*' && (end - 1 == names || strchr(",: ", end[-2]));
    if (end > names && end[-1] == '+') {
        measure->basis = PL_ADD;
        end--;
    } else if (end > names && end[-1] == '*' && !star_is_name) {
        measure->basis = PL_MULTIPLY;
        end--;
    } else if (**rate == '*' || **rate == '+') {
        measure->basis = **rate == '*' ? PL_MULTIPLY : PL_ADD;
        ++*rate;
    }
    while (**rate == ' ')
        ++*rate;
    return end;
}

static pl_status read_line(const line *l, pl_measure *measure) {
    const char *arrow = strstr(l->text, l->form->arrow);
    if (!arrow && strstr(l->text, l->form->other))
        return refuse(l, l->form->measure == PL_MEASURE_EXPORT_TAX
                             ? "write SELLER->BUYER, the arrow the other way"
                             : "write BUYER<-SELLER, the arrow the other way");
    if (!arrow)
        return refuse(l, "there is no arrow between the countries");
    const char *names = arrow + strlen(l->form->arrow), *equals = strchr(names, '=');
    if (!equals)
        return refuse(l, "there is no '=' before a rate");
    const char *rate = NULL, *end = take_basis(equals, names, measure, &rate);
    const char *colon = memchr(names, ':', (size_t)(end - names)), *on_end = colon ? colon : end;
    pl_status status = split_names(l, l->text, arrow, "front of the arrow", &measure->by);
    if (!status)
        status = split_names(l, names, on_end, "what follows the arrow", &measure->on);
    if (!status && colon)
        status = split_names(l, colon + 1, end, "the sectors", &measure->sectors);
    if (status)
        return status;
    char what[200], value[64];
    int length = (int)strlen(rate);
    while (length > 0 && rate[length - 1] == ' ')
        length--;
    snprintf(value, sizeof value, "%.*s", length, rate);
    snprintf(what, sizeof what, "--%s '%.120s'", l->form->kind, l->text);
    return pl_basis_rate(value, what, (pl_rate_basis)measure->basis, &measure->rate, l->error);
}

/* The title of a question is its measures. */
static pl_status retitle(pl_scenario *scenario, pl_error *error) {
    const pl_variant *variant = &scenario->variant[0];
    char *title = pl_strdup(variant->measure[0]->text);
    for (size_t m = 1; title && m < variant->measures; m++) {
        char *longer = pl_format("%s; %s", title, variant->measure[m]->text);
        free(title);
        title = longer;
    }
    char *copy = title ? pl_strdup(title) : NULL;
    if (!copy) {
        free(title);
        return pl_fail_memory(error, 1);
    }
    free(scenario->title);
    free(scenario->variant[0].title);
    scenario->title = title;
    scenario->variant[0].title = copy;
    return PL_OK;
}

pl_status pl_scenario_add(pl_scenario *scenario, const char *kind, const char *text, pl_error *error) {
    const form *chosen = NULL;
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
        if (!strcmp(kind, forms[f].kind))
            chosen = &forms[f];
    if (!chosen)
        return pl_fail(error, PL_INVALID,
                       "'%s' is not a kind of measure for one line: tariff, export-tax, iceberg", kind);
    pl_scope *scope = scenario->scope[scenario->scopes - 1];
    pl_measure *measure = pl_scope_add_measure(scope);
    if (!measure)
        return pl_fail_memory(error, sizeof *measure);
    measure->kind = chosen->measure;
    measure->on_top = true;
    measure->label = pl_format("--%s '%s'", kind, text);
    line l = {chosen, text, error};
    pl_status status = measure->label ? read_line(&l, measure) : pl_fail_memory(error, 1);
    if (!status)
        status = pl_measure_finish(scope, measure, error);
    for (size_t v = 0; v < scenario->variants && !status; v++)
        if (!pl_variant_add(&scenario->variant[v], measure))
            status = pl_fail_memory(error, 1);
    bool question = !*scope->file;
    return status || !question ? status : retitle(scenario, error);
}

pl_status pl_scenario_new(pl_scenario **scenario, pl_error *error) {
    *scenario = NULL;
    pl_scenario *made = pl_scenario_blank();
    pl_scope *scope = made ? pl_scenario_add_scope(made, "") : NULL;
    char *name = pl_strdup("question"), *title = pl_strdup("no measure");
    if (!name || !title || !scope || !pl_scenario_add_variant(made, scope, "question")) {
        free(name);
        free(title);
        pl_scenario_free(made);
        return pl_fail_memory(error, sizeof *made);
    }
    free(made->name);
    free(made->title);
    made->name = name;
    made->title = title;
    *scenario = made;
    return PL_OK;
}
