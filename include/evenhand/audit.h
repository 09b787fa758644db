/**
 * @file audit.h
 * Was the response even-handed? Statistics of a parity audit, and the verdict on a table of strata, sides and actions:
 * `disparity_shown`, `parity_shown` (an equivalence test inside a margin set beforehand) or `inconclusive`, with reasons.
 *
 * Formulas, sources, what was measured and limits: docs/methods/audit.md. Each function is pure unless it takes a context;
 * NaN stands for "cannot be computed", never 0 or 1. Cells are counts in double: whole numbers up to 2^53.
 *
 * Everything here but the files of src/audit and src/cli/cmd_audit.c is kept from side labels (tools/check_layers).
 */
#ifndef EVENHAND_AUDIT_H
#define EVENHAND_AUDIT_H

#include "evenhand/context.h"
#include "evenhand/strings.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_limits {
    double estimate, low, high;
} eh_limits;

/* ---- rates ---------------------------------------------------------------------------------------------------- */

/** Intervals of x of n at a two-sided level (0.95); NaN where n is 0. Wilson, JASA 22:209 (1927); Jeffreys as in Brown, Cai &
 *  DasGupta, Stat. Sci. 16:101 (2001); Clopper & Pearson, Biometrika 26:404 (1934). */
EH_API eh_limits eh_wilson(double x, double n, double level);
EH_API eh_limits eh_jeffreys(double x, double n, double level);
EH_API eh_limits eh_clopper_pearson(double x, double n, double level);
/** x1/n1 - x2/n2, hybrid score (method 10 of Newcombe, Stat. Med. 17:873, 1998). */
EH_API eh_limits eh_newcombe(double x1, double n1, double x2, double n2, double level);

/* ---- 2 x 2 x K ------------------------------------------------------------------------------------------------- */

/** One stratum. Odds ratios are of side A against side B: ad / bc. */
typedef struct eh_cells {
    double a, b; /**< side A: actioned, not actioned */
    double c, d; /**< side B */
} eh_cells;
/** No margin is zero: the stratum says something about the odds ratio. */
EH_API bool eh_cells_are_informative(const eh_cells *cells);

/** Cochran-Mantel-Haenszel. Null: action and side are independent within every stratum. */
typedef struct eh_cmh {
    uint64_t n_strata, n_informative;
    double excess;        /**< sum of a - E over strata: how many more of A were actioned than at equal rates */
    double variance;      /**< of it under the null */
    double chi2, p;       /**< 1 df */
    double chi2_corrected, p_corrected;
    eh_limits odds_ratio; /**< Mantel-Haenszel; interval of Robins, Breslow & Greenland (NaN where R or S is 0) */
    double se_log;        /**< of ln odds_ratio.estimate */
    double pooled_odds_ratio; /**< of the summed table: what ignoring strata would say */
} eh_cmh;
EH_API eh_cmh eh_cmh_of(const eh_cells *strata, size_t n, double level);

/** Whether one odds ratio fits all informative strata: NaN with fewer than two of them, or where OR_MH is 0 or infinite. */
typedef struct eh_homogeneity {
    uint64_t df;
    double breslow_day, p_breslow_day;
    double tarone, p_tarone;
    double woolf, p_woolf; /**< each cell + 1/2 */
} eh_homogeneity;
EH_API eh_homogeneity eh_homogeneity_of(const eh_cells *strata, size_t n, double odds_ratio);

/** Generalised CMH, general association of an I x J x K table. */
typedef struct eh_gcmh {
    double chi2, p;
    uint64_t df; /**< rank of the covariance */
} eh_gcmh;
/** counts[(k * n_rows + i) * n_columns + j]; strata with fewer than two observations say nothing.
 *  @retval EH_E_INVALID fewer than two rows or columns, more than 64 | EH_E_STATISTICS no stratum says anything */
EH_API EH_MUST_CHECK eh_status eh_gcmh_of(eh_context *ctx, const double *counts, size_t n_rows, size_t n_columns,
                                          size_t n_strata, eh_gcmh *out, eh_error *err);

/** Exact conditional inference on a common odds ratio, given all margins; one stratum is Fisher's test. */
typedef struct eh_exact {
    uint64_t n_informative;
    double s, s_least, s_most;   /**< observed sum of a, and its range */
    double p_two_sided;          /**< sum of the chances of all s no likelier than the observed one */
    double p_less, p_greater;
    eh_limits odds_ratio;        /**< conditional MLE; tail interval at `level` (alpha/2 a side); 0 and INFINITY are possible */
    double low_one_sided, high_one_sided; /**< at 1 - alpha each */
    double gamma;                /**< Rosenbaum's sensitivity value at alpha: how much a hidden factor would have to multiply
                                      the odds of action to explain the difference; 1 where nothing needs explaining */
} eh_exact;
/**
 * Convolves the strata's hypergeometric laws, tilted to the estimate and trimmed below 1e-60 of their mode: 20 strata of
 * 10,000 + 10,000 take well under a second.
 * @retval EH_E_STATISTICS no informative stratum | EH_E_LIMIT the law is too wide (about 1e10 balanced accounts in a
 *         stratum): use eh_cmh_of | EH_E_INVALID a count is negative, not whole, or above 2^53
 * @note p_two_sided below 1e-40 is told as twice the smaller tail.
 * @source Gart, Biometrika 57:471 (1970); Mehta, Patel & Gray, JASA 80:969 (1985); Rosenbaum, Observational Studies (2002) 4.
 */
EH_API EH_MUST_CHECK eh_status eh_exact_of(eh_context *ctx, const eh_cells *strata, size_t n, double level, eh_exact *out,
                                           eh_error *err);

/* ---- matched pairs and sets ------------------------------------------------------------------------------------- */

/** McNemar on discordant pairs: b of one kind, c of the other. */
typedef struct eh_mcnemar {
    double chi2, p, chi2_corrected, p_corrected, p_exact;
} eh_mcnemar;
EH_API eh_mcnemar eh_mcnemar_of(double b, double c);
/** Largest one-sided p of t of n discordant pairs when a hidden factor multiplies the odds by at most gamma. */
EH_API double eh_matched_bound(double n, double t, double gamma);
/** The gamma at which that bound reaches alpha; below 1: not significant at all. */
EH_API double eh_matched_gamma(double n, double t, double alpha);

/** Conditional logistic regression of sets with one case each. */
typedef struct eh_matched_row {
    uint32_t set;
    bool is_case;
} eh_matched_row;
/** x[i * n_columns + j]; rows in any order; sets without exactly one case or without a control are passed over.
 *  beta and se: n_columns each. @retval EH_E_STATISTICS does not converge (separation) or no set */
EH_API EH_MUST_CHECK eh_status eh_matched_logistic(eh_context *ctx, const eh_matched_row *rows, const double *x, size_t n_rows,
                                                   size_t n_columns, double *beta, double *se, eh_error *err);

/* ---- time to action --------------------------------------------------------------------------------------------- */

/** An account at risk in (entry, exit]; times in any unit. */
typedef struct eh_at_risk {
    double entry, exit; /**< entry: -INFINITY or 0 where the account was there from the start (no left truncation) */
    uint32_t stratum;
    uint8_t side;       /**< 0 = A, 1 = B */
    bool is_event;
} eh_at_risk;

typedef struct eh_logrank {
    uint64_t n_events;
    double observed[2], expected[2]; /**< by side; weighted where rho > 0 */
    double variance, chi2, p;        /**< 1 df */
    double log_hazard_ratio, se;     /**< Cox, Efron's ties: B against A; NaN where it does not exist */
    double score_chi2;
} eh_logrank;
/** Stratified log-rank with left truncation; weights S(t-)^rho within strata (0: log-rank, 1: Peto & Peto).
 *  @retval EH_E_INVALID NaN, exit <= entry, side > 1 | EH_E_STATISTICS no event at which both sides are at risk
 *  @source Mantel 1966; Harrington & Fleming, Biometrika 69:553 (1982); Efron, JASA 72:557 (1977) */
EH_API EH_MUST_CHECK eh_status eh_logrank_of(eh_context *ctx, const eh_at_risk *rows, size_t n, double rho, eh_logrank *out,
                                             eh_error *err);

/** An action known to lie in (last_alive, first_gone]; first_gone INFINITY: not seen yet. Times from a common landmark. */
typedef struct eh_seen {
    double last_alive, first_gone;
    uint32_t stratum;
    uint8_t side;
} eh_seen;
typedef struct eh_interval_rank {
    double excess;   /**< sum of side A's scores minus its expectation; > 0: A was actioned earlier */
    double variance; /**< permutational, within strata */
    double chi2, p;
    uint64_t n_iterations; /**< of the slowest NPMLE */
    uint64_t n_informative; /**< strata with both sides and some action */
} eh_interval_rank;
/**
 * Finkelstein's score test on Turnbull's pooled estimate, one per stratum, with permutation variance: for looks that do not
 * depend on the action, and best alike for both sides.
 * @param[out] scores  n entries, or NULL: centred within strata, so that sides can be permuted over networks
 * @retval EH_E_INVALID last_alive >= first_gone, negative, NaN | EH_E_STATISTICS no stratum with both sides and an action
 * @source Finkelstein, Biometrics 42:845 (1986); Turnbull, JRSS B 38:290 (1976); Fay, Biometrics 52:811 (1996)
 */
EH_API EH_MUST_CHECK eh_status eh_interval_rank_of(eh_context *ctx, const eh_seen *rows, size_t n, double *scores,
                                                   eh_interval_rank *out, eh_error *err);

/* ---- regression ------------------------------------------------------------------------------------------------- */

typedef struct eh_logistic_data {
    size_t n_rows, n_columns; /**< columns include the intercept; at most 64 */
    const double *x;          /**< x[i * n_columns + j] */
    const double *n_trials, *n_events;
} eh_logistic_data;
typedef struct eh_coefficient {
    double beta, se;
    double low, high; /**< profile likelihood at `level`; infinite where the profile stays flat */
    double p;         /**< likelihood ratio */
} eh_coefficient;
/** @param[in] is_firth  penalised by half the log determinant of the information: finite under separation
 *  @param[in] column    whose profile interval is wanted; beta (n_columns) may be NULL
 *  @retval EH_E_STATISTICS columns are collinear, or plain logistic does not converge (separation)
 *  @source Firth, Biometrika 80:27 (1993); Heinze & Schemper, Stat. Med. 21:2409 (2002) */
EH_API EH_MUST_CHECK eh_status eh_logistic_of(eh_context *ctx, const eh_logistic_data *data, bool is_firth, size_t column,
                                              double level, double *beta, eh_coefficient *out, eh_error *err);

/* ---- sensitivity, equivalence, power, multiplicity -------------------------------------------------------------- */

/** VanderWeele & Ding, Ann. Intern. Med. 167:268 (2017): a risk ratio, or its inverse where below 1. */
EH_API double eh_audit_evalue(double risk_ratio);
/** p of two one-sided tests of 1/margin < OR < margin; df: of t, INFINITY for the normal law. */
EH_API double eh_tost(double log_odds_ratio, double se, double margin, double df);

/** A planned stratum: accounts a side, and the chance of action at side B. */
typedef struct eh_plan {
    double n_a, n_b, p_b;
} eh_plan;
/** Power of the uncorrected CMH test at odds ratio `odds_ratio`; the design effect multiplies both variances. */
EH_API double eh_cmh_power(const eh_plan *plan, size_t n, double odds_ratio, double alpha, double design_effect);
/** Smallest odds ratio above 1 found with that power; INFINITY where none below 1e6 is. */
EH_API double eh_detectable(const eh_plan *plan, size_t n, double power, double alpha, double design_effect);
/** Two equal groups of n: the normal approximation without continuity correction, and the n for a power. */
EH_API double eh_two_rates_power(double n, double p1, double p2, double alpha);
EH_API double eh_two_rates_n(double power, double p1, double p2, double alpha);

/** Benjamini-Hochberg, or Benjamini-Yekutieli (any dependence) adjusted values; in the order given. */
EH_API EH_MUST_CHECK eh_status eh_adjust_p(eh_context *ctx, const double *p, size_t n, bool is_yekutieli, double *adjusted,
                                           eh_error *err);

/* ---- networks as the unit of inference -------------------------------------------------------------------------- */

/** What happened to the accounts of one network in one stratum. */
typedef struct eh_cluster_row {
    uint32_t network, stratum;
    double n_actioned, n_not;
} eh_cluster_row;
typedef struct eh_clusters {
    const eh_cluster_row *rows; /**< in any order */
    size_t n_rows;
    uint32_t n_strata, n_networks;
    const uint8_t *side;   /**< per network: 0 = A, 1 = B */
    const uint32_t *unit;  /**< per network: sides are permuted within a unit; NULL = one unit */
} eh_clusters;
typedef struct eh_cluster_options {
    uint32_t n_permutations; /**< 9999 */
    uint32_t n_bootstrap;    /**< 1999 */
    uint32_t n_controls;     /**< 200 random relabellings */
    double alpha;            /**< 0.05 */
    uint64_t seed;
} eh_cluster_options;
EH_API eh_cluster_options eh_cluster_options_default(void);
typedef struct eh_cluster_test {
    uint64_t n_networks[2], n_acted[2]; /**< by side; acted: with an account actioned */
    double excess;         /**< sum of a - E, as in eh_cmh */
    double sd_permuted;    /**< of it when sides are permuted over networks */
    double p;              /**< (1 + #{|T*| >= |T|}) / (B + 1), each T about its mean under permutation */
    double p_studentised;  /**< the same with T over its own standard error: for sides whose networks differ in size */
    double design_effect;  /**< sd_permuted^2 over the variance that independent accounts would give */
    double se_log;         /**< bootstrap standard error of ln OR_MH; INFINITY where replicates have no finite OR */
    double df;             /**< smaller number of networks a side - 1 */
    eh_limits odds_ratio;  /**< OR_MH, exp(ln OR +- t(df) se) at 1 - alpha; wider of this and of the percentile interval */
    eh_limits odds_ratio_inner; /**< the same at 1 - 2 alpha, for equivalence */
    uint32_t n_controls, n_controls_network, n_controls_naive; /**< relabellings with p <= alpha: this test, account-level CMH */
} eh_cluster_test;
/** Permutes and resamples networks; the same for any number of threads.
 *  @retval EH_E_STATISTICS a side without networks | EH_E_INVALID a number out of range */
EH_API EH_MUST_CHECK eh_status eh_cluster_test_of(eh_context *ctx, const eh_clusters *data, const eh_cluster_options *options,
                                                  eh_cluster_test *out, eh_error *err);

/* ---- outcome test ------------------------------------------------------------------------------------------------ */

/** Beta(alpha, beta) risk and everybody above the threshold actioned: the rate of action, and the share of hits among them. */
EH_API void eh_threshold_rates(double alpha, double beta, double threshold, double *rate, double *hit_rate);

typedef enum eh_direction { EH_AGAINST_NEITHER = 0, EH_AGAINST_A, EH_AGAINST_B } eh_direction;
/** "none", "against_a", "against_b". */
EH_API const char *eh_direction_name(eh_direction direction);
typedef enum eh_verdict { EH_INCONCLUSIVE = 0, EH_PARITY_SHOWN, EH_DISPARITY_SHOWN } eh_verdict;
/** "inconclusive", "parity_shown", "disparity_shown". */
EH_API const char *eh_verdict_name(eh_verdict verdict);

/** Rates: x of n actioned. Hits: of the adjudicated among the actioned, how many deserved it. */
typedef struct eh_outcome_counts {
    double n, n_actioned, n_adjudicated, n_hits;
} eh_outcome_counts;
typedef struct eh_outcome {
    eh_limits rate_difference, hit_difference; /**< A minus B, Newcombe */
    eh_verdict verdict;
    eh_direction direction;
} eh_outcome;
/** Gaebler & Goel (arXiv 2407.06539): more often actioned and less often rightly so, both shown: disparity, under a monotone
 *  likelihood ratio. Both 1 - 2 alpha intervals within +-margin (a difference of rates): parity. Otherwise inconclusive. */
EH_API eh_outcome eh_outcome_of(const eh_outcome_counts *a, const eh_outcome_counts *b, double alpha, double margin);

/* ---- the audit of a table ---------------------------------------------------------------------------------------- */

/** Accounts alike in stratum, side, network and unit. */
typedef struct eh_audit_row {
    uint32_t stratum, side;
    uint32_t network, unit; /**< 0 where the data has none */
    double n_actioned, n_not;
} eh_audit_row;
/** The same audit with one thing changed. */
typedef struct eh_audit_try {
    bool has_run;          /**< false: a side has no accounts then, or it cannot be made */
    double lambda;         /**< reliability assumed; 1 elsewhere */
    eh_limits odds_ratio;
    eh_verdict verdict;
    eh_direction direction;
} eh_audit_try;

enum { EH_N_LAMBDAS = 3 };
/** What a join of findings, actions and sides knows of its own traps, and a table does not. Pairs are of sides A and B. */
typedef struct eh_audit_design {
    /* the specification */
    bool is_sealed;                   /**< recorded before sides were read, and no sides opened in this investigation under another */
    char run_id[17], spec_sha256[65], evidence_sha256[65]; /**< spec empty: none */
    bool is_yekutieli;                /**< how comparisons beside the primary one are adjusted */
    uint64_t record, n_openings, n_other_openings, n_other_runs; /**< number of the ledger's leaf; earlier openings of sides, of these under another specification, and on another run */
    /* reliability of evidence */
    double reliability[2];            /**< split-half, Spearman-Brown; NaN: too few accounts with both halves */
    uint64_t n_halves[2];
    double measured_share;            /**< of the actioned, those whose evidence is a number, neither untested nor none */
    eh_audit_try lambdas[EH_N_LAMBDAS]; /**< 1, as estimated, and 0.1 less */
    /* coverage: of the accounts that the file of sides names, those at risk here; [side][actioned] */
    double n_frame[2][2], n_captured[2][2];
    double coverage_factor, coverage_se_log; /**< what the odds ratio is to be multiplied with; NaN: all are here, nothing is known */
    eh_limits covered, covered_inner; /**< the odds ratio so corrected, at 1 - alpha and 1 - 2 alpha */
    double covered_p;                 /**< of the corrected ratio: test-based, from the p of the verdict's test */
    /* time */
    eh_audit_try whole;               /**< strata by the evidence of the whole archive, after the action too */
    eh_audit_try unexposed;           /**< strata without exposure, which an undated action may have cut short; has_run: only where there are such */
    uint64_t n_undated;               /**< actioned at an unknown time, which may lie within the time that evidence covers */
    uint64_t n_after[2], n_actioned[2];
    uint64_t n_not_in_archive, n_before_evidence, n_inactive, n_unwatched, n_wide, n_other_words;
    uint64_t n_action_rows, n_action_rejects; /**< rows of the file of actions, and those that could not be used */
    /* labels */
    bool has_disputes;
    uint64_t n_disputed;
    double kappa;
    eh_audit_try undisputed;
    /* outcomes */
    bool has_outcome, has_reversals;
    eh_outcome_counts outcome_counts[2];
    eh_outcome outcome;
    double n_appeals[2], n_reversed[2];
    bool reversals_of_appeals;        /**< else of actions: nobody said who appealed */
    eh_limits reversal_difference;    /**< Newcombe, A minus B */
} eh_audit_design;

/** What an audit starts from: a ready table, or a join of findings, actions and sides. Borrowed. */
typedef struct eh_audit_data {
    eh_strings strata, sides, networks, units; /**< networks.n == 0: none given, accounts count as independent */
    const eh_audit_row *rows;
    size_t n_rows;
    uint64_t n_empty_strata, n_unlabelled; /**< left out before: strata without accounts, accounts without a side */
    const char *source;                    /**< file name, for the record */
    const eh_audit_design *design;         /**< NULL: a ready table */
} eh_audit_data;

typedef struct eh_audit_table eh_audit_table;
/**
 * Reads columns stratum, side, actioned (0/1, true/false, yes/no), count and optional network, unit; any order, CSV (.gz, .zst).
 * Sides and strata are numbered as they first appear. A bad row is an error that names it: a table with a row left out
 * would give another answer. Rows with an empty side are counted as unlabelled.
 * @retval EH_E_FORMAT unknown or missing column, negative, broken or too large count, fewer than two sides, a network on two
 *         sides or in two units | EH_E_IO
 */
EH_API EH_MUST_CHECK eh_status eh_audit_table_read(eh_context *ctx, const char *path, eh_audit_table **out, eh_error *err);
EH_API const eh_audit_data *eh_audit_table_data(const eh_audit_table *table);
EH_API void eh_audit_table_free(eh_audit_table *table);

typedef struct eh_audit_options {
    double margin;   /**< odds ratio, > 1; 1.25 */
    double alpha;    /**< 0.05 */
    uint32_t side_a, side_b; /**< numbers of the sides compared; 0 and 1 */
    eh_cluster_options clusters;
} eh_audit_options;
EH_API eh_audit_options eh_audit_options_default(void);

/** Why a verdict is what it is; each is a stable word in audit.json. */
typedef enum eh_audit_reason {
    EH_REASON_DIFFERENCE = 0,    /**< the odds differ beyond chance */
    EH_REASON_EQUIVALENT,        /**< the interval lies inside the margin */
    EH_REASON_NO_OVERLAP,        /**< no stratum has both sides, and both actioned and not */
    EH_REASON_LITTLE_OVERLAP,    /**< too few strata say anything, or most of the actioned lie in strata that do not */
    EH_REASON_FEW_NETWORKS,      /**< fewer than six networks a side */
    EH_REASON_NOT_SIGNIFICANT,   /**< a difference is not shown */
    EH_REASON_NOT_EQUIVALENT,    /**< equivalence is not shown */
    EH_REASON_TESTS_DISAGREE,    /**< one test shows a difference and its companion does not */
    EH_REASON_DIRECTION_DIFFERS, /**< some strata show the opposite of the whole */
    EH_REASON_CONTROL_FAILS,     /**< random relabellings are found to differ too often */
    EH_REASON_FEW_ACTIONS,       /**< fewer than five accounts actioned, or not, in informative strata */
    /* what a join measures; each alone would have stopped an answer */
    EH_REASON_RELIABILITY,       /**< the answer depends on how reliable the evidence is taken to be */
    EH_REASON_TRUNCATION,        /**< evidence that the action itself may have cut short, or that reaches past it, gives another odds ratio */
    EH_REASON_COVERAGE,          /**< the answer does not stand once the archive's coverage of the sides is corrected for */
    EH_REASON_LABELS,            /**< the answer depends on disputed labels */
    EH_REASON_OUTCOME,           /**< outcomes show the opposite */
    EH_N_AUDIT_REASONS
} eh_audit_reason;
EH_API const char *eh_audit_reason_name(eh_audit_reason reason);

typedef struct eh_side_total {
    double n, n_actioned;
    eh_limits wilson, jeffreys;
} eh_side_total;
typedef struct eh_stratum_result {
    uint32_t stratum;
    eh_cells cells;
    bool is_informative, has_exact;
    eh_exact exact; /**< Fisher */
    double p_adjusted; /**< Benjamini-Yekutieli over informative strata */
} eh_stratum_result;
/** Two of several sides. */
typedef struct eh_side_pair {
    uint32_t side_a, side_b;
    eh_cmh cmh;
    double p_network;  /**< NaN without networks */
    double p_bh, p_by; /**< of the network p where there is one, else of the corrected CMH p */
    bool is_primary;
} eh_side_pair;

typedef struct eh_audit {
    eh_context *ctx;
    eh_audit_options options;
    eh_verdict verdict;
    eh_direction direction;      /**< EH_AGAINST_A: A's odds of action are higher; set with disparity_shown only */
    eh_audit_reason reasons[EH_N_AUDIT_REASONS];
    size_t n_reasons;
    /* layer 1 */
    eh_side_total total_a, total_b;
    eh_limits rate_difference;
    /* layer 2, accounts as if independent */
    uint64_t n_strata;           /**< with accounts of A or B */
    eh_cmh cmh;
    eh_homogeneity homogeneity;
    bool has_exact;
    eh_exact exact;
    eh_status exact_status;      /**< why there is no exact test */
    bool has_gcmh;               /**< more than two sides */
    eh_gcmh gcmh;
    double tost_p, tost_p_wide;  /**< at the margin, and at 1.5 */
    eh_limits headline;          /**< the odds ratio with its 1 - alpha interval: over networks where there are any */
    bool headline_is_exact;      /**< the large-sample interval does not exist (a zero cell): the exact one */
    eh_limits inner;             /**< 1 - 2 alpha interval of the odds ratio that the equivalence test uses */
    /* networks */
    bool has_networks;
    eh_cluster_test networks;
    /* traps */
    double informative_actioned; /**< share of the actioned who lie in informative strata */
    double informative_accounts;
    uint64_t n_opposed;          /**< strata that show the opposite of the whole, at alpha over all strata (Benjamini-Yekutieli) */
    uint64_t n_outside;          /**< strata whose exact interval, at alpha over their number, lies outside the margin */
    double evalue, evalue_limit; /**< of the odds ratio (square root: common outcome) and of its limit nearer to 1 */
    double gamma;                /**< NaN without exact law */
    double detectable;           /**< odds ratio found with power .8 in this design */
    double power_at_margin;
    double design_effect;        /**< 1 without networks */
    size_t n_comparisons;        /**< pairs of sides looked at; the primary one is not adjusted, the others are */
    eh_stratum_result *strata;   /**< one per stratum of the data */
    uint64_t n_listed_strata;
    eh_side_pair *pairs;
    size_t n_pairs;
} eh_audit;

/**
 * The verdict. Rules, in order: no overlap, too little, too few networks, a failed negative control -> inconclusive; the
 * 1 - 2 alpha interval inside (1/margin, margin) -> parity; a difference (with networks: permutation and its studentised
 * form; without: CMH and exact) -> disparity, unless strata contradict each other; otherwise inconclusive. With a design, an
 * answer that reliability, truncation, coverage, disputed labels or outcomes overturn is inconclusive; and where there was none
 * to overturn, those of them that alone would have stopped one are among the reasons.
 * @retval EH_E_INVALID options | EH_E_STATISTICS a side has no accounts
 */
EH_API EH_MUST_CHECK eh_status eh_audit_of(eh_context *ctx, const eh_audit_data *data, const eh_audit_options *options,
                                           eh_audit **out, eh_error *err);
EH_API void eh_audit_free(eh_audit *audit);

/** One odds ratio does not fit the strata (Breslow-Day or Tarone below 0.05): they come first, and the common one is an average. */
EH_API bool eh_audit_strata_differ(const eh_audit *audit);

/** Names of the sides in text are cut at 60 bytes. */
enum { EH_AUDIT_TEXT_SIZE = 768 };
/** What is asked, in a sentence. */
EH_API void eh_audit_question(const eh_audit *audit, const eh_audit_data *data, char out[EH_AUDIT_TEXT_SIZE]);
/** The verdict in a sentence, with sides, odds ratio and margin. */
EH_API void eh_audit_conclusion(const eh_audit *audit, const eh_audit_data *data, char out[EH_AUDIT_TEXT_SIZE]);
/** A reason in a sentence, with its numbers. */
EH_API void eh_audit_reason_text(const eh_audit *audit, eh_audit_reason reason, char out[EH_AUDIT_TEXT_SIZE]);

typedef enum eh_trap_state {
    EH_TRAP_CLEAR = 0,
    EH_TRAP_WARNS,       /**< the verdict stands, but reads otherwise */
    EH_TRAP_BLOCKS,      /**< no verdict but inconclusive */
    EH_TRAP_NOT_MEASURED /**< the data does not show it */
} eh_trap_state;
/** "clear", "warns", "blocks", "not_measured". */
EH_API const char *eh_trap_state_name(eh_trap_state state);
typedef struct eh_trap {
    const char *name;
    eh_trap_state state;
    double value; /**< NaN where not measured */
    char text[EH_AUDIT_TEXT_SIZE];
} eh_trap;
enum { EH_N_TRAPS = 16 };
/** Every trap with its number, in a fixed order. */
EH_API void eh_audit_traps(const eh_audit *audit, const eh_audit_data *data, eh_trap out[EH_N_TRAPS]);

/** An audit in words and names, for a page: results only, no row of anybody. Names are borrowed from the data. */
typedef struct eh_audit_story {
    const eh_strings *strata;
    eh_str name_a, name_b;
    const char *source;
    uint64_t n_empty_strata, n_unlabelled;
    char question[EH_AUDIT_TEXT_SIZE], conclusion[EH_AUDIT_TEXT_SIZE];
    char reasons[EH_N_AUDIT_REASONS][EH_AUDIT_TEXT_SIZE]; /**< as many as the audit has */
    eh_trap traps[EH_N_TRAPS];
    const eh_audit_design *design; /**< NULL: a ready table */
    const char *command; /**< that gives the same again; NULL: not told */
} eh_audit_story;
EH_API void eh_audit_tell(const eh_audit *audit, const eh_audit_data *data, eh_audit_story *out);

/** audit.json to a path ("-" = standard output); the tables strata.csv, rates.csv, tests.csv, comparisons.csv into a directory. */
EH_API EH_MUST_CHECK eh_status eh_audit_write_json(const eh_audit *audit, const eh_audit_data *data, const char *path, eh_error *err);
EH_API EH_MUST_CHECK eh_status eh_audit_write_tables(const eh_audit *audit, const eh_audit_data *data, const char *dir, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
