/* Bottom-up merge sort over runs of 16 made by insertion. */
#include "base/sort.h"

#include <string.h>

enum { run_length = 16, largest_item_size = 256 };

static void insertion(char *items, size_t n, size_t size, eh_compare_fn compare, void *data)
{
    char held[largest_item_size];
    for (size_t i = 1; i < n; i++) {
        size_t at = i;
        while (at > 0 && compare(items + (at - 1) * size, items + i * size, data) > 0) at--;
        if (at == i) continue;
        memcpy(held, items + i * size, size);
        memmove(items + (at + 1) * size, items + at * size, (i - at) * size);
        memcpy(items + at * size, held, size);
    }
}

static void merge(const char *from, char *to, size_t low, size_t middle, size_t high, size_t size,
                  eh_compare_fn compare, void *data)
{
    size_t a = low, b = middle;
    for (size_t at = low; at < high; at++) {
        bool takes_a = a < middle && (b >= high || compare(from + a * size, from + b * size, data) <= 0);
        memcpy(to + at * size, from + (takes_a ? a++ : b++) * size, size);
    }
}

eh_status eh_sort(eh_context *ctx, void *items, size_t n, size_t item_size, eh_compare_fn compare,
                  void *data, eh_error *err)
{
    if (item_size > largest_item_size)
        return eh_fail(err, EH_E_INVALID, "cannot sort items of %zu bytes", item_size);
    if (n < 2) return EH_OK;
    eh_error local = EH_ERROR_INIT;
    char *scratch = eh_alloc(ctx, n, item_size, &local);
    if (!scratch) {
        if (err) *err = local;
        return local.status;
    }
    char *from = items, *to = scratch;
    for (size_t at = 0; at < n; at += run_length)
        insertion(from + at * item_size, n - at < run_length ? n - at : run_length, item_size, compare, data);
    for (size_t width = run_length; width < n; width *= 2) {
        for (size_t at = 0; at < n; at += 2 * width) {
            size_t middle = n - at < width ? n : at + width;
            size_t high = n - at < 2 * width ? n : at + 2 * width;
            merge(from, to, at, middle, high, item_size, compare, data);
        }
        char *swap = from;
        from = to;
        to = swap;
    }
    if (from != (char *)items) memcpy(items, from, n * item_size);
    eh_free(ctx, scratch);
    return EH_OK;
}

int eh_by_int64(const void *a, const void *b, void *data)
{
    (void)data;
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int eh_by_uint32(const void *a, const void *b, void *data)
{
    (void)data;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int eh_by_double(const void *a, const void *b, void *data)
{
    (void)data;
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
