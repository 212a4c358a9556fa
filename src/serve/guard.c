/* Who may ask: Host against rebound names, Origin against other sites' pages, a token where others can reach us. */
#include "serve/serve.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool pl_guard_same(const char *token, const char *given) {
    size_t length = strlen(token), other = strlen(given);
    unsigned difference = length != other;
    for (size_t i = 0; i < length && other; i++)
        difference |= (unsigned char)token[i] ^ (unsigned char)given[i % other];
    return length && !difference;
}

/* Splits "name:port" and "[v6]:port"; the port is 80 when it is not said. False when it is neither. */
static bool split_host(const char *host, char *name, size_t size, unsigned *port) {
    const char *end = *host == '[' ? strchr(host, ']') : host + strcspn(host, ":");
    if (!end)
        return false;
    end += *end == ']';
    size_t length = (size_t)(end - host);
    if (!length || length >= size)
        return false;
    memcpy(name, host, length);
    name[length] = 0;
    *port = 80;
    if (!*end)
        return true;
    size_t digits = strspn(end + 1, "0123456789");
    if (*end != ':' || !digits || digits > 5 || end[1 + digits])
        return false;
    *port = (unsigned)strtoul(end + 1, NULL, 10);
    return true;
}

/* An address in numbers cannot be rebound by a name server. */
static bool is_number(const char *name) {
    unsigned char bytes[16];
    char inner[64];
    size_t length = strlen(name);
    if (*name != '[')
        return inet_pton(AF_INET, name, bytes) == 1;
    if (length < 4 || length >= sizeof inner)
        return false;
    memcpy(inner, name + 1, length - 2);
    inner[length - 2] = 0;
    return inet_pton(AF_INET6, inner, bytes) == 1;
}

static bool is_machine(const pl_guard *guard, const char *name) {
    size_t length = strlen(guard->machine);
    return length && !strncasecmp(name, guard->machine, length) && (!name[length] || name[length] == '.');
}

static bool is_ours(const pl_guard *guard, const char *name) {
    if (!strcasecmp(name, "localhost") || !strcmp(name, "127.0.0.1") || !strcmp(name, "[::1]"))
        return true;
    return guard->loopback ? !strcmp(name, guard->address) : is_number(name) || is_machine(guard, name);
}

static bool host_allowed(const pl_guard *guard, const char *host) {
    char name[300];
    unsigned port = 0;
    return host && split_host(host, name, sizeof name, &port) && port == guard->port && is_ours(guard, name);
}

/* A page of ours says the address it came from, the one it now asks. */
static bool origin_allowed(const pl_letter *letter) {
    return !letter->origin ||
           (!strncmp(letter->origin, "http://", 7) && !strcasecmp(letter->origin + 7, letter->host));
}

static bool site_allowed(const pl_letter *letter) {
    return !letter->site || !strcmp(letter->site, "same-origin") || !strcmp(letter->site, "none");
}

void pl_guard_cookie(const pl_guard *guard, char *name, size_t size) {
    snprintf(name, size, "parley-%u", guard->port);
}

/* The value of our cookie among "a=b; c=d", compared with the token. */
static bool cookie_same(const pl_guard *guard, const char *cookie) {
    char name[32], value[160];
    pl_guard_cookie(guard, name, sizeof name);
    size_t length = strlen(name);
    for (const char *c = cookie; *c;) {
        c += strspn(c, "; ");
        size_t part = strcspn(c, ";");
        if (part > length && !strncmp(c, name, length) && c[length] == '=' &&
            part - length - 1 < sizeof value) {
            memcpy(value, c + length + 1, part - length - 1);
            value[part - length - 1] = 0;
            if (pl_guard_same(guard->token, value))
                return true;
        }
        c += part;
    }
    return false;
}

static bool token_known(const pl_guard *guard, const pl_letter *letter) {
    if (!*guard->token)
        return true;
    if (letter->authorization && !strncasecmp(letter->authorization, "Bearer ", 7) &&
        pl_guard_same(guard->token, letter->authorization + 7))
        return true;
    return letter->cookie && cookie_same(guard, letter->cookie);
}

unsigned pl_guard_check(const pl_guard *guard, const pl_letter *letter, bool api, char *text, size_t size) {
    if (!host_allowed(guard, letter->host)) {
        snprintf(text, size, "this server is not called that; it is at port %u of this machine", guard->port);
        return 403;
    }
    if (!origin_allowed(letter) || (api && !site_allowed(letter))) {
        snprintf(text, size, "pages of other sites may not ask here");
        return 403;
    }
    if (!token_known(guard, letter)) {
        snprintf(text, size, "open the address with the token that parley serve printed");
        return 401;
    }
    return 0;
}
