/*
 * What an appeal computes. A recomputation runs detection anew with the run's options and seed, without accounts whose findings were
 * reversed before. A reversal also leaves out the account itself, so that it can list nobody by acting with them; then whatever was
 * made from the run with its help is made from the corrected run.
 */
#include "cases/appeals_private.h"

#include "base/dict.h"
#include "investigation/run_again.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- runs -------------------------------------------------------------------------------------------------------- */

/* Accounts reversed on this run, or left out by it, as a temporary table: with or without the appellant. */
static eh_status gather_without(eh_investigation *inv, const appeal_row *row, bool has_appellant, eh_error *err)
{
    EH_TRY(eh_store_execf(inv->store, err,
                          "CREATE OR REPLACE TEMP TABLE left_out AS SELECT DISTINCT account_id FROM (SELECT account_id FROM run_without "
                          "WHERE run_id = '%s' UNION ALL SELECT account_id FROM appeals WHERE outcome = 'reversed' AND run_id = '%s') "
                          "WHERE account_id <> (SELECT account_id FROM appeals WHERE appeal_id = %llu)",
                          row->run_id, row->run_id, (unsigned long long)row->appeal_id));
    if (!has_appellant) return EH_OK;
    return eh_store_execf(inv->store, err, "INSERT INTO left_out SELECT account_id FROM appeals WHERE appeal_id = %llu",
                          (unsigned long long)row->appeal_id);
}

static eh_status take_seed(eh_investigation *inv, const char *run_id, uint64_t *seed, double *asked_q, eh_error *err)
{
    char sql[128];
    eh_buf text = EH_BUF_INIT(inv->ctx), parameters = EH_BUF_INIT(inv->ctx);
    eh_detect_options ignored;
    (void)snprintf(sql, sizeof sql, "SELECT seed FROM runs WHERE run_id = '%s'", run_id);
    eh_status status = eh_store_text(inv->store, sql, &text, err);
    if (status == EH_OK) *seed = strtoull(text.data, NULL, 10);
    (void)snprintf(sql, sizeof sql, "SELECT parameters FROM runs WHERE run_id = '%s'", run_id);
    if (status == EH_OK) status = eh_store_text(inv->store, sql, &parameters, err);
    if (status == EH_OK) status = run_options_of(inv->store, eh_buf_str(&parameters), &ignored, asked_q, err);
    eh_buf_release(&text);
    eh_buf_release(&parameters);
    return status;
}

static eh_status run_without(eh_investigation *inv, const char *run_id, bool is_fresh, eh_run_summary *summary, uint64_t *n_differing,
                             eh_error *err)
{
    uint64_t seed;
    bool is_current;
    eh_detect_options options;
    run_request request = {.without = "SELECT account_id FROM left_out", .is_fresh = is_fresh};
    EH_TRY(take_seed(inv, run_id, &seed, &request.asked_q, err));
    EH_TRY(run_read_any_options(inv, run_id, &options, &is_current, err));
    uint64_t before = eh_context_swap_seed(inv->ctx, seed);
    eh_status status = run_detect(inv, &options, &request, summary, err);
    (void)eh_context_swap_seed(inv->ctx, before);
    *n_differing = request.n_differing;
    return status;
}

/* Rows of findings that two runs do not share, other than the run's own account ids left out. */
static eh_status count_changed(eh_investigation *inv, const char *was, const char *now, uint64_t *n, eh_error *err)
{
    char sql[512];
    int64_t n_rows;
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM findings a FULL JOIN findings b ON a.account_id = b.account_id AND b.run_id = '%s' WHERE a.run_id = "
                   "'%s' AND (a.finding IS DISTINCT FROM b.finding OR a.listed IS DISTINCT FROM b.listed)",
                   now, was);
    EH_TRY(eh_store_integer(inv->store, sql, &n_rows, err));
    *n = (uint64_t)n_rows;
    return EH_OK;
}

eh_status appeal_recompute(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, eh_error *err)
{
    eh_run_summary summary;
    EH_TRY(gather_without(inv, row, false, err));
    EH_TRY(run_without(inv, row->run_id, true, &summary, &out->n_differing, err));
    memcpy(out->fresh_run_id, summary.run_id, sizeof out->fresh_run_id);
    if (strcmp(summary.run_id, row->run_id) != 0)
        EH_TRY(count_changed(inv, row->run_id, summary.run_id, &out->n_differing, err));
    return appeal_finding(inv, summary.run_id, eh_buf_str(&row->account), out->finding_again, &out->is_listed_again, err);
}

eh_status appeal_correct_run(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, eh_error *err)
{
    eh_run_summary summary;
    uint64_t n_differing;
    EH_TRY(gather_without(inv, row, true, err));
    EH_TRY(run_without(inv, row->run_id, false, &summary, &n_differing, err));
    memcpy(out->corrected_run_id, summary.run_id, sizeof out->corrected_run_id);
    return EH_OK;
}

/* ---- whose finding changed --------------------------------------------------------------------------------------- */

static eh_status propagate_findings(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, eh_error *err)
{
    char sql[256];
    int64_t n;
    eh_buf was = EH_BUF_INIT(inv->ctx);
    /* Against the last corrected run, so that each reversal tells what it changed itself. */
    (void)snprintf(sql, sizeof sql,
                   "SELECT coalesce((SELECT corrected_run_id FROM appeals WHERE run_id = '%s' AND outcome = 'reversed' AND appeal_id <> %llu ORDER "
                   "BY decided DESC LIMIT 1), '%s')",
                   row->run_id, (unsigned long long)row->appeal_id, row->run_id);
    eh_status status = eh_store_text(inv->store, sql, &was, err);
    if (status == EH_OK)
        status = eh_store_execf(inv->store, err,
                                "INSERT INTO appeal_changes SELECT %llu, 'run', '%s', '%s', a.account_id, a.finding || CASE WHEN a.listed THEN "
                                "', listed' ELSE ', not listed' END, b.finding || CASE WHEN b.listed THEN ', listed' ELSE ', not listed' END "
                                "FROM findings a JOIN findings b ON a.account_id = b.account_id WHERE a.run_id = '%s' AND b.run_id = '%s' AND "
                                "(a.finding <> b.finding OR a.listed <> b.listed) AND a.account_id NOT IN (SELECT account_id FROM left_out) "
                                "ORDER BY a.account_id",
                                (unsigned long long)row->appeal_id, was.data, out->corrected_run_id, was.data, out->corrected_run_id);
    eh_buf_release(&was);
    EH_TRY(status);
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM appeal_changes WHERE appeal_id = %llu AND thing = 'run'",
                   (unsigned long long)row->appeal_id);
    EH_TRY(eh_store_integer(inv->store, sql, &n, err));
    out->n_findings_changed = (uint64_t)n;
    return EH_OK;
}

/* ---- expansions -------------------------------------------------------------------------------------------------- */

typedef struct expansion_list {
    eh_context *ctx;
    struct { uint64_t id; double q; uint32_t n_hops; } *items;
    size_t n, capacity;
} expansion_list;

static eh_status take_expansion(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    expansion_list *list = data;
    EH_TRY(eh_reserve(list->ctx, (void **)&list->items, &list->capacity, list->n + 1, sizeof *list->items, err));
    list->items[list->n].id = (uint64_t)cells[0].integer;
    list->items[list->n].q = cells[1].real;
    list->items[list->n++].n_hops = (uint32_t)cells[2].integer;
    return EH_OK;
}

static eh_status take_id(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    uint32_t number;
    return eh_dict_add(data, cells[0].text, &number, err);
}

static eh_status store_expansion(eh_investigation *inv, const char *run_id, const eh_expand_options *options, uint64_t appeal_id,
                                 const eh_strings *seeds, const eh_expansion *e, uint64_t *id, eh_error *err)
{
    int64_t next;
    eh_appender *a;
    EH_TRY(eh_store_integer(inv->store, "SELECT coalesce(max(expansion_id), 0) + 1 FROM expansions", &next, err));
    *id = (uint64_t)next;
    EH_TRY(eh_store_execf(inv->store, err, "INSERT INTO expansions VALUES (%lld, '%s', %.17g, %u, nullif(%llu, 0))", (long long)next, run_id,
                          options->q, options->n_hops, (unsigned long long)appeal_id));
    EH_TRY(eh_appender_open(inv->store, "expansion_accounts", &a, err));
    eh_status status = EH_OK;
    uint64_t n_links = e ? e->n_links : 0;
    for (uint64_t i = 0; i < seeds->n + n_links && status == EH_OK; i++) {
        const eh_expand_link *link = i < seeds->n ? NULL : &e->links[i - seeds->n];
        if (link && !link->is_linked) continue;
        eh_appender_int(a, next);
        eh_appender_text(a, link ? eh_strings_get(&e->accounts, link->account) : eh_strings_get(seeds, (uint32_t)i));
        eh_appender_text(a, eh_str_of(link ? "linked" : "seed"));
        eh_appender_int(a, link ? (int64_t)link->hop : 0);
        if (link)
            eh_appender_text(a, eh_strings_get(&e->accounts, link->via));
        else
            eh_appender_null(a);
        status = eh_appender_end_row(a, err);
    }
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

/* One expansion without the account. Nobody is linked where no tested seed is left. */
static eh_status expand_again(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, uint64_t id,
                              const eh_expand_options *options, eh_error *err)
{
    char sql[256];
    uint64_t new_id = 0;
    eh_expansion e = {0};
    eh_dict seeds = EH_DICT_INIT(inv->ctx);
    (void)snprintf(sql, sizeof sql,
                   "SELECT account_id FROM expansion_accounts WHERE expansion_id = %llu AND role = 'seed' AND account_id NOT IN (SELECT account_id "
                   "FROM left_out) ORDER BY account_id",
                   (unsigned long long)id);
    eh_status status = eh_store_query(inv->store, sql, NULL, take_id, &seeds, err);
    eh_strings ids = eh_dict_strings(&seeds);
    if (status == EH_OK && ids.n > 0) {
        status = eh_expand_from(inv, out->corrected_run_id, &ids, options, &e, err);
        if (status == EH_E_STATISTICS) {
            *err = (eh_error)EH_ERROR_INIT;
            status = EH_OK;
        }
    }
    if (status == EH_OK)
        status = store_expansion(inv, out->corrected_run_id, options, row->appeal_id, &ids, e.ctx ? &e : NULL, &new_id, err);
    if (e.ctx) eh_expansion_release(&e);
    eh_dict_release(&seeds);
    EH_TRY(status);
    out->n_expansions++;
    return eh_store_execf(
        inv->store, err,
        "INSERT INTO appeal_changes WITH a AS (SELECT account_id FROM expansion_accounts WHERE expansion_id = %llu AND role = 'linked'), b AS "
        "(SELECT account_id FROM expansion_accounts WHERE expansion_id = %llu AND role = 'linked') SELECT %llu, 'expansion', '%llu', '%llu', "
        "coalesce(a.account_id, b.account_id) AS id, CASE WHEN a.account_id IS NULL THEN 'not_linked' ELSE 'linked' END, CASE WHEN b.account_id "
        "IS NULL THEN 'not_linked' ELSE 'linked' END FROM a FULL JOIN b ON a.account_id = b.account_id WHERE (a.account_id IS NULL OR "
        "b.account_id IS NULL) AND coalesce(a.account_id, b.account_id) NOT IN (SELECT account_id FROM left_out) ORDER BY id",
        (unsigned long long)id, (unsigned long long)new_id, (unsigned long long)row->appeal_id, (unsigned long long)id,
        (unsigned long long)new_id);
}

/* Expansions that hold the account, of this run or a corrected one, and that no later reversal has made anew. */
static eh_status propagate_expansions(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, eh_error *err)
{
    char sql[1024];
    int64_t n;
    expansion_list list = {.ctx = inv->ctx};
    unsigned long long id = row->appeal_id;
    (void)snprintf(sql, sizeof sql,
                   "SELECT expansion_id, q, n_hops FROM expansions e WHERE (run_id = '%s' OR run_id IN (SELECT corrected_run_id FROM appeals WHERE "
                   "run_id = '%s' AND outcome = 'reversed')) AND EXISTS (SELECT 1 FROM expansion_accounts x WHERE x.expansion_id = "
                   "e.expansion_id AND x.account_id = (SELECT account_id FROM appeals WHERE appeal_id = %llu)) AND NOT EXISTS (SELECT 1 FROM "
                   "appeal_changes c WHERE c.thing = 'expansion' AND c.thing_id = CAST(e.expansion_id AS VARCHAR)) ORDER BY expansion_id",
                   row->run_id, row->run_id, id);
    eh_status status = eh_store_query(inv->store, sql, NULL, take_expansion, &list, err);
    for (size_t i = 0; i < list.n && status == EH_OK; i++) {
        const eh_expand_options options = {.q = list.items[i].q, .n_hops = list.items[i].n_hops};
        status = expand_again(inv, row, out, list.items[i].id, &options, err);
    }
    eh_free(inv->ctx, list.items);
    EH_TRY(status);
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM appeal_changes WHERE appeal_id = %llu AND thing = 'expansion'", id);
    EH_TRY(eh_store_integer(inv->store, sql, &n, err));
    out->n_links_changed = (uint64_t)n;
    return EH_OK;
}

/* Claims that name the account, or were expanded to or by way of it, and were checked on this run. */
static eh_status propagate_claims(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, eh_error *err)
{
    char sql[160];
    int64_t n;
    unsigned long long id = row->appeal_id;
    EH_TRY(eh_store_execf(inv->store, err,
                          "INSERT INTO appeal_changes WITH a AS (SELECT account_id FROM appeals WHERE appeal_id = %llu), used AS (SELECT k.check_id "
                          "FROM claim_accounts c JOIN claim_checks k ON k.claim_id = c.claim_id JOIN a ON a.account_id = c.account_id UNION SELECT "
                          "d.check_id FROM claim_added d JOIN a ON list_contains(string_split(d.path, ' > '), a.account_id)) "
                          "SELECT DISTINCT %llu, 'claim', k.claim_id, '', '', 'checked on run ' || k.tested_run_id, 'to be checked again' FROM "
                          "claim_checks k WHERE k.check_id IN (SELECT check_id FROM used) AND (k.tested_run_id = '%s' OR k.tested_run_id "
                          "IN (SELECT corrected_run_id FROM appeals WHERE run_id = '%s' AND outcome = 'reversed')) ORDER BY 3, 6",
                          id, id, row->run_id, row->run_id));
    (void)snprintf(sql, sizeof sql, "SELECT count(DISTINCT thing_id) FROM appeal_changes WHERE appeal_id = %llu AND thing = 'claim'", id);
    EH_TRY(eh_store_integer(inv->store, sql, &n, err));
    out->n_claims = (uint64_t)n;
    return EH_OK;
}

eh_status appeal_propagate(eh_investigation *inv, const appeal_row *row, eh_appeal_result *out, eh_error *err)
{
    EH_TRY(gather_without(inv, row, true, err));
    EH_TRY(propagate_findings(inv, row, out, err));
    EH_TRY(propagate_expansions(inv, row, out, err));
    return propagate_claims(inv, row, out, err);
}

/* ---- remembering expansions -------------------------------------------------------------------------------------- */

static eh_status take_seed_id(void *data, eh_str id, eh_error *err)
{
    uint32_t number;
    return eh_dict_add(data, id, &number, err);
}

static eh_status record_expansion(eh_investigation *inv, const char *run_id, const eh_expand_options *options, const eh_strings *seeds,
                                  const eh_expansion *e, uint64_t *id, eh_error *err)
{
    char payload[192];
    EH_TRY(store_expansion(inv, run_id, options, 0, seeds, e, id, err));
    (void)snprintf(payload, sizeof payload, "{\"expansion_id\": %llu, \"run_id\": \"%s\", \"q\": %.17g, \"n_hops\": %u, \"n_seeds\": %u, \"n_linked\": %llu}",
                   (unsigned long long)*id, run_id, options->q, options->n_hops, seeds->n, (unsigned long long)e->n_linked);
    return eh_ledger_append(inv->ledger, "expansion", eh_str_of(inv->actor), eh_str_of(payload), NULL, err);
}

eh_status eh_expansion_record(eh_investigation *inv, const char *run_id, const char *seeds_path, const eh_expand_options *options,
                              const eh_expansion *expansion, uint64_t *expansion_id, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char found[EH_RUN_ID_SIZE];
    EH_TRY(inv_check_writable(inv, err));
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    eh_dict seeds = EH_DICT_INIT(inv->ctx);
    eh_status status = eh_account_list_read(inv->ctx, seeds_path, take_seed_id, &seeds, err);
    if (status == EH_OK) {
        eh_strings ids = eh_dict_strings(&seeds);
        status = eh_store_exec(inv->store, "BEGIN", err);
        if (status == EH_OK)
            status = inv_end_transaction(inv, record_expansion(inv, found, options, &ids, expansion, expansion_id, err), err);
    }
    eh_dict_release(&seeds);
    return status;
}
