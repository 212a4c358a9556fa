/*
 * Parley: trade wars and trade talks in general equilibrium.
 *
 * The whole public interface, in the order data flows:
 *
 *   pl_world_load -> pl_model_new -> pl_solver_new -> pl_solver_run (many, warm) -> ..._free
 *
 * Conventions, stated once:
 *   - A function that can fail returns pl_status and fills the caller's pl_error (last argument, may be NULL).
 *     Whether a solve converged is not a failure: it is in the result.
 *   - The library never prints, exits, installs signal handlers or keeps mutable globals. Objects are not shared
 *     between threads while one writes to them; a world and a model are read-only once made.
 *   - Arrays are flat with the last index contiguous. Bilateral arrays are [sector][buyer][seller].
 *   - Money is million USD, rates are fractions (1.45 is 145 %), changes are new/old unless a name says percent.
 *   - Equation numbers refer to docs/model.md.
 */
#ifndef PARLEY_H
#define PARLEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PL_VERSION "0.1.0"

/* ---- status and message ------------------------------------------------------------------------------------ */

/* X(name, code, text): one list, from which the enumeration and pl_status_text are made. */
#define PL_STATUS_LIST(X)                                                                                    \
    X(PL_OK, 0, "done")                                                                                      \
    X(PL_FAILED, 1, "did not converge, or a case failed")                                                    \
    X(PL_INVALID, 2, "bad input")                                                                            \
    X(PL_IO, 3, "a file could not be read or written")                                                       \
    X(PL_NO_MEMORY, 4, "out of memory")                                                                      \
    X(PL_CANCELLED, 5, "interrupted")

typedef enum {
#define PL_STATUS_ENUM(name, code, text) name = code,
    PL_STATUS_LIST(PL_STATUS_ENUM)
#undef PL_STATUS_ENUM
} pl_status;

/* The text of a status; never NULL. */
const char *pl_status_text(pl_status status);

/* What went wrong and where. `text` is one sentence ready to be shown, starting with file and line when known. */
typedef struct {
    pl_status status;
    char text[1024];
} pl_error;

/* The version of the library, as in PL_VERSION. */
const char *pl_version(void);

/* The entry of `names` closest to `text` by edit distance, letter case aside, or NULL when none is near. */
const char *pl_suggest(const char *text, const char *const *names, size_t count);

/* ---- settings ---------------------------------------------------------------------------------------------- */

/*
 * The one table of settings: X(type, name, default, lowest, highest, help). It feeds this struct, the options of
 * the program, the keys of `settings:` in a scenario and the manual. Types: real, count, choice (see below), text.
 */
#define PL_SETTINGS(X)                                                                                       \
    X(choice, closure, PL_FIXED, 0, PL_BALANCED, "trade deficits: fixed, gdp or balanced")                   \
    X(text, elasticities, "", 0, 0, "name of the set of trade elasticities; empty means the world's own")    \
    X(real, sigma_value_added, 1.0, 0.0, 100.0, "substitution between value added and inputs")               \
    X(real, sigma_inputs, 1.0, 0.0, 100.0, "substitution among inputs")                                      \
    X(real, sigma_final, 1.0, 0.0, 100.0, "substitution among final goods")                                  \
    X(real, kappa, INFINITY, 1.0, INFINITY, "labour mobility between sectors; inf is one wage a country")    \
    X(real, tolerance, 2e-12, 1e-14, 1e-3, "largest change of a log variable at which a solve stops")        \
    X(count, max_iterations, 500, 1, 1000000,                                                                \
      "iterations of the accelerated fixed point before falling back")                                       \
    X(count, anderson_depth, 10, 0, 30, "steps the acceleration remembers; 0 is plain iteration")            \
    X(real, damping, 0.3, 0.01, 1.0, "share of the way wages move in one plain step")                        \
    X(count, threads, 0, 0, 256,                                                                             \
      "threads over scenarios, 0 for one a processor; results do not depend on it")                          \
    X(real, sigma_short, 0.76, 0.05, 100.0, "path: substitution between suppliers within a month")           \
    X(real, adjust_months, 96, 1, 1200, "path: months after which 90 % of the long run is reached")          \
    X(real, months_of_cover, 1.0, 0, 24, "path: stock that buyers hold of what they import, months of use")  \
    X(real, stock_limit, 6.0, 0, 60, "path: largest stock, months of use")                                   \
    X(real, stock_adjustment, 0.5, 0.01, 1, "path: share of the way to the wanted stock moved in a month")   \
    X(real, storage_cost, 0.01, 0, 1, "path: cost of holding a stock for a month, share of its value")       \
    X(real, front_running, 1.0, 0, 100, "path: months of use bought ahead of a price expected to double")    \
    X(count, look_ahead, 3, 1, 12, "path: months ahead that buyers look for announced changes")              \
    X(real, wage_share, 0.1, 0.001, 1,                                                                       \
      "path: share of the way to the labour market's wage moved in a month")                                 \
    X(real, spending_share, 0.1, 0.001, 1,                                                                   \
      "path: share of the way to income that final spending moves in a month")                               \
    X(real, price_pass_through, 0.2, 0.001, 1,                                                               \
      "path: share of the way shop prices follow users' prices in a month")                                  \
    X(real, approval_scale, 1.0, 0, 100, "path: factor on the scenario's shares of licences approved")       \
    X(real, criticality, 0.5, 0, 1,                                                                          \
      "path: how much a user's output is tied to a licensed input: 1 essential, 0 not")                      \
    X(real, premium_limit, 4.0, 0.1, 1000,                                                                   \
      "path: premium beyond which buyers who are cut off choose other suppliers")

/* Trade-deficit closures of docs/model.md section 1. */
typedef enum { PL_FIXED, PL_GDP, PL_BALANCED } pl_closure;

typedef double pl_setting_real;
typedef size_t pl_setting_count;
typedef pl_closure pl_setting_choice;
typedef char pl_setting_text[48];

typedef struct {
#define PL_SETTING_FIELD(type, name, def, low, high, help) pl_setting_##type name;
    PL_SETTINGS(PL_SETTING_FIELD)
#undef PL_SETTING_FIELD
} pl_settings;

/* Fills `settings` with the defaults of the table. */
void pl_settings_init(pl_settings *settings);

/* Sets one setting from its text, checked against its range: "kappa" = "1.5", "closure" = "gdp".
 * PL_INVALID names the setting, the value and what is allowed, with a suggestion for a misspelt name. */
pl_status pl_settings_set(pl_settings *settings, const char *name, const char *value, pl_error *error);

/* The settings' names, help and defaults in order, for --help and the manual; false when `index` is past the end. */
bool pl_settings_describe(size_t index, const char **name, const char **type, const char **def,
                          const char **help);

/* ---- worlds ------------------------------------------------------------------------------------------------ */

typedef struct pl_world pl_world;

typedef enum { PL_COUNTRY, PL_SECTOR } pl_axis;

/* Loads a world by the path of its NetCDF file, or by name ("wiod-2014") from the folders of pl_world_folders.
 * PL_IO when it cannot be read, PL_INVALID when a table is missing, misshapen, or breaks an identity of
 * docs/model.md section 0 (the message names country, sector and size). Cost: one read of the file. */
pl_status pl_world_load(const char *name, pl_world **world, pl_error *error);

/* The same without the identities: opens a world that is not balanced yet, for pl_world_check and pl_world_balance.
 * Both accept a built-in name, a NetCDF file, a folder of CSV tables, a .json file or a .yaml file (docs/data.md). */
pl_status pl_world_open(const char *name, pl_world **world, pl_error *error);

/* Writes a world as NetCDF-4, aside and then renamed, so that `path` is never half-written. */
pl_status pl_world_save(const pl_world *world, const char *path, pl_error *error);

void pl_world_free(pl_world *world);

/* What a world is made of, for pl_world_new. Every array is copied. NULL where a row says optional. */
typedef struct {
    size_t countries, sectors;
    const char *const *country_codes, *const *country_names; /* names optional */
    const char *const *sector_codes, *const *sector_names;   /* names optional */
    const bool *goods;               /* [J] optional: which sectors are goods; default from the sector code */
    const double *flow;              /* [J][N][N] million USD, customs value, domestic included */
    const double *tariff;            /* [J][N][N] optional rate */
    const double *export_tax;        /* [J][N][N] optional rate */
    const double *input_share;       /* [N][J][J] optional [country][user][input], share of gross output */
    const double *value_added_share; /* [N][J] optional: one minus the input shares */
    const double *profit_share;      /* [N][J] optional share of value added */
    const double *theta;             /* [J] optional trade elasticity: the set named "world" */
    const double *theta_error;       /* [J] optional: its standard errors, 0 for none */
} pl_world_tables;

pl_status pl_world_new(const pl_world_tables *tables, pl_world **world, pl_error *error);

size_t pl_world_size(const pl_world *world, pl_axis axis);
const char *pl_world_code(const pl_world *world, pl_axis axis, size_t index);
const char *pl_world_name(const pl_world *world, pl_axis axis, size_t index);
bool pl_world_is_goods(const pl_world *world, size_t sector);

/* The index of a country or sector by code or name, letter case aside; PL_INVALID with a suggestion. */
pl_status pl_world_find(const pl_world *world, pl_axis axis, const char *text, size_t *index,
                        pl_error *error);

/* The world's arrays, borrowed; shapes as in pl_world_tables. export_tax and profit_share are NULL when all zero. */
const double *pl_world_flow(const pl_world *world);
const double *pl_world_tariff(const pl_world *world);
const double *pl_world_export_tax(const pl_world *world);
const double *pl_world_input_share(const pl_world *world);
const double *pl_world_value_added_share(const pl_world *world);
const double *pl_world_profit_share(const pl_world *world);

/* Sets of trade elasticities the world carries. theta is [J]; the first set is the default. */
size_t pl_world_elasticity_sets(const pl_world *world);
const char *pl_world_elasticity_name(const pl_world *world, size_t set);
const double *pl_world_elasticity(const pl_world *world, size_t set);
/* Standard errors of a set [J], 0 where none is published; NULL when the world carries none for it. */
const double *pl_world_elasticity_error(const pl_world *world, size_t set);

/* Provenance: title, year, source, terms, history and so on. NULL when `index` is past the end. */
const char *pl_world_note_key(const pl_world *world, size_t index);
const char *pl_world_note(const pl_world *world, const char *key);
pl_status pl_world_set_note(pl_world *world, const char *key, const char *text, pl_error *error);

/* The folders searched for built-in worlds, and the names found there (sorted); free the list with pl_names_free. */
typedef struct {
    size_t count;
    char **names; /* world names without the ending .nc */
    char **paths;
} pl_names;
pl_status pl_world_list(pl_names *list, pl_error *error);
void pl_names_free(pl_names *list);

/* One identity of docs/model.md section 0, recomputed. `worst` is the largest violation relative to the scale
 * of that identity; country and sector say where it is (SIZE_MAX: does not apply). */
typedef struct {
    const char *identity; /* what must hold, in words */
    double worst;
    double limit;
    size_t country, sector;
    double value; /* the offending number itself */
} pl_identity;

enum { PL_IDENTITIES = 12 };
typedef struct {
    size_t count;
    pl_identity row[PL_IDENTITIES];
    bool holds;
} pl_world_report;

/* Recomputes every identity. PL_OK also when one fails: see report->holds. */
pl_status pl_world_check(const pl_world *world, pl_world_report *report, pl_error *error);

/* Totals people know, for pl_world_info: million USD. */
typedef struct {
    double gross_output, value_added, final_demand, trade, duties, export_taxes;
} pl_world_totals;
pl_world_totals pl_world_total(const pl_world *world);

/* What an import or a balance changed, for people to read. */
typedef struct {
    size_t rows;           /* data rows read */
    size_t negative_cells; /* negative totals set to zero (inventories) */
    double negative_value; /* their sum, million USD */
    size_t moved_cells;    /* cells a balance moved by more than 1e-9 of their column */
    double largest_move;   /* largest change of an input or value-added share, in share of gross output */
    double mean_move;      /* total_move over world gross output */
    size_t largest_country, largest_user, largest_input; /* where; input == sectors means value added */
    double total_move;                                   /* million USD moved, sum of absolute changes */
    size_t iterations;
    double residual;      /* largest relative margin error left */
    double missed_target; /* largest relative miss of a value-added target */
    size_t missed_country;
    double
        output_gap; /* import of an ICIO table: largest difference between the output a table states and what */
    size_t gap_country, gap_sector; /* its flows add up to, million USD, and where */
} pl_change_report;

/* Reads the OECD inter-country input-output csv layout (first column V1 or its like, columns COUNTRY_SECTOR, final
 * demand, rows for value added and output), plain, .gz or .zst, in one pass: memory N*N*J + N*J*J doubles. */
pl_status pl_world_import_icio(const char *path, pl_world **world, pl_change_report *report, pl_error *error);

/* Reads a folder of plain CSV tables (docs/data.md): flows, input_shares, value_added_shares, sectors, countries,
 * elasticities, notes; each plain, .gz or .zst. Only flows is required. */
pl_status pl_world_import_flows(const char *folder, pl_world **world, pl_change_report *report,
                                pl_error *error);

/* Reads what pl_world_export_json wrote. */
pl_status pl_world_import_json(const char *path, pl_world **world, pl_error *error);

/* Writes the tables of pl_world_import_flows into `folder` (made if missing), or one JSON file. Values are printed
 * with 17 digits, so that reading them back gives the same doubles. */
pl_status pl_world_export_csv(const pl_world *world, const char *folder, pl_error *error);
pl_status pl_world_export_json(const pl_world *world, const char *path, pl_error *error);

/* Merges countries and sectors by a map in YAML (docs/data.md). Flows add up; tariffs are weighted by flow, input and
 * value-added shares by output, elasticities by world trade. */
pl_status pl_world_aggregate(const pl_world *world, const char *map_path, pl_world **out, pl_error *error);

/* Reads million USD by country from a CSV file (country,value_musd) into the caller's `values` [N]; a country the file
 * leaves out gets 0. */
pl_status pl_world_read_values(const pl_world *world, const char *path, double *values, pl_error *error);

/* Restores the identities: biproportional scaling (RAS) of each country's input table with flows kept, so that
 * shares add up to one and no final demand is negative. `value_added` [N] million USD may be NULL; where positive,
 * a country's value added is scaled to it as far as its table allows. */
pl_status pl_world_balance(const pl_world *world, const double *value_added, pl_world **out,
                           pl_change_report *report, pl_error *error);

/* Where a flow of a split sector comes from. */
typedef enum {
    PL_ORIGIN_WHOLE,  /* the sector was not split */
    PL_ORIGIN_KNOWN,  /* the map of the split gives it */
    PL_ORIGIN_FILLED, /* filled in proportion */
    PL_ORIGIN_REST    /* what the split left to the parent sector */
} pl_flow_origin;

/* [J][N][N] of pl_flow_origin, borrowed; NULL when no sector was split. */
const unsigned char *pl_world_flow_origin(const pl_world *world);

typedef struct {
    size_t parent, product; /* sectors of the new world */
    size_t known, filled;   /* flows of the product above zero */
    double output, trade;   /* million USD of the product: made in the world, traded between countries */
    bool balanced;          /* whether the result had to be balanced, and what that moved */
    pl_change_report balance;
} pl_split_report;

/* Carves a product out of a sector by a map in YAML (docs/data.md): what is known of output, imports, tariffs, users and
 * inputs is taken from the map, the rest is in proportion to the sector. Product and rest add up to what the sector
 * was: flows to the last bit, duties, inputs and value added to rounding. PL_INVALID names country, partner and amount
 * where the map takes more than the sector holds. `report` may be NULL. */
pl_status pl_world_split(const pl_world *world, const char *map_path, pl_world **out, pl_split_report *report,
                         pl_error *error);

/* ---- models ------------------------------------------------------------------------------------------------ */

typedef struct pl_model pl_model;

/* Values by sector that replace a setting or the elasticity set; NaN means not replaced. Arrays [J] or NULL. */
typedef struct {
    const double *theta, *sigma_value_added, *sigma_inputs;
} pl_sector_values;

/* Calibrates: shares, spending, income and deficits of docs/model.md section 0. Borrows the world, which must live
 * longer. `sectors` may be NULL. With closure PL_BALANCED the model is of the world as it would be with every
 * deficit removed and no other change, solved here (PL_FAILED when that does not converge). Memory N*J*J. */
pl_status pl_model_new(const pl_world *world, const pl_settings *settings, const pl_sector_values *sectors,
                       pl_model **model, pl_error *error);
void pl_model_free(pl_model *model);

/* The world a model stands on: the one given, or the balanced one. Borrowed. */
const pl_world *pl_model_world(const pl_model *model);
/* Trade elasticity in use, [J], and the name of the set it comes from. Borrowed. */
const double *pl_model_theta(const pl_model *model);
const char *pl_model_elasticities(const pl_model *model);

/* What a set of a world is. `what` and `source` are the world's note "elasticities_NAME", as the source, or else what is
 * known of published sets by that name, or NULL. Borrowed from the world. */
typedef struct {
    const char *name, *what, *source;
    size_t errors; /* sectors with a standard error, of the world or published */
} pl_elasticity_facts;
pl_elasticity_facts pl_elasticity_describe(const pl_world *world, size_t set);
const pl_settings *pl_model_settings(const pl_model *model);

/* ---- policies ---------------------------------------------------------------------------------------------- */

/* Plain wedges: what the duties, export taxes and trade costs are after the change. */
typedef struct pl_policy pl_policy;

/* A policy equal to the world's own: no change. The arrays are [J][N][N], to be written by the caller;
 * export tax and iceberg factor are made on first use and cost N*N*J doubles each.
 * Iceberg factors are new/old (> 0; INFINITY removes the variety). */
pl_status pl_policy_new(const pl_world *world, pl_policy **policy, pl_error *error);
void pl_policy_free(pl_policy *policy);
double *pl_policy_tariff(pl_policy *policy);
double *pl_policy_export_tax(pl_policy *policy); /* NULL when out of memory */
double *pl_policy_iceberg(pl_policy *policy);    /* NULL when out of memory */

/* Lump sums received from other countries, [N] million USD in units of the numeraire, made on first use; they must add up to
 * zero. NULL when out of memory. */
double *pl_policy_transfer(pl_policy *policy);

/* What a quantity control does when it binds (docs/model.md section 3). */
typedef enum {
    PL_CAP_QUOTA,         /* quantity of the set at most `level` times today's; 0 is a ban */
    PL_CAP_MINIMUM_PRICE, /* export price at least `level` times today's; one premium a seller and sector */
    PL_CAP_TARIFF_RATE_QUOTA /* beyond `level` the duty is `out_of_quota` instead of the policy's */
} pl_cap_kind;

/*
 * One control over a set of flows, with one premium for all of them. A flow may be under several caps. The rent goes to
 * seller, buyer and a third country in the shares given, and the wasted share is paid to labour of a country; the four
 * shares add up to one.
 */
typedef struct {
    const char *name; /* copied */
    pl_cap_kind kind;
    const size_t *flows; /* [count] positions (sector * N + buyer) * N + seller, copied */
    size_t count;
    double level;        /* >= 0, new over base */
    double out_of_quota; /* rate; PL_CAP_TARIFF_RATE_QUOTA only */
    double to_seller, to_buyer, to_third, wasted;
    size_t third, waste_country; /* countries; used when their share is positive */
    size_t skipped; /* flows left out because they are not traded in the base year; for reports only */
} pl_cap;

/* Adds a control. PL_INVALID when the level is negative or not a number, the shares do not add up to one, a flow is not of
 * this world or is not traded in the base, or the set is empty. */
pl_status pl_policy_add_cap(pl_policy *policy, const pl_cap *cap, pl_error *error);
size_t pl_policy_caps(const pl_policy *policy);
const pl_cap *pl_policy_cap(const pl_policy *policy, size_t index); /* borrowed */

/* ---- results ----------------------------------------------------------------------------------------------- */

/*
 * X(name, axes, unit, long name). axes: C country, S sector by country. "percent" is the change from the baseline in percent.
 * Every output names its unit from this table.
 */
#define PL_RESULT_VARIABLES(X)                                                                               \
    X(real_income, C, "percent", "real income: income over the consumer price index")                        \
    X(real_wage, C, "percent", "real wage: wage over the consumer price index")                              \
    X(equivalent_variation, C, "million USD",                                                                \
      "equivalent variation: baseline income times real income change")                                      \
    X(terms_of_trade, C, "percent", "terms-of-trade part of first-order welfare (Caliendo-Parro 2015)")      \
    X(volume_of_trade, C, "percent", "volume-of-trade part of first-order welfare (Caliendo-Parro 2015)")    \
    X(first_order_welfare, C, "percent", "terms of trade plus volume of trade; an approximation")            \
    X(wage, C, "percent", "wage in the numeraire (world value added constant)")                              \
    X(consumer_price, C, "percent", "consumer price index in the numeraire")                                 \
    X(income_before, C, "million USD", "income before")                                                      \
    X(income, C, "million USD", "income in the numeraire")                                                   \
    X(value_added, C, "million USD", "value added in the numeraire")                                         \
    X(duties_before, C, "million USD", "import duty revenue before")                                         \
    X(duties, C, "million USD", "import duty revenue")                                                       \
    X(export_taxes, C, "million USD", "export tax revenue")                                                  \
    X(rents, C, "million USD", "licence rents received")                                                     \
    X(deficit, C, "million USD", "trade deficit: imports minus exports at customs value")                    \
    X(exports_before, C, "million USD", "exports at customs value before")                                   \
    X(exports, C, "million USD", "exports at customs value")                                                 \
    X(imports_before, C, "million USD", "imports at customs value before")                                   \
    X(imports, C, "million USD", "imports at customs value")                                                 \
    X(user_price, S, "percent", "price to users, duties included")                                           \
    X(producer_price, S, "percent", "unit cost: the price producers get")                                    \
    X(sector_wage, S, "percent", "wage in the sector")                                                       \
    X(output_before, S, "million USD", "gross output before")                                                \
    X(output, S, "million USD", "gross output, producer revenue net of export tax")                          \
    X(output_volume, S, "percent", "gross output at constant producer prices")                               \
    X(spending, S, "million USD", "spending at user prices")                                                 \
    X(sector_value_added, S, "million USD", "value added by sector")                                         \
    X(employment, S, "percent", "labour employed in the sector (share of the country's labour)")

typedef enum {
#define PL_RESULT_ENUM(name, axes, unit, text) PL_VAR_##name,
    PL_RESULT_VARIABLES(PL_RESULT_ENUM)
#undef PL_RESULT_ENUM
        PL_RESULT_COUNT
} pl_variable;

/* Name, unit and long name of a variable, and whether it is by sector and country ([J][N]) or by country ([N]). */
const char *pl_variable_name(pl_variable variable);
const char *pl_variable_unit(pl_variable variable);
const char *pl_variable_text(pl_variable variable);
bool pl_variable_by_sector(pl_variable variable);

/*
 * The certificate: residuals recomputed from the result and the world by plain loops that share no code with the
 * solver. Each is the largest relative error of its equation over countries and sectors.
 */
typedef struct {
    double market_clearing; /* (5)-(6): spending against the demand it implies */
    double income;          /* (7): income against its parts */
    double labour;          /* (10): labour demand against supply */
    double price_index;     /* (3) with (1)-(2) */
    double walras;          /* world spending against world income, the equation left out */
    double rent;            /* (9): rents paid against rents received */
    double shares;          /* expenditure shares sum to one */
    double complementarity; /* section 3: caps against premiums; zero where there is no cap */
    double worst;           /* the largest of these */
} pl_certificate;

typedef enum { PL_ANDERSON, PL_NEWTON_KRYLOV, PL_HOMOTOPY } pl_method;
const char *pl_method_text(pl_method method);

typedef struct pl_result pl_result;

pl_status pl_result_new(const pl_model *model, pl_result **result, pl_error *error);
void pl_result_free(pl_result *result);

bool pl_result_converged(const pl_result *result);
size_t pl_result_iterations(const pl_result *result);
size_t pl_result_sweeps(const pl_result *result); /* passes over an N*N*J array */
double pl_result_seconds(const pl_result *result);
/* Largest change of a log variable in the last iteration: what the solve was stopped by. */
double pl_result_residual(const pl_result *result);
pl_method pl_result_method(const pl_result *result);

/* A variable's values: [N], or [J][N] when by sector. Borrowed, valid until the next run into this result. */
const double *pl_result_get(const pl_result *result, pl_variable variable);

/* What became of a control: premium mu (0 when it does not bind), quantity new over base of its set, and the rent by who
 * got it, million USD. For a minimum price, quantity is what was sold at it. */
typedef struct {
    double premium, quantity, rent, to_sellers, to_buyers, to_third, wasted,
        duty; /* duty: beyond a tariff-rate quota */
} pl_cap_result;
size_t pl_result_caps(const pl_result *result);
pl_cap_result pl_result_cap(const pl_result *result, size_t index);

/* Fills `value` [J][N][N] with trade at customs value (buyer n's purchases of j from i, before import duty and what is paid
 * beyond a tariff-rate quota, with all other premia) under the policy of the result. NULL policy means the world's own.
 * Cost: N*N*J powers. */
pl_status pl_result_trade(const pl_result *result, const pl_policy *policy, double *value, pl_error *error);

/* Recomputes the certificate. Cost: N*N*J powers, about ten times a solve's iteration. */
pl_status pl_result_certify(const pl_result *result, const pl_policy *policy, pl_certificate *certificate,
                            pl_error *error);

/* ---- solvers ----------------------------------------------------------------------------------------------- */

typedef struct pl_solver pl_solver;

typedef enum {
    PL_RUNNING,      /* call pl_solver_step again */
    PL_CONVERGED,    /* the result is ready */
    PL_NOT_CONVERGED /* every method was tried; the best point is ready, marked as not converged */
} pl_progress;

/* One solver per thread; keeps its memory between runs (two to three N*N*J arrays). Borrows the model. */
pl_status pl_solver_new(const pl_model *model, pl_solver **solver, pl_error *error);
void pl_solver_free(pl_solver *solver);

/* Starts on a policy; `warm` (may be NULL) is any earlier result of this model to start from. The policy is borrowed
 * until the run ends. PL_INVALID names buyer, seller and sector of a rate that is not allowed. */
pl_status pl_solver_start(pl_solver *solver, const pl_policy *policy, const pl_result *warm, pl_error *error);
/* One iteration of whichever method is at work; returns where the solve stands. */
pl_progress pl_solver_step(pl_solver *solver);
/* For a progress line: iterations so far and the largest change of the last one. */
size_t pl_solver_iterations(const pl_solver *solver);
double pl_solver_residual(const pl_solver *solver);
/* Computes every result variable from where the solver stands. */
pl_status pl_solver_finish(pl_solver *solver, pl_result *result, pl_error *error);

/* start, step until done, finish. */
pl_status pl_solver_run(pl_solver *solver, const pl_policy *policy, const pl_result *warm, pl_result *result,
                        pl_error *error);

/* A payoff of an equilibrium: sum over countries of real_income[n] * (real income, new/old) plus sum of value_added
 * [sector * N + n] * (value added of the sector over the price index, as a share of baseline income). NULL: no such part. */
typedef struct {
    const double *real_income; /* [N] */
    const double *value_added; /* [J][N] */
} pl_payoff;
double pl_payoff_value(const pl_result *result, const pl_payoff *payoff);

/* Derivatives of a payoff, caller-owned arrays or NULL: by log(1 + duty), log(1 + export tax) and the log of the iceberg
 * factor of every flow, [J][N][N] each, by the level of every control, [caps], and by a lump sum received, [N], a million
 * USD. Flows that are banned have zero in the wedge arrays. */
typedef struct {
    double *tariff, *export_tax, *iceberg, *level, *transfer;
    bool converged;
} pl_gradient;

/* All derivatives of a payoff where the solver's last run converged, by one adjoint solve (section 4): about the price of
 * the run itself, whatever the number of instruments. PL_NO_MEMORY when memory is out. */
pl_status pl_solver_gradient(pl_solver *solver, const pl_payoff *payoff, pl_gradient *gradient,
                             pl_error *error);

/* Solves `count` policies, `threads` at a time, each from a cold start: results are the same bits for any number
 * of threads. `stop` may be NULL; when it becomes nonzero the work ends early with PL_CANCELLED. */
pl_status pl_solve_many(const pl_model *model, const pl_policy *const *policies, size_t count, size_t threads,
                        pl_result *const *results, volatile int *stop, pl_error *error);

/* ---- scenarios --------------------------------------------------------------------------------------------- */

/* A scenario in YAML (docs/scenario.md): world, settings, country groups, measures, variants and options. */
typedef struct pl_scenario pl_scenario;

/* Reads and checks the file's form. Names of countries and sectors are checked against the world in
 * pl_scenario_policy. PL_INVALID names file, line, key, value and what is allowed. */
pl_status pl_scenario_load(const char *path, pl_scenario **scenario, pl_error *error);

/* An empty scenario with one variant named "question", to be filled by pl_scenario_add. */
pl_status pl_scenario_new(pl_scenario **scenario, pl_error *error);
void pl_scenario_free(pl_scenario *scenario);

/* Adds one measure written on one line to every variant: kind "tariff" `USA<-CHN=145%`, `USA<-CHN:C26,C27+=25%`, `EU<-*=*0.5`;
 * kind "export-tax" `CHN->USA:C26=10%`; kind "iceberg" `USA<-CHN+=10%`. `=` sets, `+=` adds, `*=` multiplies. */
pl_status pl_scenario_add(pl_scenario *scenario, const char *kind, const char *text, pl_error *error);

/* Adds the variants of `other` after those of `scenario`, each with its own measures, groups and options, so that
 * several scenarios are compared side by side; variants are then called "name/variant". Takes `other` over (on failure
 * it stays the caller's). PL_INVALID when worlds, settings or values by sector differ. */
pl_status pl_scenario_append(pl_scenario *scenario, pl_scenario *other, pl_error *error);

/* Keeps only the variants named, in the order of the file. PL_INVALID for an unknown name. */
pl_status pl_scenario_pick(pl_scenario *scenario, const char *const *names, size_t count, pl_error *error);

/* The world of a scenario or question that names none. */
#define PL_DEFAULT_WORLD "world-2022"

/* Loads the scenario's world: by name, from a path (relative to the scenario's file) or from the mapping written in the
 * scenario itself. `name` (may be NULL) is a name or path that takes its place. */
pl_status pl_scenario_load_world(const pl_scenario *scenario, const char *name, pl_world **world,
                                 pl_error *error);

/* Has the scenario use another world: a name, or a path as seen from the working folder. */
pl_status pl_scenario_set_world(pl_scenario *scenario, const char *name, pl_error *error);

const char *pl_scenario_name(const pl_scenario *scenario);
/* Where the scenario is from, or "". */
const char *pl_scenario_source(const pl_scenario *scenario);
const char *pl_scenario_title(const pl_scenario *scenario);
/* "" when the scenario names none, "inline" when it holds its own. */
const char *pl_scenario_world(const pl_scenario *scenario);
pl_settings *pl_scenario_settings(pl_scenario *scenario);

/* A variant is one set of measures to be solved; all are compared with the world's own policy. */
size_t pl_scenario_variants(const pl_scenario *scenario);
const char *pl_scenario_variant_name(const pl_scenario *scenario, size_t variant);
const char *pl_scenario_variant_title(const pl_scenario *scenario, size_t variant);

/* Options a scenario declares (such as an exemption), on or off. */
size_t pl_scenario_options(const pl_scenario *scenario);
const char *pl_scenario_option_name(const pl_scenario *scenario, size_t option);
const char *pl_scenario_option_title(const pl_scenario *scenario, size_t option);
bool pl_scenario_option_on(const pl_scenario *scenario, size_t option);
pl_status pl_scenario_set_option(pl_scenario *scenario, const char *name, bool on, pl_error *error);

/* Calibrates the scenario's model on a world: its settings and its values by sector. */
pl_status pl_scenario_model(const pl_scenario *scenario, const pl_world *world, pl_model **model,
                            pl_error *error);

/* The policy of one variant on a world. PL_INVALID for unknown names, rates below -100 %, contradictory measures. */
pl_status pl_scenario_policy(const pl_scenario *scenario, const pl_world *world, size_t variant,
                             pl_policy **policy, pl_error *error);

/* The measures of a variant in the order they apply, as a person would say them, with their sources. */
size_t pl_scenario_measures(const pl_scenario *scenario, size_t variant);
const char *pl_scenario_measure_text(const pl_scenario *scenario, size_t variant, size_t measure);
const char *pl_scenario_measure_source(const pl_scenario *scenario, size_t variant, size_t measure);
/* Its note, or ""; and whether the note says that something about it is assumed. */
const char *pl_scenario_measure_note(const pl_scenario *scenario, size_t variant, size_t measure);
bool pl_scenario_measure_assumed(const pl_scenario *scenario, size_t variant, size_t measure);

/* ---- the calendar ------------------------------------------------------------------------------------------ */

typedef struct {
    int year, month, day; /* proleptic Gregorian; month 1 to 12, day 1 to 31 */
} pl_date;

/* Reads "2025-05-14"; PL_INVALID for a date that does not exist. */
pl_status pl_date_read(const char *text, pl_date *date, pl_error *error);
/* Days since 1970-01-01, and back. */
long pl_date_day(pl_date date);
pl_date pl_date_of(long day);

/* Has every variant be the policy of a day: one variant for each day and each different list of measures, called after the
 * day. A variant may also name its day in the file (`on:`); one that has dated measures and no day is solved as of the day
 * its last measure takes effect. */
pl_status pl_scenario_set_days(pl_scenario *scenario, const pl_date *day, size_t count, pl_error *error);
/* The day whose policy a variant is; false when none of its measures has a date. */
bool pl_scenario_variant_day(const pl_scenario *scenario, size_t variant, pl_date *day);
/* Takes the dates of `source` wherever measures have several sets of dates. PL_INVALID when no measure has that one. */
pl_status pl_scenario_set_dates(pl_scenario *scenario, const char *source, pl_error *error);

/* Gives measures another date: "us-truce.until=2025-11-10", or announced, legal, effective; "cn-34=2025-05-01" is when it takes
 * effect, "us-truce.until=never" that it has no end, "*-truce.until=2025-11-10" is for all that match. The date counts as known
 * from the day the measure was announced. PL_INVALID, and some dates may have moved, for an unknown measure (with a
 * suggestion), a date that does not exist, an end before the start, and a rate that would begin after what replaces it. */
pl_status pl_scenario_move(pl_scenario *scenario, const char *text, pl_error *error);
/* The dates moved, in the order they were first moved; year 0 is no date. Borrowed. */
typedef struct {
    const char *measure, *date; /* date: announced, legal, effective or until */
    pl_date from, to;
} pl_moved_date;
size_t pl_scenario_moves(const pl_scenario *scenario);
pl_moved_date pl_scenario_get_move(const pl_scenario *scenario, size_t index);

/* The policy collected on one day: measures whose effective date has come and whose end has not. A licence regime is the
 * quota of its steady state: the approved share of each flow, more where there is a green channel. */
pl_status pl_scenario_policy_on(const pl_scenario *scenario, const pl_world *world, size_t variant,
                                pl_date day, pl_policy **policy, pl_error *error);

/* The policy of a month, rates averaged over its days, as it was known on the day `known`: measures announced later are
 * left out, and a measure with an end keeps going past it with the chance its `extended` states. `known` later than the
 * month gives what happened. Licence regimes are left out: they are pl_scenario_licences. The level of a quota in force
 * for a part of the month is averaged with one, that is no quota. (12) of docs/model.md. */
pl_status pl_scenario_policy_month(const pl_scenario *scenario, const pl_world *world, size_t variant,
                                   pl_date month, pl_date known, pl_policy **policy, pl_error *error);

/* A licence regime: applications arrive, are decided `lag` months later with approval share `approval`, and are valid
 * `validity` months; flows of the green channel are decided at once and always approved. (15) of docs/model.md. */
typedef struct {
    const char *name;
    const size_t *flows; /* [count] (sector * N + buyer) * N + seller */
    const bool *green;   /* [count] in the green channel from `green_from` on */
    const double *part;  /* [count] part of the flow that needs a licence, above 0 and at most 1 */
    size_t count;
    double
        green_share; /* part of a green flow's orders that the channel carries; the rest waits like the others */
    pl_date from, until, green_from;              /* year 9999: no end; year 0: no start, no green channel */
    double approval;                              /* share of applications approved, 0 to 1 */
    double lag, validity;                         /* months */
    double to_seller, to_buyer, to_third, wasted; /* who holds the licence's rent */
    size_t third, waste_country;
} pl_licence;

/* The licence regimes of a variant on a world, one array owned by the caller; free it with pl_licences_free. */
pl_status pl_scenario_licences(const pl_scenario *scenario, const pl_world *world, size_t variant,
                               pl_licence **licence, size_t *count, pl_error *error);
void pl_licences_free(pl_licence *licence, size_t count);

/* ---- the schedule of a scenario ---- */

/* Tariffs between two countries or groups by date: `simple` over sectors of goods and pairs of countries, `weighted` by
 * trade of the base year. Rates, not percent. */
typedef struct {
    size_t dates, pairs;
    pl_date *date;               /* [dates] in order; the first is the day before anything starts */
    char **events;               /* [dates] what starts or ends on it, one a line */
    size_t *controls;            /* [dates] quantity controls in force */
    char **pair;                 /* [pairs] "BUYER<-SELLER" */
    double *simple, *weighted;   /* [dates][pairs] */
    const pl_scenario *scenario; /* borrowed: its measures are in the JSON */
    size_t variant;
} pl_timeline;

/* The schedule of a variant. Without pairs, those of its measures, at most six. PL_INVALID for an unknown country. */
pl_status pl_timeline_new(const pl_scenario *scenario, const pl_world *world, size_t variant,
                          const char *const *pair, size_t pairs, pl_timeline **timeline, pl_error *error);
void pl_timeline_free(pl_timeline *timeline);

/* ---- what a scenario says it carries ---- */

/* A claim or number of a report, and what carries it. The texts are borrowed. */
typedef struct {
    const char *id, *text, *note; /* "" where there is none */
    size_t measures, observations;
    const char *const *measure, *const *observation; /* ids */
} pl_fact;
size_t pl_scenario_facts(const pl_scenario *scenario);
pl_fact pl_scenario_fact(const pl_scenario *scenario, size_t fact);

/* A number observed in a period, on a named basis: what a run or a path is compared with. */
typedef struct {
    const char *id, *text, *unit, *basis, *period, *source;
    double value;
} pl_observation;
size_t pl_scenario_observations(const pl_scenario *scenario);
pl_observation pl_scenario_observation(const pl_scenario *scenario, size_t observation);

/* ---- paths ------------------------------------------------------------------------------------------------- */

/*
 * A scenario month by month (docs/path.md). X(name, axes, unit, long name) as in PL_RESULT_VARIABLES. Money is a month's:
 * a twelfth of the world's year when nothing changes. "percent" is the change from the baseline in percent.
 */
#define PL_PATH_VARIABLES(X)                                                                                 \
    X(real_income, C, "percent", "real income, borrowing apart: over the consumer price index")              \
    X(output_volume, C, "percent", "gross output at constant producer prices")                               \
    X(employment, C, "percent", "employment: what labour is paid over the wage")                             \
    X(wage, C, "percent", "wage in the numeraire (world value added constant)")                              \
    X(consumer_price, C, "percent", "consumer price index at this month's users' prices")                    \
    X(retail_price, C, "percent", "consumer price index in shops, which follows with a lag")                 \
    X(import_price, C, "percent", "price of imports at the border, before duty: value over volume")          \
    X(export_price, C, "percent", "price of exports at the border, before duty: value over volume")          \
    X(value_added, C, "million USD a month", "value added in the numeraire")                                 \
    X(income, C, "million USD a month",                                                                      \
      "income, borrowing included: final demand plus inventory investment")                                  \
    X(final_demand, C, "million USD a month", "final demand")                                                \
    X(inventory_investment, C, "million USD a month", "purchases beyond use, at users' prices")              \
    X(duties, C, "million USD a month", "import duty revenue")                                               \
    X(export_taxes, C, "million USD a month", "export tax revenue")                                          \
    X(rents, C, "million USD a month", "licence rents received")                                             \
    X(deficit, C, "million USD a month", "trade deficit, borrowing included")                                \
    X(imports, C, "million USD a month", "imports at customs value")                                         \
    X(exports, C, "million USD a month", "exports at customs value")                                         \
    X(import_volume, C, "percent", "imports at base prices")                                                 \
    X(export_volume, C, "percent", "exports at base prices")                                                 \
    X(users_stopped, C, "1", "sectors whose output is held down by want of a licensed input")                \
    X(user_price, S, "percent", "price to users, duties and premia included")                                \
    X(producer_price, S, "percent", "unit cost: the price producers get")                                    \
    X(sector_output, S, "million USD a month", "gross output, producer revenue net of export tax")           \
    X(sector_volume, S, "percent", "gross output at constant producer prices")                               \
    X(sector_imports, S, "million USD a month", "imports at customs value")                                  \
    X(sector_exports, S, "million USD a month", "exports at customs value")                                  \
    X(sector_export_volume, S, "percent", "exports at base prices")                                          \
    X(output_lost, S, "million USD a month at base prices",                                                  \
      "normal output that a licensed input, being short, does not allow")                                    \
    X(output_limit, S, "1",                                                                                  \
      "output allowed by licensed inputs over normal output; 1 where nothing is short")                      \
    X(days_of_stock, S, "days",                                                                              \
      "stock of this licensed input over a day's normal use; missing where none is licensed")

typedef enum {
#define PL_PATH_ENUM(name, axes, unit, text) PL_PATH_##name,
    PL_PATH_VARIABLES(PL_PATH_ENUM)
#undef PL_PATH_ENUM
        PL_PATH_COUNT
} pl_path_variable;
const char *pl_path_name(pl_path_variable variable);
const char *pl_path_unit(pl_path_variable variable);
const char *pl_path_text(pl_path_variable variable);
bool pl_path_by_sector(pl_path_variable variable);

/* Trade of two countries over all sectors, [N][N] buyer and seller, home sales included. */
#define PL_PAIR_VARIABLES(X)                                                                                 \
    X(purchases, "million USD a month", "purchases at customs value: what customs sees")                     \
    X(purchase_volume, "million USD a month at base prices", "purchases at base prices")                     \
    X(use, "million USD a month", "use at customs value: purchases less what goes to stock")                 \
    X(goods, "million USD a month", "purchases of goods at customs value")                                   \
    X(duties, "million USD a month",                                                                         \
      "import duty on purchases, less what is due beyond a tariff-rate quota")                               \
    X(stock, "months", "stock of flows whose policy changes, in months of their use in the base year")
typedef enum {
#define PL_PAIR_ENUM(name, unit, text) PL_PAIR_##name,
    PL_PAIR_VARIABLES(PL_PAIR_ENUM)
#undef PL_PAIR_ENUM
        PL_PAIR_COUNT
} pl_pair_variable;

/* A flow (sector, buyer, seller) whose policy changes at some date, and so may be stocked. */
#define PL_FLOW_VARIABLES(X)                                                                                 \
    X(purchases, "million USD a month", "purchases at customs value")                                        \
    X(purchase_volume, "million USD a month at base prices", "purchases at base prices")                     \
    X(use_volume, "million USD a month at base prices", "use at base prices")                                \
    X(stock, "months", "stock at the end of the month, in months of use in the base year")                   \
    X(landed_price, "percent", "price to the buyer, duty and premium included, change from the baseline")    \
    X(premium, "percent", "licence or quota premium")
typedef enum {
#define PL_FLOW_ENUM(name, unit, text) PL_FLOW_##name,
    PL_FLOW_VARIABLES(PL_FLOW_ENUM)
#undef PL_FLOW_ENUM
        PL_FLOW_COUNT
} pl_flow_variable;

/* A flow under a licence regime; volumes at base prices. */
#define PL_QUEUE_VARIABLES(X)                                                                                \
    X(orders, "million USD a month at base prices", "licences applied for in the month")                     \
    X(backlog, "million USD a month at base prices", "applications not decided at the end of the month")     \
    X(decided, "million USD a month at base prices", "applications decided in the month")                    \
    X(approved, "million USD a month at base prices", "licences granted in the month")                       \
    X(licensed, "million USD a month at base prices", "licences granted, valid and not used at its end")     \
    X(exports, "million USD a month at base prices", "exports in the month")
typedef enum {
#define PL_QUEUE_ENUM(name, unit, text) PL_QUEUE_##name,
    PL_QUEUE_VARIABLES(PL_QUEUE_ENUM)
#undef PL_QUEUE_ENUM
        PL_QUEUE_COUNT
} pl_queue_variable;

/* How well a month was solved. `residual` is as in a result's certificate, recomputed by plain loops. */
typedef struct {
    pl_certificate residual;
    double stocks; /* (14): stocks add up and none is negative */
    double worst;
    bool converged;
    size_t iterations;
} pl_month;

typedef struct pl_path pl_path;

/* Prepares the path of one variant from the month of `from` on. Scenario and world are borrowed. Cost: the policy of every
 * month; memory: for each month, every variable and the flows whose policy changes. */
pl_status pl_path_new(const pl_scenario *scenario, const pl_world *world, size_t variant, pl_date from,
                      size_t months, pl_path **path, pl_error *error);
/* Solves one month, then another; PL_INVALID past the last. A month that did not converge is not a failure: see
 * pl_path_month. Between steps the path can be read, or freed. */
pl_status pl_path_step(pl_path *path, pl_error *error);
void pl_path_free(pl_path *path);

/* The month before the first date of a variant's measures; false when none has a date. */
bool pl_path_first(const pl_scenario *scenario, size_t variant, pl_date *month);

size_t pl_path_months(const pl_path *path);
size_t pl_path_done(const pl_path *path);
/* The first day of a month. */
pl_date pl_path_date(const pl_path *path, size_t month);
/* Largest of all months' residuals so far in `worst`; `converged` when every month did. */
pl_month pl_path_quality(const pl_path *path);
const pl_month *pl_path_month(const pl_path *path, size_t month);
const pl_model *pl_path_model(const pl_path *path);

/* A month's values: [N], or [J][N] when by sector. Borrowed. */
const double *pl_path_get(const pl_path *path, pl_path_variable variable, size_t month);
const double *pl_path_pair(const pl_path *path, pl_pair_variable variable, size_t month); /* [N][N] */
/* The flows with their positions (sector * N + buyer) * N + seller, ascending, and a month's values. */
size_t pl_path_flows(const pl_path *path, const size_t **positions);
const double *pl_path_flow(const pl_path *path, pl_flow_variable variable, size_t month);
/* The flows under licence regimes: name of the regime and position, and a month's values. */
size_t pl_path_queues(const pl_path *path);
const char *pl_path_queue_name(const pl_path *path, size_t queue);
size_t pl_path_queue_flow(const pl_path *path, size_t queue);
const double *pl_path_queue(const pl_path *path, pl_queue_variable variable, size_t month);

/* Every bilateral flow of the month solved last, [J][N][N]: purchases at customs value, million USD a month, and at base
 * prices. Either may be NULL. */
void pl_path_trade(const pl_path *path, double *value, double *volume);

/*
 * Bottlenecks in quantities alone, day by day (Pichler, Pangallo, del Rio-Chanona, Lafond and Farmer 2022): sectors with
 * stocks of inputs, orders, capacity and labour. In a day: demand, capacity, limit from inputs, output, rationing in
 * proportion, stocks, hiring.
 */
typedef enum {
    PL_INPUTS_ESSENTIAL, /* every input: output <= stock / coefficient */
    PL_INPUTS_HALF,      /* inputs of criticality 1; those of 1/2 stop half of output */
    PL_INPUTS_CRITICAL,  /* only inputs of criticality 1 */
    PL_INPUTS_LINEAR     /* inputs stand in for each other */
} pl_input_rule;

typedef struct {
    size_t sectors;
    const double *coefficient;         /* [J][J] [input][user], a unit of output */
    const double *final;               /* [J] final demand a day */
    const double *stock_days;          /* [J] by input */
    const double *criticality;         /* [J][J] [input][user]: 1, 0.5 or 0 */
    double restocking, hiring, firing; /* days */
    pl_input_rule rule;
} pl_bottleneck;

/* Runs `days` days. `cap` [days][J] is the most a sector can make, over its baseline; INFINITY for no limit. Fills `output`
 * [days][J] and `final` [days][J] (may be NULL) over baseline. PL_INVALID when the coefficients leave no output for final
 * demand. */
pl_status pl_bottleneck_run(const pl_bottleneck *b, size_t days, const double *cap, double *output,
                            double *final, pl_error *error);

/* ---- talks ------------------------------------------------------------------------------------------------- */

/*
 * A game in YAML (docs/talks.md): who sits at the table, what each wants, which instruments each holds and how far they
 * reach, what happens without a deal, and packages somebody proposes. Payoffs are in percent of the player's baseline
 * income; without political weights a payoff is the player's own real income.
 */
typedef struct pl_game pl_game;

/* Reads a game (or that of a scenario that names one) with its scenario, loads the world and calibrates the model. `world` (may be
 * NULL) takes the place of the scenario's, `stop` is as in pl_solve_many and kept. PL_INVALID names file, line, player or
 * instrument and what is allowed. */
pl_status pl_game_load(const char *path, const char *world, volatile int *stop, pl_game **game,
                       pl_error *error);
void pl_game_free(pl_game *game);

/* How far an answer being worked out in another thread is: equilibria solved so far; and how much is done of how much is
 * expected in all, which is an estimate but only grows and never passes `wanted`. May be called while pl_talks_new runs. */
typedef struct {
    size_t solves, done, wanted;
} pl_talks_progress;
pl_talks_progress pl_game_progress(const pl_game *game);

/* A point of a frontier that has been found; payoffs are to about 1e-6, and a better neighbour may still take its place. */
typedef struct {
    char name[32]; /* as in the answer: corner-1, point-7 */
    bool converged;
    double payoff[2]; /* by player, percent */
} pl_talks_point;
/* Copies the points found since the first `from` into `point` [most], and returns how many. May be called while pl_talks_new runs. */
size_t pl_game_found(const pl_game *game, size_t from, pl_talks_point *point, size_t most);

const char *pl_game_name(const pl_game *game);
const char *pl_game_title(const pl_game *game);
const char *pl_game_world_name(const pl_game *game);
const pl_world *pl_game_world(const pl_game *game);
const pl_model *pl_game_model(const pl_game *game);
size_t pl_game_players(const pl_game *game);
const char *pl_game_player(const pl_game *game, size_t player);
bool pl_game_is_member(const pl_game *game, size_t player, size_t country);
double pl_game_discount(const pl_game *game);
/* Whether that is enough for a deal that needs `patience`, but for 1e-6: the best deal that is kept needs all of it. */
bool pl_game_keeps(const pl_game *game, double patience);
double pl_game_lag(const pl_game *game);
/* Periods a breach is punished for; INFINITY for ever. */
double pl_game_punishment(const pl_game *game);
/* Whether it is punished by mutual best responses, or by having no deal. */
bool pl_game_punishes_by_nash(const pl_game *game);
const char *pl_game_period(const pl_game *game);

/* An instrument: one number a player sets, within bounds, on a set of flows. */
typedef struct {
    const char *name, *family, *kind,
        *title; /* borrowed; `family` is the entry of the file it is a part of */
    size_t player, flows;
    double low, high; /* a rate, or a level new over base */
    bool is_level;    /* quota and licence; a rate otherwise */
} pl_instrument_facts;
size_t pl_game_instruments(const pl_game *game);
/* Reads "NAME=LEVEL" into `setting` [instruments]: NAME is an entry of the file, which sets all its parts, or one part;
 * LEVEL is a rate, as 30% or 0.3. PL_INVALID for an unknown name or a level outside the box. */
pl_status pl_game_set(const pl_game *game, const char *text, double *setting, pl_error *error);
pl_instrument_facts pl_game_instrument(const pl_game *game, size_t instrument);

/* What an instrument's number means where it stands today, averaged over the base trade of its flows. A quantity that nothing
 * limits today stands at 1. Costs a pass over the controls of today's variant. */
typedef struct {
    bool adds;     /* a rate on top of what stands, else in its place */
    double today;  /* the instrument's number that changes nothing */
    double stands; /* the rate or level in force */
    double share;  /* of each flow that is covered */
    double trade;  /* base value of its flows, million USD a year */
} pl_instrument_basis;
pl_instrument_basis pl_game_instrument_basis(const pl_game *game, size_t instrument);

/* Packages of the file. Borrowed; `setting` [instruments] is NaN where it is as it stands, `transfer` [players] is in million USD. */
typedef struct {
    const char *name, *title;
    size_t variant;
    const double *setting, *transfer;
} pl_package_facts;
size_t pl_game_packages(const pl_game *game);
pl_package_facts pl_game_package(const pl_game *game, size_t package);

const pl_scenario *pl_game_scenario(const pl_game *game); /* borrowed */
size_t pl_game_today(const pl_game *game);                /* variant that stands */
/* What there is without a deal: "variant" (and which), "nash" or "closed". */
const char *pl_game_disagreement(const pl_game *game, size_t *variant);
/* Baseline income of the members, million USD a year. */
double pl_game_income(const pl_game *game, size_t player);
/* In bargains; weights add up to one. */
double pl_game_weight(const pl_game *game, size_t player);
/* Whether the payoff is plain real income, without weights by sector. */
bool pl_game_is_real_income(const pl_game *game, size_t player);
/* Whether lump sums may change hands, and at most which share of the smallest player's income. */
bool pl_game_transfers(const pl_game *game, double *limit);
/* The text the file has at section/name/key, such as instruments/us-tariff/source or, with NULL for what is left out, note.
 * Borrowed; "" where there is none. */
const char *pl_game_said(const pl_game *game, const char *section, const char *name, const char *key);

/* How an answer is looked for. */
typedef struct {
    size_t points;  /* of a frontier */
    size_t starts;  /* of every search for an optimum */
    size_t draws;   /* of the elasticities; 0 for no intervals */
    size_t threads; /* 0: one for each processor; results do not depend on it */
    uint64_t seed;  /* of draws and of starts */
    size_t player;  /* best response: whose, SIZE_MAX for everybody's */
    /* value: the package, [instruments], NaN where it stands as today; NULL for nothing set. Borrowed. */
    const double *setting;
    bool kept; /* value: also the best breach of it, and the patience it needs */
} pl_talks_options;
void pl_talks_options_init(pl_talks_options *options);

typedef enum {
    PL_BEST_RESPONSE,
    PL_NASH,
    PL_FRONTIER,
    PL_BARGAIN,
    PL_SUSTAIN,
    PL_TABLE,
    PL_VALUE,
    PL_VERBS
} pl_verb;
const char *pl_verb_text(pl_verb verb);

/* A deal, or a point where there is none: what is set, what it is worth to whom, and whether it would be signed and kept.
 * Arrays by player unless they say otherwise. NaN: not asked. */
typedef struct {
    char *name, *title, *outcome; /* outcome: how the search for it ended, "" when there was none */
    bool converged;               /* search and solve */
    size_t evaluations;           /* equilibria solved for it */
    size_t variant;               /* of the scenario, under the settings */
    double *setting;              /* [instruments] NaN: as it stands */
    double *payoff;               /* percent of baseline income */
    double *against;              /* payoff less the disagreement's */
    double *low, *high;           /* payoff at the 5th and the 95th percentile of draws */
    double *gain_low, *gain_high; /* the same of the gain over no deal, draw by draw */
    double *signs_share;          /* share of the draws in which it would be signed */
    double *deviation;            /* payoff of the best breach while the others keep to it */
    double *patience;             /* smallest discount factor at which it is kept; INFINITY: never */
    double *patience_otherwise;   /* the same under the other punishment: mutual best responses, or no deal */
    double *transfer;             /* million USD a year received */
    bool *signs, *keeps;
    double *real_income; /* [countries] percent */
    double *money;       /* [countries] equivalent variation, million USD a year */
    double residual;     /* of its certificate: the largest */
    double rank;         /* the table is in falling order of it */
} pl_deal;

typedef struct {
    const pl_game *game; /* borrowed */
    pl_verb verb;
    bool warm; /* the package was solved from one near by: equal to 1e-9, not to the bit, and not certified */
    size_t deals;
    pl_deal *deal; /* the first is the disagreement */
    size_t notes;
    char **note; /* what a reader must know, in sentences */
    size_t draws;
    char *drawn_from;    /* what the elasticities of the draws are from, in words; NULL without draws */
    double largest_gain; /* Nash: the largest gain from deviating, percent; NaN otherwise */
    bool punish_lost; /* the search for mutual best responses, by which a breach is punished, stopped early */
    double *punished; /* [players] payoff while a breach is punished; NULL where no breach was asked about */
    double *
        worth; /* table: [entries of the file][opened, closed][players] payoff over today's when only that entry moves to
                      its end; NULL otherwise */
} pl_talks;

/* The smallest discount factor at which a player keeps a deal when a breach shows after `lag` periods: 0 where a breach gains
 * nothing, INFINITY for never, NaN where no breach was asked about. */
double pl_talks_patience(const pl_talks *talks, size_t deal, size_t player, double lag);

/* Answers one verb. PL_OK also when a search stopped early: see pl_talks_converged and the deal's outcome. */
pl_status pl_talks_new(const pl_game *game, pl_verb verb, const pl_talks_options *options, pl_talks **talks,
                       pl_error *error);
bool pl_talks_converged(const pl_talks *talks);
void pl_talks_free(pl_talks *talks);

/* ---- observed series and the backtest ---- */

/* One observation of a series. basis is "level", "collected" (a rate), "year on year" or "month on month". */
typedef struct {
    const char *series, *unit, *basis, *source;
    int year, month;
    double value;
} pl_series_point;

/* Observed series from every *.csv table with the columns series,month,value,unit,basis,source in a folder (docs/backtest.md);
 * NULL for the built-in one. PL_INVALID for an unknown series, a basis that is missing or not one of its series, and two
 * values for one month and basis: the message names file and line. */
typedef struct pl_series pl_series;
pl_status pl_series_load(const char *folder, pl_series **series, pl_error *error);
void pl_series_free(pl_series *series);
size_t pl_series_count(const pl_series *series);
pl_series_point pl_series_get(const pl_series *series, size_t index);
/* The built-in folder, from PARLEY_SERIES or where Parley is installed. */
const char *pl_series_folder(void);

/* A month of an observed series: as reported, or derived from the levels of two months. Texts are the series'. */
typedef struct {
    size_t month;               /* of the path */
    const char *basis, *source; /* basis: "level", "collected" (a rate), "month on month" or "year on year" */
    double value;
    bool derived;
} pl_observed_point;

/* An observed series and what a path says of the same on each basis, [months]; NaN where it says nothing. Levels of the base
 * year and the mean of what was observed in the year before the path make indices of both. */
typedef struct {
    const char *series, *text;
    const char *importer, *exporter; /* codes, "all", or "others": all but China; "" for none */
    const char *unit, *model_unit, *change_unit, *model_basis;
    double base, observed_base; /* observed_base is NaN when nothing was observed then */
    size_t base_months;
    const double *level, *month_on_month, *year_on_year;
    size_t points;
    const pl_observed_point *point;
} pl_observed;

/* The series observed in the months a path has done, beside the path. Path and series are borrowed. No rows when the world
 * lacks their countries, or the months were not observed. */
typedef struct pl_comparison pl_comparison;
pl_status pl_comparison_new(const pl_path *path, const pl_series *series, pl_comparison **comparison,
                            pl_error *error);
void pl_comparison_free(pl_comparison *comparison);
size_t pl_comparison_rows(const pl_comparison *comparison);
const pl_observed *pl_comparison_row(const pl_comparison *comparison, size_t row);

/* A free parameter of the path: what it was set to and between which bounds it was sought. */
typedef struct {
    const char *name, *text;
    double value, start, low, high;
    bool fitted;
} pl_backtest_parameter;

/* One observation of the window, what the path says, and what three naive forecasts say: the last month before the window
 * again, the same month a year before again, and the long-run equilibrium of that month's policy. NaN where there is none. */
typedef struct {
    pl_series_point observed;
    double predicted, last_month, last_year, long_run;
} pl_backtest_row;

/* Root mean square errors of a series on one basis: percent of levels, points of rates and changes. NaN: none. */
typedef struct {
    const char *series, *basis;
    size_t months;
    double predicted, last_month, last_year, long_run;
} pl_backtest_score;

typedef struct pl_backtest pl_backtest;

/* Prepares a backtest: parameters are sought on 2018-19 (`history`, a scenario; NULL for the built-in one) and on January to
 * March 2025, April to June 2025 is predicted. Scenario, world and series are borrowed; the scenario's settings are
 * written to. Without `fit` they are left as they are. */
pl_status pl_backtest_new(pl_scenario *scenario, const pl_world *world, const pl_series *series,
                          const char *history, bool fit, pl_backtest **backtest, pl_error *error);
/* One evaluation of the search, or the prediction at its end; *done when there is nothing left. `stop` as in pl_solve_many. */
pl_status pl_backtest_step(pl_backtest *backtest, volatile int *stop, bool *done, pl_error *error);
void pl_backtest_free(pl_backtest *backtest);
/* Evaluations so far, and the root mean square error of the fit in percent at the best of them. */
size_t pl_backtest_evaluations(const pl_backtest *backtest);
double pl_backtest_fit(const pl_backtest *backtest);
size_t pl_backtest_parameters(const pl_backtest *backtest);
pl_backtest_parameter pl_backtest_get_parameter(const pl_backtest *backtest, size_t index);
size_t pl_backtest_rows(const pl_backtest *backtest);
pl_backtest_row pl_backtest_get_row(const pl_backtest *backtest, size_t index);
size_t pl_backtest_scores(const pl_backtest *backtest);
pl_backtest_score pl_backtest_get_score(const pl_backtest *backtest, size_t index);
/* What the prediction is for any month from November 2024 to June 2025; NaN when there is no base to start from. */
double pl_backtest_predict(const pl_backtest *backtest, const char *series, const char *basis, int year,
                           int month);

/* A number of a report, and what the model has for it: facts of a scenario against its path. */
typedef struct {
    const char *fact, *text, *note; /* of the fact */
    const char *observation;        /* id; "" when the fact has no number */
    const char *what, *unit, *basis, *period;
    double value, model; /* NaN: none */
    const char *why;     /* how the model's number is made, or why there is none */
} pl_fact_row;
typedef struct pl_fact_table pl_fact_table;
pl_status pl_facts_new(pl_scenario *scenario, const pl_world *world, const pl_series *series,
                       volatile int *stop, pl_fact_table **table, pl_error *error);
void pl_facts_free(pl_fact_table *table);
size_t pl_facts_rows(const pl_fact_table *table);
pl_fact_row pl_facts_get(const pl_fact_table *table, size_t index);

/* ---- runs and reports -------------------------------------------------------------------------------------- */

/* A scenario solved: every variant with its policy, result and certificate. Read-only once made. */
typedef struct {
    const pl_scenario *scenario; /* borrowed */
    const pl_world *world;       /* borrowed: the one given; pl_model_world(model) is the one solved on */
    pl_model *model;
    size_t variants;
    pl_policy **policy;          /* [variants] */
    pl_result **result;          /* [variants] */
    pl_certificate *certificate; /* [variants] */
    bool certified;              /* whether the certificates were computed */
    bool warm; /* whether it was solved from a solution nearby: equal to 1e-9, not to the bit */
} pl_run;

/* Solves every variant (settings' threads at a time) and certifies each. `stop` as in pl_solve_many. PL_OK also when a
 * variant did not converge: see pl_run_converged. */
pl_status pl_run_new(const pl_scenario *scenario, const pl_world *world, volatile int *stop, pl_run **run,
                     pl_error *error);
/* The same, with or without the certificates. */
pl_status pl_run_solve(const pl_scenario *scenario, const pl_world *world, bool certify, volatile int *stop,
                       pl_run **run, pl_error *error);
bool pl_run_converged(const pl_run *run);
void pl_run_free(pl_run *run);

/* How a summary is laid out on a terminal. */
typedef struct {
    size_t width; /* columns */
    bool colour;
    size_t rows; /* countries listed each way; 0 is the default */
    bool ascii;  /* small pictures of characters use ASCII ones only */
} pl_layout;

/* Columns a UTF-8 text takes on a terminal. A byte that is not UTF-8 counts as one. */
size_t pl_text_width(const char *text);
/* Writes `text` into `out`, cut to `width` columns with an ellipsis where it is longer; returns its columns. */
size_t pl_text_cut(char *out, size_t size, const char *text, size_t width);
/* Writes words of `text` as lines of at most `width` columns. The first line starts with `lead`, later ones with as many
 * spaces, or with four where the lead takes half of the width or a word would not fit behind it. */
void pl_text_wrap(FILE *out, const char *lead, const char *text, size_t width);
/* Replaces in place what is not ASCII by one ASCII character as wide: letters lose their accents, an arrow becomes '>', an
 * ellipsis '.'. Letters of other scripts, and bytes that are not UTF-8, stay. */
void pl_text_fold(char *text);
/* A small picture of at most 24 values: a character for each, higher for larger ones, blank for what is not a number. */
void pl_report_spark(char *out, size_t size, const double *value, size_t count, bool ascii);

/* Writes a summary a person can read: who wins and loses, by how much, in units, variants side by side, with the
 * certificate. No wall-clock time, so that equal results give equal bytes. */
pl_status pl_report_summary(FILE *out, const pl_run *run, const pl_layout *layout, pl_error *error);

/* The run as one JSON document on `out`. */
pl_status pl_report_json(FILE *out, const pl_run *run, pl_error *error);

/* A schedule as a table for people, as JSON and as CSV. */
pl_status pl_report_timeline(FILE *out, const pl_timeline *timeline, const pl_layout *layout,
                             pl_error *error);
pl_status pl_report_timeline_json(FILE *out, const pl_timeline *timeline, pl_error *error);
pl_status pl_report_timeline_csv(FILE *out, const pl_timeline *timeline, pl_error *error);

/* Writes results.nc, results.json, countries.csv, sectors.csv and trade.csv into `folder` (made if missing), all or nothing.
 * `command` (may be NULL) is recorded as how to reproduce it. */
pl_status pl_report_write(const char *folder, const pl_run *run, const char *command, pl_error *error);

/* An answer to be written, and how it was asked for. */
typedef struct {
    const pl_talks *talks;
    const char *command; /* may be NULL */
} pl_talks_view;
/* The answer for people, as JSON, and as talks.json, deals.csv, instruments.csv and countries.csv in `folder`. */
pl_status pl_report_talks(FILE *out, const pl_talks *talks, const pl_layout *layout, pl_error *error);
pl_status pl_report_talks_json(FILE *out, const pl_talks_view *view, pl_error *error);
pl_status pl_report_talks_write(const char *folder, const pl_talks_view *view, pl_error *error);

/* A path to be shown or written. The countries of the table; with none, those whose policy changes most of trade. */
typedef struct {
    const pl_scenario *scenario;
    size_t variant;
    const pl_path *path;
    const char *command;   /* may be NULL */
    const size_t *country; /* [countries] */
    size_t countries;
    /* Of the JSON: sectors shown by country, names of variables (none: all by country, pair and
     * licence), observed series. */
    const size_t *sector; /* [sectors] */
    size_t sectors;
    const char *const *variable; /* [variables] as pl_path_variable_check takes them */
    size_t variables;
    const pl_comparison *observed; /* may be NULL */
} pl_path_view;

/* Checks the name of a variable of a path's JSON: "duties", or of one part "pairs.duties" (countries, pairs, licences,
 * sectors). PL_INVALID with a suggestion. */
pl_status pl_path_variable_check(const char *name, pl_error *error);

/* A table a person can read, a line a month: trade of the countries shown with each other, on the month before and on the
 * year before, what is bought and what is used, duties, prices, output, licences; with the certificate. */
pl_status pl_report_path(FILE *out, const pl_path_view *view, const pl_layout *layout, pl_error *error);
/* Variables of countries, pairs whose policy changes, and licences, month by month, as one JSON document. */
pl_status pl_report_path_json(FILE *out, const pl_path_view *view, pl_error *error);
/* Writes path.nc (everything), path.json, months.csv, countries.csv, sectors.csv (countries shown), pairs.csv, flows.csv and
 * licences.csv into `folder` (made if missing), all or nothing. */
pl_status pl_report_path_write(const char *folder, const pl_path_view *view, pl_error *error);

/* ---- questions --------------------------------------------------------------------------------------------- */

/* One option of `parley run`, without its dashes: {"tariff", "USA<-CHN=145%"}. A scenario file is {"scenario", path}; a
 * flag such as "timeline" has the value "". */
typedef struct {
    const char *name, *value;
} pl_asked;

/* Writes a word in quotes that a shell takes off again, for commands that can be pasted. */
void pl_shell_quote(FILE *out, const char *word);

/* What is asked of a run: options as on the command line, so that the program, the page and a binding ask in one way. */
typedef struct pl_question pl_question;

/* Checks the form of the options and copies them. Names: scenario, tariff, export-tax, iceberg, option, variant, on, dates, move,
 * world, threads, variables, country, certificate, rows, timeline, pair, csv, and every setting by its name. PL_INVALID for an
 * unknown name, with a suggestion, and for a value that is not of its form. */
pl_status pl_question_new(const pl_asked *asked, size_t count, pl_question **question, pl_error *error);
void pl_question_free(pl_question *question);

/* Reads the scenario files and applies everything in this order: world and settings, options, variants, dates and days, then
 * the measures of one line, which come on top of all others. */
pl_status pl_question_scenario(const pl_question *question, pl_scenario **scenario, pl_error *error);

/* The command that asks the same, without what does not change results. Borrowed. */
const char *pl_question_command(const pl_question *question);

/* What else was asked. Texts are borrowed. */
typedef struct {
    bool timeline, csv;
    size_t rows;             /* 0: not said */
    size_t scenarios, pairs; /* files; pairs of the timeline */
    const char *const *pair; /* [pairs] */
    bool certificate;        /* false when it was declined */
    bool certificate_said;
} pl_question_facts;
pl_question_facts pl_question_get(const pl_question *question);

/* The part of a run that is shown: some variables (none: all of them), and countries shown with partners and sectors. */
typedef struct {
    size_t variables, countries;
    pl_variable *variable; /* [variables] */
    size_t *country;       /* [countries] */
} pl_view;

/* The view a question asks for; free it with pl_view_clear. PL_INVALID for an unknown variable or country. */
pl_status pl_question_view(const pl_question *question, const pl_world *world, pl_view *view,
                           pl_error *error);
void pl_view_clear(pl_view *view);

/* pl_report_json of a part of a run, and pl_report_write with two more tables where the view names countries: partners.csv
 * and country_sectors.csv. `view` may be NULL. */
pl_status pl_report_json_view(FILE *out, const pl_run *run, const pl_view *view, pl_error *error);
pl_status pl_report_write_view(const char *folder, const pl_run *run, const pl_view *view,
                               const char *command, pl_error *error);
/* The countries of a view as tables for people: partners and sectors before and after, at most the layout's rows of each
 * (0: 15), the largest first. */
pl_status pl_report_countries(FILE *out, const pl_run *run, const pl_view *view, const pl_layout *layout,
                              pl_error *error);

/* The desk: answers questions in JSON again and again, by many callers at once. It keeps worlds, scenarios, models, solvers and
 * last solutions, and reads a file again when it has changed. Everything about it is safe for threads. */
typedef struct pl_desk pl_desk;

typedef struct {
    size_t threads; /* equilibria solved at a time, others wait in turn; 0: one for each processor */
    size_t memory;  /* bytes kept between questions; what was used longest ago goes first; 0: 512 MiB */
} pl_desk_options;
/* `options` may be NULL. Nothing is loaded until it is asked for. */
pl_status pl_desk_new(const pl_desk_options *options, pl_desk **desk, pl_error *error);
/* No call may be under way. */
void pl_desk_free(pl_desk *desk);

/* Writes on `out` what `parley run ... --json` prints for these options, the same bytes. With `warm` it starts from the solution
 * nearest to the question and computes the certificate only when asked ("certificate" = "yes"): values agree to 1e-9, and the
 * document says "start": "warm". Nothing is written on failure. PL_OK also when a variant did not converge: the document
 * says so. PL_CANCELLED when `stop` (may be NULL) becomes nonzero. */
pl_status pl_desk_answer(pl_desk *desk, const pl_asked *asked, size_t count, bool warm, volatile int *stop,
                         FILE *out, pl_error *error);
/* The same for `parley talks value GAME --set ... --json`, always warm: no deal and today are solved once a game, to the bit of the
 * command, and a package from those before it. Options are scenario (the game), world and set. The package's residual is
 * not computed. PL_FAILED where no deal has to be searched for: such work is the command's. */
pl_status pl_desk_value(pl_desk *desk, const pl_asked *asked, size_t count, volatile int *stop, FILE *out,
                        pl_error *error);

/* ---- sweeps ------------------------------------------------------------------------------------------------ */

/*
 * One question over ranges: every combination of what is varied, or a sample of them, each a member solved and certified
 * like a run (docs/manual/parley-sweep.md). What is varied is text as after --vary: "tariff USA<-CHN=0%..145%:30",
 * "setting kappa=1.5,3,inf", "measure us-145=0%..145% by 5%", "option chips", "elasticities *", "variant war,truce".
 */
typedef struct pl_scan pl_scan; /* a sweep is also a pass over an array, hence the word */

typedef struct {
    const char *variant; /* of the scenario; NULL: its first */
    size_t samples;      /* members drawn at random, one in each part of every range; 0: every combination */
    uint64_t seed;       /* of the sample */
    bool
        cold; /* each member from a cold start: the same bits as pl_run_new. Otherwise from a neighbour: the same to tolerance */
    const pl_variable
        *variable; /* [variables] what is kept of each member; with none, all that are by country */
    size_t variables;
} pl_scan_options;

/* Reads what is varied and lays out the members. Measures on one line are added to the scenario, which is borrowed like the
 * world. PL_INVALID for a range that is empty, a step of zero, a name that is not known, too many members (the message says
 * how many are possible), and for rates that cannot be at either end of a range. */
pl_status pl_scan_new(pl_scenario *scenario, const pl_world *world, const char *const *vary, size_t count,
                      const pl_scan_options *options, pl_scan **scan, pl_error *error);
/* Solves every member, the settings' threads at a time: the same bits for any number of them. PL_CANCELLED when `stop` (as
 * in pl_solve_many) became nonzero; the members solved until then are kept. */
pl_status pl_scan_run(pl_scan *scan, volatile int *stop, pl_error *error);
void pl_scan_free(pl_scan *scan);

const pl_scenario *pl_scan_scenario(const pl_scan *scan);
const pl_world *pl_scan_world(const pl_scan *scan);
const char *pl_scan_variant(const pl_scan *scan);
bool pl_scan_is_sampled(const pl_scan *scan);

/* What is varied, in the order it was given. A grid has `count` values; a sample has one for each member. */
typedef struct {
    const char *name, *label, *unit; /* name: for files; unit: "percent", "1", or "" for words */
    size_t count;
    bool numeric;
    const char *const *text; /* [count] as they would be written */
    const double *value;     /* [count] */
} pl_scan_dimension;
size_t pl_scan_dimensions(const pl_scan *scan);
pl_scan_dimension pl_scan_get_dimension(const pl_scan *scan, size_t dimension);

/* Members of a grid are in the order of their positions, the last dimension fastest. `residual` is the certificate's worst;
 * NaN where a member is not solved. */
typedef struct {
    bool solved, converged;
    size_t iterations;
    double residual;
} pl_scan_member;
size_t pl_scan_members(const pl_scan *scan);
/* How many are solved so far; may be called while pl_scan_run works in another thread. */
size_t pl_scan_done(const pl_scan *scan);
pl_scan_member pl_scan_get_member(const pl_scan *scan, size_t member);
size_t pl_scan_position(const pl_scan *scan, size_t member, size_t dimension);
size_t pl_scan_variables(const pl_scan *scan);
pl_variable pl_scan_variable(const pl_scan *scan, size_t index);
/* A member's values, [N] or [J][N], NaN where it is not solved; NULL for a variable that is not kept. Borrowed. */
const double *pl_scan_get(const pl_scan *scan, pl_variable variable, size_t member);

/* The members at which a variable by country is lowest and highest (SIZE_MAX: none converged). `peak`: the value of the one
 * thing varied at which it is highest, between the values tried, by a parabola through three of them; NaN where there is none. */
typedef struct {
    size_t low, high;
    double lowest, highest, peak;
} pl_scan_ends;
pl_scan_ends pl_scan_extremes(const pl_scan *scan, pl_variable variable, size_t country);
/* Fills `mean` [parts] with the variable along a dimension cut into equal parts, averaged over everything else varied; NaN
 * where no member converged. False when out of memory. There are at most as many parts as values to tell apart. */
bool pl_scan_along(const pl_scan *scan, pl_variable variable, size_t country, size_t dimension, size_t parts,
                   double *mean);
size_t pl_scan_parts(const pl_scan *scan, size_t dimension);

/* All members together: `worst` is the largest residual of those that converged, and whose it is (SIZE_MAX: none). */
typedef struct {
    size_t solved, converged, iterations, worst_member;
    double worst;
} pl_scan_quality;
pl_scan_quality pl_scan_judge(const pl_scan *scan);

/* A sweep to be shown or written. */
typedef struct {
    const pl_scan *scan;
    const char *command;   /* may be NULL */
    const size_t *country; /* [countries] the ones shown */
    size_t countries;
    pl_variable variable; /* the one shown, by country */
} pl_scan_view;
/* For every country shown where the variable is highest and lowest and how it goes along each thing varied; a table of all
 * members where one or two things are varied; the certificate. */
pl_status pl_report_sweep(FILE *out, const pl_scan_view *view, const pl_layout *layout, pl_error *error);
/* The countries shown, as one JSON document. */
pl_status pl_report_sweep_json(FILE *out, const pl_scan_view *view, pl_error *error);
/* Writes sweep.nc (all countries), sweep.csv and sweep.json (the countries shown) into `folder` (made if missing), all or
 * nothing. */
pl_status pl_report_sweep_write(const char *folder, const pl_scan_view *view, pl_error *error);

/* ---- the server -------------------------------------------------------------------------------------------- */

/*
 * The web server of `parley serve` (docs/manual/parley-serve.md): the page, and every question of the command line as an address.
 *
 *   pl_serve_new -> pl_serve_step (until there is a reason to end) -> pl_serve_free
 */
typedef struct pl_serve pl_serve;

typedef struct {
    const char *scenarios; /* the folder whose scenarios are served, and nothing beside it */
    const char *address;   /* in numbers; NULL: this machine only */
    unsigned port;         /* 0: any that is free */
    const char *token;     /* what a viewer must know; NULL: none on this machine, one of chance elsewhere */
    const char *program;   /* the program that works out long questions; NULL: the one that runs */
} pl_serve_options;

/* Listens and answers in threads of its own; questions for child processes are begun by steps. PL_INVALID for an address, a port,
 * a token or a folder that cannot be had. */
pl_status pl_serve_new(const pl_serve_options *options, pl_serve **serve, pl_error *error);
/* Where to look, with the token. Borrowed. */
const char *pl_serve_url(const pl_serve *serve);
/* Attends to child processes and to viewers who left, for at most as long as said. */
void pl_serve_step(pl_serve *serve, int milliseconds);
/* Stops everything: viewers get a refusal, children end; within a second. */
void pl_serve_free(pl_serve *serve);

/* ---- a result, or two, on one page ------------------------------------------------------------------------- */

/* A result read back from its files. */
typedef struct pl_saved pl_saved;
typedef enum { PL_SAVED_RUN, PL_SAVED_PATH, PL_SAVED_TALKS, PL_SAVED_SWEEP } pl_saved_kind;

/* Reads results.json, path.json, talks.json or sweep.json, or the one of them in a folder; a NetCDF file stands for the JSON
 * beside it. PL_INVALID names the file and what in it is not as it should be. */
pl_status pl_saved_load(const char *path, pl_saved **reading, pl_error *error);
void pl_saved_free(pl_saved *reading);
/* The JSON file that was read, and the name of the result's world ("" when the file does not say). */
const char *pl_saved_file(const pl_saved *reading);
const char *pl_saved_world(const pl_saved *reading);
pl_saved_kind pl_saved_kind_of(const pl_saved *reading);
/* Names of countries and sources of data from a world (borrowed), where the result holds none. */
void pl_saved_use_world(pl_saved *reading, const pl_world *world);
/* Whether everything in it converged. */
bool pl_saved_converged(const pl_saved *reading);

/* What is put on a page: the charts, from one result or from two of one kind. Readings are borrowed. */
typedef struct {
    const pl_saved *reading[2]; /* the second may be NULL */
    const char *variant;        /* of a run: only this one; NULL for all */
    const char *command;        /* how the page was asked for; may be NULL */
} pl_page_asked;
typedef struct pl_page pl_page;
pl_status pl_page_new(const pl_page_asked *asked, pl_page **page, pl_error *error);
void pl_page_free(pl_page *page);
size_t pl_page_charts(const pl_page *page);
const char *pl_page_chart_name(const pl_page *page, size_t chart);
const char *pl_page_chart_title(const pl_page *page, size_t chart);

/* The page as one HTML file without scripts or requests; its charts with their numbers as JSON; one chart as SVG (PL_INVALID,
 * with a suggestion, for a name that is not one of them). */
pl_status pl_report_page(FILE *out, const pl_page *page, pl_error *error);
pl_status pl_report_page_json(FILE *out, const pl_page *page, pl_error *error);
pl_status pl_report_page_chart(FILE *out, const pl_page *page, const char *chart, pl_error *error);
/* The page, or one chart of it (NULL: the page), as a file of a folder, whole or not at all. */
pl_status pl_report_page_write(const char *folder, const char *file, const pl_page *page, const char *chart,
                               pl_error *error);

/* ---- cases and laws ---------------------------------------------------------------------------------------- */

/* One expected number of a case against what was computed. `what` is owned by the case report. */
typedef struct {
    char *what;
    double expected, computed, tolerance;
    bool passed;
} pl_deviation;

typedef struct {
    char *name, *title, *source;
    size_t count, failed;
    pl_deviation *row;
} pl_case_report;

/* Runs one case file (docs/cases.md): a scenario with expected numbers, or a law on a world. */
pl_status pl_case_run(const char *path, pl_case_report **report, pl_error *error);
void pl_case_report_free(pl_case_report *report);
/* Name, title and source of a case file, without running it: a report without rows. */
pl_status pl_case_describe(const char *path, pl_case_report **report, pl_error *error);
/* The case files in a folder, sorted; names are file names without ending. */
pl_status pl_case_list(const char *folder, pl_names *list, pl_error *error);

/* Reports of cases: as one JSON document on `out`; as cases.json and cases.csv in `folder` (made if missing), all or
 * nothing. */
pl_status pl_report_cases_json(FILE *out, const pl_case_report *const *reports, size_t count,
                               pl_error *error);
pl_status pl_report_cases_write(const char *folder, const pl_case_report *const *reports, size_t count,
                                pl_error *error);

#ifdef __cplusplus
}
#endif

#endif
