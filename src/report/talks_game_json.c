/* What a game is, as JSON: players, instruments, packages, what stands, what is assumed, and where it is all from. */
#include "report/report.h"

#include <math.h>
#include <string.h>

/* ---- players, instruments, packages ---- */

static json_t *members(const pl_game *g, size_t player) {
    const pl_world *w = pl_game_world(g);
    json_t *list = json_array();
    for (size_t n = 0; list && n < pl_world_size(w, PL_COUNTRY); n++)
        if (pl_game_is_member(g, player, n))
            list = pl_json_append(list, json_string(pl_world_code(w, PL_COUNTRY, n)));
    return list;
}

static json_t *player_object(const pl_game *g, size_t p) {
    const char *name = pl_game_player(g, p);
    json_t *o = json_object();
    return pl_json_whole(
        o, pl_json_put(o, "name", json_string(name)) && pl_json_put(o, "members", members(g, p)) &&
               pl_json_put(o, "income", pl_json_number(pl_game_income(g, p))) &&
               pl_json_put(o, "weight", pl_json_number(pl_game_weight(g, p))) &&
               pl_json_put(o, "real_income_only", json_boolean(pl_game_is_real_income(g, p))) &&
               pl_json_put(o, "note", pl_json_text(pl_game_said(g, "players", name, "note"))));
}

static json_t *instrument_object(const pl_game *g, size_t i) {
    pl_instrument_facts f = pl_game_instrument(g, i);
    pl_instrument_basis b = pl_game_instrument_basis(g, i);
    const char *source = pl_game_said(g, "instruments", f.family, "source");
    const char *assumed = pl_game_said(g, "instruments", f.family, "assumed");
    json_t *o = json_object();
    return pl_json_whole(
        o, pl_json_put(o, "name", json_string(f.name)) && pl_json_put(o, "family", json_string(f.family)) &&
               pl_json_put(o, "title", json_string(f.title)) && pl_json_put(o, "kind", json_string(f.kind)) &&
               pl_json_put(o, "player", json_string(pl_game_player(g, f.player))) &&
               pl_json_put(o, "low", pl_json_number(f.low)) &&
               pl_json_put(o, "high", pl_json_number(f.high)) &&
               pl_json_put(o, "today", pl_json_number(b.today)) &&
               pl_json_put(o, "stands", pl_json_number(b.stands)) &&
               pl_json_put(o, "unit",
                           json_string(f.is_level ? "share of the base year's quantity"
                                       : b.adds   ? "rate on top of what stands"
                                                  : "rate")) &&
               pl_json_put(o, "open", pl_json_number(f.is_level ? f.high : f.low)) &&
               pl_json_put(o, "share", pl_json_number(b.share)) &&
               pl_json_put(o, "trade", pl_json_number(b.trade)) &&
               pl_json_put(o, "flows", json_integer((json_int_t)f.flows)) &&
               pl_json_put(o, "assumed", json_boolean(!*source || *assumed)) &&
               pl_json_put(o, "assumed_because", pl_json_text(assumed)) &&
               pl_json_put(o, "source", pl_json_text(source)) &&
               pl_json_put(o, "note", pl_json_text(pl_game_said(g, "instruments", f.family, "note"))));
}

static json_t *package_object(const pl_game *g, size_t k) {
    pl_package_facts f = pl_game_package(g, k);
    json_t *o = json_object(), *set = json_object(), *transfer = json_object();
    bool made = set && transfer;
    for (size_t i = 0; i < pl_game_instruments(g) && made; i++)
        if (!isnan(f.setting[i]))
            made = pl_json_put(set, pl_game_instrument(g, i).name, json_real(f.setting[i]));
    for (size_t p = 0; p < pl_game_players(g) && made; p++)
        if (f.transfer[p] != 0)
            made = pl_json_put(transfer, pl_game_player(g, p), pl_json_number(f.transfer[p]));
    made = pl_json_put(o, "settings", set) && made;
    made = pl_json_put(o, "transfer", transfer) && made;
    return pl_json_whole(
        o, made && pl_json_put(o, "name", json_string(f.name)) &&
               pl_json_put(o, "title", json_string(f.title)) &&
               pl_json_put(o, "variant",
                           json_string(pl_scenario_variant_name(pl_game_scenario(g), f.variant))) &&
               pl_json_put(o, "assumed", pl_json_text(pl_game_said(g, "packages", f.name, "assumed"))) &&
               pl_json_put(o, "source", pl_json_text(pl_game_said(g, "packages", f.name, "source"))) &&
               pl_json_put(o, "note", pl_json_text(pl_game_said(g, "packages", f.name, "note"))));
}

static json_t *country_object(const pl_game *g, size_t n) {
    const pl_world *w = pl_game_world(g);
    json_t *o = json_object(), *player = json_null();
    for (size_t p = 0; p < pl_game_players(g); p++)
        if (pl_game_is_member(g, p, n)) {
            json_decref(player);
            player = json_string(pl_game_player(g, p));
        }
    bool made = pl_json_put(o, "player", player);
    return pl_json_whole(o, made && pl_json_put(o, "code", json_string(pl_world_code(w, PL_COUNTRY, n))) &&
                                pl_json_put(o, "name", json_string(pl_world_name(w, PL_COUNTRY, n))));
}

static json_t *list_of(const pl_game *g, size_t count, json_t *(*entry)(const pl_game *, size_t)) {
    json_t *list = json_array();
    for (size_t k = 0; list && k < count; k++)
        list = pl_json_append(list, entry(g, k));
    return list;
}

/* ---- what stands ---- */

static json_t *variant_object(const pl_game *g, size_t v) {
    const pl_scenario *s = pl_game_scenario(g);
    const pl_measure **shown = pl_alloc(s->variant[v].measures + 1, sizeof *shown);
    size_t count = shown ? pl_variant_shown(&s->variant[v], shown) : 0;
    json_t *o = json_object(), *measures = shown ? json_array() : NULL;
    for (size_t m = 0; measures && m < count; m++)
        measures = pl_json_append(measures, json_pack("{s:s, s:s}", "text", shown[m]->text, "source",
                                                      shown[m]->source ? shown[m]->source : ""));
    free(shown);
    bool made = pl_json_put(o, "measures", measures);
    return pl_json_whole(o, made && pl_json_put(o, "name", json_string(pl_scenario_variant_name(s, v))) &&
                                pl_json_put(o, "title", json_string(pl_scenario_variant_title(s, v))));
}

static json_t *without_object(const pl_game *g) {
    size_t variant = 0;
    const char *kind = pl_game_disagreement(g, &variant);
    json_t *o = strcmp(kind, "variant") ? json_object() : variant_object(g, variant);
    return pl_json_whole(o, pl_json_put(o, "kind", json_string(kind)));
}

/* ---- what is assumed ---- */

static json_t *assumption(const char *what, const char *value, const char *why) {
    return json_pack("{s:s, s:s, s:s}", "what", what, "value", value, "why", why);
}

/* Why, in the game's own words where it has any. */
static const char *why(const pl_game *g, const char *key, const char *otherwise) {
    const char *said = pl_game_said(g, "assumed", key, NULL);
    return *said ? said : otherwise;
}

static json_t *assume_keeping(const pl_game *g, json_t *list) {
    char text[128];
    const char *period = pl_game_period(g);
    double punishment = pl_game_punishment(g);
    snprintf(text, sizeof text, "%g a %.40s", pl_game_discount(g), period);
    list = pl_json_append(list,
                          assumption("discount factor", text,
                                     why(g, "discount", "no government publishes how it weighs the future")));
    snprintf(text, sizeof text, "%g %.40s%s", pl_game_lag(g), period, pl_game_lag(g) == 1 ? "" : "s");
    list = pl_json_append(list, assumption("time until a breach shows", text,
                                           why(g, "lag", "it depends on how a deal is verified")));
    if (isinf(punishment))
        snprintf(text, sizeof text, "for ever");
    else
        snprintf(text, sizeof text, "%g %.40s%s", punishment, period, punishment == 1 ? "" : "s");
    list = pl_json_append(list, assumption("length of the punishment", text,
                                           why(g, "punishment", "chosen by whoever wrote the game")));
    return pl_json_append(
        list, assumption("punishment",
                         pl_game_punishes_by_nash(g) ? "mutual best responses" : "what stands without a deal",
                         why(g, "punish_by", "chosen by whoever wrote the game")));
}

static json_t *assume_bounds(const pl_game *g, json_t *list) {
    for (size_t i = 0; i < pl_game_instruments(g); i++) {
        pl_instrument_facts f = pl_game_instrument(g, i);
        char what[256], value[64];
        bool same = i > 0 && !strcmp(f.family, pl_game_instrument(g, i - 1).family);
        const char *said = pl_game_said(g, "instruments", f.family, "assumed");
        if (same || (!*said && *pl_game_said(g, "instruments", f.family, "source")))
            continue;
        snprintf(what, sizeof what, "bounds of %.200s", f.family);
        snprintf(value, sizeof value, "%g %% to %g %%", 100 * f.low, 100 * f.high);
        list = pl_json_append(
            list, assumption(what, value,
                             *said ? said : "how far the instrument may go in a search; no source given"));
    }
    return list;
}

static json_t *assume_packages(const pl_game *g, json_t *list) {
    for (size_t k = 0; k < pl_game_packages(g); k++) {
        pl_package_facts f = pl_game_package(g, k);
        char what[256];
        const char *said = pl_game_said(g, "packages", f.name, "assumed");
        snprintf(what, sizeof what, "content of %.200s", f.name);
        if (*said)
            list = pl_json_append(list, assumption(what, f.title, said));
    }
    return list;
}

static json_t *assumed_list(const pl_game *g) {
    char text[128];
    double limit = 0;
    json_t *list = assume_packages(g, assume_bounds(g, assume_keeping(g, json_array())));
    static const char *const others[][2] = {{"today", "what stands"},
                                            {"disagreement", "what happens without a deal"},
                                            {"payoffs", "what each player wants"}};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        if (*pl_game_said(g, "assumed", others[k][0], NULL))
            list = pl_json_append(list, assumption(others[k][1], pl_game_said(g, NULL, NULL, others[k][0]),
                                                   pl_game_said(g, "assumed", others[k][0], NULL)));
    if (pl_game_transfers(g, &limit)) {
        snprintf(text, sizeof text, "%g %% of the smallest player's income", 100 * limit);
        list = pl_json_append(list, assumption("most that may change hands", text,
                                               why(g, "transfer_limit", "chosen by whoever wrote the game")));
    }
    for (size_t p = 0; p < pl_game_players(g); p++) {
        const char *name = pl_game_player(g, p), *weight = pl_game_said(g, "players", name, "weight");
        if (!*weight && pl_game_is_real_income(g, p))
            continue;
        snprintf(text, sizeof text, "%.100s", *weight ? weight : "weights by sector");
        list = pl_json_append(
            list, assumption(name, text, "weight of the player, chosen by whoever wrote the game"));
    }
    return list;
}

/* ---- where it is from ---- */

static json_t *source_entry(const char *what, const char *text) {
    return json_pack("{s:s, s:s}", "what", what, "text", text);
}

static json_t *add_source(json_t *list, const char *what, const char *text) {
    return text && *text ? pl_json_append(list, source_entry(what, text)) : list;
}

static json_t *sources_list(const pl_game *g) {
    const pl_world *w = pl_game_world(g);
    json_t *list = json_array();
    list = add_source(list, "game", pl_game_said(g, NULL, NULL, "source"));
    list = add_source(list, "game, note", pl_game_said(g, NULL, NULL, "note"));
    list = add_source(list, "scenario", pl_scenario_source(pl_game_scenario(g)));
    const char *key;
    for (size_t k = 0; (key = pl_world_note_key(w, k)) != NULL; k++) {
        char what[128];
        snprintf(what, sizeof what, "world, %.100s", key);
        list = add_source(list, what, pl_world_note(w, key));
    }
    return list;
}

/* ---- units ---- */

#define INCOME "percent of the player's baseline income"

static json_t *variables_object(const pl_game *g) {
    char patience[96];
    snprintf(patience, sizeof patience, "discount factor a %.60s", pl_game_period(g));
    const struct {
        const char *name, *unit, *text;
    } rows[] = {
        {"payoff", INCOME, "change of the player's real income against the world as it was"},
        {"gain", INCOME, "payoff less the payoff without a deal"},
        {"low", INCOME, "5th percentile of the payoff over draws of the elasticities"},
        {"high", INCOME, "95th percentile of the payoff over draws of the elasticities"},
        {"breach", INCOME, "payoff of the best breach while the others keep to the deal"},
        {"patience", patience, "the smallest discount factor at which the deal is kept"},
        {"gain_low", INCOME, "5th percentile of the gain over draws of the elasticities"},
        {"gain_high", INCOME, "95th percentile of the gain over draws of the elasticities"},
        {"signs_share", "fraction", "share of the draws in which the deal would be signed"},
        {"transfer", "million USD a year", "lump sum received"},
        {"real_income", "percent", "change of real income against the world as it was"},
        {"equivalent_variation", "million USD a year", "baseline income times the change of real income"},
        {"settings", "fraction", "what an instrument is set to: 0.3 is 30 %; null is as it stands"},
        {"residual", "relative", "largest residual of the equilibrium's certificate"}};
    json_t *o = json_object();
    bool made = true;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        made = made && pl_json_put(o, rows[k].name,
                                   json_pack("{s:s, s:s}", "unit", rows[k].unit, "long_name", rows[k].text));
    return pl_json_whole(o, made);
}

json_t *pl_json_game(const pl_game *g) {
    double limit = 0;
    bool transfers = pl_game_transfers(g, &limit);
    json_t *o = json_object();
    return pl_json_whole(
        o, pl_json_put(o, "players", list_of(g, pl_game_players(g), player_object)) &&
               pl_json_put(o, "instruments", list_of(g, pl_game_instruments(g), instrument_object)) &&
               pl_json_put(o, "packages", list_of(g, pl_game_packages(g), package_object)) &&
               pl_json_put(o, "countries",
                           list_of(g, pl_world_size(pl_game_world(g), PL_COUNTRY), country_object)) &&
               pl_json_put(o, "today", variant_object(g, pl_game_today(g))) &&
               pl_json_put(o, "without", without_object(g)) && pl_json_put(o, "assumed", assumed_list(g)) &&
               pl_json_put(o, "sources", sources_list(g)) &&
               pl_json_put(o, "variables", variables_object(g)) &&
               pl_json_put(o, "transfers", json_boolean(transfers)) &&
               pl_json_put(o, "transfer_limit", pl_json_number(limit)) &&
               pl_json_put(o, "punished_by", json_string(pl_game_punishes_by_nash(g) ? "nash" : "no-deal")) &&
               pl_json_put(
                   o, "basis",
                   json_string("Long-run changes in one year's world with everything else as it was, "
                               "not a forecast. Payoffs are in percent of the player's baseline income a "
                               "year, against the world as it was; gains are over having no deal.")));
}
