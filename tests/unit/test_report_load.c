/* From a database to the page: a small archive all the way, and a large run written straight into the tables. */
#include "investigation_helper.h"

#include "base/rng.h"
#include "evenhand/report.h"

#include <time.h>

static const char *const ring[] = {"<b>one</b>", "\"two\"&", "سه‌حساب", "ארבע", "پنج\xE2\x80\xAE", "🦉 six", "it's;--"};
enum { n_ring = sizeof ring / sizeof *ring, n_honest = 50, n_days = 30 };

/* Every day posts are born; honest accounts repost some within hours, the ring all within seconds. One row is broken. */
static const char *archive(void)
{
    const char *path = scratch("<archive> & 'co'.csv");
    FILE *file = fopen(path, "w");
    CHECK(file);
    eh_rng rng = eh_rng_of(11, 0);
    int id = 1;
    fprintf(file, "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n");
    for (int day = 0; day < n_days; day++) {
        int born = 1600000000 + day * 86400, original = id++;
        fprintf(file, "%d,source%d,s,,,news,%d,\n", original, day % 5, born);
        for (int i = 0; i < n_honest; i++)
            if (eh_rng_below(&rng, 3) == 0)
                fprintf(file, "%d,honest%d,h,%d,,RT,%d,\n", id++, i, original, born + 60 + (int)eh_rng_below(&rng, 30000));
        int start = born + 3600 + (int)eh_rng_below(&rng, 20000);
        for (int i = 0; i < n_ring; i++) {
            fprintf(file, "%d,\"", id++);
            for (const char *c = ring[(i + day) % n_ring]; *c; c++) fprintf(file, *c == '"' ? "\"%c" : "%c", *c);
            fprintf(file, "\",r,%d,,RT,%d,\n", original, start + 2 * i);
        }
    }
    fprintf(file, "%d,,nobody,,,lost,1600000000,\n", id);
    CHECK(fclose(file) == 0);
    return path;
}

static void a_run_becomes_a_page(void)
{
    eh_context *ctx = new_context(2);
    eh_investigation *inv = open_investigation(ctx, scratch("small.duckdb"), EH_OPEN_CREATE);
    CHECK_EQ_INT(eh_report_write(inv, NULL, scratch("none.html"), &err), EH_E_NOT_FOUND);
    (void)import_file(inv, archive());
    eh_run_summary summary;
    CHECK_OK(eh_investigation_detect(inv, NULL, &summary, &err), err);
    CHECK_EQ_INT(summary.n_listed_accounts, n_ring);
    CHECK_OK(eh_report_write(inv, NULL, scratch("small.html"), &err), err);
    eh_investigation_close(inv);

    /* The same from a file that is only read, by one thread, named. */
    eh_context *other = new_context(1);
    inv = open_investigation(other, scratch("small.duckdb"), EH_OPEN_READ);
    CHECK_OK(eh_report_write(inv, summary.run_id, scratch("again.html"), &err), err);
    CHECK_EQ_INT(eh_report_write(inv, "0123456789abcdef", scratch("none.html"), &err), EH_E_NOT_FOUND);
    CHECK_EQ_INT(eh_report_write(inv, NULL, "/no/such/place.html", &err), EH_E_IO);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM duckdb_tables() WHERE temporary"), 0);
    eh_investigation_close(inv);

    size_t size, size_again;
    char *page = read_whole(scratch("small.html"), &size), *again = read_whole(scratch("again.html"), &size_again);
    CHECK_EQ_INT(size, size_again);
    CHECK(memcmp(page, again, size) == 0);
    const char *const expected[] = {
        "7\xC2\xA0" "accounts are listed as acting together", "(here that would be fewer than one of 7)",
        "&lt;b&gt;one&lt;/b&gt;", "&quot;two&quot;&amp;", "سه\xE2\x80\x8Cحساب", "ארבע", "پنج<span class=\"ctl\">U+202E</span>",
        "it&#39;s;--", "&lt;archive&gt; &amp; &#39;co&#39;.csv", "without account", "Network 1: 7\xC2\xA0" "accounts",
        "21\xC2\xA0listed pairs", "id=\"a7\"", "--behaviours repost", "--windows 10s,1m,10m,1h", summary.run_id};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (!strstr(page, expected[i])) {
            printf("the page lacks: %s\n", expected[i]);
            CHECK(false);
        }
    CHECK(strstr(page, "<b>one") == NULL && strstr(page, scratch_dir) == NULL);
    free(page);
    free(again);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx) + eh_context_memory_used_size(other), 0);
    eh_context_free(ctx);
    eh_context_free(other);
}

static void allocations_may_fail(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("small.duckdb"), EH_OPEN_READ);
    uint64_t used_size = eh_context_memory_used_size(ctx);
    const char *path = scratch("failing.html");
    eh_status status = EH_E_NOMEM;
    int64_t n = 0;
    for (int64_t step = 1; status != EH_OK; n += step) {
        if (n > 60) step = 1 + n / 20; /* all of the first, then samples */
        CHECK(access(path, F_OK) != 0);
        eh_context_fail_allocation_after(ctx, n + 1);
        err = (eh_error)EH_ERROR_INIT;
        status = eh_report_write(inv, NULL, path, &err);
        if (status == EH_OK) break;
        CHECK_EQ_INT(status, EH_E_NOMEM);
        CHECK(err.message[0] != 0);
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), used_size);
    }
    eh_context_fail_allocation_after(ctx, 0);
    printf("an allocation failed in %" PRId64 " places at least\n", n);
    CHECK(n > 100);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* 100 networks of 50 accounts, every pair listed with five co-actions; 200 more accounts that are not listed. */
static void a_large_run_stays_quick_and_small(void)
{
    eh_context *ctx = new_context(0);
    eh_investigation *inv = open_investigation(ctx, scratch("large.duckdb"), EH_OPEN_CREATE);
    CHECK_OK(eh_store_exec(inv->store,
        "CREATE TEMP TABLE u AS SELECT i, i // 50 AS g, 'account_' || i AS id FROM range(5000) AS t(i);"
        "CREATE TEMP TABLE p AS SELECT a.id AS a, b.id AS b, a.i AS ai, b.i AS bi, a.g FROM u a JOIN u b ON a.g = b.g AND a.id < b.id;"
        "INSERT INTO sources SELECT 1, 'large.csv', repeat('0', 64), 'cnt', 'none', 1000, 900000, 900000, 0, 0, 'epoch_s', 1000000, "
        "TIMESTAMP '2018-08-01', TIMESTAMP '2018-08-28', 0, false, '', NULL;"
        "INSERT INTO runs SELECT 'f00df00df00df00d', 1, '0.1.0', '{\"behaviours\": [\"repost\"], \"windows_s\": [10, 60], \"q\": 0.05}', "
        "'1', '[]', 1, 0.05, 1000000, 5200, 5100, 5000, 122500, false, 3, 1, 122500, 122500, 612500, 100, 0.9;"
        "INSERT INTO run_behaviours VALUES ('f00df00df00df00d', 'repost', 600000, 5200, 10000, 122500, 122500, 0, 0);"
        "INSERT INTO findings SELECT 'f00df00df00df00d', id, true, 'moderate', 1e-6 * (1 + i), 1e-9, 'n' || (g + 1), 120, 49, 'repost', "
        "60, 'repost', 30, 5, 40, 100, 90, 30, '', 'timing', 1e-7, 1, 1, 1, 1 FROM u;"
        "INSERT INTO findings SELECT 'f00df00df00df00d', 'other_' || i, false, 'none', 0.06 + i / 1000, 0.5, NULL, 20, 0, '', 5, '', 0, 5, 3, "
        "0, 0, NULL, '', '', 0.1, 1, 1, 1, 1 FROM range(200) AS t(i);"
        "INSERT INTO edges SELECT 'f00df00df00df00d', a, b, 'repost', 10, 5, 0.01, 1e-9, 1e-6, true, TIMESTAMP '2018-08-01', TIMESTAMP "
        "'2018-08-28', 5, 5, 20 + (ai * bi) % 7, 20, 1e-7, 1e-5, 2, 2, 1, 5, 5 FROM p;"
        "INSERT INTO evidence SELECT 'f00df00df00df00d', a, b, 'repost', 'object_' || g || '_' || k, 'x' || ai || '_' || k, 'x' || bi || '_' "
        "|| k, TIMESTAMP '2018-08-01' + INTERVAL (k * 86400 * 5 + ai % 50) SECOND, TIMESTAMP '2018-08-01' + INTERVAL (k * 86400 * 5 + bi "
        "% 50) SECOND, bi - ai, 0.01 * (1 + k) FROM p, range(5) AS t(k);"
        "INSERT INTO networks SELECT 'f00df00df00df00d', 'n' || (g + 1), 50, 1225, 'repost', TIMESTAMP '2018-08-01', TIMESTAMP "
        "'2018-08-28' FROM range(100) AS t(g)", &err), err);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    CHECK_OK(eh_report_write(inv, NULL, scratch("large.html"), &err), err);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    size_t size;
    char *page = read_whole(scratch("large.html"), &size);
    printf("5,000 listed accounts, 612,500 co-actions: %.2f s, %zu bytes\n", seconds, size);
    CHECK(size < 10 * 1000 * 1000);
    CHECK(seconds < 30); /* one on two quiet cores */
    CHECK(strstr(page, "This page shows the 500 accounts") != NULL);
    CHECK(strstr(page, "The largest 40 of 100 networks are shown") != NULL);
    CHECK(strstr(page, "6,125 in all") != NULL);
    free(page);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

CHECK_MAIN(a_run_becomes_a_page, allocations_may_fail, a_large_run_stays_quick_and_small, removes_scratch)
