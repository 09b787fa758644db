/* Civil calendar arithmetic after Hinnant, "chrono-compatible low-level date algorithms" (2013). */
#include "base/time.h"

#include <stdio.h>

int64_t eh_days_of(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

bool eh_calendar_is_valid(const eh_calendar *c)
{
    return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= days_in_month(c->year, c->month) && c->hour >= 0 && c->hour < 24 &&
           c->minute >= 0 && c->minute < 60 && c->second >= 0 && c->second <= 60 &&
           c->microsecond >= 0 && c->microsecond < 1000000;
}

int64_t eh_time_of(const eh_calendar *c)
{
    return eh_days_of(c->year, c->month, c->day) * EH_DAY_US + c->hour * EH_HOUR_US +
           c->minute * EH_MINUTE_US + c->second * EH_SECOND_US + c->microsecond;
}

int64_t eh_day_of(int64_t time_us)
{
    return time_us / EH_DAY_US - (time_us % EH_DAY_US < 0);
}

int64_t eh_time_of_day_us(int64_t time_us)
{
    int64_t rest = time_us % EH_DAY_US;
    return rest < 0 ? rest + EH_DAY_US : rest;
}

eh_calendar eh_calendar_of(int64_t time_us)
{
    int64_t z = eh_day_of(time_us) + 719468, rest = eh_time_of_day_us(time_us);
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t mp = (5 * day_of_year + 2) / 153;
    eh_calendar c;
    c.day = (int)(day_of_year - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = (int)(year_of_era + era * 400 + (c.month <= 2));
    c.hour = (int)(rest / EH_HOUR_US);
    c.minute = (int)(rest / EH_MINUTE_US % 60);
    c.second = (int)(rest / EH_SECOND_US % 60);
    c.microsecond = (int)(rest % EH_SECOND_US);
    return c;
}

const char *eh_time_text(int64_t time_us, char text[eh_time_text_size])
{
    text[0] = 0;
    if (time_us == EH_TIME_NONE) return text;
    eh_calendar c = eh_calendar_of(time_us);
    int n = snprintf(text, eh_time_text_size, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month,
                     c.day, c.hour, c.minute, c.second);
    if (n < 0 || n >= eh_time_text_size) return text;
    size_t at = (size_t)n, room = eh_time_text_size - at;
    if (c.microsecond == 0)
        snprintf(text + at, room, "Z");
    else if (c.microsecond % 1000 == 0)
        snprintf(text + at, room, ".%03dZ", c.microsecond / 1000);
    else
        snprintf(text + at, room, ".%06dZ", c.microsecond);
    return text;
}
