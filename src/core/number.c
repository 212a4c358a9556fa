/* Numbers: reading them strictly, and sums whose bits do not depend on the compiler. */
#include "core/core.h"

#include <math.h>
#include <string.h>
#include <time.h>

bool pl_read_number(const char *text, double *value) {
    char *end = NULL;
    if (!*text || *text == ' ')
        return false;
    double x = strtod(text, &end);
    if (end == text || *end || !isfinite(x))
        return false;
    *value = x;
    return true;
}

bool pl_read_rate(const char *text, double *value, bool *percent) {
    char copy[64];
    size_t length = strlen(text);
    *percent = false;
    if (!length || length >= sizeof copy)
        return false;
    memcpy(copy, text, length + 1);
    if (copy[length - 1] == '%') {
        *percent = true;
        copy[--length] = 0;
        while (length && copy[length - 1] == ' ')
            copy[--length] = 0;
    }
    if (!pl_read_number(copy, value))
        return false;
    if (*percent)
        *value /= 100;
    return true;
}

PL_WIDE double pl_sum(const double *x, size_t count) {
    double s[8] = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t k = 0; k < 8; k++)
            s[k] += x[i + k];
    for (size_t k = 0; i < count; i++, k++)
        s[k] += x[i];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

PL_WIDE double pl_dot(const double *x, const double *y, size_t count) {
    double s[8] = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t k = 0; k < 8; k++)
            s[k] += x[i + k] * y[i + k];
    for (size_t k = 0; i < count; i++, k++)
        s[k] += x[i] * y[i];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

double pl_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
