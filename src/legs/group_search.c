/*
 * Candidates: accounts that pick the same rare objects on the same days, cos(u, v) over object-days weighted by log(1 + N / n_o).
 * Every account keeps its 16 nearest; who keep each other are tied, and labels spread over ties by weight, in order of
 * accounts, until they rest (at most 30 sweeps). Nothing here is a test, and nothing here reads a time of day.
 * Near-linear: episodes beyond a size are left out so that a bounded number of meetings is walked.
 */
#include "legs/group.h"

#include "base/sort.h"
#include "base/threads.h"

#include <string.h>

enum { n_near = 16, most_sweeps = 30 };

typedef struct near_account {
    uint32_t account;
    float score;
} near_account;

typedef struct searcher {
    const eh_group_data *data;
    near_account *near;    /* n_near per account, by account; score 0 = none */
    eh_group_walker *walkers;
    double **likeness;     /* per thread: by other */
    size_t *capacities;
} searcher;

static void keep_nearest(near_account *near, uint32_t account, double score)
{
    int at = n_near;
    while (at > 0 && score > (double)near[at - 1].score) at--; /* ties: the smaller account, which came first */
    if (at == n_near || score <= 0) return;
    memmove(near + at + 1, near + at, (size_t)(n_near - 1 - at) * sizeof *near);
    near[at] = (near_account){account, (float)score};
}

static eh_status search_rows(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const searcher *s = data;
    eh_group_walker *walker = &s->walkers[i_thread];
    for (size_t i = first; i < last; i++) {
        uint32_t u = (uint32_t)i;
        if (eh_context_is_cancelled(s->data->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
        EH_TRY(eh_group_walk_neighbours(s->data, walker, u, err));
        EH_TRY(eh_reserve(s->data->ctx, (void **)&s->likeness[i_thread], &s->capacities[i_thread], walker->n_others,
                          sizeof **s->likeness, err));
        double *likeness = s->likeness[i_thread];
        eh_group_likeness(s->data, walker, u, likeness);
        for (size_t k = 0; k < walker->n_others; k++)
            keep_nearest(s->near + (size_t)u * n_near, walker->others[k], likeness[k]);
    }
    return EH_OK;
}

/* Who does not keep an account is not kept by it either. */
static bool is_kept(const near_account *near, uint32_t account)
{
    for (int k = 0; k < n_near; k++)
        if (near[k].score > 0 && near[k].account == account) return true;
    return false;
}

static uint32_t best_label(const near_account *all, const uint32_t *label, uint32_t u)
{
    const near_account *near = all + (size_t)u * n_near;
    uint32_t best = label[u];
    double best_weight = 0;
    for (int i = 0; i < n_near && near[i].score > 0; i++) {
        double weight = 0;
        uint32_t of = label[near[i].account];
        for (int k = 0; k < n_near && near[k].score > 0; k++)
            if (label[near[k].account] == of && is_kept(all + (size_t)near[k].account * n_near, u)) weight += (double)near[k].score;
        if (weight > best_weight || (weight >= best_weight && weight > 0 && of < best)) {
            best = of;
            best_weight = weight;
        }
    }
    return best;
}

static void spread_labels(const near_account *near, uint32_t n, uint32_t *label)
{
    bool has_changed = true;
    for (uint32_t u = 0; u < n; u++) label[u] = u;
    for (int sweep = 0; has_changed && sweep < most_sweeps; sweep++) {
        has_changed = false;
        for (uint32_t u = 0; u < n; u++) {
            uint32_t best = best_label(near, label, u);
            has_changed = has_changed || best != label[u];
            label[u] = best;
        }
    }
}

/* Numbers the labels that are neither too small nor too large by their smallest member. */
static eh_status number_groups(eh_candidates *c, uint32_t n, eh_error *err)
{
    uint32_t *size = eh_alloc(c->ctx, n, sizeof *size, err);
    uint32_t *number = eh_alloc(c->ctx, n, sizeof *number, err);
    eh_status status = size && number ? EH_OK : err->status;
    uint32_t n_members = 0;
    for (uint32_t u = 0; status == EH_OK && u < n; u++) size[c->label[u]]++;
    for (uint32_t u = 0; status == EH_OK && u < n; u++) {
        uint32_t label = c->label[u];
        bool is_group = size[label] >= eh_group_least && size[label] <= eh_group_most;
        if (is_group && !number[label]) number[label] = ++c->n_groups;
        c->label[u] = is_group ? number[label] - 1 : UINT32_MAX;
        n_members += is_group;
    }
    if (status == EH_OK) {
        c->first = eh_alloc(c->ctx, (size_t)c->n_groups + 2, sizeof *c->first, err);
        c->members = eh_alloc(c->ctx, n_members, sizeof *c->members, err);
        status = c->first && c->members ? EH_OK : err->status;
    }
    for (uint32_t u = 0; status == EH_OK && u < n; u++)
        if (c->label[u] != UINT32_MAX) c->first[c->label[u] + 2]++;
    for (uint32_t g = 0; status == EH_OK && g < c->n_groups; g++) c->first[g + 2] += c->first[g + 1];
    for (uint32_t u = 0; status == EH_OK && u < n; u++)
        if (c->label[u] != UINT32_MAX) c->members[c->first[c->label[u] + 1]++] = u;
    eh_free(c->ctx, size);
    eh_free(c->ctx, number);
    return status;
}

void eh_candidates_release(eh_candidates *c)
{
    if (!c->ctx) return;
    eh_free(c->ctx, c->label);
    eh_free(c->ctx, c->first);
    eh_free(c->ctx, c->members);
    memset(c, 0, sizeof *c);
}

static eh_status searcher_init(searcher *s, size_t n_threads, eh_error *err)
{
    eh_context *ctx = s->data->ctx;
    uint32_t n = s->data->fields.n_accounts;
    s->near = eh_alloc(ctx, n, n_near * sizeof *s->near, err);
    s->walkers = eh_alloc(ctx, n_threads, sizeof *s->walkers, err);
    s->likeness = eh_alloc(ctx, n_threads, sizeof *s->likeness, err);
    s->capacities = eh_alloc(ctx, n_threads, sizeof *s->capacities, err);
    if (!s->near || !s->walkers || !s->likeness || !s->capacities) return err->status;
    for (size_t i = 0; i < n_threads; i++) EH_TRY(eh_group_walker_init(s->data, &s->walkers[i], err));
    return EH_OK;
}

eh_status eh_group_search(const eh_group_data *data, eh_candidates *out, eh_error *err)
{
    memset(out, 0, sizeof *out);
    out->ctx = data->ctx;
    size_t n_threads = (size_t)eh_context_n_threads(data->ctx);
    searcher s = {.data = data};
    eh_status status = searcher_init(&s, n_threads, err);
    if (status == EH_OK) status = eh_parallel(data->ctx, "searching groups", data->fields.n_accounts, 8, search_rows, &s, err);
    if (status == EH_OK) {
        out->label = eh_alloc(data->ctx, data->fields.n_accounts, sizeof *out->label, err);
        status = out->label ? EH_OK : err->status;
    }
    if (status == EH_OK) {
        spread_labels(s.near, data->fields.n_accounts, out->label);
        status = number_groups(out, data->fields.n_accounts, err);
    }
    for (size_t i = 0; i < n_threads; i++) {
        if (s.walkers) eh_group_walker_release(&s.walkers[i]);
        if (s.likeness) eh_free(data->ctx, s.likeness[i]);
    }
    void *blocks[] = {s.near, s.walkers, s.likeness, s.capacities};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(data->ctx, blocks[i]);
    if (status != EH_OK) eh_candidates_release(out);
    return status;
}
