/* Files as they were when they were read, so that a change is seen. */
#include "report/desk.h"

#include <string.h>
#include <sys/stat.h>

/* All zero when there is no such file. */
static pl_stamp look_at(const char *path) {
    struct stat info;
    if (stat(path, &info))
        return (pl_stamp){0};
    return (pl_stamp){.device = (unsigned long long)info.st_dev,
                      .inode = (unsigned long long)info.st_ino,
                      .size = (unsigned long long)info.st_size,
                      .seconds = info.st_mtim.tv_sec,
                      .nanoseconds = info.st_mtim.tv_nsec};
}

static bool is_same(const pl_stamp *a, const pl_stamp *b) {
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->seconds == b->seconds &&
           a->nanoseconds == b->nanoseconds;
}

void pl_stamps_begin(pl_stamps *s) {
    clock_gettime(CLOCK_REALTIME, &s->begun);
}

void pl_stamps_clear(pl_stamps *s) {
    for (size_t k = 0; k < s->count; k++)
        free(s->item[k].path);
    free(s->item);
    memset(s, 0, sizeof *s);
}

/* Times of files move in steps of a few milliseconds, so that one written just now could be written again unseen. */
static bool is_fresh(const pl_stamps *s, const pl_stamp *stamp) {
    const double settled = 0.05;
    double age =
        (double)(s->begun.tv_sec - stamp->seconds) + 1e-9 * (double)(s->begun.tv_nsec - stamp->nanoseconds);
    return stamp->inode && age < settled;
}

pl_status pl_stamps_note(pl_stamps *s, const char *path, pl_error *error) {
    pl_stamp stamp = look_at(path);
    if (is_fresh(s, &stamp))
        stamp.inode = 0;
    stamp.path = pl_strdup(path);
    if (!stamp.path || !pl_grow(&s->item, &s->room, s->count, sizeof *s->item)) {
        free(stamp.path);
        return pl_fail_memory(error, sizeof stamp);
    }
    s->item[s->count++] = stamp;
    return PL_OK;
}

bool pl_stamps_changed(const pl_stamps *s) {
    for (size_t k = 0; k < s->count; k++) {
        pl_stamp now = look_at(s->item[k].path);
        if (!is_same(&s->item[k], &now))
            return true;
    }
    return false;
}

pl_status pl_stamps_note_tables(pl_stamps *s, const pl_scenario *scenario, pl_error *error) {
    for (size_t k = 0; k < scenario->scopes; k++) {
        const pl_scope *scope = scenario->scope[k];
        for (size_t m = 0; m < scope->measures; m++) {
            if (!scope->measure[m]->file)
                continue;
            char *path = pl_scope_path(scope, scope->measure[m]->file);
            pl_status status = path ? pl_stamps_note(s, path, error) : pl_fail_memory(error, 1);
            free(path);
            if (status)
                return status;
        }
    }
    return PL_OK;
}

pl_status pl_world_file(const pl_scenario *s, char **path, pl_error *error) {
    *path = NULL;
    if (s->world_node)
        return PL_OK;
    const char *name = *s->world ? s->world : PL_DEFAULT_WORLD;
    pl_names list = {0};
    pl_status status = strchr(name, '/') || s->world_beside ? PL_OK : pl_world_list(&list, error);
    for (size_t k = 0; k < list.count && !*path; k++)
        if (!strcmp(list.names[k], name))
            *path = pl_strdup(list.paths[k]);
    pl_names_free(&list);
    if (!status && !*path)
        *path = s->world_beside ? pl_scope_path(s->scope[0], name) : pl_strdup(name);
    return status || *path ? status : pl_fail_memory(error, strlen(name));
}

char *pl_stamp_text(const char *path) {
    pl_stamp s = look_at(path);
    return pl_format("%llu %llu %llu %lld %lld", s.device, s.inode, s.size, s.seconds, s.nanoseconds);
}
