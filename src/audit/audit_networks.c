/* The networks of two sides out of the rows of an audit, numbered anew. */
#include "audit/verdict.h"

#include <string.h>

void eh_audit_clusters_release(eh_context *ctx, eh_clusters *clusters)
{
    union { const void *in; void *out; } a = {clusters->rows}, b = {clusters->side}, c = {clusters->unit};
    eh_free(ctx, a.out);
    eh_free(ctx, b.out);
    eh_free(ctx, c.out);
    *clusters = (eh_clusters){0};
}

eh_status eh_audit_clusters_of(eh_context *ctx, const eh_audit_data *data, uint32_t side_a, uint32_t side_b, eh_clusters *out, eh_error *err)
{
    size_t n = data->networks.n;
    uint32_t *number = eh_alloc(ctx, n, sizeof *number, err), *unit = eh_alloc(ctx, n, sizeof *unit, err);
    uint8_t *side = eh_alloc(ctx, n, 1, err);
    eh_cluster_row *rows = eh_alloc(ctx, data->n_rows, sizeof *rows, err);
    *out = (eh_clusters){.rows = rows, .n_strata = data->strata.n, .side = side, .unit = unit};
    eh_status status = number && unit && side && rows ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < data->n_rows; i++) {
        const eh_audit_row *row = &data->rows[i];
        if (row->side != side_a && row->side != side_b) continue;
        if (!number[row->network]) {
            number[row->network] = ++out->n_networks;
            side[out->n_networks - 1] = row->side == side_b;
            unit[out->n_networks - 1] = row->unit;
        }
        rows[out->n_rows++] = (eh_cluster_row){number[row->network] - 1, row->stratum, row->n_actioned, row->n_not};
    }
    eh_free(ctx, number);
    if (status != EH_OK) eh_audit_clusters_release(ctx, out);
    return status;
}
