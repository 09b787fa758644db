/*
 * Intervals of what was counted. The exact Poisson interval of a sum T: P(N >= T | low) = P(N <= T | high) = .025
 * (F. Garwood, Biometrika 28:437, 1936). Listed accounts come in groups, so counts of draws vary more than Poisson ones:
 * hence the hull with Student's interval. Wilson: E. B. Wilson, JASA 22:209, 1927.
 */
#include "evenhand/calibrate.h"

#include "base/rng.h"
#include "base/sort.h"

#include <math.h>

static const double tail = .025, z = 1.959963984540054;

/* P(N <= k), N ~ Poisson(mu). */
static double poisson_head(double mu, uint64_t k)
{
    if (mu <= 0) return 1;
    double sum = 0;
    for (uint64_t i = 0; i <= k; i++) sum += exp((double)i * log(mu) - mu - lgamma((double)i + 1));
    return sum < 1 ? sum : 1;
}

/* The mu at which P(N <= k) falls to p. */
static double mean_with_head(uint64_t k, double p)
{
    double low = 0, high = (double)k + 20 + 10 * sqrt((double)k);
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (poisson_head(middle, k) > p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* The 97.5 % point of Student's t: the expansion of R. A. Fisher & E. A. Cornish (Technometrics 2:209, 1960), first three terms. */
static double student(double df)
{
    double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
    return z + (z3 + z) / (4 * df) + (5 * z5 + 16 * z3 + 3 * z) / (96 * df * df) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * df * df * df);
}

eh_mean_count eh_mean_count_of(const uint64_t *counts, uint32_t n)
{
    uint64_t sum = 0;
    double squares = 0;
    for (uint32_t i = 0; i < n; i++) sum += counts[i];
    eh_mean_count out = {.mean = (double)sum / n};
    for (uint32_t i = 0; i < n; i++) squares += pow((double)counts[i] - out.mean, 2);
    out.low = sum ? mean_with_head(sum - 1, 1 - tail) / n : 0;
    out.high = mean_with_head(sum, tail) / n;
    double half = n > 1 ? student(n - 1.0) * sqrt(squares / (n - 1.0) / n) : 0;
    out.low = fmax(0, fmin(out.low, out.mean - half));
    out.high = fmax(out.high, out.mean + half);
    return out;
}

eh_mean_count eh_share_of(uint64_t k, uint64_t n)
{
    if (n == 0) return (eh_mean_count){(double)NAN, 0, 1};
    double share = (double)k / (double)n, z2 = z * z / (double)n;
    double middle = (share + z2 / 2) / (1 + z2), half = z / (1 + z2) * sqrt(share * (1 - share) / (double)n + z2 / (4 * (double)n));
    return (eh_mean_count){share, k ? fmax(0, middle - half) : 0, k < n ? fmin(1, middle + half) : 1};
}

eh_status eh_mean_share_of(eh_context *ctx, const double *shares, uint32_t n, eh_mean_count *out, eh_error *err)
{
    enum { n_resamples = 2000 };
    double sum = 0, *means = eh_alloc(ctx, n_resamples, sizeof *means, err);
    if (!means) return err ? err->status : EH_E_NOMEM;
    eh_rng rng = eh_rng_of(eh_context_seed(ctx), n);
    for (uint32_t i = 0; i < n; i++) sum += shares[i];
    for (int r = 0; r < n_resamples; r++) {
        for (uint32_t i = 0; i < n; i++) means[r] += shares[eh_rng_below(&rng, n)];
        means[r] /= n;
    }
    eh_status status = eh_sort(ctx, means, n_resamples, sizeof *means, eh_by_double, NULL, err);
    *out = (eh_mean_count){sum / n, means[(int)(tail * n_resamples)], means[n_resamples - 1 - (int)(tail * n_resamples)]};
    if (!(sum > 0)) out->high = eh_share_of(0, n).high;
    eh_free(ctx, means);
    return status;
}
