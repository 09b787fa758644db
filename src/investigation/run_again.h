/** @file run_again.h  A stored run's options and table, as detection had them. */
#ifndef EH_INVESTIGATION_RUN_AGAIN_H
#define EH_INVESTIGATION_RUN_AGAIN_H

#include "investigation/run_store.h"

/** EH_E_INVALID where archives were added since the run. */
EH_MUST_CHECK eh_status run_read_options(eh_investigation *inv, const char *run_id, eh_detect_options *options, eh_error *err);
/** The same for a run that archives may have been added to (*is_current tells). */
EH_MUST_CHECK eh_status run_read_any_options(eh_investigation *inv, const char *run_id, eh_detect_options *options, bool *is_current,
                                             eh_error *err);
/** The same from the JSON of parameters. */
EH_MUST_CHECK eh_status run_options_of(eh_store *store, eh_str parameters, eh_detect_options *options, double *asked_q, eh_error *err);
/** The query that yields the accounts that a stored run left out. */
void run_without_of(const char *run_id, char without[128]);
/** Fills run->table and run->texts by run->options. Release with run_again_release, on failure too. */
EH_MUST_CHECK eh_status run_load_table(eh_investigation *inv, run_record *run, eh_error *err);
void run_again_release(run_record *run);
#endif
