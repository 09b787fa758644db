/** @file investigation_store.h  For the modules that read a run's tables by SQL: report, cases, audit. */
#ifndef EH_INVESTIGATION_STORE_H
#define EH_INVESTIGATION_STORE_H

#include "evenhand/investigation.h"
#include "store/store.h"

/** The database behind an investigation; borrowed. */
eh_store *eh_investigation_store(eh_investigation *inv);
/** The run to use: run_id if it exists, the latest for NULL; EH_E_NOT_FOUND otherwise. */
EH_MUST_CHECK eh_status eh_investigation_find_run(eh_investigation *inv, const char *run_id, char found[EH_RUN_ID_SIZE],
                                                  eh_error *err);
/** A stored run's options, and the table that it was made on: without the accounts that it left out, near texts united. Release it with
 *  eh_action_table_release. @retval EH_E_INVALID archives were added since */
EH_MUST_CHECK eh_status eh_investigation_run_table(eh_investigation *inv, const char *run_id, eh_detect_options *options,
                                                   eh_action_table *out, eh_error *err);
/** Adds a leaf in the name of the investigation's actor; inside the transaction that stores what it records. */
EH_MUST_CHECK eh_status eh_investigation_record(eh_investigation *inv, const char *type, eh_str payload, eh_error *err);
/** The same for an import, run, calibration or claim_check, by what the tables say of it: verification writes it anew and compares. */
EH_MUST_CHECK eh_status eh_investigation_record_thing(eh_investigation *inv, const char *type, const char *id, eh_error *err);
#endif
