/* The exact law against full enumeration of tables, in long double, on random small strata. */
#include "audit_data.h"
#include "base/rng.h"

enum { most_sum = 400 };

static long double choose(int n, int k)
{
    long double c = 1;
    for (int i = 0; i < k; i++) c = c * (n - i) / (i + 1);
    return c;
}

/* w[s]: number of ways, over all strata, to have S = s. Every table of every stratum is visited. */
static int enumerate(const eh_cells *strata, int n, long double *w)
{
    int reach = 0;
    memset(w, 0, most_sum * sizeof *w);
    w[0] = 1;
    for (int k = 0; k < n; k++) {
        long double next[most_sum] = {0};
        int r1 = (int)(strata[k].a + strata[k].b), r2 = (int)(strata[k].c + strata[k].d), m1 = (int)(strata[k].a + strata[k].c);
        for (int a = 0; a <= r1; a++) {
            if (m1 - a < 0 || m1 - a > r2) continue;
            for (int s = 0; s <= reach; s++) next[s + a] += w[s] * choose(r1, a) * choose(r2, m1 - a);
        }
        reach += r1 < m1 ? r1 : m1;
        memcpy(w, next, most_sum * sizeof *w);
    }
    return reach;
}

static long double tail(const long double *w, int reach, int s, double theta, bool is_upper)
{
    long double all = 0, part = 0;
    for (int i = 0; i <= reach; i++) {
        if (w[i] <= 0) continue;
        long double x = w[i] * expl((i - s) * logl((long double)theta));
        all += x;
        if (is_upper ? i >= s : i <= s) part += x;
    }
    return part / all;
}

static long double mean(const long double *w, int reach, double theta)
{
    long double all = 0, sum = 0;
    for (int i = 0; i <= reach; i++) {
        if (w[i] <= 0) continue;
        long double x = w[i] * powl((long double)theta, i);
        all += x;
        sum += i * x;
    }
    return sum / all;
}

static eh_cells draw(eh_rng *rng, int most)
{
    eh_cells t = {(double)eh_rng_below(rng, (uint64_t)most), (double)eh_rng_below(rng, (uint64_t)most), (double)eh_rng_below(rng, (uint64_t)most),
                  (double)eh_rng_below(rng, (uint64_t)most)};
    return t;
}

static void agrees_with_enumeration(void)
{
    eh_context *ctx = audit_context(1);
    int n_checked = 0, n_at_edge = 0;
    for (uint64_t trial = 0; trial < 400; trial++) {
        eh_rng rng = eh_rng_of(11, trial);
        eh_error err = EH_ERROR_INIT;
        eh_cells strata[5];
        long double w[most_sum], same = 0, all = 0;
        eh_exact x;
        int n = 1 + (int)eh_rng_below(&rng, 5), s = 0;
        for (int k = 0; k < n; k++) {
            strata[k] = draw(&rng, trial % 2 ? 6 : 15);
            s += (int)strata[k].a;
        }
        eh_status status = eh_exact_of(ctx, strata, (size_t)n, 0.95, &x, &err);
        if (status == EH_E_STATISTICS) continue;
        CHECK_OK(status, err);
        int reach = enumerate(strata, n, w);
        for (int i = 0; i <= reach; i++) {
            all += w[i];
            if (w[i] <= w[s] * (1 + 1e-7L)) same += w[i];
        }
        CHECK_NEAR(x.s, s, 0);
        CHECK_NEAR(x.p_two_sided, (double)(same / all), 1e-11);
        CHECK_NEAR(x.p_greater, (double)tail(w, reach, s, 1, true), 1e-11);
        CHECK_NEAR(x.p_less, (double)tail(w, reach, s, 1, false), 1e-11);
        if (x.odds_ratio.estimate > 0 && isfinite(x.odds_ratio.estimate)) CHECK_NEAR((double)mean(w, reach, x.odds_ratio.estimate), s, 1e-10);
        else n_at_edge++;
        if (x.odds_ratio.low > 0) {
            CHECK_NEAR((double)tail(w, reach, s, x.odds_ratio.low, true), 0.025, 1e-9);
            CHECK_NEAR((double)tail(w, reach, s, x.low_one_sided, true), 0.05, 1e-9);
        }
        if (isfinite(x.odds_ratio.high)) CHECK_NEAR((double)tail(w, reach, s, x.odds_ratio.high, false), 0.025, 1e-9);
        CHECK((x.odds_ratio.low > 0) == (x.s > x.s_least) && isfinite(x.odds_ratio.high) == (x.s < x.s_most));
        n_checked++;
    }
    CHECK(n_checked > 300 && n_at_edge > 10);
    eh_context_free(ctx);
}

/* A tail far below the smallest double, against lgamma sums in long double: one stratum, so that the tail is a plain sum. */
static void keeps_digits_in_far_tails(void)
{
    eh_context *ctx = audit_context(1);
    static const eh_cells tables[3] = {{180, 20, 60, 140}, {400, 100, 150, 350}, {20, 480, 130, 370}};
    for (int t = 0; t < 3; t++) {
        eh_error err = EH_ERROR_INIT;
        const eh_cells *c = &tables[t];
        eh_exact x;
        long double r1 = (long double)(c->a + c->b), r2 = (long double)(c->c + c->d), m1 = (long double)(c->a + c->c), less = 0, greater = 0;
        CHECK_OK(eh_exact_of(ctx, c, 1, 0.95, &x, &err), err);
        for (long double a = 0; a <= m1; a++) {
            if (a > r1 || m1 - a > r2) continue;
            long double f = expl(lgammal(r1 + 1) - lgammal(a + 1) - lgammal(r1 - a + 1) + lgammal(r2 + 1) - lgammal(m1 - a + 1) - lgammal(r2 - m1 + a + 1) -
                                 lgammal(r1 + r2 + 1) + lgammal(m1 + 1) + lgammal(r1 + r2 - m1 + 1));
            if (a <= (long double)c->a) less += f;
            if (a >= (long double)c->a) greater += f;
        }
        bool is_upper = x.odds_ratio.estimate > 1;
        CHECK_NEAR(is_upper ? x.p_greater : x.p_less, (double)(is_upper ? greater : less), 1e-10);
        CHECK((is_upper ? x.p_greater : x.p_less) < 1e-20);
    }
    eh_context_free(ctx);
}

/* Conditional coverage: of tables drawn at a true odds ratio, the 95 % interval holds it at least 95 % of the time. */
static void covers(void)
{
    eh_context *ctx = audit_context(1);
    int n_missed = 0, n_rejected = 0, n = 0;
    for (uint64_t trial = 0; trial < 2000; trial++) {
        eh_rng rng = eh_rng_of(12, trial);
        eh_error err = EH_ERROR_INIT;
        eh_cells strata[4] = {0};
        eh_exact x;
        for (int k = 0; k < 4; k++) {
            double odds[2] = {2 * (0.3 + 0.2 * k), 0.3 + 0.2 * k}; /* truth: 2 */
            for (int i = 0; i < 24; i++) {
                bool is_actioned = eh_rng_uniform(&rng) < odds[i % 2] / (1 + odds[i % 2]);
                if (i % 2) strata[k].c += is_actioned, strata[k].d += !is_actioned;
                else strata[k].a += is_actioned, strata[k].b += !is_actioned;
            }
        }
        if (eh_exact_of(ctx, strata, 4, 0.95, &x, &err) != EH_OK) continue;
        n++;
        n_missed += x.odds_ratio.low > 2 || x.odds_ratio.high < 2;
        n_rejected += x.p_two_sided <= 0.05;
    }
    printf("missed %d of %d, power %d\n", n_missed, n, n_rejected);
    CHECK(n > 1990 && n_missed < 0.05 * n + 2 * sqrt(0.05 * 0.95 * n) && n_rejected > n / 5);
    eh_context_free(ctx);
}

CHECK_MAIN(agrees_with_enumeration, keeps_digits_in_far_tails, covers)
