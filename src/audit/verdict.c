/*
 * Three answers only. What rules an answer out comes first; then equivalence, which no significance can overrule (a small
 * difference inside the margin is parity by the margin set beforehand); then a difference; otherwise inconclusive, with
 * the smallest odds ratio that the data could have shown. "Not significant" is never parity.
 */
#include "audit/verdict.h"

#include <math.h>

enum { fewest_networks = 6, fewest_accounts = 5 };

eh_audit_options eh_audit_options_default(void)
{
    return (eh_audit_options){.margin = 1.25, .alpha = 0.05, .side_a = 0, .side_b = 1, .clusters = eh_cluster_options_default()};
}

const char *eh_audit_reason_name(eh_audit_reason reason)
{
    static const char *const names[EH_N_AUDIT_REASONS] = {
        [EH_REASON_DIFFERENCE] = "difference", [EH_REASON_EQUIVALENT] = "equivalent", [EH_REASON_NO_OVERLAP] = "no_overlap",
        [EH_REASON_LITTLE_OVERLAP] = "little_overlap", [EH_REASON_FEW_NETWORKS] = "few_networks",
        [EH_REASON_NOT_SIGNIFICANT] = "not_significant", [EH_REASON_NOT_EQUIVALENT] = "not_equivalent",
        [EH_REASON_TESTS_DISAGREE] = "tests_disagree", [EH_REASON_DIRECTION_DIFFERS] = "direction_differs",
        [EH_REASON_CONTROL_FAILS] = "control_fails", [EH_REASON_FEW_ACTIONS] = "few_actions",
        [EH_REASON_RELIABILITY] = "reliability", [EH_REASON_TRUNCATION] = "truncation", [EH_REASON_COVERAGE] = "coverage", [EH_REASON_LABELS] = "labels", [EH_REASON_OUTCOME] = "outcome"};
    return (unsigned)reason < EH_N_AUDIT_REASONS ? names[reason] : "";
}

static void because(eh_audit *audit, eh_audit_reason reason) { audit->reasons[audit->n_reasons++] = reason; }

bool eh_audit_strata_differ(const eh_audit *audit) { return audit->homogeneity.p_breslow_day < 0.05 || audit->homogeneity.p_tarone < 0.05; }

/* Random relabellings found to differ more often than one in a thousand audits would show by chance. */
static bool control_fails(const eh_audit *audit)
{
    const eh_cluster_test *t = &audit->networks;
    double alpha = audit->options.alpha, odds = alpha / (1 - alpha);
    return t->n_controls && eh_matched_bound(t->n_controls, t->n_controls_network, odds) < 0.001;
}

static bool has_few_actions(const eh_audit *audit)
{
    double actioned = 0, not_actioned = 0;
    for (uint64_t k = 0; audit->strata && k < audit->n_listed_strata; k++) {
        if (!audit->strata[k].is_informative) continue;
        actioned += audit->strata[k].cells.a + audit->strata[k].cells.c;
        not_actioned += audit->strata[k].cells.b + audit->strata[k].cells.d;
    }
    return actioned < fewest_accounts || not_actioned < fewest_accounts;
}

static void add_obstacles(eh_audit *audit)
{
    if (audit->cmh.n_informative == 0) because(audit, EH_REASON_NO_OVERLAP);
    else if ((audit->n_strata >= 5 && audit->cmh.n_informative < 2) || audit->informative_actioned < 0.5) because(audit, EH_REASON_LITTLE_OVERLAP);
    if (audit->has_networks && (audit->networks.n_networks[0] < fewest_networks || audit->networks.n_networks[1] < fewest_networks))
        because(audit, EH_REASON_FEW_NETWORKS);
    if (audit->has_networks && control_fails(audit)) because(audit, EH_REASON_CONTROL_FAILS);
    if (audit->cmh.n_informative && has_few_actions(audit)) because(audit, EH_REASON_FEW_ACTIONS);
}

/* ---- what a join measures of itself ------------------------------------------------------------------------------- */

static bool is_same(const eh_audit_try *t, const eh_audit *audit) { return t->has_run && t->verdict == audit->verdict && t->direction == audit->direction; }

/*
 * Whether a correction alone would have stopped an answer where there was none: with ever so much data at these odds ratios, the two would
 * not say the same. It moves the odds ratio by more than the root of the margin, and both are not beyond the margin on one side.
 */
static bool moves_from(double seen, double corrected, double margin)
{
    if (!(seen > 0 && corrected > 0 && isfinite(seen) && isfinite(corrected))) return false;
    if ((seen > margin && corrected > margin) || (seen < 1 / margin && corrected < 1 / margin)) return false;
    return fabs(log(corrected / seen)) > log(margin) / 2;
}

static bool moves(const eh_audit *audit, double corrected) { return moves_from(audit->headline.estimate, corrected, audit->options.margin); }

static bool try_moves(const eh_audit *audit, const eh_audit_try *t) { return t->has_run && moves(audit, t->odds_ratio.estimate); }

static bool depends_on_reliability(const eh_audit *audit, const eh_audit_design *d)
{
    if (isnan(d->reliability[0]) || isnan(d->reliability[1])) return d->measured_share > 0.5;
    if (audit->verdict == EH_INCONCLUSIVE) return try_moves(audit, &d->lambdas[1]) || try_moves(audit, &d->lambdas[2]);
    for (int i = 1; i < EH_N_LAMBDAS; i++)
        if (!is_same(&d->lambdas[i], audit)) return true;
    return false;
}

/* What may be cut short by an undated action, exposure, must not decide; nor can evidence from after the action explain anything away. */
static bool depends_on_truncation(const eh_audit *audit, const eh_audit_design *d)
{
    const bool is_undated = (double)d->n_undated > 0.05 * (double)(d->n_actioned[0] + d->n_actioned[1]);
    if (audit->verdict == EH_INCONCLUSIVE) {
        /* More data is less noise as well: what the correction for noise explains is not truncation. */
        const bool is_noise = d->lambdas[1].has_run && !moves_from(d->lambdas[1].odds_ratio.estimate, d->whole.odds_ratio.estimate, audit->options.margin);
        return (try_moves(audit, &d->whole) && !is_noise) || (is_undated && try_moves(audit, &d->unexposed));
    }
    return is_undated && !is_same(&d->unexposed, audit);
}

static bool depends_on_coverage(const eh_audit *audit, const eh_audit_design *d)
{
    const double margin = audit->options.margin;
    if (isnan(d->coverage_factor)) return false;
    if (audit->verdict == EH_INCONCLUSIVE) return moves(audit, d->covered.estimate);
    if (audit->verdict == EH_PARITY_SHOWN) return !(d->covered_inner.low > 1 / margin && d->covered_inner.high < margin);
    return !(d->covered_p <= audit->options.alpha) || (d->covered.estimate > 1) != (audit->direction == EH_AGAINST_A);
}

static bool is_contradicted_by_outcome(const eh_audit *audit, const eh_audit_design *d)
{
    if (!d->has_outcome || d->outcome.verdict != EH_DISPARITY_SHOWN) return false;
    return audit->verdict == EH_PARITY_SHOWN || d->outcome.direction != audit->direction;
}

static bool depends_on_labels(const eh_audit *audit, const eh_audit_design *d)
{
    if (!d->has_disputes) return false;
    return audit->verdict == EH_INCONCLUSIVE ? try_moves(audit, &d->undisputed) : !is_same(&d->undisputed, audit);
}

static bool is_obstacle(eh_audit_reason reason)
{
    return reason == EH_REASON_NO_OVERLAP || reason == EH_REASON_LITTLE_OVERLAP || reason == EH_REASON_FEW_NETWORKS || reason == EH_REASON_CONTROL_FAILS || reason == EH_REASON_FEW_ACTIONS;
}

/* An answer that one of these overturns is none; what the table said stays among the reasons, behind them and behind what rules answers out. */
static void weigh(eh_audit *audit, const eh_audit_design *d)
{
    eh_audit_reason doubts[5];
    size_t n = 0, at = 0;
    if (depends_on_coverage(audit, d)) doubts[n++] = EH_REASON_COVERAGE;
    if (depends_on_truncation(audit, d)) doubts[n++] = EH_REASON_TRUNCATION;
    if (depends_on_reliability(audit, d)) doubts[n++] = EH_REASON_RELIABILITY;
    if (depends_on_labels(audit, d)) doubts[n++] = EH_REASON_LABELS;
    if (audit->verdict != EH_INCONCLUSIVE && is_contradicted_by_outcome(audit, d)) doubts[n++] = EH_REASON_OUTCOME;
    if (!n) return;
    audit->verdict = EH_INCONCLUSIVE;
    audit->direction = EH_AGAINST_NEITHER;
    while (at < audit->n_reasons && is_obstacle(audit->reasons[at])) at++;
    for (size_t i = audit->n_reasons; i-- > at;) audit->reasons[i + n] = audit->reasons[i];
    for (size_t i = 0; i < n; i++) audit->reasons[at + i] = doubts[i];
    audit->n_reasons += n;
}

/* ---- the rules ------------------------------------------------------------------------------------------------------ */

static void decide_by_table(eh_audit *audit)
{
    double alpha = audit->options.alpha, margin = audit->options.margin, first, second;
    if (audit->has_networks) first = audit->networks.p, second = audit->networks.p_studentised;
    else first = audit->cmh.p_corrected, second = audit->has_exact ? audit->exact.p_two_sided : first;
    bool is_different = first <= alpha && second <= alpha;
    bool is_equivalent = audit->tost_p <= alpha && audit->inner.low > 1 / margin && audit->inner.high < margin;
    audit->verdict = EH_INCONCLUSIVE;
    audit->direction = EH_AGAINST_NEITHER;
    audit->n_reasons = 0;
    add_obstacles(audit);
    if (audit->n_reasons) return;
    if (is_equivalent) {
        audit->verdict = EH_PARITY_SHOWN;
        because(audit, EH_REASON_EQUIVALENT);
        if (is_different) because(audit, EH_REASON_DIFFERENCE);
        return;
    }
    /* Over networks the strata's own tests, which count accounts, would find opposites too easily: they warn only. */
    bool is_contradicted = audit->n_opposed && !audit->has_networks;
    if (is_different && !is_contradicted) {
        audit->verdict = EH_DISPARITY_SHOWN;
        audit->direction = audit->cmh.excess > 0 ? EH_AGAINST_A : EH_AGAINST_B;
        because(audit, EH_REASON_DIFFERENCE);
        return;
    }
    if (is_different) because(audit, EH_REASON_DIRECTION_DIFFERS);
    else because(audit, first <= alpha || second <= alpha ? EH_REASON_TESTS_DISAGREE : EH_REASON_NOT_SIGNIFICANT);
    because(audit, EH_REASON_NOT_EQUIVALENT);
}

void eh_audit_decide(eh_audit *audit, const eh_audit_design *design)
{
    decide_by_table(audit);
    if (design) weigh(audit, design);
}

static eh_status check(const eh_audit_data *data, const eh_audit_options *o, eh_error *err)
{
    if (!(o->margin > 1 && o->margin <= 100)) return eh_fail(err, EH_E_INVALID, "a margin of %g; give an odds ratio above 1, such as 1.25", o->margin);
    if (!(o->alpha > 0 && o->alpha < 0.5)) return eh_fail(err, EH_E_INVALID, "a level of %g; give one above 0 and below 0.5", o->alpha);
    if (o->side_a == o->side_b || o->side_a >= data->sides.n || o->side_b >= data->sides.n)
        return eh_fail(err, EH_E_INVALID, "sides %u and %u of %u; name two different ones that the data has", o->side_a + 1, o->side_b + 1, data->sides.n);
    return EH_OK;
}

static eh_status fill(eh_context *ctx, const eh_audit_data *data, eh_audit *audit, eh_error *err)
{
    eh_cells *cells = eh_alloc(ctx, data->strata.n, sizeof *cells, err);
    if (!cells) return err->status;
    audit->n_listed_strata = data->strata.n;
    eh_audit_cells(data, audit->options.side_a, audit->options.side_b, cells);
    eh_status status = eh_audit_fill_layers(ctx, data, cells, audit, err);
    if (status == EH_OK) status = eh_audit_fill_pairs(ctx, data, audit, err);
    if (status == EH_OK) status = eh_audit_fill_traps(ctx, data, cells, audit, err);
    if (status == EH_OK) eh_audit_decide(audit, data->design);
    eh_free(ctx, cells);
    return status;
}

eh_status eh_audit_of(eh_context *ctx, const eh_audit_data *data, const eh_audit_options *options, eh_audit **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = NULL;
    EH_TRY(check(data, options, err));
    eh_audit *audit = eh_alloc(ctx, 1, sizeof *audit, err);
    if (!audit) return err->status;
    audit->ctx = ctx;
    audit->options = *options;
    audit->options.clusters.alpha = options->alpha;
    eh_status status = fill(ctx, data, audit, err);
    if (status == EH_OK) *out = audit;
    else eh_audit_free(audit);
    return status;
}

void eh_audit_free(eh_audit *audit)
{
    if (!audit) return;
    eh_free(audit->ctx, audit->strata);
    eh_free(audit->ctx, audit->pairs);
    eh_free(audit->ctx, audit);
}
