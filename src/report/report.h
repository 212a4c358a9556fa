/* The report layer: RESULTS OUT. Terminal summaries, JSON, CSV and NetCDF. No equation of the model is solved
 * here. */
#ifndef PL_REPORT_H
#define PL_REPORT_H

#include "policy/policy.h"

#include <jansson.h>

/* ---- text for a terminal (src/report/text.c; more of it in parley.h) ---- */

/* Digits after the point that show four significant digits of the largest number, at most six. */
int pl_text_decimals(double largest);
/* "+1,234.5", "-0.0073", "0"; "n/a" for what is not a number. `sign` puts a plus before gains. */
void pl_text_number(char *out, size_t size, double value, int decimals, bool sign);
/* A small picture of a series: a character for each value, or for each run of values where there are more than `width`
 * (at most 24), higher for larger ones; blank for what is not a number. */
void pl_text_spark(char *out, size_t size, const double *value, size_t count, size_t width, bool ascii);
/* The shortest text that reads back as the same double. */
void pl_text_exact(char *out, size_t size, double value);

/* ---- a table on a terminal (src/report/grid.c) ---- */

typedef enum { PL_PLAIN, PL_GAIN, PL_LOSS, PL_STRONG } pl_tone;

typedef struct {
    char text[80]; /* room for a small picture of up to 24 columns */
    pl_tone tone;
} pl_cell;

/* Headings of a column, from the top; neighbours with the same `group` share it. */
typedef struct {
    char group[3][24];
    char head[16];
} pl_column;

enum { PL_LABEL = 256 }; /* bytes of a row's label, enough for any that a terminal has room for */

typedef struct {
    size_t rows, columns;
    char (*label)[PL_LABEL]; /* [rows] */
    bool *heading;           /* [rows] a line of its own, without cells */
    pl_column *column;       /* [columns] */
    pl_cell *cell;           /* [rows][columns] */
} pl_grid;

bool pl_grid_init(pl_grid *grid, size_t rows, size_t columns);
void pl_grid_clear(pl_grid *grid);
/* Prints the grid in as many blocks of columns as the width needs, groups kept together where they fit. False
 * when out of memory. */
bool pl_grid_print(FILE *out, const pl_grid *grid, const pl_layout *layout);
/* Starts and ends a tone; nothing without colour. */
const char *pl_tone_on(pl_tone tone, bool colour);
const char *pl_tone_off(pl_tone tone, bool colour);

/* ---- what every output says of a run (src/report/facts.c) ---- */

/* World totals of one variant; trade between countries, at customs value, million USD. */
typedef struct {
    double equivalent_variation, income_before, duties_before, duties, trade_before, trade;
} pl_world_change;
/* What money is shown in: thousand million USD, or million USD in a world too small for that. */
typedef struct {
    double scale; /* of a million USD */
    const char *name;
} pl_money;
pl_money pl_run_money(const pl_run *run);
pl_world_change pl_run_world_change(const pl_run *run, size_t variant);

/* The components of a certificate by name, in order; false past the end. */
bool pl_certificate_part(const pl_certificate *certificate, size_t index, const char **name,
                         const char **text, double *value);
const char *pl_closure_text(pl_closure closure);
/* What the run's world is called: the scenario's name for it, or its title. */
const char *pl_run_world_name(const pl_run *run);

/* ---- the words of a summary (src/report/summary_words.c) ---- */

/* The different sources of all measures, in the order they are met: a measure names its source by its number in this
 * list. False when out of memory. */
bool pl_summary_collect(const pl_scenario *scenario, pl_strings *sources);
void pl_summary_sources(FILE *out, const pl_strings *sources, const pl_layout *layout);
/* What is asked: title, world, and the measures of each variant; a loud line where one did not converge. */
void pl_summary_question(FILE *out, const pl_run *run, const pl_strings *sources, const pl_layout *layout);
/* World totals and how well each variant was solved. */
void pl_summary_certificate(FILE *out, const pl_run *run, const pl_layout *layout);
/* What the numbers stand on: world, units, closure, elasticities, and what is approximated. */
void pl_summary_basis(FILE *out, const pl_run *run, const pl_layout *layout);

/* ---- quantity controls (src/report/controls_result.c) ---- */

/* How many controls the variants have together. */
size_t pl_run_controls(const pl_run *run);
/* A table of the controls with the largest rents; nothing where there is none. False when out of memory. */
bool pl_summary_controls(FILE *out, const pl_run *run, const pl_layout *layout);
json_t *pl_json_controls(const pl_run *run, size_t variant);
/* Adds the dimension `control` and its variables to an open NetCDF-4 file; a NetCDF code. */
int pl_netcdf_controls(int file, const pl_run *run);

/* ---- a country in detail (src/report/country*.c) ---- */

/* X(name, unit, long name), by partner; the country itself has none. */
#define PL_PARTNER_VARIABLES(X)                                                                              \
    X(imports_before, "million USD", "imports from the partner at customs value before")                     \
    X(imports, "million USD", "imports from the partner at customs value")                                   \
    X(exports_before, "million USD", "exports to the partner at customs value before")                       \
    X(exports, "million USD", "exports to the partner at customs value")                                     \
    X(tariff_before, "percent",                                                                              \
      "average import duty on goods bought from the partner before, weighted by trade before")               \
    X(tariff, "percent", "average import duty on goods bought from the partner, weighted by trade before")   \
    X(tariff_met_before, "percent",                                                                          \
      "average import duty the partner takes on goods sold to it before, weighted by trade before")          \
    X(tariff_met, "percent",                                                                                 \
      "average import duty the partner takes on goods sold to it, weighted by trade before")                 \
    X(duties_before, "million USD", "import duty revenue on what is bought from the partner before")         \
    X(duties, "million USD", "import duty revenue on what is bought from the partner")                       \
    X(rents_on_imports, "million USD",                                                                       \
      "premia of quotas and licences in what is bought from the partner, whoever holds them")                \
    X(rents_on_exports, "million USD",                                                                       \
      "premia of quotas and licences in what is sold to the partner, whoever holds them")

typedef enum {
#define PL_PARTNER_ENUM(name, unit, text) PL_PARTNER_##name,
    PL_PARTNER_VARIABLES(PL_PARTNER_ENUM)
#undef PL_PARTNER_ENUM
        PL_PARTNER_COUNT
} pl_partner;

/* The same by sector of the country. */
#define PL_HOME_VARIABLES(X)                                                                                 \
    X(output_before, "million USD", "gross output before")                                                   \
    X(output, "million USD", "gross output, producer revenue net of export tax")                             \
    X(output_volume, "percent", "gross output at constant producer prices")                                  \
    X(employment, "percent", "labour employed in the sector (share of the country's labour)")                \
    X(wage, "percent", "wage in the sector")                                                                 \
    X(value_added_before, "million USD", "value added before")                                               \
    X(value_added, "million USD", "value added")                                                             \
    X(producer_price, "percent", "unit cost: the price producers get")                                       \
    X(user_price, "percent", "price to users, duties included")                                              \
    X(imports_before, "million USD", "imports at customs value before")                                      \
    X(imports, "million USD", "imports at customs value")                                                    \
    X(exports_before, "million USD", "exports at customs value before")                                      \
    X(exports, "million USD", "exports at customs value")                                                    \
    X(tariff_before, "percent", "average import duty before, weighted by trade before")                      \
    X(tariff, "percent", "average import duty, weighted by trade before")

typedef enum {
#define PL_HOME_ENUM(name, unit, text) PL_HOME_##name,
    PL_HOME_VARIABLES(PL_HOME_ENUM)
#undef PL_HOME_ENUM
        PL_HOME_COUNT
} pl_home;

/* Name, unit and long name of a variable of partners or of sectors; false past the end. */
bool pl_detail_describe(bool sectors, size_t index, const char **name, const char **unit, const char **text);

typedef struct {
    size_t N, J;
    double *partner[PL_PARTNER_COUNT]; /* [N] */
    double *sector[PL_HOME_COUNT];     /* [J] */
    double *store;
} pl_detail;

pl_status pl_detail_init(pl_detail *detail, const pl_run *run, size_t variant, size_t country,
                         pl_error *error);
void pl_detail_clear(pl_detail *detail);
/* Lists in the order of the world's countries and sectors; NULL when out of memory. */
json_t *pl_json_countries(const pl_run *run, size_t variant, const pl_view *view);
/* Unit and long name of every variable of partners and sectors. */
json_t *pl_json_country_variables(void);
/* Writers of files; their data is a pl_output with a view. */
pl_status pl_write_partners(FILE *out, const void *data, pl_error *error);
pl_status pl_write_country_sectors(FILE *out, const void *data, pl_error *error);

/* ---- what a run says in words, and what it assumes (src/report/run_words.c) ---- */

/* Who gains and who loses, what the measures of one line come to, and how much trade changes: sentences. */
bool pl_run_sentences(const pl_run *run, size_t variant, pl_strings *sentences);
/* Only what the tariffs of the command line come to, and only where they do not say it themselves. */
bool pl_run_top_sentences(const pl_run *run, size_t variant, pl_strings *sentences);
/* What the tariffs written on the command line come to, as a list; NULL when out of memory. */
json_t *pl_json_top_tariffs(const pl_run *run, size_t variant);

/* ---- paths (src/report/path_*.c) ---- */

/* The countries a path is shown for: the ones asked for, or those whose trade is under measures most. Returns how many
 * of `country` [most] were filled. */
size_t pl_path_shown(const pl_path_view *view, size_t *country, size_t most);
/* Percent change of a pair's purchases on `back` months before; months before the path are the baseline. */
double pl_path_pair_change(const pl_path *path, pl_pair_variable variable, size_t month, size_t back,
                           size_t buyer, size_t seller);
/* The same for imports and exports of a country. */
double pl_path_trade_change(const pl_path *path, pl_path_variable variable, size_t month, size_t back,
                            size_t country);
/* Whether some flow of a pair has a policy that changes. */
bool pl_path_pair_touched(const pl_path *path, size_t buyer, size_t seller);
/* Whether a path's JSON holds a country, and a variable. */
bool pl_path_shows(const pl_path_view *view, size_t country);
bool pl_path_wants(const pl_path_view *view, pl_path_variable variable);
/* A pair's base month: purchases, goods, duties. */
json_t *pl_path_json_base(const pl_path *path, size_t buyer, size_t seller);
/* Adds to a path's document what is no series by country, pair, licence or sector; false when out of memory. */
bool pl_path_json_more(json_t *root, const pl_path_view *view);
/* A variant's measures with their dates, and what a schedule says of the scenario around them. */
json_t *pl_json_measures(const pl_scenario *scenario, size_t variant);
bool pl_json_schedule(json_t *root, const pl_scenario *scenario, size_t variant);
/* Writers whose data is a pl_path_view. */
pl_status pl_write_path_json(FILE *out, const void *data, pl_error *error);
pl_status pl_write_path_netcdf(FILE *out, const void *data, pl_error *error);

/* ---- talks (src/report/talks_*.c) ---- */

/* What an answer says, and what one deal means for everybody: sentences, one a line. The caller frees them; NULL when out of
 * memory. */
char *pl_talks_answer_words(const pl_talks *talks);
char *pl_talks_deal_words(const pl_talks *talks, size_t deal);
/* Players, instruments, packages, what stands, what is assumed, units and sources; NULL when out of memory. */
json_t *pl_json_game(const pl_game *game);

/* ---- sweeps (src/report/scan_*.c) ---- */

/* Fills `country` [most] with the countries a sweep is shown for: the ones asked for, or those for which most changes; `shown`
 * is how many. False when out of memory. */
bool pl_scan_shown(const pl_scan_view *view, size_t *country, size_t most, size_t *shown);
/* "tariff USA<-CHN 15%, kappa 3": where a member is, for people; cut to the size. */
void pl_scan_place(const pl_scan *scan, size_t member, char *out, size_t size);
const char *pl_scan_world_name(const pl_scan *scan);
/* Whether a dimension has this name. */
bool pl_scan_varies(const pl_scan *scan, const char *name);
/* Closure and set of trade elasticities; "" where they are varied. */
const char *pl_scan_closure(const pl_scan *scan);
const char *pl_scan_elasticities(const pl_scan *scan);
/* Writers whose data is a pl_scan_view. */
pl_status pl_write_scan_json(FILE *out, const void *data, pl_error *error);
pl_status pl_write_scan_csv(FILE *out, const void *data, pl_error *error);
pl_status pl_write_scan_netcdf(FILE *out, const void *data, pl_error *error);

/* ---- files (src/report/write.c and the writers) ---- */

typedef struct {
    const pl_run *run;
    const char *command;        /* may be NULL */
    const double *trade_before; /* [J][N][N] of the world solved on */
    const double *const *trade; /* [variants] [J][N][N] */
    const pl_view *view;        /* may be NULL */
} pl_output;

/* `view` may be NULL: everything. */
json_t *pl_json_run(const pl_run *run, const pl_view *view, const char *command);
/* The measures of a variant that bear on its day, in words, with their sources. */
json_t *pl_json_measures_shown(const pl_scenario *scenario, size_t variant);
/* The settings of a long run. */
json_t *pl_json_settings(const pl_settings *settings, const char *elasticities);
/* A number, or null where it is not finite: JSON has no other way. */
json_t *pl_json_number(double value);
json_t *pl_json_numbers(const double *value, size_t count);
/* A text, or null where there is none. */
json_t *pl_json_text(const char *text);
/* Sets a key, or appends, taking the new value over; false when either could not be made. */
bool pl_json_put(json_t *object, const char *key, json_t *value);
bool pl_json_add(json_t *list, json_t *value);
/* The list with the value, which is taken over; NULL, and the list is released, when either could not be made. */
json_t *pl_json_append(json_t *list, json_t *value);
/* `made` when it is whole, else NULL, and it is released. */
json_t *pl_json_whole(json_t *made, bool whole);
/* Writes a document with sorted keys and exact numbers, and releases it; NULL is out of memory. */
pl_status pl_json_dump(FILE *out, json_t *root, pl_error *error);

/* A file of a folder and who writes it; `data` is what they write. Writers need not check their writes: a
 * stream in error is found out, and so is one that says PL_IO. */
typedef pl_status (*pl_file_writer)(FILE *out, const void *data, pl_error *error);
typedef struct {
    const char *name;
    pl_file_writer writer;
} pl_file;
/* Makes the folder if missing and writes all files, or none. */
pl_status pl_write_files(const char *folder, const pl_file *files, size_t count, const void *data,
                         pl_error *error);

/* Writers of a run; their data is a pl_output. */
pl_status pl_write_json(FILE *out, const void *data, pl_error *error);
pl_status pl_write_countries(FILE *out, const void *data, pl_error *error);
pl_status pl_write_sectors(FILE *out, const void *data, pl_error *error);
pl_status pl_write_trade(FILE *out, const void *data, pl_error *error);
pl_status pl_write_controls(FILE *out, const void *data, pl_error *error);
pl_status pl_write_netcdf(FILE *out, const void *data, pl_error *error);

/* One field of a CSV line, quoted where it must be. */
void pl_csv_field(FILE *out, const char *text);

#endif
