/*
 * coordination-network-toolkit's edges, exactly.
 *
 *     weight(u1, u2) = |{ m : m message of u1, there is a message n != m of u2 with an action on an object of m,
 *                         |t_m - t_n| <= window }|,   directed, u1 = u2 allowed, kept where weight >= min_weight
 *
 * The row of u1 goes by messages, not objects: each message has its own stamp, and its windows (one an object) are all
 * visited under it, so that two shared links count the message once.
 * @source https://github.com/QUT-Digital-Observatory/coordination-network-toolkit (compute_networks.py, version 1.5.2)
 */
#include "pairs/pair_count.h"
#include "pairs/pair_waves.h"
#include "pairs/pairs_check.h"

typedef struct cnt_job {
    const eh_rows *rows;
    uint32_t min_weight;
    eh_counter *counters;
    eh_cnt_edge_fn fn;
    void *data;
} cnt_job;

static eh_status count_row(void *data, int i_thread, uint32_t account, eh_row_output *output, eh_error *err)
{
    const cnt_job *job = data;
    eh_counter *counter = &job->counters[i_thread];
    const uint32_t *met = NULL;
    uint32_t n_met = 0;
    if (!counter->rows) EH_TRY(eh_counter_init(counter, job->rows, EH_COUNT_MESSAGES, err));
    EH_TRY(eh_counter_row(counter, account, job->min_weight, &met, &n_met, err));
    void *at = NULL;
    if (n_met == 0) return EH_OK;
    EH_TRY(eh_row_output_reserve(output, n_met, &at, err));
    eh_cnt_edge *edges = at;
    const uint32_t *account_of = job->rows->account_of;
    for (uint32_t i = 0; i < n_met; i++)
        edges[i] = (eh_cnt_edge){account_of[account], account_of[met[i]], eh_counter_count(counter, met[i])};
    output->n += n_met;
    return EH_OK;
}

static eh_status deliver(void *data, const void *items, size_t n, eh_error *err)
{
    const cnt_job *job = data;
    return job->fn(job->data, items, n, err);
}

eh_status eh_pairs_cnt(eh_context *ctx, const eh_action_table *table, eh_behaviour behaviour, int64_t window_us,
                       uint64_t min_weight, eh_cnt_edge_fn fn, void *data, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    EH_TRY(eh_pairs_check(table, behaviour, window_us, min_weight, true, err));
    if (min_weight > UINT32_MAX) return EH_OK; /* no account has so many messages */
    eh_rows_options options = {.window_us = window_us, .keeps_post = true};
    eh_rows rows;
    EH_TRY(eh_rows_build(ctx, table, behaviour, &options, &rows, err));
    int n_threads = eh_context_n_threads(ctx);
    eh_counter *counters = eh_alloc(ctx, (size_t)n_threads, sizeof *counters, err);
    eh_status status = counters ? EH_OK : err->status;
    if (status == EH_OK) {
        cnt_job state = {&rows, (uint32_t)min_weight, counters, fn, data};
        eh_wave_job job = {.stage = "pairs",
                           .item_size = sizeof(eh_cnt_edge),
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
