/*
 * Matched pairs and sets.
 *   McNemar: (b - c)^2 / (b + c), corrected (|b-c| - 1)^2; exact: twice the smaller binomial tail at 1/2. Psychometrika 12:153 (1947)
 *   Rosenbaum: t of n discordant pairs; under a hidden factor of size G the p-value is at most P(Bin(n, G/(1+G)) >= t)
 *   Conditional logistic, one case a set: sum over sets of x_case b - ln sum exp(x b). Breslow & Day, IARC 32 (1980) 7.
 */
#include "audit/laws.h"
#include "audit/linear.h"
#include "base/alloc.h"
#include "base/sort.h"
#include "evenhand/audit.h"

#include <math.h>
#include <string.h>

/* P(Bin(n, p) >= t) */
static double binomial_upper(double n, double t, double p) { return t <= 0 ? 1 : t > n ? 0 : eh_beta_p(p, t, n - t + 1); }

eh_mcnemar eh_mcnemar_of(double b, double c)
{
    eh_mcnemar out = {NAN, NAN, NAN, NAN, NAN};
    if (!(b >= 0 && c >= 0 && b + c > 0)) return out;
    double gap = fabs(b - c), corrected = fmax(gap - 1, 0);
    out.chi2 = gap * gap / (b + c);
    out.chi2_corrected = corrected * corrected / (b + c);
    out.p = eh_chi2_q(out.chi2, 1);
    out.p_corrected = eh_chi2_q(out.chi2_corrected, 1);
    out.p_exact = fmin(1, 2 * binomial_upper(b + c, fmax(b, c), 0.5));
    return out;
}

double eh_matched_bound(double n, double t, double gamma)
{
    if (!(n > 0 && t >= 0 && t <= n && gamma > 0)) return NAN;
    return binomial_upper(n, t, gamma / (1 + gamma));
}

double eh_matched_gamma(double n, double t, double alpha)
{
    if (!(n > 0 && t >= 0 && t <= n && alpha > 0 && alpha < 1)) return NAN;
    if (t <= 0) return 0;
    double p = eh_beta_quantile(alpha, t, n - t + 1);
    return p / (1 - p);
}

/* ---- conditional logistic ---- */

typedef struct fit {
    const eh_matched_row *rows;
    const double *x;
    const size_t *order; /* rows by set */
    size_t n_rows, n_columns;
    double *score, *information, *mean;
} fit;

static int by_set(const void *a, const void *b, void *data)
{
    const eh_matched_row *rows = data;
    uint32_t x = rows[*(const size_t *)a].set, y = rows[*(const size_t *)b].set;
    return (x > y) - (x < y);
}

static double predictor(const fit *f, size_t row, const double *beta)
{
    double sum = 0;
    for (size_t j = 0; j < f->n_columns; j++) sum += f->x[row * f->n_columns + j] * beta[j];
    return sum;
}

/* Adds one set, rows order[first .. end); its log likelihood. */
static double add_set(const fit *f, size_t first, size_t end, size_t i_case, const double *beta)
{
    size_t p = f->n_columns;
    double largest = -INFINITY, total = 0;
    for (size_t i = first; i < end; i++) largest = fmax(largest, predictor(f, f->order[i], beta));
    memset(f->mean, 0, p * sizeof *f->mean);
    for (size_t i = first; i < end; i++) {
        const double *x = f->x + f->order[i] * p;
        double w = exp(predictor(f, f->order[i], beta) - largest);
        total += w;
        for (size_t j = 0; j < p; j++) f->mean[j] += w * x[j];
    }
    for (size_t j = 0; j < p; j++) {
        f->mean[j] /= total;
        f->score[j] += f->x[i_case * p + j] - f->mean[j];
    }
    for (size_t i = first; i < end; i++) {
        const double *x = f->x + f->order[i] * p;
        double w = exp(predictor(f, f->order[i], beta) - largest) / total;
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++) f->information[j * p + k] += w * (x[j] - f->mean[j]) * (x[k] - f->mean[k]);
    }
    return predictor(f, i_case, beta) - largest - log(total);
}

static double add_all(const fit *f, const double *beta, size_t *n_sets)
{
    double log_likelihood = 0;
    *n_sets = 0;
    memset(f->score, 0, f->n_columns * sizeof *f->score);
    memset(f->information, 0, f->n_columns * f->n_columns * sizeof *f->information);
    for (size_t first = 0, end; first < f->n_rows; first = end) {
        size_t n_cases = 0, i_case = 0;
        for (end = first; end < f->n_rows && f->rows[f->order[end]].set == f->rows[f->order[first]].set; end++) {
            if (!f->rows[f->order[end]].is_case) continue;
            n_cases++;
            i_case = f->order[end];
        }
        if (n_cases != 1 || end - first < 2) continue;
        (*n_sets)++;
        log_likelihood += add_set(f, first, end, i_case, beta);
    }
    return log_likelihood;
}

static eh_status newton(const fit *f, double *beta, double *se, double *step, eh_error *err)
{
    size_t p = f->n_columns, n_sets = 0;
    for (int i = 0; i < 50; i++) {
        (void)add_all(f, beta, &n_sets);
        if (!n_sets) return eh_fail(err, EH_E_STATISTICS, "no set has exactly one case and a control");
        if (!eh_cholesky(f->information, p, NULL)) break;
        memcpy(step, f->score, p * sizeof *step);
        eh_cholesky_solve(f->information, p, step);
        double largest = 0;
        for (size_t j = 0; j < p; j++) {
            largest = fmax(largest, fabs(step[j]));
            beta[j] += step[j];
        }
        if (!(largest < 20)) break;
        if (largest > 1e-12) continue;
        for (size_t j = 0; j < p; j++) {
            memset(step, 0, p * sizeof *step);
            step[j] = 1;
            eh_cholesky_solve(f->information, p, step);
            se[j] = sqrt(step[j]);
        }
        return EH_OK;
    }
    return eh_fail(err, EH_E_STATISTICS, "the sets do not determine the coefficients (a column is constant in every set, or separates the cases)");
}

eh_status eh_matched_logistic(eh_context *ctx, const eh_matched_row *rows, const double *x, size_t n_rows, size_t n_columns,
                              double *beta, double *se, eh_error *err)
{
    if (n_columns == 0 || n_columns > 64) return eh_fail(err, EH_E_INVALID, "%zu columns; give 1 to 64", n_columns);
    size_t p = n_columns;
    size_t *order = eh_alloc(ctx, n_rows, sizeof *order, err);
    double *work = eh_alloc(ctx, p * (p + 3), sizeof *work, err);
    eh_status status = order && work ? EH_OK : EH_E_NOMEM;
    for (size_t i = 0; status == EH_OK && i < n_rows; i++) order[i] = i;
    if (status == EH_OK) {
        const fit f = {rows, x, order, n_rows, p, work, work + p, work + p + p * p};
        memset(beta, 0, p * sizeof *beta);
        union { const eh_matched_row *in; void *out; } data = {rows};
        status = eh_sort(ctx, order, n_rows, sizeof *order, by_set, data.out, err);
        if (status == EH_OK) status = newton(&f, beta, se, work + 2 * p + p * p, err);
    }
    eh_free(ctx, work);
    eh_free(ctx, order);
    return status;
}
