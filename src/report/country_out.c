/* A country in detail as JSON, as CSV and as tables for people. */
#include "report/report.h"

#include <math.h>
#include <string.h>

/* ---- JSON ---- */

/* Every variable of partners or sectors with its values. */
static json_t *values_object(double *const *values, bool sectors, size_t count) {
    json_t *o = json_object();
    const char *name = NULL, *unit = NULL, *text = NULL;
    for (size_t k = 0; o && pl_detail_describe(sectors, k, &name, &unit, &text); k++) {
        if (!pl_json_put(o, name, pl_json_numbers(values[k], count))) {
            json_decref(o);
            o = NULL;
        }
    }
    return o;
}

static json_t *country_object(const pl_run *run, size_t variant, size_t country) {
    const pl_world *w = run->world;
    pl_detail detail;
    if (pl_detail_init(&detail, run, variant, country, NULL))
        return NULL;
    json_t *o = json_object();
    bool made = pl_json_put(o, "code", json_string(pl_world_code(w, PL_COUNTRY, country))) &&
                pl_json_put(o, "name", json_string(pl_world_name(w, PL_COUNTRY, country))) &&
                pl_json_put(o, "partners", values_object(detail.partner, false, detail.N)) &&
                pl_json_put(o, "sectors", values_object(detail.sector, true, detail.J));
    pl_detail_clear(&detail);
    if (made)
        return o;
    json_decref(o);
    return NULL;
}

json_t *pl_json_countries(const pl_run *run, size_t variant, const pl_view *view) {
    json_t *list = json_array();
    for (size_t k = 0; list && k < view->countries; k++) {
        if (json_array_append_new(list, country_object(run, variant, view->country[k]))) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

static json_t *describe(bool sectors) {
    json_t *all = json_object();
    const char *name = NULL, *unit = NULL, *text = NULL;
    for (size_t k = 0; all && pl_detail_describe(sectors, k, &name, &unit, &text); k++) {
        if (!pl_json_put(all, name, json_pack("{s:s, s:s}", "unit", unit, "long_name", text))) {
            json_decref(all);
            all = NULL;
        }
    }
    return all;
}

json_t *pl_json_country_variables(void) {
    json_t *o = json_object();
    if (pl_json_put(o, "partners", describe(false)) && pl_json_put(o, "sectors", describe(true)))
        return o;
    json_decref(o);
    return NULL;
}

/* ---- CSV ---- */

static void put_heading(FILE *out, bool sectors) {
    const char *name = NULL, *unit = NULL, *text = NULL;
    fprintf(out, "variant,country,%s", sectors ? "sector" : "partner");
    for (size_t k = 0; pl_detail_describe(sectors, k, &name, &unit, &text); k++)
        fprintf(out, ",%s_%s", name, strcmp(unit, "percent") ? "million_usd" : "percent");
    fputc('\n', out);
}

static void put_rows(FILE *out, const pl_run *run, size_t variant, size_t country, const pl_detail *d,
                     bool sectors) {
    const pl_world *w = run->world;
    size_t columns = sectors ? (size_t)PL_HOME_COUNT : (size_t)PL_PARTNER_COUNT;
    for (size_t r = 0; r < (sectors ? d->J : d->N); r++) {
        if (!sectors && r == country)
            continue;
        pl_csv_field(out, pl_scenario_variant_name(run->scenario, variant));
        fputc(',', out);
        pl_csv_field(out, pl_world_code(w, PL_COUNTRY, country));
        fputc(',', out);
        pl_csv_field(out, pl_world_code(w, sectors ? PL_SECTOR : PL_COUNTRY, r));
        for (size_t k = 0; k < columns; k++) {
            char text[40] = "";
            double value = (sectors ? d->sector : d->partner)[k][r];
            if (isfinite(value))
                pl_text_exact(text, sizeof text, value);
            fprintf(out, ",%s", text);
        }
        fputc('\n', out);
    }
}

static pl_status put_table(FILE *out, const pl_output *o, bool sectors, pl_error *error) {
    put_heading(out, sectors);
    for (size_t v = 0; v < o->run->variants; v++)
        for (size_t k = 0; k < o->view->countries; k++) {
            pl_detail detail;
            pl_status status = pl_detail_init(&detail, o->run, v, o->view->country[k], error);
            if (status)
                return status;
            put_rows(out, o->run, v, o->view->country[k], &detail, sectors);
            pl_detail_clear(&detail);
        }
    return PL_OK;
}

pl_status pl_write_partners(FILE *out, const void *data, pl_error *error) {
    return put_table(out, data, false, error);
}

pl_status pl_write_country_sectors(FILE *out, const void *data, pl_error *error) {
    return put_table(out, data, true, error);
}

/* ---- tables for people ---- */

/* A column of a table: values before and after, or one of them. */
typedef struct {
    const char *group, *head;
    size_t variable;
    bool money;
} column;

static const column partner_columns[] = {{"imports", "before", PL_PARTNER_imports_before, true},
                                         {"imports", "after", PL_PARTNER_imports, true},
                                         {"exports", "before", PL_PARTNER_exports_before, true},
                                         {"exports", "after", PL_PARTNER_exports, true},
                                         {"duty taken %", "before", PL_PARTNER_tariff_before, false},
                                         {"duty taken %", "after", PL_PARTNER_tariff, false},
                                         {"duty met %", "before", PL_PARTNER_tariff_met_before, false},
                                         {"duty met %", "after", PL_PARTNER_tariff_met, false},
                                         {"premia", "imports", PL_PARTNER_rents_on_imports, true},
                                         {"premia", "exports", PL_PARTNER_rents_on_exports, true}};

static const column sector_columns[] = {{"output", "before", PL_HOME_output_before, true},
                                        {"output", "after", PL_HOME_output, true},
                                        {"change %", "volume", PL_HOME_output_volume, false},
                                        {"change %", "labour", PL_HOME_employment, false},
                                        {"value added", "before", PL_HOME_value_added_before, true},
                                        {"value added", "after", PL_HOME_value_added, true},
                                        {"price %", "makers", PL_HOME_producer_price, false},
                                        {"price %", "users", PL_HOME_user_price, false},
                                        {"imports", "before", PL_HOME_imports_before, true},
                                        {"imports", "after", PL_HOME_imports, true},
                                        {"exports", "before", PL_HOME_exports_before, true},
                                        {"exports", "after", PL_HOME_exports, true}};

typedef struct {
    const pl_run *run;
    const pl_layout *layout;
    const pl_detail *detail;
    pl_money money;
    size_t variant, country, rows;
    bool sectors;
} table;

static double *const *values_of(const table *t) {
    return t->sectors ? t->detail->sector : t->detail->partner;
}

/* How large a row is: trade with a partner, output of a sector. */
static double size_of(const table *t, size_t r) {
    double *const *v = values_of(t);
    double size = t->sectors ? v[PL_HOME_output_before][r]
                             : v[PL_PARTNER_imports_before][r] + v[PL_PARTNER_exports_before][r];
    return isfinite(size) ? size : -1;
}

/* The largest rows in falling order; returns how many. */
static size_t choose(const table *t, size_t *row, size_t count) {
    size_t chosen = 0, most = t->layout->rows ? t->layout->rows : 15;
    for (; chosen < most && chosen < count; chosen++) {
        size_t best = SIZE_MAX;
        for (size_t r = 0; r < count; r++) {
            bool used = size_of(t, r) <= 0;
            for (size_t k = 0; k < chosen && !used; k++)
                used = row[k] == r;
            if (!used && (best == SIZE_MAX || size_of(t, r) > size_of(t, best)))
                best = r;
        }
        if (best == SIZE_MAX)
            break;
        row[chosen] = best;
    }
    return chosen;
}

static void fill_column(const table *t, pl_grid *grid, size_t c, const column *what, const size_t *row) {
    const double *value = values_of(t)[what->variable];
    double scale = what->money ? t->money.scale : 1, largest = 0;
    for (size_t r = 0; r < grid->rows; r++)
        if (isfinite(value[row[r]]))
            largest = fmax(largest, fabs(scale * value[row[r]]));
    if (what->money)
        snprintf(grid->column[c].group[0], sizeof grid->column[c].group[0], "%s, %s", what->group,
                 t->money.name);
    else
        snprintf(grid->column[c].group[0], sizeof grid->column[c].group[0], "%s", what->group);
    snprintf(grid->column[c].head, sizeof grid->column[c].head, "%s", what->head);
    for (size_t r = 0; r < grid->rows; r++)
        pl_text_number(grid->cell[r * grid->columns + c].text, sizeof grid->cell->text, scale * value[row[r]],
                       pl_text_decimals(largest), false);
}

static bool print_table(FILE *out, const table *t) {
    const column *columns = t->sectors ? sector_columns : partner_columns;
    size_t count = t->sectors ? sizeof sector_columns / sizeof *sector_columns
                              : sizeof partner_columns / sizeof *partner_columns;
    size_t all = t->sectors ? t->detail->J : t->detail->N;
    size_t *row = pl_alloc(all + 1, sizeof *row);
    pl_grid grid;
    if (!row)
        return false;
    size_t rows = choose(t, row, all);
    if (!pl_grid_init(&grid, rows, count)) {
        free(row);
        return false;
    }
    for (size_t r = 0; r < rows; r++)
        snprintf(grid.label[r], PL_LABEL, "  %.20s %.200s",
                 pl_world_code(t->run->world, t->sectors ? PL_SECTOR : PL_COUNTRY, row[r]),
                 pl_world_name(t->run->world, t->sectors ? PL_SECTOR : PL_COUNTRY, row[r]));
    for (size_t c = 0; c < count; c++)
        fill_column(t, &grid, c, &columns[c], row);
    bool printed = pl_grid_print(out, &grid, t->layout);
    if (printed && rows < all - !t->sectors)
        fprintf(out, "  and %zu more; --rows shows them\n", all - !t->sectors - rows);
    pl_grid_clear(&grid);
    free(row);
    return printed;
}

static pl_status print_country(FILE *out, table *t, pl_error *error) {
    pl_detail detail;
    pl_status status = pl_detail_init(&detail, t->run, t->variant, t->country, error);
    if (status)
        return status;
    t->detail = &detail;
    for (int sectors = 0; sectors < 2 && !status; sectors++) {
        bool many = t->run->variants > 1;
        t->sectors = sectors != 0;
        fprintf(out, "\n%s%s of %s%s%s%s\n", pl_tone_on(PL_STRONG, t->layout->colour),
                t->sectors ? "Sectors" : "Partners", pl_world_name(t->run->world, PL_COUNTRY, t->country),
                many ? ", " : "", many ? pl_scenario_variant_name(t->run->scenario, t->variant) : "",
                pl_tone_off(PL_STRONG, t->layout->colour));
        if (!t->sectors)
            pl_text_wrap(
                out, "",
                "Trade at customs value. Duties are averages weighted by trade before: those taken on "
                "imports, and those met by exports.",
                t->layout->width);
        if (!print_table(out, t))
            status = pl_fail_memory(error, detail.N * sizeof(double));
    }
    pl_detail_clear(&detail);
    return status;
}

pl_status pl_report_countries(FILE *out, const pl_run *run, const pl_view *view, const pl_layout *layout,
                              pl_error *error) {
    pl_layout screen = layout ? *layout : (pl_layout){.width = 80};
    screen.width = screen.width < 40 ? 40 : screen.width;
    pl_status status = PL_OK;
    for (size_t k = 0; k < view->countries && !status; k++)
        for (size_t v = 0; v < run->variants && !status; v++) {
            table t = {.run = run, .layout = &screen, .money = pl_run_money(run), .variant = v};
            t.country = view->country[k];
            status = print_country(out, &t, error);
        }
    if (!status && (fflush(out) || ferror(out)))
        return pl_fail(error, PL_IO, "the tables of countries could not be written");
    return status;
}
