/*
 * A detection run: known already, or computed and stored in one transaction.
 *
 * run id = first 16 hex digits of SHA-256 over version, parameters, seed and, sorted, each archive's SHA-256 with the
 * options it was read with. Threads, memory and places do not enter: they do not bear on the result.
 */
#include "investigation/run_again.h"

#include "base/hash.h"

#include <stdio.h>

/* ---- parameters ------------------------------------------------------------------------------------------------ */

static eh_status add_present(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_behaviour behaviour;
    if (eh_behaviour_of(cells[0].text, &behaviour)) *(uint32_t *)data |= 1u << behaviour;
    return EH_OK;
}

/* "All present" is written out, and windows and precision take the archives' time step into account. */
static eh_status resolve(eh_investigation *inv, eh_detect_options *options, eh_error *err)
{
    uint32_t present = 0;
    int64_t precision_us = 0;
    EH_TRY(eh_store_query(inv->store, "SELECT DISTINCT behaviour FROM actions", NULL, add_present, &present, err));
    if (options->behaviours == 0) options->behaviours = present;
    EH_TRY(eh_store_integer(inv->store, "SELECT coalesce(max(time_precision_us), 1) FROM sources", &precision_us, err));
    if (precision_us > options->precision_us) options->precision_us = precision_us;
    if (present == 0)
        return eh_fail_at(err, EH_E_STATISTICS, eh_store_path(inv->store), -1, -1,
                          "holds nothing to compare: no row tells a repost, link, hashtag, mention, media, reply or a text "
                          "of 40 characters; import an archive that does, or name the columns: --map urls=COLUMN, "
                          "hashtags, mentions, media, text, target_post, reply_to");
    return EH_OK;
}

static eh_status add_legs(eh_buf *out, uint32_t legs, eh_error *err)
{
    const char *separator = "";
    for (int l = 0; l < EH_N_LEGS; l++) {
        if (!(legs >> l & 1)) continue;
        EH_TRY(eh_buf_printf(out, err, "%s\"%s\"", separator, eh_leg_name((eh_leg)l)));
        separator = ", ";
    }
    return EH_OK;
}

static eh_status add_parameters(eh_buf *out, const eh_detect_options *options, double asked_q, int64_t n_without, eh_error *err)
{
    EH_TRY(eh_buf_printf(out, err, "{\"behaviours\": ["));
    const char *separator = "";
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        if (!(options->behaviours >> b & 1)) continue;
        EH_TRY(eh_buf_printf(out, err, "%s\"%s\"", separator, eh_behaviour_name((eh_behaviour)b)));
        separator = ", ";
    }
    EH_TRY(eh_buf_printf(out, err, "], \"windows_s\": ["));
    for (uint32_t i = 0; i < options->n_windows && i < EH_MOST_WINDOWS; i++)
        EH_TRY(eh_buf_printf(out, err, "%s%.15g", i ? ", " : "", (double)options->windows_us[i] / 1e6));
    EH_TRY(eh_buf_printf(out, err, "], \"legs\": ["));
    EH_TRY(add_legs(out, options->legs, err));
    EH_TRY(eh_buf_printf(out, err, "], \"list_by\": ["));
    EH_TRY(add_legs(out, options->list_by, err));
    EH_TRY(eh_buf_printf(out, err, "], \"q\": %.15g, \"time_precision_us\": %lld", options->q, (long long)options->precision_us));
    EH_TRY(run_add_text_parameters(out, options, err));
    if (asked_q > 0) EH_TRY(eh_buf_printf(out, err, ", \"calibrated_q\": %.15g, \"asked_q\": %.15g", options->q, asked_q));
    if (n_without > 0) EH_TRY(eh_buf_printf(out, err, ", \"n_without\": %lld", (long long)n_without));
    return eh_buf_printf(out, err, "}");
}

/* After a purge the same archives give other actions, so the same parameters must give another run. */
static eh_status add_purges(eh_investigation *inv, eh_buf *parameters, eh_error *err)
{
    int64_t n_purges = 0;
    EH_TRY(eh_store_integer(inv->store, "SELECT coalesce(max(TRY_CAST(value AS BIGINT)), 0) FROM meta WHERE key = 'purges'", &n_purges, err));
    if (n_purges == 0) return EH_OK;
    parameters->size--; /* the brace that closes */
    return eh_buf_printf(parameters, err, ", \"purges\": %lld}", (long long)n_purges);
}

/* Accounts left out enter the run id, but not the parameters, which are printed in places where no account is. */
static eh_status add_without(eh_investigation *inv, const run_record *run, eh_buf *identity, eh_error *err)
{
    char sql[256];
    EH_TRY(eh_buf_printf(identity, err, "\nwithout "));
    (void)snprintf(sql, sizeof sql, "SELECT coalesce(string_agg(account_id, chr(10) ORDER BY account_id), '') FROM (SELECT DISTINCT account_id FROM (%s))",
                   run->without);
    return eh_store_text(inv->store, sql, identity, err);
}

static eh_status count_without(eh_investigation *inv, run_record *run, int64_t *n, eh_error *err)
{
    char sql[256];
    *n = 0;
    if (!run->without[0]) return EH_OK;
    (void)snprintf(sql, sizeof sql, "SELECT count(DISTINCT account_id) FROM (%s)", run->without);
    EH_TRY(eh_store_integer(inv->store, sql, n, err));
    if (*n == 0) run->without[0] = 0;
    return EH_OK;
}

static eh_status add_inputs(eh_investigation *inv, run_record *run, eh_buf *identity, eh_error *err)
{
    EH_TRY(eh_store_text(inv->store,
                         "SELECT '[' || coalesce(string_agg('\"' || sha256 || '\"', ', ' ORDER BY sha256), '') || ']' FROM "
                         "(SELECT DISTINCT sha256 FROM sources)",
                         &run->inputs, err));
    EH_TRY(eh_store_text(inv->store,
                         "SELECT coalesce(string_agg(sha256 || ' ' || options, chr(10) ORDER BY sha256, options), '') FROM "
                         "sources",
                         identity, err));
    return eh_store_integer(inv->store, "SELECT coalesce(max(source_id), 0) FROM sources", &run->last_source_id, err);
}

static eh_status identify(eh_investigation *inv, run_record *run, eh_error *err)
{
    eh_buf identity = EH_BUF_INIT(inv->ctx);
    int64_t n_without;
    EH_TRY(count_without(inv, run, &n_without, err));
    EH_TRY(add_parameters(&run->parameters, &run->options, run->asked_q, n_without, err));
    EH_TRY(add_purges(inv, &run->parameters, err));
    eh_status status = eh_buf_printf(&identity, err, "evenhand %s\nparameters %s\nseed %llu\n", eh_version(),
                                     run->parameters.data, (unsigned long long)eh_context_seed(inv->ctx));
    if (status == EH_OK) status = add_inputs(inv, run, &identity, err);
    if (status == EH_OK && n_without > 0) status = add_without(inv, run, &identity, err);
    if (status == EH_OK) {
        char hex[eh_sha256_hex_size];
        eh_sha256 hash;
        eh_sha256_init(&hash);
        eh_sha256_add(&hash, identity.data, identity.size);
        eh_sha256_final(&hash, hex);
        snprintf(run->run_id, sizeof run->run_id, "%.*s", EH_RUN_ID_SIZE - 1, hex);
    }
    eh_buf_release(&identity);
    return status;
}

/* ---- known runs ------------------------------------------------------------------------------------------------ */

static eh_status take_summary(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_run_summary *summary = data;
    summary->was_known = true;
    summary->n_accounts = (uint64_t)cells[0].integer;
    summary->n_listed_accounts = (uint64_t)cells[1].integer;
    summary->n_edges = (uint64_t)cells[2].integer;
    summary->n_listed_pairs = (uint64_t)cells[3].integer;
    summary->n_networks = (uint64_t)cells[4].integer;
    summary->n_evidence = (uint64_t)cells[5].integer;
    return EH_OK;
}

static eh_status take_finding(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_run_summary *summary = data;
    for (int i = 0; i <= EH_FINDING_STRONG; i++)
        if (eh_str_is(cells[0].text, eh_finding_name((eh_finding)i))) summary->n_findings[i] = (uint64_t)cells[1].integer;
    return EH_OK;
}

static eh_status summarise(eh_investigation *inv, const char *run_id, eh_run_summary *summary, eh_error *err)
{
    char sql[256];
    snprintf(summary->run_id, sizeof summary->run_id, "%s", run_id);
    snprintf(sql, sizeof sql,
             "SELECT n_accounts, n_listed_accounts, n_edges, n_listed_pairs, n_networks, n_evidence FROM runs WHERE run_id = '%s'",
             run_id);
    EH_TRY(eh_store_query(inv->store, sql, NULL, take_summary, summary, err));
    snprintf(sql, sizeof sql, "SELECT finding, count(*) FROM findings WHERE run_id = '%s' GROUP BY finding", run_id);
    return eh_store_query(inv->store, sql, NULL, take_finding, summary, err);
}

/* ---- running --------------------------------------------------------------------------------------------------- */

static eh_status compute(eh_investigation *inv, run_record *run, eh_error *err)
{
    EH_TRY(run_load_table(inv, run, err));
    EH_TRY(eh_find(inv->ctx, &run->table, &run->options, &run->findings, err));
    run_note_templates(run);
    EH_TRY(eh_networks_of(inv->ctx, &run->findings.detection, run->table.accounts.n, &run->networks, err));
    eh_store_fit_memory(inv->store, 60);
    return EH_OK;
}

/* Rows that only one of two runs has, over the tables that a run commits to. */
static eh_status count_differing(eh_investigation *inv, const char *run_a, const char *run_b, uint64_t *n, eh_error *err)
{
    static const char *const tables[] = {"findings", "edges", "ties", "networks", "evidence"};
    *n = 0;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char sql[512];
        int64_t n_rows;
        (void)snprintf(sql, sizeof sql,
                       "WITH a AS (SELECT * EXCLUDE (run_id) FROM %s WHERE run_id = '%s'), "
                       "b AS (SELECT * EXCLUDE (run_id) FROM %s WHERE run_id = '%s') SELECT "
                       "(SELECT count(*) FROM (FROM a EXCEPT ALL FROM b)) + (SELECT count(*) FROM (FROM b EXCEPT ALL FROM a))",
                       tables[i], run_a, tables[i], run_b);
        EH_TRY(eh_store_integer(inv->store, sql, &n_rows, err));
        *n += (uint64_t)n_rows;
    }
    return EH_OK;
}

/* Stores what was computed anew under another name, compares, and takes it back. */
static eh_status compare_known(eh_investigation *inv, run_record *run, uint64_t *n_differing, eh_error *err)
{
    char known[EH_RUN_ID_SIZE];
    memcpy(known, run->run_id, sizeof known);
    (void)snprintf(run->run_id, sizeof run->run_id, "recomputed");
    EH_TRY(eh_store_exec(inv->store, "BEGIN", err));
    eh_status status = run_store(inv, run, err);
    if (status == EH_OK) status = count_differing(inv, known, run->run_id, n_differing, err);
    eh_store_rollback(inv->store);
    memcpy(run->run_id, known, sizeof known);
    return status;
}

static eh_status store(eh_investigation *inv, const run_record *run, eh_error *err)
{
    EH_TRY(run_store(inv, run, err));
    if (!run->without[0]) return EH_OK;
    return eh_store_execf(inv->store, err, "INSERT INTO run_without SELECT DISTINCT '%s', account_id FROM (%s)", run->run_id,
                          run->without);
}

static eh_status detect(eh_investigation *inv, run_record *run, run_request *request, eh_run_summary *summary, eh_error *err)
{
    EH_TRY(inv_check_writable(inv, err));
    EH_TRY(run_check_texts(&run->options, err));
    EH_TRY(resolve(inv, &run->options, err));
    EH_TRY(identify(inv, run, err));
    EH_TRY(summarise(inv, run->run_id, summary, err));
    if (summary->was_known && !request->is_fresh) return EH_OK;
    EH_TRY(compute(inv, run, err));
    if (summary->was_known) return compare_known(inv, run, &request->n_differing, err);
    EH_TRY(eh_store_exec(inv->store, "BEGIN", err));
    EH_TRY(inv_end_transaction(inv, store(inv, run, err), err));
    eh_status status = summarise(inv, run->run_id, summary, err);
    summary->was_known = false;
    return status;
}

eh_status run_detect(eh_investigation *inv, const eh_detect_options *options, run_request *request, eh_run_summary *summary,
                     eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *summary = (eh_run_summary){0};
    run_record run = {.options = options ? *options : eh_detect_options_default(),
                      .asked_q = request->asked_q,
                      .parameters = EH_BUF_INIT(inv->ctx),
                      .inputs = EH_BUF_INIT(inv->ctx)};
    (void)snprintf(run.without, sizeof run.without, "%s", request->without ? request->without : "");
    eh_status status = detect(inv, &run, request, summary, err);
    if (run.networks.ctx) eh_networks_release(&run.networks);
    eh_findings_release(&run.findings);
    run_again_release(&run);
    eh_buf_release(&run.parameters);
    eh_buf_release(&run.inputs);
    return status;
}

eh_status eh_investigation_detect(eh_investigation *inv, const eh_detect_options *options, eh_run_summary *summary,
                                  eh_error *err)
{
    run_request request = {0};
    return run_detect(inv, options, &request, summary, err);
}
