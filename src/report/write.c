/* All files of a run, written aside and renamed together. */
#include "report/report.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes one file; every write and the close are checked, so that a full disk is an error. */
static pl_status write_one(const char *path, const char *shown, pl_file_writer writer, const void *data,
                           pl_error *error) {
    FILE *out = fopen(path, "wb");
    if (!out)
        return pl_fail_errno(error, "cannot write", shown);
    errno = 0;
    pl_status status = writer(out, data, error);
    bool failed = fflush(out) || ferror(out) || status == PL_IO;
    int reason = errno;
    if (fclose(out) && !failed) {
        failed = true;
        reason = errno;
    }
    errno = reason ? reason : EIO;
    if (status && status != PL_IO)
        return status;
    return failed ? pl_fail_errno(error, "cannot write", shown) : PL_OK;
}

static pl_status stage_one(pl_stage *stage, const char *folder, const pl_file *file, const void *data,
                           pl_error *error) {
    char *final_path = pl_format("%s/%s", folder, file->name);
    if (!final_path)
        return pl_fail_memory(error, 0);
    const char *path = pl_stage_path(stage, final_path, error);
    pl_status status = path ? write_one(path, final_path, file->writer, data, error) : PL_IO;
    free(final_path);
    return status;
}

pl_status pl_write_files(const char *folder, const pl_file *files, size_t count, const void *data,
                         pl_error *error) {
    struct stat before;
    bool existed = stat(folder, &before) == 0;
    pl_stage stage;
    pl_stage_init(&stage);
    pl_status status = pl_make_folder(folder, error);
    for (size_t k = 0; !status && k < count; k++)
        status = stage_one(&stage, folder, &files[k], data, error);
    if (!status)
        status = pl_stage_commit(&stage, error);
    else
        pl_stage_abort(&stage);
    if (status && !existed)
        rmdir(folder);
    return status;
}

/* Trade after the change, [variants][J][N][N]. */
static pl_status take_trade(const pl_run *run, double **store, const double **trade, pl_error *error) {
    const pl_world *w = run->world;
    size_t N = pl_world_size(w, PL_COUNTRY), cells = N * N * pl_world_size(w, PL_SECTOR);
    *store = pl_alloc(run->variants * cells, sizeof **store);
    if (!*store)
        return pl_fail_memory(error, run->variants * cells * sizeof **store);
    pl_status status = PL_OK;
    for (size_t v = 0; v < run->variants && !status; v++) {
        trade[v] = *store + v * cells;
        status = pl_result_trade(run->result[v], run->policy[v], *store + v * cells, error);
    }
    return status;
}

/* The files of a run. */
static size_t list_files(const pl_run *run, const pl_view *view, pl_file *files) {
    static const pl_file always[] = {{"results.nc", pl_write_netcdf},
                                     {"results.json", pl_write_json},
                                     {"countries.csv", pl_write_countries},
                                     {"sectors.csv", pl_write_sectors},
                                     {"trade.csv", pl_write_trade}};
    size_t count = sizeof always / sizeof *always;
    memcpy(files, always, sizeof always);
    if (pl_run_controls(run))
        files[count++] = (pl_file){"controls.csv", pl_write_controls};
    if (view && view->countries) {
        files[count++] = (pl_file){"partners.csv", pl_write_partners};
        files[count++] = (pl_file){"country_sectors.csv", pl_write_country_sectors};
    }
    return count;
}

pl_status pl_report_write(const char *folder, const pl_run *run, const char *command, pl_error *error) {
    return pl_report_write_view(folder, run, NULL, command, error);
}

pl_status pl_report_write_view(const char *folder, const pl_run *run, const pl_view *view,
                               const char *command, pl_error *error) {
    double *store = NULL;
    const double **trade = pl_alloc(run->variants, sizeof *trade);
    if (!trade)
        return pl_fail_memory(error, run->variants * sizeof *trade);
    pl_status status = take_trade(run, &store, trade, error);
    const pl_view all = {.countries = view ? view->countries : 0, .country = view ? view->country : NULL};
    const pl_output output = {.run = run,
                              .command = command,
                              .view = &all, /* files hold every variable */
                              .trade_before = pl_world_flow(pl_model_world(run->model)),
                              .trade = trade};
    pl_file files[8];
    size_t count = list_files(run, view, files);
    if (!status)
        status = pl_write_files(folder, files, count, &output, error);
    free(store);
    free(trade);
    return status;
}
