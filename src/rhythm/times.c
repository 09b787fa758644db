#include "rhythm/times.h"

#include "base/sort.h"
#include "base/str.h"

#define NONE UINT32_MAX

void rhythm_times_release(rhythm_times *times)
{
    if (!times->ctx) return;
    eh_free(times->ctx, times->events);
    eh_free(times->ctx, times->start);
    memset(times, 0, sizeof *times);
}

/* The accounts of the table are in bytewise order. */
static uint32_t find_account(const eh_action_table *table, eh_str id)
{
    uint32_t low = 0, high = table->accounts.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = eh_str_compare(eh_strings_get(&table->accounts, middle), id);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NONE;
}

/* Whom an action on an object of the set is aimed at. */
static uint32_t target_of(const eh_action_table *table, eh_behaviour behaviour, uint32_t object)
{
    const eh_action_set *set = &table->sets[behaviour];
    if (behaviour == EH_MENTION) return find_account(table, eh_strings_get(&set->objects, object));
    if (behaviour != EH_REPOST && behaviour != EH_REPLY) return NONE;
    if (!set->object_source || set->object_source[object] == NONE) return NONE;
    return find_account(table, eh_strings_get(&set->sources, set->object_source[object]));
}

static void count(const eh_action_table *table, const uint8_t *is_wanted, uint64_t *start)
{
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint64_t i = 0; i < table->sets[b].n_actions; i++) {
            uint32_t account = table->sets[b].account[i];
            if (is_wanted[account]) start[account + 1]++;
        }
    for (uint32_t u = 0; u < table->accounts.n; u++) start[u + 1] += start[u];
}

static void fill_object(const eh_action_table *table, eh_behaviour behaviour, uint32_t object, const uint8_t *is_wanted,
                        uint64_t *next, rhythm_event *events)
{
    const eh_action_set *set = &table->sets[behaviour];
    bool is_looked_up = false;
    uint32_t target = NONE;
    for (uint64_t i = set->object_start[object]; i < set->object_start[object + 1]; i++) {
        uint32_t account = set->account[i];
        if (!is_wanted[account]) continue;
        if (!is_looked_up) target = target_of(table, behaviour, object);
        is_looked_up = true;
        rhythm_event event = {set->time_us[i], -1, account, target, behaviour == EH_REPOST};
        if (event.is_repost && set->is_birth_known && set->is_birth_known[object] &&
            set->time_us[i] >= set->object_birth_us[object])
            event.delay_us = set->time_us[i] - set->object_birth_us[object];
        events[next[account]++] = event;
    }
}

/* A total order, so that what is kept of actions of one moment does not depend on the order of rows. */
static int by_time(const void *a, const void *b, void *data)
{
    const rhythm_event *x = a, *y = b;
    (void)data;
    if (x->time_us != y->time_us) return x->time_us < y->time_us ? -1 : 1;
    if (x->target != y->target) return x->target < y->target ? -1 : 1;
    if (x->delay_us != y->delay_us) return x->delay_us > y->delay_us ? -1 : 1;
    return (int)y->is_repost - (int)x->is_repost;
}

/* Sorts each account's events, makes those of one moment one, and closes the gaps. */
static eh_status tidy(rhythm_times *t, eh_error *err)
{
    uint64_t n_kept = 0;
    for (uint32_t u = 0; u < t->n_accounts; u++) {
        uint64_t first = t->start[u], end = t->start[u + 1];
        EH_TRY(eh_sort(t->ctx, t->events + first, end - first, sizeof *t->events, by_time, NULL, err));
        t->start[u] = n_kept;
        for (uint64_t i = first; i < end; i++) {
            rhythm_event *last = n_kept > t->start[u] ? &t->events[n_kept - 1] : NULL;
            if (last && last->time_us == t->events[i].time_us) {
                last->is_repost = last->is_repost || t->events[i].is_repost;
                if (last->delay_us < 0) last->delay_us = t->events[i].delay_us;
            } else {
                t->events[n_kept++] = t->events[i];
            }
        }
    }
    t->start[t->n_accounts] = n_kept;
    return EH_OK;
}

eh_status rhythm_times_of(eh_context *ctx, const eh_action_table *table, const uint8_t *is_wanted, rhythm_times *out,
                          eh_error *err)
{
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->n_accounts = table->accounts.n;
    out->start = eh_alloc(ctx, (size_t)table->accounts.n + 1, sizeof *out->start, err);
    uint64_t *next = eh_alloc(ctx, (size_t)table->accounts.n + 1, sizeof *next, err);
    eh_status status = out->start && next ? EH_OK : err->status;
    if (status == EH_OK) {
        count(table, is_wanted, out->start);
        memcpy(next, out->start, ((size_t)table->accounts.n + 1) * sizeof *next);
        out->events = eh_alloc(ctx, out->start[table->accounts.n], sizeof *out->events, err);
        if (!out->events) status = err->status;
    }
    for (int b = 0; b < EH_N_BEHAVIOURS && status == EH_OK; b++)
        for (uint32_t o = 0; o < table->sets[b].n_objects; o++)
            fill_object(table, (eh_behaviour)b, o, is_wanted, next, out->events);
    if (status == EH_OK) status = tidy(out, err);
    eh_free(ctx, next);
    if (status == EH_OK) return EH_OK;
    rhythm_times_release(out);
    return status;
}
