/*
 * Simulated audits. A world is laid out as accounts at risk of a join and answered by eh_audit_case_of, which measures reliability and
 * coverage and re-stratifies as for real data; what the table alone would have answered is counted beside it.
 */
#include "audit/planned_world.h"
#include "audit/risk_table.h"
#include "base/alloc.h"
#include "base/sort.h"

#include <math.h>

eh_audit_plan eh_audit_plan_default(void)
{
    return (eh_audit_plan){.n_networks = {30, 30}, .n_least = 10, .n_most = 40, .n_strata = 10, .rate = 0.2, .slope = 1.2, .odds_ratio = 1, .spread = 0.3, .coverage = 1};
}

typedef struct simulation {
    eh_planned_world *world;
    const eh_audit_options *options;
    eh_audit_spec spec;
    eh_audit_simulated *out;
    double *estimates, *reliabilities;
    size_t n_estimates, n_reliabilities;
} simulation;

static const uint32_t compare[2] = {0, 1};

static eh_audit_spec spec_of(const eh_audit_plan *plan, const eh_audit_options *options)
{
    eh_audit_spec spec = eh_audit_spec_default();
    spec.evidence_bins = plan->table ? 1 : plan->n_strata;
    spec.exposure_bins = 1;
    spec.margin = options->margin;
    spec.alpha = options->alpha;
    spec.n_permutations = options->clusters.n_permutations;
    spec.n_resamplings = options->clusters.n_bootstrap;
    return spec;
}

static void count(simulation *s, const eh_audit *audit, const eh_audit_data *data)
{
    eh_audit_simulated *out = s->out;
    double planted = s->world->plan->odds_ratio;
    eh_direction direction = planted > 1 ? EH_AGAINST_A : planted < 1 ? EH_AGAINST_B : EH_AGAINST_NEITHER;
    eh_trap traps[EH_N_TRAPS];
    out->n_verdicts[audit->verdict]++;
    out->n_right += audit->verdict == EH_DISPARITY_SHOWN && audit->direction == direction;
    out->n_naive += audit->cmh.p_corrected <= audit->options.alpha;
    for (size_t i = 0; i < audit->n_reasons; i++) out->n_reasons[audit->reasons[i]]++;
    if (isfinite(audit->headline.estimate)) s->estimates[s->n_estimates++] = audit->headline.estimate;
    eh_audit_traps(audit, data, traps);
    for (size_t i = 0; i < EH_N_TRAPS; i++) {
        out->trap_names[i] = traps[i].name;
        out->n_traps[i] += traps[i].state == EH_TRAP_WARNS || traps[i].state == EH_TRAP_BLOCKS;
    }
}

/* As a bare table: by counts where evidence is counts, and whatever the archive held. */
static eh_status answer_table(simulation *s, eh_error *err)
{
    eh_risk_table table;
    eh_audit_data data;
    eh_audit *audit;
    eh_audit_options o = *s->options;
    const eh_risk_view view = {.is_whole = s->world->plan->truncation > 0};
    o.clusters.seed = s->spec.seed;
    EH_TRY(eh_risk_table_of(s->world->ctx, &s->world->set, &s->spec, compare, &view, &table, &data, err));
    eh_status status = eh_audit_of(s->world->ctx, &data, &o, &audit, err);
    if (status == EH_OK) {
        s->out->n_unaware += audit->verdict == EH_DISPARITY_SHOWN;
        count(s, audit, &data);
        eh_audit_free(audit);
    }
    eh_risk_table_release(&table);
    return status;
}

static eh_status answer(simulation *s, eh_error *err)
{
    eh_audit_case found;
    if (s->world->plan->is_unaware) return answer_table(s, err);
    EH_TRY(eh_audit_case_of(s->world->ctx, &s->world->set, &s->spec, compare, NULL, NULL, NULL, &found, err));
    count(s, found.audit, &found.data);
    const eh_audit_try *bare = s->world->plan->truncation > 0 ? &found.design.whole : &found.design.lambdas[0];
    s->out->n_unaware += bare->has_run && bare->verdict == EH_DISPARITY_SHOWN;
    double reliability = (found.design.reliability[0] + found.design.reliability[1]) / 2;
    if (isfinite(reliability)) s->reliabilities[s->n_reliabilities++] = reliability;
    eh_audit_case_release(&found);
    return EH_OK;
}

static eh_status run(simulation *s, uint32_t n_audits, uint64_t seed, eh_error *err)
{
    for (uint32_t i = 0; i < n_audits; i++) {
        eh_rng rng = eh_rng_of(seed, i);
        eh_error why = EH_ERROR_INIT;
        if (eh_context_is_cancelled(s->world->ctx)) return eh_fail(err, EH_E_CANCELLED, "stopped after %u simulated audits", i);
        EH_TRY(eh_planned_world_draw(s->world, &rng, err));
        s->spec.seed = seed + i;
        eh_status status = answer(s, &why);
        if (status != EH_OK && status != EH_E_STATISTICS) return eh_fail(err, status, "%s", why.message);
        s->out->n_empty += status == EH_E_STATISTICS;
        s->out->n_verdicts[EH_INCONCLUSIVE] += status == EH_E_STATISTICS;
        s->out->n_audits++;
    }
    return EH_OK;
}

static eh_status summarise(simulation *s, eh_error *err)
{
    eh_context *ctx = s->world->ctx;
    EH_TRY(eh_sort(ctx, s->estimates, s->n_estimates, sizeof *s->estimates, eh_by_double, NULL, err));
    EH_TRY(eh_sort(ctx, s->reliabilities, s->n_reliabilities, sizeof *s->reliabilities, eh_by_double, NULL, err));
    for (size_t i = 0; i < 3; i++) s->out->odds_ratio[i] = s->n_estimates ? s->estimates[(s->n_estimates - 1) * (i + 1) / 4] : (double)NAN;
    s->out->reliability = s->n_reliabilities ? s->reliabilities[s->n_reliabilities / 2] : (double)NAN;
    return EH_OK;
}

eh_status eh_audit_simulate(eh_context *ctx, const eh_audit_plan *plan, const eh_audit_options *options, uint32_t n_audits, uint64_t seed, eh_audit_simulated *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    eh_planned_world world;
    if (!err) err = &local;
    *out = (eh_audit_simulated){0};
    if (n_audits < 1) return eh_fail(err, EH_E_INVALID, "no audits to simulate; give at least one");
    EH_TRY(eh_planned_world_open(ctx, plan, &world, err));
    simulation s = {.world = &world, .options = options, .spec = spec_of(plan, options), .out = out, .estimates = eh_alloc(ctx, 2 * (size_t)n_audits, sizeof(double), err)};
    s.reliabilities = s.estimates ? s.estimates + n_audits : NULL;
    eh_status status = s.estimates ? run(&s, n_audits, seed, err) : err->status;
    if (status == EH_OK) status = summarise(&s, err);
    eh_free(ctx, s.estimates);
    eh_planned_world_close(&world);
    return status;
}
