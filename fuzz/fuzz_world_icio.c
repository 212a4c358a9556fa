/* OECD inter-country tables from arbitrary bytes, which may be compressed: a world of right form, or a message. */
#include "data/data.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    pl_world *world = NULL;
    pl_change_report report;
    pl_world_report check;
    pl_csv *csv = NULL;
    pl_error error;
    FILE *file = size ? fmemopen((void *)bytes, size, "rb") : NULL;
    if (!file || pl_csv_from(file, "fuzz.csv", &csv, &error))
        return 0;
    if (!pl_world_read_icio(csv, "fuzz.csv", &world, &report, &error)) {
        if (pl_world_form(world, "", &error) || pl_world_check(world, &check, &error))
            abort();
    }
    pl_world_free(world);
    pl_csv_free(csv);
    return 0;
}
