/*
 * How reliable evidence is, and what that does to the answer. Two halves of one look-back (odd and even weeks) measure the same twice:
 *   r = correlation of the halves within a side;  lambda = 2 r / (1 + r)   (Spearman 1910, Brown 1910)
 *   e* = mean_side + lambda (e - mean_side)   (regression calibration with side-specific means; Carroll et al. 2006, ch. 4)
 * Where sides differ in their mean, accounts alike in noisy evidence are not alike in what it measures; e* undoes that on average.
 */
#include "audit/design.h"

#include <math.h>

enum { fewest_halves = 20, fewest_of_side = 30 };

typedef struct moments {
    double n, x, y, xx, yy, xy;
} moments;

static void add(moments *m, double x, double y)
{
    m->n++;
    m->x += x, m->y += y;
    m->xx += x * x, m->yy += y * y, m->xy += x * y;
}

/* Sums of squares about the side's own means, so that a difference of sides is no correlation. */
static void add_within(const moments *m, double *sxx, double *syy, double *sxy)
{
    if (m->n < 2) return;
    *sxx += m->xx - m->x * m->x / m->n;
    *syy += m->yy - m->y * m->y / m->n;
    *sxy += m->xy - m->x * m->y / m->n;
}

static double lambda_of(double sxx, double syy, double sxy)
{
    if (!(sxx > 0) || !(syy > 0)) return (double)NAN;
    const double r = sxy / sqrt(sxx * syy);
    return fmin(1, fmax(0.05, 2 * r / (1 + r)));
}

static int side_of(const eh_risk_row *row, const uint32_t compare[2]) { return row->side == compare[0] ? 0 : row->side == compare[1] ? 1 : -1; }

/* One row an account: the last in which it has a number and both halves. */
static eh_status gather(eh_context *ctx, const eh_risk_set *set, const uint32_t compare[2], moments halves[2], eh_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < set->n_rows; i++)
        if (set->rows[i].account >= n) n = (size_t)set->rows[i].account + 1;
    size_t *row_of = eh_alloc(ctx, n, sizeof *row_of, err);
    if (!row_of) return err->status;
    for (size_t i = 0; i < set->n_rows; i++) {
        const eh_risk_row *row = &set->rows[i];
        if (row->rule == 0 && isfinite(row->evidence) && isfinite(row->half[0]) && isfinite(row->half[1])) row_of[row->account] = i + 1;
    }
    for (size_t a = 0; a < n; a++) {
        if (!row_of[a]) continue;
        const eh_risk_row *row = &set->rows[row_of[a] - 1];
        const int s = side_of(row, compare);
        if (s >= 0) add(&halves[s], row->half[0], row->half[1]);
    }
    eh_free(ctx, row_of);
    return EH_OK;
}

static void fill_means(const eh_risk_set *set, const uint32_t compare[2], double mean[2], double *measured_share)
{
    double sum[2] = {0, 0}, n[2] = {0, 0}, n_actioned = 0, n_measured = 0;
    for (size_t i = 0; i < set->n_rows; i++) {
        const eh_risk_row *row = &set->rows[i];
        const int s = side_of(row, compare);
        if (s < 0) continue;
        if (row->is_actioned) n_actioned++, n_measured += isfinite(row->evidence);
        if (row->rule == 0 && isfinite(row->evidence)) sum[s] += row->evidence, n[s]++;
    }
    for (int s = 0; s < 2; s++) mean[s] = n[s] > 0 ? sum[s] / n[s] : 0;
    *measured_share = n_actioned > 0 ? n_measured / n_actioned : 0;
}

eh_status eh_design_reliability(eh_design_work *w, eh_audit_design *d, eh_error *err)
{
    moments halves[2] = {{0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0}};
    double mean[2];
    EH_TRY(gather(w->ctx, w->set, w->compare, halves, err));
    fill_means(w->set, w->compare, mean, &d->measured_share);
    double sxx = 0, syy = 0, sxy = 0;
    for (int s = 0; s < 2; s++) {
        d->n_halves[s] = (uint64_t)halves[s].n;
        add_within(&halves[s], &sxx, &syy, &sxy);
    }
    const bool is_pooled = halves[0].n < fewest_of_side || halves[1].n < fewest_of_side;
    for (int s = 0; s < 2; s++) {
        double own_xx = 0, own_yy = 0, own_xy = 0;
        add_within(&halves[s], &own_xx, &own_yy, &own_xy);
        d->reliability[s] = is_pooled ? lambda_of(sxx, syy, sxy) : lambda_of(own_xx, own_yy, own_xy);
        if (halves[0].n + halves[1].n < fewest_halves) d->reliability[s] = (double)NAN;
    }
    d->lambdas[0] = (eh_audit_try){true, 1, w->base->headline, w->base->verdict, w->base->direction};
    for (int i = 1; i < EH_N_LAMBDAS; i++) {
        eh_risk_view view = {.is_calibrated = true, .mean = {mean[0], mean[1]}};
        for (int s = 0; s < 2; s++) view.lambda[s] = fmax(0.05, d->reliability[s] - (i == 2 ? 0.1 : 0));
        d->lambdas[i].lambda = (view.lambda[0] + view.lambda[1]) / 2;
        if (isnan(d->reliability[0]) || isnan(d->reliability[1])) continue;
        EH_TRY(eh_design_try(w, &view, &d->lambdas[i], err));
    }
    return EH_OK;
}
