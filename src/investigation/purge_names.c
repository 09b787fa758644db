/*
 * Who and what is purged, as temporary tables.
 *
 *   names   ids and handles, without @, in lower case
 *   posts   ids of their posts, as they stand in the archive or as others point to them; never one that somebody else's post has, too
 *   words   names of three bytes and more, post ids of six and more: looked for in running text, as whole words. Shorter ones would
 *           hit everywhere and lead to nobody.
 * Words are cut in three ways: letters, digits and _ alone; with . and - inside; with : too (did:plc:...). Text is joined with words
 * by hash; names that none of the three gives whole (blanks, @ inside) are searched for one by one.
 */
#include "investigation/purge.h"

#define WORD "[\\p{L}\\p{N}_]"
#define INNER "[\\p{L}\\p{N}_.-]"
#define WIDE "[\\p{L}\\p{N}_.:-]"
#define WHOLE_WORD WORD "(?:" WIDE "*" WORD ")?"
#define LONG_WORD WORD "(?:" INNER "*" WORD ")?"

static eh_status add_words(eh_buf *sql, const char *column, eh_error *err)
{
    return eh_buf_printf(sql, err,
                         "list_concat(list_concat(regexp_extract_all(lower(%s), '" WORD "+'), regexp_extract_all(lower(%s), '" LONG_WORD "')), "
                         "regexp_extract_all(lower(%s), '" WHOLE_WORD "'))",
                         column, column, column);
}

eh_status purge_add_hit(const purge *p, eh_buf *sql, const char *table, const char *column, eh_error *err)
{
    EH_TRY(eh_buf_printf(sql, err, "(rowid IN (SELECT r FROM (SELECT rowid AS r, unnest("));
    EH_TRY(add_words(sql, column, err));
    EH_TRY(eh_buf_printf(sql, err, ") AS w FROM %s WHERE %s IS NOT NULL) WHERE w IN (SELECT word FROM purge_words))", table, column));
    if (p->has_odd)
        EH_TRY(eh_buf_printf(sql, err, " OR rowid IN (SELECT x.rowid FROM %s x, purge_odd o WHERE contains(lower(x.%s), o.word))", table, column));
    return eh_buf_printf(sql, err, ")");
}

static const char names_sql[] =
    "CREATE OR REPLACE TEMP TABLE purge_names AS SELECT DISTINCT lower(ltrim(name, '@')) AS name FROM (SELECT id AS name FROM purge_ids UNION ALL "
    "SELECT handle FROM accounts WHERE account_id IN (SELECT id FROM purge_ids)) WHERE ltrim(name, '@') <> '';"
    "CREATE OR REPLACE TEMP TABLE purge_words AS SELECT name AS word FROM purge_names WHERE strlen(name) >= 3 AND regexp_full_match(name, '" WHOLE_WORD "');"
    "CREATE OR REPLACE TEMP TABLE purge_odd AS SELECT name AS word FROM purge_names WHERE strlen(name) >= 3 AND NOT regexp_full_match(name, '" WHOLE_WORD "');"
    "CREATE OR REPLACE TEMP TABLE purge_refs AS SELECT DISTINCT ref FROM (SELECT target_post AS ref FROM posts UNION ALL SELECT reply_to FROM posts) "
    "WHERE ref <> ''";

/* Their posts, those that others say are theirs, and those whose id holds a name (at://did:plc:.../...). */
static eh_status gather_posts(purge *p, eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(p->inv->ctx);
    eh_status status = eh_buf_printf(
        &sql, err,
        "CREATE OR REPLACE TEMP TABLE purge_posts AS SELECT post_id, 'purged-' || CAST(uuid() AS VARCHAR) AS token FROM (SELECT DISTINCT post_id FROM "
        "(SELECT post_id FROM posts WHERE account_id IN (SELECT id FROM purge_ids) UNION ALL SELECT target_post FROM posts WHERE target_account IN "
        "(SELECT id FROM purge_ids) UNION ALL SELECT object FROM actions WHERE behaviour = 'repost' AND source IN (SELECT id FROM purge_ids) "
        "UNION ALL SELECT ref FROM purge_refs WHERE ");
    if (status == EH_OK) status = purge_add_hit(p, &sql, "purge_refs", "ref", err);
    if (status == EH_OK)
        status = eh_buf_printf(&sql, err,
                               ") WHERE post_id <> '' AND post_id NOT IN (SELECT post_id FROM posts WHERE account_id NOT IN (SELECT id FROM purge_ids)));"
                               "INSERT INTO purge_words SELECT lower(post_id) FROM purge_posts WHERE strlen(post_id) >= 6 AND "
                               "regexp_full_match(lower(post_id), '" WHOLE_WORD "');"
                               /* An id that holds a name is found by the name. */
                               "INSERT INTO purge_odd SELECT lower(post_id) FROM purge_posts WHERE strlen(post_id) >= 6 AND NOT "
                               "regexp_full_match(lower(post_id), '" WHOLE_WORD "') AND NOT list_has_any(");
    if (status == EH_OK) status = add_words(&sql, "post_id", err);
    if (status == EH_OK) status = eh_buf_printf(&sql, err, ", (SELECT list(name) FROM purge_names))");
    if (status == EH_OK) status = eh_store_exec(p->inv->store, sql.data, err);
    eh_buf_release(&sql);
    return status;
}

/* What is about these accounts alone goes as a whole. A run that left one out has an id that is a hash over it, so it goes too, unless
 * somebody else's decision, appeal, claim or expansion rests on it. */
static const char things_sql[] =
    "CREATE OR REPLACE TEMP TABLE purge_appeals AS SELECT appeal_id FROM appeals WHERE account_id IN (SELECT id FROM purge_ids);"
    "CREATE OR REPLACE TEMP TABLE purge_claims AS SELECT claim_id FROM claim_accounts WHERE list = 'alleged' GROUP BY claim_id HAVING "
    "bool_and(account_id IN (SELECT id FROM purge_ids));"
    "CREATE OR REPLACE TEMP TABLE purge_checks AS SELECT check_id FROM claim_checks WHERE claim_id IN (SELECT claim_id FROM purge_claims);"
    "CREATE OR REPLACE TEMP TABLE purge_expansions AS SELECT expansion_id FROM expansions WHERE appeal_id IN (SELECT appeal_id FROM purge_appeals);"
    "CREATE OR REPLACE TEMP TABLE purge_telling AS SELECT DISTINCT run_id FROM run_without WHERE account_id IN (SELECT id FROM purge_ids);"
    "CREATE OR REPLACE TEMP TABLE purge_runs AS SELECT run_id FROM purge_telling EXCEPT (SELECT run_id FROM decisions WHERE account_id NOT IN (SELECT "
    "id FROM purge_ids) UNION ALL SELECT unnest([run_id, fresh_run_id, corrected_run_id]) FROM appeals WHERE appeal_id NOT IN (SELECT appeal_id FROM "
    "purge_appeals) UNION ALL SELECT tested_run_id FROM claim_checks WHERE check_id NOT IN (SELECT check_id FROM purge_checks) UNION ALL SELECT run_id "
    "FROM expansions WHERE expansion_id NOT IN (SELECT expansion_id FROM purge_expansions));"
    "CREATE OR REPLACE TEMP TABLE purge_leaves(seq BIGINT)";

eh_status purge_gather(purge *p, eh_error *err)
{
    int64_t n = 0;
    eh_store *store = p->inv->store;
    EH_TRY(eh_store_exec(store, names_sql, err));
    EH_TRY(eh_store_integer(store, "SELECT count(*) FROM purge_odd", &n, err));
    p->has_odd = n > 0;
    EH_TRY(gather_posts(p, err));
    EH_TRY(eh_store_integer(store, "SELECT count(*) FROM purge_odd", &n, err));
    p->has_odd = n > 0;
    EH_TRY(eh_store_exec(store, things_sql, err));
    EH_TRY(eh_store_integer(store, "SELECT (SELECT count(*) FROM purge_telling) - (SELECT count(*) FROM purge_runs)", &n, err));
    p->report->n_telling_runs = (uint64_t)n;
    return EH_OK;
}
