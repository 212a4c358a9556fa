/* Which sectors are goods, told from their codes. */
#include "data/data.h"

#include <ctype.h>
#include <string.h>

/* The number a code starts with after `skip` characters, its first two digits at most; 0 when there is none.
 */
static unsigned division(const char *code, size_t skip, size_t *digits) {
    unsigned number = 0;
    *digits = 0;
    for (const char *p = code + skip; *digits < 2 && isdigit((unsigned char)*p); p++, (*digits)++)
        number = 10 * number + (unsigned)(*p - '0');
    return number;
}

/* ISIC: "B", "R_S", "A01", "C10T12", "C31-C32", "01T02", "D05T06" (older OECD tables put D before every division).
 */
static bool isic_goods(const char *code, bool *known) {
    bool letter = code[0] >= 'A' && code[0] <= 'U';
    size_t digits = 0;
    unsigned number = division(code, letter, &digits);
    *known = true;
    if (letter && (!code[1] || code[1] == '_' || code[1] == '-'))
        return code[0] <= 'C';
    if (digits == 2 && number >= 1 && number <= 99)
        return number <= 33;
    *known = false;
    return true;
}

/* The 35 sectors of WIOD 2013 are C1 to C35; ISIC has no C1. */
bool pl_world_is_wiod_2013(const pl_world *w) {
    bool first = false;
    for (size_t j = 0; j < w->sectors; j++) {
        size_t digits = 0;
        const char *code = w->sector_code[j];
        unsigned number = code[0] == 'C' ? division(code, 1, &digits) : 0;
        if (number < 1 || number > 35 || code[1 + digits])
            return false;
        first = first || number == 1;
    }
    return first;
}

static bool starts_with_service(const char *text) {
    char word[8] = "";
    for (size_t i = 0; i < 7 && text[i]; i++)
        word[i] = text[i];
    return pl_same_word(word, "service");
}

void pl_world_default_goods(pl_world *w) {
    bool wiod = pl_world_is_wiod_2013(w);
    for (size_t j = 0; j < w->sectors; j++) {
        const char *code = w->sector_code[j];
        bool known = false;
        size_t digits = 0;
        w->goods[j] = wiod ? division(code, 1, &digits) <= 16 : isic_goods(code, &known);
        if (!wiod && !known)
            w->goods[j] = !starts_with_service(code) && !starts_with_service(w->sector_name[j]);
    }
}
