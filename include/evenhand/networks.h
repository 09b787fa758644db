/**
 * @file networks.h
 * Networks: communities of accounts that are tied by listed pairs or by other legs. Never computed before testing.
 */
#ifndef EVENHAND_NETWORKS_H
#define EVENHAND_NETWORKS_H

#include "evenhand/signif.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_network {
    uint32_t n_accounts;
    uint64_t n_edges;      /**< listed pairs inside */
    uint32_t behaviours;   /**< bit b */
    int64_t first_time_us, last_time_us;
} eh_network;

typedef struct eh_networks {
    eh_context *ctx;
    eh_network *networks;  /**< numbered by size (largest first), ties by their first account */
    uint32_t n_networks;
    uint32_t *network_of;  /**< per account; UINT32_MAX = in none */
    uint32_t n_accounts;
    double modularity;     /**< NaN without edges */
} eh_networks;

/**
 * Leiden communities of the graph of ties between listed accounts, on each connected component, under the
 * constant Potts model at density 0.1: inside a network more than a tenth of all pairs are tied, between two fewer.
 * An account tied to a network by too few pairs is in none. Numbering and membership depend on the ties and the seed of
 * ctx only.
 * @source Traag, Waltman & van Eck, Scientific Reports 9:5233, 2019 (igraph_community_leiden)
 */
EH_API EH_MUST_CHECK eh_status eh_networks_of(eh_context *ctx, const eh_detection *detection, uint32_t n_accounts,
                                              eh_networks *out, eh_error *err);
EH_API void eh_networks_release(eh_networks *networks);

#ifdef __cplusplus
}
#endif
#endif
