/*
 * Times as text. Numbers: the unit follows from the magnitude, since 1e11 seconds are the year 5138 while 1e11
 * milliseconds are 1973; so the ranges of seconds, milliseconds and microseconds from 1973 on do not overlap.
 */
#include "ingest/time_text.h"

const char *eh_time_format_name(eh_time_format format)
{
    static const char *const names[EH_N_TIME_FORMATS] = {
        "", "epoch_s", "epoch_ms", "epoch_us", "iso8601", "date_time", "twitter", "date",
    };
    return (unsigned)format < EH_N_TIME_FORMATS ? names[format] : "";
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* ---- numbers ------------------------------------------------------------------------------ */

/* scale * 10^-n_digits units of the first digits of a fraction, rounded half away from zero by the next digit. */
static int64_t fraction_of(const char *digits, size_t n, int n_kept)
{
    int64_t value = 0;
    for (int i = 0; i < n_kept; i++) value = 10 * value + (i < (int)n ? digits[i] - '0' : 0);
    if (n > (size_t)n_kept && digits[n_kept] >= '5') value++;
    return value;
}

static bool parse_number(eh_str s, eh_time_value *out)
{
    size_t i = 0;
    bool is_negative = s.size && s.data[0] == '-';
    if (is_negative) i++;
    size_t first = i;
    int64_t whole = 0;
    while (i < s.size && is_digit(s.data[i])) {
        if (i - first >= 18) return false; /* beyond any date in microseconds */
        whole = 10 * whole + (s.data[i++] - '0');
    }
    if (i == first) return false;
    const char *fraction = s.data + i;
    size_t n_fraction = 0;
    if (i < s.size && s.data[i] == '.') {
        fraction++;
        for (i++; i < s.size && is_digit(s.data[i]); i++) n_fraction++;
    }
    if (i != s.size) return false;
    int n_kept = 0;
    int64_t unit_us = 1;
    if (whole < INT64_C(100000000000)) {
        out->format = EH_TIME_EPOCH_S;
        unit_us = EH_SECOND_US;
        n_kept = 6;
    } else if (whole < INT64_C(100000000000000)) {
        out->format = EH_TIME_EPOCH_MS;
        unit_us = 1000;
        n_kept = 3;
    } else {
        out->format = EH_TIME_EPOCH_US;
    }
    int64_t us = whole * unit_us + fraction_of(fraction, n_fraction, n_kept);
    out->time_us = is_negative ? -us : us;
    out->is_small = us < EH_DAY_US;
    out->has_zone = out->has_seconds = true;
    return true;
}

/* ---- calendars ---------------------------------------------------------------------------- */

typedef struct cursor {
    const char *p, *end;
} cursor;

static bool take(cursor *c, char wanted)
{
    if (c->p == c->end || *c->p != wanted) return false;
    c->p++;
    return true;
}

/* Exactly n digits. */
static bool take_digits(cursor *c, int n, int *out)
{
    if (c->end - c->p < n) return false;
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (!is_digit(c->p[i])) return false;
        value = 10 * value + (c->p[i] - '0');
    }
    c->p += n;
    *out = value;
    return true;
}

/* Microseconds of ".518101"; may give a full second after rounding. */
static bool take_fraction(cursor *c, int64_t *out_us)
{
    *out_us = 0;
    if (c->p == c->end || (*c->p != '.' && *c->p != ',')) return true;
    const char *first = ++c->p;
    while (c->p < c->end && is_digit(*c->p)) c->p++;
    if (c->p == first) return false;
    *out_us = fraction_of(first, (size_t)(c->p - first), 6);
    return true;
}

/* "+02:00", "+0200" or "+02". */
static bool take_offset(cursor *c, int64_t *out_us)
{
    int sign = c->p < c->end && *c->p == '-' ? -1 : 1;
    int hours = 0, minutes = 0;
    if (!take(c, '+') && !take(c, '-')) return false;
    if (!take_digits(c, 2, &hours)) return false;
    if (c->p < c->end && (take(c, ':') || is_digit(*c->p)) && !take_digits(c, 2, &minutes)) return false;
    *out_us = sign * (hours * EH_HOUR_US + minutes * EH_MINUTE_US);
    return hours < 24 && minutes < 60;
}

/* Nothing, "Z", " UTC", " GMT" or an offset, up to the end of the text. */
static bool take_zone(cursor *c, bool *has_zone, int64_t *out_us)
{
    *out_us = 0;
    *has_zone = c->p < c->end;
    if (!*has_zone) return true;
    eh_str rest = eh_str_trim((eh_str){c->p, (size_t)(c->end - c->p)});
    if (eh_str_is_nocase(rest, "Z") || eh_str_is_nocase(rest, "UTC") || eh_str_is_nocase(rest, "GMT")) return true;
    cursor zone = {rest.data, rest.data + rest.size};
    return take_offset(&zone, out_us) && zone.p == zone.end;
}

static bool parse_date_time(eh_str s, eh_time_value *out)
{
    cursor c = {s.data, s.data + s.size};
    eh_calendar when = {0};
    int64_t fraction_us = 0, offset_us = 0;
    if (!take_digits(&c, 4, &when.year) || !take(&c, '-') || !take_digits(&c, 2, &when.month) || !take(&c, '-') ||
        !take_digits(&c, 2, &when.day))
        return false;
    bool is_date = c.p == c.end;
    bool has_t = !is_date && (take(&c, 'T') || take(&c, 't'));
    if (!is_date) {
        if (!has_t && !take(&c, ' ')) return false;
        if (!take_digits(&c, 2, &when.hour) || !take(&c, ':') || !take_digits(&c, 2, &when.minute)) return false;
        if (take(&c, ':')) {
            if (!take_digits(&c, 2, &when.second) || !take_fraction(&c, &fraction_us)) return false;
            out->has_seconds = true;
        }
        if (!take_zone(&c, &out->has_zone, &offset_us)) return false;
    }
    if (!eh_calendar_is_valid(&when)) return false;
    out->format = is_date ? EH_TIME_DATE : has_t || out->has_zone ? EH_TIME_ISO8601 : EH_TIME_DATE_TIME;
    out->time_us = eh_time_of(&when) + fraction_us - offset_us;
    return true;
}

static int month_of(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++)
        if (memcmp(names + 3 * i, name, 3) == 0) return i + 1;
    return 0;
}

/* "Wed Oct 10 20:19:24 +0000 2018"; the name of the day is not checked. */
static bool parse_twitter(eh_str s, eh_time_value *out)
{
    if (s.size != 30) return false;
    eh_calendar when = {0};
    int64_t offset_us = 0;
    when.month = month_of(s.data + 4);
    cursor c = {s.data + 7, s.data + s.size};
    if (s.data[3] != ' ' || when.month == 0) return false;
    if (!take(&c, ' ') || !take_digits(&c, 2, &when.day) || !take(&c, ' ') || !take_digits(&c, 2, &when.hour) ||
        !take(&c, ':') || !take_digits(&c, 2, &when.minute) || !take(&c, ':') || !take_digits(&c, 2, &when.second) ||
        !take(&c, ' ') || !take_offset(&c, &offset_us) || !take(&c, ' ') || !take_digits(&c, 4, &when.year))
        return false;
    if (c.p != c.end || !eh_calendar_is_valid(&when)) return false;
    out->format = EH_TIME_TWITTER;
    out->time_us = eh_time_of(&when) - offset_us;
    out->has_zone = out->has_seconds = true;
    return true;
}

bool eh_time_parse(eh_str text, eh_time_value *out)
{
    *out = (eh_time_value){0};
    eh_str s = eh_str_trim(text);
    if (s.size == 0 || s.size > 64) return false;
    if (parse_number(s, out) || parse_date_time(s, out) || parse_twitter(s, out)) return true;
    *out = (eh_time_value){0};
    return false;
}

/* ---- what a file's times have in common --------------------------------------------------- */

int64_t eh_time_step_us(int64_t step_us, int64_t time_us)
{
    if (step_us == 0) step_us = EH_MINUTE_US;
    if (step_us == EH_MINUTE_US && time_us % EH_MINUTE_US != 0) step_us = EH_SECOND_US;
    if (step_us == EH_SECOND_US && time_us % EH_SECOND_US != 0) step_us = 1000;
    if (step_us == 1000 && time_us % 1000 != 0) step_us = 1;
    return step_us;
}

void eh_time_detector_add(eh_time_detector *d, const eh_time_value *value)
{
    d->n_of_format[value->format]++;
    if (value->is_small && value->time_us > 0) d->n_small++;
    d->step_us = eh_time_step_us(d->step_us, value->time_us);
}

eh_time_format eh_time_detector_format(const eh_time_detector *d)
{
    eh_time_format best = EH_TIME_UNKNOWN;
    uint64_t n_best = 0;
    for (int i = EH_TIME_EPOCH_S; i <= EH_TIME_TWITTER; i++) {
        if (d->n_of_format[i] <= n_best) continue;
        n_best = d->n_of_format[i];
        best = (eh_time_format)i;
    }
    return best;
}

bool eh_time_detector_is_relative(const eh_time_detector *d)
{
    return eh_time_detector_format(d) == EH_TIME_EPOCH_S && 2 * d->n_small > d->n_of_format[EH_TIME_EPOCH_S];
}
