/* A run as one JSON document (docs/results.md). Keys are sorted when written and numbers read back exactly.
 */
#include "report/report.h"

#include <math.h>

static json_t *labels(const pl_world *w, pl_axis axis) {
    json_t *list = json_array();
    for (size_t i = 0; list && i < pl_world_size(w, axis); i++) {
        json_t *entry = json_object();
        bool made = pl_json_put(entry, "code", json_string(pl_world_code(w, axis, i))) &&
                    pl_json_put(entry, "name", json_string(pl_world_name(w, axis, i)));
        if (made && axis == PL_SECTOR)
            made = pl_json_put(entry, "goods", json_boolean(pl_world_is_goods(w, i)));
        if (!made || json_array_append(list, entry)) {
            json_decref(list);
            list = NULL;
        }
        json_decref(entry);
    }
    return list;
}

static json_t *world_object(const pl_run *run) {
    const pl_world *w = run->world;
    json_t *world = json_object(), *notes = json_object();
    bool made = true;
    const char *key;
    for (size_t i = 0; made && (key = pl_world_note_key(w, i)) != NULL; i++)
        made = pl_json_put(notes, key, json_string(pl_world_note(w, key)));
    made = pl_json_put(world, "notes", notes) && made;
    made = pl_json_put(world, "name", pl_json_text(pl_run_world_name(run))) && made;
    made = pl_json_put(world, "countries", labels(w, PL_COUNTRY)) && made;
    made = pl_json_put(world, "sectors", labels(w, PL_SECTOR)) && made;
    made = pl_json_put(world, "baseline",
                       json_string(pl_model_world(run->model) == w ? "as given" : "balanced")) &&
           made;
    if (made)
        return world;
    json_decref(world);
    return NULL;
}

/* Every setting but those that say how the work is done: threads do not change a result. */
json_t *pl_json_settings(const pl_settings *s, const char *elasticities) {
    json_t *o = json_object();
    bool made = pl_json_put(o, "closure", json_string(pl_closure_text(s->closure))) &&
                pl_json_put(o, "elasticities", json_string(elasticities)) &&
                pl_json_put(o, "sigma_value_added", pl_json_number(s->sigma_value_added)) &&
                pl_json_put(o, "sigma_inputs", pl_json_number(s->sigma_inputs)) &&
                pl_json_put(o, "sigma_final", pl_json_number(s->sigma_final)) &&
                pl_json_put(o, "kappa", isinf(s->kappa) ? json_string("inf") : pl_json_number(s->kappa)) &&
                pl_json_put(o, "tolerance", pl_json_number(s->tolerance)) &&
                pl_json_put(o, "max_iterations", json_integer((json_int_t)s->max_iterations)) &&
                pl_json_put(o, "anderson_depth", json_integer((json_int_t)s->anderson_depth)) &&
                pl_json_put(o, "damping", pl_json_number(s->damping));
    return pl_json_whole(o, made);
}

static json_t *settings_object(const pl_run *run) {
    json_t *o = pl_json_settings(pl_model_settings(run->model), pl_model_elasticities(run->model));
    bool made =
        pl_json_put(o, "theta_by_sector",
                    pl_json_numbers(pl_model_theta(run->model), pl_world_size(run->world, PL_SECTOR))) &&
        pl_json_put(o, "sigma_value_added_by_sector", pl_json_numbers(run->model->sigma_v, run->model->J)) &&
        pl_json_put(o, "sigma_inputs_by_sector", pl_json_numbers(run->model->sigma_m, run->model->J));
    return pl_json_whole(o, made);
}

/* The variables of a view in turn: those it names, or all. */
static size_t count_variables(const pl_view *view) {
    return view && view->variables ? view->variables : (size_t)PL_RESULT_COUNT;
}

static pl_variable variable_at(const pl_view *view, size_t index) {
    return view && view->variables ? view->variable[index] : (pl_variable)index;
}

static json_t *variables_object(const pl_view *view) {
    json_t *all = json_object();
    for (size_t v = 0; all && v < count_variables(view); v++) {
        pl_variable variable = variable_at(view, v);
        json_t *axes = pl_variable_by_sector(variable) ? json_pack("[ss]", "sector", "country")
                                                       : json_pack("[s]", "country");
        json_t *entry = json_object();
        bool made = pl_json_put(entry, "unit", json_string(pl_variable_unit(variable))) &&
                    pl_json_put(entry, "long_name", json_string(pl_variable_text(variable)));
        made = pl_json_put(entry, "axes", axes) && made;
        if (!pl_json_put(all, pl_variable_name(variable), entry) || !made) {
            json_decref(all);
            all = NULL;
        }
    }
    return all;
}

static json_t *options_list(const pl_scenario *s) {
    json_t *list = json_array();
    for (size_t o = 0; list && o < pl_scenario_options(s); o++) {
        json_t *entry = json_object();
        bool made = pl_json_put(entry, "name", json_string(pl_scenario_option_name(s, o))) &&
                    pl_json_put(entry, "title", pl_json_text(pl_scenario_option_title(s, o))) &&
                    pl_json_put(entry, "on", json_boolean(pl_scenario_option_on(s, o)));
        if (json_array_append_new(list, entry) || !made) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

/* ---- one variant ---- */

static json_t *measure_object(const pl_measure *measure) {
    json_t *o = json_object();
    if (pl_json_put(o, "text", json_string(measure->text)) &&
        pl_json_put(o, "source", pl_json_text(measure->source)) &&
        pl_json_put(o, "note", pl_json_text(measure->note)) &&
        pl_json_put(o, "assumed", json_boolean(pl_measure_assumed(measure))))
        return o;
    json_decref(o);
    return NULL;
}

json_t *pl_json_measures_shown(const pl_scenario *s, size_t variant) {
    const pl_variant *v = &s->variant[variant];
    const pl_measure **shown = pl_alloc(v->measures + 1, sizeof *shown);
    json_t *list = shown ? json_array() : NULL;
    size_t count = list ? pl_variant_shown(v, shown) : 0;
    for (size_t m = 0; list && m < count; m++) {
        if (json_array_append_new(list, measure_object(shown[m]))) {
            json_decref(list);
            list = NULL;
        }
    }
    free(shown);
    return list;
}

/* "not computed" where a warm answer goes without. */
static json_t *certificate_object(const pl_certificate *certificate, bool certified) {
    json_t *o = certified ? json_object() : json_string("not computed");
    const char *name, *text;
    double value;
    for (size_t k = 0; o && certified && pl_certificate_part(certificate, k, &name, &text, &value); k++) {
        if (!pl_json_put(o, name, pl_json_number(value))) {
            json_decref(o);
            o = NULL;
        }
    }
    return o;
}

/* [N], or a list of sectors each with [N]. */
static json_t *values_of(const pl_run *run, size_t variant, pl_variable variable) {
    const double *value = pl_result_get(run->result[variant], variable);
    size_t N = pl_world_size(run->world, PL_COUNTRY), J = pl_world_size(run->world, PL_SECTOR);
    if (!pl_variable_by_sector(variable))
        return pl_json_numbers(value, N);
    json_t *list = json_array();
    for (size_t j = 0; list && j < J; j++) {
        if (json_array_append_new(list, pl_json_numbers(value + j * N, N))) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

static json_t *world_totals(const pl_run *run, size_t variant) {
    pl_world_change sum = pl_run_world_change(run, variant);
    json_t *o = json_object();
    if (pl_json_put(o, "equivalent_variation", pl_json_number(sum.equivalent_variation)) &&
        pl_json_put(o, "income_before", pl_json_number(sum.income_before)) &&
        pl_json_put(o, "duties_before", pl_json_number(sum.duties_before)) &&
        pl_json_put(o, "duties", pl_json_number(sum.duties)) &&
        pl_json_put(o, "trade_before", pl_json_number(sum.trade_before)) &&
        pl_json_put(o, "trade", pl_json_number(sum.trade)))
        return o;
    json_decref(o);
    return NULL;
}

static json_t *sentences_list(const pl_run *run, size_t v) {
    pl_strings sentences = {0};
    json_t *list = pl_run_sentences(run, v, &sentences) ? json_array() : NULL;
    for (size_t k = 0; list && k < sentences.count; k++) {
        if (json_array_append_new(list, json_string(sentences.item[k]))) {
            json_decref(list);
            list = NULL;
        }
    }
    pl_strings_clear(&sentences);
    return list;
}

static json_t *variant_object(const pl_run *run, const pl_view *view, size_t v) {
    const pl_scenario *s = run->scenario;
    const pl_result *r = run->result[v];
    json_t *o = json_object(), *values = json_object();
    bool made = true;
    for (size_t k = 0; made && k < count_variables(view); k++)
        made = pl_json_put(values, pl_variable_name(variable_at(view, k)),
                           values_of(run, v, variable_at(view, k)));
    made = pl_json_put(o, "values", values) && made;
    if (made && view && view->countries)
        made = pl_json_put(o, "countries", pl_json_countries(run, v, view));
    made = made && pl_json_put(o, "name", json_string(pl_scenario_variant_name(s, v))) &&
           pl_json_put(o, "title", pl_json_text(pl_scenario_variant_title(s, v))) &&
           pl_json_put(o, "measures", pl_json_measures_shown(s, v)) &&
           pl_json_put(o, "controls", pl_json_controls(run, v)) &&
           pl_json_put(o, "converged", json_boolean(pl_result_converged(r))) &&
           pl_json_put(o, "method", json_string(pl_method_text(pl_result_method(r)))) &&
           pl_json_put(o, "iterations", json_integer((json_int_t)pl_result_iterations(r))) &&
           pl_json_put(o, "sweeps", json_integer((json_int_t)pl_result_sweeps(r))) &&
           pl_json_put(o, "residual", pl_json_number(pl_result_residual(r))) &&
           pl_json_put(o, "certificate", certificate_object(&run->certificate[v], run->certified)) &&
           pl_json_put(o, "tariffs", pl_json_top_tariffs(run, v)) &&
           pl_json_put(o, "sentences", sentences_list(run, v)) &&
           pl_json_put(o, "world_total", world_totals(run, v));
    if (made)
        return o;
    json_decref(o);
    return NULL;
}

json_t *pl_json_run(const pl_run *run, const pl_view *view, const char *command) {
    const pl_scenario *s = run->scenario;
    json_t *root = json_object(), *variants = json_array();
    bool made = variants != NULL;
    for (size_t v = 0; made && v < run->variants; v++)
        made = json_array_append_new(variants, variant_object(run, view, v)) == 0;
    made = pl_json_put(root, "variants", variants) && made;
    if (made && view && view->countries)
        made = pl_json_put(root, "country_variables", pl_json_country_variables());
    made = made && pl_json_put(root, "parley", json_string(pl_version())) &&
           pl_json_put(root, "format", json_integer(1)) &&
           pl_json_put(root, "name", pl_json_text(pl_scenario_name(s))) &&
           pl_json_put(root, "title", pl_json_text(pl_scenario_title(s))) &&
           pl_json_put(root, "command", pl_json_text(command)) &&
           pl_json_put(root, "converged", json_boolean(pl_run_converged(run))) &&
           pl_json_put(root, "world", world_object(run)) &&
           pl_json_put(root, "settings", settings_object(run)) &&
           pl_json_put(root, "options", options_list(s)) &&
           pl_json_put(root, "variables", variables_object(view)) &&
           pl_json_put(root, "start", json_string(run->warm ? "warm" : "cold"));
    if (made)
        return root;
    json_decref(root);
    return NULL;
}

pl_status pl_json_dump(FILE *out, json_t *root, pl_error *error) {
    if (!root)
        return pl_fail_memory(error, 0);
    int failed = json_dumpf(root, out, JSON_SORT_KEYS | JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    json_decref(root);
    if (failed && !ferror(out)) /* sorting keys takes memory */
        return pl_fail_memory(error, 0);
    if (failed || fputc('\n', out) == EOF)
        return pl_fail(error, PL_IO, "the JSON document could not be written");
    return PL_OK;
}

pl_status pl_write_json(FILE *out, const void *data, pl_error *error) {
    const pl_output *output = data;
    return pl_json_dump(out, pl_json_run(output->run, output->view, output->command), error);
}

pl_status pl_report_json(FILE *out, const pl_run *run, pl_error *error) {
    return pl_report_json_view(out, run, NULL, error);
}

pl_status pl_report_json_view(FILE *out, const pl_run *run, const pl_view *view, pl_error *error) {
    pl_status status = pl_json_dump(out, pl_json_run(run, view, NULL), error);
    if (!status && (fflush(out) || ferror(out)))
        return pl_fail(error, PL_IO, "the JSON result could not be written");
    return status;
}
