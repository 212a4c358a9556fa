/* What the program says: messages, results on standard output, and the folder they go to. */
#include "cli/cli.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cli_fail(pl_status status, const pl_error *error) {
    if (status && cli_stop) /* a read that a signal broke off fails in words of its own */
        status = PL_CANCELLED;
    switch (status) {
    case PL_OK:
        return CLI_DONE;
    case PL_CANCELLED:
        fputs("parley: interrupted; nothing was written\n", stderr);
        return CLI_INTERRUPTED;
    default:
        fprintf(stderr, "parley: %s\n", error && *error->text ? error->text : pl_status_text(status));
        return status == PL_FAILED ? CLI_NOT_CONVERGED : CLI_BAD_INPUT;
    }
}

int cli_refuse(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("parley: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return CLI_BAD_INPUT;
}

/* The reason of an earlier failed write is gone by now, so that a last one is tried to learn it. */
static int why_stdout_failed(void) {
    clearerr(stdout);
    errno = 0;
    fputc('\n', stdout);
    fflush(stdout);
    return errno ? errno : EIO;
}

int cli_end_output(int code) {
    errno = 0;
    bool failed = fflush(stdout) || ferror(stdout);
    int reason = failed ? errno : 0;
    if (failed && !reason)
        reason = why_stdout_failed();
    if (!failed || reason == EPIPE)
        return code;
    return cli_refuse("cannot write to standard output: %s", strerror(reason));
}

pl_layout cli_layout(void) {
    const char *plain = getenv("NO_COLOR"), *term = getenv("TERM");
    bool colour = isatty(STDOUT_FILENO) && !(plain && *plain) && !(term && !strcmp(term, "dumb"));
    return (pl_layout){.width = cli_columns(STDOUT_FILENO), .colour = colour, .ascii = !cli_utf8()};
}

void cli_fold(char *text) {
    if (!cli_utf8())
        pl_text_fold(text);
}

pl_status cli_print(cli_writer write, const void *data, bool words, pl_error *error) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return PL_NO_MEMORY;
    pl_status status = write(out, data, error);
    if (fclose(out) && !status)
        status = PL_NO_MEMORY;
    if (!status && words)
        cli_fold(text);
    if (!status)
        fwrite(text, 1, words ? strlen(text) : length, stdout);
    free(text);
    return status;
}

int cli_print_json(json_t *root) {
    if (!root || json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(17))) {
        json_decref(root);
        return ferror(stdout) ? CLI_DONE
                              : cli_refuse("out of memory"); /* cli_end_output tells of a failed write */
    }
    json_decref(root);
    putchar('\n');
    return CLI_DONE;
}

json_t *cli_json_real(double x) {
    return isfinite(x) ? json_real(x) : json_null();
}

pl_status cli_choose_folder(const cli_common *common, const char *name, const char *end, char **folder) {
    *folder = NULL;
    if (common->output ? !strcmp(common->output, "-") : !name)
        return PL_OK;
    size_t size =
        strlen(common->output ? common->output : "results/") + strlen(name ? name : "") + strlen(end) + 1;
    *folder = malloc(size);
    if (!*folder)
        return PL_NO_MEMORY;
    if (common->output)
        snprintf(*folder, size, "%s", common->output);
    else
        snprintf(*folder, size, "results/%s%s", name, end);
    return PL_OK;
}
