/*
 * Pair and account decisions. e-BH: R. Wang & A. Ramdas, False discovery rate control with e-values, JRSS B 84
 * (2022) 822. One wrong edge accuses two people, so accounts have a level of their own.
 */
#include "signif/judge.h"

#include "base/time.h"
#include "signif/decide.h"
#include "signif/evalue.h"
#include "signif/multiplicity.h"

#include <math.h>
#include <string.h>

/* Where chance alone gives many coincidences, e-values of coming second say little; the excess over chance does. */
static const double often_second = 1.6, fewest_expected = 10;

typedef struct pair_table {
    double *log_e;      /* per pair, weighted: its e-value times its weight over the mean weight */
    double *q;          /* per pair */
    uint64_t *first;    /* n + 1: into edges */
    size_t n;
} pair_table;

static void pair_table_release(eh_context *ctx, pair_table *pairs)
{
    eh_free(ctx, pairs->log_e);
    eh_free(ctx, pairs->q);
    eh_free(ctx, pairs->first);
}

static double log_weight(const eh_detection *d, const eh_edge *edge)
{
    return d->is_bound ? 0 : log((double)eh_pair_weight(edge->n_pair_common));
}

/* Groups the sorted edges by pair. */
static eh_status pair_table_init(eh_context *ctx, const eh_detection *d, pair_table *out, eh_error *err)
{
    memset(out, 0, sizeof *out);
    out->log_e = eh_alloc(ctx, d->n_edges, sizeof *out->log_e, err);
    out->q = eh_alloc(ctx, d->n_edges, sizeof *out->q, err);
    out->first = eh_alloc(ctx, d->n_edges + 1, sizeof *out->first, err);
    if (!out->log_e || !out->q || !out->first) return err->status;
    for (uint64_t i = 0; i < d->n_edges;) {
        const eh_edge *lead = &d->edges[i];
        out->first[out->n] = i;
        out->log_e[out->n++] = lead->log_e_pair + log_weight(d, lead) - log(d->mean_pair_weight);
        while (i < d->n_edges && d->edges[i].account_a == lead->account_a && d->edges[i].account_b == lead->account_b) i++;
    }
    out->first[out->n] = d->n_edges;
    return EH_OK;
}

static eh_status compare_by_bh(eh_context *ctx, eh_detection *d, double m, eh_error *err)
{
    double *p = eh_alloc(ctx, d->n_edges, sizeof *p, err);
    double *q = eh_alloc(ctx, d->n_edges, sizeof *q, err);
    eh_status status = p && q ? EH_OK : err->status;
    if (status == EH_OK) {
        for (uint64_t i = 0; i < d->n_edges; i++) p[i] = d->edges[i].p_value;
        status = eh_bh(ctx, p, d->n_edges, m, q, err);
    }
    for (uint64_t i = 0; status == EH_OK && i < d->n_edges; i++) d->edges[i].q_bh = q[i];
    eh_free(ctx, p);
    eh_free(ctx, q);
    return status;
}

/* A listed pair shows the behaviours that are unlikely by themselves, and its best one in any case. */
static void list_edges(eh_edge *edges, uint64_t n, bool is_listed, double q)
{
    uint64_t best = 0;
    for (uint64_t i = 0; i < n; i++)
        if (edges[i].log_e > edges[best].log_e) best = i;
    for (uint64_t i = 0; i < n; i++) edges[i].is_listed = is_listed && ((edges[i].log_e > 0 && edges[i].p_value <= q) || i == best);
}

eh_status eh_judge_pairs(eh_context *ctx, eh_detection *d, eh_error *err)
{
    pair_table pairs;
    eh_status status = pair_table_init(ctx, d, &pairs, err);
    double m = d->n_testable_pairs > pairs.n ? (double)d->n_testable_pairs : (double)pairs.n;
    if (status == EH_OK) status = eh_ebh(ctx, pairs.log_e, pairs.n, m, pairs.q, err);
    for (size_t k = 0; status == EH_OK && k < pairs.n; k++) {
        bool is_listed = pairs.q[k] <= d->options.q;
        d->n_listed_pairs += is_listed;
        for (uint64_t i = pairs.first[k]; i < pairs.first[k + 1]; i++) d->edges[i].q_value = pairs.q[k];
        list_edges(d->edges + pairs.first[k], pairs.first[k + 1] - pairs.first[k], is_listed, d->options.q);
    }
    if (status == EH_OK) status = compare_by_bh(ctx, d, m * d->n_tested_behaviours, err);
    pair_table_release(ctx, &pairs);
    return status;
}

/* What is summed up per account while its pairs go by. */
typedef struct tally {
    double log_sum_e;        /* over partners, weighted */
    double log_sum_e_second; /* over listed partners: e-values of coming second */
    double log_sum_e_of[EH_N_BEHAVIOURS]; /* over listed partners, by behaviour */
    uint32_t n_pairs; /* listed */
    uint32_t n_first, n_second, n_tied;
    double n_second_expected; /* by chance alone, if it is only followed */
    bool is_weak;
} tally;

static void tally_edge(tally *t, eh_account_result *account, const eh_edge *edge, bool is_a)
{
    if (!edge->is_listed) return;
    t->n_second += is_a ? edge->n_a_second : edge->n_b_second;
    t->n_first += is_a ? edge->n_b_second : edge->n_a_second;
    t->n_tied += edge->n_tied;
    t->n_second_expected += 0.5 * edge->n_sittings_expected;
    t->log_sum_e_of[edge->behaviour] = eh_log_add(t->log_sum_e_of[edge->behaviour], edge->log_e);
    account->behaviours |= 1u << edge->behaviour;
}

static void tally_pair(eh_detection *d, const eh_edge *edges, uint64_t n, const double *q_own, tally *t,
                       eh_account_result *account, bool is_a)
{
    bool is_listed = false;
    for (uint64_t i = 0; i < n; i++) {
        is_listed = is_listed || edges[i].is_listed;
        t->is_weak = t->is_weak || q_own[i] <= d->options.q;
        tally_edge(t, account, &edges[i], is_a);
    }
    t->log_sum_e = eh_log_add(t->log_sum_e, edges[0].log_e_pair + log_weight(d, &edges[0]));
    if (!is_listed) return;
    t->n_pairs++;
    t->log_sum_e_second = eh_log_add(t->log_sum_e_second, is_a ? edges[0].log_e_a_second : edges[0].log_e_b_second);
}

static void tally_pairs(eh_detection *d, const pair_table *pairs, const double *q_own, tally *tallies)
{
    for (size_t k = 0; k < pairs->n; k++) {
        uint64_t first = pairs->first[k], n = pairs->first[k + 1] - first;
        uint32_t a = d->edges[first].account_a, b = d->edges[first].account_b;
        tally_pair(d, d->edges + first, n, q_own + first, &tallies[a], &d->accounts[a], true);
        tally_pair(d, d->edges + first, n, q_own + first, &tallies[b], &d->accounts[b], false);
    }
}

/* Objects that would have sufficed in lock-step with two partners at account level. */
static uint32_t objects_needed(const eh_detection *d, const eh_account_result *account)
{
    double bar = log(d->n_testable_accounts ? (double)d->n_testable_accounts : 1) - log(d->options.q);
    uint32_t s = d->min_common_objects;
    for (; s < 100; s++) {
        double both = eh_fewest_partners * (d->is_bound ? 1 : (double)eh_pair_weight(s));
        if (eh_log_evalue_ceiling(s) + log(both / (account->partner_weights + both)) >= bar) break;
    }
    return s;
}

/* Kinds of evidence that stand by themselves: own posts, and e-values that convince among the behaviours tested. */
static uint32_t convincing_kinds(const eh_detection *d, const eh_account_result *account, const tally *t)
{
    uint32_t kinds = 0;
    double bar = log((double)d->n_tested_behaviours / d->options.q) + log(t->n_pairs ? t->n_pairs : 1);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (account->independent_behaviours >> b & 1 && t->log_sum_e_of[b] >= bar) kinds |= 1u << b;
    return kinds;
}

/* What an account's own pairs say, before its partners are looked at. */
static void screen(const eh_detection *d, eh_account_result *account, const tally *t)
{
    account->independent_behaviours = convincing_kinds(d, account, t);
    account->n_second = t->n_second;
    account->n_first = t->n_first;
    account->is_beyond_spread = t->is_weak || t->n_pairs > 0;
    if (account->q_value > d->options.q || t->n_pairs == 0) return;
    account->legs |= 1u << EH_LEG_TIMING;
    /* Coarse times tie most sittings; those that are ordered still tell a follower from somebody who is followed. */
    uint32_t n_ordered = t->n_first + t->n_second;
    bool is_mostly_tied = t->n_tied > n_ordered;
    bool is_often_second = t->n_second >= often_second * t->n_second_expected && t->n_second_expected >= fewest_expected;
    bool is_beyond_chance = is_mostly_tied || is_often_second || t->log_sum_e_second >= log(t->n_pairs);
    if (is_mostly_tied && n_ordered < eh_fewest_ordered)
        account->notes |= EH_NOTE_DIRECTION_UNKNOWN;
    else if (!is_beyond_chance || eh_is_seldom_second(t->n_first, t->n_second))
        account->notes |= EH_NOTE_FOLLOWED;
}

/* Listed pairs are ties of the timing leg. */
static eh_status tie_pairs(eh_context *ctx, eh_detection *d, const pair_table *pairs, eh_error *err)
{
    d->n_ties = 0;
    d->ties = eh_alloc(ctx, pairs->n, sizeof *d->ties, err);
    if (!d->ties) return err->status;
    for (size_t k = 0; k < pairs->n; k++) {
        const eh_edge *edge = &d->edges[pairs->first[k]], *end = &d->edges[pairs->first[k + 1]];
        if (pairs->q[k] > d->options.q) continue;
        eh_tie *tie = &d->ties[d->n_ties++];
        *tie = (eh_tie){edge->account_a, edge->account_b, 1u << EH_LEG_TIMING, 0, EH_NO_TIME, EH_NO_TIME};
        for (; edge < end; edge++)
            if (edge->is_listed) eh_tie_add(tie, 1u << edge->behaviour, edge->first_time_us, edge->last_time_us);
    }
    return EH_OK;
}

static eh_status own_cascade_levels(eh_context *ctx, const eh_detection *d, double *q_own, eh_error *err)
{
    double *p = eh_alloc(ctx, d->n_edges, sizeof *p, err);
    if (!p) return err->status;
    double m = (double)d->n_testable_pairs * d->n_tested_behaviours;
    if (m < (double)d->n_edges) m = (double)d->n_edges;
    for (uint64_t i = 0; i < d->n_edges; i++) p[i] = d->edges[i].p_own_cascade;
    eh_status status = eh_bh(ctx, p, d->n_edges, m, q_own, err);
    eh_free(ctx, p);
    return status;
}

static eh_status account_levels(eh_context *ctx, eh_detection *d, uint32_t n_accounts, const tally *tallies, eh_error *err)
{
    double *log_e = eh_alloc(ctx, n_accounts, sizeof *log_e, err);
    double *q = eh_alloc(ctx, n_accounts, sizeof *q, err);
    eh_status status = log_e && q ? EH_OK : err->status;
    for (uint32_t u = 0; status == EH_OK && u < n_accounts; u++) {
        uint32_t n_partners = d->accounts[u].n_testable_partners;
        log_e[u] = n_partners ? tallies[u].log_sum_e - log(d->accounts[u].partner_weights) : (double)-INFINITY;
        d->accounts[u].log_e = log_e[u];
        d->accounts[u].p_value = log_e[u] > 0 ? exp(-log_e[u]) : 1; /* Markov: P(E >= e) <= 1/e */
        for (int l = 0; l < EH_N_LEGS; l++) d->accounts[u].leg_p[l] = d->accounts[u].leg_q[l] = 1;
        d->accounts[u].leg_p[EH_LEG_TIMING] = d->accounts[u].p_value;
    }
    double m = d->n_testable_accounts ? (double)d->n_testable_accounts : 1;
    if (status == EH_OK) status = eh_ebh(ctx, log_e, n_accounts, m, q, err);
    for (uint32_t u = 0; status == EH_OK && u < n_accounts; u++) d->accounts[u].q_value = d->accounts[u].leg_q[EH_LEG_TIMING] = q[u];
    eh_free(ctx, log_e);
    eh_free(ctx, q);
    return status;
}

eh_status eh_judge_accounts(eh_context *ctx, uint32_t n_accounts, eh_detection *d, eh_error *err)
{
    pair_table pairs = {0};
    tally *tallies = eh_alloc(ctx, n_accounts, sizeof *tallies, err);
    double *q_own = eh_alloc(ctx, d->n_edges, sizeof *q_own, err);
    eh_status status = tallies && q_own ? pair_table_init(ctx, d, &pairs, err) : err->status;
    if (status == EH_OK) status = own_cascade_levels(ctx, d, q_own, err);
    for (size_t k = 0; status == EH_OK && k < pairs.n; k++) pairs.q[k] = d->edges[pairs.first[k]].q_value;
    if (status == EH_OK) {
        for (uint32_t u = 0; u < n_accounts; u++) {
            tallies[u].log_sum_e = tallies[u].log_sum_e_second = -INFINITY;
            for (int b = 0; b < EH_N_BEHAVIOURS; b++) tallies[u].log_sum_e_of[b] = -INFINITY;
        }
        tally_pairs(d, &pairs, q_own, tallies);
        status = account_levels(ctx, d, n_accounts, tallies, err);
    }
    for (uint32_t u = 0; status == EH_OK && u < n_accounts; u++) {
        d->accounts[u].n_objects_needed = objects_needed(d, &d->accounts[u]);
        screen(d, &d->accounts[u], &tallies[u]);
    }
    if (status == EH_OK) status = tie_pairs(ctx, d, &pairs, err);
    if (status == EH_OK) eh_decide(d, n_accounts);
    pair_table_release(ctx, &pairs);
    eh_free(ctx, tallies);
    eh_free(ctx, q_own);
    return status;
}
