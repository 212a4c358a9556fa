/* A game read from YAML: form and names here, what it means for a world in game.c. */
#include "talks/game.h"

#include <math.h>
#include <string.h>

pl_status pl_reading_text(pl_reading *r, const pl_node *map, const char *key, char **out) {
    const pl_node *node = pl_node_get(map, key);
    const char *text = NULL;
    pl_status status = node ? pl_node_text(node, key, &text, r->error) : PL_OK;
    if (status || !text)
        return status;
    free(*out);
    *out = pl_strdup(text);
    return *out ? PL_OK : pl_fail_memory(r->error, strlen(text));
}

pl_status pl_reading_need_map(const pl_reading *r, const pl_node *node, const char *what) {
    if (node->kind == PL_NODE_MAP && node->count > 0)
        return PL_OK;
    return pl_node_fail(node, r->error, "'%s' must be a mapping that is not empty", what);
}

pl_status pl_reading_find(const pl_reading *r, const pl_node *node, const char *text, const char *what,
                          const char *const *names, size_t count, size_t *index) {
    char near[160];
    for (*index = 0; *index < count; ++*index)
        if (!strcmp(names[*index], text))
            return PL_OK;
    return pl_node_fail(node, r->error, "unknown %s '%s'%s", what, text,
                        pl_suggest_text(near, sizeof near, text, names, count));
}

/* ---- the scenario under the game ---- */

static pl_status read_scenario(pl_reading *r, const pl_node *root) {
    pl_game *g = r->game;
    const pl_node *node = NULL;
    pl_status status = pl_node_need(root, "scenario", "a game", &node, r->error);
    if (status)
        return status;
    if (node->kind == PL_NODE_MAP)
        return pl_scenario_from_node(node, g->name, &g->scenario, r->error);
    const char *path = NULL;
    status = pl_node_text(node, "scenario", &path, r->error);
    if (status)
        return status;
    if (!pl_may_read(g->file, path))
        return pl_node_fail(node, r->error, "scenario '%.200s' lies outside the folder that may be read",
                            path);
    char *full = pl_beside(g->file, path);
    if (!full)
        return pl_fail_memory(r->error, strlen(path));
    status = pl_scenario_load(full, &g->scenario, r->error);
    free(full);
    return status;
}

/* A variant by name; `index` is left alone when the node is NULL. */
pl_status pl_reading_variant(const pl_reading *r, const pl_node *node, const char *what, size_t *index) {
    const char *text = NULL;
    pl_status status = node ? pl_node_text(node, what, &text, r->error) : PL_OK;
    if (status || !node)
        return status;
    const char **names = pl_alloc(r->game->variants + 1, sizeof *names);
    if (!names)
        return pl_fail_memory(r->error, r->game->variants);
    for (size_t v = 0; v < r->game->variants; v++)
        names[v] = pl_scenario_variant_name(r->game->scenario, v);
    status = pl_reading_find(r, node, text, "variant of the scenario", names, r->game->variants, index);
    free(names);
    return status;
}

/* ---- players ---- */

/* What one key says by sector, as in { goods: 0.9, C26: 1.5 }; later entries win, and NaN is left where none speaks. */
static pl_status read_by_sector(pl_reading *r, const pl_node *node, const char *what, const pl_player *p,
                                double *weight) {
    pl_game *g = r->game;
    bool *marked = pl_alloc(g->J, sizeof *marked);
    pl_status status = marked ? pl_reading_need_map(r, node, what) : pl_fail_memory(r->error, g->J);
    for (size_t k = 0; !status && k < node->count; k++) {
        pl_name one = {(char *)node->key[k]->text, node->key[k]->line};
        pl_name_list list = {1, 1, &one};
        double value = 0;
        status = pl_node_number(node->item[k], "a weight", &value, r->error);
        if (!status && !(value >= 0))
            status = pl_node_fail(node->item[k], r->error,
                                  "player '%s': weight %g of '%s' is negative; it must be 0 or more", p->name,
                                  value, one.text);
        if (!status)
            status = pl_resolve_sectors(&r->scope, g->world, &list, what, marked, r->error);
        for (size_t j = 0; !status && j < g->J; j++)
            weight[j] = marked[j] ? value : weight[j];
    }
    free(marked);
    return status;
}

/* Adds `scale` times each weight, after `shift` is taken off, to value_added. */
static pl_status read_weights(pl_reading *r, const pl_node *node, const char *what, double shift,
                              double scale, pl_player *p) {
    pl_game *g = r->game;
    double *weight = pl_alloc(g->J, sizeof *weight);
    if (!p->value_added)
        p->value_added = pl_alloc(g->J * g->N, sizeof *p->value_added);
    if (!weight || !p->value_added) {
        free(weight);
        return pl_fail_memory(r->error, g->J * g->N);
    }
    for (size_t j = 0; j < g->J; j++)
        weight[j] = NAN;
    pl_status status = read_by_sector(r, node, what, p, weight);
    for (size_t j = 0; !status && j < g->J; j++)
        for (size_t n = 0; n < g->N && !isnan(weight[j]); n++)
            p->value_added[j * g->N + n] += p->member[n] ? scale * (weight[j] - shift) : 0;
    free(weight);
    return status;
}

static bool is_nothing(const pl_game *g, const pl_player *p) {
    bool any = false;
    for (size_t n = 0; n < g->N; n++)
        any = any || p->real_income[n] > 0;
    for (size_t k = 0; p->value_added && k < g->J * g->N; k++)
        any = any || p->value_added[k] != 0;
    return !any;
}

static pl_status read_payoff(pl_reading *r, const pl_node *node, pl_player *p) {
    static const char *const keys[] = {"real_income", "political", "value_added"};
    pl_status status = pl_node_check_keys(node, keys, 3, "a payoff", r->error);
    const pl_node *own = pl_node_get(node, "real_income"), *political = pl_node_get(node, "political"),
                  *added = pl_node_get(node, "value_added");
    double weight = 1;
    if (!status && own)
        status = pl_node_number(own, "real_income", &weight, r->error);
    if (!status && !(weight >= 0))
        status = pl_node_fail(own, r->error,
                              "player '%s': weight %g of real income is negative; it must be 0 or more",
                              p->name, weight);
    for (size_t n = 0; n < r->game->N; n++)
        p->real_income[n] *= weight;
    if (!status && political)
        status = read_weights(r, political, "political", 1, weight, p);
    if (!status && added)
        status = read_weights(r, added, "value_added", 0, 1, p);
    if (!status && is_nothing(r->game, p))
        status = pl_node_fail(node, r->error,
                              "player '%s': every weight of its payoff is zero; one at least must be above 0",
                              p->name);
    return status;
}

/* No country sits on two sides of the table. */
static pl_status check_members(pl_reading *r, const pl_node *node, const pl_player *p) {
    pl_game *g = r->game;
    for (size_t k = 0; k < g->players; k++)
        for (size_t n = 0; n < g->N && &g->player[k] != p; n++)
            if (g->player[k].member[n] && p->member[n])
                return pl_node_fail(node, r->error, "player '%s': %s belongs to player '%s' already", p->name,
                                    pl_world_code(g->world, PL_COUNTRY, n), g->player[k].name);
    return PL_OK;
}

static pl_status read_player(pl_reading *r, const pl_node *key, const pl_node *node) {
    static const char *const keys[] = {"members", "payoff", "weight", "note"};
    pl_game *g = r->game;
    pl_player *p = &g->player[g->players++];
    const pl_node *members = NULL, *payoff = pl_node_get(node, "payoff"),
                  *weight = pl_node_get(node, "weight");
    pl_name_list list = {0};
    p->line = key->line;
    p->weight = 1;
    p->name = pl_strdup(key->text);
    p->member = pl_alloc(g->N, sizeof *p->member);
    p->real_income = pl_alloc(g->N, sizeof *p->real_income);
    if (!p->name || !p->member || !p->real_income)
        return pl_fail_memory(r->error, g->N);
    pl_status status = pl_node_check_keys(node, keys, 4, "a player", r->error);
    if (!status)
        status = pl_node_need(node, "members", p->name, &members, r->error);
    if (!status)
        status = pl_names_read(members, "members", &list, r->error);
    if (!status)
        status = pl_resolve_countries(&r->scope, g->world, &list, "members", false, p->member, r->error);
    pl_name_list_clear(&list);
    if (!status)
        status = check_members(r, key, p);
    for (size_t n = 0; n < g->N; n++)
        p->real_income[n] = p->member[n];
    if (!status && payoff)
        status = read_payoff(r, payoff, p);
    if (!status && weight)
        status = pl_node_number(weight, "weight", &p->weight, r->error);
    if (!status && !(p->weight > 0 && p->weight <= 1e9))
        status = pl_node_fail(weight, r->error,
                              "player '%s': bargaining weight %g must be above 0 and at most 1e9", p->name,
                              p->weight);
    return status;
}

static pl_status read_players(pl_reading *r, const pl_node *root) {
    const pl_node *node = NULL;
    pl_game *g = r->game;
    pl_status status = pl_node_need(root, "players", "a game", &node, r->error);
    if (!status)
        status = pl_reading_need_map(r, node, "players");
    if (status)
        return status;
    g->player = pl_alloc(node->count, sizeof *g->player);
    if (!g->player)
        return pl_fail_memory(r->error, node->count);
    for (size_t k = 0; k < node->count && !status; k++)
        status = read_player(r, node->key[k], node->item[k]);
    double sum = 0;
    for (size_t k = 0; k < g->players; k++)
        sum += g->player[k].weight;
    for (size_t k = 0; k < g->players; k++)
        g->player[k].weight /= sum;
    return status;
}

pl_status pl_reading_owner(const pl_reading *r, const pl_node *node, size_t *player) {
    const char *text = NULL;
    pl_status status = pl_node_text(node, "player", &text, r->error);
    const char **names = pl_alloc(r->game->players, sizeof *names);
    if (!names)
        return pl_fail_memory(r->error, r->game->players);
    for (size_t k = 0; k < r->game->players; k++)
        names[k] = r->game->player[k].name;
    if (!status)
        status = pl_reading_find(r, node, text, "player", names, r->game->players, player);
    free(names);
    return status;
}

/* ---- instruments ---- */

static pl_status read_bounds(const pl_reading *r, const pl_node *node, pl_family *f) {
    bool level = pl_instrument_is_level(f->kind);
    const pl_node *low = pl_node_get(node, "low"), *high = pl_node_get(node, "high");
    f->low = level ? 0.05 : 0;
    f->high = 1;
    pl_status status = low ? pl_node_rate(low, "low", &f->low, r->error) : PL_OK;
    if (!status && high)
        status = pl_node_rate(high, "high", &f->high, r->error);
    if (status)
        return status;
    if (!(f->low <= f->high))
        return pl_node_fail(node, r->error, "instrument '%s': low %g%% is above high %g%%", f->name,
                            100 * f->low, 100 * f->high);
    if (!level && !(f->low > -1))
        return pl_node_fail(low, r->error, "instrument '%s': low %g%% is not allowed; a rate is above -100%%",
                            f->name, 100 * f->low);
    if (level && !(f->low > 0))
        return pl_node_fail(node, r->error, "instrument '%s': a %s must be above 0; 1%% is next to a ban",
                            f->name, pl_instrument_kind_words[f->kind]);
    if (f->kind == PL_INSTRUMENT_LICENCE && !(f->high <= 1))
        return pl_node_fail(node, r->error, "instrument '%s': a licence lets through at most 100%%, not %g%%",
                            f->name, 100 * f->high);
    return PL_OK;
}

static pl_status read_rent(const pl_reading *r, const pl_node *node, pl_family *f) {
    static const char *const words[] = {"seller", "buyer", "wasted"};
    size_t holder = PL_RENT_SELLER;
    pl_status status = node ? pl_node_choice(node, "rent", words, PL_RENT_HOLDERS, &holder, r->error) : PL_OK;
    f->rent[holder] = 1;
    return status;
}

/* Keys that say nothing about an instrument of this kind. */
static pl_status check_kind(const pl_reading *r, const pl_node *node, const pl_family *f) {
    bool level = pl_instrument_is_level(f->kind);
    const char *key = level ? "basis" : "rent";
    const pl_node *extra = pl_node_get(node, key);
    if (!extra)
        return PL_OK;
    return pl_node_fail(extra, r->error, "instrument '%s': '%s' does not go with a %s; %s", f->name, key,
                        pl_instrument_kind_words[f->kind],
                        level ? "a level is always a share of today's quantity"
                              : "its revenue goes to the government that levies it");
}

static pl_status read_family_facts(pl_reading *r, const pl_node *node, pl_family *f) {
    static const char *const keys[] = {"player",  "kind", "title",  "by",     "on",    "except",
                                       "sectors", "low",  "high",   "basis",  "share", "each",
                                       "rent",    "note", "source", "assumed"};
    static const char *const bases[] = {"set", "add"};
    const pl_node *player = NULL, *kind = NULL, *basis = pl_node_get(node, "basis"),
                  *share = pl_node_get(node, "share");
    size_t chosen = 0;
    pl_status status = pl_node_check_keys(node, keys, sizeof keys / sizeof *keys, "an instrument", r->error);
    if (!status)
        status = pl_node_need(node, "player", f->name, &player, r->error);
    if (!status)
        status = pl_reading_owner(r, player, &f->player);
    if (!status)
        status = pl_node_need(node, "kind", f->name, &kind, r->error);
    if (!status)
        status = pl_node_choice(kind, "kind", pl_instrument_kind_words, PL_INSTRUMENT_KIND_COUNT, &f->kind,
                                r->error);
    if (!status)
        status = check_kind(r, node, f);
    if (!status)
        status = pl_reading_text(r, node, "title", &f->title);
    if (!status && basis)
        status = pl_node_choice(basis, "basis", bases, 2, &chosen, r->error);
    f->add = chosen == 1;
    if (!status && share)
        status = pl_node_rate(share, "share", &f->share, r->error);
    if (!status && !(f->share > 0 && f->share <= 1))
        status = pl_node_fail(share, r->error, "instrument '%s': share %g is not above 0 and at most 1",
                              f->name, f->share);
    if (!status)
        status = read_rent(r, pl_node_get(node, "rent"), f);
    return status ? status : read_bounds(r, node, f);
}

/* Which axes an entry is split along: one instrument for each member, partner or sector. */
static pl_status read_each(pl_reading *r, const pl_node *node, bool each[3]) {
    static const char *const words[] = {"member", "partner", "sector"};
    if (!node)
        return PL_OK;
    pl_name_list list = {0};
    pl_status status = pl_names_read(node, "each", &list, r->error);
    for (size_t k = 0; k < list.count && !status; k++) {
        size_t index = 0;
        status = pl_reading_find(r, node, list.item[k].text, "axis under 'each'", words, 3, &index);
        if (!status)
            each[index] = true;
    }
    pl_name_list_clear(&list);
    return status;
}

/* Marks what `key` names; `otherwise` when the key is left out. */
static pl_status read_marks(pl_reading *r, const pl_node *node, const char *key, const char *otherwise,
                            pl_axis axis, bool *marked) {
    const pl_node *given = pl_node_get(node, key);
    pl_name_list list = {0};
    pl_status status = PL_OK;
    if (given)
        status = pl_names_read(given, key, &list, r->error);
    else if (!pl_name_list_add(&list, otherwise, node->line))
        status = pl_fail_memory(r->error, 1);
    if (!status && axis == PL_COUNTRY)
        status = pl_resolve_countries(&r->scope, r->game->world, &list, key, false, marked, r->error);
    else if (!status)
        status = pl_resolve_sectors(&r->scope, r->game->world, &list, key, marked, r->error);
    pl_name_list_clear(&list);
    return status;
}

/* The owner acts on its own side only: by its members, on others. */
static pl_status check_sides(const pl_reading *r, const pl_node *node, const pl_family *f,
                             const pl_extent *e) {
    const pl_game *g = r->game;
    for (size_t n = 0; n < g->N; n++)
        if (e->by[n] && !g->player[f->player].member[n])
            return pl_node_fail(node, r->error,
                                "instrument '%s': %s does not belong to player '%s', who owns it", f->name,
                                pl_world_code(g->world, PL_COUNTRY, n), g->player[f->player].name);
    return PL_OK;
}

static pl_status read_extent(pl_reading *r, const pl_node *node, pl_family *f, pl_extent *e) {
    const pl_game *g = r->game;
    pl_status status = PL_OK;
    if (pl_node_get(node, "by"))
        status = read_marks(r, node, "by", "", PL_COUNTRY, e->by);
    else
        memcpy(e->by, g->player[f->player].member, g->N * sizeof *e->by);
    if (!status)
        status = check_sides(r, node, f, e);
    if (!status)
        status = read_marks(r, node, "on", "all", PL_COUNTRY, e->on);
    if (!status && pl_node_get(node, "except")) {
        status = read_marks(r, node, "except", "", PL_COUNTRY, e->less);
        for (size_t n = 0; n < g->N; n++)
            e->on[n] = e->on[n] && !e->less[n];
    }
    if (!status)
        status = read_marks(r, node, "sectors", "goods", PL_SECTOR, e->sector);
    return status ? status : read_each(r, pl_node_get(node, "each"), e->each);
}

static pl_status read_family(pl_reading *r, const pl_node *key, const pl_node *node) {
    pl_game *g = r->game;
    pl_family *f = &g->family[g->families++];
    *f = (pl_family){
        .line = key->line, .share = 1, .name = pl_strdup(key->text), .title = pl_strdup(key->text)};
    pl_extent e = {.by = pl_alloc(3 * g->N + g->J, sizeof *e.by)};
    if (!f->name || !f->title || !e.by) {
        free(e.by);
        return pl_fail_memory(r->error, g->N);
    }
    e.on = e.by + g->N;
    e.less = e.on + g->N;
    e.sector = e.less + g->N;
    pl_status status = read_family_facts(r, node, f);
    if (!status)
        status = read_extent(r, node, f, &e);
    if (!status)
        status = pl_game_spread(g, g->families - 1, &e, r->error);
    free(e.by);
    return status;
}

static pl_status read_instruments(pl_reading *r, const pl_node *root) {
    pl_game *g = r->game;
    const pl_node *node = NULL;
    pl_status status = pl_node_need(root, "instruments", "a game", &node, r->error);
    if (!status)
        status = pl_reading_need_map(r, node, "instruments");
    if (status)
        return status;
    g->family = pl_alloc(node->count, sizeof *g->family);
    if (!g->family)
        return pl_fail_memory(r->error, node->count);
    for (size_t k = 0; k < node->count && !status; k++)
        status = read_family(r, node->key[k], node->item[k]);
    for (size_t p = 0; p < g->players && !status; p++) {
        bool owns = false;
        for (size_t f = 0; f < g->families; f++)
            owns = owns || g->family[f].player == p;
        if (!owns)
            status =
                pl_fail_at(r->error, PL_INVALID, g->file, g->player[p].line,
                           "player '%s' has no instrument; whoever has none is no player", g->player[p].name);
    }
    return status ? status : pl_game_check_owners(g, r->error);
}

/* ---- the whole ---- */

static pl_status read_head(pl_reading *r, const pl_node *root) {
    static const char *const keys[] = {
        "parley",  "name",        "title",        "source",    "note",           "scenario", "today",
        "players", "instruments", "disagreement", "transfers", "transfer_limit", "discount", "period",
        "lag",     "punishment",  "packages",     "tables",    "punish_by",      "assumed"};
    pl_game *g = r->game;
    if (!pl_node_get(root, "players") && (pl_node_get(root, "measures") || pl_node_get(root, "variants")))
        return pl_node_fail(
            root, r->error,
            "this is a scenario without a game: say 'game: FILE' in it, or name a game file (docs/talks.md)");
    pl_status status = pl_node_check_keys(root, keys, sizeof keys / sizeof *keys, "a game", r->error);
    if (!status && !pl_node_get(root, "parley"))
        status = pl_node_fail(root, r->error, "the key 'parley' is missing; a game starts with 'parley: 1'");
    const char *format = "";
    if (!status)
        status = pl_node_text(pl_node_get(root, "parley"), "parley", &format, r->error);
    if (!status && strcmp(format, "1"))
        status = pl_node_fail(pl_node_get(root, "parley"), r->error,
                              "format %s is not known; this program reads format 1", format);
    if (!status)
        status = pl_reading_text(r, root, "name", &g->name);
    if (!status)
        status = pl_reading_text(r, root, "title", &g->title);
    return status ? status : read_scenario(r, root);
}

pl_status pl_game_read(pl_game *g, const pl_node *root, const char *world, pl_error *error) {
    pl_reading r = {.game = g, .error = error};
    pl_status status = read_head(&r, root);
    if (!status && world)
        status = pl_scenario_set_world(g->scenario, world, error);
    if (!status)
        status = pl_scenario_load_world(g->scenario, NULL, &g->world, error);
    if (status)
        return status;
    const pl_scope *under = g->scenario->scope[0];
    r.scope = (pl_scope){.file = g->file, .groups = under->groups, .group = under->group};
    g->N = pl_world_size(g->world, PL_COUNTRY);
    g->J = pl_world_size(g->world, PL_SECTOR);
    g->variants = pl_scenario_variants(g->scenario);
    status = pl_reading_variant(&r, pl_node_get(root, "today"), "today", &g->today);
    if (!status)
        status = read_players(&r, root);
    if (!status)
        status = read_instruments(&r, root);
    if (!status)
        status = pl_reading_terms(&r, root);
    return status ? status : pl_reading_packages(&r, root);
}
