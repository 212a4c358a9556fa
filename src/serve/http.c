/* Requests taken apart and sent to where they are answered. Runs in the one thread of libmicrohttpd. */
#include "serve/serve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- responses ---- */

void pl_http_headers(struct MHD_Response *response, const char *type, const char *cache) {
    static const char *const always[][2] = {
        {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
                                    "data: blob:; connect-src 'self'; "
                                    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        MHD_add_response_header(response, always[i][0], always[i][1]);
    MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Cache-Control", cache);
}

static void drop(void *answer) {
    pl_answer_drop(answer);
}

enum MHD_Result pl_http_answer(pl_viewer *viewer, pl_answer *answer) {
    if (!answer)
        return MHD_NO;
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        answer->length, answer->text, drop, pl_answer_hold(answer));
    if (!response) {
        pl_answer_drop(answer);
        return MHD_NO;
    }
    pl_http_headers(response, "application/json", "no-store");
    if (answer->status == 503)
        MHD_add_response_header(response, "Retry-After", "1");
    if (answer->status == 405)
        MHD_add_response_header(response, "Allow", "GET, HEAD, POST");
    enum MHD_Result queued = MHD_queue_response(viewer->connection, answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result pl_http_refuse(pl_viewer *viewer, unsigned status, const char *text) {
    pl_answer *answer = pl_answer_refusal(status, status == 400 ? 2 : (int)status, text);
    enum MHD_Result queued = pl_http_answer(viewer, answer);
    pl_answer_drop(answer);
    return queued;
}

/* ---- questions ---- */

/* Refused questions are answered in the form that was asked for: a stream gets an event. */
static enum MHD_Result refuse_question(pl_viewer *viewer, pl_status status, const pl_error *error) {
    unsigned code = status == PL_INVALID ? 400 : status == PL_IO ? 404 : 503;
    const char *text = *error->text ? error->text : pl_status_text(status);
    if (!viewer->stream)
        return pl_http_refuse(viewer, code, text);
    viewer->answer = pl_answer_refusal(code, status == PL_INVALID ? 2 : (int)code, text);
    return pl_http_stream(viewer);
}

static enum MHD_Result ask(pl_viewer *viewer, const char *command, pl_target *target) {
    pl_serve *serve = viewer->serve;
    pl_ask question;
    pl_error error = {PL_OK, ""};
    pl_status status = pl_ask_new(&serve->folder, command, target, viewer->body != NULL, &question, &error);
    if (status) {
        pl_target_clear(target);
        return refuse_question(viewer, status, &error);
    }
    pthread_mutex_lock(&serve->lock);
    pl_jobs_ask(serve, viewer, target, &question, viewer->body, viewer->length);
    viewer->body = NULL;
    viewer->length = 0;
    if (viewer->job && !viewer->stream)
        pl_viewer_sleep(viewer);
    bool waits = viewer->job != NULL;
    pthread_mutex_unlock(&serve->lock);
    if (viewer->stream)
        return pl_http_stream(viewer);
    return waits ? MHD_YES : pl_http_answer(viewer, viewer->answer);
}

static enum MHD_Result about(pl_viewer *viewer) {
    pl_serve *serve = viewer->serve;
    char key[64];
    snprintf(key, sizeof key, "about %016llx", (unsigned long long)pl_folder_state(&serve->folder));
    pthread_mutex_lock(&serve->lock);
    pl_answer *answer = pl_memory_find(&serve->memory, key, NULL, 0);
    pthread_mutex_unlock(&serve->lock);
    if (!answer) {
        char *text = pl_folder_about(&serve->folder);
        answer = pl_answer_new(200, text, text ? strlen(text) : 0);
        pthread_mutex_lock(&serve->lock);
        if (answer)
            pl_memory_keep(&serve->memory, key, NULL, 0, answer);
        pthread_mutex_unlock(&serve->lock);
    }
    enum MHD_Result queued = pl_http_answer(viewer, answer);
    pl_answer_drop(answer);
    return queued;
}

/* "/?token=..." becomes a cookie, so that the token does not stay in the address. */
static enum MHD_Result take_token(pl_viewer *viewer, const char *given) {
    const pl_guard *guard = &viewer->serve->guard;
    char name[32], cookie[256];
    if (!pl_guard_same(guard->token, given))
        return pl_http_refuse(viewer, 401, "this is not the token that parley serve printed");
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    pl_guard_cookie(guard, name, sizeof name);
    snprintf(cookie, sizeof cookie, "%s=%s; HttpOnly; SameSite=Strict; Path=/", name, guard->token);
    pl_http_headers(response, "text/plain", "no-store");
    MHD_add_response_header(response, "Set-Cookie", cookie);
    MHD_add_response_header(response, "Location", "/");
    enum MHD_Result queued = MHD_queue_response(viewer->connection, 303, response);
    MHD_destroy_response(response);
    return queued;
}

/* ---- routes ---- */

static bool after(const char *path, const char *start, const char **rest) {
    size_t length = strlen(start);
    *rest = path + length;
    return !strncmp(path, start, length);
}

static enum MHD_Result route(pl_viewer *viewer) {
    pl_target target;
    pl_error error = {PL_OK, ""};
    const char *rest = NULL;
    pl_status status = pl_target_read(viewer->uri, &target, &error);
    if (status)
        return pl_http_refuse(viewer, status == PL_INVALID ? 400 : 503,
                              *error.text ? error.text : pl_status_text(status));
    enum MHD_Result done;
    if (!viewer->body && !strcmp(target.path, "/api/about"))
        done = about(viewer);
    else if (after(target.path, "/api/stream/", &rest)) {
        viewer->stream = true;
        return ask(viewer, rest, &target);
    } else if (after(target.path, "/api/", &rest))
        return ask(viewer, rest, &target);
    else if (viewer->body)
        done = pl_http_refuse(viewer, 405, "only questions below /api/ take a body");
    else if (!strcmp(target.path, "/"))
        done = pl_http_asset(viewer, "index.html");
    else if (after(target.path, "/assets/", &rest))
        done = pl_http_asset(viewer, rest);
    else
        done = pl_http_refuse(viewer, 404, "there is nothing at this address");
    pl_target_clear(&target);
    return done;
}

/* ---- the first look ---- */

static const char *header(pl_viewer *viewer, const char *name) {
    return MHD_lookup_connection_value(viewer->connection, MHD_HEADER_KIND, name);
}

/* The token in the address of the page, or NULL. */
static const char *token_given(const pl_viewer *viewer, const char *method, pl_target *target) {
    if (!*viewer->serve->guard.token || strcmp(method, "GET") || strncmp(viewer->uri, "/?", 2) ||
        pl_target_read(viewer->uri, target, NULL))
        return NULL;
    for (size_t i = 0; i < target->count; i++)
        if (!strcmp(target->item[i].name, "token"))
            return target->item[i].value;
    return NULL;
}

static enum MHD_Result check_guard(pl_viewer *viewer, const char *method, bool *refused) {
    pl_letter letter = {header(viewer, "Host"), header(viewer, "Origin"), header(viewer, "Sec-Fetch-Site"),
                        header(viewer, "Authorization"), header(viewer, "Cookie")};
    pl_target target = {0};
    char text[256];
    bool api = !strncmp(viewer->uri, "/api", 4);
    unsigned status = pl_guard_check(&viewer->serve->guard, &letter, api, text, sizeof text);
    const char *given = status == 0 || status == 401 ? token_given(viewer, method, &target) : NULL;
    enum MHD_Result done = MHD_YES;
    *refused = status || given;
    if (given)
        done = take_token(viewer, given);
    else if (status)
        done = pl_http_refuse(viewer, status, text);
    pl_target_clear(&target);
    return done;
}

static enum MHD_Result first_look(pl_viewer *viewer, const char *method, bool *refused) {
    const char *length = header(viewer, "Content-Length");
    bool post = !strcmp(method, "POST"), head = !strcmp(method, "HEAD");
    *refused = true;
    if (!post && !head && strcmp(method, "GET"))
        return pl_http_refuse(viewer, 405, "only GET, HEAD and POST are answered");
    if (strlen(viewer->uri) > PL_MOST_URL)
        return pl_http_refuse(viewer, 414, "the address is longer than 16384 bytes; POST a scenario instead");
    enum MHD_Result done = check_guard(viewer, method, refused);
    if (*refused)
        return done;
    *refused = true;
    if (head && !strncmp(viewer->uri, "/api/", 5) && strcmp(viewer->uri, "/api/about"))
        return pl_http_refuse(viewer, 405, "questions are asked with GET or POST");
    if (post && length && strtoull(length, NULL, 10) > PL_MOST_BODY)
        return pl_http_refuse(viewer, 413, "the body is larger than 256 KiB");
    if (post && !(viewer->body = calloc(1, 1)))
        return MHD_NO;
    *refused = false;
    return MHD_YES;
}

static enum MHD_Result take_body(pl_viewer *viewer, const char *data, size_t *size) {
    if (!viewer->body || viewer->too_large || viewer->length + *size > PL_MOST_BODY) {
        /* Read on a little, so that the refusal can be sent. */
        viewer->too_large = true;
        viewer->length += *size;
        bool enough = viewer->length > 16 * PL_MOST_BODY;
        *size = 0;
        return enough ? MHD_NO : MHD_YES;
    }
    char *grown = realloc(viewer->body, viewer->length + *size + 1);
    if (!grown)
        return MHD_NO;
    memcpy(grown + viewer->length, data, *size);
    viewer->body = grown;
    viewer->length += *size;
    grown[viewer->length] = 0;
    *size = 0;
    return MHD_YES;
}

/* A viewer that was woken: its answer is there, or it has gone. */
static enum MHD_Result wake_up(pl_viewer *viewer) {
    pthread_mutex_lock(&viewer->serve->lock);
    bool gone = viewer->gone;
    pthread_mutex_unlock(&viewer->serve->lock);
    return gone ? MHD_NO : pl_http_answer(viewer, viewer->answer);
}

static enum MHD_Result handle(void *data, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *body, size_t *size,
                              void **context) {
    pl_viewer *viewer = *context;
    bool refused = false;
    (void)data;
    (void)url;
    (void)version;
    if (!viewer)
        return MHD_NO;
    if (!viewer->begun) {
        viewer->begun = true;
        viewer->connection = connection;
        enum MHD_Result done = first_look(viewer, method, &refused);
        viewer->ended = refused;
        return done;
    }
    if (*size)
        return viewer->ended ? MHD_NO : take_body(viewer, body, size);
    if (viewer->too_large)
        return pl_http_refuse(viewer, 413, "the body is larger than 256 KiB");
    if (viewer->asked)
        return wake_up(viewer);
    viewer->asked = true;
    return route(viewer);
}

/* ---- coming and going ---- */

static void *come(void *data, const char *uri, struct MHD_Connection *connection) {
    pl_viewer *viewer = calloc(1, sizeof *viewer);
    (void)connection;
    if (!viewer || !(viewer->uri = strdup(uri))) {
        free(viewer);
        return NULL;
    }
    viewer->serve = data;
    return viewer;
}

static void go(void *data, struct MHD_Connection *connection, void **context,
               enum MHD_RequestTerminationCode code) {
    pl_viewer *viewer = *context;
    (void)data;
    (void)connection;
    (void)code;
    if (!viewer)
        return;
    pthread_mutex_lock(&viewer->serve->lock);
    pl_jobs_leave(viewer);
    pthread_mutex_unlock(&viewer->serve->lock);
    pl_answer_drop(viewer->answer);
    free(viewer->out);
    free(viewer->rest);
    free(viewer->body);
    free(viewer->uri);
    free(viewer);
    *context = NULL;
}

/* Addresses are decoded by target.c, which refuses what it should. */
static size_t leave_escapes(void *data, struct MHD_Connection *connection, char *text) {
    (void)data;
    (void)connection;
    return strlen(text);
}

pl_status pl_http_start(pl_serve *serve, int listener, pl_error *error) {
    /* With epoll, libmicrohttpd 0.9 overlooks an end of input that came with the request, and the connection lingers. */
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    errno = 0;
    serve->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, serve, MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_URI_LOG_CALLBACK,
        come, serve, MHD_OPTION_NOTIFY_COMPLETED, go, serve, MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes,
        serve, MHD_OPTION_CONNECTION_LIMIT, (unsigned)PL_MOST_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)(64 * 1024), MHD_OPTION_CONNECTION_TIMEOUT, 30U, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
    if (serve->daemon)
        return PL_OK;
    error->status = PL_IO;
    snprintf(error->text, sizeof error->text, "the web server cannot start: %s", strerror(errno));
    return PL_IO;
}

void pl_http_stop(pl_serve *serve) {
    if (serve->daemon)
        MHD_stop_daemon(serve->daemon);
    serve->daemon = NULL;
}
