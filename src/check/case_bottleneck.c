/* Cases about bottlenecks in quantities alone (docs/cases.md): sectors with stocks, a cap on some of them, and what is made. */
#include "check/check.h"

#include <math.h>
#include <string.h>

/* A case being read and run. */
typedef struct {
    pl_strings name; /* of sectors */
    pl_bottleneck b;
    size_t J, days;
    double *coefficient, *criticality; /* [J][J] */
    double *final, *stock_days;        /* [J] */
    double *cap, *output, *served;     /* [days][J] */
    double *memory;
    pl_error *error;
} plant;

enum { MOST_SECTORS = 1000, MOST_DAYS = 100000, MOST_CELLS = 10000000 };

static pl_status find_sector(const plant *p, const pl_node *node, size_t *sector) {
    const char *text = NULL;
    char near[96];
    pl_status status = pl_node_text(node, "sector", &text, p->error);
    for (*sector = 0; !status && *sector < p->J; ++*sector)
        if (!strcmp(p->name.item[*sector], text))
            return PL_OK;
    return status ? status
                  : pl_node_fail(
                        node, p->error, "unknown sector '%s'%s", text,
                        pl_suggest_text(near, sizeof near, text, (const char *const *)p->name.item, p->J));
}

/* {M: 50, S: 50}, the rest zero. */
static pl_status read_by_sector(const plant *p, const pl_node *map, const char *what, double *out) {
    if (map->kind != PL_NODE_MAP)
        return pl_node_fail(map, p->error, "%s must be a map from sector to number", what);
    pl_status status = PL_OK;
    for (size_t k = 0; k < map->count && !status; k++) {
        size_t sector = 0;
        status = find_sector(p, map->key[k], &sector);
        if (!status)
            status = pl_node_number(map->item[k], what, &out[sector], p->error);
        if (!status && !(out[sector] >= 0))
            status = pl_node_fail(map->item[k], p->error, "%s of %s is %g; it may not be negative", what,
                                  p->name.item[sector], out[sector]);
    }
    return status;
}

/* {R: {M: 0.01}}: by input, then by user. */
static pl_status read_table(const plant *p, const pl_node *map, const char *what, double *out) {
    if (map->kind != PL_NODE_MAP)
        return pl_node_fail(map, p->error, "%s must be a map from input to user to number", what);
    pl_status status = PL_OK;
    for (size_t k = 0; k < map->count && !status; k++) {
        size_t input = 0;
        status = find_sector(p, map->key[k], &input);
        if (!status)
            status = read_by_sector(p, map->item[k], what, out + input * p->J);
    }
    return status;
}

/* A count of days from `least` to `most`. */
static pl_status read_day(const plant *p, const pl_node *node, const char *what, size_t least, size_t most,
                          size_t *day) {
    double value = 0;
    pl_status status = pl_node_number(node, what, &value, p->error);
    if (!status && !(value >= (double)least && value <= (double)most && value == floor(value)))
        status = pl_node_fail(node, p->error, "%s is %g; it must be a whole number from %zu to %zu", what,
                              value, least, most);
    *day = status ? 0 : (size_t)value;
    return status;
}

/* {sector: R, level: 0.25, from: 0, until: 60}: over the baseline, the last day excluded. */
static pl_status read_cap(const plant *p, const pl_node *map) {
    static const char *const keys[] = {"sector", "level", "from", "until"};
    const pl_node *sector = NULL, *level = NULL, *from = pl_node_get(map, "from"),
                  *until = pl_node_get(map, "until");
    size_t j = 0, first = 0, end = p->days;
    double value = 0;
    pl_status status = pl_node_check_keys(map, keys, sizeof keys / sizeof *keys, "a cap", p->error);
    if (!status)
        status = pl_node_need(map, "sector", "a cap", &sector, p->error);
    if (!status)
        status = pl_node_need(map, "level", "a cap", &level, p->error);
    if (!status)
        status = find_sector(p, sector, &j);
    if (!status)
        status = pl_node_number(level, "level", &value, p->error);
    if (!status && from)
        status = read_day(p, from, "from", 0, p->days, &first);
    if (!status && until)
        status = read_day(p, until, "until", first, p->days, &end);
    if (!status && !(value >= 0))
        status = pl_node_fail(level, p->error, "level is %g; it may not be negative", value);
    for (size_t day = first; !status && day < end; day++)
        p->cap[day * p->J + j] = fmin(p->cap[day * p->J + j], value);
    return status;
}

static pl_status make_room(plant *p, const pl_node *map) {
    const pl_node *sectors = NULL, *days = NULL;
    pl_status status = pl_node_need(map, "sectors", "a bottleneck", &sectors, p->error);
    if (!status)
        status = pl_node_texts(sectors, "sectors", &p->name, p->error);
    if (!status)
        status = pl_node_need(map, "days", "a bottleneck", &days, p->error);
    if (!status)
        status = read_day(p, days, "days", 1, MOST_DAYS, &p->days);
    if (status)
        return status;
    p->J = p->name.count;
    if (p->J > MOST_SECTORS || p->J * p->days > MOST_CELLS)
        return pl_node_fail(map, p->error,
                            "%zu sectors for %zu days; at most %d sectors and %d of their days", p->J,
                            p->days, (int)MOST_SECTORS, (int)MOST_CELLS);
    size_t J = p->J, table = J * J, path = p->days * J;
    p->memory = pl_alloc(2 * table + 2 * J + 3 * path, sizeof(double));
    if (!p->memory)
        return pl_fail_memory(p->error, (2 * table + 3 * path) * sizeof(double));
    p->coefficient = p->memory;
    p->criticality = p->coefficient + table;
    p->final = p->criticality + table;
    p->stock_days = p->final + J;
    p->cap = p->stock_days + J;
    p->output = p->cap + path;
    p->served = p->output + path;
    for (size_t at = 0; at < path; at++)
        p->cap[at] = INFINITY;
    for (size_t j = 0; j < J; j++)
        for (size_t k = 0; k < j; k++)
            if (!strcmp(p->name.item[j], p->name.item[k]))
                return pl_node_fail(sectors, p->error, "sector '%s' appears twice", p->name.item[j]);
    return PL_OK;
}

static pl_status read_numbers(plant *p, const pl_node *map) {
    static const char *const rules[] = {"essential", "half", "critical", "linear"};
    const struct {
        const char *key;
        double *out;
        bool table;
    } part[] = {{"inputs", p->coefficient, true},
                {"criticality", p->criticality, true},
                {"final", p->final, false},
                {"stock_days", p->stock_days, false}};
    const struct {
        const char *key;
        double *out;
    } time[] = {{"restocking", &p->b.restocking}, {"hiring", &p->b.hiring}, {"firing", &p->b.firing}};
    const pl_node *rule = pl_node_get(map, "rule"), *node = NULL;
    size_t chosen = 0;
    pl_status status = rule ? pl_node_choice(rule, "rule", rules, 4, &chosen, p->error) : PL_OK;
    for (size_t k = 0; k < sizeof part / sizeof *part && !status; k++) {
        node = pl_node_get(map, part[k].key);
        if (node)
            status = part[k].table ? read_table(p, node, part[k].key, part[k].out)
                                   : read_by_sector(p, node, part[k].key, part[k].out);
    }
    for (size_t k = 0; k < sizeof time / sizeof *time && !status; k++) {
        status = pl_node_need(map, time[k].key, "a bottleneck", &node, p->error);
        if (!status)
            status = pl_node_number(node, time[k].key, time[k].out, p->error);
    }
    for (size_t at = 0; at < p->J * p->J && !status; at++)
        if (p->criticality[at] != 0 && p->criticality[at] != 0.5 && p->criticality[at] != 1)
            status = pl_node_fail(pl_node_get(map, "criticality"), p->error,
                                  "criticality of %s for %s is %g; it is 0, 0.5 or 1",
                                  p->name.item[at / p->J], p->name.item[at % p->J], p->criticality[at]);
    p->b.sectors = p->J;
    p->b.coefficient = p->coefficient;
    p->b.criticality = p->criticality;
    p->b.final = p->final;
    p->b.stock_days = p->stock_days;
    p->b.rule = (pl_input_rule)chosen;
    return status;
}

static pl_status read_plant(plant *p, const pl_node *map) {
    static const char *const keys[] = {"sectors",    "inputs",     "criticality", "final",
                                       "stock_days", "restocking", "hiring",      "firing",
                                       "rule",       "days",       "caps"};
    const pl_node *caps = pl_node_get(map, "caps");
    pl_status status = pl_node_check_keys(map, keys, sizeof keys / sizeof *keys, "a bottleneck", p->error);
    if (!status)
        status = make_room(p, map);
    if (!status)
        status = read_numbers(p, map);
    if (!status && caps && caps->kind != PL_NODE_LIST)
        status = pl_node_fail(caps, p->error, "'caps' must be a list");
    for (size_t k = 0; caps && !status && k < caps->count; k++)
        status = read_cap(p, caps->item[k]);
    return status;
}

/* Final demand that is not met, a day. */
static double mean_loss(const plant *p) {
    double lost = 0;
    for (size_t at = 0; at < p->days * p->J; at++)
        lost += p->final[at % p->J] * (1 - p->served[at]);
    return lost / (double)p->days;
}

/* {variable: output, sector: M, day: 39, value: 0.7508, tolerance: 5e-5} */
static pl_status run_expected(const plant *p, const pl_node *map, pl_case_report *report) {
    static const char *const keys[] = {"variable", "sector", "day", "value", "tolerance", "note"};
    static const char *const names[] = {"output", "final_served", "lost_final"};
    const pl_node *node[5] = {NULL};
    size_t variable = 0, sector = 0, day = 0;
    double value = 0, tolerance = 0;
    pl_status status = pl_node_check_keys(map, keys, sizeof keys / sizeof *keys,
                                          "an expected number of a bottleneck", p->error);
    if (!status)
        status = pl_node_need(map, "variable", "an expected number", &node[0], p->error);
    if (!status)
        status = pl_node_choice(node[0], "variable", names, 3, &variable, p->error);
    bool daily = variable < 2;
    for (size_t k = 1; k < 5 && !status; k++)
        if (daily || k > 2)
            status = pl_node_need(map, keys[k], "an expected number", &node[k], p->error);
    if (!status && daily)
        status = find_sector(p, node[1], &sector);
    if (!status && daily)
        status = read_day(p, node[2], "day", 0, p->days - 1, &day);
    if (!status)
        status = pl_node_number(node[3], "value", &value, p->error);
    if (!status)
        status = pl_node_number(node[4], "tolerance", &tolerance, p->error);
    if (!status && !(tolerance >= 0))
        status = pl_node_fail(node[4], p->error, "tolerance is %g; it may not be negative", tolerance);
    if (status)
        return status;
    const double *series = variable == 0 ? p->output : p->served;
    bool kept =
        daily ? pl_findings_add(report, value, series[day * p->J + sector], tolerance, "%s of %s, day %zu",
                                names[variable], p->name.item[sector], day)
              : pl_findings_add(report, value, mean_loss(p), tolerance, "%s, mean of days", names[variable]);
    return kept ? PL_OK : pl_fail_memory(p->error, 0);
}

pl_status pl_case_bottleneck(const pl_node *map, const pl_node *expect, pl_case_report *report,
                             pl_error *error) {
    plant p = {.error = error};
    if (!expect || expect->kind != PL_NODE_LIST)
        return pl_node_fail(map, error, "a case with a bottleneck needs 'expect', a list of numbers");
    pl_status status = read_plant(&p, map);
    pl_error inner = {PL_OK, ""};
    if (!status && pl_bottleneck_run(&p.b, p.days, p.cap, p.output, p.served, &inner))
        status = inner.status == PL_NO_MEMORY ? pl_fail_memory(error, 0)
                                              : pl_node_fail(map, error, "%s", inner.text);
    for (size_t k = 0; !status && k < expect->count; k++)
        status = run_expected(&p, expect->item[k], report);
    pl_strings_clear(&p.name);
    free(p.memory);
    return status;
}
