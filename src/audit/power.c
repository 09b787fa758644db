/*
 * Power of the CMH test for planned strata, and the smallest odds ratio found with a given power.
 *   p1 from the odds ratio and p0; m = n1 p1 + n0 p0; D = sum (n1 p1 - n1 m/N); V0 = sum n1 n0 m (N-m) / (N^2 (N-1))
 *   V1 = sum (n0/N)^2 n1 p1 (1-p1) + (n1/N)^2 n0 p0 (1-p0);  power = Phi((|D| - z sqrt V0) / sqrt V1)
 * With networks both variances are multiplied by the design effect. After Wittes & Wallenstein, JASA 82:1104 (1987).
 */
#include "audit/laws.h"
#include "evenhand/audit.h"

#include <math.h>

double eh_cmh_power(const eh_plan *plan, size_t n, double odds_ratio, double alpha, double design_effect)
{
    double gap = 0, v0 = 0, v1 = 0;
    if (!(odds_ratio > 0) || !(alpha > 0 && alpha < 1) || !(design_effect > 0)) return NAN;
    for (size_t k = 0; k < n; k++) {
        double n1 = plan[k].n_a, n0 = plan[k].n_b, p0 = plan[k].p_b, total = n1 + n0;
        if (!(n1 > 0 && n0 > 0 && p0 > 0 && p0 < 1)) continue;
        double odds = p0 / (1 - p0) * odds_ratio, p1 = odds / (1 + odds), m = n1 * p1 + n0 * p0;
        gap += n1 * p1 - n1 * (m / total);
        if (total > 1) v0 += n1 / total * (n0 / total) * m * ((total - m) / (total - 1));
        v1 += n0 / total * (n0 / total) * n1 * p1 * (1 - p1) + n1 / total * (n1 / total) * n0 * p0 * (1 - p0);
    }
    if (!(v1 > 0)) return NAN;
    return eh_normal_p((fabs(gap) - eh_normal_z(1 - alpha) * sqrt(v0 * design_effect)) / sqrt(v1 * design_effect));
}

double eh_detectable(const eh_plan *plan, size_t n, double power, double alpha, double design_effect)
{
    double low = 0, high = log(1e6);
    if (!(eh_cmh_power(plan, n, 1e6, alpha, design_effect) >= power)) return INFINITY;
    for (int i = 0; i < 100; i++) {
        double middle = low + (high - low) / 2;
        if (eh_cmh_power(plan, n, exp(middle), alpha, design_effect) < power) low = middle;
        else high = middle;
    }
    return exp(high);
}

double eh_two_rates_power(double n, double p1, double p2, double alpha)
{
    double pooled = (p1 + p2) * (1 - (p1 + p2) / 2);
    return eh_normal_p((sqrt(n) * fabs(p1 - p2) - eh_normal_z(1 - alpha) * sqrt(pooled)) / sqrt(p1 * (1 - p1) + p2 * (1 - p2)));
}

double eh_two_rates_n(double power, double p1, double p2, double alpha)
{
    if (!(power > 0.5 && power < 1)) return NAN; /* below, the sign of the quantile would turn */
    double pooled = (p1 + p2) * (1 - (p1 + p2) / 2), z = eh_normal_z(2 * power - 1);
    double root = (z * sqrt(p1 * (1 - p1) + p2 * (1 - p2)) + eh_normal_z(1 - alpha) * sqrt(pooled)) / fabs(p1 - p2);
    return root * root;
}
