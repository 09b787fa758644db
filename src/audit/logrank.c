/*
 * Stratified log-rank: at each event time, d events among n at risk, n1 of them side A,
 *   E = d n1/n,  V = d (n1/n)(n2/n)(n-d)/(n-1),  weight S(t-)^rho;  X^2 = (sum w(O-E))^2 / sum w^2 V, 1 df
 * Hazard ratio of B against A: Cox with Efron's ties. For one 0/1 covariate a risk set is four numbers:
 *   U = d1 - sum_l q_l,  I = sum_l q_l (1 - q_l),  q_l = e^b (n1 - l d1/d) / (n0 - l d0/d + e^b (n1 - l d1/d)),  l = 0 .. d-1
 * Mantel, Cancer Chemother. Rep. 50:163 (1966); Harrington & Fleming, Biometrika 69:553 (1982); Efron, JASA 72:557 (1977).
 */
#include "audit/laws.h"
#include "audit/risk_sets.h"

#include <math.h>

static void add_set(const eh_risk_set *set, double rho, eh_logrank *out)
{
    double n1 = set->at_risk[0], n2 = set->at_risk[1], n = n1 + n2, d = set->events[0] + set->events[1];
    double w = rho > 0 ? pow(set->survival, rho) : 1;
    for (int s = 0; s < 2; s++) {
        out->observed[s] += w * set->events[s];
        out->expected[s] += w * d * set->at_risk[s] / n;
    }
    out->n_events += (uint64_t)d;
    if (n > 1) out->variance += w * w * d * (n1 / n) * (n2 / n) * (n - d) / (n - 1);
}

/* Score and information of b = ln hazard ratio of side B. */
static void add_cox(const eh_risk_set *set, double b, double *score, double *information)
{
    double d0 = set->events[0], d1 = set->events[1], d = d0 + d1, e = exp(b);
    *score += d1;
    for (double l = 0; l < d; l++) {
        double b_part = e * (set->at_risk[1] - l * d1 / d), q = b_part / (set->at_risk[0] - l * d0 / d + b_part);
        *score -= q;
        *information += q * (1 - q);
    }
}

static void fit_cox(const eh_risk_set *sets, size_t n, eh_logrank *out)
{
    double b = 0;
    out->log_hazard_ratio = out->se = NAN;
    for (int i = 0; i < 60; i++) {
        double score = 0, information = 0;
        for (size_t k = 0; k < n; k++) add_cox(&sets[k], b, &score, &information);
        if (i == 0) out->score_chi2 = score * score / information;
        double step = score / information;
        if (!(fabs(b + step) < 30)) return; /* runs away: no event on one side, or none but there */
        b += fmax(-2, fmin(2, step));
        if (fabs(step) > 1e-13 * (1 + fabs(b))) continue;
        out->log_hazard_ratio = b;
        out->se = 1 / sqrt(information);
        return;
    }
}

eh_status eh_logrank_of(eh_context *ctx, const eh_at_risk *rows, size_t n, double rho, eh_logrank *out, eh_error *err)
{
    *out = (eh_logrank){.chi2 = NAN, .p = NAN, .log_hazard_ratio = NAN, .se = NAN, .score_chi2 = NAN};
    if (!(rho >= 0 && rho <= 10)) return eh_fail(err, EH_E_INVALID, "rho is %g; give 0 to 10", rho);
    eh_risk_set *sets;
    size_t n_sets;
    EH_TRY(eh_risk_sets_of(ctx, rows, n, &sets, &n_sets, err));
    for (size_t k = 0; k < n_sets; k++) add_set(&sets[k], rho, out);
    if (out->variance > 0) {
        double excess = out->observed[0] - out->expected[0];
        out->chi2 = excess * excess / out->variance;
        out->p = eh_chi2_q(out->chi2, 1);
        fit_cox(sets, n_sets, out);
    }
    eh_free(ctx, sets);
    if (out->variance > 0) return EH_OK;
    return eh_fail(err, EH_E_STATISTICS, "at no action were accounts of both sides at risk");
}
