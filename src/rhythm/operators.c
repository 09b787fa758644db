/* Same operator: pairs by pair_tests, accounts by Simes over their pairs and by the sets of hands they may belong to. */
#include "base/sort.h"
#include "base/threads.h"
#include "rhythm/hands.h"
#include "rhythm/shift.h"
#include "rhythm/turns.h"
#include "signif/multiplicity.h"

#include <math.h>
#include <string.h>

#define NONE UINT32_MAX
/* Of an account's level: a set of hands has more encounters than any of its pairs. */
static const double share_of_pairs = 0.25;
/* Moving days only makes p larger, so a large one need not wait for it. */
static const double worth_a_closer_look = 0.2;

eh_rhythm_options eh_rhythm_options_default(void) { return (eh_rhythm_options){.precision_us = 1, .q = 0.05}; }

void eh_operators_release(eh_operators *o)
{
    if (!o->ctx) return;
    eh_free(o->ctx, o->pairs);
    eh_free(o->ctx, o->accounts);
    memset(o, 0, sizeof *o);
}

typedef struct job {
    eh_context *ctx;
    const eh_rhythm_options *options;
    rhythm_times times;
    rhythm_sessions sessions;
    eh_operators *out;
    uint32_t *group; /* per account: the first account of its group of tied accounts (union-find) */
} job;

/* ---- pairs ------------------------------------------------------------------------------------------------------- */

/* Gives the number of encounters that the longest turn can use. */
static uint32_t test_turns(const job *j, eh_operator_pair *pair)
{
    const rhythm_event *events = j->times.events;
    uint64_t a = j->times.start[pair->account_a], b = j->times.start[pair->account_b];
    rhythm_turns turns = rhythm_count_turns(events + a, rhythm_n_times(&j->times, pair->account_a), events + b,
                                            rhythm_n_times(&j->times, pair->account_b), RHYTHM_ALL_DAYS);
    int n_turns = rhythm_n_usable_turns(j->options->precision_us), best = -1;
    double least = 2;
    rhythm_turns moved;
    bool is_moved = false;
    for (int i = 0; i < n_turns; i++) {
        double p = rhythm_p_turns(&turns, i, j->options->precision_us, NULL);
        if (p < worth_a_closer_look && !is_moved)
            moved = rhythm_count_moved(events + a, rhythm_n_times(&j->times, pair->account_a), events + b,
                                       rhythm_n_times(&j->times, pair->account_b));
        is_moved = is_moved || p < worth_a_closer_look;
        if (p < worth_a_closer_look) p = rhythm_p_turns(&turns, i, j->options->precision_us, &moved);
        if (p >= least) continue;
        least = p;
        best = i;
    }
    pair->p_turns = 1;
    pair->n_close_expected = NAN;
    if (best < 0) return 0;
    pair->n_reactions = turns.n_reactions;
    pair->turn_us = rhythm_turn_us(best);
    pair->n_close = turns.n_close[best];
    pair->n_a_first = turns.n_first[best];
    pair->n_b_first = turns.n_second[best];
    pair->n_turns = pair->n_close + pair->n_a_first + pair->n_b_first;
    pair->n_close_expected = pair->n_turns / (double)rhythm_turn_flank;
    pair->p_turns = fmin(1, n_turns * least);
    return turns.n_close[0] + turns.n_first[0] + turns.n_second[0];
}

static eh_status test_pairs(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const job *j = data;
    (void)i_thread;
    for (size_t i = first; i < last; i++) {
        eh_operator_pair *pair = &j->out->pairs[i];
        EH_TRY(rhythm_test_shift(&j->times, &j->sessions, pair, err));
        uint32_t n_turns = test_turns(j, pair);
        pair->is_testable = pair->n_days >= rhythm_fewest_days || n_turns >= rhythm_fewest_turns;
        pair->p_value = pair->is_testable ? fmin(1, 2 * fmin(fmax(pair->p_handover, pair->p_never), pair->p_turns)) : 1;
        pair->q_value = 1;
    }
    return EH_OK;
}

static eh_status adjust_pairs(const job *j, eh_error *err)
{
    eh_operators *out = j->out;
    double *p = eh_alloc(j->ctx, out->n_pairs, sizeof *p, err), *q = eh_alloc(j->ctx, out->n_pairs, sizeof *q, err);
    eh_status status = p && q ? EH_OK : err->status;
    size_t n = 0;
    for (uint64_t i = 0; i < out->n_pairs && status == EH_OK; i++)
        if (out->pairs[i].is_testable) p[n++] = out->pairs[i].p_value;
    out->n_testable_pairs = n;
    if (status == EH_OK) status = eh_bh(j->ctx, p, n, (double)n, q, err);
    n = 0;
    for (uint64_t i = 0; i < out->n_pairs && status == EH_OK; i++)
        if (out->pairs[i].is_testable) out->pairs[i].q_value = q[n++];
    eh_free(j->ctx, p);
    eh_free(j->ctx, q);
    return status;
}

/* ---- accounts ---------------------------------------------------------------------------------------------------- */

typedef struct end_of_pair {
    uint32_t account;
    double p;
} end_of_pair;

static int by_account_and_p(const void *a, const void *b, void *data)
{
    const end_of_pair *x = a, *y = b;
    (void)data;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    return (x->p > y->p) - (x->p < y->p);
}

/* Simes: min over k of m p_(k) / k; valid for pairs of one account as BH is for accounts. */
static eh_status combine_pairs(const job *j, eh_error *err)
{
    eh_operators *out = j->out;
    end_of_pair *ends = eh_alloc(j->ctx, 2 * out->n_testable_pairs, sizeof *ends, err);
    if (!ends) return err->status;
    size_t n = 0;
    for (uint64_t i = 0; i < out->n_pairs; i++) {
        const eh_operator_pair *pair = &out->pairs[i];
        if (!pair->is_testable) continue;
        ends[n++] = (end_of_pair){pair->account_a, pair->p_value};
        ends[n++] = (end_of_pair){pair->account_b, pair->p_value};
    }
    eh_status status = eh_sort(j->ctx, ends, n, sizeof *ends, by_account_and_p, NULL, err);
    for (size_t first = 0, end; first < n && status == EH_OK; first = end) {
        eh_operator_account *account = &out->accounts[ends[first].account];
        for (end = first; end < n && ends[end].account == ends[first].account; end++) continue;
        account->is_testable = true;
        account->n_testable_partners = (uint32_t)(end - first);
        for (size_t i = first; i < end; i++)
            account->p_pairs = fmin(account->p_pairs, ends[i].p * (double)(end - first) / (double)(i - first + 1));
    }
    eh_free(j->ctx, ends);
    return status;
}

static uint32_t root_of(uint32_t *group, uint32_t u)
{
    while (group[u] != u) {
        group[u] = group[group[u]];
        u = group[u];
    }
    return u;
}

/* The smaller number becomes the root, so that groups do not depend on the order of pairs. */
static void unite(uint32_t *group, uint32_t a, uint32_t b)
{
    a = root_of(group, a);
    b = root_of(group, b);
    if (a < b)
        group[b] = a;
    else
        group[a] = b;
}

static eh_status search_group(const job *j, const uint32_t *accounts, uint32_t n, uint32_t *set, double *p, uint32_t *n_sets,
                              eh_error *err)
{
    uint32_t found;
    EH_TRY(rhythm_find_hands(&j->times, accounts, n, j->options->precision_us, set, p, &found, err));
    for (uint32_t i = 0; i < n; i++) {
        eh_operator_account *account = &j->out->accounts[accounts[i]];
        account->p_hands = p[i];
        account->hands = set[i] == NONE ? NONE : *n_sets + set[i];
    }
    *n_sets += found;
    return EH_OK;
}

/* Accounts by group, in order; each group of a fit size is searched. */
static eh_status search_groups(job *j, uint32_t *n_sets, eh_error *err)
{
    eh_operators *out = j->out;
    uint32_t n_all = out->n_accounts;
    uint32_t *size = eh_alloc(j->ctx, (size_t)n_all + 1, sizeof *size, err), *order = eh_alloc(j->ctx, n_all, sizeof *order, err);
    uint32_t *set = eh_alloc(j->ctx, EH_RHYTHM_MOST_HANDS, sizeof *set, err);
    double *p = eh_alloc(j->ctx, EH_RHYTHM_MOST_HANDS, sizeof *p, err);
    eh_status status = size && order && set && p ? EH_OK : err->status;
    if (status == EH_OK) {
        for (uint32_t u = 0; u < n_all; u++) size[root_of(j->group, u) + 1]++;
        for (uint32_t u = 0; u < n_all; u++) size[u + 1] += size[u];
        for (uint32_t u = 0; u < n_all; u++) order[size[root_of(j->group, u)]++] = u; /* now size[r] ends group r */
    }
    for (uint32_t r = 0, first = 0; r < n_all && status == EH_OK; r++) {
        uint32_t n = size[r] - first;
        if (n > EH_RHYTHM_MOST_HANDS) out->n_large_groups++;
        if (n >= 2 && n <= EH_RHYTHM_MOST_HANDS) status = search_group(j, order + first, n, set, p, n_sets, err);
        first = size[r];
    }
    eh_free(j->ctx, size);
    eh_free(j->ctx, order);
    eh_free(j->ctx, set);
    eh_free(j->ctx, p);
    return status;
}

static eh_status adjust_accounts(const job *j, eh_error *err)
{
    eh_operators *out = j->out;
    double *p = eh_alloc(j->ctx, out->n_accounts, sizeof *p, err), *q = eh_alloc(j->ctx, out->n_accounts, sizeof *q, err);
    eh_status status = p && q ? EH_OK : err->status;
    size_t n = 0;
    for (uint32_t u = 0; u < out->n_accounts && status == EH_OK; u++) {
        eh_operator_account *account = &out->accounts[u];
        account->p_value = fmin(1, fmin(account->p_pairs / share_of_pairs, account->p_hands / (1 - share_of_pairs)));
        if (account->is_testable) p[n++] = account->p_value;
    }
    out->n_testable_accounts = (uint32_t)n;
    if (status == EH_OK) status = eh_bh(j->ctx, p, n, (double)n, q, err);
    n = 0;
    for (uint32_t u = 0; u < out->n_accounts && status == EH_OK; u++) {
        if (!out->accounts[u].is_testable) continue;
        out->accounts[u].q_value = q[n++];
        out->accounts[u].is_found = out->accounts[u].q_value <= j->options->q;
        out->n_found_accounts += out->accounts[u].is_found;
    }
    eh_free(j->ctx, p);
    eh_free(j->ctx, q);
    return status;
}

/* ---- what was found --------------------------------------------------------------------------------------------- */

static void mark_pairs(const job *j)
{
    eh_operators *out = j->out;
    for (uint64_t i = 0; i < out->n_pairs; i++) {
        eh_operator_pair *pair = &out->pairs[i];
        eh_operator_account *a = &out->accounts[pair->account_a], *b = &out->accounts[pair->account_b];
        pair->is_same_set = a->hands != NONE && a->hands == b->hands && a->is_found && b->is_found;
        pair->is_found = pair->is_same_set || pair->q_value <= j->options->q;
        out->n_found_pairs += pair->is_found;
        a->n_partners += pair->is_found;
        b->n_partners += pair->is_found;
    }
}

static eh_status count_hands(const job *j, uint32_t n_sets, eh_error *err)
{
    uint8_t *is_found = eh_alloc(j->ctx, n_sets, 1, err);
    if (!is_found) return err->status;
    for (uint32_t u = 0; u < j->out->n_accounts; u++) {
        const eh_operator_account *account = &j->out->accounts[u];
        if (account->hands != NONE && account->is_found) is_found[account->hands] = 1;
    }
    for (uint32_t s = 0; s < n_sets; s++) j->out->n_hands += is_found[s];
    eh_free(j->ctx, is_found);
    return EH_OK;
}

static eh_status run(job *j, eh_error *err)
{
    uint32_t n_sets = 0;
    EH_TRY(rhythm_sessions_of(&j->times, &j->sessions, err));
    EH_TRY(eh_parallel(j->ctx, "same operator", j->out->n_pairs, 16, test_pairs, j, err));
    EH_TRY(adjust_pairs(j, err));
    EH_TRY(combine_pairs(j, err));
    EH_TRY(search_groups(j, &n_sets, err));
    EH_TRY(adjust_accounts(j, err));
    mark_pairs(j);
    return count_hands(j, n_sets, err);
}

static eh_status prepare(job *j, const eh_action_table *table, const eh_account_pair *pairs, uint64_t n_pairs, uint8_t *is_wanted,
                         eh_error *err)
{
    uint32_t n = table->accounts.n;
    eh_operators *out = j->out;
    for (uint64_t i = 0; i < n_pairs; i++) {
        eh_account_pair p = pairs[i], before = i ? pairs[i - 1] : (eh_account_pair){0, 0};
        bool is_sorted = before.account_a < p.account_a || (before.account_a == p.account_a && before.account_b < p.account_b);
        if (p.account_a >= p.account_b || p.account_b >= n || !is_sorted)
            return eh_fail(err, EH_E_INVALID, "pair %llu is out of order or names an account that is not there; sort pairs, the smaller "
                           "account first, each once", (unsigned long long)i);
        is_wanted[p.account_a] = is_wanted[p.account_b] = 1;
        unite(j->group, p.account_a, p.account_b);
        out->pairs[i] = (eh_operator_pair){.account_a = p.account_a, .account_b = p.account_b};
    }
    return rhythm_times_of(j->ctx, table, is_wanted, &j->times, err);
}

eh_status eh_rhythm_pairs(eh_context *ctx, const eh_action_table *table, const eh_rhythm_options *options,
                          const eh_account_pair *pairs, uint64_t n_pairs, eh_operators *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    eh_rhythm_options standard = eh_rhythm_options_default();
    if (!options) options = &standard;
    if (!(options->q > 0 && options->q <= 0.5) || options->precision_us < 1)
        return eh_fail(err, EH_E_INVALID, "q must lie in (0, 0.5] and the time step be at least 1 us");
    uint32_t n = table->accounts.n;
    *out = (eh_operators){.ctx = ctx, .n_pairs = n_pairs, .n_accounts = n, .is_coarse = rhythm_n_usable_turns(options->precision_us) == 0};
    job j = {.ctx = ctx, .options = options, .out = out};
    out->pairs = eh_alloc(ctx, n_pairs, sizeof *out->pairs, err);
    out->accounts = eh_alloc(ctx, n, sizeof *out->accounts, err);
    j.group = eh_alloc(ctx, n, sizeof *j.group, err);
    uint8_t *is_wanted = eh_alloc(ctx, n, 1, err);
    eh_status status = out->pairs && out->accounts && j.group && is_wanted ? EH_OK : err->status;
    for (uint32_t u = 0; u < n && status == EH_OK; u++) {
        j.group[u] = u;
        out->accounts[u] = (eh_operator_account){.p_pairs = 1, .p_hands = 1, .p_value = 1, .q_value = 1, .hands = NONE};
    }
    if (status == EH_OK) status = prepare(&j, table, pairs, n_pairs, is_wanted, err);
    if (status == EH_OK) status = run(&j, err);
    rhythm_sessions_release(&j.sessions);
    rhythm_times_release(&j.times);
    eh_free(ctx, j.group);
    eh_free(ctx, is_wanted);
    if (status != EH_OK) eh_operators_release(out);
    return status;
}
