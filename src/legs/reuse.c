/*
 * The reuse leg: two accounts publish the same texts more often than chance gives, at any distance in time. Degree-conditioned null
 * (bipartite configuration model in its sparse form): u publishes text o with p_uo = k_u k_o / n, k_u texts of u, k_o accounts of o, n
 * the sum of either. Shared texts of a pair ~ Poisson-binomial with mean k_u k_v sum k_o^2 / n^2; its upper tail is at most the
 * Poisson tail. The account's level is that of its second-best partner: p = (partners - 1) p_(2), the Bonferroni form of the partial
 * conjunction "at least two partners".
 *
 * Sources: Saracco et al., Sci. Rep. 5:10595 (2015); New J. Phys. 19:053022 (2017); Benjamini & Heller, Biometrics 64:1215 (2008).
 */
#include "base/sort.h"
#include "legs/leg.h"
#include "legs/prompts.h"
#include "signif/multiplicity.h"
#include "signif/tail.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { fewest_shared = 3, fewest_texts = 3, most_popular = 200, fewest_accounts = 20 };
static const double pair_level = 0.05;

typedef struct reuse {
    eh_context *ctx;
    const eh_action_set *set;
    uint32_t n_accounts;
    uint32_t *link_of;         /* by post */
    uint8_t *is_left_out;      /* by text: common property */
    eh_prompts prompts;
    uint32_t *n_texts;         /* k_u */
    double n, sum_squares;     /* sum of k_o, of k_o^2 */
    uint64_t *account_first;   /* texts of each account that anybody else published too */
    uint32_t *account_text;
    uint64_t *text_first;
    uint32_t *text_account;    /* distinct accounts of each text, ascending */
    uint32_t *n_shared, *touched;
    eh_leg_result *out;
    size_t pair_capacity;
} reuse;

static void reuse_release(reuse *r)
{
    void *blocks[] = {r->link_of, r->is_left_out, r->n_texts, r->account_first, r->account_text, r->text_first, r->text_account, r->n_shared,
                      r->touched};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(r->ctx, blocks[i]);
    eh_prompts_release(&r->prompts);
}

/* The link of each post, UINT32_MAX for none; NULL where posts or links were not kept. */
static eh_status link_posts(eh_context *ctx, const eh_action_table *table, uint32_t **link_of, eh_error *err)
{
    const eh_action_set *links = &table->sets[EH_LINK];
    *link_of = NULL;
    if (!links->post || !table->sets[EH_TEXT].post) return EH_OK;
    *link_of = eh_alloc(ctx, table->posts.n, sizeof **link_of, err);
    if (!*link_of) return err->status;
    for (uint32_t i = 0; i < table->posts.n; i++) (*link_of)[i] = UINT32_MAX;
    for (uint32_t o = 0; o < links->n_objects; o++)
        for (uint64_t i = links->object_start[o]; i < links->object_start[o + 1]; i++) (*link_of)[links->post[i]] = o;
    return EH_OK;
}

/* A text that mostly comes with one and the same link is that page's headline: the share button or a feed wrote it, not its posters. */
static bool is_headline(const reuse *r, uint32_t text)
{
    const eh_action_set *set = r->set;
    uint64_t first = set->object_start[text], last = set->object_start[text + 1], n_same = 0;
    uint32_t link = UINT32_MAX;
    for (uint64_t i = first; r->link_of && i < last; i++) { /* majority vote: Boyer & Moore 1981 */
        uint32_t own = r->link_of[set->post[i]];
        if (n_same == 0) link = own;
        n_same = own == link ? n_same + 1 : n_same - 1;
    }
    if (!r->link_of || link == UINT32_MAX) return false;
    n_same = 0;
    for (uint64_t i = first; i < last; i++) n_same += r->link_of[set->post[i]] == link;
    return 2 * n_same > last - first;
}

/* Distinct accounts of every text. Headlines, and texts that over 200 accounts published, are common property and left out. */
static eh_status list_accounts(reuse *r, eh_error *err)
{
    const eh_action_set *set = r->set;
    uint32_t *seen = eh_alloc(r->ctx, r->n_accounts, sizeof *seen, err);
    r->text_first = eh_alloc(r->ctx, (size_t)set->n_objects + 1, sizeof *r->text_first, err);
    r->text_account = eh_alloc(r->ctx, set->n_actions, sizeof *r->text_account, err);
    r->n_texts = eh_alloc(r->ctx, r->n_accounts, sizeof *r->n_texts, err);
    r->account_first = eh_alloc(r->ctx, (size_t)r->n_accounts + 2, sizeof *r->account_first, err);
    r->is_left_out = eh_alloc(r->ctx, set->n_objects, 1, err);
    bool is_there = seen && r->text_first && r->text_account && r->n_texts && r->account_first && r->is_left_out;
    eh_status status = is_there ? EH_OK : err->status;
    uint64_t n = 0;
    for (uint32_t o = 0; status == EH_OK && o < set->n_objects; o++) {
        uint64_t first = n;
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++) {
            if (seen[set->account[i]] == o + 1) continue;
            seen[set->account[i]] = o + 1;
            r->text_account[n++] = set->account[i];
        }
        double k = (double)(n - first);
        if (k > most_popular || (k > 1 && is_headline(r, o))) {
            n = first;
            r->is_left_out[o] = 1;
        } else {
            status = eh_sort(r->ctx, r->text_account + first, n - first, sizeof *r->text_account, eh_by_uint32, NULL, err);
            for (uint64_t i = first; i < n; i++) r->n_texts[r->text_account[i]]++;
            r->n += k;
            r->sum_squares += k * k;
        }
        r->text_first[o + 1] = n;
    }
    eh_free(r->ctx, seen);
    return status;
}

static eh_status index_accounts(reuse *r, eh_error *err)
{
    uint64_t *at = r->account_first + 1; /* shifted while filling */
    for (uint64_t i = 0; i < r->text_first[r->set->n_objects]; i++) at[r->text_account[i] + 1]++;
    for (uint32_t u = 0; u < r->n_accounts; u++) at[u + 1] += at[u];
    r->account_text = eh_alloc(r->ctx, r->text_first[r->set->n_objects], sizeof *r->account_text, err);
    r->n_shared = eh_alloc(r->ctx, r->n_accounts, sizeof *r->n_shared, err);
    r->touched = eh_alloc(r->ctx, r->n_accounts, sizeof *r->touched, err);
    if (!r->account_text || !r->n_shared || !r->touched) return err->status;
    for (uint32_t o = 0; o < r->set->n_objects; o++)
        for (uint64_t i = r->text_first[o]; i < r->text_first[o + 1]; i++) r->account_text[at[r->text_account[i]]++] = o;
    return EH_OK;
}

/* Texts that a public prompter asked for stay in the margins and are not counted, so that every p can only grow. */
static eh_status find_prompts(reuse *r, const eh_action_table *table, eh_error *err)
{
    eh_contacts contacts;
    eh_status status = eh_contacts_init(r->ctx, table, &contacts, err);
    if (status == EH_OK) status = eh_prompts_find(r->ctx, table, &contacts, EH_TEXT, r->is_left_out, &r->prompts, err);
    eh_contacts_release(&contacts);
    r->out->n_prompted = r->prompts.n_prompted;
    return status;
}

static void count_prompted(reuse *r)
{
    for (uint64_t o = 0; o < r->set->n_objects; o++)
        for (uint64_t i = r->text_first[o]; r->prompts.is_prompted[o] && i < r->text_first[o + 1]; i++)
            r->out->accounts[r->text_account[i]].n_prompted++;
}

static bool is_testable(const reuse *r, uint32_t u) { return r->n_texts[u] >= fewest_texts; }

static eh_status test_row(reuse *r, uint32_t u, double bar, double *best, double *second, eh_error *err)
{
    uint32_t n_touched = 0;
    for (uint64_t i = r->account_first[u]; i < r->account_first[u + 1]; i++) {
        uint32_t o = r->account_text[i];
        for (uint64_t j = r->text_first[o]; !r->prompts.is_prompted[o] && j < r->text_first[o + 1]; j++) {
            uint32_t v = r->text_account[j];
            if (v > u && r->n_shared[v]++ == 0) r->touched[n_touched++] = v;
        }
    }
    for (uint32_t i = 0; i < n_touched; i++) {
        uint32_t v = r->touched[i], k = r->n_shared[v];
        r->n_shared[v] = 0;
        if (k < fewest_shared) continue;
        double mu = (double)r->n_texts[u] * r->n_texts[v] * r->sum_squares / (r->n * r->n);
        double p = k < mu + 1 ? 1 : eh_poisson_tail(mu, k);
        for (int side = 0; side < 2; side++) {
            uint32_t a = side ? v : u;
            if (p < best[a]) {
                second[a] = best[a];
                best[a] = p;
            } else if (p < second[a]) {
                second[a] = p;
            }
        }
        if (p > bar) continue;
        eh_leg_result *out = r->out;
        EH_TRY(eh_reserve(r->ctx, (void **)&out->pairs, &r->pair_capacity, out->n_pairs + 1, sizeof *out->pairs, err));
        out->pairs[out->n_pairs++] = (eh_leg_pair){u, v, k, mu, p};
        eh_leg_tie(out, &out->pairs[out->n_pairs - 1]);
    }
    return EH_OK;
}

static eh_status take_levels(reuse *r, const double *second, eh_error *err)
{
    double *p = eh_alloc(r->ctx, r->n_accounts, sizeof *p, err);
    double *q = p ? eh_alloc(r->ctx, r->n_accounts, sizeof *q, err) : NULL;
    eh_status status = q ? EH_OK : err->status;
    double n_others = (double)r->out->n_testable_accounts - 2;
    for (uint32_t u = 0; status == EH_OK && u < r->n_accounts; u++) p[u] = fmin(1, n_others * second[u]);
    if (status == EH_OK) status = eh_bh(r->ctx, p, r->n_accounts, (double)r->out->n_testable_accounts, q, err);
    for (uint32_t u = 0; status == EH_OK && u < r->n_accounts; u++) {
        r->out->accounts[u].p_value = p[u];
        r->out->accounts[u].q_value = p[u] < 1 ? q[u] : 1;
    }
    eh_free(r->ctx, p);
    eh_free(r->ctx, q);
    return status;
}

static eh_status test_all(reuse *r, eh_error *err)
{
    eh_leg_result *out = r->out;
    double *best = eh_alloc(r->ctx, r->n_accounts, sizeof *best, err);
    double *second = best ? eh_alloc(r->ctx, r->n_accounts, sizeof *second, err) : NULL;
    eh_status status = second ? EH_OK : err->status;
    for (uint32_t u = 0; status == EH_OK && u < r->n_accounts; u++) best[u] = second[u] = 1;
    double bar = pair_level / (double)out->n_testable_accounts;
    for (uint32_t u = 0; status == EH_OK && u < r->n_accounts; u++) {
        if ((u & 1023) == 0 && eh_context_is_cancelled(r->ctx)) status = eh_fail(err, EH_E_CANCELLED, "interrupted");
        if (status == EH_OK) status = test_row(r, u, bar, best, second, err);
    }
    if (status == EH_OK) status = eh_sort_pairs(r->ctx, out->pairs, out->n_pairs, err);
    if (status == EH_OK) status = take_levels(r, second, err);
    eh_free(r->ctx, best);
    eh_free(r->ctx, second);
    return status;
}

static eh_status find_reuse(reuse *r, const eh_action_table *table, eh_error *err)
{
    eh_leg_result *out = r->out;
    EH_TRY(list_accounts(r, err));
    for (uint32_t u = 0; u < r->n_accounts; u++) out->n_testable_accounts += is_testable(r, u);
    if (out->n_testable_accounts < fewest_accounts) {
        snprintf(out->why_not, sizeof out->why_not, "fewer than %d accounts published %d texts or more", (int)fewest_accounts, (int)fewest_texts);
        out->n_testable_accounts = 0;
        return EH_OK;
    }
    EH_TRY(eh_leg_add_accounts(out, r->n_accounts, err));
    out->has_run = true;
    for (uint32_t u = 0; u < r->n_accounts; u++)
        if (is_testable(r, u)) out->accounts[u].n_testable_partners = (uint32_t)out->n_testable_accounts - 1;
    out->n_testable_pairs = out->n_testable_accounts * (out->n_testable_accounts - 1) / 2;
    EH_TRY(index_accounts(r, err));
    EH_TRY(find_prompts(r, table, err));
    count_prompted(r);
    return test_all(r, err);
}

eh_status eh_leg_reuse(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_leg_result *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->kind = EH_LEG_REUSE;
    bool is_wanted = !options || !options->behaviours || options->behaviours >> EH_TEXT & 1;
    if (!is_wanted || !table->sets[EH_TEXT].n_actions) {
        snprintf(out->why_not, sizeof out->why_not, "%s", is_wanted ? "no texts of 40 characters or more" : "texts are not compared in this run");
        return EH_OK;
    }
    reuse r = {.ctx = ctx, .set = &table->sets[EH_TEXT], .n_accounts = table->accounts.n, .out = out};
    eh_status status = link_posts(ctx, table, &r.link_of, err);
    if (status == EH_OK) status = find_reuse(&r, table, err);
    reuse_release(&r);
    if (status != EH_OK) eh_leg_release(out);
    return status;
}
