/* Networks as units: the permutation law against enumeration; its size on batch actions, where counting accounts fails. */
#include "audit/clusters.h"
#include "audit/verdict.h"
#include "audit_world.h"

static audit_world world;

static void clusters_of(eh_context *ctx, eh_clusters *out)
{
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_audit_clusters_of(ctx, &world.data, 0, 1, out, &err), err);
}

/* All C(8, 4) labellings: excess of each by CMH's own formula, and from it the exact p. */
static void agrees_with_all_labellings(void)
{
    static const audit_plan plan = {.n_networks = 4, .n_least = 3, .n_most = 12, .n_strata = 5, .odds_ratio = 2, .spread = 1};
    eh_context *ctx = audit_context(2);
    for (uint64_t trial = 0; trial < 20; trial++) {
        eh_error err = EH_ERROR_INIT;
        eh_clusters c;
        eh_cells cells[5];
        double observed, excess[70], mean = 0, square = 0, n_as_large = 0;
        int n = 0;
        audit_draw(&plan, 31, trial, &world);
        clusters_of(ctx, &c);
        eh_cluster_cells(&c, c.side, NULL, cells);
        observed = 0;
        for (int mask = 0; mask < 256; mask++) {
            uint8_t side[8];
            int n_a = 0;
            for (int g = 0; g < 8; g++) {
                side[g] = mask >> g & 1;
                n_a += !side[g];
            }
            if (n_a != 4) continue;
            eh_cluster_cells(&c, side, NULL, cells);
            excess[n] = 0;
            for (int k = 0; k < 5; k++) {
                double all = cells[k].a + cells[k].b + cells[k].c + cells[k].d;
                if (all > 0) excess[n] += cells[k].a - (cells[k].a + cells[k].b) * (cells[k].a + cells[k].c) / all;
            }
            mean += excess[n] / 70;
            if (memcmp(side, c.side, 8) == 0) observed = excess[n];
            n++;
        }
        CHECK_EQ_INT(n, 70);
        for (int i = 0; i < 70; i++) {
            square += (excess[i] - mean) * (excess[i] - mean) / 70;
            n_as_large += fabs(excess[i] - mean) >= fabs(observed - mean) - 1e-9;
        }
        eh_cluster_options options = eh_cluster_options_default();
        eh_cluster_test x;
        options.n_permutations = 20000;
        options.n_controls = 0;
        options.n_bootstrap = 99;
        CHECK_OK(eh_cluster_test_of(ctx, &c, &options, &x, &err), err);
        double p = n_as_large / 70;
        CHECK_NEAR(x.excess + 10, observed + 10, 1e-11);
        CHECK_NEAR(x.sd_permuted, sqrt(square), 1e-10);
        CHECK(fabs(x.p - p) < 5 * sqrt(p * (1 - p) / 20000) + 1e-4);
        eh_audit_clusters_release(ctx, &c);
    }
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

/* Units: a permutation stays within them, so a difference between units alone is no difference. */
static void permutes_within_units(void)
{
    eh_context *ctx = audit_context(1);
    eh_error err = EH_ERROR_INIT;
    eh_cluster_row rows[40];
    uint8_t side[40];
    uint32_t unit[40];
    /* Unit 0: 16 of A and 4 of B, all actioned; unit 1: 4 of A and 16 of B, none. One stratum. */
    for (uint32_t g = 0; g < 40; g++) {
        unit[g] = g / 20;
        side[g] = (g % 20 < 16) == (unit[g] == 0) ? 0 : 1;
        rows[g] = (eh_cluster_row){g, 0, unit[g] == 0 ? 5 : 0, unit[g] == 0 ? 0 : 5};
    }
    eh_clusters c = {.rows = rows, .n_rows = 40, .n_strata = 1, .n_networks = 40, .side = side};
    eh_cluster_options options = eh_cluster_options_default();
    eh_cluster_test x;
    options.n_permutations = 999;
    CHECK_OK(eh_cluster_test_of(ctx, &c, &options, &x, &err), err);
    CHECK(x.p < 0.01 && x.p_studentised < 0.01);
    c.unit = unit;
    CHECK_OK(eh_cluster_test_of(ctx, &c, &options, &x, &err), err);
    CHECK_NEAR(x.p, 1, 0);
    CHECK_NEAR(x.p_studentised, 1, 0);
    CHECK_NEAR(x.sd_permuted + 1, 1, 1e-9);
    for (uint32_t g = 0; g < 40; g++) side[g] = 0;
    CHECK_EQ_INT(eh_cluster_test_of(ctx, &c, &options, &x, &err), EH_E_STATISTICS);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

typedef struct tally {
    int n, n_naive, n_plain, n_both, n_covered, n_infinite;
    double controls, controls_naive;
} tally;

static tally measure(const audit_plan *plan, int n_trials, uint64_t seed)
{
    eh_context *ctx = audit_context(1);
    tally t = {0};
    for (int trial = 0; trial < n_trials; trial++) {
        eh_error err = EH_ERROR_INIT;
        eh_clusters c;
        eh_cluster_options options = eh_cluster_options_default();
        eh_cluster_test x;
        static eh_cells cells[32];
        audit_draw(plan, seed, (uint64_t)trial, &world);
        clusters_of(ctx, &c);
        options.n_permutations = 499;
        options.n_bootstrap = 299;
        options.n_controls = 20;
        options.seed = (uint64_t)trial;
        CHECK_OK(eh_cluster_test_of(ctx, &c, &options, &x, &err), err);
        eh_cluster_cells(&c, c.side, NULL, cells);
        t.n++;
        t.n_naive += eh_cmh_of(cells, c.n_strata, 0.95).p_corrected <= 0.05;
        t.n_plain += x.p <= 0.05;
        t.n_both += fmax(x.p, x.p_studentised) <= 0.05;
        t.n_covered += x.odds_ratio.low <= plan->odds_ratio && plan->odds_ratio <= x.odds_ratio.high;
        t.n_infinite += !isfinite(x.odds_ratio.high) || !(x.odds_ratio.low > 0);
        t.controls += x.n_controls_network / 20.0;
        t.controls_naive += x.n_controls_naive / 20.0;
        eh_audit_clusters_release(ctx, &c);
    }
    printf("%d audits: account-level %.3f, networks %.3f, both forms %.3f; relabelled %.3f (account-level %.3f); interval holds the truth %.3f\n", t.n,
           (double)t.n_naive / t.n, (double)t.n_plain / t.n, (double)t.n_both / t.n, t.controls / t.n, t.controls_naive / t.n, (double)t.n_covered / t.n);
    eh_context_free(ctx);
    return t;
}

/* Nobody is treated differently; networks are taken down as a whole. */
static void batch_actions_raise_no_alarm(void)
{
    static const audit_plan batch = {.n_networks = 20, .n_least = 5, .n_most = 60, .n_strata = 10, .odds_ratio = 1, .p_batch = 0.3};
    tally t = measure(&batch, 600, 41);
    CHECK(t.n_naive > 0.4 * t.n);                                 /* accounts as units: a false alarm as a rule */
    CHECK(t.n_plain > 0.025 * t.n && t.n_plain < 0.078 * t.n);    /* networks: the level, +- 3 SE */
    CHECK(t.n_both < 0.075 * t.n);
    CHECK(t.controls < 0.065 * t.n && t.controls_naive > 0.4 * t.n);
    CHECK(t.n_covered > 0.92 * t.n);
}

/* One side's networks are three times as large. */
static void unequal_sizes_raise_no_alarm(void)
{
    static const audit_plan unequal = {.n_networks = 15, .n_least = 5, .n_most = 20, .n_strata = 10, .odds_ratio = 1, .p_batch = 0.3, .size_ratio = 3};
    tally t = measure(&unequal, 600, 42);
    CHECK(t.n_both < 0.075 * t.n && t.n_covered > 0.9 * t.n);
}

static void finds_a_planted_ratio(void)
{
    static const audit_plan planted = {.n_networks = 30, .n_least = 10, .n_most = 40, .n_strata = 10, .odds_ratio = 2, .spread = 0.5};
    tally t = measure(&planted, 200, 43);
    CHECK(t.n_both > 0.8 * t.n && t.n_covered > 0.88 * t.n && t.n_infinite == 0);
}

CHECK_MAIN(agrees_with_all_labellings, permutes_within_units, batch_actions_raise_no_alarm, unequal_sizes_raise_no_alarm, finds_a_planted_ratio)
