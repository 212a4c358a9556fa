/* A sweep as NetCDF-4 with CF names: a dimension for each thing varied, or the dimension `member` of a sample. */
#include "report/netcdf_parts.h"

#include <math.h>
#include <string.h>

enum { MOST_DIMS = 16 };

typedef struct {
    pl_netcdf *n;
    const pl_scan_view *view;
    const pl_scan *scan;
    const pl_world *world;
    int axis[MOST_DIMS + 2]; /* what is varied, or member; then sector, country */
    size_t axes;             /* before sector and country */
} writer;

static int define(writer *w, const char *name, nc_type type, const int *dims, size_t count, const char *unit,
                  const char *text) {
    const double missing = NAN;
    int id = pl_netcdf_define(w->n, name, type, dims, count, unit, text);
    if (!w->n->code && type == NC_DOUBLE && count)
        pl_netcdf_note(w->n, nc_put_att_double(w->n->file, id, "_FillValue", NC_DOUBLE, 1, &missing));
    return id;
}

/* ---- definitions ---- */

typedef struct {
    int varied[MOST_DIMS], country, country_name, sector, sector_name;
    int solved, converged, iterations, residual, value[PL_RESULT_COUNT];
} ids;

static void define_axes(writer *w) {
    w->axes = pl_scan_is_sampled(w->scan) ? 1 : pl_scan_dimensions(w->scan);
    for (size_t d = 0; d < w->axes; d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(w->scan, d);
        w->axis[d] = pl_netcdf_axis(w->n, pl_scan_is_sampled(w->scan) ? "member" : dim.name, dim.count);
    }
    w->axis[w->axes] = pl_netcdf_axis(w->n, "sector", pl_world_size(w->world, PL_SECTOR));
    w->axis[w->axes + 1] = pl_netcdf_axis(w->n, "country", pl_world_size(w->world, PL_COUNTRY));
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
    pl_netcdf_text(w->n, NC_GLOBAL, "Conventions", "CF-1.10");
    pl_netcdf_text(w->n, NC_GLOBAL, "title", pl_scenario_title(scenario));
    pl_netcdf_text(w->n, NC_GLOBAL, "source",
                   "general equilibrium in changes, computed by parley " PL_VERSION);
    pl_netcdf_text(w->n, NC_GLOBAL, "history", w->view->command);
    pl_netcdf_text(w->n, NC_GLOBAL, "parley_version", pl_version());
    pl_netcdf_text(w->n, NC_GLOBAL, "variant", pl_scan_variant(w->scan));
    pl_netcdf_text(w->n, NC_GLOBAL, "world", pl_scan_world_name(w->scan));
    pl_netcdf_text(w->n, NC_GLOBAL, "closure", pl_scan_closure(w->scan));
    pl_netcdf_text(w->n, NC_GLOBAL, "elasticities", pl_scan_elasticities(w->scan));
    pl_netcdf_settings(w->n, &scenario->settings, w->scan);
    pl_netcdf_world(w->n, w->world);
}

/* ---- values ---- */

static void put_varied(writer *w, const ids *id) {
    for (size_t d = 0; d < pl_scan_dimensions(w->scan) && !w->n->code; d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(w->scan, d);
        if (dim.numeric)
            pl_netcdf_note(w->n, nc_put_var_double(w->n->file, id->varied[d], dim.value));
        else
            pl_netcdf_strings(w->n, id->varied[d], dim.text);
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
    if (!w->n->code) {
        pl_netcdf_note(w->n, nc_put_var1_schar(w->n->file, id->solved, start, &solved));
        pl_netcdf_note(w->n, nc_put_var1_schar(w->n->file, id->converged, start, &converged));
        pl_netcdf_note(w->n, nc_put_var1_int(w->n->file, id->iterations, start, &iterations));
        pl_netcdf_note(w->n, nc_put_var1_double(w->n->file, id->residual, start, &one.residual));
    }
    for (size_t k = 0; k < pl_scan_variables(w->scan) && !w->n->code; k++) {
        pl_variable v = pl_scan_variable(w->scan, k);
        bool by_sector = pl_variable_by_sector(v);
        size[w->axes] = pl_world_size(w->world, by_sector ? PL_SECTOR : PL_COUNTRY);
        size[w->axes + 1] = pl_world_size(w->world, PL_COUNTRY);
        pl_netcdf_note(w->n,
                       nc_put_vara_double(w->n->file, id->value[k], start, size, pl_scan_get(w->scan, v, m)));
    }
}

static void write_open(writer *w) {
    ids id;
    memset(&id, 0, sizeof id);
    define_axes(w);
    define_all(w, &id);
    put_attributes(w);
    pl_netcdf_end_definitions(w->n);
    put_varied(w, &id);
    pl_netcdf_codes(w->n, id.country, w->world, PL_COUNTRY);
    pl_netcdf_names(w->n, id.country_name, w->world, PL_COUNTRY);
    pl_netcdf_codes(w->n, id.sector, w->world, PL_SECTOR);
    pl_netcdf_names(w->n, id.sector_name, w->world, PL_SECTOR);
    for (size_t m = 0; m < pl_scan_members(w->scan); m++)
        put_member(w, &id, m);
}

static void fill(pl_netcdf *n, const void *data) {
    const pl_scan_view *view = data;
    writer w = {.n = n, .view = view, .scan = view->scan, .world = pl_scan_world(view->scan)};
    write_open(&w);
}

pl_status pl_write_scan_netcdf(FILE *out, const void *data, pl_error *error) {
    return pl_netcdf_write(out, "sweep.nc", fill, data, error);
}
