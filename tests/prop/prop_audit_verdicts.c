/* What whole audits answer in worlds whose truth is known. AUDIT_TRIALS=1000 for the numbers of docs/methods/audit.md. */
#include "audit_world.h"

static audit_world world;

typedef struct answers {
    int n, n_disparity, n_right, n_parity, n_inconclusive, n_naive;
    int n_because[EH_N_AUDIT_REASONS];
} answers;

static int n_trials(void)
{
    const char *text = getenv("AUDIT_TRIALS");
    return text ? (int)strtol(text, NULL, 10) : 100;
}

static answers ask(const char *name, const audit_plan *plan, uint64_t seed, double margin)
{
    eh_context *ctx = audit_context(1);
    answers all = {0};
    for (int trial = 0; trial < n_trials(); trial++) {
        eh_error err = EH_ERROR_INIT;
        eh_audit_options options = eh_audit_options_default();
        eh_audit *audit;
        options.margin = margin;
        options.clusters.n_permutations = 499;
        options.clusters.n_bootstrap = 499;
        options.clusters.n_controls = 60;
        options.clusters.seed = (uint64_t)trial;
        audit_draw(plan, seed, (uint64_t)trial, &world);
        CHECK_OK(eh_audit_of(ctx, &world.data, &options, &audit, &err), err);
        all.n++;
        all.n_disparity += audit->verdict == EH_DISPARITY_SHOWN;
        all.n_right += audit->verdict == EH_DISPARITY_SHOWN && audit->direction == (plan->odds_ratio > 1 ? EH_AGAINST_A : EH_AGAINST_B);
        all.n_parity += audit->verdict == EH_PARITY_SHOWN;
        all.n_inconclusive += audit->verdict == EH_INCONCLUSIVE;
        all.n_naive += audit->cmh.p_corrected <= 0.05;
        CHECK(audit->n_reasons > 0);
        for (size_t i = 0; i < audit->n_reasons; i++) all.n_because[audit->reasons[i]]++;
        eh_audit_free(audit);
    }
    printf("%-40s %d audits: disparity %.3f (right %.3f), parity %.3f, inconclusive %.3f; naive %.3f;", name, all.n, (double)all.n_disparity / all.n,
           (double)all.n_right / all.n, (double)all.n_parity / all.n, (double)all.n_inconclusive / all.n, (double)all.n_naive / all.n);
    for (int i = 0; i < EH_N_AUDIT_REASONS; i++)
        if (all.n_because[i]) printf(" %s %d", eh_audit_reason_name((eh_audit_reason)i), all.n_because[i]);
    printf("\n");
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    return all;
}

/* 5 % and three standard errors of so many trials. */
static bool is_at_most_5_percent(int n, int of) { return n <= 0.05 * of + 3 * sqrt(0.05 * 0.95 * of); }

static void no_bias(void)
{
    static const audit_plan alone = {.n_networks = 60, .n_least = 10, .n_most = 40, .n_strata = 10, .odds_ratio = 1, .spread = 0.3};
    static const audit_plan batch = {.n_networks = 20, .n_least = 5, .n_most = 60, .n_strata = 10, .odds_ratio = 1, .p_batch = 0.3};
    answers x = ask("no bias, large overlap, margin 1.5", &alone, 51, 1.5);
    CHECK(is_at_most_5_percent(x.n_disparity, x.n) && x.n_parity > 0.8 * x.n);
    x = ask("no bias, batches, margin 1.25", &batch, 52, 1.25);
    CHECK(is_at_most_5_percent(x.n_disparity, x.n) && x.n_naive > 0.4 * x.n);
    CHECK(is_at_most_5_percent(x.n_parity, x.n) && x.n_because[EH_REASON_NOT_EQUIVALENT] > 0.8 * x.n);
}

static void parity_is_not_claimed_at_the_margin(void)
{
    static const audit_plan margin = {.n_networks = 60, .n_least = 10, .n_most = 40, .n_strata = 20, .odds_ratio = 1.5, .spread = 0.3};
    answers x = ask("odds ratio 1.5 at margin 1.5", &margin, 53, 1.5);
    CHECK(is_at_most_5_percent(x.n_parity, x.n));
}

static void planted(void)
{
    static const audit_plan twice = {.n_networks = 30, .n_least = 10, .n_most = 40, .n_strata = 10, .odds_ratio = 2, .spread = 0.5};
    static const audit_plan half = {.n_networks = 30, .n_least = 10, .n_most = 40, .n_strata = 10, .odds_ratio = 0.5, .spread = 0.5};
    static const audit_plan few = {.n_networks = 5, .n_least = 200, .n_most = 300, .n_strata = 10, .odds_ratio = 4, .spread = 0.1};
    answers x = ask("odds ratio 2, 30 networks a side", &twice, 54, 1.25);
    CHECK(x.n_right > 0.8 * x.n && x.n_right == x.n_disparity);
    x = ask("odds ratio 0.5, 30 networks a side", &half, 55, 1.25);
    CHECK(x.n_right > 0.8 * x.n && x.n_right == x.n_disparity);
    x = ask("odds ratio 4, 5 networks a side", &few, 56, 1.25);
    CHECK(x.n_inconclusive == x.n && x.n_because[EH_REASON_FEW_NETWORKS] == x.n);
}

static void without_overlap(void)
{
    static const audit_plan rule = {.n_networks = 30, .n_least = 10, .n_most = 40, .n_strata = 10, .odds_ratio = 1, .is_deterministic = true, .evidence_gap = 0.5};
    answers x = ask("one rule on the score itself", &rule, 57, 1.25);
    CHECK(x.n_inconclusive == x.n && x.n_because[EH_REASON_NO_OVERLAP] == x.n);
}

/* Shown, not promised: what a table alone cannot see. */
static void what_a_table_cannot_see(void)
{
    static const audit_plan noisy = {.n_networks = 60, .n_least = 10, .n_most = 40, .n_strata = 10, .odds_ratio = 1, .spread = 0.3, .evidence_gap = 1, .noise = 0.5};
    static const audit_plan caught = {.n_networks = 60, .n_least = 10, .n_most = 40, .n_strata = 10, .odds_ratio = 1, .spread = 0.3, .capture = 0.5};
    static const audit_plan gap = {.n_networks = 60, .n_least = 10, .n_most = 40, .n_strata = 20, .odds_ratio = 1, .spread = 0.3, .evidence_gap = 1};
    answers x = ask("no bias, A 1 SD higher, 20 strata", &gap, 58, 1.25);
    CHECK(x.n_disparity < 0.2 * x.n);
    x = ask("no bias, A 1 SD higher, noise SD 0.5", &noisy, 59, 1.25);
    CHECK(x.n_disparity > 0.2 * x.n); /* why the trap `reliability` is there */
    x = ask("no bias, half of A's actioned captured", &caught, 60, 1.25);
    CHECK(x.n_disparity > 0.5 * x.n && x.n_right == x.n_disparity);
}

CHECK_MAIN(no_bias, parity_is_not_claimed_at_the_margin, planted, without_overlap, what_a_table_cannot_see)
