/** @file threads.h  A parallel loop over independent items; results must not depend on who runs which. */
#ifndef EH_BASE_THREADS_H
#define EH_BASE_THREADS_H

#include "base/alloc.h"

/** Handles items [first, last) on behalf of thread i_thread (0 .. n_threads-1, for scratch). */
typedef eh_status (*eh_parallel_fn)(void *data, int i_thread, size_t first, size_t last, eh_error *err);

/**
 * Runs fn over [0, n_items) in chunks taken from a shared counter by the threads of ctx.
 * The first failure by item order (not by time) is returned, so errors are deterministic where
 * every chunk runs; remaining chunks are skipped after a failure or a cancellation.
 * Progress is reported under `stage` (NULL = silently) from the calling thread.
 */
EH_MUST_CHECK eh_status eh_parallel(eh_context *ctx, const char *stage, size_t n_items, size_t chunk,
                                    eh_parallel_fn fn, void *data, eh_error *err);
#endif
