/** @file investigation_private.h  What the files of this module share. */
#ifndef EH_INVESTIGATION_PRIVATE_H
#define EH_INVESTIGATION_PRIVATE_H

#include "evenhand/investigation.h"
#include "investigation/investigation_store.h"
#include "investigation/tables.h"

struct eh_investigation {
    eh_context *ctx;
    eh_store *store;
    eh_open_mode mode;
    eh_buf command; /* the words of the command line that bear on the result, separated by NUL */
    bool is_sandboxed;
    eh_ledger *ledger;
    char actor[EH_MOST_ACTOR_SIZE + 1];
    const char *without; /* while a run without some accounts loads its actions: a query that yields their ids; else NULL */
};

/** EH_E_INVALID unless the investigation is open for writing. */
EH_MUST_CHECK eh_status inv_check_writable(const eh_investigation *inv, eh_error *err);
/** "repost|link" for a bit mask; empty for 0. */
EH_MUST_CHECK eh_status inv_behaviours_text(eh_buf *out, uint32_t behaviours, eh_error *err);
EH_MUST_CHECK eh_status inv_legs_text(eh_buf *out, uint32_t legs, eh_error *err);
/** "followed,one_partner" for EH_NOTE_* bits; empty for 0. */
EH_MUST_CHECK eh_status inv_notes_text(eh_buf *out, uint32_t notes, eh_error *err);
/** Ends a transaction: commits when status is EH_OK, else rolls back and gives status on. */
EH_MUST_CHECK eh_status inv_end_transaction(eh_investigation *inv, eh_status status, eh_error *err);

/** A leaf of the kinds that can be compared, which says something else than the tables. */
typedef struct inv_stale_record {
    uint64_t seq;
    const char *type;
    char id[32];
    bool is_gone; /* what it records is in no table */
} inv_stale_record;
typedef struct inv_stale_records {
    inv_stale_record *items;
    size_t n, capacity;
} inv_stale_records;
/** In the order of the log; items by eh_free. */
EH_MUST_CHECK eh_status inv_find_stale_records(eh_investigation *inv, inv_stale_records *out, eh_error *err);

/** graph_files.c, provenance.c: write into an open file. */
typedef struct eh_outfile eh_outfile;
EH_MUST_CHECK eh_status inv_write_graph(eh_investigation *inv, const char *run_id, bool is_gexf, eh_outfile *out,
                                        eh_error *err);
EH_MUST_CHECK eh_status inv_write_provenance(eh_investigation *inv, const char *run_id, eh_outfile *out, eh_error *err);
/** run_calibrate.c: the calibration of a run as a JSON object; null, or EH_E_NOT_FOUND where required, without one. */
EH_MUST_CHECK eh_status inv_write_calibration(eh_investigation *inv, const char *run_id, bool is_required, eh_outfile *out,
                                              eh_error *err);
EH_MUST_CHECK eh_status inv_write_calibration_file(eh_investigation *inv, const char *run_id, eh_outfile *out, eh_error *err);
#endif
