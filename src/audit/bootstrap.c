/*
 * Interval of OR_MH when networks are the units: networks are drawn with replacement within each side, OR_MH is computed anew.
 *   se = SD of ln OR over replicates times sqrt(m/(m-1)), m = networks of the smaller side; t with m-1 df
 *   interval = hull of ln OR +- t se and of the percentiles; a replicate without odds ratio counts as beyond both ends
 * With few networks percentiles alone are too narrow, and t alone ignores skewness: the hull errs on the side of caution.
 * Efron & Tibshirani, An Introduction to the Bootstrap (1993) 13; Cameron, Gelbach & Miller, Rev. Econ. Stat. 90:414 (2008).
 */
#include "audit/clusters.h"
#include "audit/laws.h"
#include "base/rng.h"
#include "base/sort.h"
#include "base/threads.h"

#include <math.h>
#include <string.h>

static const uint64_t stream_base = (uint64_t)1 << 32;

typedef struct resampling {
    const eh_clusters *data;
    uint64_t seed;
    uint32_t *of_side[2], n_of[2]; /* networks of each side */
    double *weight;                /* per thread: n_networks */
    eh_cells *cells;               /* per thread: n_strata */
    double *log_ratio;             /* per replicate; NaN where there is none */
} resampling;

static eh_status draw(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const resampling *r = data;
    double *weight = r->weight + (size_t)i_thread * r->data->n_networks;
    eh_cells *cells = r->cells + (size_t)i_thread * r->data->n_strata;
    (void)err;
    for (size_t b = first; b < last; b++) {
        eh_rng rng = eh_rng_of(r->seed, stream_base + b);
        memset(weight, 0, r->data->n_networks * sizeof *weight);
        for (int s = 0; s < 2; s++)
            for (uint32_t i = 0; i < r->n_of[s]; i++) weight[r->of_side[s][eh_rng_below(&rng, r->n_of[s])]]++;
        eh_cluster_cells(r->data, r->data->side, weight, cells);
        double above = 0, below = 0;
        for (uint32_t k = 0; k < r->data->n_strata; k++) {
            double n = cells[k].a + cells[k].b + cells[k].c + cells[k].d;
            if (!(n > 0)) continue;
            above += cells[k].a * (cells[k].d / n);
            below += cells[k].b * (cells[k].c / n);
        }
        r->log_ratio[b] = above > 0 || below > 0 ? log(above / below) : (double)NAN;
    }
    return EH_OK;
}

/* x: n sorted replicates, of n + n_missing. */
static double percentile(const double *x, size_t n, size_t n_missing, double p, bool is_low)
{
    double at = p * (double)(n + n_missing + 1) - 1 - (is_low ? (double)n_missing : 0);
    if (at < 0 && is_low) return -INFINITY;
    if (at > (double)n - 1) return INFINITY;
    size_t i = at > 0 ? (size_t)at : 0, k = i + 1 < n ? i + 1 : i;
    if (isinf(x[i]) || isinf(x[k])) return is_low ? x[i] : x[k];
    return x[i] + (at - (double)i) * (x[k] - x[i]);
}

static eh_limits interval(const double *x, size_t n, size_t n_missing, double alpha, const eh_cluster_test *t, double estimate)
{
    double reach = eh_student_t(1 - alpha, t->df) * t->se_log;
    double low = percentile(x, n, n_missing, alpha / 2, true), high = percentile(x, n, n_missing, 1 - alpha / 2, false);
    if (!isinf(reach)) low = fmin(low, estimate - reach), high = fmax(high, estimate + reach);
    else low = -INFINITY, high = INFINITY;
    return (eh_limits){exp(estimate), exp(low), exp(high)};
}

static eh_status summarise(eh_context *ctx, const resampling *r, const eh_cluster_options *options, eh_cluster_test *out, eh_error *err)
{
    size_t n = 0, n_finite = 0;
    double mean = 0, square = 0, smaller = (double)(r->n_of[0] < r->n_of[1] ? r->n_of[0] : r->n_of[1]);
    for (size_t b = 0; b < options->n_bootstrap; b++) {
        if (isnan(r->log_ratio[b])) continue;
        r->log_ratio[n++] = r->log_ratio[b];
    }
    EH_TRY(eh_sort(ctx, r->log_ratio, n, sizeof *r->log_ratio, eh_by_double, NULL, err));
    for (size_t b = 0; b < n; b++) {
        if (isinf(r->log_ratio[b])) continue;
        n_finite++;
        mean += r->log_ratio[b];
    }
    mean /= (double)n_finite;
    for (size_t b = 0; b < n; b++)
        if (!isinf(r->log_ratio[b])) square += (r->log_ratio[b] - mean) * (r->log_ratio[b] - mean);
    eh_cluster_cells(r->data, r->data->side, NULL, r->cells);
    eh_cmh cmh = eh_cmh_of(r->cells, r->data->n_strata, 0.95);
    double estimate = log(cmh.odds_ratio.estimate), missing = (double)(options->n_bootstrap - n_finite) / options->n_bootstrap;
    out->df = smaller - 1;
    bool is_known = smaller > 1 && isfinite(estimate) && missing <= options->alpha / 4 && n_finite > 1;
    out->se_log = is_known ? sqrt(square / (double)(n_finite - 1) * smaller / (smaller - 1)) : (double)INFINITY;
    out->odds_ratio = interval(r->log_ratio, n, options->n_bootstrap - n, options->alpha, out, estimate);
    out->odds_ratio_inner = interval(r->log_ratio, n, options->n_bootstrap - n, 2 * options->alpha, out, estimate);
    return EH_OK;
}

eh_status eh_cluster_bootstrap(eh_context *ctx, const eh_clusters *data, const eh_cluster_options *options, eh_cluster_test *out, eh_error *err)
{
    size_t n_threads = (size_t)eh_context_n_threads(ctx);
    resampling r = {.data = data, .seed = options->seed};
    r.of_side[0] = eh_alloc(ctx, data->n_networks, sizeof *r.of_side[0], err);
    r.of_side[1] = eh_alloc(ctx, data->n_networks, sizeof *r.of_side[1], err);
    r.weight = eh_alloc(ctx, n_threads * data->n_networks, sizeof *r.weight, err);
    r.cells = eh_alloc(ctx, n_threads * data->n_strata, sizeof *r.cells, err);
    r.log_ratio = eh_alloc(ctx, options->n_bootstrap, sizeof *r.log_ratio, err);
    eh_status status = r.of_side[0] && r.of_side[1] && r.weight && r.cells && r.log_ratio ? EH_OK : err->status;
    if (status == EH_OK) {
        for (uint32_t g = 0; g < data->n_networks; g++) r.of_side[data->side[g]][r.n_of[data->side[g]]++] = g;
        status = eh_parallel(ctx, "resample networks", options->n_bootstrap, 16, draw, &r, err);
    }
    if (status == EH_OK) status = summarise(ctx, &r, options, out, err);
    for (int s = 0; s < 2; s++) eh_free(ctx, r.of_side[s]);
    eh_free(ctx, r.weight);
    eh_free(ctx, r.cells);
    eh_free(ctx, r.log_ratio);
    return status;
}
