/** @file ledger_private.h  What the files of this module share, and what investigation needs to own a ledger. */
#ifndef EH_LEDGER_PRIVATE_H
#define EH_LEDGER_PRIVATE_H

#include "evenhand/ledger.h"
#include "store/store.h"

struct eh_ledger {
    eh_context *ctx;
    eh_store *store;
};

/** The ledger in a store that has its tables; release with eh_free. store is borrowed. */
EH_MUST_CHECK eh_status eh_ledger_new(eh_store *store, eh_ledger **out, eh_error *err);

/* ---- leaf.c: bytes ----------------------------------------------------------------------------------------------- */

enum { eh_leaf_text_size = 512, eh_ledger_time_size = 32 };

/** "2026-11-24T12:39:37.000123Z", always with six digits; false for a time that has no such text (years 1 to 9999). */
bool eh_ledger_time_text(int64_t time_us, char text[eh_ledger_time_size]);
bool eh_ledger_time_of_text(eh_str text, int64_t *time_us);
/** The bytes of a leaf, without the prefix 0x00; their number. 0 where a field is out of its bounds. */
size_t eh_leaf_bytes(const eh_ledger_leaf *leaf, char text[eh_leaf_text_size]);
bool eh_leaf_hash_of(const eh_ledger_leaf *leaf, eh_hash *out);
/** SHA-256(salt || payload), the 32 bytes of the salt. */
eh_hash eh_commitment_of(const eh_hash *salt, eh_str payload);
EH_MUST_CHECK eh_status eh_ledger_check_record(const eh_ledger_record *record, eh_error *err);
bool eh_ledger_type_is_valid(eh_str type);
bool eh_ledger_actor_is_valid(eh_str actor);
/** A JSON string with its quotes; each text has one form only. */
EH_MUST_CHECK eh_status eh_ledger_json(eh_buf *to, eh_str text, eh_error *err);

/* ---- append.c ----------------------------------------------------------------------------------------------------- */

/** The tree as stored beside the leaves; EH_E_FORMAT where its text is damaged. */
EH_MUST_CHECK eh_status eh_ledger_load_tree(eh_ledger *ledger, eh_merkle *out, eh_error *err);
/** The leaf hashes 0..n-1 as stored; *leaves by eh_free. */
EH_MUST_CHECK eh_status eh_ledger_load_hashes(eh_ledger *ledger, eh_hash **leaves, uint64_t *n, eh_error *err);
/** A row of: seq, time, actor, type, payload_hash, leaf_hash, salt, payload. False where a cell is not what it should be. */
bool eh_ledger_leaf_of(const eh_cell *cells, eh_ledger_leaf *out);
#define EH_LEDGER_ROW "l.seq, l.time, l.actor, l.type, l.payload_hash, l.leaf_hash, p.salt, p.payload"

/* ---- heads.c ------------------------------------------------------------------------------------------------------ */

enum { eh_head_text_size = 256 };
/** The bytes that are signed. */
size_t eh_head_bytes(const eh_head *head, char text[eh_head_text_size]);
/** Starts the crypto library; cheap when it has been. */
EH_MUST_CHECK eh_status eh_ledger_start_crypto(eh_error *err);
/** Exactly n bytes from 2 n lower-case hex digits. */
bool eh_bytes_of_hex(eh_str hex, unsigned char *bytes, size_t n);
/** The largest stored good head with more than seq leaves, or with exactly n leaves (n > 0); false without one. */
EH_MUST_CHECK eh_status eh_ledger_find_head(eh_ledger *ledger, uint64_t seq, uint64_t n, eh_head *out, bool *is_found,
                                            eh_error *err);

/* ---- proof.c, proof_read.c: the fields of a proof file, in their order --------------------------------------------- */

typedef enum proof_field_form {
    PROOF_COUNT,
    PROOF_TIME,
    PROOF_TEXT,
    PROOF_HASH,
    PROOF_SIGNATURE,
    PROOF_PATH,
    PROOF_PAYLOAD
} proof_field_form;

typedef struct proof_field {
    const char *name;
    proof_field_form form;
    size_t offset;      /* into eh_proof */
    size_t has_offset;  /* of the bool that says whether it is there; 0 = always. False is written null. */
    size_t size;        /* PROOF_TEXT: room without the NUL */
} proof_field;

typedef struct proof_form {
    const char *title; /* the value of "evenhand" */
    const proof_field *fields;
    size_t n_fields;
} proof_form;

enum { eh_proof_most_size = 1 << 20 };
const proof_form *eh_proof_form(eh_proof_kind kind);
/** The text of the file; check: of the bytes before it. */
EH_MUST_CHECK eh_status eh_proof_text(const eh_proof *proof, eh_buf *out, eh_error *err);
#endif
