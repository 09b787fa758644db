/**
 * @file scan.h
 * The two passes over all pairs: how many are testable, and the test of those with co-actions. All behaviours are
 * walked together, since the evidence of a pair is one value.
 */
#ifndef EH_SIGNIF_SCAN_H
#define EH_SIGNIF_SCAN_H

#include "signif/row.h"

enum { eh_most_common = 8 }; /* more shared objects than this never raise the bar */

/** The weight of a pair: the square of the objects it shares, at most 32. Who shares much could show much; this reads who acted on
 *  what only, so weighted e-values stay e-values (Genovese, Roeder & Wasserman, Biometrika 93:509, 2006). */
static inline uint64_t eh_pair_weight(uint32_t n_common) { return n_common < 32 ? (uint64_t)n_common * n_common : 1024; }

/** The behaviours under test; fields[b].timeline == NULL where behaviour b is not. */
typedef struct eh_fields {
    eh_field of[EH_N_BEHAVIOURS];
    uint32_t n_accounts, n_tested;
    const uint8_t *only; /**< per account 0 or 1: eh_scan looks at pairs of two such accounts; NULL = at all pairs */
} eh_fields;

/** How many partners share at least k objects (object-days) with each account; k = 0 .. 8, [0] unused. */
typedef struct eh_overlap {
    eh_context *ctx;
    uint32_t (*n_partners)[eh_most_common + 1]; /**< per account, over all behaviours together */
    uint64_t (*weights)[eh_most_common + 1];    /**< per account: sum of the weights of these partners; all 1 if is_bound */
    uint32_t *most_common;                      /**< the most objects shared with anybody */
    uint64_t n_pairs[eh_most_common + 1];
    double pair_weights[eh_most_common + 1];    /**< sum over these pairs */
    uint64_t n_pairs_of[EH_N_BEHAVIOURS][eh_most_common + 1]; /**< on one behaviour alone */
    bool is_bound;                              /**< eligible pairs instead: the exact pass would cost too much */
} eh_overlap;

/** Depends on who acted on what, never on when: choosing testable pairs by it looks at no outcome. */
EH_MUST_CHECK eh_status eh_overlap_init(eh_context *ctx, const eh_fields *fields, eh_overlap *out, eh_error *err);
void eh_overlap_release(eh_overlap *overlap);
/** Tarone's rule: the fewest shared objects with which lock-step could reach e-BH at q among m(s) pairs; 2 .. 8. */
uint32_t eh_fewest_common(const eh_overlap *overlap, double q);

/** Tests every pair with >= min_common shared and >= 2 co-acted objects. Edges sorted by (a, b, behaviour). */
EH_MUST_CHECK eh_status eh_scan(eh_context *ctx, const eh_fields *fields, uint32_t min_common, eh_edge **edges,
                                uint64_t *n_edges, eh_error *err);

/** A pair with enough shared objects, co-acting or not. Borrowed for the call. */
typedef struct eh_pair_seen {
    uint32_t account_a, account_b;
    uint32_t n_common;    /**< object-days over all behaviours */
    uint32_t n_marked;    /**< of these, on marked episodes */
    const eh_edge *edges; /**< of behaviours with a co-action; none: p = 1 */
    uint64_t n_edges;
} eh_pair_seen;

/** Shows every pair instead of keeping edges: memory stays flat. fn is called by i_thread < n_threads of them at once. */
typedef struct eh_visit {
    void (*fn)(void *data, int i_thread, const eh_pair_seen *pair);
    void *data;
    const uint8_t *marked[EH_N_BEHAVIOURS]; /**< per episode 0 or 1; NULL = none */
} eh_visit;
EH_MUST_CHECK eh_status eh_scan_visit(eh_context *ctx, const eh_fields *fields, uint32_t min_common, const eh_visit *visit,
                                      eh_error *err);
#endif
