/* A path as one NetCDF-4 file in the CF style: every variable of every month (docs/path.md). */
#include "report/netcdf_parts.h"

#include <string.h>

enum { MONTH, COUNTRY, SELLER, SECTOR, FLOW, LICENCE, AXES };

typedef struct {
    pl_netcdf *n;
    const pl_path_view *view;
    const pl_path *path;
    const pl_world *world;
    int axis[AXES];
    size_t size[AXES];
} writer;

static int define(writer *w, const char *name, nc_type type, const char *axes, const char *unit,
                  const char *text) {
    static const char letters[] = "mcsjfl";
    int dims[AXES];
    size_t count = 0;
    for (; axes[count]; count++)
        dims[count] = w->axis[strchr(letters, axes[count]) - letters];
    return pl_netcdf_define(w->n, name, type, dims, count, unit, text);
}

typedef struct {
    int time, country, seller, sector, converged, residual, country_name, sector_name;
    int value[PL_PATH_COUNT], pair[PL_PAIR_COUNT], flow[PL_FLOW_COUNT], queue[PL_QUEUE_COUNT];
    int buyer_of[2], seller_of[2], sector_of[2], regime;
} ids;

static void define_lists(writer *w, ids *id) {
    static const char *const axis[] = {"f", "l"}, *const prefix[] = {"flow", "licence"};
    char name[64];
    for (int k = 0; k < 2; k++) {
        if (!w->size[k ? LICENCE : FLOW])
            continue;
        snprintf(name, sizeof name, "%s_importer", prefix[k]);
        id->buyer_of[k] = define(w, name, NC_STRING, axis[k], NULL, "country that buys");
        snprintf(name, sizeof name, "%s_exporter", prefix[k]);
        id->seller_of[k] = define(w, name, NC_STRING, axis[k], NULL, "country that sells");
        snprintf(name, sizeof name, "%s_sector", prefix[k]);
        id->sector_of[k] = define(w, name, NC_STRING, axis[k], NULL, "sector");
    }
    if (w->size[FLOW]) {
#define FLOW_DEFINE(name, unit, text)                                                                        \
    id->flow[PL_FLOW_##name] = define(w, "flow_" #name, NC_DOUBLE, "mf", unit, text);
        PL_FLOW_VARIABLES(FLOW_DEFINE)
#undef FLOW_DEFINE
    }
    if (w->size[LICENCE]) {
        id->regime = define(w, "licence_regime", NC_STRING, "l", NULL, "licence regime");
#define QUEUE_DEFINE(name, unit, text)                                                                       \
    id->queue[PL_QUEUE_##name] = define(w, "licence_" #name, NC_DOUBLE, "ml", unit, text);
        PL_QUEUE_VARIABLES(QUEUE_DEFINE)
#undef QUEUE_DEFINE
    }
}

static void define_all(writer *w, ids *id) {
    pl_date from = pl_path_date(w->path, 0);
    char unit[64];
    snprintf(unit, sizeof unit, "days since %04d-%02d-01", from.year, from.month);
    id->time = define(w, "time", NC_INT, "m", unit, "first day of the month");
    pl_netcdf_text(w->n, id->time, "calendar", "proleptic_gregorian");
    id->country = define(w, "country", NC_STRING, "c", NULL, "country code; the buyer of trade");
    id->country_name = define(w, "country_name", NC_STRING, "c", NULL, "country");
    id->seller = define(w, "seller", NC_STRING, "s", NULL, "country code of the seller");
    id->sector = define(w, "sector", NC_STRING, "j", NULL, "sector code");
    id->sector_name = define(w, "sector_name", NC_STRING, "j", NULL, "sector");
    id->converged = define(w, "converged", NC_BYTE, "m", "1", "1 when the month was solved, 0 when not");
    id->residual =
        define(w, "largest_residual", NC_DOUBLE, "m", "1", "largest relative residual of any equation");
    for (int k = 0; k < PL_PATH_COUNT; k++)
        id->value[k] = define(w, pl_path_name((pl_path_variable)k), NC_DOUBLE,
                              pl_path_by_sector((pl_path_variable)k) ? "mjc" : "mc",
                              pl_path_unit((pl_path_variable)k), pl_path_text((pl_path_variable)k));
#define PAIR_DEFINE(name, unit, text)                                                                        \
    id->pair[PL_PAIR_##name] = define(w, "pair_" #name, NC_DOUBLE, "mcs", unit, text);
    PL_PAIR_VARIABLES(PAIR_DEFINE)
#undef PAIR_DEFINE
    define_lists(w, id);
    pl_netcdf_text(w->n, NC_GLOBAL, "Conventions", "CF-1.10");
    pl_netcdf_text(w->n, NC_GLOBAL, "title", pl_scenario_title(w->view->scenario));
    pl_netcdf_text(w->n, NC_GLOBAL, "variant", pl_scenario_variant_name(w->view->scenario, w->view->variant));
    pl_netcdf_text(w->n, NC_GLOBAL, "source",
                   "general equilibrium month by month, computed by parley " PL_VERSION);
    pl_netcdf_text(w->n, NC_GLOBAL, "history", w->view->command);
    pl_netcdf_text(w->n, NC_GLOBAL, "world", pl_world_note(w->world, "title"));
}

/* Codes of the flows in a list: of their buyers (0), sellers (1) or sectors (2). */
static void put_flows(writer *w, int id, size_t count, const size_t *position, int which) {
    const char **list = pl_alloc(count + 1, sizeof *list);
    size_t N = w->size[COUNTRY];
    w->n->no_memory = w->n->no_memory || !list;
    for (size_t i = 0; list && i < count; i++)
        list[i] = which == 0   ? pl_world_code(w->world, PL_COUNTRY, position[i] / N % N)
                  : which == 1 ? pl_world_code(w->world, PL_COUNTRY, position[i] % N)
                               : pl_world_code(w->world, PL_SECTOR, position[i] / (N * N));
    if (list && count)
        pl_netcdf_strings(w->n, id, list);
    free(list);
}

static void put_lists(writer *w, const ids *id) {
    const size_t *flows = NULL;
    size_t queues = w->size[LICENCE];
    size_t *licensed = pl_alloc(queues + 1, sizeof *licensed);
    const char **regime = pl_alloc(queues + 1, sizeof *regime);
    pl_path_flows(w->path, &flows);
    w->n->no_memory = w->n->no_memory || !licensed || !regime;
    for (size_t q = 0; licensed && regime && q < queues; q++) {
        licensed[q] = pl_path_queue_flow(w->path, q);
        regime[q] = pl_path_queue_name(w->path, q);
    }
    for (int k = 0; k < 2 && licensed && regime; k++) {
        size_t count = w->size[k ? LICENCE : FLOW];
        const size_t *position = k ? licensed : flows;
        put_flows(w, id->buyer_of[k], count, position, 0);
        put_flows(w, id->seller_of[k], count, position, 1);
        put_flows(w, id->sector_of[k], count, position, 2);
    }
    if (queues && regime)
        pl_netcdf_strings(w->n, id->regime, regime);
    free(licensed);
    free(regime);
}

static void put_slab(writer *w, int id, size_t month, int axes, const size_t *size, const double *value) {
    size_t start[4] = {month}, count[4] = {1};
    for (int k = 0; k < axes; k++)
        count[k + 1] = size[k];
    if (!w->n->code)
        pl_netcdf_note(w->n, nc_put_vara_double(w->n->file, id, start, count, value));
}

static void put_month(writer *w, const ids *id, size_t t) {
    const size_t by_country[] = {w->size[COUNTRY]}, by_sector[] = {w->size[SECTOR], w->size[COUNTRY]};
    const size_t by_pair[] = {w->size[COUNTRY], w->size[SELLER]}, by_flow[] = {w->size[FLOW]},
                 by_licence[] = {w->size[LICENCE]};
    const pl_month *m = pl_path_month(w->path, t);
    signed char converged = m->converged;
    int day = (int)(pl_date_day(pl_path_date(w->path, t)) - pl_date_day(pl_path_date(w->path, 0)));
    if (!w->n->code) {
        pl_netcdf_note(w->n, nc_put_var1_int(w->n->file, id->time, &t, &day));
        pl_netcdf_note(w->n, nc_put_var1_schar(w->n->file, id->converged, &t, &converged));
        pl_netcdf_note(w->n, nc_put_var1_double(w->n->file, id->residual, &t, &m->worst));
    }
    for (int k = 0; k < PL_PATH_COUNT; k++) {
        bool sector = pl_path_by_sector((pl_path_variable)k);
        put_slab(w, id->value[k], t, sector ? 2 : 1, sector ? by_sector : by_country,
                 pl_path_get(w->path, (pl_path_variable)k, t));
    }
    for (int k = 0; k < PL_PAIR_COUNT; k++)
        put_slab(w, id->pair[k], t, 2, by_pair, pl_path_pair(w->path, (pl_pair_variable)k, t));
    for (int k = 0; k < PL_FLOW_COUNT && w->size[FLOW]; k++)
        put_slab(w, id->flow[k], t, 1, by_flow, pl_path_flow(w->path, (pl_flow_variable)k, t));
    for (int k = 0; k < PL_QUEUE_COUNT && w->size[LICENCE]; k++)
        put_slab(w, id->queue[k], t, 1, by_licence, pl_path_queue(w->path, (pl_queue_variable)k, t));
}

static void write_open(writer *w) {
    static const char *const names[AXES] = {"time", "country", "seller", "sector", "flow", "licence"};
    ids id = {0};
    for (int k = 0; k < AXES; k++)
        if (w->size[k])
            w->axis[k] = pl_netcdf_axis(w->n, names[k], w->size[k]);
    define_all(w, &id);
    pl_netcdf_end_definitions(w->n);
    pl_netcdf_codes(w->n, id.country, w->world, PL_COUNTRY);
    pl_netcdf_names(w->n, id.country_name, w->world, PL_COUNTRY);
    pl_netcdf_codes(w->n, id.seller, w->world, PL_COUNTRY);
    pl_netcdf_codes(w->n, id.sector, w->world, PL_SECTOR);
    pl_netcdf_names(w->n, id.sector_name, w->world, PL_SECTOR);
    put_lists(w, &id);
    for (size_t t = 0; t < w->size[MONTH]; t++)
        put_month(w, &id, t);
}

static void fill(pl_netcdf *n, const void *data) {
    const pl_path_view *view = data;
    const pl_world *world = pl_model_world(pl_path_model(view->path));
    size_t N = pl_world_size(world, PL_COUNTRY);
    writer w = {.n = n,
                .view = view,
                .path = view->path,
                .world = world,
                .size = {pl_path_done(view->path), N, N, pl_world_size(world, PL_SECTOR),
                         pl_path_flows(view->path, NULL), pl_path_queues(view->path)}};
    write_open(&w);
}

pl_status pl_write_path_netcdf(FILE *out, const void *data, pl_error *error) {
    return pl_netcdf_write(out, "path.nc", fill, data, error);
}
