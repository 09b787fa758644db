/*
 * The working day of a group. Unit: an account with an action in a quarter of an hour, so that nobody counts for much. Days are cut in the middle of the
 * four quietest hours. Start and end of a day: the times by which 5 % and 95 % of its units have come (days with ten units or more).
 * Days off: weekdays with less than a quarter of the median weekday's mean. Test: the two lowest weekday means over the sum of all seven, against
 * the days' totals dealt out at random to the dates.
 */
#include "rhythm/workday.h"

#include "base/sort.h"
#include "base/time.h"

#include <math.h>
#include <string.h>

enum { fewest_units = 200, fewest_days = 10, fewest_units_a_day = 10, fewest_days_for_weekdays = 14, n_draws = 999 };
static const int64_t quarter_us = 15 * EH_MINUTE_US;
enum { stream = 0x72687974 }; /* of the seed; a group's draws depend on its first account too */

const char *eh_day_shape_name(eh_day_shape shape)
{
    static const char *const names[] = {"unknown", "working_day", "leisure", "unclear"};
    return shape >= EH_SHAPE_UNKNOWN && shape <= EH_SHAPE_UNCLEAR ? names[shape] : "unknown";
}

double rhythm_utc_minute(const rhythm_days *days, double quarter)
{
    double minute = fmod(15 * (quarter + days->cut_quarter), 1440);
    return minute < 0 ? minute + 1440 : minute;
}

/* ---- days ------------------------------------------------------------------------------------------------------- */

typedef struct units {
    int64_t *quarter; /* since 1970, sorted within each account */
    uint64_t n;
} units;

static eh_status units_of(const rhythm_times *times, const uint32_t *accounts, uint32_t n_accounts, units *out, eh_error *err)
{
    out->quarter = eh_alloc(times->ctx, times->start[times->n_accounts], sizeof *out->quarter, err);
    if (!out->quarter) return err->status;
    for (uint32_t i = 0; i < n_accounts; i++) {
        uint64_t first = out->n;
        for (uint64_t e = times->start[accounts[i]]; e < times->start[accounts[i] + 1]; e++) {
            int64_t time_us = times->events[e].time_us;
            int64_t quarter = eh_day_of(time_us) * rhythm_n_quarters + eh_time_of_day_us(time_us) / quarter_us;
            if (out->n == first || out->quarter[out->n - 1] != quarter) out->quarter[out->n++] = quarter;
        }
    }
    return EH_OK;
}

static int32_t quarter_of_day(int64_t quarter)
{
    return (int32_t)((quarter % rhythm_n_quarters + rhythm_n_quarters) % rhythm_n_quarters);
}

static int64_t day_of_quarter(int64_t quarter) { return (quarter - quarter_of_day(quarter)) / rhythm_n_quarters; }

/* The middle of the four quietest hours; where several lie side by side, of the longest row of them. */
static int32_t quietest_cut(const units *u)
{
    uint64_t count[rhythm_n_quarters] = {0}, window[rhythm_n_quarters] = {0}, least = UINT64_MAX;
    for (uint64_t i = 0; i < u->n; i++) count[quarter_of_day(u->quarter[i])]++;
    for (int32_t first = 0; first < rhythm_n_quarters; first++) {
        for (int32_t k = 0; k < 16; k++) window[first] += count[(first + k) % rhythm_n_quarters];
        if (window[first] < least) least = window[first];
    }
    int32_t row = 0, longest = 0, end = 0;
    for (int32_t k = 0; k < 2 * rhythm_n_quarters; k++) {
        row = window[k % rhythm_n_quarters] == least ? row + 1 : 0;
        if (row > longest && row <= rhythm_n_quarters) {
            longest = row;
            end = k;
        }
    }
    return (end - longest / 2 + 8) % rhythm_n_quarters;
}

static eh_status days_of(const units *u, rhythm_days *days, eh_error *err)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    days->cut_quarter = quietest_cut(u);
    for (uint64_t i = 0; i < u->n; i++) {
        int64_t day = day_of_quarter(u->quarter[i] - days->cut_quarter);
        if (day < first) first = day;
        if (day > last) last = day;
    }
    if (last - first >= 40000)
        return eh_fail(err, EH_E_LIMIT, "the group's actions span more than a century: some of its times must be wrong");
    days->n_days = (uint32_t)(last - first + 1);
    uint64_t n_later = 0; /* units whose UTC date is the one after the cut's */
    for (uint64_t i = 0; i < u->n; i++) n_later += quarter_of_day(u->quarter[i]) < days->cut_quarter;
    days->first_day = first + (2 * n_later > u->n);
    days->count = eh_alloc(days->ctx, (size_t)days->n_days * rhythm_n_quarters, sizeof *days->count, err);
    days->total = eh_alloc(days->ctx, days->n_days, sizeof *days->total, err);
    if (!days->count || !days->total) return err->status;
    for (uint64_t i = 0; i < u->n; i++) {
        int64_t quarter = u->quarter[i] - days->cut_quarter;
        size_t day = (size_t)(day_of_quarter(quarter) - first);
        days->count[day * rhythm_n_quarters + (size_t)quarter_of_day(quarter)]++;
        days->total[day]++;
    }
    return EH_OK;
}

/* ---- start and end ---------------------------------------------------------------------------------------------- */

static int by_real(const void *a, const void *b, void *data)
{
    double x = *(const double *)a, y = *(const double *)b;
    (void)data;
    return (x > y) - (x < y);
}

/* Linear between the two nearest places. */
static double quantile(const double *sorted, size_t n, double q)
{
    double place = q * (double)(n - 1);
    size_t low = (size_t)place;
    return low + 1 < n ? sorted[low] + (place - (double)low) * (sorted[low + 1] - sorted[low]) : sorted[low];
}

/* The quarter, with a fraction, by which a share of the day's units has come. */
static double reached(const uint32_t *count, uint32_t total, double share)
{
    double want = share * total, sum = 0;
    for (int k = 0; k < rhythm_n_quarters; k++) {
        if (count[k] && sum + count[k] >= want) return k + (want - sum) / count[k];
        sum += count[k];
    }
    return rhythm_n_quarters;
}

typedef struct edge {
    double median, spread;
} edge;

static eh_status measure_edge(const rhythm_days *days, double share, double *room, edge *out, eh_error *err)
{
    size_t n = 0;
    for (uint32_t d = 0; d < days->n_days; d++)
        if (days->total[d] >= fewest_units_a_day)
            room[n++] = reached(days->count + (size_t)d * rhythm_n_quarters, days->total[d], share);
    *out = (edge){NAN, NAN};
    if (n == 0) return EH_OK;
    EH_TRY(eh_sort(days->ctx, room, n, sizeof *room, by_real, NULL, err));
    *out = (edge){quantile(room, n, 0.5), quantile(room, n, 0.75) - quantile(room, n, 0.25)};
    return EH_OK;
}

/* ---- days off --------------------------------------------------------------------------------------------------- */

/* 1970-01-01 was a Thursday; Monday 0. */
static size_t weekday_of(int64_t day) { return (size_t)(((day + 3) % 7 + 7) % 7); }

static void weekday_means(const rhythm_days *days, const uint32_t *total, double mean[7])
{
    uint32_t n[7] = {0};
    memset(mean, 0, 7 * sizeof *mean);
    for (uint32_t d = 0; d < days->n_days; d++) {
        size_t w = weekday_of(days->first_day + d);
        mean[w] += total[d];
        n[w]++;
    }
    for (size_t w = 0; w < 7; w++) mean[w] = n[w] ? mean[w] / n[w] : 0;
}

static double sum_of(const double x[7]) { return x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6]; }

static double lowest_two(const double mean[7])
{
    double least = INFINITY, second = INFINITY;
    for (size_t w = 0; w < 7; w++) {
        if (mean[w] < least) {
            second = least;
            least = mean[w];
        } else if (mean[w] < second) {
            second = mean[w];
        }
    }
    return (least + second) / sum_of(mean);
}

static eh_status measure_weekdays(const rhythm_days *days, eh_rng *rng, eh_workday *out, eh_error *err)
{
    double mean[7], sorted[7];
    weekday_means(days, days->total, mean);
    memcpy(sorted, mean, sizeof sorted);
    EH_TRY(eh_sort(days->ctx, sorted, 7, sizeof *sorted, by_real, NULL, err));
    for (size_t w = 0; w < 7; w++) out->weekday_share[w] = mean[w] / sum_of(mean);
    out->p_days_off = NAN;
    if (days->n_days < fewest_days_for_weekdays) return EH_OK;
    for (uint32_t w = 0; w < 7; w++)
        if (mean[w] < sorted[3] / 4) out->days_off |= 1u << w;
    uint32_t *dealt = eh_alloc(days->ctx, days->n_days, sizeof *dealt, err);
    if (!dealt) return err->status;
    memcpy(dealt, days->total, days->n_days * sizeof *dealt);
    double observed = lowest_two(mean);
    int n_as_low = 0;
    for (int k = 0; k < n_draws; k++) {
        for (uint32_t i = days->n_days; i > 1; i--) {
            uint64_t other = eh_rng_below(rng, i);
            uint32_t kept = dealt[i - 1];
            dealt[i - 1] = dealt[other];
            dealt[other] = kept;
        }
        weekday_means(days, dealt, mean);
        n_as_low += lowest_two(mean) <= observed;
    }
    out->p_days_off = (1 + n_as_low) / (double)(1 + n_draws);
    eh_free(days->ctx, dealt);
    return EH_OK;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static eh_status measure(const rhythm_days *days, eh_rng *rng, eh_workday *out, eh_error *err)
{
    double *room = eh_alloc(days->ctx, days->n_days, sizeof *room, err);
    if (!room) return err->status;
    edge start, end = {NAN, NAN};
    eh_status status = measure_edge(days, 0.05, room, &start, err);
    if (status == EH_OK) status = measure_edge(days, 0.95, room, &end, err);
    eh_free(days->ctx, room);
    if (status != EH_OK) return status;
    for (uint32_t d = 0; d < days->n_days; d++)
        for (size_t k = 0; k < rhythm_n_quarters; k++)
            out->profile[((size_t)days->cut_quarter + k) % rhythm_n_quarters / 2] +=
                days->count[d * (size_t)rhythm_n_quarters + k] / (double)out->n_times;
    out->start_min = rhythm_utc_minute(days, start.median);
    out->end_min = rhythm_utc_minute(days, end.median);
    out->start_spread_min = 15 * start.spread;
    out->end_spread_min = 15 * end.spread;
    EH_TRY(rhythm_measure_pause(days, start.median, end.median, rng, out, err));
    EH_TRY(measure_weekdays(days, rng, out, err));
    rhythm_fit_offset(days, out);
    return EH_OK;
}

static eh_status look(const rhythm_times *times, const uint32_t *accounts, uint32_t n_accounts, uint64_t seed, eh_workday *out,
                      eh_error *err)
{
    units u = {NULL, 0};
    rhythm_days days = {.ctx = times->ctx};
    eh_status status = units_of(times, accounts, n_accounts, &u, err);
    out->n_accounts = n_accounts;
    out->n_times = u.n;
    if (status == EH_OK && u.n > 0) status = days_of(&u, &days, err);
    if (status == EH_OK) {
        for (uint32_t d = 0; d < days.n_days; d++) out->n_days += days.total[d] > 0;
        out->is_known = u.n >= fewest_units && out->n_days >= fewest_days;
        eh_rng rng = eh_rng_of(seed, stream + (n_accounts ? accounts[0] : 0));
        if (out->is_known) status = measure(&days, &rng, out, err);
    }
    eh_free(times->ctx, days.count);
    eh_free(times->ctx, days.total);
    eh_free(times->ctx, u.quarter);
    return status;
}

eh_status eh_rhythm_workday(eh_context *ctx, const eh_action_table *table, const uint32_t *accounts, uint32_t n_accounts,
                            eh_workday *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    rhythm_times times = {0};
    uint8_t *is_wanted = eh_alloc(ctx, table->accounts.n, 1, err);
    eh_status status = is_wanted ? EH_OK : err->status;
    for (uint32_t i = 0; i < n_accounts && status == EH_OK; i++) {
        if (accounts[i] >= table->accounts.n)
            status = eh_fail(err, EH_E_INVALID, "account number %u is not in the table of %u", accounts[i], table->accounts.n);
        else
            is_wanted[accounts[i]] = 1;
    }
    if (status == EH_OK) status = rhythm_times_of(ctx, table, is_wanted, &times, err);
    if (status == EH_OK) status = look(&times, accounts, n_accounts, eh_context_seed(ctx), out, err);
    rhythm_times_release(&times);
    eh_free(ctx, is_wanted);
    return status;
}
