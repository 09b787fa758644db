/*
 * Generalised CMH, general association of I x J x K (Landis, Heyman & Koch, Int. Stat. Rev. 46:237, 1978).
 *   d = sum over strata of the first (I-1)(J-1) cells minus r_i m_j / n
 *   cov(ij, i'j') = r_i (n [i=i'] - r_i') m_j (n [j=j'] - m_j') / (n^2 (n-1))
 *   Q = d' C^- d with a generalised inverse of the summed covariance, chi-square with rank(C) df
 */
#include "audit/laws.h"
#include "base/alloc.h"
#include "evenhand/audit.h"

#include <math.h>

enum { most_levels = 64 };

typedef struct shape {
    size_t n_rows, n_columns, n_cells; /* n_cells: (I-1)(J-1) */
} shape;

static bool add_stratum(const double *counts, const shape *s, double *d, double *cov)
{
    double row[most_levels] = {0}, column[most_levels] = {0}, n = 0;
    for (size_t i = 0; i < s->n_rows; i++)
        for (size_t j = 0; j < s->n_columns; j++) {
            double x = counts[i * s->n_columns + j];
            row[i] += x;
            column[j] += x;
            n += x;
        }
    if (n < 2) return false;
    size_t width = s->n_columns - 1;
    for (size_t x = 0; x < s->n_cells; x++) {
        size_t i = x / width, j = x % width;
        d[x] += counts[i * s->n_columns + j] - row[i] * (column[j] / n);
        for (size_t y = 0; y < s->n_cells; y++) {
            size_t k = y / width, l = y % width;
            double rows = row[i] / n * ((i == k ? n : 0) - row[k]), columns = column[j] / n * ((j == l ? n : 0) - column[l]);
            cov[x * s->n_cells + y] += rows * (columns / (n - 1));
        }
    }
    return true;
}

/* Q and the rank by elimination that passes over pivots of zero: d lies in the range of C, so every generalised inverse gives
   the same Q as the pseudo-inverse. C and d are used up. */
static void quadratic_form(double *d, double *cov, size_t n, eh_gcmh *out)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, cov[i * n + i]);
    for (size_t j = 0; j < n; j++) {
        double pivot = cov[j * n + j];
        if (!(pivot > 1e-10 * largest)) continue;
        out->chi2 += d[j] * d[j] / pivot;
        out->df++;
        for (size_t i = j + 1; i < n; i++) {
            double factor = cov[i * n + j] / pivot;
            d[i] -= factor * d[j];
            for (size_t k = j + 1; k < n; k++) cov[i * n + k] -= factor * cov[j * n + k];
        }
    }
}

eh_status eh_gcmh_of(eh_context *ctx, const double *counts, size_t n_rows, size_t n_columns, size_t n_strata, eh_gcmh *out, eh_error *err)
{
    *out = (eh_gcmh){0, NAN, 0};
    if (n_rows < 2 || n_columns < 2 || n_rows > most_levels || n_columns > most_levels || (n_rows - 1) * (n_columns - 1) > 400)
        return eh_fail(err, EH_E_INVALID, "a table of %zu x %zu cannot be tested for association; give 2 to %d rows and columns",
                       n_rows, n_columns, most_levels);
    for (size_t i = 0; i < n_rows * n_columns * n_strata; i++)
        if (!(counts[i] >= 0) || isinf(counts[i])) return eh_fail(err, EH_E_INVALID, "a count of %g; counts are 0 or more", counts[i]);
    const shape s = {n_rows, n_columns, (n_rows - 1) * (n_columns - 1)};
    double *d = eh_alloc(ctx, s.n_cells * (s.n_cells + 1), sizeof *d, err);
    if (!d) return err ? err->status : EH_E_NOMEM;
    bool has_data = false;
    for (size_t k = 0; k < n_strata; k++)
        has_data |= add_stratum(counts + k * n_rows * n_columns, &s, d, d + s.n_cells);
    if (has_data) quadratic_form(d, d + s.n_cells, s.n_cells, out);
    eh_free(ctx, d);
    eh_status status = EH_OK;
    if (!out->df) status = eh_fail(err, EH_E_STATISTICS, "no stratum holds two rows and two columns with counts");
    out->p = out->df ? eh_chi2_q(out->chi2, (double)out->df) : (double)NAN;
    return status;
}
