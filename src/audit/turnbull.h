/** @file turnbull.h  The NPMLE of a time known to lie in (left, right] only. */
#ifndef EH_AUDIT_TURNBULL_H
#define EH_AUDIT_TURNBULL_H

#include "base/alloc.h"

/**
 * S just at each row's ends: survival_left[i] = P(T > left[i]), survival_right[i] = P(T > right[i]) (0 at INFINITY).
 * Mass lies on the innermost intervals (a left end followed by a right end); EM, then steps of its square (SQUAREM), until
 * no mass moves by 1e-9.
 */
EH_MUST_CHECK eh_status eh_turnbull(eh_context *ctx, const double *left, const double *right, size_t n, double *survival_left,
                                    double *survival_right, uint64_t *n_iterations, eh_error *err);
#endif
