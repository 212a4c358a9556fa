/* A run as one NetCDF-4 file in the CF style (docs/results.md). */
#include "report/report.h"

#include <ctype.h>
#include <math.h>
#include <netcdf.h>
#include <netcdf_mem.h>
#include <string.h>

enum { VARIANT, COUNTRY, SELLER, SECTOR, AXES };

/* The first failure is kept, and everything after it does nothing. */
typedef struct {
    const pl_output *output;
    int file, code;
    int axis[AXES];
    size_t size[AXES];
    bool no_memory;
} writer;

static void note(writer *w, int code) {
    if (!w->code)
        w->code = code;
}

static void put_text(writer *w, int variable, const char *name, const char *text) {
    if (!w->code && text && text[0])
        note(w, nc_put_att_text(w->file, variable, name, strlen(text), text));
}

static int define(writer *w, const char *name, nc_type type, const int *axes, int count, const char *unit,
                  const char *text) {
    int id = 0, dims[AXES];
    for (int k = 0; k < count; k++)
        dims[k] = w->axis[axes[k]];
    if (!w->code)
        note(w, nc_def_var(w->file, name, type, count, dims, &id));
    put_text(w, id, "units", unit);
    put_text(w, id, "long_name", text);
    /* Level 1 after shuffling: trade is doubles that hardly repeat, of which higher levels save a fiftieth. */
    if (!w->code && type == NC_DOUBLE && count > 1)
        note(w, nc_def_var_deflate(w->file, id, 1, 1, 1));
    return id;
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
    put_text(w, NC_GLOBAL, "Conventions", "CF-1.10");
    put_text(w, NC_GLOBAL, "title", title && title[0] ? title : name);
    put_text(w, NC_GLOBAL, "source", "general equilibrium in changes, computed by parley " PL_VERSION);
    put_text(w, NC_GLOBAL, "history", w->output->command);
    put_text(w, NC_GLOBAL, "parley_version", pl_version());
    put_text(w, NC_GLOBAL, "world", pl_run_world_name(run));
    put_text(w, NC_GLOBAL, "closure", pl_closure_text(set->closure));
    put_text(w, NC_GLOBAL, "elasticities", pl_model_elasticities(run->model));
    const double reals[] = {set->sigma_value_added, set->sigma_inputs, set->sigma_final, set->kappa,
                            set->tolerance};
    const char *const names[] = {"sigma_value_added", "sigma_inputs", "sigma_final", "kappa", "tolerance"};
    for (size_t k = 0; k < 5 && !w->code; k++)
        note(w, nc_put_att_double(w->file, NC_GLOBAL, names[k], NC_DOUBLE, 1, &reals[k]));
    const char *key;
    for (size_t k = 0; (key = pl_world_note_key(run->world, k)) != NULL; k++) {
        char attribute[128];
        snprintf(attribute, sizeof attribute, "world_%.100s", key);
        for (char *c = attribute; *c; c++)
            *c = isalnum((unsigned char)*c) ? *c : '_';
        put_text(w, NC_GLOBAL, attribute, pl_world_note(run->world, key));
    }
}

/* ---- values ---- */

static void put_strings(writer *w, int id, const char *const *text) {
    if (!w->code)
        note(w, nc_put_var_string(w->file, id, (const char **)text));
}

static void put_labels(writer *w, int codes, int names, pl_axis axis) {
    const pl_world *world = w->output->run->world;
    size_t count = pl_world_size(world, axis);
    const char **list = pl_alloc(count, sizeof *list);
    if (!list) {
        w->no_memory = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        list[i] = pl_world_code(world, axis, i);
    put_strings(w, codes, list);
    for (size_t i = 0; i < count; i++)
        list[i] = pl_world_name(world, axis, i);
    if (names >= 0)
        put_strings(w, names, list);
    free(list);
}

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
    w->no_memory = w->no_memory || !lines;
    title = title ? title : "";
    if (!w->code && lines) {
        note(w, nc_put_var1_string(w->file, id->variant, &v, &name));
        note(w, nc_put_var1_string(w->file, id->variant_title, &v, &title));
        note(w, nc_put_var1_string(w->file, id->measures, &v, &shown));
        note(w, nc_put_var1_string(w->file, id->method, &v, &method));
        note(w, nc_put_var1_schar(w->file, id->converged, &v, &converged));
        note(w, nc_put_var1_int(w->file, id->iterations, &v, &iterations));
    }
    free(lines);
    const char *part, *text;
    double value;
    for (size_t k = 0; pl_certificate_part(&run->certificate[v], k, &part, &text, &value) && !w->code; k++) {
        value = run->certified ? value : NAN;
        note(w, nc_put_var1_double(w->file, id->certificate[k], &v, &value));
    }
}

static void put_values(writer *w, const ids *id, size_t v) {
    const pl_output *o = w->output;
    const size_t by_country[] = {v, 0}, size_country[] = {1, w->size[COUNTRY]};
    const size_t by_sector[] = {v, 0, 0}, size_sector[] = {1, w->size[SECTOR], w->size[COUNTRY]};
    const size_t by_pair[] = {v, 0, 0, 0},
                 size_pair[] = {1, w->size[SECTOR], w->size[COUNTRY], w->size[SELLER]};
    for (int k = 0; k < PL_RESULT_COUNT && !w->code; k++) {
        bool sector = pl_variable_by_sector((pl_variable)k);
        note(w, nc_put_vara_double(w->file, id->value[k], sector ? by_sector : by_country,
                                   sector ? size_sector : size_country,
                                   pl_result_get(o->run->result[v], (pl_variable)k)));
    }
    if (!w->code)
        note(w, nc_put_vara_double(w->file, id->trade, by_pair, size_pair, o->trade[v]));
}

static void write_open(writer *w) {
    static const char *const names[AXES] = {"variant", "country", "seller", "sector"};
    ids id = {0};
    for (int k = 0; k < AXES && !w->code; k++)
        note(w, nc_def_dim(w->file, names[k], w->size[k], &w->axis[k]));
    define_all(w, &id);
    put_attributes(w);
    if (!w->code)
        note(w, nc_enddef(w->file));
    put_labels(w, id.country, id.country_name, PL_COUNTRY);
    put_labels(w, id.seller, -1, PL_COUNTRY);
    put_labels(w, id.sector, id.sector_name, PL_SECTOR);
    if (!w->code)
        note(w, nc_put_var_double(w->file, id.theta, pl_model_theta(w->output->run->model)));
    if (!w->code)
        note(w, nc_put_var_double(w->file, id.trade_before, w->output->trade_before));
    for (size_t v = 0; v < w->size[VARIANT]; v++) {
        put_variant(w, &id, v);
        put_values(w, &id, v);
    }
    if (!w->code)
        note(w, pl_netcdf_controls(w->file, w->output->run));
}

/*
 * Made in memory, then written like any other file: an HDF5 file whose last write fails cannot be closed, and
 * ends the program with a fault when the library cleans up.
 */
pl_status pl_write_netcdf(FILE *out, const void *data, pl_error *error) {
    const pl_output *output = data;
    size_t N = pl_world_size(output->run->world, PL_COUNTRY),
           J = pl_world_size(output->run->world, PL_SECTOR);
    writer w = {.output = output, .size = {output->run->variants, N, N, J}};
    NC_memio memory = {0};
    note(&w, nc_create_mem("results.nc", NC_NETCDF4, 1 << 20, &w.file));
    if (!w.code) {
        write_open(&w);
        note(&w, nc_close_memio(w.file, &memory));
    }
    if (w.code)
        return pl_fail(error, PL_FAILED, "results.nc cannot be made: %s", nc_strerror(w.code));
    if (w.no_memory) {
        free(memory.memory);
        return pl_fail_memory(error, N * sizeof(char *));
    }
    size_t written = fwrite(memory.memory, 1, memory.size, out);
    bool whole = written == memory.size;
    free(memory.memory);
    return whole ? PL_OK : PL_IO;
}
