/* Splitting a sector: what is kept, what the map decides, and every way a map can be wrong. */
#include "test_world_fixture.h"

enum { BIG_J = FIX_J + 1, PARENT = 1, PRODUCT = 2, CELLS = FIX_N * FIX_N };
enum { USA, CHN, DEU, ROW };

static char folder[64], path[96];

/* cmocka compares floats; this compares doubles. */
static void near(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance))
        fail_msg("%.17g and %.17g differ by more than %g", a, b, tolerance);
}

/* Splits the fixture by a map given as text. */
static pl_status split_text(const pl_world *w, const char *text, pl_world **out, pl_split_report *report,
                            pl_error *error) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return pl_world_split(w, path, out, report, error);
}

static pl_world *split_well(const pl_world *w, const char *text, pl_split_report *report) {
    pl_world *out = NULL;
    pl_error error = {0};
    if (split_text(w, text, &out, report, &error))
        fail_msg("%s", error.text);
    return out;
}

static const char RICH[] = "product: CHIP\n"
                           "name: Chips\n"
                           "parent: C26\n"
                           "output: {value: 900, shares: {CHN: 0.35, USA: 30%}}\n"
                           "home_share: {CHN: 0.8}\n"
                           "imports: {USA: {value: 21, shares: {China: 0.62, DEU: 0.1}}}\n"
                           "tariff: {USA: {CHN: 1.25%}}\n"
                           "users: {C26: 0.3, P85: 0.11, CHIP: 0.05}\n"
                           "country_users: {DEU: {P85: 0.2, final: 0.3}}\n"
                           "inputs: {A01: 0.1, value_added: 0.55}\n"
                           "theta: {world: 3.25}\n"
                           "assumed: [users, inputs]\n"
                           "source: a test\n";

static double spending(const pl_world *w, size_t j, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < w->countries; i++) {
        size_t at = (j * w->countries + n) * w->countries + i;
        sum += (1 + w->tariff[at]) * w->flow[at];
    }
    return sum;
}

static double output(const pl_world *w, size_t j, size_t i) {
    double sum = 0;
    for (size_t n = 0; n < w->countries; n++) {
        size_t at = (j * w->countries + n) * w->countries + i;
        sum += w->flow[at] / (w->export_tax ? 1 + w->export_tax[at] : 1);
    }
    return sum;
}

static void flows_add_up_to_the_last_bit(void **state) {
    pl_world *w = fix_world(), *s = split_well(w, RICH, NULL);
    (void)state;
    assert_int_equal(s->sectors, BIG_J);
    assert_string_equal(s->sector_code[PRODUCT], "CHIP");
    assert_string_equal(s->sector_name[PRODUCT], "Chips");
    assert_string_equal(s->sector_code[3], "P85");
    for (size_t at = 0; at < CELLS; at++) {
        double rest = s->flow[PARENT * CELLS + at], part = s->flow[PRODUCT * CELLS + at];
        assert_true(rest + part == w->flow[PARENT * CELLS + at]);
        assert_true(rest >= 0 && part >= 0);
        assert_true(s->flow[at] == w->flow[at]);
        assert_true(s->flow[3 * CELLS + at] == w->flow[2 * CELLS + at]);
        near(rest * s->tariff[PARENT * CELLS + at] + part * s->tariff[PRODUCT * CELLS + at],
             w->flow[PARENT * CELLS + at] * w->tariff[PARENT * CELLS + at], 1e-12);
    }
    pl_world_free(s);
    pl_world_free(w);
}

/* A difference and its subtrahend need not add up in doubles; over many values some would not. */
static void every_value_adds_up_to_the_last_bit(void **state) {
    pl_world *w = fix_world();
    char text[96];
    (void)state;
    for (int k = 1; k <= 60; k++) {
        snprintf(text, sizeof text, "product: X\nparent: C26\noutput: {value: %.17g}\n", 41.7 * k + 0.1 / k);
        pl_world *s = split_well(w, text, NULL);
        for (size_t at = 0; at < CELLS; at++)
            assert_true(s->flow[PARENT * CELLS + at] + s->flow[PRODUCT * CELLS + at] ==
                        w->flow[PARENT * CELLS + at]);
        pl_world_free(s);
    }
    pl_world_free(w);
}

static void every_identity_still_holds(void **state) {
    pl_world *w = fix_world();
    pl_split_report split;
    pl_world *s = split_well(w, RICH, &split);
    pl_world_report report;
    (void)state;
    assert_int_equal(pl_world_check(s, &report, NULL), PL_OK);
    assert_true(report.holds);
    assert_false(split.balanced);
    for (size_t n = 0; n < FIX_N; n++) {
        for (size_t u = 0; u < BIG_J; u++) {
            double sum = s->value_added_share[n * BIG_J + u];
            for (size_t k = 0; k < BIG_J; k++)
                sum += s->input_share[(n * BIG_J + u) * BIG_J + k];
            near(sum, 1, 1e-14);
        }
        for (size_t k = 0; k < BIG_J; k++) {
            double final = spending(s, k, n);
            for (size_t u = 0; u < BIG_J; u++)
                final -= s->input_share[(n * BIG_J + u) * BIG_J + k] * output(s, u, n);
            assert_true(final > -1e-10);
        }
    }
    pl_world_free(s);
    pl_world_free(w);
}

static void near_array(const double *a, const double *b, size_t count, double scale) {
    for (size_t i = 0; i < count; i++)
        if (!(fabs(a[i] - b[i]) <= 1e-12 * scale))
            fail_msg("entry %zu: %.17g and %.17g", i, a[i], b[i]);
}

static void merging_again_gives_the_parent(void **state) {
    static const char MAP[] = "sectors: {A01: [A01], C26: [C26, CHIP], P85: [P85]}\n";
    pl_world *w = fix_world(), *s = split_well(w, RICH, NULL), *back = NULL;
    pl_error error = {0};
    (void)state;
    FILE *file = fopen(path, "w");
    fputs(MAP, file);
    fclose(file);
    if (pl_world_aggregate(s, path, &back, &error))
        fail_msg("%s", error.text);
    fix_same_array(back->flow, w->flow, FIX_NN);
    near_array(back->tariff, w->tariff, FIX_NN, 1);
    near_array(back->export_tax, w->export_tax, FIX_NN, 1);
    near_array(back->input_share, w->input_share, FIX_N * FIX_J * FIX_J, 1);
    near_array(back->value_added_share, w->value_added_share, FIX_N * FIX_J, 1);
    near_array(back->profit_share, w->profit_share, FIX_N * FIX_J, 1);
    pl_world_free(back);
    pl_world_free(s);
    pl_world_free(w);
}

static double product_flow(const pl_world *s, size_t n, size_t i) {
    return s->flow[PRODUCT * CELLS + n * FIX_N + i];
}

static void the_map_decides_what_it_knows(void **state) {
    pl_world *w = fix_world();
    pl_split_report r;
    pl_world *s = split_well(w, RICH, &r);
    double world = 0;
    (void)state;
    for (size_t i = 0; i < FIX_N; i++)
        world += output(s, PRODUCT, i);
    near(world, 900, 1e-9);
    near(r.output, 900, 1e-9);
    near(output(s, PRODUCT, CHN), 0.35 * 900, 1e-9);
    near(output(s, PRODUCT, USA), 0.30 * 900, 1e-9);
    double home = product_flow(s, CHN, CHN) / (1 + w->export_tax[PARENT * CELLS + CHN * FIX_N + CHN]);
    near(home, 0.8 * 0.35 * 900, 1e-9);
    near(product_flow(s, USA, CHN), 0.62 * 21, 1e-9);
    near(product_flow(s, USA, DEU), 0.10 * 21, 1e-9);
    near(product_flow(s, USA, ROW), 0.28 * 21, 1e-9);
    near(s->tariff[PRODUCT * CELLS + USA * FIX_N + CHN], 0.0125, 1e-15);
    assert_true(s->tariff[PRODUCT * CELLS + USA * FIX_N + DEU] ==
                w->tariff[PARENT * CELLS + USA * FIX_N + DEU]);
    assert_true(s->set[0].theta[PRODUCT] == 3.25);
    assert_true(s->set[0].theta[PARENT] == w->set[0].theta[PARENT]);
    assert_true(s->set[0].theta[3] == w->set[0].theta[2]);
    /* Germany's users are known: 0.2 of its spending on chips is in education, 0.3 in final demand. */
    double spent = spending(s, PRODUCT, DEU), final = spent;
    near(s->input_share[(DEU * BIG_J + 3) * BIG_J + PRODUCT] * output(s, 3, DEU), 0.2 * spent, 1e-9);
    for (size_t u = 0; u < BIG_J; u++)
        final -= s->input_share[(DEU * BIG_J + u) * BIG_J + PRODUCT] * output(s, u, DEU);
    near(final, 0.3 * spent, 1e-9);
    assert_non_null(strstr(pl_world_note(s, "split_CHIP"), "assumed: users, inputs; source: a test"));
    pl_world_free(s);
    pl_world_free(w);
}

/* Where the wish asks for no more than there is and adds up, it is met: the users of China. */
static void a_pattern_is_met_where_it_can_be(void **state) {
    pl_world *w = fix_world();
    pl_world *s =
        split_well(w,
                   "product: X\nparent: C26\noutput: {value: 40}\n"
                   "users: {A01: 0.25, P85: 0.35, C26: 0.15}\ninputs: {A01: 0.12, value_added: 0.6}\n",
                   NULL);
    (void)state;
    for (size_t n = 0; n < FIX_N; n++) {
        double spent = spending(s, PRODUCT, n), made = output(s, PRODUCT, n);
        near(s->input_share[n * BIG_J * BIG_J + PRODUCT] * output(s, 0, n), 0.25 * spent, 1e-9 * spent);
        near(s->input_share[(n * BIG_J + 3) * BIG_J + PRODUCT] * output(s, 3, n), 0.35 * spent, 1e-9 * spent);
        near(s->value_added_share[n * BIG_J + PRODUCT], 0.6, 1e-9);
        near(s->input_share[(n * BIG_J + PRODUCT) * BIG_J], 0.12, 1e-9);
        near(made / 40,
             output(w, PARENT, n) /
                 (output(w, PARENT, 0) + output(w, PARENT, 1) + output(w, PARENT, 2) + output(w, PARENT, 3)),
             1e-12);
    }
    pl_world_free(s);
    pl_world_free(w);
}

static void origins_are_kept_in_the_file(void **state) {
    pl_world *w = fix_world(), *read = NULL, *again = NULL;
    pl_split_report r;
    pl_world *s = split_well(w, RICH, &r);
    char file[128];
    (void)state;
    assert_null(pl_world_flow_origin(w));
    const unsigned char *origin = pl_world_flow_origin(s);
    assert_int_equal(origin[PRODUCT * CELLS + USA * FIX_N + CHN], PL_ORIGIN_KNOWN);
    assert_int_equal(origin[PRODUCT * CELLS + CHN * FIX_N + CHN], PL_ORIGIN_KNOWN);
    assert_int_equal(origin[PRODUCT * CELLS + USA * FIX_N + ROW], PL_ORIGIN_FILLED);
    assert_int_equal(origin[PARENT * CELLS + USA * FIX_N + ROW], PL_ORIGIN_REST);
    assert_int_equal(origin[USA * FIX_N + ROW], PL_ORIGIN_WHOLE);
    assert_int_equal(r.known, 3);
    assert_int_equal(r.filled, CELLS - 3);
    snprintf(file, sizeof file, "%s/s.nc", folder);
    assert_int_equal(pl_world_save(s, file, NULL), PL_OK);
    assert_int_equal(pl_world_load(file, &read, NULL), PL_OK);
    assert_memory_equal(origin, pl_world_flow_origin(read), BIG_J * CELLS);
    fix_same_world(s, read);
    /* A second split keeps what the first one knows. */
    again = split_well(read, "product: Y\nparent: A01\noutput: {value: 10}\n", NULL);
    assert_memory_equal(origin + PRODUCT * CELLS, pl_world_flow_origin(again) + (PRODUCT + 1) * CELLS, CELLS);
    unlink(file);
    pl_world_free(again);
    pl_world_free(read);
    pl_world_free(s);
    pl_world_free(w);
}

/* The product may be all a country makes of the sector. */
static void a_country_may_make_nothing_else(void **state) {
    pl_world *w = fix_world();
    char text[200];
    double all = output(w, PARENT, DEU);
    (void)state;
    snprintf(text, sizeof text,
             "product: X\nparent: C26\noutput: {value: %.17g, shares: {DEU: 1, USA: 0, CHN: 0, ROW: 0}}\n",
             all);
    pl_world *s = split_well(w, text, NULL);
    near(output(s, PARENT, DEU), 0, 1e-9);
    near(output(s, PRODUCT, DEU), all, 1e-9);
    near(output(s, PRODUCT, USA), 0, 1e-9);
    pl_world_free(s);
    pl_world_free(w);
}

static void the_fit_is_exact_and_bounded(void **state) {
    const double total[4] = {10, 4, 0, 7}, wish[4] = {3, 6, 2, 0}, easy[4] = {2, 1, 0, 3};
    double part[4];
    (void)state;
    assert_true(pl_split_fit(total, easy, 4, 6, part));
    for (int k = 0; k < 4; k++)
        near(part[k], easy[k], 1e-12);
    for (double sum = 0.5; sum < 14; sum += 0.5) {
        assert_true(pl_split_fit(total, wish, 4, sum, part));
        double found = 0;
        for (int k = 0; k < 4; k++) {
            assert_true(part[k] >= 0 && part[k] <= total[k]);
            found += part[k];
        }
        near(found, sum, 1e-12);
        assert_true(part[2] == 0 && part[3] == 0);
        assert_true(part[1] / 4 > part[0] / 10);
    }
    assert_true(pl_split_fit(total, wish, 4, 14, part));
    assert_true(part[0] == 10 && part[1] == 4);
    assert_false(pl_split_fit(total, wish, 4, 14.1, part));
    assert_false(pl_split_fit(total, wish, 4, NAN, part));
}

typedef struct {
    const char *map, *says;
} mistake;

#define HEAD "product: X\nparent: C26\noutput: {value: 90}\n"
static const mistake MISTAKES[] = {
    {"product: X\nparent: C26\n", "key 'output' is missing"},
    {"parent: C26\noutput: {value: 90}\n", "key 'product' is missing"},
    {"product: X\noutput: {value: 90}\n", "key 'parent' is missing"},
    {"product: X\nparent: C26\noutput: {shares: {CHN: 1}}\n", "key 'value' is missing"},
    {"product: X\nparent: C26\noutput: {value: -3}\n", ":3: value of output is -3; it must be above 0"},
    {"product: X\nparent: C26\noutput: {value: .nan}\n", ":3:"},
    {"product: X\nparent: C62\noutput: {value: 90}\n",
     ":2: parent: unknown sector 'C62' (did you mean 'C26'?)"},
    {"product: P85\nparent: C26\noutput: {value: 90}\n", ":1: 'P85' is taken"},
    {"product: final\nparent: C26\noutput: {value: 90}\n", ":1: 'final' is taken"},
    {"produkt: X\nparent: C26\n", "did you mean 'product'?"},
    {HEAD "home_share: {CHNN: 0.2}\n", ":4: unknown country 'CHNN' (did you mean 'CHN'?)"},
    {HEAD "users: {C27: 0.2}\n", ":4: unknown sector 'C27' (did you mean 'C26'?)"},
    {HEAD "users: {A01: 1.2}\n", ":4: shares of users is 1.2; a share is from 0 to 1"},
    {HEAD "users: {A01: -0.2}\n", ":4: shares of users is -0.2; a share is from 0 to 1"},
    {HEAD "users: {A01: 0.7, P85: 0.4}\n", ":4: shares of users add up to 1.1"},
    {HEAD "users: {A01: 0.2, Crops: 0.3}\n", ":4: 'Crops' is given twice"},
    {HEAD "inputs: {X: 0.2}\n", ":4: unknown sector 'X'"},
    {HEAD "inputs: [A01]\n", ":4: shares of inputs must be a map"},
    {HEAD "imports: {USA: {shares: {CHN: 1}}}\n", ":4: imports of a buyer: key 'value' is missing"},
    {HEAD "imports: {USA: {value: 2}}\n", ":4: imports of a buyer: key 'shares' is missing"},
    {HEAD "imports: {USA: {value: 2, shares: {USA: 0.5}}}\n", ":4: USA does not import from itself"},
    {HEAD "imports: {USA: {value: 2, shares: {CHN: 0.5, DEU: 0.6}}}\n",
     ":4: shares of imports add up to 1.1"},
    {HEAD "imports: {USA: {value: 2, shares: {CHN: 0.5, DEU: 0.2, ROW: 0.1}}}\n",
     "nobody is left to sell the rest"},
    {HEAD "tariff: {USA: {USA: 2%}}\n", ":4: USA levies no import duty on itself"},
    {HEAD "tariff: {USA: {CHN: 145}}\n", "did you mean"},
    {HEAD "theta: 0\n", ":4: theta of set world is 0; it must be positive"},
    {HEAD "theta: {FGO: 4}\n", ":4: this world has no set of elasticities 'FGO'"},
    {HEAD "assumed: [usres]\n", ":4: 'usres' under assumed is no key of the map"},
    {HEAD "goods: perhaps\n", ":4:"},
    /* More than the sector holds. */
    {HEAD "imports: {USA: {value: 85, shares: {CHN: 1}}}\n",
     "million USD of X from CHN, but sector C26 holds"},
    {"product: X\nparent: C26\noutput: {value: 9000, shares: {CHN: 0.9}}\n",
     "CHN would make 8100 million USD of X"},
    {"product: X\nparent: C26\noutput: {value: 90000}\n",
     "is left for the countries whose output the map does not name"},
    {"product: X\nparent: C26\noutput: {value: 90, shares: {USA: 0.1, CHN: 0.2, DEU: 0.1, ROW: 0.1}}\n",
     "45 million USD of X is left for the countries"},
    {"product: X\nparent: C26\noutput: {value: 5}\nimports: {USA: {value: 20, shares: {CHN: 0.4}}}\n",
     "more than the world's 5"},
    {"product: X\nparent: C26\noutput: {value: 50, shares: {CHN: 0.1}}\nimports: {USA: {value: 20, shares: "
     "{CHN: 0.4}}}\n",
     "known sales of X by CHN come to"},
    {"product: X\nparent: C26\noutput: {value: 1000, shares: {CHN: 0.9}}\nhome_share: {CHN: 0}\n",
     "left to sell to buyers the map does not name"},
    {HEAD "tariff: {USA: {CHN: 400%}}\nimports: {USA: {value: 25, shares: {CHN: 1}}}\n",
     "a duty of 400 % of USA on X from CHN"},
    {"product: X\nparent: C26\noutput: {value: 3000}\nusers: {A01: 0.5, P85: 0.5}\n",
     "users named by the map buy less"},
    {"product: X\nparent: C26\noutput: {value: 3000}\ncountry_users: {DEU: {A01: 0.9}}\n",
     "A01 of DEU would use"},
    {"product: X\nparent: C26\noutput: {value: 3000}\ninputs: {A01: 1}\n",
     "inputs named by the map come to less"},
};

static void mistakes_are_told_with_their_place(void **state) {
    pl_world *w = fix_world();
    (void)state;
    for (size_t m = 0; m < sizeof MISTAKES / sizeof *MISTAKES; m++) {
        pl_world *out = NULL;
        pl_error error = {0};
        assert_int_equal(split_text(w, MISTAKES[m].map, &out, NULL, &error), PL_INVALID);
        assert_null(out);
        if (!strstr(error.text, MISTAKES[m].says) || !strstr(error.text, path))
            fail_msg("map %zu said \"%s\", not \"%s\"", m, error.text, MISTAKES[m].says);
    }
    pl_world_free(w);
}

static void a_world_that_is_broken_is_not_split(void **state) {
    pl_world *w = fix_world(), *out = NULL;
    pl_error error = {0};
    (void)state;
    w->value_added_share[3] += 0.2;
    assert_int_equal(split_text(w, HEAD, &out, NULL, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "balance"));
    assert_int_equal(pl_world_split(w, "/nowhere/at/all.yaml", &out, NULL, &error), PL_INVALID);
    pl_world_free(w);
}

static int make_folder(void **state) {
    (void)state;
    strcpy(folder, "/tmp/parley-split-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/map.yaml", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows_add_up_to_the_last_bit),
        cmocka_unit_test(every_value_adds_up_to_the_last_bit),
        cmocka_unit_test(every_identity_still_holds),
        cmocka_unit_test(merging_again_gives_the_parent),
        cmocka_unit_test(the_map_decides_what_it_knows),
        cmocka_unit_test(a_pattern_is_met_where_it_can_be),
        cmocka_unit_test(origins_are_kept_in_the_file),
        cmocka_unit_test(a_country_may_make_nothing_else),
        cmocka_unit_test(the_fit_is_exact_and_bounded),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(a_world_that_is_broken_is_not_split),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
