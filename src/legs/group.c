/*
 * Group evidence: candidates from who acted on what, each member tested against the rest of its candidate in time, BH over
 * members. docs/methods/groups.md
 */
#include "legs/group.h"

#include "signif/multiplicity.h"

#include <stdio.h>
#include <string.h>

enum { fewest_archive_days = 5 };

static uint32_t tested_behaviours(const eh_action_table *table, uint32_t wanted)
{
    uint32_t behaviours = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if ((!wanted || wanted >> b & 1) && table->sets[b].n_actions) behaviours |= 1u << b;
    return behaviours;
}

/* Levels of all accounts; is_chosen: those whose pairs are asked for. */
static eh_status judge(eh_leg_result *leg, const eh_candidates *c, const eh_member_test *tests, double q, uint8_t *is_chosen,
                       eh_error *err)
{
    size_t n = c->first[c->n_groups], n_testable = 0;
    double *p = eh_alloc(leg->ctx, n, sizeof *p, err);
    double *q_value = eh_alloc(leg->ctx, n, sizeof *q_value, err);
    eh_status status = p && q_value ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < n; i++)
        if (tests[i].is_testable) p[n_testable++] = eh_group_may_be_copied(&tests[i]) ? 1 : tests[i].p_value;
    if (status == EH_OK) status = eh_bh(leg->ctx, p, n_testable, n_testable ? (double)n_testable : 1, q_value, err);
    leg->n_testable_accounts = n_testable;
    for (size_t i = 0, k = 0; status == EH_OK && i < n; i++) {
        eh_leg_account *account = &leg->accounts[tests[i].account];
        account->group = tests[i].group;
        account->n_testable_partners = tests[i].is_testable ? tests[i].n_others : 0;
        leg->n_testable_pairs += account->n_testable_partners;
        if (!tests[i].is_testable) continue;
        account->p_value = p[k];
        account->q_value = q_value[k++];
        is_chosen[tests[i].account] = account->q_value <= q;
    }
    leg->n_testable_pairs /= 2; /* each met from both ends, but for members that rest on too few days */
    eh_free(leg->ctx, p);
    eh_free(leg->ctx, q_value);
    return status;
}

static eh_status find_groups(eh_group_data *data, double q, eh_leg_result *leg, eh_error *err)
{
    eh_candidates candidates;
    EH_TRY(eh_group_search(data, &candidates, err));
    eh_member_test *tests = eh_alloc(data->ctx, candidates.first[candidates.n_groups], sizeof *tests, err);
    uint8_t *is_chosen = eh_alloc(data->ctx, leg->n_accounts, 1, err);
    eh_status status = tests && is_chosen ? eh_group_calibrate(data, &candidates, err) : err->status;
    if (status == EH_OK) status = eh_group_test(data, &candidates, tests, err);
    if (status == EH_OK) status = judge(leg, &candidates, tests, q, is_chosen, err);
    if (status == EH_OK) status = eh_group_pairs(data, &candidates, is_chosen, &leg->pairs, &leg->n_pairs, err);
    for (uint64_t i = 0; status == EH_OK && i < leg->n_pairs; i++) {
        leg->accounts[leg->pairs[i].account_a].n_partners++;
        leg->accounts[leg->pairs[i].account_b].n_partners++;
    }
    eh_free(data->ctx, tests);
    eh_free(data->ctx, is_chosen);
    eh_candidates_release(&candidates);
    return status;
}

static eh_status run(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_group_data *data,
                     eh_leg_result *leg, eh_error *err)
{
    uint32_t behaviours = tested_behaviours(table, options->behaviours);
    if (!behaviours) {
        snprintf(leg->why_not, sizeof leg->why_not, "nothing to test: no action of the chosen behaviours");
        return EH_OK;
    }
    EH_TRY(eh_group_data_init(ctx, table, behaviours, options->precision_us, data, err));
    if (data->n_days < fewest_archive_days) {
        snprintf(leg->why_not, sizeof leg->why_not, "days are the unit of the test and the archive spans %u, not %d", data->n_days,
                 fewest_archive_days);
        return EH_OK;
    }
    leg->accounts = eh_alloc(ctx, leg->n_accounts, sizeof *leg->accounts, err);
    if (!leg->accounts) return err->status;
    for (uint32_t u = 0; u < leg->n_accounts; u++)
        leg->accounts[u] = (eh_leg_account){.p_value = 1, .q_value = 1, .group = UINT32_MAX};
    leg->has_run = true;
    return find_groups(data, options->q, leg, err);
}

eh_status eh_leg_group(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_leg_result *out,
                       eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_detect_options all = options ? *options : eh_detect_options_default();
    *out = (eh_leg_result){.ctx = ctx, .kind = EH_LEG_GROUP, .n_accounts = table->accounts.n};
    if (!(all.q > 0 && all.q <= 0.5))
        return eh_fail(err, EH_E_INVALID, "the accepted share of false findings must lie in (0, 0.5], not %g", all.q);
    eh_group_data *data = eh_alloc(ctx, 1, sizeof *data, err);
    if (!data) return err->status;
    eh_status status = run(ctx, table, &all, data, out, err);
    eh_group_data_release(data);
    eh_free(ctx, data);
    if (status != EH_OK) eh_leg_release(out);
    return status;
}
