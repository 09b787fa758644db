/** @file leiden.h  Communities of one connected graph: the door to igraph. */
#ifndef EH_NETWORKS_LEIDEN_H
#define EH_NETWORKS_LEIDEN_H

#include "base/alloc.h"

/** An undirected edge between two vertices. */
typedef struct eh_link {
    uint32_t from, to;
} eh_link;

/**
 * Leiden communities under the constant Potts model at density 0.1: inside a community more than a tenth of all pairs
 * are linked, between two of them fewer. Iterated until the quality gains less than a millionth (at most 50 times).
 *
 * @param[in]  links       simple graph without loops, n_links >= 1; order matters to ties only
 * @param[out] membership  n_vertices community numbers, dense from 0, in no particular order
 * @retval EH_OK | EH_E_LIMIT the memory that igraph will want exceeds what is left of the budget | EH_E_CANCELLED | EH_E_NOMEM
 * @note igraph keeps its error handler and random generator globally: calls wait for each other.
 *       Its memory does not pass the gate, so an estimate of it is held there meanwhile.
 */
EH_MUST_CHECK eh_status eh_leiden(eh_context *ctx, uint32_t n_vertices, const eh_link *links, size_t n_links,
                                  uint64_t seed, uint32_t *membership, eh_error *err);

#endif
