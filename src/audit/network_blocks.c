/*
 * T = sum over strata of a - E = sum over side A's networks of R_g, where R_g = sum over the network's accounts of (actioned -
 * rate of the account's stratum). R_g does not depend on sides, so a permutation only adds up other R_g.
 * Within a unit of n networks, nA of them A: E T = nA mean(R), var T = nA nB / (n (n-1)) sum (R - mean)^2.
 * Studentised: (T - E T) over sqrt(sum over units of (nA nB / n)^2 (s_A^2/nA + s_B^2/nB)): still right in large samples when
 * the two sides' networks differ in size (Chung & Romano, Ann. Stat. 41:484, 2013).
 */
#include "audit/clusters.h"
#include "base/rng.h"
#include "base/sort.h"

#include <math.h>
#include <string.h>

void eh_cluster_cells(const eh_clusters *data, const uint8_t *side, const double *weight, eh_cells *cells)
{
    memset(cells, 0, data->n_strata * sizeof *cells);
    for (size_t i = 0; i < data->n_rows; i++) {
        const eh_cluster_row *row = &data->rows[i];
        eh_cells *t = &cells[row->stratum];
        double w = weight ? weight[row->network] : 1;
        if (side[row->network]) t->c += w * row->n_actioned, t->d += w * row->n_not;
        else t->a += w * row->n_actioned, t->b += w * row->n_not;
    }
}

void eh_network_blocks_release(eh_context *ctx, eh_blocks_of_networks *blocks)
{
    eh_free(ctx, blocks->order);
    eh_free(ctx, blocks->first);
    eh_free(ctx, blocks->residual);
    *blocks = (eh_blocks_of_networks){0};
}

/* Side A first within a unit, so that the order as it stands is the real labelling. */
static int by_unit(const void *a, const void *b, void *data)
{
    const eh_clusters *d = data;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b, ux = d->unit ? d->unit[x] : 0, uy = d->unit ? d->unit[y] : 0;
    if (ux != uy) return ux < uy ? -1 : 1;
    if (d->side[x] != d->side[y]) return d->side[x] < d->side[y] ? -1 : 1;
    return (x > y) - (x < y);
}

static eh_status fill_residuals(eh_context *ctx, const eh_clusters *data, double *residual, eh_error *err)
{
    double *of = eh_alloc(ctx, 2 * (size_t)data->n_strata, sizeof *of, err);
    if (!of) return err->status;
    for (size_t i = 0; i < data->n_rows; i++) {
        of[2 * data->rows[i].stratum] += data->rows[i].n_actioned;
        of[2 * data->rows[i].stratum + 1] += data->rows[i].n_actioned + data->rows[i].n_not;
    }
    for (size_t i = 0; i < data->n_rows; i++) {
        const eh_cluster_row *row = &data->rows[i];
        double n = row->n_actioned + row->n_not;
        if (n > 0) residual[row->network] += row->n_actioned - n * (of[2 * row->stratum] / of[2 * row->stratum + 1]);
    }
    eh_free(ctx, of);
    return EH_OK;
}

static void fill_moments(eh_blocks_of_networks *b)
{
    for (uint32_t u = 0; u < b->n_blocks; u++) {
        double n = b->first[u + 1] - b->first[u], n_a = b->n_a[u], mean = 0, square = 0;
        for (uint32_t i = b->first[u]; i < b->first[u + 1]; i++) mean += b->residual[b->order[i]] / n;
        for (uint32_t i = b->first[u]; i < b->first[u + 1]; i++) {
            double away = b->residual[b->order[i]] - mean;
            square += away * away;
        }
        b->mean += n_a * mean;
        if (n > 1) b->variance += n_a * (n - n_a) / (n * (n - 1)) * square;
    }
}

eh_status eh_network_blocks_of(eh_context *ctx, const eh_clusters *data, eh_blocks_of_networks *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    uint32_t n = data->n_networks;
    *out = (eh_blocks_of_networks){.n_networks = n};
    out->order = eh_alloc(ctx, n, sizeof *out->order, err);
    out->first = eh_alloc(ctx, 2 * (size_t)n + 2, sizeof *out->first, err);
    out->residual = eh_alloc(ctx, n, sizeof *out->residual, err);
    eh_status status = out->order && out->first && out->residual ? EH_OK : err->status;
    if (status == EH_OK) status = fill_residuals(ctx, data, out->residual, err);
    if (status == EH_OK) {
        const union { const eh_clusters *in; void *out; } of = {data};
        out->n_a = out->first + n + 1;
        for (uint32_t i = 0; i < n; i++) out->order[i] = i;
        status = eh_sort(ctx, out->order, n, sizeof *out->order, by_unit, of.out, err);
    }
    for (uint32_t i = 0; status == EH_OK && i < n; i++) {
        uint32_t g = out->order[i];
        if (i == 0 || (data->unit && data->unit[g] != data->unit[out->order[i - 1]])) out->first[out->n_blocks++] = i;
        out->first[out->n_blocks] = i + 1;
        out->n_a[out->n_blocks - 1] += data->side[g] == 0;
    }
    if (status == EH_OK) fill_moments(out);
    else eh_network_blocks_release(ctx, out);
    return status;
}

static double sum_variance(double sum, double square, double n) { return fmax(square - sum * sum / n, 0) / (n - 1); }

eh_shift eh_shift_of(const eh_blocks_of_networks *b, const uint32_t *order)
{
    double shift = 0, variance = 0;
    for (uint32_t u = 0; u < b->n_blocks; u++) {
        uint32_t first = b->first[u], end = b->first[u + 1], middle = first + b->n_a[u];
        double sum[2] = {0, 0}, square[2] = {0, 0}, n_a = middle - first, n_b = end - middle, n = n_a + n_b;
        for (uint32_t i = first; i < end; i++) {
            double r = b->residual[order[i]];
            sum[i >= middle] += r;
            square[i >= middle] += r * r;
        }
        if (!(n_a > 0 && n_b > 0)) continue;
        shift += sum[0] - n_a * ((sum[0] + sum[1]) / n);
        double pooled = n > 2 ? sum_variance(sum[0] + sum[1], square[0] + square[1], n) : 0;
        double v_a = n_a > 1 ? sum_variance(sum[0], square[0], n_a) : pooled, v_b = n_b > 1 ? sum_variance(sum[1], square[1], n_b) : pooled;
        variance += n_a * n_b / n * (n_a * n_b / n) * (v_a / n_a + v_b / n_b);
    }
    eh_shift out = {fabs(shift), 0};
    if (out.plain > 1e-9 * sqrt(b->variance)) out.studentised = out.plain / sqrt(variance + 1e-24 * b->variance);
    return out;
}

void eh_network_shuffle(const eh_blocks_of_networks *b, uint64_t seed, uint64_t stream, uint32_t *order)
{
    eh_rng rng = eh_rng_of(seed, stream);
    memcpy(order, b->order, b->n_networks * sizeof *order);
    for (uint32_t u = 0; u < b->n_blocks; u++) {
        uint32_t first = b->first[u], n = b->first[u + 1] - first;
        for (uint32_t i = 0; i < b->n_a[u]; i++) {
            uint32_t k = i + (uint32_t)eh_rng_below(&rng, n - i), kept = order[first + i];
            order[first + i] = order[first + k];
            order[first + k] = kept;
        }
    }
}
