/* The data layer: WORLD IN. Load, check, import, aggregate, balance -> pl_world. */
#ifndef PL_DATA_H
#define PL_DATA_H

#include "core/core.h"

/* Published tables have tiny negative inputs (by-products); below this share of gross output they are an error. */
#define PL_LEAST_INPUT (-0.001)
/* A rate beyond it, in a table written by hand, was probably meant as a percentage. */
#define PL_MOST_RATE 5.0

typedef struct {
    char *name;    /* "FGO", "world" */
    double *theta; /* [J] */
    double *error; /* [J] standard errors, 0 where none is published; NULL when the set has none */
} pl_elasticity_set;

struct pl_world {
    size_t countries, sectors; /* N, J */
    char **country_code, **country_name;
    char **sector_code, **sector_name;
    bool *goods;                /* [J] */
    double *flow;               /* [J][N][N] million USD, customs value */
    double *tariff;             /* [J][N][N] */
    double *export_tax;         /* [J][N][N], NULL when all zero */
    double *input_share;        /* [N][J][J] [country][user][input] */
    double *value_added_share;  /* [N][J] */
    double *profit_share;       /* [N][J], NULL when all zero */
    unsigned char *flow_origin; /* [J][N][N] of pl_flow_origin, NULL when no sector was split */
    size_t sets;
    pl_elasticity_set *set;
    pl_strings note_keys, notes; /* provenance, in order */
};

/* ---- labels ---- */

/* Labels in order of first appearance, found by hash. Starts as all zero. */
typedef struct {
    pl_strings labels;
    size_t *slot; /* index + 1, 0 is free */
    size_t room;  /* a power of two */
} pl_lookup;
/* The index of a label; SIZE_MAX when it is not there. */
size_t pl_lookup_find(const pl_lookup *lookup, const char *text);
/* The index of a label, added when new; SIZE_MAX when out of memory. */
size_t pl_lookup_add(pl_lookup *lookup, const char *text);
void pl_lookup_clear(pl_lookup *lookup);

/* ---- worlds ---- */

/* An empty world of a size, labels unset, arrays zero; export_tax and profit_share NULL. NULL when out of
 * memory. */
pl_world *pl_world_blank(size_t countries, size_t sectors);
/* A country or sector by code, then by name, letter case aside where nothing is spelt exactly so; then a country by its
 * two-letter code. SIZE_MAX when unknown. */
size_t pl_world_look_up(const pl_world *world, pl_axis axis, const char *text);
/* The three-letter code for a two-letter one ("US"); false when there is none. */
bool pl_long_code(const char *text, char code[4]);
/* `error` [J] may be NULL; what is not positive counts as none. */
bool pl_world_add_set(pl_world *world, const char *name, const double *theta, const double *error);
/* The most cells a table of a world may have; fuzzing sets it low. */
#ifndef PL_MOST_CELLS
#define PL_MOST_CELLS 1000000000
#endif
/* The words for pl_flow_origin in files, in its order. */
extern const char *const pl_origin_word[PL_ORIGIN_REST + 1];
/* Whether a world of this size is within the limits of the library; the second refuses one that is not. */
bool pl_world_fits(size_t countries, size_t sectors);
pl_status pl_world_refuse_size(const char *origin, size_t countries, size_t sectors, pl_error *error);
/* Sets code and name of a country or sector; a missing name is the code. False when out of memory. */
bool pl_world_label(pl_world *world, pl_axis axis, size_t index, const char *code, const char *name);
/* Which sectors are goods, from their codes: ISIC divisions 01-33 (sections A, B, C) are, other divisions and
 * "services" are not, C1-C16 of the 35 sectors of WIOD 2013 are; a code of another kind counts as goods. */
void pl_world_default_goods(pl_world *world);
bool pl_world_is_wiod_2013(const pl_world *world);
/* Names for countries and sectors that have none but their code: ISO 3166 countries, and the sectors of WIOD
 * 2013. */
bool pl_world_default_names(pl_world *world);
/* The everyday English name of an ISO 3166 code, or NULL. */
const char *pl_country_name(const char *code);
/* Value-added shares as one minus the input shares. */
void pl_world_close_value_added(pl_world *world);
/* Drops export taxes, profit shares and origins of flows that are zero throughout. */
void pl_world_tidy(pl_world *world);
bool pl_world_copy_notes(pl_world *to, const pl_world *from);
/* A world with the same tables, labels, sets and notes; NULL when out of memory. */
pl_world *pl_world_copy(const pl_world *from);

/* Derived totals of section 0, each caller-owned: output [N][J], spending [N][J], final demand [N][J]. */
void pl_world_output(const pl_world *world, double *output);
void pl_world_spending(const pl_world *world, double *spending);
void pl_world_final_demand(const pl_world *world, const double *output, const double *spending,
                           double *final);

/* Refuses labels that are empty or repeated, numbers that are not finite, negative flows or shares, rates of
 * -100 % or less and elasticities that are not positive: what no import or balance can mend. */
pl_status pl_world_form(const pl_world *world, const char *origin, pl_error *error);
/* Refuses a world that breaks an identity, naming the worst country and sector. `origin` is the file or "".
 */
pl_status pl_world_refuse(const pl_world *world, const char *origin, pl_error *error);

/* ---- bytes and rows ---- */

/* Bytes of a plain, gzip or zstd file, recognised by content, decompressed as they are read. */
typedef struct pl_reader pl_reader;
pl_status pl_reader_open(const char *path, pl_reader **reader, pl_error *error);
/* The same from an open file, closed by pl_reader_free or by failure; `name` stands for it in messages. */
pl_status pl_reader_from(FILE *file, const char *name, pl_reader **reader, pl_error *error);
void pl_reader_free(pl_reader *reader);
const char *pl_reader_name(const pl_reader *reader);
/* Fills `buffer`; *got < size only at the end. A compressed file that is cut short is PL_IO. */
pl_status pl_reader_read(pl_reader *reader, void *buffer, size_t size, size_t *got, pl_error *error);

/* Rows of a CSV file. */
typedef struct pl_csv pl_csv;
typedef struct {
    size_t line;              /* where the row starts, from 1 */
    size_t count;             /* 0 at the end of the file */
    const char *const *field; /* valid until the next row */
} pl_csv_row;
pl_status pl_csv_open(const char *path, pl_csv **csv, pl_error *error);
pl_status pl_csv_from(FILE *file, const char *name, pl_csv **csv, pl_error *error);
void pl_csv_free(pl_csv *csv);
pl_status pl_csv_next(pl_csv *csv, pl_csv_row *row, pl_error *error);
/* PL_INVALID with "file:line: " in front. */
pl_status pl_csv_fail(const pl_csv *csv, size_t line, pl_error *error, const char *format, ...)
    PL_PRINTF(4, 5);
/* Lines read so far. */
size_t pl_csv_line(const pl_csv *csv);

/* Columns found by their headings, letter case aside. A heading that is none of them is offered to `extra`
 * (may be NULL), which returns whether it takes it; else it is refused with a suggestion. */
typedef struct {
    const char *name;
    bool required;
    size_t at; /* SIZE_MAX: not there */
} pl_csv_column;
typedef bool (*pl_header_extra)(void *context, const char *heading, size_t field, pl_status *status,
                                pl_error *error);
pl_status pl_csv_header(pl_csv *csv, pl_csv_column *columns, size_t count, pl_header_extra extra,
                        void *context, pl_error *error);
/* The next row, refused when it has another number of fields than the header. */
pl_status pl_csv_body(pl_csv *csv, pl_csv_row *row, pl_error *error);
/* A finite number; the second names the place and `what` in its message. */
bool pl_csv_read(const char *text, double *value);
pl_status pl_csv_number(const pl_csv *csv, const pl_csv_row *row, size_t field, const char *what,
                        double *value, pl_error *error);
/* A rate as a fraction: above -1, at most PL_MOST_RATE. */
pl_status pl_csv_check_rate(const pl_csv *csv, size_t line, const char *what, double rate, pl_error *error);

/* ---- merging ---- */

/* Which group each country or sector goes to, and the groups' labels. */
typedef struct {
    size_t count;
    size_t *to; /* [size of the axis] */
    pl_strings code, name;
} pl_grouping;
void pl_grouping_clear(pl_grouping *group);
pl_status pl_world_merge(const pl_world *world, const pl_grouping *country, const pl_grouping *sector,
                         pl_world **out, pl_error *error);

/* ---- splitting ---- */

/* What the map of a split says. NaN where it says nothing. Sectors are numbered as in the world to be split. */
typedef struct {
    size_t parent, countries, sectors;
    char *path, *code, *name, *source, *note, *assumed; /* owned; the last three "" where there is none */
    bool goods;
    double value;         /* million USD, what the world makes of the product */
    double *output_share; /* [N] of that value */
    double *home_share;   /* [N] of a seller's output that stays at home */
    double *import_value; /* [N] of a buyer, million USD */
    double *import_share; /* [N][N] [buyer][seller] of that value */
    double *tariff;       /* [N][N] */
    double *user; /* [J + 2] of spending: sectors, the product itself, final demand; a pattern for all */
    double *country_user; /* [N][J + 2] the same of one country: known */
    double *input;        /* [J + 1] of gross output: sectors, value added */
    double *theta;        /* [sets] */
    double *block;        /* what the arrays live in */
} pl_split_map;
pl_status pl_split_map_load(const pl_world *world, const char *path, pl_split_map *map, pl_error *error);
void pl_split_map_clear(pl_split_map *map);

/* Splits the money `total` [count], nothing of it negative, in two: `part` [count] adds up to `sum` and is as near to
 * `wish` [count] as that allows. False when what may be taken (wish > 0) holds less than `sum`. */
bool pl_split_fit(const double *total, const double *wish, size_t count, double sum, double *part);

/* ---- files ---- */

/* Reads a NetCDF world, from disk or from memory (`bytes` are borrowed while it runs), and checks its form
 * only. */
pl_status pl_netcdf_read(const char *path, pl_world **world, pl_error *error);
pl_status pl_netcdf_read_memory(const char *name, void *bytes, size_t size, pl_world **world,
                                pl_error *error);

/* An OECD inter-country table from an open CSV file; `path` stands for it in messages. */
pl_status pl_world_read_icio(pl_csv *csv, const char *path, pl_world **world, pl_change_report *report,
                             pl_error *error);
/* A world in JSON from a reader; checks its form only. */
pl_status pl_world_read_json(pl_reader *reader, pl_world **world, pl_error *error);
/* A world written in YAML (docs/data.md): a file, checked for its form only, and a part of a scenario or a
 * case, which must also keep the identities. */
struct pl_node;
pl_status pl_world_import_yaml(const char *path, pl_world **world, pl_error *error);
pl_status pl_world_from_yaml(const struct pl_node *node, pl_world **world, pl_error *error);

#endif
