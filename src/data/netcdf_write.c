/* Worlds written as NetCDF-4 files. */
#include "data/netcdf_layout.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DEFLATE = 6 };

/* The first failure stays in `code`; later calls do nothing. */
typedef struct {
    int file, code;
    int dim[PL_NC_DIMS], var[PL_NC_VARIABLES];
    const pl_world *world;
    size_t size[PL_NC_DIMS];
} writing;

static void put_text(writing *f, int variable, const char *key, const char *text) {
    if (!f->code && text)
        f->code = nc_put_att_text(f->file, variable, key, strlen(text), text);
}

static bool any_errors(const pl_world *w) {
    bool any = false;
    for (size_t s = 0; s < w->sets; s++)
        any = any || w->set[s].error;
    return any;
}

static bool is_written(const pl_world *w, int v) {
    switch (v) {
    case PL_NC_V_EXPORT_TAX:
        return w->export_tax != NULL;
    case PL_NC_V_PROFIT_SHARE:
        return w->profit_share != NULL;
    case PL_NC_V_FLOW_ORIGIN:
        return w->flow_origin != NULL;
    case PL_NC_V_SET:
    case PL_NC_V_THETA:
        return w->sets > 0;
    case PL_NC_V_THETA_ERROR:
        return any_errors(w);
    default:
        return true;
    }
}

/* One chunk for each index of the leading dimension of a table of three: about the size a disk reads at once.
 */
static void define_storage(writing *f, int v) {
    const pl_nc_spec *s = &pl_nc_variable[v];
    size_t chunk[PL_NC_MOST_DIMS];
    if (s->type == NC_STRING || s->dims < 2)
        return;
    for (int d = 0; d < s->dims; d++)
        chunk[d] = d == 0 && s->dims == 3 ? 1 : f->size[s->dim[d]];
    if (!f->code)
        f->code = nc_def_var_chunking(f->file, f->var[v], NC_CHUNKED, chunk);
    if (!f->code)
        f->code = nc_def_var_deflate(f->file, f->var[v], 1, 1, DEFLATE);
}

static void define_variable(writing *f, int v) {
    const pl_nc_spec *s = &pl_nc_variable[v];
    int dim[PL_NC_MOST_DIMS] = {0};
    for (int d = 0; d < s->dims; d++)
        dim[d] = f->dim[s->dim[d]];
    if (!f->code)
        f->code = nc_def_var(f->file, s->name, s->type, s->dims, dim, &f->var[v]);
    define_storage(f, v);
    put_text(f, f->var[v], "long_name", s->text);
    put_text(f, f->var[v], "units", s->units);
    if (v == PL_NC_V_GOODS && !f->code) {
        const signed char flags[2] = {0, 1};
        f->code = nc_put_att_schar(f->file, f->var[v], "flag_values", NC_BYTE, 2, flags);
        put_text(f, f->var[v], "flag_meanings", "services goods");
    }
    if (v == PL_NC_V_FLOW_ORIGIN && !f->code) {
        const signed char flags[] = {PL_ORIGIN_WHOLE, PL_ORIGIN_KNOWN, PL_ORIGIN_FILLED, PL_ORIGIN_REST};
        f->code = nc_put_att_schar(f->file, f->var[v], "flag_values", NC_BYTE, 4, flags);
        put_text(f, f->var[v], "flag_meanings", "whole known filled rest");
    }
}

static void define(writing *f) {
    const pl_world *w = f->world;
    int format = PL_NC_FORMAT;
    for (int d = 0; d < PL_NC_DIMS; d++)
        if (!f->code && (d != PL_NC_SET || w->sets))
            f->code = nc_def_dim(f->file, pl_nc_dim[d], f->size[d], &f->dim[d]);
    for (int v = 0; v < PL_NC_VARIABLES; v++)
        if (is_written(w, v))
            define_variable(f, v);
    put_text(f, NC_GLOBAL, "Conventions", "CF-1.10");
    if (!f->code)
        f->code = nc_put_att_int(f->file, NC_GLOBAL, "parley_format", NC_INT, 1, &format);
    for (size_t i = 0; i < w->note_keys.count; i++)
        put_text(f, NC_GLOBAL, w->note_keys.item[i], w->notes.item[i]);
    if (!f->code)
        f->code = nc_enddef(f->file);
}

static void put_strings(writing *f, int v, char *const *text) {
    if (!f->code)
        f->code = nc_put_var_string(f->file, f->var[v], (const char **)text);
}

static void put_doubles(writing *f, int v, const double *values) {
    if (!f->code && is_written(f->world, v))
        f->code = nc_put_var_double(f->file, f->var[v], values);
}

static int put_errors(writing *f, size_t set, const size_t *start, const size_t *count) {
    const double *error = f->world->set[set].error;
    int code = NC_NOERR;
    for (size_t j = 0; j < count[1] && !code; j++) {
        size_t at[2] = {start[0], j};
        double value = error ? error[j] : 0;
        code = nc_put_var1_double(f->file, f->var[PL_NC_V_THETA_ERROR], at, &value);
    }
    return code;
}

static void put_sets(writing *f) {
    const pl_world *w = f->world;
    for (size_t s = 0; s < w->sets && !f->code; s++) {
        size_t start[2] = {s, 0}, count[2] = {1, w->sectors};
        const char *name = w->set[s].name;
        f->code = nc_put_var1_string(f->file, f->var[PL_NC_V_SET], start, &name);
        if (!f->code)
            f->code = nc_put_vara_double(f->file, f->var[PL_NC_V_THETA], start, count, w->set[s].theta);
        if (!f->code && is_written(w, PL_NC_V_THETA_ERROR))
            f->code = put_errors(f, s, start, count);
    }
}

static void put_all(writing *f) {
    const pl_world *w = f->world;
    put_strings(f, PL_NC_V_COUNTRY, w->country_code);
    put_strings(f, PL_NC_V_COUNTRY_NAME, w->country_name);
    put_strings(f, PL_NC_V_SELLER, w->country_code);
    put_strings(f, PL_NC_V_SECTOR, w->sector_code);
    put_strings(f, PL_NC_V_SECTOR_NAME, w->sector_name);
    put_strings(f, PL_NC_V_INPUT, w->sector_code);
    for (size_t j = 0; j < w->sectors && !f->code; j++) {
        signed char flag = w->goods[j];
        f->code = nc_put_var1_schar(f->file, f->var[PL_NC_V_GOODS], &j, &flag);
    }
    put_doubles(f, PL_NC_V_FLOW, w->flow);
    put_doubles(f, PL_NC_V_TARIFF, w->tariff);
    put_doubles(f, PL_NC_V_EXPORT_TAX, w->export_tax);
    put_doubles(f, PL_NC_V_INPUT_SHARE, w->input_share);
    put_doubles(f, PL_NC_V_VALUE_ADDED_SHARE, w->value_added_share);
    put_doubles(f, PL_NC_V_PROFIT_SHARE, w->profit_share);
    if (!f->code && w->flow_origin)
        f->code = nc_put_var_uchar(f->file, f->var[PL_NC_V_FLOW_ORIGIN], w->flow_origin);
    put_sets(f);
}

/* Makes the file at `path`; returns a NetCDF code. */
static int build(const pl_world *w, const char *path) {
    writing f = {.world = w, .size = {w->countries, w->countries, w->sectors, w->sectors, w->sets}};
    f.code = nc_create(path, NC_NETCDF4 | NC_CLOBBER, &f.file);
    if (f.code)
        return f.code;
    define(&f);
    put_all(&f);
    int closed = nc_close(f.file);
    return f.code ? f.code : closed;
}

/* The most the file can take: tables as they are, and room for labels, notes and what NetCDF keeps. */
static size_t most_bytes(const pl_world *w) {
    size_t cells = 3 * w->sectors * w->countries * w->countries +
                   w->countries * w->sectors * (w->sectors + 2) + w->sets * w->sectors;
    size_t bytes = (1 << 20) + cells * sizeof(double) / 100 * 101 + 1000 * (w->countries + w->sectors);
    for (size_t i = 0; i < w->note_keys.count; i++)
        bytes += strlen(w->notes.item[i]) + 1000;
    return bytes;
}

/* Makes sure of the space first: HDF5 cannot be ended in order once a write to disk has failed. */
static pl_status reserve(const pl_world *w, const char *temporary, const char *path, pl_error *error) {
    int file = open(temporary, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return pl_fail_errno(error, "cannot write", path);
    int code = posix_fallocate(file, 0, (off_t)most_bytes(w));
    close(file);
    if (!code)
        return PL_OK;
    return pl_fail_at(error, PL_IO, path, 0,
                      "cannot write: there must be room for the %zu bytes it may need (%s)", most_bytes(w),
                      strerror(code));
}

static pl_status write_to(const pl_world *w, const char *temporary, const char *path, pl_error *error) {
    pl_status status = reserve(w, temporary, path, error);
    int code = status ? NC_NOERR : build(w, temporary);
    if (!code)
        return status;
    return pl_fail_at(error, code == NC_ENOMEM ? PL_NO_MEMORY : PL_IO, path, 0, "cannot write: %s",
                      nc_strerror(code));
}

pl_status pl_world_save(const pl_world *w, const char *path, pl_error *error) {
    pl_stage stage;
    pl_stage_init(&stage);
    const char *temporary = pl_stage_path(&stage, path, error);
    if (!temporary) {
        pl_stage_abort(&stage);
        return error ? error->status : PL_IO;
    }
    pl_status status = write_to(w, temporary, path, error);
    if (!status)
        return pl_stage_commit(&stage, error);
    pl_stage_abort(&stage);
    return status;
}
