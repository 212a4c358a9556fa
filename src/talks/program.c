/* Deals as programs: several players' instruments at once, payoffs as aims and as constraints. */
#include "talks/talks.h"

#include <math.h>
#include <nlopt.h>
#include <string.h>

enum {
    RUN = 60,
    AGAIN = 6,
    FIRST = 12
}; /* evaluations of a run, beyond those its variables need; runs after the first */
static const double NEARBY = 0.1;    /* of the log of one plus a rate */
static const double WORTH_IT = 3e-6; /* a gain in percent for which a search goes on */
static const double STEP = 1e-7;     /* of a scaled variable, at which it has ended */
static const double ALLOWED = 1e-6;  /* by which a condition may be missed, in percent */
static const double SMALLEST =
    1e-7; /* gain, in percent, below which the Nash product goes on as a straight line */

typedef struct {
    pl_program *program;
    const pl_game *game;
    pl_board *board;
    pl_stand *stand, *breach;
    size_t count, lumps, length;    /* instruments, transfers, all variables */
    size_t *own;                    /* [count] */
    double unit;                    /* a transfer of one: million USD */
    double *scale, *low, *high, *x; /* [length] */
    double *payoff, *slope;         /* [players], [players][length] */
    double *deviation, *breach_slope;
    double *by_instrument, *by_transfer, *seen;
    pl_response *response;
    bool *party;
    bool rates_only; /* quantities stay where they stand */
    bool fresh;      /* `seen` holds what the numbers are of */
    pl_status status;
    pl_error *error;
    nlopt_opt optimiser;
    double *memory;
} work;

static bool has_share(const work *w) {
    return w->program->aim == PL_AIM_SHARE;
}

/* ---- laying out ---- */

static bool is_free(const work *w, size_t instrument) {
    const pl_program *p = w->program;
    const pl_instrument *it = &w->game->instrument[instrument];
    return w->party[it->player] && (!p->movable || p->movable[instrument]) &&
           !(w->rates_only && pl_instrument_is_level(it->kind));
}

static bool take_memory(work *w) {
    const pl_game *g = w->game;
    size_t parts[] = {w->length,
                      w->length,
                      w->length,
                      w->length,
                      w->length,
                      g->players,
                      g->players,
                      g->players,
                      g->players * w->length,
                      g->players * w->length,
                      g->instruments + 2 * w->length};
    double **places[] = {&w->scale, &w->low,          &w->high,         &w->x,
                         &w->seen,  &w->payoff,       &w->deviation,    &w->by_transfer,
                         &w->slope, &w->breach_slope, &w->by_instrument};
    size_t need = 0, pieces = sizeof parts / sizeof *parts;
    for (size_t k = 0; k < pieces; k++)
        need += parts[k];
    double *next = w->memory = pl_alloc(need, sizeof *next);
    for (size_t k = 0; w->memory && k < pieces; next += parts[k++])
        *places[k] = next;
    return w->memory != NULL;
}

static pl_status open_responses(work *w) {
    const pl_game *g = w->game;
    pl_status status = PL_OK;
    w->response = pl_alloc(g->players, sizeof *w->response);
    w->breach = pl_stand_new(g, w->stand->variant);
    if (!w->response || !w->breach)
        return pl_fail_memory(w->error, g->instruments);
    for (size_t p = 0; p < g->players && !status; p++)
        status = pl_response_init(&w->response[p], g, w->board, p, w->error);
    memcpy(w->breach->setting, w->stand->setting, g->instruments * sizeof(double));
    return status;
}

static void lay_variables(work *w) {
    const pl_game *g = w->game;
    double smallest = INFINITY;
    for (size_t p = 0; p < g->players; p++)
        smallest = w->party[p] ? fmin(smallest, g->player[p].income) : smallest;
    w->unit = smallest / 100;
    for (size_t k = 0; k < w->count; k++) {
        const pl_instrument *it = &g->instrument[w->own[k]];
        double setting = w->stand->setting[w->own[k]];
        w->scale[k] = sqrt(fmax(it->curvature, 1e-12));
        double low = pl_game_lowest(g, w->stand->variant, w->own[k]);
        w->low[k] = pl_instrument_inner(it, low) * w->scale[k];
        w->high[k] = pl_instrument_inner(it, it->high) * w->scale[k];
        w->x[k] =
            pl_instrument_inner(it, isnan(setting) ? low : fmin(fmax(setting, low), it->high)) * w->scale[k];
    }
    for (size_t k = w->count; k < w->length; k++) {
        w->scale[k] = 1;
        w->low[k] = k < w->count + w->lumps ? -100 * g->transfer_limit : -HUGE_VAL;
        w->high[k] = k < w->count + w->lumps ? 100 * g->transfer_limit : HUGE_VAL;
        w->x[k] = 0;
    }
}

/* As in a best response, a quantity that does not bind is placed where it just does. */
static pl_status wake_levels(work *w) {
    const pl_game *g = w->game;
    bool any = false;
    for (size_t k = 0; k < w->count; k++)
        any = any || pl_instrument_is_level(g->instrument[w->own[k]].kind);
    if (!any)
        return PL_OK;
    for (size_t k = 0; k < w->count; k++)
        w->stand->setting[w->own[k]] = pl_instrument_outer(&g->instrument[w->own[k]], w->x[k] / w->scale[k]);
    pl_status status =
        pl_board_seek(w->board, w->stand->variant, w->stand->setting, w->stand->transfer, w->error);
    for (size_t k = 0; k < w->count && !status; k++) {
        double kink = pl_board_kink(w->board, w->own[k]);
        if (!isnan(kink))
            w->x[k] = fmax(w->low[k], log(0.98 * kink) * w->scale[k]);
    }
    return status;
}

static pl_status open_work(work *w) {
    const pl_game *g = w->game;
    size_t parties = 0;
    w->party = pl_alloc(g->players, sizeof *w->party);
    w->own = pl_alloc(g->instruments, sizeof *w->own);
    if (!w->party || !w->own)
        return pl_fail_memory(w->error, g->instruments);
    for (size_t p = 0; p < g->players; p++)
        parties += w->party[p] = !w->program->party || w->program->party[p];
    for (size_t i = 0; i < g->instruments; i++)
        if (is_free(w, i))
            w->own[w->count++] = i;
    w->lumps = w->program->transfers ? parties - 1 : 0;
    w->length = w->count + w->lumps + has_share(w);
    if (!take_memory(w))
        return pl_fail_memory(w->error, w->length * g->players);
    lay_variables(w);
    pl_status status = wake_levels(w);
    return !status && w->program->keep ? open_responses(w) : status;
}

static void close_work(work *w) {
    for (size_t p = 0; w->response && p < w->game->players; p++)
        pl_response_clear(&w->response[p]);
    free(w->response);
    pl_stand_free(w->breach);
    free(w->party);
    free(w->own);
    free(w->memory);
    if (w->optimiser)
        nlopt_destroy(w->optimiser);
}

/* ---- payoffs and their slopes at x ---- */

/* Transfers go from the first party to each of the others. */
static void read_variables(work *w, const double *x) {
    const pl_game *g = w->game;
    for (size_t k = 0; k < w->count; k++)
        w->stand->setting[w->own[k]] = pl_instrument_outer(&g->instrument[w->own[k]], x[k] / w->scale[k]);
    if (!w->lumps)
        return;
    size_t first = 0, k = w->count;
    while (!w->party[first])
        first++;
    w->stand->transfer[first] = 0;
    for (size_t p = first + 1; p < g->players; p++)
        if (w->party[p]) {
            w->stand->transfer[p] = x[k++] * w->unit;
            w->stand->transfer[first] -= w->stand->transfer[p];
        }
}

/* The slope of one player's payoff where the board stands, by x; `but` leaves out a player's own instruments. */
static void slope_here(work *w, size_t player, size_t but, double *slope) {
    const pl_game *g = w->game;
    if (!w->status)
        w->status = pl_board_gradient(w->board, player, w->by_instrument, w->by_transfer, w->error);
    for (size_t k = 0; k < w->count; k++)
        slope[k] = g->instrument[w->own[k]].player == but ? 0 : w->by_instrument[w->own[k]] / w->scale[k];
    size_t first = 0, k = w->count;
    while (!w->party[first])
        first++;
    for (size_t p = first + 1; w->lumps && p < g->players; p++)
        if (w->party[p])
            slope[k++] = (w->by_transfer[p] - w->by_transfer[first]) * w->unit;
    if (has_share(w))
        slope[w->length - 1] = 0;
}

/* What each party would get by a breach, the others standing still; its slope by the envelope theorem. */
static void breaches(work *w) {
    const pl_game *g = w->game;
    for (size_t p = 0; p < g->players && !w->status; p++) {
        if (!w->party[p])
            continue;
        for (size_t i = 0; i < g->instruments; i++)
            if (g->instrument[i].player != p)
                w->breach->setting[i] = w->stand->setting[i];
        /* The last answer of this player is kept in its own response. */
        for (size_t k = 0; k < w->response[p].count; k++) {
            size_t i = w->response[p].own[k];
            const pl_instrument *it = &g->instrument[i];
            w->breach->setting[i] = w->response[p].climb.evaluations
                                        ? pl_instrument_outer(it, w->response[p].climb.v[k])
                                        : w->stand->setting[i];
        }
        memcpy(w->breach->transfer, w->stand->transfer, g->players * sizeof(double));
        w->response[p].climb.tolerance = 1e-6;
        w->status = pl_response_run(&w->response[p], w->breach, &w->deviation[p], w->error);
        if (!w->status)
            w->status = pl_board_seek(w->board, w->breach->variant, w->breach->setting, w->breach->transfer,
                                      w->error);
        slope_here(w, p, p, w->breach_slope + p * w->length);
    }
}

static void evaluate(work *w, const double *x) {
    const pl_game *g = w->game;
    if (w->status || (w->fresh && !memcmp(w->seen, x, w->length * sizeof *x)))
        return;
    memcpy(w->seen, x, w->length * sizeof *x);
    w->fresh = true;
    w->program->evaluations++;
    read_variables(w, x);
    w->status = pl_board_seek(w->board, w->stand->variant, w->stand->setting, w->stand->transfer, w->error);
    for (size_t p = 0; p < g->players && !w->status; p++) {
        if (w->party[p])
            slope_here(w, p, SIZE_MAX, w->slope + p * w->length);
        w->payoff[p] = w->board->converged ? w->board->payoff[p] : NAN;
    }
    if (w->program->keep && !w->status)
        breaches(w);
    if (w->status)
        nlopt_force_stop(w->optimiser);
}

/* ---- aim and constraints ---- */

/* The aim's value and its weights on payoffs; `grad` is filled with the sum of slopes so weighted. */
static double aim(unsigned length, const double *x, double *grad, void *data) {
    work *w = data;
    const pl_game *g = w->game;
    const pl_program *p = w->program;
    double value = has_share(w) ? x[length - 1] : 0, parties = 0;
    evaluate(w, x);
    if (grad)
        memset(grad, 0, length * sizeof *grad);
    if (grad && has_share(w))
        grad[length - 1] = 1;
    for (size_t q = 0; q < g->players; q++)
        parties += w->party[q] ? g->player[q].income : 0;
    for (size_t q = 0; q < g->players && !has_share(w); q++) {
        double weight = 0, gain = w->payoff[q] - (p->floor ? p->floor[q] : 0);
        if (!w->party[q])
            continue;
        if (p->aim == PL_AIM_PRODUCT) {
            double safe = fmax(gain, SMALLEST);
            weight = g->player[q].weight / safe;
            value += g->player[q].weight * (log(safe) + (gain - safe) / safe);
        } else {
            weight = p->aim == PL_AIM_MONEY ? g->player[q].income / parties : q == p->player;
            value += weight * w->payoff[q];
        }
        for (size_t k = 0; grad && k < length; k++)
            grad[k] += weight * w->slope[q * w->length + k];
    }
    return w->status ? NAN : value;
}

/* NLopt wants each at most zero: floor + ratio s - payoff, then what a breach gains over what it loses. */
static void constraints(unsigned count, double *result, unsigned length, const double *x, double *grad,
                        void *data) {
    work *w = data;
    const pl_program *p = w->program;
    const double *least = p->least ? p->least : p->floor;
    size_t at = 0;
    evaluate(w, x);
    double long_run = pow(p->discount, p->lag),
           last = isinf(p->punishment) ? 0 : pow(p->discount, p->lag + p->punishment);
    double gains = 1 - long_run, losses = long_run - last, both = gains + losses;
    for (size_t q = 0; q < w->game->players; q++) {
        if (!w->party[q])
            continue;
        double ratio = has_share(w) ? p->ratio[q] : 0;
        result[at] = (has_share(w) ? p->floor[q] + ratio * x[length - 1] : least[q]) - w->payoff[q];
        for (size_t k = 0; grad && k < length; k++)
            grad[at * length + k] = -w->slope[q * w->length + k] + (k + 1 == length ? ratio : 0);
        at++;
        if (!p->keep)
            continue;
        result[at] =
            (gains * (w->deviation[q] - w->payoff[q]) - losses * (w->payoff[q] - p->punished[q])) / both;
        for (size_t k = 0; grad && k < length; k++)
            grad[at * length + k] =
                gains / both * w->breach_slope[q * w->length + k] - w->slope[q * w->length + k];
        at++;
    }
    for (; at < count; at++)
        result[at] = -1;
}

/* ---- the run ---- */

static const char *outcome_of(nlopt_result result, double violated) {
    if (result == NLOPT_MAXEVAL_REACHED)
        return "stopped early: too many evaluations";
    if (!(violated <= ALLOWED))
        return "stopped early: a condition cannot be met";
    switch (result) {
    case NLOPT_SUCCESS:
    case NLOPT_FTOL_REACHED:
    case NLOPT_XTOL_REACHED:
    case NLOPT_STOPVAL_REACHED:
        return "found";
    case NLOPT_ROUNDOFF_LIMITED:
        return "found, as sharp as rounding allows";
    default:
        return "stopped early: the optimiser gave up";
    }
}

/* The first steps of a run know nothing of how slopes bend and may leap over a hill to where nothing is traded and no slope
 * says so: the first few are kept near the start. */
static void stay_near(work *w, double *value) {
    double *low = w->by_instrument + w->game->instruments, *high = low + w->length;
    if (w->program->near)
        return;
    for (size_t k = 0; k < w->length; k++) {
        bool rate = k < w->count && !pl_instrument_is_level(w->game->instrument[w->own[k]].kind);
        double reach = rate ? NEARBY * w->scale[k] : HUGE_VAL;
        low[k] = fmax(w->low[k], w->x[k] - reach);
        high[k] = fmin(w->high[k], w->x[k] + reach);
    }
    nlopt_set_lower_bounds(w->optimiser, low);
    nlopt_set_upper_bounds(w->optimiser, high);
    nlopt_set_maxeval(w->optimiser, FIRST);
    nlopt_optimize(w->optimiser, w->x, value);
    nlopt_set_lower_bounds(w->optimiser, w->low);
    nlopt_set_upper_bounds(w->optimiser, w->high);
    nlopt_set_maxeval(w->optimiser, RUN + 2 * (int)w->length);
}

/* A flat stretch can end a run, and near a kink rounding can keep one going for ever: so runs are short, and the next one
 * starts afresh where the last ended, until it gains nothing. */
static nlopt_result climb(work *w, double *value) {
    stay_near(w, value);
    nlopt_result ended = nlopt_optimize(w->optimiser, w->x, value);
    bool settled = ended == NLOPT_FTOL_REACHED || ended == NLOPT_XTOL_REACHED || ended == NLOPT_SUCCESS;
    for (int again = 0; again < AGAIN && ended > 0 && !(w->program->near && settled); again++) {
        double before = *value;
        nlopt_result next = nlopt_optimize(w->optimiser, w->x, value);
        ended = next > 0 ? next : ended;
        if (*value > before + WORTH_IT)
            continue;
        return ended == NLOPT_MAXEVAL_REACHED ? NLOPT_ROUNDOFF_LIMITED : ended;
    }
    return ended;
}

static pl_status solve(work *w) {
    unsigned length = (unsigned)w->length;
    size_t parties = 0;
    for (size_t p = 0; p < w->game->players; p++)
        parties += w->party[p];
    unsigned count = (unsigned)(parties * (w->program->keep ? 2 : 1));
    double *result = pl_alloc(2 * count, sizeof *result), value = NAN, violated = 0;
    pl_board_sharpen(w->board, 1); /* constraints and aim are exact to the square of it */
    w->optimiser = nlopt_create(NLOPT_LD_SLSQP, length);
    if (!result || !w->optimiser) {
        free(result);
        return pl_fail_memory(w->error, length * length * sizeof(double));
    }
    for (unsigned k = 0; k < count; k++)
        result[count + k] = 1e-9;
    nlopt_set_max_objective(w->optimiser, aim, w);
    nlopt_set_lower_bounds(w->optimiser, w->low);
    nlopt_set_upper_bounds(w->optimiser, w->high);
    nlopt_add_inequality_mconstraint(w->optimiser, count, constraints, w, result + count);
    nlopt_set_xtol_rel(w->optimiser, 0);
    nlopt_set_xtol_abs1(w->optimiser, STEP);
    nlopt_set_ftol_abs(w->optimiser, 1e-10);
    nlopt_set_maxeval(w->optimiser, RUN + 2 * (int)length);
    evaluate(w, w->x);
    if (has_share(w)) { /* the largest share the start allows */
        double share = INFINITY;
        for (size_t p = 0; p < w->game->players; p++)
            if (w->party[p])
                share = fmin(share, (w->payoff[p] - w->program->floor[p]) / w->program->ratio[p]);
        w->x[length - 1] = share;
        w->fresh = false;
    }
    nlopt_result ended = w->status ? NLOPT_FORCED_STOP : climb(w, &value);
    if (!w->status) {
        constraints(count, result, length, w->x, NULL, w);
        value = aim(length, w->x, NULL, w);
    }
    for (unsigned k = 0; k < count; k++)
        violated = fmax(violated, isnan(result[k]) ? INFINITY : result[k]);
    w->program->outcome = outcome_of(ended, violated);
    w->program->allowed = violated <= ALLOWED;
    w->program->converged = !strncmp(w->program->outcome, "found", 5);
    w->program->value = value;
    free(result);
    return w->status;
}

static pl_status run(pl_program *p, bool rates_only, pl_board *board, pl_stand *stand, pl_error *error) {
    work w = {.program = p,
              .game = p->game,
              .board = board,
              .stand = stand,
              .rates_only = rates_only,
              .error = error};
    p->evaluations = 0;
    pl_status status = open_work(&w);
    if (!status)
        status = solve(&w);
    close_work(&w);
    return status;
}

/* Puts every quantity that may move at its open end; returns whether there is one, and rates that may move beside it. */
static bool open_levels(const pl_program *p, pl_stand *stand) {
    const pl_game *g = p->game;
    bool levels = false, rates = false;
    for (size_t i = 0; i < g->instruments; i++) {
        const pl_instrument *it = &g->instrument[i];
        if ((p->party && !p->party[it->player]) || (p->movable && !p->movable[i]))
            continue;
        bool level = pl_instrument_is_level(it->kind);
        levels = levels || level;
        rates = rates || !level;
        if (level)
            stand->setting[i] = it->high;
    }
    return levels && rates;
}

/* Whether a quantity binds is a kink, on which a search can stop too soon: so rates are looked for with every quantity open as
 * well, which has none, and the better answer counts. */
pl_status pl_program_run(pl_program *p, pl_board *board, pl_stand *stand, pl_error *error) {
    pl_stand *other = pl_stand_new(p->game, stand->variant);
    pl_program open = *p;
    pl_status status = other ? PL_OK : pl_fail_memory(error, p->game->instruments);
    if (!status)
        status = run(p, false, board, stand, error);
    if (!status)
        pl_stand_copy(p->game, stand, other);
    if (!status && !p->near && open_levels(p, other)) {
        status = run(&open, true, board, other, error);
        open.evaluations += p->evaluations;
        p->evaluations = open.evaluations;
        if (!status && open.allowed && (!p->allowed || open.value > p->value + WORTH_IT)) {
            *p = open;
            pl_stand_copy(p->game, other, stand);
        }
    }
    pl_stand_free(other);
    return status;
}
