#include "rhythm/timelines.h"

#include "base/sort.h"
#include "base/threads.h"
#include "base/time.h"

#include <string.h>

enum { accounts_per_chunk = 256 };

void eh_timelines_release(eh_timelines *lines)
{
    if (!lines->ctx) return;
    eh_free(lines->ctx, lines->first);
    eh_free(lines->ctx, lines->moments);
    eh_free(lines->ctx, lines->by_object);
    eh_free(lines->ctx, lines->first_session);
    eh_free(lines->ctx, lines->sessions);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) eh_free(lines->ctx, lines->addressee[b]);
    memset(lines, 0, sizeof *lines);
}

static int by_time(const void *a, const void *b, void *data)
{
    const eh_moment *x = a, *y = b;
    (void)data;
    if (x->time_us != y->time_us) return x->time_us < y->time_us ? -1 : 1;
    return (x->object > y->object) - (x->object < y->object);
}

static int by_object(const void *a, const void *b, void *data)
{
    const eh_moment *x = a, *y = b;
    (void)data;
    if (x->object != y->object) return x->object < y->object ? -1 : 1;
    return (x->time_us > y->time_us) - (x->time_us < y->time_us);
}

static eh_status sort_accounts(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    eh_timelines *l = data;
    (void)i_thread;
    for (size_t u = first; u < last; u++) {
        size_t n = l->first[u + 1] - l->first[u];
        eh_moment *moments = l->moments + l->first[u], *objects = l->by_object + l->first[u];
        EH_TRY(eh_sort(l->ctx, moments, n, sizeof *moments, by_time, NULL, err));
        if (n) memcpy(objects, moments, n * sizeof *moments);
        EH_TRY(eh_sort(l->ctx, objects, n, sizeof *objects, by_object, NULL, err));
    }
    return EH_OK;
}

static eh_status gather(eh_timelines *l, const eh_action_table *table, eh_error *err)
{
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint64_t i = 0; i < table->sets[b].n_actions; i++) l->first[table->sets[b].account[i] + 1]++;
    for (uint32_t u = 0; u < l->n_accounts; u++) l->first[u + 1] += l->first[u];
    uint64_t n = l->first[l->n_accounts];
    l->moments = eh_alloc(l->ctx, n, sizeof *l->moments, err);
    l->by_object = l->moments ? eh_alloc(l->ctx, n, sizeof *l->by_object, err) : NULL;
    uint64_t *at = l->by_object ? eh_alloc(l->ctx, (size_t)l->n_accounts + 1, sizeof *at, err) : NULL;
    if (!at) return err->status;
    memcpy(at, l->first, ((size_t)l->n_accounts + 1) * sizeof *at);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        const eh_action_set *set = &table->sets[b];
        for (uint32_t o = 0; o < set->n_objects; o++)
            for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++)
                l->moments[at[set->account[i]]++] = (eh_moment){set->time_us[i], (uint64_t)b << 32 | o};
    }
    eh_free(l->ctx, at);
    return EH_OK;
}

/* Whether moment i of an account opens a session. */
static bool opens(const eh_timelines *l, uint32_t u, uint64_t i)
{
    return i == l->first[u] || l->moments[i].time_us - l->moments[i - 1].time_us > eh_session_gap_min * EH_MINUTE_US;
}

static eh_status cut_sessions(eh_timelines *l, eh_error *err)
{
    uint64_t n = 0;
    for (uint32_t u = 0; u < l->n_accounts; u++)
        for (uint64_t i = l->first[u]; i < l->first[u + 1]; i++) n += opens(l, u, i);
    l->first_session = eh_alloc(l->ctx, (size_t)l->n_accounts + 1, sizeof *l->first_session, err);
    l->sessions = l->first_session ? eh_alloc(l->ctx, n, sizeof *l->sessions, err) : NULL;
    if (!l->sessions) return err->status;
    n = 0;
    for (uint32_t u = 0; u < l->n_accounts; u++) {
        l->first_session[u] = n;
        for (uint64_t i = l->first[u]; i < l->first[u + 1]; i++) {
            if (opens(l, u, i)) l->sessions[n++] = (eh_session){.start_us = l->moments[i].time_us, .first = i};
            l->sessions[n - 1].end_us = l->moments[i].time_us;
            l->sessions[n - 1].last = i;
        }
    }
    l->first_session[l->n_accounts] = n;
    return EH_OK;
}

static int compare_text(eh_str x, eh_str y)
{
    int order = memcmp(x.data, y.data, x.size < y.size ? x.size : y.size);
    return order ? order : (x.size > y.size) - (x.size < y.size);
}

/* By bisection: strings are in bytewise order. */
uint32_t eh_account_named(const eh_action_table *table, eh_str name)
{
    uint32_t low = 0, high = table->accounts.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_text(eh_strings_get(&table->accounts, middle), name);
        if (order == 0) return middle;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return UINT32_MAX;
}

static eh_status find_addressees(eh_timelines *l, const eh_action_table *table, eh_behaviour b, eh_error *err)
{
    const eh_action_set *set = &table->sets[b];
    uint32_t *of = l->addressee[b] = eh_alloc(l->ctx, set->n_objects, sizeof *of, err);
    if (!of) return err->status;
    for (uint32_t o = 0; o < set->n_objects; o++) {
        uint32_t source = b == EH_MENTION || !set->object_source ? UINT32_MAX : set->object_source[o];
        of[o] = UINT32_MAX;
        if (b == EH_MENTION) of[o] = eh_account_named(table, eh_strings_get(&set->objects, o));
        else if (source != UINT32_MAX) of[o] = eh_account_named(table, eh_strings_get(&set->sources, source));
    }
    return EH_OK;
}

bool eh_timelines_answers(const eh_timelines *l, uint64_t object, uint32_t account)
{
    const uint32_t *of = l->addressee[object >> 32];
    return of && of[(uint32_t)object] == account;
}

eh_status eh_timelines_make(eh_context *ctx, const eh_action_table *table, eh_timelines *out, eh_error *err)
{
    *out = (eh_timelines){.ctx = ctx, .n_accounts = table->accounts.n};
    out->first = eh_alloc(ctx, (size_t)out->n_accounts + 2, sizeof *out->first, err);
    eh_status status = out->first ? gather(out, table, err) : err->status;
    if (status == EH_OK) status = eh_parallel(ctx, NULL, out->n_accounts, accounts_per_chunk, sort_accounts, out, err);
    if (status == EH_OK) status = cut_sessions(out, err);
    static const eh_behaviour answering[] = {EH_REPOST, EH_REPLY, EH_MENTION};
    for (size_t i = 0; i < sizeof answering / sizeof *answering && status == EH_OK; i++)
        status = find_addressees(out, table, answering[i], err);
    if (status != EH_OK) eh_timelines_release(out);
    return status;
}

bool eh_timelines_acted(const eh_timelines *l, uint32_t account, uint64_t object, int64_t time_us, int64_t within_us)
{
    uint64_t low = l->first[account], high = l->first[account + 1];
    eh_moment from = {time_us - within_us, object};
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (by_object(&l->by_object[middle], &from, NULL) < 0) low = middle + 1;
        else high = middle;
    }
    return low < l->first[account + 1] && l->by_object[low].object == object && l->by_object[low].time_us <= time_us + within_us;
}
