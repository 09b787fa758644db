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

double eh_beta_p(double x, double a, double b)
{
    if (!(a > 0 && b > 0) || isnan(x) || isinf(a) || isinf(b)) return NAN;
    return gsl_cdf_beta_P(x, a, b);
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
