/* What the random comparison with the oracles does not reach: hot objects, limits, failures, the wrap of the stamps. */
#include "base/rng.h"
#include "pair_oracle.h"
#include "pairs/pair_count.h"

enum { second_us = 1000000 };

static eh_context *new_context(int n_threads)
{
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    return ctx;
}

static eh_status run_all(eh_context *ctx, const eh_action_table *table, oracle_edges edges[3], eh_error *err)
{
    for (int rule = 0; rule < 3; rule++) edges[rule].n = 0;
    eh_status status = eh_pairs_shared(ctx, table, EH_REPOST, 60 * second_us, 2, oracle_take_pairs, &edges[0], err);
    if (status == EH_OK) status = eh_pairs_cnt(ctx, table, EH_REPOST, 60 * second_us, 2, oracle_take_cnt, &edges[1], err);
    if (status == EH_OK) status = eh_pairs_coortweet(ctx, table, EH_REPOST, 60 * second_us, 1, 2, oracle_take_coortweet, &edges[2], err);
    return status;
}

static void worked_example(void)
{
    /* u1 and u2 share o1 within 60 s (at 60, not at 61) and o2 twice; u3 comes too late for o1. */
    static const oracle_row rows[] = {{1, 1, 1, 0}, {2, 1, 2, 60 * second_us}, {3, 1, 3, 121 * second_us}, {1, 2, 4, 0},
                                      {2, 2, 5, 10}, {2, 2, 6, 20}, {1, 2, 7, 30}};
    eh_context *ctx = new_context(1);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    oracle_edges edges[3] = {{0}};
    CHECK_OK(oracle_table(ctx, rows, sizeof rows / sizeof *rows, &table, &err), err);
    CHECK_OK(run_all(ctx, &table, edges, &err), err);
    CHECK_EQ_INT(edges[0].n, 1);
    CHECK_EQ_INT(edges[0].items[0].weight, 2);
    CHECK_EQ_INT(edges[1].n, 4); /* u1-u1 2, u1-u2 3, u2-u1 3, u2-u2 2 */
    CHECK_EQ_INT(edges[1].items[1].weight, 3);
    CHECK_EQ_INT(edges[2].n, 1);
    CHECK_EQ_INT(edges[2].items[0].weight, 5);
    CHECK_EQ_INT(edges[2].items[0].n_objects, 2);
    CHECK_EQ_INT(edges[2].items[0].sum_delta_us, 60 * second_us + 10 + 20 + 20 + 10);
    for (int rule = 0; rule < 3; rule++) free(edges[rule].items);
    eh_action_table_release(&table);
    eh_context_free(ctx);
}

/* 70,000 shares of one object; every account also has a second action, shared with one other account. */
static void check_hot(int64_t span_us, uint64_t n_expected)
{
    enum { n_shares = 70000 };
    oracle_row *rows = malloc(2 * n_shares * sizeof *rows);
    CHECK(rows != NULL);
    for (uint32_t i = 0; i < n_shares; i++) {
        int64_t time_us = span_us / n_shares * i;
        rows[2 * i] = (oracle_row){i, 0, 2 * i, time_us};
        rows[2 * i + 1] = (oracle_row){i, 1 + i / 2, 2 * i + 1, time_us};
    }
    eh_context *ctx = new_context(1);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    oracle_edges edges = {0};
    CHECK_OK(oracle_table(ctx, rows, 2 * n_shares, &table, &err), err);
    CHECK_OK(eh_pairs_shared(ctx, &table, EH_REPOST, 60 * second_us, 2, oracle_take_pairs, &edges, &err), err);
    CHECK_EQ_INT(edges.n, n_expected);
    CHECK(eh_context_memory_peak_size(ctx) < (uint64_t)64 << 20);
    free(edges.items);
    free(rows);
    eh_action_table_release(&table);
    eh_context_free(ctx);
}

static void hot_object_in_one_window(void) { check_hot(30 * (int64_t)second_us, 35000); }
static void hot_object_over_a_month(void) { check_hot(30 * 86400 * (int64_t)second_us, 35000); }

static eh_status refuse(void *data, const eh_pair *pairs, size_t n, eh_error *err)
{
    (void)data;
    (void)pairs;
    (void)n;
    return eh_fail(err, EH_E_IO, "no room");
}

static void limits_and_refusals(void)
{
    static const oracle_row rows[] = {{1, 1, 1, INT64_MIN + 1}, {2, 1, 2, INT64_MAX}, {3, 1, 3, 5}, {4, 1, 4, 6}};
    eh_context *ctx = new_context(2);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    oracle_edges edges = {0};
    CHECK_OK(oracle_table(ctx, rows, 4, &table, &err), err);
    CHECK_OK(eh_pairs_shared(ctx, &table, EH_REPOST, 10, 1, oracle_take_pairs, &edges, &err), err);
    CHECK_EQ_INT(edges.n, 1); /* times at the ends of the range do not wrap round into a window */
    CHECK_EQ_INT(eh_pairs_shared(ctx, &table, EH_REPOST, -1, 1, oracle_take_pairs, &edges, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_pairs_shared(ctx, &table, EH_REPOST, 367 * 86400 * (int64_t)second_us, 1, oracle_take_pairs, &edges, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_pairs_shared(ctx, &table, EH_REPOST, 10, 0, oracle_take_pairs, &edges, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_pairs_shared(ctx, &table, EH_REPOST, 10, 1, refuse, NULL, &err), EH_E_IO);
    CHECK_EQ_STR(err.message, "no room");
    edges.n = 0;
    CHECK_OK(eh_pairs_cnt(ctx, &table, EH_REPOST, 10, UINT64_MAX, oracle_take_cnt, &edges, &err), err);
    CHECK_OK(eh_pairs_coortweet(ctx, &table, EH_REPOST, 10, 1, UINT64_MAX, oracle_take_coortweet, &edges, &err), err);
    CHECK_OK(eh_pairs_shared(ctx, &table, EH_LINK, 10, 1, oracle_take_pairs, &edges, &err), err); /* no actions */
    CHECK_EQ_INT(edges.n, 0);
    table.sets[EH_REPOST].post = NULL;
    CHECK_EQ_INT(eh_pairs_cnt(ctx, &table, EH_REPOST, 10, 1, oracle_take_cnt, &edges, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_pairs_coortweet(ctx, &table, EH_REPOST, 10, 1, 2, oracle_take_coortweet, &edges, &err), EH_E_INVALID);
    eh_context_cancel(ctx);
    CHECK_EQ_INT(eh_pairs_shared(ctx, &table, EH_REPOST, 10, 1, oracle_take_pairs, &edges, &err), EH_E_CANCELLED);
    free(edges.items);
    eh_action_table_release(&table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void every_allocation_may_fail(void)
{
    enum { n_rows = 300 };
    static oracle_row rows[n_rows];
    eh_context *ctx = new_context(1);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    eh_rng rng = eh_rng_of(9, 9);
    for (uint32_t i = 0; i < n_rows; i++)
        rows[i] = (oracle_row){(uint32_t)eh_rng_below(&rng, 30), (uint32_t)eh_rng_below(&rng, 10), i, (int64_t)eh_rng_below(&rng, 600) * second_us};
    CHECK_OK(oracle_table(ctx, rows, n_rows, &table, &err), err);
    uint64_t held_size = eh_context_memory_used_size(ctx);
    oracle_edges edges[3] = {{0}};
    eh_status status = EH_E_NOMEM;
    int64_t n = 1;
    for (; status != EH_OK; n++) {
        eh_error told = EH_ERROR_INIT;
        eh_context_fail_allocation_after(ctx, n);
        status = run_all(ctx, &table, edges, &told);
        eh_context_fail_allocation_after(ctx, 0);
        CHECK(status == EH_OK || (status == EH_E_NOMEM && told.message[0]));
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), held_size);
        CHECK(n < 10000);
    }
    CHECK(n > 40);
    for (int rule = 0; rule < 3; rule++) free(edges[rule].items);
    eh_action_table_release(&table);
    eh_context_free(ctx);
}

/* After 2^32 objects a thread's stamps start again; the counts must not notice. */
static void stamps_wrap(void)
{
    static const oracle_row input[] = {{1, 1, 1, 0}, {2, 1, 2, 0}, {1, 2, 3, 0}, {2, 2, 4, 0}, {1, 3, 5, 0}, {2, 3, 6, 0}};
    eh_context *ctx = new_context(1);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    eh_rows rows;
    eh_rows_options options = {.window_us = 1, .needs_other_account = true};
    CHECK_OK(oracle_table(ctx, input, 6, &table, &err), err);
    CHECK_OK(eh_rows_build(ctx, &table, EH_REPOST, &options, &rows, &err), err);
    for (uint32_t before = 0; before < 5; before++) {
        eh_counter counter;
        const uint32_t *met = NULL;
        uint32_t n_met = 0;
        CHECK_OK(eh_counter_init(&counter, &rows, EH_COUNT_OBJECTS, &err), err);
        counter.stamp = UINT32_MAX - before;
        for (int repeat = 0; repeat < 3; repeat++) {
            CHECK_OK(eh_counter_row(&counter, 0, 1, &met, &n_met, &err), err);
            CHECK_EQ_INT(n_met, 1);
            CHECK_EQ_INT(eh_counter_count(&counter, met[0]), 3);
        }
        eh_counter_release(&counter);
    }
    eh_rows_release(&rows);
    eh_action_table_release(&table);
    eh_context_free(ctx);
}

static void scans_agree(void)
{
    enum { most = 100 };
    uint32_t values[most], keys[most], a[most + eh_scan_slack], b[most + eh_scan_slack];
    eh_scan best = eh_scan_best(), scalar = eh_scan_scalar();
    printf("scan: %s\n", best.name);
    eh_rng rng = eh_rng_of(4, 2);
    for (int round = 0; round < 2000; round++) {
        size_t n = eh_rng_below(&rng, most + 1);
        uint32_t top = round % 2 ? UINT32_MAX : 10;
        for (size_t i = 0; i < n; i++) {
            values[i] = (uint32_t)eh_rng_below(&rng, top);
            keys[i] = (uint32_t)eh_rng_below(&rng, 3);
        }
        uint32_t least = (uint32_t)eh_rng_below(&rng, top);
        size_t n_a = best.above(values, n, least, a), n_b = scalar.above(values, n, least, b);
        CHECK(n_a == n_b && memcmp(a, b, n_a * sizeof *a) == 0);
        n_a = best.other(values, keys, n, 1, a);
        n_b = scalar.other(values, keys, n, 1, b);
        CHECK(n_a == n_b && memcmp(a, b, n_a * sizeof *a) == 0);
    }
}

CHECK_MAIN(worked_example, hot_object_in_one_window, hot_object_over_a_month, limits_and_refusals, every_allocation_may_fail,
           stamps_wrap, scans_agree)
