/* Vector exp and log. Only +, -, *, / and integer operations on fixed expressions, so that every compiler and vector
 * width gives the same bits (no contraction: -ffp-contract=off). */
#include "core/core.h"

#include <math.h>
#include <string.h>

static const double LN2_HI = 0x1.62e42fefa38p-1, LN2_LO = 0x1.ef35793c7673p-45, INV_LN2 = 0x1.71547652b82fep0;
static const double SHIFT = 0x1.8p52; /* adding it rounds to a whole number in the low bits */

static inline double bits_to_double(int64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline int64_t double_to_bits(double x) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* e^r - 1 for |r| <= ln2/2, by its Taylor polynomial to r^13 (error below 2^-57). */
static inline double expm1_reduced(double r) {
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    return r + r * r * p;
}

/* x = k ln2 + r; *scale is 2^k. Clamped to the range in which 2^k is a normal number. */
static inline double reduce(double x, double *scale) {
    x = x < -708.0 ? -708.0 : x;
    x = x > 709.0 ? 709.0 : x;
    double shifted = x * INV_LN2 + SHIFT;
    double k = shifted - SHIFT;
    *scale = bits_to_double((int64_t)(((uint64_t)double_to_bits(shifted) + 1023) << 52));
    return (x - k * LN2_HI) - k * LN2_LO;
}

PL_WIDE void pl_vexp(const double *x, double *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double scale, r = reduce(x[i], &scale);
        out[i] = scale + scale * expm1_reduced(r);
    }
}

PL_WIDE void pl_vexpm1(const double *x, double *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double scale, r = reduce(x[i], &scale);
        out[i] = (scale - 1.0) + scale * expm1_reduced(r);
    }
}

/* log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)], as 2 atanh(s), s = f / (2 + f), to s^23 (error below 2^-58). */
static inline double log1p_reduced(double f) {
    double s = f / (2.0 + f), z = s * s;
    double p = 2.0 / 23.0;
    p = p * z + 2.0 / 21.0;
    p = p * z + 2.0 / 19.0;
    p = p * z + 2.0 / 17.0;
    p = p * z + 2.0 / 15.0;
    p = p * z + 2.0 / 13.0;
    p = p * z + 2.0 / 11.0;
    p = p * z + 2.0 / 9.0;
    p = p * z + 2.0 / 7.0;
    p = p * z + 2.0 / 5.0;
    p = p * z + 2.0 / 3.0;
    double half = 0.5 * f * f; /* f - f^2/2 + s (f^2/2 + z p): keeps the leading term exact */
    return f - (half - s * (half + z * p));
}

/* log of a positive normal number x (what is not positive is made NaN by the callers), whose rounding left `low` behind (log of x + low). */
static inline double log_parts(double x, double low) {
    uint64_t bits = (uint64_t)double_to_bits(x);
    int64_t exponent = (int64_t)(bits - 0x3fe6a09e667f3bcdULL) >> 52;
    double m = bits_to_double((int64_t)(bits - ((uint64_t)exponent << 52)));
    double k = bits_to_double(exponent + 0x4338000000000000LL) - SHIFT;
    return k * LN2_HI + (log1p_reduced(m - 1.0) + (k * LN2_LO + low / x));
}

PL_WIDE void pl_vlog(const double *x, double *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double y = log_parts(x[i], 0.0);
        out[i] = x[i] > 0 ? y : NAN;
    }
}

PL_WIDE void pl_vlog1p(const double *x, double *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double u = 1.0 + x[i], y = log_parts(u, x[i] - (u - 1.0));
        out[i] = u > 0 ? y : NAN;
    }
}
