/* The core layer: memory, messages, names, numbers. Everything else may include it; it includes nothing of ours. */
#ifndef PL_CORE_H
#define PL_CORE_H

#include "parley.h"

#include <stdarg.h>
#include <stdlib.h>

/* ---- messages ---- */

#if defined(__GNUC__)
#define PL_PRINTF(a, b) __attribute__((format(printf, a, b)))
#else
#define PL_PRINTF(a, b)
#endif

/* Fills `error` and returns `status`, so that a check is one line: `if (!(x > 0)) return pl_fail(...)`. */
pl_status pl_fail(pl_error *error, pl_status status, const char *format, ...) PL_PRINTF(3, 4);
/* The same with "file:line: " in front; line 0 means the whole file. */
pl_status pl_fail_at(pl_error *error, pl_status status, const char *file, size_t line, const char *format,
                     ...) PL_PRINTF(5, 6);
pl_status pl_fail_memory(pl_error *error, size_t bytes);
/* "cannot read FILE: reason", with the reason of errno. */
pl_status pl_fail_errno(pl_error *error, const char *what, const char *path);

/* ---- memory ---- */

/* One block per long-lived object: reserve once, then take. Every take is zeroed and aligned to 64 bytes. */
typedef struct {
    unsigned char *block;
    size_t size, used;
} pl_arena;

bool pl_arena_init(pl_arena *arena, size_t bytes);
void pl_arena_clear(pl_arena *arena);
/* Never fails when the sizes were added up right: asserts. */
void *pl_arena_take(pl_arena *arena, size_t count, size_t size);
/* What a take of `count` things of `size` bytes uses, for adding up. */
size_t pl_arena_need(size_t count, size_t size);

/* Zeroed array of count * size bytes with an overflow check; NULL when it cannot be had. */
void *pl_alloc(size_t count, size_t size);
char *pl_strdup(const char *text);
/* A formatted string on the heap, or NULL. */
char *pl_format(const char *format, ...) PL_PRINTF(1, 2);
/* Makes room for one more item of `size` bytes in a growing array (`array` is the address of its pointer);
 * false when out of memory. */
bool pl_grow(void *array, size_t *room, size_t count, size_t size);

/* ---- names ---- */

/* Writes " (did you mean 'X'?)" into `out`, or nothing when no name is near; returns `out`. */
const char *pl_suggest_text(char *out, size_t size, const char *text, const char *const *names, size_t count);
bool pl_same_word(const char *a, const char *b); /* equal, ASCII letter case aside */

/* A growing list of strings. */
typedef struct {
    size_t count, room;
    char **item;
} pl_strings;
bool pl_strings_add(pl_strings *list, const char *text);
void pl_strings_clear(pl_strings *list);

/* ---- numbers ---- */

/* Reads a whole text as a finite number; false when it is anything else. "145%" is 1.45 when percent is allowed. */
bool pl_read_number(const char *text, double *value);
bool pl_read_rate(const char *text, double *value, bool *percent);

/* Sums with eight fixed partial sums: the same bits with every compiler and flag. */
double pl_sum(const double *x, size_t count);
double pl_dot(const double *x, const double *y, size_t count);

/* out[i] = exp(x[i]), log(x[i]): own kernels, within 2 ulp, the same bits on every machine. x may be out.
 * The log of what is not positive is NaN, so that a solve that leaves the model's ground is noticed. */
void pl_vexp(const double *x, double *out, size_t count);
void pl_vlog(const double *x, double *out, size_t count);
/* exp(x) - 1 and log(1 + x), accurate near zero. */
void pl_vexpm1(const double *x, double *out, size_t count);
void pl_vlog1p(const double *x, double *out, size_t count);

/* Wide vectors where the machine has them, in one binary. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(PL_NO_CLONES)
#define PL_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PL_WIDE
#endif

/* Monotonic seconds, for how long something took; never in a result file. */
double pl_seconds(void);

/* ---- files ---- */

/*
 * Files written aside and renamed together at the end, so that nothing is ever half-written:
 *   pl_stage_init -> pl_stage_path (a temporary path to write to, for each final path) -> pl_stage_commit
 * pl_stage_abort (also called by commit on failure) removes every temporary file.
 */
typedef struct {
    pl_strings temporary, final;
} pl_stage;
void pl_stage_init(pl_stage *stage);
/* NULL and a filled error when out of memory or the folder is not writable. */
const char *pl_stage_path(pl_stage *stage, const char *final_path, pl_error *error);
pl_status pl_stage_commit(pl_stage *stage, pl_error *error);
void pl_stage_abort(pl_stage *stage);

/* `path` as it is when absolute, else beside `file`, which names it. Where PARLEY_FILES names a folder, what is named by a file outside
 * it is looked for in there. NULL when out of memory. */
char *pl_beside(const char *file, const char *path);
/* Whether what `file` names may be read: everything, or, where PARLEY_FILES names a folder, what lies in there, links followed. */
bool pl_may_read(const char *file, const char *path);

/* Makes a folder and its parents. */
pl_status pl_make_folder(const char *path, pl_error *error);

/* ---- threads ---- */

/* `count` jobs, handed out in order to threads that each have a tool of their own: `open` makes one (NULL is a tool too),
 * `run` does job `at` with it, `close` gets it back. */
typedef struct {
    size_t count;
    void *data;
    pl_status (*open)(void *data, void **tool, pl_error *error);
    pl_status (*run)(void *data, void *tool, size_t at, pl_error *error);
    void (*close)(void *tool);
} pl_jobs;
/* How many processors there are to work on. */
size_t pl_processors(void);
/* Runs them, `threads` at a time, 0 for one a processor. After a failure no further job is begun, and the earliest one's failure is returned. */
pl_status pl_jobs_run(const pl_jobs *jobs, size_t threads, pl_error *error);

#endif
