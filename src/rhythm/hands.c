/*
 * A pair of accounts in one pair of hands has few encounters, a set of seven has many. For each turn T:
 *  1. Every third UTC day: for each pair the log-likelihood ratio of "hands change over" (a close encounter happens in 2 %, by slips of the clock)
 *     against "two people" (T / F of the encounters are close), F = 5 T:
 *       s = C log(.02 / (T / F)) + (L + R) log(.98 / (1 - T / F))
 *     Sets: the two sets with the largest mean s between their members are merged while it is positive (average linkage; ties by number).
 *     Of the three turns the one whose sets have the largest sum of s is kept.
 *  2. All other days: each account against the other members of its set taken together, by the test of turns.c. These days had no part in choosing
 *     the set, so the p-value holds for the set as it is. Against several others an account has its nearest neighbour among them: under the null that
 *     only makes close encounters likelier.
 */
#include "rhythm/hands.h"

#include "base/sort.h"
#include "base/threads.h"
#include "rhythm/turns.h"

#include <math.h>
#include <string.h>

#define NONE UINT32_MAX
static const double slip = 0.02;

typedef struct search {
    const rhythm_times *times;
    const uint32_t *accounts;
    uint32_t n;
    int64_t precision_us;
    double *score; /* rhythm_n_turns matrices of n x n */
    uint32_t *set; /* of the turn at work */
    double *p;
} search;

/* ---- scores ------------------------------------------------------------------------------------------------------ */

static double score_of(const rhythm_turns *t, int i)
{
    double close = 1.0 / rhythm_turn_flank;
    return t->n_close[i] * log(slip / close) + (t->n_first[i] + t->n_second[i]) * log((1 - slip) / (1 - close));
}

static const rhythm_event *events_of(const search *s, uint32_t i, uint64_t *n)
{
    uint64_t first = s->times->start[s->accounts[i]];
    *n = s->times->start[s->accounts[i] + 1] - first;
    return s->times->events + first;
}

static eh_status score_rows(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const search *s = data;
    (void)i_thread;
    (void)err;
    size_t n = s->n;
    for (size_t i = first; i < last; i++) {
        uint64_t n_i, n_j;
        const rhythm_event *events_i = events_of(s, (uint32_t)i, &n_i);
        for (size_t j = 0; j < i; j++) {
            const rhythm_event *events_j = events_of(s, (uint32_t)j, &n_j);
            rhythm_turns turns = rhythm_count_turns(events_i, n_i, events_j, n_j, RHYTHM_CHOICE_DAYS);
            for (size_t k = 0; k < rhythm_n_turns; k++)
                s->score[(k * n + i) * n + j] = s->score[(k * n + j) * n + i] = score_of(&turns, (int)k);
        }
    }
    return EH_OK;
}

/* ---- sets -------------------------------------------------------------------------------------------------------- */

/* Average linkage: between[x][y] = sum of scores between sets x and y, a set being named by its first account. */
static double merge_sets(double *between, size_t n, uint32_t *set, uint32_t *size)
{
    double gain = 0; /* the sum of scores inside sets */
    for (size_t i = 0; i < n; i++) {
        set[i] = (uint32_t)i;
        size[i] = 1;
    }
    for (;;) {
        double best = 0;
        size_t keep = n, gone = n;
        for (size_t x = 0; x < n; x++)
            for (size_t y = x + 1; size[x] > 0 && y < n; y++) {
                if (size[y] == 0) continue;
                double mean = between[x * n + y] / ((double)size[x] * size[y]);
                if (mean > best) {
                    best = mean;
                    keep = x;
                    gone = y;
                }
            }
        if (keep == n) return gain;
        gain += between[keep * n + gone];
        size[keep] += size[gone];
        size[gone] = 0;
        for (size_t i = 0; i < n; i++) {
            if (set[i] == gone) set[i] = (uint32_t)keep;
            between[keep * n + i] += between[gone * n + i];
            between[i * n + keep] = between[keep * n + i];
        }
    }
}

/* Sets of two and more are numbered by their first account. */
static uint32_t number_sets(uint32_t *set, const uint32_t *size, uint32_t *number, size_t n)
{
    uint32_t n_sets = 0;
    for (size_t i = 0; i < n; i++) number[i] = size[i] > 1 ? n_sets++ : NONE;
    for (size_t i = 0; i < n; i++) set[i] = number[set[i]];
    return n_sets;
}

/* ---- test -------------------------------------------------------------------------------------------------------- */

typedef struct turn_test {
    const search *s;
    int i_turn;
} turn_test;

static int by_time(const void *a, const void *b, void *data)
{
    const rhythm_event *x = a, *y = b;
    (void)data;
    if (x->time_us != y->time_us) return x->time_us < y->time_us ? -1 : 1;
    return x->account < y->account ? -1 : x->account > y->account;
}

static eh_status test_account(const search *s, uint32_t i, int i_turn, eh_error *err)
{
    uint64_t n_own, n_others = 0, n_j;
    const rhythm_event *own = events_of(s, i, &n_own);
    s->p[i] = 1;
    if (s->set[i] == NONE) return EH_OK;
    for (uint32_t j = 0; j < s->n; j++)
        if (j != i && s->set[j] == s->set[i]) {
            (void)events_of(s, j, &n_j);
            n_others += n_j;
        }
    rhythm_event *others = eh_alloc(s->times->ctx, n_others, sizeof *others, err);
    if (!others) return err->status;
    n_others = 0;
    for (uint32_t j = 0; j < s->n; j++)
        if (j != i && s->set[j] == s->set[i]) {
            const rhythm_event *events_j = events_of(s, j, &n_j);
            memcpy(others + n_others, events_j, n_j * sizeof *others);
            n_others += n_j;
        }
    eh_status status = eh_sort(s->times->ctx, others, n_others, sizeof *others, by_time, NULL, err);
    if (status == EH_OK) {
        rhythm_turns turns = rhythm_count_turns(own, n_own, others, n_others, RHYTHM_TEST_DAYS);
        rhythm_turns moved = rhythm_count_moved(own, n_own, others, n_others);
        s->p[i] = rhythm_p_turns(&turns, i_turn, s->precision_us, &moved);
    }
    eh_free(s->times->ctx, others);
    return status;
}

static eh_status test_accounts(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const turn_test *test = data;
    (void)i_thread;
    for (size_t i = first; i < last; i++) EH_TRY(test_account(test->s, (uint32_t)i, test->i_turn, err));
    return EH_OK;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

typedef struct scratch {
    uint32_t *size, *number, *set;
} scratch;

/* The turn is chosen on the days that choose the sets, so trying several costs nothing on the others. */
static eh_status search_sets(search *s, scratch *x, uint32_t *set, double *p, uint32_t *n_sets, eh_error *err)
{
    size_t n = s->n;
    int n_turns = rhythm_n_usable_turns(s->precision_us);
    double most = 0;
    turn_test test = {s, -1};
    EH_TRY(eh_parallel(s->times->ctx, NULL, n, 1, score_rows, s, err));
    for (int k = 0; k < n_turns; k++) {
        double gain = merge_sets(s->score + (size_t)k * n * n, n, x->set, x->size);
        if (gain <= most) continue;
        most = gain;
        test.i_turn = k;
        *n_sets = number_sets(x->set, x->size, x->number, n);
        memcpy(set, x->set, n * sizeof *set);
    }
    s->set = set;
    s->p = p;
    return test.i_turn < 0 ? EH_OK : eh_parallel(s->times->ctx, NULL, n, 1, test_accounts, &test, err);
}

eh_status rhythm_find_hands(const rhythm_times *times, const uint32_t *accounts, uint32_t n, int64_t precision_us,
                            uint32_t *set, double *p, uint32_t *n_sets, eh_error *err)
{
    eh_context *ctx = times->ctx;
    *n_sets = 0;
    for (uint32_t i = 0; i < n; i++) {
        set[i] = NONE;
        p[i] = 1;
    }
    search s = {.times = times, .accounts = accounts, .n = n, .precision_us = precision_us};
    scratch x = {eh_alloc(ctx, n, sizeof *x.size, err), eh_alloc(ctx, n, sizeof *x.number, err), eh_alloc(ctx, n, sizeof *x.set, err)};
    s.score = eh_alloc(ctx, (size_t)n * n, rhythm_n_turns * sizeof *s.score, err);
    eh_status status = x.size && x.number && x.set && s.score ? EH_OK : err->status;
    if (status == EH_OK) status = search_sets(&s, &x, set, p, n_sets, err);
    eh_free(ctx, s.score);
    eh_free(ctx, x.size);
    eh_free(ctx, x.number);
    eh_free(ctx, x.set);
    return status;
}
