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
#endif
