/** @file dict.h  Dictionary: distinct byte strings numbered 0, 1, 2 ... in order of first appearance. */
#ifndef EH_BASE_DICT_H
#define EH_BASE_DICT_H

#include "base/str.h"

typedef struct eh_dict {
    eh_context *ctx;
    char *bytes;
    size_t bytes_size, bytes_capacity;
    uint64_t *offset; /* n + 1 */
    size_t offset_capacity;
    uint64_t *slot; /* high half: hash bits, low half: number + 1; 0 = empty */
    size_t n_slots;
    uint32_t n;
} eh_dict;

#define EH_DICT_INIT(context) {(context), NULL, 0, 0, NULL, 0, NULL, 0, 0}
#define EH_DICT_NONE UINT32_MAX

void eh_dict_release(eh_dict *dict);
/** Number of s, added when new. At most 2^32-2 strings (EH_E_LIMIT). */
EH_MUST_CHECK eh_status eh_dict_add(eh_dict *dict, eh_str s, uint32_t *number, eh_error *err);
/** Number of s, or EH_DICT_NONE. */
uint32_t eh_dict_find(const eh_dict *dict, eh_str s);
static inline eh_str eh_dict_get(const eh_dict *dict, uint32_t i)
{
    return (eh_str){dict->bytes + dict->offset[i], (size_t)(dict->offset[i + 1] - dict->offset[i])};
}
/** View as a read-only table; valid until the next add. n == 0 gives an empty table. */
eh_strings eh_dict_strings(const eh_dict *dict);
/** rank[i] = position of string i in bytewise order (a permutation), n entries, owned by the caller. */
EH_MUST_CHECK eh_status eh_dict_ranks(const eh_dict *dict, uint32_t **rank, eh_error *err);
/** Rearranges the dictionary so that string i becomes string rank[i]. */
EH_MUST_CHECK eh_status eh_dict_permute(eh_dict *dict, const uint32_t *rank, eh_error *err);

/** A set of 128-bit fingerprints, for finding duplicates. Zero-initialised plus ctx is empty. */
typedef struct eh_set128 {
    eh_context *ctx;
    uint64_t (*slot)[2];
    size_t n_slots, n;
} eh_set128;
void eh_set128_release(eh_set128 *set);
/** *is_new = whether the value was not in the set before; it is afterwards. */
EH_MUST_CHECK eh_status eh_set128_add(eh_set128 *set, uint64_t low, uint64_t high, bool *is_new, eh_error *err);
#endif
