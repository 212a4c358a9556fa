/* A country in detail: what is shown by partner and by sector adds up to what the run says of the country, controls
 * and all; and what a run says in sentences. */
#include "asked.h"
#include "report/report.h"

typedef struct {
    pl_scenario *scenario;
    pl_world *world;
    pl_run *run;
} solved;

static solved solve(const char *line) {
    const pl_asked asked[] = {{"scenario", asked_path}, {"tariff", line ? line : ""}};
    pl_error error = {PL_OK, ""};
    pl_question *q = NULL;
    solved s = {0};
    if (pl_question_new(asked, line ? 2 : 1, &q, &error) || pl_question_scenario(q, &s.scenario, &error) ||
        pl_scenario_load_world(s.scenario, NULL, &s.world, &error) ||
        pl_run_new(s.scenario, s.world, NULL, &s.run, &error))
        fail_msg("%s", error.text);
    pl_question_free(q);
    return s;
}

static void clear(solved *s) {
    pl_run_free(s->run);
    pl_world_free(s->world);
    pl_scenario_free(s->scenario);
}

static double total(const double *value, size_t count) {
    double sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += isnan(value[k]) ? 0 : value[k];
    return sum;
}

static void check_sum(double a, double b) {
    check_near(a, b, 1e-9 * (1 + fabs(b)));
}

static double value_of(const solved *s, size_t variant, pl_variable variable, size_t n) {
    return pl_result_get(s->run->result[variant], variable)[n];
}

static void check_partners(const solved *s, size_t v, size_t n, const pl_detail *d) {
    static const struct {
        pl_partner partner;
        pl_variable variable;
    } sums[] = {{PL_PARTNER_imports_before, PL_VAR_imports_before}, {PL_PARTNER_imports, PL_VAR_imports},
                {PL_PARTNER_exports_before, PL_VAR_exports_before}, {PL_PARTNER_exports, PL_VAR_exports},
                {PL_PARTNER_duties_before, PL_VAR_duties_before},   {PL_PARTNER_duties, PL_VAR_duties}};
    for (size_t k = 0; k < sizeof sums / sizeof *sums; k++)
        check_sum(total(d->partner[sums[k].partner], d->N), value_of(s, v, sums[k].variable, n));
    assert_true(isnan(d->partner[PL_PARTNER_imports][n]));
}

static void check_sectors(const solved *s, size_t v, size_t n, const pl_detail *d) {
    check_sum(total(d->sector[PL_HOME_imports], d->J), value_of(s, v, PL_VAR_imports, n));
    check_sum(total(d->sector[PL_HOME_exports], d->J), value_of(s, v, PL_VAR_exports, n));
    check_sum(total(d->sector[PL_HOME_value_added], d->J), value_of(s, v, PL_VAR_value_added, n));
    for (size_t j = 0; j < d->J; j++)
        check_sum(d->sector[PL_HOME_output_volume][j],
                  pl_result_get(s->run->result[v], PL_VAR_output_volume)[j * d->N + n]);
}

/* Premia paid by buyers are premia charged by sellers, and all of them are the controls' rents. */
static void test_sums(void **state) {
    solved s = solve(NULL);
    (void)state;
    for (size_t v = 0; v < 3; v++) {
        double bought = 0, sold = 0, rents = 0, beyond = 0;
        for (size_t n = 0; n < 3; n++) {
            pl_detail d;
            assert_int_equal(pl_detail_init(&d, s.run, v, n, NULL), PL_OK);
            check_partners(&s, v, n, &d);
            check_sectors(&s, v, n, &d);
            bought += total(d.partner[PL_PARTNER_rents_on_imports], d.N);
            sold += total(d.partner[PL_PARTNER_rents_on_exports], d.N);
            pl_detail_clear(&d);
        }
        for (size_t k = 0; k < pl_result_caps(s.run->result[v]); k++) {
            rents += pl_result_cap(s.run->result[v], k).rent;
            beyond += pl_result_cap(s.run->result[v], k).duty;
        }
        check_sum(bought, rents);
        check_sum(sold, rents);
        assert_true(rents > 0.01); /* the controls bind, so that something was tested */
        assert_int_equal(beyond > 0.01, v == 2);
    }
    clear(&s);
}

/* Duties on goods, weighted by trade before; services have none. */
static void test_rates(void **state) {
    solved s = solve("USA<-CHN:C26=60%");
    pl_detail usa, chn;
    (void)state;
    assert_int_equal(pl_detail_init(&usa, s.run, 0, 0, NULL), PL_OK);
    assert_int_equal(pl_detail_init(&chn, s.run, 0, 1, NULL), PL_OK);
    check_sum(usa.partner[PL_PARTNER_tariff_before][1], 100 * (3 * 0.03 + 9 * 0.01) / 12);
    check_sum(usa.partner[PL_PARTNER_tariff][1], 100 * (3 * 0.33 + 9 * 0.60) / 12);
    check_sum(chn.partner[PL_PARTNER_tariff_met][0], usa.partner[PL_PARTNER_tariff][1]);
    check_sum(chn.partner[PL_PARTNER_tariff_met_before][0], usa.partner[PL_PARTNER_tariff_before][1]);
    check_sum(usa.sector[PL_HOME_tariff][1], 100 * (9 * 0.60 + 7 * 0.02) / 16);
    check_sum(usa.sector[PL_HOME_imports_before][2], 3);
    pl_detail_clear(&usa);
    pl_detail_clear(&chn);
    clear(&s);
}

static void test_json(void **state) {
    solved s = solve("USA<-CHN=60%");
    size_t country[] = {1};
    pl_variable variable[] = {PL_VAR_real_wage};
    const pl_view view = {1, 1, variable, country};
    (void)state;
    json_t *root = pl_json_run(s.run, &view, NULL);
    json_t *v = json_array_get(json_object_get(root, "variants"), 0);
    assert_int_equal(json_object_size(json_object_get(v, "values")), 1);
    assert_int_equal(json_object_size(json_object_get(root, "variables")), 1);
    json_t *chn = json_array_get(json_object_get(v, "countries"), 0);
    assert_string_equal(json_string_value(json_object_get(chn, "code")), "CHN");
    json_t *imports = json_object_get(json_object_get(chn, "partners"), "imports");
    assert_int_equal(json_array_size(imports), 3);
    assert_true(json_is_null(json_array_get(imports, 1)));
    json_t *units = json_object_get(json_object_get(root, "country_variables"), "sectors");
    assert_int_equal(json_object_size(units), PL_HOME_COUNT);
    json_t *tariff = json_array_get(json_object_get(v, "tariffs"), 0);
    check_near(json_real_value(json_object_get(tariff, "after")), 60, 1e-12);
    check_near(json_real_value(json_object_get(tariff, "before")), 100 * (3 * 0.03 + 9 * 0.01) / 12, 1e-12);
    json_t *measure = json_array_get(json_object_get(v, "measures"), 0);
    assert_true(json_is_true(json_object_get(measure, "assumed")));
    assert_true(json_is_false(json_object_get(json_array_get(json_object_get(v, "measures"), 1), "assumed")));
    assert_true(json_real_value(json_object_get(v, "residual")) < 1e-11);
    json_decref(root);
    clear(&s);
}

static bool says(const pl_strings *sentences, const char *part) {
    for (size_t k = 0; k < sentences->count; k++)
        if (strstr(sentences->item[k], part))
            return true;
    return false;
}

static void test_sentences(void **state) {
    solved s = solve("USA<-CHN+=10%");
    pl_strings sentences = {0};
    (void)state;
    assert_true(pl_run_sentences(s.run, 0, &sentences));
    bool loses = value_of(&s, 0, PL_VAR_real_income, 1) < 0;
    assert_true(strstr(sentences.item[0], loses ? "CHN loses " : "CHN gains ") != NULL);
    assert_true(says(&sentences, "The world together loses"));
    assert_true(
        says(&sentences, "After --tariff 'USA<-CHN+=10%' the duty is 41.5 % on average, from 41 % to 43 %"));
    pl_strings_clear(&sentences);
    clear(&s);
}

static void test_tables(void **state) {
    solved s = solve(NULL);
    size_t country[] = {0, 2};
    const pl_view view = {0, 2, NULL, country};
    const pl_layout layout = {.width = 100, .rows = 1};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    (void)state;
    assert_int_equal(pl_report_countries(out, s.run, &view, &layout, NULL), PL_OK);
    fclose(out);
    assert_non_null(strstr(text, "Partners of USA, war"));
    assert_non_null(strstr(text, "Sectors of DEU, quotas"));
    assert_non_null(strstr(text, "and 1 more; --rows shows them"));
    free(text);
    clear(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums), cmocka_unit_test(test_rates),
                                       cmocka_unit_test(test_json), cmocka_unit_test(test_sentences),
                                       cmocka_unit_test(test_tables)};
    return cmocka_run_group_tests(tests, asked_open, asked_close);
}
