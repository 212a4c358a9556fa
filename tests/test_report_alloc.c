/*
 * Every allocation of ours fails in turn, while a result is read, put on a page and drawn: each time the answer is "out of
 * memory", nothing is made, and nothing leaks (the address sanitizer watches).
 */
#include "report/page.h"
#include "failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const RESULT[] = {
    "{\"parley\": \"0.1.0\", \"format\": 1, \"converged\": true, \"world\": {\"countries\": [{\"code\": "
    "\"USA\"}, {\"code\": "
    "\"CHN\"}], \"sectors\": [{\"code\": \"A01\"}]}, \"variables\": {}, \"variants\": [{\"name\": \"war\", "
    "\"measures\": "
    "[{\"text\": \"a\", \"source\": \"b\"}], \"values\": {\"real_income\": [1, -2], "
    "\"equivalent_variation\": [3, 4], "
    "\"output_volume\": [[1, 2]]}}, {\"name\": \"truce\", \"values\": {\"real_income\": [1, null]}}]}",
    "{\"parley\": \"0.1.0\", \"format\": 1, \"converged\": true, \"months\": [{\"month\": \"2025-01\"}, "
    "{\"month\": "
    "\"2025-02\"}], \"countries\": {\"USA\": {\"real_income\": [0, -1], \"income\": [3, 4]}}, \"pairs\": "
    "[{\"importer\": \"USA\", "
    "\"exporter\": \"CHN\", \"purchases\": [4, 3], \"use\": [4, 3]}], \"measures\": [{\"text\": \"USA: a "
    "percentage points\", "
    "\"source\": \"b\", \"effective\": \"2025-01-03\"}], \"regimes\": [{\"regime\": \"r\", \"exports\": [1, "
    "2]}], \"observed\": "
    "[{\"series\": \"s\", \"text\": \"t\", \"model\": {\"year_on_year\": [1, 2]}, \"points\": [{\"month\": "
    "\"2025-01\", "
    "\"basis\": \"year on year\", \"value\": 3, \"derived\": true}]}]}",
    "{\"parley\": \"0.1.0\", \"format\": 1, \"converged\": true, \"variable\": \"real_income\", "
    "\"measures\": [{\"text\": "
    "\"a\", \"source\": \"b\", \"variants\": [\"war\"]}], \"dimensions\": [{\"name\": \"tariff\", "
    "\"numeric\": true, "
    "\"unit\": \"percent\", \"text\": [\"0%\", \"5%\"], \"values\": [0, 5]}], \"members\": [{\"at\": [0], "
    "\"converged\": "
    "true, \"solved\": true, \"residual\": 1e-12}, {\"at\": [1], \"converged\": true, \"solved\": true}], "
    "\"countries\": [{\"code\": \"USA\"}], \"variables\": {\"real_income\": {\"unit\": \"percent\", "
    "\"axes\": "
    "[\"country\", \"member\"]}}, \"values\": {\"real_income\": {\"USA\": [0.5, -1]}}}",
    "{\"parley\": \"0.1.0\", \"format\": 1, \"converged\": false, \"variable\": \"income\", \"dimensions\": "
    "[{\"name\": "
    "\"variant\", \"text\": [\"war\", \"truce\"], \"values\": [\"war\", \"truce\"]}, {\"name\": \"kappa\", "
    "\"text\": "
    "[\"2\", \"inf\"], \"values\": [2, null], \"numeric\": true}], \"members\": [{\"at\": [0, 0], "
    "\"converged\": true}, "
    "{\"at\": [0, 1], \"converged\": true}, {\"at\": [1, 0], \"converged\": false, \"solved\": true}, "
    "{\"at\": [1, 1]}], "
    "\"measures\": [{\"text\": \"a\", \"variants\": [\"war\"]}, {\"text\": \"b\", \"variants\": [\"war\", "
    "\"truce\"]}], "
    "\"countries\": [{\"code\": \"USA\"}], \"variables\": {\"income\": {\"unit\": \"million USD\", \"axes\": "
    "[\"country\", "
    "\"member\"]}}, \"values\": {\"income\": {\"USA\": [50000, 1, 2, 3]}}}",
    "{\"parley\": \"0.1.0\", \"format\": 1, \"converged\": true, \"deals\": [{\"name\": \"none\", "
    "\"real_income\": {\"USA\": 0, "
    "\"DEU\": 1}, \"players\": [{\"player\": \"a\", \"payoff\": 0}, {\"player\": \"b\", \"payoff\": 0}]}, "
    "{\"name\": \"peace\", "
    "\"real_income\": {\"USA\": 2, \"DEU\": 1}, \"players\": [{\"player\": \"a\", \"payoff\": 1, \"gain\": "
    "1, \"patience\": 0.5}, "
    "{\"player\": \"b\", \"payoff\": 2, \"gain\": 2}]}]}"};
enum { RESULTS = sizeof RESULT / sizeof *RESULT };

/* The whole way; *step says how far it came. */
static pl_status whole_way(const char *text, bool two, const char **step, FILE *out, pl_error *error) {
    pl_saved *first = NULL, *second = NULL;
    pl_page *page = NULL;
    *step = "reading";
    pl_status status = pl_saved_parse(text, strlen(text), "a.json", &first, error);
    if (!status && two)
        status = pl_saved_parse(text, strlen(text), "b.json", &second, error);
    const pl_page_asked asked = {{first, second}, NULL, "parley report a"};
    *step = status ? *step : "the page";
    if (!status)
        status = pl_page_new(&asked, &page, error);
    *step = status ? *step : "HTML";
    if (!status)
        status = pl_report_page(out, page, error);
    *step = status ? *step : "JSON";
    if (!status)
        status = pl_report_page_json(out, page, error);
    pl_page_free(page);
    pl_saved_free(first);
    pl_saved_free(second);
    return status;
}

static void test_each_allocation(void **state) {
    (void)state;
    for (size_t k = 0; k < 2 * RESULTS; k++) {
        size_t at = 0;
        for (bool more = true; more; at++) {
            pl_error error = {PL_OK, ""};
            const char *step = "";
            FILE *out = fopen("/dev/null", "w");
            assert_non_null(out);
            fail_at = at;
            calls = 0;
            armed = true;
            pl_status status = whole_way(RESULT[k / 2], k % 2, &step, out, &error);
            armed = false;
            fclose(out);
            more = calls > at;
            if (more && (status != PL_NO_MEMORY || !strstr(error.text, "out of memory")))
                fail_msg("result %zu, allocation %zu, %s: status %d, %s", k / 2, at, step, status,
                         error.text);
            if (!more && status)
                fail_msg("result %zu, %s: %s", k / 2, step, error.text);
        }
        assert_true(at > 20);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
