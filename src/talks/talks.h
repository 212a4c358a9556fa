/* The talks layer: STRATEGY. Payoffs, best responses, Nash, the frontier, bargains, self-enforcement. */
#ifndef PL_TALKS_H
#define PL_TALKS_H

#include "policy/policy.h"

#include <pthread.h>

/* ---- games (src/talks/game.c, src/talks/game_read.c) ---- */

/* X(enumerator, word in YAML). */
#define PL_INSTRUMENT_KINDS(X)                                                                               \
    X(TARIFF, "tariff")                                                                                      \
    X(EXPORT_TAX, "export-tax")                                                                              \
    X(QUOTA, "quota")                                                                                        \
    X(LICENCE, "licence")
typedef enum {
#define PL_INSTRUMENT_ENUM(name, word) PL_INSTRUMENT_##name,
    PL_INSTRUMENT_KINDS(PL_INSTRUMENT_ENUM)
#undef PL_INSTRUMENT_ENUM
        PL_INSTRUMENT_KIND_COUNT
} pl_instrument_kind;
extern const char *const pl_instrument_kind_words[PL_INSTRUMENT_KIND_COUNT];
bool pl_instrument_is_level(size_t kind);

/* Who gets a control's rent. */
enum { PL_RENT_SELLER, PL_RENT_BUYER, PL_RENT_WASTED, PL_RENT_HOLDERS };

typedef struct {
    char *name;
    size_t line;
    bool *member;                      /* [N] */
    double *real_income, *value_added; /* [N], [J][N] or NULL: the payoff */
    double baseline;                   /* the payoff's value when nothing changes */
    double income;                     /* baseline income of the members, million USD */
    double weight;                     /* in bargains; they add up to one */
} pl_player;

typedef struct {
    char *name, *title;
    size_t line, player, kind;
    size_t first, count; /* its instruments */
    bool add;            /* the rate comes on top of what stands */
    double low, high, share;
    double rent[PL_RENT_HOLDERS];
} pl_family;

typedef struct {
    char *name;
    size_t family, player, kind;
    double low, high;
    size_t count, *flow; /* positions (sector * N + buyer) * N + seller */
    double value;        /* base value of its flows, million USD */
    double curvature;    /* of the payoff by the search's variable, a guess that scales it */
} pl_instrument;

/* Something a person proposes: a variant, and instruments set on top of it. */
typedef struct {
    char *name, *title;
    size_t line, variant;
    double *setting;  /* [instruments] NaN: as it stands */
    double *transfer; /* [players] million USD received */
} pl_package;

typedef enum { PL_DISAGREE_VARIANT, PL_DISAGREE_NASH, PL_DISAGREE_CLOSED } pl_disagreement;

/* How far an answer is (src/talks/pace.c): what is wanted in all, what stages before this one were expected to take, and
 * this one; where it began, and its parts. */
typedef struct {
    size_t solves, wanted, base, expected, begun, parts, parts_done, shown;
    pthread_mutex_t lock; /* of what follows: points found so far, in the order they were */
    size_t points, room;
    pl_talks_point *point;
} pl_pace;

struct pl_game {
    char *name, *title, *file, *period;
    pl_scenario *scenario;
    pl_yaml *doc;
    pl_world *world;
    pl_model *model;
    const pl_world *on; /* the world the model stands on */
    volatile int *stop;
    pl_pace *pace; /* written by every thread at work, atomically */
    size_t N, J;
    size_t players, families, instruments, packages, tables;
    pl_player *player;
    pl_family *family;
    pl_instrument *instrument;
    pl_package *package;
    size_t (*table)[2]; /* [tables] pairs of players who talk to each other */
    pl_policy **policy; /* [variants] */
    size_t variants, today;
    pl_disagreement disagreement;
    size_t without;      /* the variant without a deal */
    bool punish_by_nash; /* else a breach ends the deal: what stands without one */
    bool transfers;
    double transfer_limit; /* share of the smaller player's income */
    double discount, lag, punishment;
};

/* Calibrates: policies of all variants, payoffs, curvatures. For another model (a draw) as well as for the game's own. */
pl_status pl_game_calibrate(pl_game *game, pl_error *error);

/* ---- the search's variable ---- */

/* log(1 + rate), or the log of a level; and back. */
double pl_instrument_inner(const pl_instrument *instrument, double setting);
double pl_instrument_outer(const pl_instrument *instrument, double inner);

/* ---- first guesses from what was solved before (src/talks/past.c) ---- */

/* The last few points: what was set [keys], and what came of it [length]. */
typedef struct {
    pl_arena arena;
    size_t kept, keys, length, used, next;
    double *key, *value;
} pl_past;
enum { PL_PAST_MOST = 32 };
/* Keeps the last `kept` points, PL_PAST_MOST at most. */
pl_status pl_past_init(pl_past *past, size_t kept, size_t keys, size_t length, pl_error *error);
void pl_past_clear(pl_past *past);
void pl_past_forget(pl_past *past);
void pl_past_add(pl_past *past, const double *key, const double *value);
/* What is to be expected at `key`, exact to first order once enough is known; false when nothing is. */
bool pl_past_guess(const pl_past *past, const double *key, double *guess);

/* ---- evaluating what is on the table (src/talks/board.c) ---- */

/* One a thread. Solves warm from its last equilibrium. */
typedef struct {
    const pl_game *game;
    const pl_model *model;
    pl_policy *const *base; /* [variants] */
    volatile int *stop;     /* the game's, unless its user has another; may be NULL */
    pl_solver *solver;
    pl_result *result;
    const pl_result *opening; /* where what was forgotten begins, borrowed; NULL: nowhere */
    pl_policy *policy;
    size_t variant;                      /* whose policy is laid out; SIZE_MAX for none */
    double *setting;                     /* [instruments] in force */
    double *transfer;                    /* [players] in force */
    double *baseline;                    /* [players] payoff when nothing changes */
    double *payoff;                      /* [players] of the last solve, percent */
    double *stopped;                     /* [players] the same without what gradients add */
    double *tariff, *tax, *level, *lump; /* of the last gradient */
    bool *row;                           /* [J][N] buyers' rows that a rate moves */
    bool *governs, *set;                 /* [instruments] a level that is set; anything that is */
    pl_adjoint *adjoint;                 /* of the last gradient */
    bool entered;                        /* it stands where the last solve stands */
    double *key, *guess, *lambda;        /* what is set; scratch [length] */
    size_t length;                       /* of the state; 0 before the first solve */
    pl_past *past;                       /* [1 + players] equilibria, and adjoints by player */
    double
        closeness; /* residual at which the solves of a search stop, and its adjoints relative to their size */
    size_t base_caps; /* controls of the variant in the policy; the instruments' stand behind */
    size_t solves;
    bool warm, converged;
} pl_board;

pl_status pl_board_new(const pl_game *game, const pl_model *model, pl_policy *const *base, pl_board **board,
                       pl_error *error);
void pl_board_free(pl_board *board);
/* How close the solves of a search come: enough for steps of the size `step` to mean something. */
void pl_board_sharpen(pl_board *board, double step);
/* Forgets the last equilibrium, so that what follows does not depend on what was solved before. */
void pl_board_forget(pl_board *board);
/* Lays out a variant with settings [instruments] on top (NaN: as it stands) and transfers [players] (NULL: none), and
 * solves it; payoffs are then in the board. */
pl_status pl_board_solve(pl_board *board, size_t variant, const double *setting, const double *transfer,
                         pl_error *error);
/* The same for a search, which wants gradients as well: the solve stops early, and the payoff is exact once the gradient
 * of the player is known, which makes up for it. */
pl_status pl_board_seek(pl_board *board, size_t variant, const double *setting, const double *transfer,
                        pl_error *error);
/* Derivatives of a player's payoff where the last solve stands: by the inner variable of every instrument that is set,
 * and by transfers received, a million USD, [players] (may be NULL). */
pl_status pl_board_gradient(pl_board *board, size_t player, double *slope, double *by_transfer,
                            pl_error *error);
/* Where a quantity that is set but does not bind would begin to; NaN when it binds or is no quantity. After a solve. */
double pl_board_kink(const pl_board *board, size_t instrument);
/* The lowest setting that still moves a flow under a variant: below it an addition takes off nothing more. */
double pl_game_lowest(const pl_game *game, size_t variant, size_t instrument);
/* A start of the search: what stands under a variant, averaged over flows and kept within the box. */
void pl_board_start(const pl_game *game, size_t variant, double *setting);

/* ---- searches (src/talks/climb.c) ---- */

typedef pl_status (*pl_ascent)(void *data, const double *v, double *value, double *slope, pl_error *error);

/* Maximises in a box by projected L-BFGS; keeps its memory between climbs from near the same place. */
typedef struct {
    size_t n, used, next;
    double *v, *low, *high, *scale; /* scale: inverse of the curvature guessed */
    double *slope, *trial, *trial_slope, *direction, *step, *change, *rho, *alpha;
    pl_arena arena;
    double tolerance; /* largest move of a variable at which it stops */
    double enough;    /* or it is promised no larger rise */
    size_t most;      /* evaluations */
    double value;
    size_t evaluations;
    const char *outcome;
    bool converged;
} pl_climb;
pl_status pl_climb_init(pl_climb *climb, size_t n, pl_error *error);
void pl_climb_clear(pl_climb *climb);
void pl_climb_forget(pl_climb *climb);
pl_status pl_climb_run(pl_climb *climb, pl_ascent ascent, void *data, pl_error *error);

/* ---- best responses and Nash (src/talks/respond.c, src/talks/nash.c) ---- */

/* Where things stand: a variant, settings and transfers. */
typedef struct {
    size_t variant;
    double *setting;  /* [instruments] */
    double *transfer; /* [players] or NULL */
} pl_stand;

/* A player's search over its own instruments, everything else as it stands. */
typedef struct {
    const pl_game *game;
    size_t player, count;
    size_t *own; /* [count] instruments */
    pl_climb climb;
    pl_board *board;
    pl_stand stand; /* setting is scratch of its own */
    double *slope;  /* [instruments] */
    size_t at_low, at_high;
} pl_response;
pl_status pl_response_init(pl_response *response, const pl_game *game, pl_board *board, size_t player,
                           pl_error *error);
void pl_response_clear(pl_response *response);
/* The best the player can do against `stand`, whose settings of its own are the start; they are written back. */
pl_status pl_response_run(pl_response *response, pl_stand *stand, double *payoff, pl_error *error);
/* The same from several starts; the best is kept. */
pl_status pl_response_search(pl_response *response, pl_stand *stand, size_t starts, uint64_t seed,
                             double *payoff, pl_error *error);

/* A move in log of one plus a rate that is none: well below 1e-6 in rates. */
#define PL_STILL 2e-8
/* What deviating may gain at an equilibrium, in percent. */
#define PL_NO_GAIN 1e-6
/* Mutual best responses from where `stand` is, written back, once nobody moves by more than ten times `still`. */
typedef struct {
    size_t rounds;
    double move; /* largest move of the last round */
    bool converged;
} pl_nash_report;
pl_status pl_nash_find(pl_board *board, pl_stand *stand, double still, pl_nash_report *report,
                       pl_error *error);
/* The largest gain of any player from deviating. */
pl_status pl_nash_verify(pl_board *board, const pl_stand *stand, size_t starts, uint64_t seed, double *gain,
                         pl_error *error);

double pl_uniform(uint64_t *seed);

/* ---- deals as programs (src/talks/program.c) ---- */

typedef enum { PL_AIM_PLAYER, PL_AIM_MONEY, PL_AIM_PRODUCT, PL_AIM_SHARE } pl_aim;

/*
 * What is best over the instruments of several players, by sequential quadratic programming (NLopt's SLSQP):
 * one player's payoff, everybody's money, the Nash product over `floor`, or the largest s such that everybody gets
 * floor + ratio * s; subject to payoff >= least, and to keeping the deal where `keep` is set.
 */
typedef struct {
    const pl_game *game;
    pl_aim aim;
    size_t player;       /* PL_AIM_PLAYER */
    const bool *party;   /* [players] whose instruments and payoffs count; NULL: everybody's */
    const bool *movable; /* [instruments] NULL: all of the parties' */
    const double *floor; /* [players] */
    const double *ratio; /* [players] PL_AIM_SHARE */
    const double *least; /* [players] or NULL: floor */
    bool transfers;
    bool near; /* the start is near the answer: one run that settles will do */
    bool
        keep; /* self-enforcing: at `discount`, detected after `lag`, punished for `punishment` by payoffs `punished` */
    double discount, lag, punishment;
    const double *punished;
    /* answer */
    bool converged,
        allowed; /* the search ended; what it found meets every condition, whether it ended or not */
    size_t evaluations;
    const char *outcome;
    double value;
} pl_program;
/* From `stand` on, which is written over with the answer. */
pl_status pl_program_run(pl_program *program, pl_board *board, pl_stand *stand, pl_error *error);

/* The four bargains over `floor`, for some of the players (NULL: all). */
typedef enum {
    PL_BARGAIN_NASH,
    PL_BARGAIN_KALAI,
    PL_BARGAIN_EGALITARIAN,
    PL_BARGAIN_UTILITARIAN,
    PL_BARGAINS
} pl_solution;
pl_status pl_bargain_find(pl_program *program, pl_solution solution, pl_board *board, pl_stand *stand,
                          pl_error *error);

/* The egalitarian deal, looked for from all starts: the best of them, near which the other bargains begin. */
pl_status pl_bargain_begin(pl_program *program, const pl_talks_options *options, pl_board *board,
                           pl_stand *stand, pl_error *error);

/* ---- keeping a deal (src/talks/sustain.c) ---- */

/* The smallest discount factor at which `deal` is kept against a breach worth `deviation`; INFINITY for never. */
double pl_patience(double deal, double deviation, double punished, double lag, double punishment);
/* Fills deviation, patience and keeps of a deal. */
typedef struct {
    const double *punished; /* [players] */
    const double *hint; /* [instruments] where the search for a breach starts; NULL: where the deal stands */
    double lag;
    size_t starts;
    uint64_t seed;
} pl_breach;
pl_status pl_deal_test(pl_board *board, const pl_breach *breach, const pl_stand *stand, pl_deal *deal,
                       pl_error *error);
/* The same for one player in two steps: its best breach, and what that says of the deal. */
typedef struct {
    double payoff;
    bool converged; /* whether the search ended where it should */
} pl_best;
pl_status pl_breach_find(pl_board *board, const pl_breach *breach, const pl_stand *stand, size_t player,
                         pl_best *best, pl_error *error);
void pl_breach_judge(const pl_game *game, const pl_breach *breach, size_t player, const pl_best *best,
                     pl_deal *deal);

/* ---- answers (src/talks/answer.c) ---- */

/* What is common to the verbs of one answer. */
typedef struct {
    const pl_game *game;
    const pl_talks_options *options;
    pl_talks *talks;
    pl_board *board;
    pl_result *opening;         /* what stands, solved: every job begins there */
    pl_stand *without;          /* the disagreement, solved */
    double *floor;              /* [players] its payoffs */
    pl_stand *punish;           /* Nash, when it was looked for */
    double *punished;           /* [players] */
    bool punish_converged;      /* Nash was found, and nobody gains by deviating */
    const char *punish_outcome; /* how the search for it ended */
    pl_error *error;
} pl_session;

/* Many hands (src/talks/crew.c): a stage of `expected` equilibria. Does `count` jobs, `threads` at a time, each thread with a board of its own that starts every job from what stands: results are
 * the same for any number of threads. Without `boards` a job gets NULL. */
typedef pl_status (*pl_job)(void *data, size_t index, pl_board *board, pl_error *error);
pl_status pl_crew_run(const pl_session *session, size_t count, size_t expected, bool boards, pl_job job,
                      void *data);

/* Equilibria that kinds of work take, about; the plan of a verb; and its stages, of `expected` equilibria and perhaps so
 * many parts. */
typedef enum {
    PL_WORK_SOLVE,
    PL_WORK_CLIMB,
    PL_WORK_SEARCH,
    PL_WORK_NASH,
    PL_WORK_PROGRAM,
    PL_WORK_KEPT_PROGRAM
} pl_pace_work;
size_t pl_pace_of(const pl_session *session, pl_pace_work work);
void pl_pace_plan(const pl_session *session, pl_verb verb);
void pl_pace_begin(const pl_game *game, size_t expected, size_t parts);
void pl_pace_part(const pl_game *game);
void pl_pace_solve(const pl_game *game);
/* A point was found. */
void pl_pace_found(const pl_game *game, const pl_talks_point *point);

/* A board, what stands today, and the disagreement as the first deal. Close it whether this worked or not. */
pl_status pl_session_open(pl_session *session, pl_verb verb);
void pl_session_close(pl_session *session);
/* What follows from payoffs: gains over no deal, and who signs. */
void pl_talks_compare(pl_talks *talks);

/* A new deal at the end, filled with NaN; NULL when out of memory. */
pl_deal *pl_talks_add(pl_talks *talks, const char *name, const char *title);
/* A copy of a deal of the same game at the end; false when out of memory. */
bool pl_talks_copy(pl_talks *talks, const pl_deal *deal);
bool pl_talks_note(pl_talks *talks, const char *format, ...) PL_PRINTF(2, 3);
/* The same, with what it is worth where `stand` is. */
pl_status pl_session_add(pl_session *session, const pl_stand *stand, const char *name, const char *title,
                         pl_deal **deal);
/* Notes what a deal is worth where the board has solved it. */
void pl_deal_note(const pl_board *board, const pl_stand *stand, pl_deal *deal);
/* Fills what a deal is worth from a solve of it, with its certificate. */
pl_status pl_deal_fill(pl_board *board, const pl_stand *stand, pl_deal *deal, pl_error *error);
/* How the search for a deal ended. */
pl_status pl_deal_end(pl_deal *deal, bool converged, size_t evaluations, const char *outcome,
                      pl_error *error);
/* Intervals of every deal's payoffs under drawn elasticities (src/talks/draws.c). */
pl_status pl_talks_draw(pl_session *session);

pl_status pl_verb_best_response(pl_session *session);
pl_status pl_verb_nash(pl_session *session);
pl_status pl_verb_frontier(pl_session *session);
pl_status pl_verb_bargain(pl_session *session);
pl_status pl_verb_sustain(pl_session *session);
pl_status pl_verb_table(pl_session *session);
pl_status pl_verb_value(pl_session *session);
/* What `count` deals are worth and whether they are kept, once the punishment is known; with `both`, under the other
 * punishment too (src/talks/package_table.c). */
pl_status pl_session_test(pl_session *session, const pl_stand *stand, pl_deal *deal, size_t count, bool both);

/* The other punishment than the game's (src/talks/punish.c): mutual best responses, or no deal. */
typedef struct {
    double *payoff; /* [players] */
    bool found;
} pl_punishment;
pl_status pl_punish_otherwise(const pl_session *session, pl_board *board, const double *hint,
                              pl_punishment *other, pl_error *error);
/* The patience deals need under it, and in words which are kept under which. */
pl_status pl_punish_compare(pl_session *session, const pl_punishment *other, pl_deal *deal, size_t count);
pl_status pl_session_punish(pl_session *session);
void pl_stand_copy(const pl_game *game, const pl_stand *from, pl_stand *to);

pl_stand *pl_stand_new(const pl_game *game, size_t variant);
void pl_stand_free(pl_stand *stand);

/* "made by hand: us-tariff -30 %, cn-magnets 100 %", on the heap (src/talks/value.c). */
char *pl_package_words(const pl_game *game, const double *setting);

/* ---- packages made by hand one after another (src/talks/sitting.c) ---- */

/* A game with no deal and today solved and certified, as every answer has them first. Once made it is read only, so that many may use it
 * at once. */
typedef struct {
    pl_game *game; /* borrowed */
    pl_talks *talks;
    pl_result *opening; /* today; NULL when it did not converge */
} pl_sitting;
/* Searches for no deal where the game asks for that. Nobody else may use the game meanwhile; `stop` (may be NULL) ends it. */
pl_status pl_sitting_new(pl_game *game, volatile int *stop, pl_sitting **sitting, pl_error *error);
void pl_sitting_free(pl_sitting *sitting);

/* One a caller. `talks` holds the answer of the last call: no deal, today and the package, whose certificate is left out. */
typedef struct {
    pl_board *board;
    pl_stand *stand;
    pl_talks *talks;
} pl_hand;
pl_status pl_hand_new(const pl_sitting *sitting, pl_hand **hand, pl_error *error);
void pl_hand_free(pl_hand *hand);
/* What a package [instruments] is worth. */
pl_status pl_hand_value(pl_hand *hand, const double *setting, volatile int *stop, pl_error *error);

#endif
