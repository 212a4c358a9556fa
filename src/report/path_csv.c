/* A path as CSV tables, and all its files. */
#include "report/report.h"

#include <ctype.h>
#include <math.h>

enum { MOST_SHOWN = 64 };

static const pl_world *world_of(const pl_path_view *v) {
    return pl_model_world(pl_path_model(v->path));
}

static void put_heading(FILE *out, const char *name, const char *unit) {
    fprintf(out, ",%s_", name);
    for (; *unit; unit++)
        fputc(isalnum((unsigned char)*unit) ? tolower((unsigned char)*unit) : '_', out);
}

static void put_month(FILE *out, const pl_path_view *v, size_t month) {
    pl_date date = pl_path_date(v->path, month);
    fprintf(out, "%04d-%02d", date.year, date.month);
}

static void put_code(FILE *out, const pl_path_view *v, pl_axis axis, size_t index) {
    fputc(',', out);
    pl_csv_field(out, pl_world_code(world_of(v), axis, index));
}

/* Ten digits; what is missing is empty. */
static void put_number(FILE *out, double value) {
    if (isfinite(value))
        fprintf(out, ",%.10g", value);
    else
        fputc(',', out);
}

static pl_status write_months(FILE *out, const void *data, pl_error *error) {
    const pl_path_view *v = data;
    (void)error;
    fputs("month,converged,iterations,largest_residual", out);
    const char *name, *text;
    double value;
    for (size_t k = 0; pl_certificate_part(&pl_path_month(v->path, 0)->residual, k, &name, &text, &value);
         k++)
        fprintf(out, ",%s", name);
    fputs(",stocks\n", out);
    for (size_t t = 0; t < pl_path_done(v->path); t++) {
        const pl_month *m = pl_path_month(v->path, t);
        put_month(out, v, t);
        fprintf(out, ",%d,%zu,%.3g", m->converged, m->iterations, m->worst);
        for (size_t k = 0; pl_certificate_part(&m->residual, k, &name, &text, &value); k++)
            fprintf(out, ",%.3g", value);
        fprintf(out, ",%.3g\n", m->stocks);
    }
    return PL_OK;
}

static pl_status write_countries(FILE *out, const void *data, pl_error *error) {
    const pl_path_view *v = data;
    size_t N = pl_world_size(world_of(v), PL_COUNTRY);
    (void)error;
    fputs("month,country", out);
    for (int k = 0; k < PL_PATH_COUNT; k++)
        if (!pl_path_by_sector((pl_path_variable)k))
            put_heading(out, pl_path_name((pl_path_variable)k), pl_path_unit((pl_path_variable)k));
    fputs(",imports_month_on_month_percent,imports_year_on_year_percent,exports_month_on_month_percent,"
          "exports_year_on_year_percent\n",
          out);
    for (size_t t = 0; t < pl_path_done(v->path); t++)
        for (size_t n = 0; n < N; n++) {
            put_month(out, v, t);
            put_code(out, v, PL_COUNTRY, n);
            for (int k = 0; k < PL_PATH_COUNT; k++)
                if (!pl_path_by_sector((pl_path_variable)k))
                    put_number(out, pl_path_get(v->path, (pl_path_variable)k, t)[n]);
            for (int side = 0; side < 2; side++)
                for (size_t back = 1; back <= 12; back += 11)
                    put_number(out, pl_path_trade_change(v->path, side ? PL_PATH_exports : PL_PATH_imports, t,
                                                         back, n));
            fputc('\n', out);
        }
    return PL_OK;
}

static pl_status write_sectors(FILE *out, const void *data, pl_error *error) {
    const pl_path_view *v = data;
    size_t N = pl_world_size(world_of(v), PL_COUNTRY), J = pl_world_size(world_of(v), PL_SECTOR);
    size_t country[MOST_SHOWN], shown = pl_path_shown(v, country, MOST_SHOWN);
    (void)error;
    fputs("month,country,sector", out);
    for (int k = 0; k < PL_PATH_COUNT; k++)
        if (pl_path_by_sector((pl_path_variable)k))
            put_heading(out, pl_path_name((pl_path_variable)k), pl_path_unit((pl_path_variable)k));
    fputc('\n', out);
    for (size_t t = 0; t < pl_path_done(v->path); t++)
        for (size_t c = 0; c < shown; c++)
            for (size_t j = 0; j < J; j++) {
                put_month(out, v, t);
                put_code(out, v, PL_COUNTRY, country[c]);
                put_code(out, v, PL_SECTOR, j);
                for (int k = 0; k < PL_PATH_COUNT; k++)
                    if (pl_path_by_sector((pl_path_variable)k))
                        put_number(out, pl_path_get(v->path, (pl_path_variable)k, t)[j * N + country[c]]);
                fputc('\n', out);
            }
    return PL_OK;
}

/* Pairs whose policy changes: the others are in path.nc. */
static pl_status write_pairs(FILE *out, const void *data, pl_error *error) {
    const pl_path_view *v = data;
    size_t N = pl_world_size(world_of(v), PL_COUNTRY);
    static const struct {
        pl_pair_variable variable;
        const char *name, *unit;
    } shown[] = {
#define PAIR_ROW(name, unit, text) {PL_PAIR_##name, #name, unit},
        PL_PAIR_VARIABLES(PAIR_ROW)
#undef PAIR_ROW
    };
    (void)error;
    fputs("month,importer,exporter", out);
    for (size_t k = 0; k < PL_PAIR_COUNT; k++)
        put_heading(out, shown[k].name, shown[k].unit);
    fputs(",purchases_month_on_month_percent,purchases_year_on_year_percent\n", out);
    for (size_t n = 0; n < N; n++)
        for (size_t i = 0; i < N; i++) {
            if (!pl_path_pair_touched(v->path, n, i))
                continue;
            for (size_t t = 0; t < pl_path_done(v->path); t++) {
                put_month(out, v, t);
                put_code(out, v, PL_COUNTRY, n);
                put_code(out, v, PL_COUNTRY, i);
                for (size_t k = 0; k < PL_PAIR_COUNT; k++)
                    put_number(out, pl_path_pair(v->path, shown[k].variable, t)[n * N + i]);
                put_number(out, pl_path_pair_change(v->path, PL_PAIR_purchases, t, 1, n, i));
                put_number(out, pl_path_pair_change(v->path, PL_PAIR_purchases, t, 12, n, i));
                fputc('\n', out);
            }
        }
    return PL_OK;
}

static void put_flow(FILE *out, const pl_path_view *v, size_t position) {
    size_t N = pl_world_size(world_of(v), PL_COUNTRY);
    put_code(out, v, PL_COUNTRY, position / N % N);
    put_code(out, v, PL_COUNTRY, position % N);
    put_code(out, v, PL_SECTOR, position / (N * N));
}

/* Percent change of purchases on `back` months before; months before the path are the base year's. */
static double flow_change(const pl_path_view *v, size_t flow, size_t position, size_t month, size_t back) {
    double now = pl_path_flow(v->path, PL_FLOW_purchases, month)[flow];
    double before = month >= back ? pl_path_flow(v->path, PL_FLOW_purchases, month - back)[flow]
                                  : pl_world_flow(world_of(v))[position] / 12;
    return before > 0 ? 100 * (now / before - 1) : NAN;
}

static pl_status write_flows(FILE *out, const void *data, pl_error *error) {
    const pl_path_view *v = data;
    const size_t *position = NULL;
    size_t count = pl_path_flows(v->path, &position);
    (void)error;
    fputs("month,importer,exporter,sector", out);
#define FLOW_HEADING(name, unit, text) put_heading(out, #name, unit);
    PL_FLOW_VARIABLES(FLOW_HEADING)
#undef FLOW_HEADING
    fputs(",purchases_month_on_month_percent,purchases_year_on_year_percent\n", out);
    for (size_t t = 0; t < pl_path_done(v->path); t++)
        for (size_t f = 0; f < count; f++) {
            put_month(out, v, t);
            put_flow(out, v, position[f]);
            for (int k = 0; k < PL_FLOW_COUNT; k++)
                put_number(out, pl_path_flow(v->path, (pl_flow_variable)k, t)[f]);
            put_number(out, flow_change(v, f, position[f], t, 1));
            put_number(out, flow_change(v, f, position[f], t, 12));
            fputc('\n', out);
        }
    return PL_OK;
}

static pl_status write_licences(FILE *out, const void *data, pl_error *error) {
    const pl_path_view *v = data;
    (void)error;
    fputs("month,regime,importer,exporter,sector", out);
#define QUEUE_HEADING(name, unit, text) put_heading(out, #name, unit);
    PL_QUEUE_VARIABLES(QUEUE_HEADING)
#undef QUEUE_HEADING
    fputc('\n', out);
    for (size_t t = 0; t < pl_path_done(v->path); t++)
        for (size_t q = 0; q < pl_path_queues(v->path); q++) {
            put_month(out, v, t);
            fputc(',', out);
            pl_csv_field(out, pl_path_queue_name(v->path, q));
            put_flow(out, v, pl_path_queue_flow(v->path, q));
            for (int k = 0; k < PL_QUEUE_COUNT; k++)
                put_number(out, pl_path_queue(v->path, (pl_queue_variable)k, t)[q]);
            fputc('\n', out);
        }
    return PL_OK;
}

pl_status pl_report_path_write(const char *folder, const pl_path_view *view, pl_error *error) {
    static const pl_file files[] = {{"path.nc", pl_write_path_netcdf}, {"path.json", pl_write_path_json},
                                    {"months.csv", write_months},      {"countries.csv", write_countries},
                                    {"sectors.csv", write_sectors},    {"pairs.csv", write_pairs},
                                    {"flows.csv", write_flows},        {"licences.csv", write_licences}};
    return pl_write_files(folder, files, sizeof files / sizeof *files, view, error);
}
