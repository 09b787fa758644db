/*
 * Ozone: tools.ozone.moderation.defs#modEventView, as tools.ozone.moderation.queryEvents gives them: event ($type), subject (an account:
 * com.atproto.admin.defs#repoRef with did; or a record: uri), createdAt. A take-down with a duration is a suspension. What does not restrict
 * anybody (reports, comments, tags, mail, mutes of reports) is no action.
 */
#include "audit/source_read.h"

bool eh_is_ozone(const eh_json *json, uint32_t node)
{
    uint32_t event = eh_json_get(json, node, "event"), subject = eh_json_get(json, node, "subject");
    return event != EH_JSON_NONE && subject != EH_JSON_NONE && eh_json_get_text(json, event, "$type").size && eh_json_get_text(json, node, "createdAt").size;
}

/* The name behind '#'. */
static eh_str kind_of(eh_str type)
{
    size_t at = eh_str_find(type, '#', 0);
    return at < type.size ? (eh_str){type.data + at + 1, type.size - at - 1} : type;
}

static eh_status take_labels(eh_audit_actions *actions, const eh_json *json, uint32_t event, const char *key, eh_audit_action a, bool is_record, int64_t row, eh_error *err)
{
    char word[160];
    uint32_t list = eh_json_get(json, event, key);
    if (list == EH_JSON_NONE) return EH_OK;
    EH_JSON_EACH(json, list, item) {
        a.action = eh_action_word(word, sizeof word, is_record ? "record_label:" : "label:", eh_json_text(json, item));
        EH_TRY(eh_audit_actions_add(actions, &a, row, err));
    }
    return EH_OK;
}

/* The first policy; the others are not told apart by an audit. */
static eh_str policy_of(const eh_json *json, uint32_t event)
{
    uint32_t list = eh_json_get(json, event, "policies");
    if (list != EH_JSON_NONE)
        EH_JSON_EACH(json, list, item) return eh_json_text(json, item);
    return (eh_str){NULL, 0};
}

static eh_status take(eh_audit_actions *actions, const eh_json *json, uint32_t event, eh_audit_action a, bool is_record, int64_t row, eh_error *err)
{
    eh_str kind = kind_of(eh_json_get_text(json, event, "$type"));
    if (eh_str_equal(kind, eh_str_of("modEventLabel"))) {
        uint64_t n_before = actions->n_read;
        EH_TRY(take_labels(actions, json, event, "createLabelVals", a, is_record, row, err));
        a.is_reversal = true;
        EH_TRY(take_labels(actions, json, event, "negateLabelVals", a, is_record, row, err));
        if (actions->n_read == n_before) eh_audit_actions_reject(actions, EH_ACTION_REJECT_OTHER, row);
        return EH_OK;
    }
    a.is_reversal = eh_str_equal(kind, eh_str_of("modEventReverseTakedown"));
    if (!a.is_reversal && !eh_str_equal(kind, eh_str_of("modEventTakedown"))) {
        eh_audit_actions_reject(actions, EH_ACTION_REJECT_OTHER, row);
        return EH_OK;
    }
    bool is_limited = eh_json_get_text(json, event, "durationInHours").size > 0;
    a.policy = policy_of(json, event);
    a.action = eh_str_of(is_record ? "record_takedown" : is_limited ? "suspended" : "takendown");
    return eh_audit_actions_add(actions, &a, row, err);
}

eh_status eh_take_ozone(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, void *state, eh_error *err)
{
    uint32_t subject = eh_json_get(json, node, "subject");
    eh_audit_action a = {.last_alive_us = EH_ACTION_NO_TIME, .first_gone_us = EH_ACTION_NO_TIME};
    bool is_record = false;
    eh_str did = eh_json_get_text(json, subject, "did"), uri = eh_json_get_text(json, subject, "uri");
    eh_action_reject why = EH_N_ACTION_REJECTS;
    (void)state;
    if (!eh_subject_of(uri.size ? uri : did, &a.account, &is_record)) why = EH_ACTION_REJECT_NO_ACCOUNT;
    else if (!eh_action_time(eh_json_get_text(json, node, "createdAt"), &a.time_us)) why = EH_ACTION_REJECT_TIME;
    if (why == EH_N_ACTION_REJECTS) return take(actions, json, eh_json_get(json, node, "event"), a, is_record, row, err);
    eh_audit_actions_reject(actions, why, row);
    return EH_OK;
}
