/*
 * The server: every URL is a command, and answers the JSON the command prints.
 *
 *   bytes -> target (target.c) -> guard (guard.c) -> question (ask.c) -> job (waiting.c) -> answer (answers.c) -> bytes (http.c)
 *
 * A job is worked out by the desk in a thread of its own (clerks.c) or by a child process of the same program (children.c);
 * what the desk will not do, it passes on.
 * Viewers are the requests that wait for a job; those that ask the same share it. What threads share is guarded by the
 * server's one lock; the functions below that need it held say so.
 */
#ifndef SERVE_H
#define SERVE_H

#include "parley.h"

#include <microhttpd.h>
#include <pthread.h>
#include <sys/types.h>

/* ---- the page's files, made from ui/ at build time (or no_page.c) ---- */

typedef struct {
    const char *name, *type;   /* "index.html", "text/html; charset=utf-8" */
    const unsigned char *gzip; /* the file packed with gzip */
    size_t size;               /* bytes packed */
    const char *etag;          /* with its quotation marks */
} pl_asset;
extern const pl_asset pl_assets[];
extern const size_t pl_asset_count;

/* NULL when there is none of that name. */
const pl_asset *pl_asset_find(const char *name);
/* The file unpacked, on the heap; NULL when memory is out. */
unsigned char *pl_asset_unpack(const pl_asset *asset, size_t *size);

/* ---- limits ---- */

enum {
    PL_MOST_URL = 16384,
    PL_MOST_BODY = 256 * 1024,
    PL_MOST_PARAMETERS = 256,
    PL_MOST_CONNECTIONS = 800,
    PL_MOST_WAITING = 1024,           /* questions for the desk */
    PL_MOST_WAITING_CHILDREN = 512,   /* questions for child processes */
    PL_MOST_KEPT = 2048,              /* answers */
    PL_MOST_POINTS = 1024,            /* of a search, sent as they are found */
    PL_MOST_DESK_SECONDS = 60,        /* for a question at the desk */
    PL_MOST_ANSWER = 64 * 1024 * 1024 /* bytes */
};

/* ---- targets: what is behind the host in an address ---- */

typedef struct {
    char *text; /* owns the others */
    const char *path;
    size_t count;
    pl_asked *item; /* [count] parameters in order, decoded */
} pl_target;

/* Reads "/api/run?tariff=USA%3C-CHN%3D145%25". PL_INVALID for what is not an address of ours: a broken escape, a NUL or another
 * control character, text that is not UTF-8, too many parameters. */
pl_status pl_target_read(const char *uri, pl_target *target, pl_error *error);
void pl_target_clear(pl_target *target);
bool pl_is_utf8(const char *text);

/* ---- the guard: who may ask ---- */

typedef struct {
    bool loopback;     /* bound to this machine only */
    unsigned port;     /* the one bound */
    char address[64];  /* bound, as in a URL: IPv6 in brackets */
    char machine[256]; /* this machine's name */
    char token[129];   /* "" for none */
} pl_guard;

/* What a request says about where it comes from; NULL for a header that is not there. */
typedef struct {
    const char *host, *origin, *site, *authorization, *cookie;
} pl_letter;

/* 0 when the request may be answered; otherwise the HTTP status of the refusal, and why in `text`. `api`: not a plain visit to the
 * page, which another site may link to. */
unsigned pl_guard_check(const pl_guard *guard, const pl_letter *letter, bool api, char *text, size_t size);
/* Compares in a time that depends on the lengths only. */
bool pl_guard_same(const char *token, const char *given);
/* The name of the cookie that carries the token: one for each port. */
void pl_guard_cookie(const pl_guard *guard, char *name, size_t size);

/* ---- the scenario folder ---- */

typedef struct {
    char *path;      /* without symbolic links */
    pl_names worlds; /* built-in */
} pl_folder;

pl_status pl_folder_open(const char *path, pl_folder *folder, pl_error *error);
void pl_folder_close(pl_folder *folder);
/* Whether a plain name (no folder in it) is a file that really lies in the folder. */
bool pl_folder_has(const pl_folder *folder, const char *file);
/* Names without ending of the .yaml files, sorted; free with pl_names_free. */
pl_status pl_folder_list(const pl_folder *folder, pl_names *list, pl_error *error);
/* A number that changes when a file of the folder does. */
uint64_t pl_folder_state(const pl_folder *folder);
/* The scenario a newcomer starts with, on the heap; NULL when there is none. */
char *pl_folder_first(const pl_folder *folder);
/* /api/about: version, scenarios, worlds, settings and where a newcomer starts. On the heap; NULL when memory is out. */
char *pl_folder_about(const pl_folder *folder);

/* ---- questions ---- */

/* How long a command takes, which decides where it queues: the desk, and children of three kinds. */
typedef enum { PL_AT_DESK, PL_SHORT, PL_MIDDLE, PL_LONG, PL_QUEUES } pl_queue;

typedef struct {
    pl_queue queue;
    char **argv; /* of the program, ends with NULL */
    size_t argc, room;
    pl_asked *asked; /* for the desk; borrowed texts */
    size_t count;
    char **owned;
    size_t owned_count;
    bool warm, posted;
    bool value; /* at the desk: of a package, not a run */
    char *key;  /* equal for equal questions */
} pl_ask;

/* Turns "run" or "talks/nash" and its parameters into a command line of options that neither read nor write anything but the
 * scenario folder. PL_INVALID says what is not allowed, PL_IO that there is no such command. `posted`: the scenario comes in the
 * body. The target must live as long. */
pl_status pl_ask_new(const pl_folder *folder, const char *command, const pl_target *target, bool posted,
                     pl_ask *ask, pl_error *error);
void pl_ask_clear(pl_ask *ask);

/* ---- answers ---- */

/* Text that several viewers are sent; counted, so that the last one frees it. */
typedef struct {
    size_t holders;
    unsigned status; /* of HTTP */
    size_t length;
    char *text;
} pl_answer;

/* Takes `text` over, and frees it on failure, which is NULL. */
pl_answer *pl_answer_new(unsigned status, char *text, size_t length);
/* {"error": {"status", "text"}} */
pl_answer *pl_answer_refusal(unsigned status, int code, const char *text);
pl_answer *pl_answer_hold(pl_answer *answer);
void pl_answer_drop(pl_answer *answer);

/* Finished answers by question, the longest unused dropped first when there are more than `most` bytes. Needs the lock. */
typedef struct pl_kept pl_kept;
typedef struct {
    size_t bytes, most, count;
    pl_kept *first, *last; /* in order of use, the latest first */
} pl_memory;
pl_answer *pl_memory_find(pl_memory *memory, const char *key, const char *body, size_t length);
void pl_memory_keep(pl_memory *memory, const char *key, const char *body, size_t length, pl_answer *answer);
void pl_memory_clear(pl_memory *memory);

/* ---- jobs and viewers ---- */

typedef struct pl_job pl_job;
typedef struct pl_viewer pl_viewer;

/* A request. Between its calls it belongs to the HTTP thread; `job`, `asleep`, `gone` and `round` are under the lock. */
struct pl_viewer {
    pl_serve *serve;
    struct MHD_Connection *connection;
    char *uri;
    bool begun, asked, stream, ended;
    char *body;
    size_t length;
    bool too_large;
    pl_job *job;
    pl_answer *answer;
    bool asleep, gone;
    unsigned long
        round;      /* the number of its sleep, so that a sign meant for another is not taken for its own */
    unsigned heard; /* the last progress sent */
    size_t seen;    /* points sent */
    char *out;      /* of a stream: the event being sent */
    size_t out_length, out_at;
    char *rest; /* points not sent yet when the job ended */
    size_t rest_length;
    pl_viewer *next, *before; /* of the job */
};

typedef struct {
    pid_t pid;    /* 0: none */
    int out, err; /* -1: closed */
    char *text, *says;
    size_t length, room, says_length, says_room;
    double started, kill_at;
    const char *stopped; /* why it was stopped, NULL otherwise */
} pl_child;

struct pl_job {
    pl_serve *serve;
    pl_target target; /* what the question borrows from */
    pl_ask ask;
    char *body;
    size_t length;
    bool running, late;
    double begun; /* when it left the line */
    volatile int stop;
    size_t viewers;
    pl_viewer *viewer;
    char progress[1024]; /* JSON of the latest, "" for none */
    unsigned told;       /* counts progress */
    char **point;        /* [points] JSON of those found */
    size_t points;
    pl_child child;
    pl_job *next;
};

typedef struct {
    pl_job *first, *last;
    size_t waiting, running, most_waiting, most_running;
    int nice;
} pl_line;

struct pl_serve {
    pthread_mutex_t lock;
    pthread_cond_t asked; /* a question came for the desk, or the end */
    pl_folder folder;
    pl_guard guard;
    char url[512];
    char *program;
    struct MHD_Daemon *daemon;
    int wake[2]; /* a byte wakes the step that waits */
    pl_desk *desk;
    pthread_t *clerk;
    size_t clerks;
    pl_line line[PL_QUEUES];
    pl_job *working;   /* children at work */
    pl_job *desk_jobs; /* questions at the desk */
    pl_memory memory;
    double called;        /* when those in line were last told their place */
    unsigned long rounds; /* sleeps so far */
    double used;          /* when there last was work; 0 when memory has been given back since */
    bool ending;
    bool begun;                /* whether a clerk has made ready for the first viewer */
    volatile int stop_getting; /* tells that one to stop */
};

/* Has the viewer wait for the answer to the question, which is taken over, as is the body. Sets viewer->answer at once when it
 * is known or refused, viewer->job otherwise. Needs the lock. */
void pl_jobs_ask(pl_serve *serve, pl_viewer *viewer, pl_target *target, pl_ask *ask, char *body,
                 size_t length);
/* The viewer goes; a job nobody waits for any more is stopped. Needs the lock. */
void pl_jobs_leave(pl_viewer *viewer);
/* The job is done: everybody gets the answer (NULL: memory is out), the job is freed. Needs the lock. */
void pl_jobs_finish(pl_job *job, pl_answer *answer);
/* The desk leaves a job at work to a child process. Needs the lock. */
void pl_jobs_pass(pl_job *job, pl_queue queue);
/* Says that a job has found a point. Needs the lock. */
void pl_jobs_point(pl_job *job, const char *point);
/* Says how far a job is. Needs the lock. */
void pl_jobs_tell(pl_job *job, const char *progress);
/* The next job of a line that may begin, taken out of it; NULL when there is none. Needs the lock. */
pl_job *pl_jobs_next(pl_serve *serve, pl_queue queue);
/* Tells those in line how many are before them, every few seconds, so that viewers see that somebody is there. Needs the lock. */
void pl_jobs_call(pl_serve *serve);
/* Stops questions that keep the desk too long. Needs the lock. */
void pl_jobs_hurry(pl_serve *serve);
/* Ends every job with a refusal. Needs the lock. */
void pl_jobs_end(pl_serve *serve);
/* Falls asleep until woken: called from the viewer's own callbacks. Needs the lock, so that nobody wakes it before. */
void pl_viewer_sleep(pl_viewer *viewer);
/* A sleeping viewer looks again. Needs the lock. */
void pl_viewer_wake(pl_viewer *viewer);

/* ---- who works ---- */

pl_status pl_clerks_start(pl_serve *serve, pl_error *error);
/* Waits for them; `ending` is set. Needs the lock not to be held. */
void pl_clerks_join(pl_serve *serve);

/* Begins children for waiting jobs, and looks at those at work. Need the lock. */
void pl_children_begin(pl_serve *serve);
void pl_children_look(pl_serve *serve);
/* Asks the child of a job to stop, and insists later. Needs the lock. */
void pl_child_stop(pl_job *job, const char *why);
/* Ends those left, for good. */
void pl_children_end(pl_serve *serve);

/* The program's message among what it said on stderr, without folders of this machine. */
void pl_message_clean(const pl_folder *folder, const char *says, char *text, size_t size);

/* ---- HTTP ---- */

pl_status pl_http_start(pl_serve *serve, int listener, pl_error *error);
void pl_http_stop(pl_serve *serve);
/* Responses: an answer, a refusal, a file of the page, a stream of events. */
enum MHD_Result pl_http_answer(pl_viewer *viewer, pl_answer *answer);
enum MHD_Result pl_http_refuse(pl_viewer *viewer, unsigned status, const char *text);
enum MHD_Result pl_http_asset(pl_viewer *viewer, const char *name);
enum MHD_Result pl_http_stream(pl_viewer *viewer);
/* The viewer's job ends: keeps the points it has not been sent. Needs the lock. */
void pl_stream_keep(pl_viewer *viewer);
/* Headers that every response carries. */
void pl_http_headers(struct MHD_Response *response, const char *type, const char *cache);

/* A listening socket; `address` NULL is this machine only. Fills in where it is bound. */
pl_status pl_listen(const char *address, unsigned port, pl_guard *guard, int *listener, pl_error *error);

/* The step that waits looks again. */
void pl_serve_wake(pl_serve *serve);

double pl_clock(void);

#endif
