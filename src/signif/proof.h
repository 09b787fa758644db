/** @file proof.h  What listed pairs did, episode by episode: the evidence rows of detection, and a walk for others. */
#ifndef EH_SIGNIF_PROOF_H
#define EH_SIGNIF_PROOF_H

#include "signif/scan.h"

/** An episode that both accounts of a listed pair are members of. Borrowed for the call. */
typedef struct eh_meeting {
    const eh_edge *edges;     /**< of the pair, by behaviour */
    uint64_t n_edges;
    eh_behaviour behaviour;
    const eh_field *field;    /**< of the behaviour */
    uint32_t episode;         /**< of its timeline */
    uint64_t member_a, member_b;
    eh_closest closest;       /**< their closest two actions in it; INT64_MAX apart where both are on grids */
    const double *p;          /**< chance of coming within each window; not known yet to is_wanted */
} eh_meeting;

/** Who looks at them. */
typedef struct eh_witness {
    void *data;
    bool (*is_wanted)(const eh_meeting *meeting); /**< NULL = every meeting; chances are computed for wanted ones only */
    eh_status (*see)(void *data, const eh_meeting *meeting, eh_error *err);
    eh_status (*end_account)(void *data, eh_error *err); /**< after the last meeting of an account_a; may be NULL */
} eh_witness;

/**
 * Shows the meetings of every listed pair (one with a listed edge), by account_a, behaviour, episode (in block order) and
 * account_b. Each account's part in an episode is prepared once, however many partners were there.
 * @param[in] edges  sorted by (account_a, account_b, behaviour)
 */
EH_MUST_CHECK eh_status eh_walk_listed(eh_context *ctx, const eh_fields *fields, const eh_edge *edges, uint64_t n_edges,
                                       const eh_witness *witness, eh_error *err);

/** The co-actions of every listed edge, in the order that eh_evidence tells. */
EH_MUST_CHECK eh_status eh_prove(eh_context *ctx, const eh_fields *fields, const eh_edge *edges, uint64_t n_edges,
                                 eh_evidence **evidence, uint64_t *n_evidence, eh_error *err);
#endif
