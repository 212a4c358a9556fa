/* What is on the table, solved: instruments laid on a variant's policy, payoffs of every player, and their derivatives. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

static const double LIFTED = 1e6; /* the level of a quantity control that nobody feels */
static const double COARSE_QUANTITY =
    1e-5; /* a quantity of a solve that stopped early may miss its level by this */
static const double FINEST = 1e-9, COARSEST = 1e-7; /* residuals at which the solves of a search stop */

static double payoff_at_baseline(const pl_game *g, const pl_model *m, const pl_player *p) {
    double value = 0;
    for (size_t n = 0; n < g->N; n++) {
        value += p->real_income[n];
        for (size_t j = 0; p->value_added && j < g->J; j++)
            value +=
                p->value_added[j * g->N + n] * m->beta[j * m->S + n] * m->output[j * m->S + n] / m->income[n];
    }
    return value;
}

/* The buyers' rows that some instrument moves. */
static void mark_rows(const pl_game *g, bool *row) {
    for (size_t i = 0; i < g->instruments; i++)
        for (size_t k = 0; k < g->instrument[i].count && !pl_instrument_is_level(g->instrument[i].kind); k++)
            row[g->instrument[i].flow[k] / g->N] = true;
}

pl_status pl_board_new(const pl_game *g, const pl_model *model, pl_policy *const *base, pl_board **board,
                       pl_error *error) {
    size_t cells = g->N * g->N * g->J, need = 2 * cells + g->N + 3 * g->instruments + 5 * g->players;
    *board = NULL;
    pl_board *b = pl_alloc(1, sizeof *b);
    double *memory = pl_alloc(need, sizeof *memory);
    bool *governs = pl_alloc(2 * g->instruments + g->J * g->N, sizeof *governs);
    pl_past *past = pl_alloc(1 + g->players, sizeof *past);
    if (!b || !memory || !governs || !past) {
        free(b);
        free(memory);
        free(governs);
        free(past);
        return pl_fail_memory(error, need * sizeof *memory);
    }
    *b = (pl_board){.game = g,
                    .model = model,
                    .base = base,
                    .stop = g->stop,
                    .variant = SIZE_MAX,
                    .tariff = memory,
                    .governs = governs,
                    .set = governs + g->instruments,
                    .past = past,
                    .closeness = COARSEST};
    b->tax = b->tariff + cells;
    b->row = b->set + g->instruments;
    mark_rows(g, b->row);
    b->lump = b->tax + cells;
    b->setting = b->lump + g->N;
    b->transfer = b->setting + 2 * g->instruments; /* the second half is scratch */
    b->baseline = b->transfer + g->players;
    b->payoff = b->baseline + g->players;
    b->stopped = b->payoff + g->players;
    b->key = b->stopped + g->players;
    for (size_t p = 0; p < g->players; p++)
        b->baseline[p] = payoff_at_baseline(g, model, &g->player[p]);
    pl_status status = pl_solver_new(model, &b->solver, error);
    if (!status)
        status = pl_result_new(model, &b->result, error);
    if (status)
        pl_board_free(b);
    else
        *board = b;
    return status;
}

void pl_board_free(pl_board *b) {
    if (!b)
        return;
    pl_solver_free(b->solver);
    pl_result_free(b->result);
    pl_policy_free(b->policy);
    for (size_t k = 0; k <= b->game->players; k++)
        pl_past_clear(&b->past[k]);
    pl_adjoint_free(b->adjoint);
    free(b->past);
    free(b->guess);
    free(b->tariff);
    free(b->governs);
    free(b->level);
    free(b);
}

void pl_board_sharpen(pl_board *b, double step) {
    b->closeness = fmin(fmax(0.03 * step, FINEST), COARSEST);
}

static void forget_past(pl_board *b) {
    for (size_t k = 0; k <= b->game->players; k++)
        pl_past_forget(&b->past[k]);
    if (b->adjoint)
        pl_adjoint_forget(b->adjoint);
}

void pl_board_forget(pl_board *b) {
    b->warm = false;
    forget_past(b);
}

/* ---- laying out ---- */

static double level_of(const pl_game *g, const pl_instrument *i, double setting) {
    double share = g->family[i->family].share;
    if (isnan(setting) || (i->kind == PL_INSTRUMENT_LICENCE && setting >= 1))
        return LIFTED;
    return 1 - share + share * setting;
}

static pl_status add_level(pl_board *b, const pl_instrument *i, pl_error *error) {
    const double *rent = b->game->family[i->family].rent;
    pl_cap cap = {.name = i->name,
                  .kind = PL_CAP_QUOTA,
                  .flows = i->flow,
                  .count = i->count,
                  .level = LIFTED,
                  .to_seller = rent[PL_RENT_SELLER],
                  .to_buyer = rent[PL_RENT_BUYER],
                  .wasted = rent[PL_RENT_WASTED],
                  .waste_country = i->flow[0] % b->game->N};
    return pl_policy_add_cap(b->policy, &cap, error);
}

/* Marks the flows whose quantity an instrument that is set governs. */
static void mark_governed(const pl_board *b, bool *governed) {
    const pl_game *g = b->game;
    memset(governed, 0, g->N * g->N * g->J * sizeof *governed);
    for (size_t i = 0; i < g->instruments; i++)
        for (size_t k = 0; b->governs[i] && k < g->instrument[i].count; k++)
            governed[g->instrument[i].flow[k]] = true;
}

/* The variant's own controls on flows that no instrument governs. */
static pl_status add_base_caps(pl_board *b, const pl_policy *base, const bool *governed, pl_error *error) {
    pl_status status = PL_OK;
    for (size_t k = 0; k < base->caps && !status; k++) {
        pl_cap cap = base->cap[k];
        size_t *flows = pl_alloc(cap.count + 1, sizeof *flows);
        if (!flows)
            return pl_fail_memory(error, cap.count * sizeof *flows);
        cap.flows = flows;
        cap.count = 0;
        for (size_t f = 0; f < base->cap[k].count; f++)
            if (!governed[base->cap[k].flows[f]])
                flows[cap.count++] = base->cap[k].flows[f];
        if (cap.count)
            status = pl_policy_add_cap(b->policy, &cap, error);
        free(flows);
    }
    b->base_caps = b->policy->caps;
    return status;
}

static pl_status add_controls(pl_board *b, const double *setting, pl_error *error) {
    const pl_game *g = b->game;
    bool *governed = pl_alloc(g->N * g->N * g->J, sizeof *governed);
    if (!governed)
        return pl_fail_memory(error, g->N * g->N * g->J);
    for (size_t i = 0; i < g->instruments; i++)
        b->governs[i] = pl_instrument_is_level(g->instrument[i].kind) && !isnan(setting[i]);
    mark_governed(b, governed);
    pl_status status = add_base_caps(b, b->base[b->variant], governed, error);
    free(governed);
    for (size_t i = 0; i < g->instruments && !status; i++)
        if (b->governs[i])
            status = add_level(b, &g->instrument[i], error);
    free(b->level);
    b->level = pl_alloc(b->policy->caps + 1, sizeof *b->level);
    return !status && !b->level ? pl_fail_memory(error, b->policy->caps * sizeof *b->level) : status;
}

static pl_status copy_wedges(pl_board *b, const pl_policy *base, pl_error *error) {
    const pl_game *g = b->game;
    size_t cells = g->N * g->N * g->J;
    memcpy(b->policy->tariff, base->tariff, cells * sizeof *base->tariff);
    if (base->export_tax && pl_policy_export_tax(b->policy))
        memcpy(b->policy->export_tax, base->export_tax, cells * sizeof *base->tariff);
    if (base->iceberg && pl_policy_iceberg(b->policy))
        memcpy(b->policy->iceberg, base->iceberg, cells * sizeof *base->tariff);
    bool whole = (!base->export_tax || b->policy->export_tax) && (!base->iceberg || b->policy->iceberg);
    for (size_t i = 0; i < g->instruments; i++)
        if (g->instrument[i].kind == PL_INSTRUMENT_EXPORT_TAX)
            whole = whole && pl_policy_export_tax(b->policy);
    return whole ? PL_OK : pl_fail_memory(error, cells * sizeof(double));
}

/* A copy of the variant's policy; quantities that an instrument governs are the instrument's alone. */
static pl_status lay_out(pl_board *b, size_t variant, const double *setting, pl_error *error) {
    const pl_game *g = b->game;
    const pl_policy *base = b->base[variant];
    pl_policy_free(b->policy);
    b->policy = NULL;
    b->variant = variant;
    forget_past(b);
    pl_status status = pl_policy_new(base->world, &b->policy, error);
    if (!status)
        status = copy_wedges(b, base, error);
    for (size_t i = 0; i < g->instruments; i++)
        b->setting[i] = NAN;
    if (!status)
        status = add_controls(b, setting, error);
    b->variant = status ? SIZE_MAX : variant;
    return status;
}

/* Where the control of a level instrument that is set stands in the policy. */
static size_t control_of(const pl_board *b, size_t instrument) {
    size_t at = b->base_caps;
    for (size_t i = 0; i < instrument; i++)
        at += b->governs[i];
    return at;
}

static bool is_laid_out(const pl_board *b, size_t variant, const double *setting) {
    if (variant != b->variant)
        return false;
    for (size_t i = 0; i < b->game->instruments; i++)
        if (pl_instrument_is_level(b->game->instrument[i].kind) && b->governs[i] == isnan(setting[i]))
            return false;
    return true;
}

static double base_rate(const pl_policy *base, size_t kind, size_t position) {
    return kind == PL_INSTRUMENT_TARIFF ? base->tariff[position] : pl_policy_export_tax_at(base, position);
}

/* What comes on top may also come off, but not from what stood in the world's own tables. */
static double lowest_rate(const pl_game *g, const pl_policy *base, const pl_instrument *i, size_t position) {
    const double *own = i->kind == PL_INSTRUMENT_TARIFF ? base->world->tariff : base->world->export_tax;
    if (!g->family[i->family].add)
        return -INFINITY;
    return fmin(own ? own[position] : 0, base_rate(base, i->kind, position));
}

/* The setting from which on a flow moves. */
static double edge_of(const pl_game *g, const pl_policy *base, const pl_instrument *i, size_t position) {
    double off = lowest_rate(g, base, i, position) - base_rate(base, i->kind, position);
    return off / g->family[i->family].share - 1e-15;
}

static void set_instrument(pl_board *b, size_t index, double setting) {
    const pl_instrument *i = &b->game->instrument[index];
    const pl_family *f = &b->game->family[i->family];
    b->setting[index] = setting;
    if (pl_instrument_is_level(i->kind)) {
        b->policy->cap[control_of(b, index)].level = level_of(b->game, i, setting);
        return;
    }
    double *rate = i->kind == PL_INSTRUMENT_TARIFF ? b->policy->tariff : b->policy->export_tax;
    for (size_t k = 0; k < i->count; k++) {
        size_t at = i->flow[k];
        double stands = base_rate(b->base[b->variant], i->kind, at);
        double kept = f->add ? stands : (1 - f->share) * stands;
        rate[at] = isnan(setting)
                       ? stands
                       : fmax(kept + f->share * setting, lowest_rate(b->game, b->base[b->variant], i, at));
    }
}

/* What a player receives is spread over its members by income. */
static pl_status set_transfers(pl_board *b, const double *transfer, pl_error *error) {
    const pl_game *g = b->game;
    bool any = b->policy->transfer != NULL;
    for (size_t p = 0; transfer && p < g->players; p++)
        any = any || transfer[p] != 0;
    for (size_t p = 0; p < g->players; p++)
        b->transfer[p] = transfer ? transfer[p] : 0;
    if (!any)
        return PL_OK;
    double *lump = pl_policy_transfer(b->policy);
    if (!lump)
        return pl_fail_memory(error, g->N * sizeof *lump);
    memset(lump, 0, g->N * sizeof *lump);
    for (size_t p = 0; p < g->players; p++)
        for (size_t n = 0; n < g->N; n++)
            if (g->player[p].member[n])
                lump[n] += b->transfer[p] * g->model->income[n] / g->player[p].income;
    return PL_OK;
}

static bool same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static bool stopped(const pl_board *b) {
    return b->stop && __atomic_load_n(b->stop, __ATOMIC_RELAXED);
}

/* What is set, as a point: log changes, and transfers in shares of income. Points with other instruments set do not
 * compare. */
static void lay_key(pl_board *b) {
    const pl_game *g = b->game;
    bool other = false;
    for (size_t i = 0; i < g->instruments; i++) {
        bool set = !isnan(b->setting[i]);
        other = other || set != b->set[i];
        b->set[i] = set;
        b->key[i] = set ? pl_instrument_inner(&g->instrument[i], b->setting[i]) : 0;
    }
    for (size_t p = 0; p < g->players; p++)
        b->key[g->instruments + p] = b->transfer[p] / g->player[p].income;
    if (other)
        forget_past(b);
}

/* Where the solve starts: from what was solved before, or cold. */
static pl_status start(pl_board *b, double tolerance, pl_error *error) {
    lay_key(b);
    if (b->length && pl_past_guess(&b->past[0], b->key, b->guess))
        return pl_solver_start_at(b->solver, b->policy, b->guess, true, tolerance, error);
    pl_status status = pl_solver_start(b->solver, b->policy, b->warm ? b->result : b->opening, error);
    if (!status)
        pl_solver_set_tolerance(b->solver, tolerance);
    return status;
}

/* Fewer where there are many players, each with adjoints of its own. */
static size_t points_kept(const pl_game *g) {
    return g->players > 4 ? 8 : 32;
}

/* Room for states and adjoints; made anew when a policy has more controls or fewer. */
static pl_status make_room(pl_board *b, pl_error *error) {
    const pl_game *g = b->game;
    size_t length = pl_solver_map(b->solver)->at.length, keys = g->instruments + g->players;
    if (length == b->length)
        return PL_OK;
    b->length = 0;
    free(b->guess);
    b->guess = pl_alloc(2 * length, sizeof *b->guess);
    if (!b->guess)
        return pl_fail_memory(error, 2 * length * sizeof *b->guess);
    b->lambda = b->guess + length;
    pl_past_clear(&b->past[0]);
    for (size_t p = 0; p < g->players; p++)
        pl_past_clear(&b->past[1 + p]);
    pl_status status = pl_past_init(&b->past[0], points_kept(g), keys, length, error);
    b->length = status ? 0 : length;
    return status;
}

static pl_status solve(pl_board *b, size_t variant, const double *setting, const double *transfer,
                       double tolerance, pl_error *error) {
    const pl_game *g = b->game;
    pl_status status = is_laid_out(b, variant, setting) ? PL_OK : lay_out(b, variant, setting, error);
    for (size_t i = 0; i < g->instruments && !status; i++)
        if (!same(b->setting[i], setting[i]))
            set_instrument(b, i, setting[i]);
    if (!status)
        status = set_transfers(b, transfer, error);
    if (!status)
        status = start(b, tolerance, error);
    if (status)
        return status;
    while (pl_solver_step(b->solver) == PL_RUNNING)
        if (stopped(b))
            return pl_fail(error, PL_CANCELLED, "interrupted");
    bool whole = tolerance == b->model->settings.tolerance;
    status = whole ? pl_solver_finish(b->solver, b->result, error)
                   : pl_solver_finish_briefly(b->solver, b->result, error);
    if (!status)
        status = make_room(b, error);
    b->solves++;
    b->entered = false;
    pl_pace_solve(g);
    b->warm = b->converged = pl_result_converged(b->result);
    if (!status && b->converged)
        pl_past_add(&b->past[0], b->key, pl_solver_state(b->solver));
    for (size_t p = 0; p < g->players && !status; p++) {
        pl_payoff payoff = {g->player[p].real_income, g->player[p].value_added};
        b->payoff[p] = b->stopped[p] = 100 * (pl_payoff_value(b->result, &payoff) - b->baseline[p]);
    }
    return status;
}

pl_status pl_board_solve(pl_board *b, size_t variant, const double *setting, const double *transfer,
                         pl_error *error) {
    return solve(b, variant, setting, transfer, b->model->settings.tolerance, error);
}

pl_status pl_board_seek(pl_board *b, size_t variant, const double *setting, const double *transfer,
                        pl_error *error) {
    return solve(b, variant, setting, transfer, fmax(b->closeness, b->model->settings.tolerance), error);
}

/* ---- derivatives ---- */

/* By the log of one plus a rate: log(1 + what is charged) moves less than one for one where a part stands anyway. */
static double rate_slope(const pl_board *b, size_t index, const double *by_flow) {
    const pl_instrument *i = &b->game->instrument[index];
    const double *rate = i->kind == PL_INSTRUMENT_TARIFF ? b->policy->tariff : b->policy->export_tax;
    double sum = 0;
    for (size_t k = 0; k < i->count; k++)
        if (b->setting[index] >= edge_of(b->game, b->base[b->variant], i, i->flow[k]))
            sum += by_flow[i->flow[k]] / (1 + rate[i->flow[k]]);
    return sum * b->game->family[i->family].share * (1 + b->setting[index]);
}

/* The adjoint of a player's payoff where the last solve stands, into `lambda`. */
static pl_status find_adjoint(pl_board *b, size_t player, pl_gradient *gradient, pl_error *error) {
    const pl_player *p = &b->game->player[player];
    pl_past *past = &b->past[1 + player];
    pl_payoff payoff = {p->real_income, p->value_added};
    pl_status status = PL_OK;
    if (b->adjoint && !pl_adjoint_fits(b->adjoint)) {
        pl_adjoint_free(b->adjoint);
        b->adjoint = NULL;
    }
    if (!b->adjoint)
        status = pl_adjoint_new(b->solver, &b->adjoint, error);
    if (!status && !past->length)
        status = pl_past_init(past, points_kept(b->game), b->game->instruments + b->game->players, b->length,
                              error);
    if (status)
        return status;
    if (!b->entered)
        pl_adjoint_enter(b->adjoint);
    b->entered = true;
    if (!pl_past_guess(past, b->key, b->lambda))
        memset(b->lambda, 0, b->length * sizeof *b->lambda);
    pl_adjoint_run(b->adjoint, &payoff, b->lambda, b->closeness, b->row, gradient);
    if (gradient->converged)
        pl_past_add(past, b->key, b->lambda);
    b->payoff[player] = b->stopped[player] + 100 * pl_adjoint_remainder(b->adjoint, b->lambda);
    return PL_OK;
}

pl_status pl_board_gradient(pl_board *b, size_t player, double *slope, double *by_transfer, pl_error *error) {
    const pl_game *g = b->game;
    pl_gradient gradient = {
        .tariff = b->tariff, .export_tax = b->tax, .level = b->level, .transfer = b->lump};
    pl_status status = find_adjoint(b, player, &gradient, error);
    if (status)
        return status;
    b->converged = b->converged && gradient.converged;
    for (size_t i = 0; i < g->instruments; i++) {
        const pl_instrument *it = &g->instrument[i];
        if (isnan(b->setting[i]))
            slope[i] = 0;
        else if (!pl_instrument_is_level(it->kind))
            slope[i] = 100 * rate_slope(b, i, it->kind == PL_INSTRUMENT_TARIFF ? b->tariff : b->tax);
        else if (level_of(g, it, b->setting[i]) >= LIFTED)
            slope[i] = 0;
        else
            slope[i] = 100 * b->level[control_of(b, i)] * g->family[it->family].share * b->setting[i];
    }
    for (size_t q = 0; by_transfer && q < g->players; q++) {
        by_transfer[q] = 0;
        for (size_t n = 0; n < g->N; n++)
            if (g->player[q].member[n])
                by_transfer[q] += 100 * b->lump[n] * g->model->income[n] / g->player[q].income;
    }
    return PL_OK;
}

/* ---- where a search starts ---- */

double pl_game_lowest(const pl_game *g, size_t variant, size_t index) {
    const pl_instrument *i = &g->instrument[index];
    double edge = INFINITY;
    if (pl_instrument_is_level(i->kind))
        return i->low;
    for (size_t k = 0; k < i->count; k++)
        edge = fmin(edge, edge_of(g, g->policy[variant], i, i->flow[k]));
    return fmin(fmax(i->low, edge), i->high);
}

double pl_board_kink(const pl_board *b, size_t index) {
    const pl_instrument *i = &b->game->instrument[index];
    double share = b->game->family[i->family].share;
    if (!b->governs[index])
        return NAN;
    pl_cap_result cap = pl_result_cap(b->result, control_of(b, index));
    bool full = cap.quantity > level_of(b->game, i, b->setting[index]) - COARSE_QUANTITY;
    return cap.premium > 0 && full ? NAN : fmin(fmax((cap.quantity - (1 - share)) / share, i->low), i->high);
}

void pl_board_start(const pl_game *g, size_t variant, double *setting) {
    const pl_policy *base = g->policy[variant];
    const double *flow = pl_world_flow(g->on);
    for (size_t i = 0; i < g->instruments; i++) {
        const pl_instrument *it = &g->instrument[i];
        double sum = 0;
        for (size_t k = 0; k < it->count && !pl_instrument_is_level(it->kind); k++)
            sum += flow[it->flow[k]] * base_rate(base, it->kind, it->flow[k]);
        double start = g->family[it->family].add ? 0 : sum / it->value;
        if (pl_instrument_is_level(
                it->kind)) /* at 1 a licence is lifted and says nothing about which way is up */
            start = fmin(1, it->low + 0.95 * (it->high - it->low));
        setting[i] = fmin(fmax(start, it->low), it->high);
    }
}
