/*
 * Does one odds ratio fit all strata?  With A_k the cell expected at OR_MH given the margins, V_k = 1/(1/A+1/B+1/C+1/D):
 *   Breslow-Day: sum (a-A)^2/V;  Tarone: less (sum (a-A))^2 / sum V;  both chi-square with K-1 df
 *   Woolf: sum w (ln OR_k - mean)^2, w = 1 / sum 1/cell, each cell + 1/2
 * Breslow & Day, IARC 32 (1980) 4.4; Tarone, Biometrika 72:91 (1985); Woolf, Ann. Hum. Genet. 19:251 (1955).
 */
#include "audit/laws.h"
#include "evenhand/audit.h"

#include <math.h>

/* The a with a d / (b c) = odds_ratio and these margins; the left side increases in a. */
static double expected_cell(double r1, double r2, double m1, double odds_ratio)
{
    double low = fmax(0, m1 - r2), high = fmin(r1, m1);
    for (int i = 0; i < 200; i++) {
        double a = low + (high - low) / 2;
        if (a <= low || a >= high) break;
        if (a * (r2 - m1 + a) < odds_ratio * (r1 - a) * (m1 - a)) low = a;
        else high = a;
    }
    return low + (high - low) / 2;
}

static void add_woolf(const eh_cells *t, double *sum_w, double *sum_wl, double *sum_wll)
{
    double a = t->a + 0.5, b = t->b + 0.5, c = t->c + 0.5, d = t->d + 0.5;
    double w = 1 / (1 / a + 1 / b + 1 / c + 1 / d), l = log(a) + log(d) - log(b) - log(c);
    *sum_w += w;
    *sum_wl += w * l;
    *sum_wll += w * l * l;
}

eh_homogeneity eh_homogeneity_of(const eh_cells *strata, size_t n, double odds_ratio)
{
    eh_homogeneity out = {0, NAN, NAN, NAN, NAN, NAN, NAN};
    double chi2 = 0, sum_gap = 0, sum_v = 0, w = 0, wl = 0, wll = 0;
    uint64_t n_informative = 0;
    bool has_ratio = odds_ratio > 0 && isfinite(odds_ratio);
    for (size_t k = 0; k < n; k++) {
        const eh_cells *t = &strata[k];
        if (!eh_cells_are_informative(t)) continue;
        n_informative++;
        add_woolf(t, &w, &wl, &wll);
        if (!has_ratio) continue;
        double r1 = t->a + t->b, r2 = t->c + t->d, m1 = t->a + t->c;
        double a = expected_cell(r1, r2, m1, odds_ratio), b = r1 - a, c = m1 - a, d = r2 - c;
        double v = 1 / (1 / a + 1 / b + 1 / c + 1 / d);
        chi2 += (t->a - a) * (t->a - a) / v;
        sum_gap += t->a - a;
        sum_v += v;
    }
    if (n_informative < 2) return out;
    out.df = n_informative - 1;
    out.woolf = fmax(wll - wl * wl / w, 0);
    out.p_woolf = eh_chi2_q(out.woolf, (double)out.df);
    if (!has_ratio) return out;
    out.breslow_day = chi2;
    out.tarone = fmax(chi2 - sum_gap * sum_gap / sum_v, 0);
    out.p_breslow_day = eh_chi2_q(out.breslow_day, (double)out.df);
    out.p_tarone = eh_chi2_q(out.tarone, (double)out.df);
    return out;
}
