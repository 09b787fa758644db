/* Detection among the accounts of a list: the same pairs, e-values and rules, with the list as the whole of what is tested. */
#include "signif/within.h"

#include "signif/annotate.h"
#include "signif/judge.h"
#include "signif/proof.h"

#include <string.h>

void eh_within_release(eh_within *w)
{
    if (w->ctx) eh_free(w->ctx, w->n_common);
    memset(w, 0, sizeof *w);
}

/* Adds one account's shared object-days with the list's later accounts. */
static void count_row(const eh_timeline *t, const uint32_t *place, uint32_t i, uint32_t account, eh_within *w)
{
    for (uint64_t k = t->account_first[account]; k < t->account_first[account + 1]; k++) {
        const eh_episode *episode = &t->episodes[t->account_episode[k]];
        const eh_member *own = &t->members[t->account_member[k]];
        const eh_member *end = t->members + episode->first_member + episode->n_accounts;
        for (const eh_member *other = own + 1; other < end; other++) {
            uint32_t j = place[other->account];
            if (j == UINT32_MAX) continue;
            w->n_common[(size_t)i * w->n + j]++;
            w->n_common[(size_t)j * w->n + i]++;
        }
    }
}

eh_status eh_within_init(eh_context *ctx, const eh_fields *fields, const uint32_t *accounts, uint32_t n, eh_within *out,
                         eh_error *err)
{
    *out = (eh_within){.ctx = ctx, .n = n, .accounts = accounts};
    uint32_t *place = eh_alloc(ctx, fields->n_accounts, sizeof *place, err);
    out->n_common = place ? eh_alloc(ctx, (size_t)n * n, sizeof *out->n_common, err) : NULL;
    if (!out->n_common) {
        eh_free(ctx, place);
        return err->status;
    }
    memset(place, 0xff, fields->n_accounts * sizeof *place);
    for (uint32_t i = 0; i < n; i++) place[accounts[i]] = i;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint32_t i = 0; fields->of[b].timeline && i < n; i++) count_row(fields->of[b].timeline, place, i, accounts[i], out);
    eh_free(ctx, place);
    return EH_OK;
}

eh_status eh_within_scan(eh_context *ctx, const eh_fields *fields, const eh_within *within, eh_edge **edges, uint64_t *n_edges,
                         eh_error *err)
{
    uint8_t *only = eh_alloc(ctx, fields->n_accounts, 1, err);
    *edges = NULL;
    *n_edges = 0;
    if (!only) return err->status;
    for (uint32_t i = 0; i < within->n; i++) only[within->accounts[i]] = 1;
    eh_fields restricted = *fields;
    restricted.only = only;
    eh_status status = eh_scan(ctx, &restricted, 2, edges, n_edges, err);
    eh_free(ctx, only);
    return status;
}

/* What eh_fewest_common asks for, of the list. */
static uint32_t fewest_common(const eh_within *w, double q)
{
    eh_overlap overlap = {0};
    for (uint32_t i = 0; i < w->n; i++)
        for (uint32_t j = i + 1; j < w->n; j++)
            for (uint32_t k = 1; k <= eh_most_common && k <= w->n_common[(size_t)i * w->n + j]; k++) overlap.n_pairs[k]++;
    return eh_fewest_common(&overlap, q);
}

static void describe(const eh_within *w, eh_detection *d)
{
    double weights = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        eh_account_result *account = &d->accounts[w->accounts[i]];
        for (uint32_t j = 0; j < w->n; j++) {
            uint32_t n_common = i == j ? 0 : w->n_common[(size_t)i * w->n + j];
            if (n_common > account->most_common_objects) account->most_common_objects = n_common;
            if (n_common < d->min_common_objects) continue;
            account->n_testable_partners++;
            account->partner_weights += (double)eh_pair_weight(n_common);
            d->n_testable_pairs += j > i;
        }
        weights += account->partner_weights / 2;
        d->n_testable_accounts += account->n_testable_partners > 0;
    }
    d->mean_pair_weight = d->n_testable_pairs ? weights / (double)d->n_testable_pairs : 1;
}

static eh_status judge(eh_context *ctx, const eh_action_table *table, const eh_fields *fields, const eh_within *within,
                       const eh_edge *edges, uint64_t n_edges, eh_detection *d, eh_error *err)
{
    d->accounts = eh_alloc(ctx, table->accounts.n, sizeof *d->accounts, err);
    d->edges = d->accounts ? eh_alloc(ctx, n_edges, sizeof *d->edges, err) : NULL;
    if (!d->edges) return err->status;
    d->min_common_objects = fewest_common(within, d->options.q);
    d->n_tested_behaviours = fields->n_tested;
    describe(within, d);
    for (uint64_t i = 0; i < n_edges; i++)
        if (edges[i].n_pair_common >= d->min_common_objects) d->edges[d->n_edges++] = edges[i];
    EH_TRY(eh_judge_pairs(ctx, d, err));
    EH_TRY(eh_prove(ctx, fields, d->edges, d->n_edges, &d->evidence, &d->n_evidence, err));
    EH_TRY(eh_annotate(ctx, table, eh_tested_behaviours(table, d->options.behaviours), d, err));
    return eh_judge_accounts(ctx, table->accounts.n, d, err);
}

eh_status eh_within_judge(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, const eh_fields *fields,
                          const eh_within *within, const eh_edge *edges, uint64_t n_edges, eh_detection *out, eh_error *err)
{
    *out = (eh_detection){.ctx = ctx, .options = *options};
    eh_status status = judge(ctx, table, fields, within, edges, n_edges, out, err);
    if (status != EH_OK) eh_detection_release(out);
    return status;
}
