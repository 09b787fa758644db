/**
 * @file calibrate.h
 * How often detection is wrong, measured: on decoys and placebos of the archive at hand, and on simulated worlds whose
 * truth is known. Mathematics, sources and limits: docs/methods/calibration.md.
 */
#ifndef EVENHAND_CALIBRATE_H
#define EVENHAND_CALIBRATE_H

#include "evenhand/legs.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which pairs of a size table; a pair can be in several. */
typedef enum eh_slice {
    EH_SLICE_ALL = 0,
    EH_SLICE_FANS,            /**< both react fast to favourite sources as a rule, or both have the same favourite source */
    EH_SLICE_BREAKING_NEWS,   /**< most of what they share lies on the 1 % most crowded object-days */
    EH_SLICE_HYPERACTIVE,     /**< one of them is among the most active accounts */
    EH_SLICE_SMALL_COMMUNITY, /**< both write mostly in a language of the smallest quarter */
    EH_N_SLICES
} eh_slice;
/** "all", "fans", "breaking_news", "hyperactive", "small_community". */
EH_API const char *eh_slice_name(eh_slice slice);

enum { EH_N_SIZE_LEVELS = 6 };
/** .05, .01, .001, 1e-4, 1e-5, 1e-6. */
EH_API double eh_size_level(int i);

/** Of null pairs that share at least eight object-days: how many have p <= a, and how many E >= 1/a. Valid where n/n_pairs <= a. */
typedef struct eh_sizes {
    uint64_t n_pairs[EH_N_SLICES];
    uint64_t n_p[EH_N_SLICES][EH_N_SIZE_LEVELS], n_e[EH_N_SLICES][EH_N_SIZE_LEVELS];
} eh_sizes;
/** Adds b to a. */
EH_API void eh_sizes_add(eh_sizes *a, const eh_sizes *b);

/** A mean over draws with its 95 % interval. */
typedef struct eh_mean_count {
    double mean, low, high;
} eh_mean_count;
/** Hull of Student's interval of the draws and the exact Poisson interval of their sum; n >= 1. */
EH_API eh_mean_count eh_mean_count_of(const uint64_t *counts, uint32_t n);
/** Mean of n shares in [0, 1]: percentile bootstrap; where all are 0, the upper end is Wilson's of 0 of n. n >= 1. */
EH_API EH_MUST_CHECK eh_status eh_mean_share_of(eh_context *ctx, const double *shares, uint32_t n, eh_mean_count *out,
                                                eh_error *err);
/** Wilson's 95 % interval of k of n. */
EH_API eh_mean_count eh_share_of(uint64_t k, uint64_t n);

typedef struct eh_calibrate_options {
    uint32_t n_decoys;        /**< 1 .. 1000 */
    uint32_t n_placebos;      /**< 0 .. 100 */
    bool wants_sizes;
    const uint8_t *is_small;  /**< per account: of a small community; NULL = not known, that slice stays empty */
} eh_calibrate_options;
/** 20 decoys, 5 placebos, sizes. */
EH_API eh_calibrate_options eh_calibrate_options_default(void);

typedef struct eh_calibration {
    double q, q_timing;          /**< the run's level, and the part of it that timing and groups may spend */
    uint32_t n_decoys, n_placebos, n_weeks;
    uint64_t n_testable_pairs;
    uint64_t n_listed_accounts, n_listed_pairs; /**< in the archive itself, by timing and groups at q_timing */
    eh_mean_count decoy_accounts, decoy_pairs;  /**< listed in a decoy, where nobody acts together */
    eh_mean_count decoy_others;  /**< of decoy_accounts: those that the archive itself does not list */
    uint32_t n_decoys_listing;   /**< decoys with a listed account */
    double largest_share;        /**< decoy_accounts.mean / n_listed_accounts: too large where groups made an object's times */
    double false_share;          /**< decoy_others.mean / n_listed_accounts; NaN where none is listed */
    double calibrated_q;         /**< q, or a smaller level at which false_share <= q; 0 = at none of those tried */
    double calibrated_share;     /**< false_share there; NaN where none is listed */
    uint64_t n_calibrated;       /**< accounts listed by timing and groups there */
    eh_mean_count placebo_accounts, placebo_pairs; /**< pairs listed whose accounts were moved apart, and accounts in them */
    eh_mean_count placebo_testable;                /**< testable pairs in a placebo, moved alike or apart */
    char why_no_placebo[96];     /**< empty where it was measured */
    eh_sizes sizes;              /**< pooled over the decoys, pairs of two whom the archive does not list */
} eh_calibration;

/**
 * Measures detection on decoys and placebos of a table. Decoys keep who acted on what, so selection and reuse would see the
 * archive itself: only timing and groups are run, at their part of the level. Decoys keep every object's times, too: where
 * a group made them, its members stay close in a decoy. Hence two counts; the level is tightened by decoy_others.
 *
 * @param[in] options     as the run had them
 * @param[in] share_of_q  of timing and groups together, (0, 1]
 * @retval EH_OK | EH_E_STATISTICS no pair can be tested | EH_E_INVALID | EH_E_LIMIT | EH_E_CANCELLED
 * @note Deterministic for any number of threads. Cost: about 1.5 detections per decoy, one per placebo.
 */
EH_API EH_MUST_CHECK eh_status eh_calibrate(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                                            double share_of_q, const eh_calibrate_options *how, eh_calibration *out,
                                            eh_error *err);

/** What a level lists: in the archive, and on average in a decoy. */
typedef eh_status (*eh_level_fn)(void *data, double q, uint64_t *n_listed, double *n_expected, eh_error *err);
/**
 * The largest of q/2, q/5, q/10, q/20, q/50, q/100 at which n_expected <= q n_listed; *tightened 0 where none is. Levels are
 * tried from the largest on.
 */
EH_API EH_MUST_CHECK eh_status eh_tighten(double q, eh_level_fn measure, void *data, double *tightened, uint64_t *n_listed,
                                          double *n_expected, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
