/* Writes the tables that pl_world_import_flows reads, numbers with 17 digits, all files or none. A table
 * without rows is written too, so that none is left over from an earlier world. */
#include "data/data.h"

#include <csv.h>
#include <errno.h>
#include <string.h>

typedef struct {
    const pl_world *world;
    const char *folder;
    pl_error *error;
    pl_stage stage;
} exporting;

/* A field in quotes: codes and names may hold commas. */
static void put_text(FILE *out, const char *text) {
    csv_fwrite(out, text, strlen(text));
}

static void put_two(FILE *out, const char *a, const char *b) {
    put_text(out, a);
    fputc(',', out);
    put_text(out, b);
    fputc(',', out);
}

static void put_flows(const pl_world *w, FILE *out) {
    size_t N = w->countries;
    fprintf(out, "importer,exporter,sector,value_musd,tariff%s%s\n", w->export_tax ? ",export_tax" : "",
            w->flow_origin ? ",origin" : "");
    for (size_t at = 0; at < w->sectors * N * N; at++) {
        double tax = w->export_tax ? w->export_tax[at] : 0;
        size_t origin = w->flow_origin ? w->flow_origin[at] : PL_ORIGIN_WHOLE;
        if (w->flow[at] == 0 && w->tariff[at] == 0 && tax == 0 && origin == PL_ORIGIN_WHOLE)
            continue;
        put_two(out, w->country_code[at / N % N], w->country_code[at % N]);
        put_text(out, w->sector_code[at / (N * N)]);
        fprintf(out, ",%.17g,%.17g", w->flow[at], w->tariff[at]);
        if (w->export_tax)
            fprintf(out, ",%.17g", tax);
        if (w->flow_origin)
            fprintf(out, ",%s", pl_origin_word[origin]);
        fputc('\n', out);
    }
}

static void put_input_shares(const pl_world *w, FILE *out) {
    size_t J = w->sectors;
    fputs("country,input,user,share_of_gross_output\n", out);
    for (size_t at = 0; at < w->countries * J * J; at++) {
        if (w->input_share[at] == 0)
            continue;
        put_two(out, w->country_code[at / J / J], w->sector_code[at % J]);
        put_text(out, w->sector_code[at / J % J]);
        fprintf(out, ",%.17g\n", w->input_share[at]);
    }
}

static void put_by_country(const pl_world *w, FILE *out, const double *table, const char *heading) {
    fprintf(out, "country,sector,%s\n", heading);
    for (size_t at = 0; at < w->countries * w->sectors; at++) {
        put_two(out, w->country_code[at / w->sectors], w->sector_code[at % w->sectors]);
        fprintf(out, "%.17g\n", table[at]);
    }
}

static void put_value_added_shares(const pl_world *w, FILE *out) {
    put_by_country(w, out, w->value_added_share, "share_of_gross_output");
}

static void put_profit_shares(const pl_world *w, FILE *out) {
    if (w->profit_share)
        put_by_country(w, out, w->profit_share, "share_of_value_added");
    else
        fputs("country,sector,share_of_value_added\n", out);
}

static void put_countries(const pl_world *w, FILE *out) {
    fputs("country,name\n", out);
    for (size_t n = 0; n < w->countries; n++) {
        put_text(out, w->country_code[n]);
        fputc(',', out);
        put_text(out, pl_world_name(w, PL_COUNTRY, n));
        fputc('\n', out);
    }
}

static void put_sectors(const pl_world *w, FILE *out) {
    fputs("sector,name,goods\n", out);
    for (size_t j = 0; j < w->sectors; j++) {
        put_two(out, w->sector_code[j], pl_world_name(w, PL_SECTOR, j));
        fprintf(out, "%d\n", w->goods[j]);
    }
}

static void put_elasticities(const pl_world *w, FILE *out) {
    fputs("sector", out);
    for (size_t s = 0; s < w->sets; s++) {
        fputc(',', out);
        put_text(out, w->set[s].name);
        if (w->set[s].error)
            fprintf(out, ",%s_se", w->set[s].name);
    }
    fputc('\n', out);
    for (size_t j = 0; j < w->sectors; j++) {
        put_text(out, w->sector_code[j]);
        for (size_t s = 0; s < w->sets; s++) {
            fprintf(out, ",%.17g", w->set[s].theta[j]);
            if (w->set[s].error)
                fprintf(out, ",%.17g", w->set[s].error[j]);
        }
        fputc('\n', out);
    }
}

static void put_notes(const pl_world *w, FILE *out) {
    fputs("key,text\n", out);
    for (size_t i = 0; i < w->note_keys.count; i++) {
        put_text(out, w->note_keys.item[i]);
        fputc(',', out);
        put_text(out, w->notes.item[i]);
        fputc('\n', out);
    }
}

/* Writes one table aside. */
static pl_status write_table(exporting *x, const char *name, void (*put)(const pl_world *, FILE *)) {
    char *path = pl_format("%s/%s.csv", x->folder, name);
    if (!path)
        return pl_fail_memory(x->error, strlen(x->folder));
    pl_status status = PL_OK;
    const char *temporary = pl_stage_path(&x->stage, path, x->error);
    errno = 0;
    FILE *out = temporary ? fopen(temporary, "wb") : NULL;
    if (out) {
        put(x->world, out);
        bool wrote = !ferror(out);
        if (fclose(out) || !wrote)
            status = pl_fail_errno(x->error, "cannot write", path);
    } else if (temporary) {
        status = pl_fail_errno(x->error, "cannot write", path);
    } else {
        status = x->error ? x->error->status : PL_IO;
    }
    free(path);
    return status;
}

pl_status pl_world_export_csv(const pl_world *w, const char *folder, pl_error *error) {
    static const struct {
        const char *name;
        void (*put)(const pl_world *, FILE *);
    } table[] = {{"countries", put_countries},
                 {"sectors", put_sectors},
                 {"flows", put_flows},
                 {"input_shares", put_input_shares},
                 {"notes", put_notes},
                 {"value_added_shares", put_value_added_shares},
                 {"elasticities", put_elasticities},
                 {"profit_shares", put_profit_shares}};
    exporting x = {.world = w, .folder = folder, .error = error};
    pl_stage_init(&x.stage);
    pl_status status = pl_make_folder(folder, error);
    for (size_t t = 0; t < sizeof table / sizeof *table && !status; t++)
        status = write_table(&x, table[t].name, table[t].put);
    if (!status)
        return pl_stage_commit(&x.stage, error);
    pl_stage_abort(&x.stage);
    return status;
}
