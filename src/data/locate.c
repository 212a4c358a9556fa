/* Finding worlds: built-in names in the folders searched, files and folders by path. */
#include "data/data.h"
#include "core/yaml.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- folders ---- */

/* Adds the parts of a colon-separated list. */
static bool add_folders(pl_strings *folders, const char *list) {
    while (list && *list) {
        size_t length = strcspn(list, ":");
        char *folder = pl_format("%.*s", (int)length, list);
        bool added = folder && (!length || pl_strings_add(folders, folder));
        free(folder);
        if (!added)
            return false;
        list += length + (list[length] == ':');
    }
    return true;
}

/* The folders beside the program: ../worlds in a build tree, ../share/parley/worlds where it is installed. */
static bool add_beside_program(pl_strings *folders) {
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return true;
    path[length] = 0;
    char *slash = strrchr(path, '/');
    if (!slash)
        return true;
    *slash = 0;
    char *built = pl_format("%s/../worlds", path), *installed = pl_format("%s/../share/parley/worlds", path);
    bool added = built && installed && pl_strings_add(folders, built) && pl_strings_add(folders, installed);
    free(built);
    free(installed);
    return added;
}

static pl_status list_folders(pl_strings *folders, pl_error *error) {
    if (add_folders(folders, getenv("PARLEY_WORLDS")) && add_folders(folders, PL_WORLD_FOLDERS) &&
        add_beside_program(folders))
        return PL_OK;
    pl_strings_clear(folders);
    return pl_fail_memory(error, 4096);
}

/* ---- built-in worlds ---- */

void pl_names_free(pl_names *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->names[i]);
        free(list->paths[i]);
    }
    free(list->names);
    free(list->paths);
    memset(list, 0, sizeof *list);
}

static bool ends_with(const char *text, const char *ending) {
    size_t a = strlen(text), b = strlen(ending);
    return a >= b && pl_same_word(text + a - b, ending);
}

/* Puts a world in its place in the sorted list; one of the same name found earlier stays. */
static bool add_world(pl_names *list, const char *folder, const char *file) {
    char *name = pl_format("%.*s", (int)(strlen(file) - 3), file);
    char *path = pl_format("%s/%s", folder, file);
    size_t at = 0;
    while (name && at < list->count && strcmp(list->names[at], name) < 0)
        at++;
    bool known = name && at < list->count && !strcmp(list->names[at], name);
    char **names = realloc(list->names, (list->count + 1) * sizeof *names);
    list->names = names ? names : list->names;
    char **paths = realloc(list->paths, (list->count + 1) * sizeof *paths);
    list->paths = paths ? paths : list->paths;
    if (!name || !path || !names || !paths || known) {
        free(name);
        free(path);
        return known && path && names && paths;
    }
    memmove(names + at + 1, names + at, (list->count - at) * sizeof *names);
    memmove(paths + at + 1, paths + at, (list->count - at) * sizeof *paths);
    names[at] = name;
    paths[at] = path;
    list->count++;
    return true;
}

/* Adds the worlds of one folder; a folder that is not there has none. */
static bool scan_folder(pl_names *list, const char *folder) {
    DIR *dir = opendir(folder);
    bool added = true;
    for (struct dirent *entry; dir && added && (entry = readdir(dir));)
        if (entry->d_name[0] != '.' && ends_with(entry->d_name, ".nc"))
            added = add_world(list, folder, entry->d_name);
    if (dir)
        closedir(dir);
    return added;
}

pl_status pl_world_list(pl_names *list, pl_error *error) {
    pl_strings folders = {0};
    memset(list, 0, sizeof *list);
    pl_status status = list_folders(&folders, error);
    for (size_t f = 0; f < folders.count && !status; f++)
        if (!scan_folder(list, folders.item[f]))
            status = pl_fail_memory(error, strlen(folders.item[f]));
    pl_strings_clear(&folders);
    if (status)
        pl_names_free(list);
    return status;
}

/* "unknown world 'wiod-2104' (did you mean 'wiod-2014'?); built in: wiod-2014, world-2022" */
static pl_status unknown_world(const char *name, const pl_names *list, pl_error *error) {
    char near[160], known[512] = "none was found";
    size_t used = 0;
    for (size_t i = 0; i < list->count && used < sizeof known; i++) {
        int length = snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", list->names[i]);
        used += length > 0 ? (size_t)length : 0;
    }
    pl_suggest_text(near, sizeof near, name, (const char *const *)list->names, list->count);
    return pl_fail(error, PL_INVALID,
                   "unknown world '%s'%s; it is neither a file, a folder, nor one of the built-in worlds: %s",
                   name, near, known);
}

/* Makes the path of a built-in world, on the heap; NULL path when there is none of that name. */
static pl_status find_builtin(const char *name, char **path, pl_names *list, pl_error *error) {
    *path = NULL;
    pl_status status = pl_world_list(list, error);
    for (size_t i = 0; i < list->count && !status && !*path; i++) {
        if (strcmp(list->names[i], name))
            continue;
        *path = pl_strdup(list->paths[i]);
        if (!*path)
            status = pl_fail_memory(error, strlen(list->paths[i]));
    }
    return status;
}

/* ---- opening ---- */

static bool is_file_name(const char *name) {
    return strchr(name, '/') || ends_with(name, ".nc") || ends_with(name, ".json") ||
           ends_with(name, ".yaml") || ends_with(name, ".yml");
}

static pl_status open_path(const char *path, bool folder, pl_world **world, pl_error *error) {
    if (folder)
        return pl_world_import_flows(path, world, NULL, error);
    if (ends_with(path, ".json"))
        return pl_world_import_json(path, world, error);
    if (ends_with(path, ".yaml") || ends_with(path, ".yml"))
        return pl_world_import_yaml(path, world, error);
    return pl_netcdf_read(path, world, error);
}

/* Opens a world; `*origin` is the path it came from, on the heap, for later messages. */
static pl_status open_world(const char *name, pl_world **world, char **origin, pl_error *error) {
    struct stat info;
    pl_names list = {0};
    pl_status status = PL_OK;
    *world = NULL;
    *origin = NULL;
    if (!is_file_name(name))
        status = find_builtin(name, origin, &list, error);
    bool there = !status && !*origin && *name && !stat(name, &info);
    if (!status && !*origin && !there)
        status = is_file_name(name) ? pl_fail_errno(error, "cannot read", name)
                                    : unknown_world(name, &list, error);
    pl_names_free(&list);
    if (!status && !*origin && !(*origin = pl_strdup(name)))
        status = pl_fail_memory(error, strlen(name));
    if (!status)
        status = open_path(*origin, there && S_ISDIR(info.st_mode), world, error);
    return status;
}

pl_status pl_world_open(const char *name, pl_world **world, pl_error *error) {
    char *origin = NULL;
    pl_status status = open_world(name, world, &origin, error);
    free(origin);
    return status;
}

pl_status pl_world_load(const char *name, pl_world **world, pl_error *error) {
    char *origin = NULL;
    pl_status status = open_world(name, world, &origin, error);
    if (!status)
        status = pl_world_refuse(*world, origin, error);
    if (status) {
        pl_world_free(*world);
        *world = NULL;
    }
    free(origin);
    return status;
}
