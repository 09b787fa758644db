#include "base/threads.h"

#include <pthread.h>
#include <stdatomic.h>

enum { most_threads = 256 };

typedef struct crew {
    eh_context *ctx;
    const char *stage;
    size_t n_items, chunk;
    eh_parallel_fn fn;
    void *data;
    atomic_size_t next;
    atomic_bool is_failed;
} crew;

typedef struct worker {
    crew *crew;
    int i_thread;
    pthread_t thread;
    bool is_started;
    eh_status status;
    eh_error err;
    size_t failed_at;
} worker;

static void *work(void *data)
{
    worker *me = data;
    crew *all = me->crew;
    while (!atomic_load(&all->is_failed)) {
        size_t first = atomic_fetch_add(&all->next, all->chunk);
        if (first >= all->n_items) break;
        size_t last = all->n_items - first < all->chunk ? all->n_items : first + all->chunk;
        if (eh_context_is_cancelled(all->ctx))
            me->status = eh_fail(&me->err, EH_E_CANCELLED, "interrupted");
        else
            me->status = all->fn(all->data, me->i_thread, first, last, &me->err);
        if (me->status != EH_OK) {
            me->failed_at = first;
            atomic_store(&all->is_failed, true);
            break;
        }
        if (me->i_thread == 0 && all->stage) eh_context_report(all->ctx, all->stage, last, all->n_items);
    }
    return NULL;
}

eh_status eh_parallel(eh_context *ctx, const char *stage, size_t n_items, size_t chunk,
                      eh_parallel_fn fn, void *data, eh_error *err)
{
    if (chunk == 0) chunk = 1;
    crew all = {.ctx = ctx, .stage = stage, .n_items = n_items, .chunk = chunk, .fn = fn, .data = data};
    worker workers[most_threads];
    int n_threads = eh_context_n_threads(ctx);
    if ((size_t)n_threads > (n_items + chunk - 1) / chunk) n_threads = (int)((n_items + chunk - 1) / chunk);
    if (n_threads < 1) n_threads = 1;
    for (int i = 0; i < n_threads; i++) {
        workers[i] = (worker){.crew = &all, .i_thread = i, .err = EH_ERROR_INIT};
        /* A thread that cannot be had costs speed only: the others take its chunks. */
        if (i > 0) workers[i].is_started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    }
    work(&workers[0]);
    const worker *failed = NULL;
    for (int i = 0; i < n_threads; i++) {
        if (workers[i].is_started) pthread_join(workers[i].thread, NULL);
        if (workers[i].status != EH_OK && (!failed || workers[i].failed_at < failed->failed_at))
            failed = &workers[i];
    }
    if (!failed) return EH_OK;
    if (err) *err = failed->err;
    return failed->status;
}
