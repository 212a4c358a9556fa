/* Pages: made from readings, charts found by name, written whole or not at all. */
#include "report/page.h"

#include <math.h>
#include <string.h>

size_t pl_page_results(const pl_page *page) {
    return page->second ? 2 : 1;
}

const pl_saved *pl_page_result(const pl_page *page, size_t result) {
    return result ? page->second : page->first;
}

/* ---- views of runs ---- */

const pl_run_reading *pl_view_run(const pl_page_view *view) {
    return &view->reading->run;
}

const pl_read_variant *pl_view_variant(const pl_page_view *view) {
    return &view->reading->run.variant[view->variant];
}

double pl_view_country(const pl_page_view *view, pl_read_country variable, size_t country) {
    const double *value = pl_view_variant(view)->by_country[variable];
    return value && view->country[country] != SIZE_MAX ? value[view->country[country]] : NAN;
}

double pl_view_sector(const pl_page_view *view, pl_read_sector variable, size_t sector, size_t country) {
    const double *value = pl_view_variant(view)->by_sector[variable];
    size_t n = view->country[country], j = view->sector[sector];
    return value && n != SIZE_MAX && j != SIZE_MAX ? value[j * pl_view_run(view)->countries + n] : NAN;
}

void pl_page_order(size_t *order, const double *key, size_t count) {
    for (size_t k = 0; k < count; k++) {
        size_t at = k;
        double value = isnan(key[k]) ? -INFINITY : key[k];
        for (; at > 0; at--) {
            double before = isnan(key[order[at - 1]]) ? -INFINITY : key[order[at - 1]];
            if (before >= value)
                break;
            order[at] = order[at - 1];
        }
        order[at] = k;
    }
}

static bool set_view(pl_page *page, const pl_saved *reading, size_t variant, const char *label) {
    pl_page_view *view = &page->view[page->views++];
    const pl_run_reading *base = &page->first->run, *run = &reading->run;
    view->reading = reading;
    view->variant = variant;
    view->label = pl_strdup(label);
    view->country = pl_alloc(base->countries, sizeof *view->country);
    view->sector = pl_alloc(base->sectors, sizeof *view->sector);
    if (!view->label || !view->country || !view->sector)
        return false;
    for (size_t n = 0; n < base->countries; n++)
        view->country[n] = pl_read_find(run->country, run->countries, base->country[n]);
    for (size_t j = 0; j < base->sectors; j++)
        view->sector[j] = pl_read_find(run->sector, run->sectors, base->sector[j]);
    return true;
}

static size_t variant_of(const pl_run_reading *run, const char *name) {
    for (size_t v = 0; v < run->variants; v++)
        if (!strcmp(run->variant[v].name, name))
            return v;
    return SIZE_MAX;
}

/* The variant asked for in a reading; the first with that name in both otherwise, or the first. */
static pl_status choose_variant(const pl_page *page, const pl_saved *reading, size_t *variant,
                                pl_error *error) {
    const pl_run_reading *run = &reading->run;
    if (!page->asked.variant) {
        const pl_run_reading *other = reading == page->first ? &page->second->run : &page->first->run;
        *variant = 0;
        for (size_t v = page->first->run.variants; v-- > 0;) {
            size_t mine = variant_of(run, page->first->run.variant[v].name);
            if (mine != SIZE_MAX && variant_of(other, page->first->run.variant[v].name) != SIZE_MAX)
                *variant = mine;
        }
        return PL_OK;
    }
    *variant = variant_of(run, page->asked.variant);
    if (*variant != SIZE_MAX)
        return PL_OK;
    const char **names = pl_alloc(run->variants, sizeof *names);
    char near[160] = "";
    for (size_t v = 0; names && v < run->variants; v++)
        names[v] = run->variant[v].name;
    if (names)
        pl_suggest_text(near, sizeof near, page->asked.variant, names, run->variants);
    free(names);
    return pl_fail(error, PL_INVALID, "%s: no variant '%.100s' is in this result%s", reading->file,
                   page->asked.variant, near);
}

static pl_status two_views(pl_page *page, pl_error *error) {
    size_t first, second;
    char label[400];
    pl_status status = choose_variant(page, page->first, &first, error);
    if (!status)
        status = choose_variant(page, page->second, &second, error);
    if (status)
        return status;
    const char *a = page->first->run.variant[first].name, *b = page->second->run.variant[second].name;
    bool same_label = !strcmp(page->first->label, page->second->label);
    snprintf(label, sizeof label, "%s%.150s, %.150s", same_label ? "first: " : "", page->first->label, a);
    bool made = set_view(page, page->first, first, label);
    snprintf(label, sizeof label, "%s%.150s, %.150s", same_label ? "second: " : "", page->second->label, b);
    made = made && set_view(page, page->second, second, label);
    return made ? PL_OK : pl_fail_memory(error, sizeof label);
}

static pl_status every_view(pl_page *page, pl_error *error) {
    const pl_run_reading *run = &page->first->run;
    size_t only = SIZE_MAX;
    if (page->asked.variant) {
        pl_status status = choose_variant(page, page->first, &only, error);
        if (status)
            return status;
    }
    for (size_t v = 0; v < run->variants; v++)
        if ((only == SIZE_MAX || only == v) && !set_view(page, page->first, v, run->variant[v].name))
            return pl_fail_memory(error, sizeof *page->view);
    return PL_OK;
}

/* Thousand millions where the world is large enough for them. */
static void choose_money(pl_page *page) {
    double income = 0;
    for (size_t n = 0; n < page->first->run.countries; n++) {
        double one = pl_view_country(&page->view[0], PL_READ_income_before, n);
        income += isnan(one) ? 0 : one;
    }
    if (!(income > 0))
        income = 1e9;
    page->money = income >= 1e6 ? 1e-3 : 1;
    page->money_name = income >= 1e6 ? "bn USD" : "million USD";
}

pl_status pl_page_views(pl_page *page, pl_error *error) {
    size_t most = page->second ? 2 : page->first->run.variants;
    page->view = pl_alloc(most, sizeof *page->view);
    if (!page->view)
        return pl_fail_memory(error, most * sizeof *page->view);
    pl_status status = page->second ? two_views(page, error) : every_view(page, error);
    if (status)
        return status;
    choose_money(page);
    page->order = pl_alloc(page->first->run.countries, sizeof *page->order);
    if (!page->order)
        return pl_fail_memory(error, page->first->run.countries * sizeof *page->order);
    pl_page_order(page->order, pl_view_variant(&page->view[0])->by_country[PL_READ_real_income],
                  page->first->run.countries);
    return PL_OK;
}

/* ---- the page ---- */

static const char *const KIND[] = {
    [PL_SAVED_RUN] = "run", [PL_SAVED_PATH] = "path", [PL_SAVED_TALKS] = "talks", [PL_SAVED_SWEEP] = "sweep"};

static pl_status make(pl_page *page, pl_error *error) {
    pl_status status = PL_OK;
    page->money = 1e-3;
    page->money_name = "bn USD";
    if (page->second && page->first->kind != page->second->kind)
        return pl_fail(
            error, PL_INVALID,
            "%s is a result of parley %s and %s one of parley %s; two results are compared when they are "
            "of one kind",
            page->first->file, KIND[page->first->kind], page->second->file, KIND[page->second->kind]);
    if (page->asked.variant && page->first->kind != PL_SAVED_RUN)
        return pl_fail(error, PL_INVALID, "%s is one of parley %s; only runs have variants to choose from",
                       page->first->file, KIND[page->first->kind]);
    if (page->first->kind == PL_SAVED_RUN) {
        status = pl_page_views(page, error);
        if (!status)
            pl_page_run(page);
    } else if (page->first->kind == PL_SAVED_PATH) {
        pl_page_path(page);
    } else if (page->first->kind == PL_SAVED_TALKS) {
        pl_page_talks(page);
    } else {
        status = pl_page_sweep(page, error);
    }
    if (!status && page->charts.failed)
        status = pl_fail_memory(error, sizeof *page);
    return status;
}

pl_status pl_page_new(const pl_page_asked *asked, pl_page **page, pl_error *error) {
    pl_page *p = pl_alloc(1, sizeof *p);
    *page = NULL;
    if (!p)
        return pl_fail_memory(error, sizeof *p);
    p->asked = *asked;
    p->first = asked->reading[0];
    p->second = asked->reading[1];
    pl_status status = make(p, error);
    if (status)
        pl_page_free(p);
    else
        *page = p;
    return status;
}

void pl_page_free(pl_page *page) {
    if (!page)
        return;
    for (size_t v = 0; v < page->views; v++) {
        free(page->view[v].label);
        free(page->view[v].country);
        free(page->view[v].sector);
    }
    free(page->view);
    free(page->order);
    pl_charts_clear(&page->charts);
    free(page);
}

size_t pl_page_charts(const pl_page *page) {
    return page->charts.count;
}

const char *pl_page_chart_name(const pl_page *page, size_t chart) {
    return page->charts.item[chart]->name;
}

const char *pl_page_chart_title(const pl_page *page, size_t chart) {
    return page->charts.item[chart]->title;
}

/* ---- what is written ---- */

static const pl_chart *find_chart(const pl_page *page, const char *name, pl_error *error) {
    const pl_chart *chart = pl_charts_find(&page->charts, name);
    if (chart)
        return chart;
    const char **names = pl_alloc(page->charts.count + 1, sizeof *names);
    char near[160] = "";
    for (size_t k = 0; names && k < page->charts.count; k++)
        names[k] = page->charts.item[k]->name;
    if (names)
        pl_suggest_text(near, sizeof near, name, names, page->charts.count);
    free(names);
    pl_fail(error, PL_INVALID, "no chart '%.100s' is on this page%s; --list-charts names them", name, near);
    return NULL;
}

pl_status pl_report_page_chart(FILE *out, const pl_page *page, const char *name, pl_error *error) {
    const pl_chart *chart = find_chart(page, name, error);
    if (!chart)
        return PL_INVALID;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
    pl_chart_draw(out, chart);
    return PL_OK;
}

pl_status pl_report_page_json(FILE *out, const pl_page *page, pl_error *error) {
    json_t *charts = json_array(), *files = json_array();
    bool made = charts && files;
    for (size_t k = 0; k < page->charts.count && made; k++)
        made = json_array_append_new(charts, pl_chart_json(page->charts.item[k])) == 0;
    made = made && json_array_append_new(files, json_string(page->first->file)) == 0;
    if (page->second)
        made = made && json_array_append_new(files, json_string(page->second->file)) == 0;
    json_t *root = made ? json_pack("{ss si ss s{ss} so so sb}", "parley", pl_version(), "format", 1, "kind",
                                    KIND[page->first->kind], "units", "money", page->money_name, "results",
                                    files, "charts", charts, "converged",
                                    pl_saved_converged(page->first) &&
                                        (!page->second || pl_saved_converged(page->second)))
                        : NULL;
    if (!made) {
        json_decref(charts);
        json_decref(files);
    }
    return pl_json_dump(out, root, error);
}

typedef struct {
    const pl_page *page;
    const char *chart;
} what;

static pl_status write_what(FILE *out, const void *data, pl_error *error) {
    const what *w = data;
    return w->chart ? pl_report_page_chart(out, w->page, w->chart, error)
                    : pl_report_page(out, w->page, error);
}

pl_status pl_report_page_write(const char *folder, const char *file, const pl_page *page, const char *chart,
                               pl_error *error) {
    const what w = {page, chart};
    const pl_file one = {file, write_what};
    if (chart && !find_chart(page, chart, error))
        return PL_INVALID;
    return pl_write_files(folder, &one, 1, &w, error);
}
