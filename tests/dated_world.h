/* A small inline world for tests of dated measures and controls, and scenarios read from a text beside it. */
#ifndef DATED_WORLD_H
#define DATED_WORLD_H

#include "scenario_rig.h"

enum { USA, CHN, DEU, FRA, N, A01 = 0, C26, MAG, G45, J };

/* FRA buys no magnets from CHN. */
static const char dated_world[] =
    "world:\n"
    "  countries: [USA, CHN, DEU, FRA]\n"
    "  sectors: [A01, C26, MAG, G45]\n"
    "  goods: [A01, C26, MAG]\n"
    "  flow: {A01: [[50,3,2,1],[2,60,4,5],[1,2,40,3],[4,1,2,30]], C26: "
    "[[80,9,7,5],[6,70,3,2],[5,4,60,8],[2,9,3,50]],\n"
    "         MAG: [[4,2,1,1],[1,9,1,1],[1,3,5,1],[1,0,1,3]],\n"
    "         G45: [[90,1,2,3],[1,80,2,1],[2,2,70,1],[1,1,3,60]]}\n"
    "  tariff: {A01: [[0,.1,.02,.03],[.2,0,.05,.05],[.04,.06,0,0],[.04,.06,0,0]],\n"
    "           C26: [[0,.11,.01,.01],[.13,0,.07,.07],[.02,.08,0,0],[.02,.08,0,0]]}\n"
    "  theta: {A01: 5, C26: 4, MAG: 3, G45: 3}\n";

static inline pl_status open_text(scenario_rig *f, const char *rest, pl_error *error) {
    char text[16384];
    snprintf(text, sizeof text, "%s%s", rest, dated_world);
    return scenario_rig_read(f, text, error);
}

static inline scenario_rig need_text(const char *text) {
    scenario_rig f;
    pl_error error = {PL_OK, ""};
    if (open_text(&f, text, &error))
        fail_msg("%s", error.text);
    return f;
}

static inline pl_date day(const char *text) {
    pl_date date;
    assert_int_equal(pl_date_read(text, &date, NULL), PL_OK);
    return date;
}

static inline pl_policy *policy_on(scenario_rig *f, const char *text) {
    pl_error error = {PL_OK, ""};
    pl_policy *policy = NULL;
    if (pl_scenario_policy_on(f->scenario, f->world, 0, day(text), &policy, &error))
        fail_msg("%s: %s", text, error.text);
    return policy;
}

/* Reading, or the policy of a day (or without one), must be refused with a message that holds `part`. */
static inline void refuse_on(const char *text, const char *when, const char *part) {
    scenario_rig f;
    pl_error error = {PL_OK, ""};
    pl_policy *policy = NULL;
    pl_status status = open_text(&f, text, &error);
    if (!status)
        status = when ? pl_scenario_policy_on(f.scenario, f.world, 0, day(when), &policy, &error)
                      : pl_scenario_policy(f.scenario, f.world, 0, &policy, &error);
    if (status != PL_INVALID || policy)
        fail_msg("'%s' was not refused", text);
    if (!strstr(error.text, part))
        fail_msg("'%s' does not hold '%s'", error.text, part);
    scenario_rig_close(&f);
}

static inline size_t at(size_t j, size_t n, size_t i) {
    return (j * N + n) * N + i;
}

#endif
