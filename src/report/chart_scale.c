/* Scales of charts: round ticks, classes of colour, and what every picture starts with. */
#include "report/chart.h"

#include <math.h>
#include <string.h>

/* ---- ticks ---- */

/* The smallest of 1, 2, 5, 10 times a power of ten that is not below `value`. */
static double round_up(double value) {
    static const double steps[] = {1, 2, 5, 10};
    double power = pow(10, floor(log10(value)));
    for (size_t k = 0; k < 4; k++)
        if (steps[k] * power >= value * (1 - 1e-9))
            return steps[k] * power;
    return 10 * power;
}

pl_ticks pl_ticks_of(double low, double high, size_t wanted) {
    if (!(low <= high) || !isfinite(low) || !isfinite(high) || !isfinite(high - low))
        low = high = 0;
    if (high - low <= 1e-12 * fmax(fabs(low), fabs(high))) {
        double room = low == 0 ? 1 : fabs(low) / 2;
        low -= room;
        high += room;
    }
    double step = round_up((high - low) / (double)wanted);
    pl_ticks t = {floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, step, 0};
    double digits = -floor(log10(step) + 1e-9);
    t.decimals = digits < 0 ? 0 : digits > 12 ? 12 : (int)digits;
    return t;
}

pl_ticks pl_ticks_with_zero(double low, double high, size_t wanted) {
    return pl_ticks_of(low < 0 ? low : 0, high > 0 ? high : 0, wanted);
}

size_t pl_ticks_count(const pl_ticks *t) {
    return (size_t)llround((t->high - t->low) / t->step) + 1;
}

double pl_tick_at(const pl_ticks *t, size_t index) {
    double value = t->low + (double)index * t->step;
    return fabs(value) < t->step * 1e-6 ? 0 : value;
}

/* A true minus sign for what is read and not pasted. */
static void true_minus(char *out, size_t size, const char *text) {
    snprintf(out, size, "%s%s", *text == '-' ? "\xe2\x88\x92" : "", text + (*text == '-'));
}

void pl_tick_text(char *out, size_t size, const pl_ticks *t, size_t index, bool sign) {
    char text[64];
    pl_text_number(text, sizeof text, pl_tick_at(t, index), t->decimals, sign);
    true_minus(out, size, text);
}

void pl_chart_number(char *out, size_t size, double value, double largest, bool sign) {
    char text[64];
    int decimals = pl_text_decimals(largest);
    pl_text_number(text, sizeof text, value, decimals > 2 ? decimals - 1 : decimals, sign);
    true_minus(out, size, text);
}

/* ---- classes ---- */

pl_classes pl_classes_of(double largest) {
    pl_classes c;
    double top = largest > 0 && isfinite(largest) ? largest : 1;
    double power = pow(10, floor(log10(top) + 1e-9));
    int at = top >= 5 * power * (1 - 1e-9) ? 2 : top >= 2 * power * (1 - 1e-9) ? 1 : 0;
    static const double steps[] = {1, 2, 5};
    for (size_t k = PL_THRESHOLDS; k-- > 0;) {
        c.threshold[k] = steps[at] * power;
        if (--at < 0) {
            at = 2;
            power /= 10;
        }
    }
    return c;
}

size_t pl_class_of(const pl_classes *c, double value) {
    if (isnan(value))
        return SIZE_MAX;
    size_t step = 0;
    while (step < PL_THRESHOLDS && fabs(value) >= c->threshold[step])
        step++;
    return value < 0 ? PL_THRESHOLDS - step : PL_THRESHOLDS + step;
}

double pl_classes_legend(FILE *out, const pl_classes *c, double x, double y, const char *unit) {
    enum { BOX = 44 };
    for (size_t k = 0; k < PL_DIVERGING; k++)
        pl_svg_rect(out, x + BOX * (double)k, y, BOX - 1, 10, pl_paint_step(k), NULL);
    for (size_t k = 0; k + 1 < PL_DIVERGING; k++) {
        char text[64], plain[48];
        bool below = k < PL_THRESHOLDS;
        size_t at = below ? PL_THRESHOLDS - 1 - k : k - PL_THRESHOLDS;
        snprintf(plain, sizeof plain, "%.12g", c->threshold[at]);
        snprintf(text, sizeof text, "%s%s", below ? "\xe2\x88\x92" : "+", plain);
        pl_svg_text(out, x + BOX * (double)(k + 1) - 0.5, y + 23, PL_MIDDLE, 11, pl_paint_ink(PL_INK_MUTED),
                    false, text);
    }
    pl_svg_text(out, x + BOX * PL_DIVERGING + 8, y + 10, PL_START, 11, pl_paint_ink(PL_INK_MUTED), false,
                unit);
    return BOX * PL_DIVERGING + 8 + pl_svg_width(unit, 11);
}

/* ---- the head of a picture ---- */

/* A text in at most `most` lines from y on. */
static void draw_wrapped(FILE *out, const char *text, double y, double width, double letters, size_t most,
                         pl_ink ink, bool strong) {
    char line[1024], words[1024];
    width /= strong ? 1.13 : 1; /* strong letters are wider */
    for (size_t k = 0; k < most && *text; k++) {
        size_t end = strlen(text);
        while (end && k + 1 < most) {
            snprintf(line, sizeof line, "%.*s", (int)(end < sizeof line ? end : sizeof line - 1), text);
            if (pl_svg_width(line, letters) <= width)
                break;
            while (end && text[--end] != ' ')
                ;
        }
        if (!end || k + 1 == most) /* a word longer than the line, or the last line */
            end = strlen(text);
        snprintf(line, sizeof line, "%.*s", (int)(end < sizeof line ? end : sizeof line - 1), text);
        pl_svg_cut(words, sizeof words, line, width, letters);
        pl_svg_text(out, 8, y + (letters + 4) * (double)k, PL_START, letters, pl_paint_ink(ink), strong,
                    words);
        text += end;
        text += *text == ' ';
    }
}

void pl_draw_head(FILE *out, const pl_chart *c, double height) {
    char line[1024];
    bool narrow = c->width < PL_CHART_WIDTH;
    pl_svg_open(out, c->name, c->width, height, c->title, c->text);
    draw_wrapped(out, c->title, 22, c->width - 16, narrow ? 14 : 16, narrow ? 2 : 1, PL_INK_TEXT, true);
    snprintf(line, sizeof line, "%s%s%s", c->unit, *c->basis ? " \xc2\xb7 " : "", c->basis);
    draw_wrapped(out, line, narrow ? 58 : 42, c->width - 16, narrow ? 12 : 12.5, narrow ? 2 : 1, PL_INK_MUTED,
                 false);
}
