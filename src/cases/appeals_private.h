/** @file appeals_private.h  What the files on decisions and appeals share. */
#ifndef EH_CASES_APPEALS_PRIVATE_H
#define EH_CASES_APPEALS_PRIVATE_H

#include "evenhand/appeals.h"
#include "investigation/investigation_private.h"

/** An appeal as stored. Texts are owned. */
typedef struct appeal_row {
    uint64_t appeal_id, decision_id, n_steps;
    eh_buf account;
    char run_id[EH_RUN_ID_SIZE], key_id[17], finding_before[24];
    eh_appeal_state state;
} appeal_row;

int64_t appeal_now_us(void);
EH_MUST_CHECK eh_status appeal_load(eh_investigation *inv, uint64_t appeal_id, appeal_row *out, eh_error *err);
void appeal_row_release(appeal_row *row);
/** The finding of an account in a run: its word, "" where it has none. */
EH_MUST_CHECK eh_status appeal_finding(eh_investigation *inv, const char *run_id, eh_str account, char finding[24], bool *is_listed,
                                       eh_error *err);
/** Refuses a key that had a hand in what is contested. */
EH_MUST_CHECK eh_status appeal_check_reviewer(eh_investigation *inv, const appeal_row *row, const eh_key *key, eh_error *err);
/** Stores a step and its leaf, in a transaction; key NULL for the opening. */
EH_MUST_CHECK eh_status appeal_add_step(eh_investigation *inv, const appeal_row *row, eh_appeal_state to, const char *reasons,
                                        const char *found, const eh_key *key, int64_t now_us, eh_error *err);
/** Computes the run of the appeal anew; fills out->finding_again, is_listed_again, n_differing, fresh_run_id. */
EH_MUST_CHECK eh_status appeal_recompute(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, eh_error *err);
/** Stores the run without the account and those reversed before; fills out->corrected_run_id. */
EH_MUST_CHECK eh_status appeal_correct_run(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, eh_error *err);
/** Fills appeal_changes and makes expansions anew, in a transaction. */
EH_MUST_CHECK eh_status appeal_propagate(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, eh_error *err);
#endif
