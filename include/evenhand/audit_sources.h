/**
 * @file audit_sources.h
 * What platforms and moderation tools publish about actions, brought into the one form of audit_actions.h. docs/formats/actions.md
 */
#ifndef EVENHAND_AUDIT_SOURCES_H
#define EVENHAND_AUDIT_SOURCES_H

#include "evenhand/audit_actions.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum eh_action_source {
    EH_ACTIONS_UNKNOWN = 0,
    EH_ACTIONS_CSV,       /**< the one form itself */
    EH_ACTIONS_SNAPSHOTS, /**< CSV of looks: account, time, status */
    EH_ACTIONS_BLUESKY,   /**< JSON lines: account events and labels */
    EH_ACTIONS_OZONE,     /**< JSON lines: moderation events */
    EH_ACTIONS_COOP,      /**< JSON lines: callbacks, with the time at which they were received; or rows of the warehouse */
    EH_ACTIONS_DSA,       /**< CSV of statements of reasons: no accounts, counts only */
    EH_N_ACTION_SOURCES
} eh_action_source;
/** In messages and for completion. */
#define EH_ACTION_SOURCES "csv|snapshots|bluesky|ozone|coop|dsa"
/** "csv", "snapshots", ...; "" for EH_ACTIONS_UNKNOWN. */
EH_API const char *eh_action_source_name(eh_action_source source);
/** EH_ACTIONS_UNKNOWN where there is none of that name. */
EH_API eh_action_source eh_action_source_of(const char *name);
/** By the header, or the first lines of JSON. @retval EH_E_FORMAT none fits | EH_E_IO */
EH_API EH_MUST_CHECK eh_status eh_action_source_detect(eh_context *ctx, const char *path, eh_action_source *out, eh_error *err);

/**
 * Adds the actions of one file to an initialised list. What is not an action on an account is counted as rejected, with its reason.
 * @param[out] n_rows  lines or records read; may be NULL
 * @retval EH_E_FORMAT not of this source, or nothing in it could be used | EH_E_UNSUPPORTED statements of reasons: they name no
 *         account, and can be counted only (eh_dsa_counts_write) | EH_E_IO
 */
EH_API EH_MUST_CHECK eh_status eh_audit_actions_import(eh_audit_actions *actions, const char *path, eh_action_source source, uint64_t *n_rows, eh_error *err);

/** Counts statements of reasons by platform, month, category, decision on the account and means of decision, into a CSV.
 *  @param[out] n  statements counted, rejected */
EH_API EH_MUST_CHECK eh_status eh_dsa_counts_write(eh_context *ctx, const char *const *paths, size_t n_paths, const char *out_path, uint64_t n[2], eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
