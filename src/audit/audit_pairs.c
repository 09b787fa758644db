/* Every pair of sides. The primary one was chosen beforehand and is not adjusted; the p-values of the others are. */
#include "audit/verdict.h"

#include <math.h>

enum { most_sides = 20 };

static eh_status fill_pair(eh_context *ctx, const eh_audit_data *data, const eh_audit *audit, eh_cells *cells, eh_side_pair *pair, eh_error *err)
{
    eh_audit_cells(data, pair->side_a, pair->side_b, cells);
    pair->cmh = eh_cmh_of(cells, data->strata.n, 1 - audit->options.alpha);
    pair->p_network = pair->p_bh = pair->p_by = (double)NAN;
    if (!data->networks.n) return EH_OK;
    if (pair->is_primary) {
        pair->p_network = fmax(audit->networks.p, audit->networks.p_studentised);
        return EH_OK;
    }
    eh_clusters clusters;
    eh_cluster_test test;
    eh_error none = EH_ERROR_INIT;
    eh_cluster_options options = audit->options.clusters;
    options.n_bootstrap = 99; /* its interval is not shown */
    options.n_controls = 0;
    EH_TRY(eh_audit_clusters_of(ctx, data, pair->side_a, pair->side_b, &clusters, err));
    eh_status status = eh_cluster_test_of(ctx, &clusters, &options, &test, &none);
    eh_audit_clusters_release(ctx, &clusters);
    if (status == EH_OK) pair->p_network = fmax(test.p, test.p_studentised);
    if (status == EH_OK || status == EH_E_STATISTICS) return EH_OK;
    return eh_fail(err, status, "%s", none.message);
}

static eh_status adjust(eh_context *ctx, eh_audit *audit, eh_error *err)
{
    size_t n = 0;
    double *p = eh_alloc(ctx, 3 * audit->n_pairs, sizeof *p, err);
    if (!p) return err->status;
    double *bh = p + audit->n_pairs, *by = bh + audit->n_pairs;
    for (size_t i = 0; i < audit->n_pairs; i++) {
        const eh_side_pair *pair = &audit->pairs[i];
        double own = audit->has_networks ? pair->p_network : pair->cmh.p_corrected;
        if (!pair->is_primary) p[n++] = isnan(own) ? 1 : own; /* nothing to see counts as a test, too */
    }
    eh_status status = eh_adjust_p(ctx, p, n, false, bh, err);
    if (status == EH_OK) status = eh_adjust_p(ctx, p, n, true, by, err);
    n = 0;
    for (size_t i = 0; status == EH_OK && i < audit->n_pairs; i++) {
        if (audit->pairs[i].is_primary) continue;
        audit->pairs[i].p_bh = bh[n];
        audit->pairs[i].p_by = by[n++];
    }
    eh_free(ctx, p);
    return status;
}

eh_status eh_audit_fill_pairs(eh_context *ctx, const eh_audit_data *data, eh_audit *audit, eh_error *err)
{
    uint32_t a = audit->options.side_a, b = audit->options.side_b, n = data->sides.n;
    size_t n_pairs = n <= most_sides ? (size_t)n * (n - 1) / 2 : 1;
    eh_cells *cells = eh_alloc(ctx, data->strata.n, sizeof *cells, err);
    audit->pairs = eh_alloc(ctx, n_pairs, sizeof *audit->pairs, err);
    eh_status status = cells && audit->pairs ? EH_OK : err->status;
    if (status == EH_OK) audit->pairs[audit->n_pairs++] = (eh_side_pair){.side_a = a, .side_b = b, .is_primary = true};
    for (uint32_t i = 0; status == EH_OK && n <= most_sides && i < n; i++)
        for (uint32_t k = i + 1; k < n; k++)
            if (!((i == a && k == b) || (i == b && k == a))) audit->pairs[audit->n_pairs++] = (eh_side_pair){.side_a = i, .side_b = k};
    for (size_t i = 0; status == EH_OK && i < audit->n_pairs; i++) status = fill_pair(ctx, data, audit, cells, &audit->pairs[i], err);
    if (status == EH_OK) status = adjust(ctx, audit, err);
    audit->n_comparisons = audit->n_pairs;
    eh_free(ctx, cells);
    return status;
}
