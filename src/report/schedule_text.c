/* A schedule as a table on a terminal, as JSON and as CSV. Rates are shown in percent. */
#include "report/report.h"

#include <math.h>
#include <string.h>

static void say_date(char *out, size_t size, pl_date date) {
    snprintf(out, size, "%04d-%02d-%02d", date.year, date.month, date.day);
}

/* ---- a table ---- */

static void fill_heads(pl_grid *grid, const pl_timeline *t) {
    for (size_t p = 0; p < t->pairs; p++) {
        const char *arrow = strstr(t->pair[p], "<-");
        char side[2][96];
        snprintf(side[0], sizeof side[0], "%.*s", (int)(arrow - t->pair[p]), t->pair[p]);
        snprintf(side[1], sizeof side[1], "<- %.80s", arrow + 2);
        for (size_t k = 0; k < 2; k++) {
            pl_column *column = &grid->column[2 * p + k];
            for (size_t s = 0; s < 2; s++)
                pl_text_cut(column->group[s], sizeof column->group[s], side[s], 18);
            snprintf(column->head, sizeof column->head, "%s", k ? "weighted" : "simple");
        }
    }
    snprintf(grid->column[2 * t->pairs].head, sizeof grid->column->head, "controls");
}

static void fill_rows(pl_grid *grid, const pl_timeline *t) {
    for (size_t d = 0; d < t->dates; d++) {
        say_date(grid->label[d], sizeof grid->label[d], t->date[d]);
        pl_cell *row = grid->cell + d * grid->columns;
        for (size_t p = 0; p < t->pairs; p++) {
            double now[2] = {t->simple[d * t->pairs + p], t->weighted[d * t->pairs + p]};
            for (size_t k = 0; k < 2; k++) {
                const double *before = k ? t->weighted : t->simple;
                pl_cell *cell = &row[2 * p + k];
                pl_text_number(cell->text, sizeof cell->text, 100 * now[k], 1, false);
                cell->tone = d && fabs(now[k] - before[(d - 1) * t->pairs + p]) > 1e-9 ? PL_STRONG : PL_PLAIN;
            }
        }
        snprintf(row[2 * t->pairs].text, sizeof row->text, "%zu", t->controls[d]);
    }
}

/* Lines as one text with semicolons between them; NULL when out of memory. */
static char *in_one_line(const char *lines) {
    char *text = pl_alloc(2 * strlen(lines) + 1, 1), *to = text;
    for (; text && *lines; lines++) {
        *to++ = *lines == '\n' ? ';' : *lines;
        if (*lines == '\n')
            *to++ = ' ';
    }
    return text;
}

static bool say_events(FILE *out, const pl_timeline *t, const pl_layout *layout) {
    for (size_t d = 0; d < t->dates; d++) {
        char date[32], lead[40], *text = in_one_line(t->events[d]);
        if (!text)
            return false;
        say_date(date, sizeof date, t->date[d]);
        snprintf(lead, sizeof lead, "  %s  ", date);
        if (*text)
            pl_text_wrap(out, lead, text, layout->width);
        free(text);
    }
    return true;
}

pl_status pl_report_timeline(FILE *out, const pl_timeline *t, const pl_layout *layout, pl_error *error) {
    pl_grid grid;
    if (!pl_grid_init(&grid, t->dates, 2 * t->pairs + 1)) {
        pl_grid_clear(&grid);
        return pl_fail_memory(error, t->dates);
    }
    fill_heads(&grid, t);
    fill_rows(&grid, t);
    pl_text_wrap(
        out, "",
        "Tariffs on goods by date, percent: simple over sectors, and weighted by trade of the base year",
        layout->width);
    bool done = pl_grid_print(out, &grid, layout);
    pl_grid_clear(&grid);
    fputs("\nWhat changes\n", out);
    done = say_events(out, t, layout) && done;
    return done ? PL_OK : pl_fail_memory(error, t->dates);
}

/* ---- JSON ---- */

static json_t *event_list(const char *events) {
    json_t *list = json_array();
    while (list && *events) {
        size_t length = strcspn(events, "\n");
        json_array_append_new(list, json_stringn(events, length));
        events += length + (events[length] == '\n');
    }
    return list;
}

static json_t *rates(const pl_timeline *t, size_t d) {
    json_t *list = json_array();
    for (size_t p = 0; list && p < t->pairs; p++) {
        json_t *entry = json_pack("{s:s, s:o, s:o}", "pair", t->pair[p], "simple",
                                  pl_json_number(t->simple[d * t->pairs + p]), "weighted",
                                  pl_json_number(t->weighted[d * t->pairs + p]));
        if (!entry || json_array_append_new(list, entry)) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

pl_status pl_report_timeline_json(FILE *out, const pl_timeline *t, pl_error *error) {
    json_t *dates = json_array();
    for (size_t d = 0; dates && d < t->dates; d++) {
        char date[32];
        say_date(date, sizeof date, t->date[d]);
        json_t *entry = json_pack("{s:s, s:o, s:I, s:o}", "date", date, "events", event_list(t->events[d]),
                                  "controls", (json_int_t)t->controls[d], "tariffs", rates(t, d));
        if (!entry || json_array_append_new(dates, entry)) {
            json_decref(dates);
            dates = NULL;
        }
    }
    json_t *root = dates ? json_pack("{s:s, s:s, s:o}", "parley", pl_version(), "unit",
                                     "rate; simple over sectors of goods, weighted by trade of the base year",
                                     "dates", dates)
                         : NULL;
    bool whole = !root || pl_json_schedule(root, t->scenario, t->variant);
    return pl_json_dump(out, root ? pl_json_whole(root, whole) : NULL, error);
}

/* ---- CSV ---- */

pl_status pl_report_timeline_csv(FILE *out, const pl_timeline *t, pl_error *error) {
    fputs("date,pair,simple_rate,weighted_rate,controls,events\n", out);
    for (size_t d = 0; d < t->dates; d++)
        for (size_t p = 0; p < t->pairs; p++) {
            char date[32], simple[40], weighted[40], *events = in_one_line(t->events[d]);
            if (!events)
                return pl_fail_memory(error, 1);
            say_date(date, sizeof date, t->date[d]);
            pl_text_exact(simple, sizeof simple, t->simple[d * t->pairs + p]);
            pl_text_exact(weighted, sizeof weighted, t->weighted[d * t->pairs + p]);
            fprintf(out, "%s,", date);
            pl_csv_field(out, t->pair[p]);
            fprintf(out, ",%s,%s,%zu,", simple, weighted, t->controls[d]);
            pl_csv_field(out, events);
            fputc('\n', out);
            free(events);
        }
    return PL_OK;
}
