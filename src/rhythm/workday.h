/** @file workday.h  A group's activity, day by day in quarters of an hour. */
#ifndef EH_RHYTHM_WORKDAY_H
#define EH_RHYTHM_WORKDAY_H

#include "base/rng.h"
#include "rhythm/times.h"

enum { rhythm_n_quarters = 96 };

typedef struct rhythm_days {
    eh_context *ctx;
    uint32_t *count;        /**< n_days rows of rhythm_n_quarters, from the cut on: accounts active in that quarter */
    uint32_t *total;        /**< per day */
    uint32_t n_days;        /**< from the first active day to the last, quiet ones included */
    int64_t first_day;      /**< civil number of the first (0 = 1970-01-01): the UTC date on which most activity falls */
    int32_t cut_quarter;    /**< of the UTC day, where days are cut: the middle of the four quietest hours */
} rhythm_days;

/** The UTC minute of the day of a quarter after the cut. */
double rhythm_utc_minute(const rhythm_days *days, double quarter);

/* pause.c: fills pause_*, p_pause */
EH_MUST_CHECK eh_status rhythm_measure_pause(const rhythm_days *days, double first_quarter, double last_quarter, eh_rng *rng,
                                             eh_workday *out, eh_error *err);
/* offset.c: fills shape .. dispersion */
void rhythm_fit_offset(const rhythm_days *days, eh_workday *out);
#endif
