/*
 * Simulated audits, each answered by the code of a real one. What a design knows of its own flaws is told: reliability of evidence
 * lambda = 1/(1 + noise^2), by which strata are cut again at the regression-calibrated e* = m + lambda (e - m), m the mean of the
 * account's side, and at lambda - 0.1 (Carroll et al., Measurement Error in Nonlinear Models, 2006, ch. 4); capture of actioned accounts by side;
 * and exposure. Where the answer depends on them there is none.
 */
#include "audit/planned_world.h"
#include "audit/verdict.h"
#include "base/sort.h"

#include <math.h>

eh_audit_plan eh_audit_plan_default(void)
{
    return (eh_audit_plan){.n_networks = {30, 30}, .n_least = 10, .n_most = 40, .n_strata = 10, .rate = 0.2, .slope = 1.2, .odds_ratio = 1, .spread = 0.3, .coverage = 1};
}

static void score_by(eh_audit_world *w, double reliability, bool is_counted)
{
    double sum[2] = {0, 0}, n[2] = {0, 0};
    for (size_t i = 0; i < w->n_accounts; i++) {
        const eh_audit_world_account *a = &w->accounts[i];
        sum[a->side] += a->seen;
        n[a->side]++;
    }
    for (size_t i = 0; i < w->n_accounts; i++) {
        eh_audit_world_account *a = &w->accounts[i];
        double mean = n[a->side] > 0 ? sum[a->side] / n[a->side] : 0;
        a->score = is_counted ? a->counted : mean + reliability * (a->seen - mean);
    }
}

/* Of counts over exposure: a Poisson count n adds 1/n to the variance of its logarithm. Within sides. */
static double reliability_of_counts(const eh_audit_world *w)
{
    double n[2] = {0, 0}, sum[2] = {0, 0}, squares[2] = {0, 0}, noise = 0, within = 0;
    for (size_t i = 0; i < w->n_accounts; i++) {
        const eh_audit_world_account *a = &w->accounts[i];
        n[a->side]++;
        sum[a->side] += a->seen;
        squares[a->side] += a->seen * a->seen;
        noise += exp(-a->counted);
    }
    for (int s = 0; s < 2; s++)
        if (n[s] > 0) within += squares[s] - sum[s] * sum[s] / n[s];
    return within > 0 ? fmax(0.05, 1 - noise / within) : 1;
}

static eh_status audit_at(eh_audit_world *w, const eh_audit_options *options, double reliability, bool is_counted, eh_audit **out, eh_error *err)
{
    score_by(w, reliability, is_counted);
    EH_TRY(eh_audit_world_cut(w, err));
    return eh_audit_of(w->ctx, &w->data, options, out, err);
}

/* The same accounts in other strata. */
static eh_status require(eh_audit_world *w, const eh_audit_options *options, double reliability, bool is_counted, eh_audit_reason why, eh_audit *audit, eh_error *err)
{
    eh_audit *other;
    EH_TRY(audit_at(w, options, reliability, is_counted, &other, err));
    eh_audit_require(audit, other, why);
    eh_audit_free(other);
    return EH_OK;
}

/* What the audit would have said had it not been told: by bare counts, as seen, and whatever was captured. */
static bool is_fooled(const eh_audit *audit)
{
    eh_audit copy = *audit;
    copy.options.capture_ratio = 0;
    eh_audit_decide(&copy);
    return copy.verdict == EH_DISPARITY_SHOWN;
}

static void count(const eh_audit_plan *plan, const eh_audit *audit, eh_audit_simulated *out)
{
    eh_direction planted = plan->odds_ratio > 1 ? EH_AGAINST_A : plan->odds_ratio < 1 ? EH_AGAINST_B : EH_AGAINST_NEITHER;
    out->n_verdicts[audit->verdict]++;
    out->n_right += audit->verdict == EH_DISPARITY_SHOWN && audit->direction == planted;
    for (size_t i = 0; i < audit->n_reasons; i++) out->n_reasons[audit->reasons[i]]++;
}

static eh_status answer(eh_audit_world *w, const eh_audit_options *options, eh_audit_simulated *out, double *estimate, eh_error *err)
{
    const eh_audit_plan *plan = w->plan;
    bool is_told = !plan->is_unaware, is_cut = plan->truncation > 0;
    double reliability = is_cut ? reliability_of_counts(w) : out->reliability;
    eh_audit *audit;
    EH_TRY(audit_at(w, options, 1, is_cut, &audit, err)); /* first as a bare table would have it */
    out->n_naive += audit->cmh.p_corrected <= options->alpha;
    out->n_unaware += is_fooled(audit);
    *estimate = audit->headline.estimate;
    eh_status status = EH_OK;
    if (is_told && is_cut) status = require(w, options, 1, false, EH_REASON_TRUNCATION, audit, err);
    if (status == EH_OK && is_told && reliability < 1) status = require(w, options, reliability, false, EH_REASON_RELIABILITY, audit, err);
    if (status == EH_OK && is_told && reliability < 1) status = require(w, options, fmax(0.05, reliability - 0.1), false, EH_REASON_RELIABILITY, audit, err);
    if (status == EH_OK) count(plan, audit, out);
    eh_audit_free(audit);
    return status;
}

static bool is_below(const double *a, const double *b) { return *a < *b; }

static int compare_reals(const void *a, const void *b, void *data)
{
    (void)data;
    return is_below(b, a) - is_below(a, b);
}

static eh_status run(eh_audit_world *w, const eh_audit_options *options, uint32_t n_audits, uint64_t seed, double *estimates, size_t *n_estimates, eh_audit_simulated *out, eh_error *err)
{
    eh_audit_options o = *options;
    o.side_a = 0;
    o.side_b = 1;
    o.capture_ratio = w->plan->is_unaware ? 0 : out->capture_ratio;
    for (uint32_t i = 0; i < n_audits; i++) {
        eh_rng rng = eh_rng_of(seed, i);
        eh_error why = EH_ERROR_INIT;
        double estimate = (double)NAN;
        if (eh_context_is_cancelled(w->ctx)) return eh_fail(err, EH_E_CANCELLED, "stopped after %u simulated audits", i);
        EH_TRY(eh_audit_world_draw(w, &rng, err));
        o.clusters.seed = seed + i;
        eh_status status = answer(w, &o, out, &estimate, &why);
        if (status != EH_OK && status != EH_E_STATISTICS) return eh_fail(err, status, "%s", why.message);
        out->n_empty += status == EH_E_STATISTICS;
        out->n_verdicts[EH_INCONCLUSIVE] += status == EH_E_STATISTICS;
        out->n_audits++;
        if (isfinite(estimate)) estimates[(*n_estimates)++] = estimate;
    }
    return EH_OK;
}

eh_status eh_audit_simulate(eh_context *ctx, const eh_audit_plan *plan, const eh_audit_options *options, uint32_t n_audits, uint64_t seed, eh_audit_simulated *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    eh_audit_world world;
    size_t n = 0;
    if (!err) err = &local;
    *out = (eh_audit_simulated){.reliability = 1 / (1 + plan->noise * plan->noise), .capture_ratio = plan->coverage, .odds_ratio = {(double)NAN, (double)NAN, (double)NAN}};
    if (n_audits < 1) return eh_fail(err, EH_E_INVALID, "no audits to simulate; give at least one");
    EH_TRY(eh_audit_world_open(ctx, plan, &world, err));
    double *estimates = eh_alloc(ctx, n_audits, sizeof *estimates, err);
    eh_status status = estimates ? run(&world, options, n_audits, seed, estimates, &n, out, err) : err->status;
    if (status == EH_OK && n) status = eh_sort(ctx, estimates, n, sizeof *estimates, compare_reals, NULL, err);
    for (size_t i = 0; status == EH_OK && n && i < 3; i++) out->odds_ratio[i] = estimates[(n - 1) * (i + 1) / 4];
    eh_free(ctx, estimates);
    eh_audit_world_close(&world);
    return status;
}
