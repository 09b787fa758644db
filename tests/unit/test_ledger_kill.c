/* kill -9 while leaves are added: what was acknowledged is there, and the log is whole. */
#include "investigation_helper.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* In a process of its own: opens, then adds leaves of several sizes, and after each COMMIT writes how many there are. */
static void add_for_ever(const char *path, int to)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, path, EH_OPEN_WRITE);
    eh_ledger *ledger = eh_investigation_ledger(inv);
    eh_ledger_record records[7];
    for (int i = 0; i < 7; i++) records[i] = (eh_ledger_record){"decision", {"Maria", 5}, {"{\"a\": 1}", 8}};
    for (size_t round = 0;; round++) {
        uint64_t first, n = 1 + round % 7;
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_ledger_append_all(ledger, records, n, &first, &err), err);
        CHECK_OK(eh_store_execf(inv->store, &err, "INSERT INTO meta VALUES ('told', '%llu')", (unsigned long long)(first + n)), err);
        CHECK_OK(eh_store_exec(inv->store, "COMMIT", &err), err);
        uint64_t n_leaves = first + n;
        if (write(to, &n_leaves, sizeof n_leaves) != sizeof n_leaves) _exit(1);
    }
}

static void wait_ms(long ms)
{
    const struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
}

static void nothing_acknowledged_is_lost(void)
{
    const char *path = scratch("killed.duckdb");
    eh_context *ctx = new_context(1);
    eh_investigation_close(open_investigation(ctx, path, EH_OPEN_CREATE));
    eh_context_free(ctx);
    uint64_t n_before = 0;
    for (int round = 0; round < 8; round++) {
        int ends[2];
        CHECK(pipe(ends) == 0);
        fflush(stdout);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            (void)close(ends[0]);
            add_for_ever(path, ends[1]);
            _exit(0);
        }
        (void)close(ends[1]);
        uint64_t n_told = 0, n;
        CHECK(read(ends[0], &n, sizeof n) == sizeof n); /* it is at work */
        n_told = n;
        wait_ms(3 + 17 * round);
        CHECK(kill(child, SIGKILL) == 0);
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status));
        while (read(ends[0], &n, sizeof n) == sizeof n) n_told = n;
        (void)close(ends[0]);

        ctx = new_context(1);
        eh_investigation *inv = open_investigation(ctx, path, EH_OPEN_WRITE);
        eh_ledger_check check;
        CHECK_OK(eh_ledger_verify(eh_investigation_ledger(inv), &(eh_ledger_check_options){0}, &check, &err), err);
        CHECK_EQ_INT(check.n_problems, 0);
        CHECK_EQ_INT(check.n_purged, 0);
        CHECK(n_told > n_before);
        CHECK(check.n_leaves >= n_told && check.n_leaves <= n_told + 7); /* at most one whole batch beyond */
        CHECK_EQ_INT(count(inv, "SELECT max(CAST(value AS BIGINT)) FROM meta WHERE key = 'told'"), check.n_leaves);
        n_before = check.n_leaves;
        eh_investigation_close(inv);
        eh_context_free(ctx);
    }
}

CHECK_MAIN(nothing_acknowledged_is_lost, removes_scratch)
