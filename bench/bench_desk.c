/*
 * Speed of questions asked again and again: the tariff slider on London, 9 June 2025, in the truce with its licences, on
 * world-2022. Prints CSV: name,value,unit. Usage: bench_desk [REPOSITORY], whose scenarios are used (default: the
 * working folder).
 */
#include "parley.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DRAG = 120, JUMPS = 60, CALLERS = 4, EACH = 60, MOST = 1024 };

static char scenario[4096];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void stop(const char *text) {
    fprintf(stderr, "bench: %s\n", text);
    exit(2);
}

/* What the page asks for while the slider is at `rate`. The caller frees the text. */
static char *ask(pl_desk *desk, double rate, bool warm, double *seconds) {
    char line[64], *text = NULL;
    size_t length = 0;
    pl_error error;
    snprintf(line, sizeof line, "USA<-CHN=%.4f%%", 100 * rate);
    const pl_asked asked[] = {
        {"scenario", scenario}, {"variant", "truce"}, {"variables", "real_income"}, {"tariff", line}};
    double start = now();
    FILE *out = open_memstream(&text, &length);
    if (!out || pl_desk_answer(desk, asked, 4, warm, NULL, out, &error) || fclose(out))
        stop(error.text);
    *seconds = now() - start;
    return text;
}

static double ask_time(pl_desk *desk, double rate, bool warm) {
    double seconds = 0;
    free(ask(desk, rate, warm, &seconds));
    return seconds;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double sum(const double *x, size_t count) {
    double total = 0;
    for (size_t k = 0; k < count; k++)
        total += x[k];
    return total;
}

static void print_times(const char *name, double *seconds, size_t count) {
    qsort(seconds, count, sizeof *seconds, by_value);
    printf("%s_median,%.2f,ms\n%s_95,%.2f,ms\n", name, 1e3 * seconds[count / 2], name,
           1e3 * seconds[count * 95 / 100]);
    fflush(stdout);
}

/* The numbers of a country list, one a line, after the name of a variable. */
static size_t read_values(const char *text, double *value) {
    const char *at = strstr(text, "\"values\"");
    size_t count = 0;
    at = at ? strchr(at, '[') : NULL;
    while (at && count < MOST) {
        char *end = NULL;
        value[count] = strtod(at + 1, &end);
        if (end == at + 1)
            break;
        count++;
        at = end + strcspn(end, ",]");
        at = *at == ',' ? at : NULL;
    }
    return count;
}

/* The largest difference between a warm answer and a cold one, in percent of income. */
static double difference(pl_desk *desk, double rate) {
    double warm[MOST], cold[MOST], seconds = 0, most = 0;
    char *a = ask(desk, rate, true, &seconds), *b = ask(desk, rate, false, &seconds);
    size_t count = read_values(a, warm), other = read_values(b, cold);
    for (size_t k = 0; k < count; k++)
        most = fmax(most, fabs(warm[k] - cold[k]));
    free(a);
    free(b);
    return count && count == other ? most : NAN;
}

typedef struct {
    pl_desk *desk;
    unsigned seed;
    double seconds[EACH];
} caller;

static double draw(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return (double)(*seed >> 8) / (1 << 24);
}

static void *call(void *data) {
    caller *c = data;
    double rate = draw(&c->seed);
    for (size_t k = 0; k < EACH; k++) {
        rate = k % 20 ? fmin(1.45, rate + 0.01) : draw(&c->seed);
        c->seconds[k] = ask_time(c->desk, rate, true);
    }
    return NULL;
}

static void many_callers(pl_desk *desk) {
    pthread_t thread[CALLERS];
    caller c[CALLERS];
    double all[CALLERS * EACH], start = now();
    for (unsigned k = 0; k < CALLERS; k++) {
        c[k] = (caller){.desk = desk, .seed = 17 + k};
        if (pthread_create(&thread[k], NULL, call, &c[k]))
            stop("no thread");
    }
    for (size_t k = 0; k < CALLERS; k++) {
        pthread_join(thread[k], NULL);
        memcpy(all + k * EACH, c[k].seconds, sizeof c[k].seconds);
    }
    printf("callers,%d,\nanswers_a_second,%.1f,1/s\n", CALLERS, CALLERS * EACH / (now() - start));
    print_times("slider_of_many", all, CALLERS * EACH);
}

int main(int argc, char **argv) {
    double drag[DRAG], jump[JUMPS], again[5];
    unsigned seed = 7;
    pl_desk *desk = NULL;
    pl_error error;
    snprintf(scenario, sizeof scenario, "%s/scenarios/london-2025.yaml", argc > 1 ? argv[1] : ".");
    if (pl_desk_new(NULL, &desk, &error))
        stop(error.text);
    printf("first_answer,%.2f,ms\n", 1e3 * ask_time(desk, 0.30, false));
    for (size_t k = 0; k < 5; k++)
        again[k] = ask_time(desk, 0.30, false);
    print_times("cold_and_certified", again, 5);
    for (size_t k = 0; k < DRAG;
         k++) /* a point of the tariff at a time, up and then down between the ticks */
        drag[k] = ask_time(
            desk, k < DRAG / 2 ? 0.31 + 0.01 * (double)k : 0.904 - 0.013 * (double)(k - DRAG / 2), true);
    printf("slider_a_second,%.1f,1/s\n", DRAG / sum(drag, DRAG));
    print_times("slider", drag, DRAG);
    for (size_t k = 0; k < JUMPS; k++)
        jump[k] = ask_time(desk, 1.45 * draw(&seed), true);
    print_times("jump", jump, JUMPS);
    printf("warm_less_cold,%.1e,percent\n", fmax(difference(desk, 0.5173), difference(desk, 1.2341)));
    many_callers(desk);
    pl_desk_free(desk);
    return 0;
}
