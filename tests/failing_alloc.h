/*
 * For tests named *_alloc: the linker puts these functions in the place of malloc, calloc and realloc in our own code, and while
 * `armed`, allocation number `fail_at` since `calls` was set to zero fails. Threads may allocate too.
 */
#ifndef FAILING_ALLOC_H
#define FAILING_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

static bool armed;
static size_t calls, fail_at;

static bool fails(void) {
    return __atomic_load_n(&armed, __ATOMIC_RELAXED) &&
           __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED) == fail_at;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size) {
    return fails() ? NULL : __real_realloc(block, size);
}

#endif
