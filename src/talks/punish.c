/* A deal kept under one punishment may be broken under the other: both are looked at. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

/* Moves at which the other punishment is known: what it is worth is then exact to about 1e-7 percent. */
static const double ENOUGH = 1e-6;

pl_status pl_punish_otherwise(const pl_session *s, pl_board *board, const double *hint, pl_punishment *other,
                              pl_error *error) {
    const pl_game *g = s->game;
    pl_nash_report report;
    other->found = true;
    if (g->punish_by_nash) {
        memcpy(other->payoff, s->floor, g->players * sizeof *other->payoff);
        return PL_OK;
    }
    pl_stand *stand = pl_stand_new(g, g->today);
    if (!stand)
        return pl_fail_memory(error, g->instruments);
    /* Not far from where everybody's best response to what stands would leave them. */
    memcpy(stand->setting, hint, g->instruments * sizeof *hint);
    pl_status status = pl_nash_find(board, stand, ENOUGH, &report, error);
    if (!status)
        status = pl_board_solve(board, stand->variant, stand->setting, stand->transfer, error);
    memcpy(other->payoff, board->payoff, g->players * sizeof *other->payoff);
    other->found = report.converged && board->converged;
    pl_stand_free(stand);
    return status;
}

/* ---- what a reader must know of it ---- */

enum { ROOM = 640 };

static void add_text(char *text, size_t size, const char *between, const char *more) {
    size_t used = strlen(text);
    if (used + 8 < size)
        snprintf(text + used, size - used, "%s%s", used ? between : "", more);
}

/* The deals everybody signs and keeps, by the patience asked of each; "none of them" when there is none. */
static void list_kept(const pl_session *s, const pl_deal *deal, size_t count, bool otherwise, char *text,
                      size_t size) {
    const pl_game *g = s->game;
    *text = 0;
    for (size_t k = 0; k < count; k++) {
        bool kept = true;
        for (size_t p = 0; p < g->players; p++) {
            double patience = otherwise ? deal[k].patience_otherwise[p] : deal[k].patience[p];
            kept = kept && deal[k].payoff[p] >= s->floor[p] - 1e-9 && pl_game_keeps(g, patience);
        }
        if (kept)
            add_text(text, size, ", ", deal[k].name);
    }
    if (!*text)
        snprintf(text, size, "none of them");
}

/* "US +0.0165 %, China +0.0050 %" */
static void list_payoffs(const pl_game *g, const double *payoff, char *text, size_t size) {
    *text = 0;
    for (size_t p = 0; p < g->players; p++) {
        char one[96];
        snprintf(one, sizeof one, "%.60s %+.4f %%", g->player[p].name, payoff[p]);
        add_text(text, size, ", ", one);
    }
}

/* How many of the deals the punishment is better than, for some player. */
static size_t count_unafraid(const pl_game *g, const double *punished, const pl_deal *deal, size_t count) {
    size_t unafraid = 0;
    for (size_t k = 0; k < count; k++) {
        bool better = false;
        for (size_t p = 0; p < g->players; p++)
            better = better || punished[p] >= deal[k].payoff[p];
        unafraid += better;
    }
    return unafraid;
}

static bool note_kept(const pl_session *s, bool nash, const double *punished, const pl_deal *deal,
                      size_t count, bool otherwise) {
    const pl_game *g = s->game;
    char kept[ROOM], payoffs[256], fear[160] = "";
    size_t unafraid = count_unafraid(g, punished, deal, count);
    list_kept(s, deal, count, otherwise, kept, sizeof kept);
    list_payoffs(g, punished, payoffs, sizeof payoffs);
    if (unafraid)
        snprintf(fear, sizeof fear,
                 " For some player that is no worse than %zu of the %zu deals, and so no threat.", unafraid,
                 count);
    return pl_talks_note(s->talks, "Signed and kept by everybody if a breach is punished by %s (%s): %s.%s",
                         nash ? "mutual best responses" : "going back to no deal", payoffs, kept, fear);
}

pl_status pl_punish_compare(pl_session *s, const pl_punishment *other, pl_deal *deal, size_t count) {
    const pl_game *g = s->game;
    bool noted = true;
    for (size_t k = 0; k < count; k++)
        for (size_t p = 0; p < g->players && other->found; p++)
            deal[k].patience_otherwise[p] =
                pl_patience(deal[k].payoff[p], deal[k].deviation[p], other->payoff[p], g->lag, g->punishment);
    noted = note_kept(s, g->punish_by_nash, s->punished, deal, count, false);
    if (!other->found)
        noted = noted &&
                pl_talks_note(s->talks,
                              "Mutual best responses, the other punishment there might be, were not found.");
    else
        noted = noted && note_kept(s, !g->punish_by_nash, other->payoff, deal, count, true);
    return noted ? PL_OK : pl_fail_memory(s->error, ROOM);
}
