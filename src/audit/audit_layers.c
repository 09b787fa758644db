/* Layer 1, raw rates; layer 2, equal evidence: CMH, exact, homogeneity, equivalence, and networks as units. */
#include "audit/verdict.h"

#include <math.h>
#include <string.h>

void eh_audit_cells(const eh_audit_data *data, uint32_t side_a, uint32_t side_b, eh_cells *cells)
{
    memset(cells, 0, data->strata.n * sizeof *cells);
    for (size_t i = 0; i < data->n_rows; i++) {
        const eh_audit_row *row = &data->rows[i];
        eh_cells *t = &cells[row->stratum];
        if (row->side == side_a) t->a += row->n_actioned, t->b += row->n_not;
        if (row->side == side_b) t->c += row->n_actioned, t->d += row->n_not;
    }
}

static eh_side_total total_of(double n_actioned, double n, double level)
{
    return (eh_side_total){n, n_actioned, eh_wilson(n_actioned, n, level), eh_jeffreys(n_actioned, n, level)};
}

static void fill_rates(const eh_cells *cells, size_t n, double level, eh_audit *audit)
{
    eh_cells sum = {0, 0, 0, 0};
    for (size_t k = 0; k < n; k++) {
        sum = (eh_cells){sum.a + cells[k].a, sum.b + cells[k].b, sum.c + cells[k].c, sum.d + cells[k].d};
        audit->n_strata += cells[k].a + cells[k].b + cells[k].c + cells[k].d > 0;
    }
    audit->total_a = total_of(sum.a, sum.a + sum.b, level);
    audit->total_b = total_of(sum.c, sum.c + sum.d, level);
    audit->rate_difference = eh_newcombe(sum.a, sum.a + sum.b, sum.c, sum.c + sum.d, level);
}

/* Association of action with all sides at once, where there are more than two. */
static eh_status fill_gcmh(eh_context *ctx, const eh_audit_data *data, eh_audit *audit, eh_error *err)
{
    size_t n = data->sides.n;
    if (n < 3 || n > 64) return EH_OK;
    double *counts = eh_alloc(ctx, data->strata.n * n * 2, sizeof *counts, err);
    if (!counts) return err->status;
    for (size_t i = 0; i < data->n_rows; i++) {
        double *at = counts + (data->rows[i].stratum * n + data->rows[i].side) * 2;
        at[0] += data->rows[i].n_actioned;
        at[1] += data->rows[i].n_not;
    }
    eh_error none = EH_ERROR_INIT;
    eh_status status = eh_gcmh_of(ctx, counts, n, 2, data->strata.n, &audit->gcmh, &none);
    audit->has_gcmh = status == EH_OK;
    eh_free(ctx, counts);
    if (status == EH_OK || status == EH_E_STATISTICS) return EH_OK;
    return eh_fail(err, status, "%s", none.message);
}

static eh_status fill_exact(eh_context *ctx, const eh_cells *cells, size_t n, double level, eh_audit *audit, eh_error *err)
{
    eh_error none = EH_ERROR_INIT;
    audit->exact_status = eh_exact_of(ctx, cells, n, level, &audit->exact, &none);
    audit->has_exact = audit->exact_status == EH_OK;
    if (audit->has_exact || audit->exact_status == EH_E_STATISTICS || audit->exact_status == EH_E_LIMIT) return EH_OK;
    return eh_fail(err, audit->exact_status, "%s", none.message);
}

static eh_status fill_networks(eh_context *ctx, const eh_audit_data *data, eh_audit *audit, eh_error *err)
{
    eh_clusters clusters;
    EH_TRY(eh_audit_clusters_of(ctx, data, audit->options.side_a, audit->options.side_b, &clusters, err));
    eh_status status = eh_cluster_test_of(ctx, &clusters, &audit->options.clusters, &audit->networks, err);
    eh_audit_clusters_release(ctx, &clusters);
    audit->has_networks = status == EH_OK;
    return status;
}

/* The interval that speaks: over networks where there are any. */
static void fill_equivalence(const eh_cells *cells, size_t n, eh_audit *audit)
{
    const eh_audit_options *o = &audit->options;
    double log_ratio = log(audit->cmh.odds_ratio.estimate), se = audit->cmh.se_log, df = INFINITY;
    audit->headline = audit->cmh.odds_ratio;
    audit->headline_is_exact = isnan(audit->headline.low) && audit->has_exact; /* a zero cell: no large-sample interval */
    if (audit->headline_is_exact) audit->headline = (eh_limits){audit->headline.estimate, audit->exact.odds_ratio.low, audit->exact.odds_ratio.high};
    audit->inner = eh_cmh_of(cells, n, 1 - 2 * o->alpha).odds_ratio;
    if (audit->has_networks) {
        se = audit->networks.se_log;
        df = audit->networks.df;
        audit->headline_is_exact = false;
        audit->headline = audit->networks.odds_ratio;
        audit->inner = audit->networks.odds_ratio_inner;
    }
    audit->tost_p = eh_tost(log_ratio, se, o->margin, df);
    audit->tost_p_wide = eh_tost(log_ratio, se, 1.5, df);
}

eh_status eh_audit_fill_layers(eh_context *ctx, const eh_audit_data *data, const eh_cells *cells, eh_audit *audit, eh_error *err)
{
    size_t n = data->strata.n;
    double level = 1 - audit->options.alpha;
    fill_rates(cells, n, level, audit);
    for (int s = 0; s < 2; s++) {
        eh_str name = eh_strings_get(&data->sides, s ? audit->options.side_b : audit->options.side_a);
        if ((s ? audit->total_b : audit->total_a).n > 0) continue;
        return eh_fail_at(err, EH_E_STATISTICS, data->source, -1, -1, "side '%.*s' has no accounts; nothing can be compared",
                          (int)(name.size < 60 ? name.size : 60), name.data);
    }
    audit->cmh = eh_cmh_of(cells, n, level);
    audit->cmh.n_strata = audit->n_strata;
    audit->homogeneity = eh_homogeneity_of(cells, n, audit->cmh.odds_ratio.estimate);
    EH_TRY(fill_gcmh(ctx, data, audit, err));
    EH_TRY(fill_exact(ctx, cells, n, level, audit, err));
    if (data->networks.n) EH_TRY(fill_networks(ctx, data, audit, err));
    fill_equivalence(cells, n, audit);
    return EH_OK;
}
