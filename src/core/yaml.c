/* YAML: libyaml's events made into a bounded tree. */
#include "core/yaml.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

/* Bounds on foreign bytes. Aliases may not expand to many more nodes than the file holds ("billion laughs").
 */
enum {
    FILE_BYTES = 16 << 20,
    DEEPEST = 64,
    MOST_NODES = 4 << 20,
    MOST_ANCHORS = 1000,
    EXPANDED_NODES = 8 << 20
};

typedef struct {
    char *name;
    pl_node *node;
} anchor;

/* A container being filled: where the next key or item goes. */
typedef struct {
    pl_node *node;
    pl_node *key; /* a map's key waiting for its value */
    char *anchor;
    size_t room;
} frame;

typedef struct {
    yaml_parser_t parser;
    pl_yaml *doc;
    pl_error *error;
    frame stack[DEEPEST];
    size_t depth;
    anchor anchors[MOST_ANCHORS];
    size_t anchor_count;
} builder;

static pl_status fail_memory(builder *b) {
    return pl_fail_memory(b->error, sizeof(pl_node));
}

static pl_node *new_node(builder *b, pl_node_kind kind, const yaml_event_t *event) {
    pl_yaml *doc = b->doc;
    if (!pl_grow(&doc->node, &doc->room, doc->count, sizeof *doc->node))
        return NULL;
    pl_node *node = pl_alloc(1, sizeof *node);
    if (!node)
        return NULL;
    node->kind = kind;
    node->line = event->start_mark.line + 1;
    node->file = doc->name;
    node->size = 1;
    node->depth = 1;
    doc->node[doc->count++] = node;
    return node;
}

static void free_node(pl_node *node) {
    if (node->kind == PL_NODE_TEXT)
        free((char *)node->text);
    free(node->item);
    free(node->key);
    free(node);
}

void pl_yaml_free(pl_yaml *doc) {
    if (!doc)
        return;
    for (size_t i = 0; i < doc->count; i++)
        free_node(doc->node[i]);
    free(doc->node);
    free(doc->name);
    free(doc);
}

/* ---- anchors ---- */

static pl_node *find_anchor(const builder *b, const char *name) {
    for (size_t i = b->anchor_count; i-- > 0;)
        if (!strcmp(b->anchors[i].name, name))
            return b->anchors[i].node;
    return NULL;
}

/* An anchor is known only once its node is complete, so that no node can contain itself. */
static pl_status add_anchor(builder *b, const char *name, pl_node *node) {
    if (!name)
        return PL_OK;
    if (b->anchor_count == MOST_ANCHORS)
        return pl_node_fail(node, b->error, "more than %d anchors", (int)MOST_ANCHORS);
    char *copy = pl_strdup(name);
    if (!copy)
        return fail_memory(b);
    b->anchors[b->anchor_count++] = (anchor){copy, node};
    return PL_OK;
}

/* ---- putting nodes together ---- */

static bool make_room(frame *f) {
    pl_node *node = f->node;
    if (node->count < f->room)
        return true;
    size_t room = f->room ? 2 * f->room : 4;
    pl_node **items = realloc(node->item, room * sizeof *items);
    if (!items)
        return false;
    node->item = items;
    if (node->kind == PL_NODE_MAP) {
        pl_node **keys = realloc(node->key, room * sizeof *keys);
        if (!keys)
            return false;
        node->key = keys;
    }
    f->room = room;
    return true;
}

/* Hangs a complete node under the container being filled, or makes it the root. */
static pl_status place(builder *b, pl_node *child, size_t line) {
    if (!b->depth) {
        b->doc->root = child;
        return PL_OK;
    }
    frame *f = &b->stack[b->depth - 1];
    pl_node *parent = f->node;
    if (parent->kind == PL_NODE_MAP && !f->key) {
        if (child->kind != PL_NODE_TEXT)
            return pl_fail_at(b->error, PL_INVALID, b->doc->name, line, "a key must be plain text");
        f->key = child;
        return PL_OK;
    }
    if (b->depth + child->depth > DEEPEST)
        return pl_fail_at(b->error, PL_INVALID, b->doc->name, line, "nested more than %d levels deep",
                          (int)DEEPEST);
    if (!make_room(f))
        return fail_memory(b);
    if (parent->kind == PL_NODE_MAP)
        parent->key[parent->count] = f->key;
    parent->item[parent->count++] = child;
    f->key = NULL;
    parent->size += child->size;
    if (parent->depth < child->depth + 1)
        parent->depth = child->depth + 1;
    if (parent->size > EXPANDED_NODES)
        return pl_fail_at(b->error, PL_INVALID, b->doc->name, line, "aliases expand to too many values");
    return PL_OK;
}

static int compare_keys(const void *a, const void *b) {
    const pl_node *x = *(pl_node *const *)a, *y = *(pl_node *const *)b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Sorted neighbours, so that a map of a million keys is no trap. */
static pl_status check_duplicates(builder *b, const pl_node *map) {
    if (map->count < 2)
        return PL_OK;
    pl_node **sorted = pl_alloc(map->count, sizeof *sorted);
    if (!sorted)
        return fail_memory(b);
    memcpy(sorted, map->key, map->count * sizeof *sorted);
    qsort(sorted, map->count, sizeof *sorted, compare_keys);
    pl_status status = PL_OK;
    for (size_t i = 1; i < map->count && !status; i++)
        if (!strcmp(sorted[i - 1]->text, sorted[i]->text))
            status = pl_node_fail(sorted[i], b->error, "key '%s' is given twice (first on line %zu)",
                                  sorted[i]->text, sorted[i - 1]->line);
    free(sorted);
    return status;
}

/* ---- events ---- */

static pl_status take_scalar(builder *b, const yaml_event_t *event) {
    const char *value = (const char *)event->data.scalar.value;
    size_t line = event->start_mark.line + 1;
    if (strlen(value) != event->data.scalar.length)
        return pl_fail_at(b->error, PL_INVALID, b->doc->name, line, "a text holds a NUL character");
    pl_node *node = new_node(b, PL_NODE_TEXT, event);
    if (!node)
        return fail_memory(b);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = pl_strdup(value);
    if (!node->text)
        return fail_memory(b);
    pl_status status = add_anchor(b, (const char *)event->data.scalar.anchor, node);
    return status ? status : place(b, node, line);
}

static pl_status take_alias(builder *b, const yaml_event_t *event) {
    const char *name = (const char *)event->data.alias.anchor;
    size_t line = event->start_mark.line + 1;
    pl_node *node = find_anchor(b, name);
    if (!node)
        return pl_fail_at(b->error, PL_INVALID, b->doc->name, line,
                          "alias *%s: no complete node before it has the anchor &%s", name, name);
    return place(b, node, line);
}

static pl_status open_container(builder *b, pl_node_kind kind, const yaml_event_t *event) {
    const yaml_char_t *name =
        kind == PL_NODE_MAP ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    size_t line = event->start_mark.line + 1;
    if (b->depth == DEEPEST)
        return pl_fail_at(b->error, PL_INVALID, b->doc->name, line, "nested more than %d levels deep",
                          (int)DEEPEST);
    pl_node *node = new_node(b, kind, event);
    char *copy = name ? pl_strdup((const char *)name) : NULL;
    if (!node || (name && !copy)) {
        free(copy);
        return fail_memory(b);
    }
    b->stack[b->depth++] = (frame){.node = node, .anchor = copy};
    return PL_OK;
}

static pl_status close_container(builder *b) {
    frame f = b->stack[--b->depth];
    pl_status status = f.node->kind == PL_NODE_MAP ? check_duplicates(b, f.node) : PL_OK;
    if (!status)
        status = add_anchor(b, f.anchor, f.node);
    free(f.anchor);
    return status ? status : place(b, f.node, f.node->line);
}

static pl_status take_event(builder *b, const yaml_event_t *event) {
    if (b->doc->count >= MOST_NODES)
        return pl_fail_at(b->error, PL_INVALID, b->doc->name, event->start_mark.line + 1,
                          "more than %d values", (int)MOST_NODES);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->doc->root)
            return pl_fail_at(b->error, PL_INVALID, b->doc->name, event->start_mark.line + 1,
                              "a second document starts here; one file holds one");
        return PL_OK;
    case YAML_SCALAR_EVENT:
        return take_scalar(b, event);
    case YAML_ALIAS_EVENT:
        return take_alias(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_container(b, PL_NODE_LIST, event);
    case YAML_MAPPING_START_EVENT:
        return open_container(b, PL_NODE_MAP, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_container(b);
    default:
        return PL_OK;
    }
}

static pl_status syntax_error(builder *b) {
    const yaml_parser_t *p = &b->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return fail_memory(b);
    const char *problem = p->problem ? p->problem : "not YAML";
    if (p->error == YAML_READER_ERROR)
        return pl_fail(b->error, PL_INVALID, "%s: byte %zu: %s", b->doc->name, p->problem_offset, problem);
    return pl_fail_at(b->error, PL_INVALID, b->doc->name, p->problem_mark.line + 1, "not valid YAML: %s%s%s",
                      p->context ? p->context : "", p->context ? ", " : "", problem);
}

static pl_status read_events(builder *b) {
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event))
            return syntax_error(b);
        bool last = event.type == YAML_STREAM_END_EVENT;
        pl_status status = take_event(b, &event);
        yaml_event_delete(&event);
        if (status)
            return status;
        if (last)
            break;
    }
    if (!b->doc->root)
        return pl_fail(b->error, PL_INVALID, "%s: the file is empty", b->doc->name);
    return PL_OK;
}

static void clear_builder(builder *b) {
    yaml_parser_delete(&b->parser);
    while (b->depth)
        free(b->stack[--b->depth].anchor);
    for (size_t i = 0; i < b->anchor_count; i++)
        free(b->anchors[i].name);
    free(b);
}

pl_status pl_yaml_parse(const char *text, size_t length, const char *name, pl_yaml **doc, pl_error *error) {
    *doc = NULL;
    if (length > FILE_BYTES)
        return pl_fail(error, PL_INVALID, "%s: larger than %d MB", name, (int)FILE_BYTES >> 20);
    if (memchr(text, 0, length))
        return pl_fail(error, PL_INVALID, "%s: holds NUL bytes; it must be UTF-8 text", name);
    pl_yaml *made = pl_alloc(1, sizeof *made);
    builder *b = pl_alloc(1, sizeof *b);
    if (made)
        made->name = pl_strdup(name);
    if (!made || !b || !made->name || !yaml_parser_initialize(&b->parser)) {
        free(b);
        pl_yaml_free(made);
        return pl_fail_memory(error, sizeof *b);
    }
    b->doc = made;
    b->error = error;
    yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b->parser, (const unsigned char *)text, length);
    pl_status status = read_events(b);
    clear_builder(b);
    if (status)
        pl_yaml_free(made);
    else
        *doc = made;
    return status;
}

static pl_status read_all(FILE *in, const char *path, char **text, size_t *length, pl_error *error) {
    size_t room = 1 << 16, used = 0;
    char *buffer = malloc(room);
    while (buffer) {
        used += fread(buffer + used, 1, room - used, in);
        if (used < room || room > FILE_BYTES)
            break;
        room *= 2;
        char *bigger = realloc(buffer, room);
        if (!bigger)
            free(buffer);
        buffer = bigger;
    }
    if (!buffer)
        return pl_fail_memory(error, room);
    if (ferror(in)) {
        pl_status status = pl_fail_errno(error, "cannot read", path);
        free(buffer);
        return status;
    }
    *text = buffer;
    *length = used;
    return PL_OK;
}

pl_status pl_yaml_load(const char *path, pl_yaml **doc, pl_error *error) {
    *doc = NULL;
    FILE *in = fopen(path, "rb");
    if (!in)
        return pl_fail_errno(error, "cannot read", path);
    char *text = NULL;
    size_t length = 0;
    pl_status status = read_all(in, path, &text, &length, error);
    fclose(in);
    if (!status)
        status = pl_yaml_parse(text, length, path, doc, error);
    free(text);
    return status;
}

/* ---- reading nodes ---- */

pl_status pl_node_fail(const pl_node *node, pl_error *error, const char *format, ...) {
    char text[sizeof error->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return pl_fail_at(error, PL_INVALID, node->file, node->line, "%s", text);
}

const pl_node *pl_node_get(const pl_node *map, const char *key) {
    if (!map || map->kind != PL_NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (!strcmp(map->key[i]->text, key))
            return map->item[i];
    return NULL;
}

bool pl_node_same(const pl_node *a, const pl_node *b) {
    if (a == b)
        return true;
    if (a->kind != b->kind || a->count != b->count || a->size != b->size)
        return false;
    if (a->kind == PL_NODE_TEXT)
        return !strcmp(a->text, b->text);
    for (size_t i = 0; i < a->count; i++) {
        if (a->kind == PL_NODE_MAP && strcmp(a->key[i]->text, b->key[i]->text))
            return false;
        if (!pl_node_same(a->item[i], b->item[i]))
            return false;
    }
    return true;
}

static const char *kind_text(const pl_node *node) {
    return node->kind == PL_NODE_MAP    ? "a mapping (key: value)"
           : node->kind == PL_NODE_LIST ? "a list"
           : *node->text                ? "a single value"
                                        : "empty";
}

pl_status pl_node_need(const pl_node *map, const char *key, const char *where, const pl_node **value,
                       pl_error *error) {
    *value = pl_node_get(map, key);
    return *value ? PL_OK : pl_node_fail(map, error, "%s: key '%s' is missing", where, key);
}

static void join_names(char *out, size_t size, const char *const *names, size_t count) {
    size_t used = 0;
    *out = 0;
    for (size_t i = 0; i < count && used + 1 < size; i++) {
        int wrote = snprintf(out + used, size - used, "%s%s", i ? ", " : "", names[i]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

pl_status pl_node_check_keys(const pl_node *node, const char *const *allowed, size_t count, const char *where,
                             pl_error *error) {
    if (node->kind != PL_NODE_MAP)
        return pl_node_fail(node, error, "%s must be a mapping (key: value), but it is %s", where,
                            kind_text(node));
    for (size_t i = 0; i < node->count; i++) {
        const char *key = node->key[i]->text;
        bool known = false;
        for (size_t k = 0; k < count && !known; k++)
            known = !strcmp(key, allowed[k]);
        if (known)
            continue;
        char near[160], list[640];
        join_names(list, sizeof list, allowed, count);
        return pl_node_fail(node->key[i], error, "unknown key '%s' in %s%s; allowed: %s", key, where,
                            pl_suggest_text(near, sizeof near, key, allowed, count), list);
    }
    return PL_OK;
}

pl_status pl_node_text(const pl_node *node, const char *what, const char **text, pl_error *error) {
    if (node->kind != PL_NODE_TEXT || !*node->text)
        return pl_node_fail(node, error, "%s must be a text, but it is %s", what, kind_text(node));
    *text = node->text;
    return PL_OK;
}

pl_status pl_node_number(const pl_node *node, const char *what, double *value, pl_error *error) {
    const char *text = NULL;
    pl_status status = pl_node_text(node, what, &text, error);
    if (status)
        return status;
    if (!pl_read_number(text, value))
        return pl_node_fail(node, error, "%s: '%s' is not a finite number", what, text);
    return PL_OK;
}

pl_status pl_text_rate(const char *text, const char *what, double *value, pl_error *error) {
    bool percent = false;
    double rate = 0;
    if (!pl_read_rate(text, &rate, &percent))
        return pl_fail(error, PL_INVALID, "%s: '%s' is not a rate; write 25%% or 0.25", what, text);
    if (!percent && rate > 5)
        return pl_fail(error, PL_INVALID, "%s: %s would be %g %%; did you mean %s%%?", what, text, 100 * rate,
                       text);
    if (!(rate >= -1))
        return pl_fail(error, PL_INVALID, "%s: %s is below -100%%", what, text);
    *value = rate;
    return PL_OK;
}

pl_status pl_node_rate(const pl_node *node, const char *what, double *value, pl_error *error) {
    const char *text = NULL;
    pl_status status = pl_node_text(node, what, &text, error);
    if (status)
        return status;
    pl_error inner = {PL_OK, ""};
    if (pl_text_rate(text, what, value, &inner))
        return pl_node_fail(node, error, "%s", inner.text);
    return PL_OK;
}

pl_status pl_node_bool(const pl_node *node, const char *what, bool *value, pl_error *error) {
    static const char *const words[] = {"false", "no", "off", "true", "yes", "on"};
    if (node->kind == PL_NODE_TEXT) {
        for (size_t i = 0; i < 6; i++) {
            if (pl_same_word(node->text, words[i])) {
                *value = i >= 3;
                return PL_OK;
            }
        }
    }
    return pl_node_fail(node, error, "%s: '%s' is neither true nor false", what,
                        node->kind == PL_NODE_TEXT ? node->text : kind_text(node));
}

pl_status pl_node_choice(const pl_node *node, const char *what, const char *const *names, size_t count,
                         size_t *index, pl_error *error) {
    const char *text = NULL;
    pl_status status = pl_node_text(node, what, &text, error);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(text, names[i])) {
            *index = i;
            return PL_OK;
        }
    }
    char near[160], list[640];
    join_names(list, sizeof list, names, count);
    return pl_node_fail(node, error, "%s: '%s' is not one of %s%s", what, text, list,
                        pl_suggest_text(near, sizeof near, text, names, count));
}

pl_status pl_node_texts(const pl_node *node, const char *what, pl_strings *list, pl_error *error) {
    if (node->kind == PL_NODE_MAP)
        return pl_node_fail(node, error, "%s must be a text or a list of texts, but it is %s", what,
                            kind_text(node));
    size_t count = node->kind == PL_NODE_LIST ? node->count : 1;
    for (size_t i = 0; i < count; i++) {
        const char *text = NULL;
        pl_status status =
            pl_node_text(node->kind == PL_NODE_LIST ? node->item[i] : node, what, &text, error);
        if (status)
            return status;
        if (!pl_strings_add(list, text))
            return pl_fail_memory(error, strlen(text));
    }
    return PL_OK;
}

pl_status pl_node_numbers(const pl_node *node, const char *what, size_t count, double *values,
                          pl_error *error) {
    if (node->kind != PL_NODE_LIST)
        return pl_node_fail(node, error, "%s must be a list of %zu numbers, but it is %s", what, count,
                            kind_text(node));
    if (node->count != count)
        return pl_node_fail(node, error, "%s must have %zu numbers, but it has %zu", what, count,
                            node->count);
    for (size_t i = 0; i < count; i++) {
        pl_status status = pl_node_number(node->item[i], what, &values[i], error);
        if (status)
            return status;
    }
    return PL_OK;
}
