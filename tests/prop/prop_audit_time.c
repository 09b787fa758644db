/* Log-rank and interval-censored scores against slow oracles, and their size on null data. */
#include "audit_data.h"
#include "audit/turnbull.h"
#include "base/rng.h"

/* Every event time against every row. */
static void slow_logrank(const eh_at_risk *rows, int n, double rho, double *excess, double *variance)
{
    *excess = *variance = 0;
    for (uint32_t stratum = 0; stratum < 3; stratum++) {
        double survival = 1;
        for (double t = 0; t <= 40; t++) { /* times are whole */
            double at_risk[2] = {0, 0}, events[2] = {0, 0};
            for (int i = 0; i < n; i++) {
                if (rows[i].stratum != stratum || !(rows[i].entry < t && t <= rows[i].exit)) continue;
                at_risk[rows[i].side]++;
                if (rows[i].is_event && !(rows[i].exit > t)) events[rows[i].side]++;
            }
            double m = at_risk[0] + at_risk[1], d = events[0] + events[1], w = rho > 0 ? pow(survival, rho) : 1;
            if (!(d > 0)) continue;
            *excess += w * (events[0] - d * at_risk[0] / m);
            if (m > 1) *variance += w * w * d * at_risk[0] * at_risk[1] * (m - d) / (m * m * (m - 1));
            survival *= 1 - d / m;
        }
    }
}

static int draw_rows(uint64_t trial, eh_at_risk *rows, double log_ratio)
{
    eh_rng rng = eh_rng_of(21, trial);
    int n = 60;
    for (int i = 0; i < n; i++) {
        double entry = eh_rng_below(&rng, 3) ? -1 : (double)eh_rng_below(&rng, 10), event, censored;
        uint8_t side = i % 2 ? 1 : 0;
        do { /* left truncation: who was actioned before entering is not in the data */
            event = ceil(12 * eh_rng_exponential(&rng) * exp(side ? log_ratio : 0));
            censored = ceil(30 * eh_rng_uniform(&rng)) + fmax(entry, 0);
        } while (!(fmin(event, censored) > entry));
        rows[i] = (eh_at_risk){entry, fmin(fmin(event, censored), 40), (uint32_t)(i % 3), side, event <= fmin(censored, 40)};
    }
    return n;
}

static void logrank_agrees_with_loops(void)
{
    eh_context *ctx = audit_context(1);
    for (uint64_t trial = 0; trial < 60; trial++) {
        eh_error err = EH_ERROR_INIT;
        eh_at_risk rows[60];
        double excess, variance, rho = trial % 3 ? (double)(trial % 3) / 2 : 0;
        eh_logrank x;
        int n = draw_rows(trial, rows, 0);
        slow_logrank(rows, n, rho, &excess, &variance);
        CHECK_OK(eh_logrank_of(ctx, rows, (size_t)n, rho, &x, &err), err);
        CHECK_NEAR(x.observed[0] - x.expected[0] + 100, excess + 100, 1e-12);
        CHECK_NEAR(x.variance, variance, 1e-11);
    }
    eh_context_free(ctx);
}

static void logrank_keeps_its_level(void)
{
    eh_context *ctx = audit_context(1);
    int n_null = 0, n_power = 0, n_trials = 1000;
    for (int trial = 0; trial < n_trials; trial++) {
        eh_error err = EH_ERROR_INIT;
        eh_at_risk rows[60];
        eh_logrank x;
        CHECK_OK(eh_logrank_of(ctx, rows, (size_t)draw_rows((uint64_t)trial + 1000, rows, 0), 0, &x, &err), err);
        n_null += x.p <= 0.05;
        CHECK_OK(eh_logrank_of(ctx, rows, (size_t)draw_rows((uint64_t)trial + 1000, rows, 1.2), 0, &x, &err), err);
        n_power += x.p <= 0.05;
    }
    printf("left-truncated log-rank: %d of %d under the null, %d with hazards 3.3 times as high\n", n_null, n_trials, n_power);
    CHECK(n_null < 0.08 * n_trials && n_null > 0.03 * n_trials && n_power > 0.8 * n_trials);
    eh_context_free(ctx);
}

/* Plain EM over all cells between distinct ends, a long time. */
static void slow_npmle(const double *left, const double *right, int n, const double *grid, int m, double *p)
{
    for (int j = 0; j < m; j++) p[j] = 1.0 / m; /* cell j: (grid[j], grid[j+1]] */
    for (int step = 0; step < 5000; step++) {
        double next[64] = {0};
        for (int i = 0; i < n; i++) {
            double mass = 0;
            for (int j = 0; j < m; j++) mass += left[i] <= grid[j] && grid[j + 1] <= right[i] ? p[j] : 0;
            for (int j = 0; j < m; j++)
                if (left[i] <= grid[j] && grid[j + 1] <= right[i]) next[j] += p[j] / mass / n;
        }
        memcpy(p, next, sizeof next);
    }
}

static double log_likelihood(const double *s_left, const double *s_right, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += log(s_left[i] - s_right[i]);
    return sum;
}

static void npmle_reaches_the_likelihood_of_plain_em(void)
{
    eh_context *ctx = audit_context(1);
    for (uint64_t trial = 0; trial < 10; trial++) {
        eh_rng rng = eh_rng_of(22, trial);
        eh_error err = EH_ERROR_INIT;
        enum { n = 25, m = 11 };
        double left[n], right[n], s_left[n], s_right[n], slow_left[n], slow_right[n], grid[m + 1], p[64];
        uint64_t n_iterations;
        for (int j = 0; j < m; j++) grid[j] = j;
        grid[m] = INFINITY;
        for (int i = 0; i < n; i++) {
            left[i] = (double)eh_rng_below(&rng, 8);
            right[i] = eh_rng_below(&rng, 3) ? left[i] + 1 + (double)eh_rng_below(&rng, 3) : (double)INFINITY;
        }
        CHECK_OK(eh_turnbull(ctx, left, right, n, s_left, s_right, &n_iterations, &err), err);
        slow_npmle(left, right, n, grid, m, p);
        for (int i = 0; i < n; i++) {
            slow_left[i] = slow_right[i] = 0;
            for (int j = 0; j < m; j++) {
                if (grid[j] >= left[i]) slow_left[i] += p[j];
                if (grid[j] >= right[i]) slow_right[i] += p[j];
            }
        }
        double fast = log_likelihood(s_left, s_right, n), slow = log_likelihood(slow_left, slow_right, n);
        CHECK(fast > slow - 1e-6 && fast < slow + 1e-3); /* as high as plain EM gets, and a proper law */
    }
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static int draw_seen(uint64_t trial, eh_seen *rows, double factor, bool is_seldom)
{
    eh_rng rng = eh_rng_of(23, trial);
    for (int i = 0; i < 80; i++) {
        uint8_t side = i % 2 ? 1 : 0;
        double event = 10 * eh_rng_exponential(&rng) / (side ? 1 : factor), step = is_seldom && side ? 9 : 3, last = 0, gone = INFINITY;
        for (double look = step * eh_rng_uniform(&rng); look < 25; look += step * (0.5 + eh_rng_uniform(&rng))) {
            if (look >= event) {
                gone = look;
                break;
            }
            last = look;
        }
        rows[i] = (eh_seen){last, gone, (uint32_t)(i / 2 % 2), side};
    }
    return 80;
}

static void interval_scores_keep_their_level(void)
{
    eh_context *ctx = audit_context(1);
    int n_null = 0, n_power = 0, n_trials = 400;
    for (int trial = 0; trial < n_trials; trial++) {
        eh_error err = EH_ERROR_INIT;
        eh_seen rows[80];
        double scores[80], sum = 0;
        eh_interval_rank x;
        CHECK_OK(eh_interval_rank_of(ctx, rows, (size_t)draw_seen((uint64_t)trial, rows, 1, false), scores, &x, &err), err);
        for (int i = 0; i < 80; i++) sum += rows[i].side == 0 ? scores[i] : 0;
        CHECK_NEAR(sum + 100, x.excess + 100, 1e-10);
        n_null += x.p <= 0.05;
        CHECK_OK(eh_interval_rank_of(ctx, rows, (size_t)draw_seen((uint64_t)trial, rows, 2.5, false), NULL, &x, &err), err);
        n_power += x.p <= 0.05 && x.excess > 0;
    }
    printf("interval-censored: %d of %d under the null, %d with hazards 2.5 times as high\n", n_null, n_trials, n_power);
    CHECK(n_null < 0.08 * n_trials && n_null > 0.02 * n_trials && n_power > 0.8 * n_trials);
    eh_context_free(ctx);
}

/* With looks so dense that times are known, the scores are the log-rank's O - E. */
static void dense_looks_give_the_logrank(void)
{
    eh_context *ctx = audit_context(1);
    eh_error err = EH_ERROR_INIT;
    eh_seen seen[200];
    eh_at_risk known[200];
    eh_rng rng = eh_rng_of(24, 0);
    for (int i = 0; i < 200; i++) {
        double t = 0.001 + eh_rng_exponential(&rng) * (i % 2 ? 1 : 0.6);
        bool is_event = t < 1.2;
        known[i] = (eh_at_risk){-1, is_event ? t : 1.2, 0, (uint8_t)(i % 2), is_event};
        seen[i] = (eh_seen){is_event ? t - 1e-9 : 1.2, is_event ? t : (double)INFINITY, 0, (uint8_t)(i % 2)};
    }
    eh_interval_rank x;
    eh_logrank y;
    CHECK_OK(eh_interval_rank_of(ctx, seen, 200, NULL, &x, &err), err);
    CHECK_OK(eh_logrank_of(ctx, known, 200, 0, &y, &err), err);
    CHECK_NEAR(x.excess, y.observed[0] - y.expected[0], 0.01);
    CHECK_NEAR(x.chi2, y.chi2, 0.1);
    eh_seen bad[3] = {{3, 3, 0, 0}, {-1, 2, 0, 0}, {NAN, 2, 0, 0}};
    for (int i = 0; i < 3; i++) CHECK_EQ_INT(eh_interval_rank_of(ctx, &bad[i], 1, NULL, &x, &err), EH_E_INVALID);
    eh_at_risk worse[2] = {{3, 3, 0, 0, true}, {0, NAN, 0, 0, true}};
    for (int i = 0; i < 2; i++) CHECK_EQ_INT(eh_logrank_of(ctx, &worse[i], 1, 0, &y, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_logrank_of(ctx, known, 0, 0, &y, &err), EH_E_STATISTICS);
    CHECK_EQ_INT(eh_interval_rank_of(ctx, seen, 0, NULL, &x, &err), EH_E_STATISTICS);
    eh_context_free(ctx);
}

CHECK_MAIN(logrank_agrees_with_loops, logrank_keeps_its_level, npmle_reaches_the_likelihood_of_plain_em, interval_scores_keep_their_level,
           dense_looks_give_the_logrank)
