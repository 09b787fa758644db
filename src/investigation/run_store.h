/** @file run_store.h  A run on its way into the tables. */
#ifndef EH_INVESTIGATION_RUN_STORE_H
#define EH_INVESTIGATION_RUN_STORE_H

#include "evenhand/legs.h"
#include "investigation/investigation_private.h"

typedef struct run_record {
    char run_id[EH_RUN_ID_SIZE];
    eh_detect_options options; /* resolved: behaviours written out, precision that of the archives */
    eh_buf parameters, inputs; /* JSON */
    int64_t last_source_id;
    eh_action_table table;
    eh_findings findings;
    eh_networks networks;
} run_record;

/** Fills runs, run_behaviours, findings, edges, evidence and networks; inside the caller's transaction. */
EH_MUST_CHECK eh_status run_store(eh_investigation *inv, const run_record *run, eh_error *err);
#endif
