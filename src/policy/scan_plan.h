/* A sweep from inside: what is varied, which members that makes, and what is kept of each. vary.c reads what is varied,
 * scan_plan.c lays out the members, scan_members.c solves them. */
#ifndef PL_SCAN_PLAN_H
#define PL_SCAN_PLAN_H

#include "policy/policy.h"

typedef enum { PL_VARY_MEASURE, PL_VARY_SETTING, PL_VARY_OPTION, PL_VARY_VARIANT } pl_vary_kind;

/* One thing varied. A grid has `count` values; a sample draws one for each member, so that there `count` is the members'. */
typedef struct {
    pl_vary_kind kind;
    const char *text; /* as written, borrowed while it is read */
    char *name;       /* for files: letters, digits and underscores */
    char *label;      /* for people */
    char *key;        /* of a setting or an option */
    const pl_measure *measure;
    bool numeric, percent; /* values are numbers; in percent */
    bool open;             /* a range without its number of values, for samples */
    double low, high;
    size_t count;
    pl_strings shown;  /* [count] each value as it would be written */
    double *value;     /* [count] the numbers, or positions in `choice` */
    pl_strings choice; /* what a list offers a sample */
} pl_vary;

/* Reads one --vary. A measure on one line is added to the scenario; where there are samples, `open` ranges are allowed. */
pl_status pl_vary_read(pl_scenario *scenario, const pl_world *world, const char *text, bool sampled,
                       pl_vary *vary, pl_error *error);
/* Draws `count` values in place of those written: one in each of `count` equal parts, in random order. */
pl_status pl_vary_sample(pl_vary *vary, size_t count, uint64_t *seed, pl_error *error);
void pl_vary_clear(pl_vary *vary);
/* The rate, level or factor that a value of a measure stands for. */
pl_status pl_vary_rate(const pl_vary *vary, const char *shown, double *rate, pl_error *error);

/* Members that are solved one after another, each from the solution before it. */
typedef struct {
    size_t first, step, count; /* members first, first + step, ... */
} pl_chain;

struct pl_scan {
    const pl_scenario *scenario; /* borrowed, and the world */
    const pl_world *world;
    size_t dims, members, variant, threads;
    pl_vary *vary;
    bool sampled, cold;
    size_t variables, record; /* doubles kept of a member */
    pl_variable *variable;
    size_t *offset; /* [variables] within a record */
    double *value;  /* [members][record] NaN until solved */
    pl_scan_member *member;
    size_t along; /* the dimension chains run along; `dims` for none */
    size_t chains;
    pl_chain *chain;
    size_t done; /* members solved so far, atomic */
    pl_status status;
};

/* Solves one member's policy and model for a message only: what cannot be made is found out before the work starts. */
pl_status pl_scan_try(const pl_scan *scan, size_t member, pl_error *error);

#endif
