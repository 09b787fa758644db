/* Tails, e-values and multiplicity against slow independent oracles in long double. */
#include "base/rng.h"
#include "check.h"
#include "signif/evalue.h"
#include "signif/multiplicity.h"
#include "signif/tail.h"

#include <float.h>

enum { most_trials = 400 };

/* The whole distribution, added up from the smallest term. */
static long double oracle_tail(const double *p, size_t n, size_t k)
{
    static long double f[most_trials + 2];
    f[0] = 1;
    for (size_t i = 1; i <= n; i++) f[i] = 0;
    for (size_t t = 0; t < n; t++) {
        for (size_t i = t + 1; i > 0; i--) f[i] = f[i] * (1 - (long double)p[t]) + f[i - 1] * (long double)p[t];
        f[0] *= 1 - (long double)p[t];
    }
    long double sum = 0;
    for (size_t i = n + 1; i-- > k;) sum += f[i];
    return sum;
}

static void draw(eh_rng *rng, double *p, size_t n)
{
    double scale = pow(10, -4 * eh_rng_uniform(rng));
    for (size_t i = 0; i < n; i++) p[i] = scale * eh_rng_uniform(rng);
}

static void exact_tail_matches_long_double(void)
{
    eh_rng rng = eh_rng_of(11, 0);
    static double p[most_trials], scratch[most_trials + 2];
    int n_deep = 0;
    for (int round = 0; round < 600; round++) {
        size_t n = 1 + eh_rng_below(&rng, most_trials), k = eh_rng_below(&rng, n + 1);
        draw(&rng, p, n);
        long double truth = oracle_tail(p, n, k);
        if (truth < 1e-300L) continue;
        n_deep += truth < 1e-200L;
        CHECK_NEAR(eh_poisson_binomial_tail(p, n, k, scratch), (double)truth, 1e-12);
    }
    CHECK(n_deep > 5);
}

static void deep_tail_has_a_closed_form(void)
{
    double p[100], scratch[101];
    for (int i = 0; i < 100; i++) p[i] = 1e-3;
    CHECK_NEAR(eh_poisson_binomial_tail(p, 100, 100, scratch), 1e-300, 1e-12);
    CHECK_NEAR(eh_poisson_binomial_tail(p, 3, 2, scratch), 3 * 1e-6 * (1 - 1e-3) + 1e-9, 1e-14);
    CHECK(eh_poisson_binomial_tail(p, 3, 0, scratch) == 1);
    CHECK(eh_poisson_binomial_tail(p, 3, 4, scratch) == 0);
}

static void poisson_tail_matches_long_double(void)
{
    eh_rng rng = eh_rng_of(12, 0);
    for (int round = 0; round < 500; round++) {
        double mu = pow(10, 4 * eh_rng_uniform(&rng) - 3);
        size_t k = (size_t)ceil(mu) + 1 + eh_rng_below(&rng, 150);
        long double log_term = -(long double)mu, sum = 0;
        for (size_t i = 1; i <= k; i++) log_term += logl((long double)mu) - logl((long double)i);
        long double term = expl(log_term);
        for (size_t i = k + 1; term > 0 && term > sum * 1e-22L; i++) {
            sum += term;
            term *= (long double)mu / (long double)i;
        }
        if (sum < 1e-300L) continue;
        CHECK_NEAR(eh_poisson_tail(mu, k), (double)sum, 1e-12);
    }
}

static void screen_is_never_below_the_exact_tail(void)
{
    eh_rng rng = eh_rng_of(13, 0);
    static double p[most_trials], scratch[most_trials + 2];
    for (int round = 0; round < 3000; round++) {
        size_t n = 1 + eh_rng_below(&rng, 200);
        draw(&rng, p, n);
        double mu = 0;
        for (size_t i = 0; i < n; i++) mu += p[i];
        for (size_t k = (size_t)ceil(mu + 1); k <= n && k < (size_t)mu + 40; k++)
            CHECK(eh_poisson_tail(mu, k) >= eh_poisson_binomial_tail(p, n, k, scratch) * (1 - 1e-12));
    }
}

static void mean_evalue_is_at_most_one(void)
{
    eh_rng rng = eh_rng_of(14, 0);
    for (int setting = 0; setting < 12; setting++) {
        double p[40], sum = 0, sum_squares = 0;
        uint8_t x[40];
        size_t n = 1 + eh_rng_below(&rng, 12);
        for (size_t i = 0; i < n; i++) p[i] = 0.02 + 0.3 * eh_rng_uniform(&rng);
        const int n_draws = 200000;
        for (int d = 0; d < n_draws; d++) {
            for (size_t i = 0; i < n; i++) x[i] = eh_rng_uniform(&rng) < p[i];
            double e = exp(eh_log_evalue(p, x, n));
            sum += e;
            sum_squares += e * e;
        }
        double mean = sum / n_draws, se = sqrt((sum_squares / n_draws - mean * mean) / n_draws);
        CHECK(mean <= 1 + 3 * se);
        CHECK(mean > 0.2); /* a bet that never pays would pass the line above */
    }
}

static void evalue_is_the_mean_over_bets(void)
{
    double p[3] = {.1, .2, .05}, sum = 0, r[4] = {3, 10, 30, 100};
    uint8_t x[3] = {1, 0, 1};
    for (int i = 0; i < 4; i++) {
        double e = 1;
        for (int b = 0; b < 3; b++) e *= (x[b] ? r[i] : 1) / (1 + (r[i] - 1) * p[b]);
        sum += e / 4;
    }
    CHECK_NEAR(eh_log_evalue(p, x, 3), log(sum), 1e-13);
    CHECK_NEAR(eh_log_evalue_ceiling(2), log((9.0 + 100 + 900 + 10000) / 4), 1e-13);
}

static void procedures_match_their_definitions(void)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    eh_rng rng = eh_rng_of(15, 0);
    for (int round = 0; round < 200; round++) {
        size_t n = 1 + eh_rng_below(&rng, 60);
        double p[60], log_e[60], q_bh[60], q_ebh[60], m = (double)n * (1 + 3 * eh_rng_uniform(&rng));
        for (size_t i = 0; i < n; i++) {
            p[i] = pow(10, -6 * eh_rng_uniform(&rng));
            log_e[i] = 14 * eh_rng_uniform(&rng) - 2;
            if (i && eh_rng_uniform(&rng) < .2) p[i] = p[i - 1], log_e[i] = log_e[i - 1]; /* ties */
        }
        CHECK_OK(eh_bh(ctx, p, n, m, q_bh, &err), err);
        CHECK_OK(eh_ebh(ctx, log_e, n, m, q_ebh, &err), err);
        for (size_t i = 0; i < n; i++) { /* min over thresholds that reject i of m * threshold / rejections */
            double least_bh = 1, least_ebh = 1;
            for (size_t j = 0; j < n; j++) {
                double k_bh = 0, k_ebh = 0;
                for (size_t l = 0; l < n; l++) k_bh += p[l] <= p[j], k_ebh += log_e[l] >= log_e[j];
                if (p[j] >= p[i]) least_bh = fmin(least_bh, m * p[j] / k_bh);
                if (log_e[j] <= log_e[i]) least_ebh = fmin(least_ebh, m / (k_ebh * exp(log_e[j])));
            }
            CHECK_NEAR(q_bh[i], least_bh, 1e-12);
            CHECK_NEAR(q_ebh[i], least_ebh, 1e-12);
        }
    }
    eh_context_free(ctx);
}

CHECK_MAIN(exact_tail_matches_long_double, deep_tail_has_a_closed_form, poisson_tail_matches_long_double,
           screen_is_never_below_the_exact_tail, mean_evalue_is_at_most_one, evalue_is_the_mean_over_bets,
           procedures_match_their_definitions)
