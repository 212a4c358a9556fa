/* The table of laws. Each is a function over a world and a tolerance. */
#include "check/check.h"

static const struct {
    const char *word;
    pl_law law;
    double tolerance;
} table[] = {
#define LAW_ROW(word, name, tolerance, text) {word, pl_law_##name, tolerance},
    PL_LAWS(LAW_ROW)
#undef LAW_ROW
};

enum { LAWS = sizeof table / sizeof *table };

static const char *const words[LAWS] = {
#define LAW_WORD(word, name, tolerance, text) word,
    PL_LAWS(LAW_WORD)
#undef LAW_WORD
};

const char *const *pl_law_names(size_t *count) {
    *count = LAWS;
    return words;
}

pl_law pl_law_find(const char *name, double *tolerance) {
    for (size_t k = 0; k < LAWS; k++) {
        if (pl_same_word(name, table[k].word)) {
            *tolerance = table[k].tolerance;
            return table[k].law;
        }
    }
    return NULL;
}
