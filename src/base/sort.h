/** @file sort.h  Stable merge sort with a context pointer (qsort_r is not portable, and not stable). */
#ifndef EH_BASE_SORT_H
#define EH_BASE_SORT_H

#include "base/alloc.h"

typedef int (*eh_compare_fn)(const void *a, const void *b, void *data);

/** Sorts n items of item_size (<= 256) bytes in place; stable. Needs n*item_size bytes of scratch. O(n log n). */
EH_MUST_CHECK eh_status eh_sort(eh_context *ctx, void *items, size_t n, size_t item_size,
                                eh_compare_fn compare, void *data, eh_error *err);
/** Ascending order of int64_t, of uint32_t and of double items (none NaN). */
int eh_by_int64(const void *a, const void *b, void *data);
int eh_by_uint32(const void *a, const void *b, void *data);
int eh_by_double(const void *a, const void *b, void *data);
#endif
