/* Measures applied to a small world, cell by cell against plain arithmetic, and every way they can be wrong.
 */
#include "scenario_rig.h"

#include <math.h>
#include <unistd.h>

enum { USA, CHN, DEU, FRA, N, A01 = 0, C26, G45, J };

static const char world_text[] =
    "world:\n"
    "  countries: [USA, CHN, DEU, FRA]\n"
    "  sectors: [A01, C26, G45]\n"
    "  goods: [A01, C26]\n"
    "  flow: {A01: [[50,3,2,1],[2,60,4,5],[1,2,40,3],[4,1,2,30]], C26: "
    "[[80,9,7,5],[6,70,3,2],[5,4,60,8],[2,9,3,50]],\n"
    "         G45: [[90,1,2,3],[1,80,2,1],[2,2,70,1],[1,1,3,60]]}\n"
    "  tariff: {A01: [[0,.1,.02,.03],[.2,0,.05,.05],[.04,.06,0,0],[.04,.06,0,0]],\n"
    "           C26: [[0,.11,.01,.01],[.13,0,.07,.07],[.02,.08,0,0],[.02,.08,0,0]]}\n"
    "  theta: {A01: 5, C26: 4, G45: 3}\n";

static pl_status open_text(scenario_rig *f, const char *rest, pl_error *error) {
    char text[8192];
    snprintf(text, sizeof text, "%s%s", rest, world_text);
    return scenario_rig_read(f, text, error);
}

/* The policy of variant v of a scenario that must be right. */
static pl_policy *policy_of(scenario_rig *f, const char *text, size_t v) {
    pl_error error = {PL_OK, ""};
    pl_policy *policy = NULL;
    if (open_text(f, text, &error) || pl_scenario_policy(f->scenario, f->world, v, &policy, &error))
        fail_msg("%s", error.text);
    return policy;
}

/* Reading or applying must fail with exactly this status and a message that holds `part`. */
static void refuse(const char *text, const char *part) {
    scenario_rig f;
    pl_error error = {PL_OK, ""};
    pl_policy *policy = NULL;
    pl_status status = open_text(&f, text, &error);
    for (size_t v = 0; !status && v < pl_scenario_variants(f.scenario); v++) {
        status = pl_scenario_policy(f.scenario, f.world, v, &policy, &error);
        pl_policy_free(policy);
        policy = NULL;
    }
    assert_int_equal(status, PL_INVALID);
    if (!strstr(error.text, part))
        fail_msg("'%s' does not hold '%s'", error.text, part);
    scenario_rig_close(&f);
}

static size_t at(size_t j, size_t n, size_t i) {
    return (j * N + n) * N + i;
}

/* Every cell must be the base or what `expected` says for the covered ones. */
static void check_cells(const double *now, const double *base, const bool *covered,
                        double (*expected)(double old)) {
    for (size_t c = 0; c < J * N * N; c++)
        assert_true(fabs(now[c] - (covered[c] ? expected(base[c]) : base[c])) < 1e-15);
}

static double set_145(double old) {
    (void)old;
    return 1.45;
}
static double add_145_of_60(double old) {
    return old + 0.6 * 1.45;
}
static double set_30_of_40(double old) {
    return 0.4 * 0.3 + 0.6 * old;
}
static double half_of_70(double old) {
    return old * (0.7 * 0.5 + 0.3);
}

static void check_one(const char *measure, const bool *covered, double (*expected)(double old)) {
    char text[512];
    scenario_rig f;
    snprintf(text, sizeof text, "measures:\n  - %s\n", measure);
    pl_policy *policy = policy_of(&f, text, 0);
    check_cells(pl_policy_tariff(policy), pl_world_tariff(f.world), covered, expected);
    assert_null(policy->export_tax);
    assert_null(policy->iceberg);
    pl_policy_free(policy);
    scenario_rig_close(&f);
}

static void test_bases(void **state) {
    (void)state;
    bool covered[J * N * N] = {false};
    covered[at(A01, USA, CHN)] = covered[at(C26, USA, CHN)] = true;
    check_one("{kind: tariff, by: USA, on: CHN, rate: 145%}", covered, set_145);
    check_one("{kind: tariff, by: usa, on: [chn], rate: 1.45, basis: set, sectors: goods}", covered, set_145);
    check_one("{kind: tariff, by: USA, on: CHN, rate: 145%, basis: add, share: 0.6}", covered, add_145_of_60);
    check_one("{kind: tariff, by: USA, on: CHN, rate: 145%, basis: add, share: 60%}", covered, add_145_of_60);
    check_one("{kind: tariff, by: USA, on: CHN, rate: 30%, basis: set, share: 0.4}", covered, set_30_of_40);
    check_one("{kind: tariff, by: USA, on: CHN, rate: 0.5, basis: multiply, share: 0.7}", covered,
              half_of_70);
    check_one("{kind: tariff, by: USA, on: CHN, rate: 50%, basis: multiply, share: 0.7}", covered,
              half_of_70);
}

static void test_coverage(void **state) {
    (void)state;
    bool covered[J * N * N] = {false};
    /* Buyers in the EU, sellers all but China, goods but agriculture: and never at home. */
    covered[at(C26, DEU, USA)] = covered[at(C26, DEU, FRA)] = true;
    covered[at(C26, FRA, USA)] = covered[at(C26, FRA, DEU)] = true;
    check_one("{kind: tariff, by: EU, on: all, except: CHN, except_sectors: [A01], rate: 145%}", covered,
              set_145);
    memset(covered, 0, sizeof covered);
    covered[at(G45, CHN, USA)] = true;
    check_one("{kind: tariff, by: CHN, on: G7, except: [euro-area], sectors: services, rate: 145%}", covered,
              set_145);
    memset(covered, 0, sizeof covered);
    for (size_t j = 0; j < J; j++)
        for (size_t n = 0; n < N; n++)
            for (size_t i = 0; i < N; i++)
                covered[at(j, n, i)] = n != i;
    check_one("{kind: tariff, by: '*', on: all, sectors: all, rate: 145%}", covered, set_145);
}

static void test_groups(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *policy = policy_of(&f,
                                  "groups: {others: {all: true, except: [USA, CHN]}, two: [DEU, USA],\n"
                                  "         both: [two, others], few: {members: both, except: FRA}}\n"
                                  "measures:\n"
                                  "  - {kind: tariff, by: CHN, on: others, rate: 1%, sectors: A01}\n"
                                  "  - {kind: tariff, by: CHN, on: few, rate: 2%, sectors: C26}\n",
                                  0);
    const double *t = pl_policy_tariff(policy);
    assert_true(t[at(A01, CHN, DEU)] == 0.01 && t[at(A01, CHN, FRA)] == 0.01 && t[at(A01, CHN, USA)] == 0.2);
    assert_true(t[at(C26, CHN, DEU)] == 0.02 && t[at(C26, CHN, FRA)] == 0.07 && t[at(C26, CHN, USA)] == 0.02);
    pl_policy_free(policy);
    scenario_rig_close(&f);
}

/* A country that exists but that this world does not tell apart is passed over in groups and exceptions only.
 */
static void test_absent_countries(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *policy =
        policy_of(&f,
                  "groups: {some: [DEU, HKG], others: {all: true, except: [USA, CHN, BLR]}}\n"
                  "measures:\n"
                  "  - {kind: tariff, by: CHN, on: some, rate: 1%, sectors: A01}\n"
                  "  - {kind: tariff, by: CHN, on: others, except: RUS, rate: 2%, sectors: C26}\n",
                  0);
    const double *t = pl_policy_tariff(policy);
    assert_true(t[at(A01, CHN, DEU)] == 0.01 && t[at(A01, CHN, FRA)] == 0.05 && t[at(C26, CHN, FRA)] == 0.02);
    pl_policy_free(policy);
    scenario_rig_close(&f);
    refuse("measures: [{kind: tariff, by: CHN, on: [DEU, HKG], rate: 1%}]\n",
           "'on': this world does not tell 'HKG' apart");
    refuse("groups: {some: [HKG, BLR]}\nmeasures: [{kind: tariff, by: CHN, on: some, rate: 1%}]\n",
           "case.yaml:1: group 'some' has no member left in this world");
}

static void test_other_wedges(void **state) {
    (void)state;
    scenario_rig f;
    pl_policy *policy =
        policy_of(&f,
                  "measures:\n"
                  "  - {kind: export-tax, by: CHN, on: USA, sectors: C26, rate: 20%}\n"
                  "  - {kind: export-tax, by: CHN, on: [USA, DEU], sectors: C26, rate: 10%, basis: add}\n"
                  "  - {kind: iceberg, by: USA, on: CHN, sectors: C26, rate: 20%}\n"
                  "  - {kind: iceberg, by: USA, on: CHN, sectors: C26, rate: 5%, basis: add, share: .5}\n"
                  "  - {kind: iceberg, by: USA, on: CHN, sectors: C26, rate: 1.5, basis: multiply}\n"
                  "  - {kind: iceberg, by: USA, on: DEU, sectors: C26, rate: -10%, share: .3}\n",
                  0);
    const double *e = pl_policy_export_tax(policy), *d = pl_policy_iceberg(policy);
    assert_true(fabs(e[at(C26, USA, CHN)] - 0.3) < 1e-15 && fabs(e[at(C26, DEU, CHN)] - 0.1) < 1e-15);
    assert_true(e[at(C26, CHN, USA)] == 0 && e[at(C26, FRA, CHN)] == 0);
    assert_true(fabs(d[at(C26, USA, CHN)] - 1.225 * 1.5) < 1e-15);
    assert_true(fabs(d[at(C26, USA, DEU)] - (0.3 * 0.9 + 0.7)) < 1e-15);
    assert_true(d[at(C26, CHN, USA)] == 1 && d[at(A01, USA, CHN)] == 1);
    assert_memory_equal(pl_policy_tariff(policy), pl_world_tariff(f.world), J * N * N * sizeof(double));
    pl_policy_free(policy);
    scenario_rig_close(&f);
}

static void test_variants_and_options(void **state) {
    (void)state;
    static const char text[] =
        "options: {exempt: {title: An exemption, default: true}, extra: false}\n"
        "measures: [{id: base, kind: tariff, by: all, on: all, rate: 10%, basis: add}]\n"
        "variants:\n"
        "  war:\n"
        "    title: The war\n"
        "    measures:\n"
        "      - {kind: tariff, by: USA, on: CHN, rate: 100%, basis: add, sectors: A01}\n"
        "      - {kind: tariff, by: USA, on: CHN, rate: 100%, basis: add, sectors: C26,\n"
        "         unless: exempt, source: [here, there]}\n"
        "      - {kind: tariff, by: CHN, on: USA, rate: 50%, basis: add, when: extra}\n"
        "  truce: {}\n";
    scenario_rig f;
    pl_policy *policy = policy_of(&f, text, 0);
    const double *t = pl_policy_tariff(policy);
    assert_true(fabs(t[at(A01, USA, CHN)] - 1.2) < 1e-15 && fabs(t[at(C26, USA, CHN)] - 0.21) < 1e-15);
    assert_true(fabs(t[at(C26, CHN, USA)] - 0.23) < 1e-15);
    assert_int_equal(pl_scenario_measures(f.scenario, 0), 2);
    pl_policy_free(policy);
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_scenario_set_option(f.scenario, "exempt", false, &error), PL_OK);
    assert_int_equal(pl_scenario_set_option(f.scenario, "extra", true, &error), PL_OK);
    assert_int_equal(pl_scenario_policy(f.scenario, f.world, 0, &policy, &error), PL_OK);
    t = pl_policy_tariff(policy);
    assert_true(fabs(t[at(C26, USA, CHN)] - 1.21) < 1e-15 && fabs(t[at(C26, CHN, USA)] - 0.73) < 1e-15);
    assert_int_equal(pl_scenario_measures(f.scenario, 0), 4);
    assert_string_equal(pl_scenario_measure_source(f.scenario, 0, 2), "here; there");
    pl_policy_free(policy);
    assert_int_equal(pl_scenario_policy(f.scenario, f.world, 1, &policy, &error), PL_OK);
    t = pl_policy_tariff(policy);
    assert_true(fabs(t[at(A01, USA, CHN)] - 0.2) < 1e-15 && t[at(G45, USA, CHN)] == 0);
    pl_policy_free(policy);
    assert_int_equal(pl_scenario_set_option(f.scenario, "exemtp", true, &error), PL_INVALID);
    assert_non_null(strstr(error.text, "did you mean 'exempt'?"));
    scenario_rig_close(&f);
}

static void test_contradictions(void **state) {
    (void)state;
    refuse("measures:\n"
           "  - {id: first, kind: tariff, by: USA, on: all, rate: 10%}\n"
           "  - {id: second, kind: tariff, by: USA, on: EU, rate: 20%, sectors: C26}\n",
           "case.yaml:3: contradictory measures: measure 'second' sets the tariff of USA on DEU in C26 to "
           "20%, but "
           "measure 'first' has set it to 10%");
    refuse(
        "measures:\n"
        "  - {kind: export-tax, by: USA, on: all, rate: 10%}\n"
        "  - {kind: export-tax, by: all, on: CHN, rate: 20%}\n",
        "the measure on line 3 sets the export tax of USA on CHN in A01 to 20%, but the measure on line 2");
    refuse("measures:\n"
           "  - {kind: tariff, by: USA, on: all, rate: 10%}\n"
           "  - {kind: tariff, by: USA, on: CHN, rate: 10%, share: 0.5}\n",
           "contradictory measures");
    refuse("measures:\n"
           "  - {id: first, kind: tariff, by: USA, on: all, rate: 10%}\n"
           "  - {kind: tariff, by: USA, on: EU, rate: 20%, replaces: frist}\n",
           "case.yaml:3: the measure on line 3: 'replaces' names 'frist', which is no measure of variant "
           "'case' (did "
           "you mean 'first'?)");
    refuse("measures: [{kind: tariff, by: USA, on: EU, rate: 20%, basis: add, replaces: x}]\n",
           "'replaces' goes only with basis: set");
    scenario_rig f;
    pl_policy *policy = policy_of(&f,
                                  "measures:\n"
                                  "  - {id: first, kind: tariff, by: USA, on: all, rate: 10%}\n"
                                  "  - {kind: tariff, by: USA, on: EU, rate: 10%}\n"
                                  "  - {kind: tariff, by: USA, on: EU, rate: 3%, basis: add}\n"
                                  "  - {kind: tariff, by: USA, on: CHN, rate: 20%, replaces: [first]}\n"
                                  "  - {kind: export-tax, by: USA, on: CHN, rate: 30%}\n",
                                  0);
    const double *t = pl_policy_tariff(policy);
    assert_true(t[at(C26, USA, CHN)] == 0.2 && fabs(t[at(C26, USA, DEU)] - 0.13) < 1e-15);
    pl_policy_free(policy);
    scenario_rig_close(&f);
}

static void test_refused(void **state) {
    (void)state;
#define M(text) "measures:\n  - {" text "}\n"
    refuse(M("kind: tariff, by: USA, on: CHM, rate: 1%"),
           "case.yaml:2: the measure on line 2: 'on': unknown country or group 'CHM' (did you mean 'CHN'?)");
    refuse(M("kind: tariff, by: ASEN, on: CHN, rate: 1%"),
           "unknown country or group 'ASEN' (did you mean 'ASEAN'?)");
    refuse(M("kind: tariff, by: ASEAN, on: CHN, rate: 1%"), "no member of the group 'ASEAN' (BRN KHM IDN");
    refuse("groups: {allies: [DEU, FRA]}\n" M("kind: tariff, by: alies, on: CHN, rate: 1%"),
           "case.yaml:3: the measure on line 3: 'by': unknown country or group 'alies' (did you mean "
           "'allies'?)");
    refuse("groups: {a: [DEU, b], b: [a]}\n" M("kind: tariff, by: a, on: CHN, rate: 1%"), "contains itself");
    refuse("groups: {a: {members: [DEU], except: [EU]}}\n" M("kind: tariff, by: a, on: CHN, rate: 1%"),
           "case.yaml:1: group 'a' has no member left");
    refuse("groups: {a: {except: [EU]}}\n", "group 'a' needs 'members' or 'all: true'");
    refuse("groups: {a: [DEW]}\n" M("kind: tariff, by: a, on: CHN, rate: 1%"),
           "case.yaml:1: group 'a': unknown country or group 'DEW' (did you mean 'DEU'?)");
    refuse(M("kind: tariff, by: USA, on: CHN, sectors: C27, rate: 1%"),
           "'sectors': unknown sector 'C27' (did you mean 'C26'?)");
    refuse(M("kind: tariff, by: USA, on: CHN, sectors: [], rate: 1%"), "must be a name or a list of names");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: 145"), "did you mean 145%?");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: -120%"),
           "rate of the measure on line 2: -120% is below -100%");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: .nan"), "'.nan' is not a rate");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: -100%"),
           "the tariff of USA on CHN in A01 would become -100%, but it must stay above -100%");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: -90%, basis: add}\n  - {kind: tariff, by: USA, on: CHN, "
             "rate: "
             "-50%, basis: add"),
           "case.yaml:3: the measure on line 3: the tariff of USA on CHN in A01 would become -130%");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: -1, basis: multiply"), "'-1' is not a factor");
    refuse(M("kind: iceberg, by: USA, on: CHN, rate: -100%"), "a trade cost cannot fall to nothing");
    refuse(M("kind: iceberg, by: USA, on: CHN, rate: 0, basis: multiply"),
           "a trade cost cannot fall to nothing");
    refuse(M("kind: iceberg, by: USA, on: CHN, rate: -100%, basis: add"), "must stay above 0%");
    refuse(M("kind: tariff, by: USA, on: CHN"), "key 'rate' is missing; a tariff needs it");
    refuse(M("kind: tariff, on: CHN, rate: 1%"), "key 'by' is missing");
    refuse(M("by: USA, on: CHN, rate: 1%"), "key 'kind' is missing");
    refuse(M("kind: tarif, by: USA, on: CHN, rate: 1%"), "'tarif' is not one of tariff, export-tax");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: 1%, basis: plus"),
           "'plus' is not one of set, add, multiply");
    refuse(M("kind: tariff, by: USA, onn: CHN, rate: 1%"),
           "unknown key 'onn' in a measure (did you mean 'on'?)");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: 1%, file: x.csv"),
           "key 'file' does not go with kind: tariff");
    refuse(M("kind: tariff-table, rate: 1%, file: x.csv"), "key 'rate' does not go with kind: tariff-table");
    refuse(M("kind: tariff-table, by: USA"), "key 'file' is missing");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: 1%, share: 1.2"), "is not a share of the flow");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: 1%, share: 0"), "is not a share of the flow");
    refuse(M("kind: tariff, by: USA, on: USA, rate: 1%"), "covers no flow between two countries");
    refuse(M("kind: tariff, by: USA, on: [CHN, DEU], except: FRA, rate: 1%"),
           "'except' takes nothing away: 'FRA' is not covered anyway");
    refuse(M("kind: tariff, by: USA, on: CHN, except_sectors: G45, rate: 1%"),
           "'except_sectors' takes nothing away");
    refuse(M("kind: tariff, by: USA, on: CHN, rate: 1%, when: exemt"), "option 'exemt' is not declared");
    refuse(M("id: a, kind: tariff, by: USA, on: CHN, rate: 1%}\n  - {id: a, kind: tariff, by: CHN, on: USA, "
             "rate: 1%"),
           "case.yaml:3: id 'a' is given twice: the first is the measure on line 2");
#undef M
}

static void write_file(const char *path, const char *text) {
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

/* A scenario beside its table, both in a folder of their own. */
static pl_status run_table(const char *folder, const char *measure, const char *table, scenario_rig *f,
                           pl_policy **policy, pl_error *error) {
    char path[256], text[8192];
    snprintf(path, sizeof path, "%s/rates.csv", folder);
    write_file(path, table);
    snprintf(path, sizeof path, "%s/case.yaml", folder);
    snprintf(text, sizeof text, "parley: 1\nmeasures:\n  - {kind: tariff-table, file: rates.csv%s}\n%s",
             measure, world_text);
    write_file(path, text);
    memset(f, 0, sizeof *f);
    pl_status status = pl_scenario_load(path, &f->scenario, error);
    if (!status)
        status = pl_scenario_load_world(f->scenario, NULL, &f->world, error);
    return status ? status : pl_scenario_policy(f->scenario, f->world, 0, policy, error);
}

static void test_tables(void **state) {
    (void)state;
    char folder[] = "/tmp/test_scenario.XXXXXX", path[256];
    assert_non_null(mkdtemp(folder));
    scenario_rig f;
    pl_policy *policy = NULL;
    pl_error error = {PL_OK, ""};
    static const char table[] =
        "importer,exporter,sector,rate\nUSA,CHN,C26,145%\nUSA,DEU,A01,0.05\nCHN,USA,C26,125%\n";
    assert_int_equal(run_table(folder, ", basis: add", table, &f, &policy, &error), PL_OK);
    const double *t = pl_policy_tariff(policy), *base = pl_world_tariff(f.world);
    for (size_t c = 0; c < J * N * N; c++) {
        double more = c == at(C26, USA, CHN)   ? 1.45
                      : c == at(A01, USA, DEU) ? 0.05
                      : c == at(C26, CHN, USA) ? 1.25
                                               : 0;
        assert_true(fabs(t[c] - base[c] - more) < 1e-15);
    }
    pl_policy_free(policy);
    scenario_rig_close(&f);
    assert_int_equal(run_table(folder, ", by: USA, sectors: C26", table, &f, &policy, &error), PL_OK);
    t = pl_policy_tariff(policy);
    assert_true(t[at(C26, USA, CHN)] == 1.45 && t[at(A01, USA, DEU)] == 0.02 && t[at(C26, CHN, USA)] == 0.13);
    pl_policy_free(policy);
    scenario_rig_close(&f);
    static const struct {
        const char *table, *part;
    } bad[] = {
        {"importer,exporter,sector,rate\nUSA,CHM,C26,1%\n", "rates.csv:2: exporter: "},
        {"importer,exporter,sector,rate\nUSA,CHN,C26,145\n", "rates.csv:2: rate: 145 would be 14500 %"},
        {"importer,exporter,sector,rate\nUSA,CHN,C26,nan\n", "rates.csv:2: rate: 'nan' is not a rate"},
        {"importer,exporter,sector,rate\nUSA,CHN,C26,1%\nUSA,CHN,C26,2%\n",
         "rates.csv:3: a second row for USA"},
        {"importer,exporter,sector,rate\nUSA,USA,C26,1%\n",
         "rates.csv:2: importer and exporter are both USA"},
        {"importer,exporter,sector\nUSA,CHN,C26\n", "rate"},
        {"importer,exporter,sector,rate\n", "covers no flow"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(run_table(folder, "", bad[i].table, &f, &policy, &error), PL_INVALID);
        if (!strstr(error.text, bad[i].part))
            fail_msg("'%s' does not hold '%s'", error.text, bad[i].part);
        scenario_rig_close(&f);
    }
    snprintf(path, sizeof path, "%s/rates.csv", folder);
    unlink(path);
    assert_int_equal(pl_scenario_load("/nowhere.yaml", &f.scenario, &error), PL_IO);
    snprintf(path, sizeof path, "%s/case.yaml", folder);
    assert_int_equal(pl_scenario_load(path, &f.scenario, &error), PL_OK);
    assert_int_equal(pl_scenario_load_world(f.scenario, NULL, &f.world, &error), PL_OK);
    assert_int_equal(pl_scenario_policy(f.scenario, f.world, 0, &policy, &error), PL_IO);
    pl_world_free(f.world);
    pl_scenario_free(f.scenario);
    unlink(path);
    rmdir(folder);
}

/* A country of the world wins over a group of the same name. */
static void test_country_before_group(void **state) {
    (void)state;
    static const char text[] =
        "world: {countries: [EU, USA], sectors: [x], flow: {x: [[5, 1], [1, 5]]}, theta: {x: 4}}\n"
        "groups: {usa: [EU]}\n"
        "measures: [{kind: tariff, by: EU, on: USA, rate: 7%}]\n";
    scenario_rig r = scenario_rig_open(text);
    pl_policy *policy = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_scenario_policy(r.scenario, r.world, 0, &policy, &error), PL_OK);
    const double *t = pl_policy_tariff(policy);
    assert_true(t[1] == 0.07 && t[0] == 0 && t[2] == 0 && t[3] == 0);
    pl_policy_free(policy);
    scenario_rig_close(&r);
}

enum { MOST = 128 };

/* Countries of a world of one sector: all codes of the table of groups in the document, and two of no group. */
typedef struct {
    size_t count, groups;
    char code[MOST][4];
    char group[16][16], members[16][160];
} group_table;

static void read_group_table(group_table *t) {
    char line[512];
    FILE *in = fopen(PL_SOURCE_DIR "/docs/scenario.md", "r");
    assert_non_null(in);
    memset(t, 0, sizeof *t);
    while (fgets(line, sizeof line, in)) {
        char members[160], name[16];
        if (sscanf(line, "| `%15[^`]` | %159[A-Z ]", name, members) != 2 ||
            strspn(members, " ") == strlen(members) || strlen(members) < 7 || members[3] != ' ')
            continue;
        assert_true(t->groups < 16);
        strcpy(t->group[t->groups], name);
        strcpy(t->members[t->groups++], members);
        for (const char *m = members; m[0] && m[1] && m[2] && m[0] != ' '; m += m[3] ? 4 : 3) {
            bool known = false;
            for (size_t n = 0; n < t->count; n++)
                known = known || !strncmp(t->code[n], m, 3);
            if (!known)
                memcpy(t->code[t->count++], m, 3);
            assert_true(t->count < MOST - 2);
        }
    }
    fclose(in);
    strcpy(t->code[t->count++], "VEN");
    strcpy(t->code[t->count++], "UKR");
}

static pl_world *world_of(const group_table *t) {
    static double flow[MOST * MOST];
    static const char *const sectors[] = {"goods"};
    const char *codes[MOST];
    for (size_t n = 0; n < t->count; n++) {
        codes[n] = t->code[n];
        for (size_t i = 0; i < t->count; i++)
            flow[n * t->count + i] = n == i ? 1000 : 1;
    }
    pl_world_tables tables = {
        .countries = t->count, .sectors = 1, .country_codes = codes, .sector_codes = sectors, .flow = flow};
    pl_world *world = NULL;
    pl_error error = {PL_OK, ""};
    if (pl_world_new(&tables, &world, &error))
        fail_msg("%s", error.text);
    return world;
}

/* The built-in groups are what the document says they are. */
static void test_built_in_groups(void **state) {
    (void)state;
    group_table t;
    read_group_table(&t);
    assert_int_equal(t.groups, 11);
    pl_world *world = world_of(&t);
    pl_scope scope = {0};
    for (size_t g = 0; g < t.groups; g++) {
        bool marked[MOST];
        size_t members = 0, listed = (strlen(t.members[g]) + 1) / 4;
        pl_name name = {t.group[g], 0};
        pl_name_list list = {1, 1, &name};
        pl_error error = {PL_OK, ""};
        if (pl_resolve_countries(&scope, world, &list, "test", false, marked, &error))
            fail_msg("%s", error.text);
        for (size_t n = 0; n < t.count; n++) {
            members += marked[n];
            assert_int_equal(marked[n], strstr(t.members[g], t.code[n]) != NULL);
        }
        assert_int_equal(members, listed);
    }
    pl_world_free(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bases),
                                       cmocka_unit_test(test_coverage),
                                       cmocka_unit_test(test_groups),
                                       cmocka_unit_test(test_built_in_groups),
                                       cmocka_unit_test(test_absent_countries),
                                       cmocka_unit_test(test_other_wedges),
                                       cmocka_unit_test(test_variants_and_options),
                                       cmocka_unit_test(test_contradictions),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_tables),
                                       cmocka_unit_test(test_country_before_group)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
