/* Exports: the column list comes from the data dictionary, the form from the extension. */
#include "investigation/cell_text.h"
#include "investigation/investigation_private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

typedef enum file_form { FORM_CSV, FORM_JSONL, FORM_PARQUET, FORM_GEXF, FORM_GRAPHML, FORM_JSON } file_form;

static bool ends_with(const char *path, const char *end)
{
    size_t size = strlen(path), end_size = strlen(end);
    return size > end_size && eh_str_is_nocase((eh_str){path + size - end_size, end_size}, end);
}

/* forms: bit f set = form f is possible; standard_form: what "-" means. */
static eh_status form_of(const char *path, unsigned forms, file_form standard_form, file_form *form, eh_error *err)
{
    static const char *const ends[] = {".csv", ".jsonl", ".parquet", ".gexf", ".graphml", ".json"};
    *form = standard_form;
    if (strcmp(path, "-") == 0) return EH_OK;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        *form = (file_form)i;
        if ((forms >> i & 1) && ends_with(path, ends[i])) return EH_OK;
    }
    char list[64] = "";
    for (size_t i = 0, n = 0; i < sizeof ends / sizeof *ends; i++)
        if (forms >> i & 1) n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n ? " or " : "", ends[i]);
    return eh_fail_at(err, EH_E_INVALID, path, -1, -1, "the name must end in %s", list);
}

/* ---- Parquet --------------------------------------------------------------------------------------------------- */

static eh_status sync_and_rename(const char *aside, const char *path, eh_error *err)
{
    int fd = open(aside, O_RDONLY | O_CLOEXEC);
    bool is_good = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    if (fd >= 0) (void)close(fd);
    if (is_good && rename(aside, path) == 0) return EH_OK;
    return eh_fail_at(err, EH_E_IO, path, -1, -1, "could not be written whole: %s; nothing was left behind", strerror(errno));
}

/* One thread: then row groups, and so the bytes, are the same each time and on each machine. */
static eh_status write_parquet(eh_investigation *inv, const char *sql, const char *path, eh_error *err)
{
    eh_buf aside = EH_BUF_INIT(inv->ctx), copy = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_buf_printf(&aside, err, "%s.partial-%ld", path, (long)getpid());
    if (status == EH_OK) status = eh_buf_printf(&copy, err, "COPY (%s) TO ", sql);
    if (status == EH_OK) status = eh_sql_quote(&copy, eh_buf_str(&aside), err);
    if (status == EH_OK)
        status = eh_buf_printf(&copy, err, " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, USE_TMP_FILE false)");
    if (status == EH_OK) status = eh_store_exec(inv->store, "SET threads = 1", err);
    if (status == EH_OK) {
        status = eh_store_exec(inv->store, copy.data, err);
        eh_status restored = eh_store_execf(inv->store, NULL, "SET threads = %d", eh_context_n_threads(inv->ctx));
        (void)restored; /* fails after a cancellation only; then nothing more will run */
    }
    if (status == EH_OK) status = sync_and_rename(aside.data, path, err);
    if (status != EH_OK && aside.data) (void)unlink(aside.data);
    eh_buf_release(&aside);
    eh_buf_release(&copy);
    return status;
}

/* ---- one thing ------------------------------------------------------------------------------------------------- */

static eh_status write_rows(eh_investigation *inv, const char *sql, file_form form, const char *path, eh_error *err)
{
    eh_outfile out;
    EH_TRY(eh_outfile_open(inv->ctx, path, &out, err));
    eh_status status = eh_write_rows(inv->store, sql, form == FORM_JSONL, &out, err);
    if (status == EH_OK) return eh_outfile_commit(&out, err);
    eh_outfile_discard(&out);
    return status;
}

static eh_status export_table(eh_investigation *inv, const char *run_id, const eh_table_file *file, const char *path,
                              eh_error *err)
{
    file_form form;
    char found[EH_RUN_ID_SIZE] = "";
    EH_TRY(form_of(path, 1u << FORM_CSV | 1u << FORM_JSONL | 1u << FORM_PARQUET, FORM_CSV, &form, err));
    bool needs_run = strcmp(eh_table_named(file->table)->columns[0].name, "run_id") == 0;
    if (needs_run || run_id) EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_tables_select(&sql, file, found, err);
    if (status == EH_OK)
        status = form == FORM_PARQUET ? write_parquet(inv, sql.data, path, err) : write_rows(inv, sql.data, form, path, err);
    eh_buf_release(&sql);
    return status;
}

/* Appeals as the audit takes them: whose, whether decided, how, when. */
static eh_status export_appeals(eh_investigation *inv, const char *path, eh_error *err)
{
    file_form form;
    EH_TRY(form_of(path, 1u << FORM_CSV | 1u << FORM_JSONL, FORM_CSV, &form, err));
    return write_rows(inv,
                      "SELECT account_id, outcome <> '' AS decided, outcome, decided AS time, appeal_id, run_id, decision_id, state, opened, due, "
                      "(epoch_us(decided) - epoch_us(opened)) / 864e8 AS days, finding_before, finding_again, n_differing, corrected_run_id, "
                      "n_changed FROM appeals ORDER BY appeal_id",
                      form, path, err);
}

/* ---- counts ------------------------------------------------------------------------------------------------------ */

/* Cells below ten are left empty, and with them as many of the smallest others as it takes for the empty ones to hold ten together,
 * so that no total gives them away. Behaviours are told where no count of listed accounts is hidden, and not where a few are left. */
static const char summary_sql[] =
    "WITH r AS (SELECT * FROM runs WHERE run_id = '%s'), v AS (SELECT * FROM (VALUES ('strong', 1), ('moderate', 2), ('weak', 3), ('none', 4), "
    "('insufficient_data', 5)) AS t(value, place)), "
    "c AS (SELECT v.value, place, count(f.account_id) AS n FROM v LEFT JOIN (SELECT * FROM findings JOIN r USING (run_id)) f ON f.finding = v.value GROUP BY "
    "ALL), "
    "d AS (SELECT *, coalesce(sum(n) OVER (ORDER BY n, place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM c WHERE n > 0), "
    "e AS (SELECT value, place, n, n < 10 OR (before > 0 AND before < 10) AS is_small FROM d UNION ALL SELECT value, place, 0, false FROM c WHERE n = 0), "
    "b AS (SELECT unnest(string_split(behaviours, '|')) AS value FROM findings JOIN r USING (run_id) WHERE listed AND behaviours != ''), "
    "g AS (SELECT value, count(*) AS n FROM b GROUP BY value) "
    "SELECT measure, value, n_accounts, q FROM ("
    "SELECT 0 AS k, 0 AS place, 'accounts' AS measure, 'all' AS value, CASE WHEN n_accounts >= 10 THEN n_accounts END AS n_accounts, q FROM r UNION ALL "
    "SELECT 1, place, 'finding', value, CASE WHEN NOT is_small THEN n END, q FROM e, r UNION ALL "
    "SELECT 2, 0, 'listed on behaviour', value, CASE WHEN n >= 10 AND (n = n_listed_accounts OR n_listed_accounts - n >= 10) AND (SELECT "
    "bool_and(NOT is_small) FROM e WHERE value IN ('strong', 'moderate')) THEN n END, q FROM g, r UNION ALL "
    "SELECT 3, 0, 'expected false, listed', 'at most', CASE WHEN (SELECT bool_and(NOT is_small) FROM e WHERE value IN ('strong', 'moderate')) THEN "
    "ceil(q * n_listed_accounts) END, q FROM r) ORDER BY k, place, value";

static eh_status export_summary(eh_investigation *inv, const char *run_id, const char *path, eh_error *err)
{
    file_form form;
    char found[EH_RUN_ID_SIZE];
    EH_TRY(form_of(path, 1u << FORM_CSV | 1u << FORM_JSONL, FORM_CSV, &form, err));
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, summary_sql, found);
    if (status == EH_OK) status = write_rows(inv, sql.data, form, path, err);
    eh_buf_release(&sql);
    return status;
}

/* ---- documents --------------------------------------------------------------------------------------------------- */

typedef enum document { DOCUMENT_GRAPH, DOCUMENT_PROVENANCE, DOCUMENT_CALIBRATION } document;

static eh_status export_document(eh_investigation *inv, const char *run_id, document what, const char *path, eh_error *err)
{
    file_form form;
    char found[EH_RUN_ID_SIZE] = "";
    if (what == DOCUMENT_GRAPH)
        EH_TRY(form_of(path, 1u << FORM_GEXF | 1u << FORM_GRAPHML, FORM_GRAPHML, &form, err));
    else
        EH_TRY(form_of(path, 1u << FORM_JSON, FORM_JSON, &form, err));
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    eh_outfile out;
    EH_TRY(eh_outfile_open(inv->ctx, path, &out, err));
    eh_status status = what == DOCUMENT_GRAPH        ? inv_write_graph(inv, found, form == FORM_GEXF, &out, err)
                       : what == DOCUMENT_PROVENANCE ? inv_write_provenance(inv, found, &out, err)
                                                     : inv_write_calibration_file(inv, found, &out, err);
    if (status == EH_OK) return eh_outfile_commit(&out, err);
    eh_outfile_discard(&out);
    return status;
}

eh_status eh_investigation_export(eh_investigation *inv, const char *run_id, const char *what, const char *path,
                                  eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    if (inv->is_sandboxed) return eh_fail(err, EH_E_INVALID, "the investigation is locked to queries; open it anew");
    if (strcmp(what, "graph") == 0) return export_document(inv, run_id, DOCUMENT_GRAPH, path, err);
    if (strcmp(what, "provenance") == 0) return export_document(inv, run_id, DOCUMENT_PROVENANCE, path, err);
    if (strcmp(what, "calibration") == 0) return export_document(inv, run_id, DOCUMENT_CALIBRATION, path, err);
    if (strcmp(what, "appeals") == 0) return export_appeals(inv, path, err);
    if (strcmp(what, "summary") == 0) return export_summary(inv, run_id, path, err);
    const eh_table_file *file = eh_table_file_of(what);
    if (file) return export_table(inv, run_id, file, path, err);
    return eh_fail(err, EH_E_NOT_FOUND,
                   "'%.60s' cannot be exported; there are accounts, edges, networks, ties, evidence, chances, posts, rejects, graph, "
                   "provenance, calibration, summary, decisions, appeals, changes",
                   what);
}

eh_status eh_investigation_sql(eh_investigation *inv, const char *query, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    file_form form;
    if (ends_with(path, ".parquet"))
        return eh_fail_at(err, EH_E_UNSUPPORTED, path, -1, -1,
                          "queries give .csv or .jsonl; for Parquet use export, or DuckDB itself on the investigation");
    EH_TRY(form_of(path, 1u << FORM_CSV | 1u << FORM_JSONL, FORM_CSV, &form, err));
    if (inv->mode != EH_OPEN_READ)
        return eh_fail(err, EH_E_INVALID, "queries need an investigation that is open for reading only");
    if (!inv->is_sandboxed) {
        EH_TRY(eh_store_sandbox(inv->store, err));
        inv->is_sandboxed = true;
    }
    return write_rows(inv, query, form, path, err);
}
