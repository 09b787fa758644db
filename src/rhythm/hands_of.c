/* From ties to groups, and from timelines to the events that turns.c and hands.c work on. */
#include "evenhand/rhythm.h"
#include "rhythm/hands.h"
#include "rhythm/timelines.h"

#include <string.h>

#define NONE UINT32_MAX

void eh_rhythm_hands_release(eh_rhythm_hands *hands)
{
    if (!hands->ctx) return;
    eh_free(hands->ctx, hands->set);
    eh_free(hands->ctx, hands->p_value);
    memset(hands, 0, sizeof *hands);
}

typedef struct job {
    eh_timelines lines;
    rhythm_event *events;
    uint64_t *start;
    uint32_t *group; /* per account: the first account of its group (union-find) */
    uint32_t *end, *order, *set;
    double *p;
} job;

/* Whom a moment is aimed at. */
static uint32_t target_of(const eh_timelines *lines, uint64_t object)
{
    const uint32_t *addressee = lines->addressee[object >> 32];
    return addressee ? addressee[object & UINT32_MAX] : NONE;
}

/* Actions of one moment are one event; it is aimed at whom any of them is aimed at, the first by object. */
static void take_events(job *j)
{
    uint64_t n = 0;
    for (uint32_t u = 0; u < j->lines.n_accounts; u++) {
        j->start[u] = n;
        for (uint64_t i = j->lines.first[u]; i < j->lines.first[u + 1]; i++) {
            const eh_moment *moment = &j->lines.moments[i];
            uint32_t target = target_of(&j->lines, moment->object);
            if (n > j->start[u] && j->events[n - 1].time_us == moment->time_us) {
                if (j->events[n - 1].target == NONE) j->events[n - 1].target = target;
            } else {
                j->events[n++] = (rhythm_event){moment->time_us, u, target};
            }
        }
    }
    j->start[j->lines.n_accounts] = n;
}

static uint32_t root_of(uint32_t *group, uint32_t u)
{
    while (group[u] != u) {
        group[u] = group[group[u]];
        u = group[u];
    }
    return u;
}

/* The smaller number becomes the root, so that groups do not depend on the order of pairs. */
static eh_status unite(job *j, const eh_rhythm_pair *pairs, uint64_t n, eh_error *err)
{
    for (uint32_t u = 0; u < j->lines.n_accounts; u++) j->group[u] = u;
    for (uint64_t i = 0; i < n; i++) {
        if (pairs[i].account_a >= j->lines.n_accounts || pairs[i].account_b >= j->lines.n_accounts)
            return eh_fail(err, EH_E_INVALID, "pair %llu names an account that is not in the table", (unsigned long long)i);
        uint32_t a = root_of(j->group, pairs[i].account_a), b = root_of(j->group, pairs[i].account_b);
        if (a < b) j->group[b] = a;
        else j->group[a] = b;
    }
    return EH_OK;
}

static eh_status search_group(const job *j, const uint32_t *accounts, uint32_t n, eh_rhythm_hands *out, eh_error *err)
{
    const rhythm_times times = {out->ctx, j->events, j->start};
    uint32_t n_found;
    EH_TRY(rhythm_find_hands(&times, accounts, n, out->precision_us, j->set, j->p, &n_found, err));
    for (uint32_t i = 0; i < n; i++) {
        out->p_value[accounts[i]] = j->p[i];
        out->set[accounts[i]] = j->set[i] == NONE ? NONE : out->n_sets + j->set[i];
    }
    out->n_sets += n_found;
    return EH_OK;
}

/* Accounts by group, each in order; end[r] ends group r once filled, which is where the next begins. */
static eh_status search_groups(const job *j, eh_rhythm_hands *out, eh_error *err)
{
    uint32_t n_all = out->n_accounts, first = 0;
    for (uint32_t u = 0; u < n_all; u++) j->end[root_of(j->group, u) + 1]++;
    for (uint32_t u = 0; u < n_all; u++) j->end[u + 1] += j->end[u];
    for (uint32_t u = 0; u < n_all; u++) j->order[j->end[root_of(j->group, u)]++] = u;
    for (uint32_t r = 0; r < n_all; first = j->end[r++]) {
        uint32_t n = j->end[r] - first;
        out->n_large_groups += n > EH_RHYTHM_MOST_HANDS;
        if (n >= 2 && n <= EH_RHYTHM_MOST_HANDS) EH_TRY(search_group(j, j->order + first, n, out, err));
    }
    return EH_OK;
}

static eh_status search(job *j, const eh_action_table *table, const eh_rhythm_pair *pairs, uint64_t n, eh_rhythm_hands *out,
                        eh_error *err)
{
    eh_context *ctx = out->ctx;
    uint32_t n_all = out->n_accounts;
    out->set = eh_alloc(ctx, n_all, sizeof *out->set, err);
    out->p_value = out->set ? eh_alloc(ctx, n_all, sizeof *out->p_value, err) : NULL;
    if (!out->p_value) return err->status;
    for (uint32_t u = 0; u < n_all; u++) {
        out->set[u] = NONE;
        out->p_value[u] = 1;
    }
    if (rhythm_n_usable_turns(out->precision_us) == 0) return EH_OK;
    EH_TRY(eh_timelines_make(ctx, table, &j->lines, err));
    j->events = eh_alloc(ctx, j->lines.first[n_all], sizeof *j->events, err);
    j->start = j->events ? eh_alloc(ctx, (size_t)n_all + 1, sizeof *j->start, err) : NULL;
    j->group = j->start ? eh_alloc(ctx, n_all, sizeof *j->group, err) : NULL;
    j->end = j->group ? eh_alloc(ctx, (size_t)n_all + 1, sizeof *j->end, err) : NULL;
    j->order = j->end ? eh_alloc(ctx, n_all, sizeof *j->order, err) : NULL;
    j->set = j->order ? eh_alloc(ctx, EH_RHYTHM_MOST_HANDS, sizeof *j->set, err) : NULL;
    j->p = j->set ? eh_alloc(ctx, EH_RHYTHM_MOST_HANDS, sizeof *j->p, err) : NULL;
    if (!j->p) return err->status;
    take_events(j);
    EH_TRY(unite(j, pairs, n, err));
    return search_groups(j, out, err);
}

eh_status eh_rhythm_hands_of(eh_context *ctx, const eh_action_table *table, const eh_rhythm_pair *pairs, uint64_t n,
                             int64_t precision_us, eh_rhythm_hands *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    job j = {0};
    *out = (eh_rhythm_hands){.ctx = ctx, .n_accounts = table->accounts.n, .precision_us = precision_us};
    eh_status status = search(&j, table, pairs, n, out, err);
    eh_timelines_release(&j.lines);
    eh_free(ctx, j.events);
    eh_free(ctx, j.start);
    eh_free(ctx, j.group);
    eh_free(ctx, j.end);
    eh_free(ctx, j.order);
    eh_free(ctx, j.set);
    eh_free(ctx, j.p);
    if (status != EH_OK) eh_rhythm_hands_release(out);
    return status;
}
