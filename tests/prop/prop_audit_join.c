/*
 * What audits of joins answer in worlds whose truth is known: noise in the evidence, an archive that lost one side's actioned accounts and
 * batches make no disparity; a real one is found. JOIN_TRIALS=400 for the numbers of docs/methods/audit.md.
 */
#include "join_world.h"

static join_world world;

typedef struct answers {
    int n, n_disparity, n_right, n_parity, n_by_table, n_reliability, n_coverage, n_labels, n_truncation;
    double lambda;
} answers;

static int n_trials(void)
{
    const char *text = getenv("JOIN_TRIALS");
    return text ? (int)strtol(text, NULL, 10) : 30;
}

static answers ask(const char *name, const join_plan *plan, uint64_t seed, double margin)
{
    static const uint32_t compare[2] = {0, 1};
    eh_error err = EH_ERROR_INIT;
    eh_context_options how = eh_context_options_default();
    eh_context *ctx;
    answers all = {0};
    how.n_threads = 1;
    CHECK_OK(eh_context_new(&how, &ctx, &err), err);
    for (int trial = 0; trial < n_trials(); trial++) {
        eh_audit_spec spec = join_spec();
        eh_audit_case audit;
        join_draw(plan, seed, (uint64_t)trial, &world);
        spec.margin = margin;
        if (plan->is_undated) spec.exposure_bins = 3;
        spec.seed = (uint64_t)trial;
        world.sides.ctx = NULL;
        CHECK_OK(eh_audit_case_of(ctx, &world.set, &spec, compare, &world.sides, NULL, NULL, &audit, &err), err);
        audit.design.has_disputes = plan->disputed > 0;
        all.n++;
        all.n_disparity += audit.audit->verdict == EH_DISPARITY_SHOWN;
        all.n_right += audit.audit->verdict == EH_DISPARITY_SHOWN && audit.audit->direction == (plan->odds_ratio > 1 ? EH_AGAINST_A : EH_AGAINST_B);
        all.n_parity += audit.audit->verdict == EH_PARITY_SHOWN;
        for (size_t i = 1; i < audit.audit->n_reasons; i++) CHECK(audit.audit->reasons[i] != audit.audit->reasons[i - 1]);
        all.n_by_table += audit.design.lambdas[0].verdict == EH_DISPARITY_SHOWN; /* what the table alone would have said */
        all.lambda += (audit.design.reliability[0] + audit.design.reliability[1]) / 2;
        for (size_t i = 0; i < audit.audit->n_reasons; i++) {
            all.n_reliability += audit.audit->reasons[i] == EH_REASON_RELIABILITY;
            all.n_truncation += audit.audit->reasons[i] == EH_REASON_TRUNCATION;
            all.n_coverage += audit.audit->reasons[i] == EH_REASON_COVERAGE;
            all.n_labels += audit.audit->reasons[i] == EH_REASON_LABELS;
        }
        eh_audit_case_release(&audit);
    }
    printf("%-44s %d audits: disparity %.3f (right %.3f), parity %.3f; by the table alone %.3f; reliability %.3f; because of reliability %d, coverage %d, labels %d, truncation %d\n", name, all.n,
           (double)all.n_disparity / all.n, (double)all.n_right / all.n, (double)all.n_parity / all.n, (double)all.n_by_table / all.n, all.lambda / all.n, all.n_reliability, all.n_coverage,
           all.n_labels, all.n_truncation);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    return all;
}

static bool is_at_most_5_percent(int n, int of) { return n <= 0.05 * of + 3 * sqrt(0.05 * 0.95 * of); }

static void noisy_evidence(void)
{
    static const join_plan plan = {.n_networks = 60, .odds_ratio = 1, .gap = 1, .noise = 0.5, .spread = 0.3, .n_periods = 1};
    const answers x = ask("no bias, A 1 SD higher, noise SD 0.5", &plan, 71, 1.25);
    CHECK(x.n_by_table > 0.2 * x.n);
    CHECK(is_at_most_5_percent(x.n_disparity, x.n) && x.n_reliability > 0.7 * x.n && x.n_truncation < 0.2 * x.n); /* also where nothing was found to be overturned */
    CHECK(fabs(x.lambda / x.n - 0.8) < 0.05); /* within a side: 0.7^2 + 0.7^2 = 0.98 of variance, 0.25 of noise */
}

static void biased_coverage(void)
{
    static const join_plan plan = {.n_networks = 60, .odds_ratio = 1, .capture = 0.5, .spread = 0.3, .n_periods = 1};
    const answers x = ask("no bias, half of A's actioned captured", &plan, 72, 1.25);
    CHECK(x.n_by_table > 0.8 * x.n);
    CHECK(is_at_most_5_percent(x.n_disparity, x.n) && x.n_coverage > 0.9 * x.n);
}

/* Nobody knows when; who was actioned early has little exposure, and exposure is part of the strata. */
static void undated_actions(void)
{
    static const join_plan plan = {.n_networks = 60, .odds_ratio = 1, .spread = 0.3, .n_periods = 1, .is_undated = true};
    const answers x = ask("no bias, undated, A's earlier", &plan, 77, 1.25);
    CHECK(x.n_by_table > 0.4 * x.n);
    CHECK(is_at_most_5_percent(x.n_disparity, x.n) && x.n_truncation > 0.8 * x.n);
}

static void no_bias(void)
{
    static const join_plan batch = {.n_networks = 30, .odds_ratio = 1, .noise = 0.3, .p_batch = 0.3, .n_periods = 2};
    static const join_plan alone = {.n_networks = 60, .odds_ratio = 1, .noise = 0.3, .spread = 0.2, .n_periods = 1};
    answers x = ask("no bias, batches", &batch, 73, 1.25);
    CHECK(is_at_most_5_percent(x.n_disparity, x.n));
    x = ask("no bias, margin 1.5", &alone, 74, 1.5);
    CHECK(is_at_most_5_percent(x.n_disparity, x.n) && x.n_parity > 0.7 * x.n);
}

static void planted(void)
{
    static const join_plan twice = {.n_networks = 30, .odds_ratio = 2, .noise = 0.3, .spread = 0.3, .n_periods = 2};
    static const join_plan half = {.n_networks = 30, .odds_ratio = 0.4, .noise = 0.3, .gap = 0.3, .spread = 0.3, .n_periods = 1};
    answers x = ask("odds ratio 2, noise SD 0.3", &twice, 75, 1.25);
    CHECK(x.n_right > 0.7 * x.n && x.n_right == x.n_disparity);
    x = ask("odds ratio 0.4, A 0.3 SD higher, noise SD 0.3", &half, 76, 1.25);
    CHECK(x.n_right > 0.6 * x.n && x.n_right == x.n_disparity);
}

CHECK_MAIN(noisy_evidence, biased_coverage, undated_actions, no_bias, planted)
