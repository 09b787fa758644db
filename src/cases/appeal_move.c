/*
 * Steps of an appeal. What a reviewer signs (Ed25519) are these lines, each ending with a line feed:
 *
 *   evenhand appeal step 1
 *   appeal 3
 *   step 2
 *   state admissible
 *   run 0123456789abcdef
 *   decision 17                          (0: the finding alone)
 *   account e3b0c442...                  (SHA-256 of the account's id)
 *   reasons 5dc9da79...                  (SHA-256 of the reasons)
 *   found strong -> none                 (recomputed; else empty)
 *   time 2026-11-24T12:39:37.000123Z
 */
#include "cases/appeals_private.h"

#include "base/hash.h"
#include "ledger/ledger_private.h"

#include <stdio.h>

/* ---- who may review ---------------------------------------------------------------------------------------------- */

static eh_status count_of(eh_investigation *inv, const char *before, eh_str account, const char *after, int64_t *n, eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, "%s", before);
    if (status == EH_OK) status = eh_sql_quote(&sql, account, err);
    if (status == EH_OK) status = eh_buf_printf(&sql, err, "%s", after);
    if (status == EH_OK) status = eh_store_integer(inv->store, sql.data, n, err);
    eh_buf_release(&sql);
    return status;
}

/* Whose signature was the first over the run's leaf; empty where nobody signed. */
static eh_status signer_of_run(eh_investigation *inv, const char *run_id, char key_id[17], eh_error *err)
{
    char sql[768];
    unsigned char public_key[EH_KEY_SIZE];
    eh_buf hex = EH_BUF_INIT(inv->ctx);
    /* Where a purge recorded the run anew, its leaf tells the number of the first. */
    (void)snprintf(sql, sizeof sql,
                   "SELECT coalesce((SELECT public_key FROM ledger_heads WHERE n_leaves > (SELECT min(CASE WHEN l.type = 'run' THEN l.seq ELSE "
                   "CAST(regexp_extract(p.payload, '\"run %s\": ([0-9]+)', 1) AS BIGINT) END) FROM ledger l JOIN ledger_payloads p ON p.seq = l.seq "
                   "WHERE (l.type = 'run' AND starts_with(p.payload, '{\"run_id\": \"%s\"')) OR (l.type = 'purge' AND contains(p.payload, '\"run %s\": '))) "
                   "ORDER BY n_leaves, time LIMIT 1), '')",
                   run_id, run_id, run_id);
    key_id[0] = 0;
    eh_status status = eh_store_text(inv->store, sql, &hex, err);
    if (status == EH_OK && eh_bytes_of_hex(eh_buf_str(&hex), public_key, EH_KEY_SIZE)) eh_key_id(public_key, key_id);
    eh_buf_release(&hex);
    return status;
}

eh_status appeal_check_reviewer(eh_investigation *inv, const appeal_row *row, const eh_key *key, eh_error *err)
{
    char key_id[17], signer[17], after[96];
    int64_t n;
    eh_key_id(key->public_key, key_id);
    if (row->key_id[0] && strcmp(row->key_id, key_id) != 0)
        return eh_fail(err, EH_E_INVALID, "appeal %llu is with the reviewer of key %s; nobody else may go on", (unsigned long long)row->appeal_id,
                       row->key_id);
    (void)snprintf(after, sizeof after, " AND key_id = '%s'", key_id);
    EH_TRY(count_of(inv, "SELECT count(*) FROM decisions WHERE account_id = ", eh_buf_str(&row->account), after, &n, err));
    if (n > 0)
        return eh_fail(err, EH_E_INVALID, "key %s decided about this account before; another reviewer is needed", key_id);
    (void)snprintf(after, sizeof after, " AND key_id = '%s' AND appeal_id <> %llu", key_id, (unsigned long long)row->appeal_id);
    EH_TRY(count_of(inv, "SELECT count(*) FROM appeals WHERE account_id = ", eh_buf_str(&row->account), after, &n, err));
    if (n > 0)
        return eh_fail(err, EH_E_INVALID, "key %s reviewed an appeal of this account before; another reviewer is needed", key_id);
    EH_TRY(signer_of_run(inv, row->run_id, signer, err));
    if (strcmp(signer, key_id) == 0)
        return eh_fail(err, EH_E_INVALID, "key %s signed the ledger over run %s, whose finding is contested; another reviewer is needed",
                       key_id, row->run_id);
    return EH_OK;
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

static eh_status step_text(const appeal_row *row, eh_appeal_state to, const char *reasons, const char *found, int64_t now_us, eh_buf *out,
                           eh_error *err)
{
    char account[65], why[65], time[eh_ledger_time_size];
    eh_sha256_text(eh_buf_str(&row->account), account);
    eh_sha256_text(eh_str_of(reasons), why);
    if (!eh_ledger_time_text(now_us, time)) return eh_fail(err, EH_E_INVALID, "the clock of this machine gives no valid time; set it right");
    return eh_buf_printf(out, err,
                         "evenhand appeal step 1\nappeal %llu\nstep %llu\nstate %s\nrun %s\ndecision %llu\naccount %s\nreasons %s\n"
                         "found %s\ntime %s\n",
                         (unsigned long long)row->appeal_id, (unsigned long long)row->n_steps + 1, eh_appeal_state_name(to), row->run_id,
                         (unsigned long long)row->decision_id, account, why, found, time);
}

static eh_status step_payload(eh_investigation *inv, const appeal_row *row, eh_str text, const char *state, const char *public_key,
                              const char *signature, eh_buf *out, eh_error *err)
{
    char sql[256];
    EH_TRY(eh_buf_printf(out, err, "{\"appeal_id\": %llu, \"state\": \"%s\", \"text\": ", (unsigned long long)row->appeal_id, state));
    EH_TRY(eh_ledger_json(out, text, err));
    EH_TRY(eh_buf_printf(out, err, ", \"public_key\": \"%s\", \"signature\": \"%s\", \"materials\": [", public_key, signature));
    (void)snprintf(sql, sizeof sql,
                   "SELECT coalesce(string_agg('{\"kind\": \"' || kind || '\", \"sha256\": \"' || sha256 || '\"}', ', ' ORDER BY number), '') "
                   "FROM appeal_materials WHERE appeal_id = %llu",
                   (unsigned long long)row->appeal_id);
    EH_TRY(eh_store_text(inv->store, sql, out, err));
    return eh_buf_printf(out, err, "]}");
}

static eh_status store_step(eh_investigation *inv, const appeal_row *row, eh_appeal_state to, const char *reasons, int64_t now_us,
                            eh_str text, const char *public_key, const char *signature, uint64_t seq, eh_error *err)
{
    eh_appender *a;
    EH_TRY(eh_appender_open(inv->store, "appeal_steps", &a, err));
    eh_appender_int(a, (int64_t)row->appeal_id);
    eh_appender_int(a, (int64_t)row->n_steps + 1);
    eh_appender_text(a, eh_str_of(eh_appeal_state_name(to)));
    eh_appender_time(a, now_us);
    eh_appender_text(a, eh_str_of(reasons));
    eh_appender_text(a, text);
    eh_appender_text(a, eh_str_of(public_key));
    eh_appender_text(a, eh_str_of(signature));
    eh_appender_int(a, (int64_t)seq);
    eh_status status = eh_appender_end_row(a, err);
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

eh_status appeal_add_step(eh_investigation *inv, const appeal_row *row, eh_appeal_state to, const char *reasons, const char *found,
                          const eh_key *key, int64_t now_us, eh_error *err)
{
    char public_key[2 * EH_KEY_SIZE + 1] = "", signature_hex[2 * EH_SIGNATURE_SIZE + 1] = "";
    unsigned char signature[EH_SIGNATURE_SIZE];
    uint64_t seq = 0;
    eh_buf text = EH_BUF_INIT(inv->ctx), payload = EH_BUF_INIT(inv->ctx);
    eh_status status = step_text(row, to, reasons, found, now_us, &text, err);
    if (status == EH_OK && key) {
        status = eh_key_sign(key, eh_buf_str(&text), signature, err);
        eh_hex_text(key->public_key, EH_KEY_SIZE, public_key);
        eh_hex_text(signature, EH_SIGNATURE_SIZE, signature_hex);
    }
    if (status == EH_OK)
        status = step_payload(inv, row, eh_buf_str(&text), eh_appeal_state_name(to), public_key, signature_hex, &payload, err);
    if (status == EH_OK) status = eh_ledger_append(inv->ledger, "appeal", eh_str_of(inv->actor), eh_buf_str(&payload), &seq, err);
    if (status == EH_OK) status = store_step(inv, row, to, reasons, now_us, eh_buf_str(&text), public_key, signature_hex, seq, err);
    eh_buf_release(&text);
    eh_buf_release(&payload);
    return status;
}

/* ---- moving ------------------------------------------------------------------------------------------------------ */

static bool is_outcome(eh_appeal_state state) { return state >= EH_APPEAL_UPHELD && state <= EH_APPEAL_INADMISSIBLE; }

static eh_status update(eh_investigation *inv, const appeal_row *row, eh_appeal_state to, const eh_key *key, const eh_appeal_result *r,
                        int64_t now_us, eh_error *err)
{
    char key_id[17];
    unsigned long long id = row->appeal_id;
    eh_key_id(key->public_key, key_id);
    EH_TRY(eh_store_execf(inv->store, err, "UPDATE appeals SET state = '%s', state_time = make_timestamp(%lld), key_id = '%s' WHERE appeal_id = %llu",
                          eh_appeal_state_name(to), (long long)now_us, key_id, id));
    if (is_outcome(to))
        EH_TRY(eh_store_execf(inv->store, err, "UPDATE appeals SET outcome = '%s', decided = make_timestamp(%lld) WHERE appeal_id = %llu",
                              eh_appeal_state_name(to), (long long)now_us, id));
    if (to == EH_APPEAL_RECOMPUTED)
        EH_TRY(eh_store_execf(inv->store, err,
                              "UPDATE appeals SET finding_again = '%s', fresh_run_id = '%s', n_differing = %llu WHERE appeal_id = %llu",
                              r->finding_again, r->fresh_run_id, (unsigned long long)r->n_differing, id));
    if (to == EH_APPEAL_REVERSED)
        EH_TRY(eh_store_execf(inv->store, err,
                              "UPDATE appeals SET corrected_run_id = '%s', n_changed = (SELECT count(*) FROM appeal_changes c WHERE "
                              "c.appeal_id = %llu) WHERE appeal_id = %llu",
                              r->corrected_run_id, id, id));
    return EH_OK;
}

static eh_status store_move(eh_investigation *inv, const appeal_row *row, eh_appeal_state to, const char *reasons, const eh_key *key,
                            eh_appeal_result *out, eh_error *err)
{
    char found[128] = "";
    int64_t now_us = appeal_now_us();
    if (to == EH_APPEAL_RECOMPUTED)
        (void)snprintf(found, sizeof found, "%s -> %s, run %s, %llu rows differ", row->finding_before, out->finding_again, out->fresh_run_id,
                       (unsigned long long)out->n_differing);
    if (to == EH_APPEAL_REVERSED) {
        EH_TRY(appeal_propagate(inv, row, out, err));
        (void)snprintf(found, sizeof found, "run %s, %llu findings and %llu links changed", out->corrected_run_id,
                       (unsigned long long)out->n_findings_changed, (unsigned long long)out->n_links_changed);
    }
    EH_TRY(update(inv, row, to, key, out, now_us, err));
    return appeal_add_step(inv, row, to, reasons, found, key, now_us, err);
}

static eh_status check_move(eh_investigation *inv, const appeal_row *row, eh_appeal_state to, eh_str reasons, const eh_key *key, eh_error *err)
{
    if (!eh_appeal_may_go(row->state, to))
        return eh_fail(err, EH_E_INVALID, "appeal %llu is %s and cannot become %s", (unsigned long long)row->appeal_id,
                       eh_appeal_state_name(row->state), eh_appeal_state_name(to));
    if (is_outcome(to) && !reasons.size) return eh_fail(err, EH_E_INVALID, "an outcome needs its reasons");
    if (reasons.size > EH_MOST_REASONS_SIZE || !eh_utf8_is_valid(reasons))
        return eh_fail(err, EH_E_INVALID, "reasons are UTF-8 text of at most %d bytes", EH_MOST_REASONS_SIZE);
    if (!key->is_secret) return eh_fail(err, EH_E_INVALID, "a public key cannot sign; give the file of the secret key");
    /* Whoever counts it published need not be the reviewer. */
    return to == EH_APPEAL_PUBLISHED && strcmp(row->key_id, "") != 0 ? EH_OK : appeal_check_reviewer(inv, row, key, err);
}

static eh_status move(eh_investigation *inv, const appeal_row *row, eh_appeal_state to, const char *reasons, const eh_key *key,
                      eh_appeal_result *out, eh_error *err)
{
    EH_TRY(check_move(inv, row, to, eh_str_of(reasons), key, err));
    (void)snprintf(out->finding_before, sizeof out->finding_before, "%s", row->finding_before);
    if (to == EH_APPEAL_RECOMPUTED) EH_TRY(appeal_recompute(inv, row, out, err));
    if (to == EH_APPEAL_REVERSED) EH_TRY(appeal_correct_run(inv, row, out, err));
    EH_TRY(eh_store_exec(inv->store, "BEGIN", err));
    EH_TRY(inv_end_transaction(inv, store_move(inv, row, to, reasons, key, out, err), err));
    out->state = to;
    return EH_OK;
}

eh_status eh_appeal_move(eh_investigation *inv, uint64_t appeal_id, eh_appeal_state to, const char *reasons, const eh_key *key,
                         eh_appeal_result *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    appeal_row row;
    *out = (eh_appeal_result){0};
    EH_TRY(inv_check_writable(inv, err));
    eh_status status = appeal_load(inv, appeal_id, &row, err);
    if (status == EH_OK) status = move(inv, &row, to, reasons ? reasons : "", key, out, err);
    appeal_row_release(&row);
    return status;
}
