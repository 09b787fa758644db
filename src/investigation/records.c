/*
 * Payloads of the ledger. Each is made from the tables alone and is the same whenever it is made, so that what the tables say
 * today can be compared with what the ledger committed to. A run commits to the SHA-256 of its exports: anyone can make them again
 * and hash them.
 */
#include "base/hash.h"
#include "ingest/json_scan.h"
#include "investigation/cell_text.h"
#include "investigation/investigation_private.h"
#include "ledger/ledger_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

eh_status eh_investigation_set_actor(eh_investigation *inv, const char *actor, eh_error *err)
{
    const eh_ledger_record record = {"import", eh_str_of(actor ? actor : ""), {"", 0}};
    EH_TRY(eh_ledger_check_record(&record, err));
    (void)snprintf(inv->actor, sizeof inv->actor, "%s", actor ? actor : "");
    return EH_OK;
}

eh_ledger *eh_investigation_ledger(eh_investigation *inv) { return inv->ledger; }

static eh_status append(eh_investigation *inv, const char *type, const eh_buf *payload, eh_error *err)
{
    return eh_ledger_append(inv->ledger, type, eh_str_of(inv->actor), eh_buf_str(payload), NULL, err);
}

eh_status eh_investigation_record(eh_investigation *inv, const char *type, eh_str payload, eh_error *err)
{
    return eh_ledger_append(inv->ledger, type, eh_str_of(inv->actor), payload, NULL, err);
}

/* ---- rows as JSON ------------------------------------------------------------------------------------------------ */

/* Columns of runs that hold JSON. */
static bool is_json(const char *name) { return strcmp(name, "parameters") == 0 || strcmp(name, "inputs") == 0; }

/* One row: ("name": value, ...) of a query's columns. */
static eh_status add_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    eh_buf *to = data;
    char text[64];
    for (size_t i = 0; i < n_columns; i++) {
        EH_TRY(eh_buf_printf(to, err, "%s\"%s\": ", i ? ", " : "", columns[i].name));
        switch (cells[i].type) {
        case EH_CELL_NULL: EH_TRY(eh_buf_printf(to, err, "null")); break;
        case EH_CELL_BOOL: EH_TRY(eh_buf_printf(to, err, cells[i].integer ? "true" : "false")); break;
        case EH_CELL_INT:
        case EH_CELL_TIME: EH_TRY(eh_buf_printf(to, err, "%lld", (long long)cells[i].integer)); break;
        case EH_CELL_REAL: EH_TRY(eh_buf_printf(to, err, "%s", eh_real_text(cells[i].real, text))); break;
        case EH_CELL_TEXT:
            EH_TRY(is_json(columns[i].name) ? eh_buf_add_str(to, cells[i].text, err) : eh_ledger_json(to, cells[i].text, err));
            break;
        }
    }
    return EH_OK;
}

/* ---- payloads ---------------------------------------------------------------------------------------------------- */

static eh_status import_payload(eh_investigation *inv, int64_t source_id, eh_buf *out, eh_error *err)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "SELECT source_id, name, sha256, size_bytes, format, options, rows_read, rows_kept, rows_duplicate, rows_rejected "
                   "FROM sources WHERE source_id = %lld",
                   (long long)source_id);
    EH_TRY(eh_buf_printf(out, err, "{"));
    EH_TRY(eh_store_query(inv->store, sql, NULL, add_row, out, err));
    return eh_buf_printf(out, err, "}");
}

static eh_status run_payload(eh_investigation *inv, const char *run_id, eh_buf *out, eh_error *err)
{
    static const char *const things[] = {"accounts", "edges", "networks", "ties", "evidence"};
    char query[256], hex[eh_sha256_hex_size];
    (void)snprintf(query, sizeof query,
                   "SELECT run_id, version, seed, parameters, inputs, n_accounts, n_listed_accounts, n_listed_pairs FROM runs WHERE "
                   "run_id = '%s'",
                   run_id);
    EH_TRY(eh_buf_printf(out, err, "{"));
    EH_TRY(eh_store_query(inv->store, query, NULL, add_row, out, err));
    EH_TRY(eh_buf_printf(out, err, ", \"files\": {"));
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    eh_status status = EH_OK;
    for (size_t i = 0; i < sizeof things / sizeof *things && status == EH_OK; i++) {
        eh_buf_clear(&sql);
        status = eh_tables_select(&sql, eh_table_file_of(things[i]), run_id, err);
        if (status == EH_OK) status = eh_hash_rows(inv->store, sql.data, hex, err);
        if (status == EH_OK) status = eh_buf_printf(out, err, "%s\"%s.csv\": \"%s\"", i ? ", " : "", things[i], hex);
    }
    eh_buf_release(&sql);
    EH_TRY(status);
    return eh_buf_printf(out, err, "}}");
}

static eh_status calibration_payload(eh_investigation *inv, const char *run_id, eh_buf *out, eh_error *err)
{
    char hex[eh_sha256_hex_size] = "", *text = NULL;
    size_t size = 0;
    eh_outfile file = {.ctx = inv->ctx, .stream = open_memstream(&text, &size)};
    if (!file.stream) return eh_fail(err, EH_E_NOMEM, "out of memory");
    eh_status status = inv_write_calibration_file(inv, run_id, &file, err);
    if (fclose(file.stream) != 0 && status == EH_OK) status = eh_fail(err, EH_E_NOMEM, "out of memory");
    if (status == EH_OK) {
        eh_sha256 hash;
        eh_sha256_init(&hash);
        eh_sha256_add(&hash, text, size);
        eh_sha256_final(&hash, hex);
    }
    eh_free_foreign(text);
    EH_TRY(status);
    return eh_buf_printf(out, err, "{\"run_id\": \"%s\", \"files\": {\"calibration.json\": \"%s\"}}", run_id, hex);
}

/* Verdicts in words, everything by hash: no account. */
static eh_status check_payload(eh_investigation *inv, const char *check_id, eh_buf *out, eh_error *err)
{
    static const char *const things[] = {"claim_checks", "claim_results", "claim_powers", "claim_account_results", "claim_added"};
    char sql[256], hex[eh_sha256_hex_size];
    (void)snprintf(sql, sizeof sql, "SELECT check_id, claim_id, tested_run_id AS run_id, both_ways FROM claim_checks WHERE check_id = '%s'", check_id);
    EH_TRY(eh_buf_printf(out, err, "{"));
    EH_TRY(eh_store_query(inv->store, sql, NULL, add_row, out, err));
    (void)snprintf(sql, sizeof sql, "SELECT string_agg('\"' || verdict || '\"', ', ' ORDER BY part) FROM claim_results WHERE check_id = '%s' AND list = 'alleged'", check_id);
    EH_TRY(eh_buf_printf(out, err, ", \"verdicts\": ["));
    EH_TRY(eh_store_text(inv->store, sql, out, err));
    EH_TRY(eh_buf_printf(out, err, "], \"files\": {"));
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        (void)snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE check_id = '%s' ORDER BY ALL", things[i], check_id);
        EH_TRY(eh_hash_rows(inv->store, sql, hex, err));
        EH_TRY(eh_buf_printf(out, err, "%s\"%s.csv\": \"%s\"", i ? ", " : "", things[i], hex));
    }
    return eh_buf_printf(out, err, "}}");
}

static eh_status import_payload_of(eh_investigation *inv, const char *id, eh_buf *out, eh_error *err)
{
    return import_payload(inv, strtoll(id, NULL, 10), out, err);
}

/* What is recorded from tables alone, so that it can be compared later: a thing's leaf, and how to write it anew. */
typedef struct record_kind {
    const char *type, *key; /* of the payload */
    const char *table, *column;
    eh_status (*payload)(eh_investigation *inv, const char *id, eh_buf *out, eh_error *err);
} record_kind;
static const record_kind kinds[] = {{"import", "source_id", "sources", "CAST(source_id AS VARCHAR)", import_payload_of},
                                    {"run", "run_id", "runs", "run_id", run_payload},
                                    {"calibration", "run_id", "calibrations", "run_id", calibration_payload},
                                    {"claim_check", "check_id", "claim_checks", "check_id", check_payload}};

static const record_kind *kind_of(eh_str type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (eh_str_is(type, kinds[i].type)) return &kinds[i];
    return NULL;
}

/* ---- recording --------------------------------------------------------------------------------------------------- */

eh_status eh_investigation_record_thing(eh_investigation *inv, const char *type, const char *id, eh_error *err)
{
    eh_buf payload = EH_BUF_INIT(inv->ctx);
    eh_status status = kind_of(eh_str_of(type))->payload(inv, id, &payload, err);
    if (status == EH_OK) status = append(inv, type, &payload, err);
    eh_buf_release(&payload);
    return status;
}

static eh_status add_file(eh_buf *out, const eh_exported_file *file, eh_error *err)
{
    char hex[eh_sha256_hex_size];
    const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path;
    bool is_stream = strcmp(file->path, "-") == 0;
    if (!is_stream) EH_TRY(eh_sha256_file(file->path, hex, err));
    EH_TRY(eh_buf_printf(out, err, "{\"what\": \"%s\", \"name\": ", file->what));
    eh_str shown = eh_str_of(name);
    EH_TRY(eh_ledger_json(out, eh_utf8_is_valid(shown) ? shown : (eh_str){"?", 1}, err));
    return is_stream ? eh_buf_printf(out, err, ", \"sha256\": null}") : eh_buf_printf(out, err, ", \"sha256\": \"%s\"}", hex);
}

eh_status eh_investigation_record_export(eh_investigation *inv, const char *run_id, const eh_exported_file *files,
                                         size_t n_files, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char found[EH_RUN_ID_SIZE];
    EH_TRY(inv_check_writable(inv, err));
    eh_buf payload = EH_BUF_INIT(inv->ctx);
    bool has_run = !run_id || run_id[0];
    eh_status status = has_run ? eh_investigation_find_run(inv, run_id, found, err) : EH_OK;
    if (status == EH_OK)
        status = has_run ? eh_buf_printf(&payload, err, "{\"run_id\": \"%s\", \"files\": [", found)
                         : eh_buf_printf(&payload, err, "{\"run_id\": null, \"files\": [");
    for (size_t i = 0; i < n_files && status == EH_OK; i++) {
        if (i) status = eh_buf_add(&payload, ", ", 2, err);
        if (status == EH_OK) status = add_file(&payload, &files[i], err);
    }
    if (status == EH_OK) status = eh_buf_add(&payload, "]}", 2, err);
    if (status == EH_OK) {
        status = eh_store_exec(inv->store, "BEGIN", err);
        if (status == EH_OK) status = inv_end_transaction(inv, append(inv, "export", &payload, err), err);
    }
    eh_buf_release(&payload);
    return status;
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

typedef struct kept_record {
    uint64_t seq;
    const record_kind *kind;
    char *payload;
    size_t payload_size;
} kept_record;

typedef struct comparison {
    eh_investigation *inv;
    kept_record *records;
    size_t n, capacity;
    void (*on_problem)(void *data, const eh_ledger_problem *problem);
    void *data;
    uint64_t n_compared, n_problems;
} comparison;

static eh_status keep_record(void *data, const eh_ledger_leaf *leaf, eh_error *err)
{
    comparison *c = data;
    const record_kind *kind = kind_of(leaf->type);
    if (!kind || !leaf->payload.data) return EH_OK;
    EH_TRY(eh_reserve(c->inv->ctx, (void **)&c->records, &c->capacity, c->n + 1, sizeof *c->records, err));
    kept_record *record = &c->records[c->n];
    *record = (kept_record){.seq = leaf->seq, .kind = kind, .payload_size = leaf->payload.size};
    record->payload = eh_strndup(c->inv->ctx, leaf->payload.data, leaf->payload.size, err);
    if (!record->payload) return err->status;
    c->n++;
    return EH_OK;
}

static void tell(comparison *c, uint64_t seq, const char *message)
{
    const eh_ledger_problem problem = {seq, "tables", message};
    c->n_problems++;
    if (c->on_problem) c->on_problem(c->data, &problem);
}

/* The first member, of "files" too, that is not the same in both. */
static void differing(const eh_json *was, uint32_t was_node, const eh_json *is, uint32_t is_node, eh_str *name)
{
    uint32_t end = was->nodes[was_node].next;
    for (uint32_t key = was_node + 1; key < end && !name->data; key = was->nodes[key + 1].next) {
        uint32_t value = key + 1, other = eh_json_get_str(is, is_node, was->nodes[key].text);
        bool is_same = other != EH_JSON_NONE && eh_str_equal(was->nodes[value].text, is->nodes[other].text);
        if (is_same) continue;
        if (other != EH_JSON_NONE && was->nodes[value].type == EH_JSON_OBJECT && is->nodes[other].type == EH_JSON_OBJECT)
            differing(was, value, is, other, name);
        if (!name->data) *name = was->nodes[key].text;
    }
}

static eh_status parse(comparison *c, eh_json *json, eh_str text, bool *is_object, eh_error *err)
{
    bool is_valid = false;
    size_t bad_at;
    eh_json_init(json, c->inv->ctx);
    EH_TRY(eh_json_parse(json, text, &is_valid, &bad_at, err));
    *is_object = is_valid && eh_json_is(json, 0, EH_JSON_OBJECT);
    return EH_OK;
}

/* What the tables say today about the thing that a payload names; empty where it is gone. */
static eh_status payload_now(comparison *c, const kept_record *record, const eh_json *was, eh_buf *now, eh_error *err)
{
    char sql[128], id[32];
    int64_t n = 0;
    eh_str name = eh_json_get_text(was, 0, record->kind->key);
    if (name.size == 0 || name.size > 18) return EH_OK;
    for (size_t i = 0; i < name.size; i++)
        if (!strchr("0123456789abcdef", name.data[i])) return EH_OK;
    (void)snprintf(id, sizeof id, "%.*s", (int)name.size, name.data);
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s = '%s'", record->kind->table, record->kind->column, id);
    EH_TRY(eh_store_integer(c->inv->store, sql, &n, err));
    return n == 0 ? EH_OK : record->kind->payload(c->inv, id, now, err);
}

static eh_status compare(comparison *c, const kept_record *record, const eh_json *was, eh_error *err)
{
    char message[160];
    eh_str name = {NULL, 0}, old = {record->payload, record->payload_size};
    eh_buf now = EH_BUF_INIT(c->inv->ctx);
    eh_json is;
    bool is_object = false;
    eh_status status = payload_now(c, record, was, &now, err);
    if (status == EH_OK && now.size == 0) tell(c, record->seq, "what this leaf records is no longer in the tables");
    if (status == EH_OK && now.size > 0 && !eh_str_equal(old, eh_buf_str(&now))) {
        status = parse(c, &is, eh_buf_str(&now), &is_object, err);
        if (status == EH_OK && is_object) differing(was, 0, &is, 0, &name);
        (void)snprintf(message, sizeof message, "the tables no longer say what this leaf recorded: %.*s differs",
                       name.data ? (int)name.size : 4, name.data ? name.data : "what");
        if (status == EH_OK) tell(c, record->seq, message);
        eh_json_release(&is);
    }
    eh_buf_release(&now);
    return status;
}

/* A calibration replaces the one before it: only the last of each run can be compared. */
static bool is_replaced(const comparison *c, size_t i)
{
    if (strcmp(c->records[i].kind->type, "calibration") != 0) return false;
    static const size_t head_size = sizeof "{\"run_id\": \"0123456789abcdef\"" - 1;
    for (size_t k = i + 1; k < c->n; k++)
        if (c->records[k].kind == c->records[i].kind && c->records[i].payload_size >= head_size &&
            c->records[k].payload_size >= head_size && memcmp(c->records[i].payload, c->records[k].payload, head_size) == 0)
            return true;
    return false;
}

static eh_status compare_all(comparison *c, eh_error *err)
{
    for (size_t i = 0; i < c->n; i++) {
        if (is_replaced(c, i)) continue;
        eh_context_report(c->inv->ctx, "comparing the tables with the ledger", i, c->n);
        eh_json was;
        bool is_object = false;
        eh_status status = parse(c, &was, (eh_str){c->records[i].payload, c->records[i].payload_size}, &is_object, err);
        if (status == EH_OK && is_object) status = compare(c, &c->records[i], &was, err);
        if (status == EH_OK && !is_object) tell(c, c->records[i].seq, "the payload is no JSON object");
        eh_json_release(&was);
        EH_TRY(status);
        c->n_compared++;
    }
    return EH_OK;
}

eh_status eh_investigation_compare_ledger(eh_investigation *inv,
                                          void (*on_problem)(void *data, const eh_ledger_problem *problem), void *data,
                                          uint64_t *n_compared, uint64_t *n_problems, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    comparison c = {.inv = inv, .on_problem = on_problem, .data = data};
    eh_status status = eh_ledger_each(inv->ledger, keep_record, &c, err);
    if (status == EH_OK) status = compare_all(&c, err);
    for (size_t i = 0; i < c.n; i++) eh_free(inv->ctx, c.records[i].payload);
    eh_free(inv->ctx, c.records);
    *n_compared = c.n_compared;
    *n_problems = c.n_problems;
    return status;
}

/* ---- what no longer fits ------------------------------------------------------------------------------------------ */

static eh_status add_stale(comparison *c, size_t i, inv_stale_records *out, eh_error *err)
{
    const kept_record *record = &c->records[i];
    eh_json was;
    bool is_object = false;
    eh_buf now = EH_BUF_INIT(c->inv->ctx);
    eh_status status = parse(c, &was, (eh_str){record->payload, record->payload_size}, &is_object, err);
    if (status == EH_OK && is_object) status = payload_now(c, record, &was, &now, err);
    if (status == EH_OK && !eh_str_equal((eh_str){record->payload, record->payload_size}, eh_buf_str(&now)))
        status = eh_reserve(c->inv->ctx, (void **)&out->items, &out->capacity, out->n + 1, sizeof *out->items, err);
    else
        is_object = false;
    if (status == EH_OK && is_object) {
        inv_stale_record *item = &out->items[out->n++];
        eh_str id = eh_json_get_text(&was, 0, record->kind->key);
        *item = (inv_stale_record){.seq = record->seq, .type = record->kind->type, .is_gone = now.size == 0};
        (void)snprintf(item->id, sizeof item->id, "%.*s", (int)id.size, id.size ? id.data : "");
    }
    eh_json_release(&was);
    eh_buf_release(&now);
    return status;
}

eh_status inv_find_stale_records(eh_investigation *inv, inv_stale_records *out, eh_error *err)
{
    comparison c = {.inv = inv};
    *out = (inv_stale_records){0};
    eh_status status = eh_ledger_each(inv->ledger, keep_record, &c, err);
    for (size_t i = 0; i < c.n && status == EH_OK; i++)
        if (!is_replaced(&c, i)) status = add_stale(&c, i, out, err);
    for (size_t i = 0; i < c.n; i++) eh_free(inv->ctx, c.records[i].payload);
    eh_free(inv->ctx, c.records);
    return status;
}
