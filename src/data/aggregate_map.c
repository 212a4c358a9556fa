/* The map of an aggregation in YAML (docs/data.md): which countries and sectors become one. */
#include "data/data.h"
#include "core/yaml.h"

#include <string.h>

typedef struct {
    const pl_world *world;
    pl_axis axis;
    pl_grouping *group;
    const pl_node **by; /* [size]: the node that took a member, NULL when free */
    pl_error *error;
} mapping;

static const char *axis_key(pl_axis axis) {
    return axis == PL_COUNTRY ? "countries" : "sectors";
}

static pl_status add_group(mapping *m, const char *code, const char *name) {
    if (!pl_strings_add(&m->group->code, code) || !pl_strings_add(&m->group->name, name))
        return pl_fail_memory(m->error, strlen(code));
    m->group->count++;
    return PL_OK;
}

/* Puts one member into the last group. */
static pl_status take_member(mapping *m, const pl_node *node, const char *text) {
    size_t index = 0;
    pl_error inner;
    if (pl_world_find(m->world, m->axis, text, &index, &inner))
        return pl_node_fail(node, m->error, "%s", inner.text);
    if (m->by[index])
        return pl_node_fail(node, m->error, "'%s' is in two groups: here and in line %zu", text,
                            m->by[index]->line);
    m->by[index] = node;
    m->group->to[index] = m->group->count - 1;
    return PL_OK;
}

static bool is_rest(const pl_node *node) {
    return node->kind == PL_NODE_TEXT && !strcmp(node->text, "rest");
}

static pl_status take_members(mapping *m, const pl_node *node) {
    pl_strings members = {0};
    pl_status status = pl_node_texts(node, "members of a group", &members, m->error);
    if (!status && !members.count)
        status = pl_node_fail(node, m->error, "the group is empty; it needs at least one member");
    for (size_t i = 0; i < members.count && !status; i++)
        status = take_member(m, node->kind == PL_NODE_LIST ? node->item[i] : node, members.item[i]);
    pl_strings_clear(&members);
    return status;
}

/* The name of a group: from the map, or its only member's, or its code. */
static const char *group_name(const mapping *m, const pl_node *names, const pl_node *key,
                              const pl_node *members) {
    const pl_node *given = pl_node_get(names, key->text);
    const pl_node *only = members->kind == PL_NODE_LIST && members->count == 1 ? members->item[0] : members;
    size_t index = 0;
    if (given && given->kind == PL_NODE_TEXT && *given->text)
        return given->text;
    if (only->kind == PL_NODE_TEXT && !is_rest(only) &&
        !pl_world_find(m->world, m->axis, only->text, &index, NULL))
        return pl_world_name(m->world, m->axis, index);
    return NULL;
}

/* Everything that no group named goes to the group `rest`, or is an error when there is none. */
static pl_status take_rest(mapping *m, const pl_node *map, const pl_node *rest, size_t group) {
    size_t taken = 0;
    for (size_t i = 0; i < pl_world_size(m->world, m->axis); i++) {
        if (m->by[i])
            continue;
        if (!rest)
            return pl_node_fail(map, m->error,
                                "%s of the map leave out %s; name it, or add a group that is 'rest'",
                                axis_key(m->axis), pl_world_code(m->world, m->axis, i));
        m->group->to[i] = group;
        taken++;
    }
    if (rest && !taken)
        return pl_node_fail(rest, m->error, "nothing is left for the rest: the other groups name every one");
    return PL_OK;
}

static pl_status take_groups(mapping *m, const pl_node *map, const pl_node *names) {
    const pl_node *rest = NULL;
    size_t rest_group = 0;
    pl_status status = PL_OK;
    if (map->kind != PL_NODE_MAP || !map->count)
        return pl_node_fail(map, m->error,
                            "%s must be a map from new code to members, such as {EU: [DEU, FRA], ROW: rest}",
                            axis_key(m->axis));
    for (size_t g = 0; g < map->count && !status; g++) {
        const pl_node *members = map->item[g];
        if (is_rest(members) && rest)
            return pl_node_fail(members, m->error, "only one group can be the rest; line %zu has one already",
                                rest->line);
        status = add_group(m, map->key[g]->text, "");
        if (is_rest(members)) {
            rest = members;
            rest_group = g;
        } else if (!status) {
            status = take_members(m, members);
        }
        const char *name = status ? NULL : group_name(m, names, map->key[g], members);
        char *copy = pl_strdup(name ? name : map->key[g]->text);
        if (!status && !copy)
            status = pl_fail_memory(m->error, strlen(map->key[g]->text));
        if (!status) {
            free(m->group->name.item[g]);
            m->group->name.item[g] = copy;
        } else {
            free(copy);
        }
    }
    return status ? status : take_rest(m, map, rest, rest_group);
}

/* An axis the map does not mention stays as it is. */
static pl_status keep_axis(mapping *m) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < pl_world_size(m->world, m->axis) && !status; i++) {
        m->group->to[i] = i;
        status = add_group(m, pl_world_code(m->world, m->axis, i), pl_world_name(m->world, m->axis, i));
    }
    return status;
}

/* Names given to groups that are not there are a mistake. */
static pl_status check_names(const pl_node *map, const pl_node *names, pl_error *error) {
    if (!names)
        return PL_OK;
    if (names->kind != PL_NODE_MAP)
        return pl_node_fail(names, error, "names must be a map from code to name");
    for (size_t i = 0; i < names->count; i++)
        if (!pl_node_get(map, names->key[i]->text))
            return pl_node_fail(names->key[i], error, "'%s' is no group of this map", names->key[i]->text);
    return PL_OK;
}

static pl_status read_axis(const pl_world *w, pl_axis axis, const pl_node *root, pl_grouping *group,
                           pl_error *error) {
    const pl_node *map = pl_node_get(root, axis_key(axis));
    const pl_node *names = pl_node_get(root, axis == PL_COUNTRY ? "country_names" : "sector_names");
    mapping m = {.world = w, .axis = axis, .group = group, .error = error};
    pl_status status = check_names(map, names, error);
    if (status)
        return status;
    m.by = pl_alloc(pl_world_size(w, axis), sizeof *m.by);
    group->to = pl_alloc(pl_world_size(w, axis), sizeof *group->to);
    if (!m.by || !group->to)
        status = pl_fail_memory(error, pl_world_size(w, axis) * sizeof *m.by);
    else
        status = map ? take_groups(&m, map, names) : keep_axis(&m);
    free(m.by);
    return status;
}

void pl_grouping_clear(pl_grouping *group) {
    free(group->to);
    pl_strings_clear(&group->code);
    pl_strings_clear(&group->name);
    memset(group, 0, sizeof *group);
}

/* A title that speaks of the world merged would mislead. */
static pl_status retitle(pl_world *w, pl_error *error) {
    const char *title = pl_world_note(w, "title");
    if (!title)
        return PL_OK;
    char *text = pl_format("%s; merged into %zu economies x %zu sectors", title, w->countries, w->sectors);
    pl_status status =
        text ? pl_world_set_note(w, "title", text, error) : pl_fail_memory(error, strlen(title));
    free(text);
    return status;
}

pl_status pl_world_aggregate(const pl_world *w, const char *map_path, pl_world **out, pl_error *error) {
    static const char *const keys[] = {"countries", "sectors", "country_names", "sector_names"};
    pl_grouping country = {0}, sector = {0};
    pl_yaml *doc = NULL;
    *out = NULL;
    pl_status status = pl_yaml_load(map_path, &doc, error);
    if (status)
        return status;
    status = pl_node_check_keys(doc->root, keys, 4, "a map of an aggregation", error);
    if (!status)
        status = read_axis(w, PL_COUNTRY, doc->root, &country, error);
    if (!status)
        status = read_axis(w, PL_SECTOR, doc->root, &sector, error);
    if (!status)
        status = pl_world_merge(w, &country, &sector, out, error);
    if (!status)
        status = retitle(*out, error);
    if (status) {
        pl_world_free(*out);
        *out = NULL;
    }
    pl_grouping_clear(&country);
    pl_grouping_clear(&sector);
    pl_yaml_free(doc);
    return status;
}
