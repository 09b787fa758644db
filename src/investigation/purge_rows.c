/*
 * Rows about the accounts go; what leads to them from rows of others is emptied, or replaced by a word drawn at random, the same
 * wherever the same thing stood: pairs of others and their evidence stay what they were.
 *
 * Counts of rows (runs, networks) fall by what went. What a test computed (p, q, pairs tested, partners) stays as it was computed.
 */
#include "investigation/purge.h"

#include <stdio.h>

#define IDS "(SELECT id FROM purge_ids)"
#define GONE "(purged)"

/* The keys by which a thing that goes takes its rows along. */
static const struct {
    const char *column, *of;
} things[] = {{"appeal_id", "purge_appeals"}, {"claim_id", "purge_claims"}, {"check_id", "purge_checks"},
              {"expansion_id", "purge_expansions"}, {"run_id", "purge_runs"}};

static bool is_of_ledger(const eh_table *table) { return strncmp(table->name, "ledger", 6) == 0; }

static bool has_column(const eh_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0) return true;
    return false;
}

static eh_purge_table *line_of(purge *p, const eh_table *table)
{
    eh_purge_report *r = p->report;
    for (size_t i = 0; i < r->n_tables; i++)
        if (strcmp(r->tables[i].name, table->name) == 0) return &r->tables[i];
    eh_purge_table *line = &r->tables[r->n_tables < EH_MOST_PURGE_TABLES - 1 ? r->n_tables++ : r->n_tables];
    line->name = table->name;
    return line;
}

/* SELECT count(*) FROM table WHERE condition */
static eh_status count_where(purge *p, const eh_table *table, const eh_buf *where, uint64_t *n, eh_error *err)
{
    int64_t found = 0;
    eh_buf sql = EH_BUF_INIT(p->inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, "SELECT count(*) FROM %s WHERE ", table->name);
    if (status == EH_OK) status = eh_buf_add_str(&sql, eh_buf_str(where), err);
    if (status == EH_OK) status = eh_store_integer(p->inv->store, sql.data, &found, err);
    eh_buf_release(&sql);
    *n = (uint64_t)found;
    return status;
}

/* BEFORE table BETWEEN condition, where BEFORE and BETWEEN are SQL. */
static eh_status exec_where(purge *p, const char *before, const eh_buf *where, eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(p->inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, "%s WHERE ", before);
    if (status == EH_OK) status = eh_buf_add_str(&sql, eh_buf_str(where), err);
    if (status == EH_OK) status = eh_store_exec(p->inv->store, sql.data, err);
    eh_buf_release(&sql);
    return status;
}

/* A decision or a step of an appeal is in the ledger word for word. */
static eh_status note_leaves(purge *p, const eh_table *table, const eh_buf *where, eh_error *err)
{
    char sql[128];
    if (!has_column(table, "seq")) return EH_OK;
    (void)snprintf(sql, sizeof sql, "INSERT INTO purge_leaves SELECT seq FROM %s", table->name);
    return exec_where(p, sql, where, err);
}

/* ---- who is known -------------------------------------------------------------------------------------------------- */

static eh_status note_known(purge *p, const eh_table *table, const eh_table_column *column, eh_error *err)
{
    eh_holds holds = eh_column_holds(table, column);
    if (holds == EH_HOLDS_PATH)
        return eh_store_execf(p->inv->store, err,
                              "INSERT INTO purge_known SELECT DISTINCT w FROM (SELECT unnest(string_split(%s, ' > ')) AS w FROM %s) WHERE w IN " IDS,
                              column->name, table->name);
    if (holds == EH_HOLDS_OBJECT && strcmp(table->name, "actions") == 0)
        return eh_store_exec(p->inv->store, "INSERT INTO purge_known SELECT DISTINCT id FROM purge_ids JOIN actions ON lower(object) = lower(id) "
                                            "WHERE behaviour = 'mention'", err);
    if (holds != EH_HOLDS_SUBJECT && holds != EH_HOLDS_POINTER) return EH_OK;
    return eh_store_execf(p->inv->store, err, "INSERT INTO purge_known SELECT DISTINCT %s FROM %s WHERE %s IN " IDS, column->name, table->name,
                          column->name);
}

static eh_status count_known(purge *p, eh_error *err)
{
    int64_t n = 0;
    EH_TRY(eh_store_exec(p->inv->store, "CREATE OR REPLACE TEMP TABLE purge_known(id VARCHAR)", err));
    for (size_t i = 0; i < eh_n_tables(); i++) {
        const eh_table *table = eh_table_at(i);
        for (size_t k = 0; k < table->n_columns && !is_of_ledger(table); k++) EH_TRY(note_known(p, table, &table->columns[k], err));
    }
    EH_TRY(eh_store_integer(p->inv->store, "SELECT count(DISTINCT id) FROM purge_known", &n, err));
    p->report->n_unknown = p->report->n_named - (uint64_t)n;
    if (n > 0) return EH_OK;
    return eh_fail_at(err, EH_E_NOT_FOUND, eh_store_path(p->inv->store), -1, -1,
                      "none of the %llu accounts stands in it, so nothing is purged; ids are those of accounts.csv (where they are pseudonyms, give "
                      "the key with --pseudonymise)", (unsigned long long)p->report->n_named);
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

static eh_status add_deletion(const eh_table *table, eh_buf *where, eh_error *err)
{
    const char *separator = "";
    eh_buf_clear(where);
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *name = table->columns[i].name;
        eh_holds holds = eh_column_holds(table, &table->columns[i]);
        if (holds == EH_HOLDS_SUBJECT) EH_TRY(eh_buf_printf(where, err, "%scoalesce(%s IN " IDS ", false)", separator, name));
        if (holds == EH_HOLDS_PATH)
            EH_TRY(eh_buf_printf(where, err, "%scoalesce(list_has_any(string_split(%s, ' > '), (SELECT list(id) FROM purge_ids)), false)", separator, name));
        if (holds == EH_HOLDS_SUBJECT || holds == EH_HOLDS_PATH) separator = " OR ";
    }
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        if (!has_column(table, things[i].column)) continue;
        EH_TRY(eh_buf_printf(where, err, "%scoalesce(%s IN (SELECT %s FROM %s), false)", separator, things[i].column, things[i].column, things[i].of));
        separator = " OR ";
    }
    /* What a reversal says of claims names them in a column for all kinds of things. */
    if (strcmp(table->name, "appeal_changes") == 0)
        EH_TRY(eh_buf_printf(where, err, " OR (thing = 'claim' AND thing_id IN (SELECT claim_id FROM purge_claims))"));
    return EH_OK;
}

static eh_status delete_rows(purge *p, const eh_table *table, eh_buf *where, eh_error *err)
{
    uint64_t n = 0;
    char sql[128];
    EH_TRY(add_deletion(table, where, err));
    if (where->size == 0) return EH_OK;
    EH_TRY(count_where(p, table, where, &n, err));
    if (n == 0) return EH_OK;
    EH_TRY(note_leaves(p, table, where, err));
    (void)snprintf(sql, sizeof sql, "DELETE FROM %s", table->name);
    EH_TRY(exec_where(p, sql, where, err));
    line_of(p, table)->n_deleted += n;
    p->report->n_deleted += n;
    return EH_OK;
}

/* ---- cells --------------------------------------------------------------------------------------------------------- */

/* UPDATE table SET what WHERE condition, counted. */
static eh_status blank(purge *p, const eh_table *table, const char *what, const eh_buf *where, eh_error *err)
{
    uint64_t n = 0;
    char sql[512];
    EH_TRY(count_where(p, table, where, &n, err));
    if (n == 0) return EH_OK;
    (void)snprintf(sql, sizeof sql, "UPDATE %s SET %s", table->name, what);
    EH_TRY(exec_where(p, sql, where, err));
    line_of(p, table)->n_blanked += n;
    p->report->n_blanked += n;
    return EH_OK;
}

/* What others shared of theirs: the text is the accounts' own, and the birth of the object is the minute in which they posted. */
static eh_status blank_shared(purge *p, eh_buf *where, eh_error *err)
{
    eh_buf_clear(where);
    EH_TRY(eh_buf_printf(where, err, "text IS NOT NULL AND kind = 'repost' AND (coalesce(target_post IN (SELECT post_id FROM purge_posts), false) "
                                     "OR coalesce(target_account IN " IDS ", false))"));
    EH_TRY(blank(p, eh_table_named("posts"), "text = NULL", where, err));
    eh_buf_clear(where);
    EH_TRY(eh_buf_printf(where, err, "birth_time IS NOT NULL AND behaviour IN ('repost', 'reply') AND object IN (SELECT post_id FROM purge_posts)"));
    return blank(p, eh_table_named("actions"), "birth_time = NULL", where, err);
}

/* Objects that lead to the accounts: their posts, mentions of them, links and tags with a name in them, texts with one, and texts that
 * nobody left has written. */
static eh_status gather_objects(purge *p, eh_error *err)
{
    eh_store *store = p->inv->store;
    EH_TRY(eh_store_exec(store, "CREATE OR REPLACE TEMP TABLE purge_any(behaviour VARCHAR, object VARCHAR)", err));
    for (size_t i = 0; i < eh_n_tables(); i++) {
        const eh_table *table = eh_table_at(i);
        for (size_t k = 0; k < table->n_columns; k++)
            if (eh_column_holds(table, &table->columns[k]) == EH_HOLDS_OBJECT)
                EH_TRY(eh_store_execf(store, err, "INSERT INTO purge_any SELECT DISTINCT %s, \"%s\" FROM %s WHERE \"%s\" <> ''",
                                      eh_object_behaviour(table, &table->columns[k]), table->columns[k].name, table->name, table->columns[k].name));
    }
    EH_TRY(eh_store_exec(store, "CREATE OR REPLACE TEMP TABLE purge_seen AS SELECT DISTINCT behaviour, object FROM purge_any; DROP TABLE purge_any", err));
    eh_buf sql = EH_BUF_INIT(p->inv->ctx);
    eh_status status = eh_buf_printf(
        &sql, err,
        "CREATE OR REPLACE TEMP TABLE purge_objects AS SELECT s.behaviour, s.object, coalesce(o.token, 'purged-' || CAST(uuid() AS VARCHAR)) AS token "
        "FROM (SELECT behaviour, object FROM purge_seen WHERE (behaviour IN ('repost', 'reply') AND object IN (SELECT post_id FROM purge_posts)) OR "
        "(behaviour = 'mention' AND lower(object) IN (SELECT name FROM purge_names)) OR (behaviour = 'text' AND object NOT IN (SELECT object FROM "
        "actions WHERE behaviour = 'text')) OR (behaviour NOT IN ('repost', 'reply') AND ");
    if (status == EH_OK) status = purge_add_hit(p, &sql, "purge_seen", "object", err);
    if (status == EH_OK)
        status = eh_buf_printf(&sql, err, ")) s LEFT JOIN purge_posts o ON s.behaviour IN ('repost', 'reply') AND o.post_id = s.object");
    if (status == EH_OK) status = eh_store_exec(store, sql.data, err);
    eh_buf_release(&sql);
    return status;
}

static eh_status blank_object(purge *p, const eh_table *table, const eh_table_column *column, eh_buf *where, eh_error *err)
{
    char what[256];
    const char *behaviour = eh_object_behaviour(table, column);
    EH_TRY(eh_buf_printf(where, err, "(%s, \"%s\") IN (SELECT (behaviour, object) FROM purge_objects)", behaviour, column->name));
    (void)snprintf(what, sizeof what, "\"%s\" = (SELECT o.token FROM purge_objects o WHERE o.behaviour = %s%s AND o.object = %s.\"%s\")", column->name,
                   behaviour[0] == '\'' ? "" : table->name, behaviour[0] == '\'' ? behaviour : ".behaviour", table->name, column->name);
    return blank(p, table, what, where, err);
}

static eh_status blank_post(purge *p, const eh_table *table, const char *name, eh_buf *where, eh_error *err)
{
    char what[256];
    EH_TRY(eh_buf_printf(where, err, "%s IN (SELECT post_id FROM purge_posts)", name));
    (void)snprintf(what, sizeof what, "%s = (SELECT o.token FROM purge_posts o WHERE o.post_id = %s.%s)", name, table->name, name);
    return blank(p, table, what, where, err);
}

static eh_status blank_column(purge *p, const eh_table *table, const eh_table_column *column, eh_buf *where, eh_error *err)
{
    char what[128], quoted[96];
    const char *name = column->name;
    eh_buf_clear(where);
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", name);
    (void)snprintf(what, sizeof what, column->use == EH_COLUMN_REQUIRED ? "\"%s\" = '" GONE "'" : "\"%s\" = NULL", name);
    switch (eh_column_holds(table, column)) {
    case EH_HOLDS_OBJECT: return blank_object(p, table, column, where, err);
    case EH_HOLDS_POST: return blank_post(p, table, name, where, err);
    case EH_HOLDS_POINTER:
        EH_TRY(eh_buf_printf(where, err, "coalesce(%s IN " IDS " OR lower(%s) IN (SELECT name FROM purge_names), false)", name, name));
        return blank(p, table, what, where, err);
    case EH_HOLDS_EXCERPT:
        EH_TRY(eh_buf_printf(where, err, "coalesce(%s, '') <> ''", name));
        return blank(p, table, what, where, err);
    case EH_HOLDS_WORDS:
    case EH_HOLDS_UNKNOWN:
        EH_TRY(purge_add_hit(p, where, table->name, quoted, err));
        EH_TRY(note_leaves(p, table, where, err));
        return blank(p, table, what, where, err);
    case EH_HOLDS_NOTHING:
    case EH_HOLDS_SUBJECT:
    case EH_HOLDS_PATH:
    case EH_HOLDS_LEDGER: break;
    }
    return EH_OK;
}

/* ---- counts -------------------------------------------------------------------------------------------------------- */

static const char runs_sql[] =
    "SELECT run_id, (SELECT count(*) FROM findings x WHERE x.run_id = r.run_id) AS a, (SELECT count(*) FROM findings x WHERE x.run_id = r.run_id AND "
    "listed) AS l, (SELECT count(*) FROM edges x WHERE x.run_id = r.run_id) AS e, (SELECT count(*) FROM evidence x WHERE x.run_id = r.run_id) AS v, "
    "(SELECT count(DISTINCT (account_a, account_b)) FROM edges x WHERE x.run_id = r.run_id AND listed) AS p, (SELECT count(*) FROM networks x WHERE "
    "x.run_id = r.run_id) AS n FROM runs r";
static const char networks_sql[] =
    "SELECT f.run_id, f.network_id, count(*) AS a, coalesce(any_value(t.n), 0) AS e FROM findings f LEFT JOIN (SELECT x.run_id, a.network_id, count(*) "
    "AS n FROM ties x JOIN findings a ON a.run_id = x.run_id AND a.account_id = x.account_a JOIN findings b ON b.run_id = x.run_id AND b.account_id = "
    "x.account_b WHERE a.listed AND b.listed AND a.network_id = b.network_id GROUP BY 1, 2) t ON t.run_id = f.run_id AND t.network_id = f.network_id "
    "WHERE f.network_id IS NOT NULL GROUP BY 1, 2";

static eh_status note_counts(purge *p, const char *when, eh_error *err)
{
    return eh_store_execf(p->inv->store, err, "CREATE OR REPLACE TEMP TABLE purge_runs_%s AS %s; CREATE OR REPLACE TEMP TABLE purge_networks_%s AS %s",
                          when, runs_sql, when, networks_sql);
}

/* By the difference, so that a count which was something else than rows stays that. */
static eh_status lower_counts(purge *p, eh_error *err)
{
    eh_store *store = p->inv->store;
    EH_TRY(note_counts(p, "after", err));
    EH_TRY(eh_store_exec(store,
        "UPDATE networks SET n_accounts = networks.n_accounts - d.a, n_edges = networks.n_edges - d.e FROM (SELECT b.run_id, b.network_id, b.a - "
        "coalesce(x.a, 0) AS a, b.e - coalesce(x.e, 0) AS e FROM purge_networks_before b LEFT JOIN purge_networks_after x USING (run_id, network_id)) d "
        "WHERE networks.run_id = d.run_id AND networks.network_id = d.network_id AND (d.a > 0 OR d.e > 0);"
        "DELETE FROM networks WHERE n_accounts <= 0", err));
    EH_TRY(note_counts(p, "after", err));
    return eh_store_exec(store,
        "UPDATE runs SET n_accounts = runs.n_accounts - d.a, n_listed_accounts = runs.n_listed_accounts - d.l, n_edges = runs.n_edges - d.e, n_evidence = "
        "runs.n_evidence - d.v, n_listed_pairs = runs.n_listed_pairs - d.p, n_networks = runs.n_networks - d.n FROM (SELECT run_id, b.a - x.a AS a, b.l - "
        "x.l AS l, b.e - x.e AS e, b.v - x.v AS v, b.p - x.p AS p, b.n - x.n AS n FROM purge_runs_before b JOIN purge_runs_after x USING (run_id)) d "
        "WHERE runs.run_id = d.run_id AND d.a + d.l + d.e + d.v + d.p + d.n > 0", err);
}

static eh_status count_other_tables(purge *p, eh_error *err)
{
    int64_t n = 0;
    EH_TRY(eh_store_integer(p->inv->store, "SELECT count(*) FROM duckdb_tables() WHERE NOT temporary", &n, err));
    p->report->n_other_tables = (uint64_t)n > eh_n_tables() ? (uint64_t)n - eh_n_tables() : 0;
    return EH_OK;
}

static eh_status go_through(purge *p, eh_buf *where, eh_error *err)
{
    size_t n = eh_n_tables();
    for (size_t i = 0; i < n; i++) {
        eh_context_report(p->inv->ctx, "deleting rows", i, n);
        if (!is_of_ledger(eh_table_at(i))) EH_TRY(delete_rows(p, eh_table_at(i), where, err));
    }
    EH_TRY(blank_shared(p, where, err));
    EH_TRY(gather_objects(p, err));
    for (size_t i = 0; i < n; i++) {
        const eh_table *table = eh_table_at(i);
        eh_context_report(p->inv->ctx, "searching the rows that stay", i, n);
        for (size_t k = 0; k < table->n_columns && !is_of_ledger(table); k++) EH_TRY(blank_column(p, table, &table->columns[k], where, err));
    }
    return EH_OK;
}

eh_status purge_rows(purge *p, eh_error *err)
{
    eh_buf where = EH_BUF_INIT(p->inv->ctx);
    eh_status status = count_other_tables(p, err);
    if (status == EH_OK) status = count_known(p, err);
    if (status == EH_OK) status = note_counts(p, "before", err);
    if (status == EH_OK) status = go_through(p, &where, err);
    if (status == EH_OK) status = lower_counts(p, err);
    eh_buf_release(&where);
    return status;
}
