/* audit.json, what a join adds: the specification, outcomes, and the numbers behind its traps. */
#include "audit/json_out.h"

void eh_audit_json_specification(json *j, const eh_audit_data *data)
{
    const eh_audit_design *d = data->design;
    if (!d) {
        text(j, "specification", NULL);
        return;
    }
    begin(j, "specification", '{');
    text(j, "sha256", d->spec_sha256[0] ? d->spec_sha256 : NULL);
    flag(j, "sealed", d->is_sealed);
    text(j, "multiplicity", d->is_yekutieli ? "benjamini-yekutieli" : "benjamini-hochberg");
    text(j, "evidence_sha256", d->evidence_sha256);
    text(j, "run_id", d->run_id);
    count(j, "ledger_seq", d->record);
    count(j, "earlier_openings", d->n_openings);
    count(j, "earlier_openings_under_another", d->n_other_openings);
    count(j, "earlier_openings_on_another_run", d->n_other_runs);
    end(j, '}');
}

static void write_try(json *j, const char *name, const eh_audit_try *t, double level)
{
    if (!t->has_run) {
        text(j, name, NULL);
        return;
    }
    begin(j, name, '{');
    real(j, "lambda", t->lambda);
    limits(j, "odds_ratio", t->odds_ratio, level);
    text(j, "verdict", eh_verdict_name(t->verdict));
    text(j, "direction", eh_direction_name(t->direction));
    end(j, '}');
}

static void write_hits(json *j, const char *name, const eh_outcome_counts *c, double level)
{
    begin(j, name, '{');
    real(j, "accounts", c->n);
    real(j, "actioned", c->n_actioned);
    real(j, "adjudicated", c->n_adjudicated);
    real(j, "hits", c->n_hits);
    limits(j, "hit_rate_wilson", eh_wilson(c->n_hits, c->n_adjudicated, level), level);
    end(j, '}');
}

static void write_reversals(json *j, const eh_audit_design *d, double level)
{
    static const char *const names[2] = {"a", "b"};
    begin(j, "reversals", '{');
    text(j, "of", d->reversals_of_appeals ? "appeals" : "actions: who appealed is not known");
    for (int s = 0; s < 2; s++) {
        begin(j, names[s], '{');
        real(j, "n", d->n_appeals[s]);
        real(j, "reversed", d->n_reversed[s]);
        limits(j, "wilson", eh_wilson(d->n_reversed[s], d->n_appeals[s], level), level);
        end(j, '}');
    }
    limits(j, "difference_newcombe", d->reversal_difference, level);
    end(j, '}');
}

void eh_audit_json_outcome(json *j, const eh_audit *audit, const eh_audit_data *data)
{
    const eh_audit_design *d = data->design;
    const double level = 1 - audit->options.alpha;
    if (!d || (!d->has_outcome && !d->has_reversals)) {
        text(j, "outcome", NULL); /* needs adjudicated samples */
        return;
    }
    begin(j, "outcome", '{');
    if (d->has_outcome) {
        text(j, "counts_are", "effective numbers of independent accounts: Kish's size of the weights, over the design effect of networks");
        write_hits(j, "a", &d->outcome_counts[0], level);
        write_hits(j, "b", &d->outcome_counts[1], level);
        limits(j, "rate_difference_newcombe", d->outcome.rate_difference, level);
        limits(j, "hit_difference_newcombe", d->outcome.hit_difference, level);
        text(j, "combined_test", eh_verdict_name(d->outcome.verdict));
        text(j, "direction", eh_direction_name(d->outcome.direction));
    }
    if (d->has_reversals) write_reversals(j, d, level);
    end(j, '}');
}

static void write_reliability(json *j, const eh_audit_design *d, double level)
{
    begin(j, "reliability", '{');
    real(j, "a", d->reliability[0]);
    real(j, "b", d->reliability[1]);
    count(j, "accounts_a", d->n_halves[0]);
    count(j, "accounts_b", d->n_halves[1]);
    real(j, "actioned_with_measured_evidence", d->measured_share);
    begin(j, "corrected", '[');
    for (int i = 0; i < EH_N_LAMBDAS; i++) write_try(j, NULL, &d->lambdas[i], level);
    end(j, ']');
    end(j, '}');
}

static void write_coverage(json *j, const eh_audit_design *d, double level)
{
    static const char *const names[2][2] = {{"a_other", "a_actioned"}, {"b_other", "b_actioned"}};
    begin(j, "coverage", '{');
    for (int s = 0; s < 2; s++)
        for (int a = 0; a < 2; a++) {
            begin(j, names[s][a], '{');
            real(j, "named", d->n_frame[s][a]);
            real(j, "at_risk_here", d->n_captured[s][a]);
            end(j, '}');
        }
    real(j, "factor", d->coverage_factor);
    real(j, "se_log", d->coverage_se_log);
    limits(j, "odds_ratio", d->covered, level);
    real(j, "p", d->covered_p);
    end(j, '}');
}

void eh_audit_json_design(json *j, const eh_audit *audit, const eh_audit_data *data)
{
    const eh_audit_design *d = data->design;
    const double level = 1 - audit->options.alpha;
    if (!d) return;
    begin(j, "design", '{');
    write_reliability(j, d, level);
    write_coverage(j, d, level);
    write_try(j, "by_evidence_of_whole_archive", &d->whole, level);
    write_try(j, "without_exposure", &d->unexposed, level);
    begin(j, "join", '{');
    count(j, "action_rows", d->n_action_rows);
    count(j, "action_rows_rejected", d->n_action_rejects);
    count(j, "actioned_a", d->n_actioned[0]);
    count(j, "actioned_b", d->n_actioned[1]);
    count(j, "act_after_their_action_a", d->n_after[0]);
    count(j, "act_after_their_action_b", d->n_after[1]);
    count(j, "not_in_archive", d->n_not_in_archive);
    count(j, "before_evidence", d->n_before_evidence);
    count(j, "silent_before", d->n_inactive);
    count(j, "never_looked_at", d->n_unwatched);
    count(j, "between_distant_looks", d->n_wide);
    count(j, "undated", d->n_undated);
    count(j, "left_by_other_words", d->n_other_words);
    end(j, '}');
    begin(j, "labels", '{');
    flag(j, "measured", d->has_disputes);
    count(j, "disputed", d->n_disputed);
    real(j, "kappa", d->kappa);
    if (d->has_disputes) write_try(j, "without_disputed", &d->undisputed, level);
    end(j, '}');
    end(j, '}');
}
