/* The check layer: KNOWN ANSWERS. Cases with published or independently computed numbers, and laws that hold
 * on any world. */
#ifndef PL_CHECK_H
#define PL_CHECK_H

#include "policy/policy.h"

/* ---- what a check found (src/check/findings.c) ---- */

pl_case_report *pl_findings_new(const char *name, const char *title, const char *source);
/* Adds one comparison; it passes when the difference is at most the tolerance (NaN fails). False when out of
 * memory. */
bool pl_findings_add(pl_case_report *report, double expected, double computed, double tolerance,
                     const char *format, ...) PL_PRINTF(5, 6);

/* ---- observed series and the backtest (src/check/series.c, backtest*.c) ---- */

/* What a path says of a series: an index of trade (1 in the base year), or a rate or price in percent. */
typedef enum {
    PL_Q_US_CHINA,
    PL_Q_US_OTHERS,
    PL_Q_RATE_CHINA,
    PL_Q_RATE_OTHERS,
    PL_Q_CHINA_USA,
    PL_Q_CHINA_WORLD,
    PL_Q_MAGNET_WORLD,
    PL_Q_MAGNET_USA,
    PL_Q_CONSUMER,
    PL_Q_PRODUCER,
    PL_QUANTITIES
} pl_quantity;

/* A series by name; PL_QUANTITIES when unknown. */
pl_quantity pl_series_quantity(const char *name);
const char *pl_quantity_series(pl_quantity quantity);
/* The value of a month, counted as year * 12 + month - 1; NaN when there is none. */
double pl_series_value(const pl_series *series, pl_quantity quantity, const char *basis, long month);

/* Months of a path by quantity: value[q * months + m]. */
typedef struct {
    long first; /* month */
    size_t months;
    double *value;
} pl_indices;
double pl_indices_at(const pl_indices *indices, pl_quantity quantity, long month);
/* Solves the path of a scenario's first variant and fills `out` (value to be freed). Goods arrive in the United States
 * `transit` of a month after they were bought; see pl_indices_arrive. Rates only when asked for: they cost a policy a month. */
pl_status pl_indices_of_path(const pl_scenario *scenario, const pl_world *world, long first, size_t months,
                             bool rates, volatile int *stop, pl_indices *out, pl_error *error);
/* What has arrived where the share `transit` of what is bought in a month arrives in the next. */
double pl_indices_arrive(const pl_indices *indices, pl_quantity quantity, long month, double transit);
/* The same of the long-run equilibrium of one month's policy, [PL_QUANTITIES]. */
pl_status pl_indices_long_run(const pl_scenario *scenario, const pl_world *world, long month, double *value,
                              pl_error *error);

/* ---- controls (src/check/controls_expected.c) ---- */

/* Compares one expected number of a control: a mapping with `control`, `variable`, `value` and `tolerance`. */
pl_status pl_expect_control(const pl_node *map, const pl_run *run, size_t variant, pl_case_report *report,
                            pl_error *error);

/* ---- bottlenecks (src/check/case_bottleneck.c) ---- */

/* Runs the daily quantities a case describes and compares what it expects of them. */
pl_status pl_case_bottleneck(const pl_node *map, const pl_node *expect, pl_case_report *report,
                             pl_error *error);

/* ---- laws (src/check/laws.c and laws_*.c) ---- */

/* What a law is held against. */
typedef struct {
    const pl_world *world;
    const char *world_name; /* for messages */
    pl_settings settings;   /* a law may vary them further */
    double tolerance;
    pl_case_report *report;
} pl_trial;

typedef pl_status (*pl_law)(const pl_trial *trial, pl_error *error);

/* A law by name, with the tolerance it is held to when a case names none; NULL when unknown. */
pl_law pl_law_find(const char *name, double *tolerance);
/* Their names, in order; *count of them. */
const char *const *pl_law_names(size_t *count);

/* X(word, function suffix, tolerance, what must hold) */
#define PL_LAWS(X)                                                                                           \
    X("no-change", no_change, 1e-12, "no change of policy changes nothing")                                  \
    X("scaling", scaling, 1e-9, "scaling all values changes no percentage")                                  \
    X("relabelling", relabelling, 1e-9, "relabelling countries and sectors permutes the results")            \
    X("there-and-back", there_and_back, 1e-9, "undoing a policy from where it led undoes its effects")       \
    X("numeraire", numeraire, 1e-9, "world value added is the unit, and real changes are price changes")     \
    X("closures", closures, 1e-9, "in a balanced world all closures agree")                                  \
    X("walras", walras, 1e-9, "world income is world spending, and deficits add up to zero")                 \
    X("lerner", lerner, 1e-9, "a uniform import tariff is a uniform export tax")                             \
    X("theta-zero", theta_zero, 1e-9, "without a trade response shares stay and income follows linear sums") \
    X("home-share", home_share, 1e-9,                                                                        \
      "with one sector and no inputs, home share to -1/theta is real income")                                \
    X("quota-tax", quota_tax, 1e-9, "an auctioned quota is an export tax at its premium")                    \
    X("ces-continuity", ces_continuity, 1e-8, "every CES nest is continuous at one")                         \
    X("certificate", certificate, 1e-9, "every equation holds, recomputed by plain loops")

#define PL_LAW_PROTOTYPE(word, name, tolerance, text)                                                        \
    pl_status pl_law_##name(const pl_trial *trial, pl_error *error);
PL_LAWS(PL_LAW_PROTOTYPE)
#undef PL_LAW_PROTOTYPE

/* ---- what laws share (src/check/trial.c) ---- */

/* A model on a world and one solve on it. */
typedef struct {
    pl_model *model;
    pl_policy *policy; /* the policy of the last solve; owned */
    pl_result *result;
} pl_solved;

/* Writes a policy: `data` is what the law wants it to know. */
typedef pl_status (*pl_policy_writer)(pl_policy *policy, const void *data, pl_error *error);

/* Calibrates, writes the policy (NULL: no change) on the world solved on, solves and certifies that it
 * converged: a solve that does not is added to the findings as a failure. Clear in any case. */
pl_status pl_trial_solve(const pl_trial *trial, const pl_world *world, const pl_settings *settings,
                         const pl_sector_values *sectors, pl_policy_writer writer, const void *data,
                         pl_solved *solved, pl_error *error);
void pl_solved_clear(pl_solved *solved);

/* The larger of two gaps; one that is not a number is infinite. */
double pl_worse(double worst, double gap);

/* Numbers in [0, 1) that look unrelated for neighbouring indices, the same everywhere. */
double pl_uneven(size_t a, size_t b, size_t c);

/* Which country and sector of the first world each of another one is; NULL members leave them in place. */
typedef struct {
    const size_t *country, *sector;
} pl_relabel;

/* A policy with uneven tariffs on many flows, and export taxes and trade costs on some. `data` is a
 * pl_relabel or NULL. */
pl_status pl_write_uneven(pl_policy *policy, const void *data, pl_error *error);

/* A copy of a world: values times `scale`, labels moved by `relabel` (may be NULL), flows replaced by `flow`
 * and rates by those of `policy` where these are given; its elasticities are `theta`. */
pl_status pl_world_rebuild(const pl_world *world, double scale, const pl_relabel *relabel, const double *flow,
                           const pl_policy *policy, const double *theta, pl_world **out, pl_error *error);

/* The largest difference between results a and b over all variables, as a fraction: percentages over 100,
 * money over the country's income before. `relabel` says where b's places are in a; b's money is divided by
 * `scale`. `where` gets the variable and the country. */
double pl_results_distance(const pl_result *a, const pl_result *b, double scale, const pl_relabel *relabel,
                           const char **variable, const char **country);
/* The same for one variable by country. */
double pl_variable_distance(const pl_result *a, const pl_result *b, pl_variable variable,
                            const char **country);

#endif
