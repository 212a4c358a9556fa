/* The measures of a schedule as JSON: dates, who, on whom, rate, source, and what is assumed. */
#include "report/report.h"

#include <math.h>
#include <string.h>

static json_t *day_or_null(long day) {
    if (day == PL_NO_DAY)
        return json_null();
    pl_date date = pl_date_of(day);
    return json_sprintf("%04d-%02d-%02d", date.year, date.month, date.day);
}

static json_t *names_list(const pl_name_list *names) {
    json_t *list = json_array();
    bool made = true;
    for (size_t k = 0; k < names->count; k++)
        made = pl_json_add(list, json_string(names->item[k].text)) && made;
    return pl_json_whole(list, made);
}

static bool put_dates(json_t *one, const pl_dates *dates) {
    return pl_json_put(one, "announced", day_or_null(dates->announced)) &&
           pl_json_put(one, "legal", day_or_null(dates->legal)) &&
           pl_json_put(one, "effective", day_or_null(dates->effective)) &&
           pl_json_put(one, "until", day_or_null(dates->until));
}

/* Every source's dates by its name, where there are several. */
static json_t *dates_object(const pl_measure *m) {
    json_t *all = json_object();
    bool made = true;
    for (size_t d = 0; d < m->date_sets; d++) {
        json_t *one = json_object();
        if (!*m->date_set[d].source) {
            json_decref(one);
            continue;
        }
        made = put_dates(one, &m->date_set[d]) && made;
        made = pl_json_put(all, m->date_set[d].source, one) && made;
    }
    return pl_json_whole(all, made);
}

static bool put_when(json_t *one, const pl_scope *scope, const pl_measure *m) {
    const pl_dates none = {NULL, PL_NO_DAY, PL_NO_DAY, PL_NO_DAY, PL_NO_DAY};
    const pl_dates *dates = m->date_sets ? &m->date_set[m->dates] : &none;
    return put_dates(one, dates) && pl_json_put(one, "dates", dates_object(m)) &&
           pl_json_put(one, "dates_by", pl_json_text(dates->source)) &&
           pl_json_put(one, "extended", pl_json_number(m->extended)) &&
           pl_json_put(one, "when", pl_json_text(m->when)) &&
           pl_json_put(one, "unless", pl_json_text(m->unless)) &&
           pl_json_put(one, "active", json_boolean(pl_measure_active(scope, m)));
}

static bool put_who(json_t *one, const pl_measure *m) {
    return pl_json_put(one, "by", names_list(&m->by)) && pl_json_put(one, "on", names_list(&m->on)) &&
           pl_json_put(one, "except", names_list(&m->except)) &&
           pl_json_put(one, "sectors", names_list(&m->sectors)) &&
           pl_json_put(one, "except_sectors", names_list(&m->except_sectors)) &&
           pl_json_put(one, "export", json_boolean(pl_kind_is_export(m->kind)));
}

/* Where a world lacks a product: the sector it is part of, and its share there. */
static json_t *fallback_list(const pl_fallback_list *list) {
    json_t *all = json_array();
    bool made = true;
    for (size_t k = 0; k < list->count; k++)
        made =
            pl_json_add(all, json_pack("{so ss sf}", "product", pl_json_text(list->item[k].product), "within",
                                       list->item[k].within.text, "share", list->item[k].share)) &&
            made;
    return pl_json_whole(all, made);
}

static json_t *green_object(const pl_control *c) {
    if (!c->green.count)
        return json_null();
    return json_pack("{so so sf}", "to", names_list(&c->green), "from", day_or_null(c->green_from), "share",
                     c->green_share);
}

/* Rates and levels are fractions; what a kind of measure does not have is null. */
static bool put_size(json_t *one, const pl_measure *m) {
    static const char *const bases[] = {"set", "add", "multiply"};
    static const char *const stacks[] = {NULL, "adds", "replaces", "capped", "exempt"};
    bool control = pl_kind_is_control(m->kind), licence = m->kind == PL_MEASURE_LICENCE;
    bool exempt = m->stacks == PL_EXEMPT, table = m->kind == PL_MEASURE_TARIFF_TABLE;
    const pl_control *c = &m->control;
    return pl_json_put(one, "rate", control || exempt || table ? json_null() : pl_json_number(m->rate)) &&
           pl_json_put(one, "basis", control ? json_null() : json_string(bases[m->basis])) &&
           pl_json_put(one, "share", pl_json_number(m->share)) &&
           pl_json_put(one, "stacks", pl_json_text(stacks[m->stacks])) &&
           pl_json_put(one, "stacks_on", names_list(&m->stack_on)) &&
           pl_json_put(one, "cap", m->stacks == PL_CAPPED ? pl_json_number(m->cap) : json_null()) &&
           pl_json_put(one, "level",
                       control && !licence && !exempt ? pl_json_number(c->level) : json_null()) &&
           pl_json_put(one, "approval", licence && !exempt ? pl_json_number(c->approval) : json_null()) &&
           pl_json_put(one, "lag", licence && !exempt ? pl_json_number(c->lag) : json_null()) &&
           pl_json_put(one, "validity", licence && !exempt ? pl_json_number(c->validity) : json_null()) &&
           pl_json_put(one, "fallback", fallback_list(&m->fallback)) &&
           pl_json_put(one, "green", green_object(c));
}

static json_t *measure_object(const pl_scope *scope, const pl_measure *m) {
    static const char *const kinds[] = {
#define KIND_WORD(name, word) word,
        PL_MEASURE_KINDS(KIND_WORD)
#undef KIND_WORD
    };
    json_t *one = json_object();
    bool made = pl_json_put(one, "id", pl_json_text(m->id)) &&
                pl_json_put(one, "kind", json_string(kinds[m->kind])) &&
                pl_json_put(one, "text", pl_json_text(m->text)) && put_when(one, scope, m) &&
                put_who(one, m) && put_size(one, m) && pl_json_put(one, "source", pl_json_text(m->source)) &&
                pl_json_put(one, "note", pl_json_text(m->note)) &&
                pl_json_put(one, "assumed", json_boolean(pl_measure_assumed(m)));
    return pl_json_whole(one, made);
}

json_t *pl_json_measures(const pl_scenario *scenario, size_t variant) {
    const pl_variant *v = &scenario->variant[variant];
    json_t *list = json_array();
    bool made = true;
    for (size_t m = 0; m < v->measures; m++)
        made = pl_json_add(list, measure_object(v->scope, v->measure[m])) && made;
    return pl_json_whole(list, made);
}

/* ---- the scenario around them ---- */

static json_t *groups_object(const pl_scope *scope) {
    json_t *all = json_object();
    bool made = true;
    for (size_t g = 0; g < scope->groups; g++)
        made = pl_json_put(all, scope->group[g].name,
                           json_pack("{sb so so}", "all", (int)scope->group[g].all, "members",
                                     names_list(&scope->group[g].members), "except",
                                     names_list(&scope->group[g].except))) &&
               made;
    return pl_json_whole(all, made);
}

static json_t *options_list(const pl_scope *scope) {
    json_t *list = json_array();
    bool made = true;
    for (size_t k = 0; k < scope->options; k++) {
        const pl_option *o = &scope->option[k];
        made = pl_json_add(list, json_pack("{ss so sb so}", "name", o->name, "title", pl_json_text(o->title),
                                           "on", (int)o->on, "source", pl_json_text(o->source))) &&
               made;
    }
    return pl_json_whole(list, made);
}

static json_t *variants_list(const pl_scenario *scenario) {
    json_t *list = json_array();
    bool made = true;
    for (size_t k = 0; k < scenario->variants; k++) {
        const pl_variant *v = &scenario->variant[k];
        made = pl_json_add(list, json_pack("{ss so so}", "name", v->name, "title", pl_json_text(v->title),
                                           "on", day_or_null(v->day))) &&
               made;
    }
    return pl_json_whole(list, made);
}

bool pl_json_schedule(json_t *root, const pl_scenario *scenario, size_t variant) {
    const pl_scope *scope = scenario->variant[variant].scope;
    return pl_json_put(root, "name", pl_json_text(scenario->name)) &&
           pl_json_put(root, "title", pl_json_text(scenario->title)) &&
           pl_json_put(root, "source", pl_json_text(scenario->source)) &&
           pl_json_put(root, "world", pl_json_text(scenario->world)) &&
           pl_json_put(root, "variant", pl_json_text(scenario->variant[variant].name)) &&
           pl_json_put(root, "variants", variants_list(scenario)) &&
           pl_json_put(root, "options", options_list(scope)) &&
           pl_json_put(root, "groups", groups_object(scope)) &&
           pl_json_put(root, "measures", pl_json_measures(scenario, variant));
}
