/* A run as one NetCDF-4 file in the CF style (docs/results.md). */
#include "report/netcdf_parts.h"

#include <math.h>

enum { VARIANT, COUNTRY, SELLER, SECTOR, AXES };

typedef struct {
    pl_netcdf *n;
    const pl_output *output;
    int axis[AXES];
    size_t size[AXES];
} writer;

static int define(writer *w, const char *name, nc_type type, const int *axes, int count, const char *unit,
                  const char *text) {
    int dims[AXES];
    for (int k = 0; k < count; k++)
        dims[k] = w->axis[axes[k]];
    return pl_netcdf_define(w->n, name, type, dims, (size_t)count, unit, text);
}

static const int ON_VARIANT[] = {VARIANT}, ON_COUNTRY[] = {COUNTRY}, ON_SELLER[] = {SELLER},
                 ON_SECTOR[] = {SECTOR}, BY_COUNTRY[] = {VARIANT, COUNTRY},
                 BY_SECTOR[] = {VARIANT, SECTOR, COUNTRY}, BEFORE[] = {SECTOR, COUNTRY, SELLER},
                 TRADE[] = {VARIANT, SECTOR, COUNTRY, SELLER};

/* ---- definitions ---- */

typedef struct {
    int variant, variant_title, measures, country, country_name, seller, sector, sector_name, theta;
    int converged, iterations, method, trade, trade_before;
    int value[PL_RESULT_COUNT], certificate[16];
} ids;

static void define_all(writer *w, ids *id) {
    id->variant = define(w, "variant", NC_STRING, ON_VARIANT, 1, NULL, "variant of the scenario");
    id->variant_title = define(w, "variant_title", NC_STRING, ON_VARIANT, 1, NULL, "title of the variant");
    id->measures =
        define(w, "measures", NC_STRING, ON_VARIANT, 1, NULL, "measures of the variant, one a line");
    id->country = define(w, "country", NC_STRING, ON_COUNTRY, 1, NULL, "country code; the buyer of trade");
    id->country_name = define(w, "country_name", NC_STRING, ON_COUNTRY, 1, NULL, "country");
    id->seller = define(w, "seller", NC_STRING, ON_SELLER, 1, NULL, "country code of the seller");
    id->sector = define(w, "sector", NC_STRING, ON_SECTOR, 1, NULL, "sector code");
    id->sector_name = define(w, "sector_name", NC_STRING, ON_SECTOR, 1, NULL, "sector");
    id->theta = define(w, "theta", NC_DOUBLE, ON_SECTOR, 1, "1", "trade elasticity");
    id->converged =
        define(w, "converged", NC_BYTE, ON_VARIANT, 1, "1", "1 when the solve converged, 0 when not");
    id->iterations = define(w, "iterations", NC_INT, ON_VARIANT, 1, "1", "iterations of the solve");
    id->method = define(w, "method", NC_STRING, ON_VARIANT, 1, NULL, "method that ended the solve");
    for (int k = 0; k < PL_RESULT_COUNT; k++) {
        bool by_sector = pl_variable_by_sector((pl_variable)k);
        id->value[k] =
            define(w, pl_variable_name((pl_variable)k), NC_DOUBLE, by_sector ? BY_SECTOR : BY_COUNTRY,
                   by_sector ? 3 : 2, pl_variable_unit((pl_variable)k), pl_variable_text((pl_variable)k));
    }
    const char *name, *text;
    double value;
    for (size_t k = 0; pl_certificate_part(w->output->run->certificate, k, &name, &text, &value); k++) {
        char variable[48];
        snprintf(variable, sizeof variable, "certificate_%s", name);
        id->certificate[k] = define(w, variable, NC_DOUBLE, ON_VARIANT, 1, "1", text);
    }
    id->trade_before = define(w, "trade_before", NC_DOUBLE, BEFORE, 3, "million USD",
                              "trade at customs value before the change");
    id->trade =
        define(w, "trade", NC_DOUBLE, TRADE, 4, "million USD", "trade at customs value after the change");
}

static void put_attributes(writer *w) {
    const pl_run *run = w->output->run;
    const pl_settings *set = pl_model_settings(run->model);
    const char *title = pl_scenario_title(run->scenario), *name = pl_scenario_name(run->scenario);
    pl_netcdf_text(w->n, NC_GLOBAL, "Conventions", "CF-1.10");
    pl_netcdf_text(w->n, NC_GLOBAL, "title", title && title[0] ? title : name);
    pl_netcdf_text(w->n, NC_GLOBAL, "source",
                   "general equilibrium in changes, computed by parley " PL_VERSION);
    pl_netcdf_text(w->n, NC_GLOBAL, "history", w->output->command);
    pl_netcdf_text(w->n, NC_GLOBAL, "parley_version", pl_version());
    pl_netcdf_text(w->n, NC_GLOBAL, "world", pl_run_world_name(run));
    pl_netcdf_text(w->n, NC_GLOBAL, "closure", pl_closure_text(set->closure));
    pl_netcdf_text(w->n, NC_GLOBAL, "elasticities", pl_model_elasticities(run->model));
    pl_netcdf_settings(w->n, set, NULL);
    pl_netcdf_world(w->n, run->world);
}

/* ---- values ---- */

/* The measures of a variant, one a line; the caller frees it. */
static char *measure_lines(const pl_scenario *s, size_t variant) {
    char *lines = pl_strdup("");
    for (size_t m = 0; lines && m < pl_scenario_measures(s, variant); m++) {
        char *longer = pl_format("%s%s%s", lines, m ? "\n" : "", pl_scenario_measure_text(s, variant, m));
        free(lines);
        lines = longer;
    }
    return lines;
}

static void put_variant(writer *w, const ids *id, size_t v) {
    const pl_run *run = w->output->run;
    const pl_result *r = run->result[v];
    const char *name = pl_scenario_variant_name(run->scenario, v),
               *method = pl_method_text(pl_result_method(r));
    const char *title = pl_scenario_variant_title(run->scenario, v);
    char *lines = measure_lines(run->scenario, v);
    const char *shown = lines;
    signed char converged = pl_result_converged(r);
    int iterations = (int)pl_result_iterations(r);
    w->n->no_memory = w->n->no_memory || !lines;
    title = title ? title : "";
    if (!w->n->code && lines) {
        pl_netcdf_note(w->n, nc_put_var1_string(w->n->file, id->variant, &v, &name));
        pl_netcdf_note(w->n, nc_put_var1_string(w->n->file, id->variant_title, &v, &title));
        pl_netcdf_note(w->n, nc_put_var1_string(w->n->file, id->measures, &v, &shown));
        pl_netcdf_note(w->n, nc_put_var1_string(w->n->file, id->method, &v, &method));
        pl_netcdf_note(w->n, nc_put_var1_schar(w->n->file, id->converged, &v, &converged));
        pl_netcdf_note(w->n, nc_put_var1_int(w->n->file, id->iterations, &v, &iterations));
    }
    free(lines);
    const char *part, *text;
    double value;
    for (size_t k = 0; pl_certificate_part(&run->certificate[v], k, &part, &text, &value) && !w->n->code;
         k++) {
        value = run->certified ? value : NAN;
        pl_netcdf_note(w->n, nc_put_var1_double(w->n->file, id->certificate[k], &v, &value));
    }
}

static void put_values(writer *w, const ids *id, size_t v) {
    const pl_output *o = w->output;
    const size_t by_country[] = {v, 0}, size_country[] = {1, w->size[COUNTRY]};
    const size_t by_sector[] = {v, 0, 0}, size_sector[] = {1, w->size[SECTOR], w->size[COUNTRY]};
    const size_t by_pair[] = {v, 0, 0, 0},
                 size_pair[] = {1, w->size[SECTOR], w->size[COUNTRY], w->size[SELLER]};
    for (int k = 0; k < PL_RESULT_COUNT && !w->n->code; k++) {
        bool sector = pl_variable_by_sector((pl_variable)k);
        pl_netcdf_note(w->n, nc_put_vara_double(w->n->file, id->value[k], sector ? by_sector : by_country,
                                                sector ? size_sector : size_country,
                                                pl_result_get(o->run->result[v], (pl_variable)k)));
    }
    if (!w->n->code)
        pl_netcdf_note(w->n, nc_put_vara_double(w->n->file, id->trade, by_pair, size_pair, o->trade[v]));
}

static void write_open(writer *w) {
    const pl_world *world = w->output->run->world;
    static const char *const names[AXES] = {"variant", "country", "seller", "sector"};
    ids id = {0};
    for (int k = 0; k < AXES; k++)
        w->axis[k] = pl_netcdf_axis(w->n, names[k], w->size[k]);
    define_all(w, &id);
    put_attributes(w);
    pl_netcdf_end_definitions(w->n);
    pl_netcdf_codes(w->n, id.country, world, PL_COUNTRY);
    pl_netcdf_names(w->n, id.country_name, world, PL_COUNTRY);
    pl_netcdf_codes(w->n, id.seller, world, PL_COUNTRY);
    pl_netcdf_codes(w->n, id.sector, world, PL_SECTOR);
    pl_netcdf_names(w->n, id.sector_name, world, PL_SECTOR);
    if (!w->n->code)
        pl_netcdf_note(w->n, nc_put_var_double(w->n->file, id.theta, pl_model_theta(w->output->run->model)));
    if (!w->n->code)
        pl_netcdf_note(w->n, nc_put_var_double(w->n->file, id.trade_before, w->output->trade_before));
    for (size_t v = 0; v < w->size[VARIANT]; v++) {
        put_variant(w, &id, v);
        put_values(w, &id, v);
    }
    if (!w->n->code)
        pl_netcdf_note(w->n, pl_netcdf_controls(w->n->file, w->output->run));
}

static void fill(pl_netcdf *n, const void *data) {
    const pl_output *output = data;
    size_t N = pl_world_size(output->run->world, PL_COUNTRY),
           J = pl_world_size(output->run->world, PL_SECTOR);
    writer w = {.n = n, .output = output, .size = {output->run->variants, N, N, J}};
    write_open(&w);
}

pl_status pl_write_netcdf(FILE *out, const void *data, pl_error *error) {
    return pl_netcdf_write(out, "results.nc", fill, data, error);
}
