/** @file tail.h  Exact upper tails: Poisson-binomial, and the Poisson screen that never lies below it. */
#ifndef EH_SIGNIF_TAIL_H
#define EH_SIGNIF_TAIL_H

#include <stddef.h>
#include <stdint.h>

/**
 * P(K >= k), K the number of successes among n independent trials with probabilities p[0..n).
 *
 * Method: absorbing dynamic programme, st[i] += st[i-1] p; st[k] absorbs. Only positive terms are added, so the
 * relative error is a few n ulp (measured <= 1e-13 against long double, down to 1e-300).  Cost: O(n k).
 * @param[in,out] scratch  room for k + 1 doubles; contents lost
 * @return 1 for k == 0, 0 for k > n
 */
double eh_poisson_binomial_tail(const double *p, size_t n, size_t k, double *scratch);

/**
 * P(K >= k), K ~ Poisson(mu), for k >= mu (below, 1 is returned: no screen).
 * An upper bound of the Poisson-binomial tail with mu = sum p when k >= mu + 1 (Hoeffding, Ann. Math. Stat. 27:713, 1956).
 * Method: pmf(k) times the ratio series 1 + mu/(k+1) + mu^2/((k+1)(k+2)) + ...; pmf by Loader's saddle-point form.
 */
double eh_poisson_tail(double mu, size_t k);
#endif
