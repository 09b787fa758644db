/** @file clusters.h  Networks as units: their residuals, and the law of sum(a - E) when sides are shuffled over them. */
#ifndef EH_AUDIT_CLUSTERS_H
#define EH_AUDIT_CLUSTERS_H

#include "base/alloc.h"
#include "evenhand/audit.h"

/** Networks in order of (unit, number); a block is a unit. */
typedef struct eh_blocks_of_networks {
    uint32_t *order;       /* n_networks */
    uint32_t *first, *n_a; /* per block; first has n_blocks + 1 entries */
    uint32_t n_blocks, n_networks;
    double *residual;      /* per network: its actioned less what its strata's rates give */
    double mean;           /* of T under permutation */
    double variance;       /* of T under permutation, exact */
} eh_blocks_of_networks;
EH_MUST_CHECK eh_status eh_network_blocks_of(eh_context *ctx, const eh_clusters *data, eh_blocks_of_networks *out, eh_error *err);
void eh_network_blocks_release(eh_context *ctx, eh_blocks_of_networks *blocks);

/** |T - mean| and the same over its standard error, for the networks named first in each block (n_a of them). */
typedef struct eh_shift {
    double plain, studentised;
} eh_shift;
eh_shift eh_shift_of(const eh_blocks_of_networks *blocks, const uint32_t *order);
/** Shuffles `order` so that each block's first n_a are a random choice. stream: one per draw. */
void eh_network_shuffle(const eh_blocks_of_networks *blocks, uint64_t seed, uint64_t stream, uint32_t *order);

/** The cells of each stratum with these sides and weights (NULL = 1) of the networks. cells: n_strata, overwritten. */
void eh_cluster_cells(const eh_clusters *data, const uint8_t *side, const double *weight, eh_cells *cells);
/** Interval of ln OR_MH by resampling networks within sides; fills se_log, df and the two intervals. */
EH_MUST_CHECK eh_status eh_cluster_bootstrap(eh_context *ctx, const eh_clusters *data, const eh_cluster_options *options,
                                             eh_cluster_test *out, eh_error *err);
#endif
