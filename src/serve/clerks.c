/* Threads that put questions to the desk, one at a time each. */
#include "serve/serve.h"

#include <stdlib.h>
#include <string.h>

static pl_status ask(pl_serve *serve, pl_job *job, FILE *out, pl_error *error) {
    const pl_ask *a = &job->ask;
    return a->value ? pl_desk_value(serve->desk, a->asked, a->count, &job->stop, out, error)
                    : pl_desk_answer(serve->desk, a->asked, a->count, a->warm, &job->stop, out, error);
}

/* `*pass`: it is no work for the desk. */
static pl_answer *ask_desk(pl_serve *serve, pl_job *job, bool *pass) {
    char *text = NULL, said[sizeof(pl_error)];
    size_t length = 0;
    pl_error error = {PL_OK, ""};
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    pl_status status = ask(serve, job, out, &error);
    if (fclose(out))
        status = PL_NO_MEMORY;
    if (!status)
        return pl_answer_new(200, text, length);
    free(text);
    *pass = job->ask.value && status == PL_FAILED;
    if (*pass)
        return NULL;
    if (status == PL_CANCELLED)
        return pl_answer_refusal(503, 130, "the question took longer than the server allows: a minute");
    pl_message_clean(&serve->folder, *error.text ? error.text : pl_status_text(status), said, sizeof said);
    return pl_answer_refusal(status == PL_NO_MEMORY ? 503 : 400, status == PL_FAILED ? 1 : 2, said);
}

/* Has the desk load what the first viewer will look at, while the browser opens. Whether that works shows when it is asked. */
static void get_ready(pl_serve *serve) {
    char *name = pl_folder_first(&serve->folder), path[4352], *text = NULL;
    size_t length = 0;
    FILE *out = name ? open_memstream(&text, &length) : NULL;
    if (out) {
        snprintf(path, sizeof path, "%s/%s.yaml", serve->folder.path, name);
        pl_asked asked = {"scenario", path};
        pl_desk_answer(serve->desk, &asked, 1, true, &serve->stop_getting, out, NULL);
        fclose(out);
    }
    free(text);
    free(name);
}

static void *work(void *data) {
    pl_serve *serve = data;
    pthread_mutex_lock(&serve->lock);
    bool first = !serve->begun;
    serve->begun = true;
    pthread_mutex_unlock(&serve->lock);
    if (first)
        get_ready(serve);
    pthread_mutex_lock(&serve->lock);
    while (!serve->ending) {
        pl_job *job = pl_jobs_next(serve, PL_AT_DESK);
        if (!job) {
            pthread_cond_wait(&serve->asked, &serve->lock);
            continue;
        }
        pthread_mutex_unlock(&serve->lock);
        bool pass = false;
        pl_answer *answer = ask_desk(serve, job, &pass);
        pthread_mutex_lock(&serve->lock);
        if (pass)
            pl_jobs_pass(job, PL_MIDDLE);
        else
            pl_jobs_finish(job, answer);
    }
    pthread_mutex_unlock(&serve->lock);
    return NULL;
}

pl_status pl_clerks_start(pl_serve *serve, pl_error *error) {
    size_t wanted = serve->line[PL_AT_DESK].most_running;
    serve->clerk = calloc(wanted, sizeof *serve->clerk);
    if (!serve->clerk)
        return PL_NO_MEMORY;
    while (serve->clerks < wanted) {
        int code = pthread_create(&serve->clerk[serve->clerks], NULL, work, serve);
        if (code) {
            error->status = PL_IO;
            snprintf(error->text, sizeof error->text, "cannot start a thread: %s", strerror(code));
            return PL_IO;
        }
        serve->clerks++;
    }
    return PL_OK;
}

void pl_clerks_join(pl_serve *serve) {
    for (size_t i = 0; i < serve->clerks; i++)
        pthread_join(serve->clerk[i], NULL);
    free(serve->clerk);
    serve->clerk = NULL;
    serve->clerks = 0;
}
