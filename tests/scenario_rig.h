/* Scenarios written in tests, read, with their world and perhaps a run. */
#ifndef SCENARIO_RIG_H
#define SCENARIO_RIG_H

#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

typedef struct {
    pl_yaml *doc;
    pl_scenario *scenario;
    pl_world *world;
    pl_run *run; /* NULL but for scenario_rig_run */
} scenario_rig;

/* Reads a text that may be wrong in what it says, but is YAML. Close it in either case. */
static inline pl_status scenario_rig_read(scenario_rig *r, const char *text, pl_error *error) {
    memset(r, 0, sizeof *r);
    assert_int_equal(pl_yaml_parse(text, strlen(text), "case.yaml", &r->doc, error), PL_OK);
    pl_status status = pl_scenario_from_node(r->doc->root, "case", &r->scenario, error);
    return status ? status : pl_scenario_load_world(r->scenario, NULL, &r->world, error);
}

/* Reads a text that must be right. */
static inline scenario_rig scenario_rig_open(const char *text) {
    scenario_rig r;
    pl_error error = {PL_OK, ""};
    if (scenario_rig_read(&r, text, &error))
        fail_msg("%s", error.text);
    return r;
}

/* The same, and runs it. */
static inline scenario_rig scenario_rig_run(const char *text) {
    scenario_rig r = scenario_rig_open(text);
    pl_error error = {PL_OK, ""};
    if (pl_run_new(r.scenario, r.world, NULL, &r.run, &error))
        fail_msg("%s", error.text);
    return r;
}

static inline void scenario_rig_close(scenario_rig *r) {
    pl_run_free(r->run);
    pl_world_free(r->world);
    pl_scenario_free(r->scenario);
    pl_yaml_free(r->doc);
}

#endif
