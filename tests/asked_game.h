/* A game beside the scenario of asked.h, and what the command says of packages in it. */
#ifndef TEST_ASKED_GAME_H
#define TEST_ASKED_GAME_H

#include "asked.h"
#include "report/desk.h"
#include "talks/talks.h"

static const char asked_game[] =
    "parley: 1\nname: asked-game\ntitle: A table\nscenario: asked.yaml\ntoday: quotas\n"
    "players: {US: {members: USA}, China: {members: [CHN]}}\n"
    "instruments:\n"
    "  us-tariff: {player: US, kind: tariff, by: USA, on: CHN, basis: add, low: -10%, high: 80%}\n"
    "  us-goods: {player: US, kind: tariff, by: USA, on: DEU, each: sector, low: 0%, high: 60%}\n"
    "  cn-tariff: {player: China, kind: tariff, by: CHN, on: USA, basis: add, low: -10%, high: 80%}\n"
    "  cn-chips: {player: China, kind: licence, by: CHN, on: USA, sectors: C26, low: 20%, high: 100%}\n"
    "disagreement: war\ndiscount: 0.9\n";

static char asked_game_path[160];

static inline void asked_write_game(const char *without) {
    const struct timespec old[2] = {{1700000000, 0}, {1700000000, 0}};
    const char *end = strstr(asked_game, "disagreement: war");
    FILE *out = fopen(asked_game_path, "w");
    if (!out || fprintf(out, "%.*s%s%s", (int)(end - asked_game), asked_game, without, end + 17) < 0 ||
        fclose(out) || utimensat(AT_FDCWD, asked_game_path, old, 0))
        fail_msg("%s cannot be written", asked_game_path);
}

static inline int asked_open_game(void **state) {
    if (asked_open(state))
        return -1;
    snprintf(asked_game_path, sizeof asked_game_path, "%s/asked-game.yaml", asked_folder);
    asked_write_game("disagreement: war");
    return 0;
}

static inline int asked_close_game(void **state) {
    unlink(asked_game_path);
    return asked_close(state);
}

/* What `parley talks value --json` prints, or its talks where `out` is NULL; the game is the caller's to free. */
static inline pl_talks *asked_value(const pl_asked *asked, size_t count, pl_game **game) {
    pl_error error = {PL_OK, ""};
    pl_talks *talks = NULL;
    pl_talks_options options;
    double setting[16];
    pl_talks_options_init(&options);
    if (pl_game_load(asked_game_path, NULL, NULL, game, &error))
        fail_msg("%s", error.text);
    for (size_t i = 0; i < pl_game_instruments(*game); i++)
        setting[i] = NAN;
    for (size_t k = 0; k < count; k++)
        if (!strcmp(asked[k].name, "set") && pl_game_set(*game, asked[k].value, setting, &error))
            fail_msg("%s", error.text);
    options.setting = setting;
    if (pl_talks_new(*game, PL_VALUE, &options, &talks, &error))
        fail_msg("%s", error.text);
    return talks;
}

#endif
