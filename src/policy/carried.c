/* What a scenario says it carries: facts of reports, each by measures, observations or a note why none can; and the
 * observations themselves. */
#include "policy/policy.h"

#include <string.h>

struct pl_fact_entry {
    size_t line;
    char *id, *text, *note;
    pl_name_list measure, observation;
    const char **measure_id, **observation_id; /* borrowed from the lists */
};

struct pl_observation_entry {
    char *id, *text, *unit, *basis, *period, *source;
    double value;
};

/* ---- reading ---- */

static pl_status copy_text(const pl_node *map, const char *key, const char *what, bool needed, char **place,
                           pl_error *error) {
    const pl_node *node = pl_node_get(map, key);
    const char *text = "";
    pl_status status = PL_OK;
    if (!node && needed)
        return pl_node_fail(map, error, "%s: key '%s' is missing", what, key);
    if (node)
        status = pl_node_text(node, what, &text, error);
    if (status)
        return status;
    *place = pl_strdup(text);
    return *place ? PL_OK : pl_fail_memory(error, strlen(text));
}

static const char **ids_of(const pl_name_list *list) {
    const char **ids = pl_alloc(list->count + 1, sizeof *ids);
    for (size_t k = 0; ids && k < list->count; k++)
        ids[k] = list->item[k].text;
    return ids;
}

static pl_status read_fact(const pl_node *key, const pl_node *node, struct pl_fact_entry *fact,
                           pl_error *error) {
    static const char *const keys[] = {"text", "measures", "observations", "note"};
    const pl_node *measures = pl_node_get(node, "measures"),
                  *observations = pl_node_get(node, "observations");
    char what[96];
    snprintf(what, sizeof what, "fact '%.40s'", key->text);
    pl_status status = pl_node_check_keys(node, keys, 4, what, error);
    if (!status)
        status = copy_text(node, "text", what, true, &fact->text, error);
    if (!status)
        status = copy_text(node, "note", what, false, &fact->note, error);
    if (!status && measures)
        status = pl_names_read(measures, what, &fact->measure, error);
    if (!status && observations)
        status = pl_names_read(observations, what, &fact->observation, error);
    if (!status && !measures && !observations && !*fact->note)
        status = pl_node_fail(node, error,
                              "%s is carried by nothing: name measures or observations, or say in a 'note' "
                              "why no model can carry it",
                              what);
    if (status)
        return status;
    fact->measure_id = ids_of(&fact->measure);
    fact->observation_id = ids_of(&fact->observation);
    return fact->measure_id && fact->observation_id ? PL_OK : pl_fail_memory(error, 1);
}

pl_status pl_facts_read(pl_scope *scope, const pl_node *node, pl_error *error) {
    if (node->kind != PL_NODE_MAP)
        return pl_node_fail(node, error, "'facts' must be a mapping of ids to what carries them");
    for (size_t k = 0; k < node->count; k++) {
        if (!pl_grow(&scope->fact, &scope->fact_room, scope->facts, sizeof *scope->fact))
            return pl_fail_memory(error, sizeof *scope->fact);
        struct pl_fact_entry *fact = &scope->fact[scope->facts++];
        fact->line = node->key[k]->line;
        fact->id = pl_strdup(node->key[k]->text);
        pl_status status =
            fact->id ? read_fact(node->key[k], node->item[k], fact, error) : pl_fail_memory(error, 1);
        if (status)
            return status;
    }
    return PL_OK;
}

static pl_status read_observation(const pl_node *key, const pl_node *node, struct pl_observation_entry *o,
                                  pl_error *error) {
    static const char *const keys[] = {"text", "unit", "basis", "period", "source", "value", "note"};
    const pl_node *value = NULL;
    char what[96];
    snprintf(what, sizeof what, "observation '%.40s'", key->text);
    const struct {
        const char *key;
        bool needed;
        char **place;
    } part[] = {{"text", true, &o->text},
                {"unit", true, &o->unit},
                {"basis", true, &o->basis},
                {"period", true, &o->period},
                {"source", false, &o->source}};
    pl_status status = pl_node_check_keys(node, keys, 7, what, error);
    if (!status && !pl_node_get(node, "basis"))
        return pl_node_fail(
            node, error,
            "%s: its 'basis' is not named: level, month on month, year on year, statutory, effective", what);
    for (size_t k = 0; k < 5 && !status; k++)
        status = copy_text(node, part[k].key, what, part[k].needed, part[k].place, error);
    if (!status)
        status = pl_node_need(node, "value", what, &value, error);
    return status ? status : pl_node_number(value, what, &o->value, error);
}

pl_status pl_observations_read(pl_scope *scope, const pl_node *node, pl_error *error) {
    if (node->kind != PL_NODE_MAP)
        return pl_node_fail(node, error, "'observations' must be a mapping of ids to numbers");
    for (size_t k = 0; k < node->count; k++) {
        if (!pl_grow(&scope->observation, &scope->observation_room, scope->observations,
                     sizeof *scope->observation))
            return pl_fail_memory(error, sizeof *scope->observation);
        struct pl_observation_entry *o = &scope->observation[scope->observations++];
        o->id = pl_strdup(node->key[k]->text);
        pl_status status =
            o->id ? read_observation(node->key[k], node->item[k], o, error) : pl_fail_memory(error, 1);
        if (status)
            return status;
    }
    return PL_OK;
}

/* ---- checking ---- */

static bool has_measure(const pl_scope *scope, const char *id) {
    for (size_t m = 0; m < scope->measures; m++)
        if (scope->measure[m]->id && !strcmp(scope->measure[m]->id, id))
            return true;
    return false;
}

static bool has_observation(const pl_scope *scope, const char *id) {
    for (size_t o = 0; o < scope->observations; o++)
        if (!strcmp(scope->observation[o].id, id))
            return true;
    return false;
}

static pl_status check_list(const pl_scope *scope, const struct pl_fact_entry *fact, const pl_name_list *list,
                            bool (*has)(const pl_scope *, const char *), const char *kind, pl_error *error) {
    for (size_t k = 0; k < list->count; k++)
        if (!has(scope, list->item[k].text))
            return pl_measure_fail(scope, list->item[k].line, error,
                                   "fact '%s' names the %s '%s', which is not in the file", fact->id, kind,
                                   list->item[k].text);
    return PL_OK;
}

pl_status pl_facts_check(const pl_scope *scope, pl_error *error) {
    pl_status status = PL_OK;
    for (size_t f = 0; f < scope->facts && !status; f++) {
        const struct pl_fact_entry *fact = &scope->fact[f];
        status = check_list(scope, fact, &fact->measure, has_measure, "measure", error);
        if (!status)
            status = check_list(scope, fact, &fact->observation, has_observation, "observation", error);
    }
    return status;
}

void pl_carried_free(pl_scope *scope) {
    for (size_t f = 0; f < scope->facts; f++) {
        struct pl_fact_entry *fact = &scope->fact[f];
        free(fact->id);
        free(fact->text);
        free(fact->note);
        free(fact->measure_id);
        free(fact->observation_id);
        pl_name_list_clear(&fact->measure);
        pl_name_list_clear(&fact->observation);
    }
    for (size_t o = 0; o < scope->observations; o++) {
        struct pl_observation_entry *entry = &scope->observation[o];
        char *texts[] = {entry->id, entry->text, entry->unit, entry->basis, entry->period, entry->source};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            free(texts[k]);
    }
    free(scope->fact);
    free(scope->observation);
}

/* ---- asking ---- */

size_t pl_scenario_facts(const pl_scenario *scenario) {
    size_t count = 0;
    for (size_t s = 0; s < scenario->scopes; s++)
        count += scenario->scope[s]->facts;
    return count;
}

pl_fact pl_scenario_fact(const pl_scenario *scenario, size_t index) {
    size_t s = 0;
    while (index >= scenario->scope[s]->facts)
        index -= scenario->scope[s++]->facts;
    const struct pl_fact_entry *fact = &scenario->scope[s]->fact[index];
    return (pl_fact){
        fact->id,         fact->text,          fact->note, fact->measure.count, fact->observation.count,
        fact->measure_id, fact->observation_id};
}

size_t pl_scenario_observations(const pl_scenario *scenario) {
    size_t count = 0;
    for (size_t s = 0; s < scenario->scopes; s++)
        count += scenario->scope[s]->observations;
    return count;
}

pl_observation pl_scenario_observation(const pl_scenario *scenario, size_t index) {
    size_t s = 0;
    while (index >= scenario->scope[s]->observations)
        index -= scenario->scope[s++]->observations;
    const struct pl_observation_entry *o = &scenario->scope[s]->observation[index];
    return (pl_observation){o->id, o->text, o->unit, o->basis, o->period, o->source, o->value};
}
