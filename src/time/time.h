/* The time layer: MONTHS. Staggered demand, stocks, licences, bottlenecks -> pl_path. */
#ifndef PL_TIME_H
#define PL_TIME_H

#include "solve/solve.h"

/* Where the policy of a month comes from: a scenario, or a test. `known` is the month at whose end it is known; months
 * count from the first of the path. The caller frees the policy. */
typedef struct {
    void *context;
    pl_status (*policy)(void *context, size_t month, size_t known, pl_policy **policy, pl_error *error);
    /* Whether nothing is announced, starts or ends in months `from` to `to`, so that the policy of one and what is known in
     * one is that of the other; may be NULL: nothing is known to be quiet. */
    bool (*quiet)(void *context, size_t from, size_t to);
    void (*release)(void *context); /* may be NULL; called when the path is freed */
} pl_path_source;

/* What a path is made of. Everything is borrowed until the path is freed. */
typedef struct {
    const pl_model *model;
    pl_path_source source;
    const pl_licence *licence; /* [licences] */
    size_t licences;
    pl_date from; /* the first month */
    size_t months;
    const double *criticality; /* [J][J] [input][user]; NULL: the setting, for every user */
} pl_path_input;

pl_status pl_path_open(const pl_path_input *input, pl_path **path, pl_error *error);

/* Weights of suppliers (13), src/time/weights.c. Arrays [J][N][S] and [J][S] as in the model. */
typedef struct {
    double *before;  /* pi of the baseline */
    double *now;     /* a of this month, forced switching included: the map's base share */
    double *lasting; /* weighted mean of past log wedges: how far weights have moved for it */
    double *wedge;   /* log wedge of this month where `wedged`; INFINITY for a variety that is banned */
    double *cost;    /* [J][S] weighted mean of past log unit costs */
    double *level;   /* [J][S] log factor of a row, so that prices move the way they should */
    bool *wedged, *moved, *cut; /* [J*N] rows: with a wedge now; with one now or before; with flows cut off */
    double *theta;              /* [J] short-run theta */
    double share;               /* lambda */
    double within;              /* how far the month itself goes towards the long-run elasticity */
    double *row, *power;        /* [S] scratch */
    size_t cuts, cut_room;
    struct pl_cut *cut_flow; /* [cuts] flows of which only a part of the weight stays */
} pl_weights;

typedef struct pl_cut {
    size_t flow;
    double keep;
} pl_cut;

/* Stocks (14), src/time/holdings.c: the flows whose policy changes at some date. Quantities in million USD a year at
 * base producer prices; a stock in the same unit is so many months of it. */
typedef struct {
    size_t count;
    size_t *flow; /* [count] ascending */
    double *opening, *wanted, *most, *iceberg, *use, *bought, *closing;
    double *normal;    /* use without premium, smoothed */
    double *base;      /* use in the baseline */
    double *premium;   /* log premium of last month */
    double *log_wedge; /* this month's, premium apart */
    double *gain, *loss;
    double *
        ahead; /* [look_ahead][count] landed costs expected for the months ahead; month m is in row m % look_ahead */
    bool *known;               /* [look_ahead] whether the row is still what is expected */
    double *needed, *licensed; /* under licences: part that needs one, and what licences allow */
    double *free, *covered;    /* what may be bought without; what may be used over normal use */
    size_t *regime;            /* one of the licences it is under */
    bool *capped;
    double *value; /* [S] */
    pl_stocks map; /* the same, as the map sees them */
} pl_holdings;

/* The queue of one flow under one regime (15), src/time/queue.c. Amounts as in pl_holdings. */
typedef struct {
    size_t regime, holding; /* which licence; which of the holdings */
    double *applied, *lot;  /* [months] applications by month; what is left of licences issued in a month */
    bool green;
    double part;   /* of the flow that needs a licence */
    double needed; /* of this month's purchases, the part that needs one */
    double orders, pending, decided,
        approved; /* of this month; undecided at its end; decided, and granted, in it */
} pl_queue;

/* A user whose output is tied to a licensed input (16). */
typedef struct {
    size_t country, sector;
    double limit; /* of output over normal output */
} pl_limit;

typedef struct {
    double *value[PL_PATH_COUNT];  /* [months][N] or [months][J][N] */
    double *pair[PL_PAIR_COUNT];   /* [months][N][N] */
    double *held;                  /* [N][N] base use of flows with stocks */
    double *flow[PL_FLOW_COUNT];   /* [months][holdings] */
    double *queue[PL_QUEUE_COUNT]; /* [months][queues] */
    pl_month *month;               /* [months] */
} pl_history;

struct pl_path {
    pl_path_input input;
    const pl_model *model;
    size_t N, J, S, months, done;
    pl_gmap map;
    pl_anderson anderson;
    pl_arena arena, state_arena, holding_arena, queue_arena, record_arena;
    double *y, *g, *spare; /* the state, its image, and scratch */
    double *before;        /* the state of the month before last, without premia */
    double *anchor;        /* [S] log wages of last month */
    double *spent;         /* [S] final spending of last month */
    double *retail;        /* [S] log shop prices */
    double *trade,
        *volume; /* [J][N][N] purchases of the month at customs value, and at base prices; a year's rate */
    double *normal_output; /* [J][S] output volume without limits, smoothed */
    double *cost_power;    /* [J][S] c^-theta with the long-run theta */
    double *shortage;      /* [J][S] by input and buyer: part of normal use that is missing */
    pl_weights weights;
    pl_holdings holdings;
    pl_queue *queue; /* [queues] */
    size_t queues;
    pl_limit *limit; /* [limits] of this month */
    size_t limits, limit_room;
    double *limit_state;      /* [J][S] where a limit's premium stood last */
    pl_output_limits entered; /* the same limits as the map sees them */
    size_t *limit_at;
    double *limit_level, *limit_volume;
    pl_strings cap_name; /* controls of last month and their state, for a warm start */
    double *cap_state;
    size_t plain_caps; /* controls of `policy` before licences and stocks added theirs */
    pl_policy *policy; /* this month's, with the controls of licences and bottlenecks */
    pl_history history;
};

/* How much more would be demanded, without its premium, of a flow whose premium is at the limit: beyond that buyers are cut
 * off. */
double pl_path_reach(const pl_path *path, size_t flow);
/* Substitution between suppliers within a month, of a flow's sector. */
double pl_path_sigma(const pl_path *path, size_t flow);

/* ---- weights ---- */

size_t pl_weights_need(const pl_model *model);
pl_status pl_weights_init(pl_weights *w, pl_arena *arena, const pl_gmap *baseline, pl_error *error);
void pl_weights_clear(pl_weights *w);
/* Forgets last month's wedges and cuts. */
void pl_weights_begin(pl_path *path);
/* Enters the month's wedges. */
void pl_weights_wedge(pl_path *path);
/* Only the part `keep` of a flow's weight stays this month: the other buyers choose anew. */
bool pl_weights_cut(pl_path *path, size_t flow, double keep);
/* This month's weights into `now`. */
void pl_weights_fill(pl_path *path);
/* After the month is solved: weights move lambda of the way to the long run. */
void pl_weights_move(pl_path *path);
/* The weight of a flow over that of its row, before anyone is cut off. */
double pl_weights_share(pl_path *path, size_t flow);
/* The log wedge of a flow under a policy; INFINITY when its iceberg factor is. */
double pl_flow_wedge(const pl_policy *policy, size_t flow);
/* Where a flow stands in a padded array, and its row [J][S]. */
size_t pl_flow_padded(const pl_model *model, size_t flow);
size_t pl_flow_row(const pl_model *model, size_t flow);

/* ---- holdings ---- */

/* Finds the flows whose policy changes at some month. */
pl_status pl_holdings_init(pl_path *path, pl_error *error);
/* Which of the holdings a flow is; SIZE_MAX for none. */
size_t pl_holdings_find(const pl_holdings *h, size_t flow);
/* Stocks wanted at the end of the month, given what is known of the next ones. */
pl_status pl_holdings_plan(pl_path *path, pl_error *error);
/* What stocks do to the policy's own controls: bans leave them to be used up, quotas release some. */
pl_status pl_holdings_controls(pl_path *path, pl_error *error);
/* After the month is solved: stocks and normal use. */
void pl_holdings_close(pl_path *path);

/* ---- licences ---- */

pl_status pl_queues_init(pl_path *path, pl_error *error);
/* Applications and decisions of the month; what may be bought goes to the holdings and to the policy. */
pl_status pl_queues_decide(pl_path *path, pl_error *error);
/* Licences used this month. */
void pl_queues_use(pl_path *path);

/* ---- bottlenecks ---- */

/* Limits on the output of users of licensed inputs, as controls of the policy. */
pl_status pl_limits_enter(pl_path *path, pl_error *error);
/* After the month is solved: normal output. */
void pl_limits_close(pl_path *path);
/* Days of stock of what is licensed, [J][N] by input; NaN where there is none. */
void pl_limits_days(const pl_path *path, double *days);

/* ---- results ---- */

pl_status pl_history_init(pl_path *path, pl_error *error);
void pl_history_fill(pl_path *path);
/* The month's equations once more by plain loops. */
pl_status pl_month_certify(const pl_path *path, pl_month *month, pl_error *error);

#endif
