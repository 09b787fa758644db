/*
 * Proofs out of a log, and their files: a flat JSON object with one member a line, whose every byte is fixed by what it says.
 * The last member, check, is the SHA-256 of all bytes of the file before it. docs/methods/ledger.md lists the members.
 */
#include "ledger/ledger_private.h"

#include "base/hash.h"
#include "base/outfile.h"

#include <stddef.h>
#include <stdio.h>

/* ---- the fields -------------------------------------------------------------------------------------------------- */

#define AT(member) offsetof(eh_proof, member)
#define HEAD_FIELDS                                                                                                    \
    {"n_leaves", PROOF_COUNT, AT(head.n_leaves), 0, 0}, {"root", PROOF_HASH, AT(head.root), 0, 0},                     \
    {"head_time", PROOF_TIME, AT(head.time_us), AT(head.has_signature), 0},                                            \
    {"public_key", PROOF_HASH, AT(head.public_key), AT(head.has_signature), 0},                                        \
    {"signature", PROOF_SIGNATURE, AT(head.signature), AT(head.has_signature), 0}

static const proof_field inclusion_fields[] = {
    {"seq", PROOF_COUNT, AT(seq), 0, 0},
    {"time", PROOF_TIME, AT(time_us), 0, 0},
    {"actor", PROOF_TEXT, AT(actor), 0, EH_MOST_ACTOR_SIZE},
    {"type", PROOF_TEXT, AT(type), 0, EH_MOST_TYPE_SIZE},
    {"payload_hash", PROOF_HASH, AT(payload_hash), 0, 0},
    {"salt", PROOF_HASH, AT(salt), AT(has_payload), 0},
    {"payload", PROOF_PAYLOAD, AT(payload), AT(has_payload), 0},
    {"leaf_hash", PROOF_HASH, AT(leaf_hash), 0, 0},
    {"path", PROOF_PATH, AT(path), 0, 0},
    HEAD_FIELDS,
};

static const proof_field consistency_fields[] = {
    {"first_n_leaves", PROOF_COUNT, AT(first.n_leaves), 0, 0},
    {"first_root", PROOF_HASH, AT(first.root), 0, 0},
    {"first_head_time", PROOF_TIME, AT(first.time_us), AT(first.has_signature), 0},
    {"first_public_key", PROOF_HASH, AT(first.public_key), AT(first.has_signature), 0},
    {"first_signature", PROOF_SIGNATURE, AT(first.signature), AT(first.has_signature), 0},
    {"path", PROOF_PATH, AT(path), 0, 0},
    HEAD_FIELDS,
};

static const proof_field head_fields[] = {HEAD_FIELDS};

#define FORM(title, fields) {title, fields, sizeof fields / sizeof *fields}
const proof_form *eh_proof_form(eh_proof_kind kind)
{
    static const proof_form forms[] = {
        [EH_PROOF_INCLUSION] = FORM("inclusion proof 1", inclusion_fields),
        [EH_PROOF_CONSISTENCY] = FORM("consistency proof 1", consistency_fields),
        [EH_PROOF_HEAD] = FORM("signed tree head 1", head_fields),
    };
    return &forms[kind];
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static eh_status add_hash(eh_buf *out, const eh_hash *hash, eh_error *err)
{
    char hex[EH_HASH_TEXT_SIZE];
    return eh_buf_printf(out, err, "\"%s\"", eh_hash_text(hash, hex));
}

static eh_status add_path(eh_buf *out, const eh_merkle_path *path, eh_error *err)
{
    EH_TRY(eh_buf_add(out, "[", 1, err));
    for (size_t i = 0; i < path->n; i++) {
        if (i) EH_TRY(eh_buf_add(out, ", ", 2, err));
        EH_TRY(add_hash(out, &path->hashes[i], err));
    }
    return eh_buf_add(out, "]", 1, err);
}

static eh_status add_value(eh_buf *out, const eh_proof *proof, const proof_field *field, eh_error *err)
{
    const char *at = (const char *)proof + field->offset;
    char text[2 * EH_SIGNATURE_SIZE + 1];
    uint64_t count;
    int64_t time_us;
    if (field->has_offset && !*(const bool *)((const char *)proof + field->has_offset)) return eh_buf_add(out, "null", 4, err);
    switch (field->form) {
    case PROOF_COUNT:
        memcpy(&count, at, sizeof count);
        return eh_buf_printf(out, err, "%llu", (unsigned long long)count);
    case PROOF_TIME:
        memcpy(&time_us, at, sizeof time_us);
        (void)eh_ledger_time_text(time_us, text);
        return eh_buf_printf(out, err, "\"%s\"", text);
    case PROOF_TEXT: return eh_ledger_json(out, eh_str_of(at), err);
    case PROOF_HASH:
        eh_hex_text((const unsigned char *)at, EH_HASH_SIZE, text);
        return eh_buf_printf(out, err, "\"%s\"", text);
    case PROOF_SIGNATURE:
        eh_hex_text((const unsigned char *)at, EH_SIGNATURE_SIZE, text);
        return eh_buf_printf(out, err, "\"%s\"", text);
    case PROOF_PATH: return add_path(out, &proof->path, err);
    case PROOF_PAYLOAD: return eh_ledger_json(out, (eh_str){proof->payload, proof->payload_size}, err);
    }
    return EH_OK;
}

eh_status eh_proof_text(const eh_proof *proof, eh_buf *out, eh_error *err)
{
    const proof_form *form = eh_proof_form(proof->kind);
    char check[eh_sha256_hex_size];
    EH_TRY(eh_buf_printf(out, err, "{\n  \"evenhand\": \"%s\",\n", form->title));
    for (size_t i = 0; i < form->n_fields; i++) {
        EH_TRY(eh_buf_printf(out, err, "  \"%s\": ", form->fields[i].name));
        EH_TRY(add_value(out, proof, &form->fields[i], err));
        EH_TRY(eh_buf_add(out, ",\n", 2, err));
    }
    eh_sha256 hash;
    eh_sha256_init(&hash);
    eh_sha256_add(&hash, out->data, out->size);
    eh_sha256_final(&hash, check);
    return eh_buf_printf(out, err, "  \"check\": \"%s\"\n}\n", check);
}

eh_status eh_proof_write(const eh_proof *proof, const char *path, eh_error *err)
{
    eh_buf text = EH_BUF_INIT(proof->ctx);
    eh_outfile out = {0};
    eh_status status = eh_proof_text(proof, &text, err);
    if (status == EH_OK && text.size > eh_proof_most_size)
        status = eh_fail(err, EH_E_LIMIT, "the payload is too long for a proof file; prove the leaf without it");
    if (status == EH_OK) status = eh_outfile_open(proof->ctx, path, &out, err);
    if (status == EH_OK) {
        (void)fwrite(text.data, 1, text.size, out.stream);
        status = eh_outfile_commit(&out, err);
    }
    eh_buf_release(&text);
    return status;
}

void eh_proof_release(eh_proof *proof)
{
    eh_free(proof->ctx, proof->payload);
    proof->payload = NULL;
    proof->payload_size = 0;
    proof->has_payload = false;
}

/* ---- proving ----------------------------------------------------------------------------------------------------- */

static eh_hash root_of(const eh_hash *leaves, uint64_t n)
{
    eh_merkle tree = {0};
    for (uint64_t i = 0; i < n; i++) eh_merkle_add(&tree, &leaves[i]);
    return eh_merkle_root(&tree);
}

/* The head of the first n leaves, with a stored signature where there is one for this very root. */
static eh_status head_of(eh_ledger *ledger, const eh_hash *leaves, uint64_t n, eh_head *out, eh_error *err)
{
    eh_hash root = root_of(leaves, n);
    bool is_found = false;
    EH_TRY(eh_ledger_find_head(ledger, 0, n, out, &is_found, err));
    if (is_found && memcmp(out->root.bytes, root.bytes, EH_HASH_SIZE) == 0) return EH_OK;
    *out = (eh_head){.n_leaves = n, .root = root};
    return EH_OK;
}

static eh_status keep_leaf(eh_proof *proof, const eh_ledger_leaf *leaf, bool with_payload, eh_error *err)
{
    proof->time_us = leaf->time_us;
    proof->payload_hash = leaf->payload_hash;
    proof->leaf_hash = leaf->leaf_hash;
    (void)snprintf(proof->actor, sizeof proof->actor, "%.*s", (int)leaf->actor.size, leaf->actor.data);
    (void)snprintf(proof->type, sizeof proof->type, "%.*s", (int)leaf->type.size, leaf->type.data);
    if (!with_payload) return EH_OK;
    if (!leaf->payload.data || !leaf->salt.data)
        return eh_fail(err, EH_E_NOT_FOUND, "the payload of leaf %llu was purged; prove the leaf without it",
                       (unsigned long long)leaf->seq);
    if (!eh_hash_of_text(leaf->salt, &proof->salt))
        return eh_fail(err, EH_E_FORMAT, "the salt of leaf %llu is damaged; see: evenhand ledger verify",
                       (unsigned long long)leaf->seq);
    proof->payload = eh_strndup(proof->ctx, leaf->payload.data, leaf->payload.size, err);
    if (!proof->payload) return err->status;
    proof->payload_size = leaf->payload.size;
    proof->has_payload = true;
    return EH_OK;
}

typedef struct leaf_taker {
    eh_proof *proof;
    bool with_payload;
} leaf_taker;

static eh_status take_leaf(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    leaf_taker *taker = data;
    eh_ledger_leaf leaf;
    if (!eh_ledger_leaf_of(cells, &leaf))
        return eh_fail(err, EH_E_FORMAT, "leaf %llu is damaged; see: evenhand ledger verify",
                       (unsigned long long)taker->proof->seq);
    if (taker->proof->payload) return EH_OK; /* a second row of a damaged log */
    return keep_leaf(taker->proof, &leaf, taker->with_payload, err);
}

static eh_status read_leaf(eh_ledger *ledger, eh_proof *proof, bool with_payload, eh_error *err)
{
    char sql[256];
    leaf_taker taker = {proof, with_payload};
    (void)snprintf(sql, sizeof sql, "SELECT " EH_LEDGER_ROW " FROM ledger l LEFT JOIN ledger_payloads p USING (seq) WHERE l.seq = %llu",
                   (unsigned long long)proof->seq);
    return eh_store_query(ledger->store, sql, NULL, take_leaf, &taker, err);
}

static eh_status check_size(const eh_ledger *ledger, uint64_t n, uint64_t n_all, eh_error *err)
{
    if (n > 0 && n <= n_all) return EH_OK;
    return eh_fail_at(err, EH_E_INVALID, eh_store_path(ledger->store), -1, -1, "its ledger has had 1 to %llu leaves, never %llu",
                      (unsigned long long)n_all, (unsigned long long)n);
}

eh_status eh_ledger_prove_leaf(eh_ledger *ledger, uint64_t seq, uint64_t n_leaves, bool with_payload, eh_proof *out,
                               eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_proof){.ctx = ledger->ctx, .kind = EH_PROOF_INCLUSION, .seq = seq};
    eh_hash *leaves = NULL;
    eh_head head = {0};
    bool is_found = false;
    uint64_t n_all = 0;
    eh_status status = eh_ledger_load_hashes(ledger, &leaves, &n_all, err);
    if (status == EH_OK && seq >= n_all)
        status = eh_fail_at(err, EH_E_NOT_FOUND, eh_store_path(ledger->store), -1, -1,
                            "its ledger has no leaf %llu; there are %llu, counted from 0", (unsigned long long)seq,
                            (unsigned long long)n_all);
    if (status == EH_OK && n_leaves == 0) {
        status = eh_ledger_find_head(ledger, seq, 0, &head, &is_found, err);
        n_leaves = is_found && head.n_leaves <= n_all ? head.n_leaves : n_all;
    }
    if (status == EH_OK) status = check_size(ledger, n_leaves, n_all, err);
    if (status == EH_OK && seq >= n_leaves)
        status = eh_fail(err, EH_E_INVALID, "leaf %llu is not among the first %llu leaves", (unsigned long long)seq,
                         (unsigned long long)n_leaves);
    if (status == EH_OK) status = head_of(ledger, leaves, n_leaves, &out->head, err);
    if (status == EH_OK) eh_merkle_inclusion(leaves, n_leaves, seq, &out->path);
    if (status == EH_OK) status = read_leaf(ledger, out, with_payload, err);
    eh_free(ledger->ctx, leaves);
    if (status != EH_OK) eh_proof_release(out);
    return status;
}

eh_status eh_ledger_prove_growth(eh_ledger *ledger, uint64_t n_first, uint64_t n_leaves, eh_proof *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_proof){.ctx = ledger->ctx, .kind = EH_PROOF_CONSISTENCY};
    eh_hash *leaves = NULL;
    uint64_t n_all = 0;
    eh_status status = eh_ledger_load_hashes(ledger, &leaves, &n_all, err);
    if (status == EH_OK) status = check_size(ledger, n_first, n_all, err);
    if (status == EH_OK) status = check_size(ledger, n_leaves, n_all, err);
    if (status == EH_OK && n_first > n_leaves)
        status = eh_fail(err, EH_E_INVALID, "a log only grows: %llu leaves come before %llu, not after",
                         (unsigned long long)n_leaves, (unsigned long long)n_first);
    if (status == EH_OK) status = head_of(ledger, leaves, n_first, &out->first, err);
    if (status == EH_OK) status = head_of(ledger, leaves, n_leaves, &out->head, err);
    if (status == EH_OK) eh_merkle_consistency(leaves, n_first, n_leaves, &out->path);
    eh_free(ledger->ctx, leaves);
    return status;
}

void eh_proof_of_head(eh_context *ctx, const eh_head *head, eh_proof *out)
{
    *out = (eh_proof){.ctx = ctx, .kind = EH_PROOF_HEAD, .head = *head};
}
