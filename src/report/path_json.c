/* A path as one JSON document (docs/path.md). */
#include "report/report.h"

static bool put(json_t *object, const char *key, json_t *value) {
    return object && value && json_object_set_new(object, key, value) == 0;
}

static bool add(json_t *list, json_t *value) {
    return list && value && json_array_append_new(list, value) == 0;
}

static json_t *month_text(const pl_path *path, size_t month) {
    pl_date date = pl_path_date(path, month);
    return json_sprintf("%04d-%02d", date.year, date.month);
}

static json_t *described(const char *unit, const char *text) {
    return json_pack("{ss ss}", "unit", unit, "long_name", text);
}

static json_t *variables(void) {
    json_t *countries = json_object(), *pairs = json_object(), *licences = json_object(),
           *all = json_object();
    bool made = true;
    for (int k = 0; k < PL_PATH_COUNT; k++)
        if (!pl_path_by_sector((pl_path_variable)k))
            made = put(countries, pl_path_name((pl_path_variable)k),
                       described(pl_path_unit((pl_path_variable)k), pl_path_text((pl_path_variable)k))) &&
                   made;
#define PAIR_TEXT(name, unit, text) made = put(pairs, #name, described(unit, text)) && made;
    PL_PAIR_VARIABLES(PAIR_TEXT)
#undef PAIR_TEXT
#define QUEUE_TEXT(name, unit, text) made = put(licences, #name, described(unit, text)) && made;
    PL_QUEUE_VARIABLES(QUEUE_TEXT)
#undef QUEUE_TEXT
    made =
        put(pairs, "month_on_month", described("percent", "change of purchases on the month before")) && made;
    made = put(pairs, "year_on_year",
               described("percent", "change of purchases on the same month a year before")) &&
           made;
    made = put(all, "countries", countries) && made;
    made = put(all, "pairs", pairs) && made;
    made = put(all, "licences", licences) && made;
    if (made)
        return all;
    json_decref(all);
    return NULL;
}

/* {country: {variable: [by month]}} */
static json_t *countries_object(const pl_path *path, const pl_world *w) {
    json_t *all = json_object();
    bool made = true;
    for (size_t n = 0; made && n < pl_world_size(w, PL_COUNTRY); n++) {
        json_t *one = json_object();
        for (int k = 0; k < PL_PATH_COUNT; k++) {
            if (pl_path_by_sector((pl_path_variable)k))
                continue;
            json_t *list = json_array();
            for (size_t t = 0; t < pl_path_done(path); t++)
                made = add(list, pl_json_number(pl_path_get(path, (pl_path_variable)k, t)[n])) && made;
            made = put(one, pl_path_name((pl_path_variable)k), list) && made;
        }
        made = put(all, pl_world_code(w, PL_COUNTRY, n), one) && made;
    }
    if (made)
        return all;
    json_decref(all);
    return NULL;
}

static json_t *pair_object(const pl_path *path, const pl_world *w, size_t n, size_t i) {
    static const char *const names[] = {
#define PAIR_NAME(name, unit, text) #name,
        PL_PAIR_VARIABLES(PAIR_NAME)
#undef PAIR_NAME
    };
    size_t N = pl_world_size(w, PL_COUNTRY);
    json_t *one = json_object();
    bool made = put(one, "importer", json_string(pl_world_code(w, PL_COUNTRY, n))) &&
                put(one, "exporter", json_string(pl_world_code(w, PL_COUNTRY, i)));
    for (size_t k = 0; k < PL_PAIR_COUNT + 2; k++) {
        json_t *list = json_array();
        for (size_t t = 0; t < pl_path_done(path); t++) {
            double value = k < PL_PAIR_COUNT ? pl_path_pair(path, (pl_pair_variable)k, t)[n * N + i]
                                             : pl_path_pair_change(path, PL_PAIR_purchases, t,
                                                                   k == PL_PAIR_COUNT ? 1 : 12, n, i);
            made = add(list, pl_json_number(value)) && made;
        }
        made = put(one,
                   k < PL_PAIR_COUNT    ? names[k]
                   : k == PL_PAIR_COUNT ? "month_on_month"
                                        : "year_on_year",
                   list) &&
               made;
    }
    if (made)
        return one;
    json_decref(one);
    return NULL;
}

static json_t *pairs_list(const pl_path *path, const pl_world *w) {
    json_t *list = json_array();
    bool made = list != NULL;
    size_t N = pl_world_size(w, PL_COUNTRY);
    for (size_t n = 0; n < N && made; n++)
        for (size_t i = 0; i < N && made; i++)
            if (pl_path_pair_touched(path, n, i))
                made = add(list, pair_object(path, w, n, i));
    if (made)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *licence_object(const pl_path *path, const pl_world *w, size_t q) {
    static const char *const names[] = {
#define QUEUE_NAME(name, unit, text) #name,
        PL_QUEUE_VARIABLES(QUEUE_NAME)
#undef QUEUE_NAME
    };
    size_t N = pl_world_size(w, PL_COUNTRY), at = pl_path_queue_flow(path, q);
    json_t *one =
        json_pack("{ss ss ss ss}", "regime", pl_path_queue_name(path, q), "importer",
                  pl_world_code(w, PL_COUNTRY, at / N % N), "exporter", pl_world_code(w, PL_COUNTRY, at % N),
                  "sector", pl_world_code(w, PL_SECTOR, at / (N * N)));
    bool made = one != NULL;
    for (size_t k = 0; k < PL_QUEUE_COUNT && made; k++) {
        json_t *list = json_array();
        for (size_t t = 0; t < pl_path_done(path); t++)
            made = add(list, pl_json_number(pl_path_queue(path, (pl_queue_variable)k, t)[q])) && made;
        made = put(one, names[k], list) && made;
    }
    if (made)
        return one;
    json_decref(one);
    return NULL;
}

static json_t *months_list(const pl_path *path) {
    json_t *list = json_array();
    bool made = true;
    for (size_t t = 0; t < pl_path_done(path); t++) {
        const pl_month *m = pl_path_month(path, t);
        json_t *one = json_object();
        made = put(one, "month", month_text(path, t)) && put(one, "converged", json_boolean(m->converged)) &&
               put(one, "iterations", json_integer((json_int_t)m->iterations)) &&
               put(one, "largest_residual", pl_json_number(m->worst)) && made;
        made = add(list, one) && made;
    }
    if (made)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *document(const pl_path_view *v) {
    const pl_world *w = pl_model_world(pl_path_model(v->path));
    const pl_settings *s = pl_model_settings(pl_path_model(v->path));
    json_t *root = json_object(), *licences = json_array(), *settings = json_object();
    bool made = licences != NULL;
    for (size_t q = 0; q < pl_path_queues(v->path) && made; q++)
        made = add(licences, licence_object(v->path, w, q));
#define SETTING_real(name) made = put(settings, #name, pl_json_number(s->name)) && made;
#define SETTING_count(name) made = put(settings, #name, json_integer((json_int_t)s->name)) && made;
#define SETTING_choice(name) made = put(settings, #name, json_string(pl_closure_text(s->name))) && made;
#define SETTING_text(name)                                                                                   \
    made = put(settings, #name, json_string(pl_model_elasticities(pl_path_model(v->path)))) && made;
#define SETTING_ROW(type, name, def, low, high, help) SETTING_##type(name)
    PL_SETTINGS(SETTING_ROW)
    json_object_del(settings, "threads"); /* does not change a result */
    made = put(root, "licences", licences) && made;
    made = put(root, "settings", settings) && made;
    made = made && put(root, "parley", json_string(pl_version())) && put(root, "format", json_integer(1)) &&
           put(root, "name", json_string(pl_scenario_name(v->scenario))) &&
           put(root, "title", json_string(pl_scenario_title(v->scenario))) &&
           put(root, "variant", json_string(pl_scenario_variant_name(v->scenario, v->variant))) &&
           put(root, "command", v->command ? json_string(v->command) : json_null()) &&
           put(root, "converged", json_boolean(pl_path_quality(v->path).converged)) &&
           put(root, "largest_residual", pl_json_number(pl_path_quality(v->path).worst)) &&
           put(root, "variables", variables()) && put(root, "months", months_list(v->path)) &&
           put(root, "countries", countries_object(v->path, w)) && put(root, "pairs", pairs_list(v->path, w));
    if (made)
        return root;
    json_decref(root);
    return NULL;
}

pl_status pl_write_path_json(FILE *out, const void *data, pl_error *error) {
    return pl_json_dump(out, document(data), error);
}

pl_status pl_report_path_json(FILE *out, const pl_path_view *view, pl_error *error) {
    return pl_json_dump(out, document(view), error);
}
