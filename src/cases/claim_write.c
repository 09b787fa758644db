/* Stored claims and checks, told: JSON for programs, text for a person. */
#include "cases/claim_private.h"

#include "base/doc.h"
#include "base/outfile.h"
#include "base/time.h"

#include <stdio.h>
#include <string.h>

typedef struct teller {
    eh_store *store;
    eh_outfile out;
    bool is_json, has_row;
    const char *indent;
    char which[200]; /* SQL: the checks to tell of */
    eh_doc doc;
    eh_value *rows;  /* of the document, to which rows are added */
} teller;

/* One row as an object; times as text. */
static eh_status json_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    teller *t = data;
    char time[eh_time_text_size];
    (void)err;
    eh_value *row = eh_doc_object(&t->doc, t->rows, NULL);
    for (size_t i = 0; i < n_columns; i++) {
        const char *key = columns[i].name;
        switch (cells[i].type) {
        case EH_CELL_NULL: eh_doc_null(&t->doc, row, key); break;
        case EH_CELL_BOOL: eh_doc_bool(&t->doc, row, key, cells[i].integer != 0); break;
        case EH_CELL_INT: eh_doc_count(&t->doc, row, key, (uint64_t)cells[i].integer); break;
        case EH_CELL_TIME: eh_doc_words(&t->doc, row, key, eh_time_text(cells[i].integer, time)); break;
        case EH_CELL_REAL: eh_doc_real(&t->doc, row, key, cells[i].real); break;
        case EH_CELL_TEXT: eh_doc_text(&t->doc, row, key, cells[i].text.size ? cells[i].text : EH_STR_LITERAL("")); break;
        }
    }
    return EH_OK;
}

static eh_status json_rows(teller *t, const char *name, const char *sql, eh_error *err)
{
    t->rows = eh_doc_array(&t->doc, t->doc.root, name);
    return eh_store_query(t->store, sql, NULL, json_row, t, err);
}

/* Rows of a table that belong to the claim's checks, the latest check first. */
static eh_status json_of_checks(teller *t, const char *id, const char *name, const char *table, const char *order, eh_error *err)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql, "SELECT r.* FROM %s r JOIN claim_checks c USING (check_id) WHERE c.claim_id = '%s' AND c.check_id IN (%s) ORDER BY c.number DESC, %s", table, id, t->which, order);
    return json_rows(t, name, sql, err);
}

/* In canonical form, on one line. */
static eh_status end_json(teller *t, const eh_value *value, eh_error *err)
{
    eh_buf text = EH_BUF_INIT(eh_store_context(t->store));
    eh_status status = eh_doc_finish(&t->doc, err);
    if (status == EH_OK) status = eh_canonical_write(eh_store_context(t->store), value, &text, err);
    if (status == EH_OK) status = eh_buf_add(&text, "\n", 1, err);
    if (status == EH_OK) (void)fwrite(text.data, 1, text.size, t->out.stream);
    eh_buf_release(&text);
    return status;
}

static eh_status write_json(teller *t, const char *id, eh_error *err)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql, "SELECT * FROM claims WHERE claim_id = '%s'", id);
    EH_TRY(json_rows(t, "claim", sql, err));
    (void)snprintf(sql, sizeof sql, "SELECT * EXCLUDE (claim_id) FROM claim_parts WHERE claim_id = '%s' ORDER BY part", id);
    EH_TRY(json_rows(t, "parts", sql, err));
    (void)snprintf(sql, sizeof sql, "SELECT * EXCLUDE (claim_id) FROM claim_pushed WHERE claim_id = '%s' ORDER BY part, object", id);
    EH_TRY(json_rows(t, "pushed", sql, err));
    (void)snprintf(sql, sizeof sql, "SELECT * EXCLUDE (claim_id) FROM claim_material WHERE claim_id = '%s' ORDER BY ALL", id);
    EH_TRY(json_rows(t, "material", sql, err));
    (void)snprintf(sql, sizeof sql, "SELECT * FROM claim_checks WHERE claim_id = '%s' AND check_id IN (%s) ORDER BY number DESC", id, t->which);
    EH_TRY(json_rows(t, "checks", sql, err));
    EH_TRY(json_of_checks(t, id, "results", "claim_results", "r.list, r.part", err));
    EH_TRY(json_of_checks(t, id, "powers", "claim_powers", "r.list, r.part, r.n_objects", err));
    EH_TRY(json_of_checks(t, id, "accounts", "claim_account_results", "r.list, r.part, r.account_id", err));
    EH_TRY(json_of_checks(t, id, "added", "claim_added", "r.hop, r.q_value, r.account_id", err));
    return end_json(t, t->doc.root, err);
}

/* ---- text --------------------------------------------------------------------------------------------------------- */

/* A row whose columns are lines: "name      value". */
static eh_status text_lines(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    teller *t = data;
    (void)err;
    if (t->has_row) fputc('\n', t->out.stream);
    t->has_row = true;
    for (size_t i = 0; i < n_columns; i++) {
        if (cells[i].type == EH_CELL_NULL || (cells[i].type == EH_CELL_TEXT && !cells[i].text.size)) continue;
        fprintf(t->out.stream, "%s%-12s %.*s\n", t->indent, columns[i].name, (int)cells[i].text.size, cells[i].text.data);
    }
    return EH_OK;
}

static eh_status text_rows(teller *t, const char *indent, const char *sql, eh_error *err)
{
    t->has_row = false;
    t->indent = indent;
    return eh_store_query(t->store, sql, NULL, text_lines, t, err);
}

static eh_status write_text(teller *t, const char *id, eh_error *err)
{
    char sql[1400];
    (void)snprintf(sql, sizeof sql,
                   "SELECT claim_id AS claim, raised_by AS 'raised by', n_accounts || ' named; other side: ' || n_counter_accounts AS accounts, coalesce(CAST(from_time AS VARCHAR), 'open') || ' to ' "
                   "|| coalesce(CAST(to_time AS VARCHAR), 'open') AS time FROM claims WHERE claim_id = '%s'", id);
    EH_TRY(text_rows(t, "", sql, err));
    (void)snprintf(sql, sizeof sql,
                   "SELECT check_id AS 'check', tested_run_id AS run, printf('%%.4g, split among the parts to %%.4g', q, q_part) AS level, CASE both_ways WHEN 'tested' THEN 'the other side was put to the same tests' "
                   "WHEN 'declined' THEN 'DECLINED: the other side was not put to the same tests. Reason given: ' || declined_because ELSE 'NOT ASKED: put the same questions to the other side with --other FILE, or "
                   "say why not with --decline-other REASON' END AS 'both ways' FROM claim_checks WHERE check_id IN (%s)", t->which);
    EH_TRY(text_rows(t, "", sql, err));
    (void)snprintf(sql, sizeof sql,
                   "SELECT list || ' ' || part AS part, kind AS alleged, upper(replace(verdict, '_', ' ')) AS answer, n_supported || ' of ' || n_accounts || ' supported; about ' || printf('%%.1f', expected_false) || "
                   "' of them may be false' AS accounts, evidence_for AS 'for', evidence_against AS against, chance, power, coverage FROM claim_results WHERE check_id IN (%s) ORDER BY list, part", t->which);
    fputc('\n', t->out.stream);
    EH_TRY(text_rows(t, "", sql, err));
    (void)snprintf(sql, sizeof sql,
                   "SELECT account_id || '   hop ' || hop || ', ' || path AS added FROM claim_added WHERE check_id IN (%s) ORDER BY hop, q_value, account_id", t->which);
    return text_rows(t, "", sql, err);
}

static eh_status finish(teller *t, eh_status status, eh_error *err)
{
    eh_doc_release(&t->doc);
    if (status == EH_OK) return eh_outfile_commit(&t->out, err);
    eh_outfile_discard(&t->out);
    return status;
}

eh_status eh_claim_write(eh_investigation *inv, const char *claim_id, const char *check_id, bool is_json, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    teller t = {.store = eh_investigation_store(inv), .is_json = is_json};
    eh_claim claim;
    EH_TRY(claim_load(inv, claim_id, &claim, err)); /* whether there is one */
    if (check_id) (void)snprintf(t.which, sizeof t.which, "'%.16s'", check_id);
    else (void)snprintf(t.which, sizeof t.which, "SELECT check_id FROM claim_checks WHERE claim_id = '%s' ORDER BY number DESC%s", claim.claim_id, is_json ? "" : " LIMIT 1");
    eh_status status = eh_outfile_open(eh_store_context(t.store), path, &t.out, err);
    if (status == EH_OK) eh_doc_init(&t.doc, eh_store_context(t.store));
    if (status == EH_OK) status = finish(&t, is_json ? write_json(&t, claim.claim_id, err) : write_text(&t, claim.claim_id, err), err);
    eh_claim_release(&claim);
    return status;
}

static eh_status list_line(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    teller *t = data;
    (void)columns, (void)n_columns, (void)err;
    fprintf(t->out.stream, "%.*s  %5lld accounts  %-12.*s  %.*s\n", (int)cells[0].text.size, cells[0].text.data, (long long)cells[1].integer, (int)cells[2].text.size,
            cells[2].text.data, (int)cells[3].text.size, cells[3].text.data ? cells[3].text.data : "");
    return EH_OK;
}

static const char list_sql[] =
    "SELECT claim_id, n_accounts, raised_by, coalesce((SELECT string_agg(kind || ': ' || verdict, ', ' ORDER BY part) FROM claim_results r WHERE r.list = 'alleged' AND r.check_id = "
    "(SELECT check_id FROM claim_checks k WHERE k.claim_id = c.claim_id ORDER BY number DESC LIMIT 1)), 'not checked') AS latest FROM claims c ORDER BY claim_id";

eh_status eh_claim_write_list(eh_investigation *inv, bool is_json, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    teller t = {.store = eh_investigation_store(inv), .is_json = is_json};
    EH_TRY(eh_outfile_open(eh_store_context(t.store), path, &t.out, err));
    eh_doc_init(&t.doc, eh_store_context(t.store));
    t.rows = eh_doc_array(&t.doc, t.doc.root, "claims");
    eh_status status = eh_store_query(t.store, list_sql, NULL, is_json ? json_row : list_line, &t, err);
    if (status == EH_OK && is_json) status = end_json(&t, t.rows, err);
    return finish(&t, status, err);
}
