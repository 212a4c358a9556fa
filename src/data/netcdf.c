/* Worlds as NetCDF-4 files. The layout is in docs/decisions/0002-world-format.md. */
#include "data/data.h"

#include <errno.h>
#include <fcntl.h>
#include <netcdf.h>
#include <netcdf_mem.h>
#include <string.h>
#include <unistd.h>

enum { FORMAT = 1, MOST_DIMS = 3, DEFLATE = 6 };

enum { COUNTRY, SELLER, SECTOR, INPUT, SET, DIMS };
static const char *const DIM_NAME[DIMS] = {"country", "seller", "sector", "input", "elasticity_set"};

/* One variable of the file: how it is shaped and described. */
typedef struct {
    const char *name;
    nc_type type;
    int dims, dim[MOST_DIMS];
    bool required;
    const char *units, *text;
} spec;

enum {
    V_COUNTRY,
    V_COUNTRY_NAME,
    V_SELLER,
    V_SECTOR,
    V_SECTOR_NAME,
    V_INPUT,
    V_GOODS,
    V_FLOW,
    V_TARIFF,
    V_EXPORT_TAX,
    V_INPUT_SHARE,
    V_VALUE_ADDED_SHARE,
    V_PROFIT_SHARE,
    V_FLOW_ORIGIN,
    V_SET,
    V_THETA,
    VARIABLES
};

static const spec SPEC[VARIABLES] = {
    [V_COUNTRY] = {"country", NC_STRING, 1, {COUNTRY}, true, NULL, "code of the buying country"},
    [V_COUNTRY_NAME] = {"country_name", NC_STRING, 1, {COUNTRY}, false, NULL, "name of the country"},
    [V_SELLER] = {"seller", NC_STRING, 1, {SELLER}, true, NULL, "code of the selling country"},
    [V_SECTOR] = {"sector", NC_STRING, 1, {SECTOR}, true, NULL, "code of the sector"},
    [V_SECTOR_NAME] = {"sector_name", NC_STRING, 1, {SECTOR}, false, NULL, "name of the sector"},
    [V_INPUT] = {"input", NC_STRING, 1, {INPUT}, true, NULL, "code of the sector used as input"},
    [V_GOODS] = {"goods", NC_BYTE, 1, {SECTOR}, false, NULL, "whether the sector is goods or services"},
    [V_FLOW] = {"flow",
                NC_DOUBLE,
                3,
                {SECTOR, COUNTRY, SELLER},
                true,
                "million USD",
                "purchases at customs value, before import duty, domestic ones included"},
    [V_TARIFF] =
        {"tariff", NC_DOUBLE, 3, {SECTOR, COUNTRY, SELLER}, true, "1", "ad-valorem import duty rate"},
    [V_EXPORT_TAX] =
        {"export_tax", NC_DOUBLE, 3, {SECTOR, COUNTRY, SELLER}, false, "1", "ad-valorem export tax rate"},
    [V_INPUT_SHARE] = {"input_share",
                       NC_DOUBLE,
                       3,
                       {COUNTRY, SECTOR, INPUT},
                       true,
                       "1",
                       "cost of an input over the gross output of the sector that uses it"},
    [V_VALUE_ADDED_SHARE] =
        {"value_added_share", NC_DOUBLE, 2, {COUNTRY, SECTOR}, true, "1", "value added over gross output"},
    [V_PROFIT_SHARE] =
        {"profit_share", NC_DOUBLE, 2, {COUNTRY, SECTOR}, false, "1", "profit over value added"},
    [V_FLOW_ORIGIN] = {"flow_origin",
                       NC_BYTE,
                       3,
                       {SECTOR, COUNTRY, SELLER},
                       false,
                       NULL,
                       "whether the flow of a sector that was split is known or filled in"},
    [V_SET] = {"elasticity_set", NC_STRING, 1, {SET}, false, NULL, "name of a set of trade elasticities"},
    [V_THETA] = {"theta", NC_DOUBLE, 2, {SET, SECTOR}, false, "1", "trade elasticity"},
};

/* ---- reading ---- */

typedef struct {
    int file;
    const char *origin;
    pl_error *error;
    int dim[DIMS];
    size_t size[DIMS];
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
    if (format != FORMAT)
        return pl_fail_at(r->error, PL_INVALID, r->origin, 0,
                          "world of format %d; this version of Parley reads format %d", format, FORMAT);
    return PL_OK;
}

static pl_status read_dims(reading *r) {
    for (int d = 0; d < DIMS; d++) {
        r->dim[d] = -1;
        int code = nc_inq_dimid(r->file, DIM_NAME[d], &r->dim[d]);
        if (code && d == SET)
            continue;
        if (code)
            return pl_fail_at(r->error, PL_INVALID, r->origin, 0, "dimension '%s' is missing", DIM_NAME[d]);
        code = nc_inq_dimlen(r->file, r->dim[d], &r->size[d]);
        if (code)
            return nc_failed(r, code, "dimension", DIM_NAME[d]);
    }
    if (r->size[SELLER] != r->size[COUNTRY] || r->size[INPUT] != r->size[SECTOR])
        return pl_fail_at(
            r->error, PL_INVALID, r->origin, 0,
            "%zu countries and %zu sellers, %zu sectors and %zu inputs; each pair must be as many",
            r->size[COUNTRY], r->size[SELLER], r->size[SECTOR], r->size[INPUT]);
    if (r->size[SET] > 1000)
        return pl_fail_at(r->error, PL_INVALID, r->origin, 0, "%zu elasticity sets; at most 1000 are allowed",
                          r->size[SET]);
    return pl_world_refuse_size(r->origin, r->size[COUNTRY], r->size[SECTOR], r->error);
}

/* "(sector, country, seller)" of what a variable should be. */
static const char *shape_text(const spec *s, char *out, size_t size) {
    snprintf(out, size, "(%s%s%s%s%s)", DIM_NAME[s->dim[0]], s->dims > 1 ? ", " : "",
             s->dims > 1 ? DIM_NAME[s->dim[1]] : "", s->dims > 2 ? ", " : "",
             s->dims > 2 ? DIM_NAME[s->dim[2]] : "");
    return out;
}

/* Finds a variable and checks its shape; `*id` is -1 when an optional one is absent. */
static pl_status find_variable(const reading *r, const spec *s, int *id) {
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

static pl_status read_doubles(const reading *r, const spec *s, double *into, bool *there) {
    int id;
    pl_status status = find_variable(r, s, &id);
    *there = !status && id >= 0;
    if (!*there)
        return status;
    int code = nc_get_var_double(r->file, id, into);
    return code ? nc_failed(r, code, "variable", s->name) : PL_OK;
}

/* Reads strings; `*text` is NULL when an optional variable is absent. Free with free_strings. */
static pl_status read_strings(const reading *r, const spec *s, char ***text) {
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
static pl_status read_axis(const reading *r, pl_axis axis, const spec *codes, const spec *names,
                           const spec *again) {
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
    double *flag = pl_alloc(r->size[SECTOR], sizeof *flag);
    if (!flag)
        return pl_fail_memory(r->error, r->size[SECTOR] * sizeof *flag);
    bool there = false;
    pl_status status = read_doubles(r, &SPEC[V_GOODS], flag, &there);
    for (size_t j = 0; j < r->size[SECTOR] && there && !status; j++)
        r->world->goods[j] = flag[j] != 0;
    free(flag);
    return status;
}

/* A table the world may do without: made, read, and dropped again by pl_world_tidy when it is all zero. */
static pl_status read_optional(const reading *r, const spec *s, double **table, size_t count) {
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
    pl_status status = find_variable(r, &SPEC[V_FLOW_ORIGIN], &id);
    if (status || id < 0)
        return status;
    r->world->flow_origin = pl_alloc(count, 1);
    if (!r->world->flow_origin)
        return pl_fail_memory(r->error, count);
    int code = nc_get_var_uchar(r->file, id, r->world->flow_origin);
    if (code)
        return nc_failed(r, code, "variable", SPEC[V_FLOW_ORIGIN].name);
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
    pl_status status = read_doubles(r, &SPEC[V_FLOW], w->flow, &there);
    if (!status)
        status = read_doubles(r, &SPEC[V_TARIFF], w->tariff, &there);
    if (!status)
        status = read_doubles(r, &SPEC[V_INPUT_SHARE], w->input_share, &there);
    if (!status)
        status = read_doubles(r, &SPEC[V_VALUE_ADDED_SHARE], w->value_added_share, &there);
    if (!status)
        status = read_optional(r, &SPEC[V_EXPORT_TAX], &w->export_tax, nn);
    if (!status)
        status = read_optional(r, &SPEC[V_PROFIT_SHARE], &w->profit_share, w->countries * w->sectors);
    if (!status)
        status = read_origin(r);
    return status;
}

static pl_status read_sets(const reading *r) {
    size_t sets = r->size[SET];
    if (r->dim[SET] < 0 || !sets)
        return PL_OK;
    double *theta = pl_alloc(sets * r->size[SECTOR], sizeof *theta);
    if (!theta)
        return pl_fail_memory(r->error, sets * r->size[SECTOR] * sizeof *theta);
    char **name = NULL;
    bool there = false;
    pl_status status = read_strings(r, &SPEC[V_SET], &name);
    if (!status)
        status = read_doubles(r, &SPEC[V_THETA], theta, &there);
    if (!status && (!there || !name))
        status = pl_fail_at(r->error, PL_INVALID, r->origin, 0,
                            "there is a dimension 'elasticity_set' but no variable '%s'",
                            there ? "elasticity_set" : "theta");
    for (size_t s = 0; s < sets && !status; s++)
        if (!pl_world_add_set(r->world, or_empty(name, s), theta + s * r->size[SECTOR]))
            status = pl_fail_memory(r->error, r->size[SECTOR] * sizeof *theta);
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
    r->world = pl_world_blank(r->size[COUNTRY], r->size[SECTOR]);
    if (!r->world)
        return pl_fail_memory(r->error,
                              r->size[COUNTRY] * r->size[COUNTRY] * r->size[SECTOR] * sizeof(double));
    status = read_axis(r, PL_COUNTRY, &SPEC[V_COUNTRY], &SPEC[V_COUNTRY_NAME], &SPEC[V_SELLER]);
    if (!status)
        status = read_axis(r, PL_SECTOR, &SPEC[V_SECTOR], &SPEC[V_SECTOR_NAME], &SPEC[V_INPUT]);
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
    if (code > 0) {
        errno = code;
        return pl_fail_errno(error, "cannot read", path);
    }
    return pl_fail_at(error, PL_IO, path, 0, "not a readable NetCDF file, or cut short (%s)",
                      nc_strerror(code));
}

pl_status pl_netcdf_read(const char *path, pl_world **world, pl_error *error) {
    int file = 0, code = nc_open(path, NC_NOWRITE, &file);
    *world = NULL;
    return code ? open_failed(code, path, error) : read_and_close(file, path, world, error);
}

pl_status pl_netcdf_read_memory(const char *name, void *bytes, size_t size, pl_world **world,
                                pl_error *error) {
    int file = 0, code = nc_open_mem(name, NC_NOWRITE, size, bytes, &file);
    *world = NULL;
    return code ? open_failed(code, name, error) : read_and_close(file, name, world, error);
}

/* ---- writing ---- */

/* The first failure stays in `code`; later calls do nothing. */
typedef struct {
    int file, code;
    int dim[DIMS], var[VARIABLES];
    const pl_world *world;
    size_t size[DIMS];
} writing;

static void put_text(writing *f, int variable, const char *key, const char *text) {
    if (!f->code && text)
        f->code = nc_put_att_text(f->file, variable, key, strlen(text), text);
}

static bool is_written(const pl_world *w, int v) {
    switch (v) {
    case V_EXPORT_TAX:
        return w->export_tax != NULL;
    case V_PROFIT_SHARE:
        return w->profit_share != NULL;
    case V_FLOW_ORIGIN:
        return w->flow_origin != NULL;
    case V_SET:
    case V_THETA:
        return w->sets > 0;
    default:
        return true;
    }
}

/* One chunk for each index of the leading dimension of a table of three: about the size a disk reads at once.
 */
static void define_storage(writing *f, int v) {
    const spec *s = &SPEC[v];
    size_t chunk[MOST_DIMS];
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
    const spec *s = &SPEC[v];
    int dim[MOST_DIMS] = {0};
    for (int d = 0; d < s->dims; d++)
        dim[d] = f->dim[s->dim[d]];
    if (!f->code)
        f->code = nc_def_var(f->file, s->name, s->type, s->dims, dim, &f->var[v]);
    define_storage(f, v);
    put_text(f, f->var[v], "long_name", s->text);
    put_text(f, f->var[v], "units", s->units);
    if (v == V_GOODS && !f->code) {
        const signed char flags[2] = {0, 1};
        f->code = nc_put_att_schar(f->file, f->var[v], "flag_values", NC_BYTE, 2, flags);
        put_text(f, f->var[v], "flag_meanings", "services goods");
    }
    if (v == V_FLOW_ORIGIN && !f->code) {
        const signed char flags[] = {PL_ORIGIN_WHOLE, PL_ORIGIN_KNOWN, PL_ORIGIN_FILLED, PL_ORIGIN_REST};
        f->code = nc_put_att_schar(f->file, f->var[v], "flag_values", NC_BYTE, 4, flags);
        put_text(f, f->var[v], "flag_meanings", "whole known filled rest");
    }
}

static void define(writing *f) {
    const pl_world *w = f->world;
    int format = FORMAT;
    for (int d = 0; d < DIMS; d++)
        if (!f->code && (d != SET || w->sets))
            f->code = nc_def_dim(f->file, DIM_NAME[d], f->size[d], &f->dim[d]);
    for (int v = 0; v < VARIABLES; v++)
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

static void put_sets(writing *f) {
    const pl_world *w = f->world;
    for (size_t s = 0; s < w->sets && !f->code; s++) {
        size_t start[2] = {s, 0}, count[2] = {1, w->sectors};
        const char *name = w->set[s].name;
        f->code = nc_put_var1_string(f->file, f->var[V_SET], start, &name);
        if (!f->code)
            f->code = nc_put_vara_double(f->file, f->var[V_THETA], start, count, w->set[s].theta);
    }
}

static void put_all(writing *f) {
    const pl_world *w = f->world;
    put_strings(f, V_COUNTRY, w->country_code);
    put_strings(f, V_COUNTRY_NAME, w->country_name);
    put_strings(f, V_SELLER, w->country_code);
    put_strings(f, V_SECTOR, w->sector_code);
    put_strings(f, V_SECTOR_NAME, w->sector_name);
    put_strings(f, V_INPUT, w->sector_code);
    for (size_t j = 0; j < w->sectors && !f->code; j++) {
        signed char flag = w->goods[j];
        f->code = nc_put_var1_schar(f->file, f->var[V_GOODS], &j, &flag);
    }
    put_doubles(f, V_FLOW, w->flow);
    put_doubles(f, V_TARIFF, w->tariff);
    put_doubles(f, V_EXPORT_TAX, w->export_tax);
    put_doubles(f, V_INPUT_SHARE, w->input_share);
    put_doubles(f, V_VALUE_ADDED_SHARE, w->value_added_share);
    put_doubles(f, V_PROFIT_SHARE, w->profit_share);
    if (!f->code && w->flow_origin)
        f->code = nc_put_var_uchar(f->file, f->var[V_FLOW_ORIGIN], w->flow_origin);
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
