/* Detection: every behaviour is scanned by itself, then pairs, evidence and accounts are judged together. */
#include "evenhand/signif.h"

#include "base/sort.h"
#include "base/time.h"
#include "signif/annotate.h"
#include "signif/judge.h"
#include "signif/proof.h"

#include <math.h>
#include <string.h>

eh_detect_options eh_detect_options_default(void)
{
    eh_detect_options options = {.n_windows = 4, .q = 0.05, .precision_us = 1};
    options.windows_us[0] = 10 * EH_SECOND_US;
    options.windows_us[1] = EH_MINUTE_US;
    options.windows_us[2] = 10 * EH_MINUTE_US;
    options.windows_us[3] = EH_HOUR_US;
    return options;
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

void eh_detection_release(eh_detection *d)
{
    eh_free(d->ctx, d->edges);
    eh_free(d->ctx, d->accounts);
    eh_free(d->ctx, d->evidence);
    memset(d, 0, sizeof *d);
}

static eh_status check(const eh_detect_options *o, eh_error *err)
{
    if (!(o->q > 0 && o->q <= 0.5)) return eh_fail(err, EH_E_INVALID, "the accepted share of false findings must lie in (0, 0.5], not %g", o->q);
    if (o->n_windows < 1 || o->n_windows > EH_MOST_WINDOWS)
        return eh_fail(err, EH_E_INVALID, "1 to %d windows are possible, not %u", EH_MOST_WINDOWS, o->n_windows);
    for (uint32_t w = 0; w < o->n_windows; w++) {
        if (o->windows_us[w] < 1 || o->windows_us[w] > EH_DAY_US)
            return eh_fail(err, EH_E_INVALID, "a detection window must be longer than nothing and at most one day");
        if (w && o->windows_us[w] <= o->windows_us[w - 1])
            return eh_fail(err, EH_E_INVALID, "the windows must ascend");
    }
    if (o->precision_us < 1) return eh_fail(err, EH_E_INVALID, "the time step of the data must be positive");
    return EH_OK;
}

/* Windows are never finer than the data; what falls together is tested once. */
static void coarsen(eh_detect_options *o)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < o->n_windows; w++) {
        int64_t window_us = o->windows_us[w] > o->precision_us ? o->windows_us[w] : o->precision_us;
        if (n == 0 || window_us > o->windows_us[n - 1]) o->windows_us[n++] = window_us;
    }
    o->n_windows = n;
}

/* One behaviour's data, kept until its evidence has been written. */
typedef struct leg {
    bool is_tested;
    eh_timeline timeline;
    eh_latency latency;
    eh_overlap overlap;
    eh_field field;
} leg;

static void leg_release(leg *l)
{
    eh_overlap_release(&l->overlap);
    eh_latency_release(&l->latency);
    eh_timeline_release(&l->timeline);
}

static eh_status leg_init(eh_context *ctx, const eh_action_table *table, int behaviour, const eh_detect_options *options,
                          const eh_clock *clock, leg *l, eh_error *err)
{
    const eh_action_set *set = &table->sets[behaviour];
    EH_TRY(eh_timeline_init(ctx, set, table->accounts.n, &l->timeline, err));
    EH_TRY(eh_latency_init(ctx, set, table->accounts.n, options->windows_us, options->n_windows, clock, &l->latency, err));
    EH_TRY(eh_overlap_init(ctx, &l->timeline, &l->overlap, err));
    l->field = (eh_field){.timeline = &l->timeline, .clock = clock, .latency = &l->latency, .n_windows = options->n_windows};
    for (uint32_t w = 0; w < options->n_windows; w++) {
        l->field.windows_us[w] = options->windows_us[w];
        /* Times cut off to a step of s hide up to s of distance. */
        int64_t step_us = options->precision_us > EH_SECOND_US ? options->precision_us : 0;
        eh_clock_kernel(options->windows_us[w] + step_us, l->field.kernel[w]);
    }
    l->is_tested = true;
    return EH_OK;
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

static eh_status describe(eh_context *ctx, const eh_action_table *table, leg *legs, uint32_t n_behaviours, eh_detection *d,
                          eh_error *err)
{
    uint32_t n = table->accounts.n;
    uint8_t *seen = eh_alloc(ctx, n, 1, err);
    if (!seen) return err->status;
    double n_all = 0.5 * n * ((double)n - 1);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        if (!legs[b].is_tested) continue;
        const eh_action_set *set = &table->sets[b];
        uint32_t least = eh_fewest_common(&legs[b].overlap, d->options.q, n_behaviours);
        d->behaviours[b] = (eh_behaviour_result){.n_actions = set->n_actions, .n_accounts = count_accounts(set, seen, n),
                                                 .n_objects = set->n_objects, .min_common_objects = least,
                                                 .n_testable_pairs = legs[b].overlap.n_pairs[least],
                                                 .is_bound = legs[b].overlap.is_bound};
        d->n_testable_pairs += legs[b].overlap.n_pairs[least];
        for (uint32_t u = 0; u < n; u++) {
            eh_account_result *account = &d->accounts[u];
            uint64_t partners = (uint64_t)account->n_testable_partners + legs[b].overlap.n_partners[u][least];
            account->n_testable_partners = partners < n ? (uint32_t)partners : n - 1;
            if (legs[b].overlap.most_common[u] > account->most_common_objects)
                account->most_common_objects = legs[b].overlap.most_common[u];
        }
    }
    /* A pair testable on two behaviours is counted twice: an upper bound, as everywhere. */
    if ((double)d->n_testable_pairs > n_all) d->n_testable_pairs = (uint64_t)n_all;
    for (uint32_t u = 0; u < n; u++) d->n_testable_accounts += d->accounts[u].n_testable_partners > 0;
    eh_free(ctx, seen);
    return EH_OK;
}

static eh_status add_edges(eh_context *ctx, eh_detection *d, eh_edge *edges, uint64_t n, eh_error *err)
{
    eh_edge *all = eh_realloc(ctx, d->edges, (size_t)(d->n_edges + n), sizeof *all, err);
    if (!all) return err->status;
    if (n) memcpy(all + d->n_edges, edges, n * sizeof *edges);
    d->edges = all;
    d->n_edges += n;
    return EH_OK;
}

static int by_pair(const void *a, const void *b, void *data)
{
    (void)data;
    const eh_edge *x = a, *y = b;
    if (x->account_a != y->account_a) return x->account_a < y->account_a ? -1 : 1;
    if (x->account_b != y->account_b) return x->account_b < y->account_b ? -1 : 1;
    return (x->behaviour > y->behaviour) - (x->behaviour < y->behaviour);
}

static int by_pair_of_evidence(const void *a, const void *b, void *data)
{
    (void)data;
    const eh_evidence *x = a, *y = b;
    if (x->account_a != y->account_a) return x->account_a < y->account_a ? -1 : 1;
    if (x->account_b != y->account_b) return x->account_b < y->account_b ? -1 : 1;
    return (x->behaviour > y->behaviour) - (x->behaviour < y->behaviour); /* stable: times stay in order */
}

static eh_status test_pairs(eh_context *ctx, leg *legs, eh_detection *d, eh_error *err)
{
    eh_status status = EH_OK;
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++) {
        if (!legs[b].is_tested) continue;
        eh_edge *edges;
        uint64_t n;
        status = eh_scan(ctx, &legs[b].field, (eh_behaviour)b, d->behaviours[b].min_common_objects, &edges, &n, err);
        if (status == EH_OK) status = add_edges(ctx, d, edges, n, err);
        d->behaviours[b].n_tested_pairs = n;
        eh_free(ctx, edges);
    }
    if (status == EH_OK) status = eh_sort(ctx, d->edges, d->n_edges, sizeof *d->edges, by_pair, NULL, err);
    return status;
}

static eh_status write_evidence(eh_context *ctx, leg *legs, eh_detection *d, eh_error *err)
{
    size_t n = 0, capacity = 0;
    eh_status status = EH_OK;
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++)
        if (legs[b].is_tested)
            status = eh_prove(ctx, &legs[b].field, (eh_behaviour)b, d->edges, d->n_edges, &d->evidence, &n, &capacity, err);
    d->n_evidence = n;
    if (status == EH_OK && n) status = eh_sort(ctx, d->evidence, n, sizeof *d->evidence, by_pair_of_evidence, NULL, err);
    return status;
}

static uint32_t tested_behaviours(const eh_action_table *table, uint32_t wanted)
{
    uint32_t behaviours = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if ((!wanted || wanted >> b & 1) && table->sets[b].n_actions) behaviours |= 1u << b;
    return behaviours;
}

static eh_status run(eh_context *ctx, const eh_action_table *table, leg *legs, eh_clock *clock, eh_detection *d, eh_error *err)
{
    uint32_t behaviours = tested_behaviours(table, d->options.behaviours);
    uint32_t n_behaviours = behaviours ? (uint32_t)__builtin_popcount(behaviours) : 1;
    d->accounts = eh_alloc(ctx, table->accounts.n, sizeof *d->accounts, err);
    if (!d->accounts) return err->status;
    EH_TRY(eh_clock_init(ctx, table, behaviours, clock, err));
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (behaviours >> b & 1) EH_TRY(leg_init(ctx, table, b, &d->options, clock, &legs[b], err));
    EH_TRY(describe(ctx, table, legs, n_behaviours, d, err));
    EH_TRY(test_pairs(ctx, legs, d, err));
    EH_TRY(eh_judge_pairs(ctx, d, n_behaviours, err));
    EH_TRY(write_evidence(ctx, legs, d, err));
    EH_TRY(eh_annotate(ctx, table, behaviours, d, err));
    return eh_judge_accounts(ctx, table, d, n_behaviours, err);
}

eh_status eh_detect(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_detection *out,
                    eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->options = options ? *options : eh_detect_options_default();
    EH_TRY(check(&out->options, err));
    coarsen(&out->options);
    leg legs[EH_N_BEHAVIOURS];
    eh_clock clock;
    memset(legs, 0, sizeof legs);
    memset(&clock, 0, sizeof clock);
    eh_status status = run(ctx, table, legs, &clock, out, err);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) leg_release(&legs[b]);
    eh_clock_release(&clock);
    if (status != EH_OK) eh_detection_release(out);
    return status;
}
