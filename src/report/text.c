/* Text for a terminal: widths, wrapping and numbers. */
#include "report/report.h"

#include <math.h>
#include <string.h>
#include <utf8proc.h>

/* Columns before a line that goes on, where there is no room for more. */
enum { FALL_BACK = 4 };

/* One character: its bytes and its columns. A byte that is not UTF-8 counts as one column. */
static size_t next_character(const char *text, size_t *columns) {
    utf8proc_int32_t code;
    utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);
    if (bytes <= 0) {
        *columns = 1;
        return 1;
    }
    int width = utf8proc_charwidth(code);
    *columns = width > 0 ? (size_t)width : 0;
    return (size_t)bytes;
}

size_t pl_text_width(const char *text) {
    size_t width = 0, columns;
    while (*text) {
        text += next_character(text, &columns);
        width += columns;
    }
    return width;
}

size_t pl_text_cut(char *out, size_t size, const char *text, size_t width) {
    static const char ellipsis[] = "\xe2\x80\xa6";
    bool whole = pl_text_width(text) <= width;
    size_t room = whole ? width : width - (width > 0), used = 0, columns, length = 0;
    while (*text) {
        size_t bytes = next_character(text, &columns);
        if (used + columns > room || length + bytes + sizeof ellipsis > size)
            break;
        memcpy(out + length, text, bytes);
        length += bytes;
        used += columns;
        text += bytes;
    }
    if (*text && width && length + sizeof ellipsis <= size) {
        memcpy(out + length, ellipsis, sizeof ellipsis - 1);
        length += sizeof ellipsis - 1;
        used++;
    }
    out[length] = 0;
    return used;
}

static size_t word_length(const char *text) {
    return strcspn(text, " \t\r\n");
}

static size_t word_width(const char *text, size_t bytes) {
    size_t width = 0, columns;
    for (const char *end = text + bytes; text < end; width += columns)
        text += next_character(text, &columns);
    return width;
}

void pl_text_wrap(FILE *out, const char *lead, const char *text, size_t width) {
    size_t behind = strlen(lead), indent = pl_text_width(lead), at = indent;
    indent = indent < width / 2 ? indent : FALL_BACK;
    while (behind && lead[behind - 1] == ' ')
        behind--;
    size_t owed = strlen(lead) - behind; /* blanks are written before a word: none at the end of a line */
    bool first = true;
    fwrite(lead, 1, behind, out);
    for (text += strspn(text, " \t\r\n"); *text; text += strspn(text, " \t\r\n")) {
        size_t bytes = word_length(text), columns = word_width(text, bytes);
        if (at + columns > width && (!first || at > FALL_BACK)) {
            owed = indent + columns > width && indent > FALL_BACK ? FALL_BACK : indent;
            at = owed;
            fputc('\n', out);
        }
        fprintf(out, "%*s", (int)owed, "");
        fwrite(text, 1, bytes, out);
        at += columns + 1;
        owed = 1;
        text += bytes;
        first = false;
    }
    fputc('\n', out);
}

/* The ASCII character that stands for a character as wide as one column, or 0. */
static char plain_character(utf8proc_int32_t code) {
    static const struct {
        utf8proc_int32_t first, last;
        char plain;
    } signs[] = {{0x2010, 0x2015, '-'},  {0x2212, 0x2212, '-'}, {0x2018, 0x201b, '\''}, {0x201c, 0x201f, '"'},
                 {0x2032, 0x2032, '\''}, {0x2033, 0x2033, '"'}, {0x2190, 0x2190, '<'},  {0x2192, 0x2192, '>'},
                 {0x2026, 0x2026, '.'},  {0x00b7, 0x00b7, '.'}, {0x2022, 0x2022, '*'},  {0x00d7, 0x00d7, 'x'},
                 {0x2264, 0x2264, '<'},  {0x2265, 0x2265, '>'}, {0x00ab, 0x00ab, '"'},  {0x00bb, 0x00bb, '"'},
                 {0x2000, 0x200a, ' '},  {0x202f, 0x202f, ' '}, {0x00a0, 0x00a0, ' '},  {0x00d8, 0x00d8, 'O'},
                 {0x00f8, 0x00f8, 'o'},  {0x0141, 0x0141, 'L'}, {0x0142, 0x0142, 'l'},  {0x0131, 0x0131, 'i'},
                 {0x0110, 0x0110, 'D'},  {0x0111, 0x0111, 'd'}, {0x00df, 0x00df, 's'}};
    utf8proc_int32_t parts[8];
    int last_class = 0;
    for (size_t k = 0; k < sizeof signs / sizeof *signs; k++)
        if (code >= signs[k].first && code <= signs[k].last)
            return signs[k].plain;
    utf8proc_ssize_t count =
        utf8proc_decompose_char(code, parts, 8, UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK, &last_class);
    return count == 1 && parts[0] >= ' ' && parts[0] < 0x7f ? (char)parts[0] : 0;
}

void pl_text_fold(char *text) {
    char *to = text;
    const char *start = text;
    while (*text) {
        utf8proc_int32_t code;
        utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);
        char plain = bytes > 1 ? plain_character(code) : 0;
        bool accent = bytes > 1 && utf8proc_charwidth(code) == 0 && to > start && (to[-1] & 0x80) == 0;
        if (plain)
            *to++ = plain;
        for (utf8proc_ssize_t k = 0; !plain && !accent && k < (bytes > 0 ? bytes : 1); k++)
            *to++ = text[k];
        text += bytes > 0 ? bytes : 1;
    }
    *to = 0;
}

int pl_text_decimals(double largest) {
    if (!(largest > 0) || !isfinite(largest))
        return 2;
    double digits = 3 - floor(log10(largest));
    return digits < 0 ? 0 : digits > 6 ? 6 : (int)digits;
}

/* Puts a comma between thousands of the whole part. */
static void separate(char *out, size_t size, const char *plain) {
    size_t whole = strspn(plain, "0123456789"), length = 0;
    for (size_t i = 0; plain[i] && length + 2 < size; i++) {
        if (i && i < whole && (whole - i) % 3 == 0)
            out[length++] = ',';
        out[length++] = plain[i];
    }
    out[length] = 0;
}

void pl_text_number(char *out, size_t size, double value, int decimals, bool sign) {
    if (!isfinite(value)) {
        snprintf(out, size, "%s", isnan(value) ? "n/a" : value > 0 ? "inf" : "-inf");
        return;
    }
    char plain[400], grouped[540];
    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    if (strspn(plain, "0.") == strlen(plain)) {
        snprintf(out, size, "0");
        return;
    }
    separate(grouped, sizeof grouped, plain);
    snprintf(out, size, "%s%s", value < 0 ? "-" : sign ? "+" : "", grouped);
}

/* The mean of a run of values; NaN when none is a number. */
static double mean_of(const double *value, size_t count) {
    double sum = 0;
    size_t known = 0;
    for (size_t k = 0; k < count; k++) {
        sum += isfinite(value[k]) ? value[k] : 0;
        known += isfinite(value[k]);
    }
    return known ? sum / (double)known : NAN;
}

void pl_text_spark(char *out, size_t size, const double *value, size_t count, size_t width, bool ascii) {
    enum { MOST = 24, LEVELS = 8 };
    static const char dots[] = "_.-:=+*#";
    double mean[MOST], low = INFINITY, high = -INFINITY;
    size_t length = 0;
    width = width > MOST ? MOST : width;
    width = count < width ? count : width;
    for (size_t c = 0; c < width; c++) {
        size_t from = c * count / width, to = (c + 1) * count / width;
        mean[c] = mean_of(value + from, to - from);
        low = mean[c] < low ? mean[c] : low;
        high = mean[c] > high ? mean[c] : high;
    }
    for (size_t c = 0; c < width && length + 4 <= size; c++) {
        double level = high > low ? (mean[c] - low) / (high - low) * (LEVELS - 1) + 0.5 : 0;
        int step = isnan(mean[c]) ? 0 : (int)level;
        const char block[] = {'\xe2', '\x96', (char)(0x81 + step)};
        if (ascii || isnan(mean[c])) {
            out[length++] = isnan(mean[c]) ? ' ' : dots[step];
            continue;
        }
        memcpy(out + length, block, sizeof block);
        length += sizeof block;
    }
    out[length < size ? length : 0] = 0;
}

void pl_report_spark(char *out, size_t size, const double *value, size_t count, bool ascii) {
    pl_text_spark(out, size, value, count, count, ascii);
}

void pl_text_exact(char *out, size_t size, double value) {
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, size, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            return;
    }
}
