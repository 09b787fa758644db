/** @file alloc.h  The allocation gate: every byte of heap that evenhand holds passes here. */
#ifndef EH_BASE_ALLOC_H
#define EH_BASE_ALLOC_H

#include "evenhand/context.h"

/** Zeroed memory for count*size bytes (overflow-checked), charged to the budget of ctx.
 *  NULL with *err filled (EH_E_NOMEM or EH_E_LIMIT) on failure. count*size == 0 gives a valid block. */
void *eh_alloc(eh_context *ctx, size_t count, size_t size, eh_error *err);

/** Grows or shrinks a block of the gate, keeping its contents; the new tail is NOT zeroed.
 *  On failure the old block is untouched. block may be NULL. */
void *eh_realloc(eh_context *ctx, void *block, size_t count, size_t size, eh_error *err);

/** Sets the seed of later draws and returns the one before, for doing again what another seed did. */
uint64_t eh_context_swap_seed(eh_context *ctx, uint64_t seed);

/** Gives a block back. NULL allowed. */
void eh_free(eh_context *ctx, void *block);

/** Gives back what the C library allocated and did not charge to anybody: the text of open_memstream(). */
void eh_free_foreign(void *block);

/** A NUL-terminated copy of n bytes. */
char *eh_strndup(eh_context *ctx, const char *data, size_t size, eh_error *err);

/** Grows *items (item_size bytes each) so that at least `need` fit; amortised doubling.
 *  Usage: EH_TRY(eh_reserve(ctx, (void **)&v.items, &v.capacity, need, sizeof *v.items, err)); */
EH_MUST_CHECK eh_status eh_reserve(eh_context *ctx, void **items, size_t *capacity, size_t need,
                                   size_t item_size, eh_error *err);

/** Returns early with the status. Only where nothing needs freeing. */
#define EH_TRY(expr)                                                                               \
    do {                                                                                           \
        eh_status eh_try_status_ = (expr);                                                         \
        if (eh_try_status_ != EH_OK) return eh_try_status_;                                        \
    } while (0)

#endif
