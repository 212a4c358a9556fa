/* What options and arguments say: whole numbers, names in lists, settings, questions, and the command they make. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

size_t cli_take_whole(const char *name, const char *text, size_t low, size_t high, struct argp_state *state) {
    char *end = NULL;
    errno = 0;
    unsigned long read = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || read < low || read > high)
        argp_error(state, "--%s: '%s' is not a whole number from %zu to %zu", name, text, low, high);
    return read;
}

error_t cli_take_one(int key, char *text, const char **place, const char *one, const char *which,
                     struct argp_state *state) {
    if (key == ARGP_KEY_ARG && *place)
        argp_error(state, "%s at a time; '%s' is one too many", one, text);
    if (key == ARGP_KEY_ARG)
        *place = text;
    else if (key != ARGP_KEY_END)
        return ARGP_ERR_UNKNOWN;
    else if (!*place && which)
        argp_error(state, "%s", which);
    return 0;
}

bool cli_next_name(const char **list, char *name, size_t size) {
    if (!*list || !**list)
        return false;
    size_t length = strcspn(*list, ",");
    snprintf(name, size, "%.*s", (int)(length < size ? length : size - 1), *list);
    *list += length + ((*list)[length] == ',');
    return true;
}

error_t cli_ask(cli_asked *asked, const char *name, const char *value) {
    pl_asked *item = realloc(asked->item, (asked->count + 1) * sizeof *item);
    if (!item)
        return ENOMEM;
    asked->item = item;
    asked->item[asked->count++] = (pl_asked){name, value};
    return 0;
}

void cli_record(FILE *out, const char *option, const char *text) {
    fprintf(out, "%s%s%s", option ? " --" : "", option ? option : "", text ? " " : "");
    if (text)
        pl_shell_quote(out, text);
}

const char *cli_option(const struct argp_option *own, int key) {
    const char *name = NULL, *type = NULL, *def = NULL, *help = NULL;
    for (; own->name || own->key || own->doc; own++)
        if (own->name && own->key == key)
            return own->name;
    bool known = key >= CLI_SETTING && key < CLI_SETTING + CLI_MOST_SETTINGS &&
                 pl_settings_describe((size_t)(key - CLI_SETTING), &name, &type, &def, &help);
    return known ? name : NULL;
}

const char *cli_near(char *out, size_t size, const char *word, const char *const *names, size_t count) {
    const char *near = pl_suggest(word, names, count);
    snprintf(out, size, near ? " (did you mean '%.100s'?)" : "%s", near ? near : "");
    return out;
}
