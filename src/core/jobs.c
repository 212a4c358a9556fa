/* Jobs handed out in order to threads, each with a tool of its own. */
#include "core/core.h"

#include <pthread.h>
#include <unistd.h>

typedef struct {
    const pl_jobs *jobs;
    size_t next, failed_at;
    pthread_mutex_t lock;
    pl_status status;
    pl_error error;
} crew;

/* The next job, or the count when there is none left or something failed. */
static size_t take_next(crew *c) {
    pthread_mutex_lock(&c->lock);
    size_t count = c->jobs->count, taken = c->status == PL_OK && c->next < count ? c->next++ : count;
    pthread_mutex_unlock(&c->lock);
    return taken;
}

/* Keeps the failure of the earliest job, so that the message does not depend on the threads. */
static void keep_failure(crew *c, size_t at, pl_status status, const pl_error *error) {
    pthread_mutex_lock(&c->lock);
    if (c->status == PL_OK || at < c->failed_at) {
        c->status = status;
        c->error = *error;
        c->failed_at = at;
    }
    pthread_mutex_unlock(&c->lock);
}

static void *work(void *data) {
    crew *c = data;
    const pl_jobs *jobs = c->jobs;
    void *tool = NULL;
    pl_error error = {PL_OK, ""};
    pl_status status = jobs->open(jobs->data, &tool, &error);
    if (status) {
        keep_failure(c, jobs->count, status, &error);
        return NULL;
    }
    for (size_t at = take_next(c); at < jobs->count; at = take_next(c)) {
        status = jobs->run(jobs->data, tool, at, &error);
        if (status)
            keep_failure(c, at, status, &error);
    }
    jobs->close(tool);
    return NULL;
}

size_t pl_processors(void) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (size_t)online : 1;
}

pl_status pl_jobs_run(const pl_jobs *jobs, size_t threads, pl_error *error) {
    enum { MOST = 256 };
    pthread_t thread[MOST];
    size_t started = 0, most = threads ? threads : pl_processors(),
           wanted = most < jobs->count ? most : jobs->count;
    crew c = {.jobs = jobs};
    pthread_mutex_init(&c.lock, NULL);
    for (; started + 1 < wanted && started < MOST; started++)
        if (pthread_create(&thread[started], NULL, work, &c))
            break; /* fewer threads do the same work */
    work(&c);
    for (size_t t = 0; t < started; t++)
        pthread_join(thread[t], NULL);
    pthread_mutex_destroy(&c.lock);
    if (c.status && error)
        *error = c.error;
    return c.status;
}
