/* Reports of cases as JSON and CSV. */
#include "report/report.h"

/* The reports to write, as the writers see them. */
typedef struct {
    const pl_case_report *const *report;
    size_t count;
} reports;

static json_t *row_object(const pl_deviation *row) {
    return json_pack("{ss, so, so, so, so, sb}", "what", row->what, "expected", pl_json_number(row->expected),
                     "computed", pl_json_number(row->computed), "deviation",
                     pl_json_number(row->computed - row->expected), "tolerance",
                     pl_json_number(row->tolerance), "passed", (int)row->passed);
}

static json_t *case_object(const pl_case_report *report) {
    json_t *rows = json_array();
    for (size_t k = 0; rows && k < report->count; k++) {
        if (json_array_append_new(rows, row_object(&report->row[k]))) {
            json_decref(rows);
            rows = NULL;
        }
    }
    return json_pack("{ss, ss, ss, sI, sI, so}", "name", report->name, "title", report->title, "source",
                     report->source, "count", (json_int_t)report->count, "failed", (json_int_t)report->failed,
                     "rows", rows);
}

static json_t *reports_object(const reports *all) {
    json_t *list = json_array();
    for (size_t k = 0; list && k < all->count; k++) {
        if (json_array_append_new(list, case_object(all->report[k]))) {
            json_decref(list);
            list = NULL;
        }
    }
    return json_pack("{ss, si, so}", "parley", pl_version(), "format", 1, "cases", list);
}

static pl_status write_json(FILE *out, const void *data, pl_error *error) {
    return pl_json_dump(out, reports_object(data), error);
}

static pl_status write_csv(FILE *out, const void *data, pl_error *error) {
    const reports *all = data;
    (void)error;
    fputs("case,what,expected,computed,deviation,tolerance,passed\n", out);
    for (size_t k = 0; k < all->count; k++) {
        for (size_t i = 0; i < all->report[k]->count; i++) {
            const pl_deviation *row = &all->report[k]->row[i];
            pl_csv_field(out, all->report[k]->name);
            fputc(',', out);
            pl_csv_field(out, row->what);
            fprintf(out, ",%.17g,%.17g,%.17g,%.17g,%d\n", row->expected, row->computed,
                    row->computed - row->expected, row->tolerance, row->passed);
        }
    }
    return PL_OK;
}

pl_status pl_report_cases_json(FILE *out, const pl_case_report *const *report, size_t count,
                               pl_error *error) {
    const reports all = {report, count};
    pl_status status = write_json(out, &all, error);
    if (!status && (fflush(out) || ferror(out)))
        return pl_fail(error, PL_IO, "the JSON report could not be written");
    return status;
}

pl_status pl_report_cases_write(const char *folder, const pl_case_report *const *report, size_t count,
                                pl_error *error) {
    const reports all = {report, count};
    const pl_file files[] = {{"cases.json", write_json}, {"cases.csv", write_csv}};
    return pl_write_files(folder, files, 2, &all, error);
}
