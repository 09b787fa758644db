/*
 * The three pair kernels against their rules restated naively, on random inputs with ties, repeats, self-actions, hot
 * objects, fractional times, repeated messages and own originals; for 1, 2 and 8 threads and shuffled rows.
 */
#include "base/rng.h"
#include "pair_oracle.h"

enum { n_inputs = 260, most_rows = 2400 };

typedef struct shape {
    size_t n_rows;
    uint32_t n_accounts, n_objects, n_messages;
    int64_t span_us, window_us, grain_us;
    uint64_t min_weight, part;
} shape;

static shape random_shape(eh_rng *rng, int i_input)
{
    static const int64_t grains[] = {1, 400000, 1000000, 5000000};
    bool is_large = i_input % 65 == 64; /* windows of more than a thousand actions */
    shape s = {.n_rows = is_large ? 1500 + eh_rng_below(rng, 800) : eh_rng_below(rng, 160)};
    s.n_accounts = (uint32_t)(is_large ? 60 + eh_rng_below(rng, 500) : 1 + eh_rng_below(rng, 24));
    s.n_objects = (uint32_t)(1 + eh_rng_below(rng, is_large ? 200 : 14));
    s.n_messages = (uint32_t)(1 + eh_rng_below(rng, s.n_rows * 2 + 1));
    s.grain_us = grains[eh_rng_below(rng, 4)];
    s.span_us = (int64_t)(1 + eh_rng_below(rng, 900)) * 1000000;
    s.window_us = i_input % 10 == 0 ? 0 : (int64_t)eh_rng_below(rng, 120) * 1000000;
    if (is_large) s.window_us = s.span_us;
    s.min_weight = 1 + eh_rng_below(rng, 4);
    s.part = eh_rng_below(rng, 5);
    return s;
}

/* Half of the rows on two objects; messages mostly of one account, sometimes not; some objects are messages. */
static void fill(eh_rng *rng, const shape *s, oracle_row *rows)
{
    for (size_t i = 0; i < s->n_rows; i++) {
        oracle_row *row = &rows[i];
        row->object = (uint32_t)eh_rng_below(rng, eh_rng_below(rng, 2) ? s->n_objects : (s->n_objects + 6) / 7);
        row->account = (uint32_t)(eh_rng_below(rng, s->n_accounts) * eh_rng_below(rng, s->n_accounts) / s->n_accounts);
        row->message = (uint32_t)eh_rng_below(rng, s->n_messages);
        if (eh_rng_below(rng, 8) == 0) row->object = own_objects + row->message;
        if (eh_rng_below(rng, 12) == 0) row->object = own_objects + (uint32_t)eh_rng_below(rng, s->n_messages);
        row->time_us = INT64_C(1500000000000000) + (int64_t)eh_rng_below(rng, (uint64_t)s->span_us) / s->grain_us * s->grain_us;
        if (i > 0 && eh_rng_below(rng, 15) == 0) *row = rows[eh_rng_below(rng, i)]; /* an exact duplicate */
    }
}

static void shuffle(eh_rng *rng, oracle_row *rows, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = eh_rng_below(rng, i);
        oracle_row swap = rows[i - 1];
        rows[i - 1] = rows[j];
        rows[j] = swap;
    }
}

static void run_rule(eh_context *ctx, const eh_action_table *table, const shape *s, int rule, oracle_edges *found)
{
    eh_error err = EH_ERROR_INIT;
    eh_status status = EH_OK;
    *found = (oracle_edges){0};
    if (rule == 0)
        status = eh_pairs_shared(ctx, table, EH_REPOST, s->window_us, (uint32_t)s->min_weight, oracle_take_pairs, found, &err);
    if (rule == 1) status = eh_pairs_cnt(ctx, table, EH_REPOST, s->window_us, s->min_weight, oracle_take_cnt, found, &err);
    if (rule == 2)
        status = eh_pairs_coortweet(ctx, table, EH_REPOST, s->window_us, s->min_weight, s->part, oracle_take_coortweet, found, &err);
    CHECK_OK(status, err);
    oracle_translate(table, found, rule == 1);
}

static void check_input(const shape *s, oracle_row *rows, eh_rng *rng)
{
    static const int threads[] = {1, 2, 8};
    oracle_edges expected[3] = {
        oracle_shared(rows, s->n_rows, s->window_us, s->min_weight), oracle_cnt(rows, s->n_rows, s->window_us, s->min_weight),
        oracle_coortweet(rows, s->n_rows, s->n_accounts, s->n_messages, s->window_us, s->min_weight, s->part)};
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        eh_context_options options = eh_context_options_default();
        options.n_threads = threads[t];
        eh_context *ctx = NULL;
        eh_error err = EH_ERROR_INIT;
        eh_action_table table;
        CHECK_OK(eh_context_new(&options, &ctx, &err), err);
        CHECK_OK(oracle_table(ctx, rows, s->n_rows, &table, &err), err);
        for (int rule = 0; rule < 3; rule++) {
            oracle_edges found;
            run_rule(ctx, &table, s, rule, &found);
            if (!oracle_is_same(&expected[rule], &found))
                fprintf(stderr, "rule %d, %d threads, %zu rows, window %lld us, weight %llu, participation %llu: %zu edges, not %zu\n",
                        rule, threads[t], s->n_rows, (long long)s->window_us, (unsigned long long)s->min_weight,
                        (unsigned long long)s->part, found.n, expected[rule].n);
            CHECK(oracle_is_same(&expected[rule], &found));
            free(found.items);
        }
        eh_action_table_release(&table);
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
        eh_context_free(ctx);
        shuffle(rng, rows, s->n_rows);
    }
    for (int rule = 0; rule < 3; rule++) free(expected[rule].items);
}

static void kernels_agree_with_oracles(void)
{
    static oracle_row rows[most_rows];
    for (int i = 0; i < n_inputs; i++) {
        eh_rng rng = eh_rng_of(20, (uint64_t)i);
        shape s = random_shape(&rng, i);
        CHECK(s.n_rows <= most_rows);
        fill(&rng, &s, rows);
        check_input(&s, rows, &rng);
    }
}

CHECK_MAIN(kernels_agree_with_oracles)
