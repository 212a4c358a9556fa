/* Refusing a world: what no import or balance can mend (form), and what breaks an identity, with its place.
 */
#include "data/data.h"

#include <math.h>
#include <string.h>

/* "file: " of a message; empty when the world came from no file. */
static pl_status refuse(pl_error *error, const char *origin, const char *text) {
    return *origin ? pl_fail_at(error, PL_INVALID, origin, 0, "%s", text)
                   : pl_fail(error, PL_INVALID, "%s", text);
}

static const char *axis_word(pl_axis axis) {
    return axis == PL_COUNTRY ? "country" : "sector";
}

static pl_status check_labels(const pl_world *w, pl_axis axis, const char *origin, pl_error *error) {
    pl_lookup seen = {0};
    char text[512] = "";
    pl_status status = PL_OK;
    for (size_t i = 0; i < pl_world_size(w, axis) && !status; i++) {
        const char *code = pl_world_code(w, axis, i);
        if (!code || !*code)
            snprintf(text, sizeof text, "%s %zu has no code", axis_word(axis), i + 1);
        else if (pl_lookup_find(&seen, code) != SIZE_MAX)
            snprintf(text, sizeof text, "%s '%s' appears twice, as number %zu and %zu", axis_word(axis), code,
                     pl_lookup_find(&seen, code) + 1, i + 1);
        else if (pl_lookup_add(&seen, code) == SIZE_MAX)
            status = pl_fail_memory(error, strlen(code));
        if (*text)
            status = refuse(error, origin, text);
    }
    pl_lookup_clear(&seen);
    return status;
}

typedef struct {
    const char *what, *allowed;
    bool (*right)(double);
} rule;

static bool not_negative(double x) {
    return x >= 0;
}

static bool above_minus_one(double x) {
    return x > -1;
}

static bool finite_number(double x) {
    return isfinite(x);
}

static bool below_one(double x) {
    return x >= 0 && x < 1;
}

static bool positive(double x) {
    return x > 0;
}

/* The first entry of a table that breaks a rule; `count` when none does. */
static size_t first_wrong(const double *table, size_t count, bool (*right)(double)) {
    size_t at = 0;
    while (at < count && isfinite(table[at]) && right(table[at]))
        at++;
    return at;
}

static bool enough_input(double x) {
    return x >= PL_LEAST_INPUT;
}

static pl_status check_bilateral(const pl_world *w, const double *table, rule r, const char *origin,
                                 pl_error *error) {
    size_t N = w->countries, count = w->sectors * N * N;
    size_t at = table ? first_wrong(table, count, r.right) : count;
    if (at == count)
        return PL_OK;
    char text[512];
    snprintf(text, sizeof text, "%s of %s (buyer) from %s (seller), sector %s, is %g; %s", r.what,
             w->country_code[at / N % N], w->country_code[at % N], w->sector_code[at / (N * N)], table[at],
             r.allowed);
    return refuse(error, origin, text);
}

static pl_status check_shares(const pl_world *w, const double *table, rule r, const char *origin,
                              pl_error *error) {
    size_t J = w->sectors, count = w->countries * J;
    size_t at = table ? first_wrong(table, count, r.right) : count;
    if (at == count)
        return PL_OK;
    char text[512];
    snprintf(text, sizeof text, "%s of %s, sector %s, is %g; %s", r.what, w->country_code[at / J],
             w->sector_code[at % J], table[at], r.allowed);
    return refuse(error, origin, text);
}

static pl_status check_inputs(const pl_world *w, const char *origin, pl_error *error) {
    size_t J = w->sectors, count = w->countries * J * J,
           at = first_wrong(w->input_share, count, enough_input);
    if (at == count)
        return PL_OK;
    char text[512];
    snprintf(text, sizeof text,
             "share of input %s in the output of %s, sector %s, is %g; it must be a number not below %g",
             w->sector_code[at % J], w->country_code[at / J / J], w->sector_code[at / J % J],
             w->input_share[at], PL_LEAST_INPUT);
    return refuse(error, origin, text);
}

static pl_status check_elasticities(const pl_world *w, const char *origin, pl_error *error) {
    for (size_t s = 0; s < w->sets; s++) {
        size_t j = first_wrong(w->set[s].theta, w->sectors, positive);
        if (j == w->sectors)
            continue;
        char text[512];
        snprintf(text, sizeof text, "trade elasticity of sector %s in set %s is %g; it must be positive",
                 w->sector_code[j], w->set[s].name, w->set[s].theta[j]);
        return refuse(error, origin, text);
    }
    return PL_OK;
}

pl_status pl_world_form(const pl_world *w, const char *origin, pl_error *error) {
    const rule flow = {"flow", "it must be a number and not negative", not_negative};
    const rule tariff = {"tariff", "it must be above -1 (-100 %)", above_minus_one};
    const rule tax = {"export tax", "it must be above -1 (-100 %)", above_minus_one};
    const rule value_added = {"value-added share", "it must be a finite number", finite_number};
    const rule profit = {"profit share", "it must be at least 0 and below 1", below_one};
    pl_status status = check_labels(w, PL_COUNTRY, origin, error);
    if (!status)
        status = check_labels(w, PL_SECTOR, origin, error);
    if (!status)
        status = check_bilateral(w, w->flow, flow, origin, error);
    if (!status)
        status = check_bilateral(w, w->tariff, tariff, origin, error);
    if (!status)
        status = check_bilateral(w, w->export_tax, tax, origin, error);
    if (!status)
        status = check_inputs(w, origin, error);
    if (!status)
        status = check_shares(w, w->value_added_share, value_added, origin, error);
    if (!status)
        status = check_shares(w, w->profit_share, profit, origin, error);
    if (!status)
        status = check_elasticities(w, origin, error);
    return status;
}

/* One sentence on a row that does not hold. */
static void describe(const pl_world *w, const pl_identity *row, char *out, size_t size) {
    const char *country = row->country == SIZE_MAX ? "" : w->country_code[row->country];
    const char *sector = row->sector == SIZE_MAX ? "" : w->sector_code[row->sector];
    const char *comma = *country && *sector ? ", sector " : *sector ? "sector " : "";
    const char *colon = *country || *sector ? ": " : "";
    snprintf(out, size,
             "%s%s%s%sthe rule that %s is broken: the value is %.9g, off by %.3g (%.0e is allowed)", country,
             comma, sector, colon, row->identity, row->value, row->worst, row->limit);
}

pl_status pl_world_refuse(const pl_world *w, const char *origin, pl_error *error) {
    pl_world_report report;
    pl_status status = pl_world_form(w, origin, error);
    if (!status)
        status = pl_world_check(w, &report, error);
    if (status || report.holds)
        return status;
    char text[700];
    for (size_t r = 0; r < report.count; r++) {
        if (report.row[r].worst <= report.row[r].limit)
            continue;
        describe(w, &report.row[r], text, sizeof text);
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, " ('parley world balance' mends shares and final demand)");
        return refuse(error, origin, text);
    }
    return PL_OK;
}
