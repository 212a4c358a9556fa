/*
 * YAML read into a plain tree. Text in, checked nodes out; every message names file and line.
 *
 *   pl_yaml_load -> doc->root, pl_node_check_keys, pl_node_get, pl_node_number ... -> pl_yaml_free
 *
 * Foreign bytes are bounded here once: file size, nesting, number of nodes, and what aliases expand to. NUL
 * bytes, duplicate keys, keys that are not text and second documents are errors. An alias is the same node
 * met again, so a tree is never larger in memory than its file; nodes are read-only and live as long as the
 * document.
 */
#ifndef PL_YAML_H
#define PL_YAML_H

#include "core/core.h"

typedef enum { PL_NODE_TEXT, PL_NODE_LIST, PL_NODE_MAP } pl_node_kind;

typedef struct pl_node pl_node;
struct pl_node {
    pl_node_kind kind;
    bool quoted;      /* text only: written in quotes or as a block */
    size_t line;      /* from 1 */
    const char *file; /* the name given to pl_yaml_parse */
    const char *text; /* text only: never NULL, "" for an empty value */
    size_t count;     /* list and map: items */
    pl_node **item;   /* list: the items; map: the values, in file order */
    pl_node **key;    /* map: the keys, all of kind PL_NODE_TEXT and different */
    size_t size;      /* nodes below and including this one, aliases counted each time */
    size_t depth;     /* levels below and including this one */
};

typedef struct {
    char *name;
    const pl_node *root;
    pl_node **node; /* every node made, for freeing */
    size_t count, room;
} pl_yaml;

/* Reads a file (at most 16 MB). PL_IO when it cannot be read, PL_INVALID for what is not YAML or breaks a
 * bound. */
pl_status pl_yaml_load(const char *path, pl_yaml **doc, pl_error *error);
/* The same from `length` bytes of memory; `name` stands for the file in messages. */
pl_status pl_yaml_parse(const char *text, size_t length, const char *name, pl_yaml **doc, pl_error *error);
void pl_yaml_free(pl_yaml *doc);

/* PL_INVALID with "file:line: " of the node in front of the message. */
pl_status pl_node_fail(const pl_node *node, pl_error *error, const char *format, ...) PL_PRINTF(3, 4);

/* The value under a key of a map; NULL when the node is NULL, not a map, or has no such key. */
const pl_node *pl_node_get(const pl_node *map, const char *key);
/* The same, but a missing key is an error: "`where`: key 'k' is missing". */
pl_status pl_node_need(const pl_node *map, const char *key, const char *where, const pl_node **value,
                       pl_error *error);
/* Whether two trees say the same, in the same order. */
bool pl_node_same(const pl_node *a, const pl_node *b);
/* The node must be a map and hold no key but the allowed ones: else the line of the key, a suggestion and the
 * list. `where` says what is being read, as in "a measure". */
pl_status pl_node_check_keys(const pl_node *node, const char *const *allowed, size_t count, const char *where,
                             pl_error *error);

/* Typed readers; `what` names the value in the message ("rate of measure us-145"). All fail with PL_INVALID.
 */
/* A text that is not empty; borrowed from the document. */
pl_status pl_node_text(const pl_node *node, const char *what, const char **text, pl_error *error);
/* A finite number. */
pl_status pl_node_number(const pl_node *node, const char *what, double *value, pl_error *error);
/* A rate: "145%" or a fraction up to 5; a bare number beyond 5 is taken for a forgotten % and refused, and so
 * is less than -100 %. */
pl_status pl_node_rate(const pl_node *node, const char *what, double *value, pl_error *error);
/* The same of a text from elsewhere, such as a command line: no place in front of the message. */
pl_status pl_text_rate(const char *text, const char *what, double *value, pl_error *error);
/* true, false, yes, no, on or off. */
pl_status pl_node_bool(const pl_node *node, const char *what, bool *value, pl_error *error);
/* One of `names`, as its index. */
pl_status pl_node_choice(const pl_node *node, const char *what, const char *const *names, size_t count,
                         size_t *index, pl_error *error);
/* A text or a list of texts, appended to `list`. */
pl_status pl_node_texts(const pl_node *node, const char *what, pl_strings *list, pl_error *error);
/* A list of exactly `count` finite numbers, such as one row of a matrix. */
pl_status pl_node_numbers(const pl_node *node, const char *what, size_t count, double *values,
                          pl_error *error);

#endif
