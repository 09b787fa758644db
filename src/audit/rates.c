/*
 * Intervals of a rate and of a difference of rates.
 *   Wilson:   (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)
 *   Jeffreys: quantiles of Beta(x + 1/2, n - x + 1/2); 0 for x = 0, 1 for x = n
 *   Clopper-Pearson: quantiles of Beta(x, n-x+1) and Beta(x+1, n-x)
 *   Newcombe: d - sqrt((p1-l1)^2 + (u2-p2)^2), d + sqrt((u1-p1)^2 + (p2-l2)^2) with Wilson's l and u
 */
#include "audit/laws.h"
#include "evenhand/audit.h"

#include <math.h>

static const eh_limits unknown = {NAN, NAN, NAN};

static bool is_share(double x, double n) { return n > 0 && x >= 0 && x <= n && isfinite(n); }

eh_limits eh_wilson(double x, double n, double level)
{
    if (!is_share(x, n)) return unknown;
    double p = x / n, z = eh_normal_z(level), zz = z * z / n;
    double centre = (p + zz / 2) / (1 + zz);
    double half = z * sqrt(p * (1 - p) / n + zz / n / 4) / (1 + zz);
    return (eh_limits){p, x > 0 ? fmax(centre - half, 0) : 0, x < n ? fmin(centre + half, 1) : 1};
}

eh_limits eh_jeffreys(double x, double n, double level)
{
    if (!is_share(x, n)) return unknown;
    double tail = (1 - level) / 2;
    return (eh_limits){x / n, x > 0 ? eh_beta_quantile(tail, x + 0.5, n - x + 0.5) : 0,
                       x < n ? eh_beta_quantile(1 - tail, x + 0.5, n - x + 0.5) : 1};
}

eh_limits eh_clopper_pearson(double x, double n, double level)
{
    if (!is_share(x, n)) return unknown;
    double tail = (1 - level) / 2;
    return (eh_limits){x / n, x > 0 ? eh_beta_quantile(tail, x, n - x + 1) : 0,
                       x < n ? eh_beta_quantile(1 - tail, x + 1, n - x) : 1};
}

eh_limits eh_newcombe(double x1, double n1, double x2, double n2, double level)
{
    if (!is_share(x1, n1) || !is_share(x2, n2)) return unknown;
    eh_limits a = eh_wilson(x1, n1, level), b = eh_wilson(x2, n2, level);
    double d = a.estimate - b.estimate;
    return (eh_limits){d, d - hypot(a.estimate - a.low, b.high - b.estimate), d + hypot(a.high - a.estimate, b.estimate - b.low)};
}
