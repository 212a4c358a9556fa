/* What every output says of a run. */
#include "report/report.h"

#include <string.h>

static double total(const pl_run *run, size_t variant, pl_variable variable) {
    return pl_sum(pl_result_get(run->result[variant], variable),
                  pl_world_size(pl_model_world(run->model), PL_COUNTRY));
}

pl_world_change pl_run_world_change(const pl_run *run, size_t variant) {
    return (pl_world_change){.equivalent_variation = total(run, variant, PL_VAR_equivalent_variation),
                             .income_before = total(run, variant, PL_VAR_income_before),
                             .duties_before = total(run, variant, PL_VAR_duties_before),
                             .duties = total(run, variant, PL_VAR_duties),
                             .trade_before = total(run, variant, PL_VAR_imports_before),
                             .trade = total(run, variant, PL_VAR_imports)};
}

pl_money pl_run_money(const pl_run *run) {
    const double large = 1e5; /* million USD of world income */
    bool small = run->variants && pl_run_world_change(run, 0).income_before < large;
    return small ? (pl_money){1, "m USD"} : (pl_money){1e-3, "bn USD"};
}

bool pl_certificate_part(const pl_certificate *certificate, size_t index, const char **name,
                         const char **text, double *value) {
    const struct {
        const char *name, *text;
        double value;
    } part[] = {
        {"market_clearing", "market clearing: spending against the demand it implies",
         certificate->market_clearing},
        {"income", "income against its parts", certificate->income},
        {"labour", "labour demand against supply", certificate->labour},
        {"price_index", "price index and unit cost", certificate->price_index},
        {"walras", "world spending against world income", certificate->walras},
        {"rent", "rents paid against rents received", certificate->rent},
        {"shares", "expenditure shares add up to one", certificate->shares},
        {"complementarity", "caps against premiums", certificate->complementarity},
        {"worst", "largest of the residuals", certificate->worst},
    };
    if (index >= sizeof part / sizeof *part)
        return false;
    *name = part[index].name;
    *text = part[index].text;
    *value = part[index].value;
    return true;
}

const char *pl_closure_text(pl_closure closure) {
    static const char *const text[] = {"fixed", "gdp", "balanced"};
    return text[closure];
}

const char *pl_run_world_name(const pl_run *run) {
    const char *name = pl_scenario_world(run->scenario), *title = pl_world_note(run->world, "title");
    bool named = name[0] && strcmp(name, "inline") != 0;
    return named ? name : title && title[0] ? title : "a world of its own";
}
