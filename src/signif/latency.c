/* Latency habits: how long after an object's birth an account acts on it, overall and by source. */
#include "signif/profile.h"

#include "base/sort.h"
#include "base/time.h"

#include <math.h>
#include <string.h>

static const double account_shrinkage = 8, source_shrinkage = 4, coincidence_shrinkage = 10;
enum { largest_sample = 200000 };

void eh_latency_release(eh_latency *latency)
{
    eh_free(latency->ctx, latency->counts);
    eh_free(latency->ctx, latency->account_first);
    eh_free(latency->ctx, latency->source);
    eh_free(latency->ctx, latency->source_counts);
    memset(latency, 0, sizeof *latency);
}

/* Each action with a latency that says something; the loops below differ only in what they do with it. */
#define EACH_LATENCY(t, o, i)                                                                      \
    for (uint32_t o = 0; o < (t)->set->n_objects; o++)                                             \
        for (uint64_t i = (t)->set->object_start[o]; i < (t)->set->object_start[o + 1]; i++)       \
            if ((t)->latency_ms[i] != EH_NO_LATENCY)

static void count_bins(eh_latency *latency, const eh_timeline *t)
{
    const eh_action_set *set = t->set;
    double total = 0;
    EACH_LATENCY(t, o, i)
    {
        int bin = eh_latency_bin(t->latency_ms[i]);
        latency->counts[(size_t)set->account[i] * eh_n_latency_bins + (size_t)bin]++;
        latency->population[bin]++;
        total++;
    }
    for (int b = 0; b < eh_n_latency_bins; b++)
        latency->population[b] = (latency->population[b] + 1) / (total + eh_n_latency_bins);
}

typedef struct reaction {
    uint32_t source;
    uint8_t bin;
} reaction;

static int by_source(const void *a, const void *b, void *data)
{
    (void)data;
    uint32_t x = ((const reaction *)a)->source, y = ((const reaction *)b)->source;
    return (x > y) - (x < y);
}

/* Rewrites the sorted reactions of each account as one row of counts per source. */
static eh_status condense(eh_latency *latency, reaction *reactions, const uint64_t *start, uint32_t n_accounts,
                          eh_error *err)
{
    eh_context *ctx = latency->ctx;
    uint64_t n_rows = 0;
    for (uint32_t a = 0; a < n_accounts; a++) {
        EH_TRY(eh_sort(ctx, reactions + start[a], start[a + 1] - start[a], sizeof *reactions, by_source, NULL, err));
        for (uint64_t i = start[a]; i < start[a + 1]; i++)
            n_rows += i == start[a] || reactions[i].source != reactions[i - 1].source;
    }
    latency->source = eh_alloc(ctx, n_rows, sizeof *latency->source, err);
    latency->source_counts = eh_alloc(ctx, n_rows, eh_n_latency_bins * sizeof *latency->source_counts, err);
    if (!latency->source || !latency->source_counts) return err->status;
    uint64_t row = 0;
    for (uint32_t a = 0; a < n_accounts; a++) {
        latency->account_first[a] = row;
        for (uint64_t i = start[a]; i < start[a + 1]; i++) {
            if (i == start[a] || reactions[i].source != reactions[i - 1].source)
                latency->source[row++] = reactions[i].source;
            uint16_t *count = &latency->source_counts[(row - 1) * eh_n_latency_bins + reactions[i].bin];
            if (*count < UINT16_MAX) (*count)++;
        }
    }
    latency->account_first[n_accounts] = row;
    return EH_OK;
}

static eh_status count_sources(eh_latency *latency, const eh_timeline *t, eh_error *err)
{
    const eh_action_set *set = t->set;
    uint32_t n_accounts = t->n_accounts;
    eh_context *ctx = latency->ctx;
    uint64_t *start = eh_alloc(ctx, (size_t)n_accounts + 2, sizeof *start, err);
    uint64_t n_total = 0;
    EACH_LATENCY(t, o, i) n_total += set->object_source[o] != UINT32_MAX;
    reaction *reactions = eh_alloc(ctx, n_total, sizeof *reactions, err);
    eh_status status = start && reactions ? EH_OK : err->status;
    if (status == EH_OK) {
        uint64_t *at = start + 1;
        EACH_LATENCY(t, o, i) if (set->object_source[o] != UINT32_MAX) at[set->account[i] + 1]++;
        for (uint32_t a = 0; a < n_accounts; a++) at[a + 1] += at[a];
        EACH_LATENCY(t, o, i)
        if (set->object_source[o] != UINT32_MAX)
            reactions[at[set->account[i]]++] =
                (reaction){set->object_source[o], (uint8_t)eh_latency_bin(t->latency_ms[i])};
        status = condense(latency, reactions, start, n_accounts, err);
    }
    eh_free(ctx, start);
    eh_free(ctx, reactions);
    return status;
}

static const double edge_s[eh_n_latency_bins + 1] = {0, 5, 10, 20, 30, 60, 120, 300, 900, 1800, 3600, 10800, 43200, 129600};

/* l <= w: the same as coming within w of a latency of nought. */
static double after_birth_of(const int64_t *sample, const size_t start[eh_n_latency_bins + 1], int b, int64_t w)
{
    static const int64_t birth = 0;
    double n = (double)(start[b + 1] - start[b]), by_shape = fmax(0, fmin(1, ((double)w / 1e6 - edge_s[b]) / (edge_s[b + 1] - edge_s[b])));
    return (eh_close_pairs(&birth, 1, sample + start[b], start[b + 1] - start[b], w) + coincidence_shrinkage * by_shape) / (n + coincidence_shrinkage);
}

static double coincidence_of(const int64_t *sample, const size_t start[eh_n_latency_bins + 1], int b, int c, int64_t w)
{
    double by_shape = eh_uniform_coincidence((double)w / 1e6, edge_s[b], edge_s[b + 1], edge_s[c], edge_s[c + 1]);
    size_t n_b = start[b + 1] - start[b], n_c = start[c + 1] - start[c];
    double n_pairs = b == c ? (double)n_b * ((double)n_b - 1) : (double)n_b * (double)n_c;
    if (n_pairs < 1) return by_shape;
    double n_close = eh_close_pairs(sample + start[b], n_b, sample + start[c], n_c, w) - (b == c ? (double)n_b : 0);
    double weight = (double)(n_b < n_c ? n_b : n_c);
    return (weight * n_close / n_pairs + coincidence_shrinkage * by_shape) / (weight + coincidence_shrinkage);
}

static eh_status tabulate(eh_latency *latency, const eh_timeline *t, const int64_t *windows_us, uint32_t n_windows,
                          const eh_clock *clock, eh_error *err)
{
    uint64_t n_total = 0, seen = 0;
    EACH_LATENCY(t, o, i) n_total++;
    uint64_t stride = n_total / largest_sample + 1;
    size_t n = 0;
    int64_t *sample = eh_alloc(latency->ctx, (size_t)(n_total / stride + 1), sizeof *sample, err);
    if (!sample) return err->status;
    EACH_LATENCY(t, o, i) if (seen++ % stride == 0) sample[n++] = t->latency_ms[i] * (int64_t)1000;
    eh_status status = eh_sort(latency->ctx, sample, n, sizeof *sample, eh_by_int64, NULL, err);
    size_t start[eh_n_latency_bins + 1] = {0};
    for (size_t i = 0; i < n; i++) start[eh_latency_bin((uint32_t)(sample[i] / 1000)) + 1]++;
    for (int b = 0; b < eh_n_latency_bins; b++) start[b + 1] += start[b];
    for (uint32_t w = 0; status == EH_OK && w < n_windows; w++) {
        for (int b = 0; b < eh_n_latency_bins; b++) latency->after_birth[w][b] = after_birth_of(sample, start, b, windows_us[w]);
        for (int b = 0; b < eh_n_latency_bins; b++)
            for (int c = 0; c < eh_n_latency_bins; c++)
                latency->coincidence[w][b][c] = coincidence_of(sample, start, b, c, windows_us[w]);
        /* Beyond 12 h only the clock is left: both acted on the same day. */
        double kernel[eh_n_clock_cells], spread[eh_n_clock_cells], by_clock = 0;
        eh_clock_kernel(windows_us[w], kernel);
        eh_clock_spread(kernel, clock->population, spread);
        for (int m = 0; m < eh_n_clock_cells; m++) by_clock += spread[m] * clock->population[m];
        latency->coincidence[w][eh_n_latency_bins - 1][eh_n_latency_bins - 1] = by_clock;
    }
    eh_free(latency->ctx, sample);
    return status;
}

eh_status eh_latency_init(eh_context *ctx, const eh_timeline *t, const int64_t *windows_us, uint32_t n_windows,
                          const eh_clock *clock, eh_latency *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->counts = eh_alloc(ctx, t->n_accounts, eh_n_latency_bins * sizeof *out->counts, err);
    out->account_first = eh_alloc(ctx, (size_t)t->n_accounts + 1, sizeof *out->account_first, err);
    eh_status status = out->counts && out->account_first ? EH_OK : err->status;
    if (status == EH_OK) {
        count_bins(out, t);
        status = count_sources(out, t, err);
    }
    if (status == EH_OK) status = tabulate(out, t, windows_us, n_windows, clock, err);
    if (status != EH_OK) eh_latency_release(out);
    return status;
}

static const uint16_t *find_source(const eh_latency *latency, uint32_t account, uint32_t source)
{
    uint64_t low = latency->account_first[account], high = latency->account_first[account + 1];
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (latency->source[middle] < source)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_found = low < latency->account_first[account + 1] && latency->source[low] == source;
    return is_found ? latency->source_counts + low * eh_n_latency_bins : NULL;
}

/* Shrinks counts less the left-out ones towards `prior`. */
static void shrink(double density[eh_n_latency_bins], const double counts[eh_n_latency_bins], double shrinkage)
{
    double n = 0;
    for (int b = 0; b < eh_n_latency_bins; b++) n += counts[b];
    for (int b = 0; b < eh_n_latency_bins; b++)
        density[b] = (counts[b] + shrinkage * density[b]) / (n + shrinkage);
}

void eh_latency_density(const eh_latency *latency, uint32_t account, uint32_t source,
                        const uint32_t left_out[eh_n_latency_bins], double density[eh_n_latency_bins])
{
    double counts[eh_n_latency_bins];
    const uint32_t *own = latency->counts + (size_t)account * eh_n_latency_bins;
    memcpy(density, latency->population, sizeof latency->population);
    for (int b = 0; b < eh_n_latency_bins; b++) counts[b] = own[b] > left_out[b] ? own[b] - left_out[b] : 0;
    shrink(density, counts, account_shrinkage);
    const uint16_t *with_source = source == UINT32_MAX ? NULL : find_source(latency, account, source);
    if (!with_source) return;
    for (int b = 0; b < eh_n_latency_bins; b++)
        counts[b] = with_source[b] > left_out[b] ? with_source[b] - left_out[b] : 0;
    shrink(density, counts, source_shrinkage);
}
