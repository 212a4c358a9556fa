/* A sweep read back: what is varied, its members, and the variables by country. */
#include "report/reading.h"

#include <math.h>
#include <string.h>

enum { MOST_DIMENSIONS = 16, MOST_MEMBERS = 100000, MOST_COUNTRIES = 5000, MOST_VARIABLES = 200 };

/* ---- what is varied ---- */

static pl_status read_dimension(const json_t *entry, size_t index, pl_read_dimension *dim,
                                const pl_read_place *at) {
    const json_t *text = json_object_get(entry, "text"), *values = json_object_get(entry, "values");
    dim->name = json_string_value(json_object_get(entry, "name"));
    dim->count = json_array_size(text);
    if (!dim->name || !dim->count || dim->count > MOST_MEMBERS || json_array_size(values) != dim->count)
        return pl_read_fail(at, "dimension %zu has no name, or not as many texts as values", index + 1);
    dim->label = pl_read_text(entry, "label", dim->name);
    dim->unit = pl_read_text(entry, "unit", "");
    dim->text = pl_alloc(dim->count, sizeof *dim->text);
    dim->value = pl_alloc(dim->count, sizeof *dim->value);
    if (!dim->text || !dim->value)
        return pl_fail_memory(at->error, dim->count * sizeof *dim->value);
    dim->numeric = json_is_true(json_object_get(entry, "numeric"));
    for (size_t k = 0; k < dim->count; k++) {
        const json_t *value = json_array_get(values, k);
        dim->text[k] = json_string_value(json_array_get(text, k));
        if (!dim->text[k])
            return pl_read_fail(at, "dimension %.80s: text %zu is none", dim->name, k + 1);
        dim->value[k] = NAN;
        if (dim->numeric && !pl_read_json_number(value, &dim->value[k]))
            return pl_read_fail(at, "dimension %.80s: value %zu is neither a number up to 1e18 nor null",
                                dim->name, k + 1);
    }
    for (size_t k = 0; k < dim->count; k++)
        dim->numeric = dim->numeric && !isnan(dim->value[k]);
    return PL_OK;
}

static pl_status read_dimensions(pl_sweep_reading *s, const json_t *list, const pl_read_place *at) {
    size_t count = json_array_size(list);
    pl_status status = PL_OK;
    if (!count || count > MOST_DIMENSIONS)
        return pl_read_fail(at, "there is nothing varied, or more than %d things", MOST_DIMENSIONS);
    s->dimension = pl_alloc(count, sizeof *s->dimension);
    if (!s->dimension)
        return pl_fail_memory(at->error, count * sizeof *s->dimension);
    while (s->dimensions < count && !status) {
        size_t d = s->dimensions++, length = strlen(s->varied);
        status = read_dimension(json_array_get(list, d), d, &s->dimension[d], at);
        if (!status)
            snprintf(s->varied + length, sizeof s->varied - length, "%s%.80s", d ? ", " : "",
                     s->dimension[d].label);
    }
    snprintf(s->title, sizeof s->title, "What if: %s", s->varied);
    return status;
}

/* ---- members ---- */

static pl_status read_member(pl_sweep_reading *s, const json_t *entry, size_t m, const pl_read_place *at) {
    const json_t *places = json_object_get(entry, "at");
    double residual = pl_read_value(entry, "residual");
    if (json_array_size(places) != s->dimensions)
        return pl_read_fail(at, "member %zu does not say where it is in each of %zu dimensions", m,
                            s->dimensions);
    for (size_t d = 0; d < s->dimensions; d++) {
        const json_t *place = json_array_get(places, d);
        json_int_t position = json_integer_value(place);
        if (!json_is_integer(place) || position < 0 || (size_t)position >= s->dimension[d].count)
            return pl_read_fail(at, "member %zu is at no value of %.80s", m, s->dimension[d].name);
        s->at[m * s->dimensions + d] = (size_t)position;
    }
    s->good[m] = json_is_true(json_object_get(entry, "converged"));
    s->converged += s->good[m];
    s->solved += json_is_true(json_object_get(entry, "solved"));
    if (s->good[m] && (s->worst_member == SIZE_MAX || residual > s->worst)) {
        s->worst = residual;
        s->worst_member = m;
    }
    return PL_OK;
}

static pl_status read_members(pl_sweep_reading *s, const json_t *list, const pl_read_place *at) {
    pl_status status = PL_OK;
    s->members = json_array_size(list);
    s->worst_member = SIZE_MAX;
    if (!s->members || s->members > MOST_MEMBERS)
        return pl_read_fail(at, "there is no member, or more than %d", MOST_MEMBERS);
    s->at = pl_alloc(s->members * s->dimensions, sizeof *s->at);
    s->good = pl_alloc(s->members, sizeof *s->good);
    s->scratch = pl_alloc(s->members, sizeof *s->scratch);
    if (!s->at || !s->good || !s->scratch)
        return pl_fail_memory(at->error, s->members * s->dimensions * sizeof *s->at);
    for (size_t m = 0; m < s->members && !status; m++)
        status = read_member(s, json_array_get(list, m), m, at);
    return status;
}

/* ---- values ---- */

static pl_status read_countries(pl_sweep_reading *s, const json_t *list, const pl_read_place *at) {
    s->countries = json_array_size(list);
    if (!s->countries || s->countries > MOST_COUNTRIES)
        return pl_read_fail(at, "there is no country, or more than %d", MOST_COUNTRIES);
    s->country = pl_alloc(s->countries, sizeof *s->country);
    if (!s->country)
        return pl_fail_memory(at->error, s->countries * sizeof *s->country);
    for (size_t c = 0; c < s->countries; c++) {
        s->country[c] = json_string_value(json_object_get(json_array_get(list, c), "code"));
        if (!s->country[c])
            return pl_read_fail(at, "country %zu has no code", c + 1);
    }
    return PL_OK;
}

/* Room is made only for numbers that are there. */
static pl_status read_values(pl_sweep_reading *s, const json_t *by_country, pl_read_scanned *v,
                             const pl_read_place *at) {
    for (size_t c = 0; c < s->countries; c++)
        if (json_array_size(json_object_get(by_country, s->country[c])) != s->members)
            return pl_read_fail(at, "%.80s of %.40s holds %zu numbers; there are %zu members", v->name,
                                s->country[c], json_array_size(json_object_get(by_country, s->country[c])),
                                s->members);
    v->value = pl_alloc(s->countries * s->members, sizeof *v->value);
    v->range = pl_alloc(s->countries, sizeof *v->range);
    if (!v->value || !v->range)
        return pl_fail_memory(at->error, s->countries * s->members * sizeof *v->value);
    for (size_t c = 0; c < s->countries; c++) {
        double *value = v->value + c * s->members;
        pl_status status = pl_read_numbers(at, json_object_get(by_country, s->country[c]), s->members, value,
                                           "%.80s of %.40s", v->name, s->country[c]);
        if (status)
            return status;
        for (size_t m = 0; m < s->members; m++)
            value[m] = s->good[m] ? value[m] : NAN;
    }
    return PL_OK;
}

static bool is_by_country(const json_t *entry) {
    return json_array_size(json_object_get(entry, "axes")) == 2;
}

static pl_status read_variable(pl_saved *r, const char *name, const pl_read_place *at) {
    pl_sweep_reading *s = &r->sweep;
    const json_t *entry = json_object_get(json_object_get(r->root, "variables"), name);
    pl_read_scanned *v = &s->variable[s->variables++];
    v->name = name;
    v->unit = pl_read_text(entry, "unit", "");
    v->text = pl_read_text(entry, "long_name", name);
    return read_values(s, json_object_get(json_object_get(r->root, "values"), name), v, at);
}

/* The one that was asked about, then the others. */
static pl_status read_variables(pl_saved *r, const pl_read_place *at) {
    pl_sweep_reading *s = &r->sweep;
    const json_t *all = json_object_get(r->root, "variables");
    const char *main_one = pl_read_text(r->root, "variable", ""), *name;
    json_t *entry;
    if (!is_by_country(json_object_get(all, main_one)) || json_object_size(all) > MOST_VARIABLES)
        return pl_read_fail(at, "the sweep holds no variable '%.80s' by country, which it says it is about",
                            main_one);
    s->variable = pl_alloc(json_object_size(all), sizeof *s->variable);
    if (!s->variable)
        return pl_fail_memory(at->error, json_object_size(all) * sizeof *s->variable);
    pl_status status = read_variable(r, main_one, at);
    json_object_foreach((json_t *)all, name, entry) {
        if (!status && is_by_country(entry) && strcmp(name, main_one))
            status = read_variable(r, name, at);
    }
    return status;
}

pl_status pl_sweep_read(pl_saved *r, const pl_read_place *at) {
    pl_sweep_reading *s = &r->sweep;
    pl_status status = read_dimensions(s, json_object_get(r->root, "dimensions"), at);
    s->sampled = json_is_true(json_object_get(r->root, "sampled"));
    if (!status)
        status = read_members(s, json_object_get(r->root, "members"), at);
    if (!status)
        status = read_countries(s, json_object_get(r->root, "countries"), at);
    if (!status)
        status = read_variables(r, at);
    if (!status && !pl_sweep_sum(s))
        status = pl_fail_memory(at->error, s->members * sizeof(double));
    return status;
}

void pl_sweep_read_clear(pl_sweep_reading *s) {
    for (size_t d = 0; d < s->dimensions; d++) {
        pl_read_dimension *dim = &s->dimension[d];
        free(dim->text);
        free(dim->value);
        free(dim->group);
        free(dim->first);
        free(dim->last);
        free(dim->rising);
    }
    for (size_t v = 0; v < s->variables; v++) {
        free(s->variable[v].value);
        free(s->variable[v].range);
    }
    free(s->dimension);
    free(s->at);
    free(s->good);
    free(s->country);
    free(s->variable);
    free(s->effect);
    free(s->scratch);
    memset(s, 0, sizeof *s);
}
