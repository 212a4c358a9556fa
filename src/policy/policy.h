/* The policy layer: MEASURES. A scenario read from YAML or from one line becomes a pl_policy: plain wedges.
 */
#ifndef PL_POLICY_H
#define PL_POLICY_H

#include "core/yaml.h"
#include "data/data.h"
#include "solve/solve.h"

#include <limits.h>

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
    X(TARIFF_TABLE, "tariff-table")                                                                          \
    X(QUOTA, "quota")                                                                                        \
    X(BAN, "ban")                                                                                            \
    X(IMPORT_QUOTA, "import-quota")                                                                          \
    X(MINIMUM_PRICE, "minimum-price")                                                                        \
    X(RATE_QUOTA, "tariff-rate-quota")                                                                       \
    X(LICENCE, "licence")

typedef enum {
#define PL_MEASURE_KIND_ENUM(name, word) PL_MEASURE_##name,
    PL_MEASURE_KINDS(PL_MEASURE_KIND_ENUM)
#undef PL_MEASURE_KIND_ENUM
        PL_MEASURE_KIND_COUNT
} pl_measure_kind;

/* What a rate does to the one that stands: replaces it, comes on top of it, or is a factor on it. */
typedef enum { PL_SET, PL_ADD, PL_MULTIPLY, PL_BASIS_COUNT } pl_rate_basis;

/* How a measure goes together with others on the same flow. */
typedef enum { PL_STACKS_UNSAID, PL_ADDS, PL_REPLACES, PL_CAPPED, PL_EXEMPT } pl_stacks;

/* Days by one source; PL_NO_DAY where it gives none. */
#define PL_NO_DAY LONG_MIN
typedef struct {
    char *source; /* "" for the measure's own keys */
    long announced, legal, effective, until;
} pl_dates;

/* Where a world lacks a product: the sector it is part of, and its share of that sector's flows. */
typedef struct {
    char *product;
    pl_name within;
    double share;
} pl_fallback;

typedef struct {
    size_t count, room;
    pl_fallback *item;
} pl_fallback_list;

/* Who gets a control's rent. */
enum { PL_TO_SELLER, PL_TO_BUYER, PL_TO_THIRD, PL_WASTED, PL_HOLDERS };

/* What only quantity controls have. */
typedef struct {
    double level, beyond; /* of base quantity or price; duty beyond a tariff-rate quota */
    bool each_seller, each_buyer, each_sector; /* one cap for each of them, or one together */
    double rent[PL_HOLDERS];
    pl_name third, waste;           /* countries */
    double approval, lag, validity; /* of licences; months */
    pl_name_list green;             /* countries on the other side that the green channel serves */
    double green_share;
    long green_from; /* PL_NO_DAY: from the start */
} pl_control;

typedef struct {
    size_t line;        /* 0 when written on the command line */
    bool on_top;        /* applied after every other, as what is written on the command line is */
    char *id;           /* NULL when it has none */
    size_t kind, basis; /* pl_measure_kind, pl_rate_basis */
    double rate, share;
    pl_name_list by, on, except, sectors, except_sectors, replaces;
    pl_fallback_list fallback;
    size_t stacks;         /* pl_stacks */
    pl_name_list stack_on; /* ids of what it replaces, is exempt from, or is capped together with */
    double cap;            /* PL_CAPPED */
    bool basis_said;
    size_t date_sets, date_room, dates; /* `dates` is the set in use */
    pl_dates *date_set;
    double extended; /* chance that it goes on past its end; NaN when it just ends */
    pl_control control;
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
    pl_fallback_list products;
    size_t facts, fact_room, observations, observation_room;
    struct pl_fact_entry *fact;
    struct pl_observation_entry *observation;
} pl_scope;

typedef struct {
    char *name, *title;
    const pl_scope *scope;
    size_t measures, room;
    const pl_measure **measure; /* in the order they apply; owned by the scope */
    long day;                   /* the day whose policy it is; PL_NO_DAY when none is named */
} pl_variant;

/* Values of one sector (or goods, services, all) that replace a setting or the elasticity set. */
enum { PL_SECTOR_THETA, PL_SECTOR_SIGMA_VALUE_ADDED, PL_SECTOR_SIGMA_INPUTS, PL_SECTOR_VALUES };
typedef struct {
    pl_name sector;
    double value[PL_SECTOR_VALUES]; /* NaN: not given */
} pl_sector_override;

/* A date that pl_scenario_move changed; `key` counts announced, legal, effective, until. */
typedef struct {
    const char *measure; /* of the measure itself */
    size_t key;
    long from, to; /* PL_NO_DAY: none */
} pl_scenario_moved;

struct pl_scenario {
    char *name, *title, *source;
    char *world;               /* "" when none is named, "inline" with world_node */
    const pl_node *world_node; /* borrowed from a scope's document */
    bool world_beside;         /* a path is relative to the scenario's file */
    pl_settings settings;
    size_t overrides, override_room;
    pl_sector_override *override;
    size_t scopes, scope_room;
    size_t borrowed; /* of the scopes, the first ones: they belong to the scenario this is a branch of */
    pl_scope **scope;
    size_t variants, variant_room;
    pl_variant *variant;
    size_t moves, move_room;
    pl_scenario_moved *move;
};

/* A scenario from a mapping inside another document, such as a case: the nodes are borrowed and must live
 * longer. `name` is used when the mapping has none. */
pl_status pl_scenario_from_node(const pl_node *root, const char *name, pl_scenario **scenario,
                                pl_error *error);

/* ---- the calendar (src/policy/calendar.c) ---- */

/* The moment a policy is asked for. */
typedef struct {
    bool dated; /* false: every measure is in force, as in a scenario without dates */
    long day;   /* whose policy it is */
    long known; /* what is announced after it is left out */
    double
        chance; /* a measure whose end is ahead of `known` goes on past it when its `extended` is above this */
    bool licences; /* licence regimes count as the quotas of their steady state */
} pl_moment;

bool pl_measure_dated(const pl_measure *measure);
/* The day it takes effect: the effective one, else the legal one; PL_NO_DAY for none. */
long pl_measure_start(const pl_measure *measure);
long pl_measure_end(const pl_measure *measure);
long pl_measure_announced(const pl_measure *measure);
/* Whether options and dates say that the measure is in force. */
bool pl_measure_in_force(const pl_scope *scope, const pl_measure *measure, const pl_moment *moment);
/* The moment of a variant: its day, or the last day on which one of its measures takes effect. */
pl_moment pl_variant_moment(const pl_variant *variant);
/* Reads the date keys of a measure, and how it stacks. */
pl_status pl_measure_read_dates(const pl_node *node, pl_measure *measure, pl_error *error);
pl_status pl_measure_read_stacks(const pl_node *node, pl_measure *measure, pl_error *error);
/* A date of a file, as a day. */
pl_status pl_node_day(const pl_node *node, const char *what, long *day, pl_error *error);
/* Fills `day` with the days on which something starts or ends, in order, each once; room for 3 for each measure. */
size_t pl_variant_turns(const pl_variant *variant, long *day);

/* ---- what a measure covers (src/policy/coverage.c) ---- */

typedef struct {
    bool *by, *on; /* [N] */
    double *part;  /* [J] share of the sector's flows it covers; 0 for none */
    bool *other;   /* [N] and [J], scratch */
    bool *less;
    const bool *buyer, *seller; /* by and on, by who they are */
} pl_coverage;

bool pl_coverage_init(pl_coverage *coverage, const pl_world *world);
void pl_coverage_clear(pl_coverage *coverage);
pl_status pl_coverage_find(pl_coverage *coverage, const pl_scope *scope, const pl_world *world,
                           const pl_measure *measure, pl_error *error);
/* Whether it covers a flow between two countries. */
bool pl_coverage_has(const pl_coverage *coverage, size_t j, size_t n, size_t i);

/* ---- quantity controls (src/policy/controls.c) ---- */

bool pl_kind_is_control(size_t kind);
/* Sellers take the measure (a quota, a ban, a minimum price, a licence, an export tax), not buyers. */
bool pl_kind_is_export(size_t kind);
/* Reads the keys that only controls have. */
pl_status pl_control_read(const pl_node *node, pl_measure *measure, pl_error *error);
pl_status pl_control_finish(const pl_scope *scope, pl_measure *measure, pl_error *error);
/* A control as a person would say it; NULL when out of memory. */
char *pl_control_text(const pl_measure *measure, const char *by, const char *scope);
void pl_control_clear(pl_control *control);
/* Adds the caps of a variant's controls in force to a policy whose duties are written. */
pl_status pl_variant_add_caps(const pl_variant *variant, const pl_world *world, const pl_moment *moment,
                              pl_policy *policy, pl_error *error);

/* What outputs say of a control: name, unit, words and value of each part, in order; false past the end. */
bool pl_control_part(size_t index, const pl_cap_result *result, const char **name, const char **unit,
                     const char **text, double *value);

/* ---- facts and observations (src/policy/carried.c) ---- */

pl_status pl_facts_read(pl_scope *scope, const pl_node *node, pl_error *error);
pl_status pl_observations_read(pl_scope *scope, const pl_node *node, pl_error *error);
/* Every id a fact names must be there. */
pl_status pl_facts_check(const pl_scope *scope, pl_error *error);
void pl_carried_free(pl_scope *scope);

/* ---- inside the layer ---- */

/* The measure of a variant with an id, or NULL. */
const pl_measure *pl_variant_find(const pl_variant *variant, const char *id);
/* Every id of `list` must be a measure of the variant; `key` is for the message. */
pl_status pl_variant_check_ids(const pl_variant *variant, const pl_measure *measure, const pl_name_list *list,
                               const char *key, pl_error *error);
pl_status pl_fallbacks_read(const pl_node *node, const char *what, pl_fallback_list *list, bool short_form,
                            pl_error *error);
void pl_fallbacks_clear(pl_fallback_list *list);

pl_scenario *pl_scenario_blank(void);
pl_scope *pl_scenario_add_scope(pl_scenario *scenario, const char *file);
pl_variant *pl_scenario_add_variant(pl_scenario *scenario, const pl_scope *scope, const char *name);
bool pl_variant_add(pl_variant *variant, const pl_measure *measure);
void pl_variant_clear(pl_variant *variant);
/* The measures of a variant that outputs list, in order; `shown` has room for all. Asking for them one by one
 * costs the square of it. */
size_t pl_variant_shown(const pl_variant *variant, const pl_measure **shown);
/* Whether its note says that something about it is assumed. */
bool pl_measure_assumed(const pl_measure *measure);
/* Whether the options say that the measure counts. */
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
pl_status pl_basis_rate(const char *text, const char *what, pl_rate_basis basis, double *rate,
                        pl_error *error);
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
pl_status pl_tariff_table_read(const char *path, pl_rate_basis basis, const pl_world *world, double **rate,
                               pl_error *error);

/* Writes the measures of a variant that are in force at a moment into a policy: what is written on the command
 * line after all others, and the controls last. */
pl_status pl_variant_apply(const pl_variant *variant, const pl_world *world, const pl_moment *moment,
                           pl_policy *policy, pl_error *error);
/* A part of that: the measures on top, or the others, without controls. */
pl_status pl_variant_apply_wedges(const pl_variant *variant, const pl_world *world, const pl_moment *moment,
                                  bool on_top, pl_policy *policy, pl_error *error);

/* ---- branches (src/policy/branch.c) ---- */

/* A scenario that shares what the files of another say and to which measures of one line can be added. The trunk
 * must live longer, and not be written to meanwhile; many branches of it may be in use at once. */
pl_status pl_scenario_branch(const pl_scenario *trunk, pl_scenario **branch, pl_error *error);
/* The policy of a variant of a branch from the trunk's: the same bits as pl_scenario_policy, at a fraction of its
 * price. */
pl_status pl_branch_policy(const pl_scenario *branch, const pl_world *world, size_t variant,
                           const pl_policy *trunk, pl_policy **policy, pl_error *error);

/* ---- questions (src/policy/question.c) ---- */

/* The scenario without the measures of one line, and those measures added to it. */
pl_status pl_question_trunk(const pl_question *question, pl_scenario **scenario, pl_error *error);
pl_status pl_question_add(const pl_question *question, pl_scenario *scenario, pl_error *error);
/* The files the trunk is read from; and a text that is the same for questions with the same trunk. */
const pl_strings *pl_question_files(const pl_question *question);
const char *pl_question_key(const pl_question *question);

#endif
