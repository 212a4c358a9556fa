/*
 * Splitting a column of money in two. Each entry goes to the part with odds r wish / (total - wish), where r is the one
 * number at which the part adds up to what it must: biproportional scaling of a table of two rows, whose columns are
 * the totals. The wish itself is the answer when it adds up and asks for no more than there is.
 */
#include "data/data.h"

#include <math.h>

static const double LEAST_REST =
    1e-3; /* of an entry, as the odds see it, where the wish asks for all of it */
static const double ROUNDING = 1e-9;
enum { HALVINGS = 100 };

static double weight(double total, double wish) {
    return fmax(total - wish, LEAST_REST * total);
}

/* Fills `part` at odds r = exp(log_r) and returns what it adds up to. */
static double take(const double *total, const double *wish, size_t count, double log_r, double *part) {
    double r = exp(log_r), sum = 0;
    for (size_t k = 0; k < count; k++) {
        double a = total[k] > 0 ? r * wish[k] : 0;
        part[k] = a > 0 ? total[k] * (a / (a + weight(total[k], wish[k]))) : 0;
        sum += part[k];
    }
    return sum;
}

static void take_all(const double *total, const double *wish, size_t count, double *part) {
    for (size_t k = 0; k < count; k++)
        part[k] = wish[k] > 0 ? total[k] : 0;
}

bool pl_split_fit(const double *total, const double *wish, size_t count, double sum, double *part) {
    double held = 0, low = -80, high = 80, found = 0;
    for (size_t k = 0; k < count; k++)
        held += wish[k] > 0 ? total[k] : 0;
    if (!(sum <= held * (1 + ROUNDING)))
        return false;
    if (sum >= held * (1 - 1e-12)) {
        take_all(total, wish, count, part);
        return true;
    }
    double middle = 0; /* the wish as it stands is tried first */
    for (int step = 0; step < HALVINGS && high > low; step++) {
        found = take(total, wish, count, middle, part);
        if (found < sum)
            low = middle;
        else
            high = middle;
        middle = 0.5 * (low + high);
    }
    found = take(total, wish, count, high, part);
    for (size_t k = 0; k < count && found > 0; k++)
        part[k] = fmin(part[k] * (sum / found), total[k]);
    return true;
}
