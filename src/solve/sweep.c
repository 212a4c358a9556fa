/* Kernels over the bilateral arrays. Eight fixed partial sums give the same bits on every machine. The row
 * kernels are inlined into the sector kernel, which is compiled once for each width of vectors. */
#include "solve/solve.h"

#define PL_INLINE static inline __attribute__((always_inline))

PL_INLINE double fold(const double *s) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

PL_INLINE double row_dot(const double *restrict a, const double *restrict c, size_t S) {
    double s[8] = {0};
    for (size_t i = 0; i < S; i += 8)
        for (size_t k = 0; k < 8; k++)
            s[k] += a[i + k] * c[i + k];
    return fold(s);
}

/* The dot product of b and c, and sum += x * b, in one pass. */
PL_INLINE double row_dot_add(const double *restrict b, const double *restrict c, double x,
                             double *restrict sum, size_t S) {
    double s[8] = {0};
    for (size_t i = 0; i < S; i += 8)
        for (size_t k = 0; k < 8; k++) {
            s[k] += b[i + k] * c[i + k];
            sum[i + k] += x * b[i + k];
        }
    return fold(s);
}

PL_INLINE void row_add(const double *restrict b, double x, double *restrict sum, size_t S) {
    for (size_t i = 0; i < S; i++)
        sum[i] += x * b[i];
}

PL_WIDE void pl_sweep_sector(const pl_sweep *w, size_t N, size_t S) {
    for (size_t n = 0; n < N; n++) {
        const double *user = w->user + n * S, *border = w->border + n * S, *net = w->net + n * S;
        double sum = row_dot(user, w->power, S) + w->extra[n];
        double x = sum > 0 ? w->spending[n] / sum : 0;
        w->price_sum[n] = sum;
        if (net != border) {
            w->border_value[n] += x * row_dot_add(border, w->power, x, w->border_sum, S);
            row_add(net, x, w->net_sum, S);
        } else if (border != user) {
            w->border_value[n] += x * row_dot_add(border, w->power, x, w->net_sum, S);
        } else {
            w->border_value[n] += w->spending[n];
            row_add(net, x, w->net_sum, S);
        }
    }
}

/* The dot products of b with c and with d, in one pass. */
PL_INLINE double row_two_dots(const double *restrict b, const double *restrict c, const double *restrict d,
                              double *second, size_t S) {
    double s[8] = {0}, t[8] = {0};
    for (size_t i = 0; i < S; i += 8)
        for (size_t k = 0; k < 8; k++) {
            s[k] += b[i + k] * c[i + k];
            t[k] += b[i + k] * d[i + k];
        }
    *second = fold(t);
    return fold(s);
}

/* sum += u user + b (v + x bar). */
PL_INLINE void row_back(const double *restrict user, double u, const double *restrict b, double v, double x,
                        const double *restrict bar, double *restrict sum, size_t S) {
    for (size_t i = 0; i < S; i++)
        sum[i] += u * user[i] + b[i] * (v + x * bar[i]);
}

PL_WIDE void pl_unsweep_sector(const pl_unsweep *w, size_t N, size_t S) {
    bool duty = w->border != w->user, taxed = w->net != w->border;
    for (size_t i = 0; i < S; i++) {
        w->net_seen[i] = w->power[i] * w->net_bar[i];
        w->border_seen[i] = taxed ? w->power[i] * w->border_bar[i] : 0;
    }
    for (size_t n = 0; n < N; n++) {
        const double *user = w->user + n * S, *border = w->border + n * S, *net = w->net + n * S;
        double sum = w->price_sum[n], x = sum > 0 ? w->spending[n] / sum : 0, t = 0;
        double duty_bar = duty ? -w->base_bar[n] : 0;
        double x_bar = row_two_dots(net, w->net_seen, w->power, &t, S);
        if (taxed) {
            double seen = row_two_dots(border, w->border_seen, w->power, &t, S);
            x_bar += seen;
        }
        x_bar += duty_bar * t + w->extra[n];
        double sum_bar = sum > 0 ? w->price_bar[n] / sum - x_bar * x / sum : 0;
        w->sum_bar[n] = sum_bar;
        w->spending_bar[n] = (sum > 0 ? x_bar / sum : 0) - duty_bar;
        row_back(user, sum_bar, net, taxed ? 0 : duty_bar * x, x, w->net_bar, w->power_bar, S);
        if (taxed)
            row_back(border, duty_bar * x, border, 0, x, w->border_bar, w->power_bar, S);
    }
}

PL_WIDE void pl_add_product(const double *restrict a, const double *restrict x, double *restrict out,
                            size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] += a[i] * x[i];
}

/* sum over k of share[k][n] * x[k][n], for one user sector: the input bundle in logs. */
PL_WIDE void pl_gather_inputs(const double *restrict share, const double *restrict x, double *restrict out,
                              size_t J, size_t S) {
    for (size_t n = 0; n < S; n++)
        out[n] = 0;
    size_t k = 0;
    for (; k + 4 <= J; k += 4) {
        const double *s = share + k * S, *v = x + k * S;
        for (size_t n = 0; n < S; n++)
            out[n] += (s[n] * v[n] + s[S + n] * v[S + n]) +
                      (s[2 * S + n] * v[2 * S + n] + s[3 * S + n] * v[3 * S + n]);
    }
    for (; k < J; k++)
        for (size_t n = 0; n < S; n++)
            out[n] += share[k * S + n] * x[k * S + n];
}

/* out[k][n] += share[k][n] * y[n] for every input k of one user sector. */
PL_WIDE void pl_spread_inputs(const double *restrict share, const double *restrict y, double *restrict out,
                              size_t J, size_t S) {
    for (size_t k = 0; k < J; k++)
        for (size_t n = 0; n < S; n++)
            out[k * S + n] += share[k * S + n] * y[n];
}
