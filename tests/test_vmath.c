/* The vector kernels against libm, and their limits. */
#include "core/core.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { COUNT = 20001 };

static double worst_ulp(void (*kernel)(const double *, double *, size_t), double (*exact)(double), double low,
                        double high) {
    static double x[COUNT], y[COUNT];
    double worst = 0;
    for (size_t i = 0; i < COUNT; i++)
        x[i] = low + (high - low) * (double)i / (COUNT - 1);
    kernel(x, y, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        double e = exact(x[i]), ulp = nextafter(fabs(e), INFINITY) - fabs(e);
        worst = fmax(worst, fabs(y[i] - e) / ulp);
    }
    return worst;
}

static void test_against_libm(void **state) {
    (void)state;
    assert_true(worst_ulp(pl_vexp, exp, -700, 700) < 2.5);
    assert_true(worst_ulp(pl_vexp, exp, -1e-3, 1e-3) < 2.5);
    assert_true(worst_ulp(pl_vlog, log, 1e-3, 1e3) < 2.5);
    assert_true(worst_ulp(pl_vlog, log, 0.9, 1.1) < 2.5);
    assert_true(worst_ulp(pl_vlog, log, 1e-300, 1e-290) < 2.5);
    assert_true(worst_ulp(pl_vexpm1, expm1, -1e-6, 1e-6) < 2.5);
    assert_true(worst_ulp(pl_vexpm1, expm1, -30, 30) < 3.5);
    assert_true(worst_ulp(pl_vlog1p, log1p, -1e-9, 1e-9) < 2.5);
    assert_true(worst_ulp(pl_vlog1p, log1p, -0.9, 40) < 3.5);
}

static void test_exact_points(void **state) {
    (void)state;
    double x[3] = {0, 0, 0}, y[3];
    pl_vexp(x, y, 3);
    assert_true(y[0] == 1 && y[1] == 1 && y[2] == 1);
    pl_vlog(y, x, 3);
    assert_true(x[0] == 0 && x[2] == 0);
    pl_vexpm1(x, y, 3);
    assert_true(y[1] == 0);
    const double bad[3] = {-1, 0, NAN}, less[3] = {-2, -1, NAN};
    pl_vlog(bad, y, 3);
    assert_true(isnan(y[0]) && isnan(y[1]) && isnan(y[2]));
    pl_vlog1p(less, y, 3);
    assert_true(isnan(y[0]) && isnan(y[1]) && isnan(y[2]));
}

static void test_sums(void **state) {
    (void)state;
    double x[19], y[19], plain = 0;
    for (int i = 0; i < 19; i++) {
        x[i] = 1.0 / (i + 3);
        y[i] = i - 7.25;
        plain += x[i] * y[i];
    }
    assert_true(fabs(pl_dot(x, y, 19) - plain) < 1e-14);
    assert_true(fabs(pl_sum(y, 19) - (171 - 19 * 7.25)) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_libm),
                                       cmocka_unit_test(test_exact_points), cmocka_unit_test(test_sums)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
