/* Options the commands share, and how a command line is read. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <time.h>

enum { KEY_JSON = 1000, KEY_WORLD, KEY_THREADS, KEY_TIMING, KEY_SERIES, COMMON_GROUP = 20 };

static const struct {
    unsigned flag;
    struct argp_option option;
} shared[] = {
    {CLI_SERIES,
     {"series", KEY_SERIES, "FOLDER", 0, "tables of observed series (default: the built-in ones)", 1}},
    {CLI_WORLD,
     {"world", KEY_WORLD, "NAME", 0, "the world: a name from 'parley world list', or a file", COMMON_GROUP}},
    {CLI_OUTPUT, {"output", 'o', "DIR", 0, "folder the results go to; - writes none", COMMON_GROUP}},
    {CLI_JSON, {"json", KEY_JSON, 0, 0, "print JSON instead of text", COMMON_GROUP}},
    {CLI_THREADS,
     {"threads", KEY_THREADS, "N", 0,
      "work on N at a time; results do not depend on it (default: one for each processor)", COMMON_GROUP}},
    {CLI_TIMING, {"timing", KEY_TIMING, 0, 0, "say on stderr how long each part took", COMMON_GROUP}},
    {CLI_QUIET, {"quiet", 'q', 0, 0, "say nothing on stderr but errors", COMMON_GROUP}},
};
enum { SHARED = sizeof shared / sizeof *shared };

typedef struct {
    const cli_syntax *syntax;
    cli_common *common;
    void *input;
} parse_state;

static error_t take_shared(int key, char *text, cli_common *common) {
    switch (key) {
    case 'o':
        common->output = text;
        return 0;
    case 'q':
        common->quiet = true;
        return 0;
    case KEY_JSON:
        common->json = true;
        return 0;
    case KEY_WORLD:
        common->world = text;
        return 0;
    case KEY_THREADS:
        common->threads = text;
        return 0;
    case KEY_TIMING:
        common->timing = true;
        return 0;
    case KEY_SERIES:
        common->series = text;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* An empty word is a variable of the shell that is not set, and nothing is taken in its place; only a set of elasticities
 * has a meaning without a name. */
static void refuse_empty(const cli_syntax *syntax, int key, struct argp_state *state) {
    const char *name = syntax->options ? cli_option(syntax->options, key) : NULL;
    for (size_t k = 0; k < SHARED && !name; k++)
        if (shared[k].option.key == key)
            name = shared[k].option.name;
    if (key == ARGP_KEY_ARG)
        argp_error(state, "an argument is empty");
    else if (name && strcmp(name, "elasticities"))
        argp_error(state, "--%s: its value is empty", name);
}

static error_t take_option(int key, char *text, struct argp_state *state) {
    parse_state *p = state->input;
    if (text && !*text)
        refuse_empty(p->syntax, key, state);
    if (take_shared(key, text, p->common) == 0)
        return 0;
    if (!p->syntax->take)
        return ARGP_ERR_UNKNOWN;
    state->input = p->input;
    error_t code = p->syntax->take(key, text, state);
    state->input = p;
    return code;
}

static size_t count_options(const struct argp_option *options) {
    size_t count = 0;
    while (options && (options[count].name || options[count].key || options[count].doc))
        count++;
    return count;
}

/* Whether a word is, or abbreviates, one of the names. */
static bool is_known(const char *word, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strncmp(word, names[i], strlen(word)))
            return true;
    return false;
}

/* Why a folder could not be made or written at a place, 0 when it could: the nearest part of the path that is there decides.
 * A page or chart may be written over. */
static int obstacle_at(char *path) {
    struct stat there;
    bool whole = true;
    for (char *end; stat(path, &there); whole = false) {
        if (errno != ENOENT || !strcmp(path, "."))
            return errno;
        end = strrchr(path, '/');
        if (!end)
            snprintf(path, 2, ".");
        else
            end[end == path] = 0;
    }
    if (S_ISDIR(there.st_mode))
        return access(path, W_OK | X_OK) ? errno : 0;
    const char *dot = strrchr(path, '.');
    bool page = whole && S_ISREG(there.st_mode) && dot && (!strcmp(dot, ".html") || !strcmp(dot, ".svg"));
    return page ? 0 : ENOTDIR;
}

/* Long work whose results could not be kept is not begun. */
static void check_output(const cli_common *common) {
    char *path = common->output && strcmp(common->output, "-") ? strdup(common->output) : NULL;
    int why = path ? obstacle_at(path) : 0;
    free(path);
    if (why)
        exit(cli_refuse("cannot write to %s: %s", common->output, strerror(why)));
}

/* getopt says only "unrecognized option"; a misspelt one deserves a suggestion. Returns false after giving
 * it. */
static bool check_spelling(const char *const *names, size_t count, int argc, char **argv) {
    for (int a = 1; a < argc && strcmp(argv[a], "--"); a++) {
        char word[64];
        if (strncmp(argv[a], "--", 2))
            continue;
        snprintf(word, sizeof word, "%.*s", (int)strcspn(argv[a] + 2, "="), argv[a] + 2);
        const char *near = is_known(word, names, count) ? NULL : pl_suggest(word, names, count);
        if (near) {
            cli_refuse("unknown option '--%s' (did you mean '--%s'?); see '%s --help'", word, near, argv[0]);
            return false;
        }
    }
    return true;
}

/* argp writes for 79 columns; on a narrower terminal its columns are told to move together. */
static void fit_help(void) {
    char format[64];
    size_t columns = cli_columns(STDOUT_FILENO);
    if (columns >= 80 || columns < 20)
        return;
    snprintf(format, sizeof format, "rmargin=%zu,opt-doc-col=%d", columns - 1, columns < 64 ? 14 : 24);
    setenv("ARGP_HELP_FMT", format, 0);
}

void (*cli_describe)(const cli_syntax *syntax, const struct argp_option *options) = NULL;

/* One option for each row of the settings table but --threads, which commands share, and an alias with underscores. */
static size_t setting_options(bool path, struct argp_option *options, char (*words)[2][256]) {
    const char *name = NULL, *type = NULL, *def = NULL, *help = NULL;
    size_t count = 0;
    for (size_t i = 0; i < CLI_MOST_SETTINGS && pl_settings_describe(i, &name, &type, &def, &help); i++) {
        if (!strcmp(name, "threads") || (!path && !strncmp(help, "path:", 5)))
            continue;
        snprintf(words[i][0], sizeof words[i][0], "%s", name);
        for (char *c = words[i][0]; *c; c++)
            *c = *c == '_' ? '-' : *c;
        snprintf(words[i][1], sizeof words[i][1], *def ? "%s (default %s)" : "%s", help, def);
        options[count++] =
            (struct argp_option){words[i][0], CLI_SETTING + (int)i, !strcmp(type, "text") ? "NAME" : "VALUE",
                                 0,           words[i][1],          CLI_SETTING_GROUP};
        if (strchr(name, '_'))
            options[count++] =
                (struct argp_option){name, 0, 0, OPTION_ALIAS | OPTION_HIDDEN, 0, CLI_SETTING_GROUP};
    }
    return count;
}

/* The command's own options, one for each setting, and those it shares. The words of settings go to `words`. */
static size_t gather(const cli_syntax *syntax, struct argp_option *options, char (*words)[2][256]) {
    size_t count = count_options(syntax->options);
    for (size_t i = 0; i < count; i++)
        options[i] = syntax->options[i];
    if (syntax->common & (CLI_SETTINGS | CLI_PATH_SETTINGS))
        count += setting_options(syntax->common & CLI_PATH_SETTINGS, options + count, words);
    for (size_t i = 0; i < SHARED; i++)
        if (syntax->common & shared[i].flag)
            options[count++] = shared[i].option;
    return count;
}

/* The names of options: how many. */
static size_t name_options(const struct argp_option *options, size_t count, const char **names) {
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (options[i].name)
            names[known++] = options[i].name;
    names[known++] = "help";
    names[known++] = "usage";
    return known;
}

void cli_parse(const cli_syntax *syntax, int argc, char **argv, cli_common *common, void *input) {
    size_t room = count_options(syntax->options) + 2 * CLI_MOST_SETTINGS + SHARED;
    struct argp_option *options = calloc(room + 1, sizeof *options);
    const char **names = calloc(room + 2, sizeof *names);
    char(*words)[2][256] = calloc(CLI_MOST_SETTINGS, sizeof *words);
    if (!options || !names || !words)
        exit(cli_refuse("out of memory"));
    size_t count = gather(syntax, options, words), known = name_options(options, count, names);
    memset(common, 0, sizeof *common);
    bool spelt = true;
    error_t code = 0;
    if (cli_describe) {
        cli_describe(syntax, options);
    } else {
        parse_state state = {syntax, common, input};
        struct argp argp = {
            count ? options : NULL, take_option, syntax->arguments, syntax->doc, NULL, NULL, NULL};
        fit_help();
        spelt = check_spelling(names, known, argc, argv);
        code = spelt ? argp_parse(&argp, argc, argv, 0, NULL, &state) : 0;
    }
    free(words);
    free(names);
    free(options);
    if (cli_describe)
        exit(cli_end_output(CLI_DONE));
    if (!spelt)
        exit(CLI_BAD_INPUT);
    if (code)
        exit(cli_refuse("%s", strerror(code)));
    if (syntax->common & CLI_OUTPUT)
        check_output(common);
}

double cli_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
