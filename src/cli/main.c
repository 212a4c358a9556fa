/* The program's frame: the table of commands, --help, --version, and signals. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *name, *text;
    int (*run)(int argc, char **argv);
} command;

static const command commands[] = {
#define COMMAND_ROW(name, text) {#name, text, cli_##name},
    CLI_COMMANDS(COMMAND_ROW)
#undef COMMAND_ROW
        {NULL, NULL, NULL}};
enum { COMMANDS = sizeof commands / sizeof *commands - 1 };

volatile sig_atomic_t cli_stop = 0;

/* The first signals ask for an orderly end; somebody who insists gets out at once. Threads at work read the
 * flag, hence the atomic addition. */
static void on_signal(int number) {
    (void)number;
    if (__atomic_add_fetch(&cli_stop, 1, __ATOMIC_RELAXED) >= 4)
        _exit(CLI_INTERRUPTED);
}

static void install_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A reader that goes away shows up as a failed write, see cli_end_output; a file limit likewise. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
}

static void print_commands(void) {
    char lead[32];
    for (size_t i = 0; i < COMMANDS; i++) {
        snprintf(lead, sizeof lead, "  %-11s ", commands[i].name);
        cli_wrap(lead, "%s", commands[i].text);
    }
}

static int help(void) {
    puts("Usage: parley COMMAND [OPTION...]");
    cli_wrap("", "Trade wars and trade talks in general equilibrium.");
    puts("\nCommands:");
    print_commands();
    putchar('\n');
    cli_wrap("", "'parley COMMAND --help' explains a command. For a first answer:");
    puts("  parley run --tariff 'USA<-CHN=145%' --tariff 'CHN<-USA=125%'\n\n"
         "      --help     this text\n"
         "      --version  the version\n");
    cli_wrap("", "Exit codes: 0 done, 1 did not converge or a case failed, 2 bad input, 130 interrupted.");
    return cli_end_output(CLI_DONE);
}

static int unknown_command(const char *text) {
    const char *names[COMMANDS + 1];
    char near[160];
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    if (*text == '-')
        return cli_refuse("unknown option '%s'; the command comes first, see 'parley --help'", text);
    return cli_refuse("unknown command '%s'%s; see 'parley --help'", text,
                      cli_near(near, sizeof near, text, names, COMMANDS));
}

static int run_command(const command *chosen, int argc, char **argv) {
    char name[32];
    snprintf(name, sizeof name, "parley %s", chosen->name);
    argv[0] = name;
    return chosen->run(argc, argv);
}

const char *cli_command(size_t index, const char **text) {
    *text = index < COMMANDS ? commands[index].text : NULL;
    return index < COMMANDS ? commands[index].name : NULL;
}

int cli_call(const char *name, int argc, char **argv) {
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(name, commands[i].name))
            return run_command(&commands[i], argc, argv);
    return CLI_DONE;
}

static void print_verbs(FILE *out, const cli_group *g) {
    size_t screen = cli_columns(fileno(out)), widest = 0;
    const char *name = NULL, *text = NULL;
    char lead[64];
    for (size_t k = 0; (name = g->verb(k, &text)) != NULL; k++)
        widest = strlen(name) > widest ? strlen(name) : widest;
    snprintf(lead, sizeof lead, "Usage: parley %.20s ", g->name);
    pl_text_wrap(out, lead, g->usage, screen);
    pl_text_wrap(out, "", g->doc, screen);
    fputs("\nVerbs:\n", out);
    for (size_t k = 0; (name = g->verb(k, &text)) != NULL; k++) {
        snprintf(lead, sizeof lead, "  %-*.40s  ", (int)widest, name);
        pl_text_wrap(out, lead, text, screen);
    }
    fputc('\n', out);
    pl_text_wrap(out, "", g->more, screen);
    fputs(g->example, out);
}

int cli_run_verb(const cli_group *g, int argc, char **argv) {
    enum { MOST = 16 };
    char name[64], near[160];
    const char *names[MOST], *text = NULL;
    size_t count = 0;
    if (argc < 2) {
        print_verbs(stderr, g);
        return CLI_BAD_INPUT;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?") || !strcmp(argv[1], "help")) {
        print_verbs(stdout, g);
        return cli_end_output(CLI_DONE);
    }
    for (; count < MOST && (names[count] = g->verb(count, &text)) != NULL; count++) {
        if (strcmp(argv[1], names[count]))
            continue;
        snprintf(name, sizeof name, "parley %s %s", g->name, names[count]);
        argv[1] = name;
        return g->run(count, argc - 1, argv + 1);
    }
    return cli_refuse("unknown verb '%s %s'%s; see 'parley %s --help'", g->name, argv[1],
                      cli_near(near, sizeof near, argv[1], names, count), g->name);
}

/* "help", "help COMMAND" and "help COMMAND VERB". */
static int help_on(int argc, char **argv) {
    static char option[] = "--help";
    char *words[] = {argc > 0 ? argv[0] : NULL, argc > 1 ? argv[1] : option, option, NULL};
    if (argc < 1)
        return help();
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(argv[0], commands[i].name))
            return run_command(&commands[i], argc > 1 ? 3 : 2, words);
    return unknown_command(argv[0]);
}

int main(int argc, char **argv) {
    install_signals();
    cli_follow_parent();
    argp_err_exit_status = CLI_BAD_INPUT;
    if (argc < 2) {
        fputs("Usage: parley COMMAND [OPTION...]\n'parley --help' lists the commands. For a first answer:\n"
              "  parley run --tariff 'USA<-CHN=145%' --tariff 'CHN<-USA=125%'\n",
              stderr);
        return CLI_BAD_INPUT;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "-?"))
        return help();
    if (!strcmp(argv[1], "help"))
        return help_on(argc - 2, argv + 2);
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
        printf("parley %s\n", pl_version());
        return cli_end_output(CLI_DONE);
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(argv[1], commands[i].name))
            return run_command(&commands[i], argc - 1, argv + 1);
    return unknown_command(argv[1]);
}
