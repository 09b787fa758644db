/* Importing: whole or not at all, honest counts, duplicates, pseudonyms, crashes, full disks, a second writer. */
#include "investigation_helper.h"

#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static const char cnt[] =
    "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"
    "1,ada,Ada,,,\"hello @bob, see https://example.org/a\",2021-03-01T10:00:00Z,https://example.org/a\n"
    "2,bob,Bob,1,,RT,2021-03-01T10:00:05Z,\n"
    "3,cat,Cat,1,,RT,2021-03-01T10:00:06Z,\n"
    "3,cat,Cat,1,,RT,2021-03-01T10:00:06Z,\n"
    "4,dan,Dan,,1,yes,not a time,\n"
    "5,,Eve,,1,no,2021-03-01T10:00:09Z,\n";
static const char cnt_more[] =
    "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"
    "2,bob,Bob,1,,RT,2021-03-01T10:00:05Z,\n"
    "6,ada,Ada,,2,thanks,2021-03-01T11:00:00Z,\n";
static const char rows[] =
    "object_id,account_id,content_id,timestamp_share\n"
    "o1,ada,c1,1600000000\n"
    "o1,bob,c2,1600000010\n"
    "o1,bob,c2,1600000010\n"
    "o2,bob,c3,1600000020\n";

static void keeps_what_it_reads(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("keep.duckdb"), EH_OPEN_CREATE);
    eh_import_report report = import_file(inv, scratch_file("a.csv", cnt));
    CHECK_EQ_STR(report.ingest.format, "cnt");
    CHECK_EQ_INT(report.ingest.n_rows_read, 6);
    CHECK_EQ_INT(report.ingest.n_rows_kept, 4);
    CHECK_EQ_INT(report.n_posts, 3);
    CHECK_EQ_INT(report.n_duplicates, 1);
    CHECK_EQ_INT(report.n_actions[EH_REPOST], 2);
    CHECK_EQ_INT(report.n_actions[EH_LINK], 1);
    CHECK_EQ_INT(report.n_already_imported, 0);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM posts"), 3);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM actions"), 3);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM rejects"), 2);
    CHECK_EQ_STR(text_of(inv, "SELECT string_agg(reason || row, ' ' ORDER BY row) FROM rejects"), "time_format5 no_account6");
    CHECK_EQ_INT(count(inv, "SELECT sum(n_rows) FROM source_rejects"), 2);
    CHECK_EQ_STR(text_of(inv, "SELECT name || ' ' || format || ' ' || rows_read || ' ' || rows_kept || ' ' || "
                              "rows_duplicate || ' ' || rows_rejected || ' ' || length(sha256) || ' ' || "
                              "time_precision_us FROM sources"),
                 "a.csv cnt 6 4 1 2 64 1000000");
    CHECK_EQ_STR(text_of(inv, "SELECT string_agg(account_id || handle || n_posts || n_actions, ' ' ORDER BY account_id) "
                              "FROM accounts"),
                 "adaAda11 bobBob11 catCat11");
    CHECK_EQ_STR(text_of(inv, "SELECT string_agg(behaviour || ':' || object || ':' || post_id, ' ' ORDER BY ALL) FROM "
                              "(SELECT behaviour, object, post_id FROM actions ORDER BY ALL)"),
                 "link:example.org/a:1 repost:1:2 repost:1:3");
    CHECK_EQ_STR(text_of(inv, "SELECT text FROM posts WHERE post_id = '1'"), "hello @bob, see https://example.org/a");
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void knows_files_and_posts_again(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("again.duckdb"), EH_OPEN_CREATE);
    eh_import_report first = import_file(inv, scratch_file("a.csv", cnt));
    eh_import_report again = import_file(inv, scratch_file("renamed.csv", cnt));
    CHECK_EQ_INT(again.n_already_imported, 1);
    CHECK_EQ_INT(again.n_posts, 0);
    CHECK_EQ_STR(again.ingest.sha256, first.ingest.sha256);
    CHECK_EQ_INT(again.ingest.n_rows_read, 6);
    CHECK_EQ_INT(again.ingest.n_rows_rejected[EH_REJECT_TIME_FORMAT], 1);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM sources"), 1);
    eh_investigation_close(inv);

    inv = open_investigation(ctx, scratch("again.duckdb"), EH_OPEN_WRITE);
    eh_import_report more = import_file(inv, scratch_file("b.csv", cnt_more));
    CHECK_EQ_INT(more.n_posts, 1);
    CHECK_EQ_INT(more.n_duplicates, 1);
    CHECK_EQ_STR(text_of(inv, "SELECT string_agg(account_id || n_posts, ' ' ORDER BY account_id) FROM accounts"),
                 "ada2 bob1 cat1");
    CHECK_EQ_STR(text_of(inv, "SELECT first_time || ' ' || last_time FROM accounts WHERE account_id = 'ada'"),
                 "2021-03-01 10:00:00 2021-03-01 11:00:00");
    CHECK_EQ_INT(count(inv, "SELECT max(source_id) FROM posts"), 2);

    /* Rows that are no posts are duplicates as a whole; the same file read in another way is another source. */
    eh_import_report shares = import_file(inv, scratch_file("c.csv", rows));
    CHECK_EQ_STR(shares.ingest.format, "coortweet");
    CHECK_EQ_INT(shares.n_posts, 3);
    CHECK_EQ_INT(shares.n_duplicates, 1);
    eh_ingest_options options = eh_ingest_options_default();
    options.has_behaviour = true;
    options.behaviour = EH_LINK;
    eh_import_report as_links;
    CHECK_OK(eh_investigation_import(inv, scratch("c.csv"), &options, NULL, &as_links, &err), err);
    CHECK_EQ_INT(as_links.n_already_imported, 0);
    CHECK_EQ_INT(as_links.n_actions[EH_LINK], 3);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void reads_actions_back(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("back.duckdb"), EH_OPEN_CREATE);
    (void)import_file(inv, scratch_file("a.csv", cnt));
    (void)import_file(inv, scratch_file("b.csv", cnt_more));
    eh_action_table table;
    CHECK_OK(eh_investigation_actions(inv, 0, true, &table, &err), err);
    CHECK_EQ_INT(table.accounts.n, 3);
    const eh_action_set *reposts = &table.sets[EH_REPOST];
    CHECK_EQ_INT(reposts->n_actions, 2);
    CHECK_EQ_INT(reposts->n_objects, 1);
    /* The reposted post lies in the archive: its birth and author are known. */
    CHECK_EQ_INT(reposts->is_birth_known[0], 1);
    CHECK_EQ_INT(reposts->object_birth_us[0], INT64_C(1614592800000000));
    eh_str author = eh_strings_get(&reposts->sources, reposts->object_source[0]);
    CHECK(author.size == 3 && memcmp(author.data, "ada", 3) == 0);
    CHECK_EQ_INT(table.sets[EH_LINK].n_actions, 1);
    CHECK_EQ_INT(table.sets[EH_REPLY].n_actions, 1);
    eh_action_table_release(&table);
    CHECK_OK(eh_investigation_actions(inv, 1u << EH_LINK, true, &table, &err), err);
    CHECK_EQ_INT(table.accounts.n, 1);
    CHECK_EQ_INT(table.sets[EH_REPOST].n_actions, 0);
    eh_action_table_release(&table);
    CHECK_EQ_INT(eh_investigation_actions(inv, 1u << 20, true, &table, &err), EH_E_INVALID);
    eh_investigation_close(inv);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

/* ---- pseudonyms ------------------------------------------------------------------------------------------------ */

static void hmac16(const char *key, const char *id, char hex[17])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)id, strlen(id));
    crypto_auth_hmacsha256_final(&state, mac);
    for (int i = 0; i < 8; i++) snprintf(hex + 2 * i, 3, "%02x", mac[i]);
}

static void stores_pseudonyms_only(void)
{
    static const char archive[] =
        "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"
        "1,account-alpha,Handle-Alpha,,,ask @account-beta or @nobody.,2021-03-01T10:00:00Z,\n"
        "2,account-beta,Handle-Beta,1,,RT,2021-03-01T10:00:05Z,\n"
        "3,account-alpha,Handle-Alpha,1,,broken,when,\n";
    eh_context *ctx = new_context(1);
    const char *path = scratch("pseudonyms.duckdb"), *key = scratch_file("key", "a key of the test"),
               *other = scratch_file("key2", "another");
    eh_investigation *inv = open_investigation(ctx, path, EH_OPEN_CREATE);
    eh_import_report report;
    CHECK_OK(eh_investigation_import(inv, scratch_file("p.csv", archive), NULL, key, &report, &err), err);
    CHECK_EQ_INT(report.n_posts, 2);
    char alpha[17], beta[17], expected[128];
    hmac16("a key of the test", "account-alpha", alpha);
    hmac16("a key of the test", "account-beta", beta);
    char nobody[17];
    hmac16("a key of the test", "nobody", nobody);
    CHECK_EQ_STR(text_of(inv, "SELECT account_id FROM posts WHERE post_id = '1'"), alpha);
    snprintf(expected, sizeof expected, "ask @%s or @%s.", beta, nobody);
    CHECK_EQ_STR(text_of(inv, "SELECT text FROM posts WHERE post_id = '1'"), expected);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM accounts WHERE handle IS NOT NULL"), 0);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM rejects WHERE excerpt IS NOT NULL"), 0);
    CHECK_EQ_INT(eh_investigation_import(inv, scratch_file("q.csv", cnt), NULL, NULL, &report, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_investigation_import(inv, scratch("q.csv"), NULL, other, &report, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_investigation_import(inv, scratch("q.csv"), NULL, scratch_file("empty", ""), &report, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_investigation_import(inv, scratch("q.csv"), NULL, scratch("absent"), &report, &err), EH_E_IO);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM sources"), 1);
    CHECK_OK(eh_investigation_import(inv, scratch("q.csv"), NULL, key, &report, &err), err);
    eh_investigation_close(inv);
    size_t size;
    char *bytes = read_whole(path, &size);
    static const char *const secrets[] = {"account-alpha", "account-beta", "Handle-Alpha", "nobody", "a key of"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        for (size_t at = 0; at + strlen(secrets[i]) <= size; at++)
            CHECK(memcmp(bytes + at, secrets[i], strlen(secrets[i])) != 0);
    free(bytes);

    inv = open_investigation(ctx, scratch("plain.duckdb"), EH_OPEN_CREATE);
    (void)import_file(inv, scratch_file("a.csv", cnt));
    CHECK_EQ_INT(eh_investigation_import(inv, scratch("p.csv"), NULL, key, &report, &err), EH_E_INVALID);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* ---- failures -------------------------------------------------------------------------------------------------- */

static void check_empty(eh_investigation *inv)
{
    CHECK_EQ_INT(count(inv, "SELECT (SELECT count(*) FROM sources) + (SELECT count(*) FROM posts) + (SELECT count(*) FROM "
                            "actions) + (SELECT count(*) FROM rejects) + (SELECT count(*) FROM accounts) + (SELECT "
                            "count(*) FROM source_rejects)"),
                 0);
}

/* n posts, each with a link: large enough that chunks are flushed before the end. */
static const char *big_archive(const char *name, int n)
{
    const char *path = scratch(name);
    FILE *file = fopen(path, "w");
    CHECK(file);
    fprintf(file, "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n");
    for (int i = 0; i < n; i++)
        fprintf(file, "%d,account %d,name,,,\"message number %d, which is somewhat longer than short\",%d,https://example.org/%d\n",
                i + 1, i % 977, i * 31, 1600000000 + i, i % 4999);
    CHECK(fclose(file) == 0);
    return path;
}

static void leaves_nothing_after_a_failure(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("fail.duckdb"), EH_OPEN_CREATE);
    eh_import_report report;
    CHECK_EQ_INT(eh_investigation_import(inv, scratch("absent.csv"), NULL, NULL, &report, &err), EH_E_IO);
    CHECK_EQ_INT(eh_investigation_import(inv, scratch_file("odd.csv", "a,b\n1,2\n"), NULL, NULL, &report, &err), EH_E_FORMAT);
    check_empty(inv);
    /* A context that is cancelled stops the import; what was appended is taken back. */
    const char *archive = big_archive("big.csv", 400000);
    eh_context_cancel(ctx);
    CHECK_EQ_INT(eh_investigation_import(inv, archive, NULL, NULL, &report, &err), EH_E_CANCELLED);
    eh_investigation_close(inv);
    eh_context_free(ctx);
    ctx = new_context(1);
    inv = open_investigation(ctx, scratch("fail.duckdb"), EH_OPEN_WRITE);
    check_empty(inv);
    eh_investigation_close(inv);
    inv = open_investigation(ctx, scratch("fail.duckdb"), EH_OPEN_READ);
    CHECK_EQ_INT(eh_investigation_import(inv, archive, NULL, NULL, &report, &err), EH_E_INVALID);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void *cancel_soon(void *ctx)
{
    struct timespec pause = {0, 150000000};
    nanosleep(&pause, NULL);
    eh_context_cancel(ctx);
    return NULL;
}

static void cancels_midway(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("cancel.duckdb"), EH_OPEN_CREATE);
    eh_import_report report;
    pthread_t thread;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    CHECK(pthread_create(&thread, NULL, cancel_soon, ctx) == 0);
    CHECK_EQ_INT(eh_investigation_import(inv, big_archive("big.csv", 400000), NULL, NULL, &report, &err), EH_E_CANCELLED);
    clock_gettime(CLOCK_MONOTONIC, &end);
    pthread_join(thread, NULL);
    eh_investigation_close(inv);
    eh_context_free(ctx);
    ctx = new_context(1);
    inv = open_investigation(ctx, scratch("cancel.duckdb"), EH_OPEN_WRITE);
    check_empty(inv);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* Every allocation of an import fails once: an error each time, nothing stored, nothing leaked. */
static void survives_failing_memory(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("nomem.duckdb"), EH_OPEN_CREATE);
    const char *archive = scratch_file("a.csv", cnt), *key = scratch_file("key", "k");
    uint64_t used = eh_context_memory_used_size(ctx);
    for (int64_t n = 1;; n++) {
        eh_import_report report;
        eh_context_fail_allocation_after(ctx, n);
        eh_status status = eh_investigation_import(inv, archive, NULL, key, &report, &err);
        eh_context_fail_allocation_after(ctx, 0);
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), used);
        if (status == EH_OK) {
            CHECK(n > 10);
            break;
        }
        CHECK(status == EH_E_NOMEM && err.message[0]);
        check_empty(inv);
    }
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM posts"), 3);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* ---- other processes ------------------------------------------------------------------------------------------- */

/* In a child, since DuckDB's threads do not survive a fork. The child's status: 0 = imported, 1 = an error. */
static pid_t import_in_child(const char *path, const char *archive, rlim_t most_file_size)
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child != 0) return child;
    if (most_file_size) {
        signal(SIGXFSZ, SIG_IGN);
        const struct rlimit limit = {most_file_size, most_file_size};
        CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    eh_context *ctx = new_context(1);
    eh_investigation *inv = NULL;
    eh_import_report report;
    eh_status status = eh_investigation_open(ctx, path, EH_OPEN_CREATE, &inv, &err);
    if (status == EH_OK) status = eh_investigation_import(inv, archive, NULL, NULL, &report, &err);
    eh_investigation_close(inv);
    if (status != EH_OK && !err.message[0]) _exit(2);
    _exit(status == EH_OK ? 0 : 1);
}

/* Runs in a child as well, so that the test's own process stays free of threads. Exit status 0: none or all is there. */
static void check_none_or_all(const char *path, int64_t n_posts)
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        eh_context *ctx = new_context(1);
        eh_investigation *inv = open_investigation(ctx, path, EH_OPEN_CREATE);
        if (count(inv, "SELECT count(*) FROM sources") == 0) {
            check_empty(inv);
        } else {
            CHECK_EQ_INT(count(inv, "SELECT count(*) FROM sources"), 1);
            CHECK_EQ_INT(count(inv, "SELECT count(*) FROM posts"), n_posts);
            CHECK_EQ_INT(count(inv, "SELECT count(*) FROM actions WHERE behaviour = 'link'"), n_posts);
            CHECK_EQ_INT(count(inv, "SELECT sum(n_posts) FROM accounts"), n_posts);
        }
        eh_investigation_close(inv);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void survives_kill(void)
{
    enum { n_posts = 60000, n_kills = 10 };
    const char *archive = big_archive("kill.csv", n_posts);
    int status;
    double start = seconds();
    CHECK(waitpid(import_in_child(scratch("whole.duckdb"), archive, 0), &status, 0) > 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    check_none_or_all(scratch("whole.duckdb"), n_posts);
    double whole = seconds() - start;
    for (int i = 0; i < n_kills; i++) {
        char name[32];
        snprintf(name, sizeof name, "killed%d.duckdb", i);
        pid_t child = import_in_child(scratch(name), archive, 0);
        double pause = whole * (i + 0.5) / n_kills;
        struct timespec until = {(time_t)pause, (long)((pause - (double)(time_t)pause) * 1e9)};
        nanosleep(&until, NULL);
        kill(child, SIGKILL);
        CHECK(waitpid(child, &status, 0) == child);
        check_none_or_all(scratch(name), n_posts);
    }
}

static void survives_a_full_disk(void)
{
    enum { n_posts = 60000 };
    const char *archive = big_archive("full.csv", n_posts), *path = scratch("full.duckdb");
    static const rlim_t sizes[] = {200000, 1000000, 2500000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int status;
        CHECK(waitpid(import_in_child(path, archive, sizes[i]), &status, 0) > 0);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
        check_none_or_all(path, n_posts);
    }
}

static void refuses_a_second_writer(void)
{
    const char *path = scratch("two.duckdb");
    int ready[2], done[2];
    CHECK(pipe(ready) == 0 && pipe(done) == 0);
    pid_t writer = fork();
    CHECK(writer >= 0);
    char byte = 0;
    if (writer == 0) {
        eh_context *ctx = new_context(1);
        eh_investigation *inv = open_investigation(ctx, path, EH_OPEN_CREATE);
        CHECK(write(ready[1], "x", 1) == 1);
        CHECK(read(done[0], &byte, 1) == 1);
        eh_investigation_close(inv);
        _exit(0);
    }
    CHECK(read(ready[0], &byte, 1) == 1);
    eh_context *ctx = new_context(1);
    eh_investigation *inv;
    char expected[128];
    snprintf(expected, sizeof expected, "is being written by process %ld; close it or work on a copy", (long)writer);
    CHECK_EQ_INT(eh_investigation_open(ctx, path, EH_OPEN_WRITE, &inv, &err), EH_E_IO);
    CHECK(!inv);
    CHECK_EQ_STR(err.message, expected);
    CHECK_EQ_INT(eh_investigation_open(ctx, path, EH_OPEN_READ, &inv, &err), EH_E_IO);
    CHECK(write(done[1], "x", 1) == 1);
    CHECK(waitpid(writer, NULL, 0) == writer);
    inv = open_investigation(ctx, path, EH_OPEN_READ);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void tells_foreign_files(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv;
    eh_store *store;
    CHECK_OK(eh_store_open(ctx, scratch("foreign.duckdb"), EH_STORE_CREATE, &store, &err), err);
    CHECK_OK(eh_store_exec(store, "CREATE TABLE mine(a INTEGER)", &err), err);
    eh_store_close(store);
    for (int mode = EH_OPEN_CREATE; mode <= EH_OPEN_READ; mode++)
        CHECK_EQ_INT(eh_investigation_open(ctx, scratch("foreign.duckdb"), (eh_open_mode)mode, &inv, &err), EH_E_FORMAT);
    CHECK(eh_is_investigation(scratch("foreign.duckdb")));
    CHECK(!eh_is_investigation(scratch_file("a.csv", cnt)));
    CHECK(!eh_is_investigation(scratch("absent")));
    CHECK_EQ_INT(eh_investigation_open(ctx, scratch("absent"), EH_OPEN_READ, &inv, &err), EH_E_NOT_FOUND);
    CHECK_EQ_INT(eh_investigation_open(ctx, scratch("a.csv"), EH_OPEN_CREATE, &inv, &err), EH_E_FORMAT);
    inv = open_investigation(ctx, scratch("newer.duckdb"), EH_OPEN_CREATE);
    CHECK_OK(eh_store_exec(inv->store, "UPDATE meta SET value = '99' WHERE key = 'schema_version'", &err), err);
    eh_investigation_close(inv);
    CHECK_EQ_INT(eh_investigation_open(ctx, scratch("newer.duckdb"), EH_OPEN_READ, &inv, &err), EH_E_UNSUPPORTED);
    eh_context_free(ctx);
}

/* Before anything else, so that the children find the directory. */
static void begins(void) { (void)scratch(""); }

CHECK_MAIN(begins, survives_kill, survives_a_full_disk, refuses_a_second_writer, keeps_what_it_reads,
           knows_files_and_posts_again, reads_actions_back, stores_pseudonyms_only, leaves_nothing_after_a_failure,
           cancels_midway, survives_failing_memory, tells_foreign_files, removes_scratch)
