/*
 * The Merkle tree of RFC 9162, section 2.1. Over leaves D_n = d(0) .. d(n-1):
 *
 *   MTH({})   = SHA-256()
 *   MTH(D_1)  = SHA-256(0x00 || d(0))
 *   MTH(D_n)  = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])),  k the largest power of two below n
 *
 * A growing tree is kept as the roots of the perfect subtrees along its right edge: one for each bit of n. Adding a leaf is
 * adding one to a binary number, carries being nodes; the root folds the edge from the right.
 */
#include "evenhand/ledger.h"

#include "base/hash.h"
#include "base/str.h"

/* ---- hashes ------------------------------------------------------------------------------------------------------ */

static eh_hash hash_of(unsigned char prefix, const void *a, size_t a_size, const void *b, size_t b_size)
{
    eh_hash out;
    eh_sha256 hash;
    eh_sha256_init(&hash);
    eh_sha256_add(&hash, &prefix, 1);
    if (a_size) eh_sha256_add(&hash, a, a_size);
    if (b_size) eh_sha256_add(&hash, b, b_size);
    eh_sha256_digest(&hash, out.bytes);
    return out;
}

eh_hash eh_merkle_leaf(const void *data, size_t size) { return hash_of(0, data, size, NULL, 0); }

eh_hash eh_merkle_node(const eh_hash *left, const eh_hash *right)
{
    return hash_of(1, left->bytes, EH_HASH_SIZE, right->bytes, EH_HASH_SIZE);
}

static bool is_same(const eh_hash *a, const eh_hash *b) { return memcmp(a->bytes, b->bytes, EH_HASH_SIZE) == 0; }

const char *eh_hash_text(const eh_hash *hash, char text[EH_HASH_TEXT_SIZE])
{
    eh_hex_text(hash->bytes, EH_HASH_SIZE, text);
    return text;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool eh_hash_of_text(eh_str text, eh_hash *out)
{
    *out = (eh_hash){{0}};
    if (text.size != EH_HASH_TEXT_SIZE - 1) return false;
    for (size_t i = 0; i < EH_HASH_SIZE; i++) {
        int high = digit_of(text.data[2 * i]), low = digit_of(text.data[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out->bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* ---- growing ----------------------------------------------------------------------------------------------------- */

void eh_merkle_add(eh_merkle *tree, const eh_hash *leaf)
{
    eh_hash carry = *leaf;
    int k = 0;
    for (; tree->n_leaves >> k & 1; k++) carry = eh_merkle_node(&tree->edge[k], &carry);
    tree->edge[k] = carry;
    tree->n_leaves++;
}

eh_hash eh_merkle_root(const eh_merkle *tree)
{
    eh_hash root;
    if (tree->n_leaves == 0) {
        eh_sha256 hash;
        eh_sha256_init(&hash);
        eh_sha256_digest(&hash, root.bytes);
        return root;
    }
    int k = 0;
    while (!(tree->n_leaves >> k & 1)) k++;
    root = tree->edge[k];
    for (k++; k < EH_MERKLE_DEPTH; k++)
        if (tree->n_leaves >> k & 1) root = eh_merkle_node(&tree->edge[k], &root);
    return root;
}

/* ---- proofs ------------------------------------------------------------------------------------------------------ */

static eh_hash root_of(const eh_hash *leaves, uint64_t n)
{
    eh_merkle tree = {0};
    for (uint64_t i = 0; i < n; i++) eh_merkle_add(&tree, &leaves[i]);
    return eh_merkle_root(&tree);
}

/* The largest power of two below n; n > 1. */
static uint64_t split_of(uint64_t n)
{
    uint64_t k = 1;
    while (k < n - k) k *= 2;
    return k;
}

/* Both proofs walk down from the root and note, on each level, the half that they do not enter; that is root first,
 * while a path is told from the leaf up. */
static void turn(eh_merkle_path *path)
{
    for (size_t i = 0; i < path->n / 2; i++) {
        eh_hash last = path->hashes[path->n - 1 - i];
        path->hashes[path->n - 1 - i] = path->hashes[i];
        path->hashes[i] = last;
    }
}

void eh_merkle_inclusion(const eh_hash *leaves, uint64_t n, uint64_t i, eh_merkle_path *out)
{
    out->n = 0;
    while (n > 1) {
        uint64_t k = split_of(n);
        if (i < k) {
            out->hashes[out->n++] = root_of(leaves + k, n - k);
            n = k;
        } else {
            out->hashes[out->n++] = root_of(leaves, k);
            leaves += k;
            n -= k;
            i -= k;
        }
    }
    turn(out);
}

/* SUBPROOF(m, D_n, b): b while the subtree of the first m leaves is the old tree itself, whose root is known. */
void eh_merkle_consistency(const eh_hash *leaves, uint64_t m, uint64_t n, eh_merkle_path *out)
{
    bool is_old_tree = true;
    out->n = 0;
    while (m > 0 && m < n) {
        uint64_t k = split_of(n);
        if (m <= k) {
            out->hashes[out->n++] = root_of(leaves + k, n - k);
            n = k;
        } else {
            out->hashes[out->n++] = root_of(leaves, k);
            leaves += k;
            n -= k;
            m -= k;
            is_old_tree = false;
        }
    }
    if (!is_old_tree) out->hashes[out->n++] = root_of(leaves, n);
    turn(out);
}

/* ---- verifying --------------------------------------------------------------------------------------------------- */

/* Section 2.1.3.2: fn and sn walk up from leaf i and from the last leaf; a level on which a node has no sibling is skipped. */
bool eh_merkle_includes(const eh_hash *leaf, uint64_t i, uint64_t n, const eh_merkle_path *path, const eh_hash *root)
{
    if (i >= n) return false;
    uint64_t fn = i, sn = n - 1;
    eh_hash r = *leaf;
    for (size_t at = 0; at < path->n; at++) {
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            r = eh_merkle_node(&path->hashes[at], &r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = eh_merkle_node(&r, &path->hashes[at]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && is_same(&r, root);
}

/* Section 2.1.4.2: one path leads to both roots. Where m is a power of two, its root is where the path begins. */
bool eh_merkle_is_consistent(uint64_t m, const eh_hash *root_m, uint64_t n, const eh_hash *root_n, const eh_merkle_path *path)
{
    if (m == 0 || m > n) return false;
    if (m == n) return path->n == 0 && is_same(root_m, root_n);
    bool is_power = (m & (m - 1)) == 0;
    if (path->n == 0 && !is_power) return false;
    uint64_t fn = m - 1, sn = n - 1;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    size_t at = is_power ? 0 : 1;
    eh_hash fr = is_power ? *root_m : path->hashes[0], sr = fr;
    for (; at < path->n; at++) {
        const eh_hash *c = &path->hashes[at];
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            fr = eh_merkle_node(c, &fr);
            sr = eh_merkle_node(c, &sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = eh_merkle_node(&sr, c);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && is_same(&fr, root_m) && is_same(&sr, root_n);
}
