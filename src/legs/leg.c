#include "legs/leg.h"

#include "base/sort.h"
#include "base/time.h"

#include <string.h>

void eh_leg_release(eh_leg_result *leg)
{
    if (!leg->ctx) return;
    eh_free(leg->ctx, leg->pairs);
    eh_free(leg->ctx, leg->accounts);
    memset(leg, 0, sizeof *leg);
}

eh_status eh_leg_add_accounts(eh_leg_result *leg, uint32_t n_accounts, eh_error *err)
{
    leg->accounts = eh_alloc(leg->ctx, n_accounts, sizeof *leg->accounts, err);
    if (!leg->accounts) return err->status;
    leg->n_accounts = n_accounts;
    for (uint32_t u = 0; u < n_accounts; u++) leg->accounts[u] = (eh_leg_account){.p_value = 1, .q_value = 1, .group = UINT32_MAX};
    return EH_OK;
}

void eh_leg_tie(eh_leg_result *leg, const eh_leg_pair *pair)
{
    leg->accounts[pair->account_a].n_partners++;
    leg->accounts[pair->account_b].n_partners++;
}

static int by_pair(const void *a, const void *b, void *data)
{
    const eh_leg_pair *x = a, *y = b;
    (void)data;
    if (x->account_a != y->account_a) return x->account_a < y->account_a ? -1 : 1;
    return (x->account_b > y->account_b) - (x->account_b < y->account_b);
}

eh_status eh_sort_pairs(eh_context *ctx, eh_leg_pair *pairs, size_t n, eh_error *err)
{
    return n ? eh_sort(ctx, pairs, n, sizeof *pairs, by_pair, NULL, err) : EH_OK;
}

uint32_t eh_days_spanned(const eh_action_table *table, uint32_t behaviours, int64_t *first_day)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint64_t i = 0; behaviours >> b & 1 && i < table->sets[b].n_actions; i++) {
            int64_t day = eh_day_of(table->sets[b].time_us[i]);
            if (day < first) first = day;
            if (day > last) last = day;
        }
    bool is_empty = first > last;
    if (first_day) *first_day = is_empty ? 0 : first;
    return is_empty ? 0 : (uint32_t)(last - first + 1);
}

eh_status eh_pair_graph_init(eh_context *ctx, uint32_t n_accounts, const eh_leg_pair *pairs, size_t n_pairs, double bar,
                             eh_pair_graph *out, eh_error *err)
{
    *out = (eh_pair_graph){.ctx = ctx, .first = eh_alloc(ctx, (size_t)n_accounts + 2, sizeof *out->first, err)};
    out->partner = out->first ? eh_alloc(ctx, 2 * n_pairs, sizeof *out->partner, err) : NULL;
    if (!out->partner) return err->status;
    uint64_t *at = out->first + 1; /* shifted while filling */
    for (size_t i = 0; i < n_pairs; i++) {
        if (pairs[i].p_value > bar) continue;
        at[pairs[i].account_a + 1]++;
        at[pairs[i].account_b + 1]++;
    }
    for (uint32_t u = 0; u < n_accounts; u++) at[u + 1] += at[u];
    for (size_t i = 0; i < n_pairs; i++) {
        if (pairs[i].p_value > bar) continue;
        out->partner[at[pairs[i].account_a]++] = pairs[i].account_b;
        out->partner[at[pairs[i].account_b]++] = pairs[i].account_a;
    }
    return EH_OK;
}

void eh_pair_graph_release(eh_pair_graph *graph)
{
    eh_free(graph->ctx, graph->first);
    eh_free(graph->ctx, graph->partner);
    memset(graph, 0, sizeof *graph);
}
