/* A path read back: months, countries, pairs and licences. */
#include "report/reading.h"

#include <math.h>
#include <string.h>

enum { MOST = 1000000 };

static pl_status read_months(pl_path_reading *p, const json_t *root, const pl_read_place *at) {
    const json_t *list = json_object_get(root, "months");
    p->months = json_array_size(list);
    if (!p->months || p->months > 1200)
        return pl_read_fail(at, "there is no month, or more than 1200");
    p->month = pl_alloc(p->months, sizeof *p->month);
    if (!p->month)
        return pl_fail_memory(at->error, p->months);
    for (size_t t = 0; t < p->months; t++) {
        p->month[t] = json_string_value(json_object_get(json_array_get(list, t), "month"));
        if (!p->month[t])
            return pl_read_fail(at, "entry %zu of months has no month", t + 1);
    }
    return PL_OK;
}

/* Every list in an object of a country, pair or licence is as long as there are months. */
static pl_status check_series(const pl_path_reading *p, const json_t *object, const char *what,
                              const pl_read_place *at) {
    const char *key;
    json_t *list;
    double number;
    json_object_foreach((json_t *)object, key, list) {
        if (!json_is_array(list) || !(json_array_size(list) == 0 || json_is_number(json_array_get(list, 0)) ||
                                      json_is_null(json_array_get(list, 0))))
            continue;
        if (json_array_size(list) != p->months)
            return pl_read_fail(at, "%.80s: %.80s holds %zu numbers; there are %zu months", what, key,
                                json_array_size(list), p->months);
        for (size_t t = 0; t < p->months; t++)
            if (!pl_read_json_number(json_array_get(list, t), &number))
                return pl_read_fail(at, "%.80s: %.80s of %.20s is neither a number up to 1e18 nor null", what,
                                    key, p->month[t]);
    }
    return PL_OK;
}

static pl_status read_countries(pl_path_reading *p, const json_t *root, const pl_read_place *at) {
    const json_t *all = json_object_get(root, "countries");
    const char *code;
    json_t *one;
    size_t count = json_object_size(all);
    if (!count || count > MOST)
        return pl_read_fail(at, "there is no country");
    p->country = pl_alloc(count, sizeof *p->country);
    p->values = pl_alloc(count, sizeof *p->values);
    if (!p->country || !p->values)
        return pl_fail_memory(at->error, count);
    json_object_foreach((json_t *)all, code, one) {
        if (!json_is_object(one))
            return pl_read_fail(at, "country %.40s has no variables", code);
        p->country[p->countries] = code;
        p->values[p->countries++] = one;
        pl_status status = check_series(p, one, code, at);
        if (status)
            return status;
    }
    return PL_OK;
}

static pl_status read_pairs(pl_path_reading *p, const json_t *root, const pl_read_place *at) {
    const json_t *list = json_object_get(root, "pairs");
    size_t count = json_array_size(list);
    if (count > MOST)
        return pl_read_fail(at, "there are more than %d pairs", MOST);
    p->pair = pl_alloc(count + 1, sizeof *p->pair);
    if (!p->pair)
        return pl_fail_memory(at->error, count * sizeof *p->pair);
    for (size_t k = 0; k < count; k++) {
        const json_t *entry = json_array_get(list, k);
        pl_read_pair *pair = &p->pair[p->pairs++];
        *pair = (pl_read_pair){json_string_value(json_object_get(entry, "importer")),
                               json_string_value(json_object_get(entry, "exporter")), entry};
        if (!pair->importer || !pair->exporter)
            return pl_read_fail(at, "pair %zu has no importer or no exporter", k + 1);
        pl_status status = check_series(p, entry, pair->importer, at);
        if (status)
            return status;
    }
    return PL_OK;
}

pl_status pl_path_read(pl_saved *r, const pl_read_place *at) {
    pl_path_reading *p = &r->path;
    pl_status status = read_months(p, r->root, at);
    if (!status)
        status = read_countries(p, r->root, at);
    if (!status)
        status = read_pairs(p, r->root, at);
    p->licences = json_object_get(r->root, "licences");
    for (size_t k = 0; !status && k < json_array_size(p->licences); k++)
        status = check_series(p, json_array_get(p->licences, k), "licences", at);
    return status;
}

void pl_path_read_clear(pl_path_reading *p) {
    free(p->month);
    free(p->country);
    free(p->values);
    free(p->pair);
    memset(p, 0, sizeof *p);
}

void pl_path_series(const pl_saved *r, const json_t *values, const char *name, double *out) {
    const json_t *list = json_object_get(values, name);
    for (size_t t = 0; t < r->path.months; t++) {
        const json_t *value = json_array_get(list, t);
        if (!value || !pl_read_json_number(value, &out[t]))
            out[t] = NAN;
    }
}
