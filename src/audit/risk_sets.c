/* One pass over exits and one over entries, both sorted: at risk at t are those who entered before t less those who left before t. */
#include "audit/risk_sets.h"

#include "base/sort.h"

#include <math.h>

static int by_exit(const void *a, const void *b, void *data)
{
    const eh_at_risk *x = a, *y = b;
    (void)data;
    if (x->stratum != y->stratum) return x->stratum < y->stratum ? -1 : 1;
    return (x->exit > y->exit) - (x->exit < y->exit);
}

static int by_entry(const void *a, const void *b, void *data)
{
    const eh_at_risk *x = a, *y = b;
    (void)data;
    if (x->stratum != y->stratum) return x->stratum < y->stratum ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

static eh_status check(const eh_at_risk *rows, size_t n, eh_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (isnan(rows[i].entry) || isnan(rows[i].exit) || isinf(rows[i].exit) || !(rows[i].exit > rows[i].entry))
            return eh_fail_at(err, EH_E_INVALID, NULL, (int64_t)i + 1, -1, "at risk from %g to %g: the end must be a time after the start",
                              rows[i].entry, rows[i].exit);
        if (rows[i].side > 1) return eh_fail_at(err, EH_E_INVALID, NULL, (int64_t)i + 1, -1, "side %d; only 0 and 1 can be compared", rows[i].side);
    }
    return EH_OK;
}

/* One stratum: exits[0..n) and entries[0..n). */
static size_t fill_stratum(const eh_at_risk *exits, const eh_at_risk *entries, size_t n, eh_risk_set *out)
{
    size_t n_sets = 0, i_entry = 0;
    double at_risk[2] = {0, 0}, survival = 1;
    for (size_t i = 0, end; i < n; i = end) {
        eh_risk_set set = {{0, 0}, {0, 0}, survival};
        double left[2] = {0, 0};
        while (i_entry < n && entries[i_entry].entry < exits[i].exit) at_risk[entries[i_entry++].side]++;
        for (end = i; end < n && !(exits[end].exit > exits[i].exit); end++) {
            left[exits[end].side]++;
            set.events[exits[end].side] += exits[end].is_event;
        }
        for (int s = 0; s < 2; s++) set.at_risk[s] = at_risk[s];
        double d = set.events[0] + set.events[1];
        if (d > 0) {
            out[n_sets++] = set;
            survival *= 1 - d / (at_risk[0] + at_risk[1]);
        }
        for (int s = 0; s < 2; s++) at_risk[s] -= left[s];
    }
    return n_sets;
}

eh_status eh_risk_sets_of(eh_context *ctx, const eh_at_risk *rows, size_t n, eh_risk_set **out, size_t *n_sets, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = NULL;
    *n_sets = 0;
    EH_TRY(check(rows, n, err));
    eh_at_risk *exits = eh_alloc(ctx, n, sizeof *exits, err), *entries = eh_alloc(ctx, n, sizeof *entries, err);
    eh_risk_set *sets = eh_alloc(ctx, n, sizeof *sets, err);
    eh_status status = exits && entries && sets ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < n; i++) exits[i] = entries[i] = rows[i];
    if (status == EH_OK) status = eh_sort(ctx, exits, n, sizeof *exits, by_exit, NULL, err);
    if (status == EH_OK) status = eh_sort(ctx, entries, n, sizeof *entries, by_entry, NULL, err);
    for (size_t first = 0, end; status == EH_OK && first < n; first = end) {
        for (end = first; end < n && exits[end].stratum == exits[first].stratum; end++) {}
        *n_sets += fill_stratum(exits + first, entries + first, end - first, sets + *n_sets);
    }
    eh_free(ctx, exits);
    eh_free(ctx, entries);
    if (status == EH_OK) *out = sets;
    else eh_free(ctx, sets);
    return status;
}
