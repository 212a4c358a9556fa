/* Merging countries and sectors: what must add up adds up, in one step or two. */
#include "test_world_fixture.h"

static pl_world *merge(const pl_world *w, const char *map, pl_error *error) {
    char *folder = fix_folder();
    pl_world *out = NULL;
    fix_write(fix_path(folder, "map.yaml"), map);
    pl_status status = pl_world_aggregate(w, fix_path(folder, "map.yaml"), &out, error);
    fix_remove(folder);
    assert_int_equal(status == PL_OK, out != NULL);
    return out;
}

static pl_world *merge_well(const pl_world *w, const char *map) {
    pl_error error = {0};
    pl_world *out = merge(w, map, &error);
    if (!out)
        fail_msg("%s", error.text);
    return out;
}

static void near(double a, double b) {
    if (!(fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b)) + 1e-300))
        fail_msg("%.17g is not %.17g", a, b);
}

static void near_arrays(const double *a, const double *b, size_t count) {
    assert_int_equal(a == NULL, b == NULL);
    for (size_t i = 0; a && i < count; i++)
        near(a[i], b[i]);
}

static const char BOTH[] = "countries: {WEST: [USA, DEU], REST: rest}\n"
                           "sectors: {goods: [A01, C26], services: [P85]}\n"
                           "country_names: {WEST: The West}\n";

static void test_totals_are_kept(void **state) {
    (void)state;
    pl_world *w = fix_world(), *m = merge_well(w, BOTH);
    pl_world_totals a = pl_world_total(w), b = pl_world_total(m);
    near(a.gross_output, b.gross_output);
    near(a.value_added, b.value_added);
    near(a.final_demand, b.final_demand);
    near(a.duties, b.duties);
    near(a.export_taxes, b.export_taxes);
    assert_true(b.trade < a.trade); /* trade within a group is no trade any more */
    pl_error error = {0};
    if (pl_world_refuse(m, "", &error))
        fail_msg("%s", error.text);
    pl_world_free(m);
    pl_world_free(w);
}

/* Every cell of the merged tables from its members by plain loops, weights written out. */
static void test_cells(void **state) {
    (void)state;
    static const size_t group[FIX_N] = {0, 1, 0, 1}, kind[FIX_J] = {0, 0, 1};
    pl_world *w = fix_world(), *m = merge_well(w, BOTH);
    double Y[FIX_N * FIX_J];
    pl_world_output(w, Y);
    assert_string_equal(pl_world_code(m, PL_COUNTRY, 0), "WEST");
    assert_string_equal(pl_world_name(m, PL_COUNTRY, 0), "The West");
    assert_string_equal(pl_world_name(m, PL_COUNTRY, 1), "REST");
    assert_string_equal(pl_world_name(m, PL_SECTOR, 1), "Education");
    assert_string_equal(pl_world_note(m, "source"), pl_world_note(w, "source"));
    assert_string_equal(pl_world_note(m, "title"),
                        "a small world, \"uneven\"; merged into 2 economies x 2 sectors");
    assert_true(m->goods[0] && !m->goods[1]);
    for (size_t K = 0; K < 2; K++) {
        for (size_t B = 0; B < 2; B++) {
            for (size_t S = 0; S < 2; S++) {
                double flow = 0, duty = 0, net = 0;
                for (size_t at = 0; at < FIX_NN; at++) {
                    if (kind[at / 16] != K || group[at / 4 % 4] != B || group[at % 4] != S)
                        continue;
                    flow += w->flow[at];
                    duty += w->flow[at] * w->tariff[at];
                    net += w->flow[at] / (1 + w->export_tax[at]);
                }
                near(m->flow[(K * 2 + B) * 2 + S], flow);
                near(m->tariff[(K * 2 + B) * 2 + S], duty / flow);
                near(m->export_tax[(K * 2 + B) * 2 + S], flow / net - 1);
            }
        }
    }
    for (size_t C = 0; C < 2; C++) {
        for (size_t K = 0; K < 2; K++) {
            double y = 0, v = 0, profit = 0, input[2] = {0};
            for (size_t nj = 0; nj < FIX_N * FIX_J; nj++) {
                if (group[nj / FIX_J] != C || kind[nj % FIX_J] != K)
                    continue;
                y += Y[nj];
                v += Y[nj] * w->value_added_share[nj];
                profit += Y[nj] * w->value_added_share[nj] * w->profit_share[nj];
                for (size_t k = 0; k < FIX_J; k++)
                    input[kind[k]] += Y[nj] * w->input_share[nj * FIX_J + k];
            }
            near(m->value_added_share[C * 2 + K], v / y);
            near(m->profit_share[C * 2 + K], profit / v);
            near(m->input_share[(C * 2 + K) * 2 + 0], input[0] / y);
            near(m->input_share[(C * 2 + K) * 2 + 1], input[1] / y);
        }
    }
    double traded[2] = {0};
    for (size_t at = 0; at < 2 * 16; at++)
        traded[at / 16] += at / 4 % 4 == at % 4 ? 0 : w->flow[at];
    near(m->set[0].theta[0], (traded[0] * 2.91 + traded[1] * 5.14) / (traded[0] + traded[1]));
    near(m->set[0].theta[1], 8.35);
    pl_world_free(m);
    pl_world_free(w);
}

/* Sectors first and then countries is the same as both at once; the other way round all but the elasticities, whose
 * weights are what is traded between the countries there are. */
static void test_two_steps(void **state) {
    (void)state;
    static const char sectors[] = "sectors: {goods: [A01, C26], services: rest}\n";
    static const char countries[] = "countries: {WEST: [USA, DEU], REST: [CHN, ROW]}\n";
    pl_world *w = fix_world(), *once = merge_well(w, BOTH);
    for (int order = 0; order < 2; order++) {
        pl_world *half = merge_well(w, order ? countries : sectors),
                 *twice = merge_well(half, order ? sectors : countries);
        near_arrays(once->flow, twice->flow, 8);
        near_arrays(once->tariff, twice->tariff, 8);
        near_arrays(once->export_tax, twice->export_tax, 8);
        near_arrays(once->input_share, twice->input_share, 8);
        near_arrays(once->value_added_share, twice->value_added_share, 4);
        near_arrays(once->profit_share, twice->profit_share, 4);
        if (order == 0)
            near_arrays(once->set[0].theta, twice->set[0].theta, 2);
        pl_world_free(half);
        pl_world_free(twice);
    }
    pl_world_free(once);
    pl_world_free(w);
}

/* A map that keeps everything apart changes nothing; a map may reorder. */
static void test_one_to_one(void **state) {
    (void)state;
    pl_world *w = fix_world();
    pl_world *same = merge_well(w, "countries: {USA: [USA], CHN: [CHN], DEU: Germany, ROW: rest}\n");
    near_arrays(w->flow, same->flow, FIX_NN);
    near_arrays(w->tariff, same->tariff, FIX_NN);
    near_arrays(w->input_share, same->input_share, FIX_N * FIX_J * FIX_J);
    assert_string_equal(pl_world_name(same, PL_COUNTRY, 2), "Germany");
    pl_world *turned = merge_well(w, "countries: {ROW: [ROW], DEU: [DEU], CHN: [CHN], USA: [USA]}\n");
    for (size_t j = 0; j < FIX_J; j++)
        for (size_t n = 0; n < FIX_N; n++)
            for (size_t i = 0; i < FIX_N; i++)
                near(turned->flow[(j * FIX_N + n) * FIX_N + i], w->flow[(j * FIX_N + 3 - n) * FIX_N + 3 - i]);
    pl_world_free(turned);
    pl_world_free(same);
    pl_world_free(w);
}

/* Cells without flow, sectors without output: plain averages of the members, never a division by zero. */
static void test_idle_cells(void **state) {
    (void)state;
    pl_world *w = fix_world();
    for (size_t n = 0; n < FIX_N; n++) {
        for (size_t i = 0; i < FIX_N; i++) {
            w->flow[(0 * FIX_N + n) * FIX_N + i] = 0;
            w->flow[(1 * FIX_N + n) * FIX_N + i] *= n == i;
        }
    }
    size_t a = (0 * FIX_N + 0) * FIX_N + 1, b = (1 * FIX_N + 0) * FIX_N + 1;
    w->tariff[a] = 0.2;
    w->tariff[b] = 0.3;
    pl_world *m = merge_well(w, "sectors: {goods: [A01, C26], services: rest}\n");
    near(m->tariff[(0 * FIX_N + 0) * FIX_N + 1], 0.25);
    near(m->set[0].theta[0], 5.14); /* nothing is traded: weighted by output, and A01 has none */
    pl_world *idle = merge_well(w, "countries: {ALL: rest}\n");
    for (size_t i = 0; i < FIX_J * FIX_J; i++)
        assert_true(isfinite(idle->input_share[i]));
    near(idle->value_added_share[0], (w->value_added_share[0] + w->value_added_share[3] +
                                      w->value_added_share[6] + w->value_added_share[9]) /
                                         4);
    pl_world_free(idle);
    pl_world_free(m);
    pl_world_free(w);
}

static const struct {
    const char *map, *a, *b;
} bad_maps[] = {
    {"countries: {WEST: [USA, DEU]}\n", "map.yaml:1", "leave out CHN"},
    {"countries: {WEST: [USA, DEU], EAST: [CHN, DEU], R: rest}\n", "map.yaml:1", "'DEU' is in two groups"},
    {"countries:\n  WEST: [USA, DEX]\n  R: rest\n", "map.yaml:2", "did you mean 'DEU'?"},
    {"countries:\n  A: rest\n  B: rest\n", "map.yaml:3", "only one group"},
    {"countries:\n  A: [USA, CHN, DEU, ROW]\n  B: rest\n", "map.yaml:3", "nothing is left"},
    {"countries:\n  A: []\n  B: rest\n", "map.yaml:2", "empty"},
    {"countries: [USA]\n", "map.yaml:1", "map from new code"},
    {"countrys: {A: rest}\n", "map.yaml:1", "did you mean 'countries'?"},
    {"sectors: {A: rest}\nsector_names: {B: name}\n", "map.yaml:2", "'B' is no group"},
    {"sectors: {A: [P85, education], B: rest}\n", "map.yaml:1", "two groups"},
};

static void test_bad_maps(void **state) {
    (void)state;
    pl_world *w = fix_world(), *out = NULL;
    for (size_t i = 0; i < sizeof bad_maps / sizeof *bad_maps; i++) {
        pl_error error = {0};
        out = merge(w, bad_maps[i].map, &error);
        assert_null(out);
        assert_int_equal(error.status, PL_INVALID);
        fix_says(&error, bad_maps[i].a, bad_maps[i].b, NULL);
    }
    pl_error error = {0};
    assert_int_equal(pl_world_aggregate(w, "/nowhere/map.yaml", &out, &error), PL_IO);
    pl_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals_are_kept), cmocka_unit_test(test_cells),
        cmocka_unit_test(test_two_steps),       cmocka_unit_test(test_one_to_one),
        cmocka_unit_test(test_idle_cells),      cmocka_unit_test(test_bad_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
