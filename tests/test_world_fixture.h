/* A small world with uneven numbers in every table, and the files tests make of it. */
#ifndef TEST_WORLD_FIXTURE_H
#define TEST_WORLD_FIXTURE_H

#include "data/data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { FIX_N = 4, FIX_J = 3, FIX_NN = FIX_J * FIX_N * FIX_N };

/* A fraction in (0, 1) that depends on `seed` only. */
static inline double fix_fraction(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return (double)(*seed >> 8) / 16777216.0 + 1e-3;
}

/* Balanced: domestic sales are large against inputs, so that final demand is positive throughout. */
static inline pl_world *fix_world(void) {
    static const char *const country[FIX_N] = {"USA", "CHN", "DEU", "ROW"};
    static const char *const country_name[FIX_N] = {"United States", "China", "Germany",
                                                    "Rest, of \"the\" world"};
    static const char *const sector[FIX_J] = {"A01", "C26", "P85"};
    static const char *const sector_name[FIX_J] = {"Crops", "Electronics", "Education"};
    double flow[FIX_NN], tariff[FIX_NN], tax[FIX_NN];
    double input[FIX_N * FIX_J * FIX_J], profit[FIX_N * FIX_J], theta[FIX_J] = {2.91, 5.14, 8.35};
    double sharp[FIX_J] = {0.61, 0, 1.0 / 3};
    unsigned seed = 7;
    for (size_t at = 0; at < FIX_NN; at++) {
        bool home = at / FIX_N % FIX_N == at % FIX_N;
        flow[at] = home ? 900 + 300 * fix_fraction(&seed) : 90 * fix_fraction(&seed);
        tariff[at] = home ? 0 : 0.3 * fix_fraction(&seed);
        tax[at] = home ? 0 : 0.1 * fix_fraction(&seed);
    }
    for (size_t at = 0; at < FIX_N * FIX_J * FIX_J; at++)
        input[at] = 0.2 * fix_fraction(&seed);
    for (size_t at = 0; at < FIX_N * FIX_J; at++)
        profit[at] = 0.2 * fix_fraction(&seed);
    pl_world_tables t = {.countries = FIX_N,
                         .sectors = FIX_J,
                         .country_codes = country,
                         .country_names = country_name,
                         .sector_codes = sector,
                         .sector_names = sector_name,
                         .flow = flow,
                         .tariff = tariff,
                         .export_tax = tax,
                         .input_share = input,
                         .profit_share = profit,
                         .theta = theta,
                         .theta_error = sharp};
    pl_world *world = NULL;
    pl_error error = {0};
    if (pl_world_new(&t, &world, &error))
        fail_msg("%s", error.text);
    assert_int_equal(pl_world_set_note(world, "title", "a small world, \"uneven\"", NULL), PL_OK);
    assert_int_equal(pl_world_set_note(world, "source", "made up\nin two lines", NULL), PL_OK);
    return world;
}

static inline void fix_same_array(const double *a, const double *b, size_t count) {
    assert_int_equal(a == NULL, b == NULL);
    for (size_t i = 0; a && i < count; i++)
        if (a[i] != b[i])
            fail_msg("entry %zu: %.17g and %.17g", i, a[i], b[i]);
}

/* Every label, table, set and note of two worlds is the same, to the bit. */
static inline void fix_same_world(const pl_world *a, const pl_world *b) {
    assert_int_equal(a->countries, b->countries);
    assert_int_equal(a->sectors, b->sectors);
    for (int axis = 0; axis < 2; axis++) {
        for (size_t i = 0; i < pl_world_size(a, (pl_axis)axis); i++) {
            assert_string_equal(pl_world_code(a, (pl_axis)axis, i), pl_world_code(b, (pl_axis)axis, i));
            assert_string_equal(pl_world_name(a, (pl_axis)axis, i), pl_world_name(b, (pl_axis)axis, i));
        }
    }
    for (size_t j = 0; j < a->sectors; j++)
        assert_int_equal(a->goods[j], b->goods[j]);
    size_t nn = a->sectors * a->countries * a->countries, nj = a->countries * a->sectors;
    fix_same_array(a->flow, b->flow, nn);
    fix_same_array(a->tariff, b->tariff, nn);
    fix_same_array(a->export_tax, b->export_tax, nn);
    fix_same_array(a->input_share, b->input_share, nj * a->sectors);
    fix_same_array(a->value_added_share, b->value_added_share, nj);
    fix_same_array(a->profit_share, b->profit_share, nj);
    assert_int_equal(a->flow_origin == NULL, b->flow_origin == NULL);
    if (a->flow_origin)
        assert_memory_equal(a->flow_origin, b->flow_origin, nn);
    assert_int_equal(a->sets, b->sets);
    for (size_t s = 0; s < a->sets; s++) {
        assert_string_equal(a->set[s].name, b->set[s].name);
        fix_same_array(a->set[s].theta, b->set[s].theta, a->sectors);
        fix_same_array(a->set[s].error, b->set[s].error, a->sectors);
    }
    for (size_t i = 0; pl_world_note_key(a, i) || pl_world_note_key(b, i); i++) {
        assert_string_equal(pl_world_note_key(a, i), pl_world_note_key(b, i));
        assert_string_equal(pl_world_note(a, pl_world_note_key(a, i)),
                            pl_world_note(b, pl_world_note_key(b, i)));
    }
}

/* ---- files ---- */

/* A new folder for the test's files; fix_remove removes it with all that is in it. */
static inline char *fix_folder(void) {
    char *path = pl_strdup("/tmp/parley-test-XXXXXX");
    assert_non_null(path);
    assert_non_null(mkdtemp(path));
    return path;
}

static inline void fix_remove(char *folder) {
    char *command = pl_format("rm -rf '%s'", folder);
    assert_non_null(command);
    assert_int_equal(system(command), 0);
    free(command);
    free(folder);
}

/* FOLDER/NAME in one of a few turning buffers. */
static inline const char *fix_path(const char *folder, const char *name) {
    static char buffer[4][512];
    static size_t turn = 0;
    turn = (turn + 1) % 4;
    snprintf(buffer[turn], sizeof buffer[turn], "%s/%s", folder, name);
    return buffer[turn];
}

static inline void fix_write_bytes(const char *path, const void *bytes, size_t size) {
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

static inline void fix_write(const char *path, const char *text) {
    fix_write_bytes(path, text, strlen(text));
}

/* A text with the first `from` in it replaced. The caller frees it. */
static inline char *fix_replaced(const char *text, const char *from, const char *to) {
    const char *at = strstr(text, from);
    assert_non_null(at);
    char *changed = pl_format("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    assert_non_null(changed);
    return changed;
}

/* Runs a shell command made of a format and two paths. */
static inline void fix_shell(const char *format, const char *a, const char *b) {
    char command[1200];
    int length = snprintf(command, sizeof command, format, a, b);
    assert_true(length > 0 && (size_t)length < sizeof command);
    assert_int_equal(system(command), 0);
}

/* The first `keep` bytes of a file, or, when negative, all but the last ones, in another file. */
static inline void fix_cut(const char *from, const char *to, long keep) {
    FILE *in = fopen(from, "rb");
    assert_non_null(in);
    assert_int_equal(fseek(in, 0, SEEK_END), 0);
    long size = ftell(in);
    keep = keep < 0 ? size + keep : keep;
    assert_true(keep <= size);
    rewind(in);
    char *bytes = malloc((size_t)size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)size, in), (size_t)size);
    fclose(in);
    fix_write_bytes(to, bytes, (size_t)keep);
    free(bytes);
}

static inline bool fix_exists(const char *path) {
    struct stat info;
    return !stat(path, &info);
}

/* The number of files in a folder, hidden ones too: nothing half-written may be left over. */
static inline int fix_count(const char *folder) {
    char command[600], text[32] = "";
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", folder);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(text, sizeof text, pipe));
    pclose(pipe);
    return atoi(text);
}

/* The message must hold every one of the words given (up to three, NULL for none). */
static inline void fix_says(const pl_error *error, const char *a, const char *b, const char *c) {
    const char *const words[3] = {a, b, c};
    for (size_t i = 0; i < 3; i++)
        if (words[i] && !strstr(error->text, words[i]))
            fail_msg("'%s' is missing in the message: %s", words[i], error->text);
}

#endif
