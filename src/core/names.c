/* Names: comparing and suggesting. */
#include "core/core.h"

#include <string.h>

enum { LONGEST = 63 };

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool pl_same_word(const char *a, const char *b) {
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) == lower(*b);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
static size_t edit_distance(const char *a, const char *b) {
    size_t na = strlen(a), nb = strlen(b);
    if (na > LONGEST || nb > LONGEST)
        return SIZE_MAX;
    size_t row[3][LONGEST + 1];
    for (size_t j = 0; j <= nb; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            now[j] = least(least(now[j - 1], before[j]) + 1, before[j - 1] + !same);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return row[na % 3][nb];
}

/* How far letters in the same place are apart in the alphabet: CHM is nearer to CHN than to CHE. */
static size_t letters_apart(const char *a, const char *b) {
    size_t apart = 0;
    for (; *a && *b; a++, b++)
        apart += (size_t)abs(lower(*a) - lower(*b));
    return apart;
}

const char *pl_suggest(const char *text, const char *const *names, size_t count) {
    size_t length = strlen(text);
    size_t limit = length <= 3 ? 1 : length <= 6 ? 2 : 1 + length / 4;
    const char *best = NULL;
    size_t nearest = limit + 1, closest = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t distance = names[i] ? edit_distance(text, names[i]) : SIZE_MAX;
        size_t apart = distance <= nearest ? letters_apart(text, names[i]) : 0;
        if (distance < nearest || (best && distance == nearest && apart < closest)) {
            nearest = distance;
            closest = apart;
            best = names[i];
        }
    }
    return best;
}

const char *pl_suggest_text(char *out, size_t size, const char *text, const char *const *names,
                            size_t count) {
    const char *near = pl_suggest(text, names, count);
    if (near)
        snprintf(out, size, " (did you mean '%s'?)", near);
    else
        snprintf(out, size, "%s", "");
    return out;
}
