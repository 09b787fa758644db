/* The DuckDB adapter: cells of every type, appending, transactions, locks, cancellation, budgets, the sandbox. */
#include "check.h"
#include "store/store.h"

#include "base/time.h"

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static eh_error err;
static char directory[64];

static const char *scratch(const char *name)
{
    static char path[8][256];
    static int i_next;
    if (!directory[0]) {
        snprintf(directory, sizeof directory, "%s", "test_store-XXXXXX");
        CHECK(mkdtemp(directory));
    }
    char *to = path[i_next++ % 8];
    snprintf(to, sizeof path[0], "%s/%s", directory, name);
    return to;
}

static eh_context *new_context(uint64_t memory_mib, int n_threads)
{
    eh_context_options options = eh_context_options_default();
    options.memory_limit_size = memory_mib << 20;
    options.n_threads = n_threads;
    eh_context *ctx;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    return ctx;
}

static eh_store *open_store(eh_context *ctx, const char *path, eh_store_mode mode)
{
    eh_store *store;
    CHECK_OK(eh_store_open(ctx, path, mode, &store, &err), err);
    return store;
}

static int64_t integer(eh_store *store, const char *sql)
{
    int64_t value;
    CHECK_OK(eh_store_integer(store, sql, &value, &err), err);
    return value;
}

/* ---- cells ----------------------------------------------------------------------------------------------------- */

typedef struct listing {
    char text[4096];
    size_t n_rows, size;
} listing;

static eh_status list_columns(void *data, const eh_column *columns, size_t n, eh_error *e)
{
    (void)e;
    listing *to = data;
    for (size_t i = 0; i < n; i++)
        to->size += (size_t)snprintf(to->text + to->size, sizeof to->text - to->size, "%s %s%s", columns[i].name,
                                     columns[i].type, i + 1 < n ? "," : "\n");
    return EH_OK;
}

static eh_status list_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n, eh_error *e)
{
    (void)columns;
    (void)e;
    listing *to = data;
    to->n_rows++;
    for (size_t i = 0; i < n && to->size < sizeof to->text - 200; i++) {
        char *at = to->text + to->size;
        size_t room = sizeof to->text - to->size;
        char time[eh_time_text_size];
        int size = 0;
        switch (cells[i].type) {
        case EH_CELL_NULL: size = snprintf(at, room, "null"); break;
        case EH_CELL_BOOL: size = snprintf(at, room, "b%d", (int)cells[i].integer); break;
        case EH_CELL_INT: size = snprintf(at, room, "i%lld", (long long)cells[i].integer); break;
        case EH_CELL_REAL: size = snprintf(at, room, "r%g", cells[i].real); break;
        case EH_CELL_TIME: size = snprintf(at, room, "%s", eh_time_text(cells[i].integer, time)); break;
        case EH_CELL_TEXT: size = snprintf(at, room, "'%.*s'", (int)cells[i].text.size, cells[i].text.data); break;
        }
        to->size += (size_t)size;
        to->text[to->size++] = i + 1 < n ? ',' : '\n';
        to->text[to->size] = 0;
    }
    return EH_OK;
}

static const char *rows_of(eh_store *store, const char *sql)
{
    static listing to;
    memset(&to, 0, sizeof to);
    CHECK_OK(eh_store_query(store, sql, NULL, list_row, &to, &err), err);
    return to.text;
}

static void gives_every_type(void)
{
    eh_context *ctx = new_context(512, 1);
    eh_store *store = open_store(ctx, NULL, EH_STORE_MEMORY);
    CHECK_EQ_STR(rows_of(store, "SELECT true, 1::TINYINT, -2::SMALLINT, 3::INTEGER, -4::BIGINT, 5::UTINYINT, "
                                "6::USMALLINT, 7::UINTEGER, 8::UBIGINT, 9::HUGEINT, -1::HUGEINT, 1.5::FLOAT, 2.5::DOUBLE, NULL"),
                 "b1,i1,i-2,i3,i-4,i5,i6,i7,i8,i9,i-1,r1.5,r2.5,null\n");
    CHECK_EQ_STR(rows_of(store, "SELECT 'short', 'a string longer than twelve bytes', '', chr(0) = chr(0), NULL::VARCHAR"),
                 "'short','a string longer than twelve bytes','',b1,null\n");
    CHECK_EQ_STR(rows_of(store, "SELECT TIMESTAMP '2018-09-18 04:35:00', '2018-09-18 04:35:00.25'::TIMESTAMP_MS, "
                                "'2018-09-18 04:35:00+02'::TIMESTAMPTZ, 'infinity'::TIMESTAMP"),
                 "2018-09-18T04:35:00Z,2018-09-18T04:35:00.250Z,2018-09-18T02:35:00Z,'infinity'\n");
    CHECK_EQ_STR(rows_of(store, "SELECT 1.50::DECIMAL(9,2) AS a, DATE '2018-09-18' AS a, [1, 2], {'k': 'v'}, MAP {'x': 1}, "
                                "'\\x00\\xFF'::BLOB, 7 AS a, 18446744073709551615::UBIGINT -- a comment\n;"),
                 "'1.50','2018-09-18','[1, 2]','{'k': v}','{x=1}','\\x00\\xFF',i7,r1.84467e+19\n");
    CHECK_EQ_STR(rows_of(store, "SELECT x, [x] FROM range(5) t(x) ORDER BY x DESC"),
                 "i4,'[4]'\ni3,'[3]'\ni2,'[2]'\ni1,'[1]'\ni0,'[0]'\n");
    listing to = {0};
    CHECK_OK(eh_store_query(store, "SELECT 1 AS n, 'x' AS \"a b\", [1] AS l WHERE false", list_columns, list_row, &to, &err), err);
    CHECK_EQ_STR(to.text, "n INTEGER,a b VARCHAR,l LIST\n");
    CHECK_EQ_INT(to.n_rows, 0);
    CHECK_EQ_INT(integer(store, "SELECT sum(x) FROM range(1000000) t(x)"), 499999500000);
    int64_t value;
    CHECK_EQ_INT(eh_store_integer(store, "SELECT 1 WHERE false", &value, &err), EH_E_NOT_FOUND);
    eh_buf text = EH_BUF_INIT(ctx);
    CHECK_OK(eh_store_text(store, "SELECT 'one' UNION ALL SELECT 'two'", &text, &err), err);
    CHECK_EQ_STR(text.data, "one");
    eh_buf_release(&text);
    eh_store_close(store);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static eh_status stop_at_third(void *data, const eh_column *columns, const eh_cell *cells, size_t n, eh_error *e)
{
    (void)columns;
    (void)n;
    *(int64_t *)data = cells[0].integer;
    return cells[0].integer == 3 ? eh_fail(e, EH_E_LIMIT, "enough") : EH_OK;
}

static void stops_when_the_caller_fails(void)
{
    eh_context *ctx = new_context(512, 2);
    eh_store *store = open_store(ctx, NULL, EH_STORE_MEMORY);
    int64_t last = 0;
    CHECK_EQ_INT(eh_store_query(store, "SELECT x FROM range(100000) t(x)", NULL, stop_at_third, &last, &err), EH_E_LIMIT);
    CHECK_EQ_STR(err.message, "enough");
    CHECK_EQ_INT(last, 3);
    CHECK_EQ_INT(integer(store, "SELECT 5"), 5);
    eh_store_close(store);
    eh_context_free(ctx);
}

static void tells_wrong_sql(void)
{
    eh_context *ctx = new_context(512, 1);
    eh_store *store = open_store(ctx, NULL, EH_STORE_MEMORY);
    CHECK_EQ_INT(eh_store_exec(store, "SELEC 1", &err), EH_E_INVALID);
    CHECK(strstr(err.message, "SELEC"));
    CHECK_EQ_INT(eh_store_query(store, "SELECT nothing", NULL, list_row, NULL, &err), EH_E_INVALID);
    CHECK(strstr(err.message, "nothing"));
    CHECK_EQ_INT(eh_store_query(store, "SELECT 1; SELECT 2", NULL, list_row, NULL, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_store_query(store, "SELECT ?", NULL, list_row, NULL, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_store_query(store, "SELECT error('late') FROM range(10)", NULL, list_row, NULL, &err), EH_E_INVALID);
    CHECK(strstr(err.message, "late"));
    eh_buf sql = EH_BUF_INIT(ctx);
    CHECK_OK(eh_buf_add(&sql, "SELECT ", 7, &err), err);
    CHECK_OK(eh_sql_quote(&sql, (eh_str){"it's\0'; DROP", 12}, &err), err);
    CHECK_OK(eh_buf_printf(&sql, &err, " AS "), err);
    CHECK_OK(eh_sql_name(&sql, eh_str_of("a\"b"), &err), err);
    CHECK_EQ_STR(sql.data, "SELECT 'it''s''; DROP' AS \"a\"\"b\"");
    CHECK_EQ_STR(rows_of(store, sql.data), "'it's'; DROP'\n");
    eh_buf_release(&sql);
    eh_store_close(store);
    eh_context_free(ctx);
}

/* ---- appending ------------------------------------------------------------------------------------------------- */

static void appends_and_rolls_back(void)
{
    eh_context *ctx = new_context(512, 1);
    eh_store *store = open_store(ctx, scratch("append.duckdb"), EH_STORE_CREATE);
    CHECK_OK(eh_store_exec(store, "CREATE TABLE t(a BIGINT, b VARCHAR, c TIMESTAMP, d DOUBLE, e BOOLEAN, f INTEGER)", &err), err);
    for (int round = 0; round < 2; round++) {
        eh_appender *a;
        CHECK_OK(eh_store_exec(store, "BEGIN", &err), err);
        CHECK_OK(eh_appender_open(store, "t", &a, &err), err);
        for (int64_t i = 0; i < 300000; i++) {
            eh_appender_int(a, i);
            eh_appender_text(a, i % 3 ? eh_str_of(i % 2 ? "short" : "a string longer than twelve bytes") : (eh_str){NULL, 0});
            eh_appender_time(a, i % 5 ? i * EH_SECOND_US : EH_TIME_NONE);
            eh_appender_real(a, (double)i / 2);
            eh_appender_bool(a, i % 2);
            if (i % 7)
                eh_appender_int(a, i);
            else
                eh_appender_null(a);
            CHECK_OK(eh_appender_end_row(a, &err), err);
        }
        if (round == 0) {
            eh_appender_discard(&a);
            eh_store_rollback(store);
            CHECK_EQ_INT(integer(store, "SELECT count(*) FROM t"), 0);
        } else {
            CHECK_OK(eh_appender_close(&a, &err), err);
            CHECK_OK(eh_store_exec(store, "COMMIT", &err), err);
        }
    }
    eh_store_close(store);
    store = open_store(ctx, scratch("append.duckdb"), EH_STORE_READ_ONLY);
    CHECK_EQ_STR(rows_of(store, "SELECT count(*), sum(a), count(b), count(c), sum(d), sum(e::INT), count(f), max(length(b)) FROM t"),
                 "i300000,i44999850000,i200000,i240000,r2.24999e+10,i150000,i257142,i33\n");
    CHECK_EQ_STR(rows_of(store, "SELECT * FROM t WHERE a IN (0, 4099) ORDER BY a"),
                 "i0,null,null,r0,b0,null\ni4099,'short',1970-01-01T01:08:19Z,r2049.5,b1,i4099\n");
    CHECK_EQ_INT(eh_store_exec(store, "DELETE FROM t", &err), EH_E_UNSUPPORTED);
    eh_store_close(store);
    eh_context_free(ctx);
}

static void refuses_wrong_rows(void)
{
    eh_context *ctx = new_context(512, 1);
    eh_store *store = open_store(ctx, NULL, EH_STORE_MEMORY);
    CHECK_OK(eh_store_exec(store, "CREATE TABLE t(a INTEGER, b VARCHAR)", &err), err);
    eh_appender *a;
    CHECK_EQ_INT(eh_appender_open(store, "absent", &a, &err), EH_E_INVALID);
    CHECK(!a);
    CHECK_OK(eh_appender_open(store, "t", &a, &err), err);
    eh_appender_int(a, 1);
    CHECK_EQ_INT(eh_appender_end_row(a, &err), EH_E_INVALID);
    eh_appender_text(a, eh_str_of("x"));
    eh_appender_text(a, eh_str_of("x"));
    CHECK_EQ_INT(eh_appender_end_row(a, &err), EH_E_INVALID);
    eh_appender_int(a, INT64_MAX);
    eh_appender_text(a, eh_str_of("x"));
    CHECK_EQ_INT(eh_appender_end_row(a, &err), EH_E_INVALID);
    eh_appender_int(a, 1);
    eh_appender_text(a, eh_str_of("x"));
    eh_appender_text(a, eh_str_of("x"));
    CHECK_EQ_INT(eh_appender_end_row(a, &err), EH_E_INVALID);
    eh_appender_int(a, 1);
    eh_appender_text(a, eh_str_of("x"));
    CHECK_OK(eh_appender_end_row(a, &err), err);
    CHECK_OK(eh_appender_close(&a, &err), err);
    CHECK(!a);
    CHECK_EQ_INT(integer(store, "SELECT count(*) FROM t"), 1);
    eh_store_close(store);
    eh_context_free(ctx);
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

static void names_what_is_wrong_with_a_file(void)
{
    eh_context *ctx = new_context(512, 1);
    eh_store *store;
    CHECK_EQ_INT(eh_store_open(ctx, scratch("absent.duckdb"), EH_STORE_READ_ONLY, &store, &err), EH_E_NOT_FOUND);
    CHECK_EQ_INT(eh_store_open(ctx, scratch("absent.duckdb"), EH_STORE_READ_WRITE, &store, &err), EH_E_NOT_FOUND);
    CHECK(access(scratch("absent.duckdb"), F_OK) != 0);
    CHECK_EQ_INT(eh_store_open(ctx, scratch("no/such/place.duckdb"), EH_STORE_CREATE, &store, &err), EH_E_IO);
    CHECK_EQ_INT(eh_store_open(ctx, directory, EH_STORE_CREATE, &store, &err), EH_E_IO);
    static const char *const contents[] = {"", "account,time\n", "12345678DUCK and then nothing of the kind"};
    for (size_t i = 0; i < 3; i++) {
        FILE *file = fopen(scratch("other.duckdb"), "w");
        CHECK(file);
        fputs(contents[i], file);
        fclose(file);
        CHECK_EQ_INT(eh_store_open(ctx, scratch("other.duckdb"), i % 2 ? EH_STORE_CREATE : EH_STORE_READ_ONLY, &store, &err),
                     EH_E_FORMAT);
        CHECK(!store);
        CHECK(err.message[0]);
    }
    eh_context_free(ctx);
}

/* Opens a file that another process writes and checks what it is told. */
static int refuses_second(const char *path, eh_store_mode mode, long writer)
{
    eh_context *ctx = new_context(512, 1);
    eh_store *store;
    eh_status status = eh_store_open(ctx, path, mode, &store, &err);
    eh_context_free(ctx);
    char expected[64];
    snprintf(expected, sizeof expected, "is being written by process %ld;", writer);
    if (status == EH_E_IO && strstr(err.message, expected)) return 0;
    fprintf(stderr, "status %d: %s\n", (int)status, err.message);
    return 1;
}

static void tells_who_holds_the_lock(void)
{
    const char *path = scratch("locked.duckdb");
    int ready[2], done[2];
    CHECK(pipe(ready) == 0 && pipe(done) == 0);
    pid_t writer = fork(); /* before this process has threads */
    CHECK(writer >= 0);
    if (writer == 0) {
        eh_context *ctx = new_context(512, 1);
        eh_store *store = open_store(ctx, path, EH_STORE_CREATE);
        CHECK(write(ready[1], "x", 1) == 1);
        char byte;
        CHECK(read(done[0], &byte, 1) == 1);
        eh_store_close(store);
        _exit(0);
    }
    char byte;
    CHECK(read(ready[0], &byte, 1) == 1);
    CHECK_EQ_INT(refuses_second(path, EH_STORE_CREATE, writer), 0);
    CHECK_EQ_INT(refuses_second(path, EH_STORE_READ_ONLY, writer), 0);
    CHECK(write(done[1], "x", 1) == 1);
    int status;
    CHECK(waitpid(writer, &status, 0) == writer);
    eh_context *ctx = new_context(512, 1);
    eh_store_close(open_store(ctx, path, EH_STORE_READ_WRITE));
    eh_context_free(ctx);
}

/* ---- cancellation and budget ----------------------------------------------------------------------------------- */

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *cancel_soon(void *ctx)
{
    struct timespec pause = {0, 200000000};
    nanosleep(&pause, NULL);
    eh_context_cancel(ctx);
    return NULL;
}

static void stops_within_a_second(void)
{
    static const char *const slow[] = {
        "SELECT count(*) FROM range(100000000) a(x), range(1000) b(y) WHERE (x * 7 + y) % 1000003 = 5",
        "SELECT x FROM range(10000000000) a(x) WHERE x % 1000000000000 = 1", /* never a row: inside one fetch */
    };
    for (int i = 0; i < 3; i++) {
        eh_context *ctx = new_context(512, 2);
        eh_store *store = open_store(ctx, NULL, EH_STORE_MEMORY);
        CHECK_OK(eh_store_exec(store, "CREATE TABLE t(a BIGINT); BEGIN; INSERT INTO t VALUES (1)", &err), err);
        pthread_t thread;
        double start = now_s();
        CHECK(pthread_create(&thread, NULL, cancel_soon, ctx) == 0);
        listing to = {0};
        eh_status status = i < 2 ? eh_store_query(store, slow[i], NULL, list_row, &to, &err)
                                 : eh_store_execf(store, &err, "CREATE TABLE u AS %s", slow[0]);
        CHECK_EQ_INT(status, EH_E_CANCELLED);
        CHECK(now_s() - start < 1.2);
        pthread_join(thread, NULL);
        eh_store_rollback(store);
        CHECK_EQ_INT(eh_store_exec(store, "SELECT 1", &err), EH_E_CANCELLED);
        eh_store_close(store);
        eh_context_free(ctx);
    }
}

static void keeps_to_its_budget(void)
{
    eh_context *ctx = new_context(100, 1);
    eh_store *store = open_store(ctx, NULL, EH_STORE_MEMORY);
    CHECK_EQ_STR(rows_of(store, "SELECT current_setting('memory_limit'), current_setting('threads'), current_setting('autoload_known_extensions')"),
                 "'64.0 MiB',i1,b0\n");
    /* Larger than the budget: spilled, not refused. */
    CHECK_EQ_INT(integer(store, "SELECT count(*) FROM (SELECT x, row_number() OVER (ORDER BY hash(x)) AS r FROM range(3000000) t(x))"),
                 3000000);
    CHECK_EQ_INT(eh_store_exec(store, "CREATE TABLE big AS SELECT list(x) AS l FROM range(30000000) t(x)", &err), EH_E_LIMIT);
    CHECK(strstr(err.message, "--memory"));
    CHECK_EQ_INT(integer(store, "SELECT 1"), 1);
    eh_store_close(store);
    eh_context_free(ctx);
    ctx = new_context(1024, 1);
    store = open_store(ctx, NULL, EH_STORE_MEMORY);
    eh_store_fit_memory(store, 50);
    CHECK_EQ_STR(rows_of(store, "SELECT current_setting('memory_limit') IN ('451.0 MiB', '452.0 MiB')"), "b1\n");
    eh_store_close(store);
    eh_context_free(ctx);
}

static void sandbox_is_tight(void)
{
    eh_context *ctx = new_context(512, 1);
    eh_store *store = open_store(ctx, scratch("box.duckdb"), EH_STORE_CREATE);
    CHECK_OK(eh_store_exec(store, "CREATE TABLE t AS SELECT 1 AS a", &err), err);
    eh_store_close(store);
    store = open_store(ctx, scratch("box.duckdb"), EH_STORE_READ_ONLY);
    CHECK_OK(eh_store_sandbox(store, &err), err);
    CHECK_EQ_INT(integer(store, "SELECT a FROM t"), 1);
    static const char *const refused[] = {
        "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_text('/etc/passwd')", "COPY t TO '/tmp/evenhand-sandbox.csv'", "ATTACH 'other.duckdb'",
        "SET enable_external_access = true", "SET memory_limit = '1GB'", "INSTALL httpfs", "LOAD httpfs",
        "DROP TABLE t", "INSERT INTO t VALUES (2)", "EXPORT DATABASE '/tmp/evenhand-sandbox'",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        listing to = {0};
        CHECK(eh_store_query(store, refused[i], NULL, list_row, &to, &err) != EH_OK);
        CHECK(err.message[0]);
    }
    CHECK(access("/tmp/evenhand-sandbox.csv", F_OK) != 0);
    eh_store_close(store);
    eh_context_free(ctx);
}

/* ---- crashes --------------------------------------------------------------------------------------------------- */

static void write_forever(const char *path)
{
    eh_context *ctx = new_context(512, 2);
    eh_store *store = open_store(ctx, path, EH_STORE_CREATE);
    CHECK_OK(eh_store_exec(store, "CREATE TABLE IF NOT EXISTS t(batch BIGINT, x VARCHAR)", &err), err);
    for (int64_t batch = integer(store, "SELECT coalesce(max(batch), 0) + 1 FROM t");; batch++)
        CHECK_OK(eh_store_execf(store, &err,
                                "BEGIN; INSERT INTO t SELECT %lld, 'row ' || x FROM range(20000) r(x); COMMIT",
                                (long long)batch), err);
}

static void survives_kill(void)
{
    const char *path = scratch("killed.duckdb");
    for (int i = 0; i < 6; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            write_forever(path);
            _exit(0);
        }
        struct timespec pause = {0, 150000000 + i * 37000000};
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status));
    }
    eh_context *ctx = new_context(512, 1);
    eh_store *store = open_store(ctx, path, EH_STORE_READ_WRITE);
    CHECK_EQ_INT(integer(store, "SELECT count(*) FROM (SELECT batch, count(*) AS n FROM t GROUP BY batch) WHERE n <> 20000"), 0);
    CHECK(integer(store, "SELECT max(batch) - count(DISTINCT batch) FROM t") == 0);
    eh_store_close(store);
    eh_context_free(ctx);
}

static void cleans_up(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    CHECK(!directory[0] || system(command) == 0);
}

CHECK_MAIN(tells_who_holds_the_lock, survives_kill, gives_every_type, stops_when_the_caller_fails, tells_wrong_sql,
           appends_and_rolls_back, refuses_wrong_rows, names_what_is_wrong_with_a_file, stops_within_a_second,
           keeps_to_its_budget, sandbox_is_tight, cleans_up)
