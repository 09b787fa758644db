/** @file multiplicity.h  False-discovery control over m hypotheses of which n <= m came with a number. */
#ifndef EH_SIGNIF_MULTIPLICITY_H
#define EH_SIGNIF_MULTIPLICITY_H

#include "base/alloc.h"

/**
 * Adjusted values: hypothesis i is rejected at level q iff q_value[i] <= q.
 * @param[in] m  hypotheses tested, those without a number included (they count as p = 1, E = 0); m >= n
 * BH valid under independence or positive dependence (Benjamini & Hochberg, JRSS B 57:289, 1995);
 * e-BH under any dependence (Wang & Ramdas, JRSS B 84:822, 2022): q_(k) = min_{j>=k} m / (j E_(j)).
 */
EH_MUST_CHECK eh_status eh_bh(eh_context *ctx, const double *p, size_t n, double m, double *q_value, eh_error *err);
EH_MUST_CHECK eh_status eh_ebh(eh_context *ctx, const double *log_e, size_t n, double m, double *q_value, eh_error *err);
#endif
