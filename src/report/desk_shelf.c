/* The shelf: what is kept between questions, shared by those who answer them. */
#include "report/desk.h"

#include <string.h>

void pl_shelf_init(pl_shelf *shelf, size_t limit) {
    memset(shelf, 0, sizeof *shelf);
    pthread_mutex_init(&shelf->lock, NULL);
    pthread_cond_init(&shelf->made, NULL);
    shelf->limit = limit;
}

static void discard(pl_held *held) {
    if (held->thing)
        held->discard(held->thing);
    free(held->key);
    free(held);
}

static void unlist(pl_shelf *shelf, pl_held *held) {
    pl_held **at = &shelf->first;
    while (*at && *at != held)
        at = &(*at)->next;
    if (*at)
        *at = held->next;
    held->listed = false;
    held->next = NULL;
}

static void list_first(pl_shelf *shelf, pl_held *held) {
    held->next = shelf->first;
    shelf->first = held;
    held->listed = true;
}

static pl_held *find(const pl_shelf *shelf, const char *key) {
    for (pl_held *held = shelf->first; held; held = held->next)
        if (!strcmp(held->key, key))
            return held;
    return NULL;
}

/* Takes the thing used longest ago that nobody uses off the list; NULL when there is room, or nothing to take. */
static pl_held *take_oldest(pl_shelf *shelf) {
    pl_held *oldest = NULL;
    pthread_mutex_lock(&shelf->lock);
    for (pl_held *held = shelf->first; held && shelf->bytes > shelf->limit; held = held->next)
        if (held->ready && !held->users)
            oldest = held;
    if (oldest) {
        unlist(shelf, oldest);
        shelf->bytes -= oldest->bytes;
    }
    pthread_mutex_unlock(&shelf->lock);
    return oldest;
}

/* What is discarded may give other things back, so that this happens outside the lock. */
static void trim(pl_shelf *shelf) {
    for (pl_held *oldest = take_oldest(shelf); oldest; oldest = take_oldest(shelf))
        discard(oldest);
}

void pl_shelf_clear(pl_shelf *shelf) {
    shelf->limit = 0;
    shelf->bytes =
        SIZE_MAX / 2; /* so that everything goes, in an order in which users go before what they use */
    trim(shelf);
    pthread_cond_destroy(&shelf->made);
    pthread_mutex_destroy(&shelf->lock);
}

void pl_shelf_give(pl_shelf *shelf, pl_held *held) {
    if (!held)
        return;
    pthread_mutex_lock(&shelf->lock);
    bool last = --held->users == 0 && !held->listed;
    pthread_mutex_unlock(&shelf->lock);
    if (last)
        discard(held);
    trim(shelf);
}

/* It is not found any more, and goes when its last user gives it back. */
static void forget(pl_shelf *shelf, pl_held *held) {
    pthread_mutex_lock(&shelf->lock);
    if (held->listed) {
        unlist(shelf, held);
        shelf->bytes -= held->bytes;
    }
    pthread_mutex_unlock(&shelf->lock);
}

void pl_shelf_grow(pl_shelf *shelf, pl_held *held, size_t bytes) {
    pthread_mutex_lock(&shelf->lock);
    held->bytes += bytes;
    if (held->listed)
        shelf->bytes += bytes;
    pthread_mutex_unlock(&shelf->lock);
    trim(shelf);
}

/* Makes the thing of a place others wait at. On failure the place is taken away, and they try for themselves. */
static pl_status make(pl_shelf *shelf, pl_held *held, const pl_maker *maker, pl_error *error) {
    void *thing = NULL;
    size_t bytes = 0;
    pl_status status = maker->make(maker->data, &thing, &bytes, error);
    pthread_mutex_lock(&shelf->lock);
    if (status) {
        unlist(shelf, held);
    } else {
        held->thing = thing;
        held->bytes = bytes;
        held->ready = true;
        if (held->listed)
            shelf->bytes += bytes;
    }
    pthread_cond_broadcast(&shelf->made);
    pthread_mutex_unlock(&shelf->lock);
    if (status)
        discard(held);
    else
        trim(shelf);
    return status;
}

static pl_status take(pl_shelf *shelf, const char *key, const pl_maker *maker, pl_held **held,
                      pl_error *error) {
    *held = NULL;
    pl_held *fresh = pl_alloc(1, sizeof *fresh);
    char *copy = pl_strdup(key);
    if (!fresh || !copy) {
        free(fresh);
        free(copy);
        return pl_fail_memory(error, sizeof *fresh);
    }
    pthread_mutex_lock(&shelf->lock);
    pl_held *found = find(shelf, key);
    while (found && !found->ready) { /* its maker may fail, and it is gone then */
        pthread_cond_wait(&shelf->made, &shelf->lock);
        found = find(shelf, key);
    }
    if (found) {
        found->users++;
        unlist(shelf, found);
        list_first(shelf, found);
    } else {
        *fresh = (pl_held){.key = copy, .discard = maker->discard, .users = 1};
        list_first(shelf, fresh);
    }
    pthread_mutex_unlock(&shelf->lock);
    if (found) {
        free(fresh);
        free(copy);
        *held = found;
        return PL_OK;
    }
    pl_status status = make(shelf, fresh, maker, error);
    *held = status ? NULL : fresh;
    return status;
}

pl_status pl_shelf_take(pl_shelf *shelf, const char *key, const pl_maker *maker, pl_held **held,
                        pl_error *error) {
    pl_status status = take(shelf, key, maker, held, error);
    if (status || !maker->changed || !maker->changed((*held)->thing))
        return status;
    forget(shelf, *held);
    pl_shelf_give(shelf, *held);
    return take(shelf, key, maker, held, error);
}
