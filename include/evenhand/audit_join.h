/**
 * @file audit_join.h
 * The audit of an investigation: evidence as of each action's time, joined with actions and with sides, both read last and
 * never stored. It ends in an eh_audit_data, and the verdict is that of audit.h. docs/methods/audit.md
 */
#ifndef EVENHAND_AUDIT_JOIN_H
#define EVENHAND_AUDIT_JOIN_H

#include "evenhand/audit.h"
#include "evenhand/audit_actions.h"
#include "evenhand/investigation.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the specification ------------------------------------------------------------------------------------------- */

typedef enum eh_audit_period {
    EH_PERIOD_WEEK = 0,
    EH_PERIOD_MONTH,
    EH_PERIOD_QUARTER,
    EH_PERIOD_END /**< one cut, after the archive: for a status that was read once */
} eh_audit_period;
enum { EH_SPEC_MOST_WORDS = 16, EH_SPEC_WORD_SIZE = 64 };

/** What is decided before sides are read. */
typedef struct eh_audit_spec {
    char sides[2][EH_SPEC_WORD_SIZE]; /**< the primary comparison, A against B; empty: the two sides of the file */
    char other_sides[EH_SPEC_MOST_WORDS][EH_SPEC_WORD_SIZE];
    uint32_t n_other_sides;
    char actions[EH_SPEC_MOST_WORDS][EH_SPEC_WORD_SIZE]; /**< words that count as actioned; none: every word */
    uint32_t n_actions;
    eh_audit_period period;
    uint32_t lookback_days;              /**< evidence comes from so many days before a period */
    uint32_t evidence_bins, exposure_bins;
    double margin, alpha, outcome_margin; /**< odds ratio; level; difference of rates */
    bool is_yekutieli;                   /**< how comparisons beside the primary one are adjusted */
    uint32_t n_permutations, n_resamplings;
    uint64_t seed;
    char sha256[65];                     /**< of the file; empty: none was given */
} eh_audit_spec;
/** Months, 90 days, 10 x 3 bins, margin 1.25, level .05, 0.05, Benjamini-Yekutieli, 9,999 and 1,999, seed 1. */
EH_API eh_audit_spec eh_audit_spec_default(void);
/** Reads key = value lines (a subset of TOML: strings, numbers, arrays of strings, comments).
 *  @retval EH_E_FORMAT an unknown, repeated or missing key, a value out of range; names the line */
EH_API EH_MUST_CHECK eh_status eh_audit_spec_read(eh_context *ctx, const char *path, eh_audit_spec *out, eh_error *err);
/** Writes the defaults with a comment on every key; "-" is standard output. */
EH_API EH_MUST_CHECK eh_status eh_audit_spec_write(eh_context *ctx, const char *path, eh_error *err);

/* ---- evidence as of the time of action ---------------------------------------------------------------------------- */

/** An account that acted within the look-back of a period's start. */
typedef struct eh_asof_row {
    uint32_t account, period;
    uint32_t exposure; /**< days on which it acted, within the look-back */
    double evidence;   /**< ln(1 + nats of evidence per active day); NaN: too little to test; -INFINITY: tested, none beyond chance */
    double half[2];    /**< the same from odd and even weeks alone, 0 for none beyond chance; NaN: too little to test */
} eh_asof_row;

typedef struct eh_asof {
    eh_context *ctx;
    char run_id[EH_RUN_ID_SIZE];
    eh_strings accounts, networks;    /**< accounts in bytewise order */
    uint32_t *network;                /**< per account; UINT32_MAX: in none */
    int64_t *last_us;                 /**< per account: its last action in the archive */
    double *whole;                    /**< per account: evidence of the whole run per day, as `evidence`; for comparison only */
    int64_t *cuts_us;                 /**< period k is [cuts_us[k], cuts_us[k + 1]); the last one has no end */
    uint32_t n_periods;
    eh_asof_row *rows;                /**< by (period, account) */
    size_t n_rows, capacity;
    char sha256[65];                  /**< of rows and cuts as text */
    void *owner;                      /**< internal */
} eh_asof;
/**
 * Runs the timing test anew for every period, on the actions of the look-back before it only, thrice: all, odd and even weeks. What
 * happened in or after the period cannot bear on it. Cost: about 2 x lookback / period times one detection, plus a pass over the
 * actions a period. @param[in] run_id  whose options and networks; NULL = the latest
 * @retval EH_E_NOT_FOUND no run | EH_E_INVALID archives were added since
 */
EH_API EH_MUST_CHECK eh_status eh_asof_of(eh_investigation *inv, const char *run_id, const eh_audit_spec *spec, eh_asof *out, eh_error *err);
EH_API void eh_asof_release(eh_asof *asof);

/* ---- sides ---------------------------------------------------------------------------------------------------------- */

/** Who is on which side, as the analyst says. Never stored. */
typedef struct eh_side_list {
    eh_context *ctx;
    eh_strings accounts, sides; /**< owned by `owner` */
    uint32_t *side;             /**< per account; UINT32_MAX: empty, none is claimed */
    bool *is_disputed;          /**< by column disputed, or because two coders differ */
    bool has_disputes, has_second_coder;
    double kappa;               /**< Cohen's, of the two coders; NaN without */
    uint64_t n_read, n_repeated, n_empty;
    char source[128];
    void *owner;
} eh_side_list;
/** Columns account_id, side; where known disputed (1/0) and second_side (another coder's).
 *  @retval EH_E_FORMAT a bad row, an account on two sides, one side only (unless unknown sides are refused first by the spec) */
EH_API EH_MUST_CHECK eh_status eh_side_list_read(eh_context *ctx, const char *path, const eh_audit_spec *spec, eh_side_list *out, eh_error *err);
EH_API void eh_side_list_release(eh_side_list *sides);

/* ---- accounts at risk ------------------------------------------------------------------------------------------------- */

/** An account in a period under one rule (policy and unit): was it actioned under that rule? */
typedef struct eh_risk_row {
    uint32_t account, period, rule;
    uint32_t side;    /**< UINT32_MAX: unlabelled */
    uint32_t network; /**< accounts outside networks have one of their own */
    uint32_t exposure;
    double evidence, half[2], whole;
    bool is_actioned, is_disputed;
} eh_risk_row;

/** Of one side: accounts that the file of sides names. */
typedef struct eh_frame {
    uint64_t n[2], n_captured[2]; /**< [1] actioned, [0] not: named, and at risk here (the actioned: when they were) */
    uint64_t n_actioned, n_reversed, n_after; /**< actioned while at risk; of these, reversed, and acting after their action */
} eh_frame;

typedef struct eh_risk_set {
    eh_context *ctx;
    eh_risk_row *rows;
    size_t n_rows, capacity;
    eh_strings sides;    /**< borrowed from the list */
    eh_strings periods, rules; /**< names; owned by `owner` */
    uint32_t n_networks, n_accounts;
    bool has_networks;   /**< some network holds two accounts at risk */
    /* what the join has to say */
    uint64_t n_not_in_archive;      /**< actioned accounts without any action in the archive */
    uint64_t n_before_evidence;     /**< actioned before the first period: nothing came before */
    uint64_t n_inactive;            /**< actioned, and silent during the look-back */
    uint64_t n_unwatched;           /**< in a file of looks, never looked at */
    uint64_t n_wide;                /**< actioned between looks that lie in different periods */
    uint64_t n_undated;             /**< of the actioned: at an unknown time, which may lie within the time that evidence covers (EH_PERIOD_END) */
    uint64_t n_after_action;        /**< actioned accounts that act in the archive after their action */
    uint64_t n_other_words;         /**< accounts that left by something that does not count */
    uint64_t n_actioned, n_reversed, n_unlabelled;
    eh_frame *frame;                /**< per side */
    void *owner;
} eh_risk_set;
/** Whether any action counts under the specification. @retval EH_E_STATISTICS none does: names the words that the file has */
EH_API EH_MUST_CHECK eh_status eh_audit_actions_check(const eh_audit_actions *actions, const eh_audit_spec *spec, eh_error *err);
/** Who was at risk when, by evidence that came before. A pure function of its inputs. */
EH_API EH_MUST_CHECK eh_status eh_risk_set_of(eh_context *ctx, const eh_asof *asof, const eh_audit_actions *actions, const eh_side_list *sides,
                                              const eh_audit_spec *spec, eh_risk_set *out, eh_error *err);
EH_API void eh_risk_set_release(eh_risk_set *set);

/* ---- outcomes ----------------------------------------------------------------------------------------------------------- */

/** Adjudicated accounts. Column account_id, truth (1/0; empty: undecided), where known weight, and reversed (1/0; empty: no appeal). */
typedef struct eh_outcome_list {
    eh_context *ctx;
    eh_strings accounts;
    double *truth, *weight, *reversed; /**< NaN where empty; weight 1 where not given */
    uint64_t n_read, n_undecided;
    char source[128];
    void *owner;
} eh_outcome_list;
EH_API EH_MUST_CHECK eh_status eh_outcome_list_read(eh_context *ctx, const char *path, eh_outcome_list *out, eh_error *err);
EH_API void eh_outcome_list_release(eh_outcome_list *outcomes);

/**
 * Draws accounts to be judged by people who see neither side, evidence nor whether it was actioned: half from the actioned, half
 * from the others, these evenly over bins of evidence; weight = accounts stood for. In random order: account_id, weight, truth, reversed.
 * @retval EH_E_STATISTICS nobody was actioned among accounts at risk
 */
EH_API EH_MUST_CHECK eh_status eh_audit_sample(eh_context *ctx, const eh_asof *asof, const eh_audit_actions *actions, const eh_audit_spec *spec,
                                               uint32_t n, const char *path, uint64_t *n_drawn, eh_error *err);

/* ---- the audit ------------------------------------------------------------------------------------------------------------ */

/** An audit with all that it stands on. */
typedef struct eh_audit_case {
    eh_context *ctx;
    eh_audit *audit;
    eh_audit_data data;       /**< data.design is set */
    eh_audit_design design;
    void *owner;
} eh_audit_case;
/**
 * Strata, the audit of the table they make, and the traps that only a join can measure: reliability of evidence and what it does to the
 * answer, coverage by side, evidence after the action, disputed labels, outcomes. Where the answer depends on one of them, it is
 * inconclusive.
 * @param[in] outcomes  may be NULL
 * @param[in] compare   numbers of the two sides
 * @retval EH_E_STATISTICS a side has no account at risk
 */
EH_API EH_MUST_CHECK eh_status eh_audit_case_of(eh_context *ctx, const eh_risk_set *set, const eh_audit_spec *spec, const uint32_t compare[2],
                                                const eh_side_list *sides, const eh_asof *asof, const eh_outcome_list *outcomes, eh_audit_case *out, eh_error *err);
EH_API void eh_audit_case_release(eh_audit_case *audit);

/* ---- sealing ---------------------------------------------------------------------------------------------------------------- */

typedef struct eh_seal {
    bool is_sealed;       /**< a specification was recorded, and no sides had been opened in this investigation under another */
    uint64_t seq;         /**< of the record */
    uint64_t n_openings;  /**< times that sides were opened in this investigation before */
    uint64_t n_other;     /**< of these, under another specification or none */
    uint64_t n_other_runs; /**< of these, on another run */
} eh_seal;
/**
 * Writes into the investigation's append-only record that these evidence hashes are now to be met with sides, under this specification
 * (or none), before sides are read; nothing about sides is recorded. @param[in] inv open for writing
 * @param[in] actions_sha256  of the file of actions, which is recorded, too; NULL = none
 */
EH_API EH_MUST_CHECK eh_status eh_audit_seal(eh_investigation *inv, const eh_audit_spec *spec, const eh_asof *asof, const char *actions_sha256, eh_str actor, eh_seal *out, eh_error *err);
/** Records that the opening just sealed came to nothing: the file of sides could not be read, and nothing was told of it. It then counts
 *  as none, so that a misspelt name does not make every later audit exploratory. */
EH_API EH_MUST_CHECK eh_status eh_audit_seal_take_back(eh_investigation *inv, const eh_audit_spec *spec, const eh_asof *asof, const eh_seal *seal, eh_str actor, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
