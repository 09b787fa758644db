/**
 * @file context.h
 * The one object that carries what a long-running call needs from its caller: the
 * memory budget, the number of threads, where to spill, how to report progress and
 * whether to stop. There is no global state; two contexts never interfere.
 */
#ifndef EVENHAND_CONTEXT_H
#define EVENHAND_CONTEXT_H

#include "evenhand/status.h"
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_context eh_context;

/** Called from the calling thread only. `total` is 0 while the size is unknown. */
typedef void (*eh_progress_fn)(void *data, const char *stage, uint64_t n_done, uint64_t n_total);

typedef struct eh_context_options {
    int n_threads;              /**< 1..256; 0 = all cores of the machine */
    uint64_t memory_limit_size; /**< bytes; 0 = three quarters of the physical memory */
    const char *temp_dir;       /**< where to spill; NULL = $TMPDIR or /tmp; copied */
    uint64_t seed;              /**< seed of every random draw, recorded in the results */
    eh_progress_fn progress;    /**< may be NULL */
    void *progress_data;
} eh_context_options;

EH_API eh_context_options eh_context_options_default(void);
EH_API EH_MUST_CHECK eh_status eh_context_new(const eh_context_options *options, eh_context **out,
                                              eh_error *err);
EH_API void eh_context_free(eh_context *ctx);

/** Asks every call that uses ctx to return EH_E_CANCELLED soon. Async-signal-safe. */
EH_API void eh_context_cancel(eh_context *ctx);
EH_API bool eh_context_is_cancelled(const eh_context *ctx);

EH_API int eh_context_n_threads(const eh_context *ctx);
EH_API uint64_t eh_context_seed(const eh_context *ctx);
EH_API const char *eh_context_temp_dir(const eh_context *ctx);
EH_API uint64_t eh_context_memory_limit_size(const eh_context *ctx);
/** Bytes now held through the gate, and the most ever held. */
EH_API uint64_t eh_context_memory_used_size(const eh_context *ctx);
EH_API uint64_t eh_context_memory_peak_size(const eh_context *ctx);

/** Reports progress to the caller's function, if there is one. Main thread only. */
EH_API void eh_context_report(eh_context *ctx, const char *stage, uint64_t n_done,
                              uint64_t n_total);

/** Tests only: the n-th allocation from now fails (0 = never). */
EH_API void eh_context_fail_allocation_after(eh_context *ctx, int64_t n_allocations);

#ifdef __cplusplus
}
#endif
#endif
