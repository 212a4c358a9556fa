/* The map of a split in YAML (docs/data.md): what is known of the product that leaves its sector. */
#include "data/data.h"
#include "core/yaml.h"

#include <math.h>
#include <string.h>

static const double SHARE_SUM = 1e-9; /* by which shares may exceed one: rounding of what people write */

typedef struct {
    const pl_world *world;
    pl_split_map *map;
    pl_error *error;
} reading;

/* ---- pieces ---- */

static pl_status read_share(const reading *r, const pl_node *node, const char *what, double *share) {
    bool percent = false;
    if (node->kind != PL_NODE_TEXT || !pl_read_rate(node->text, share, &percent))
        return pl_node_fail(node, r->error, "%s must be a share from 0 to 1, such as 0.9 or 90%%", what);
    if (!(*share >= 0 && *share <= 1))
        return pl_node_fail(node, r->error, "%s is %s; a share is from 0 to 1", what, node->text);
    return PL_OK;
}

static pl_status read_amount(const reading *r, const pl_node *node, const char *what, double *value) {
    pl_status status = pl_node_number(node, what, value, r->error);
    if (!status && !(*value > 0))
        status =
            pl_node_fail(node, r->error, "%s is %s; it must be above 0, in million USD", what, node->text);
    return status;
}

static pl_status find_country(const reading *r, const pl_node *key, size_t *index) {
    pl_error inner;
    pl_status status = pl_world_find(r->world, PL_COUNTRY, key->text, index, &inner);
    return status ? pl_node_fail(key, r->error, "%s", inner.text) : PL_OK;
}

/* A place among sectors, or one of the extra words that follow them. */
static pl_status find_place(const reading *r, const pl_node *key, const char *const *extra, size_t extras,
                            size_t *index) {
    size_t J = r->world->sectors;
    for (size_t i = 0; i < extras; i++) {
        if (pl_same_word(key->text, extra[i])) {
            *index = J + i;
            return PL_OK;
        }
    }
    pl_error inner;
    pl_status status = pl_world_find(r->world, PL_SECTOR, key->text, index, &inner);
    return status ? pl_node_fail(key, r->error, "%s", inner.text) : PL_OK;
}

static pl_status need_map(const reading *r, const pl_node *node, const char *what, const char *like) {
    if (node->kind == PL_NODE_MAP)
        return PL_OK;
    return pl_node_fail(node, r->error, "%s must be a map, such as %s", what, like);
}

/* Two keys can be one country or sector, by code and by name. */
static pl_status put(const reading *r, const pl_node *key, double *slot, double value) {
    if (!isnan(*slot))
        return pl_node_fail(key, r->error, "'%s' is given twice", key->text);
    *slot = value;
    return PL_OK;
}

/* What shares given in one map add up to must not exceed one. */
static pl_status check_sum(const reading *r, const pl_node *node, const char *what, const double *share,
                           size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += isnan(share[i]) ? 0 : share[i];
    if (sum <= 1 + SHARE_SUM)
        return PL_OK;
    return pl_node_fail(node, r->error, "%s add up to %.9g; shares add up to at most 1", what, sum);
}

/* {COUNTRY: share} into [N]. */
static pl_status read_country_shares(const reading *r, const pl_node *node, const char *what, bool sum,
                                     double *share) {
    pl_status status = need_map(r, node, what, "{CHN: 0.9, MYS: 0.04}");
    for (size_t i = 0; i < node->count && !status; i++) {
        size_t n = 0;
        double value = 0;
        status = find_country(r, node->key[i], &n);
        if (!status)
            status = read_share(r, node->item[i], what, &value);
        if (!status)
            status = put(r, node->key[i], &share[n], value);
    }
    return status || !sum ? status : check_sum(r, node, what, share, r->world->countries);
}

/* {SECTOR: share} into [J + extras]. */
static pl_status read_sector_shares(const reading *r, const pl_node *node, const char *what,
                                    const char *const *extra, size_t extras, double *share) {
    pl_status status = need_map(r, node, what, "{C27: 0.4, C29: 0.3}");
    for (size_t i = 0; i < node->count && !status; i++) {
        size_t k = 0;
        double value = 0;
        status = find_place(r, node->key[i], extra, extras, &k);
        if (!status)
            status = read_share(r, node->item[i], what, &value);
        if (!status)
            status = put(r, node->key[i], &share[k], value);
    }
    return status ? status : check_sum(r, node, what, share, r->world->sectors + extras);
}

/* ---- the keys ---- */

static pl_status read_output(const reading *r, const pl_node *node) {
    static const char *const keys[] = {"value", "shares"};
    const pl_node *value = NULL, *shares = pl_node_get(node, "shares");
    pl_status status = need_map(r, node, "output", "{value: 6000, shares: {CHN: 0.9}}");
    if (!status)
        status = pl_node_check_keys(node, keys, 2, "output", r->error);
    if (!status)
        status = pl_node_need(node, "value", "output", &value, r->error);
    if (!status)
        status = read_amount(r, value, "value of output", &r->map->value);
    if (!status && shares)
        status = read_country_shares(r, shares, "shares of output", true, r->map->output_share);
    return status;
}

static pl_status read_buyer(const reading *r, const pl_node *key, const pl_node *node) {
    static const char *const keys[] = {"value", "shares"};
    const pl_node *value = NULL, *shares = NULL;
    size_t n = 0, N = r->world->countries;
    double amount = 0;
    pl_status status = find_country(r, key, &n);
    if (!status)
        status = need_map(r, node, "imports of a buyer", "{value: 510, shares: {CHN: 0.68}}");
    if (!status)
        status = pl_node_check_keys(node, keys, 2, "imports of a buyer", r->error);
    if (!status)
        status = pl_node_need(node, "value", "imports of a buyer", &value, r->error);
    if (!status)
        status = pl_node_need(node, "shares", "imports of a buyer", &shares, r->error);
    if (!status)
        status = read_amount(r, value, "value of imports", &amount);
    if (!status)
        status = put(r, key, &r->map->import_value[n], amount);
    if (!status)
        status = read_country_shares(r, shares, "shares of imports", true, r->map->import_share + n * N);
    if (!status && r->map->import_share[n * N + n] > 0)
        status =
            pl_node_fail(shares, r->error, "%s does not import from itself; its own sales are home_share",
                         r->world->country_code[n]);
    return status;
}

static pl_status read_imports(const reading *r, const pl_node *node) {
    pl_status status = need_map(r, node, "imports", "{USA: {value: 510, shares: {CHN: 0.68}}}");
    for (size_t i = 0; i < node->count && !status; i++)
        status = read_buyer(r, node->key[i], node->item[i]);
    return status;
}

static pl_status read_tariffs(const reading *r, const pl_node *node) {
    size_t N = r->world->countries;
    pl_status status = need_map(r, node, "tariff", "{USA: {CHN: 2.1%}}");
    for (size_t b = 0; b < node->count && !status; b++) {
        const pl_node *row = node->item[b];
        size_t n = 0, i = 0;
        double rate = 0;
        status = find_country(r, node->key[b], &n);
        if (!status)
            status = need_map(r, row, "tariffs of a buyer", "{CHN: 2.1%}");
        for (size_t s = 0; s < row->count && !status; s++) {
            status = find_country(r, row->key[s], &i);
            if (!status && i == n)
                status = pl_node_fail(row->key[s], r->error, "%s levies no import duty on itself",
                                      r->world->country_code[n]);
            if (!status)
                status = pl_node_rate(row->item[s], "tariff", &rate, r->error);
            if (!status)
                status = put(r, row->key[s], &r->map->tariff[n * N + i], rate);
        }
    }
    return status;
}

static pl_status read_country_users(const reading *r, const pl_node *node) {
    const char *const extra[] = {r->map->code, "final"};
    size_t wide = r->world->sectors + 2;
    pl_status status = need_map(r, node, "country_users", "{CHN: {C27: 0.5}}");
    for (size_t i = 0; i < node->count && !status; i++) {
        size_t n = 0;
        status = find_country(r, node->key[i], &n);
        if (!status)
            status = read_sector_shares(r, node->item[i], "shares of users", extra, 2,
                                        r->map->country_user + n * wide);
    }
    return status;
}

static pl_status read_theta(const reading *r, const pl_node *node) {
    const pl_world *w = r->world;
    bool all = node->kind == PL_NODE_TEXT;
    pl_status status = all ? PL_OK : need_map(r, node, "theta", "4, or {FGO: 4}");
    for (size_t i = 0; i < node->count && !status && !all; i++) {
        size_t s = 0;
        while (s < w->sets && strcmp(w->set[s].name, node->key[i]->text))
            s++;
        if (s == w->sets)
            return pl_node_fail(node->key[i], r->error, "this world has no set of elasticities '%s'",
                                node->key[i]->text);
        status = pl_node_number(node->item[i], "theta", &r->map->theta[s], r->error);
    }
    for (size_t s = 0; s < w->sets && !status && all; s++)
        status = pl_node_number(node, "theta", &r->map->theta[s], r->error);
    for (size_t s = 0; s < w->sets && !status; s++)
        if (!isnan(r->map->theta[s]) && !(r->map->theta[s] > 0))
            status = pl_node_fail(node, r->error, "theta of set %s is %g; it must be positive",
                                  w->set[s].name, r->map->theta[s]);
    return status;
}

/* Keys of the map that are assumptions and not figures, as one line. */
static pl_status read_assumed(const reading *r, const pl_node *node, const char *const *keys, size_t count) {
    char text[400] = "";
    pl_strings list = {0};
    pl_status status = node ? pl_node_texts(node, "assumed", &list, r->error) : PL_OK;
    for (size_t i = 0, used = 0; i < list.count && !status; i++) {
        size_t k = 0;
        const char *dot = strchr(list.item[i], '.');
        size_t length = dot ? (size_t)(dot - list.item[i]) : strlen(list.item[i]);
        while (k < count && (strlen(keys[k]) != length || strncmp(keys[k], list.item[i], length)))
            k++;
        if (k == count)
            status = pl_node_fail(node, r->error, "'%s' under assumed is no key of the map", list.item[i]);
        else if (used < sizeof text)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "", list.item[i]);
    }
    pl_strings_clear(&list);
    if (status)
        return status;
    r->map->assumed = pl_strdup(text);
    return r->map->assumed ? PL_OK : pl_fail_memory(r->error, sizeof text);
}

/* An optional text, "" when the key is not there. */
static pl_status read_text(const reading *r, const pl_node *root, const char *key, const char *otherwise,
                           char **out) {
    const pl_node *node = pl_node_get(root, key);
    const char *text = otherwise;
    pl_status status = node ? pl_node_text(node, key, &text, r->error) : PL_OK;
    if (status)
        return status;
    *out = pl_strdup(text);
    return *out ? PL_OK : pl_fail_memory(r->error, strlen(text));
}

static bool is_sector(const pl_world *w, const char *text) {
    for (size_t j = 0; j < w->sectors; j++)
        if (pl_same_word(w->sector_code[j], text) || pl_same_word(w->sector_name[j], text))
            return true;
    return false;
}

/* Product, parent and name. */
static pl_status read_names(const reading *r, const pl_node *root) {
    const pl_node *product = NULL, *parent = NULL;
    const char *code = NULL;
    pl_error inner;
    pl_status status = pl_node_need(root, "product", "the map of a split", &product, r->error);
    if (!status)
        status = pl_node_need(root, "parent", "the map of a split", &parent, r->error);
    if (!status)
        status = pl_node_text(product, "product", &code, r->error);
    if (status)
        return status;
    if (is_sector(r->world, code) || pl_same_word(code, "final") || pl_same_word(code, "value_added"))
        return pl_node_fail(product, r->error, "'%s' is taken; the product needs a code of its own", code);
    status = read_text(r, root, "product", "", &r->map->code);
    if (!status)
        status = read_text(r, root, "name", code, &r->map->name);
    if (!status && (parent->kind != PL_NODE_TEXT ||
                    pl_world_find(r->world, PL_SECTOR, parent->text, &r->map->parent, &inner)))
        status = pl_node_fail(parent, r->error, "parent: %s",
                              parent->kind == PL_NODE_TEXT ? inner.text : "it must be one sector");
    return status;
}

static pl_status read_shares(const reading *r, const pl_node *root) {
    static const char *const value_added[] = {"value_added"};
    const char *const last[] = {r->map->code, "final"};
    const pl_node *home = pl_node_get(root, "home_share"), *imports = pl_node_get(root, "imports"),
                  *tariff = pl_node_get(root, "tariff"), *users = pl_node_get(root, "users"),
                  *country = pl_node_get(root, "country_users"), *inputs = pl_node_get(root, "inputs");
    pl_status status = PL_OK;
    if (home)
        status = read_country_shares(r, home, "home_share", false, r->map->home_share);
    if (!status && imports)
        status = read_imports(r, imports);
    if (!status && tariff)
        status = read_tariffs(r, tariff);
    if (!status && users)
        status = read_sector_shares(r, users, "shares of users", last, 2, r->map->user);
    if (!status && country)
        status = read_country_users(r, country);
    if (!status && inputs)
        status = read_sector_shares(r, inputs, "shares of inputs", value_added, 1, r->map->input);
    return status;
}

static pl_status read_root(const reading *r, const pl_node *root) {
    static const char *const keys[] = {"product",    "name",    "parent",  "goods",  "output",
                                       "home_share", "imports", "tariff",  "users",  "country_users",
                                       "inputs",     "theta",   "assumed", "source", "note"};
    enum { KEYS = sizeof keys / sizeof *keys };
    const pl_node *output = NULL, *theta = pl_node_get(root, "theta"), *goods = pl_node_get(root, "goods");
    pl_status status = pl_node_check_keys(root, keys, KEYS, "the map of a split", r->error);
    if (!status)
        status = read_names(r, root);
    if (status)
        return status;
    r->map->goods = r->world->goods[r->map->parent];
    if (goods)
        status = pl_node_bool(goods, "goods", &r->map->goods, r->error);
    if (!status)
        status = pl_node_need(root, "output", "the map of a split", &output, r->error);
    if (!status)
        status = read_output(r, output);
    if (!status)
        status = read_shares(r, root);
    if (!status && theta)
        status = read_theta(r, theta);
    if (!status)
        status = read_assumed(r, pl_node_get(root, "assumed"), keys, KEYS);
    if (!status)
        status = read_text(r, root, "source", "", &r->map->source);
    if (!status)
        status = read_text(r, root, "note", "", &r->map->note);
    return status;
}

/* ---- the struct ---- */

static bool map_init(pl_split_map *m, const pl_world *w, const char *path) {
    size_t N = w->countries, J = w->sectors;
    size_t count = 3 * N + 2 * N * N + (N + 1) * (J + 2) + J + 1 + w->sets;
    memset(m, 0, sizeof *m);
    m->countries = N;
    m->sectors = J;
    m->path = pl_strdup(path);
    double *at = m->block = pl_alloc(count, sizeof(double));
    if (!m->path || !at)
        return false;
    for (size_t i = 0; i < count; i++)
        at[i] = NAN;
    m->output_share = at;
    m->home_share = m->output_share + N;
    m->import_value = m->home_share + N;
    m->import_share = m->import_value + N;
    m->tariff = m->import_share + N * N;
    m->user = m->tariff + N * N;
    m->country_user = m->user + J + 2;
    m->input = m->country_user + N * (J + 2);
    m->theta = m->input + J + 1;
    return true;
}

void pl_split_map_clear(pl_split_map *m) {
    free(m->path);
    free(m->code);
    free(m->name);
    free(m->source);
    free(m->note);
    free(m->assumed);
    free(m->block);
    memset(m, 0, sizeof *m);
}

pl_status pl_split_map_load(const pl_world *w, const char *path, pl_split_map *map, pl_error *error) {
    pl_yaml *doc = NULL;
    memset(map, 0, sizeof *map);
    pl_status status = pl_yaml_load(path, &doc, error);
    if (status)
        return status;
    const reading r = {.world = w, .map = map, .error = error};
    if (map_init(map, w, path))
        status = read_root(&r, doc->root);
    else
        status = pl_fail_memory(error, w->countries * w->countries * sizeof(double));
    pl_yaml_free(doc);
    if (status)
        pl_split_map_clear(map);
    return status;
}
