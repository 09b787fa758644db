/** @file run_store.h  A run on its way into the tables. */
#ifndef EH_INVESTIGATION_RUN_STORE_H
#define EH_INVESTIGATION_RUN_STORE_H

#include "evenhand/legs.h"
#include "evenhand/near_text.h"
#include "investigation/investigation_private.h"

typedef struct run_record {
    char run_id[EH_RUN_ID_SIZE];
    eh_detect_options options; /* resolved: behaviours written out, precision that of the archives */
    char without[128]; /* a query that yields the accounts whose actions are left out; "" = none */
    double asked_q; /* where the level was tightened: the one asked for; else 0 */
    eh_buf parameters, inputs; /* JSON */
    int64_t last_source_id;
    eh_action_table table;
    eh_near_text_report texts; /* of behaviour text; ctx NULL where it was not looked at */
    eh_findings findings;
    eh_networks networks;
} run_record;

/** run_texts.c: near-duplicate texts of the run's table are united, templates removed; later their accounts are noted. */
EH_MUST_CHECK eh_status run_check_texts(const eh_detect_options *options, eh_error *err);
EH_MUST_CHECK eh_status run_add_text_parameters(eh_buf *out, const eh_detect_options *options, eh_error *err);
EH_MUST_CHECK eh_status run_unite_texts(eh_investigation *inv, run_record *run, eh_error *err);
void run_note_templates(run_record *run);

/** What may differ from eh_investigation_detect. */
typedef struct run_request {
    double asked_q;      /* the level from which options.q was tightened; 0 = it was not */
    const char *without; /* a query that yields accounts whose actions are left out; NULL or "" = none */
    bool is_fresh;       /* computes even a known run, and compares: n_differing */
    uint64_t n_differing;/* out: rows of findings, edges, ties, networks and evidence that are not as stored */
} run_request;
EH_MUST_CHECK eh_status run_detect(eh_investigation *inv, const eh_detect_options *options, run_request *request,
                                   eh_run_summary *summary, eh_error *err);

/** Fills every table of a run; inside the caller's transaction. */
EH_MUST_CHECK eh_status run_store(eh_investigation *inv, const run_record *run, eh_error *err);
#endif
