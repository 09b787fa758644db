/**
 * @file time_text.h
 * Times as archives write them. The shape of the text names the format; a file has one format, learnt from its
 * first rows. Exact integer arithmetic, no locale, no time zone database.
 */
#ifndef EH_INGEST_TIME_TEXT_H
#define EH_INGEST_TIME_TEXT_H

#include "base/str.h"
#include "base/time.h"

typedef enum eh_time_format {
    EH_TIME_UNKNOWN = 0,
    EH_TIME_EPOCH_S,   /* 1606451170 or 1606451170.518101 */
    EH_TIME_EPOCH_MS,  /* 13 digits; which unit it is, the magnitude tells */
    EH_TIME_EPOCH_US,  /* 16 digits */
    EH_TIME_ISO8601,   /* 2018-09-18T04:35:00.250+02:00; also with a blank and a zone */
    EH_TIME_DATE_TIME, /* 2018-09-18 04:35[:00[.250]] */
    EH_TIME_TWITTER,   /* Wed Oct 10 20:19:24 +0000 2018 */
    EH_TIME_DATE,      /* 2018-09-18: good for an account's birthday, too coarse for a post */
    EH_N_TIME_FORMATS
} eh_time_format;

/** "epoch_s", "iso8601", ...; "" for EH_TIME_UNKNOWN. */
const char *eh_time_format_name(eh_time_format format);

typedef struct eh_time_value {
    eh_time_format format;
    int64_t time_us;
    bool is_small;     /* a number within a day of 0: no date, but time since some start, or damage */
    bool has_zone;
    bool has_seconds;
} eh_time_value;

/** Recognises and reads a time; false when the text is none. Blanks around it are ignored. Fractions of a
 *  microsecond are rounded half away from zero. */
bool eh_time_parse(eh_str text, eh_time_value *out);

#define EH_TIME_FIRST_US EH_DAY_US                         /* 1970-01-02 */
#define EH_TIME_END_US (INT64_C(84006) * EH_DAY_US)        /* 2200-01-01, exclusive */

/** What the first rows say about the times of a file. Zero-initialised is empty. */
typedef struct eh_time_detector {
    uint64_t n_of_format[EH_N_TIME_FORMATS];
    uint64_t n_small;
    int64_t step_us; /* coarsest step that fits every time seen; 0 = none seen */
} eh_time_detector;
void eh_time_detector_add(eh_time_detector *detector, const eh_time_value *value);
/** The format of most rows, EH_TIME_UNKNOWN when no row had a time. */
eh_time_format eh_time_detector_format(const eh_time_detector *detector);
/** True where most times are numbers within a day of 0: a clock that starts with the recording. */
bool eh_time_detector_is_relative(const eh_time_detector *detector);

/** The coarsest of 60 s, 1 s, 1 ms, 1 us that divides time_us and is no coarser than step_us (0 = 60 s). */
int64_t eh_time_step_us(int64_t step_us, int64_t time_us);
#endif
