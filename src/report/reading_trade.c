/* Trade between countries, which a run's JSON does not hold, from the NetCDF file beside it. */
#include "report/reading.h"

#include <math.h>
#include <netcdf.h>
#include <string.h>

/* Whether a variable has these dimensions' lengths. */
static bool has_shape(int file, int variable, const size_t *shape, int rank) {
    int dims[NC_MAX_VAR_DIMS], count = 0;
    if (nc_inq_varndims(file, variable, &count) || count != rank || nc_inq_vardimid(file, variable, dims))
        return false;
    for (int d = 0; d < rank; d++) {
        size_t length = 0;
        if (nc_inq_dimlen(file, dims[d], &length) || length != shape[d])
            return false;
    }
    return true;
}

/* Adds up sectors: `lead` is 1 with a variant in front, 0 without. */
static bool add_sectors(int file, int variable, size_t variant, int lead, const pl_run_reading *run,
                        double *slab, double *sum) {
    size_t N = run->countries, start[4] = {variant, 0, 0, 0}, count[4] = {1, 1, N, N};
    for (size_t j = 0; j < run->sectors; j++) {
        start[1] = j;
        if (nc_get_vara_double(file, variable, start + 1 - lead, count + 1 - lead, slab))
            return false;
        for (size_t k = 0; k < N * N; k++)
            sum[k] += slab[k];
    }
    return true;
}

/* The file is of this run when trade between countries adds up to what the JSON says. */
static bool adds_up(const double *trade, size_t N, double total) {
    double sum = 0;
    for (size_t n = 0; n < N; n++)
        for (size_t i = 0; i < N; i++)
            sum += n == i ? 0 : trade[n * N + i];
    return fabs(sum - total) <= 1e-9 * fabs(total);
}

static void drop_trade(pl_run_reading *run, const char *why) {
    snprintf(run->trade_note, sizeof run->trade_note, "%s", why);
    free(run->trade_before);
    run->trade_before = NULL;
    for (size_t v = 0; v < run->variants; v++) {
        free(run->variant[v].trade);
        run->variant[v].trade = NULL;
    }
}

static bool read_all(int file, pl_run_reading *run, double *slab) {
    int before, after;
    const size_t N = run->countries, shape[4] = {run->variants, run->sectors, N, N};
    if (nc_inq_varid(file, "trade_before", &before) || nc_inq_varid(file, "trade", &after) ||
        !has_shape(file, before, shape + 1, 3) || !has_shape(file, after, shape, 4) ||
        !add_sectors(file, before, 0, 0, run, slab, run->trade_before))
        return false;
    for (size_t v = 0; v < run->variants; v++) {
        pl_read_variant *one = &run->variant[v];
        if (!add_sectors(file, after, v, 1, run, slab, one->trade) ||
            !adds_up(one->trade, N, one->total.trade) ||
            !adds_up(run->trade_before, N, one->total.trade_before))
            return false;
    }
    return true;
}

pl_status pl_trade_read(pl_saved *r, const char *path, const pl_read_place *at) {
    pl_run_reading *run = &r->run;
    const char *end = strrchr(path, '.');
    char *beside = pl_format("%.*s.nc", end ? (int)(end - path) : (int)strlen(path), path);
    int file;
    if (!beside)
        return pl_fail_memory(at->error, strlen(path));
    int code = nc_open(beside, NC_NOWRITE, &file);
    free(beside);
    if (code) {
        drop_trade(
            run, "Trade between pairs of countries is not shown: there is no NetCDF file beside the result.");
        return PL_OK;
    }
    size_t cells = run->countries * run->countries;
    double *slab = pl_alloc(cells, sizeof *slab);
    bool room = slab && (run->trade_before = pl_alloc(cells, sizeof(double)));
    for (size_t v = 0; v < run->variants && room; v++)
        room = (run->variant[v].trade = pl_alloc(cells, sizeof(double))) != NULL;
    if (room && !read_all(file, run, slab))
        drop_trade(
            run,
            "Trade between pairs of countries is not shown: the NetCDF file beside the result is of another "
            "run.");
    free(slab);
    nc_close(file);
    return room ? PL_OK : pl_fail_memory(at->error, cells * sizeof(double));
}
