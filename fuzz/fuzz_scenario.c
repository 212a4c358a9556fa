/* Scenarios and questions from arbitrary bytes: whatever they hold, reading and applying them ends in a policy or a message. */
#include "policy/policy.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The world for scenarios that hold none: made once, kept until the end. */
static const pl_world *small_world(void) {
    static pl_world *world;
    static const char *const countries[] = {"USA", "CHN", "DEU"}, *const sectors[] = {"A01", "C26", "G45"};
    static const double flow[27] = {50, 3, 2, 3,  60, 4, 2, 4, 40, 80, 9, 7, 9, 70,
                                    3,  7, 3, 60, 90, 1, 2, 1, 80, 2,  2, 2, 70};
    pl_world_tables tables = {
        .countries = 3, .sectors = 3, .country_codes = countries, .sector_codes = sectors, .flow = flow};
    if (!world && pl_world_new(&tables, &world, NULL))
        abort();
    return world;
}

/* A tariff table would be read from a path of the fuzzer's choosing. */
static bool reads_files(const pl_scenario *scenario, size_t variant) {
    const pl_variant *v = &scenario->variant[variant];
    for (size_t m = 0; m < v->measures; m++)
        if (v->measure[m]->kind == PL_MEASURE_TARIFF_TABLE)
            return true;
    return false;
}

static void apply(const pl_scenario *scenario, const pl_world *world) {
    pl_error error;
    for (size_t v = 0; v < pl_scenario_variants(scenario); v++) {
        pl_policy *policy = NULL;
        for (size_t m = 0; m < pl_scenario_measures(scenario, v); m++)
            if (!pl_scenario_measure_text(scenario, v, m) || !pl_scenario_measure_source(scenario, v, m))
                abort();
        if (!reads_files(scenario, v))
            pl_scenario_policy(scenario, world, v, &policy, &error);
        pl_policy_free(policy);
    }
}

static void try_scenario(const uint8_t *bytes, size_t size) {
    pl_yaml *doc = NULL;
    pl_scenario *scenario = NULL;
    pl_world *inside = NULL;
    pl_error error;
    if (pl_yaml_parse((const char *)bytes, size, "fuzz.yaml", &doc, &error))
        return;
    if (!pl_scenario_from_node(doc->root, "fuzz", &scenario, &error)) {
        if (scenario->world_node)
            pl_scenario_load_world(scenario, NULL, &inside, &error);
        apply(scenario, inside ? inside : small_world());
    }
    pl_world_free(inside);
    pl_scenario_free(scenario);
    pl_yaml_free(doc);
}

static void try_question(const uint8_t *bytes, size_t size) {
    static const char *const kinds[] = {"tariff", "export-tax", "iceberg"};
    char text[256];
    if (size && bytes[size - 1] == '\n')
        size--;
    if (size >= sizeof text)
        return;
    memcpy(text, bytes, size);
    text[size] = 0;
    for (size_t k = 0; k < 3; k++) {
        pl_scenario *scenario = NULL;
        pl_error error;
        if (pl_scenario_new(&scenario, &error))
            return;
        if (!pl_scenario_add(scenario, kinds[k], text, &error))
            apply(scenario, small_world());
        pl_scenario_free(scenario);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    try_scenario(bytes, size);
    try_question(bytes, size);
    return 0;
}
