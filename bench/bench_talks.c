/*
 * Speed of talks: an optimum, Nash, a frontier, bargains and a table. Prints CSV: name,value,unit. Usage: bench_talks
 * [REPOSITORY], whose worlds and scenarios are used (default: the working folder).
 */
#include "bench.h"
#include "parley.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Processor time of all threads: what a machine with other work to do measures more fairly. */
static double spent(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* Answers a verb `rounds` times and prints the fastest. */
static void measure(const char *name, const char *path, pl_verb verb, const pl_talks_options *options,
                    int rounds) {
    pl_error error;
    pl_game *game = NULL;
    double best = INFINITY, least = INFINITY;
    if (pl_game_load(path, NULL, NULL, &game, &error))
        stop(error.text);
    for (int round = 0; round < rounds; round++) {
        pl_talks *talks = NULL;
        double start = now(), work = spent();
        if (pl_talks_new(game, verb, options, &talks, &error))
            stop(error.text);
        best = fmin(best, now() - start);
        least = fmin(least, spent() - work);
        if (round == 0)
            printf("%s converged,%d,yes\n", name, pl_talks_converged(talks));
        pl_talks_free(talks);
    }
    printf("%s,%.3f,s\n%s processor time,%.3f,s\n", name, best, name, least);
    fflush(stdout);
    pl_game_free(game);
}

/* A world of seven regions and 33 sectors without inputs, as in Ossa (2014): gravity with home bias, uneven sizes. */
static void write_seven(FILE *out) {
    enum { N = 7, J = 33 };
    static const double size[N] = {1, 4, 6, 1.2, 3, 7, 6.5};
    unsigned state = 12345;
    fputs("parley: 1\nname: seven\nscenario:\n  name: seven\n  world:\n    countries: [BRA, CHN, EU, IND, "
          "JPN, ROW, USA]\n    sectors: [",
          out);
    for (int j = 0; j < J; j++)
        fprintf(out, "%sS%02d", j ? ", " : "", j);
    fputs("]\n    goods: [", out);
    for (int j = 0; j < J; j++)
        fprintf(out, "%sS%02d", j ? ", " : "", j);
    fputs("]\n    theta: {", out);
    for (int j = 0; j < J; j++)
        fprintf(out, "%sS%02d: %.2f", j ? ", " : "", j, 1.5 + 0.12 * j);
    fputs("}\n    flow:\n", out);
    for (int j = 0; j < J; j++) {
        fprintf(out, "      S%02d: [", j);
        for (int n = 0; n < N; n++) {
            fputs(n ? ", [" : "[", out);
            for (int i = 0; i < N; i++) {
                state = state * 1664525u + 1013904223u;
                double draw = (double)(state >> 8) / (1 << 24);
                fprintf(out, "%s%.6f", i ? ", " : "",
                        size[n] * size[i] * (i == n ? 30 / size[n] : 0.2 + draw));
            }
            fputc(']', out);
        }
        fputs("]\n", out);
    }
    fputs("  settings: {closure: balanced}\n  variants: {now: {title: now}}\nplayers: {", out);
    static const char *const code[N] = {"BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA"};
    for (int n = 0; n < N; n++)
        fprintf(out, "%sP%s: {members: %s}", n ? ", " : "", code[n], code[n]);
    fputs("}\ninstruments:\n", out);
    for (int n = 0; n < N; n++)
        fprintf(out, "  t%s: {player: P%s, kind: tariff, on: all, each: [partner, sector], high: 400%%}\n",
                code[n], code[n]);
}

/* wiod-2014: one country's tariffs by partner and sector, two countries', and everybody's by sector. */
static void write_wiod(FILE *out, const char *world, int kind) {
    fprintf(out, "parley: 1\nname: wiod\nscenario: {name: wiod, world: %s, variants: {now: {title: now}}}\n",
            world);
    if (kind < 2) {
        fputs("players: {US: {members: USA}, China: {members: CHN}}\ninstruments:\n"
              "  us: {player: US, kind: tariff, on: all, each: [partner, sector], high: 300%}\n"
              "  cn: {player: China, kind: tariff, on: all, each: [partner, sector], high: 300%}\n",
              out);
        return;
    }
    pl_world *w = NULL;
    pl_error error;
    if (pl_world_load(world, &w, &error))
        stop(error.text);
    fputs("players:\n", out);
    for (size_t n = 0; n < pl_world_size(w, PL_COUNTRY); n++)
        fprintf(out, "  P%s: {members: %s}\n", pl_world_code(w, PL_COUNTRY, n),
                pl_world_code(w, PL_COUNTRY, n));
    fputs("instruments:\n", out);
    for (size_t n = 0; n < pl_world_size(w, PL_COUNTRY); n++)
        fprintf(out, "  t%s: {player: P%s, kind: tariff, on: all, each: sector, high: 300%%}\n",
                pl_world_code(w, PL_COUNTRY, n), pl_world_code(w, PL_COUNTRY, n));
    pl_world_free(w);
}

int main(int argc, char **argv) {
    char folder[] = "/tmp/parley-bench-XXXXXX", path[64], london[512];
    pl_talks_options options;
    if (!mkdtemp(folder))
        stop("no folder for games");
    snprintf(path, sizeof path, "%s/game.yaml", folder);
    snprintf(london, sizeof london, "%s/scenarios/london-2025-game.yaml", argc > 1 ? argv[1] : ".");
    pl_talks_options_init(&options);
    options.starts = 1;
    options.player = 6;
    puts("name,value,unit");
    for (int kind = -1; kind < 3; kind++) {
        FILE *out = fopen(path, "w");
        if (!out)
            stop("a game cannot be written");
        if (kind < 0)
            write_seven(out);
        else
            write_wiod(out, "wiod-2014", kind);
        if (fclose(out))
            stop("a game cannot be written");
        if (kind < 0) {
            measure("seven regions x 33 sectors: optimum over 198 tariffs", path, PL_BEST_RESPONSE, &options,
                    5);
            measure("seven regions x 33 sectors: Nash", path, PL_NASH, &options, 3);
            options.player = 0;
        } else if (kind == 0) {
            measure("wiod-2014: optimum of the US by partner and sector", path, PL_BEST_RESPONSE, &options,
                    3);
        } else {
            measure(kind == 1 ? "wiod-2014: Nash of the US and China by partner and sector"
                              : "wiod-2014: Nash of all by sector",
                    path, PL_NASH, &options, kind == 1 ? 2 : 1);
        }
    }
    unlink(path);
    rmdir(folder);
    pl_talks_options_init(&options); /* as the program does without options, on two threads */
    options.threads = 2;
    options.points = 40;
    measure("London: frontier of 40 points", london, PL_FRONTIER, &options, 1);
    measure("London: four bargains", london, PL_BARGAIN, &options, 1);
    measure("London: table of ten packages", london, PL_TABLE, &options, 3);
    measure("London: a package made by hand", london, PL_VALUE, &options, 5);
    options.kept = true;
    measure("London: whether it is kept", london, PL_VALUE, &options, 2);
    measure("London: what keeps itself", london, PL_SUSTAIN, &options, 1);
    return 0;
}
