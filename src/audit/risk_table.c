/*
 * Strata: quantiles of evidence x quantiles of exposure x policy and unit x period. Quantiles are of all accounts at risk, labelled or
 * not, so that they do not depend on sides. Evidence that is no number has strata of its own: too little to test, and tested
 * with nothing beyond chance. A network with accounts on two sides is two units of inference.
 */
#include "audit/risk_table.h"

#include "audit/rows.h"
#include "base/sort.h"

#include <math.h>
#include <stdio.h>

enum { most_bins = 100 };

typedef struct binning {
    double evidence[most_bins], exposure[most_bins];
    uint32_t n_evidence, n_exposure;
} binning;

eh_status eh_bin_limits(eh_context *ctx, double *values, size_t n, uint32_t n_bins, double *limits, uint32_t *n_limits, eh_error *err)
{
    *n_limits = 0;
    EH_TRY(eh_sort(ctx, values, n, sizeof *values, eh_by_double, NULL, err));
    for (uint32_t b = 1; b < n_bins && n; b++) {
        const double x = values[(size_t)((double)n * b / n_bins + 0.5) < 1 ? 0 : (size_t)((double)n * b / n_bins + 0.5) - 1];
        if (x < values[n - 1] && (*n_limits == 0 || x > limits[*n_limits - 1])) limits[(*n_limits)++] = x;
    }
    return EH_OK;
}

uint32_t eh_bin_of(const double *limits, uint32_t n_limits, double x)
{
    uint32_t n = 0;
    while (n < n_limits && limits[n] < x) n++;
    return n;
}

static double evidence_of(const eh_risk_row *row, const uint32_t compare[2], const eh_risk_view *view)
{
    const double e = view->is_whole ? row->whole : row->evidence;
    if (!view->is_calibrated || !isfinite(e)) return e;
    for (int s = 0; s < 2; s++)
        if (row->side == compare[s]) return view->mean[s] + view->lambda[s] * (e - view->mean[s]);
    return e;
}

static eh_status find_bins(eh_context *ctx, const eh_risk_set *set, const eh_audit_spec *spec, const uint32_t compare[2], const eh_risk_view *view, binning *bins, eh_error *err)
{
    size_t n = 0;
    double *values = eh_alloc(ctx, set->n_rows, sizeof *values, err);
    if (!values) return err->status;
    for (size_t i = 0; i < set->n_rows; i++) {
        const double e = evidence_of(&set->rows[i], compare, view);
        if (isfinite(e)) values[n++] = e;
    }
    eh_status status = eh_bin_limits(ctx, values, n, spec->evidence_bins, bins->evidence, &bins->n_evidence, err);
    for (size_t i = 0; i < set->n_rows; i++) values[i] = set->rows[i].exposure;
    if (status == EH_OK) status = eh_bin_limits(ctx, values, set->n_rows, spec->exposure_bins, bins->exposure, &bins->n_exposure, err);
    eh_free(ctx, values);
    return status;
}

static eh_status stratum_of(eh_risk_table *t, const eh_risk_set *set, const eh_risk_row *row, double evidence, const eh_risk_view *view, const binning *bins, uint32_t *out,
                            eh_error *err)
{
    char name[512], level[64];
    if (isnan(evidence)) (void)snprintf(level, sizeof level, "evidence untested");
    else if (!isfinite(evidence)) (void)snprintf(level, sizeof level, "evidence none");
    else (void)snprintf(level, sizeof level, "evidence %02u of %u", eh_bin_of(bins->evidence, bins->n_evidence, evidence) + 1, bins->n_evidence + 1);
    const eh_str period = eh_strings_get(&set->periods, row->period), rule = eh_strings_get(&set->rules, row->rule);
    const int rule_size = (int)(rule.size < 200 ? rule.size : 200);
    if (view->is_whole) (void)snprintf(name, sizeof name, "%s; %.*s", level, rule_size, rule.data);
    else if (view->is_unexposed) (void)snprintf(name, sizeof name, "%s; %.*s; %.*s", level, (int)period.size, period.data, rule_size, rule.data);
    else
        (void)snprintf(name, sizeof name, "%s; exposure %u of %u; %.*s; %.*s", level, eh_bin_of(bins->exposure, bins->n_exposure, row->exposure) + 1, bins->n_exposure + 1,
                       (int)period.size, period.data, rule_size, rule.data);
    return eh_dict_add(&t->strata, eh_str_of(name), out, err);
}

static eh_status add_row(eh_risk_table *t, const eh_risk_set *set, const eh_risk_row *row, double evidence, const eh_risk_view *view, const binning *bins, eh_error *err)
{
    char network[64];
    eh_audit_row out = {.side = row->side, .n_actioned = row->is_actioned, .n_not = !row->is_actioned};
    EH_TRY(stratum_of(t, set, row, evidence, view, bins, &out.stratum, err));
    (void)snprintf(network, sizeof network, "%u/%u", row->network, row->side);
    EH_TRY(eh_dict_add(&t->networks, eh_str_of(network), &out.network, err));
    EH_TRY(eh_reserve(t->ctx, (void **)&t->rows, &t->capacity, t->n_rows + 1, sizeof *t->rows, err));
    t->rows[t->n_rows++] = out;
    return EH_OK;
}

/* Per account the last period in which it was at risk; the caller's. */
static eh_status last_periods(eh_context *ctx, const eh_risk_set *set, uint32_t **out, eh_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < set->n_rows; i++)
        if (set->rows[i].account >= n) n = (size_t)set->rows[i].account + 1;
    *out = eh_alloc(ctx, n, sizeof **out, err);
    if (!*out) return err->status;
    for (size_t i = 0; i < set->n_rows; i++)
        if (set->rows[i].period > (*out)[set->rows[i].account]) (*out)[set->rows[i].account] = set->rows[i].period;
    return EH_OK;
}

static eh_status fill(eh_risk_table *t, const eh_risk_set *set, const eh_audit_spec *spec, const uint32_t compare[2], const eh_risk_view *view, eh_error *err)
{
    binning bins = {.n_evidence = 0};
    uint32_t *last = NULL;
    EH_TRY(find_bins(t->ctx, set, spec, compare, view, &bins, err));
    eh_status status = view->is_whole ? last_periods(t->ctx, set, &last, err) : EH_OK; /* one row an account, whenever it was actioned */
    for (size_t i = 0; status == EH_OK && i < set->n_rows; i++) {
        const eh_risk_row *row = &set->rows[i];
        if (i % 65536 == 0 && eh_context_is_cancelled(t->ctx)) status = eh_fail(err, EH_E_CANCELLED, "stopped");
        if (row->side == UINT32_MAX || (view->drops_disputed && row->is_disputed) || (last && last[row->account] != row->period)) continue;
        if (status == EH_OK) status = add_row(t, set, row, evidence_of(row, compare, view), view, &bins, err);
    }
    eh_free(t->ctx, last);
    return status == EH_OK ? eh_audit_rows_merge(t->ctx, t->rows, &t->n_rows, err) : status;
}

eh_status eh_risk_table_of(eh_context *ctx, const eh_risk_set *set, const eh_audit_spec *spec, const uint32_t compare[2], const eh_risk_view *view, eh_risk_table *table,
                           eh_audit_data *data, eh_error *err)
{
    *table = (eh_risk_table){.ctx = ctx, .strata = EH_DICT_INIT(ctx), .networks = EH_DICT_INIT(ctx)};
    eh_status status = fill(table, set, spec, compare, view, err);
    if (status != EH_OK) {
        eh_risk_table_release(table);
        return status;
    }
    *data = (eh_audit_data){.strata = eh_dict_strings(&table->strata), .sides = set->sides, .networks = eh_dict_strings(&table->networks), .rows = table->rows,
                            .n_rows = table->n_rows, .n_unlabelled = set->n_unlabelled};
    return EH_OK;
}

void eh_risk_table_release(eh_risk_table *table)
{
    if (!table || !table->ctx) return;
    eh_dict_release(&table->strata);
    eh_dict_release(&table->networks);
    eh_free(table->ctx, table->rows);
    *table = (eh_risk_table){0};
}
