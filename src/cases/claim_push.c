/*
 * push_these_links, push_these_tags: do the list's accounts act on these objects more than others who are as active do? Each
 * account's share of its actions is ranked among its nearest others (BH over the list), and the list's sum among comparison groups.
 */
#include "cases/claim_private.h"

#include "actions/action_text.h"
#include "actions/url_clean.h"
#include "signif/multiplicity.h"

#include <math.h>
#include <string.h>

enum { n_push_groups = 199, fewest_actions = 3 };

typedef struct pushing {
    const claim_bench *b;
    const claim_list *list;
    eh_behaviour behaviour;
    uint8_t *is_pushed;        /* per object */
    uint32_t n_objects_found;
    uint32_t *n_on, *n_all;    /* per account: actions on them, actions of this behaviour */
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

/* Rank of each account among its candidates, then BH. */
static eh_status judge_accounts(const pushing *p, const claim_matches *matches, claim_result *r, eh_error *err)
{
    uint32_t n = p->list->n_known;
    double *rank = eh_alloc(p->b->ctx, n, sizeof *rank, err), *q = rank ? eh_alloc(p->b->ctx, n, sizeof *q, err) : NULL;
    eh_status status = q ? EH_OK : err->status;
    for (uint32_t i = 0; status == EH_OK && i < n; i++) {
        const uint32_t *of;
        uint32_t n_of = claim_candidates(matches, i, &of), n_as_much = 0;
        for (uint32_t k = 0; k < n_of; k++) n_as_much += share_of(p, of[k]) >= share_of(p, p->list->known[i]);
        rank[i] = p->n_on[p->list->known[i]] >= fewest_actions ? claim_rank(n_as_much, n_of) : 1;
    }
    if (status == EH_OK) status = eh_bh(p->b->ctx, rank, n, n, q, err);
    for (uint32_t i = 0; status == EH_OK && i < n; i++) {
        claim_account *a = &r->accounts[p->list->id_of[i]];
        uint32_t account = p->list->known[i];
        a->observed = p->n_on[account];
        a->q_value = q[i];
        r->n_tested += p->n_all[account] > 0;
        a->verdict = q[i] <= p->b->q ? EH_CLAIM_SUPPORTED : p->n_all[account] ? EH_CLAIM_NOT_SUPPORTED : EH_CLAIM_CANNOT_TELL;
        if (!p->n_all[account]) a->note = "no action of this kind in the archive";
    }
    eh_free(p->b->ctx, rank);
    eh_free(p->b->ctx, q);
    return status;
}

static eh_status judge_list(const pushing *p, const claim_matches *matches, claim_result *r, eh_error *err)
{
    uint32_t n_groups = 0, n_as_much = 0;
    double observed = 0, total = 0, in_groups = 0, needed = 0, *sums = eh_alloc(p->b->ctx, n_push_groups, sizeof *sums, err);
    uint32_t *group = sums ? eh_alloc(p->b->ctx, p->list->n_known, sizeof *group, err) : NULL;
    if (!group) {
        eh_free(p->b->ctx, sums);
        return err->status;
    }
    for (uint32_t i = 0; i < p->list->n_known; i++) {
        observed += share_of(p, p->list->known[i]);
        total += p->n_on[p->list->known[i]];
    }
    for (; n_groups < n_push_groups; n_groups++) {
        uint32_t n = claim_match(matches, n_groups, group);
        if (n < p->list->n_known) break;
        for (uint32_t i = 0; i < n; i++) sums[n_groups] += share_of(p, group[i]);
        in_groups += sums[n_groups];
        n_as_much += sums[n_groups] >= observed;
        needed = fmax(needed, sums[n_groups]);
    }
    eh_free(p->b->ctx, sums);
    eh_free(p->b->ctx, group);
    if (n_groups == 0) {
        r->verdict = EH_CLAIM_CANNOT_TELL;
        return eh_buf_printf(&r->chance, err, "the archive has too few others to compare with");
    }
    uint32_t n_list = p->list->n_known, n_supported = 0;
    for (uint32_t i = 0; i < n_list; i++) n_supported += r->accounts[p->list->id_of[i]].verdict == EH_CLAIM_SUPPORTED;
    r->observed = total;
    r->p_value = r->p_groups = claim_rank(n_as_much, n_groups);
    r->expected = in_groups / n_groups / n_list;
    bool is_complete = n_list == p->list->ids->n && r->n_tested == n_list;
    bool passes = r->p_value <= p->b->q && n_supported >= 2;
    if (passes) r->verdict = EH_CLAIM_SUPPORTED;
    else if (total == 0) r->verdict = is_complete && p->n_objects_found ? EH_CLAIM_CONTRADICTED : EH_CLAIM_CANNOT_TELL;
    else r->verdict = EH_CLAIM_NOT_SUPPORTED;
    for (uint32_t i = 0; i < p->list->ids->n; i++) {
        claim_account *a = &r->accounts[i];
        if (a->verdict == EH_CLAIM_SUPPORTED && !passes) {
            a->verdict = EH_CLAIM_NOT_SUPPORTED;
            a->note = "comparison groups show as much";
        }
        r->n_supported += a->verdict == EH_CLAIM_SUPPORTED;
    }
    EH_TRY(eh_buf_printf(&r->says_for, err, "%.0f actions on %u of the named objects; %u accounts act on them more than others who are as active; mean share of an account's actions %.4g",
                         total, p->n_objects_found, n_supported, observed / n_list));
    EH_TRY(eh_buf_printf(&r->says_against, err, "%u of %u accounts do not stand out; many may act on the same things without a plan", n_list - n_supported, n_list));
    EH_TRY(eh_buf_printf(&r->chance, err, "in %u groups of other accounts that are as active the mean share is %.4g; p = %.4g", n_groups, r->expected, r->p_value));
    return eh_buf_printf(&r->power, err, "a mean share above %.4g would have stood out against every group", needed / n_list);
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
    if (status == EH_OK) status = claim_matches_new(b, list, false, &matches, err);
    if (status == EH_OK) status = judge_accounts(&p, matches, r, err);
    if (status == EH_OK) status = judge_list(&p, matches, r, err);
    claim_matches_free(matches);
    eh_free(b->ctx, p.is_pushed);
    eh_free(b->ctx, p.n_on);
    eh_free(b->ctx, p.n_all);
    return status;
}
