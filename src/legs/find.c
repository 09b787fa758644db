/*
 * Fusion. Each leg may spend its part of q: the table below says how much, for those legs that have a valid null on this
 * archive (a choice that reads no outcome); what they leave goes to timing. FDP of a union <= sum of the FDPs, so the levels add.
 * A leg that only supports spends nothing; its evidence counts at the same level all the same.
 *
 * Choice confirmed by time: among the accounts that pick the same (selection; it reads who acted on what), times are tested again, given
 * who acted on what, at a level of their own: p = min(1, 2 min(p_timing, p_group)), BH over these accounts alone.
 */
#include "evenhand/legs.h"

#include "base/alloc.h"
#include "legs/direction.h"
#include "signif/decide.h"
#include "signif/multiplicity.h"

#include <math.h>
#include <string.h>

typedef eh_status (*leg_fn)(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_leg_result *out,
                            eh_error *err);

/* The legs beside timing: at which part of q their evidence counts, and the behaviours whose objects tell who came second. */
static const struct {
    leg_fn run;
    double share;
    uint32_t behaviours;
} known[EH_N_LEGS] = {
    [EH_LEG_REUSE] = {eh_leg_reuse, 0.1, 1u << EH_TEXT},
    [EH_LEG_GROUP] = {eh_leg_group, 0.1, ~0u},
    [EH_LEG_SELECTION] = {eh_leg_selection, 0.25, 1u << EH_REPOST | 1u << EH_LINK},
};

static const double confirmed_share = 0.1;

void eh_findings_release(eh_findings *f)
{
    if (f->detection.ctx) eh_detection_release(&f->detection);
    for (int l = 0; l < EH_N_LEGS; l++) eh_leg_release(&f->legs[l]);
    memset(f, 0, sizeof *f);
}

static eh_status run_legs(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_findings *f,
                          eh_error *err)
{
    f->share_of_q[EH_LEG_TIMING] = 1;
    for (int l = 0; l < EH_N_LEGS; l++) {
        f->legs[l].ctx = ctx;
        f->legs[l].kind = (eh_leg)l;
        if (!known[l].run || !(options->legs >> l & 1)) continue;
        EH_TRY(known[l].run(ctx, table, options, &f->legs[l], err));
        if (!f->legs[l].has_run) continue;
        if (options->list_by >> l & 1) f->share_of_q[l] = known[l].share;
        else if (l == EH_LEG_SELECTION) f->share_of_q[l] = confirmed_share;
        f->share_of_q[EH_LEG_TIMING] -= f->share_of_q[l];
    }
    return EH_OK;
}

static double at_most_one(double x) { return x < 1 ? x : 1; }

/* Account levels of one leg. The account's own values are the best over legs that list, each at the price of its part. */
static void take_levels(eh_findings *f, int leg, uint32_t n_accounts, double q)
{
    bool may_list = leg == EH_LEG_TIMING || f->detection.options.list_by >> leg & 1;
    double share = may_list ? f->share_of_q[leg] : 0;
    for (uint32_t u = 0; u < n_accounts; u++) {
        eh_account_result *account = &f->detection.accounts[u];
        if (leg != EH_LEG_TIMING) {
            const eh_leg_account *says = &f->legs[leg].accounts[u];
            account->leg_p[leg] = says->p_value;
            account->leg_q[leg] = says->q_value;
            if (says->q_value <= known[leg].share * q && says->n_partners > 0) account->legs |= 1u << leg;
        }
        if (share <= 0) continue;
        double p = at_most_one(account->leg_p[leg] / share), q_value = at_most_one(account->leg_q[leg] / share);
        if (leg == EH_LEG_TIMING || p < account->p_value) account->p_value = p;
        if (leg == EH_LEG_TIMING || q_value < account->q_value) account->q_value = q_value;
    }
}

static int by_pair(const eh_tie *x, uint32_t a, uint32_t b)
{
    if (x->account_a != a) return x->account_a < a ? -1 : 1;
    return (x->account_b > b) - (x->account_b < b);
}

/* Merges the leg's pairs into the sorted ties. */
static eh_status take_ties(eh_detection *d, const eh_leg_result *leg, const eh_order *orders, eh_error *err)
{
    eh_tie *ties = eh_alloc(d->ctx, d->n_ties + leg->n_pairs, sizeof *ties, err);
    if (!ties) return err->status;
    uint64_t n = 0, i = 0;
    for (uint64_t k = 0; k < leg->n_pairs; k++) {
        uint32_t a = leg->pairs[k].account_a, b = leg->pairs[k].account_b;
        while (i < d->n_ties && by_pair(&d->ties[i], a, b) < 0) ties[n++] = d->ties[i++];
        bool is_known = i < d->n_ties && by_pair(&d->ties[i], a, b) == 0;
        ties[n] = is_known ? d->ties[i++] : (eh_tie){a, b, 0, 0, EH_NO_TIME, EH_NO_TIME};
        ties[n].legs |= 1u << leg->kind;
        eh_tie_add(&ties[n++], orders[k].behaviours, orders[k].first_time_us, orders[k].last_time_us);
    }
    while (i < d->n_ties) ties[n++] = d->ties[i++];
    eh_free(d->ctx, d->ties);
    d->ties = ties;
    d->n_ties = n;
    return EH_OK;
}

/* An account that timing says nothing of, and that hardly ever came second on what it shares, may only be copied. */
static eh_status take_direction(eh_detection *d, uint32_t n_accounts, const eh_leg_result *leg, const eh_order *orders,
                                eh_error *err)
{
    uint32_t *n_second = eh_alloc(d->ctx, n_accounts, sizeof *n_second, err);
    uint32_t *n_first = n_second ? eh_alloc(d->ctx, n_accounts, sizeof *n_first, err) : NULL;
    for (uint64_t k = 0; n_first && k < leg->n_pairs; k++) {
        n_second[leg->pairs[k].account_a] += orders[k].n_a_second;
        n_first[leg->pairs[k].account_a] += orders[k].n_b_second;
        n_second[leg->pairs[k].account_b] += orders[k].n_b_second;
        n_first[leg->pairs[k].account_b] += orders[k].n_a_second;
    }
    for (uint32_t u = 0; n_first && u < n_accounts; u++) {
        eh_account_result *account = &d->accounts[u];
        if (!(account->legs >> leg->kind & 1) || account->legs >> EH_LEG_TIMING & 1) continue;
        if (eh_is_seldom_second(n_first[u], n_second[u])) account->notes |= EH_NOTE_FOLLOWED;
    }
    eh_status status = n_first ? EH_OK : err->status;
    eh_free(d->ctx, n_second);
    eh_free(d->ctx, n_first);
    return status;
}

static eh_status take_leg(eh_context *ctx, const eh_action_table *table, eh_findings *f, int leg, double q, eh_error *err)
{
    const eh_leg_result *result = &f->legs[leg];
    eh_order *orders = eh_alloc(ctx, result->n_pairs, sizeof *orders, err);
    if (!orders) return err->status;
    take_levels(f, leg, table->accounts.n, q);
    eh_status status = eh_orders_of(ctx, table, known[leg].behaviours, result->pairs, result->n_pairs, orders, err);
    if (status == EH_OK) status = take_ties(&f->detection, result, orders, err);
    if (status == EH_OK) status = take_direction(&f->detection, table->accounts.n, result, orders, err);
    eh_free(ctx, orders);
    return status;
}

/* Supports, never lists: no part of q, no new ties, no word about p and q of the account. */
static eh_status take_operator(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_findings *f,
                               eh_error *err)
{
    eh_leg_result *leg = &f->legs[EH_LEG_OPERATOR];
    eh_detection *d = &f->detection;
    if (!(options->legs >> EH_LEG_OPERATOR & 1)) return EH_OK;
    EH_TRY(eh_leg_operator(ctx, table, d->ties, d->n_ties, options, leg, err));
    for (uint32_t u = 0; leg->has_run && u < table->accounts.n; u++) {
        const eh_leg_account *says = &leg->accounts[u];
        d->accounts[u].leg_p[EH_LEG_OPERATOR] = says->p_value;
        d->accounts[u].leg_q[EH_LEG_OPERATOR] = says->q_value;
        if (says->q_value <= options->q && says->n_partners > 0) d->accounts[u].legs |= 1u << EH_LEG_OPERATOR;
    }
    uint64_t i = 0;
    for (uint64_t k = 0; k < leg->n_pairs; k++) { /* both are sorted, and every pair is a tie */
        while (by_pair(&d->ties[i], leg->pairs[k].account_a, leg->pairs[k].account_b) < 0) i++;
        d->ties[i].legs |= 1u << EH_LEG_OPERATOR;
    }
    return EH_OK;
}

static eh_status confirm_choice(eh_context *ctx, eh_findings *f, uint32_t n_accounts, double q, eh_error *err)
{
    const uint32_t choice = 1u << EH_LEG_SELECTION;
    if (!f->legs[EH_LEG_SELECTION].has_run || f->detection.options.list_by & choice) return EH_OK;
    double *p = eh_alloc(ctx, n_accounts, sizeof *p, err), *q_value = p ? eh_alloc(ctx, n_accounts, sizeof *q_value, err) : NULL;
    eh_status status = q_value ? EH_OK : err->status;
    size_t n = 0;
    for (uint32_t u = 0; status == EH_OK && u < n_accounts; u++) {
        const eh_account_result *account = &f->detection.accounts[u];
        if (account->legs & choice) p[n++] = at_most_one(2 * fmin(account->leg_p[EH_LEG_TIMING], account->leg_p[EH_LEG_GROUP]));
    }
    if (status == EH_OK && n) status = eh_bh(ctx, p, n, (double)n, q_value, err);
    for (uint32_t u = 0, i = 0; status == EH_OK && u < n_accounts; u++) {
        eh_account_result *account = &f->detection.accounts[u];
        if (!(account->legs & choice)) continue;
        double level = at_most_one(q_value[i] / confirmed_share);
        account->is_confirmed = level <= q;
        if (level < account->q_value) {
            account->q_value = level;
            account->p_value = fmin(account->p_value, at_most_one(p[i] / confirmed_share));
        }
        i++;
    }
    eh_free(ctx, p);
    eh_free(ctx, q_value);
    return status;
}

static eh_status find(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_findings *f,
                      eh_error *err)
{
    EH_TRY(run_legs(ctx, table, options, f, err));
    eh_detect_options timing = *options;
    timing.q *= f->share_of_q[EH_LEG_TIMING];
    EH_TRY(eh_detect(ctx, table, &timing, &f->detection, err));
    take_levels(f, EH_LEG_TIMING, table->accounts.n, options->q);
    for (int l = EH_LEG_TIMING + 1; l < EH_N_LEGS; l++)
        if (f->legs[l].has_run) EH_TRY(take_leg(ctx, table, f, l, options->q, err));
    EH_TRY(confirm_choice(ctx, f, table->accounts.n, options->q, err));
    EH_TRY(take_operator(ctx, table, options, f, err));
    eh_decide(&f->detection, table->accounts.n);
    f->detection.options.q = options->q;
    return EH_OK;
}

eh_status eh_find(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_findings *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    eh_detect_options all = options ? *options : eh_detect_options_default();
    eh_status status = find(ctx, table, &all, out, err);
    if (status != EH_OK) eh_findings_release(out);
    return status;
}
