/* A game on its world: which flows an instrument moves, what payoffs are, and what can be asked about it. */
#include "talks/game.h"

#include <math.h>
#include <string.h>

const char *const pl_instrument_kind_words[PL_INSTRUMENT_KIND_COUNT] = {
#define KIND_WORD(name, word) word,
    PL_INSTRUMENT_KINDS(KIND_WORD)
#undef KIND_WORD
};

bool pl_instrument_is_level(size_t kind) {
    return kind == PL_INSTRUMENT_QUOTA || kind == PL_INSTRUMENT_LICENCE;
}

double pl_instrument_inner(const pl_instrument *i, double setting) {
    return pl_instrument_is_level(i->kind) ? log(setting) : log1p(setting);
}

double pl_instrument_outer(const pl_instrument *i, double inner) {
    double setting = pl_instrument_is_level(i->kind) ? exp(inner) : expm1(inner);
    return fmin(fmax(setting, i->low), i->high);
}

/* ---- instruments ---- */

/* Which part of a family a flow belongs to, counting from 0. */
static size_t part_of(const pl_game *g, const pl_extent *e, size_t by, size_t on, size_t j) {
    size_t at = e->each[0] ? by : 0;
    at = e->each[1] ? at * g->N + on : at;
    return e->each[2] ? at * g->J + j : at;
}

static size_t position_of(const pl_game *g, const pl_family *f, size_t by, size_t on, size_t j) {
    bool import = f->kind == PL_INSTRUMENT_TARIFF;
    return (j * g->N + (import ? by : on)) * g->N + (import ? on : by);
}

static char *part_name(const pl_game *g, const pl_family *f, const pl_extent *e, size_t by, size_t on,
                       size_t j) {
    return pl_format("%s%s%s%s%s%s%s", f->name, e->each[0] ? "/" : "",
                     e->each[0] ? pl_world_code(g->world, PL_COUNTRY, by) : "", e->each[1] ? "/" : "",
                     e->each[1] ? pl_world_code(g->world, PL_COUNTRY, on) : "", e->each[2] ? "/" : "",
                     e->each[2] ? pl_world_code(g->world, PL_SECTOR, j) : "");
}

static pl_status new_instrument(pl_game *g, size_t family, char *name, pl_error *error) {
    const pl_family *f = &g->family[family];
    pl_instrument *grown = name ? realloc(g->instrument, (g->instruments + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(name);
        return pl_fail_memory(error, sizeof *grown);
    }
    g->instrument = grown;
    grown[g->instruments++] = (pl_instrument){
        .name = name, .family = family, .player = f->player, .kind = f->kind, .low = f->low, .high = f->high};
    return PL_OK;
}

static pl_status add_flow(pl_instrument *i, size_t position, pl_error *error) {
    size_t *grown = i->flow;
    if ((i->count & (i->count - 1)) == 0) /* room doubles at powers of two */
        grown = realloc(i->flow, (i->count ? 2 * i->count : 1) * sizeof *grown);
    if (!grown)
        return pl_fail_memory(error, sizeof *grown);
    i->flow = grown;
    grown[i->count++] = position;
    return PL_OK;
}

pl_status pl_game_spread(pl_game *g, size_t family, const pl_extent *e, pl_error *error) {
    pl_family *f = &g->family[family];
    size_t parts = (e->each[0] ? g->N : 1) * (e->each[1] ? g->N : 1) * (e->each[2] ? g->J : 1);
    size_t *place = pl_alloc(parts, sizeof *place); /* of an instrument, plus one */
    const double *flow = pl_world_flow(g->world);
    pl_status status = place ? PL_OK : pl_fail_memory(error, parts * sizeof *place);
    f->first = g->instruments;
    for (size_t by = 0; by < g->N && !status; by++)
        for (size_t on = 0; on < g->N && e->by[by] && !status; on++)
            for (size_t j = 0; j < g->J && e->on[on] && on != by && !status; j++) {
                size_t position = position_of(g, f, by, on, j), part = part_of(g, e, by, on, j);
                if (!e->sector[j] || !(flow[position] > 0))
                    continue;
                if (!place[part])
                    status = new_instrument(g, family, part_name(g, f, e, by, on, j), error);
                place[part] = place[part] ? place[part] : g->instruments;
                if (!status)
                    status = add_flow(&g->instrument[place[part] - 1], position, error);
            }
    f->count = g->instruments - f->first;
    free(place);
    if (!status && !f->count)
        status = pl_fail_at(error, PL_INVALID, g->file, f->line,
                            "instrument '%s' covers no flow between two countries", f->name);
    return status;
}

static pl_status owned_twice(const pl_game *g, size_t a, size_t b, size_t position, pl_error *error) {
    const pl_family *f = &g->family[g->instrument[b].family];
    return pl_fail_at(
        error, PL_INVALID, g->file, f->line,
        "instruments '%s' and '%s' both move the %s of %s on %s in %s; a flow has one of a kind",
        g->instrument[a].name, g->instrument[b].name, pl_instrument_kind_words[f->kind],
        pl_world_code(g->world, PL_COUNTRY, position / g->N % g->N),
        pl_world_code(g->world, PL_COUNTRY, position % g->N),
        pl_world_code(g->world, PL_SECTOR, position / (g->N * g->N)));
}

pl_status pl_game_check_owners(const pl_game *g, pl_error *error) {
    size_t cells = g->N * g->N * g->J;
    size_t *owner = pl_alloc(cells, sizeof *owner);
    pl_status status = owner ? PL_OK : pl_fail_memory(error, cells * sizeof *owner);
    for (size_t kind = 0; kind < PL_INSTRUMENT_KIND_COUNT && !status; kind++) {
        memset(owner, 0, cells * sizeof *owner);
        for (size_t i = 0; i < g->instruments && !status; i++)
            for (size_t f = 0; f < g->instrument[i].count && g->instrument[i].kind == kind && !status; f++) {
                size_t *held = &owner[g->instrument[i].flow[f]];
                if (*held)
                    status = owned_twice(g, *held - 1, i, g->instrument[i].flow[f], error);
                *held = i + 1;
            }
    }
    free(owner);
    return status;
}

/* ---- payoffs ---- */

/* Weights of members by income, so that a bloc's payoff is the percent change of all it earns. */
static void weigh_members(const pl_game *g, pl_player *p) {
    const pl_model *m = g->model;
    for (size_t n = 0; n < g->N; n++)
        p->income += p->member[n] ? m->income[n] : 0;
    for (size_t n = 0; n < g->N; n++) {
        p->real_income[n] *= m->income[n] / p->income;
        for (size_t j = 0; p->value_added && j < g->J; j++)
            p->value_added[j * g->N + n] *= m->income[n] / p->income;
    }
}

/* A guess of the second derivative of the owner's payoff, which scales a search: trade over income times the
 * elasticity, or over it for quantities. */
static void guess_curvature(const pl_game *g, pl_instrument *i) {
    const double *flow = pl_world_flow(g->on), *theta = pl_model_theta(g->model);
    bool level = pl_instrument_is_level(i->kind);
    for (size_t f = 0; f < i->count; f++) {
        double t = theta[i->flow[f] / (g->N * g->N)];
        i->value += flow[i->flow[f]];
        i->curvature += flow[i->flow[f]] * (level ? 1 / t : t);
    }
    i->curvature *= 100 / g->player[i->player].income;
}

/* Nobody gives away all it earns. */
static pl_status check_transfers(const pl_game *g, pl_error *error) {
    for (size_t k = 0; k < g->packages; k++)
        for (size_t p = 0; p < g->players; p++)
            if (!(-g->package[k].transfer[p] < g->player[p].income))
                return pl_fail_at(error, PL_INVALID, g->file, g->package[k].line,
                                  "package '%s': player '%s' gives %g million USD, and its income is %g",
                                  g->package[k].name, g->player[p].name, -g->package[k].transfer[p],
                                  g->player[p].income);
    return PL_OK;
}

pl_status pl_game_calibrate(pl_game *g, pl_error *error) {
    pl_status status = pl_scenario_model(g->scenario, g->world, &g->model, error);
    if (status)
        return status;
    g->on = pl_model_world(g->model);
    g->policy = pl_alloc(g->variants, sizeof *g->policy);
    if (!g->policy)
        return pl_fail_memory(error, g->variants);
    for (size_t v = 0; v < g->variants && !status; v++)
        status = pl_scenario_policy(g->scenario, g->on, v, &g->policy[v], error);
    for (size_t p = 0; p < g->players; p++)
        weigh_members(g, &g->player[p]);
    for (size_t i = 0; i < g->instruments; i++)
        guess_curvature(g, &g->instrument[i]);
    return status ? status : check_transfers(g, error);
}

/* ---- life ---- */

static char *name_of_file(const char *path) {
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
    return pl_format("%.*s", dot && dot != base ? (int)(dot - base) : (int)strlen(base), base);
}

/* What holds unless the file says otherwise. */
static pl_status set_defaults(pl_game *g, const char *path, pl_error *error) {
    g->file = pl_strdup(path);
    g->name = name_of_file(path);
    g->title = g->name ? pl_strdup(g->name) : NULL;
    g->period = pl_strdup("year");
    g->pace = pl_alloc(1, sizeof *g->pace);
    g->discount = 0.96;
    g->lag = 1;
    g->punishment = INFINITY;
    g->punish_by_nash = true;
    g->transfer_limit = 0.1;
    if (g->pace)
        pthread_mutex_init(&g->pace->lock, NULL);
    bool made = g->file && g->name && g->title && g->period && g->pace;
    return made ? PL_OK : pl_fail_memory(error, strlen(path));
}

pl_status pl_game_from_doc(pl_yaml *doc, const char *path, const char *world, volatile int *stop,
                           pl_game **game, pl_error *error) {
    *game = NULL;
    pl_game *g = pl_alloc(1, sizeof *g);
    if (!g) {
        pl_yaml_free(doc);
        return pl_fail_memory(error, sizeof *g);
    }
    g->doc = doc;
    g->stop = stop;
    pl_status status = set_defaults(g, path, error);
    if (!status)
        status = pl_game_read(g, doc->root, world, error);
    if (!status)
        status = pl_game_calibrate(g, error);
    if (status)
        pl_game_free(g);
    else
        *game = g;
    return status;
}

/* A scenario names the file of its game: `*full` becomes its path, NULL for a file that names none. */
static pl_status follow(const pl_yaml *doc, const char *path, char **full, pl_error *error) {
    const pl_node *root = doc->root, *node = pl_node_get(root, "game");
    const char *text = NULL;
    *full = NULL;
    if (!node || pl_node_get(root, "players"))
        return PL_OK;
    pl_status status = pl_node_text(node, "game", &text, error);
    if (!status && !pl_may_read(path, text))
        status = pl_node_fail(node, error, "game '%.200s' lies outside the folder that may be read", text);
    if (!status && !(*full = pl_beside(path, text)))
        status = pl_fail_memory(error, strlen(text));
    return status;
}

pl_status pl_game_load(const char *path, const char *world, volatile int *stop, pl_game **game,
                       pl_error *error) {
    pl_yaml *doc = NULL;
    char *full = NULL;
    *game = NULL;
    pl_status status = pl_yaml_load(path, &doc, error);
    if (!status)
        status = follow(doc, path, &full, error);
    if (!status && full) {
        pl_yaml_free(doc);
        doc = NULL;
        status = pl_yaml_load(full, &doc, error);
    }
    if (!status)
        status = pl_game_from_doc(doc, full ? full : path, world, stop, game, error);
    else
        pl_yaml_free(doc);
    free(full);
    return status;
}

static void free_players(pl_game *g) {
    for (size_t p = 0; p < g->players; p++) {
        free(g->player[p].name);
        free(g->player[p].member);
        free(g->player[p].real_income);
        free(g->player[p].value_added);
    }
    free(g->player);
}

static void free_instruments(pl_game *g) {
    for (size_t f = 0; f < g->families; f++) {
        free(g->family[f].name);
        free(g->family[f].title);
    }
    for (size_t i = 0; i < g->instruments; i++) {
        free(g->instrument[i].name);
        free(g->instrument[i].flow);
    }
    free(g->family);
    free(g->instrument);
}

void pl_game_free(pl_game *g) {
    if (!g)
        return;
    free_players(g);
    free_instruments(g);
    for (size_t k = 0; k < g->packages; k++) {
        free(g->package[k].name);
        free(g->package[k].title);
        free(g->package[k].setting);
        free(g->package[k].transfer);
    }
    free(g->package);
    free(g->table);
    if (g->pace) {
        pthread_mutex_destroy(&g->pace->lock);
        free(g->pace->point);
    }
    free(g->pace);
    for (size_t v = 0; g->policy && v < g->variants; v++)
        pl_policy_free(g->policy[v]);
    free(g->policy);
    pl_model_free(g->model);
    pl_world_free(g->world);
    pl_scenario_free(g->scenario);
    pl_yaml_free(g->doc);
    char *texts[] = {g->name, g->title, g->file, g->period};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        free(texts[k]);
    free(g);
}

/* ---- what can be asked ---- */

const char *pl_game_name(const pl_game *g) {
    return g->name;
}

const char *pl_game_title(const pl_game *g) {
    return g->title;
}

const char *pl_game_world_name(const pl_game *g) {
    const char *name = pl_scenario_world(g->scenario);
    return *name ? name : PL_DEFAULT_WORLD;
}

const pl_world *pl_game_world(const pl_game *g) {
    return g->world;
}

const pl_model *pl_game_model(const pl_game *g) {
    return g->model;
}

size_t pl_game_players(const pl_game *g) {
    return g->players;
}

const char *pl_game_player(const pl_game *g, size_t player) {
    return g->player[player].name;
}

bool pl_game_is_member(const pl_game *g, size_t player, size_t country) {
    return g->player[player].member[country];
}

double pl_game_discount(const pl_game *g) {
    return g->discount;
}

double pl_game_lag(const pl_game *g) {
    return g->lag;
}

double pl_game_punishment(const pl_game *g) {
    return g->punishment;
}

bool pl_game_punishes_by_nash(const pl_game *g) {
    return g->punish_by_nash;
}

const char *pl_game_period(const pl_game *g) {
    return g->period;
}

size_t pl_game_instruments(const pl_game *g) {
    return g->instruments;
}

pl_instrument_facts pl_game_instrument(const pl_game *g, size_t instrument) {
    const pl_instrument *i = &g->instrument[instrument];
    const pl_family *f = &g->family[i->family];
    return (pl_instrument_facts){.name = i->name,
                                 .family = f->name,
                                 .kind = pl_instrument_kind_words[i->kind],
                                 .title = f->title,
                                 .player = i->player,
                                 .flows = i->count,
                                 .low = i->low,
                                 .high = i->high,
                                 .is_level = pl_instrument_is_level(i->kind)};
}
