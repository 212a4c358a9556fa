/* A path as a table a person can read, a line a month. */
#include "report/report.h"

#include <math.h>
#include <string.h>

enum { MOST_SHOWN = 8, EVERY_MONTH = 30 };

typedef struct {
    const pl_path_view *view;
    const pl_path *path;
    const pl_world *world;
    size_t N, country[MOST_SHOWN], countries, *month, months;
    pl_money money;
    pl_grid grid;
    size_t column;
} table;

/* All of the first months, then one a year: nobody reads four hundred lines. */
static bool choose_months(table *t) {
    size_t done = pl_path_done(t->path);
    t->month = pl_alloc(done + 1, sizeof *t->month);
    for (size_t m = 0; t->month && m < done; m++)
        if (m < EVERY_MONTH || m + 1 == done || pl_path_date(t->path, m).month == 12)
            t->month[t->months++] = m;
    return t->month != NULL;
}

static void head(table *t, const char *a, const char *b, const char *unit, const char *name) {
    pl_column *c = &t->grid.column[t->column];
    snprintf(c->group[0], sizeof c->group[0], "%s", a);
    snprintf(c->group[1], sizeof c->group[1], "%s", b);
    snprintf(c->group[2], sizeof c->group[2], "%s", unit);
    snprintf(c->head, sizeof c->head, "%s", name);
}

static void put(table *t, size_t row, double value, double largest, bool sign) {
    pl_cell *cell = &t->grid.cell[row * t->grid.columns + t->column];
    pl_text_number(cell->text, sizeof cell->text, value,
                   sign                            ? 1
                   : pl_text_decimals(largest) > 3 ? 3
                                                   : pl_text_decimals(largest),
                   sign);
    if (sign && fabs(value) >= 0.05)
        cell->tone = value > 0 ? PL_GAIN : PL_LOSS;
}

static void put_money(table *t, const double *(*of)(const table *, size_t, size_t), size_t where,
                      const char *a, const char *b, const char *name) {
    double largest = 0;
    for (size_t r = 0; r < t->months; r++)
        largest = fmax(largest, t->money.scale * fabs(*of(t, t->month[r], where)));
    head(t, a, b, t->money.name, name);
    for (size_t r = 0; r < t->months; r++)
        put(t, r, t->money.scale * *of(t, t->month[r], where), largest, false);
    t->column++;
}

static const double *bought(const table *t, size_t month, size_t at) {
    return pl_path_pair(t->path, PL_PAIR_purchases, month) + at;
}

static const double *used(const table *t, size_t month, size_t at) {
    return pl_path_pair(t->path, PL_PAIR_use, month) + at;
}

static const double *duties(const table *t, size_t month, size_t n) {
    return pl_path_get(t->path, PL_PATH_duties, month) + n;
}

/* Purchases of one country from another, their change on the month and on the year before, and use. */
static void pair_columns(table *t, size_t buyer, size_t seller) {
    char who[24];
    snprintf(who, sizeof who, "%.8s from %.8s", pl_world_code(t->world, PL_COUNTRY, buyer),
             pl_world_code(t->world, PL_COUNTRY, seller));
    put_money(t, bought, buyer * t->N + seller, who, "a month", "bought");
    put_money(t, used, buyer * t->N + seller, who, "a month", "used");
    static const struct {
        size_t back;
        const char *name;
    } changes[] = {{1, "on month"}, {12, "on year"}};
    for (size_t k = 0; k < 2; k++) {
        head(t, who, "bought", "%", changes[k].name);
        for (size_t r = 0; r < t->months; r++)
            put(t, r,
                pl_path_pair_change(t->path, PL_PAIR_purchases, t->month[r], changes[k].back, buyer, seller),
                0, true);
        t->column++;
    }
}

static void country_columns(table *t, size_t n) {
    const char *code = pl_world_code(t->world, PL_COUNTRY, n);
    static const struct {
        pl_path_variable variable;
        const char *name;
    } shown[] = {{PL_PATH_import_price, "border"},
                 {PL_PATH_retail_price, "shops"},
                 {PL_PATH_output_volume, "output"},
                 {PL_PATH_real_income, "income"}};
    put_money(t, duties, n, code, "a month", "duties");
    for (size_t k = 0; k < 4; k++) {
        double largest = 0;
        for (size_t r = 0; r < t->months; r++)
            largest = fmax(largest, fabs(pl_path_get(t->path, shown[k].variable, t->month[r])[n]));
        head(t, code, k < 2 ? "prices" : "volumes", "%", shown[k].name);
        for (size_t r = 0; r < t->months; r++) {
            double value = pl_path_get(t->path, shown[k].variable, t->month[r])[n];
            pl_cell *cell = &t->grid.cell[r * t->grid.columns + t->column];
            pl_text_number(cell->text, sizeof cell->text, value, largest < 10 ? 2 : 1, true);
            cell->tone = fabs(value) < 0.005 ? PL_PLAIN : value > 0 ? PL_GAIN : PL_LOSS;
        }
        t->column++;
    }
}

static double queue_sum(const table *t, pl_queue_variable v, size_t month) {
    return pl_sum(pl_path_queue(t->path, v, month), pl_path_queues(t->path));
}

static void licence_columns(table *t) {
    static const struct {
        pl_queue_variable variable;
        const char *name;
    } shown[] = {
        {PL_QUEUE_exports, "exports"}, {PL_QUEUE_backlog, "backlog"}, {PL_QUEUE_licensed, "licensed"}};
    for (size_t k = 0; k < 3; k++) {
        double largest = 0;
        for (size_t r = 0; r < t->months; r++)
            largest = fmax(largest, t->money.scale * queue_sum(t, shown[k].variable, t->month[r]));
        head(t, "under licence", "base prices", t->money.name, shown[k].name);
        for (size_t r = 0; r < t->months; r++)
            put(t, r, t->money.scale * queue_sum(t, shown[k].variable, t->month[r]), largest, false);
        t->column++;
    }
    head(t, "users", "held down", "sectors", "all");
    for (size_t r = 0; r < t->months; r++)
        put(t, r, pl_sum(pl_path_get(t->path, PL_PATH_users_stopped, t->month[r]), t->N), 1000, false);
    t->column++;
}

static size_t count_pairs(const table *t) {
    size_t pairs = 0;
    for (size_t a = 0; a < t->countries; a++)
        for (size_t b = 0; b < t->countries; b++)
            pairs += a != b;
    return pairs;
}

static bool fill(table *t) {
    size_t columns = 4 * count_pairs(t) + 5 * t->countries + (pl_path_queues(t->path) ? 4 : 0);
    if (!choose_months(t) || !pl_grid_init(&t->grid, t->months, columns))
        return false;
    for (size_t r = 0; r < t->months; r++) {
        pl_date date = pl_path_date(t->path, t->month[r]);
        snprintf(t->grid.label[r], sizeof t->grid.label[r], "%04d-%02d%s", date.year, date.month,
                 pl_path_month(t->path, t->month[r])->converged ? "" : " NOT SOLVED");
    }
    for (size_t a = 0; a < t->countries; a++)
        for (size_t b = 0; b < t->countries; b++)
            if (a != b)
                pair_columns(t, t->country[a], t->country[b]);
    for (size_t a = 0; a < t->countries; a++)
        country_columns(t, t->country[a]);
    if (pl_path_queues(t->path))
        licence_columns(t);
    return true;
}

static void say_day(char *out, size_t size, pl_date date) {
    if (date.year)
        snprintf(out, size, "%04d-%02d-%02d", date.year, date.month, date.day);
    else
        snprintf(out, size, "none");
}

/* What is not as the scenario has it. */
static void put_moves(FILE *out, const pl_scenario *scenario, const pl_layout *layout) {
    for (size_t k = 0; k < pl_scenario_moves(scenario); k++) {
        pl_moved_date m = pl_scenario_get_move(scenario, k);
        char from[32], to[32], text[256];
        say_day(from, sizeof from, m.from);
        say_day(to, sizeof to, m.to);
        snprintf(text, sizeof text, "%.120s, %s: %s instead of %s", m.measure, m.date, to, from);
        pl_text_wrap(out, "moved: ", text, layout->width);
    }
}

static void put_words(FILE *out, const table *t, const pl_layout *layout) {
    const pl_settings *s = pl_model_settings(pl_path_model(t->path));
    const char *title = pl_scenario_title(t->view->scenario);
    char text[1024];
    fputs(pl_tone_on(PL_STRONG, layout->colour), out);
    pl_text_wrap(out, "", *title ? title : pl_scenario_name(t->view->scenario), layout->width);
    fputs(pl_tone_off(PL_STRONG, layout->colour), out);
    if (pl_scenario_variants(t->view->scenario) > 1)
        pl_text_wrap(out, "variant ", pl_scenario_variant_name(t->view->scenario, t->view->variant),
                     layout->width);
    put_moves(out, t->view->scenario, layout);
    snprintf(text, sizeof text,
             "A month is a twelfth of the base year, without seasons. Bought: what customs sees, at customs "
             "value, before duty; "
             "used: bought less what goes to stock. On month and on year: change of what is bought on the "
             "month and on the "
             "same month of the year before (before the path: the base year). Border: price of imports "
             "before duty; shops: "
             "consumer prices, which follow with a lag; output, income: gross output and real income; all "
             "against the base "
             "year. Substitution between suppliers %g within a month, the world's elasticities in the long "
             "run; 90 %% of "
             "the way in %g months.",
             s->sigma_short, s->adjust_months);
    pl_text_wrap(out, "", text, layout->width);
    fputc('\n', out);
}

static void put_certificate(FILE *out, const table *t, const pl_layout *layout) {
    pl_month q = pl_path_quality(t->path);
    char text[256];
    fputc('\n', out);
    snprintf(text, sizeof text,
             "%zu months, %s; largest residual of any equation in any month %.2g, recomputed by plain loops "
             "(%zu iterations).",
             pl_path_done(t->path),
             q.converged ? "all solved" : "NOT ALL SOLVED: numbers of months marked are no equilibrium",
             q.worst, q.iterations);
    pl_text_wrap(out, "certificate: ", text, layout->width);
}

pl_status pl_report_path(FILE *out, const pl_path_view *view, const pl_layout *layout, pl_error *error) {
    table t = {.view = view, .path = view->path, .world = pl_model_world(pl_path_model(view->path))};
    t.N = pl_world_size(t.world, PL_COUNTRY);
    t.countries = pl_path_shown(view, t.country, MOST_SHOWN);
    bool large = pl_sum(pl_path_model(view->path)->income, pl_path_model(view->path)->S) > 1e6;
    t.money = large ? (pl_money){1e-3, "bn USD"} : (pl_money){1, "m USD"};
    put_words(out, &t, layout);
    bool made = t.countries == 0 || (fill(&t) && pl_grid_print(out, &t.grid, layout));
    if (t.countries == 0)
        pl_text_wrap(out, "", "No measure changes a policy in these months: every month is the base year's.",
                     layout->width);
    put_certificate(out, &t, layout);
    pl_grid_clear(&t.grid);
    free(t.month);
    return made ? PL_OK : pl_fail_memory(error, 0);
}
