/* What a check found: rows of expected against computed. */
#include "check/check.h"

#include <math.h>

void pl_case_report_free(pl_case_report *report) {
    if (!report)
        return;
    for (size_t i = 0; i < report->count; i++)
        free(report->row[i].what);
    free(report->row);
    free(report->name);
    free(report->title);
    free(report->source);
    free(report);
}

pl_case_report *pl_findings_new(const char *name, const char *title, const char *source) {
    pl_case_report *report = pl_alloc(1, sizeof *report);
    if (!report)
        return NULL;
    report->name = pl_strdup(name);
    report->title = pl_strdup(title ? title : "");
    report->source = pl_strdup(source ? source : "");
    if (report->name && report->title && report->source)
        return report;
    pl_case_report_free(report);
    return NULL;
}

bool pl_findings_add(pl_case_report *report, double expected, double computed, double tolerance,
                     const char *format, ...) {
    char what[512];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    pl_deviation *row = realloc(report->row, (report->count + 1) * sizeof *row);
    if (!row)
        return false;
    report->row = row;
    row += report->count;
    row->what = pl_strdup(what);
    if (!row->what)
        return false;
    row->expected = expected;
    row->computed = computed;
    row->tolerance = tolerance;
    row->passed = fabs(computed - expected) <= tolerance;
    report->failed += !row->passed;
    report->count++;
    return true;
}
