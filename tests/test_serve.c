/* The parts of the server that need no socket: addresses, the guard, questions, answers kept, messages. */
#include "serve/serve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- addresses ---- */

static void test_target(void **state) {
    pl_target target;
    pl_error error;
    (void)state;
    assert_int_equal(
        pl_target_read("/api/run?tariff=USA%3C-CHN%3D145%25&x=a+b&flag&=v&&e=%E2%82%AC", &target, &error),
        PL_OK);
    assert_string_equal(target.path, "/api/run");
    static const char *const want[][2] = {
        {"tariff", "USA<-CHN=145%"}, {"x", "a b"}, {"flag", ""}, {"", "v"}, {"e", "\xe2\x82\xac"}};
    assert_int_equal(target.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(target.item[i].name, want[i][0]);
        assert_string_equal(target.item[i].value, want[i][1]);
    }
    pl_target_clear(&target);
    assert_int_equal(pl_target_read("/a%2fb?", &target, &error), PL_OK);
    assert_string_equal(target.path, "/a/b");
    assert_int_equal(target.count, 0);
    pl_target_clear(&target);
}

static void test_target_refused(void **state) {
    static const char *const bad[] = {
        "",           "api",       "/%",           "/%4",        "/%zz",
        "/%00",       "/a?b=%00",  "/a?b=%0A",     "/a?b=%7f",   "/a?%ff=b",
        "/a?b=%c3",   "/\xc3\x28", "/%c0%af",      "/%ed%a0%80", "/%f4%90%80%80",
        "/%e0%80%80", "/a?b=\x01", "/%f0%80%80%80"};
    pl_target target;
    pl_error error;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(pl_target_read(bad[i], &target, &error), PL_INVALID);
        assert_true(*error.text);
        assert_null(target.text);
        assert_null(target.item);
    }
}

/* ---- the guard ---- */

static unsigned guarded(const pl_guard *guard, const char *host, const char *origin, const char *site,
                        const char *authorization, const char *cookie) {
    pl_letter letter = {host, origin, site, authorization, cookie};
    char text[256];
    return pl_guard_check(guard, &letter, true, text, sizeof text);
}

static void test_guard_loopback(void **state) {
    pl_guard guard = {.loopback = true, .port = 8808, .address = "127.0.0.1", .machine = "desk"};
    (void)state;
    assert_int_equal(guarded(&guard, "127.0.0.1:8808", NULL, NULL, NULL, NULL), 0);
    assert_int_equal(guarded(&guard, "localhost:8808", "http://localhost:8808", "same-origin", NULL, NULL),
                     0);
    assert_int_equal(guarded(&guard, "[::1]:8808", NULL, "none", NULL, NULL), 0);
    static const char *const hosts[] = {"",
                                        "localhost",
                                        "localhost:80",
                                        "desk:8808",
                                        "10.0.0.1:8808",
                                        "[::1:8808",
                                        "localhost:8808:",
                                        "localhost:+8808",
                                        "localhost:88080000000000"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        assert_int_equal(guarded(&guard, hosts[i], NULL, NULL, NULL, NULL), 403);
    assert_int_equal(guarded(&guard, NULL, NULL, NULL, NULL, NULL), 403);
    assert_int_equal(guarded(&guard, "localhost:8808", "http://127.0.0.1:8808", NULL, NULL, NULL), 403);
    assert_int_equal(guarded(&guard, "localhost:8808", "null", NULL, NULL, NULL), 403);
    assert_int_equal(guarded(&guard, "localhost:8808", NULL, "cross-site", NULL, NULL), 403);
}

static void test_guard_token(void **state) {
    pl_guard guard = {.port = 99, .address = "0.0.0.0", .machine = "desk", .token = "0123456789abcdef"};
    (void)state;
    assert_int_equal(guarded(&guard, "desk:99", NULL, NULL, NULL, NULL), 401);
    assert_int_equal(guarded(&guard, "desk.example:99", NULL, NULL, "Bearer 0123456789abcdef", NULL), 0);
    assert_int_equal(guarded(&guard, "deskx:99", NULL, NULL, "Bearer 0123456789abcdef", NULL), 403);
    assert_int_equal(guarded(&guard, "10.1.2.3:99", NULL, NULL, NULL, "x=1; parley-99=0123456789abcdef"), 0);
    assert_int_equal(guarded(&guard, "[fe80::1]:99", NULL, NULL, NULL, "parley-99=0123456789abcdef; y=2"), 0);
    static const char *const cookies[] = {"parley-9=0123456789abcdef",
                                          "parley-99=",
                                          "parley-99",
                                          "xparley-99=0123456789abcdef",
                                          ";;; ;",
                                          "parley-99=0123456789abcdeg",
                                          "parley-99=0123456789abcdef0123456789abcdef"};
    for (size_t i = 0; i < sizeof cookies / sizeof *cookies; i++)
        assert_int_equal(guarded(&guard, "desk:99", NULL, NULL, NULL, cookies[i]), 401);
    assert_false(pl_guard_same("", ""));
    assert_false(pl_guard_same("", "x"));
    assert_false(pl_guard_same("abc", ""));
    assert_false(pl_guard_same("abc", "abcabc"));
    assert_true(pl_guard_same("abc", "abc"));
}

/* ---- questions ---- */

typedef struct {
    char path[64];
    pl_folder folder;
} rig;

static void put_file(const rig *r, const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", r->path, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static int make_rig(void **state) {
    rig *r = calloc(1, sizeof *r);
    pl_error error;
    strcpy(r->path, "/tmp/parley-serve-XXXXXX");
    assert_non_null(mkdtemp(r->path));
    put_file(r, "a.yaml", "parley: 1\ntitle: \"One title\"\nvariants: {v: {measures: []}}\n");
    put_file(r, "game.yaml", "title: a game\nplayers:\n");
    put_file(r, "own.nc", "");
    assert_int_equal(pl_folder_open(r->path, &r->folder, &error), PL_OK);
    *state = r;
    return 0;
}

static int clear_rig(void **state) {
    static const char *const names[] = {"a.yaml", "game.yaml", "own.nc"};
    rig *r = *state;
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", r->path, names[i]);
        unlink(path);
    }
    rmdir(r->path);
    pl_folder_close(&r->folder);
    free(r);
    return 0;
}

/* The command line made of an address, joined by '|'; "" when it is refused. */
static const char *line_of(const rig *r, const char *command, const char *uri, bool posted) {
    static char line[2048];
    pl_target target;
    pl_error error;
    pl_ask ask;
    assert_int_equal(pl_target_read(uri, &target, &error), PL_OK);
    *line = 0;
    if (pl_ask_new(&r->folder, command, &target, posted, &ask, &error))
        assert_true(*error.text);
    else {
        assert_null(ask.argv[ask.argc]);
        for (size_t i = 1; i < ask.argc; i++)
            snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", i > 1 ? "|" : "",
                     strncmp(ask.argv[i], "--threads=", 10) ? ask.argv[i] : "--threads=N");
        pl_ask_clear(&ask);
    }
    pl_target_clear(&target);
    return line;
}

static void test_ask(void **state) {
    const rig *r = *state;
    assert_string_equal(line_of(r, "run", "/?tariff=USA%3C-CHN%3D1%25&tariff=x&sigma-final=2", false),
                        "run|--tariff=USA<-CHN=1%|--tariff=x|--sigma-final=2|--json|--output=-");
    assert_string_equal(
        line_of(r, "run", "/?scenario=a&scenario=game&sigma_final=2&world=own.nc&timeline=", false),
        "run|a.yaml|game.yaml|--sigma-final=2|--world=own.nc|--timeline|--json");
    assert_string_equal(line_of(r, "talks/nash", "/?scenario=game&starts=--output%3Dx", false),
                        "talks|nash|game.yaml|--starts=--output=x|--threads=N|--json|--output=-");
    assert_string_equal(line_of(r, "world/info", "/?world=own.nc&country=-o", false),
                        "world|info|own.nc|--country=-o|--json");
    assert_string_equal(line_of(r, "run", "/?variant=v", true),
                        "run|/dev/stdin|--variant=v|--threads=N|--json|--output=-");
    assert_string_equal(line_of(r, "path", "/?months=3", true),
                        "path|/dev/stdin|--months=3|--json|--output=-");
}

static void test_ask_refused(void **state) {
    static const char *const bad[][2] = {{"run", "/?scenario=../a"},
                                         {"run", "/?scenario=a.yaml"},
                                         {"run", "/?scenario=b"},
                                         {"run", "/?scenario=-o"},
                                         {"run", "/?world=../own.nc"},
                                         {"run", "/?world=a"},
                                         {"run", "/?world=/etc/passwd"},
                                         {"run", "/?output=x"},
                                         {"run", "/?o=x"},
                                         {"run", "/?threads=9"},
                                         {"run", "/?=x"},
                                         {"run", "/?help="},
                                         {"run", "/?tariff!=x"},
                                         {"run", "/?timeline!="},
                                         {"run", "/?sigma=2"},
                                         {"run", "/?warm=yes"},
                                         {"talks/nash", "/?points=3"},
                                         {"talks/nash", "/?warm=1"},
                                         {"talks/nash", "/?sigma_final=2"},
                                         {"world/list", "/?scenario=a"},
                                         {"world/info", "/?rows=3&output=x"},
                                         {"facts", "/?series=/etc"},
                                         {"backtest", "/?history=a"},
                                         {"check", "/"},
                                         {"world/export", "/"},
                                         {"", "/"},
                                         {"talks", "/"},
                                         {"talks/value", "/?kept=1"},
                                         {"path", "/?scenario=a&scenario=a"}};
    const rig *r = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(line_of(r, bad[i][0], bad[i][1], false), "");
    assert_string_equal(line_of(r, "world/list", "/", true), "");
    assert_string_equal(line_of(r, "path", "/?scenario=a", true), "");
}

static pl_queue queue_of(const rig *r, const char *command, const char *uri, bool posted) {
    pl_target target;
    pl_error error;
    pl_ask ask;
    assert_int_equal(pl_target_read(uri, &target, &error), PL_OK);
    assert_int_equal(pl_ask_new(&r->folder, command, &target, posted, &ask, &error), PL_OK);
    pl_queue queue = ask.queue;
    assert_true(queue == PL_AT_DESK || !ask.value);
    pl_ask_clear(&ask);
    pl_target_clear(&target);
    return queue;
}

/* A package is valued at the desk when that is asked for, and nothing that takes longer. */
static void test_queues(void **state) {
    const rig *r = *state;
    assert_int_equal(queue_of(r, "run", "/?scenario=a", false), PL_AT_DESK);
    assert_int_equal(queue_of(r, "run", "/", true), PL_SHORT);
    assert_int_equal(queue_of(r, "talks/nash", "/?scenario=game", false), PL_LONG);
    assert_int_equal(queue_of(r, "talks/value", "/?scenario=game&set=x%3D1", false), PL_MIDDLE);
    assert_int_equal(queue_of(r, "talks/value", "/?scenario=game&set=x%3D1&warm=0", false), PL_MIDDLE);
    assert_int_equal(queue_of(r, "talks/value", "/?set=x%3D1&warm=1&world=own.nc&scenario=game", false),
                     PL_AT_DESK);
    assert_int_equal(queue_of(r, "talks/value", "/?scenario=game&warm=1&kept=", false), PL_MIDDLE);
    assert_int_equal(queue_of(r, "talks/value", "/?scenario=game&warm=1&draws=5", false), PL_MIDDLE);
    assert_int_equal(queue_of(r, "talks/value", "/?warm=1", true), PL_MIDDLE);
}

static char *key_of(const rig *r, const char *uri) {
    pl_target target;
    pl_error error;
    pl_ask ask;
    assert_int_equal(pl_target_read(uri, &target, &error), PL_OK);
    assert_int_equal(pl_ask_new(&r->folder, "run", &target, false, &ask, &error), PL_OK);
    char *key = strdup(ask.key);
    pl_ask_clear(&ask);
    pl_target_clear(&target);
    return key;
}

static void test_keys(void **state) {
    const rig *r = *state;
    char *one = key_of(r, "/?tariff=a&tariff=b"), *same = key_of(r, "/?tariff=a&tariff=%62");
    char *other = key_of(r, "/?tariff=b&tariff=a"), *warm = key_of(r, "/?tariff=a&tariff=b&warm=1");
    assert_string_equal(one, same);
    assert_string_not_equal(one, other);
    assert_string_not_equal(one, warm);
    put_file(r, "a.yaml", "parley: 1\n");
    char *later = key_of(r, "/?tariff=a&tariff=b");
    assert_string_not_equal(one, later);
    free(one), free(same), free(other), free(warm), free(later);
}

static void test_folder(void **state) {
    const rig *r = *state;
    pl_names list;
    pl_error error;
    assert_true(pl_folder_has(&r->folder, "a.yaml"));
    assert_false(pl_folder_has(&r->folder, "b.yaml"));
    assert_false(pl_folder_has(&r->folder, "../a.yaml"));
    assert_false(pl_folder_has(&r->folder, "."));
    assert_int_equal(pl_folder_list(&r->folder, &list, &error), PL_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.names[0], "a");
    assert_string_equal(list.names[1], "game");
    pl_names_free(&list);
    char *about = pl_folder_about(&r->folder);
    assert_non_null(strstr(about, "One title"));
    assert_non_null(strstr(about, "\"game\""));
    free(about);
}

/* ---- messages and answers ---- */

static void test_messages(void **state) {
    pl_folder folder = {.path = (char[]){"/srv/scenarios"}};
    char text[256];
    (void)state;
    pl_message_clean(&folder, "parley: /srv/scenarios/a.yaml:3: bad\nTry something\n", text, sizeof text);
    assert_string_equal(text, "a.yaml:3: bad");
    pl_message_clean(&folder, "noise\nparley path: --months: '0' is bad\n", text, sizeof text);
    assert_string_equal(text, "parley path: --months: '0' is bad");
    pl_message_clean(&folder, "parley: /dev/stdin:3: cannot read /srv/scenarios/x and /dev/stdin", text,
                     sizeof text);
    assert_string_equal(text, "scenario:3: cannot read x and scenario");
    pl_message_clean(&folder, "", text, sizeof text);
    assert_string_equal(text, "");
}

static void test_memory(void **state) {
    pl_memory memory = {.most = 4000};
    char key[16];
    (void)state;
    for (int i = 0; i < 10; i++) {
        pl_answer *answer = pl_answer_new(200, calloc(1, 801), 800);
        snprintf(key, sizeof key, "k%d", i);
        pl_memory_keep(&memory, key, "body", i % 2 ? 4 : 0, answer);
        pl_answer_drop(answer);
        assert_true(memory.bytes <= memory.most);
        pl_answer_drop(pl_memory_find(&memory, "k0", "body", 0)); /* used, and so kept */
    }
    pl_answer *found = pl_memory_find(&memory, "k0", NULL, 0);
    assert_non_null(found);
    assert_int_equal(found->length, 800);
    assert_null(pl_memory_find(&memory, "k1", "body", 4));
    assert_null(pl_memory_find(&memory, "k9", "bodx", 4));
    assert_null(pl_memory_find(&memory, "k9", "body", 3));
    pl_answer *large = pl_answer_new(200, calloc(1, 3001), 3000);
    pl_memory_keep(&memory, "large", NULL, 0, large);
    pl_answer_drop(large);
    assert_null(pl_memory_find(&memory, "large", NULL, 0));
    pl_memory_clear(&memory);
    assert_int_equal(memory.bytes, 0);
    assert_int_equal(found->holders, 1);
    pl_answer_drop(found);
    pl_answer *refusal = pl_answer_refusal(400, 2, "a \"quoted\"\nword");
    assert_string_equal(refusal->text, "{\"error\":{\"status\":2,\"text\":\"a \\\"quoted\\\"\\nword\"}}");
    pl_answer_drop(refusal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_target),
        cmocka_unit_test(test_target_refused),
        cmocka_unit_test(test_guard_loopback),
        cmocka_unit_test(test_guard_token),
        cmocka_unit_test_setup_teardown(test_ask, make_rig, clear_rig),
        cmocka_unit_test_setup_teardown(test_ask_refused, make_rig, clear_rig),
        cmocka_unit_test_setup_teardown(test_queues, make_rig, clear_rig),
        cmocka_unit_test_setup_teardown(test_keys, make_rig, clear_rig),
        cmocka_unit_test_setup_teardown(test_folder, make_rig, clear_rig),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
