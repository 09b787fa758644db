/* 5-gram sets of arbitrary bytes. The input is two texts around the first byte 0xFF, or one and its double. */
#include "fuzz.h"

#include "actions/near_grams.h"
#include "actions/near_index.h"

static double naive_jaccard(const eh_gram_set *a, const eh_gram_set *b)
{
    size_t n_common = 0;
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++) n_common += a->grams[i] == b->grams[j];
    return a->n + b->n == 0 ? 1 : (double)n_common / (double)(a->n + b->n - n_common);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096) return 0;
    const char *bytes = (const char *)data;
    eh_str whole = {bytes, size}, first = whole, second = whole;
    size_t cut = size ? eh_str_find(whole, (char)0xFF, 0) : 0;
    if (cut < size) {
        first = (eh_str){bytes, cut};
        second = (eh_str){bytes + cut + 1, size - cut - 1};
    }
    eh_gram_set a = {.ctx = NULL}, b = {.ctx = NULL};
    for (int round = 0; round < 2; round++) { /* a set can be loaded again */
        FUZZ_CHECK(eh_gram_set_load(&a, second, NULL) == EH_OK);
        FUZZ_CHECK(eh_gram_set_load(&a, first, NULL) == EH_OK);
        FUZZ_CHECK(eh_gram_set_load(&b, second, NULL) == EH_OK);
    }
    FUZZ_CHECK(a.n <= first.size && (a.n > 0) == (first.size > 0));
    for (size_t i = 0; i < a.n; i++)
        for (size_t j = 0; j < i; j++) FUZZ_CHECK(a.grams[i] != a.grams[j]);
    double there = eh_gram_jaccard(&a, &b), back = eh_gram_jaccard(&b, &a), naive = naive_jaccard(&a, &b);
    FUZZ_CHECK(!(there < back) && !(there > back) && !(there < naive) && !(there > naive));
    FUZZ_CHECK(there >= 0 && there <= 1 && eh_gram_jaccard(&a, &a) >= 1);
    FUZZ_CHECK(eh_gram_can_reach(a.n, b.n, there));

    eh_near_bands bands = eh_near_bands_of(0.5 + (size ? data[0] / 510.0 : 0));
    eh_near_signature sign_a, sign_b;
    FUZZ_CHECK(bands.n_bands >= 1 && bands.n_bands * bands.band_length <= eh_n_minhashes);
    eh_near_sign(&bands, &a, &sign_a);
    eh_near_sign(&bands, &b, &sign_b);
    for (uint32_t i = 0; i < bands.n_bands && there >= 1; i++) FUZZ_CHECK(sign_a.band[i] == sign_b.band[i]); /* same set */
    eh_gram_set_release(&a);
    eh_gram_set_release(&b);
    return 0;
}
