/* A scenario as an object: its parts, what can be asked of it, and joining several into one. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

/* ---- making and freeing ---- */

pl_scenario *pl_scenario_blank(void) {
    pl_scenario *scenario = pl_alloc(1, sizeof *scenario);
    if (!scenario)
        return NULL;
    pl_settings_init(&scenario->settings);
    scenario->name = pl_strdup("");
    scenario->title = pl_strdup("");
    scenario->world = pl_strdup("");
    if (scenario->name && scenario->title && scenario->world)
        return scenario;
    pl_scenario_free(scenario);
    return NULL;
}

static void free_scope(pl_scope *scope) {
    for (size_t g = 0; g < scope->groups; g++) {
        free(scope->group[g].name);
        pl_name_list_clear(&scope->group[g].members);
        pl_name_list_clear(&scope->group[g].except);
    }
    for (size_t o = 0; o < scope->options; o++) {
        free(scope->option[o].name);
        free(scope->option[o].title);
        free(scope->option[o].source);
    }
    for (size_t m = 0; m < scope->measures; m++)
        pl_measure_free(scope->measure[m]);
    pl_fallbacks_clear(&scope->products);
    pl_carried_free(scope);
    free(scope->group);
    free(scope->option);
    free(scope->measure);
    free(scope->file);
    pl_yaml_free(scope->doc);
    free(scope);
}

void pl_variant_clear(pl_variant *variant) {
    free(variant->name);
    free(variant->title);
    free(variant->measure);
}

void pl_scenario_free(pl_scenario *scenario) {
    if (!scenario)
        return;
    for (size_t s = scenario->borrowed; s < scenario->scopes; s++)
        free_scope(scenario->scope[s]);
    for (size_t v = 0; v < scenario->variants; v++)
        pl_variant_clear(&scenario->variant[v]);
    for (size_t o = 0; o < scenario->overrides; o++)
        free(scenario->override[o].sector.text);
    free(scenario->scope);
    free(scenario->variant);
    free(scenario->override);
    free(scenario->move);
    free(scenario->name);
    free(scenario->title);
    free(scenario->source);
    free(scenario->world);
    free(scenario);
}

pl_scope *pl_scenario_add_scope(pl_scenario *scenario, const char *file) {
    pl_scope *scope = pl_alloc(1, sizeof *scope);
    char *copy = pl_strdup(file);
    if (!scope || !copy ||
        !pl_grow(&scenario->scope, &scenario->scope_room, scenario->scopes, sizeof *scenario->scope)) {
        free(scope);
        free(copy);
        return NULL;
    }
    scope->file = copy;
    scenario->scope[scenario->scopes++] = scope;
    return scope;
}

pl_variant *pl_scenario_add_variant(pl_scenario *scenario, const pl_scope *scope, const char *name) {
    char *copy = pl_strdup(name), *title = pl_strdup(name);
    if (!copy || !title ||
        !pl_grow(&scenario->variant, &scenario->variant_room, scenario->variants,
                 sizeof *scenario->variant)) {
        free(copy);
        free(title);
        return NULL;
    }
    pl_variant *variant = &scenario->variant[scenario->variants++];
    *variant = (pl_variant){.name = copy, .title = title, .scope = scope, .day = PL_NO_DAY};
    return variant;
}

bool pl_variant_add(pl_variant *variant, const pl_measure *measure) {
    if (!pl_grow(&variant->measure, &variant->room, variant->measures, sizeof *variant->measure))
        return false;
    variant->measure[variant->measures++] = measure;
    return true;
}

/* ---- asking ---- */

const char *pl_scenario_name(const pl_scenario *scenario) {
    return scenario->name;
}

const char *pl_scenario_title(const pl_scenario *scenario) {
    return scenario->title;
}

const char *pl_scenario_source(const pl_scenario *scenario) {
    return scenario->source ? scenario->source : "";
}

const char *pl_scenario_world(const pl_scenario *scenario) {
    return scenario->world;
}

pl_settings *pl_scenario_settings(pl_scenario *scenario) {
    return &scenario->settings;
}

size_t pl_scenario_variants(const pl_scenario *scenario) {
    return scenario->variants;
}

const char *pl_scenario_variant_name(const pl_scenario *scenario, size_t variant) {
    return scenario->variant[variant].name;
}

const char *pl_scenario_variant_title(const pl_scenario *scenario, size_t variant) {
    return scenario->variant[variant].title;
}

/* The option at a position, scopes in turn; a name that an earlier scope has too is counted once. */
static pl_option *option_at(const pl_scenario *scenario, size_t index) {
    size_t position = 0;
    for (size_t s = 0; s < scenario->scopes; s++) {
        for (size_t o = 0; o < scenario->scope[s]->options; o++) {
            pl_option *option = &scenario->scope[s]->option[o];
            bool known = false;
            for (size_t e = 0; e < s && !known; e++)
                known = pl_scope_option(scenario->scope[e], option->name) != NULL;
            if (!known && position++ == index)
                return option;
        }
    }
    return NULL;
}

size_t pl_scenario_options(const pl_scenario *scenario) {
    size_t count = 0;
    while (option_at(scenario, count))
        count++;
    return count;
}

const char *pl_scenario_option_name(const pl_scenario *scenario, size_t option) {
    return option_at(scenario, option)->name;
}

const char *pl_scenario_option_title(const pl_scenario *scenario, size_t option) {
    return option_at(scenario, option)->title;
}

bool pl_scenario_option_on(const pl_scenario *scenario, size_t option) {
    return option_at(scenario, option)->on;
}

/* "no option 'x' (did you mean 'y'?); the scenario has: a, b", from a list of names. */
static pl_status fail_name(const pl_scenario *scenario, const char *kind, const char *name,
                           const char *const *known, size_t count, pl_error *error) {
    char near[160], list[600] = "none";
    size_t used = 0;
    for (size_t i = 0; i < count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", known[i]);
    return pl_fail(error, PL_INVALID, "%s '%s' is not in scenario '%s'%s; it has: %s", kind, name,
                   scenario->name, pl_suggest_text(near, sizeof near, name, known, count), list);
}

pl_status pl_scenario_set_option(pl_scenario *scenario, const char *name, bool on, pl_error *error) {
    bool found = false;
    for (size_t s = 0; s < scenario->scopes; s++) {
        for (size_t o = 0; o < scenario->scope[s]->options; o++) {
            if (strcmp(scenario->scope[s]->option[o].name, name))
                continue;
            scenario->scope[s]->option[o].on = on;
            found = true;
        }
    }
    if (found)
        return PL_OK;
    size_t count = pl_scenario_options(scenario);
    const char **known = pl_alloc(count + 1, sizeof *known);
    if (!known)
        return pl_fail_memory(error, count);
    for (size_t i = 0; i < count; i++)
        known[i] = option_at(scenario, i)->name;
    pl_status status = fail_name(scenario, "option", name, known, count, error);
    free(known);
    return status;
}

/* ---- measures of a variant that are in force ---- */

static bool same_names(const pl_name_list *a, const pl_name_list *b) {
    for (size_t i = 0; i < a->count && a->count == b->count; i++)
        if (strcmp(a->item[i].text, b->item[i].text))
            return false;
    return a->count == b->count;
}

/* Whether a list names a country itself or by a group of the scenario. */
static bool names_country(const pl_scope *scope, const pl_name_list *list, const char *name) {
    for (size_t i = 0; i < list->count; i++) {
        if (!strcmp(list->item[i].text, name))
            return true;
        for (size_t g = 0; g < scope->groups; g++)
            for (size_t k = 0; !strcmp(scope->group[g].name, list->item[i].text) &&
                               !scope->group[g].except.count && k < scope->group[g].members.count;
                 k++)
                if (!strcmp(scope->group[g].members.item[k].text, name))
                    return true;
    }
    return false;
}

/* Whether `later` covers all that a measure does, as far as their words show. */
static bool covers(const pl_scope *scope, const pl_measure *later, const pl_measure *measure) {
    for (size_t i = 0; i < measure->on.count; i++)
        if (!names_country(scope, &later->on, measure->on.item[i].text))
            return false;
    bool except = !later->except.count || same_names(&later->except, &measure->except);
    return except && same_names(&later->by, &measure->by) && same_names(&later->sectors, &measure->sectors) &&
           same_names(&later->except_sectors, &measure->except_sectors);
}

/* Whether a measure in force takes the whole place of another. */
static bool is_superseded(const pl_variant *v, const pl_measure *measure, const pl_moment *moment) {
    for (size_t m = 0; measure->id && m < v->measures; m++) {
        const pl_measure *later = v->measure[m];
        if (later->stacks != PL_REPLACES || !pl_measure_in_force(v->scope, later, moment))
            continue;
        for (size_t k = 0; k < later->stack_on.count; k++)
            if (!strcmp(later->stack_on.item[k].text, measure->id) && covers(v->scope, later, measure))
                return true;
    }
    return false;
}

static bool is_shown(const pl_variant *v, const pl_measure *measure, const pl_moment *moment) {
    return pl_measure_in_force(v->scope, measure, moment) && !is_superseded(v, measure, moment);
}

static const pl_measure *active_at(const pl_scenario *scenario, size_t variant, size_t index) {
    const pl_variant *v = &scenario->variant[variant];
    const pl_moment moment = pl_variant_moment(v);
    for (size_t m = 0, position = 0; m < v->measures; m++)
        if (is_shown(v, v->measure[m], &moment) && position++ == index)
            return v->measure[m];
    return NULL;
}

size_t pl_variant_shown(const pl_variant *v, const pl_measure **shown) {
    const pl_moment moment = pl_variant_moment(v);
    size_t count = 0;
    for (size_t m = 0; m < v->measures; m++)
        if (is_shown(v, v->measure[m], &moment))
            shown[count++] = v->measure[m];
    return count;
}

size_t pl_scenario_measures(const pl_scenario *scenario, size_t variant) {
    const pl_variant *v = &scenario->variant[variant];
    const pl_moment moment = pl_variant_moment(v);
    size_t count = 0;
    for (size_t m = 0; m < v->measures; m++)
        count += is_shown(v, v->measure[m], &moment);
    return count;
}

const char *pl_scenario_measure_text(const pl_scenario *scenario, size_t variant, size_t measure) {
    return active_at(scenario, variant, measure)->text;
}

const char *pl_scenario_measure_source(const pl_scenario *scenario, size_t variant, size_t measure) {
    const char *source = active_at(scenario, variant, measure)->source;
    return source ? source : "";
}

const char *pl_scenario_measure_note(const pl_scenario *scenario, size_t variant, size_t measure) {
    const char *note = active_at(scenario, variant, measure)->note;
    return note ? note : "";
}

bool pl_measure_assumed(const pl_measure *measure) {
    return measure->note && strstr(measure->note, "assumed") != NULL;
}

bool pl_scenario_measure_assumed(const pl_scenario *scenario, size_t variant, size_t measure) {
    return pl_measure_assumed(active_at(scenario, variant, measure));
}

/* ---- choosing and joining ---- */

static bool is_named(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

pl_status pl_scenario_pick(pl_scenario *scenario, const char *const *names, size_t count, pl_error *error) {
    const char **known = pl_alloc(scenario->variants + 1, sizeof *known);
    if (!known)
        return pl_fail_memory(error, scenario->variants);
    pl_status status = PL_OK;
    for (size_t v = 0; v < scenario->variants; v++)
        known[v] = scenario->variant[v].name;
    for (size_t i = 0; i < count && !status; i++)
        if (!is_named(names[i], known, scenario->variants))
            status = fail_name(scenario, "variant", names[i], known, scenario->variants, error);
    free(known);
    if (status)
        return status;
    size_t kept = 0;
    for (size_t v = 0; v < scenario->variants; v++) {
        if (is_named(scenario->variant[v].name, names, count))
            scenario->variant[kept++] = scenario->variant[v];
        else
            pl_variant_clear(&scenario->variant[v]);
    }
    scenario->variants = kept;
    return PL_OK;
}

/* The first setting two scenarios disagree on, or NULL. */
static const char *setting_differs(const pl_settings *a, const pl_settings *b) {
#define COMPARE_real(name) (a->name == b->name)
#define COMPARE_count(name) (a->name == b->name)
#define COMPARE_choice(name) (a->name == b->name)
#define COMPARE_text(name) (!strcmp(a->name, b->name))
#define COMPARE(type, name, def, low, high, help)                                                            \
    if (!COMPARE_##type(name))                                                                               \
        return #name;
    PL_SETTINGS(COMPARE)
#undef COMPARE
    return NULL;
}

static bool overrides_differ(const pl_scenario *a, const pl_scenario *b) {
    if (a->overrides != b->overrides)
        return true;
    for (size_t o = 0; o < a->overrides; o++) {
        const pl_sector_override *x = &a->override[o], *y = &b->override[o];
        if (strcmp(x->sector.text, y->sector.text))
            return true;
        for (size_t k = 0; k < PL_SECTOR_VALUES; k++)
            if (x->value[k] != y->value[k] && !(isnan(x->value[k]) && isnan(y->value[k])))
                return true;
    }
    return false;
}

static pl_status check_comparable(const pl_scenario *a, const pl_scenario *b, pl_error *error) {
    const char *setting = setting_differs(&a->settings, &b->settings);
    if (setting)
        return pl_fail(error, PL_INVALID,
                       "scenarios '%s' and '%s' cannot be compared side by side: setting %s differs", a->name,
                       b->name, setting);
    if (overrides_differ(a, b))
        return pl_fail(
            error, PL_INVALID,
            "scenarios '%s' and '%s' cannot be compared side by side: values under 'sectors' differ", a->name,
            b->name);
    bool both = a->world_node && b->world_node;
    bool same = both ? pl_node_same(a->world_node, b->world_node)
                     : !a->world_node && !b->world_node && !strcmp(a->world, b->world);
    if (!same && both)
        return pl_fail(error, PL_INVALID,
                       "scenarios '%s' and '%s' cannot be compared side by side: their inline worlds differ",
                       a->name, b->name);
    if (!same)
        return pl_fail(
            error, PL_INVALID,
            "scenarios '%s' and '%s' cannot be compared side by side: they name the worlds '%s' and "
            "'%s'; name one for both",
            a->name, b->name, a->world, b->world);
    return PL_OK;
}

/* "name/variant", or just the name when the scenario has one variant of that name. */
static bool prefix_variants(pl_scenario *scenario, const char *name) {
    for (size_t v = 0; v < scenario->variants; v++) {
        pl_variant *variant = &scenario->variant[v];
        if (strchr(variant->name, '/') || !strcmp(variant->name, name))
            continue;
        char *longer = pl_format("%s/%s", name, variant->name);
        if (!longer)
            return false;
        free(variant->name);
        variant->name = longer;
    }
    return true;
}

static const char *repeated_variant(const pl_scenario *a, const pl_scenario *b) {
    for (size_t v = 0; v < a->variants; v++)
        for (size_t w = 0; w < b->variants; w++)
            if (!strcmp(a->variant[v].name, b->variant[w].name))
                return a->variant[v].name;
    return NULL;
}

static bool move_parts(pl_scenario *to, pl_scenario *from) {
    while (to->scope_room < to->scopes + from->scopes)
        if (!pl_grow(&to->scope, &to->scope_room, to->scope_room, sizeof *to->scope))
            return false;
    while (to->variant_room < to->variants + from->variants)
        if (!pl_grow(&to->variant, &to->variant_room, to->variant_room, sizeof *to->variant))
            return false;
    for (size_t s = 0; s < from->scopes; s++)
        to->scope[to->scopes++] = from->scope[s];
    for (size_t v = 0; v < from->variants; v++)
        to->variant[to->variants++] = from->variant[v];
    from->scopes = from->variants = 0;
    return true;
}

pl_status pl_scenario_append(pl_scenario *scenario, pl_scenario *other, pl_error *error) {
    pl_status status = check_comparable(scenario, other, error);
    if (status)
        return status;
    bool first = !strchr(scenario->name, '+');
    if ((first && !prefix_variants(scenario, scenario->name)) || !prefix_variants(other, other->name))
        return pl_fail_memory(error, 1);
    const char *twice = repeated_variant(scenario, other);
    if (twice)
        return pl_fail(error, PL_INVALID, "variant '%s' comes from two scenarios; give them different names",
                       twice);
    char *name = pl_format("%s+%s", scenario->name, other->name);
    char *title = pl_format("%s; %s", scenario->title, other->title);
    if (!name || !title || !move_parts(scenario, other)) {
        free(name);
        free(title);
        return pl_fail_memory(error, 1);
    }
    free(scenario->name);
    free(scenario->title);
    scenario->name = name;
    scenario->title = title;
    pl_scenario_free(other);
    return PL_OK;
}
