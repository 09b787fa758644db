/* Profiles and timelines of a table, for detection and for what measures it. */
#include "signif/test_data.h"

#include "base/time.h"

#include <string.h>

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

eh_status eh_detect_options_check(eh_detect_options *options, eh_error *err)
{
    EH_TRY(check(options, err));
    coarsen(options);
    return EH_OK;
}

uint32_t eh_tested_behaviours(const eh_action_table *table, uint32_t wanted)
{
    uint32_t behaviours = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if ((!wanted || wanted >> b & 1) && table->sets[b].n_actions) behaviours |= 1u << b;
    return behaviours;
}

static eh_status add_behaviour(eh_context *ctx, const eh_action_table *table, int b, const eh_detect_options *options,
                               eh_test_data *all, eh_error *err)
{
    const eh_action_set *set = &table->sets[b];
    eh_field *field = &all->fields.of[b];
    EH_TRY(eh_timeline_init(ctx, set, table->accounts.n, &all->timelines[b], err));
    EH_TRY(eh_latency_init(ctx, &all->timelines[b], options->windows_us, options->n_windows, &all->clock,
                           &all->latencies[b], err));
    *field = (eh_field){.timeline = &all->timelines[b], .clock = &all->clock, .latency = &all->latencies[b], .contacts = &all->contacts,
                        .n_windows = options->n_windows, .step_us = options->precision_us > EH_SECOND_US ? options->precision_us : 0};
    for (uint32_t w = 0; w < options->n_windows; w++) {
        field->windows_us[w] = options->windows_us[w];
        /* Times cut off to a step of s hide up to s of distance. */
        eh_clock_kernel(options->windows_us[w] + field->step_us, field->kernel[w]);
    }
    all->fields.n_tested++;
    return EH_OK;
}

eh_status eh_test_data_init(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_test_data *out,
                            eh_error *err)
{
    uint32_t behaviours = eh_tested_behaviours(table, options->behaviours);
    memset(out, 0, sizeof *out);
    out->fields.n_accounts = table->accounts.n;
    EH_TRY(eh_clock_init(ctx, table, behaviours, options->precision_us, &out->clock, err));
    EH_TRY(eh_contacts_init(ctx, table, &out->contacts, err));
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (behaviours >> b & 1) EH_TRY(add_behaviour(ctx, table, b, options, out, err));
    return EH_OK;
}

void eh_test_data_release(eh_test_data *all)
{
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        eh_latency_release(&all->latencies[b]);
        eh_timeline_release(&all->timelines[b]);
    }
    eh_contacts_release(&all->contacts);
    eh_clock_release(&all->clock);
}
