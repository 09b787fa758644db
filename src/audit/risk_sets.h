/** @file risk_sets.h  Who was at risk, and who had the event, at each event time of each stratum. */
#ifndef EH_AUDIT_RISK_SETS_H
#define EH_AUDIT_RISK_SETS_H

#include "base/alloc.h"
#include "evenhand/audit.h"

typedef struct eh_risk_set {
    double at_risk[2], events[2]; /* by side */
    double survival;              /* Kaplan-Meier of the stratum just before, both sides together */
} eh_risk_set;

/** Event times in order of (stratum, time); owned by the caller (eh_free). With entry < t <= exit an account is at risk at t. */
EH_MUST_CHECK eh_status eh_risk_sets_of(eh_context *ctx, const eh_at_risk *rows, size_t n, eh_risk_set **out, size_t *n_sets,
                                        eh_error *err);
#endif
