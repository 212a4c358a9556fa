/* Addresses read: a path and parameters, every escape checked. */
#include "serve/serve.h"

#include <stdlib.h>
#include <string.h>

static pl_status refuse(pl_error *error, const char *text) {
    if (error) {
        error->status = PL_INVALID;
        snprintf(error->text, sizeof error->text, "%s", text);
    }
    return PL_INVALID;
}

/* Bytes of the UTF-8 sequence that begins here, 0 when there is none. */
static size_t sequence(const unsigned char *c) {
    size_t length = *c < 0x80 ? 1 : *c < 0xc2 ? 0 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : *c < 0xf5 ? 4 : 0;
    unsigned long code = length > 1 ? *c & (0x7fU >> length) : *c;
    for (size_t i = 1; i < length; i++) {
        if ((c[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (c[i] & 0x3fU);
    }
    bool overlong = (length == 3 && code < 0x800) || (length == 4 && (code < 0x10000 || code > 0x10ffff));
    return overlong || (code >= 0xd800 && code <= 0xdfff) ? 0 : length;
}

bool pl_is_utf8(const char *text) {
    const unsigned char *c = (const unsigned char *)text;
    while (*c) {
        size_t length = sequence(c);
        if (!length)
            return false;
        c += length;
    }
    return true;
}

static int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place; '+' is a space in parameters. False for a broken escape or a control character. */
static bool decode(char *text, bool plus) {
    char *to = text;
    for (const char *from = text; *from; from++) {
        int value = (unsigned char)*from;
        if (*from == '%') {
            int high = hex(from[1]), low = high < 0 ? -1 : hex(from[2]);
            if (low < 0)
                return false;
            value = 16 * high + low;
            from += 2;
        } else if (*from == '+' && plus)
            value = ' ';
        if (value < 0x20 || value == 0x7f)
            return false;
        *to++ = (char)value;
    }
    *to = 0;
    return pl_is_utf8(text);
}

static bool read_parameter(char *text, pl_asked *item) {
    char *equals = strchr(text, '=');
    item->name = text;
    item->value = "";
    if (equals) {
        *equals = 0;
        item->value = equals + 1;
        if (!decode(equals + 1, true))
            return false;
    }
    return decode(text, true);
}

static pl_status read_parameters(char *query, pl_target *target, pl_error *error) {
    size_t room = 1;
    for (const char *c = query; *c; c++)
        room += *c == '&';
    if (room > PL_MOST_PARAMETERS)
        return refuse(error, "the address has more than 256 parameters");
    target->item = calloc(room, sizeof *target->item);
    if (!target->item)
        return PL_NO_MEMORY;
    for (char *rest = query, *part; rest && (part = rest);) {
        rest = strchr(part, '&');
        if (rest)
            *rest++ = 0;
        if (!*part)
            continue;
        if (!read_parameter(part, &target->item[target->count++]))
            return refuse(error, "the address holds a broken escape, a control character, or text that is "
                                 "not UTF-8; '%' is written %25");
    }
    return PL_OK;
}

pl_status pl_target_read(const char *uri, pl_target *target, pl_error *error) {
    *target = (pl_target){0};
    if (*uri != '/')
        return refuse(error, "the address does not start with '/'");
    if (strlen(uri) > PL_MOST_URL)
        return refuse(error, "the address is longer than 16384 bytes");
    target->text = strdup(uri);
    if (!target->text)
        return PL_NO_MEMORY;
    target->path = target->text;
    target->text[strcspn(target->text, "#")] = 0;
    char *query = strchr(target->text, '?');
    if (query)
        *query++ = 0;
    pl_status status = decode(target->text, false)
                           ? PL_OK
                           : refuse(error, "the path holds a broken escape, a control character, or text "
                                           "that is not UTF-8");
    if (!status && query)
        status = read_parameters(query, target, error);
    if (status)
        pl_target_clear(target);
    return status;
}

void pl_target_clear(pl_target *target) {
    free(target->text);
    free(target->item);
    *target = (pl_target){0};
}
