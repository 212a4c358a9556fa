/* The page as one HTML file: its frame, its style, and the parts that all pages share. */
#include "report/page.h"

#include <math.h>
#include <string.h>

/* Light on paper whatever the screen; a table's head on every sheet it runs over; no picture cut in two. */
static const char STYLE[] =
    "@page{size:A4;margin:17mm 15mm}\n"
    ":root{color-scheme:light dark;--ink:#1c1d20;--muted:#55585f;--ground:#fff;--line:#d9dbdf;--soft:#f4f5f6;"
    "--link:#1f64a8;--warn:#7a2e00;--warn-ground:#fdf1e7}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:62rem;background:var(--ground);color:var(--ink);"
    "font:16px/1.5 'Segoe UI',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif}\n"
    "h1{font-size:1.75rem;line-height:1.2;margin:.2rem 0 .6rem;text-wrap:balance}\n"
    "h2{font-size:1.25rem;line-height:1.3;margin:2.4rem 0 .6rem;padding-top:.5rem;border-top:2px solid "
    "var(--ink)}\n"
    "h3{font-size:1.02rem;margin:1.4rem 0 .3rem}\n"
    "p,li,dd,td,th,h1,h2,h3{overflow-wrap:anywhere}.wide td,.wide th{overflow-wrap:normal}\n"
    "p,ul,ol,dl{margin:.5rem 0;max-width:46rem}li{margin:.15rem 0}\n"
    ".kind{color:var(--muted);margin:0;letter-spacing:.02em}.small{font-size:.86rem;color:var(--muted)}\n"
    ".lead{font-size:1.06rem}.warning{background:var(--warn-ground);color:var(--warn);border-left:4px solid "
    "var(--warn);padding:.6rem .9rem;font-weight:600}\n"
    "a{color:var(--link)}nav{font-size:.92rem;margin:1rem 0;display:flex;flex-wrap:wrap;gap:.1rem 1rem}\n"
    "figure{margin:1.4rem 0 1.8rem}svg{display:block;max-width:100%;height:auto}\n"
    ".pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:0 1.5rem}"
    ".pair figure{min-width:0;margin:.8rem 0 1rem}.pair .long{grid-column:1/-1}\n"
    "figcaption{font-size:.86rem;color:var(--muted);margin-top:.3rem}\n"
    "details{font-size:.9rem;margin-top:.3rem}summary{cursor:pointer;color:var(--link)}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.86rem;margin:.8rem 0;"
    "font-variant-numeric:tabular-nums;min-width:26rem}\n"
    "caption{text-align:left;font-weight:600;padding-bottom:.3rem}\n"
    "th,td{padding:.18rem .6rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}\n"
    "th[scope=row],.words td,.words th{text-align:left}th[scope=row]{font-weight:400}\n"
    ".names th[scope=row],.keep th[scope=row]{white-space:nowrap}\n"
    "thead th{border-bottom:1.5px solid var(--ink);vertical-align:bottom}thead{display:table-header-group}\n"
    "thead .unit{display:block;font-weight:400;color:var(--muted);font-size:.92em}\n"
    ".yes{font-weight:600}.columns{columns:3;column-gap:2rem;font-size:.82rem;max-width:none;padding:0;"
    "list-style:none}\n"
    ".columns li{break-inside:avoid}.columns "
    "b{font-weight:400;float:right;font-variant-numeric:tabular-nums}\n"
    "pre{background:var(--soft);padding:.7rem .9rem;overflow-x:auto;font-size:.86rem;white-space:pre-wrap;"
    "overflow-wrap:anywhere}\n"
    ".measures{font-size:.86rem;max-width:none}footer{margin-top:3rem;border-top:1px solid var(--line)}\n"
    "@media (max-width:40rem){.columns{columns:1}}\n"
    "@media screen and (prefers-color-scheme:dark){\n"
    ":root{--ink:#e8e8ea;--muted:#a9acb3;--ground:#17181b;--line:#3a3c42;--soft:#222429;--link:#8cbff5;"
    "--warn:#ffc38f;--warn-ground:#3a2a1d}\n";
static const char PRINT_STYLE[] =
    "}\n@media "
    "print{:root{color-scheme:light}body{padding:0;max-width:none;font-size:10.5pt;line-height:1.4}\n"
    "nav,details{display:none}h1{font-size:19pt}h2{font-size:13.5pt;margin-top:1.4rem}h2,h3,caption{break-"
    "after:avoid}\n"
    "figure,tr,table.words,table.keep,pre{break-inside:avoid}pre{break-before:avoid}.wide{break-before:avoid}"
    "tbody "
    "tr:nth-child(-n+2){break-after:avoid}figure{margin:.8rem 0 "
    "1rem}.wide{overflow:visible}table{font-size:8.6pt}\n"
    "th,td{padding:.1rem .4rem}p,ul,ol,dl{max-width:none}a{color:inherit;text-decoration:none}\n"
    ".measures{columns:2;column-gap:8mm;font-size:8.2pt}.map "
    "svg{width:86%}.small{font-size:8.6pt}.lead{font-size:11pt}figcaption{font-size:8.2pt}\n"
    ".pair{grid-template-columns:1fr 1fr;gap:0 5mm}\n"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

/* ---- pieces ---- */

void pl_html_text(FILE *out, const char *element, const char *text) {
    fprintf(out, "<%s>", element);
    pl_xml_text(out, text);
    fprintf(out, "</%.*s>\n", (int)strcspn(element, " "), element);
}

void pl_html_heading(FILE *out, const char *id, const char *text) {
    fprintf(out, "<h2 id=\"%s\">", id);
    pl_xml_text(out, text);
    fputs("</h2>\n", out);
}

void pl_html_figure(FILE *out, const pl_page *page, const char *name) {
    const pl_chart *chart = pl_charts_find(&page->charts, name);
    if (!chart)
        return;
    fputs(chart->kind == PL_CHART_MAP     ? "<figure class=\"map\">\n"
          : chart->width < PL_CHART_WIDTH ? "<figure>\n"
                                          : "<figure class=\"long\">\n",
          out);
    pl_chart_draw(out, chart);
    if (chart->note) {
        fputs("<figcaption>", out);
        pl_xml_text(out, chart->note);
        fputs("</figcaption>\n", out);
    }
    fputs("<details><summary>The numbers of this picture</summary><div class=\"wide\" tabindex=\"0\" "
          "role=\"region\" "
          "aria-label=\"",
          out);
    pl_xml_text(out, chart->title);
    fputs(", numbers\">\n", out);
    pl_chart_table(out, chart);
    fputs("</div></details>\n</figure>\n", out);
}

void pl_html_table(FILE *out, const char *kind, const char *caption) {
    /* What scrolls sideways on a narrow screen is reached by the keyboard, and has a name. */
    fputs("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"", out);
    pl_xml_text(out, caption);
    fputs("\"><table", out);
    if (kind)
        fprintf(out, " class=\"%s\"", kind);
    fputs("><caption>", out);
    pl_xml_text(out, caption);
    fputs("</caption>\n<thead><tr>", out);
}

void pl_html_head_cell(FILE *out, const char *text, const char *unit) {
    fputs("<th scope=\"col\">", out);
    pl_xml_text(out, text);
    if (unit) {
        fputs(" <span class=\"unit\">", out);
        pl_xml_text(out, unit);
        fputs("</span>", out);
    }
    fputs("</th>", out);
}

void pl_html_body(FILE *out) {
    fputs("</tr></thead>\n<tbody>\n", out);
}

void pl_html_row(FILE *out, const char *label) {
    fputs("<tr><th scope=\"row\">", out);
    pl_xml_text(out, label);
    fputs("</th>", out);
}

void pl_html_end_row(FILE *out) {
    fputs("</tr>\n", out);
}

void pl_html_end_table(FILE *out) {
    fputs("</tbody></table></div>\n", out);
}

void pl_html_cell(FILE *out, double value, int decimals, bool sign) {
    char text[64] = "";
    if (isfinite(value))
        pl_text_number(text, sizeof text, value, decimals, sign);
    fprintf(out, "<td>%s</td>", text);
}

/* Two digits after the point, or as many as show two figures. */
static void plain_number(char *out, size_t size, double value, int least) {
    double digits = value == 0 || isnan(value) ? 0 : 1 - floor(log10(fabs(value)));
    int decimals = digits < least ? least : digits > 6 ? 6 : (int)digits;
    pl_text_number(out, size, fabs(value), decimals, false);
}

void pl_html_moves(FILE *out, double percent) {
    char text[64];
    plain_number(text, sizeof text, percent, 2);
    if (isnan(percent))
        fputs("is not known", out);
    else if (!strcmp(text, "0"))
        fputs("does not change", out);
    else
        fprintf(out, "%s by %s\xc2\xa0%%", percent < 0 ? "falls" : "rises", text);
}

void pl_html_money(FILE *out, const pl_page *page, double million) {
    char text[64];
    double value = page->money * million;
    plain_number(text, sizeof text, value, fabs(value) >= 100 ? 0 : 1);
    fprintf(out, "%s\xc2\xa0%s", isnan(million) ? "an unknown number of" : text, page->money_name);
}

void pl_html_country(FILE *out, const pl_saved *reading, const char *code) {
    fputs(pl_saved_article(code), out);
    pl_xml_text(out, pl_saved_country(reading, code));
}

/* ---- the frame ---- */

/* A question of one line that is swept has the title of one member only. */
static const char *title_of(const pl_saved *reading) {
    const char *title = pl_read_text(reading->root, "title", ""),
               *name = pl_read_text(reading->root, "name", "");
    if (reading->kind == PL_SAVED_SWEEP && !strcmp(name, "question"))
        return reading->sweep.title;
    return *title ? title : *name ? name : "A result without a title";
}

static void put_head(FILE *out, const pl_page *page) {
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'\">\n",
          out);
    fprintf(out, "<meta name=\"generator\" content=\"parley %s\">\n<title>", pl_version());
    pl_xml_text(out, title_of(page->first));
    fputs("</title>\n<style>\n", out);
    fputs(STYLE, out);
    pl_svg_dark_rules(out);
    fprintf(out, "\n.kib{stroke:%s}\n", pl_ink_colour[PL_INK_GROUND].dark);
    fputs(PRINT_STYLE, out);
    fputs("</style>\n</head>\n<body>\n<main>\n", out);
}

/* A path is of one variant, and so is a sweep of a scenario that does not vary them. */
static bool is_of_variant(const pl_saved *r, const char *variant) {
    bool varied = r->kind != PL_SAVED_PATH && (r->kind != PL_SAVED_SWEEP || !strcmp(variant, "question"));
    for (size_t d = 0; d < r->sweep.dimensions; d++)
        varied = varied || !strcmp(r->sweep.dimension[d].name, "variant");
    return *variant && !varied;
}

static void put_title(FILE *out, const pl_page *page) {
    static const char *const kinds[] = {[PL_SAVED_RUN] = "The long run",
                                        [PL_SAVED_PATH] = "Month by month",
                                        [PL_SAVED_TALKS] = "Talks",
                                        [PL_SAVED_SWEEP] = "A sweep of the long run"};
    const char *variant = pl_read_text(page->first->root, "variant", "");
    fprintf(out, "<p class=\"kind\">%s%s", kinds[page->first->kind],
            page->second ? ", two results compared" : "");
    if (is_of_variant(page->first, variant) && !page->second) {
        fputs(", variant ", out);
        pl_xml_text(out, variant);
    }
    fputs("</p>\n", out);
    pl_html_text(out, "h1", title_of(page->first));
    if (page->second && strcmp(title_of(page->first), title_of(page->second))) {
        fputs("<p>compared with</p>\n", out);
        pl_html_text(out, "h1", title_of(page->second));
    }
}

static void put_warnings(FILE *out, const pl_page *page) {
    for (size_t k = 0; k < pl_page_results(page); k++) {
        const pl_saved *r = pl_page_result(page, k);
        if (pl_saved_converged(r))
            continue;
        fputs("<p class=\"warning\">", out);
        pl_xml_text(out, page->second ? r->label : "This result");
        fputs(" did not converge in every part: what is marked so below is no equilibrium, and its numbers "
              "are not "
              "answers.</p>\n",
              out);
    }
}

pl_status pl_report_page(FILE *out, const pl_page *page, pl_error *error) {
    put_head(out, page);
    put_title(out, page);
    put_warnings(out, page);
    static bool (*const put[])(FILE *, const pl_page *) = {[PL_SAVED_RUN] = pl_html_run,
                                                           [PL_SAVED_PATH] = pl_html_path,
                                                           [PL_SAVED_TALKS] = pl_html_talks,
                                                           [PL_SAVED_SWEEP] = pl_html_sweep};
    if (!put[page->first->kind](out, page))
        return pl_fail_memory(error, 0);
    pl_html_again(out, page);
    fputs("</main>\n</body>\n</html>\n", out);
    return fflush(out) || ferror(out) ? pl_fail(error, PL_IO, "the page could not be written") : PL_OK;
}
