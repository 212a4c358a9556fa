/* Worlds read from NetCDF-4 files, from disk or from memory. */
#include "data/netcdf_layout.h"

#include <errno.h>
#include <hdf5.h>
#include <netcdf_mem.h>
#include <string.h>

typedef struct {
    int file;
    const char *origin;
    pl_error *error;
    int dim[PL_NC_DIMS];
    size_t size[PL_NC_DIMS];
    pl_world *world;
} reading;

static pl_status nc_failed(const reading *r, int code, const char *what, const char *name) {
    return pl_fail_at(r->error, code == NC_ENOMEM ? PL_NO_MEMORY : PL_IO, r->origin, 0,
                      "cannot read %s '%s': %s", what, name, nc_strerror(code));
}

static pl_status check_format(const reading *r) {
    int format = 0;
    nc_type type = NC_NAT;
    size_t length = 0;
    int code = nc_inq_att(r->file, NC_GLOBAL, "parley_format", &type, &length);
    if (!code && length == 1 && type != NC_CHAR && type != NC_STRING)
        code = nc_get_att_int(r->file, NC_GLOBAL, "parley_format", &format);
    if (code)
        return pl_fail_at(r->error, PL_INVALID, r->origin, 0,
                          "a NetCDF file, but not a world: it has no global attribute parley_format");
    if (format != PL_NC_FORMAT)
        return pl_fail_at(r->error, PL_INVALID, r->origin, 0,
                          "world of format %d; this version of Parley reads format %d", format, PL_NC_FORMAT);
    return PL_OK;
}

static pl_status read_dims(reading *r) {
    for (int d = 0; d < PL_NC_DIMS; d++) {
        r->dim[d] = -1;
        int code = nc_inq_dimid(r->file, pl_nc_dim[d], &r->dim[d]);
        if (code && d == PL_NC_SET)
            continue;
        if (code)
            return pl_fail_at(r->error, PL_INVALID, r->origin, 0, "dimension '%s' is missing", pl_nc_dim[d]);
        code = nc_inq_dimlen(r->file, r->dim[d], &r->size[d]);
        if (code)
            return nc_failed(r, code, "dimension", pl_nc_dim[d]);
    }
    if (r->size[PL_NC_SELLER] != r->size[PL_NC_COUNTRY] || r->size[PL_NC_INPUT] != r->size[PL_NC_SECTOR])
        return pl_fail_at(
            r->error, PL_INVALID, r->origin, 0,
            "%zu countries and %zu sellers, %zu sectors and %zu inputs; each pair must be as many",
            r->size[PL_NC_COUNTRY], r->size[PL_NC_SELLER], r->size[PL_NC_SECTOR], r->size[PL_NC_INPUT]);
    if (r->size[PL_NC_SET] > 1000)
        return pl_fail_at(r->error, PL_INVALID, r->origin, 0, "%zu elasticity sets; at most 1000 are allowed",
                          r->size[PL_NC_SET]);
    return pl_world_refuse_size(r->origin, r->size[PL_NC_COUNTRY], r->size[PL_NC_SECTOR], r->error);
}

/* "(sector, country, seller)" of what a variable should be. */
static const char *shape_text(const pl_nc_spec *s, char *out, size_t size) {
    snprintf(out, size, "(%s%s%s%s%s)", pl_nc_dim[s->dim[0]], s->dims > 1 ? ", " : "",
             s->dims > 1 ? pl_nc_dim[s->dim[1]] : "", s->dims > 2 ? ", " : "",
             s->dims > 2 ? pl_nc_dim[s->dim[2]] : "");
    return out;
}

/* Finds a variable and checks its shape; `*id` is -1 when an optional one is absent. */
static pl_status find_variable(const reading *r, const pl_nc_spec *s, int *id) {
    char shape[80];
    *id = -1;
    if (nc_inq_varid(r->file, s->name, id)) {
        *id = -1;
        return s->required ? pl_fail_at(r->error, PL_INVALID, r->origin, 0, "variable '%s' %s is missing",
                                        s->name, shape_text(s, shape, sizeof shape))
                           : PL_OK;
    }
    int dims = 0, dim[NC_MAX_VAR_DIMS];
    nc_type type = NC_NAT;
    int code = nc_inq_var(r->file, *id, NULL, &type, &dims, dim, NULL);
    if (code)
        return nc_failed(r, code, "variable", s->name);
    bool right = dims == s->dims;
    for (int d = 0; right && d < dims; d++)
        right = dim[d] == r->dim[s->dim[d]];
    if (!right)
        return pl_fail_at(r->error, PL_INVALID, r->origin, 0,
                          "variable '%s' has the wrong shape; it must be %s", s->name,
                          shape_text(s, shape, sizeof shape));
    bool text = type == NC_STRING, numeric = type >= NC_BYTE && type <= NC_UINT64 && type != NC_CHAR;
    if (s->type == NC_STRING ? !text : !numeric)
        return pl_fail_at(r->error, PL_INVALID, r->origin, 0,
                          "variable '%s' has the wrong type; it must be %s", s->name,
                          s->type == NC_STRING ? "strings" : "numbers");
    return PL_OK;
}

static pl_status read_doubles(const reading *r, const pl_nc_spec *s, double *into, bool *there) {
    int id;
    pl_status status = find_variable(r, s, &id);
    *there = !status && id >= 0;
    if (!*there)
        return status;
    int code = nc_get_var_double(r->file, id, into);
    return code ? nc_failed(r, code, "variable", s->name) : PL_OK;
}

/* Reads strings; `*text` is NULL when an optional variable is absent. Free with free_strings. */
static pl_status read_strings(const reading *r, const pl_nc_spec *s, char ***text) {
    int id;
    *text = NULL;
    pl_status status = find_variable(r, s, &id);
    if (status || id < 0)
        return status;
    size_t count = r->size[s->dim[0]];
    *text = pl_alloc(count, sizeof(char *));
    if (!*text)
        return pl_fail_memory(r->error, count * sizeof(char *));
    int code = nc_get_var_string(r->file, id, *text);
    if (!code)
        return PL_OK;
    free(*text);
    *text = NULL;
    return nc_failed(r, code, "variable", s->name);
}

static void free_strings(char **text, size_t count) {
    if (text)
        nc_free_string(count, text);
    free(text);
}

static const char *or_empty(char *const *text, size_t i) {
    return text && text[i] ? text[i] : "";
}

/* The labels of one axis, and that its second copy (seller, input) agrees with it. */
static pl_status read_axis(const reading *r, pl_axis axis, const pl_nc_spec *codes, const pl_nc_spec *names,
                           const pl_nc_spec *again) {
    char **code = NULL, **name = NULL, **copy = NULL;
    size_t count = pl_world_size(r->world, axis);
    pl_status status = read_strings(r, codes, &code);
    if (!status)
        status = read_strings(r, names, &name);
    if (!status)
        status = read_strings(r, again, &copy);
    for (size_t i = 0; i < count && !status; i++) {
        if (strcmp(or_empty(code, i), or_empty(copy, i)))
            status = pl_fail_at(
                r->error, PL_INVALID, r->origin, 0,
                "number %zu of '%s' is '%s' but of '%s' it is '%s'; both must be in the same order", i + 1,
                codes->name, or_empty(code, i), again->name, or_empty(copy, i));
        else if (!pl_world_label(r->world, axis, i, or_empty(code, i), or_empty(name, i)))
            status = pl_fail_memory(r->error, strlen(or_empty(code, i)));
    }
    free_strings(code, count);
    free_strings(name, count);
    free_strings(copy, count);
    return status;
}

static pl_status read_goods(const reading *r) {
    double *flag = pl_alloc(r->size[PL_NC_SECTOR], sizeof *flag);
    if (!flag)
        return pl_fail_memory(r->error, r->size[PL_NC_SECTOR] * sizeof *flag);
    bool there = false;
    pl_status status = read_doubles(r, &pl_nc_variable[PL_NC_V_GOODS], flag, &there);
    for (size_t j = 0; j < r->size[PL_NC_SECTOR] && there && !status; j++)
        r->world->goods[j] = flag[j] != 0;
    free(flag);
    return status;
}

/* A table the world may do without: made, read, and dropped again by pl_world_tidy when it is all zero. */
static pl_status read_optional(const reading *r, const pl_nc_spec *s, double **table, size_t count) {
    int id;
    bool there = false;
    pl_status status = find_variable(r, s, &id);
    if (status || id < 0)
        return status;
    *table = pl_alloc(count, sizeof(double));
    return *table ? read_doubles(r, s, *table, &there) : pl_fail_memory(r->error, count * sizeof(double));
}

/* Which flows of split sectors are known; absent when no sector was split. */
static pl_status read_origin(const reading *r) {
    int id;
    size_t count = r->world->sectors * r->world->countries * r->world->countries;
    pl_status status = find_variable(r, &pl_nc_variable[PL_NC_V_FLOW_ORIGIN], &id);
    if (status || id < 0)
        return status;
    r->world->flow_origin = pl_alloc(count, 1);
    if (!r->world->flow_origin)
        return pl_fail_memory(r->error, count);
    int code = nc_get_var_uchar(r->file, id, r->world->flow_origin);
    if (code)
        return nc_failed(r, code, "variable", pl_nc_variable[PL_NC_V_FLOW_ORIGIN].name);
    for (size_t at = 0; at < count; at++)
        if (r->world->flow_origin[at] > PL_ORIGIN_REST)
            return pl_fail_at(r->error, PL_INVALID, r->origin, 0,
                              "variable 'flow_origin' holds %d; it must be 0 to %d",
                              r->world->flow_origin[at], PL_ORIGIN_REST);
    return PL_OK;
}

static pl_status read_tables(const reading *r) {
    pl_world *w = r->world;
    size_t nn = w->sectors * w->countries * w->countries;
    bool there;
    pl_status status = read_doubles(r, &pl_nc_variable[PL_NC_V_FLOW], w->flow, &there);
    if (!status)
        status = read_doubles(r, &pl_nc_variable[PL_NC_V_TARIFF], w->tariff, &there);
    if (!status)
        status = read_doubles(r, &pl_nc_variable[PL_NC_V_INPUT_SHARE], w->input_share, &there);
    if (!status)
        status = read_doubles(r, &pl_nc_variable[PL_NC_V_VALUE_ADDED_SHARE], w->value_added_share, &there);
    if (!status)
        status = read_optional(r, &pl_nc_variable[PL_NC_V_EXPORT_TAX], &w->export_tax, nn);
    if (!status)
        status = read_optional(r, &pl_nc_variable[PL_NC_V_PROFIT_SHARE], &w->profit_share,
                               w->countries * w->sectors);
    if (!status)
        status = read_origin(r);
    return status;
}

static pl_status read_sets(const reading *r) {
    size_t sets = r->size[PL_NC_SET];
    if (r->dim[PL_NC_SET] < 0 || !sets)
        return PL_OK;
    size_t J = r->size[PL_NC_SECTOR];
    double *theta = pl_alloc(2 * sets * J, sizeof *theta), *error = theta + sets * J;
    if (!theta)
        return pl_fail_memory(r->error, 2 * sets * J * sizeof *theta);
    char **name = NULL;
    bool there = false, errors = false;
    pl_status status = read_strings(r, &pl_nc_variable[PL_NC_V_SET], &name);
    if (!status)
        status = read_doubles(r, &pl_nc_variable[PL_NC_V_THETA], theta, &there);
    if (!status && (!there || !name))
        status = pl_fail_at(r->error, PL_INVALID, r->origin, 0,
                            "there is a dimension 'elasticity_set' but no variable '%s'",
                            there ? "elasticity_set" : "theta");
    if (!status)
        status = read_doubles(r, &pl_nc_variable[PL_NC_V_THETA_ERROR], error, &errors);
    for (size_t s = 0; s < sets && !status; s++)
        if (!pl_world_add_set(r->world, or_empty(name, s), theta + s * J, errors ? error + s * J : NULL))
            status = pl_fail_memory(r->error, J * sizeof *theta);
    free_strings(name, sets);
    free(theta);
    return status;
}

static pl_status note_refused(const reading *r, const char *name) {
    return pl_fail_at(r->error, PL_INVALID, r->origin, 0,
                      "global attribute '%s' is neither text nor one number", name);
}

/* The text of a global attribute, on the heap; numbers are written out. */
static pl_status read_note(const reading *r, const char *name, char **text) {
    nc_type type = NC_NAT;
    size_t length = 0;
    double value = 0;
    int code = nc_inq_att(r->file, NC_GLOBAL, name, &type, &length);
    if (code)
        return nc_failed(r, code, "global attribute", name);
    if (length > 1000000 || (type != NC_CHAR && length != 1))
        return note_refused(r, name);
    if (type == NC_CHAR) {
        *text = pl_alloc(length + 1, 1);
        code = *text ? nc_get_att_text(r->file, NC_GLOBAL, name, *text) : NC_NOERR;
    } else if (type == NC_STRING) {
        char *owned = NULL;
        code = nc_get_att_string(r->file, NC_GLOBAL, name, &owned);
        *text = code ? NULL : pl_strdup(owned ? owned : "");
        nc_free_string(1, &owned);
    } else {
        if (nc_get_att_double(r->file, NC_GLOBAL, name, &value))
            return note_refused(r, name);
        *text = pl_format("%.17g", value);
    }
    if (code)
        return nc_failed(r, code, "global attribute", name);
    return *text ? PL_OK : pl_fail_memory(r->error, length);
}

static pl_status read_notes(const reading *r) {
    int count = 0, code = nc_inq_natts(r->file, &count);
    if (code)
        return nc_failed(r, code, "the list of", "global attributes");
    for (int a = 0; a < count; a++) {
        char name[NC_MAX_NAME + 1] = "";
        code = nc_inq_attname(r->file, NC_GLOBAL, a, name);
        if (code)
            return nc_failed(r, code, "the list of", "global attributes");
        if (!strcmp(name, "Conventions") || !strcmp(name, "parley_format"))
            continue;
        char *text = NULL;
        pl_status status = read_note(r, name, &text);
        if (!status)
            status = pl_world_set_note(r->world, name, text, r->error);
        free(text);
        if (status)
            return status;
    }
    return PL_OK;
}

static pl_status read_file(reading *r) {
    pl_status status = check_format(r);
    if (!status)
        status = read_dims(r);
    if (status)
        return status;
    r->world = pl_world_blank(r->size[PL_NC_COUNTRY], r->size[PL_NC_SECTOR]);
    if (!r->world)
        return pl_fail_memory(r->error, r->size[PL_NC_COUNTRY] * r->size[PL_NC_COUNTRY] *
                                            r->size[PL_NC_SECTOR] * sizeof(double));
    status = read_axis(r, PL_COUNTRY, &pl_nc_variable[PL_NC_V_COUNTRY], &pl_nc_variable[PL_NC_V_COUNTRY_NAME],
                       &pl_nc_variable[PL_NC_V_SELLER]);
    if (!status)
        status = read_axis(r, PL_SECTOR, &pl_nc_variable[PL_NC_V_SECTOR],
                           &pl_nc_variable[PL_NC_V_SECTOR_NAME], &pl_nc_variable[PL_NC_V_INPUT]);
    if (!status)
        pl_world_default_goods(r->world);
    if (!status)
        status = read_goods(r);
    if (!status)
        status = read_tables(r);
    if (!status)
        status = read_sets(r);
    if (!status)
        status = read_notes(r);
    if (!status)
        pl_world_tidy(r->world);
    return status;
}

/* Reads an open file and closes it. */
static pl_status read_and_close(int file, const char *origin, pl_world **world, pl_error *error) {
    reading r = {.file = file, .origin = origin, .error = error};
    pl_status status = read_file(&r);
    int code = nc_close(file);
    if (!status && code)
        status = nc_failed(&r, code, "the end of", "the file");
    if (!status)
        status = pl_world_form(r.world, origin, error);
    if (status) {
        pl_world_free(r.world);
        return status;
    }
    *world = r.world;
    return PL_OK;
}

static pl_status open_failed(int code, const char *path, pl_error *error) {
    if (code == ESPIPE)
        return pl_fail(error, PL_IO, "cannot read %s: a world in NetCDF must be a file, not a pipe", path);
    if (code > 0) {
        errno = code;
        return pl_fail_errno(error, "cannot read", path);
    }
    return pl_fail_at(error, PL_IO, path, 0, "not a readable NetCDF file, or cut short (%s)",
                      nc_strerror(code));
}

/* HDF5 prints what netCDF tries in vain, unless told not to in each thread; netCDF tells it in the first only. */
static void keep_quiet(void) {
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

pl_status pl_netcdf_read(const char *path, pl_world **world, pl_error *error) {
    keep_quiet();
    int file = 0, code = nc_open(path, NC_NOWRITE, &file);
    *world = NULL;
    return code ? open_failed(code, path, error) : read_and_close(file, path, world, error);
}

pl_status pl_netcdf_read_memory(const char *name, void *bytes, size_t size, pl_world **world,
                                pl_error *error) {
    keep_quiet();
    int file = 0, code = nc_open_mem(name, NC_NOWRITE, size, bytes, &file);
    *world = NULL;
    return code ? open_failed(code, name, error) : read_and_close(file, name, world, error);
}
