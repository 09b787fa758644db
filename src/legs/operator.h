/** @file operator.h  What the tests of rhythm say of pairs and accounts, for the leg and for `evenhand rhythm`. */
#ifndef EH_LEGS_OPERATOR_H
#define EH_LEGS_OPERATOR_H

#include "evenhand/legs.h"
#include "evenhand/rhythm.h"

/**
 * Fills accounts, pairs and counts of out (ctx and kind are set) from what eh_rhythm_pairs and eh_rhythm_hands_of gave.
 * @param[in] q  level at which an account is in one pair of hands with the others of its set
 */
EH_MUST_CHECK eh_status operator_judge(const eh_rhythm_pair *pairs, const eh_rhythm_pair_result *results, uint64_t n,
                                       const eh_rhythm_hands *hands, double q, eh_leg_result *out, eh_error *err);
#endif
