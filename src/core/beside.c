/* Files that files name: where they are looked for, and which of them may be read. */
#include "core/core.h"

#include <stdlib.h>
#include <string.h>

/* Whether a path leads into the folder, links followed. */
static bool is_inside(const char *folder, const char *path) {
    char *real_folder = realpath(folder, NULL), *real_path = realpath(path, NULL);
    size_t length = real_folder ? strlen(real_folder) : 0;
    bool inside = real_folder && real_path && !strncmp(real_path, real_folder, length) &&
                  (real_path[length] == '/' || !real_path[length] || length == 1);
    free(real_folder);
    free(real_path);
    return inside;
}

char *pl_beside(const char *file, const char *path) {
    const char *only = getenv("PARLEY_FILES"), *slash = file ? strrchr(file, '/') : NULL;
    if (*path == '/')
        return pl_strdup(path);
    char *folder = slash ? pl_format("%.*s", (int)(slash - file) + 1, file) : pl_strdup("");
    bool within = folder && only && is_inside(only, *folder ? folder : ".");
    char *full = !folder
                     ? NULL
                     : pl_format("%s%s%s", only && !within ? only : folder, only && !within ? "/" : "", path);
    free(folder);
    return full;
}

static bool climbs(const char *path) {
    for (const char *part = path; part; part = strchr(part, '/'), part += part != NULL)
        if (!strncmp(part, "..", 2) && (part[2] == '/' || !part[2]))
            return true;
    return *path == '/';
}

bool pl_may_read(const char *file, const char *path) {
    const char *only = getenv("PARLEY_FILES");
    if (!only)
        return true;
    char *full = climbs(path) ? NULL : pl_beside(file, path);
    char *real = full ? realpath(full, NULL) : NULL;
    bool allowed = full && (!real || is_inside(only, full));
    free(real);
    free(full);
    return allowed;
}
