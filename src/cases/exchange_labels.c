/* Labels and appeals for moderation systems. Sources, read in 2026: atproto's lexicon com.atproto.label.defs; Osprey's
   docs/development/cli-reference.md (bulk-apply-label); Coop's docs/api/appeal.md. */
#include "cases/exchange_private.h"

#include "ledger/ledger_private.h"

#include <stdio.h>

static bool is_did(eh_str id) { return eh_str_starts_with(id, "did:") && id.size > 8 && id.size <= 2048; }

/* ---- Bluesky ----------------------------------------------------------------------------------------------------- */

/* account, finding, time where negated */
static eh_status add_label(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    exchange *x = data;
    char time[exchange_time_size];
    bool is_negated = cells[2].type != EH_CELL_NULL;
    if (exchange_leaves_out(x, cells[0].text)) return EH_OK;
    if (!is_did(cells[0].text)) {
        x->report->n_left_out++;
        return EH_OK;
    }
    EH_TRY(eh_buf_printf(&x->out, err, "%s\n  {\"ver\": 1, \"src\": ", x->report->n_written++ ? "," : ""));
    EH_TRY(eh_ledger_json(&x->out, eh_str_of(x->options->source), err));
    EH_TRY(eh_buf_printf(&x->out, err, ", \"uri\": "));
    EH_TRY(eh_ledger_json(&x->out, cells[0].text, err));
    EH_TRY(eh_buf_printf(&x->out, err, ", \"val\": \"acts-together-%.*s\"", (int)cells[1].text.size, cells[1].text.data));
    EH_TRY(eh_buf_printf(&x->out, err, "%s, \"cts\": \"%s\"", is_negated ? ", \"neg\": true" : "",
                         exchange_time(is_negated ? cells[2].integer : x->run_us, time)));
    if (!is_negated) EH_TRY(eh_buf_printf(&x->out, err, ", \"exp\": \"%s\"", exchange_time(x->until_us, time)));
    return eh_buf_printf(&x->out, err, "}");
}

eh_status exchange_bluesky(exchange *x, eh_error *err)
{
    char sql[768];
    const char *id = x->run_id;
    if (x->pseudonymiser) return eh_fail(err, EH_E_INVALID, "labels are about DIDs: pseudonyms would label nobody");
    if (!x->options->source || !is_did(eh_str_of(x->options->source)))
        return eh_fail(err, EH_E_INVALID, "labels need the DID of the labeller: --source did:plc:...");
    EH_TRY(eh_buf_printf(&x->out, err, "{\"labels\": ["));
    (void)snprintf(sql, sizeof sql, "SELECT f.account_id, f.finding, NULL " EXCHANGE_LISTED " ORDER BY f.account_id", id, id, id);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, add_label, x, err));
    (void)snprintf(sql, sizeof sql,
                   "SELECT account_id, finding_before, decided FROM appeals WHERE outcome = 'reversed' AND finding_before IN ('strong', "
                   "'moderate') AND (run_id = '%s' OR corrected_run_id = '%s') ORDER BY appeal_id",
                   id, id);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, add_label, x, err));
    return eh_buf_printf(&x->out, err, "\n]}\n");
}

/* ---- Osprey ------------------------------------------------------------------------------------------------------ */

static eh_status add_line(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    exchange *x = data;
    eh_str id;
    if (exchange_leaves_out(x, cells[0].text)) return EH_OK;
    EH_TRY(exchange_id(x, cells[0].text, &id, err));
    if (eh_str_find(id, '\n', 0) < id.size || eh_str_find(id, '\r', 0) < id.size) {
        x->report->n_left_out++;
        return EH_OK;
    }
    x->report->n_written++;
    EH_TRY(eh_buf_add_str(&x->out, id, err));
    return eh_buf_add(&x->out, "\n", 1, err);
}

eh_status exchange_osprey(exchange *x, eh_error *err)
{
    char sql[640];
    const char *id = x->run_id;
    if (x->options->is_reversed)
        (void)snprintf(sql, sizeof sql,
                       "SELECT DISTINCT account_id FROM appeals WHERE outcome = 'reversed' AND (run_id = '%s' OR corrected_run_id = '%s') ORDER BY "
                       "account_id",
                       id, id);
    else
        (void)snprintf(sql, sizeof sql, "SELECT f.account_id " EXCHANGE_LISTED " ORDER BY f.account_id", id, id, id);
    return eh_store_query(x->inv->store, sql, NULL, add_line, x, err);
}

/* ---- Coop -------------------------------------------------------------------------------------------------------- */

static eh_status add_item(exchange *x, const char *key, eh_str id, const char *rest, eh_error *err)
{
    EH_TRY(eh_buf_printf(&x->out, err, ", \"%s\": {\"typeId\": ", key));
    EH_TRY(eh_ledger_json(&x->out, eh_str_of(x->options->source), err));
    EH_TRY(eh_buf_printf(&x->out, err, ", \"id\": "));
    EH_TRY(eh_ledger_json(&x->out, id, err));
    return eh_buf_printf(&x->out, err, "%s}", rest);
}

/* appeal_id, account_id, opened, reasons, decision, clause */
static eh_status add_appeal(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    exchange *x = data;
    char time[exchange_time_size];
    eh_str id;
    if (exchange_leaves_out(x, cells[1].text)) return EH_OK;
    EH_TRY(exchange_id(x, cells[1].text, &id, err));
    EH_TRY(eh_buf_printf(&x->out, err, "{\"appealId\": \"%lld\"", (long long)cells[0].integer));
    EH_TRY(add_item(x, "appealedBy", id, "", err));
    EH_TRY(eh_buf_printf(&x->out, err, ", \"appealedAt\": \"%s\"", exchange_time(cells[2].integer, time)));
    EH_TRY(add_item(x, "actionedItem", id, ", \"data\": {}", err));
    EH_TRY(eh_buf_printf(&x->out, err, ", \"actionsTaken\": ["));
    if (cells[4].type == EH_CELL_TEXT) EH_TRY(eh_ledger_json(&x->out, cells[4].text, err));
    EH_TRY(eh_buf_printf(&x->out, err, "], \"appealReason\": "));
    EH_TRY(eh_ledger_json(&x->out, cells[3].text, err));
    if (cells[5].type == EH_CELL_TEXT && cells[5].text.size) {
        EH_TRY(eh_buf_printf(&x->out, err, ", \"violatingPolicies\": [{\"id\": "));
        EH_TRY(eh_ledger_json(&x->out, cells[5].text, err));
        EH_TRY(eh_buf_printf(&x->out, err, "}]"));
    }
    x->report->n_written++;
    return eh_buf_printf(&x->out, err, "}\n");
}

eh_status exchange_coop(exchange *x, eh_error *err)
{
    char sql[512];
    if (!x->options->source || !x->options->source[0])
        return eh_fail(err, EH_E_INVALID, "Coop needs the id of its item type of accounts: --source ID");
    (void)snprintf(sql, sizeof sql,
                   "SELECT a.appeal_id, a.account_id, a.opened, a.reasons, d.decision, d.clause FROM appeals a LEFT JOIN decisions d ON "
                   "d.decision_id = a.decision_id WHERE a.outcome = '' AND a.run_id = '%s' ORDER BY a.appeal_id",
                   x->run_id);
    return eh_store_query(x->inv->store, sql, NULL, add_appeal, x, err);
}
