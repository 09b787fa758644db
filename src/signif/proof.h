/** @file proof.h  The evidence rows of listed edges, and which behaviours of an account stand on their own. */
#ifndef EH_SIGNIF_PROOF_H
#define EH_SIGNIF_PROOF_H

#include "signif/row.h"

/** Appends the co-actions of every listed edge of one behaviour to *evidence (n_evidence, capacity), in edge order. */
EH_MUST_CHECK eh_status eh_prove(eh_context *ctx, const eh_field *field, eh_behaviour behaviour, const eh_edge *edges,
                                 uint64_t n_edges, eh_evidence **evidence, size_t *n_evidence, size_t *capacity,
                                 eh_error *err);
#endif
