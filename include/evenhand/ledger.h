/**
 * @file ledger.h
 * The tamper-evident log of an investigation: what was done, in order, as leaves of a Merkle tree (RFC 9162, section 2.1,
 * SHA-256). docs/methods/ledger.md gives every byte that is hashed or signed, and says what the log proves and what not.
 *
 * A leaf holds number, time, actor, type and a salted commitment to a payload. Salt and payload lie in a table of their
 * own: deleting them leaves the log whole, and what it committed to unknowable.
 */
#ifndef EVENHAND_LEDGER_H
#define EVENHAND_LEDGER_H

#include "evenhand/context.h"
#include "evenhand/strings.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the tree -------------------------------------------------------------------------------------------------- */

enum { EH_HASH_SIZE = 32, EH_HASH_TEXT_SIZE = 65, EH_MERKLE_DEPTH = 64 };

typedef struct eh_hash {
    unsigned char bytes[EH_HASH_SIZE];
} eh_hash;

/** A tree as it grows: the roots of the perfect subtrees of its right edge, one for each bit of n_leaves. */
typedef struct eh_merkle {
    uint64_t n_leaves;
    eh_hash edge[EH_MERKLE_DEPTH]; /**< edge[k]: of 2^k leaves, where bit k of n_leaves is set */
} eh_merkle;

/** SHA-256(0x00 || data) and SHA-256(0x01 || left || right). */
EH_API eh_hash eh_merkle_leaf(const void *data, size_t size);
EH_API eh_hash eh_merkle_node(const eh_hash *left, const eh_hash *right);
/** Adds a leaf in O(log n); a zeroed struct is the empty tree. */
EH_API void eh_merkle_add(eh_merkle *tree, const eh_hash *leaf);
/** MTH of section 2.1.1; SHA-256 of nothing for the empty tree. */
EH_API eh_hash eh_merkle_root(const eh_merkle *tree);

/** A path of hashes; at most EH_MERKLE_DEPTH + 1. */
typedef struct eh_merkle_path {
    size_t n;
    eh_hash hashes[EH_MERKLE_DEPTH + 1];
} eh_merkle_path;

/** PATH(i, D_n), section 2.1.3.1; leaves: the n leaf hashes; i < n. O(n). */
EH_API void eh_merkle_inclusion(const eh_hash *leaves, uint64_t n, uint64_t i, eh_merkle_path *out);
/** PROOF(m, D_n), section 2.1.4.1; 0 < m <= n; empty for m == n. O(n). */
EH_API void eh_merkle_consistency(const eh_hash *leaves, uint64_t m, uint64_t n, eh_merkle_path *out);
/** Section 2.1.3.2. As there, n is believed: a path can fit another n too, so n must come with the root (a signed head). */
EH_API bool eh_merkle_includes(const eh_hash *leaf, uint64_t i, uint64_t n, const eh_merkle_path *path, const eh_hash *root);
/** Section 2.1.4.2, with m == n: equal roots and an empty path. False for m == 0 and m > n. */
EH_API bool eh_merkle_is_consistent(uint64_t m, const eh_hash *root_m, uint64_t n, const eh_hash *root_n,
                                    const eh_merkle_path *path);

EH_API const char *eh_hash_text(const eh_hash *hash, char text[EH_HASH_TEXT_SIZE]);
/** False unless text is exactly 64 lower-case hex digits. */
EH_API bool eh_hash_of_text(eh_str text, eh_hash *out);

/* ---- appending ------------------------------------------------------------------------------------------------- */

/** The ledger of an open investigation: eh_investigation_ledger(). */
typedef struct eh_ledger eh_ledger;

enum { EH_MOST_ACTOR_SIZE = 100, EH_MOST_TYPE_SIZE = 32 };

typedef struct eh_ledger_record {
    const char *type; /**< a-z and _, at most 32: import, run, calibration, export, purge, claim, decision, appeal ... */
    eh_str actor;     /**< who; may be empty; UTF-8, at most 100 bytes, no control characters */
    eh_str payload;   /**< what, normally a line of JSON; UTF-8 without NUL. Never the text of a post. */
} eh_ledger_record;

/**
 * Adds leaves at the end; first_seq (may be NULL) gets the number of the first. Call it inside the transaction that stores what they
 * record: then both are there or neither. O(log n) each. The time is the clock's, the salt the system's random bytes.
 */
EH_API EH_MUST_CHECK eh_status eh_ledger_append_all(eh_ledger *ledger, const eh_ledger_record *records, size_t n_records,
                                                    uint64_t *first_seq, eh_error *err);
EH_API EH_MUST_CHECK eh_status eh_ledger_append(eh_ledger *ledger, const char *type, eh_str actor, eh_str payload,
                                                uint64_t *seq, eh_error *err);

/**
 * Deletes salt and payload of these leaves and adds a leaf of type purge that names them; inside a transaction. The leaves
 * stay. The database file may keep the bytes in free blocks until it is written anew.
 * @retval EH_E_NOT_FOUND no such leaf | EH_E_INVALID a purge leaf: it says what may be missing
 */
EH_API EH_MUST_CHECK eh_status eh_ledger_purge(eh_ledger *ledger, const uint64_t *seqs, size_t n_seqs, eh_str actor,
                                               eh_error *err);
/** The same with further members for the JSON of the purge leaf, such as "\"n_accounts\": 2"; the leaf is added where no other is named, too. */
EH_API EH_MUST_CHECK eh_status eh_ledger_purge_saying(eh_ledger *ledger, const uint64_t *seqs, size_t n_seqs, eh_str actor, eh_str members,
                                                      eh_error *err);

/* ---- reading --------------------------------------------------------------------------------------------------- */

/** One leaf as stored; texts are borrowed for the call. */
typedef struct eh_ledger_leaf {
    uint64_t seq;
    int64_t time_us;
    eh_str actor, type;
    eh_hash payload_hash, leaf_hash;
    eh_str salt, payload; /**< {NULL, 0} where purged */
} eh_ledger_leaf;
typedef eh_status (*eh_ledger_leaf_fn)(void *data, const eh_ledger_leaf *leaf, eh_error *err);
/** Every leaf in order; fn must not use the investigation. Does not verify. */
EH_API EH_MUST_CHECK eh_status eh_ledger_each(eh_ledger *ledger, eh_ledger_leaf_fn fn, void *data, eh_error *err);

/* ---- keys and signed heads -------------------------------------------------------------------------------------- */

enum { EH_KEY_SIZE = 32, EH_SIGNATURE_SIZE = 64, EH_MOST_KEY_NAME_SIZE = 100 };

typedef struct eh_key {
    bool is_secret;
    char name[EH_MOST_KEY_NAME_SIZE + 1];
    unsigned char public_key[EH_KEY_SIZE];
    unsigned char seed[EH_KEY_SIZE]; /**< of a secret key; wipe with eh_key_clear */
} eh_key;

/** A tree head and, where has_signature, who vouches for it (Ed25519). */
typedef struct eh_head {
    uint64_t n_leaves;
    eh_hash root;
    bool has_signature;
    int64_t time_us;
    unsigned char public_key[EH_KEY_SIZE], signature[EH_SIGNATURE_SIZE];
} eh_head;

/** Makes a key pair: path (mode 0600) and path.pub; neither may exist. name: free, may be empty. */
EH_API EH_MUST_CHECK eh_status eh_key_new(eh_context *ctx, const char *path, const char *name, eh_key *out, eh_error *err);
/** Reads either file. @retval EH_E_INVALID the file of a secret key can be read by others */
EH_API EH_MUST_CHECK eh_status eh_key_read(eh_context *ctx, const char *path, eh_key *out, eh_error *err);
EH_API void eh_key_clear(eh_key *key);
/** The first 16 hex digits of the SHA-256 of a public key: its short name. */
EH_API const char *eh_key_id(const unsigned char public_key[EH_KEY_SIZE], char text[17]);

/** Signs any bytes; they should begin with a line that says what they are. */
EH_API EH_MUST_CHECK eh_status eh_key_sign(const eh_key *key, eh_str bytes, unsigned char signature[EH_SIGNATURE_SIZE], eh_error *err);
EH_API bool eh_signature_fits(const unsigned char public_key[EH_KEY_SIZE], eh_str bytes,
                              const unsigned char signature[EH_SIGNATURE_SIZE]);

/** Signs the log as it stands and stores the head, in a transaction of its own. Verifies the log first.
 *  @retval EH_E_FORMAT the log is damaged: nothing is signed | EH_E_NOT_FOUND the log is empty | EH_E_INVALID a public key */
EH_API EH_MUST_CHECK eh_status eh_ledger_sign(eh_ledger *ledger, const eh_key *key, eh_head *out, eh_error *err);
/** Whether the signature fits the rest of the head. False without one. */
EH_API bool eh_head_is_signed(const eh_head *head);
typedef eh_status (*eh_head_fn)(void *data, const eh_head *head, eh_error *err);
EH_API EH_MUST_CHECK eh_status eh_ledger_each_head(eh_ledger *ledger, eh_head_fn fn, void *data, eh_error *err);

/* ---- verifying -------------------------------------------------------------------------------------------------- */

/** A root that the log must have had, kept outside of it. */
typedef struct eh_anchor {
    uint64_t n_leaves;
    eh_hash root;
} eh_anchor;

typedef struct eh_ledger_problem {
    uint64_t seq;       /**< the leaf, or for heads the number of leaves; UINT64_MAX for the whole log */
    const char *field;  /**< of the leaf or head: "time, actor or type", "payload_hash", "leaf_hash", ... */
    const char *message;
} eh_ledger_problem;

typedef struct eh_ledger_check {
    uint64_t n_leaves, n_purged, n_problems;
    uint64_t n_heads, n_good_heads, n_heads_of_key;
    uint64_t n_signed_leaves;   /**< leaves below the largest good head (of the key, where one was given) */
    uint64_t n_clock_backwards; /**< leaves older than the one before: the clock was set, no proof of anything */
    uint64_t n_anchors_met, n_anchored_leaves; /**< leaves below the largest anchor that was met */
    eh_hash root;
} eh_ledger_check;

typedef struct eh_ledger_check_options {
    const eh_key *key;           /**< NULL: heads of any key count */
    const eh_anchor *anchors;
    size_t n_anchors;
    void (*on_problem)(void *data, const eh_ledger_problem *problem); /**< may be NULL */
    void *data;
} eh_ledger_check_options;

/**
 * Recomputes everything: each leaf from its fields, each commitment from salt and payload, the tree, and compares with the
 * stored hashes, heads and anchors. Problems are counted and told, not errors: the status is EH_OK when the check could be made.
 * Without a head of a trusted key or an anchor, a log that was rewritten from its start, hashes and all, looks whole.
 */
EH_API EH_MUST_CHECK eh_status eh_ledger_verify(eh_ledger *ledger, const eh_ledger_check_options *options,
                                                eh_ledger_check *out, eh_error *err);

/* ---- proofs as files --------------------------------------------------------------------------------------------- */

typedef enum eh_proof_kind { EH_PROOF_INCLUSION, EH_PROOF_CONSISTENCY, EH_PROOF_HEAD } eh_proof_kind;

typedef struct eh_proof {
    eh_context *ctx;
    eh_proof_kind kind;
    /* inclusion */
    uint64_t seq;
    int64_t time_us;
    char actor[EH_MOST_ACTOR_SIZE + 1], type[EH_MOST_TYPE_SIZE + 1];
    eh_hash payload_hash, leaf_hash;
    bool has_payload;
    eh_hash salt;
    char *payload; /**< payload_size bytes and a NUL */
    size_t payload_size;
    /* consistency */
    eh_head first;
    /* all */
    eh_head head;
    eh_merkle_path path;
    eh_hash check; /**< as read: SHA-256 of all bytes of the file before it */
    eh_hash check_found;
} eh_proof;

/** Makes proofs from a log, whose leaf hashes are read. n_leaves: the tree to prove in; 0 = that of the latest signed head that
 *  holds the leaf, or the whole log where none does. A stored signature for a tree is put in. */
EH_API EH_MUST_CHECK eh_status eh_ledger_prove_leaf(eh_ledger *ledger, uint64_t seq, uint64_t n_leaves, bool with_payload,
                                                    eh_proof *out, eh_error *err);
EH_API EH_MUST_CHECK eh_status eh_ledger_prove_growth(eh_ledger *ledger, uint64_t n_first, uint64_t n_leaves, eh_proof *out,
                                                      eh_error *err);
EH_API void eh_proof_of_head(eh_context *ctx, const eh_head *head, eh_proof *out);
EH_API void eh_proof_release(eh_proof *proof);
/** Writes JSON whose every byte is fixed by what it says; "-" is standard output. */
EH_API EH_MUST_CHECK eh_status eh_proof_write(const eh_proof *proof, const char *path, eh_error *err);
/** Reads such a file and nothing else: EH_E_FORMAT with byte and field. Does not verify. */
EH_API EH_MUST_CHECK eh_status eh_proof_read(eh_context *ctx, const char *path, eh_proof *out, eh_error *err);
EH_API EH_MUST_CHECK eh_status eh_proof_parse(eh_context *ctx, eh_str text, const char *name, eh_proof *out, eh_error *err);
/** Whether it holds, from the proof alone; EH_E_FORMAT names the field that does not fit. */
EH_API EH_MUST_CHECK eh_status eh_proof_verify(const eh_proof *proof, const char *name, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
