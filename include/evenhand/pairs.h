/**
 * @file pairs.h
 * Co-action: which accounts acted on the same objects within a window. Exact counts, no statistics.
 */
#ifndef EVENHAND_PAIRS_H
#define EVENHAND_PAIRS_H

#include "evenhand/actions.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One account pair, a < b (so bytewise: accounts are numbered in bytewise order). */
typedef struct eh_pair {
    uint32_t account_a, account_b;
    uint32_t n_shared_objects;
} eh_pair;
/** Pairs come sorted by (account_a, account_b); a status other than EH_OK stops the kernel. */
typedef eh_status (*eh_pair_fn)(void *data, const eh_pair *pairs, size_t n_pairs, eh_error *err);

/**
 * Pairs of accounts that acted on >= min_weight distinct objects within window_us of each other (inclusive).
 *
 * Method: one row per account (Gustavson): a dense counter over accounts, "last object seen" for distinctness;
 * no pair is ever stored before it is final. Memory O(actions + threads * accounts), whatever the hottest object.
 * Cost: 6-10 ns per in-window pair and core, measured (docs/methods/pairs.md).
 *
 * @param[in] window_us   0 .. 366 days
 * @param[in] min_weight  >= 1
 * @note Deterministic for any number of threads; pairs are handed over on the calling thread, in order.
 * @source Gustavson, ACM TOMS 4:250, 1978 (row-wise sparse products)
 */
EH_API EH_MUST_CHECK eh_status eh_pairs_shared(eh_context *ctx, const eh_action_table *table, eh_behaviour behaviour,
                                               int64_t window_us, uint32_t min_weight, eh_pair_fn fn, void *data,
                                               eh_error *err);

/** CNT's edge: directed, weight = distinct posts of user_1 with a match of user_2; self loops kept. */
typedef struct eh_cnt_edge {
    uint32_t user_1, user_2;
    uint64_t weight;
} eh_cnt_edge;
typedef eh_status (*eh_cnt_edge_fn)(void *data, const eh_cnt_edge *edges, size_t n_edges, eh_error *err);
/** table built with EH_RULE_CNT and posts. Sorted by (user_1, user_2). Rule: docs/methods/pairs.md. */
EH_API EH_MUST_CHECK eh_status eh_pairs_cnt(eh_context *ctx, const eh_action_table *table, eh_behaviour behaviour,
                                            int64_t window_us, uint64_t min_weight, eh_cnt_edge_fn fn, void *data,
                                            eh_error *err);

/** CooRTweet's edge: undirected, weight = number of pair rows. avg_time_delta = sum_delta_us / weight / 1e6. */
typedef struct eh_coortweet_edge {
    uint32_t account_a, account_b;
    uint64_t weight;
    uint64_t sum_delta_us;
    uint64_t n_objects;
} eh_coortweet_edge;
typedef eh_status (*eh_coortweet_edge_fn)(void *data, const eh_coortweet_edge *edges, size_t n_edges, eh_error *err);
/** table built with EH_RULE_COORTWEET and posts. min_participation as CooRTweet's, default there 2. */
EH_API EH_MUST_CHECK eh_status eh_pairs_coortweet(eh_context *ctx, const eh_action_table *table, eh_behaviour behaviour,
                                                  int64_t window_us, uint64_t min_weight, uint64_t min_participation,
                                                  eh_coortweet_edge_fn fn, void *data, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
