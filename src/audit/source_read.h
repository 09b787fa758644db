/** @file source_read.h  One reader for each source of actions. */
#ifndef EH_AUDIT_SOURCE_READ_H
#define EH_AUDIT_SOURCE_READ_H

#include "evenhand/audit_sources.h"
#include "ingest/json_scan.h"

/** Looks at one JSON object: an action, several, or none (counted). state is the reader's own, per file. */
typedef eh_status (*eh_action_object_fn)(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, void *state, eh_error *err);
/** True where an object has the shape of this source. */
bool eh_is_bluesky(const eh_json *json, uint32_t node);
bool eh_is_ozone(const eh_json *json, uint32_t node);
bool eh_is_coop(const eh_json *json, uint32_t node);
/** What an account was last, so that coming back can be told from being new. */
typedef struct eh_bluesky_state {
    struct eh_dict *accounts;
    uint8_t *last; /* per account: place of its word + 1, 0 = active */
    size_t capacity;
} eh_bluesky_state;
eh_status eh_take_bluesky(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, void *state, eh_error *err);
eh_status eh_take_ozone(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, void *state, eh_error *err);
eh_status eh_take_coop(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, void *state, eh_error *err);

EH_MUST_CHECK eh_status eh_read_action_lines(eh_audit_actions *actions, const char *path, eh_action_source source, uint64_t *n_rows, eh_error *err);
EH_MUST_CHECK eh_status eh_read_snapshots(eh_audit_actions *actions, const char *path, uint64_t *n_rows, eh_error *err);

/** False where the text is no time; EH_ACTION_NO_TIME for an empty one. */
bool eh_action_time(eh_str text, int64_t *out);
/** The account of an at:// address or a DID; is_record where it is one of its records. False: neither. */
bool eh_subject_of(eh_str uri, eh_str *account, bool *is_record);
/** PREFIX and a word, cut to size. */
eh_str eh_action_word(char *out, size_t size, const char *prefix, eh_str word);
#endif
