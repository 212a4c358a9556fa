/* Child processes of the same program: begun, heard, bounded, stopped. Everything here needs the lock. */
#define _GNU_SOURCE
#include "serve/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sanitizers reserve more address space than any sensible limit. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

enum { MOST_SECONDS = 1800, MOST_SAID = 65536, GRACE = 1 };
static const rlim_t MOST_MEMORY = (rlim_t)6 << 30;

extern char **environ;

/* ---- beginning ---- */

typedef struct {
    char **item;
    size_t count;
    char *made[8];
    size_t makes;
} surroundings;

static bool put(surroundings *s, const char *name, const char *value) {
    size_t size = strlen(name) + strlen(value) + 2, length = strlen(name);
    char *text = malloc(size);
    if (!text)
        return false;
    snprintf(text, size, "%s=%s", name, value);
    s->made[s->makes++] = text;
    for (size_t i = 0; i < s->count; i++)
        if (!strncmp(s->item[i], name, length) && s->item[i][length] == '=') {
            s->item[i] = text;
            return true;
        }
    s->item[s->count++] = text;
    return true;
}

static void clear_surroundings(surroundings *s) {
    for (size_t i = 0; i < s->makes; i++)
        free(s->made[i]);
    free(s->item);
}

/* Puts a list of folders as seen from here, for a child that works in the scenario folder. */
static bool put_folders(surroundings *s, const char *name) {
    const char *list = getenv(name);
    char *here = list ? getcwd(NULL, 0) : NULL, *text = NULL;
    size_t size = 0;
    FILE *out = here ? open_memstream(&text, &size) : NULL;
    for (const char *part = list; out && part; part = *part ? part + 1 : NULL) {
        size_t length = strcspn(part, ":");
        if (length)
            fprintf(out, "%s%s%s%.*s", part == list ? "" : ":", *part == '/' ? "" : here,
                    *part == '/' ? "" : "/", (int)length, part);
        part += length;
    }
    bool made = !list || (out && !fclose(out) && put(s, name, text));
    free(here);
    free(text);
    return made;
}

/* The environment of a child: it says how far it is, ends with the server, and finds what a posted scenario names in the scenario
 * folder only. */
static bool make_surroundings(const pl_job *job, surroundings *s) {
    char parent[32];
    size_t count = 0;
    while (environ[count])
        count++;
    *s = (surroundings){.item = calloc(count + 9, sizeof *s->item)};
    if (!s->item)
        return false;
    memcpy(s->item, environ, count * sizeof *environ);
    s->count = count;
    snprintf(parent, sizeof parent, "%ld", (long)getpid());
    return put_folders(s, "PARLEY_WORLDS") && put_folders(s, "PARLEY_SERIES") &&
           put(s, "PARLEY_PROGRESS", "json") && put(s, "PARLEY_PARENT", parent) && put(s, "NO_COLOR", "1") &&
           (!job->ask.posted || put(s, "PARLEY_FILES", job->serve->folder.path));
}

/* The posted text as a file without a name. */
static int body_file(const pl_job *job) {
    int file = memfd_create("scenario", MFD_CLOEXEC);
    size_t done = 0;
    while (file >= 0 && done < job->length) {
        ssize_t wrote = write(file, job->body + done, job->length - done);
        if (wrote <= 0) {
            close(file);
            return -1;
        }
        done += (size_t)wrote;
    }
    if (file >= 0)
        lseek(file, 0, SEEK_SET);
    return file;
}

static int prepare(const pl_job *job, posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes,
                   const int *out, const int *err, int body) {
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGTERM);
    sigaddset(&usual, SIGPIPE);
    int code = posix_spawn_file_actions_addchdir_np(actions, job->serve->folder.path);
    code = code        ? code
           : body >= 0 ? posix_spawn_file_actions_adddup2(actions, body, 0)
                       : posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    code = code ? code : posix_spawn_file_actions_adddup2(actions, out[1], 1);
    code = code ? code : posix_spawn_file_actions_adddup2(actions, err[1], 2);
    code = code ? code : posix_spawn_file_actions_addclosefrom_np(actions, 3);
    code = code ? code : posix_spawnattr_setsigmask(attributes, &none);
    code = code ? code : posix_spawnattr_setsigdefault(attributes, &usual);
    code = code ? code : posix_spawnattr_setpgroup(attributes, 0);
    return code ? code
                : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                           POSIX_SPAWN_SETSIGDEF);
}

static void bound(pid_t pid, int nice) {
    struct rlimit time = {MOST_SECONDS, MOST_SECONDS + 10}, none = {0, 0};
    setpriority(PRIO_PROCESS, (id_t)pid, nice);
    prlimit(pid, RLIMIT_CPU, &time, NULL);
    prlimit(pid, RLIMIT_CORE, &none, NULL);
#ifndef SANITIZED
    struct rlimit memory = {MOST_MEMORY, MOST_MEMORY};
    prlimit(pid, RLIMIT_AS, &memory, NULL);
#else
    (void)MOST_MEMORY;
#endif
}

static int spawn(pl_job *job, const int *out, const int *err, int body) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    surroundings around;
    if (!make_surroundings(job, &around)) {
        clear_surroundings(&around);
        return ENOMEM;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int code = prepare(job, &actions, &attributes, out, err, body);
    if (!code)
        code = posix_spawn(&job->child.pid, job->serve->program, &actions, &attributes, job->ask.argv,
                           around.item);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    clear_surroundings(&around);
    if (code)
        job->child.pid = 0;
    else
        bound(job->child.pid, job->serve->line[job->ask.queue].nice);
    return code;
}

static void close_pipe(int *pipe) {
    for (int i = 0; i < 2; i++)
        if (pipe[i] >= 0)
            close(pipe[i]);
}

static bool begin(pl_job *job) {
    int out[2] = {-1, -1}, err[2] = {-1, -1}, body = job->ask.posted ? body_file(job) : -1;
    bool ready = (!job->ask.posted || body >= 0) && !pipe2(out, O_CLOEXEC) && !pipe2(err, O_CLOEXEC);
    int code = ready ? spawn(job, out, err, body) : errno;
    if (body >= 0)
        close(body);
    if (code || !ready) {
        close_pipe(out);
        close_pipe(err);
        return false;
    }
    close(out[1]);
    close(err[1]);
    job->child.out = out[0];
    job->child.err = err[0];
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    fcntl(err[0], F_SETFL, O_NONBLOCK);
    job->child.started = pl_clock();
    return true;
}

void pl_children_begin(pl_serve *serve) {
    for (int queue = PL_SHORT; queue < PL_QUEUES; queue++)
        for (pl_job *job; !serve->ending && (job = pl_jobs_next(serve, (pl_queue)queue));)
            if (!begin(job))
                pl_jobs_finish(job, pl_answer_refusal(503, 503, "the server cannot start another process"));
}

/* ---- stopping ---- */

void pl_child_stop(pl_job *job, const char *why) {
    pl_child *child = &job->child;
    if (!child->pid || child->stopped)
        return;
    child->stopped = why;
    child->kill_at = pl_clock() + GRACE;
    kill(-child->pid, SIGINT);
}

static void insist(pl_child *child, double now) {
    if (child->stopped && now >= child->kill_at) {
        kill(-child->pid, SIGKILL);
        child->kill_at = now + GRACE;
    }
}

/* ---- hearing ---- */

/* Reads what is there; false when the other end is closed. Keeps `most` bytes and drops the rest. */
static bool hear(int file, char **text, size_t *length, size_t *room, size_t most, bool *too_much) {
    char buffer[65536];
    ssize_t got;
    while ((got = read(file, buffer, sizeof buffer)) > 0) {
        if (*length + (size_t)got > most) {
            *too_much = true;
            continue;
        }
        if (*length + (size_t)got + 1 > *room) {
            size_t wanted = 2 * (*length + (size_t)got + 1);
            char *grown = realloc(*text, wanted);
            if (!grown) {
                *too_much = true;
                continue;
            }
            *text = grown;
            *room = wanted;
        }
        memcpy(*text + *length, buffer, (size_t)got);
        *length += (size_t)got;
        (*text)[*length] = 0;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

/* What follows a mark at the start of a line of `length` bytes, copied; false for another line. An empty text is one too long. */
static bool is_marked(const char *from, size_t length, const char *mark, char *text, size_t size) {
    size_t skip = strlen(mark);
    if (length < skip || strncmp(from, mark, skip))
        return false;
    *text = 0;
    if (length - skip < size) {
        memcpy(text, from + skip, length - skip);
        text[length - skip] = 0;
    }
    return true;
}

/* Takes the lines of progress and those of points found out of what was said, and tells the viewers of all points and of the last
 * progress. */
static void take_progress(pl_job *job) {
    pl_child *child = &job->child;
    char *from = child->says, *to = child->says, last[sizeof job->progress] = "", point[sizeof last];
    for (char *end; from && (end = strchr(from, '\n')); from = end + 1) {
        size_t length = (size_t)(end - from);
        if (is_marked(from, length, "@point ", point, sizeof point)) {
            if (pl_is_utf8(point) && *point)
                pl_jobs_point(job, point);
        } else if (!is_marked(from, length, "@progress ", last, sizeof last)) {
            memmove(to, from, length + 1);
            to += length + 1;
        }
    }
    if (!from)
        return;
    size_t rest = child->says_length - (size_t)(from - child->says);
    memmove(to, from, rest + 1);
    child->says_length = (size_t)(to - child->says) + rest;
    if (*last && pl_is_utf8(last))
        pl_jobs_tell(job, last);
}

static void hear_child(pl_job *job) {
    pl_child *child = &job->child;
    bool too_much = false, ignored = false;
    if (child->err >= 0 &&
        !hear(child->err, &child->says, &child->says_length, &child->says_room, MOST_SAID, &ignored)) {
        close(child->err);
        child->err = -1;
    }
    if (child->says)
        take_progress(job);
    if (child->out >= 0 &&
        !hear(child->out, &child->text, &child->length, &child->room, PL_MOST_ANSWER, &too_much)) {
        close(child->out);
        child->out = -1;
    }
    if (too_much)
        pl_child_stop(job, "the answer is larger than the server allows");
}

/* ---- ending ---- */

/* The answer of a child that has ended with `state` of waitpid. */
static pl_answer *conclude(pl_job *job, int state) {
    pl_child *child = &job->child;
    char text[1024];
    int code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
    if (child->stopped)
        return pl_answer_refusal(503, 130, child->stopped);
    if ((code == 0 || code == 1) && child->length) {
        char *answer = child->text;
        child->text = NULL;
        return pl_answer_new(200, answer, child->length);
    }
    pl_message_clean(&job->serve->folder, child->says ? child->says : "", text, sizeof text);
    if (code < 0)
        return pl_answer_refusal(503, 130, "the work was stopped: it needed too much time or memory");
    return pl_answer_refusal(code == 130 ? 503 : 400, code, *text ? text : "there was no answer");
}

static void close_child(pl_child *child) {
    if (child->out >= 0)
        close(child->out);
    if (child->err >= 0)
        close(child->err);
    child->out = child->err = -1;
    child->pid = 0;
}

void pl_children_look(pl_serve *serve) {
    double now = pl_clock();
    for (pl_job *job = serve->working, *next; job; job = next) {
        int state = 0;
        next = job->next;
        hear_child(job);
        if (now - job->child.started > MOST_SECONDS)
            pl_child_stop(job, "the work took longer than the server allows");
        insist(&job->child, now);
        if (waitpid(job->child.pid, &state, WNOHANG) != job->child.pid)
            continue;
        hear_child(job);
        close_child(&job->child);
        pl_jobs_finish(job, conclude(job, state));
    }
    pl_children_begin(serve);
}

void pl_children_end(pl_serve *serve) {
    const struct timespec pause = {0, 10000000};
    for (int turn = 0; serve->working && turn < 30; turn++) {
        pl_children_look(serve);
        nanosleep(&pause, NULL);
    }
    for (pl_job *job = serve->working, *next; job; job = next) {
        next = job->next;
        kill(-job->child.pid, SIGKILL);
        waitpid(job->child.pid, NULL, 0);
        close_child(&job->child);
        pl_jobs_finish(job, pl_answer_refusal(503, 130, "the server is ending"));
    }
}

/* ---- what was said ---- */

/* Writes `text` without every `part`. */
static void without(char *text, const char *part, const char *instead) {
    size_t length = strlen(part), other = strlen(instead);
    for (char *at = text; length >= other && (at = strstr(at, part)); at += other) {
        memcpy(at, instead, other);
        memmove(at + other, at + length, strlen(at + length) + 1);
    }
}

void pl_message_clean(const pl_folder *folder, const char *says, char *text, size_t size) {
    char prefix[4096];
    const char *from = strstr(says, "parley");
    from = from && (from == says || from[-1] == '\n') ? from : says;
    snprintf(text, size, "%.*s", (int)strcspn(from, "\n"), from);
    if (!strncmp(text, "parley: ", 8))
        memmove(text, text + 8, strlen(text + 8) + 1);
    snprintf(prefix, sizeof prefix, "%s/", folder->path);
    without(text, prefix, "");
    without(text, "/dev/stdin", "scenario");
}
