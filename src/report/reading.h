/* Results read back from their files, as foreign bytes: checked, then plain arrays. Texts are borrowed from the document. */
#ifndef PL_READING_H
#define PL_READING_H

#include "report/report.h"

/* Variables of a run that reports use: X(name). Those by sector follow. */
#define PL_READ_BY_COUNTRY(X)                                                                                \
    X(real_income)                                                                                           \
    X(equivalent_variation)                                                                                  \
    X(real_wage)                                                                                             \
    X(consumer_price)                                                                                        \
    X(terms_of_trade)                                                                                        \
    X(income_before)                                                                                         \
    X(duties_before)                                                                                         \
    X(duties)                                                                                                \
    X(exports_before)                                                                                        \
    X(exports)                                                                                               \
    X(imports_before)                                                                                        \
    X(imports)
#define PL_READ_BY_SECTOR(X)                                                                                 \
    X(output_volume)                                                                                         \
    X(output_before)                                                                                         \
    X(user_price)

typedef enum {
#define PL_READ_ENUM(name) PL_READ_##name,
    PL_READ_BY_COUNTRY(PL_READ_ENUM) PL_READ_COUNTRY_COUNT
} pl_read_country;
typedef enum { PL_READ_BY_SECTOR(PL_READ_ENUM) PL_READ_SECTOR_COUNT } pl_read_sector;
#undef PL_READ_ENUM

/* World totals of a variant, million USD; NaN where the file has none. */
typedef struct {
    double equivalent_variation, income_before, duties_before, duties, trade_before, trade;
} pl_read_totals;

typedef struct {
    const char *name, *title, *method; /* title may be "" */
    bool converged;
    long long iterations;
    double *by_country[PL_READ_COUNTRY_COUNT]; /* [N], NULL where the file has none */
    double *by_sector[PL_READ_SECTOR_COUNT];   /* [J][N] */
    double *trade;                             /* [N][N] buyer, seller; NULL */
    pl_read_totals total;
    const json_t *measures, *controls, *certificate; /* may be NULL */
} pl_read_variant;

typedef struct {
    size_t countries, sectors, variants;
    const char **country, **country_name, **sector, **sector_name;
    bool *goods;
    pl_read_variant *variant;
    double *trade_before; /* [N][N], NULL without results.nc */
    char trade_note[256]; /* why there is no bilateral trade; "" */
} pl_run_reading;

typedef struct {
    const char *importer, *exporter;
    const json_t *values;
} pl_read_pair;

typedef struct {
    size_t months, countries, pairs;
    const char **month;
    const char **country;
    const json_t **values; /* [countries] */
    pl_read_pair *pair;
    const json_t *licences; /* may be NULL */
} pl_path_reading;

typedef struct {
    double payoff, gain, low, high, breach, patience, transfer; /* patience INFINITY: never */
    bool signs, keeps, asked;                                   /* asked: whether it would keep was */
} pl_read_side;

typedef struct {
    const char *name, *title, *outcome;
    bool converged;
    double residual;
    pl_read_side *side; /* [players] */
    const json_t *settings, *real_income, *money;
} pl_read_deal;

typedef struct {
    size_t players, deals;
    const char **player;
    pl_read_deal *deal;
    const json_t *notes;
} pl_talks_reading;

/* What a sweep varies. Values stand in groups: each of its own, or, where a sample drew many, eight of about the same size
 * from the lowest to the highest. */
typedef struct {
    const char *name, *label, *unit;
    size_t count, groups;
    bool numeric; /* every value is a number */
    const char **text;
    double *value;        /* [count] NaN for what is none */
    size_t *group;        /* [count] */
    size_t *first, *last; /* [groups] positions of the lowest and the highest value */
    size_t *rising;       /* [count] positions in the order of their values */
} pl_read_dimension;

/* Of a variable and a country, over the members that converged; SIZE_MAX where there is none. */
typedef struct {
    size_t low, high, count, above, below; /* above and below zero */
    double lowest, highest, middle;        /* the median */
} pl_read_range;

/* How much a dimension matters to a country: the lowest and the highest mean of a group over everything else varied, or what
 * stands for it in a sample. */
typedef struct {
    size_t low, high;
    double lowest, highest;
} pl_read_effect;

typedef struct {
    const char *name, *unit, *text;
    double *value; /* [countries][members] NaN where a member did not converge; large money in bn USD */
    pl_read_range *range; /* [countries] */
} pl_read_scanned;

typedef struct {
    size_t dimensions, members, countries, variables, solved, converged;
    bool sampled;
    char varied[400], title[420]; /* what is varied, and the title of a sweep that has none of its own */
    pl_read_dimension *dimension;
    size_t *at; /* [members][dimensions] */
    bool *good; /* [members] converged */
    double worst;
    size_t worst_member; /* SIZE_MAX: none converged */
    const char **country;
    pl_read_scanned *variable; /* the one that was asked about first */
    pl_read_effect *effect;    /* [countries][dimensions] of that one */
    double *scratch;           /* [members] */
} pl_sweep_reading;

struct pl_saved {
    pl_saved_kind kind;
    char *file, *label;
    json_t *root;
    const pl_world *world; /* may be NULL */
    pl_run_reading run;
    pl_path_reading path;
    pl_talks_reading talks;
    pl_sweep_reading sweep;
};

/* Where in a file something stands, for messages. */
typedef struct {
    const char *file;
    pl_error *error;
} pl_read_place;

/* A refusal "FILE: ..."; returns PL_INVALID. */
pl_status pl_read_fail(const pl_read_place *at, const char *format, ...) PL_PRINTF(2, 3);
/* A number, or NaN for null; false for anything else and for what is beyond 1e18. */
bool pl_read_json_number(const json_t *value, double *number);
/* `count` numbers into `out`; the refusal names `what`. */
pl_status pl_read_numbers(const pl_read_place *at, const json_t *list, size_t count, double *out,
                          const char *what, ...) PL_PRINTF(5, 6);
/* The text of a key, or `otherwise`. */
const char *pl_read_text(const json_t *object, const char *key, const char *otherwise);
double pl_read_value(const json_t *object, const char *key);

pl_status pl_run_read(pl_saved *reading, const pl_read_place *at);
void pl_run_read_clear(pl_run_reading *run);
/* Bilateral trade from the results.nc beside, when it is of the same run. */
pl_status pl_trade_read(pl_saved *reading, const char *path, const pl_read_place *at);
pl_status pl_path_read(pl_saved *reading, const pl_read_place *at);
void pl_path_read_clear(pl_path_reading *path);
pl_status pl_talks_read(pl_saved *reading, const pl_read_place *at);
void pl_talks_read_clear(pl_talks_reading *talks);
pl_status pl_sweep_read(pl_saved *reading, const pl_read_place *at);
void pl_sweep_read_clear(pl_sweep_reading *sweep);
/* Groups, ranges and effects of a sweep that was read; false when out of memory. */
bool pl_sweep_sum(pl_sweep_reading *sweep);
/* "12.5 %", and a group as "1.87 % to 18.2 %": values as people write them. */
void pl_sweep_value_text(const pl_read_dimension *dimension, size_t position, char *out, size_t size);
void pl_sweep_group_text(const pl_read_dimension *dimension, size_t group, char *out, size_t size);
/* Where a member is: "tariff USA<-CHN 15 %, kappa 3". */
void pl_sweep_place(const pl_sweep_reading *sweep, size_t member, char *out, size_t size);
/* A variable by its name, or SIZE_MAX. */
size_t pl_sweep_variable(const pl_sweep_reading *sweep, const char *name);

/* A reading of bytes in memory; `name` stands for the file. */
pl_status pl_saved_parse(const char *text, size_t length, const char *name, pl_saved **reading,
                         pl_error *error);
/* The name of a country of a reading: the result's, the world's, everyday English, or its code. */
const char *pl_saved_country(const pl_saved *reading, const char *code);
/* The same of a sector, as far as the result names it. */
const char *pl_saved_sector(const pl_saved *reading, const char *code);
/* "the " before the names of some countries in a sentence, or "". */
const char *pl_saved_article(const char *code);
/* A note of the result's world, or of the world it was given; NULL when there is none. */
const char *pl_saved_note(const pl_saved *reading, const char *key);
/* Its index in a list of texts, or SIZE_MAX. */
size_t pl_read_find(const char *const *list, size_t count, const char *text);
/* Numbers of a month variable of a country or pair, [months]; all NaN where the file has none of that name. */
void pl_path_series(const pl_saved *reading, const json_t *values, const char *name, double *out);

#endif
