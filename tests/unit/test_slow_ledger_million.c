/* A million leaves: added in batches, verified, proved; the times are printed. */
#include "investigation_helper.h"

#include <time.h>

enum { n_batch = 50000, n_batches = 20 };

static double now_s(void)
{
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double told(const char *what, double since)
{
    double now = now_s();
    printf("%-28s %6.2f s\n", what, now - since);
    return now;
}

static void a_million_leaves_verify_in_seconds(void)
{
    static const char payload[] = "{\"case\": \"0123456789abcdef\", \"decision\": \"upheld\", \"reviewer\": \"fedcba9876543210\"}";
    eh_context *ctx = new_context(2);
    eh_investigation *inv = open_investigation(ctx, scratch("million.duckdb"), EH_OPEN_CREATE);
    eh_ledger *ledger = eh_investigation_ledger(inv);
    eh_ledger_record *records = eh_alloc(ctx, n_batch, sizeof *records, &err);
    CHECK(records);
    for (size_t i = 0; i < n_batch; i++) records[i] = (eh_ledger_record){"decision", {"Maria", 5}, {payload, sizeof payload - 1}};
    double start = now_s();
    for (int i = 0; i < n_batches; i++) {
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_ledger_append_all(ledger, records, n_batch, NULL, &err), err);
        CHECK_OK(eh_store_exec(inv->store, "COMMIT", &err), err);
    }
    start = told("adding 1,000,000 leaves", start);
    for (int i = 0; i < 100; i++) {
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_ledger_append(ledger, "appeal", records[0].actor, records[0].payload, NULL, &err), err);
        CHECK_OK(eh_store_exec(inv->store, "COMMIT", &err), err);
    }
    start = told("100 more, one at a time", start);
    eh_ledger_check check;
    CHECK_OK(eh_ledger_verify(ledger, &(eh_ledger_check_options){0}, &check, &err), err);
    double end = told("verifying all", start);
    CHECK_EQ_INT(check.n_leaves, n_batch * n_batches + 100);
    CHECK_EQ_INT(check.n_problems, 0);
    CHECK(end - start < 60); /* seconds; the bound is for a machine that does ten things at once */
    start = now_s();
    eh_proof *proof = eh_alloc(ctx, 1, sizeof *proof, &err);
    CHECK(proof);
    CHECK_OK(eh_ledger_prove_leaf(ledger, 123456, 0, true, proof, &err), err);
    (void)told("proving one leaf", start);
    CHECK_OK(eh_proof_verify(proof, "proof", &err), err);
    CHECK_EQ_INT(proof->path.n, 20);
    eh_proof_release(proof);
    eh_free(ctx, proof);
    eh_free(ctx, records);
    printf("%-28s %6.0f MiB\n", "most memory held", (double)eh_context_memory_peak_size(ctx) / 1048576);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

CHECK_MAIN(a_million_leaves_verify_in_seconds, removes_scratch)
