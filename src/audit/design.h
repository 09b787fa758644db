/** @file design.h  What a join measures of its own traps. */
#ifndef EH_AUDIT_DESIGN_H
#define EH_AUDIT_DESIGN_H

#include "audit/risk_table.h"

typedef struct eh_design_work {
    eh_context *ctx;
    const eh_risk_set *set;
    const eh_audit_spec *spec;
    const uint32_t *compare;
    const eh_asof *asof;             /* may be NULL: no names of accounts, so no outcomes */
    const eh_audit_options *options; /* of the plain audit */
    const eh_audit *base;            /* the plain audit, without a design */
} eh_design_work;

/** The audit with one thing changed; has_run stays false where a side has nobody then. lambda is left as it is. */
EH_MUST_CHECK eh_status eh_design_try(const eh_design_work *w, const eh_risk_view *view, eh_audit_try *out, eh_error *err);
EH_MUST_CHECK eh_status eh_design_reliability(eh_design_work *w, eh_audit_design *d, eh_error *err);
void eh_design_coverage(const eh_design_work *w, eh_audit_design *d);
EH_MUST_CHECK eh_status eh_design_outcome(const eh_design_work *w, const eh_outcome_list *outcomes, eh_audit_design *d, eh_error *err);
#endif
