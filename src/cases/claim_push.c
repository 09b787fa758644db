/*
 * push_these_links, push_these_tags: do the list's accounts act on these objects more than others with as many links (tags) do? An account's
 * peers are the nearest others by that number, within a factor of two. The list's sum of shares is ranked among draws of a peer for each. If it stands out, an account does where so few of the list's peers reach its share that
 * at most q of the accounts of the list beyond it are expected by chance.
 */
#include "cases/claim_private.h"

#include "actions/action_text.h"
#include "actions/url_clean.h"
#include "base/rng.h"
#include "base/sort.h"

#include <math.h>
#include <string.h>

enum { n_push_groups = 199, fewest_actions = 3, fewest_peers = 10 };

typedef struct pushing {
    const claim_bench *b;
    const claim_list *list;
    eh_behaviour behaviour;
    uint8_t *is_pushed;        /* per object */
    uint32_t n_objects_found;
    uint32_t *n_on, *n_all;    /* per account: actions on them, actions of this behaviour */
    uint32_t *peers, most_peers, *n_peers; /* per known account, at most most_peers; none where there are too few */
} pushing;

static void mark_object(pushing *p, eh_str object)
{
    uint32_t o = eh_strings_find(&p->b->table.sets[p->behaviour].objects, object);
    if (o == UINT32_MAX || p->is_pushed[o]) return;
    p->is_pushed[o] = 1;
    p->n_objects_found++;
}

/* A link without path names its whole site. */
static eh_status mark_link(pushing *p, eh_str link, eh_error *err)
{
    const eh_action_set *set = &p->b->table.sets[p->behaviour];
    eh_buf clean = EH_BUF_INIT(p->b->ctx);
    eh_str source = {"", 0};
    eh_status status = eh_url_clean(link, &clean, &source, err);
    if (status == EH_OK) {
        mark_object(p, eh_buf_str(&clean));
        eh_str host = eh_str_trim(source.size ? source : link);
        bool is_site = !source.size || source.size == clean.size;
        for (uint32_t o = 0; is_site && o < set->n_objects; o++) {
            if (set->object_source[o] == UINT32_MAX || p->is_pushed[o]) continue;
            if (!eh_str_equal(eh_strings_get(&set->sources, set->object_source[o]), host)) continue;
            p->is_pushed[o] = 1;
            p->n_objects_found++;
        }
    }
    eh_buf_release(&clean);
    return status;
}

static eh_status mark_objects(pushing *p, const eh_claim_part *part, eh_error *err)
{
    eh_text_scratch scratch = {.out = EH_BUF_INIT(p->b->ctx)};
    eh_status status = EH_OK;
    for (uint32_t i = 0; status == EH_OK && i < part->n_pushed; i++) {
        eh_str s = eh_strings_get(&p->b->claim->pushed, part->first_pushed + i), folded;
        size_t blank = eh_str_find(s, ' ', 0);
        s = eh_str_trim((eh_str){s.data + blank + 1, s.size - blank - 1});
        if (p->behaviour == EH_LINK) {
            status = mark_link(p, s, err);
            continue;
        }
        if (s.size && s.data[0] == '#') s = (eh_str){s.data + 1, s.size - 1};
        status = eh_fold_text(&scratch, s, &folded, err);
        if (status == EH_OK) mark_object(p, folded);
    }
    eh_text_scratch_release(&scratch);
    return status;
}

static eh_status tally(pushing *p, eh_error *err)
{
    const eh_action_set *set = &p->b->table.sets[p->behaviour];
    uint32_t n = p->b->table.accounts.n;
    p->n_on = eh_alloc(p->b->ctx, n, sizeof *p->n_on, err);
    p->n_all = p->n_on ? eh_alloc(p->b->ctx, n, sizeof *p->n_all, err) : NULL;
    if (!p->n_all) return err->status;
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++) {
            p->n_on[set->account[i]] += p->is_pushed[o];
            p->n_all[set->account[i]]++;
        }
    return EH_OK;
}

static double share_of(const pushing *p, uint32_t a) { return p->n_all[a] ? (double)p->n_on[a] / p->n_all[a] : 0; }

static eh_status find_peers(pushing *p, const claim_matches *matches, eh_error *err)
{
    uint32_t n = p->list->n_known;
    const uint32_t *of;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t n_of = claim_candidates(matches, i, &of);
        if (n_of > p->most_peers) p->most_peers = n_of;
    }
    p->n_peers = eh_alloc(p->b->ctx, n, sizeof *p->n_peers, err);
    p->peers = p->n_peers ? eh_alloc(p->b->ctx, (size_t)n * p->most_peers, sizeof *p->peers, err) : NULL;
    if (!p->peers) return err->status;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t n_of = claim_candidates(matches, i, &of), n_own = p->n_all[p->list->known[i]];
        for (uint32_t k = 0; n_own && k < n_of; k++) {
            uint32_t n_all = p->n_all[of[k]];
            if (2 * n_all >= n_own && n_all <= 2 * n_own) p->peers[(size_t)i * p->most_peers + p->n_peers[i]++] = of[k];
        }
        if (p->n_peers[i] < fewest_peers) p->n_peers[i] = 0;
    }
    return EH_OK;
}

/* ---- accounts ----------------------------------------------------------------------------------------------------- */

typedef struct marked {
    double share, weight; /* weight of one of the peers */
    uint32_t i;           /* of the known accounts; UINT32_MAX = a peer */
} marked;

static int by_share(const void *a, const void *b, void *data)
{
    const marked *x = a, *y = b;
    (void)data;
    if (x->share != y->share) return x->share < y->share ? 1 : -1;
    return (x->i == UINT32_MAX ? 0 : 1) - (y->i == UINT32_MAX ? 0 : 1); /* peers first: a tie counts for them */
}

static uint64_t mark_all(const pushing *p, marked *all, uint64_t *n_of_all, uint32_t *n_tested)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < p->list->n_known; i++) {
        uint32_t account = p->list->known[i];
        for (uint32_t k = 0; k < p->n_peers[i]; k++)
            all[n++] = (marked){share_of(p, p->peers[(size_t)i * p->most_peers + k]), 1.0 / p->n_peers[i], UINT32_MAX};
        *n_of_all += p->n_peers[i];
        *n_tested += p->n_peers[i] > 0;
        if (p->n_peers[i] && p->n_on[account] >= fewest_actions) all[n++] = (marked){share_of(p, account), 0, i};
    }
    return n;
}

/*
 * Were an account of the list like any of its peers, the number of the list's accounts with a share of c or more would be in the mean
 * V(c) = sum over the list of the part of its peers with such a share. N(c) of the list have it, so V(c) / N(c) of them are expected by chance.
 * The q-value is the least of this over shares up to the account's own; one peer more is counted, so that it is never 0.
 */
static eh_status levels_of(const pushing *p, double *q, eh_error *err)
{
    uint32_t n = p->list->n_known, n_tested = 0;
    uint64_t n_of_all = 0, n_own = 0;
    double expected = 0, least = 1;
    marked *all = eh_alloc(p->b->ctx, (uint64_t)n * (p->most_peers + 1u), sizeof *all, err);
    if (!all) return err->status;
    uint64_t n_marked = mark_all(p, all, &n_of_all, &n_tested);
    eh_status status = eh_sort(p->b->ctx, all, n_marked, sizeof *all, by_share, NULL, err);
    for (uint32_t i = 0; i < n; i++) q[i] = 1;
    for (uint64_t k = 0; status == EH_OK && k < n_marked; k++) {
        expected += all[k].weight;
        if (all[k].i != UINT32_MAX) q[all[k].i] = fmin(1, (expected + n_tested / (1.0 + (double)n_of_all)) / (double)++n_own);
    }
    for (uint64_t k = n_marked; status == EH_OK && k-- > 0;) /* a q-value never falls as the share does */
        if (all[k].i != UINT32_MAX) q[all[k].i] = least = fmin(least, q[all[k].i]);
    eh_free(p->b->ctx, all);
    return status;
}

static eh_status judge_accounts(const pushing *p, claim_result *r, eh_error *err)
{
    double *q = eh_alloc(p->b->ctx, p->list->n_known, sizeof *q, err);
    if (!q) return err->status;
    eh_status status = levels_of(p, q, err);
    for (uint32_t i = 0; status == EH_OK && i < p->list->n_known; i++) {
        claim_account *a = &r->accounts[p->list->id_of[i]];
        uint32_t account = p->list->known[i];
        a->observed = p->n_on[account];
        a->q_value = q[i];
        r->n_tested += p->n_peers[i] > 0;
        a->verdict = q[i] <= p->b->q ? EH_CLAIM_SUPPORTED : p->n_peers[i] ? EH_CLAIM_NOT_SUPPORTED : EH_CLAIM_CANNOT_TELL;
        if (!p->n_all[account]) a->note = "no action of this kind in the archive";
        else if (!p->n_peers[i]) a->note = "too few others have half to twice as many actions of this kind";
    }
    eh_free(p->b->ctx, q);
    return status;
}

/* ---- the list ----------------------------------------------------------------------------------------------------- */

typedef struct pushed_list {
    uint32_t n_groups, n_as_much, n_supported, n_with_any;
    double observed, in_groups, needed, total; /* sums of shares of those with peers; actions on the objects */
} pushed_list;

static void draw_peers(const pushing *p, pushed_list *l)
{
    for (uint32_t i = 0; i < p->list->n_known; i++) {
        l->total += p->n_on[p->list->known[i]];
        l->n_with_any += p->n_all[p->list->known[i]] > 0;
        if (p->n_peers[i]) l->observed += share_of(p, p->list->known[i]);
    }
    l->n_groups = (uint32_t)fmax(n_push_groups, ceil(2 / p->b->q)); /* a claim of many parts asks for a smaller p */
    for (uint32_t g = 0; g < l->n_groups; g++) {
        eh_rng rng = eh_rng_of(p->b->seed, 0x7075736800000000u + g);
        double sum = 0;
        for (uint32_t i = 0; i < p->list->n_known; i++)
            if (p->n_peers[i]) sum += share_of(p, p->peers[(size_t)i * p->most_peers + eh_rng_below(&rng, p->n_peers[i])]);
        l->in_groups += sum;
        l->n_as_much += sum >= l->observed - 1e-12;
        l->needed = fmax(l->needed, sum);
    }
}

static void decide(const pushing *p, pushed_list *l, claim_result *r)
{
    bool is_complete = p->list->n_known == p->list->ids->n && l->n_with_any == p->list->n_known;
    for (uint32_t i = 0; i < p->list->n_known; i++) l->n_supported += r->accounts[p->list->id_of[i]].verdict == EH_CLAIM_SUPPORTED;
    bool passes = r->n_tested && r->p_value <= p->b->q && l->n_supported >= 2;
    if (passes) r->verdict = EH_CLAIM_SUPPORTED;
    else if (l->total == 0) r->verdict = is_complete && p->n_objects_found ? EH_CLAIM_CONTRADICTED : EH_CLAIM_CANNOT_TELL;
    else r->verdict = 2 * r->n_tested >= p->list->n_known ? EH_CLAIM_NOT_SUPPORTED : EH_CLAIM_CANNOT_TELL;
    for (uint32_t i = 0; i < p->list->ids->n; i++) {
        claim_account *a = &r->accounts[i];
        if (a->verdict == EH_CLAIM_SUPPORTED && !passes) {
            a->verdict = EH_CLAIM_NOT_SUPPORTED;
            a->note = "peers show as much";
        }
        r->n_supported += a->verdict == EH_CLAIM_SUPPORTED;
    }
}

static eh_status judge_list(const pushing *p, claim_result *r, eh_error *err)
{
    pushed_list l = {0};
    double n = r->n_tested ? r->n_tested : 1;
    draw_peers(p, &l);
    r->observed = l.total;
    r->p_value = r->p_groups = claim_rank(l.n_as_much, l.n_groups);
    r->expected = l.in_groups / l.n_groups / n;
    decide(p, &l, r);
    EH_TRY(eh_buf_printf(&r->says_for, err, "%.0f actions on %u of the named objects; %u accounts act on them more than their peers; mean share of an account's actions %.4g",
                         l.total, p->n_objects_found, l.n_supported, l.observed / n));
    EH_TRY(eh_buf_printf(&r->says_against, err, "%u of %u accounts do not stand out; many may act on the same things without a plan", p->list->n_known - l.n_supported, p->list->n_known));
    EH_TRY(eh_buf_printf(&r->chance, err, "of %u accounts with ten or more peers, who have half to twice as many actions of this kind; in %u draws of a peer for each the mean share is %.4g; p = %.4g",
                         r->n_tested, l.n_groups, r->expected, r->p_value));
    return eh_buf_printf(&r->power, err, "a mean share above %.4g would have stood out against every draw", l.needed / n);
}

eh_status claim_test_push(const claim_bench *b, const claim_list *list, const eh_claim_part *part, claim_result *r, eh_error *err)
{
    pushing p = {.b = b, .list = list, .behaviour = part->kind == EH_CLAIM_LINKS ? EH_LINK : EH_HASHTAG};
    if (list->n_known < 2 || !b->table.sets[p.behaviour].n_actions) {
        r->verdict = EH_CLAIM_CANNOT_TELL;
        return eh_buf_printf(&r->chance, err, "fewer than two accounts of the list act in the archive in this time, or it holds no action of this kind");
    }
    claim_matches *matches = NULL;
    p.is_pushed = eh_alloc(b->ctx, b->table.sets[p.behaviour].n_objects, 1, err);
    eh_status status = p.is_pushed ? mark_objects(&p, part, err) : err->status;
    if (status == EH_OK) status = tally(&p, err);
    if (status == EH_OK) status = claim_matches_new(b, list, false, NULL, p.n_all, &matches, err);
    if (status == EH_OK) status = find_peers(&p, matches, err);
    if (status == EH_OK) status = judge_accounts(&p, r, err);
    if (status == EH_OK) status = judge_list(&p, r, err);
    claim_matches_free(matches);
    eh_free(b->ctx, p.is_pushed);
    eh_free(b->ctx, p.n_on);
    eh_free(b->ctx, p.n_all);
    eh_free(b->ctx, p.peers);
    eh_free(b->ctx, p.n_peers);
    return status;
}
