/* The audit of a join: the table, its verdict, and what overturns it. The verdict itself is verdict.c's. */
#include "audit/design.h"
#include "audit/verdict.h"

#include <math.h>
#include <stdio.h>

enum { try_permutations = 1999, try_resamplings = 999 };

typedef struct case_owner {
    eh_risk_table table;
} case_owner;

void eh_audit_case_release(eh_audit_case *c)
{
    if (!c || !c->ctx) return;
    case_owner *owner = c->owner;
    eh_audit_free(c->audit);
    if (owner) eh_risk_table_release(&owner->table);
    eh_free(c->ctx, owner);
    *c = (eh_audit_case){0};
}

static eh_audit_options options_of(const eh_audit_spec *spec, const uint32_t compare[2])
{
    eh_audit_options o = eh_audit_options_default();
    o.margin = spec->margin;
    o.alpha = spec->alpha;
    o.side_a = compare[0];
    o.side_b = compare[1];
    o.clusters.n_permutations = spec->n_permutations;
    o.clusters.n_bootstrap = spec->n_resamplings;
    o.clusters.seed = spec->seed;
    return o;
}

eh_status eh_design_try(const eh_design_work *w, const eh_risk_view *view, eh_audit_try *out, eh_error *err)
{
    eh_risk_table table;
    eh_audit_data data;
    eh_audit *audit = NULL;
    eh_error none = EH_ERROR_INIT;
    eh_audit_options o = *w->options;
    if (o.clusters.n_permutations > try_permutations) o.clusters.n_permutations = try_permutations;
    if (o.clusters.n_bootstrap > try_resamplings) o.clusters.n_bootstrap = try_resamplings;
    o.clusters.n_controls = 0;
    EH_TRY(eh_risk_table_of(w->ctx, w->set, w->spec, w->compare, view, &table, &data, err));
    eh_status status = eh_audit_of(w->ctx, &data, &o, &audit, &none);
    if (status == EH_OK) {
        out->has_run = true;
        out->odds_ratio = audit->headline;
        out->verdict = audit->verdict;
        out->direction = audit->direction;
    }
    eh_audit_free(audit);
    eh_risk_table_release(&table);
    if (status == EH_OK || status == EH_E_STATISTICS) return EH_OK;
    return eh_fail(err, status, "%s", none.message);
}

/*
 * Of the accounts that the file of sides names, the share at risk here, by side s and action a: pi_sa. An archive that holds one side's
 * actioned accounts better than the other's makes a difference:  OR_true = OR_seen (pi_A0 pi_B1) / (pi_A1 pi_B0),
 * var ln of it = sum (1 - pi) / (n pi). Limits by recovery of variances (Zou & Donner, Stat. Med. 27:1693, 2008); p test-based
 * (Miettinen, Am. J. Epidemiol. 103:226, 1976): the test's own p stands for the standard error of ln OR, |ln OR| / z(p).
 */
static eh_limits correct(eh_limits x, double log_factor, double half)
{
    const double centre = log(x.estimate) + log_factor;
    return (eh_limits){exp(centre), exp(centre - hypot(log(x.estimate) - log(x.low), half)), exp(centre + hypot(log(x.high) - log(x.estimate), half))};
}

static double normal_quantile(double p) /* of the two-sided level 1 - p; by bisection on erfc */
{
    double low = 0, high = 10;
    for (int i = 0; i < 100; i++) {
        const double middle = (low + high) / 2;
        if (erfc(middle / sqrt(2)) > p) low = middle;
        else high = middle;
    }
    return low;
}

static double covered_p(const eh_audit *base, double log_factor, double se_factor)
{
    const double log_ratio = log(base->cmh.odds_ratio.estimate);
    const double p = base->has_networks ? fmax(base->networks.p, base->networks.p_studentised) : fmax(base->cmh.p_corrected, base->has_exact ? base->exact.p_two_sided : 0);
    const double z = normal_quantile(p);
    if (!isfinite(log_ratio) || !(z > 0)) return 1;
    return erfc(fabs(log_ratio + log_factor) / hypot(log_ratio / z, se_factor) / sqrt(2));
}

void eh_design_coverage(const eh_design_work *w, eh_audit_design *d)
{
    double log_factor = 0, variance = 0, least = 1;
    for (int s = 0; s < 2; s++)
        for (int a = 0; a < 2; a++) {
            const eh_frame *f = &w->set->frame[w->compare[s]];
            d->n_frame[s][a] = (double)f->n[a];
            d->n_captured[s][a] = (double)f->n_captured[a];
            const double share = d->n_captured[s][a] / d->n_frame[s][a];
            log_factor += ((s == 0) == (a == 0) ? 1 : -1) * log(share);
            variance += (1 - share) / (d->n_frame[s][a] * share);
            least = fmin(least, isnan(share) ? 0 : share);
        }
    d->coverage_factor = least > 0 && least < 1 ? exp(log_factor) : (double)NAN;
    d->coverage_se_log = sqrt(variance);
    const double alpha = w->options->alpha, nan = (double)NAN;
    d->covered = d->covered_inner = (eh_limits){nan, nan, nan};
    d->covered_p = nan;
    if (isnan(d->coverage_factor)) return;
    d->covered = correct(w->base->headline, log_factor, normal_quantile(alpha) * d->coverage_se_log);
    d->covered_p = covered_p(w->base, log_factor, d->coverage_se_log);
    d->covered_inner = correct((eh_limits){w->base->headline.estimate, w->base->inner.low, w->base->inner.high}, log_factor, normal_quantile(2 * alpha) * d->coverage_se_log);
}

static void fill_counts(const eh_design_work *w, const eh_side_list *sides, eh_audit_design *d)
{
    const eh_risk_set *set = w->set;
    for (int s = 0; s < 2; s++) {
        d->n_after[s] = set->frame[w->compare[s]].n_after;
        d->n_actioned[s] = set->frame[w->compare[s]].n_actioned;
    }
    d->n_not_in_archive = set->n_not_in_archive;
    d->n_before_evidence = set->n_before_evidence;
    d->n_inactive = set->n_inactive;
    d->n_unwatched = set->n_unwatched;
    d->n_wide = set->n_wide;
    d->n_undated = set->n_undated;
    d->n_other_words = set->n_other_words;
    d->has_disputes = sides && sides->has_disputes;
    d->kappa = sides ? sides->kappa : (double)NAN;
    for (uint32_t i = 0; sides && i < sides->accounts.n; i++) d->n_disputed += sides->is_disputed[i];
}

static eh_status measure(eh_design_work *w, const eh_side_list *sides, const eh_outcome_list *outcomes, eh_audit_design *d, eh_error *err)
{
    const eh_risk_view whole = {.is_whole = true}, undisputed = {.drops_disputed = true}, unexposed = {.is_unexposed = true};
    fill_counts(w, sides, d);
    EH_TRY(eh_design_reliability(w, d, err));
    eh_design_coverage(w, d);
    d->whole.lambda = d->undisputed.lambda = d->unexposed.lambda = 1;
    EH_TRY(eh_design_try(w, &whole, &d->whole, err));
    if (d->n_undated) EH_TRY(eh_design_try(w, &unexposed, &d->unexposed, err));
    if (d->has_disputes && d->n_disputed) EH_TRY(eh_design_try(w, &undisputed, &d->undisputed, err));
    else d->undisputed = d->lambdas[0];
    return eh_design_outcome(w, outcomes, d, err);
}

static eh_status fill(eh_audit_case *c, const eh_risk_set *set, const eh_audit_spec *spec, const uint32_t compare[2], const eh_side_list *sides, const eh_asof *asof,
                      const eh_outcome_list *outcomes, eh_error *err)
{
    case_owner *owner = c->owner;
    const eh_risk_view plain = {.is_calibrated = false};
    const eh_audit_options options = options_of(spec, compare);
    EH_TRY(eh_risk_table_of(c->ctx, set, spec, compare, &plain, &owner->table, &c->data, err));
    c->data.source = asof ? asof->run_id : "";
    EH_TRY(eh_audit_of(c->ctx, &c->data, &options, &c->audit, err));
    eh_design_work work = {.ctx = c->ctx, .set = set, .spec = spec, .compare = compare, .asof = asof, .options = &options, .base = c->audit};
    EH_TRY(measure(&work, sides, outcomes, &c->design, err));
    (void)snprintf(c->design.spec_sha256, sizeof c->design.spec_sha256, "%s", spec->sha256);
    c->design.is_yekutieli = spec->is_yekutieli;
    if (asof) {
        (void)snprintf(c->design.run_id, sizeof c->design.run_id, "%s", asof->run_id);
        (void)snprintf(c->design.evidence_sha256, sizeof c->design.evidence_sha256, "%s", asof->sha256);
    }
    c->data.design = &c->design;
    eh_audit_decide(c->audit, &c->design);
    return EH_OK;
}

eh_status eh_audit_case_of(eh_context *ctx, const eh_risk_set *set, const eh_audit_spec *spec, const uint32_t compare[2], const eh_side_list *sides, const eh_asof *asof,
                           const eh_outcome_list *outcomes, eh_audit_case *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_audit_case){.ctx = ctx};
    out->owner = eh_alloc(ctx, 1, sizeof(case_owner), err);
    if (!out->owner) return err->status;
    eh_status status = fill(out, set, spec, compare, sides, asof, outcomes, err);
    if (status != EH_OK) eh_audit_case_release(out);
    return status;
}
