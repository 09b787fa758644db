/*
 * Bluesky: account events, of a relay (com.atproto.sync.subscribeRepos#account: did, time, active, status) or of Jetstream (kind "account",
 * the event in `account`), and labels (com.atproto.label.defs#label: src, uri, val, neg, cts). takendown and suspended are the platform's;
 * deleted and deactivated the owner's: four words. Coming back from the platform's is a reversal, from the owner's it is "returned"; active
 * without anything before is no action. A label on a record has a word of its own.
 */
#include "audit/source_read.h"

#include "base/alloc.h"
#include "base/dict.h"

static const char *const words[] = {"takendown", "suspended", "deleted", "deactivated", "inactive"};
enum { n_words = sizeof words / sizeof *words, n_of_platform = 2 };

static bool is_label(const eh_json *json, uint32_t node)
{
    return eh_json_get_text(json, node, "src").size && eh_json_get_text(json, node, "uri").size && eh_json_get_text(json, node, "val").size && eh_json_get_text(json, node, "cts").size;
}

/* The event itself, wherever it stands. */
static uint32_t event_of(const eh_json *json, uint32_t node)
{
    uint32_t inner = eh_json_get(json, node, "account");
    return inner != EH_JSON_NONE && eh_json_is(json, inner, EH_JSON_OBJECT) ? inner : node;
}

static bool is_account_event(const eh_json *json, uint32_t node)
{
    uint32_t event = event_of(json, node), active = eh_json_get(json, event, "active");
    bool is_flag = active != EH_JSON_NONE && (eh_json_is(json, active, EH_JSON_TRUE) || eh_json_is(json, active, EH_JSON_FALSE));
    return is_flag && eh_json_get_text(json, event, "did").size;
}

bool eh_is_bluesky(const eh_json *json, uint32_t node) { return eh_json_is(json, node, EH_JSON_OBJECT) && (is_label(json, node) || is_account_event(json, node)); }

static eh_status take_label(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, eh_error *err)
{
    char word[160];
    bool is_record = false;
    uint32_t neg = eh_json_get(json, node, "neg");
    eh_audit_action a = {.last_alive_us = EH_ACTION_NO_TIME, .first_gone_us = EH_ACTION_NO_TIME, .unit = eh_json_get_text(json, node, "src")};
    a.is_reversal = neg != EH_JSON_NONE && eh_json_is(json, neg, EH_JSON_TRUE);
    eh_action_reject why = EH_N_ACTION_REJECTS;
    if (!eh_subject_of(eh_json_get_text(json, node, "uri"), &a.account, &is_record)) why = EH_ACTION_REJECT_NO_ACCOUNT;
    else if (!eh_action_time(eh_json_get_text(json, node, "cts"), &a.time_us)) why = EH_ACTION_REJECT_TIME;
    a.action = eh_action_word(word, sizeof word, is_record ? "record_label:" : "label:", eh_json_get_text(json, node, "val"));
    if (why == EH_N_ACTION_REJECTS) return eh_audit_actions_add(actions, &a, row, err);
    eh_audit_actions_reject(actions, why, row);
    return EH_OK;
}

static uint8_t word_of(eh_str status)
{
    for (uint8_t i = 0; i < n_words; i++)
        if (eh_str_is_nocase(status, words[i])) return i;
    return n_words - 1;
}

static eh_status last_of(eh_audit_actions *actions, eh_bluesky_state *state, eh_str account, uint8_t **last, eh_error *err)
{
    uint32_t number;
    bool is_new = eh_dict_find(state->accounts, account) == EH_DICT_NONE;
    EH_TRY(eh_dict_add(state->accounts, account, &number, err));
    EH_TRY(eh_reserve(actions->ctx, (void **)&state->last, &state->capacity, (size_t)number + 1, 1, err));
    if (is_new) state->last[number] = 0;
    *last = &state->last[number];
    return EH_OK;
}

static eh_status take_event(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, eh_bluesky_state *state, eh_error *err)
{
    uint32_t event = event_of(json, node);
    eh_audit_action a = {.account = eh_json_get_text(json, event, "did"), .last_alive_us = EH_ACTION_NO_TIME, .first_gone_us = EH_ACTION_NO_TIME};
    eh_str time = eh_json_get_text(json, event, "time");
    uint8_t *last;
    if (!time.size) time = eh_json_get_text(json, node, "time_us");
    if (!time.size || !eh_action_time(time, &a.time_us)) {
        eh_audit_actions_reject(actions, time.size ? EH_ACTION_REJECT_TIME : EH_ACTION_REJECT_NO_TIME, row);
        return EH_OK;
    }
    EH_TRY(last_of(actions, state, a.account, &last, err));
    bool is_active = eh_json_is(json, eh_json_get(json, event, "active"), EH_JSON_TRUE);
    uint8_t word = is_active ? 0 : (uint8_t)(word_of(eh_json_get_text(json, event, "status")) + 1);
    if (is_active && !*last) { /* new, or a change that is none */
        eh_audit_actions_reject(actions, EH_ACTION_REJECT_OTHER, row);
        return EH_OK;
    }
    a.is_reversal = is_active && *last <= n_of_platform;
    a.action = eh_str_of(!is_active ? words[word - 1] : a.is_reversal ? words[*last - 1] : "returned");
    *last = word;
    return eh_audit_actions_add(actions, &a, row, err);
}

eh_status eh_take_bluesky(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, void *state, eh_error *err)
{
    if (is_label(json, node)) return take_label(actions, json, node, row, err);
    return take_event(actions, json, node, row, state, err);
}
