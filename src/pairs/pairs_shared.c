/*
 * Pairs by distinct shared objects: rows (pair_rows.c), counted one by one (pair_count.c), in waves (pair_waves.c).
 * Row a holds the accounts above a, so every pair is found once, and the rows in order give the pairs in order.
 */
#include "pairs/pair_count.h"
#include "pairs/pair_waves.h"
#include "pairs/pairs_check.h"

typedef struct shared_job {
    const eh_rows *rows;
    uint32_t min_weight;
    eh_counter *counters; /* by thread; made when a thread takes its first row */
    eh_pair_fn fn;
    void *data;
} shared_job;

static eh_status count_row(void *data, int i_thread, uint32_t account, eh_row_output *output, eh_error *err)
{
    const shared_job *job = data;
    eh_counter *counter = &job->counters[i_thread];
    const uint32_t *met = NULL;
    uint32_t n_met = 0;
    if (!counter->rows) EH_TRY(eh_counter_init(counter, job->rows, EH_COUNT_OBJECTS, err));
    EH_TRY(eh_counter_row(counter, account, job->min_weight, &met, &n_met, err));
    void *at = NULL;
    if (n_met == 0) return EH_OK;
    EH_TRY(eh_row_output_reserve(output, n_met, &at, err));
    eh_pair *pairs = at;
    const uint32_t *account_of = job->rows->account_of;
    for (uint32_t i = 0; i < n_met; i++)
        pairs[i] = (eh_pair){account_of[account], account_of[met[i]], eh_counter_count(counter, met[i])};
    output->n += n_met;
    return EH_OK;
}

static eh_status deliver(void *data, const void *items, size_t n, eh_error *err)
{
    const shared_job *job = data;
    return job->fn(job->data, items, n, err);
}

eh_status eh_pairs_shared(eh_context *ctx, const eh_action_table *table, eh_behaviour behaviour, int64_t window_us,
                          uint32_t min_weight, eh_pair_fn fn, void *data, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    EH_TRY(eh_pairs_check(table, behaviour, window_us, min_weight, false, err));
    eh_rows_options options = {.window_us = window_us, .min_objects = min_weight, .needs_other_account = true};
    eh_rows rows;
    EH_TRY(eh_rows_build(ctx, table, behaviour, &options, &rows, err));
    int n_threads = eh_context_n_threads(ctx);
    eh_counter *counters = eh_alloc(ctx, (size_t)n_threads, sizeof *counters, err);
    eh_status status = counters ? EH_OK : err->status;
    if (status == EH_OK) {
        shared_job state = {&rows, min_weight, counters, fn, data};
        eh_wave_job job = {.stage = "pairs",
                           .item_size = sizeof(eh_pair),
                           .visits_per_item = min_weight,
                           .data = &state,
                           .row = count_row,
                           .deliver = deliver};
        status = eh_rows_run(&rows, &job, err);
        for (int t = 0; t < n_threads; t++) eh_counter_release(&counters[t]);
    }
    eh_free(ctx, counters);
    eh_rows_release(&rows);
    return status;
}
