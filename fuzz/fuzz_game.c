/* Games from arbitrary bytes: whatever they hold, reading them and valuing a package ends in an answer or a message. */
#include "talks/game.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Files would be read from paths of the fuzzer's choosing, and big worlds take long. */
static bool stands_alone(const pl_node *root) {
    const pl_node *scenario = root->kind == PL_NODE_MAP ? pl_node_get(root, "scenario") : NULL;
    const pl_node *world = scenario && scenario->kind == PL_NODE_MAP ? pl_node_get(scenario, "world") : NULL;
    return world && world->kind == PL_NODE_MAP;
}

static void ask(const pl_game *game) {
    pl_talks_options options;
    pl_talks *talks = NULL;
    pl_error error;
    size_t count = pl_game_instruments(game);
    double *setting = pl_alloc(count, sizeof *setting);
    pl_talks_options_init(&options);
    for (size_t i = 0; setting && i < count; i++) {
        pl_instrument_facts facts = pl_game_instrument(game, i);
        setting[i] = i % 2 ? NAN : facts.low;
        if (!(facts.low <= facts.high))
            abort();
    }
    options.setting = setting;
    pl_talks_new(game, PL_VALUE, &options, &talks, &error);
    pl_talks_free(talks);
    free(setting);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    pl_yaml *doc = NULL;
    pl_game *game = NULL;
    pl_error error;
    if (pl_yaml_parse((const char *)bytes, size, "fuzz.yaml", &doc, &error))
        return 0;
    if (!stands_alone(doc->root)) {
        pl_yaml_free(doc);
        return 0;
    }
    if (!pl_game_from_doc(doc, "fuzz.yaml", NULL, NULL, &game, &error) &&
        pl_world_size(pl_game_world(game), PL_COUNTRY) * pl_world_size(pl_game_world(game), PL_SECTOR) <= 16)
        ask(game);
    pl_game_free(game);
    return 0;
}
