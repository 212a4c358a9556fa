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

struct pl_saved {
    pl_saved_kind kind;
    char *file, *label;
    json_t *root;
    const pl_world *world; /* may be NULL */
    pl_run_reading run;
    pl_path_reading path;
    pl_talks_reading talks;
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
