/* What the benchmarks share: a clock, and the end of one that cannot go on. */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline void stop(const char *text) {
    fprintf(stderr, "bench: %s\n", text);
    exit(2);
}

#endif
