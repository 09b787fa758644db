/*
 * Capture and recapture. The n copiers of text o are marked. Take a copier u and another text o' of his, and draw another
 * copier v of o': were copiers of o drawn from a crowd of G, v would be marked with chance (n - 1)/(G - 1). So with h
 * hits in t trials G is about (n - 1) t / h. A small group that copies together catches itself all the time; people
 * who have a text from a page or a book meet again by chance only.
 *
 * v is drawn with weight 1/(number of texts that v shares), so that the crowd counts people, not posts: without the
 * weight the most active make any crowd look small.
 * Long lists are thinned evenly, so that a text costs at most 64 x 256 x 64 steps.
 */
#include "actions/text_crowd.h"

#include "base/sort.h"

#include <math.h>

enum { most_copiers = 64, most_texts = 256, most_others = 64 };

void eh_text_crowd_release(eh_text_crowd *crowd)
{
    eh_free(crowd->ctx, crowd->account_start);
    eh_free(crowd->ctx, crowd->accounts);
    eh_free(crowd->ctx, crowd->text_start);
    eh_free(crowd->ctx, crowd->texts);
    *crowd = (eh_text_crowd){.ctx = crowd->ctx};
}

/* The distinct accounts of each text, ascending; none where it is only one. */
static eh_status list_accounts(eh_text_crowd *crowd, const eh_action_set *set, eh_error *err)
{
    uint64_t n = 0;
    for (uint32_t o = 0; o < set->n_objects; o++) {
        uint64_t first = n;
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++) crowd->accounts[n++] = set->account[i];
        size_t n_all = (size_t)(n - first);
        EH_TRY(eh_sort(crowd->ctx, crowd->accounts + first, n_all, sizeof *crowd->accounts, eh_by_uint32, NULL, err));
        n = first;
        for (size_t i = 0; i < n_all; i++) {
            uint32_t account = crowd->accounts[first + i];
            if (n == first || crowd->accounts[n - 1] != account) crowd->accounts[n++] = account;
        }
        if (n - first < 2) n = first;
        crowd->account_start[o + 1] = n;
    }
    return EH_OK;
}

static void list_texts(eh_text_crowd *crowd)
{
    uint64_t n = crowd->account_start[crowd->n_texts];
    for (uint64_t i = 0; i < n; i++) crowd->text_start[crowd->accounts[i] + 1]++;
    for (uint32_t u = 0; u < crowd->n_accounts; u++) crowd->text_start[u + 1] += crowd->text_start[u];
    for (uint32_t o = 0; o < crowd->n_texts; o++)
        for (uint64_t i = crowd->account_start[o]; i < crowd->account_start[o + 1]; i++)
            crowd->texts[crowd->text_start[crowd->accounts[i]]++] = o;
    for (uint32_t u = crowd->n_accounts; u > 0; u--) crowd->text_start[u] = crowd->text_start[u - 1];
    crowd->text_start[0] = 0;
}

eh_status eh_text_crowd_init(eh_context *ctx, const eh_action_set *set, uint32_t n_accounts, eh_text_crowd *out, eh_error *err)
{
    *out = (eh_text_crowd){.ctx = ctx, .n_texts = set->n_objects, .n_accounts = n_accounts};
    out->account_start = eh_alloc(ctx, (size_t)set->n_objects + 1, sizeof *out->account_start, err);
    out->accounts = eh_alloc(ctx, set->n_actions, sizeof *out->accounts, err);
    out->text_start = eh_alloc(ctx, (size_t)n_accounts + 1, sizeof *out->text_start, err);
    eh_status status = out->account_start && out->accounts && out->text_start ? list_accounts(out, set, err) : err->status;
    if (status == EH_OK) {
        out->texts = eh_alloc(ctx, out->account_start[set->n_objects], sizeof *out->texts, err);
        if (out->texts)
            list_texts(out);
        else
            status = err->status;
    }
    if (status != EH_OK) eh_text_crowd_release(out);
    return status;
}

/* Place k of `most` evenly spread over n. */
static uint64_t spread(uint64_t k, uint64_t n, uint64_t most) { return n <= most ? k : k * n / most; }

/* Of the copiers of `other` but for u, by weight: the share that is marked. */
static double share_marked(const eh_text_crowd *crowd, uint32_t other, uint32_t u, const uint32_t *seen, uint32_t mark)
{
    const uint32_t *list = crowd->accounts + crowd->account_start[other];
    uint64_t n = crowd->account_start[other + 1] - crowd->account_start[other];
    double all = 0, marked = 0;
    for (uint64_t k = 0; k < n && k < most_others; k++) {
        uint32_t v = list[spread(k, n, most_others)];
        if (v == u) continue;
        double weight = 1 / (double)(crowd->text_start[v + 1] - crowd->text_start[v]);
        all += weight;
        if (seen[v] == mark) marked += weight;
    }
    return all > 0 ? marked / all : 0;
}

eh_recapture eh_text_recapture(const eh_text_crowd *crowd, uint32_t text, uint32_t *seen)
{
    eh_recapture r = {0, 0};
    const uint32_t *copiers = crowd->accounts + crowd->account_start[text];
    uint64_t n = crowd->account_start[text + 1] - crowd->account_start[text];
    uint32_t mark = text + 1;
    for (uint64_t k = 0; k < n; k++) seen[copiers[k]] = mark;
    for (uint64_t k = 0; k < n && k < most_copiers; k++) {
        uint32_t u = copiers[spread(k, n, most_copiers)];
        const uint32_t *texts = crowd->texts + crowd->text_start[u];
        uint64_t n_texts = crowd->text_start[u + 1] - crowd->text_start[u];
        for (uint64_t j = 0; j < n_texts && j < most_texts; j++) {
            uint32_t other = texts[spread(j, n_texts, most_texts)];
            if (other == text) continue;
            r.n_hits += share_marked(crowd, other, u, seen, mark);
            r.n_trials++;
        }
    }
    return r;
}

double eh_poisson_upper(double n)
{
    double k = n + 1, root = 1 - 1 / (9 * k) + 1.6448536269514722 / (3 * sqrt(k));
    return k * root * root * root;
}
