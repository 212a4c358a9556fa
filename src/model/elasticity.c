/* Published trade elasticities by ISIC rev. 4 division, for worlds that carry none. */
#include "model/model.h"

#include <string.h>

/*
 * Sources: FGO Fontagne, Guimbard, Orefice (2022, J. Int. Econ.); CP Caliendo, Parro (2015, REStud); BSY
 * Bagwell, Staiger, Yurukoglu (2021, Econometrica); GYY Giri, Yi, Yilmazkuday (2021, J. Int. Econ.); Shap
 * Shapiro (2016, AEJ Policy); LL Lashkaripour, Lugovskyy (2023, AER). Averages over each paper's own sectors;
 * services take one value a set.
 */
enum { SETS = 6 };
static const char *const set_names[SETS] = {"FGO", "CP", "BSY", "GYY", "Shap", "LL"};

typedef struct {
    char section;    /* ISIC section letter */
    int first, last; /* divisions */
    double theta[SETS];
} division;

static const division divisions[] = {
    {'A', 1, 3, {2.91, 9.11, 6.1272727, 4.0, 3.34, 6.227}},
    {'B', 5, 9, {3.41, 13.53, 4.282, 4.0, 3.45, 6.227}},
    {'C', 10, 12, {4.17, 2.62, 5.58, 3.57, 5.26, 2.303}},
    {'C', 13, 15, {4.71, 8.10, 4.76, 4.4325, 14.255, 3.359}},
    {'C', 16, 18, {8.505, 14.01, 5.7525, 3.57, 5.835, 3.271}},
    {'C', 19, 19, {3.67, 64.85, 5.63, 4.0, 8.95, 0.636}},
    {'C', 20, 21, {10.56, 3.13, 4.0185714, 3.75, 1.55, 3.966}},
    {'C', 22, 23, {5.77, 2.04, 4.165, 4.734, 5.25, 5.22}},
    {'C', 24, 24, {7.39, 3.28, 5.515, 8.94, 12.94, 3.004}},
    {'C', 25, 25, {4.22, 6.99, 9.56, 5.07, 12.94, 3.004}},
    {'C', 26, 26, {5.14, 8.5366667, 4.735, 4.0, 10.84, 1.235}},
    {'C', 27, 27, {4.11, 12.91, 6.9, 3.27, 10.84, 1.235}},
    {'C', 28, 28, {5.01, 1.45, 4.445, 4.0, 10.84, 7.75}},
    {'C', 29, 30, {8.955, 1.115, 6.62, 4.47, 6.87, 2.805}},
    {'C', 31, 33, {4.06, 6.345, 4.8833333, 4.47, 12.76, 6.169}},
};
static const double services[SETS] = {8.35, 4.0, 4.0, 4.0, 4.0, 4.0};
enum { DIVISIONS = sizeof divisions / sizeof *divisions };

const char *const *pl_elasticity_names(size_t *count) {
    *count = SETS;
    return set_names;
}

/*
 * Standard errors of CP: Caliendo and Parro (2015), Table 1, the sample without the smallest 1 % of flows, from which the
 * values are. Where several of their sectors are averaged, so are the errors, as independent. Services have none.
 */
static const double cp_error[DIVISIONS] = {
    2.01,              /* agriculture */
    3.67,              /* mining */
    0.61,              /* food */
    1.28,              /* textiles */
    1.95311162500862,  /* wood 2.87, paper 2.65 */
    15.61,             /* petroleum */
    1.78,              /* chemicals */
    1.37231556869183,  /* plastic 2.23, minerals 1.60 */
    2.51,              /* basic metals */
    2.12,              /* metal products */
    1.70247043864306,  /* office 4.53, communication 1.77, medical 1.56 */
    1.64,              /* electrical */
    2.80,              /* machinery */
    0.709365914038728, /* cars 0.92, other transport 1.08 */
    0.948683298050514, /* medical 1.56, other 1.08 */
};

/* The first division number after the section letter, or 0. */
static int first_division(const char *code) {
    int number = 0;
    const char *p = code + 1;
    while (*p >= '0' && *p <= '9' && p - code < 3)
        number = 10 * number + (*p++ - '0');
    return p - code == 3 ? number : 0;
}

/* The row of a goods sector by its code, or DIVISIONS. */
static size_t division_of(const char *sector_code) {
    int number = first_division(sector_code);
    if (sector_code[0] == 'B' && !sector_code[1])
        return 1;
    for (size_t i = 0; i < DIVISIONS; i++)
        if (divisions[i].section == sector_code[0] && number >= divisions[i].first &&
            number <= divisions[i].last)
            return i;
    return DIVISIONS;
}

double pl_elasticity_error(const char *name, const char *sector_code) {
    size_t row = division_of(sector_code);
    return pl_same_word(name, "CP") && row < DIVISIONS ? cp_error[row] : 0;
}

bool pl_elasticity_lookup(const char *name, const char *sector_code, double *theta) {
    size_t set = 0;
    while (set < SETS && !pl_same_word(name, set_names[set]))
        set++;
    if (set == SETS || !sector_code[0])
        return false;
    char section = sector_code[0];
    if (section > 'C' && section <= 'U') {
        *theta = services[set];
        return true;
    }
    size_t row = division_of(sector_code);
    if (row < DIVISIONS)
        *theta = divisions[row].theta[set];
    return row < DIVISIONS;
}

/* By name: the sets above, and those that built-in worlds carry besides (worlds/SOURCES.md). */
static const struct {
    const char *name, *what, *source;
} described[] = {
    {"FGO", "published estimates",
     "Fontagne, Guimbard and Orefice (2022), Journal of International Economics 137"},
    {"CP", "published estimates", "Caliendo and Parro (2015), Review of Economic Studies 82(1)"},
    {"BSY", "published estimates", "Bagwell, Staiger and Yurukoglu (2021), Econometrica"},
    {"GYY", "published estimates", "Giri, Yi and Yilmazkuday (2021), Journal of International Economics"},
    {"Shap", "published estimates", "Shapiro (2016), American Economic Journal: Economic Policy"},
    {"LL", "published estimates", "Lashkaripour and Lugovskyy (2023), American Economic Review"},
    {"FGH", "published estimates, 1 where the authors give none",
     "Felbermayr, Groeschl and Heiland (2022), Journal of International Economics 138"},
    {"IS", "in-sample estimates", NULL},
    {"U4", "4 in every sector, assumed", NULL},
};

pl_elasticity_facts pl_elasticity_describe(const pl_world *world, size_t set) {
    const char *name = pl_world_elasticity_name(world, set);
    const double *carried = pl_world_elasticity_error(world, set);
    pl_elasticity_facts facts = {.name = name};
    char key[160];
    for (size_t k = 0; k < sizeof described / sizeof *described; k++)
        if (pl_same_word(name, described[k].name)) {
            facts.what = described[k].what;
            facts.source = described[k].source;
        }
    snprintf(key, sizeof key, "elasticities_%.140s", name);
    const char *note = pl_world_note(world, key);
    if (note) {
        facts.what = NULL;
        facts.source = note;
    }
    for (size_t j = 0; j < pl_world_size(world, PL_SECTOR); j++) {
        const char *code = pl_world_code(world, PL_SECTOR, j);
        facts.errors += (carried ? carried[j] : pl_elasticity_error(name, code)) > 0;
    }
    return facts;
}
