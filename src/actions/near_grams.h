/** @file near_grams.h  A text as the set of its 5-grams of code points: exact comparison and a short signature. */
#ifndef EH_ACTIONS_NEAR_GRAMS_H
#define EH_ACTIONS_NEAR_GRAMS_H

#include "base/str.h"

enum { eh_gram_length = 5, eh_n_minhashes = 64 };

/**
 * The distinct 5-grams of one text, as 64-bit hashes, with room to compare another. A text of less than five code
 * points is one gram; the empty text has none. Bytes that are not UTF-8 are code points of their own.
 * Zero-initialised plus ctx is empty.
 */
typedef struct eh_gram_set {
    eh_context *ctx;
    uint64_t *grams; /* distinct, in order of appearance */
    size_t n, capacity;
    uint64_t *key;   /* open addressing; its state is stamped so that it need not be cleared */
    uint32_t *stamp;
    size_t n_slots;
    uint32_t now;
} eh_gram_set;
void eh_gram_set_release(eh_gram_set *set);
EH_MUST_CHECK eh_status eh_gram_set_load(eh_gram_set *set, eh_str text, eh_error *err);

/** Exact Jaccard |A and B| / |A or B| of two loaded sets; 1 when both are empty. */
double eh_gram_jaccard(const eh_gram_set *a, const eh_gram_set *b);

/** Whether sets of n_a and n_b grams can have Jaccard >= least at all. */
bool eh_gram_can_reach(size_t n_a, size_t n_b, double least);

/** minhash[i] = least value of hash function i over the grams; UINT32_MAX for the empty set. */
void eh_gram_minhashes(const eh_gram_set *set, uint32_t minhash[eh_n_minhashes]);
#endif
