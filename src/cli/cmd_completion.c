/* parley completion: what a shell offers behind a half-written command. The scripts only pass the words on; the answers come
 * from the tables of commands and options that the program itself reads its command line by. */
#include "cli/cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char bash_script[] =
    "# Completion of parley for bash, made by 'parley completion bash'.\n"
    "_parley() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} line ending found\n"
    "    [ \"$cur\" = = ] && cur=\n"
    "    COMPREPLY=()\n"
    "    while IFS= read -r line; do\n"
    "        case $line in\n"
    "            :folders)\n"
    "                compopt -o filenames 2>/dev/null\n"
    "                while IFS= read -r found; do COMPREPLY+=(\"$found\"); done < <(compgen -d -- \"$cur\")\n"
    "                ;;\n"
    "            :files*)\n"
    "                compopt -o filenames 2>/dev/null\n"
    "                while IFS= read -r found; do COMPREPLY+=(\"$found\"); done < <(\n"
    "                    compgen -d -- \"$cur\"\n"
    "                    [ \"$line\" = :files ] && compgen -f -- \"$cur\"\n"
    "                    for ending in ${line#:files}; do compgen -f -X \"!*.$ending\" -- \"$cur\"; done\n"
    "                )\n"
    "                ;;\n"
    "            *)\n"
    "                found=${line%%$'\\t'*}\n"
    "                [[ $found = *[!A-Za-z0-9_.,:/=+%@-]* ]] && printf -v found %q \"$found\"\n"
    "                COMPREPLY+=(\"$found\")\n"
    "                ;;\n"
    "        esac\n"
    "    done < <(\"$1\" completion words \"$COMP_CWORD\" \"${COMP_WORDS[@]}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _parley parley\n";

static const char zsh_script[] =
    "#compdef parley\n"
    "# Completion of parley for zsh, made by 'parley completion zsh'.\n"
    "_parley() {\n"
    "    local line word\n"
    "    local -a values files\n"
    "    for line in \"${(@f)$(\"$words[1]\" completion words $((CURRENT - 1)) \"${(@)words}\" "
    "2>/dev/null)}\"; do\n"
    "        case $line in\n"
    "            :folders) files=(-/) ;;\n"
    "            :files) files=(-f) ;;\n"
    "            :files*) files=(-g \"*.(${${line#:files }// /|}|)\") ;;\n"
    "            ?*)\n"
    "                word=${line%%$'\\t'*}\n"
    "                values+=(\"${word//:/\\\\:}:${line#*$'\\t'}\")\n"
    "                ;;\n"
    "        esac\n"
    "    done\n"
    "    (( $#values )) && _describe parley values\n"
    "    if (( $#files )); then\n"
    "        [[ $PREFIX = --*=* ]] && compset -P '*='\n"
    "        _files $files\n"
    "    fi\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _parley ]; then _parley \"$@\"; else compdef _parley parley; fi\n";

static const char fish_script[] =
    "# Completion of parley for fish, made by 'parley completion fish'.\n"
    "function __parley_complete\n"
    "    set -l before (commandline -opc)\n"
    "    set -l current (commandline -ct)\n"
    "    for line in ($before[1] completion words (count $before) $before \"$current\" 2>/dev/null)\n"
    "        switch $line\n"
    "            case ':folders'\n"
    "                __fish_complete_directories \"$current\"\n"
    "            case ':files'\n"
    "                __fish_complete_path \"$current\"\n"
    "            case ':files *'\n"
    "                for ending in (string split ' ' -- (string sub -s 8 -- $line))\n"
    "                    __fish_complete_suffix \"$current\" .$ending\n"
    "                end\n"
    "            case '*'\n"
    "                printf '%s\\n' $line\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c parley -f -a '(__parley_complete)'\n";

static const struct {
    const char *name, *script;
} shells[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};
enum { SHELLS = sizeof shells / sizeof *shells };

/* ---- what is half-written ---- */

/* Words as the shell splits them; bash makes words of their own of '=' and what follows. */
typedef struct {
    char **word;
    size_t count, at, first; /* the word being written; the first behind command and verb */
    const char *command;
    const char *before; /* what of the word stands already: "--world=", "USA," */
    size_t before_length;
    const char *start; /* what is being written, behind it */
} line;

/* Where the hook of cli_parse finds the words: a program completes one line in its life. */
static line asked;

static const char *word_at(const line *l, size_t at) {
    return at < l->count ? l->word[at] : "";
}

static void offer(const line *l, const char *value, const char *text) {
    char said[400];
    if (strncmp(value, l->start, strlen(l->start)))
        return;
    snprintf(said, sizeof said, "%s", text ? text : "");
    cli_fold(said);
    printf("%.*s%s\t%s\n", (int)l->before_length, l->before, value, said);
}

/* Behind a comma another entry of a list is written. */
static void split_list(line *l) {
    const char *comma = strrchr(l->start, ',');
    if (!comma)
        return;
    l->before = l->before_length ? l->before : l->start;
    l->start = comma + 1;
    l->before_length = (size_t)(l->start - l->before);
}

/* What an option earlier on the line says, such as --world; NULL when it is not there. */
static const char *said(const line *l, const char *option) {
    size_t length = strlen(option);
    for (size_t k = l->first; k < l->count && k < l->at; k++) {
        const char *word = l->word[k];
        if (strncmp(word, "--", 2) || strncmp(word + 2, option, length))
            continue;
        if (word[2 + length] == '=')
            return word + 3 + length;
        if (!word[2 + length])
            return word_at(l, k + 1 + !strcmp(word_at(l, k + 1), "="));
    }
    return NULL;
}

/* The first scenario file named on the line, or NULL. */
static pl_scenario *said_scenario(const line *l) {
    pl_scenario *scenario = NULL;
    for (size_t k = l->first; k < l->count && !scenario; k++) {
        size_t length = strlen(l->word[k]);
        if (k != l->at && length > 5 && !strcmp(l->word[k] + length - 5, ".yaml"))
            (void)pl_scenario_load(l->word[k], &scenario, NULL);
    }
    return scenario;
}

static pl_world *said_world(const line *l) {
    pl_world *world = NULL;
    const char *name = said(l, "world");
    pl_scenario *scenario = name ? NULL : said_scenario(l);
    pl_status status = scenario ? pl_scenario_load_world(scenario, NULL, &world, NULL)
                                : pl_world_load(name ? name : PL_DEFAULT_WORLD, &world, NULL);
    pl_scenario_free(scenario);
    return status ? NULL : world;
}

/* ---- values ---- */

static void offer_worlds(line *l) {
    pl_names list = {0};
    if (!pl_world_list(&list, NULL))
        for (size_t k = 0; k < list.count; k++)
            offer(l, list.names[k], "built-in world");
    pl_names_free(&list);
    puts(":files nc yaml json");
}

static void offer_axis(line *l, pl_axis axis) {
    pl_world *world = said_world(l);
    split_list(l);
    for (size_t k = 0; world && k < pl_world_size(world, axis); k++)
        offer(l, pl_world_code(world, axis, k), pl_world_name(world, axis, k));
    pl_world_free(world);
}

static void offer_countries(line *l) {
    offer_axis(l, PL_COUNTRY);
}

static void offer_sectors(line *l) {
    offer_axis(l, PL_SECTOR);
}

static void offer_elasticities(line *l) {
    pl_world *world = said_world(l);
    for (size_t k = 0; world && k < pl_world_elasticity_sets(world); k++)
        offer(l, pl_world_elasticity_name(world, k), "set of trade elasticities");
    pl_world_free(world);
}

static void offer_variants(line *l) {
    pl_scenario *scenario = said_scenario(l);
    for (size_t k = 0; scenario && k < pl_scenario_variants(scenario); k++)
        offer(l, pl_scenario_variant_name(scenario, k), pl_scenario_variant_title(scenario, k));
    pl_scenario_free(scenario);
}

static void offer_options(line *l) {
    pl_scenario *scenario = said_scenario(l);
    for (size_t k = 0; scenario && k < pl_scenario_options(scenario); k++)
        offer(l, pl_scenario_option_name(scenario, k), pl_scenario_option_title(scenario, k));
    pl_scenario_free(scenario);
}

static void offer_variables(line *l) {
    bool path = !strcmp(l->command, "path");
    split_list(l);
    for (int k = 0; k < (path ? (int)PL_PATH_COUNT : (int)PL_RESULT_COUNT); k++)
        offer(l, path ? pl_path_name((pl_path_variable)k) : pl_variable_name((pl_variable)k),
              path ? pl_path_text((pl_path_variable)k) : pl_variable_text((pl_variable)k));
}

static void offer_closures(line *l) {
    offer(l, "fixed", "deficits stay in units of world value added");
    offer(l, "gdp", "deficits stay in proportion to income");
    offer(l, "balanced", "deficits are removed first");
}

/* "icio|flows|json": one of these. */
static void offer_choices(line *l, const char *choices) {
    char choice[64];
    for (const char *c = choices; *c; c += *c == '|') {
        size_t length = strcspn(c, "|");
        snprintf(choice, sizeof choice, "%.*s", (int)length, c);
        offer(l, choice, NULL);
        c += length;
    }
}

static const struct {
    const char *option;
    void (*offer)(line *l);
} by_option[] = {{"world", offer_worlds},        {"country", offer_countries},
                 {"countries", offer_countries}, {"sectors", offer_sectors},
                 {"variant", offer_variants},    {"option", offer_options},
                 {"variable", offer_variables},  {"variables", offer_variables},
                 {"closure", offer_closures},    {"elasticities", offer_elasticities}};

/* What an option takes: by its name, else by how --help calls it. */
static void offer_value(line *l, const char *option, const char *argument) {
    for (size_t k = 0; k < sizeof by_option / sizeof *by_option; k++)
        if (!strcmp(by_option[k].option, option)) {
            by_option[k].offer(l);
            return;
        }
    if (strchr(argument, '|'))
        offer_choices(l, argument);
    else if (!strcmp(argument, "DIR") || strstr(argument, "FOLDER"))
        puts(":folders");
    else if (strstr(argument, "FILE") || strstr(argument, "PATH"))
        puts(":files");
}

static void offer_case(void *data, const char *name, const char *text) {
    offer(data, name, text);
}

/* What a command takes besides options, from its usage. */
static void offer_argument(line *l, const char *arguments) {
    if (!strcmp(l->command, "check"))
        cli_check_each(l, offer_case);
    if (strstr(arguments, "SHELL"))
        for (size_t k = 0; k < SHELLS; k++)
            offer(l, shells[k].name, "print the completion script");
    else if (strstr(arguments, "WORLD"))
        offer_worlds(l);
    else if (strstr(arguments, "SCENARIO") || strstr(arguments, "GAME") || strstr(arguments, "NAME|FILE"))
        puts(":files yaml");
    else if (*arguments)
        puts(":files");
}

/* ---- options ---- */

static const struct argp_option *find_option(const struct argp_option *options, const char *word,
                                             size_t length) {
    const struct argp_option *real = NULL;
    for (const struct argp_option *o = options; o->name || o->key || o->doc; o++) {
        real = o->flags & OPTION_ALIAS ? real : o;
        bool is_short =
            length == 2 && word[1] != '-' && isalpha(o->key < 256 ? o->key : 0) && o->key == word[1];
        bool is_long =
            length > 2 && o->name && strlen(o->name) == length - 2 && !strncmp(o->name, word + 2, length - 2);
        if (is_short || is_long)
            return real;
    }
    return NULL;
}

static void offer_option_names(const line *l, const struct argp_option *options) {
    char name[80];
    for (const struct argp_option *o = options; o->name || o->key || o->doc; o++) {
        if (!o->name || o->flags & (OPTION_HIDDEN | OPTION_ALIAS))
            continue;
        snprintf(name, sizeof name, "--%s", o->name);
        offer(l, name, o->doc);
    }
    offer(l, "--help", "explain the command");
}

/* Splits "--world=wi", or what bash made three words of, and the word behind an option; false when no value is written. */
static bool find_value(line *l, const struct argp_option *options, const struct argp_option **option) {
    const char *now = word_at(l, l->at), *one = l->at ? word_at(l, l->at - 1) : "",
               *two = l->at > 1 ? word_at(l, l->at - 2) : "", *equals = strchr(now, '=');
    l->start = now;
    if (now[0] == '-' && now[1] == '-' && equals) {
        *option = find_option(options, now, (size_t)(equals - now));
        l->before = now;
        l->before_length = (size_t)(equals + 1 - now);
        l->start = equals + 1;
    } else if (!strcmp(one, "=") || !strcmp(now, "=")) {
        const char *name = strcmp(now, "=") ? two : one;
        *option = find_option(options, name, strlen(name));
        l->start = strcmp(now, "=") ? now : "";
    } else if (*one == '-' && one[1]) {
        *option = find_option(options, one, strlen(one));
    }
    return *option && (*option)->arg;
}

static void describe(const cli_syntax *syntax, const struct argp_option *options) {
    const struct argp_option *option = NULL;
    line *l = &asked;
    if (find_value(l, options, &option))
        offer_value(l, option->name, option->arg);
    else if (*l->start == '-')
        offer_option_names(l, options);
    else
        offer_argument(l, syntax->arguments ? syntax->arguments : "");
}

/* ---- commands and verbs ---- */

static void offer_verbs(const line *l, const char *(*verb)(size_t index, const char **text)) {
    const char *text = NULL, *name = NULL;
    for (size_t k = 0; (name = verb(k, &text)) != NULL; k++)
        offer(l, name, text);
    offer(l, "--help", "list the verbs");
}

/* Runs the command as far as cli_parse, which hands its options to `describe` and ends the program. */
static int answer(line *l) {
    const char *(*verb)(size_t, const char **) = !strcmp(l->command, "world")   ? cli_world_verb
                                                 : !strcmp(l->command, "talks") ? cli_talks_verb
                                                                                : NULL;
    char name[64], *words[] = {name, l->count > 2 ? l->word[2] : NULL, NULL};
    if (verb && l->at == 2) {
        offer_verbs(l, verb);
        return cli_end_output(CLI_DONE);
    }
    l->first = verb ? 3 : 2;
    cli_describe = describe;
    snprintf(name, sizeof name, "%s", l->command);
    if (verb) {
        const char *text = NULL, *known = NULL;
        for (size_t k = 0; (known = verb(k, &text)) != NULL && strcmp(known, words[1]);)
            k++;
        return known ? cli_call(l->command, 2, words) : CLI_DONE;
    }
    words[1] = NULL;
    return cli_call(l->command, 1, words);
}

/* "words INDEX WORD...": what may stand at a place of a line, one a line with a tab and what it is. ":files ENDING..." and
 * ":folders" leave it to the shell. */
static int complete_words(int argc, char **argv) {
    char *end = NULL;
    unsigned long at = argc > 0 ? strtoul(argv[0], &end, 10) : 0;
    if (argc < 2 || *end || at < 1 || at > (unsigned long)argc)
        return cli_refuse("completion words: write the index of a word and the words of the line");
    asked = (line){.word = argv + 1, .count = (size_t)argc - 1, .at = at, .first = 1};
    asked.start = word_at(&asked, at);
    asked.command = word_at(&asked, 1);
    if (at > 1)
        return answer(&asked);
    const char *text = NULL, *name = NULL;
    for (size_t k = 0; (name = cli_command(k, &text)) != NULL; k++)
        offer(&asked, name, text);
    if (*asked.start == '-') {
        offer(&asked, "--help", "list the commands");
        offer(&asked, "--version", "the version");
    }
    return cli_end_output(CLI_DONE);
}

static error_t take(int key, char *text, struct argp_state *state) {
    const char **script = state->input, *names[SHELLS];
    char near[160];
    if (key == ARGP_KEY_END && !*script)
        argp_error(state, "for which shell? bash, zsh or fish");
    if (key != ARGP_KEY_ARG)
        return key == ARGP_KEY_END ? 0 : ARGP_ERR_UNKNOWN;
    if (*script)
        argp_error(state, "one shell at a time; '%s' is one too many", text);
    for (size_t k = 0; k < SHELLS; k++) {
        names[k] = shells[k].name;
        if (!strcmp(text, shells[k].name))
            *script = shells[k].script;
    }
    if (*script)
        return 0;
    argp_error(state, "no completion for '%s'%s; there is one for bash, zsh and fish", text,
               cli_near(near, sizeof near, text, names, SHELLS));
    return EINVAL;
}

int cli_completion(int argc, char **argv) {
    static const cli_syntax syntax = {.arguments = "SHELL",
                                      .doc = "Prints a script that has bash, zsh or fish complete commands, "
                                             "verbs, options, scenario files, worlds, countries "
                                             "and variants.\vFor this session of bash:\n"
                                             "  source <(parley completion bash)\n\n"
                                             "'parley completion words INDEX WORD...' is what the scripts "
                                             "ask: it prints what may stand at a place of a line.",
                                      .take = take};
    const char *script = NULL;
    cli_common common;
    if (argc > 1 && !strcmp(argv[1], "words"))
        return complete_words(argc - 2, argv + 2);
    cli_parse(&syntax, argc, argv, &common, &script);
    fputs(script, stdout);
    return cli_end_output(CLI_DONE);
}
