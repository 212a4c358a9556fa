/* Worlds in JSON and YAML from arbitrary bytes: the first byte chooses; a world of right form, or a message. */
#include "core/yaml.h"
#include "data/data.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static pl_world *read_json(const uint8_t *bytes, size_t size) {
    pl_world *world = NULL;
    pl_reader *reader = NULL;
    pl_error error;
    FILE *file = fmemopen((void *)bytes, size, "rb");
    if (!file || pl_reader_from(file, "fuzz.json", &reader, &error))
        return NULL;
    pl_world_read_json(reader, &world, &error);
    pl_reader_free(reader);
    return world;
}

static pl_world *read_yaml(const uint8_t *bytes, size_t size) {
    pl_world *world = NULL;
    pl_yaml *doc = NULL;
    pl_error error;
    if (pl_yaml_parse((const char *)bytes, size, "fuzz.yaml", &doc, &error))
        return NULL;
    pl_world_from_yaml(doc->root, &world, &error);
    pl_yaml_free(doc);
    return world;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    pl_world_report check;
    pl_error error;
    if (size < 1)
        return 0;
    pl_world *world = *bytes == '{' ? read_json(bytes, size) : read_yaml(bytes, size);
    if (world && (pl_world_form(world, "", &error) || pl_world_check(world, &check, &error)))
        abort();
    pl_world_free(world);
    return 0;
}
