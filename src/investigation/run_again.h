/** @file run_again.h  A stored run's options and table, as detection had them. */
#ifndef EH_INVESTIGATION_RUN_AGAIN_H
#define EH_INVESTIGATION_RUN_AGAIN_H

#include "investigation/run_store.h"

/** EH_E_INVALID where archives were added since the run. */
EH_MUST_CHECK eh_status run_read_options(eh_investigation *inv, const char *run_id, eh_detect_options *options, eh_error *err);
/** Fills run->table and run->texts by run->options. Release with run_again_release, on failure too. */
EH_MUST_CHECK eh_status run_load_table(eh_investigation *inv, run_record *run, eh_error *err);
void run_again_release(run_record *run);
/** The account's index in the table, UINT32_MAX where it has none. */
uint32_t run_account_of(const eh_action_table *table, eh_str id);
#endif
