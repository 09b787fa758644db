/* The tree against its definition: MTH, PATH and SUBPROOF as the recursions of RFC 9162 have them, over all sizes up to 64 and random
 * ones beyond; and every single-byte change of a proof, a root or a leaf must fail. */
#include "check.h"

#include "base/hash.h"
#include "base/rng.h"
#include "evenhand/ledger.h"

enum { most = 64, large = 1500 };
static eh_hash leaves[large];
static eh_rng rng;

/* ---- the definition ------------------------------------------------------------------------------------------------ */

static uint64_t half(uint64_t n)
{
    uint64_t k = 1;
    while (2 * k < n) k *= 2;
    return k;
}

static eh_hash mth(const eh_hash *d, uint64_t n)
{
    if (n == 1) return d[0];
    unsigned char text[65] = {1};
    uint64_t k = half(n);
    eh_hash left = mth(d, k), right = mth(d + k, n - k), out;
    memcpy(text + 1, left.bytes, 32);
    memcpy(text + 33, right.bytes, 32);
    eh_sha256 hash;
    eh_sha256_init(&hash);
    eh_sha256_add(&hash, text, sizeof text);
    eh_sha256_digest(&hash, out.bytes);
    return out;
}

static void path_of(const eh_hash *d, uint64_t n, uint64_t m, eh_merkle_path *out)
{
    if (n == 1) return;
    uint64_t k = half(n);
    path_of(m < k ? d : d + k, m < k ? k : n - k, m < k ? m : m - k, out);
    out->hashes[out->n++] = m < k ? mth(d + k, n - k) : mth(d, k);
}

static void subproof(const eh_hash *d, uint64_t n, uint64_t m, bool b, eh_merkle_path *out)
{
    if (m == n) {
        if (!b) out->hashes[out->n++] = mth(d, n);
        return;
    }
    uint64_t k = half(n);
    subproof(m <= k ? d : d + k, m <= k ? k : n - k, m <= k ? m : m - k, m <= k && b, out);
    out->hashes[out->n++] = m <= k ? mth(d + k, n - k) : mth(d, k);
}

/* ---- the tests ----------------------------------------------------------------------------------------------------- */

static void start(uint64_t seed)
{
    rng = eh_rng_of(seed, 0);
    for (size_t i = 0; i < large; i++)
        for (size_t k = 0; k < sizeof leaves[i].bytes; k++) leaves[i].bytes[k] = (unsigned char)eh_rng_next(&rng);
}

static bool is_same(const eh_hash *a, const eh_hash *b) { return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0; }

static void check_same(const eh_merkle_path *a, const eh_merkle_path *b)
{
    CHECK_EQ_INT(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) CHECK(is_same(&a->hashes[i], &b->hashes[i]));
}

static void change(eh_hash *hash)
{
    hash->bytes[eh_rng_below(&rng, sizeof hash->bytes)] ^= (unsigned char)(1 + eh_rng_below(&rng, 255));
}

static void check_inclusion(uint64_t n, uint64_t i, const eh_hash *root)
{
    eh_merkle_path path = {0}, wanted = {0};
    eh_merkle_inclusion(leaves, n, i, &path);
    path_of(leaves, n, i, &wanted);
    check_same(&path, &wanted);
    CHECK(eh_merkle_includes(&leaves[i], i, n, &path, root));
    eh_hash other_leaf = leaves[i], other_root = *root;
    change(&other_leaf);
    change(&other_root);
    CHECK(!eh_merkle_includes(&other_leaf, i, n, &path, root));
    CHECK(!eh_merkle_includes(&leaves[i], i, n, &path, &other_root));
    for (size_t k = 0; k < path.n; k++) {
        eh_merkle_path other = path;
        change(&other.hashes[k]);
        CHECK(!eh_merkle_includes(&leaves[i], i, n, &other, root));
    }
    for (uint64_t j = 0; j < n; j++) CHECK((j == i) == eh_merkle_includes(&leaves[i], j, n, &path, root));
    eh_merkle_path shorter = path, longer = path;
    longer.hashes[longer.n++] = leaves[0];
    CHECK(!eh_merkle_includes(&leaves[i], i, n, &longer, root));
    if (path.n) {
        shorter.n--;
        CHECK(!eh_merkle_includes(&leaves[i], i, n, &shorter, root));
    }
}

static void check_consistency(uint64_t m, const eh_hash *root_m, uint64_t n, const eh_hash *root_n)
{
    eh_merkle_path path = {0}, wanted = {0};
    eh_merkle_consistency(leaves, m, n, &path);
    subproof(leaves, n, m, true, &wanted);
    check_same(&path, &wanted);
    CHECK(eh_merkle_is_consistent(m, root_m, n, root_n, &path));
    eh_hash other_m = *root_m, other_n = *root_n;
    change(&other_m);
    change(&other_n);
    CHECK(!eh_merkle_is_consistent(m, &other_m, n, root_n, &path));
    CHECK(!eh_merkle_is_consistent(m, root_m, n, &other_n, &path));
    for (size_t k = 0; k < path.n; k++) {
        eh_merkle_path other = path;
        change(&other.hashes[k]);
        CHECK(!eh_merkle_is_consistent(m, root_m, n, root_n, &other));
    }
    eh_merkle_path longer = path;
    longer.hashes[longer.n++] = leaves[0];
    CHECK(!eh_merkle_is_consistent(m, root_m, n, root_n, &longer));
}

static void all_small_trees(void)
{
    start(1);
    eh_hash roots[most + 1];
    eh_merkle tree = {0};
    for (uint64_t n = 1; n <= most; n++) {
        eh_merkle_add(&tree, &leaves[n - 1]);
        eh_hash naive = mth(leaves, n);
        roots[n] = eh_merkle_root(&tree);
        CHECK(is_same(&roots[n], &naive));
        for (uint64_t i = 0; i < n; i++) check_inclusion(n, i, &roots[n]);
        for (uint64_t m = 1; m <= n; m++) check_consistency(m, &roots[m], n, &roots[n]);
    }
}

/* Every byte of a proof, in every place, by every bit. */
static void every_byte_counts(void)
{
    start(2);
    eh_merkle_path path;
    const uint64_t n = 45, i = 37;
    eh_hash root = mth(leaves, n);
    eh_merkle_inclusion(leaves, n, i, &path);
    for (size_t k = 0; k < path.n; k++)
        for (size_t b = 0; b < EH_HASH_SIZE * 8; b++) {
            eh_merkle_path other = path;
            other.hashes[k].bytes[b / 8] ^= (unsigned char)(1 << b % 8);
            CHECK(!eh_merkle_includes(&leaves[i], i, n, &other, &root));
        }
}

static void random_large_trees(void)
{
    start(3);
    for (int round = 0; round < 60; round++) {
        uint64_t n = 65 + eh_rng_below(&rng, large - 65), m = 1 + eh_rng_below(&rng, n), i = eh_rng_below(&rng, n);
        eh_hash root_n = mth(leaves, n), root_m = mth(leaves, m);
        check_inclusion(n, i, &root_n);
        check_consistency(m, &root_m, n, &root_n);
    }
}

/* A log that forgot or changed a leaf of the earlier one has no proof of having grown from it. */
static void forks_are_seen(void)
{
    start(4);
    for (int round = 0; round < 100; round++) {
        uint64_t n = 2 + eh_rng_below(&rng, 60), m = 1 + eh_rng_below(&rng, n - 1), i = eh_rng_below(&rng, m);
        eh_hash root_m = mth(leaves, m), kept = leaves[i];
        change(&leaves[i]);
        eh_merkle_path path;
        eh_hash root_n = mth(leaves, n);
        eh_merkle_consistency(leaves, m, n, &path);
        CHECK(!eh_merkle_is_consistent(m, &root_m, n, &root_n, &path));
        leaves[i] = kept;
    }
}

CHECK_MAIN(all_small_trees, every_byte_counts, random_large_trees, forks_are_seen)
