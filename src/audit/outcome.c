/*
 * The outcome test beside the rate test. Infra-marginality: with one threshold for both sides, rates and hit rates differ
 * where risk is spread differently; only both tests together, in agreement, tell of a double standard.
 *   risk ~ Beta(a, b), all above t actioned: rate = P(risk > t), hit rate = E[risk | risk > t] = a/(a+b) Q_{a+1,b}(t) / Q_{a,b}(t)
 *   more often actioned and less often rightly so, both shown -> disparity (guaranteed under a monotone likelihood ratio)
 * Becker (1957); Gaebler & Goel, arXiv 2407.06539.
 */
#include "audit/laws.h"
#include "evenhand/audit.h"

#include <math.h>

void eh_threshold_rates(double alpha, double beta, double threshold, double *rate, double *hit_rate)
{
    *rate = eh_beta_p(1 - threshold, beta, alpha);
    *hit_rate = alpha / (alpha + beta) * eh_beta_p(1 - threshold, beta, alpha + 1) / *rate;
}

const char *eh_direction_name(eh_direction direction)
{
    static const char *const names[] = {"none", "against_a", "against_b"};
    return (unsigned)direction < 3 ? names[direction] : "";
}

const char *eh_verdict_name(eh_verdict verdict)
{
    static const char *const names[] = {"inconclusive", "parity_shown", "disparity_shown"};
    return (unsigned)verdict < 3 ? names[verdict] : "";
}

static bool is_within(eh_limits d, double margin) { return d.low > -margin && d.high < margin; }

eh_outcome eh_outcome_of(const eh_outcome_counts *a, const eh_outcome_counts *b, double alpha, double margin)
{
    eh_outcome out = {.verdict = EH_INCONCLUSIVE};
    out.rate_difference = eh_newcombe(a->n_actioned, a->n, b->n_actioned, b->n, 1 - alpha);
    out.hit_difference = eh_newcombe(a->n_hits, a->n_adjudicated, b->n_hits, b->n_adjudicated, 1 - alpha);
    eh_limits rate = eh_newcombe(a->n_actioned, a->n, b->n_actioned, b->n, 1 - 2 * alpha);
    eh_limits hit = eh_newcombe(a->n_hits, a->n_adjudicated, b->n_hits, b->n_adjudicated, 1 - 2 * alpha);
    if (is_within(rate, margin) && is_within(hit, margin)) {
        out.verdict = EH_PARITY_SHOWN;
    } else if (out.rate_difference.low > 0 && out.hit_difference.high < 0) {
        out.verdict = EH_DISPARITY_SHOWN;
        out.direction = EH_AGAINST_A;
    } else if (out.rate_difference.high < 0 && out.hit_difference.low > 0) {
        out.verdict = EH_DISPARITY_SHOWN;
        out.direction = EH_AGAINST_B;
    }
    return out;
}
