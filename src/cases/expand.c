/*
 * From seeds to linked accounts, hop by hop. Two ways lead from the seed set S of a hop to an account v, each for half of q:
 *  - evidence with S: E_v = 1/|S| sum over s in S of E(v, s), E(v, s) = 0 where the pair was not tested, is an e-value for "v acts
 *    together with none of S"; e-BH over the m testable accounts, at q / 2 over the number of hops. Every testable account counts
 *    in m, those without any co-action too: who came near a seed is outcome, not design.
 *  - the run: it lists v by timing at q / 2, and one of v's listed pairs leads to S.
 */
#include "cases/expand_pairs.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "investigation/investigation_store.h"
#include "signif/decide.h"
#include "signif/evalue.h"
#include "signif/multiplicity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

eh_expand_options eh_expand_options_default(void) { return (eh_expand_options){.q = 0.05, .n_hops = 3}; }

/* What is kept of every account while the hops go by. */
typedef struct node {
    bool is_seed;   /* given, or linked in an earlier hop */
    bool is_candidate;
    bool is_led_to; /* by a listed pair from a seed */
    eh_expand_link link;
} node;

typedef struct expansion {
    eh_pair_rows rows;
    node *nodes;
    uint32_t n_seeds;     /* of this hop */
    double m, q, q_hop;   /* testable accounts, level of each way, and of the first in one hop */
} expansion;

void eh_expansion_release(eh_expansion *e)
{
    if (!e->ctx) return;
    eh_free(e->ctx, e->links);
    if (e->owner) eh_pair_rows_release(e->owner);
    eh_free(e->ctx, e->owner);
    memset(e, 0, sizeof *e);
}

typedef struct seed_reader {
    expansion *x;
    eh_expansion *out;
    eh_dict ids;
} seed_reader;

static eh_status take_seed(void *data, eh_str id, eh_error *err)
{
    seed_reader *r = data;
    uint32_t number, n_before = r->ids.n;
    EH_TRY(eh_dict_add(&r->ids, id, &number, err));
    if (number < n_before) return EH_OK; /* named twice */
    r->out->n_seeds++;
    uint32_t account = eh_dict_find(&r->x->rows.accounts, id);
    if (account == EH_DICT_NONE) {
        r->out->n_unknown_seeds++;
        return EH_OK;
    }
    r->x->nodes[account].is_seed = true;
    r->x->n_seeds++;
    r->out->n_untestable_seeds += r->x->rows.first[account] == r->x->rows.first[account + 1];
    return EH_OK;
}

/* From a file, or from a table of ids. */
static eh_status read_seeds(eh_context *ctx, expansion *x, const char *path, const eh_strings *ids, eh_expansion *out, eh_error *err)
{
    seed_reader reader = {x, out, EH_DICT_INIT(ctx)};
    eh_status status = ids ? EH_OK : eh_account_list_read(ctx, path, take_seed, &reader, err);
    for (uint32_t i = 0; ids && status == EH_OK && i < ids->n; i++) status = take_seed(&reader, eh_strings_get(ids, i), err);
    eh_dict_release(&reader.ids);
    if (status != EH_OK) return status;
    if (out->n_unknown_seeds == out->n_seeds)
        return eh_fail_at(err, EH_E_STATISTICS, path, -1, -1,
                          "none of the %llu accounts is in the archive; give ids as they stand in accounts.csv",
                          (unsigned long long)out->n_seeds);
    if (out->n_unknown_seeds + out->n_untestable_seeds == out->n_seeds)
        return eh_fail_at(err, EH_E_STATISTICS, path, -1, -1,
                          "insufficient data: none of its accounts shares enough objects with anybody to be tested");
    return EH_OK;
}

static const eh_pair_row *pair_of(const expansion *x, uint32_t account, uint64_t i, uint32_t *other)
{
    const eh_pair_row *pair = &x->rows.pairs[x->rows.of[i]];
    *other = pair->account_a == account ? pair->account_b : pair->account_a;
    return pair;
}

/* A pair that ties: listed by the run, or E at least 1/q. */
static bool ties(const expansion *x, const eh_pair_row *pair) { return pair->is_listed || pair->log_e >= -log(x->q); }

static void meet(expansion *x, uint32_t v, const eh_pair_row *pair, uint32_t seed, double *best)
{
    eh_expand_link *link = &x->nodes[v].link;
    link->log_e = eh_log_add(link->log_e, pair->log_e);
    link->n_coincidences += pair->n_coincidences;
    link->n_expected += pair->n_expected;
    if (pair->log_e > *best) {
        *best = pair->log_e;
        link->via = seed;
    }
    if (!ties(x, pair)) return;
    bool is_a = pair->account_a == v;
    link->n_seeds++;
    x->nodes[v].is_led_to = x->nodes[v].is_led_to || pair->is_listed;
    link->n_second += is_a ? pair->n_a_second : pair->n_b_second;
    link->n_first += is_a ? pair->n_b_second : pair->n_a_second;
    if (pair->convincing > link->n_behaviours) link->n_behaviours = pair->convincing;
}

/* The evidence of every account that is no seed. */
static void gather(expansion *x, uint32_t hop)
{
    for (uint32_t v = 0; v < x->rows.accounts.n; v++) {
        node *at = &x->nodes[v];
        if (at->is_seed) continue;
        double best = -INFINITY;
        at->is_led_to = false;
        at->link = (eh_expand_link){.account = v, .hop = hop, .log_e = (double)-INFINITY, .q_value = 1, .p_value = 1, .via = UINT32_MAX};
        for (uint64_t i = x->rows.first[v]; i < x->rows.first[v + 1]; i++) {
            uint32_t other;
            const eh_pair_row *pair = pair_of(x, v, i, &other);
            if (x->nodes[other].is_seed) meet(x, v, pair, other, &best);
        }
        at->link.log_e -= log(x->n_seeds);
        at->is_candidate = at->link.via != UINT32_MAX;
    }
}

/* The second way: direction and partners were judged by the run, which knows them all. */
static bool is_listed_by_run(const expansion *x, uint32_t v) { return x->nodes[v].is_led_to && x->rows.q_run[v] <= x->q; }

/* Both ways, and direction; partners are looked at afterwards. */
static void admit(expansion *x, uint32_t v, double q_value)
{
    eh_expand_link *link = &x->nodes[v].link;
    uint32_t n_ordered = link->n_first + link->n_second;
    bool is_run_listed = is_listed_by_run(x, v);
    /* In units of the whole level: each way at the price of its part of it. */
    double by_evidence = q_value * x->q / x->q_hop * 2, by_run = x->nodes[v].is_led_to ? 2 * x->rows.q_run[v] : 1;
    link->q_value = fmin(1, fmin(by_evidence, by_run));
    link->is_linked = q_value <= x->q_hop || is_run_listed;
    if (!link->is_linked) return;
    if (is_run_listed) return;
    if (n_ordered < eh_fewest_ordered) link->notes |= EH_NOTE_DIRECTION_UNKNOWN;
    else if (eh_is_seldom_second(link->n_first, link->n_second)) link->notes |= EH_NOTE_FOLLOWED;
    if (link->notes) link->is_linked = false;
}

static eh_status level(eh_context *ctx, expansion *x, eh_error *err)
{
    uint32_t n = x->rows.accounts.n;
    double *log_e = eh_alloc(ctx, n, sizeof *log_e, err);
    double *q = log_e ? eh_alloc(ctx, n, sizeof *q, err) : NULL;
    eh_status status = q ? EH_OK : err->status;
    for (uint32_t v = 0; status == EH_OK && v < n; v++)
        log_e[v] = x->nodes[v].is_candidate && !x->nodes[v].is_seed ? x->nodes[v].link.log_e : (double)-INFINITY;
    if (status == EH_OK) status = eh_ebh(ctx, log_e, n, x->m, q, err);
    for (uint32_t v = 0; status == EH_OK && v < n; v++) {
        if (!isfinite(log_e[v])) continue;
        x->nodes[v].link.p_value = log_e[v] > 0 ? exp(-log_e[v]) : 1;
        admit(x, v, q[v]);
    }
    eh_free(ctx, log_e);
    eh_free(ctx, q);
    return status;
}

static uint32_t count_partners(const expansion *x, uint32_t v)
{
    uint32_t n = 0;
    for (uint64_t i = x->rows.first[v]; i < x->rows.first[v + 1]; i++) {
        uint32_t other;
        const eh_pair_row *pair = pair_of(x, v, i, &other);
        n += ties(x, pair) && (x->nodes[other].is_seed || x->nodes[other].link.is_linked);
    }
    return n;
}

/* Two partners, or one on two behaviours that convince by themselves; until nobody has too few. */
static void prune(expansion *x)
{
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        for (uint32_t v = 0; v < x->rows.accounts.n; v++) {
            node *at = &x->nodes[v];
            if (!at->is_candidate || at->is_seed) continue;
            at->link.n_partners = count_partners(x, v);
            uint32_t n_needed = is_listed_by_run(x, v) || at->link.n_behaviours >= 2 ? 1 : eh_fewest_partners;
            if (!at->link.is_linked || at->link.n_partners >= n_needed) continue;
            at->link.is_linked = false;
            at->link.notes |= EH_NOTE_ONE_PARTNER;
            has_changed = true;
        }
    }
}

/* Those linked are seeds of the next hop; returns how many are new. */
static uint32_t enlist(expansion *x)
{
    uint32_t n_new = 0;
    for (uint32_t v = 0; v < x->rows.accounts.n; v++) {
        node *at = &x->nodes[v];
        if (at->is_seed || !at->link.is_linked) continue;
        at->is_seed = true;
        n_new++;
    }
    x->n_seeds += n_new;
    return n_new;
}

/* Linked first, then by evidence; accounts are in bytewise order, so numbers settle ties as ids would. */
static int by_rank(const void *a, const void *b, void *data)
{
    const eh_expand_link *x = a, *y = b;
    (void)data;
    if (x->is_linked != y->is_linked) return x->is_linked ? -1 : 1;
    if (x->log_e < y->log_e || x->log_e > y->log_e) return x->log_e > y->log_e ? -1 : 1;
    return (x->account > y->account) - (x->account < y->account);
}

static eh_status collect(eh_context *ctx, const expansion *x, eh_expansion *out, eh_error *err)
{
    for (uint32_t v = 0; v < x->rows.accounts.n; v++) out->n_links += x->nodes[v].is_candidate;
    out->links = eh_alloc(ctx, out->n_links, sizeof *out->links, err);
    if (!out->links) return err->status;
    uint64_t n = 0;
    for (uint32_t v = 0; v < x->rows.accounts.n; v++) {
        if (!x->nodes[v].is_candidate) continue;
        out->links[n++] = x->nodes[v].link;
        out->n_linked += x->nodes[v].link.is_linked;
    }
    return eh_sort(ctx, out->links, out->n_links, sizeof *out->links, by_rank, NULL, err);
}

static eh_status expand(eh_investigation *inv, const char *run_id, const char *seeds_path, const eh_strings *ids,
                        const eh_expand_options *options, expansion *x, eh_expansion *out, eh_error *err)
{
    eh_context *ctx = eh_store_context(eh_investigation_store(inv));
    char found[EH_RUN_ID_SIZE], sql[160];
    int64_t n_testable;
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    EH_TRY(eh_pair_rows_load(inv, found, options->q, &x->rows, err));
    snprintf(sql, sizeof sql, "SELECT n_testable_accounts FROM runs WHERE run_id = '%s'", found);
    EH_TRY(eh_store_integer(eh_investigation_store(inv), sql, &n_testable, err));
    x->nodes = eh_alloc(ctx, x->rows.accounts.n, sizeof *x->nodes, err);
    if (!x->nodes) return err->status;
    EH_TRY(read_seeds(ctx, x, seeds_path, ids, out, err));
    x->q = options->q / 2;
    x->q_hop = x->q / options->n_hops;
    out->n_candidates = n_testable > (int64_t)x->n_seeds ? (uint64_t)n_testable - x->n_seeds : 1;
    x->m = (double)out->n_candidates;
    for (uint32_t hop = 1; hop <= options->n_hops; hop++) {
        gather(x, hop);
        EH_TRY(level(ctx, x, err));
        prune(x);
        if (enlist(x) == 0) break;
    }
    return collect(ctx, x, out, err);
}

static eh_status expand_any(eh_investigation *inv, const char *run_id, const char *seeds_path, const eh_strings *ids,
                            const eh_expand_options *options, eh_expansion *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_expand_options all = options ? *options : eh_expand_options_default();
    memset(out, 0, sizeof *out);
    if (!(all.q > 0 && all.q <= 0.5)) return eh_fail(err, EH_E_INVALID, "the accepted share of false links must lie in (0, 0.5], not %g", all.q);
    if (all.n_hops < 1 || all.n_hops > 8) return eh_fail(err, EH_E_INVALID, "1 to 8 hops are possible, not %u", all.n_hops);
    eh_context *ctx = eh_store_context(eh_investigation_store(inv));
    out->ctx = ctx;
    expansion x = {0};
    eh_status status = expand(inv, run_id, seeds_path, ids, &all, &x, out, err);
    if (status == EH_OK) {
        out->owner = eh_alloc(ctx, 1, sizeof x.rows, err);
        if (!out->owner) status = err->status;
    }
    if (status == EH_OK) {
        memcpy(out->owner, &x.rows, sizeof x.rows);
        out->accounts = eh_dict_strings(&((eh_pair_rows *)out->owner)->accounts);
    } else {
        eh_pair_rows_release(&x.rows);
        eh_expansion_release(out);
    }
    eh_free(ctx, x.nodes);
    return status;
}

eh_status eh_expand(eh_investigation *inv, const char *run_id, const char *seeds_path, const eh_expand_options *options,
                    eh_expansion *out, eh_error *err)
{
    return expand_any(inv, run_id, seeds_path, NULL, options, out, err);
}

eh_status eh_expand_from(eh_investigation *inv, const char *run_id, const eh_strings *seeds, const eh_expand_options *options,
                         eh_expansion *out, eh_error *err)
{
    return expand_any(inv, run_id, "the list of seeds", seeds, options, out, err);
}
