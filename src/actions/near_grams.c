/*
 * Grams are hashed to 64 bits: in two texts of 300 grams two different ones fall together with chance 1e-14, so the
 * comparison is exact for all purposes. A text is decoded once; a set is compared by looking the other's grams up.
 */
#include "actions/near_grams.h"

void eh_gram_set_release(eh_gram_set *set)
{
    eh_free(set->ctx, set->grams);
    eh_free(set->ctx, set->key);
    eh_free(set->ctx, set->stamp);
    *set = (eh_gram_set){.ctx = set->ctx};
}

static eh_status grow_slots(eh_gram_set *set, size_t n_grams, eh_error *err)
{
    size_t n_slots = set->n_slots ? set->n_slots : 256;
    while (n_slots < n_grams * 2) n_slots *= 2;
    if (n_slots == set->n_slots) return EH_OK;
    eh_free(set->ctx, set->key);
    eh_free(set->ctx, set->stamp);
    set->n_slots = set->now = 0;
    set->key = eh_alloc(set->ctx, n_slots, sizeof *set->key, err);
    set->stamp = eh_alloc(set->ctx, n_slots, sizeof *set->stamp, err);
    if (!set->key || !set->stamp) {
        eh_gram_set_release(set);
        return EH_E_NOMEM;
    }
    set->n_slots = n_slots;
    return EH_OK;
}

/* The code point at *at, which moves on. Valid UTF-8 only is decoded; other bytes lie beyond Unicode. */
static uint32_t next_code_point(eh_str text, size_t *at)
{
    const unsigned char *s = (const unsigned char *)text.data + *at;
    if (*s < 0x80) {
        ++*at;
        return *s;
    }
    size_t size = eh_utf8_length((const char *)s, text.size - *at);
    if (size < 2) {
        ++*at;
        return UINT32_C(0x110000) | *s;
    }
    *at += size;
    uint32_t c = *s & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) c = c << 6 | (s[i] & 0x3Fu);
    return c;
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

/* Five code points of 21 bits in two words. */
static uint64_t hash_gram(const uint32_t *c)
{
    uint64_t low = c[0] | (uint64_t)c[1] << 21 | (uint64_t)c[2] << 42, high = c[3] | (uint64_t)c[4] << 21;
    return mix(mix(low) + high);
}

/* The slot of a gram, or the free one where it belongs. */
static size_t slot_of(const eh_gram_set *set, uint64_t gram)
{
    size_t mask = set->n_slots - 1, at = (size_t)gram & mask;
    while (set->stamp[at] == set->now && set->key[at] != gram) at = (at + 1) & mask;
    return at;
}

static void add_gram(eh_gram_set *set, uint64_t gram)
{
    size_t at = slot_of(set, gram);
    if (set->stamp[at] == set->now) return;
    set->stamp[at] = set->now;
    set->key[at] = gram;
    set->grams[set->n++] = gram;
}

eh_status eh_gram_set_load(eh_gram_set *set, eh_str text, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    set->n = 0;
    EH_TRY(eh_reserve(set->ctx, (void **)&set->grams, &set->capacity, text.size + 1, sizeof *set->grams, err));
    if (grow_slots(set, text.size + 1, err) != EH_OK) return err->status;
    if (set->now == UINT32_MAX) { /* stamps begin again */
        memset(set->stamp, 0, set->n_slots * sizeof *set->stamp);
        set->now = 0;
    }
    set->now++;
    uint32_t window[eh_gram_length] = {0};
    size_t n = 0;
    for (size_t at = 0; at < text.size; n++) {
        memmove(window, window + 1, sizeof window - sizeof *window);
        window[eh_gram_length - 1] = next_code_point(text, &at);
        if (n + 1 >= eh_gram_length) add_gram(set, hash_gram(window));
    }
    /* Zeros before a short text: they do not occur in texts, and n tells "a" from "\0a". */
    if (n > 0 && n < eh_gram_length) add_gram(set, mix(hash_gram(window) + n));
    return EH_OK;
}

double eh_gram_jaccard(const eh_gram_set *a, const eh_gram_set *b)
{
    size_t n_common = 0;
    for (size_t i = 0; i < b->n; i++) {
        size_t at = slot_of(a, b->grams[i]);
        n_common += a->stamp[at] == a->now;
    }
    size_t n_union = a->n + b->n - n_common;
    return n_union ? (double)n_common / (double)n_union : 1;
}

bool eh_gram_can_reach(size_t n_a, size_t n_b, double least)
{
    size_t less = n_a < n_b ? n_a : n_b, more = n_a < n_b ? n_b : n_a;
    return (double)less >= least * (double)more;
}

/* Fixed constants: 2 i-th output of splitmix64 started at 0, in halves; multipliers odd. */
static void constants(uint32_t flip[eh_n_minhashes], uint32_t factor[eh_n_minhashes])
{
    uint64_t state = 0;
    for (int i = 0; i < eh_n_minhashes; i++) {
        state += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t z = state;
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        flip[i] = (uint32_t)z;
        factor[i] = (uint32_t)(z >> 32) | 1;
    }
}

void eh_gram_minhashes(const eh_gram_set *set, uint32_t minhash[eh_n_minhashes])
{
    uint32_t flip[eh_n_minhashes], factor[eh_n_minhashes];
    constants(flip, factor);
    for (int i = 0; i < eh_n_minhashes; i++) minhash[i] = UINT32_MAX;
    for (size_t g = 0; g < set->n; g++) {
        uint32_t x = (uint32_t)(set->grams[g] >> 32);
        for (int i = 0; i < eh_n_minhashes; i++) {
            uint32_t value = (x ^ flip[i]) * factor[i];
            minhash[i] = value < minhash[i] ? value : minhash[i];
        }
    }
}
