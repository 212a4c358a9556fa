/* The policy layer: MEASURES. A scenario read from YAML or from one line becomes a pl_policy: plain wedges.
 */
#ifndef PL_POLICY_H
#define PL_POLICY_H

#include "core/yaml.h"
#include "data/data.h"
#include "solve/solve.h"

/* ---- names with their place ---- */

/* A name as written, with the line it stands on for messages; line 0 when it came from one line of text. */
typedef struct {
    char *text;
    size_t line;
} pl_name;

typedef struct {
    size_t count, room;
    pl_name *item;
} pl_name_list;

bool pl_name_list_add(pl_name_list *list, const char *text, size_t line);
void pl_name_list_clear(pl_name_list *list);

/* ---- measures ---- */

/* X(enumerator, word in YAML): kinds of measures. */
#define PL_MEASURE_KINDS(X)                                                                                  \
    X(TARIFF, "tariff")                                                                                      \
    X(EXPORT_TAX, "export-tax")                                                                              \
    X(ICEBERG, "iceberg")                                                                                    \
    X(TARIFF_TABLE, "tariff-table")

typedef enum {
#define PL_MEASURE_KIND_ENUM(name, word) PL_MEASURE_##name,
    PL_MEASURE_KINDS(PL_MEASURE_KIND_ENUM)
#undef PL_MEASURE_KIND_ENUM
        PL_MEASURE_KIND_COUNT
} pl_measure_kind;

/* What a rate does to the one that stands: replaces it, comes on top of it, or is a factor on it. */
typedef enum { PL_SET, PL_ADD, PL_MULTIPLY, PL_BASIS_COUNT } pl_basis;

typedef struct {
    size_t line;        /* 0 when written on the command line */
    char *id;           /* NULL when it has none */
    size_t kind, basis; /* pl_measure_kind, pl_basis */
    double rate, share;
    pl_name_list by, on, except, sectors, except_sectors, replaces;
    char *file;          /* of a tariff table */
    char *when, *unless; /* options */
    char *source, *note;
    char *label; /* how messages call it: "measure 'us-145'", "the measure on line 12" */
    char *text;  /* as a person would say it */
} pl_measure;

/* ---- scenarios ---- */

/* A country group of a scenario: members, or all, and who is left out. */
typedef struct {
    char *name;
    size_t line;
    bool all;
    pl_name_list members, except;
} pl_group;

typedef struct {
    char *name, *title, *source;
    bool on;
} pl_option;

/* One file's names: what its measures may refer to. A scenario made of several files has several. */
typedef struct {
    char *file;   /* for messages and relative paths */
    pl_yaml *doc; /* owned, or NULL when the nodes are borrowed */
    size_t groups, options, measures;
    pl_group *group;
    pl_option *option;
    pl_measure **measure;
    size_t group_room, option_room, measure_room;
} pl_scope;

typedef struct {
    char *name, *title;
    const pl_scope *scope;
    size_t measures, room;
    const pl_measure **measure; /* in the order they apply; owned by the scope */
} pl_variant;

/* Values of one sector (or goods, services, all) that replace a setting or the elasticity set. */
enum { PL_SECTOR_THETA, PL_SECTOR_SIGMA_VALUE_ADDED, PL_SECTOR_SIGMA_INPUTS, PL_SECTOR_VALUES };
typedef struct {
    pl_name sector;
    double value[PL_SECTOR_VALUES]; /* NaN: not given */
} pl_sector_override;

struct pl_scenario {
    char *name, *title, *source;
    char *world;               /* "" when none is named, "inline" with world_node */
    const pl_node *world_node; /* borrowed from a scope's document */
    bool world_beside;         /* a path is relative to the scenario's file */
    pl_settings settings;
    size_t overrides, override_room;
    pl_sector_override *override;
    size_t scopes, scope_room;
    pl_scope **scope;
    size_t variants, variant_room;
    pl_variant *variant;
};

/* A scenario from a mapping inside another document, such as a case: the nodes are borrowed and must live
 * longer. `name` is used when the mapping has none. */
pl_status pl_scenario_from_node(const pl_node *root, const char *name, pl_scenario **scenario,
                                pl_error *error);

/* ---- inside the layer ---- */

/* Makes room for one more item of `size` bytes in a growing array (`array` is the address of its pointer);
 * false when out of memory. */
bool pl_grow(void *array, size_t *room, size_t count, size_t size);

pl_scenario *pl_scenario_blank(void);
pl_scope *pl_scenario_add_scope(pl_scenario *scenario, const char *file);
pl_variant *pl_scenario_add_variant(pl_scenario *scenario, const pl_scope *scope, const char *name);
bool pl_variant_add(pl_variant *variant, const pl_measure *measure);
/* Whether the options say that the measure is in force. */
bool pl_measure_active(const pl_scope *scope, const pl_measure *measure);
const pl_option *pl_scope_option(const pl_scope *scope, const char *name);
/* `path` as it is when absolute, else beside the scope's file. NULL when out of memory. */
char *pl_scope_path(const pl_scope *scope, const char *path);

/* An empty measure owned by the scope, with its defaults: set, share 1, all goods. NULL when out of memory.
 */
pl_measure *pl_scope_add_measure(pl_scope *scope);
/* Reads one measure from its mapping. */
pl_status pl_measure_read(pl_scope *scope, const pl_node *node, const pl_measure **measure, pl_error *error);
/* A rate as the basis has it: a rate for set and add, a factor (0.5 or 50%) for multiply. */
pl_status pl_basis_rate(const char *text, const char *what, pl_basis basis, double *rate, pl_error *error);
/* A name or a list of names, with their lines; an empty list is an error. */
pl_status pl_names_read(const pl_node *node, const char *what, pl_name_list *list, pl_error *error);
/* Checks what does not depend on the world, fills in the lists left out, and writes the text; needs the
 * label. */
pl_status pl_measure_finish(const pl_scope *scope, pl_measure *measure, pl_error *error);
void pl_measure_free(pl_measure *measure);
/* PL_INVALID with the place of the measure in front. */
pl_status pl_measure_fail(const pl_scope *scope, size_t line, pl_error *error, const char *format, ...)
    PL_PRINTF(4, 5);

/* Marks the countries [N] (sectors [J]) a list of codes, names and groups stands for. `what` is for messages.
 * `lenient` passes over the code of a country that the world does not tell apart, as groups always do. */
pl_status pl_resolve_countries(const pl_scope *scope, const pl_world *world, const pl_name_list *list,
                               const char *what, bool lenient, bool *marked, pl_error *error);
pl_status pl_resolve_sectors(const pl_scope *scope, const pl_world *world, const pl_name_list *list,
                             const char *what, bool *marked, pl_error *error);

/* The rates of a tariff table: [J][N][N], NaN where the table has no row. */
pl_status pl_tariff_table_read(const char *path, pl_basis basis, const pl_world *world, double **rate,
                               pl_error *error);

/* Writes the measures of a variant that are in force into a policy. */
pl_status pl_variant_apply(const pl_variant *variant, const pl_world *world, pl_policy *policy,
                           pl_error *error);

#endif
