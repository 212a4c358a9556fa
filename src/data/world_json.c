/* Worlds as one JSON document, read and written with jansson. */
#include "data/data.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

/* ---- reading ---- */

typedef struct {
    const char *path;
    pl_error *error;
} reading;

static pl_status refuse(const reading *r, const char *what, const char *must) {
    return pl_fail_at(r->error, PL_INVALID, r->path, 0, "'%s' must be %s", what, must);
}

typedef struct {
    pl_reader *reader;
    pl_error *error;
    pl_status status;
} source;

static size_t read_bytes(void *buffer, size_t size, void *context) {
    source *s = context;
    size_t got = 0;
    s->status = pl_reader_read(s->reader, buffer, size, &got, s->error);
    return s->status ? (size_t)-1 : got;
}

/* Parses the document; a repeated key is an error. */
static pl_status parse(pl_reader *reader, const char *path, json_t **root, pl_error *error) {
    source s = {reader, error, PL_OK};
    json_error_t at;
    *root = json_load_callback(read_bytes, &s, JSON_REJECT_DUPLICATES, &at);
    if (s.status)
        return s.status;
    if (*root)
        return PL_OK;
    if (json_error_code(&at) == json_error_out_of_memory)
        return pl_fail_memory(error, 0);
    return pl_fail_at(error, PL_INVALID, path, at.line > 0 ? (size_t)at.line : 0, "not valid JSON: %s",
                      at.text);
}

/* Numbers of nested lists, `dims` deep, into a flat array. */
static pl_status take_numbers(const reading *r, const char *what, const json_t *node, size_t dims,
                              const size_t *size, double **to) {
    char must[80];
    if (!dims) {
        if (!json_is_number(node))
            return refuse(r, what, "numbers throughout");
        *(*to)++ = json_number_value(node);
        return PL_OK;
    }
    if (!json_is_array(node) || json_array_size(node) != size[0]) {
        snprintf(must, sizeof must, "lists within lists; one of them does not have the %zu entries it needs",
                 size[0]);
        return refuse(r, what, must);
    }
    pl_status status = PL_OK;
    for (size_t i = 0; i < size[0] && !status; i++)
        status = take_numbers(r, what, json_array_get(node, i), dims - 1, size + 1, to);
    return status;
}

static pl_status take_table(const reading *r, const json_t *root, const char *what, const size_t size[3],
                            size_t dims, double *table) {
    const json_t *node = json_object_get(root, what);
    double *to = table;
    if (!node)
        return pl_fail_at(r->error, PL_INVALID, r->path, 0, "'%s' is missing", what);
    return take_numbers(r, what, node, dims, size, &to);
}

/* A table the world may do without. */
static pl_status take_optional(const reading *r, const json_t *root, const char *what, const size_t size[3],
                               size_t dims, double **table) {
    size_t count = 1;
    if (!json_object_get(root, what))
        return PL_OK;
    for (size_t d = 0; d < dims; d++)
        count *= size[d];
    *table = pl_alloc(count, sizeof(double));
    return *table ? take_table(r, root, what, size, dims, *table)
                  : pl_fail_memory(r->error, count * sizeof(double));
}

/* The list of countries or sectors: objects with a code. */
static pl_status find_list(const reading *r, const json_t *root, const char *key, const json_t **list) {
    *list = json_object_get(root, key);
    if (!*list)
        return pl_fail_at(r->error, PL_INVALID, r->path, 0, "'%s' is missing", key);
    return json_is_array(*list) && json_array_size(*list) ? PL_OK
                                                          : refuse(r, key, "a list that is not empty");
}

static pl_status take_labels(const reading *r, pl_world *w, pl_axis axis, const json_t *list,
                             const char *key) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *code = json_string_value(json_object_get(entry, "code"));
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (!code)
            return refuse(r, key, "a list of objects, each with the text 'code'");
        if (!pl_world_label(w, axis, i, code, name))
            return pl_fail_memory(r->error, strlen(code));
    }
    return PL_OK;
}

static pl_status take_goods(const reading *r, pl_world *w, const json_t *list) {
    pl_world_default_goods(w);
    for (size_t j = 0; j < w->sectors; j++) {
        const json_t *goods = json_object_get(json_array_get(list, j), "goods");
        if (goods && !json_is_boolean(goods))
            return refuse(r, "sectors", "objects whose 'goods' is true or false");
        if (goods)
            w->goods[j] = json_is_true(goods);
    }
    return PL_OK;
}

static pl_status take_sets(const reading *r, pl_world *w, const json_t *sets) {
    if (!sets)
        return PL_OK;
    if (!json_is_array(sets))
        return refuse(r, "elasticities", "a list of objects with 'name' and 'theta'");
    double *theta = pl_alloc(2 * w->sectors, sizeof *theta), *error = theta + w->sectors;
    if (!theta)
        return pl_fail_memory(r->error, 2 * w->sectors * sizeof *theta);
    pl_status status = PL_OK;
    size_t size[3] = {w->sectors, 0, 0};
    for (size_t s = 0; s < json_array_size(sets) && !status; s++) {
        const json_t *entry = json_array_get(sets, s);
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (!name)
            status = refuse(r, "elasticities", "a list of objects with 'name' and 'theta'");
        else
            status = take_table(r, entry, "theta", size, 1, theta);
        bool errors = json_object_get(entry, "theta_se") != NULL;
        if (!status && errors)
            status = take_table(r, entry, "theta_se", size, 1, error);
        if (!status && !pl_world_add_set(w, name, theta, errors ? error : NULL))
            status = pl_fail_memory(r->error, w->sectors * sizeof *theta);
    }
    free(theta);
    return status;
}

static pl_status take_notes(const reading *r, pl_world *w, const json_t *notes) {
    if (notes && !json_is_object(notes))
        return refuse(r, "notes", "an object of texts");
    const char *key;
    json_t *text;
    json_object_foreach((json_t *)notes, key, text) {
        if (!json_is_string(text))
            return refuse(r, "notes", "an object of texts");
        pl_status status = pl_world_set_note(w, key, json_string_value(text), r->error);
        if (status)
            return status;
    }
    return PL_OK;
}

/* Where the flows of split sectors come from: numbers of pl_flow_origin. */
static pl_status take_origin(const reading *r, pl_world *w, const json_t *root, const size_t size[3]) {
    size_t count = size[0] * size[1] * size[2];
    double *origin = NULL;
    pl_status status = take_optional(r, root, "flow_origin", size, 3, &origin);
    if (!status && origin) {
        w->flow_origin = pl_alloc(count, 1);
        status = w->flow_origin ? PL_OK : pl_fail_memory(r->error, count);
    }
    for (size_t at = 0; origin && !status && at < count; at++) {
        if (!(origin[at] >= PL_ORIGIN_WHOLE && origin[at] <= PL_ORIGIN_REST))
            status = refuse(r, "flow_origin", "numbers from 0 to 3");
        else
            w->flow_origin[at] = (unsigned char)origin[at];
    }
    free(origin);
    return status;
}

static pl_status take_tables(const reading *r, pl_world *w, const json_t *root) {
    size_t N = w->countries, J = w->sectors;
    const size_t bilateral[3] = {J, N, N}, inputs[3] = {N, J, J}, shares[3] = {N, J, 0};
    pl_status status = take_table(r, root, "flow", bilateral, 3, w->flow);
    if (!status && json_object_get(root, "tariff"))
        status = take_table(r, root, "tariff", bilateral, 3, w->tariff);
    if (!status)
        status = take_optional(r, root, "export_tax", bilateral, 3, &w->export_tax);
    if (!status && json_object_get(root, "input_share"))
        status = take_table(r, root, "input_share", inputs, 3, w->input_share);
    if (!status && json_object_get(root, "value_added_share"))
        status = take_table(r, root, "value_added_share", shares, 2, w->value_added_share);
    else if (!status)
        pl_world_close_value_added(w);
    if (!status)
        status = take_optional(r, root, "profit_share", shares, 2, &w->profit_share);
    if (!status)
        status = take_origin(r, w, root, bilateral);
    return status;
}

static pl_status check_header(const reading *r, const json_t *root) {
    static const char *const keys[] = {
        "parley_world", "notes",      "countries",   "sectors",           "elasticities", "flow",
        "tariff",       "export_tax", "input_share", "value_added_share", "profit_share", "flow_origin"};
    enum { KEYS = sizeof keys / sizeof *keys };
    if (!json_is_object(root) || !json_is_integer(json_object_get(root, "parley_world")))
        return pl_fail_at(r->error, PL_INVALID, r->path, 0,
                          "JSON, but not a world: it has no number 'parley_world'");
    if (json_integer_value(json_object_get(root, "parley_world")) != 1)
        return pl_fail_at(r->error, PL_INVALID, r->path, 0,
                          "world of format %lld; this version of Parley reads format 1",
                          (long long)json_integer_value(json_object_get(root, "parley_world")));
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)root, key, value) {
        size_t k = 0;
        char near[160];
        while (k < KEYS && strcmp(keys[k], key))
            k++;
        if (k == KEYS)
            return pl_fail_at(r->error, PL_INVALID, r->path, 0, "unknown key '%.60s'%s", key,
                              pl_suggest_text(near, sizeof near, key, keys, KEYS));
    }
    return PL_OK;
}

static pl_status take_world(const reading *r, const json_t *root, pl_world **world) {
    const json_t *countries = NULL, *sectors = NULL;
    pl_status status = check_header(r, root);
    if (!status)
        status = find_list(r, root, "countries", &countries);
    if (!status)
        status = find_list(r, root, "sectors", &sectors);
    if (!status)
        status =
            pl_world_refuse_size(r->path, json_array_size(countries), json_array_size(sectors), r->error);
    if (status)
        return status;
    pl_world *w = *world = pl_world_blank(json_array_size(countries), json_array_size(sectors));
    if (!w)
        return pl_fail_memory(r->error, 0);
    status = take_labels(r, w, PL_COUNTRY, countries, "countries");
    if (!status)
        status = take_labels(r, w, PL_SECTOR, sectors, "sectors");
    if (!status)
        status = take_goods(r, w, sectors);
    if (!status)
        status = take_tables(r, w, root);
    if (!status)
        status = take_sets(r, w, json_object_get(root, "elasticities"));
    if (!status)
        status = take_notes(r, w, json_object_get(root, "notes"));
    if (status)
        return status;
    pl_world_tidy(w);
    return pl_world_form(w, r->path, r->error);
}

pl_status pl_world_read_json(pl_reader *reader, pl_world **world, pl_error *error) {
    reading r = {pl_reader_name(reader), error};
    json_t *root = NULL;
    *world = NULL;
    pl_status status = parse(reader, r.path, &root, error);
    if (!status)
        status = take_world(&r, root, world);
    json_decref(root);
    if (status) {
        pl_world_free(*world);
        *world = NULL;
    }
    return status;
}

pl_status pl_world_import_json(const char *path, pl_world **world, pl_error *error) {
    pl_reader *reader = NULL;
    *world = NULL;
    pl_status status = pl_reader_open(path, &reader, error);
    if (!status)
        status = pl_world_read_json(reader, world, error);
    pl_reader_free(reader);
    return status;
}

/* ---- writing ---- */

/* Texts go through jansson, which escapes them; numbers are printed with 17 digits, enough for the same
 * double. */
static bool put_text(FILE *out, const char *text) {
    json_t *node = json_string(text);
    bool put = node && !json_dumpf(node, out, JSON_ENCODE_ANY);
    json_decref(node);
    return put;
}

static void put_numbers(FILE *out, const double *values, size_t dims, const size_t *size) {
    size_t step = 1;
    for (size_t d = 1; d < dims; d++)
        step *= size[d];
    fputs(dims == 1 ? "[" : "[\n", out);
    for (size_t i = 0; i < size[0]; i++) {
        if (i)
            fputs(dims == 1 ? "," : ",\n", out);
        if (dims == 1)
            fprintf(out, "%.17g", values[i]);
        else
            put_numbers(out, values + i * step, dims - 1, size + 1);
    }
    fputc(']', out);
}

static void put_table(FILE *out, const char *name, const double *values, size_t dims, const size_t *size) {
    if (!values)
        return;
    fprintf(out, ",\n\"%s\": ", name);
    put_numbers(out, values, dims, size);
}

static bool put_labels(FILE *out, const pl_world *w, pl_axis axis, const char *key) {
    bool put = fprintf(out, ",\n\"%s\": [", key) > 0;
    for (size_t i = 0; i < pl_world_size(w, axis) && put; i++) {
        fputs(i ? ",\n{\"code\": " : "\n{\"code\": ", out);
        put = put_text(out, pl_world_code(w, axis, i));
        fputs(", \"name\": ", out);
        put = put && put_text(out, pl_world_name(w, axis, i));
        if (axis == PL_SECTOR)
            fprintf(out, ", \"goods\": %s", w->goods[i] ? "true" : "false");
        fputc('}', out);
    }
    fputc(']', out);
    return put;
}

static bool put_notes_and_sets(FILE *out, const pl_world *w) {
    bool put = fputs(",\n\"notes\": {", out) >= 0;
    for (size_t i = 0; i < w->note_keys.count && put; i++) {
        fputs(i ? ",\n" : "\n", out);
        put = put_text(out, w->note_keys.item[i]);
        fputs(": ", out);
        put = put && put_text(out, w->notes.item[i]);
    }
    fputs("},\n\"elasticities\": [", out);
    for (size_t s = 0; s < w->sets && put; s++) {
        fputs(s ? ",\n{\"name\": " : "\n{\"name\": ", out);
        put = put_text(out, w->set[s].name);
        put_table(out, "theta", w->set[s].theta, 1, &w->sectors);
        if (w->set[s].error)
            put_table(out, "theta_se", w->set[s].error, 1, &w->sectors);
        fputc('}', out);
    }
    fputc(']', out);
    return put;
}

static void put_origin(FILE *out, const pl_world *w) {
    size_t N = w->countries;
    if (!w->flow_origin)
        return;
    fputs(",\n\"flow_origin\": [", out);
    for (size_t at = 0; at < w->sectors * N * N; at++)
        fprintf(out, "%s%s%d%s%s",
                at % (N * N) ? ""
                : at         ? ",\n["
                             : "[",
                at % N         ? ","
                : at % (N * N) ? ",["
                               : "[",
                w->flow_origin[at], (at + 1) % N ? "" : "]", (at + 1) % (N * N) ? "" : "]");
    fputc(']', out);
}

static bool put_world(FILE *out, const pl_world *w) {
    const size_t bilateral[3] = {w->sectors, w->countries, w->countries};
    const size_t inputs[3] = {w->countries, w->sectors, w->sectors};
    fputs("{\"parley_world\": 1", out);
    bool put = put_labels(out, w, PL_COUNTRY, "countries") && put_labels(out, w, PL_SECTOR, "sectors") &&
               put_notes_and_sets(out, w);
    put_table(out, "flow", w->flow, 3, bilateral);
    put_table(out, "tariff", w->tariff, 3, bilateral);
    put_table(out, "export_tax", w->export_tax, 3, bilateral);
    put_table(out, "input_share", w->input_share, 3, inputs);
    put_table(out, "value_added_share", w->value_added_share, 2, inputs);
    put_table(out, "profit_share", w->profit_share, 2, inputs);
    put_origin(out, w);
    fputs("}\n", out);
    return put;
}

pl_status pl_world_export_json(const pl_world *w, const char *path, pl_error *error) {
    pl_stage stage;
    pl_stage_init(&stage);
    const char *temporary = pl_stage_path(&stage, path, error);
    if (!temporary) {
        pl_stage_abort(&stage);
        return error ? error->status : PL_IO;
    }
    errno = 0;
    FILE *out = fopen(temporary, "wb");
    bool put = out && put_world(out, w);
    put = put && !ferror(out);
    put = out && !fclose(out) && put;
    if (put)
        return pl_stage_commit(&stage, error);
    pl_status status = pl_fail_errno(error, "cannot write", path);
    pl_stage_abort(&stage);
    return status;
}
