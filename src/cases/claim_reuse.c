/*
 * act_together by texts: who of a list publishes the same texts as two others of it, where the run lists accounts by that. The pairs are those
 * of the reuse leg on the whole archive; a pair that it does not tell counts as p = 1, so levels are at most too large. As there,
 * an account's level is that of its second-best partner, p = (m - 2) p_(2), m = testable accounts of the list, and BH over these.
 */
#include "cases/claim_private.h"

#include "legs/direction.h"
#include "signif/decide.h"
#include "signif/multiplicity.h"

#include <math.h>
#include <string.h>

/* Its part of the level, as in a run. */
static const double reuse_share = 0.1;

eh_status claim_reuse_init(claim_bench *b, eh_error *err)
{
    const uint32_t reuse = 1u << EH_LEG_REUSE;
    if (!(b->detect.legs & reuse) || !(b->detect.list_by & reuse)) return EH_OK;
    EH_TRY(eh_leg_reuse(b->ctx, &b->table, &b->detect, &b->reuse, err));
    if (b->reuse.has_run) b->detect.q = b->q * (1 - reuse_share);
    return EH_OK;
}

/* Two smallest levels of pairs, of each account. */
typedef struct texts {
    eh_leg_pair *pairs; /* of the leg, both accounts in the list */
    uint64_t n_pairs;
    uint32_t *place;    /* per account of the table: in the list */
    double *best, *second, *q;
    uint32_t *n_first, *n_second;
    eh_order *orders;
} texts;

static void texts_release(eh_context *ctx, texts *t)
{
    void *blocks[] = {t->pairs, t->place, t->best, t->second, t->q, t->n_first, t->n_second, t->orders};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(ctx, blocks[i]);
}

static eh_status texts_init(const claim_bench *b, const uint32_t *accounts, uint32_t n, texts *t, eh_error *err)
{
    t->place = eh_alloc(b->ctx, b->table.accounts.n, sizeof *t->place, err);
    t->best = t->place ? eh_alloc(b->ctx, n, sizeof *t->best, err) : NULL;
    t->second = t->best ? eh_alloc(b->ctx, n, sizeof *t->second, err) : NULL;
    t->q = t->second ? eh_alloc(b->ctx, n, sizeof *t->q, err) : NULL;
    t->n_first = t->q ? eh_alloc(b->ctx, n, sizeof *t->n_first, err) : NULL;
    t->n_second = t->n_first ? eh_alloc(b->ctx, n, sizeof *t->n_second, err) : NULL;
    if (!t->n_second) return err->status;
    memset(t->place, 0xff, b->table.accounts.n * sizeof *t->place);
    for (uint32_t i = 0; i < n; i++) {
        t->place[accounts[i]] = i;
        t->best[i] = t->second[i] = 1;
    }
    return EH_OK;
}

static bool is_left_out(const claim_texts *from, const eh_leg_pair *pair)
{
    if (!from->ring_of) return false;
    uint32_t ring = from->ring_of[pair->account_a];
    return ring != UINT32_MAX && ring != from->ring && ring == from->ring_of[pair->account_b];
}

static eh_status take_pairs(const claim_bench *b, const claim_texts *from, texts *t, claim_reused *out, eh_error *err)
{
    size_t capacity = 0;
    for (uint64_t k = 0; k < from->leg->n_pairs; k++) {
        const eh_leg_pair *pair = &from->leg->pairs[k];
        uint32_t of[2] = {t->place[pair->account_a], t->place[pair->account_b]};
        if (of[0] == UINT32_MAX || of[1] == UINT32_MAX || is_left_out(from, pair)) continue;
        EH_TRY(eh_reserve(b->ctx, (void **)&t->pairs, &capacity, t->n_pairs + 1, sizeof *t->pairs, err));
        t->pairs[t->n_pairs++] = *pair;
        for (int side = 0; side < 2; side++) {
            uint32_t i = of[side];
            out[i].n_partners++;
            if (pair->p_value < t->best[i]) {
                t->second[i] = t->best[i];
                t->best[i] = pair->p_value;
            } else if (pair->p_value < t->second[i]) {
                t->second[i] = pair->p_value;
            }
        }
    }
    return EH_OK;
}

/* Who hardly ever came second on the texts that it shares may only be copied. */
static eh_status take_order(const claim_bench *b, const claim_texts *from, texts *t, eh_error *err)
{
    t->orders = eh_alloc(b->ctx, t->n_pairs, sizeof *t->orders, err);
    if (!t->orders) return err->status;
    EH_TRY(eh_orders_of(b->ctx, from->table, 1u << EH_TEXT, t->pairs, t->n_pairs, t->orders, err));
    for (uint64_t k = 0; k < t->n_pairs; k++) {
        uint32_t x = t->place[t->pairs[k].account_a], y = t->place[t->pairs[k].account_b];
        t->n_second[x] += t->orders[k].n_a_second;
        t->n_first[x] += t->orders[k].n_b_second;
        t->n_second[y] += t->orders[k].n_b_second;
        t->n_first[y] += t->orders[k].n_a_second;
    }
    return EH_OK;
}

static eh_status judge(const claim_bench *b, const claim_texts *from, const uint32_t *accounts, uint32_t n, texts *t, claim_reused *out, eh_error *err)
{
    uint32_t n_testable = 0;
    for (uint32_t i = 0; i < n; i++) n_testable += from->leg->accounts[accounts[i]].n_testable_partners > 0;
    if (n_testable < 3) return EH_OK;
    EH_TRY(take_pairs(b, from, t, out, err));
    if (t->n_pairs) EH_TRY(take_order(b, from, t, err));
    for (uint32_t i = 0; i < n; i++) t->second[i] = fmin(1, (n_testable - 2.0) * t->second[i]);
    EH_TRY(eh_bh(b->ctx, t->second, n, n_testable, t->q, err));
    for (uint32_t i = 0; i < n; i++) {
        out[i].is_testable = from->leg->accounts[accounts[i]].n_testable_partners > 0;
        out[i].q_value = t->second[i] < 1 ? fmin(1, t->q[i] / reuse_share) : 1;
        out[i].is_followed = eh_is_seldom_second(t->n_first[i], t->n_second[i]);
        out[i].is_tied = out[i].q_value <= b->q && !out[i].is_followed;
    }
    return EH_OK;
}

eh_status claim_reuse_within(const claim_bench *b, const claim_texts *from, const uint32_t *accounts, uint32_t n, claim_reused *out,
                             eh_error *err)
{
    texts t = {0};
    for (uint32_t i = 0; i < n; i++) out[i] = (claim_reused){.q_value = 1};
    if (!from->leg->has_run) return EH_OK;
    eh_status status = texts_init(b, accounts, n, &t, err);
    if (status == EH_OK) status = judge(b, from, accounts, n, &t, out, err);
    texts_release(b->ctx, &t);
    return status;
}
