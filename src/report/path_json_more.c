/* What a path's JSON holds besides its series: observed points, users held up, licence regimes, stocks, dates moved. */
#include "report/report.h"

#include <math.h>
#include <string.h>

static const pl_world *world_of(const pl_path_view *view) {
    return pl_model_world(pl_path_model(view->path));
}

static json_t *month_text(const pl_path *path, size_t month) {
    pl_date date = pl_path_date(path, month);
    return json_sprintf("%04d-%02d", date.year, date.month);
}

/* ---- the base ---- */

json_t *pl_path_json_base(const pl_path *path, size_t buyer, size_t seller) {
    const pl_world *w = pl_model_world(pl_path_model(path));
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    double bought = 0, goods = 0, duties = 0;
    for (size_t j = 0; j < J; j++) {
        size_t at = (j * N + buyer) * N + seller;
        bought += pl_world_flow(w)[at] / 12;
        goods += pl_world_is_goods(w, j) ? pl_world_flow(w)[at] / 12 : 0;
        duties += pl_world_tariff(w)[at] * pl_world_flow(w)[at] / 12;
    }
    return json_pack("{sf sf sf}", "purchases", bought, "goods", goods, "duties", duties);
}

/* The base year's month of a country, in the variables that are money. */
static json_t *base_countries(const pl_path_view *view) {
    const pl_model *m = pl_path_model(view->path);
    const pl_world *w = world_of(view);
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    json_t *all = json_object();
    bool made = true;
    for (size_t n = 0; n < N; n++) {
        double duties = 0;
        if (!pl_path_shows(view, n))
            continue;
        for (size_t j = 0; j < J; j++)
            duties +=
                pl_dot(pl_world_tariff(w) + (j * N + n) * N, pl_world_flow(w) + (j * N + n) * N, N) / 12;
        made = pl_json_put(all, pl_world_code(w, PL_COUNTRY, n),
                           json_pack("{ss sf sf sf sf}", "name", pl_world_name(w, PL_COUNTRY, n), "imports",
                                     m->imports_before[n] / 12, "exports", m->exports_before[n] / 12,
                                     "income", m->income[n] / 12, "duties", duties)) &&
               made;
    }
    return pl_json_whole(all, made);
}

/* ---- observed ---- */

static json_t *points_of(const pl_path *path, const pl_observed *row) {
    json_t *list = json_array();
    bool made = true;
    for (size_t k = 0; k < row->points; k++) {
        const pl_observed_point *p = &row->point[k];
        made = pl_json_add(list, json_pack("{so ss so ss sb}", "month", month_text(path, p->month), "basis",
                                           p->basis, "value", pl_json_number(p->value), "source", p->source,
                                           "derived", (int)p->derived)) &&
               made;
    }
    return pl_json_whole(list, made);
}

static json_t *observed_list(const pl_path_view *view) {
    json_t *list = json_array();
    size_t rows = view->observed ? pl_comparison_rows(view->observed) : 0, months = pl_path_done(view->path);
    bool made = true;
    for (size_t k = 0; k < rows; k++) {
        const pl_observed *row = pl_comparison_row(view->observed, k);
        json_t *model = json_pack("{so so so}", "level", pl_json_numbers(row->level, months),
                                  "month_on_month", pl_json_numbers(row->month_on_month, months),
                                  "year_on_year", pl_json_numbers(row->year_on_year, months));
        json_t *one =
            json_pack("{ss ss ss ss ss ss ss ss so so sI so so}", "series", row->series, "text", row->text,
                      "importer", row->importer, "exporter", row->exporter, "unit", row->unit, "model_unit",
                      row->model_unit, "change_unit", row->change_unit, "model_basis", row->model_basis,
                      "base", pl_json_number(row->base), "observed_base", pl_json_number(row->observed_base),
                      "observed_base_months", (json_int_t)row->base_months, "model", model, "points",
                      points_of(view->path, row));
        made = pl_json_add(list, one) && made;
    }
    return pl_json_whole(list, made);
}

/* ---- users held up for want of a licensed input ---- */

static double lost_of(const pl_path_view *view, size_t month, size_t sector, size_t country) {
    return pl_path_get(view->path, PL_PATH_output_lost,
                       month)[sector * pl_world_size(world_of(view), PL_COUNTRY) + country];
}

/* Sums over the axes that are SIZE_MAX. NULL where nothing is lost in any month, with *made left as it was. */
static json_t *lost_series(const pl_path_view *view, size_t sector, size_t country, bool *made) {
    size_t N = pl_world_size(world_of(view), PL_COUNTRY), J = pl_world_size(world_of(view), PL_SECTOR);
    json_t *list = json_array();
    double most = 0;
    for (size_t t = 0; t < pl_path_done(view->path); t++) {
        double sum = 0;
        for (size_t j = 0; j < J; j++)
            for (size_t n = 0; n < N && (sector == SIZE_MAX || sector == j); n++)
                sum += country == SIZE_MAX || country == n ? lost_of(view, t, j, n) : 0;
        most = fmax(most, sum);
        *made = pl_json_add(list, pl_json_number(sum)) && *made;
    }
    return pl_json_whole(list, most > 0);
}

static json_t *users_list(const pl_path_view *view) {
    const pl_world *w = world_of(view);
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    json_t *list = json_array();
    bool made = true;
    for (size_t n = 0; n < N; n++)
        for (size_t j = 0; j < J && pl_path_shows(view, n); j++) {
            json_t *lost = lost_series(view, j, n, &made), *limit = lost ? json_array() : NULL;
            if (!lost)
                continue;
            for (size_t t = 0; t < pl_path_done(view->path); t++)
                made = pl_json_add(limit, pl_json_number(
                                              pl_path_get(view->path, PL_PATH_output_limit, t)[j * N + n])) &&
                       made;
            made = pl_json_add(list, json_pack("{ss ss so so}", "country", pl_world_code(w, PL_COUNTRY, n),
                                               "sector", pl_world_code(w, PL_SECTOR, j), "output_lost", lost,
                                               "output_limit", limit)) &&
                   made;
        }
    return pl_json_whole(list, made);
}

/* {unit, world: [...], countries: {..}, sectors: {..}, users: [...]}: output lost by month. */
static json_t *stopped_object(const pl_path_view *view) {
    const pl_world *w = world_of(view);
    json_t *countries = json_object(), *sectors = json_object(), *held = json_array();
    bool made = true, ignored = true;
    for (size_t n = 0; n < pl_world_size(w, PL_COUNTRY); n++) {
        json_t *lost = pl_path_shows(view, n) ? lost_series(view, SIZE_MAX, n, &made) : NULL;
        made = (!lost || pl_json_put(countries, pl_world_code(w, PL_COUNTRY, n), lost)) && made;
    }
    for (size_t j = 0; j < pl_world_size(w, PL_SECTOR); j++) {
        json_t *lost = lost_series(view, j, SIZE_MAX, &made);
        made = (!lost || pl_json_put(sectors, pl_world_code(w, PL_SECTOR, j), lost)) && made;
    }
    for (size_t t = 0; t < pl_path_done(view->path); t++)
        made = pl_json_add(held, pl_json_number(pl_sum(pl_path_get(view->path, PL_PATH_users_stopped, t),
                                                       pl_world_size(w, PL_COUNTRY)))) &&
               made;
    json_t *world = lost_series(view, SIZE_MAX, SIZE_MAX, &ignored);
    json_t *all =
        json_pack("{ss ss so so so so so}", "unit", pl_path_unit(PL_PATH_output_lost), "text",
                  pl_path_text(PL_PATH_output_lost), "users_stopped", held, "countries", countries, "sectors",
                  sectors, "world", world ? world : json_null(), "users", users_list(view));
    return pl_json_whole(all, made && ignored && all);
}

/* ---- licences and stocks ---- */

static double regime_sum(const pl_path *path, pl_queue_variable v, size_t month, const char *name) {
    double sum = 0;
    for (size_t q = 0; q < pl_path_queues(path); q++)
        sum += strcmp(pl_path_queue_name(path, q), name) ? 0 : pl_path_queue(path, v, month)[q];
    return sum;
}

static json_t *regime_object(const pl_path *path, const char *name) {
    static const char *const names[] = {
#define QUEUE_NAME(name, unit, text) #name,
        PL_QUEUE_VARIABLES(QUEUE_NAME)
#undef QUEUE_NAME
    };
    json_t *one = json_pack("{ss}", "regime", name);
    bool made = true;
    for (int v = 0; v < PL_QUEUE_COUNT; v++) {
        json_t *list = json_array();
        for (size_t t = 0; t < pl_path_done(path); t++)
            made = pl_json_add(list, pl_json_number(regime_sum(path, (pl_queue_variable)v, t, name))) && made;
        made = pl_json_put(one, names[v], list) && made;
    }
    return pl_json_whole(one, made);
}

/* Each regime over all its flows. */
static json_t *regimes_list(const pl_path *path) {
    json_t *list = json_array();
    bool made = true;
    for (size_t q = 0; q < pl_path_queues(path); q++) {
        const char *name = pl_path_queue_name(path, q);
        bool first = true;
        for (size_t before = 0; before < q && first; before++)
            first = strcmp(pl_path_queue_name(path, before), name) != 0;
        if (first)
            made = pl_json_add(list, regime_object(path, name)) && made;
    }
    return pl_json_whole(list, made);
}

/* Days of stock of licensed inputs, by country that holds them. */
static json_t *days_list(const pl_path_view *view) {
    const pl_world *w = world_of(view);
    size_t N = pl_world_size(w, PL_COUNTRY), T = pl_path_done(view->path);
    json_t *list = json_array();
    bool made = true;
    for (size_t j = 0; j < pl_world_size(w, PL_SECTOR); j++)
        for (size_t n = 0; n < N && made; n++) {
            bool any = false;
            for (size_t t = 0; t < T; t++)
                any = any || isfinite(pl_path_get(view->path, PL_PATH_days_of_stock, t)[j * N + n]);
            if (!any || !pl_path_shows(view, n))
                continue;
            json_t *days = json_array();
            for (size_t t = 0; t < T; t++)
                made = pl_json_add(days, pl_json_number(
                                             pl_path_get(view->path, PL_PATH_days_of_stock, t)[j * N + n])) &&
                       made;
            made = pl_json_add(list,
                               json_pack("{ss ss so}", "country", pl_world_code(w, PL_COUNTRY, n), "sector",
                                         pl_world_code(w, PL_SECTOR, j), "days_of_stock", days)) &&
                   made;
        }
    return pl_json_whole(list, made);
}

/* ---- the rest ---- */

static json_t *day_or_null(pl_date date) {
    return date.year ? json_sprintf("%04d-%02d-%02d", date.year, date.month, date.day) : json_null();
}

static json_t *moves_list(const pl_scenario *scenario) {
    json_t *list = json_array();
    bool made = true;
    for (size_t k = 0; k < pl_scenario_moves(scenario); k++) {
        pl_moved_date m = pl_scenario_get_move(scenario, k);
        made = pl_json_add(list, json_pack("{ss ss so so}", "measure", m.measure, "date", m.date, "from",
                                           day_or_null(m.from), "to", day_or_null(m.to))) &&
               made;
    }
    return pl_json_whole(list, made);
}

static json_t *certificate_object(const pl_path *path) {
    pl_month all = pl_path_quality(path);
    json_t *parts = json_array();
    const char *name, *text;
    double value;
    bool made = true;
    for (size_t k = 0; pl_certificate_part(&all.residual, k, &name, &text, &value); k++)
        made = pl_json_add(parts, json_pack("{ss ss so}", "name", name, "text", text, "residual",
                                            pl_json_number(value))) &&
               made;
    made = pl_json_add(parts,
                       json_pack("{ss ss so}", "name", "stocks", "text", "stocks add up and none is negative",
                                 "residual", pl_json_number(all.stocks))) &&
           made;
    json_t *certificate =
        json_pack("{sb so sI so}", "converged", (int)all.converged, "worst", pl_json_number(all.worst),
                  "iterations", (json_int_t)all.iterations, "residuals", parts);
    return pl_json_whole(certificate, made);
}

static json_t *names_of(const pl_world *w, pl_axis axis) {
    json_t *names = json_object();
    bool made = true;
    for (size_t k = 0; k < pl_world_size(w, axis); k++)
        made = pl_json_put(names, pl_world_code(w, axis, k), json_string(pl_world_name(w, axis, k))) && made;
    return pl_json_whole(names, made);
}

bool pl_path_json_more(json_t *root, const pl_path_view *view) {
    const pl_world *w = world_of(view);
    const pl_scenario *s = view->scenario;
    bool stopped = pl_path_wants(view, PL_PATH_output_lost),
         days = pl_path_wants(view, PL_PATH_days_of_stock);
    return pl_json_put(root, "base", base_countries(view)) &&
           pl_json_put(root, "observed", observed_list(view)) &&
           pl_json_put(root, "stopped", stopped ? stopped_object(view) : json_null()) &&
           pl_json_put(root, "regimes", regimes_list(view->path)) &&
           pl_json_put(root, "days_of_stock", days ? days_list(view) : json_array()) &&
           pl_json_put(root, "moved", moves_list(s)) &&
           pl_json_put(root, "measures", pl_json_measures(s, view->variant)) &&
           pl_json_put(root, "certificate", certificate_object(view->path)) &&
           pl_json_put(root, "variant_title", pl_json_text(pl_scenario_variant_title(s, view->variant))) &&
           pl_json_put(root, "source", pl_json_text(pl_scenario_source(s))) &&
           pl_json_put(root, "world",
                       json_pack("{so so so}", "name", pl_json_text(pl_scenario_world(s)), "title",
                                 pl_json_text(pl_world_note(w, "title")), "source",
                                 pl_json_text(pl_world_note(w, "source")))) &&
           pl_json_put(root, "country_names", names_of(w, PL_COUNTRY)) &&
           pl_json_put(root, "sector_names", names_of(w, PL_SECTOR)) &&
           pl_json_put(
               root, "basis",
               json_string("A month is a twelfth of the base year, without seasons. Purchases are at "
                           "customs value, before duty; volumes at base prices; percent is the change "
                           "from the base year unless a name says month_on_month or year_on_year, where "
                           "months before the path are the base year's."));
}
