/* Server-sent events: how far a job is and what it has found, then its answer. */
#include "serve/serve.h"

#include <stdlib.h>
#include <string.h>

/* Makes the next event in viewer->out, its JSON on one line: line feeds are only between its parts. False when memory is out. */
static bool make_event(pl_viewer *viewer, const char *name, const char *data, size_t length) {
    size_t room = length + strlen(name) + sizeof "event: \ndata: \n\n";
    free(viewer->out);
    viewer->out = malloc(room);
    viewer->out_at = viewer->out_length = 0;
    if (!viewer->out)
        return false;
    int start = snprintf(viewer->out, room, "event: %s\ndata: ", name);
    char *line = viewer->out + start;
    memcpy(line, data, length);
    while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    for (size_t i = 0; i < length; i++)
        line[i] = line[i] == '\n' || line[i] == '\r' ? ' ' : line[i];
    memcpy(line + length, "\n\n", 2);
    viewer->out_length = (size_t)start + length + 2;
    return true;
}

static ssize_t copy(pl_viewer *viewer, char *to, size_t most) {
    size_t left = viewer->out_length - viewer->out_at, size = left < most ? left : most;
    memcpy(to, viewer->out + viewer->out_at, size);
    viewer->out_at += size;
    return (ssize_t)size;
}

/* Where there is no memory, they are only in the answer. */
void pl_stream_keep(pl_viewer *viewer) {
    const pl_job *job = viewer->job;
    FILE *out = viewer->stream && viewer->seen < job->points
                    ? open_memstream(&viewer->rest, &viewer->rest_length)
                    : NULL;
    if (!out)
        return;
    while (viewer->seen < job->points)
        fprintf(out, "event: point\ndata: %s\n\n", job->point[viewer->seen++]);
    if (fclose(out)) {
        free(viewer->rest);
        viewer->rest = NULL;
    }
}

/* Makes the event that is due; false when the viewer has to wait. Needs the lock. */
static bool next_event(pl_viewer *viewer, bool *failed) {
    const pl_job *job = viewer->job;
    if (job && viewer->seen < job->points) {
        const char *point = job->point[viewer->seen++];
        *failed = !make_event(viewer, "point", point, strlen(point));
        return true;
    }
    if (job && viewer->heard != job->told) {
        viewer->heard = job->told;
        *failed = !make_event(viewer, "progress", job->progress, strlen(job->progress));
        return true;
    }
    if (job)
        return false;
    if (viewer->rest) {
        free(viewer->out);
        viewer->out = viewer->rest;
        viewer->out_length = viewer->rest_length;
        viewer->out_at = 0;
        viewer->rest = NULL;
        return true;
    }
    const pl_answer *answer = viewer->answer;
    viewer->ended = true;
    *failed = !answer ||
              !make_event(viewer, answer->status == 200 ? "result" : "failed", answer->text, answer->length);
    return true;
}

static ssize_t send_some(void *data, uint64_t position, char *to, size_t most) {
    pl_viewer *viewer = data;
    bool failed = false;
    (void)position;
    if (viewer->out_at < viewer->out_length)
        return copy(viewer, to, most);
    if (viewer->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    pthread_mutex_lock(&viewer->serve->lock);
    bool gone = viewer->gone, ready = !gone && next_event(viewer, &failed);
    if (!gone && !ready)
        pl_viewer_sleep(viewer);
    pthread_mutex_unlock(&viewer->serve->lock);
    if (gone || failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    return ready ? copy(viewer, to, most) : 0;
}

enum MHD_Result pl_http_stream(pl_viewer *viewer) {
    static const char hello[] = ": parley\n\n";
    viewer->out = strdup(hello);
    viewer->out_length = viewer->out ? sizeof hello - 1 : 0;
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 32 * 1024, send_some, viewer, NULL);
    if (!response)
        return MHD_NO;
    pl_http_headers(response, "text/event-stream", "no-store");
    enum MHD_Result queued = MHD_queue_response(viewer->connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}
