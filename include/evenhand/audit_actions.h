/**
 * @file audit_actions.h
 * What a platform did to accounts, and when: the one form into which every source of actions is brought, in memory and as CSV.
 *
 * CSV: columns account_id, action and either time or last_seen_alive with first_seen_actioned (both forms may stand in one
 * file, row by row); optional policy, unit, is_reversal. UTC, any time format that archives have, .gz and .zst too.
 * - `action` is a word of the source: suspended, removed, label:spam ... One word stands for one thing: what was deleted by
 *   its owner or vanished is not suspended, and has a word of its own. The audit's specification says which words count.
 * - Status snapshots: last_seen_alive and first_seen_actioned bracket the time. An empty first_seen_actioned: nothing had
 *   happened at the last look; the row then says only that the account was watched until then, and its action may be empty.
 * - is_reversal (1, true, yes): this row takes an earlier action back (reinstated, label negated).
 * Side labels are no part of this: they come from another file.
 */
#ifndef EVENHAND_AUDIT_ACTIONS_H
#define EVENHAND_AUDIT_ACTIONS_H

#include "evenhand/context.h"
#include "evenhand/strings.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Equal to EH_NO_TIME of ingest.h. */
#define EH_ACTION_NO_TIME INT64_MIN

typedef struct eh_audit_action {
    eh_str account;        /**< id as in the archive; never empty */
    int64_t time_us;       /**< EH_ACTION_NO_TIME: known to lie in (last_alive_us, first_gone_us] only */
    int64_t last_alive_us; /**< EH_ACTION_NO_TIME: not known */
    int64_t first_gone_us; /**< EH_ACTION_NO_TIME with a last_alive_us: nothing had happened by then */
    eh_str action;         /**< what was done; may be empty where nothing had happened */
    eh_str policy;         /**< rule relied on; may be empty */
    eh_str unit;           /**< platform, team, region ...: who decided; may be empty */
    bool is_reversal;
} eh_audit_action;

typedef enum eh_action_reject {
    EH_ACTION_REJECT_MALFORMED = 0, /**< quotes, missing fields, not UTF-8 */
    EH_ACTION_REJECT_NO_ACCOUNT,
    EH_ACTION_REJECT_NO_TIME,       /**< neither a time nor a look */
    EH_ACTION_REJECT_TIME,          /**< cannot be read, or lies outside 1970 .. 2199 */
    EH_ACTION_REJECT_INTERVAL,      /**< first seen actioned at or before last seen alive; a time beside looks that exclude it */
    EH_ACTION_REJECT_NO_ACTION,     /**< something happened, and no word says what */
    EH_ACTION_REJECT_DUPLICATE,     /**< the same in every field as an earlier one */
    EH_ACTION_REJECT_OTHER,         /**< of an importer: said in its note */
    EH_N_ACTION_REJECTS
} eh_action_reject;
/** "malformed", "no_account", ... */
EH_API const char *eh_action_reject_name(eh_action_reject reject);

/** Actions and where they came from. rows read == n_actions + sum of n_rejected. */
typedef struct eh_audit_actions {
    eh_context *ctx;
    eh_audit_action *actions; /**< in the order of the source; texts owned by `texts` */
    size_t n_actions, capacity;
    uint64_t n_read, n_rejected[EH_N_ACTION_REJECTS];
    int64_t first_reject_row; /**< -1: none */
    char source[128];         /**< file name */
    char sha256[65];          /**< of the file as it lies on disk */
    void *texts;              /**< internal: blocks of text that never move */
    void *seen;               /**< internal: fingerprints of the rows taken */
} eh_audit_actions;

EH_API void eh_audit_actions_init(eh_audit_actions *actions, eh_context *ctx);
EH_API void eh_audit_actions_release(eh_audit_actions *actions);
/**
 * Checks one row and takes a copy, or counts why not (n_read grows either way). For importers.
 * @param[in] row  of the source, for first_reject_row; -1 = not known
 */
EH_API EH_MUST_CHECK eh_status eh_audit_actions_add(eh_audit_actions *actions, const eh_audit_action *action, int64_t row, eh_error *err);
/** Counts a row that could not be made into an action. */
EH_API void eh_audit_actions_reject(eh_audit_actions *actions, eh_action_reject why, int64_t row);
/** Reads the CSV form into an initialised, empty list.
 *  @retval EH_E_FORMAT a column is missing, there twice or not known; nothing was kept | EH_E_IO */
EH_API EH_MUST_CHECK eh_status eh_audit_actions_read(eh_audit_actions *actions, const char *path, eh_error *err);
/** Writes the CSV form ("-" = standard output): all eight columns, times as 2018-09-18T04:35:00Z. */
EH_API EH_MUST_CHECK eh_status eh_audit_actions_write(const eh_audit_actions *actions, const char *path, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
