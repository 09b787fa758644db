/* Labels and appeals for moderation systems. Sources, read in 2026: atproto's lexicon com.atproto.label.defs; Osprey's
   docs/development/cli-reference.md (bulk-apply-label); Coop's docs/api/appeal.md. */
#include "cases/exchange_private.h"

#include <stdio.h>

static bool is_did(eh_str id) { return eh_str_starts_with(id, "did:") && id.size > 8 && id.size <= 2048; }

/* ---- Bluesky ----------------------------------------------------------------------------------------------------- */

/* account, finding, time where negated */
static eh_status add_label(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    exchange *x = data;
    char time[exchange_time_size];
    bool is_negated = cells[2].type != EH_CELL_NULL;
    if (exchange_leaves_out(x, cells[0].text)) return EH_OK;
    if (!is_did(cells[0].text)) {
        x->report->n_left_out++;
        return EH_OK;
    }
    eh_value *label = eh_doc_object(&x->doc, x->list, NULL);
    eh_doc_count(&x->doc, label, "ver", 1);
    eh_doc_words(&x->doc, label, "src", x->options->source);
    eh_doc_text(&x->doc, label, "uri", cells[0].text);
    eh_doc_wordsf(&x->doc, label, "val", "acts-together-%.*s", (int)cells[1].text.size, cells[1].text.data);
    if (is_negated) eh_doc_bool(&x->doc, label, "neg", true);
    eh_doc_words(&x->doc, label, "cts", exchange_time(is_negated ? cells[2].integer : x->run_us, time));
    if (!is_negated) eh_doc_words(&x->doc, label, "exp", exchange_time(x->until_us, time));
    x->report->n_written++;
    return EH_OK;
}

eh_status exchange_bluesky(exchange *x, eh_error *err)
{
    char sql[768];
    const char *id = x->run_id;
    if (x->pseudonymiser) return eh_fail(err, EH_E_INVALID, "labels are about DIDs: pseudonyms would label nobody");
    if (!x->options->source || !is_did(eh_str_of(x->options->source)))
        return eh_fail(err, EH_E_INVALID, "labels need the DID of the labeller: --source did:plc:...");
    x->list = eh_doc_array(&x->doc, x->doc.root, "labels");
    (void)snprintf(sql, sizeof sql, "SELECT f.account_id, f.finding, NULL " EXCHANGE_LISTED " ORDER BY f.account_id", id, id, id);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, add_label, x, err));
    /* Once where it was contested and reversed more than once: from the first time on. */
    (void)snprintf(sql, sizeof sql,
                   "SELECT account_id, finding_before, min(decided) FROM appeals WHERE outcome = 'reversed' AND finding_before IN ('strong', "
                   "'moderate') AND (run_id = '%s' OR corrected_run_id = '%s') GROUP BY ALL ORDER BY min(appeal_id)",
                   id, id);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, add_label, x, err));
    return exchange_end_doc(x, &x->doc, err);
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

static eh_value *add_item(const exchange *x, eh_doc *doc, const char *key, eh_str id)
{
    eh_value *item = eh_doc_object(doc, doc->root, key);
    eh_doc_words(doc, item, "typeId", x->options->source);
    eh_doc_text(doc, item, "id", id);
    return item;
}

/* appeal_id, account_id, opened, reasons, decision, clause */
static void put_appeal(const exchange *x, eh_doc *doc, eh_str id, const eh_cell *cells)
{
    char time[exchange_time_size];
    eh_doc_wordsf(doc, doc->root, "appealId", "%lld", (long long)cells[0].integer);
    (void)add_item(x, doc, "appealedBy", id);
    eh_doc_words(doc, doc->root, "appealedAt", exchange_time(cells[2].integer, time));
    (void)eh_doc_object(doc, add_item(x, doc, "actionedItem", id), "data");
    eh_value *taken = eh_doc_array(doc, doc->root, "actionsTaken");
    if (cells[4].type == EH_CELL_TEXT) eh_doc_text(doc, taken, NULL, cells[4].text);
    eh_doc_text(doc, doc->root, "appealReason", cells[3].text);
    if (cells[5].type != EH_CELL_TEXT || !cells[5].text.size) return;
    eh_value *policies = eh_doc_array(doc, doc->root, "violatingPolicies");
    eh_doc_text(doc, eh_doc_object(doc, policies, NULL), "id", cells[5].text);
}

static eh_status add_appeal(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    exchange *x = data;
    eh_str id;
    eh_doc doc;
    if (exchange_leaves_out(x, cells[1].text)) return EH_OK;
    EH_TRY(exchange_id(x, cells[1].text, &id, err));
    eh_doc_init(&doc, x->inv->ctx);
    put_appeal(x, &doc, id, cells);
    x->report->n_written++;
    eh_status status = exchange_end_doc(x, &doc, err);
    eh_doc_release(&doc);
    return status;
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
