/* Questions: the options of `parley run` as a list of names and values, checked, and applied to a scenario in one
 * place, so that whoever asks gets the same answer. */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

/* X(enumerator, name, kind): the options that are no settings. TRUNK: says what the scenario is; TOP: a measure on
 * top of it; VIEW: what is shown; FLAG: the same, without a value. */
#define WORDS(X)                                                                                             \
    X(SCENARIO, "scenario", TRUNK)                                                                           \
    X(WORLD, "world", TRUNK)                                                                                 \
    X(OPTION, "option", TRUNK)                                                                               \
    X(VARIANT, "variant", TRUNK)                                                                             \
    X(ON, "on", TRUNK)                                                                                       \
    X(DATES, "dates", TRUNK)                                                                                 \
    X(MOVE, "move", TRUNK)                                                                                   \
    X(TARIFF, "tariff", TOP)                                                                                 \
    X(EXPORT_TAX, "export-tax", TOP)                                                                         \
    X(ICEBERG, "iceberg", TOP)                                                                               \
    X(VARIABLES, "variables", VIEW)                                                                          \
    X(COUNTRY, "country", VIEW)                                                                              \
    X(CERTIFICATE, "certificate", VIEW)                                                                      \
    X(ROWS, "rows", VIEW)                                                                                    \
    X(PAIR, "pair", VIEW)                                                                                    \
    X(TIMELINE, "timeline", FLAG)                                                                            \
    X(CSV, "csv", FLAG)

typedef enum { TRUNK, TOP, VIEW, FLAG } sort;

typedef enum {
#define WORD_ENUM(name, text, kind) WORD_##name,
    WORDS(WORD_ENUM)
#undef WORD_ENUM
        WORD_SETTING
} word;

static const struct {
    const char *name;
    sort sort;
} words[] = {
#define WORD_ROW(name, text, kind) {text, kind},
    WORDS(WORD_ROW)
#undef WORD_ROW
};
enum { COUNT = sizeof words / sizeof *words };

/* One option; `name` is that of a setting. */
typedef struct {
    word word;
    const char *name;
    char *value;
} asked;

struct pl_question {
    size_t count, room, rows;
    asked *item;
    pl_strings files, pairs;
    bool timeline, csv, certificate, certificate_said;
    char *command, *key;
};

/* ---- reading ---- */

static pl_status fail_unknown(const char *name, pl_error *error) {
    const char *known[COUNT + 64], *setting = NULL, *type = NULL, *def = NULL, *help = NULL;
    char near[160];
    size_t count = 0;
    for (; count < COUNT; count++)
        known[count] = words[count].name;
    for (size_t s = 0; s < 64 && pl_settings_describe(s, &setting, &type, &def, &help); s++)
        known[count++] = setting;
    return pl_fail(error, PL_INVALID, "unknown option '%.100s'%s", name,
                   pl_suggest_text(near, sizeof near, name, known, count));
}

/* A setting by its name, in which a hyphen stands for an underscore too; NULL when there is none. */
static const char *find_setting(const char *name) {
    const char *setting = NULL, *type = NULL, *def = NULL, *help = NULL;
    for (size_t s = 0; pl_settings_describe(s, &setting, &type, &def, &help); s++) {
        size_t k = 0;
        while (name[k] && (name[k] == setting[k] || (name[k] == '-' && setting[k] == '_')))
            k++;
        if (!name[k] && !setting[k])
            return setting;
    }
    return NULL;
}

static pl_status identify(const char *name, asked *found, pl_error *error) {
    for (size_t k = 0; k < COUNT; k++) {
        if (!strcmp(name, words[k].name)) {
            found->word = (word)k;
            found->name = words[k].name;
            return PL_OK;
        }
    }
    found->word = WORD_SETTING;
    found->name = find_setting(name);
    return found->name ? PL_OK : fail_unknown(name, error);
}

static pl_status read_rows(pl_question *q, const char *text, pl_error *error) {
    char *end = NULL;
    errno = 0;
    unsigned long rows = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || rows < 1 || rows > 10000)
        return pl_fail(error, PL_INVALID, "--rows: '%.80s' is not a whole number from 1 to 10000", text);
    q->rows = rows;
    return PL_OK;
}

static pl_status check_switch(const char *text, pl_error *error) {
    const char *equals = strchr(text, '=');
    if (!equals || !strcmp(equals + 1, "on") || !strcmp(equals + 1, "off"))
        return PL_OK;
    return pl_fail(error, PL_INVALID, "--option %.200s: '%.80s' is neither on nor off", text, equals + 1);
}

static pl_status check_day(const char *text, pl_date *day, pl_error *error) {
    pl_error inner = {PL_OK, ""};
    return pl_date_read(text, day, &inner) ? pl_fail(error, PL_INVALID, "--on: %s", inner.text) : PL_OK;
}

static pl_status read_certificate(pl_question *q, const char *text, pl_error *error) {
    if (strcmp(text, "yes") && strcmp(text, "no"))
        return pl_fail(error, PL_INVALID, "--certificate: '%.80s' is neither yes nor no", text);
    q->certificate = !strcmp(text, "yes");
    q->certificate_said = true;
    return PL_OK;
}

/* What can be told of a value before files are read. */
static pl_status take_value(pl_question *q, const asked *a, pl_error *error) {
    pl_date day;
    if (a->word != WORD_SETTING && words[a->word].sort == FLAG && *a->value)
        return pl_fail(error, PL_INVALID, "--%s takes no value; it was given '%.80s'", a->name, a->value);
    switch (a->word) {
    case WORD_SCENARIO:
        return pl_strings_add(&q->files, a->value) ? PL_OK : pl_fail_memory(error, 1);
    case WORD_PAIR:
        return pl_strings_add(&q->pairs, a->value) ? PL_OK : pl_fail_memory(error, 1);
    case WORD_OPTION:
        return check_switch(a->value, error);
    case WORD_ON:
        return check_day(a->value, &day, error);
    case WORD_ROWS:
        return read_rows(q, a->value, error);
    case WORD_CERTIFICATE:
        return read_certificate(q, a->value, error);
    case WORD_TIMELINE:
        q->timeline = true;
        return PL_OK;
    case WORD_CSV:
        q->csv = true;
        return PL_OK;
    default:
        return PL_OK;
    }
}

static pl_status take(pl_question *q, const pl_asked *given, pl_error *error) {
    asked a = {WORD_SETTING, NULL, NULL};
    if (!given->name)
        return pl_fail(error, PL_INVALID, "an option without a name");
    pl_status status = identify(given->name, &a, error);
    if (status)
        return status;
    a.value = pl_strdup(given->value ? given->value : "");
    if (!a.value || !pl_grow(&q->item, &q->room, q->count, sizeof *q->item)) {
        free(a.value);
        return pl_fail_memory(error, sizeof a);
    }
    q->item[q->count++] = a;
    return take_value(q, &a, error);
}

static pl_status check_whole(const pl_question *q, pl_error *error) {
    bool measures = false;
    for (size_t k = 0; k < q->count; k++)
        measures = measures || (q->item[k].word != WORD_SETTING && words[q->item[k].word].sort == TOP);
    if (!q->files.count && !measures)
        return pl_fail(error, PL_INVALID,
                       "what is the question? Name a scenario file, or ask with --tariff 'USA<-CHN=145%%'");
    if ((q->pairs.count || q->csv) && !q->timeline)
        return pl_fail(error, PL_INVALID, "--pair and --csv go with --timeline");
    return PL_OK;
}

/* ---- the command and the key ---- */

void pl_shell_quote(FILE *out, const char *text) {
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fputc(*text, out);
    }
    fputc('\'', out);
}

/* Adds a word to a command, quoted for a shell when it must be. */
static void put_word(FILE *out, const char *option, const char *text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+,:%@";
    fputc(' ', out);
    if (option)
        fprintf(out, "--%s ", option);
    if (*text && text[strspn(text, plain)] == 0)
        fputs(text, out);
    else
        pl_shell_quote(out, text);
}

/* Whether an option changes what a run computes or writes. */
static bool is_recorded(const asked *a) {
    if (a->word == WORD_SETTING)
        return strcmp(a->name, "threads") != 0;
    return words[a->word].sort == TRUNK || words[a->word].sort == TOP || a->word == WORD_COUNTRY;
}

static void put_command(FILE *out, const pl_question *q) {
    const char *world = NULL;
    fputs("parley run", out);
    for (size_t k = 0; k < q->count; k++) {
        const asked *a = &q->item[k];
        if (a->word == WORD_WORLD)
            world = a->value;
        else if (is_recorded(a))
            put_word(out, a->word == WORD_SCENARIO ? NULL : a->name, a->value);
    }
    if (world)
        put_word(out, "world", world);
}

/* Lengths keep one value from looking like two. */
static void put_key(FILE *out, const pl_question *q) {
    for (size_t k = 0; k < q->count; k++) {
        const asked *a = &q->item[k];
        if (is_recorded(a) && (a->word == WORD_SETTING || words[a->word].sort == TRUNK))
            fprintf(out, "%s %zu %s\n", a->name, strlen(a->value), a->value);
    }
}

static char *compose(const pl_question *q, void (*put)(FILE *, const pl_question *)) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    put(out, q);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- questions ---- */

pl_status pl_question_new(const pl_asked *given, size_t count, pl_question **question, pl_error *error) {
    *question = NULL;
    pl_question *q = pl_alloc(1, sizeof *q);
    if (!q)
        return pl_fail_memory(error, sizeof *q);
    q->certificate = true;
    pl_status status = PL_OK;
    for (size_t k = 0; k < count && !status; k++)
        status = take(q, &given[k], error);
    if (!status)
        status = check_whole(q, error);
    if (!status) {
        q->command = compose(q, put_command);
        q->key = compose(q, put_key);
        if (!q->command || !q->key)
            status = pl_fail_memory(error, 1);
    }
    if (status)
        pl_question_free(q);
    else
        *question = q;
    return status;
}

void pl_question_free(pl_question *q) {
    if (!q)
        return;
    for (size_t k = 0; k < q->count; k++)
        free(q->item[k].value);
    free(q->item);
    pl_strings_clear(&q->files);
    pl_strings_clear(&q->pairs);
    free(q->command);
    free(q->key);
    free(q);
}

const char *pl_question_command(const pl_question *q) {
    return q->command;
}

const char *pl_question_key(const pl_question *q) {
    return q->key;
}

const pl_strings *pl_question_files(const pl_question *q) {
    return &q->files;
}

pl_question_facts pl_question_get(const pl_question *q) {
    return (pl_question_facts){.timeline = q->timeline,
                               .csv = q->csv,
                               .rows = q->rows,
                               .scenarios = q->files.count,
                               .pairs = q->pairs.count,
                               .pair = (const char *const *)q->pairs.item,
                               .certificate = q->certificate,
                               .certificate_said = q->certificate_said};
}

/* ---- the scenario ---- */

/* The last value of an option that counts once, or NULL. */
static const char *last_of(const pl_question *q, word which) {
    const char *value = NULL;
    for (size_t k = 0; k < q->count; k++)
        if (q->item[k].word == which)
            value = q->item[k].value;
    return value;
}

/* What is asked of every file: world and settings. */
static pl_status override(const pl_question *q, pl_scenario *scenario, pl_error *error) {
    const char *world = last_of(q, WORD_WORLD);
    if (!world && !*pl_scenario_world(scenario))
        world = PL_DEFAULT_WORLD;
    pl_status status = world ? pl_scenario_set_world(scenario, world, error) : PL_OK;
    for (size_t k = 0; k < q->count && !status; k++)
        if (q->item[k].word == WORD_SETTING)
            status =
                pl_settings_set(pl_scenario_settings(scenario), q->item[k].name, q->item[k].value, error);
    return status;
}

static pl_status load_one(const pl_question *q, const char *file, pl_scenario **scenario, pl_error *error) {
    pl_status status = file ? pl_scenario_load(file, scenario, error) : pl_scenario_new(scenario, error);
    if (!status)
        status = override(q, *scenario, error);
    if (status) {
        pl_scenario_free(*scenario);
        *scenario = NULL;
    }
    return status;
}

static pl_status load_all(const pl_question *q, pl_scenario **scenario, pl_error *error) {
    pl_status status = load_one(q, q->files.count ? q->files.item[0] : NULL, scenario, error);
    for (size_t f = 1; f < q->files.count && !status; f++) {
        pl_scenario *other = NULL;
        status = load_one(q, q->files.item[f], &other, error);
        if (!status)
            status = pl_scenario_append(*scenario, other, error);
        if (status)
            pl_scenario_free(other);
    }
    return status;
}

static pl_status switch_option(pl_scenario *scenario, const char *text, pl_error *error) {
    const char *equals = strchr(text, '=');
    char *name = pl_format("%.*s", (int)strcspn(text, "="), text);
    if (!name)
        return pl_fail_memory(error, strlen(text));
    pl_status status = pl_scenario_set_option(scenario, name, !equals || !strcmp(equals, "=on"), error);
    free(name);
    return status;
}

static pl_status pick_variants(const pl_question *q, pl_scenario *scenario, pl_error *error) {
    const char **name = pl_alloc(q->count + 1, sizeof *name);
    size_t count = 0;
    if (!name)
        return pl_fail_memory(error, q->count);
    for (size_t k = 0; k < q->count; k++)
        if (q->item[k].word == WORD_VARIANT)
            name[count++] = q->item[k].value;
    pl_status status = count ? pl_scenario_pick(scenario, name, count, error) : PL_OK;
    free(name);
    return status;
}

static pl_status choose_days(const pl_question *q, pl_scenario *scenario, pl_error *error) {
    pl_date *day = pl_alloc(q->count + 1, sizeof *day);
    size_t count = 0;
    pl_status status = day ? PL_OK : pl_fail_memory(error, q->count);
    for (size_t k = 0; k < q->count && !status; k++)
        if (q->item[k].word == WORD_ON)
            status = check_day(q->item[k].value, &day[count++], error);
    if (!status && count)
        status = pl_scenario_set_days(scenario, day, count, error);
    free(day);
    return status;
}

static pl_status move_date(pl_scenario *scenario, const char *text, pl_error *error) {
    pl_error inner = {PL_OK, ""};
    pl_status status = pl_scenario_move(scenario, text, &inner);
    return status ? pl_fail(error, status, "--move %s", inner.text) : PL_OK;
}

static pl_status shape(const pl_question *q, pl_scenario *scenario, pl_error *error) {
    const char *dates = last_of(q, WORD_DATES);
    pl_status status = PL_OK;
    for (size_t k = 0; k < q->count && !status; k++)
        if (q->item[k].word == WORD_OPTION)
            status = switch_option(scenario, q->item[k].value, error);
    if (!status)
        status = pick_variants(q, scenario, error);
    if (!status && dates)
        status = pl_scenario_set_dates(scenario, dates, error);
    for (size_t k = 0; k < q->count && !status; k++)
        if (q->item[k].word == WORD_MOVE)
            status = move_date(scenario, q->item[k].value, error);
    return status ? status : choose_days(q, scenario, error);
}

pl_status pl_question_trunk(const pl_question *q, pl_scenario **scenario, pl_error *error) {
    *scenario = NULL;
    pl_status status = load_all(q, scenario, error);
    if (!status)
        status = shape(q, *scenario, error);
    if (status) {
        pl_scenario_free(*scenario);
        *scenario = NULL;
    }
    return status;
}

pl_status pl_question_add(const pl_question *q, pl_scenario *scenario, pl_error *error) {
    pl_status status = PL_OK;
    for (size_t k = 0; k < q->count && !status; k++)
        if (q->item[k].word != WORD_SETTING && words[q->item[k].word].sort == TOP)
            status = pl_scenario_add(scenario, q->item[k].name, q->item[k].value, error);
    return status;
}

pl_status pl_question_scenario(const pl_question *q, pl_scenario **scenario, pl_error *error) {
    pl_status status = pl_question_trunk(q, scenario, error);
    if (!status)
        status = pl_question_add(q, *scenario, error);
    if (status) {
        pl_scenario_free(*scenario);
        *scenario = NULL;
    }
    return status;
}

/* ---- what is shown ---- */

static pl_status find_variable(const char *name, pl_variable *variable, pl_error *error) {
    const char *known[PL_RESULT_COUNT];
    char near[160], list[700];
    size_t used = 0;
    for (int v = 0; v < PL_RESULT_COUNT; v++) {
        known[v] = pl_variable_name((pl_variable)v);
        *variable = (pl_variable)v;
        if (!strcmp(known[v], name))
            return PL_OK;
        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", v ? ", " : "", known[v]);
    }
    return pl_fail(error, PL_INVALID, "--variables: unknown variable '%.60s'%s; allowed: %s", name,
                   pl_suggest_text(near, sizeof near, name, known, PL_RESULT_COUNT), list);
}

/* Each variable once, in the order asked. */
static pl_status read_variables(const char *text, pl_view *view, pl_error *error) {
    while (true) {
        char name[64];
        size_t length = strcspn(text, ",");
        pl_variable variable = PL_VAR_real_income;
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), text);
        pl_status status = find_variable(name, &variable, error);
        if (status)
            return status;
        bool known = false;
        for (size_t k = 0; k < view->variables; k++)
            known = known || view->variable[k] == variable;
        if (!known)
            view->variable[view->variables++] = variable;
        if (!text[length])
            return PL_OK;
        text += length + 1;
    }
}

static pl_status read_country(const char *text, const pl_world *world, pl_view *view, pl_error *error) {
    pl_error inner = {PL_OK, ""};
    size_t country = 0;
    if (pl_world_find(world, PL_COUNTRY, text, &country, &inner))
        return pl_fail(error, PL_INVALID, "--country: %s", inner.text);
    for (size_t k = 0; k < view->countries; k++)
        if (view->country[k] == country)
            return PL_OK;
    view->country[view->countries++] = country;
    return PL_OK;
}

pl_status pl_question_view(const pl_question *q, const pl_world *world, pl_view *view, pl_error *error) {
    memset(view, 0, sizeof *view);
    view->variable = pl_alloc(PL_RESULT_COUNT, sizeof *view->variable);
    view->country = pl_alloc(q->count + 1, sizeof *view->country);
    pl_status status = view->variable && view->country ? PL_OK : pl_fail_memory(error, q->count);
    for (size_t k = 0; k < q->count && !status; k++) {
        if (q->item[k].word == WORD_VARIABLES)
            status = read_variables(q->item[k].value, view, error);
        else if (q->item[k].word == WORD_COUNTRY)
            status = read_country(q->item[k].value, world, view, error);
    }
    if (status)
        pl_view_clear(view);
    return status;
}

void pl_view_clear(pl_view *view) {
    free(view->variable);
    free(view->country);
    memset(view, 0, sizeof *view);
}
