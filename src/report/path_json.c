/* A path as one JSON document (docs/path.md): what it is made of, and series by country, pair, licence and sector. */
#include "report/report.h"

#include <math.h>
#include <string.h>

/* ---- the variables a reader may ask for ---- */

typedef enum { COUNTRIES, PAIRS, LICENCES, SECTORS, PARTS } part;
static const char *const part_names[PARTS] = {"countries", "pairs", "licences", "sectors"};

typedef struct {
    part of;
    const char *name, *unit, *text;
    int index; /* of its own list; past the end for changes of purchases */
} variable;

enum { VARIABLES = PL_PATH_COUNT + PL_PAIR_COUNT + 2 + PL_QUEUE_COUNT };

static const variable after_countries[] = {
#define PAIR_ROW(name, unit, text) {PAIRS, #name, unit, text, PL_PAIR_##name},
    PL_PAIR_VARIABLES(PAIR_ROW)
#undef PAIR_ROW
        {PAIRS, "month_on_month", "percent", "change of purchases on the month before", PL_PAIR_COUNT},
    {PAIRS, "year_on_year", "percent", "change of purchases on the same month a year before",
     PL_PAIR_COUNT + 1},
#define QUEUE_ROW(name, unit, text) {LICENCES, #name, unit, text, PL_QUEUE_##name},
    PL_QUEUE_VARIABLES(QUEUE_ROW)
#undef QUEUE_ROW
};

static variable variable_at(int k) {
    if (k >= PL_PATH_COUNT)
        return after_countries[k - PL_PATH_COUNT];
    pl_path_variable v = (pl_path_variable)k;
    return (variable){pl_path_by_sector(v) ? SECTORS : COUNTRIES, pl_path_name(v), pl_path_unit(v),
                      pl_path_text(v), k};
}

/* "duties" is in every part that has it, "pairs.duties" in one. */
static bool is_called(const variable *v, const char *asked) {
    size_t length = strlen(part_names[v->of]);
    return !strcmp(asked, v->name) || (!strncmp(asked, part_names[v->of], length) && asked[length] == '.' &&
                                       !strcmp(asked + length + 1, v->name));
}

pl_status pl_path_variable_check(const char *name, pl_error *error) {
    const char *known[VARIABLES], *dot = strchr(name, '.');
    char near[160];
    for (int k = 0; k < VARIABLES; k++) {
        variable v = variable_at(k);
        known[k] = v.name;
        if (is_called(&v, name))
            return PL_OK;
    }
    return pl_fail(error, PL_INVALID, "no variable of a path is called '%.80s'%s; path.json names them", name,
                   pl_suggest_text(near, sizeof near, dot ? dot + 1 : name, known, VARIABLES));
}

/* Without a list all are wanted, but those by sector, which are very many. */
static bool wants(const pl_path_view *view, const variable *v) {
    for (size_t k = 0; k < view->variables; k++)
        if (is_called(v, view->variable[k]))
            return true;
    return view->variables == 0 && (v->of != SECTORS || view->sectors > 0);
}

bool pl_path_wants(const pl_path_view *view, pl_path_variable which) {
    variable v = variable_at((int)which);
    return wants(view, &v) || view->variables == 0;
}

static json_t *variables_object(const pl_path_view *view) {
    json_t *all = json_object();
    bool made = true;
    for (int p = 0; p < PARTS; p++) {
        json_t *one = json_object();
        for (int k = 0; k < VARIABLES; k++) {
            variable v = variable_at(k);
            if (v.of == (part)p && wants(view, &v))
                made = pl_json_put(one, v.name, json_pack("{ss ss}", "unit", v.unit, "long_name", v.text)) &&
                       made;
        }
        made = pl_json_put(all, part_names[p], one) && made;
    }
    return pl_json_whole(all, made);
}

/* ---- series ---- */

/* One entry's variables of a part, each a list by month; `get` says a value. */
typedef double (*getter)(const pl_path_view *view, int index, size_t month, const size_t *at);

static bool put_series(json_t *object, const pl_path_view *view, part of, getter get, const size_t *at) {
    bool made = object != NULL;
    for (int k = 0; k < VARIABLES && made; k++) {
        variable v = variable_at(k);
        if (v.of != of || !wants(view, &v))
            continue;
        json_t *list = json_array();
        for (size_t t = 0; t < pl_path_done(view->path); t++)
            made = pl_json_add(list, pl_json_number(get(view, v.index, t, at))) && made;
        made = pl_json_put(object, v.name, list) && made;
    }
    return made;
}

static const pl_world *world_of(const pl_path_view *view) {
    return pl_model_world(pl_path_model(view->path));
}

static double of_country(const pl_path_view *view, int index, size_t month, const size_t *at) {
    return pl_path_get(view->path, (pl_path_variable)index, month)[at[0]];
}

static double of_sector(const pl_path_view *view, int index, size_t month, const size_t *at) {
    return pl_path_get(view->path, (pl_path_variable)index,
                       month)[at[1] * pl_world_size(world_of(view), PL_COUNTRY) + at[0]];
}

static double of_pair(const pl_path_view *view, int index, size_t month, const size_t *at) {
    if (index >= PL_PAIR_COUNT)
        return pl_path_pair_change(view->path, PL_PAIR_purchases, month, index == PL_PAIR_COUNT ? 1 : 12,
                                   at[0], at[1]);
    return pl_path_pair(view->path, (pl_pair_variable)index,
                        month)[at[0] * pl_world_size(world_of(view), PL_COUNTRY) + at[1]];
}

static double of_queue(const pl_path_view *view, int index, size_t month, const size_t *at) {
    return pl_path_queue(view->path, (pl_queue_variable)index, month)[at[0]];
}

/* ---- parts ---- */

static const char *code_of(const pl_path_view *view, pl_axis axis, size_t index) {
    return pl_world_code(world_of(view), axis, index);
}

/* Whether a country is in the JSON: all are when none is named. */
static bool shows(const pl_path_view *view, size_t country) {
    for (size_t k = 0; k < view->countries; k++)
        if (view->country[k] == country)
            return true;
    return view->countries == 0;
}

bool pl_path_shows(const pl_path_view *view, size_t country) {
    return shows(view, country);
}

static json_t *countries_object(const pl_path_view *view) {
    json_t *all = json_object();
    bool made = true;
    for (size_t n = 0; made && n < pl_world_size(world_of(view), PL_COUNTRY); n++) {
        json_t *one = shows(view, n) ? json_object() : NULL;
        if (one)
            made = put_series(one, view, COUNTRIES, of_country, &n) &&
                   pl_json_put(all, code_of(view, PL_COUNTRY, n), one);
    }
    return pl_json_whole(all, made);
}

static json_t *pairs_list(const pl_path_view *view) {
    json_t *list = json_array();
    size_t N = pl_world_size(world_of(view), PL_COUNTRY);
    bool made = true;
    for (size_t n = 0; n < N && made; n++)
        for (size_t i = 0; i < N && made; i++) {
            const size_t at[2] = {n, i};
            if (!shows(view, n) || !shows(view, i) || !pl_path_pair_touched(view->path, n, i))
                continue;
            json_t *one = json_pack("{ss ss}", "importer", code_of(view, PL_COUNTRY, n), "exporter",
                                    code_of(view, PL_COUNTRY, i));
            made = put_series(one, view, PAIRS, of_pair, at) &&
                   pl_json_put(one, "base", pl_path_json_base(view->path, n, i)) && pl_json_add(list, one);
        }
    return pl_json_whole(list, made);
}

static json_t *licences_list(const pl_path_view *view) {
    json_t *list = json_array();
    size_t N = pl_world_size(world_of(view), PL_COUNTRY);
    bool made = true;
    for (size_t q = 0; q < pl_path_queues(view->path) && made; q++) {
        size_t at = pl_path_queue_flow(view->path, q), n = at / N % N, i = at % N;
        if (!shows(view, n) || !shows(view, i))
            continue;
        json_t *one = json_pack("{ss ss ss ss}", "regime", pl_path_queue_name(view->path, q), "importer",
                                code_of(view, PL_COUNTRY, n), "exporter", code_of(view, PL_COUNTRY, i),
                                "sector", code_of(view, PL_SECTOR, at / (N * N)));
        made = put_series(one, view, LICENCES, of_queue, &q) && pl_json_add(list, one);
    }
    return pl_json_whole(list, made);
}

/* Countries by sector, where sectors are named. */
static json_t *sectors_list(const pl_path_view *view) {
    json_t *list = json_array();
    bool made = true;
    for (size_t c = 0; c < view->countries && made; c++)
        for (size_t s = 0; s < view->sectors && made; s++) {
            const size_t at[2] = {view->country[c], view->sector[s]};
            json_t *one = json_pack("{ss ss}", "country", code_of(view, PL_COUNTRY, at[0]), "sector",
                                    code_of(view, PL_SECTOR, at[1]));
            made = put_series(one, view, SECTORS, of_sector, at) && pl_json_add(list, one);
        }
    return pl_json_whole(list, made);
}

static json_t *months_list(const pl_path *path) {
    json_t *list = json_array();
    bool made = true;
    for (size_t t = 0; t < pl_path_done(path); t++) {
        const pl_month *m = pl_path_month(path, t);
        pl_date date = pl_path_date(path, t);
        json_t *one = json_object();
        made = pl_json_put(one, "month", json_sprintf("%04d-%02d", date.year, date.month)) &&
               pl_json_put(one, "converged", json_boolean(m->converged)) &&
               pl_json_put(one, "iterations", json_integer((json_int_t)m->iterations)) &&
               pl_json_put(one, "largest_residual", pl_json_number(m->worst)) && made;
        made = pl_json_add(list, one) && made;
    }
    return pl_json_whole(list, made);
}

static json_t *settings_object(const pl_model *model) {
    const pl_settings *s = pl_model_settings(model);
    json_t *settings = json_object();
    bool made = true;
#define SETTING_real(name) made = pl_json_put(settings, #name, pl_json_number(s->name)) && made;
#define SETTING_count(name) made = pl_json_put(settings, #name, json_integer((json_int_t)s->name)) && made;
#define SETTING_choice(name)                                                                                 \
    made = pl_json_put(settings, #name, json_string(pl_closure_text(s->name))) && made;
#define SETTING_text(name)                                                                                   \
    made = pl_json_put(settings, #name, json_string(pl_model_elasticities(model))) && made;
#define SETTING_ROW(type, name, def, low, high, help) SETTING_##type(name)
    PL_SETTINGS(SETTING_ROW)
    json_object_del(settings, "threads"); /* does not change a result */
    return pl_json_whole(settings, made);
}

static json_t *document(const pl_path_view *v) {
    json_t *root = json_object();
    bool made =
        pl_json_put(root, "licences", licences_list(v)) &&
        pl_json_put(root, "settings", settings_object(pl_path_model(v->path))) &&
        pl_json_put(root, "parley", json_string(pl_version())) &&
        pl_json_put(root, "format", json_integer(1)) &&
        pl_json_put(root, "name", json_string(pl_scenario_name(v->scenario))) &&
        pl_json_put(root, "title", json_string(pl_scenario_title(v->scenario))) &&
        pl_json_put(root, "variant", json_string(pl_scenario_variant_name(v->scenario, v->variant))) &&
        pl_json_put(root, "command", v->command ? json_string(v->command) : json_null()) &&
        pl_json_put(root, "converged", json_boolean(pl_path_quality(v->path).converged)) &&
        pl_json_put(root, "largest_residual", pl_json_number(pl_path_quality(v->path).worst)) &&
        pl_json_put(root, "variables", variables_object(v)) &&
        pl_json_put(root, "months", months_list(v->path)) &&
        pl_json_put(root, "countries", countries_object(v)) && pl_json_put(root, "pairs", pairs_list(v)) &&
        pl_json_put(root, "sectors", sectors_list(v)) && pl_path_json_more(root, v);
    return pl_json_whole(root, made);
}

pl_status pl_write_path_json(FILE *out, const void *data, pl_error *error) {
    return pl_json_dump(out, document(data), error);
}

pl_status pl_report_path_json(FILE *out, const pl_path_view *view, pl_error *error) {
    return pl_json_dump(out, document(view), error);
}
