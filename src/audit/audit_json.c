/* audit.json: the verdict, every layer, every trap, for programs. */
#include "audit/json_out.h"

static void write_answer(json *j, const eh_audit *a, const eh_audit_data *data)
{
    char words[EH_AUDIT_TEXT_SIZE];
    text(j, "kind", "audit");
    text(j, "evenhand_version", EH_VERSION);
    text(j, "source", data->source);
    text(j, "status", data->design && data->design->is_sealed ? "sealed" : "exploratory"); /* sealed: specified and recorded before sides opened */
    eh_audit_json_specification(j, data);
    text(j, "verdict", eh_verdict_name(a->verdict));
    text(j, "direction", eh_direction_name(a->direction));
    begin(j, "sides", '{');
    string(j, "a", eh_strings_get(&data->sides, a->options.side_a));
    string(j, "b", eh_strings_get(&data->sides, a->options.side_b));
    end(j, '}');
    eh_audit_question(a, data, words);
    text(j, "question", words);
    eh_audit_conclusion(a, data, words);
    text(j, "conclusion", words);
    limits(j, "odds_ratio", a->headline, 1 - a->options.alpha);
    text(j, "odds_ratio_interval", a->has_networks ? "network bootstrap" : a->headline_is_exact ? "exact" : "Robins-Breslow-Greenland");
    flag(j, "strata_differ", eh_audit_strata_differ(a));
    real(j, "margin", a->options.margin);
    real(j, "alpha", a->options.alpha);
    count(j, "seed", a->options.clusters.seed);
    begin(j, "reasons", '[');
    for (size_t i = 0; i < a->n_reasons; i++) {
        eh_audit_reason_text(a, a->reasons[i], words);
        begin(j, NULL, '{');
        text(j, "reason", eh_audit_reason_name(a->reasons[i]));
        text(j, "text", words);
        end(j, '}');
    }
    end(j, ']');
}

static void write_side(json *j, const char *name, const eh_side_total *t, double level)
{
    begin(j, name, '{');
    real(j, "accounts", t->n);
    real(j, "actioned", t->n_actioned);
    limits(j, "wilson", t->wilson, level);
    limits(j, "jeffreys", t->jeffreys, level);
    end(j, '}');
}

static void write_rates(json *j, const eh_audit *a)
{
    double level = 1 - a->options.alpha;
    begin(j, "rates", '{');
    text(j, "warning", "raw rates say nothing of equal treatment: the sides may differ in evidence");
    write_side(j, "a", &a->total_a, level);
    write_side(j, "b", &a->total_b, level);
    limits(j, "difference_newcombe", a->rate_difference, level);
    real(j, "pooled_odds_ratio", a->cmh.pooled_odds_ratio);
    end(j, '}');
}

static void write_exact(json *j, const eh_audit *a)
{
    if (!a->has_exact) {
        text(j, "exact", NULL);
        text(j, "exact_missing", a->exact_status == EH_E_LIMIT ? "the table is too large for the exact law" : "no stratum can be compared");
        return;
    }
    begin(j, "exact", '{');
    real(j, "s", a->exact.s);
    real(j, "p", a->exact.p_two_sided);
    real(j, "p_less", a->exact.p_less);
    real(j, "p_greater", a->exact.p_greater);
    limits(j, "odds_ratio", a->exact.odds_ratio, 1 - a->options.alpha);
    real(j, "gamma", a->exact.gamma);
    end(j, '}');
}

static void write_equal_evidence(json *j, const eh_audit *a)
{
    const eh_cmh *c = &a->cmh;
    const eh_homogeneity *h = &a->homogeneity;
    double level = 1 - a->options.alpha;
    begin(j, "equal_evidence", '{');
    text(j, "accounts_are", a->has_networks ? "counted as if independent: naive, shown beside the network test" : "counted as independent: no networks are given");
    count(j, "strata", a->n_strata);
    count(j, "informative_strata", c->n_informative);
    begin(j, "cmh", '{');
    real(j, "x2_corrected", c->chi2_corrected);
    real(j, "p_corrected", c->p_corrected);
    real(j, "x2", c->chi2);
    real(j, "p", c->p);
    real(j, "excess_actions", c->excess);
    limits(j, "odds_ratio", c->odds_ratio, level);
    real(j, "se_log_odds_ratio", c->se_log);
    end(j, '}');
    write_exact(j, a);
    begin(j, "homogeneity", '{');
    count(j, "df", h->df);
    real(j, "breslow_day", h->breslow_day);
    real(j, "p_breslow_day", h->p_breslow_day);
    real(j, "tarone", h->tarone);
    real(j, "p_tarone", h->p_tarone);
    real(j, "woolf", h->woolf);
    real(j, "p_woolf", h->p_woolf);
    end(j, '}');
    if (a->has_gcmh) {
        begin(j, "all_sides_cmh", '{');
        real(j, "x2", a->gcmh.chi2);
        count(j, "df", a->gcmh.df);
        real(j, "p", a->gcmh.p);
        end(j, '}');
    }
    end(j, '}');
}

static void write_networks(json *j, const eh_audit *a)
{
    const eh_cluster_test *t = &a->networks;
    if (!a->has_networks) {
        text(j, "networks", NULL);
        return;
    }
    begin(j, "networks", '{');
    count(j, "networks_a", t->n_networks[0]);
    count(j, "networks_b", t->n_networks[1]);
    count(j, "acted_a", t->n_acted[0]);
    count(j, "acted_b", t->n_acted[1]);
    count(j, "permutations", a->options.clusters.n_permutations);
    real(j, "p", t->p);
    real(j, "p_studentised", t->p_studentised);
    real(j, "excess_actions", t->excess);
    real(j, "sd_permuted", t->sd_permuted);
    real(j, "design_effect", t->design_effect);
    count(j, "resamplings", a->options.clusters.n_bootstrap);
    real(j, "se_log_odds_ratio", t->se_log);
    real(j, "df", t->df);
    limits(j, "odds_ratio", t->odds_ratio, 1 - a->options.alpha);
    begin(j, "negative_control", '{');
    count(j, "relabellings", t->n_controls);
    count(j, "differ_by_networks", t->n_controls_network);
    count(j, "differ_naive", t->n_controls_naive);
    end(j, '}');
    end(j, '}');
}

static void write_equivalence(json *j, const eh_audit *a)
{
    begin(j, "equivalence", '{');
    limits(j, "interval", a->inner, 1 - 2 * a->options.alpha);
    real(j, "margin", a->options.margin);
    real(j, "tost_p", a->tost_p);
    real(j, "tost_p_at_1.5", a->tost_p_wide);
    end(j, '}');
}

static void write_traps(json *j, const eh_audit *a, const eh_audit_data *data)
{
    eh_trap traps[EH_N_TRAPS];
    eh_audit_traps(a, data, traps);
    begin(j, "traps", '[');
    for (size_t i = 0; i < EH_N_TRAPS; i++) {
        begin(j, NULL, '{');
        text(j, "trap", traps[i].name);
        text(j, "state", eh_trap_state_name(traps[i].state));
        real(j, "value", traps[i].value);
        text(j, "text", traps[i].text);
        end(j, '}');
    }
    end(j, ']');
}

static void write_strata(json *j, const eh_audit *a, const eh_audit_data *data)
{
    begin(j, "strata", '[');
    for (size_t k = 0; k < a->n_listed_strata; k++) {
        const eh_stratum_result *s = &a->strata[k];
        begin(j, NULL, '{');
        string(j, "stratum", eh_strings_get(&data->strata, s->stratum));
        real(j, "a_actioned", s->cells.a);
        real(j, "a_not", s->cells.b);
        real(j, "b_actioned", s->cells.c);
        real(j, "b_not", s->cells.d);
        flag(j, "informative", s->is_informative);
        if (s->has_exact) {
            limits(j, "odds_ratio", s->exact.odds_ratio, 1 - a->options.alpha);
            real(j, "p", s->exact.p_two_sided);
            real(j, "p_adjusted", s->p_adjusted);
        }
        end(j, '}');
    }
    end(j, ']');
}

eh_status eh_audit_write_json(const eh_audit *audit, const eh_audit_data *data, const char *path, eh_error *err)
{
    json j = {.has_members = false};
    EH_TRY(eh_outfile_open(audit->ctx, path, &j.out, err));
    (void)fputc('{', j.out.stream);
    write_answer(&j, audit, data);
    begin(&j, "layers", '{');
    write_rates(&j, audit);
    write_equal_evidence(&j, audit);
    write_networks(&j, audit);
    write_equivalence(&j, audit);
    eh_audit_json_outcome(&j, audit, data);
    end(&j, '}');
    write_traps(&j, audit, data);
    eh_audit_json_design(&j, audit, data);
    count(&j, "comparisons", audit->n_comparisons);
    count(&j, "empty_strata", data->n_empty_strata);
    count(&j, "unlabelled_accounts", data->n_unlabelled);
    write_strata(&j, audit, data);
    (void)fputs("}\n", j.out.stream);
    return eh_outfile_commit(&j.out, err);
}
