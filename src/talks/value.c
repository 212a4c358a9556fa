/* A package made by hand: what it is worth beside today and beside no deal, and whether it would be kept. */
#include "talks/talks.h"

#include <math.h>
#include <string.h>

/* ---- reading what is set ---- */

/* The instruments a name means: an entry of the file with all its parts, or one part. */
static bool find_named(const pl_game *g, const char *name, size_t *first, size_t *count) {
    for (size_t f = 0; f < g->families; f++)
        if (!strcmp(g->family[f].name, name)) {
            *first = g->family[f].first;
            *count = g->family[f].count;
            return true;
        }
    for (size_t i = 0; i < g->instruments; i++)
        if (!strcmp(g->instrument[i].name, name)) {
            *first = i;
            *count = 1;
            return true;
        }
    return false;
}

static pl_status refuse_name(const pl_game *g, const char *name, pl_error *error) {
    char near[160];
    const char **names = pl_alloc(g->families, sizeof *names);
    if (!names)
        return pl_fail_memory(error, g->families);
    for (size_t f = 0; f < g->families; f++)
        names[f] = g->family[f].name;
    pl_status status = pl_fail(error, PL_INVALID, "unknown instrument '%s'%s", name,
                               pl_suggest_text(near, sizeof near, name, names, g->families));
    free(names);
    return status;
}

static pl_status set_named(const pl_game *g, const char *name, const char *level, double *setting,
                           pl_error *error) {
    size_t first = 0, count = 0;
    double value = 0;
    if (!find_named(g, name, &first, &count))
        return refuse_name(g, name, error);
    pl_status status = pl_text_rate(level, name, &value, error);
    if (status)
        return status;
    const pl_instrument *it = &g->instrument[first];
    if (!(value >= it->low && value <= it->high))
        return pl_fail(error, PL_INVALID, "%s at %g%% is outside its box of %g%% to %g%%", name, 100 * value,
                       100 * it->low, 100 * it->high);
    for (size_t i = first; i < first + count; i++)
        setting[i] = value;
    return PL_OK;
}

pl_status pl_game_set(const pl_game *g, const char *text, double *setting, pl_error *error) {
    const char *equal = strchr(text, '=');
    if (!equal || equal == text)
        return pl_fail(error, PL_INVALID, "'%s' sets nothing: write INSTRUMENT=LEVEL, such as %s=%g%%", text,
                       g->family[0].name, 100 * g->family[0].high);
    char *name = pl_format("%.*s", (int)(equal - text), text);
    if (!name)
        return pl_fail_memory(error, strlen(text));
    pl_status status = set_named(g, name, equal + 1, setting, error);
    free(name);
    return status;
}

/* ---- the verb ---- */

/* An entry once when all its parts are at one level. */
char *pl_package_words(const pl_game *g, const double *setting) {
    char text[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < g->instruments && used + 80 < sizeof text; i++) {
        const pl_family *f = &g->family[g->instrument[i].family];
        bool whole = true;
        for (size_t k = f->first; k < f->first + f->count; k++)
            whole = whole && setting[k] == setting[f->first];
        if (isnan(setting[i]) || (whole && i > f->first))
            continue;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.48s %g %%", used ? ", " : "",
                                 whole ? f->name : g->instrument[i].name, 100 * setting[i]);
    }
    return pl_format("made by hand: %s", used ? text : "nothing set");
}

typedef struct {
    const pl_stand *stand[2];
    pl_deal *deal; /* [2] today, the package */
} pair;

static pl_status fill_one(void *data, size_t index, pl_board *board, pl_error *error) {
    const pair *p = data;
    return pl_deal_fill(board, p->stand[index], &p->deal[index], error);
}

static pl_status add_deals(pl_session *s, const double *setting) {
    const pl_game *g = s->game;
    char *title = pl_package_words(g, setting);
    bool made = title && pl_talks_add(s->talks, "today", pl_scenario_variant_title(g->scenario, g->today)) &&
                pl_talks_add(s->talks, "package", title);
    free(title);
    return made ? PL_OK : pl_fail_memory(s->error, sizeof(pl_deal));
}

static pl_status value_pair(pl_session *s, const pl_stand *today, const pl_stand *package) {
    pair p = {.stand = {today, package}};
    pl_status status = add_deals(s, package->setting);
    if (status)
        return status;
    p.deal = s->talks->deal + s->talks->deals - 2;
    status = pl_crew_run(s, 2, 2, true, fill_one, &p);
    return status || !s->options->kept ? status : pl_session_test(s, package, &p.deal[1], 1, false);
}

pl_status pl_verb_value(pl_session *s) {
    const pl_game *g = s->game;
    pl_stand *today = pl_stand_new(g, g->today), *package = pl_stand_new(g, g->today);
    pl_status status = today && package ? PL_OK : pl_fail_memory(s->error, g->instruments);
    for (size_t i = 0; i < g->instruments && !status && s->options->setting; i++)
        package->setting[i] = s->options->setting[i];
    if (!status && s->options->kept)
        status = pl_session_punish(s);
    if (!status)
        status = value_pair(s, today, package);
    pl_stand_free(today);
    pl_stand_free(package);
    return status;
}
