/*
 * How regular an account is. Entropy of gaps: H = - sum p_k log2 p_k over bins of a quarter of an octave, k = floor(4 log2(1 + gap/s));
 * a clock gives few bins, people many. What the hours alone would give: the same after every time moves by up to half an hour.
 */
#include "evenhand/rhythm.h"

#include "base/rng.h"
#include "base/sort.h"
#include "base/threads.h"
#include "base/time.h"
#include "rhythm/timelines.h"

#include <math.h>
#include <string.h>

enum { fewest_gaps = 20, n_draws = 20, n_bins = 200, accounts_per_chunk = 64 };

typedef struct regularity {
    eh_context *ctx;
    const eh_action_table *table;
    eh_timelines lines;
    uint64_t *first_delay; /* by account */
    int64_t *delays_us;
    eh_rhythm_account *results;
} regularity;

static double entropy_of(const int64_t *times_us, size_t n)
{
    uint32_t count[n_bins] = {0};
    double sum = 0, n_gaps = (double)(n - 1);
    for (size_t i = 1; i < n; i++) {
        int bin = (int)floor(4 * log2(1 + (double)(times_us[i] - times_us[i - 1]) / 1e6));
        count[bin < n_bins ? bin : n_bins - 1]++;
    }
    for (int k = 0; k < n_bins; k++)
        if (count[k]) sum -= count[k] / n_gaps * log2(count[k] / n_gaps);
    return sum;
}

static eh_status jittered_entropy(const regularity *r, uint32_t u, const int64_t *times_us, size_t n, double *mean, eh_error *err)
{
    int64_t *moved = eh_alloc(r->ctx, n, sizeof *moved, err);
    if (!moved) return err->status;
    eh_rng rng = eh_rng_of(eh_context_seed(r->ctx), u);
    eh_status status = EH_OK;
    *mean = 0;
    for (int draw = 0; draw < n_draws && status == EH_OK; draw++) {
        for (size_t i = 0; i < n; i++) moved[i] = times_us[i] + (int64_t)((eh_rng_uniform(&rng) - 0.5) * (double)EH_HOUR_US);
        status = eh_sort(r->ctx, moved, n, sizeof *moved, eh_by_int64, NULL, err);
        *mean += entropy_of(moved, n) / n_draws;
    }
    eh_free(r->ctx, moved);
    return status;
}

/* Of sorted values: the smallest that at least the share `part` do not exceed. */
static double quantile(const int64_t *sorted, size_t n, double part)
{
    size_t i = (size_t)ceil(part * (double)n);
    return (double)sorted[i ? i - 1 : 0];
}

/* The longest gap that begins on each day but the last, which has no end. */
static eh_status quiet_gap(eh_context *ctx, const int64_t *times_us, size_t n, eh_rhythm_account *out, eh_error *err)
{
    int64_t *longest = eh_alloc(ctx, n, sizeof *longest, err);
    if (!longest) return err->status;
    size_t n_days = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_new = i == 0 || eh_day_of(times_us[i]) != eh_day_of(times_us[i - 1]);
        int64_t gap_us = i + 1 < n ? times_us[i + 1] - times_us[i] : 0;
        if (gap_us > EH_DAY_US) gap_us = EH_DAY_US;
        if (is_new) longest[n_days++] = gap_us;
        else if (gap_us > longest[n_days - 1]) longest[n_days - 1] = gap_us;
    }
    out->n_days = (uint32_t)n_days;
    eh_status status = EH_OK;
    if (n_days > 1) {
        status = eh_sort(ctx, longest, n_days - 1, sizeof *longest, eh_by_int64, NULL, err);
        out->quiet_gap_h = quantile(longest, n_days - 1, 0.5) / (double)EH_HOUR_US;
    }
    eh_free(ctx, longest);
    return status;
}

static eh_status describe(regularity *r, uint32_t u, int64_t *times_us, eh_error *err)
{
    const eh_timelines *l = &r->lines;
    eh_rhythm_account *out = &r->results[u];
    size_t n = 0, n_delays = r->first_delay[u + 1] - r->first_delay[u];
    *out = (eh_rhythm_account){.gap_entropy_bits = (double)NAN, .gap_entropy_jittered_bits = (double)NAN, .quiet_gap_h = (double)NAN,
                               .median_delay_s = (double)NAN, .fast_delay_s = (double)NAN, .n_delays = (uint32_t)n_delays};
    for (uint64_t i = l->first[u]; i < l->first[u + 1]; i++)
        if (n == 0 || l->moments[i].time_us != times_us[n - 1]) times_us[n++] = l->moments[i].time_us;
    out->n_times = (uint32_t)n;
    out->n_sessions = (uint32_t)(l->first_session[u + 1] - l->first_session[u]);
    EH_TRY(quiet_gap(r->ctx, times_us, n, out, err));
    if (n > fewest_gaps) {
        out->gap_entropy_bits = entropy_of(times_us, n);
        EH_TRY(jittered_entropy(r, u, times_us, n, &out->gap_entropy_jittered_bits, err));
    }
    if (n_delays < fewest_gaps) return EH_OK;
    int64_t *delays = r->delays_us + r->first_delay[u];
    EH_TRY(eh_sort(r->ctx, delays, n_delays, sizeof *delays, eh_by_int64, NULL, err));
    out->median_delay_s = quantile(delays, n_delays, 0.5) / 1e6;
    out->fast_delay_s = quantile(delays, n_delays, 0.05) / 1e6;
    return EH_OK;
}

static eh_status describe_chunk(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    regularity *r = data;
    (void)i_thread;
    for (size_t u = first; u < last; u++) {
        size_t n = r->lines.first[u + 1] - r->lines.first[u];
        int64_t *times_us = eh_alloc(r->ctx, n, sizeof *times_us, err);
        if (!times_us) return err->status;
        eh_status status = describe(r, (uint32_t)u, times_us, err);
        eh_free(r->ctx, times_us);
        EH_TRY(status);
    }
    return EH_OK;
}

static eh_status gather_delays(regularity *r, eh_error *err)
{
    const eh_action_set *set = &r->table->sets[EH_REPOST];
    size_t n_accounts = r->table->accounts.n;
    r->first_delay = eh_alloc(r->ctx, n_accounts + 2, sizeof *r->first_delay, err);
    r->delays_us = r->first_delay ? eh_alloc(r->ctx, set->n_actions, sizeof *r->delays_us, err) : NULL;
    if (!r->delays_us) return err->status;
    uint64_t *at = r->first_delay + 1; /* shifted while filling */
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o]; set->is_birth_known[o] && i < set->object_start[o + 1]; i++) at[set->account[i] + 1]++;
    for (size_t u = 0; u < n_accounts; u++) at[u + 1] += at[u];
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o]; set->is_birth_known[o] && i < set->object_start[o + 1]; i++)
            r->delays_us[at[set->account[i]]++] = set->time_us[i] - set->object_birth_us[o];
    return EH_OK;
}

eh_status eh_rhythm_accounts(eh_context *ctx, const eh_action_table *table, eh_rhythm_account *results, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    regularity r = {.ctx = ctx, .table = table, .results = results};
    EH_TRY(eh_timelines_make(ctx, table, &r.lines, err));
    eh_status status = gather_delays(&r, err);
    if (status == EH_OK) status = eh_parallel(ctx, "regularity", table->accounts.n, accounts_per_chunk, describe_chunk, &r, err);
    eh_free(ctx, r.first_delay);
    eh_free(ctx, r.delays_us);
    eh_timelines_release(&r.lines);
    return status;
}
