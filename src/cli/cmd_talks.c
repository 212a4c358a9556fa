/* parley talks: what each side would do, what they would agree on, and what would be kept. */
#include "cli/cli.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_POINTS = 300, KEY_STARTS, KEY_DRAWS, KEY_SEED, KEY_PLAYER, KEY_SET, KEY_KEPT };

typedef struct {
    pl_verb verb;
    const char *file, *player;
    const char **set; /* [sets] as written after --set; room for every argument */
    size_t sets;
    pl_talks_options options;
    char *command; /* how it was asked for, written to `stream` as it is read */
    size_t command_length;
    FILE *stream;
} request;

static const struct {
    const char *text, *doc;
} verbs[PL_VERBS] = {
    {"the best each side could do alone",
     "Finds the instruments with which a player does best while everything else stands."},
    {"mutual best responses",
     "Finds where nobody gains by changing its own instruments, and looks for more than one such point."},
    {"what two sides could have", "Draws the Pareto frontier of two players, with both corners."},
    {"what they would agree on", "Finds the Nash, Kalai-Smorodinsky, egalitarian and utilitarian bargains, "
                                 "with transfers where the game allows them."},
    {"which deals are kept", "Says how patient each side must be to keep a deal, finds the best deal that is "
                             "kept, and what verification is worth."},
    {"packages compared and ranked",
     "Values the packages of the game for everybody, and says who would sign and who would keep."},
    {"a package made by hand", "Values a package set on the command line, beside today and beside no deal."},
};

/* ---- reading the command line ---- */

static const struct argp_option all_options[] = {
    {"starts", KEY_STARTS, "N", 0, "places every search starts from (default 2)", 1},
    {"draws", KEY_DRAWS, "N", 0, "draws of the trade elasticities, for intervals (default none)", 1},
    {"seed", KEY_SEED, "N", 0, "seed of starts and draws (default 1)", 1},
    {"points", KEY_POINTS, "N", 0, "points of the frontier (default 21)", 1},
    {"player", KEY_PLAYER, "NAME", 0, "only this player's best response", 1},
    {"set", KEY_SET, "INSTRUMENT=LEVEL", 0, "a part of the package: us-tariff=-30%; may be repeated", 1},
    {"kept", KEY_KEPT, 0, 0, "also the best breach, and whether the package is kept", 1},
};

/* A word of the command, quoted for a shell where it must be. */
static void record(request *r, const char *word) {
    bool plain =
        *word &&
        !word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=,:+%@")];
    fputc(' ', r->stream);
    if (plain)
        fputs(word, r->stream);
    else
        pl_shell_quote(r->stream, word);
}

static void record_option(request *r, int key, const char *text) {
    for (size_t k = 0; k < sizeof all_options / sizeof *all_options; k++) {
        if (all_options[k].key != key)
            continue;
        fprintf(r->stream, " --%s", all_options[k].name);
        if (text)
            record(r, text);
    }
}

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    record_option(r, key, text);
    switch (key) {
    case KEY_POINTS:
        r->options.points = cli_take_whole("points", text, 2, 10000, state);
        return 0;
    case KEY_STARTS:
        r->options.starts = cli_take_whole("starts", text, 1, 1000, state);
        return 0;
    case KEY_DRAWS:
        r->options.draws = cli_take_whole("draws", text, 0, 1000000, state);
        return 0;
    case KEY_SEED:
        r->options.seed = cli_take_whole("seed", text, 0, 1000000000, state);
        return 0;
    case KEY_PLAYER:
        r->player = text;
        return 0;
    case KEY_SET:
        r->set[r->sets++] = text;
        return 0;
    case KEY_KEPT:
        r->options.kept = true;
        return 0;
    case ARGP_KEY_ARG:
        if (r->file)
            argp_error(state, "one game at a time: '%s' and '%s'", r->file, text);
        r->file = text;
        record(r, text);
        return 0;
    case ARGP_KEY_END:
        if (!r->file)
            argp_error(state, "which game? Name its file, such as scenarios/london-2025-game.yaml");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The options a verb takes: the first three always, then those of its own. */
static void read_command_line(request *r, cli_common *common, int argc, char **argv) {
    struct argp_option options[6] = {all_options[0], all_options[1], all_options[2]};
    pl_talks_options_init(&r->options);
    if (r->verb == PL_FRONTIER)
        options[3] = all_options[3];
    if (r->verb == PL_BEST_RESPONSE)
        options[3] = all_options[4];
    if (r->verb == PL_VALUE)
        memcpy(options + 3, all_options + 5, 2 * sizeof *options);
    cli_syntax syntax = {"GAME.yaml", verbs[r->verb].doc, options, take,
                         CLI_JSON | CLI_OUTPUT | CLI_WORLD | CLI_QUIET | CLI_THREADS | CLI_TIMING};
    r->stream = open_memstream(&r->command, &r->command_length);
    if (!r->stream)
        exit(cli_refuse("out of memory"));
    fprintf(r->stream, "parley talks %s", pl_verb_text(r->verb));
    cli_parse(&syntax, argc, argv, common, r);
    if (common->world) {
        fputs(" --world", r->stream);
        record(r, common->world);
    }
    if (fclose(r->stream))
        exit(cli_refuse("out of memory"));
}

static pl_status read_threads(const cli_common *common, pl_talks_options *options, pl_error *error) {
    pl_settings settings;
    pl_settings_init(&settings);
    pl_status status =
        common->threads ? pl_settings_set(&settings, "threads", common->threads, error) : PL_OK;
    options->threads = settings.threads;
    return status;
}

static pl_status find_player(const pl_game *game, request *r, pl_error *error) {
    if (!r->player)
        return PL_OK;
    for (size_t p = 0; p < pl_game_players(game); p++)
        if (!strcmp(pl_game_player(game, p), r->player)) {
            r->options.player = p;
            return PL_OK;
        }
    const char *names[64];
    size_t count = 0;
    for (size_t p = 0; p < pl_game_players(game) && p < 64; p++)
        names[count++] = pl_game_player(game, p);
    char near[160];
    snprintf(error->text, sizeof error->text, "player '%.100s' is not in the game%s", r->player,
             cli_near(near, sizeof near, r->player, names, count));
    return PL_INVALID;
}

/* What --set says, into an array that the caller frees. */
static pl_status read_package(const pl_game *game, request *r, double **setting, pl_error *error) {
    size_t count = pl_game_instruments(game);
    pl_status status = PL_OK;
    *setting = malloc((count + 1) * sizeof **setting);
    if (!*setting)
        return PL_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        (*setting)[i] = NAN;
    for (size_t k = 0; k < r->sets && !status; k++)
        status = pl_game_set(game, r->set[k], *setting, error);
    r->options.setting = *setting;
    return status;
}

/* ---- results ---- */

typedef struct {
    const pl_game *game;
    const request *asked;
    pl_talks *talks;
    pl_error error;
    pl_status status;
    size_t told; /* points of a frontier */
} errand;

static void run_errand(void *data) {
    errand *e = data;
    e->status = pl_talks_new(e->game, e->asked->verb, &e->asked->options, &e->talks, &e->error);
}

/* @point {"name":"point-7","converged":true,"payoff":{"US":0.31,"China":0.28}} */
static void tell_point(const pl_game *game, const pl_talks_point *point) {
    json_t *payoff = json_object();
    for (size_t p = 0; p < pl_game_players(game) && p < 2; p++)
        json_object_set_new(payoff, pl_game_player(game, p), json_real(point->payoff[p]));
    json_t *root =
        json_pack("{s:s, s:b, s:o}", "name", point->name, "converged", point->converged, "payoff", payoff);
    char *line = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    if (line)
        fprintf(stderr, "@point %s\n", line);
    free(line);
    json_decref(root);
}

/* Those found since the last look, where a program listens. */
static void tell_points(errand *e) {
    pl_talks_point point[16];
    size_t count = 0;
    while (cli_progress_heard() && (count = pl_game_found(e->game, e->told, point, 16)) > 0) {
        for (size_t k = 0; k < count; k++)
            if (isfinite(point[k].payoff[0]) && isfinite(point[k].payoff[1]))
                tell_point(e->game, &point[k]);
        e->told += count;
    }
}

/* While nothing is counted off, the equilibria solved so far say that it goes on. */
static void look_at_errand(void *data, cli_progress *progress) {
    errand *e = data;
    char text[64];
    tell_points(e);
    pl_talks_progress p = pl_game_progress(e->game);
    snprintf(text, sizeof text, "%s: %zu equilibria", pl_verb_text(e->asked->verb), p.solves);
    cli_progress_tell(progress, text, p.wanted > 1 ? p.done : 0, p.wanted > 1 ? p.wanted : 0);
}

static pl_status work_out(const pl_game *game, const request *r, const cli_common *common, pl_talks **talks,
                          pl_error *error) {
    errand e = {.game = game, .asked = r};
    cli_progress_during(common, run_errand, look_at_errand, &e);
    tell_points(&e);
    *talks = e.talks;
    *error = e.error;
    return e.status;
}

/* An answer and how it is printed. */
typedef struct {
    const pl_talks_view *view;
    bool json;
} shown;

static pl_status write(FILE *out, const void *data, pl_error *error) {
    const shown *s = data;
    pl_layout layout = cli_layout();
    return s->json ? pl_report_talks_json(out, s->view, error)
                   : pl_report_talks(out, s->view->talks, &layout, error);
}

static int end(const cli_common *common, const pl_talks_view *view, double loaded, double solved,
               pl_error *error) {
    pl_status status = cli_print(write, &(shown){view, common->json}, !common->json, error);
    if (status)
        return cli_fail(status, error);
    int code = cli_end_output(pl_talks_converged(view->talks) ? CLI_DONE : CLI_NOT_CONVERGED);
    if (code == CLI_NOT_CONVERGED)
        fputs("parley: a search stopped early; see the answer for which\n", stderr);
    if (common->timing && !common->quiet)
        fprintf(stderr, "timing: load %.3f s, talks %.3f s\n", loaded, solved);
    if (common->output && strcmp(common->output, "-") && !common->quiet)
        fprintf(stderr, "wrote %s/\n", common->output);
    return code;
}

static int answer(request *r, const cli_common *common) {
    pl_error error = {PL_OK, ""};
    pl_game *game = NULL;
    pl_talks *talks = NULL;
    double start = cli_now(), loaded = start, *setting = NULL;
    pl_status status = read_threads(common, &r->options, &error);
    if (!status)
        status = pl_game_load(r->file, common->world, &cli_stop, &game, &error);
    loaded = cli_now();
    if (!status)
        status = find_player(game, r, &error);
    if (!status)
        status = read_package(game, r, &setting, &error);
    if (!status)
        status = work_out(game, r, common, &talks, &error);
    const pl_talks_view view = {talks, r->command};
    if (!status && common->output && strcmp(common->output, "-"))
        status = pl_report_talks_write(common->output, &view, &error);
    int code =
        status ? cli_fail(status, &error) : end(common, &view, loaded - start, cli_now() - loaded, &error);
    free(setting);
    pl_talks_free(talks);
    pl_game_free(game);
    return code;
}

const char *cli_talks_verb(size_t index, const char **text) {
    *text = index < PL_VERBS ? verbs[index].text : NULL;
    return index < PL_VERBS ? pl_verb_text((pl_verb)index) : NULL;
}

static int run_verb(size_t verb, int argc, char **argv) {
    request r = {.verb = (pl_verb)verb, .set = calloc((size_t)argc, sizeof *r.set)};
    cli_common common;
    if (!r.set)
        return cli_refuse("out of memory");
    read_command_line(&r, &common, argc, argv);
    int code = answer(&r, &common);
    free(r.set);
    free(r.command);
    return code;
}

int cli_talks(int argc, char **argv) {
    static const cli_group group = {
        "talks",
        "VERB GAME.yaml [OPTION...]",
        "What each side would do, what they would agree on, and what would be kept.",
        "'parley talks VERB --help' explains a verb. For a first answer:",
        "  parley talks table scenarios/london-2025-game.yaml\n",
        cli_talks_verb,
        run_verb};
    return cli_run_verb(&group, argc, argv);
}
