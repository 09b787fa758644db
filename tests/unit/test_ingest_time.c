#include "check.h"
#include "ingest/time_text.h"

static void check_time(const char *text, eh_time_format format, int64_t time_us)
{
    eh_time_value value;
    CHECK(eh_time_parse(eh_str_of(text), &value));
    CHECK_EQ_STR(eh_time_format_name(value.format), eh_time_format_name(format));
    CHECK_EQ_INT(value.time_us, time_us);
}

static bool is_time(const char *text)
{
    eh_time_value value;
    return eh_time_parse(eh_str_of(text), &value);
}

static void reads_epochs(void)
{
    check_time("1606451170", EH_TIME_EPOCH_S, INT64_C(1606451170000000));
    check_time("1606451170.518101", EH_TIME_EPOCH_S, INT64_C(1606451170518101));
    check_time("1606451170.5", EH_TIME_EPOCH_S, INT64_C(1606451170500000));
    check_time("1606451170.", EH_TIME_EPOCH_S, INT64_C(1606451170000000));
    check_time("1606451170.5181014", EH_TIME_EPOCH_S, INT64_C(1606451170518101));
    check_time("1606451170.5181015", EH_TIME_EPOCH_S, INT64_C(1606451170518102));
    check_time("1606451170.9999999", EH_TIME_EPOCH_S, INT64_C(1606451171000000));
    check_time("-1.5", EH_TIME_EPOCH_S, -1500000);
    check_time("-0.0000005", EH_TIME_EPOCH_S, -1);
    check_time(" 1606451170518 ", EH_TIME_EPOCH_MS, INT64_C(1606451170518000));
    check_time("1606451170518.25", EH_TIME_EPOCH_MS, INT64_C(1606451170518250));
    check_time("1606451170518101", EH_TIME_EPOCH_US, INT64_C(1606451170518101));
    check_time("1606451170518101.5", EH_TIME_EPOCH_US, INT64_C(1606451170518102));
}

static void reads_calendars(void)
{
    const int64_t noon = INT64_C(1537272000000000); /* 2018-09-18T12:00:00Z */
    check_time("2018-09-18T12:00:00Z", EH_TIME_ISO8601, noon);
    check_time("2018-09-18T12:00:00.000Z", EH_TIME_ISO8601, noon);
    check_time("2018-09-18T12:00:00.25Z", EH_TIME_ISO8601, noon + 250000);
    check_time("2018-09-18T14:00:00+02:00", EH_TIME_ISO8601, noon);
    check_time("2018-09-18T14:00:00+0200", EH_TIME_ISO8601, noon);
    check_time("2018-09-18T14:00:00+02", EH_TIME_ISO8601, noon);
    check_time("2018-09-18T06:30:00-05:30", EH_TIME_ISO8601, noon);
    check_time("2018-09-18T12:00", EH_TIME_ISO8601, noon);
    check_time("2018-09-18T12:00:00", EH_TIME_ISO8601, noon);
    check_time("2018-09-18 12:00:00+00", EH_TIME_ISO8601, noon);
    check_time("2018-09-18 12:00:00 UTC", EH_TIME_ISO8601, noon);
    check_time("2018-09-18 12:00", EH_TIME_DATE_TIME, noon);
    check_time("2018-09-18 12:00:00", EH_TIME_DATE_TIME, noon);
    check_time("2018-09-18 12:00:00.123456", EH_TIME_DATE_TIME, noon + 123456);
    check_time("2018-09-18 11:59:60", EH_TIME_DATE_TIME, noon);
    check_time("Tue Sep 18 12:00:00 +0000 2018", EH_TIME_TWITTER, noon);
    check_time("Tue Sep 18 13:00:00 +0100 2018", EH_TIME_TWITTER, noon);
    check_time("2018-09-18", EH_TIME_DATE, noon - 12 * EH_HOUR_US);
    check_time("2020-02-29T00:00:00Z", EH_TIME_ISO8601, INT64_C(1582934400000000));
}

static void refuses_what_is_no_time(void)
{
    static const char *const texts[] = {
        "", " ", "never", "NaN", "inf", "1.60645E+09", "0x10", "--1", "-", ".5", "12:00", "2018-13-01 00:00",
        "2018-02-29 12:00", "2018-09-18T25:00:00Z", "2018-09-18T12:60:00Z", "2018-09-18T12:00:00X",
        "2018-09-18T12:00:00+2", "2018-09-18T12:00:00+24:00", "2018-9-8 12:00", "18/09/2018 12:00",
        "2018-09-18 12", "2018-09-18 12:00:00.", "Tue Xyz 18 12:00:00 +0000 2018", "Tue Sep 18 12:00:00 +0000 18",
        "1234567890123456789", "2018-09-18T12:00:00Z 2018-09-18T12:00:00Z 2018-09-18T12:00:00Z 2018-09-18",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (is_time(texts[i])) CHECK_EQ_STR(texts[i], "refused");
    eh_time_value value;
    CHECK(!eh_time_parse((eh_str){"2018-09-18 12:00\0", 17}, &value));
}

static void knows_the_range(void)
{
    eh_calendar end = {2200, 1, 1, 0, 0, 0, 0};
    CHECK_EQ_INT(EH_TIME_END_US, eh_time_of(&end));
    CHECK_EQ_INT(EH_TIME_FIRST_US, EH_DAY_US);
}

static void detects_the_format_of_most(void)
{
    static const char *const texts[] = {"1606451170", "1606451171.5", "2018-09-18 12:00", "1606451170518"};
    eh_time_detector detector = {0};
    CHECK_EQ_INT(eh_time_detector_format(&detector), EH_TIME_UNKNOWN);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        eh_time_value value;
        CHECK(eh_time_parse(eh_str_of(texts[i]), &value));
        eh_time_detector_add(&detector, &value);
    }
    CHECK_EQ_INT(eh_time_detector_format(&detector), EH_TIME_EPOCH_S);
    CHECK(!eh_time_detector_is_relative(&detector));
}

static void measures_steps(void)
{
    CHECK_EQ_INT(eh_time_step_us(0, 0), EH_MINUTE_US);
    CHECK_EQ_INT(eh_time_step_us(0, EH_MINUTE_US), EH_MINUTE_US);
    CHECK_EQ_INT(eh_time_step_us(0, 61 * EH_SECOND_US), EH_SECOND_US);
    CHECK_EQ_INT(eh_time_step_us(EH_SECOND_US, 60 * EH_SECOND_US), EH_SECOND_US);
    CHECK_EQ_INT(eh_time_step_us(0, 5000), 1000);
    CHECK_EQ_INT(eh_time_step_us(1000, -1), 1);
}

CHECK_MAIN(reads_epochs, reads_calendars, refuses_what_is_no_time, knows_the_range, detects_the_format_of_most,
           measures_steps)
