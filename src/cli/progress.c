/* How far long work is: a bar for people, lines of JSON for the server. Neither is ever part of a result. */
#include "cli/cli.h"

#include <jansson.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { SILENT, BAR, LINES }; /* cli_progress.form */
enum { WIDEST_BAR = 40, NARROWEST_BAR = 8, ROOM = 512 };

/* Seconds: before anything is shown, and between two lines. */
static const double PATIENCE = 0.7, PAUSE = 0.1;

bool cli_utf8(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (!value || !*value)
            continue;
        const char *set = strchr(value, '.');
        return set && (!strncasecmp(set, ".utf-8", 6) || !strncasecmp(set, ".utf8", 5));
    }
    return false;
}

size_t cli_columns(int file) {
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long asked = columns ? strtol(columns, NULL, 10) : 0;
    if (asked > 0 && asked < 10000)
        return (size_t)asked;
    return isatty(file) && !ioctl(file, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
}

bool cli_progress_heard(void) {
    const char *asked = getenv("PARLEY_PROGRESS");
    return asked && !strcmp(asked, "json");
}

void cli_progress_begin(cli_progress *p, const cli_common *common) {
    memset(p, 0, sizeof *p);
    p->form = cli_progress_heard() ? LINES : !common->quiet && isatty(STDERR_FILENO) ? BAR : SILENT;
    p->start = cli_now();
    p->since = p->began = p->start;
    p->said = p->start - PAUSE;
}

/* ---- time left ---- */

/* Seconds a piece takes: recent pieces count more, but one slow or quick piece does not upset the estimate. */
static void learn(cli_progress *p, size_t done, double now) {
    if (done <= p->done)
        return;
    double spent = now - p->since, piece = spent / (double)(done - p->done);
    double memory = fmax(2, 0.15 * (now - p->start)), weight = fmin(0.4, 1 - exp(-spent / memory));
    p->piece = p->done ? p->piece + weight * (piece - p->piece) : piece;
    p->since = now;
    p->done = done;
}

/* Seconds left, or NaN when nothing is known yet. While a piece takes longer than expected, all so far count alike. */
static double time_left(const cli_progress *p, size_t wanted, double now) {
    if (!p->done || p->done > wanted)
        return NAN;
    double since = now - p->since, pieces = (double)(wanted - p->done);
    if (since <= p->piece)
        return fmax(0, p->piece * pieces - since);
    double mean = (now - p->began) / (double)(p->done + 1);
    return pieces > 1 ? fmax(p->piece, mean) * (pieces - 1) : NAN;
}

static void put_time(char *out, size_t size, double seconds) {
    if (seconds < 90)
        snprintf(out, size, "%.0f s", seconds);
    else if (seconds < 5400)
        snprintf(out, size, "%.0f min %02.0f s", floor(seconds / 60), floor(fmod(seconds, 60)));
    else
        snprintf(out, size, "%.0f h %02.0f min", floor(seconds / 3600), floor(fmod(seconds, 3600) / 60));
}

/* ---- a bar for people ---- */

/* A bar of `width` columns, in eighths of a column where the terminal has such characters. */
static void put_bar(char *out, size_t size, double share, size_t width) {
    static const char *const eighth[] = {"",
                                         "\xe2\x96\x8f",
                                         "\xe2\x96\x8e",
                                         "\xe2\x96\x8d",
                                         "\xe2\x96\x8c",
                                         "\xe2\x96\x8b",
                                         "\xe2\x96\x8a",
                                         "\xe2\x96\x89"};
    bool fine = cli_utf8();
    size_t parts = (size_t)(share * (double)width * 8), full = parts / 8, rest = fine ? parts % 8 : 0;
    size_t used = 0, length = 0;
    for (; used < full; used++)
        length += (size_t)snprintf(out + length, size - length, "%s", fine ? "\xe2\x96\x88" : "#");
    if (rest) {
        length += (size_t)snprintf(out + length, size - length, "%s", eighth[rest]);
        used++;
    }
    snprintf(out + length, size - length, "%*s", (int)(width - used), "");
}

/* One line of at most `room` columns. `text` is ASCII. Where all does not fit, the bar shrinks first, then the text is cut,
 * then the time spent is left out. */
static void put_line(char *out, size_t size, const cli_progress *p, const char *text, size_t wanted,
                     size_t room, double now) {
    char spent[40] = " ", left[64] = "", count[64] = "", bar[4 * WIDEST_BAR + 8];
    double more = wanted ? time_left(p, wanted, now) : NAN;
    put_time(spent + 1, sizeof spent - 1, now - p->start);
    if (!isnan(more)) {
        put_time(left, sizeof left - 6, more);
        strcat(left, " left");
    }
    if (wanted)
        snprintf(count, sizeof count, " %zu/%zu", p->done, wanted);
    bool both = strlen(count) + strlen(spent) + 2 + strlen(left) + NARROWEST_BAR + 3 <= room;
    if (*left && !both)
        *spent = 0;
    const char *between = !*left ? "" : *spent ? ", " : " ";
    size_t facts = strlen(count) + strlen(spent) + strlen(between) + strlen(left), words = strlen(text);
    size_t free = room > facts + 3 ? room - facts - 3 : 0;
    if (!wanted || free < NARROWEST_BAR) {
        snprintf(out, size, "%.*s%s%s%s%s", (int)(free < words ? free : words), text, count, spent, between,
                 left);
        return;
    }
    size_t width = free > words + NARROWEST_BAR ? free - words : NARROWEST_BAR;
    width = width < WIDEST_BAR ? width : WIDEST_BAR;
    put_bar(bar, sizeof bar, fmin(1, (double)p->done / (double)wanted), width);
    snprintf(out, size, "%.*s [%s]%s%s%s%s", (int)(free - width), text, bar, count, spent, between, left);
}

/* Columns of a line: bytes that start a character. */
static size_t columns_of(const char *line) {
    size_t count = 0;
    for (; *line; line++)
        count += ((unsigned char)*line & 0xc0) != 0x80;
    return count;
}

static void show_bar(cli_progress *p, const char *text, size_t wanted, double now) {
    char line[ROOM];
    size_t room = cli_columns(STDERR_FILENO);
    room = room < ROOM / 4 ? room - 1 : ROOM / 4;
    put_line(line, sizeof line, p, cli_stop ? "stopping" : text, wanted, room, now);
    size_t columns = columns_of(line);
    fprintf(stderr, "\r%s%*s", line, (int)(p->columns > columns ? p->columns - columns : 0), "");
    fflush(stderr);
    p->columns = columns;
}

/* ---- lines for the server ---- */

static json_t *count_json(size_t count, bool known) {
    return known ? json_integer((json_int_t)count) : json_null();
}

static void show_line(const cli_progress *p, const char *text, size_t wanted, double now) {
    double left = wanted ? time_left(p, wanted, now) : NAN;
    json_t *root = json_pack("{s:s, s:o, s:o, s:f, s:o}", "text", text, "done", count_json(p->done, wanted),
                             "wanted", count_json(wanted, wanted), "seconds", now - p->start, "left",
                             isnan(left) ? json_null() : json_real(left));
    char *line = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
    if (line)
        fprintf(stderr, "@progress %s\n", line);
    free(line);
    json_decref(root);
}

/* ---- telling ---- */

void cli_progress_tell(cli_progress *p, const char *text, size_t done, size_t wanted) {
    double now = cli_now();
    if (p->form == SILENT)
        return;
    if (wanted && !p->wanted && !done) /* counting begins now, whatever went before */
        p->since = p->began = now;
    p->wanted = wanted;
    learn(p, done, now);
    if (now - p->said < PAUSE || (p->form == BAR && now - p->start < PATIENCE))
        return;
    p->said = now;
    if (p->form == BAR)
        show_bar(p, text, wanted, now);
    else
        show_line(p, text, wanted, now);
}

void cli_progress_end(cli_progress *p) {
    if (p->form == BAR && p->columns)
        fprintf(stderr, "\r%*s\r", (int)p->columns, "");
    p->columns = 0;
}

/* ---- work in a thread of its own ---- */

typedef struct {
    void (*work)(void *data);
    void *data;
    int finished;
} errand;

static void *run_errand(void *data) {
    errand *e = data;
    e->work(e->data);
    __atomic_store_n(&e->finished, 1, __ATOMIC_RELEASE);
    return NULL;
}

void cli_progress_during(const cli_common *common, void (*work)(void *data),
                         void (*look)(void *data, cli_progress *p), void *data) {
    const struct timespec pause = {0, 20000000};
    errand e = {.work = work, .data = data};
    cli_progress p;
    pthread_t thread;
    cli_progress_begin(&p, common);
    if (p.form == SILENT || pthread_create(&thread, NULL, run_errand, &e)) {
        work(data);
        return;
    }
    while (!__atomic_load_n(&e.finished, __ATOMIC_ACQUIRE)) {
        nanosleep(&pause, NULL);
        look(data, &p);
    }
    pthread_join(thread, NULL);
    cli_progress_end(&p);
}

/* ---- work of which nobody knows how much there is ---- */

typedef struct {
    void (*work)(void *data);
    void *data;
    const char *text;
} plain;

static void do_plain(void *data) {
    const plain *p = data;
    p->work(p->data);
}

static void look_at_plain(void *data, cli_progress *progress) {
    const plain *p = data;
    cli_progress_tell(progress, p->text, 0, 0);
}

void cli_progress_plain(const cli_common *common, const char *text, void (*work)(void *data), void *data) {
    plain p = {work, data, text};
    cli_progress_during(common, do_plain, look_at_plain, &p);
}
