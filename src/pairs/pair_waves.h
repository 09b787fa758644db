/** @file pair_waves.h  Rows in parallel, results in order: what every pair kernel shares. */
#ifndef EH_PAIRS_PAIR_WAVES_H
#define EH_PAIRS_PAIR_WAVES_H

#include "pairs/pair_rows.h"

/** Results of one thread in one wave: items of one size, in a growing block. */
typedef struct eh_row_output {
    eh_context *ctx;
    char *items;
    size_t n, capacity, item_size;
} eh_row_output;

/** Room for n more items; *at is where they go. They count once output->n is raised. */
EH_MUST_CHECK eh_status eh_row_output_reserve(eh_row_output *output, size_t n, void **at, eh_error *err);

typedef struct eh_wave_job {
    const char *stage; /* of the progress */
    size_t item_size;
    uint64_t visits_per_item; /* at least so many visits of a row go into one item: bounds a wave's memory */
    void *data;
    /** Appends the results of row `account`, sorted. i_thread is for scratch. */
    eh_status (*row)(void *data, int i_thread, uint32_t account, eh_row_output *output, eh_error *err);
    /** Takes items in order, on the calling thread. */
    eh_status (*deliver)(void *data, const void *items, size_t n, eh_error *err);
} eh_wave_job;

/** Runs job over all rows. The sequence of items does not depend on the number of threads. */
EH_MUST_CHECK eh_status eh_rows_run(const eh_rows *rows, const eh_wave_job *job, eh_error *err);
#endif
