/*
 * The ledger after the rows. A leaf stays; its salt and payload go where it
 *   - is a decision, a step of an appeal or a claim that went, or of others but with a name in it;
 *   - commits to rows that are no longer the same (runs, checks of claims, imports): then a fresh leaf commits to those that are left;
 *   - holds the hash of a file that was written before (exports; audits of such a run), with which a guess could be confirmed;
 *   - is of a kind not known here and holds a name.
 */
#include "ledger/ledger_private.h"
#include "investigation/purge.h"

#include <stdio.h>

static eh_status note_stale(purge *p, const inv_stale_records *stale, eh_error *err)
{
    EH_TRY(eh_store_exec(p->inv->store, "CREATE OR REPLACE TEMP TABLE purge_stale_runs(run_id VARCHAR)", err));
    for (size_t i = 0; i < stale->n; i++) {
        const inv_stale_record *item = &stale->items[i];
        EH_TRY(eh_store_execf(p->inv->store, err, "INSERT INTO purge_leaves VALUES (%llu)", (unsigned long long)item->seq));
        if (strcmp(item->type, "run") == 0)
            EH_TRY(eh_store_execf(p->inv->store, err, "INSERT INTO purge_stale_runs VALUES ('%s')", item->id));
    }
    return EH_OK;
}

static eh_status note_by_type(purge *p, eh_error *err)
{
    static const char sql[] =
        "INSERT INTO purge_leaves SELECT seq FROM ledger JOIN ledger_payloads USING (seq) WHERE type = 'export' OR (type = 'claim' AND "
        "regexp_extract(payload, '\"claim_id\": \"([0-9a-f]*)\"', 1) IN (SELECT claim_id FROM purge_claims)) OR (type = 'audit' AND "
        "regexp_extract(payload, '\"run_id\": \"([0-9a-f]*)\"', 1) IN (SELECT run_id FROM purge_stale_runs))";
    EH_TRY(eh_store_exec(p->inv->store, sql, err));
    eh_buf other = EH_BUF_INIT(p->inv->ctx);
    eh_status status = eh_buf_printf(&other, err,
                                     "INSERT INTO purge_leaves SELECT seq FROM ledger_payloads WHERE seq NOT IN (SELECT seq FROM ledger WHERE type IN "
                                     "('import', 'run', 'calibration', 'claim', 'claim_check', 'decision', 'appeal', 'expansion', 'purge')) AND ");
    if (status == EH_OK) status = purge_add_hit(p, &other, "ledger_payloads", "payload", err);
    if (status == EH_OK) status = eh_store_exec(p->inv->store, other.data, err);
    eh_buf_release(&other);
    return status;
}

/* Actors are in the leaves themselves, and earlier purges say what may be missing: neither can be taken back. */
static eh_status count_telling(purge *p, eh_error *err)
{
    int64_t n = 0;
    EH_TRY(eh_store_exec(p->inv->store,
                         "CREATE OR REPLACE TEMP TABLE purge_said AS SELECT actor AS said FROM ledger UNION ALL SELECT regexp_extract(payload, "
                         "'\"reason\": .*') FROM ledger_payloads WHERE seq IN (SELECT seq FROM ledger WHERE type = 'purge')", err));
    eh_buf sql = EH_BUF_INIT(p->inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, "SELECT count(*) FROM purge_said WHERE ");
    if (status == EH_OK) status = purge_add_hit(p, &sql, "purge_said", "said", err);
    if (status == EH_OK) status = eh_store_integer(p->inv->store, sql.data, &n, err);
    eh_buf_release(&sql);
    p->report->n_telling_actors = (uint64_t)n;
    return status;
}

/* ---- what is left, recorded anew ----------------------------------------------------------------------------------- */

static eh_status record_again(purge *p, const inv_stale_records *stale, eh_buf *members, eh_error *err)
{
    const char *separator = "";
    EH_TRY(eh_buf_printf(members, err, ", \"again\": {"));
    for (size_t i = 0; i < stale->n; i++) {
        const inv_stale_record *item = &stale->items[i];
        if (item->is_gone) continue;
        eh_context_report(p->inv->ctx, "recording anew", i, stale->n);
        EH_TRY(eh_investigation_record_thing(p->inv, item->type, item->id, err));
        EH_TRY(eh_buf_printf(members, err, "%s\"%s %s\": %llu", separator, item->type, item->id, (unsigned long long)item->seq));
        separator = ", ";
        p->report->n_recorded_again++;
    }
    return eh_buf_printf(members, err, "}");
}

typedef struct seq_list {
    eh_context *ctx;
    uint64_t *seqs;
    size_t n, capacity;
} seq_list;

static eh_status take_seq(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    seq_list *list = data;
    EH_TRY(eh_reserve(list->ctx, (void **)&list->seqs, &list->capacity, list->n + 1, sizeof *list->seqs, err));
    list->seqs[list->n++] = (uint64_t)cells[0].integer;
    return EH_OK;
}

static eh_status say_so(purge *p, const inv_stale_records *stale, const char *reason, eh_buf *members, eh_error *err)
{
    const eh_purge_report *r = p->report;
    EH_TRY(eh_buf_printf(members, err, "\"n_accounts\": %llu, \"n_rows\": %llu, \"n_cells\": %llu", (unsigned long long)(r->n_named - r->n_unknown),
                         (unsigned long long)r->n_deleted, (unsigned long long)r->n_blanked));
    seq_list list = {.ctx = p->inv->ctx};
    /* Before fresh leaves are added: their numbers are not in the list. */
    eh_status status = eh_store_query(p->inv->store,
                                      "SELECT DISTINCT seq FROM purge_leaves WHERE seq IN (SELECT seq FROM ledger_payloads) ORDER BY seq", NULL, take_seq,
                                      &list, err);
    if (status == EH_OK) status = record_again(p, stale, members, err);
    if (status == EH_OK) status = eh_buf_printf(members, err, ", \"reason\": ");
    if (status == EH_OK) status = eh_ledger_json(members, eh_str_of(reason), err);
    if (status == EH_OK)
        status = eh_ledger_purge_saying(p->inv->ledger, list.seqs, list.n, eh_str_of(p->inv->actor), eh_buf_str(members), err);
    p->report->n_leaves = list.n;
    eh_free(p->inv->ctx, list.seqs);
    return status;
}

static const char count_purge[] =
    "CREATE OR REPLACE TEMP TABLE purge_number AS SELECT coalesce(max(TRY_CAST(value AS BIGINT)), 0) + 1 AS n FROM meta WHERE key = 'purges';"
    "DELETE FROM meta WHERE key = 'purges'; INSERT INTO meta SELECT 'purges', CAST(n AS VARCHAR) FROM purge_number";

eh_status purge_ledger(purge *p, const char *reason, eh_error *err)
{
    inv_stale_records stale = {0};
    eh_buf members = EH_BUF_INIT(p->inv->ctx);
    eh_status status = eh_store_exec(p->inv->store, count_purge, err);
    if (status == EH_OK) status = inv_find_stale_records(p->inv, &stale, err);
    if (status == EH_OK) status = note_stale(p, &stale, err);
    if (status == EH_OK) status = note_by_type(p, err);
    if (status == EH_OK) status = count_telling(p, err);
    if (status == EH_OK) status = say_so(p, &stale, reason, &members, err);
    eh_buf_release(&members);
    eh_free(p->inv->ctx, stale.items);
    return status;
}
