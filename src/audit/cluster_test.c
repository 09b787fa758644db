/*
 * Take-downs come in batches: the unit of inference is the network. Sides are permuted over networks within units,
 *   p = (1 + #{|T*| >= |T|}) / (B + 1),  T = sum(a - E)
 * and random relabellings, tested like the real one, show what share the tests call different: about alpha for this test,
 * far more for the account-level test where actions come in batches.
 * Draw b of a kind comes from stream b of the seed, so results do not depend on the threads.
 */
#include "audit/clusters.h"
#include "base/rng.h"
#include "base/threads.h"

#include <math.h>

static const uint64_t control_stream = (uint64_t)2 << 32;

typedef struct permuting {
    const eh_clusters *data;
    const eh_blocks_of_networks *blocks;
    const eh_cluster_options *options;
    uint32_t *order;   /* per thread */
    uint8_t *side;     /* per thread */
    eh_cells *cells;   /* per thread */
    eh_shift *shifts;  /* per permutation */
    uint8_t *is_found; /* per control: bit 0 this test, bit 1 account-level */
} permuting;

static eh_status permute(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const permuting *p = data;
    uint32_t *order = p->order + (size_t)i_thread * p->blocks->n_networks;
    (void)err;
    for (size_t b = first; b < last; b++) {
        eh_network_shuffle(p->blocks, p->options->seed, b, order);
        p->shifts[b] = eh_shift_of(p->blocks, order);
    }
    return EH_OK;
}

/* p and its studentised form; equal up to rounding counts as at least as large. */
static eh_shift p_of(const permuting *p, eh_shift observed)
{
    double n[2] = {1, 1}, slack = 1 - 1e-9;
    for (uint32_t b = 0; b < p->options->n_permutations; b++) {
        n[0] += p->shifts[b].plain >= slack * observed.plain;
        n[1] += p->shifts[b].studentised >= slack * observed.studentised;
    }
    double of = p->options->n_permutations + 1.0;
    return (eh_shift){n[0] / of, n[1] / of};
}

static eh_status control(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const permuting *p = data;
    uint32_t *order = p->order + (size_t)i_thread * p->blocks->n_networks;
    uint8_t *side = p->side + (size_t)i_thread * p->blocks->n_networks;
    eh_cells *cells = p->cells + (size_t)i_thread * p->data->n_strata;
    (void)err;
    for (size_t b = first; b < last; b++) {
        eh_network_shuffle(p->blocks, p->options->seed, control_stream + b, order);
        eh_shift found = p_of(p, eh_shift_of(p->blocks, order));
        for (uint32_t u = 0; u < p->blocks->n_blocks; u++)
            for (uint32_t i = p->blocks->first[u]; i < p->blocks->first[u + 1]; i++)
                side[order[i]] = i >= p->blocks->first[u] + p->blocks->n_a[u];
        eh_cluster_cells(p->data, side, NULL, cells);
        eh_cmh cmh = eh_cmh_of(cells, p->data->n_strata, 0.95);
        p->is_found[b] = (uint8_t)((fmax(found.plain, found.studentised) <= p->options->alpha) | (cmh.p_corrected <= p->options->alpha) << 1);
    }
    return EH_OK;
}

eh_cluster_options eh_cluster_options_default(void)
{
    return (eh_cluster_options){.n_permutations = 9999, .n_bootstrap = 1999, .n_controls = 200, .alpha = 0.05, .seed = 1};
}

static eh_status check(const eh_clusters *data, const eh_cluster_options *options, uint64_t n_of[2], eh_error *err)
{
    if (options->n_permutations < 99 || options->n_permutations > 1000000 || options->n_bootstrap < 99 || options->n_bootstrap > 1000000 ||
        options->n_controls > 100000 || !(options->alpha > 0 && options->alpha < 0.5))
        return eh_fail(err, EH_E_INVALID, "give 99 to 1,000,000 permutations and resamplings, and a level below 0.5");
    for (size_t i = 0; i < data->n_rows; i++)
        if (data->rows[i].network >= data->n_networks || data->rows[i].stratum >= data->n_strata || !(data->rows[i].n_actioned >= 0) ||
            !(data->rows[i].n_not >= 0) || isinf(data->rows[i].n_actioned + data->rows[i].n_not))
            return eh_fail_at(err, EH_E_INVALID, NULL, (int64_t)i + 1, -1, "names a network or stratum that does not exist, or a count that is none");
    for (uint32_t g = 0; g < data->n_networks; g++) {
        if (data->side[g] > 1) return eh_fail(err, EH_E_INVALID, "network %u is on side %d; only 0 and 1 can be compared", g, data->side[g]);
        n_of[data->side[g]]++;
    }
    if (!n_of[0] || !n_of[1]) return eh_fail(err, EH_E_STATISTICS, "all networks are on one side; nothing can be compared");
    return EH_OK;
}

static eh_status count_acted(eh_context *ctx, const eh_clusters *data, eh_cluster_test *out, eh_error *err)
{
    uint8_t *has_acted = eh_alloc(ctx, data->n_networks, 1, err);
    if (!has_acted) return err->status;
    for (size_t i = 0; i < data->n_rows; i++)
        if (data->rows[i].n_actioned > 0) has_acted[data->rows[i].network] = 1;
    for (uint32_t g = 0; g < data->n_networks; g++) out->n_acted[data->side[g]] += has_acted[g];
    eh_free(ctx, has_acted);
    return EH_OK;
}

static eh_status run(eh_context *ctx, permuting *p, eh_cluster_test *out, eh_error *err)
{
    eh_cluster_cells(p->data, p->data->side, NULL, p->cells);
    eh_cmh cmh = eh_cmh_of(p->cells, p->data->n_strata, 0.95);
    out->excess = cmh.excess;
    out->sd_permuted = sqrt(p->blocks->variance);
    out->design_effect = cmh.variance > 0 ? p->blocks->variance / cmh.variance : (double)NAN;
    EH_TRY(eh_parallel(ctx, "permute networks", p->options->n_permutations, 64, permute, p, err));
    eh_shift found = p_of(p, eh_shift_of(p->blocks, p->blocks->order));
    out->p = found.plain;
    out->p_studentised = found.studentised;
    EH_TRY(eh_parallel(ctx, "relabel networks", p->options->n_controls, 4, control, p, err));
    out->n_controls = p->options->n_controls;
    for (uint32_t b = 0; b < p->options->n_controls; b++) {
        out->n_controls_network += p->is_found[b] & 1;
        out->n_controls_naive += p->is_found[b] >> 1;
    }
    return eh_cluster_bootstrap(ctx, p->data, p->options, out, err);
}

eh_status eh_cluster_test_of(eh_context *ctx, const eh_clusters *data, const eh_cluster_options *options, eh_cluster_test *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_cluster_test){0};
    EH_TRY(check(data, options, out->n_networks, err));
    size_t n_threads = (size_t)eh_context_n_threads(ctx);
    eh_blocks_of_networks blocks = {0};
    permuting p = {.data = data, .blocks = &blocks, .options = options};
    eh_status status = eh_network_blocks_of(ctx, data, &blocks, err);
    if (status == EH_OK) {
        p.order = eh_alloc(ctx, n_threads * data->n_networks, sizeof *p.order, err);
        p.side = eh_alloc(ctx, n_threads * data->n_networks, sizeof *p.side, err);
        p.cells = eh_alloc(ctx, n_threads * data->n_strata, sizeof *p.cells, err);
        p.shifts = eh_alloc(ctx, options->n_permutations, sizeof *p.shifts, err);
        p.is_found = eh_alloc(ctx, options->n_controls, 1, err);
        status = p.order && p.side && p.cells && p.shifts && p.is_found ? EH_OK : err->status;
    }
    if (status == EH_OK) status = count_acted(ctx, data, out, err);
    if (status == EH_OK) status = run(ctx, &p, out, err);
    eh_free(ctx, p.order);
    eh_free(ctx, p.side);
    eh_free(ctx, p.cells);
    eh_free(ctx, p.shifts);
    eh_free(ctx, p.is_found);
    eh_network_blocks_release(ctx, &blocks);
    return status;
}
