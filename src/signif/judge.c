/*
 * Pair and account decisions. e-BH: R. Wang & A. Ramdas, False discovery rate control with e-values, JRSS B 84
 * (2022) 822. One wrong edge accuses two people, so accounts have a level of their own.
 */
#include "signif/judge.h"

#include "base/time.h"
#include "signif/evalue.h"
#include "signif/multiplicity.h"

#include <math.h>
#include <string.h>

static const uint32_t fewest_partners = 2;

typedef struct pair_table {
    double *log_e;      /* per pair */
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

/* Groups the sorted edges by pair; E of a pair = mean over all tested behaviours, E = 0 where there is no edge. */
static eh_status pair_table_init(eh_context *ctx, const eh_detection *d, uint32_t n_behaviours, pair_table *out,
                                 eh_error *err)
{
    memset(out, 0, sizeof *out);
    out->log_e = eh_alloc(ctx, d->n_edges, sizeof *out->log_e, err);
    out->q = eh_alloc(ctx, d->n_edges, sizeof *out->q, err);
    out->first = eh_alloc(ctx, d->n_edges + 1, sizeof *out->first, err);
    if (!out->log_e || !out->q || !out->first) return err->status;
    for (uint64_t i = 0; i < d->n_edges;) {
        double log_e[EH_N_BEHAVIOURS];
        uint32_t n = 0;
        out->first[out->n] = i;
        const eh_edge *lead = &d->edges[i];
        for (; i < d->n_edges && d->edges[i].account_a == lead->account_a && d->edges[i].account_b == lead->account_b; i++)
            log_e[n++] = d->edges[i].log_e;
        out->log_e[out->n++] = eh_log_sum_exp(log_e, n) - log(n_behaviours);
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

eh_status eh_judge_pairs(eh_context *ctx, eh_detection *d, uint32_t n_behaviours, eh_error *err)
{
    pair_table pairs;
    eh_status status = pair_table_init(ctx, d, n_behaviours, &pairs, err);
    double m = d->n_testable_pairs > pairs.n ? (double)d->n_testable_pairs : (double)pairs.n;
    if (status == EH_OK) status = eh_ebh(ctx, pairs.log_e, pairs.n, m, pairs.q, err);
    for (size_t k = 0; status == EH_OK && k < pairs.n; k++) {
        bool is_listed = pairs.q[k] <= d->options.q;
        d->n_listed_pairs += is_listed;
        for (uint64_t i = pairs.first[k]; i < pairs.first[k + 1]; i++) {
            d->edges[i].q_value = pairs.q[k];
            /* The pair is listed on all its evidence; an edge is shown as such where it carries some itself. */
            d->edges[i].is_listed = is_listed && d->edges[i].log_e >= -log(d->options.q);
        }
    }
    double m_edges = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) m_edges += (double)d->behaviours[b].n_testable_pairs;
    if (m_edges < (double)d->n_edges) m_edges = (double)d->n_edges;
    if (status == EH_OK) status = compare_by_bh(ctx, d, m_edges, err);
    pair_table_release(ctx, &pairs);
    return status;
}

/* What is summed up per account while its pairs go by. */
typedef struct tally {
    double log_sum_e, log_sum_e_second; /* over partners, and over listed partners */
    uint32_t n_first, n_second, n_tied;
    bool is_weak;
} tally;

static double log_add(double a, double b)
{
    double top = a > b ? a : b;
    return isfinite(top) ? top + log(exp(a - top) + exp(b - top)) : top;
}

static void tally_side(tally *t, eh_account_result *account, const eh_edge *edge, bool is_a)
{
    if (!edge->is_listed) return;
    uint32_t n_second = is_a ? edge->n_a_second : edge->n_b_second;
    uint32_t n_first = is_a ? edge->n_b_second : edge->n_a_second;
    t->n_second += n_second;
    t->n_first += n_first;
    t->n_tied += edge->n_tied;
    t->log_sum_e_second = log_add(t->log_sum_e_second, is_a ? edge->log_e_a_second : edge->log_e_b_second);
    account->behaviours |= 1u << edge->behaviour;
}

static void tally_pairs(eh_detection *d, const pair_table *pairs, const double *q_own, tally *tallies)
{
    for (size_t k = 0; k < pairs->n; k++) {
        const eh_edge *lead = &d->edges[pairs->first[k]];
        uint32_t ends[2] = {lead->account_a, lead->account_b};
        bool is_listed = false;
        for (uint64_t i = pairs->first[k]; i < pairs->first[k + 1]; i++) {
            is_listed = is_listed || d->edges[i].is_listed;
            bool is_weak = q_own[i] <= d->options.q;
            for (int side = 0; side < 2; side++) {
                tallies[ends[side]].is_weak |= is_weak;
                tally_side(&tallies[ends[side]], &d->accounts[ends[side]], &d->edges[i], side == 0);
            }
        }
        for (int side = 0; side < 2; side++) {
            tallies[ends[side]].log_sum_e = log_add(tallies[ends[side]].log_sum_e, pairs->log_e[k]);
            d->accounts[ends[side]].n_partners += is_listed;
        }
    }
}

/* Objects that would have sufficed in lock-step with two partners at account level. */
static uint32_t objects_needed(const eh_detection *d, const eh_account_result *account, uint32_t n_behaviours,
                               uint32_t least)
{
    double partners = account->n_testable_partners > 1 ? account->n_testable_partners : 1;
    double bar = log(d->n_testable_accounts ? (double)d->n_testable_accounts : 1) - log(d->options.q) + log(partners) +
                 log(n_behaviours) - log(fewest_partners);
    uint32_t s = least;
    while (s < 100 && eh_log_evalue_ceiling(s) < bar) s++;
    return s;
}

static void decide(eh_detection *d, eh_account_result *account, const tally *t)
{
    double bar = -log(d->options.q);
    bool is_beyond_chance = account->q_value <= d->options.q && account->n_partners > 0;
    uint32_t n_kinds = (uint32_t)__builtin_popcount(account->independent_behaviours);
    account->n_second = t->n_second;
    account->n_first = t->n_first;
    if (is_beyond_chance) {
        double log_mean_second = t->log_sum_e_second - log(account->n_partners);
        if (t->n_tied > t->n_first + t->n_second)
            account->notes |= EH_NOTE_DIRECTION_UNKNOWN;
        else if (log_mean_second < bar)
            account->notes |= EH_NOTE_FOLLOWED;
        if (account->n_partners < fewest_partners && n_kinds < 2) account->notes |= EH_NOTE_ONE_PARTNER;
    }
    account->is_listed = is_beyond_chance && !(account->notes & (EH_NOTE_FOLLOWED | EH_NOTE_ONE_PARTNER));
    if (account->is_listed)
        account->finding = n_kinds >= 2 && !(account->notes & EH_NOTE_DIRECTION_UNKNOWN) ? EH_FINDING_STRONG
                                                                                         : EH_FINDING_MODERATE;
    else if (account->n_testable_partners == 0 || account->most_common_objects < account->n_objects_needed)
        account->finding = EH_FINDING_INSUFFICIENT_DATA;
    else
        account->finding = t->is_weak || is_beyond_chance ? EH_FINDING_WEAK : EH_FINDING_NONE;
}

static eh_status own_cascade_levels(eh_context *ctx, const eh_detection *d, double *q_own, eh_error *err)
{
    double *p = eh_alloc(ctx, d->n_edges, sizeof *p, err);
    if (!p) return err->status;
    double m = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) m += (double)d->behaviours[b].n_testable_pairs;
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
        log_e[u] = n_partners ? tallies[u].log_sum_e - log(n_partners) : (double)-INFINITY;
        d->accounts[u].log_e = log_e[u];
        d->accounts[u].p_value = log_e[u] > 0 ? exp(-log_e[u]) : 1; /* Markov: P(E >= e) <= 1/e */
    }
    double m = d->n_testable_accounts ? (double)d->n_testable_accounts : 1;
    if (status == EH_OK) status = eh_ebh(ctx, log_e, n_accounts, m, q, err);
    for (uint32_t u = 0; status == EH_OK && u < n_accounts; u++) d->accounts[u].q_value = q[u];
    eh_free(ctx, log_e);
    eh_free(ctx, q);
    return status;
}

eh_status eh_judge_accounts(eh_context *ctx, const eh_action_table *table, eh_detection *d, uint32_t n_behaviours,
                            eh_error *err)
{
    uint32_t n_accounts = table->accounts.n, least = 2;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (d->behaviours[b].n_actions && d->behaviours[b].min_common_objects > least)
            least = d->behaviours[b].min_common_objects;
    pair_table pairs = {0};
    tally *tallies = eh_alloc(ctx, n_accounts, sizeof *tallies, err);
    double *q_own = eh_alloc(ctx, d->n_edges, sizeof *q_own, err);
    eh_status status = tallies && q_own ? pair_table_init(ctx, d, n_behaviours, &pairs, err) : err->status;
    if (status == EH_OK) status = own_cascade_levels(ctx, d, q_own, err);
    if (status == EH_OK) {
        for (uint32_t u = 0; u < n_accounts; u++) tallies[u].log_sum_e = tallies[u].log_sum_e_second = -INFINITY;
        tally_pairs(d, &pairs, q_own, tallies);
        status = account_levels(ctx, d, n_accounts, tallies, err);
    }
    for (uint32_t u = 0; status == EH_OK && u < n_accounts; u++) {
        d->accounts[u].n_objects_needed = objects_needed(d, &d->accounts[u], n_behaviours, least);
        decide(d, &d->accounts[u], &tallies[u]);
        d->n_listed_accounts += d->accounts[u].is_listed;
    }
    pair_table_release(ctx, &pairs);
    eh_free(ctx, tallies);
    eh_free(ctx, q_own);
    return status;
}
