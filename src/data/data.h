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

/* An empty world of a size, labels unset, arrays zero; export_tax and profit_share NULL. NULL when out of memory. */
pl_world *pl_world_blank(size_t countries, size_t sectors);
bool pl_world_add_set(pl_world *world, const char *name, const double *theta);

/* Derived totals of section 0, each caller-owned: output [N][J], spending [N][J], final demand [N][J]. */
void pl_world_output(const pl_world *world, double *output);
void pl_world_spending(const pl_world *world, double *spending);
void pl_world_final_demand(const pl_world *world, const double *output, const double *spending, double *final);

/* Refuses a world that breaks an identity, naming the worst country and sector. `origin` is the file or "". */
pl_status pl_world_refuse(const pl_world *world, const char *origin, pl_error *error);

#endif
