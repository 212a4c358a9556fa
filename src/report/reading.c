/* Results read back: which file, what kind, and the texts they share. */
#include "report/reading.h"
#include "data/data.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_BYTES = 1 << 30 };

/* ---- reading JSON ---- */

pl_status pl_read_fail(const pl_read_place *at, const char *format, ...) {
    char text[800];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return pl_fail_at(at->error, PL_INVALID, at->file, 0, "%s", text);
}

bool pl_read_json_number(const json_t *value, double *number) {
    *number = NAN;
    if (json_is_null(value))
        return true;
    if (!json_is_number(value) || !(fabs(json_number_value(value)) <= 1e18))
        return false;
    *number = json_number_value(value);
    return true;
}

pl_status pl_read_numbers(const pl_read_place *at, const json_t *list, size_t count, double *out,
                          const char *what, ...) {
    char text[300];
    va_list args;
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    if (!json_is_array(list))
        return pl_read_fail(at, "%s is not a list of numbers", text);
    if (json_array_size(list) != count)
        return pl_read_fail(at, "%s holds %zu numbers; %zu are needed", text, json_array_size(list), count);
    for (size_t k = 0; k < count; k++)
        if (!pl_read_json_number(json_array_get(list, k), &out[k]))
            return pl_read_fail(at, "%s: number %zu is neither a number up to 1e18 nor null", text, k + 1);
    return PL_OK;
}

const char *pl_read_text(const json_t *object, const char *key, const char *otherwise) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : otherwise;
}

double pl_read_value(const json_t *object, const char *key) {
    double number;
    const json_t *value = json_object_get(object, key);
    return value && pl_read_json_number(value, &number) ? number : NAN;
}

size_t pl_read_find(const char *const *list, size_t count, const char *text) {
    for (size_t k = 0; k < count; k++)
        if (!strcmp(list[k], text))
            return k;
    return SIZE_MAX;
}

/* ---- which file ---- */

static const char *const KNOWN[] = {"results.json", "path.json", "talks.json", "sweep.json"};
enum { KINDS = sizeof KNOWN / sizeof *KNOWN };

static bool exists(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0;
}

/* The result in a folder: one of the known files. */
static pl_status file_in_folder(const char *folder, char **file, pl_error *error) {
    size_t found = 0;
    for (size_t k = 0; k < KINDS; k++) {
        char *path = pl_format("%s/%s", folder, KNOWN[k]);
        if (!path)
            return pl_fail_memory(error, strlen(folder));
        if (!exists(path) || found++) {
            free(path);
            continue;
        }
        *file = path;
    }
    if (found == 1)
        return PL_OK;
    free(*file);
    *file = NULL;
    if (!found)
        return pl_fail(error, PL_INVALID,
                       "%s: no result is in this folder; results.json, path.json, talks.json or sweep.json "
                       "is looked for, "
                       "as parley run, path, talks and sweep write them with -o",
                       folder);
    return pl_fail(error, PL_INVALID, "%s: this folder holds several results; name the file that is meant",
                   folder);
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && !strcmp(text + length - tail, end);
}

/* The JSON document a path stands for: that of its folder, or the one beside a NetCDF file. */
static pl_status choose_file(const char *path, char **file, pl_error *error) {
    struct stat facts;
    if (stat(path, &facts))
        return pl_fail_errno(error, "cannot read", path);
    if (S_ISDIR(facts.st_mode)) {
        size_t length = strlen(path);
        while (length > 1 && path[length - 1] == '/')
            length--;
        char *folder = pl_format("%.*s", (int)length, path);
        pl_status status = folder ? file_in_folder(folder, file, error) : pl_fail_memory(error, length);
        free(folder);
        return status;
    }
    bool netcdf = ends_with(path, ".nc");
    *file = netcdf ? pl_format("%.*s.json", (int)strlen(path) - 3, path) : pl_strdup(path);
    if (!*file)
        return pl_fail_memory(error, strlen(path));
    if (!netcdf || exists(*file))
        return PL_OK;
    pl_fail(error, PL_INVALID, "%s: a report is made from the JSON document beside it, and %s is not there",
            path, *file);
    free(*file);
    *file = NULL;
    return PL_INVALID;
}

/* A file cut within a number, a word or a letter ends at its error without saying that it ends. */
static bool stops_early(const json_error_t *why, size_t size) {
    enum json_error_code code = json_error_code(why);
    return code == json_error_premature_end_of_input ||
           (code != json_error_end_of_input_expected && why->position >= 0 && (size_t)why->position >= size);
}

static pl_status parse(pl_saved *r, pl_error *error) {
    struct stat facts;
    FILE *in = fopen(r->file, "rb");
    if (!in || fstat(fileno(in), &facts)) {
        pl_status status = pl_fail_errno(error, "cannot read", r->file);
        if (in)
            fclose(in);
        return status;
    }
    if (facts.st_size > MOST_BYTES) {
        fclose(in);
        return pl_fail(error, PL_INVALID, "%s: the file has more than a thousand million bytes", r->file);
    }
    json_error_t why;
    r->root = json_loadf(in, 0, &why);
    fclose(in);
    if (r->root)
        return PL_OK;
    return pl_fail_at(error, PL_INVALID, r->file, why.line > 0 ? (size_t)why.line : 0,
                      "this is not a whole JSON document: %s%s", why.text,
                      stops_early(&why, (size_t)facts.st_size) ? "; was it cut short?" : "");
}

/* ---- what kind ---- */

static pl_status choose_kind(pl_saved *r, const pl_read_place *at) {
    const json_t *root = r->root, *format = json_object_get(root, "format");
    bool run = json_is_array(json_object_get(root, "variants")) &&
               json_is_object(json_object_get(root, "variables"));
    bool path =
        json_is_array(json_object_get(root, "months")) && json_is_object(json_object_get(root, "countries"));
    bool talks = json_is_array(json_object_get(root, "deals"));
    bool sweep =
        json_is_array(json_object_get(root, "dimensions")) && json_is_array(json_object_get(root, "members"));
    if (!json_is_string(json_object_get(root, "parley")) || run + path + talks + sweep != 1)
        return pl_read_fail(at, "this is not a result of parley run, path, talks or sweep");
    if (!json_is_integer(format) || json_integer_value(format) != 1)
        return pl_read_fail(at, "the layout 'format' is not 1, the only one this version reads");
    r->kind = run ? PL_SAVED_RUN : path ? PL_SAVED_PATH : talks ? PL_SAVED_TALKS : PL_SAVED_SWEEP;
    return PL_OK;
}

/* What a result is called beside another: its folder, or its file where it has a name of its own. */
static char *label_of(const char *file) {
    const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
    bool known = pl_read_find(KNOWN, KINDS, base) != SIZE_MAX;
    if (!known || !slash)
        return pl_format("%.*s", ends_with(base, ".json") ? (int)strlen(base) - 5 : (int)strlen(base), base);
    const char *start = slash;
    while (start > file && start[-1] != '/')
        start--;
    return pl_format("%.*s", (int)(slash - start), start);
}

/* What the document holds, once it is parsed. */
static pl_status understand(pl_saved *r, const pl_read_place *at) {
    static pl_status (*const read[])(pl_saved *, const pl_read_place *) = {[PL_SAVED_RUN] = pl_run_read,
                                                                           [PL_SAVED_PATH] = pl_path_read,
                                                                           [PL_SAVED_TALKS] = pl_talks_read,
                                                                           [PL_SAVED_SWEEP] = pl_sweep_read};
    pl_status status = choose_kind(r, at);
    return status ? status : read[r->kind](r, at);
}

static pl_status load(pl_saved *r, pl_error *error) {
    const pl_read_place at = {r->file, error};
    pl_status status = parse(r, error);
    return status ? status : understand(r, &at);
}

pl_status pl_saved_load(const char *path, pl_saved **reading, pl_error *error) {
    pl_saved *r = pl_alloc(1, sizeof *r);
    *reading = NULL;
    if (!r)
        return pl_fail_memory(error, sizeof *r);
    pl_status status = choose_file(path, &r->file, error);
    if (!status) {
        r->label = label_of(r->file);
        status = r->label ? load(r, error) : pl_fail_memory(error, strlen(r->file));
    }
    if (status) {
        pl_saved_free(r);
        return status;
    }
    *reading = r;
    return PL_OK;
}

pl_status pl_saved_parse(const char *text, size_t length, const char *name, pl_saved **reading,
                         pl_error *error) {
    pl_saved *r = pl_alloc(1, sizeof *r);
    json_error_t why;
    *reading = NULL;
    if (!r)
        return pl_fail_memory(error, sizeof *r);
    r->file = pl_strdup(name);
    r->label = pl_strdup(name);
    const pl_read_place at = {name, error};
    pl_status status = r->file && r->label ? PL_OK : pl_fail_memory(error, strlen(name));
    if (!status && !(r->root = json_loadb(text, length, 0, &why)))
        status = pl_read_fail(&at, "%s", why.text);
    if (!status)
        status = understand(r, &at);
    if (status)
        pl_saved_free(r);
    else
        *reading = r;
    return status;
}

void pl_saved_free(pl_saved *r) {
    if (!r)
        return;
    pl_run_read_clear(&r->run);
    pl_path_read_clear(&r->path);
    pl_talks_read_clear(&r->talks);
    pl_sweep_read_clear(&r->sweep);
    json_decref(r->root);
    free(r->file);
    free(r->label);
    free(r);
}

/* ---- what readings say ---- */

const char *pl_saved_file(const pl_saved *reading) {
    return reading->file;
}

pl_saved_kind pl_saved_kind_of(const pl_saved *reading) {
    return reading->kind;
}

bool pl_saved_converged(const pl_saved *reading) {
    return json_is_true(json_object_get(reading->root, "converged"));
}

const char *pl_saved_world(const pl_saved *reading) {
    const json_t *world = json_object_get(reading->root, "world");
    const char *name = json_is_object(world) ? pl_read_text(world, "name", "") : json_string_value(world);
    return name ? name : "";
}

void pl_saved_use_world(pl_saved *reading, const pl_world *world) {
    reading->world = world;
}

/* A name in a list of {code, name}. */
static const char *listed_name(const json_t *list, const char *code) {
    const json_t *entry;
    size_t k;
    json_array_foreach(list, k, entry) {
        if (!strcmp(pl_read_text(entry, "code", ""), code))
            return pl_read_text(entry, "name", NULL);
    }
    return NULL;
}

const char *pl_saved_country(const pl_saved *r, const char *code) {
    size_t at = r->kind == PL_SAVED_RUN ? pl_read_find(r->run.country, r->run.countries, code) : SIZE_MAX;
    if (at != SIZE_MAX)
        return r->run.country_name[at];
    const char *name = json_string_value(json_object_get(json_object_get(r->root, "country_names"), code));
    if (!name && json_is_array(json_object_get(r->root, "countries")))
        name = listed_name(json_object_get(r->root, "countries"), code);
    for (size_t n = 0; !name && r->world && n < pl_world_size(r->world, PL_COUNTRY); n++)
        if (!strcmp(pl_world_code(r->world, PL_COUNTRY, n), code))
            name = pl_world_name(r->world, PL_COUNTRY, n);
    if (!name)
        name = pl_country_name(code);
    return name ? name : code;
}

const char *pl_saved_sector(const pl_saved *r, const char *code) {
    const char *name = json_string_value(json_object_get(json_object_get(r->root, "sector_names"), code));
    return name ? name : code;
}

const char *pl_saved_article(const char *code) {
    static const char *const with[] = {"USA", "GBR", "NLD", "PHL", "ARE", "DOM",
                                       "CAF", "BHS", "GMB", "ROW", "MDV"};
    return pl_read_find(with, sizeof with / sizeof *with, code) == SIZE_MAX ? "" : "the ";
}

/* Talks list their sources as "world, KEY". */
static const char *listed_note(const pl_saved *r, const char *key) {
    const json_t *entry;
    size_t k;
    json_array_foreach(json_object_get(r->root, "sources"), k, entry) {
        const char *what = pl_read_text(entry, "what", "");
        if (!strncmp(what, "world, ", 7) && !strcmp(what + 7, key))
            return pl_read_text(entry, "text", "");
    }
    return NULL;
}

const char *pl_saved_note(const pl_saved *r, const char *key) {
    const json_t *world = json_object_get(r->root, "world");
    const char *note = json_string_value(json_object_get(json_object_get(world, "notes"), key));
    if (!note)
        note = json_string_value(json_object_get(world, key));
    if (!note)
        note = listed_note(r, key);
    if (!note && r->world)
        note = pl_world_note(r->world, key);
    return note && *note ? note : NULL;
}
