/** @file hands.h  Sets of accounts that may be in one pair of hands: found on every third day, tested on the others. */
#ifndef EH_RHYTHM_HANDS_H
#define EH_RHYTHM_HANDS_H

#include "rhythm/turns.h"

/** Action times of all accounts: those of account u are events[start[u] .. start[u + 1]). Borrowed. */
typedef struct rhythm_times {
    eh_context *ctx;
    const rhythm_event *events;
    const uint64_t *start;
} rhythm_times;

/**
 * Divides the accounts into candidate sets and gives each account a p-value.
 * @param[in]  accounts  distinct, n >= 2
 * @param[out] set       per account, number of its set from 0, UINT32_MAX where it is in none
 * @param[out] p         per account; 1 where it is in none
 * @param[out] n_sets    how many sets there are
 */
EH_MUST_CHECK eh_status rhythm_find_hands(const rhythm_times *times, const uint32_t *accounts, uint32_t n,
                                          int64_t precision_us, uint32_t *set, double *p, uint32_t *n_sets, eh_error *err);
#endif
