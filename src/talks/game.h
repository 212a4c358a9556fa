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

/* A game being read: the scope is the game's file with the scenario's groups, and borrows everything. */
typedef struct {
    pl_game *game;
    pl_scope scope;
    pl_error *error;
} pl_reading;

/* A game from a document, which it takes over; `path` is the file it counts as. */
pl_status pl_game_from_doc(pl_yaml *doc, const char *path, const char *world, volatile int *stop,
                           pl_game **game, pl_error *error);

/* A text under a key that may be left out, in the place of *out. */
pl_status pl_reading_text(pl_reading *reading, const pl_node *map, const char *key, char **out);
pl_status pl_reading_need_map(const pl_reading *reading, const pl_node *node, const char *what);
/* The index of a name among `names`, with a suggestion for a misspelt one; `what` is for the message. */
pl_status pl_reading_find(const pl_reading *reading, const pl_node *node, const char *text, const char *what,
                          const char *const *names, size_t count, size_t *index);
/* A variant of the scenario by name; `index` is left alone when the node is NULL. */
pl_status pl_reading_variant(const pl_reading *reading, const pl_node *node, const char *what, size_t *index);
/* A player by name. */
pl_status pl_reading_owner(const pl_reading *reading, const pl_node *node, size_t *player);
/* What holds for the whole table, once players and instruments are known (src/talks/terms_read.c). */
pl_status pl_reading_terms(pl_reading *reading, const pl_node *root);
/* Packages, after everything else (src/talks/package_read.c). */
pl_status pl_reading_packages(pl_reading *reading, const pl_node *root);

/* Fills a game from its mapping; file and name are set. */
pl_status pl_game_read(pl_game *game, const pl_node *root, const char *world, pl_error *error);
/* Makes the instruments of a family. */
pl_status pl_game_spread(pl_game *game, size_t family, const pl_extent *extent, pl_error *error);
/* No flow has two instruments of one kind. */
pl_status pl_game_check_owners(const pl_game *game, pl_error *error);

#endif
