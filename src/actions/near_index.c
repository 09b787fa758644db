/*
 * Bands: chance that two sets of Jaccard J share one of b bands of r minhashes = 1 - (1 - J^r)^b. For J = 0.8: r = 5, b = 10,
 * chance 0.981; at J = 0.5 it is 0.27, at 0.1 it is 1e-4.
 * Sketch: of 64 minhashes two bits each; different minhashes agree in two bits by chance 1/4, so n_different ~
 * Binomial(64, 0.75 (1 - J)). Up to 3.5 standard deviations above the mean at the bound pass.
 *
 * 12 bytes an entry and 4 to 8 of heads: at J = 0.8 about 200 bytes a item.
 */
#include "actions/near_index.h"

#include "base/sort.h"

#include <math.h>

eh_near_bands eh_near_bands_of(double least)
{
    static const double wanted = 0.98;
    eh_near_bands bands = {.n_bands = 1, .band_length = eh_n_minhashes};
    for (uint32_t r = eh_n_minhashes; r >= 1; r--) {
        double meets = pow(least, r);
        double needed = meets >= 1 ? 1 : ceil(log(1 - wanted) / log1p(-meets));
        if (needed * r > eh_n_minhashes) continue;
        bands = (eh_near_bands){.n_bands = (uint32_t)needed, .band_length = r};
        break;
    }
    double p = 0.75 * (1 - least), mean = eh_n_minhashes * p;
    bands.most_different = (uint32_t)ceil(mean + 3.5 * sqrt(mean * (1 - p)));
    return bands;
}

void eh_near_sign(const eh_near_bands *bands, const eh_gram_set *grams, eh_near_signature *out)
{
    uint32_t minhash[eh_n_minhashes];
    eh_gram_minhashes(grams, minhash);
    for (uint32_t b = 0; b < bands->n_bands; b++) {
        uint64_t hash = b + 1;
        for (uint32_t i = 0; i < bands->band_length; i++) {
            hash = (hash ^ minhash[b * bands->band_length + i]) * UINT64_C(0x9e3779b97f4a7c15);
            hash ^= hash >> 29;
        }
        out->band[b] = (uint32_t)(hash >> 32);
    }
    out->sketch[0] = out->sketch[1] = 0;
    for (int i = 0; i < eh_n_minhashes; i++) {
        uint64_t bits = (minhash[i] * UINT32_C(0x9e3779b1)) >> 30;
        out->sketch[i / 32] |= bits << (i % 32 * 2);
    }
    out->n_grams = (uint32_t)grams->n;
}

static uint32_t count_bits(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(x * UINT64_C(0x0101010101010101) >> 56);
}

static bool may_be_near(const eh_near_index *index, const eh_near_item *item, const eh_near_signature *signature)
{
    if (!eh_gram_can_reach(item->n_grams, signature->n_grams, index->least)) return false;
    uint64_t a = item->sketch[0] ^ signature->sketch[0], b = item->sketch[1] ^ signature->sketch[1];
    uint32_t n_different = count_bits((a | a >> 1) & UINT64_C(0x5555555555555555)) +
                           count_bits((b | b >> 1) & UINT64_C(0x5555555555555555));
    return n_different <= index->bands.most_different;
}

void eh_near_index_release(eh_near_index *index)
{
    eh_free(index->ctx, index->items);
    eh_free(index->ctx, index->entries);
    eh_free(index->ctx, index->heads);
    *index = (eh_near_index){.ctx = index->ctx};
}

static size_t n_entries(const eh_near_index *index) { return index->n_items * index->bands.n_bands; }

static void chain(eh_near_index *index, size_t entry)
{
    uint32_t *head = &index->heads[index->entries[entry].band & (index->n_heads - 1)];
    index->entries[entry].next = *head;
    *head = (uint32_t)entry + 1;
}

static void chain_all(eh_near_index *index)
{
    memset(index->heads, 0, index->n_heads * sizeof *index->heads);
    for (size_t i = 0; i < n_entries(index); i++) chain(index, i);
}

static eh_status make_room(eh_near_index *index, eh_error *err)
{
    eh_context *ctx = index->ctx;
    size_t need = n_entries(index) + index->bands.n_bands;
    if (need >= UINT32_MAX)
        return eh_fail(err, EH_E_LIMIT, "more than %zu different texts within the window of near-duplicates; switch them "
                       "off with --near-text off", index->n_items);
    EH_TRY(eh_reserve(ctx, (void **)&index->items, &index->item_capacity, index->n_items + 1, sizeof *index->items, err));
    EH_TRY(eh_reserve(ctx, (void **)&index->entries, &index->entry_capacity, need, sizeof *index->entries, err));
    if (need <= index->n_heads) return EH_OK;
    size_t n_heads = index->n_heads ? index->n_heads * 2 : 4096;
    eh_error local = EH_ERROR_INIT;
    uint32_t *heads = eh_alloc(ctx, n_heads, sizeof *heads, &local);
    if (!heads) {
        if (err) *err = local;
        return local.status;
    }
    eh_free(ctx, index->heads);
    index->heads = heads;
    index->n_heads = n_heads;
    chain_all(index);
    return EH_OK;
}

eh_status eh_near_index_add(eh_near_index *index, const eh_near_signature *signature, uint32_t text, int64_t last_us,
                            eh_error *err)
{
    EH_TRY(make_room(index, err));
    uint32_t item = (uint32_t)index->n_items;
    index->items[item] = (eh_near_item){{signature->sketch[0], signature->sketch[1]}, last_us, text, signature->n_grams};
    for (uint32_t b = 0; b < index->bands.n_bands; b++) {
        size_t entry = (size_t)item * index->bands.n_bands + b;
        index->entries[entry] = (eh_near_entry){.band = signature->band[b], .item = item};
        chain(index, entry);
    }
    index->n_items++;
    return EH_OK;
}

void eh_near_index_forget(eh_near_index *index, int64_t earliest_us)
{
    size_t n_alive = 0, n_bands = index->bands.n_bands;
    for (size_t i = 0; i < index->n_items; i++) n_alive += index->items[i].last_us >= earliest_us;
    if (n_alive * 2 > index->n_items) return;
    size_t to = 0;
    for (size_t i = 0; i < index->n_items; i++) {
        if (index->items[i].last_us < earliest_us) continue;
        for (size_t b = 0; b < n_bands; b++)
            index->entries[to * n_bands + b] = (eh_near_entry){.band = index->entries[i * n_bands + b].band, .item = (uint32_t)to};
        index->items[to++] = index->items[i];
    }
    index->n_items = to;
    if (index->n_heads) chain_all(index);
}

eh_status eh_near_index_find(const eh_near_index *index, const eh_near_signature *signature, size_t first,
                             eh_near_found *found, eh_error *err)
{
    found->n = 0;
    for (uint32_t b = 0; index->n_heads && b < index->bands.n_bands; b++) {
        uint32_t at = index->heads[signature->band[b] & (index->n_heads - 1)];
        for (; at; at = index->entries[at - 1].next) {
            const eh_near_entry *entry = &index->entries[at - 1];
            if (entry->item < first) break; /* newest first */
            if (entry->band != signature->band[b] || !may_be_near(index, &index->items[entry->item], signature)) continue;
            EH_TRY(eh_reserve(index->ctx, (void **)&found->items, &found->capacity, found->n + 1, sizeof *found->items, err));
            found->items[found->n++] = entry->item;
        }
    }
    EH_TRY(eh_sort(index->ctx, found->items, found->n, sizeof *found->items, eh_by_uint32, NULL, err));
    size_t n = 0;
    for (size_t i = 0; i < found->n; i++)
        if (i == 0 || found->items[i] != found->items[i - 1]) found->items[n++] = found->items[i];
    found->n = n;
    return EH_OK;
}
