/*
 * Open addressing with linear probing; a slot keeps 32 bits of the hash beside the number, so
 * that a miss seldom touches the strings. Load is kept below 3/4.
 */
#include "base/dict.h"

#include "base/sort.h"
#define XXH_INLINE_ALL
#include <xxhash.h>

void eh_dict_release(eh_dict *dict)
{
    eh_free(dict->ctx, dict->bytes);
    eh_free(dict->ctx, dict->offset);
    eh_free(dict->ctx, dict->slot);
    *dict = (eh_dict)EH_DICT_INIT(dict->ctx);
}

static eh_status grow(eh_dict *dict, eh_error *err)
{
    size_t n_slots = dict->n_slots ? dict->n_slots * 2 : 1024;
    uint64_t *slot = eh_alloc(dict->ctx, n_slots, sizeof *slot, err);
    if (!slot) return err ? err->status : EH_E_LIMIT;
    for (uint32_t i = 0; i < dict->n; i++) {
        eh_str s = eh_dict_get(dict, i);
        uint64_t hash = XXH3_64bits(s.data, s.size);
        size_t at = hash & (n_slots - 1);
        while (slot[at]) at = (at + 1) & (n_slots - 1);
        slot[at] = (hash & UINT64_C(0xffffffff00000000)) | (i + 1);
    }
    eh_free(dict->ctx, dict->slot);
    dict->slot = slot;
    dict->n_slots = n_slots;
    return EH_OK;
}

/* The slot that holds s, or the empty one where it belongs. */
static size_t probe(const eh_dict *dict, eh_str s, uint64_t hash)
{
    size_t at = hash & (dict->n_slots - 1);
    while (dict->slot[at]) {
        if ((dict->slot[at] ^ hash) >> 32 == 0 &&
            eh_str_equal(s, eh_dict_get(dict, (uint32_t)dict->slot[at] - 1)))
            break;
        at = (at + 1) & (dict->n_slots - 1);
    }
    return at;
}

uint32_t eh_dict_find(const eh_dict *dict, eh_str s)
{
    if (!dict->n_slots) return EH_DICT_NONE;
    size_t at = probe(dict, s, XXH3_64bits(s.data, s.size));
    return dict->slot[at] ? (uint32_t)dict->slot[at] - 1 : EH_DICT_NONE;
}

eh_status eh_dict_add(eh_dict *dict, eh_str s, uint32_t *number, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    if ((size_t)dict->n * 4 >= dict->n_slots * 3) EH_TRY(grow(dict, err));
    uint64_t hash = XXH3_64bits(s.data, s.size);
    size_t at = probe(dict, s, hash);
    if (dict->slot[at]) {
        *number = (uint32_t)dict->slot[at] - 1;
        return EH_OK;
    }
    if (dict->n >= UINT32_MAX - 1)
        return eh_fail(err, EH_E_LIMIT, "more than 4,294,967,294 distinct strings");
    EH_TRY(eh_reserve(dict->ctx, (void **)&dict->offset, &dict->offset_capacity,
                      (size_t)dict->n + 2, sizeof *dict->offset, err));
    EH_TRY(eh_reserve(dict->ctx, (void **)&dict->bytes, &dict->bytes_capacity,
                      dict->bytes_size + s.size + 1, 1, err));
    if (s.size) memcpy(dict->bytes + dict->bytes_size, s.data, s.size);
    dict->offset[dict->n] = dict->bytes_size;
    dict->bytes_size += s.size;
    dict->offset[dict->n + 1] = dict->bytes_size;
    dict->slot[at] = (hash & UINT64_C(0xffffffff00000000)) | (dict->n + 1);
    *number = dict->n++;
    return EH_OK;
}

eh_strings eh_dict_strings(const eh_dict *dict)
{
    static const uint64_t no_offset[1] = {0};
    return (eh_strings){dict->n, dict->n ? dict->offset : no_offset, dict->n ? dict->bytes : ""};
}

typedef struct keyed {
    uint64_t prefix; /* first eight bytes, big-endian: decides most comparisons */
    uint32_t number;
} keyed;

static int by_bytes(const void *a, const void *b, void *data)
{
    const keyed *x = a, *y = b;
    if (x->prefix != y->prefix) return x->prefix < y->prefix ? -1 : 1;
    const eh_dict *dict = data;
    return eh_str_compare(eh_dict_get(dict, x->number), eh_dict_get(dict, y->number));
}

eh_status eh_dict_ranks(const eh_dict *dict, uint32_t **rank, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *rank = NULL;
    keyed *order = eh_alloc(dict->ctx, dict->n, sizeof *order, err);
    if (!order) return err->status;
    for (uint32_t i = 0; i < dict->n; i++) {
        eh_str s = eh_dict_get(dict, i);
        uint64_t prefix = 0;
        for (size_t b = 0; b < 8; b++)
            prefix = prefix << 8 | (b < s.size ? (unsigned char)s.data[b] : 0);
        order[i] = (keyed){prefix, i};
    }
    eh_status status = eh_sort(dict->ctx, order, dict->n, sizeof *order, by_bytes, (void *)(uintptr_t)dict, err);
    if (status == EH_OK) {
        *rank = eh_alloc(dict->ctx, dict->n, sizeof **rank, err);
        if (!*rank) status = err->status;
    }
    for (uint32_t i = 0; status == EH_OK && i < dict->n; i++) (*rank)[order[i].number] = i;
    eh_free(dict->ctx, order);
    return status;
}

eh_status eh_dict_permute(eh_dict *dict, const uint32_t *rank, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    if (!dict->n) return EH_OK;
    eh_dict moved = EH_DICT_INIT(dict->ctx);
    uint32_t *from = eh_alloc(dict->ctx, dict->n, sizeof *from, err);
    moved.offset = eh_alloc(dict->ctx, (size_t)dict->n + 1, sizeof *moved.offset, err);
    moved.bytes = eh_alloc(dict->ctx, dict->bytes_size + 1, 1, err);
    eh_status status = from && moved.offset && moved.bytes ? EH_OK : err->status;
    if (status == EH_OK) {
        moved.offset_capacity = (size_t)dict->n + 1;
        moved.bytes_capacity = dict->bytes_size + 1;
        for (uint32_t i = 0; i < dict->n; i++) from[rank[i]] = i;
        for (uint32_t i = 0; i < dict->n; i++) {
            eh_str s = eh_dict_get(dict, from[i]);
            moved.offset[i] = moved.bytes_size;
            if (s.size) memcpy(moved.bytes + moved.bytes_size, s.data, s.size);
            moved.bytes_size += s.size;
        }
        moved.offset[dict->n] = moved.bytes_size;
        moved.n = dict->n;
        moved.slot = dict->slot; /* the hashes are unchanged: only the numbers move */
        moved.n_slots = dict->n_slots;
        for (size_t at = 0; at < moved.n_slots; at++)
            if (moved.slot[at])
                moved.slot[at] = (moved.slot[at] & UINT64_C(0xffffffff00000000)) |
                                 (rank[(uint32_t)moved.slot[at] - 1] + 1);
        dict->slot = NULL;
        eh_dict_release(dict);
        *dict = moved;
    } else {
        eh_dict_release(&moved);
    }
    eh_free(dict->ctx, from);
    return status;
}

void eh_set128_release(eh_set128 *set)
{
    eh_free(set->ctx, set->slot);
    *set = (eh_set128){set->ctx, NULL, 0, 0};
}

static size_t probe128(uint64_t (*slot)[2], size_t n_slots, uint64_t low, uint64_t high)
{
    size_t at = low & (n_slots - 1);
    while ((slot[at][0] | slot[at][1]) && (slot[at][0] != low || slot[at][1] != high))
        at = (at + 1) & (n_slots - 1);
    return at;
}

eh_status eh_set128_add(eh_set128 *set, uint64_t low, uint64_t high, bool *is_new, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    if (!(low | high)) high = 1; /* all-zero marks an empty slot */
    if (set->n * 4 >= set->n_slots * 3) {
        size_t n_slots = set->n_slots ? set->n_slots * 2 : 1024;
        uint64_t(*slot)[2] = eh_alloc(set->ctx, n_slots, sizeof *slot, err);
        if (!slot) return err->status;
        for (size_t i = 0; i < set->n_slots; i++)
            if (set->slot[i][0] | set->slot[i][1])
                memcpy(slot[probe128(slot, n_slots, set->slot[i][0], set->slot[i][1])],
                       set->slot[i], sizeof *slot);
        eh_free(set->ctx, set->slot);
        set->slot = slot;
        set->n_slots = n_slots;
    }
    size_t at = probe128(set->slot, set->n_slots, low, high);
    *is_new = !(set->slot[at][0] | set->slot[at][1]);
    if (*is_new) {
        set->slot[at][0] = low;
        set->slot[at][1] = high;
        set->n++;
    }
    return EH_OK;
}
