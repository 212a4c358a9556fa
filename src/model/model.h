/* The model layer: CALIBRATE. pl_world + elasticities -> pl_model, read-only afterwards. */
#ifndef PL_MODEL_H
#define PL_MODEL_H

#include "data/data.h"

/*
 * Arrays by sector and country are [J][S]: the country index is contiguous and padded with zeros to the
 * stride S, a multiple of eight, so that kernels run over whole vectors. gamma is [user][input][S].
 */
struct pl_model {
    const pl_world *world; /* borrowed, or `own` */
    pl_world *own;         /* the balanced world when the closure is PL_BALANCED */
    pl_settings settings;
    pl_setting_text elasticities; /* name of the set in use */
    pl_arena arena;
    size_t N, J, S;
    double *theta, *sigma_v, *sigma_m; /* [J] */
    double *gamma;                     /* [J][J][S] */
    double *beta, *profit;             /* [J][S]: value-added share, profit share of value added */
    double *output, *spending;         /* [J][S] million USD */
    double *final, *alpha;             /* [J][S] final demand and its share */
    double *labour;                    /* [J][S] share of the country's labour */
    double *value_added, *payroll;     /* [S] million USD: V, and the part of it paid to labour */
    double *deficit, *income;          /* [S] million USD: D and I */
    double *exports;                   /* [J][S] million USD at customs value, own purchases left out */
    double *imports_before, *exports_before, *duties_before; /* [S] */
};

/* Calibrates without regard to the balanced closure: pl_model_new in the solve layer adds that. */
pl_status pl_model_calibrate(const pl_world *world, const pl_settings *settings,
                             const pl_sector_values *sectors, pl_model **model, pl_error *error);

/* The published elasticity of set `name` for a sector code of ISIC rev. 4 ("C26", "C10T12", "C31-C32",
 * "B05_06"); false when the set or the code is unknown. */
bool pl_elasticity_lookup(const char *name, const char *sector_code, double *theta);
/* Its published standard error, 0 where there is none. */
double pl_elasticity_error(const char *name, const char *sector_code);
/* The names of the published sets; *count of them. */
const char *const *pl_elasticity_names(size_t *count);

#endif
