/*
 * Coop, in two forms. Callbacks: each action is sent to a callback (item, action.id, policies, creator: the user whom it concerns) and so is each
 * decision on an appeal (appealedBy, appealDecision ACCEPT or REJECT). The bodies carry no time: whoever logs them, one a line, adds
 * `received_at`. An accepted appeal is a reversal; of which action, it does not say. A rejected one is no action.
 * Warehouse: rows of the table ACTION_EXECUTIONS as JSON lines (action_id, item_type_kind, item_id, item_creator_id, ts, policies, failed). The
 * account is the item where the item is a user, else its creator. What failed is no action.
 */
#include "audit/source_read.h"

static bool is_execution(const eh_json *json, uint32_t node)
{
    return eh_json_get_text(json, node, "action_id").size && eh_json_get_text(json, node, "item_type_kind").size && eh_json_get_text(json, node, "ts").size;
}

bool eh_is_coop(const eh_json *json, uint32_t node)
{
    uint32_t item = eh_json_get(json, node, "item"), action = eh_json_get(json, node, "action");
    if (eh_json_is(json, node, EH_JSON_OBJECT) && is_execution(json, node)) return true;
    if (item == EH_JSON_NONE || !eh_json_get_text(json, item, "id").size) return false;
    return eh_json_get_text(json, node, "appealDecision").size || (action != EH_JSON_NONE && eh_json_get_text(json, action, "id").size);
}

/* The first of a list: its name, else its id. */
static eh_str first_policy(const eh_json *json, uint32_t list)
{
    if (list != EH_JSON_NONE && eh_json_is(json, list, EH_JSON_ARRAY))
        EH_JSON_EACH(json, list, item) {
            eh_str name = eh_json_get_text(json, item, "name");
            return name.size ? name : eh_json_get_text(json, item, "id");
        }
    return (eh_str){NULL, 0};
}

static eh_status finish(eh_audit_actions *actions, eh_audit_action *a, eh_str time, eh_action_reject why, int64_t row, eh_error *err)
{
    if (why == EH_N_ACTION_REJECTS && !a->account.size) why = EH_ACTION_REJECT_NO_ACCOUNT;
    if (why == EH_N_ACTION_REJECTS && !time.size) why = EH_ACTION_REJECT_NO_TIME;
    if (why == EH_N_ACTION_REJECTS && !eh_action_time(time, &a->time_us)) why = EH_ACTION_REJECT_TIME;
    if (why == EH_N_ACTION_REJECTS) return eh_audit_actions_add(actions, a, row, err);
    eh_audit_actions_reject(actions, why, row);
    return EH_OK;
}

/* A database may write the list of policies as a list, or as a text that holds one. */
static eh_status take_execution(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, eh_error *err)
{
    eh_audit_action a = {.action = eh_json_get_text(json, node, "action_id"), .last_alive_us = EH_ACTION_NO_TIME, .first_gone_us = EH_ACTION_NO_TIME};
    const uint32_t failed = eh_json_get(json, node, "failed"), policies = eh_json_get(json, node, "policies");
    const bool has_failed = failed != EH_JSON_NONE && (eh_json_is(json, failed, EH_JSON_TRUE) || eh_str_is(eh_json_get_text(json, node, "failed"), "1"));
    const eh_str text = eh_json_get_text(json, node, "policies");
    eh_json inner;
    bool is_valid = false;
    size_t bad_at = 0;
    a.account = eh_json_get_text(json, node, eh_str_is(eh_json_get_text(json, node, "item_type_kind"), "USER") ? "item_id" : "item_creator_id");
    a.policy = first_policy(json, policies);
    eh_json_init(&inner, actions->ctx);
    eh_status status = text.size ? eh_json_parse(&inner, text, &is_valid, &bad_at, err) : EH_OK;
    if (status == EH_OK && is_valid) a.policy = first_policy(&inner, 0);
    if (status == EH_OK) status = finish(actions, &a, eh_json_get_text(json, node, "ts"), has_failed ? EH_ACTION_REJECT_OTHER : EH_N_ACTION_REJECTS, row, err);
    eh_json_release(&inner);
    return status;
}

eh_status eh_take_coop(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, void *state, eh_error *err)
{
    eh_str appeal = eh_json_get_text(json, node, "appealDecision");
    eh_audit_action a = {.last_alive_us = EH_ACTION_NO_TIME, .first_gone_us = EH_ACTION_NO_TIME};
    uint32_t who = eh_json_get(json, node, appeal.size ? "appealedBy" : "creator");
    (void)state;
    if (is_execution(json, node)) return take_execution(actions, json, node, row, err);
    a.account = who == EH_JSON_NONE ? a.account : eh_json_get_text(json, who, "id");
    a.is_reversal = appeal.size > 0;
    a.action = a.is_reversal ? eh_str_of("appeal_accepted") : eh_json_get_text(json, eh_json_get(json, node, "action"), "id");
    a.policy = first_policy(json, eh_json_get(json, node, "policies"));
    return finish(actions, &a, eh_json_get_text(json, node, "received_at"), appeal.size && !eh_str_equal(appeal, eh_str_of("ACCEPT")) ? EH_ACTION_REJECT_OTHER : EH_N_ACTION_REJECTS, row, err);
}
