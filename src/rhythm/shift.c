/*
 * Days are cut at the quietest time of the two. On the n days with both, for days d (of u) and d' (of v) let
 *   H(d, d') = a session of one starts within 10 min after one of the other ended, and no two sessions overlap
 *   O(d, d') = some sessions overlap
 * with v's day d' moved onto d. Observed: the diagonals. Null: v's days are exchangeable among the days of the same weekday
 * (where there are at least eight of these; the others form one class together):
 *   h_d = (r!)^(1/r) / (n!)^(1/n),  r = days d' of the class with H(d, d'), d itself included, n = size of the class;  o_d likewise with 1 - O
 *   p_handover = P(K >= sum H(d, d)), K ~ Poisson-binomial(h_d);   p_never = P(K >= sum 1 - O(d, d)), K ~ Poisson-binomial(o_d)
 * With the shares r / n themselves the tail would be too small: under exchange of days the hits are not independent, and where each day fits only itself
 * the chance that all n fit is 1 / n!, not 1 / n^n. With h_d as above it is at most prod h_d (Bregman's bound on the permanent), and the tail is as it
 * should be there and too large for fewer hits: tests/prop/prop_rhythm.c compares with all orders (0.98 of the exact tail at least).
 */
#include "rhythm/shift.h"

#include "base/sort.h"
#include "base/time.h"
#include "signif/tail.h"

#include <math.h>
#include <string.h>

static const int64_t session_gap_us = 30 * EH_MINUTE_US, handover_us = 10 * EH_MINUTE_US;

/* ---- sessions --------------------------------------------------------------------------------------------------- */

void rhythm_sessions_release(rhythm_sessions *s)
{
    if (!s->ctx) return;
    eh_free(s->ctx, s->sessions);
    eh_free(s->ctx, s->start);
    memset(s, 0, sizeof *s);
}

eh_status rhythm_sessions_of(const rhythm_times *times, rhythm_sessions *out, eh_error *err)
{
    *out = (rhythm_sessions){.ctx = times->ctx};
    out->start = eh_alloc(times->ctx, (size_t)times->n_accounts + 1, sizeof *out->start, err);
    out->sessions = out->start ? eh_alloc(times->ctx, times->start[times->n_accounts], sizeof *out->sessions, err) : NULL;
    if (!out->sessions) {
        rhythm_sessions_release(out);
        return err->status;
    }
    uint64_t n = 0;
    for (uint32_t u = 0; u < times->n_accounts; u++) {
        out->start[u] = n;
        for (uint64_t i = times->start[u]; i < times->start[u + 1]; i++) {
            int64_t time_us = times->events[i].time_us;
            if (n > out->start[u] && time_us - out->sessions[n - 1].end_us <= session_gap_us)
                out->sessions[n - 1].end_us = time_us;
            else
                out->sessions[n++] = (rhythm_session){time_us, time_us};
        }
    }
    out->start[times->n_accounts] = n;
    return EH_OK;
}

/* ---- days ------------------------------------------------------------------------------------------------------- */

/* Sessions of one account on one day. */
typedef struct day_of {
    int64_t day;
    uint64_t first, end;
} day_of;

static void count_hours(const rhythm_times *times, uint32_t account, uint64_t hours[24])
{
    for (uint64_t i = times->start[account]; i < times->start[account + 1]; i++)
        hours[eh_time_of_day_us(times->events[i].time_us) / EH_HOUR_US]++;
}

/* The middle of the four hours in which the two act least. */
static int64_t quiet_time_us(const rhythm_times *times, uint32_t a, uint32_t b)
{
    uint64_t hours[24] = {0}, least = UINT64_MAX;
    int best = 0;
    count_hours(times, a, hours);
    count_hours(times, b, hours);
    for (int h = 0; h < 24; h++) {
        uint64_t n = hours[h] + hours[(h + 1) % 24] + hours[(h + 2) % 24] + hours[(h + 3) % 24];
        if (n < least) {
            least = n;
            best = h;
        }
    }
    return (best + 2) % 24 * EH_HOUR_US;
}

static size_t days_of(const rhythm_sessions *s, uint32_t account, int64_t cut_us, day_of *days)
{
    size_t n = 0;
    for (uint64_t i = s->start[account]; i < s->start[account + 1]; i++) {
        int64_t day = eh_day_of(s->sessions[i].start_us - cut_us);
        if (n == 0 || days[n - 1].day != day) days[n++] = (day_of){day, i, i};
        days[n - 1].end = i + 1;
    }
    return n;
}

/* Keeps the days that both have, in both lists. */
static size_t common_days(day_of *a, size_t n_a, day_of *b, size_t n_b)
{
    size_t n = 0, i = 0, j = 0;
    while (i < n_a && j < n_b) {
        if (a[i].day < b[j].day) {
            i++;
        } else if (a[i].day > b[j].day) {
            j++;
        } else {
            a[n] = a[i++];
            b[n++] = b[j++];
        }
    }
    return n;
}

typedef struct relation {
    uint32_t n_a_to_b, n_b_to_a;
    bool overlaps;
} relation;

/* The sessions of a's day and of b's, with b's day moved onto it. */
static relation relate(const rhythm_sessions *s, const day_of *a, const day_of *b)
{
    relation r = {0, 0, false};
    int64_t move_us = (a->day - b->day) * EH_DAY_US;
    for (uint64_t i = a->first; i < a->end; i++)
        for (uint64_t j = b->first; j < b->end; j++) {
            int64_t b_start = s->sessions[j].start_us + move_us, b_end = s->sessions[j].end_us + move_us;
            int64_t a_to_b = b_start - s->sessions[i].end_us, b_to_a = s->sessions[i].start_us - b_end;
            if (a_to_b <= 0 && b_to_a <= 0) r.overlaps = true;
            r.n_a_to_b += a_to_b > 0 && a_to_b <= handover_us;
            r.n_b_to_a += b_to_a > 0 && b_to_a <= handover_us;
        }
    return r;
}

static bool is_handover(relation r) { return !r.overlaps && r.n_a_to_b + r.n_b_to_a > 0; }

static size_t weekday_of(int64_t day) { return (size_t)((day % 7 + 7) % 7); }

/* ---- the test --------------------------------------------------------------------------------------------------- */

typedef struct days_test {
    const rhythm_sessions *s;
    const day_of *a, *b;
    size_t n;
    double *p_handover, *p_apart, *scratch;
} days_test;

/* r hits among n days: r / n, raised to what bounds the chance that all days hit at once. */
static double chance_of(double r, double n)
{
    int sign;
    return r > 0 ? exp(lgamma_r(r + 1, &sign) / r - lgamma_r(n + 1, &sign) / n) : 0;
}

/* The chances of day i, over the days of its class; the means go to the pair. */
static void weigh_day(const days_test *t, size_t i, const size_t *class_size, eh_operator_pair *pair)
{
    size_t own = weekday_of(t->a[i].day);
    bool by_weekday = class_size[own] >= rhythm_least_stratum;
    double n = 0, n_handover = 0, n_apart = 0;
    for (size_t j = 0; j < t->n; j++) {
        size_t other = weekday_of(t->b[j].day);
        if (by_weekday ? other != own : class_size[other] >= rhythm_least_stratum) continue;
        relation r = relate(t->s, &t->a[i], &t->b[j]);
        n++;
        n_handover += is_handover(r);
        n_apart += !r.overlaps;
    }
    t->p_handover[i] = chance_of(n_handover, n);
    t->p_apart[i] = chance_of(n_apart, n);
    pair->n_handover_expected += n_handover / n;
    pair->n_overlap_expected += 1 - n_apart / n;
}

static void run_test(const days_test *t, eh_operator_pair *pair)
{
    size_t class_size[7] = {0};
    for (size_t i = 0; i < t->n; i++) class_size[weekday_of(t->a[i].day)]++;
    for (size_t i = 0; i < t->n; i++) {
        relation r = relate(t->s, &t->a[i], &t->b[i]);
        pair->n_overlap_days += r.overlaps;
        if (is_handover(r)) {
            pair->n_handover_days++;
            pair->n_a_to_b += r.n_a_to_b;
            pair->n_b_to_a += r.n_b_to_a;
        }
    }
    if (t->n < rhythm_fewest_days) return;
    pair->n_handover_expected = pair->n_overlap_expected = 0;
    for (size_t i = 0; i < t->n; i++) weigh_day(t, i, class_size, pair);
    pair->p_handover = eh_poisson_binomial_tail(t->p_handover, t->n, pair->n_handover_days, t->scratch);
    pair->p_never = eh_poisson_binomial_tail(t->p_apart, t->n, t->n - pair->n_overlap_days, t->scratch);
}

eh_status rhythm_test_shift(const rhythm_times *times, const rhythm_sessions *s, eh_operator_pair *pair, eh_error *err)
{
    uint32_t a = pair->account_a, b = pair->account_b;
    pair->p_handover = pair->p_never = 1;
    pair->n_handover_expected = pair->n_overlap_expected = NAN;
    size_t room_a = s->start[a + 1] - s->start[a], room_b = s->start[b + 1] - s->start[b];
    day_of *days_a = eh_alloc(times->ctx, room_a, sizeof *days_a, err), *days_b = eh_alloc(times->ctx, room_b, sizeof *days_b, err);
    double *chances = NULL;
    eh_status status = days_a && days_b ? EH_OK : err->status;
    if (status == EH_OK) {
        int64_t cut_us = quiet_time_us(times, a, b);
        size_t n_a = days_of(s, a, cut_us, days_a), n_b = days_of(s, b, cut_us, days_b);
        size_t n = common_days(days_a, n_a, days_b, n_b);
        pair->n_days = (uint32_t)n;
        chances = eh_alloc(times->ctx, 3 * n + 1, sizeof *chances, err);
        if (chances) {
            const days_test test = {s, days_a, days_b, n, chances, chances + n, chances + 2 * n};
            run_test(&test, pair);
        } else {
            status = err->status;
        }
    }
    eh_free(times->ctx, chances);
    eh_free(times->ctx, days_a);
    eh_free(times->ctx, days_b);
    return status;
}
