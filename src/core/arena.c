/* Memory: one block per long-lived object, and checked allocation for what grows. */
#include "core/core.h"

#include <assert.h>
#include <string.h>

enum { ALIGN = 64 };

size_t pl_arena_need(size_t count, size_t size) {
    assert(size == 0 || count <= (SIZE_MAX - ALIGN) / size);
    return (count * size + ALIGN - 1) / ALIGN * ALIGN;
}

bool pl_arena_init(pl_arena *arena, size_t bytes) {
    size_t size = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    arena->used = 0;
    arena->size = size;
    arena->block = aligned_alloc(ALIGN, size ? size : ALIGN);
    if (!arena->block) {
        arena->size = 0;
        return false;
    }
    memset(arena->block, 0, size);
    return true;
}

void pl_arena_clear(pl_arena *arena) {
    free(arena->block);
    arena->block = NULL;
    arena->size = arena->used = 0;
}

void *pl_arena_take(pl_arena *arena, size_t count, size_t size) {
    void *taken = arena->block + arena->used;
    arena->used += pl_arena_need(count, size);
    assert(arena->used <= arena->size);
    return taken;
}

void *pl_alloc(size_t count, size_t size) {
    if (size && count > SIZE_MAX / size)
        return NULL;
    return calloc(count ? count : 1, size ? size : 1);
}

char *pl_strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = pl_alloc(size, 1);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

char *pl_format(const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : pl_alloc((size_t)length + 1, 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

bool pl_grow(void *array, size_t *room, size_t count, size_t size) {
    if (count < *room)
        return true;
    void *old = NULL;
    memcpy(&old, array, sizeof old);
    size_t wanted = *room ? 2 * *room : 4;
    void *bigger = realloc(old, wanted * size);
    if (!bigger)
        return false;
    memset((char *)bigger + *room * size, 0, (wanted - *room) * size);
    memcpy(array, &bigger, sizeof bigger);
    *room = wanted;
    return true;
}

bool pl_strings_add(pl_strings *list, const char *text) {
    if (!pl_grow(&list->item, &list->room, list->count, sizeof *list->item))
        return false;
    char *copy = pl_strdup(text);
    if (!copy)
        return false;
    list->item[list->count++] = copy;
    return true;
}

void pl_strings_clear(pl_strings *list) {
    for (size_t i = 0; i < list->count; i++)
        free(list->item[i]);
    free(list->item);
    list->item = NULL;
    list->count = list->room = 0;
}
