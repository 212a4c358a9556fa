/*
 * Folders of CSV tables from arbitrary bytes: the input is cut at lines of "---" into flows, input shares, sectors,
 * elasticities, value-added shares and countries, and imported.
 */
#define _GNU_SOURCE 1 /* memmem */
#include "data/data.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const TABLE[] = {"flows",        "input_shares",       "sectors",
                                    "elasticities", "value_added_shares", "countries"};
enum { TABLES = sizeof TABLE / sizeof *TABLE };

/* A folder in memory where there is one, made once for each process and used again. */
static const char *folder(void) {
    static char path[64];
    if (*path)
        return path;
    snprintf(path, sizeof path, "/dev/shm/parley-fuzz-XXXXXX");
    if (mkdtemp(path))
        return path;
    snprintf(path, sizeof path, "/tmp/parley-fuzz-XXXXXX");
    if (!mkdtemp(path))
        abort();
    return path;
}

static void put(const char *name, const uint8_t *bytes, size_t size) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s.csv", folder(), name);
    unlink(path);
    if (!bytes)
        return;
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(bytes, 1, size, out) != size || fclose(out))
        abort();
}

/* The bytes up to the next separator; the rest is left in *bytes, NULL when there is none. */
static size_t next_part(const uint8_t **bytes, size_t *size) {
    static const char mark[] = "\n---\n";
    const uint8_t *end = *size ? memmem(*bytes, *size, mark, sizeof mark - 1) : NULL;
    size_t part = end ? (size_t)(end - *bytes) : *size;
    *size = end ? *size - part - (sizeof mark - 1) : 0;
    *bytes = end ? end + sizeof mark - 1 : NULL;
    return part;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    pl_world *world = NULL, *balanced = NULL;
    pl_world_report report;
    pl_error error;
    for (size_t t = 0; t < TABLES; t++) {
        const uint8_t *start = bytes;
        size_t part = bytes ? next_part(&bytes, &size) : 0;
        put(TABLE[t], start, part);
    }
    if (!pl_world_import_flows(folder(), &world, NULL, &error)) {
        if (pl_world_check(world, &report, &error) || pl_world_form(world, "", &error))
            abort();
        if (!pl_world_balance(world, NULL, &balanced, NULL, &error) && pl_world_form(balanced, "", &error))
            abort();
    }
    pl_world_free(balanced);
    pl_world_free(world);
    return 0;
}
