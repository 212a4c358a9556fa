/* A summary a person can read: the tables. The words around them are in summary_words.c. */
#include "report/report.h"

#include <math.h>
#include <string.h>

enum { MOST_ACTING = 12, FEW_TARGETS = 5, DEFAULT_ROWS = 5, MOST_FLOWS = 6 };

/* Rows of the main table: countries by role, in the order they are shown. */
typedef struct {
    const pl_run *run;
    const pl_world *world;
    const pl_layout *layout;
    size_t N, J;
    pl_money money;
    size_t *order;        /* [N] countries shown */
    size_t acting;        /* the first ones: named in the measures */
    size_t gains, losses; /* how many follow of each */
    bool everyone;        /* few countries: all are shown, without headings */
} selection;

/* What a column shows. */
typedef struct {
    pl_variable variable;
    const char *group[3];    /* the last is the unit; NULL: money */
    bool relative_to_before; /* the percent change from the variable before it in the table, its value before
                              */
} shown;

static const shown INCOME = {PL_VAR_real_income, {"real", "income", "%"}, false};
static const shown WELFARE = {PL_VAR_equivalent_variation, {"equivalent", "variation", NULL}, false};
static const shown WAGE = {PL_VAR_real_wage, {"real", "wage", "%"}, false};
static const shown TERMS = {PL_VAR_terms_of_trade, {"terms of", "trade", "%"}, false};
static const shown IMPORTS = {PL_VAR_imports, {"imports", "by value", "%"}, true};

static double change(double before, double after) {
    return before > 0 ? 100 * (after / before - 1) : 0;
}

static double shown_value(const pl_run *run, const shown *what, size_t variant, size_t n) {
    double value = pl_result_get(run->result[variant], what->variable)[n];
    if (what->relative_to_before)
        return change(pl_result_get(run->result[variant], what->variable - 1)[n], value);
    return what->group[2] ? value : pl_run_money(run).scale * value;
}

/* The same for the world: changes weighted by what they are changes of; NaN where a sum means nothing. */
static double world_value(const pl_run *run, const shown *what, size_t variant) {
    pl_world_change sum = pl_run_world_change(run, variant);
    switch (what->variable) {
    case PL_VAR_real_income:
        return 100 * sum.equivalent_variation / sum.income_before;
    case PL_VAR_equivalent_variation:
        return pl_run_money(run).scale * sum.equivalent_variation;
    case PL_VAR_imports:
        return change(sum.trade_before, sum.trade);
    default:
        return NAN;
    }
}

/* ---- which countries ---- */

static bool differs(const double *a, const double *b, size_t at) {
    return a && (b ? a[at] != b[at] : a[at] != 0);
}

/* Marks those who change a wedge of their own and, where these are few, those they change it on. */
static void mark_policy(const selection *s, const pl_policy *policy, bool *named, bool *target) {
    const pl_world *w = policy->world;
    for (size_t n = 0; n < s->N; n++) {
        size_t targets = 0;
        memset(target, 0, s->N * sizeof *target);
        for (size_t j = 0; j < s->J; j++) {
            for (size_t i = 0; i < s->N; i++) {
                size_t buys = (j * s->N + n) * s->N + i, sells = (j * s->N + i) * s->N + n;
                bool import = differs(policy->tariff, pl_world_tariff(w), buys) ||
                              (policy->iceberg && policy->iceberg[buys] != 1);
                bool export = differs(policy->export_tax, pl_world_export_tax(w), sells);
                if ((import || export) && !target[i]) {
                    target[i] = true;
                    targets++;
                }
            }
        }
        named[n] = named[n] || targets;
        for (size_t i = 0; i < s->N && targets <= FEW_TARGETS; i++)
            named[i] = named[i] || target[i];
    }
}

/* Marks the buyers (side 0) or sellers (side 1) of a control's flows, where these are few. */
static void mark_side(const selection *s, const pl_cap *cap, size_t side, bool *named, bool *target) {
    size_t targets = 0;
    memset(target, 0, s->N * sizeof *target);
    for (size_t f = 0; f < cap->count; f++) {
        size_t n = side ? cap->flows[f] % s->N : cap->flows[f] / s->N % s->N;
        targets += !target[n];
        target[n] = true;
    }
    for (size_t n = 0; n < s->N && targets <= FEW_TARGETS; n++)
        named[n] = named[n] || target[n];
}

/* With many controls, one for each buyer say, only those who sell. */
static void mark_caps(const selection *s, const pl_policy *policy, bool *named, bool *target) {
    for (size_t k = 0; k < pl_policy_caps(policy); k++)
        for (size_t side = pl_policy_caps(policy) > FEW_TARGETS; side < 2; side++)
            mark_side(s, pl_policy_cap(policy, k), side, named, target);
}

/* Moves to `at` the country not yet placed (from `at` on) that `better` prefers. */
static void place_best(selection *s, size_t at, const double *value, double sign) {
    size_t best = at;
    for (size_t k = at + 1; k < s->N; k++)
        if (sign * value[s->order[k]] > sign * value[s->order[best]])
            best = k;
    size_t kept = s->order[at];
    s->order[at] = s->order[best];
    s->order[best] = kept;
}

static void place_named(selection *s, const bool *named) {
    const double *income = pl_result_get(s->run->result[0], PL_VAR_income_before);
    size_t count = 0;
    for (size_t n = 0; n < s->N; n++) {
        if (!named[n])
            continue;
        size_t k = count;
        while (s->order[k] != n)
            k++;
        s->order[k] = s->order[count];
        s->order[count++] = n;
    }
    /* Largest economies first; beyond a dozen the others take their chance among gains and losses. */
    for (size_t a = 0; a < count; a++)
        for (size_t b = a + 1; b < count; b++)
            if (income[s->order[b]] > income[s->order[a]]) {
                size_t kept = s->order[a];
                s->order[a] = s->order[b];
                s->order[b] = kept;
            }
    s->acting = count < MOST_ACTING ? count : MOST_ACTING;
}

static bool select_countries(selection *s) {
    size_t rows = s->layout->rows ? s->layout->rows : DEFAULT_ROWS;
    const double *value = pl_result_get(s->run->result[0], PL_VAR_real_income);
    bool *named = pl_alloc(2 * s->N, sizeof *named);
    s->order = pl_alloc(s->N, sizeof *s->order);
    if (!named || !s->order) {
        free(named);
        return false;
    }
    for (size_t n = 0; n < s->N; n++)
        s->order[n] = n;
    for (size_t v = 0; v < s->run->variants; v++)
        mark_policy(s, s->run->policy[v], named, named + s->N);
    for (size_t v = 0; v < s->run->variants; v++)
        mark_caps(s, s->run->policy[v], named, named + s->N);
    place_named(s, named);
    free(named);
    s->everyone = s->N <= s->acting + 2 * rows;
    if (s->everyone)
        s->acting = 0;
    while (s->acting + s->gains < s->N && (s->everyone || s->gains < rows)) {
        place_best(s, s->acting + s->gains, value, 1);
        if (!s->everyone && !(value[s->order[s->acting + s->gains]] > 0))
            break;
        s->gains++;
    }
    size_t taken = s->acting + s->gains;
    while (taken + s->losses < s->N && s->losses < rows) {
        place_best(s, taken + s->losses, value, -1);
        if (!(value[s->order[taken + s->losses]] < 0))
            break;
        s->losses++;
    }
    return true;
}

/* ---- the table of countries ---- */

static pl_tone tone_of(const pl_cell *cell) {
    return cell->text[0] == '+' ? PL_GAIN : cell->text[0] == '-' ? PL_LOSS : PL_PLAIN;
}

static void fill_cell(pl_grid *grid, size_t row, size_t column, double value, int decimals) {
    pl_cell *cell = &grid->cell[row * grid->columns + column];
    if (isnan(value))
        return;
    pl_text_number(cell->text, sizeof cell->text, value, decimals, true);
    cell->tone = tone_of(cell);
}

static void fill_label(pl_grid *grid, size_t row, const pl_world *world, size_t n) {
    const char *code = pl_world_code(world, PL_COUNTRY, n), *name = pl_world_name(world, PL_COUNTRY, n);
    char parts[2][PL_LABEL / 2];
    pl_text_cut(parts[0], sizeof parts[0], code, 20);
    pl_text_cut(parts[1], sizeof parts[1], strcmp(code, name) ? name : "", 60);
    snprintf(grid->label[row], PL_LABEL, "  %s%s%.120s", parts[0], parts[1][0] ? " " : "", parts[1]);
}

static void add_heading(pl_grid *grid, size_t *row, const char *text) {
    snprintf(grid->label[*row], sizeof grid->label[*row], "%s", text);
    grid->heading[(*row)++] = true;
}

static void variant_head(const pl_run *run, size_t variant, char head[16]) {
    if (run->variants > 1)
        pl_text_cut(head, 16, pl_scenario_variant_name(run->scenario, variant), 12);
}

static void fill_column(pl_grid *grid, const selection *s, const size_t *country, const shown *what,
                        size_t variant, size_t column, int decimals) {
    pl_column *head = &grid->column[column];
    for (size_t level = 0; level < 3; level++)
        snprintf(head->group[level], sizeof head->group[level], "%s",
                 what->group[level] ? what->group[level] : s->money.name);
    variant_head(s->run, variant, head->head);
    for (size_t r = 0; r < grid->rows; r++) {
        if (grid->heading[r])
            continue;
        bool world = country[r] == SIZE_MAX;
        fill_cell(grid, r, column,
                  world ? world_value(s->run, what, variant) : shown_value(s->run, what, variant, country[r]),
                  decimals);
    }
}

static int decimals_of(const selection *s, const size_t *country, size_t rows, const shown *what) {
    double largest = 0;
    for (size_t v = 0; v < s->run->variants; v++)
        for (size_t r = 0; r < rows; r++)
            if (country[r] < s->N)
                largest = fmax(largest, fabs(shown_value(s->run, what, v, country[r])));
    return pl_text_decimals(largest);
}

/* Labels of the rows; country[r] is SIZE_MAX for the world. */
static size_t fill_rows(pl_grid *grid, const selection *s, size_t *country, bool only_acting) {
    char gains[64], losses[64], variant[32];
    bool many = s->run->variants > 1;
    pl_text_cut(variant, sizeof variant, pl_scenario_variant_name(s->run->scenario, 0), 24);
    snprintf(gains, sizeof gains, "Largest gains%s%s", many ? ", " : "", many ? variant : "");
    snprintf(losses, sizeof losses, "Largest losses%s%s", many ? ", " : "", many ? variant : "");
    const struct {
        size_t count;
        const char *text;
    } part[] = {{s->acting, "In the measures"},
                {only_acting ? 0 : s->gains, gains},
                {only_acting ? 0 : s->losses, losses}};
    size_t row = 0, at = 0;
    for (size_t p = 0; p < 3; p++) {
        if (part[p].count && !s->everyone && !only_acting)
            add_heading(grid, &row, part[p].text);
        for (size_t k = 0; k < part[p].count; k++) {
            country[row] = s->order[at++];
            fill_label(grid, row, s->world, country[row]);
            row++;
        }
    }
    if (!only_acting) {
        country[row] = SIZE_MAX;
        snprintf(grid->label[row], sizeof grid->label[row], "World");
        row++;
    }
    return row;
}

static bool print_countries(FILE *out, const selection *s, const shown *const *what, size_t count,
                            bool only_acting) {
    pl_grid grid;
    size_t room = s->N + 4;
    size_t *country = pl_alloc(room, sizeof *country);
    if (!country || !pl_grid_init(&grid, room, count * s->run->variants)) {
        free(country);
        return false;
    }
    grid.rows = fill_rows(&grid, s, country, only_acting);
    for (size_t r = 0; r < grid.rows; r++)
        if (grid.heading[r])
            country[r] = s->N;
    for (size_t c = 0; c < count; c++) {
        int decimals = decimals_of(s, country, grid.rows, what[c]);
        for (size_t v = 0; v < s->run->variants; v++)
            fill_column(&grid, s, country, what[c], v, c * s->run->variants + v, decimals);
    }
    bool printed = pl_grid_print(out, &grid, s->layout);
    pl_grid_clear(&grid);
    free(country);
    return printed;
}

/* ---- the trade most affected ---- */

/* Adds up trade over sectors: [N][N]. */
static void by_pair(const double *trade, size_t N, size_t J, double *sum) {
    memset(sum, 0, N * N * sizeof *sum);
    for (size_t j = 0; j < J; j++)
        for (size_t at = 0; at < N * N; at++)
            sum[at] += trade[j * N * N + at];
}

static size_t largest_change(const double *before, const double *after, size_t N, const size_t *taken,
                             size_t count) {
    size_t best = SIZE_MAX;
    double most = 0;
    for (size_t at = 0; at < N * N; at++) {
        bool used = at / N == at % N;
        for (size_t k = 0; k < count; k++)
            used = used || taken[k] == at;
        if (!used && fabs(after[at] - before[at]) > most) {
            most = fabs(after[at] - before[at]);
            best = at;
        }
    }
    return best;
}

static void fill_flows(pl_grid *grid, const selection *s, const double *pairs, const size_t *flow) {
    size_t square = s->N * s->N;
    double largest = 0;
    for (size_t r = 0; r < grid->rows; r++)
        largest = fmax(largest, s->money.scale * pairs[flow[r]]);
    int decimals = pl_text_decimals(largest);
    for (size_t r = 0; r < grid->rows; r++) {
        size_t n = flow[r] / s->N, i = flow[r] % s->N;
        double before = pairs[flow[r]];
        char seller[64], buyer[64];
        pl_text_cut(seller, sizeof seller, pl_world_code(s->world, PL_COUNTRY, i), 20);
        pl_text_cut(buyer, sizeof buyer, pl_world_code(s->world, PL_COUNTRY, n), 20);
        snprintf(grid->label[r], PL_LABEL, "  %s \xe2\x86\x92 %s", seller, buyer);
        pl_cell *cell = &grid->cell[r * grid->columns];
        pl_text_number(cell->text, sizeof cell->text, s->money.scale * before, decimals, false);
        for (size_t v = 0; v < s->run->variants; v++) {
            double after = pairs[(v + 1) * square + flow[r]];
            pl_text_number(cell[1 + v].text, sizeof cell->text, s->money.scale * after, decimals, false);
            fill_cell(grid, r, 1 + s->run->variants + v, change(before, after), 1);
        }
    }
}

static bool show_flows(FILE *out, const selection *s, const double *pairs) {
    size_t flow[MOST_FLOWS], rows = 0, columns = 1 + 2 * s->run->variants;
    for (; rows < MOST_FLOWS; rows++) {
        flow[rows] = largest_change(pairs, pairs + s->N * s->N, s->N, flow, rows);
        if (flow[rows] == SIZE_MAX)
            break;
    }
    pl_grid grid;
    if (!rows)
        return true;
    if (!pl_grid_init(&grid, rows, columns))
        return false;
    snprintf(grid.column[0].group[0], 24, "before");
    snprintf(grid.column[0].group[1], 24, "%s", s->money.name);
    for (size_t v = 0; v < s->run->variants; v++) {
        pl_column *after = &grid.column[1 + v], *percent = &grid.column[1 + s->run->variants + v];
        snprintf(after->group[0], sizeof after->group[0], "after");
        snprintf(after->group[1], sizeof after->group[1], "%s", s->money.name);
        snprintf(percent->group[0], sizeof percent->group[0], "change");
        snprintf(percent->group[1], sizeof percent->group[1], "%%");
        variant_head(s->run, v, after->head);
        variant_head(s->run, v, percent->head);
    }
    fill_flows(&grid, s, pairs, flow);
    fprintf(out, "\n%sTrade most affected%s\n", pl_tone_on(PL_STRONG, s->layout->colour),
            pl_tone_off(PL_STRONG, s->layout->colour));
    pl_text_wrap(out, "", "All sectors, customs value, seller \xe2\x86\x92 buyer.", s->layout->width);
    bool printed = pl_grid_print(out, &grid, s->layout);
    pl_grid_clear(&grid);
    return printed;
}

static pl_status print_flows(FILE *out, const selection *s, pl_error *error) {
    size_t square = s->N * s->N, cells = square * s->J;
    double *pairs = pl_alloc((s->run->variants + 1) * square, sizeof *pairs);
    double *trade = pl_alloc(cells, sizeof *trade);
    pl_status status = pairs && trade ? PL_OK : pl_fail_memory(error, cells * sizeof *trade);
    if (!status)
        by_pair(pl_world_flow(s->world), s->N, s->J, pairs);
    for (size_t v = 0; !status && v < s->run->variants; v++) {
        status = pl_result_trade(s->run->result[v], s->run->policy[v], trade, error);
        if (!status)
            by_pair(trade, s->N, s->J, pairs + (v + 1) * square);
    }
    if (!status && !show_flows(out, s, pairs))
        status = pl_fail_memory(error, square * sizeof *pairs);
    free(trade);
    free(pairs);
    return status;
}

static bool print_tables(FILE *out, const selection *s) {
    const shown *const both[] = {&INCOME, &WELFARE, &WAGE, &TERMS, &IMPORTS};
    bool one = s->run->variants == 1;
    if (!print_countries(out, s, both, one ? 5 : 2, false))
        return false;
    if (one || (!s->acting && !s->everyone))
        return true;
    fputc('\n', out);
    return print_countries(out, s, both + 2, 3, !s->everyone);
}

/* Who gains and loses, which trade changes, and what controls do. */
static pl_status print_answer(FILE *out, selection *s, pl_error *error) {
    fprintf(out, "%sWho gains and who loses%s\n", pl_tone_on(PL_STRONG, s->layout->colour),
            pl_tone_off(PL_STRONG, s->layout->colour));
    if (!select_countries(s) || !print_tables(out, s))
        return pl_fail_memory(error, s->N * sizeof(double));
    pl_status status = print_flows(out, s, error);
    if (!status && !pl_summary_controls(out, s->run, s->layout))
        return pl_fail_memory(error, s->N);
    return status;
}

pl_status pl_report_summary(FILE *out, const pl_run *run, const pl_layout *layout, pl_error *error) {
    pl_layout screen = layout ? *layout : (pl_layout){.width = 80};
    screen.width = screen.width < 40 ? 40 : screen.width;
    const pl_world *world = pl_model_world(run->model);
    selection s = {.run = run,
                   .world = world,
                   .layout = &screen,
                   .money = pl_run_money(run),
                   .N = pl_world_size(world, PL_COUNTRY),
                   .J = pl_world_size(world, PL_SECTOR)};
    pl_strings sources = {0};
    pl_status status = PL_OK;
    if (!pl_summary_collect(run->scenario, &sources))
        status = pl_fail_memory(error, s.N);
    if (!status)
        pl_summary_question(out, run, &sources, &screen);
    if (!status)
        status = print_answer(out, &s, error);
    if (!status) {
        pl_summary_certificate(out, run, &screen);
        pl_summary_basis(out, run, &screen);
        pl_summary_sources(out, &sources, &screen);
    }
    pl_strings_clear(&sources);
    free(s.order);
    if (status)
        return status;
    if (fflush(out) || ferror(out))
        return pl_fail(error, PL_IO, "the summary could not be written");
    return PL_OK;
}
