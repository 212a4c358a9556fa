/* What every output says of a quantity control, in one table. */
#include "policy/policy.h"

bool pl_control_part(size_t index, const pl_cap_result *r, const char **name, const char **unit,
                     const char **text, double *value) {
    const struct {
        const char *name, *unit, *text;
        double value;
    } part[] = {
        {"premium", "percent", "premium over the price without the control; 0 when it does not bind",
         100 * r->premium},
        {"quantity", "1", "quantity sold, new over base", r->quantity},
        {"rent", "million USD", "rent of the control", r->rent},
        {"rent_to_sellers", "million USD", "rent to sellers", r->to_sellers},
        {"rent_to_buyers", "million USD", "rent to buyers", r->to_buyers},
        {"rent_to_third", "million USD", "rent to a third country", r->to_third},
        {"rent_wasted", "million USD", "rent spent on labour that makes nothing", r->wasted},
        {"duty_beyond", "million USD", "duty paid beyond a tariff-rate quota", r->duty},
    };
    if (index >= sizeof part / sizeof *part)
        return false;
    *name = part[index].name;
    *unit = part[index].unit;
    *text = part[index].text;
    *value = part[index].value;
    return true;
}
