/* The server's life: made, step after step, freed. */
#define _GNU_SOURCE
#include "serve/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { KEPT_BYTES = 64 * 1024 * 1024 };

double pl_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void pl_serve_wake(pl_serve *serve) {
    char byte = 0;
    while (write(serve->wake[1], &byte, 1) < 0 && errno == EINTR)
        ;
}

/* ---- made ---- */

static pl_status fail(pl_error *error, const char *text) {
    error->status = PL_INVALID;
    snprintf(error->text, sizeof error->text, "%s", text);
    return PL_INVALID;
}

static pl_status make_token(char *token, size_t size, pl_error *error) {
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return fail(error, "no random numbers for a token can be had");
    for (size_t i = 0; i < sizeof bytes && 2 * i + 2 < size; i++)
        snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    return PL_OK;
}

/* Where others can reach us nobody is answered without a token. */
static pl_status set_token(pl_guard *guard, const char *token, pl_error *error) {
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";
    if (!token)
        return guard->loopback ? PL_OK : make_token(guard->token, sizeof guard->token, error);
    size_t length = strlen(token);
    if (length < 16 || length > 128 || strspn(token, allowed) != length)
        return fail(error, "--token: a token is 16 to 128 letters, digits and . _ ~ -");
    snprintf(guard->token, sizeof guard->token, "%s", token);
    return PL_OK;
}

static void set_lines(pl_serve *serve) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t cores = processors > 0 ? (size_t)processors : 1, half = cores > 3 ? cores / 2 : 1;
    serve->line[PL_AT_DESK] = (pl_line){.most_waiting = PL_MOST_WAITING, .most_running = cores};
    serve->line[PL_SHORT] = (pl_line){.most_waiting = PL_MOST_WAITING_CHILDREN, .most_running = 2, .nice = 2};
    serve->line[PL_MIDDLE] = (pl_line){
        .most_waiting = PL_MOST_WAITING_CHILDREN, .most_running = cores > 2 ? cores - 1 : 1, .nice = 5};
    serve->line[PL_LONG] =
        (pl_line){.most_waiting = PL_MOST_WAITING_CHILDREN, .most_running = half, .nice = 10};
}

static pl_status make_parts(pl_serve *serve, const pl_serve_options *options, pl_error *error) {
    serve->memory.most = KEPT_BYTES;
    set_lines(serve);
    if (pthread_mutex_init(&serve->lock, NULL) || pthread_cond_init(&serve->asked, NULL))
        return PL_NO_MEMORY;
    if (pipe2(serve->wake, O_CLOEXEC | O_NONBLOCK))
        return fail(error, "no pipe can be had");
    serve->program = strdup(options->program ? options->program : "/proc/self/exe");
    if (gethostname(serve->guard.machine, sizeof serve->guard.machine - 1))
        *serve->guard.machine = 0;
    pl_status status =
        serve->program ? pl_folder_open(options->scenarios, &serve->folder, error) : PL_NO_MEMORY;
    return status ? status : pl_desk_new(NULL, &serve->desk, error);
}

static void make_url(pl_serve *serve) {
    const pl_guard *guard = &serve->guard;
    bool any = !strcmp(guard->address, "0.0.0.0") || !strcmp(guard->address, "[::]");
    const char *host = any && *guard->machine ? guard->machine : guard->address;
    snprintf(serve->url, sizeof serve->url, "http://%s:%u/%s%s", host, guard->port,
             *guard->token ? "?token=" : "", guard->token);
}

pl_status pl_serve_new(const pl_serve_options *options, pl_serve **serve, pl_error *error) {
    pl_error unused;
    int listener = -1;
    error = error ? error : &unused;
    *error = (pl_error){PL_OK, ""};
    pl_serve *made = *serve = calloc(1, sizeof *made);
    if (!made)
        return PL_NO_MEMORY;
    made->wake[0] = made->wake[1] = -1;
    pl_status status = make_parts(made, options, error);
    if (!status)
        status = pl_listen(options->address, options->port, &made->guard, &listener, error);
    if (!status)
        status = set_token(&made->guard, options->token, error);
    if (!status)
        status = pl_clerks_start(made, error);
    if (!status)
        status = pl_http_start(made, listener, error);
    if (status) {
        if (listener >= 0)
            close(listener);
        pl_serve_free(made);
        *serve = NULL;
        return status;
    }
    make_url(made);
    return PL_OK;
}

const char *pl_serve_url(const pl_serve *serve) {
    return serve->url;
}

/* ---- a step ---- */

/* A viewer that sleeps, by the socket on which its going would show. */
typedef struct {
    pl_viewer *viewer;
    unsigned long round;
} watch;

typedef struct {
    struct pollfd *file;
    watch *watched; /* [count - first] */
    size_t count, first, room;
} watching;

static bool add_file(watching *w, int file, short events, pl_viewer *viewer) {
    if (w->count == w->room) {
        size_t room = w->room ? 2 * w->room : 64;
        struct pollfd *files = realloc(w->file, room * sizeof *files);
        w->file = files ? files : w->file;
        watch *watched = realloc(w->watched, room * sizeof *watched);
        w->watched = watched ? watched : w->watched;
        if (!files || !watched)
            return false;
        w->room = room;
    }
    w->file[w->count] = (struct pollfd){.fd = file, .events = events};
    w->watched[w->count++] = (watch){viewer, viewer ? viewer->round : 0};
    return true;
}

static void add_viewers(watching *w, const pl_job *list) {
    for (const pl_job *job = list; job; job = job->next)
        for (pl_viewer *viewer = job->viewer; viewer; viewer = viewer->next) {
            const union MHD_ConnectionInfo *info =
                viewer->asleep
                    ? MHD_get_connection_info(viewer->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                    : NULL;
            if (info)
                add_file(w, info->connect_fd, POLLRDHUP, viewer);
        }
}

static void watch_all(pl_serve *serve, watching *w) {
    add_file(w, serve->wake[0], POLLIN, NULL);
    for (const pl_job *job = serve->working; job; job = job->next) {
        if (job->child.out >= 0)
            add_file(w, job->child.out, POLLIN, NULL);
        if (job->child.err >= 0)
            add_file(w, job->child.err, POLLIN, NULL);
    }
    w->first = w->count;
    add_viewers(w, serve->working);
    add_viewers(w, serve->desk_jobs);
    for (int queue = 0; queue < PL_QUEUES; queue++)
        add_viewers(w, serve->line[queue].first);
}

static bool still_asleep(const pl_job *list, const watch *watched) {
    for (const pl_job *job = list; job; job = job->next)
        for (const pl_viewer *viewer = job->viewer; viewer; viewer = viewer->next)
            if (viewer == watched->viewer)
                return viewer->asleep && viewer->round == watched->round;
    return false;
}

/* Whether the viewer slept all the while, so that the sign was from its socket and not from a later one of the same number. */
static bool slept(const pl_serve *serve, const watch *watched) {
    if (still_asleep(serve->working, watched) || still_asleep(serve->desk_jobs, watched))
        return true;
    for (int queue = 0; queue < PL_QUEUES; queue++)
        if (still_asleep(serve->line[queue].first, watched))
            return true;
    return false;
}

static void let_go(pl_serve *serve, const watching *w) {
    for (size_t i = w->first; i < w->count; i++)
        if (w->file[i].revents && slept(serve, &w->watched[i])) {
            pl_viewer *viewer = w->watched[i].viewer;
            viewer->gone = true;
            pl_jobs_leave(viewer);
            pl_viewer_wake(viewer);
        }
}

static void drain(int file) {
    char bytes[256];
    while (read(file, bytes, sizeof bytes) > 0)
        ;
}

/* After a rush what is free goes back to the system, once there is time. */
static void give_back(pl_serve *serve, bool busy) {
    double now = pl_clock();
    if (busy)
        serve->used = now;
    else if (serve->used > 0 && now - serve->used > 1) {
        serve->used = 0;
#ifdef __GLIBC__
        malloc_trim(0);
#endif
    }
}

void pl_serve_step(pl_serve *serve, int milliseconds) {
    watching w = {0};
    pthread_mutex_lock(&serve->lock);
    pl_children_look(serve);
    pl_jobs_hurry(serve);
    pl_jobs_call(serve);
    watch_all(serve, &w);
    bool busy = serve->working || w.count > w.first;
    pthread_mutex_unlock(&serve->lock);
    give_back(serve, busy);
    int wait = busy && milliseconds > 20 ? 20 : milliseconds;
    if (poll(w.file, w.count, wait) < 0 && errno != EINTR)
        memset(w.file, 0, w.count * sizeof *w.file);
    drain(serve->wake[0]);
    pthread_mutex_lock(&serve->lock);
    let_go(serve, &w);
    pthread_mutex_unlock(&serve->lock);
    free(w.file);
    free(w.watched);
}

/* ---- freed ---- */

void pl_serve_free(pl_serve *serve) {
    if (!serve)
        return;
    pthread_mutex_lock(&serve->lock);
    pl_jobs_end(serve);
    pl_children_end(serve);
    pthread_mutex_unlock(&serve->lock);
    pl_clerks_join(serve);
    pl_http_stop(serve);
    pl_memory_clear(&serve->memory);
    pl_desk_free(serve->desk);
    pl_folder_close(&serve->folder);
    for (int i = 0; i < 2; i++)
        if (serve->wake[i] >= 0)
            close(serve->wake[i]);
    pthread_cond_destroy(&serve->asked);
    pthread_mutex_destroy(&serve->lock);
    free(serve->program);
    free(serve);
}
