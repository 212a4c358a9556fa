/* Jobs in their lines, and the viewers who wait for them. Everything here needs the lock. */
#include "serve/serve.h"

#include <stdlib.h>
#include <string.h>

/* ---- viewers ---- */

void pl_viewer_sleep(pl_viewer *viewer) {
    viewer->asleep = true;
    viewer->round = ++viewer->serve->rounds;
    MHD_suspend_connection(viewer->connection);
}

void pl_viewer_wake(pl_viewer *viewer) {
    if (!viewer->asleep)
        return;
    viewer->asleep = false;
    MHD_resume_connection(viewer->connection);
}

static void sit_down(pl_job *job, pl_viewer *viewer) {
    viewer->job = job;
    viewer->before = NULL;
    viewer->next = job->viewer;
    if (job->viewer)
        job->viewer->before = viewer;
    job->viewer = viewer;
    job->viewers++;
}

static void stand_up(pl_viewer *viewer) {
    pl_job *job = viewer->job;
    *(viewer->before ? &viewer->before->next : &job->viewer) = viewer->next;
    if (viewer->next)
        viewer->next->before = viewer->before;
    viewer->next = viewer->before = NULL;
    viewer->job = NULL;
    job->viewers--;
}

/* ---- jobs ---- */

static void free_job(pl_job *job) {
    pl_ask_clear(&job->ask);
    pl_target_clear(&job->target);
    free(job->body);
    for (size_t k = 0; k < job->points; k++)
        free(job->point[k]);
    free(job->point);
    free(job->child.text);
    free(job->child.says);
    free(job);
}

static bool same_question(const pl_job *job, const char *key, const char *body, size_t length) {
    return !job->stop && job->length == length && !strcmp(job->ask.key, key) &&
           (!length || !memcmp(job->body, body, length));
}

/* A job, waiting or at work, that answers the same question. */
static pl_job *find_job(pl_serve *serve, const pl_ask *ask, const char *body, size_t length) {
    pl_job *heads[] = {serve->line[ask->queue].first, serve->working, serve->desk_jobs};
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        for (pl_job *job = heads[h]; job; job = job->next)
            if (same_question(job, ask->key, body, length))
                return job;
    return NULL;
}

static void append(pl_line *line, pl_job *job) {
    job->next = NULL;
    *(line->last ? &line->last->next : &line->first) = job;
    line->last = job;
    line->waiting++;
}

static void take_out(pl_line *line, pl_job *job) {
    pl_job *before = NULL, *at = line->first;
    for (; at != job; at = at->next)
        before = at;
    *(before ? &before->next : &line->first) = job->next;
    if (line->last == job)
        line->last = before;
    job->next = NULL;
    line->waiting--;
}

static void say_waiting(pl_job *job, size_t before) {
    char text[sizeof job->progress], more[64] = "";
    if (before)
        snprintf(more, sizeof more, "; %zu before it", before);
    snprintf(
        text, sizeof text,
        "{\"text\":\"waiting for its turn%s\",\"done\":null,\"wanted\":null,\"seconds\":null,\"left\":null}",
        more);
    pl_jobs_tell(job, text);
}

void pl_jobs_call(pl_serve *serve) {
    double now = pl_clock();
    if (now - serve->called < 5)
        return;
    serve->called = now;
    for (int queue = PL_SHORT; queue < PL_QUEUES; queue++) {
        size_t before = 0;
        for (pl_job *job = serve->line[queue].first; job; job = job->next)
            say_waiting(job, before++);
    }
}

static pl_job *new_job(pl_serve *serve, pl_target *target, pl_ask *ask, char *body, size_t length) {
    pl_job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->serve = serve;
    job->target = *target;
    job->ask = *ask;
    job->body = body;
    job->length = length;
    job->child.out = job->child.err = -1;
    pl_line *line = &serve->line[ask->queue];
    if (line->running >= line->most_running && ask->queue != PL_AT_DESK)
        say_waiting(job, line->waiting);
    append(line, job);
    return job;
}

static void forget_question(pl_target *target, pl_ask *ask, char *body) {
    pl_ask_clear(ask);
    pl_target_clear(target);
    free(body);
}

void pl_jobs_ask(pl_serve *serve, pl_viewer *viewer, pl_target *target, pl_ask *ask, char *body,
                 size_t length) {
    viewer->answer = pl_memory_find(&serve->memory, ask->key, body, length);
    pl_job *job = viewer->answer ? NULL : find_job(serve, ask, body, length);
    pl_line *line = &serve->line[ask->queue];
    bool full = line->waiting >= line->most_waiting;
    if (viewer->answer || job || full || serve->ending) {
        if (!viewer->answer && !job)
            viewer->answer =
                pl_answer_refusal(503, 503,
                                  serve->ending ? "the server is ending"
                                                : "the server is busy: too many questions wait already");
        forget_question(target, ask, body);
    } else {
        job = new_job(serve, target, ask, body, length);
        if (!job)
            forget_question(target, ask, body);
        else if (job->ask.queue == PL_AT_DESK)
            pthread_cond_signal(&serve->asked);
        else
            pl_serve_wake(serve);
    }
    if (job)
        sit_down(job, viewer);
}

void pl_jobs_leave(pl_viewer *viewer) {
    pl_job *job = viewer->job;
    if (!job)
        return;
    stand_up(viewer);
    if (job->viewers)
        return;
    __atomic_store_n(&job->stop, 1, __ATOMIC_RELAXED);
    if (job->child.pid)
        pl_child_stop(job, "nobody waits for it any more");
    else if (!job->running) {
        take_out(&job->serve->line[job->ask.queue], job);
        free_job(job);
    }
}

static void wake_streams(pl_job *job) {
    for (pl_viewer *viewer = job->viewer; viewer; viewer = viewer->next)
        if (viewer->stream)
            pl_viewer_wake(viewer);
}

void pl_jobs_tell(pl_job *job, const char *progress) {
    snprintf(job->progress, sizeof job->progress, "%s", progress);
    job->told++;
    wake_streams(job);
}

/* One for which there is no room is only in the answer. */
void pl_jobs_point(pl_job *job, const char *point) {
    char **grown =
        job->points < PL_MOST_POINTS ? realloc(job->point, (job->points + 1) * sizeof *grown) : NULL;
    if (!grown)
        return;
    job->point = grown;
    char *copy = strdup(point);
    if (copy)
        grown[job->points++] = copy;
    wake_streams(job);
}

pl_job *pl_jobs_next(pl_serve *serve, pl_queue queue) {
    pl_line *line = &serve->line[queue];
    pl_job *job = line->first;
    if (!job || line->running >= line->most_running)
        return NULL;
    take_out(line, job);
    line->running++;
    job->running = true;
    job->begun = pl_clock();
    pl_job **list = queue == PL_AT_DESK ? &serve->desk_jobs : &serve->working;
    job->next = *list;
    *list = job;
    return job;
}

void pl_jobs_hurry(pl_serve *serve) {
    double now = pl_clock();
    for (pl_job *job = serve->desk_jobs; job; job = job->next)
        if (!job->late && now - job->begun > PL_MOST_DESK_SECONDS) {
            job->late = true;
            __atomic_store_n(&job->stop, 1, __ATOMIC_RELAXED);
        }
}

static void remove_running(pl_job **list, pl_job *job) {
    while (*list && *list != job)
        list = &(*list)->next;
    if (*list)
        *list = job->next;
}

void pl_jobs_finish(pl_job *job, pl_answer *answer) {
    pl_serve *serve = job->serve;
    remove_running(job->ask.queue == PL_AT_DESK ? &serve->desk_jobs : &serve->working, job);
    serve->line[job->ask.queue].running--;
    if (answer && answer->status == 200)
        pl_memory_keep(&serve->memory, job->ask.key, job->body, job->length, answer);
    while (job->viewer) {
        pl_viewer *viewer = job->viewer;
        pl_stream_keep(viewer);
        stand_up(viewer);
        viewer->answer = pl_answer_hold(answer);
        pl_viewer_wake(viewer);
    }
    pl_answer_drop(answer);
    free_job(job);
}

void pl_jobs_pass(pl_job *job, pl_queue queue) {
    pl_serve *serve = job->serve;
    pl_line *line = &serve->line[queue];
    if (!job->viewers || serve->ending || line->waiting >= line->most_waiting) {
        pl_jobs_finish(job,
                       pl_answer_refusal(503, 503, "the server is busy: too many questions wait already"));
        return;
    }
    remove_running(&serve->desk_jobs, job);
    serve->line[job->ask.queue].running--;
    job->ask.queue = queue;
    job->running = job->late = false;
    if (line->running >= line->most_running)
        say_waiting(job, line->waiting);
    append(line, job);
    pl_serve_wake(serve);
}

/* Those that wait are answered at once; those at work are told to stop. */
void pl_jobs_end(pl_serve *serve) {
    serve->ending = true;
    __atomic_store_n(&serve->stop_getting, 1, __ATOMIC_RELAXED);
    for (int queue = 0; queue < PL_QUEUES; queue++)
        while (serve->line[queue].first) {
            pl_job *job = serve->line[queue].first;
            take_out(&serve->line[queue], job);
            serve->line[queue].running++;
            pl_jobs_finish(job, pl_answer_refusal(503, 503, "the server is ending"));
        }
    for (pl_job *job = serve->desk_jobs; job; job = job->next)
        __atomic_store_n(&job->stop, 1, __ATOMIC_RELAXED);
    for (pl_job *job = serve->working; job; job = job->next)
        pl_child_stop(job, "the server is ending");
    pthread_cond_broadcast(&serve->asked);
}
