/* Counting testable pairs. */
#include "signif/scan.h"

#include "base/threads.h"
#include "signif/evalue.h"

#include <math.h>
#include <string.h>

/* About a minute of two cores; beyond it the number of eligible pairs serves as an upper bound. */
static const double most_visits = 4e10;
enum { rows_per_chunk = 64 };

/* Scratch of one thread: shared objects per account, over all behaviours and on the one at hand. */
typedef struct tallies {
    uint32_t *n_all, *n_one, *touched, *touched_one;
    uint64_t n_pairs_of[EH_N_BEHAVIOURS][eh_most_common + 1];
} tallies;

typedef struct counter {
    const eh_fields *fields;
    eh_overlap *overlap;
    tallies *of_thread;
} counter;

static uint32_t at_most(uint32_t n) { return n < eh_most_common ? n : eh_most_common; }

/* Adds the objects that one behaviour shares with every other account; returns how many accounts are touched. */
static uint32_t gather(const eh_timeline *t, uint32_t account, tallies *own, int behaviour, uint32_t n_touched)
{
    uint32_t n_one = 0;
    for (uint64_t i = t->account_first[account]; i < t->account_first[account + 1]; i++) {
        const eh_episode *episode = &t->episodes[t->account_episode[i]];
        const eh_member *members = t->members + episode->first_member;
        for (uint32_t k = 0; k < episode->n_accounts; k++)
            if (own->n_one[members[k].account]++ == 0) own->touched_one[n_one++] = members[k].account;
    }
    for (uint32_t i = 0; i < n_one; i++) {
        uint32_t v = own->touched_one[i];
        if (v != account) {
            own->n_pairs_of[behaviour][at_most(own->n_one[v])]++;
            if (own->n_all[v] == 0) own->touched[n_touched++] = v;
            own->n_all[v] += own->n_one[v];
        }
        own->n_one[v] = 0;
    }
    return n_touched;
}

static eh_status count_rows(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    (void)err;
    counter *c = data;
    tallies *own = &c->of_thread[i_thread];
    for (size_t a = first; a < last; a++) {
        uint32_t n_touched = 0, *n_partners = c->overlap->n_partners[a];
        uint64_t *weights = c->overlap->weights[a];
        for (int b = 0; b < EH_N_BEHAVIOURS; b++)
            if (c->fields->of[b].timeline)
                n_touched = gather(c->fields->of[b].timeline, (uint32_t)a, own, b, n_touched);
        for (uint32_t i = 0; i < n_touched; i++) {
            uint32_t n = own->n_all[own->touched[i]];
            own->n_all[own->touched[i]] = 0;
            if (n > c->overlap->most_common[a]) c->overlap->most_common[a] = n;
            n_partners[at_most(n)]++;
            weights[at_most(n)] += eh_pair_weight(n);
        }
        for (int k = eh_most_common - 1; k > 0; k--) {
            n_partners[k] += n_partners[k + 1];
            weights[k] += weights[k + 1];
        }
    }
    return EH_OK;
}

static eh_status tallies_init(eh_context *ctx, uint32_t n, tallies *own, eh_error *err)
{
    own->n_all = eh_alloc(ctx, n, sizeof *own->n_all, err);
    own->n_one = eh_alloc(ctx, n, sizeof *own->n_one, err);
    own->touched = eh_alloc(ctx, n, sizeof *own->touched, err);
    own->touched_one = eh_alloc(ctx, n, sizeof *own->touched_one, err);
    return own->n_all && own->n_one && own->touched && own->touched_one ? EH_OK : err->status;
}

/* Sums what the threads met, from "exactly k" to "at least k"; each pair was met from both ends. */
static void collect(counter *c, int n_threads)
{
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        uint64_t *n_pairs = c->overlap->n_pairs_of[b];
        for (int i = 0; i < n_threads; i++)
            for (int k = 1; k <= eh_most_common; k++) n_pairs[k] += c->of_thread[i].n_pairs_of[b][k];
        for (int k = eh_most_common - 1; k > 0; k--) n_pairs[k] += n_pairs[k + 1];
        for (int k = 1; k <= eh_most_common; k++) n_pairs[k] /= 2;
    }
}

static eh_status count_exactly(eh_context *ctx, counter *c, eh_error *err)
{
    int n_threads = eh_context_n_threads(ctx);
    c->of_thread = eh_alloc(ctx, (size_t)n_threads, sizeof *c->of_thread, err);
    eh_status status = c->of_thread ? EH_OK : err->status;
    for (int i = 0; status == EH_OK && i < n_threads; i++)
        status = tallies_init(ctx, c->fields->n_accounts, &c->of_thread[i], err);
    if (status == EH_OK)
        status = eh_parallel(ctx, "counting pairs", c->fields->n_accounts, rows_per_chunk, count_rows, c, err);
    if (status == EH_OK) collect(c, n_threads);
    for (int i = 0; c->of_thread && i < n_threads; i++) {
        eh_free(ctx, c->of_thread[i].n_all);
        eh_free(ctx, c->of_thread[i].n_one);
        eh_free(ctx, c->of_thread[i].touched);
        eh_free(ctx, c->of_thread[i].touched_one);
    }
    eh_free(ctx, c->of_thread);
    return status;
}

/* Every account with k objects could share k with every other such account: an upper bound. */
static void count_by_bound(const eh_fields *fields, eh_overlap *overlap)
{
    uint64_t n_eligible[eh_most_common + 1] = {0};
    for (uint32_t a = 0; a < fields->n_accounts; a++) {
        uint64_t n = 0;
        for (int b = 0; b < EH_N_BEHAVIOURS; b++)
            if (fields->of[b].timeline)
                n += fields->of[b].timeline->account_first[a + 1] - fields->of[b].timeline->account_first[a];
        overlap->most_common[a] = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
        for (uint32_t k = 1; k <= eh_most_common && k <= n; k++) n_eligible[k]++;
    }
    for (uint32_t a = 0; a < fields->n_accounts; a++)
        for (uint32_t k = 1; k <= eh_most_common; k++)
            overlap->weights[a][k] = overlap->n_partners[a][k] = overlap->most_common[a] >= k ? (uint32_t)(n_eligible[k] - 1) : 0;
    overlap->is_bound = true;
}

eh_status eh_overlap_init(eh_context *ctx, const eh_fields *fields, eh_overlap *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->n_partners = eh_alloc(ctx, fields->n_accounts, sizeof *out->n_partners, err);
    out->most_common = eh_alloc(ctx, fields->n_accounts, sizeof *out->most_common, err);
    out->weights = eh_alloc(ctx, fields->n_accounts, sizeof *out->weights, err);
    eh_status status = out->n_partners && out->most_common && out->weights ? EH_OK : err->status;
    counter c = {.fields = fields, .overlap = out};
    double n_visits = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (fields->of[b].timeline) n_visits += fields->of[b].timeline->n_pair_visits;
    if (status == EH_OK && n_visits > most_visits)
        count_by_bound(fields, out);
    else if (status == EH_OK)
        status = count_exactly(ctx, &c, err);
    for (uint32_t a = 0; status == EH_OK && a < fields->n_accounts; a++)
        for (int k = 1; k <= eh_most_common; k++) {
            out->n_pairs[k] += out->n_partners[a][k];
            out->pair_weights[k] += 0.5 * (double)out->weights[a][k];
        }
    for (int k = 1; k <= eh_most_common; k++) out->n_pairs[k] /= 2; /* each pair was met from both ends */
    if (status != EH_OK) eh_overlap_release(out);
    return status;
}

void eh_overlap_release(eh_overlap *overlap)
{
    eh_free(overlap->ctx, overlap->n_partners);
    eh_free(overlap->ctx, overlap->most_common);
    eh_free(overlap->ctx, overlap->weights);
    memset(overlap, 0, sizeof *overlap);
}

uint32_t eh_fewest_common(const eh_overlap *overlap, double q)
{
    uint32_t s = 2;
    while (s < eh_most_common && eh_log_evalue_ceiling(s) < log((double)overlap->n_pairs[s] / q)) s++;
    return s;
}
