/*
 * What can mislead, as numbers: overlap, strata one by one, hidden factors, and what the design could have shown at all.
 * E-value: the outcome is common among the accounts compared, so that of sqrt(OR) (VanderWeele & Ding 2017).
 */
#include "audit/verdict.h"

#include <math.h>

static void fill_overlap(const eh_cells *cells, size_t n, eh_audit *audit)
{
    double actioned[2] = {0, 0}, accounts[2] = {0, 0};
    for (size_t k = 0; k < n; k++) {
        bool is_informative = eh_cells_are_informative(&cells[k]);
        double m1 = cells[k].a + cells[k].c, all = m1 + cells[k].b + cells[k].d;
        actioned[0] += m1, accounts[0] += all;
        if (is_informative) actioned[1] += m1, accounts[1] += all;
    }
    audit->informative_actioned = actioned[0] > 0 ? actioned[1] / actioned[0] : 0;
    audit->informative_accounts = accounts[0] > 0 ? accounts[1] / accounts[0] : 0;
}

static void fill_hidden_factors(eh_audit *audit)
{
    eh_limits x = audit->headline;
    double limit = x.low > 1 ? x.low : x.high < 1 ? x.high : 1;
    audit->evalue = eh_audit_evalue(sqrt(x.estimate));
    audit->evalue_limit = isnan(x.low) || isnan(x.high) ? (double)NAN : eh_audit_evalue(sqrt(limit));
    audit->gamma = audit->has_exact ? audit->exact.gamma : (double)NAN;
}

static eh_status fill_power(eh_context *ctx, const eh_cells *cells, size_t n, eh_audit *audit, eh_error *err)
{
    eh_plan *plan = eh_alloc(ctx, n, sizeof *plan, err);
    if (!plan) return err->status;
    for (size_t k = 0; k < n; k++) {
        const eh_cells *t = &cells[k];
        double all = t->a + t->b + t->c + t->d;
        if (all > 0) plan[k] = (eh_plan){t->a + t->b, t->c + t->d, (t->a + t->c) / all};
    }
    audit->design_effect = audit->has_networks ? fmax(1, audit->networks.design_effect) : 1;
    audit->detectable = eh_detectable(plan, n, 0.8, audit->options.alpha, audit->design_effect);
    audit->power_at_margin = eh_cmh_power(plan, n, audit->options.margin, audit->options.alpha, audit->design_effect);
    eh_free(ctx, plan);
    return EH_OK;
}

/* Fisher in every informative stratum. */
static eh_status fill_stratum(eh_context *ctx, const eh_cells *cells, double level, eh_stratum_result *out, eh_error *err)
{
    eh_error none = EH_ERROR_INIT;
    out->cells = *cells;
    out->is_informative = eh_cells_are_informative(cells);
    out->p_adjusted = (double)NAN;
    if (!out->is_informative) return EH_OK;
    eh_status status = eh_exact_of(ctx, cells, 1, level, &out->exact, &none);
    out->has_exact = status == EH_OK;
    return status == EH_OK || status == EH_E_LIMIT ? EH_OK : eh_fail(err, status, "%s", none.message);
}

static eh_status adjust_strata(eh_context *ctx, size_t n, eh_audit *audit, eh_error *err)
{
    size_t n_tested = 0;
    double *p = eh_alloc(ctx, 2 * n, sizeof *p, err);
    if (!p) return err->status;
    double *adjusted = p + n;
    for (size_t k = 0; k < n; k++)
        if (audit->strata[k].has_exact) p[n_tested++] = fmin(1, audit->strata[k].exact.p_two_sided);
    eh_status status = eh_adjust_p(ctx, p, n_tested, true, adjusted, err);
    n_tested = 0;
    for (size_t k = 0; status == EH_OK && k < n; k++) {
        eh_stratum_result *s = &audit->strata[k];
        if (!s->has_exact) continue;
        s->p_adjusted = adjusted[n_tested++];
        bool is_above = s->exact.odds_ratio.estimate > 1;
        audit->n_opposed += s->p_adjusted <= audit->options.alpha && is_above != (audit->cmh.excess > 0);
    }
    eh_free(ctx, p);
    return status;
}

/* Strata that by themselves lie beyond the margin: parity then holds on average only. */
static eh_status count_outside(eh_context *ctx, size_t n, eh_audit *audit, eh_error *err)
{
    double n_tested = 0, margin = audit->options.margin;
    for (size_t k = 0; k < n; k++) n_tested += audit->strata[k].has_exact;
    for (size_t k = 0; k < n; k++) {
        eh_exact exact = audit->strata[k].exact;
        if (!audit->strata[k].has_exact) continue;
        if (!(exact.odds_ratio.low > margin || exact.odds_ratio.high < 1 / margin)) continue; /* nor at a stricter level */
        EH_TRY(eh_exact_of(ctx, &audit->strata[k].cells, 1, 1 - audit->options.alpha / n_tested, &exact, err));
        audit->n_outside += exact.odds_ratio.low > margin || exact.odds_ratio.high < 1 / margin;
    }
    return EH_OK;
}

eh_status eh_audit_fill_traps(eh_context *ctx, const eh_audit_data *data, const eh_cells *cells, eh_audit *audit, eh_error *err)
{
    size_t n = data->strata.n;
    fill_overlap(cells, n, audit);
    fill_hidden_factors(audit);
    EH_TRY(fill_power(ctx, cells, n, audit, err));
    audit->strata = eh_alloc(ctx, n, sizeof *audit->strata, err);
    if (!audit->strata) return err->status;
    for (size_t k = 0; k < n; k++) {
        audit->strata[k].stratum = (uint32_t)k;
        EH_TRY(fill_stratum(ctx, &cells[k], 1 - audit->options.alpha, &audit->strata[k], err));
    }
    EH_TRY(adjust_strata(ctx, n, audit, err));
    return count_outside(ctx, n, audit, err);
}
