/* Detection: every behaviour is scanned by itself, then pairs, evidence and accounts are judged together. */
#include "evenhand/signif.h"

#include "base/sort.h"
#include "base/time.h"
#include "signif/annotate.h"
#include "signif/judge.h"
#include "signif/proof.h"
#include "signif/test_data.h"

#include <math.h>
#include <string.h>

eh_detect_options eh_detect_options_default(void)
{
    eh_detect_options options = {.n_windows = 4, .q = 0.05, .precision_us = 1, .near_text = 0.8, .legs = (1u << EH_N_LEGS) - 1,
                                 .list_by = 1u << EH_LEG_TIMING | 1u << EH_LEG_REUSE};
    options.windows_us[0] = 10 * EH_SECOND_US;
    options.windows_us[1] = EH_MINUTE_US;
    options.windows_us[2] = 10 * EH_MINUTE_US;
    options.windows_us[3] = EH_HOUR_US;
    return options;
}

const char *eh_note_name(uint32_t note)
{
    switch (note) {
    case EH_NOTE_FOLLOWED: return "followed";
    case EH_NOTE_DIRECTION_UNKNOWN: return "direction_unknown";
    case EH_NOTE_ONE_PARTNER: return "one_partner";
    case EH_NOTE_FAST_FAN: return "fast_fan";
    case EH_NOTE_HYPERACTIVE: return "hyperactive";
    case EH_NOTE_ONE_SOURCE: return "one_source";
    case EH_NOTE_FEW_DAYS: return "few_days";
    case EH_NOTE_TEMPLATE_TEXT: return "template_text";
    case EH_NOTE_TWO_ALONE: return "two_alone";
    default: return NULL;
    }
}

const char *eh_finding_name(eh_finding finding)
{
    switch (finding) {
    case EH_FINDING_INSUFFICIENT_DATA: return "insufficient_data";
    case EH_FINDING_NONE: return "none";
    case EH_FINDING_WEAK: return "weak";
    case EH_FINDING_MODERATE: return "moderate";
    case EH_FINDING_STRONG: return "strong";
    }
    return "unknown";
}

const char *eh_leg_name(eh_leg leg)
{
    static const char *const names[EH_N_LEGS] = {"timing", "selection", "reuse", "group", "operator"};
    return (unsigned)leg < EH_N_LEGS ? names[leg] : "unknown";
}

void eh_detection_release(eh_detection *d)
{
    eh_free(d->ctx, d->edges);
    eh_free(d->ctx, d->accounts);
    eh_free(d->ctx, d->evidence);
    eh_free(d->ctx, d->ties);
    memset(d, 0, sizeof *d);
}

static uint64_t count_accounts(const eh_action_set *set, uint8_t *seen, uint32_t n_accounts)
{
    uint64_t n = 0;
    memset(seen, 0, n_accounts);
    for (uint64_t i = 0; i < set->n_actions; i++) {
        n += !seen[set->account[i]];
        seen[set->account[i]] = 1;
    }
    return n;
}

static eh_status describe(eh_context *ctx, const eh_action_table *table, const eh_test_data *all, const eh_overlap *overlap, eh_detection *d, eh_error *err)
{
    uint32_t n = table->accounts.n, least = eh_fewest_common(overlap, d->options.q);
    uint8_t *seen = eh_alloc(ctx, n, 1, err);
    if (!seen) return err->status;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        if (!all->fields.of[b].timeline) continue;
        d->behaviours[b] = (eh_behaviour_result){.n_actions = table->sets[b].n_actions,
                                                 .n_accounts = count_accounts(&table->sets[b], seen, n),
                                                 .n_objects = table->sets[b].n_objects,
                                                 .n_testable_pairs = overlap->n_pairs_of[b][least],
                                                 .n_cut_episodes = all->timelines[b].n_cut_episodes,
                                                 .n_dropped_actions = all->timelines[b].n_dropped_actions};
    }
    d->n_tested_behaviours = all->fields.n_tested;
    d->min_common_objects = least;
    d->n_testable_pairs = overlap->n_pairs[least];
    d->is_bound = overlap->is_bound;
    d->mean_pair_weight = d->n_testable_pairs ? overlap->pair_weights[least] / (double)d->n_testable_pairs : 1;
    for (uint32_t u = 0; u < n; u++) {
        d->accounts[u].n_testable_partners = overlap->n_partners[u][least];
        d->accounts[u].partner_weights = (double)overlap->weights[u][least];
        d->accounts[u].most_common_objects = overlap->most_common[u];
        d->n_testable_accounts += d->accounts[u].n_testable_partners > 0;
    }
    eh_free(ctx, seen);
    return EH_OK;
}

static eh_status run(eh_context *ctx, const eh_action_table *table, eh_test_data *all, eh_overlap *overlap, eh_detection *d,
                     eh_error *err)
{
    uint32_t behaviours = eh_tested_behaviours(table, d->options.behaviours);
    d->accounts = eh_alloc(ctx, table->accounts.n, sizeof *d->accounts, err);
    if (!d->accounts) return err->status;
    EH_TRY(eh_test_data_init(ctx, table, &d->options, all, err));
    EH_TRY(eh_overlap_init(ctx, &all->fields, overlap, err));
    EH_TRY(describe(ctx, table, all, overlap, d, err));
    EH_TRY(eh_scan(ctx, &all->fields, d->min_common_objects, &d->edges, &d->n_edges, err));
    for (uint64_t i = 0; i < d->n_edges; i++) d->behaviours[d->edges[i].behaviour].n_tested_pairs++;
    EH_TRY(eh_judge_pairs(ctx, d, err));
    EH_TRY(eh_prove(ctx, &all->fields, d->edges, d->n_edges, &d->evidence, &d->n_evidence, err));
    EH_TRY(eh_annotate(ctx, table, behaviours, d, err));
    return eh_judge_accounts(ctx, table->accounts.n, d, err);
}

eh_status eh_detect(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_detection *out,
                    eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->options = options ? *options : eh_detect_options_default();
    EH_TRY(eh_detect_options_check(&out->options, err));
    eh_test_data *all = eh_alloc(ctx, 1, sizeof *all, err);
    if (!all) return err->status;
    eh_overlap overlap = {0};
    eh_status status = run(ctx, table, all, &overlap, out, err);
    eh_overlap_release(&overlap);
    eh_test_data_release(all);
    eh_free(ctx, all);
    if (status != EH_OK) eh_detection_release(out);
    return status;
}
