/* What an audit would find in a design whose truth is known: told before anybody opens labels. */
#include "cli/cmd_audit.h"

static void print_share(const char *name, uint64_t n, uint64_t of)
{
    eh_limits x = eh_wilson((double)n, (double)of, 0.95);
    printf("%-13s %5.1f %% (%.1f to %.1f %%)\n", name, 100 * x.estimate, 100 * x.low, 100 * x.high);
}

static void print(const eh_audit_plan *plan, const eh_audit_options *options, const eh_audit_simulated *s)
{
    bool is_planted = plan->odds_ratio > 1 || plan->odds_ratio < 1;
    printf("design        %s; planted odds ratio %g, margin %g, %llu audits\n", plan->table ? "the table's strata and networks" : "as given", plan->odds_ratio, options->margin,
           (unsigned long long)s->n_audits);
    if (is_planted) {
        print_share("power", s->n_right, s->n_audits);
        print_share("wrong way", s->n_verdicts[EH_DISPARITY_SHOWN] - s->n_right, s->n_audits);
    } else {
        print_share("false alarms", s->n_verdicts[EH_DISPARITY_SHOWN], s->n_audits);
    }
    print_share("parity shown", s->n_verdicts[EH_PARITY_SHOWN], s->n_audits);
    print_share("inconclusive", s->n_verdicts[EH_INCONCLUSIVE], s->n_audits);
    print_share("by accounts", s->n_naive, s->n_audits);
    printf("              (accounts counted as independent: what a test that ignores networks would call a difference)\n");
    if (plan->noise > 0 || plan->coverage < 1 || plan->truncation > 0) {
        print_share("bare table", s->n_unaware, s->n_audits);
        printf("              (disparity shown by the table alone, which shows neither reliability, coverage nor exposure)\n");
    }
    printf("odds ratio    median %.3g, quartiles %.3g to %.3g\n", s->odds_ratio[1], s->odds_ratio[0], s->odds_ratio[2]);
    for (int i = 0, n = 0; i < EH_N_AUDIT_REASONS; i++)
        if (s->n_reasons[i]) printf("%-13s %llu %s\n", n++ ? "" : "reasons", (unsigned long long)s->n_reasons[i], eh_audit_reason_name((eh_audit_reason)i));
    for (int i = 0, n = 0; i < EH_N_TRAPS; i++)
        if (s->n_traps[i]) printf("%-13s %llu %s\n", n++ ? "" : "traps", (unsigned long long)s->n_traps[i], s->trap_names[i]);
    if (s->n_empty) printf("              %llu with an empty side\n", (unsigned long long)s->n_empty);
}

static void json_share(cli_json *json, const char *key, uint64_t n, uint64_t of)
{
    eh_limits x = eh_wilson((double)n, (double)of, 0.95);
    cli_json_begin(json, key, '{');
    cli_json_count(json, "n", n);
    cli_json_real(json, "share", x.estimate);
    cli_json_real(json, "low", x.low);
    cli_json_real(json, "high", x.high);
    cli_json_end(json, '}');
}

static void json_plan(cli_json *json, const eh_audit_plan *p)
{
    cli_json_begin(json, "design", '{');
    cli_json_bool(json, "from_table", p->table != NULL);
    if (!p->table) {
        cli_json_count(json, "networks_a", p->n_networks[0]);
        cli_json_count(json, "networks_b", p->n_networks[1]);
        cli_json_count(json, "accounts_least", p->n_least);
        cli_json_count(json, "accounts_most", p->n_most);
        cli_json_count(json, "strata", p->n_strata);
        cli_json_real(json, "rate", p->rate);
    }
    cli_json_real(json, "odds_ratio", p->odds_ratio);
    cli_json_real(json, "spread", p->spread);
    cli_json_bool(json, "batch", p->is_batch);
    cli_json_bool(json, "deterministic", p->is_deterministic);
    cli_json_real(json, "evidence_gap", p->gap);
    cli_json_real(json, "noise", p->noise);
    cli_json_real(json, "coverage", p->coverage);
    cli_json_real(json, "truncation", p->truncation);
    cli_json_bool(json, "unaware", p->is_unaware);
    cli_json_end(json, '}');
}

static void put_json(cli_json *json, const eh_audit_plan *plan, const eh_audit_options *options, uint64_t seed, const eh_audit_simulated *s)
{
    cli_json_text(json, "kind", "audit_simulation");
    cli_json_text(json, "evenhand_version", EH_VERSION);
    json_plan(json, plan);
    cli_json_real(json, "margin", options->margin);
    cli_json_real(json, "alpha", options->alpha);
    cli_json_count(json, "seed", seed);
    cli_json_count(json, "permutations", options->clusters.n_permutations);
    cli_json_count(json, "resamplings", options->clusters.n_bootstrap);
    cli_json_count(json, "audits", s->n_audits);
    json_share(json, "disparity", s->n_verdicts[EH_DISPARITY_SHOWN], s->n_audits);
    json_share(json, "right_direction", s->n_right, s->n_audits);
    json_share(json, "parity", s->n_verdicts[EH_PARITY_SHOWN], s->n_audits);
    json_share(json, "inconclusive", s->n_verdicts[EH_INCONCLUSIVE], s->n_audits);
    json_share(json, "naive_by_accounts", s->n_naive, s->n_audits);
    json_share(json, "disparity_by_bare_table", s->n_unaware, s->n_audits);
    cli_json_real(json, "reliability", s->reliability);
    cli_json_real(json, "odds_ratio_median", s->odds_ratio[1]);
    cli_json_real(json, "odds_ratio_quartile_1", s->odds_ratio[0]);
    cli_json_real(json, "odds_ratio_quartile_3", s->odds_ratio[2]);
    cli_json_count(json, "empty", s->n_empty);
    cli_json_begin(json, "reasons", '{');
    for (int i = 0; i < EH_N_AUDIT_REASONS; i++)
        if (s->n_reasons[i]) cli_json_count(json, eh_audit_reason_name((eh_audit_reason)i), s->n_reasons[i]);
    cli_json_end(json, '}');
    cli_json_begin(json, "traps", '{');
    for (int i = 0; i < EH_N_TRAPS; i++)
        if (s->n_traps[i]) cli_json_count(json, s->trap_names[i], s->n_traps[i]);
    cli_json_end(json, '}');
}

eh_status cli_audit_simulate(const cli_call *call, const audit_args *all, const eh_audit_data *table, const eh_audit_options *options, eh_error *err)
{
    const cli_audit_plan *args = &all->plan;
    const char *path = all->output;
    eh_audit_simulated result;
    cli_json json;
    eh_audit_plan plan = eh_audit_plan_default();
    plan.n_networks[0] = (uint32_t)args->n_networks;
    plan.n_networks[1] = (uint32_t)(args->n_networks_b ? args->n_networks_b : args->n_networks);
    plan.n_least = (uint32_t)args->n_least;
    plan.n_most = (uint32_t)(args->n_most > args->n_least ? args->n_most : args->n_least);
    plan.n_strata = (uint32_t)args->n_strata;
    plan.rate = args->rate;
    plan.odds_ratio = args->odds_ratio;
    plan.spread = args->spread;
    plan.is_batch = args->is_batch;
    plan.is_deterministic = args->is_deterministic;
    plan.gap = args->gap;
    plan.noise = args->noise;
    plan.coverage = args->coverage;
    plan.truncation = args->truncation;
    plan.is_unaware = args->is_unaware;
    plan.table = table;
    EH_TRY(eh_audit_simulate(call->ctx, &plan, options, (uint32_t)args->n_audits, call->common->seed, &result, err));
    cli_progress_end();
    if (path) {
        EH_TRY(cli_json_open_at(call->ctx, path, &json, err));
        put_json(&json, &plan, options, call->common->seed, &result);
        EH_TRY(cli_json_close(&json, err));
    }
    if (!call->common->is_json) {
        print(&plan, options, &result);
        return EH_OK;
    }
    EH_TRY(cli_json_open(call->ctx, &json, err));
    put_json(&json, &plan, options, call->common->seed, &result);
    return cli_json_close(&json, err);
}
