/* The data layer: WORLD IN. Load, check, import, aggregate, balance -> pl_world. */
#ifndef PL_DATA_H
#define PL_DATA_H

#include "core/core.h"

typedef struct {
    char *name;    /* "FGO", "world" */
    double *theta; /* [J] */
} pl_elasticity_set;

struct pl_world {
    size_t countries, sectors; /* N, J */
    char **country_code, **country_name;
    char **sector_code, **sector_name;
    bool *goods;               /* [J] */
    double *flow;              /* [J][N][N] million USD, customs value */
    double *tariff;            /* [J][N][N] */
    double *export_tax;        /* [J][N][N], NULL when all zero */
    double *input_share;       /* [N][J][J] [country][user][input] */
    double *value_added_share; /* [N][J] */
    double *profit_share;      /* [N][J], NULL when all zero */
    size_t sets;
    pl_elasticity_set *set;
    pl_strings note_keys, notes; /* provenance, in order */
};

/* ---- labels ---- */

/* Labels in order of first appearance, found by hash. Starts as all zero. */
typedef struct {
    pl_strings labels;
    size_t *slot; /* index + 1, 0 is free */
    size_t room;  /* a power of two */
} pl_lookup;
/* The index of a label; SIZE_MAX when it is not there. */
size_t pl_lookup_find(const pl_lookup *lookup, const char *text);
/* The index of a label, added when new; SIZE_MAX when out of memory. */
size_t pl_lookup_add(pl_lookup *lookup, const char *text);
void pl_lookup_clear(pl_lookup *lookup);

/* ---- worlds ---- */

/* An empty world of a size, labels unset, arrays zero; export_tax and profit_share NULL. NULL when out of
 * memory. */
pl_world *pl_world_blank(size_t countries, size_t sectors);
bool pl_world_add_set(pl_world *world, const char *name, const double *theta);
/* Whether a world of this size is within the limits of the library; the second refuses one that is not. */
bool pl_world_fits(size_t countries, size_t sectors);
pl_status pl_world_refuse_size(const char *origin, size_t countries, size_t sectors, pl_error *error);
/* Sets code and name of a country or sector; a missing name is the code. False when out of memory. */
bool pl_world_label(pl_world *world, pl_axis axis, size_t index, const char *code, const char *name);
/* Which sectors are goods, from their codes: ISIC divisions 01-33 (sections A, B, C) are, other divisions and
 * "services" are not, C1-C16 of the 35 sectors of WIOD 2013 are; a code of another kind counts as goods. */
void pl_world_default_goods(pl_world *world);
/* Value-added shares as one minus the input shares. */
void pl_world_close_value_added(pl_world *world);
/* Drops export taxes and profit shares that are zero throughout. */
void pl_world_tidy(pl_world *world);
bool pl_world_copy_notes(pl_world *to, const pl_world *from);

/* Derived totals of section 0, each caller-owned: output [N][J], spending [N][J], final demand [N][J]. */
void pl_world_output(const pl_world *world, double *output);
void pl_world_spending(const pl_world *world, double *spending);
void pl_world_final_demand(const pl_world *world, const double *output, const double *spending,
                           double *final);

/* Refuses labels that are empty or repeated, numbers that are not finite, negative flows or shares, rates of
 * -100 % or less and elasticities that are not positive: what no import or balance can mend. */
pl_status pl_world_form(const pl_world *world, const char *origin, pl_error *error);
/* Refuses a world that breaks an identity, naming the worst country and sector. `origin` is the file or "".
 */
pl_status pl_world_refuse(const pl_world *world, const char *origin, pl_error *error);

#endif
