/**
 * @file near_index.h
 * Finds items that may be near a text. Minhashes are cut into bands of equal length; texts with an equal band meet, and
 * a sketch of two bits a minhash keeps most of those apart that are not near.
 */
#ifndef EH_ACTIONS_NEAR_INDEX_H
#define EH_ACTIONS_NEAR_INDEX_H

#include "actions/near_grams.h"

enum { eh_most_bands = 64 };

/** How minhashes are cut for one bound: n_bands bands of band_length, and how many pairs of bits may differ. */
typedef struct eh_near_bands {
    uint32_t n_bands, band_length, most_different;
} eh_near_bands;
/** The longest bands with which a pair of Jaccard `least` is met with chance >= 0.98; least in [0.5, 1]. */
eh_near_bands eh_near_bands_of(double least);

typedef struct eh_near_signature {
    uint32_t band[eh_most_bands]; /* hash of each band with its place */
    uint64_t sketch[2];
    uint32_t n_grams;
} eh_near_signature;
void eh_near_sign(const eh_near_bands *bands, const eh_gram_set *grams, eh_near_signature *out);

typedef struct eh_near_item {
    uint64_t sketch[2];
    int64_t last_us; /* of its own actions: later texts link to it until then plus the window */
    uint32_t text, n_grams;
} eh_near_item;

typedef struct eh_near_entry {
    uint32_t band, item, next; /* next: entry + 1 of the same head, older */
} eh_near_entry;

typedef struct eh_near_index {
    eh_context *ctx;
    eh_near_bands bands;
    double least;
    eh_near_item *items; /* in the order in which they became items */
    size_t n_items, item_capacity;
    eh_near_entry *entries;  /* n_bands a item */
    size_t entry_capacity;
    uint32_t *heads;
    size_t n_heads;
} eh_near_index;
void eh_near_index_release(eh_near_index *index);
EH_MUST_CHECK eh_status eh_near_index_add(eh_near_index *index, const eh_near_signature *signature, uint32_t text,
                                          int64_t last_us, eh_error *err);
/** Forgets items whose last action lies before earliest_us, when they are the greater part. */
void eh_near_index_forget(eh_near_index *index, int64_t earliest_us);

/** Growing numbers of items. */
typedef struct eh_near_found {
    uint32_t *items;
    size_t n, capacity;
} eh_near_found;
/** Leaders from number `first` on that may be near: ascending, each once. */
EH_MUST_CHECK eh_status eh_near_index_find(const eh_near_index *index, const eh_near_signature *signature, size_t first,
                                           eh_near_found *found, eh_error *err);
#endif
