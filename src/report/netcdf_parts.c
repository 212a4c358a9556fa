/* The parts every NetCDF-4 file is put together from: definitions, attributes, labels, and the way from memory to a file. */
#include "report/netcdf_parts.h"

#include <ctype.h>
#include <netcdf_mem.h>
#include <string.h>

void pl_netcdf_note(pl_netcdf *n, int code) {
    if (!n->code)
        n->code = code;
}

/* ---- definitions ---- */

int pl_netcdf_axis(pl_netcdf *n, const char *name, size_t size) {
    int id = 0;
    if (!n->code)
        pl_netcdf_note(n, nc_def_dim(n->file, name, size, &id));
    return id;
}

/* Level 1 after shuffling: trade is doubles that hardly repeat, of which higher levels save a fiftieth. A chunk ends where the
 * leading index moves on, as writing does; otherwise each variant would pack its neighbours again. */
static void compress(pl_netcdf *n, int id, const int *dims, size_t count) {
    size_t chunk[NC_MAX_VAR_DIMS] = {1};
    for (size_t d = 1; d < count && !n->code; d++)
        pl_netcdf_note(n, nc_inq_dimlen(n->file, dims[d], &chunk[d]));
    if (!n->code && count > 2)
        pl_netcdf_note(n, nc_def_var_chunking(n->file, id, NC_CHUNKED, chunk));
    if (!n->code)
        pl_netcdf_note(n, nc_def_var_deflate(n->file, id, 1, 1, 1));
}

int pl_netcdf_define(pl_netcdf *n, const char *name, nc_type type, const int *dims, size_t count,
                     const char *unit, const char *text) {
    int id = 0;
    if (!n->code)
        pl_netcdf_note(n, nc_def_var(n->file, name, type, (int)count, dims, &id));
    pl_netcdf_text(n, id, "units", unit);
    pl_netcdf_text(n, id, "long_name", text);
    if (type == NC_DOUBLE && count > 1)
        compress(n, id, dims, count);
    return id;
}

void pl_netcdf_end_definitions(pl_netcdf *n) {
    if (!n->code)
        pl_netcdf_note(n, nc_enddef(n->file));
}

/* ---- attributes ---- */

void pl_netcdf_text(pl_netcdf *n, int variable, const char *name, const char *text) {
    if (!n->code && text && *text)
        pl_netcdf_note(n, nc_put_att_text(n->file, variable, name, strlen(text), text));
}

void pl_netcdf_settings(pl_netcdf *n, const pl_settings *set, const pl_scan *skip) {
    const double reals[] = {set->sigma_value_added, set->sigma_inputs, set->sigma_final, set->kappa,
                            set->tolerance};
    const char *const names[] = {"sigma_value_added", "sigma_inputs", "sigma_final", "kappa", "tolerance"};
    for (size_t k = 0; k < sizeof reals / sizeof *reals && !n->code; k++)
        if (!skip || !pl_scan_varies(skip, names[k]))
            pl_netcdf_note(n, nc_put_att_double(n->file, NC_GLOBAL, names[k], NC_DOUBLE, 1, &reals[k]));
}

void pl_netcdf_world(pl_netcdf *n, const pl_world *world) {
    const char *key;
    for (size_t k = 0; (key = pl_world_note_key(world, k)) != NULL; k++) {
        char attribute[128];
        snprintf(attribute, sizeof attribute, "world_%.100s", key);
        for (char *c = attribute; *c; c++)
            *c = isalnum((unsigned char)*c) ? *c : '_';
        pl_netcdf_text(n, NC_GLOBAL, attribute, pl_world_note(world, key));
    }
}

/* ---- labels ---- */

void pl_netcdf_strings(pl_netcdf *n, int variable, const char *const *text) {
    if (!n->code)
        pl_netcdf_note(n, nc_put_var_string(n->file, variable, (const char **)text));
}

static void put_labels(pl_netcdf *n, int variable, const pl_world *world, pl_axis axis,
                       const char *(*label)(const pl_world *, pl_axis, size_t)) {
    size_t count = pl_world_size(world, axis);
    const char **list = pl_alloc(count, sizeof *list);
    n->no_memory = n->no_memory || !list;
    for (size_t i = 0; list && i < count; i++)
        list[i] = label(world, axis, i);
    if (list)
        pl_netcdf_strings(n, variable, list);
    free(list);
}

void pl_netcdf_codes(pl_netcdf *n, int variable, const pl_world *world, pl_axis axis) {
    put_labels(n, variable, world, axis, pl_world_code);
}

void pl_netcdf_names(pl_netcdf *n, int variable, const pl_world *world, pl_axis axis) {
    put_labels(n, variable, world, axis, pl_world_name);
}

/* ---- from memory to a file ---- */

pl_status pl_netcdf_write(FILE *out, const char *name, void (*fill)(pl_netcdf *n, const void *data),
                          const void *data, pl_error *error) {
    pl_netcdf n = {0};
    NC_memio memory = {0};
    pl_netcdf_note(&n, nc_create_mem(name, NC_NETCDF4, 1 << 20, &n.file));
    if (!n.code) {
        fill(&n, data);
        pl_netcdf_note(&n, nc_close_memio(n.file, &memory));
    }
    if (n.code)
        return pl_fail(error, PL_FAILED, "%s cannot be made: %s", name, nc_strerror(n.code));
    if (n.no_memory) {
        free(memory.memory);
        return pl_fail_memory(error, sizeof(char *));
    }
    bool whole = fwrite(memory.memory, 1, memory.size, out) == memory.size;
    free(memory.memory);
    return whole ? PL_OK : PL_IO;
}
