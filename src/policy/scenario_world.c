/* A scenario meets a world: loading it, calibrating the model on it, making the policy of a variant. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

/* A folder or an ending of its own makes a path of a name. */
static bool is_path(const char *name) {
    static const char *const endings[] = {".nc", ".yaml", ".yml", ".json"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t tail = strlen(endings[i]);
        if (length > tail && !strcmp(name + length - tail, endings[i]))
            return true;
    }
    return strchr(name, '/') != NULL;
}

pl_status pl_scenario_load_world(const pl_scenario *scenario, const char *name, pl_world **world,
                                 pl_error *error) {
    *world = NULL;
    if (name)
        return pl_world_load(name, world, error);
    if (scenario->world_node)
        return pl_world_from_yaml(scenario->world_node, world, error);
    if (!*scenario->world)
        return pl_world_load(PL_DEFAULT_WORLD, world, error);
    if (!is_path(scenario->world) || !scenario->world_beside)
        return pl_world_load(scenario->world, world, error);
    char *path = pl_scope_path(scenario->scope[0], scenario->world);
    if (!path)
        return pl_fail_memory(error, strlen(scenario->world));
    pl_status status = pl_world_load(path, world, error);
    free(path);
    return status;
}

pl_status pl_scenario_set_world(pl_scenario *scenario, const char *name, pl_error *error) {
    char *copy = pl_strdup(name);
    if (!copy)
        return pl_fail_memory(error, strlen(name));
    free(scenario->world);
    scenario->world = copy;
    scenario->world_node = NULL;
    scenario->world_beside = false;
    return PL_OK;
}

/* Fills values [PL_SECTOR_VALUES][J]; later entries of the file win. */
static pl_status fill_overrides(const pl_scenario *scenario, const pl_world *world, double *values,
                                pl_error *error) {
    size_t J = pl_world_size(world, PL_SECTOR);
    bool *marked = pl_alloc(J, sizeof *marked);
    if (!marked)
        return pl_fail_memory(error, J);
    pl_status status = PL_OK;
    for (size_t o = 0; o < scenario->overrides && !status; o++) {
        const pl_sector_override *given = &scenario->override[o];
        pl_name_list one = {1, 1, (pl_name *)&given->sector};
        status = pl_resolve_sectors(scenario->scope[0], world, &one, "'sectors'", marked, error);
        for (size_t k = 0; k < PL_SECTOR_VALUES && !status; k++)
            for (size_t j = 0; j < J; j++)
                if (marked[j] && !isnan(given->value[k]))
                    values[k * J + j] = given->value[k];
    }
    free(marked);
    return status;
}

pl_status pl_scenario_model(const pl_scenario *scenario, const pl_world *world, pl_model **model,
                            pl_error *error) {
    *model = NULL;
    if (!scenario->overrides)
        return pl_model_new(world, &scenario->settings, NULL, model, error);
    size_t J = pl_world_size(world, PL_SECTOR);
    double *values = pl_alloc(PL_SECTOR_VALUES * J, sizeof *values);
    if (!values)
        return pl_fail_memory(error, PL_SECTOR_VALUES * J * sizeof *values);
    for (size_t i = 0; i < PL_SECTOR_VALUES * J; i++)
        values[i] = NAN;
    pl_status status = fill_overrides(scenario, world, values, error);
    pl_sector_values by_sector = {.theta = values + PL_SECTOR_THETA * J,
                                  .sigma_value_added = values + PL_SECTOR_SIGMA_VALUE_ADDED * J,
                                  .sigma_inputs = values + PL_SECTOR_SIGMA_INPUTS * J};
    if (!status)
        status = pl_model_new(world, &scenario->settings, &by_sector, model, error);
    free(values);
    return status;
}
