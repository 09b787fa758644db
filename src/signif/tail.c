/*
 * Tails. References: W. Hoeffding, On the distribution of the number of successes in independent trials,
 * Ann. Math. Stat. 27 (1956) 713; C. Loader, Fast and accurate computation of binomial probabilities (2000).
 */
#include "signif/tail.h"

#include <math.h>

double eh_poisson_binomial_tail(const double *p, size_t n, size_t k, double *scratch)
{
    if (k == 0) return 1;
    if (k > n) return 0;
    double *state = scratch;
    state[0] = 1;
    for (size_t i = 1; i <= k; i++) state[i] = 0;
    for (size_t t = 0; t < n; t++) {
        double success = p[t], failure = 1 - p[t];
        state[k] += state[k - 1] * success;
        /* After t trials at most t successes: higher states are still empty. */
        for (size_t i = t + 1 < k - 1 ? t + 1 : k - 1; i > 0; i--)
            state[i] = state[i] * failure + state[i - 1] * success;
        state[0] *= failure;
    }
    return state[k] < 1 ? state[k] : 1;
}

/* log(n!) - Stirling's approximation: table for small n, series beyond. */
static double stirling_error(double n)
{
    static const double exact[16] = {
        0.0, 0.081061466795327258219670264, 0.041340695955409294093822081, 0.0276779256849983391487892927,
        0.020790672103765093111522771, 0.0166446911898211921631948653, 0.013876128823070747998745727,
        0.0118967099458917700950557241, 0.010411265261972096497478567, 0.0092554621827127329177286366,
        0.008330563433362871256469318, 0.0075736754879518407949720242, 0.006942840107209529865664152,
        0.0064089941880042070684396310, 0.005951370112758847735624416, 0.0055547335519628013710386899};
    if (n < 16) return exact[(int)n];
    double nn = n * n;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / nn) / nn) / nn) / nn) / n;
}

/* x log(x/mu) + mu - x, without cancellation where x is close to mu. */
static double deviance(double x, double mu)
{
    if (fabs(x - mu) < 0.1 * (x + mu)) {
        double v = (x - mu) / (x + mu), s = (x - mu) * v, term = 2 * x * v;
        for (int j = 1; j < 1000; j++) {
            term *= v * v;
            double next = s + term / (2 * j + 1);
            if (next == s) return s;
            s = next;
        }
        return s;
    }
    return x * log(x / mu) + mu - x;
}

double eh_poisson_tail(double mu, size_t k)
{
    double x = (double)k;
    if (k == 0 || x <= mu) return 1;
    if (mu <= 0) return 0;
    double two_pi_x = 2 * 3.14159265358979323846 * x;
    double pmf = exp(-stirling_error(x) - deviance(x, mu)) / sqrt(two_pi_x);
    double sum = 1, term = 1;
    for (double i = x + 1; term > sum * 1e-17; i++) {
        term *= mu / i;
        sum += term;
    }
    double tail = pmf * sum;
    return tail < 1 ? tail : 1;
}
