/** @file exact_law.h  The law of S = sum of a over strata, given all margins: convolved, tilted, trimmed. */
#ifndef EH_AUDIT_EXACT_LAW_H
#define EH_AUDIT_EXACT_LAW_H

#include "base/alloc.h"
#include "evenhand/audit.h"

/** f[i] is the chance of S = first + i; sums to 1. */
typedef struct eh_law {
    double *f;
    size_t n;
    double first;
} eh_law;
void eh_law_release(eh_context *ctx, eh_law *law);

/** Mean and variance of S at exp(log_theta), stratum by stratum: no convolution. */
EH_MUST_CHECK eh_status eh_law_moments(eh_context *ctx, const eh_cells *strata, size_t n, double log_theta, double *mean,
                                       double *variance, eh_error *err);
/** The law of S at exp(log_theta). EH_E_LIMIT where it is too wide. */
EH_MUST_CHECK eh_status eh_law_of(eh_context *ctx, const eh_cells *strata, size_t n, double log_theta, eh_law *out,
                                  eh_error *err);
/** ln of sum_s w(s) exp(s log_theta) over the same at 0: what turns chances at one tilt into those at another. */
EH_MUST_CHECK eh_status eh_law_log_norm(eh_context *ctx, const eh_cells *strata, size_t n, double log_theta, double *log_norm,
                                        eh_error *err);
#endif
