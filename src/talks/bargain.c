/* The four bargains, with and without transfers, and several tables at once. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

enum { MOST_ROUNDS = 40 };
static const double NOTHING = 1e-7; /* a gain in percent that is none */
static const double HIGHER = 1e-5;  /* and one for which another start's answer is taken */

static const char *const names[PL_BARGAINS] = {"nash-bargain", "kalai-smorodinsky", "egalitarian",
                                               "utilitarian"};
static const char *const titles[PL_BARGAINS] = {
    "Nash bargain: the largest product of gains",
    "Kalai-Smorodinsky: gains in proportion to the most each could get",
    "egalitarian: equal gains in percent, as large as they come",
    "utilitarian: the most money for all players together"};

/* ---- one bargain ---- */

/* The most each party could get while the others lose nothing, from `stand`, which is left alone. */
static pl_status find_ideals(pl_program *program, pl_board *board, const pl_stand *stand, double *ratio,
                             pl_error *error) {
    const pl_game *g = program->game;
    pl_stand *moved = pl_stand_new(g, stand->variant);
    pl_status status = moved ? PL_OK : pl_fail_memory(error, g->instruments);
    size_t evaluations = 0;
    for (size_t p = 0; p < g->players && !status; p++) {
        ratio[p] = 1;
        if (program->party && !program->party[p])
            continue;
        pl_stand_copy(g, stand, moved);
        program->aim = PL_AIM_PLAYER;
        program->player = p;
        status = pl_program_run(program, board, moved, error);
        ratio[p] = fmax(program->value - program->floor[p], NOTHING);
        evaluations += program->evaluations;
    }
    program->evaluations = evaluations;
    pl_stand_free(moved);
    return status;
}

/* The largest share of `ratio` that everybody can have. */
static pl_status find_share(pl_program *program, const double *ratio, pl_board *board, pl_stand *stand,
                            pl_error *error) {
    size_t before = program->evaluations;
    program->aim = PL_AIM_SHARE;
    program->ratio = ratio;
    pl_status status = pl_program_run(program, board, stand, error);
    program->evaluations += before;
    program->ratio = NULL;
    return status;
}

pl_status pl_bargain_find(pl_program *program, pl_solution solution, pl_board *board, pl_stand *stand,
                          pl_error *error) {
    const pl_game *g = program->game;
    double *ratio = pl_alloc(2 * g->players, sizeof *ratio), *none = ratio + g->players;
    if (!ratio)
        return pl_fail_memory(error, g->players);
    for (size_t p = 0; p < g->players; p++) {
        ratio[p] = 1;
        none[p] = -1e6;
    }
    pl_status status = PL_OK;
    program->evaluations = 0;
    switch (solution) {
    case PL_BARGAIN_EGALITARIAN:
        status = find_share(program, ratio, board, stand, error);
        break;
    case PL_BARGAIN_KALAI:
        status = find_ideals(program, board, stand, ratio, error);
        if (!status)
            status = find_share(program, ratio, board, stand, error);
        break;
    case PL_BARGAIN_UTILITARIAN:
        program->aim = PL_AIM_MONEY;
        program->least =
            program->transfers ? NULL : none; /* money that can change hands is worth the same to all */
        status = pl_program_run(program, board, stand, error);
        program->least = NULL;
        break;
    default:
        program->aim = PL_AIM_PRODUCT;
        status = pl_program_run(program, board, stand, error);
    }
    free(ratio);
    return status;
}

/* A place to begin a bargain: what stands today, duties gone and quantities half way, anywhere. */
static void place(const pl_game *g, size_t start, uint64_t *seed, pl_stand *stand) {
    pl_board_start(g, g->today, stand->setting);
    for (size_t i = 0; i < g->instruments && start; i++) {
        const pl_instrument *it = &g->instrument[i];
        double low = pl_instrument_inner(it, it->low), high = pl_instrument_inner(it, it->high);
        double share = start > 1 ? pl_uniform(seed) : pl_instrument_is_level(it->kind) ? 0.5 : 0;
        stand->setting[i] = pl_instrument_outer(it, low + share * (high - low));
    }
}

pl_status pl_bargain_begin(pl_program *program, const pl_talks_options *options, pl_board *board,
                           pl_stand *stand, pl_error *error) {
    const pl_game *g = program->game;
    pl_stand *tried = pl_stand_new(g, stand->variant);
    pl_status status = tried ? PL_OK : pl_fail_memory(error, g->instruments);
    size_t evaluations = 0;
    uint64_t seed = options->seed;
    for (size_t start = 0; start < (options->starts ? options->starts : 1) && !status; start++) {
        pl_program one = *program;
        memset(tried->transfer, 0, g->players * sizeof *tried->transfer);
        place(g, start, &seed, tried);
        status = pl_bargain_find(&one, PL_BARGAIN_EGALITARIAN, board, tried, error);
        evaluations += one.evaluations;
        bool better = one.allowed && (!program->allowed || one.value > program->value + HIGHER);
        if (start && !better)
            continue;
        *program = one;
        pl_stand_copy(g, tried, stand);
    }
    program->evaluations = evaluations;
    pl_stand_free(tried);
    return status;
}

static pl_status keep_bargain(pl_session *s, const pl_program *program, pl_solution solution,
                              const pl_stand *stand) {
    char name[64], title[160];
    pl_deal *deal = NULL;
    snprintf(name, sizeof name, "%s%s", names[solution], program->transfers ? "+transfers" : "");
    snprintf(title, sizeof title, "%s%s", titles[solution], program->transfers ? ", with transfers" : "");
    pl_status status = pl_session_add(s, stand, name, title, &deal);
    return status ? status
                  : pl_deal_end(deal, program->converged, program->evaluations, program->outcome, s->error);
}

typedef struct {
    const pl_session *session;
    bool transfers;
    pl_stand *stand[PL_BARGAINS];
    pl_program program[PL_BARGAINS];
} bargains;

/* From the egalitarian deal on, which is where everybody gains. */
static pl_status find_one(void *data, size_t index, pl_board *board, pl_error *error) {
    static const pl_solution order[] = {PL_BARGAIN_NASH, PL_BARGAIN_KALAI, PL_BARGAIN_UTILITARIAN};
    bargains *b = data;
    const pl_session *s = b->session;
    pl_solution solution = order[index];
    pl_stand_copy(s->game, b->stand[PL_BARGAIN_EGALITARIAN], b->stand[solution]);
    return pl_bargain_find(&b->program[solution], solution, board, b->stand[solution], error);
}

static pl_status open_bargains(pl_session *s, bargains *b) {
    for (size_t k = 0; k < PL_BARGAINS; k++) {
        b->program[k] = (pl_program){.game = s->game, .floor = s->floor, .transfers = b->transfers};
        b->stand[k] = pl_stand_new(s->game, s->game->today);
        if (!b->stand[k])
            return pl_fail_memory(s->error, s->game->instruments);
    }
    return PL_OK;
}

static pl_status keep_bargains(pl_session *s, const bargains *b, bool zone) {
    pl_status status = PL_OK;
    for (size_t k = 0; k < PL_BARGAINS && !status; k++)
        if (zone || k == PL_BARGAIN_EGALITARIAN || k == PL_BARGAIN_UTILITARIAN)
            status = keep_bargain(s, &b->program[k], (pl_solution)k, b->stand[k]);
    return status;
}

/* Egalitarian first: it says whether there is anything to share, and is where the others start. */
static pl_status find_all(pl_session *s, bool transfers) {
    const pl_game *g = s->game;
    bargains b = {.session = s, .transfers = transfers};
    pl_program *fair = &b.program[PL_BARGAIN_EGALITARIAN];
    pl_status status = open_bargains(s, &b);
    if (!status) {
        pl_pace_begin(g, 2 * pl_pace_of(s, PL_WORK_PROGRAM), 0);
        status = pl_bargain_begin(fair, s->options, s->board, b.stand[PL_BARGAIN_EGALITARIAN], s->error);
    }
    bool zone = fair->allowed && fair->value > NOTHING;
    if (!status && !zone &&
        !pl_talks_note(s->talks,
                       "There is no zone of agreement%s: no setting of the instruments leaves every player "
                       "better off than without a deal.",
                       transfers ? " even with transfers" : " without transfers"))
        status = pl_fail_memory(s->error, 1);
    if (!status)
        status =
            pl_crew_run(s, 3, (2 + s->game->players) * pl_pace_of(s, PL_WORK_PROGRAM), true, find_one, &b);
    if (!status)
        status = keep_bargains(s, &b, zone);
    for (size_t k = 0; k < PL_BARGAINS; k++)
        pl_stand_free(b.stand[k]);
    return status;
}

/* ---- several tables at once ---- */

/* The instruments two players have on each other. */
static void mark_mutual(const pl_game *g, const size_t pair[2], bool *movable) {
    for (size_t i = 0; i < g->instruments; i++) {
        const pl_instrument *it = &g->instrument[i];
        size_t other = it->player == pair[0] ? pair[1] : pair[0];
        movable[i] = it->player == pair[0] || it->player == pair[1];
        for (size_t k = 0; k < it->count && movable[i]; k++) {
            bool import = it->kind == PL_INSTRUMENT_TARIFF;
            size_t n = it->flow[k] / g->N % g->N, seller = it->flow[k] % g->N;
            movable[i] = g->player[other].member[import ? seller : n];
        }
    }
}

typedef struct {
    bool *movable, *party;
    double *floor;
    pl_stand *apart;
} table;

/* One table bargains while the others' deals stand; without a deal its instruments are as without any. */
static pl_status sit_down(pl_session *s, const size_t pair[2], table *t, pl_stand *stand, bool *converged) {
    const pl_game *g = s->game;
    pl_program program = {.game = g, .floor = t->floor, .party = t->party, .movable = t->movable};
    mark_mutual(g, pair, t->movable);
    for (size_t p = 0; p < g->players; p++)
        t->party[p] = p == pair[0] || p == pair[1];
    pl_stand_copy(g, stand, t->apart);
    bool any = false;
    for (size_t i = 0; i < g->instruments; i++)
        if (t->movable[i]) {
            t->apart->setting[i] = s->without->setting[i];
            any = true;
        }
    if (!any)
        return pl_fail(s->error, PL_INVALID,
                       "%s: players '%s' and '%s' have no instrument on each other only", g->file,
                       g->player[pair[0]].name, g->player[pair[1]].name);
    pl_status status = pl_board_solve(s->board, t->apart->variant, t->apart->setting, NULL, s->error);
    memcpy(t->floor, s->board->payoff, g->players * sizeof *t->floor);
    if (!status)
        status = pl_bargain_find(&program, PL_BARGAIN_EGALITARIAN, s->board, stand, s->error);
    if (!status && program.value > NOTHING) {
        status = pl_bargain_find(&program, PL_BARGAIN_NASH, s->board, stand, s->error);
    } else if (!status) { /* nothing to share: no deal at this table */
        pl_stand_copy(g, t->apart, stand);
    }
    *converged = *converged && program.converged;
    return status;
}

static pl_status rounds(pl_session *s, table *t, pl_stand *stand, pl_stand *before, size_t *done,
                        bool *converged) {
    const pl_game *g = s->game;
    pl_status status = PL_OK;
    double move = INFINITY;
    for (*done = 0; *done < MOST_ROUNDS && move > 1e-5 && !status; ++*done) {
        pl_stand_copy(g, stand, before);
        *converged = true;
        for (size_t k = 0; k < g->tables && !status; k++)
            status = sit_down(s, g->table[k], t, stand, converged);
        move = 0;
        for (size_t i = 0; i < g->instruments; i++)
            if (!isnan(stand->setting[i]) || !isnan(before->setting[i]))
                move = fmax(move, isnan(stand->setting[i]) || isnan(before->setting[i])
                                      ? INFINITY
                                      : fabs(stand->setting[i] - before->setting[i]));
    }
    *converged = *converged && move <= 1e-5;
    return status;
}

static pl_status nash_in_nash(pl_session *s) {
    const pl_game *g = s->game;
    pl_stand *stand = pl_stand_new(g, s->without->variant), *before = pl_stand_new(g, s->without->variant);
    table t = {.apart = pl_stand_new(g, s->without->variant),
               .movable = pl_alloc(g->instruments, sizeof *t.movable),
               .party = pl_alloc(g->players, sizeof *t.party),
               .floor = pl_alloc(g->players, sizeof *t.floor)};
    bool made = stand && before && t.apart && t.movable && t.party && t.floor, converged = false;
    size_t done = 0;
    pl_deal *deal = NULL;
    pl_status status = made ? PL_OK : pl_fail_memory(s->error, g->instruments);
    if (made)
        pl_stand_copy(g, s->without, stand);
    pl_pace_begin(g, g->tables * 20 * pl_pace_of(s, PL_WORK_PROGRAM), 0);
    if (!status)
        status = rounds(s, &t, stand, before, &done, &converged);
    if (!status)
        status = pl_session_add(s, stand, "nash-in-nash",
                                "every pair bargains, the other tables' deals standing", &deal);
    if (!status)
        status = pl_deal_end(deal, converged, done,
                             converged ? "found" : "stopped early: the tables still move", s->error);
    pl_stand_free(stand);
    pl_stand_free(before);
    pl_stand_free(t.apart);
    free(t.movable);
    free(t.party);
    free(t.floor);
    return status;
}

pl_status pl_verb_bargain(pl_session *s) {
    pl_status status = find_all(s, false);
    if (!status && s->game->transfers)
        status = find_all(s, true);
    return status || !s->game->tables ? status : nash_in_nash(s);
}
