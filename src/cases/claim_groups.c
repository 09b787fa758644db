/*
 * Comparison groups: any list of active people shows something, so every list is compared with groups of others who are as
 * active. For each account of the list the nearest others by number of actions are its candidates, at least twice as many as the list has accounts,
 * so that a group always finds one for each; a group takes one of each.
 * Accounts that the run lists are left out: they act together whatever this claim says, and a list that holds half of a network would
 * be compared with its other half.
 */
#include "cases/claim_private.h"

#include "base/rng.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_nearest = 50 };

struct claim_matches {
    eh_context *ctx;
    uint64_t seed;
    const uint32_t *activity; /* per account of the table */
    uint32_t n_known, n_others, n_candidates; /* candidates of each known account: min(max(n_nearest, 2 n_known), others) */
    uint32_t *candidates;                     /* n_known x n_candidates, nearest first */
    uint8_t *is_taken;
};

typedef struct ranked {
    uint32_t account, n_actions;
} ranked;

static int by_activity(const void *a, const void *b, void *data)
{
    const ranked *x = a, *y = b;
    (void)data;
    if (x->n_actions != y->n_actions) return x->n_actions < y->n_actions ? -1 : 1;
    return (x->account > y->account) - (x->account < y->account);
}

/* Marks 1 the accounts of the list and 2 those that share an object-day with one of them. */
static void mark(const claim_bench *b, const claim_list *list, uint8_t *marks)
{
    for (uint32_t i = 0; i < list->n_known; i++)
        for (int k = 0; k < EH_N_BEHAVIOURS; k++) {
            const eh_timeline *t = b->data->fields.of[k].timeline;
            uint32_t a = list->known[i];
            for (uint64_t e = t ? t->account_first[a] : 1; t && e < t->account_first[a + 1]; e++) {
                const eh_episode *episode = &t->episodes[t->account_episode[e]];
                for (uint32_t m = 0; m < episode->n_accounts; m++) marks[t->members[episode->first_member + m].account] |= 2;
            }
        }
    for (uint32_t i = 0; i < list->n_known; i++) marks[list->known[i]] |= 1;
}

static uint32_t collect(const claim_bench *b, const uint8_t *marks, uint8_t wanted, const uint8_t *only, const uint32_t *activity, ranked *others)
{
    uint32_t n = 0;
    for (uint32_t a = 0; a < b->table.accounts.n; a++)
        if (b->n_actions[a] && !b->is_listed[a] && !(marks[a] & 1) && (marks[a] & wanted) == wanted && (!only || only[a])) others[n++] = (ranked){a, activity[a]};
    return n;
}

/* The nearest by ratio of activity, spreading out from the place where the account would stand. */
static void nearest(const ranked *others, uint32_t n, uint32_t n_actions, uint32_t n_wanted, uint32_t *out)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (others[middle].n_actions < n_actions) low = middle + 1;
        else high = middle;
    }
    uint32_t below = low, above = low; /* next ones: below - 1 and above */
    for (uint32_t k = 0; k < n_wanted; k++) {
        double down = below > 0 ? (1.0 + n_actions) / (1.0 + others[below - 1].n_actions) : (double)INFINITY;
        double up = above < n ? (1.0 + others[above].n_actions) / (1.0 + n_actions) : (double)INFINITY;
        out[k] = down < up ? others[--below].account : others[above++].account;
    }
}

static eh_status fill(const claim_bench *b, const claim_list *list, bool shares_objects, const uint8_t *only, claim_matches *m, ranked *others,
                      uint8_t *marks, eh_error *err)
{
    mark(b, list, marks);
    m->n_others = collect(b, marks, shares_objects ? 2 : 0, only, m->activity, others);
    if (shares_objects && m->n_others < 2 * m->n_known) m->n_others = collect(b, marks, 0, only, m->activity, others);
    EH_TRY(eh_sort(b->ctx, others, m->n_others, sizeof *others, by_activity, NULL, err));
    m->n_candidates = 2 * m->n_known > n_nearest ? 2 * m->n_known : n_nearest;
    if (m->n_candidates > m->n_others) m->n_candidates = m->n_others;
    m->candidates = eh_alloc(b->ctx, (size_t)m->n_known * m->n_candidates, sizeof *m->candidates, err);
    if (!m->candidates) return err->status;
    for (uint32_t i = 0; i < m->n_known; i++)
        nearest(others, m->n_others, m->activity[list->known[i]], m->n_candidates, m->candidates + (size_t)i * m->n_candidates);
    return EH_OK;
}

eh_status claim_matches_new(const claim_bench *b, const claim_list *list, bool shares_objects, const uint8_t *only, const uint32_t *activity,
                            claim_matches **out, eh_error *err)
{
    uint32_t n = b->table.accounts.n;
    claim_matches *m = *out = eh_alloc(b->ctx, 1, sizeof *m, err);
    if (!m) return err->status;
    *m = (claim_matches){.ctx = b->ctx, .seed = b->seed, .activity = activity ? activity : b->n_actions, .n_known = list->n_known};
    m->is_taken = eh_alloc(b->ctx, n, 1, err);
    uint8_t *marks = m->is_taken ? eh_alloc(b->ctx, n, 1, err) : NULL;
    ranked *others = marks ? eh_alloc(b->ctx, n, sizeof *others, err) : NULL;
    eh_status status = others ? fill(b, list, shares_objects, only, m, others, marks, err) : err->status;
    eh_free(b->ctx, marks);
    eh_free(b->ctx, others);
    if (status == EH_OK) return EH_OK;
    claim_matches_free(m);
    *out = NULL;
    return status;
}

void claim_matches_free(claim_matches *m)
{
    if (!m) return;
    eh_context *ctx = m->ctx;
    eh_free(ctx, m->candidates);
    eh_free(ctx, m->is_taken);
    eh_free(ctx, m);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

uint32_t claim_match(const claim_matches *m, uint32_t group, uint32_t *accounts)
{
    eh_rng rng = eh_rng_of(m->seed, 0x67726f7570000000u + group);
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->n_known && m->n_candidates; i++) {
        const uint32_t *of = m->candidates + (size_t)i * m->n_candidates;
        uint32_t first = (uint32_t)eh_rng_below(&rng, m->n_candidates);
        for (uint32_t k = 0; k < m->n_candidates; k++) {
            uint32_t a = of[(first + k) % m->n_candidates];
            if (m->is_taken[a]) continue;
            m->is_taken[a] = 1;
            accounts[n++] = a;
            break;
        }
    }
    for (uint32_t i = 0; i < n; i++) m->is_taken[accounts[i]] = 0;
    qsort(accounts, n, sizeof *accounts, by_number);
    return n;
}

uint32_t claim_candidates(const claim_matches *m, uint32_t i, const uint32_t **candidates)
{
    *candidates = m->candidates + (size_t)i * m->n_candidates;
    return m->n_candidates;
}
