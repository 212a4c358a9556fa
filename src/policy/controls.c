/* Quantity controls as written: levels, rents, licences and green channels, read, checked and put into words. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

/* ---- small readers ---- */

/* A share of what was sold, or of a price: 0.5 or 50%. */
static pl_status read_level(const pl_node *node, const char *key, const pl_measure *measure, double *level,
                            pl_error *error) {
    const char *text = NULL;
    bool percent = false, price = measure->kind == PL_MEASURE_MINIMUM_PRICE;
    pl_status status = pl_node_text(node, key, &text, error);
    if (status)
        return status;
    if (!pl_read_rate(text, level, &percent))
        return pl_node_fail(node, error,
                            "%s of %s: '%s' is not a number; write 0.5 or 50%% for half of today", key,
                            measure->label, text);
    if (!(*level >= 0))
        return pl_node_fail(node, error, "%s of %s: %s is below zero; %s", key, measure->label, text,
                            price ? "a price is a share of today's, above 0"
                                  : "0 is a ban, 1 is today's quantity");
    if (!percent && *level > 5)
        return pl_node_fail(node, error, "%s of %s: %s would be %s times today's; did you mean %s%%?", key,
                            measure->label, text, text, text);
    bool may_be_zero = measure->kind == PL_MEASURE_QUOTA || measure->kind == PL_MEASURE_IMPORT_QUOTA;
    if (*level == 0 && !may_be_zero)
        return pl_node_fail(node, error, "%s of %s: it must be above 0", key, measure->label);
    return PL_OK;
}

static pl_status read_unit(const pl_node *node, const char *what, const pl_measure *measure, double *value,
                           pl_error *error) {
    const char *text = NULL;
    bool percent = false;
    pl_status status = pl_node_text(node, what, &text, error);
    if (status)
        return status;
    if (!pl_read_rate(text, value, &percent) || !(*value >= 0 && *value <= 1))
        return pl_node_fail(node, error, "%s of %s: %s is outside 0 to 1 (or 0 to 100 %%)", what,
                            measure->label, text);
    return PL_OK;
}

static pl_status read_months(const pl_node *node, const char *what, const pl_measure *measure, double *value,
                             pl_error *error) {
    pl_status status = pl_node_number(node, what, value, error);
    if (!status && !(*value >= 0 && *value <= 1200))
        return pl_node_fail(node, error, "%s of %s: %s months are outside 0 to 1200", what, measure->label,
                            node->text);
    return status;
}

static pl_status read_name(const pl_node *node, const char *what, pl_name *name, pl_error *error) {
    const char *text = NULL;
    pl_status status = pl_node_text(node, what, &text, error);
    if (status)
        return status;
    char *copy = pl_strdup(text);
    if (!copy)
        return pl_fail_memory(error, strlen(text));
    free(name->text);
    *name = (pl_name){copy, node->line};
    return PL_OK;
}

/* each: true, or any of seller, buyer, sector. */
static pl_status read_each(const pl_node *node, pl_measure *measure, pl_error *error) {
    static const char *const words[] = {"seller", "buyer", "sector"};
    pl_control *c = &measure->control;
    bool *flag[] = {&c->each_seller, &c->each_buyer, &c->each_sector};
    pl_name_list list = {0};
    bool all = false;
    if (node->kind == PL_NODE_TEXT && !pl_node_bool(node, "each", &all, NULL)) {
        *flag[0] = *flag[1] = *flag[2] = all;
        return PL_OK;
    }
    for (size_t k = 0; k < 3; k++)
        *flag[k] = false;
    pl_status status = pl_names_read(node, "each", &list, error);
    for (size_t i = 0; i < list.count && !status; i++) {
        size_t k = 0;
        while (k < 3 && strcmp(words[k], list.item[i].text))
            k++;
        if (k < 3)
            *flag[k] = true;
        else
            status = pl_node_fail(node, error, "each of %s: '%s' is none of seller, buyer, sector (or true)",
                                  measure->label, list.item[i].text);
    }
    pl_name_list_clear(&list);
    return status;
}

/* ---- rent ---- */

static const char *const holder_words[PL_HOLDERS] = {"seller", "buyer", "third", "wasted"};

/* One holder: a share, or for a third country or waste a mapping of country and share. A share left out is what
 * is left over, and stays NaN here. */
static pl_status read_holder(const pl_node *node, size_t holder, pl_measure *measure, pl_error *error) {
    static const char *const keys[] = {"country", "share"};
    double *share = &measure->control.rent[holder];
    char what[64];
    snprintf(what, sizeof what, "rent to %s", holder_words[holder]);
    if (holder == PL_TO_SELLER || holder == PL_TO_BUYER)
        return read_unit(node, what, measure, share, error);
    pl_name *name = holder == PL_TO_THIRD ? &measure->control.third : &measure->control.waste;
    const pl_node *country = NULL, *given = pl_node_get(node, "share");
    *share = NAN;
    if (node->kind == PL_NODE_TEXT)
        return read_name(node, what, name, error);
    pl_status status = pl_node_check_keys(node, keys, 2, what, error);
    if (!status)
        status = pl_node_need(node, "country", what, &country, error);
    if (!status)
        status = read_name(country, what, name, error);
    return status || !given ? status : read_unit(given, what, measure, share, error);
}

static pl_status check_rent(const pl_node *node, pl_measure *measure, pl_error *error) {
    double sum = 0, *rent = measure->control.rent;
    size_t open = PL_HOLDERS, opens = 0;
    for (size_t h = 0; h < PL_HOLDERS; h++) {
        if (isnan(rent[h])) {
            open = h;
            opens++;
        } else {
            sum += rent[h];
        }
    }
    if (opens == 1 && sum <= 1 + 1e-9) {
        rent[open] = fmax(0, 1 - sum);
        return PL_OK;
    }
    if (opens > 1)
        return pl_node_fail(node, error, "rent of %s: give a share of the third country or of what is wasted",
                            measure->label);
    if (!(fabs(sum - 1) < 1e-9))
        return pl_node_fail(node, error, "rent of %s: the shares add up to %.6g; they must add up to 1",
                            measure->label, sum);
    return PL_OK;
}

static pl_status read_rent(const pl_node *node, pl_measure *measure, pl_error *error) {
    double *rent = measure->control.rent;
    size_t choice = 0;
    memset(rent, 0, sizeof measure->control.rent);
    if (node->kind == PL_NODE_TEXT) {
        pl_status status = pl_node_choice(node, "rent", holder_words, 2, &choice, error);
        rent[choice] = 1;
        return status;
    }
    pl_status status = pl_node_check_keys(node, holder_words, PL_HOLDERS, "rent", error);
    for (size_t h = 0; h < PL_HOLDERS && !status; h++) {
        const pl_node *value = pl_node_get(node, holder_words[h]);
        if (value)
            status = read_holder(value, h, measure, error);
    }
    return status ? status : check_rent(node, measure, error);
}

/* ---- green channels ---- */

static pl_status read_green(const pl_node *node, pl_measure *measure, pl_error *error) {
    static const char *const keys[] = {"to", "from", "share", "source", "note"};
    const pl_node *to = NULL, *from = pl_node_get(node, "from"), *share = pl_node_get(node, "share");
    char what[160];
    snprintf(what, sizeof what, "green channel of %.100s", measure->label);
    pl_status status = pl_node_check_keys(node, keys, 5, what, error);
    if (!status)
        status = pl_node_need(node, "to", what, &to, error);
    if (!status)
        status = pl_names_read(to, what, &measure->control.green, error);
    if (!status && from)
        status = pl_node_day(from, what, &measure->control.green_from, error);
    if (!status && share)
        status =
            read_unit(share, "share of the green channel", measure, &measure->control.green_share, error);
    if (!status && !(measure->control.green_share > 0))
        status = pl_node_fail(share, error, "%s: a share of 0 is no channel", what);
    return status;
}

/* ---- the whole ---- */

pl_status pl_control_read(const pl_node *node, pl_measure *measure, pl_error *error) {
    pl_control *c = &measure->control;
    const pl_node *level = pl_node_get(node, "level"), *beyond = pl_node_get(node, "beyond");
    const pl_node *each = pl_node_get(node, "each"), *rent = pl_node_get(node, "rent");
    const pl_node *approval = pl_node_get(node, "approval"), *lag = pl_node_get(node, "lag");
    const pl_node *validity = pl_node_get(node, "validity"), *green = pl_node_get(node, "green");
    bool buyers = measure->kind == PL_MEASURE_IMPORT_QUOTA || measure->kind == PL_MEASURE_RATE_QUOTA;
    c->rent[buyers ? PL_TO_BUYER : PL_TO_SELLER] = 1;
    c->each_seller = c->each_buyer = c->each_sector = measure->kind == PL_MEASURE_LICENCE;
    pl_status status = level ? read_level(level, "level", measure, &c->level, error) : PL_OK;
    if (!status && beyond)
        status = pl_node_rate(beyond, "beyond", &c->beyond, error);
    if (!status && each)
        status = read_each(each, measure, error);
    if (!status && rent)
        status = read_rent(rent, measure, error);
    if (!status && approval)
        status = read_unit(approval, "approval", measure, &c->approval, error);
    if (!status && lag)
        status = read_months(lag, "lag", measure, &c->lag, error);
    if (!status && validity)
        status = read_months(validity, "validity", measure, &c->validity, error);
    if (!status && validity && !(c->validity > 0))
        status = pl_node_fail(validity, error, "validity of %s: a licence is valid for more than 0 months",
                              measure->label);
    return status || !green ? status : read_green(green, measure, error);
}

pl_status pl_control_finish(const pl_scope *scope, pl_measure *measure, pl_error *error) {
    bool lifts = measure->stacks == PL_EXEMPT;
    const struct {
        const char *key;
        double value;
        unsigned kinds;
    } needed[] = {
        {"level", measure->control.level,
         1u << PL_MEASURE_QUOTA | 1u << PL_MEASURE_IMPORT_QUOTA | 1u << PL_MEASURE_MINIMUM_PRICE |
             1u << PL_MEASURE_RATE_QUOTA},
        {"beyond", measure->control.beyond, 1u << PL_MEASURE_RATE_QUOTA},
        {"approval", measure->control.approval, 1u << PL_MEASURE_LICENCE},
    };
    for (size_t k = 0; k < sizeof needed / sizeof *needed && !lifts; k++)
        if ((needed[k].kinds & 1u << measure->kind) && isnan(needed[k].value))
            return pl_measure_fail(scope, measure->line, error, "%s: key '%s' is missing", measure->label,
                                   needed[k].key);
    if (lifts && measure->share < 1)
        return pl_measure_fail(scope, measure->line, error,
                               "%s: a flow is exempt from a quantity control as a whole; leave 'share' out",
                               measure->label);
    if (measure->kind == PL_MEASURE_MINIMUM_PRICE)
        measure->control.each_seller = measure->control.each_sector = true;
    if (measure->kind == PL_MEASURE_BAN)
        measure->control.level = 0;
    return PL_OK;
}

void pl_control_clear(pl_control *control) {
    free(control->third.text);
    free(control->waste.text);
    pl_name_list_clear(&control->green);
}

/* ---- words ---- */

/* "rent to seller", "rent half seller, half buyer" as shares. */
static void say_rent(const pl_measure *measure, char *out, size_t size) {
    const pl_control *c = &measure->control;
    const char *where[PL_HOLDERS] = {"sellers", "buyers", c->third.text, c->waste.text};
    size_t used = (size_t)snprintf(out, size, "; rent to");
    bool first = true;
    for (size_t h = 0; h < PL_HOLDERS && used < size; h++) {
        char part[24] = "";
        if (!(c->rent[h] > 0))
            continue;
        if (c->rent[h] < 1)
            snprintf(part, sizeof part, " (%.4g%%)", 100 * c->rent[h]);
        used += (size_t)snprintf(out + used, size - used, "%s %s%.40s%s", first ? "" : ",",
                                 h == PL_WASTED ? "waste in " : "", where[h], part);
        first = false;
    }
}

char *pl_control_text(const pl_measure *measure, const char *by, const char *scope) {
    const pl_control *c = &measure->control;
    char rent[300], green[120] = "";
    const char *together = c->each_seller || c->each_buyer || c->each_sector ? "" : " together";
    say_rent(measure, rent, sizeof rent);
    if (measure->stacks == PL_EXEMPT)
        return pl_format("%s: %s free of the control '%s'", by, scope, measure->stack_on.item[0].text);
    switch (measure->kind) {
    case PL_MEASURE_BAN:
        return pl_format("%s: no export of %s", by, scope);
    case PL_MEASURE_QUOTA:
        return pl_format("%s: exports of %s%s at most %.6g%% of today's%s", by, scope, together,
                         100 * c->level, rent);
    case PL_MEASURE_IMPORT_QUOTA:
        return pl_format("%s: imports of %s%s at most %.6g%% of today's%s", by, scope, together,
                         100 * c->level, rent);
    case PL_MEASURE_MINIMUM_PRICE:
        return pl_format("%s: export price of %s at least %.6g%% of today's%s", by, scope, 100 * c->level,
                         rent);
    case PL_MEASURE_RATE_QUOTA:
        return pl_format("%s: duty of %.6g%% on %s%s beyond %.6g%% of today's quantity%s", by,
                         100 * c->beyond, scope, together, 100 * c->level, rent);
    default:
        if (c->green.count)
            snprintf(green, sizeof green, ", a green channel for %.60s%s", c->green.item[0].text,
                     c->green.count > 1 ? " and others" : "");
        return pl_format("%s: exports of %s need a licence, %.6g%% approved%s%s", by, scope,
                         100 * c->approval, green, rent);
    }
}
