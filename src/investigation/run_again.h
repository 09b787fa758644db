/** @file run_again.h  A stored run's options and table, as detection had them. */
#ifndef EH_INVESTIGATION_RUN_AGAIN_H
#define EH_INVESTIGATION_RUN_AGAIN_H

#include "investigation/run_store.h"

/** Fills run->options, and run->without: whom the stored run left out. EH_E_INVALID where archives were added since the run. */
EH_MUST_CHECK eh_status run_read(eh_investigation *inv, const char *run_id, run_record *run, eh_error *err);
/** The options of a run that archives may have been added to (*is_current tells). */
EH_MUST_CHECK eh_status run_read_any_options(eh_investigation *inv, const char *run_id, eh_detect_options *options, bool *is_current,
                                             eh_error *err);
/** The same from the JSON of parameters. */
EH_MUST_CHECK eh_status run_options_of(eh_store *store, eh_str parameters, eh_detect_options *options, double *asked_q, eh_error *err);
/** Fills run->table and run->texts by run->options. Release with run_again_release, on failure too. */
EH_MUST_CHECK eh_status run_load_table(eh_investigation *inv, run_record *run, eh_error *err);
void run_again_release(run_record *run);
#endif
