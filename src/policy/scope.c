/* Names, and what the measures of one file share. */
#include "policy/policy.h"

#include <math.h>
#include <string.h>

bool pl_name_list_add(pl_name_list *list, const char *text, size_t line) {
    char *copy = pl_strdup(text);
    if (!copy || !pl_grow(&list->item, &list->room, list->count, sizeof *list->item)) {
        free(copy);
        return false;
    }
    list->item[list->count++] = (pl_name){copy, line};
    return true;
}

void pl_name_list_clear(pl_name_list *list) {
    for (size_t i = 0; i < list->count; i++)
        free(list->item[i].text);
    free(list->item);
    memset(list, 0, sizeof *list);
}

pl_status pl_measure_fail(const pl_scope *scope, size_t line, pl_error *error, const char *format, ...) {
    char text[sizeof error->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!line)
        return pl_fail(error, PL_INVALID, "%s", text);
    return pl_fail_at(error, PL_INVALID, scope->file, line, "%s", text);
}

const pl_option *pl_scope_option(const pl_scope *scope, const char *name) {
    for (size_t i = 0; i < scope->options; i++)
        if (!strcmp(scope->option[i].name, name))
            return &scope->option[i];
    return NULL;
}

bool pl_measure_active(const pl_scope *scope, const pl_measure *measure) {
    const pl_option *when = measure->when ? pl_scope_option(scope, measure->when) : NULL;
    const pl_option *unless = measure->unless ? pl_scope_option(scope, measure->unless) : NULL;
    return !(when && !when->on) && !(unless && unless->on);
}

char *pl_scope_path(const pl_scope *scope, const char *path) {
    return pl_beside(scope->file, path);
}

pl_measure *pl_scope_add_measure(pl_scope *scope) {
    pl_measure *measure = pl_alloc(1, sizeof *measure);
    if (!measure ||
        !pl_grow(&scope->measure, &scope->measure_room, scope->measures, sizeof *scope->measure)) {
        free(measure);
        return NULL;
    }
    measure->basis = PL_SET;
    measure->share = 1;
    measure->extended = NAN;
    pl_control *c = &measure->control;
    c->level = c->beyond = c->approval = NAN;
    c->lag = 1.5; /* months from application to decision: the 45 days that the law sets for one in China */
    c->validity = 6;
    c->green_share = 1;
    c->green_from = PL_NO_DAY;
    scope->measure[scope->measures++] = measure;
    return measure;
}

void pl_measure_free(pl_measure *measure) {
    if (!measure)
        return;
    pl_name_list *lists[] = {
        &measure->by,       &measure->on,      &measure->except, &measure->sectors, &measure->except_sectors,
        &measure->replaces, &measure->stack_on};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        pl_name_list_clear(lists[i]);
    char *texts[] = {measure->id,     measure->file, measure->when,  measure->unless,
                     measure->source, measure->note, measure->label, measure->text};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    for (size_t s = 0; s < measure->date_sets; s++)
        free(measure->date_set[s].source);
    free(measure->date_set);
    pl_fallbacks_clear(&measure->fallback);
    pl_control_clear(&measure->control);
    free(measure);
}
