/** @file pairs_check.h  The parameters that all pair kernels have in common, checked alike. */
#ifndef EH_PAIRS_PAIRS_CHECK_H
#define EH_PAIRS_PAIRS_CHECK_H

#include "evenhand/pairs.h"

/** EH_OK, or EH_E_INVALID with what is wrong. */
EH_MUST_CHECK eh_status eh_pairs_check(const eh_action_table *table, eh_behaviour behaviour, int64_t window_us,
                                       uint64_t min_weight, bool needs_posts, eh_error *err);
#endif
