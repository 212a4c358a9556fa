/* Days of the proleptic Gregorian calendar, counted from 1970-01-01. */
#include "core/core.h"

#include <string.h>

static bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Years before `year`, turned into days since the first of January of year 1. */
static long days_before_year(int year) {
    long past = (long)year - 1;
    /* Division has to round down for years before the first. */
    long leap = (past >= 0 ? past / 4 : -((3 - past) / 4)) - (past >= 0 ? past / 100 : -((99 - past) / 100)) +
                (past >= 0 ? past / 400 : -((399 - past) / 400));
    return 365 * past + leap;
}

long pl_date_day(pl_date date) {
    const long epoch = 719162; /* days from 0001-01-01 to 1970-01-01 */
    long day = days_before_year(date.year) - epoch + date.day - 1;
    for (int month = 1; month < date.month; month++)
        day += days_in(date.year, month);
    return day;
}

pl_date pl_date_of(long day) {
    pl_date date = {1970 + (int)(day / 366), 1, 1}; /* never too far from zero, so the year is walked to */
    while (pl_date_day(date) > day)
        date.year--;
    while (pl_date_day((pl_date){date.year + 1, 1, 1}) <= day)
        date.year++;
    long left = day - pl_date_day(date);
    while (left >= days_in(date.year, date.month))
        left -= days_in(date.year, date.month++);
    date.day = (int)left + 1;
    return date;
}

/* `count` digits as a number, or -1. */
static int read_digits(const char *text, size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

pl_status pl_date_read(const char *text, pl_date *date, pl_error *error) {
    bool shaped = strlen(text) == 10 && text[4] == '-' && text[7] == '-';
    pl_date read = {0, 0, 0};
    if (shaped)
        read = (pl_date){read_digits(text, 4), read_digits(text + 5, 2), read_digits(text + 8, 2)};
    if (!shaped || read.year < 0 || read.month < 0 || read.day < 0)
        return pl_fail(error, PL_INVALID, "'%.60s' is not a date; write YEAR-MONTH-DAY, as in 2025-05-14",
                       text);
    if (read.month < 1 || read.month > 12)
        return pl_fail(error, PL_INVALID, "the date %s does not exist: there is no month %d", text,
                       read.month);
    if (read.day < 1 || read.day > days_in(read.year, read.month))
        return pl_fail(error, PL_INVALID, "the date %s does not exist: that month has %d days", text,
                       days_in(read.year, read.month));
    *date = read;
    return PL_OK;
}
