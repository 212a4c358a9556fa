/*
 * Restoring the identities by biproportional scaling (RAS), one country at a time. A country's table has its
 * sectors as users in columns and one column of final demand; inputs in rows and one row of value added.
 * Columns must add up to output Y and rows to spending E, both given by the flows, which stay as they are;
 * final demand and value added take up what is left, unless a target is set for value added as a whole. The
 * table found is the one nearest to the given one in relative entropy.
 */
#include "data/data.h"

#include <math.h>
#include <string.h>

static const double FLOOR =
    1e-4; /* of its row or column: where a negative final demand or value added starts */
static const double ENOUGH = 1e-13;   /* largest relative error of a margin */
static const double ACCEPTED = 1e-12; /* the same, when no more steps are taken */
static const double ROOM = 1e-3; /* of output: the least left for inputs and for final demand by a target */
enum { MOST_STEPS = 20000, HALVINGS = 12 };

typedef struct {
    size_t J;
    double *output, *spending;   /* [J] column and row totals */
    double *input;               /* [J][J] [user][input] million USD */
    double *value_added, *final; /* [J] million USD */
    double *row;                 /* [J] work */
    double *start;               /* copy of input, value_added and final to start from */
    size_t steps;
    double residual;
    size_t worst; /* sector of the residual */
} table;

static size_t cells(const table *t) {
    return t->J * t->J + 2 * t->J;
}

static bool table_init(table *t, size_t J) {
    size_t count = J * J + 2 * J;
    memset(t, 0, sizeof *t);
    t->J = J;
    t->input = pl_alloc(2 * count + J, sizeof(double));
    if (!t->input)
        return false;
    t->value_added = t->input + J * J;
    t->final = t->value_added + J;
    t->start = t->final + J;
    t->row = t->start + count;
    return true;
}

/* The money table of one country, with what is negative put at a small positive floor. */
static void fill(table *t, const pl_world *w, size_t n) {
    size_t J = t->J;
    for (size_t k = 0; k < J; k++)
        t->final[k] = t->spending[k];
    for (size_t j = 0; j < J; j++) {
        const double *share = w->input_share + (n * J + j) * J;
        double y = t->output[j], sum = 0, v = w->value_added_share[n * J + j] * y;
        for (size_t k = 0; k < J; k++) {
            double used = fmax(share[k], 0) * y;
            t->input[j * J + k] = used;
            t->final[k] -= used;
            sum += used;
        }
        t->value_added[j] = v < 0 ? FLOOR * y : sum + v > 0 ? v : y;
    }
    for (size_t k = 0; k < J; k++)
        if (t->final[k] < 0)
            t->final[k] = FLOOR * t->spending[k];
    memcpy(t->start, t->input, cells(t) * sizeof(double));
}

static void restart(table *t) {
    memcpy(t->input, t->start, cells(t) * sizeof(double));
}

/* What rows add up to now. */
static void add_rows(table *t) {
    size_t J = t->J;
    memcpy(t->row, t->final, J * sizeof(double));
    for (size_t j = 0; j < J; j++)
        for (size_t k = 0; k < J; k++)
            t->row[k] += t->input[j * J + k];
}

/* The largest relative error of rows and of the target; columns are exact after a step. */
static void measure(table *t, double target) {
    t->residual = 0;
    t->worst = 0;
    for (size_t k = 0; k < t->J; k++) {
        double error = t->spending[k] > 0 ? fabs(t->row[k] / t->spending[k] - 1) : t->row[k];
        if (!(error <= t->residual)) {
            t->residual = error;
            t->worst = k;
        }
    }
    if (target > 0)
        t->residual = fmax(t->residual, fabs(pl_sum(t->value_added, t->J) / target - 1));
}

static void scale_rows(table *t) {
    size_t J = t->J;
    for (size_t k = 0; k < J; k++) {
        t->row[k] = t->row[k] > 0 ? t->spending[k] / t->row[k] : 0;
        t->final[k] *= t->row[k];
    }
    for (size_t j = 0; j < J; j++)
        for (size_t k = 0; k < J; k++)
            t->input[j * J + k] *= t->row[k];
}

static void scale_columns(table *t, double target) {
    size_t J = t->J;
    double value_added = pl_sum(t->value_added, J),
           lift = target > 0 && value_added > 0 ? target / value_added : 1;
    for (size_t j = 0; j < J; j++) {
        double *input = t->input + j * J, v = lift * t->value_added[j], sum = pl_sum(input, J) + v;
        double factor = sum > 0 ? t->output[j] / sum : 0;
        t->value_added[j] = factor * v;
        for (size_t k = 0; k < J; k++)
            input[k] *= factor;
    }
}

/* Scales columns and rows in turn until they fit; target 0 leaves value added free. */
static bool scale(table *t, double target) {
    for (t->steps = 0; t->steps < MOST_STEPS; t->steps++) {
        scale_columns(t, target);
        add_rows(t);
        measure(t, target);
        if (t->residual <= ENOUGH)
            return true;
        if (!isfinite(t->residual))
            return false;
        scale_rows(t);
    }
    scale_columns(t, target);
    add_rows(t);
    measure(t, target);
    return t->residual <= ACCEPTED;
}

/* Brings value added as near to the target as the totals and the table allow. */
static bool reach(table *t, double target) {
    double output = pl_sum(t->output, t->J), spending = pl_sum(t->spending, t->J),
           own = pl_sum(t->value_added, t->J);
    double least = fmax(output - spending, 0) + ROOM * output, most = (1 - ROOM) * output;
    double goal = fmin(fmax(target, least), most), share = 1;
    for (int halving = 0; halving < HALVINGS; halving++, share /= 2) {
        restart(t);
        if (scale(t, own + share * (goal - own)))
            return true;
    }
    restart(t);
    return scale(t, 0);
}

/* ---- shares out ---- */

static void note_move(pl_change_report *r, size_t n, size_t j, size_t k, double before, double after,
                      double output) {
    double move = fabs(after - before);
    r->moved_cells += move > 1e-9;
    r->total_move += move * output;
    if (move > r->largest_move) {
        r->largest_move = move;
        r->largest_country = n;
        r->largest_user = j;
        r->largest_input = k;
    }
}

/* A sector without output has no money to scale: its shares are made to add up to one. */
static void close_idle(const double *input, double value_added, size_t J, double *input_out,
                       double *value_added_out) {
    double v = value_added > 0 ? value_added : 0, sum = pl_sum(input, J) + v;
    *value_added_out = sum > 0 ? v / sum : 1;
    for (size_t k = 0; k < J; k++)
        input_out[k] = sum > 0 ? input[k] / sum : 0;
}

/* Writes the shares of one country and what moved. */
static void put_shares(const table *t, const pl_world *from, size_t n, pl_world *to, pl_change_report *r) {
    size_t J = t->J;
    for (size_t j = 0; j < J; j++) {
        const double *before = from->input_share + (n * J + j) * J;
        double *after = to->input_share + (n * J + j) * J, *share = &to->value_added_share[n * J + j];
        double y = t->output[j], was = from->value_added_share[n * J + j];
        if (y > 0) {
            for (size_t k = 0; k < J; k++)
                after[k] = t->input[j * J + k] / y;
            *share = t->value_added[j] / y;
        } else {
            close_idle(before, was, J, after, share);
        }
        for (size_t k = 0; k < J; k++)
            note_move(r, n, j, k, before[k], after[k], y);
        note_move(r, n, j, J, was, *share, y);
    }
}

static void note_target(pl_change_report *r, size_t n, double target, double reached) {
    double missed = target > 0 ? fabs(reached / target - 1) : 0;
    if (missed > r->missed_target) {
        r->missed_target = missed;
        r->missed_country = n;
    }
}

/* A world that is right already keeps its very bits. */
static bool is_right(const table *t, const pl_world *w, size_t n) {
    for (size_t j = 0; j < t->J; j++) {
        const double *share = w->input_share + (n * t->J + j) * t->J;
        double v = w->value_added_share[n * t->J + j];
        if (!(v >= 0) || !(fabs(pl_sum(share, t->J) + v - 1) <= ENOUGH))
            return false;
    }
    for (size_t k = 0; k < t->J; k++) {
        double final = t->spending[k];
        for (size_t j = 0; j < t->J; j++)
            final -= w->input_share[(n * t->J + j) * t->J + k] * t->output[j];
        if (!(final >= 0))
            return false;
    }
    return true;
}

static pl_status balance_country(table *t, const pl_world *from, size_t n, double target, pl_world *to,
                                 pl_change_report *r, pl_error *error) {
    if (!(target > 0) && is_right(t, from, n))
        return PL_OK;
    fill(t, from, n);
    bool done = scale(t, 0);
    if (done && target > 0)
        done = reach(t, target);
    r->iterations = r->iterations > t->steps ? r->iterations : t->steps;
    r->residual = fmax(r->residual, t->residual);
    if (!done)
        return pl_fail(
            error, PL_INVALID,
            "%s cannot be balanced: after %zu steps spending on sector %s is still off by %.2g of itself; "
            "its "
            "input shares leave no way to use %.6g million USD of spending with the outputs there are",
            from->country_code[n], t->steps, from->sector_code[t->worst], t->residual, t->spending[t->worst]);
    note_target(r, n, target, pl_sum(t->value_added, t->J));
    put_shares(t, from, n, to, r);
    return PL_OK;
}

static pl_status check_targets(const pl_world *w, const double *value_added, pl_error *error) {
    for (size_t n = 0; value_added && n < w->countries; n++)
        if (!(value_added[n] >= 0) || !isfinite(value_added[n]))
            return pl_fail(error, PL_INVALID,
                           "value added asked for %s is %g million USD; it must be positive, or 0 for no "
                           "target",
                           w->country_code[n], value_added[n]);
    return PL_OK;
}

pl_status pl_world_balance(const pl_world *w, const double *value_added, pl_world **out,
                           pl_change_report *report, pl_error *error) {
    pl_change_report own, *r = report ? report : &own;
    size_t N = w->countries, J = w->sectors;
    table t;
    memset(r, 0, sizeof *r);
    *out = NULL;
    pl_status status = pl_world_form(w, "", error);
    if (!status)
        status = check_targets(w, value_added, error);
    if (status)
        return status;
    double *accounts = pl_alloc(2 * N * J, sizeof(double));
    pl_world *to = pl_world_copy(w);
    if (!table_init(&t, J) || !accounts || !to)
        status = pl_fail_memory(error, N * N * J * sizeof(double));
    if (!status) {
        pl_world_output(w, accounts);
        pl_world_spending(w, accounts + N * J);
    }
    for (size_t n = 0; n < N && !status; n++) {
        t.output = accounts + n * J;
        t.spending = accounts + (N + n) * J;
        status = balance_country(&t, w, n, value_added ? value_added[n] : 0, to, r, error);
    }
    if (!status) {
        double output = pl_sum(accounts, N * J);
        r->mean_move = output > 0 ? r->total_move / output : 0;
    }
    free(accounts);
    free(t.input);
    if (status) {
        pl_world_free(to);
        return status;
    }
    *out = to;
    return PL_OK;
}
