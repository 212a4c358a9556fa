/* An answer about talks read back: players and deals. */
#include "report/reading.h"

#include <math.h>
#include <string.h>

enum { MOST_DEALS = 100000, MOST_PLAYERS = 1000 };

/* "never" is a patience that nobody has. */
static bool read_patience(const json_t *value, double *patience) {
    const char *word = json_string_value(value);
    if (word && !strcmp(word, "never")) {
        *patience = INFINITY;
        return true;
    }
    *patience = NAN;
    return !value || pl_read_json_number(value, patience);
}

static pl_status read_side(const json_t *entry, const char *deal, const char *player, pl_read_side *side,
                           const pl_read_place *at) {
    struct {
        const char *key;
        double *to;
    } numbers[] = {{"payoff", &side->payoff}, {"gain", &side->gain},     {"low", &side->low},
                   {"high", &side->high},     {"breach", &side->breach}, {"transfer", &side->transfer}};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        const json_t *value = json_object_get(entry, numbers[k].key);
        *numbers[k].to = NAN;
        if (value && !pl_read_json_number(value, numbers[k].to))
            return pl_read_fail(at, "deal %.80s: %s of %.60s is neither a number up to 1e18 nor null", deal,
                                numbers[k].key, player);
    }
    if (!read_patience(json_object_get(entry, "patience"), &side->patience))
        return pl_read_fail(at, "deal %.80s: patience of %.60s is neither a number, null nor never", deal,
                            player);
    side->signs = json_is_true(json_object_get(entry, "signs"));
    side->asked = json_is_boolean(json_object_get(entry, "keeps"));
    side->keeps = json_is_true(json_object_get(entry, "keeps"));
    return PL_OK;
}

static pl_status check_numbers(const json_t *object, const char *deal, const char *what,
                               const pl_read_place *at) {
    const char *key;
    json_t *value;
    double number;
    json_object_foreach((json_t *)object, key, value) {
        if (!pl_read_json_number(value, &number))
            return pl_read_fail(at, "deal %.80s: %s of %.60s is neither a number up to 1e18 nor null", deal,
                                what, key);
    }
    return PL_OK;
}

static pl_status read_deal(const pl_talks_reading *t, const json_t *entry, size_t index, pl_read_deal *d,
                           const pl_read_place *at) {
    const json_t *players = json_object_get(entry, "players");
    d->name = json_string_value(json_object_get(entry, "name"));
    if (!d->name || json_array_size(players) != t->players)
        return pl_read_fail(at, "deal %zu has no name, or not one entry for each player", index + 1);
    d->title = pl_read_text(entry, "title", "");
    d->outcome = pl_read_text(entry, "outcome", "");
    d->converged = json_is_true(json_object_get(entry, "converged"));
    d->residual = pl_read_value(entry, "residual");
    d->settings = json_object_get(entry, "settings");
    d->real_income = json_object_get(entry, "real_income");
    d->money = json_object_get(entry, "equivalent_variation");
    d->side = pl_alloc(t->players, sizeof *d->side);
    if (!d->side)
        return pl_fail_memory(at->error, t->players * sizeof *d->side);
    pl_status status = check_numbers(d->settings, d->name, "setting", at);
    if (!status)
        status = check_numbers(d->real_income, d->name, "real_income", at);
    if (!status)
        status = check_numbers(d->money, d->name, "equivalent_variation", at);
    for (size_t p = 0; p < t->players && !status; p++)
        status = read_side(json_array_get(players, p), d->name, t->player[p], &d->side[p], at);
    return status;
}

static pl_status read_players(pl_talks_reading *t, const json_t *players, const pl_read_place *at) {
    t->players = json_array_size(players);
    if (!t->players || t->players > MOST_PLAYERS)
        return pl_read_fail(at, "there is no player");
    t->player = pl_alloc(t->players, sizeof *t->player);
    if (!t->player)
        return pl_fail_memory(at->error, t->players);
    for (size_t p = 0; p < t->players; p++) {
        t->player[p] = json_string_value(json_object_get(json_array_get(players, p), "player"));
        if (!t->player[p])
            return pl_read_fail(at, "player %zu of the first deal has no name", p + 1);
    }
    return PL_OK;
}

pl_status pl_talks_read(pl_saved *r, const pl_read_place *at) {
    pl_talks_reading *t = &r->talks;
    const json_t *list = json_object_get(r->root, "deals");
    size_t count = json_array_size(list);
    if (!count || count > MOST_DEALS)
        return pl_read_fail(at, "there is no deal");
    pl_status status = read_players(t, json_object_get(json_array_get(list, 0), "players"), at);
    if (status)
        return status;
    t->deal = pl_alloc(count, sizeof *t->deal);
    if (!t->deal)
        return pl_fail_memory(at->error, count * sizeof *t->deal);
    while (t->deals < count && !status) {
        size_t d = t->deals++;
        status = read_deal(t, json_array_get(list, d), d, &t->deal[d], at);
    }
    t->notes = json_object_get(r->root, "notes");
    return status;
}

void pl_talks_read_clear(pl_talks_reading *t) {
    for (size_t d = 0; d < t->deals; d++)
        free(t->deal[d].side);
    free(t->deal);
    free(t->player);
    memset(t, 0, sizeof *t);
}
