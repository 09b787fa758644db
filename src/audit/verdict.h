/** @file verdict.h  The stages of an audit: layers, networks, traps, and the rules that turn them into a verdict. */
#ifndef EH_AUDIT_VERDICT_H
#define EH_AUDIT_VERDICT_H

#include "base/alloc.h"
#include "evenhand/audit.h"

/** The cells of every stratum for two sides; n_strata entries. */
void eh_audit_cells(const eh_audit_data *data, uint32_t side_a, uint32_t side_b, eh_cells *cells);
/** The networks of two sides, renumbered; release with eh_audit_clusters_release. */
EH_MUST_CHECK eh_status eh_audit_clusters_of(eh_context *ctx, const eh_audit_data *data, uint32_t side_a, uint32_t side_b,
                                             eh_clusters *out, eh_error *err);
void eh_audit_clusters_release(eh_context *ctx, eh_clusters *clusters);

EH_MUST_CHECK eh_status eh_audit_fill_layers(eh_context *ctx, const eh_audit_data *data, const eh_cells *cells, eh_audit *audit, eh_error *err);
EH_MUST_CHECK eh_status eh_audit_fill_pairs(eh_context *ctx, const eh_audit_data *data, eh_audit *audit, eh_error *err);
EH_MUST_CHECK eh_status eh_audit_fill_traps(eh_context *ctx, const eh_audit_data *data, const eh_cells *cells, eh_audit *audit, eh_error *err);
/** Pure: reads what the stages have filled. */
void eh_audit_decide(eh_audit *audit, const eh_audit_design *design);
#endif
