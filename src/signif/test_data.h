/** @file test_data.h  Everything that the tests of one table read: profiles, timelines, and the options they go with. */
#ifndef EH_SIGNIF_TEST_DATA_H
#define EH_SIGNIF_TEST_DATA_H

#include "signif/scan.h"

typedef struct eh_test_data {
    eh_clock clock;
    eh_contacts contacts;
    eh_timeline timelines[EH_N_BEHAVIOURS];
    eh_latency latencies[EH_N_BEHAVIOURS];
    eh_fields fields; /**< points into the above: do not move it */
} eh_test_data;

/** EH_E_INVALID where options cannot be; merges windows that the data cannot tell apart. */
EH_MUST_CHECK eh_status eh_detect_options_check(eh_detect_options *options, eh_error *err);
/** The wanted behaviours (0 = all) of which the table has actions. */
uint32_t eh_tested_behaviours(const eh_action_table *table, uint32_t wanted);
/** Options must have been checked. Release it on failure, too. */
EH_MUST_CHECK eh_status eh_test_data_init(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                                          eh_test_data *out, eh_error *err);
void eh_test_data_release(eh_test_data *data);
#endif
