/* parley world info: what a world holds, for people and programs. */
#include "cli/cli.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_COUNTRY = 300, KEY_ROWS };

typedef struct {
    const char *world, *country;
    size_t rows;
} request;

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case KEY_COUNTRY:
        r->country = text;
        return 0;
    case KEY_ROWS:
        r->rows = cli_take_whole("rows", text, 1, 10000, state);
        return 0;
    default:
        return cli_take_one(key, text, &r->world, "one world",
                            "which world? 'parley world list' shows the built-in ones", state);
    }
}

/* ---- sums of a world ---- */

/* A country with what it trades: customs value, million USD. */
typedef struct {
    double output, value_added, exports, imports, duties;
} country_sums;

/* One partner of a country, and one sector of a world or of a country. */
typedef struct {
    size_t index;
    double imports, exports, duties, output;
} entry;

static double at(const pl_world *w, const double *table, size_t j, size_t n, size_t i) {
    size_t N = pl_world_size(w, PL_COUNTRY);
    return table ? table[(j * N + n) * N + i] : 0;
}

static country_sums sum_country(const pl_world *w, size_t n) {
    country_sums s = {0};
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    const double *flow = pl_world_flow(w), *tariff = pl_world_tariff(w), *tax = pl_world_export_tax(w);
    for (size_t j = 0; j < J; j++) {
        double output = 0;
        for (size_t i = 0; i < N; i++) {
            double buys = at(w, flow, j, n, i), sells = at(w, flow, j, i, n);
            output += sells / (1 + at(w, tax, j, i, n));
            s.duties += buys * at(w, tariff, j, n, i);
            s.imports += i == n ? 0 : buys;
            s.exports += i == n ? 0 : sells;
        }
        s.output += output;
        s.value_added += output * pl_world_value_added_share(w)[n * J + j];
    }
    return s;
}

static int by_trade(const void *a, const void *b) {
    const entry *x = a, *y = b;
    double tx = x->imports + x->exports, ty = y->imports + y->exports;
    return tx != ty ? (tx < ty) - (tx > ty) : (x->index > y->index) - (x->index < y->index);
}

/* Trade of a country with each partner, largest first. */
static entry *partners(const pl_world *w, size_t n) {
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    entry *list = calloc(N, sizeof *list);
    for (size_t i = 0; list && i < N; i++) {
        list[i].index = i;
        for (size_t j = 0; j < J && i != n; j++) {
            list[i].imports += at(w, pl_world_flow(w), j, n, i);
            list[i].exports += at(w, pl_world_flow(w), j, i, n);
            list[i].duties += at(w, pl_world_flow(w), j, n, i) * at(w, pl_world_tariff(w), j, n, i);
        }
    }
    if (list)
        qsort(list, N, sizeof *list, by_trade);
    return list;
}

/* Sectors of one country, or of the world when `country` is SIZE_MAX (then exports repeat imports and are
 * left out). */
static entry *sectors(const pl_world *w, size_t country) {
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    entry *list = calloc(J, sizeof *list);
    for (size_t j = 0; list && j < J; j++) {
        list[j].index = j;
        for (size_t n = 0; n < N; n++) {
            for (size_t i = 0; i < N; i++) {
                double x = at(w, pl_world_flow(w), j, n, i);
                bool buys = country == SIZE_MAX || country == n, sells = country == SIZE_MAX || country == i;
                list[j].output += sells ? x / (1 + at(w, pl_world_export_tax(w), j, n, i)) : 0;
                list[j].imports += buys && i != n ? x : 0;
                list[j].exports += sells && i != n ? x : 0;
                list[j].duties += buys && i != n ? x * at(w, pl_world_tariff(w), j, n, i) : 0;
            }
        }
    }
    return list;
}

/* ---- text ---- */

/* "17.3 billion USD" of an amount in million USD. */
static const char *amount(double musd, char *out, size_t size) {
    double a = musd < 0 ? -musd : musd;
    if (a >= 1e6)
        snprintf(out, size, "%.2f trillion USD", musd / 1e6);
    else if (a >= 1e3)
        snprintf(out, size, "%.1f billion USD", musd / 1e3);
    else
        snprintf(out, size, "%.4g million USD", musd);
    return out;
}

/* A total, and beside it what it is known to be when the world has a note for it: a number in million USD,
 * then where it is from. */
static void print_total(const pl_world *w, const char *label, const char *key, double value) {
    char text[64], known_text[64];
    char lead[32], beside[400] = "";
    snprintf(lead, sizeof lead, "  %-14s ", label);
    const char *known = pl_world_note(w, key);
    char *end = NULL;
    double expected = known ? strtod(known, &end) : 0;
    if (known && end != known && expected > 0) {
        end += strspn(end, " ,;:");
        snprintf(beside, sizeof beside, "; known %s (%+.1f %%)%s%s",
                 amount(expected, known_text, sizeof known_text), 100 * (value / expected - 1),
                 *end ? ", " : "", end);
    }
    cli_wrap(lead, "%s%s", amount(value, text, sizeof text), beside);
}

static void print_totals(const pl_world *w) {
    pl_world_totals t = pl_world_total(w);
    puts("Totals");
    print_total(w, "gross output", "known_gross_output", t.gross_output);
    print_total(w, "value added", "known_value_added", t.value_added);
    print_total(w, "final demand", "known_final_demand", t.final_demand);
    print_total(w, "trade", "known_trade", t.trade);
    print_total(w, "duties", "known_duties", t.duties);
    if (t.export_taxes != 0)
        print_total(w, "export taxes", "known_export_taxes", t.export_taxes);
}

static void print_notes(const pl_world *w) {
    for (size_t i = 0; pl_world_note_key(w, i); i++) {
        const char *key = pl_world_note_key(w, i);
        if (!strcmp(key, "title") || !strncmp(key, "known_", 6))
            continue;
        char lead[64];
        snprintf(lead, sizeof lead, "  %-14.40s ", key);
        for (const char *c = pl_world_note(w, key); *c; c += *c == '\n') { /* a history is a line a step */
            size_t length = strcspn(c, "\n");
            cli_wrap(lead, "%.*s", (int)length, c);
            snprintf(lead, sizeof lead, "  %-14s ", "");
            c += length;
        }
    }
}

/* Of sectors that were split: how many of the product's flows are known. */
static void print_origins(const pl_world *w) {
    size_t cells = pl_world_size(w, PL_COUNTRY) * pl_world_size(w, PL_COUNTRY);
    const unsigned char *origin = pl_world_flow_origin(w);
    for (size_t j = 0; origin && j < pl_world_size(w, PL_SECTOR); j++) {
        size_t known = 0, filled = 0;
        double value = 0, all = 0;
        for (size_t at = j * cells; at < (j + 1) * cells; at++) {
            bool used = pl_world_flow(w)[at] > 0, is_known = origin[at] == PL_ORIGIN_KNOWN;
            known += used && is_known;
            filled += used && origin[at] == PL_ORIGIN_FILLED;
            value += is_known ? pl_world_flow(w)[at] : 0;
            all += pl_world_flow(w)[at];
        }
        if (known + filled)
            cli_wrap("  split sector   ",
                     "%s: %zu flows known (%.3g %% of the value), %zu filled in proportion",
                     pl_world_code(w, PL_SECTOR, j), known, all > 0 ? 100 * value / all : 0, filled);
    }
}

static double percent(double part, double whole) {
    return whole > 0 ? 100 * part / whole : 0;
}

enum { MOST_SETS = 16 };

static bool print_sectors(const pl_world *w, const entry *list, bool country) {
    size_t sets = pl_world_elasticity_sets(w) < MOST_SETS ? pl_world_elasticity_sets(w) : MOST_SETS;
    cli_column columns[7 + MOST_SETS] = {{"Sector", CLI_LEFT, 0, 0},   {"", CLI_LEFT, 30, 14},
                                         {"", CLI_LEFT, 20, 0},        {"output", CLI_RIGHT, 0, 0},
                                         {"imports", CLI_RIGHT, 1, 0}, {"exports", CLI_RIGHT, 1, 0},
                                         {"duty %", CLI_RIGHT, 2, 0}};
    cli_table t;
    for (size_t s = 0; s < sets; s++)
        columns[7 + s] = (cli_column){pl_world_elasticity_name(w, s), CLI_RIGHT, (unsigned)(s + 3), 0};
    columns[5].head = country ? "exports" : "";
    cli_table_init(&t, columns, 7 + sets);
    for (size_t j = 0; j < pl_world_size(w, PL_SECTOR); j++) {
        cli_table_row(&t);
        cli_table_put(&t, "  %s", pl_world_code(w, PL_SECTOR, j));
        cli_table_put(&t, "%s", pl_world_name(w, PL_SECTOR, j));
        cli_table_put(&t, "%s", pl_world_is_goods(w, j) ? "goods" : "services");
        cli_table_put(&t, "%.0f", list[j].output);
        cli_table_put(&t, "%.0f", list[j].imports);
        if (country)
            cli_table_put(&t, "%.0f", list[j].exports);
        else
            cli_table_put(&t, "%s", "");
        cli_table_put(&t, "%.2f", percent(list[j].duties, list[j].imports));
        for (size_t s = 0; s < sets; s++)
            cli_table_put(&t, "%.3f", pl_world_elasticity(w, s)[j]);
    }
    return cli_table_print(&t);
}

static void print_accounts(const pl_world *w, size_t n) {
    char a[64], b[64];
    country_sums s = sum_country(w, n);
    cli_wrap("", "%s, %s", pl_world_code(w, PL_COUNTRY, n), pl_world_name(w, PL_COUNTRY, n));
    printf("  gross output   %s\n  value added    %s\n", amount(s.output, a, sizeof a),
           amount(s.value_added, b, sizeof b));
    printf("  exports        %s\n  imports        %s\n", amount(s.exports, a, sizeof a),
           amount(s.imports, b, sizeof b));
    printf("  deficit        %s\n", amount(s.imports - s.exports, a, sizeof a));
    cli_wrap("  duties         ", "%s (%.2f %% of imports)", amount(s.duties, a, sizeof a),
             percent(s.duties, s.imports));
}

static bool print_country(const pl_world *w, size_t n, size_t rows, const entry *partner) {
    static const cli_column columns[] = {{"", CLI_LEFT, 0, 0},
                                         {"Partners (million USD)", CLI_LEFT, 0, 6},
                                         {"imports from", CLI_RIGHT, 0, 0},
                                         {"exports to", CLI_RIGHT, 0, 0},
                                         {"balance", CLI_RIGHT, 2, 0},
                                         {"duty %", CLI_RIGHT, 1, 0}};
    cli_table t;
    print_accounts(w, n);
    cli_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t r = 0; r < pl_world_size(w, PL_COUNTRY) && r < rows; r++) {
        if (partner[r].index == n)
            continue;
        cli_table_row(&t);
        cli_table_put(&t, "  %s", pl_world_code(w, PL_COUNTRY, partner[r].index));
        cli_table_put(&t, "%s", pl_world_name(w, PL_COUNTRY, partner[r].index));
        cli_table_put(&t, "%.0f", partner[r].imports);
        cli_table_put(&t, "%.0f", partner[r].exports);
        cli_table_put(&t, "%.0f", partner[r].exports - partner[r].imports);
        cli_table_put(&t, "%.2f", percent(partner[r].duties, partner[r].imports));
    }
    return cli_table_print(&t);
}

static bool print_countries(const pl_world *w) {
    static const cli_column columns[] = {{"", CLI_LEFT, 0, 0},
                                         {"Economies (million USD)", CLI_LEFT, 0, 6},
                                         {"value added", CLI_RIGHT, 0, 0},
                                         {"exports", CLI_RIGHT, 1, 0},
                                         {"imports", CLI_RIGHT, 2, 0},
                                         {"deficit", CLI_RIGHT, 4, 0},
                                         {"duty %", CLI_RIGHT, 3, 0}};
    cli_table t;
    cli_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t n = 0; n < pl_world_size(w, PL_COUNTRY); n++) {
        country_sums s = sum_country(w, n);
        cli_table_row(&t);
        cli_table_put(&t, "  %s", pl_world_code(w, PL_COUNTRY, n));
        cli_table_put(&t, "%s", pl_world_name(w, PL_COUNTRY, n));
        cli_table_put(&t, "%.0f", s.value_added);
        cli_table_put(&t, "%.0f", s.exports);
        cli_table_put(&t, "%.0f", s.imports);
        cli_table_put(&t, "%.0f", s.imports - s.exports);
        cli_table_put(&t, "%.2f", percent(s.duties, s.imports));
    }
    return cli_table_print(&t);
}

static void print_sets(const pl_world *w) {
    char list[400] = "";
    for (size_t s = 0, length = 0; s < pl_world_elasticity_sets(w) && length + 1 < sizeof list; s++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", s ? ", " : "",
                                   pl_world_elasticity_name(w, s));
    cli_wrap("  elasticities   ", "%s%s", list,
             *list ? " (the first is the default)" : "none of its own; the published set FGO is used");
}

/* False when out of memory. */
static bool print_world(const char *name, const pl_world *w, size_t country, size_t rows, const entry *sector,
                        const entry *partner) {
    const char *title = pl_world_note(w, "title");
    size_t goods = 0, J = pl_world_size(w, PL_SECTOR);
    for (size_t j = 0; j < J; j++)
        goods += pl_world_is_goods(w, j);
    if (country != SIZE_MAX)
        return print_country(w, country, rows, partner) && print_sectors(w, sector, true);
    cli_wrap("", "%s%s%s", name, title ? ": " : "", title ? title : "");
    print_notes(w);
    cli_wrap("  size           ", "%zu economies, %zu sectors (%zu goods, %zu services)",
             pl_world_size(w, PL_COUNTRY), J, goods, J - goods);
    print_sets(w);
    print_origins(w);
    print_totals(w);
    return print_countries(w) && print_sectors(w, sector, false);
}

/* ---- JSON ---- */

static json_t *sectors_json(const pl_world *w, const entry *sector, bool country) {
    json_t *list = json_array();
    for (size_t j = 0; j < pl_world_size(w, PL_SECTOR); j++) {
        json_t *row =
            json_pack("{s:s, s:s, s:b, s:f, s:f, s:f}", "code", pl_world_code(w, PL_SECTOR, j), "name",
                      pl_world_name(w, PL_SECTOR, j), "goods", (int)pl_world_is_goods(w, j), "output",
                      sector[j].output, "imports", sector[j].imports, "duties", sector[j].duties);
        json_t *theta = json_object();
        if (country)
            json_object_set_new(row, "exports", json_real(sector[j].exports));
        for (size_t s = 0; s < pl_world_elasticity_sets(w); s++)
            json_object_set_new(theta, pl_world_elasticity_name(w, s),
                                json_real(pl_world_elasticity(w, s)[j]));
        json_object_set_new(row, "theta", theta);
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *sets_json(const pl_world *w) {
    json_t *list = json_array();
    for (size_t s = 0; s < pl_world_elasticity_sets(w); s++) {
        pl_elasticity_facts f = pl_elasticity_describe(w, s);
        json_array_append_new(list, json_pack("{s:s, s:s?, s:s?, s:b, s:I}", "name", f.name, "what", f.what,
                                              "source", f.source, "default", s == 0,
                                              "sectors_with_standard_error", (json_int_t)f.errors));
    }
    return list;
}

static json_t *country_json(const pl_world *w, size_t n, const entry *partner, size_t rows) {
    country_sums s = sum_country(w, n);
    json_t *row = json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f}", "code",
                            pl_world_code(w, PL_COUNTRY, n), "name", pl_world_name(w, PL_COUNTRY, n),
                            "gross_output", s.output, "value_added", s.value_added, "exports", s.exports,
                            "imports", s.imports, "deficit", s.imports - s.exports, "duties", s.duties);
    if (!partner)
        return row;
    json_t *list = json_array();
    for (size_t r = 0; r < pl_world_size(w, PL_COUNTRY) && r < rows; r++)
        if (partner[r].index != n)
            json_array_append_new(list, json_pack("{s:s, s:f, s:f, s:f}", "code",
                                                  pl_world_code(w, PL_COUNTRY, partner[r].index), "imports",
                                                  partner[r].imports, "exports", partner[r].exports, "duties",
                                                  partner[r].duties));
    json_object_set_new(row, "partners", list);
    return row;
}

static json_t *world_json(const char *name, const pl_world *w, size_t country, size_t rows,
                          const entry *sector, const entry *partner) {
    json_t *root = json_pack("{s:s, s:s}", "world", name, "unit", "million USD");
    if (country != SIZE_MAX) {
        json_object_set_new(root, "country", country_json(w, country, partner, rows));
    } else {
        pl_world_totals t = pl_world_total(w);
        json_t *notes = json_object(), *list = json_array();
        for (size_t i = 0; pl_world_note_key(w, i); i++)
            json_object_set_new(notes, pl_world_note_key(w, i),
                                json_string(pl_world_note(w, pl_world_note_key(w, i))));
        for (size_t n = 0; n < pl_world_size(w, PL_COUNTRY); n++)
            json_array_append_new(list, country_json(w, n, NULL, 0));
        json_object_set_new(root, "notes", notes);
        json_object_set_new(root, "elasticities", sets_json(w));
        json_object_set_new(root, "totals",
                            json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "gross_output", t.gross_output,
                                      "value_added", t.value_added, "final_demand", t.final_demand, "trade",
                                      t.trade, "duties", t.duties, "export_taxes", t.export_taxes));
        json_object_set_new(root, "countries", list);
    }
    json_object_set_new(root, "sectors", sectors_json(w, sector, country != SIZE_MAX));
    return root;
}

/* ---- command ---- */

static int show(const request *r, const cli_common *common, const pl_world *w) {
    size_t country = SIZE_MAX;
    pl_error error;
    pl_status status = r->country ? pl_world_find(w, PL_COUNTRY, r->country, &country, &error) : PL_OK;
    if (status)
        return cli_fail(status, &error);
    entry *sector = sectors(w, country), *partner = country == SIZE_MAX ? NULL : partners(w, country);
    size_t rows = r->rows ? r->rows : 15;
    int code = CLI_DONE;
    if (!sector || (country != SIZE_MAX && !partner))
        code = cli_refuse("out of memory");
    else if (common->json)
        code = cli_print_json(world_json(r->world, w, country, rows, sector, partner));
    else if (!print_world(r->world, w, country, rows, sector, partner))
        code = cli_refuse("out of memory");
    free(sector);
    free(partner);
    return code;
}

int cli_world_info(int argc, char **argv) {
    static const struct argp_option options[] = {
        {"country", KEY_COUNTRY, "COUNTRY", 0, "one country instead: its accounts, partners and sectors", 1},
        {"rows", KEY_ROWS, "N", 0, "partners listed (default 15)", 1},
        {0}};
    static const cli_syntax syntax = {
        .arguments = "WORLD",
        .doc = "Prints what a world holds: where it is from, its size, its totals (beside what they are "
               "known to be, "
               "where the world has notes for that), economies, sectors and sets of trade elasticities.",
        .options = options,
        .take = take,
        .common = CLI_JSON | CLI_QUIET};
    request r = {0};
    cli_common common;
    pl_world *world = NULL;
    pl_error error;
    cli_parse(&syntax, argc, argv, &common, &r);
    pl_status status = pl_world_open(r.world, &world, &error);
    int code = status ? cli_fail(status, &error) : show(&r, &common, world);
    pl_world_free(world);
    return code;
}
