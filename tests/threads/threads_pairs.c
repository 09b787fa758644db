/* The kernels with more threads than cores and many small waves of work, for the thread sanitizer and for equality. */
#include "base/rng.h"
#include "pair_oracle.h"

enum { n_rows = 6000 };

static void run(int n_threads, const oracle_row *rows, oracle_edges edges[3])
{
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    eh_context_options options = eh_context_options_default();
    options.n_threads = n_threads;
    int64_t window_us = 90 * INT64_C(1000000);
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    CHECK_OK(oracle_table(ctx, rows, n_rows, &table, &err), err);
    CHECK_OK(eh_pairs_shared(ctx, &table, EH_REPOST, window_us, 1, oracle_take_pairs, &edges[0], &err), err);
    CHECK_OK(eh_pairs_cnt(ctx, &table, EH_REPOST, window_us, 1, oracle_take_cnt, &edges[1], &err), err);
    CHECK_OK(eh_pairs_coortweet(ctx, &table, EH_REPOST, window_us, 1, 2, oracle_take_coortweet, &edges[2], &err), err);
    eh_action_table_release(&table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void any_number_of_threads_gives_the_same(void)
{
    static const int threads[] = {2, 3, 8, 16};
    static oracle_row rows[n_rows];
    eh_rng rng = eh_rng_of(3, 3);
    for (uint32_t i = 0; i < n_rows; i++)
        rows[i] = (oracle_row){(uint32_t)eh_rng_below(&rng, 800), (uint32_t)(eh_rng_below(&rng, 30) * eh_rng_below(&rng, 30) / 30), i,
                               (int64_t)eh_rng_below(&rng, 1200) * 1000000};
    oracle_edges one[3] = {{0}};
    run(1, rows, one);
    CHECK(one[0].n > 1000 && one[1].n > one[0].n && one[2].n > 1000);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        oracle_edges many[3] = {{0}};
        run(threads[t], rows, many);
        for (int rule = 0; rule < 3; rule++) {
            CHECK(oracle_is_same(&one[rule], &many[rule]));
            free(many[rule].items);
        }
    }
    for (int rule = 0; rule < 3; rule++) free(one[rule].items);
}

CHECK_MAIN(any_number_of_threads_gives_the_same)
