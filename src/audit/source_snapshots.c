/*
 * Looks at accounts: account, time, status. An account alive at one look and gone at the next was actioned in between: [last seen alive, first
 * seen gone]. Suspended is not vanished (deleted by its owner, renamed, or anything else that leaves nothing), is not returned. Never seen
 * gone: watched until its last look. In a list of accounts that had stopped existing (column stop_existing), one that is there has returned.
 */
#include "audit/source_read.h"

#include "audit/csv_table.h"
#include "base/alloc.h"
#include "base/dict.h"
#include "base/sort.h"

typedef enum look_status {
    STATUS_ALIVE = 0,
    STATUS_SUSPENDED,
    STATUS_RESTRICTED,
    STATUS_VANISHED,
    STATUS_DEACTIVATED,
    STATUS_RETURNED, /* alive, and known to have been gone */
    STATUS_UNKNOWN,
} look_status;
static const char *const words[] = {"", "suspended", "restricted", "vanished", "deactivated", "returned"};

static look_status status_of(eh_str text)
{
    static const struct {
        const char *text;
        look_status status;
    } known[] = {{"exists", STATUS_ALIVE},        {"exist", STATUS_ALIVE},           {"alive", STATUS_ALIVE},       {"active", STATUS_ALIVE},       {"protected", STATUS_ALIVE},
                 {"suspended", STATUS_SUSPENDED}, {"restricted", STATUS_RESTRICTED}, {"no exists", STATUS_VANISHED}, {"not found", STATUS_VANISHED}, {"gone", STATUS_VANISHED},
                 {"vanished", STATUS_VANISHED},   {"deleted", STATUS_VANISHED},      {"deactivated", STATUS_DEACTIVATED}, {"returned", STATUS_RETURNED}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (eh_str_is_nocase(text, known[i].text)) return known[i].status;
    return STATUS_UNKNOWN;
}

enum { COLUMN_STATUS, COLUMN_ACCOUNT, COLUMN_USER, COLUMN_ANON, COLUMN_DID, COLUMN_TIME, COLUMN_STAMP, COLUMN_LONG, COLUMN_SEEN, COLUMN_STOPPED, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"status", "account_id", "user_id", "user_id_anon", "did", "time", "tstamp", "timestamp", "seen_at", "stop_existing"};

typedef struct seen_look {
    uint32_t account;
    look_status status;
    int64_t time_us, row;
} seen_look;

typedef struct reading {
    eh_audit_actions *actions;
    eh_dict accounts;
    seen_look *looks;
    size_t n, capacity;
    uint64_t n_rows;
} reading;

static eh_str first_filled(const eh_str *cells, int from, int to)
{
    for (int i = from; i < to; i++)
        if (cells[i].size) return cells[i];
    return (eh_str){NULL, 0};
}

static eh_status take_look(void *data, const eh_csv_table_row *row, eh_error *err)
{
    reading *r = data;
    eh_str account = first_filled(row->cells, COLUMN_ACCOUNT, COLUMN_TIME), time = first_filled(row->cells, COLUMN_TIME, COLUMN_STOPPED);
    seen_look look = {.status = status_of(row->cells[COLUMN_STATUS]), .row = row->row};
    eh_action_reject why = EH_N_ACTION_REJECTS;
    r->n_rows++;
    if (row->fault) why = EH_ACTION_REJECT_MALFORMED;
    else if (!account.size) why = EH_ACTION_REJECT_NO_ACCOUNT;
    else if (!time.size) why = EH_ACTION_REJECT_NO_TIME;
    else if (!eh_action_time(time, &look.time_us)) why = EH_ACTION_REJECT_TIME;
    else if (look.status == STATUS_UNKNOWN) why = row->cells[COLUMN_STATUS].size ? EH_ACTION_REJECT_OTHER : EH_ACTION_REJECT_NO_ACTION;
    if (why != EH_N_ACTION_REJECTS) {
        eh_audit_actions_reject(r->actions, why, row->row);
        return EH_OK;
    }
    if (look.status == STATUS_ALIVE && eh_str_equal(row->cells[COLUMN_STOPPED], eh_str_of("1"))) look.status = STATUS_RETURNED;
    EH_TRY(eh_dict_add(&r->accounts, account, &look.account, err));
    EH_TRY(eh_reserve(r->actions->ctx, (void **)&r->looks, &r->capacity, r->n + 1, sizeof *r->looks, err));
    r->looks[r->n++] = look;
    return EH_OK;
}

static int by_account(const void *a, const void *b, void *data)
{
    const seen_look *x = a, *y = b;
    (void)data;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    return (x->time_us > y->time_us) - (x->time_us < y->time_us);
}

static bool is_there(look_status s) { return s == STATUS_ALIVE || s == STATUS_RETURNED; }
static bool is_of_platform(look_status s) { return s == STATUS_SUSPENDED || s == STATUS_RESTRICTED; }

/* What happened between two looks; before is NULL at the first one. */
static eh_status add_change(reading *r, const seen_look *before, const seen_look *look, eh_error *err)
{
    eh_audit_action a = {.account = eh_dict_get(&r->accounts, look->account), .time_us = EH_ACTION_NO_TIME, .first_gone_us = look->time_us, .last_alive_us = EH_ACTION_NO_TIME};
    if (before) a.last_alive_us = before->time_us;
    a.action = eh_str_of(is_there(look->status) ? "returned" : words[look->status]);
    a.is_reversal = before && is_there(look->status) && is_of_platform(before->status);
    if (a.is_reversal) a.action = eh_str_of(words[before->status]); /* what is taken back */
    return eh_audit_actions_add(r->actions, &a, look->row, err);
}

static eh_status add_account(reading *r, size_t from, size_t to, eh_error *err)
{
    const seen_look *looks = r->looks;
    bool has_changed = false;
    for (size_t i = from; i < to; i++) {
        const seen_look *before = i > from ? &looks[i - 1] : NULL;
        bool is_change = before ? before->status != looks[i].status && !(is_there(before->status) && is_there(looks[i].status)) : looks[i].status != STATUS_ALIVE;
        if (!is_change) continue;
        has_changed = true;
        EH_TRY(add_change(r, before, &looks[i], err));
    }
    if (has_changed) return EH_OK;
    const eh_audit_action watched = {.account = eh_dict_get(&r->accounts, looks[from].account), .time_us = EH_ACTION_NO_TIME, .first_gone_us = EH_ACTION_NO_TIME,
                                     .last_alive_us = looks[to - 1].time_us};
    return eh_audit_actions_add(r->actions, &watched, looks[to - 1].row, err);
}

static eh_status add_all(reading *r, eh_error *err)
{
    EH_TRY(eh_sort(r->actions->ctx, r->looks, r->n, sizeof *r->looks, by_account, NULL, err));
    for (size_t from = 0, to = 0; from < r->n; from = to) {
        while (to < r->n && r->looks[to].account == r->looks[from].account) to++;
        EH_TRY(add_account(r, from, to, err));
    }
    return EH_OK;
}

eh_status eh_read_snapshots(eh_audit_actions *actions, const char *path, uint64_t *n_rows, eh_error *err)
{
    reading r = {.actions = actions, .accounts = EH_DICT_INIT(actions->ctx)};
    eh_csv_table file = {.what = "looks at accounts", .columns = column_names, .n_columns = N_COLUMNS, .n_needed = 1, .ignores_others = true};
    eh_csv_table_name(path, actions->source, sizeof actions->source);
    eh_status status = eh_csv_table_read(actions->ctx, path, &file, take_look, &r, err);
    if (status == EH_OK && r.n == 0)
        status = eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "holds no look that can be used (%llu rows read); each needs an account (account_id, user_id), a time (time, tstamp) and a status",
                            (unsigned long long)r.n_rows);
    if (status == EH_OK) status = add_all(&r, err);
    if (status == EH_OK) memcpy(actions->sha256, file.sha256, sizeof actions->sha256);
    *n_rows = r.n_rows;
    eh_dict_release(&r.accounts);
    eh_free(actions->ctx, r.looks);
    return status;
}
