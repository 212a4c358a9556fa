/*
 * Speed of a path: a scenario's months on a world, every mechanism at work. Prints CSV: name,value,unit.
 * Usage: bench_path [SCENARIO.yaml [months]]; without a scenario, a war with licences on world-2022 (or wiod-2014).
 */
#include "bench.h"
#include "parley.h"

#include <string.h>
#include <unistd.h>

static const char war[] =
    "parley: 1\nname: bench\nworld: world-2022\nmeasures:\n"
    "  - {id: a, kind: tariff, by: USA, on: CHN, rate: 20%, basis: add, announced: 2025-02-01, effective: "
    "2025-03-04}\n"
    "  - {id: b, kind: tariff, by: USA, on: all, rate: 10%, basis: add, announced: 2025-04-02, effective: "
    "2025-04-05}\n"
    "  - {id: c, kind: tariff, by: USA, on: CHN, rate: 115%, basis: add, announced: 2025-04-09, effective: "
    "2025-04-09,"
    " until: 2025-05-14}\n"
    "  - {id: d, kind: tariff, by: CHN, on: USA, rate: 125%, basis: add, announced: 2025-04-09, effective: "
    "2025-04-10,"
    " until: 2025-05-14}\n"
    "  - {id: e, kind: tariff, by: CHN, on: USA, rate: 10%, basis: add, announced: 2025-05-12, effective: "
    "2025-05-14}\n"
    "  - {id: f, kind: licence, by: CHN, on: all, sectors: [C27], approval: 25%, lag: 2, validity: 6,"
    " announced: 2025-04-04, effective: 2025-04-04}\n";

static pl_scenario *built_in(void) {
    char name[] = "/tmp/bench-path-XXXXXX";
    pl_scenario *scenario = NULL;
    pl_error error = {PL_OK, ""};
    int file = mkstemp(name);
    bool written = file >= 0 && write(file, war, sizeof war - 1) == (ssize_t)sizeof war - 1;
    if (file >= 0)
        close(file);
    pl_status status = written ? pl_scenario_load(name, &scenario, &error) : PL_IO;
    unlink(name);
    if (status)
        stop(error.text);
    return scenario;
}

int main(int argc, char **argv) {
    pl_error error = {PL_OK, ""};
    pl_scenario *scenario = NULL;
    pl_world *world = NULL;
    pl_path *path = NULL;
    size_t months = argc > 2 ? strtoul(argv[2], NULL, 10) : 60;
    if (argc < 2)
        scenario = built_in();
    else if (pl_scenario_load(argv[1], &scenario, &error))
        stop(error.text);
    if (pl_scenario_load_world(scenario, NULL, &world, &error))
        stop(error.text);
    double start = now(), slowest = 0;
    if (pl_path_new(scenario, world, 0, (pl_date){2025, 1, 1}, months, &path, &error))
        stop(error.text);
    double ready = now();
    for (size_t t = 0; t < months; t++) {
        double before = now();
        if (pl_path_step(path, &error))
            stop(error.text);
        slowest = now() - before > slowest ? now() - before : slowest;
    }
    double end = now();
    pl_month quality = pl_path_quality(path);
    printf("countries,%zu,\nsectors,%zu,\nmonths,%zu,\n", pl_world_size(world, PL_COUNTRY),
           pl_world_size(world, PL_SECTOR), months);
    printf("flows_with_stocks,%zu,\nflows_under_licence,%zu,\n", pl_path_flows(path, NULL),
           pl_path_queues(path));
    printf("prepare,%.3f,s\npath,%.3f,s\nslowest_month,%.1f,ms\n", ready - start, end - start, 1e3 * slowest);
    printf("iterations,%zu,\nconverged,%d,yes=1\nresidual,%.2e,largest relative\n", quality.iterations,
           quality.converged, quality.worst);
    pl_path_free(path);
    pl_world_free(world);
    pl_scenario_free(scenario);
    return 0;
}
