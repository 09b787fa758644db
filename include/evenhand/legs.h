/**
 * @file legs.h
 * What findings stand on. Synchrony in time (signif.h) is one leg; picking the same objects, reusing original text and
 * groups whose pairs are each too weak are others; same-operator rhythm (rhythm.h) supports a finding but lists nobody.
 * Every leg answers in the same form, so that fusion, storage and reports know one thing only.
 * Mathematics and sources: docs/methods/.
 */
#ifndef EVENHAND_LEGS_H
#define EVENHAND_LEGS_H

#include "evenhand/signif.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A pair that a leg found beyond its null; sorted by (account_a, account_b), account_a < account_b. */
typedef struct eh_leg_pair {
    uint32_t account_a, account_b;
    uint32_t n_observed;  /**< what the leg counts: shared objects, shared texts, hand-overs ... */
    double n_expected;    /**< what its null gives */
    double p_value;       /**< of the pair alone */
} eh_leg_pair;

/** One row per account of the table. */
typedef struct eh_leg_account {
    double p_value;       /**< account level; 1 where not testable */
    double q_value;       /**< BH over the leg's testable accounts */
    uint32_t n_partners;  /**< accounts it is tied to by the leg's pairs */
    uint32_t n_testable_partners;
    uint32_t n_prompted;  /**< reuse leg: texts that it published and a public prompter had asked for; they count as no evidence */
    uint32_t group;       /**< group leg: which candidate group, from 0; UINT32_MAX = none */
} eh_leg_account;

/** What one leg says about everybody. */
typedef struct eh_leg_result {
    eh_context *ctx;
    eh_leg kind;
    bool has_run;
    char why_not[160];        /**< where the leg has no valid null here: the reason, in words */
    eh_leg_pair *pairs;
    uint64_t n_pairs;
    eh_leg_account *accounts; /**< NULL unless has_run */
    uint32_t n_accounts;
    uint64_t n_testable_pairs, n_testable_accounts;
    uint32_t n_prompted;      /**< objects left out, since a public prompter asked for them (reuse: texts) */
    uint32_t n_null_worlds;   /**< draws from the fitted null that calibrated the account level; 0 = exact */
} eh_leg_result;
EH_API void eh_leg_release(eh_leg_result *leg);

/**
 * Selection: two accounts pick the same objects more often than their activity, the objects' popularity, their liking for
 * the sources and their active days explain. Repost and link behaviours; needs known sources. docs/methods/selection.md
 */
EH_API EH_MUST_CHECK eh_status eh_leg_selection(eh_context *ctx, const eh_action_table *table,
                                                const eh_detect_options *options, eh_leg_result *out, eh_error *err);
/** Reuse: two accounts publish the same original texts, however far apart in time. docs/methods/selection.md */
EH_API EH_MUST_CHECK eh_status eh_leg_reuse(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                                            eh_leg_result *out, eh_error *err);
/** Groups: candidates from one half of the weeks, tested on the other. docs/methods/groups.md */
EH_API EH_MUST_CHECK eh_status eh_leg_group(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                                            eh_leg_result *out, eh_error *err);

/**
 * Operator: are accounts that other evidence ties one pair of hands (rhythm.h)? Account p: Bonferroni over its testable ties; q: BH
 * over accounts with testable ties; pairs: p times the larger number of testable ties <= 0.01. n_observed and n_expected are hand-overs,
 * or times at once, whichever has the smaller p. has_run is false without ties, with fewer than seven days, or with times coarser
 * than a minute. It supports a finding and lists nobody. docs/methods/rhythm.md
 */
EH_API EH_MUST_CHECK eh_status eh_leg_operator(eh_context *ctx, const eh_action_table *table, const eh_tie *ties, uint64_t n_ties,
                                               const eh_detect_options *options, eh_leg_result *out, eh_error *err);

/** Everything that was found: timing in `detection`, fused with what the other legs say. */
typedef struct eh_findings {
    eh_detection detection;
    eh_leg_result legs[EH_N_LEGS];  /**< [EH_LEG_TIMING] is unused: its numbers are the detection's */
    double share_of_q[EH_N_LEGS];   /**< the part of q that each leg may spend; they sum to one */
} eh_findings;

/**
 * The main entry: runs every leg, splits the level q among those that can run, and decides. A union of discoveries at
 * levels q_1 + ... + q_k = q has a false-discovery rate of at most q, whatever the dependence of the legs.
 * docs/methods/fusion.md. Deterministic for any number of threads.
 */
EH_API EH_MUST_CHECK eh_status eh_find(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                                       eh_findings *out, eh_error *err);
EH_API void eh_findings_release(eh_findings *findings);

#ifdef __cplusplus
}
#endif
#endif
