/* Between reading a game (game_read.c) and what it means for a world (game.c). */
#ifndef PL_GAME_H
#define PL_GAME_H

#include "talks/talks.h"

/* What an entry under `instruments:` covers. */
typedef struct {
    bool *by, *on, *less; /* [N] */
    bool *sector;         /* [J] */
    bool each[3];         /* split by member, partner, sector */
} pl_extent;

/* Fills a game from its mapping; file and name are set. */
pl_status pl_game_read(pl_game *game, const pl_node *root, const char *world, pl_error *error);
/* Makes the instruments of a family. */
pl_status pl_game_spread(pl_game *game, size_t family, const pl_extent *extent, pl_error *error);
/* No flow has two instruments of one kind. */
pl_status pl_game_check_owners(const pl_game *game, pl_error *error);

#endif
