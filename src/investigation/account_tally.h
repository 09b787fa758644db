/** @file account_tally.h  What one import adds to the table of accounts. */
#ifndef EH_INVESTIGATION_ACCOUNT_TALLY_H
#define EH_INVESTIGATION_ACCOUNT_TALLY_H

#include "base/dict.h"
#include "evenhand/ingest.h"
#include "store/store.h"

typedef struct eh_account_count {
    uint64_t n_posts, n_actions;
    int64_t first_us, last_us, created_us;
    uint32_t platform, handle; /* in names; EH_DICT_NONE = unknown */
} eh_account_count;

typedef struct eh_account_tally {
    eh_context *ctx;
    eh_dict accounts, names;
    eh_account_count *counts;
    size_t counts_capacity;
    uint32_t i_last; /* account of the last post */
} eh_account_tally;

void eh_account_tally_init(eh_account_tally *tally, eh_context *ctx);
void eh_account_tally_release(eh_account_tally *tally);
EH_MUST_CHECK eh_status eh_account_tally_post(eh_account_tally *tally, const eh_post *post, eh_error *err);
/** An action of the last post. */
static inline void eh_account_tally_action(eh_account_tally *tally) { tally->counts[tally->i_last].n_actions++; }
/** Adds to the table: new accounts in order of appearance, counts of known ones; within the caller's transaction. */
EH_MUST_CHECK eh_status eh_account_tally_store(eh_account_tally *tally, eh_store *store, eh_error *err);
#endif
