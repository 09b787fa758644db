/*
 * Exact conditional inference on a common odds ratio t over strata (Fisher's test where there is one).
 *   P_t(S = s) = f(s) t^s / sum,  f = law at t = 1
 *   p two-sided = sum of f(s) over f(s) <= f(obs)(1 + 1e-7);  cMLE: E_t[S] = obs
 *   low: P_t(S >= obs) = alpha/2;  high: P_t(S <= obs) = alpha/2
 * The law is convolved at the estimate, where its mass lies around obs, so that limits and small tails keep their digits; a
 * tail at t = 1 follows from it by exp(ln C(t) - s ln t), C being a product over strata that needs no convolution.
 * For a binary action the worst case of a hidden factor of size G is the same law at t = G (Rosenbaum), so the sensitivity
 * value at alpha is the one-sided lower limit.
 */
#include "audit/exact_law.h"

#include <math.h>

typedef struct tilted {
    eh_law law;
    double *log_f;
    double log_theta, sd, observed;
} tilted;

static eh_status check_counts(const eh_cells *strata, size_t n, eh_exact *out, eh_error *err)
{
    static const double most = 9007199254740992.0;
    double total = 0;
    for (size_t k = 0; k < n; k++) {
        const double cell[4] = {strata[k].a, strata[k].b, strata[k].c, strata[k].d};
        for (int i = 0; i < 4; i++) {
            if (!(cell[i] >= 0 && cell[i] <= most) || cell[i] > floor(cell[i]))
                return eh_fail(err, EH_E_INVALID, "stratum %zu has a count of %g; counts are whole numbers from 0 to 2^53", k + 1, cell[i]);
            total += cell[i];
        }
        double r1 = cell[0] + cell[1], r2 = cell[2] + cell[3], m1 = cell[0] + cell[2];
        out->s += cell[0];
        out->s_least += fmax(0, m1 - r2);
        out->s_most += fmin(r1, m1);
        out->n_informative += eh_cells_are_informative(&strata[k]);
    }
    if (total > most) return eh_fail(err, EH_E_INVALID, "the counts add up to more than 2^53; they can no longer be told apart");
    if (!out->n_informative) return eh_fail(err, EH_E_STATISTICS, "no stratum has both sides, and both actioned and not");
    return EH_OK;
}

/* The tilt at which E[S] is `target`, by guarded Newton steps on a bracket. */
static eh_status solve_mean(eh_context *ctx, const eh_cells *strata, size_t n, double start, double target, double *log_theta,
                            double *sd, eh_error *err)
{
    double low = -INFINITY, high = INFINITY, x = start, reach = 1;
    for (int i = 0; i < 200; i++) {
        double mean, variance;
        EH_TRY(eh_law_moments(ctx, strata, n, x, &mean, &variance, err));
        *log_theta = x;
        *sd = sqrt(variance);
        double gap = target - mean;
        if (fabs(gap) <= 1e-13 * (1 + fabs(target)) || (isfinite(low) && isfinite(high) && high - low < 1e-15 * (1 + fabs(x)))) break;
        if (gap > 0) low = x;
        else high = x;
        double next = variance > 1e-12 ? x + gap / variance : (double)NAN;
        if (!(next > low && next < high) || fabs(next - x) > 4) {
            if (isinf(low)) next = high - (reach *= 2);
            else if (isinf(high)) next = low + (reach *= 2);
            else next = low + (high - low) / 2;
        }
        if (fabs(next) > 300) next = next > 0 ? fmin(300, x + 20) : fmax(-300, x - 20);
        if (!(fabs(next - x) > 0)) break;
        x = next;
    }
    return EH_OK;
}

/* P(S >= obs), or P(S <= obs), when the tilt moves by delta; sums in logarithms. */
static double tail_at(const tilted *t, double delta, bool is_upper)
{
    double largest = -INFINITY, tail = 0, all = 0;
    for (size_t i = 0; i < t->law.n; i++) {
        double x = t->log_f[i] + (t->law.first + (double)i - t->observed) * delta;
        largest = fmax(largest, x);
    }
    for (size_t i = 0; i < t->law.n; i++) {
        double away = t->law.first + (double)i - t->observed, f = exp(t->log_f[i] + away * delta - largest);
        all += f;
        if (is_upper ? away >= -0.5 : away <= 0.5) tail += f;
    }
    return tail / all;
}

/* ln of the odds ratio at which that tail is p. */
static double limit_at(const tilted *t, double p, bool is_upper)
{
    /* The upper tail grows with the tilt, the lower one falls. */
    double sign = is_upper ? 1 : -1, unit = t->sd > 1e-3 ? 1 / t->sd : 1000, low = -unit, high = unit;
    for (int i = 0; i < 60 && tail_at(t, sign * low, is_upper) > p; i++) low *= 2;
    for (int i = 0; i < 60 && tail_at(t, sign * high, is_upper) < p; i++) high *= 2;
    for (int i = 0; i < 200; i++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high || high - low < 1e-15 * (1 + fabs(t->log_theta))) break;
        if (tail_at(t, sign * middle, is_upper) < p) low = middle;
        else high = middle;
    }
    return t->log_theta + sign * (low + (high - low) / 2);
}

/* From the law at 1, where that still reaches obs: true. */
static bool p_from_law(const eh_law *law, double observed, eh_exact *out)
{
    double at = observed - law->first, less = 0, greater = 0, same = 0;
    if (!(at >= 0 && at < (double)law->n)) return false;
    size_t i_observed = (size_t)at;
    double limit = law->f[i_observed] * (1 + 1e-7);
    if (law->f[i_observed] < 1e-40) return false;
    for (size_t i = 0; i <= i_observed; i++) less += law->f[i];
    for (size_t i = law->n; i-- > i_observed;) greater += law->f[i];
    for (size_t i = 0; i < law->n; i++)
        if (law->f[i] <= limit) same += law->f[i];
    out->p_less = fmin(less, 1);
    out->p_greater = fmin(greater, 1);
    out->p_two_sided = fmin(same, 1);
    return true;
}

/* Far in a tail: from the law at the estimate. */
static eh_status p_from_tilt(eh_context *ctx, const eh_cells *strata, size_t n, const tilted *t, eh_exact *out, eh_error *err)
{
    double log_norm, p = 0;
    bool is_upper = t->log_theta > 0;
    EH_TRY(eh_law_log_norm(ctx, strata, n, t->log_theta, &log_norm, err));
    for (size_t i = 0; i < t->law.n; i++) {
        double s = t->law.first + (double)i;
        if (is_upper ? s < t->observed - 0.5 : s > t->observed + 0.5) continue;
        p += exp(t->log_f[i] + log_norm - s * t->log_theta);
    }
    out->p_greater = is_upper ? p : 1;
    out->p_less = is_upper ? 1 : p;
    out->p_two_sided = fmin(2 * p, 1);
    return EH_OK;
}

static eh_status fill_limits(eh_context *ctx, tilted *t, double level, eh_exact *out, eh_error *err)
{
    t->log_f = eh_alloc(ctx, t->law.n, sizeof *t->log_f, err);
    if (!t->log_f) return err ? err->status : EH_E_NOMEM;
    for (size_t i = 0; i < t->law.n; i++) t->log_f[i] = t->law.f[i] > 0 ? log(t->law.f[i]) : -1e4;
    bool is_least = out->s <= out->s_least, is_most = out->s >= out->s_most;
    double alpha = 1 - level;
    out->odds_ratio.estimate = is_least ? 0 : is_most ? (double)INFINITY : exp(t->log_theta);
    out->odds_ratio.low = is_least ? 0 : exp(limit_at(t, alpha / 2, true));
    out->odds_ratio.high = is_most ? (double)INFINITY : exp(limit_at(t, alpha / 2, false));
    out->low_one_sided = is_least ? 0 : exp(limit_at(t, alpha, true));
    out->high_one_sided = is_most ? (double)INFINITY : exp(limit_at(t, alpha, false));
    out->gamma = fmax(1, fmax(out->low_one_sided, out->high_one_sided > 0 ? 1 / out->high_one_sided : (double)INFINITY));
    return EH_OK;
}

eh_status eh_exact_of(eh_context *ctx, const eh_cells *strata, size_t n, double level, eh_exact *out, eh_error *err)
{
    *out = (eh_exact){0};
    if (!(level > 0 && level < 1)) return eh_fail(err, EH_E_INVALID, "a level of %g is not between 0 and 1", level);
    EH_TRY(check_counts(strata, n, out, err));
    tilted t = {.observed = out->s};
    eh_law plain = {NULL, 0, 0};
    double target = out->s;
    if (out->s <= out->s_least) target += fmin(0.5, (out->s_most - out->s_least) / 4);
    if (out->s >= out->s_most) target -= fmin(0.5, (out->s_most - out->s_least) / 4);
    eh_cmh rough = eh_cmh_of(strata, n, level);
    double start = rough.odds_ratio.estimate > 0 && isfinite(rough.odds_ratio.estimate) ? log(rough.odds_ratio.estimate) : 0;
    eh_status status = solve_mean(ctx, strata, n, fmax(-30, fmin(30, start)), target, &t.log_theta, &t.sd, err);
    if (status == EH_OK) status = eh_law_of(ctx, strata, n, t.log_theta, &t.law, err);
    if (status == EH_OK) status = fill_limits(ctx, &t, level, out, err);
    if (status == EH_OK) status = eh_law_of(ctx, strata, n, 0, &plain, err);
    if (status == EH_OK && !p_from_law(&plain, out->s, out)) status = p_from_tilt(ctx, strata, n, &t, out, err);
    eh_law_release(ctx, &plain);
    eh_law_release(ctx, &t.law);
    eh_free(ctx, t.log_f);
    return status;
}
