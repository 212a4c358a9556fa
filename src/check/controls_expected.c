/* Expected numbers of quantity controls: premium, quantity, rent and who got it. */
#include "check/check.h"

#include <string.h>

enum { PARTS = 16 };

/* The control of a policy by its name. */
static pl_status find_control(const pl_node *node, const pl_policy *policy, size_t *index, pl_error *error) {
    const char *text = NULL;
    pl_status status = pl_node_text(node, "control", &text, error);
    if (status)
        return status;
    size_t count = pl_policy_caps(policy);
    for (*index = 0; *index < count; ++*index)
        if (!strcmp(pl_policy_cap(policy, *index)->name, text))
            return PL_OK;
    const char **names = pl_alloc(count + 1, sizeof *names);
    char near[160];
    if (!names)
        return pl_fail_memory(error, count);
    for (size_t k = 0; k < count; k++)
        names[k] = pl_policy_cap(policy, k)->name;
    status = pl_node_fail(node, error, "no control is called '%s'%s; this variant has %zu", text,
                          pl_suggest_text(near, sizeof near, text, names, count), count);
    free(names);
    return status;
}

static pl_status find_part(const pl_node *node, const pl_cap_result *result, const char **name, double *value,
                           pl_error *error) {
    const char *text = NULL, *unit, *words, *names[PARTS];
    char near[96];
    size_t k = 0;
    pl_status status = pl_node_text(node, "variable", &text, error);
    if (status)
        return status;
    for (; pl_control_part(k, result, name, &unit, &words, value); k++) {
        if (!strcmp(*name, text))
            return PL_OK;
        names[k] = *name;
    }
    return pl_node_fail(node, error, "a control has no '%s'%s", text,
                        pl_suggest_text(near, sizeof near, text, names, k));
}

pl_status pl_expect_control(const pl_node *map, const pl_run *run, size_t variant, pl_case_report *report,
                            pl_error *error) {
    static const char *const keys[] = {"variant", "control", "variable", "value", "tolerance", "note"};
    const pl_node *variable = NULL, *value = NULL, *tolerance = NULL;
    const char *name = NULL;
    size_t index = 0;
    double computed = 0, expected = 0, allowed = 0;
    pl_status status =
        pl_node_check_keys(map, keys, sizeof keys / sizeof *keys, "an expected number of a control", error);
    if (!status)
        status = pl_node_need(map, "variable", "an expected number", &variable, error);
    if (!status)
        status = pl_node_need(map, "value", "an expected number", &value, error);
    if (!status)
        status = pl_node_need(map, "tolerance", "an expected number", &tolerance, error);
    if (!status)
        status = find_control(pl_node_get(map, "control"), run->policy[variant], &index, error);
    if (status)
        return status;
    const pl_cap_result result = pl_result_cap(run->result[variant], index);
    status = find_part(variable, &result, &name, &computed, error);
    if (!status)
        status = pl_node_number(value, "value", &expected, error);
    if (!status)
        status = pl_node_number(tolerance, "tolerance", &allowed, error);
    if (!status && !(allowed >= 0))
        status = pl_node_fail(tolerance, error, "tolerance is %g; it may not be negative", allowed);
    if (status)
        return status;
    const char *lead = run->variants > 1 ? pl_scenario_variant_name(run->scenario, variant) : "";
    return pl_findings_add(report, expected, computed, allowed, "%s%s%s of control %s", lead,
                           *lead ? ": " : "", name, pl_policy_cap(run->policy[variant], index)->name)
               ? PL_OK
               : pl_fail_memory(error, 0);
}
