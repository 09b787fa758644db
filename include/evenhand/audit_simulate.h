/**
 * @file audit_simulate.h
 * Audits of worlds whose truth is known, in the user's own design, before labels open: how often does the audit find what is
 * there, and how often what is not? Every world is answered by eh_audit_case_of(), the code that answers a real join.
 */
#ifndef EVENHAND_AUDIT_SIMULATE_H
#define EVENHAND_AUDIT_SIMULATE_H

#include "evenhand/audit.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A world: evidence e of an account ~ N(its network's level, 1/2), levels ~ N(gap on side A, 1/2); log odds of action = constant +
 * slope e + the network's own N(0, spread^2) + ln(odds ratio) on side A. Strata are equal shares of the evidence as seen.
 */
typedef struct eh_audit_plan {
    uint32_t n_networks[2];  /**< A, B; 30 */
    uint32_t n_least, n_most; /**< accounts of a network; 10 and 40 */
    uint32_t n_strata;       /**< 10; at most 100 */
    double rate;             /**< share of accounts actioned where the sides are alike; 0.2 */
    double slope;            /**< 1.2 */
    double odds_ratio;       /**< planted, A against B; 1 */
    double spread;           /**< 0.3 */
    bool is_batch;           /**< networks are taken down as a whole (.9 of their accounts) or left alone (.02) */
    bool is_deterministic;   /**< everybody above one threshold of the evidence as seen is actioned */
    double gap;              /**< side A's mean evidence above B's, in SD; 0 */
    double noise;            /**< SD by which evidence as seen differs from evidence that decides; 0. Half the noise is in each half of
                                  the time, so that the audit can measure it */
    double coverage;         /**< A's actioned accounts are held by the archive with this chance, all others surely; 1 */
    double truncation;       /**< share of the time that an early action cuts off; A's come earlier than B's; 0. Evidence is then a
                                  count of posts, and the audit takes it over the time in which it was counted */
    bool is_unaware;         /**< only the table is audited: what it cannot show (reliability, coverage, exposure) is not told */
    const eh_audit_data *table; /**< NULL, or a design: its strata, networks, their sizes and pooled rates. Its sides say only how many
                                   networks (without networks: what share of accounts) each side has; who is where is drawn anew */
} eh_audit_plan;
EH_API eh_audit_plan eh_audit_plan_default(void);

typedef struct eh_audit_simulated {
    uint64_t n_audits, n_verdicts[3]; /**< by eh_verdict */
    uint64_t n_right;                 /**< disparity shown, and in the direction planted; 0 where none is planted */
    uint64_t n_naive;                 /**< account-level CMH with p <= alpha */
    uint64_t n_unaware;               /**< disparity shown by the bare table */
    uint64_t n_reasons[EH_N_AUDIT_REASONS];
    uint64_t n_traps[EH_N_TRAPS];     /**< audits in which a trap warns or blocks, in the order of eh_audit_traps() */
    const char *trap_names[EH_N_TRAPS];
    uint64_t n_empty;                 /**< worlds in which a side had no account: inconclusive */
    double reliability;               /**< median of what the audits measured; NaN: nothing to measure */
    double odds_ratio[3];             /**< quartiles of the estimate; NaN where none was finite */
} eh_audit_simulated;

/** World i comes from stream i of the seed: the same for any number of threads.
 *  @retval EH_E_INVALID a number out of range, or evidence of a table that has none (gap, noise, truncation, deterministic)
 *        | EH_E_LIMIT more than 2,000,000 accounts a world */
EH_API EH_MUST_CHECK eh_status eh_audit_simulate(eh_context *ctx, const eh_audit_plan *plan, const eh_audit_options *options, uint32_t n_audits,
                                                 uint64_t seed, eh_audit_simulated *out, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
