/* A small writer of SVG. */
#include "report/svg.h"

#include <math.h>
#include <string.h>
#include <utf8proc.h>

const pl_colour pl_ink_colour[PL_INKS] = {
    [PL_INK_TEXT] = {"#1c1d20", "#e8e8ea"},   [PL_INK_MUTED] = {"#55585f", "#a9acb3"},
    [PL_INK_GRID] = {"#e2e3e6", "#36383d"},   [PL_INK_ZERO] = {"#6b6e75", "#9a9da4"},
    [PL_INK_GROUND] = {"#ffffff", "#17181b"}, [PL_INK_EMPTY] = {"#d3d5d9", "#50535a"}};

const pl_colour pl_series_colour[PL_SERIES_INKS] = {
    {"#1f64a8", "#6fb0f2"}, {"#b4500a", "#f0964a"}, {"#2a7a4f", "#66c48e"}, {"#8a3f8f", "#cf8bd6"},
    {"#6b6256", "#b9b2a6"}, {"#a8324a", "#f08ba0"}, {"#22787f", "#62c3cb"}, {"#7a6a10", "#d6bf4a"}};

const pl_colour pl_diverging_colour[PL_DIVERGING] = {
    {"#7a2e00", "#ffc38f"}, {"#ab4b08", "#f3994e"}, {"#d17838", "#ca7329"}, {"#e9ac7b", "#905221"},
    {"#f0d6be", "#593e2d"}, {"#eeece7", "#35363a"}, {"#cadbe9", "#2d435c"}, {"#94bbe1", "#2c5e8f"},
    {"#5b93cb", "#4183c4"}, {"#2967aa", "#6baaec"}, {"#0b3f78", "#a9d2ff"}};

/* Classes of inks, in the order of pl_ink. */
static const char *const INK_CLASS[PL_INKS] = {"it", "im", "ig", "iz", "ib", "ie"};

bool pl_diverging_is_dark(size_t step) {
    return step < 2 || step + 2 >= PL_DIVERGING;
}

/* ---- text ---- */

/* XML 1.0 knows tab, line ends, and everything from the blank up but surrogates and the last two of a plane's ends. */
static bool is_xml(utf8proc_int32_t code) {
    return code == 9 || code == 10 || code == 13 || (code >= 0x20 && code != 0xfffe && code != 0xffff);
}

void pl_xml_text(FILE *out, const char *text) {
    utf8proc_int32_t code;
    while (*text) {
        utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);
        if (bytes <= 0 || !is_xml(code))
            fputs("\xef\xbf\xbd", out);
        else if (code == '&')
            fputs("&amp;", out);
        else if (code == '<')
            fputs("&lt;", out);
        else if (code == '>')
            fputs("&gt;", out);
        else if (code == '"')
            fputs("&quot;", out);
        else if (code == '\'')
            fputs("&#39;", out);
        else
            fwrite(text, 1, (size_t)bytes, out);
        text += bytes > 0 ? bytes : 1;
    }
}

void pl_svg_number(FILE *out, double value) {
    char text[64];
    snprintf(text, sizeof text, "%.2f", isfinite(value) && fabs(value) < 1e9 ? value : 0.0);
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        text[--length] = 0;
    if (text[length - 1] == '.')
        text[--length] = 0;
    fputs(strcmp(text, "-0") ? text : "0", out);
}

static void attribute(FILE *out, const char *name, double value) {
    fprintf(out, " %s=\"", name);
    pl_svg_number(out, value);
    fputc('"', out);
}

/* A letter of a common sans-serif face is about this share of its size wide; what is twice as wide on a terminal is here. */
double pl_svg_width(const char *text, double size) {
    double width = 0;
    utf8proc_int32_t code;
    while (*text) {
        utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);
        bool narrow = bytes == 1 && strchr("iljtf.,:;'|!()[] ", *text);
        bool wide = bytes == 1 && strchr("mwMW@%", *text);
        width += narrow ? 0.34 : wide ? 0.92 : bytes > 2 && utf8proc_charwidth(code) == 2 ? 1 : 0.61;
        text += bytes > 0 ? bytes : 1;
    }
    return width * size;
}

void pl_svg_cut(char *out, size_t size, const char *text, double width, double letters) {
    size_t columns = pl_text_width(text);
    if (columns > size / 4)
        columns = size / 4;
    pl_text_cut(out, size, text, columns);
    while (columns > 1 && pl_svg_width(out, letters) > width)
        pl_text_cut(out, size, text, --columns);
}

/* ---- paint ---- */

pl_paint pl_paint_ink(pl_ink ink) {
    return (pl_paint){PL_PAINT_INK, (size_t)ink};
}

pl_paint pl_paint_series(size_t series) {
    return (pl_paint){PL_PAINT_SERIES, series % PL_SERIES_INKS};
}

pl_paint pl_paint_step(size_t step) {
    return (pl_paint){PL_PAINT_STEP, step < PL_DIVERGING ? step : PL_DIVERGING - 1};
}

static const char *colour_of(pl_paint paint) {
    return paint.from == PL_PAINT_INK      ? pl_ink_colour[paint.index].light
           : paint.from == PL_PAINT_SERIES ? pl_series_colour[paint.index].light
                                           : pl_diverging_colour[paint.index].light;
}

/* Classes: a letter for fill or stroke, then what it is. */
static void put_paint(FILE *out, const char *property, pl_paint paint) {
    char kind = *property;
    if (paint.from == PL_PAINT_INK)
        fprintf(out, " class=\"%c%s\"", kind, INK_CLASS[paint.index]);
    else
        fprintf(out, " class=\"%c%c%zu\"", kind, paint.from == PL_PAINT_SERIES ? 's' : 'd', paint.index);
    fprintf(out, " %s=\"%s\"", property, colour_of(paint));
}

static void dark_rule(FILE *out, const char *property, const char *name, const char *colour) {
    fprintf(out, ".%c%s{%s:%s}", *property, name, property, colour);
}

void pl_svg_dark_rules(FILE *out) {
    static const char *const properties[] = {"fill", "stroke"};
    char name[32];
    for (size_t p = 0; p < 2; p++) {
        for (size_t k = 0; k < PL_INKS; k++)
            dark_rule(out, properties[p], INK_CLASS[k], pl_ink_colour[k].dark);
        for (size_t k = 0; k < PL_SERIES_INKS; k++) {
            snprintf(name, sizeof name, "s%zu", k);
            dark_rule(out, properties[p], name, pl_series_colour[k].dark);
        }
        for (size_t k = 0; k < PL_DIVERGING; k++) {
            snprintf(name, sizeof name, "d%zu", k);
            dark_rule(out, properties[p], name, pl_diverging_colour[k].dark);
        }
    }
    fputs(".on0{fill:#f4f4f5}.on1{fill:#101114}", out);
}

/* ---- marks ---- */

void pl_svg_open(FILE *out, const char *id, double width, double height, const char *title,
                 const char *text) {
    fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", out);
    pl_svg_number(out, width);
    fputc(' ', out);
    pl_svg_number(out, height);
    fputc('"', out);
    attribute(out, "width", width);
    attribute(out, "height", height);
    fprintf(out,
            " role=\"img\" aria-labelledby=\"%s-title %s-text\" "
            "font-family=\"'Segoe UI', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif\">\n",
            id, id);
    fprintf(out, "<title id=\"%s-title\">", id);
    pl_xml_text(out, title);
    fprintf(out, "</title>\n<desc id=\"%s-text\">", id);
    pl_xml_text(out, text);
    fputs("</desc>\n", out);
    pl_svg_rect(out, 0, 0, width, height, pl_paint_ink(PL_INK_GROUND), NULL);
}

void pl_svg_close(FILE *out) {
    fputs("</svg>\n", out);
}

static void end_mark(FILE *out, const char *element, const char *tip) {
    if (!tip || !*tip) {
        fputs("/>\n", out);
        return;
    }
    fputs("><title>", out);
    pl_xml_text(out, tip);
    fprintf(out, "</title></%s>\n", element);
}

void pl_svg_rect(FILE *out, double x, double y, double width, double height, pl_paint fill, const char *tip) {
    fputs("<rect", out);
    attribute(out, "x", x);
    attribute(out, "y", y);
    attribute(out, "width", width > 0 ? width : 0);
    attribute(out, "height", height > 0 ? height : 0);
    put_paint(out, "fill", fill);
    end_mark(out, "rect", tip);
}

static void stroke(FILE *out, pl_paint paint, double width, const char *dash) {
    put_paint(out, "stroke", paint);
    attribute(out, "stroke-width", width);
    if (dash)
        fprintf(out, " stroke-dasharray=\"%s\"", dash);
}

void pl_svg_line(FILE *out, double x1, double y1, double x2, double y2, pl_paint paint, double width,
                 const char *dash) {
    fputs("<line", out);
    attribute(out, "x1", x1);
    attribute(out, "y1", y1);
    attribute(out, "x2", x2);
    attribute(out, "y2", y2);
    stroke(out, paint, width, dash);
    end_mark(out, "line", NULL);
}

void pl_svg_dot(FILE *out, double x, double y, double radius, pl_paint paint, bool hollow, const char *tip) {
    fputs("<circle", out);
    attribute(out, "cx", x);
    attribute(out, "cy", y);
    attribute(out, "r", radius);
    if (hollow) {
        fputs(" fill=\"none\"", out);
        stroke(out, paint, 2, NULL);
    } else {
        put_paint(out, "fill", paint);
    }
    end_mark(out, "circle", tip);
}

void pl_svg_path(FILE *out, const char *path, pl_paint fill, const char *tip) {
    fputs("<path", out);
    put_paint(out, "fill", fill);
    fprintf(out, " d=\"%s\"", path);
    end_mark(out, "path", tip);
}

static void open_text(FILE *out, double x, double y, pl_anchor anchor, double size) {
    static const char *const words[] = {"start", "middle", "end"};
    fputs("<text", out);
    attribute(out, "x", x);
    attribute(out, "y", y);
    if (anchor != PL_START)
        fprintf(out, " text-anchor=\"%s\"", words[anchor]);
    attribute(out, "font-size", size);
}

void pl_svg_text(FILE *out, double x, double y, pl_anchor anchor, double size, pl_paint ink, bool strong,
                 const char *text) {
    open_text(out, x, y, anchor, size);
    put_paint(out, "fill", ink);
    if (strong)
        fputs(" font-weight=\"600\"", out);
    fputc('>', out);
    pl_xml_text(out, text);
    fputs("</text>\n", out);
}

void pl_svg_text_on(FILE *out, double x, double y, double size, size_t step, const char *text) {
    bool dark = pl_diverging_is_dark(step);
    open_text(out, x, y, PL_MIDDLE, size);
    /* In the dark the middle of the scale is dark and its ends are bright. */
    fprintf(out, " class=\"on%d\" fill=\"%s\">", step < 3 || step + 3 >= PL_DIVERGING,
            dark ? "#ffffff" : "#111111");
    pl_xml_text(out, text);
    fputs("</text>\n", out);
}

void pl_svg_polyline(FILE *out, const double *x, const double *y, size_t count, pl_paint paint, double width,
                     const char *dash) {
    bool open = false;
    fputs("<path fill=\"none\" stroke-linejoin=\"round\"", out);
    stroke(out, paint, width, dash);
    fputs(" d=\"", out);
    for (size_t k = 0; k < count; k++) {
        bool here = isfinite(x[k]) && isfinite(y[k]);
        if (here) {
            fputc(open ? 'L' : 'M', out);
            pl_svg_number(out, x[k]);
            fputc(' ', out);
            pl_svg_number(out, y[k]);
        }
        open = here;
    }
    fputs("\"/>\n", out);
}
