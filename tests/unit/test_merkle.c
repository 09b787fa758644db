/* The tree against published values: roots and proofs over the eight leaves that the reference implementation of Certificate
 * Transparency tests with, and the empty tree (SHA-256 of nothing, FIPS 180-4). */
#include "check.h"
#include "evenhand/ledger.h"

static const char *const leaf_texts[8] = {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f"};

static const char *const roots[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

#define H01 "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define H04 "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define H23 "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define H45 "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
#define H67 "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define H03 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
#define H47 "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"

static eh_hash leaves[8];

static void make_leaves(void)
{
    for (int i = 0; i < 8; i++) {
        unsigned char data[16];
        size_t n = strlen(leaf_texts[i]) / 2;
        for (size_t k = 0; k < n; k++) {
            unsigned byte;
            CHECK(sscanf(leaf_texts[i] + 2 * k, "%2x", &byte) == 1);
            data[k] = (unsigned char)byte;
        }
        leaves[i] = eh_merkle_leaf(data, n);
    }
}

static eh_hash hash_of(const char *text)
{
    eh_hash hash;
    CHECK(eh_hash_of_text((eh_str){text, strlen(text)}, &hash));
    return hash;
}

static void roots_are_the_published_ones(void)
{
    char text[EH_HASH_TEXT_SIZE];
    eh_merkle tree = {0};
    make_leaves();
    for (int n = 0; n <= 8; n++) {
        eh_hash root = eh_merkle_root(&tree);
        CHECK_EQ_INT(tree.n_leaves, n);
        CHECK_EQ_STR(eh_hash_text(&root, text), roots[n]);
        if (n < 8) eh_merkle_add(&tree, &leaves[n]);
    }
}

static void check_path(const eh_merkle_path *path, const char *const *wanted, size_t n)
{
    char text[EH_HASH_TEXT_SIZE];
    CHECK_EQ_INT(path->n, n);
    for (size_t i = 0; i < n; i++) CHECK_EQ_STR(eh_hash_text(&path->hashes[i], text), wanted[i]);
}

static void inclusion_proofs_are_the_published_ones(void)
{
    static const struct {
        uint64_t i, n;
        const char *path[3];
        size_t n_path;
    } cases[] = {
        {0, 1, {NULL}, 0},
        {0, 8, {H01, H23, H47}, 3},
        {5, 8, {H04, H67, H03}, 3},
        {2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}, 1},
        {1, 5, {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", H23, H04}, 3},
    };
    make_leaves();
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        eh_merkle_path path;
        eh_hash root = hash_of(roots[cases[c].n]);
        eh_merkle_inclusion(leaves, cases[c].n, cases[c].i, &path);
        check_path(&path, cases[c].path, cases[c].n_path);
        CHECK(eh_merkle_includes(&leaves[cases[c].i], cases[c].i, cases[c].n, &path, &root));
    }
}

static void consistency_proofs_are_the_published_ones(void)
{
    static const struct {
        uint64_t m, n;
        const char *path[3];
        size_t n_path;
    } cases[] = {
        {1, 1, {NULL}, 0}, {1, 8, {H01, H23, H47}, 3}, {6, 8, {H45, H67, H03}, 3}, {2, 5, {H23, H04}, 2}};
    make_leaves();
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        eh_merkle_path path;
        eh_hash first = hash_of(roots[cases[c].m]), second = hash_of(roots[cases[c].n]);
        eh_merkle_consistency(leaves, cases[c].m, cases[c].n, &path);
        check_path(&path, cases[c].path, cases[c].n_path);
        CHECK(eh_merkle_is_consistent(cases[c].m, &first, cases[c].n, &second, &path));
    }
}

static void what_cannot_be_is_refused(void)
{
    eh_merkle_path none = {0};
    eh_hash empty = hash_of(roots[0]), eight = hash_of(roots[8]), hash;
    make_leaves();
    CHECK(!eh_merkle_includes(&leaves[0], 0, 0, &none, &empty));
    CHECK(!eh_merkle_includes(&leaves[0], 8, 8, &none, &eight));
    CHECK(!eh_merkle_is_consistent(0, &empty, 8, &eight, &none));
    CHECK(!eh_merkle_is_consistent(8, &eight, 7, &eight, &none));
    CHECK(eh_merkle_is_consistent(8, &eight, 8, &eight, &none));
    none.n = 1;
    CHECK(!eh_merkle_is_consistent(8, &eight, 8, &eight, &none));
    CHECK(!eh_hash_of_text((eh_str){"ab", 2}, &hash));
    CHECK(!eh_hash_of_text((eh_str){"E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 64}, &hash));
    CHECK(!eh_hash_of_text((eh_str){"g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 64}, &hash));
}

CHECK_MAIN(roots_are_the_published_ones, inclusion_proofs_are_the_published_ones, consistency_proofs_are_the_published_ones,
           what_cannot_be_is_refused)
