/* Messages: one sentence, with the place in front when there is one. */
#include "core/core.h"

#include <errno.h>
#include <string.h>

const char *pl_status_text(pl_status status) {
    switch (status) {
#define STATUS_CASE(name, code, text)                                                                        \
    case name:                                                                                               \
        return text;
        PL_STATUS_LIST(STATUS_CASE)
#undef STATUS_CASE
    }
    return "unknown status";
}

const char *pl_version(void) {
    return PL_VERSION;
}

pl_status pl_fail(pl_error *error, pl_status status, const char *format, ...) {
    if (error) {
        va_list args;
        va_start(args, format);
        error->status = status;
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
    }
    return status;
}

pl_status pl_fail_at(pl_error *error, pl_status status, const char *file, size_t line, const char *format,
                     ...) {
    if (error) {
        va_list args;
        va_start(args, format);
        error->status = status;
        int used = line ? snprintf(error->text, sizeof error->text, "%s:%zu: ", file, line)
                        : snprintf(error->text, sizeof error->text, "%s: ", file);
        if (used > 0 && (size_t)used < sizeof error->text)
            vsnprintf(error->text + used, sizeof error->text - (size_t)used, format, args);
        va_end(args);
    }
    return status;
}

pl_status pl_fail_memory(pl_error *error, size_t bytes) {
    return pl_fail(error, PL_NO_MEMORY, "out of memory: %zu bytes could not be had", bytes);
}

pl_status pl_fail_errno(pl_error *error, const char *what, const char *path) {
    return pl_fail(error, PL_IO, "%s %s: %s", what, path, strerror(errno));
}
