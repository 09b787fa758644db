/*
 * Independent kinds: a second behaviour counts only by posts that the first did not use; a post with a link and a
 * tag that is copied once is one coincidence, not two.
 */
#include "signif/annotate.h"

#include "base/sort.h"
#include "base/time.h"

#include <math.h>
#include <string.h>

enum { fewest_fresh_posts = 3, few_days = 2, fewest_delays = 10, hyperactive_actions = 100 };
static const double one_source_share = .8, fast_share = .5;

/* One side of an evidence row. */
typedef struct mark {
    uint32_t account;
    uint32_t behaviour, post, source;
    int64_t day;
} mark;

static int by_account(const void *a, const void *b, void *data)
{
    (void)data;
    const mark *x = a, *y = b;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    if (x->post != y->post) return x->post < y->post ? -1 : 1;
    return (x->behaviour > y->behaviour) - (x->behaviour < y->behaviour);
}

static int by_source(const void *a, const void *b, void *data)
{
    (void)data;
    const mark *x = a, *y = b;
    if (x->behaviour != y->behaviour) return x->behaviour < y->behaviour ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

static int by_day(const void *a, const void *b, void *data)
{
    (void)data;
    int64_t x = ((const mark *)a)->day, y = ((const mark *)b)->day;
    return (x > y) - (x < y);
}

/* Behaviours in the order of how many posts carry them; each counts by the posts that none before it used. */
static uint32_t independent_of(const mark *marks, size_t n)
{
    uint32_t accepted = 0, left = 0;
    for (size_t i = 0; i < n; i++) left |= 1u << marks[i].behaviour;
    while (left) {
        uint32_t fresh[EH_N_BEHAVIOURS] = {0};
        for (size_t i = 0; i < n;) { /* one post at a time */
            uint32_t post = marks[i].post, kinds = 0;
            for (; i < n && marks[i].post == post; i++) kinds |= 1u << marks[i].behaviour;
            for (int b = 0; b < EH_N_BEHAVIOURS; b++) fresh[b] += !(kinds & accepted) && (kinds & left) >> b & 1;
        }
        int best = -1;
        for (int b = 0; b < EH_N_BEHAVIOURS; b++)
            if (left >> b & 1 && (best < 0 || fresh[b] > fresh[best])) best = b;
        if (fresh[best] < fewest_fresh_posts && accepted) break;
        accepted |= 1u << best;
        left &= ~(1u << best);
    }
    return accepted;
}

static eh_status note_evidence(eh_context *ctx, mark *marks, size_t n, eh_account_result *account, eh_error *err)
{
    account->independent_behaviours = independent_of(marks, n);
    size_t n_days = 0, most = 0, run = 0;
    EH_TRY(eh_sort(ctx, marks, n, sizeof *marks, by_day, NULL, err));
    for (size_t i = 0; i < n; i++) n_days += i == 0 || marks[i].day != marks[i - 1].day;
    if (n_days <= few_days) account->notes |= EH_NOTE_FEW_DAYS;
    EH_TRY(eh_sort(ctx, marks, n, sizeof *marks, by_source, NULL, err));
    for (size_t i = 0; i < n; i++) {
        bool goes_on = i > 0 && by_source(&marks[i], &marks[i - 1], NULL) == 0;
        run = goes_on ? run + 1 : 1;
        if (marks[i].source != UINT32_MAX && run > most) most = run;
    }
    if ((double)most >= one_source_share * (double)n) account->notes |= EH_NOTE_ONE_SOURCE;
    return EH_OK;
}

static eh_status read_evidence(eh_context *ctx, const eh_action_table *table, eh_detection *d, eh_error *err)
{
    size_t n = 2 * (size_t)d->n_evidence;
    mark *marks = eh_alloc(ctx, n, sizeof *marks, err);
    if (!marks) return err->status;
    for (uint64_t i = 0; i < d->n_evidence; i++) {
        const eh_evidence *e = &d->evidence[i];
        uint32_t source = table->sets[e->behaviour].object_source[e->object];
        marks[2 * i] = (mark){e->account_a, e->behaviour, e->post_a, source, eh_day_of(e->time_a_us)};
        marks[2 * i + 1] = (mark){e->account_b, e->behaviour, e->post_b, source, eh_day_of(e->time_b_us)};
    }
    eh_status status = eh_sort(ctx, marks, n, sizeof *marks, by_account, NULL, err);
    for (size_t i = 0; status == EH_OK && i < n;) {
        size_t first = i;
        while (i < n && marks[i].account == marks[first].account) i++;
        status = note_evidence(ctx, marks + first, i - first, &d->accounts[marks[first].account], err);
    }
    eh_free(ctx, marks);
    return status;
}

typedef struct delay {
    uint32_t account;
    int64_t delay_us;
} delay;

static int by_delay(const void *a, const void *b, void *data)
{
    (void)data;
    const delay *x = a, *y = b;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    return (x->delay_us > y->delay_us) - (x->delay_us < y->delay_us);
}

/* Reaction times to objects whose birth is known, reposts only: a link or tag has no moment that one reacts to. */
static eh_status read_delays(eh_context *ctx, const eh_action_set *set, eh_detection *d, eh_error *err)
{
    delay *delays = eh_alloc(ctx, set->n_actions, sizeof *delays, err);
    if (!delays) return err->status;
    size_t n = 0;
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o]; set->is_birth_known[o] && i < set->object_start[o + 1]; i++)
            delays[n++] = (delay){set->account[i], set->time_us[i] - set->object_birth_us[o]};
    eh_status status = eh_sort(ctx, delays, n, sizeof *delays, by_delay, NULL, err);
    for (size_t i = 0; status == EH_OK && i < n;) {
        size_t first = i, n_fast = 0;
        for (; i < n && delays[i].account == delays[first].account; i++)
            n_fast += delays[i].delay_us <= 2 * EH_MINUTE_US;
        eh_account_result *account = &d->accounts[delays[first].account];
        account->median_delay_s = (double)delays[first + (i - first) / 2].delay_us / 1e6;
        if (i - first >= fewest_delays && (double)n_fast > fast_share * (double)(i - first))
            account->notes |= EH_NOTE_FAST_FAN;
    }
    eh_free(ctx, delays);
    return status;
}

static eh_status read_activity(eh_context *ctx, const eh_action_table *table, uint32_t behaviours, eh_detection *d,
                               eh_error *err)
{
    uint32_t n = table->accounts.n;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint64_t i = 0; behaviours >> b & 1 && i < table->sets[b].n_actions; i++) {
            eh_account_result *account = &d->accounts[table->sets[b].account[i]];
            account->n_actions++;
            account->acted_behaviours |= 1u << b;
        }
    uint32_t *activity = eh_alloc(ctx, n, sizeof *activity, err);
    if (!activity) return err->status;
    for (uint32_t u = 0; u < n; u++) activity[u] = d->accounts[u].n_actions;
    eh_status status = eh_sort(ctx, activity, n, sizeof *activity, eh_by_uint32, NULL, err);
    uint32_t bar = n ? activity[(size_t)n * 99 / 100] : 0;
    if (bar < hyperactive_actions) bar = hyperactive_actions;
    for (uint32_t u = 0; u < n; u++)
        if (d->accounts[u].n_actions >= bar) d->accounts[u].notes |= EH_NOTE_HYPERACTIVE;
    eh_free(ctx, activity);
    return status;
}

eh_status eh_annotate(eh_context *ctx, const eh_action_table *table, uint32_t behaviours, eh_detection *d, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    for (uint32_t u = 0; u < table->accounts.n; u++) d->accounts[u].median_delay_s = (double)NAN;
    EH_TRY(read_activity(ctx, table, behaviours, d, err));
    if (behaviours >> EH_REPOST & 1) EH_TRY(read_delays(ctx, &table->sets[EH_REPOST], d, err));
    return read_evidence(ctx, table, d, err);
}
