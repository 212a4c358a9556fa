/* A run as CSV tables for spreadsheets and statistics programs (docs/results.md). */
#include "report/report.h"

#include <ctype.h>
#include <string.h>

void pl_csv_field(FILE *out, const char *text) {
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

/* A column's heading: the variable and its unit, as in equivalent_variation_million_usd. */
static void put_heading(FILE *out, pl_variable variable) {
    fprintf(out, ",%s_", pl_variable_name(variable));
    for (const char *unit = pl_variable_unit(variable); *unit; unit++)
        fputc(*unit == ' ' ? '_' : tolower((unsigned char)*unit), out);
}

static void put_number(FILE *out, double value) {
    char text[40];
    pl_text_exact(text, sizeof text, value);
    fprintf(out, ",%s", text);
}

static void put_labels(FILE *out, const pl_output *o, size_t variant, size_t n, size_t j, bool with_sector) {
    const pl_world *w = o->run->world;
    pl_csv_field(out, pl_scenario_variant_name(o->run->scenario, variant));
    fputc(',', out);
    pl_csv_field(out, pl_world_code(w, PL_COUNTRY, n));
    if (with_sector) {
        fputc(',', out);
        pl_csv_field(out, pl_world_code(w, PL_SECTOR, j));
    }
}

static void put_table(FILE *out, const pl_output *o, bool by_sector) {
    const pl_world *w = o->run->world;
    size_t N = pl_world_size(w, PL_COUNTRY), J = by_sector ? pl_world_size(w, PL_SECTOR) : 1;
    fputs(by_sector ? "variant,country,sector" : "variant,country", out);
    for (int k = 0; k < PL_RESULT_COUNT; k++)
        if (pl_variable_by_sector((pl_variable)k) == by_sector)
            put_heading(out, (pl_variable)k);
    fputc('\n', out);
    for (size_t v = 0; v < o->run->variants; v++) {
        for (size_t n = 0; n < N; n++) {
            for (size_t j = 0; j < J; j++) {
                put_labels(out, o, v, n, j, by_sector);
                for (int k = 0; k < PL_RESULT_COUNT; k++)
                    if (pl_variable_by_sector((pl_variable)k) == by_sector)
                        put_number(out, pl_result_get(o->run->result[v], (pl_variable)k)[j * N + n]);
                fputc('\n', out);
            }
        }
    }
}

pl_status pl_write_countries(FILE *out, const void *data, pl_error *error) {
    (void)error;
    put_table(out, data, false);
    return PL_OK;
}

pl_status pl_write_sectors(FILE *out, const void *data, pl_error *error) {
    (void)error;
    put_table(out, data, true);
    return PL_OK;
}

/* Every bilateral flow, home sales included; flows that are zero before and after are left out. Nine digits:
 * the exact values are in results.nc. */
pl_status pl_write_trade(FILE *out, const void *data, pl_error *error) {
    (void)error;
    const pl_output *o = data;
    const pl_world *w = o->run->world;
    size_t N = pl_world_size(w, PL_COUNTRY), J = pl_world_size(w, PL_SECTOR);
    fputs("variant,importer,exporter,sector,before_million_usd,after_million_usd\n", out);
    for (size_t v = 0; v < o->run->variants; v++) {
        for (size_t n = 0; n < N; n++) {
            for (size_t i = 0; i < N; i++) {
                for (size_t j = 0; j < J; j++) {
                    size_t at = (j * N + n) * N + i;
                    double before = o->trade_before[at], after = o->trade[v][at];
                    if (before == 0 && after == 0)
                        continue;
                    put_labels(out, o, v, n, 0, false);
                    fputc(',', out);
                    pl_csv_field(out, pl_world_code(w, PL_COUNTRY, i));
                    fputc(',', out);
                    pl_csv_field(out, pl_world_code(w, PL_SECTOR, j));
                    fprintf(out, ",%.9g,%.9g\n", before, after);
                }
            }
        }
    }
    return PL_OK;
}
