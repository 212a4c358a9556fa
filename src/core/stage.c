/* Files written aside, then renamed together. */
#include "core/core.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void pl_stage_init(pl_stage *stage) {
    memset(stage, 0, sizeof *stage);
}

/* A file may be replaced; a folder, a device or a pipe is told of before any work is done. */
static bool can_be_replaced(const char *path, pl_error *error) {
    struct stat there;
    if (stat(path, &there) || S_ISREG(there.st_mode))
        return true;
    pl_fail(error, PL_IO, "cannot write %s: %s", path,
            S_ISDIR(there.st_mode) ? "Is a directory" : "it is no ordinary file");
    return false;
}

const char *pl_stage_path(pl_stage *stage, const char *final_path, pl_error *error) {
    if (!can_be_replaced(final_path, error))
        return NULL;
    const char *slash = strrchr(final_path, '/');
    int folder = slash ? (int)(slash - final_path) + 1 : 0;
    const char *base = final_path + folder;
    char *temporary = pl_format("%.*s.%s.%ld.part", folder, final_path, base, (long)getpid());
    if (!temporary) {
        pl_fail_memory(error, strlen(final_path));
        return NULL;
    }
    FILE *probe = fopen(temporary, "wb");
    if (!probe || fclose(probe)) {
        pl_fail_errno(error, "cannot write", final_path);
        free(temporary);
        return NULL;
    }
    bool kept = pl_strings_add(&stage->temporary, temporary);
    if (!kept || !pl_strings_add(&stage->final, final_path)) {
        unlink(temporary);
        free(temporary);
        if (kept)
            free(stage->temporary.item[--stage->temporary.count]);
        pl_fail_memory(error, strlen(final_path));
        return NULL;
    }
    free(temporary);
    return stage->temporary.item[stage->temporary.count - 1];
}

pl_status pl_stage_commit(pl_stage *stage, pl_error *error) {
    for (size_t i = 0; i < stage->temporary.count; i++) {
        if (rename(stage->temporary.item[i], stage->final.item[i])) {
            pl_status status = pl_fail_errno(error, "cannot write", stage->final.item[i]);
            pl_stage_abort(stage);
            return status;
        }
    }
    pl_strings_clear(&stage->temporary);
    pl_strings_clear(&stage->final);
    return PL_OK;
}

void pl_stage_abort(pl_stage *stage) {
    for (size_t i = 0; i < stage->temporary.count; i++)
        unlink(stage->temporary.item[i]);
    pl_strings_clear(&stage->temporary);
    pl_strings_clear(&stage->final);
}

pl_status pl_make_folder(const char *path, pl_error *error) {
    char *copy = pl_strdup(path);
    if (!copy)
        return pl_fail_memory(error, strlen(path));
    for (char *p = copy + 1;; p++) {
        if (*p && *p != '/')
            continue;
        char kept = *p;
        *p = 0;
        if (mkdir(copy, 0777) && errno != EEXIST) {
            pl_status status = pl_fail_errno(error, "cannot make folder", copy);
            free(copy);
            return status;
        }
        if (!kept)
            break;
        *p = kept;
    }
    free(copy);
    return PL_OK;
}
