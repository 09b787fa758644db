/* Counting testable pairs. */
#include "signif/scan.h"

#include "base/threads.h"
#include "signif/evalue.h"

#include <math.h>
#include <string.h>

/* About a minute of two cores; beyond it the number of eligible pairs serves as an upper bound. */
static const double most_visits = 4e10;
enum { rows_per_chunk = 64 };

typedef struct counter {
    const eh_timeline *timeline;
    eh_overlap *overlap;
    uint32_t **common;  /* per thread: shared objects per account */
    uint32_t **touched;
} counter;

static uint32_t gather(const eh_timeline *t, uint32_t account, uint32_t *common, uint32_t *touched)
{
    uint32_t n_touched = 0;
    for (uint64_t i = t->account_first[account]; i < t->account_first[account + 1]; i++) {
        const eh_episode *episode = &t->episodes[t->account_episode[i]];
        const eh_member *members = t->members + episode->first_member;
        for (uint32_t k = 0; k < episode->n_accounts; k++)
            if (common[members[k].account]++ == 0) touched[n_touched++] = members[k].account;
    }
    return n_touched;
}

static eh_status count_rows(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    (void)err;
    counter *c = data;
    uint32_t *common = c->common[i_thread], *touched = c->touched[i_thread];
    for (size_t a = first; a < last; a++) {
        uint32_t n_touched = gather(c->timeline, (uint32_t)a, common, touched);
        uint32_t *n_partners = c->overlap->n_partners[a];
        for (uint32_t i = 0; i < n_touched; i++) {
            uint32_t n = common[touched[i]];
            common[touched[i]] = 0;
            if (touched[i] == a) continue;
            if (n > c->overlap->most_common[a]) c->overlap->most_common[a] = n;
            n_partners[n < eh_most_common ? n : eh_most_common]++;
        }
        for (int k = eh_most_common - 1; k > 0; k--) n_partners[k] += n_partners[k + 1];
    }
    return EH_OK;
}

static eh_status count_exactly(eh_context *ctx, counter *c, eh_error *err)
{
    int n_threads = eh_context_n_threads(ctx);
    uint32_t n = c->timeline->n_accounts;
    c->common = eh_alloc(ctx, (size_t)n_threads, sizeof *c->common, err);
    c->touched = eh_alloc(ctx, (size_t)n_threads, sizeof *c->touched, err);
    eh_status status = c->common && c->touched ? EH_OK : err->status;
    for (int i = 0; status == EH_OK && i < n_threads; i++) {
        c->common[i] = eh_alloc(ctx, n, sizeof **c->common, err);
        c->touched[i] = eh_alloc(ctx, n, sizeof **c->touched, err);
        if (!c->common[i] || !c->touched[i]) status = err->status;
    }
    if (status == EH_OK) status = eh_parallel(ctx, "counting pairs", n, rows_per_chunk, count_rows, c, err);
    for (int i = 0; i < n_threads; i++) {
        if (c->common) eh_free(ctx, c->common[i]);
        if (c->touched) eh_free(ctx, c->touched[i]);
    }
    eh_free(ctx, c->common);
    eh_free(ctx, c->touched);
    return status;
}

/* Every account with k objects could share k with every other such account: an upper bound. */
static void count_by_bound(const eh_timeline *t, eh_overlap *overlap)
{
    uint64_t n_eligible[eh_most_common + 1] = {0};
    for (uint32_t a = 0; a < t->n_accounts; a++) {
        uint64_t n = t->account_first[a + 1] - t->account_first[a];
        overlap->most_common[a] = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
        for (uint32_t k = 1; k <= eh_most_common && k <= n; k++) n_eligible[k]++;
    }
    for (uint32_t a = 0; a < t->n_accounts; a++)
        for (uint32_t k = 1; k <= eh_most_common; k++)
            overlap->n_partners[a][k] =
                overlap->most_common[a] >= k ? (uint32_t)(n_eligible[k] - 1) : 0;
    overlap->is_bound = true;
}

eh_status eh_overlap_init(eh_context *ctx, const eh_timeline *timeline, eh_overlap *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->n_partners = eh_alloc(ctx, timeline->n_accounts, sizeof *out->n_partners, err);
    out->most_common = eh_alloc(ctx, timeline->n_accounts, sizeof *out->most_common, err);
    eh_status status = out->n_partners && out->most_common ? EH_OK : err->status;
    counter c = {.timeline = timeline, .overlap = out};
    if (status == EH_OK && timeline->n_pair_visits > most_visits)
        count_by_bound(timeline, out);
    else if (status == EH_OK)
        status = count_exactly(ctx, &c, err);
    for (uint32_t a = 0; status == EH_OK && a < timeline->n_accounts; a++)
        for (int k = 1; k <= eh_most_common; k++) out->n_pairs[k] += out->n_partners[a][k];
    for (int k = 1; k <= eh_most_common; k++) out->n_pairs[k] /= 2; /* each pair was met from both ends */
    if (status != EH_OK) eh_overlap_release(out);
    return status;
}

void eh_overlap_release(eh_overlap *overlap)
{
    eh_free(overlap->ctx, overlap->n_partners);
    eh_free(overlap->ctx, overlap->most_common);
    memset(overlap, 0, sizeof *overlap);
}

uint32_t eh_fewest_common(const eh_overlap *overlap, double q, uint32_t n_behaviours)
{
    uint32_t s = 2;
    while (s < eh_most_common && eh_log_evalue_ceiling(s) < log((double)overlap->n_pairs[s] * n_behaviours / q)) s++;
    return s;
}
