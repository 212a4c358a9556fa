/* A path as one NetCDF-4 file in the CF style: every variable of every month (docs/path.md). */
#include "report/report.h"

#include <netcdf.h>
#include <netcdf_mem.h>
#include <string.h>

enum { MONTH, COUNTRY, SELLER, SECTOR, FLOW, LICENCE, AXES };

/* The first failure is kept, and everything after it does nothing. */
typedef struct {
    const pl_path_view *view;
    const pl_path *path;
    const pl_world *world;
    int file, code, axis[AXES];
    size_t size[AXES];
    bool no_memory;
} writer;

static void note(writer *w, int code) {
    if (!w->code)
        w->code = code;
}

static void put_text(writer *w, int id, const char *name, const char *text) {
    if (!w->code && text && text[0])
        note(w, nc_put_att_text(w->file, id, name, strlen(text), text));
}

static int define(writer *w, const char *name, nc_type type, const char *axes, const char *unit,
                  const char *text) {
    static const char letters[] = "mcsjfl";
    int id = 0, dims[AXES], count = 0;
    for (; axes[count]; count++)
        dims[count] = w->axis[strchr(letters, axes[count]) - letters];
    if (!w->code)
        note(w, nc_def_var(w->file, name, type, count, dims, &id));
    put_text(w, id, "units", unit);
    put_text(w, id, "long_name", text);
    if (!w->code && type == NC_DOUBLE && count > 1)
        note(w, nc_def_var_deflate(w->file, id, 1, 1, 1));
    return id;
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
    put_text(w, id->time, "calendar", "proleptic_gregorian");
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
    put_text(w, NC_GLOBAL, "Conventions", "CF-1.10");
    put_text(w, NC_GLOBAL, "title", pl_scenario_title(w->view->scenario));
    put_text(w, NC_GLOBAL, "variant", pl_scenario_variant_name(w->view->scenario, w->view->variant));
    put_text(w, NC_GLOBAL, "source", "general equilibrium month by month, computed by parley " PL_VERSION);
    put_text(w, NC_GLOBAL, "history", w->view->command);
    put_text(w, NC_GLOBAL, "world", pl_world_note(w->world, "title"));
}

/* Labels of an axis, or of the flows in a list when `position` is given: 0 buyer, 1 seller, 2 sector. */
static void put_labels(writer *w, int id, pl_axis axis, bool names, size_t count, const size_t *position,
                       int which) {
    const char **list = pl_alloc(count + 1, sizeof *list);
    size_t N = w->size[COUNTRY];
    w->no_memory = w->no_memory || !list;
    for (size_t i = 0; list && i < count; i++) {
        size_t at = !position    ? i
                    : which == 0 ? position[i] / N % N
                    : which == 1 ? position[i] % N
                                 : position[i] / (N * N);
        list[i] = names ? pl_world_name(w->world, axis, at) : pl_world_code(w->world, axis, at);
    }
    if (list && !w->code && count)
        note(w, nc_put_var_string(w->file, id, list));
    free(list);
}

static void put_lists(writer *w, const ids *id) {
    const size_t *flows = NULL;
    size_t queues = w->size[LICENCE];
    size_t *licensed = pl_alloc(queues + 1, sizeof *licensed);
    const char **regime = pl_alloc(queues + 1, sizeof *regime);
    pl_path_flows(w->path, &flows);
    w->no_memory = w->no_memory || !licensed || !regime;
    for (size_t q = 0; licensed && regime && q < queues; q++) {
        licensed[q] = pl_path_queue_flow(w->path, q);
        regime[q] = pl_path_queue_name(w->path, q);
    }
    for (int k = 0; k < 2 && licensed && regime; k++) {
        size_t count = w->size[k ? LICENCE : FLOW];
        const size_t *position = k ? licensed : flows;
        put_labels(w, id->buyer_of[k], PL_COUNTRY, false, count, position, 0);
        put_labels(w, id->seller_of[k], PL_COUNTRY, false, count, position, 1);
        put_labels(w, id->sector_of[k], PL_SECTOR, false, count, position, 2);
    }
    if (queues && regime && !w->code)
        note(w, nc_put_var_string(w->file, id->regime, regime));
    free(licensed);
    free(regime);
}

static void put_slab(writer *w, int id, size_t month, int axes, const size_t *size, const double *value) {
    size_t start[4] = {month}, count[4] = {1};
    for (int k = 0; k < axes; k++)
        count[k + 1] = size[k];
    if (!w->code)
        note(w, nc_put_vara_double(w->file, id, start, count, value));
}

static void put_month(writer *w, const ids *id, size_t t) {
    const size_t by_country[] = {w->size[COUNTRY]}, by_sector[] = {w->size[SECTOR], w->size[COUNTRY]};
    const size_t by_pair[] = {w->size[COUNTRY], w->size[SELLER]}, by_flow[] = {w->size[FLOW]},
                 by_licence[] = {w->size[LICENCE]};
    const pl_month *m = pl_path_month(w->path, t);
    signed char converged = m->converged;
    int day = (int)(pl_date_day(pl_path_date(w->path, t)) - pl_date_day(pl_path_date(w->path, 0)));
    if (!w->code) {
        note(w, nc_put_var1_int(w->file, id->time, &t, &day));
        note(w, nc_put_var1_schar(w->file, id->converged, &t, &converged));
        note(w, nc_put_var1_double(w->file, id->residual, &t, &m->worst));
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
    for (int k = 0; k < AXES && !w->code; k++)
        if (w->size[k])
            note(w, nc_def_dim(w->file, names[k], w->size[k], &w->axis[k]));
    define_all(w, &id);
    if (!w->code)
        note(w, nc_enddef(w->file));
    put_labels(w, id.country, PL_COUNTRY, false, w->size[COUNTRY], NULL, 0);
    put_labels(w, id.country_name, PL_COUNTRY, true, w->size[COUNTRY], NULL, 0);
    put_labels(w, id.seller, PL_COUNTRY, false, w->size[COUNTRY], NULL, 0);
    put_labels(w, id.sector, PL_SECTOR, false, w->size[SECTOR], NULL, 0);
    put_labels(w, id.sector_name, PL_SECTOR, true, w->size[SECTOR], NULL, 0);
    put_lists(w, &id);
    for (size_t t = 0; t < w->size[MONTH]; t++)
        put_month(w, &id, t);
}

/* Made in memory first, as results.nc is. */
pl_status pl_write_path_netcdf(FILE *out, const void *data, pl_error *error) {
    const pl_path_view *view = data;
    const pl_world *world = pl_model_world(pl_path_model(view->path));
    size_t N = pl_world_size(world, PL_COUNTRY);
    writer w = {.view = view, .path = view->path, .world = world};
    const size_t size[AXES] = {
        pl_path_done(view->path),  N, N, pl_world_size(world, PL_SECTOR), pl_path_flows(view->path, NULL),
        pl_path_queues(view->path)};
    memcpy(w.size, size, sizeof size);
    NC_memio memory = {0};
    note(&w, nc_create_mem("path.nc", NC_NETCDF4, 1 << 20, &w.file));
    if (!w.code) {
        write_open(&w);
        note(&w, nc_close_memio(w.file, &memory));
    }
    if (w.code)
        return pl_fail(error, PL_FAILED, "path.nc cannot be made: %s", nc_strerror(w.code));
    if (w.no_memory) {
        free(memory.memory);
        return pl_fail_memory(error, N * sizeof(char *));
    }
    bool whole = fwrite(memory.memory, 1, memory.size, out) == memory.size;
    free(memory.memory);
    return whole ? PL_OK : PL_IO;
}
