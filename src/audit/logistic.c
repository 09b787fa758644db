/*
 * Logistic regression of grouped counts, plain or with Firth's penalty.
 *   l(b) = sum y ln pi + (n-y) ln(1-pi);  l*(b) = l(b) + 1/2 ln|I(b)|,  I = X' W X,  W = n pi (1-pi)
 *   U* = sum (y - n pi + h (1/2 - pi)) x,  h = diagonal of W^1/2 X I^-1 X' W^1/2
 * Fisher scoring with halved steps. Interval: the b_j at which the profile is chi2(level)/2 below its top, bisected; the
 * penalty of a profile uses the whole information, as Heinze & Schemper do.
 * Firth, Biometrika 80:27 (1993); Heinze & Schemper, Stat. Med. 21:2409 (2002). For a saturated 2 x 2 table the penalised
 * estimate is that of the table with 1/2 added to each cell.
 */
#include "audit/laws.h"
#include "audit/linear.h"
#include "base/alloc.h"
#include "evenhand/audit.h"

#include <math.h>
#include <string.h>

enum { most_columns = 64, most_steps = 500, not_fixed = most_columns };

typedef struct model {
    const eh_logistic_data *d;
    bool is_firth;
    double *factor, *score, *step, *trial, *solved; /* p*p, p, p, p, p */
} model;

static double probability(const eh_logistic_data *d, size_t i, const double *beta)
{
    double sum = 0;
    for (size_t j = 0; j < d->n_columns; j++) sum += d->x[i * d->n_columns + j] * beta[j];
    return 1 / (1 + exp(-sum));
}

/* I(b) into factor, unfactored. */
static void information(const model *m, const double *beta)
{
    size_t p = m->d->n_columns;
    memset(m->factor, 0, p * p * sizeof *m->factor);
    for (size_t i = 0; i < m->d->n_rows; i++) {
        double pi = probability(m->d, i, beta), w = m->d->n_trials[i] * pi * (1 - pi);
        const double *x = m->d->x + i * p;
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k <= j; k++) m->factor[j * p + k] += w * x[j] * x[k];
    }
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k < j; k++) m->factor[k * p + j] = m->factor[j * p + k];
}

static double log_share(double y, double pi) { return y > 0 ? y * log(pi) : 0; }

/* What is maximised; -INFINITY where the information is singular. Leaves the factor of I(b). */
static double objective(const model *m, const double *beta)
{
    double sum = 0, log_det = 0;
    for (size_t i = 0; i < m->d->n_rows; i++) {
        double pi = probability(m->d, i, beta), y = m->d->n_events[i];
        sum += log_share(y, pi) + log_share(m->d->n_trials[i] - y, 1 - pi);
    }
    information(m, beta);
    if (!eh_cholesky(m->factor, m->d->n_columns, &log_det)) return -INFINITY;
    return m->is_firth ? sum + log_det / 2 : sum;
}

/* Needs the factor of I(b). */
static void fill_score(const model *m, const double *beta)
{
    size_t p = m->d->n_columns;
    memset(m->score, 0, p * sizeof *m->score);
    for (size_t i = 0; i < m->d->n_rows; i++) {
        const double *x = m->d->x + i * p;
        double pi = probability(m->d, i, beta), n = m->d->n_trials[i], pull = m->d->n_events[i] - n * pi;
        if (m->is_firth) {
            double leverage = 0;
            memcpy(m->solved, x, p * sizeof *x);
            eh_cholesky_solve(m->factor, p, m->solved);
            for (size_t j = 0; j < p; j++) leverage += m->solved[j] * x[j];
            pull += n * pi * (1 - pi) * leverage * (0.5 - pi);
        }
        for (size_t j = 0; j < p; j++) m->score[j] += pull * x[j];
    }
}

/* Scoring step over the free coefficients; false where it cannot be taken. */
static bool fill_step(const model *m, const double *beta, size_t fixed)
{
    size_t p = m->d->n_columns;
    information(m, beta);
    memcpy(m->step, m->score, p * sizeof *m->step);
    if (fixed < p) {
        for (size_t j = 0; j < p; j++) m->factor[fixed * p + j] = m->factor[j * p + fixed] = 0;
        m->factor[fixed * p + fixed] = 1;
        m->step[fixed] = 0;
    }
    if (!eh_cholesky(m->factor, p, NULL)) return false;
    eh_cholesky_solve(m->factor, p, m->step);
    return true;
}

/* Maximises from beta on; `fixed` stays as it is. False where it does not converge. */
static bool maximise(const model *m, double *beta, size_t fixed, double *reached)
{
    size_t p = m->d->n_columns;
    *reached = objective(m, beta);
    for (int i = 0; i < most_steps && isfinite(*reached); i++) {
        double largest = 0, scale = 1, next = -INFINITY;
        fill_score(m, beta);
        if (!fill_step(m, beta, fixed)) return false;
        for (size_t j = 0; j < p; j++) largest = fmax(largest, fabs(m->step[j]));
        if (largest > 5) scale = 5 / largest;
        for (int halvings = 0; halvings < 30; halvings++, scale /= 2) {
            for (size_t j = 0; j < p; j++) m->trial[j] = beta[j] + scale * m->step[j];
            next = objective(m, m->trial);
            if (next >= *reached - 1e-12 * (1 + fabs(*reached))) break;
        }
        if (!isfinite(next)) return false;
        memcpy(beta, m->trial, p * sizeof *beta);
        *reached = next;
        if (largest * scale < 1e-11) return true;
        for (size_t j = 0; j < p; j++)
            if (fabs(beta[j]) > 500) return false;
        if (!m->is_firth && largest * scale < 1.5 && i > 40 && largest > 0.5) return false; /* plain, and running away */
    }
    return false;
}

/* The value beyond `from` in direction sign at which the profile is at `target`; infinite where it stays above. */
static double profile_limit(const model *m, const double *at_top, double *beta, size_t column, double se, double sign, double target)
{
    double inside = at_top[column], outside = inside, value;
    memcpy(beta, at_top, m->d->n_columns * sizeof *beta);
    for (double reach = 2 * se;; reach *= 2) {
        if (!(reach < 400)) return sign * (double)INFINITY;
        beta[column] = outside = at_top[column] + sign * reach;
        if (!maximise(m, beta, column, &value)) memcpy(beta, at_top, m->d->n_columns * sizeof *beta), value = -INFINITY;
        if (value < target) break;
        inside = outside;
    }
    for (int i = 0; i < 100 && fabs(outside - inside) > 1e-11 * (1 + fabs(inside)); i++) {
        double middle = inside + (outside - inside) / 2;
        memcpy(beta, at_top, m->d->n_columns * sizeof *beta);
        beta[column] = middle;
        if (maximise(m, beta, column, &value) && value >= target) inside = middle;
        else outside = middle;
    }
    return inside + (outside - inside) / 2;
}

static eh_status check(const eh_logistic_data *d, size_t column, double level, eh_error *err)
{
    if (d->n_columns == 0 || d->n_columns > most_columns || column >= d->n_columns || !(level > 0 && level < 1))
        return eh_fail(err, EH_E_INVALID, "a regression on %zu columns, column %zu at level %g, cannot be made", d->n_columns, column, level);
    for (size_t i = 0; i < d->n_rows; i++) {
        if (!(d->n_events[i] >= 0 && d->n_events[i] <= d->n_trials[i]) || isinf(d->n_trials[i]))
            return eh_fail_at(err, EH_E_INVALID, NULL, (int64_t)i + 1, -1, "%g events of %g", d->n_events[i], d->n_trials[i]);
        for (size_t j = 0; j < d->n_columns; j++)
            if (!isfinite(d->x[i * d->n_columns + j])) return eh_fail_at(err, EH_E_INVALID, NULL, (int64_t)i + 1, -1, "column %zu is not a number", j);
    }
    return EH_OK;
}

eh_status eh_logistic_of(eh_context *ctx, const eh_logistic_data *data, bool is_firth, size_t column, double level, double *beta_out,
                         eh_coefficient *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_coefficient){NAN, NAN, NAN, NAN, NAN};
    EH_TRY(check(data, column, level, err));
    size_t p = data->n_columns;
    double *work = eh_alloc(ctx, p * (p + 6), sizeof *work, err), top, null;
    if (!work) return err->status;
    const model m = {data, is_firth, work, work + p * p, work + p * (p + 1), work + p * (p + 2), work + p * (p + 3)};
    double *beta = work + p * (p + 4), *profile = work + p * (p + 5);
    eh_status status = EH_OK;
    if (!maximise(&m, beta, not_fixed, &top))
        status = eh_fail(err, EH_E_STATISTICS, "the regression has no solution: a column is a combination of others%s",
                         is_firth ? "" : ", or separates actioned from not (Firth's penalty gives an answer then)");
    if (status == EH_OK) {
        double z = eh_normal_z(level), target = top - z * z / 2;
        (void)objective(&m, beta);
        memset(profile, 0, p * sizeof *profile);
        profile[column] = 1;
        eh_cholesky_solve(m.factor, p, profile);
        out->beta = beta[column];
        out->se = sqrt(profile[column]);
        out->low = profile_limit(&m, beta, profile, column, out->se, -1, target);
        out->high = profile_limit(&m, beta, profile, column, out->se, 1, target);
        memcpy(profile, beta, p * sizeof *beta);
        profile[column] = 0;
        if (maximise(&m, profile, column, &null)) out->p = eh_chi2_q(fmax(0, 2 * (top - null)), 1);
        if (beta_out) memcpy(beta_out, beta, p * sizeof *beta);
    }
    eh_free(ctx, work);
    return status;
}
