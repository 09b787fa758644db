/** @file cores.h  How deep in a graph of pairs an account sits. */
#ifndef EH_LEGS_CORES_H
#define EH_LEGS_CORES_H

#include "legs/leg.h"

/**
 * core[u] = the largest k such that u belongs to a set of accounts each tied to k others of the set by pairs with p_value <= bar;
 * 0 without such a pair. A circle of c accounts has core c - 1 at most; an accidental pair has 1.
 * @param[out] core  n_accounts values
 * @source Batagelj & Zaversnik, An O(m) algorithm for cores decomposition of networks, arXiv cs/0310049 (2003)
 */
EH_MUST_CHECK eh_status eh_cores_of(eh_context *ctx, uint32_t n_accounts, const eh_leg_pair *pairs, size_t n_pairs, double bar,
                                    uint32_t *core, eh_error *err);
#endif
