/* The socket the server listens on. */
#define _GNU_SOURCE
#include "serve/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_loopback(const struct sockaddr *address) {
    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

/* Writes the address as in a URL, and the port that was bound. */
static void describe(int listener, pl_guard *guard) {
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    char text[INET6_ADDRSTRLEN] = "";
    if (getsockname(listener, (struct sockaddr *)&bound, &size))
        return;
    guard->loopback = is_loopback((struct sockaddr *)&bound);
    if (bound.ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)&bound;
        inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
        guard->port = ntohs(v4->sin_port);
        snprintf(guard->address, sizeof guard->address, "%s", text);
        return;
    }
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&bound;
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    guard->port = ntohs(v6->sin6_port);
    snprintf(guard->address, sizeof guard->address, "[%s]", text);
}

static int open_socket(const struct addrinfo *where) {
    int yes = 1, made = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0)
        return -1;
    /* A port left a moment ago can be taken again; one that is in use cannot. */
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (!bind(made, where->ai_addr, where->ai_addrlen) && !listen(made, 511))
        return made;
    int reason = errno;
    close(made);
    errno = reason;
    return -1;
}

pl_status pl_listen(const char *address, unsigned port, pl_guard *guard, int *listener, pl_error *error) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE},
                    *where = NULL;
    char service[16];
    const char *asked = address ? address : "127.0.0.1";
    snprintf(service, sizeof service, "%u", port);
    error->status = PL_INVALID;
    *listener = -1;
    if (getaddrinfo(asked, service, &hints, &where)) {
        snprintf(error->text, sizeof error->text,
                 "--listen: '%.200s' is not an address in numbers, such as 192.168.1.20 or ::", asked);
        return PL_INVALID;
    }
    *listener = open_socket(where);
    int reason = errno;
    freeaddrinfo(where);
    if (*listener < 0) {
        snprintf(error->text, sizeof error->text, "cannot listen on port %u of %.200s: %s%s", port, asked,
                 strerror(reason), reason == EADDRINUSE ? "; --port names another, 0 any that is free" : "");
        return PL_INVALID;
    }
    describe(*listener, guard);
    return PL_OK;
}
