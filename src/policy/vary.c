/* What a sweep varies, as written after --vary: `tariff USA<-CHN=0%..145%:30`, `setting kappa=1.5,3,inf`, `option NAME`. */
#include "policy/scan_plan.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MOST_VALUES = 100000 };

static pl_status refuse(const pl_vary *v, pl_error *error, const char *format, ...) PL_PRINTF(3, 4);

static pl_status refuse(const pl_vary *v, pl_error *error, const char *format, ...) {
    char problem[600];
    va_list args;
    va_start(args, format);
    vsnprintf(problem, sizeof problem, format, args);
    va_end(args);
    return pl_fail(error, PL_INVALID, "--vary '%.300s': %s", v->text, problem);
}

/* ---- values ---- */

/* A number as short as it reads back, with its percent sign. */
static bool add_shown(pl_vary *v, pl_strings *list, double value) {
    char text[48];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    if (v->percent)
        strcat(text, "%");
    return pl_strings_add(list, text);
}

/* Copies a part of the text without the blanks around it; false when nothing is left or it is too long. */
static bool cut(const char *from, const char *end, char *out, size_t size) {
    while (from < end && *from == ' ')
        from++;
    while (end > from && end[-1] == ' ')
        end--;
    if (from == end || (size_t)(end - from) >= size)
        return false;
    memcpy(out, from, (size_t)(end - from));
    out[end - from] = 0;
    return true;
}

static bool read_number(const char *text, double *value, bool *percent) {
    char copy[64];
    size_t length = strlen(text);
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length + 1);
    *percent = length && copy[length - 1] == '%';
    if (*percent)
        copy[length - 1] = 0;
    return pl_read_number(copy, value);
}

static pl_status read_ends(pl_vary *v, const char *low, const char *high, pl_error *error) {
    bool percent[2] = {false, false};
    if (!read_number(low, &v->low, &percent[0]))
        return refuse(v, error, "'%s' is not a number", low);
    if (!read_number(high, &v->high, &percent[1]))
        return refuse(v, error, "'%s' is not a number", high);
    if (percent[0] != percent[1] && (percent[0] ? v->high : v->low) != 0)
        return refuse(v, error, "%s and %s: write both ends in percent or neither", low, high);
    v->percent = percent[0] || percent[1];
    v->numeric = true;
    if (!(v->low < v->high))
        return refuse(v, error, "the range is empty: %s is not below %s", low, high);
    return PL_OK;
}

static pl_status fill_range(pl_vary *v, size_t count, double step, pl_error *error) {
    v->value = pl_alloc(count, sizeof *v->value);
    if (!v->value)
        return pl_fail_memory(error, count * sizeof *v->value);
    for (size_t k = 0; k < count; k++) {
        char text[48];
        double value = step > 0 ? v->low + step * (double)k
                                : v->low + (v->high - v->low) * (double)k / (double)(count - 1);
        /* Twelve digits: 5 %, not 5.000000000000001 %. The value is what is shown. */
        snprintf(text, sizeof text, "%.12g", value);
        v->value[k] = k == 0 ? v->low : k + 1 == count && !(step > 0) ? v->high : strtod(text, NULL);
        if (!add_shown(v, &v->shown, v->value[k]))
            return pl_fail_memory(error, sizeof text);
    }
    v->count = count;
    return PL_OK;
}

static pl_status read_count(pl_vary *v, const char *text, pl_error *error) {
    double count = 0;
    if (!pl_read_number(text, &count) || count != floor(count) || !(count >= 2))
        return refuse(v, error, "'%s' is not a number of values; write a whole number from 2 up", text);
    if (!(count <= MOST_VALUES))
        return refuse(v, error, "%s values are too many; at most %d", text, MOST_VALUES);
    return fill_range(v, (size_t)count, 0, error);
}

static pl_status read_step(pl_vary *v, const char *text, pl_error *error) {
    double step = 0;
    bool percent = false;
    if (!read_number(text, &step, &percent) || (percent && !v->percent))
        return refuse(v, error, "'%s' is not a step for this range", text);
    if (!(step > 0))
        return refuse(v, error, "the step is %s; it must be above 0", text);
    double count = floor((v->high - v->low) / step * (1 + 1e-12)) + 1;
    if (!(count <= MOST_VALUES))
        return refuse(v, error, "a step of %s makes %.0f values; at most %d", text, count, MOST_VALUES);
    return fill_range(v, (size_t)count, step, error);
}

/* LOW..HIGH:COUNT, LOW..HIGH by STEP, or LOW..HIGH for samples. */
static pl_status read_range(pl_vary *v, const char *text, bool sampled, pl_error *error) {
    char low[64], high[64], more[64];
    const char *dots = strstr(text, ".."), *rest = dots + 2, *end = rest + strlen(rest);
    const char *colon = strchr(rest, ':'), *by = strstr(rest, " by "), *stop = colon ? colon : by ? by : end;
    const char *after = colon ? colon + 1 : by ? by + 4 : end;
    if (!cut(text, dots, low, sizeof low) || !cut(rest, stop, high, sizeof high))
        return refuse(v, error, "the range lacks an end; write LOW..HIGH:COUNT");
    pl_status status = read_ends(v, low, high, error);
    if (status)
        return status;
    if (sampled) {
        v->open = true;
        return PL_OK;
    }
    if (!cut(after, end, more, sizeof more))
        return refuse(v, error,
                      "how many values? Write %.50s..%.50s:10, or %.50s..%.50s by %s, or ask for --samples",
                      low, high, low, high, v->percent ? "5%" : "0.5");
    return colon ? read_count(v, more, error) : read_step(v, more, error);
}

static pl_status read_list(pl_vary *v, const char *text, pl_error *error) {
    char item[128];
    for (const char *from = text;; from++) {
        const char *end = from + strcspn(from, ",");
        if (!cut(from, end, item, sizeof item))
            return refuse(v, error, "a value is missing or too long");
        for (size_t k = 0; k < v->shown.count; k++)
            if (!strcmp(v->shown.item[k], item))
                return refuse(v, error, "%s stands there twice", item);
        if (!pl_strings_add(&v->shown, item))
            return pl_fail_memory(error, sizeof item);
        from = end;
        if (!*from)
            break;
    }
    v->count = v->shown.count;
    v->value = pl_alloc(v->count, sizeof *v->value);
    if (!v->value)
        return pl_fail_memory(error, v->count * sizeof *v->value);
    bool percent = false, numeric = true, all = true;
    for (size_t k = 0; k < v->count; k++) {
        numeric = numeric && read_number(v->shown.item[k], &v->value[k], &percent);
        all = all && percent;
    }
    v->numeric = numeric && v->kind != PL_VARY_VARIANT && v->kind != PL_VARY_OPTION;
    v->percent = v->numeric && all;
    for (size_t k = 0; k < v->count; k++)
        v->value[k] = v->numeric && percent && !all ? NAN : v->numeric ? v->value[k] : (double)k;
    return PL_OK;
}

static pl_status read_values(pl_vary *v, const char *text, bool sampled, pl_error *error) {
    if (!*text)
        return refuse(v, error, "there is no value; write LOW..HIGH:COUNT or A,B,C");
    return strstr(text, "..") ? read_range(v, text, sampled, error) : read_list(v, text, error);
}

/* ---- names ---- */

/* A name for files: what is no letter or digit becomes one underscore. */
static char *plain_name(const char *label) {
    char *name = pl_strdup(label);
    size_t length = 0;
    for (const char *c = label; name && *c; c++) {
        if (isalnum((unsigned char)*c))
            name[length++] = *c;
        else if (length && name[length - 1] != '_')
            name[length++] = '_';
    }
    while (name && length && name[length - 1] == '_')
        length--;
    if (name)
        name[length] = 0;
    return name;
}

static pl_status set_names(pl_vary *v, const char *label, pl_error *error) {
    v->label = pl_strdup(label);
    v->name = plain_name(label);
    return v->label && v->name ? PL_OK : pl_fail_memory(error, strlen(label));
}

/* ---- kinds ---- */

pl_status pl_vary_rate(const pl_vary *vary, const char *shown, double *rate, pl_error *error) {
    const pl_measure *m = vary->measure;
    bool percent = false;
    if (!pl_kind_is_control(m->kind))
        return pl_basis_rate(shown, vary->label, (pl_rate_basis)m->basis, rate, error);
    if (!pl_read_rate(shown, rate, &percent) || !(*rate >= 0))
        return pl_fail(error, PL_INVALID, "%s: '%s' is not a level; write 0.5 or 50%% for half", vary->label,
                       shown);
    return PL_OK;
}

/* Both ends, or every entry of a list, must be rates. */
static pl_status check_rates(const pl_vary *v, pl_error *error) {
    char text[64];
    double rate = 0;
    pl_status status = PL_OK;
    for (size_t k = 0; k < v->count && !status; k++)
        status = pl_vary_rate(v, v->shown.item[k], &rate, error);
    for (int end = 0; end < 2 && v->open && !status; end++) {
        snprintf(text, sizeof text, "%.15g%s", end ? v->high : v->low, v->percent ? "%" : "");
        status = pl_vary_rate(v, text, &rate, error);
    }
    return status;
}

/* The measure is added with its first value; members have copies with theirs. */
static pl_status read_measure(pl_scenario *scenario, const char *kind, const char *what, bool sampled,
                              pl_vary *v, pl_error *error) {
    const char *equals = strrchr(what, '='), *value = equals ? equals + 1 : NULL;
    if (!equals)
        return refuse(v, error,
                      "there is no '=' before the range; an example: tariff USA<-CHN=0%%..145%%:30");
    if (*value == '*' || *value == '+')
        value++;
    pl_status status = read_values(v, value, sampled, error);
    char *text = status ? NULL
                        : pl_format("%.*s%s", (int)(value - what), what,
                                    v->open ? (v->percent ? "0%" : "0") : v->shown.item[0]);
    char *label = pl_format("%s %.*s", kind, (int)(equals - what), what);
    if (!status && (!text || !label))
        status = pl_fail_memory(error, strlen(what));
    if (!status)
        status = pl_scenario_add(scenario, kind, text, error);
    if (!status)
        status = set_names(v, label, error);
    if (!status) {
        const pl_scope *scope = scenario->scope[scenario->scopes - 1];
        v->measure = scope->measure[scope->measures - 1];
        status = check_rates(v, error);
    }
    free(text);
    free(label);
    return status;
}

static bool has_rate(const pl_measure *m) {
    return m->kind == PL_MEASURE_TARIFF || m->kind == PL_MEASURE_EXPORT_TAX ||
           m->kind == PL_MEASURE_ICEBERG || m->kind == PL_MEASURE_QUOTA || m->kind == PL_MEASURE_IMPORT_QUOTA;
}

/* A measure of the scenario, by its id. */
static pl_status read_own_measure(const pl_scenario *scenario, const char *what, bool sampled, pl_vary *v,
                                  pl_error *error) {
    char id[128], near[160];
    const char *equals = strchr(what, '=');
    const pl_scope *scope = scenario->scope[0];
    if (!equals || !cut(what, equals, id, sizeof id))
        return refuse(v, error, "write measure ID=LOW..HIGH:COUNT");
    const char **known = pl_alloc(scope->measures + 1, sizeof *known);
    size_t count = 0;
    if (!known)
        return pl_fail_memory(error, scope->measures * sizeof *known);
    for (size_t m = 0; m < scope->measures; m++) {
        if (!scope->measure[m]->id)
            continue;
        known[count++] = scope->measure[m]->id;
        if (!strcmp(scope->measure[m]->id, id))
            v->measure = scope->measure[m];
    }
    pl_suggest_text(near, sizeof near, id, known, count);
    free(known);
    if (!v->measure)
        return refuse(v, error, "no measure '%s' in this scenario%s", id, near);
    if (!has_rate(v->measure))
        return refuse(v, error,
                      "measure '%s' has no one rate or level; what can be varied is a tariff, an export tax, "
                      "an iceberg "
                      "cost or a quota",
                      id);
    pl_status status = read_values(v, equals + 1, sampled, error);
    char *label = status ? NULL : pl_format("measure %s", id);
    if (!status)
        status = label ? set_names(v, label, error) : pl_fail_memory(error, sizeof id);
    free(label);
    return status ? status : check_rates(v, error);
}

/* Every value of a list and both ends of a range must be settings; those of a path change nothing here. */
static pl_status check_setting(const pl_vary *v, pl_error *error) {
    pl_settings trial;
    pl_error inner = {PL_OK, ""};
    const char *name, *type, *def, *help;
    char text[64];
    pl_settings_init(&trial);
    pl_status status = PL_OK;
    for (size_t k = 0; k < v->count && !status; k++)
        status = pl_settings_set(&trial, v->key, v->shown.item[k], &inner);
    for (int end = 0; end < 2 && v->open && !status; end++) {
        snprintf(text, sizeof text, "%.15g", end ? v->high : v->low);
        status = pl_settings_set(&trial, v->key, text, &inner);
    }
    if (status)
        return refuse(v, error, "%s", inner.text);
    for (size_t i = 0; pl_settings_describe(i, &name, &type, &def, &help); i++)
        if (!strcmp(name, v->key) && (!strncmp(help, "path:", 5) || !strcmp(name, "threads")))
            return refuse(v, error, "setting %s does not change a long-run result", name);
    return PL_OK;
}

static pl_status read_setting(const char *what, bool sampled, pl_vary *v, pl_error *error) {
    const char *equals = strchr(what, '=');
    if (!equals)
        return refuse(v, error, "there is no '=' before the values; an example: setting kappa=1.5,3,inf");
    v->key = pl_format("%.*s", (int)(equals - what), what);
    if (!v->key)
        return pl_fail_memory(error, strlen(what));
    for (char *c = v->key; *c; c++)
        *c = *c == '-' ? '_' : *c;
    pl_status status = read_values(v, equals + 1, sampled, error);
    if (!status)
        status = check_setting(v, error);
    return status ? status : set_names(v, v->key, error);
}

static pl_status read_elasticities(const pl_world *world, const char *what, pl_vary *v, pl_error *error) {
    char *all = pl_strdup("");
    for (size_t s = 0; all && s < pl_world_elasticity_sets(world); s++) {
        char *longer = pl_format("%s%s%s", all, s ? "," : "", pl_world_elasticity_name(world, s));
        free(all);
        all = longer;
    }
    v->key = pl_strdup("elasticities");
    pl_status status = all && v->key ? PL_OK : pl_fail_memory(error, 1);
    if (!status)
        status = read_list(v, strcmp(what, "*") ? what : all, error);
    free(all);
    if (!status)
        status = check_setting(v, error);
    return status ? status : set_names(v, "elasticities", error);
}

static pl_status read_option(const pl_scenario *scenario, const char *what, pl_vary *v, pl_error *error) {
    const char *equals = strchr(what, '=');
    const char *names[256];
    char near[160];
    bool found = false;
    v->key = equals ? pl_format("%.*s", (int)(equals - what), what) : pl_strdup(what);
    if (!v->key)
        return pl_fail_memory(error, strlen(what));
    size_t count = pl_scenario_options(scenario) < 256 ? pl_scenario_options(scenario) : 256;
    for (size_t o = 0; o < count; o++) {
        names[o] = pl_scenario_option_name(scenario, o);
        found = found || !strcmp(names[o], v->key);
    }
    if (!found)
        return refuse(v, error, "no option '%s' in this scenario%s", v->key,
                      pl_suggest_text(near, sizeof near, v->key, names, count));
    pl_status status = read_list(v, equals ? equals + 1 : "off,on", error);
    for (size_t k = 0; k < v->count && !status; k++) {
        v->value[k] = !strcmp(v->shown.item[k], "on");
        if (v->value[k] == 0 && strcmp(v->shown.item[k], "off"))
            return refuse(v, error, "'%s' is neither on nor off", v->shown.item[k]);
    }
    char *label = pl_format("option %s", v->key);
    if (!status)
        status = label ? set_names(v, label, error) : pl_fail_memory(error, 1);
    free(label);
    return status;
}

static pl_status read_variants(const pl_scenario *scenario, const char *what, pl_vary *v, pl_error *error) {
    size_t count = pl_scenario_variants(scenario);
    const char **names = pl_alloc(count, sizeof *names);
    char near[160];
    if (!names)
        return pl_fail_memory(error, count * sizeof *names);
    char *all = pl_strdup("");
    for (size_t k = 0; k < count && all; k++) {
        names[k] = pl_scenario_variant_name(scenario, k);
        char *longer = pl_format("%s%s%s", all, k ? "," : "", names[k]);
        free(all);
        all = longer;
    }
    pl_status status = all ? read_list(v, strcmp(what, "*") ? what : all, error) : pl_fail_memory(error, 1);
    for (size_t k = 0; k < v->count && !status; k++) {
        size_t at = 0;
        while (at < count && strcmp(names[at], v->shown.item[k]))
            at++;
        if (at == count)
            status = refuse(v, error, "no variant '%s' in this scenario%s", v->shown.item[k],
                            pl_suggest_text(near, sizeof near, v->shown.item[k], names, count));
        v->value[k] = (double)at;
    }
    free(all);
    free(names);
    return status ? status : set_names(v, "variant", error);
}

pl_status pl_vary_read(pl_scenario *scenario, const pl_world *world, const char *text, bool sampled,
                       pl_vary *vary, pl_error *error) {
    static const char *const kinds[] = {"tariff",  "export-tax", "iceberg",      "measure",
                                        "setting", "option",     "elasticities", "variant"};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    char kind[32], near[160];
    *vary = (pl_vary){.text = text};
    const char *what = text + strcspn(text, " ");
    size_t k = 0;
    if (!cut(text, what, kind, sizeof kind))
        return refuse(vary, error, "what is varied? An example: tariff USA<-CHN=0%%..145%%:30");
    what += strspn(what, " ");
    while (k < KINDS && strcmp(kinds[k], kind))
        k++;
    if (k == KINDS)
        return refuse(vary, error,
                      "'%s' is not tariff, export-tax, iceberg, measure, setting, elasticities, option or "
                      "variant%s",
                      kind, pl_suggest_text(near, sizeof near, kind, kinds, KINDS));
    if (!*what)
        return refuse(vary, error, "%s of what?", kind);
    vary->kind = k < 4    ? PL_VARY_MEASURE
                 : k == 5 ? PL_VARY_OPTION
                 : k == 7 ? PL_VARY_VARIANT
                          : PL_VARY_SETTING;
    return k < 3    ? read_measure(scenario, kind, what, sampled, vary, error)
           : k == 3 ? read_own_measure(scenario, what, sampled, vary, error)
           : k == 4 ? read_setting(what, sampled, vary, error)
           : k == 5 ? read_option(scenario, what, vary, error)
           : k == 6 ? read_elasticities(world, what, vary, error)
                    : read_variants(scenario, what, vary, error);
}

void pl_vary_clear(pl_vary *vary) {
    free(vary->name);
    free(vary->label);
    free(vary->key);
    free(vary->value);
    pl_strings_clear(&vary->shown);
    pl_strings_clear(&vary->choice);
}

/* ---- samples ---- */

/* A number in [0, 1): splitmix64, the same on every machine. */
static double uniform(uint64_t *seed) {
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static size_t *shuffled(size_t count, uint64_t *seed) {
    size_t *order = pl_alloc(count, sizeof *order);
    for (size_t k = 0; order && k < count; k++)
        order[k] = k;
    for (size_t k = count; order && k > 1; k--) {
        size_t other = (size_t)(uniform(seed) * (double)k), kept = order[k - 1];
        order[k - 1] = order[other];
        order[other] = kept;
    }
    return order;
}

pl_status pl_vary_sample(pl_vary *vary, size_t count, uint64_t *seed, pl_error *error) {
    size_t *part = shuffled(count, seed);
    double *drawn = pl_alloc(count, sizeof *drawn), *listed = vary->value;
    if (!part || !drawn) {
        free(part);
        free(drawn);
        return pl_fail_memory(error, count * sizeof *drawn);
    }
    vary->choice = vary->shown;
    vary->shown = (pl_strings){0};
    bool added = true;
    for (size_t m = 0; m < count && added; m++) {
        char text[48];
        size_t pick = vary->open ? 0 : part[m] * vary->choice.count / count;
        if (vary->open) {
            double share = ((double)part[m] + uniform(seed)) / (double)count;
            snprintf(text, sizeof text, "%.6g", vary->low + share * (vary->high - vary->low));
        }
        drawn[m] = vary->open ? fmin(fmax(strtod(text, NULL), vary->low), vary->high) : listed[pick];
        added = vary->open ? add_shown(vary, &vary->shown, drawn[m])
                           : pl_strings_add(&vary->shown, vary->choice.item[pick]);
    }
    free(part);
    free(listed);
    vary->value = drawn;
    vary->count = count;
    return added ? PL_OK : pl_fail_memory(error, count);
}
