/* Results from arbitrary bytes: whatever they hold, reading them ends in a message or in a page, its charts and their JSON. */
#include "report/page.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void write_all(const pl_page *page) {
    pl_error error;
    FILE *out = fopen("/dev/null", "w");
    if (!out)
        abort();
    if (pl_report_page(out, page, &error) || pl_report_page_json(out, page, &error))
        abort();
    for (size_t k = 0; k < pl_page_charts(page); k++)
        if (pl_report_page_chart(out, page, pl_page_chart_name(page, k), &error))
            abort();
    fclose(out);
}

/* Alone, and beside itself. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    pl_saved *saved = NULL;
    pl_error error = {PL_OK, ""};
    if (pl_saved_parse((const char *)bytes, size, "fuzz.json", &saved, &error)) {
        if (!*error.text)
            abort();
        return 0;
    }
    for (size_t two = 0; two < 2; two++) {
        const pl_page_asked asked = {{saved, two ? saved : NULL}, NULL, "parley report fuzz.json"};
        pl_page *page = NULL;
        if (!pl_page_new(&asked, &page, &error))
            write_all(page);
        pl_page_free(page);
    }
    pl_saved_free(saved);
    return 0;
}
