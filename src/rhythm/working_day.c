/*
 * The working day of a group. Cells: accounts with an action in a half hour of a day, so that no busy account outweighs the rest.
 *
 * Offset: each day is one unit of evidence, its cells shares that sum to one:
 *   L(z) = sum over days d, half hours b of share_db log(48 f(b + z)),   f the plain working day of local time below, sum f = 1;
 * zero is a flat day. Actions of a day depend on each other, so counting each one would claim far more than is known.
 */
#include "evenhand/rhythm.h"

#include "base/rng.h"
#include "base/threads.h"
#include "base/time.h"
#include "rhythm/timelines.h"

#include <math.h>

enum { n_half_hours = 48, fewest_days = 14, n_draws = 999, n_offsets_west = 23 };
static const double sure = 0.01, core_share = 0.9;

/* By local hour, not yet normalised: work from nine to six with a pause from half past twelve, an hour's shoulder either side. */
static double plain_day(int half_hour)
{
    if (half_hour < 14 || half_hour >= 40) return 0.05;
    if (half_hour < 16 || half_hour >= 38) return 0.2;
    if (half_hour < 18 || half_hour >= 36) return 0.5;
    return half_hour == 25 || half_hour == 26 ? 0.7 : 1;
}

typedef struct group_days {
    int64_t first_day;
    uint32_t n_days;       /* from the first to the last */
    uint32_t (*cells)[n_half_hours]; /* by day */
    uint32_t (*hours)[24]; /* accounts by hour and day */
    uint32_t *total;       /* account-hours by day */
} group_days;

typedef struct group_job {
    eh_context *ctx;
    eh_timelines lines;
    const uint32_t *group_of;
    eh_rhythm_group *groups;
} group_job;

static eh_status count_cells(const group_job *job, uint32_t group, group_days *g, eh_error *err)
{
    const eh_timelines *l = &job->lines;
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (uint32_t u = 0; u < l->n_accounts; u++) {
        if (job->group_of[u] != group || l->first[u] == l->first[u + 1]) continue;
        int64_t from = eh_day_of(l->moments[l->first[u]].time_us), to = eh_day_of(l->moments[l->first[u + 1] - 1].time_us);
        if (from < first) first = from;
        if (to > last) last = to;
        job->groups[group].n_accounts++;
    }
    if (first > last) return EH_OK;
    if (last - first >= 100000) return eh_fail(err, EH_E_LIMIT, "actions of one group span more than 100,000 days; check their times");
    g->first_day = first;
    g->n_days = (uint32_t)(last - first + 1);
    g->cells = eh_alloc(job->ctx, g->n_days, sizeof *g->cells, err);
    g->hours = g->cells ? eh_alloc(job->ctx, g->n_days, sizeof *g->hours, err) : NULL;
    g->total = g->hours ? eh_alloc(job->ctx, g->n_days, sizeof *g->total, err) : NULL;
    if (!g->total) return err->status;
    for (uint32_t u = 0; u < l->n_accounts; u++) {
        int64_t last_cell = INT64_MIN, last_hour = INT64_MIN;
        for (uint64_t i = l->first[u]; job->group_of[u] == group && i < l->first[u + 1]; i++) {
            int64_t day = eh_day_of(l->moments[i].time_us) - first, cell = 2 * eh_time_of_day_us(l->moments[i].time_us) / EH_HOUR_US;
            bool is_new_hour = day * 24 + cell / 2 != last_hour;
            g->cells[day][cell] += day * n_half_hours + cell != last_cell;
            g->hours[day][cell / 2] += is_new_hour;
            g->total[day] += is_new_hour;
            last_cell = day * n_half_hours + cell;
            last_hour = day * 24 + cell / 2;
        }
    }
    return EH_OK;
}

static void fit_offsets(const group_days *g, eh_rhythm_group *out)
{
    double f[n_half_hours], sum = 0;
    for (int b = 0; b < n_half_hours; b++) sum += plain_day(b);
    for (int b = 0; b < n_half_hours; b++) f[b] = log(n_half_hours * plain_day(b) / sum);
    for (uint32_t d = 0; d < g->n_days; d++) {
        double n = 0;
        for (int b = 0; b < n_half_hours; b++) n += g->cells[d][b];
        for (int z = 0; n > 0 && z < EH_N_UTC_OFFSETS; z++)
            for (int b = 0; b < n_half_hours; b++)
                out->log_likelihood[z] += g->cells[d][b] / n * f[(b + z - n_offsets_west + n_half_hours) % n_half_hours];
    }
    for (int z = 1; z < EH_N_UTC_OFFSETS; z++)
        if (out->log_likelihood[z] > out->log_likelihood[out->best_offset]) out->best_offset = z;
    out->has_working_day = out->log_likelihood[out->best_offset] >= 2;
}

/* The shortest stretch of hours with nine tenths of all account-hours, the fullest of equally short ones. */
static void find_core(eh_rhythm_group *out)
{
    uint64_t total = 0;
    for (int h = 0; h < 24; h++) total += out->hours[h];
    for (int length = 1; length <= 24; length++) {
        uint64_t most = 0;
        for (int h = 0; h < 24; h++) {
            uint64_t n = 0;
            for (int i = 0; i < length; i++) n += out->hours[(h + i) % 24];
            if (n <= most) continue;
            most = n;
            out->start_h = h;
        }
        out->end_h = (out->start_h + length) % 24;
        if ((double)most >= core_share * (double)total) return;
    }
}

/* How far the hour from half hour b on lies below the half hours before and after it, in twice their cells. */
static int64_t dip_of(const uint32_t *cells, int b)
{
    int64_t around = 0, within = 0;
    for (int i = 0; i < 2; i++) {
        within += cells[(b + i) % n_half_hours];
        around += cells[(b + n_half_hours - 1 - i) % n_half_hours] + (int64_t)cells[(b + 2 + i) % n_half_hours];
    }
    return around - 2 * within;
}

/* Half hours at which a pause may begin: an hour and what surrounds it lies an hour or more within the core. */
typedef struct inner {
    int first, n;
} inner;

static inner inner_of(const eh_rhythm_group *out)
{
    int n = 2 * ((out->end_h - out->start_h + 24) % 24) - 9;
    return (inner){2 * out->start_h + 4, n > 0 ? n : 0};
}

/* H0: a day's dip is as likely negative. The signs of whole days are drawn, so hours keep what they have to do with each other. */
static eh_status test_pause(eh_context *ctx, const group_days *g, uint32_t group, eh_rhythm_group *out, eh_error *err)
{
    inner in = inner_of(out);
    int64_t deepest = 0, within = 0;
    int n_at_least = 0;
    for (int i = 0; i < in.n; i++) {
        int64_t sum = 0;
        for (uint32_t d = 0; d < g->n_days; d++) sum += dip_of(g->cells[d], in.first + i);
        if (sum <= deepest) continue;
        deepest = sum;
        out->pause_half_hour = (in.first + i) % n_half_hours;
    }
    if (out->pause_half_hour < 0) return EH_OK;
    for (uint32_t d = 0; d < g->n_days; d++)
        for (int i = 0; i < 2; i++) within += g->cells[d][(out->pause_half_hour + i) % n_half_hours];
    out->pause_depth = (double)deepest / (double)(deepest + 2 * within);
    eh_rng rng = eh_rng_of(eh_context_seed(ctx), 2 * (uint64_t)group);
    for (int draw = 0; draw < n_draws; draw++) {
        int64_t sums[n_half_hours] = {0}, most = INT64_MIN;
        if (eh_context_is_cancelled(ctx)) return eh_fail(err, EH_E_CANCELLED, "cancelled");
        for (uint32_t d = 0; d < g->n_days; d++) {
            int sign = eh_rng_below(&rng, 2) ? 1 : -1;
            for (int i = 0; i < in.n; i++) sums[i] += sign * dip_of(g->cells[d], in.first + i);
        }
        for (int i = 0; i < in.n; i++)
            if (sums[i] > most) most = sums[i];
        n_at_least += most >= deepest;
    }
    out->p_pause = (1 + n_at_least) / (double)(1 + n_draws);
    return EH_OK;
}

static uint32_t weekday_of(int64_t day) { return (uint32_t)(((day + 3) % 7 + 7) % 7); }

/* How uneven weekdays are, up to constants. */
static double sum_of_squares(const uint64_t sums[7])
{
    double sum = 0;
    for (int w = 0; w < 7; w++) sum += (double)sums[w] * (double)sums[w];
    return sum;
}

/* H0: within seven days that follow each other, any order is as likely. Days beyond the last whole week are left out. */
static void test_days_off(eh_context *ctx, const group_days *g, uint32_t group, eh_rhythm_group *out)
{
    uint32_t n_weeks = g->n_days / 7;
    uint64_t sums[7] = {0}, total = 0;
    int n_at_least = 0;
    for (uint32_t d = 0; d < 7 * n_weeks; d++) {
        sums[weekday_of(g->first_day + d)] += g->total[d];
        total += g->total[d];
    }
    double observed = sum_of_squares(sums);
    eh_rng rng = eh_rng_of(eh_context_seed(ctx), 2 * (uint64_t)group + 1);
    for (int draw = 0; draw < n_draws; draw++) {
        uint64_t drawn[7] = {0};
        for (uint32_t week = 0; week < n_weeks; week++) {
            uint32_t order[7] = {0, 1, 2, 3, 4, 5, 6};
            for (uint32_t i = 7; i-- > 1;) {
                uint32_t j = (uint32_t)eh_rng_below(&rng, i + 1), kept = order[i];
                order[i] = order[j];
                order[j] = kept;
            }
            for (int w = 0; w < 7; w++) drawn[w] += g->total[7 * week + order[w]];
        }
        n_at_least += sum_of_squares(drawn) >= observed;
    }
    out->p_days_off = (1 + n_at_least) / (double)(1 + n_draws);
    for (int w = 0; w < 7; w++)
        if (out->p_days_off <= sure && 14 * sums[w] < total) out->days_off |= 1u << w;
}

static eh_status describe_group(const group_job *job, uint32_t group, group_days *g, eh_error *err)
{
    eh_rhythm_group *out = &job->groups[group];
    *out = (eh_rhythm_group){.pause_half_hour = -1, .p_pause = 1, .p_days_off = 1};
    EH_TRY(count_cells(job, group, g, err));
    for (uint32_t d = 0; d < g->n_days; d++) {
        out->n_days += g->total[d] > 0;
        out->weekdays[weekday_of(g->first_day + d)] += g->total[d];
        for (int h = 0; h < 24; h++) out->hours[h] += g->hours[d][h];
    }
    if (out->n_days == 0) return EH_OK;
    fit_offsets(g, out);
    find_core(out);
    if (g->n_days < fewest_days) return EH_OK;
    EH_TRY(test_pause(job->ctx, g, group, out, err));
    test_days_off(job->ctx, g, group, out);
    return EH_OK;
}

static eh_status describe_groups(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    group_job *job = data;
    (void)i_thread;
    for (size_t i = first; i < last; i++) {
        group_days g = {0};
        eh_status status = describe_group(job, (uint32_t)i, &g, err);
        eh_free(job->ctx, g.cells);
        eh_free(job->ctx, g.hours);
        eh_free(job->ctx, g.total);
        EH_TRY(status);
    }
    return EH_OK;
}

eh_status eh_rhythm_groups(eh_context *ctx, const eh_action_table *table, const uint32_t *group_of, uint32_t n_groups,
                           eh_rhythm_group *groups, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    group_job job = {.ctx = ctx, .group_of = group_of, .groups = groups};
    EH_TRY(eh_timelines_make(ctx, table, &job.lines, err));
    eh_status status = eh_parallel(ctx, "working days", n_groups, 1, describe_groups, &job, err);
    eh_timelines_release(&job.lines);
    return status;
}
