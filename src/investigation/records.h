/** @file records.h  What is told to the ledger about each thing, from the tables alone, so that it can be told again later. */
#ifndef EH_INVESTIGATION_RECORDS_H
#define EH_INVESTIGATION_RECORDS_H

#include "investigation/investigation_private.h"

/** Each adds one leaf; inside the transaction that stores what it records. */
EH_MUST_CHECK eh_status inv_record_import(eh_investigation *inv, int64_t source_id, eh_error *err);
EH_MUST_CHECK eh_status inv_record_run(eh_investigation *inv, const char *run_id, eh_error *err);
EH_MUST_CHECK eh_status inv_record_calibration(eh_investigation *inv, const char *run_id, eh_error *err);
#endif
