/*
 * Descriptive: how regular and how fast an account acts. Intervals x between one action and the next fall into classes
 * floor(8 log2(1 + x / 10 s)), and H = - sum f log2 f over the shares f of the classes. A program that looks every quarter of an
 * hour has few classes; a person's intervals cover hours to seconds, and stretching each by up to a quarter (x e^y, y uniform in +-0.25) changes
 * little. (Moving times instead would tear sittings apart and call every person regular.)
 */
#include "base/rng.h"
#include "base/sort.h"
#include "base/threads.h"
#include "base/time.h"
#include "rhythm/times.h"

#include <math.h>
#include <string.h>

enum { n_draws = 199, fewest_times = 20, most_times = 5000, fewest_delays = 5, n_classes = 256 };
static const double stretch = 0.25;

typedef struct job {
    const rhythm_times *times;
    const uint32_t *accounts;
    eh_automation *out;
    uint64_t seed;
} job;

static double entropy_of(const double *interval_s, size_t n, eh_rng *rng)
{
    uint32_t count[n_classes] = {0};
    for (size_t i = 0; i < n; i++) {
        double x = rng ? interval_s[i] * exp(stretch * (2 * eh_rng_uniform(rng) - 1)) : interval_s[i];
        double class = 8 * log2(1 + x / 10);
        count[class < n_classes - 1 ? (size_t)class : n_classes - 1]++;
    }
    double bits = 0;
    for (size_t k = 0; k < n_classes; k++)
        if (count[k]) bits -= count[k] / (double)n * log2(count[k] / (double)n);
    return bits > 0 ? bits : 0;
}

static eh_status measure_regularity(const job *j, const rhythm_event *events, uint64_t n, eh_automation *row, eh_error *err)
{
    row->entropy_bits = row->entropy_jittered_bits = row->p_regular = NAN;
    if (n < fewest_times) return EH_OK;
    if (n > most_times) n = most_times;
    double *interval_s = eh_alloc(j->times->ctx, n - 1, sizeof *interval_s, err);
    if (!interval_s) return err->status;
    for (uint64_t i = 0; i + 1 < n; i++) interval_s[i] = (double)(events[i + 1].time_us - events[i].time_us) / 1e6;
    eh_rng rng = eh_rng_of(j->seed, row->account);
    double sum = 0;
    int n_as_small = 0;
    row->entropy_bits = entropy_of(interval_s, n - 1, NULL);
    for (int k = 0; k < n_draws; k++) {
        double bits = entropy_of(interval_s, n - 1, &rng);
        sum += bits;
        n_as_small += bits <= row->entropy_bits;
    }
    row->entropy_jittered_bits = sum / n_draws;
    row->p_regular = (1 + n_as_small) / (double)(1 + n_draws);
    eh_free(j->times->ctx, interval_s);
    return EH_OK;
}

/* The q-quantile of sorted values, as the value at place ceil(q n). */
static double quantile_us(const int64_t *sorted, size_t n, double q)
{
    size_t place = (size_t)ceil(q * (double)n);
    return (double)sorted[place ? place - 1 : 0];
}

/* gap_us: room for n values. The longest gap that starts on a day, for each active day, then their median. */
static void measure_quiet(const rhythm_event *events, uint64_t n, int64_t *gap_us, eh_automation *row)
{
    size_t n_days = 0;
    int64_t day = 0;
    for (uint64_t i = 0; i < n; i++) {
        int64_t own = eh_day_of(events[i].time_us);
        int64_t gap = i + 1 < n ? events[i + 1].time_us - events[i].time_us : 0;
        if (gap > EH_DAY_US) gap = EH_DAY_US;
        if (n_days == 0 || own != day) gap_us[n_days++] = 0;
        day = own;
        if (gap > gap_us[n_days - 1]) gap_us[n_days - 1] = gap;
    }
    row->n_active_days = (uint32_t)n_days;
    row->quiet_gap_h = NAN;
}

static eh_status measure(const job *j, size_t i, eh_error *err)
{
    uint32_t account = j->accounts[i];
    eh_automation *row = &j->out[i];
    const rhythm_event *events = j->times->events + j->times->start[account];
    uint64_t n = rhythm_n_times(j->times, account), n_reposts = 0, n_delays = 0;
    *row = (eh_automation){.account = account, .n_times = (uint32_t)n};
    EH_TRY(measure_regularity(j, events, n, row, err));
    int64_t *values = eh_alloc(j->times->ctx, n, sizeof *values, err);
    if (!values) return err->status;
    measure_quiet(events, n, values, row);
    /* the last active day's gap is cut off by the end of the archive */
    size_t n_gaps = row->n_active_days > 1 ? row->n_active_days - 1 : 0;
    eh_status status = eh_sort(j->times->ctx, values, n_gaps, sizeof *values, eh_by_int64, NULL, err);
    if (status == EH_OK && n_gaps) row->quiet_gap_h = quantile_us(values, n_gaps, 0.5) / (double)EH_HOUR_US;
    for (uint64_t e = 0; e < n; e++) {
        n_reposts += events[e].is_repost;
        if (events[e].delay_us >= 0) values[n_delays++] = events[e].delay_us;
    }
    row->repost_share = n ? (double)n_reposts / (double)n : (double)NAN;
    row->n_delays = (uint32_t)n_delays;
    row->median_delay_s = row->p05_delay_s = NAN;
    if (status == EH_OK && n_delays >= fewest_delays) {
        status = eh_sort(j->times->ctx, values, n_delays, sizeof *values, eh_by_int64, NULL, err);
        row->median_delay_s = quantile_us(values, n_delays, 0.5) / 1e6;
        row->p05_delay_s = quantile_us(values, n_delays, 0.05) / 1e6;
    }
    eh_free(j->times->ctx, values);
    return status;
}

static eh_status measure_rows(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    (void)i_thread;
    for (size_t i = first; i < last; i++) EH_TRY(measure(data, i, err));
    return EH_OK;
}

eh_status eh_rhythm_automation(eh_context *ctx, const eh_action_table *table, const uint32_t *accounts, uint32_t n_accounts,
                               eh_automation *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
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
    job j = {&times, accounts, out, eh_context_seed(ctx)};
    if (status == EH_OK) status = eh_parallel(ctx, "regularity", n_accounts, 16, measure_rows, &j, err);
    rhythm_times_release(&times);
    eh_free(ctx, is_wanted);
    return status;
}
