/* A sweep for people: where each country does best and worst, how it goes along what is varied, and every member where one
 * or two things are varied. */
#include "report/report.h"

#include <math.h>
#include <string.h>

enum { MOST_SHOWN = 24, USUAL = 6, FAILED_SHOWN = 6, SPARK = 16, MOST_ROWS = 60, MOST_COLUMNS = 40 };

typedef struct {
    const pl_scan_view *view;
    const pl_scan *scan;
    const pl_world *world;
    const pl_layout *layout;
    size_t country[MOST_SHOWN], countries;
    int decimals;
} page;

/* ---- what every output of a sweep needs ---- */

static double spread(const pl_scan *scan, pl_variable variable, size_t country) {
    pl_scan_ends ends = pl_scan_extremes(scan, variable, country);
    return ends.high == SIZE_MAX ? 0 : ends.highest - ends.lowest;
}

bool pl_scan_shown(const pl_scan_view *view, size_t *country, size_t most, size_t *shown) {
    size_t N = pl_world_size(pl_scan_world(view->scan), PL_COUNTRY);
    *shown = 0;
    for (; *shown < view->countries && *shown < most; ++*shown)
        country[*shown] = view->country[*shown];
    if (view->countries)
        return true;
    bool money = pl_scan_members(view->scan) && pl_scan_get(view->scan, PL_VAR_equivalent_variation, 0);
    double *wide = pl_alloc(N, sizeof *wide);
    for (size_t n = 0; wide && n < N; n++)
        wide[n] = spread(view->scan, money ? PL_VAR_equivalent_variation : view->variable, n);
    for (most = most < USUAL ? most : USUAL; wide && *shown < most && *shown < N; ++*shown) {
        size_t best = 0;
        for (size_t n = 1; n < N; n++)
            best = wide[n] > wide[best] ? n : best;
        wide[best] = -1;
        country[*shown] = best;
    }
    bool made = wide != NULL;
    free(wide);
    return made;
}

void pl_scan_place(const pl_scan *scan, size_t member, char *out, size_t size) {
    size_t length = 0;
    *out = 0;
    for (size_t d = 0; d < pl_scan_dimensions(scan) && length + 1 < size; d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(scan, d);
        const char *value = dim.text[pl_scan_position(scan, member, d)];
        int put = snprintf(out + length, size - length, "%s%s %s", d ? ", " : "", dim.label, value);
        length += put > 0 ? (size_t)put : 0;
    }
}

const char *pl_scan_world_name(const pl_scan *scan) {
    const char *name = pl_scenario_world(pl_scan_scenario(scan));
    const char *title = pl_world_note(pl_scan_world(scan), "title");
    bool named = name[0] && strcmp(name, "inline") != 0;
    return named ? name : title && title[0] ? title : "a world of its own";
}

bool pl_scan_varies(const pl_scan *scan, const char *name) {
    for (size_t d = 0; d < pl_scan_dimensions(scan); d++)
        if (!strcmp(pl_scan_get_dimension(scan, d).name, name))
            return true;
    return false;
}

const char *pl_scan_closure(const pl_scan *scan) {
    return pl_scan_varies(scan, "closure") ? "" : pl_closure_text(pl_scan_scenario(scan)->settings.closure);
}

const char *pl_scan_elasticities(const pl_scan *scan) {
    const char *set = pl_scan_scenario(scan)->settings.elasticities;
    if (pl_scan_varies(scan, "elasticities"))
        return "";
    return *set ? set : pl_world_elasticity_name(pl_scan_world(scan), 0);
}

/* ---- words ---- */

static void strong(const page *p, FILE *out, const char *text) {
    fprintf(out, "%s%s%s\n", pl_tone_on(PL_STRONG, p->layout->colour), text,
            pl_tone_off(PL_STRONG, p->layout->colour));
}

static void say(const page *p, FILE *out, const char *lead, const char *format, ...) PL_PRINTF(4, 5);
static void say(const page *p, FILE *out, const char *lead, const char *format, ...) {
    char text[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pl_text_wrap(out, lead, text, p->layout->width);
}

/* "0% to 145%, 30 values", or the words of a list. */
static void describe(const pl_scan_dimension *dim, char *out, size_t size) {
    size_t low = 0, high = 0, length = 0;
    for (size_t k = 1; k < dim->count; k++) {
        low = dim->value[k] < dim->value[low] ? k : low;
        high = dim->value[k] > dim->value[high] ? k : high;
    }
    if (dim->numeric && dim->count > 4) {
        snprintf(out, size, "%s to %s, %zu values", dim->text[low], dim->text[high], dim->count);
        return;
    }
    for (size_t k = 0; k < dim->count && length + 1 < size; k++) {
        bool again = false;
        for (size_t e = 0; e < k; e++)
            again = again || !strcmp(dim->text[e], dim->text[k]);
        if (!again)
            length += (size_t)snprintf(out + length, size - length, "%s%s", length ? ", " : "", dim->text[k]);
    }
}

static void say_question(const page *p, FILE *out) {
    const pl_scenario *scenario = pl_scan_scenario(p->scan);
    size_t width = 0;
    char text[400], lead[128];
    if (*pl_scenario_title(scenario) && strcmp(pl_scenario_name(scenario), "question"))
        say(p, out, "", "%s%s%s", pl_scenario_title(scenario),
            pl_scan_varies(p->scan, "variant") ? "" : ": variant ",
            pl_scan_varies(p->scan, "variant") ? "" : pl_scan_variant(p->scan));
    say(p, out, "", "%zu members%s", pl_scan_members(p->scan),
        pl_scan_is_sampled(p->scan) ? ", drawn at random, one in each part of every range" : "");
    for (size_t d = 0; d < pl_scan_dimensions(p->scan); d++) {
        size_t label = pl_text_width(pl_scan_get_dimension(p->scan, d).label);
        width = label > width ? label : width;
    }
    width = width < 40 ? width : 40;
    for (size_t d = 0; d < pl_scan_dimensions(p->scan); d++) {
        pl_scan_dimension dim = pl_scan_get_dimension(p->scan, d);
        describe(&dim, text, sizeof text);
        snprintf(lead, sizeof lead, "  %-*.100s  ", (int)width, dim.label);
        pl_text_wrap(out, lead, text, p->layout->width);
    }
}

/* ---- the table of countries ---- */

static pl_tone tone_of(double value) {
    return value > 0 ? PL_GAIN : value < 0 ? PL_LOSS : PL_PLAIN;
}

static void put_value(const page *p, pl_cell *cell, double value) {
    pl_text_number(cell->text, sizeof cell->text, value, p->decimals, true);
    cell->tone = tone_of(value);
}

static void put_where(const page *p, pl_cell *cell, size_t member, size_t dim) {
    if (member == SIZE_MAX)
        snprintf(cell->text, sizeof cell->text, "-");
    else
        snprintf(cell->text, sizeof cell->text, "%.30s",
                 pl_scan_get_dimension(p->scan, dim).text[pl_scan_position(p->scan, member, dim)]);
}

/* A label without its kind, as far as a heading has room: "USA<-CHN" of "tariff USA<-CHN". */
static void put_heading(char *out, size_t size, const char *label) {
    const char *word = strchr(label, ' ');
    pl_text_cut(out, size, word ? word + 1 : label, size - 4);
}

/* Columns: how it goes along each thing varied; lowest and where; highest and where; between the values tried. */
static void head_columns(const page *p, pl_grid *grid, size_t dims, bool peaks) {
    pl_column *column = grid->column;
    const char *unit = pl_variable_unit(p->view->variable);
    for (size_t d = 0; d < dims; d++, column++) {
        snprintf(column->group[0], sizeof column->group[0], dims > 1 ? "along" : "trend");
        if (dims > 1)
            put_heading(column->group[1], sizeof column->group[1], pl_scan_get_dimension(p->scan, d).label);
    }
    for (int high = 0; high < 2; high++) {
        for (size_t k = 0; k <= dims; k++, column++) {
            snprintf(column->group[0], sizeof column->group[0], high ? "highest" : "lowest");
            if (!k)
                snprintf(column->head, sizeof column->head, "%.15s", strcmp(unit, "percent") ? unit : "%");
            else if (dims == 1)
                snprintf(column->head, sizeof column->head, "at");
            else
                put_heading(column->head, sizeof column->head, pl_scan_get_dimension(p->scan, k - 1).label);
        }
    }
    if (peaks) {
        snprintf(column->group[0], sizeof column->group[0], "between");
        snprintf(column->head, sizeof column->head, "about");
    }
}

static bool fill_row(const page *p, pl_grid *grid, size_t row, size_t dims, bool peaks) {
    pl_variable variable = p->view->variable;
    size_t n = p->country[row];
    pl_cell *cell = grid->cell + row * grid->columns;
    pl_scan_ends ends = pl_scan_extremes(p->scan, variable, n);
    snprintf(grid->label[row], PL_LABEL, "%s %s", pl_world_code(p->world, PL_COUNTRY, n),
             pl_world_name(p->world, PL_COUNTRY, n));
    for (size_t d = 0; d < dims; d++, cell++) {
        double mean[SPARK];
        size_t parts = pl_scan_parts(p->scan, d) < SPARK ? pl_scan_parts(p->scan, d) : SPARK;
        if (!pl_scan_along(p->scan, variable, n, d, parts, mean))
            return false;
        pl_text_spark(cell->text, sizeof cell->text, mean, parts, SPARK, p->layout->ascii);
    }
    for (int high = 0; high < 2; high++) {
        put_value(p, cell++, high ? ends.highest : ends.lowest);
        for (size_t d = 0; d < dims; d++)
            put_where(p, cell++, high ? ends.high : ends.low, d);
    }
    if (peaks && isfinite(ends.peak))
        snprintf(cell->text, sizeof cell->text, "%.3g%s", ends.peak,
                 !strcmp(pl_scan_get_dimension(p->scan, 0).unit, "percent") ? "%" : "");
    return true;
}

static bool print_countries(const page *p, FILE *out) {
    size_t dims = pl_scan_dimensions(p->scan);
    bool peaks = false, made = true;
    for (size_t k = 0; k < p->countries; k++)
        peaks = peaks || isfinite(pl_scan_extremes(p->scan, p->view->variable, p->country[k]).peak);
    pl_grid grid;
    if (!pl_grid_init(&grid, p->countries, dims + 2 * (1 + dims) + peaks))
        return false;
    head_columns(p, &grid, dims, peaks);
    for (size_t k = 0; k < p->countries && made; k++)
        made = fill_row(p, &grid, k, dims, peaks);
    made = made && pl_grid_print(out, &grid, p->layout);
    pl_grid_clear(&grid);
    return made;
}

/* ---- the table of members ---- */

static void put_member(const page *p, pl_cell *cell, size_t member, size_t country) {
    pl_scan_member one = pl_scan_get_member(p->scan, member);
    const double *value = pl_scan_get(p->scan, p->view->variable, member);
    if (!one.solved || !value || isnan(value[country])) {
        snprintf(cell->text, sizeof cell->text, one.solved ? "none *" : "-");
        return;
    }
    put_value(p, cell, value[country]);
    if (!one.converged)
        strcat(cell->text, " *");
}

/* One thing varied: its values down, countries across. */
static bool print_members(const page *p, FILE *out) {
    pl_scan_dimension dim = pl_scan_get_dimension(p->scan, 0);
    size_t rows = dim.count < MOST_ROWS ? dim.count : MOST_ROWS;
    pl_grid grid;
    if (!pl_grid_init(&grid, rows, p->countries))
        return false;
    for (size_t k = 0; k < p->countries; k++)
        snprintf(grid.column[k].head, sizeof grid.column[k].head, "%.15s",
                 pl_world_code(p->world, PL_COUNTRY, p->country[k]));
    for (size_t r = 0; r < rows; r++) {
        size_t member = r * (dim.count - 1) / (rows > 1 ? rows - 1 : 1);
        snprintf(grid.label[r], PL_LABEL, "%s", dim.text[member]);
        for (size_t k = 0; k < p->countries; k++)
            put_member(p, &grid.cell[r * p->countries + k], member, p->country[k]);
    }
    bool made = pl_grid_print(out, &grid, p->layout);
    pl_grid_clear(&grid);
    return made;
}

/* Two things varied: one down, the other across, for one country. */
static bool print_square(const page *p, FILE *out) {
    pl_scan_dimension down = pl_scan_get_dimension(p->scan, 0), across = pl_scan_get_dimension(p->scan, 1);
    pl_grid grid;
    char title[200];
    if (!pl_grid_init(&grid, down.count, across.count))
        return false;
    for (size_t c = 0; c < across.count; c++) {
        put_heading(grid.column[c].group[0], sizeof grid.column[c].group[0], across.label);
        snprintf(grid.column[c].head, sizeof grid.column[c].head, "%.15s", across.text[c]);
    }
    for (size_t r = 0; r < down.count; r++) {
        snprintf(grid.label[r], PL_LABEL, "%s", down.text[r]);
        for (size_t c = 0; c < across.count; c++)
            put_member(p, &grid.cell[r * across.count + c], r * across.count + c, p->country[0]);
    }
    snprintf(title, sizeof title, "%.60s, by %.60s", pl_world_name(p->world, PL_COUNTRY, p->country[0]),
             down.label);
    strong(p, out, title);
    bool made = pl_grid_print(out, &grid, p->layout);
    pl_grid_clear(&grid);
    return made;
}

static bool print_all(const page *p, FILE *out) {
    size_t dims = pl_scan_dimensions(p->scan);
    if (pl_scan_is_sampled(p->scan) || dims > 2)
        return true;
    if (dims == 2 && (pl_scan_get_dimension(p->scan, 0).count > MOST_ROWS ||
                      pl_scan_get_dimension(p->scan, 1).count > MOST_COLUMNS))
        return true;
    char title[160];
    fputc('\n', out);
    if (dims == 1)
        snprintf(title, sizeof title, "By %.150s", pl_scan_get_dimension(p->scan, 0).label);
    if (dims == 1)
        strong(p, out, title);
    return dims == 1 ? print_members(p, out) : print_square(p, out);
}

/* ---- how well it was solved ---- */

static void say_certificate(const page *p, FILE *out) {
    pl_scan_quality q = pl_scan_judge(p->scan);
    size_t members = pl_scan_members(p->scan), shown = 0;
    char place[300];
    fputc('\n', out);
    strong(p, out, "Certificate");
    if (q.worst_member != SIZE_MAX) {
        pl_scan_place(p->scan, q.worst_member, place, sizeof place);
        say(p, out, "  ", "%zu of %zu members converged, %zu iterations; worst residual of all %.1e, at %s",
            q.converged, members, q.iterations, q.worst, place);
    } else {
        say(p, out, "  ", "none of %zu members converged", members);
    }
    if (q.solved < members)
        say(p, out, "  ", "%zu members were not solved: the work was interrupted", members - q.solved);
    for (size_t m = 0; m < members && q.solved > q.converged; m++) {
        pl_scan_member one = pl_scan_get_member(p->scan, m);
        if (!one.solved || one.converged || shown++ >= FAILED_SHOWN)
            continue;
        pl_scan_place(p->scan, m, place, sizeof place);
        say(p, out, "  * ", "did not converge at %s: no equilibrium (largest residual %.1e)", place,
            one.residual);
    }
    if (shown > FAILED_SHOWN)
        say(p, out, "  * ", "and %zu more", shown - FAILED_SHOWN);
}

static void say_basis(const page *p, FILE *out, bool peaks) {
    const char *elasticities = pl_scan_elasticities(p->scan), *closure = pl_scan_closure(p->scan);
    fputc('\n', out);
    strong(p, out, "Basis");
    say(p, out, "  ",
        "%s%s%s%s%s; the long run after trade and wages have adjusted, against the world as it was",
        pl_scan_world_name(p->scan), *closure ? ", closure " : "", closure,
        *elasticities ? ", elasticities " : "", elasticities);
    if (pl_scan_dimensions(p->scan) > 1)
        say(p, out, "  ",
            "'along' is the mean over everything else varied, each picture on a scale of its own");
    if (peaks)
        say(p, out, "  ",
            "'between' is where a parabola through the best value and its neighbours is highest");
}

/* Digits for the largest number shown. */
static int decimals_of(const page *p) {
    double largest = 0;
    for (size_t k = 0; k < p->countries; k++) {
        pl_scan_ends ends = pl_scan_extremes(p->scan, p->view->variable, p->country[k]);
        largest = fmax(largest, fmax(fabs(ends.highest), fabs(ends.lowest)));
    }
    return pl_text_decimals(largest);
}

pl_status pl_report_sweep(FILE *out, const pl_scan_view *view, const pl_layout *layout, pl_error *error) {
    page p = {.view = view, .scan = view->scan, .world = pl_scan_world(view->scan), .layout = layout};
    char title[200];
    bool peaks = false;
    if (!pl_scan_shown(view, p.country, MOST_SHOWN, &p.countries))
        return pl_fail_memory(error, 1);
    p.decimals = decimals_of(&p);
    for (size_t k = 0; k < p.countries; k++)
        peaks = peaks || isfinite(pl_scan_extremes(p.scan, view->variable, p.country[k]).peak);
    say_question(&p, out);
    fputc('\n', out);
    snprintf(title, sizeof title, "%s, %s", pl_variable_text(view->variable),
             pl_variable_unit(view->variable));
    title[0] = (char)(title[0] >= 'a' && title[0] <= 'z' ? title[0] - 'a' + 'A' : title[0]);
    fputs(pl_tone_on(PL_STRONG, layout->colour), out);
    pl_text_wrap(out, "", title, layout->width);
    fputs(pl_tone_off(PL_STRONG, layout->colour), out);
    if (!print_countries(&p, out) || !print_all(&p, out))
        return pl_fail_memory(error, 1);
    say_certificate(&p, out);
    say_basis(&p, out, peaks);
    return PL_OK;
}
