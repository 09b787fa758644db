/*
 * One pair of hands: the pairs that other legs tie, tested by eh_rhythm_pairs, which leaves out whatever two accounts share. So
 * the leg is independent evidence for a tie found by its times and objects, and lists nobody by itself.
 *
 *   p_u = min(1, 2 t_u min over u's testable ties of p, 2 p_hands),  t_u their number, p_hands of eh_rhythm_hands_of;
 *   q_u: BH over the accounts with testable ties or in a set of hands.
 *   A pair is told when p max(t_a, t_b) <= 0.01, or when both are in one set of hands with p_hands and q at or below q.
 */
#include "legs/operator.h"

#include "base/time.h"
#include "legs/leg.h"
#include "signif/multiplicity.h"

#include <stdio.h>
#include <string.h>

static const double told_p = 0.01;
enum { fewest_days = 7 };

static bool cannot_run(const eh_action_table *table, uint64_t n_ties, const eh_detect_options *options, eh_leg_result *out)
{
    const char *why = NULL;
    if (n_ties == 0) why = "no two accounts are tied by other evidence";
    else if (options->precision_us > EH_MINUTE_US) why = "times are too coarse to tell a hand-over";
    else if (eh_days_spanned(table, ~0u, NULL) < fewest_days) why = "the archive spans fewer than seven days";
    if (why) snprintf(out->why_not, sizeof out->why_not, "%s", why);
    return why != NULL;
}

static bool is_testable(const eh_leg_account *account, const eh_rhythm_hands *hands, uint32_t u)
{
    return account->n_testable_partners > 0 || hands->set[u] != UINT32_MAX;
}

/* Levels of accounts from those of pairs and of sets of hands. */
static eh_status judge_accounts(eh_leg_result *out, const eh_rhythm_pair *pairs, const eh_rhythm_pair_result *results, uint64_t n,
                                const eh_rhythm_hands *hands, eh_error *err)
{
    for (uint64_t i = 0; i < n; i++) {
        eh_leg_account *of[2] = {&out->accounts[pairs[i].account_a], &out->accounts[pairs[i].account_b]};
        out->n_testable_pairs += results[i].is_testable;
        for (int k = 0; k < 2 && results[i].is_testable; k++) {
            of[k]->n_testable_partners++;
            if (results[i].p_value < of[k]->p_value) of[k]->p_value = results[i].p_value;
        }
    }
    double *p = eh_alloc(out->ctx, out->n_accounts, sizeof *p, err), *q = p ? eh_alloc(out->ctx, out->n_accounts, sizeof *q, err) : NULL;
    eh_status status = q ? EH_OK : err->status;
    size_t n_p = 0;
    for (uint32_t u = 0; status == EH_OK && u < out->n_accounts; u++) {
        eh_leg_account *account = &out->accounts[u];
        double by_pairs = account->n_testable_partners > 0 ? account->p_value * account->n_testable_partners : 1;
        account->p_value = 2 * (by_pairs < hands->p_value[u] ? by_pairs : hands->p_value[u]);
        if (!(account->p_value < 1)) account->p_value = 1;
        if (is_testable(account, hands, u)) p[n_p++] = account->p_value;
    }
    out->n_testable_accounts = n_p;
    if (status == EH_OK) status = eh_bh(out->ctx, p, n_p, (double)n_p, q, err);
    n_p = 0;
    for (uint32_t u = 0; status == EH_OK && u < out->n_accounts; u++)
        if (is_testable(&out->accounts[u], hands, u)) out->accounts[u].q_value = q[n_p++];
    eh_free(out->ctx, p);
    eh_free(out->ctx, q);
    return status;
}

static eh_leg_pair told_pair(const eh_rhythm_pair *pair, const eh_rhythm_pair_result *r)
{
    bool by_handover = !r->is_in_step && r->p_handover <= r->p_never_at_once;
    return (eh_leg_pair){pair->account_a, pair->account_b, by_handover ? r->n_handovers : r->n_at_once,
                         by_handover ? r->n_handovers_expected : r->n_at_once_expected, r->p_value};
}

static bool is_in_hands(const eh_leg_result *out, const eh_rhythm_hands *hands, uint32_t u, double q)
{
    return hands->set[u] != UINT32_MAX && hands->p_value[u] <= q && out->accounts[u].q_value <= q;
}

static eh_status tell_pairs(eh_leg_result *out, const eh_rhythm_pair *pairs, const eh_rhythm_pair_result *results, uint64_t n,
                            const eh_rhythm_hands *hands, double q, eh_error *err)
{
    out->pairs = eh_alloc(out->ctx, n, sizeof *out->pairs, err);
    if (!out->pairs) return err->status;
    for (uint64_t i = 0; i < n; i++) {
        eh_leg_account *a = &out->accounts[pairs[i].account_a], *b = &out->accounts[pairs[i].account_b];
        uint32_t most = a->n_testable_partners > b->n_testable_partners ? a->n_testable_partners : b->n_testable_partners;
        bool by_hands = hands->set[pairs[i].account_a] == hands->set[pairs[i].account_b] && is_in_hands(out, hands, pairs[i].account_a, q) &&
                        is_in_hands(out, hands, pairs[i].account_b, q);
        if (!by_hands && (!results[i].is_testable || results[i].p_value * most > told_p)) continue;
        out->pairs[out->n_pairs++] = told_pair(&pairs[i], &results[i]);
        eh_leg_tie(out, &out->pairs[out->n_pairs - 1]);
    }
    return EH_OK;
}

eh_status operator_judge(const eh_rhythm_pair *pairs, const eh_rhythm_pair_result *results, uint64_t n, const eh_rhythm_hands *hands,
                         double q, eh_leg_result *out, eh_error *err)
{
    EH_TRY(eh_leg_add_accounts(out, hands->n_accounts, err));
    EH_TRY(judge_accounts(out, pairs, results, n, hands, err));
    EH_TRY(tell_pairs(out, pairs, results, n, hands, q, err));
    out->has_run = true;
    return EH_OK;
}

static eh_status test_ties(eh_context *ctx, const eh_action_table *table, const eh_tie *ties, uint64_t n,
                           const eh_detect_options *options, eh_leg_result *out, eh_error *err)
{
    eh_rhythm_hands hands = {0};
    eh_rhythm_pair *pairs = eh_alloc(ctx, n, sizeof *pairs, err);
    eh_rhythm_pair_result *results = pairs ? eh_alloc(ctx, n, sizeof *results, err) : NULL;
    eh_status status = results ? EH_OK : err->status;
    for (uint64_t i = 0; status == EH_OK && i < n; i++) pairs[i] = (eh_rhythm_pair){ties[i].account_a, ties[i].account_b};
    if (status == EH_OK) status = eh_rhythm_pairs(ctx, table, pairs, n, results, err);
    if (status == EH_OK) status = eh_rhythm_hands_of(ctx, table, pairs, n, options->precision_us, &hands, err);
    if (status == EH_OK) status = operator_judge(pairs, results, n, &hands, options->q, out, err);
    eh_rhythm_hands_release(&hands);
    eh_free(ctx, pairs);
    eh_free(ctx, results);
    return status;
}

eh_status eh_leg_operator(eh_context *ctx, const eh_action_table *table, const eh_tie *ties, uint64_t n_ties,
                          const eh_detect_options *options, eh_leg_result *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_detect_options all = options ? *options : eh_detect_options_default();
    *out = (eh_leg_result){.ctx = ctx, .kind = EH_LEG_OPERATOR};
    if (cannot_run(table, n_ties, &all, out)) return EH_OK;
    eh_status status = test_ties(ctx, table, ties, n_ties, &all, out, err);
    if (status != EH_OK) eh_leg_release(out);
    return status;
}
