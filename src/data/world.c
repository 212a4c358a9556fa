/* The world object: making, reading and freeing it; finding countries and sectors by what people call them.
 */
#include "data/data.h"

#include <string.h>

const char *const pl_origin_word[PL_ORIGIN_REST + 1] = {"whole", "known", "filled", "rest"};

static bool take_labels(pl_world *w) {
    w->country_code = pl_alloc(w->countries, sizeof(char *));
    w->country_name = pl_alloc(w->countries, sizeof(char *));
    w->sector_code = pl_alloc(w->sectors, sizeof(char *));
    w->sector_name = pl_alloc(w->sectors, sizeof(char *));
    w->goods = pl_alloc(w->sectors, sizeof(bool));
    return w->country_code && w->country_name && w->sector_code && w->sector_name && w->goods;
}

static bool take_arrays(pl_world *w) {
    size_t n = w->countries, j = w->sectors;
    w->flow = pl_alloc(n * n * j, sizeof(double));
    w->tariff = pl_alloc(n * n * j, sizeof(double));
    w->input_share = pl_alloc(n * j * j, sizeof(double));
    w->value_added_share = pl_alloc(n * j, sizeof(double));
    return w->flow && w->tariff && w->input_share && w->value_added_share;
}

pl_world *pl_world_blank(size_t countries, size_t sectors) {
    if (!pl_world_fits(countries, sectors))
        return NULL;
    pl_world *w = pl_alloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->countries = countries;
    w->sectors = sectors;
    if (!take_labels(w) || !take_arrays(w)) {
        pl_world_free(w);
        return NULL;
    }
    return w;
}

bool pl_world_fits(size_t countries, size_t sectors) {
    enum { MOST_LABELS = 20000 };
    if (countries < 1 || sectors < 1 || countries > MOST_LABELS || sectors > MOST_LABELS)
        return false;
    return countries * countries <= PL_MOST_CELLS / sectors && sectors * sectors <= PL_MOST_CELLS / countries;
}

pl_status pl_world_refuse_size(const char *origin, size_t countries, size_t sectors, pl_error *error) {
    if (pl_world_fits(countries, sectors))
        return PL_OK;
    return pl_fail_at(error, PL_INVALID, origin, 0,
                      "%zu countries and %zu sectors; a world has at least one of each and at most %d cells "
                      "in a table",
                      countries, sectors, PL_MOST_CELLS);
}

static void free_labels(char **labels, size_t count) {
    for (size_t i = 0; labels && i < count; i++)
        free(labels[i]);
    free(labels);
}

void pl_world_free(pl_world *w) {
    if (!w)
        return;
    free_labels(w->country_code, w->countries);
    free_labels(w->country_name, w->countries);
    free_labels(w->sector_code, w->sectors);
    free_labels(w->sector_name, w->sectors);
    free(w->goods);
    free(w->flow);
    free(w->tariff);
    free(w->export_tax);
    free(w->input_share);
    free(w->value_added_share);
    free(w->profit_share);
    free(w->flow_origin);
    for (size_t s = 0; s < w->sets; s++) {
        free(w->set[s].name);
        free(w->set[s].theta);
        free(w->set[s].error);
    }
    free(w->set);
    pl_strings_clear(&w->note_keys);
    pl_strings_clear(&w->notes);
    free(w);
}

bool pl_world_label(pl_world *w, pl_axis axis, size_t index, const char *code, const char *name) {
    char **codes = axis == PL_COUNTRY ? w->country_code : w->sector_code;
    char **names = axis == PL_COUNTRY ? w->country_name : w->sector_name;
    free(codes[index]);
    free(names[index]);
    codes[index] = pl_strdup(code);
    names[index] = pl_strdup(name && *name ? name : code);
    return codes[index] && names[index];
}

/* A copy of standard errors with zeros for what is none; NULL in *copy when there is none at all. */
static bool copy_errors(const double *error, size_t count, double **copy) {
    bool any = false;
    *copy = NULL;
    for (size_t j = 0; error && j < count; j++)
        any = any || error[j] > 0;
    if (!any)
        return true;
    *copy = pl_alloc(count, sizeof **copy);
    for (size_t j = 0; *copy && j < count; j++)
        (*copy)[j] = error[j] > 0 ? error[j] : 0;
    return *copy != NULL;
}

bool pl_world_add_set(pl_world *w, const char *name, const double *theta, const double *error) {
    pl_elasticity_set *grown = realloc(w->set, (w->sets + 1) * sizeof *grown);
    if (!grown)
        return false;
    w->set = grown;
    pl_elasticity_set *set = &w->set[w->sets];
    set->name = pl_strdup(name);
    set->theta = pl_alloc(w->sectors, sizeof(double));
    if (!copy_errors(error, w->sectors, &set->error) || !set->name || !set->theta) {
        free(set->name);
        free(set->theta);
        free(set->error);
        return false;
    }
    memcpy(set->theta, theta, w->sectors * sizeof(double));
    w->sets++;
    return true;
}

void pl_world_tidy(pl_world *w) {
    double **table[2] = {&w->export_tax, &w->profit_share};
    size_t size[2] = {w->sectors * w->countries * w->countries, w->countries * w->sectors};
    bool split = false;
    for (int t = 0; t < 2; t++) {
        bool used = false;
        for (size_t i = 0; *table[t] && i < size[t] && !used; i++)
            used = (*table[t])[i] != 0; /* NaN counts as used, so that it is found and refused */
        if (!used) {
            free(*table[t]);
            *table[t] = NULL;
        }
    }
    for (size_t i = 0; w->flow_origin && i < size[0] && !split; i++)
        split = w->flow_origin[i] != PL_ORIGIN_WHOLE;
    if (!split) {
        free(w->flow_origin);
        w->flow_origin = NULL;
    }
}

void pl_world_close_value_added(pl_world *w) {
    for (size_t nj = 0; nj < w->countries * w->sectors; nj++)
        w->value_added_share[nj] = 1 - pl_sum(w->input_share + nj * w->sectors, w->sectors);
}

/* Copies the labels of one axis; names may be NULL. */
static pl_status copy_labels(pl_world *w, pl_axis axis, const char *const *codes, const char *const *names,
                             pl_error *error) {
    for (size_t i = 0; i < pl_world_size(w, axis); i++) {
        if (!codes || !codes[i])
            return pl_fail(error, PL_INVALID, "%s %zu of the new world has no code",
                           axis == PL_COUNTRY ? "country" : "sector", i + 1);
        if (!pl_world_label(w, axis, i, codes[i], names ? names[i] : NULL))
            return pl_fail_memory(error, strlen(codes[i]));
    }
    return PL_OK;
}

/* Copies an optional table the world may do without; false when out of memory. */
static bool copy_table(double **to, const double *from, size_t count) {
    if (!from)
        return true;
    if (!*to)
        *to = pl_alloc(count, sizeof(double));
    if (!*to)
        return false;
    memcpy(*to, from, count * sizeof(double));
    return true;
}

static pl_status copy_tables(pl_world *w, const pl_world_tables *t, pl_error *error) {
    size_t nn = w->sectors * w->countries * w->countries, nj = w->countries * w->sectors;
    if (!t->flow)
        return pl_fail(error, PL_INVALID, "the new world has no table of flows");
    if (!copy_table(&w->flow, t->flow, nn) || !copy_table(&w->tariff, t->tariff, nn) ||
        !copy_table(&w->export_tax, t->export_tax, nn) ||
        !copy_table(&w->input_share, t->input_share, nj * w->sectors) ||
        !copy_table(&w->value_added_share, t->value_added_share, nj) ||
        !copy_table(&w->profit_share, t->profit_share, nj))
        return pl_fail_memory(error, nn * sizeof(double));
    if (!t->value_added_share)
        pl_world_close_value_added(w);
    if (t->theta && !pl_world_add_set(w, "world", t->theta, t->theta_error))
        return pl_fail_memory(error, w->sectors * sizeof(double));
    return PL_OK;
}

pl_status pl_world_new(const pl_world_tables *t, pl_world **world, pl_error *error) {
    *world = NULL;
    pl_status status = pl_world_refuse_size("new world", t->countries, t->sectors, error);
    if (status)
        return status;
    pl_world *w = pl_world_blank(t->countries, t->sectors);
    if (!w)
        return pl_fail_memory(error, t->countries * t->countries * t->sectors * sizeof(double));
    status = copy_labels(w, PL_COUNTRY, t->country_codes, t->country_names, error);
    if (!status)
        status = copy_labels(w, PL_SECTOR, t->sector_codes, t->sector_names, error);
    if (!status)
        status = copy_tables(w, t, error);
    if (!status) {
        pl_world_default_goods(w);
        if (t->goods)
            memcpy(w->goods, t->goods, w->sectors * sizeof(bool));
        pl_world_tidy(w);
        status = pl_world_form(w, "new world", error);
    }
    if (status) {
        pl_world_free(w);
        return status;
    }
    *world = w;
    return PL_OK;
}

size_t pl_world_size(const pl_world *w, pl_axis axis) {
    return axis == PL_COUNTRY ? w->countries : w->sectors;
}

const char *pl_world_code(const pl_world *w, pl_axis axis, size_t index) {
    return (axis == PL_COUNTRY ? w->country_code : w->sector_code)[index];
}

const char *pl_world_name(const pl_world *w, pl_axis axis, size_t index) {
    const char *name = (axis == PL_COUNTRY ? w->country_name : w->sector_name)[index];
    return name && *name ? name : pl_world_code(w, axis, index);
}

bool pl_world_is_goods(const pl_world *w, size_t sector) {
    return w->goods[sector];
}

size_t pl_world_look_up(const pl_world *w, pl_axis axis, const char *text) {
    size_t count = pl_world_size(w, axis);
    char code[4];
    for (size_t i = 0; i < count; i++)
        if (!strcmp(pl_world_code(w, axis, i), text))
            return i;
    for (size_t i = 0; i < count; i++)
        if (pl_same_word(pl_world_code(w, axis, i), text))
            return i;
    for (size_t i = 0; i < count; i++)
        if (pl_same_word(pl_world_name(w, axis, i), text))
            return i;
    if (axis == PL_COUNTRY && pl_long_code(text, code))
        return pl_world_look_up(w, axis, code);
    return SIZE_MAX;
}

pl_status pl_world_find(const pl_world *w, pl_axis axis, const char *text, size_t *index, pl_error *error) {
    size_t count = pl_world_size(w, axis);
    *index = pl_world_look_up(w, axis, text);
    if (*index != SIZE_MAX)
        return PL_OK;
    char near[160] = "";
    const char **names = pl_alloc(2 * count, sizeof *names);
    for (size_t i = 0; names && i < count; i++) {
        names[i] = pl_world_code(w, axis, i);
        names[count + i] = pl_world_name(w, axis, i);
    }
    if (names)
        pl_suggest_text(near, sizeof near, text, names, 2 * count);
    free(names);
    return pl_fail(error, PL_INVALID, "unknown %s '%s'%s; this world has %zu %s",
                   axis == PL_COUNTRY ? "country" : "sector", text, near, count,
                   axis == PL_COUNTRY ? "countries" : "sectors");
}

const double *pl_world_flow(const pl_world *w) {
    return w->flow;
}

const double *pl_world_tariff(const pl_world *w) {
    return w->tariff;
}

const double *pl_world_export_tax(const pl_world *w) {
    return w->export_tax;
}

const double *pl_world_input_share(const pl_world *w) {
    return w->input_share;
}

const double *pl_world_value_added_share(const pl_world *w) {
    return w->value_added_share;
}

const double *pl_world_profit_share(const pl_world *w) {
    return w->profit_share;
}

const unsigned char *pl_world_flow_origin(const pl_world *w) {
    return w->flow_origin;
}

size_t pl_world_elasticity_sets(const pl_world *w) {
    return w->sets;
}

const char *pl_world_elasticity_name(const pl_world *w, size_t set) {
    return set < w->sets ? w->set[set].name : NULL;
}

const double *pl_world_elasticity(const pl_world *w, size_t set) {
    return set < w->sets ? w->set[set].theta : NULL;
}

const double *pl_world_elasticity_error(const pl_world *w, size_t set) {
    return set < w->sets ? w->set[set].error : NULL;
}

const char *pl_world_note_key(const pl_world *w, size_t index) {
    return index < w->note_keys.count ? w->note_keys.item[index] : NULL;
}

/* Where a note is, or the count of notes. */
static size_t find_note(const pl_world *w, const char *key) {
    size_t at = 0;
    while (at < w->note_keys.count && strcmp(w->note_keys.item[at], key))
        at++;
    return at;
}

const char *pl_world_note(const pl_world *w, const char *key) {
    size_t at = find_note(w, key);
    return at < w->note_keys.count ? w->notes.item[at] : NULL;
}

pl_status pl_world_set_note(pl_world *w, const char *key, const char *text, pl_error *error) {
    if (!*key)
        return pl_fail(error, PL_INVALID, "a note on a world needs a key, such as title or source");
    size_t at = find_note(w, key);
    if (at < w->note_keys.count) {
        char *copy = pl_strdup(text);
        if (!copy)
            return pl_fail_memory(error, strlen(text));
        free(w->notes.item[at]);
        w->notes.item[at] = copy;
        return PL_OK;
    }
    if (!pl_strings_add(&w->notes, text))
        return pl_fail_memory(error, strlen(text));
    if (!pl_strings_add(&w->note_keys, key)) {
        free(w->notes.item[--w->notes.count]);
        return pl_fail_memory(error, strlen(key));
    }
    return PL_OK;
}

/* Copies labels, goods and elasticity sets between worlds of one size. */
static bool copy_description(pl_world *to, const pl_world *from) {
    for (int axis = 0; axis < 2; axis++)
        for (size_t i = 0; i < pl_world_size(from, (pl_axis)axis); i++)
            if (!pl_world_label(to, (pl_axis)axis, i, pl_world_code(from, (pl_axis)axis, i),
                                pl_world_name(from, (pl_axis)axis, i)))
                return false;
    memcpy(to->goods, from->goods, from->sectors * sizeof(bool));
    for (size_t s = 0; s < from->sets; s++)
        if (!pl_world_add_set(to, from->set[s].name, from->set[s].theta, from->set[s].error))
            return false;
    return pl_world_copy_notes(to, from);
}

static bool copy_origin(pl_world *to, const pl_world *from, size_t count) {
    if (!from->flow_origin)
        return true;
    to->flow_origin = pl_alloc(count, 1);
    if (to->flow_origin)
        memcpy(to->flow_origin, from->flow_origin, count);
    return to->flow_origin != NULL;
}

pl_world *pl_world_copy(const pl_world *from) {
    pl_world *to = pl_world_blank(from->countries, from->sectors);
    size_t nn = from->sectors * from->countries * from->countries, nj = from->countries * from->sectors;
    if (!to)
        return NULL;
    if (copy_description(to, from) && copy_table(&to->flow, from->flow, nn) &&
        copy_table(&to->tariff, from->tariff, nn) && copy_table(&to->export_tax, from->export_tax, nn) &&
        copy_table(&to->input_share, from->input_share, nj * from->sectors) &&
        copy_table(&to->value_added_share, from->value_added_share, nj) &&
        copy_table(&to->profit_share, from->profit_share, nj) && copy_origin(to, from, nn))
        return to;
    pl_world_free(to);
    return NULL;
}

bool pl_world_copy_notes(pl_world *to, const pl_world *from) {
    for (size_t i = 0; i < from->note_keys.count; i++)
        if (pl_world_set_note(to, from->note_keys.item[i], from->notes.item[i], NULL))
            return false;
    return true;
}
