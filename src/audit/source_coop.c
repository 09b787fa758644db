/*
 * Coop sends each action to a callback (item, action.id, policies, creator: the user whom it concerns) and each decision on an appeal
 * (appealedBy, appealDecision ACCEPT or REJECT). The bodies carry no time: whoever logs them, one a line, adds `received_at`. An accepted
 * appeal is a reversal; of which action, it does not say. A rejected one is no action.
 */
#include "audit/source_read.h"

bool eh_is_coop(const eh_json *json, uint32_t node)
{
    uint32_t item = eh_json_get(json, node, "item"), action = eh_json_get(json, node, "action");
    if (item == EH_JSON_NONE || !eh_json_get_text(json, item, "id").size) return false;
    return eh_json_get_text(json, node, "appealDecision").size || (action != EH_JSON_NONE && eh_json_get_text(json, action, "id").size);
}

static eh_str policy_of(const eh_json *json, uint32_t node)
{
    uint32_t list = eh_json_get(json, node, "policies");
    if (list != EH_JSON_NONE)
        EH_JSON_EACH(json, list, item) {
            eh_str name = eh_json_get_text(json, item, "name");
            return name.size ? name : eh_json_get_text(json, item, "id");
        }
    return (eh_str){NULL, 0};
}

eh_status eh_take_coop(eh_audit_actions *actions, const eh_json *json, uint32_t node, int64_t row, void *state, eh_error *err)
{
    eh_str appeal = eh_json_get_text(json, node, "appealDecision"), time = eh_json_get_text(json, node, "received_at");
    eh_audit_action a = {.last_alive_us = EH_ACTION_NO_TIME, .first_gone_us = EH_ACTION_NO_TIME};
    uint32_t who = eh_json_get(json, node, appeal.size ? "appealedBy" : "creator");
    (void)state;
    a.account = who == EH_JSON_NONE ? a.account : eh_json_get_text(json, who, "id");
    a.is_reversal = appeal.size > 0;
    a.action = a.is_reversal ? eh_str_of("appeal_accepted") : eh_json_get_text(json, eh_json_get(json, node, "action"), "id");
    a.policy = policy_of(json, node);
    eh_action_reject why = EH_N_ACTION_REJECTS;
    if (appeal.size && !eh_str_equal(appeal, eh_str_of("ACCEPT"))) why = EH_ACTION_REJECT_OTHER;
    else if (!a.account.size) why = EH_ACTION_REJECT_NO_ACCOUNT;
    else if (!time.size) why = EH_ACTION_REJECT_NO_TIME;
    else if (!eh_action_time(time, &a.time_us)) why = EH_ACTION_REJECT_TIME;
    if (why == EH_N_ACTION_REJECTS) return eh_audit_actions_add(actions, &a, row, err);
    eh_audit_actions_reject(actions, why, row);
    return EH_OK;
}
