/*
 * Consecutive rows make a block of about equal work, consecutive blocks a wave of bounded output. The blocks of a
 * wave are taken by whichever thread is free and written to that thread's output; each block remembers where. At the end
 * of the wave the blocks are handed over in order. Thus: order without sorting, and memory of a wave, not of a result.
 */
#include "pairs/pair_waves.h"

#include "base/threads.h"

enum {
    block_work = 1 << 16,     /* visits: some tenths of a millisecond */
    row_work = 16,            /* what a row costs beside its visits */
    wave_items = 4 << 20      /* most items a wave can have, unless one block alone may have more */
};

typedef struct block {
    uint32_t first, last;
    int i_thread;
    size_t n_before, n_items; /* in the thread's output */
} block;

typedef struct wave {
    const eh_wave_job *job;
    block *blocks;
    size_t n_blocks, capacity;
    eh_row_output *outputs;
} wave;

eh_status eh_row_output_reserve(eh_row_output *output, size_t n, void **at, eh_error *err)
{
    EH_TRY(eh_reserve(output->ctx, (void **)&output->items, &output->capacity, output->n + n, output->item_size, err));
    *at = output->items + output->n * output->item_size;
    return EH_OK;
}

/* Next block from row `first` on; *n_items bounds its output. */
static block next_block(const eh_rows *rows, const eh_wave_job *job, uint32_t first, uint64_t *n_items)
{
    uint64_t work = 0;
    block b = {.first = first, .last = first};
    *n_items = 0;
    while (b.last < rows->n_accounts && work < block_work) {
        uint64_t visits = rows->row_visits[b.last++];
        uint64_t bound = visits / job->visits_per_item;
        work += visits + row_work;
        *n_items += bound < rows->n_accounts ? bound : rows->n_accounts;
    }
    return b;
}

/* Collects the blocks of the wave that starts at row `first`; returns where the next one starts. */
static eh_status collect(const eh_rows *rows, wave *w, uint32_t first, uint32_t *end, eh_error *err)
{
    uint64_t total = 0;
    w->n_blocks = 0;
    while (first < rows->n_accounts) {
        uint64_t n_items = 0;
        block b = next_block(rows, w->job, first, &n_items);
        if (w->n_blocks > 0 && total + n_items > wave_items) break;
        EH_TRY(eh_reserve(rows->ctx, (void **)&w->blocks, &w->capacity, w->n_blocks + 1, sizeof *w->blocks, err));
        w->blocks[w->n_blocks++] = b;
        total += n_items;
        first = b.last;
    }
    *end = first;
    return EH_OK;
}

static eh_status run_blocks(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    wave *w = data;
    eh_row_output *output = &w->outputs[i_thread];
    for (size_t i = first; i < last; i++) {
        block *b = &w->blocks[i];
        b->i_thread = i_thread;
        b->n_before = output->n;
        for (uint32_t row = b->first; row < b->last; row++)
            EH_TRY(w->job->row(w->job->data, i_thread, row, output, err));
        b->n_items = output->n - b->n_before;
    }
    return EH_OK;
}

static eh_status deliver(const wave *w, eh_error *err)
{
    for (size_t i = 0; i < w->n_blocks; i++) {
        const block *b = &w->blocks[i];
        const eh_row_output *output = &w->outputs[b->i_thread];
        if (b->n_items == 0) continue;
        EH_TRY(w->job->deliver(w->job->data, output->items + b->n_before * output->item_size, b->n_items, err));
    }
    return EH_OK;
}

static eh_status run_waves(const eh_rows *rows, wave *w, eh_error *err)
{
    int n_threads = eh_context_n_threads(rows->ctx);
    for (uint32_t first = 0; first < rows->n_accounts;) {
        uint32_t end = first;
        EH_TRY(collect(rows, w, first, &end, err));
        for (int t = 0; t < n_threads; t++) w->outputs[t].n = 0;
        EH_TRY(eh_parallel(rows->ctx, NULL, w->n_blocks, 1, run_blocks, w, err));
        EH_TRY(deliver(w, err));
        first = end;
        eh_context_report(rows->ctx, w->job->stage, first, rows->n_accounts);
    }
    return EH_OK;
}

eh_status eh_rows_run(const eh_rows *rows, const eh_wave_job *job, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_context *ctx = rows->ctx;
    int n_threads = eh_context_n_threads(ctx);
    wave w = {.job = job, .outputs = eh_alloc(ctx, (size_t)n_threads, sizeof *w.outputs, err)};
    if (!w.outputs) return err->status;
    for (int t = 0; t < n_threads; t++) w.outputs[t] = (eh_row_output){.ctx = ctx, .item_size = job->item_size};
    eh_status status = run_waves(rows, &w, err);
    for (int t = 0; t < n_threads; t++) eh_free(ctx, w.outputs[t].items);
    eh_free(ctx, w.outputs);
    eh_free(ctx, w.blocks);
    return status;
}
