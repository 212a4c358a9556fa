/* The scenario folder: what is in it, what really lies in it, and what the page is told at first. */
#include "serve/serve.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

pl_status pl_folder_open(const char *path, pl_folder *folder, pl_error *error) {
    *folder = (pl_folder){0};
    DIR *dir = opendir(path);
    if (!dir) {
        error->status = PL_INVALID;
        snprintf(error->text, sizeof error->text, "--scenarios: cannot read the folder '%.800s': %s", path,
                 strerror(errno));
        return PL_INVALID;
    }
    closedir(dir);
    folder->path = realpath(path, NULL);
    pl_status status = folder->path ? pl_world_list(&folder->worlds, error) : PL_NO_MEMORY;
    if (status)
        pl_folder_close(folder);
    return status;
}

void pl_folder_close(pl_folder *folder) {
    pl_names_free(&folder->worlds);
    free(folder->path);
    *folder = (pl_folder){0};
}

static char *join(const char *folder, const char *name, const char *ending) {
    size_t size = strlen(folder) + strlen(name) + strlen(ending) + 2;
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s/%s%s", folder, name, ending);
    return path;
}

bool pl_folder_has(const pl_folder *folder, const char *file) {
    struct stat info;
    char *path = strchr(file, '/') || *file == '.' ? NULL : join(folder->path, file, "");
    char *real = path ? realpath(path, NULL) : NULL;
    size_t length = strlen(folder->path);
    bool inside = real && !strncmp(real, folder->path, length) && (real[length] == '/' || length == 1) &&
                  !stat(real, &info) && S_ISREG(info.st_mode);
    free(real);
    free(path);
    return inside;
}

/* ---- the list ---- */

static int is_scenario(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 5 && !strcmp(entry->d_name + length - 5, ".yaml");
}

pl_status pl_folder_list(const pl_folder *folder, pl_names *list, pl_error *error) {
    struct dirent **entry = NULL;
    *list = (pl_names){0};
    int count = scandir(folder->path, &entry, is_scenario, alphasort);
    if (count < 0) {
        error->status = PL_IO;
        snprintf(error->text, sizeof error->text, "the scenario folder cannot be read: %s", strerror(errno));
        return PL_IO;
    }
    list->names = calloc((size_t)count + 1, sizeof *list->names);
    list->paths = calloc((size_t)count + 1, sizeof *list->paths);
    bool made = list->names && list->paths;
    for (int i = 0; i < count; i++) {
        const char *name = entry[i]->d_name;
        if (made && pl_folder_has(folder, name) && pl_is_utf8(name)) {
            list->names[list->count] = strndup(name, strlen(name) - 5);
            list->paths[list->count] = join(folder->path, name, "");
            made = list->names[list->count] && list->paths[list->count];
            list->count++;
        }
        free(entry[i]);
    }
    free(entry);
    if (!made)
        pl_names_free(list);
    return made ? PL_OK : PL_NO_MEMORY;
}

uint64_t pl_folder_state(const pl_folder *folder) {
    uint64_t state = 1469598103934665603U;
    struct stat info;
    DIR *dir = opendir(folder->path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || fstatat(dirfd(dir), entry->d_name, &info, 0))
            continue;
        uint64_t one = 1469598103934665603U;
        for (const char *c = entry->d_name; *c; c++)
            one = (one ^ (unsigned char)*c) * 1099511628211U;
        one = (one ^ (uint64_t)info.st_mtim.tv_sec) * 1099511628211U;
        one = (one ^ (uint64_t)info.st_mtim.tv_nsec) * 1099511628211U;
        one = (one ^ (uint64_t)info.st_size) * 1099511628211U;
        state += (one ^ (uint64_t)info.st_ino) * 1099511628211U; /* in any order */
    }
    if (dir)
        closedir(dir);
    return state;
}

/* ---- what the page is told ---- */

/* The text behind `key:` at the start of a line, without quotation marks; "" when there is none. */
static void read_key(FILE *in, const char *key, char *text, size_t size) {
    char line[1024];
    size_t length = strlen(key);
    *text = 0;
    rewind(in);
    while (!*text && fgets(line, sizeof line, in)) {
        if (strncmp(line, key, length) || line[length] != ':')
            continue;
        char *value = line + length + 1;
        value += strspn(value, " \t\"'");
        size_t end = strcspn(value, "\r\n");
        while (end && strchr(" \t\"'", value[end - 1]))
            end--;
        snprintf(text, size, "%.*s", (int)end, value);
    }
}

static bool has_key(FILE *in, const char *key) {
    char line[1024];
    size_t length = strlen(key);
    bool found = false;
    rewind(in);
    while (!found && fgets(line, sizeof line, in))
        found = !strncmp(line, key, length) && line[length] == ':';
    return found;
}

static json_t *text_json(const char *text) {
    return json_string(pl_is_utf8(text) ? text : "");
}

/* Variants, options and the world of a scenario that can be read. */
static void add_details(json_t *row, const char *path) {
    pl_scenario *scenario = NULL;
    if (pl_scenario_load(path, &scenario, NULL))
        return;
    json_t *variants = json_array(), *options = json_array();
    for (size_t v = 0; v < pl_scenario_variants(scenario); v++)
        json_array_append_new(variants, json_pack("{s:s, s:s}", "name", pl_scenario_variant_name(scenario, v),
                                                  "title", pl_scenario_variant_title(scenario, v)));
    for (size_t o = 0; o < pl_scenario_options(scenario); o++)
        json_array_append_new(options,
                              json_pack("{s:s, s:s, s:b}", "name", pl_scenario_option_name(scenario, o),
                                        "title", pl_scenario_option_title(scenario, o), "on",
                                        (int)pl_scenario_option_on(scenario, o)));
    json_object_set_new(row, "variants", variants);
    json_object_set_new(row, "options", options);
    json_object_set_new(row, "world", json_string(pl_scenario_world(scenario)));
    pl_scenario_free(scenario);
}

static json_t *scenario_json(const char *name, const char *path) {
    char title[512];
    FILE *in = fopen(path, "r");
    if (!in)
        return NULL;
    read_key(in, "title", title, sizeof title);
    bool game = has_key(in, "players");
    fclose(in);
    json_t *row = json_pack("{s:s, s:o, s:s}", "name", name, "title", text_json(*title ? title : name),
                            "kind", game ? "game" : "scenario");
    if (row && !game)
        add_details(row, path);
    return row;
}

static json_t *scenarios_json(const pl_folder *folder) {
    pl_names list;
    pl_error error;
    json_t *rows = json_array();
    if (pl_folder_list(folder, &list, &error))
        return rows;
    for (size_t i = 0; i < list.count; i++) {
        json_t *row = scenario_json(list.names[i], list.paths[i]);
        if (row)
            json_array_append_new(rows, row);
    }
    pl_names_free(&list);
    return rows;
}

static json_t *settings_json(void) {
    const char *name = NULL, *type = NULL, *def = NULL, *help = NULL;
    json_t *rows = json_array();
    for (size_t i = 0; pl_settings_describe(i, &name, &type, &def, &help); i++)
        if (strcmp(name, "threads"))
            json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s}", "name", name, "type", type,
                                                  "default", def, "help", help));
    return rows;
}

char *pl_folder_first(const pl_folder *folder) {
    static const char london[] = "london-2025";
    pl_names list;
    pl_error error;
    if (pl_folder_has(folder, "london-2025.yaml"))
        return strdup(london);
    if (pl_folder_list(folder, &list, &error))
        return NULL;
    char *name = list.count ? strdup(list.names[0]) : NULL;
    pl_names_free(&list);
    return name;
}

/* A newcomer starts in London on 9 June 2025, or with the first scenario there is. */
static json_t *first_json(const pl_folder *folder) {
    json_t *first = json_pack("{s:s}", "tab", "world");
    char *name = pl_folder_first(folder);
    if (name)
        json_object_set_new(first, "scenario", text_json(name));
    if (name && !strcmp(name, "london-2025"))
        json_object_set_new(first, "on", json_string("2025-06-09"));
    free(name);
    return first;
}

char *pl_folder_about(const pl_folder *folder) {
    json_t *worlds = json_array();
    for (size_t i = 0; i < folder->worlds.count; i++)
        json_array_append_new(worlds, text_json(folder->worlds.names[i]));
    json_t *root =
        json_pack("{s:s, s:o, s:o, s:o, s:o}", "version", pl_version(), "scenarios", scenarios_json(folder),
                  "worlds", worlds, "settings", settings_json(), "first", first_json(folder));
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    json_decref(root);
    return text;
}
