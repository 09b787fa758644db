/** @file time.h  UTC microseconds and the calendar. No locale, no time zone database, no wall clock. */
#ifndef EH_BASE_TIME_H
#define EH_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EH_TIME_NONE INT64_MIN
#define EH_SECOND_US INT64_C(1000000)
#define EH_MINUTE_US (60 * EH_SECOND_US)
#define EH_HOUR_US (60 * EH_MINUTE_US)
#define EH_DAY_US (24 * EH_HOUR_US)

typedef struct eh_calendar {
    int year, month, day, hour, minute, second, microsecond; /* month 1..12, day 1..31 */
} eh_calendar;

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
int64_t eh_days_of(int year, int month, int day);
bool eh_calendar_is_valid(const eh_calendar *c);
int64_t eh_time_of(const eh_calendar *c);
eh_calendar eh_calendar_of(int64_t time_us);
/** floor(time / day) and the rest, correct before 1970. */
int64_t eh_day_of(int64_t time_us);
int64_t eh_time_of_day_us(int64_t time_us);

enum { eh_time_text_size = 40 };
/** "2018-09-18T04:35:00Z"; a fraction (3 or 6 digits) only where there is one. EH_TIME_NONE gives "". */
const char *eh_time_text(int64_t time_us, char text[eh_time_text_size]);
#endif
