/*
 * Exports with a guard: lists in which accounts at risk are not named, and counts that are too large to point at anybody.
 *
 * At risk: ids become pseudonyms (keyed, or numbered by the list), their posts and the objects that lead to them are left out, their
 * times are given by the day, and no text at all is written, since texts can name anybody. A list is refused where it cannot be trusted.
 */
#include "base/outfile.h"
#include "investigation/cell_text.h"
#include "investigation/investigation_private.h"
#include "investigation/pseudonym.h"

#include <errno.h>
#include <stdio.h>

enum { most_at_risk = 2000 };
#define MOST_REJECTED 0.1 /* share of an archive's rows that could not be read */

/* ---- whether a list can be trusted ----------------------------------------------------------------------------- */

eh_status eh_investigation_check_list(eh_investigation *inv, const char *run_id, eh_error *err)
{
    char found[EH_RUN_ID_SIZE], sql[1024];
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    (void)snprintf(sql, sizeof sql,
        "WITH r AS (SELECT * FROM runs WHERE run_id = '%s'), s AS (SELECT sources.* FROM sources, r WHERE source_id <= r.last_source_id) "
        "SELECT coalesce((SELECT name || ' ends early' FROM s WHERE is_truncated ORDER BY source_id LIMIT 1), "
        "(SELECT name || ': ' || rows_rejected || ' of ' || rows_read || ' rows could not be read' FROM s WHERE rows_rejected > %g * rows_read "
        "ORDER BY source_id LIMIT 1), (SELECT 'on decoys ' || round(100 * false_share, 1) || ' %% of the listed are false, more than q = ' || r.q "
        "FROM calibrations c, r WHERE c.run_id = r.run_id AND false_share > r.q), '')", found, MOST_REJECTED);
    eh_buf reason = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_store_text(inv->store, sql, &reason, err);
    if (status == EH_OK && reason.size)
        status = eh_fail_at(err, EH_E_STATISTICS, eh_store_path(inv->store), -1, -1, "no list is written: %s", reason.data);
    eh_buf_release(&reason);
    return status;
}

static eh_status take_expected(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    double *expected = data;
    expected[0] = cells[0].real;
    expected[1] = cells[1].real;
    return EH_OK;
}

eh_status eh_investigation_expected_false(eh_investigation *inv, const char *run_id, uint64_t *n_listed, double *n_false, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char found[EH_RUN_ID_SIZE], sql[128];
    double expected[2] = {0, 0};
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    (void)snprintf(sql, sizeof sql, "SELECT n_listed_accounts, q * n_listed_accounts FROM runs WHERE run_id = '%s'", found);
    EH_TRY(eh_store_query(inv->store, sql, NULL, take_expected, expected, err));
    *n_listed = (uint64_t)expected[0];
    *n_false = expected[1];
    return EH_OK;
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

typedef struct guard {
    eh_context *ctx;
    eh_buf in, cases; /* 'a','b'  and  WHEN 'a' THEN 'pseudonym' ... */
    size_t n;
} guard;

static eh_status add_name(guard *g, eh_str id, const eh_pseudonymiser *pseudonyms, eh_error *err)
{
    char name[EH_PSEUDONYM_SIZE + 32];
    if (++g->n > most_at_risk) return eh_fail(err, EH_E_LIMIT, "the list of accounts at risk holds more than %d", most_at_risk);
    if (pseudonyms) eh_pseudonym_of(pseudonyms, id, name);
    else (void)snprintf(name, sizeof name, "withheld-%zu", g->n);
    if (g->n > 1) EH_TRY(eh_buf_printf(&g->in, err, ", "));
    EH_TRY(eh_sql_quote(&g->in, id, err));
    EH_TRY(eh_buf_printf(&g->cases, err, " WHEN "));
    EH_TRY(eh_sql_quote(&g->cases, id, err));
    return eh_buf_printf(&g->cases, err, " THEN '%s'", name);
}

static eh_status read_names(guard *g, const eh_export_guard *how, eh_error *err)
{
    eh_pseudonymiser *pseudonyms = NULL;
    FILE *file = fopen(how->at_risk_path, "rb");
    if (!file) return eh_fail_at(err, EH_E_IO, how->at_risk_path, -1, -1, "cannot be read: %s", strerror(errno));
    eh_status status = how->key_path ? eh_pseudonymiser_new(g->ctx, how->key_path, &pseudonyms, err) : EH_OK;
    char line[1024];
    for (int64_t n = 1; status == EH_OK && fgets(line, sizeof line, file); n++) {
        eh_str id = eh_str_trim(eh_str_of(line));
        if (strlen(line) == sizeof line - 1)
            status = eh_fail_at(err, EH_E_FORMAT, how->at_risk_path, n, -1, "a line is too long; give one account id a line");
        else if (id.size) status = add_name(g, id, pseudonyms, err);
    }
    if (status == EH_OK && ferror(file)) status = eh_fail_at(err, EH_E_IO, how->at_risk_path, -1, -1, "cannot be read");
    if (status == EH_OK && !g->n) status = eh_fail_at(err, EH_E_FORMAT, how->at_risk_path, -1, -1, "holds no account id");
    (void)fclose(file);
    eh_pseudonymiser_free(pseudonyms);
    return status;
}

/* ---- columns ---------------------------------------------------------------------------------------------------- */

static bool has_column(const eh_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0) return true;
    return false;
}

/* Whether somebody at risk takes part in the row. */
static eh_status add_condition(guard *g, eh_buf *sql, const eh_table *table, eh_error *err)
{
    static const char *const columns[] = {"account_id", "account_a", "account_b", "target_account"};
    const char *separator = "(";
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (!has_column(table, columns[i])) continue;
        EH_TRY(eh_buf_printf(sql, err, "%scoalesce(x.%s IN (%s), false)", separator, columns[i], g->in.data));
        separator = " OR ";
    }
    return eh_buf_printf(sql, err, *separator == '(' ? "(false)" : ")");
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0) return true;
    return false;
}

static eh_status add_column(guard *g, eh_buf *sql, const eh_table *table, const char *name, eh_error *err)
{
    static const char *const accounts[] = {"account_id", "account_a", "account_b", "target_account", NULL};
    static const char *const leads[] = {"post_id", "post_a", "post_b", "target_post", "reply_to", "row", "delta_s", "byte", "lang", "client",
                                        "block_start", NULL};
    static const char *const times[] = {"time", "time_a", "time_b", "first_time", "last_time", NULL};
    static const char *const texts[] = {"text", "excerpt", "handle", NULL};
    if (is_one_of(name, accounts)) return eh_buf_printf(sql, err, "CASE x.%s%s ELSE x.%s END AS %s", name, g->cases.data, name, name);
    if (is_one_of(name, texts)) return eh_buf_printf(sql, err, "NULL AS %s", name);
    bool is_lead = is_one_of(name, leads), is_time = is_one_of(name, times), is_object = strcmp(name, "object") == 0;
    if (!is_lead && !is_time && !is_object) return eh_buf_printf(sql, err, "x.\"%s\"", name);
    EH_TRY(eh_buf_printf(sql, err, "CASE WHEN "));
    EH_TRY(add_condition(g, sql, table, err));
    /* Of others, too: an account mentioned, and posts of accounts at risk that were reposted or answered. */
    if (is_object) EH_TRY(eh_buf_printf(sql, err, " OR x.object IN (%s) OR x.object IN (SELECT post_id FROM posts WHERE account_id IN (%s))", g->in.data, g->in.data));
    EH_TRY(eh_buf_printf(sql, err, " THEN "));
    if (is_time) EH_TRY(eh_buf_printf(sql, err, "date_trunc('day', x.\"%s\")", name));
    else EH_TRY(eh_buf_printf(sql, err, "NULL"));
    return eh_buf_printf(sql, err, " ELSE x.\"%s\" END AS \"%s\"", name, name);
}

static eh_status guarded_select(guard *g, eh_buf *sql, const eh_table_file *file, const char *run_id, eh_error *err)
{
    const eh_table *table = eh_table_named(file->table);
    EH_TRY(eh_buf_printf(sql, err, "WITH w AS ("));
    EH_TRY(eh_tables_select(sql, file, run_id, err));
    EH_TRY(eh_buf_printf(sql, err, "), x AS (SELECT *, row_number() OVER () AS in_order FROM w) SELECT "));
    const char *separator = "";
    for (size_t i = 0; i < table->n_columns; i++) {
        if (!eh_is_exported(&table->columns[i])) continue;
        const char *name = strcmp(table->columns[i].name, "source_id") == 0 ? "source" : table->columns[i].name;
        EH_TRY(eh_buf_printf(sql, err, "%s", separator));
        EH_TRY(add_column(g, sql, table, name, err));
        separator = ", ";
    }
    return eh_buf_printf(sql, err, " FROM x ORDER BY in_order");
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

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static eh_status write_guarded(eh_investigation *inv, const char *sql, const char *path, eh_error *err)
{
    const char *dot = strrchr(path, '.');
    bool is_jsonl = dot && strcmp(dot, ".jsonl") == 0;
    if (strcmp(path, "-") != 0 && !is_jsonl && !(dot && strcmp(dot, ".csv") == 0))
        return eh_fail_at(err, EH_E_INVALID, path, -1, -1, "a guarded export is .csv or .jsonl");
    eh_outfile out;
    EH_TRY(eh_outfile_open(inv->ctx, path, &out, err));
    eh_status status = eh_write_rows(inv->store, sql, is_jsonl, &out, err);
    if (status == EH_OK) return eh_outfile_commit(&out, err);
    eh_outfile_discard(&out);
    return status;
}

static eh_status write_summary(eh_investigation *inv, const char *run_id, const char *path, eh_error *err)
{
    char found[EH_RUN_ID_SIZE];
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, summary_sql, found);
    if (status == EH_OK) status = write_guarded(inv, sql.data, path, err);
    eh_buf_release(&sql);
    return status;
}

eh_status eh_investigation_export_guarded(eh_investigation *inv, const char *run_id, const char *what, const eh_export_guard *how,
                                          const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    if (strcmp(what, "summary") == 0) return write_summary(inv, run_id, path, err);
    const eh_table_file *file = eh_table_file_of(what);
    if (!file)
        return eh_fail(err, EH_E_UNSUPPORTED, "%.60s cannot be written without naming accounts at risk; export a table such as accounts or edges", what);
    guard g = {inv->ctx, EH_BUF_INIT(inv->ctx), EH_BUF_INIT(inv->ctx), 0};
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    char found[EH_RUN_ID_SIZE] = "";
    bool is_of_run = strcmp(eh_table_named(file->table)->columns[0].name, "run_id") == 0;
    eh_status status = is_of_run ? eh_investigation_check_list(inv, run_id, err) : EH_OK;
    if (status == EH_OK && is_of_run) status = eh_investigation_find_run(inv, run_id, found, err);
    if (status == EH_OK) status = read_names(&g, how, err);
    if (status == EH_OK) status = guarded_select(&g, &sql, file, found, err);
    if (status == EH_OK) status = write_guarded(inv, sql.data, path, err);
    eh_buf_release(&sql);
    eh_buf_release(&g.in);
    eh_buf_release(&g.cases);
    return status;
}
