/* Questions for tests: a scenario in a folder of its own, and what the desk or a run says of it. */
#ifndef TEST_ASKED_H
#define TEST_ASKED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/policy.h"

/* Three countries, dated duties, a quota, a tariff-rate quota and an option. */
static const char asked_scenario[] =
    "parley: 1\nname: asked\ntitle: A test\n"
    "world:\n  countries: [USA, CHN, DEU]\n  sectors: [A01, C26, G45]\n  goods: [A01, C26]\n"
    "  flow: {A01: [[50,3,2],[3,60,4],[2,4,40]], C26: [[80,9,7],[9,70,3],[7,3,60]],"
    " G45: [[90,1,2],[1,80,2],[2,2,70]]}\n"
    "  tariff: {A01: [[0,0.03,0.02],[0.07,0,0.05],[0.04,0.06,0]], C26: "
    "[[0,0.01,0.02],[0.05,0,0.03],[0.02,0.01,0]]}\n"
    "  theta: {A01: 5, C26: 4, G45: 3}\n"
    "options: {exempt: {title: chips pay nothing}}\n"
    "variants:\n"
    "  war:\n    title: A war\n    measures:\n"
    "      - {id: us, kind: tariff, by: USA, on: CHN, rate: 30%, basis: add, effective: 2025-04-09, note: "
    "the rate "
    "is assumed}\n"
    "      - {id: ch, kind: tariff, by: CHN, on: USA, rate: 20%, basis: add, effective: 2025-04-10}\n"
    "      - {id: off, kind: tariff, by: USA, on: CHN, sectors: C26, share: 0.5, stacks: {exempt: [us]}, "
    "effective: 2025-04-12, when: exempt}\n"
    "      - {id: chips, kind: quota, by: CHN, on: USA, sectors: C26, level: 30%, effective: 2025-04-11}\n"
    "  quotas:\n    measures:\n"
    "      - {id: beyond, kind: tariff-rate-quota, by: USA, on: DEU, sectors: C26, level: 70%, beyond: 40%}\n"
    "      - {id: tax, kind: export-tax, by: DEU, on: CHN, sectors: A01, rate: 8%}\n"
    "      - {id: cost, kind: iceberg, by: DEU, on: USA, rate: 4%, basis: add}\n"
    "  over:\n    measures:\n" /* so that more is sold than the quota */
    "      - {id: small, kind: tariff-rate-quota, by: USA, on: DEU, sectors: C26, level: 20%, beyond: 8%}\n";

/* A folder, and a path in it; both are the test's to remove. */
static char asked_folder[64], asked_path[128];

static int asked_open(void **state) {
    (void)state;
    snprintf(asked_folder, sizeof asked_folder, "/tmp/parley-asked-XXXXXX");
    if (!mkdtemp(asked_folder))
        return -1;
    snprintf(asked_path, sizeof asked_path, "%s/asked.yaml", asked_folder);
    FILE *out = fopen(asked_path, "w");
    if (!out || fputs(asked_scenario, out) < 0 || fclose(out))
        return -1;
    /* Written long ago: a file of this moment is read again at every question. */
    const struct timespec old[2] = {{1700000000, 0}, {1700000000, 0}};
    return utimensat(AT_FDCWD, asked_path, old, 0);
}

static int asked_close(void **state) {
    (void)state;
    unlink(asked_path);
    return rmdir(asked_folder);
}

/* The library's own comparison is of single precision. */
static inline void check_near(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance))
        fail_msg("%.17g is not %.17g within %g", a, b, tolerance);
}

/* What `parley run --json` prints for these options; the caller frees it. */
static inline char *asked_run(const pl_asked *asked, size_t count) {
    pl_error error = {PL_OK, ""};
    pl_question *q = NULL;
    pl_scenario *scenario = NULL;
    pl_world *world = NULL;
    pl_run *run = NULL;
    pl_view view;
    char *text = NULL;
    size_t length = 0;
    if (pl_question_new(asked, count, &q, &error) || pl_question_scenario(q, &scenario, &error) ||
        pl_scenario_load_world(scenario, NULL, &world, &error) || pl_question_view(q, world, &view, &error) ||
        pl_run_new(scenario, world, NULL, &run, &error))
        fail_msg("%s", error.text);
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(pl_report_json_view(out, run, &view, &error), PL_OK);
    fclose(out);
    pl_view_clear(&view);
    pl_run_free(run);
    pl_world_free(world);
    pl_scenario_free(scenario);
    pl_question_free(q);
    return text;
}

#endif
