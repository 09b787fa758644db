/*
 * Cochran-Mantel-Haenszel over 2 x 2 x K.  Per stratum, with margins r1 = a+b, r2 = c+d, m1 = a+c, m2 = b+d, total n:
 *   E = r1 m1 / n,  V = r1 r2 m1 m2 / (n^2 (n-1))
 *   X^2 = (|sum(a-E)| - delta)^2 / sum V, delta = 0, or min(1/2, |sum(a-E)|) when corrected
 *   OR_MH = R/S, R = sum ad/n, S = sum bc/n
 *   var ln OR = sum PR_k/2R^2 + sum (PS_k + QR_k)/2RS + sum QS_k/2S^2, P = (a+d)/n, Q = (b+c)/n
 * Mantel & Haenszel, JNCI 22:719 (1959); Robins, Breslow & Greenland, Biometrics 42:311 (1986).
 * All in double: n^2 (n-1) overflows 32-bit integers from n = 1291.
 */
#include "audit/laws.h"
#include "evenhand/audit.h"

#include <math.h>

bool eh_cells_are_informative(const eh_cells *t)
{
    return t->a + t->b > 0 && t->c + t->d > 0 && t->a + t->c > 0 && t->b + t->d > 0;
}

static double ratio(double above, double below) { return below > 0 ? above / below : above > 0 ? (double)INFINITY : (double)NAN; }

eh_cmh eh_cmh_of(const eh_cells *strata, size_t n_strata, double level)
{
    eh_cmh out = {.n_strata = n_strata};
    eh_cells sum = {0, 0, 0, 0};
    double r = 0, s = 0, pr = 0, ps_qr = 0, qs = 0;
    for (size_t k = 0; k < n_strata; k++) {
        const eh_cells *t = &strata[k];
        sum = (eh_cells){sum.a + t->a, sum.b + t->b, sum.c + t->c, sum.d + t->d};
        if (!eh_cells_are_informative(t)) continue;
        double r1 = t->a + t->b, r2 = t->c + t->d, m1 = t->a + t->c, m2 = t->b + t->d, n = r1 + r2;
        double p = (t->a + t->d) / n, q = (t->b + t->c) / n, rk = t->a * t->d / n, sk = t->b * t->c / n;
        out.n_informative++;
        out.excess += t->a - r1 * m1 / n;
        out.variance += r1 / n * (r2 / n) * m1 * (m2 / (n - 1));
        r += rk, s += sk, pr += p * rk, ps_qr += p * sk + q * rk, qs += q * sk;
    }
    double size = fabs(out.excess), corrected = size - fmin(0.5, size);
    out.chi2 = out.variance > 0 ? size * size / out.variance : (double)NAN;
    out.chi2_corrected = out.variance > 0 ? corrected * corrected / out.variance : (double)NAN;
    out.p = eh_chi2_q(out.chi2, 1);
    out.p_corrected = eh_chi2_q(out.chi2_corrected, 1);
    out.pooled_odds_ratio = ratio(sum.a * sum.d, sum.b * sum.c);
    double odds_ratio = ratio(r, s);
    out.se_log = r > 0 && s > 0 ? sqrt(pr / (2 * r * r) + ps_qr / (2 * r * s) + qs / (2 * s * s)) : (double)NAN;
    double factor = exp(eh_normal_z(level) * out.se_log);
    out.odds_ratio = (eh_limits){odds_ratio, odds_ratio / factor, odds_ratio * factor};
    return out;
}
