/* The daily bottleneck model: known answers K4, and the law of the first bite. */
#include "parley.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { DAYS = 240, SECTORS = 3, R = 0, M = 1 };

static const double coefficient[] = {0, .01, 0, .10, .20, .05, .10, .10, .10};
static const double final_demand[] = {0, 50, 50};
static const double criticality[] = {0, 1, 0, 1, 1, .5, .5, .5, 1};

static pl_bottleneck known(const double *stock_days, pl_input_rule rule) {
    return (pl_bottleneck){.sectors = SECTORS,
                           .coefficient = coefficient,
                           .final = final_demand,
                           .stock_days = stock_days,
                           .criticality = criticality,
                           .restocking = 30,
                           .hiring = 30,
                           .firing = 15,
                           .rule = rule};
}

static void near(double computed, double expected, double tolerance) {
    if (!(fabs(computed - expected) <= tolerance))
        fail_msg("%.9g is not %.9g", computed, expected);
}

/* Runs the shock to R; fills the output of M by day and returns the mean loss of final demand in percent. */
static double run(const pl_bottleneck *b, double *m) {
    double cap[DAYS * SECTORS], output[DAYS * SECTORS], served[DAYS * SECTORS], lost = 0;
    for (size_t t = 0; t < DAYS; t++) {
        cap[t * SECTORS + R] = t < 60 ? .25 : t < 90 ? .60 : INFINITY;
        cap[t * SECTORS + 1] = cap[t * SECTORS + 2] = INFINITY;
    }
    pl_error error = {PL_OK, ""};
    if (pl_bottleneck_run(b, DAYS, cap, output, served, &error))
        fail_msg("%s", error.text);
    for (size_t t = 0; t < DAYS; t++) {
        m[t] = output[t * SECTORS + M];
        for (size_t j = 0; j < SECTORS; j++)
            lost += final_demand[j] * (1 - served[t * SECTORS + j]);
    }
    return lost / DAYS; /* final demand is 100 a day */
}

static void test_known(void **state) {
    (void)state;
    static const size_t day[] = {0, 29, 39, 49, 59, 69, 89, 119, 179, 239};
    static const double expected[][11] = {{1, 1, .7508, .25, .25, .5441, .6, .8959, .9893, .9989, 11.8720},
                                          {1, 1, .7508, .25, .25, .5442, .6, .8962, .9894, .9990, 11.4440},
                                          {1, 1, .7508, .25, .25, .5441, .6, .8989, .9920, .9997, 7.9285},
                                          {1, 1, 1, .9998, .9995, .9995, .9995, .9996, .9999, 1, .0057}};
    const double stock[] = {30, 10, 10};
    for (int rule = PL_INPUTS_ESSENTIAL; rule <= PL_INPUTS_LINEAR; rule++) {
        double m[DAYS];
        pl_bottleneck b = known(stock, (pl_input_rule)rule);
        near(run(&b, m), expected[rule][10], 1e-4);
        for (size_t k = 0; k < 10; k++)
            near(m[day[k]], expected[rule][k], 1e-4);
    }
}

static size_t first_bite(const double *m) {
    size_t t = 0;
    while (t < DAYS && m[t] > 1 - 1e-3)
        t++;
    return t;
}

static void test_stocks(void **state) {
    (void)state;
    double m[DAYS], stock[] = {15, 10, 10};
    pl_bottleneck b = known(stock, PL_INPUTS_ESSENTIAL);
    near(run(&b, m), 19.470, 5e-4);
    assert_int_equal(first_bite(m), 19);
    for (int longer = 60; longer <= 90; longer += 30) {
        stock[R] = longer;
        near(run(&b, m), 0, 1e-3); /* printed as no loss: five parts in a million */
        assert_int_equal(first_bite(m), DAYS);
    }
}

/* Supply cut to a share a for good, with n days of stock: the first bite is in the day that ends n/(1-a) days on. */
static void test_first_bite(void **state) {
    (void)state;
    for (double a = 0; a < 0.85; a += 0.1)
        for (double n = 5; n < 40; n += 7) {
            double cap[DAYS * SECTORS], output[DAYS * SECTORS], m[DAYS], stock[] = {n, 200, 200};
            pl_bottleneck b = known(stock, PL_INPUTS_ESSENTIAL);
            b.restocking = 1e9; /* nobody orders to refill, so that all that is made is for use */
            for (size_t at = 0; at < DAYS * SECTORS; at++)
                cap[at] = at % SECTORS == R ? a : INFINITY;
            assert_int_equal(pl_bottleneck_run(&b, DAYS, cap, output, NULL, NULL), PL_OK);
            for (size_t t = 0; t < DAYS; t++)
                m[t] = output[t * SECTORS + M];
            /* What a day uses must be in stock in its morning: the first short day starts with less than one day's
             * use, n - (1-a) t < 1. */
            double bite = (n - 1) / (1 - a);
            near((double)first_bite(m), floor(bite + 1e-7) + 1, 0.5);
            assert_true((double)first_bite(m) <= n / (1 - a) + 1e-6);
        }
}

static void test_refusals(void **state) {
    (void)state;
    double cap[] = {1, 1, 1}, output[3], stock[] = {1, 1, 1}, wild[9] = {0}, nan_stock[] = {1, NAN, 1};
    pl_error error;
    pl_bottleneck b = known(stock, PL_INPUTS_HALF);
    wild[0] = wild[4] = wild[8] = 0.9;
    wild[1] = wild[3] = 0.5;
    b.coefficient = wild;
    assert_int_equal(pl_bottleneck_run(&b, 1, cap, output, NULL, &error), PL_INVALID);
    b = known(nan_stock, PL_INPUTS_HALF);
    assert_int_equal(pl_bottleneck_run(&b, 1, cap, output, NULL, &error), PL_INVALID);
    b = known(stock, PL_INPUTS_HALF);
    b.firing = 0;
    assert_int_equal(pl_bottleneck_run(&b, 1, cap, output, NULL, &error), PL_INVALID);
    b = known(stock, PL_INPUTS_HALF);
    cap[1] = NAN;
    assert_int_equal(pl_bottleneck_run(&b, 1, cap, output, NULL, &error), PL_INVALID);
    b.sectors = 0;
    assert_int_equal(pl_bottleneck_run(&b, 1, cap, output, NULL, &error), PL_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known), cmocka_unit_test(test_stocks),
                                       cmocka_unit_test(test_first_bite), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
