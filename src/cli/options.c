/* Options the commands share, and what they say on the terminal. */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <time.h>

enum { KEY_JSON = 1000, KEY_WORLD, KEY_THREADS, KEY_TIMING, COMMON_GROUP = 20 };

static const struct {
    unsigned flag;
    struct argp_option option;
} shared[] = {
    {CLI_WORLD,
     {"world", KEY_WORLD, "NAME", 0, "the world: a name from 'parley world list', or a file", COMMON_GROUP}},
    {CLI_OUTPUT, {"output", 'o', "DIR", 0, "folder the results go to; - writes none", COMMON_GROUP}},
    {CLI_JSON, {"json", KEY_JSON, 0, 0, "print JSON instead of text", COMMON_GROUP}},
    {CLI_THREADS,
     {"threads", KEY_THREADS, "N", 0, "work on N at a time; results do not depend on it", COMMON_GROUP}},
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
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t take_option(int key, char *text, struct argp_state *state) {
    parse_state *p = state->input;
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

void cli_parse(const cli_syntax *syntax, int argc, char **argv, cli_common *common, void *input) {
    size_t own = count_options(syntax->options), count = 0, known = 0;
    struct argp_option *options = calloc(own + SHARED + 1, sizeof *options);
    const char **names = calloc(own + SHARED + 2, sizeof *names);
    if (!options || !names)
        exit(cli_refuse("out of memory"));
    for (size_t i = 0; i < own; i++)
        options[count++] = syntax->options[i];
    for (size_t i = 0; i < SHARED; i++)
        if (syntax->common & shared[i].flag)
            options[count++] = shared[i].option;
    for (size_t i = 0; i < count; i++)
        if (options[i].name)
            names[known++] = options[i].name;
    names[known++] = "help";
    names[known++] = "usage";
    memset(common, 0, sizeof *common);
    if (cli_describe) {
        cli_describe(syntax, options);
        free(names);
        free(options);
        exit(cli_end_output(CLI_DONE));
    }
    parse_state state = {syntax, common, input};
    struct argp argp = {
        count ? options : NULL, take_option, syntax->arguments, syntax->doc, NULL, NULL, NULL};
    fit_help();
    bool spelt = check_spelling(names, known, argc, argv);
    error_t code = spelt ? argp_parse(&argp, argc, argv, 0, NULL, &state) : 0;
    free(names);
    free(options);
    if (!spelt)
        exit(CLI_BAD_INPUT);
    if (code)
        exit(cli_refuse("%s", strerror(code)));
}

int cli_fail(pl_status status, const pl_error *error) {
    switch (status) {
    case PL_OK:
        return CLI_DONE;
    case PL_CANCELLED:
        fputs("parley: interrupted; nothing was written\n", stderr);
        return CLI_INTERRUPTED;
    default:
        fprintf(stderr, "parley: %s\n", error && *error->text ? error->text : pl_status_text(status));
        return status == PL_FAILED ? CLI_NOT_CONVERGED : CLI_BAD_INPUT;
    }
}

int cli_refuse(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("parley: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return CLI_BAD_INPUT;
}

/* The reason of an earlier failed write is gone by now, so that a last one is tried to learn it. */
static int why_stdout_failed(void) {
    clearerr(stdout);
    errno = 0;
    fputc('\n', stdout);
    fflush(stdout);
    return errno ? errno : EIO;
}

int cli_end_output(int code) {
    errno = 0;
    bool failed = fflush(stdout) || ferror(stdout);
    int reason = failed ? errno : 0;
    if (failed && !reason)
        reason = why_stdout_failed();
    if (!failed || reason == EPIPE)
        return code;
    return cli_refuse("cannot write to standard output: %s", strerror(reason));
}

pl_layout cli_layout(void) {
    const char *plain = getenv("NO_COLOR"), *term = getenv("TERM");
    bool colour = isatty(STDOUT_FILENO) && !(plain && *plain) && !(term && !strcmp(term, "dumb"));
    return (pl_layout){.width = cli_columns(STDOUT_FILENO), .colour = colour, .ascii = !cli_utf8()};
}

double cli_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
