/** @file leg.h  What all legs do alike with accounts and pairs. */
#ifndef EH_LEGS_LEG_H
#define EH_LEGS_LEG_H

#include "base/alloc.h"
#include "evenhand/legs.h"

/** Gives the result a row per account that says nothing yet: p and q one, no partners, no group. */
EH_MUST_CHECK eh_status eh_leg_add_accounts(eh_leg_result *leg, uint32_t n_accounts, eh_error *err);
/** Adds one partner to each account of a pair. */
void eh_leg_tie(eh_leg_result *leg, const eh_leg_pair *pair);
/** Ascending by (account_a, account_b): the order of a result's pairs. */
EH_MUST_CHECK eh_status eh_sort_pairs(eh_context *ctx, eh_leg_pair *pairs, size_t n, eh_error *err);
/** Days from the first to the last action of the chosen behaviours (bit mask), 0 without any. first_day may be NULL. */
uint32_t eh_days_spanned(const eh_action_table *table, uint32_t behaviours, int64_t *first_day);

/** Pairs by account: the partners of u are partner[first[u]] .. partner[first[u + 1] - 1]. */
typedef struct eh_pair_graph {
    eh_context *ctx;
    uint64_t *first;
    uint32_t *partner;
} eh_pair_graph;
/** Of the pairs with p_value <= bar. Release it on failure, too. */
EH_MUST_CHECK eh_status eh_pair_graph_init(eh_context *ctx, uint32_t n_accounts, const eh_leg_pair *pairs, size_t n_pairs, double bar,
                                           eh_pair_graph *out, eh_error *err);
void eh_pair_graph_release(eh_pair_graph *graph);
#endif
