/* A list of labels with a hash over it: the order of first appearance is kept, finding one does not depend on
 * how many there are. */
#include "data/data.h"

#include <string.h>

static size_t hash(const char *text) {
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

/* The slot where `text` is, or the free one where it would go. */
static size_t probe(const pl_lookup *l, const char *text) {
    size_t at = hash(text) & (l->room - 1);
    while (l->slot[at] && strcmp(l->labels.item[l->slot[at] - 1], text))
        at = (at + 1) & (l->room - 1);
    return at;
}

size_t pl_lookup_find(const pl_lookup *l, const char *text) {
    if (!l->room)
        return SIZE_MAX;
    size_t slot = l->slot[probe(l, text)];
    return slot ? slot - 1 : SIZE_MAX;
}

/* Keeps the table at most half full. */
static bool grow(pl_lookup *l) {
    if (2 * (l->labels.count + 1) <= l->room)
        return true;
    size_t room = l->room ? 2 * l->room : 64;
    size_t *slot = pl_alloc(room, sizeof *slot);
    if (!slot)
        return false;
    free(l->slot);
    l->slot = slot;
    l->room = room;
    for (size_t i = 0; i < l->labels.count; i++)
        slot[probe(l, l->labels.item[i])] = i + 1;
    return true;
}

size_t pl_lookup_add(pl_lookup *l, const char *text) {
    size_t found = pl_lookup_find(l, text);
    if (found != SIZE_MAX)
        return found;
    if (!grow(l) || !pl_strings_add(&l->labels, text))
        return SIZE_MAX;
    l->slot[probe(l, text)] = l->labels.count;
    return l->labels.count - 1;
}

void pl_lookup_clear(pl_lookup *l) {
    pl_strings_clear(&l->labels);
    free(l->slot);
    l->slot = NULL;
    l->room = 0;
}
