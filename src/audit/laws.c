/* Normal, t, chi-square and beta laws: GSL behind guards. Quantiles of beta by bisection, to the last bits. */
#include "audit/laws.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double eh_normal_z(double level)
{
    if (!(level > 0 && level < 1)) return NAN;
    return gsl_cdf_ugaussian_Qinv((1 - level) / 2);
}

double eh_normal_p(double z) { return isnan(z) ? (double)NAN : gsl_cdf_ugaussian_P(z); }
double eh_normal_q(double z) { return isnan(z) ? (double)NAN : gsl_cdf_ugaussian_Q(z); }

double eh_student_t(double level, double df)
{
    if (!(level > 0 && level < 1) || !(df > 0)) return NAN;
    return df > 1e9 ? eh_normal_z(level) : gsl_cdf_tdist_Qinv((1 - level) / 2, df);
}

double eh_student_q(double t, double df)
{
    if (isnan(t) || !(df > 0)) return NAN;
    return df > 1e9 || isinf(t) ? eh_normal_q(t) : gsl_cdf_tdist_Q(t, df);
}

double eh_chi2_q(double x, double df)
{
    if (isnan(x) || !(df > 0)) return NAN;
    if (x <= 0) return 1;
    if (df <= 1 && df >= 1) return erfc(sqrt(x / 2));
    return x > 1e4 + 100 * df ? 0 : gsl_cdf_chisq_Q(x, df);
}

/* (1 - x^2 + 2 x ln x) / (1 - x)^2, by its series near 1. */
static double peizer_pratt_g(double x)
{
    double u = 1 - x;
    if (fabs(u) > 0.01) return (1 - x * x + 2 * x * log(x)) / (u * u);
    return u * (1.0 / 3 + u * (1.0 / 6 + u * (1.0 / 10 + u * (1.0 / 15 + u / 21))));
}

/* I_x(a, b) = P(Bin(a+b-1, x) >= a) by Peizer & Pratt, JASA 63:1416 (1968): the error falls like 1/n^2. */
static double large_beta_p(double x, double a, double b)
{
    double n = a + b - 1, s = a - 1, y = 1 - x;
    double d = s + 2.0 / 3 - (n + 1.0 / 3) * x + 0.02 * (y / (s + 1) - x / (n - s) + (y - 0.5) / (n + 1));
    double g = 1 + y * peizer_pratt_g((s + 0.5) / (n * x)) + x * peizer_pratt_g((n - s - 0.5) / (n * y));
    return eh_normal_q(d * sqrt(g / ((n + 1.0 / 6) * x * y)));
}

double eh_beta_p(double x, double a, double b)
{
    if (!(a > 0 && b > 0) || isnan(x) || isinf(a) || isinf(b)) return NAN;
    double p = gsl_cdf_beta_P(x, a, b); /* NaN where its continued fraction does not converge: millions, near the middle */
    return isnan(p) && a > 1000 && b > 1000 && x > 0 && x < 1 ? large_beta_p(x, a, b) : p;
}

double eh_beta_quantile(double p, double a, double b)
{
    double low = 0, high = 1;
    if (!(p >= 0 && p <= 1)) return NAN;
    for (int i = 0; i < 1200 && high - low > 1e-16 * high; i++) {
        double middle = low + (high - low) / 2, at = eh_beta_p(middle, a, b);
        if (isnan(at)) return NAN;
        if (middle <= low || middle >= high) break;
        if (at < p) low = middle;
        else high = middle;
    }
    return low + (high - low) / 2;
}
