/**
 * @file rhythm.h
 * When accounts act: whether two accounts could be one pair of hands, how a group's working day looks, and how regular an
 * account is. Evidence, never a verdict: people on one shift plan look alike. Mathematics and sources: docs/methods/rhythm.md.
 */
#ifndef EVENHAND_RHYTHM_H
#define EVENHAND_RHYTHM_H

#include "evenhand/actions.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_rhythm_pair {
    uint32_t account_a, account_b; /**< indices into table->accounts; different */
} eh_rhythm_pair;

/** What the sessions of two accounts say. A session ends where nothing follows for 30 minutes. */
typedef struct eh_rhythm_pair_result {
    bool is_testable;            /**< at least seven days on which both acted */
    uint32_t n_days;             /**< on which both acted */
    uint32_t n_days_ab, n_days_ba; /**< of these, days on which b took over from a, and a from b */
    uint32_t n_handovers;        /**< both ways, at most three a day */
    double n_handovers_expected; /**< with b's days in any other order */
    uint32_t n_handovers_any;    /**< with those on objects of both: two who obey one order look like that too */
    double n_handovers_any_expected;
    uint32_t n_at_once;          /**< an action of a within two minutes of one of b; at most three a day */
    double n_at_once_expected;
    double p_handover;           /**< that many hand-overs or more; 1 where not testable */
    double p_handover_any;       /**< of n_handovers_any; described only, never part of p_value */
    double p_never_at_once;      /**< that few times at once or fewer */
    double p_value;              /**< of p_handover and p_never_at_once: min(1, 2 min) */
} eh_rhythm_pair_result;

/**
 * Are two accounts one pair of hands?
 *
 * Hand-over: b starts a session within 10 min after one of a ended, that session meets none of a, and does not begin with an answer
 * to a (repost, reply, mention). Not counted where a's last or b's first action is on an object on which the other acted within an
 * hour: that is the evidence of timing, and would be counted twice.
 * At once: an action of a and one of b within two minutes, neither on an object of both; every action in one such pair at most.
 * One pair of hands is hardly ever in two places. Whole sessions would be too coarse: the hands come back within half an hour.
 * Null: what b did on a day could as well stand on any other day of the same weekday (within up to six weeks; weekdays with fewer
 * than three common days are taken together), given the days on which both acted. The distribution over all orders is exact.
 * Cost: O(actions of both) and O(64) a day for each pair.  Deterministic for any number of threads. Side labels: never read.
 * @param[in]  pairs    n of them; borrowed
 * @param[out] results  n, in the same order; caller's
 * @retval EH_OK | EH_E_INVALID an account that does not exist or is paired with itself | EH_E_LIMIT | EH_E_CANCELLED
 * @note A post that yields no action (a short text without link, tag or mention) is not in the table: its time is not seen.
 * @see tests/unit/test_rhythm_pairs.c (worked example)
 */
EH_API EH_MUST_CHECK eh_status eh_rhythm_pairs(eh_context *ctx, const eh_action_table *table, const eh_rhythm_pair *pairs,
                                               uint64_t n, eh_rhythm_pair_result *results, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
