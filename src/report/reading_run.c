/* A run read back: countries, sectors, variants and their main variables. */
#include "report/reading.h"

#include <math.h>
#include <string.h>

enum { MOST = 5000 }; /* countries, sectors or variants */

static const char *const COUNTRY_NAME[PL_READ_COUNTRY_COUNT] = {
#define NAME(name) #name,
    PL_READ_BY_COUNTRY(NAME)};
static const char *const SECTOR_NAME[PL_READ_SECTOR_COUNT] = {PL_READ_BY_SECTOR(NAME)
#undef NAME
};

/* Codes and names of an axis. */
static pl_status read_axis(const pl_read_place *at, const json_t *world, const char *key, size_t *count,
                           const char ***codes, const char ***names) {
    const json_t *list = json_object_get(world, key);
    *count = json_array_size(list);
    if (!json_is_array(list) || !*count || *count > MOST)
        return pl_read_fail(at, "world.%s is not a list of up to %d %s", key, MOST, key);
    *codes = pl_alloc(*count, sizeof **codes);
    *names = pl_alloc(*count, sizeof **names);
    if (!*codes || !*names)
        return pl_fail_memory(at->error, *count * sizeof **codes);
    for (size_t k = 0; k < *count; k++) {
        const json_t *entry = json_array_get(list, k);
        (*codes)[k] = json_string_value(json_object_get(entry, "code"));
        if (!(*codes)[k])
            return pl_read_fail(at, "world.%s: entry %zu has no code", key, k + 1);
        (*names)[k] = pl_read_text(entry, "name", (*codes)[k]);
    }
    return PL_OK;
}

static pl_status read_axes(pl_saved *r, const pl_read_place *at) {
    const json_t *world = json_object_get(r->root, "world");
    pl_run_reading *run = &r->run;
    pl_status status = read_axis(at, world, "countries", &run->countries, &run->country, &run->country_name);
    if (!status)
        status = read_axis(at, world, "sectors", &run->sectors, &run->sector, &run->sector_name);
    if (status)
        return status;
    run->goods = pl_alloc(run->sectors, sizeof *run->goods);
    if (!run->goods)
        return pl_fail_memory(at->error, run->sectors);
    for (size_t j = 0; j < run->sectors; j++)
        run->goods[j] =
            json_is_true(json_object_get(json_array_get(json_object_get(world, "sectors"), j), "goods"));
    return PL_OK;
}

static pl_status read_by_country(const pl_run_reading *run, const pl_read_place *at, const json_t *values,
                                 pl_read_variant *v) {
    pl_status status = PL_OK;
    for (size_t k = 0; k < PL_READ_COUNTRY_COUNT && !status; k++) {
        const json_t *list = json_object_get(values, COUNTRY_NAME[k]);
        if (!list)
            continue;
        v->by_country[k] = pl_alloc(run->countries, sizeof(double));
        status = v->by_country[k] ? pl_read_numbers(at, list, run->countries, v->by_country[k],
                                                    "%s of variant %.80s", COUNTRY_NAME[k], v->name)
                                  : pl_fail_memory(at->error, run->countries);
    }
    return status;
}

static pl_status read_by_sector(const pl_run_reading *run, const pl_read_place *at, const json_t *values,
                                pl_read_variant *v) {
    for (size_t k = 0; k < PL_READ_SECTOR_COUNT; k++) {
        const json_t *list = json_object_get(values, SECTOR_NAME[k]);
        if (!list)
            continue;
        if (json_array_size(list) != run->sectors)
            return pl_read_fail(at, "%s of variant %.80s has %zu sectors; the world has %zu", SECTOR_NAME[k],
                                v->name, json_array_size(list), run->sectors);
        v->by_sector[k] = pl_alloc(run->sectors * run->countries, sizeof(double));
        if (!v->by_sector[k])
            return pl_fail_memory(at->error, run->sectors * run->countries);
        for (size_t j = 0; j < run->sectors; j++) {
            pl_status status = pl_read_numbers(
                at, json_array_get(list, j), run->countries, v->by_sector[k] + j * run->countries,
                "%s of variant %.80s, sector %.40s", SECTOR_NAME[k], v->name, run->sector[j]);
            if (status)
                return status;
        }
    }
    return PL_OK;
}

static pl_status read_variant(const pl_run_reading *run, const pl_read_place *at, const json_t *entry,
                              size_t index, pl_read_variant *v) {
    const json_t *values = json_object_get(entry, "values"), *total = json_object_get(entry, "world_total");
    v->name = json_string_value(json_object_get(entry, "name"));
    if (!v->name || !json_is_object(values))
        return pl_read_fail(at, "variant %zu has no name or no values", index + 1);
    v->title = pl_read_text(entry, "title", "");
    v->method = pl_read_text(entry, "method", "");
    v->converged = json_is_true(json_object_get(entry, "converged"));
    v->iterations = json_integer_value(json_object_get(entry, "iterations"));
    v->measures = json_object_get(entry, "measures");
    v->controls = json_object_get(entry, "controls");
    v->certificate = json_object_get(entry, "certificate");
    v->total =
        (pl_read_totals){pl_read_value(total, "equivalent_variation"), pl_read_value(total, "income_before"),
                         pl_read_value(total, "duties_before"),        pl_read_value(total, "duties"),
                         pl_read_value(total, "trade_before"),         pl_read_value(total, "trade")};
    pl_status status = read_by_country(run, at, values, v);
    if (!status)
        status = read_by_sector(run, at, values, v);
    if (!status && !v->by_country[PL_READ_real_income])
        return pl_read_fail(
            at, "variant %.80s has no real_income, which a report is about; run again with it", v->name);
    return status;
}

pl_status pl_run_read(pl_saved *r, const pl_read_place *at) {
    const json_t *list = json_object_get(r->root, "variants");
    pl_run_reading *run = &r->run;
    size_t count = json_array_size(list);
    pl_status status = read_axes(r, at);
    if (status)
        return status;
    if (!count || count > MOST)
        return pl_read_fail(at, "there is no variant");
    run->variant = pl_alloc(count, sizeof *run->variant);
    if (!run->variant)
        return pl_fail_memory(at->error, count * sizeof *run->variant);
    for (run->variants = 0; run->variants < count && !status;) {
        size_t v = run->variants++;
        status = read_variant(run, at, json_array_get(list, v), v, &run->variant[v]);
    }
    return status ? status : pl_trade_read(r, r->file, at);
}

void pl_run_read_clear(pl_run_reading *run) {
    for (size_t v = 0; v < run->variants; v++) {
        pl_read_variant *one = &run->variant[v];
        for (size_t k = 0; k < PL_READ_COUNTRY_COUNT; k++)
            free(one->by_country[k]);
        for (size_t k = 0; k < PL_READ_SECTOR_COUNT; k++)
            free(one->by_sector[k]);
        free(one->trade);
    }
    free(run->variant);
    free(run->country);
    free(run->country_name);
    free(run->sector);
    free(run->sector_name);
    free(run->goods);
    free(run->trade_before);
    memset(run, 0, sizeof *run);
}
