/* The order of actions within an object: (time, account, post, kind). A merge sort over short insertion sorts. */
#include "actions/action_table.h"

enum { insertion_most = 24 };

static bool is_after(const eh_action_record *a, const eh_action_record *b)
{
    if (a->time_us != b->time_us) return a->time_us > b->time_us;
    if (a->key != b->key) return a->key > b->key;
    return a->kind > b->kind;
}

static void insertion_sort(eh_action_record *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        eh_action_record held = items[i];
        size_t at = i;
        for (; at > 0 && is_after(&items[at - 1], &held); at--) items[at] = items[at - 1];
        items[at] = held;
    }
}

static void merge(const eh_action_record *from, eh_action_record *to, size_t low, size_t middle, size_t high)
{
    size_t a = low, b = middle;
    for (size_t at = low; at < high; at++)
        to[at] = a < middle && (b >= high || !is_after(&from[a], &from[b])) ? from[a++] : from[b++];
}

static bool is_sorted(const eh_action_record *items, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (is_after(&items[i - 1], &items[i])) return false;
    return true;
}

/* scratch: room for n. Archives are often in order of time already, hence the look before. */
static void sort_records(eh_action_record *items, size_t n, eh_action_record *scratch)
{
    if (n <= insertion_most) {
        insertion_sort(items, n);
        return;
    }
    if (is_sorted(items, n)) return;
    for (size_t at = 0; at < n; at += insertion_most)
        insertion_sort(items + at, n - at < insertion_most ? n - at : insertion_most);
    eh_action_record *from = items, *to = scratch;
    for (size_t width = insertion_most; width < n; width *= 2) {
        for (size_t at = 0; at < n; at += 2 * width)
            merge(from, to, at, n - at < width ? n : at + width, n - at < 2 * width ? n : at + 2 * width);
        eh_action_record *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) memcpy(items, from, n * sizeof *items);
}

eh_status eh_action_records_sort(eh_context *ctx, const uint64_t *start, uint32_t n_objects, eh_action_record *records,
                                 eh_error *err)
{
    size_t largest = 0;
    for (uint32_t o = 0; o < n_objects; o++)
        if (start[o + 1] - start[o] > largest) largest = (size_t)(start[o + 1] - start[o]);
    eh_action_record *scratch = eh_alloc(ctx, largest > insertion_most ? largest : 0, sizeof *scratch, err);
    if (!scratch) return err->status;
    for (uint32_t o = 0; o < n_objects; o++) sort_records(records + start[o], (size_t)(start[o + 1] - start[o]), scratch);
    eh_free(ctx, scratch);
    return EH_OK;
}

void eh_action_records_store(const eh_action_record *records, eh_raw_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        set->time_us[i] = records[i].time_us;
        set->account[i] = (uint32_t)(records[i].key >> 32);
        if (set->post) set->post[i] = (uint32_t)records[i].key;
        set->kind[i] = (uint8_t)records[i].kind;
    }
}
