/*
 * Requests from arbitrary bytes: whatever they hold, they end in a refusal or in a command line that neither writes nor leaves the
 * scenario folder. Lines: address, Host, Origin, Sec-Fetch-Site, Authorization, Cookie; the rest is what a child said.
 */
#include "serve/serve.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A folder with one scenario, which every run finds again. */
static const pl_folder *one_folder(void) {
    static pl_folder folder;
    static char path[64];
    pl_error error;
    if (folder.path)
        return &folder;
    snprintf(path, sizeof path, "/tmp/parley-fuzz-%ld", (long)getuid());
    char file[96], command[256];
    snprintf(file, sizeof file, "%s/a.yaml", path);
    snprintf(command, sizeof command, "mkdir -p %s && echo 'title: a' >%s", path, file);
    if (system(command) || pl_folder_open(path, &folder, &error))
        abort();
    return &folder;
}

/* Cuts the next line off; "" when there is none. */
static char *next_line(char **rest) {
    char *line = *rest, *end = strchr(line, '\n');
    *rest = end ? end + 1 : line + strlen(line);
    if (end)
        *end = 0;
    return line;
}

static void check_argument(const char *text) {
    if (!strncmp(text, "--output", 8) && strcmp(text, "--output=-"))
        abort();
    if (!strncmp(text, "--world=", 8) && strchr(text, '/'))
        abort();
    if (strncmp(text, "--", 2) && (*text == '-' || *text == '.' || strchr(text, '/')) &&
        strcmp(text, "/dev/stdin"))
        abort();
}

static void ask(const pl_folder *folder, const pl_target *target, bool posted) {
    static const char *const start = "/api/";
    pl_ask question;
    pl_error error = {PL_OK, ""};
    if (strncmp(target->path, start, strlen(start)))
        return;
    pl_status status = pl_ask_new(folder, target->path + strlen(start), target, posted, &question, &error);
    if (status) {
        if (!*error.text || question.argv || question.asked)
            abort();
        pl_answer_drop(pl_answer_refusal(400, 2, error.text));
        return;
    }
    size_t words = strchr(target->path + strlen(start), '/') ? 3 : 2;
    for (size_t i = words; i < question.argc; i++)
        check_argument(question.argv[i]);
    pl_ask_clear(&question);
}

static void guard(const char *const *line) {
    pl_letter letter = {line[0], line[1], line[2], line[3], line[4]};
    pl_guard open = {.port = 80, .address = "10.0.0.1", .machine = "desk", .token = "0123456789abcdef"};
    pl_guard closed = {.loopback = true, .port = 80, .address = "127.0.0.1"};
    char text[256];
    unsigned status = pl_guard_check(&open, &letter, true, text, sizeof text);
    if (!status && !strstr(line[3], open.token) && !strstr(line[4], open.token))
        abort();
    status = pl_guard_check(&closed, &letter, true, text, sizeof text);
    if (!status && strncasecmp(line[0], "localhost", 9) && strncmp(line[0], "127.0.0.1", 9) &&
        strncmp(line[0], "[::1]", 5))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    char *text = malloc(size + 1), *rest = text, said[256];
    const pl_folder *folder = one_folder();
    const char *line[5];
    pl_target target;
    pl_error error;
    if (!text)
        abort();
    memcpy(text, bytes, size);
    text[size] = 0;
    char *uri = next_line(&rest);
    for (size_t i = 0; i < 5; i++)
        line[i] = next_line(&rest);
    guard(line);
    pl_message_clean(folder, rest, said, sizeof said);
    if (pl_target_read(uri, &target, &error) == PL_OK) {
        ask(folder, &target, false);
        ask(folder, &target, true);
        pl_target_clear(&target);
    }
    free(text);
    return 0;
}
