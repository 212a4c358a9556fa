/* The solve layer: EQUILIBRIUM. The map G, the fixed point, the certificate, ensembles. */
#ifndef PL_SOLVE_H
#define PL_SOLVE_H

#include "model/model.h"

/* Plain wedges. Arrays [J][N][N]; export_tax and iceberg are NULL while they are the world's own. */
struct pl_policy {
    size_t N, J;
    const pl_world *world;
    double *tariff, *export_tax, *iceberg;
    double *transfer; /* [N] lump sums received, or NULL */
    size_t caps, cap_room;
    pl_cap *cap; /* [caps], each owning its name and flows */
};

/* Takes every control off a policy. */
void pl_policy_drop_caps(pl_policy *policy);
/* export tax under a policy, or the world's, or 0. */
double pl_policy_export_tax_at(const pl_policy *policy, size_t at);

/*
 * The state y of docs/model.md section 2: log changes, padded as the model's arrays are.
 *   log_wage [S], log_price [J][S], log_spending [J][S] (spending new/old), and with kappa finite
 *   log_labour [J][S] (labour shares new/old).
 * Kept in one vector so that the acceleration need not know what it moves.
 */
typedef struct {
    size_t length;
    size_t wage, price, spending, labour, premium; /* offsets; labour == premium when there is none */
} pl_layout_y;

/* The layout with `caps` quantity controls, whose premia stand at the end: [caps] made up to a multiple of
 * eight. */
pl_layout_y pl_y_layout(const pl_model *model, size_t caps);

/*
 * Quantity controls in the map (src/solve/caps.c). Flows under a control are taken out of the bilateral
 * arrays and kept as a list, so that a premium can change every iteration. The state holds u for each control
 * and the premium in force is log(1 + mu) = max(0, u), at most `most`.
 */
typedef struct {
    size_t caps, flows;
    const pl_cap *cap;           /* [caps] of the policy, borrowed */
    size_t *flow;                /* [flows] position (j * N + n) * N + i, each once */
    size_t *first, *owner;       /* [flows + 1], [...]: the controls of a flow */
    size_t *start, *member;      /* [caps + 1], [...]: the flows of a control */
    size_t *stock;               /* [flows] which of the map's stocks, SIZE_MAX for none */
    double *user, *border, *net; /* [flows] as in the map's arrays */
    double *weight, *iceberg;    /* [flows] base value net of export tax; iceberg factor */
    double *log_premium, *term,
        *value,       /* [flows] now: sum of z; share of the price sum; purchases net of duty */
        *beyond;      /* [flows] what of it is duty beyond a tariff-rate quota */
    double *z, *most; /* [caps] log(1 + mu), and its bound */
    double *quantity, *slope, *base; /* [caps] index now, its answer to z, base value of the set */
    double *asked;         /* [caps] the next u before its bounds: outside them it answers nothing */
    pl_cap_result *result; /* [caps] */
    pl_arena arena;
} pl_caps;

/*
 * Stocks held by buyers on a path (docs/model.md section 6, src/solve/stocks.c): what is bought in a month is
 * not what is used in it. Quantities are in million USD at base producer prices. Everything is the caller's.
 */
typedef struct {
    size_t count;
    const size_t *flow;                    /* [count] position (j * N + n) * N + i, ascending */
    const double *opening, *wanted, *most; /* [count] stock now, stock wanted after, most to be bought */
    const double *iceberg;                 /* [count] factor in force */
    double *use, *bought;                  /* [count] left behind */
    double *value;                         /* [S] left behind: purchases less use at user prices */
    bool *capped;                          /* [count] left behind: under a control */
} pl_stocks;

/*
 * Limits on what a sector of a country can make, on a path (docs/model.md (16), src/solve/stocks.c): one premium
 * on all its sales, at home too, whose rent is the seller's. Their state stands behind that of the controls.
 */
typedef struct {
    size_t count;
    const size_t *at;    /* [count] position in a [J][S] array */
    const double *level; /* [count] volume allowed over the baseline's */
    double *volume;      /* [count] left behind */
    double *log_premium; /* [J][S] left behind; zero where there is no limit */
    double *keep;        /* [J][S] left behind: exp of minus that */
} pl_output_limits;

/* The map G with everything it needs and leaves behind. Arrays [J][S] and [S] as in the model. */
typedef struct {
    const pl_model *model;
    pl_layout_y at;
    pl_arena arena;
    /* Policy, entered once: [J][N][S]. user = pi kappa^-theta; border = user net of duty; net = border net of
     * export tax. Without duties border is user; without export taxes net is border. */
    double *user, *border, *net;
    double *store[3]; /* the memory behind them, taken when first needed */
    bool
        *plain; /* [J] no duty and no control in the sector: there border is user, whatever it is elsewhere */
    pl_caps caps;
    double *cap_sum;    /* [J][S] what flows under a control add to the price sum */
    double *cap_rent;   /* [S] rents received */
    double *limit_rent; /* [S] premia of limits on own output */
    double *cap_duty;   /* [S] duty beyond tariff-rate quotas */
    double *cap_labour; /* [S] rents wasted in labour */
    /* For paths (section 6): another elasticity [J] and other base shares [J][N][S] in the place of the
     * model's; and wages that move `wage_share` of the way from `wage_anchor` [S] in a month, employment
     * taking the rest. NULL: none. */
    const double *theta, *base_share, *wage_anchor;
    double wage_share;
    /* The same for final spending: last month's [S], and the share of the way to income it moves. */
    const double *spend_anchor;
    double spend_share;
    pl_output_limits *limits; /* NULL: none */
    pl_stocks *stocks;        /* NULL: what is bought is used */
    double *transfer;         /* [S] lump sums received, million USD */
    double deficit_weight;    /* 1, or less on the way to a balanced world */
    bool nested, mobile;      /* some CES nest is not Cobb-Douglas; labour moves freely (kappa infinite) */
    size_t distinct;          /* how many values sigma_inputs takes over sectors */
    size_t *group;            /* [J] which of them a sector has */
    double *group_sigma;      /* [distinct] */
    size_t sweeps;
    /* Left behind by the last pl_gmap_apply. */
    double *cost;        /* [J][S] log unit cost */
    double *cost_power;  /* [J][S] c^-theta */
    double *bundle;      /* [J][S] log input bundle, when nested */
    double *powered;     /* [distinct][J][S] P^(1-sigma_m), when nested */
    double *sector_wage; /* [J][S] log wage by sector, when labour is not mobile */
    double *beta;        /* [J][S] value-added share in force */
    double *input_scale; /* [J][S] (M/c)^(1-sigma_v) M^-(1-sigma_m), when nested */
    double *spending;    /* [J][S] E', million USD */
    double *output;      /* [J][S] Y', million USD */
    double *active;      /* [J][S] 1 where there is spending, else 0 */
    double *price_sum, *net_sum, *border_sum, *work; /* [J][S] scratch of the sweep and of powers;
                                                         work has one row more */
    /* [S]: value of purchases net of duty; revenues; labour demand; profits; I'; D'; log P^C */
    double *final_value,
        *borrowed; /* on a path: final spending, and what is borrowed for it and for stocks */
    double *border_value, *export_taxes, *payroll, *profits, *income, *deficit, *consumer_price, *base;
    double damping; /* of wages, and of labour shares; 1 is none */
} pl_gmap;

pl_status pl_gmap_init(pl_gmap *map, const pl_model *model, pl_error *error);
void pl_gmap_clear(pl_gmap *map);
/* Enters a policy; `share` in [0,1] is how much of the (log) change from the world's own is applied. */
pl_status pl_gmap_policy(pl_gmap *map, const pl_policy *policy, double share, pl_error *error);
/* g = G(y): (1)-(11). g may not be y. Two sweeps of an N*N*J array (three with export taxes). */
void pl_gmap_apply(pl_gmap *map, const double *y, double *g);

/* Enters the controls of a policy: takes their flows out of the arrays. */
pl_status pl_caps_enter(pl_gmap *map, const pl_policy *policy, pl_error *error);
void pl_caps_clear(pl_caps *caps);
/* Before the sweep: premia from the state, and what they add to the price sums. */
void pl_caps_before(pl_gmap *map, const double *y);
/* After the sweep: revenue, export tax, rents; and the next u. */
void pl_caps_after(pl_gmap *map, double *g);
/* Of a minimum price: which of its flows asks for the highest premium, its other premia and export tax reckoned in, and the
 * log of what it asks. SIZE_MAX: none is sold. */
size_t pl_caps_floor(const pl_gmap *map, size_t k, double *asked);

/* Finds which stocks are under a control; after the controls are entered. */
void pl_stocks_enter(pl_gmap *map);
/* What is bought of stock `k` when `use` of it is used. */
double pl_stocks_bought(const pl_stocks *stocks, size_t k, double use);
/* Premia on limited sellers: into unit-cost powers before they are taken, and out of revenue after the sweep. */
void pl_limits_before(pl_gmap *map, const double *y);
void pl_limits_revenue(pl_gmap *map);
/* The next state of the limits, from output. */
void pl_limits_after(pl_gmap *map, double *g);
/* After the sweep: purchases beyond use go to sellers, treasuries and the cost of stocks. */
void pl_stocks_after(pl_gmap *map);

/* One sector's pass over the bilateral arrays (src/solve/sweep.c). Rows are [N][S]; the sums are added to,
 * but for price_sum. border_sum is used only when net is not border. S is a multiple of eight. */
typedef struct {
    const double *user, *border, *net; /* [N][S]; border may be user, net may be border */
    const double *power, *spending;    /* [S] c^-theta by seller, E' by buyer */
    const double *extra;               /* [S] what is added to the price sum for flows under a control */
    double *price_sum;                 /* [S] sum over sellers of user * power */
    double *border_value;              /* [S] purchases by buyer net of duty */
    double *net_sum, *border_sum;      /* [S] sum over buyers of net (border) * E' / price_sum */
} pl_sweep;
void pl_sweep_sector(const pl_sweep *sweep, size_t N, size_t S);
/* The reverse of it: from the adjoints of revenue, export tax, purchases and prices to those of price sums, spending and
 * powers. Rows and equalities of arrays as above. */
typedef struct {
    const double *user, *border, *net;          /* [N][S] */
    const double *power, *spending, *price_sum; /* [S] */
    const double *price_bar;                    /* [S] by the log of the price sum */
    const double *base_bar, *extra;             /* [S] by buyer: of income; of purchases under a control */
    const double *net_bar,
        *border_bar;                /* [S] by seller: of net revenue; of the rest of purchases, when taxed */
    double *net_seen, *border_seen; /* [S] scratch */
    double *sum_bar, *spending_bar, *power_bar; /* [S] out; power_bar is added to */
} pl_unsweep;
void pl_unsweep_sector(const pl_unsweep *sweep, size_t N, size_t S);
/* out += a * x, elementwise. */
void pl_add_product(const double *a, const double *x, double *out, size_t count);
/* out[n] = sum over k of share[k][n] x[k][n];  out[k][n] += share[k][n] y[n]. */
void pl_gather_inputs(const double *share, const double *x, double *out, size_t J, size_t S);
void pl_spread_inputs(const double *share, const double *y, double *out, size_t J, size_t S);

/* Anderson acceleration (src/solve/anderson.c): regularised least squares over the last steps, safeguarded.
 */
typedef struct {
    size_t length, depth, used, next;
    double *d_residual, *d_value;   /* [depth][length] differences */
    double *residual, *value;       /* [length] of the step before */
    double *gram, *factor;          /* [depth][depth] */
    double *right, *weight, *scale; /* [depth] */
    bool has_last;
    double best; /* smallest residual norm since the last restart */
} pl_anderson;

size_t pl_anderson_need(size_t length, size_t depth);
void pl_anderson_init(pl_anderson *a, pl_arena *arena, size_t length, size_t depth);
void pl_anderson_restart(pl_anderson *a);
/* Begins another problem near the last one: what the steps so far told of the map is kept. */
void pl_anderson_resume(pl_anderson *a);
/* From y and g = G(y), the next y (written over y). Returns the largest |g - y|; when that is within the
 * tolerance, y is left as it was. */
double pl_anderson_step(pl_anderson *a, double *y, const double *g, double tolerance);

/* Newton-Krylov by KINSOL on G(y) - y (src/solve/newton.c): at most `steps` Newton steps; y is updated.
 * Returns the number of evaluations of G; *residual is the largest |G(y) - y| left. */
size_t pl_newton_run(pl_gmap *map, double *y, double *work, double tolerance, size_t steps, double *residual);

/* The map of a solver, for what is derived from its last evaluation. */
pl_gmap *pl_solver_map(pl_solver *solver);

/* pl_solver_start, but at one of the methods behind the first. */
pl_status pl_solver_skip_to(pl_solver *solver, const pl_policy *policy, pl_method method, pl_error *error);

struct pl_result {
    const pl_model *model;
    pl_arena arena;
    double *y;                      /* state */
    double *value[PL_RESULT_COUNT]; /* [N] or [J][N] */
    size_t caps, cap_room;
    pl_cap_result *cap; /* [caps] */
    bool converged;
    size_t iterations, sweeps;
    double seconds, residual;
    pl_method method;
};

/* Fills every variable from the map's last evaluation at y (src/solve/outcome.c); without `trade`, all but those that take
 * another pass over the bilateral arrays: imports, exports and first-order welfare. */
pl_status pl_outcome_fill(pl_result *result, const pl_gmap *map, bool trade, pl_error *error);

/*
 * What the certificates of an equilibrium and of a month have in common (src/solve/plain_loops.c): the equations by plain
 * loops over the world's own arrays, which share nothing with the map. In this order: init, which reads wages, prices,
 * spending and premia; the caller fills `share`, and `ratio` and `limit` where they are not one; trade; deficits and `final`
 * spending; demand; compare, and what the caller compares itself; worst.
 */
typedef struct {
    const pl_model *model;
    const pl_world *world;
    const pl_policy *policy;
    const pl_cap_result *cap; /* [caps] premia, and rents that are said to be paid */
    size_t N, J;
    /* [N]: w, P^C, wages paid, D', final spending, what goes into stocks; rents received, rents on own sales, rents that
     * pay labour, duty beyond tariff-rate quotas */
    double *wage, *index, *paid, *deficit, *final, *stocked, *rent, *earned_rent, *waste, *cap_duty;
    double *duty, *tax, *imports, *exports;
    /* [N][J]: P, E', l'/l, w_nj, c, M, Y', value added, the demand that spending meets, one plus a limit's premium */
    double *price, *spending, *labour, *own_wage, *cost, *bundle, *output, *added, *wanted, *limit;
    /* [J][N][N]: one plus mu, infinite under a ban; pi'; bought over used */
    double *premium, *share, *ratio;
    double *charged, *quantity; /* [caps] rent, and quantity new over base */
    double *memory;
} pl_plain;

pl_status pl_plain_init(pl_plain *p, const pl_model *model, const pl_policy *policy, const double *y,
                        const pl_cap_result *cap, pl_error *error);
void pl_plain_clear(pl_plain *p);
/* dhat of section 1 by the premia in force, of flow (j * N + n) * N + i. */
double pl_plain_wedge(const pl_plain *p, size_t at);
/* (3)-(5), (8), (9), and whether shares add up to one. */
void pl_plain_trade(pl_plain *p, const double *theta, pl_certificate *c);
/* Producers' revenue of what is used of a flow. */
double pl_plain_received(const pl_plain *p, size_t at);
/* D' of the closure, given everyone's income [N]. */
void pl_plain_deficit(pl_plain *p, const double *income);
/* (6): what inputs and final users ask for. */
void pl_plain_demand(pl_plain *p);
/* (6), (7), the shares of labour of (10), section 3 and Walras. */
void pl_plain_compare(pl_plain *p, const double *income, pl_certificate *c);
void pl_plain_worst(pl_certificate *c);
/* The larger, or a NaN; and the difference over the larger. */
double pl_plain_largest(double a, double b);
double pl_plain_relative(double a, double b);

/* What a payoff sees of an equilibrium: its derivative by income [S], by log P^C [S] and by value added
 * [J][S] (or NULL). */
typedef struct {
    const double *income, *log_index, *value_added;
} pl_seeds;

/* The reverse of the map (src/solve/gmap_reverse.c), after a pl_gmap_apply at the same y. */
typedef struct {
    pl_gmap *map;
    pl_arena arena;
    double *spend, *alpha; /* [J][S] spending out of the map; final shares in force */
    double *spend_bar, *output_bar, *cost_bar, *beta_bar, *wage_bar, *bundle_bar, *price_bar, *sum_bar;
    double *spending_bar, *power_bar, *seen; /* [J][S] adjoints */
    double *payroll_bar, *sectors_bar;       /* [S] by what labour is paid, and by what sectors pay of it */
    double *base_bar, *income_bar;           /* [S] */
    double *work, *value;                    /* [S] */
    double *cap_x_bar, *flow_bar, *z_bar, *quantity_bar; /* [J][S], [flows], [caps], [caps]: controls */
} pl_reverse;

pl_status pl_reverse_init(pl_reverse *reverse, pl_gmap *map, pl_error *error);
void pl_reverse_clear(pl_reverse *reverse);
/* Once for each y, before any pl_reverse_apply. */
void pl_reverse_prepare(pl_reverse *reverse, const double *y, const double *g);
/* y_bar = (the payoff's own derivative) + G_y' g_bar. */
void pl_reverse_apply(pl_reverse *reverse, const double *y, const double *g, const double *g_bar,
                      const pl_seeds *seeds, double *y_bar);
/* [J][N][N] each, or NULL: by log(1 + duty), log(1 + export tax), log of the iceberg factor. */
typedef struct {
    double *tariff, *export_tax, *iceberg;
} pl_wedge_gradient;
void pl_reverse_wedges(const pl_reverse *reverse, const bool *rows, pl_wedge_gradient *out);
/* The same for flows under controls (src/solve/caps_reverse.c): before the sweep, after it, and by the
 * levels. */
void pl_caps_reverse_rents(pl_reverse *reverse, const double *g_bar);
void pl_caps_reverse_sums(pl_reverse *reverse, const double *y, double *y_bar);
/* Adds the derivatives by the wedges of flows under controls to those of pl_reverse_wedges. */
void pl_caps_reverse_wedges(const pl_reverse *reverse, const double *y, const double *g_bar,
                            pl_wedge_gradient *out);
void pl_caps_reverse_levels(const pl_reverse *reverse, const double *g_bar, double *level);

/*
 * Adjoints of the equilibria a solver finds (src/solve/gradient.c), one solver's for many payoffs and many policies: what
 * one search for an adjoint learns of the map serves the next.
 */
typedef struct pl_adjoint pl_adjoint;
pl_status pl_adjoint_new(pl_solver *solver, pl_adjoint **adjoint, pl_error *error);
void pl_adjoint_free(pl_adjoint *adjoint);
/* Whether it was made for a policy with as many controls and flows under them as the solver has now. */
bool pl_adjoint_fits(const pl_adjoint *adjoint);
/* Forgets what it learnt, so that what follows does not depend on what was asked before. */
void pl_adjoint_forget(pl_adjoint *adjoint);
/* Once after each solve, before any pl_adjoint_run. */
void pl_adjoint_enter(pl_adjoint *adjoint);
/* A payoff's adjoint, from `lambda` [at.length] on, which is written over; `tolerance` is relative to its largest entry.
 * Derivatives by wedges are filled for the rows [J][N] of buyers that are asked for; NULL: for all. */
void pl_adjoint_run(pl_adjoint *adjoint, const pl_payoff *payoff, double *lambda, double tolerance,
                    const bool *rows, pl_gradient *gradient);
/* What the payoff changes by on the way from where the solver stopped to the equilibrium, to first order: with it a solve
 * may stop early and the payoff is still exact to the square of the residual. */
double pl_adjoint_remainder(const pl_adjoint *adjoint, const double *lambda);

/* The state where a solver stands, [at.length] of its map; of one that was started and has not stepped, to be
 * written to. */
const double *pl_solver_state(const pl_solver *solver);
double *pl_solver_place(pl_solver *solver);

/* pl_result_trade of what a country buys and of what it sells, [J][N] each by partner; its own purchases are in both. Duty
 * beyond tariff-rate quotas is not yet taken out. */
pl_status pl_result_trade_of(const pl_result *result, const pl_policy *policy, size_t country, double *bought,
                             double *sold, pl_error *error);
/* The image of its state under the map. */
const double *pl_solver_image(const pl_solver *solver);
/* pl_solver_start from a state [at.length] of a solve nearby under a policy with the same controls, NULL for none, to a
 * tolerance of its own. The acceleration keeps what it learnt in the solve before when `resume`. */
pl_status pl_solver_start_at(pl_solver *solver, const pl_policy *policy, const double *state, bool resume,
                             double tolerance, pl_error *error);
/* pl_solver_finish without what takes another pass over trade: see pl_outcome_fill. */
pl_status pl_solver_finish_briefly(pl_solver *solver, pl_result *result, pl_error *error);
/* Another tolerance than the model's, for the solve that was started. */
void pl_solver_set_tolerance(pl_solver *solver, double tolerance);

#endif
