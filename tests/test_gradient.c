/* The reverse of the map against the map itself: dot products to 1e-12 and differences to 1e-6, in every
 * corner. */
#include "solve_rig.h"

enum { CORNERS = 60 };

static void add_caps(solve_rig *r, size_t corner) {
    size_t N = r->model->N, flows[SMALL_MOST], count = 0, single[1] = {0 * N * N + 1 * N + 2};
    for (size_t n = 1; n < N; n++)
        flows[count++] = n * N;
    pl_cap all = {.name = "all",
                  .flows = flows,
                  .count = count,
                  .level = 0.6,
                  .to_seller = 0.3,
                  .to_buyer = 0.4,
                  .to_third = 0.2,
                  .wasted = 0.1,
                  .third = N - 1,
                  .waste_country = 1};
    pl_cap one = {.name = "one", .flows = flows, .count = 1, .level = 0.45, .to_seller = 1};
    pl_cap loose = {.name = "loose", .flows = single, .count = 1, .level = 3, .to_buyer = 1};
    pl_cap priced = {.name = "price",
                     .kind = PL_CAP_MINIMUM_PRICE,
                     .flows = single,
                     .count = 1,
                     .level = 1.4,
                     .to_buyer = 1};
    pl_cap rated = {.name = "rate",
                    .kind = PL_CAP_TARIFF_RATE_QUOTA,
                    .flows = single,
                    .count = 1,
                    .to_buyer = 0.2,
                    .to_seller = 0.8,
                    .out_of_quota = 0.9,
                    .level = corner % 2 ? 0.8 : 0.1};
    size_t both[2] = {0 * N * N + 0 * N + 2, single[0]};
    pl_cap shared = {.name = "shared", .flows = both, .count = 2, .level = 0.55, .to_seller = 1};
    assert_int_equal(pl_policy_add_cap(r->policy, &all, NULL), PL_OK);
    if (corner % 6 == 1) /* a price floor on what is under a quota already */
        assert_int_equal(pl_policy_add_cap(r->policy, &shared, NULL), PL_OK);
    assert_int_equal(pl_policy_add_cap(r->policy, &one, NULL), PL_OK);
    assert_int_equal(pl_policy_add_cap(r->policy,
                                       corner % 3 == 0   ? &loose
                                       : corner % 3 == 1 ? &priced
                                                         : &rated,
                                       NULL),
                     PL_OK);
}

static solve_rig open_rig(size_t corner) {
    const double sigmas[] = {1, 0.4, 2.5, 0};
    pl_settings settings;
    pl_settings_init(&settings);
    settings.tolerance = 1e-13;
    settings.kappa = corner % 3 == 1 ? 1.8 : INFINITY;
    settings.sigma_value_added = sigmas[corner % 4];
    settings.sigma_inputs = sigmas[corner / 2 % 4];
    settings.sigma_final = sigmas[corner / 3 % 4];
    settings.closure = corner % 5 == 2 ? PL_GDP : PL_FIXED;
    small_tables tables =
        small_random(3 + corner % 4, 2 + corner % 3, corner + 50, corner % 3 == 0, corner % 4 == 1);
    if (corner % 7 == 3)
        memset(tables.tariff, 0, sizeof tables.tariff);
    if (corner % 4 == 2) { /* a sector without duties beside others with */
        size_t N = 3 + corner % 4, J = 2 + corner % 3;
        memset(tables.tariff + (J - 1) * N * N, 0, N * N * sizeof *tables.tariff);
    }
    solve_rig r = solve_rig_open(&tables, &settings);
    if (corner % 7 != 3)
        pl_policy_tariff(r.policy)[1] += 0.3;
    if (corner >= CORNERS / 2)
        add_caps(&r, corner);
    return r;
}

static void solve(solve_rig *r) {
    pl_error error;
    if (pl_solver_run(r->solver, r->policy, NULL, r->result, &error))
        fail_msg("%s", error.text);
}

/* <u, G_y v> by tenth-order differences of G against <G_y' u, v>. */
static void test_dot_product(void **state) {
    (void)state;
    for (size_t corner = 0; corner < CORNERS; corner++) {
        solve_rig r = open_rig(corner);
        solve(&r);
        pl_gmap *map = pl_solver_map(r.solver);
        size_t length = map->at.length, js = r.model->J * r.model->S, S = r.model->S;
        uint64_t seed = corner + 1;
        double *all = calloc(9 * length + 2 * S, sizeof *all);
        double *y = all, *g = y + length, *u = g + length, *v = u + length, *back = v + length,
               *plus = back + length;
        double *minus = plus + length, *moved = minus + length, *w = moved + length, *none = w + length;
        pl_seeds seeds = {none, none + S, NULL};
        memcpy(y, pl_solver_state(r.solver), length * sizeof *y);
        for (size_t k = 0; k < r.model->N; k++) /* not at the fixed point, where some factors vanish */
            y[k] += 0.02 * (small_uniform(&seed) - 0.5);
        for (size_t block = 0; block < 3; block++)
            for (size_t j = 0; j < (block == 2 && r.model->settings.kappa == INFINITY ? 0 : r.model->J); j++)
                for (size_t n = 0; n < r.model->N; n++)
                    y[map->at.price + block * js + j * S + n] += 0.02 * (small_uniform(&seed) - 0.5);
        pl_reverse reverse;
        assert_int_equal(pl_reverse_init(&reverse, map, NULL), PL_OK);
        for (size_t k = 0; k < r.model->N; k++)
            u[k] = small_uniform(&seed) - 0.5, v[k] = small_uniform(&seed) - 0.5;
        for (size_t block = 0; block < 3; block++)
            for (size_t j = 0; j < (block == 2 && r.model->settings.kappa == INFINITY ? 0 : r.model->J); j++)
                for (size_t n = 0; n < r.model->N; n++) {
                    size_t at = map->at.price + block * js + j * S + n;
                    u[at] = small_uniform(&seed) - 0.5;
                    v[at] = small_uniform(&seed) - 0.5;
                }
        enum { LEVELS = 5 };
        double *table = calloc(LEVELS * length, sizeof *table), step = 0.03;
        for (size_t level = 0; level < LEVELS; level++, step /= 2) { /* Richardson: error step^10 */
            double *row = table + level * length;
            for (int side = -1; side <= 1; side += 2) {
                for (size_t k = 0; k < length; k++)
                    moved[k] = y[k] + side * step * v[k];
                pl_gmap_apply(map, moved, g);
                for (size_t k = 0; k < length; k++)
                    row[k] += side * g[k] / (2 * step);
            }
        }
        double power = 1;
        for (size_t depth = 1; depth < LEVELS; depth++) {
            power *= 4;
            for (size_t level = LEVELS - 1; level >= depth; level--)
                for (size_t k = 0; k < length; k++)
                    table[level * length + k] +=
                        (table[level * length + k] - table[(level - 1) * length + k]) / (power - 1);
        }
        memcpy(w, table + (LEVELS - 1) * length, length * sizeof *w);
        free(table);
        pl_gmap_apply(map, y, g);
        pl_reverse_prepare(&reverse, y, g);
        pl_reverse_apply(&reverse, y, g, u, &seeds, back);
        double forward = 0, backward = 0, scale = 0;
        for (size_t k = 0; k < length; k++) {
            forward += u[k] * w[k];
            backward += back[k] * v[k];
            scale += fabs(u[k] * w[k]);
        }
        if (!(fabs(forward - backward) < 1e-12 * scale))
            fail_msg("corner %zu: %.12g against %.12g", corner, forward, backward);
        pl_reverse_clear(&reverse);
        free(all);
        solve_rig_close(&r);
    }
}

/* Central differences of fourth order by a rate (in log of one plus it), a factor (in logs) or a level (as it
 * is). */
static double difference(solve_rig *r, const pl_payoff *payoff, double *place, char kind, double step) {
    const double weight[] = {1.0 / 12, -8.0 / 12, 8.0 / 12, -1.0 / 12}, at[] = {-2, -1, 1, 2};
    double kept = *place, sum = 0;
    for (size_t k = 0; k < 4; k++) {
        double move = at[k] * step;
        *place = kind == 'r' ? (1 + kept) * exp(move) - 1 : kind == 'f' ? kept * exp(move) : kept + move;
        solve(r);
        sum += weight[k] * pl_payoff_value(r->result, payoff);
    }
    *place = kept;
    return sum / step;
}

static void agree(size_t corner, const char *what, double exact, double differences) {
    if (!(fabs(exact - differences) <= 1e-6 * fabs(differences) + 1e-9))
        fail_msg("corner %zu: %s: %.10g against %.10g", corner, what, exact, differences);
}

/* The same by a lump sum from the second country to the first, a million USD. */
static double transfer_difference(solve_rig *r, const pl_payoff *payoff) {
    const double weight[] = {1.0 / 12, -8.0 / 12, 8.0 / 12, -1.0 / 12}, at[] = {-2, -1, 1, 2};
    double *transfer = pl_policy_transfer(r->policy), step = 0.05, sum = 0;
    for (size_t k = 0; k < 4; k++) {
        transfer[0] = 3 + at[k] * step;
        transfer[1] = -3 - at[k] * step;
        solve(r);
        pl_certificate certificate;
        assert_int_equal(pl_result_certify(r->result, r->policy, &certificate, NULL), PL_OK);
        assert_true(certificate.worst < 1e-9);
        sum += weight[k] * pl_payoff_value(r->result, payoff);
    }
    return sum / step;
}

/* Every kind of derivative of two payoffs against central differences of whole solves. */
static void test_differences(void **state) {
    (void)state;
    for (size_t corner = 0; corner < CORNERS; corner++) {
        solve_rig r = open_rig(corner);
        size_t N = r.model->N, J = r.model->J, count = J * N * N;
        double weight[SMALL_MOST], sectors[SMALL_MOST * SMALL_MOST];
        double *g = calloc(3 * count + 8 + SMALL_MOST, sizeof *g), step = 1e-3;
        for (size_t n = 0; n < N; n++)
            weight[n] = 1.0 / (double)(n + 1) - 0.4;
        for (size_t k = 0; k < J * N; k++)
            sectors[k] = 0.3 - 0.07 * (double)(k % 5);
        pl_payoff payoff = {weight, corner % 2 ? sectors : NULL};
        pl_gradient gradient = {g, g + count, g + 2 * count, g + 3 * count, g + 3 * count + 8, false};
        pl_policy_transfer(r.policy)[0] = 3;
        pl_policy_transfer(r.policy)[1] = -3;
        pl_policy_export_tax(r.policy);
        pl_policy_iceberg(r.policy);
        solve(&r);
        assert_int_equal(pl_solver_gradient(r.solver, &payoff, &gradient, NULL), PL_OK);
        assert_true(gradient.converged);
        for (size_t probe = 0; probe < 8; probe++) {
            size_t at = probe < 6    ? (probe * 13 + corner * 5) % count
                        : probe == 6 ? N
                                     : N + 2; /* the last: under controls */
            if (at % N == at / N % N)
                continue; /* own flows */
            agree(corner, "tariff", gradient.tariff[at],
                  difference(&r, &payoff, pl_policy_tariff(r.policy) + at, 'r', step));
            agree(corner, "export tax", gradient.export_tax[at],
                  difference(&r, &payoff, pl_policy_export_tax(r.policy) + at, 'r', step));
            agree(corner, "iceberg", gradient.iceberg[at],
                  difference(&r, &payoff, pl_policy_iceberg(r.policy) + at, 'f', step));
        }
        for (size_t k = 0; k < pl_policy_caps(r.policy); k++)
            agree(corner, "level", gradient.level[k],
                  difference(&r, &payoff, &r.policy->cap[k].level, 'l', step));
        agree(corner, "transfer", gradient.transfer[0] - gradient.transfer[1],
              transfer_difference(&r, &payoff));
        free(g);
        solve_rig_close(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_dot_product),
                                       cmocka_unit_test(test_differences)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
