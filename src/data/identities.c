/*
 * The identities of model.md section 0, each recomputed by plain loops. A violation is measured against the
 * scale of its identity; what must be above a bound and only reaches it is violated by the rounding of a
 * double.
 */
#include "data/data.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double SHARE_SUM = 1e-6;   /* rounding of published shares */
static const double DEMAND = 1e-9;      /* rounding of the accounts */
static const double DEFICIT_SUM = 1e-9; /* rounding of the accounts, against world trade */

/* What the rows about money are made of. */
typedef struct {
    const pl_world *w;
    double *output, *spending, *final; /* [N][J] */
} accounts;

static bool accounts_init(accounts *a, const pl_world *w) {
    size_t nj = w->countries * w->sectors;
    a->w = w;
    a->output = pl_alloc(3 * nj, sizeof(double));
    if (!a->output)
        return false;
    a->spending = a->output + nj;
    a->final = a->spending + nj;
    pl_world_output(w, a->output);
    pl_world_spending(w, a->spending);
    pl_world_final_demand(w, a->output, a->spending, a->final);
    return true;
}

/* Notes a violation when it is the worst so far; one that is not a number is worse than any. */
static void note(pl_identity *row, double violation, double value, size_t country, size_t sector) {
    if (isnan(violation))
        violation = INFINITY;
    if (!(violation > row->worst))
        return;
    row->worst = violation;
    row->value = value;
    row->country = country;
    row->sector = sector;
}

/* How far `x`, a finite number, falls short of being at least, or strictly above, a bound. */
static double below(double x, double bound) {
    return x >= bound ? 0 : bound - x;
}

static double not_above(double x, double bound) {
    return x > bound ? 0 : fmax(bound - x, DBL_EPSILON);
}

static pl_identity *add_row(pl_world_report *report, const char *identity, double limit) {
    pl_identity *row = &report->row[report->count++];
    *row = (pl_identity){.identity = identity, .limit = limit, .country = SIZE_MAX, .sector = SIZE_MAX};
    return row;
}

/* A table over [J][N][N]: the row blames the buyer. */
static void check_bilateral(pl_world_report *report, const pl_world *w, const double *table, bool strict,
                            double bound, const char *identity) {
    pl_identity *row = add_row(report, identity, 0);
    size_t N = w->countries;
    for (size_t at = 0; table && at < w->sectors * N * N; at++) {
        double x = table[at];
        double violation = strict ? not_above(x, bound) : below(x, bound);
        note(row, isfinite(x) ? violation : INFINITY, x, at / N % N, at / (N * N));
    }
}

/* A table whose leading index is [N][J] with `inner` entries each, in [least, 1] or, when strict, [least, 1). */
static void check_shares(pl_world_report *report, const pl_world *w, const double *table, size_t inner,
                         bool strict, double least, const char *identity) {
    pl_identity *row = add_row(report, identity, 0);
    for (size_t at = 0; table && at < w->countries * w->sectors * inner; at++) {
        double x = table[at];
        double above = strict ? not_above(1 - x, 0) : below(1 + SHARE_SUM - x, 0);
        note(row, isfinite(x) ? fmax(below(x, least), above) : INFINITY, x, at / inner / w->sectors,
             at / inner % w->sectors);
    }
}

static void check_sums(pl_world_report *report, const pl_world *w) {
    pl_identity *row = add_row(report, "value-added and input shares of a sector add up to one", SHARE_SUM);
    for (size_t nj = 0; nj < w->countries * w->sectors; nj++) {
        double sum = w->value_added_share[nj];
        for (size_t k = 0; k < w->sectors; k++)
            sum += w->input_share[nj * w->sectors + k];
        note(row, fabs(sum - 1), sum, nj / w->sectors, nj % w->sectors);
    }
}

static void check_value_added(pl_world_report *report, const accounts *a) {
    const pl_world *w = a->w;
    pl_identity *row = add_row(report, "value added of a country is positive", 0);
    for (size_t n = 0; n < w->countries; n++) {
        double sum = 0;
        for (size_t j = 0; j < w->sectors; j++)
            sum += w->value_added_share[n * w->sectors + j] * a->output[n * w->sectors + j];
        note(row, isfinite(sum) ? not_above(sum, 0) : INFINITY, sum, n, SIZE_MAX);
    }
}

static void check_final_demand(pl_world_report *report, const accounts *a) {
    const pl_world *w = a->w;
    pl_identity *row = add_row(report, "final demand, spending less inputs, is not negative", DEMAND);
    for (size_t nj = 0; nj < w->countries * w->sectors; nj++) {
        double inputs = a->spending[nj] - a->final[nj], scale = fmax(a->spending[nj], inputs);
        double missing = below(a->final[nj], 0);
        note(row, missing == 0 ? 0 : missing / scale, a->final[nj], nj / w->sectors, nj % w->sectors);
    }
}

/* Income of a country two ways: what it spends on final goods, and what it earns. */
static double income_gap(const accounts *a, size_t n, double *final) {
    const pl_world *w = a->w;
    size_t N = w->countries, J = w->sectors;
    double earned = 0;
    *final = 0;
    for (size_t j = 0; j < J; j++) {
        *final += a->final[n * J + j];
        earned += w->value_added_share[n * J + j] * a->output[n * J + j];
        for (size_t i = 0; i < N; i++) {
            size_t buys = (j * N + n) * N + i, sells = (j * N + i) * N + n;
            double tax = w->export_tax ? w->export_tax[sells] : 0;
            earned += w->tariff[buys] * w->flow[buys] + tax / (1 + tax) * w->flow[sells];
            earned += w->flow[buys] - w->flow[sells];
        }
    }
    return *final - earned;
}

static void check_income(pl_world_report *report, const accounts *a) {
    pl_identity *row = add_row(
        report, "final demand of a country is its value added, duties, export taxes and deficit", SHARE_SUM);
    for (size_t n = 0; n < a->w->countries; n++) {
        double final = 0, gap = income_gap(a, n, &final),
               scale = pl_sum(a->output + n * a->w->sectors, a->w->sectors);
        note(row, gap == 0 ? 0 : fabs(gap) / fmax(scale, fabs(final)), gap, n, SIZE_MAX);
    }
}

static void check_deficits(pl_world_report *report, const pl_world *w) {
    pl_identity *row = add_row(report, "trade deficits add up to zero over the world", DEFICIT_SUM);
    size_t N = w->countries;
    double sum = 0, trade = 0;
    for (size_t n = 0; n < N; n++) {
        double deficit = 0;
        for (size_t j = 0; j < w->sectors; j++) {
            for (size_t i = 0; i < N; i++) {
                deficit += w->flow[(j * N + n) * N + i] - w->flow[(j * N + i) * N + n];
                trade += i == n ? 0 : w->flow[(j * N + n) * N + i];
            }
        }
        sum += deficit;
    }
    note(row, sum == 0 ? 0 : fabs(sum) / trade, sum, SIZE_MAX, SIZE_MAX);
}

static void check_elasticities(pl_world_report *report, const pl_world *w) {
    pl_identity *row = add_row(report, "trade elasticities theta are positive", 0);
    for (size_t s = 0; s < w->sets; s++) {
        for (size_t j = 0; j < w->sectors; j++) {
            double x = w->set[s].theta[j];
            note(row, isfinite(x) ? not_above(x, 0) : INFINITY, x, SIZE_MAX, j);
        }
    }
}

pl_status pl_world_check(const pl_world *w, pl_world_report *report, pl_error *error) {
    accounts a;
    memset(report, 0, sizeof *report);
    if (!accounts_init(&a, w))
        return pl_fail_memory(error, 3 * w->countries * w->sectors * sizeof(double));
    check_bilateral(report, w, w->flow, false, 0, "flows are finite and not negative");
    check_bilateral(report, w, w->tariff, true, -1, "tariffs are above -100 %");
    check_bilateral(report, w, w->export_tax, true, -1, "export taxes are above -100 %");
    check_shares(report, w, w->input_share, w->sectors, false, PL_LEAST_INPUT,
                 "input shares are between zero (by-products: -0.001) and one");
    check_shares(report, w, w->value_added_share, 1, false, 0, "value-added shares are between zero and one");
    check_shares(report, w, w->profit_share, 1, true, 0, "profit shares are between zero and below one");
    check_sums(report, w);
    check_value_added(report, &a);
    check_final_demand(report, &a);
    check_income(report, &a);
    check_deficits(report, w);
    check_elasticities(report, w);
    free(a.output);
    report->holds = true;
    for (size_t r = 0; r < report->count; r++)
        report->holds = report->holds && report->row[r].worst <= report->row[r].limit;
    return PL_OK;
}
