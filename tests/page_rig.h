/* Results from text, pages from results, and what they come to, for tests of reports; after cmocka.h. */
#ifndef PAGE_RIG_H
#define PAGE_RIG_H

#include "report/page.h"

static inline pl_saved *parsed(const char *text) {
    pl_saved *saved = NULL;
    pl_error error = {PL_OK, ""};
    if (pl_saved_parse(text, strlen(text), "toy.json", &saved, &error))
        fail_msg("%s", error.text);
    return saved;
}

static inline char *drawn(const pl_page *page, const char *chart) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    pl_error error;
    assert_int_equal(
        chart ? pl_report_page_chart(out, page, chart, &error) : pl_report_page(out, page, &error), PL_OK);
    assert_int_equal(fclose(out), 0);
    return text;
}

static inline pl_page *page_of(const pl_saved *first, const pl_saved *second) {
    const pl_page_asked asked = {{first, second}, NULL, "parley report toy"};
    pl_page *page = NULL;
    pl_error error = {PL_OK, ""};
    if (pl_page_new(&asked, &page, &error))
        fail_msg("%s", error.text);
    return page;
}

static inline void refuse(const char *text, size_t length, const char *part) {
    pl_saved *saved = NULL;
    pl_error error = {PL_OK, ""};
    assert_int_equal(pl_saved_parse(text, length, "toy.json", &saved, &error), PL_INVALID);
    assert_null(saved);
    if (strncmp(error.text, "toy.json", 8) || (part && !strstr(error.text, part)))
        fail_msg("'%s' is not said: %s", part ? part : "the file", error.text);
}

/* A document with one text in the place of another is refused with a message. */
static inline void refuse_changed(const char *text, const char *from, const char *to, const char *part) {
    char changed[8000];
    const char *at = strstr(text, from);
    assert_non_null(at);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    refuse(changed, strlen(changed), part);
}

#endif
