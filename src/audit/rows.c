#include "audit/rows.h"

#include "base/sort.h"

static int by_key(const void *a, const void *b, void *data)
{
    const eh_audit_row *x = a, *y = b;
    (void)data;
    if (x->stratum != y->stratum) return x->stratum < y->stratum ? -1 : 1;
    if (x->side != y->side) return x->side < y->side ? -1 : 1;
    if (x->network != y->network) return x->network < y->network ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

eh_status eh_audit_rows_merge(eh_context *ctx, eh_audit_row *rows, size_t *n, eh_error *err)
{
    size_t n_merged = 0;
    EH_TRY(eh_sort(ctx, rows, *n, sizeof *rows, by_key, NULL, err));
    for (size_t i = 0; i < *n; i++) {
        if (n_merged && by_key(&rows[i], &rows[n_merged - 1], NULL) == 0) {
            rows[n_merged - 1].n_actioned += rows[i].n_actioned;
            rows[n_merged - 1].n_not += rows[i].n_not;
        } else {
            rows[n_merged++] = rows[i];
        }
    }
    *n = n_merged;
    return EH_OK;
}
