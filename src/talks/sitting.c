/* Packages made by hand one after another, while somebody drags one: what they are measured against is solved once, and
 * each is solved from those before it. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

/* ---- the game, and what stands ---- */

typedef struct {
    const pl_stand *stand;
    pl_deal *deal;
} today;

static pl_status fill_today(void *data, size_t index, pl_board *board, pl_error *error) {
    const today *t = data;
    (void)index;
    return pl_deal_fill(board, t->stand, t->deal, error);
}

/* On a board of its own, as a cold answer does it, so that today is the same to the bit. */
static pl_status add_today(pl_session *s) {
    const pl_game *g = s->game;
    pl_stand *stand = pl_stand_new(g, g->today);
    pl_deal *deal =
        stand ? pl_talks_add(s->talks, "today", pl_scenario_variant_title(g->scenario, g->today)) : NULL;
    today t = {stand, deal};
    pl_status status = deal ? pl_crew_run(s, 1, 1, true, fill_today, &t) : pl_fail_memory(s->error, 1);
    pl_stand_free(stand);
    return status;
}

static pl_status solve_what_stands(pl_sitting *sitting, pl_error *error) {
    pl_talks_options options;
    pl_talks_options_init(&options);
    options.threads = 1; /* callers are many */
    pl_session session = {
        .game = sitting->game, .options = &options, .talks = sitting->talks, .error = error};
    pl_status status = pl_session_open(&session, PL_VALUE);
    if (!status)
        status = add_today(&session);
    if (!status && session.board->opening) {
        sitting->opening = session.opening;
        session.opening = NULL;
    }
    pl_session_close(&session);
    return status;
}

pl_status pl_sitting_new(pl_game *game, volatile int *stop, pl_sitting **sitting, pl_error *error) {
    pl_sitting *s = pl_alloc(1, sizeof *s);
    pl_talks *talks = pl_alloc(1, sizeof *talks);
    *sitting = NULL;
    if (!s || !talks) {
        free(s);
        free(talks);
        return pl_fail_memory(error, sizeof *s);
    }
    *talks = (pl_talks){.game = game, .verb = PL_VALUE, .largest_gain = NAN};
    *s = (pl_sitting){.game = game, .talks = talks};
    game->stop = stop;
    pl_status status = solve_what_stands(s, error);
    game->stop = NULL;
    if (status)
        pl_sitting_free(s);
    else
        *sitting = s;
    return status;
}

void pl_sitting_free(pl_sitting *s) {
    if (!s)
        return;
    pl_talks_free(s->talks);
    pl_result_free(s->opening);
    free(s);
}

/* ---- a hand that makes packages ---- */

pl_status pl_hand_new(const pl_sitting *sitting, pl_hand **hand, pl_error *error) {
    pl_game *g = sitting->game;
    pl_hand *h = pl_alloc(1, sizeof *h);
    *hand = NULL;
    if (!h)
        return pl_fail_memory(error, sizeof *h);
    pl_status status = pl_board_new(g, g->model, g->policy, &h->board, error);
    h->stand = pl_stand_new(g, g->today);
    h->talks = pl_alloc(1, sizeof *h->talks);
    if (h->talks)
        *h->talks = (pl_talks){.game = g, .verb = PL_VALUE, .warm = true, .largest_gain = NAN};
    bool made = h->stand && h->talks;
    for (size_t d = 0; d < sitting->talks->deals && made; d++)
        made = pl_talks_copy(h->talks, &sitting->talks->deal[d]);
    for (size_t n = 0; n < sitting->talks->notes && made; n++)
        made = pl_talks_note(h->talks, "%s", sitting->talks->note[n]);
    made = made && pl_talks_add(h->talks, "package", "");
    if (!status && !made)
        status = pl_fail_memory(error, sizeof *h);
    if (status) {
        pl_hand_free(h);
        return status;
    }
    h->board->opening = sitting->opening;
    *hand = h;
    return PL_OK;
}

void pl_hand_free(pl_hand *h) {
    if (!h)
        return;
    pl_board_free(h->board);
    pl_stand_free(h->stand);
    pl_talks_free(h->talks);
    free(h);
}

/* From the packages before, or, where that leads nowhere, from today. */
static pl_status solve(pl_hand *h, pl_error *error) {
    pl_board *b = h->board;
    pl_status status = pl_board_solve(b, h->stand->variant, h->stand->setting, NULL, error);
    if (status || b->converged)
        return status;
    pl_board_forget(b);
    return pl_board_solve(b, h->stand->variant, h->stand->setting, NULL, error);
}

pl_status pl_hand_value(pl_hand *h, const double *setting, volatile int *stop, pl_error *error) {
    const pl_game *g = h->talks->game;
    pl_deal *package = &h->talks->deal[h->talks->deals - 1];
    char *title = pl_package_words(g, setting);
    if (!title)
        return pl_fail_memory(error, 1);
    free(package->title);
    package->title = title;
    memcpy(h->stand->setting, setting, g->instruments * sizeof *setting);
    h->board->stop = stop;
    pl_status status = solve(h, error);
    h->board->stop = NULL;
    if (status)
        return status;
    pl_deal_note(h->board, h->stand, package);
    pl_talks_compare(h->talks);
    return PL_OK;
}
