/* Receiving an appeal, and what is stored of it. */
#include "cases/appeals_private.h"

#include "base/hash.h"
#include "base/time.h"
#include "ledger/ledger_private.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

static const char *const states[] = {"received", "admissible",   "recomputed",   "upheld",   "reversed",
                                     "partly",   "insufficient", "inadmissible", "published"};
static const char *const kinds[] = {"alibi",          "shared_app",         "declared_automation", "newsroom_duty", "copied_by_others",
                                    "common_source",  "account_taken_over", "data_error",          "other"};
_Static_assert(sizeof states / sizeof *states == EH_N_APPEAL_STATES && sizeof kinds / sizeof *kinds == EH_N_MATERIAL_KINDS, "one each");

const char *eh_appeal_state_name(eh_appeal_state state) { return states[state]; }
const char *eh_material_kind_name(int kind) { return kinds[kind]; }

bool eh_appeal_state_of(eh_str name, eh_appeal_state *out)
{
    for (int i = 0; i < EH_N_APPEAL_STATES; i++) {
        if (!eh_str_is(name, states[i])) continue;
        *out = (eh_appeal_state)i;
        return true;
    }
    return false;
}

bool eh_appeal_may_go(eh_appeal_state from, eh_appeal_state to)
{
    switch (from) {
    case EH_APPEAL_RECEIVED: return to == EH_APPEAL_ADMISSIBLE || to == EH_APPEAL_INADMISSIBLE;
    case EH_APPEAL_ADMISSIBLE: return to == EH_APPEAL_RECOMPUTED;
    case EH_APPEAL_RECOMPUTED:
        return to == EH_APPEAL_UPHELD || to == EH_APPEAL_REVERSED || to == EH_APPEAL_PARTLY || to == EH_APPEAL_INSUFFICIENT;
    case EH_APPEAL_UPHELD:
    case EH_APPEAL_REVERSED:
    case EH_APPEAL_PARTLY:
    case EH_APPEAL_INSUFFICIENT:
    case EH_APPEAL_INADMISSIBLE: return to == EH_APPEAL_PUBLISHED;
    case EH_APPEAL_PUBLISHED: return false;
    }
    return false;
}

int64_t appeal_now_us(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * EH_SECOND_US + now.tv_nsec / 1000;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void copy(char *to, size_t size, eh_str text)
{
    (void)snprintf(to, size, "%.*s", (int)text.size, text.size ? text.data : "");
}

typedef struct finding_cell {
    char *finding;
    bool *is_listed;
} finding_cell;

static eh_status take_finding(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    finding_cell *f = data;
    copy(f->finding, 24, cells[0].text);
    *f->is_listed = cells[1].integer != 0;
    return EH_OK;
}

eh_status appeal_finding(eh_investigation *inv, const char *run_id, eh_str account, char finding[24], bool *is_listed, eh_error *err)
{
    finding_cell f = {finding, is_listed};
    finding[0] = 0;
    *is_listed = false;
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, "SELECT finding, listed FROM findings WHERE run_id = '%s' AND account_id = ", run_id);
    if (status == EH_OK) status = eh_sql_quote(&sql, account, err);
    if (status == EH_OK) status = eh_store_query(inv->store, sql.data, NULL, take_finding, &f, err);
    eh_buf_release(&sql);
    return status;
}

static eh_status take_appeal(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    appeal_row *row = data;
    row->appeal_id = (uint64_t)cells[0].integer;
    row->decision_id = cells[1].type == EH_CELL_NULL ? 0 : (uint64_t)cells[1].integer;
    copy(row->run_id, sizeof row->run_id, cells[2].text);
    copy(row->key_id, sizeof row->key_id, cells[3].text);
    copy(row->finding_before, sizeof row->finding_before, cells[4].text);
    row->n_steps = (uint64_t)cells[6].integer;
    if (!eh_appeal_state_of(cells[5].text, &row->state)) return eh_fail(err, EH_E_FORMAT, "an appeal has an unknown state");
    return eh_buf_add_str(&row->account, cells[7].text, err);
}

eh_status appeal_load(eh_investigation *inv, uint64_t appeal_id, appeal_row *out, eh_error *err)
{
    char sql[384];
    *out = (appeal_row){.account = EH_BUF_INIT(inv->ctx)};
    (void)snprintf(sql, sizeof sql,
                   "SELECT appeal_id, decision_id, run_id, key_id, finding_before, state, (SELECT count(*) FROM appeal_steps s WHERE "
                   "s.appeal_id = a.appeal_id), account_id FROM appeals a WHERE appeal_id = %llu",
                   (unsigned long long)appeal_id);
    EH_TRY(eh_store_query(inv->store, sql, NULL, take_appeal, out, err));
    if (out->appeal_id) return EH_OK;
    return eh_fail(err, EH_E_NOT_FOUND, "there is no appeal %llu; evenhand appeal list INV tells them", (unsigned long long)appeal_id);
}

void appeal_row_release(appeal_row *row) { eh_buf_release(&row->account); }

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static eh_status take_decision(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    appeal_row *row = data;
    copy(row->run_id, sizeof row->run_id, cells[0].text);
    return eh_buf_add_str(&row->account, cells[1].text, err);
}

/* Fills account, decision and run of what is contested. */
static eh_status find_subject(eh_investigation *inv, const eh_appeal_request *request, appeal_row *row, eh_error *err)
{
    char sql[128];
    row->decision_id = request->decision_id;
    if (row->decision_id) {
        (void)snprintf(sql, sizeof sql, "SELECT run_id, account_id FROM decisions WHERE decision_id = %llu",
                       (unsigned long long)row->decision_id);
        EH_TRY(eh_store_query(inv->store, sql, NULL, take_decision, row, err));
        if (!row->account.size)
            return eh_fail(err, EH_E_NOT_FOUND, "there is no decision %llu", (unsigned long long)row->decision_id);
        if (request->account_id && !eh_str_is(eh_buf_str(&row->account), request->account_id))
            return eh_fail(err, EH_E_INVALID, "decision %llu is about another account", (unsigned long long)row->decision_id);
        return EH_OK;
    }
    if (!request->account_id) return eh_fail(err, EH_E_INVALID, "an appeal needs an account or a decision");
    EH_TRY(eh_investigation_find_run(inv, request->run_id, row->run_id, err));
    return eh_buf_add_str(&row->account, eh_str_of(request->account_id), err);
}

static eh_status check_request(const eh_appeal_request *request, eh_error *err)
{
    eh_str by = eh_str_of(request->raised_by ? request->raised_by : "");
    if (!by.size || !eh_ledger_actor_is_valid(by))
        return eh_fail(err, EH_E_INVALID, "say who appeals: a pseudonym of at most %d bytes on one line", EH_MOST_ACTOR_SIZE);
    eh_str reasons = eh_str_of(request->reasons ? request->reasons : "");
    if (!reasons.size || reasons.size > EH_MOST_REASONS_SIZE || !eh_utf8_is_valid(reasons))
        return eh_fail(err, EH_E_INVALID, "reasons are needed: UTF-8 text of at most %d bytes", EH_MOST_REASONS_SIZE);
    if (request->n_materials > EH_MOST_MATERIALS)
        return eh_fail(err, EH_E_LIMIT, "at most %d files can be given", EH_MOST_MATERIALS);
    return EH_OK;
}

static eh_status check_not_open(eh_investigation *inv, const appeal_row *row, eh_error *err)
{
    int64_t n = 0;
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_buf_printf(&sql, err,
                                     "SELECT coalesce(max(appeal_id), 0) FROM appeals WHERE outcome = '' AND run_id = '%s' AND "
                                     "coalesce(decision_id, 0) = %llu AND account_id = ",
                                     row->run_id, (unsigned long long)row->decision_id);
    if (status == EH_OK) status = eh_sql_quote(&sql, eh_buf_str(&row->account), err);
    if (status == EH_OK) status = eh_store_integer(inv->store, sql.data, &n, err);
    eh_buf_release(&sql);
    if (status == EH_OK && n > 0) return eh_fail(err, EH_E_INVALID, "appeal %lld about the same is not decided yet", (long long)n);
    return status;
}

static eh_status store_materials(eh_investigation *inv, uint64_t appeal_id, const eh_appeal_request *request, eh_appender *a,
                                 eh_error *err)
{
    for (size_t i = 0; i < request->n_materials; i++) {
        const eh_appeal_material *m = &request->materials[i];
        const char *slash = strrchr(m->path, '/'), *name = slash ? slash + 1 : m->path;
        char hex[eh_sha256_hex_size];
        struct stat found;
        EH_TRY(eh_sha256_file(m->path, hex, err));
        if (stat(m->path, &found) != 0 || !eh_utf8_is_valid(eh_str_of(name)) || m->kind < 0 || m->kind >= EH_N_MATERIAL_KINDS)
            return eh_fail_at(err, EH_E_INVALID, m->path, -1, -1, "cannot be taken as counter-evidence");
        eh_appender_int(a, (int64_t)appeal_id);
        eh_appender_int(a, (int64_t)i + 1);
        eh_appender_text(a, eh_str_of(kinds[m->kind]));
        eh_appender_text(a, eh_str_of(name));
        eh_appender_text(a, eh_str_of(hex));
        eh_appender_int(a, (int64_t)found.st_size);
        EH_TRY(eh_appender_end_row(a, err));
    }
    (void)inv;
    return EH_OK;
}

static eh_status store_appeal(eh_investigation *inv, appeal_row *row, const eh_appeal_request *request, int64_t now_us, eh_error *err)
{
    eh_appender *a;
    EH_TRY(eh_appender_open(inv->store, "appeals", &a, err));
    eh_appender_int(a, (int64_t)row->appeal_id);
    eh_appender_text(a, eh_buf_str(&row->account));
    eh_appender_text(a, eh_str_of(row->run_id));
    if (row->decision_id)
        eh_appender_int(a, (int64_t)row->decision_id);
    else
        eh_appender_null(a);
    eh_appender_text(a, eh_str_of(request->raised_by));
    eh_appender_text(a, eh_str_of(request->reasons));
    eh_appender_time(a, now_us);
    eh_appender_time(a, now_us + (request->due_us > 0 ? request->due_us : 30 * EH_DAY_US));
    eh_appender_text(a, eh_str_of(states[EH_APPEAL_RECEIVED]));
    eh_appender_time(a, now_us);
    eh_appender_text(a, eh_str_of(""));
    eh_appender_null(a);
    eh_appender_text(a, eh_str_of(""));
    eh_appender_text(a, eh_str_of(row->finding_before));
    for (int i = 0; i < 5; i++) eh_appender_null(a);
    eh_status status = eh_appender_end_row(a, err);
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

static eh_status store_opening(eh_investigation *inv, appeal_row *row, const eh_appeal_request *request, eh_error *err)
{
    int64_t n, now_us = appeal_now_us();
    eh_appender *a;
    EH_TRY(eh_store_integer(inv->store, "SELECT coalesce(max(appeal_id), 0) + 1 FROM appeals", &n, err));
    row->appeal_id = (uint64_t)n;
    EH_TRY(store_appeal(inv, row, request, now_us, err));
    EH_TRY(eh_appender_open(inv->store, "appeal_materials", &a, err));
    eh_status status = store_materials(inv, row->appeal_id, request, a, err);
    if (status == EH_OK) status = eh_appender_close(&a, err);
    if (a) eh_appender_discard(&a);
    EH_TRY(status);
    return appeal_add_step(inv, row, EH_APPEAL_RECEIVED, request->reasons, "", NULL, now_us, err);
}

eh_status eh_appeal_open(eh_investigation *inv, const eh_appeal_request *request, uint64_t *appeal_id, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    bool is_listed;
    *appeal_id = 0;
    EH_TRY(inv_check_writable(inv, err));
    EH_TRY(check_request(request, err));
    appeal_row row = {.account = EH_BUF_INIT(inv->ctx)};
    eh_status status = find_subject(inv, request, &row, err);
    if (status == EH_OK) status = appeal_finding(inv, row.run_id, eh_buf_str(&row.account), row.finding_before, &is_listed, err);
    if (status == EH_OK && !row.finding_before[0])
        status = eh_fail(err, EH_E_NOT_FOUND, "run %s has no finding about this account; give its id as it stands in accounts.csv", row.run_id);
    if (status == EH_OK) status = check_not_open(inv, &row, err);
    if (status == EH_OK) status = eh_store_exec(inv->store, "BEGIN", err);
    if (status == EH_OK) status = inv_end_transaction(inv, store_opening(inv, &row, request, err), err);
    if (status == EH_OK) *appeal_id = row.appeal_id;
    appeal_row_release(&row);
    return status;
}
