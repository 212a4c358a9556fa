/* A sweep as JSON and as CSV: the countries shown. Everything is in its NetCDF file. */
#include "policy/scan_plan.h"
#include "report/report.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MOST_SHOWN = 4096 };

typedef struct {
    const pl_scan_view *view;
    const pl_scan *scan;
    const pl_world *world;
    size_t *country, countries;
} sheet;

static bool open_sheet(sheet *s, const pl_scan_view *view) {
    *s = (sheet){.view = view, .scan = view->scan, .world = pl_scan_world(view->scan)};
    s->country = pl_alloc(MOST_SHOWN, sizeof *s->country);
    if (s->country && pl_scan_shown(view, s->country, MOST_SHOWN, &s->countries))
        return true;
    free(s->country);
    return false;
}

static json_t *count_of(size_t count) {
    return json_integer((json_int_t)count);
}

/* ---- JSON ---- */

static json_t *dimension_object(const pl_scan_dimension *dim) {
    json_t *o = json_object(), *values = json_array(), *text = json_array();
    bool made = values && text;
    for (size_t k = 0; k < dim->count && made; k++) {
        json_t *value = dim->numeric ? pl_json_number(dim->value[k]) : json_string(dim->text[k]);
        made = pl_json_add(values, value) && pl_json_add(text, json_string(dim->text[k]));
    }
    made = pl_json_put(o, "values", values) && made;
    made = pl_json_put(o, "text", text) && made;
    return pl_json_whole(o, made && pl_json_put(o, "name", json_string(dim->name)) &&
                                pl_json_put(o, "label", json_string(dim->label)) &&
                                pl_json_put(o, "unit", pl_json_text(dim->unit)) &&
                                pl_json_put(o, "count", count_of(dim->count)) &&
                                pl_json_put(o, "numeric", json_boolean(dim->numeric)));
}

static json_t *dimensions_list(const sheet *s) {
    json_t *list = json_array();
    for (size_t d = 0; list && d < pl_scan_dimensions(s->scan); d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(s->scan, d);
        if (!pl_json_add(list, dimension_object(&dim)))
            return pl_json_whole(list, false);
    }
    return list;
}

static json_t *members_list(const sheet *s) {
    json_t *list = json_array();
    for (size_t m = 0; list && m < pl_scan_members(s->scan); m++) {
        pl_scan_member one = pl_scan_get_member(s->scan, m);
        json_t *o = json_object(), *at = json_array();
        bool made = at != NULL;
        for (size_t d = 0; d < pl_scan_dimensions(s->scan) && made; d++)
            made = pl_json_add(at, count_of(pl_scan_position(s->scan, m, d)));
        made = pl_json_put(o, "at", at) && made && pl_json_put(o, "solved", json_boolean(one.solved)) &&
               pl_json_put(o, "converged", json_boolean(one.converged)) &&
               pl_json_put(o, "iterations", count_of(one.iterations)) &&
               pl_json_put(o, "residual", pl_json_number(one.residual));
        if (!pl_json_add(list, pl_json_whole(o, made)))
            return pl_json_whole(list, false);
    }
    return list;
}

static json_t *values_list(const sheet *s, pl_variable variable, size_t at) {
    json_t *list = json_array();
    bool made = true;
    for (size_t m = 0; m < pl_scan_members(s->scan) && made; m++)
        made = pl_json_add(list, pl_json_number(pl_scan_get(s->scan, variable, m)[at]));
    return pl_json_whole(list, made);
}

/* [member], or for a variable by sector a list of these. */
static json_t *series(const sheet *s, pl_variable variable, size_t country) {
    if (!pl_variable_by_sector(variable))
        return values_list(s, variable, country);
    size_t N = pl_world_size(s->world, PL_COUNTRY), J = pl_world_size(s->world, PL_SECTOR);
    json_t *sectors = json_array();
    bool made = true;
    for (size_t j = 0; j < J && made; j++)
        made = pl_json_add(sectors, values_list(s, variable, j * N + country));
    return pl_json_whole(sectors, made);
}

static json_t *values_object(const sheet *s) {
    json_t *all = json_object();
    for (size_t k = 0; all && k < pl_scan_variables(s->scan); k++) {
        pl_variable variable = pl_scan_variable(s->scan, k);
        json_t *by_country = json_object();
        bool made = true;
        for (size_t c = 0; c < s->countries && made; c++)
            made = pl_json_put(by_country, pl_world_code(s->world, PL_COUNTRY, s->country[c]),
                               series(s, variable, s->country[c]));
        if (!pl_json_put(all, pl_variable_name(variable), pl_json_whole(by_country, made)))
            return pl_json_whole(all, false);
    }
    return all;
}

static json_t *variables_object(const sheet *s) {
    json_t *all = json_object();
    for (size_t k = 0; all && k < pl_scan_variables(s->scan); k++) {
        pl_variable v = pl_scan_variable(s->scan, k);
        json_t *axes = pl_variable_by_sector(v) ? json_pack("[sss]", "country", "sector", "member")
                                                : json_pack("[ss]", "country", "member");
        json_t *entry = json_object();
        bool made = pl_json_put(entry, "unit", json_string(pl_variable_unit(v))) &&
                    pl_json_put(entry, "long_name", json_string(pl_variable_text(v)));
        made = pl_json_put(entry, "axes", axes) && made;
        if (!pl_json_put(all, pl_variable_name(v), pl_json_whole(entry, made)))
            return pl_json_whole(all, false);
    }
    return all;
}

static json_t *end_object(const sheet *s, size_t member, double value) {
    if (member == SIZE_MAX)
        return json_null();
    json_t *o = json_object(), *at = json_object();
    bool made = at != NULL;
    for (size_t d = 0; d < pl_scan_dimensions(s->scan) && made; d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(s->scan, d);
        made = pl_json_put(at, dim.name, json_string(dim.text[pl_scan_position(s->scan, member, d)]));
    }
    made = pl_json_put(o, "at", at) && made;
    return pl_json_whole(o, made && pl_json_put(o, "member", count_of(member)) &&
                                pl_json_put(o, "value", pl_json_number(value)));
}

static json_t *extremes_object(const sheet *s) {
    json_t *all = json_object();
    for (size_t c = 0; all && c < s->countries; c++) {
        pl_scan_ends ends = pl_scan_extremes(s->scan, s->view->variable, s->country[c]);
        json_t *o = json_object();
        bool made = pl_json_put(o, "lowest", end_object(s, ends.low, ends.lowest)) &&
                    pl_json_put(o, "highest", end_object(s, ends.high, ends.highest)) &&
                    pl_json_put(o, "peak", pl_json_number(ends.peak));
        if (!pl_json_put(all, pl_world_code(s->world, PL_COUNTRY, s->country[c]), pl_json_whole(o, made)))
            return pl_json_whole(all, false);
    }
    return all;
}

static json_t *quality_object(const sheet *s) {
    pl_scan_quality q = pl_scan_judge(s->scan);
    json_t *o = json_object();
    bool none = q.worst_member == SIZE_MAX;
    return pl_json_whole(o,
                         pl_json_put(o, "members", count_of(pl_scan_members(s->scan))) &&
                             pl_json_put(o, "solved", count_of(q.solved)) &&
                             pl_json_put(o, "converged", count_of(q.converged)) &&
                             pl_json_put(o, "iterations", count_of(q.iterations)) &&
                             pl_json_put(o, "worst", none ? json_null() : pl_json_number(q.worst)) &&
                             pl_json_put(o, "worst_member", none ? json_null() : count_of(q.worst_member)));
}

static json_t *country_list(const sheet *s) {
    json_t *list = json_array();
    for (size_t c = 0; list && c < s->countries; c++) {
        json_t *o = json_object();
        bool made = pl_json_put(o, "code", json_string(pl_world_code(s->world, PL_COUNTRY, s->country[c]))) &&
                    pl_json_put(o, "name", json_string(pl_world_name(s->world, PL_COUNTRY, s->country[c])));
        if (!pl_json_add(list, pl_json_whole(o, made)))
            return pl_json_whole(list, false);
    }
    return list;
}

static json_t *sectors_list(const sheet *s) {
    json_t *list = json_array();
    for (size_t j = 0; list && j < pl_world_size(s->world, PL_SECTOR); j++)
        if (!pl_json_add(list, json_string(pl_world_code(s->world, PL_SECTOR, j))))
            return pl_json_whole(list, false);
    return list;
}

/* ---- what every member has ---- */

static json_t *settings_object(const sheet *s) {
    json_t *o = pl_json_settings(&pl_scan_scenario(s->scan)->settings, pl_scan_elasticities(s->scan));
    for (size_t d = 0; d < pl_scan_dimensions(s->scan); d++)
        json_object_del(o, pl_scan_get_dimension(s->scan, d).name);
    return o;
}

/* Whether members of a variant are in the sweep. */
static bool has_variant(const sheet *s, const char *name) {
    if (!pl_scan_varies(s->scan, "variant"))
        return !strcmp(name, pl_scan_variant(s->scan));
    for (size_t d = 0; d < pl_scan_dimensions(s->scan); d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(s->scan, d);
        for (size_t k = 0; !strcmp(dim.name, "variant") && k < dim.count; k++)
            if (!strcmp(dim.text[k], name))
                return true;
    }
    return false;
}

/* A measure of the same words and the same source. */
static json_t *same_measure(const json_t *list, const json_t *measure) {
    json_t *other;
    size_t k;
    json_array_foreach(list, k, other) {
        if (json_equal(json_object_get(other, "text"), json_object_get(measure, "text")) &&
            json_equal(json_object_get(other, "source"), json_object_get(measure, "source")))
            return other;
    }
    return NULL;
}

/* Whether a measure is varied: its rate or level is another one in each member. */
static bool is_varied(const pl_scan *scan, const json_t *measure) {
    const char *text = json_string_value(json_object_get(measure, "text"));
    for (size_t d = 0; text && d < scan->dims; d++)
        if (scan->vary[d].measure && !strcmp(scan->vary[d].measure->text, text))
            return true;
    return false;
}

/* The measures of a variant that are not there yet, and in all of them whose they are. */
static bool add_measures(json_t *all, const pl_scan *scan, size_t variant) {
    const pl_scenario *scenario = pl_scan_scenario(scan);
    json_t *list = pl_json_measures_shown(scenario, variant), *measure;
    bool made = all && list;
    size_t k;
    json_array_foreach(list, k, measure) {
        json_t *known = same_measure(all, measure);
        if (!known) {
            made = made && pl_json_put(measure, "variants", json_array()) &&
                   pl_json_put(measure, "varied", json_boolean(is_varied(scan, measure))) &&
                   !json_array_append(all, measure);
            known = measure;
        }
        made = made && pl_json_add(json_object_get(known, "variants"),
                                   json_string(pl_scenario_variant_name(scenario, variant)));
    }
    json_decref(list);
    return made;
}

static json_t *measures_list(const sheet *s) {
    const pl_scenario *scenario = pl_scan_scenario(s->scan);
    json_t *all = json_array();
    bool made = true;
    for (size_t v = 0; v < pl_scenario_variants(scenario); v++)
        if (has_variant(s, pl_scenario_variant_name(scenario, v)))
            made = made && add_measures(all, s->scan, v);
    return pl_json_whole(all, made);
}

static json_t *sheet_json(const sheet *s) {
    const pl_scenario *scenario = pl_scan_scenario(s->scan);
    pl_scan_quality q = pl_scan_judge(s->scan);
    json_t *o = json_object();
    bool made =
        pl_json_put(o, "parley", json_string(pl_version())) && pl_json_put(o, "format", json_integer(1)) &&
        pl_json_put(o, "name", pl_json_text(pl_scenario_name(scenario))) &&
        pl_json_put(o, "title", pl_json_text(pl_scenario_title(scenario))) &&
        pl_json_put(o, "variant", pl_json_text(pl_scan_variant(s->scan))) &&
        pl_json_put(o, "command", pl_json_text(s->view->command)) &&
        pl_json_put(o, "world", json_string(pl_scan_world_name(s->scan))) &&
        pl_json_put(o, "closure", pl_json_text(pl_scan_closure(s->scan))) &&
        pl_json_put(o, "elasticities", pl_json_text(pl_scan_elasticities(s->scan))) &&
        pl_json_put(o, "source", pl_json_text(pl_scenario_source(scenario))) &&
        pl_json_put(o, "settings", settings_object(s)) && pl_json_put(o, "measures", measures_list(s)) &&
        pl_json_put(o, "sampled", json_boolean(pl_scan_is_sampled(s->scan))) &&
        pl_json_put(o, "converged", json_boolean(q.converged == pl_scan_members(s->scan))) &&
        pl_json_put(o, "dimensions", dimensions_list(s)) && pl_json_put(o, "countries", country_list(s)) &&
        pl_json_put(o, "sectors", sectors_list(s)) && pl_json_put(o, "variables", variables_object(s)) &&
        pl_json_put(o, "variable", json_string(pl_variable_name(s->view->variable))) &&
        pl_json_put(o, "members", members_list(s)) && pl_json_put(o, "values", values_object(s)) &&
        pl_json_put(o, "extremes", extremes_object(s)) && pl_json_put(o, "certificate", quality_object(s));
    return pl_json_whole(o, made);
}

pl_status pl_write_scan_json(FILE *out, const void *data, pl_error *error) {
    sheet s;
    if (!open_sheet(&s, data))
        return pl_fail_memory(error, MOST_SHOWN * sizeof(size_t));
    pl_status status = pl_json_dump(out, sheet_json(&s), error);
    free(s.country);
    return status;
}

pl_status pl_report_sweep_json(FILE *out, const pl_scan_view *view, pl_error *error) {
    pl_status status = pl_write_scan_json(out, view, error);
    if (!status && (fflush(out) || ferror(out)))
        return pl_fail(error, PL_IO, "the JSON result could not be written");
    return status;
}

/* ---- CSV ---- */

static void put_number(FILE *out, double value) {
    char text[40];
    pl_text_exact(text, sizeof text, value);
    fprintf(out, ",%s", text);
}

static void put_heading(FILE *out, const char *name, const char *unit) {
    fprintf(out, ",%s", name);
    if (*unit && strcmp(unit, "1"))
        fputc('_', out);
    for (; *unit && strcmp(unit, "1"); unit++)
        fputc(*unit == ' ' ? '_' : tolower((unsigned char)*unit), out);
}

/* The variables by country: a line for each member and country shown. */
static void put_member(FILE *out, const sheet *s, size_t m, size_t n) {
    pl_scan_member one = pl_scan_get_member(s->scan, m);
    fprintf(out, "%zu", m);
    for (size_t d = 0; d < pl_scan_dimensions(s->scan); d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(s->scan, d);
        size_t at = pl_scan_position(s->scan, m, d);
        if (dim.numeric) {
            put_number(out, dim.value[at]);
        } else {
            fputc(',', out);
            pl_csv_field(out, dim.text[at]);
        }
    }
    fputc(',', out);
    pl_csv_field(out, pl_world_code(s->world, PL_COUNTRY, n));
    fprintf(out, ",%d", one.converged);
    put_number(out, one.residual);
    for (size_t k = 0; k < pl_scan_variables(s->scan); k++)
        if (!pl_variable_by_sector(pl_scan_variable(s->scan, k)))
            put_number(out, pl_scan_get(s->scan, pl_scan_variable(s->scan, k), m)[n]);
    fputc('\n', out);
}

pl_status pl_write_scan_csv(FILE *out, const void *data, pl_error *error) {
    sheet s;
    if (!open_sheet(&s, data))
        return pl_fail_memory(error, MOST_SHOWN * sizeof(size_t));
    fputs("member", out);
    for (size_t d = 0; d < pl_scan_dimensions(s.scan); d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(s.scan, d);
        put_heading(out, dim.name, dim.unit);
    }
    fputs(",country,converged,residual", out);
    for (size_t k = 0; k < pl_scan_variables(s.scan); k++)
        if (!pl_variable_by_sector(pl_scan_variable(s.scan, k)))
            put_heading(out, pl_variable_name(pl_scan_variable(s.scan, k)),
                        pl_variable_unit(pl_scan_variable(s.scan, k)));
    fputc('\n', out);
    for (size_t m = 0; m < pl_scan_members(s.scan); m++)
        for (size_t c = 0; c < s.countries; c++)
            put_member(out, &s, m, s.country[c]);
    free(s.country);
    return PL_OK;
}

pl_status pl_report_sweep_write(const char *folder, const pl_scan_view *view, pl_error *error) {
    static const pl_file files[] = {{"sweep.nc", pl_write_scan_netcdf},
                                    {"sweep.csv", pl_write_scan_csv},
                                    {"sweep.json", pl_write_scan_json}};
    return pl_write_files(folder, files, sizeof files / sizeof *files, view, error);
}
