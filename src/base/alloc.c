/*
 * The context and the allocation gate. A block carries its size in a 16-byte head, so that
 * the budget is exact and alignment stays what malloc gives.
 */
#include "base/alloc.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct eh_context {
    eh_context_options options;
    char *temp_dir;
    atomic_uint_least64_t used_size;
    atomic_uint_least64_t peak_size;
    atomic_int_least64_t fail_after; /* 0 = never */
    atomic_bool is_cancelled;
};

typedef struct block_head {
    _Alignas(16) size_t size;
} block_head;

eh_context_options eh_context_options_default(void)
{
    eh_context_options options = {0};
    options.seed = 1;
    return options;
}

static uint64_t physical_memory_size(void)
{
    long n_pages = sysconf(_SC_PHYS_PAGES);
    long page_size = sysconf(_SC_PAGESIZE);
    if (n_pages <= 0 || page_size <= 0) return (uint64_t)4 << 30;
    return (uint64_t)n_pages * (uint64_t)page_size;
}

eh_status eh_context_new(const eh_context_options *options, eh_context **out, eh_error *err)
{
    *out = NULL;
    eh_context_options chosen = options ? *options : eh_context_options_default();
    if (chosen.n_threads < 0 || chosen.n_threads > 256)
        return eh_fail(err, EH_E_INVALID, "the number of threads must be 1 to 256, not %d",
                       chosen.n_threads);
    if (chosen.n_threads == 0) {
        long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
        chosen.n_threads = n_cores < 1 ? 1 : n_cores > 256 ? 256 : (int)n_cores;
    }
    if (chosen.memory_limit_size == 0) chosen.memory_limit_size = physical_memory_size() / 4 * 3;
    const char *temp_dir = chosen.temp_dir;
    if (!temp_dir || !*temp_dir) temp_dir = getenv("TMPDIR");
    if (!temp_dir || !*temp_dir) temp_dir = "/tmp";
    eh_context *ctx = eh_alloc(NULL, 1, sizeof *ctx, err);
    if (!ctx) return EH_E_NOMEM;
    ctx->options = chosen;
    ctx->temp_dir = eh_strndup(NULL, temp_dir, strlen(temp_dir), err);
    if (!ctx->temp_dir) {
        eh_free(NULL, ctx);
        return EH_E_NOMEM;
    }
    *out = ctx;
    return EH_OK;
}

void eh_context_free(eh_context *ctx)
{
    if (!ctx) return;
    eh_free(NULL, ctx->temp_dir);
    eh_free(NULL, ctx);
}

void eh_context_cancel(eh_context *ctx) { atomic_store(&ctx->is_cancelled, true); }
bool eh_context_is_cancelled(const eh_context *ctx) { return ctx && atomic_load(&ctx->is_cancelled); }
int eh_context_n_threads(const eh_context *ctx) { return ctx->options.n_threads; }
uint64_t eh_context_swap_seed(eh_context *ctx, uint64_t seed)
{
    uint64_t before = ctx->options.seed;
    ctx->options.seed = seed;
    return before;
}
uint64_t eh_context_seed(const eh_context *ctx) { return ctx->options.seed; }
const char *eh_context_temp_dir(const eh_context *ctx) { return ctx->temp_dir; }
uint64_t eh_context_memory_limit_size(const eh_context *ctx)
{
    return ctx->options.memory_limit_size;
}
uint64_t eh_context_memory_used_size(const eh_context *ctx)
{
    return atomic_load(&ctx->used_size);
}
uint64_t eh_context_memory_peak_size(const eh_context *ctx)
{
    return atomic_load(&ctx->peak_size);
}

void eh_context_report(eh_context *ctx, const char *stage, uint64_t n_done, uint64_t n_total)
{
    if (ctx && ctx->options.progress)
        ctx->options.progress(ctx->options.progress_data, stage, n_done, n_total);
}

void eh_context_fail_allocation_after(eh_context *ctx, int64_t n_allocations)
{
    atomic_store(&ctx->fail_after, n_allocations);
}

/* Takes `size` from the budget; false when it does not fit. */
static bool charge(eh_context *ctx, size_t size)
{
    if (!ctx) return true;
    uint64_t now = atomic_fetch_add(&ctx->used_size, size) + size;
    if (now > ctx->options.memory_limit_size) {
        atomic_fetch_sub(&ctx->used_size, size);
        return false;
    }
    uint64_t peak = atomic_load(&ctx->peak_size);
    while (now > peak && !atomic_compare_exchange_weak(&ctx->peak_size, &peak, now)) {}
    return true;
}

static void discharge(eh_context *ctx, size_t size)
{
    if (ctx) atomic_fetch_sub(&ctx->used_size, size);
}

static bool fails_on_purpose(eh_context *ctx)
{
    if (!ctx || atomic_load(&ctx->fail_after) <= 0) return false;
    return atomic_fetch_sub(&ctx->fail_after, 1) == 1;
}

static void *out_of_budget(eh_context *ctx, size_t size, eh_error *err)
{
    (void)eh_fail(err, EH_E_LIMIT,
                  "%zu more bytes would exceed the memory budget of %llu MiB; give more with --memory",
                  size, (unsigned long long)(ctx->options.memory_limit_size >> 20));
    return NULL;
}

void *eh_realloc(eh_context *ctx, void *block, size_t count, size_t size, eh_error *err)
{
    if (size != 0 && count > (SIZE_MAX / 2 - sizeof(block_head)) / size) {
        (void)eh_fail(err, EH_E_LIMIT, "a block of %zu times %zu bytes cannot exist", count, size);
        return NULL;
    }
    size_t new_size = count * size;
    block_head *head = block ? (block_head *)block - 1 : NULL;
    size_t old_size = head ? head->size : 0;
    if (fails_on_purpose(ctx)) {
        (void)eh_fail(err, EH_E_NOMEM, "out of memory (forced by a test)");
        return NULL;
    }
    if (new_size > old_size && !charge(ctx, new_size - old_size))
        return out_of_budget(ctx, new_size - old_size, err);
    block_head *grown = realloc(head, sizeof *head + new_size);
    if (!grown) {
        if (new_size > old_size) discharge(ctx, new_size - old_size);
        (void)eh_fail(err, EH_E_NOMEM, "the system has no %zu bytes of memory left", new_size);
        return NULL;
    }
    if (new_size < old_size) discharge(ctx, old_size - new_size);
    grown->size = new_size;
    return grown + 1;
}

void *eh_alloc(eh_context *ctx, size_t count, size_t size, eh_error *err)
{
    if (size != 0 && count > (SIZE_MAX / 2 - sizeof(block_head)) / size) {
        (void)eh_fail(err, EH_E_LIMIT, "a block of %zu times %zu bytes cannot exist", count, size);
        return NULL;
    }
    if (fails_on_purpose(ctx)) {
        (void)eh_fail(err, EH_E_NOMEM, "out of memory (forced by a test)");
        return NULL;
    }
    size_t total_size = count * size;
    if (!charge(ctx, total_size)) return out_of_budget(ctx, total_size, err);
    /* calloc: large zeroed blocks come from the kernel untouched. */
    block_head *head = calloc(1, sizeof *head + total_size);
    if (!head) {
        discharge(ctx, total_size);
        (void)eh_fail(err, EH_E_NOMEM, "the system has no %zu bytes of memory left", total_size);
        return NULL;
    }
    head->size = total_size;
    return head + 1;
}

void eh_free(eh_context *ctx, void *block)
{
    if (!block) return;
    block_head *head = (block_head *)block - 1;
    discharge(ctx, head->size);
    free(head);
}

char *eh_strndup(eh_context *ctx, const char *data, size_t size, eh_error *err)
{
    char *copy = eh_alloc(ctx, size + 1, 1, err);
    if (copy && size) memcpy(copy, data, size);
    return copy;
}

eh_status eh_reserve(eh_context *ctx, void **items, size_t *capacity, size_t need,
                     size_t item_size, eh_error *err)
{
    if (need <= *capacity) return EH_OK;
    size_t wanted = *capacity ? *capacity + *capacity / 2 : 16;
    if (wanted < need) wanted = need;
    eh_error local = EH_ERROR_INIT;
    void *grown = eh_realloc(ctx, *items, wanted, item_size, &local);
    /* Near the limit an exact fit may still do where doubling does not. */
    if (!grown && local.status == EH_E_LIMIT && wanted > need)
        grown = eh_realloc(ctx, *items, wanted = need, item_size, &local);
    if (!grown) {
        if (err) *err = local;
        return local.status;
    }
    *items = grown;
    *capacity = wanted;
    return EH_OK;
}

void eh_free_foreign(void *block) { free(block); }
