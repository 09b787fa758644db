#include "signif/evalue.h"

#include <math.h>

static const double bets[4] = {3, 10, 30, 100};
enum { n_bets = 4, factors_per_log = 64 }; /* 100^64 is far from overflow */

double eh_log_sum_exp(const double *values, size_t n)
{
    double top = -INFINITY;
    for (size_t i = 0; i < n; i++)
        if (values[i] > top) top = values[i];
    if (!isfinite(top)) return top;
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += exp(values[i] - top);
    return top + log(sum);
}

double eh_log_add(double a, double b)
{
    double top = a > b ? a : b;
    return isfinite(top) ? top + log(exp(a - top) + exp(b - top)) : top;
}

double eh_log_evalue(const double *p, const uint8_t *x, size_t n)
{
    double log_e[n_bets];
    size_t n_hits = 0;
    for (size_t b = 0; b < n; b++) n_hits += x[b] != 0;
    for (int i = 0; i < n_bets; i++) {
        double cost = 0, factor = 1;
        for (size_t b = 0; b < n; b++) {
            factor *= 1 + (bets[i] - 1) * p[b];
            if (b % factors_per_log != factors_per_log - 1) continue;
            cost += log(factor);
            factor = 1;
        }
        cost += log(factor);
        log_e[i] = (double)n_hits * log(bets[i]) - cost;
    }
    return eh_log_sum_exp(log_e, n_bets) - log(n_bets);
}

double eh_log_evalue_ceiling(size_t n)
{
    double log_e[n_bets];
    for (int i = 0; i < n_bets; i++) log_e[i] = (double)n * log(bets[i]);
    return eh_log_sum_exp(log_e, n_bets) - log(n_bets);
}
