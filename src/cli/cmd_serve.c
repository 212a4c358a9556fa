/* parley serve: the page, and every question as an address, until Ctrl-C. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEY_PORT = 300, KEY_LISTEN, KEY_TOKEN, KEY_SCENARIOS, KEY_OPEN, KEY_NO_OPEN, USUAL_PORT = 8808 };

typedef struct {
    pl_serve_options options;
    bool open, no_open;
} request;

static error_t take_port(const char *text, unsigned *port, struct argp_state *state) {
    char *end = NULL;
    errno = 0;
    unsigned long read = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || read > 65535)
        argp_error(state, "--port: '%s' is not a whole number from 0 to 65535", text);
    *port = (unsigned)read;
    return 0;
}

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case KEY_PORT:
        return take_port(text, &r->options.port, state);
    case KEY_LISTEN:
        r->options.address = text;
        return 0;
    case KEY_TOKEN:
        r->options.token = text;
        return 0;
    case KEY_SCENARIOS:
        r->options.scenarios = text;
        return 0;
    case KEY_OPEN:
        r->open = true;
        return 0;
    case KEY_NO_OPEN:
        r->no_open = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own_options[] = {
    {"port", KEY_PORT, "N", 0, "the port (default 8808, or another when it is taken); 0 is any that is free",
     1},
    {"scenarios", KEY_SCENARIOS, "DIR", 0, "the folder of scenarios to serve (default: the built-in ones)",
     1},
    {"open", KEY_OPEN, 0, 0, "open the page in a browser (default on a desktop)", 1},
    {"no-open", KEY_NO_OPEN, 0, 0, "open no browser", 1},
    {"listen", KEY_LISTEN, "ADDRESS", 0,
     "listen on this address instead of 127.0.0.1, so that others can look, with a token", 1},
    {"token", KEY_TOKEN, "TEXT", 0, "what others must know (default with --listen: one of chance)", 1},
    {0}};

/* ---- the browser ---- */

/* On a desktop, with somebody at the terminal. */
static bool wants_browser(const request *r) {
    const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
    bool desktop = (x && *x) || (wayland && *wayland);
    return !r->no_open && (r->open || (desktop && isatty(STDOUT_FILENO)));
}

static bool open_browser(const char *url) {
    char program[] = "xdg-open", *argv[] = {program, (char *)(uintptr_t)url, NULL};
    extern char **environ;
    posix_spawn_file_actions_t actions;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int code = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return !code;
}

/* ---- the server ---- */

static bool is_folder(const char *path) {
    struct stat info;
    return !stat(path, &info) && S_ISDIR(info.st_mode);
}

/* The folder of built-in scenarios: of the sources, or where Parley is installed. */
static const char *usual_folder(void) {
    return is_folder(PL_SCENARIO_FOLDER) ? PL_SCENARIO_FOLDER : PL_SCENARIO_INSTALLED;
}

/* A port that was not asked for gives way to one that is free. */
static pl_status start(request *r, bool port_said, pl_serve **serve, pl_error *error) {
    pl_status status = pl_serve_new(&r->options, serve, error);
    if (!status || port_said)
        return status;
    pl_error second;
    r->options.port = 0;
    return pl_serve_new(&r->options, serve, &second) ? status : PL_OK;
}

void cli_follow_parent(void) {
    const char *parent = getenv("PARLEY_PARENT");
    if (!parent)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (strtol(parent, NULL, 10) != (long)getppid())
        exit(CLI_INTERRUPTED);
}

int cli_serve(int argc, char **argv) {
    static const cli_syntax syntax = {
        .doc = "Serves the page and every question of the command line on 127.0.0.1, until Ctrl-C.\vEvery "
               "address is a command: /api/run?tariff=USA%3C-CHN%3D145%25 answers what 'parley run "
               "--tariff USA<-CHN=145% --json' prints. Nothing is ever written.",
        .options = own_options,
        .take = take,
        .common = CLI_QUIET | CLI_JSON};
    enum { UNSAID = 65536 };
    request r = {.options = {.port = UNSAID}};
    cli_common common;
    pl_serve *serve = NULL;
    pl_error error = {PL_OK, ""};
    cli_parse(&syntax, argc, argv, &common, &r);
    if (r.options.scenarios && !is_folder(r.options.scenarios))
        return cli_refuse("--scenarios: there is no folder '%s'", r.options.scenarios);
    bool port_said = r.options.port != UNSAID;
    r.options.port = port_said ? r.options.port : USUAL_PORT;
    r.options.scenarios = r.options.scenarios ? r.options.scenarios : usual_folder();
    pl_status status = start(&r, port_said, &serve, &error);
    if (status)
        return cli_fail(status, &error);
    printf(common.json ? "{\"url\": \"%s\"}\n" : "%s\n", pl_serve_url(serve));
    int code = cli_end_output(CLI_INTERRUPTED);
    bool opened = code == CLI_INTERRUPTED && wants_browser(&r) && open_browser(pl_serve_url(serve));
    if (!common.quiet)
        fprintf(stderr, "%sCtrl-C ends the server\n", opened ? "opened in the browser; " : "");
    while (!cli_stop && code == CLI_INTERRUPTED)
        pl_serve_step(serve, 100);
    pl_serve_free(serve);
    return code;
}
