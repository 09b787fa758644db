/*
 * Half of the neighbours in a window belong to a smaller account and are counted in that one's row. Deciding it inside
 * the counting loop costs a mispredicted branch for every second neighbour, so they are squeezed out first: eight at a
 * time with AVX2, else one at a time without a branch.
 */
#include "pairs/pair_scan.h"

static size_t above_scalar(const uint32_t *values, size_t n, uint32_t least, uint32_t *out)
{
    size_t n_out = 0;
    for (size_t i = 0; i < n; i++) {
        out[n_out] = values[i];
        n_out += values[i] > least;
    }
    return n_out;
}

static size_t other_scalar(const uint32_t *values, const uint32_t *keys, size_t n, uint32_t key, uint32_t *out)
{
    size_t n_out = 0;
    for (size_t i = 0; i < n; i++) {
        out[n_out] = values[i];
        n_out += keys[i] != key;
    }
    return n_out;
}

eh_scan eh_scan_scalar(void) { return (eh_scan){above_scalar, other_scalar, "scalar"}; }

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi2,popcnt")))

/* The lane numbers of the set bits of mask, packed to the front as eight 32-bit numbers. */
AVX2 static inline __m256i packing(unsigned mask)
{
    uint64_t spread = _pdep_u64(mask, UINT64_C(0x0101010101010101)) * 0xFF;
    uint64_t lanes = _pext_u64(UINT64_C(0x0706050403020100), spread);
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)lanes));
}

AVX2 static inline __m256i load(const uint32_t *from) { return _mm256_loadu_si256((const __m256i *)(const void *)from); }

AVX2 static inline size_t squeeze(__m256i values, unsigned mask, uint32_t *out)
{
    _mm256_storeu_si256((__m256i *)(void *)out, _mm256_permutevar8x32_epi32(values, packing(mask)));
    return (size_t)_mm_popcnt_u32(mask);
}

AVX2 static size_t above_avx2(const uint32_t *values, size_t n, uint32_t least, uint32_t *out)
{
    const __m256i flip = _mm256_set1_epi32(INT32_MIN); /* AVX2 compares signed only */
    const __m256i bound = _mm256_xor_si256(_mm256_set1_epi32((int)least), flip);
    size_t n_out = 0, i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256i v = load(values + i);
        __m256i is_above = _mm256_cmpgt_epi32(_mm256_xor_si256(v, flip), bound);
        n_out += squeeze(v, (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(is_above)), out + n_out);
    }
    return n_out + above_scalar(values + i, n - i, least, out + n_out);
}

AVX2 static size_t other_avx2(const uint32_t *values, const uint32_t *keys, size_t n, uint32_t key, uint32_t *out)
{
    const __m256i same = _mm256_set1_epi32((int)key);
    size_t n_out = 0, i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256i is_same = _mm256_cmpeq_epi32(load(keys + i), same);
        unsigned mask = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(is_same)) ^ 0xFFu;
        n_out += squeeze(load(values + i), mask, out + n_out);
    }
    return n_out + other_scalar(values + i, keys + i, n - i, key, out + n_out);
}

eh_scan eh_scan_best(void)
{
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt"))
        return (eh_scan){above_avx2, other_avx2, "avx2"};
    return eh_scan_scalar();
}
#else
eh_scan eh_scan_best(void) { return eh_scan_scalar(); }
#endif
