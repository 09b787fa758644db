#include "signif/multiplicity.h"

#include "base/sort.h"

#include <math.h>

typedef struct ranked {
    double key;
    size_t i;
} ranked;

static int by_key(const void *a, const void *b, void *data)
{
    (void)data;
    double x = ((const ranked *)a)->key, y = ((const ranked *)b)->key;
    return (x > y) - (x < y);
}

/* Both procedures step down a list sorted by evidence: adjusted(k) = min over j >= k of level(j). */
static eh_status step_up(eh_context *ctx, const double *key, size_t n, double m, bool is_log_e,
                         double *q_value, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    ranked *order = eh_alloc(ctx, n, sizeof *order, &local);
    if (!order) {
        if (err) *err = local;
        return local.status;
    }
    for (size_t i = 0; i < n; i++) order[i] = (ranked){is_log_e ? -key[i] : key[i], i};
    eh_status status = eh_sort(ctx, order, n, sizeof *order, by_key, NULL, err);
    double least = 1;
    for (size_t k = n; status == EH_OK && k > 0; k--) {
        double level = is_log_e ? exp(log(m / (double)k) + order[k - 1].key)
                                : order[k - 1].key * (m / (double)k);
        if (level < least) least = level;
        q_value[order[k - 1].i] = least;
    }
    eh_free(ctx, order);
    return status;
}

eh_status eh_bh(eh_context *ctx, const double *p, size_t n, double m, double *q_value, eh_error *err)
{
    return step_up(ctx, p, n, m, false, q_value, err);
}

eh_status eh_ebh(eh_context *ctx, const double *log_e, size_t n, double m, double *q_value, eh_error *err)
{
    return step_up(ctx, log_e, n, m, true, q_value, err);
}
