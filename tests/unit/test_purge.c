/* Purging: every table and column of the data dictionary is filled with what leads to an account, and nothing of it is left anywhere. */
#include "investigation_helper.h"

#include "investigation/purge.h"

#include <ctype.h>
#include <sys/stat.h>

static const char id[] = "zq-ada.77", post[] = "zqpost123456", foreign_post[] = "zqforeign98765", own_text[] = "zqwords of one alone";
static const char odd_id[] = "zq odd name"; /* no whole word: searched for one by one */

static void columns_are_told_apart(void)
{
    for (size_t t = 0; t < eh_n_tables(); t++) {
        const eh_table *table = eh_table_at(t);
        for (size_t c = 0; c < table->n_columns; c++) {
            const eh_table_column *column = &table->columns[c];
            eh_holds holds = eh_column_holds(table, column);
            if (holds == EH_HOLDS_UNKNOWN) fprintf(stderr, "say in purge_columns.c what %s.%s holds\n", table->name, column->name);
            CHECK(holds != EH_HOLDS_UNKNOWN);
            bool is_account = strstr(column->name, "account") && strcmp(column->type, "VARCHAR") == 0;
            CHECK(!is_account || holds == EH_HOLDS_SUBJECT || holds == EH_HOLDS_POINTER);
        }
    }
}

/* ---- rows for every column ----------------------------------------------------------------------------------------- */

static int n_filled;

/* One row: needle in column c (c = n_columns: nowhere), behaviour as told, all else innocent and, with a needle, with keys of its own. */
static void insert(eh_investigation *inv, const eh_table *table, size_t c, const char *needle, const char *behaviour)
{
    eh_appender *a;
    CHECK_OK(eh_appender_open(inv->store, table->name, &a, &err), err);
    n_filled += c < table->n_columns;
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *type = table->columns[i].type;
        if (i == c) eh_appender_text(a, eh_str_of(needle));
        else if (strcmp(table->columns[i].name, "handle") == 0) eh_appender_null(a);
        else if (strcmp(table->columns[i].name, "behaviour") == 0) eh_appender_text(a, eh_str_of(behaviour));
        else if (strcmp(type, "VARCHAR") == 0) eh_appender_text(a, eh_str_of("other"));
        else if (strcmp(type, "DOUBLE") == 0) eh_appender_real(a, 0.5);
        else if (strcmp(type, "BOOLEAN") == 0) eh_appender_bool(a, true);
        else if (strcmp(type, "TIMESTAMP") == 0) eh_appender_time(a, 1577836800000000);
        else eh_appender_int(a, c < table->n_columns ? 1000 + n_filled : 999);
    }
    CHECK_OK(eh_appender_end_row(a, &err), err);
    CHECK_OK(eh_appender_close(&a, &err), err);
}

static void insert_objects(eh_investigation *inv, const eh_table *table, size_t c)
{
    const char *behaviour = eh_object_behaviour(table, &table->columns[c]);
    bool is_action = strcmp(table->name, "actions") == 0;
    insert(inv, table, c, "https://example.org/zqhandle_9?a=1", "link");
    insert(inv, table, c, "zqhandle_9", "hashtag");
    if (strcmp(behaviour, "'text'") == 0) insert(inv, table, c, own_text, "text");
    if (strcmp(behaviour, "behaviour") != 0) return;
    insert(inv, table, c, post, "repost");
    insert(inv, table, c, foreign_post, "reply");
    insert(inv, table, c, "ZQHANDLE_9", "mention");
    insert(inv, table, c, is_action ? "what zqhandle_9 said" : own_text, "text");
}

static void fill_table(eh_investigation *inv, const eh_table *table)
{
    insert(inv, table, table->n_columns, NULL, "other");
    for (size_t c = 0; c < table->n_columns; c++) {
        switch (eh_column_holds(table, &table->columns[c])) {
        case EH_HOLDS_SUBJECT:
        case EH_HOLDS_POINTER:
            insert(inv, table, c, id, "other");
            insert(inv, table, c, odd_id, "other");
            break;
        case EH_HOLDS_PATH: insert(inv, table, c, "other > zq-ada.77 > another", "other"); break;
        case EH_HOLDS_POST:
            /* A post of one's own is no post of another. */
            if (strcmp(table->name, "posts") == 0 && strcmp(table->columns[c].name, "post_id") == 0) break;
            insert(inv, table, c, post, "other");
            insert(inv, table, c, foreign_post, "other");
            break;
        case EH_HOLDS_OBJECT: insert_objects(inv, table, c); break;
        case EH_HOLDS_WORDS:
            insert(inv, table, c, "I saw @zqHandle_9, twice.", "other");
            insert(inv, table, c, "by (zq-ada.77)", "other");
            insert(inv, table, c, "by zq odd name of old", "other");
            insert(inv, table, c, "see https://example.org/zqpost123456", "other");
            break;
        case EH_HOLDS_EXCERPT: insert(inv, table, c, own_text, "other"); break;
        case EH_HOLDS_NOTHING:
        case EH_HOLDS_LEDGER:
        case EH_HOLDS_UNKNOWN: break;
        }
    }
}

/* The account itself: its handle, a post with a text, another that only others shared. */
static const char own_rows[] =
    "INSERT INTO accounts VALUES ('zq-ada.77', NULL, 'zqHandle_9', NULL, 1, 1, '2020-01-01', '2020-01-01');"
    "INSERT INTO posts VALUES (999, 1, 'zqpost123456', 'zq-ada.77', '2020-01-01', 'post', NULL, NULL, NULL, 'zqwords of one alone', NULL, NULL, 1, 1);"
    "INSERT INTO actions VALUES ('zq-ada.77', 'text', 'zqwords of one alone', '2020-01-01', 'zqpost123456', 'post', NULL, NULL, 999);"
    "INSERT INTO posts VALUES (999, 2, 'r1', 'other', '2020-01-01', 'repost', 'zqforeign98765', 'zq-ada.77', NULL, 'zqwords of one alone', NULL, NULL, 1, 2);"
    "INSERT INTO actions VALUES ('other', 'repost', 'zqforeign98765', '2020-01-01', 'r1', 'repost', 'zq-ada.77', '2019-12-31 11:22:33', 999)";

static eh_investigation *new_filled(eh_context *ctx, const char *path)
{
    eh_investigation *inv = open_investigation(ctx, path, EH_OPEN_CREATE);
    CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
    for (size_t t = 0; t < eh_n_tables(); t++)
        if (strncmp(eh_table_at(t)->name, "ledger", 6) != 0) fill_table(inv, eh_table_at(t));
    CHECK_OK(eh_store_exec(inv->store, own_rows, &err), err);
    CHECK_OK(eh_ledger_append(inv->ledger, "note", eh_str_of("Maria"), eh_str_of("{\"about\": \"zq-ada.77\"}"), NULL, &err), err);
    CHECK_OK(eh_ledger_append(inv->ledger, "note", eh_str_of("Maria"), eh_str_of("{\"about\": \"other\"}"), NULL, &err), err);
    CHECK_OK(eh_ledger_append(inv->ledger, "export", eh_str_of("Maria"), eh_str_of("{\"run_id\": null, \"files\": []}"), NULL, &err), err);
    CHECK_OK(eh_store_exec(inv->store, "COMMIT", &err), err);
    return inv;
}

/* ---- what is left ---------------------------------------------------------------------------------------------------- */

/* "zq" stands in everything that leads to the account and in nothing else. */
static int64_t n_cells_with(eh_investigation *inv, const char *needle)
{
    int64_t n = 0;
    char sql[256];
    for (size_t t = 0; t < eh_n_tables(); t++) {
        const eh_table *table = eh_table_at(t);
        for (size_t c = 0; c < table->n_columns; c++) {
            snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE contains(lower(CAST(\"%s\" AS VARCHAR)), '%s')", table->name, table->columns[c].name,
                     needle);
            int64_t found = count(inv, sql);
            if (found) fprintf(stderr, "%s.%s: %d cells with %s\n", table->name, table->columns[c].name, (int)found, needle);
            n += found;
        }
    }
    return n;
}

static size_t n_bytes_with(const char *path, const char *needle)
{
    size_t size, n = 0, length = strlen(needle);
    char *bytes = read_whole(path, &size);
    for (size_t i = 0; i < size; i++) bytes[i] = (char)tolower((unsigned char)bytes[i]);
    for (size_t i = 0; i + length <= size; i++) n += memcmp(bytes + i, needle, length) == 0;
    free(bytes);
    return n;
}

static void nothing_is_left(void)
{
    eh_context *ctx = new_context(2);
    const char *path = scratch("filled.duckdb");
    eh_investigation *inv = new_filled(ctx, path);
    static eh_purge_report report, dry;
    int64_t n_innocent[64];
    char sql[128];
    for (size_t t = 0; t < eh_n_tables(); t++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM (SELECT x::VARCHAR AS r FROM %s x) WHERE NOT contains(lower(r), 'zq')", eh_table_at(t)->name);
        n_innocent[t] = count(inv, sql);
    }
    CHECK(n_filled > 100);
    eh_investigation_close(inv);
    static const char *const needles[] = {"zq-ada", "zqhandle", "zqpost", "zqforeign", "zqwords", "zq odd"};
    for (size_t i = 0; i < sizeof needles / sizeof *needles; i++) CHECK(n_bytes_with(path, needles[i]) > 0);
    CHECK(chmod(path, 0600) == 0);

    eh_purge_options how = {.accounts_path = scratch_file("gone.txt", "zq-ada.77\nzq odd name\nnobody\nnobody\n"), .reason = "request 17", .actor = "Maria",
                            .is_dry_run = true, .allows_damage = true};
    size_t size_before, size_after;
    char *before = read_whole(path, &size_before);
    CHECK_OK(eh_investigation_purge(ctx, path, &how, &dry, &err), err);
    char *after = read_whole(path, &size_after);
    CHECK_EQ_INT(size_before, size_after);
    CHECK(memcmp(before, after, size_before) == 0);
    free(before);
    free(after);

    how.is_dry_run = false;
    CHECK_OK(eh_investigation_purge(ctx, path, &how, &report, &err), err);
    CHECK_EQ_INT(report.n_named, 3);
    CHECK_EQ_INT(report.n_twice, 1);
    CHECK_EQ_INT(report.n_unknown, 1);
    CHECK_EQ_INT(dry.n_tables, report.n_tables);
    CHECK_EQ_INT(dry.n_deleted, report.n_deleted);
    CHECK_EQ_INT(dry.n_blanked, report.n_blanked);
    CHECK_EQ_INT(report.n_leaves, 2); /* the note with the name, the export */
    for (size_t i = 0; i < sizeof needles / sizeof *needles; i++) CHECK_EQ_INT(n_bytes_with(path, needles[i]), 0);
    struct stat found;
    CHECK(stat(path, &found) == 0 && (found.st_mode & 0777) == 0600);
    CHECK(stat(scratch("filled.duckdb.purge"), &found) != 0);
    CHECK(stat(scratch("filled.duckdb.wal"), &found) != 0);

    inv = open_investigation(ctx, path, EH_OPEN_READ);
    CHECK_EQ_INT(n_cells_with(inv, "zq"), 0);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM actions WHERE birth_time = '2019-12-31 11:22:33'"), 0);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM ledger_payloads WHERE contains(payload, 'other')"), 1);
    /* Rows of others stay, with one word for one post wherever it stood. */
    for (size_t t = 0; t < eh_n_tables(); t++) {
        const eh_table *table = eh_table_at(t);
        if (strncmp(table->name, "ledger", 6) == 0) continue;
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table->name);
        if (count(inv, sql) < n_innocent[t]) fprintf(stderr, "%s: rows of others are gone\n", table->name);
        CHECK(count(inv, sql) >= n_innocent[t]);
    }
    CHECK_EQ_INT(count(inv, "SELECT count(DISTINCT x) FROM (SELECT target_post AS x FROM posts UNION ALL SELECT reply_to FROM posts UNION ALL SELECT object "
                            "FROM actions WHERE behaviour = 'reply' UNION ALL SELECT object FROM evidence WHERE behaviour = 'reply') WHERE "
                            "starts_with(x, 'purged-')"), 2);
    const eh_ledger_check_options options = {0};
    eh_ledger_check check;
    CHECK_OK(eh_ledger_verify(inv->ledger, &options, &check, &err), err);
    CHECK_EQ_INT(check.n_problems, 0);
    CHECK_EQ_INT(check.n_purged, 2);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* ---- a real case ----------------------------------------------------------------------------------------------------- */

/* Four act together, each in turn the first; eight others repost elsewhen. */
static void write_rows(const char *path)
{
    FILE *file = fopen(path, "wb");
    CHECK(file);
    fputs("message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n", file);
    for (int i = 0; i < 40; i++)
        for (int k = 0; k < 12; k++) {
            bool is_ring = k < 4;
            if (is_ring ? (i + k) % 6 == 0 : (i * 5 + k * 3) % 4 == 0) continue;
            long day = 1537230000L + i * 86400L + i * 1777L % 40000;
            long time = day + (is_ring ? (k + i * 7L) % 4 * 3 : 4000L + 2000L * k + i * 977L * k % 20000);
            fprintf(file, "m%03d_%02d,zqacc%02d,zqname%02d,p%03d,,,%ld,\n", i, k, k, k, i, time);
        }
    CHECK(fclose(file) == 0);
}

static uint64_t problems_of(eh_investigation *inv)
{
    const eh_ledger_check_options options = {0};
    eh_ledger_check check;
    uint64_t n_compared, n;
    CHECK_OK(eh_ledger_verify(inv->ledger, &options, &check, &err), err);
    CHECK_OK(eh_investigation_compare_ledger(inv, NULL, NULL, &n_compared, &n, &err), err);
    CHECK(n_compared > 0);
    return check.n_problems + n;
}

static void what_is_left_stays_guarded(void)
{
    eh_context *ctx = new_context(2);
    const char *path = scratch("case.duckdb"), *rows = scratch("rows.csv");
    static eh_purge_report report;
    eh_run_summary run, again;
    write_rows(rows);
    eh_investigation *inv = open_investigation(ctx, path, EH_OPEN_CREATE);
    (void)import_file(inv, rows);
    CHECK_OK(eh_investigation_detect(inv, NULL, &run, &err), err);
    CHECK(run.n_listed_accounts >= 3 && run.n_networks == 1);
    int64_t n_edges = count(inv, "SELECT count(*) FROM edges WHERE account_a <> 'zqacc01' AND account_b <> 'zqacc01'");
    eh_investigation_close(inv);

    /* What cannot be done changes nothing. */
    const char *list = scratch_file("one.txt", "zqacc01\n");
    eh_purge_options how = {.accounts_path = list, .reason = "asked by zqname01", .actor = "Maria"};
    CHECK(eh_investigation_purge(ctx, path, &how, &report, &err) == EH_E_INVALID);
    how = (eh_purge_options){.accounts_path = list, .reason = "", .actor = "zqacc01"};
    CHECK(eh_investigation_purge(ctx, path, &how, &report, &err) == EH_E_INVALID);
    how = (eh_purge_options){.accounts_path = scratch_file("none.txt", "nobody\n"), .reason = "", .actor = ""};
    CHECK(eh_investigation_purge(ctx, path, &how, &report, &err) == EH_E_NOT_FOUND);
    inv = open_investigation(ctx, path, EH_OPEN_WRITE);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM ledger"), 2);
    how = (eh_purge_options){.accounts_path = list, .reason = "", .actor = ""};
    CHECK_OK(eh_store_exec(inv->store, "UPDATE findings SET q_value = 0.5 WHERE account_id = 'zqacc01'", &err), err);
    eh_investigation_close(inv);
    CHECK(eh_investigation_purge(ctx, path, &how, &report, &err) == EH_E_FORMAT); /* it would hide the change */
    how.is_dry_run = how.allows_damage = true;
    CHECK_OK(eh_investigation_purge(ctx, path, &how, &report, &err), err);
    CHECK(unlink(path) == 0);

    inv = open_investigation(ctx, path, EH_OPEN_CREATE);
    (void)import_file(inv, rows);
    CHECK_OK(eh_investigation_detect(inv, NULL, &run, &err), err);
    eh_investigation_close(inv);
    how = (eh_purge_options){.accounts_path = list, .reason = "request 17", .actor = "Maria"};
    CHECK_OK(eh_investigation_purge(ctx, path, &how, &report, &err), err);
    CHECK_EQ_INT(report.n_recorded_again, 1);
    CHECK_EQ_INT(n_bytes_with(path, "zqacc01"), 0);
    CHECK_EQ_INT(n_bytes_with(path, "zqname01"), 0);
    CHECK_EQ_INT(n_bytes_with(path, "m008_01"), 0);
    CHECK(n_bytes_with(path, "zqacc02") > 0);

    inv = open_investigation(ctx, path, EH_OPEN_WRITE);
    CHECK_EQ_INT(problems_of(inv), 0);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM edges"), n_edges);
    CHECK_EQ_INT(count(inv, "SELECT n_edges FROM runs"), n_edges);
    CHECK_EQ_INT(count(inv, "SELECT n_listed_accounts FROM runs"), (int64_t)run.n_listed_accounts - 1);
    CHECK_EQ_INT(count(inv, "SELECT n_listed_accounts - (SELECT count(*) FROM findings WHERE listed) FROM runs"), 0);
    CHECK_EQ_INT(count(inv, "SELECT n_accounts - (SELECT count(*) FROM findings WHERE network_id = 'n1') FROM networks"), 0);
    CHECK_EQ_INT(count(inv, "SELECT n_edges - (SELECT count(*) FROM ties) FROM networks"), 0);
    CHECK_EQ_INT(count(inv, "SELECT n_evidence - (SELECT count(*) FROM evidence) FROM runs"), 0);
    /* A changed byte of what is left is found. */
    static const char *const changes[] = {"UPDATE findings SET n_partners = 9 WHERE account_id = 'zqacc00'", "UPDATE edges SET p_value = 0.123 WHERE listed",
                                          "DELETE FROM evidence WHERE time_a = (SELECT min(time_a) FROM evidence)"};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_store_exec(inv->store, changes[i], &err), err);
        CHECK_EQ_INT(problems_of(inv), 1);
        eh_store_rollback(inv->store);
    }
    /* The purge leaf vouches for the leaves it names, not for other numbers that it tells. */
    CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
    CHECK_OK(eh_store_exec(inv->store, "DELETE FROM ledger_payloads WHERE seq = 2", &err), err);
    CHECK(problems_of(inv) > 0);
    eh_store_rollback(inv->store);
    /* The same archives and parameters are another run now. */
    CHECK_OK(eh_investigation_detect(inv, NULL, &again, &err), err);
    CHECK(!again.was_known && strcmp(again.run_id, run.run_id) != 0);
    CHECK_EQ_INT(problems_of(inv), 0);
    eh_investigation_close(inv);
    /* And again, with a second account. */
    how = (eh_purge_options){.accounts_path = scratch_file("two.txt", "account_id\nzqacc02\n"), .reason = "", .actor = ""};
    CHECK_OK(eh_investigation_purge(ctx, path, &how, &report, &err), err);
    CHECK_EQ_INT(report.n_recorded_again, 2);
    inv = open_investigation(ctx, path, EH_OPEN_READ);
    CHECK_EQ_INT(problems_of(inv), 0);
    CHECK_EQ_STR(text_of(inv, "SELECT value FROM meta WHERE key = 'purges'"), "2");
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

CHECK_MAIN(columns_are_told_apart, nothing_is_left, what_is_left_stays_guarded, removes_scratch)
