/* Branches of a scenario: one file read once, asked with different measures on top by several at a time. */
#include "policy/policy.h"

#include <string.h>

/* ---- a branch ---- */

static pl_status copy_texts(const pl_scenario *from, pl_scenario *to, pl_error *error) {
    const struct {
        char **to;
        const char *from;
    } text[] = {{&to->name, from->name},
                {&to->title, from->title},
                {&to->source, from->source},
                {&to->world, from->world}};
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) {
        if (!text[k].from)
            continue;
        char *copy = pl_strdup(text[k].from);
        if (!copy)
            return pl_fail_memory(error, strlen(text[k].from));
        free(*text[k].to);
        *text[k].to = copy;
    }
    return PL_OK;
}

static pl_status copy_overrides(const pl_scenario *from, pl_scenario *to, pl_error *error) {
    for (size_t o = 0; o < from->overrides; o++) {
        char *sector = pl_strdup(from->override[o].sector.text);
        if (!sector || !pl_grow(&to->override, &to->override_room, to->overrides, sizeof *to->override)) {
            free(sector);
            return pl_fail_memory(error, sizeof *to->override);
        }
        to->override[to->overrides] = from->override[o];
        to->override[to->overrides++].sector.text = sector;
    }
    return PL_OK;
}

/* The trunk's scopes, and one of the branch's own for what is added. */
static pl_status share_scopes(const pl_scenario *from, pl_scenario *to, pl_error *error) {
    const char *file = from->scopes ? from->scope[from->scopes - 1]->file : "";
    for (size_t s = 0; s < from->scopes; s++) {
        if (!pl_grow(&to->scope, &to->scope_room, to->scopes, sizeof(*to->scope)))
            return pl_fail_memory(error, sizeof(*to->scope));
        to->scope[to->scopes++] = from->scope[s];
        to->borrowed = to->scopes;
    }
    return pl_scenario_add_scope(to, file) ? PL_OK : pl_fail_memory(error, sizeof(pl_scope));
}

static pl_status copy_variant(const pl_variant *from, pl_scenario *to, pl_error *error) {
    pl_variant *made = pl_scenario_add_variant(to, from->scope, from->name);
    char *title = made ? pl_strdup(from->title) : NULL;
    if (!title)
        return pl_fail_memory(error, sizeof *made);
    free(made->title);
    made->title = title;
    made->day = from->day;
    for (size_t m = 0; m < from->measures; m++)
        if (!pl_variant_add(made, from->measure[m]))
            return pl_fail_memory(error, sizeof *made);
    return PL_OK;
}

pl_status pl_scenario_branch(const pl_scenario *trunk, pl_scenario **branch, pl_error *error) {
    *branch = NULL;
    pl_scenario *made = pl_scenario_blank();
    if (!made)
        return pl_fail_memory(error, sizeof *made);
    made->world_node = trunk->world_node;
    made->world_beside = trunk->world_beside;
    made->settings = trunk->settings;
    pl_status status = copy_texts(trunk, made, error);
    if (!status)
        status = copy_overrides(trunk, made, error);
    if (!status)
        status = share_scopes(trunk, made, error);
    for (size_t v = 0; v < trunk->variants && !status; v++)
        status = copy_variant(&trunk->variant[v], made, error);
    if (status)
        pl_scenario_free(made);
    else
        *branch = made;
    return status;
}

/* ---- its policy ---- */

static bool copy_wedges(const pl_policy *from, pl_policy *to) {
    size_t cells = from->J * from->N * from->N;
    double *tax = from->export_tax ? pl_policy_export_tax(to) : NULL;
    double *iceberg = from->iceberg ? pl_policy_iceberg(to) : NULL;
    if ((from->export_tax && !tax) || (from->iceberg && !iceberg))
        return false;
    memcpy(to->tariff, from->tariff, cells * sizeof *to->tariff);
    if (tax)
        memcpy(tax, from->export_tax, cells * sizeof *tax);
    if (iceberg)
        memcpy(iceberg, from->iceberg, cells * sizeof *iceberg);
    return true;
}

/* A tariff-rate quota is checked against the duties on its flows, so that it is made again when they may have changed. */
static bool caps_follow_duties(const pl_policy *trunk) {
    for (size_t k = 0; k < trunk->caps; k++)
        if (trunk->cap[k].kind == PL_CAP_TARIFF_RATE_QUOTA)
            return true;
    return false;
}

static pl_status fill(const pl_variant *variant, const pl_world *world, const pl_policy *trunk,
                      pl_policy *policy, pl_error *error) {
    const pl_moment moment = pl_variant_moment(variant);
    if (!copy_wedges(trunk, policy))
        return pl_fail_memory(error, trunk->J * trunk->N * trunk->N * sizeof(double));
    pl_status status = pl_variant_apply_wedges(variant, world, &moment, true, policy, error);
    if (!status && caps_follow_duties(trunk))
        return pl_variant_add_caps(variant, world, &moment, policy, error);
    for (size_t k = 0; k < trunk->caps && !status; k++)
        status = pl_policy_add_cap(policy, &trunk->cap[k], error);
    return status;
}

pl_status pl_branch_policy(const pl_scenario *branch, const pl_world *world, size_t variant,
                           const pl_policy *trunk, pl_policy **policy, pl_error *error) {
    pl_status status = pl_policy_new(world, policy, error);
    if (status)
        return status;
    status = fill(&branch->variant[variant], world, trunk, *policy, error);
    if (status) {
        pl_policy_free(*policy);
        *policy = NULL;
    }
    return status;
}
