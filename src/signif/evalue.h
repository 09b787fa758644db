/** @file evalue.h  E-values of a pair: a bet against chance whose mean is at most one under the null. */
#ifndef EH_SIGNIF_EVALUE_H
#define EH_SIGNIF_EVALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * log E, E = mean over r in {3, 10, 30, 100} of prod_B r^{X_B} / (1 + (r-1) p_B).
 *
 * E[E] <= 1 whenever P(X_B = 1 | the others) <= p_B, since each factor has mean (1 + (r-1) P) / (1 + (r-1) p_B).
 * @param[in] p  chance of a coincidence per block, [0, 1)
 * @param[in] x  whether there was one
 * @source Shafer, J. R. Stat. Soc. A 184:407, 2021 (betting); Wang & Ramdas, arXiv 2009.02824 (e-BH)
 */
double eh_log_evalue(const double *p, const uint8_t *x, size_t n);
/** The largest log E that n coincidences could reach, whatever their chances. */
double eh_log_evalue_ceiling(size_t n);

/** log(sum exp(values)) without overflow; -inf for n == 0. Order-dependent in the last bit: give sorted input. */
double eh_log_sum_exp(const double *values, size_t n);
/** log(exp(a) + exp(b)) without overflow. */
double eh_log_add(double a, double b);
#endif
