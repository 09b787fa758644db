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
    bool is_in_step;             /**< more often at once, or close on shared objects, than chance gives: hand-overs do not count */
    double p_value;              /**< min(1, 2 min(p_handover, p_never_at_once)), with 1 for p_handover where is_in_step */
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

enum { EH_RHYTHM_MOST_HANDS = 400 }; /**< the largest group of tied accounts that is searched for sets of hands */

/** Sets of accounts that may be in one pair of hands; one row per account of the table. */
typedef struct eh_rhythm_hands {
    eh_context *ctx;
    uint32_t *set;           /**< number of its candidate set, UINT32_MAX = none */
    double *p_value;         /**< it against the rest of its set; 1 where it is in none */
    uint32_t n_accounts, n_sets;
    uint32_t n_large_groups; /**< groups over EH_RHYTHM_MOST_HANDS accounts: not searched */
    int64_t precision_us;
} eh_rhythm_hands;

/**
 * Which accounts take turns: together within minutes, and never within the seconds that it takes to change over?
 *
 * Groups are the accounts tied by the given pairs. Every third UTC day chooses sets within a group; on the other days each account is tested
 * against the others of its set. Null: two people, each at their own time, whatever both react to: coming within T of each other is no rarer
 * than coming within T to 5 T (T = 10, 20 or 40 s, whichever fits best on the days that choose). Whatever makes two people act at once, the same
 * order too, works against finding anything, so this is independent of closeness in time. What clocks do is taken from whole days moved.
 * @param[in] precision_us  coarsest time step; above 8 s nobody is in a set
 * Deterministic for any number of threads.  Cost: O(sum over pairs of a group of their actions + n^3 of its accounts).
 * @source docs/methods/rhythm.md, section on taking turns   @see tests/prop/prop_rhythm_turns.c
 */
EH_API EH_MUST_CHECK eh_status eh_rhythm_hands_of(eh_context *ctx, const eh_action_table *table, const eh_rhythm_pair *pairs,
                                                  uint64_t n, int64_t precision_us, eh_rhythm_hands *out, eh_error *err);
EH_API void eh_rhythm_hands_release(eh_rhythm_hands *hands);

/** How regular an account is. Described only: no test, and no word on what it is. NaN where there is too little to say. */
typedef struct eh_rhythm_account {
    uint32_t n_times;              /**< distinct times of its actions */
    uint32_t n_sessions, n_days;   /**< UTC days with an action */
    double gap_entropy_bits;       /**< of the gaps between times, in bins of a quarter of an octave; from 20 gaps on */
    double gap_entropy_jittered_bits; /**< the same with each time moved by up to half an hour: mean of 20 draws */
    double quiet_gap_h;            /**< median over days of the longest gap that begins on the day, at most 24 h */
    uint32_t n_delays;             /**< reposts of posts of known age */
    double median_delay_s, fast_delay_s; /**< from the post to its repost: median, 5th percentile; from 20 reposts on */
} eh_rhythm_account;
/** One row per account of the table. Deterministic for any number of threads (drawn with the seed of ctx, by account). */
EH_API EH_MUST_CHECK eh_status eh_rhythm_accounts(eh_context *ctx, const eh_action_table *table, eh_rhythm_account *results,
                                                  eh_error *err);

enum { EH_N_UTC_OFFSETS = 48 }; /**< offset i: (i - 23) half hours, -11:30 to +12:00 */

/** The working day of a group of accounts; never of one account. Counts are account-hours: an account counts once an hour. */
typedef struct eh_rhythm_group {
    uint32_t n_accounts, n_days;      /**< n_days: UTC days with an action */
    uint32_t hours[24];               /**< account-hours by UTC hour */
    uint32_t weekdays[7];             /**< by UTC weekday, Monday first */
    int start_h, end_h;               /**< the shortest stretch of UTC hours with nine tenths of all; end_h is its last hour's end */
    int pause_half_hour;              /**< where the hour begins that falls most below the hour around it, in half hours; -1: none */
    double pause_depth;               /**< by what part of that hour */
    double p_pause;                   /**< no pause: the sign of every day's dip drawn anew; largest of all inner hours */
    uint32_t days_off;                /**< bit d = weekday d (0 Monday) is below half of the mean, and p_days_off <= 0.01 */
    double p_days_off;                /**< weekdays are alike: sum of squares of their totals, the days of each week in any order */
    double log_likelihood[EH_N_UTC_OFFSETS]; /**< of the plain working day at that offset, above that of a flat day; days as units */
    int best_offset;                  /**< index */
    bool has_working_day;             /**< the best is at least 2 above the flat day; else no offset means anything */
} eh_rhythm_group;
/**
 * @param[in]  group_of  per account: its group, UINT32_MAX for none
 * @param[out] groups    n_groups of them; caller's. p-values are 1, and pause_half_hour -1, with fewer than 14 days
 */
EH_API EH_MUST_CHECK eh_status eh_rhythm_groups(eh_context *ctx, const eh_action_table *table, const uint32_t *group_of,
                                                uint32_t n_groups, eh_rhythm_group *groups, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
