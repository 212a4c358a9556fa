/* Answers held by several viewers, and those kept for the next one who asks the same. */
#include "serve/serve.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

pl_answer *pl_answer_new(unsigned status, char *text, size_t length) {
    pl_answer *answer = text ? malloc(sizeof *answer) : NULL;
    if (!answer) {
        free(text);
        return NULL;
    }
    *answer = (pl_answer){.holders = 1, .status = status, .length = length, .text = text};
    return answer;
}

pl_answer *pl_answer_refusal(unsigned status, int code, const char *text) {
    json_t *root = json_pack("{s:{s:i, s:s}}", "error", "status", code, "text",
                             pl_is_utf8(text) ? text : "the message is not UTF-8");
    char *made = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return made ? pl_answer_new(status, made, strlen(made)) : NULL;
}

pl_answer *pl_answer_hold(pl_answer *answer) {
    if (answer)
        __atomic_add_fetch(&answer->holders, 1, __ATOMIC_RELAXED);
    return answer;
}

void pl_answer_drop(pl_answer *answer) {
    if (!answer || __atomic_sub_fetch(&answer->holders, 1, __ATOMIC_ACQ_REL))
        return;
    free(answer->text);
    free(answer);
}

/* ---- kept ---- */

struct pl_kept {
    uint64_t hash;
    char *key, *body;
    size_t length, bytes;
    pl_answer *answer;
    pl_kept *next, *before;
};

static uint64_t hash_of(const char *key, const char *body, size_t length) {
    uint64_t hash = 14695981039346656037U;
    for (const char *c = key; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211U;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)body[i]) * 1099511628211U;
    return hash;
}

static void unlink_kept(pl_memory *memory, pl_kept *kept) {
    *(kept->before ? &kept->before->next : &memory->first) = kept->next;
    *(kept->next ? &kept->next->before : &memory->last) = kept->before;
}

static void put_first(pl_memory *memory, pl_kept *kept) {
    kept->before = NULL;
    kept->next = memory->first;
    *(memory->first ? &memory->first->before : &memory->last) = kept;
    memory->first = kept;
}

static void forget(pl_memory *memory, pl_kept *kept) {
    unlink_kept(memory, kept);
    memory->bytes -= kept->bytes;
    memory->count--;
    pl_answer_drop(kept->answer);
    free(kept->key);
    free(kept->body);
    free(kept);
}

pl_answer *pl_memory_find(pl_memory *memory, const char *key, const char *body, size_t length) {
    uint64_t hash = hash_of(key, body, length);
    pl_kept *kept = memory->first;
    while (kept && !(kept->hash == hash && kept->length == length && !strcmp(kept->key, key) &&
                     (!length || !memcmp(kept->body, body, length))))
        kept = kept->next;
    if (!kept)
        return NULL;
    unlink_kept(memory, kept);
    put_first(memory, kept);
    return pl_answer_hold(kept->answer);
}

void pl_memory_keep(pl_memory *memory, const char *key, const char *body, size_t length, pl_answer *answer) {
    pl_kept *kept = calloc(1, sizeof *kept);
    if (!kept)
        return;
    kept->hash = hash_of(key, body, length);
    kept->key = strdup(key);
    kept->body = malloc(length + 1);
    kept->length = length;
    kept->bytes = sizeof *kept + strlen(key) + length + answer->length;
    if (!kept->key || !kept->body || kept->bytes > memory->most / 4) {
        free(kept->key);
        free(kept->body);
        free(kept);
        return;
    }
    if (length)
        memcpy(kept->body, body, length);
    kept->answer = pl_answer_hold(answer);
    put_first(memory, kept);
    memory->bytes += kept->bytes;
    memory->count++;
    while (memory->bytes > memory->most || memory->count > PL_MOST_KEPT)
        forget(memory, memory->last);
}

void pl_memory_clear(pl_memory *memory) {
    while (memory->first)
        forget(memory, memory->first);
}
