/* Groups of countries and of sectors: built-in ones, a scenario's own, and what a list of names stands for.
 */
#include "policy/policy.h"

#include <string.h>

/*
 * Members by ISO 3166 code, as of July 2025, from the organisations' own lists of members: the euro area of
 * twenty, ASEAN before Timor-Leste joined, BRICS with the members of January 2024 and Indonesia, Mercosur
 * with Bolivia and without suspended Venezuela, the CPTPP with the United Kingdom. The G20 are its nineteen
 * countries; the two unions that sit with them are not countries.
 */
static const struct {
    const char *names; /* the first is the one shown; all are accepted */
    const char *members;
} built_in[] = {
    {"EU|EU27|European Union",
     "AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN IRL ITA LVA LTU LUX MLT NLD POL "
     "PRT ROU SVK SVN ESP SWE"},
    {"euro-area|EA|EA20|euro area|eurozone",
     "AUT BEL HRV CYP EST FIN FRA DEU GRC IRL ITA LVA LTU LUX MLT NLD PRT SVK SVN ESP"},
    {"ASEAN", "BRN KHM IDN LAO MYS MMR PHL SGP THA VNM"},
    {"USMCA|NAFTA", "USA CAN MEX"},
    {"G7", "CAN FRA DEU ITA JPN GBR USA"},
    {"G20", "ARG AUS BRA CAN CHN FRA DEU IND IDN ITA JPN KOR MEX RUS SAU ZAF TUR GBR USA"},
    {"BRICS", "BRA RUS IND CHN ZAF EGY ETH IRN ARE IDN"},
    {"EFTA", "CHE ISL LIE NOR"},
    {"Mercosur", "ARG BOL BRA PRY URY"},
    {"CPTPP", "AUS BRN CAN CHL JPN MYS MEX NZL PER SGP GBR VNM"},
    {"RCEP", "AUS BRN KHM CHN IDN JPN KOR LAO MYS MMR NZL PHL SGP THA VNM"},
};
enum { BUILT_IN = sizeof built_in / sizeof *built_in, NESTED = 16 };

/* The countries of ISO 3166-1, to tell a misspelt code from one of a country that a world does not tell
 * apart. */
static const char iso_codes[] =
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD "
    "BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR "
    "COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH "
    "ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL "
    "GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR "
    "JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR "
    "MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL "
    "NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY "
    "PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP "
    "SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA "
    "UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE";

static const char *const all_words[] = {"all", "*", "world"};
static const char *const sector_words[] = {"goods", "services", "all"};

/* ---- words ---- */

/* The next part of `text` up to `separator`, copied; false at the end. */
static bool next_part(const char **text, char separator, char *part, size_t size) {
    if (!**text)
        return false;
    const char *end = strchr(*text, separator);
    size_t length = end ? (size_t)(end - *text) : strlen(*text);
    snprintf(part, size, "%.*s", (int)length, *text);
    *text += length + (end != NULL);
    return true;
}

static size_t find_built_in(const char *text) {
    char name[32];
    for (size_t g = 0; g < BUILT_IN; g++)
        for (const char *names = built_in[g].names; next_part(&names, '|', name, sizeof name);)
            if (pl_same_word(name, text))
                return g;
    return SIZE_MAX;
}

static const pl_group *find_group(const pl_scope *scope, const char *text) {
    for (size_t g = 0; g < scope->groups; g++)
        if (pl_same_word(scope->group[g].name, text))
            return &scope->group[g];
    return NULL;
}

static bool is_all(const char *text) {
    for (size_t i = 0; i < sizeof all_words / sizeof *all_words; i++)
        if (pl_same_word(text, all_words[i]))
            return true;
    return false;
}

static bool is_iso_code(const char *text) {
    char code[8];
    for (const char *codes = iso_codes; next_part(&codes, ' ', code, sizeof code);)
        if (pl_same_word(code, text))
            return true;
    return false;
}

/* "file:line: unknown ... (did you mean ...?)", suggesting from labels of the world and from group words. */
static pl_status fail_unknown(const pl_scope *scope, const pl_world *world, pl_axis axis, const pl_name *name,
                              const char *what, pl_error *error) {
    size_t labels = pl_world_size(world, axis), count = 0;
    const char **known = pl_alloc(2 * labels + scope->groups + BUILT_IN + 4, sizeof *known);
    if (!known)
        return pl_fail_memory(error, labels * sizeof *known);
    for (size_t i = 0; i < labels; i++) {
        known[count++] = pl_world_code(world, axis, i);
        known[count++] = pl_world_name(world, axis, i);
    }
    char first[BUILT_IN][32];
    if (axis == PL_COUNTRY) {
        for (size_t g = 0; g < scope->groups; g++)
            known[count++] = scope->group[g].name;
        for (size_t g = 0; g < BUILT_IN; g++) {
            const char *names = built_in[g].names;
            next_part(&names, '|', first[g], sizeof first[g]);
            known[count++] = first[g];
        }
    } else {
        for (size_t i = 0; i < 3; i++)
            known[count++] = sector_words[i];
    }
    char near[160];
    pl_suggest_text(near, sizeof near, name->text, known, count);
    free(known);
    return pl_measure_fail(scope, name->line, error, "%s: unknown %s '%s'%s", what,
                           axis == PL_COUNTRY ? "country or group" : "sector", name->text, near);
}

/* ---- countries ---- */

/* How names are being read: what for, inside how many groups, and whether a country this world does not tell
 * apart is passed over. */
typedef struct {
    const pl_scope *scope;
    const pl_world *world;
    const char *what;
    size_t nested;
    bool lenient;
    pl_error *error;
} resolver;

static pl_status mark_countries(const resolver *r, const pl_name_list *list, bool *marked);

/* A member the world does not have is skipped: the worlds differ in which countries they tell apart. */
static pl_status mark_built_in(const resolver *r, size_t group, const pl_name *name, bool *marked) {
    char code[8];
    bool any = false;
    for (const char *members = built_in[group].members; next_part(&members, ' ', code, sizeof code);) {
        for (size_t n = 0; n < pl_world_size(r->world, PL_COUNTRY); n++) {
            if (pl_same_word(pl_world_code(r->world, PL_COUNTRY, n), code))
                marked[n] = any = true;
        }
    }
    if (any)
        return PL_OK;
    return pl_measure_fail(r->scope, name->line, r->error,
                           "%s: no member of the group '%s' (%s) is in this world", r->what, name->text,
                           built_in[group].members);
}

static pl_status mark_group(const resolver *outer, const pl_group *group, bool *marked) {
    size_t count = pl_world_size(outer->world, PL_COUNTRY), left = 0;
    if (outer->nested >= NESTED)
        return pl_measure_fail(outer->scope, group->line, outer->error, "group '%s' contains itself",
                               group->name);
    bool *inside = pl_alloc(2 * count, sizeof *inside);
    if (!inside)
        return pl_fail_memory(outer->error, 2 * count);
    bool *outside = inside + count;
    char what[96];
    snprintf(what, sizeof what, "group '%.60s'", group->name);
    resolver r = *outer;
    r.what = what;
    r.nested++;
    r.lenient = true;
    for (size_t n = 0; n < count; n++)
        inside[n] = group->all;
    pl_status status = mark_countries(&r, &group->members, inside);
    if (!status)
        status = mark_countries(&r, &group->except, outside);
    for (size_t n = 0; n < count && !status; n++) {
        bool member = inside[n] && !outside[n];
        marked[n] = marked[n] || member;
        left += member;
    }
    free(inside);
    if (!status && !left)
        status = pl_measure_fail(r.scope, group->line, r.error, "%s has no member left in this world", what);
    return status;
}

/* The world's own labels come first, so that an aggregated world may have a country called EU. */
static pl_status mark_one(const resolver *r, const pl_name *name, bool *marked) {
    size_t country = pl_world_look_up(r->world, PL_COUNTRY, name->text), known = find_built_in(name->text);
    const pl_group *group = find_group(r->scope, name->text);
    if (country != SIZE_MAX) {
        marked[country] = true;
        return PL_OK;
    }
    if (group)
        return mark_group(r, group, marked);
    if (is_all(name->text)) {
        for (size_t n = 0; n < pl_world_size(r->world, PL_COUNTRY); n++)
            marked[n] = true;
        return PL_OK;
    }
    if (known != SIZE_MAX)
        return mark_built_in(r, known, name, marked);
    if (!is_iso_code(name->text))
        return fail_unknown(r->scope, r->world, PL_COUNTRY, name, r->what, r->error);
    if (r->lenient)
        return PL_OK;
    return pl_measure_fail(r->scope, name->line, r->error,
                           "%s: this world does not tell '%s' apart; 'parley world info' lists its countries",
                           r->what, name->text);
}

static pl_status mark_countries(const resolver *r, const pl_name_list *list, bool *marked) {
    pl_status status = PL_OK;
    for (size_t i = 0; i < list->count && !status; i++)
        status = mark_one(r, &list->item[i], marked);
    return status;
}

pl_status pl_resolve_countries(const pl_scope *scope, const pl_world *world, const pl_name_list *list,
                               const char *what, bool lenient, bool *marked, pl_error *error) {
    resolver r = {scope, world, what, 0, lenient, error};
    memset(marked, 0, pl_world_size(world, PL_COUNTRY) * sizeof *marked);
    return mark_countries(&r, list, marked);
}

/* ---- sectors ---- */

static pl_status mark_sector(const pl_scope *scope, const pl_world *world, const pl_name *name,
                             const char *what, bool *marked, pl_error *error) {
    size_t sector = pl_world_look_up(world, PL_SECTOR, name->text), count = pl_world_size(world, PL_SECTOR);
    if (sector != SIZE_MAX) {
        marked[sector] = true;
        return PL_OK;
    }
    bool goods = pl_same_word(name->text, "goods"), services = pl_same_word(name->text, "services");
    bool all = is_all(name->text), any = false;
    if (!goods && !services && !all)
        return fail_unknown(scope, world, PL_SECTOR, name, what, error);
    for (size_t j = 0; j < count; j++) {
        if (all || pl_world_is_goods(world, j) == goods)
            marked[j] = any = true;
    }
    if (!any)
        return pl_measure_fail(scope, name->line, error, "%s: this world has no sector that is '%s'", what,
                               name->text);
    return PL_OK;
}

pl_status pl_resolve_sectors(const pl_scope *scope, const pl_world *world, const pl_name_list *list,
                             const char *what, bool *marked, pl_error *error) {
    memset(marked, 0, pl_world_size(world, PL_SECTOR) * sizeof *marked);
    pl_status status = PL_OK;
    for (size_t i = 0; i < list->count && !status; i++)
        status = mark_sector(scope, world, &list->item[i], what, marked, error);
    return status;
}
