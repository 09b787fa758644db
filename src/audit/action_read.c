/* Actions from their CSV form. */
#include "audit/csv_table.h"
#include "evenhand/audit_actions.h"
#include "ingest/time_text.h"

#include <stdio.h>

enum { COLUMN_ACCOUNT, COLUMN_ACTION, COLUMN_TIME, COLUMN_ALIVE, COLUMN_GONE, COLUMN_POLICY, COLUMN_UNIT, COLUMN_REVERSAL, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"account_id", "action", "time", "last_seen_alive", "first_seen_actioned", "policy", "unit", "is_reversal"};

/* False where the text is no time. */
static bool read_time(eh_str text, int64_t *out)
{
    eh_time_value value = {0};
    *out = EH_ACTION_NO_TIME;
    if (!text.size) return true;
    if (!eh_time_parse(text, &value) || value.is_small) return false;
    *out = value.time_us;
    return true;
}

/* False where it says neither yes nor no. */
static bool read_flag(eh_str text, bool *out)
{
    static const char *const yes[] = {"1", "true", "yes"}, *const no[] = {"0", "false", "no", ""};
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        *out = i < sizeof yes / sizeof *yes && eh_str_is_nocase(text, yes[i]);
        if (*out || eh_str_is_nocase(text, no[i])) return true;
    }
    return false;
}

static eh_status take_row(void *data, const eh_csv_table_row *row, eh_error *err)
{
    eh_audit_actions *list = data;
    const eh_str *cell = row->cells;
    eh_audit_action a = {.account = cell[COLUMN_ACCOUNT], .action = cell[COLUMN_ACTION], .policy = cell[COLUMN_POLICY], .unit = cell[COLUMN_UNIT]};
    eh_action_reject why = EH_N_ACTION_REJECTS;
    if (row->fault || !read_flag(cell[COLUMN_REVERSAL], &a.is_reversal)) why = EH_ACTION_REJECT_MALFORMED;
    else if (!read_time(cell[COLUMN_TIME], &a.time_us) || !read_time(cell[COLUMN_ALIVE], &a.last_alive_us) || !read_time(cell[COLUMN_GONE], &a.first_gone_us))
        why = EH_ACTION_REJECT_TIME;
    if (why == EH_N_ACTION_REJECTS) return eh_audit_actions_add(list, &a, row->row, err);
    eh_audit_actions_reject(list, why, row->row);
    return EH_OK;
}

static eh_status tell_rejects(const eh_audit_actions *actions, const char *path, eh_error *err)
{
    char why[256] = "";
    size_t used = 0;
    for (int i = 0; i < EH_N_ACTION_REJECTS; i++)
        if (actions->n_rejected[i])
            used += (size_t)snprintf(why + used, sizeof why - used, "%s%llu %s", used ? ", " : ": ", (unsigned long long)actions->n_rejected[i], eh_action_reject_name((eh_action_reject)i));
    return eh_fail_at(err, EH_E_FORMAT, path, actions->first_reject_row, -1, "holds no action that can be used (%llu rows read%s); each needs account_id, action and a time such as 2018-09-18T04:35:00Z",
                      (unsigned long long)actions->n_read, why);
}

eh_status eh_audit_actions_read(eh_audit_actions *actions, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_csv_table file = {.what = "actions", .columns = column_names, .n_columns = N_COLUMNS, .n_needed = 2};
    eh_csv_table_name(path, actions->source, sizeof actions->source);
    EH_TRY(eh_csv_table_read(actions->ctx, path, &file, take_row, actions, err));
    memcpy(actions->sha256, file.sha256, sizeof actions->sha256);
    if (!file.has[COLUMN_TIME] && !file.has[COLUMN_ALIVE] && !file.has[COLUMN_GONE])
        return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "has no column that says when: it needs time, or last_seen_alive and first_seen_actioned");
    if (actions->n_actions == 0)
        return tell_rejects(actions, path, err);
    return EH_OK;
}
