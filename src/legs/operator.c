/* The operator leg: what rhythm says of pairs that other legs found. It supports findings and lists nobody by itself. */
#include "evenhand/legs.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

static double expected_of(const eh_operator_pair *pair, bool is_by_turns)
{
    return is_by_turns ? (double)pair->n_turns - pair->n_close_expected : pair->n_handover_expected;
}

static void take_pairs(const eh_operators *found, eh_leg_result *out)
{
    for (uint64_t i = 0; i < found->n_pairs; i++) {
        const eh_operator_pair *pair = &found->pairs[i];
        if (!pair->is_found) continue;
        double p_shift = pair->p_handover > pair->p_never ? pair->p_handover : pair->p_never;
        bool is_by_turns = pair->turn_us > 0 && pair->p_turns <= p_shift;
        out->pairs[out->n_pairs++] = (eh_leg_pair){pair->account_a, pair->account_b,
                                                   is_by_turns ? pair->n_turns - pair->n_close : pair->n_handover_days,
                                                   expected_of(pair, is_by_turns), pair->p_value};
    }
}

static void take_accounts(const eh_operators *found, eh_leg_result *out)
{
    for (uint32_t u = 0; u < found->n_accounts; u++) {
        const eh_operator_account *account = &found->accounts[u];
        out->accounts[u] = (eh_leg_account){.p_value = account->p_value,
                                            .q_value = account->q_value,
                                            .n_partners = account->n_partners,
                                            .n_testable_partners = account->n_testable_partners,
                                            .group = UINT32_MAX};
    }
}

eh_status eh_leg_operator(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                          const eh_account_pair *pairs, uint64_t n_pairs, eh_leg_result *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    eh_rhythm_options chosen = eh_rhythm_options_default();
    if (options) {
        chosen.q = options->q;
        chosen.precision_us = options->precision_us;
    }
    eh_operators found;
    EH_TRY(eh_rhythm_pairs(ctx, table, &chosen, pairs, n_pairs, &found, err));
    *out = (eh_leg_result){.ctx = ctx, .kind = EH_LEG_OPERATOR, .n_testable_pairs = found.n_testable_pairs,
                           .n_testable_accounts = found.n_testable_accounts, .n_accounts = found.n_accounts};
    if (found.n_testable_pairs == 0) {
        snprintf(out->why_not, sizeof out->why_not, "no pair of accounts shares six active days or six encounters within minutes");
        eh_operators_release(&found);
        return EH_OK;
    }
    out->accounts = eh_alloc(ctx, found.n_accounts, sizeof *out->accounts, err);
    out->pairs = eh_alloc(ctx, found.n_found_pairs, sizeof *out->pairs, err);
    eh_status status = out->accounts && out->pairs ? EH_OK : err->status;
    if (status == EH_OK) {
        out->has_run = true;
        take_pairs(&found, out);
        take_accounts(&found, out);
    }
    eh_operators_release(&found);
    if (status != EH_OK) eh_leg_release(out);
    return status;
}
