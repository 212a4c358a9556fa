/* What became of quantity controls: a table for people, JSON, CSV and variables in NetCDF. */
#include "report/report.h"

#include <math.h>
#include <netcdf.h>
#include <string.h>

enum { MOST_ROWS = 8, COLUMNS = 6 };

static size_t controls_of(const pl_run *run, size_t variant) {
    return pl_policy_caps(run->policy[variant]);
}

size_t pl_run_controls(const pl_run *run) {
    size_t count = 0;
    for (size_t v = 0; v < run->variants; v++)
        count += controls_of(run, v);
    return count;
}

static const char *kind_text(pl_cap_kind kind) {
    static const char *const text[] = {"quota", "minimum price", "tariff-rate quota"};
    return text[kind];
}

/* ---- a table for people ---- */

/* Controls of one measure, shown as one row: sums, and means weighted by base value. */
typedef struct {
    const char *name;
    size_t length, count; /* of the name; controls in the row */
    double base, premium, quantity, rent, sellers, buyers, others;
    bool banned;
} row;

/* The name of the measure a control belongs to: all, or what stands before its own pair and sector. */
static size_t measure_length(const char *name) {
    const char *arrow = strstr(name, "->"), *from = arrow;
    while (from && from > name && *from != ' ')
        from--;
    return from && from > name ? (size_t)(from - name) : strlen(name);
}

static row *find_row(row *list, size_t *count, const char *name, size_t length) {
    for (size_t r = 0; r < *count; r++)
        if (list[r].length == length && !strncmp(list[r].name, name, length))
            return &list[r];
    list[*count] = (row){.name = name, .length = length};
    return &list[(*count)++];
}

/* Rows of a variant; `list` has room for all its controls. */
static size_t gather_rows(const pl_run *run, size_t v, row *list) {
    const double *flow = pl_world_flow(pl_model_world(run->model));
    bool few = controls_of(run, v) <= MOST_ROWS;
    size_t rows = 0;
    for (size_t k = 0; k < controls_of(run, v); k++) {
        const pl_cap *cap = pl_policy_cap(run->policy[v], k);
        const pl_cap_result c = pl_result_cap(run->result[v], k);
        row *r = find_row(list, &rows, cap->name, few ? strlen(cap->name) : measure_length(cap->name));
        double base = 0;
        for (size_t f = 0; f < cap->count; f++)
            base += flow[cap->flows[f]];
        r->count++;
        r->base += base;
        r->premium += base * c.premium;
        r->quantity += base * c.quantity;
        r->rent += c.rent;
        r->sellers += c.to_sellers;
        r->buyers += c.to_buyers;
        r->others += c.to_third + c.wasted;
        r->banned = r->banned || (cap->kind == PL_CAP_QUOTA && cap->level == 0);
    }
    return rows;
}

static int by_rent(const void *a, const void *b) {
    const row *x = a, *y = b;
    if (x->rent != y->rent)
        return x->rent < y->rent ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void fill_row(pl_grid *grid, size_t at, const pl_run *run, const row *r, int decimals) {
    double scale = pl_run_money(run).scale;
    char name[200], many[32] = "";
    const double value[COLUMNS] = {
        100 * r->premium / r->base, 100 * r->quantity / r->base, scale * r->rent,
        scale * r->sellers,         scale * r->buyers,           scale * r->others};
    if (r->count > 1 && r->length <= 20)
        snprintf(many, sizeof many, " (%zu)", r->count);
    snprintf(name, sizeof name, "%.*s%s", (int)(r->length > 150 ? 150 : r->length), r->name, many);
    pl_text_cut(grid->label[at], sizeof grid->label[at], name, 32);
    for (size_t c = 0; c < grid->columns; c++)
        pl_text_number(grid->cell[at * grid->columns + c].text, sizeof grid->cell->text, value[c],
                       c < 2 ? 1 : decimals, false);
    if (r->banned)
        snprintf(grid->cell[at * grid->columns].text, sizeof grid->cell->text, "ban");
}

static void fill_heads(pl_grid *grid, const pl_run *run) {
    static const char *const head[COLUMNS][3] = {{"", "premium", "%"},        {"quantity", "of today", "%"},
                                                 {"", "rent", NULL},          {"rent to", "sellers", NULL},
                                                 {"rent to", "buyers", NULL}, {"rent to", "others", NULL}};
    for (size_t c = 0; c < grid->columns; c++) {
        for (size_t k = 0; k < 2; k++)
            snprintf(grid->column[c].group[k], sizeof grid->column[c].group[k], "%s", head[c][k]);
        snprintf(grid->column[c].head, sizeof grid->column[c].head, "%s",
                 head[c][2] ? head[c][2] : pl_run_money(run).name);
    }
}

/* One line for what the table does not show. */
static void say_rest(FILE *out, const pl_run *run, size_t v, const pl_layout *layout) {
    size_t count = controls_of(run, v), bind = 0, skipped = 0;
    double rent = 0;
    for (size_t k = 0; k < count; k++) {
        const pl_cap_result r = pl_result_cap(run->result[v], k);
        bind += r.premium > 0 || pl_policy_cap(run->policy[v], k)->level == 0;
        skipped += pl_policy_cap(run->policy[v], k)->skipped;
        rent += r.rent;
    }
    char total[40], flows[120] = "", line[400];
    pl_text_number(total, sizeof total, pl_run_money(run).scale * rent,
                   pl_text_decimals(pl_run_money(run).scale * rent), false);
    if (skipped)
        snprintf(flows, sizeof flows, "; %zu flow%s not traded in the base year %s left out", skipped,
                 skipped == 1 ? "" : "s", skipped == 1 ? "is" : "are");
    snprintf(line, sizeof line, "%.80s%s%zu control%s, %zu of them binding; rents %s %s in all%s",
             run->variants > 1 ? pl_scenario_variant_name(run->scenario, v) : "",
             run->variants > 1 ? ": " : "", count, count == 1 ? "" : "s", bind, total, pl_run_money(run).name,
             flows);
    pl_text_wrap(out, "  ", line, layout->width);
}

static bool print_variant(FILE *out, const pl_run *run, size_t v, const pl_layout *layout) {
    row *list = pl_alloc(controls_of(run, v), sizeof *list);
    size_t rows = list ? gather_rows(run, v, list) : 0, shown = rows < MOST_ROWS ? rows : MOST_ROWS;
    double others = 0;
    pl_grid grid;
    qsort(list, rows, sizeof *list, by_rent);
    for (size_t r = 0; r < rows; r++)
        others += list[r].others;
    bool made = pl_grid_init(&grid, shown, others > 0 ? COLUMNS : COLUMNS - 1) && list;
    if (made) {
        fill_heads(&grid, run);
        for (size_t r = 0; r < shown; r++)
            fill_row(&grid, r, run, &list[r], pl_text_decimals(pl_run_money(run).scale * list[0].rent));
        made = pl_grid_print(out, &grid, layout);
    }
    pl_grid_clear(&grid);
    free(list);
    say_rest(out, run, v, layout);
    return made;
}

bool pl_summary_controls(FILE *out, const pl_run *run, const pl_layout *layout) {
    bool done = true;
    if (!pl_run_controls(run))
        return true;
    fputs("\nQuantity controls\n", out);
    for (size_t v = 0; v < run->variants && done; v++)
        if (controls_of(run, v))
            done = print_variant(out, run, v, layout);
    return done;
}

/* ---- JSON ---- */

static json_t *control_object(const pl_run *run, size_t v, size_t k) {
    const pl_cap *cap = pl_policy_cap(run->policy[v], k);
    const pl_cap_result r = pl_result_cap(run->result[v], k);
    const char *name, *unit, *text;
    double value;
    json_t *o = json_pack("{s:s, s:s, s:o, s:I, s:I}", "name", cap->name, "kind", kind_text(cap->kind),
                          "level", pl_json_number(cap->level), "flows", (json_int_t)cap->count,
                          "flows_left_out", (json_int_t)cap->skipped);
    for (size_t p = 0; o && pl_control_part(p, &r, &name, &unit, &text, &value); p++)
        if (json_object_set_new(o, name, pl_json_number(value))) {
            json_decref(o);
            o = NULL;
        }
    return o;
}

json_t *pl_json_controls(const pl_run *run, size_t variant) {
    json_t *list = json_array();
    for (size_t k = 0; list && k < controls_of(run, variant); k++) {
        json_t *entry = control_object(run, variant, k);
        if (!entry || json_array_append_new(list, entry)) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

/* ---- CSV ---- */

static void put_heading(FILE *out) {
    const pl_cap_result none = {0};
    const char *name, *unit, *text;
    double value;
    fputs("variant,control,kind,level,flows,flows_left_out", out);
    for (size_t p = 0; pl_control_part(p, &none, &name, &unit, &text, &value); p++)
        fprintf(out, ",%s%s", name,
                !strcmp(unit, "percent") ? "_percent"
                : !strcmp(unit, "1")     ? ""
                                         : "_million_usd");
    fputc('\n', out);
}

pl_status pl_write_controls(FILE *out, const void *data, pl_error *error) {
    const pl_output *o = data;
    const pl_run *run = o->run;
    const char *name, *unit, *text;
    char number[40];
    double value;
    (void)error;
    put_heading(out);
    for (size_t v = 0; v < run->variants; v++)
        for (size_t k = 0; k < controls_of(run, v); k++) {
            const pl_cap *cap = pl_policy_cap(run->policy[v], k);
            const pl_cap_result r = pl_result_cap(run->result[v], k);
            pl_csv_field(out, pl_scenario_variant_name(run->scenario, v));
            fputc(',', out);
            pl_csv_field(out, cap->name);
            pl_text_exact(number, sizeof number, cap->level);
            fprintf(out, ",%s,%s,%zu,%zu", kind_text(cap->kind), number, cap->count, cap->skipped);
            for (size_t p = 0; pl_control_part(p, &r, &name, &unit, &text, &value); p++) {
                pl_text_exact(number, sizeof number, value);
                fprintf(out, ",%s", number);
            }
            fputc('\n', out);
        }
    return PL_OK;
}

/* ---- NetCDF ---- */

/* One variable along the controls of all variants; `value` has room for them. */
static int put_part(int file, int axis, const pl_run *run, size_t part, double *value) {
    const char *name = NULL, *unit = NULL, *text = NULL;
    size_t at = 0;
    int id = 0;
    char variable[64];
    for (size_t v = 0; v < run->variants; v++)
        for (size_t k = 0; k < controls_of(run, v); k++) {
            const pl_cap_result r = pl_result_cap(run->result[v], k);
            pl_control_part(part, &r, &name, &unit, &text, &value[at++]);
        }
    snprintf(variable, sizeof variable, "control_%s", name);
    int code = nc_def_var(file, variable, NC_DOUBLE, 1, &axis, &id);
    if (!code)
        code = nc_put_att_text(file, id, "units", strlen(unit), unit);
    if (!code)
        code = nc_put_att_text(file, id, "long_name", strlen(text), text);
    return code ? code : nc_put_var_double(file, id, value);
}

/* Names and variants of all controls. */
static int put_names(int file, int axis, const pl_run *run, const char **name, int *variant) {
    static const char name_text[] = "quantity control", variant_text[] = "position of its variant, from 0";
    size_t at = 0;
    int id[2] = {0, 0};
    for (size_t v = 0; v < run->variants; v++)
        for (size_t k = 0; k < controls_of(run, v); k++) {
            variant[at] = (int)v;
            name[at++] = pl_policy_cap(run->policy[v], k)->name;
        }
    int code = nc_def_var(file, "control", NC_STRING, 1, &axis, &id[0]);
    if (!code)
        code = nc_put_att_text(file, id[0], "long_name", strlen(name_text), name_text);
    if (!code)
        code = nc_put_var_string(file, id[0], name);
    if (!code)
        code = nc_def_var(file, "control_variant", NC_INT, 1, &axis, &id[1]);
    if (!code)
        code = nc_put_att_text(file, id[1], "long_name", strlen(variant_text), variant_text);
    return code ? code : nc_put_var_int(file, id[1], variant);
}

int pl_netcdf_controls(int file, const pl_run *run) {
    size_t count = pl_run_controls(run);
    const pl_cap_result none = {0};
    const char *words[3], **name = pl_alloc(count + 1, sizeof *name);
    double unused, *value = pl_alloc(count + 1, sizeof *value);
    int axis = 0, *variant = pl_alloc(count + 1, sizeof *variant), code = NC_ENOMEM;
    if (count && name && value && variant) {
        code = nc_def_dim(file, "control", count, &axis);
        if (!code)
            code = put_names(file, axis, run, name, variant);
        for (size_t p = 0; !code && pl_control_part(p, &none, &words[0], &words[1], &words[2], &unused); p++)
            code = put_part(file, axis, run, p, value);
    }
    free(name);
    free(value);
    free(variant);
    return count ? code : NC_NOERR;
}
