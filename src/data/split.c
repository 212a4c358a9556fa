/*
 * Carving a product out of a sector. First its flows: what the map knows, then each seller's remaining sales in
 * proportion to the sector's. Then, country by country, the sector's column of inputs and its row of users are split in
 * two, so that product and rest always add up to what was there and every identity that held goes on holding.
 */
#include "data/data.h"

#include <math.h>
#include <string.h>

static const double ROUNDING =
    1e-9; /* by which a map may exceed what is held: rounding of what people write */

typedef struct {
    const pl_world *from;
    const pl_split_map *map;
    pl_world *to;
    pl_error *error;
    size_t N, J, parent, product; /* J and parent of the old world; product is its place in the new one */
    double *take;                 /* [N][N] [buyer][seller] flow of the product, NaN while it is open */
    unsigned char *known;         /* [N][N] */
    double *held;                 /* [N] output of the parent sector by seller */
    double *made;                 /* [N] output of the product */
    double *total, *wish, *part;  /* [J + 2] of one country */
    double *output, *spending;    /* [N][J + 1] of the new world */
} splitting;

static double cell(const splitting *s, const double *table, size_t n, size_t i) {
    return table ? table[(s->parent * s->N + n) * s->N + i] : 0;
}

/* What the seller gets of a flow, net of export tax. */
static double net(const splitting *s, size_t n, size_t i) {
    return 1 / (1 + cell(s, s->from->export_tax, n, i));
}

static const char *code(const splitting *s, size_t n) {
    return s->from->country_code[n];
}

static const char *parent_code(const splitting *s) {
    return s->from->sector_code[s->parent];
}

static pl_status refuse(const splitting *s, const char *text) {
    return pl_fail_at(s->error, PL_INVALID, s->map->path, 0, "%s", text);
}

/* ---- flows ---- */

/* Gives a flow its value, unless the sector does not hold as much. */
static pl_status set_flow(splitting *s, size_t n, size_t i, double value, bool known) {
    double held = cell(s, s->from->flow, n, i);
    char text[400];
    if (value > held * (1 + ROUNDING)) {
        snprintf(
            text, sizeof text,
            "%s would buy %.6g million USD of %s from %s, but sector %s holds %.6g million USD of that flow",
            code(s, n), value, s->map->code, code(s, i), parent_code(s), held);
        return refuse(s, text);
    }
    s->take[n * s->N + i] = fmin(value, held);
    s->known[n * s->N + i] = known;
    return PL_OK;
}

/* The product's share of a seller's output, as the map gives it or in proportion; only weights of what is filled. */
static void intensities(const splitting *s, double *intensity) {
    double named = 0, held = 0;
    for (size_t i = 0; i < s->N; i++) {
        bool given = !isnan(s->map->output_share[i]);
        named += given ? s->map->output_share[i] : 0;
        held += given ? 0 : s->held[i];
    }
    for (size_t i = 0; i < s->N; i++) {
        double share = s->map->output_share[i], value = s->map->value;
        if (!isnan(share))
            intensity[i] = s->held[i] > 0 ? share * value / s->held[i] : 0;
        else
            intensity[i] = held > 0 ? fmax(1 - named, 0) * value / held : 0;
    }
}

/* One buyer whose imports are known: the sellers named, then the rest in proportion. */
static pl_status plan_buyer(splitting *s, size_t n, const double *intensity) {
    const double *share = s->map->import_share + n * s->N;
    double value = s->map->import_value[n], named = 0, open = 0;
    pl_status status = PL_OK;
    for (size_t i = 0; i < s->N && !status; i++) {
        if (!isnan(share[i]) && i != n)
            status = set_flow(s, n, i, share[i] * value, true);
        named += isnan(share[i]) ? 0 : share[i];
        open += isnan(share[i]) && i != n ? cell(s, s->from->flow, n, i) * intensity[i] : 0;
    }
    double rest = named < 1 - ROUNDING ? (1 - named) * value : 0;
    char text[300];
    if (!status && rest > 0 && !(open > 0)) {
        snprintf(text, sizeof text,
                 "shares of the imports of %s add up to %.9g, and nobody is left to sell the rest",
                 code(s, n), named);
        return refuse(s, text);
    }
    for (size_t i = 0; i < s->N && !status; i++)
        if (isnan(share[i]) && i != n)
            status = set_flow(
                s, n, i, rest > 0 ? rest * cell(s, s->from->flow, n, i) * intensity[i] / open : 0, false);
    return status;
}

/* Sales of a seller that stand already, net of export tax. */
static double standing(const splitting *s, size_t i) {
    double sum = 0;
    for (size_t n = 0; n < s->N; n++)
        sum += isnan(s->take[n * s->N + i]) ? 0 : s->take[n * s->N + i] * net(s, n, i);
    return sum;
}

/* Output by country: the map's shares; the other countries make what they are known to sell and share the rest. */
static pl_status plan_output(splitting *s) {
    double rest = s->map->value, room = 0;
    char text[400];
    for (size_t i = 0; i < s->N; i++) {
        bool given = !isnan(s->map->output_share[i]);
        s->made[i] = given ? s->map->output_share[i] * s->map->value : standing(s, i);
        rest -= s->made[i];
        room += given ? 0 : s->held[i] - s->made[i];
    }
    if (rest > fmax(room, 0) + ROUNDING * s->map->value) {
        snprintf(
            text, sizeof text,
            "%.6g million USD of %s is left for the countries whose output the map does not name, but their "
            "sector %s holds %.6g",
            rest, s->map->code, parent_code(s), room);
        return refuse(s, text);
    }
    if (rest < -ROUNDING * s->map->value) {
        snprintf(text, sizeof text,
                 "known output and known sales of %s come to %.6g million USD, more than the world's %.6g",
                 s->map->code, s->map->value - rest, s->map->value);
        return refuse(s, text);
    }
    for (size_t i = 0; i < s->N; i++) {
        if (isnan(s->map->output_share[i]) && room > 0)
            s->made[i] += fmax(rest, 0) * ((s->held[i] - s->made[i]) / room);
        if (s->made[i] <= s->held[i] * (1 + ROUNDING))
            continue;
        snprintf(text, sizeof text, "%s would make %.6g million USD of %s, but its sector %s makes %.6g",
                 code(s, i), s->made[i], s->map->code, parent_code(s), s->held[i]);
        return refuse(s, text);
    }
    return PL_OK;
}

/* What a seller makes beyond what stands, over the flows that are open, in proportion to the sector's. */
static pl_status plan_seller(splitting *s, size_t i) {
    double share = s->map->home_share[i], open = 0;
    pl_status status = isnan(share) ? PL_OK : set_flow(s, i, i, share * s->made[i] / net(s, i, i), true);
    double rest = s->made[i] - standing(s, i);
    char text[400];
    if (status)
        return status;
    for (size_t n = 0; n < s->N; n++)
        open += isnan(s->take[n * s->N + i]) ? cell(s, s->from->flow, n, i) * net(s, n, i) : 0;
    if (rest < -ROUNDING * s->map->value) {
        snprintf(text, sizeof text,
                 "known sales of %s by %s come to %.6g million USD, more than the %.6g it makes",
                 s->map->code, code(s, i), s->made[i] - rest, s->made[i]);
        return refuse(s, text);
    }
    if (rest > open + ROUNDING * s->map->value) {
        snprintf(text, sizeof text,
                 "%s has %.6g million USD of %s left to sell to buyers the map does not name, but sector %s "
                 "holds %.6g "
                 "of those flows",
                 code(s, i), rest, s->map->code, parent_code(s), open);
        return refuse(s, text);
    }
    double part = open > 0 ? fmin(fmax(rest, 0) / open, 1) : 0;
    for (size_t n = 0; n < s->N; n++)
        if (isnan(s->take[n * s->N + i]))
            s->take[n * s->N + i] = part * cell(s, s->from->flow, n, i);
    return PL_OK;
}

static pl_status plan_flows(splitting *s) {
    double *intensity = s->wish;
    pl_status status = PL_OK;
    for (size_t i = 0; i < s->N; i++)
        for (size_t n = 0; n < s->N; n++) {
            s->take[n * s->N + i] = NAN;
            s->held[i] += cell(s, s->from->flow, n, i) * net(s, n, i);
        }
    intensities(s, intensity);
    for (size_t n = 0; n < s->N && !status; n++)
        if (!isnan(s->map->import_value[n]))
            status = plan_buyer(s, n, intensity);
    if (!status)
        status = plan_output(s);
    for (size_t i = 0; i < s->N && !status; i++)
        status = plan_seller(s, i);
    return status;
}

/* ---- the new world ---- */

static size_t moved(const splitting *s, size_t j) {
    return j <= s->parent ? j : j + 1;
}

/* The rest of the duty stays with the rest of the flow. */
static pl_status split_tariff(const splitting *s, size_t n, size_t i, double whole, double rest,
                              double part) {
    size_t N = s->N, at = n * N + i;
    double before = cell(s, s->from->tariff, n, i), given = s->map->tariff[at];
    double mine = isnan(given) ? before : given, left = before;
    char text[400];
    if (part > 0 && mine != before)
        left = rest > 0 ? (before * whole - mine * part) / rest : -INFINITY;
    if (left < -ROUNDING && left < before) {
        snprintf(text, sizeof text,
                 "a duty of %.6g %% of %s on %s from %s comes to %.6g million USD, but sector %s pays %.6g "
                 "on that flow%s",
                 100 * mine, code(s, n), s->map->code, code(s, i), mine * part, parent_code(s),
                 before * whole, rest > 0 ? "" : ", of which the product takes all");
        return refuse(s, text);
    }
    s->to->tariff[s->product * N * N + at] = mine;
    s->to->tariff[s->parent * N * N + at] = before >= 0 ? fmax(left, 0) : left;
    return PL_OK;
}

/* Rest and part add up to the whole to the last bit: the larger of the two is subtracted. */
static void split_exactly(double whole, double *part, double *rest) {
    *rest = whole - *part;
    if (*part <= whole / 2)
        *part = whole - *rest;
}

static pl_status split_flows(splitting *s) {
    size_t N = s->N, cells = N * N;
    double *part = s->to->flow + s->product * cells, *rest = s->to->flow + s->parent * cells;
    const double *whole = s->from->flow + s->parent * cells;
    pl_status status = PL_OK;
    for (size_t at = 0; at < cells && !status; at++) {
        part[at] = s->take[at];
        split_exactly(whole[at], &part[at], &rest[at]);
        status = split_tariff(s, at / N, at % N, whole[at], rest[at], part[at]);
        if (s->to->export_tax)
            s->to->export_tax[s->product * cells + at] = s->from->export_tax[s->parent * cells + at];
        s->to->flow_origin[s->product * cells + at] = s->known[at] ? PL_ORIGIN_KNOWN : PL_ORIGIN_FILLED;
        s->to->flow_origin[s->parent * cells + at] = PL_ORIGIN_REST;
    }
    return status;
}

/* Everything that is as it was, at its new place; the parent's shares for now also stand for the product's. */
static bool copy_rest(splitting *s) {
    const pl_world *w = s->from;
    size_t N = s->N, J = s->J, cells = N * N, K = J + 1;
    s->to->flow_origin = pl_alloc(K * cells, 1);
    if (w->export_tax)
        s->to->export_tax = pl_alloc(K * cells, sizeof(double));
    if (w->profit_share)
        s->to->profit_share = pl_alloc(N * K, sizeof(double));
    if (!s->to->flow_origin || (w->export_tax && !s->to->export_tax) ||
        (w->profit_share && !s->to->profit_share))
        return false;
    for (size_t j = 0; j < J; j++) {
        size_t k = moved(s, j);
        memcpy(s->to->flow + k * cells, w->flow + j * cells, cells * sizeof(double));
        memcpy(s->to->tariff + k * cells, w->tariff + j * cells, cells * sizeof(double));
        if (w->export_tax)
            memcpy(s->to->export_tax + k * cells, w->export_tax + j * cells, cells * sizeof(double));
        if (w->flow_origin)
            memcpy(s->to->flow_origin + k * cells, w->flow_origin + j * cells, cells);
    }
    for (size_t n = 0; n < N; n++) {
        for (size_t u = 0; u < K; u++) {
            size_t old = n * J + (u <= s->parent ? u : u - 1);
            s->to->value_added_share[n * K + u] = w->value_added_share[old];
            if (w->profit_share)
                s->to->profit_share[n * K + u] = w->profit_share[old];
            for (size_t k = 0; k < J; k++)
                s->to->input_share[(n * K + u) * K + moved(s, k)] = w->input_share[old * J + k];
        }
    }
    return true;
}

static bool copy_labels(splitting *s) {
    const pl_world *w = s->from;
    bool made = true;
    for (size_t n = 0; n < s->N && made; n++)
        made = pl_world_label(s->to, PL_COUNTRY, n, w->country_code[n], w->country_name[n]);
    for (size_t j = 0; j < s->J && made; j++) {
        made = pl_world_label(s->to, PL_SECTOR, moved(s, j), w->sector_code[j], w->sector_name[j]);
        s->to->goods[moved(s, j)] = w->goods[j];
    }
    s->to->goods[s->product] = s->map->goods;
    made = made && pl_world_label(s->to, PL_SECTOR, s->product, s->map->code, s->map->name);
    double *error = pl_alloc(s->J + 1, sizeof *error);
    made = made && error;
    for (size_t t = 0; t < w->sets && made; t++) {
        bool own = !isnan(s->map->theta[t]), errors = w->set[t].error != NULL;
        for (size_t j = 0; j < s->J; j++) {
            s->output[moved(s, j)] = w->set[t].theta[j];
            error[moved(s, j)] = errors ? w->set[t].error[j] : 0;
        }
        s->output[s->product] = own ? s->map->theta[t] : w->set[t].theta[s->parent];
        error[s->product] = errors && !own ? w->set[t].error[s->parent] : 0;
        made = pl_world_add_set(s->to, w->set[t].name, s->output, error);
    }
    free(error);
    return made && pl_world_copy_notes(s->to, w);
}

/* ---- shares ---- */

/* What the map wishes of `sum`: named entries as it says, the others in proportion to the totals. */
static void wishes(const double *share, const double *total, size_t count, double sum, double *wish) {
    double named = 0, open = 0;
    for (size_t k = 0; k < count; k++) {
        named += isnan(share[k]) ? 0 : share[k];
        open += isnan(share[k]) ? total[k] : 0;
    }
    for (size_t k = 0; k < count; k++) {
        double rest = open > 0 ? fmax(1 - named, 0) * (total[k] / open) : 0;
        wish[k] = sum * (isnan(share[k]) ? rest : share[k]);
    }
}

/* The column of one country: inputs and value added of the sector, of which the product gets what it makes. */
static pl_status split_column(splitting *s, size_t n) {
    size_t J = s->J, K = J + 1;
    double *rest = s->to->input_share + (n * K + s->parent) * K,
           *part = s->to->input_share + (n * K + s->product) * K;
    double *value_added = s->to->value_added_share + n * K;
    double mine = s->output[n * K + s->product], theirs = s->output[n * K + s->parent];
    if (!(mine > 0) || !(theirs > 0))
        return PL_OK; /* one of them has it all, or neither anything: both keep the sector's shares */
    for (size_t k = 0; k < J; k++)
        s->total[k] = rest[moved(s, k)] * (mine + theirs);
    s->total[J] = value_added[s->parent] * (mine + theirs);
    wishes(s->map->input, s->total, J + 1, mine, s->wish);
    if (!pl_split_fit(s->total, s->wish, J + 1, mine, s->part))
        return pl_fail_at(
            s->error, PL_INVALID, s->map->path, 0,
            "%s makes %.6g million USD of %s, but the inputs named by the map come to less in its "
            "sector %s",
            code(s, n), mine, s->map->code, parent_code(s));
    for (size_t k = 0; k < J; k++) {
        part[moved(s, k)] = s->part[k] / mine;
        rest[moved(s, k)] = (s->total[k] - s->part[k]) / theirs;
    }
    value_added[s->product] = s->part[J] / mine;
    value_added[s->parent] = (s->total[J] - s->part[J]) / theirs;
    return PL_OK;
}

static size_t user_place(const splitting *s, size_t user) {
    return user == s->J ? s->product : moved(s, user);
}

/* Takes what users of this country are known to buy out of `total` and returns what is left to be shared out. */
static pl_status take_known_users(splitting *s, size_t n, double *sum) {
    const double *share = s->map->country_user + n * (s->J + 2);
    double spending = *sum;
    for (size_t u = 0; u < s->J + 2; u++) {
        s->part[u] = isnan(share[u]) ? NAN : share[u] * spending;
        if (isnan(share[u]))
            continue;
        if (s->part[u] > s->total[u] * (1 + ROUNDING))
            return pl_fail_at(s->error, PL_INVALID, s->map->path, 0,
                              "%s of %s would use %.6g million USD of %s, but it uses %.6g of sector %s",
                              u < s->J    ? s->from->sector_code[u]
                              : u == s->J ? s->map->code
                                          : "final demand",
                              code(s, n), s->part[u], s->map->code, s->total[u], parent_code(s));
        s->part[u] = fmin(s->part[u], s->total[u]);
        *sum -= s->part[u];
    }
    *sum = fmax(*sum, 0);
    return PL_OK;
}

/* Who of a country uses how much of its spending on the product: known users, then a pattern fitted to what they buy. */
static pl_status share_out(splitting *s, size_t n, double sum) {
    size_t U = s->J + 2;
    double *fitted = s->part + U, *total = s->total + U, left = sum;
    pl_status status = take_known_users(s, n, &left);
    if (status)
        return status;
    wishes(s->map->user, s->total, U, left, s->wish);
    for (size_t u = 0; u < U; u++) {
        total[u] = isnan(s->part[u]) ? s->total[u] : 0;
        s->wish[u] = isnan(s->part[u]) ? s->wish[u] : 0;
    }
    if (!pl_split_fit(total, s->wish, U, left, fitted))
        return pl_fail_at(
            s->error, PL_INVALID, s->map->path, 0,
            "%s spends %.6g million USD on %s, but the users named by the map buy less than that of "
            "sector %s",
            code(s, n), sum, s->map->code, parent_code(s));
    for (size_t u = 0; u < U; u++)
        s->part[u] = isnan(s->part[u]) ? fitted[u] : s->part[u];
    return PL_OK;
}

/* The row of one country: users of the sector and final demand, of which the product gets what is spent on it. */
static pl_status split_row(splitting *s, size_t n) {
    size_t J = s->J, K = J + 1;
    const double *output = s->output + n * K;
    double mine = s->spending[n * K + s->product], all = mine + s->spending[n * K + s->parent], final = all;
    for (size_t u = 0; u < J + 1; u++) {
        size_t at = user_place(s, u);
        s->total[u] = s->to->input_share[(n * K + at) * K + s->parent] * output[at];
        final -= s->total[u];
    }
    s->total[J + 1] = fmax(final, 0);
    pl_status status = share_out(s, n, mine);
    for (size_t u = 0; u < J + 1 && !status; u++) {
        size_t at = user_place(s, u);
        double *share = s->to->input_share + (n * K + at) * K, whole = share[s->parent];
        double odds = s->total[u] > 0 ? s->part[u] / s->total[u] : all > 0 ? mine / all : 0;
        share[s->product] = whole * odds;
        share[s->parent] = whole - share[s->product];
    }
    return status;
}

/* ---- the whole ---- */

static bool splitting_init(splitting *s) {
    size_t N = s->N, K = s->J + 1, work = 2 * (N > s->J + 2 ? N : s->J + 2);
    double *at = pl_alloc(N * N + 2 * N + 3 * work + 2 * N * K, sizeof(double));
    s->take = at;
    s->known = pl_alloc(N * N, 1);
    s->to = pl_world_blank(N, K);
    if (!at || !s->known || !s->to)
        return false;
    s->held = s->take + N * N;
    s->made = s->held + N;
    s->total = s->made + N;
    s->wish = s->total + work;
    s->part = s->wish + work;
    s->output = s->part + work;
    s->spending = s->output + N * K;
    return true;
}

/* What became of the split, kept in the world: what is known, what is filled, what is assumed, from where. */
static pl_status add_note(const splitting *s, const pl_split_report *r) {
    const pl_split_map *m = s->map;
    char *key = pl_format("split_%s", m->code);
    char *text = pl_format(
        "%s, out of %s: %.6g million USD made, %zu flows known, %zu filled in proportion%s%s%s%s%s%s",
        m->name, parent_code(s), r->output, r->known, r->filled, *m->assumed ? "; assumed: " : "", m->assumed,
        *m->source ? "; source: " : "", m->source, *m->note ? "; " : "", m->note);
    pl_status status = key && text ? pl_world_set_note(s->to, key, text, s->error)
                                   : pl_fail_memory(s->error, strlen(m->source));
    free(key);
    free(text);
    return status;
}

static void count_flows(const splitting *s, pl_split_report *r) {
    size_t N = s->N;
    const double *flow = s->to->flow + s->product * N * N;
    r->parent = s->parent;
    r->product = s->product;
    for (size_t at = 0; at < N * N; at++) {
        r->known += flow[at] > 0 && s->known[at];
        r->filled += flow[at] > 0 && !s->known[at];
        r->trade += at / N != at % N ? flow[at] : 0;
    }
    for (size_t i = 0; i < N; i++)
        r->output += s->output[i * (s->J + 1) + s->product];
}

/* Rounding may leave an identity just broken; then the library's own balance mends it. */
static pl_status settle(splitting *s, pl_split_report *r) {
    pl_world_report identities;
    pl_world *balanced = NULL;
    pl_status status = pl_world_check(s->to, &identities, s->error);
    if (status || identities.holds)
        return status;
    status = pl_world_balance(s->to, NULL, &balanced, &r->balance, s->error);
    if (status)
        return status;
    r->balanced = true;
    pl_world_free(s->to);
    s->to = balanced;
    return pl_world_refuse(s->to, s->map->path, s->error);
}

static pl_status split(splitting *s, pl_split_report *r) {
    pl_status status = plan_flows(s);
    if (!status && (!copy_labels(s) || !copy_rest(s)))
        status = pl_fail_memory(s->error, s->N * s->N * (s->J + 1) * sizeof(double));
    if (!status)
        status = split_flows(s);
    if (!status) {
        pl_world_output(s->to, s->output);
        pl_world_spending(s->to, s->spending);
    }
    for (size_t n = 0; n < s->N && !status; n++)
        status = split_column(s, n);
    for (size_t n = 0; n < s->N && !status; n++)
        status = split_row(s, n);
    if (status)
        return status;
    count_flows(s, r);
    status = settle(s, r);
    return status ? status : add_note(s, r);
}

pl_status pl_world_split(const pl_world *w, const char *map_path, pl_world **out, pl_split_report *report,
                         pl_error *error) {
    pl_split_report own, *r = report ? report : &own;
    pl_split_map map;
    memset(r, 0, sizeof *r);
    *out = NULL;
    pl_status status = pl_world_refuse(w, "", error);
    if (!status)
        status = pl_world_refuse_size("the new world", w->countries, w->sectors + 1, error);
    if (!status)
        status = pl_split_map_load(w, map_path, &map, error);
    if (status)
        return status;
    splitting s = {.from = w,
                   .map = &map,
                   .error = error,
                   .N = w->countries,
                   .J = w->sectors,
                   .parent = map.parent,
                   .product = map.parent + 1};
    status = splitting_init(&s) ? split(&s, r)
                                : pl_fail_memory(error, w->countries * w->countries * sizeof(double));
    free(s.take);
    free(s.known);
    pl_split_map_clear(&map);
    if (status) {
        pl_world_free(s.to);
        return status;
    }
    *out = s.to;
    return PL_OK;
}
