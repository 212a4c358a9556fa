/* The program: a table of commands over the public header. No mathematics, no files of its own making. */
#ifndef CLI_H
#define CLI_H

#include "parley.h"

#include <argp.h>
#include <signal.h>

struct json_t;

/* X(name, what it does): every command the program lists; a command's row arrives with its file. Each is
 * `int cli_NAME(int argc, char **argv)`, where argv[0] is "parley NAME", and returns the exit code. */
#define CLI_COMMANDS(X)                                                                                      \
    X(run, "solve a scenario, or a question of one line: who wins and loses")                                \
    X(sweep, "solve a question over ranges, and say where each country does best")                           \
    X(path, "follow a dated scenario month by month")                                                        \
    X(talks, "what each side would do, what they would sign, what would be kept")                            \
    X(world, "list, describe, check, make and change worlds")                                                \
    X(check, "run cases with known answers, and laws, and print each deviation")                             \
    X(backtest, "fit the path on the past, predict April to June 2025, and compare")                         \
    X(facts, "the numbers of the reports of 9 June 2025 beside the model's")                                 \
    X(report, "put a result, or two side by side, on one page to read or print")                             \
    X(serve, "the page, and every question of the command line as an address")                               \
    X(completion, "have bash, zsh or fish complete commands, options and names")

#define CLI_COMMAND_PROTOTYPE(name, text) int cli_##name(int argc, char **argv);
CLI_COMMANDS(CLI_COMMAND_PROTOTYPE)
#undef CLI_COMMAND_PROTOTYPE

/* Exit codes of the program. */
enum { CLI_DONE = 0, CLI_NOT_CONVERGED = 1, CLI_BAD_INPUT = 2, CLI_INTERRUPTED = 130 };

/* Becomes nonzero on Ctrl-C or a request to end. sig_atomic_t is int here, so that it serves as a `stop`
 * flag. */
extern volatile sig_atomic_t cli_stop;

/* ---- the tables of commands and verbs, for completion ---- */

/* Name and text of a command, of a verb of `world` and of `talks`; NULL past the last. */
const char *cli_command(size_t index, const char **text);
const char *cli_world_verb(size_t index, const char **text);
const char *cli_talks_verb(size_t index, const char **text);
/* A command that has verbs. `verb` is their table; `run` gets an index in it, and "parley COMMAND VERB" as argv[0]. */
typedef struct {
    const char *name, *usage, *doc, *more, *example; /* the last as it stands, with its line end, or "" */
    const char *(*verb)(size_t index, const char **text);
    int (*run)(size_t index, int argc, char **argv);
} cli_group;
/* Runs the verb that argv[1] names, or says which there are. */
int cli_run_verb(const cli_group *group, int argc, char **argv);
/* Runs a command by name. */
int cli_call(const char *name, int argc, char **argv);
/* Hands the name and an empty text of every case of the cases folder to `each`. */
void cli_check_each(void *data, void (*each)(void *data, const char *name, const char *text));

/* ---- options ---- */

/* Options several commands share, so that they are spelt and explained once. A command names those it takes.
 */
typedef struct {
    bool json, quiet, timing;
    const char *output;  /* -o, or NULL */
    const char *world;   /* --world, or NULL */
    const char *threads; /* --threads as text for pl_settings_set, or NULL */
    const char *series;  /* --series, or NULL */
} cli_common;

enum {
    CLI_JSON = 1,
    CLI_OUTPUT = 2,
    CLI_WORLD = 4,
    CLI_QUIET = 8,
    CLI_THREADS = 16,
    CLI_TIMING = 32,
    CLI_SERIES = 64
};
/* One option for each row of the settings table but threads: of those that change a long-run result, or of all. A
 * command lays a heading over group CLI_SETTING_GROUP. */
enum { CLI_SETTINGS = 128, CLI_PATH_SETTINGS = 256 };
enum { CLI_SETTING = 400, CLI_MOST_SETTINGS = 100, CLI_SETTING_GROUP = 3 };

/* How a command is called. `take` gets the command's own option keys (use keys from 256 up, or letters other
 * than o and q) and ARGP_KEY_ARG, ARGP_KEY_END as in argp; `input` arrives as state->input. */
typedef struct {
    const char *arguments;             /* as argp's args_doc: "SCENARIO.yaml..." */
    const char *doc;                   /* what it does, a vertical tab, then more shown after the options */
    const struct argp_option *options; /* ends with {0}; may be NULL */
    argp_parser_t take;                /* may be NULL: then no arguments are taken */
    unsigned common;                   /* CLI_JSON | CLI_OUTPUT ..., CLI_SETTINGS */
} cli_syntax;

/* Reads the command line; --help, --usage and mistakes end the program (exit 0, 0 and 2), a misspelt long
 * option with a suggestion. `input` is handed to `take`. */
void cli_parse(const cli_syntax *syntax, int argc, char **argv, cli_common *common, void *input);
/* When set, cli_parse hands the command's options (ended by an empty one) to it, and the program ends. */
extern void (*cli_describe)(const cli_syntax *syntax, const struct argp_option *options);

/* The name of the option, of the command's own or a setting, that a key stands for; NULL for another key. */
const char *cli_option(const struct argp_option *own, int key);

/* ---- what options say (src/cli/arguments.c) ---- */

/* A whole number within bounds; a mistake ends the program. */
size_t cli_take_whole(const char *name, const char *text, size_t low, size_t high, struct argp_state *state);
/* The keys of a command that takes one argument; another is refused, "ONE at a time", and none with `which`, unless that
 * is NULL. */
error_t cli_take_one(int key, char *text, const char **place, const char *one, const char *which,
                     struct argp_state *state);
/* The next name of a list with commas; false at its end. */
bool cli_next_name(const char **list, char *name, size_t size);

/* A question as pl_question_new takes it; texts are borrowed, `item` is freed by the caller. */
typedef struct {
    size_t count;
    pl_asked *item;
} cli_asked;
/* Returns 0 or ENOMEM. */
error_t cli_ask(cli_asked *asked, const char *name, const char *value);

/* Adds an option to a command, quoted for a shell: without `text` a flag, without `option` an argument. */
void cli_record(FILE *out, const char *option, const char *text);
/* " (did you mean 'x'?)", or "" when no name is near, into `out`, which is returned. */
const char *cli_near(char *out, size_t size, const char *word, const char *const *names, size_t count);

/* ---- saying things (src/cli/output.c) ---- */

/* Prints the message to stderr as "parley: ..." and returns the exit code that goes with the status. */
int cli_fail(pl_status status, const pl_error *error);
/* The same for a message made here; returns CLI_BAD_INPUT. */
int cli_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Flushes stdout and returns `code`, or CLI_BAD_INPUT with a message when writing failed (a full disk). A
 * reader that has gone away, as in `parley ... | head`, is no failure. */
int cli_end_output(int code);

/* Lays a result out in memory first, so that stdout gets all of it or nothing. `words`: text for people, in ASCII where the
 * locale's characters are not UTF-8; otherwise JSON, CSV and the like, as they are. */
typedef pl_status (*cli_writer)(FILE *out, const void *data, pl_error *error);
pl_status cli_print(cli_writer write, const void *data, bool words, pl_error *error);
/* pl_text_fold where the locale's characters are not UTF-8. */
void cli_fold(char *text);
/* Prints a JSON document on stdout and gives it back; a NULL one means that memory ran out. Returns an exit
 * code. */
int cli_print_json(struct json_t *root);
/* JSON knows no number that is not finite: then null. */
struct json_t *cli_json_real(double x);

/* The folder results go to, freed by the caller: -o, or results/NAME with `end` behind it; NULL for none, that is with
 * -o -, or without -o when `name` is NULL. */
pl_status cli_choose_folder(const cli_common *common, const char *name, const char *end, char **folder);

/* Width, colour and rows for what is printed on stdout: COLUMNS, the terminal, NO_COLOR. */
pl_layout cli_layout(void);

/* Columns of the terminal behind a file descriptor: COLUMNS, the terminal's own, or 80. */
size_t cli_columns(int file);
/* Whether the locale's characters are UTF-8. */
bool cli_utf8(void);

/* A process begun by parley serve ends with it: called before anything else. */
void cli_follow_parent(void);

/* What facts and backtest start from: a scenario (`file` NULL: london-2025), its world, and the observed series. */
typedef struct {
    const char *file;
    pl_scenario *scenario;
    pl_world *world;
    pl_series *series;
} cli_ground;
pl_status cli_ground_load(cli_ground *ground, const cli_common *common, pl_error *error);
void cli_ground_clear(cli_ground *ground);

/* ---- tables of the program's own (src/cli/table.c) ---- */

/* Words of a text on lines as wide as the terminal; the first starts with `lead`, the others under it. */
void cli_wrap(const char *lead, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A column: where the width is short it is cut down to `least` columns (0: never cut), and left out, the highest `rank`
 * first (0: never). A label, which stands first, is not cut but gets a line of its own. Verdicts that are bad stand out. */
typedef struct {
    const char *head;
    enum { CLI_LEFT, CLI_RIGHT, CLI_LABEL, CLI_VERDICT } kind;
    unsigned rank;
    size_t least;
} cli_column;

typedef struct {
    const cli_column *column;
    size_t columns, rows, room, next;
    char **cell; /* [rows][columns + 1], the last is a note under the row */
    bool no_memory;
} cli_table;
void cli_table_init(cli_table *t, const cli_column *column, size_t columns);
/* Begins a row; then its cells in order, and perhaps a note under it. */
void cli_table_row(cli_table *t);
void cli_table_put(cli_table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_table_note(cli_table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints and empties it; false when memory ran out. */
bool cli_table_print(cli_table *t);

/* ---- progress (src/cli/progress.c) ---- */

/*
 * How far work of more than a moment is, told on stderr: on a terminal a bar with the time spent and the time left, not
 * before 0.7 s and erased at the end, none with --quiet; with PARLEY_PROGRESS=json in the environment at most ten lines
 *   @progress {"text":"months","done":3,"wanted":40,"seconds":1.2,"left":14.1}
 * a second, where a number that is not known is null. `left` is an estimate.
 */
typedef struct {
    int form;
    double start, began, since, said, piece; /* seconds; `piece` is what one takes */
    size_t done, wanted, columns;
} cli_progress;
void cli_progress_begin(cli_progress *p, const cli_common *common);
/* Whether lines are read by a program. */
bool cli_progress_heard(void);
/* `text` says in ASCII what is worked through; `wanted` is 0 where nobody knows how much there is. Cheap: may be called often. */
void cli_progress_tell(cli_progress *p, const char *text, size_t done, size_t wanted);
void cli_progress_end(cli_progress *p);
/* Does `work` in a thread of its own where somebody watches, while `look` tells how far it is; returns when it is done. */
void cli_progress_during(const cli_common *common, void (*work)(void *data),
                         void (*look)(void *data, cli_progress *p), void *data);
/* The same for work of which nobody knows how much there is: what is done, and for how long. */
void cli_progress_plain(const cli_common *common, const char *text, void (*work)(void *data), void *data);

/* ---- verbs of parley world ---- */

int cli_world_info(int argc, char **argv);
int cli_world_import(int argc, char **argv);
int cli_world_aggregate(int argc, char **argv);
int cli_world_split(int argc, char **argv);
int cli_world_balance(int argc, char **argv);
int cli_world_export(int argc, char **argv);

/* Adds the command to a world's note `history` and saves the world where -o says, unless a signal came. Paths in the
 * command go through cli_base_name, so that the same steps give the same bytes in any folder. */
pl_status cli_world_keep(pl_world *world, const cli_common *common, pl_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const char *cli_base_name(const char *path);

/* Monotonic seconds, for status lines and progress. */
double cli_now(void);

#endif
