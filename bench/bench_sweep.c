/*
 * Members of a sweep a second on world-2022, and what one costs over a cold solve of the same policies measured in the same
 * run. Prints CSV: name,value,unit. Usage: bench_sweep [members]
 */
#include "bench.h"
#include "parley.h"

enum { SOLVES = 12 };

static void must(pl_status status, const pl_error *error) {
    if (status)
        stop(error->text);
}

/* Seconds of a cold solve, policy and certificate apart: the mean over tariffs spread like the sweep's. */
static double time_solves(const pl_world *world, pl_error *error) {
    double seconds = 0;
    for (int k = 0; k < SOLVES; k++) {
        pl_scenario *scenario = NULL;
        pl_model *model = NULL;
        pl_policy *policy = NULL;
        pl_solver *solver = NULL;
        pl_result *result = NULL;
        char text[48];
        snprintf(text, sizeof text, "USA<-CHN=%d%%", 145 * k / (SOLVES - 1));
        must(pl_scenario_new(&scenario, error), error);
        must(pl_scenario_add(scenario, "tariff", text, error), error);
        must(pl_scenario_model(scenario, world, &model, error), error);
        must(pl_scenario_policy(scenario, world, 0, &policy, error), error);
        must(pl_solver_new(model, &solver, error), error);
        must(pl_result_new(model, &result, error), error);
        double start = now();
        must(pl_solver_run(solver, policy, NULL, result, error), error);
        seconds += now() - start;
        pl_result_free(result);
        pl_solver_free(solver);
        pl_policy_free(policy);
        pl_model_free(model);
        pl_scenario_free(scenario);
    }
    return seconds / SOLVES;
}

/* Seconds a member. */
static double time_sweep(const pl_world *world, size_t members, const char *threads, bool cold,
                         pl_scan_quality *quality, pl_error *error) {
    pl_scenario *scenario = NULL;
    pl_scan *scan = NULL;
    char text[64];
    const char *vary = text;
    const pl_scan_options options = {.cold = cold};
    snprintf(text, sizeof text, "tariff USA<-CHN=0%%..145%%:%zu", members);
    must(pl_scenario_new(&scenario, error), error);
    must(pl_settings_set(pl_scenario_settings(scenario), "threads", threads, error), error);
    must(pl_scan_new(scenario, world, &vary, 1, &options, &scan, error), error);
    double start = now();
    must(pl_scan_run(scan, NULL, error), error);
    double seconds = (now() - start) / (double)members;
    *quality = pl_scan_judge(scan);
    pl_scan_free(scan);
    pl_scenario_free(scenario);
    return seconds;
}

int main(int argc, char **argv) {
    pl_error error = {PL_OK, ""};
    pl_world *world = NULL;
    pl_scan_quality cold, warm, both;
    size_t members = argc > 1 ? strtoul(argv[1], NULL, 10) : 128;
    must(pl_world_load("world-2022", &world, &error), &error);
    double solve = time_solves(world, &error);
    double afresh = time_sweep(world, members, "1", true, &cold, &error);
    double chained = time_sweep(world, members, "1", false, &warm, &error);
    double threaded = time_sweep(world, members, "2", false, &both, &error);
    printf("members,%zu,\ncold_solve,%.2f,ms\n", members, 1e3 * solve);
    printf("cold_member,%.2f,ms\ncold_member_ratio,%.2f,of a cold solve\n", 1e3 * afresh, afresh / solve);
    printf("member,%.2f,ms\nmember_ratio,%.2f,of a cold solve\nmembers_a_second,%.1f,1/s\n", 1e3 * chained,
           chained / solve, 1 / chained);
    printf("members_a_second_2_threads,%.1f,1/s\n", 1 / threaded);
    printf("cold_iterations,%.1f,a member\niterations,%.1f,a member\n",
           (double)cold.iterations / (double)members, (double)warm.iterations / (double)members);
    printf("converged,%zu,members\nresidual,%.2e,largest relative\n", warm.converged, warm.worst);
    pl_world_free(world);
    return warm.converged == members ? 0 : 1;
}
