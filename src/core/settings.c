/* The one table of settings, read as text. */
#include "core/core.h"

#include <math.h>
#include <string.h>

static const char *const closure_names[] = {"fixed", "gdp", "balanced"};

typedef enum { KIND_real, KIND_count, KIND_choice, KIND_text } kind;

typedef struct {
    kind kind;
    const char *name, *type, *def, *help;
    size_t offset;
    double low, high;
} row;

static const row rows[] = {
#define SETTING_ROW(type, name, def, low, high, help)                                                        \
    {KIND_##type, #name, #type, #def, help, offsetof(pl_settings, name), (double)(low), (double)(high)},
    PL_SETTINGS(SETTING_ROW)
#undef SETTING_ROW
};
enum { ROWS = sizeof rows / sizeof *rows };

void pl_settings_init(pl_settings *settings) {
    pl_settings defaults = {
#define SETTING_DEFAULT(type, name, def, low, high, help) .name = def,
        PL_SETTINGS(SETTING_DEFAULT)
#undef SETTING_DEFAULT
    };
    *settings = defaults;
}

bool pl_settings_describe(size_t index, const char **name, const char **type, const char **def,
                          const char **help) {
    if (index >= ROWS)
        return false;
    const row *r = &rows[index];
    *name = r->name;
    *type = r->type;
    *help = r->help;
    *def = r->kind == KIND_choice       ? "fixed"
           : r->kind == KIND_text       ? ""
           : strcmp(r->def, "INFINITY") ? r->def
                                        : "inf";
    return true;
}

static const row *find_row(const char *name) {
    for (size_t i = 0; i < ROWS; i++)
        if (!strcmp(rows[i].name, name))
            return &rows[i];
    return NULL;
}

static pl_status set_number(const row *r, void *place, const char *value, pl_error *error) {
    double x = 0;
    bool endless = r->high == INFINITY && (!strcmp(value, "inf") || !strcmp(value, ".inf"));
    if (endless)
        x = INFINITY;
    if (!endless && !pl_read_number(value, &x))
        return pl_fail(error, PL_INVALID, "setting %s: '%s' is not a number", r->name, value);
    if (!(x >= r->low && x <= r->high))
        return pl_fail(error, PL_INVALID, "setting %s: %s is outside %g to %g", r->name, value, r->low,
                       r->high);
    if (r->kind == KIND_count && x != floor(x))
        return pl_fail(error, PL_INVALID, "setting %s: %s is not a whole number", r->name, value);
    if (r->kind == KIND_real)
        *(pl_setting_real *)place = x;
    else
        *(pl_setting_count *)place = (size_t)x;
    return PL_OK;
}

static pl_status set_closure(void *place, const char *value, pl_error *error) {
    char near[96];
    for (size_t i = 0; i < 3; i++) {
        if (!strcmp(value, closure_names[i])) {
            *(pl_setting_choice *)place = (pl_closure)i;
            return PL_OK;
        }
    }
    return pl_fail(error, PL_INVALID, "setting closure: '%s' is not one of fixed, gdp, balanced%s", value,
                   pl_suggest_text(near, sizeof near, value, closure_names, 3));
}

pl_status pl_settings_set(pl_settings *settings, const char *name, const char *value, pl_error *error) {
    const row *r = find_row(name);
    if (!r) {
        const char *names[ROWS];
        char near[96];
        for (size_t i = 0; i < ROWS; i++)
            names[i] = rows[i].name;
        return pl_fail(error, PL_INVALID, "unknown setting '%s'%s", name,
                       pl_suggest_text(near, sizeof near, name, names, ROWS));
    }
    void *place = (char *)settings + r->offset;
    if (r->kind == KIND_choice)
        return set_closure(place, value, error);
    if (r->kind != KIND_text)
        return set_number(r, place, value, error);
    if (strlen(value) >= sizeof(pl_setting_text))
        return pl_fail(error, PL_INVALID, "setting %s: '%s' is too long", name, value);
    memcpy(place, value, strlen(value) + 1);
    return PL_OK;
}
