/*
 * What leaves an investigation without naming accounts at risk.
 *
 * Their ids become pseudonyms (keyed, or numbered by the list), their posts and the objects that lead to them are left out, their
 * times are given by the day, and no text at all is written, since texts can name anybody. It is done once for all that is written:
 * while an investigation is guarded, each table with accounts in it is hidden behind a view of the same name.
 */
#include "base/dict.h"
#include "evenhand/ingest.h"
#include "investigation/cell_text.h"
#include "investigation/investigation_private.h"
#include "investigation/pseudonym.h"

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

enum { guard_name_size = EH_PSEUDONYM_SIZE + 32 };
struct eh_guard {
    eh_context *ctx;
    eh_dict ids;
    eh_pseudonymiser *pseudonyms; /* NULL: numbers */
    char (*names)[guard_name_size];
};

static eh_status take_id(void *data, eh_str id, eh_error *err)
{
    eh_guard *g = data;
    uint32_t number;
    EH_TRY(eh_dict_add(&g->ids, id, &number, err));
    return g->ids.n <= most_at_risk ? EH_OK : eh_fail(err, EH_E_LIMIT, "the list of accounts at risk holds more than %d", most_at_risk);
}

static eh_status give_names(eh_guard *g, eh_error *err)
{
    g->names = eh_alloc(g->ctx, g->ids.n, sizeof *g->names, err);
    if (!g->names) return err->status;
    for (uint32_t i = 0; i < g->ids.n; i++) {
        if (g->pseudonyms) eh_pseudonym_of(g->pseudonyms, eh_dict_get(&g->ids, i), g->names[i]);
        else (void)snprintf(g->names[i], sizeof g->names[i], "withheld-%u", i + 1);
    }
    return EH_OK;
}

eh_status eh_guard_new(eh_context *ctx, const char *at_risk_path, const char *key_path, eh_guard **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = NULL;
    eh_guard *g = eh_alloc(ctx, 1, sizeof *g, err);
    if (!g) return err->status;
    *g = (eh_guard){.ctx = ctx, .ids = EH_DICT_INIT(ctx)};
    eh_status status = eh_account_list_read(ctx, at_risk_path, take_id, g, err);
    if (status == EH_OK && key_path) status = eh_pseudonymiser_new(ctx, key_path, &g->pseudonyms, err);
    if (status == EH_OK) status = give_names(g, err);
    if (status == EH_OK) *out = g;
    else eh_guard_free(g);
    return status;
}

void eh_guard_free(eh_guard *g)
{
    if (!g) return;
    eh_dict_release(&g->ids);
    eh_pseudonymiser_free(g->pseudonyms);
    eh_free(g->ctx, g->names);
    eh_free(g->ctx, g);
}

bool eh_guard_hides(const eh_guard *g, eh_str account) { return g && eh_dict_find(&g->ids, account) != EH_DICT_NONE; }

eh_str eh_guard_name(const eh_guard *g, eh_str account)
{
    uint32_t i = g ? eh_dict_find(&g->ids, account) : EH_DICT_NONE;
    return i == EH_DICT_NONE ? account : eh_str_of(g->names[i]);
}

/* ---- views ------------------------------------------------------------------------------------------------------ */

/* What the views are written with: the database's own tables, 'a', 'b'  and  WHEN 'a' THEN 'pseudonym' ... */
typedef struct view_writer {
    const eh_table *table;
    eh_buf database, in, cases, sql;
} view_writer;

static const char *const account_columns[] = {"account_id", "account_a", "account_b", "target_account", "via", NULL};

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0) return true;
    return false;
}

static bool has_accounts(const eh_table *table)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (is_one_of(table->columns[i].name, account_columns)) return true;
    return false;
}

/* Whether somebody at risk takes part in the row. */
static eh_status add_condition(view_writer *w, eh_error *err)
{
    const char *separator = "(";
    for (size_t i = 0; i < w->table->n_columns; i++) {
        const char *name = w->table->columns[i].name;
        if (!is_one_of(name, account_columns)) continue;
        EH_TRY(eh_buf_printf(&w->sql, err, "%scoalesce(x.%s IN (%s), false)", separator, name, w->in.data));
        separator = " OR ";
    }
    return eh_buf_printf(&w->sql, err, ")");
}

/* Also objects of others: an account mentioned, and posts of accounts at risk that were reposted or answered. */
static eh_status add_leads(view_writer *w, eh_error *err)
{
    return eh_buf_printf(&w->sql, err, "(x.object IN (%s) OR x.object IN (SELECT post_id FROM %s.main.posts WHERE account_id IN (%s)))",
                         w->in.data, w->database.data, w->in.data);
}

static eh_status add_column(view_writer *w, const char *name, eh_error *err)
{
    static const char *const leads[] = {"post_id", "post_a", "post_b", "target_post", "reply_to", "row", "delta_s", "byte", "lang", "client",
                                        "block_start", NULL};
    static const char *const times[] = {"time", "time_a", "time_b", "first_time", "last_time", NULL};
    static const char *const texts[] = {"text", "excerpt", "handle", NULL};
    if (is_one_of(name, account_columns)) return eh_buf_printf(&w->sql, err, "CASE x.%s%s ELSE x.%s END AS %s", name, w->cases.data, name, name);
    if (is_one_of(name, texts)) return eh_buf_printf(&w->sql, err, "CAST(NULL AS VARCHAR) AS %s", name);
    bool is_lead = is_one_of(name, leads), is_time = is_one_of(name, times), is_object = strcmp(name, "object") == 0;
    if (!is_lead && !is_time && !is_object) return eh_buf_printf(&w->sql, err, "x.\"%s\"", name);
    EH_TRY(eh_buf_printf(&w->sql, err, "CASE WHEN "));
    EH_TRY(add_condition(w, err));
    if (is_object) EH_TRY(eh_buf_printf(&w->sql, err, " OR "));
    if (is_object) EH_TRY(add_leads(w, err));
    if (is_time) return eh_buf_printf(&w->sql, err, " THEN date_trunc('day', x.\"%s\") ELSE x.\"%s\" END AS \"%s\"", name, name, name);
    return eh_buf_printf(&w->sql, err, " THEN NULL ELSE x.\"%s\" END AS \"%s\"", name, name);
}

static eh_status add_view(view_writer *w, const eh_table *table, bool has_coactions, eh_error *err)
{
    w->table = table;
    EH_TRY(eh_buf_printf(&w->sql, err, "CREATE OR REPLACE TEMP VIEW %s AS SELECT ", table->name));
    for (size_t i = 0; i < table->n_columns; i++) {
        if (i) EH_TRY(eh_buf_printf(&w->sql, err, ", "));
        EH_TRY(add_column(w, table->columns[i].name, err));
    }
    EH_TRY(eh_buf_printf(&w->sql, err, " FROM %s.main.%s x", w->database.data, table->name));
    if (!has_coactions && strcmp(table->name, "evidence") == 0) {
        EH_TRY(eh_buf_printf(&w->sql, err, " WHERE NOT "));
        EH_TRY(add_condition(w, err));
        EH_TRY(eh_buf_printf(&w->sql, err, " AND NOT "));
        EH_TRY(add_leads(w, err));
    }
    return eh_buf_printf(&w->sql, err, ";\n");
}

static eh_status write_views(eh_investigation *inv, const eh_guard *g, bool has_coactions, view_writer *w, eh_error *err)
{
    EH_TRY(eh_store_text(inv->store, "SELECT '\"' || replace(current_database(), '\"', '\"\"') || '\"'", &w->database, err));
    for (uint32_t i = 0; i < g->ids.n; i++) {
        EH_TRY(eh_buf_printf(&w->in, err, "%s", i ? ", " : ""));
        EH_TRY(eh_sql_quote(&w->in, eh_dict_get(&g->ids, i), err));
        EH_TRY(eh_buf_printf(&w->cases, err, " WHEN "));
        EH_TRY(eh_sql_quote(&w->cases, eh_dict_get(&g->ids, i), err));
        EH_TRY(eh_buf_printf(&w->cases, err, " THEN '%s'", g->names[i]));
    }
    for (size_t i = 0; i < eh_n_tables(); i++)
        if (has_accounts(eh_table_at(i))) EH_TRY(add_view(w, eh_table_at(i), has_coactions, err));
    return eh_store_exec(inv->store, w->sql.data, err);
}

static eh_status drop_views(eh_investigation *inv, eh_error *err)
{
    for (size_t i = 0; i < eh_n_tables(); i++)
        if (has_accounts(eh_table_at(i))) EH_TRY(eh_store_execf(inv->store, err, "DROP VIEW IF EXISTS temp.main.%s", eh_table_at(i)->name));
    return EH_OK;
}

eh_status eh_investigation_guard(eh_investigation *inv, const eh_guard *guard, bool has_coactions, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    if (!guard) return drop_views(inv, err);
    const eh_buf empty = EH_BUF_INIT(inv->ctx);
    view_writer w = {NULL, empty, empty, empty, empty};
    eh_status status = write_views(inv, guard, has_coactions, &w, err);
    eh_buf_release(&w.database);
    eh_buf_release(&w.in);
    eh_buf_release(&w.cases);
    eh_buf_release(&w.sql);
    return status;
}
