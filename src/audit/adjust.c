/* Benjamini & Hochberg, JRSS B 57:289 (1995); Benjamini & Yekutieli, Ann. Stat. 29:1165 (2001): times sum 1/i, at most 1. */
#include "evenhand/audit.h"
#include "signif/multiplicity.h"

#include <math.h>

eh_status eh_adjust_p(eh_context *ctx, const double *p, size_t n, bool is_yekutieli, double *adjusted, eh_error *err)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(p[i] >= 0 && p[i] <= 1)) return eh_fail(err, EH_E_INVALID, "p-value %zu is %g", i + 1, p[i]);
        sum += 1 / (double)(i + 1);
    }
    EH_TRY(eh_bh(ctx, p, n, (double)n, adjusted, err));
    for (size_t i = 0; i < n && is_yekutieli; i++) adjusted[i] = fmin(1, adjusted[i] * sum);
    return EH_OK;
}
