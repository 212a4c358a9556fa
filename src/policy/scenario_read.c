/* A scenario read from YAML: its parts in turn, every key and value checked with its line. */
#include "policy/policy.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { FORMAT = 1 };

typedef struct {
    pl_scenario *scenario;
    pl_scope *scope;
    pl_error *error;
} reading;

/* ---- small readers ---- */

pl_status pl_names_read(const pl_node *node, const char *what, pl_name_list *list, pl_error *error) {
    if (node->kind == PL_NODE_MAP || (node->kind == PL_NODE_LIST && !node->count))
        return pl_node_fail(node, error, "%s must be a name or a list of names", what);
    size_t count = node->kind == PL_NODE_LIST ? node->count : 1;
    for (size_t i = 0; i < count; i++) {
        const pl_node *item = node->kind == PL_NODE_LIST ? node->item[i] : node;
        const char *text = NULL;
        pl_status status = pl_node_text(item, what, &text, error);
        if (status)
            return status;
        if (!pl_name_list_add(list, text, item->line))
            return pl_fail_memory(error, strlen(text));
    }
    return PL_OK;
}

/* Replaces a text owned by the scenario when the key is there. */
static pl_status read_text(const pl_node *map, const char *key, char **place, pl_error *error) {
    const pl_node *node = pl_node_get(map, key);
    const char *text = NULL;
    if (!node)
        return PL_OK;
    pl_status status = pl_node_text(node, key, &text, error);
    if (status)
        return status;
    char *copy = pl_strdup(text);
    if (!copy)
        return pl_fail_memory(error, strlen(text));
    free(*place);
    *place = copy;
    return PL_OK;
}

static bool plain_name(const char *text) {
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            return false;
    return *text && *text != '.' && *text != '-';
}

/* Names become folders, columns and options, so that they keep to letters, digits, '.', '_' and '-'. */
static pl_status check_name(const pl_node *node, const char *what, const char *text, pl_error *error) {
    if (plain_name(text) && strlen(text) < 80)
        return PL_OK;
    return pl_node_fail(
        node, error,
        "%s '%.80s' may hold only letters, digits, '.', '_' and '-', at most 79, and not start "
        "with '.' or '-'",
        what, text);
}

static pl_status need_map(const pl_node *node, const char *what, pl_error *error) {
    if (node->kind == PL_NODE_MAP)
        return PL_OK;
    return pl_node_fail(node, error, "'%s' must be a mapping (key: value)", what);
}

/* ---- the parts ---- */

static pl_status read_format(reading *r, const pl_node *node) {
    double version = 0;
    pl_status status = pl_node_number(node, "parley (the version of the format)", &version, r->error);
    if (!status && version != FORMAT)
        return pl_node_fail(node, r->error, "format %s is not known; this program reads format %d",
                            node->text, (int)FORMAT);
    return status;
}

static pl_status read_name(reading *r, const pl_node *node) {
    const char *text = NULL;
    pl_status status = pl_node_text(node, "name", &text, r->error);
    return status ? status : check_name(node, "name", text, r->error);
}

static pl_status read_world(reading *r, const pl_node *node) {
    pl_scenario *scenario = r->scenario;
    const char *text = "inline";
    if (node->kind == PL_NODE_MAP)
        scenario->world_node = node;
    else if (pl_node_text(node, "world", &text, r->error))
        return PL_INVALID;
    else if (!pl_may_read(node->file, text))
        return pl_node_fail(node, r->error, "world '%.200s' lies outside the folder that may be read", text);
    char *copy = pl_strdup(text);
    if (!copy)
        return pl_fail_memory(r->error, strlen(text));
    free(scenario->world);
    scenario->world = copy;
    scenario->world_beside = true;
    return PL_OK;
}

static pl_status read_settings(reading *r, const pl_node *node) {
    pl_status status = need_map(node, "settings", r->error);
    for (size_t i = 0; i < node->count && !status; i++) {
        pl_error inner = {PL_OK, ""};
        const char *text = NULL;
        status = pl_node_text(node->item[i], node->key[i]->text, &text, r->error);
        if (!status && pl_settings_set(&r->scenario->settings, node->key[i]->text, text, &inner))
            status = pl_node_fail(node->key[i], r->error, "%s", inner.text);
    }
    return status;
}

static pl_status read_sector(reading *r, const pl_node *key, const pl_node *node) {
    static const char *const names[PL_SECTOR_VALUES] = {"theta", "sigma_value_added", "sigma_inputs"};
    pl_scenario *s = r->scenario;
    char what[160];
    snprintf(what, sizeof what, "sector '%.80s'", key->text);
    pl_status status = pl_node_check_keys(node, names, PL_SECTOR_VALUES, what, r->error);
    if (status)
        return status;
    char *copy = pl_strdup(key->text);
    if (!copy || !pl_grow(&s->override, &s->override_room, s->overrides, sizeof *s->override)) {
        free(copy);
        return pl_fail_memory(r->error, 1);
    }
    pl_sector_override *override = &s->override[s->overrides++];
    override->sector = (pl_name){copy, key->line};
    for (size_t k = 0; k < PL_SECTOR_VALUES && !status; k++) {
        const pl_node *value = pl_node_get(node, names[k]);
        override->value[k] = NAN;
        if (!value)
            continue;
        snprintf(what, sizeof what, "%s of sector '%.80s'", names[k], key->text);
        status = pl_node_number(value, what, &override->value[k], r->error);
        double x = override->value[k];
        if (!status && !(k == PL_SECTOR_THETA ? x > 0 : x >= 0 && x <= 100))
            status = pl_node_fail(value, r->error, "%s: %s %s", what, value->text,
                                  k == PL_SECTOR_THETA ? "is not above 0" : "is outside 0 to 100");
    }
    return status;
}

static pl_status read_sectors(reading *r, const pl_node *node) {
    pl_status status = need_map(node, "sectors", r->error);
    for (size_t i = 0; i < node->count && !status; i++)
        status = read_sector(r, node->key[i], node->item[i]);
    return status;
}

static pl_status read_group_map(reading *r, const pl_node *node, pl_group *group) {
    static const char *const names[] = {"all", "members", "except"};
    char what[160];
    snprintf(what, sizeof what, "group '%.80s'", group->name);
    pl_status status = pl_node_check_keys(node, names, 3, what, r->error);
    const pl_node *all = pl_node_get(node, "all"), *members = pl_node_get(node, "members");
    const pl_node *except = pl_node_get(node, "except");
    if (!status && all)
        status = pl_node_bool(all, "all", &group->all, r->error);
    if (!status && members)
        status = pl_names_read(members, what, &group->members, r->error);
    if (!status && except)
        status = pl_names_read(except, what, &group->except, r->error);
    if (!status && !group->all && !members)
        status = pl_node_fail(node, r->error, "%s needs 'members' or 'all: true'", what);
    return status;
}

static pl_status read_groups(reading *r, const pl_node *node) {
    pl_scope *s = r->scope;
    pl_status status = need_map(node, "groups", r->error);
    for (size_t i = 0; i < node->count && !status; i++) {
        char *name = pl_strdup(node->key[i]->text);
        if (!name || !pl_grow(&s->group, &s->group_room, s->groups, sizeof *s->group)) {
            free(name);
            return pl_fail_memory(r->error, 1);
        }
        pl_group *group = &s->group[s->groups++];
        *group = (pl_group){.name = name, .line = node->key[i]->line};
        if (node->item[i]->kind == PL_NODE_MAP)
            status = read_group_map(r, node->item[i], group);
        else
            status = pl_names_read(node->item[i], "a group", &group->members, r->error);
    }
    return status;
}

static pl_status read_option_map(reading *r, const pl_node *node, pl_option *option) {
    static const char *const names[] = {"title", "default", "source"};
    pl_status status = pl_node_check_keys(node, names, 3, "an option", r->error);
    const pl_node *on = pl_node_get(node, "default");
    if (!status)
        status = read_text(node, "title", &option->title, r->error);
    if (!status)
        status = read_text(node, "source", &option->source, r->error);
    if (!status && on)
        status = pl_node_bool(on, "default", &option->on, r->error);
    return status;
}

static pl_status read_options(reading *r, const pl_node *node) {
    pl_scope *s = r->scope;
    pl_status status = need_map(node, "options", r->error);
    for (size_t i = 0; i < node->count && !status; i++) {
        const pl_node *key = node->key[i], *value = node->item[i];
        status = check_name(key, "option", key->text, r->error);
        if (status)
            return status;
        if (!pl_grow(&s->option, &s->option_room, s->options, sizeof *s->option))
            return pl_fail_memory(r->error, 1);
        pl_option *option = &s->option[s->options++];
        *option = (pl_option){.name = pl_strdup(key->text), .title = pl_strdup(key->text)};
        if (!option->name || !option->title) {
            free(option->name);
            free(option->title);
            s->options--;
            return pl_fail_memory(r->error, 1);
        }
        if (value->kind == PL_NODE_MAP)
            status = read_option_map(r, value, option);
        else
            status = pl_node_bool(value, "an option", &option->on, r->error);
    }
    return status;
}

/* Measures of a list, into the scope and at the end of a variant. */
static pl_status read_measures(reading *r, const pl_node *node, pl_variant *variant) {
    if (node->kind != PL_NODE_LIST)
        return pl_node_fail(node, r->error, "'measures' must be a list");
    for (size_t i = 0; i < node->count; i++) {
        const pl_measure *measure = NULL;
        pl_status status = pl_measure_read(r->scope, node->item[i], &measure, r->error);
        if (status)
            return status;
        if (!pl_variant_add(variant, measure))
            return pl_fail_memory(r->error, sizeof measure);
    }
    return PL_OK;
}

/* on: the day whose policy a variant is. */
static pl_status read_day(reading *r, const pl_node *map, long *day) {
    const pl_node *on = pl_node_get(map, "on");
    return on ? pl_node_day(on, "'on'", day, r->error) : PL_OK;
}

static pl_status read_products(reading *r, const pl_node *node) {
    return pl_fallbacks_read(node, "'products'", &r->scope->products, false, r->error);
}

static pl_status read_variant(reading *r, const pl_node *key, const pl_node *node, const pl_variant *common) {
    static const char *const names[] = {"title", "measures", "source", "note", "on"};
    char what[160];
    snprintf(what, sizeof what, "variant '%.80s'", key->text);
    pl_status status = check_name(key, "variant", key->text, r->error);
    if (!status)
        status = pl_node_check_keys(node, names, 5, what, r->error);
    if (status)
        return status;
    pl_variant *variant = pl_scenario_add_variant(r->scenario, r->scope, key->text);
    if (!variant)
        return pl_fail_memory(r->error, sizeof *variant);
    for (size_t m = 0; m < common->measures; m++)
        if (!pl_variant_add(variant, common->measure[m]))
            return pl_fail_memory(r->error, 1);
    const pl_node *measures = pl_node_get(node, "measures");
    status = read_text(node, "title", &variant->title, r->error);
    variant->day = common->day;
    if (!status)
        status = read_day(r, node, &variant->day);
    return status || !measures ? status : read_measures(r, measures, variant);
}

/* Without variants, the measures make one that has the scenario's name and title. */
static pl_status add_only_variant(reading *r, const pl_variant *common) {
    pl_scenario *s = r->scenario;
    pl_variant *variant = pl_scenario_add_variant(s, r->scope, s->name);
    char *title = pl_strdup(s->title);
    if (!variant || !title) {
        free(title);
        return pl_fail_memory(r->error, 1);
    }
    free(variant->title);
    variant->title = title;
    variant->day = common->day;
    for (size_t m = 0; m < common->measures; m++)
        if (!pl_variant_add(variant, common->measure[m]))
            return pl_fail_memory(r->error, 1);
    return PL_OK;
}

static pl_status read_variants(reading *r, const pl_node *root) {
    const pl_node *measures = pl_node_get(root, "measures"), *variants = pl_node_get(root, "variants");
    pl_variant common = {.day = PL_NO_DAY};
    pl_status status = read_day(r, root, &common.day);
    if (!status && measures)
        status = read_measures(r, measures, &common);
    if (!status && !variants)
        status = add_only_variant(r, &common);
    if (!status && variants)
        status = need_map(variants, "variants", r->error);
    if (!status && variants && !variants->count)
        status = pl_node_fail(variants, r->error, "'variants' is empty");
    for (size_t i = 0; variants && i < variants->count && !status; i++)
        status = read_variant(r, variants->key[i], variants->item[i], &common);
    free(common.measure);
    return status;
}

/* ---- the whole ---- */

/* In the order in which one part needs another; what is not here is read by read_texts or read_variants. */
static const struct {
    const char *key;
    pl_status (*read)(reading *, const pl_node *);
} parts[] = {
    {"parley", read_format},     {"name", read_name},         {"world", read_world},
    {"settings", read_settings}, {"sectors", read_sectors},   {"groups", read_groups},
    {"options", read_options},   {"products", read_products},
};

static pl_status read_texts(reading *r, const pl_node *root) {
    pl_scenario *s = r->scenario;
    pl_status status = read_text(root, "name", &s->name, r->error);
    if (!status && !pl_node_get(root, "title")) {
        free(s->title);
        s->title = pl_strdup(s->name);
        status = s->title ? PL_OK : pl_fail_memory(r->error, 1);
    }
    if (!status)
        status = read_text(root, "title", &s->title, r->error);
    const char *game = NULL; /* for pl_game_load; here it need only be a name */
    if (!status && pl_node_get(root, "game"))
        status = pl_node_text(pl_node_get(root, "game"), "game", &game, r->error);
    return status ? status : read_text(root, "source", &s->source, r->error);
}

static pl_status read_scenario(reading *r, const pl_node *root) {
    static const char *const keys[] = {
        "parley",  "name",     "title",    "source", "note",     "world", "settings",     "sectors", "groups",
        "options", "measures", "variants", "on",     "products", "facts", "observations", "game"};
    pl_status status = pl_node_check_keys(root, keys, sizeof keys / sizeof *keys, "a scenario", r->error);
    for (size_t p = 0; p < sizeof parts / sizeof *parts && !status; p++) {
        const pl_node *node = pl_node_get(root, parts[p].key);
        if (node)
            status = parts[p].read(r, node);
    }
    if (!status)
        status = read_texts(r, root);
    if (!status)
        status = read_variants(r, root);
    const pl_node *facts = pl_node_get(root, "facts"), *observations = pl_node_get(root, "observations");
    if (!status && observations)
        status = pl_observations_read(r->scope, observations, r->error);
    if (!status && facts)
        status = pl_facts_read(r->scope, facts, r->error);
    return status ? status : pl_facts_check(r->scope, r->error);
}

pl_status pl_scenario_from_node(const pl_node *root, const char *name, pl_scenario **scenario,
                                pl_error *error) {
    *scenario = NULL;
    pl_scenario *made = pl_scenario_blank();
    pl_scope *scope = made ? pl_scenario_add_scope(made, root->file) : NULL;
    char *copy = pl_strdup(name);
    if (!scope || !copy) {
        free(copy);
        pl_scenario_free(made);
        return pl_fail_memory(error, sizeof *made);
    }
    free(made->name);
    made->name = copy;
    reading r = {made, scope, error};
    pl_status status = read_scenario(&r, root);
    if (status)
        pl_scenario_free(made);
    else
        *scenario = made;
    return status;
}

/* "scenarios/london-2025.yaml" is called london-2025 unless it says otherwise. */
static char *name_of_file(const char *path) {
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
    char *name = pl_format("%.*s", dot && dot != base ? (int)(dot - base) : (int)strlen(base), base);
    for (char *c = name; c && *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            *c = '-';
    return name;
}

pl_status pl_scenario_load(const char *path, pl_scenario **scenario, pl_error *error) {
    *scenario = NULL;
    pl_yaml *doc = NULL;
    pl_status status = pl_yaml_load(path, &doc, error);
    if (status)
        return status;
    char *name = name_of_file(path);
    if (!name)
        status = pl_fail_memory(error, strlen(path));
    else if (doc->root->kind == PL_NODE_MAP && !pl_node_get(doc->root, "parley"))
        status = pl_fail_at(error, PL_INVALID, path, 0,
                            "the key 'parley' is missing; a scenario starts with 'parley: %d'", (int)FORMAT);
    else
        status = pl_scenario_from_node(doc->root, name, scenario, error);
    free(name);
    if (status)
        pl_yaml_free(doc);
    else
        (*scenario)->scope[0]->doc = doc;
    return status;
}
