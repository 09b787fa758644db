/**
 * @file rhythm.h
 * Whose hands, what hours, how regular. Three questions of different weight:
 *  - same operator (pairs and sets of accounts): evidence, tested, never a verdict, and it lists nobody by itself;
 *  - working day (a network or list, never an account): start, pause, end, days off, the offset from UTC it fits best;
 *  - automation (accounts): descriptive only.
 * Offsets are hours and minutes; nothing here says, or is to be read as saying, where or who anybody is.
 * Mathematics, sources and what looks alike without being so: docs/methods/rhythm.md.
 */
#ifndef EVENHAND_RHYTHM_H
#define EVENHAND_RHYTHM_H

#include "evenhand/actions.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_rhythm_options {
    int64_t precision_us; /**< coarsest time step of the inputs; the test of turns needs 8 s or finer */
    double q;             /**< accepted share of false findings, (0, 0.5] */
} eh_rhythm_options;
EH_API eh_rhythm_options eh_rhythm_options_default(void); /**< 1 us, 0.05 */

/* ---- same operator -------------------------------------------------------------------------------------------- */

typedef struct eh_account_pair {
    uint32_t account_a, account_b; /**< account_a < account_b */
} eh_account_pair;

/** What the times of two accounts say about one pair of hands. */
typedef struct eh_operator_pair {
    uint32_t account_a, account_b;
    bool is_testable;             /**< six days with both, or six turns; otherwise p_value = 1 */
    bool is_found;                /**< q_value <= q, or both in one found set */
    bool is_same_set;             /**< both belong to one candidate set of hands and have q_value <= q */
    uint32_t n_days;              /**< days on which both were active */
    uint32_t n_handover_days;     /**< of these: one stops, the other starts within 10 min, and they never overlap */
    uint32_t n_a_to_b, n_b_to_a;  /**< hand-overs by direction, on those days */
    double n_handover_expected;   /**< what the same days in other combinations give */
    double p_handover;
    uint32_t n_overlap_days;      /**< days on which a session of one overlaps a session of the other */
    double n_overlap_expected, p_never;
    uint32_t n_turns;             /**< encounters whose nearest two actions lie within 5 turn_us of each other */
    uint32_t n_close;             /**< of these, within turn_us: one pair of hands cannot */
    uint32_t n_a_first, n_b_first;/**< of the others */
    uint32_t n_reactions;         /**< neighbours left out: one answered, reposted or mentioned the other */
    int64_t turn_us;              /**< 10, 20 or 40 s: which carries the evidence; 0 = not tested */
    double n_close_expected;      /**< at least so many where two people act at their own time */
    double p_turns;
    double p_value;               /**< min(1, 2 min(max(p_handover, p_never), p_turns)) */
    double q_value;               /**< BH over the testable pairs */
} eh_operator_pair;

/** Account level; one row per account of the table. */
typedef struct eh_operator_account {
    bool is_testable, is_found;   /**< is_found: q_value <= q */
    double p_pairs;               /**< Simes over its testable pairs */
    double p_hands;               /**< it against the rest of its candidate set, on days that did not choose the set */
    double p_value, q_value;      /**< min(1, 4 p_pairs, 4/3 p_hands); BH over testable accounts */
    uint32_t n_testable_partners;
    uint32_t n_partners;          /**< found pairs it is in */
    uint32_t hands;               /**< number of its candidate set, UINT32_MAX = none */
} eh_operator_account;

typedef struct eh_operators {
    eh_context *ctx;
    eh_operator_pair *pairs;      /**< in the order given */
    uint64_t n_pairs, n_testable_pairs, n_found_pairs;
    eh_operator_account *accounts;
    uint32_t n_accounts, n_testable_accounts, n_found_accounts;
    uint32_t n_hands;             /**< candidate sets with at least one found account */
    bool is_coarse;               /**< times too coarse for the test of turns */
    uint32_t n_large_groups;      /**< groups of tied accounts too large to be searched for sets of hands */
} eh_operators;

enum { EH_RHYTHM_MOST_HANDS = 400 }; /**< the largest group of tied accounts that is searched for sets of hands */

/**
 * Tests the given pairs for one pair of hands, and the accounts in them.
 * Null: two people, each at their own time, whatever they react to. The pairs must not have been chosen by closeness or
 * distance in time of single actions at the scale of turn_us; choosing them by shared objects is fine.
 * @param[in] pairs  sorted by (account_a, account_b), distinct, account_a < account_b; borrowed
 * Deterministic for any number of threads.  Cost: O(sum of the pairs' actions + days^2).
 * @retval EH_OK | EH_E_INVALID order, account, options | EH_E_CANCELLED
 */
EH_API EH_MUST_CHECK eh_status eh_rhythm_pairs(eh_context *ctx, const eh_action_table *table,
                                               const eh_rhythm_options *options, const eh_account_pair *pairs,
                                               uint64_t n_pairs, eh_operators *out, eh_error *err);
EH_API void eh_operators_release(eh_operators *operators);

/* ---- working day ---------------------------------------------------------------------------------------------- */

enum { EH_N_OFFSETS = 38, EH_N_HALF_HOURS = 48 };
/** Minutes east of UTC of offset i, ascending: all offsets in civil use, -720 to 840. */
EH_API int32_t eh_rhythm_offset_min(uint32_t i);

typedef enum eh_day_shape { EH_SHAPE_UNKNOWN = 0, EH_SHAPE_WORK, EH_SHAPE_LEISURE, EH_SHAPE_UNCLEAR } eh_day_shape;
EH_API const char *eh_day_shape_name(eh_day_shape shape); /**< "unknown", "working_day", "leisure", "unclear" */

/** The working day of a network or list, pooled over its accounts. Times of day are minutes after midnight UTC. */
typedef struct eh_workday {
    bool is_known;             /**< at least 200 such quarters on at least 10 days; else nothing below is filled */
    uint32_t n_accounts, n_days;
    uint64_t n_times;          /**< distinct (account, quarter of an hour) with an action */
    double start_min, end_min; /**< medians over days of when activity starts and ends (5 % and 95 % of a day's) */
    double start_spread_min, end_spread_min; /**< interquartile range over days */
    double pause_min, pause_length_min;      /**< the clearest pause inside the day; NaN where the day is too short */
    double pause_depth, pause_depth_low, pause_depth_high; /**< 1 - activity in it / around it; 95 % bootstrap by day */
    double p_pause;            /**< against days shifted at random by up to 2 h each, 999 draws */
    double weekday_share[7];   /**< of activity, Monday first, by UTC days cut at the quietest time */
    uint32_t days_off;         /**< bit d = weekday d (Monday 0) has less than a quarter of the median weekday's activity */
    double p_days_off;         /**< of its two quietest weekdays, against days dealt out at random, 999 draws; NaN under 14 days */
    eh_day_shape shape;        /**< which kind of day fits better at its best offset; unclear where the odds are small */
    double log_odds_work;      /**< log-likelihood of a working day less that of a leisure day, both at their best offset,
                                    divided by the dispersion between days */
    uint32_t best_offset;      /**< index; of a working day from 9 to 17:30 */
    uint32_t n_offsets_in_set; /**< offsets that cannot be told apart: 95 % likelihood set of days that start from 8:00 to 10:00 */
    double log_likelihood[EH_N_OFFSETS]; /**< of each with a start at 9:00, less the best one's, over the dispersion */
    bool in_set[EH_N_OFFSETS];
    double dispersion;         /**< between days, at least 1 */
    double profile[EH_N_HALF_HOURS];     /**< share of activity by half hour UTC */
} eh_workday;

/** accounts: indices into table->accounts, distinct. Deterministic; draws come from the seed of ctx. */
EH_API EH_MUST_CHECK eh_status eh_rhythm_workday(eh_context *ctx, const eh_action_table *table, const uint32_t *accounts,
                                                 uint32_t n_accounts, eh_workday *out, eh_error *err);

/* ---- automation ----------------------------------------------------------------------------------------------- */

/** How regular and how fast one account is: descriptive, no evidence. NaN where it cannot be computed. */
typedef struct eh_automation {
    uint32_t account;
    uint32_t n_times;           /**< distinct times of action */
    uint32_t n_active_days;
    double entropy_bits;        /**< of the times from one action to the next (the first 5,000), eight classes a doubling; from 20 times on */
    double entropy_jittered_bits; /**< mean of the same with each interval stretched or shrunk by up to a quarter, 199 draws */
    double p_regular;           /**< share of these with as little entropy, (1 + n) / 200 */
    double quiet_gap_h;         /**< median over active days of the longest gap that starts on the day, at most 24 */
    double repost_share;
    double median_delay_s, p05_delay_s; /**< from the birth of the reposted post, where known; from 5 on */
    uint32_t n_delays;
} eh_automation;

/** out: n_accounts rows, the caller's. Deterministic for any number of threads. */
EH_API EH_MUST_CHECK eh_status eh_rhythm_automation(eh_context *ctx, const eh_action_table *table,
                                                    const uint32_t *accounts, uint32_t n_accounts, eh_automation *out,
                                                    eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
