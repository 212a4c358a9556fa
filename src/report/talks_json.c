/* An answer about talks as JSON and CSV. */
#include "report/report.h"

#include <math.h>
#include <string.h>

/* An infinite patience is a word; JSON knows no such number. */
static json_t *patience_value(double value) {
    return isinf(value) ? json_string("never") : pl_json_number(value);
}

/* The patience needed when a breach shows sooner or later than the game says: what verification is worth for a deal. */
static json_t *patience_by_lag(const pl_talks *t, size_t deal, size_t player) {
    static const double times[] = {0.25, 0.5, 1, 1.5, 2, 3, 4, 6};
    json_t *list = json_array();
    for (size_t k = 0; list && k < sizeof times / sizeof *times; k++) {
        double lag = times[k] * pl_game_lag(t->game);
        json_t *pair = pl_json_append(json_array(), pl_json_number(lag));
        list = pl_json_append(list,
                              pl_json_append(pair, patience_value(pl_talks_patience(t, deal, player, lag))));
    }
    return list;
}

static json_t *player_object(const pl_talks *t, size_t deal, size_t p) {
    const pl_deal *d = &t->deal[deal];
    const char *name = pl_game_player(t->game, p);
    json_t *o = json_object();
    bool made = pl_json_put(o, "player", json_string(name)) &&
                pl_json_put(o, "payoff", pl_json_number(d->payoff[p])) &&
                pl_json_put(o, "gain", pl_json_number(d->against[p])) &&
                pl_json_put(o, "low", pl_json_number(d->low[p])) &&
                pl_json_put(o, "high", pl_json_number(d->high[p])) &&
                pl_json_put(o, "breach", pl_json_number(d->deviation[p])) &&
                pl_json_put(o, "patience", patience_value(d->patience[p])) &&
                pl_json_put(o, "signs", json_boolean(d->signs[p])) &&
                pl_json_put(o, "transfer", pl_json_number(d->transfer[p]));
    if (made && t->draws)
        made = pl_json_put(o, "gain_low", pl_json_number(d->gain_low[p])) &&
               pl_json_put(o, "gain_high", pl_json_number(d->gain_high[p])) &&
               pl_json_put(o, "signs_share", pl_json_number(d->signs_share[p]));
    if (made && !isnan(d->patience_otherwise[p]))
        made =
            pl_json_put(o, "patience_otherwise", patience_value(d->patience_otherwise[p])) &&
            pl_json_put(o, "keeps_otherwise", json_boolean(pl_game_keeps(t->game, d->patience_otherwise[p])));
    if (made && !isnan(d->patience[p]))
        made = pl_json_put(o, "keeps", json_boolean(d->keeps[p])) &&
               pl_json_put(o, "patience_by_lag", patience_by_lag(t, deal, p));
    if (made)
        return o;
    json_decref(o);
    return NULL;
}

/* Lines of a text, which is freed. */
static json_t *lines(char *text) {
    json_t *list = text ? json_array() : NULL;
    for (char *line = text, *end; list && line && *line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        list = pl_json_append(list, json_stringn(line, end ? (size_t)(end - line) : strlen(line)));
    }
    free(text);
    return list;
}

static json_t *settings_object(const pl_game *g, const pl_deal *d) {
    json_t *o = json_object();
    for (size_t i = 0; o && i < pl_game_instruments(g); i++)
        if (!pl_json_put(o, pl_game_instrument(g, i).name, pl_json_number(d->setting[i]))) {
            json_decref(o);
            o = NULL;
        }
    return o;
}

static json_t *country_numbers(const pl_game *g, const double *value) {
    const pl_world *w = pl_game_world(g);
    json_t *o = json_object();
    for (size_t n = 0; o && n < pl_world_size(w, PL_COUNTRY); n++)
        if (!pl_json_put(o, pl_world_code(w, PL_COUNTRY, n), pl_json_number(value[n]))) {
            json_decref(o);
            o = NULL;
        }
    return o;
}

static json_t *deal_object(const pl_talks *t, size_t at) {
    const pl_game *g = t->game;
    const pl_deal *d = &t->deal[at];
    json_t *o = json_object(), *players = json_array();
    for (size_t p = 0; p < pl_game_players(g); p++)
        players = pl_json_append(players, player_object(t, at, p));
    bool made = pl_json_put(o, "players", players);
    made =
        made && pl_json_put(o, "name", json_string(d->name)) &&
        pl_json_put(o, "title", json_string(d->title)) &&
        pl_json_put(o, "outcome", json_string(d->outcome)) &&
        pl_json_put(o, "converged", json_boolean(d->converged)) &&
        pl_json_put(o, "evaluations", json_integer((json_int_t)d->evaluations)) &&
        pl_json_put(o, "settings", settings_object(g, d)) &&
        pl_json_put(o, "variant", json_string(pl_scenario_variant_name(pl_game_scenario(g), d->variant))) &&
        pl_json_put(o, "rank", pl_json_number(d->rank)) &&
        pl_json_put(o, "meaning", lines(pl_talks_deal_words(t, at))) &&
        pl_json_put(o, "real_income", country_numbers(g, d->real_income)) &&
        pl_json_put(o, "equivalent_variation", country_numbers(g, d->money)) &&
        pl_json_put(o, "residual", pl_json_number(d->residual));
    if (made)
        return o;
    json_decref(o);
    return NULL;
}

/* What everybody gets over today when only this entry of the file moves to its end. */
static json_t *worth_end(const pl_talks *t, size_t entry, size_t end) {
    size_t players = pl_game_players(t->game);
    json_t *o = json_object();
    for (size_t p = 0; o && p < players; p++)
        if (!pl_json_put(o, pl_game_player(t->game, p),
                         pl_json_number(t->worth[(2 * entry + end) * players + p]))) {
            json_decref(o);
            o = NULL;
        }
    return o;
}

/* One object for each entry of the file; empty where the question was another. */
static json_t *worth_list(const pl_talks *t) {
    const pl_game *g = t->game;
    json_t *list = json_array();
    const char *family = "";
    for (size_t i = 0, entry = 0; t->worth && list && i < pl_game_instruments(g); i++) {
        pl_instrument_facts f = pl_game_instrument(g, i);
        if (!strcmp(f.family, family))
            continue;
        family = f.family;
        json_t *o = json_object();
        bool made = pl_json_put(o, "instrument", json_string(family)) &&
                    pl_json_put(o, "opened", worth_end(t, entry, 0)) &&
                    pl_json_put(o, "closed", worth_end(t, entry, 1));
        entry++;
        list = pl_json_append(list, made ? o : NULL);
        if (!made)
            json_decref(o);
    }
    return list;
}

static double worst_residual(const pl_talks *t) {
    double worst = 0;
    for (size_t d = 0; d < t->deals; d++)
        worst = fmax(worst, t->deal[d].residual);
    return worst;
}

static json_t *talks_object(const pl_talks_view *view) {
    const pl_talks *t = view->talks;
    const pl_game *g = t->game;
    json_t *root = pl_json_game(g), *deals = json_array(), *notes = json_array();
    for (size_t d = 0; d < t->deals; d++)
        deals = pl_json_append(deals, deal_object(t, d));
    for (size_t n = 0; n < t->notes; n++)
        notes = pl_json_append(notes, json_string(t->note[n]));
    double punishment = pl_game_punishment(g);
    bool made = pl_json_put(root, "deals", deals);
    made = pl_json_put(root, "notes", notes) && made;
    if (made && t->warm)
        made = pl_json_put(root, "start", json_string("warm"));
    made = made && pl_json_put(root, "parley", json_string(pl_version())) &&
           pl_json_put(root, "format", json_integer(1)) &&
           pl_json_put(root, "command", pl_json_text(view->command)) &&
           pl_json_put(root, "game", json_string(pl_game_name(g))) &&
           pl_json_put(root, "title", json_string(pl_game_title(g))) &&
           pl_json_put(root, "question", json_string(pl_verb_text(t->verb))) &&
           pl_json_put(root, "world", json_string(pl_game_world_name(g))) &&
           pl_json_put(root, "elasticities", json_string(pl_model_elasticities(pl_game_model(g)))) &&
           pl_json_put(root, "answer", lines(pl_talks_answer_words(t))) &&
           pl_json_put(root, "worth", worth_list(t)) &&
           pl_json_put(root, "worst_residual", pl_json_number(worst_residual(t))) &&
           pl_json_put(root, "converged", json_boolean(pl_talks_converged(t))) &&
           pl_json_put(root, "draws", json_integer((json_int_t)t->draws)) &&
           pl_json_put(root, "drawn_from", t->drawn_from ? json_string(t->drawn_from) : json_null()) &&
           pl_json_put(root, "largest_gain", pl_json_number(t->largest_gain)) &&
           pl_json_put(root, "discount", pl_json_number(pl_game_discount(g))) &&
           pl_json_put(root, "period", json_string(pl_game_period(g))) &&
           pl_json_put(root, "lag", pl_json_number(pl_game_lag(g))) &&
           pl_json_put(root, "punishment",
                       isinf(punishment) ? json_string("forever") : pl_json_number(punishment));
    if (made)
        return root;
    json_decref(root);
    return NULL;
}

static pl_status write_json(FILE *out, const void *data, pl_error *error) {
    return pl_json_dump(out, talks_object(data), error);
}

/* ---- CSV ---- */

static void number(FILE *out, double value) {
    if (isinf(value))
        fputs(",never", out);
    else if (isnan(value))
        fputc(',', out);
    else
        fprintf(out, ",%.17g", value);
}

static pl_status write_deals(FILE *out, const void *data, pl_error *error) {
    const pl_talks *t = ((const pl_talks_view *)data)->talks;
    (void)error;
    fputs("deal,player,payoff_percent,gain_percent,low_percent,high_percent,breach_percent,patience,signs,"
          "keeps,"
          "transfer_musd,converged\n",
          out);
    for (size_t k = 0; k < t->deals; k++)
        for (size_t p = 0; p < pl_game_players(t->game); p++) {
            const pl_deal *d = &t->deal[k];
            pl_csv_field(out, d->name);
            fputc(',', out);
            pl_csv_field(out, pl_game_player(t->game, p));
            const double values[] = {d->payoff[p], d->against[p],   d->low[p],
                                     d->high[p],   d->deviation[p], d->patience[p]};
            for (size_t v = 0; v < sizeof values / sizeof *values; v++)
                number(out, values[v]);
            fprintf(out, ",%d,%s", d->signs[p], isnan(d->patience[p]) ? "" : d->keeps[p] ? "1" : "0");
            number(out, d->transfer[p]);
            fprintf(out, ",%d\n", d->converged);
        }
    return PL_OK;
}

static pl_status write_instruments(FILE *out, const void *data, pl_error *error) {
    const pl_talks *t = ((const pl_talks_view *)data)->talks;
    (void)error;
    fputs("deal,instrument,family,kind,player,setting\n", out);
    for (size_t k = 0; k < t->deals; k++)
        for (size_t i = 0; i < pl_game_instruments(t->game); i++) {
            pl_instrument_facts facts = pl_game_instrument(t->game, i);
            const char *fields[] = {t->deal[k].name, facts.name, facts.family, facts.kind,
                                    pl_game_player(t->game, facts.player)};
            for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
                if (f)
                    fputc(',', out);
                pl_csv_field(out, fields[f]);
            }
            number(out, t->deal[k].setting[i]);
            fputc('\n', out);
        }
    return PL_OK;
}

static pl_status write_countries(FILE *out, const void *data, pl_error *error) {
    const pl_talks *t = ((const pl_talks_view *)data)->talks;
    const pl_world *w = pl_game_world(t->game);
    (void)error;
    fputs("deal,country,real_income_percent,equivalent_variation_musd\n", out);
    for (size_t k = 0; k < t->deals; k++)
        for (size_t n = 0; n < pl_world_size(w, PL_COUNTRY); n++) {
            pl_csv_field(out, t->deal[k].name);
            fputc(',', out);
            pl_csv_field(out, pl_world_code(w, PL_COUNTRY, n));
            number(out, t->deal[k].real_income[n]);
            number(out, t->deal[k].money[n]);
            fputc('\n', out);
        }
    return PL_OK;
}

pl_status pl_report_talks_json(FILE *out, const pl_talks_view *view, pl_error *error) {
    pl_status status = write_json(out, view, error);
    if (!status && (fflush(out) || ferror(out)))
        return pl_fail(error, PL_IO, "the JSON result could not be written");
    return status;
}

pl_status pl_report_talks_write(const char *folder, const pl_talks_view *view, pl_error *error) {
    static const pl_file files[] = {{"talks.json", write_json},
                                    {"deals.csv", write_deals},
                                    {"instruments.csv", write_instruments},
                                    {"countries.csv", write_countries}};
    return pl_write_files(folder, files, sizeof files / sizeof *files, view, error);
}
