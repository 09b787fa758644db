/* Decisions: a table of account and decision becomes one contestable record, and one leaf of the ledger, per account. */
#include "cases/appeals_private.h"

#include "base/dict.h"
#include "base/hash.h"
#include "ingest/csv_scan.h"
#include "ledger/ledger_private.h"

#include <stdio.h>

enum { most_decision_size = 200 };

typedef struct decision_reader {
    eh_investigation *inv;
    const char *path;
    eh_dict accounts;
    eh_buf words; /* each decision and a NUL, in the order of accounts */
    int account_column, decision_column;
} decision_reader;

static eh_status read_header(decision_reader *r, const eh_csv *csv, eh_error *err)
{
    r->account_column = r->decision_column = -1;
    for (size_t i = 0; i < csv->n_fields; i++) {
        if (eh_str_is_nocase(csv->fields[i], "account_id") || eh_str_is_nocase(csv->fields[i], "account")) r->account_column = (int)i;
        if (eh_str_is_nocase(csv->fields[i], "decision")) r->decision_column = (int)i;
    }
    if (r->account_column >= 0 && r->decision_column >= 0) return EH_OK;
    return eh_fail_at(err, EH_E_FORMAT, r->path, 1, -1, "needs the columns account_id and decision");
}

static bool is_plain(eh_str text, size_t most)
{
    if (text.size == 0 || text.size > most || !eh_utf8_is_valid(text)) return false;
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < 0x20) return false;
    return true;
}

static eh_status read_row(decision_reader *r, const eh_csv *csv, int64_t row, eh_error *err)
{
    size_t n = csv->n_fields;
    if ((size_t)r->account_column >= n || (size_t)r->decision_column >= n)
        return eh_fail_at(err, EH_E_FORMAT, r->path, row, csv->byte, "has too few columns");
    eh_str account = csv->fields[r->account_column], decision = csv->fields[r->decision_column];
    if (!is_plain(account, 1000)) return eh_fail_at(err, EH_E_FORMAT, r->path, row, csv->byte, "no account id stands here");
    if (!is_plain(decision, most_decision_size))
        return eh_fail_at(err, EH_E_FORMAT, r->path, row, csv->byte, "the decision must be one to %d bytes of text", most_decision_size);
    uint32_t number, n_before = r->accounts.n;
    EH_TRY(eh_dict_add(&r->accounts, account, &number, err));
    if (number < n_before)
        return eh_fail_at(err, EH_E_FORMAT, r->path, row, csv->byte, "this account stands here twice; one decision each");
    EH_TRY(eh_buf_add_str(&r->words, decision, err));
    return eh_buf_add(&r->words, "", 1, err);
}

static eh_status read_rows(decision_reader *r, eh_csv *csv, eh_error *err)
{
    eh_window *w = csv->window;
    while (!w->is_end && w->end - w->pos < 3) EH_TRY(eh_window_fill(w, err));
    if (w->end - w->pos >= 3 && memcmp(w->data + w->pos, "\xEF\xBB\xBF", 3) == 0) w->pos += 3;
    EH_TRY(eh_csv_sniff(csv, err));
    for (int64_t row = 1;; row++) {
        eh_csv_outcome outcome = EH_CSV_END;
        EH_TRY(eh_csv_next(csv, &outcome, err));
        if (outcome == EH_CSV_END) return EH_OK;
        if (outcome != EH_CSV_RECORD)
            return eh_fail_at(err, EH_E_FORMAT, r->path, row, csv->byte, "a quote does not close, or the line is too long");
        EH_TRY(row == 1 ? read_header(r, csv, err) : read_row(r, csv, row, err));
    }
}

static eh_status read_table(decision_reader *r, eh_error *err)
{
    eh_context *ctx = r->inv->ctx;
    eh_window window = {.ctx = ctx};
    eh_csv csv;
    EH_TRY(eh_source_open(ctx, r->path, &window.source, err));
    eh_csv_init(&csv, ctx, &window);
    eh_status status = read_rows(r, &csv, err);
    if (status == EH_OK && eh_source_problem(window.source))
        status = eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "%s", eh_source_problem(window.source));
    if (status == EH_OK && r->accounts.n == 0) status = eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "holds no decision");
    eh_csv_release(&csv);
    eh_window_release(&window);
    eh_source_close(window.source);
    return status;
}

/* ---- storing ------------------------------------------------------------------------------------------------------- */

typedef struct decision_store {
    const char *run_id, *clause;
    const eh_key *key;
    char key_id[17];
    int64_t now_us;
    eh_decision_batch *batch;
} decision_store;

static eh_status decision_payload(const decision_store *s, uint64_t id, eh_str account, eh_str decision, eh_buf *out, eh_error *err)
{
    char public_key[2 * EH_KEY_SIZE + 1], signature_hex[2 * EH_SIGNATURE_SIZE + 1];
    unsigned char signature[EH_SIGNATURE_SIZE];
    eh_buf_clear(out);
    EH_TRY(eh_buf_printf(out, err, "evenhand decision 1\n{\"decision_id\": %llu, \"batch_id\": %llu, \"account_id\": ",
                         (unsigned long long)id, (unsigned long long)s->batch->batch_id));
    EH_TRY(eh_ledger_json(out, account, err));
    EH_TRY(eh_buf_printf(out, err, ", \"decision\": "));
    EH_TRY(eh_ledger_json(out, decision, err));
    EH_TRY(eh_buf_printf(out, err, ", \"run_id\": \"%s\", \"clause\": ", s->run_id));
    EH_TRY(eh_ledger_json(out, eh_str_of(s->clause), err));
    EH_TRY(eh_buf_printf(out, err, "}"));
    EH_TRY(eh_key_sign(s->key, eh_buf_str(out), signature, err));
    /* The leaf: the same object, then who signed the text before it. */
    size_t head = strlen("evenhand decision 1\n");
    memmove(out->data, out->data + head, out->size - head);
    out->size -= head + 1;
    eh_hex_text(s->key->public_key, EH_KEY_SIZE, public_key);
    eh_hex_text(signature, EH_SIGNATURE_SIZE, signature_hex);
    return eh_buf_printf(out, err, ", \"public_key\": \"%s\", \"signature\": \"%s\"}", public_key, signature_hex);
}

static eh_status store_one(eh_investigation *inv, const decision_store *s, eh_appender *a, uint64_t id, eh_str account, eh_str decision,
                           eh_buf *payload, eh_error *err)
{
    uint64_t seq;
    char finding[24];
    bool is_listed;
    EH_TRY(appeal_finding(inv, s->run_id, account, finding, &is_listed, err));
    if (!finding[0])
        return eh_fail(err, EH_E_NOT_FOUND, "'%.*s' is not an account of this archive", (int)(account.size < 60 ? account.size : 60),
                       account.data);
    s->batch->n_not_listed += !is_listed;
    EH_TRY(decision_payload(s, id, account, decision, payload, err));
    EH_TRY(eh_ledger_append(inv->ledger, "decision", eh_str_of(inv->actor), eh_buf_str(payload), &seq, err));
    eh_appender_int(a, (int64_t)id);
    eh_appender_int(a, (int64_t)s->batch->batch_id);
    eh_appender_text(a, account);
    eh_appender_text(a, decision);
    eh_appender_text(a, eh_str_of(s->run_id));
    eh_appender_text(a, eh_str_of(s->clause));
    eh_appender_text(a, eh_str_of(s->key_id));
    eh_appender_time(a, s->now_us);
    eh_appender_int(a, (int64_t)seq);
    return eh_appender_end_row(a, err);
}

static eh_status store_all(eh_investigation *inv, const decision_reader *r, decision_store *s, eh_error *err)
{
    int64_t n;
    eh_appender *a;
    EH_TRY(eh_store_integer(inv->store, "SELECT coalesce(max(decision_id), 0) FROM decisions", &n, err));
    s->batch->first_decision_id = (uint64_t)n + 1;
    EH_TRY(eh_store_integer(inv->store, "SELECT coalesce(max(batch_id), 0) + 1 FROM decisions", &n, err));
    s->batch->batch_id = (uint64_t)n;
    EH_TRY(eh_appender_open(inv->store, "decisions", &a, err));
    eh_buf payload = EH_BUF_INIT(inv->ctx);
    eh_status status = EH_OK;
    const char *word = r->words.data;
    for (uint32_t i = 0; i < r->accounts.n && status == EH_OK; i++) {
        status = store_one(inv, s, a, s->batch->first_decision_id + i, eh_dict_get(&r->accounts, i), eh_str_of(word), &payload, err);
        word += strlen(word) + 1;
    }
    eh_buf_release(&payload);
    s->batch->n_decisions = r->accounts.n;
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

eh_status eh_decisions_add(eh_investigation *inv, const char *path, const char *run_id, const char *clause, const eh_key *key,
                           eh_decision_batch *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char found[EH_RUN_ID_SIZE];
    *out = (eh_decision_batch){0};
    EH_TRY(inv_check_writable(inv, err));
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    if (clause && clause[0] && !is_plain(eh_str_of(clause), 1000))
        return eh_fail(err, EH_E_INVALID, "the clause must be at most 1000 bytes of text on one line");
    decision_reader reader = {.inv = inv, .path = path, .accounts = EH_DICT_INIT(inv->ctx), .words = EH_BUF_INIT(inv->ctx)};
    decision_store s = {.run_id = found, .clause = clause ? clause : "", .key = key, .now_us = appeal_now_us(), .batch = out};
    eh_key_id(key->public_key, s.key_id);
    eh_status status = read_table(&reader, err);
    if (status == EH_OK) status = eh_store_exec(inv->store, "BEGIN", err);
    if (status == EH_OK) status = inv_end_transaction(inv, store_all(inv, &reader, &s, err), err);
    eh_dict_release(&reader.accounts);
    eh_buf_release(&reader.words);
    return status;
}
