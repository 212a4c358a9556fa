/*
 * Speed of questions asked again and again: the tariff slider on London, 9 June 2025, in the truce with its licences, on
 * world-2022; and a package of the game of two players on the same day, dragged by both sides' tariffs. Prints CSV: name,value,unit. Usage: bench_desk [REPOSITORY], whose scenarios are used (default: the
 * working folder).
 */
#include "bench.h"
#include "parley.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { DRAG = 120, JUMPS = 60, CALLERS = 4, EACH = 60, MOST = 1024 };

static char scenario[4096], game[4096];

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

/* ---- a package ---- */

/* What the page asks for while a package is dragged. The caller frees the text. */
static char *ask_value(pl_desk *desk, double us, double cn, double *seconds) {
    char ours[64], theirs[64], *text = NULL;
    size_t length = 0;
    pl_error error;
    snprintf(ours, sizeof ours, "us-tariff=%.1f%%", 100 * us);
    snprintf(theirs, sizeof theirs, "cn-tariff=%.1f%%", 100 * cn);
    const pl_asked asked[] = {{"scenario", game}, {"set", ours}, {"set", theirs}};
    double start = now();
    FILE *out = open_memstream(&text, &length);
    if (!out || pl_desk_value(desk, asked, 3, NULL, out, &error) || fclose(out))
        stop(error.text);
    *seconds = now() - start;
    return text;
}

static double value_time(pl_desk *desk, double us, double cn) {
    double seconds = 0;
    free(ask_value(desk, us, cn, &seconds));
    return seconds;
}

/* The payoffs of the last deal of an answer. */
static void read_payoffs(const char *text, double *payoff) {
    const char *at = strstr(text, "\"name\": \"package\"");
    for (size_t k = 0; k < 2 && at; k++) {
        at = strstr(at + 1, "\"payoff\": ");
        payoff[k] = at ? strtod(at + strlen("\"payoff\": "), NULL) : NAN;
    }
}

/* The largest difference from the command's answer, over the payoff. */
static double value_difference(pl_desk *desk, double us, double cn) {
    double seconds = 0, warm[2] = {NAN, NAN}, most = 0;
    char *text = ask_value(desk, us, cn, &seconds), part[64];
    pl_game *g = NULL;
    pl_talks *talks = NULL;
    pl_error error;
    pl_talks_options options;
    read_payoffs(text, warm);
    free(text);
    if (pl_game_load(game, NULL, NULL, &g, &error))
        stop(error.text);
    double *setting = malloc(pl_game_instruments(g) * sizeof *setting);
    if (!setting)
        stop("no memory");
    for (size_t i = 0; i < pl_game_instruments(g); i++)
        setting[i] = NAN;
    snprintf(part, sizeof part, "us-tariff=%.1f%%", 100 * us);
    pl_game_set(g, part, setting, &error);
    snprintf(part, sizeof part, "cn-tariff=%.1f%%", 100 * cn);
    pl_game_set(g, part, setting, &error);
    pl_talks_options_init(&options);
    options.setting = setting;
    if (pl_talks_new(g, PL_VALUE, &options, &talks, &error))
        stop(error.text);
    for (size_t p = 0; p < 2; p++) {
        double cold = talks->deal[2].payoff[p];
        most = fabs(warm[p] - cold) <= most * fabs(cold) ? most : fabs(warm[p] - cold) / fabs(cold);
    }
    pl_talks_free(talks);
    pl_game_free(g);
    free(setting);
    return most;
}

/* Along a line as the pointer goes, then back on a curve. */
static void drag_package(pl_desk *desk) {
    double seconds[DRAG], jump[JUMPS];
    unsigned seed = 11;
    printf("package_first,%.2f,ms\n", 1e3 * value_time(desk, -0.01, -0.01));
    for (size_t k = 0; k < DRAG; k++) {
        double t = k < DRAG / 2 ? (double)k / (DRAG / 2) : (double)(DRAG - k) / (DRAG / 2);
        seconds[k] = value_time(desk, -0.29 * t, k < DRAG / 2 ? -0.19 * t : -0.19 * t * t);
    }
    print_times("package_dragged", seconds, DRAG);
    for (size_t k = 0; k < JUMPS; k++)
        jump[k] = value_time(desk, 1.45 * draw(&seed) - 0.3, 1.35 * draw(&seed) - 0.2);
    print_times("package_jump", jump, JUMPS);
    printf("package_warm_over_cold,%.1e,share\n",
           fmax(value_difference(desk, -0.173, -0.081), value_difference(desk, 0.552, 0.311)));
}

int main(int argc, char **argv) {
    double drag[DRAG], jump[JUMPS], again[5];
    unsigned seed = 7;
    pl_desk *desk = NULL;
    pl_error error;
    snprintf(scenario, sizeof scenario, "%s/scenarios/london-2025.yaml", argc > 1 ? argv[1] : ".");
    snprintf(game, sizeof game, "%s/scenarios/london-2025-game.yaml", argc > 1 ? argv[1] : ".");
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
    drag_package(desk);
    many_callers(desk);
    pl_desk_free(desk);
    return 0;
}
