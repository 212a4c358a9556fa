/* Parameters of an address turned into a command line. What is not in the table below is refused: nothing that writes, and
 * nothing that reads but scenarios and worlds of the folder and built-in ones. */
#include "serve/serve.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A command: where it queues, how many scenarios it takes, what its JSON needs, and its options; "!" marks a flag. The settings of
 * the table in parley.h are options where SETTINGS says so; `world` is one where it stands in the list. */
enum {
    HAS_SETTINGS = 1,
    WORLD_IS_ARGUMENT = 2,
    HAS_OUTPUT = 4,
    HAS_THREADS = 8,
    VALUED_AT_DESK = 16, /* asked warm, and with nothing but settings */
    OPTIONS = 24,
    SETTINGS = 64
};
typedef struct {
    const char *name;
    pl_queue queue;
    size_t files;
    unsigned has;
    const char *options[OPTIONS];
} command;

#define TALKS(verb, queue, more, ...)                                                                        \
    {                                                                                                        \
        "talks/" verb, queue, 1, HAS_OUTPUT | HAS_THREADS | (more), {                                        \
            "world", "starts", "draws", "seed", __VA_ARGS__                                                  \
        }                                                                                                    \
    }
#define QUESTION "world", "tariff", "export-tax", "iceberg", "option", "variant", "on"

static const command commands[] = {
    {"run",
     PL_AT_DESK,
     16,
     HAS_SETTINGS | HAS_OUTPUT,
     {QUESTION, "dates", "move", "timeline!", "pair", "variables", "country", "certificate", "rows", NULL}},
    {"path",
     PL_MIDDLE,
     1,
     HAS_SETTINGS | HAS_OUTPUT,
     {"world", "from", "months", "variant", "option", "move", "countries", "sectors", "variables", NULL}},
    {"sweep",
     PL_LONG,
     1,
     HAS_SETTINGS | HAS_OUTPUT | HAS_THREADS,
     {QUESTION, "vary", "samples", "seed", "cold!", "countries", "variable", "variables", NULL}},
    TALKS("best-response", PL_LONG, 0, "player", NULL),
    TALKS("nash", PL_LONG, 0, NULL),
    TALKS("frontier", PL_LONG, 0, "points", NULL),
    TALKS("bargain", PL_LONG, 0, NULL),
    TALKS("sustain", PL_LONG, 0, NULL),
    TALKS("table", PL_LONG, 0, NULL),
    TALKS("value", PL_MIDDLE, VALUED_AT_DESK, "set", "kept!", NULL),
    {"world/list", PL_SHORT, 0, 0, {NULL}},
    {"world/info", PL_SHORT, 0, WORLD_IS_ARGUMENT, {"world", "country", NULL}},
    {"facts", PL_MIDDLE, 1, 0, {"world", "all!", NULL}},
    {"backtest", PL_LONG, 1, 0, {"world", "no-fit!", NULL}},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static pl_status refuse(pl_error *error, pl_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static pl_status refuse(pl_error *error, pl_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    error->status = status;
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return status;
}

static const char *near(char *text, size_t size, const char *word, const char *const *names, size_t count) {
    const char *found = pl_suggest(word, names, count);
    snprintf(text, size, "%s%s%s", found ? " (did you mean '" : "", found ? found : "", found ? "'?)" : "");
    return text;
}

static pl_status find_command(const char *name, const command **found, pl_error *error) {
    const char *names[COMMANDS];
    char text[128];
    for (size_t i = 0; i < COMMANDS; i++) {
        names[i] = commands[i].name;
        if (!strcmp(names[i], name)) {
            *found = &commands[i];
            return PL_OK;
        }
    }
    return refuse(error, PL_IO, "no command '%.100s' is answered here%s", name,
                  near(text, sizeof text, name, names, COMMANDS));
}

/* ---- the command line ---- */

static bool own(pl_ask *ask, char *text) {
    char **grown = text ? realloc(ask->owned, (ask->owned_count + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(text);
        return false;
    }
    ask->owned = grown;
    grown[ask->owned_count++] = text;
    return true;
}

/* Adds an argument; NULL when memory is out. */
static char *add(pl_ask *ask, const char *format, ...) __attribute__((format(printf, 2, 3)));
static char *add(pl_ask *ask, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = malloc((size_t)length + 1);
    if (!own(ask, text))
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    if (ask->argc + 1 >= ask->room) {
        size_t room = ask->room ? 2 * ask->room : 16;
        char **grown = realloc(ask->argv, room * sizeof *grown);
        if (!grown)
            return NULL;
        ask->argv = grown;
        ask->room = room;
    }
    ask->argv[ask->argc++] = text;
    ask->argv[ask->argc] = NULL;
    return text;
}

static void add_asked(pl_ask *ask, const char *name, const char *value) {
    ask->asked[ask->count++] = (pl_asked){name, value};
}

/* ---- values ---- */

/* A name that is one part of a path: it neither climbs nor hides. */
static bool is_plain(const char *name) {
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strlen(name);
    return length && length < 100 && *name != '.' && *name != '-' && strspn(name, allowed) == length;
}

static pl_status take_scenario(const pl_folder *folder, const char *name, pl_ask *ask, pl_error *error) {
    char file[128], text[160];
    pl_names list;
    snprintf(file, sizeof file, "%.100s.yaml", name);
    if (is_plain(name) && pl_folder_has(folder, file)) {
        char *path = add(ask, "%s", file), *full = malloc(strlen(folder->path) + sizeof file + 2);
        if (full)
            sprintf(full, "%s/%s", folder->path, file);
        bool owned = own(ask, full);
        if (!path || !owned)
            return PL_NO_MEMORY;
        add_asked(ask, "scenario", full);
        return PL_OK;
    }
    pl_status status = pl_folder_list(folder, &list, error);
    if (status)
        return status;
    near(text, sizeof text, name, (const char *const *)list.names, list.count);
    pl_names_free(&list);
    return refuse(error, PL_INVALID,
                  "scenario '%.100s' is not in the scenario folder%s; /api/about lists what is", name, text);
}

static bool ends_with(const char *text, const char *ending) {
    size_t a = strlen(text), b = strlen(ending);
    return a > b && !strcmp(text + a - b, ending);
}

static pl_status take_world(const pl_folder *folder, const command *which, const char *name, pl_ask *ask,
                            pl_error *error) {
    char text[160];
    const char *const *names = (const char *const *)folder->worlds.names;
    const char *before = which->has & WORLD_IS_ARGUMENT ? "" : "--world=";
    for (size_t i = 0; i < folder->worlds.count; i++)
        if (!strcmp(names[i], name)) {
            add_asked(ask, "world", name);
            return add(ask, "%s%s", before, name) ? PL_OK : PL_NO_MEMORY;
        }
    bool file = ends_with(name, ".nc") || ends_with(name, ".json") || ends_with(name, ".yaml");
    if (file && is_plain(name) && pl_folder_has(folder, name)) {
        char *full = malloc(strlen(folder->path) + strlen(name) + 2);
        if (full)
            sprintf(full, "%s/%s", folder->path, name);
        if (!own(ask, full) || !add(ask, "%s%s", before, name))
            return PL_NO_MEMORY;
        add_asked(ask, "world", full);
        return PL_OK;
    }
    return refuse(
        error, PL_INVALID,
        "world '%.100s' is neither built in%s nor a .nc, .json or .yaml file of the scenario folder", name,
        near(text, sizeof text, name, names, folder->worlds.count));
}

/* ---- options ---- */

/* Whether the setting goes by that name, with '-' or '_'. */
static bool is_setting(const char *setting, const char *name) {
    for (; *setting && (*setting == *name || (*setting == '_' && *name == '-')); setting++)
        name++;
    return !*setting && !*name;
}

static size_t list_settings(const char **names) {
    const char *type = NULL, *def = NULL, *help = NULL;
    size_t count = 0;
    for (size_t i = 0; count < SETTINGS && pl_settings_describe(i, &names[count], &type, &def, &help); i++)
        count += strcmp(names[count], "threads") != 0;
    return count;
}

static pl_status unknown(const command *which, const char *name, pl_error *error) {
    static const char *const writing[] = {"o", "output", "json", "quiet", "q", "threads", "timing", "csv"};
    char own_names[OPTIONS][24], text[160];
    const char *names[OPTIONS + SETTINGS + 1];
    size_t count = 0;
    for (size_t i = 0; i < sizeof writing / sizeof *writing; i++)
        if (!strcmp(name, writing[i]))
            return refuse(error, PL_INVALID,
                          "'%s' is not asked here: answers are JSON, and nothing is written", name);
    for (; count < OPTIONS && which->options[count]; count++) {
        snprintf(own_names[count], sizeof *own_names, "%.*s", (int)strcspn(which->options[count], "!"),
                 which->options[count]);
        names[count] = own_names[count];
    }
    if (which->files)
        names[count++] = "scenario";
    if (which->has & HAS_SETTINGS)
        count += list_settings(names + count);
    return refuse(error, PL_INVALID, "'%.100s' is not an option of %s that is answered here%s", name,
                  which->name, near(text, sizeof text, name, names, count));
}

static pl_status take_setting(const command *which, const pl_asked *item, pl_ask *ask, pl_error *error) {
    const char *names[SETTINGS + 1];
    size_t count = which->has & HAS_SETTINGS ? list_settings(names) : 0;
    for (size_t i = 0; i < count; i++)
        if (is_setting(names[i], item->name)) {
            char *text = add(ask, "--%s=%s", names[i], item->value);
            if (!text)
                return PL_NO_MEMORY;
            for (char *c = text; *c && *c != '='; c++)
                *c = *c == '_' ? '-' : *c;
            add_asked(ask, names[i], item->value);
            return PL_OK;
        }
    return unknown(which, item->name, error);
}

static pl_status take_option(const command *which, const pl_asked *item, pl_ask *ask, pl_error *error) {
    for (size_t i = 0; i < OPTIONS && which->options[i]; i++) {
        size_t length = strcspn(which->options[i], "!");
        bool flag = which->options[i][length] == '!';
        if (strncmp(which->options[i], item->name, length) || item->name[length])
            continue;
        if (flag && *item->value)
            return refuse(error, PL_INVALID, "'%s' is a flag: it takes no value, '%.100s' is one too many",
                          item->name, item->value);
        char *text = flag ? add(ask, "--%s", item->name) : add(ask, "--%s=%s", item->name, item->value);
        if (!text)
            return PL_NO_MEMORY;
        add_asked(ask, item->name, item->value);
        return PL_OK;
    }
    return take_setting(which, item, ask, error);
}

static pl_status take(const pl_folder *folder, const command *which, const pl_asked *item, size_t *files,
                      pl_ask *ask, pl_error *error) {
    bool world = which->options[0] && !strcmp(which->options[0], "world");
    if (!strcmp(item->name, "warm") && (which->queue == PL_AT_DESK || which->has & VALUED_AT_DESK)) {
        if (strcmp(item->value, "1") && strcmp(item->value, "0"))
            return refuse(error, PL_INVALID, "warm is 1 or 0, not '%.100s'", item->value);
        ask->warm = *item->value == '1';
        return PL_OK;
    }
    if (!strcmp(item->name, "scenario") && which->files) {
        if (++*files > which->files)
            return refuse(error, PL_INVALID, "%s takes %zu scenario%s, and '%.100s' is one too many",
                          which->name, which->files, which->files == 1 ? "" : "s", item->value);
        return take_scenario(folder, item->value, ask, error);
    }
    if (world && !strcmp(item->name, "world"))
        return take_world(folder, which, item->value, ask, error);
    return take_option(which, item, ask, error);
}

/* ---- the whole ---- */

/* "talks/nash" as two words. */
static bool add_command(pl_ask *ask, const char *name) {
    size_t length = strcspn(name, "/");
    return add(ask, "parley") && add(ask, "%.*s", (int)length, name) &&
           (!name[length] || add(ask, "%s", name + length + 1));
}

/* What makes questions equal: the words, and what the folder held. */
static bool make_key(const pl_folder *folder, pl_ask *ask) {
    size_t size = 64;
    for (size_t i = 0; i < ask->argc; i++)
        size += strlen(ask->argv[i]) + 1;
    ask->key = malloc(size);
    if (!ask->key)
        return false;
    int used = sprintf(ask->key, "%d%d %016llx", ask->warm, ask->posted,
                       (unsigned long long)pl_folder_state(folder));
    for (size_t i = 0; i < ask->argc; i++)
        used += sprintf(ask->key + used, "\n%s", ask->argv[i]);
    return true;
}

static bool is_timeline(const pl_ask *ask) {
    for (size_t i = 0; i < ask->count; i++)
        if (!strcmp(ask->asked[i].name, "timeline"))
            return true;
    return false;
}

/* JSON, no files, and as many threads as a child may have: a posted scenario does not say that. */
static bool add_form(const command *which, pl_ask *ask) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    bool threads = which->has & HAS_THREADS || (ask->posted && which->queue == PL_AT_DESK);
    if (threads && !add(ask, "--threads=%ld", processors > 3 ? processors / 2 : 1))
        return false;
    bool prints = which->has & HAS_OUTPUT && !is_timeline(ask);
    return add(ask, "--json") && (!prints || add(ask, "--output=-"));
}

/* A package is valued at the desk when that is asked for, and nothing else that takes longer. */
static void choose_desk(const command *which, pl_ask *ask) {
    static const char *const quick[] = {"scenario", "world", "set"};
    bool all = ask->warm && !ask->posted;
    for (size_t i = 0; i < ask->count && all; i++) {
        size_t k = 0;
        while (k < sizeof quick / sizeof *quick && strcmp(quick[k], ask->asked[i].name))
            k++;
        all = k < sizeof quick / sizeof *quick;
    }
    if (!(which->has & VALUED_AT_DESK))
        return;
    ask->warm = ask->value = all;
    ask->queue = all ? PL_AT_DESK : which->queue;
}

pl_status pl_ask_new(const pl_folder *folder, const char *name, const pl_target *target, bool posted,
                     pl_ask *ask, pl_error *error) {
    const command *which = NULL;
    size_t files = posted;
    *ask = (pl_ask){.posted = posted};
    *error = (pl_error){PL_OK, ""};
    pl_status status = find_command(name, &which, error);
    if (status)
        return status;
    ask->queue = which->queue;
    ask->asked = calloc(target->count + 1, sizeof *ask->asked);
    if (!ask->asked || !add_command(ask, which->name))
        status = PL_NO_MEMORY;
    if (!status && posted && !which->files)
        status = refuse(error, PL_INVALID, "%s takes no scenario; ask it with GET", which->name);
    if (!status && posted && !add(ask, "/dev/stdin"))
        status = PL_NO_MEMORY;
    for (size_t i = 0; i < target->count && !status; i++)
        status = take(folder, which, &target->item[i], &files, ask, error);
    choose_desk(which, ask);
    if (!status && !add_form(which, ask))
        status = PL_NO_MEMORY;
    if (!status && !make_key(folder, ask))
        status = PL_NO_MEMORY;
    if (posted && ask->queue == PL_AT_DESK)
        ask->queue = PL_SHORT; /* what a stranger wrote is read by a child, which may be stopped */
    if (status)
        pl_ask_clear(ask);
    return status;
}

void pl_ask_clear(pl_ask *ask) {
    for (size_t i = 0; i < ask->owned_count; i++)
        free(ask->owned[i]);
    free(ask->owned);
    free(ask->argv);
    free(ask->asked);
    free(ask->key);
    *ask = (pl_ask){0};
}
