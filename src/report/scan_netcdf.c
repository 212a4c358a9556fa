/* A sweep as NetCDF-4 with CF names: a dimension for each thing varied, or the dimension `member` of a sample. */
#include "report/report.h"

#include <ctype.h>
#include <math.h>
#include <netcdf.h>
#include <netcdf_mem.h>
#include <string.h>

enum { MOST_DIMS = 16 };

/* The first failure is kept, and everything after it does nothing. */
typedef struct {
    const pl_scan_view *view;
    const pl_scan *scan;
    const pl_world *world;
    int file, code;
    int axis[MOST_DIMS + 2]; /* what is varied, or member; then sector, country */
    size_t axes;             /* before sector and country */
    bool no_memory;
} writer;

static void note(writer *w, int code) {
    if (!w->code)
        w->code = code;
}

static void put_text(writer *w, int variable, const char *name, const char *text) {
    if (!w->code && text && *text)
        note(w, nc_put_att_text(w->file, variable, name, strlen(text), text));
}

static int define(writer *w, const char *name, nc_type type, const int *dims, size_t count, const char *unit,
                  const char *text) {
    const double missing = NAN;
    int id = 0;
    if (!w->code)
        note(w, nc_def_var(w->file, name, type, (int)count, dims, &id));
    put_text(w, id, "units", unit);
    put_text(w, id, "long_name", text);
    if (!w->code && type == NC_DOUBLE && count > 1)
        note(w, nc_def_var_deflate(w->file, id, 1, 1, 1));
    if (!w->code && type == NC_DOUBLE && count)
        note(w, nc_put_att_double(w->file, id, "_FillValue", NC_DOUBLE, 1, &missing));
    return id;
}

/* ---- definitions ---- */

typedef struct {
    int varied[MOST_DIMS], country, country_name, sector, sector_name;
    int solved, converged, iterations, residual, value[PL_RESULT_COUNT];
} ids;

static void define_axes(writer *w) {
    w->axes = pl_scan_is_sampled(w->scan) ? 1 : pl_scan_dimensions(w->scan);
    for (size_t d = 0; d < w->axes && !w->code; d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(w->scan, d);
        note(w,
             nc_def_dim(w->file, pl_scan_is_sampled(w->scan) ? "member" : dim.name, dim.count, &w->axis[d]));
    }
    if (!w->code)
        note(w, nc_def_dim(w->file, "sector", pl_world_size(w->world, PL_SECTOR), &w->axis[w->axes]));
    if (!w->code)
        note(w, nc_def_dim(w->file, "country", pl_world_size(w->world, PL_COUNTRY), &w->axis[w->axes + 1]));
}

static void define_all(writer *w, ids *id) {
    int *sector = &w->axis[w->axes], *country = sector + 1, by_country[MOST_DIMS + 1];
    bool sampled = pl_scan_is_sampled(w->scan);
    memcpy(by_country, w->axis, w->axes * sizeof *by_country);
    by_country[w->axes] = *country;
    for (size_t d = 0; d < pl_scan_dimensions(w->scan); d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(w->scan, d);
        id->varied[d] = define(w, dim.name, dim.numeric ? NC_DOUBLE : NC_STRING, &w->axis[sampled ? 0 : d], 1,
                               dim.unit, dim.label);
    }
    id->country = define(w, "country", NC_STRING, country, 1, NULL, "country code");
    id->country_name = define(w, "country_name", NC_STRING, country, 1, NULL, "country");
    id->sector = define(w, "sector", NC_STRING, sector, 1, NULL, "sector code");
    id->sector_name = define(w, "sector_name", NC_STRING, sector, 1, NULL, "sector");
    id->solved =
        define(w, "solved", NC_BYTE, w->axis, w->axes, "1", "1 when the member was solved for, 0 when not");
    id->converged = define(w, "converged", NC_BYTE, w->axis, w->axes, "1",
                           "1 when the solve converged; values of the others are no equilibrium");
    id->iterations = define(w, "iterations", NC_INT, w->axis, w->axes, "1", "iterations of the solve");
    id->residual = define(w, "residual", NC_DOUBLE, w->axis, w->axes, "1",
                          "certificate: largest residual, recomputed by plain loops");
    for (size_t k = 0; k < pl_scan_variables(w->scan); k++) {
        pl_variable v = pl_scan_variable(w->scan, k);
        bool by_sector = pl_variable_by_sector(v);
        id->value[k] = define(w, pl_variable_name(v), NC_DOUBLE, by_sector ? w->axis : by_country,
                              w->axes + 1 + by_sector, pl_variable_unit(v), pl_variable_text(v));
    }
}

static void put_attributes(writer *w) {
    const pl_scenario *scenario = pl_scan_scenario(w->scan);
    const pl_settings *set = &scenario->settings;
    put_text(w, NC_GLOBAL, "Conventions", "CF-1.10");
    put_text(w, NC_GLOBAL, "title", pl_scenario_title(scenario));
    put_text(w, NC_GLOBAL, "source", "general equilibrium in changes, computed by parley " PL_VERSION);
    put_text(w, NC_GLOBAL, "history", w->view->command);
    put_text(w, NC_GLOBAL, "parley_version", pl_version());
    put_text(w, NC_GLOBAL, "variant", pl_scan_variant(w->scan));
    put_text(w, NC_GLOBAL, "world", pl_scan_world_name(w->scan));
    put_text(w, NC_GLOBAL, "closure", pl_scan_closure(w->scan));
    put_text(w, NC_GLOBAL, "elasticities", pl_scan_elasticities(w->scan));
    const double reals[] = {set->sigma_value_added, set->sigma_inputs, set->sigma_final, set->kappa,
                            set->tolerance};
    const char *const names[] = {"sigma_value_added", "sigma_inputs", "sigma_final", "kappa", "tolerance"};
    for (size_t k = 0; k < 5 && !w->code; k++)
        if (!pl_scan_varies(w->scan, names[k]))
            note(w, nc_put_att_double(w->file, NC_GLOBAL, names[k], NC_DOUBLE, 1, &reals[k]));
    const char *key;
    for (size_t k = 0; (key = pl_world_note_key(w->world, k)) != NULL; k++) {
        char attribute[128];
        snprintf(attribute, sizeof attribute, "world_%.100s", key);
        for (char *c = attribute; *c; c++)
            *c = isalnum((unsigned char)*c) ? *c : '_';
        put_text(w, NC_GLOBAL, attribute, pl_world_note(w->world, key));
    }
}

/* ---- values ---- */

static void put_labels(writer *w, int codes, int names, pl_axis axis) {
    size_t count = pl_world_size(w->world, axis);
    const char **list = pl_alloc(count, sizeof *list);
    w->no_memory = w->no_memory || !list;
    for (size_t i = 0; list && i < count; i++)
        list[i] = pl_world_code(w->world, axis, i);
    if (list && !w->code)
        note(w, nc_put_var_string(w->file, codes, list));
    for (size_t i = 0; list && i < count; i++)
        list[i] = pl_world_name(w->world, axis, i);
    if (list && !w->code)
        note(w, nc_put_var_string(w->file, names, list));
    free(list);
}

static void put_varied(writer *w, const ids *id) {
    for (size_t d = 0; d < pl_scan_dimensions(w->scan) && !w->code; d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(w->scan, d);
        if (dim.numeric)
            note(w, nc_put_var_double(w->file, id->varied[d], dim.value));
        else
            note(w, nc_put_var_string(w->file, id->varied[d], (const char **)dim.text));
    }
}

static void put_member(writer *w, const ids *id, size_t m) {
    size_t start[MOST_DIMS + 2] = {0}, size[MOST_DIMS + 2];
    pl_scan_member one = pl_scan_get_member(w->scan, m);
    signed char solved = one.solved, converged = one.converged;
    int iterations = (int)one.iterations;
    for (size_t d = 0; d < w->axes; d++) {
        start[d] = pl_scan_position(w->scan, m, d);
        size[d] = 1;
    }
    if (!w->code) {
        note(w, nc_put_var1_schar(w->file, id->solved, start, &solved));
        note(w, nc_put_var1_schar(w->file, id->converged, start, &converged));
        note(w, nc_put_var1_int(w->file, id->iterations, start, &iterations));
        note(w, nc_put_var1_double(w->file, id->residual, start, &one.residual));
    }
    for (size_t k = 0; k < pl_scan_variables(w->scan) && !w->code; k++) {
        pl_variable v = pl_scan_variable(w->scan, k);
        bool by_sector = pl_variable_by_sector(v);
        size[w->axes] = pl_world_size(w->world, by_sector ? PL_SECTOR : PL_COUNTRY);
        size[w->axes + 1] = pl_world_size(w->world, PL_COUNTRY);
        note(w, nc_put_vara_double(w->file, id->value[k], start, size, pl_scan_get(w->scan, v, m)));
    }
}

static void write_open(writer *w) {
    ids id;
    memset(&id, 0, sizeof id);
    define_axes(w);
    define_all(w, &id);
    put_attributes(w);
    if (!w->code)
        note(w, nc_enddef(w->file));
    put_varied(w, &id);
    put_labels(w, id.country, id.country_name, PL_COUNTRY);
    put_labels(w, id.sector, id.sector_name, PL_SECTOR);
    for (size_t m = 0; m < pl_scan_members(w->scan); m++)
        put_member(w, &id, m);
}

/* Made in memory, then written like any other file: see netcdf_result.c. */
pl_status pl_write_scan_netcdf(FILE *out, const void *data, pl_error *error) {
    const pl_scan_view *view = data;
    writer w = {.view = view, .scan = view->scan, .world = pl_scan_world(view->scan)};
    NC_memio memory = {0};
    note(&w, nc_create_mem("sweep.nc", NC_NETCDF4, 1 << 20, &w.file));
    if (!w.code) {
        write_open(&w);
        note(&w, nc_close_memio(w.file, &memory));
    }
    if (w.code)
        return pl_fail(error, PL_FAILED, "sweep.nc cannot be made: %s", nc_strerror(w.code));
    if (w.no_memory) {
        free(memory.memory);
        return pl_fail_memory(error, sizeof(char *));
    }
    bool made = fwrite(memory.memory, 1, memory.size, out) == memory.size;
    free(memory.memory);
    return made ? PL_OK : PL_IO;
}
