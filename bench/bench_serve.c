/*
 * The server under load: a slider alone, a slider beside long talks, and 200 viewers who all ask something else. Prints CSV:
 * name,value,unit. Usage: bench_serve [SECONDS [VIEWERS]] (default 30 and 200); the program is the one beside this file.
 */
#define _GNU_SOURCE
#include "bench.h"
#include "parley.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void pause_for(double seconds) {
    struct timespec t = {(time_t)seconds, (long)(1e9 * (seconds - floor(seconds)))};
    nanosleep(&t, NULL);
}

/* ---- the server ---- */

typedef struct {
    pid_t pid;
    unsigned port;
} served;

static served start(void) {
    char folder[4096], program[4200], line[256] = "";
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (length <= 0)
        stop("cannot tell where the program is");
    folder[length] = 0;
    snprintf(program, sizeof program, "%s/parley", dirname(folder));
    char *argv[] = {program,       (char[]){"serve"},     (char[]){"--port"},
                    (char[]){"0"}, (char[]){"--no-open"}, (char[]){"--quiet"},
                    NULL};
    int out[2];
    posix_spawn_file_actions_t actions;
    served s = {0, 0};
    if (pipe(out))
        stop("no pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    if (posix_spawn(&s.pid, program, &actions, NULL, argv, environ))
        stop("cannot start parley serve");
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    FILE *in = fdopen(out[0], "r");
    if (!in || !fgets(line, sizeof line, in) || sscanf(line, "http://127.0.0.1:%u/", &s.port) != 1)
        stop("parley serve does not say where it is");
    fclose(in);
    return s;
}

static double memory(const served *s) {
    char path[64], line[256];
    double kilobytes = NAN;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)s->pid);
    FILE *in = fopen(path, "r");
    while (in && fgets(line, sizeof line, in))
        sscanf(line, "VmRSS: %lf", &kilobytes);
    if (in)
        fclose(in);
    return kilobytes / 1024;
}

/* ---- a viewer ---- */

typedef enum { SLIDER, QUESTION, LOOK, TALK, KINDS } kind;

typedef struct {
    const served *server;
    kind what;
    unsigned number;
    double until;
    size_t count, room, errors;
    double *seconds; /* [count] */
    char wrong[256];
    pthread_t thread;
} viewer;

static int join_server(const served *s) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
    struct timeval patience = {60, 0};
    int yes = 1, made = socket(AF_INET, SOCK_STREAM, 0);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (made < 0 || connect(made, (struct sockaddr *)&where, sizeof where)) {
        if (made >= 0)
            close(made);
        return -1;
    }
    return made;
}

/* Different for every viewer and every turn, so that no answer is one that is kept. */
static void make_target(const viewer *v, size_t turn, char *target, size_t size) {
    static const char *const sellers[] = {"CHN", "VNM", "MEX", "DEU", "JPN", "KOR", "IND", "CAN"};
    static const char *const looks[] = {"VNM", "MEX", "USA", "CHN", "FRA", "BRA", "ZAF", "AUS"};
    const char *seller = sellers[v->number % 8];
    double rate = 10 + (double)v->number / 1000 + 0.5 * (double)(turn % 200) + (double)turn / 1e5;
    if (v->what == SLIDER)
        snprintf(target, size,
                 "/api/run?scenario=london-2025&variant=truce&tariff=USA%%3C-%s%%3D%.6f%%25&warm=1"
                 "&variables=real_income",
                 seller, rate);
    else if (v->what == QUESTION)
        snprintf(target, size, "/api/run?tariff=USA%%3C-%s%%3D%.6f%%25", seller, rate);
    else if (v->what == LOOK)
        snprintf(target, size, "/api/world/info?world=world-2022&country=%s", looks[(v->number + turn) % 8]);
    else
        snprintf(target, size, "/api/talks/sustain?scenario=london-2025-six&draws=100&seed=%zu",
                 1000 * (size_t)v->number + turn);
}

static bool send_request(int to, const served *s, const char *target) {
    char text[1024];
    int length =
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", target, s->port);
    return send(to, text, (size_t)length, MSG_NOSIGNAL) == length;
}

/* Reads one response; its status, or 0. Keeps the beginning of what was said. */
static int read_response(int from, char *beginning, size_t size) {
    static const char mark[] = "Content-Length:";
    char buffer[65536];
    size_t have = 0;
    char *body = NULL;
    while (!body && have < sizeof buffer - 1) {
        ssize_t got = recv(from, buffer + have, sizeof buffer - 1 - have, 0);
        if (got <= 0)
            return 0;
        have += (size_t)got;
        buffer[have] = 0;
        body = strstr(buffer, "\r\n\r\n");
    }
    char *length = body ? strcasestr(buffer, mark) : NULL;
    int status = 0;
    if (!length || sscanf(buffer, "HTTP/1.1 %d", &status) != 1)
        return 0;
    size_t wanted = strtoul(length + strlen(mark), NULL, 10), read = have - (size_t)(body + 4 - buffer);
    snprintf(beginning, size, "%.200s", body + 4);
    while (read < wanted) {
        ssize_t got = recv(from, buffer, sizeof buffer, 0);
        if (got <= 0)
            return 0;
        read += (size_t)got;
    }
    return status;
}

static void record(viewer *v, double seconds) {
    if (v->count == v->room) {
        v->room = v->room ? 2 * v->room : 256;
        v->seconds = realloc(v->seconds, v->room * sizeof *v->seconds);
        if (!v->seconds)
            stop("out of memory");
    }
    v->seconds[v->count++] = seconds;
}

static void *view(void *data) {
    viewer *v = data;
    char target[512], beginning[256] = "";
    int connection = join_server(v->server);
    for (size_t turn = 0; now() < v->until; turn++) {
        make_target(v, turn, target, sizeof target);
        double begun = now();
        int status = connection >= 0 && send_request(connection, v->server, target)
                         ? read_response(connection, beginning, sizeof beginning)
                         : 0;
        if (status == 200)
            record(v, now() - begun);
        else if (now() < v->until) {
            v->errors++;
            snprintf(v->wrong, sizeof v->wrong, "%.150s: %d %.80s", target, status, beginning);
        }
        if (v->what == LOOK)
            pause_for(0.05); /* these are kept by now, and would take the machine from the others */
        if (status == 0) {
            close(connection);
            pause_for(0.05);
            connection = join_server(v->server);
        }
    }
    close(connection);
    return NULL;
}

/* ---- many viewers ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_latency(const char *name, const viewer *list, size_t count, kind what) {
    size_t total = 0, fewest = SIZE_MAX, most = 0;
    for (size_t i = 0; i < count; i++)
        if (list[i].what == what) {
            total += list[i].count;
            fewest = list[i].count < fewest ? list[i].count : fewest;
            most = list[i].count > most ? list[i].count : most;
        }
    if (!total)
        return;
    double *all = malloc(total * sizeof *all);
    size_t at = 0;
    if (!all)
        stop("out of memory");
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; list[i].what == what && k < list[i].count; k++)
            all[at++] = list[i].seconds[k];
    qsort(all, total, sizeof *all, by_size);
    printf("%s_answers,%zu,\n", name, total);
    printf("%s_p50,%.1f,ms\n", name, 1e3 * all[total / 2]);
    printf("%s_p95,%.1f,ms\n", name, 1e3 * all[(size_t)(0.95 * (double)total)]);
    printf("%s_max,%.1f,ms\n", name, 1e3 * all[total - 1]);
    if (count > 10)
        printf("%s_fewest_and_most_a_viewer,%zu to %zu,\n", name, fewest, most);
    free(all);
}

static size_t run(const served *s, viewer *list, size_t count, double seconds) {
    size_t errors = 0;
    for (size_t i = 0; i < count; i++) {
        list[i].server = s;
        list[i].until = now() + seconds;
        if (pthread_create(&list[i].thread, NULL, view, &list[i]))
            stop("cannot start a thread");
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(list[i].thread, NULL);
        errors += list[i].errors;
        if (list[i].errors)
            fprintf(stderr, "bench: %s\n", list[i].wrong);
    }
    return errors;
}

static void forget(viewer *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(list[i].seconds);
    free(list);
}

static viewer *gather(size_t count) {
    viewer *list = calloc(count, sizeof *list);
    if (!list)
        stop("out of memory");
    return list;
}

/* One slider, and as many talks beside it as asked. */
static void one_slider(const served *s, const char *name, size_t talks, double seconds) {
    static unsigned number = 5000;
    int connection[16];
    char target[512];
    viewer *list = gather(1);
    list->what = SLIDER;
    list->number = number++;
    for (size_t i = 0; i < talks; i++) { /* asked, and not waited for */
        viewer talk = {.what = TALK, .number = number++};
        make_target(&talk, 0, target, sizeof target);
        connection[i] = join_server(s);
        if (connection[i] < 0 || !send_request(connection[i], s, target))
            stop("cannot ask for talks");
    }
    pause_for(talks ? 1 : 0);
    run(s, list, 1, seconds);
    for (size_t i = 0; i < talks; i++)
        close(connection[i]);
    print_latency(name, list, 1, SLIDER);
    forget(list, 1);
}

/* Most move a slider, some ask from nothing, some look at countries. */
static size_t crowd(const served *s, size_t count, double seconds, unsigned first, bool print) {
    viewer *list = gather(count);
    for (size_t i = 0; i < count; i++) {
        list[i].what = i % 8 == 1 ? QUESTION : i % 40 == 2 ? LOOK : SLIDER;
        list[i].number = first + (unsigned)i;
    }
    size_t errors = run(s, list, count, seconds);
    if (print) {
        print_latency("viewers_slider", list, count, SLIDER);
        print_latency("viewers_question", list, count, QUESTION);
        print_latency("viewers_look", list, count, LOOK);
    }
    forget(list, count);
    return errors;
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 30;
    size_t viewers = argc > 2 ? strtoul(argv[2], NULL, 10) : 200;
    served s = start();
    if (!(seconds > 0) || !viewers)
        stop("usage: bench_serve [SECONDS [VIEWERS]]");
    crowd(&s, 4, 2, 1, false);
    one_slider(&s, "slider_alone", 0, fmin(5, seconds));
    one_slider(&s, "slider_beside_talks", 4, fmin(5, seconds));
    size_t errors = crowd(&s, viewers, seconds / 2, 10000, false);
    pause_for(3);
    double before = memory(&s);
    errors += crowd(&s, viewers, seconds, 20000, true);
    pause_for(3);
    printf("viewers,%zu,\n", viewers);
    printf("viewers_seconds,%.0f,s\n", seconds);
    printf("viewers_errors,%zu,\n", errors);
    printf("memory_before,%.0f,MB\n", before);
    printf("memory_after,%.0f,MB\n", memory(&s));
    double begun = now();
    kill(s.pid, SIGINT);
    waitpid(s.pid, NULL, 0);
    printf("ctrl_c,%.0f,ms\n", 1e3 * (now() - begun));
    return errors ? 1 : 0;
}
